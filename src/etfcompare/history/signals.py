"""What is to be read into flows: surprise, persistence, whether they follow prices, the season.

Each says how sure it is of itself: none of these is proof of anything (methodology section 4).
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Final, NamedTuple

from etfcompare.history.flows import WEEK_DAYS, first_day, last_day, last_weekday, resampled
from etfcompare.history.series import PeriodKind, Series

SCORED: Final = 20
"""Periods before the last one that it is measured against."""
REMEMBERED: Final = 52
"""Weeks that persistence looks back on."""
FEWEST_WEEKS: Final = 13
"""Below this the persistence of flows is noise."""
SEASON: Final = (12, 10, 31)
"""The month, first and last day of selling for tax losses; one episode is no proof of it."""
SEASONAL: Final = "US"
"""The country whose investors have that season."""


# Surprise and memory


def z_score(series: Series) -> float | None:
    """Return how far the newest flow is from the mean of 20 periods before it, in their deviations.

    Returns:
        None with fewer periods, or if those were all the same.
    """
    if len(series.values) <= SCORED:
        return None
    *before, newest = (float(one) for one in series.values[-SCORED - 1 :])
    mean = math.fsum(before) / SCORED
    deviation = math.sqrt(math.fsum((one - mean) ** 2 for one in before) / (SCORED - 1))
    return (newest - mean) / deviation if deviation else None


class Persistence(NamedTuple):
    """Whether flows go on as they went before."""

    value: float
    """Autocorrelation at a lag of one period, -1 to 1."""
    band: float
    """What chance alone gives: 1/√n to either side of zero."""


def persistence(values: Sequence[float]) -> Persistence | None:
    """Return the lag-1 autocorrelation of flows around their mean (methodology section 4).

    Flows are taken as shares of assets there; of assets held constant nothing remains of that.

    Returns:
        None of fewer than three flows, or if all are the same.
    """
    count = len(values)
    if count < 3:  # noqa: PLR2004 - two give one pair, and no correlation
        return None
    mean = math.fsum(values) / count
    apart = [float(one) - mean for one in values]
    spread = math.fsum(one * one for one in apart)
    if not spread:
        return None
    shared = math.fsum(one * other for one, other in pairwise(apart))
    return Persistence(shared / spread, 1 / math.sqrt(count))


def weekly_persistence(series: Series) -> Persistence | None:
    """Return the persistence of the last 52 full weeks, None of fewer than 13 or of months."""
    if series.kind is PeriodKind.MONTH or not series:
        return None
    newest = int(series.days[-1])
    place = bisect_left(series.days, last_day(newest, PeriodKind.WEEK) - REMEMBERED * WEEK_DAYS + 1)
    weeks = resampled(series.last(len(series) - place), PeriodKind.WEEK)
    full = [
        value
        for last, value in zip(weeks.days, weeks.values, strict=True)
        if last_weekday(last, PeriodKind.WEEK) <= newest
    ]
    return persistence(full) if len(full) >= FEWEST_WEEKS else None


# Against prices, in season


class Agreement(NamedTuple):
    """How often money followed the price."""

    share: float
    """Of the periods in which both moved: those in which both rose or both fell."""
    periods: int
    """In how many both moved."""


def same_sign(flows: Series, closes: Series) -> Agreement | None:
    """Return the share of periods in which flow and price went the same way.

    A share of signs, not a correlation: one day of a billion does not decide it.

    Args:
        flows: By period.
        closes: Closing prices; a period's is the last at or before its last day.
    """
    agreed = moved = 0
    before: float | None = None
    for day, flow in zip(flows.days, flows.values, strict=True):
        place = bisect_right(closes.days, day)
        close = float(closes.values[place - 1]) if place else None
        if before is not None and close is not None:
            product = float(flow) * (close - before)
            moved += product != 0
            agreed += product > 0
        before = close
    return Agreement(agreed / moved, moved) if moved else None


def is_tax_season(last: int, kind: PeriodKind, country: str | None) -> bool:
    """Tell whether a period touches 10 to 31 December, for funds of the United States."""
    if country != SEASONAL:
        return False
    month, begins, ends = SEASON
    year = date.fromordinal(last).year
    return any(
        first_day(last, kind) <= date(one, month, ends).toordinal()
        and last >= date(one, month, begins).toordinal()
        for one in (year - 1, year)
    )
