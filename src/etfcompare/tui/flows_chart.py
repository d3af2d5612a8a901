"""Columns by period, above and below a line of zero, drawn in eighths of a cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from textual.content import Content

from etfcompare.history.series import PeriodKind
from etfcompare.history.sparkline import STEPS
from etfcompare.tui.flows_text import BAR_GAIN, BAR_LOSS, millions, month_label, month_of
from etfcompare.tui.styles import ACCENT, MUTED

MOST_PERIODS: Final = 52
"""Periods in sight, unless there is room for more with a gap between them."""
_AXIS: Final = 9
"""Cells at the left for the scale."""
_WIDEST: Final = 5
"""Cells of a period at most, the gap included."""
_PER_CELL: Final = len(STEPS)
_HANGING: Final = {1: "▔", _PER_CELL: STEPS[-1]}
"""Signs of cells filled from above by so many eighths; there are no others."""
_HERE: Final = "$accent 22%"
"""The ground of the period that is chosen."""
_LOWEST: Final = 4
"""Lines of the smallest chart: one above and one below zero, zero, and the months."""


@dataclass(frozen=True, slots=True)
class Span:
    """Which periods are in sight, and how wide each is drawn."""

    first: int
    """The place of the first among all."""
    count: int
    cells: int
    """Of a period, the gap included."""

    @property
    def has_gap(self) -> bool:
        """Whether a blank cell stands between two periods."""
        return self.cells > 1

    def place_at(self, x: int) -> int | None:
        """Return the place of the period that is drawn at a cell right of the scale."""
        column = x // self.cells
        return self.first + column if 0 <= column < self.count else None


def span_of(total: int, chosen: int, width: int) -> Span:
    """Choose what is in sight: the last periods, or those up to the chosen one if it is older.

    Args:
        total: How many periods there are.
        chosen: The place of the chosen one.
        width: Cells right of the scale.
    """
    wanted = min(total, MOST_PERIODS)
    cells = max(min(width // max(wanted, 1), _WIDEST), 1)
    count = min(total, width // cells)
    first = max(total - count, 0)
    if chosen < first:
        first = max(chosen - count // 4, 0)
    return Span(first, count, cells)


@dataclass(frozen=True, slots=True)
class Chart:
    """A series as columns."""

    days: Sequence[int]
    """The last days of the periods."""
    values: Sequence[float | None]
    """US dollars; None is drawn as a dot."""
    kind: PeriodKind
    chosen: int
    """The place of the period that stands out."""

    @property
    def indent(self) -> int:
        """Cells in front of the first period."""
        return _AXIS

    def span(self, width: int) -> Span:
        """Return what is in sight in so many cells, the scale included."""
        return span_of(len(self.days), self.chosen, max(width - _AXIS, 1))

    def lines(self, width: int, height: int) -> list[Content]:
        """Draw the columns, a line of zero, the scale and the months.

        Args:
            width: Cells to fill.
            height: Lines to fill; below four there is no chart.
        """
        if height < _LOWEST or width <= _AXIS or not self.days:
            return []
        span = self.span(width)
        shown = self.values[span.first : span.first + span.count]
        known = [one for one in shown if one is not None]
        most, least = max([0.0, *known]), min([0.0, *known])
        up, down = _halves(most, least, height - 2)
        unit = max(most / up if up else 0.0, -least / down if down else 0.0) or 1.0
        lines = [
            self._line(span, shown, row * unit, unit, _scale(row + 1, up, most))
            for row in reversed(range(up))
        ]
        lines.append(self._zero(span, shown))
        lines += [
            self._line(span, shown, -row * unit, -unit, _scale(row + 1, down, least))
            for row in range(down)
        ]
        return [*lines, axis_of_months(self.days, self.kind, span, self.chosen, _AXIS)]

    def _line(
        self,
        span: Span,
        shown: Sequence[float | None],
        begins: float,
        unit: float,
        scale: str,
    ) -> Content:
        """Draw one line of all columns; its far edge is a unit from where it begins."""
        parts: list[tuple[str, str]] = [(f"{scale:>{_AXIS - 2}}  ", MUTED)]
        for place, value in enumerate(shown, span.first):
            ground = f" on {_HERE}" if place == self.chosen else ""
            eighths = 0 if value is None else round((value - begins) / unit * _PER_CELL)
            if value and not begins:
                eighths = max(eighths, 1) if value * unit > 0 else 0
            text, style = _cell(min(max(eighths, 0), _PER_CELL), is_down=unit < 0)
            bar = span.cells - span.has_gap
            parts.append((text * bar, f"{style}{ground}" if style else ground.strip()))
            if span.has_gap:
                parts.append((" ", ""))
        return Content.assemble(*_joined(parts))

    def _zero(self, span: Span, shown: Sequence[float | None]) -> Content:
        parts: list[tuple[str, str]] = [(f"{'0':>{_AXIS - 2}}  ", MUTED)]
        for place, value in enumerate(shown, span.first):
            is_here = place == self.chosen
            style = f"bold {ACCENT} on {_HERE}" if is_here else "$foreground 40%"
            sign = "·" if value is None else "━" if is_here else "─"
            parts.append((sign * (span.cells - span.has_gap), style))
            if span.has_gap:
                parts.append(("─", "$foreground 40%"))
        return Content.assemble(*_joined(parts))


def axis_of_months(
    days: Sequence[int], kind: PeriodKind, span: Span, chosen: int, indent: int
) -> Content:
    """Write the months under their first periods, and an arrow under the chosen one.

    A label that would stand where the arrow does is left out: elsewhere it would be untrue.
    """
    room = span.count * span.cells
    text = [" "] * room
    free = 0
    here = (chosen - span.first) * span.cells
    before = month_of(days[span.first], kind)
    for column in range(1, span.count):
        month = month_of(days[span.first + column], kind)
        label = month_label(*month)
        x = column * span.cells
        is_free = x >= free and not x <= here < x + len(label)
        if month != before and is_free and x + len(label) <= room:
            text[x : x + len(label)] = label
            free = x + len(label) + 1
        before = month
    line = "".join(text)
    if not 0 <= here < room:
        return Content(" " * indent) + Content.styled(line, MUTED)
    return Content.assemble(
        " " * indent, (line[:here], MUTED), ("▲", f"bold {ACCENT}"), (line[here + 1 :], MUTED)
    )


def _halves(most: float, least: float, height: int) -> tuple[int, int]:
    """Share lines out between what is above zero and what is below."""
    if not least:
        return height, 0
    if not most:
        return 0, height
    up = round(height * most / (most - least))
    up = min(max(up, 1), height - 1)
    return up, height - up


def _scale(row: int, rows: int, value: float) -> str:
    """Return what the scale says at the far edge of the outermost line."""
    return millions(value, 0) if row == rows else ""


def _cell(eighths: int, *, is_down: bool) -> tuple[str, str]:
    """Return the sign of a cell filled from zero on; downwards it is a rest in reverse."""
    if eighths == 0:
        return " ", ""
    if not is_down:
        return STEPS[eighths - 1], BAR_GAIN
    if eighths in _HANGING:
        return _HANGING[eighths], BAR_LOSS
    return STEPS[_PER_CELL - eighths - 1], f"reverse {BAR_LOSS}"


def _joined(parts: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Put neighbours of one style together."""
    text, style = "", ""
    for one, its_style in parts:
        if its_style == style:
            text += one
            continue
        if text:
            yield text, style
        text, style = one, its_style
    if text:
        yield text, style
