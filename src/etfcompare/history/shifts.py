"""Two sources of one fund's flows, of which one dates them later: the commonest trap of all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from math import fsum, sqrt
from typing import Final, NamedTuple

from etfcompare.history.checks import Doubt, DoubtKind, counted
from etfcompare.history.series import Series
from etfcompare.visible import visible

LONGEST_SHIFT: Final = 3
"""Days of trading by which one source may be shifted against another."""
LEAST_SHARED: Final = 10
"""Days that both must have for that to be told."""
SURELY: Final = 0.8
"""Correlation from which two series are of the same flows ..."""
CLEARLY: Final = 0.2
"""... and how much better they go together if one is shifted."""


class Shift(NamedTuple):
    """How one series best fits another."""

    lag: int
    """Days of trading that the second is late (+) or early (-)."""
    correlation: float
    """At that lag, -1 to 1."""
    unshifted: float
    """At none."""


def shift_between(ours: Series, theirs: Series) -> Shift | None:
    """Return how many days of trading the second series is late; None if too few days are shared.

    Days of trading are those on which either has a flow.
    """
    if not ours or not theirs:
        return None
    first, last = max(ours.days[0], theirs.days[0]), min(ours.days[-1], theirs.days[-1])
    days = sorted({day for day in (*ours.days, *theirs.days) if first <= day <= last})
    place = {day: number for number, day in enumerate(days)}
    a = {place[day]: one for day, one in _shared(ours, place)}
    b = {place[day]: one for day, one in _shared(theirs, place)}
    fits: dict[int, float] = {}
    for lag in sorted(range(-LONGEST_SHIFT, LONGEST_SHIFT + 1), key=abs):
        pairs = [(one, b[at + lag]) for at, one in a.items() if at + lag in b]
        fit = _correlation(pairs) if len(pairs) >= LEAST_SHARED else None
        if fit is not None:
            fits[lag] = fit
    if 0 not in fits:
        return None
    best = max(fits, key=lambda lag: fits[lag])
    return Shift(best, fits[best], fits[0])


def shift_doubt(ticker: str, ours: Series, theirs: Series) -> Doubt | None:
    """Doubt a second source that goes with the first clearly better on other days.

    Args:
        ticker: Whose flows they are.
        ours: What is on file.
        theirs: What the other source says.
    """
    shift = shift_between(ours, theirs)
    if shift is None or not shift.lag or shift.correlation < SURELY:
        return None
    if shift.correlation - shift.unshifted < CLEARLY:
        return None
    days = counted(abs(shift.lag), "day")
    way = "late" if shift.lag > 0 else "early"
    return Doubt(
        kind=DoubtKind.SHIFTED,
        day=date.fromordinal(int(max(ours.days[0], theirs.days[0]))),
        tickers=(ticker,),
        message=(
            f"the other source of {visible(ticker)} is {days} of trading {way}: shifted so, its"
            f" correlation is {shift.correlation:.2f}, as it stands {shift.unshifted:.2f}"
        ),
        hint="one of them dates by settlement; keep to one source",
    )


def _shared(series: Series, place: Mapping[int, int]) -> Iterator[tuple[int, float]]:
    return ((day, one) for day, one in zip(series.days, series.values, strict=True) if day in place)


def _correlation(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Pearson's; None of what does not vary."""
    mean_a = fsum(a for a, _ in pairs) / len(pairs)
    mean_b = fsum(b for _, b in pairs) / len(pairs)
    spread = sqrt(fsum((a - mean_a) ** 2 for a, _ in pairs)) * sqrt(
        fsum((b - mean_b) ** 2 for _, b in pairs)
    )
    return fsum((a - mean_a) * (b - mean_b) for a, b in pairs) / spread if spread else None
