"""Numbers that a user turns: a panel of them, one a line, each with a value or none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Generic, TypeVar

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
from etfcompare.tui.allocation_keys import CONTROLS
from etfcompare.tui.forms import Field
from etfcompare.tui.styles import ACCENT, MUTED, STRONG
from etfcompare.tui.typed_value import Refusal, pass_on
from etfcompare.tui.wrapping import wrapped
from etfcompare.units import UnitError
from etfcompare.visible import visible

State = TypeVar("State")

NONE: Final = "none"
"""What is written, and typed, for no value."""
LABEL_WIDTH: Final = 20
VALUE_WIDTH: Final = 11
"""Cells that a value keeps beside its label."""
MEANING_LINES: Final = 3
_LEAST_FOR_MEANING: Final = 12
"""Lines of the panel from which there is room to say what a number means."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Control(Generic[State]):
    """A number of a state that keys turn."""

    key: str
    """Its name, unique in a panel."""
    label: str
    """What it is called; safe to show."""
    meaning: str
    """One sentence; safe to show."""
    get: Callable[[State], float | None]
    put: Callable[[State, float | None], State]
    read: Callable[[str], float]
    """From text; raises UnitError or UsageError."""
    write: Callable[[float], str]
    rungs: Sequence[float]
    """Where a step leads to, from least to most."""
    off: str = NONE
    """What stands where there is no value."""
    has_off: bool = True
    """Whether there need be no value."""
    off_is_least: bool = False
    """Whether no value lies below all others, as of a floor, rather than above, as of a cap."""

    def text(self, state: State) -> str:
        """Return the value in words."""
        value = self.get(state)
        return self.off if value is None else self.write(value)

    def stepped(self, state: State, direction: int) -> State:
        """Return the state with the next value above (1) or below (-1), as far as there is one."""
        value = self.get(state)
        if value is None:
            is_inward = (direction > 0) == self.off_is_least
            inward = self.rungs[0] if self.off_is_least else self.rungs[-1]
            return self.put(state, inward) if is_inward else state
        ahead = (
            [one for one in self.rungs if one > value]
            if direction > 0
            else [one for one in reversed(self.rungs) if one < value]
        )
        if ahead:
            return self.put(state, ahead[0])
        return self.without(state) if (direction < 0) == self.off_is_least else state

    def without(self, state: State) -> State:
        """Return the state without a value, where there need be none."""
        return self.put(state, None) if self.has_off else state

    def typed(self, state: State, text: str) -> State:
        """Return the state with what was typed; nothing typed is no value.

        Raises:
            UsageError: That cannot be read, or makes no sense.
        """
        plain = text.strip()
        if plain in ("", NONE):
            return self.without(state)
        try:
            return self.put(state, self.read(plain))
        except UnitError as error:
            raise UsageError(f"{self.label}: {error}") from error


class ControlField(Field, Generic[State]):
    """Where a value is typed, in sight only while it is."""

    control: Control[State] | None = None
    """What the value is for; None while none is typed."""

    def __init__(
        self, give: Callable[[Control[State], str], None], leave: Callable[[], Widget]
    ) -> None:
        """Make the field.

        Args:
            give: What to do with a typed value.
            leave: What to do when nothing more is typed; returns who listens from then on.
        """
        super().__init__(id="typed", select_on_focus=False)
        self._give, self._leave = give, leave

    def begin(self, control: Control[State], shown: str) -> None:
        """Let the user type a value, what is in force in sight."""
        self.control = control
        self.value = ""
        empty = f"; empty is {control.off}" if control.has_off else ""
        self.placeholder = f"{control.label}: {shown}{empty}"
        self.display = True
        self.screen.set_focus(self)

    def on_key(self, event: events.Key) -> None:
        """Leave at once; keys that come faster than that are not typed but done."""
        if self.control is None:
            pass_on(event, self._leave())
        elif event.key in ("enter", "escape", "up", "down"):
            event.stop()
            event.prevent_default()
            if event.key == "enter":
                self._give(self.control, self.value)
            elif event.key == "escape":
                self._leave()


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
