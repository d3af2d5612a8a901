"""A program timed in a pseudo-terminal as a person sees it: from start, or a key, to the screen.

What the program writes is only stamped while it comes, and read by the terminal emulator once it
pauses: the slowness of the emulator is in no figure. Terminal queries stay unanswered.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import NamedTuple, NoReturn, Self, TypeAlias

import pyte

COLUMNS, ROWS = 120, 40
PAUSE_SECONDS = 0.08
"""Without output, after which what came is read."""
REST_SECONDS = 0.4
"""Without output, after which a screen counts as final; shorter than the blink of a text cursor."""
DEADLINE_SECONDS = 20.0

Picture: TypeAlias = "tuple[tuple[object, ...], ...]"
"""Every cell of the rows that count, with its colours."""

# What pyte would print as text: private CSI sequences and reports of modes.
_UNKNOWN = re.compile(rb"\x1b\[(?:[<=>][0-9;]*[@-~]|\?[0-9;]*\$[a-z])")
_UNFINISHED = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*)?\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program to time, and the keys to press once its first screen is complete."""

    name: str
    command: list[str]
    ready: str
    """A text that its first screen has only when complete."""
    keys: Sequence[tuple[str, str]] = ()
    """What each key does, and the key; what is not to be timed has no name."""
    restless_rows: Collection[int] = ()
    """Rows that do not count: where a text cursor blinks, or progress is told."""


class Answer(NamedTuple):
    """How long the answer to a key took, in seconds."""

    begun: float
    """Until the screen changed at all."""
    complete: float
    """Until all of it was as it stayed."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a program, in seconds."""

    first_screen: float
    answers: tuple[tuple[str, Answer], ...]
    """What each named key did, and how long it took."""
    pictures: tuple[Picture, ...]
    """What the screen came to be in the end: at first, and after each key."""


class TimedTerminal:
    """A program in a pseudo-terminal; a context manager that leaves no process behind."""

    def __init__(self, program: Program, environ: Mapping[str, str]) -> None:
        self._program = program
        self._screen = pyte.Screen(COLUMNS, ROWS)
        self._stream = pyte.ByteStream(self._screen)
        self._unfinished = b""
        self._started = perf_counter()
        self._process, self._terminal = pty.fork()
        if self._process == 0:
            _become(program.command, environ)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.killpg(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)
        os.close(self._terminal)

    def first_screen(self, wanted: Picture | None) -> float:
        """Return the seconds from the start to the first complete screen.

        Args:
            wanted: That screen; None for whatever stands there when the program comes to rest.
        """
        changes = self._changes(wanted, self._program.ready)
        return changes[-1] - self._started

    def press(self, key: str, wanted: Picture | None) -> Answer | None:
        """Return how long a key took to be answered; None where nothing that counts changed."""
        pressed = perf_counter()
        os.write(self._terminal, key.encode())
        changes = self._changes(wanted)
        return Answer(changes[0] - pressed, changes[-1] - pressed) if changes else None

    @property
    def picture(self) -> Picture:
        """What the screen shows."""
        buffer = self._screen.buffer
        rows = [row for row in range(ROWS) if row not in self._program.restless_rows]
        return tuple(tuple(buffer[row][x] for x in range(COLUMNS)) for row in rows)

    def _changes(self, wanted: Picture | None, ready: str = "") -> list[float]:
        """Return the moments at which the screen changed, until it was as wanted and stayed so."""
        deadline = perf_counter() + DEADLINE_SECONDS
        changes: list[float] = []
        before = self.picture
        while perf_counter() < deadline:
            chunks = self._read(PAUSE_SECONDS if wanted else REST_SECONDS)
            for stamp, chunk in chunks:
                self._show(chunk)
                if (after := self.picture) != before:
                    before = after
                    changes.append(stamp)
            is_complete = before == wanted if wanted else bool(chunks)
            if is_complete and ready in self._text:
                return changes
        raise TimeoutError(f"{self._program.name} never came to show what it should:\n{self._text}")

    def _read(self, pause: float) -> list[tuple[float, bytes]]:
        chunks = []
        while select.select([self._terminal], [], [], pause)[0]:
            try:
                chunk = os.read(self._terminal, 65536)
            except OSError:  # the program has ended
                chunk = b""
            if not chunk:
                raise ChildProcessError(f"{self._program.name} has ended:\n{self._text}")
            chunks.append((perf_counter(), chunk))
        return chunks

    @property
    def _text(self) -> str:
        return "\n".join(row.rstrip() for row in self._screen.display)

    def _show(self, chunk: bytes) -> None:
        known = _UNKNOWN.sub(b"", self._unfinished + chunk)
        cut = unfinished.start() if (unfinished := _UNFINISHED.search(known)) else len(known)
        self._unfinished = known[cut:]
        self._stream.feed(known[:cut])


def _become(command: list[str], environ: Mapping[str, str]) -> NoReturn:
    try:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        os.execvpe(command[0], command, environ)  # noqa: S606 - that is what this is for
    finally:
        os._exit(127)


def run(program: Program, environ: Mapping[str, str], known: Run | None) -> Run:
    """Run a program once.

    Args:
        program: What to run.
        environ: Its environment.
        known: An earlier run, whose screens this one must come to; None to find them out.
    """
    wanted = iter(known.pictures if known else ())
    with TimedTerminal(program, environ) as terminal:
        first = terminal.first_screen(next(wanted, None))
        pictures = [terminal.picture]
        answers: list[tuple[str, Answer]] = []
        for name, key in program.keys:
            answer = terminal.press(key, next(wanted, None))
            pictures.append(terminal.picture)
            if not name:
                continue
            if answer is None:
                raise ValueError(f"{program.name}: the key {key} changed nothing")
            answers.append((name, answer))
    return Run(first, tuple(answers), tuple(pictures))


def rounds(
    programs: Sequence[Program], environ: Mapping[str, str], count: int
) -> dict[str, list[Run]]:
    """Run each program once a round, so that a disturbance hits them all.

    A round before the first finds out the screens, and warms the caches.
    """
    known: dict[str, Run] = {}
    found: dict[str, list[Run]] = {program.name: [] for program in programs}
    for number in range(count + 1):
        for program in programs:
            if sys.stderr.isatty():
                print(f"round {number}: {program.name}", end="\x1b[K\r", file=sys.stderr)
            result = run(program, environ, known.get(program.name))
            if number:
                found[program.name].append(result)
            else:
                known[program.name] = result
    return found
