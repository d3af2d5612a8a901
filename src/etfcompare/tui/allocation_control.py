"""A number that a user turns, and the field in which its value is typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from textual import events
from textual.widget import Widget

from etfcompare.errors import UsageError
from etfcompare.tui.forms import Field
from etfcompare.tui.typed_value import pass_on
from etfcompare.units import UnitError

State = TypeVar("State")

NONE: Final = "none"
"""What is written, and typed, for no value."""


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
