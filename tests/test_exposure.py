"""What holding a product exposes to: in coins, in dollars, and by the odds of two models."""

from __future__ import annotations

import asyncio
import json
from datetime import date, timedelta
from itertools import accumulate, cycle, islice
from math import exp, isnan
from pathlib import Path
from random import Random

import pytest
from rich.cells import cell_len

from conftest import TODAY
from etfcompare.engine.figures import FIGURES, Table
from etfcompare.engine.scenario import Drift, Scenario
from etfcompare.history.bootstrap import Estimate
from etfcompare.history.series import PeriodKind, Series
from etfcompare.history.tables import History
from etfcompare.portfolio.exposure import MOVES, ODDS, Exposure, bootstrap_of, exposure_of
from etfcompare.portfolio.exposure_words import exposure_in_words
from etfcompare.tui.exposure_part import part_lines
from etfcompare.tui.flows_loading import HistoryLoading
from etfcompare.tui.product_page import Draws
from running import Run, runner
from screens import app_on, products, text_of
from strategies import catalogue_of, random_catalogue, random_scenario

FUNDS = """\
schema: 1
history: {prices: prices.csv}
cash: {yield: 3.75%, as_of: 2026-11-20}
assets:
  BTC: {risk: {volatility: 45%, as_of: 2026-11-20}}
  SOL:
    staking: {rate: 6.21%, as_of: 2026-11-20}
    risk: {volatility: 70%, as_of: 2026-11-20}
products:
  - ticker: GROW
    asset: SOL
    fee: {rate: 0.20%, as_of: 2026-11-20}
    staking: {staked: 96%, cut: 6%, as_of: 2026-11-20}
  - ticker: DEAR
    asset: SOL
    fee: {rate: 0.90%, as_of: 2026-11-20}
  - ticker: CHEAP
    asset: SOL
    fee: {rate: 0.25%, as_of: 2026-11-20}
  - ticker: GONE
    asset: SOL
    status: closed
    fee: {rate: 0.10%, as_of: 2026-11-20}
  - ticker: COIN
    asset: BTC
    fee: {rate: 0.25%, as_of: 2026-11-20}
  - {ticker: HUSH, asset: SOL, staking: {cut: 6%, as_of: 2026-11-20}}
"""
GROW, DEAR, CHEAP, GONE, COIN, HUSH = range(6)
DAY = ("--as-of", TODAY.isoformat())


def closes(weeks: int = 160) -> list[tuple[int, float]]:
    """Closes of Fridays up to the day of the tests, of a price that swings by 70% a year."""
    source = Random(5)  # noqa: S311 - no secret
    steps = islice(cycle(source.gauss(0, 0.097) for _ in range(weeks)), weeks)
    values = accumulate(steps, lambda value, step: value * exp(step), initial=100.0)
    last = TODAY - timedelta(TODAY.weekday() + 3)
    return [(last.toordinal() - 7 * (weeks - place), value) for place, value in enumerate(values)]


def history() -> History:
    days, values = zip(*closes(), strict=True)
    return History(prices={"SOL": Series(list(days), list(values), PeriodKind.DAY)})


def found(row: int = GROW, scenario: Scenario | None = None, text: str = FUNDS) -> Exposure:
    table = Table(catalogue_of(text), scenario or Scenario(as_of=TODAY))
    return exposure_of(table, row, bootstrap_of(history(), table).of(table.products[row].asset))


# In coins


def test_coins_grow_by_the_yield_over_the_horizon() -> None:
    assert found().coins == pytest.approx(0.05403904)
    assert found(scenario=Scenario(as_of=TODAY, horizon=730)).coins == pytest.approx(0.10807808)
    assert found(DEAR).coins == pytest.approx(-0.009)
    assert found(HUSH).coins is None


def test_the_premium_worth_paying_is_over_the_cheapest_fund_on_sale_that_earns_nothing() -> None:
    plain = found().plain
    assert plain is not None
    assert (plain.ticker, plain.net_yield) == ("CHEAP", -0.0025)
    assert plain.premium == pytest.approx(0.05668074185463645, abs=1e-9)


@pytest.mark.parametrize("row", [DEAR, COIN, HUSH])
def test_without_a_yield_there_is_no_premium_worth_paying(row: int) -> None:
    assert found(row).plain is None


def test_without_a_fund_that_earns_nothing_there_is_nothing_to_pay_a_premium_over() -> None:
    text = FUNDS.replace("ticker: CHEAP\n    asset: SOL", "ticker: CHEAP\n    asset: BTC")
    text = text.replace("ticker: DEAR\n    asset: SOL", "ticker: DEAR\n    asset: BTC")
    assert found(text=text).plain is None


# In dollars


def test_moves_of_the_price_are_worked_out_with_the_break_evens_among_them() -> None:
    moves = {one.break_even or one.price: one for one in found().moves}
    assert set(moves) == {*MOVES, "break_even", "break_even_cash"}
    assert moves[-0.5].fund == pytest.approx(0.5 * 1.05403904 - 1)
    assert moves[-0.5].over_cash == pytest.approx(0.5 * 1.05403904 - 1.0375)
    assert moves["break_even"].price == pytest.approx(-0.01569110760831005)
    assert moves["break_even"].over_cash == pytest.approx(0, abs=1e-12)
    assert moves["break_even_cash"].fund == pytest.approx(0, abs=1e-12)
    prices = [one.price for one in found().moves]
    assert prices == sorted(prices)


def test_a_break_even_at_a_round_move_takes_its_place() -> None:
    text = FUNDS.replace("yield: 3.75%", "yield: 5.403904%")
    at_rest = [one for one in found(text=text).moves if abs(one.price) < 1e-9]
    assert [one.break_even for one in at_rest] == ["break_even"]


def test_without_the_yield_of_cash_dollars_are_told_all_the_same() -> None:
    text = FUNDS.replace("cash: {yield: 3.75%, as_of: 2026-11-20}\n", "")
    exposure = found(text=text)
    assert {one.over_cash for one in exposure.moves} == {None}
    assert {one.break_even for one in exposure.moves} == {None, "break_even_cash"}
    odds = {one.figure.key: one for one in exposure.odds}
    assert odds["p_beat_cash"].drawn is None
    assert odds["p_loss"].drawn is not None


def test_what_is_unknown_bears_no_mark_of_what_it_rests_on() -> None:
    text = FUNDS.replace("cash: {yield: 3.75%, as_of: 2026-11-20}\n", "")
    table = Table(catalogue_of(text.replace("2026-11-20", "2024-11-20")), Scenario(as_of=TODAY))
    exposure = exposure_of(table, GROW, "no closes")
    dollars = exposure_in_words(table, GROW, exposure)[1]
    assert exposure.moves_marks
    for row in dollars.rows:
        assert row.cells[0].strip().endswith("!")
        assert row.cells[1].strip() == "?"


def test_without_a_net_yield_nothing_is_worked_out() -> None:
    exposure = found(HUSH)
    assert exposure.moves == ()
    assert exposure.drawn is None
    assert exposure.undrawn == "the net yield is unknown, or the drift"
    assert {one.figure.key for one in exposure.odds if one.value is not None} == {"p_fall"}


# Odds


def test_the_odds_are_figures_under_the_drift_and_beside_it() -> None:
    table = Table(catalogue_of(FUNDS), Scenario(as_of=TODAY))
    beside = table.under(table.scenario.but("drift", Drift.FLAT_MEDIAN))
    exposure = found()
    assert (exposure.drift, exposure.beside) == (Drift.FLAT_MEAN, Drift.FLAT_MEDIAN)
    assert tuple(one.figure.key for one in exposure.odds) == ODDS
    for one in exposure.odds:
        assert one.value == table.number(GROW, one.figure.key)
        assert one.beside == beside.number(GROW, one.figure.key)


def test_beside_the_flat_median_stands_the_flat_mean() -> None:
    assert found(scenario=Scenario(as_of=TODAY, drift=Drift.FLAT_MEDIAN)).beside is Drift.FLAT_MEAN


@pytest.mark.parametrize("drift", Drift)
@pytest.mark.parametrize("horizon", [90, 365, 1000])
def test_what_is_drawn_is_near_what_is_lognormal(drift: Drift, horizon: int) -> None:
    # The prices are independent normal returns; their volatility is not quite the stated one.
    exposure = found(scenario=Scenario(as_of=TODAY, drift=drift, horizon=horizon))
    for one in exposure.odds:
        assert one.drawn is not None
        assert one.value is not None
        assert one.drawn.value == pytest.approx(one.value, abs=0.1), one.figure.key
        assert one.drawn.error < 0.02


def test_with_the_median_flat_half_of_the_drawn_prices_fall() -> None:
    exposure = found(scenario=Scenario(as_of=TODAY, drift=Drift.FLAT_MEDIAN))
    odds = {one.figure.key: one.drawn for one in exposure.odds}
    assert odds["p_fall"] == Estimate(0.5, 0.005)


def test_the_yield_on_drawn_risk_capital_is_the_formula_s() -> None:
    odds = {one.figure.key: one.drawn for one in found().odds}
    tail, capital = odds["cvar"], odds["yield_on_risk_capital"]
    assert tail is not None
    assert capital is not None
    assert capital.value == pytest.approx(0.05403904 / tail.value)
    assert capital.error == pytest.approx(0.05403904 / tail.value**2 * tail.error)


def test_a_coin_without_closes_says_why_nothing_is_drawn() -> None:
    exposure = found(COIN)
    assert (exposure.drawn, exposure.undrawn) == (None, "no closes of BTC are on file")
    assert {one.drawn for one in exposure.odds} == {None}


def test_of_any_catalogue_the_exposure_can_be_told_and_written() -> None:
    for seed in range(40):
        random = Random(seed)  # noqa: S311 - no secret
        catalogue = random_catalogue(random, size=6)
        table = Table(catalogue, random_scenario(random))
        bootstrap = bootstrap_of(history(), table)
        for row, product in enumerate(catalogue.products):
            exposure = exposure_of(table, row, bootstrap.of(product.asset))
            assert all(not isnan(one.fund) for one in exposure.moves)
            assert (exposure.drawn is None) == (exposure.undrawn is not None)
            parts = exposure_in_words(table, row, exposure)
            for width in (1, 17, 40, 65, 104):
                lines = [line for part in parts for line in part_lines(part, width)]
                assert max(line.cell_length for line in lines) <= max(width, 2)


# As it is shown


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)
    put(tmp_path)
    return runner(capsys)


def put(folder: Path, text: str = FUNDS) -> Path:
    path = folder / "products.yaml"
    path.write_text(text, encoding="utf-8")
    rows = [f"{date.fromordinal(day)},SOL,{value:.6f}" for day, value in closes()]
    (folder / "prices.csv").write_text("\n".join(["date,asset,close_usd", *rows, ""]))
    return path


def test_show_sets_both_views_and_the_odds(run: Run) -> None:
    out = run("show", "GROW", *DAY).out
    words = [" ".join(line.split()) for line in out.split("\n")]
    assert "Premium worth paying +5.67% over CHEAP, which yields -0.25%" in words
    assert "-1.57% +3.75% 0.00% as cash" in words
    assert "Lognormal  flat-median  Bootstrap  Error" in out
    assert "bootstrap: 10,000 paths of 52 returns, drawn in blocks of 4" in out
    assert out.count("Chance of loss") == 1
    assert max(map(cell_len, out.split("Exposure")[1].split("Market")[0].split("\n"))) <= 80


def test_show_says_why_there_is_no_bootstrap(run: Run) -> None:
    assert "no bootstrap: no closes of BTC are on file" in run("show", "COIN", *DAY).out


def test_show_hands_the_exposure_to_programs(run: Run) -> None:
    exposure = json.loads(run("show", "GROW", *DAY, "--json").out)["exposure"]
    assert exposure["coins"]["plain"]["ticker"] == "CHEAP"
    assert [one["price"] for one in exposure["dollars"] if not one["break_even"]] == list(MOVES)
    assert [one["key"] for one in exposure["odds"]] == list(ODDS)
    assert all(one["standard_error"] > 0 for one in exposure["odds"])
    assert exposure["bootstrap"]["paths"] >= 5000
    assert exposure["bootstrap"]["warning"] is None
    assert exposure["without_bootstrap"] is None
    lacking = json.loads(run("show", "COIN", *DAY, "--json").out)["exposure"]
    assert (lacking["bootstrap"], lacking["coins"]["plain"]) == (None, None)


def test_the_same_inputs_give_the_same_bytes(run: Run) -> None:
    assert run("show", "GROW", *DAY, "--json").out == run("show", "GROW", *DAY, "--json").out


@pytest.mark.parametrize("key", [key for key in ODDS if FIGURES[key].formula is not None])
def test_every_figure_of_the_odds_can_be_explained(run: Run, key: str) -> None:
    assert run("explain", "GROW", key, *DAY).code == 0


# On the screen


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_page_of_a_product_shows_its_exposure(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    app = app_on(put(tmp_path))
    async with app.run_test(size=size) as pilot:
        while products(app).workspace.history is None:
            await asyncio.sleep(0)
            await pilot.pause()
        await pilot.press("enter")
        await app.workers.wait_for_complete()
        seen = text_of(app)
        for _ in range(4):
            await pilot.press("space")
            seen += text_of(app)
    assert "In coins, over 1y" in seen
    assert "over CHEAP, which yields −0.25%" in seen
    assert "the yield is wiped out" in seen
    assert "drawn from 157 returns of weekly closes" in seen
    assert "esc closes" in seen


async def test_without_files_of_history_the_page_says_that_there_are_no_closes(
    tmp_path: Path,
) -> None:
    app = app_on(put(tmp_path, FUNDS.replace("history: {prices: prices.csv}\n", "")))
    async with app.run_test(size=(120, 60)) as pilot:
        await pilot.press("enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "no bootstrap: no closes of SOL are on file" in text_of(app)


async def test_a_page_opened_before_history_is_read_draws_once_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HistoryLoading, "start", lambda _self: None)  # a folder that is slow
    app = app_on(put(tmp_path))
    async with app.run_test(size=(120, 60)) as pilot:
        await pilot.press("enter")
        while "In coins" not in text_of(app):
            await pilot.pause()
        assert "no bootstrap: the files of history are being read" in text_of(app)
        products(app).workspace.load_history()
        while "being" in text_of(app):
            await asyncio.sleep(0)
            await pilot.pause()
        assert "drawn from 157 returns" in text_of(app)


def test_coins_are_drawn_once_for_all_pages_of_a_scenario() -> None:
    draws, past = Draws(), history()
    table = Table(catalogue_of(FUNDS), Scenario(as_of=TODAY))
    first = draws.under(table, past)
    assert draws.under(table, past) is first
    assert draws.under(table.under(Scenario(as_of=TODAY, cash=0.01)), past) is first
    assert draws.under(table.under(Scenario(as_of=TODAY, horizon=30)), past) is not first
    assert draws.under(table, history()) is not first
