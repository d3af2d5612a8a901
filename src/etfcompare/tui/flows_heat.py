"""Weeks by asset, or whatever the league is by: size by shade, direction by a sign as well."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len, set_cell_size
from textual.content import Content

from etfcompare.tui.flows_board import Board
from etfcompare.tui.flows_chart import Span, axis_of_months, span_of
from etfcompare.tui.styles import ACCENT, MUTED, STRONG
from etfcompare.visible import visible

_WIDEST_NAME: Final = 14
_CELLS: Final = 2
"""Cells of a period where they fit."""
_TALLEST: Final = 4
"""Lines of a row where there are few."""
_LARGE: Final = 0.5
"""From this part of its row's largest on, a flow is a triangle; below it is a plus or a minus."""
_SMALL: Final = 0.02
"""Below this it is a dot."""
_SHADES: Final = ((0.75, 75), (0.5, 55), (0.25, 38), (0.1, 24), (_SMALL, 12))
"""The part of the largest of its row from which a cell is so dark, in percent."""
LEGEND: Final = "▲ + in · ▼ − out · shade: part of the row's largest in sight"


@dataclass(frozen=True, slots=True)
class HeatMap:
    """The flows of the rows of a league, period by period."""

    board: Board
    keys: Sequence[str]
    """The rows, in the order of the league, the row of all left out."""
    cursor: str
    """The row that must be in sight."""
    chosen: int
    """The place of the period that stands out."""

    @property
    def _name_width(self) -> int:
        longest = max((cell_len(visible(one)) for one in self.keys), default=0)
        return min(max(longest, 4), _WIDEST_NAME)

    @property
    def indent(self) -> int:
        """Cells in front of the first period."""
        return self._name_width + 3

    def span(self, width: int) -> Span:
        """Return what is in sight in so many cells, the names included."""
        room = max(width - self.indent, 1)
        found = span_of(len(self.board.days), self.chosen, room)
        if found.cells <= _CELLS:
            return found
        return span_of(len(self.board.days), self.chosen, min(room, found.count * _CELLS))

    def lines(self, width: int, height: int) -> list[Content]:
        """Draw as many rows as fit, and the months below.

        Args:
            width: Cells to fill.
            height: Lines to fill.
        """
        tall = min(max((height - 1) // max(len(self.keys), 1), 1), _TALLEST)
        rows = (height - 1) // tall
        if rows < 1 or not self.keys or not self.board.days:
            return []
        span = self.span(width)
        place = self.keys.index(self.cursor) if self.cursor in self.keys else 0
        top = max(min(place - rows // 2, len(self.keys) - rows), 0)
        shown = self.keys[top : top + rows]
        lines = [line for key in shown for line in self._row(key, span, tall)]
        kind = self.board.kind
        return [*lines, axis_of_months(self.board.days, kind, span, self.chosen, self.indent)]

    def _row(self, key: str, span: Span, tall: int) -> Iterator[Content]:
        """Draw a row some lines tall, its name and its signs in the middle."""
        by_day = self.board.group(key).by_day
        values = [by_day.get(day) for day in self.board.days[span.first :][: span.count]]
        largest = max((abs(one) for one in values if one is not None), default=0.0)
        is_here = key == self.cursor
        for line in range(tall):
            is_middle = line == (tall - 1) // 2
            name = set_cell_size(visible(key) if is_middle else "", self._name_width)
            parts = [
                ("▌" if is_here else " ", ACCENT),
                (f"{name}  ", STRONG if is_here else MUTED),
            ]
            for place, value in enumerate(values, span.first):
                sign, style = _cell(value, largest)
                if place == self.chosen:
                    style = f"{style} bold underline".strip()
                parts.append(((sign if is_middle else "").ljust(span.cells), style))
            yield Content.assemble(*parts)


def _cell(value: float | None, largest: float) -> tuple[str, str]:
    if value is None:
        return " ", ""
    part = abs(value) / largest if largest else 0.0
    if part < _SMALL:
        return "·", "$foreground 40%"
    shade = next(percent for least, percent in _SHADES if part >= least)
    is_large = part >= _LARGE
    if value > 0:
        return "▲" if is_large else "+", f"$foreground on $success {shade}%"
    return "▼" if is_large else "−", f"$foreground on $error {shade}%"
