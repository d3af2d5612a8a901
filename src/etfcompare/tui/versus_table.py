"""Products side by side as rows and cells of the grid: figures down, products across."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal, NamedTuple, TypeAlias

from etfcompare.engine.cells import NOT_APPLICABLE_SIGN, UNKNOWN_SIGN, number_text, signs_of
from etfcompare.engine.figures import FIGURES, HEADLINE, Table
from etfcompare.engine.ledger import DECIMALS, Line, ledger, spans
from etfcompare.engine.marks import Mark
from etfcompare.engine.side_by_side import Section, SideRow, side_by_side
from etfcompare.tui.arrangement import GUTTER, PADDING, SCROLLBAR
from etfcompare.tui.bars import Piece, bar
from etfcompare.tui.grid import Cell, CellStyle, GridColumn
from etfcompare.units import MINUS, format_bps, format_money, format_rate
from etfcompare.visible import visible

BarStyle: TypeAlias = Literal["bar-total", "bar-gain", "bar-loss"]
"""How a bar looks, by meaning; the theme decides the colour."""

LABELS: Final = ""
"""Key of the column that names the figures; no ticker is empty."""
GAP, GAP_MONEY = f"{HEADLINE}:gap", f"{HEADLINE}:money"
"""Keys of the rows below the net yield."""
MARKS_WIDTH: Final = 3
"""Cells behind a figure: its two marks, and whether it is the best or the worst."""
FIGURE_WIDTH: Final = 8
"""Cells for a figure beside a bar."""
NARROWEST_BAR, WIDEST_BAR = 6, 32
"""Cells below which a bar says nothing, and above which it says no more."""
_NARROWEST: Final = 13
"""Cells of a product's column where all of them do not fit."""
_LABEL_WIDTHS: Final = ((100, 26), (70, 22), (0, 18))
"""From which width of the grid the names of the figures get so many cells."""


class Layout(NamedTuple):
    """How the columns share the width."""

    columns: tuple[GridColumn, ...]
    bar_width: int
    """Cells of a bar in front of a figure; 0 where there is no room for bars."""


class Waterfall(NamedTuple):
    """The ledger of one product, as it is drawn."""

    lines: Mapping[str, Line]
    spans: Mapping[str, tuple[float, float]]
    """Where the bar of a line begins and ends."""


@dataclass(frozen=True, eq=False)
class Versus:
    """A few products under one scenario, compared figure by figure."""

    table: Table
    rows: tuple[int, ...]
    """Their places in the catalogue, from left to right."""

    @cached_property
    def tickers(self) -> tuple[str, ...]:
        """The keys of the products, in the same order."""
        return tuple(self.table.products[row].ticker for row in self.rows)

    @cached_property
    def sides(self) -> dict[str, SideRow]:
        """Every figure compared, by its key, section by section."""
        return {one.figure.key: one for one in side_by_side(self.table, self.rows)}

    @cached_property
    def waterfalls(self) -> tuple[Waterfall, ...]:
        """The ledger of each product."""
        ledgers = (ledger(self.table, row) for row in self.rows)
        return tuple(
            Waterfall({one.figure.key: one for one in each}, spans(each)) for each in ledgers
        )

    @cached_property
    def scale(self) -> tuple[float, float]:
        """The least and the most of all ledgers, which all bars share."""
        spanned = (span for one in self.waterfalls for span in one.spans.values())
        ends = [0.0, *(end for span in spanned for end in span)]
        return min(ends), max(ends)

    def row_keys(self, *, only_differing: bool) -> list[str]:
        """Return the rows from top to bottom: figures under the headings of their sections."""
        keys: list[str] = []
        for section in Section:
            figures = list(self._figures(section, only_differing=only_differing))
            if figures:
                keys += [*([f":{section}"] if keys else []), f"{section}:", *figures]
        return keys

    def _figures(self, section: Section, *, only_differing: bool) -> Iterator[str]:
        for key, side in self.sides.items():
            if side.section is not section or (only_differing and not side.differs):
                continue
            yield key
            if key == HEADLINE and side.best:
                yield from (GAP, GAP_MONEY)

    def cell(self, row_key: str, column_key: str) -> Cell:
        """Return what the grid shows in a row for a product, or of the figure's name."""
        key = figure_of(row_key)
        if key is None:
            return Cell("")
        if column_key == LABELS:
            return self._label(row_key, self.sides[key])
        place = self.tickers.index(column_key)
        if row_key != key:
            return self._gap(row_key, self.sides[key], place)
        return self._figure(self.sides[key], place)

    def _label(self, row_key: str, side: SideRow) -> Cell:
        if row_key == GAP:
            return Cell("  gap to the best", "muted")
        if row_key == GAP_MONEY:
            return Cell(f"  a year on {format_money(self.table.scenario.amount)}", "muted")
        if self._is_total(side):
            return Cell(side.figure.label, "strong")
        return Cell(side.figure.label, "" if side.differs else "muted")

    def _gap(self, row_key: str, side: SideRow, place: int) -> Cell:
        gap, money = side.gaps[place], side.money[place]
        if place in side.best:
            return Cell("best" if row_key == GAP else "", "muted")
        if gap is None or money is None:
            return Cell(UNKNOWN_SIGN, "muted")
        if row_key == GAP:
            return Cell(format_bps(gap, minus=MINUS), "muted")
        return Cell(format_money(money, signed=True, minus=MINUS), "muted")

    def _figure(self, side: SideRow, place: int) -> Cell:
        value, marks = side.values[place], side.marks[place]
        if value is None:
            return Cell(absence(marks), "muted")
        return Cell(
            self.text(side, place),
            self._style(side, place),
            f"{signs_of(marks):<2}{side.sign(place)}",
        )

    def text(self, side: SideRow, place: int) -> str:
        """Return a figure without its marks; lines of the ledger add up as they are shown."""
        value = side.values[place]
        line = self.waterfalls[place].lines.get(side.figure.key)
        if line is not None and line.shown is not None:
            return format_rate(line.shown, DECIMALS, minus=MINUS)
        return (
            absence(side.marks[place])
            if value is None
            else number_text(side.figure, value, minus=MINUS)
        )

    def _style(self, side: SideRow, place: int) -> CellStyle:
        if self._is_total(side):
            return "strong"
        return shade(side, place) or ("" if side.differs else "muted")

    def _is_total(self, side: SideRow) -> bool:
        line = self.waterfalls[0].lines.get(side.figure.key)
        return line is not None and line.is_total

    def total_shade(self, row_key: str, ticker: str) -> CellStyle:
        """Return how the figure of a total looks beside being strong; empty if it is none."""
        side = self.sides.get(row_key)
        if side is None or ticker not in self.tickers or not self._is_total(side):
            return ""
        return shade(side, self.tickers.index(ticker))

    def bar(self, row_key: str, ticker: str, width: int) -> tuple[list[Piece], BarStyle] | None:
        """Return the bar of a line of the ledger and how it looks; None where there is none.

        Args:
            row_key: The line.
            ticker: The product.
            width: Cells of the scale; 0 draws none.
        """
        if not width or ticker not in self.tickers:
            return None
        waterfall = self.waterfalls[self.tickers.index(ticker)]
        if row_key not in waterfall.spans:
            return None
        start, end = waterfall.spans[row_key]
        is_total = waterfall.lines[row_key].is_total
        return bar(start, end, *self.scale, width), (
            "bar-total" if is_total else "bar-gain" if end > start else "bar-loss"
        )


def figure_of(row_key: str | None) -> str | None:
    """Return the key of the figure that a row is about; None for a heading or a blank line."""
    key = (row_key or "").split(":")[0]
    return key if key in FIGURES else None


def heading_of(row_key: str) -> str:
    """Return the heading that a row is; empty if it is none."""
    return row_key.removesuffix(":") if row_key.endswith(":") else ""


def absence(marks: Mark) -> str:
    """Return what stands where there is no figure."""
    return NOT_APPLICABLE_SIGN if marks & Mark.NOT_APPLICABLE else UNKNOWN_SIGN


def shade(side: SideRow, place: int) -> CellStyle:
    """Return the look of a best or worst figure, which is none where most of them share it."""
    few = len(side.values) / 2
    if place in side.best and len(side.best) <= few:
        return "gain"
    return "loss" if place in side.worst and len(side.worst) <= few else ""


def layout(tickers: Sequence[str], width: int) -> Layout:
    """Share a width among the products; where it is short, bars go first.

    Args:
        tickers: Keys of the products, from left to right.
        width: Of the grid, in terminal cells.
    """
    labels = next(cells for least, cells in _LABEL_WIDTHS if width >= least)
    gap = 1
    room = width - GUTTER - SCROLLBAR - labels - PADDING
    each = room // max(len(tickers), 1) - PADDING - gap
    widest = WIDEST_BAR + 1 + FIGURE_WIDTH + MARKS_WIDTH
    content = min(max(each, _NARROWEST), widest)
    bar_width = content - 1 - FIGURE_WIDTH - MARKS_WIDTH
    columns = (
        GridColumn(LABELS, "", labels, pinned=True),
        *(
            GridColumn(one, visible(one), content, "right", gap=True, marks=MARKS_WIDTH)
            for one in tickers
        ),
    )
    return Layout(columns, bar_width if bar_width >= NARROWEST_BAR else 0)
