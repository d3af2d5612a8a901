"""The legend of a picture: signs and lines explained side by side, in as many rows as it takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from etfcompare.portfolio.svg import line_between, shape_at, text_at, width_of

_SIZE: Final = 12
"""Of the words."""
_SIGN: Final = 17
"""From the beginning of an entry to its words."""
_APART: Final = 40
"""What an entry takes beside its words."""


class Line(NamedTuple):
    """A line that is explained."""

    colour: str
    width: float


class Entry(NamedTuple):
    """A sign or a line, and what it means."""

    words: str
    sign: int | Line
    """The place of an asset in the catalogue, or the line."""


@dataclass(frozen=True, slots=True)
class Legend:
    """Entries between two edges."""

    entries: tuple[Entry, ...]
    left: float
    right: float
    line: float
    """From row to row."""

    @property
    def height(self) -> float:
        """What the rows take; one row at least."""
        return self.line * (1 + max((row for _, row, _ in self._placed()), default=0))

    def drawn(self, top: float) -> Iterator[str]:
        """Draw the entries.

        Args:
            top: Of the base line of the first row.
        """
        for x, row, (words, sign) in self._placed():
            y = top + self.line * row
            if isinstance(sign, Line):
                ends = (x, y - 4), (x + 12, y - 4)
                yield line_between(*ends, sign.colour, width=sign.width)
            else:
                yield shape_at(sign, x + 6, y - 4, 5.0)
            yield text_at(x + _SIGN, y, words, size=_SIZE, anchor="start")

    def _placed(self) -> Iterator[tuple[float, int, Entry]]:
        """Return where each begins, across, and in which row."""
        x, row = self.left, 0
        for one in self.entries:
            width = _APART + width_of(one.words, _SIZE)
            if x > self.left and x + width > self.right:
                x, row = self.left, row + 1
            yield x, row, one
            x += width
