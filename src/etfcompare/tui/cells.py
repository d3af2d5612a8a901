"""From a comparison to the columns and cells of the grid."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import lru_cache

from etfcompare.engine.cells import NOT_APPLICABLE_SIGN, UNKNOWN_SIGN, number_text, signs_of
from etfcompare.engine.comparison import Comparison
from etfcompare.engine.figure import Figure, Unit
from etfcompare.engine.figures import FIGURES, HEADLINE
from etfcompare.engine.marks import Mark
from etfcompare.tui.grid import Cell, CellStyle, GridColumn, fitting_width

RANK = "#"
"""Key of the column that holds the rank."""
TICKER = "ticker"
MINUS = "−"
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


def grid_columns(keys: Sequence[str], comparison: Comparison) -> list[GridColumn]:
    """Return the columns of the grid: the rank and the ticker pinned, groups set apart."""
    longest = max((len(product.ticker) for product in comparison.table.products), default=6)
    ranks = GridColumn(RANK, RANK, max(2, len(str(comparison.total))), "right", pinned=True)
    columns = [ranks]
    before = FIGURES[TICKER]
    for key in (TICKER, *(one for one in keys if one != TICKER)):
        figure = FIGURES[key]
        columns.append(_column(figure, longest, gap=figure.group is not before.group))
        before = figure
    return columns


def _column(figure: Figure, longest_ticker: int, *, gap: bool) -> GridColumn:
    if figure.unit is Unit.WORDS:
        room = _WIDEST_WORDS.get(figure.key, _WORDS_WIDTH)
        if figure.key == TICKER:
            room = min(room, longest_ticker)
        return GridColumn(
            figure.key,
            figure.heading,
            fitting_width(figure.heading, ["x" * room]),
            pinned=figure.key == TICKER,
            gap=gap,
            tooltip=figure.meaning,
        )
    width = max(len(figure.heading), len(_WIDEST[figure.unit])) + MARKS_WIDTH
    return GridColumn(
        figure.key,
        figure.heading,
        width,
        "right",
        gap=gap,
        marks=MARKS_WIDTH,
        tooltip=f"{figure.label}: {figure.meaning}",
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
    comparison: Comparison, fresh: Collection[tuple[str, str]] = ()
) -> Callable[[str, str], Cell]:
    """Return what the grid asks for the cell of a ticker in a column.

    Args:
        comparison: What is shown.
        fresh: Ticker and column of the figures that stand out because they changed.
    """
    table = comparison.table
    row_of = {table.products[row].ticker: row for row in comparison.rows}
    rank_of = dict(zip(comparison.rows, comparison.ranks, strict=True))

    @lru_cache(maxsize=8192)
    def cell(ticker: str, key: str) -> Cell:
        row = row_of[ticker]
        if key == RANK:
            rank = rank_of[row]
            return Cell("" if rank is None else str(rank), "muted")
        figure = FIGURES[key]
        value, marks = table.value(row, key), table.marks(row, key)
        if value is None:
            sign = NOT_APPLICABLE_SIGN if marks & Mark.NOT_APPLICABLE else UNKNOWN_SIGN
            return Cell(sign, "muted")
        style = "accent" if (ticker, key) in fresh else _style(key, value)
        return Cell(number_text(figure, value, minus=MINUS), style, signs_of(marks))

    return cell


def _style(key: str, value: float | str) -> CellStyle:
    if key in (TICKER, HEADLINE):
        return "strong"
    if key in _SIGNED_STYLE and isinstance(value, float):
        gain, loss = _SIGNED_STYLE[key]
        return gain if value > 0 else loss
    return "muted" if key == "issuer" else ""
