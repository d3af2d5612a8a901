"""The frontier of allocations, drawn small: volatility across, net yield up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from textual.content import Content

from etfcompare.portfolio.plot import Window
from etfcompare.tui.styles import ACCENT, MUTED, STRONG
from etfcompare.units import MINUS

LEAST_WIDTH, LEAST_HEIGHT = 24, 5
"""Below this nothing can be told from a drawing."""
POINT, CHOSEN, LIMIT = "•", "×", "│"
"""An allocation, the one shown, and the cap on volatility; other terminals have stand-ins."""
_TICKS_ACROSS: Final = 5
_CELLS_PER_TICK: Final = 12
_LINES_PER_TICK: Final = 3


def chart(
    points: Sequence[tuple[float, float]],
    chosen: tuple[float, float],
    cap: float | None,
    size: tuple[int, int],
) -> list[Content]:
    """Draw allocations, the axes and the cap.

    Args:
        points: Volatility and net yield of each, cash at the left.
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
    for x, y in points:
        if cell := window.cell(x, y, columns, rows):
            canvas[cell[1]][cell[0]] = (POINT, MUTED)
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
