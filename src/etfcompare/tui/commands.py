"""The registry of commands: keys, palette, key bar, help and docs all follow from this one list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeAlias

from textual.binding import Binding
from textual.keys import format_key

Keys: TypeAlias = "Mapping[str, tuple[str, ...]]"
"""Keys of the user's own, by the name of their command."""
NO_KEYS: Final[Keys] = MappingProxyType({})


class Scope(StrEnum):
    """Who carries a command out."""

    GRID = "grid"
    SCREEN = "screen"


class Topic(StrEnum):
    """The heading that a command stands under in the help."""

    MOVE = "Move"
    CHOOSE = "Choose products"
    SORT = "Sort"
    ASK = "Ask"
    SUPPOSE = "What if"
    LOOK = "Views and columns"
    TAKE = "Take along"
    CHANGE = "Change the catalogue"
    PROGRAM = "Program"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Something the user can do by a key."""

    action: str
    """What Textual runs, with its arguments."""
    keys: tuple[str, ...]
    """Keys by Textual's names, the first shown first."""
    label: str
    """Two words for the key bar and the palette."""
    meaning: str
    """One sentence for the help."""
    topic: Topic
    scope: Scope = Scope.SCREEN
    bar: int = 0
    """Its place in the key bar, from 1; 0 keeps it out."""
    written: str = ""
    """What the help writes for its keys, where it stands for its brothers too."""
    is_listed: bool = True
    """Whether help and palette list it."""

    @property
    def name(self) -> str:
        """What the user's settings call it."""
        return self.action.removeprefix("app.")

    @property
    def shown_keys(self) -> str:
        """The keys as people write them."""
        return self.written or " ".join(map(_shown, self.keys))

    @property
    def first_key(self) -> str:
        """The key to name where there is room for one."""
        return self.shown_keys.partition(" ")[0]

    @property
    def binding(self) -> Binding:
        """The command as Textual binds it."""
        return Binding(
            ",".join(self.keys),
            self.action,
            self.label,
            show=False,
            id=self.name,
            tooltip=self.meaning,
        )


_KEY_NAMES = {
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "home": "Home",
    "end": "End",
    "escape": "Esc",
    "enter": "Enter",
    "space": "Space",
}


def _shown(key: str) -> str:
    *modifiers, plain = key.split("+")
    if modifiers == ["ctrl"] and len(plain) == 1:
        return f"^{plain.upper()}"
    return "+".join([*modifiers, _KEY_NAMES.get(plain) or format_key(plain)])


_MOVES = (
    ("cursor_down", ("j", "down"), "Down", "One product down."),
    ("cursor_up", ("k", "up"), "Up", "One product up."),
    ("cursor_left", ("h", "left"), "Left", "One column to the left."),
    ("cursor_right", ("l", "right"), "Right", "One column to the right."),
    ("first", ("g", "home"), "First", "To the first product."),
    ("last", ("G", "end"), "Last", "To the last product."),
    ("half_page_down", ("ctrl+d",), "Half page down", "Half a page down."),
    ("half_page_up", ("ctrl+u",), "Half page up", "Half a page up."),
    ("page_down", ("pagedown",), "Page down", "A page down."),
    ("page_up", ("pageup",), "Page up", "A page up."),
)

COMMANDS: tuple[Command, ...] = (
    *(
        Command(
            action=action,
            keys=keys,
            label=label,
            meaning=meaning,
            topic=Topic.MOVE,
            scope=Scope.GRID,
        )
        for action, keys, label, meaning in _MOVES
    ),
    Command(
        action="filter",
        keys=("slash",),
        label="filter",
        meaning="Show only the products that match, as sol, staked or net_yield>4%; "
        "Enter keeps the filter, Esc drops the change.",
        topic=Topic.CHOOSE,
        bar=1,
    ),
    Command(
        action="clear_filter",
        keys=("escape",),
        label="clear filter",
        meaning="Show all products again.",
        topic=Topic.CHOOSE,
    ),
    *(
        Command(
            action=f"toggle_asset({number})",
            keys=(str(number),),
            label="only this asset",
            meaning="Show only the asset at this place in the file; more of them add to it, "
            "and the same key takes one away.",
            topic=Topic.CHOOSE,
            written="1 … 9",
            is_listed=number == 1,
        )
        for number in range(1, 10)
    ),
    Command(
        action="all_assets",
        keys=("0",),
        label="all assets",
        meaning="Show all assets.",
        topic=Topic.CHOOSE,
    ),
    Command(
        action="toggle_mark",
        keys=("space",),
        label="mark",
        meaning="Mark this product, or take its mark away.",
        topic=Topic.CHOOSE,
        scope=Scope.GRID,
        bar=9,
    ),
    Command(
        action="clear_marks",
        keys=("U",),
        label="clear marks",
        meaning="Take all marks away.",
        topic=Topic.CHOOSE,
        scope=Scope.GRID,
    ),
    Command(
        action="sort(False)",
        keys=("left_square_bracket",),
        label="sort up",
        meaning="Sort by this column, smallest first.",
        topic=Topic.SORT,
    ),
    Command(
        action="sort(True)",
        keys=("right_square_bracket",),
        label="sort",
        meaning="Sort by this column, largest first.",
        topic=Topic.SORT,
        bar=2,
    ),
    Command(
        action="add_sort(False)",
        keys=("left_curly_bracket",),
        label="then sort up",
        meaning="Sort equals by this column too, smallest first.",
        topic=Topic.SORT,
    ),
    Command(
        action="add_sort(True)",
        keys=("right_curly_bracket",),
        label="then sort",
        meaning="Sort equals by this column too, largest first.",
        topic=Topic.SORT,
    ),
    Command(
        action="best_first",
        keys=("b",),
        label="best first",
        meaning="Sort by net yield again, best first.",
        topic=Topic.SORT,
    ),
    Command(
        action="explain",
        keys=("i",),
        label="why",
        meaning="Why this figure is what it is, down to the line of the file.",
        topic=Topic.ASK,
        bar=5,
    ),
    Command(
        action="detail",
        keys=("enter",),
        label="detail",
        meaning="All there is to say about this product.",
        topic=Topic.ASK,
    ),
    Command(
        action="compare",
        keys=("c",),
        label="compare",
        meaning="Compare the marked products side by side, or this one and the one above.",
        topic=Topic.ASK,
        bar=3,
    ),
    Command(
        action="what_if",
        keys=("w",),
        label="what if",
        meaning="Assume something else: date, horizon, rewards, cash, taxes; the table follows.",
        topic=Topic.SUPPOSE,
        bar=4,
    ),
    Command(
        action="reset_scenario",
        keys=("W",),
        label="reset what-if",
        meaning="Assume again what was assumed at first.",
        topic=Topic.SUPPOSE,
    ),
    Command(
        action="pin('A')",
        keys=("A",),
        label="pin A",
        meaning="Keep this scenario as A, in a column of its own; once more lets it go.",
        topic=Topic.SUPPOSE,
    ),
    Command(
        action="pin('B')",
        keys=("B",),
        label="pin B",
        meaning="Keep this scenario as B; A and B stand side by side with their difference.",
        topic=Topic.SUPPOSE,
    ),
    Command(
        action="allocate",
        keys=("o",),
        label="allocate",
        meaning="What to hold of the products in sight, under limits on risk and on names.",
        topic=Topic.ASK,
    ),
    Command(
        action="rebalance",
        keys=("O",),
        label="rebalance",
        meaning="Whether to trade what is held, and which lots to sell at a loss.",
        topic=Topic.ASK,
    ),
    Command(
        action="calendar",
        keys=("n",),
        label="what comes",
        meaning="What comes within the horizon: waivers end, tiers fill, figures go stale.",
        topic=Topic.ASK,
    ),
    Command(
        action="reconcile",
        keys=("R",),
        label="delivered",
        meaning="Promised, computed and delivered yield of the products in sight, with a verdict.",
        topic=Topic.ASK,
    ),
    Command(
        action="firmness",
        keys=("f",),
        label="how firm",
        meaning="How firm the answer is: what puts another first, what moves this one, hard times.",
        topic=Topic.ASK,
    ),
    Command(
        action="views",
        keys=("v",),
        label="views",
        meaning="Choose a saved view; a digit takes it at once.",
        topic=Topic.LOOK,
        bar=10,
    ),
    Command(
        action="save_view",
        keys=("V",),
        label="save view",
        meaning="Save filter, sort, columns and horizon as a view.",
        topic=Topic.LOOK,
    ),
    Command(
        action="columns",
        keys=("C",),
        label="columns",
        meaning="Choose the columns: show, hide, move, make wider.",
        topic=Topic.LOOK,
    ),
    Command(
        action="copy_cell",
        keys=("y",),
        label="copy",
        meaning="Copy this figure.",
        topic=Topic.TAKE,
    ),
    Command(
        action="copy_row",
        keys=("Y",),
        label="copy row",
        meaning="Copy this product as shown.",
        topic=Topic.TAKE,
    ),
    Command(
        action="export",
        keys=("x",),
        label="export",
        meaning="Write what is shown into a file: CSV, JSON, Markdown, a page, a picture.",
        topic=Topic.TAKE,
        bar=11,
    ),
    Command(
        action="problems",
        keys=("p",),
        label="problems",
        meaning="What is wrong or doubtful in the catalogue, with its lines.",
        topic=Topic.ASK,
        bar=12,
    ),
    Command(
        action="edit",
        keys=("e",),
        label="edit",
        meaning="Edit this figure, or an input of it: with date, source, and a look at the change.",
        topic=Topic.CHANGE,
        bar=6,
    ),
    Command(
        action="outside",
        keys=("E",),
        label="editor",
        meaning="Open the file in $VISUAL or $EDITOR, at the line of this figure.",
        topic=Topic.CHANGE,
    ),
    Command(
        action="add",
        keys=("a",),
        label="add",
        meaning="Add a product, beginning as a copy of this one.",
        topic=Topic.CHANGE,
    ),
    Command(
        action="delete",
        keys=("D",),
        label="delete",
        meaning="Delete this product, after a look at its lines.",
        topic=Topic.CHANGE,
    ),
    Command(
        action="undo",
        keys=("u",),
        label="undo",
        meaning="Take the last change back, byte for byte.",
        topic=Topic.CHANGE,
    ),
    Command(
        action="redo",
        keys=("ctrl+y",),
        label="redo",
        meaning="Do the last undone change again.",
        topic=Topic.CHANGE,
    ),
    Command(
        action="changes",
        keys=("d",),
        label="what changed",
        meaning="What the last change did: figures before and after, and the ranks that moved.",
        topic=Topic.CHANGE,
    ),
    Command(
        action="reload",
        keys=("r",),
        label="reload",
        meaning="Read the file again.",
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
        label="flows",
        meaning="To the next mode, with the same filter: Products, Flows, Frontier.",
        topic=Topic.PROGRAM,
        bar=13,
    ),
    Command(
        action="app.previous_mode",
        keys=("shift+tab",),
        label="mode before",
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
        meaning="All keys, and the words of the filter.",
        topic=Topic.PROGRAM,
        bar=7,
    ),
    Command(
        action="app.quit",
        keys=("q", "ctrl+q"),
        label="quit",
        meaning="Leave; nothing needs saving.",
        topic=Topic.PROGRAM,
        bar=8,
    ),
)


def bindings(scope: Scope) -> list[Binding]:
    """Return what a widget or screen binds."""
    return [command.binding for command in COMMANDS if command.scope is scope]


def rekeyed(commands: Iterable[Command], keys: Keys) -> tuple[Command, ...]:
    """Return commands with the user's own keys.

    Brothers that are listed as one stand apart as soon as one of them has another key.
    """
    every = tuple(commands)
    apart = {one.meaning for one in every if one.name in keys}
    return tuple(
        replace(one, keys=keys.get(one.name, one.keys), written="", is_listed=True)
        if one.meaning in apart
        else one
        for one in every
    )


def key_of(commands: Iterable[Command], name: str) -> str:
    """Return the key to press for the command of a name, as a sentence writes it."""
    key = next(one.first_key for one in commands if one.name == name)
    return key.lower() if key.isalpha() and len(key) > 1 else key


def listed_commands(commands: Iterable[Command] = COMMANDS) -> list[Command]:
    """Return the commands of help and palette."""
    return [one for one in commands if one.is_listed]


def bar_commands(commands: Iterable[Command] = COMMANDS) -> list[Command]:
    """Return the commands of a key bar, in its order."""
    return sorted((one for one in commands if one.bar), key=lambda one: one.bar)
