"""Where a figure would be edited."""

from __future__ import annotations

import pytest

from conftest import TODAY
from etfcompare.engine.figures import FIGURES, LEAVES, Table
from etfcompare.engine.places import Place, editable_inputs, place_of
from etfcompare.engine.scenario import Rates, Scenario
from strategies import catalogue_of

TEXT = """
sources: {page: {title: A page, grade: issuer}}
cash: {yield: 3.7%, as_of: 2026-11-01, source: page}
assets:
  SOL: {staking: {rate: 6%, as_of: 2026-11-01, source: page}}
assume: {staked: 95%, spread: 10bp}
products:
  - ticker: A
    asset: SOL
    fee: {rate: 0.20%, as_of: 2026-11-01, source: page}
    staking: {cut: 6%, rate: 6.5%, as_of: 2026-11-01, source: page}
"""


def table(rates: Rates = Rates.COMMON) -> Table:
    return Table(catalogue_of(TEXT), Scenario(as_of=TODAY, rates=rates))


@pytest.mark.parametrize(
    ("key", "place"),
    [
        ("expense_ratio", Place("A", ("fee", "rate"))),
        ("aum", Place("A", ("market", "aum"))),
        ("spread", Place("A", ("market", "spread"))),
        ("staked_share", Place("A", ("staking", "staked"))),
        ("volatility", Place(None, ("assets", "SOL", "risk", "volatility"))),
        ("cash_yield", Place(None, ("cash", "yield"))),
        ("issuer", Place("A", ("issuer",))),
        ("net_yield", None),
        ("horizon_days", None),
    ],
)
def test_a_figure_is_edited_where_the_file_states_or_would_state_it(
    key: str, place: Place | None
) -> None:
    assert place_of(table(), 0, key) == place


def test_the_reward_rate_is_edited_where_the_one_in_use_stands() -> None:
    common = place_of(table(), 0, "stated_reward_rate")
    own = place_of(table(Rates.OWN), 0, "stated_reward_rate")
    assert common == Place(None, ("assets", "SOL", "staking", "rate"))
    assert own == Place("A", ("staking", "rate"))


def test_a_computed_figure_offers_each_field_once_nearest_first() -> None:
    asked = table()
    offered = editable_inputs(asked, 0, "over_cash")
    places = [place_of(asked, 0, key) for key in offered]
    assert offered[0] == "cash_yield"
    assert {"expense_ratio", "staked_share", "stated_reward_rate", "stated_cut"} <= set(offered)
    assert len(places) == len(set(places))
    assert None not in places


def test_every_leaf_but_those_of_scenario_and_history_has_a_place() -> None:
    asked = table()
    without = {key for key in LEAVES if place_of(asked, 0, key) is None}
    measured = {"flow_since", "streak", "flow_largest", "flow_z", "flow_persistence"}
    measured |= {"realised_yield", "downside_deviation"}
    assert all(FIGURES[key].group.value == "inputs" for key in without - measured)
    assert without - measured == {
        *("horizon_days", "horizon_years", "income_tax", "gains_tax", "cost_basis"),
        "commissions",
        *("drift_is_median", "neutral_cash", "is_one_week"),
    }
