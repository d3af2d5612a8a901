"""Text broken into lines that fit a width in terminal cells."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len, chop_cells

_NARROWEST = 2
"""Cells of the widest character."""


def wrapped(text: str, width: int) -> Iterator[str]:
    """Break a text at blanks, and inside a word only where that is longer than a line.

    Args:
        text: One line of text.
        width: Cells to fill.
    """
    room = max(width, _NARROWEST)
    line = ""
    for word in text.split(" "):
        if line and cell_len(line) + 1 + cell_len(word) > room:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
        if cell_len(line) > room:
            *full, line = chop_cells(line, room)
            yield from full
    yield line
