"""What may come of a price, drawn in blocks from what it did."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from itertools import accumulate, cycle, islice
from math import exp, fsum, log, sqrt
from random import Random
from statistics import NormalDist, median, stdev

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etfcompare.history.bootstrap import (
    PATHS,
    Bootstrap,
    Estimate,
    Outcomes,
    Paths,
    draw,
    edge_of,
    worst_mean,
)
from etfcompare.history.closes import EVERY_DAY, MONTHLY, WEEKLY, Calendar, Closes
from etfcompare.history.series import PeriodKind, Series
from etfcompare.history.tables import History

START = date(2023, 1, 6)
"""A Friday."""
TODAY = date(2026, 11, 22)
WEEKS = 160
"""More than three years."""
STEP = {EVERY_DAY: 1, WEEKLY: 7, MONTHLY: 30}


def closes(returns: Sequence[float], calendar: Calendar = WEEKLY, count: int = WEEKS) -> Closes:
    """Closes that follow from returns, repeated as often as it takes."""
    steps = islice(cycle(returns), count)
    values = list(accumulate(steps, lambda value, step: value * exp(step), initial=100.0))
    days = [START.toordinal() + STEP[calendar] * place for place in range(count + 1)]
    return Closes(days, values, calendar, values)


def normal_returns(volatility: float, count: int = WEEKS, periods: int = 52) -> list[float]:
    """Returns of a price of that volatility, each independent of the others."""
    source = Random(7)  # noqa: S311 - no secret
    return [source.gauss(0.001, volatility / sqrt(periods)) for _ in range(count)]


def drawn(returns: Sequence[float], horizon_days: int = 365, calendar: Calendar = WEEKLY) -> Paths:
    count = WEEKS if calendar is WEEKLY else len(returns)
    found = draw("SOL", closes(returns, calendar, count), horizon_days)
    assert isinstance(found, Paths)
    return found


def flat_mean(paths: Paths, fund: float, cash: float | None = 1.0371) -> Outcomes:
    return paths.outcomes(fund, cash, paths.to_mean(0.0))


def test_e11_of_a_value_that_only_partly_belongs_to_the_tail_that_part_counts() -> None:
    losses = [0.5, 0.41, 0.35, 0.2, 0.12, 0.05, 0.01, -0.02, -0.1, -0.3]
    worst_first = sorted(1 - one for one in losses)
    assert 1 - worst_mean(worst_first, 0.25) == pytest.approx(0.434, abs=1e-9)
    assert 1 - edge_of(worst_first, 0.25) == pytest.approx(0.35)
    assert 1 - worst_mean(worst_first, 0.2) == pytest.approx(0.455)
    assert 1 - edge_of(worst_first, 0.2) == pytest.approx(0.41)


@pytest.mark.parametrize(
    ("calendar", "block", "periods"), [(EVERY_DAY, 28, 365), (WEEKLY, 4, 52), (MONTHLY, 1, 12)]
)
def test_blocks_are_of_four_weeks_and_paths_reach_the_horizon(
    calendar: Calendar, block: int, periods: int
) -> None:
    paths = drawn([0.01, -0.02] * 200, 365, calendar)
    assert (paths.block, paths.periods, len(paths.growth)) == (block, periods, PATHS)
    nearest = drawn([0.01, -0.02] * 200, STEP[calendar], calendar)
    assert nearest.periods == 1
    assert "paths of 1 return, " in nearest.words
    assert ("single ones" in paths.words) == (calendar is MONTHLY)


@given(st.floats(min_value=-0.05, max_value=0.05), st.integers(min_value=7, max_value=1500))
@settings(max_examples=20)
def test_returns_that_never_vary_leave_nothing_to_chance(step: float, days: int) -> None:
    paths = drawn([step], days)
    gains, loses = flat_mean(paths, 1.05), flat_mean(paths, 0.99)
    assert (gains.p_loss, loses.p_loss) == (Estimate(0, 0), Estimate(1, 0))
    assert gains.p_beat_cash == Estimate(1, 0)
    assert loses.p_beat_cash == Estimate(0, 0)
    for found, loss in ((gains, -0.05), (loses, 0.01)):
        assert found.value_at_risk == pytest.approx(Estimate(loss, 0), abs=1e-8)
        assert found.cvar == pytest.approx(Estimate(loss, 0), abs=1e-8)


def test_a_price_that_falls_on_no_path_has_no_fall_to_make_good() -> None:
    paths = drawn([0.01])
    assert paths.outcomes(1.05, 1.04, 0.1).p_offset is None
    assert paths.outcomes(1.05, 1.04, -0.01).p_offset == Estimate(1, 0)


@given(
    st.lists(st.floats(min_value=-0.2, max_value=0.2), min_size=20, max_size=40),
    st.floats(min_value=-0.3, max_value=0.3),
)
@settings(max_examples=20)
def test_the_drift_of_all_paths_there_are_is_the_one_assumed(
    returns: list[float], drift: float
) -> None:
    paths = draw("SOL", closes(returns, WEEKLY, len(returns)), 6 * 7)
    assert isinstance(paths, Paths)
    assert (paths.block, paths.periods) == (4, 6)
    mean = fsum(returns) / len(returns)
    around = [one - mean for one in returns] * 2
    whole, left = (
        [fsum(around[start : start + length]) for start in range(len(returns))] for length in (4, 2)
    )
    every = [exp(one + other + paths.to_mean(drift)) for one in whole for other in left]
    assert fsum(every) / len(every) == pytest.approx(exp(drift))
    assert median(one + paths.to_median(drift) for one in paths.growth) == pytest.approx(drift)


@pytest.mark.parametrize("days", [90, 365, 3650])
def test_other_draws_scatter_as_the_errors_say(days: int, monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for seed in range(16):
        monkeypatch.setattr("etfcompare.history.bootstrap.SEED", seed)
        found.append(flat_mean(drawn(normal_returns(0.8), days), 1.05))
    for name in ("p_fall", "p_loss", "p_beat_cash", "value_at_risk", "cvar"):
        estimates: list[Estimate] = [getattr(one, name) for one in found]
        stated = fsum(one.error for one in estimates) / len(estimates)
        assert 0.5 < stdev(one.value for one in estimates) / stated < 1.6, name


def test_a_horizon_nearer_than_the_next_close_is_not_drawn() -> None:
    said = "the weekly closes of SOL on file are farther apart than the horizon"
    assert draw("SOL", closes([0.01, -0.02]), 3) == said


def test_the_mean_of_what_is_drawn_is_taken_out_within_the_error_of_drawing() -> None:
    rising = [one + 0.03 for one in normal_returns(0.7)]
    paths = drawn(rising)
    mean = fsum(paths.growth) / PATHS
    error = sqrt(fsum((one - mean) ** 2 for one in paths.growth) / PATHS) / sqrt(PATHS)
    assert abs(mean) < 4 * error
    assert paths.growth == pytest.approx(drawn(normal_returns(0.7)).growth, abs=1e-9)


def test_of_independent_returns_the_odds_are_near_the_lognormal_ones() -> None:
    returns = normal_returns(0.6, 3650, 365)
    mean = fsum(returns) / len(returns)
    volatility = sqrt(fsum((one - mean) ** 2 for one in returns) / (len(returns) - 1) * 365)
    found = flat_mean(drawn(returns, 365, EVERY_DAY), 1.05)
    chance = NormalDist().cdf
    assert found.p_fall.value == pytest.approx(chance(volatility / 2), abs=0.03)
    assert found.p_loss.value == pytest.approx(
        chance((-log(1.05) + volatility**2 / 2) / volatility), abs=0.03
    )
    edge = 1.05 * exp(-(volatility**2) / 2 + volatility * NormalDist().inv_cdf(0.05))
    assert found.value_at_risk.value == pytest.approx(1 - edge, abs=0.03)


@given(
    st.lists(st.floats(min_value=-0.3, max_value=0.3), min_size=20, max_size=WEEKS),
    st.floats(min_value=0.9, max_value=1.3),
    st.floats(min_value=-0.5, max_value=0.5),
)
@settings(max_examples=20)
def test_odds_are_odds_and_the_tail_is_worse_than_its_edge(
    returns: list[float], fund: float, shift: float
) -> None:
    found = drawn(returns).outcomes(fund, 1.04, shift)
    assert found.value_at_risk.value <= found.cvar.value + 1e-9
    assert found.cvar.value < 1
    odds = (found.p_fall, found.p_loss, found.p_beat_cash, found.p_offset)
    for one in odds:
        assert one is None or 0 <= one.value <= 1
    assert found.p_fall.error == pytest.approx(
        sqrt(found.p_fall.value * (1 - found.p_fall.value) / PATHS)
    )
    if fund >= 1:
        assert found.p_loss.value <= found.p_fall.value


def test_wilder_prices_lose_more_often_with_the_mean_flat() -> None:
    losses = [
        flat_mean(drawn(normal_returns(volatility)), 1.05).p_loss.value
        for volatility in (0.2, 0.5, 0.9)
    ]
    assert losses == sorted(losses)
    assert losses[0] < losses[-1]


def test_what_cash_yields_may_be_unknown() -> None:
    assert flat_mean(drawn(normal_returns(0.7)), 1.05, None).p_beat_cash is None


def test_the_errors_of_the_tail_are_those_of_drawing_it_again() -> None:
    found = flat_mean(drawn(normal_returns(0.7)), 1.05)
    for one in (found.value_at_risk, found.cvar):
        assert 0.0005 < one.error < 0.01


def test_the_same_numbers_are_drawn_by_every_process() -> None:
    code = (
        "import sys; sys.path.insert(0, 'tests')\n"
        "from test_bootstrap import drawn, normal_returns\n"
        "import hashlib\n"
        "print(hashlib.sha256(repr(drawn(normal_returns(0.7)).growth).encode()).hexdigest())"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout
        for _ in range(2)
    }
    assert len(runs) == 1


def test_the_draws_are_those_of_the_generator_that_numpy_promises_not_to_change() -> None:
    # A ramp tells which blocks were drawn: numbers of PCG64 with the seed, modulo the returns.
    ramp = [place / 1000 for place in range(WEEKS)]
    assert min(drawn(ramp, 7).growth) == pytest.approx(-max(ramp) / 2)
    sums = [round(1000 * one) for one in drawn(ramp, 28).growth]
    assert (sum(sums), sum(one * one for one in sums)) == (2336, 328356896)


def test_coins_of_the_same_days_are_drawn_the_same_days() -> None:
    returns = normal_returns(0.7)
    one, other = drawn(returns), drawn([2 * each for each in returns])
    assert other.growth == pytest.approx([2 * each for each in one.growth])


# Of files


def weekly(returns: Sequence[float], count: int, start: date = START) -> Series:
    found = closes(returns, WEEKLY, count)
    shift = start.toordinal() - START.toordinal()
    return Series([day + shift for day in found.days], list(found.values), PeriodKind.DAY)


def bootstrap(history: History, as_of: date = TODAY, window: int = 1095) -> Bootstrap:
    return Bootstrap(history=history, as_of=as_of, window=window, horizon_days=365)


def test_the_paths_of_a_coin_are_drawn_once() -> None:
    found = bootstrap(History(prices={"SOL": weekly([0.01, -0.01], 190)}))
    assert found.of("SOL") is found.of("SOL")


def test_what_was_drawn_says_from_which_closes() -> None:
    paths = bootstrap(History(prices={"SOL": weekly([0.01, -0.01], 190)})).of("SOL")
    assert isinstance(paths, Paths)
    assert paths.words == "10,000 paths of 52 returns, drawn in blocks of 4"
    assert paths.window == "157 returns of weekly closes, 2023-08-25 to 2026-08-28"
    assert paths.warning is None


def test_less_than_three_years_of_closes_are_warned_of() -> None:
    history = History(prices={"SOL": weekly([0.01, -0.01], 78)})
    paths = bootstrap(history).of("SOL")
    assert isinstance(paths, Paths)
    assert paths.warning == "1.5 years of SOL closes, less than 3: they may miss worse times"


@pytest.mark.parametrize(
    ("prices", "said"),
    [
        ({}, "no closes of SOL are on file"),
        (
            {"SOL": weekly([0.01], 30)},
            (
                "the closes of SOL on file by 2026-11-22 span less than 364 days, "
                "or follow no calendar"
            ),
        ),
        (
            {"SOL": weekly([60.0] * 4 + [-60.0] * 4, 100)},
            "the closes of SOL on file swing too far to draw from",
        ),
    ],
)
def test_without_enough_closes_it_is_said_why_nothing_is_drawn(
    prices: dict[str, Series], said: str
) -> None:
    assert bootstrap(History(prices=prices)).of("SOL") == said


def test_returns_too_few_for_a_draw_are_counted() -> None:
    holes = Closes(
        [START.toordinal() + 100 * place for place in range(9)], [1.0] * 9, WEEKLY, [1.0]
    )
    assert draw("SOL", holes, 365) == "the closes of SOL on file make only 0 returns"


def test_what_came_after_the_day_is_not_drawn_from() -> None:
    history = History(prices={"SOL": weekly([0.01, -0.01], 190)})
    paths = bootstrap(history, date(2025, 1, 1)).of("SOL")
    assert isinstance(paths, Paths)
    assert paths.last == date(2024, 12, 27)
