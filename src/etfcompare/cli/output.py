"""Data goes to stdout and talk to stderr, each as whoever reads it can show it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from etfcompare.errors import EtfcompareError

_SUBSTITUTES: Final = str.maketrans(
    {
        "−": "-",
        "–": "-",
        "—": "-",
        "·": "|",
        "×": "x",
        "…": "...",
        "─": "-",
        "▼": "v",
        "▲": "^",
        "→": "->",
        "Δ": "*",
        "≤": "<=",
        "≥": ">=",
        "√": "sqrt",
        "Φ": "Phi",
        "∞": "inf",
        "▁": "_",
        "▂": ".",
        "▃": ",",
        "▄": "-",
        "▅": "=",
        "▆": "+",
        "▇": "*",
        "█": "#",
        "“": '"',
        "”": '"',
        "’": "'",
    }
)
"""What stands for our own signs where there is only ASCII."""


def shown(text: str, encoding: str | None) -> str:
    """Return the text as an encoding can show it: our signs in ASCII, foreign ones escaped."""
    name = encoding or "ascii"
    try:
        text.encode(name)
    except (UnicodeEncodeError, LookupError):
        plain = text.translate(_SUBSTITUTES)
        return plain.encode("ascii", "backslashreplace").decode("ascii")
    return text


def write(text: str) -> None:
    """Write text for people to stdout."""
    with _told():
        sys.stdout.write(shown(text, sys.stdout.encoding))


def write_exact(text: str) -> None:
    """Write text for programs to stdout: UTF-8 and these very bytes, whatever the locale."""
    with _told():
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8"))


def say(line: str) -> None:
    """Say something to the user, beside the data and after what came before it."""
    finish()
    sys.stderr.write(shown(f"{line}\n", sys.stderr.encoding))


def complain(error: EtfcompareError | str) -> None:
    """Say in one line why the program stops."""
    say(f"etfcompare: {error}")


def finish() -> None:
    """Bring all of the output to its reader.

    Raises:
        BrokenPipeError: The reader is gone.
        EtfcompareError: It cannot be written.
    """
    with _told():
        sys.stdout.flush()


@contextmanager
def _told() -> Iterator[None]:
    """Turn a full disk into a line that says so; a reader who left is for the caller."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        discard_output()
        raise EtfcompareError(f"cannot write the output: {error.strerror}") from error


def discard_output() -> None:
    """Let what is still unwritten go nowhere, so that leaving is quiet."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
