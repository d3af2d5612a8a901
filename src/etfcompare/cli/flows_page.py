"""What `etfcompare flows` shows to people: a league, and a line on what it says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from etfcompare.cli.table import Column
from etfcompare.engine.scenario import Scenario
from etfcompare.history.league import League, Standing
from etfcompare.history.sparkline import sparkline
from etfcompare.units import format_money, format_number, format_rate
from etfcompare.visible import visible

FEW: Final = 4
"""Periods that get a column each; of more only the last does."""
DRAWN: Final = 52
"""Periods that a line of bars shows at most."""
TOTAL: Final = "Total"
ESTIMATED: Final = "~"
UNKNOWN: Final = "?"


def topmost(found: League, top: int | None) -> Sequence[Standing]:
    """Return the largest flows of either sign, in the order of the league."""
    if top is None:
        return found.standings
    largest = sorted(found.standings, key=lambda one: -abs(one.total))[:top]
    return [one for one in found.standings if one in largest]


def columns_of(found: League, top: int | None) -> Iterator[Column]:
    """Draw a league column by column, with a line of totals at the foot."""
    rows = [*topmost(found, top), found.all_of_them]
    names = [visible(one.name) for one in rows[:-1]]
    yield Column(heading=found.by.value.capitalize(), cells=[*names, TOTAL], is_bold=True)
    for place in _places(found):
        cells = [_money(one.flows[place]) for one in rows]
        yield Column(heading=str(found.periods[place]), cells=cells, to_right=True)
    heading = _span(found)
    yield Column(
        heading=heading,
        cells=[_money(one.total) for one in rows],
        signs=[ESTIMATED if _is_short(found, one) else "" for one in rows],
        to_right=True,
    )
    yield Column(
        heading="of AUM",
        cells=[_rate(one.share_of_aum, signed=True) for one in rows],
        signs=[ESTIMATED if _is_partial(one) else "" for one in rows],
        to_right=True,
    )
    yield Column(
        heading="of side",
        cells=[_side(one) for one in rows[:-1]] + [""],
        to_right=True,
    )
    streaks = [_streak(one.streak) for one in rows[:-1]]
    yield Column(heading="Streak", cells=[*streaks, ""], to_right=True)
    if any(one.with_price is not None for one in rows):
        cells = [_rate(one.with_price, decimals=0) for one in rows[:-1]]
        yield Column(heading="price", cells=[*cells, ""], to_right=True)
    if len(found.periods) == 1:
        return
    drawn = [sparkline(one.flows[-DRAWN:]) for one in rows]
    shown = min(len(found.periods), DRAWN)
    yield Column(heading=f"last {shown}" if shown < len(found.periods) else "Trend", cells=drawn)


def _is_partial(one: Standing) -> bool:
    return one.is_partial and one.share_of_aum is not None


def _is_short(found: League, one: Standing) -> bool:
    """Tell whether a total leaves out periods of which no figure is published."""
    parts = found.standings if one is found.all_of_them else (one,)
    return found.is_published and any(None in part.flows for part in parts)


def _places(found: League) -> Sequence[int]:
    """Return which periods get a column of their own."""
    count = len(found.periods)
    if count == 1:
        return ()
    return range(count) if count <= FEW else (count - 1,)


def _span(found: League) -> str:
    count = len(found.periods)
    return str(found.periods[0]) if count == 1 else f"{count} {found.kind.value}s"


def _money(amount: float | None) -> str:
    return UNKNOWN if amount is None else format_money(amount, signed=True)


def _rate(rate: float | None, *, decimals: int = 1, signed: bool = False) -> str:
    return UNKNOWN if rate is None else format_rate(rate, decimals, signed=signed)


def _side(one: Standing) -> str:
    if one.share_of_side is None:
        return ""
    return f"{format_rate(one.share_of_side, 0)} {'in' if one.total > 0 else 'out'}"


def _streak(length: int | None) -> str:
    return UNKNOWN if length is None else format_number(length, 0, signed=True)


def summary_of(found: League, limit: int | None, scenario: Scenario) -> str:
    """Say which periods these are, what moved, and what the signs mean.

    Args:
        found: The league.
        limit: Days after which its last flows are too old; None if old ones were asked for.
        scenario: Whose date it is.
    """
    if not found.periods:
        return (
            "no whole period of known flows lies in that time;"
            " `etfcompare import flows FILE` adds some"
        )
    first, newest = found.periods[0].first_day, found.periods[-1].last_day
    turned = found.rotation
    told = [
        f"{_span(found)}, {first} to {newest}",
        f"in {_money(turned.inflow)}, out {_money(-turned.outflow)}",
    ]
    if turned.index:
        told.append(f"rotation {format_number(turned.index, 2)} of 1")
    days = (scenario.as_of - newest).days
    if limit is not None and days > limit:
        told.append(f"! the last flows are {days} days old")
    if any(map(_is_partial, (*found.standings, found.all_of_them))):
        told.append(f"{ESTIMATED} of funds whose AUM is known")
    if any(_is_short(found, one) for one in found.standings):
        told.append(f"{ESTIMATED} of the {found.kind}s that are published")
    return " · ".join(told)
