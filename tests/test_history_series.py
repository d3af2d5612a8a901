"""Periods and series of them."""

from __future__ import annotations

from array import array
from datetime import date, timedelta
from math import fsum
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etfcompare.history.series import (
    Period,
    PeriodKind,
    Series,
    period_holding,
    period_of,
    series_of,
)
from etfcompare.units import UnitError

DAYS = st.dates(min_value=date(1, 1, 8), max_value=date(9999, 12, 1))
KINDS = st.sampled_from(PeriodKind)
FLOWS = st.dictionaries(
    st.dates(min_value=date(2020, 1, 1), max_value=date(2030, 1, 1)),
    st.floats(min_value=-1e12, max_value=1e12),
    min_size=1,
)


@pytest.mark.parametrize(
    ("text", "kind", "first", "last"),
    [
        ("2026-01-23", PeriodKind.DAY, date(2026, 1, 23), date(2026, 1, 23)),
        ("2026-W04", PeriodKind.WEEK, date(2026, 1, 19), date(2026, 1, 25)),
        ("2026-W01", PeriodKind.WEEK, date(2025, 12, 29), date(2026, 1, 4)),
        ("2020-W53", PeriodKind.WEEK, date(2020, 12, 28), date(2021, 1, 3)),
        ("2024-02", PeriodKind.MONTH, date(2024, 2, 1), date(2024, 2, 29)),
        ("9999-12", PeriodKind.MONTH, date(9999, 12, 1), date(9999, 12, 31)),
    ],
)
def test_a_period_is_known_by_its_kind_and_its_days(
    text: str, kind: PeriodKind, first: date, last: date
) -> None:
    period = period_of(text)
    assert (period.kind, period.first_day, period.last_day) == (kind, first, last)
    assert str(period) == text


@pytest.mark.parametrize(
    "text",
    [
        *("", "2026", "20260123", "2026-1-2", "2026-02-30", "٢٠٢٦-01-01"),
        *("2026-13", "0000-01", "2026-Q1"),
        *("2026-W54", "2025-W53", "2026-W00", "2026-w04", "9999-W52"),
    ],
)
def test_what_is_no_period_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(UnitError, match="is no period of time") as refused:
        period_of(text)
    assert "2026-W04" in refused.value.hint


@given(DAYS, KINDS)
def test_the_period_of_a_day_holds_it_and_reads_as_it_is_written(
    day: date, kind: PeriodKind
) -> None:
    period = period_holding(day, kind)
    assert period.first_day <= day <= period.last_day
    assert period_of(str(period)) == period


@given(DAYS, KINDS)
def test_the_day_after_a_period_begins_the_next(day: date, kind: PeriodKind) -> None:
    period = period_holding(day, kind)
    following = period_holding(period.last_day + timedelta(days=1), kind)
    assert following.first_day == period.last_day + timedelta(days=1)
    assert following > period


@given(FLOWS, st.randoms(use_true_random=False))
def test_a_series_is_in_order_whatever_order_it_was_given_in(
    flows: dict[date, float], random: Random
) -> None:
    pairs = [(period_holding(day, PeriodKind.DAY), flow) for day, flow in flows.items()]
    random.shuffle(pairs)
    series = series_of(pairs)
    assert list(series.days) == sorted(day.toordinal() for day in flows)
    assert [flows[period.last_day] for period in series.periods] == list(series.values)


@given(FLOWS, st.dates(), st.dates())
def test_parts_of_a_series_are_those_of_the_days_named(
    flows: dict[date, float], first: date, last: date
) -> None:
    series = series_of((period_holding(day, PeriodKind.DAY), one) for day, one in flows.items())
    assert series.upto(last).total() == fsum(one for day, one in flows.items() if day <= last)
    between = [one for day, one in flows.items() if first <= day <= last]
    assert sorted(series.between(first, last).values) == sorted(between)


def test_lists_and_arrays_make_the_same_series() -> None:
    days, values = [10, 20, 30], [0.1, 0.2, 0.3]
    kinds = (
        Series(days, values, PeriodKind.WEEK),
        Series(array("q", days), array("d", values), PeriodKind.WEEK),
        Series(np.array(days), np.array(values), PeriodKind.WEEK),  # type: ignore[arg-type]
    )
    for series in kinds:
        part = series.last(2)
        assert (list(part.days), list(part.values), len(part)) == ([20, 30], [0.2, 0.3], 2)
        assert list(series.upto(date.fromordinal(25)).days) == [10, 20]
        assert series.periods[0] == Period(10, PeriodKind.WEEK)
        assert series.total() == 0.6


def test_more_than_there_is_gives_all_and_none_gives_nothing() -> None:
    series = Series([1, 2], [1.0, 2.0], PeriodKind.DAY)
    assert series.last(5) == series
    assert series.last(0).total() == 0


def test_periods_of_two_kinds_make_no_series() -> None:
    with pytest.raises(ValueError, match="unpack"):
        series_of([(period_of("2026-01"), 1.0), (period_of("2026-W10"), 1.0)])
