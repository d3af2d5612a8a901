"""From a league of flows to the columns, rows and cells of the grid."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final

from rich.cells import cell_len

from etfcompare.engine.cells import UNKNOWN_SIGN
from etfcompare.history.series import PeriodKind
from etfcompare.history.sparkline import sparkline
from etfcompare.tui.flows_board import ALL, TREND, Board, Figures
from etfcompare.tui.flows_text import millions, percent
from etfcompare.tui.grid import Cell, CellStyle, GridColumn
from etfcompare.units import MINUS
from etfcompare.visible import visible

_WIDEST_NAME: Final = 16
_SHORT_TREND: Final = 7
_ROOM_FOR_TREND: Final = 88
"""Cells from where the line of bars shows all its periods."""


class Column(StrEnum):
    """A column of the league."""

    NAME = "name"
    FLOW = "flow"
    FOUR = "4w"
    THIRTEEN = "13w"
    YEAR = "ytd"
    SHARE = "of AUM"
    STREAK = "streak"
    TREND = "trend"


SORTABLE: Final = tuple(one for one in Column if one is not Column.TREND)
_MEANINGS: Final[Mapping[Column, str]] = {
    Column.NAME: "Whose flows these are.",
    Column.FLOW: "Money in less money out in the chosen period, in millions of dollars.",
    Column.FOUR: "The four weeks up to the end of the period, in millions of dollars.",
    Column.THIRTEEN: "The thirteen weeks up to the end of the period, in millions of dollars.",
    Column.YEAR: "Since 1 January, in millions of dollars.",
    Column.SHARE: "The flow of the period over the assets that the catalogue states today.",
    Column.STREAK: "Periods in a row with money in; with a minus: out.",
    Column.TREND: "The last periods up to the chosen one.",
}
_WIDTHS: Final[Mapping[Column, int]] = {
    Column.FLOW: 9,
    Column.FOUR: 7,
    Column.THIRTEEN: 8,
    Column.YEAR: 8,
    Column.SHARE: 7,
    Column.STREAK: 7,
}


def columns_of(board: Board, width: int) -> list[GridColumn]:
    """Return the columns of the grid.

    Args:
        board: The league.
        width: Cells of the grid.
    """
    longest = max((cell_len(visible(one)) for one in board.groups), default=0)
    trend = trend_of(width)
    columns = [
        GridColumn(
            Column.NAME,
            board.by.value.capitalize(),
            min(max(longest, len(board.by.value) + 1, 6), _WIDEST_NAME),
            pinned=True,
            tooltip=_MEANINGS[Column.NAME],
        )
    ]
    columns += [
        GridColumn(
            one,
            _heading(one, board.kind),
            room,
            "right",
            marks=1,
            tooltip=_MEANINGS[one],
        )
        for one, room in _WIDTHS.items()
    ]
    nouns = f"{board.kind.value}s"
    counted = f"{trend} {nouns}"
    columns.append(GridColumn(Column.TREND, counted if len(counted) <= trend else nouns, trend))
    return columns


def _heading(column: Column, kind: PeriodKind) -> str:
    return f"{kind.value} $m" if column is Column.FLOW else column.value


def ordered(
    board: Board, figures: Mapping[str, Figures], sort: Column, *, descending: bool
) -> list[str]:
    """Return the rows from top to bottom: all first, what is unknown last.

    Args:
        board: The league.
        figures: Of each row.
        sort: The column that they are sorted by.
        descending: Whether the largest come first.
    """
    names = sorted(board.groups, reverse=descending and sort is Column.NAME)
    if sort is not Column.NAME:
        known = {
            one: number for one in names if (number := _number(figures[one], sort)) is not None
        }
        sign = -1 if descending else 1
        names = sorted(known, key=lambda one: sign * known[one]) + [
            one for one in names if one not in known
        ]
    return [ALL, *names] if names else []


def _number(figures: Figures, column: Column) -> float | None:
    match column:
        case Column.FLOW:
            return figures.flow
        case Column.FOUR:
            return figures.four_weeks
        case Column.THIRTEEN:
            return figures.thirteen_weeks
        case Column.YEAR:
            return figures.year_to_date
        case Column.SHARE:
            return figures.share_of_aum
        case _:
            return None if figures.streak is None else float(figures.streak)


def cell_of(board: Board, figures: Mapping[str, Figures], trend: int) -> Callable[[str, str], Cell]:
    """Return what the grid asks for a cell.

    Args:
        board: The league.
        figures: Of each row.
        trend: Cells of the line of bars.
    """

    def cell(key: str, column_key: str) -> Cell:
        group, of_row = board.group(key), figures[key]
        match column_key:
            case Column.NAME:
                return Cell("All" if key == ALL else visible(group.name), "strong")
            case Column.FLOW:
                return Cell(millions(of_row.flow), _side(of_row.flow))
            case Column.SHARE:
                sign = "~" if group.is_partial and of_row.share_of_aum is not None else ""
                style: CellStyle = "muted" if of_row.share_of_aum is None else ""
                return Cell(percent(of_row.share_of_aum), style, sign)
            case Column.STREAK:
                return _run(of_row.streak)
            case Column.TREND:
                return Cell(sparkline(of_row.trend[-trend:]).rjust(trend), "muted")
            case _:
                number = _number(of_row, Column(column_key))
                return Cell(millions(number, 0), "" if number is not None else "muted")

    return cell


def trend_of(width: int) -> int:
    """Return how many periods the line of bars shows in a grid of so many cells."""
    return TREND if width >= _ROOM_FOR_TREND else _SHORT_TREND


def _run(length: int | None) -> Cell:
    if not length:
        return Cell(UNKNOWN_SIGN if length is None else "0", "muted")
    return Cell(f"{length:+d}".replace("-", MINUS))


def _side(flow: float | None) -> CellStyle:
    if flow is None:
        return "muted"
    return "gain" if flow > 0 else "loss" if flow < 0 else ""
