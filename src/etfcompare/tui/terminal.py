"""The terminal around the app: may it start, and how does it end.

`TerminalApp` is the base of the real app and knows nothing about funds. Whatever ends it, the
terminal is usable afterwards and the exit code is true: signals are the business of `driver`,
the report of an internal error that of `crash`.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import termios
import threading
from contextlib import suppress
from time import monotonic
from typing import IO, TYPE_CHECKING, Any, ClassVar, Final

from textual.app import App
from textual.binding import Binding
from textual.worker import WorkerFailed

from etfcompare.tui.driver import SafeDriver

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.binding import BindingType

INTERRUPT_SECONDS: Final = 2.0
"""How soon after the first Ctrl-C the second one quits."""

DUMB_TERMINALS: Final = frozenset({"", "dumb", "unknown"})
"""Values of TERM that promise no cursor movement."""


def refusal(
    stdin: IO[str] | None, stderr: IO[str] | None, environ: Mapping[str, str]
) -> str | None:
    """Why the terminal interface cannot start here, or None if it can.

    Args:
        stdin: Where keys would come from; None if it is closed.
        stderr: Where Textual would draw; None if it is closed.
        environ: The environment, for TERM.

    Returns:
        One line for the user that names the way out.
    """
    if not _is_terminal(stdin):
        reason = "standard input is not a terminal"
    elif not _is_terminal(stderr):
        reason = "standard error is not a terminal"
    elif environ.get("TERM", "") in DUMB_TERMINALS:
        reason = "TERM does not name a terminal that can be drawn on"
    else:
        return None
    return f"etfcompare: {reason}; `etfcompare rank` prints the table as plain text"


def run(app: TerminalApp) -> int:
    """Run an app in the terminal and return the exit code of the process."""
    previous_hook = threading.excepthook
    threading.excepthook = app.thread_failed
    try:
        app.run()
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except Exception as error:  # noqa: BLE001 - whatever it is, the user gets one line and a log
        app.fault = app.fault or error
    finally:
        threading.excepthook = previous_hook
    if app.fault is not None:
        from etfcompare.tui import crash  # noqa: PLC0415 - nothing to load before it is needed

        with suppress(OSError):
            print(crash.report(app.fault, os.environ), file=sys.stderr)  # noqa: T201
    _drop_unwritable_output()
    return 1 if app.fault is not None else app.return_code or 0


class TerminalApp(App[None]):
    """An app that leaves the terminal usable and says in its exit code how it ended.

    Attributes:
        fault: The internal error that ended the app, if one did.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "interrupt", "Quit (twice)", show=False, priority=True, system=True),
        Binding("ctrl+z", "suspend_process", "Suspend", show=False, priority=True, system=True),
    ]

    def __init__(self) -> None:
        super().__init__(driver_class=SafeDriver)
        self.fault: BaseException | None = None
        self._interrupted_at = float("-inf")

    def on_load(self) -> None:
        """Hear of tasks that fail unobserved, which Python would only log."""
        asyncio.get_running_loop().set_exception_handler(self._task_failed)

    def on_mount(self) -> None:
        """Draw everything again when the process comes back to the foreground."""
        self.app_resume_signal.subscribe(self, lambda _: self.refresh(layout=True))

    def action_interrupt(self) -> None:
        """Quit on the second Ctrl-C."""
        now = monotonic()
        if now - self._interrupted_at < INTERRUPT_SECONDS:
            self.exit(return_code=128 + signal.SIGINT)
            return
        self._interrupted_at = now
        self.notify("press Ctrl-C again to quit", timeout=INTERRUPT_SECONDS, markup=False)

    def action_suspend_process(self) -> None:
        """Suspend the whole job, as the terminal would: a wrapper left running keeps the shell.

        The terminal is given back first, as the shell takes it when the first process has stopped.
        """
        if self._driver is not None and self._driver.can_suspend:
            self.app_suspend_signal.publish(self)
            self._driver.suspend_application_mode()
            os.kill(0, signal.SIGTSTP)

    def thread_failed(self, failure: threading.ExceptHookArgs) -> None:
        """End the app after an exception in a bare thread; for `threading.excepthook`."""
        if _is_gone(sys.__stdin__):
            os.kill(os.getpid(), signal.SIGHUP)
        elif isinstance(failure.exc_value, Exception):
            self.call_later(self._handle_exception, failure.exc_value)

    def _handle_exception(self, error: Exception) -> None:
        """End the app and keep the error for the report.

        Textual calls this for every exception that nobody caught and offers no public seam: its own
        version renders a trace with the values of local variables.
        """
        if self.is_headless:  # a test, which wants the exception itself
            super()._handle_exception(error)
            return
        if self.fault is None:
            self.fault = error.error if isinstance(error, WorkerFailed) else error
        self.panic()

    def _task_failed(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if isinstance(error := context.get("exception"), Exception):
            self._handle_exception(error)
        else:
            loop.default_exception_handler(context)


def _is_terminal(stream: IO[str] | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False


def _is_gone(stream: IO[str] | None) -> bool:
    """Whether the terminal behind a stream was closed."""
    try:
        termios.tcgetattr(stream.fileno() if stream else 0)
    except (ValueError, termios.error):
        return True
    return False


def _drop_unwritable_output() -> None:
    """Let nothing fail at the very end, when Python flushes: that would change the exit code."""
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is None or stream.closed:
            continue
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
