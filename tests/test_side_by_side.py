"""Products side by side: sections, best and worst, gaps, and what counts as a difference."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import TODAY
from etfcompare.engine.figure import Group, Unit
from etfcompare.engine.figures import FIGURES, LEDGER, Table
from etfcompare.engine.ledger import TOTALS, ledger
from etfcompare.engine.marks import Mark
from etfcompare.engine.scenario import Scenario
from etfcompare.engine.side_by_side import Section, SideRow, side_by_side
from strategies import catalogue_of, random_catalogue, random_scenario

SEEDS = st.integers(min_value=0, max_value=10_000)
THREE = """
cash: {yield: 3.60%}
assets: {SOL: {staking: {rate: 6%}, risk: {volatility: 80%}}}
products:
  - ticker: ONE
    asset: SOL
    issuer: North
    fee: {rate: 0.20%}
    staking: {staked: 100%, cut: 10%, payout: accrues}
    market: {aum: $100M, spread: 5bp, premium: 0%}
  - ticker: TWO
    asset: SOL
    issuer: South
    fee: {rate: 0.50%}
    staking: {staked: 100%, cut: 10%, payout: accrues}
    market: {aum: $100M, spread: 9bp, premium: 0%}
  - ticker: BARE
    asset: SOL
    issuer: South
    fee: {rate: 0.20%}
"""


def compared(*rows: int, text: str = THREE, amount: float = 50_000.0) -> dict[str, SideRow]:
    table = Table(catalogue_of(text), Scenario(as_of=TODAY, amount=amount))
    return {one.figure.key: one for one in side_by_side(table, rows)}


def test_the_best_and_the_worst_of_a_row_are_marked() -> None:
    row = compared(0, 1, 2)["net_yield"]
    assert row.values == pytest.approx((0.052, 0.049, -0.002))
    assert (row.best, row.worst) == (frozenset({0}), frozenset({2}))
    assert row.gaps == pytest.approx((0.0, -0.003, -0.054))
    assert row.money == pytest.approx((0.0, -150.0, -2700.0))


def test_places_follow_the_order_asked_for() -> None:
    row = compared(2, 1, 0)["net_yield"]
    assert (row.best, row.worst) == (frozenset({2}), frozenset({0}))


def test_of_a_cost_less_is_better() -> None:
    row = compared(0, 1, 2)["effective_fee"]
    assert (row.best, row.worst) == (frozenset({0, 2}), frozenset({1}))
    assert row.gaps == pytest.approx((0.0, -0.003, 0.0))
    assert row.money == pytest.approx((0.0, -150.0, 0.0))


def test_costs_in_the_ledger_are_negative() -> None:
    row = compared(0, 1, 2)["expense_ratio"]
    assert row.section is Section.LEDGER
    assert row.values == pytest.approx((-0.002, -0.005, -0.002))
    assert (row.best, row.worst) == (frozenset({0, 2}), frozenset({1}))


def test_where_all_are_alike_none_is_best() -> None:
    row = compared(0, 1)["gross_yield"]
    assert (row.best, row.worst, row.differs) == (frozenset(), frozenset(), False)


def test_figures_that_read_alike_are_alike() -> None:
    text = THREE.replace("rate: 0.50%", "rate: 0.2001%")
    row = compared(0, 1, text=text)["net_yield"]
    assert (row.best, row.differs) == (frozenset(), False)
    assert row.gaps[1] == pytest.approx(-1e-6)


def test_what_is_unknown_is_neither_best_nor_worst() -> None:
    row = compared(0, 1, 2)["spread"]
    assert (row.best, row.worst, row.differs) == (frozenset({0}), frozenset({1}), True)
    assert row.gaps == pytest.approx((0.0, -0.0004, None))
    assert row.marks[2] == Mark.UNKNOWN


def test_one_known_figure_has_no_rival_and_yet_differs() -> None:
    row = compared(0, 2)["spread"]
    assert (row.best, row.worst, row.differs) == (frozenset(), frozenset(), True)


def test_words_have_no_best() -> None:
    row = compared(0, 1, 2)["issuer"]
    assert row.values == ("North", "South", "South")
    assert (row.best, row.worst, row.differs) == (frozenset(), frozenset(), True)
    assert row.gaps == (None, None, None)


def test_a_figure_without_direction_has_no_best() -> None:
    assert compared(0, 1, 2)["reward_rate"].best == frozenset()


def test_only_yearly_rates_on_a_holding_are_told_in_money() -> None:
    told = {
        key for key, row in compared(0, 1, 2).items() if any(one is not None for one in row.money)
    }
    assert {"net_yield", "over_cash", "effective_fee", "trading_cost", "cut_cost"} <= told
    assert told.isdisjoint({"aum", "spread", "break_even", "volatility", "staked_share", "age"})


def test_what_applies_to_none_of_the_products_is_left_out() -> None:
    assert "staked_share" in compared(0, 2)
    assert compared(0, 2)["staked_share"].marks[1] == Mark.NOT_APPLICABLE
    assert "staked_share" not in compared(2)
    assert "tax_cost" not in compared(0, 1)


@given(SEEDS)
def test_every_figure_but_inputs_stands_once_unless_it_applies_to_none(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - examples, not secrets
    table = Table(random_catalogue(random, size=3), random_scenario(random))
    rows = side_by_side(table, (0, 1, 2))
    keys = [one.figure.key for one in rows]
    assert len(keys) == len(set(keys))
    for key, figure in FIGURES.items():
        applies = any(not table.marks(row, key) & Mark.NOT_APPLICABLE for row in range(3))
        expected = figure.group is not Group.INPUTS and key not in {"ticker", "name"} and applies
        assert (key in keys) == expected
    sections = [one.section for one in rows]
    assert sections == sorted(sections, key=list(Section).index)


@given(SEEDS)
def test_the_lines_of_the_ledger_are_those_of_each_product(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - examples, not secrets
    table = Table(random_catalogue(random, size=3), random_scenario(random))
    rows = {one.figure.key: one for one in side_by_side(table, (0, 1, 2))}
    for row in range(3):
        for line in ledger(table, row):
            if line.figure.key in rows:
                assert rows[line.figure.key].values[row] == line.value
                assert rows[line.figure.key].shown[row] == line.shown


@given(SEEDS)
def test_no_product_is_better_than_the_best(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - examples, not secrets
    table = Table(random_catalogue(random, size=4), random_scenario(random))
    for one in side_by_side(table, range(4)):
        assert all(gap is None or gap <= 0 for gap in one.gaps)
        assert all(one.gaps[place] is not None for place in one.best | one.worst)
        assert one.best.isdisjoint(one.worst)
        assert bool(one.best) == bool(one.worst)
        assert one.differs or not one.best
        if one.figure.unit is Unit.WORDS:
            assert not one.best


def test_the_ledger_stands_in_its_order_before_what_sums_it_up() -> None:
    scenario = Scenario(as_of=TODAY, income_tax=0.3)
    table = Table(catalogue_of(THREE), scenario)
    keys = [one.figure.key for one in side_by_side(table, (0, 1)) if one.section is Section.LEDGER]
    assert keys[: len(LEDGER)] == list(LEDGER)
    assert set(TOTALS) <= set(keys)
