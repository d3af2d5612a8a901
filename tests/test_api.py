"""The Python interface: what is promised is there, light to import and true to the program."""

from __future__ import annotations

import copy
import doctest
import importlib
import json
import math
import pickle
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import pytest

import etfcompare
from conftest import TODAY, TOP
from etfcompare import (
    Bound,
    Drift,
    EtfcompareError,
    Funds,
    Limits,
    Ranking,
    Rates,
    Scenario,
    load,
)
from etfcompare.portfolio.allocation import Allocation

FUNDS: Final = """\
schema: 1
cash: {yield: 3%, as_of: 2026-11-01}
assets: {BTC: {name: Bitcoin}, SOL: {name: Solana, staking: {rate: 6%, as_of: 2026-11-01}}}
products:
  - {ticker: BEST, asset: SOL, fee: {rate: 0.20%, as_of: 2026-11-01},
     staking: {staked: 100%, cut: 10%, as_of: 2026-11-01}}
  - {ticker: PLAIN, asset: BTC, issuer: Ost, fee: {rate: 0.25%, as_of: 2026-11-01}}
  - {ticker: NONE, asset: BTC}
  - {ticker: "E\\e[2JVIL", asset: BTC}
"""
SCENARIO: Final = Scenario(as_of=TODAY)


@pytest.fixture
def funds(tmp_path: Path) -> Funds:
    path = tmp_path / "mine.yaml"
    path.write_text(FUNDS, encoding="utf-8")
    return load(path)


@pytest.fixture(scope="module")
def shipped() -> Funds:
    return load(TOP / "products.yaml")


def test_the_public_surface_is_this_and_nothing_else() -> None:
    assert etfcompare.__all__ == [
        *("Bound", "Drift", "EtfcompareError", "Funds", "Limits"),
        *("Ranking", "Rates", "Scenario", "__version__", "load"),
    ]
    assert {name: getattr(etfcompare, name) for name in etfcompare.__all__} == {
        "Bound": Bound,
        "Drift": Drift,
        "EtfcompareError": EtfcompareError,
        "Funds": Funds,
        "Limits": Limits,
        "Ranking": Ranking,
        "Rates": Rates,
        "Scenario": Scenario,
        "__version__": etfcompare.__version__,
        "load": load,
    }
    assert set(etfcompare.__all__) <= set(dir(etfcompare))
    with pytest.raises(AttributeError, match="has no attribute 'lod'"):
        importlib.import_module("etfcompare").__getattr__("lod")


def test_the_package_imports_nothing_of_its_own_and_ranking_no_frames() -> None:
    code = (
        "import sys, etfcompare\n"
        "print(sorted(one for one in sys.modules if one.startswith('etfcompare')))\n"
        "etfcompare.load('products.yaml').compare()\n"
        "print({'pandas', 'numpy', 'textual', 'rich', 'click'} & set(sys.modules))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=TOP
    )
    assert run.stdout == "['etfcompare']\nset()\n"


def test_the_documentation_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(TOP)
    found = doctest.testfile("docs/python.md", module_relative=False, encoding="utf-8")
    assert found.attempted > 10
    assert found.failed == 0


def test_funds_say_what_they_are(funds: Funds, tmp_path: Path) -> None:
    assert funds.tickers[:3] == ("BEST", "PLAIN", "NONE")
    assert funds.path == tmp_path / "mine.yaml"
    assert len(funds.sha256) == 64
    assert "4 of" in repr(funds)
    lines = [one.line for one in funds.problems(SCENARIO)]
    assert lines
    assert lines == sorted(lines)


def test_without_a_path_the_usual_places_are_searched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert len(load().tickers) > 50
    (tmp_path / "products.yaml").write_text(FUNDS, encoding="utf-8")
    assert len(load().tickers) == 4
    assert len(load("products.yaml").compare()) == 4


def test_a_ranking_is_that_of_the_program(funds: Funds) -> None:
    ranking = funds.compare(SCENARIO, where="asset:btc,sol", columns="net_yield,aum")
    assert ranking.tickers == ("BEST", "PLAIN", "E\x1b[2JVIL", "NONE")
    assert ranking.ranks == (1, 2, None, None)
    assert ranking.scenario == SCENARIO
    assert repr(ranking) == "<Ranking: 4 of 4>"
    assert ranking.rows == json.loads(ranking.export("json"))["rows"]
    assert ranking.rows[0]["net_yield"] == pytest.approx(0.052)
    assert ranking.manifest.startswith(f"# etfcompare {etfcompare.__version__} · mine.yaml sha256")


def test_sort_and_columns_are_words_or_lists_of_words(funds: Funds) -> None:
    one = funds.compare(SCENARIO, sort="-asset,+net_yield", columns="asset,aum")
    other = funds.compare(SCENARIO, sort=["-asset", "+net_yield"], columns=("asset", "aum"))
    assert one.rows == other.rows
    assert one.tickers[:2] == ("BEST", "PLAIN")
    assert "waiver_days" in funds.compare(SCENARIO, columns="all").rows[0]


def test_assets_are_spelled_as_in_the_catalogue(funds: Funds) -> None:
    ranking = funds.compare(Scenario(as_of=TODAY, rewards={"sol": 0.04}))
    assert ranking.scenario.rewards == {"SOL": 0.04}
    assert ranking.rows[0]["net_yield"] == pytest.approx(0.034)


@pytest.mark.parametrize(
    ("where", "sort", "columns", "told"),
    [
        ("net_yield>", "", "", "filter"),
        ("", "net_yeild", "", "did you mean net_yield"),
        ("", "", "nothing", "no figure is called"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(
    funds: Funds, where: str, sort: str, columns: str, told: str
) -> None:
    with pytest.raises(EtfcompareError, match=told):
        funds.compare(SCENARIO, where, sort, columns)


def test_a_frame_has_a_row_for_each_fund_and_a_column_for_each_key(funds: Funds) -> None:
    ranking = funds.compare(SCENARIO, columns=["issuer", "net_yield", "aum"])
    frame = ranking.to_frame()
    assert list(frame.columns) == ["issuer", "net_yield", "aum"]
    assert frame.index.name == "ticker"
    assert list(frame.index) == ["BEST", "PLAIN", r"E\x1b[2JVIL", "NONE"]
    assert frame["net_yield"].dtype == "float64"
    assert frame["aum"].isna().all()
    assert frame.loc["PLAIN", "issuer"] == "Ost"
    assert frame["issuer"].isna().tolist() == [True, False, True, True]
    for row, value in zip(ranking.rows, frame["net_yield"].tolist(), strict=True):
        assert math.isnan(value) if row["net_yield"] is None else value == row["net_yield"]
    assert frame.attrs == {"manifest": ranking.manifest}


def test_an_empty_ranking_is_an_empty_frame(funds: Funds) -> None:
    frame = funds.compare(SCENARIO, where="nothing", columns="asset,aum").to_frame()
    assert frame.empty
    assert [str(one) for one in frame.dtypes] == ["string", "float64"]


def test_a_figure_is_explained(funds: Funds) -> None:
    ranking = funds.compare(SCENARIO)
    assert ranking.explain("best", "net_yield").formula == "staking yield − effective fee"
    with pytest.raises(EtfcompareError, match="no product has the ticker"):
        ranking.explain("nobody", "net_yield")
    with pytest.raises(EtfcompareError, match="no figure is called"):
        ranking.explain("best", "nothing")


def test_an_unknown_form_is_refused(funds: Funds) -> None:
    assert funds.compare(SCENARIO).export().startswith("rank,ticker,")
    with pytest.raises(EtfcompareError, match="none of csv, csv-raw, json, markdown, html"):
        funds.compare(SCENARIO).export("xls")


def test_scenarios_are_built_from_what_is_exported() -> None:
    scenario = Scenario(as_of=date(2026, 1, 1), rates=Rates.OWN, drift=Drift.RISK_NEUTRAL)
    assert scenario.to_json()["drift"] == "risk-neutral"


# What callers hand over


DAY: Final = date(2026, 10, 2)


def test_words_stand_for_the_choices_they_name(funds: Funds) -> None:
    named = funds.compare(Scenario(as_of=DAY, rates="own", drift="flat-median")).rows  # type: ignore[arg-type]
    chosen = funds.compare(Scenario(as_of=DAY, rates=Rates.OWN, drift=Drift.FLAT_MEDIAN)).rows
    assert named == chosen


def test_whole_numbers_are_as_good_as_others(funds: Funds) -> None:
    whole = Scenario(as_of=DAY, cash=0, amount=100_000, gains_tax=1, basis=1, rewards={"SOL": 0})
    with_point = Scenario(
        as_of=DAY, cash=0.0, amount=100_000.0, gains_tax=1.0, basis=1.0, rewards={"SOL": 0.0}
    )
    one, other = funds.compare(whole), funds.compare(with_point)
    assert (one.rows, one.manifest) == (other.rows, other.manifest)
    assert "amount $100K" in one.manifest


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"as_of": "2026-10-02"}, "as_of is no date"),
        ({"horizon": "3y"}, "horizon is no whole number of days"),
        ({"horizon": 1.5}, "horizon is no whole number of days"),
        ({"horizon": True}, "horizon is no whole number of days"),
        ({"cash": "3.6%"}, "cash is no number"),
        ({"basis": math.nan}, "basis is no number"),
        ({"amount": math.inf}, "amount is no number"),
        ({"rates": "bogus"}, "rates is not known; give common or own"),
        ({"drift": None}, "drift is not known"),
        ({"waivers": "yes"}, "waivers is neither on nor off"),
        ({"rewards": [("SOL", 0.04)]}, "rewards names no rates by asset"),
        ({"rewards": {"SOL": "4%"}}, "rewards of SOL is no number"),
        ({"as_of": date(9999, 12, 31)}, "the date 9999-12-31 is not between"),
    ],
)
def test_a_value_of_another_kind_is_refused_in_a_line(values: dict[str, object], said: str) -> None:
    make: Callable[..., Scenario] = Scenario
    with pytest.raises(EtfcompareError, match=said):
        make(**({"as_of": DAY} | values))


def test_a_moment_stands_for_its_day() -> None:
    assert Scenario(as_of=datetime(2026, 10, 2, 12, tzinfo=UTC)) == Scenario(as_of=DAY)


def test_a_scenario_can_be_copied_and_pickled() -> None:
    scenario = Scenario(as_of=DAY, rewards={"SOL": 0.04})
    assert pickle.loads(pickle.dumps(scenario)) == scenario  # noqa: S301 - our own bytes
    assert copy.deepcopy(scenario) == scenario


def test_nothing_asked_for_is_as_usual(funds: Funds) -> None:
    plain = funds.compare(Scenario(as_of=DAY))
    assert (
        funds.compare(Scenario(as_of=DAY), where=None, sort=None, columns=None).rows == plain.rows
    )


def test_a_limit_finds_its_name_in_any_case(shipped: Funds) -> None:
    ranking = shipped.compare(SCENARIO, where="asset:sol")
    capped = Limits(caps=(Bound(kind="asset", name="sol", share=0.1),))
    found = ranking.allocate(capped)
    assert isinstance(found, Allocation)
    assert 1 - found.weights["cash"] == pytest.approx(0.1)


def test_a_limit_on_nothing_is_refused(shipped: Funds) -> None:
    capped = Limits(caps=(Bound(kind="issuer", name="Bitwize", share=0.1),))
    with pytest.raises(EtfcompareError, match=r"did you mean Bitwise\?"):
        shipped.compare(SCENARIO).allocate(capped)


def test_the_frontier_and_the_firmness_are_of_the_funds_that_match(shipped: Funds) -> None:
    ranking = shipped.compare(SCENARIO, where="asset:sol country:us")
    names = {one.ticker for one in ranking.frontier().points}
    assert names
    assert names <= set(ranking.tickers)
    overall = ranking.fragility().overall
    assert overall is not None
    assert overall.top == ranking.tickers[0]
