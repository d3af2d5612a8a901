"""From a sheet to the columns and cells of the grid."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from etfcompare.engine.cells import NOT_APPLICABLE_SIGN, UNKNOWN_SIGN, number_text, signs_of
from etfcompare.engine.comparison import Comparison
from etfcompare.engine.figure import Unit
from etfcompare.engine.figures import FIGURES, HEADLINE, Table
from etfcompare.engine.marks import Mark
from etfcompare.engine.sheet import TICKER, Sheet, SheetColumn
from etfcompare.tui.grid import Cell, CellStyle, GridColumn, fitting_width
from etfcompare.units import MINUS

RANK = "#"
"""Key of the column that holds the rank."""
CHANGED_SIGN = "Δ"
"""Before a figure that is another one under what is assumed now."""
MARKS_WIDTH = 2
"""Cells behind a figure: one for estimated, one for stale."""
_WIDEST = {
    Unit.RATE: "−0.00%",
    Unit.BPS: "+0000bp",
    Unit.MONEY: "+$00.0M",
    Unit.DAYS: "0000d",
    Unit.NUMBER: "0.000",
}
_WIDEST_WORDS = {TICKER: 10, "asset": 5, "issuer": 10, "name": 38}
_WORDS_WIDTH = 14
_SIGNED_STYLE: dict[str, tuple[CellStyle, CellStyle]] = {"over_cash": ("gain", "loss")}


def grid_columns(
    sheet: Sheet, widths: Mapping[str, int], *, is_supposed: bool = False
) -> list[GridColumn]:
    """Return the columns of the grid: the rank and the ticker pinned, groups set apart.

    Args:
        sheet: What is shown.
        widths: Cells that the user gave to columns, by key.
        is_supposed: Whether figures are marked that differ from what was assumed before.
    """
    comparison = sheet.comparison
    longest = max((len(product.ticker) for product in comparison.table.products), default=6)
    ranks = GridColumn(RANK, RANK, max(2, len(str(comparison.total))), "right", pinned=True)
    columns = [ranks]
    before = FIGURES[TICKER]
    for shown in sheet.columns:
        figure = FIGURES[shown.source]
        column = _column(shown, longest, gap=figure.group is not before.group)
        room = widths.get(shown.key, column.width + (is_supposed and not shown.is_words))
        columns.append(replace(column, width=room))
        before = figure
    return columns


def _column(shown: SheetColumn, longest_ticker: int, *, gap: bool) -> GridColumn:
    figure = shown.figure
    if shown.is_words:
        room = _WIDEST_WORDS.get(figure.key, _WORDS_WIDTH)
        if figure.key == TICKER:
            room = min(room, longest_ticker)
        return GridColumn(
            shown.key,
            shown.heading,
            fitting_width(shown.heading, ["x" * room]),
            pinned=figure.key == TICKER,
            gap=gap,
            tooltip=figure.meaning,
        )
    width = max(len(shown.heading), len(_WIDEST[figure.unit])) + MARKS_WIDTH
    return GridColumn(
        shown.key,
        shown.heading,
        width,
        "right",
        gap=gap,
        marks=MARKS_WIDTH,
        tooltip=f"{shown.label}: {figure.meaning}",
    )


def changed_cells(
    before: Comparison, after: Comparison, keys: Sequence[str]
) -> frozenset[tuple[str, str]]:
    """Return ticker and column of every shown figure that is another one than before."""
    row_before = {one.ticker: row for row, one in enumerate(before.table.products)}
    changed: list[tuple[str, str]] = []
    for row in after.rows:
        ticker = after.table.products[row].ticker
        old = row_before.get(ticker)
        changed += [
            (ticker, key)
            for key in keys
            if old is None or before.table.value(old, key) != after.table.value(row, key)
        ]
    return frozenset(changed)


def cell_of(
    sheet: Sheet, fresh: Collection[tuple[str, str]] = (), base: Table | None = None
) -> Callable[[str, str], Cell]:
    """Return what the grid asks for the cell of a ticker in a column.

    Args:
        sheet: What is shown.
        fresh: Ticker and column of the figures that stand out because they changed.
        base: The figures under what was assumed before; those that differ from it are marked.
    """
    comparison = sheet.comparison
    table = comparison.table
    row_of = {table.products[row].ticker: row for row in comparison.rows}
    rank_of = dict(zip(comparison.rows, comparison.ranks, strict=True))
    column_of = {column.key: column for column in sheet.columns}

    @lru_cache(maxsize=8192)
    def cell(ticker: str, key: str) -> Cell:
        row = row_of[ticker]
        if key == RANK:
            rank = rank_of[row]
            return Cell("" if rank is None else str(rank), "muted")
        column = column_of[key]
        value, marks = column.value(row), column.marks(row)
        is_changed = column.table is table and base is not None and differs(column, base, row)
        sign = CHANGED_SIGN if is_changed else ""
        if value is None:
            nothing = NOT_APPLICABLE_SIGN if marks & Mark.NOT_APPLICABLE else UNKNOWN_SIGN
            return Cell(sign + nothing, "accent" if is_changed else "muted")
        stands_out = is_changed or (ticker, key) in fresh
        style = "accent" if stands_out else _style(key, value)
        text = number_text(column.figure, value, minus=MINUS)
        return Cell(sign + text, style, signs_of(marks))

    return cell


def differs(column: SheetColumn, base: Table, row: int) -> bool:
    """Tell whether a figure reads otherwise than under what was assumed before."""
    if column.is_words or column.less is not None:
        return False
    value, before = column.value(row), base.value(row, column.source)
    if value is None or before is None:
        return value is not before
    return number_text(column.figure, value) != number_text(column.figure, before)


def _style(key: str, value: float | str) -> CellStyle:
    if key in (TICKER, HEADLINE):
        return "strong"
    if key in _SIGNED_STYLE and isinstance(value, float):
        gain, loss = _SIGNED_STYLE[key]
        return gain if value > 0 else loss
    return "muted" if key == "issuer" else ""
