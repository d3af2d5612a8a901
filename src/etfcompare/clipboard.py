"""Copying: by the machine's own tool, and what is known of terminals that copy by themselves.

A terminal can be asked to copy (OSC 52) and never answers, so that nobody knows whether it did. The
machine's own tool says so. What is copied holds no control character but the tabs of a row.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Final, NamedTuple, TypeAlias

from etfcompare.engine.sheet import Sheet, SheetColumn
from etfcompare.export import defused_text
from etfcompare.units import MINUS
from etfcompare.visible import visible

PATIENCE_SECONDS: Final = 2.0
"""How long a tool may take: one that waits for a display that is gone would wait for ever."""

Runner: TypeAlias = "Callable[[list[str], bytes, Mapping[str, str]], int]"
"""Runs a tool with a text on its input; returns its exit code or fails as `subprocess.run` does."""
Finder: TypeAlias = "Callable[[str, str], str | None]"
"""Finds a program in the folders of a PATH."""


class Likely(StrEnum):
    """Whether a terminal can be expected to copy what OSC 52 asks it to."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"


class Copied(NamedTuple):
    """What came of copying by the machine's own tool."""

    tool: str | None
    """Who has it now; None if nobody."""
    fault: str | None = None
    """Why nobody has it, in a few words."""

    def __bool__(self) -> bool:
        """Whether it is copied."""
        return self.tool is not None


class _Tool(NamedTuple):
    command: tuple[str, ...]
    needs: str = ""
    """A variable without which it cannot work."""
    encoding: str = "utf-8"
    is_local: bool = True
    """Whether it reaches only the machine it runs on, which is not the user's over SSH."""


_TOOLS: Final = (
    _Tool(("pbcopy",)),
    _Tool(("wl-copy",), needs="WAYLAND_DISPLAY"),
    _Tool(("xclip", "-selection", "clipboard"), needs="DISPLAY", is_local=False),
    _Tool(("xsel", "--clipboard", "--input"), needs="DISPLAY", is_local=False),
    _Tool(("clip.exe",), encoding="utf-16-le"),  # in the other encodings it takes the code page
)

# Terminals by what they set. Who takes OSC 52: the table in the README of ojroques/vim-oscyank and
# that of theimpostor/osc. GNU screen and tmux stand between: screen keeps the sequence to itself
# unless it comes in a wrapping of screen's own (likewise vim-oscyank); tmux passes a program's on
# only under `set-clipboard on` (tmux(1): by default, "external", it ignores programs).
_REFUSING_PROGRAMS: Final = frozenset({"Apple_Terminal"})
_COPYING_PROGRAMS: Final = frozenset({"WezTerm", "ghostty", "vscode", "rio"})
_COPYING_TERMS: Final = ("alacritty", "foot", "xterm-ghostty", "xterm-kitty", "wezterm")
_COPYING_VARIABLES: Final = ("KITTY_WINDOW_ID", "WT_SESSION", "ALACRITTY_WINDOW_ID")
_REFUSING_TERMS: Final = frozenset({"", "dumb", "linux", "cons25", "unknown"})


def cell_for_copying(column: SheetColumn, row: int) -> str:
    """Return a cell as text to paste: the figure as people read it, without its marks.

    A figure stays as it is, since alone it is as often pasted into prose as into a spreadsheet;
    words that a spreadsheet would compute carry an apostrophe.

    Args:
        column: Of the sheet.
        row: The product's place in the catalogue.
    """
    text = column.text(row, minus=MINUS)
    if column.value(row) is not None:
        text = text.removesuffix(column.signs(row))
    return defused_text(text) if column.is_words else text


def row_for_copying(sheet: Sheet, row: int) -> str:
    """Return a row as text to paste into a spreadsheet: cells with tabs between them.

    No cell is computed there: figures with a plus sign carry an apostrophe too.
    """
    cells = (cell_for_copying(column, row) for column in sheet.columns)
    return "\t".join(map(defused_text, cells))


def native_copy(
    text: str,
    environ: Mapping[str, str],
    *,
    find: Finder = lambda name, path: shutil.which(name, path=path),
    run: Runner | None = None,
) -> Copied:
    """Copy by the first of the machine's own tools that works.

    Args:
        text: What to copy.
        environ: The environment.
        find: Finds a program.
        run: Runs one.
    """
    faults: list[str] = []
    for tool in _fitting(environ):
        name = tool.command[0]
        program = find(name, environ.get("PATH", ""))
        if program is None:
            continue
        try:
            code = (run or _run)(
                [program, *tool.command[1:]], text.encode(tool.encoding, "replace"), environ
            )
        except subprocess.TimeoutExpired:
            faults.append(f"{name} did not end within {PATIENCE_SECONDS:g}s")
        except OSError as error:
            faults.append(f"{name}: {visible(error.strerror or type(error).__name__)}")
        else:
            if code == 0:
                return Copied(name)
            faults.append(f"{name} failed with exit code {code}")
    return Copied(None, "; ".join(faults) or "no tool for it is installed")


def osc52_support(environ: Mapping[str, str]) -> Likely:
    """Tell what is known of whether the terminal copies when OSC 52 asks it to.

    Args:
        environ: The environment that the terminal set.
    """
    term = environ.get("TERM", "")
    if environ.get("TMUX"):
        return Likely.UNSURE
    program = environ.get("TERM_PROGRAM", "")
    if (
        term in _REFUSING_TERMS
        or term.startswith("vt")
        or program in _REFUSING_PROGRAMS
        or environ.get("STY")
    ):
        return Likely.NO
    if (
        program in _COPYING_PROGRAMS
        or term.startswith(_COPYING_TERMS)
        or any(environ.get(name) for name in _COPYING_VARIABLES)
    ):
        return Likely.YES
    return Likely.UNSURE


def _fitting(environ: Mapping[str, str]) -> Iterator[_Tool]:
    is_remote = bool(environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"))
    for tool in _TOOLS:
        if not (is_remote and tool.is_local) and (not tool.needs or environ.get(tool.needs)):
            yield tool


def _run(command: list[str], content: bytes, environ: Mapping[str, str]) -> int:
    # What it leaves running to serve the clipboard must keep neither our output nor our terminal.
    return subprocess.run(  # noqa: S603 - a tool by name, no shell
        command,
        input=content,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=dict(environ),
        start_new_session=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    ).returncode
