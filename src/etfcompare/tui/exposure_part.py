"""A small table of what a product exposes to, as lines that fit a width."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len
from textual.content import Content

from etfcompare.tui.styles import MUTED, STRONG, WARNING
from etfcompare.tui.wrapping import wrapped

if TYPE_CHECKING:
    from etfcompare.portfolio.exposure_words import Part, Row

GAP: Final = "  "
NARROW: Final = 20
"""Cells below which nothing is indented."""


def part_lines(part: Part, width: int) -> Iterator[Content]:
    """Write a table; columns that do not fit are left out from the right.

    Args:
        part: What to write.
        width: Cells to fill.
    """
    yield from _wrapped(part.title, STRONG, width)
    columns = list(zip(*((row.label, *row.cells) for row in part.rows), strict=True))
    headings = part.headings or ("",) * len(columns)
    widths = [
        max(map(cell_len, (heading, *cells)))
        for heading, cells in zip(headings, columns, strict=False)
    ]
    reach = accumulate(widths, lambda so_far, one: so_far + len(GAP) + one)
    widths = widths[: max(sum(end <= width for end in reach), 1)]
    if part.headings and widths:
        yield from _line(headings, widths, MUTED, width)
    for row in part.rows:
        yield from _row(row, widths, width)
    for note in part.notes:
        yield from _wrapped(note, WARNING if note.startswith("!") else MUTED, width)


def _row(row: Row, widths: list[int], width: int) -> Iterator[Content]:
    *lines, last = _line((row.label, *row.cells), widths, "", width)
    yield from lines
    room = width - last.cell_length - len(GAP)
    if not row.remark or cell_len(row.remark) <= room:
        yield last + Content.styled(f"{GAP}{row.remark}" if row.remark else "", MUTED)
        return
    yield last
    indent = GAP if width > NARROW else ""
    yield from (indent + line for line in _wrapped(row.remark, MUTED, width - len(indent)))


def _line(cells: tuple[str, ...], widths: list[int], style: str, width: int) -> Iterator[Content]:
    """Set the first cell to the left and the others to the right."""
    first, *others = (
        text + pad if place == 0 else pad + text
        for place, (text, pad) in enumerate(
            (text, " " * (room - cell_len(text))) for text, room in zip(cells, widths, strict=False)
        )
    )
    line = GAP.join((first, *others))
    if cell_len(line) <= width:
        yield Content.styled(line, style)
    else:
        yield from _wrapped(line.strip(), style, width)


def _wrapped(text: str, style: str, width: int) -> Iterator[Content]:
    return (Content.styled(line, style) for line in wrapped(text, width))
