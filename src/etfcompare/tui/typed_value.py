"""The field in which the value of an assumption is typed, and why one is not taken."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from etfcompare.engine.assumptions import Knob
from etfcompare.tui.forms import Field

LOSS = "$text-error"


class TypedValue(Field):
    """Where a value is typed, in sight only while it is."""

    knob: Knob | None = None
    """What the value is for; None while none is typed."""

    def __init__(self, give: Callable[[Knob, str], None], leave: Callable[[], Widget]) -> None:
        """Make the field.

        Args:
            give: What to do with a typed value.
            leave: What to do when nothing more is typed; returns who listens from then on.
        """
        super().__init__(id="typed", select_on_focus=False)
        self._give, self._leave = give, leave

    def begin(self, knob: Knob, shown: str) -> None:
        """Let the user type a value, what is in force in sight."""
        self.knob = knob
        self.value = ""
        self.placeholder = f"{knob.label}: {shown}; empty is as usual"
        self.display = True
        self.screen.set_focus(self)

    def on_key(self, event: events.Key) -> None:
        """Leave at once; keys that come faster than that are not typed but done."""
        if self.knob is None:
            pass_on(event, self._leave())
        elif event.key == "enter":
            event.stop()
            event.prevent_default()
            self._give(self.knob, self.value)
        elif event.key == "escape":
            event.stop()
            event.prevent_default()
            self._leave()


class Refusal(Widget):
    """Why what was typed is not taken."""

    fault: reactive[str] = reactive("", layout=True)

    def render(self) -> RenderResult:
        """Draw it."""
        return Content.styled(f" ✗ {self.fault}" if self.fault else "", LOSS)


def pass_on(event: events.Key, widget: Widget) -> None:
    """Give a key to the widget that it was meant for."""
    event.stop()
    event.prevent_default()
    again = events.Key(event.key, event.character)
    again.set_sender(widget)  # else it would bubble no further than to who sent it
    widget.post_message(again)
