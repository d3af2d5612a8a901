"""A command in a pseudo-terminal, seen as a person sees it: keys go in, a screen comes out."""

from __future__ import annotations

import fcntl
import os
import re
import select
import struct
import subprocess
import sys
import termios
import time
from typing import TYPE_CHECKING, Any, Final, Self

import pyte

if TYPE_CHECKING:
    import signal
    from collections.abc import Callable, Mapping, Sequence

DEADLINE_SECONDS: Final = 10.0

# Makes the pseudo-terminal the controlling one before it becomes the command. This is done in a
# process of its own because code between fork and exec is unsafe where threads run.
LAUNCHER: Final = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp(sys.argv[1], sys.argv[1:])
"""

# What pyte would print as text: private CSI sequences and reports of modes.
_UNKNOWN: Final = re.compile(rb"\x1b\[(?:[<=>][0-9;]*[@-~]|\?[0-9;]*\$[a-z])")
_UNFINISHED: Final = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*)?\Z")


class PseudoTerminal:
    """One run of one command; a context manager that leaves no process behind.

    Attributes:
        output: Every byte the command wrote.
        screen: What the terminal shows.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        columns: int = 80,
        rows: int = 24,
        environ: Mapping[str, str] | None = None,
        controlling: bool = True,
    ) -> None:
        """Start the command.

        Args:
            command: Program and arguments.
            columns: Width of the terminal.
            rows: Height of the terminal.
            environ: The environment; that of the test with a usable TERM unless given.
            controlling: Whether closing the terminal sends a hangup, as it does for a shell.
        """
        self.output = b""
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self._unfinished = b""
        self._master, self._slave = os.openpty()
        self.resize(columns, rows)
        self.settings_before = self.settings()
        launcher = [sys.executable, "-S", "-c", LAUNCHER] if controlling else []
        self.process = subprocess.Popen(
            [*launcher, *command],
            stdin=self._slave,
            stdout=self._slave,
            stderr=self._slave,
            start_new_session=True,
            env=dict(os.environ, TERM="xterm-256color") if environ is None else dict(environ),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.close()
        if self._slave >= 0:
            os.close(self._slave)
            self._slave = -1

    @property
    def text(self) -> str:
        """The rows of the screen, without the blanks at their ends."""
        return "\n".join(row.rstrip() for row in self.screen.display)

    def send(self, keys: str | bytes) -> None:
        """Type, however much it is, while the command writes."""
        rest = keys.encode() if isinstance(keys, str) else keys
        end = time.monotonic() + DEADLINE_SECONDS
        os.set_blocking(self._master, False)
        while rest:
            assert time.monotonic() < end, f"the command does not read; it shows\n{self.text}"
            select.select([self._master], [self._master], [], 0.1)
            self._receive()
            try:
                rest = rest[os.write(self._master, rest) :]
            except BlockingIOError:
                continue

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size, as dragging its window does."""
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.screen.resize(rows, columns)

    def wait_for(self, text: str) -> None:
        """Wait until a text is on the screen."""
        self.wait_until(lambda: text in self.text, f"{text!r} on the screen")

    def wait_until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait until a condition holds, reading what the command writes meanwhile."""
        end = time.monotonic() + DEADLINE_SECONDS
        while not condition():
            assert time.monotonic() < end, f"no {what}; the terminal shows\n{self.text}"
            self._pump()

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the command."""
        self.process.send_signal(number)

    def wait_stopped(self) -> None:
        """Wait until the command is stopped, as after Ctrl-Z."""
        options = os.WSTOPPED | os.WNOHANG
        self.wait_until(
            lambda: os.waitid(os.P_PID, self.process.pid, options) is not None, "stopped process"
        )

    def wait_exit(self) -> int:
        """Wait for the end of the command and return its exit code."""
        self.wait_until(lambda: self.process.poll() is not None, "end of the process")
        self._pump()
        return self.process.returncode

    def settings(self) -> list[Any]:
        """The settings of the terminal line, as `termios` has them."""
        return termios.tcgetattr(self._slave)

    def close(self) -> None:
        """Close the terminal, as its window does."""
        if self._master < 0:
            return
        os.close(self._slave)
        os.close(self._master)
        self._slave = self._master = -1

    def _pump(self) -> None:
        """Take what arrives within a short while."""
        if self._master < 0:
            select.select([], [], [], 0.02)
        elif select.select([self._master], [], [], 0.02)[0]:
            self._receive()

    def _receive(self) -> None:
        os.set_blocking(self._master, False)
        while True:
            try:
                received = os.read(self._master, 65536)
            except BlockingIOError:
                return
            self.output += received
            known = _UNKNOWN.sub(b"", self._unfinished + received)
            cut = unfinished.start() if (unfinished := _UNFINISHED.search(known)) else len(known)
            self._unfinished = known[cut:]
            self._stream.feed(known[:cut])
