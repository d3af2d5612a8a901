"""Flows on the command line."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Final

import pytest

from etfcompare import __version__
from etfcompare.cli.output import shown
from running import Run, runner

CATALOGUE: Final = """\
schema: 1
history: {flows: flows.csv}
assets: {BTC: {}, SOL: {}}
products:
  - {ticker: =ONE, asset: BTC, issuer: First, listing: {country: US}, market: {aum: $1B}}
  - {ticker: TWO, asset: BTC, issuer: Second, listing: {country: US}}
  - {ticker: "TH|REE", asset: SOL, issuer: First, listing: {country: CH}, market: {aum: $100M}}
"""
FLOWS: Final = """\
period,scope,name,net_flow_usd
2026-W02,asset,BTC,90000000
2026-W01,product,=ONE,1000000
2026-W01,product,TWO,-2000000
2026-W02,product,=ONE,-5000000
2026-W02,product,TH|REE,4000000
2026-W03,product,=ONE,-20000000
2026-W03,product,TH|REE,2000000
2026-W03,product,TWO,-10000000
"""
DAY: Final = ("--as-of", "2026-01-20")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The program, in a folder that holds the catalogue and its flows."""
    (tmp_path / "products.yaml").write_text(CATALOGUE, encoding="utf-8")
    (tmp_path / "flows.csv").write_text(FLOWS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return runner(capsys, "flows")


def test_the_largest_inflow_is_on_top_and_the_total_below(run: Run) -> None:
    code, out, err = run(*DAY)
    assert code == 0
    assert out.splitlines() == [
        "Product  2026-W01  2026-W02  2026-W03  3 weeks  of AUM  of side  Streak  Trend",
        "TH|REE          ?   +$4.00M   +$2.00M  +$6.00M  +6.0%   100% in      +2   █▅",
        "TWO       -$2.00M         ?   -$10.0M  -$12.0M      ?   33% out      -1  ▇ ▁",
        "=ONE      +$1.00M   -$5.00M   -$20.0M  -$24.0M  -2.4%   67% out      -2  █▆▁",
        "Total     -$1.00M   -$1.00M   -$28.0M  -$30.0M  -1.6%~                   ██▁",
    ]
    assert err == (
        "3 weeks, 2025-12-29 to 2026-01-18 · in +$6.00M, out -$36.0M · rotation 0.29 of 1 · "
        "~ of funds whose AUM is known\n"
        "10 to 31 December is the season of selling for tax losses in the US; "
        "one episode is no proof\n"
    )


def test_many_periods_show_the_last_and_a_line_of_all(run: Run, tmp_path: Path) -> None:
    more = "".join(f"2026-W{week:02},product,=ONE,{week}000000\n" for week in range(4, 10))
    (tmp_path / "flows.csv").write_text(FLOWS + more, encoding="utf-8")
    head, row, *_ = run("--as-of", "2026-03-01").out.splitlines()
    assert head.split("  ")[1:3] == ["2026-W09", "9 weeks"]
    assert row.endswith("+6  ▆▅▁▇▇▇███")


def test_one_period_needs_no_line_of_bars(run: Run) -> None:
    out = run(*DAY, "--from", "2026-W02", "--to", "2026-W02").out
    assert out.splitlines()[0].split() == [
        *("Product", "2026-W02", "of", "AUM", "of", "side", "Streak")
    ]


def test_json_gives_raw_numbers_by_period(run: Run) -> None:
    code, out, err = run(*DAY, "--by", "asset", "--json")
    found = json.loads(out)
    assert code == 0
    assert found["periods"] == ["2026-W01", "2026-W02", "2026-W03"]
    assert found["problems"] == []
    assert found["rows"][1] == {
        "name": "BTC",
        "flows": [-1e6, -5e6, -30e6],
        "total": -36e6,
        "share_of_aum": -0.024,
        "share_of_side": 1.0,
        "streak": -3,
        "price_agreement": None,
    }
    assert found["total"]["flows"] == [-1e6, -1e6, -28e6]
    assert found["rotation"]["matched"] == 6e6
    assert "published figures by asset" in err


def test_csv_is_safe_to_open_and_leaves_out_what_is_not_known(run: Run) -> None:
    *rows, last = csv.DictReader(io.StringIO(run(*DAY, "--csv").out))
    assert last["name"].startswith("# etfcompare ")
    assert [row["name"] for row in rows] == ["TH|REE", "TWO", "'=ONE"]
    assert (rows[0]["2026-W01"], rows[0]["2026-W02"]) == ("", "4000000.0")


def test_every_export_says_what_it_stands_on(run: Run) -> None:
    words = (*DAY, "--where", "btc", "--top", "1")
    chosen = "filter btc · flows by product and week · 2025-12-29 to 2026-01-18 · the 1 largest"
    told = run(*words, "--csv").out.splitlines()[-1]
    assert " sha256 " in told
    assert f" · {chosen} · 2 of 3 products" in told
    assert chosen in run(*words, "--markdown").out.splitlines()[-1]
    found = json.loads(run(*words, "--json").out)
    assert (found["version"], found["scenario"]["as_of"]) == (__version__, "2026-01-20")


def test_markdown_shows_names_as_they_are(run: Run) -> None:
    out = run(*DAY, "--markdown", "--top", "1").out
    assert out.splitlines()[2].startswith("| =ONE |")
    assert "TH" not in out
    assert r"TH\|REE" in run(*DAY, "--markdown").out


def test_the_topmost_are_the_largest_either_way(run: Run) -> None:
    found = json.loads(run(*DAY, "--top", "2", "--json").out)
    assert [row["name"] for row in found["rows"]] == ["TWO", "=ONE"]
    assert found["total"]["total"] == -30e6


def test_products_may_be_chosen_by_a_filter(run: Run) -> None:
    found = json.loads(run(*DAY, "--where", "country:us", "--by", "issuer", "--json").out)
    assert [row["name"] for row in found["rows"]] == ["Second", "First"]
    hint = "no product has asset doge; assets are BTC, SOL"
    assert hint in run(*DAY, "--where", "asset:doge").err


def test_published_figures_are_asked_for(run: Run) -> None:
    found = json.loads(run(*DAY, "--by", "asset", "--published", "--json").out)
    assert [(row["name"], row["total"]) for row in found["rows"]] == [("BTC", 90e6)]
    for words in ((), ("--by", "asset", "--where", "sol")):
        code, out, err = run("--published", *words)
        assert (code, out) == (2, "")
        assert "--published figures are not of products" in err


def test_a_total_over_weeks_that_are_not_published_is_marked(run: Run, tmp_path: Path) -> None:
    more = "2026-W03,asset,BTC,1000000\n2026-W03,asset,SOL,2000000\n"
    (tmp_path / "flows.csv").write_text(FLOWS + more, encoding="utf-8")
    _, out, err = run(*DAY, "--by", "asset", "--published")
    assert "+$2.00M~" in out
    assert "+$91.0M~" not in out
    assert "+$93.0M~" in out.splitlines()[-1]
    assert "~ of the weeks that are published" in err


def test_days_may_be_weeks_and_months_and_the_scenario_ends_them(run: Run) -> None:
    weeks = json.loads(run("--from", "2026-W02", "--as-of", "2026-01-12", "--json").out)
    assert weeks["periods"] == ["2026-W02"]
    code, _, err = run("--from", "yesterday")
    assert (code, err.count("\n")) == (2, 1)
    assert err.startswith('etfcompare: --from: "yesterday" is no period of time; write')


def test_weeks_are_not_split_into_days(run: Run) -> None:
    code, out, err = run(*DAY, "--period", "day")
    assert (code, out) == (2, "")
    assert "has weeks, not days; write --period week" in err


def test_old_flows_are_said_to_be_old_unless_asked_for(run: Run) -> None:
    late = ("--as-of", "2026-03-01")
    assert "! the last flows are 42 days old" in run(*late).err
    assert "days old" not in run(*late, "--to", "2026-W03").err


def test_bad_rows_are_counted_and_listed(run: Run, tmp_path: Path) -> None:
    (tmp_path / "flows.csv").write_text(FLOWS + "2026-W04,product,=ONE,lots\n", encoding="utf-8")
    code, out, err = run(*DAY, "--json")
    (problem,) = json.loads(out)["problems"]
    assert code == 0
    assert (problem["path"], problem["line"], problem["severity"]) == ("flows.csv", 10, "error")
    assert "1 problem in the file of flows" in err


def test_no_flows_are_one_line_that_says_what_to_do(run: Run) -> None:
    code, out, err = run("--as-of", "2020-01-01")
    assert (code, out) == (0, "")
    assert "`etfcompare import flows FILE` adds some" in err


def test_a_filter_that_nothing_matches_is_said_to_be_the_reason(run: Run) -> None:
    code, out, err = run(*DAY, "--where", "doge")
    assert (code, out) == (0, "")
    assert err.startswith("no product matches doge\n")
    assert "no whole period" not in err


def test_days_the_wrong_way_round_are_refused(run: Run) -> None:
    code, out, err = run(*DAY, "--from", "2026-W10", "--to", "2026-W04")
    assert (code, out) == (2, "")
    assert "--from is after --to: 2026-W10 and 2026-W04; swap them" in err


def test_published_figures_that_the_file_has_none_of_are_said_to_be_missing(run: Run) -> None:
    code, out, err = run(*DAY, "--by", "issuer", "--published")
    assert (code, out) == (0, "")
    assert err.startswith("the file of flows states no published figures by issuer")


def test_bars_have_stand_ins_where_there_is_only_ascii() -> None:
    assert shown("▁▂▃▄▅▆▇█", "ascii") == "_.,-=+*#"
