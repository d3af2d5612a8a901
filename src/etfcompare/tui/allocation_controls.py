"""A panel of numbers that a user turns, one a line, each with a value or none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Final, Generic

from rich.cells import set_cell_size
from textual import events, on
from textual.app import ComposeResult, RenderResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input

from etfcompare.errors import UsageError
from etfcompare.tui.allocation_control import Control, ControlField, State
from etfcompare.tui.allocation_keys import CONTROLS
from etfcompare.tui.styles import ACCENT, MUTED, STRONG
from etfcompare.tui.typed_value import Refusal, pass_on
from etfcompare.tui.wrapping import wrapped
from etfcompare.visible import visible

LABEL_WIDTH: Final = 20
VALUE_WIDTH: Final = 11
"""Cells that a value keeps beside its label."""
MEANING_LINES: Final = 3
_LEAST_FOR_MEANING: Final = 12
"""Lines of the panel from which there is room to say what a number means."""


class Controls(Widget, Generic[State], can_focus=True):
    """The numbers, one a line."""

    BINDINGS: ClassVar[list[BindingType]] = [one.binding for one in CONTROLS]

    cursor: reactive[int] = reactive(0)
    """The line that keys act on."""
    _first, _last = 0, 0
    """The places of the lines in sight."""

    def __init__(
        self,
        title: str,
        controls: Sequence[Control[State]],
        state: State,
        usual: State,
        turned: Callable[[State], None],
        field: ControlField[State],
    ) -> None:
        super().__init__(id="grid")  # where keys go, as in all modes
        self._title, self._field, self._turned = title, field, turned
        self.controls, self.state, self.usual = controls, state, usual

    def follow(self, controls: Sequence[Control[State]], state: State, usual: State) -> None:
        """Show other numbers, or the same with other values; the cursor stays on its number."""
        key = self.control.key if self.controls else ""
        self.controls, self.state, self.usual = controls, state, usual
        places = (place for place, one in enumerate(controls) if one.key == key)
        self.cursor = next(places, min(self.cursor, max(len(controls) - 1, 0)))
        self.refresh()

    @property
    def control(self) -> Control[State]:
        """The number under the cursor."""
        return self.controls[self.cursor]

    def render(self) -> RenderResult:
        """Draw the lines around the cursor that fit, then what the number is."""
        lines = [self._line(place, one) for place, one in enumerate(self.controls)]
        foot = self._foot(self.size.width) if self.size.height >= _LEAST_FOR_MEANING else []
        room = max(1, self.size.height - 1 - len(foot))
        first = self._first = max(0, min(self.cursor - room // 2, len(lines) - room))
        self._last = min(first + room, len(lines)) - 1
        title = Content.styled(f" {self._title}", f"{STRONG} {ACCENT}")
        above, below = first, len(lines) - 1 - self._last
        more = [f"{'↑' * bool(above)}{'↓' * bool(below)} more"] if above or below else []
        title += Content.styled("".join(f"  {one}" for one in more), MUTED)
        return Content("\n").join([title, *lines[first : self._last + 1], *foot])

    def _line(self, place: int, control: Control[State]) -> Content:
        is_here = place == self.cursor
        is_changed = control.get(self.state) != control.get(self.usual)
        has_value = control.get(self.state) is not None
        head = Content.styled("▌" if is_here and self.has_focus else " ", ACCENT)
        width = min(LABEL_WIDTH, max(self.size.width - VALUE_WIDTH, 1))
        label = set_cell_size(control.label, width)
        line = head + Content.styled(label, STRONG if is_here else "" if has_value else MUTED)
        text = control.text(self.state)
        style = ACCENT if is_changed else "" if has_value else MUTED
        line += Content.styled(f"{'Δ' if is_changed else ' '}{text}", style)
        return line.truncate(self.size.width, ellipsis=True)

    def _foot(self, width: int) -> list[Content]:
        control = self.control
        meaning = list(wrapped(control.meaning, width - 2))[:MEANING_LINES]
        lines = [*meaning, *[""] * (MEANING_LINES - len(meaning))]
        usual = f" usually {control.text(self.usual)}"
        return [
            Content(),
            *(Content.styled(f" {line}", MUTED) for line in lines),
            Content.styled(usual, MUTED).truncate(max(width, 1), ellipsis=True),
        ]

    # Keys

    def action_cursor_down(self) -> None:
        """Go a line down."""
        self._go(self.cursor + 1)

    def action_cursor_up(self) -> None:
        """Go a line up."""
        self._go(self.cursor - 1)

    def action_first(self) -> None:
        """Go to the first line."""
        self._go(0)

    def action_last(self) -> None:
        """Go to the last line."""
        self._go(len(self.controls) - 1)

    def _go(self, place: int) -> None:
        self.cursor = min(max(place, 0), len(self.controls) - 1)

    def action_turn(self, direction: int) -> None:
        """Take the next value."""
        self._turn(self.control.stepped(self.state, direction))

    def action_turn_off(self) -> None:
        """Take no value; where there must be one, the usual one."""
        control = self.control
        if control.has_off:
            self._turn(control.without(self.state))
        else:
            self._turn(control.put(self.state, control.get(self.usual)))

    def _turn(self, state: State) -> None:
        if state != self.state:
            self._turned(state)

    def action_type_value(self) -> None:
        """Begin to type a value."""
        self._field.begin(self.control, self.control.text(self.state))

    def on_key(self, event: events.Key) -> None:
        """Give keys that follow faster than the field listens to the field."""
        if self.screen.focused is self._field:
            pass_on(event, self._field)

    def on_click(self, event: events.Click) -> None:
        """Go to the line under the mouse."""
        place = self._first + event.y - 1
        if self._first <= place <= self._last:
            self.cursor = place

    def on_mouse_scroll_down(self) -> None:
        """Go a line down."""
        self.action_cursor_down()

    def on_mouse_scroll_up(self) -> None:
        """Go a line up."""
        self.action_cursor_up()


class ControlPanel(Vertical, Generic[State]):
    """The numbers, and a text field while a value is typed."""

    DEFAULT_CSS = """
    ControlPanel {
        Controls { height: 1fr; }
        #typed { height: 1; border: none; padding: 0 1; background: $accent 20%; display: none; }
        #typed:focus { border: none; background: $accent 20%; }
        #refused { height: auto; display: none; }
    }
    """

    def __init__(
        self,
        title: str,
        controls: Sequence[Control[State]],
        state: State,
        usual: State,
        turned: Callable[[State], None],
    ) -> None:
        """Make a panel.

        Args:
            title: What stands over it.
            controls: The numbers, from top to bottom.
            state: What holds their values.
            usual: Their values at first.
            turned: What to do with another state.
        """
        super().__init__(id="panel")
        self._turned = turned
        self.field = ControlField[State](self._given, self._stop_typing)
        self.lines = Controls(title, controls, state, usual, turned, self.field)

    def compose(self) -> ComposeResult:
        """Lay out the panel."""
        yield self.lines
        yield Refusal(id="refused")
        yield self.field

    @on(Input.Changed, "#typed")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._say("")

    def _given(self, control: Control[State], text: str) -> None:
        try:
            state = control.typed(self.lines.state, text)
        except UsageError as error:
            self._say(str(error))
            return
        self._stop_typing()
        if state != self.lines.state:
            self._turned(state)

    def _stop_typing(self) -> Widget:
        """Go back to the lines."""
        self._say("")
        self.field.control = None
        if self.screen.focused is self.field:
            self.screen.set_focus(self.lines)
        self.field.display = False
        return self.lines

    def _say(self, fault: str) -> None:
        refusal = self.query_one("#refused", Refusal)
        refusal.fault = visible(fault)
        refusal.display = bool(fault)
