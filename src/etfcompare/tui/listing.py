"""What forms with a list share: lines with a cursor, and the keys of the form, to be clicked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple, TypeVar

from textual import events
from textual.app import RenderResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.screen import ModalScreen
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual
from textual.widget import Widget

from etfcompare.tui.styles import MUTED

Result = TypeVar("Result")

BAR = 2
"""Cells in front of a line: the bar of the cursor and a blank."""
_GAP = 3
"""Cells that stay blank in front of a note and behind it."""
_NO_NOTE = Content()

LIST_CSS = """
    #form { padding: 1 1; max-height: 100%; }
    Field { margin: 0 1 1 1; }
    Listing { margin-bottom: 1; }
    #about { padding: 0 1; margin-bottom: 1; }
    Keys { margin: 0 1; }
    &.-short {
        #form { padding: 0 1; }
        Field, Listing, #about { margin-bottom: 0; }
    }
"""
"""Goes behind the style of all forms, in the block of the screen."""


class Line(NamedTuple):
    """One line of a list; what is foreign in it has been made visible."""

    key: str
    """What the cursor stands on; empty for a heading, which the cursor passes over."""
    text: Content
    note: Content = _NO_NOTE
    """What stands at the right edge, unless it would take more than half of the line."""


class Listing(ScrollView, can_focus=True, inherit_bindings=False):
    """Lines, one of which has the cursor; the cursor belongs to the key of its line."""

    DEFAULT_CSS = """
    Listing {
        height: auto;
        background: $surface;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        scrollbar-color: $foreground 25%;
        scrollbar-background: $surface;

        & > .listing--cursor { background: $foreground 10%; text-style: bold; }
        &:focus > .listing--cursor { background: $accent 20%; }
        &:ansi > .listing--cursor, &:nocolor > .listing--cursor { background: transparent; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"listing--cursor"}

    @dataclass
    class Highlighted(Message):
        """The cursor went to another line."""

        key: str

    @dataclass
    class Clicked(Message):
        """A line was clicked; the cursor is on it."""

        key: str
        was_highlighted: bool
        """Whether the cursor stood there already."""
        cell: int
        """The cell that was clicked, counted from the start of the text."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - what Textual calls it
        super().__init__(id=id)
        self._lines: tuple[Line, ...] = ()
        self._place = -1

    @property
    def key(self) -> str:
        """The key of the line with the cursor; empty if there is none."""
        return self._lines[self._place].key if self._place >= 0 else ""

    @property
    def keys(self) -> list[str]:
        """The keys of the lines, from top to bottom."""
        return [one.key for one in self._lines if one.key]

    def show(self, lines: Iterable[Line], cursor: str) -> None:
        """Show other lines.

        Args:
            lines: From top to bottom; each key stands once.
            cursor: The key to stand on; without such a line, the cursor stays about where it was.
        """
        before = self._place
        self._lines = tuple(lines)
        places = self._places
        found = (place for place in places if self._lines[place].key == cursor)
        nearest = min(places, key=lambda place: abs(place - before), default=-1)
        self._place = next(found, nearest)
        self.virtual_size = Size(self.size.width, len(self._lines))
        self.refresh(layout=True)
        self._into_sight()

    def go_to(self, key: str) -> None:
        """Put the cursor on the line with a key."""
        place = next(place for place in self._places if self._lines[place].key == key)
        if place != self._place:
            self._place = place
            self.refresh()
            self._into_sight()
            self.post_message(self.Highlighted(key))

    @property
    def _places(self) -> Sequence[int]:
        return [place for place, one in enumerate(self._lines) if one.key]

    def _into_sight(self) -> None:
        """Scroll to the cursor; to the headings over it too, if there are any."""
        if not self.size.height:
            return
        top = self._place
        while top > 0 and not self._lines[top - 1].key:
            top -= 1
        height = min(self._place - top + 1, self.size.height)
        region = Region(0, self._place - height + 1, 1, height)
        self.scroll_to_region(region, animate=False, force=True)

    # Drawing

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """Take a line for each line."""
        return len(self._lines)

    def on_resize(self) -> None:
        """Keep the cursor in sight."""
        self.virtual_size = Size(self.size.width, len(self._lines))
        self._into_sight()

    def render_line(self, y: int) -> Strip:
        """Draw a line of the screen."""
        place = y + self.scroll_offset.y
        width = self.size.width
        if place >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        has_cursor = place == self._place
        style = self.get_visual_style(*(["listing--cursor"] if has_cursor else []))
        content = _drawn(self._lines[place], width, has_cursor=has_cursor)
        return Visual.to_strips(self, content, width, 1, style, pad=True)[0]

    # Moves

    def move(self, step: int) -> None:
        """Go so many lines down."""
        places = self._places
        if places:
            at = places.index(self._place) + step
            self.go_to(self._lines[places[min(max(at, 0), len(places) - 1)]].key)

    def on_click(self, event: events.Click) -> None:
        """Go to the line that was clicked, and tell."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        place = offset.y + self.scroll_offset.y
        if place < len(self._lines) and self._lines[place].key:
            key, before = self._lines[place].key, self.key
            self.go_to(key)
            self.post_message(self.Clicked(key, was_highlighted=key == before, cell=offset.x - BAR))


class ListForm(ModalScreen[Result]):
    """A form with a list; the keys that move its cursor work wherever they are not text."""

    VERTICAL_BREAKPOINTS = [(0, "-short"), (24, "-tall")]  # noqa: RUF012 - as Textual declares it
    AUTO_FOCUS = "Listing"
    # Of the form, not of its list: keys typed at once come before the list has the focus.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "down", show=False),
        Binding("k,up", "move(-1)", "up", show=False),
        Binding("g,home", "move(-9999)", "first", show=False),
        Binding("G,end", "move(9999)", "last", show=False),
        Binding("ctrl+d,pagedown", "turn(1)", "page down", show=False),
        Binding("ctrl+u,pageup", "turn(-1)", "page up", show=False),
    ]

    @property
    def listing(self) -> Listing:
        """The list."""
        return self.query_one(Listing)

    def action_move(self, step: int) -> None:
        """Go so many lines down."""
        self.listing.move(step)

    def action_turn(self, pages: int) -> None:
        """Go so many pages down."""
        self.listing.move(pages * max(self.listing.size.height - 1, 1))


def _drawn(line: Line, width: int, *, has_cursor: bool) -> Content:
    head = Content.styled("▌ ", "$accent") if has_cursor else Content(" " * BAR)
    text = head + line.text
    room = width - line.note.cell_length - _GAP
    if not line.note or room < width // 2:
        return text.truncate(width - 1, ellipsis=True)
    gap = Content(" " * (_GAP - 1))
    return text.truncate(room, ellipsis=True, pad=True) + gap + line.note


class Keys(Widget):
    """The keys of a form, from its bindings; a click on one does what the key does."""

    DEFAULT_CSS = "Keys { height: auto; }"
    _GAP = 2

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """Take as many lines as the keys need."""
        return max((y for _, _, y in self._placed(width)), default=0) + 1

    def render(self) -> RenderResult:
        """Draw the keys."""
        drawn, line = Content(), 0
        for binding, x, y in self._placed(self.size.width):
            if y > line:
                drawn, line = drawn + "\n", y
            elif x:
                drawn += " " * self._GAP
            drawn += Content.assemble(
                (_name(binding), "bold $text-accent"), " ", (binding.description, MUTED)
            )
        return drawn

    def _placed(self, width: int) -> list[tuple[Binding, int, int]]:
        """The keys with the cell and the line at which each begins."""
        placed = []
        x = y = 0
        for binding in self.screen.BINDINGS:
            if not isinstance(binding, Binding) or not binding.show:
                continue
            if x and x + _length(binding) > width:
                x, y = 0, y + 1
            placed.append((binding, x, y))
            x += _length(binding) + self._GAP
        return placed

    async def on_click(self, event: events.Click) -> None:
        """Do what the key under the mouse does."""
        for binding, x, y in self._placed(self.size.width):
            if event.y == y and x <= event.x < x + _length(binding):
                await self.screen.run_action(binding.action)


def _name(binding: Binding) -> str:
    return binding.key_display or binding.key.partition(",")[0]


def _length(binding: Binding) -> int:
    return len(_name(binding)) + 1 + len(binding.description)
