"""Exports: raw numbers, inert words, the same bytes."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etfcompare.engine.comparison import DEFAULT_COLUMNS, Comparison
from etfcompare.engine.scenario import Scenario
from etfcompare.export import (
    comparison_csv,
    comparison_json,
    comparison_markdown,
    csv_text,
    json_text,
    markdown_cell,
    markdown_text,
    raw,
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


@pytest.fixture
def comparison(tmp_path: Path) -> Comparison:
    (tmp_path / "products.yaml").write_text(HOSTILE, encoding="utf-8")
    day = date(2026, 11, 22)
    workspace = Workspace.open("products.yaml", environ={}, folder=tmp_path, today=lambda: day)
    return workspace.compare(Scenario(as_of=day))


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


def test_t19_headings_are_defused_too(comparison: Comparison) -> None:
    assert read_csv(csv_text([["=heading", "plain"]])) == [["'=heading", "plain"]]
    assert read_csv(comparison_csv(comparison, ["name"]))[0] == ["rank", "ticker", "name", "marks"]


def test_t19_raw_csv_leaves_words_alone() -> None:
    assert csv_text([["=1+1"]], defused=False) == "=1+1\r\n"


def test_t21_numbers_stay_numbers() -> None:
    assert csv_text([[-0.25, 1e-05, 0, None]]) == "-0.25,1e-05,0,\r\n"


def test_t22_a_cell_is_quoted_as_rfc_4180_asks() -> None:
    rows = [['a,"b"', " padded ", "plain"]]
    assert csv_text(rows) == '"a,""b"""," padded ",plain\r\n'
    assert read_csv(csv_text(rows)) == rows


def test_t23_a_ticker_of_digits_stays_text(comparison: Comparison) -> None:
    rows = read_csv(comparison_csv(comparison, ["net_yield"]))
    assert ["1", "0012", "-0.0025", "net_yield: undated"] in rows


def test_t24_json_has_no_word_for_what_is_no_number(comparison: Comparison) -> None:
    with pytest.raises(ValueError, match="JSON"):
        json_text([float("nan")])
    text = comparison_json(comparison, DEFAULT_COLUMNS, catalogue={})
    assert not re.search(r"NaN|Infinity", text)
    assert json.loads(text)["rows"][-1]["net_yield"] is None
    assert raw(float("inf")) is None


def test_t24_numbers_are_the_shortest_that_name_the_float(comparison: Comparison) -> None:
    text = comparison_json(comparison, ["expense_ratio"], catalogue={})
    assert '"expense_ratio": 0.0025' in text


@pytest.mark.parametrize("url", ["javascript:1", "data:x", " JaVaScRiPt:1", "https://x.example"])
def test_t26_an_address_in_markdown_is_text(url: str) -> None:
    cell = markdown_cell(f"[l]({url}) <{url}> {url}")
    assert "<" not in cell
    assert not re.search(r"(?<!\\)[\[\]]", cell)
    assert "https:" not in cell


def test_t27_hostile_words_are_one_inert_markdown_cell() -> None:
    hostile = "a|b `c` *d* _e_ # \\\r\n<img onerror=x> [l](javascript:1) & \x1b[2J\u202e"
    assert markdown_cell(hostile) == (
        r"a\|b \`c\` \*d\* \_e\_ \# \\ &lt;img onerror=x&gt; \[l\](javascript:1) &amp; "
        r"\\x1b\[2J\\u202e"
    )


def test_t27_every_markdown_row_has_every_column(comparison: Comparison) -> None:
    lines = comparison_markdown(comparison, ["name", "net_yield"]).splitlines()
    assert lines[1] == "| ---: | --- | --- | ---: |"
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in lines} == {5}


def test_exports_carry_no_control_and_no_format_character(comparison: Comparison) -> None:
    for text in (
        comparison_csv(comparison, ["name"]),
        comparison_json(comparison, ["name"], catalogue={}),
        comparison_markdown(comparison, ["name"]),
    ):
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert "u202e" in text


def test_csv_and_markdown_agree_on_what_is_known(comparison: Comparison) -> None:
    table = read_csv(comparison_csv(comparison, ["net_yield", "aum"]))
    assert table[-1] == ["", "NONE", "", "", "net_yield: unknown; aum: unknown"]
    assert "|  | NONE | ? | ? |" in comparison_markdown(comparison, ["net_yield", "aum"])


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
