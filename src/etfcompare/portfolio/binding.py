"""Which limits cost something, and which cannot hold together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from etfcompare.portfolio.choice import Choice
from etfcompare.portfolio.limits import Limit, Measure
from etfcompare.portfolio.optimum import Solved, solved
from etfcompare.units import format_bps, format_rate

_WORTH: Final = 1e-9
"""Net carry a year, a fraction, below which relaxing a limit brings nothing."""
_AS_MUCH: Final = 0.98
"""Part of what the first hair promises that a whole unit has to bring, or else it is told."""
_PAIR: Final = 2
_AT_ONCE: Final = 4
"""Parts in which limits are tried on whether a clash is one without them."""
_HALVINGS: Final = 20
"""Of the interval that the least volatility is in: to a millionth of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """A limit without which the allocation would bring more."""

    words: str
    """The limit and what relaxing it would bring, in a sentence."""
    limit: Limit
    gain_per_unit: float
    """Net carry a year, a fraction of the whole, for each unit, as the first hair of it brings."""
    unit: str
    """`percentage point` or `day`; empty for what dropping the limit brings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Infeasible:
    """Limits that leave nothing to choose."""

    clash: tuple[str, ...]
    """Limits that cannot hold together, but any fewer of them can; each in words."""
    limits: tuple[Limit, ...]
    """The same, as limits."""
    words: str
    """All of it in a sentence."""


def binding_of(choice: Choice, limits: Sequence[Limit], best: Solved) -> tuple[Binding, ...]:
    """Return the limits that hold the optimum back, what costs most first.

    Args:
        choice: What was chosen among.
        limits: All that it keeps to.
        best: The optimum under them.
    """
    found: list[Binding] = []
    for place, limit in enumerate(limits):
        others = [*limits[:place], *limits[place + 1 :]]
        if limit.unit:
            is_volatility = limit.measure is Measure.VOLATILITY
            gain = best.slope_of(place, is_volatility=is_volatility) * abs(limit.step)
        else:
            freer = solved(choice, others)
            gain = 0.0 if freer is None else freer.gain - best.gain
        if gain > _WORTH:
            words = f"{limit.words}: {_relaxed(limit)} {format_bps(gain, 2)} a year"
            if limit.unit:
                whole = solved(choice, [*others, limit.relaxed(abs(limit.step))])
                words += _whole(gain, 0.0 if whole is None else whole.gain - best.gain)
            found.append(Binding(words=words, limit=limit, gain_per_unit=gain, unit=limit.unit))
    return tuple(sorted(found, key=lambda one: -one.gain_per_unit))


def together_of(
    choice: Choice, limits: Sequence[Limit], best: Solved, binding: Sequence[Binding]
) -> tuple[Limit, ...]:
    """Return limits none of which holds the optimum back alone, but which do so together.

    Args:
        choice: What was chosen among.
        limits: All that it keeps to.
        best: The optimum under them.
        binding: Those that hold it back alone.
    """

    def gains_without(dropped: Sequence[Limit]) -> bool:
        freer = solved(choice, [one for one in limits if one not in dropped])
        return freer is not None and freer.gain > best.gain + _WORTH

    alone = {one.limit for one in binding}
    found = [one for one in limits if one not in alone]
    if len(found) < _PAIR or not gains_without(found):
        return ()
    for one in tuple(found):
        fewer = [other for other in found if other is not one]
        if gains_without(fewer):
            found = fewer
    return tuple(found) if len(found) >= _PAIR else ()  # one that costs next to nothing


def _relaxed(limit: Limit) -> str:
    if not limit.unit:
        return "without it"
    return f"one {limit.unit} {'less' if limit.step < 0 else 'more'} would bring"


def _whole(first: float, whole: float) -> str:
    """Say what a whole unit brings, if that is not what its first hair brings."""
    return "" if whole > _AS_MUCH * first else f" at first, {format_bps(whole, 2)} in all"


def clash_of(choice: Choice, limits: Sequence[Limit]) -> Infeasible:
    """Return limits that cannot hold together, none to spare: any fewer of them can.

    Args:
        choice: What there is to choose among.
        limits: What leaves nothing.
    """
    clash, size = list(limits), len(limits)
    while size:  # many at once first, one by one in the end
        for part in [clash[at : at + size] for at in range(0, len(clash), size)]:
            others = [one for one in clash if one not in part]
            if solved(choice, others) is None:
                clash = others
        size = min(size - 1, -(-size // _AT_ONCE))
    words = [one.words for one in clash]
    return Infeasible(clash=tuple(words), limits=tuple(clash), words=_clash_in_words(choice, clash))


def _clash_in_words(choice: Choice, clash: Sequence[Limit]) -> str:
    *before, last = [f"a {one.words}" for one in clash]
    if not before:
        said = f"{last} cannot hold"
    else:
        both = "both" if len(before) == 1 else "all"
        said = f"{', '.join(before)} and {last} cannot {both} hold"
    if not choice.candidates:
        return f"{said}; there is nothing to choose among but cash"
    far = _how_far(choice, clash)
    return f"{said}; {far}" if far else said


def _how_far(choice: Choice, clash: Sequence[Limit]) -> str:
    """Say how far the limit of yield, or else of volatility, could be had under the others."""
    measures = {one.measure: one for one in clash}
    for measure in (Measure.YIELD, Measure.VOLATILITY):
        if measure not in measures:
            continue
        others = [one for one in clash if one.measure is not measure]
        if measure is Measure.VOLATILITY:
            least = least_volatility(choice, others)
            return f"the least volatility under the rest is {format_rate(least)}"
        most = solved(choice, others, is_free=True)
        if most is None:
            return ""
        rate = format_rate(yield_of(choice, most.weights))
        if not others:
            return f"the most there is to be had is {rate}"
        if len(others) == 1 and others[0].measure is Measure.VOLATILITY:
            return f"the most that {format_rate(others[0].value)} volatility yields is {rate}"
        return f"the most under the rest is {rate}"
    return ""


def least_volatility(choice: Choice, limits: Sequence[Limit]) -> float:
    """Return the least volatility under some limits, from above; they leave something."""
    if _is_possible(choice, limits, 0.0):
        return 0.0
    least, most = 0.0, max(choice.risk.volatility, default=0.0)
    for _ in range(_HALVINGS):
        middle = (least + most) / 2
        least, most = (least, middle) if _is_possible(choice, limits, middle) else (middle, most)
    return most


def _is_possible(choice: Choice, limits: Sequence[Limit], volatility: float) -> bool:
    cap = Limit(measure=Measure.VOLATILITY, value=volatility)
    return solved(choice, [*limits, cap]) is not None


def yield_of(choice: Choice, weights: Sequence[float]) -> float:
    """Return the net yield of weights of the products in play and of cash, a year."""
    yields = [*(one.net_yield for one in choice.candidates), choice.cash_yield]
    return math.fsum(weight * rate for weight, rate in zip(weights, yields, strict=True))
