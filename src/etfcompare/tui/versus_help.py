"""The page of the compare mode that names its keys and signs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from textual.content import Content

from etfcompare.engine.side_by_side import BEST_SIGN, WORST_SIGN
from etfcompare.tui.commands import Command
from etfcompare.tui.pages import SIGNS
from etfcompare.tui.styles import ACCENT, MUTED
from etfcompare.tui.versus_keys import COMMANDS
from etfcompare.tui.wrapping import wrapped

RANKS: Final = ((BEST_SIGN, "the best of a row"), (WORST_SIGN, "the worst of a row"))
_KEYS_WIDTH: Final = 14


def help_page(width: int, commands: Sequence[Command] = COMMANDS) -> Content:
    """Write all keys of the comparison, and its signs.

    Args:
        width: Cells to fill.
        commands: With the keys in force.
    """
    entries = [(one.shown_keys, one.meaning) for one in commands] + [("", ""), *RANKS, *SIGNS]
    lines: list[Content] = []
    for name, meaning in entries:
        head = Content.styled(f"{name:<{_KEYS_WIDTH}}", ACCENT)
        for line in wrapped(meaning, width - head.cell_length):
            lines.append(head + Content.styled(line, MUTED))
            head = Content(" " * head.cell_length)
    return Content("\n").join(lines)
