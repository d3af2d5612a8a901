"""Exports: raw numbers, inert words, the same bytes."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import TODAY
from etfcompare import __version__
from etfcompare.engine.comparison import DEFAULT_COLUMNS, parse_sort
from etfcompare.engine.figures import Table
from etfcompare.engine.query import Query
from etfcompare.engine.scenario import Scenario
from etfcompare.engine.sheet import Pin, Sheet, sheet_of
from etfcompare.export import (
    Form,
    csv_text,
    json_text,
    manifest_line,
    markdown_cell,
    markdown_text,
    raw,
    sheet_csv,
    sheet_csv_raw,
    sheet_document,
    sheet_markdown,
    written,
)
from etfcompare.workspace import Workspace

HOSTILE = """\
schema: 1
assets: {BTC: {name: Bitcoin}}
products:
  - {ticker: "0012", asset: BTC, name: "=HYPERLINK(1)", fee: {rate: 0.25%}}
  - {ticker: "@SUM", asset: BTC, name: 'a|b <img onerror=x> [l](javascript:1)', fee: {rate: 1%}}
  - {ticker: NONE, asset: BTC, name: "e\\u202evil \\e]52;c;x\\a, \\"quoted\\""}
"""


PRESENT = Scenario(as_of=TODAY)
MANIFEST = "# etfcompare, a_b"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    (tmp_path / "products.yaml").write_text(HOSTILE, encoding="utf-8")
    return Workspace.open("products.yaml", environ={}, folder=tmp_path, today=lambda: TODAY)


def sheet(workspace: Workspace, *keys: str, pins: Sequence[Pin] = ()) -> Sheet:
    return sheet_of(workspace.compare(PRESENT), keys or DEFAULT_COLUMNS, pins)


def pinned(workspace: Workspace) -> Sheet:
    scenarios = (replace(PRESENT, horizon=730), replace(PRESENT, waivers=False, horizon=91))
    tables = (Table(workspace.catalogue, one) for one in scenarios)
    pins = [Pin(name, table) for name, table in zip("AB", tables, strict=True)]
    return sheet(workspace, "net_yield", "asset", pins=pins)


def read_csv(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-x", "@SUM", "\tx", "\rx", "\nx", "|x", "%x", "＝1", "＋1", "－1", "＠A"],
)
def test_t19_words_that_a_spreadsheet_would_compute_are_defused(text: str) -> None:
    ((cell,),) = read_csv(csv_text([[text]]))
    assert cell.startswith("'")


@pytest.mark.parametrize("text", [" =1", "\u00a0=1", "\ufeff=1", " \u200b\u3000+1"])
def test_t20_blanks_before_a_formula_hide_nothing(text: str) -> None:
    ((cell,),) = read_csv(csv_text([[text]]))
    assert cell.startswith("'")


@pytest.mark.parametrize("text", ["a;=1+1", "a; -x", 'a;"=1+1"', "a;\t=1", "=a;;+b", 'a"; ""@b'])
def test_no_reader_that_separates_by_semicolons_or_tabs_finds_a_formula(text: str) -> None:
    written_row = csv_text([["plain", text]]).rstrip("\r\n")
    for delimiter in (";", "\t", ","):
        for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
            (cells,) = csv.reader([written_row], delimiter=delimiter, quoting=quoting)
            assert not [one for one in cells if re.match(r'[\s"]*[=+@|%-]', one)]
    assert csv_text([["a;b"]]) == "a;b\r\n"
    assert csv_text([[text]], defused=False).count("'") == 0


def test_t19_headings_are_defused_too() -> None:
    assert read_csv(csv_text([["=heading", "plain"]])) == [["'=heading", "plain"]]


def test_no_cell_of_an_export_starts_a_formula(workspace: Workspace) -> None:
    keys = ("name", "over_cash", "net_yield", "break_even", "flow_4w")
    rows = read_csv(sheet_csv(sheet(workspace, *keys), manifest=MANIFEST))
    numeric = {place for place, key in enumerate(rows[0]) if key in {"rank", *keys[1:]}}
    words = [cell for row in rows for place, cell in enumerate(row) if place not in numeric]
    assert "'=HYPERLINK(1)" in words
    assert not [cell for cell in words if re.match(r"\s*[=+@|%＝＋－＠-]", cell)]


def test_each_number_stands_raw_and_as_people_read_it(workspace: Workspace) -> None:
    rows = read_csv(sheet_csv(sheet(workspace, "asset", "net_yield", "aum"), manifest=MANIFEST))
    assert rows[0] == [
        *("rank", "ticker", "asset", "net_yield", "net_yield_shown", "aum", "aum_shown", "marks"),
    ]
    assert rows[1][:7] == ["1", "0012", "BTC", "-0.0025", "−0.25%!", "", "?"]


def test_the_manifest_stands_alone_in_the_last_row(workspace: Workspace) -> None:
    rows = read_csv(sheet_csv(sheet(workspace, "net_yield"), manifest=MANIFEST))
    assert rows[-1] == [MANIFEST, "", "", "", ""]
    assert {len(row) for row in rows} == {5}


def test_raw_csv_has_neither_shown_figures_nor_manifest(workspace: Workspace) -> None:
    rows = read_csv(sheet_csv_raw(sheet(workspace, "name", "net_yield")))
    assert rows[0] == ["rank", "ticker", "name", "net_yield", "marks"]
    assert rows[1] == ["1", "0012", "=HYPERLINK(1)", "-0.0025", "net_yield: undated"]
    assert len(rows) == 4


def test_the_manifest_names_program_catalogue_and_every_assumption(workspace: Workspace) -> None:
    comparison = workspace.compare(
        replace(PRESENT, cash=0.04), where=Query.parse("btc"), sort=parse_sort(["-aum", "ticker"])
    )
    line = manifest_line(
        sheet_of(comparison, ["aum"]), name="a\x1bb.yaml", sha256=workspace.document.sha256
    )
    assert line.startswith(
        f"# etfcompare {__version__} · a\\x1bb.yaml sha256 {workspace.document.sha256} · "
    )
    for name, word in comparison.table.scenario.words().items():
        assert f" · {name.replace('_', ' ')} {word} · " in line
    assert line.endswith(
        " · filter btc · sort AUM, highest first; ticker, A to Z · 3 of 3 products"
    )


def test_the_manifest_says_what_differs_in_pinned_scenarios(workspace: Workspace) -> None:
    line = manifest_line(pinned(workspace), name="x", sha256="0")
    assert " · A: horizon 2y · B: horizon 3m, waivers off · filter none · " in line


def test_pinned_scenarios_are_in_json_with_their_columns(workspace: Workspace) -> None:
    document = json.loads(json_text(sheet_document(pinned(workspace), catalogue={})))
    assert document["version"] == __version__
    assert {name: one["horizon"] for name, one in document["pins"].items()} == {"A": 730, "B": 91}
    assert list(document["figures"]) == [
        *("ticker", "net_yield", "net_yield@A", "net_yield@B", "net_yield@B-A", "asset"),
    ]
    assert document["figures"]["net_yield@B-A"] == {
        "label": "Net yield, B less A",
        "unit": "bps",
        "better": "higher",
    }
    assert document["rows"][0]["net_yield@B-A"] == 0
    assert "pins" not in sheet_document(sheet(workspace), catalogue={})


@pytest.mark.parametrize("form", Form)
def test_every_form_has_the_rows_of_the_sheet_in_its_order(
    workspace: Workspace, form: Form
) -> None:
    comparison = workspace.compare(PRESENT, sort=parse_sort(["-ticker"])).top(2)
    text = written(workspace, sheet_of(comparison, ["asset"]), form)
    assert text == written(workspace, sheet_of(comparison, ["asset"]), form)
    assert 0 < text.index("NONE") < text.index("@SUM")
    assert "0012" not in text.replace(workspace.document.sha256, "")
    assert form.suffix in {".csv", ".json", ".md", ".html"}
    if form is not Form.CSV_RAW:
        assert workspace.document.sha256 in text


def test_t19_raw_csv_leaves_words_alone() -> None:
    assert csv_text([["=1+1"]], defused=False) == "=1+1\r\n"


def test_t21_numbers_stay_numbers() -> None:
    assert csv_text([[-0.25, 1e-05, 0, None]]) == "-0.25,1e-05,0,\r\n"


def test_t22_a_cell_is_quoted_as_rfc_4180_asks() -> None:
    rows = [['a,"b"', " padded ", "plain"]]
    assert csv_text(rows) == '"a,""b"""," padded ",plain\r\n'
    assert read_csv(csv_text(rows)) == rows


def test_t23_a_ticker_of_digits_stays_text(workspace: Workspace) -> None:
    rows = read_csv(sheet_csv(sheet(workspace, "net_yield"), manifest=MANIFEST))
    assert ["1", "0012", "-0.0025", "−0.25%!", "net_yield: undated"] in rows


def test_t24_json_has_no_word_for_what_is_no_number(workspace: Workspace) -> None:
    with pytest.raises(ValueError, match="JSON"):
        json_text([float("nan")])
    text = json_text(sheet_document(sheet(workspace), catalogue={}))
    assert not re.search(r"NaN|Infinity", text)
    assert json.loads(text)["rows"][-1]["net_yield"] is None
    assert raw(float("inf")) is None


def test_t24_numbers_are_the_shortest_that_name_the_float(workspace: Workspace) -> None:
    text = json_text(sheet_document(sheet(workspace, "expense_ratio"), catalogue={}))
    assert '"expense_ratio": 0.0025' in text


@pytest.mark.parametrize("url", ["javascript:1", "data:x", " JaVaScRiPt:1", "https://x.example"])
def test_t26_an_address_in_markdown_is_text(url: str) -> None:
    cell = markdown_cell(f"[l]({url}) <{url}> {url}")
    assert "<" not in cell
    assert not re.search(r"(?<!\\)[\[\]]", cell)
    assert "https:" not in cell


@pytest.mark.parametrize("text", ["me@evil.example", "mailto:a_b@c.d.example", "xmpp:a+b-c@d.e"])
def test_an_address_of_mail_in_markdown_is_text(text: str) -> None:
    # GitHub's reader takes the letters, digits and any of .+-_ before @ once entities are read.
    shown = re.sub(r"\\(?=\W|_)", "", html.unescape(markdown_cell(text)))
    assert shown.replace("\u2060", "") == text
    assert not re.search(r"[\w.+-]@", shown)
    assert markdown_cell("net yield @A · a @ b.c") == "net yield @A · a @ b.c"


def test_t27_hostile_words_are_one_inert_markdown_cell() -> None:
    hostile = "a|b `c` *d* _e_ # \\\r\n<img onerror=x> [l](javascript:1) & \x1b[2J\u202e"
    assert markdown_cell(hostile) == (
        r"a\|b \`c\` \*d\* \_e\_ \# \\ &lt;img onerror=x&gt; \[l\](javascript:1) &amp; "
        r"\\x1b\[2J\\u202e"
    )


def test_t27_every_markdown_row_has_every_column(workspace: Workspace) -> None:
    lines = sheet_markdown(sheet(workspace, "name", "net_yield"), manifest=MANIFEST).splitlines()
    assert lines[1] == "| ---: | --- | --- | ---: |"
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in lines[:-2]} == {5}
    assert lines[-2:] == ["", r"\# etfcompare, a\_b"]


def test_exports_carry_no_control_and_no_format_character(workspace: Workspace) -> None:
    for form in Form:
        text = written(workspace, sheet(workspace, "name"), form)
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert "u202e" in text


def test_csv_and_markdown_agree_on_what_is_known(workspace: Workspace) -> None:
    one = sheet(workspace, "net_yield", "aum")
    table = read_csv(sheet_csv(one, manifest=MANIFEST))
    assert table[-2] == ["", "NONE", "", "?", "", "?", "net_yield: unknown; aum: unknown"]
    assert "|  | NONE | ? | ? |" in sheet_markdown(one, manifest=MANIFEST)


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), min_size=1))
def test_any_words_keep_their_place_in_a_csv(rows: list[list[str]]) -> None:
    read = read_csv(csv_text(rows))
    assert [len(row) for row in read] == [2] * len(rows)
    assert csv_text(rows).count("\n") == len(rows)


@given(st.lists(st.text(), min_size=2, max_size=2))
def test_any_words_are_one_line_of_markdown(cells: list[str]) -> None:
    lines = markdown_text(["a", "b"], [cells], [False, False]).splitlines()
    assert len(lines) == 3
    assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", lines[2])) == 3
