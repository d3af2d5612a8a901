"""A small app that hands a file to the user's editor; tests run it as a command of its own."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.widgets import Static

from etfcompare.tui.external import EditorError, edit_outside, editor_command
from etfcompare.tui.terminal import TerminalApp, run

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

ROWS = "\n".join(f"row {number}" for number in range(1, 9))
LINE = 3


class Status(Static, can_focus=True):
    """Says how the last editor ended, and how many keys have come since."""

    keys = 0
    outcome = "ready"

    def on_key(self) -> None:
        self.keys += 1
        self.update(f"{self.outcome} keys={self.keys}")

    def tell(self, outcome: str) -> None:
        self.outcome = outcome
        self.keys = 0
        self.update(f"{outcome} keys=0")


class EditorDemoApp(TerminalApp):
    """Opens the file that its first argument names."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("q", "quit", "Quit"),
        ("E", "edit", "Edit"),
        ("B", "break", "Fail while the terminal is given away"),
    ]

    def compose(self) -> ComposeResult:
        yield Status("ready keys=0")
        yield Static(ROWS)

    def on_mount(self) -> None:
        self.query_one(Status).focus()

    def action_edit(self) -> None:
        before = signal.getsignal(signal.SIGINT)
        try:
            command = editor_command(os.environ, Path(sys.argv[1]), LINE)
            complaint = edit_outside(self, command) or "all well"
        except EditorError as error:
            complaint = str(error)
        if signal.getsignal(signal.SIGINT) is not before:
            complaint = "the handler of SIGINT is another one now"
        if not os.get_blocking(0):
            complaint = "the terminal does not block now"
        self.query_one(Status).tell(complaint)

    def action_break(self) -> None:
        try:
            edit_outside(self, ["true", "a\0b"])
        except ValueError as error:
            self.query_one(Status).tell(f"caught: {error}")


if __name__ == "__main__":
    sys.exit(run(EditorDemoApp()))
