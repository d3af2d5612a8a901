"""The frontier drawn in characters: axes, cash, both lines, signs and their labels.

What comes out is cells with what they are; colours belong to whoever shows them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from etfcompare.engine.figures import FIGURES
from etfcompare.portfolio.frontier import ACROSS, CASH, UP, Frontier
from etfcompare.portfolio.glyphs import BROKEN, STROKES, Glyph, Ink, Strokes
from etfcompare.portfolio.labels import Anchor, Box, placed_labels
from etfcompare.portfolio.plot import Spot, Window, nearest, spots_of
from etfcompare.portfolio.told import Told, told_of
from etfcompare.units import format_rate

FEWEST_COLUMNS: Final = 30
"""Cells across that a plot needs, its scale included."""
FEWEST_LINES: Final = 8
"""Lines that it needs, its scale included."""
_LINES_BELOW: Final = 2
"""Lines of the scale across."""
_CELLS_A_TICK: Final = 10
_LINES_A_TICK: Final = 3


_BLANK: Final = Glyph(" ", Ink.BLANK)
_LINES: Final = frozenset({Ink.CASH, Ink.EFFICIENT_LINE, Ink.LEADER_LINE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A frontier in characters."""

    lines: tuple[tuple[Glyph, ...], ...]
    """From the top; each as wide as was asked."""
    spots: tuple[Spot, ...]
    """The points in sight by cell, counted from the top left of the plane."""
    left: int
    """Cells of the scale, left of the plane."""

    @property
    def high(self) -> int:
        """Lines of the plane."""
        return len(self.lines) - _LINES_BELOW

    def texts(self) -> Iterator[str]:
        """Return the lines without anything but their characters."""
        for line in self.lines:
            yield "".join(glyph.sign for glyph in line).rstrip()


def drawn(
    frontier: Frontier,
    window: Window,
    *,
    columns: int,
    lines: int,
    signs: Mapping[str, str],
    strokes: Strokes = STROKES,
    chosen: str | None = None,
    marked: Collection[str] = (),
    minus: str = "-",
    shown: Callable[[str], str] = str,
    width_of: Callable[[str], int] = len,
) -> Drawing:
    """Draw what a window holds of a frontier.

    Args:
        frontier: The points.
        window: What is in sight.
        columns: Cells across, at least `FEWEST_COLUMNS`.
        lines: Cells down, at least `FEWEST_LINES`.
        signs: One for each asset.
        strokes: The characters of lines.
        chosen: Ticker of the point that stands out.
        marked: Tickers that the user marked, which are labelled before others.
        minus: The minus sign of the scale.
        shown: Makes a foreign text safe to show.
        width_of: Tells how many cells a text takes.
    """
    high = lines - _LINES_BELOW
    up = window.y_ticks(max(high // _LINES_A_TICK, 2))
    left = max((len(up.text(value, minus=minus)) for value in up.values), default=0) + 2
    plane = _Plane(window, columns - left, high, strokes, minus)
    plane.cash(frontier.cash)
    plane.leaders(frontier.leader_steps)
    plane.steps(frontier.steps)
    pairs = [(one.volatility, one.net_yield) for one in frontier.points]
    spots = spots_of(window, pairs, plane.columns, plane.lines)
    told = told_of(frontier, spots, chosen, marked)
    for one in told:
        plane.put(one.spot, Glyph(signs[one.first.asset], one.ink, one.first.asset))
    plane.label(told, shown, width_of, frontier.cash)
    return Drawing(lines=tuple(plane.framed(left)), spots=spots, left=left)


class _Plane:
    """The cells right of one axis and above the other."""

    def __init__(
        self, window: Window, columns: int, lines: int, strokes: Strokes, minus: str
    ) -> None:
        self.window, self.columns, self.lines = window, columns, lines
        self.strokes, self.minus = strokes, minus
        self.cells = [[_BLANK] * columns for _ in range(lines)]

    def put(self, at: Spot, glyph: Glyph) -> None:
        self.cells[at.line][at.column] = glyph

    def cash(self, cash: float | None) -> None:
        line = None if cash is None else self._line(cash)
        if line is not None:
            self.cells[line] = [Glyph(self.strokes.cash, Ink.CASH)] * self.columns

    def steps(self, corners: Sequence[tuple[float, float]]) -> None:
        """Draw the efficient line: across at each yield, up where the next one begins."""
        for column, line, stroke in self._path(corners):
            self._stroke(column, line, Glyph(stroke, Ink.EFFICIENT_LINE))

    def leaders(self, corners: Sequence[tuple[float, float]]) -> None:
        """Draw the line through the leaders likewise, in dots."""
        path = list(self._path(corners))
        turns = {(column, line) for column, line, stroke in path if stroke != self.strokes.step}
        for column, line, _ in path:
            is_dot = column % 2 == 0 and (column + 1, line) not in turns
            if is_dot or (column, line) in turns:
                self._stroke(column, line, Glyph(self.strokes.lead, Ink.LEADER_LINE))

    def _path(self, corners: Sequence[tuple[float, float]]) -> Iterator[tuple[int, int, str]]:
        """Return the cells of a stepped line to the right edge, and the stroke in each."""
        if not corners:
            return
        last_x, last_y = corners[-1]
        edges = [(self._column(x), self._down(y)) for x, y in corners]
        edges.append((self._column(max(self.window.most_x, last_x)), self._down(last_y)))
        for (left, line), (right, above) in pairwise(edges):
            for column in range(left, right):
                yield column, line, self.strokes.step
            for between in range(above + 1, line):
                yield right, between, self.strokes.rise
            yield right, line, self.strokes.turn_up if above < line else self.strokes.step
            if above < line:
                yield right, above, self.strokes.turn_right

    def label(
        self,
        told: Sequence[Told],
        shown: Callable[[str], str],
        width_of: Callable[[str], int],
        cash: float | None,
    ) -> None:
        """Write labels where there is room, and cash at the end of its line if that is free."""
        texts = [shown(one.signed_text) for one in told]
        anchors = [
            Anchor(
                sign=Box(one.spot.column, one.spot.line, 1, 1),
                text=text,
                width=width_of(text),
                is_vital=one.is_vital,
            )
            for one, text in zip(told, texts, strict=True)
        ]
        taken = [] if cash is None else list(self._label_cash(cash, [one.spot for one in told]))
        labels = placed_labels(anchors, width=self.columns, height=self.lines, apart=1, taken=taken)
        for box, text, place in labels:
            self._write(box, Glyph(text, told[place].label_ink))

    def _label_cash(self, cash: float, spots: Sequence[Spot]) -> Iterator[Box]:
        """Name the line of cash at one of its ends, if no point is there; return where."""
        line, text = self._line(cash), f"{CASH} {format_rate(cash)}"
        if line is None or len(text) + 1 >= self.columns:
            return
        columns = [one.column for one in spots if one.line == line]
        for left in (1, self.columns - 1 - len(text)):
            if not any(left - 1 <= column <= left + len(text) for column in columns):
                box = Box(left, line, len(text), 1)
                self._write(box, Glyph(text, Ink.CASH))
                yield box
                return

    def framed(self, left: int) -> Iterator[tuple[Glyph, ...]]:
        """Return the lines with both scales."""
        up = self.window.y_ticks(max(self.lines // _LINES_A_TICK, 2))
        texts = {self._down(value): up.text(value, minus=self.minus) for value in up.values}
        for line, cells in enumerate(self.cells):
            stroke = self.strokes.tick_down if line in texts else self.strokes.down
            yield *_framed(f"{texts.get(line, ''):>{left - 1}}{stroke}"), *cells
        yield from self._foot(left)

    def _foot(self, left: int) -> Iterator[tuple[Glyph, ...]]:
        axis = [self.strokes.across] * self.columns
        below = [" "] * (left + self.columns)
        across = self.window.x_ticks(max(self.columns // _CELLS_A_TICK, 2))
        for value in across.values:
            column, text = self._column(value), across.text(value, minus=self.minus)
            start = min(max(left + column - len(text) // 2, 0), len(below) - len(text))
            if "".join(below[max(start - 1, 0) : start + len(text) + 1]).strip():
                continue
            axis[column] = self.strokes.tick_across
            below[start : start + len(text)] = text
        if self.window.least_x > 0:
            axis[: len(BROKEN)] = BROKEN
        yield tuple(_framed(f"{self.strokes.corner:>{left}}{''.join(axis)}"))
        yield tuple(_framed("".join(below)))

    def _write(self, box: Box, glyph: Glyph) -> None:
        """Write a label, and break the lines before and behind it."""
        cells, left, right = self.cells[int(box.top)], int(box.left), int(box.left + box.width)
        cells[left:right] = [glyph, *[Glyph("", glyph.ink)] * (right - left - 1)]
        for beside in (left - 1, right):
            if 0 <= beside < self.columns and cells[beside].ink in _LINES:
                cells[beside] = _BLANK

    def _stroke(self, column: int, line: int, glyph: Glyph) -> None:
        if 0 <= column < self.columns and 0 <= line < self.lines:
            self.cells[line][column] = glyph

    def _column(self, x: float) -> int:
        """Return the column of a volatility, also of one out of sight, but just outside then."""
        across, _ = self.window.place(x, 0.0, self.columns - 1, 1)
        return nearest(min(max(across, -1.0), self.columns))

    def _down(self, y: float) -> int:
        """Return the line of a yield, likewise."""
        _, down = self.window.place(0.0, y, 1, self.lines - 1)
        return nearest(min(max(down, -1.0), self.lines))

    def _line(self, y: float) -> int | None:
        line = self._down(y)
        return line if self.window.least_y <= y <= self.window.most_y else None


def _framed(text: Iterable[str]) -> Iterator[Glyph]:
    for sign in text:
        yield Glyph(sign, Ink.BLANK if sign == " " else Ink.FRAME)


def axes_in_words() -> str:
    """Say what runs up and what across."""
    return f"{FIGURES[UP].label} up, {FIGURES[ACROSS].said} across"
