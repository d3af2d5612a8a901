"""The closes of a coin on one calendar, and the returns between them.

Returns are logarithms of one close over the one before. Where a file changes its calendar, as from
all days to those of an exchange, all closes are thinned to one a week: no calendar then is taken
for another.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from math import log
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from etfcompare.history.series import Series

LEAST_DAYS: Final = 52 * 7
"""A year in whole weeks: what is shorter is not annualised."""
LEAST_CLOSES: Final = 10
"""Closes below which none are looked at."""

WEEK: Final = 7
WEEKEND: Final = (5, 6)
MOSTLY: Final = 0.95
"""Share of a calendar's days that must be there for it to be that calendar."""
LATE: Final = 3
"""Days before a Friday on which the last close of its week may be."""


class Calendar(NamedTuple):
    """Which closes there are."""

    closes: str
    """In words, as `weekly closes`."""
    periods: int
    """How many there are in a year."""
    longest: int
    """Days between two closes past which some are missing between, so that they make no return."""


EVERY_DAY = Calendar("daily closes, weekends too", 365, 1)
EXCHANGE_DAYS = Calendar("closes of exchange days", 252, 5)
WEEKLY = Calendar("weekly closes", 52, 10)
MONTHLY = Calendar("monthly closes", 12, 35)


class Closes(NamedTuple):
    """The closes of a coin on one calendar."""

    days: Sequence[int]
    """Ordinals, the earliest first."""
    values: Sequence[float]
    calendar: Calendar
    every: Sequence[float]
    """The values of all closes on file, of which those above may be one a week."""

    @property
    def is_thinned(self) -> bool:
        """Return whether the file has more of them, on changing calendars."""
        return len(self.every) > len(self.days)


def closes_of(series: Series, as_of: date, window: int | None) -> Closes | None:
    """Return the closes of a window on one calendar, None if they make no year or have no calendar.

    Args:
        series: The closes on file.
        as_of: The last day that may count.
        window: Days to look back from the last close, to the close of that day or the last before;
            None for all there are.
    """
    series = series.upto(as_of)
    pairs = [
        (int(day), one) for day, one in zip(series.days, series.values, strict=True) if one > 0
    ]
    if window is not None and pairs:
        start = pairs[-1][0] - window
        before = sum(day <= start for day, _ in pairs)
        pairs = pairs[max(before - 1, 0) :]
    days = [day for day, _ in pairs]
    if len(days) < LEAST_CLOSES or days[-1] - days[0] < LEAST_DAYS:
        return None
    calendar = calendar_of(days)
    every = [one for _, one in pairs]
    if calendar is None and _is_daily(days):
        pairs, calendar = _weekly(pairs), WEEKLY
    if calendar is None:
        return None
    return Closes([day for day, _ in pairs], [one for _, one in pairs], calendar, every)


def calendar_of(days: Sequence[int]) -> Calendar | None:
    """Return the calendar of closes by their spacing; None if they follow none throughout.

    Args:
        days: Ordinals, the earliest first.
    """
    if not _is_daily(days):
        gaps = [b - a for a, b in pairwise(days)]
        return next((one for one in (WEEKLY, MONTHLY) if _fits(gaps, one)), None)
    weekend_days = sum((day - 1) % WEEK in WEEKEND for day in range(days[0], days[-1] + 1))
    weekend_closes = sum((day - 1) % WEEK in WEEKEND for day in days)
    if len(days) >= MOSTLY * (days[-1] - days[0] + 1):
        return EVERY_DAY
    return EXCHANGE_DAYS if weekend_closes <= (1 - MOSTLY) * weekend_days else None


def _is_daily(days: Sequence[int]) -> bool:
    """Tell whether most closes are of the day after the one before."""
    return 2 * sum(b - a == 1 for a, b in pairwise(days)) > len(days)


def _fits(gaps: Sequence[int], calendar: Calendar) -> bool:
    usual = 365 / calendar.periods
    fitting = sum(2 * usual - calendar.longest <= gap <= calendar.longest for gap in gaps)
    return fitting >= MOSTLY * len(gaps)


def _weekly(pairs: Sequence[tuple[int, float]]) -> list[tuple[int, float]]:
    """Return the last close up to each Friday, of weeks that have one from Tuesday on."""
    weeks: dict[int, tuple[int, float]] = {}
    for day, value in pairs:
        friday = day + (5 - day) % WEEK
        if friday - day <= LATE:
            weeks[friday] = (day, value)
    return list(weeks.values())


def log_returns(closes: Closes) -> list[float]:
    """Return the returns of closes that have none missing between."""
    return returns_between(closes.days, closes.values, closes.calendar.longest)


def returns_between(days: Sequence[int], values: Sequence[float], longest: int) -> list[float]:
    """Return the logarithms of growth between closes that have none missing between."""
    both = pairwise(zip(days, values, strict=True))
    return [log(after / before) for (a, before), (b, after) in both if b - a <= longest]
