"""The lines around the table: title, filter with its state, and keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from rich.cells import cell_len
from textual import events, on
from textual.app import RenderResult
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input

from etfcompare.tui.commands import Command
from etfcompare.tui.styles import MUTED
from etfcompare.visible import visible

MODES: Final = ("Products", "Flows", "Frontier")
"""The pages that are modes, in the order in which a key goes through them."""


class TitleBar(Widget):
    """What is shown, under which assumptions."""

    subject: reactive[str] = reactive("")
    """What of the page is shown, safe to show; stands behind its name."""
    state: reactive[tuple[str, ...]] = reactive(())
    """What stands at the right, least important first."""
    alarm: reactive[str] = reactive("")
    """What must not be overlooked."""

    def __init__(self, page: str) -> None:
        """Make a title.

        Args:
            page: The name of the page; that of a mode stands among those of the others.
        """
        super().__init__(id="title")
        self._page = page

    def render(self) -> RenderResult:
        """Draw the name at the left and at the right as much of the state as fits."""
        brand = ("etfcompare", "bold $text-accent")
        pages = MODES if self._page in MODES else (self._page,)
        name = Content.assemble(" ", brand, "  ") + Content("  ").join(map(self._tab, pages))
        alarm = Content.styled(f"✗ {self.alarm}   " if self.alarm else "", "$text-error")
        parts = list(self.state)
        while parts:
            right = alarm + Content.styled(" · ".join(parts), MUTED)
            room = self.size.width - name.cell_length - right.cell_length - 1
            if room > 1:
                return name + Content(" " * room) + right
            parts.pop(0)
        return (name + Content("  ") + alarm).truncate(self.size.width, ellipsis=True)

    def _tab(self, page: str) -> Content:
        if page != self._page:
            return Content.styled(page, MUTED)
        return Content.assemble((page, "bold"), f"  {self.subject}" if self.subject else "")


class Banner(Widget):
    """What is assumed otherwise than at first, impossible to overlook; a line each."""

    DEFAULT_CSS = "Banner { height: auto; background: $accent 20%; }"
    lines: reactive[tuple[Content, ...]] = reactive(())

    def __init__(self, lines: tuple[Content, ...], *, change: str, reset: str) -> None:
        """Make a banner.

        Args:
            lines: What it says.
            change: The key that changes what is assumed.
            reset: The key that goes back.
        """
        super().__init__(id="banner")
        key = "bold $text-accent"
        self._keys = Content.assemble((change, key), " change  ", (reset, key), " reset ")
        self.set_reactive(Banner.lines, lines)

    def watch_lines(self, before: Sequence[Content], lines: Sequence[Content]) -> None:
        """Take as many lines as there are, none where there is nothing to say."""
        self.display = bool(lines)
        if len(lines) != len(before):
            self.refresh(layout=True)

    def render(self) -> RenderResult:
        """Draw the lines, the keys at the right of the first if they fit."""
        width = self.size.width
        lines = [line.truncate(width, ellipsis=True) for line in self.lines]
        if lines:
            room = width - lines[0].cell_length - self._keys.cell_length
            if room > 0:
                lines[0] += Content(" " * room) + self._keys
        return Content("\n").join(lines)


class FilterBar(Widget):
    """The filter, and at the right how the table is sorted and how far it can be trusted."""

    PLACEHOLDER = "filter: sol · staked · net_yield>4% · country:us"

    text: reactive[str] = reactive("")
    """The filter in force, as typed."""
    state: reactive[Content] = reactive(Content(""))
    """What stands at the right."""
    is_faulty = False
    """Whether what is being typed makes no sense."""
    _is_opening = False
    """Whether there is a text field that has no focus yet."""

    class Wanted(Message):
        """The user wants to type."""

    @dataclass
    class Changed(Message):
        """The filter was typed so far."""

        text: str

    @dataclass
    class Closed(Message):
        """Typing is over."""

        is_kept: bool

    def render(self) -> RenderResult:
        """Draw the filter at the left and the state at the right, as far as both fit."""
        prompt = Content.styled(" / ", "$text-accent")
        words = (visible(self.text),) if self.text else (self.PLACEHOLDER, "filter", "")
        for word in words:
            left = prompt + Content.styled(word, "" if self.text else MUTED)
            room = self.size.width - left.cell_length - self.state.cell_length - 1
            if room > 0:
                return left + Content(" " * room) + self.state
        return prompt + Content(visible(self.text))

    @property
    def is_open(self) -> bool:
        """Whether the filter is being typed."""
        return bool(self.query(Input))

    def open(self) -> None:
        """Let the user type."""
        if not self.is_open:
            # Made only now: a text field that nobody uses yet would cost the first paint.
            field = FilterField(self.text, compact=True, select_on_focus=False)
            self.mount(field)
            self._is_opening = True
            field.focus()

    def on_descendant_focus(self) -> None:
        """Notice that keys go to the text field from now on."""
        self._is_opening = False

    def catch(self, event: events.Key) -> bool:
        """Give the text field what was typed before it could listen.

        Args:
            event: A key that nobody has wanted.

        Returns:
            Whether the key belongs to the text field.
        """
        field = self.query_one_optional(FilterField)
        if field is None or not (self._is_opening or (field.has_focus and event.is_printable)):
            return False
        again = events.Key(event.key, event.character)
        again.set_sender(field)  # else it would bubble no further than to who sent it
        field.post_message(again)
        return True

    def on_click(self) -> None:
        """Ask for the text field, or keep it."""
        if not self.is_open:
            self.post_message(self.Wanted())

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Changed(event.value))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self.is_faulty:
            self.app.bell()
        else:
            self.close(is_kept=True)

    def close(self, *, is_kept: bool) -> None:
        """Stop typing.

        Args:
            is_kept: Whether the typed filter stays in force.
        """
        # The table listens before the field is gone, or keys typed at once would go nowhere.
        self.screen.set_focus(self.screen.query_one("#grid"))
        self.query(Input).remove()
        self.is_faulty = False
        self.post_message(self.Closed(is_kept))


class FilterField(Input):
    """Where the filter is typed."""

    DEFAULT_CSS = """
    FilterField, FilterField:focus {
        width: 1fr;
        height: 1;
        margin-left: 3;
        padding: 0;
        border: none;
        background: $background;
        color: $foreground;
    }
    """
    BINDINGS: ClassVar = [("escape", "leave", "leave")]

    def action_leave(self) -> None:
        """Drop what was typed."""
        bar = self.parent
        assert isinstance(bar, FilterBar)
        bar.close(is_kept=False)


class KeyBar(Widget):
    """The keys that matter most; a click on one does what it says."""

    fault: reactive[str] = reactive("")
    """What is wrong with what is being typed; stands in place of the keys."""

    @dataclass
    class Chosen(Message):
        """A key was clicked."""

        command: Command

    def __init__(self, commands: Sequence[Command]) -> None:
        """Make a key bar.

        Args:
            commands: Those it names, the most important first.
        """
        super().__init__(id="keys")
        self._commands = commands

    def render(self) -> RenderResult:
        """Draw as many keys as fit, or the fault."""
        if self.fault:
            fault = Content.styled(f" ✗ {self.fault}", "$text-error")
            return fault.truncate(self.size.width, ellipsis=True)
        keys = (
            Content.assemble((command.first_key, "bold $text-accent"), f" {command.label}")
            for command, _ in self._placed()
        )
        return Content(" ") + Content("   ").join(keys)

    def _placed(self) -> list[tuple[Command, range]]:
        """The commands that fit, and the cells of each."""
        placed = []
        x = 1
        for command in self._commands:
            end = x + cell_len(command.first_key) + 1 + cell_len(command.label)
            if end > self.size.width:
                break
            placed.append((command, range(x, end)))
            x = end + 3
        return placed

    def on_click(self, event: events.Click) -> None:
        """Do what the key under the mouse does."""
        for command, cells in self._placed():
            if event.x in cells and not self.fault:
                self.post_message(self.Chosen(command))
