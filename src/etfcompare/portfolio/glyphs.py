"""What a drawing in characters is made of: cells, what they are part of, and lines."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple


class Ink(StrEnum):
    """What a cell is part of."""

    BLANK = "blank"
    FRAME = "frame"
    """Axes and what is written at them."""
    CASH = "cash"
    EFFICIENT_LINE = "efficient line"
    LEADER_LINE = "leader line"
    POINT = "point"
    EFFICIENT = "efficient"
    CHOSEN = "chosen"
    LABEL = "label"
    LEADER_LABEL = "leader label"
    EFFICIENT_LABEL = "efficient label"
    CHOSEN_LABEL = "chosen label"


class Glyph(NamedTuple):
    """What is drawn in a cell."""

    sign: str
    """One cell wide; but a label stands whole in its first cell, the others being empty."""
    ink: Ink
    asset: str = ""
    """The code whose sign it is; empty for all that is no point."""


class Strokes(NamedTuple):
    """The characters of lines."""

    across: str
    down: str
    corner: str
    """Of the two axes."""
    tick_across: str
    tick_down: str
    cash: str
    step: str
    rise: str
    turn_up: str
    turn_right: str
    lead: str
    """In every other cell of the line through the leaders."""


STROKES: Final = Strokes("─", "│", "└", "┬", "┤", "┄", "─", "│", "┘", "┌", "·")
ASCII_STROKES: Final = Strokes("-", "|", "+", "+", "+", ".", "-", "|", "+", "+", ".")
BROKEN: Final = "//"
"""At the beginning of the scale across, if that is above zero."""
