"""How the prices of coins have behaved: volatility, falls, and how they went with bitcoin's.

Methodology 3. A year has as many returns as the calendar of the closes says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from math import fsum, sqrt
from typing import TYPE_CHECKING, Final, NamedTuple

from etfcompare.history.closes import Calendar, Closes, closes_of, log_returns, returns_between
from etfcompare.units import format_number

if TYPE_CHECKING:
    from etfcompare.history.tables import History

BITCOIN: Final = "BTC"
THREE_YEARS: Final = 3 * 365
"""Days that are measured, unless others are asked for."""
LEAST_RETURNS: Final = 10
"""Returns below which two coins' are not held against each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """How the price of a coin has behaved over a window."""

    asset: str
    first: date
    last: date
    calendar: Calendar
    is_thinned: bool
    """Whether weekly closes were taken of a file that has more."""
    returns: int
    """How many there are."""
    volatility: float
    """Yearly."""
    max_drawdown: float
    """Largest fall from a peak, between any closes on file; negative."""
    downside_deviation: float
    """Yearly; of falls alone, spread over all returns."""
    beta: float | None
    """Against bitcoin, of the days that both have; None if these are too few."""
    correlation: float | None
    """Likewise."""
    shared_returns: int
    """Returns of days that bitcoin has too."""

    @property
    def basis(self) -> str:
        """Return what was measured."""
        thinned = ", one a week of a file whose calendar changes" if self.is_thinned else ""
        return (
            f"{format_number(self.returns, 0)} returns of {self.calendar.closes}{thinned}, "
            f"{self.first} to {self.last}"
        )

    @property
    def words(self) -> str:
        """Return what was measured, and how it was made yearly."""
        return f"{self.basis}, × √{self.calendar.periods}"


class Pair(NamedTuple):
    """How the prices of two coins have gone together over a window."""

    correlation: float
    returns: int
    """Returns between the same days of both."""
    first: date
    """The first day that both have."""
    last: date
    calendar: Calendar
    """The rarer of the two."""

    @property
    def basis(self) -> str:
        """Return what was measured."""
        return (
            f"{format_number(self.returns, 0)} returns of {self.calendar.closes} of both, "
            f"{self.first} to {self.last}"
        )


def exposure(
    history: History, as_of: date, window: int | None = THREE_YEARS
) -> Mapping[str, Exposure]:
    """Return how the price of each coin has behaved; coins with less than a year are left out.

    Args:
        history: The files beside the catalogue.
        as_of: The last day that may count.
        window: Days to look back from the last close; None for all there are.
    """
    closes = _all_closes(history, as_of, window)
    bitcoin = closes.get(BITCOIN)
    return {asset: _measured(asset, one, bitcoin) for asset, one in closes.items()}


def pairs(
    history: History, as_of: date, window: int | None = THREE_YEARS
) -> Mapping[tuple[str, str], Pair]:
    """Return how the price of each coin has gone with that of each other, by their sorted codes.

    Pairs are left out that have too few returns of the same days, or one of which stands still.

    Args:
        history: The files beside the catalogue.
        as_of: The last day that may count.
        window: Days to look back from the last close; None for all there are.
    """
    closes = _all_closes(history, as_of, window)
    return {
        both: found
        for both in combinations(sorted(closes), 2)
        if (found := _pair(*(closes[one] for one in both))) is not None
    }


def _all_closes(history: History, as_of: date, window: int | None) -> dict[str, Closes]:
    return {
        asset: found
        for asset, series in history.prices.items()
        if (found := closes_of(series, as_of, window)) is not None
    }


def _measured(asset: str, closes: Closes, bitcoin: Closes | None) -> Exposure:
    calendar = closes.calendar
    returns = log_returns(closes)
    theirs, ours = _shared(bitcoin, closes) if bitcoin is not None else ([], [])
    has_enough = len(ours) >= LEAST_RETURNS
    return Exposure(
        asset=asset,
        first=date.fromordinal(closes.days[0]),
        last=date.fromordinal(closes.days[-1]),
        calendar=calendar,
        is_thinned=closes.is_thinned,
        returns=len(returns),
        volatility=volatility(returns, calendar.periods),
        max_drawdown=max_drawdown(closes.every),
        downside_deviation=downside_deviation(returns, calendar.periods),
        beta=beta(ours, theirs) if has_enough else None,
        correlation=correlation(ours, theirs) if has_enough else None,
        shared_returns=len(ours),
    )


def _shared(one: Closes, other: Closes) -> tuple[list[float], list[float]]:
    """Return the returns of two coins between days that both have."""
    first, second = (dict(zip(x.days, x.values, strict=True)) for x in (one, other))
    days = [day for day in one.days if day in second]
    longest = max(one.calendar.longest, other.calendar.longest)
    return (
        returns_between(days, [first[day] for day in days], longest),
        returns_between(days, [second[day] for day in days], longest),
    )


def _pair(one: Closes, other: Closes) -> Pair | None:
    """Return how two coins have gone together, by the rules that hold against bitcoin."""
    ours, theirs = _shared(one, other)
    found = correlation(ours, theirs) if len(ours) >= LEAST_RETURNS else None
    if found is None:
        return None
    days = sorted(set(one.days) & set(other.days))
    first, last = (date.fromordinal(day) for day in (days[0], days[-1]))
    rarer = min(one.calendar, other.calendar, key=lambda calendar: calendar.periods)
    return Pair(found, len(ours), first, last, rarer)


# The formulas


def volatility(returns: Sequence[float], periods: int) -> float:
    """Return the yearly standard deviation of returns, about their mean, n - 1."""
    return sqrt(_product(returns, returns) / (len(returns) - 1) * periods)


def downside_deviation(returns: Sequence[float], periods: int, least: float = 0.0) -> float:
    """Return the yearly deviation of returns below a least one, over all of them."""
    below = fsum(min(one - least, 0.0) ** 2 for one in returns)
    return sqrt(below / len(returns) * periods)


def max_drawdown(values: Sequence[float]) -> float:
    """Return the largest fall from a peak, as a negative fraction of it; 0 if there is none."""
    peak, worst = values[0], 0.0
    for value in values:
        peak = max(peak, value)
        worst = min(worst, value / peak - 1)
    return worst


def beta(returns: Sequence[float], market: Sequence[float]) -> float | None:
    """Return how far returns move with the market's; None if the market stands still."""
    variance = _product(market, market)
    return _product(returns, market) / variance if variance else None


def correlation(returns: Sequence[float], others: Sequence[float]) -> float | None:
    """Return the correlation of returns with others; None if one of them stands still."""
    variances = _product(returns, returns) * _product(others, others)
    return _product(returns, others) / sqrt(variances) if variances else None


def _product(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the sum of products of deviations from the means."""
    mean, other_mean = fsum(one) / len(one), fsum(other) / len(other)
    return fsum((x - mean) * (y - other_mean) for x, y in zip(one, other, strict=True))
