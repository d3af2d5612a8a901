"""Periods of time, and series of numbers by period."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from math import fsum
from typing import Final, NamedTuple

from etfcompare.catalogue.fields import quoted
from etfcompare.units import UnitError, date_of

_CACHE_SIZE: Final = 1 << 16
_WEEK: Final = re.compile(r"([0-9]{4})-W([0-9]{2})")
_MONTH: Final = re.compile(r"([0-9]{4})-([0-9]{2})")
_HINT: Final = "write a day, week or month as 2026-01-23, 2026-W04 or 2026-01"


class PeriodKind(StrEnum):
    """How long a period is."""

    DAY = "day"
    WEEK = "week"
    """Of ISO 8601: from Monday to Sunday."""
    MONTH = "month"


class Period(NamedTuple):
    """A day, a week or a month. Earlier ones are less."""

    last: int
    """Its last day, as a date's ordinal; of a week, its Sunday."""
    kind: PeriodKind

    @property
    def first_day(self) -> date:
        """Return the day it begins."""
        end = self.last_day
        match self.kind:
            case PeriodKind.DAY:
                return end
            case PeriodKind.WEEK:
                return end - timedelta(days=6)
            case PeriodKind.MONTH:
                return end.replace(day=1)

    @property
    def last_day(self) -> date:
        """Return the day it ends."""
        return date.fromordinal(self.last)

    def __str__(self) -> str:
        """Return it as files write it: `2026-01-23`, `2026-W04`, `2026-01`."""
        end = self.last_day
        match self.kind:
            case PeriodKind.DAY:
                return end.isoformat()
            case PeriodKind.WEEK:
                year, week, _ = end.isocalendar()
                return f"{year:04}-W{week:02}"
            case PeriodKind.MONTH:
                return f"{end.year:04}-{end.month:02}"


@lru_cache(maxsize=_CACHE_SIZE)
def period_of(text: str) -> Period:
    """The period that `2026-01-23`, `2026-W04` or `2026-01` names.

    Raises:
        UnitError: if it names none.
    """
    plain = text.strip(" ")
    try:
        if found := _WEEK.fullmatch(plain):
            sunday = date.fromisocalendar(int(found[1]), int(found[2]), 7)
            return Period(sunday.toordinal(), PeriodKind.WEEK)
        if found := _MONTH.fullmatch(plain):
            return Period(_end_of_month(int(found[1]), int(found[2])), PeriodKind.MONTH)
        return Period(date_of(plain).toordinal(), PeriodKind.DAY)
    except (UnitError, ValueError) as error:
        raise UnitError(f"{quoted(text)} is no period of time", _HINT) from error


def period_holding(day: date, kind: PeriodKind) -> Period:
    """Return the period of a kind that a day lies in."""
    match kind:
        case PeriodKind.DAY:
            return Period(day.toordinal(), kind)
        case PeriodKind.WEEK:
            return Period(day.toordinal() + 7 - day.isoweekday(), kind)
        case PeriodKind.MONTH:
            return Period(_end_of_month(day.year, day.month), kind)


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers by period, the earliest first, all periods of one kind.

    Days are ordinals of each period's last day. Any sequences will do: lists, arrays of the
    standard library (which numpy takes without copying) or of numpy. Periods may be missing.
    """

    days: Sequence[int]
    values: Sequence[float]
    kind: PeriodKind

    def __len__(self) -> int:
        return len(self.days)

    @property
    def periods(self) -> tuple[Period, ...]:
        """Return the periods, the earliest first."""
        return tuple(Period(int(day), self.kind) for day in self.days)

    def upto(self, day: date) -> Series:
        """Return the periods that were over at the end of a day."""
        return self._part(0, bisect_right(self.days, day.toordinal()))

    def between(self, first: date, last: date) -> Series:
        """Return the periods that ended on these days or between them."""
        return self._part(
            bisect_left(self.days, first.toordinal()), bisect_right(self.days, last.toordinal())
        )

    def last(self, count: int) -> Series:
        """Return the last so many periods, or all if there are fewer."""
        return self._part(max(len(self.days) - count, 0), len(self.days))

    def total(self) -> float:
        """Return the exact sum, rounded once; 0 of nothing."""
        return fsum(self.values)

    def _part(self, start: int, stop: int) -> Series:
        return Series(self.days[start:stop], self.values[start:stop], self.kind)


def series_of(values: Iterable[tuple[Period, float]]) -> Series:
    """Return a series of values by period, given in any order, each period once.

    Raises:
        ValueError: if there are none, or their periods are not of one kind.
    """
    ordered = sorted(values)
    (kind,) = {period.kind for period, _ in ordered}
    return Series(
        array("q", (period.last for period, _ in ordered)),
        array("d", (value for _, value in ordered)),
        kind,
    )


def _end_of_month(year: int, month: int) -> int:
    """The ordinal of the last day of a month."""
    return date(year, month, monthrange(year, month)[1]).toordinal()
