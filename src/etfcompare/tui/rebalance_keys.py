"""The keys of the rebalancing: its bindings, its key bar and its help follow from this list."""

from __future__ import annotations

from typing import Final

from etfcompare.tui.allocation_keys import COMMANDS as OF_ALLOCATION
from etfcompare.tui.allocation_keys import CONTROLS, SCROLLS
from etfcompare.tui.commands import Command, Scope, Topic

_SHARED: Final = ("what_if", "reset_scenario", "pin('A')", "pin('B')", "theme", "help")

COMMANDS: Final[tuple[Command, ...]] = (
    *CONTROLS,
    *SCROLLS,
    Command(
        action="next_sleeve(1)",
        keys=("s", "n"),
        label="sleeve",
        meaning="The next sleeve: all that is held, one coin of it, one fund of it.",
        topic=Topic.CHOOSE,
        bar=5,
    ),
    Command(
        action="next_sleeve(-1)",
        keys=("S", "N"),
        label="sleeve before",
        meaning="The sleeve before.",
        topic=Topic.CHOOSE,
    ),
    Command(
        action="reset_numbers",
        keys=("0",),
        label="reset",
        meaning="The numbers as they were at first.",
        topic=Topic.CHOOSE,
        bar=6,
    ),
    *(one for one in OF_ALLOCATION if one.name in _SHARED),
    Command(
        action="allocate",
        keys=("o",),
        label="allocate",
        meaning="What to hold of the products in sight, under limits on risk and on names.",
        topic=Topic.ASK,
        bar=12,
    ),
    Command(
        action="export",
        keys=("x",),
        label="export",
        meaning="Write what may be done about the sleeve into a file: CSV, JSON, a picture.",
        topic=Topic.TAKE,
        bar=9,
    ),
    Command(
        action="close",
        keys=("escape", "q", "O"),
        label="close",
        meaning="Back to where it was opened.",
        topic=Topic.PROGRAM,
        bar=11,
    ),
)


def commands(scope: Scope) -> list[Command]:
    """Return what the panel, or the screen around it, carries out."""
    return [one for one in COMMANDS if one.scope is scope]
