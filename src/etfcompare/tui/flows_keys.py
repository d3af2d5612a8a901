"""The keys of the flows mode: its bindings, its key bar and its help follow from this list."""

from __future__ import annotations

from typing import Final

from etfcompare.tui.commands import Command, Scope, Topic

_MOVES: Final = (
    ("cursor_down", ("j", "down"), "One row down."),
    ("cursor_up", ("k", "up"), "One row up."),
    ("first", ("g", "home"), "To the row of all."),
    ("last", ("G", "end"), "To the last row."),
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
        action="step_period(-1)",
        keys=("h", "left"),
        label="before",
        meaning="To the period before.",
        topic=Topic.MOVE,
        bar=2,
    ),
    Command(
        action="step_period(1)",
        keys=("l", "right"),
        label="after",
        meaning="To the period after.",
        topic=Topic.MOVE,
        bar=3,
    ),
    Command(
        action="step_period(-4)",
        keys=("H", "shift+left"),
        label="four before",
        meaning="Four periods back.",
        topic=Topic.MOVE,
    ),
    Command(
        action="step_period(4)",
        keys=("L", "shift+right"),
        label="four after",
        meaning="Four periods on.",
        topic=Topic.MOVE,
    ),
    Command(
        action="newest",
        keys=("n",),
        label="newest",
        meaning="To the newest period.",
        topic=Topic.MOVE,
    ),
    Command(
        action="group",
        keys=("b",),
        label="by",
        meaning="Add flows up by product, asset, issuer or country, one after the other.",
        topic=Topic.LOOK,
        bar=4,
    ),
    Command(
        action="published",
        keys=("o",),
        label="published",
        meaning="Show what the file itself states for assets or countries, or sums over funds.",
        topic=Topic.LOOK,
    ),
    Command(
        action="period",
        keys=("P",),
        label="day, week, month",
        meaning="By day, week or month, as far as the file goes.",
        topic=Topic.LOOK,
    ),
    Command(
        action="heat",
        keys=("m",),
        label="map",
        meaning="A map of all rows by period in place of the columns, or back.",
        topic=Topic.LOOK,
        bar=5,
    ),
    Command(
        action="next_sort",
        keys=("right_square_bracket",),
        label="sort",
        meaning="Sort by the next column.",
        topic=Topic.SORT,
        bar=9,
    ),
    Command(
        action="turn_sort",
        keys=("left_square_bracket",),
        label="turn the order",
        meaning="Turn the order of the rows around.",
        topic=Topic.SORT,
    ),
    Command(
        action="filter",
        keys=("slash",),
        label="filter",
        meaning="Only funds that match, with the words of the products; both modes share it.",
        topic=Topic.CHOOSE,
        bar=10,
    ),
    Command(
        action="drill_down",
        keys=("enter",),
        label="open",
        meaning="Into the funds of this row; of a fund, all that its flows say.",
        topic=Topic.ASK,
        bar=6,
    ),
    Command(
        action="go_up",
        keys=("escape",),
        label="up",
        meaning="Out of the row that was opened; then without the filter; then to the products.",
        topic=Topic.ASK,
    ),
    Command(
        action="explain",
        keys=("i",),
        label="why",
        meaning="Where the figures of this row come from, and by which rules.",
        topic=Topic.ASK,
        bar=7,
    ),
    Command(
        action="at_a_glance",
        keys=("a",),
        label="at a glance",
        meaning="The period whole: assets, countries, and every fund that moved.",
        topic=Topic.ASK,
        bar=11,
    ),
    Command(
        action="problems",
        keys=("p",),
        label="problems",
        meaning="What is wrong or doubtful in the catalogue and the files beside it.",
        topic=Topic.ASK,
        bar=12,
    ),
    Command(
        action="export",
        keys=("x",),
        label="export",
        meaning="Write this league into a file: CSV, JSON, Markdown, a picture.",
        topic=Topic.TAKE,
        bar=13,
    ),
    Command(
        action="reload",
        keys=("r",),
        label="reload",
        meaning="Read the files of history again.",
        topic=Topic.PROGRAM,
    ),
    Command(
        action="theme",
        keys=("t",),
        label="theme",
        meaning="Choose the colours, light or dark.",
        topic=Topic.PROGRAM,
    ),
    Command(
        action="app.next_mode",
        keys=("tab",),
        label="frontier",
        meaning="To the next mode, with the same filter and the same assumptions.",
        topic=Topic.PROGRAM,
        bar=1,
    ),
    Command(
        action="app.previous_mode",
        keys=("shift+tab",),
        label="products",
        meaning="To the mode before.",
        topic=Topic.PROGRAM,
    ),
    Command(
        action="app.command_palette",
        keys=("ctrl+p",),
        label="palette",
        meaning="Find any command by its name.",
        topic=Topic.PROGRAM,
    ),
    Command(
        action="help",
        keys=("question_mark",),
        label="help",
        meaning="All keys of the flows.",
        topic=Topic.PROGRAM,
        bar=8,
    ),
    Command(
        action="app.quit",
        keys=("q", "ctrl+q"),
        label="quit",
        meaning="Leave; nothing needs saving.",
        topic=Topic.PROGRAM,
        bar=14,
    ),
)


def commands(scope: Scope) -> list[Command]:
    """Return what the table, or the screen around it, carries out."""
    return [one for one in COMMANDS if one.scope is scope]
