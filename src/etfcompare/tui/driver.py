"""The driver of the terminal: Textual's own, made safe against rude endings and rude input.

It differs from `LinuxDriver` in five ways. Signals that end the process end the app in order, and
by force if that takes too long. A terminal that went away ends the app. Bytes that are not UTF-8
are read as U+FFFD instead of killing the reader. A pasted text is cut at `PASTE_LIMIT`. And a
process that is continued without having been suspended starts its screen afresh.
"""

from __future__ import annotations

import os
import selectors
import signal
import termios
import time
from codecs import getincrementaldecoder
from contextlib import suppress
from functools import partial
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, Final, NoReturn

from textual import events
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver

if TYPE_CHECKING:
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
        self._ending = False
        # A thread must not be started from a signal handler, so this one waits from the beginning.
        self._exit_codes: SimpleQueue[int] = SimpleQueue()
        Thread(target=self._watch, name="watchdog", daemon=True).start()
        # SIGHUP is taken over even if it was ignored (nohup): nothing to do without a terminal.
        for number in ENDING_SIGNALS:
            signal.signal(number, self._end)

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

    def resume_application_mode(self) -> None:
        """Take the terminal again, unless the app is about to end."""
        if self._ending:
            return
        if self._in_use:
            # Continued after a SIGSTOP, which nobody sees coming. Starting twice would lose the
            # settings to restore.
            self.suspend_application_mode()
            self._must_signal_resume = True
        super().resume_application_mode()

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
            super().write(data)

    def run_input_thread(self) -> None:
        """Read the keyboard until told to stop."""
        try:
            self._read_input()
        except Exception as error:  # noqa: BLE001 - handed over to the app, which ends and reports
            self._app.call_later(_raise, error)

    def process_message(self, message: Message) -> None:
        """Pass an event on to the app."""
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
                try:
                    self._parse(parser, text)
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

    def _end(self, number: int, _frame: FrameType | None) -> None:
        """Handle a signal: end the app in order, watched."""
        if self._ending or (number in KEYBOARD_SIGNALS and not self._in_use):
            return
        self._ending = True
        self._exit_codes.put(128 + number)
        with suppress(RuntimeError):  # the loop is closed: the app is ending already
            self._loop.call_soon_threadsafe(partial(self._app.exit, return_code=128 + number))

    def _watch(self) -> None:
        """End the process by force some time after a signal, if it is still there."""
        code = self._exit_codes.get()
        time.sleep(GRACE_SECONDS)
        if self._in_use:
            self._restore()
        os._exit(code)

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


def _raise(error: Exception) -> NoReturn:
    """Raise in the app's own thread what was caught in another one."""
    raise error
