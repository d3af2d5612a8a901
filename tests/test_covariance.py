"""How coins move together: where it is known from, what is left out, what is repaired."""

from __future__ import annotations

from itertools import combinations
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import TODAY
from etfcompare.engine.figures import Table
from etfcompare.engine.leaf import Measurements
from etfcompare.engine.marks import NONE, Mark
from etfcompare.engine.scenario import Scenario
from etfcompare.portfolio.covariance import risk_of, semidefinite
from portfolios import catalogue, fund, table_of
from strategies import stated

VOLATILITIES = {"BTC": 0.45, "ETH": 0.65, "SOL": 0.8}
PAIRS = {("BTC", "ETH"): 0.8, ("BTC", "SOL"): 0.75, ("ETH", "SOL"): 0.8}
FUNDS = [fund(f"{code}1", code, 0.03) for code in VOLATILITIES]


def measured(found: Measurements) -> Table:
    return Table(catalogue(FUNDS, VOLATILITIES, PAIRS), Scenario(as_of=TODAY), lambda _day: found)


def test_covariance_is_correlation_times_both_volatilities() -> None:
    risk = risk_of(table_of(catalogue(FUNDS, VOLATILITIES, PAIRS)), ["SOL", "BTC"])
    assert risk.assets == ("SOL", "BTC")
    assert risk.volatility == (0.8, 0.45)
    assert risk.correlation == ((1.0, 0.75), (0.75, 1.0))
    assert risk.matrix[0][1] == pytest.approx(0.75 * 0.8 * 0.45, abs=1e-15)
    assert risk.matrix[1][1] == pytest.approx(0.45**2, abs=1e-15)
    assert (risk.moved, risk.unknown, risk.marks) == (0.0, {}, NONE)


@pytest.mark.parametrize("pair", [("ETH", "SOL"), ("SOL", "ETH")])
def test_a_correlation_may_be_stated_of_either_coin(pair: tuple[str, str]) -> None:
    risk = risk_of(table_of(catalogue(FUNDS, VOLATILITIES, {pair: 0.6})), ["ETH", "SOL"])
    assert risk.correlation[0][1] == 0.6


def test_what_history_measured_goes_before_what_is_stated() -> None:
    table = measured(MappingProxyType({("correlation", "ETH/SOL"): stated(0.3)}))
    assert risk_of(table, ["SOL", "ETH"]).correlation[0][1] == 0.3


def test_marks_are_those_of_all_that_it_rests_on() -> None:
    table = measured(MappingProxyType({("correlation", "ETH/SOL"): stated(0.3, None)}))
    assert risk_of(table, ["SOL", "ETH"]).marks == Mark.UNDATED
    assert risk_of(table, ["SOL", "BTC"]).marks == NONE


def test_a_coin_of_unknown_volatility_is_left_out_by_name() -> None:
    table = table_of(catalogue([*FUNDS, fund("A1", "ADA", 0.02)], VOLATILITIES, PAIRS))
    risk = risk_of(table, ["ADA", "SOL"])
    assert risk.assets == ("SOL",)
    assert risk.unknown == {"ADA": "the volatility of ADA is not known"}


def test_of_two_coins_whose_correlation_is_unknown_the_later_one_is_left_out() -> None:
    table = table_of(catalogue(FUNDS, VOLATILITIES, {}))
    assert risk_of(table, ["ETH", "SOL"]).assets == ("ETH",)
    assert risk_of(table, ["SOL", "ETH"]).unknown == {
        "ETH": "the correlation of ETH with SOL is not known"
    }


def test_as_few_coins_as_possible_are_left_out() -> None:
    only_with_bitcoin_missing = {("ETH", "SOL"): 0.8}
    risk = risk_of(
        table_of(catalogue(FUNDS, VOLATILITIES, only_with_bitcoin_missing)), ["BTC", "ETH", "SOL"]
    )
    assert risk.assets == ("ETH", "SOL")
    assert risk.unknown == {"BTC": "the correlation of BTC with ETH and SOL is not known"}


def test_a_coin_that_does_not_move_needs_no_correlation() -> None:
    risk = risk_of(table_of(catalogue(FUNDS, VOLATILITIES | {"ETH": 0.0}, {})), ["ETH", "SOL"])
    assert risk.matrix[0] == (0.0, 0.0)
    assert risk.matrix[1] == pytest.approx((0.0, 0.64))


def test_no_coins_have_no_risk() -> None:
    risk = risk_of(table_of(catalogue([], {}, {})), [])
    assert (risk.assets, risk.matrix, risk.moved) == ((), (), 0.0)


def test_correlations_that_cannot_all_hold_are_moved_and_say_how_far() -> None:
    pairs = {("BTC", "ETH"): 0.9, ("BTC", "SOL"): 0.9, ("ETH", "SOL"): -0.9}
    risk = risk_of(table_of(catalogue(FUNDS, VOLATILITIES, pairs)), VOLATILITIES)
    assert np.linalg.eigvalsh(np.array(risk.matrix)).min() >= -1e-12
    changes = [
        abs(risk.correlation[one][other] - pairs[both])
        for both in pairs
        for one, other in [tuple(risk.assets.index(code) for code in both)]
    ]
    assert risk.moved == pytest.approx(max(changes))
    assert 0.1 < risk.moved < 0.5


@given(
    st.integers(1, 8).flatmap(
        lambda n: st.lists(st.floats(-1, 1), min_size=n * (n - 1) // 2, max_size=n * (n - 1) // 2)
    )
)
def test_repaired_correlations_can_all_hold_at_once(pairs: list[float]) -> None:
    size = round((1 + (1 + 8 * len(pairs)) ** 0.5) / 2)
    given_ = np.eye(size)
    for (row, column), value in zip(combinations(range(size), 2), pairs, strict=True):
        given_[row, column] = given_[column, row] = value
    found = semidefinite(given_)
    assert np.linalg.eigvalsh(found).min() >= -1e-9
    assert (np.diag(found) == 1).all()
    assert (found == found.T).all()
    assert np.abs(found).max() <= 1
    if np.linalg.eigvalsh(given_).min() >= 0:
        assert (found == given_).all()
    assert np.abs(semidefinite(found) - found).max() < 1e-9
