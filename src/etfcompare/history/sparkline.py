"""A series in one line of text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

STEPS: Final = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float | None]) -> str:
    """Draw one bar for each value, the lowest for the least and the highest for the largest.

    Zero is always on the scale, so that small flows of one sign stay small. What is not known is a
    blank.
    """
    known = [0.0, *(one for one in values if one is not None)]
    least, most = min(known), max(known)
    if least == most:
        return "".join(" " if one is None else STEPS[0] for one in values)
    top = len(STEPS) - 1
    return "".join(
        " " if one is None else STEPS[round((one - least) / (most - least) * top)] for one in values
    )
