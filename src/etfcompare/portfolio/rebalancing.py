"""Bringing a sleeve that has grown back to its target, or leaving it alone: which costs less.

Methodology 5, Rebalancing. What is sold stays invested elsewhere, net of tax and cost, so that the
sleeve ends at its target exactly.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from etfcompare.portfolio.lots import HeldLot, Part, Term, parts_of, tax_of, unused_loss
from etfcompare.portfolio.sleeves import Sleeve

GAMMA: Final = 3.0
"""Risk aversion unless the user says: what a unit of variance is worth, halved."""
BAND: Final = 0.5
"""How far past its target a sleeve may drift, as a share of the target, unless the user says."""


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
    unused_loss: float
    """US dollars of loss left to set against gains elsewhere."""
    benefit: float | None
    """Worth of the smaller risk over the horizon, a fraction of the whole; None if unknown."""
    price: float
    """Tax and cost, a fraction of the whole."""

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
    """To the target and to the edge, as far as there is something to sell."""
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
    benefit is unknown, the band alone decides: to the edge, which is cheaper after tax.

    Args:
        sleeve: What is held.
        rule: What it should be.
        years: The horizon, over which a smaller risk is worth something.
    """
    aims = {Choice.TARGET: rule.target, Choice.EDGE: rule.edge}
    sales = tuple(
        _sale(sleeve, rule, years, choice, aim)
        for choice, aim in aims.items()
        if sleeve.weight > aim
    )
    choice = Choice.NOTHING
    if sleeve.weight > rule.edge:
        gains = [(one.gain, one.choice) for one in sales if one.gain is not None]
        best, found = max(gains, default=(0.0, Choice.EDGE), key=lambda one: one[0])
        choice = found if best > 0 or not gains else Choice.NOTHING
    taxes = [one.tax for one in sales]
    return Plan(
        weight=sleeve.weight,
        rule=rule,
        drift=drift_multiple(rule.target, sleeve.weight),
        sales=sales,
        choice=choice,
        saved=taxes[0] - taxes[1] if len(taxes) > 1 else None,
    )


def _sale(sleeve: Sleeve, rule: Rule, years: float, choice: Choice, aim: float) -> Sale:
    sell = amount_to_sell(sleeve, aim)
    parts = tuple(part for part in parts_of(sleeve.lots, sell) if part.sold)
    tax = tax_of(parts)
    cost = math.fsum(part.sold * sleeve.cost_per_dollar[part.lot.ticker] for part in parts)
    benefit = None
    if sleeve.volatility is not None:
        # 0.5 gamma dw^2 vol^2 H; to the edge, what is left of the distance stays unpaid.
        past, left = sleeve.weight - rule.target, aim - rule.target
        smaller = past * past - left * left
        benefit = 0.5 * rule.gamma * smaller * sleeve.volatility**2 * years
    return Sale(
        choice=choice,
        weight=aim,
        sell=sell,
        tax=tax,
        cost=cost,
        parts=parts,
        untaxed=tuple(dict.fromkeys(one.lot.ticker for one in parts if one.tax is None)),
        unused_loss=unused_loss(parts),
        benefit=benefit,
        price=(sleeve.weight - aim) * (tax + cost) / sell if sell else 0.0,
    )


def amount_to_sell(sleeve: Sleeve, aim: float) -> float:
    """Return the US dollars to sell, in selling order, for the sleeve to end at a share.

    V (w - t) / (1 - t (c + tau)), walked along the lots: tax and cost of a dollar change from lot
    to lot, and where the losses sold are used up.
    """
    gap = math.fsum(one.value for one in sleeve.lots) - aim * sleeve.value_usd
    sold = taxed = 0.0
    for lot in sleeve.lots:
        cost = sleeve.cost_per_dollar[lot.ticker]
        for amount, marginal in _stretches(lot, taxed):
            closing = 1 - aim * (cost + marginal)
            if gap <= amount * closing:
                return sold + max(0.0, gap) / closing
            gap -= amount * closing
            sold += amount
        taxed += lot.value * (lot.tax_per_dollar or 0.0)
    return sold


def _stretches(lot: HeldLot, taxed: float) -> Sequence[tuple[float, float]]:
    """Give dollars of a lot with the tax on each: none until the losses sold so far are used up.

    Args:
        lot: What is sold next.
        taxed: Tax on what was sold so far, below zero for losses.
    """
    tax = lot.tax_per_dollar or 0.0
    after = taxed + lot.value * tax
    if taxed < 0 < after:
        free = -taxed / tax
        return (free, 0.0), (lot.value - free, tax)
    if tax < 0 < taxed and after < 0:
        paid = taxed / -tax
        return (paid, tax), (lot.value - paid, 0.0)
    return ((lot.value, tax if min(taxed, after) >= 0 else 0.0),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """What trims a sleeve more cheaply than a taxed sale, as far as it is there."""

    sheltered: float
    """US dollars in lots whose sale costs no tax."""
    in_loss: float
    """US dollars in lots at a loss."""
    loss: float
    """US dollars of that loss."""
    new_cash: float
    """US dollars of new money that bring the sleeve to the edge, or to its target if within."""
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
    income = None if sleeve.net_yield is None else sleeve.net_yield * held
    return Ways(
        sheltered=math.fsum(one.value for one in sleeve.lots if one.term is Term.SHELTERED),
        in_loss=math.fsum(one.value for one in losses),
        loss=-math.fsum(one.gain or 0.0 for one in losses),
        new_cash=new_cash,
        income=income,
        years=new_cash / income if income is not None and income > 0 else None,
    )
