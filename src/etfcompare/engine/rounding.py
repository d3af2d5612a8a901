"""Values of an input that can be written: the next past a root, and half of the way to it."""

from __future__ import annotations

import math
from typing import Final

from etfcompare.engine.levers import Lever, Measure
from etfcompare.engine.roots import NOISE

FINEST_STEP: Final = 1e-6
"""To which rates and shares are rounded, 0.01bp; small changes keep three digits."""
DIGITS: Final = 3
MARGIN: Final = 1e-3
"""Of a step; what is reported is past the root by more."""


def outward(lever: Lever, root: float) -> float:
    """Return the next value past a root, seen from the present one, that can be written."""
    if lever.measure is Measure.DAYS:
        return root
    is_money = lever.measure is Measure.MONEY
    way = math.copysign(1.0, root - lever.now)
    change = abs(root - lever.now)
    size = max(min(change, abs(root)) if is_money else change, NOISE)
    digit: float = 10.0 ** (math.floor(math.log10(size)) - DIGITS + 1)
    step = digit if is_money else min(FINEST_STEP, digit)
    steps = root / step
    past = math.floor(steps + MARGIN) + 1 if way > 0 else math.ceil(steps - MARGIN) - 1
    value = float(f"{past * step:.12g}") if is_money else round(past * step, 12)
    return min(max(value, lever.least), lever.most)


def half_way(lever: Lever, value: float) -> float:
    """Return where half of a change leads, in whole days where it is of days."""
    half = (value - lever.now) / 2
    return lever.now + (math.trunc(half) if lever.measure is Measure.DAYS else half)
