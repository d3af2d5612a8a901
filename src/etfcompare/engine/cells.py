"""How a figure is shown: one text for the screen, the command line and the exports."""

from __future__ import annotations

import math
from dataclasses import replace

from etfcompare.engine.figure import Figure, Unit
from etfcompare.engine.marks import CAUTIONS, Mark
from etfcompare.units import format_bps, format_money, format_number, format_rate
from etfcompare.visible import visible

UNKNOWN_SIGN = "?"
NOT_APPLICABLE_SIGN = "–"
ESTIMATED_SIGN = "~"
STALE_SIGN = "!"


def cell_text(figure: Figure, value: float | str | None, marks: Mark, *, minus: str = "-") -> str:
    """Return a figure as people read it, with its marks behind it.

    Args:
        figure: What it is a figure of.
        value: As `Table.value` gives it.
        marks: As `Table.marks` gives them.
        minus: The minus sign.
    """
    if value is None:
        return NOT_APPLICABLE_SIGN if marks & Mark.NOT_APPLICABLE else UNKNOWN_SIGN
    return number_text(figure, value, minus=minus) + signs_of(marks)


def number_text(figure: Figure, value: float | str, *, minus: str = "-") -> str:
    """Return a figure as people read it, without its marks."""
    if isinstance(value, str):
        return visible(value)
    decimals, signed = figure.decimals, figure.signed
    if math.isinf(value):
        return f"{minus if value < 0 else '+' if signed else ''}∞"
    if figure.unit is Unit.MONEY:
        return format_money(value, signed=signed, minus=minus)
    if figure.unit is Unit.RATE:
        return format_rate(value, decimals, signed=signed, minus=minus)
    if figure.unit is Unit.BPS:
        return format_bps(value, decimals, signed=signed, minus=minus)
    text = format_number(value, decimals, signed=signed, minus=minus)
    return f"{text}d" if figure.unit is Unit.DAYS else text


def difference_of(figure: Figure) -> Figure:
    """Return how the difference of two such figures is shown: of rates in basis points."""
    if figure.unit is Unit.RATE:
        return replace(figure, unit=Unit.BPS, decimals=0, signed=True)
    return replace(figure, signed=True)


def signs_of(marks: Mark) -> str:
    """Return the signs of the cautions: `~` estimated, `!` stale or undated."""
    if not marks & CAUTIONS:
        return ""
    estimated = ESTIMATED_SIGN if marks & Mark.ESTIMATED else ""
    return estimated + (STALE_SIGN if marks & (Mark.STALE | Mark.UNDATED) else "")
