"""Yield against price risk: which products nothing beats on both, and what beats the others.

The formulas of yield and volatility are the engine's; here they are only held against each other
(Methodology 3).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter
from types import MappingProxyType
from typing import Final

from etfcompare.engine.figures import FIGURES, HEADLINE, Table
from etfcompare.engine.marks import CAUTIONS, Mark

ACROSS: Final = "volatility"
"""Key of the figure that runs across; up runs the net yield."""
UP: Final = HEADLINE
CASH: Final = "cash"
"""What cash is called where a ticker could stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A product by its volatility and its net yield."""

    row: int
    """Its place in the catalogue."""
    ticker: str
    asset: str
    volatility: float
    """Yearly, of the coin's price; a fraction."""
    net_yield: float
    """A fraction a year."""
    marks: Mark
    """Cautions of either figure."""
    is_efficient: bool = True
    """Whether nothing beats it."""
    beaten_by: str | None = None
    """Ticker, or `cash`, of the best that beats it; None if it is efficient."""
    leads: bool = True
    """Whether no product beats it, cash left aside; so does every efficient one."""

    @property
    def only_leads(self) -> bool:
        """Whether it leads, though cash beats it."""
        return self.leads and not self.is_efficient


@dataclass(frozen=True, slots=True, kw_only=True)
class Frontier:
    """Products by volatility and net yield, beside cash."""

    points: tuple[Point, ...]
    """By volatility, then by net yield downward, then by ticker."""
    cash: float | None
    """What cash yields, at no volatility; a fraction a year, None if unknown."""
    efficient: tuple[Point, ...]
    """Those that nothing beats, in the same order: each more volatile one yields more."""
    left_out: Mapping[str, str]
    """Products that are no points, by ticker in the order of the catalogue, and why."""

    @property
    def leaders(self) -> tuple[Point, ...]:
        """Those that no product beats, cash left aside, in the order of the points."""
        return tuple(one for one in self.points if one.leads)

    @property
    def steps(self) -> tuple[tuple[float, float], ...]:
        """The corners of the efficient line: from cash up, each volatility and its best yield."""
        best = _corners(self.efficient)
        starts_at_cash = self.cash is not None and all(volatility for volatility, _ in best)
        return (*([(0.0, self.cash or 0.0)] if starts_at_cash else []), *best)

    @property
    def leader_steps(self) -> tuple[tuple[float, float], ...]:
        """The corners of the line through the leaders, from the least volatile one up."""
        return _corners(self.leaders)

    @property
    def beaten(self) -> Mapping[str, int]:
        """How many each beats that is the best to beat them, most first, by ticker or `cash`."""
        counts = Counter(one.beaten_by for one in self.points if one.beaten_by is not None)
        order = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
        return MappingProxyType(dict(order))

    def at(self, ticker: str) -> Point | None:
        """Return the point of a product; None if it is left out, or not in sight."""
        return next((one for one in self.points if one.ticker == ticker), None)


def frontier_of(table: Table, rows: Sequence[int]) -> Frontier:
    """Hold products and cash against each other by volatility and net yield (Methodology 3).

    One beats another if it yields at least as much at no more volatility, and is better in one of
    the two; figures are taken in full, not as they are shown. Products that are equal in both do
    not beat each other: all of them are efficient, or what beats one beats all. Of several that
    beat a product, named is the one that yields most, then the least volatile, then cash, then the
    first by ticker. Which products lead is judged in the same way, but without cash. Takes n log n
    steps.

    Args:
        table: The figures under a scenario.
        rows: Places of the products in the catalogue, in any order.
    """
    found = (_point(table, row) for row in rows)
    known = [one for one in found if math.isfinite(one.volatility + one.net_yield)]
    known.sort(key=lambda one: (one.volatility, -one.net_yield, one.ticker))
    cash = table.shared("cash_yield")
    points = tuple(_judged(known, cash))
    return Frontier(
        points=points,
        cash=cash,
        efficient=tuple(one for one in points if one.is_efficient),
        left_out=MappingProxyType(_left_out(table, sorted({*rows} - {one.row for one in known}))),
    )


def _point(table: Table, row: int) -> Point:
    product = table.products[row]
    marks = table.marks(row, ACROSS) | table.marks(row, UP)
    return Point(
        row=row,
        ticker=product.ticker,
        asset=product.asset,
        volatility=table.number(row, ACROSS),
        net_yield=table.number(row, UP),
        marks=marks & CAUTIONS,
    )


def _corners(points: Iterable[Point]) -> tuple[tuple[float, float], ...]:
    """Return volatility and net yield of each, those that are equal once."""
    return tuple(dict.fromkeys((one.volatility, one.net_yield) for one in points))


def _judged(points: Sequence[Point], cash: float | None) -> Iterator[Point]:
    """Walk from the least volatile to the most, with the best so far in hand."""
    best, most, at = CASH, -math.inf if cash is None else cash, 0.0
    most_led = -math.inf
    for volatility, alike in groupby(points, key=attrgetter("volatility")):
        column = list(alike)
        first = column[0]
        if first.net_yield > most:
            best, most, at = first.ticker, first.net_yield, volatility
        leads_here = first.net_yield > most_led
        most_led = max(most_led, first.net_yield)
        for one in column:
            leads = leads_here and one.net_yield == first.net_yield
            if one.net_yield < most or at < volatility:
                yield replace(one, is_efficient=False, beaten_by=best, leads=leads)
            else:
                yield replace(one, leads=leads)


def _left_out(table: Table, rows: Sequence[int]) -> dict[str, str]:
    return {table.products[row].ticker: _why(table, row) for row in rows}


def _why(table: Table, row: int) -> str:
    """Say which of the two figures of a product there is not."""
    missing = [key for key in (UP, ACROSS) if not math.isfinite(table.number(row, key))]
    never = [key for key in missing if table.marks(row, key) & Mark.NOT_APPLICABLE]
    names = " and ".join(FIGURES[key].said for key in never or missing)
    if never:
        return f"{names} {'do' if len(never) > 1 else 'does'} not apply"
    return f"{names} unknown"
