"""Bars drawn in eighths of a cell, so that a ledger reads as a waterfall."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

EIGHTHS = " ▏▎▍▌▋▊▉█"
"""A cell filled from the left by so many eighths."""
_PER_CELL = 8


class Piece(NamedTuple):
    """A run of characters; `reversed` ones are filled from the right."""

    text: str
    is_reversed: bool = False


def bar(start: float, end: float, least: float, most: float, width: int) -> list[Piece]:
    """Draw a bar between two values on a scale.

    Args:
        start: Where the bar begins; may lie past its end.
        end: Where it ends.
        least: The value at the left edge of the scale.
        most: The value at the right edge.
        width: Cells of the scale.

    Returns:
        Pieces that together are as wide as the scale. A bar of no length is blank; any other is
        at least an eighth of a cell.
    """
    if most <= least or start == end:
        return [Piece(" " * width)]
    scale = width * _PER_CELL / (most - least)
    left, right = (round((value - least) * scale) for value in sorted((start, end)))
    left = min(left, width * _PER_CELL - 1)
    right = max(right, left + 1)
    cells = [_cell(left - place, right - place) for place in range(0, width * _PER_CELL, _PER_CELL)]
    return _joined(cells)


def _cell(left: int, right: int) -> Piece:
    left, right = max(left, 0), min(right, _PER_CELL)
    if right <= left:
        return Piece(" ")
    if left == 0:
        return Piece(EIGHTHS[right])
    # Only bars that start at the left edge have characters: the others are a reversed gap, which
    # draws them to the right edge. A short one inside a cell is widened to that edge.
    return Piece(EIGHTHS[left], is_reversed=True)


def _joined(cells: Sequence[Piece]) -> list[Piece]:
    joined: list[Piece] = []
    for one in cells:
        if joined and joined[-1].is_reversed == one.is_reversed:
            joined[-1] = Piece(joined[-1].text + one.text, one.is_reversed)
        else:
            joined.append(one)
    return joined
