"""What moves a figure, in words that every face shows: plain text that is safe to show."""

from __future__ import annotations

from dataclasses import replace

from etfcompare.engine.cells import difference_of, number_text
from etfcompare.engine.figure import Unit
from etfcompare.engine.figures import FIGURES
from etfcompare.engine.fragility_words import present_text, value_text
from etfcompare.engine.tornado import Bar, End, Tornado
from etfcompare.units import format_rate
from etfcompare.visible import visible


def heading_in_words(found: Tornado, *, minus: str = "-") -> str:
    """Say what is moved, and by how much."""
    figure = FIGURES[found.key]
    if found.now is None:
        return f"{visible(found.ticker)}: {figure.said} unknown, so nothing moves it."
    now = number_text(figure, found.now, minus=minus)
    part = format_rate(found.by, 0 if round(found.by * 100, 9).is_integer() else 2)
    moved = "no input moves it" if not found.bars else f"each input down and up by {part} of itself"
    return f"{visible(found.ticker)}: {figure.said} {now}, {moved}."


def input_text(bar: Bar) -> str:
    """Return what an input is now, with the signs of what there is to say of it."""
    return "on" if bar.lever is None else present_text(bar.lever)


def end_input_text(bar: Bar, end: End | None) -> str:
    """Return what an input is at one end of its bar; nothing where it is at its bound."""
    if end is None:
        return ""
    return "off" if bar.lever is None or end.value is None else value_text(bar.lever, end.value)


def end_text(found: Tornado, end: End | None, *, minus: str = "-") -> str:
    """Return the figure at one end of a bar; nothing where the input is at its bound."""
    return "" if end is None else number_text(FIGURES[found.key], end.figure, minus=minus)


def change_text(found: Tornado, end: End | None, *, minus: str = "-") -> str:
    """Return by how much the figure changes towards one end of a bar."""
    if end is None or found.now is None:
        return ""
    return difference_text(found.key, end.figure - found.now, minus=minus)


def difference_text(key: str, change: float, *, minus: str = "-") -> str:
    """Return a difference of a figure, of rates to a tenth of a basis point."""
    figure = difference_of(FIGURES[key])
    if figure.unit is Unit.BPS:
        figure = replace(figure, decimals=1)
    return number_text(figure, change, minus=minus)
