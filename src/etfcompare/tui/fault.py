"""The screen that stands where a catalogue cannot be read: what happened and which key helps."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import Static

from etfcompare.errors import EtfcompareError, UnreadableError
from etfcompare.visible import visible


class FaultScreen(Screen[None]):
    """One fault; `r` tries again, `q` leaves."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "app.retry", "try again", id="retry", tooltip="Read the file again."),
        Binding("q,escape", "app.quit", "quit", id="give_up", tooltip="Leave without a catalogue."),
    ]
    DEFAULT_CSS = """
    FaultScreen { align: center middle; }
    FaultScreen Static { width: 90%; max-width: 100; height: auto; padding: 1 2;
        border: round $error; }
    """

    fault: reactive[EtfcompareError] = reactive(EtfcompareError, recompose=True)
    """Why there is nothing to show."""

    def __init__(self, fault: EtfcompareError) -> None:
        super().__init__()
        self.set_reactive(FaultScreen.fault, fault)

    def compose(self) -> ComposeResult:
        """Say what happened and what helps."""
        lines = "\n".join(visible(line) for line in str(self.fault).split("\n"))
        is_unreadable = isinstance(self.fault, UnreadableError)
        title = "The catalogue cannot be read." if is_unreadable else "This cannot be shown."
        yield Static(
            Content.assemble(
                (f"{title}\n\n", "bold"),
                f"{lines}\n\n",
                ("r", "bold $text-accent"),
                " tries again   ",
                ("q", "bold $text-accent"),
                " quits   ",
                ("etfcompare init FILE", "bold"),
                " makes a catalogue to begin with",
            )
        )
