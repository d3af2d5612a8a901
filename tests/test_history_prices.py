"""Volatility, falls and the company of bitcoin, from closing prices."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import accumulate, cycle, islice
from math import exp, sqrt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etfcompare.history.closes import EVERY_DAY, EXCHANGE_DAYS, MONTHLY, WEEKLY, calendar_of
from etfcompare.history.prices import (
    Exposure,
    beta,
    correlation,
    downside_deviation,
    exposure,
    max_drawdown,
    pairs,
    volatility,
)
from etfcompare.history.series import PeriodKind, Series
from etfcompare.history.tables import History

RETURNS = [0.02, -0.03, 0.01, -0.015, 0.04, -0.025, 0.005]
START = date(2024, 1, 5)
"""A Friday."""
TODAY = date(2026, 11, 22)


def closes(days: Sequence[int], returns: Iterable[float], start: float = 100.0) -> Series:
    """Closes that follow from returns, repeated as often as it takes."""
    steps = islice(cycle(returns), len(days) - 1)
    values = list(accumulate(steps, lambda value, step: value * exp(step), initial=start))
    return Series(days, values, PeriodKind.DAY)


def days_from(start: date, count: int, step: int = 1) -> list[int]:
    return [start.toordinal() + step * place for place in range(count)]


def weekdays_from(start: date, count: int) -> list[int]:
    days = (start + timedelta(place) for place in range(2 * count))
    return [day.toordinal() for day in days if day.weekday() < 5][:count]


def measured(series: Series, bitcoin: Series | None = None, window: int | None = None) -> Exposure:
    prices = {"SOL": series} if bitcoin is None else {"SOL": series, "BTC": bitcoin}
    return exposure(History(prices=prices), TODAY, window)["SOL"]


def test_e1_volatility_is_that_of_the_methodology() -> None:
    assert volatility(RETURNS, 1) == pytest.approx(0.025401537261317383, abs=1e-9)
    assert volatility(RETURNS, 365) == pytest.approx(0.485295687969618, abs=1e-9)
    assert volatility(RETURNS, 252) == pytest.approx(0.4032369030731191, abs=1e-9)


def test_e15_one_calendar_for_the_other_inflates_by_the_root_of_their_ratio() -> None:
    ratio = volatility(RETURNS, EVERY_DAY.periods) / volatility(RETURNS, EXCHANGE_DAYS.periods)
    assert ratio == pytest.approx(1.2035001862952488, abs=1e-9)


def test_downside_deviation_is_spread_over_all_returns() -> None:
    assert downside_deviation(RETURNS, 1) == pytest.approx(0.015811388300841896, abs=1e-9)
    assert downside_deviation(RETURNS, 365) == pytest.approx(0.30207614933986426, abs=1e-9)
    assert downside_deviation([0.01, 0.02], 1, least=0.03) == pytest.approx(sqrt(0.0005 / 2))


def test_the_worst_fall_is_from_a_peak() -> None:
    wealth = list(accumulate(RETURNS, lambda value, one: value * (1 + one), initial=1.0))
    assert max_drawdown(wealth) == pytest.approx(-0.03499550000000007, abs=1e-9)
    assert max_drawdown([100.0, 50.0, 200.0, 120.0]) == pytest.approx(-0.5)
    assert max_drawdown([1.0, 2.0]) == 0


def test_beta_and_correlation_of_hand_worked_returns() -> None:
    # Deviations from the means: (-2, 0, 2) and (-1, -1, 2); products 2 + 0 + 4, squares 8 and 6.
    ours, theirs = [0.0, 0.02, 0.04], [0.0, 0.0, 0.03]
    assert beta(ours, theirs) == pytest.approx(6 / 6)
    assert correlation(ours, theirs) == pytest.approx(6 / sqrt(8 * 6))
    assert beta(ours, [0.01, 0.01, 0.01]) is None
    assert correlation([0.5, 0.5, 0.5], theirs) is None


@pytest.mark.parametrize(
    ("days", "calendar"),
    [
        (days_from(START, 800), EVERY_DAY),
        (weekdays_from(START, 600), EXCHANGE_DAYS),
        (days_from(START, 110, step=7), WEEKLY),
        ([date(2024 + n // 12, n % 12 + 1, 28).toordinal() for n in range(30)], MONTHLY),
        (days_from(START, 90, step=11), None),
        ([*days_from(START, 400), *weekdays_from(START + timedelta(400), 300)], None),
    ],
)
def test_the_calendar_is_told_by_the_spacing(days: list[int], calendar: object) -> None:
    assert calendar_of(days) == calendar


@pytest.mark.parametrize(
    ("days", "periods"), [(days_from(START, 701), 365), (weekdays_from(START, 701), 252)]
)
def test_a_year_has_as_many_returns_as_its_calendar(days: list[int], periods: int) -> None:
    found = measured(closes(days, RETURNS))
    assert found.volatility == pytest.approx(volatility(RETURNS * 100, periods))
    assert found.calendar.periods == periods
    assert f"√{periods}" in found.words


def test_closes_of_two_calendars_are_thinned_to_weeks() -> None:
    days = [*days_from(START, 400), *weekdays_from(START + timedelta(400), 300)]
    found = measured(closes(days, RETURNS))
    assert (found.calendar, found.is_thinned) == (WEEKLY, True)
    assert found.first == START
    assert found.last.weekday() == 4
    assert "of a file whose calendar changes" in found.words


def test_the_worst_fall_is_of_all_closes_even_where_weeks_are_taken() -> None:
    days = [*days_from(START, 400), *weekdays_from(START + timedelta(400), 300)]
    series = closes(days, [0.001])
    values = list(series.values)
    values[3] = values[2] / 2  # a Monday
    found = measured(Series(days, values, PeriodKind.DAY))
    assert found.max_drawdown == pytest.approx(-0.5)
    assert found.volatility == pytest.approx(0, abs=0.02)


def test_missing_closes_make_no_return() -> None:
    days = days_from(START, 110, step=7)
    series = closes(days, [0.01, -0.01])
    hole = [place for place in range(110) if place != 50]
    found = measured(
        Series(
            [days[place] for place in hole], [series.values[place] for place in hole], series.kind
        )
    )
    assert found.returns == 107


def test_what_is_shorter_than_a_year_is_unknown() -> None:
    prices = {
        "SOL": closes(days_from(START, 52, step=7), RETURNS),
        "BTC": closes(days_from(START, 53, step=7), RETURNS),
        "ETH": Series([], [], PeriodKind.DAY),
    }
    assert set(exposure(History(prices=prices), TODAY)) == {"BTC"}


def test_a_window_ends_with_the_last_close_known_on_the_day() -> None:
    days = days_from(START, 150, step=7)
    history = History(prices={"BTC": closes(days, RETURNS)})
    as_of = START + timedelta(7 * 100 + 3)
    found = exposure(history, as_of, 365)["BTC"]
    assert found.last == START + timedelta(700)
    assert found.first == START + timedelta(7 * 47)  # the last close a year before it or earlier
    assert exposure(history, as_of, None)["BTC"].first == START


def test_bitcoin_moves_with_itself() -> None:
    history = History(prices={"BTC": closes(days_from(START, 110, step=7), RETURNS)})
    found = exposure(history, TODAY)["BTC"]
    assert found.beta == pytest.approx(1)
    assert found.correlation == pytest.approx(1)


def test_two_coins_are_held_against_each_other_on_the_days_of_both() -> None:
    days = days_from(START, 701)
    exchange = [day for day in days if (day - 1) % 7 < 5]
    bitcoin = closes(days, RETURNS)
    doubled = {day: value**2 for day, value in zip(bitcoin.days, bitcoin.values, strict=True)}
    found = measured(Series(exchange, [doubled[day] for day in exchange], PeriodKind.DAY), bitcoin)
    assert found.calendar == EXCHANGE_DAYS
    assert found.shared_returns == len(exchange) - 1
    assert found.beta == pytest.approx(2)
    assert found.correlation == pytest.approx(1)


def test_any_two_coins_are_held_against_each_other_as_against_bitcoin() -> None:
    days = days_from(START, 701)
    exchange = [day for day in days if (day - 1) % 7 < 5]
    ether, bitcoin = closes(days, RETURNS), closes(days, [0.01, -0.02, 0.03])
    halved = {day: value**-0.5 for day, value in zip(ether.days, ether.values, strict=True)}
    solana = Series(exchange, [halved[day] for day in exchange], PeriodKind.DAY)
    history = History(prices={"SOL": solana, "ETH": ether, "BTC": bitcoin})
    found, of_bitcoin = pairs(history, TODAY), exposure(history, TODAY)
    assert set(found) == {("BTC", "ETH"), ("BTC", "SOL"), ("ETH", "SOL")}
    assert found["ETH", "SOL"].correlation == pytest.approx(-1)
    assert found["ETH", "SOL"].calendar == EXCHANGE_DAYS
    assert found["ETH", "SOL"].returns == len(exchange) - 1
    for asset in ("ETH", "SOL"):
        assert found["BTC", asset].correlation == pytest.approx(of_bitcoin[asset].correlation)


def test_coins_that_share_too_few_days_make_no_pair() -> None:
    prices = {
        "ETH": closes(days_from(START, 60, step=7), RETURNS),
        "SOL": closes(days_from(START + timedelta(1), 60, step=7), RETURNS),
        "USD": closes(days_from(START, 60, step=7), [0.0]),
    }
    assert pairs(History(prices=prices), TODAY) == {}


def test_without_bitcoin_there_is_no_beta() -> None:
    found = measured(closes(days_from(START, 110, step=7), RETURNS))
    assert (found.beta, found.correlation) == (None, None)


@given(
    st.lists(st.floats(min_value=-0.3, max_value=0.3), min_size=20, max_size=60),
    st.floats(min_value=0.01, max_value=1e5),
)
def test_the_unit_of_a_price_does_not_matter(returns: list[float], start: float) -> None:
    days = days_from(START, 120, step=7)
    one, other = (measured(closes(days, returns, price)) for price in (1.0, start))
    assert one.volatility == pytest.approx(other.volatility, abs=1e-9)
    assert one.max_drawdown == pytest.approx(other.max_drawdown, abs=1e-9)
    assert one.downside_deviation == pytest.approx(other.downside_deviation, abs=1e-9)
    assert -1 <= one.max_drawdown <= 0


# Real coins


@pytest.fixture(scope="module")
def history(shared: Path) -> History:
    pairs: dict[str, list[tuple[int, float]]] = {}
    with (shared / "data" / "prices_daily.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            day = date.fromisoformat(row["date"]).toordinal()
            pairs.setdefault(row["asset"], []).append((day, float(row["close_usd"])))
    return History(
        prices={
            asset: Series([day for day, _ in found], [one for _, one in found], PeriodKind.DAY)
            for asset, found in pairs.items()
        }
    )


def test_the_figures_of_the_catalogue_follow_from_the_closes(history: History) -> None:
    # As its source `closes` says: weekly, Fridays from 2024-03-22 to 2026-10-02, 132 weeks.
    found = exposure(history, TODAY, (date(2026, 10, 2) - date(2024, 3, 22)).days)
    sol, bitcoin, ether = found["SOL"], found["BTC"], found["ETH"]
    assert (sol.returns, sol.is_thinned) == (132, True)
    assert (sol.first, sol.last) == (date(2024, 3, 22), date(2026, 10, 2))
    assert round(sol.volatility, 3) == 0.680
    assert sol.beta is not None
    assert sol.correlation is not None
    assert (round(sol.beta, 2), round(sol.correlation, 2)) == (1.28, 0.80)
    assert round(bitcoin.volatility, 3) == 0.427
    assert round(ether.volatility, 3) == 0.636
    assert ether.beta is not None
    assert round(ether.beta, 2) == 1.20
    both = pairs(history, TODAY, (date(2026, 10, 2) - date(2024, 3, 22)).days)
    assert round(both["ETH", "SOL"].correlation, 2) == 0.75
    assert round(both["SOL", "XRP"].correlation, 2) == 0.64
    assert -0.77 < sol.max_drawdown < -0.752  # deeper between Fridays


def test_every_day_of_a_coin_is_told_from_days_of_an_exchange(history: History) -> None:
    found = exposure(history, date(2026, 3, 15), 365)["BTC"]
    assert (found.calendar, found.returns, found.is_thinned) == (EVERY_DAY, 365, False)
