"""The keys of the compare mode: its bindings, its key bar and its help follow from this list."""

from __future__ import annotations

from typing import Final

from etfcompare.tui.commands import Command, Scope, Topic

_MOVES: Final = (
    ("cursor_down", ("j", "down"), "One figure down."),
    ("cursor_up", ("k", "up"), "One figure up."),
    ("cursor_left", ("h", "left"), "One product to the left."),
    ("cursor_right", ("l", "right"), "One product to the right."),
    ("first", ("g", "home"), "To the first figure."),
    ("last", ("G", "end"), "To the last figure."),
    ("half_page_down", ("ctrl+d",), "Half a page down."),
    ("half_page_up", ("ctrl+u",), "Half a page up."),
    ("page_down", ("pagedown",), "A page down."),
    ("page_up", ("pageup",), "A page up."),
)

COMMANDS: Final[tuple[Command, ...]] = (
    *(
        Command(
            action=action,
            keys=keys,
            label=meaning.rstrip("."),
            meaning=meaning,
            topic=Topic.MOVE,
            scope=Scope.GRID,
        )
        for action, keys, meaning in _MOVES
    ),
    Command(
        action="next_difference(1)",
        keys=("n",),
        label="next",
        meaning="To the next figure in which the products differ.",
        topic=Topic.MOVE,
        bar=2,
    ),
    Command(
        action="next_difference(-1)",
        keys=("N",),
        label="difference before",
        meaning="To the figure before in which the products differ.",
        topic=Topic.MOVE,
    ),
    Command(
        action="only_differences",
        keys=("f", "equals_sign"),
        label="differences",
        meaning="Show only the figures in which the products differ, or all again.",
        topic=Topic.CHOOSE,
        bar=1,
        written="f =",
    ),
    Command(
        action="explain",
        keys=("i",),
        label="why",
        meaning="Why this figure of this product is what it is, down to the line of the file.",
        topic=Topic.ASK,
        bar=3,
    ),
    Command(
        action="findings",
        keys=("enter",),
        label="ties and switches",
        meaning="Where the products tie, which day swaps them, and what a switch costs.",
        topic=Topic.ASK,
        bar=6,
    ),
    Command(
        action="help",
        keys=("question_mark",),
        label="help",
        meaning="All keys of the comparison.",
        topic=Topic.PROGRAM,
        bar=5,
    ),
    Command(
        action="dismiss",
        keys=("escape", "q", "c"),
        label="close",
        meaning="Back to the products.",
        topic=Topic.PROGRAM,
        bar=4,
    ),
)


def commands(scope: Scope) -> list[Command]:
    """Return what the table, or the screen around it, carries out."""
    return [one for one in COMMANDS if one.scope is scope]
