"""Files of other people's as rows of our tables: formats, units, names, totals, hostile files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from decimal import Decimal
from math import fsum
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import TODAY
from etfcompare.catalogue.document import Document
from etfcompare.catalogue.reader import read
from etfcompare.catalogue.schema import Catalogue
from etfcompare.errors import EtfcompareError, UnreadableError, UsageError
from etfcompare.history.foreign import Unit
from etfcompare.history.foreign_text import amount_of, day_of
from etfcompare.history.formats import FORMATS
from etfcompare.history.grids import rows_of_csv, rows_of_page
from etfcompare.history.import_checks import doubts_in
from etfcompare.history.import_plan import plan_of
from etfcompare.history.importers import Imported, read_foreign
from etfcompare.history.json_tree import MOST_DEPTH, Node, tree_of
from etfcompare.history.naming import Names
from etfcompare.history.rows import (
    FLOWS,
    HOLDINGS,
    PRICES,
    CsvTable,
    FlowRow,
    HoldingRow,
    PriceRow,
    R,
    Scope,
)
from etfcompare.history.series import period_of
from etfcompare.history.wishes import Wish
from etfcompare.units import UnitError

CATALOGUE = """\
schema: 1
assets: {BTC: {}, ETH: {}, XRP: {}}
products:
  - {ticker: IBIT, asset: BTC, issuer: BlackRock (iShares), listing: {country: US}}
  - {ticker: FBTC, asset: BTC, issuer: Fidelity, listing: {country: US}}
  - {ticker: ETHE, asset: ETH, issuer: Grayscale, listing: {country: US}}
  - {ticker: ETH, asset: ETH, issuer: Grayscale, listing: {country: US}}
  - {ticker: TETH, asset: ETH, issuer: 21Shares, listing: {country: US}}
  - {ticker: AETH.SW, asset: ETH, issuer: 21Shares, listing: {country: CH}}
  - {ticker: XRPC, asset: XRP, issuer: Canary Capital, listing: {country: US}}
"""


def catalogue() -> Catalogue:
    return read(Document.parse(CATALOGUE.encode()), today=TODAY).catalogue


def imported(
    text: str | bytes,
    table: CsvTable[R],
    wish: Wish = Wish(),  # noqa: B008 - a tuple
    *,
    file: str = "file.csv",
    renamed: Mapping[str, str] | None = None,
    unknown: bool = False,
) -> Imported[R]:
    content = text.encode() if isinstance(text, str) else text
    names = Names(catalogue=catalogue(), renamed=renamed or {}, takes_unknown=unknown)
    return read_foreign(table, content, file, wish, names, TODAY)


def flows(text: str | bytes, wish: Wish = Wish(), *, file: str = "file.csv") -> Imported[FlowRow]:  # noqa: B008
    return imported(text, FLOWS, wish, file=file)


def told(found: Imported[R]) -> dict[str, float]:
    return {
        f"{row.period} {row.name}": row.net_flow_usd
        for row in found.rows
        if isinstance(row, FlowRow)
    }


# Numbers and dates


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12.5", "12.5"),
        ("(95.1)", "-95.1"),
        ("1,119.9", "1119.9"),
        ("(1,119.9)", "-1119.9"),
        ("\N{MINUS SIGN}3", "-3"),
        ("$1,000", "1000"),
        ("-$2.5", "-2.5"),
        ("9,199.3*", "9199.3"),
        ("-5029530.4", "-5029530.4"),
        ("1.5e6", "1500000"),
        ("0.0", "0"),
    ],
)
def test_numbers_are_read_as_tables_write_them(text: str, number: str) -> None:
    assert amount_of(text) == Decimal(number)


@pytest.mark.parametrize("text", ["", " ", "-", "–", "n/a", "NULL"])
def test_what_is_not_reported_is_not_zero(text: str) -> None:
    assert amount_of(text) is None


@pytest.mark.parametrize(
    "text",
    ["1,5", "12,34", "1.2.3", "(-5)", "+-5", "5%", "x", "1 000", "\x00", "nan", "inf", "9" * 50],
)
def test_what_may_be_no_number_is_refused(text: str) -> None:
    with pytest.raises(UnitError):
        amount_of(text)


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=1))
def test_a_bracketed_number_is_less_than_zero_by_the_same(number: Decimal) -> None:
    size = abs(number)
    assert amount_of(f"({size:,f})") == -size
    assert amount_of(f"{size:,f}") == size


@pytest.mark.parametrize(
    "text",
    ["2024-01-11", "11 Jan 2024", "11 January 2024", "Jan 11, 2024", "20240111T", "20240111",
     "2024-01-11 00:00:00", "2024-01-11T00:00:00Z"],
)  # fmt: skip
def test_days_are_read_as_tables_write_them(text: str) -> None:
    assert day_of(text) == date(2024, 1, 11)


@pytest.mark.parametrize(
    "text",
    ["01/02/2026", "1.2.2026", "31 Feb 2026", "2026-13-01", "11 Foo 2024", "Fee", "11 Jan 24"],
)
def test_a_day_that_could_be_two_or_none_is_refused(text: str) -> None:
    with pytest.raises(UnitError):
        day_of(text)


# Farside

FARSIDE = """\
Date,IBIT,FBTC,Total
Fee,0.25%,0.25%,
11 Jan 2024,"1,111.7",(95.1),"1,016.6"
12 Jan 2024,-,3.0,3.0
15 Jan 2024,-,-,0.0
Average,5.0,6.0,
"""


def test_a_farside_table_gives_dollars_by_day_and_fund() -> None:
    found = flows(FARSIDE)
    assert found.form.name == "farside"
    assert found.unit.startswith("US$m")
    assert told(found) == {
        "2024-01-11 IBIT": 1_111_700_000,
        "2024-01-11 FBTC": -95_100_000,
        "2024-01-12 FBTC": 3_000_000,
    }
    assert found.unreported == 3
    assert not found.rejected
    assert not found.sums
    assert any("Fee, Average" in note for note in found.notes)


def test_a_row_that_does_not_add_up_is_told_and_taken() -> None:
    found = flows(FARSIDE.replace('"1,016.6"', "1000"))
    assert [str(one) for one in found.sums] == [
        "line 3: 2024-01-11: adds up to 1,016.6, its total says 1,000"
    ]
    assert len(found.rows) == 3


def test_rounding_does_not_make_a_row_not_add_up() -> None:
    assert not flows(FARSIDE.replace('"1,016.6"', "1016.7")).sums


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("11 Jan 2024", "01/11/2024", 3, "day or the month"),
        ("(95.1)", "9x", 3, "FBTC"),
        ("-,3.0,3.0", "-,3.0", 4, "3 cells stand under 4 headings"),
        ("12 Jan 2024", "12 Jan 2034", 4, "future"),
        ("3.0,3.0", "3\0,3.0", 4, "FBTC"),
        ("12 Jan 2024", "12\x1b Jan 2024", 4, "\\x1b"),
    ],
)
def test_what_cannot_be_read_is_rejected_with_its_line(
    old: str, new: str, line: int, reason: str
) -> None:
    (one,) = flows(FARSIDE.replace(old, new)).rejected
    assert one.line == line
    assert reason in one.reason


def test_a_saved_page_is_read_as_the_pasted_table() -> None:
    rows = "".join(
        "<tr>" + "".join(f"<td><div><span class=x>{cell}</span></div></td>" for cell in row.cells)
        + "</tr>\n"
        for row in rows_of_csv(FARSIDE)
    )  # fmt: skip
    head = "<tr><th></th><th colspan=2>Some issuers</th><th>Total</th></tr>"
    page = (
        "<!DOCTYPE html><html><head><script>document.write('<table>')</script></head>"
        f"<body><!-- <tr><td>1 Jan 2024</td></tr> --><table>\n{head}{rows}</table></body></html>"
    )
    found = flows(page, file="page.html")
    assert told(found) == told(flows(FARSIDE))
    assert not found.rejected


def test_entities_of_a_page_are_single_characters_and_never_more() -> None:
    page = (
        '<!DOCTYPE x [<!ENTITY a "7"><!ENTITY b "&a;&a;&a;">]>'
        "<table><tr><th>Date</th><th>IBIT</th><th>FBTC</th><th>Total</th></tr>"
        "<tr><td>11&nbsp;Jan&nbsp;2024</td><td>&b;</td><td>&#40;1&#41;</td><td>1</td></tr></table>"
    )
    found = flows(page)
    (one,) = found.rejected
    assert one.reason.startswith('IBIT: "&b;" is no number')
    assert told(found) == {"2024-01-11 FBTC": -1_000_000}


@pytest.mark.parametrize(
    "part", ["<!--", "<a ", "<![CDATA[", "</", "<script>", "<?", "<a b='", "<!"]
)
def test_a_page_of_unclosed_tags_is_refused_at_once(part: str) -> None:
    with pytest.raises(UnreadableError, match="line 1: a tag or comment is never closed"):
        rows_of_page("<table>" + part * 300_000)


# Other formats


def test_coinshares_tables_give_flows_by_asset_and_country_in_the_week_of_the_file_name() -> None:
    text = (
        "Asset,Week flows (US$m)\nTotal,-5\nBTC,-10.5\nShort BTC,5.5\n\n"
        "Country,Week flows (US$m)\nCanada,3"
    )
    found = flows(text, file="coinshares_week_2026-01-23.csv")
    assert {(row.scope, row.name, str(row.period)): row.net_flow_usd for row in found.rows} == {
        (Scope.ASSET, "BTC", "2026-W04"): -10_500_000,
        (Scope.ASSET, "Short BTC", "2026-W04"): 5_500_000,
        (Scope.COUNTRY, "Canada", "2026-W04"): 3_000_000,
    }
    assert not found.sums
    with pytest.raises(UsageError, match="--week"):
        flows(text)
    assert flows(text, Wish(week="2026-W04")).rows == found.rows


def test_names_that_only_the_total_of_coinshares_takes_in_are_told_as_missing() -> None:
    text = "Asset,Week flows (US$m)\nTotal,-15\nBTC,-10.5\nShort BTC,5.5\n"
    found = flows(text, Wish(week="2026-W04"))
    assert not found.sums
    assert [str(one) for one in found.missing] == [
        (
            "line 2: flows by asset: those here add up to -5.0, and unless a figure is wrong "
            "the total of -15 takes in -10.0 more"
        )
    ]
    assert not flows(text.replace("-15", "-5"), Wish(week="2026-W04")).missing


def test_only_totals_of_funds_must_be_made_of_the_names_in_a_tidy_file() -> None:
    head = "week_ending,kind,name,flow_usd_m\n"
    rows = "2026-01-23,{0},Total,9\n2026-01-23,{0},IBIT,5\n"
    by_asset = flows(head + rows.format("asset"))
    assert (len(by_asset.sums), len(by_asset.missing)) == (0, 1)
    by_fund = flows(head + rows.format("product"))
    assert (len(by_fund.sums), len(by_fund.missing)) == (1, 0)


def test_a_week_against_the_name_of_the_file_is_warned_of() -> None:
    text, file = "Asset,Week flows (US$m)\nBTC,-10.5\n", "coinshares_week_2026-01-23.csv"
    assert not any("warning" in note for note in flows(text, file=file).notes)
    same = flows(text, Wish(week="2026-01-20"), file=file)
    assert not any("warning" in note for note in same.notes)
    other = flows(text, Wish(week="2026-01-30"), file=file)
    assert str(other.rows[0].period) == "2026-W05"
    assert other.notes[0] == (
        "warning: week 2026-W05, which ends on Friday 2026-01-30, as --week says, yet the name of "
        "the file has 2026-01-23, of week 2026-W04; take the right one"
    )


def test_flows_are_the_change_in_shares_times_net_asset_value() -> None:
    text = "date,shares_outstanding,nav\n2026-08-18,60510000,11.26\n2026-08-19,61060000,11.95\n"
    found = flows(text, Wish(name="XRPC"))
    assert told(found) == {"2026-08-19 XRPC": 6_572_500.0}
    assert told(flows(text, file="issuer_xrpc.csv")) == told(found)
    held = imported(text, HOLDINGS, Wish(name="XRPC"))
    assert held.rows[1] == HoldingRow(date(2026, 8, 19), "XRPC", 61060000.0, None, 11.95, None)


def test_a_split_and_a_long_gap_are_no_flow_of_a_day() -> None:
    text = (
        "date,shares_outstanding,nav\n2026-08-18,100,30\n2026-08-19,300,10.1\n2026-09-19,400,10.1\n"
    )
    found = flows(text, Wish(name="XRPC"))
    assert not found.rows
    assert [one.line for one in found.rejected] == [3, 4]
    assert "a split" in found.rejected[0].reason
    assert "31 days earlier" in found.rejected[1].reason


def test_issuers_stand_for_their_fund_on_the_asset() -> None:
    text = (
        '{"asset":"ETH","unit":"USD millions","rows":[{"date":"2026-01-02","twentyOneShares":1.5,'
        '"grayscale":2.5,"total":4.0,"ethPrice":3000.5}]}'
    )
    found = flows(text)
    assert told(found) == {"2026-01-02 TETH": 1_500_000}
    assert found.left_out == (
        '"grayscale" may be ETHE or ETH; --rename grayscale=TICKER says which; left out: 1',
    )
    renamed = imported(text, FLOWS, renamed={"grayscale": "ETHE"})
    assert told(renamed)["2026-01-02 ETHE"] == 2_500_000
    assert imported(text, PRICES).rows == (PriceRow(date(2026, 1, 2), "ETH", 3000.5),)


def test_a_page_record_of_sosovalue_is_in_dollars_and_needs_a_name() -> None:
    text = (
        '{"historyData":{"list":[{"dataDate":"2026-09-30 00:00:00","totalNetInflow":-5029530.4}]}}'
    )
    assert told(flows(text, Wish(name="XRP"))) == {"2026-09-30 XRP": -5_029_530.4}
    with pytest.raises(UsageError, match="--name"):
        flows(text)


def test_a_tradingview_seed_names_its_asset_in_the_name_of_the_file() -> None:
    text = 'Date,Total\n\n"20240111T",655.3\n"20240112T",203\n'
    found = flows(text, file="tradingview_seed_btc_total.csv")
    assert told(found) == {"2024-01-11 BTC": 655_300_000, "2024-01-12 BTC": 203_000_000}
    assert found.unit.startswith("US$m, by size")


@pytest.mark.parametrize(
    ("heading", "value", "dollars"),
    [
        ("net_flow_usd", "5000000", 5e6),
        ("net_flow_usd_m", "5", 5e6),
        ("net flow", "5", 5e6),
        ("net flow", "5000000", 5e6),
        ("Flow (US$m)", "5", 5e6),
    ],
)
def test_the_unit_is_read_from_the_heading_or_told_by_size(
    heading: str, value: str, dollars: float
) -> None:
    found = flows(f"date,ticker,{heading}\n2026-01-02,IBIT,{value}\n")
    assert told(found) == {"2026-01-02 IBIT": dollars}


def test_a_unit_against_all_size_is_told_and_can_be_overruled() -> None:
    text = "date,ticker,net_flow_usd\n" + "".join(
        f"2026-01-0{n},IBIT,12.{n}\n" for n in range(5, 10)
    )
    assert any("--unit millions" in note for note in flows(text).notes)
    assert told(flows(text, Wish(unit=Unit.MILLIONS)))["2026-01-05 IBIT"] == 12_500_000


def test_a_ticker_of_no_product_is_told_and_left_out_unless_asked_for() -> None:
    text = FARSIDE.replace("FBTC", "FBTX")
    found = flows(text)
    assert set(told(found)) == {"2024-01-11 IBIT"}
    (why,) = found.left_out
    assert "--rename FBTX=FBTC" in why
    assert why.endswith("; left out: 2")
    assert "2024-01-11 FBTX" in told(imported(text, FLOWS, unknown=True))
    assert "2024-01-11 FBTC" in told(imported(text, FLOWS, renamed={"fbtx": "FBTC"}))


def test_a_cell_that_stands_twice_is_taken_once_or_not_at_all() -> None:
    text = (
        "date,ticker,flow_usd_m\n2026-01-02,IBIT,1\n2026-01-02,IBIT,1\n"
        "2026-01-02,FBTC,1\n2026-01-02,FBTC,2\n"
    )
    found = flows(text)
    assert told(found) == {"2026-01-02 IBIT": 1_000_000}
    assert [str(one) for one in found.rejected] == [
        "line 4: FBTC, 2026-01-02: 1,000,000 here and 2,000,000 on line 5; neither is taken",
        "line 5: FBTC, 2026-01-02: 2,000,000 here and 1,000,000 on line 4; neither is taken",
    ]
    assert found.repeated == 1


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["2026-01-02", "2026-01-05", "bad"]),
            st.sampled_from(["IBIT", "FBTC", "NONE", "Total"]),
            st.sampled_from(["1", "2", "-", "x"]),
        ),
        min_size=1,
        max_size=20,
    )
)
def test_every_line_of_the_file_is_taken_or_told(lines: list[tuple[str, str, str]]) -> None:
    text = "".join(",".join(line) + "\n" for line in lines)
    found = flows("date,ticker,flow_usd_m\n" + text)
    told = (found.rejected, found.repeated, found.untaken, found.totals, found.unreported)
    counts = [one if isinstance(one, int) else len(one) for one in told]
    assert len(found.rows) + sum(counts) == len(lines)


def test_an_asset_against_the_catalogue_is_doubted_once_for_each_product() -> None:
    text = (
        "date,ticker,asset,net_flow_usd_m\n2026-01-02,IBIT,ETH,1\n2026-01-05,IBIT,ETH,2\n"
        "2026-01-05,FBTC,btc,2\n2026-01-05,ETHE,,2\n2026-01-05,NONE,BTC,2\n"
    )
    found = flows(text)
    (doubt,) = found.strange
    assert str(doubt) == (
        'line 2: the file has "ETH" as the asset of IBIT, the catalogue BTC; '
        "see whether the ticker is right"
    )
    assert len(found.rows) == 4


def test_what_is_no_holding_or_price_is_rejected() -> None:
    text = "date,asset,close_usd\n2026-01-02,BTC,-5\n2026-01-03,BTC,0\n2026-01-04,BTC,5\n"
    found = imported(text, PRICES)
    assert found.rows == (PriceRow(date(2026, 1, 4), "BTC", 5.0),)
    assert [one.line for one in found.rejected] == [2, 3]


def test_a_name_that_a_spreadsheet_would_run_is_left_out() -> None:
    found = flows("date,country,net_flow_usd_m\n2026-01-02,=1+1,5\n")
    assert not found.rows
    assert "formula" in found.left_out[0]


# Hostile and strange files


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[" * 100_000, f"more than {MOST_DEPTH} levels deep"),
        (b'{"a":' * 100_000, f"more than {MOST_DEPTH} levels deep"),
        (b'{"a": 1, "a": 2}', "stands twice"),
        (b'{"a": NaN}', "line 1: cannot be read as JSON"),
        (b'{"a":\n [1,]}', "line 2: a comma has nothing behind it"),
        (b'{"a": 1} x', "stands behind the end"),
        (b'Date,IBIT,Total\n"a', "line 2: cannot be read as CSV"),
        (b"," * 1000, "more than 500 cells"),
        (b"", "no format is recognised"),
        (b"PK\x03\x04", "no format is recognised"),
        ("Date,IBIT".encode("utf-16"), "UTF-16"),
        (b"Date,IBIT,Total\n\xff", "not UTF-8"),
        (b"date,total_btc,IBIT\n2026-09-29,5,3\n", "no format is recognised"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_a_line(content: bytes, said: str) -> None:
    with pytest.raises(EtfcompareError, match=said):
        flows(content)


@given(st.text(alphabet='{}[]:,"0123456789.eE+-truefalsn \\\n', max_size=60))
def test_json_that_is_read_is_read_as_the_standard_library_reads_it(text: str) -> None:
    try:
        tree = tree_of(text)
    except UnreadableError:
        return
    assert _plain(tree) == _as_text(json.loads(text, parse_int=str, parse_float=str))


def _plain(node: Node) -> object:
    if isinstance(node.value, list):
        return [_plain(one) for one in node.value]
    if isinstance(node.value, dict):
        return {key: _plain(one) for key, one in node.value.items()}
    return node.value


def _as_text(value: object) -> object:
    """What the standard library reads, with words for true and false."""
    match value:
        case bool():
            return str(value).lower()
        case list():
            return [_as_text(one) for one in value]
        case dict():
            return {key: _as_text(one) for key, one in value.items()}
        case _:
            return value


@given(st.binary(max_size=300), st.sampled_from([None, *(one.name for one in FORMATS)]))
def test_no_bytes_end_in_anything_but_rows_or_a_reason(content: bytes, form: str | None) -> None:
    with suppress(EtfcompareError):
        found = flows(b"Date,IBIT,Total\n" + content, Wish(form=form, name="BTC"))
        assert all(row.period.first_day <= TODAY for row in found.rows)


# What an import does to a table


def test_a_stored_figure_stays_unless_the_file_is_preferred(tmp_path: Path) -> None:
    file = tmp_path / "flows.csv"
    file.write_text(
        "period,scope,name,net_flow_usd\n2024-01-11,product,IBIT,5\n2024-01-12,product,FBTC,3000000\n"
    )
    new = flows(FARSIDE).rows
    kept = plan_of(file, FLOWS, new, takes_file=False, replaces=False)
    assert [(one.stored, one.new) for one in kept.differences] == [(5, 1_111_700_000)]
    assert [row.name for row in kept.merge.added] == ["FBTC"]
    assert not kept.merge.changed
    taken = plan_of(file, FLOWS, new, takes_file=True, replaces=False)
    assert [one.new.net_flow_usd for one in taken.merge.changed] == [1_111_700_000]
    assert taken.differences == kept.differences


def test_what_is_unknown_in_a_row_is_filled_and_never_emptied(tmp_path: Path) -> None:
    file = tmp_path / "holdings.csv"
    header = ",".join(HOLDINGS.header)
    file.write_text(f"{header}\n2026-01-02,IBIT,,0.5,,\n")
    new = (HoldingRow(date(2026, 1, 2), "IBIT", 7.0, None, 9.0, None),)
    plan = plan_of(file, HOLDINGS, new, takes_file=False, replaces=False)
    assert plan.filled == 2
    assert plan.merge.after.decode() == f"{header}\n2026-01-02,IBIT,7,0.5,9,\n"


def test_flows_of_one_scope_stay_by_one_kind_of_period(tmp_path: Path) -> None:
    file = tmp_path / "flows.csv"
    file.write_text("period,scope,name,net_flow_usd\n2024-W02,product,IBIT,5\n")
    new = flows(FARSIDE).rows
    refused = plan_of(file, FLOWS, new, takes_file=False, replaces=False)
    with pytest.raises(UsageError, match="--replace removes the stored: 1 by week, 2024-W02"):
        refused.refuse_losses()
    plan = plan_of(file, FLOWS, new, takes_file=False, replaces=True)
    plan.refuse_losses()
    assert b"W02" not in plan.merge.after
    mixed = (*new, FlowRow(period_of("2024-W02"), Scope.PRODUCT, "IBIT", 1.0))
    with pytest.raises(UsageError, match="in one file"):
        plan_of(file, FLOWS, mixed, takes_file=False, replaces=True)


# The files that users have in hand


def _shipped(catalogue_path: Path) -> Catalogue:
    return read(Document.parse(catalogue_path.read_bytes()), today=TODAY).catalogue


def _raw(shared: Path, catalogue_path: Path, name: str, wish: Wish = Wish()) -> Imported[FlowRow]:  # noqa: B008
    names = Names(catalogue=_shipped(catalogue_path))
    content = (shared / "data" / "raw" / name).read_bytes()
    return read_foreign(FLOWS, content, name, wish, names, TODAY)


@pytest.mark.parametrize(
    ("name", "form", "rows"),
    [
        ("farside_btc_paste.csv", "farside", 172),
        ("farside_eth_fragment.html", "farside", 18),
        ("cryptoetf_today_xrp_slice.json", "cryptoetf", 95),
        ("dashboard_btc_flows_slice.json", "dashboard", 73),
        ("issuer_xrpc_shares_nav.csv", "shares-nav", 14),
        ("tradingview_seed_btc_total.csv", "tradingview", 12),
        ("coinshares_week_2026-01-23.csv", "coinshares", 13),
    ],
)
def test_each_file_in_hand_is_recognised_and_read_whole(
    shared: Path, catalogue_path: Path, name: str, form: str, rows: int
) -> None:
    found = _raw(shared, catalogue_path, name)
    assert (found.form.name, len(found.rows)) == (form, rows)
    assert not found.rejected
    assert not found.left_out


def test_brackets_and_thousands_of_the_pasted_table_sum_to_its_total(
    shared: Path, catalogue_path: Path
) -> None:
    found = _raw(shared, catalogue_path, "farside_btc_paste.csv")
    assert not found.sums
    days: dict[str, list[float]] = {}
    for row in found.rows:
        days.setdefault(str(row.period), []).append(row.net_flow_usd)
    for row_of in rows_of_csv((shared / "data/raw/farside_btc_paste.csv").read_text())[2:]:
        total = amount_of(row_of.cells[-1])
        assert total is not None
        known = days.get(day_of(row_of.cells[0]).isoformat(), [])
        assert fsum(known) == pytest.approx(float(total) * 1e6, abs=1)


def test_the_made_up_holiday_of_the_dashboard_is_doubted_with_its_reason(
    shared: Path, catalogue_path: Path, tmp_path: Path
) -> None:
    found = _raw(shared, catalogue_path, "dashboard_btc_flows_slice.json")
    plan = plan_of(tmp_path / "flows.csv", FLOWS, found.rows, takes_file=False, replaces=False)
    doubts = doubts_in(plan, found.rows, _shipped(catalogue_path))
    said = [str(one) for one in doubts]
    assert any(one.startswith("2025-11-27") and "exchange was closed" in one for one in said)
    assert any("IBIT" in one and "flow of zero" in one for one in said)


def test_the_daily_file_gives_the_published_months(shared: Path, catalogue_path: Path) -> None:
    names = Names(catalogue=_shipped(catalogue_path))
    content = (shared / "data" / "flows_daily.csv").read_bytes()
    found = read_foreign(FLOWS, content, "flows_daily.csv", Wish(), names, TODAY)
    bitcoin = {one.ticker for one in _shipped(catalogue_path).products if one.asset == "BTC"}
    for month, millions in ((11, -3466.7), (12, -1092.5)):
        total = fsum(
            row.net_flow_usd
            for row in found.rows
            if row.name in bitcoin
            and (row.period.last_day.year, row.period.last_day.month) == (2025, month)
        )
        assert total == pytest.approx(millions * 1e6, abs=1)
