"""What flows add up to: periods, windows, runs, and rotation between assets.

Everything here is a function of one `Series` or a few (methodology section 4). Money in is
positive. A period is named by the ordinal of its last day.

A week is an ISO week. The weeks of CoinShares end on a Friday and those of ISO on the Sunday after;
nothing trades on the two days between, so that 2026-W04 is the week of 23 January 2026 for both. A
week counts to the month and the year of its Thursday, as ISO counts it to a year.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from etfcompare.history.series import Period, PeriodKind, Series, period_holding

QUIET: Final = 1e-4
"""Of the assets: a flow that is smaller is nought for a run of inflows or outflows."""
GRACE_DAYS: Final = 14
"""A fund may trade for so long before its first flow; history that begins later is cut off."""
WEEK_DAYS: Final = 7

_CACHE_SIZE: Final = 1 << 16
_TO_THURSDAY: Final = 3
_FRIDAY: Final = 4


# Periods


@lru_cache(maxsize=_CACHE_SIZE)
def last_day(day: int, kind: PeriodKind) -> int:
    """Return the last day of the period that a day lies in, both as ordinals."""
    return period_holding(date.fromordinal(day), kind).last


@lru_cache(maxsize=_CACHE_SIZE)
def first_day(last: int, kind: PeriodKind) -> int:
    """Return the first day of a period from its last, both as ordinals."""
    return Period(last, kind).first_day.toordinal()


def last_weekday(last: int, kind: PeriodKind) -> int:
    """Return the day by which a period is over for people who trade: of a week its Friday."""
    if kind is PeriodKind.DAY:
        return last
    return last - max(date.fromordinal(last).weekday() - _FRIDAY, 0)


def counted_on(last: int, kind: PeriodKind) -> int:
    """Return the day that decides which month and year a period counts to."""
    return last - _TO_THURSDAY if kind is PeriodKind.WEEK else last


_FINENESS: Final = tuple(PeriodKind)


def is_coarser(kind: PeriodKind, than: PeriodKind) -> bool:
    """Tell whether periods of a kind are made of periods of another."""
    return _FINENESS.index(kind) > _FINENESS.index(than)


def begun_from(series: Series, first: int) -> Series:
    """Return the periods that begin on a day or later."""
    kind = series.kind
    place = bisect_left(series.days, first, key=lambda last: first_day(last, kind))
    return series.last(len(series) - place)


def over_by(series: Series, last: int) -> Series:
    """Return the periods whose trading is over at the end of a day."""
    kind = series.kind
    if not series or last_weekday(series.days[-1], kind) <= last:
        return series
    place = bisect_right(series.days, last, key=lambda one: last_weekday(one, kind))
    return Series(series.days[:place], series.values[:place], kind)


def resampled(series: Series, kind: PeriodKind) -> Series:
    """Add periods up to longer ones.

    Raises:
        ValueError: The series has longer periods than that.
    """
    if kind is series.kind:
        return series
    if not is_coarser(kind, series.kind):
        raise ValueError(f"a {series.kind} cannot be split into days or weeks")
    apart = series.days[0] - counted_on(series.days[0], series.kind) if series else 0
    ends: list[int] = []
    sums: list[float] = []
    place = 0
    while place < len(series):
        end = last_day(counted_on(series.days[place], series.kind), kind)
        after = bisect_right(series.days, end + apart, place)
        ends.append(end)
        sums.append(math.fsum(series.values[place:after]))
        place = after
    return Series(ends, sums, kind)


def summed(many: Sequence[Series]) -> Series:
    """Add series up, period by period: one or more, of one kind."""
    sums: dict[int, list[float]] = {}
    for one in many:
        for day, value in zip(one.days, one.values, strict=True):
            sums.setdefault(int(day), []).append(float(value))
    days = sorted(sums)
    return Series(days, [math.fsum(sums[day]) for day in days], many[0].kind)


def is_missing_between(before: int, after: int, kind: PeriodKind) -> bool:
    """Tell whether a week or a month lies between two, from their last days.

    Of days nobody knows it: there are holidays and weekends.
    """
    return kind is not PeriodKind.DAY and first_day(after, kind) > before + 1


def _is_gapless(series: Series) -> bool:
    return not any(
        is_missing_between(int(one), int(other), series.kind)
        for one, other in pairwise(series.days)
    )


# Windows


def covers(series: Series, first: int, launched: date | None) -> bool:
    """Tell whether a series knows all flows since a day.

    Args:
        series: Flows.
        first: The day.
        launched: When the fund began; None if nobody says.
    """
    if not series:
        return False
    begins = first_day(int(series.days[0]), series.kind)
    return begins <= first or (launched is not None and begins <= launched.toordinal() + GRACE_DAYS)


def flow_of_weeks(series: Series, weeks: int, launched: date | None = None) -> float | None:
    """Return the sum of the last weeks, up to the last period.

    Of a fund younger than that it is the sum since launch.

    Returns:
        None if the series does not reach back so far, lacks a week of them, or is of months.
    """
    if not series or series.kind is PeriodKind.MONTH:
        return None
    first = int(series.days[-1]) - weeks * WEEK_DAYS + 1
    return _known_from(series, first, launched)


def flow_of_year(series: Series, launched: date | None = None) -> float | None:
    """Return the sum since 1 January of the year of the last period, None if not covered.

    Of weeks: since the first that counts to that year.
    """
    if not series:
        return None
    year = date.fromordinal(counted_on(int(series.days[-1]), series.kind)).year
    first = date(year, 1, 1).toordinal()
    if series.kind is PeriodKind.WEEK:
        first = date.fromisocalendar(year, 1, 1).toordinal()
    return _known_from(series, first, launched)


def _known_from(series: Series, first: int, launched: date | None) -> float | None:
    """Return the sum since a day, None if a flow since then is not known."""
    if not covers(series, first, launched):
        return None
    part = begun_from(series, first)
    if series.kind is not PeriodKind.DAY and len(part) < len(series):
        begins = first_day(int(part.days[0]), part.kind)
        if begins > first:
            return None
    return part.total() if _is_gapless(part) else None


def flow_since(series: Series, launched: date | None) -> float | None:
    """Return the sum since launch, None if the launch or the flows after it are not known."""
    if launched is None or not covers(series, launched.toordinal(), launched):
        return None
    return series.total()


# Runs


class Run(NamedTuple):
    """Periods in a row in which money came in, or left."""

    length: int
    """How many; negative for outflows. Quiet periods are not counted and end no run."""
    total: float
    """US dollars, from the first period to the last."""
    first: int
    """The period it began with."""
    last: int


def runs(series: Series, assets: float | None = None) -> Iterator[Run]:
    """Return the runs of a series, the oldest first.

    A flow below 0.01% of the assets ends neither side and keeps the run (methodology section 4);
    without assets only a flow of zero does. A week or a month of which nothing is known ends it.

    Args:
        series: Flows.
        assets: US dollars; None if not known.
    """
    quiet = QUIET * (assets or 0.0)
    length, first, last = 0, 0, 0
    inside: list[float] = []
    since: list[float] = []
    before: int | None = None
    for day, number in zip(series.days, series.values, strict=True):
        value = float(number)
        if length and before is not None and is_missing_between(before, int(day), series.kind):
            yield Run(length, math.fsum(inside), first, last)
            length, since = 0, []
        before = int(day)
        since.append(value)
        if abs(value) < quiet or not value:
            continue
        sign = 1 if value > 0 else -1
        if length * sign <= 0:
            if length:
                yield Run(length, math.fsum(inside), first, last)
            length, first, inside, since = 0, int(day), [], [value]
        length += sign
        last = int(day)
        inside += since
        since = []
    if length:
        yield Run(length, math.fsum(inside), first, last)


def streak(series: Series, assets: float | None = None) -> int:
    """Return how many periods in a row money came in, negative if it left; 0 if it does neither.

    A week or a month of which nothing is known ends it.
    """
    quiet = QUIET * (assets or 0.0)
    length = 0
    after = int(series.days[-1]) if series else 0
    for place in range(len(series.values) - 1, -1, -1):
        value, day = float(series.values[place]), int(series.days[place])
        if length and is_missing_between(day, after, series.kind):
            break
        after = day
        if abs(value) < quiet or not value:
            continue
        sign = 1 if value > 0 else -1
        if length * sign < 0:
            break
        length += sign
    return length


def largest_since(series: Series) -> int | None:
    """Return the period of the last flow that was at least as large as the newest, the same way.

    Returns:
        None if there was none: the newest is the largest of all.
    """
    if not series:
        return None
    newest = float(series.values[-1])
    sign = -1.0 if newest < 0 else 1.0
    for place in range(len(series.days) - 2, -1, -1):
        if float(series.values[place]) * sign >= newest * sign:
            return int(series.days[place])
    return None


# Between assets


@dataclass(frozen=True, slots=True)
class Rotation:
    """Money that left some and may have gone to others."""

    inflow: float
    """US dollars, of all that took money in."""
    outflow: float
    """US dollars, positive, of all that lost money."""

    @property
    def matched(self) -> float:
        """The most that can have moved from one to another, US dollars."""
        return min(self.inflow, self.outflow)

    @property
    def index(self) -> float | None:
        """0 if all went one way, 1 if as much came in as left; None without flows."""
        moved = self.inflow + self.outflow
        return 2 * self.matched / moved if moved else None

    def part_of(self, flow: float) -> float | None:
        """Return the part of its side, of all inflow or of all outflow, that a flow is."""
        side = self.outflow if flow < 0 else self.inflow
        return abs(flow) / side if side else None


def rotation(flows: Iterable[float]) -> Rotation:
    """Return what came in and what left, of the flows of one period (methodology section 4)."""
    known = list(flows)
    return Rotation(
        math.fsum(one for one in known if one > 0), math.fsum(-one for one in known if one < 0)
    )
