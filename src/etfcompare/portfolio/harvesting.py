"""Selling lots at a loss and holding the same coin in another fund: what it brings, and the risk.

Methodology 5: the tax saved now comes due when the new lot is sold, so the benefit is the deferral,
loss x tax x (1 - (1 + r)^-T), less what the switch costs.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from etfcompare.engine.arithmetic import exp, log
from etfcompare.engine.figures import HEADLINE, Table
from etfcompare.engine.marks import CAUTIONS, Mark
from etfcompare.engine.sensitivity import can_move, switch
from etfcompare.portfolio.lots import HeldLot, Term
from etfcompare.portfolio.wash_sale import Label, first_day_after, label_of, near_purchases
from etfcompare.visible import visible


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """Another fund on the same coin."""

    ticker: str
    yield_change: float | None
    """Its net yield less that of what is sold, a year; None if one is unknown."""
    cost: float
    """Of the switch, once, as far as known, a fraction of what is sold; no tax in it."""
    unknown: tuple[str, ...]
    """Parts of the cost that are unknown and left out, in words."""
    advantage: float | None
    """Change of yield over the horizon less the cost; what the ranking goes by."""
    benefit: float | None
    """US dollars of deferral less those of the cost; None if the deferral is unknown."""
    spread: float | None
    aum: float | None
    label: Label
    marks: Mapping[str, Mark]
    """Of the change of yield with the cost, of the spread and of the AUM, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvest:
    """What selling a lot at a loss brings."""

    lot: HeldLot
    loss: float
    """US dollars."""
    tax_saved: float | None
    """US dollars now, if there are gains to set the loss against; None if tax is left out."""
    deferral: float | None
    """What that is worth, as it comes due later; None if a part is unknown."""
    alternatives: tuple[Alternative, ...]
    """Best first."""
    purchases: tuple[HeldLot, ...]
    """Other lots on the same coin that were bought within the window."""
    buy_back: date
    """First day past the window of a sale today."""
    clear: date | None
    """First day on which no such purchase reaches a sale; None without any."""


def deferral_value(loss: float, tax: float, cash: float, years: float) -> float | None:
    """Return what it is worth to pay tax later: loss x tax x (1 - (1 + r)^-T), methodology 5.

    None past the end of floats, as of cash that loses nearly all, year after year.
    """
    worth = loss * tax * (1 - exp(-years * log(1 + cash)))
    return worth if math.isfinite(worth) else None


def passed_over(lots: Iterable[HeldLot]) -> tuple[str, ...]:
    """Say which taxable lots are not looked at, and why."""
    taxable = [one for one in lots if one.term is not Term.SHELTERED]
    unknown = sum(one.cost is None for one in taxable)
    told = [f"{unknown} of unknown cost passed over"] if unknown else []
    unusable = dict.fromkeys(visible(one.ticker) for one in taxable if one.asset is None)
    if unusable:
        told.append(f"{', '.join(unusable)} passed over, which the catalogue cannot use")
    return tuple(told)


def harvests_of(
    table: Table, lots: Iterable[HeldLot], years: float, *, held: Iterable[HeldLot] = ()
) -> tuple[Harvest, ...]:
    """Return what can be harvested, the largest loss first.

    Sheltered lots, whose loss saves no tax, are passed over, and those of products that cannot be
    used.

    Args:
        table: The figures of the whole catalogue under the scenario.
        lots: What may be sold.
        years: Until the planned sale of what is bought instead.
        held: All that is held, for what was bought lately.
    """
    rows = {one.ticker: row for row, one in enumerate(table.products)}
    everything = tuple(held)
    # At a basis of today's price a switch taxes no gain: the lots have none.
    untaxed = table.under(table.scenario.but("basis", 1.0))
    found = [
        _harvest(untaxed, lot, rows[lot.ticker], years, everything)
        for lot in lots
        if lot.is_loss and lot.term is not Term.SHELTERED and lot.ticker in rows
    ]
    return tuple(sorted(found, key=lambda one: -one.loss))


def _harvest(
    table: Table, lot: HeldLot, row: int, years: float, held: tuple[HeldLot, ...]
) -> Harvest:
    scenario = table.scenario
    assert lot.gain is not None
    loss = -lot.gain
    is_taxed = scenario.gains_tax is not None or scenario.income_tax is not None
    rate = lot.tax_rate if is_taxed else None
    cash = table.shared("cash_yield")
    deferral = None
    if rate is not None and cash is not None:
        deferral = deferral_value(loss, rate, cash, years)
    near = near_purchases(lot, held, scenario.as_of)
    latest = max((one.bought for one in near if one.bought is not None), default=None)
    targets = (
        other
        for other, one in enumerate(table.products)
        if one.asset == table.products[row].asset and can_move(table, row, other)
    )
    alternatives = [_alternative(table, lot, (row, one), deferral, near) for one in targets]
    return Harvest(
        lot=lot,
        loss=loss,
        tax_saved=None if rate is None else loss * rate,
        deferral=deferral,
        alternatives=tuple(sorted(alternatives, key=_rank)),
        purchases=near,
        buy_back=first_day_after(scenario.as_of),
        clear=first_day_after(latest) if latest is not None else None,
    )


def _alternative(
    table: Table,
    lot: HeldLot,
    pair: tuple[int, int],
    deferral: float | None,
    near: tuple[HeldLot, ...],
) -> Alternative:
    source, target = pair
    switched = switch(table, source, target)
    cost = math.fsum(one.value for one in switched.parts if one.value is not None)
    change = table.number(target, HEADLINE) - table.number(source, HEADLINE)
    known = None if math.isnan(change) else change
    spread, aum = table.number(target, "spread"), table.number(target, "aum")
    return Alternative(
        ticker=table.products[target].ticker,
        yield_change=known,
        cost=cost,
        unknown=tuple(one.label.lower() for one in switched.parts if one.value is None),
        advantage=None if known is None else known * table.scenario.horizon_years - cost,
        benefit=None if deferral is None else deferral - cost * lot.value,
        spread=None if math.isnan(spread) else spread,
        aum=None if math.isnan(aum) else aum,
        label=label_of(table.products[source], table.products[target], near),
        marks={
            "yield_change": switched.marks & CAUTIONS,
            **{key: table.marks(target, key) & CAUTIONS for key in ("spread", "aum")},
        },
    )


def _rank(one: Alternative) -> tuple[bool, bool, float, str]:
    """Put first what brings most; behind it what is not fully known, for it might bring less."""
    return one.advantage is None, bool(one.unknown), -(one.advantage or 0.0), one.ticker
