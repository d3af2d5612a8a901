"""The keys of the allocation: its bindings, its key bar and its help follow from this list."""

from __future__ import annotations

from typing import Final

from etfcompare.tui.commands import Command, Scope, Topic

_MOVES: Final = (
    ("cursor_down", ("j", "down"), "One line down.", 0),
    ("cursor_up", ("k", "up"), "One line up.", 0),
    ("first", ("g", "home"), "To the first line.", 0),
    ("last", ("G", "end"), "To the last line.", 0),
    ("turn(-1)", ("left", "h"), "The next lower value.", 1),
    ("turn(1)", ("right", "l"), "The next higher value.", 2),
    ("type_value", ("enter",), "Type a value, with its unit.", 3),
    ("turn_off", ("minus", "backspace", "delete"), "No value: the line says nothing.", 4),
)
_LABELS: Final = {"turn(-1)": "less", "turn(1)": "more", "type_value": "type", "turn_off": "off"}

CONTROLS: Final = tuple(
    Command(
        action=action,
        keys=keys,
        label=_LABELS.get(action, meaning.rstrip(".")),
        meaning=meaning,
        topic=Topic.MOVE,
        scope=Scope.GRID,
        bar=bar,
    )
    for action, keys, meaning, bar in _MOVES
)
"""What a panel of numbers does by keys, here and beside it."""

SCROLLS: Final = tuple(
    Command(action=action, keys=keys, label=label, meaning=meaning, topic=Topic.MOVE)
    for action, keys, label, meaning in (
        ("half_page_down", ("ctrl+d",), "Half page down", "Half a page of the answer down."),
        ("half_page_up", ("ctrl+u",), "Half page up", "Half a page of the answer up."),
        ("page_down", ("pagedown",), "Page down", "A page of the answer down."),
        ("page_up", ("pageup",), "Page up", "A page of the answer up."),
    )
)
"""How the answer beside the panel is read."""

COMMANDS: Final[tuple[Command, ...]] = (
    *CONTROLS,
    *SCROLLS,
    *(
        Command(
            action=f"preset({number})",
            keys=(str(number),),
            label=f"cap {cap}",
            meaning="No more volatility than 5%, 10% or 20% a year.",
            topic=Topic.CHOOSE,
            written="1 2 3",
            is_listed=number == 1,
            bar=5 if number == 1 else 0,
        )
        for number, cap in enumerate(("5%", "10%", "20%"), start=1)
    ),
    Command(
        action="reset_limits",
        keys=("0",),
        label="reset",
        meaning="The limits as they were at first.",
        topic=Topic.CHOOSE,
        bar=6,
    ),
    Command(
        action="what_if",
        keys=("w",),
        label="what if",
        meaning="Assume something else: date, horizon, rewards, cash, taxes; the answer follows.",
        topic=Topic.SUPPOSE,
    ),
    Command(
        action="reset_scenario",
        keys=("W",),
        label="reset what-if",
        meaning="Assume again what was assumed at first.",
        topic=Topic.SUPPOSE,
    ),
    *(
        Command(
            action=f"pin('{name}')",
            keys=(name,),
            label=f"pin {name}",
            meaning=f"Keep this scenario as {name}, as in the table; once more lets it go.",
            topic=Topic.SUPPOSE,
        )
        for name in ("A", "B")
    ),
    Command(
        action="explain",
        keys=("i",),
        label="why",
        meaning="What is maximised, and from which volatilities and correlations, of what age.",
        topic=Topic.ASK,
        bar=7,
    ),
    Command(
        action="left_out",
        keys=("p",),
        label="left out",
        meaning="Which products are left out, and why.",
        topic=Topic.ASK,
        bar=8,
    ),
    Command(
        action="rebalance",
        keys=("O",),
        label="rebalance",
        meaning="Whether to trade what is held, and which lots to sell at a loss.",
        topic=Topic.ASK,
        bar=12,
    ),
    Command(
        action="export",
        keys=("x",),
        label="export",
        meaning="Write the allocation into a file: CSV, JSON, a picture.",
        topic=Topic.TAKE,
        bar=9,
    ),
    Command(
        action="theme",
        keys=("t",),
        label="theme",
        meaning="Choose the colours, light or dark.",
        topic=Topic.PROGRAM,
    ),
    Command(
        action="help",
        keys=("question_mark",),
        label="help",
        meaning="All keys of the allocation.",
        topic=Topic.PROGRAM,
        bar=10,
    ),
    Command(
        action="close",
        keys=("escape", "q", "o"),
        label="close",
        meaning="Back to where it was opened.",
        topic=Topic.PROGRAM,
        bar=11,
    ),
)


def commands(scope: Scope) -> list[Command]:
    """Return what the panel, or the screen around it, carries out."""
    return [one for one in COMMANDS if one.scope is scope]
