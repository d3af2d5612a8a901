"""The driver of the terminal: Textual's own, made safe against rude endings and rude input.

It differs from `LinuxDriver` in these ways:

- a signal that ends the process ends the app in order, and by force if that takes too long;
- a terminal that went away ends the app;
- a process that is continued without having been suspended starts its screen afresh;
- bytes that are not UTF-8 are read as U+FFFD, reports with impossible numbers and impossible sizes
  are dropped, a pasted text is cut at `PASTE_LIMIT`: none of them stops the reader;
- where the terminal takes ASCII only, nothing else is written.
"""

from __future__ import annotations

import os
import re
import selectors
import signal
import sys
import termios
import time
from codecs import getincrementaldecoder
from contextlib import suppress
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING, Any, Final, NoReturn

from textual import events
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver

from etfcompare.tui.ascii import in_ascii, takes_signs

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from textual.app import App
    from textual.message import Message

GRACE_SECONDS: Final = 2.0
"""How long an orderly end may take before the process ends by force."""

PASTE_LIMIT: Final = 10_000
"""Characters of a pasted text that reach the app."""

KEYBOARD_SIGNALS: Final = (signal.SIGINT, signal.SIGQUIT)
"""Signals that belong to whoever has the terminal: the editor, while the app is suspended."""

ENDING_SIGNALS: Final = (signal.SIGTERM, signal.SIGHUP, *KEYBOARD_SIGNALS)
"""Signals that end the app."""

CELL_LIMIT: Final = 1_000_000
"""Cells of the largest screen that a terminal is believed to report."""

SEQUENCE_START: Final = re.compile("(?=\x1b)")
READ_BYTES: Final = 4096
POLL_SECONDS: Final = 0.1

# CAN ends a sequence that was cut short; the rest undoes what the driver switches on, the pending
# synchronised update and the colours included.
RESET: Final = (
    b"\x18\x1b[?2026l\x1b[?2004l\x1b[?7h\x1b[?2048l\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l"
    b"\x1b[?1016l\x1b[?1004l\x1b[<u\x1b[?1049l\x1b[0m\x1b[?25h"
)


class SafeDriver(LinuxDriver):
    """A driver that gives the terminal back, whatever happens."""

    def __init__(
        self,
        app: App[Any],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._in_use = False
        self._takes_signs = takes_signs(sys.__stderr__)
        # A handler may run in the middle of anything, a write to the terminal included; the main
        # thread may be stuck where it runs none. So Python puts the numbers of signals into a pipe,
        # and a thread that does nothing else reads it.
        self._signals, wakeup = os.pipe()
        os.set_blocking(wakeup, False)
        signal.set_wakeup_fd(wakeup, warn_on_full_buffer=False)
        Thread(target=self._watch, name="watchdog", daemon=True).start()
        # SIGHUP is taken over even if it was ignored (nohup): nothing to do without a terminal.
        for number in (*ENDING_SIGNALS, signal.SIGTSTP, signal.SIGCONT):
            signal.signal(number, _leave_to_watchdog)

    def start_application_mode(self) -> None:
        """Take the terminal."""
        self._in_use = True
        super().start_application_mode()  # type: ignore[no-untyped-call]
        # In the background the terminal cannot be had: Textual leaves early, without a writer.
        self._in_use = self._can_write

    def stop_application_mode(self) -> None:
        """Give the terminal back; it may already be gone, or be somebody else's."""
        if not self._in_use:
            return
        if self._can_write:
            super().stop_application_mode()
        else:
            self.exit_event.set()
            self._restore()

    def disable_input(self) -> None:
        """Stop reading; without touching the terminal if it is not ours."""
        if self._in_use:
            super().disable_input()
        else:
            self.exit_event.set()

    def close(self) -> None:
        """Write what is left to write."""
        if self._can_write:
            super().close()
        self._in_use = False

    def write(self, data: str) -> None:
        """Write to the terminal, or nowhere: a queue without a writer would block for ever."""
        if self._can_write:
            super().write(data if self._takes_signs else in_ascii(data))

    def run_input_thread(self) -> None:
        """Read the keyboard until told to stop."""
        try:
            self._read_input()
        except Exception as error:  # noqa: BLE001 - handed over to the app, which ends and reports
            self._app.call_later(_raise, error)

    def process_message(self, message: Message) -> None:
        """Pass an event on to the app."""
        if isinstance(message, events.Resize) and message.size.area > CELL_LIMIT:
            return
        if isinstance(message, events.Paste):
            message.text = message.text[:PASTE_LIMIT]
        super().process_message(message)

    @property
    def _can_write(self) -> bool:
        return self._writer_thread is not None and self._writer_thread.is_alive()

    def _read_input(self) -> None:
        decoder = getincrementaldecoder("utf-8")("replace")
        parser = XTermParser()
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                text = ""
                if selector.select(POLL_SECONDS):
                    received = self._read()
                    if not received:
                        os.kill(os.getpid(), signal.SIGHUP)
                        return
                    text = decoder.decode(received)
                for piece in SEQUENCE_START.split(text):
                    try:
                        self._parse(parser, piece)
                    except (ValueError, ArithmeticError):  # numbers no terminal would send
                        parser = XTermParser()

    def _parse(self, parser: XTermParser, text: str) -> None:
        """Pass on what a text and the time passed amount to."""
        if text:  # feeding nothing would mean the end of input
            for event in parser.feed(text):
                self.process_message(event)
        for event in parser.tick():
            self.process_message(event)

    def _read(self) -> bytes:
        """What was typed; nothing if the terminal is gone."""
        try:
            return os.read(self.fileno, READ_BYTES)
        except OSError:
            return b""

    def _watch(self) -> None:
        """Act on signals until one ends the app: in order, or by force if that takes too long."""
        received = os.read(self._signals, 64)
        while not (fatal := [number for number in received if self._ends(number)]):
            if signal.SIGTSTP in received:
                self._stop()
            elif signal.SIGCONT in received and self._auto_restart:
                self._call_in_loop(self._continue)
            else:
                self._call_in_loop(_wake)  # the main thread, which runs the handlers of the others
            received = os.read(self._signals, 64)
        code = 128 + fatal[0]
        self._call_in_loop(partial(self._app.exit, return_code=code))
        time.sleep(GRACE_SECONDS)
        if self._in_use:
            self._restore()
        os._exit(code)

    def _ends(self, number: int) -> bool:
        return number in ENDING_SIGNALS and (self._in_use or number not in KEYBOARD_SIGNALS)

    def _stop(self) -> None:
        """Stop the process as soon as the terminal is given back."""
        if self._in_use:
            self._call_in_loop(self.suspend_application_mode)
            self._call_in_loop(partial(os.kill, os.getpid(), signal.SIGSTOP))
        else:
            os.kill(os.getpid(), signal.SIGSTOP)

    def _continue(self) -> None:
        """Take the terminal again and have everything drawn."""
        if self._in_use:
            # A SIGSTOP comes unseen. Starting a second time would lose the settings to restore.
            self.suspend_application_mode()
        self._must_signal_resume = True
        self.resume_application_mode()

    def _call_in_loop(self, callback: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the loop is closed: the app is ending already
            self._loop.call_soon_threadsafe(callback)

    def _restore(self) -> None:
        """Give the terminal back without the help of any other thread."""
        with suppress(OSError, termios.error):
            if self.attrs_before is not None:
                termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)
            termios.tcflush(self.fileno, termios.TCIFLUSH)
            # A description of our own, so that not blocking is our own affair too.
            flags = os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK
            terminal = os.open(os.ttyname(self.fileno), flags)
            os.write(terminal, RESET)


def _leave_to_watchdog(_number: int, _frame: FrameType | None) -> None:
    """Do nothing: Python has told the watchdog already."""


def _wake() -> None:
    """Do nothing: being called is the point."""


def _raise(error: Exception) -> NoReturn:
    """Raise in the app's own thread what was caught in another one."""
    raise error
