"""The grid of the compare mode: it stops only at figures, and draws bars in front of the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.binding import BindingType
from textual.strip import Strip

from etfcompare.engine.figures import HEADLINE
from etfcompare.tui.bars import Piece
from etfcompare.tui.commands import Scope
from etfcompare.tui.grid import Grid, GridColumn
from etfcompare.tui.versus_keys import commands
from etfcompare.tui.versus_table import LABELS, Versus, figure_of, heading_of, layout


class VersusGrid(Grid):
    """Figures down, products across; the cursor stands on a figure of a product."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "grid--bar-total",
        "grid--bar-gain",
        "grid--bar-loss",
    }
    DEFAULT_CSS = """
    VersusGrid {
        & > .grid--bar-total { color: $accent 80%; }
        & > .grid--bar-gain { color: $success 65%; }
        & > .grid--bar-loss { color: $error 75%; }
        &:ansi, &:nocolor {
            & > .grid--bar-total { color: $accent; }
            & > .grid--bar-gain { color: $success; }
            & > .grid--bar-loss { color: $error; }
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [one.binding for one in commands(Scope.GRID)]

    def __init__(self, versus: Versus, *, id: str) -> None:  # noqa: A002 - what Textual calls it
        super().__init__(id=id)
        self._versus = versus
        self._bar_width = 0
        self._is_placed = False

    def show_versus(self, versus: Versus, *, only_differing: bool) -> None:
        """Show these products; the cursor stays on its figure and its product."""
        self._versus = versus
        columns, self._bar_width = layout(versus.tickers, self.size.width)
        row_keys = versus.row_keys(only_differing=only_differing)
        self.show(row_keys=row_keys, columns=columns, cell=versus.cell)

    def move_to_next(self, row_keys: Sequence[str], step: int) -> None:
        """Go to the next of some rows, from the last on to the first.

        Args:
            row_keys: Where to stop.
            step: 1 to go down, -1 to go up.
        """
        stops = [place for place, key in enumerate(self._row_keys) if key in row_keys]
        ahead = [place for place in stops if (place - self._row) * step > 0]
        if stops:
            self._move_row((ahead or stops)[0 if step > 0 else -1])

    # Where the cursor may stand

    def _found_row(self, row_keys: tuple[str, ...]) -> int:
        if self._chosen is None and HEADLINE in row_keys:
            return row_keys.index(HEADLINE)
        return _stop(row_keys, super()._found_row(row_keys), down=True)

    def _found_column(self, columns: Sequence[GridColumn]) -> str | None:
        found = super()._found_column(columns)
        return columns[1].key if found == LABELS and len(columns) > 1 else found

    def _move_row(self, row: int, *, scroll: int = 0) -> None:
        """Go to a row, or past a heading to the next figure in the same direction."""
        if not self._row_keys:
            return
        row = min(max(row, 0), len(self._row_keys) - 1)
        super()._move_row(_stop(self._row_keys, row, down=row >= self._row), scroll=scroll)
        self._uncover_heading()

    def _uncover_heading(self) -> None:
        """Show the heading above the first figure of a section, where there is room."""
        above = self._row
        while above and figure_of(self._row_keys[above - 1]) is None:
            above -= 1
        if above < self._top and self._row - above < self._page:
            self._scroll_rows_to(above)

    def _move_column(self, column_key: str) -> None:
        if column_key != LABELS:
            super()._move_column(column_key)

    def _fit(self) -> None:
        if self._width != self.size.width:
            columns, self._bar_width = layout(self._versus.tickers, self.size.width)
            self._columns = columns
        super()._fit()
        if not self._is_placed and self._page and self._row_keys:
            self._is_placed = True
            self._open_on_section()

    def _open_on_section(self) -> None:
        """Begin with the heading of the section that the cursor stands in."""
        above = next(
            (place for place in range(self._row, -1, -1) if heading_of(self._row_keys[place])), 0
        )
        self._top = self._top_with_cursor(above)

    # Drawing

    def _row_line(self, row: int, *, has_thumb: bool) -> Strip:
        strip = super()._row_line(row, has_thumb=has_thumb)
        key = self._row_keys[row]
        if heading := heading_of(key):
            return _over(strip, 3, [Segment(heading, self._style("strong"))])
        for column, x, width in self._arrangement.placed:
            if width < column.width:
                continue  # cut at the edge of the window
            ground = next(iter(strip.crop(x, x + 1))).style or Style()
            if drawn := self._versus.bar(key, column.key, self._bar_width):
                pieces, look = drawn
                strip = _over(strip, x + 1, _bar(pieces, self._tinted(ground, look)))
            if shade := self._versus.total_shade(key, column.key):
                text = self._cell(key, column.key).text
                end = x + 1 + width - column.marks
                segment = Segment(text, self._tinted(ground, shade))
                strip = _over(strip, end - cell_len(text), [segment])
        return strip

    def _tinted(self, ground: Style, look: str) -> Style:
        """The style of a cell with another colour; not where the cell is reversed itself."""
        return ground if ground.reverse else ground + Style(color=self._style(look).color)


def _bar(pieces: Sequence[Piece], style: Style) -> list[Segment]:
    turned = style + Style(reverse=not style.reverse)
    return [Segment(one.text, turned if one.is_reversed else style) for one in pieces]


def _over(strip: Strip, x: int, segments: Sequence[Segment]) -> Strip:
    """Lay segments over a line."""
    laid = Strip(segments)
    rest = strip.crop(x + laid.cell_length)
    return Strip.join([strip.crop(0, x), laid, rest]).crop(0, strip.cell_length)


def _stop(row_keys: Sequence[str], row: int, *, down: bool) -> int:
    """Return the figure at a row, else the next one in a direction, else the last one before."""
    stops = [place for place, key in enumerate(row_keys) if figure_of(key) is not None]
    ahead = [place for place in stops if (place >= row if down else place <= row)]
    if not stops:
        return row
    return (ahead or stops)[0 if down == bool(ahead) else -1]
