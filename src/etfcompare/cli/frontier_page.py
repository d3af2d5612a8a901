"""What `etfcompare frontier` shows to people: a plot, and a table with reasons."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import Final

from etfcompare.catalogue.schema import Catalogue
from etfcompare.cli.output import shown
from etfcompare.cli.table import BOLD, Column, Paper, shortened, width
from etfcompare.engine.cells import NOT_APPLICABLE_SIGN, number_text, signs_of
from etfcompare.engine.figures import FIGURES
from etfcompare.engine.sheet import TICKER, Sheet
from etfcompare.portfolio.frontier import ACROSS, CASH, UP, Frontier, Point
from etfcompare.portfolio.frontier_words import why
from etfcompare.portfolio.glyphs import ASCII_STROKES, STROKES, Glyph, Ink
from etfcompare.portfolio.plot import SIGNS, Window, signs_of_assets
from etfcompare.portfolio.text_plot import FEWEST_COLUMNS, axes_in_words, drawn
from etfcompare.portfolio.told import LEADER, LEADER_MEANING
from etfcompare.visible import visible

_WIDEST: Final = 120
"""Cells across, however wide the terminal is."""
_LINES: Final = 24
"""Of the plot."""
_NEEDED: Final = "".join((*SIGNS, *STROKES, "×"))
_STYLES: Final = {
    Ink.FRAME: "\x1b[2m",
    Ink.CASH: "\x1b[2m",
    Ink.LEADER_LINE: "\x1b[2m",
    Ink.EFFICIENT: BOLD,
    Ink.EFFICIENT_LABEL: BOLD,
}
_RESET: Final = "\x1b[0m"


def picture_text(found: Frontier, catalogue: Catalogue, paper: Paper) -> str:
    """Draw the points, or nothing where there is no terminal wide enough.

    Args:
        found: The points.
        catalogue: Whose assets have signs.
        paper: What to draw on.
    """
    if paper.columns is None or paper.columns < FEWEST_COLUMNS * 2:
        return ""
    encoding = sys.stdout.encoding
    is_ascii = shown(_NEEDED, encoding) != _NEEDED
    signs = signs_of_assets(catalogue, is_ascii=is_ascii)
    drawing = drawn(
        found,
        Window.fit(((one.volatility, one.net_yield) for one in found.points), found.cash),
        columns=min(paper.columns, _WIDEST),
        lines=_LINES,
        signs=signs,
        strokes=ASCII_STROKES if is_ascii else STROKES,
        shown=partial(_shown, encoding=encoding),
        width_of=width,
    )
    seen = {one.asset for one in found.points}
    legend = [f"{sign} {_shown(code, encoding)}" for code, sign in signs.items() if code in seen]
    if any(one.only_leads for one in found.points):
        legend.append(f"{LEADER.format('…' if not is_ascii else '...')} {LEADER_MEANING}")
    head = _wrapped([f"{axes_in_words()}:", *legend], paper.columns)
    lines = ["".join(_runs(line, paper)).rstrip() for line in drawing.lines]
    return "".join(f"{line}\n" for line in (*head, "", *lines))


def columns_of(sheet: Sheet, found: Frontier, points: Sequence[Point]) -> Iterator[Column]:
    """Lay out points as a table, cash above them, with the reason at the end of each line.

    Args:
        sheet: The figures of these very points, in this order.
        found: Where they stand among all; there is at least one.
        points: The points to list.
    """
    has_cash = found.cash is not None
    for column in sheet.columns:
        values = [column.value(one.row) for one in points]
        cells = [
            column.text(one.row) if value is None else number_text(column.figure, value)
            for one, value in zip(points, values, strict=True)
        ]
        signs = [
            "" if value is None else signs_of(column.marks(one.row))
            for one, value in zip(points, values, strict=True)
        ]
        if has_cash:
            cells.insert(0, _of_cash(column.source, found.cash or 0.0))
            marks = sheet.comparison.table.marks(found.points[0].row, "cash_yield")
            signs.insert(0, signs_of(marks) if column.source == UP else "")
        yield Column(
            heading=column.heading,
            cells=cells,
            signs=() if column.is_words else signs,
            to_right=not column.is_words,
            is_bold=column.key == TICKER,
        )
    reasons = [why(found, one) for one in points]
    if has_cash:
        reasons.insert(0, _why_cash(found))
    yield Column(heading="Why", cells=reasons)


def _of_cash(key: str, cash: float) -> str:
    """Return what a column says of cash."""
    if key == TICKER:
        return CASH
    values = {UP: cash, ACROSS: 0.0, "over_cash": 0.0}
    return number_text(FIGURES[key], values[key]) if key in values else NOT_APPLICABLE_SIGN


def _why_cash(found: Frontier) -> str:
    count = found.beaten.get(CASH, 0)
    return f"at no volatility; beats {count}" if count else "at no volatility"


def _wrapped(words: Sequence[str], columns: int) -> Iterator[str]:
    line = ""
    for word in words:
        longer = f"{line}  {word}" if line else word
        if line and width(longer) > columns:
            yield line
            longer = word
        line = longer
    yield shortened(line, columns)


def _shown(text: str, encoding: str | None) -> str:
    return shown(visible(text), encoding)


def _runs(line: Sequence[Glyph], paper: Paper) -> Iterator[str]:
    for ink, glyphs in groupby(line, key=attrgetter("ink")):
        text = "".join(glyph.sign for glyph in glyphs)
        style = _STYLES.get(ink) if paper.has_colour else None
        yield f"{style}{text}{_RESET}" if style else text
