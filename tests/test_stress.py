"""Hard times: each case is the table under that very scenario, and ranks are those of `rank`."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import TODAY
from etfcompare.engine.comparison import compare
from etfcompare.engine.figures import HEADLINE, Table
from etfcompare.engine.fragility import ALL
from etfcompare.engine.marks import Mark
from etfcompare.engine.scenario import Scenario
from etfcompare.engine.stress import CASES, Stressed, stress
from strategies import catalogue_of, random_catalogue, random_scenario

SEEDS = st.integers(min_value=0, max_value=10_000)
FUNDS = """\
cash: {yield: 4%}
assets: {SOL: {staking: {rate: 6%}}}
assume: {staked: 10%}
products:
  - {ticker: S, asset: SOL, fee: {rate: 0.50%}, staking: {staked: 90%, cut: 0%}}
  - ticker: T
    asset: SOL
    fee: {rate: 0.40%, waiver: {rate: 0%, first: $1B, mode: tier}}
    market: {aum: $2B}
    staking: {staked: 80%, cut: 0%}
  - {ticker: U, asset: SOL, fee: {rate: 0.10%}, staking: {cut: 0%}}
"""


def of_text() -> dict[str, Stressed]:
    table = Table(catalogue_of(FUNDS), Scenario(as_of=TODAY))
    return {one.case.label: one for one in stress(table, (0, 1, 2))}


def net(found: dict[str, Stressed], label: str) -> list[float | None]:
    return [one.net_yield for one in found[label].outcomes.values()]


def test_each_case_does_what_it_says() -> None:
    found = of_text()
    assert net(found, "as is") == pytest.approx([0.049, 0.046, 0.005])
    assert net(found, "rewards halve") == pytest.approx([0.022, 0.022, 0.002])
    # An assumed 10% cannot fall by 20 points.
    assert net(found, "staked -20 points") == pytest.approx([0.037, 0.034, -0.001])
    assert net(found, "waivers end today") == pytest.approx([0.049, 0.044, 0.005])
    # Half the assets are within the first $1B, all of which is waived.
    assert net(found, "price -50%") == pytest.approx([0.049, 0.048, 0.005])


def test_cash_changes_what_is_left_over_it_and_nothing_else() -> None:
    found = of_text()
    assert net(found, "cash +100bp") == net(found, "as is")
    assert found["cash +100bp"].outcomes[0].over_cash == pytest.approx(-0.001)


def test_a_fall_is_of_price_and_coins_together() -> None:
    outcome = of_text()["price -50%"].outcomes[0]
    assert outcome.total_return == pytest.approx(0.5 * 1.049 - 1)
    assert of_text()["as is"].outcomes[0].total_return == pytest.approx(0.049)


def test_another_top_is_told_and_a_shared_one_is_not_another() -> None:
    found = of_text()
    assert {one.top for one in found.values()} == {"S"}
    assert not any(one.is_new_top for one in found.values())
    table = Table(catalogue_of(FUNDS.replace("0.50%", "0.75%")), Scenario(as_of=TODAY))
    halved = {one.case.label: one for one in stress(table, (0, 1, 2))}
    assert halved["as is"].top == "S"
    assert (halved["rewards halve"].top, halved["rewards halve"].is_new_top) == ("T", True)
    assert halved["rewards halve"].outcomes[0].rank == 2


def test_a_share_that_is_assumed_stays_an_estimate_when_it_falls() -> None:
    found = of_text()
    for label in ("as is", "staked -20 points", "price -50%"):
        estimates = [bool(one.marks & Mark.ESTIMATED) for one in found[label].outcomes.values()]
        assert estimates == [False, False, True]


def test_a_named_staked_share_falls_for_all() -> None:
    table = Table(catalogue_of(FUNDS), Scenario(as_of=TODAY, staked=0.5))
    found = {one.case.label: one for one in stress(table, (0,))}
    assert net(found, "staked -20 points") == pytest.approx([0.3 * 0.06 - 0.005])


@given(SEEDS)
@settings(max_examples=40)
def test_a_case_is_the_table_under_that_scenario(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - examples, not secrets
    table = Table(random_catalogue(random, size=6), random_scenario(random))
    found = {one.case.label: one for one in stress(table, range(6))}
    scenario, cash = table.scenario, table.shared("cash_yield")
    more = None if cash is None else min(1.0, round(cash + 0.01, 12))
    scenarios = {
        "as is": scenario,
        "waivers end today": scenario.but("waivers", value=False),
        "cash +100bp": scenario.but("cash", more),
    }
    for label, under in scenarios.items():
        expected = table.under(under)
        ranking = compare(expected, where=ALL)
        ranks = dict(zip(ranking.rows, ranking.ranks, strict=True))
        for row, outcome in found[label].outcomes.items():
            assert outcome.net_yield == expected.value(row, HEADLINE)
            assert outcome.over_cash == expected.value(row, "over_cash")
            assert outcome.marks == expected.marks(row, HEADLINE)
            assert outcome.rank == ranks[row]
    assert list(found) == [one.label for one in CASES]
