"""What moves a net yield most, against sums done by hand and against the graph."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import TODAY
from etfcompare.engine.figures import HEADLINE, Table
from etfcompare.engine.levers import Measure
from etfcompare.engine.marks import Mark
from etfcompare.engine.scenario import Scenario
from etfcompare.engine.tornado import WAIVERS_END, Bar, Tornado, tornado
from strategies import catalogue_of, random_catalogue, random_scenario

FUND = """\
assets: {SOL: {staking: {rate: 6%}}}
assume: {staked: 90%}
products:
  - ticker: A
    asset: SOL
    fee: {rate: 0.50%, waiver: {rate: 0.10%, until: 2027-05-23}}
    staking: {cut: 5%}
  - {ticker: FULL, asset: SOL, fee: {rate: 0%, source: x}, staking: {staked: 100%, cut: 0%}}
  - {ticker: LOST, asset: SOL}
"""


def of_text(row: int = 0, by: float = 0.1, text: str = FUND) -> Tornado:
    table = Table(catalogue_of(text.replace(", source: x", "")), Scenario(as_of=TODAY))
    return tornado(table, row, by=by)


def bar_of(found: Tornado, path: str) -> Bar:
    (bar,) = (one for one in found.bars if one.path == path)
    return bar


def test_the_widest_swing_comes_first() -> None:
    found = of_text()
    swings = [one.swing for one in found.bars]
    assert swings == sorted(swings, reverse=True)
    assert {one.path for one in found.bars[:2]} == {"--reward", "staking.staked"}


def test_a_tenth_of_the_rewards_is_a_tenth_of_what_is_kept_of_them() -> None:
    found = of_text()
    bar = bar_of(found, "--reward")
    assert found.now is not None
    assert bar.low is not None
    assert bar.high is not None
    assert (bar.low.value, bar.high.value) == pytest.approx((0.054, 0.066))
    # u g (1 - k) = 90% x 6% x 95% = 5.13%
    assert bar.high.figure - found.now == pytest.approx(0.00513)
    assert bar.swing == pytest.approx(2 * 0.00513)


def test_a_waiver_has_an_end_that_moves_and_one_that_comes_at_once() -> None:
    found = of_text()
    assert found.now is not None
    end, days = bar_of(found, "--no-waivers"), bar_of(found, "fee.waiver.until")
    assert (end.label, end.lever, end.low) == (WAIVERS_END, None, None)
    assert end.high is not None
    assert end.high.figure - found.now == pytest.approx(-0.004 * 182 / 365)
    assert days.lever is not None
    assert (days.lever.measure, days.lever.now) == (Measure.DAYS, 182)
    assert days.low is not None
    assert days.low.value == 164


def test_an_input_at_its_bound_moves_one_way_only_and_one_of_zero_not_at_all() -> None:
    found = of_text(1)
    assert {one.path for one in found.bars} == {"--reward", "staking.staked"}
    assert bar_of(found, "staking.staked").high is None


def test_an_assumed_input_is_marked() -> None:
    assert bar_of(of_text(), "staking.staked").marks & Mark.ESTIMATED
    assert not bar_of(of_text(), "staking.cut").marks & Mark.ESTIMATED


def test_an_unknown_figure_has_no_bars() -> None:
    found = of_text(2)
    assert (found.now, found.bars) == (None, ())


@given(st.integers(min_value=0, max_value=10_000), st.floats(min_value=0.01, max_value=0.5))
@settings(max_examples=60)
def test_the_bar_of_a_linear_input_is_symmetric(seed: int, by: float) -> None:
    random = Random(seed)  # noqa: S311 - examples, not secrets
    table = Table(random_catalogue(random, size=2), random_scenario(random))
    for row in range(2):
        found = tornado(table, row, by=by)
        for bar in found.bars:
            lever = bar.lever
            if lever is None or lever.measure not in (Measure.RATE, Measure.SHARE):
                continue
            if bar.low is None or bar.high is None or found.now is None:
                continue
            assert bar.low.value is not None
            assert bar.high.value is not None
            down, up = lever.now - bar.low.value, bar.high.value - lever.now
            if abs(down - up) > 1e-11:  # one of them is at a bound
                continue
            below, above = found.now - bar.low.figure, bar.high.figure - found.now
            assert below == pytest.approx(above, abs=1e-10)


@given(st.integers(min_value=0, max_value=10_000))
@settings(max_examples=30)
def test_a_bar_of_rewards_is_the_table_under_those_rewards(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - examples, not secrets
    table = Table(random_catalogue(random, size=1, is_clean=True), random_scenario(random))
    for bar in tornado(table, 0).bars:
        if bar.path == "--reward" and bar.high is not None:
            asset = table.products[0].asset
            rewards = {**table.scenario.rewards, asset: bar.high.value}
            under = table.under(table.scenario.but("rewards", rewards))
            assert bar.high.figure == pytest.approx(under.number(0, HEADLINE), abs=1e-12)
