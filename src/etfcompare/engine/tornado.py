"""What moves one figure of one product most: each input down and up by the same part of itself."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from etfcompare.engine.assumption_levers import assumption_levers
from etfcompare.engine.figures import HEADLINE, Table
from etfcompare.engine.levers import Lever, Measure, product_levers
from etfcompare.engine.marks import NONE, Mark
from etfcompare.engine.roots import NOISE

TENTH: Final = 0.1
"""The part by which inputs are moved unless somebody says otherwise."""
WAIVERS_END: Final = "Waivers end"


class End(NamedTuple):
    """One end of a bar."""

    value: float | None
    """What the input is there, in its own unit; None where it is on or off."""
    figure: float
    """What the figure is then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """What one input does to the figure."""

    lever: Lever | None
    """The input; None for waivers, which are on or off."""
    low: End | None
    """With the input moved down; None where it is at its bound."""
    high: End | None
    """With the input moved up, or switched; None where it is at its bound."""
    swing: float
    """From the lowest to the highest of the figure, as it is now included."""

    @property
    def label(self) -> str:
        """What it is called."""
        return WAIVERS_END if self.lever is None else self.lever.label

    @property
    def path(self) -> str:
        """Where the catalogue states it, or the option that assumes it."""
        return "--no-waivers" if self.lever is None else self.lever.path

    @property
    def marks(self) -> Mark:
        """What there is to say of its present value."""
        return NONE if self.lever is None else self.lever.marks


@dataclass(frozen=True, slots=True, kw_only=True)
class Tornado:
    """What moves a figure of a product, the most first."""

    ticker: str
    key: str
    now: float | None
    """The figure as it is; None if it is unknown."""
    by: float
    """The part of itself by which each input is moved."""
    bars: tuple[Bar, ...]


def tornado(table: Table, row: int, *, key: str = HEADLINE, by: float = TENTH) -> Tornado:
    """Return what each input of a figure does to it, the widest swing first.

    An input of zero has no part of itself, and what has no effect is left out. Days are moved by
    whole ones.

    Args:
        table: The figures.
        row: The product's place in the catalogue.
        key: The figure.
        by: The part of itself by which each input is moved, 0.1 for a tenth.
    """
    alone = table.alone(row)
    now = alone.number(0, key)
    bars: list[Bar] = []
    if not math.isnan(now):
        bars = [one for one in _bars(alone, key, by, now) if one.swing > NOISE]
        bars.sort(key=lambda one: -round(one.swing, 12))
    return Tornado(
        ticker=table.products[row].ticker,
        key=key,
        now=None if math.isnan(now) else now,
        by=by,
        bars=tuple(bars),
    )


def _bars(table: Table, key: str, by: float, now: float) -> Iterator[Bar]:
    for lever in assumption_levers(table, (0,), key):
        stays = lever.move(table, lever.now).number(0, key)
        if abs(stays - now) <= NOISE:
            yield _bar(lever, table, key, by, now)
    for lever in product_levers(table, 0, key):
        yield _bar(lever, table, key, by, now)
    if table.scenario.waivers:
        full = table.under(table.scenario.but("waivers", value=False)).number(0, key)
        if not math.isnan(full):
            yield Bar(
                lever=None,
                low=None,
                high=End(None, full),
                swing=abs(full - now),
            )


def _bar(lever: Lever, table: Table, key: str, by: float, now: float) -> Bar:
    low, high = (_end(lever, table, key, way * by) for way in (-1, 1))
    figures = [now, *(one.figure for one in (low, high) if one is not None)]
    return Bar(
        lever=lever,
        low=low,
        high=high,
        swing=max(figures) - min(figures),
    )


def _end(lever: Lever, table: Table, key: str, part: float) -> End | None:
    value = round(lever.now + abs(lever.now) * part, 12)
    if lever.measure is Measure.DAYS:
        value = float(round(value))
    value = min(max(value, lever.least), lever.most)
    if value == lever.now:
        return None
    figure = lever.move(table, value).number(0, key)
    return None if math.isnan(figure) else End(value, figure)
