"""The frontier on the command line."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Final

import pytest

from conftest import TODAY
from etfcompare import __version__
from etfcompare.catalogue.schema import Catalogue
from etfcompare.cli.frontier_page import picture_text
from etfcompare.cli.table import Paper
from etfcompare.engine.figures import Table
from etfcompare.engine.scenario import Rates, Scenario
from etfcompare.portfolio.frontier import Frontier, frontier_of
from running import Run, runner
from strategies import catalogue_of

STAKED: Final = "asset: SOL, staking: {staked: 100%, cut: 0%, as_of: 2026-11-20}"
CATALOGUE: Final = f"""\
schema: 1
cash: {{yield: 3%, as_of: 2026-11-20}}
assets:
  BTC: {{risk: {{volatility: 40%, as_of: 2026-11-20}}}}
  SOL:
    staking: {{rate: 5%, as_of: 2026-11-20}}
    risk: {{volatility: 80%, as_of: 2026-11-20}}
  XRP: {{}}
products:
  - {{ticker: =ONE, asset: BTC, fee: {{rate: 0.25%, as_of: 2026-11-20}}}}
  - {{ticker: "S|OL", {STAKED}, fee: {{rate: 0%, as_of: 2026-11-20}}}}
  - {{ticker: TWIN, {STAKED}, fee: {{rate: 0%, as_of: 2026-11-20}}}}
  - {{ticker: CUTS, {STAKED}, fee: {{rate: 1%, as_of: 2026-11-20}}}}
  - {{ticker: GONE, {STAKED}, fee: {{rate: 0%, as_of: 2026-11-20}}, status: closed}}
  - {{ticker: RIPPLE, asset: XRP, fee: {{rate: 0.1%, as_of: 2026-11-20}}}}
views:
  - {{name: Bitcoin, where: "asset:btc", horizon: 3y}}
"""
DAY: Final = ("--as-of", "2026-11-22")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The program, in a folder that holds the catalogue."""
    (tmp_path / "products.yaml").write_text(CATALOGUE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return runner(capsys, "frontier", *DAY)


def test_the_leaders_are_listed_below_cash_with_their_reasons(run: Run) -> None:
    code, out, err = run()
    assert code == 0
    assert out.splitlines() == [
        "Ticker  Asset  Net yield    Vol  Yield/vol  Vs cash  Why",
        "cash    –          3.00%   0.0%          –      0bp  at no volatility; beats 1",
        (
            "=ONE    BTC       -0.25%  40.0%     -0.006   -325bp"
            "  best fund up to 40.0%; cash pays 325bp more"
        ),
        (
            "S|OL    SOL        5.00%  80.0%      0.063   +200bp"
            "  efficient: yields most up to 80.0%; equal to TWIN; beats 1"
        ),
        (
            "TWIN    SOL        5.00%  80.0%      0.063   +200bp"
            "  efficient: yields most up to 80.0%; equal to S|OL"
        ),
    ]
    assert err.splitlines() == [
        (
            "2 of 4 efficient; 3 lead among the funds; 1 beaten by S|OL, 1 beaten by cash"
            " · as of 2026-11-22 · cash 3.00% · 1y"
        ),
        "--all lists every point, and what beats it",
        "1 left out, volatility unknown: RIPPLE",
    ]


def test_all_points_are_listed_with_what_beats_them(run: Run) -> None:
    lines = run("--all").out.splitlines()
    assert [line.split()[0] for line in lines] == [
        *("Ticker", "cash", "=ONE", "S|OL", "TWIN", "CUTS"),
    ]
    assert lines[2].endswith("best fund up to 40.0%; cash pays 325bp more")
    assert lines[-1].endswith("beaten by S|OL")


def test_a_scenario_applies(run: Run) -> None:
    assert "0 of 4 efficient; 3 lead among the funds; 4 beaten by cash" in run("--cash", "6%").err
    assert "1 of 4 efficient" not in run("--reward", "SOL=2%").err
    assert "4 beaten by cash" in run("--reward", "SOL=2%").err


def test_a_filter_and_a_view_choose_the_products(run: Run) -> None:
    assert (
        "0 of 1 efficient; 1 leads among the funds; 1 beaten by cash"
        in run("--where", "asset:btc").err
    )
    assert "0 of 1 efficient" in run("--view", "Bitcoin").err
    assert "3y" in run("--view", "Bitcoin").err
    assert "1 of 1 efficient" in run("--where", "cuts").err


def test_where_nothing_matches_or_nothing_is_known_it_says_so(run: Run) -> None:
    code, out, err = run("--where", "nosuchfund")
    assert (code, out) == (0, "")
    assert err.startswith("no product matches\n")
    code, out, err = run("--where", "asset:xrp")
    assert (code, out) == (0, "")
    assert err.splitlines() == [
        "no product has both figures, so that there is nothing to hold against each other",
        "1 left out, volatility unknown: RIPPLE",
    ]


def test_json_has_every_point_the_efficient_cash_and_what_is_left_out(run: Run) -> None:
    document = json.loads(run("--json").out)
    assert document["version"] == __version__
    assert document["catalogue"]["path"] == "products.yaml"
    assert document["scenario"]["as_of"] == "2026-11-22"
    assert document["cash"] == 0.03
    assert (document["shown"], document["total"]) == (4, 6)
    assert document["efficient"] == ["S|OL", "TWIN"]
    assert document["leaders"] == ["=ONE", "S|OL", "TWIN"]
    assert document["left_out"] == {"RIPPLE": "volatility unknown"}
    assert document["figures"]["volatility"]["unit"] == "rate"
    assert document["points"][0] == {
        "ticker": "=ONE",
        "asset": "BTC",
        "net_yield": -0.0025,
        "volatility": 0.4,
        "yield_per_vol": -0.0025 / 0.4,
        "over_cash": -0.0325,
        "is_efficient": False,
        "leads": True,
        "beaten_by": "cash",
        "marks": {},
    }
    assert [one["beaten_by"] for one in document["points"]] == ["cash", None, None, "S|OL"]


def test_csv_is_defused_and_ends_with_what_it_stands_on(run: Run) -> None:
    rows = list(csv.reader(io.StringIO(run("--all", "--csv").out)))
    assert rows[0][:5] == ["ticker", "asset", "net_yield", "net_yield_shown", "volatility"]
    assert rows[0][-4:] == ["efficient", "leads", "beaten_by", "marks"]
    assert [row[0] for row in rows[1:-1]] == ["'=ONE", "S|OL", "TWIN", "CUTS"]
    assert rows[1][2:4] == ["-0.0025", "−0.25%"]
    assert [row[-4:-1] for row in rows[1:-1]] == [
        ["no", "yes", "cash"],
        ["yes", "yes", ""],
        ["yes", "yes", ""],
        ["no", "no", "S|OL"],
    ]
    assert rows[-1][0].startswith("# etfcompare")
    assert "frontier" in rows[-1][0]
    assert {len(row) for row in rows} == {len(rows[0])}


def test_csv_for_programs_has_raw_numbers_alone(run: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(run("--all", "--csv-raw").out)))
    assert rows[0]["ticker"] == "=ONE"
    assert "net_yield_shown" not in rows[0]
    assert len(rows) == 4


def test_markdown_lists_the_leaders_with_reasons(run: Run) -> None:
    lines = run("--markdown").out.splitlines()
    assert lines[0] == (
        "| Ticker | Asset | Net yield | Volatility | Yield per volatility | Vs cash | Why |"
    )
    assert lines[2].endswith("| best fund up to 40.0%; cash pays 325bp more |")
    assert lines[3].startswith(r"| S\|OL | SOL | 5.00% | 80.0% |")
    assert lines[-1].startswith(r"\# etfcompare")


@pytest.mark.parametrize("form", ["--json", "--csv", "--csv-raw", "--markdown", "--svg"])
def test_the_same_inputs_give_the_same_bytes(run: Run, form: str) -> None:
    assert run(form).out == run(form).out != ""


def test_a_picture_is_written_to_stdout_with_its_manifest(run: Run) -> None:
    code, out, err = run("--svg")
    assert code == 0
    assert out.startswith("<svg ")
    assert out.endswith("</svg>\n")
    assert (
        "4 of 6 products · 2 efficient · 3 lead among the funds"
        " · as of 2026-11-22 · cash 3.00% · 1y" in out
    )
    assert " · 1 left out, volatility unknown<" in out
    assert "products.yaml sha256" in out
    assert ">4 of 6 products<" in out
    assert "left out" in err


def test_a_picture_is_no_table(run: Run) -> None:
    code, out, err = run("--svg", "--json")
    assert (code, out) == (2, "")
    assert "--svg and --json ask for different formats; choose one" in err


def test_on_a_terminal_the_plot_stands_above_the_table(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = Paper(columns=80, has_colour=False)
    monkeypatch.setattr(Paper, "of_stdout", classmethod(lambda _: paper))
    lines = run().out.splitlines()
    assert lines[0].startswith("Net yield up")
    assert any("■ S|OL +1" in line for line in lines[:26])
    assert lines[-6:-4] == ["", "Ticker  Asset  Net yield    Vol  Yield/vol  Vs cash  Why"]
    assert not run("--where", "asset:xrp").out


def found() -> tuple[Frontier, Catalogue]:
    catalogue = catalogue_of(CATALOGUE)
    table = Table(catalogue, Scenario(as_of=TODAY, rates=Rates.COMMON))
    return frontier_of(table, range(len(table.products))), catalogue


def test_a_plot_is_drawn_only_on_a_terminal_wide_enough() -> None:
    frontier, catalogue = found()
    for columns in (None, 59):
        paper = Paper(columns=columns, has_colour=False)
        assert picture_text(frontier, catalogue, paper) == ""
    for columns in (60, 300):
        text = picture_text(frontier, catalogue, Paper(columns=columns, has_colour=False))
        lines = text.splitlines()
        assert lines[0].startswith("Net yield up, volatility across:  ● BTC  ■ SOL")
        assert max(map(len, lines[2:])) <= min(columns, 120)
        assert "GONE +2" in text
        assert "cash 3.00%" in text


def test_a_plot_says_the_same_with_colours_as_without() -> None:
    frontier, catalogue = found()
    plain = picture_text(frontier, catalogue, Paper(columns=80, has_colour=False))
    coloured = picture_text(frontier, catalogue, Paper(columns=80, has_colour=True))
    assert "\x1b[1m" in coloured
    stripped = re.sub(r"\x1b\[[0-9]*m", "", coloured)
    assert [one.rstrip() for one in stripped.splitlines()] == plain.splitlines()
