"""Losses: what they save, where to go instead, and how near that comes to a wash sale."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product as pairs_of

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import TODAY
from etfcompare.catalogue.schema import Product, Staking
from etfcompare.engine.figures import Table
from etfcompare.engine.scenario import Scenario
from etfcompare.portfolio.harvesting import Harvest, deferral_value, harvests_of
from etfcompare.portfolio.lots import HeldLot, Term
from etfcompare.portfolio.wash_sale import (
    Exposure,
    first_day_after,
    label_of,
    near_purchases,
)
from strategies import catalogue_of

DATED = "as_of: 2026-11-01, source: page"
FILE = f"""\
sources: {{page: {{title: A page, grade: issuer}}}}
cash: {{yield: 4%, {DATED}}}
assets: {{BTC: {{}}, ETH: {{staking: {{rate: 3%, {DATED}}}}}}}
products:
  - {{ticker: OLD, asset: ETH, issuer: One, fee: {{rate: 1%, {DATED}}}, market: {{M}}}}
  - {{ticker: LEAN, asset: ETH, issuer: Two, fee: {{rate: 0.2%, {DATED}}}, market: {{M}}}}
  - {{ticker: DEAR, asset: ETH, issuer: Two, fee: {{rate: 0.9%, {DATED}}}, market: {{M}}}}
  - {{ticker: DIM, asset: ETH, issuer: Two, fee: {{rate: 0.1%, {DATED}}}}}
  - {{ticker: GONE, asset: ETH, status: closed, fee: {{rate: 0.1%, {DATED}}}, market: {{M}}}}
  - {{ticker: BTCF, asset: BTC, issuer: Two, fee: {{rate: 0.1%, {DATED}}}, market: {{M}}}}
""".replace("{M}", f"{{spread: 10bp, premium: 0%, aum: $1B, {DATED}}}")


def lot(ticker: str = "OLD", **values: object) -> HeldLot:
    usual: dict[str, object] = {
        "asset": "ETH",
        "value": 100.0,
        "cost": 140.0,
        "bought": date(2025, 1, 1),
        "term": Term.LONG,
        "tax_rate": 0.2,
    }
    return HeldLot(ticker=ticker, **(usual | values))  # type: ignore[arg-type]


def harvested(*lots: HeldLot, years: float = 5.0, taxed: bool = True) -> tuple[Harvest, ...]:
    scenario = Scenario(as_of=TODAY, gains_tax=0.2 if taxed else None)
    return harvests_of(Table(catalogue_of(FILE), scenario), lots, years, held=lots)


def test_alternatives_are_on_the_coin_on_sale_and_ranked_by_yield_less_the_switch() -> None:
    (found,) = harvested(lot())
    assert [one.ticker for one in found.alternatives] == ["LEAN", "DEAR", "DIM"]
    lean, _, dim = found.alternatives
    assert lean.yield_change == pytest.approx(0.008)
    assert lean.cost == pytest.approx(0.001)
    assert lean.advantage == pytest.approx(0.007)
    assert (lean.spread, lean.aum) == (0.001, 1e9)
    assert dim.unknown == ("spread bought", "premium")
    assert lean.label.exposure is Exposure.MEDIUM


def test_a_loss_is_worth_its_deferral_less_the_switch() -> None:
    (found,) = harvested(lot())
    assert found.loss == 40
    assert found.tax_saved == pytest.approx(8.0)
    assert found.deferral == pytest.approx(8 * (1 - 1.04**-5))
    lean = found.alternatives[0]
    assert lean.benefit == pytest.approx(8 * (1 - 1.04**-5) - 0.1)


def test_without_taxes_nothing_is_said_of_what_is_saved() -> None:
    (found,) = harvested(lot(tax_rate=0.0), taxed=False)
    assert (found.tax_saved, found.deferral) == (None, None)
    assert {one.benefit for one in found.alternatives} == {None}


def test_only_losses_that_save_tax_are_harvested_the_largest_first() -> None:
    found = harvested(
        lot(cost=110.0),
        lot(cost=90.0),
        lot(cost=None),
        lot(term=Term.SHELTERED, tax_rate=0.0),
        lot(ticker="LEAN", cost=150.0),
        lot(ticker="FOREIGN"),
    )
    assert [one.loss for one in found] == [50.0, 10.0]


def test_a_basis_below_the_price_taxes_no_switch_of_a_lot_at_a_loss() -> None:
    scenario = Scenario(as_of=TODAY, gains_tax=0.2, basis=0.5)
    (found,) = harvests_of(Table(catalogue_of(FILE), scenario), [lot()], 1.0)
    assert found.alternatives[0].cost == pytest.approx(0.001)


def test_the_window_ends_after_thirty_days() -> None:
    (found,) = harvested(lot())
    assert found.buy_back == TODAY + timedelta(days=31)
    assert found.clear is None
    late = lot(ticker="LEAN", cost=50.0, bought=TODAY - timedelta(days=10))
    (found,) = harvested(lot(), late)
    assert [one.ticker for one in found.purchases] == ["LEAN"]
    assert found.clear == TODAY + timedelta(days=21)
    assert {one.label.exposure for one in found.alternatives} == {Exposure.HIGH}


@pytest.mark.parametrize(
    ("days", "near"), [(0, True), (30, True), (31, False), (-30, True), (-31, False)]
)
def test_purchases_within_thirty_days_count(
    days: int,
    near: bool,  # noqa: FBT001 - a column of the table above
) -> None:
    sold, other = lot(), lot(ticker="LEAN", bought=TODAY - timedelta(days=days))
    assert bool(near_purchases(sold, (sold, other), TODAY)) is near
    assert near_purchases(sold, (sold, lot(bought=None)), TODAY) == ()
    if near and other.bought is not None and other.bought <= TODAY:
        assert not near_purchases(sold, (other,), first_day_after(other.bought))


# Labels


def fund(ticker: str, asset: str, issuer: str | None, *, stakes: bool) -> Product:
    staking = Staking() if stakes else None
    return Product(ticker=ticker, asset=asset, start=0, issuer=issuer, staking=staking)


SOLD = fund("A", "ETH", "One", stakes=False)


@pytest.mark.parametrize(
    ("bought", "exposure", "why"),
    [
        (SOLD, "high", "the same fund"),
        (fund("B", "ETH", "One", stakes=False), "high", "same coin, same issuer, both unstaked"),
        (fund("B", "ETH", "One", stakes=True), "medium", "unstaked against staked"),
        (fund("B", "ETH", None, stakes=False), "high", "issuer not known to differ"),
        (fund("B", "ETH", "Two", stakes=False), "medium", "unsettled whether substantially iden"),
        (fund("B", "ETH", "Two", stakes=True), "low", "no authority found"),
        (fund("B", "BTC", "One", stakes=False), "low", "another coin"),
    ],
)
def test_each_pair_has_a_label_and_a_reason(bought: Product, exposure: str, why: str) -> None:
    label = label_of(SOLD, bought)
    assert label.exposure.value == exposure
    assert why in label.why


FUNDS = st.builds(
    fund,
    st.sampled_from("ABC"),
    st.sampled_from(["BTC", "ETH"]),
    st.sampled_from([None, "One", "Two"]),
    stakes=st.booleans(),
)


@given(FUNDS, FUNDS, st.sampled_from("ABC"))
def test_a_late_purchase_never_lowers_a_label(sold: Product, bought: Product, late: str) -> None:
    order = list(Exposure)
    alone, beside = label_of(sold, bought), label_of(sold, bought, [lot(ticker=late)])
    assert order.index(beside.exposure) >= order.index(Exposure.MEDIUM)
    assert order.index(beside.exposure) >= order.index(alone.exposure)
    if late == sold.ticker:
        assert beside.exposure is Exposure.HIGH


def test_no_label_promises_anything() -> None:
    issuers = (None, "One", "Two")
    funds = [
        fund(ticker, asset, issuer, stakes=stakes)
        for ticker, asset, issuer, stakes in pairs_of("AB", ("BTC", "ETH"), issuers, (True, False))
    ]
    labels = [label_of(*pair, late) for pair in pairs_of(funds, funds) for late in ((), [lot()])]
    assert not [one for one in labels if "safe" in f"{one.exposure} {one.why}".casefold()]


# Deferral


@given(st.floats(0, 1e9), st.floats(0, 1), st.floats(0, 0.2), st.floats(0, 50))
def test_deferral_is_worth_something_only_with_time_and_a_rate(
    loss: float, tax: float, cash: float, years: float
) -> None:
    assert deferral_value(loss, tax, cash, 0.0) == 0
    assert deferral_value(loss, tax, 0.0, years) == 0
    worth = deferral_value(loss, tax, cash, years)
    assert worth is not None
    assert 0 <= worth <= loss * tax
