"""A small app with every way to fail; tests run it as a command of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING, ClassVar, Never

from textual import work
from textual.widgets import Input, Static

from etfcompare.tui.terminal import TerminalApp, refusal, run

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType

SECRET = "0.4711-is-a-value"  # noqa: S105 - a figure of the user that no report may show


class Status(Static, can_focus=True):
    """Counts what it is sent."""

    keys = 0
    characters = 0

    def on_key(self) -> None:
        self.keys += 1
        self.show()

    def on_paste(self, event: events.Paste) -> None:
        self.characters += len(event.text)
        self.show()

    def show(self) -> None:
        self.update(f"ready keys={self.keys} pasted={self.characters}")


class DemoApp(TerminalApp):
    """Fails on request."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("q", "quit", "Quit"),
        ("a", "fail_in_action", "Fail in an action"),
        ("w", "fail_in_worker", "Fail in a worker"),
        ("t", "fail_in_thread_worker", "Fail in a worker that is a thread"),
        ("T", "fail_in_thread", "Fail in a bare thread"),
        ("k", "fail_in_task", "Fail in a bare task"),
        ("i", "fail_in_timer", "Fail in a timer"),
        ("h", "hang", "Keep the loop busy"),
        ("e", "edit", "Run a child with the terminal"),
        ("f", "field", "Focus the field"),
    ]

    def compose(self) -> ComposeResult:
        yield Status("ready")
        yield Input()

    def on_mount(self) -> None:
        self.query_one(Status).focus()
        if "fail-in-mount" in sys.argv:
            fail(SECRET)

    def action_fail_in_action(self) -> None:
        fail(SECRET)

    @work
    async def action_fail_in_worker(self) -> None:
        fail(SECRET)

    @work(thread=True)
    def action_fail_in_thread_worker(self) -> None:
        fail(SECRET)

    def action_fail_in_thread(self) -> None:
        threading.Thread(target=fail, args=(SECRET,)).start()

    def action_fail_in_task(self) -> None:
        async def task() -> None:
            fail(SECRET)

        asyncio.create_task(task())  # noqa: RUF006 - losing it is the point

    def action_fail_in_timer(self) -> None:
        self.set_timer(0.01, lambda: fail(SECRET))

    def action_hang(self) -> None:
        self.query_one(Status).update("hanging")
        self.call_after_refresh(spin)

    def action_edit(self) -> None:
        with self.suspend():
            os.system("echo editing; read answer")  # noqa: S605

    def action_field(self) -> None:
        self.query_one(Input).focus()


def spin() -> Never:
    while True:
        time.sleep(60)


def fail(secret: str) -> Never:
    message = f"cannot use {secret}"
    raise ValueError(message)


if __name__ == "__main__":
    if "ignore-hangup" in sys.argv:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    if reason := refusal(sys.stdin, sys.stderr, os.environ):
        if sys.stderr is not None:
            print(reason, file=sys.stderr)  # noqa: T201
        sys.exit(2)
    sys.exit(run(DemoApp()))
