"""The chart of the frontier on the screen: in colours, with a legend, and under the mouse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from rich.cells import cell_len
from textual.content import Content

from etfcompare.portfolio.frontier import Frontier, Point
from etfcompare.portfolio.glyphs import Glyph, Ink
from etfcompare.portfolio.plot import Window
from etfcompare.portfolio.text_plot import (
    FEWEST_COLUMNS,
    FEWEST_LINES,
    Drawing,
    axes_in_words,
    drawn,
)
from etfcompare.portfolio.told import Told
from etfcompare.tui.flows_text import both_ends
from etfcompare.tui.styles import ACCENT, MUTED, STRONG
from etfcompare.units import MINUS
from etfcompare.visible import visible

COLOURS: Final = (
    "$text-warning",
    "$text-secondary",
    "$text-success",
    "$text-error",
    "$text-primary",
    "$foreground",
)
"""Of assets, in the order of the catalogue; the sign tells them apart as well."""
_CHOSEN: Final = "bold reverse"
_STYLES: Final[Mapping[Ink, str]] = {
    Ink.FRAME: MUTED,
    Ink.CASH: ACCENT,
    Ink.EFFICIENT_LINE: ACCENT,
    Ink.LEADER_LINE: MUTED,
    Ink.POINT: "",
    Ink.EFFICIENT: STRONG,
    Ink.CHOSEN: _CHOSEN,
    Ink.LABEL: MUTED,
    Ink.LEADER_LABEL: "",
    Ink.EFFICIENT_LABEL: STRONG,
    Ink.CHOSEN_LABEL: _CHOSEN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A frontier in so many cells."""

    frontier: Frontier
    window: Window
    signs: Mapping[str, str]
    """The sign of each asset, in the order of the catalogue."""
    chosen: Point | None
    """The product that stands out."""
    marks: frozenset[str]
    """Tickers that the user marked."""
    width: int
    height: int

    def lines(self) -> list[Content]:
        """Return the lines from the top; none where there is no room for a chart."""
        drawing = self._drawing()
        if drawing is None:
            return []
        head = [self._head()] if self._above else []
        return [*head, *(self._coloured(line) for line in drawing.lines)]

    def plane_at(self, x: int, y: int) -> tuple[float, float] | None:
        """Return volatility and net yield at a cell; None where there is no plane."""
        drawing = self._drawing()
        if drawing is None:
            return None
        columns, lines = self.width - drawing.left, drawing.high
        across = (x - drawing.left) / (columns - 1)
        down = (y - self._above) / (lines - 1)
        window = self.window
        return window.least_x + across * window.width, window.most_y - down * window.height

    def nearest(self, x: int, y: int) -> Point | None:
        """Return the point nearest to a cell; of several that share one, the one that is named.

        Args:
            x: The cell, from the left.
            y: The line, from the top; a line counts as much as two cells.
        """
        drawing = self._drawing()
        if drawing is None or not drawing.spots:
            return None
        x, y = x - drawing.left, y - self._above
        found = min(
            drawing.spots, key=lambda one: (one.column - x) ** 2 + (2 * (one.line - y)) ** 2
        )
        return Told(self.frontier, found, self._chosen, self.marks).first

    @property
    def _above(self) -> int:
        """Lines above the drawing, which gets them where it could not do without."""
        return int(self.height > FEWEST_LINES)

    @property
    def _chosen(self) -> str | None:
        return self.chosen.ticker if self.chosen is not None else None

    def _drawing(self) -> Drawing | None:
        height = self.height - self._above
        if self.width < FEWEST_COLUMNS or height < FEWEST_LINES:
            return None
        return drawn(
            self.frontier,
            self.window,
            columns=self.width,
            lines=height,
            signs=self.signs,
            chosen=self._chosen,
            marked=self.marks,
            minus=MINUS,
            shown=visible,
            width_of=cell_len,
        )

    def _head(self) -> Content:
        """Say what runs where, and whose signs these are."""
        shown = {one.asset for one in self.frontier.points}
        legend = Content("   ").join(
            Content.assemble((f"{sign} ", self._colour(asset)), (visible(asset), MUTED))
            for asset, sign in self.signs.items()
            if asset in shown
        )
        left = Content.styled(axes_in_words(), MUTED)
        if left.cell_length + legend.cell_length + 2 > self.width:
            return legend.truncate(self.width, ellipsis=True)
        return both_ends(left, legend, self.width)

    def _colour(self, asset: str) -> str:
        return COLOURS[list(self.signs).index(asset) % len(COLOURS)]

    def _coloured(self, line: Sequence[Glyph]) -> Content:
        runs = groupby(line, key=self._style)
        pieces = (("".join(one.sign for one in cells), style) for style, cells in runs)
        return Content("").join(Content.styled(text, style) for text, style in pieces)

    def _style(self, glyph: Glyph) -> str:
        colour = self._colour(glyph.asset) if glyph.asset else ""
        return f"{_STYLES.get(glyph.ink, '')} {colour}".strip()
