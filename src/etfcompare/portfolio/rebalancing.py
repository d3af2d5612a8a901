"""Bringing a sleeve that has grown back to its target, or leaving it alone: which costs less.

Methodology 5, Rebalancing. What is sold stays invested elsewhere, net of tax and cost, so that the
sleeve ends at its target exactly.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate, pairwise
from typing import Final

from etfcompare.portfolio.lots import (
    HeldLot,
    Part,
    Term,
    parts_of,
    tax_of,
    tax_on,
    unused_loss,
)
from etfcompare.portfolio.sleeves import Sleeve

GAMMA: Final = 3.0
"""Risk aversion unless the user says: what a unit of variance is worth, halved."""
LARGEST_GAMMA: Final = 1000.0
"""Above it no digit of a benefit is meant."""
BAND: Final = 0.5
"""How far past its target a sleeve may drift, as a share of the target, unless the user says."""

_ROUNDING: Final = 1e-12
"""Share of a sleeve that sums of its lots may miss."""


class Choice(StrEnum):
    """What to do."""

    NOTHING = "do nothing"
    EDGE = "trim to the edge"
    TARGET = "trim to target"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What the sleeve should be, and how far it may stray."""

    target: float
    """Share of the whole."""
    band: float | None = BAND
    """Act above target times one plus this; None to go by the absolute band alone."""
    absolute: float | None = None
    """Act above target plus this; None to go by the relative band alone."""
    gamma: float = GAMMA

    @property
    def edge(self) -> float:
        """The share of the whole above which to act."""
        edges = [1.0]
        if self.band is not None:
            edges.append(self.target * (1 + self.band))
        if self.absolute is not None:
            edges.append(self.target + self.absolute)
        return min(edges)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """One way to trim."""

    choice: Choice
    weight: float
    """Share of the whole that the sleeve ends at."""
    sell: float
    """US dollars."""
    tax: float
    """US dollars, as far as it is known."""
    cost: float
    """US dollars of half spreads and commissions, as far as they are known."""
    parts: tuple[Part, ...]
    """What is sold of each lot, in selling order."""
    untaxed: tuple[str, ...]
    """Tickers of lots sold whose tax is unknown and left out."""
    unpriced: tuple[str, ...]
    """Tickers of lots sold whose spread is unknown and left out."""
    unused_loss: float
    """US dollars of loss left to set against gains elsewhere."""
    benefit: float | None
    """Worth of the smaller risk over the horizon, a fraction of the whole; None if unknown."""
    price: float
    """Tax and cost on what the sleeve shrinks by, dw (c + tau), a fraction of the whole."""

    @property
    def gain(self) -> float | None:
        """Benefit less price; None if unknown."""
        return None if self.benefit is None else self.benefit - self.price


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What may be done about a sleeve, and what is best."""

    weight: float
    """Share of the whole that the sleeve is now."""
    rule: Rule
    drift: float | None
    """By how much the sleeve outgrew the rest since it was at its target; None at 0% or 100%."""
    sales: tuple[Sale, ...]
    """To the target and to the edge, as far as they differ and a sale leads there."""
    choice: Choice
    saved: float | None
    """US dollars of tax that the edge saves against the target; None if they do not differ."""

    @property
    def is_outside(self) -> bool:
        """Whether the sleeve is past the edge of its band."""
        return self.weight > self.rule.edge

    def sale(self, choice: Choice) -> Sale | None:
        """Return one way to trim, if there is something to sell."""
        return next((one for one in self.sales if one.choice is choice), None)


def drift_multiple(target: float, weight: float) -> float | None:
    """Return by how much a sleeve outgrew the rest, from one share of the whole to another.

    None where a share is of nothing or of all (methodology 5).
    """
    if not 0 < target < 1 or not weight < 1:
        return None
    return weight * (1 - target) / (target * (1 - weight))


def plan_of(sleeve: Sleeve, rule: Rule, years: float) -> Plan:
    """Return what may be done about a sleeve, and what is best.

    Past the edge the trade whose benefit beats its price by most is made, or none. Where the
    benefit is unknown, the band alone decides: to the edge, which costs less.

    Args:
        sleeve: What is held.
        rule: What it should be.
        years: The horizon, over which a smaller risk is worth something.
    """
    aims = {rule.edge: Choice.EDGE, rule.target: Choice.TARGET}
    found = (
        _sale(sleeve, rule, years, choice, aim)
        for aim, choice in sorted(aims.items())
        if sleeve.weight > aim
    )
    sales = tuple(one for one in found if one is not None)
    choice = Choice.NOTHING
    if sleeve.weight > rule.edge and sales:
        gains = [(one.gain, one.choice) for one in sales if one.gain is not None]
        best, paying = max(gains, default=(math.inf, sales[-1].choice), key=lambda one: one[0])
        choice = paying if best > 0 else Choice.NOTHING
    taxes = [one.tax for one in sales]
    return Plan(
        weight=sleeve.weight,
        rule=rule,
        drift=drift_multiple(rule.target, sleeve.weight),
        sales=sales,
        choice=choice,
        saved=taxes[0] - taxes[1] if len(taxes) > 1 else None,
    )


def _sale(sleeve: Sleeve, rule: Rule, years: float, choice: Choice, aim: float) -> Sale | None:
    sell = amount_to_sell(sleeve, aim)
    if sell is None:
        return None
    parts = tuple(part for part in parts_of(sleeve.lots, sell) if part.sold)
    tax = tax_of(parts)
    cost = math.fsum(part.sold * sleeve.cost_per_dollar[part.lot.ticker] for part in parts)
    benefit = None
    if sleeve.volatility is not None:
        # 0.5 gamma dw^2 vol^2 H; to the edge, what is left of the distance stays unpaid.
        past, left = sleeve.weight - rule.target, aim - rule.target
        smaller = past * past - left * left
        worth = 0.5 * rule.gamma * smaller * sleeve.volatility * sleeve.volatility * years
        benefit = worth if math.isfinite(worth) else None
    return Sale(
        choice=choice,
        weight=aim,
        sell=sell,
        tax=tax,
        cost=cost,
        parts=parts,
        untaxed=tuple(dict.fromkeys(one.lot.ticker for one in parts if one.tax is None)),
        unpriced=tuple(
            dict.fromkeys(one.lot.ticker for one in parts if one.lot.ticker in sleeve.unpriced)
        ),
        unused_loss=unused_loss(parts),
        benefit=benefit,
        price=(sleeve.weight - aim) * (tax + cost) / sell if sell else 0.0,
    )


def amount_to_sell(sleeve: Sleeve, aim: float) -> float | None:
    """Return the US dollars to sell, in selling order, for the sleeve to end at a share.

    V (w - t) / (1 - t (c + tau)), walked along the lots: tax and cost of a dollar change from lot
    to lot, and where the losses sold are used up. None if tax and cost take more of the whole than
    the sale does of the sleeve.
    """
    held = math.fsum(one.value for one in sleeve.lots)
    gap = held - aim * sleeve.value_usd
    sold, gains = 0.0, dict[float, float]()
    for lot in sleeve.lots:
        cost = sleeve.cost_per_dollar[lot.ticker]
        for amount, tax in _stretches(lot, gains):
            closing = amount - aim * (cost * amount + tax)
            if gap <= closing:
                return sold + amount * (max(0.0, gap) / closing if closing > 0 else 0.0)
            gap -= closing
            sold += amount
        if lot.tax_rate is not None:
            gains[lot.tax_rate] = gains.get(lot.tax_rate, 0.0) + lot.value * lot.taxed_gain
    return sold if gap <= _ROUNDING * held else None


def _stretches(lot: HeldLot, gains: Mapping[float, float]) -> Iterator[tuple[float, float]]:
    """Give dollars of a lot with the tax on them, cut where the tax on one changes.

    Args:
        lot: What is sold next.
        gains: Of what was sold so far, by tax rate.
    """
    rate, each = lot.tax_rate, lot.taxed_gain
    cuts = [0.0, lot.value]
    if rate is None or not rate or not each:
        yield lot.value, 0.0
        return
    own = gains.get(rate, 0.0)
    others = [gains[one] for one in sorted(gains, reverse=True) if one != rate]
    lost = -math.fsum(min(one, 0.0) for one in others)
    # Where a loss turns to a gain, and where losses have used up the gains of one rate more.
    used = accumulate((max(one, 0.0) for one in others), initial=0.0)
    turns = ((turn - own) / each for turn in (0.0, *(lost - one for one in used)))
    cuts += (one for one in turns if 0 < one < lot.value)
    for start, end in pairwise(sorted(cuts)):
        before, after = (tax_on({**gains, rate: own + each * one}) for one in (start, end))
        yield end - start, after - before


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """What trims a sleeve more cheaply than a taxed sale, as far as it is there."""

    sheltered: float
    """US dollars in lots whose sale costs no tax."""
    in_loss: float
    """US dollars in lots at a loss."""
    loss: float
    """US dollars of that loss."""
    new_cash: float | None
    """US dollars of new money that bring the sleeve to the edge, or to its target if within; None
    if no money does."""
    income: float | None
    """US dollars a year that the sleeve yields; None if unknown."""
    years: float | None
    """How long that income, paid out at flat prices, takes to do the same; None if never."""


def ways_of(sleeve: Sleeve, rule: Rule) -> Ways | None:
    """Return what trims an overweight sleeve without a taxed sale; None if it is not overweight."""
    if sleeve.weight <= rule.target:
        return None
    aim = rule.edge if sleeve.weight > rule.edge else rule.target
    held = math.fsum(one.value for one in sleeve.lots)
    losses = [one for one in sleeve.lots if one.is_loss and one.term is not Term.SHELTERED]
    new_cash = held / aim - sleeve.value_usd if aim else math.inf
    is_finite = math.isfinite(new_cash)
    income = None if sleeve.net_yield is None else sleeve.net_yield * held
    return Ways(
        sheltered=math.fsum(one.value for one in sleeve.lots if one.term is Term.SHELTERED),
        in_loss=math.fsum(one.value for one in losses),
        loss=math.fsum(-(one.gain or 0.0) for one in losses),
        new_cash=new_cash if is_finite else None,
        income=income,
        years=new_cash / income if is_finite and income is not None and income > 0 else None,
    )
