"""Which columns of the grid stand where: whole columns in a given width, the pinned ones first.

Only counting lives here; nothing is drawn and nothing is asked of a terminal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from rich.cells import cell_len

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

GUTTER: Final = 2
"""Cells at the left: the bar of the cursor and the sign of a mark."""
PADDING: Final = 2
"""Cells around the content of a column, one on each side."""
SCROLLBAR: Final = 1
"""Cells at the right."""


@dataclass(frozen=True, slots=True)
class GridColumn:
    """One column of the grid.

    In a right-aligned column the last cell of the width belongs to marks and to the sort arrow:
    texts end in a mark or a blank, so that figures and heading share one right edge.
    """

    key: str
    """The name by which cells, sorting and the cursor know it."""
    heading: str
    """What stands above it."""
    width: int
    """Room for its content in terminal cells; see `fitting_width`."""
    align: Literal["left", "right"] = "left"
    """The edge on which texts and heading stand."""
    pinned: bool = False
    """Whether it stays in place while the others scroll sideways."""
    gap: bool = False
    """Whether a group of columns starts here, set off by a blank column."""
    marks: int = 0
    """Cells of the width kept free behind the text, for the marks of a figure."""
    tooltip: str = ""
    """What is shown when the mouse rests on the heading."""


def fitting_width(heading: str, texts: Iterable[str]) -> int:
    """The width that holds the heading with a sort arrow after it, and each of the texts."""
    return max(cell_len(heading) + 1, *map(cell_len, texts), 0)


class Placed(NamedTuple):
    """A column on the screen: where its cell starts, padding included, and its content width."""

    column: GridColumn
    x: int
    width: int


class Arrangement(NamedTuple):
    """Which columns stand where."""

    order: tuple[GridColumn, ...]
    """All columns from left to right, the pinned ones first."""
    first: int
    """The place in that order of the first column that scrolls and is shown."""
    placed: tuple[Placed, ...]
    hidden_before: bool
    hidden_after: bool


def _span(column: GridColumn) -> int:
    return column.width + PADDING + column.gap


def _total(columns: Iterable[GridColumn]) -> int:
    return sum(map(_span, columns))


def arranged(
    columns: Sequence[GridColumn], *, width: int, first: int, cursor: str | None
) -> Arrangement:
    """Place whole columns in a width, scrolled no further than the column `cursor` needs.

    Args:
        columns: All of them, as given.
        width: Of the grid, in terminal cells.
        first: The place of the first scrolling column wanted.
        cursor: The key of the column that must be seen; None leaves the scroll to `first`.
    """
    room = max(0, width - GUTTER - SCROLLBAR)
    pinned = [column for column in columns if column.pinned]
    scrolling = [column for column in columns if not column.pinned]
    while pinned and _total(pinned) + max(map(_span, scrolling), default=0) > room:
        scrolling.insert(0, pinned.pop(0))
    order = (*pinned, *scrolling)
    fixed = len(pinned)
    room -= _total(pinned)

    first = min(max(first, fixed), max(fixed, len(order) - 1)) if room else fixed
    position = next((place for place, column in enumerate(order) if column.key == cursor), -1)
    if room and position >= fixed:
        first = min(first, position)
        while first < position and _total(order[first : position + 1]) > room:
            first += 1
    while first > fixed and _total(order[first - 1 :]) <= room:
        first -= 1

    placed: list[Placed] = []
    x = GUTTER
    limit = width - SCROLLBAR
    shown = 0
    for column in (*pinned, *order[first:]):
        fits = x + _span(column) <= limit
        alone = shown == fixed  # one column that is wider than the room is cut, never left out
        content = column.width if fits else limit - x - column.gap - PADDING
        if content < 1 or not (fits or alone):
            break
        placed.append(Placed(column, x + column.gap, content))
        x += _span(column)
        shown += 1
    hidden_after = first + shown - fixed < len(order)
    return Arrangement(order, first, tuple(placed), first > fixed, hidden_after)
