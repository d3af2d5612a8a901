"""What holding a product exposes to, as small tables of text that every face sets in its way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from etfcompare.engine.cells import UNKNOWN_SIGN, cell_text, number_text, signs_of
from etfcompare.engine.figures import FIGURES, HEADLINE
from etfcompare.engine.marks import ABSENT, Mark
from etfcompare.units import format_rate, format_span
from etfcompare.visible import visible

if TYPE_CHECKING:
    from etfcompare.engine.figures import Table
    from etfcompare.portfolio.exposure import Exposure, Move, Odds

REMARKS: Final = {"break_even_cash": "the yield is wiped out", "break_even": "as cash"}
"""What a break-even is the move of the price of."""

PRICE_WIDTH: Final = 8
"""Cells of a move of the price, as `+50.00%`."""


class Row(NamedTuple):
    """A line: words, figures below each other, and what is to be said behind them."""

    label: str
    cells: tuple[str, ...]
    """Each with room behind it for its signs."""
    remark: str = ""


class Part(NamedTuple):
    """A table with its title."""

    title: str
    headings: tuple[str, ...]
    """Of the label and of each cell; none if they need none."""
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()


def exposure_in_words(
    table: Table, row: int, found: Exposure, *, minus: str = "-"
) -> tuple[Part, ...]:
    """Write the income view, the total-return view and the odds, safe to show.

    Args:
        table: The figures that the exposure is of.
        row: The product's place among them.
        found: What it exposes to.
        minus: The minus sign.
    """
    span = format_span(found.horizon)
    beside = found.beside.value
    return (
        Part(f"In coins, over {span}", (), tuple(_coins(table, row, found, minus))),
        Part(
            f"In dollars, over {span}",
            (f"{'Price':>{PRICE_WIDTH}}", "Fund", "Vs cash"),
            tuple(_move(one, found.moves_marks, minus) for one in found.moves),
            () if found.moves else ("unknown, as the net yield is",),
        ),
        Part(
            f"Odds, over {span}, of a price drifting {found.drift.value}",
            ("", "Lognormal", beside, "Bootstrap", "Error"),
            tuple(_odds(one, minus) for one in found.odds),
            tuple(_notes(found)),
        ),
    )


def _coins(table: Table, row: int, found: Exposure, minus: str) -> Iterator[Row]:
    for key in (HEADLINE, "effective_yield"):
        marks = table.marks(row, key)
        text = cell_text(FIGURES[key], table.value(row, key), marks & ABSENT, minus=minus)
        yield Row(f"{FIGURES[key].label}, a year", (_signed(text, marks),))
    yield Row("Growth of coins", (_growth(found.coins, found.coins_marks, minus),))
    if found.plain is not None:
        plain = found.plain
        premium = format_rate(plain.premium, signed=True, minus=minus)
        theirs = format_rate(plain.net_yield, minus=minus)
        yield Row(
            "Premium worth paying",
            (_signed(premium, plain.marks),),
            f"over {visible(plain.ticker)}, which yields {theirs}",
        )


def _move(one: Move, marks: Mark, minus: str) -> Row:
    price = format_rate(one.price, signed=True, minus=minus)
    cells = tuple(_growth(rate, marks, minus) for rate in (one.fund, one.over_cash))
    remark = REMARKS[one.break_even] if one.break_even else ""
    return Row(f"{price:>{PRICE_WIDTH}}", cells, remark)


def _odds(one: Odds, minus: str) -> Row:
    lognormal, beside = (
        _signed(cell_text(one.figure, value, one.marks & ABSENT, minus=minus), one.marks)
        for value in (one.value, one.beside)
    )
    if one.drawn is None:
        return Row(one.figure.label, (lognormal, beside, UNKNOWN_SIGN, ""))
    value = _signed(number_text(one.figure, one.drawn.value, minus=minus), one.marks)
    finer = replace(one.figure, decimals=one.figure.decimals + 1)
    return Row(one.figure.label, (lognormal, beside, value, number_text(finer, one.drawn.error)))


def _notes(found: Exposure) -> Iterator[str]:
    beside = f"{found.beside.value}: lognormal too, with that drift"
    if found.drawn is None:
        yield beside
        yield f"no bootstrap: {visible(found.undrawn or '')}"
        return
    yield f"{beside}; error: standard"
    yield f"bootstrap: {found.drawn.words}"
    yield f"drawn from {found.drawn.window}"
    if found.drawn.warning is not None:
        yield f"! {visible(found.drawn.warning)}"


def _growth(rate: float | None, marks: Mark, minus: str) -> str:
    if rate is None:
        return _signed(UNKNOWN_SIGN, marks & ABSENT)
    return _signed(format_rate(rate, signed=True, minus=minus), marks)


def _signed(text: str, marks: Mark) -> str:
    return f"{text}{signs_of(marks):<2}"
