"""The keys of the frontier mode: its bindings, its key bar and its help follow from this list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from etfcompare.tui.commands import COMMANDS as OF_PRODUCTS
from etfcompare.tui.commands import Command, Scope, Topic

_MOVES: Final = (
    ("cursor_down", ("j", "down"), "down", "To the next lower net yield at this volatility."),
    ("cursor_up", ("k", "up"), "up", "To the next higher net yield at this volatility."),
    ("cursor_left", ("h", "left"), "less volatile", "To the next lower volatility."),
    ("cursor_right", ("l", "right"), "more volatile", "To the next higher volatility."),
    ("first", ("g", "home"), "first", "To the least volatile, and of those to the best."),
    ("last", ("G", "end"), "last", "To the most volatile, and of those to the worst."),
)
_PANS: Final = (
    ("pan(-1, 0)", ("H", "shift+left"), "look left", "Look further left."),
    ("pan(1, 0)", ("L", "shift+right"), "look right", "Look further right."),
    ("pan(0, 1)", ("K", "shift+up"), "look up", "Look further up."),
    ("pan(0, -1)", ("J", "shift+down"), "look down", "Look further down."),
)
_SHARED: Final = {
    "toggle_mark": 7,
    "clear_marks": 0,
    "filter": 9,
    **{f"toggle_asset({number})": 0 for number in range(1, 10)},
    "all_assets": 0,
    "compare": 8,
    "what_if": 4,
    "reset_scenario": 0,
    "pin('A')": 0,
    "pin('B')": 0,
    "allocate": 0,
    "rebalance": 0,
    "firmness": 0,
    "problems": 12,
    "reload": 0,
    "theme": 0,
    "previous_mode": 0,
    "command_palette": 0,
    "quit": 13,
}
"""Commands that mean here what they mean in the table, with their place in the key bar."""


def _shared() -> Iterator[Command]:
    """Take over what the table has."""
    for one in OF_PRODUCTS:
        if one.name in _SHARED:
            yield replace(one, bar=_SHARED[one.name])


COMMANDS: Final[tuple[Command, ...]] = (
    *(
        Command(
            action=action,
            keys=keys,
            label=label,
            meaning=meaning,
            topic=Topic.MOVE,
            scope=Scope.GRID,
        )
        for action, keys, label, meaning in (*_MOVES, *_PANS)
    ),
    Command(
        action="next_leader(1)",
        keys=("n",),
        label="best fund",
        meaning="To the next product that no other beats, cash left aside.",
        topic=Topic.MOVE,
        scope=Scope.GRID,
        bar=2,
    ),
    Command(
        action="next_leader(-1)",
        keys=("N",),
        label="best fund before",
        meaning="To the product before that no other beats, cash left aside.",
        topic=Topic.MOVE,
        scope=Scope.GRID,
    ),
    Command(
        action="zoom(1)",
        keys=("plus",),
        label="closer",
        meaning="Look closer, at the product under the cursor; the wheel does so at the mouse.",
        topic=Topic.LOOK,
        scope=Scope.GRID,
        bar=5,
    ),
    Command(
        action="zoom(-1)",
        keys=("minus",),
        label="further away",
        meaning="Look from further away.",
        topic=Topic.LOOK,
        scope=Scope.GRID,
    ),
    Command(
        action="fit",
        keys=("equals_sign",),
        label="all in sight",
        meaning="Bring all products in sight again.",
        topic=Topic.LOOK,
        scope=Scope.GRID,
    ),
    Command(
        action="toggle_zero",
        keys=("z",),
        label="from zero",
        meaning="Begin the scale across at 0 %, where cash is, or at the least volatile product.",
        topic=Topic.LOOK,
        scope=Scope.GRID,
    ),
    Command(
        action="detail",
        keys=("enter",),
        label="detail",
        meaning="All there is to say about this product.",
        topic=Topic.ASK,
        bar=10,
    ),
    Command(
        action="explain",
        keys=("i",),
        label="why",
        meaning="Why the net yield of this product is what it is, down to the line of the file.",
        topic=Topic.ASK,
        bar=3,
    ),
    Command(
        action="at_a_glance",
        keys=("a",),
        label="at a glance",
        meaning="The best funds, what beats the others, and what is not on the chart and why.",
        topic=Topic.ASK,
    ),
    Command(
        action="go_up",
        keys=("escape",),
        label="back",
        meaning="All in sight again; then without the filter; then to the products.",
        topic=Topic.ASK,
    ),
    *_shared(),
    Command(
        action="export",
        keys=("x",),
        label="export",
        meaning="Write the chart into a file, to print or to send, or a picture of the screen.",
        topic=Topic.TAKE,
        bar=11,
    ),
    Command(
        action="app.next_mode",
        keys=("tab",),
        label="products",
        meaning="To the next mode: the table of products, with the same cursor.",
        topic=Topic.PROGRAM,
        bar=1,
    ),
    Command(
        action="help",
        keys=("question_mark",),
        label="help",
        meaning="All keys of the frontier.",
        topic=Topic.PROGRAM,
        bar=6,
    ),
)


def commands(scope: Scope) -> list[Command]:
    """Return what the chart, or the screen around it, carries out."""
    return [one for one in COMMANDS if one.scope is scope]
