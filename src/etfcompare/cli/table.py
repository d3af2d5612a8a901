"""Tables of plain text: columns as wide as they need, figures on the decimal point, cut to fit."""

from __future__ import annotations

import os
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

GAP: Final = "  "
ELLIPSIS: Final = "…"
NARROWEST: Final = 8
"""Cells to which a column of words may be shortened before a column is left out."""

_RESET, BOLD, DIM = "\x1b[0m", "\x1b[1m", "\x1b[2m"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A heading and the texts below it."""

    cells: Sequence[str]
    heading: str = ""
    signs: Sequence[str] = ()
    """What stands behind each figure, in a place of its own; none for words."""
    to_right: bool = False
    is_bold: bool = False

    @property
    def sign_width(self) -> int:
        """Cells kept for the signs."""
        return max(map(width, self.signs), default=0)

    @property
    def width(self) -> int:
        """Cells that the column needs."""
        cells = max(map(width, self.cells), default=0) + self.sign_width
        return max(width(self.heading), cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What is written on: how wide it is and whether it knows colours."""

    columns: int | None
    """Cells in a line; None for as many as it takes."""
    has_colour: bool

    @classmethod
    def of_stdout(cls) -> Paper:
        """Return what stdout is: a terminal, or something that wants everything plain."""
        if not sys.stdout.isatty():
            return cls(columns=None, has_colour=False)
        plain = os.environ.get("NO_COLOR") or os.environ.get("TERM", "dumb") == "dumb"
        return cls(columns=shutil.get_terminal_size().columns, has_colour=not plain)


def width(text: str) -> int:
    """Return how many cells of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(map(_width, text))


def _width(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def shortened(text: str, most: int) -> str:
    """Return the text in so many cells, what is cut off shown by an ellipsis."""
    if width(text) <= most:
        return text
    kept, taken = "", 0
    for character in text:
        taken += _width(character)
        if taken > most - 1:
            break
        kept += character
    return kept.rstrip() + ELLIPSIS


def table_text(columns: Sequence[Column], paper: Paper) -> tuple[str, tuple[str, ...]]:
    """Draw a table.

    Args:
        columns: From left to right; what does not fit is left out from the right.
        paper: What to draw it on.

    Returns:
        The lines, and the headings of the columns left out.
    """
    widths = _fitted(columns, paper.columns)
    drawn = columns[: len(widths)]
    heading = _line(_heading(one, cells) for one, cells in zip(drawn, widths, strict=True))
    left_out = tuple(one.heading for one in columns[len(widths) :])
    lines = [heading, *_rows(drawn, widths, paper)]
    return "".join(f"{line}\n" for line in lines), left_out


def aligned(columns: Sequence[Column]) -> Iterator[str]:
    """Return plain lines without headings, however wide."""
    return _rows(columns, [one.width for one in columns], Paper(columns=None, has_colour=False))


def _rows(columns: Sequence[Column], widths: Sequence[int], paper: Paper) -> Iterator[str]:
    drawn = (_cells(one, most, paper) for one, most in zip(columns, widths, strict=True))
    return map(_line, zip(*drawn, strict=True))


def _fitted(columns: Sequence[Column], most: int | None) -> list[int]:
    """Return the widths of the columns that fit, words shortened before a column goes."""
    widths = [one.width for one in columns]
    if most is None:
        return widths
    spare = sum(widths) + len(GAP) * (len(widths) - 1) - most
    words = [place for place, one in enumerate(columns) if not one.to_right and not one.is_bold]
    for place in sorted(words, key=widths.__getitem__, reverse=True):
        if spare > 0:
            least = max(NARROWEST, width(columns[place].heading))
            cut = min(spare, max(0, widths[place] - least))
            widths[place] -= cut
            spare -= cut
    while spare > 0 and len(widths) > 1:
        spare -= widths.pop() + len(GAP)
    return widths


def _heading(column: Column, cells: int) -> str:
    pad = " " * (cells - width(column.heading))
    return pad + column.heading if column.to_right else column.heading + pad


def _cells(column: Column, most: int, paper: Paper) -> Iterator[str]:
    """Draw a column below its heading."""
    if not column.to_right:
        for cell in column.cells:
            text = shortened(cell, most)
            pad = " " * (most - width(text))
            yield (_styled(text, BOLD) if column.is_bold and paper.has_colour else text) + pad
        return
    kept = column.sign_width
    for cell, sign in zip(column.cells, column.signs or [""] * len(column.cells), strict=True):
        pad, tail = " " * (most - kept - width(cell)), " " * (kept - width(sign))
        yield pad + cell + (_styled(sign, DIM) if sign and paper.has_colour else sign) + tail


def _styled(text: str, style: str) -> str:
    return f"{style}{text}{_RESET}"


def _line(cells: Iterable[str]) -> str:
    return GAP.join(cells).rstrip()
