"""The calendar on the command line."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from etfcompare import __version__
from etfcompare.cli.output import shown
from etfcompare.cli.table import Paper
from etfcompare.export import markdown_cell
from running import Run, runner

CATALOGUE = """\
schema: 1
assets:
  SOL: {staking: {rate: 6.00%, as_of: 2026-11-20}}
  ETH: {staking: {rate: 3.00%, as_of: 2026-11-20}}
limits: {fee: 900d, staking: 150d, market: 900d, flows: 900d}
products:
  - ticker: =ONE
    asset: SOL
    fee: {rate: 0.50%, waiver: {rate: 0%, until: 2027-03-01}, as_of: 2026-11-20}
    staking: {staked: 100%, cut: 10%, as_of: 2026-11-20}
  - ticker: "TW|O"
    asset: ETH
    fee: {rate: 0.25%, waiver: {rate: 0%, first: $1B, mode: tier}, as_of: 2026-11-20}
    market: {aum: $900M, as_of: 2026-11-20}
    flows: {4w: 28M, as_of: 2026-11-20}
"""
DAY = ("--as-of", "2026-11-22")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The program, in a folder that holds the catalogue."""
    (tmp_path / "products.yaml").write_text(CATALOGUE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return runner(capsys, "calendar")


def test_the_calendar_is_a_table_by_date(run: Run) -> None:
    code, out, err = run(*DAY)
    assert code == 0
    assert out.splitlines() == [
        "Date         Left  Kind    Products  What happens",
        (
            "2027-03-01    99d  waiver  =ONE      fee waiver ends: fee 0.00% → 0.50%; "
            "net yield 5.40% → 4.90% (-50bp)"
        ),
        (
            "2027-03-02~  100d  tier    TW|O      assets reach the $1.00B under the waiver at the "
            "pace of flows: 10% on top would pay the full fee; net yield 0.00% → -0.02% (-2bp)"
        ),
        (
            "2027-04-20   149d  stale   =ONE      staking figures go stale: "
            "marks net yield of 1 product"
        ),
        (
            "2027-04-20   149d  stale   SOL       staking figures go stale: "
            "marks net yield of 1 product"
        ),
    ]
    assert err == "4 events · as of 2026-11-22 · 1y · ~ estimated\n"


def test_products_and_kinds_may_be_chosen(run: Run) -> None:
    assert len(run(*DAY, "--kind", "waiver", "--kind", "tier").out.splitlines()) == 3
    assert "=ONE" not in run(*DAY, "--where", "eth").out


def test_an_empty_calendar_is_said_in_one_line_that_names_the_horizon(run: Run) -> None:
    code, out, err = run(*DAY, "--horizon", "30d", "--kind", "waiver")
    assert (code, out) == (0, "")
    assert err == (
        "nothing happens within the horizon; --horizon looks further · as of 2026-11-22 · 1m\n"
    )


def test_a_filter_that_matches_nothing_is_explained(run: Run) -> None:
    assert "no product has issuer nobody" in run(*DAY, "--where", "issuer:nobody").err


def test_json_holds_the_numbers_raw(run: Run) -> None:
    document = json.loads(run(*DAY, "--json").out)
    assert document["scenario"]["as_of"] == "2026-11-22"
    assert len(document["catalogue"]["sha256"]) == 64
    waiver, tier = document["events"][:2]
    assert waiver["tickers"] == ["=ONE"]
    assert waiver["change"] == pytest.approx(-0.005)
    assert waiver["days_left"] == 99
    assert CATALOGUE.splitlines()[waiver["line"] - 1].strip().startswith("fee:")
    assert (waiver["is_estimate"], tier["is_estimate"]) == (False, True)


def test_csv_is_defused_and_markdown_escaped(run: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(run(*DAY, "--csv").out, newline="")))
    assert rows[0]["tickers"] == "'=ONE"
    assert float(rows[0]["change"]) == pytest.approx(-0.005)
    markdown = run(*DAY, "--markdown").out
    assert "TW\\|O" in markdown
    assert "as of 2026-11-22" in markdown.splitlines()[-3]
    assert run(*DAY, "--csv", "--horizon", "30d").out.startswith("day,days_left,kind,")


def test_every_export_says_what_it_stands_on(run: Run) -> None:
    asked = (*DAY, "--where", "sol", "--kind", "waiver", "--horizon", "2y")
    *_, last = csv.reader(io.StringIO(run(*asked, "--csv").out, newline=""))
    assert last[0].startswith(f"# etfcompare {__version__} · products.yaml sha256 ")
    assert " · as of 2026-11-22 · horizon 2y · " in last[0]
    assert last[0].endswith(" · filter sol · events waiver · 1 of 2 products")
    assert set(last[1:]) == {""}
    assert run(*asked, "--markdown").out.splitlines()[-1] == markdown_cell(last[0])
    assert json.loads(run(*asked, "--json").out)["version"] == __version__


@pytest.mark.parametrize("columns", [60, 80, 100, 120])
def test_no_line_is_wider_than_the_terminal_and_nothing_is_cut(
    run: Run, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    everything = run(*DAY).out.split()
    paper = Paper(columns=columns, has_colour=False)
    monkeypatch.setattr(Paper, "of_stdout", lambda: paper)
    out = run(*DAY).out
    assert max(map(len, out.splitlines())) <= columns
    assert set(everything) - set(out.split()) <= {"Date", "Left", "Kind", "Products", "What"} | {
        "happens"
    }


def test_the_catalogue_that_comes_with_the_program_has_a_waiver_that_ends(
    run: Run, catalogue_path: Path
) -> None:
    out = run(str(catalogue_path), *DAY, "--kind", "waiver").out
    assert "2027-03-12" in out
    assert "ETHB" in out


def test_where_there_is_only_ascii_changes_are_told_by_an_arrow() -> None:
    assert shown("0.00% → 0.50% · Δ", "ascii") == "0.00% -> 0.50% | *"
