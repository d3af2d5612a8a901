"""Flows in words and figures, as the flows mode writes them: millions of dollars with a sign."""

from __future__ import annotations

from datetime import date
from typing import Final

from textual.content import Content

from etfcompare.engine.cells import UNKNOWN_SIGN
from etfcompare.history.flows import counted_on, last_weekday
from etfcompare.history.series import PeriodKind
from etfcompare.tui.styles import GAIN, LOSS
from etfcompare.units import MINUS, format_rate

BAR_GAIN, BAR_LOSS = "$success 75%", "$error 75%"
"""Areas are quieter than figures."""
MILLION: Final = 1e6
_MONTHS: Final = tuple(
    "JanFebMarAprMayJunJulAugSepOctNovDec"[at : at + 3] for at in range(0, 36, 3)
)


def millions(flow: float | None, decimals: int = 1) -> str:
    """Return a flow in millions of dollars: `−1,090.0`; a small one to the tenth at least."""
    if flow is None:
        return UNKNOWN_SIGN
    text = f"{flow / MILLION:+,.{decimals}f}"
    digits = text.strip("+-0.,")
    return text.replace("-", MINUS) if digits else "0" if not flow else f"{text[1:]}"


def percent(share: float | None) -> str:
    """Return a share with its sign, to three digits: `−0.91%`, `+12.3%`, `+105%`."""
    if share is None:
        return UNKNOWN_SIGN
    size = abs(share)
    decimals = 2 if size < 0.09995 else 1 if size < 0.9995 else 0  # noqa: PLR2004 - where it rounds up
    return format_rate(share, decimals, signed=True, minus=MINUS)


def side_of(flow: float | None) -> str:
    """Return the colour of a flow."""
    return "" if not flow else GAIN if flow > 0 else LOSS


def bar_of(flow: float) -> str:
    """Return the colour of a bar."""
    return BAR_GAIN if flow > 0 else BAR_LOSS


def period_words(day: int, kind: PeriodKind) -> str:
    """Return a period as a sentence names it: `week to 2026-01-23`.

    Args:
        day: Its last day, as an ordinal; a week is named by its Friday, the last day of trading.
        kind: How long it is.
    """
    if kind is PeriodKind.MONTH:
        when = date.fromordinal(day)
        return f"{_MONTHS[when.month - 1]} {when.year}"
    when = date.fromordinal(last_weekday(day, kind))
    return f"week to {when}" if kind is PeriodKind.WEEK else f"{when:%a} {when}"


def month_of(day: int, kind: PeriodKind) -> tuple[int, int]:
    """Return the year and the month that a period counts to."""
    when = date.fromordinal(counted_on(day, kind))
    return when.year, when.month


def month_label(year: int, month: int) -> str:
    """Return what stands under the first period of a month: `Feb`, of January the year."""
    return str(year) if month == 1 else _MONTHS[month - 1]


def both_ends(left: Content, right: Content, width: int) -> Content:
    """Return a line with something at either end; what does not fit at the right is left out."""
    room = width - left.cell_length - right.cell_length
    if room < 1:
        return left.truncate(width, ellipsis=True)
    return left + Content(" " * room) + right
