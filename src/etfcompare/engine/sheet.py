"""What is shown of a comparison, column by column, whatever shows it: a screen, a page, a file."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from etfcompare.engine.cells import (
    ESTIMATED_SIGN,
    NOT_APPLICABLE_SIGN,
    STALE_SIGN,
    UNKNOWN_SIGN,
    cell_text,
    difference_of,
    signs_of,
)
from etfcompare.engine.comparison import Comparison, SortKey
from etfcompare.engine.figure import Figure, Unit
from etfcompare.engine.figures import FIGURES, HEADLINE, Table
from etfcompare.engine.marks import NONE, Mark

TICKER = "ticker"
"""Key of the column that every sheet begins with."""
NOW = "now"
"""How the scenario of the comparison itself is called beside pinned ones."""

ARROWS = {True: "▼", False: "▲"}
"""The arrow of a sort, by whether it descends."""
MEANINGS = {
    ESTIMATED_SIGN: "estimated",
    STALE_SIGN: "stale or undated",
    UNKNOWN_SIGN: "unknown",
    NOT_APPLICABLE_SIGN: "does not apply",
}
"""What the signs beside and instead of figures mean."""


class Pin(NamedTuple):
    """A scenario that was kept to be compared with."""

    name: str
    """A or B."""
    table: Table
    """The figures under it, of the catalogue that the comparison is of."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SheetColumn:
    """A figure under one scenario, or how far it is apart under two."""

    key: str
    """`net_yield`; under a pinned scenario `net_yield@A`, as a difference `net_yield@B-A`
    or, from the present, `net_yield-A`."""
    figure: Figure
    """What is shown, in the unit in which it is shown."""
    label: str
    heading: str
    """A shorter name, for the heading of a column."""
    source: str
    """Key of the figure in the tables."""
    table: Table
    less: Table | None = None
    """The figures to take off, where the column is a difference."""

    def value(self, row: int) -> float | str | None:
        """Return what the column holds for a product, None where there is nothing.

        Args:
            row: The product's place in the catalogue.
        """
        if self.less is None:
            return self.table.value(row, self.source)
        apart = self.table.number(row, self.source) - self.less.number(row, self.source)
        return None if math.isnan(apart) else apart

    def marks(self, row: int) -> Mark:
        """Return what there is to say of it; of a difference, what there is of either figure."""
        marks = self.table.marks(row, self.source)
        if self.less is None:
            return marks
        marks |= self.less.marks(row, self.source)
        if self.value(row) is not None:
            return marks
        return Mark.NOT_APPLICABLE if _never_applies(marks) else Mark.UNKNOWN

    def signs(self, row: int) -> str:
        """Return the signs beside it, or the one instead of it."""
        if self.value(row) is None:
            return self.text(row)
        return signs_of(self.marks(row))

    def text(self, row: int, *, minus: str = "-") -> str:
        """Return it as people read it, with its marks.

        Args:
            row: The product's place in the catalogue.
            minus: The minus sign.
        """
        return cell_text(self.figure, self.value(row), self.marks(row), minus=minus)

    @property
    def is_words(self) -> bool:
        """Whether it holds words rather than numbers."""
        return self.figure.unit is Unit.WORDS


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sheet:
    """A comparison with the columns in which it is shown."""

    comparison: Comparison
    columns: tuple[SheetColumn, ...]
    """The ticker, then the others from left to right."""
    pins: tuple[Pin, ...] = ()

    def arrow(self, key: str) -> str:
        """Return the arrow of a column that the comparison is sorted by, else nothing.

        Of several sort keys, each arrow has its place behind it.
        """
        sort = self.comparison.sort
        for place, one in enumerate(sort, start=1):
            if one.key == key:
                return ARROWS[one.descending] + (str(place) if len(sort) > 1 else "")
        return ""

    def legend(self) -> dict[str, str]:
        """Return what the signs that occur in it mean."""
        cells = ((column, row) for column in self.columns for row in self.comparison.rows)
        seen = {sign for column, row in cells for sign in column.signs(row)}
        return {sign: meaning for sign, meaning in MEANINGS.items() if sign in seen}


def sort_in_words(sort: Sequence[SortKey]) -> str:
    """Say by what is sorted and which way: `net yield, highest first; ticker, A to Z`."""
    return (
        "; ".join(f"{FIGURES[key].said}, {_way(key, descending)}" for key, descending in sort)
        or "none"
    )


def sheet_of(comparison: Comparison, keys: Sequence[str], pins: Sequence[Pin] = ()) -> Sheet:
    """Lay out a comparison in columns.

    Where scenarios are pinned, the figure that the comparison is sorted by (the net yield, where
    that is words) is followed by what it is under each of them, and by the difference.

    Args:
        comparison: What to show.
        keys: Of the figures to show; the ticker comes first whether it is named or not.
        pins: At most two, of the same catalogue.
    """
    assert all(pin.table.catalogue is comparison.table.catalogue for pin in pins)
    pinned = _pinned(comparison)
    shown = dict.fromkeys((TICKER, *keys, *([pinned] if pins else [])))
    columns: list[SheetColumn] = []
    for key in shown:
        columns.append(_plain(comparison.table, key))
        if pins and key == pinned:
            columns += _beside(comparison.table, FIGURES[key], pins)
    return Sheet(comparison=comparison, columns=tuple(columns), pins=tuple(pins))


def _way(key: str, descending: bool) -> str:  # noqa: FBT001 - a pair taken apart
    if FIGURES[key].unit is Unit.WORDS:
        return "Z to A" if descending else "A to Z"
    return "highest first" if descending else "lowest first"


def _pinned(comparison: Comparison) -> str:
    key = comparison.sort[0].key if comparison.sort else HEADLINE
    return HEADLINE if FIGURES[key].unit is Unit.WORDS else key


def _plain(table: Table, key: str) -> SheetColumn:
    figure = FIGURES[key]
    return SheetColumn(
        key=key,
        figure=figure,
        label=figure.label,
        heading=figure.heading,
        source=key,
        table=table,
    )


def _beside(table: Table, figure: Figure, pins: Sequence[Pin]) -> Iterator[SheetColumn]:
    for pin in pins:
        yield replace(
            _plain(pin.table, figure.key),
            key=f"{figure.key}@{pin.name}",
            label=f"{figure.label} {pin.name}",
            heading=f"{figure.heading} {pin.name}",
        )
    first, *others = pins
    later = others[-1] if others else Pin(NOW, table)
    yield SheetColumn(
        key=f"{figure.key}@{later.name}-{first.name}" if others else f"{figure.key}-{first.name}",
        figure=difference_of(figure),
        label=f"{figure.label}, {later.name} less {first.name}",
        heading=f"{later.name}−{first.name}",
        source=figure.key,
        table=later.table,
        less=first.table,
    )


def _never_applies(marks: Mark) -> bool:
    return marks & Mark.NOT_APPLICABLE != NONE and marks & Mark.UNKNOWN == NONE
