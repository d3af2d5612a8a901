"""What to hold: the most net yield, less what getting there costs, under limits.

Methodology 5. This is an income objective: it says nothing of where prices go.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from etfcompare.engine.figures import FIGURES, HEADLINE, Table
from etfcompare.engine.marks import CAUTIONS, NONE, Mark
from etfcompare.portfolio.binding import (
    Binding,
    Infeasible,
    binding_of,
    clash_of,
    least_volatility,
    together_of,
    yield_of,
)
from etfcompare.portfolio.choice import CASH, Choice, choice_of
from etfcompare.portfolio.covariance import Risk
from etfcompare.portfolio.holdings import Present
from etfcompare.portfolio.limits import Limit, Limits, Measure, name_of
from etfcompare.portfolio.optimum import Solved, solved
from etfcompare.visible import visible

STEPS: Final = 24
"""Allocations on a frontier."""
_NO_TRADE: Final = 1e-9
"""A change of a weight that is rounding."""
_SIZES: Final = {
    Measure.AUM: "aum",
    Measure.SHARE_OF_AUM: "aum",
    Measure.DAYS: "volume",
}
"""The figure that a limit on size needs of each product."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """What is bought or sold of one product."""

    ticker: str
    weight: float
    """Share of the whole that is bought; negative for sold."""
    usd: float
    """The same in US dollars."""
    cost: float
    """Its known cost now, but for tax, which is on all that is sold; a fraction of the whole."""
    unknown: tuple[str, ...]
    """Parts of the cost that are not known and left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """The weights that bring most."""

    weights: Mapping[str, float]
    """Share of the whole by ticker, and `cash`; only what is held. They sum to 1."""
    net_yield: float
    """Of the whole, a year."""
    volatility: float
    """Of the whole, a year."""
    net_carry: float
    """Net yield less the cost of the trades, spread over the horizon, a year."""
    cost: float
    """Of the trades, tax included, once, a fraction of the whole."""
    tax: float
    """Of that, on gains sold less losses sold."""
    value_usd: float
    """The whole in US dollars."""
    binding: tuple[Binding, ...]
    """Limits each of which costs something alone; empty on a frontier."""
    together: tuple[Limit, ...] = ()
    """Limits that cost something only together; empty on a frontier."""
    trades: tuple[Trade, ...]
    left_out: Mapping[str, str]
    """Products that could not be chosen, by ticker, and why."""
    notes: tuple[str, ...] = ()
    """What else to know, in sentences."""
    risk_shares: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """Part of the volatility that each ticker brings, a year; they sum to the volatility."""
    risk: Risk
    marks: Mark = NONE
    """What there is to say of the net yield."""
    cost_marks: Mark = NONE
    """What there is to say of the cost."""


def allocate(
    table: Table, rows: Sequence[int], limits: Limits, present: Present | None = None
) -> Allocation | Infeasible:
    """Return what brings most under the limits.

    Args:
        table: The figures under the scenario.
        rows: Places in the catalogue of the products to choose among.
        limits: What it keeps to.
        present: What is held now; None for nothing but cash.

    Raises:
        UsageError: The yield of cash is not known, or nothing that is held can be placed.
    """
    choice = choice_of(table, rows, present, limits.participation)
    stated = limits.stated()
    best = solved(choice, stated)
    if best is None:
        return clash_of(choice, stated)
    binding = binding_of(choice, stated, best)
    together = together_of(choice, stated, best, binding)
    found = _allocation(choice, stated, best)
    notes = found.notes
    if together:
        said = "bind only together: relaxing one alone brings nothing"
        notes = (*notes, f"{_listed(together)} {said}")
    return replace(found, binding=binding, together=together, notes=notes)


def allocation_frontier(
    table: Table,
    rows: Sequence[int],
    limits: Limits,
    present: Present | None = None,
    steps: int = STEPS,
) -> tuple[Allocation, ...]:
    """Return what brings most at each of a few volatilities, up to that of what yields most.

    It begins at none, or at the least that the other limits allow; what binds is not looked for.

    Args:
        table: The figures under the scenario.
        rows: Places in the catalogue of the products to choose among.
        limits: What it keeps to; its cap on volatility is what is varied.
        present: What is held now; None for nothing but cash.
        steps: How many caps are tried, at least two.

    Raises:
        UsageError: The yield of cash is not known, or nothing that is held can be placed.
    """
    choice = choice_of(table, rows, present, limits.participation)
    others = replace(limits, max_volatility=None).stated()
    freest = solved(choice, others)
    if freest is None:
        return ()
    last = _allocation(choice, others, freest)
    least = least_volatility(choice, others)
    found: list[Allocation] = []
    for step in range(steps - 1 if last.volatility > least else 0):
        value = least + (last.volatility - least) * step / (steps - 1)
        stated = (*others, Limit(measure=Measure.VOLATILITY, value=value))
        best = solved(choice, stated)
        if best is not None:
            found.append(_allocation(choice, stated, best))
    return (*found, last)


def _allocation(choice: Choice, limits: Sequence[Limit], best: Solved) -> Allocation:
    candidates, weights = choice.candidates, best.weights
    named = [(one.product.ticker, weight) for one, weight in zip(candidates, weights, strict=False)]
    held = {ticker: weight for ticker, weight in (*named, (CASH, weights[-1])) if weight}
    volatility, shares = _risk_shares(choice, weights)
    trades = tuple(_trades(choice, weights))
    cost = math.fsum([*(one.cost for one in trades), best.tax])
    net_yield = yield_of(choice, weights)
    return Allocation(
        weights=held,
        net_yield=net_yield,
        volatility=volatility,
        net_carry=net_yield - cost / choice.horizon_years,
        cost=cost,
        tax=best.tax,
        value_usd=choice.value_usd,
        binding=(),
        trades=trades,
        left_out={**choice.left_out, **_unsized(choice, limits)},
        notes=(*choice.notes, *_namesakes(choice, limits)),
        risk_shares=shares,
        risk=choice.risk,
        marks=_marks(choice, held),
        cost_marks=_cost_marks(choice, trades),
    )


def _marks(choice: Choice, held: Mapping[str, float]) -> Mark:
    """Return the cautions of the yields of what is held."""
    table = choice.table
    found = table.marks(0, "cash_yield") if CASH in held else NONE
    for one in choice.candidates:
        if one.product.ticker in held:
            found |= table.marks(one.row, HEADLINE)
    return found & CAUTIONS


def _cost_marks(choice: Choice, trades: Sequence[Trade]) -> Mark:
    """Return the cautions of the costs of what is traded."""
    traded, found = {one.ticker for one in trades}, NONE
    for one in choice.candidates:
        if one.product.ticker in traded:
            found |= choice.table.marks(one.row, "spread") | choice.table.marks(one.row, "premium")
    return found & CAUTIONS


def _listed(limits: Sequence[Limit]) -> str:
    *before, last = (one.words for one in limits)
    return f"{', '.join(before)} and {last}"


def _risk_shares(choice: Choice, weights: Sequence[float]) -> tuple[float, dict[str, float]]:
    """Return the volatility, and the part of it that each ticker held brings."""
    named = zip(choice.candidates, weights, strict=False)
    held = [(one.product, weight) for one, weight in named if weight]
    by_asset = dict.fromkeys(choice.risk.assets, 0.0)
    for product, weight in held:
        by_asset[product.asset] += weight
    pulls = {
        asset: math.fsum(map(operator.mul, row, by_asset.values()))
        for asset, row in zip(choice.risk.assets, choice.risk.matrix, strict=True)
    }
    variance = math.fsum(weight * pulls[asset] for asset, weight in by_asset.items())
    volatility = math.sqrt(max(0.0, variance))
    shares = {
        product.ticker: weight * pulls[product.asset] / volatility if volatility else 0.0
        for product, weight in held
    }
    return volatility, shares


def _trades(choice: Choice, weights: Sequence[float]) -> Iterator[Trade]:
    """Give what is bought or sold, in the order of the catalogue."""
    for one, weight in zip(choice.candidates, weights, strict=False):
        change = weight - one.now
        if abs(change) > _NO_TRADE:
            yield Trade(
                ticker=one.product.ticker,
                weight=change,
                usd=change * choice.value_usd,
                cost=one.cost_of(change),
                unknown=one.unpriced,
            )


def _unsized(choice: Choice, limits: Sequence[Limit]) -> dict[str, str]:
    """Say which products a limit on their size keeps out: too small, or of unknown size."""
    found: dict[str, str] = {}
    for limit in limits:
        key = _SIZES.get(limit.measure)
        if key is not None:
            for one, size in zip(choice.candidates, choice.figures(key), strict=True):
                if math.isnan(size):
                    said = f"its {FIGURES[key].said} is not known, which the {limit.words} needs"
                    found.setdefault(one.product.ticker, said)
                elif limit.measure is Measure.AUM and size < limit.value:
                    found.setdefault(one.product.ticker, f"below the {limit.words}")
    return found


def _namesakes(choice: Choice, limits: Sequence[Limit]) -> Iterator[str]:
    """Say which products count under every cap of a kind because their name is not known."""
    for kind in dict.fromkeys(one.kind for one in limits if one.measure is Measure.CAP):
        products = [one.product for one in choice.candidates]
        nameless = [one for one in products if kind is not None and name_of(one, kind) is None]
        if nameless:
            names = ", ".join(visible(one.ticker) for one in nameless)
            yield f"of unknown {kind}, so counted under each cap on one: {names}"
