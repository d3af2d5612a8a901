"""The frontier of allocations, drawn small: volatility across, net yield up."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from textual.content import Content

from etfcompare.portfolio.plot import Window, nearest
from etfcompare.tui.styles import ACCENT, MUTED, STRONG
from etfcompare.units import MINUS

LEAST_WIDTH, LEAST_HEIGHT = 24, 5
"""Below this nothing can be told from a drawing."""
CHOSEN, LIMIT = "×", "│"
"""The allocation shown, and the cap on volatility; other terminals have stand-ins."""
_TICKS_ACROSS: Final = 5
_CELLS_PER_TICK: Final = 12
_LINES_PER_TICK: Final = 3


def chart(
    points: Sequence[tuple[float, float]],
    chosen: tuple[float, float],
    cap: float | None,
    size: tuple[int, int],
) -> list[Content]:
    """Draw the line of allocations, the axes and the cap.

    Args:
        points: Volatility and net yield of each.
        chosen: Those of the allocation shown.
        cap: The most volatility allowed; None without one.
        size: Cells across and lines to fill.
    """
    width, height = size
    if width < LEAST_WIDTH or height < LEAST_HEIGHT:
        return []
    window = Window.fit([*points, chosen])
    rows = height - 2
    y_ticks = window.y_ticks(max(rows // _LINES_PER_TICK, 1))
    labels = {value: y_ticks.text(value, minus=MINUS) for value in y_ticks.values}
    indent = max(map(len, labels.values()), default=0) + 2
    columns = width - indent - 1
    canvas = [[(" ", "")] * columns for _ in range(rows)]
    if cap is not None and (cell := window.cell(cap, window.least_y, columns, rows)):
        for line in canvas:
            line[cell[0]] = (LIMIT, "$foreground 30%")
    for column, row, stroke in _line(points, window, columns, rows):
        canvas[row][column] = (stroke, "")
    if cell := window.cell(*chosen, columns, rows):
        canvas[cell[1]][cell[0]] = (CHOSEN, f"{STRONG} {ACCENT}")
    at = {window.cell(window.least_x, value, columns, rows): text for value, text in labels.items()}
    named = {cell[1]: text for cell, text in at.items() if cell is not None}
    lines = [
        Content.assemble((f"{named.get(row, ''):>{indent - 1}} ", MUTED), ("│", MUTED), *cells)
        for row, cells in enumerate(canvas)
    ]
    across = _axis(window, columns)
    return [
        *lines,
        Content.styled(f"{' ' * indent}└{'─' * columns}", MUTED),
        Content.styled(f"{' ' * (indent + 1)}{across}", MUTED),
    ]


def _line(
    points: Sequence[tuple[float, float]], window: Window, columns: int, rows: int
) -> Iterator[tuple[int, int, str]]:
    """Give the strokes of a line through points: across in each column, up where it rises."""
    places = [window.place(x, y, columns - 1, rows - 1) for x, y in sorted(points)]
    down = {nearest(across): nearest(height) for across, height in places}
    for (left, start), (right, end) in pairwise(places):
        for column in range(math.ceil(left), math.floor(right) + 1):
            share = (column - left) / (right - left) if right > left else 1.0
            down[column] = nearest(start + (end - start) * share)
    for column, row in down.items():
        after = down.get(column + 1, row)
        if after == row:
            yield column, row, "─"
        else:
            upper, lower = sorted((row, after))
            yield column, row, "╯" if after == upper else "╮"
            yield column, after, "╭" if after == upper else "╰"
            yield from ((column, between, "│") for between in range(upper + 1, lower))


def _axis(window: Window, columns: int) -> str:
    """Write round volatilities where they stand, as many as have room."""
    found = window.x_ticks(max(min(columns // _CELLS_PER_TICK, _TICKS_ACROSS), 1))
    text = [" "] * columns
    for value in found.values:
        label = found.text(value)
        cell = window.cell(value, window.least_y, columns, 2)
        if cell is None:
            continue
        start = min(max(cell[0] - len(label) // 2, 0), columns - len(label))
        if start >= 0 and not "".join(text[max(start - 1, 0) : start + len(label) + 1]).strip():
            text[start : start + len(label)] = label
    return "".join(text)
