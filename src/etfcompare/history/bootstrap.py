"""What prices may do, drawn from what they did: a block bootstrap of a coin's returns.

Methodology 3. Blocks of four weeks of log returns are drawn with replacement, from a circle, so
that each return is as likely as any other; calm and wild weeks stay together. The mean is taken
out: how prices drift is assumed, never drawn. Always the same numbers are drawn, so coins with
closes of the same days are drawn the same days, and the same files give the same figures.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate
from math import ceil, exp, fsum, log, sqrt
from statistics import median, stdev
from typing import Final, NamedTuple

from etfcompare.history.closes import LEAST_DAYS, Calendar, Closes, closes_of, log_returns
from etfcompare.history.prices import LEAST_RETURNS, THREE_YEARS
from etfcompare.history.tables import History
from etfcompare.units import format_number

DAYS_PER_YEAR: Final = 365
PATHS: Final = 10_000
BATCHES: Final = 20
"""Parts of the paths, whose tails tell how far that of all may be off."""
BLOCK_DAYS: Final = 28
SEED: Final = 20_240_110
"""The day on which the first spot funds were approved: any number would do, always the same."""
TAIL: Final = 0.05
"""The worst paths, one in twenty."""
FARTHEST: Final = 300.0
"""Logarithm of a multiple past which floats end when it meets a drift."""
_LAST_DECIMAL: Final = 9
"""Of what rests on exponentials, whose very last bits differ between machines."""


class Estimate(NamedTuple):
    """A figure of drawn paths."""

    value: float
    error: float
    """Monte Carlo standard error: how far other draws of as many paths would scatter."""

    @classmethod
    def of_share(cls, count: int, whole: int) -> Estimate:
        """Return a share of paths, with sqrt(p(1-p)/n)."""
        share = count / whole
        return cls(share, sqrt(share * (1 - share) / whole))

    def times(self, factor: float) -> Estimate:
        """Return the figure times what is known exactly."""
        return Estimate(
            round(self.value * factor, _LAST_DECIMAL),
            round(self.error * abs(factor), _LAST_DECIMAL),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """What may come of a fund, by the figures of the formulas that take prices as lognormal."""

    p_fall: Estimate
    p_loss: Estimate
    p_offset: Estimate | None
    """None if the price falls on no path."""
    p_beat_cash: Estimate | None
    """None if the yield of cash is unknown."""
    value_at_risk: Estimate
    cvar: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """Where the price of a coin may be at the horizon, by what it did over a window."""

    asset: str
    first: date
    last: date
    calendar: Calendar
    returns: int
    """Drawn from."""
    block: int
    """Returns of a block."""
    periods: int
    """Returns of a path."""
    growth: Sequence[float]
    """Logarithms of the price at the end of each path over that at its start, ascending; the mean
    of what was drawn from is taken out."""
    mean: float
    """Logarithm of the mean multiple of all paths that could be drawn."""
    edge: Estimate
    """The largest multiple of the worst twentieth."""
    tail: Estimate
    """The mean multiple of the worst twentieth."""

    @property
    def words(self) -> str:
        """Return what was drawn."""
        size = f"blocks of {self.block}" if self.block > 1 else "single ones"
        length = f"{self.periods} return{'' if self.periods == 1 else 's'}"
        return f"{len(self.growth):,} paths of {length}, drawn in {size}"

    @property
    def window(self) -> str:
        """Return what it was drawn from."""
        return (
            f"{format_number(self.returns, 0)} returns of {self.calendar.closes}, "
            f"{self.first} to {self.last}"
        )

    @property
    def warning(self) -> str | None:
        """Return what is doubtful about the window; None if nothing is."""
        days = (self.last - self.first).days
        if days >= THREE_YEARS:
            return None
        years = format_number(days / DAYS_PER_YEAR, 1)
        return f"{years} years of {self.asset} closes, less than 3: they may miss worse times"

    def to_mean(self, growth: float) -> float:
        """Return what to add to the logarithms so that the mean multiple has this logarithm."""
        return growth - self.mean

    def to_median(self, growth: float) -> float:
        """Return what to add to the logarithms so that the median has this one."""
        return growth - median(self.growth)

    def outcomes(self, fund: float, cash: float | None, shift: float) -> Outcomes:
        """Return what may come of a fund.

        Args:
            fund: What the coins behind a share grow to by the horizon, as 1.05; above zero.
            cash: What cash grows to; None if unknown.
            shift: What the drift adds to the logarithms, of `to_mean` or `to_median`.
        """
        whole = len(self.growth)
        falls = bisect_left(self.growth, -shift)
        losses = bisect_left(self.growth, -log(fund) - shift)
        beaten = None if cash is None else bisect_right(self.growth, log(cash / fund) - shift)
        made_good = max(falls - losses, 0)
        return Outcomes(
            p_fall=Estimate.of_share(falls, whole),
            p_loss=Estimate.of_share(losses, whole),
            p_offset=Estimate.of_share(made_good, falls) if falls else None,
            p_beat_cash=None if beaten is None else Estimate.of_share(whole - beaten, whole),
            value_at_risk=_loss(self.edge.times(fund * exp(shift))),
            cvar=_loss(self.tail.times(fund * exp(shift))),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Bootstrap:
    """The paths of coins; those of one are drawn when first asked for, and once."""

    history: History
    as_of: date
    window: int
    """Days to look back."""
    horizon_days: int
    _drawn: dict[str, Paths | str] = field(default_factory=dict, repr=False)

    @property
    def asked(self) -> tuple[date, int, int]:
        """Return all that was asked for, but the history."""
        return self.as_of, self.window, self.horizon_days

    def of(self, asset: str) -> Paths | str:
        """Return the paths of a coin, or in words why there are none."""
        found = self._drawn.get(asset)
        if found is None:
            found = self._drawn[asset] = self._of(asset)
        return found

    def _of(self, asset: str) -> Paths | str:
        series = self.history.prices.get(asset)
        if series is None:
            return f"no closes of {asset} are on file"
        closes = closes_of(series, self.as_of, self.window)
        if closes is None:
            return (
                f"the closes of {asset} on file by {self.as_of} span less than "
                f"{LEAST_DAYS} days, or follow no calendar"
            )
        return draw(asset, closes, self.horizon_days)


def draw(asset: str, closes: Closes, horizon_days: int) -> Paths | str:
    """Draw where a price may be at the horizon; say in words if there is too little to draw from.

    Args:
        asset: The code of the coin.
        closes: On one calendar.
        horizon_days: The horizon, which is rounded to whole periods of the calendar.
    """
    returns = log_returns(closes)
    if len(returns) < LEAST_RETURNS:
        return f"the closes of {asset} on file make only {len(returns)} returns"
    periods = round(horizon_days / DAYS_PER_YEAR * closes.calendar.periods)
    if not periods:
        return f"the {closes.calendar.closes} of {asset} on file are farther apart than the horizon"
    block = max(round(BLOCK_DAYS / DAYS_PER_YEAR * closes.calendar.periods), 1)
    upto = _running(returns, block)
    growth = _drawn(upto, len(returns), block, periods)
    if max(growth) > FARTHEST or min(growth) < -FARTHEST:
        return f"the closes of {asset} on file swing too far to draw from"
    multiples = [exp(one) for one in growth]
    size = PATHS // BATCHES
    batches = [sorted(multiples[start : start + size]) for start in range(0, PATHS, size)]
    ascending = sorted(multiples)
    return Paths(
        asset=asset,
        first=date.fromordinal(closes.days[0]),
        last=date.fromordinal(closes.days[-1]),
        calendar=closes.calendar,
        returns=len(returns),
        block=block,
        periods=periods,
        growth=sorted(growth),
        mean=_mean(upto, len(returns), block, periods),
        edge=Estimate(edge_of(ascending), _error([edge_of(one) for one in batches])),
        tail=Estimate(worst_mean(ascending), _error([worst_mean(one) for one in batches])),
    )


def _running(returns: Sequence[float], block: int) -> list[float]:
    """Return running sums of returns less their mean, once around and a block farther."""
    count = len(returns)
    mean = fsum(returns) / count
    around = (returns[place % count] - mean for place in range(count + block))
    return list(accumulate(around, initial=0.0))


def _drawn(upto: Sequence[float], count: int, block: int, periods: int) -> list[float]:
    """Return the sums of returns along paths, by running sums of the returns."""
    import numpy as np  # noqa: PLC0415 - only where paths are drawn

    sums = np.array(upto)
    # Raw draws, because numpy promises those of a bit generator to stay the same for ever.
    source = np.random.PCG64(SEED)
    growth = np.zeros(PATHS)
    for length in _lengths(block, periods):
        starts = (source.random_raw(PATHS) % count).astype(np.intp)
        growth += sums[starts + length] - sums[starts]
    found: list[float] = growth.tolist()
    return found


def _lengths(block: int, periods: int) -> list[int]:
    """Return the returns of each block of a path; what is left at its end is a shorter one."""
    whole, left = divmod(periods, block)
    return [block] * whole + [left] * bool(left)


def _mean(upto: Sequence[float], count: int, block: int, periods: int) -> float:
    """Return the logarithm of the mean multiple of all paths that could be drawn.

    Blocks are drawn independently, so it is the product of the means of each. The mean of the
    paths drawn would not do: over long horizons it rests on the luckiest few of them.
    """
    means = {length: _mean_of(upto, count, length) for length in {block, periods % block}}
    return fsum(means[length] for length in _lengths(block, periods))


def _mean_of(upto: Sequence[float], count: int, length: int) -> float:
    sums = [upto[start + length] - upto[start] for start in range(count)]
    most = max(sums)
    return most + log(fsum(exp(one - most) for one in sums) / count)


def edge_of(ascending: Sequence[float], tail: float = TAIL) -> float:
    """Return the best value of the tail.

    Args:
        ascending: The values, the worst first.
        tail: Its share of them.
    """
    return ascending[ceil(tail * len(ascending)) - 1]


def worst_mean(ascending: Sequence[float], tail: float = TAIL) -> float:
    """Return the mean of the tail; of a value that only partly belongs to it, that part counts.

    Args:
        ascending: The values, the worst first.
        tail: Its share of them.
    """
    size = tail * len(ascending)
    whole = int(size)
    partly = (size - whole) * ascending[whole] if size > whole else 0.0
    return (fsum(ascending[:whole]) + partly) / size


def _error(of_batches: Sequence[float]) -> float:
    """Return the standard error of a figure of all paths, by how those of batches scatter."""
    return stdev(of_batches) / sqrt(len(of_batches))


def _loss(multiple: Estimate) -> Estimate:
    return Estimate(round(1 - multiple.value, _LAST_DECIMAL), multiple.error)
