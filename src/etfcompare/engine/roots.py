"""Where a function of one number changes its sign: what it takes to solve for a scenario."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Final

NOISE: Final = 1e-12
"""Differences of rates that are nothing but rounding; of larger numbers, as a part of them."""
BRACKETS: Final = 256
"""Parts in which a sign change is sought where a function is no straight line."""


def sign_change(of: Callable[[float], float], least: float, most: float) -> float | None:
    """Return where above `least` and up to `most` a function changes its sign; None if nowhere.

    Two values give the root of a straight line, and a third proves that it is one; anything else is
    searched in brackets, and the first change of sign is closed in on by halves.

    Args:
        of: The function, NaN where it is unknown.
        least: Lower end of the range, itself no answer.
        most: Upper end of the range.
    """
    low, high = of(least), of(most)
    if math.isnan(low) or math.isnan(high):
        return None
    noise = _noise(low, high)
    slope = (high - low) / (most - least)
    root = least - low / slope if abs(high - low) > noise else math.inf
    is_within = least + _noise(least, most) < root <= most
    third = root if is_within else (least + most) / 2
    if abs(of(third) - (low + slope * (third - least))) <= noise:
        return root if is_within else None
    ends = [least + (most - least) * step / BRACKETS for step in range(BRACKETS + 1)]
    values = [low, *map(of, ends[1:-1]), high]
    for (left, right), (before, after) in zip(pairwise(ends), pairwise(values), strict=True):
        if before * after < 0 or (after == 0 and before):
            return _bisected(of, left, right)
    return None


def _bisected(of: Callable[[float], float], left: float, right: float) -> float:
    """Return where a function changes its sign, given that it does between left and right."""
    before = of(left)
    while right - left > _noise(left, right):
        middle = (left + right) / 2
        if of(middle) * before > 0:
            left = middle
        else:
            right = middle
    return right


def _noise(*numbers: float) -> float:
    """Return what is nothing but rounding beside these numbers."""
    return NOISE * max(1.0, *map(abs, numbers))
