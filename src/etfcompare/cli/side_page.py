"""The page of `etfcompare compare` for people: figures down, products across, then what follows."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from etfcompare.cli.output import shown
from etfcompare.cli.side_findings import (
    INDENT,
    crossovers_in_words,
    swaps_in_words,
    switches_in_words,
)
from etfcompare.cli.table import GAP, Column, Paper, aligned, shortened, width
from etfcompare.engine.cells import UNKNOWN_SIGN, cell_text, number_text, signs_of
from etfcompare.engine.figure import Unit
from etfcompare.engine.figures import HEADLINE, LEDGER, Table
from etfcompare.engine.ledger import TOTALS
from etfcompare.engine.side_by_side import BEST_SIGN, WORST_SIGN, Section, SideRow
from etfcompare.units import exact_money, format_bps, format_money
from etfcompare.visible import visible

EIGHTHS: Final = " ▏▎▍▌▋▊▉█"
"""A cell filled from the left by so many eighths."""
WIDEST_BAR, NARROWEST_BAR = 14, 6
WIDEST_WORDS = 20
"""Cells for words on paper of a given width, so that bars find room too."""
TENTHS_BELOW: Final = 0.01
"""Gap, a fraction, from which tenths of a basis point are noise."""
_BOLD, _GREEN, _RED, _RESET = "\x1b[1m", "\x1b[32m", "\x1b[31m", "\x1b[0m"


class _Style(Enum):
    """What a line holds, which decides how a terminal shows it."""

    HEADING = "heading"
    FIGURES = "figures"
    WORDS = "words"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A label, then a cell, its signs and perhaps a bar for each product; blank without any."""

    style: _Style = _Style.WORDS
    label: str = ""
    cells: Sequence[str] = ()
    signs: Sequence[str] = ()
    bars: Sequence[float | str | None] = ()
    """Values to draw, or words to put above them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """How wide each part of a line is, in cells."""

    products: int
    """How many fit."""
    cell: int
    """Of a figure or words, without signs."""
    bar: int
    """Of a bar; 0 for none."""


def side_page(
    table: Table, rows: Sequence[int], side_rows: Sequence[SideRow], paper: Paper
) -> tuple[str, tuple[str, ...]]:
    """Write products side by side, then where they tie, when they swap and what a switch costs.

    Args:
        table: The figures under the scenario.
        rows: Places of the products in the catalogue.
        side_rows: Their figures, as `side_by_side` gives them.
        paper: What to write on.

    Returns:
        The page, and the tickers of products that do not fit on it.
    """
    names = [visible(table.products[row].ticker) for row in rows]
    lines = list(_lines(table, names, side_rows, are_short=False))
    layout = _layout(lines, len(rows), paper)
    if layout.products < len(rows):
        lines = list(_lines(table, names, side_rows, are_short=True))
        layout = _layout(lines, len(rows), paper)
    drawn = zip(lines, aligned(list(_columns(lines, layout))), strict=True)
    page = [_styled(text, line.style, paper) for line, text in drawn]
    for part in (
        crossovers_in_words(table, rows),
        swaps_in_words(table, rows),
        switches_in_words(table, rows, paper),
    ):
        for place, text in enumerate(part):
            page += [""] * (place == 0)
            page.append(_styled(text, _Style.WORDS if place else _Style.HEADING, paper))
    return "".join(f"{line}\n" for line in page), tuple(names[layout.products :])


# The figures


def _lines(
    table: Table, names: Sequence[str], side_rows: Sequence[SideRow], *, are_short: bool
) -> Iterator[_Line]:
    yield _Line(style=_Style.HEADING, cells=names)
    # At least a blank stands between a figure and its arrow, and all arrows in one column.
    cautions = max(1, *(width(signs_of(one)) for row in side_rows for one in row.marks))
    for section in Section:
        inside = [one for one in side_rows if one.section is section and not _is_idle(one)]
        if not inside:
            continue
        yield _Line()
        is_ledger = section is Section.LEDGER
        yield _Line(style=_Style.HEADING, label=section, bars=names if is_ledger else ())
        for row in inside:
            figure = row.figure
            yield _Line(
                style=_Style.WORDS if figure.unit is Unit.WORDS else _Style.FIGURES,
                label=INDENT + (figure.heading if are_short else figure.label),
                cells=[
                    cell_text(figure, None, marks) if value is None else number_text(figure, value)
                    for value, marks in zip(row.shown, row.marks, strict=True)
                ],
                signs=[
                    f"{signs_of(marks) if value is not None else '':<{cautions}}{row.sign(place)}"
                    for place, (value, marks) in enumerate(zip(row.values, row.marks, strict=True))
                ],
                bars=[one if isinstance(one, float) else None for one in row.values]
                if is_ledger and figure.key in LEDGER
                else (),
            )
            if figure.key == HEADLINE:
                yield from _gaps(row, table.scenario.amount)


def _is_idle(row: SideRow) -> bool:
    """Tell whether a line of the ledger takes nothing off any of the products."""
    is_part = row.section is Section.LEDGER and row.figure.key not in TOTALS
    return is_part and all(one == 0 for one in row.values)


def _gaps(row: SideRow, amount: float) -> Iterator[_Line]:
    """Give how far each product is off the best, as a rate and as money."""
    yield _Line(
        style=_Style.FIGURES,
        label=f"{INDENT * 2}off the best",
        cells=[UNKNOWN_SIGN if one is None else _off(one) for one in row.gaps],
    )
    yield _Line(
        style=_Style.FIGURES,
        label=f"{INDENT * 2}on {exact_money(amount)}",
        cells=[
            UNKNOWN_SIGN if one is None else format_money(one, signed=True) for one in row.money
        ],
    )


def _off(gap: float) -> str:
    return format_bps(gap, 1 if abs(gap) < TENTHS_BELOW else 0, signed=False)


def _layout(lines: Sequence[_Line], products: int, paper: Paper) -> _Layout:
    """Fit as many products as possible, then their words, then their bars."""
    label = max(width(one.label) for one in lines)
    signs = max((width(sign) for one in lines for sign in one.signs), default=0)
    has_bars = any(one.bars for one in lines) and shown(EIGHTHS, sys.stdout.encoding) == EIGHTHS
    natural = max(width(cell) for one in lines for cell in one.cells)
    if paper.columns is None:
        return _Layout(products=products, cell=natural, bar=WIDEST_BAR if has_bars else 0)
    least = max(width(cell) for one in lines if one.style is not _Style.WORDS for cell in one.cells)
    room = paper.columns - label
    fitting = max(1, min(products, room // (len(GAP) + least + signs)))
    cell = max(least, min(natural, WIDEST_WORDS, room // fitting - len(GAP) - signs))
    bar = (room - fitting * (len(GAP) + cell + signs)) // fitting - len(GAP)
    is_wide = has_bars and bar >= NARROWEST_BAR
    return _Layout(products=fitting, cell=cell, bar=min(bar, WIDEST_BAR) if is_wide else 0)


def _columns(lines: Sequence[_Line], layout: _Layout) -> Iterator[Column]:
    yield Column(cells=[one.label for one in lines])
    for place in range(layout.products):
        yield Column(
            cells=[shortened(one.cells[place], layout.cell) if one.cells else "" for one in lines],
            signs=[one.signs[place] if one.signs else "" for one in lines],
            to_right=True,
        )
    amounts = [abs(bar) for one in lines for bar in one.bars if isinstance(bar, float)]
    for place in range(layout.products if layout.bar else 0):
        bars = [one.bars[place] if one.bars else None for one in lines]
        yield Column(cells=[_bar(one, max(amounts, default=0.0), layout.bar) for one in bars])


def _bar(value: float | str | None, largest: float, cells: int) -> str:
    """Draw the size of a value behind a minus where it is taken off, or a blank."""
    if isinstance(value, str):
        return " " + shortened(value, cells - 1)
    if not value:
        return ""
    eighths = max(1, round(abs(value) / largest * (cells - 1) * (len(EIGHTHS) - 1)))
    whole, rest = divmod(eighths, len(EIGHTHS) - 1)
    return ("-" if value < 0 else " ") + EIGHTHS[-1] * whole + EIGHTHS[rest].strip()


def _styled(text: str, style: _Style, paper: Paper) -> str:
    if not paper.has_colour or not text or style is _Style.WORDS:
        return text
    if style is _Style.HEADING:
        return f"{_BOLD}{text}{_RESET}"
    best, worst = (
        f"{one}{sign}{_RESET}" for one, sign in ((_GREEN, BEST_SIGN), (_RED, WORST_SIGN))
    )
    return text.replace(BEST_SIGN, best).replace(WORST_SIGN, worst)
