"""The files beside a catalogue: what is read, what is refused, and what an import makes of them."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import TODAY, TOP
from etfcompare.catalogue.problem import Problem, Severity
from etfcompare.catalogue.schema import Catalogue
from etfcompare.history import tables
from etfcompare.history.bulk import flows_in_bulk, prices_in_bulk
from etfcompare.history.rows import (
    FLOWS,
    HOLDINGS,
    MOST_PROBLEMS,
    PRICES,
    CsvTable,
    FlowRow,
    HoldingRow,
    PriceRow,
    Row,
    Scope,
    plain,
    read_rows,
    text_of,
)
from etfcompare.history.series import PeriodKind, period_holding, period_of
from etfcompare.history.tables import (
    History,
    Holding,
    OutsideError,
    flows_of,
    history_file,
    prices_of,
    read_history,
)
from strategies import read_text

HEADER = "period,scope,name,net_flow_usd\n"
NAMES = st.one_of(
    st.sampled_from(["IBIT", "BTC", "United States", "Côte d'Ivoire", "a,b", 'a "b"', "NA", "nan"]),
    st.text(min_size=1, max_size=20)
    .map(str.strip)
    .filter(lambda text: text.isprintable() and text),
)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
FLOW_ROWS = st.dictionaries(
    st.tuples(
        st.dates(min_value=date(2024, 1, 1), max_value=date(2024, 3, 1)).map(
            lambda day: period_holding(day, PeriodKind.DAY)
        ),
        st.sampled_from(Scope),
        NAMES,
    ),
    NUMBERS,
).map(lambda found: [FlowRow(*key, flow) for key, flow in found.items()])
CELLS = st.sampled_from(
    [
        *("2026-01-23", "2026-W04", "2026-01", "\ufeff2026-01-23", "product", "asset"),
        *("IBIT", " IBIT", "", " ", "a\u202eb", "x" * 81, '"x"', '"a,b"', "=1+1", "True"),
        *("1.5", "-7", "1e5", "+1", ".5", "1.", "007", "\t1", "1\r", "1 000", "1_000"),
        *("nan", "inf", "1e999", "0x1F", "--1", "٣"),
    ]
)
SOUP = st.lists(st.lists(CELLS, min_size=3, max_size=5).map(",".join), max_size=6).map(
    lambda lines: HEADER + "\n".join(lines)
)


def catalogue_with(history: str) -> Catalogue:
    return read_text(f"history: {history}\nproducts: [{{ticker: A, asset: B}}]", TODAY)[0]


def flows(text: str) -> tuple[list[FlowRow], list[str]]:
    found = read_rows(FLOWS, text.encode(), "history/flows.csv")
    return list(found.rows), [str(one) for one in found.problems]


# Reading


def test_all_three_files_are_read(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text(
        HEADER + "2026-01-23,product,IBIT,-101600000\n2026-01-22,product,IBIT,2.5\n"
        "2026-W04,country,United States,-1.8e9\n"
    )
    (tmp_path / "p.csv").write_text("date,asset,close_usd\n2026-01-23,BTC,89500.5\n")
    (tmp_path / "h.csv").write_text(
        "date,ticker,shares,coins_per_share,nav_usd,distribution_usd\n"
        "2026-03-31,BSOL,51500000,0.134089,11.26,\n2026-03-24,BSOL,,0.133955,,0.05\n"
    )
    found = read_history(catalogue_with("{flows: f.csv, prices: p.csv, holdings: h.csv}"), tmp_path)
    assert found.problems == ()
    ibit = found.flows[Scope.PRODUCT, "IBIT"]
    assert (ibit.kind, list(ibit.values)) == (PeriodKind.DAY, [2.5, -101_600_000])
    week = found.flows[Scope.COUNTRY, "United States"]
    assert (week.kind, week.periods[0].last_day) == (PeriodKind.WEEK, date(2026, 1, 25))
    assert list(found.prices["BTC"].values) == [89500.5]
    assert found.holdings["BSOL"] == (
        Holding(date(2026, 3, 24), None, 0.133955, None, 0.05),
        Holding(date(2026, 3, 31), 51_500_000, 0.134089, 11.26, None),
    )


def test_a_catalogue_without_files_has_no_past(tmp_path: Path) -> None:
    assert read_history(catalogue_with("{}"), tmp_path) == History()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("2026-13,product,A,1", '2:1: error: history/flows.csv: period: "2026-13" is no period'),
        ("2026-01,fund,A,1", '2:9: error: history/flows.csv: scope: "fund" is not one of product,'),
        ("2026-01,prodct,A,1", "did you mean product?"),
        ("2026-01,product,,1", "2:17: error: history/flows.csv: name is missing"),
        ("2026-01,product,a\u202eb,1", r'2:17: error: history/flows.csv: name: "a\u202eb" holds'),
        ("2026-01,product,A,", "2:19: error: history/flows.csv: net_flow_usd is missing"),
        ("2026-01,product,A,(5.1)", '2:19: error: history/flows.csv: net_flow_usd: "(5.1)" is not'),
        ("2026-01,product,A,1e999", '"1e999" is too large'),
        ("2026-01,product,A,nan", '"nan"'),
        ("2026-01,product,A", "2:1: error: history/flows.csv: the row has 3 cells, not 4"),
        ("2026-01,product,A,1,2", "the row has 5 cells, not 4; write period,scope,name,net_flow"),
        ("2026-03,product,B,9", "2:1"),
    ],
)
def test_a_bad_row_is_a_problem_with_its_place_and_the_rest_is_used(row: str, said: str) -> None:
    good = "2026-02,product,B,7\n2026-03,product,B,8\n"
    if row.startswith("2026-03"):
        rows, problems = flows(HEADER + good + row + "\n")
        said = "4:1: error: history/flows.csv: the row repeats period, scope, name of line 3"
    else:
        rows, problems = flows(HEADER + row + "\n" + good)
    assert [(str(one.period), one.net_flow_usd) for one in rows] == [("2026-02", 7), ("2026-03", 8)]
    (problem,) = problems
    assert said in problem


def test_a_scope_keeps_the_kind_of_period_it_began_with() -> None:
    rows, problems = flows(
        HEADER + "2026-W04,product,A,1\n2026-01-23,product,A,2\n2026-01-23,asset,A,3\n"
    )
    assert [one.net_flow_usd for one in rows] == [1, 3]
    (problem,) = problems
    assert "3:1" in problem
    assert "2026-01-23 is a day, but flows by product are by week from line 2 on" in problem


@pytest.mark.parametrize("text", ["", "\n\n", "2026-01,product,A,1\n", "period;scope;name\n"])
def test_a_file_without_its_header_is_one_problem(text: str) -> None:
    rows, (problem,) = flows(text)
    assert not rows
    assert "begin with period,scope,name,net_flow_usd" in problem


def test_spaces_blank_lines_marks_and_ends_of_lines_do_not_matter() -> None:
    rows, problems = flows(
        "\ufeff" + HEADER.replace("\n", "\r\n") + "\r\n 2026-01 , product , A , 1 \r\n\n"
    )
    assert (rows, problems) == ([FlowRow(period_of("2026-01"), Scope.PRODUCT, "A", 1)], [])


def test_a_line_that_is_not_utf8_costs_only_itself() -> None:
    content = HEADER.encode() + b"2026-01,product,\xff,1\n2026-02,product,A,2\n"
    found = read_rows(FLOWS, content, "f.csv")
    assert [one.name for one in found.rows] == ["A"]
    assert [(one.line, one.column) for one in found.problems] == [(2, 17)]


def test_many_problems_are_counted() -> None:
    _, problems = flows(HEADER + "x,y,z,1\n" * 1_234)
    assert len(problems) == MOST_PROBLEMS + 1
    assert f"{1_234 - MOST_PROBLEMS:,} more rows cannot be used" in problems[-1]


# Which file


@pytest.mark.parametrize("path", ["../flows.csv", "a/../../flows.csv", "link.csv", "link/f.csv"])
def test_a_path_out_of_the_folder_is_refused(path: str, tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    (tmp_path / "flows.csv").write_text(HEADER + "2026-01,product,A,1\n")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "f.csv").write_text(HEADER + "2026-01,product,A,1\n")
    (folder / "a").mkdir()
    (folder / "link.csv").symlink_to(tmp_path / "flows.csv")
    (folder / "link").symlink_to(tmp_path / "other")
    with pytest.raises(OutsideError, match="leads out of the catalogue's folder"):
        history_file(folder, path)


def test_an_absolute_path_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutsideError):
        history_file(tmp_path / "own", str(tmp_path / "flows.csv"))


def test_a_link_out_of_the_folder_is_a_problem_and_nothing_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    (tmp_path / "flows.csv").write_text(HEADER + "2026-01,product,A,1\n")
    (folder / "flows.csv").symlink_to(tmp_path / "flows.csv")
    found = read_history(catalogue_with("{flows: flows.csv}"), folder)
    assert not found.flows
    assert [str(one) for one in found.problems] == [
        "1:1: error: flows.csv: leads out of the catalogue's folder; copy the file into it"
    ]


def test_a_link_within_the_folder_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text(HEADER + "2026-01,product,A,1\n")
    (tmp_path / "flows.csv").symlink_to("real.csv")
    assert history_file(tmp_path, "flows.csv") == Path(os.path.realpath(tmp_path)) / "real.csv"
    assert read_history(catalogue_with("{flows: flows.csv}"), tmp_path).flows


def test_a_file_that_is_not_there_is_a_warning_that_says_what_makes_it(tmp_path: Path) -> None:
    (problem,) = read_history(catalogue_with("{prices: p.csv}"), tmp_path).problems
    assert problem.severity is Severity.WARNING
    assert (problem.message, problem.hint) == (
        "no such file",
        "`etfcompare import prices FILE` makes it",
    )


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
def test_what_is_no_file_is_a_problem(make: object, tmp_path: Path) -> None:
    assert callable(make)
    make(tmp_path / "p.csv")
    (problem,) = read_history(catalogue_with("{prices: p.csv}"), tmp_path).problems
    assert problem.message.startswith("is no file")


# Small and large


@given(FLOW_ROWS)
def test_rows_are_read_as_they_were_written(rows: list[FlowRow]) -> None:
    found = read_rows(FLOWS, text_of(FLOWS, rows).encode(), "f.csv")
    assert not found.problems
    assert sorted(found.rows) == sorted(rows)


@given(FLOW_ROWS)
def test_a_large_file_reads_as_a_small_one(rows: list[FlowRow]) -> None:
    content = text_of(FLOWS, rows).encode()
    problems: list[Problem] = []
    in_bulk = flows_in_bulk(content)
    assert in_bulk is None or in_bulk == flows_of(content, "f.csv", problems)
    is_usual = b'"' not in content and any(row.name == "IBIT" for row in rows)
    assert in_bulk is not None or not is_usual
    assert not problems


@given(st.dictionaries(st.tuples(st.dates(), st.sampled_from(["BTC", "ETH"])), NUMBERS, min_size=1))
def test_large_prices_read_as_small_ones(closes: dict[tuple[date, str], float]) -> None:
    content = text_of(PRICES, [PriceRow(*key, close) for key, close in closes.items()]).encode()
    assert prices_in_bulk(content) == prices_of(content, "p.csv", [])


@given(SOUP)
def test_a_large_file_with_anything_doubtful_is_read_row_by_row(text: str) -> None:
    content = text.encode()
    in_bulk = flows_in_bulk(content)
    problems: list[Problem] = []
    assert in_bulk is None or (in_bulk, []) == (flows_of(content, "f.csv", problems), problems)


def test_a_large_file_is_read_with_pandas_and_its_bad_rows_are_still_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "SMALL_ROWS", 2)
    good = HEADER + "".join(f"2026-01-{day:02},product,A,{day}.5\n" for day in range(1, 10))
    path = tmp_path / "f.csv"
    path.write_text(good)
    catalogue = catalogue_with("{flows: f.csv}")
    whole = read_history(catalogue, tmp_path)
    path.write_text(good + "2026-01-10,product,A,much\n")
    with_fault = read_history(catalogue, tmp_path)
    assert whole.flows == with_fault.flows
    assert (whole.problems, [one.line for one in with_fault.problems]) == ((), [11])


def test_the_shipped_history_needs_no_pandas() -> None:
    code = (
        "import sys; from datetime import date; from pathlib import Path\n"
        "from etfcompare.catalogue.schema import Catalogue, History\n"
        "from etfcompare.history.tables import read_history\n"
        "files = History(flows='history/flows.csv', prices='history/prices.csv')\n"
        "assert read_history(Catalogue(history=files), Path.cwd()).flows\n"
        "sys.exit(bool({'pandas', 'numpy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=TOP).returncode == 0


# Writing


@given(NUMBERS)
def test_numbers_are_plain_decimals_that_read_as_they_were(number: float) -> None:
    assert float(plain(number)) == number
    assert not set(plain(number)) & set("eE")


def test_rows_are_written_sorted_and_a_cell_that_is_unknown_stays_empty() -> None:
    rows = [
        HoldingRow(date(2026, 3, 31), "BSOL", 51_500_000, 0.134089, None, None),
        HoldingRow(date(2026, 3, 24), "IBIT", None, None, None, 1e-7),
    ]
    assert text_of(HOLDINGS, rows).splitlines()[1:] == [
        "2026-03-24,IBIT,,,,0.0000001",
        "2026-03-31,BSOL,51500000,0.134089,,",
    ]


# What is shipped


@pytest.mark.parametrize(("table", "least"), [(FLOWS, 2_000), (PRICES, 500), (HOLDINGS, 20)])
def test_the_shipped_files_are_sorted_and_without_a_fault(table: CsvTable[Row], least: int) -> None:
    content = (TOP / "history" / f"{table.name}.csv").read_bytes()
    found = read_rows(table, content, "")
    assert not found.problems
    assert len(found.rows) > least
    assert text_of(table, found.rows).encode() == content


def test_the_story_of_january_can_be_read_off_the_shipped_files() -> None:
    found: dict[tuple[Scope, str], float] = {
        (row.scope, row.name): row.net_flow_usd / 1e6
        for row in read_rows(FLOWS, (TOP / "history" / "flows.csv").read_bytes(), "").rows
        if row.period == period_of("2026-W04")
    }
    assert found[Scope.PRODUCT, "IBIT"] == -537.5
    assert [found[Scope.ASSET, code] for code in ("BTC", "ETH", "SOL")] == [-1090, -630, 17.1]
    assert found[Scope.COUNTRY, "United States"] == -1800
    assert found[Scope.COUNTRY, "Switzerland"] == 32.5


def test_the_shipped_files_are_derived_from_the_daily_data(
    shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(TOP / "scripts")
    derive_history = import_module("derive_history")
    for name, text in derive_history.derived(shared / "data").items():
        assert (TOP / "history" / name).read_text(encoding="utf-8") == text
