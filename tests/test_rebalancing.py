"""Trimming a sleeve: how much to sell, what it costs, and when to leave it alone."""

from __future__ import annotations

import json
import math
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from conftest import TODAY
from etfcompare.engine.figures import Table
from etfcompare.engine.scenario import Scenario
from etfcompare.portfolio.holdings import present
from etfcompare.portfolio.lots import (
    SHORT_AS_LONG_WORDS,
    HeldLot,
    Term,
    selling_order,
    tax_on,
)
from etfcompare.portfolio.rebalance_words import verdict, ways_in_words
from etfcompare.portfolio.rebalancing import (
    Choice,
    Rule,
    amount_to_sell,
    drift_multiple,
    plan_of,
    ways_of,
)
from etfcompare.portfolio.sleeves import Own, Sleeve, largest_of, sleeve_held, sleeve_typed
from strategies import catalogue_of

DATED = "as_of: 2026-11-01, source: page"
FILE = f"""\
sources: {{page: {{title: A page, grade: issuer}}}}
assets:
  BTC: {{risk: {{volatility: 50%, correlation: {{SOL: 0.5}}, {DATED}}}}}
  SOL: {{staking: {{rate: 6%, {DATED}}}, risk: {{volatility: 80%, {DATED}}}}}
products:
  - ticker: IBIT
    asset: BTC
    fee: {{rate: 0.25%, {DATED}}}
    market: {{aum: $9B, spread: 4bp, {DATED}}}
  - {{ticker: TINY, asset: BTC, market: {{aum: $1M, {DATED}}}}}
  - ticker: BSOL
    asset: SOL
    fee: {{rate: 0.20%, {DATED}}}
    staking: {{staked: 100%, cut: 0%, {DATED}}}
    market: {{aum: $700M, spread: 10bp, {DATED}}}
holdings:
  cash: $900K
  as_of: 2026-11-20
  lots:
    - {{ticker: IBIT, value: $60K, cost: $30K, bought: 2024-01-10}}
    - {{ticker: BSOL, value: $40K, cost: $50K, bought: 2025-01-10}}
"""


def table(**values: float) -> Table:
    scenario = Scenario(as_of=TODAY)
    for name, value in values.items():
        scenario = scenario.but(name, value)
    return Table(catalogue_of(FILE), scenario)


def one_lot(value: float = 1e7, weight: float = 0.04, tau: float = 0.119) -> Sleeve:
    held = value * weight
    lot = HeldLot(ticker="", value=held, cost=held * (1 - tau), term=Term.LONG, tax_rate=1.0)
    return sleeve([lot], value, 0.001)


def sleeve(lots: list[HeldLot], value: float, cost: float = 0.0, vol: float | None = 0.8) -> Sleeve:
    return Sleeve(
        name="",
        value_usd=value,
        lots=selling_order(lots),
        cost_per_dollar=MappingProxyType({one.ticker: cost for one in lots}),
        volatility=vol,
        net_yield=0.05,
    )


# The methodology's case: 2% that has become 4%


def test_a_target_of_2_percent_drifted_to_4() -> None:
    plan = plan_of(one_lot(), Rule(target=0.02), 1.0)
    sale = plan.sale(Choice.TARGET)
    assert sale is not None
    assert sale.sell == pytest.approx(200481.1547714515, abs=1e-9)
    assert sale.tax == pytest.approx(23857.257417802724, abs=1e-9)
    assert sale.cost == pytest.approx(200.4811547714515, abs=1e-9)
    assert plan.drift == pytest.approx(2.041666666666667, abs=1e-12)
    # 3.8bp a year do not pay 24bp
    assert sale.benefit == pytest.approx(3.84e-4)
    assert sale.price == pytest.approx(24e-4)
    assert plan.is_outside
    assert plan.choice is Choice.NOTHING


def test_the_edge_of_a_narrow_band_saves_tax() -> None:
    plan = plan_of(one_lot(), Rule(target=0.02, band=0.25), 1.0)
    edge = plan.sale(Choice.EDGE)
    assert edge is not None
    assert edge.weight == pytest.approx(0.025)
    assert plan.saved is not None
    assert round(plan.saved) == 5954


def test_fixtures(shared: Path) -> None:
    page = (shared / "methodology.md").read_text(encoding="utf-8")
    fixtures = {one["id"]: one for one in json.loads(page.rpartition("```json")[2].strip(" \n`"))}
    given_, out = fixtures["R1-trim-to-target"]["in"], fixtures["R1-trim-to-target"]["out"]
    found = plan_of(
        one_lot(given_["V"], given_["w"], given_["tax_per_dollar"]),
        Rule(target=given_["target"]),
        1,
    ).sale(Choice.TARGET)
    assert found is not None
    told = {"sell": found.sell, "tax": found.tax, "cost": found.cost}
    assert told == pytest.approx(out, abs=1e-9)
    drift = fixtures["R3-drift"]
    found_drift = drift_multiple(drift["in"]["w0"], drift["in"]["w1"])
    assert found_drift == pytest.approx(drift["out"]["relative_price_multiple"], abs=1e-9)


# When to act


@pytest.mark.parametrize(
    ("weight", "rule", "choice"),
    [
        (0.029, Rule(target=0.02), Choice.NOTHING),
        (0.04, Rule(target=0.02, band=None, absolute=0.03), Choice.NOTHING),
        (0.30, Rule(target=0.02), Choice.EDGE),
        (0.30, Rule(target=0.02, gamma=60), Choice.TARGET),
        (0.30, Rule(target=0.02, gamma=0.01), Choice.NOTHING),
        (0.01, Rule(target=0.02), Choice.NOTHING),
    ],
)
def test_a_trade_is_made_past_the_band_where_it_pays(
    weight: float, rule: Rule, choice: Choice
) -> None:
    assert plan_of(one_lot(weight=weight), rule, 1.0).choice is choice


def test_without_a_volatility_the_band_decides() -> None:
    lots = list(one_lot().lots)
    plan = plan_of(sleeve(lots, 1e7, vol=None), Rule(target=0.02), 1.0)
    assert plan.choice is Choice.EDGE
    assert {one.benefit for one in plan.sales} == {None}


def test_a_benefit_past_the_end_of_floats_is_unknown() -> None:
    plan = plan_of(sleeve(list(one_lot().lots), 1e7, vol=1e200), Rule(target=0.02), 1.0)
    assert {one.benefit for one in plan.sales} == {None}


def test_the_nearer_of_two_bands_is_the_edge() -> None:
    assert Rule(target=0.02, band=0.5, absolute=0.005).edge == pytest.approx(0.025)
    assert Rule(target=0.02, band=0.1, absolute=0.005).edge == pytest.approx(0.022)
    assert Rule(target=0.9, band=0.5).edge == 1.0


def test_what_is_nothing_or_all_has_not_drifted() -> None:
    assert drift_multiple(0.0, 0.1) is None
    assert drift_multiple(0.1, 1.0) is None


@pytest.mark.parametrize("rule", [Rule(target=0.0), Rule(target=0.02, band=0.0)])
@pytest.mark.parametrize("vol", [None, 0.8])
def test_an_edge_that_is_the_target_is_one_trade(rule: Rule, vol: float | None) -> None:
    plan = plan_of(sleeve(list(one_lot().lots), 1e7, vol=vol), rule, 100.0)
    assert [one.choice for one in plan.sales] == [Choice.TARGET]
    assert (plan.choice, plan.saved) == (Choice.TARGET, None)


def test_where_tax_and_cost_take_more_than_a_sale_frees_there_is_none() -> None:
    found = sleeve(list(one_lot(weight=0.99, tau=1.0).lots), 1e7, cost=0.1)
    assert amount_to_sell(found, 0.95) is None
    plan = plan_of(found, Rule(target=0.95, band=0.0), 1.0)
    assert (plan.sales, plan.choice) == ((), Choice.NOTHING)
    assert "no sale trims the sleeve" in verdict(plan, 365)


def test_that_an_untested_trade_pays_is_not_claimed() -> None:
    plan = plan_of(sleeve(list(one_lot().lots), 1e7, vol=None), Rule(target=0.02), 1.0)
    assert verdict(plan, 365) == (
        "trim to the edge: the sleeve is 4.00%, its band ends at 3.00%; by the band alone: "
        "whether it is worth its cost of 11.9bp is unknown"
    )


# What is sold, and from what


def test_the_sale_of_known_lots_taxes_each_at_its_own() -> None:
    under = table(gains_tax=0.2)
    held = present(under.catalogue, under.scenario)
    assert held is not None
    found = sleeve_held(under, held, Own())
    assert found.weight == pytest.approx(0.1)
    plan = plan_of(found, Rule(target=0.02), 1.0)
    sale = plan.sale(Choice.TARGET)
    assert sale is not None
    (first, second) = sale.parts
    assert (first.lot.ticker, first.sold) == ("BSOL", 40_000)
    assert second.sold < 60_000
    assert sale.tax == pytest.approx(0.2 * (second.sold * 0.5 - 10_000))
    assert sale.cost == pytest.approx(40_000 * 5e-4 + second.sold * 2e-4)
    after = 100_000 - sale.sell
    assert after / (1_000_000 - sale.tax - sale.cost) == pytest.approx(0.02, abs=1e-12)


def test_volatility_and_yield_of_a_mixed_sleeve_are_of_what_is_in_it() -> None:
    under = table()
    held = present(under.catalogue, under.scenario)
    assert held is not None
    found = sleeve_held(under, held, Own())
    btc, sol = 0.6 * 0.5, 0.4 * 0.8
    assert found.volatility == pytest.approx(math.sqrt(btc**2 + sol**2 + btc * sol))
    assert found.net_yield == pytest.approx(0.6 * -0.0025 + 0.4 * 0.058)
    only = sleeve_held(under, held, Own(), asset="SOL")
    assert (only.volatility, only.name) == (0.8, "SOL")
    assert only.weight == pytest.approx(0.04)


def test_what_is_unknown_is_named_and_left_out() -> None:
    under = table(gains_tax=0.238)
    row = [one.ticker for one in under.products].index("TINY")
    found = sleeve_typed(under, 0.04, 1e6, Own(), row)
    assert found.cost_per_dollar == {"TINY": 0.0}
    assert found.notes == ("the spread of TINY is unknown and left out of the cost",)
    bare = sleeve_typed(under, 0.04, 1e6, Own(spread=0.002))
    assert bare.cost_per_dollar == {"": 0.001}
    assert (bare.volatility, bare.net_yield) == (None, None)
    assert bare.notes == (
        "the volatility is not known, so what a smaller risk is worth is not either",
    )


def test_a_lot_of_unknown_tax_is_sold_last_and_named() -> None:
    lots = [
        HeldLot(ticker="A", value=50.0, cost=None, term=Term.LONG, tax_rate=0.2),
        HeldLot(ticker="B", value=50.0, cost=10.0, term=Term.LONG, tax_rate=0.2),
    ]
    plan = plan_of(sleeve(lots, 1000.0), Rule(target=0.02), 1.0)
    sale = plan.sale(Choice.TARGET)
    assert sale is not None
    assert sale.untaxed == ("A",)
    assert sale.parts[0].sold == 50
    assert sale.tax == pytest.approx(8.0)


def test_the_largest_fund_on_a_coin_stands_for_it() -> None:
    under = table()
    row = largest_of(under, "BTC")
    assert row is not None
    assert under.products[row].ticker == "IBIT"
    assert largest_of(under, "ETH") is None


@pytest.mark.parametrize(
    ("gains", "tax"),
    [
        ({0.2: 100.0, 0.37: 50.0}, 38.5),
        ({0.2: -100.0, 0.37: -50.0}, 0.0),
        ({0.2: 100.0, 0.37: -50.0}, 10.0),
        ({0.2: 100.0, 0.37: -150.0}, 0.0),
        ({0.2: -50.0, 0.37: 100.0}, 18.5),
    ],
)
def test_a_loss_counts_against_a_gain_dollar_for_dollar(
    gains: dict[float, float], tax: float
) -> None:
    assert tax_on(gains) == pytest.approx(tax)


def test_a_short_loss_saves_no_more_than_the_tax_on_the_long_gain_it_meets() -> None:
    lots = [
        HeldLot(ticker="A", value=100.0, cost=200.0, term=Term.SHORT, tax_rate=0.37),
        HeldLot(ticker="B", value=400.0, cost=200.0, term=Term.LONG, tax_rate=0.2),
    ]
    sale = plan_of(sleeve(lots, 500.0), Rule(target=0.0), 1.0).sale(Choice.TARGET)
    assert sale is not None
    assert (sale.sell, sale.tax, sale.unused_loss) == pytest.approx((500.0, 20.0, 0.0))


def test_notes_of_a_sleeve_are_of_its_own_lots() -> None:
    under = table(gains_tax=0.2)
    lots = "{ticker: IBIT, value: $60K, cost: $30K, bought: 2026-06-10}"
    both = Table(catalogue_of(FILE + f"    - {lots}\n"), under.scenario)
    held = present(both.catalogue, both.scenario)
    assert held is not None
    assert SHORT_AS_LONG_WORDS in sleeve_held(both, held, Own()).notes
    assert sleeve_held(both, held, Own(), asset="SOL").notes == ()


def test_paying_the_yield_out_is_said_to_be_enough_only_within_the_horizon() -> None:
    found = one_lot(weight=0.0301)
    plan, ways = plan_of(found, Rule(target=0.02), 1.0), ways_of(found, Rule(target=0.02))
    assert ways is not None
    far, near = (list(ways_in_words(ways, plan, days))[-1] for days in (365, 36500))
    assert far.endswith(
        "$15,050 a year, not to the edge within 1y, but it does not add to the sleeve"
    )
    assert near.endswith("$15,050 a year, 2.2 years to the edge at flat prices")


def test_no_money_brings_a_sleeve_to_nothing() -> None:
    ways = ways_of(one_lot(), Rule(target=0.0))
    assert ways is not None
    assert (ways.new_cash, ways.years) == (None, None)
    (said,) = ways_in_words(ways, plan_of(one_lot(), Rule(target=0.0), 1.0), 365)
    assert said.startswith("pay the yield out")


def test_cheaper_ways_are_counted() -> None:
    lots = [
        HeldLot(ticker="A", value=10.0, cost=1.0, term=Term.SHELTERED, tax_rate=0.0),
        HeldLot(ticker="B", value=30.0, cost=50.0, term=Term.LONG, tax_rate=0.2),
    ]
    ways = ways_of(sleeve(lots, 1000.0), Rule(target=0.02, band=0.0))
    assert ways is not None
    assert (ways.sheltered, ways.in_loss, ways.loss) == (10, 30, 20)
    assert ways.new_cash == pytest.approx(1000)
    assert ways.income == pytest.approx(2.0)
    assert ways.years == pytest.approx(500)
    assert ways_of(sleeve(lots, 1000.0), Rule(target=0.04)) is None


# Properties


@st.composite
def sleeves(draw: st.DrawFn) -> Sleeve:
    long, short = draw(st.sampled_from([(0.0, 0.0), (0.2, 0.37), (0.0, 0.37), (0.2, 0.2)]))
    rates = {Term.LONG: long, Term.SHORT: short, Term.SHELTERED: 0.0}
    lots = draw(
        st.lists(
            st.builds(
                lambda value, share, term: HeldLot(
                    ticker="T", value=value, cost=value * share, term=term, tax_rate=rates[term]
                ),
                st.floats(1, 1e6),
                st.floats(0, 2),
                st.sampled_from(list(rates)),
            ),
            min_size=1,
            max_size=5,
        )
    )
    rest = draw(st.floats(0, 1e7))
    cost = draw(st.floats(0, 0.02))
    return sleeve(lots, rest + math.fsum(one.value for one in lots), cost)


@given(sleeves(), st.floats(0.001, 0.9))
def test_after_the_sale_the_sleeve_is_at_its_target(found: Sleeve, target: float) -> None:
    assume(found.weight > target)
    sale = plan_of(found, Rule(target=target), 1.0).sale(Choice.TARGET)
    assert sale is not None
    held = math.fsum(one.value for one in found.lots) - math.fsum(one.sold for one in sale.parts)
    whole = found.value_usd - sale.tax - sale.cost
    assert held / whole == pytest.approx(target, abs=1e-9)
    assert 0 <= sale.sell <= math.fsum(one.value for one in found.lots)


@given(sleeves(), st.floats(0.001, 0.9), st.floats(0, 0.5))
def test_a_nearer_aim_never_sells_more(found: Sleeve, target: float, band: float) -> None:
    nearer, farther = (
        amount_to_sell(found, aim) for aim in (min(1.0, target * (1 + band)), target)
    )
    assert nearer is not None
    assert farther is not None
    assert nearer <= farther + 1e-6


@given(st.floats(0.001, 0.999), st.floats(0.001, 0.999))
def test_drift_undone_leads_back(target: float, weight: float) -> None:
    there, back = drift_multiple(target, weight), drift_multiple(weight, target)
    assert there is not None
    assert back is not None
    assert there * back == pytest.approx(1)
    grown = target * there
    assert grown / (grown + 1 - target) == pytest.approx(weight)
