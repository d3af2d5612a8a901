"""How firm a top place is, in words that every face shows: plain text that is safe to show."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from etfcompare.engine.cells import difference_of, number_text, signs_of
from etfcompare.engine.comparison import SortKey
from etfcompare.engine.figure import Unit
from etfcompare.engine.figures import FIGURES, HEADLINE
from etfcompare.engine.fragility import Flip, Standing
from etfcompare.engine.levers import Lever, Measure
from etfcompare.units import format_bps, format_money, format_number, format_rate, rate_of
from etfcompare.visible import visible

NAMED: Final = 3
"""Products that are named before the rest is counted."""
OVERALL: Final = "overall"
DECIMALS: Final = 2
_FINEST: Final = 6
"""Decimals at most, for changes that are very small."""


def place_name(standing: Standing) -> str:
    """Name what is led: a coin, or all."""
    return visible(standing.asset) or OVERALL


def sentences(standing: Standing, sort: SortKey, *, minus: str = "-") -> Iterator[str]:
    """Say who is first and by how much, then the smallest change that ends that.

    Args:
        standing: Who is first.
        sort: What they are ranked by.
        minus: The minus sign.
    """
    top = visible(standing.top)
    if standing.ties:
        named = [top, *map(visible, standing.ties[: NAMED - 1])]
        more = len(standing.ties) + 1 - len(named)
        listed = ", ".join(named) + f" and {more} more" * bool(more)
        yield f"{listed} share the first place {_where(standing)}: it takes no change."
        return
    if standing.second is None:
        yield f"{top} is alone {_where(standing)}: no other {_said(sort)} is known."
        return
    lead = _lead(standing, sort, minus)
    yield f"{top} leads {_led(standing)} by {lead} over {visible(standing.second)}{_by(sort)}."
    flip = standing.smallest
    if flip is None:
        yield "No single input of a fund, and no assumption, changes that within its bounds."
        return
    change = change_text(flip, minus=minus)
    then = f"{present_text(flip.lever)} → {then_text(flip)}"
    moved = f"{change} on {_input(flip, standing)} ({then})"
    yield f"It takes {moved} and {visible(flip.winner)} is first."


def _led(standing: Standing) -> str:
    return visible(standing.asset) or "all"


def _where(standing: Standing) -> str:
    return f"in {visible(standing.asset)}" if standing.asset else "of all"


def _said(sort: SortKey) -> str:
    return FIGURES[sort.key].said


def _by(sort: SortKey) -> str:
    return "" if sort.key == HEADLINE else f" in {_said(sort)}"


def _lead(standing: Standing, sort: SortKey, minus: str) -> str:
    figure = replace(difference_of(FIGURES[sort.key]), signed=False)
    if figure.unit is Unit.BPS:
        figure = replace(figure, decimals=1)
    return number_text(figure, standing.lead, minus=minus)


def _input(flip: Flip, standing: Standing) -> str:
    said = input_name(flip.lever)
    if not flip.lever.ticker:
        return said
    if flip.lever.ticker == standing.top:
        return f"its {said}"
    return f"the {said} of {visible(flip.lever.ticker)}"


def input_name(lever: Lever) -> str:
    """Name an input as it stands within a sentence; an abbreviation stays one."""
    label = lever.label
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def present_text(lever: Lever) -> str:
    """Return what an input is now, with the signs of what there is to say of it."""
    return value_text(lever, lever.now) + signs_of(lever.marks)


def value_text(lever: Lever, value: float) -> str:
    """Return a value of an input as people read it, exactly where it is a rate or a date."""
    if lever.measure is Measure.MONEY:
        return format_money(value)
    text = format_rate(value)
    is_rate = lever.measure is not Measure.DAYS
    return text if is_rate and rate_of(text) == value else lever.write(value)


def then_text(flip: Flip) -> str:
    """Return what an input has to become, in full where it would read as what it is now."""
    text = value_text(flip.lever, flip.value)
    is_told = text != value_text(flip.lever, flip.lever.now)
    return text if is_told else flip.lever.write(flip.value)


def change_text(flip: Flip, *, minus: str = "-") -> str:
    """Return by how much an input moves, in its own unit."""
    return moved_text(flip.lever.measure, flip.change, minus=minus)


def moved_text(measure: Measure, change: float, *, minus: str = "-") -> str:
    """Return a change of an input: `+12.53bp`, `-5.68 points`, `+34 days`, `-$120M`."""
    match measure:
        case Measure.RATE:
            return format_bps(change, _decimals(change * 1e4), minus=minus)
        case Measure.SHARE:
            points = change * 100
            text = format_number(points, _decimals(points), signed=True, minus=minus)
            return f"{text} points"
        case Measure.DAYS:
            plural = "" if abs(change) == 1 else "s"
            return f"{format_number(change, 0, signed=True, minus=minus)} day{plural}"
        case Measure.MONEY:
            return format_money(change, signed=True, minus=minus)


def _decimals(number: float) -> int:
    """Return how many decimals show two digits at least."""
    if number == 0:
        return DECIMALS
    return min(_FINEST, max(DECIMALS, 1 - math.floor(math.log10(abs(number)))))


def unknown_in_words(tickers: tuple[str, ...], sort: SortKey) -> str | None:
    """Say whose figure is unknown, so that they have no place; None where all are known."""
    if not tickers:
        return None
    named = ", ".join(map(visible, tickers[:NAMED]))
    more = f" and {len(tickers) - NAMED} more" if len(tickers) > NAMED else ""
    return f"{_said(sort)} unknown, so without a place: {named}{more}"
