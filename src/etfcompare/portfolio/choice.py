"""What an allocation chooses among: products in play, their yields, costs and risk.

A product is in play if it is on sale or held, its net yield is known, and so is the risk of its
coin; the others are left out by name.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from etfcompare.catalogue.schema import Product
from etfcompare.engine.figures import HEADLINE, Table
from etfcompare.engine.scenario import Scenario
from etfcompare.engine.sensitivity import is_on_sale
from etfcompare.errors import UsageError
from etfcompare.portfolio.covariance import Risk, risk_of
from etfcompare.portfolio.holdings import Present
from etfcompare.portfolio.lots import HeldLot, Term, tax_rate
from etfcompare.units import format_rate
from etfcompare.visible import visible

CASH: Final = "cash"
"""What weights call the part that is in no product."""
_ROUNDING: Final = 1e-12
"""A share of what is held that rounding may leave."""


class Parcel(NamedTuple):
    """A part of what is held that is taxed alike."""

    weight: float
    tax: float
    """On a dollar of it sold, once; below zero for a loss, which counts against gains."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A product in play."""

    row: int
    """Its place in the catalogue."""
    product: Product
    net_yield: float
    now: float
    """Weight held now."""
    buying: float
    """Known cost of a dollar bought, once."""
    selling: float
    """Known cost of a dollar sold, once, but for the tax."""
    parcels: tuple[Parcel, ...]
    """What is held, the part first that is taxed least."""
    unpriced: tuple[str, ...]
    """Parts of the cost that are not known."""

    def cost_of(self, change: float) -> float:
        """Return what a change of the weight costs but for tax, once, a fraction of the whole."""
        return change * self.buying if change >= 0 else -change * self.selling


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, weakref_slot=True)
class Choice:
    """All that an allocation chooses among; equal to none but itself."""

    table: Table
    candidates: tuple[Candidate, ...]
    cash_yield: float
    value_usd: float
    """What is placed: all that is held, but for what is set aside."""
    risk: Risk
    left_out: Mapping[str, str]
    """Products not in play, by ticker, and why."""
    notes: tuple[str, ...]
    participation: float
    """Share of a day's volume that can be sold."""

    @property
    def horizon_years(self) -> float:
        """Over which the cost of trades is spread."""
        return self.table.scenario.horizon_years

    def figures(self, key: str) -> list[float]:
        """Return a figure of each product in play, NaN where unknown."""
        return [self.table.number(one.row, key) for one in self.candidates]


def choice_of(
    table: Table, rows: Sequence[int], present: Present | None, participation: float
) -> Choice:
    """Return what there is to choose among.

    Args:
        table: The figures under the scenario.
        rows: Places in the catalogue.
        present: What is held now; None for nothing but cash.
        participation: Share of a day's volume that can be sold.

    Raises:
        UsageError: The yield of cash is not known, or nothing that is held can be placed.
    """
    cash = table.shared("cash_yield")
    if cash is None:
        raise UsageError(
            "the yield of cash is not known; state `cash: {yield: 3.6%}` or assume one"
        )
    held: Mapping[str, float] = {} if present is None else present.weights
    left_out: dict[str, str] = {}
    in_play: list[int] = []
    for row in rows:
        product = table.products[row]
        if not is_on_sale(product) and not held.get(product.ticker):
            left_out[product.ticker] = f"not on sale: {product.status}"
        elif product.ticker == CASH:
            left_out[product.ticker] = "its ticker is what cash is called"
        elif math.isnan(table.number(row, HEADLINE)):
            left_out[product.ticker] = "its net yield is not known"
        else:
            in_play.append(row)
    by_yield = sorted(in_play, key=lambda row: -table.number(row, HEADLINE))
    risk = risk_of(table, (table.products[row].asset for row in by_yield))
    for row in in_play:
        product = table.products[row]
        if product.asset in risk.unknown:
            left_out[product.ticker] = risk.unknown[product.asset]
    in_play = [row for row in in_play if table.products[row].ticker not in left_out]
    known = {table.products[row].ticker for row in in_play}
    aside = {name: part for name, part in held.items() if part and name not in known}
    share = 1 - math.fsum(aside.values())
    value = share * (table.scenario.amount if present is None else present.value_usd)
    reasons = {name: _why_aside(name, left_out, table) for name in aside}
    if share < _ROUNDING or not value > 0:
        raise UsageError(_nothing_to_place(reasons))
    taxes = _taxes_of(present.lots if present else (), table.scenario)
    return Choice(
        table=table,
        candidates=tuple(_candidate(table, row, present, share, taxes) for row in in_play),
        cash_yield=cash,
        value_usd=value,
        risk=risk,
        left_out=left_out,
        notes=(
            *(present.notes if present else ()),
            *_of_unknown_tax(present.lots if present else ()),
            *_set_aside(aside, reasons),
        ),
        participation=participation,
    )


def _candidate(
    table: Table,
    row: int,
    present: Present | None,
    share: float,
    taxes: Mapping[HeldLot, float],
) -> Candidate:
    """Return a product with what its trades cost (methodology 2), unknown parts left out."""
    product = table.products[row]
    known = {key: table.number(row, key) for key in ("spread", "premium")}
    unpriced = tuple(key for key, value in known.items() if math.isnan(value))
    known |= dict.fromkeys(unpriced, 0.0)
    trading = known["spread"] / 2 + table.scenario.commission
    now = 0.0 if present is None else present.weights.get(product.ticker, 0.0) / share
    lots = [] if present is None else [one for one in present.lots if one.ticker == product.ticker]
    whole = math.fsum(lot.value for lot in lots)
    parcels = (Parcel(now * lot.value / whole, taxes[lot]) for lot in lots if lot.value)
    return Candidate(
        row=row,
        product=product,
        net_yield=table.number(row, HEADLINE),
        now=now,
        buying=trading + known["premium"],
        selling=trading - known["premium"],
        parcels=tuple(sorted(parcels, key=lambda one: one.tax)),
        unpriced=unpriced,
    )


def _taxes_of(lots: Iterable[HeldLot], scenario: Scenario) -> Mapping[HeldLot, float]:
    """Return the tax on a dollar of each lot sold; together never less than it may come to.

    A loss counts at the lowest rate that a gain bears, since that may be what it saves; a lot whose
    tax is unknown counts as if all of it were gain.
    """
    highest = max(tax_rate(one, scenario) or 0.0 for one in (Term.LONG, Term.SHORT))
    rates = {one: highest if one.tax_rate is None else one.tax_rate for one in lots}
    taxes = {
        one: rate if one.tax_per_dollar is None else one.tax_per_dollar
        for one, rate in rates.items()
    }
    lowest = min((rates[one] for one, tax in taxes.items() if tax > 0), default=0.0)
    return {one: one.taxed_gain * lowest if tax < 0 else tax for one, tax in taxes.items()}


def _of_unknown_tax(lots: Iterable[HeldLot]) -> Iterator[str]:
    names = dict.fromkeys(visible(one.ticker) for one in lots if one.tax_per_dollar is None)
    if names:
        said = "a sale is taxed as if all of it were gain"
        yield f"what was paid for {' and '.join(names)}, or when, is not known: {said}"


def _why_aside(name: str, left_out: Mapping[str, str], table: Table) -> str:
    if name in left_out:
        return left_out[name]
    if any(one.ticker == name for one in table.products):
        return "it is not among the products asked for"
    return "no product that can be used has this ticker"


def _set_aside(aside: Mapping[str, float], reasons: Mapping[str, str]) -> Iterator[str]:
    for name, part in aside.items():
        yield f"{visible(name)}, {format_rate(part)} of what is held, is set aside: {reasons[name]}"


def _nothing_to_place(reasons: Mapping[str, str]) -> str:
    if not reasons:
        return "nothing is held; state cash or lots with a value under `holdings:`"
    said = "; ".join(f"{visible(name)}: {why}" for name, why in reasons.items())
    return f"there is no cash, and nothing that is held can be placed: {said}"
