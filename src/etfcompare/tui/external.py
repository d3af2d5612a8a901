"""The user's own editor: which one it is, and how it gets the terminal and gives it back.

No shell is involved and no setting of ours names a program: only the environment does. Imported
when the editor is asked for, not before. What the editor did to the file is not looked at here.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import termios
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from textual.app import SuspendNotSupported

from etfcompare.tui.terminal import TerminalApp
from etfcompare.visible import visible

VARIABLES: Final = ("VISUAL", "EDITOR")
"""Where the user names an editor, best first."""

USUAL_EDITORS: Final = ("nano", "vim", "vi")
"""What is tried where no editor is named."""

PLUS_LINE: Final = frozenset(
    {"vi", "vim", "nvim", "view", "nano", "emacs", "emacsclient", "micro"}
    | {"kak", "joe", "ne", "jed", "mg"}
)
"""Editors that take the line as `+N` before the file."""

COLON_LINE: Final = frozenset({"hx", "helix", "subl", "zed"})
"""Editors that take the line as `file:N`."""

GOTO_LINE: Final = frozenset({"code", "codium", "code-insiders", "cursor", "windsurf"})
"""Editors that take the line as `--goto file:N`, and wait for the window only if told to."""

SETTLE_SECONDS: Final = 0.1
"""How long to see whether what stopped the editor stops this process too."""

KEYBOARD: Final = 0
SCREEN: Final = 2  # standard output may be a file: Textual draws on standard error as well

# What an editor may leave switched on and Textual does not set anew: a sequence cut short, the
# scroll region (setting it moves the cursor), colours, character set, insert mode, keypad modes,
# all reports of mouse, focus and modified keys, bracketed paste, no wrapping, no cursor.
LEFTOVERS_OFF: Final = (
    b"\x18\x1b\\\x1b7\x1b[r\x1b8\x1b[0m\x1b(B\x0f\x1b[4l\x1b[?1l\x1b>"
    b"\x1b[?9l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1005l\x1b[?1006l\x1b[?1015l\x1b[?1016l"
    b"\x1b[?1004l\x1b[>4m\x1b[?2004l\x1b[?7h\x1b[?25h"
)


class EditorError(Exception):
    """No editor can be started; the text is one line for the user."""


def editor_command(
    environ: Mapping[str, str],
    path: Path,
    line: int,
    *,
    which: Callable[[str], str | None] = shutil.which,
) -> list[str]:
    """Program and arguments that open a file at a line.

    The path is made absolute, so that no name of a file can be taken for an option.

    Args:
        environ: The environment, for VISUAL and EDITOR.
        path: The file; symbolic links are followed.
        line: The line to start at, counted from 1 by line feeds.
        which: Finds a program by its name.

    Raises:
        EditorError: If the environment names no program that can be run, or nothing at all and
            none of the usual editors is there.
    """
    command = _named(environ) or _usual(which)
    if which(command[0]) is None:
        raise EditorError(f'the editor "{visible(command[0])}" was not found')
    return [*command, *_location(command, str(path.resolve()), line)]


def edit_outside(app: TerminalApp, command: list[str]) -> str | None:
    """Give the terminal to an editor, wait for its end and take the terminal back.

    The app stands still meanwhile. Ctrl-C belongs to the editor then: the driver lets it pass.

    Returns:
        None if the editor ended well, else one line for the user.
    """
    failure: BaseException | None = None
    complaint: str | None = None
    try:
        with app.suspend():
            try:
                complaint = _run(command)
            except BaseException as error:  # noqa: BLE001 - Textual resumes only if nothing is raised here: https://github.com/Textualize/textual/issues/6692
                failure = error
    except SuspendNotSupported:
        return "there is no terminal here to give to an editor"
    if failure is not None:
        raise failure
    return complaint


def _named(environ: Mapping[str, str]) -> list[str]:
    """What the environment asks for; empty if it names no editor."""
    named = [variable for variable in VARIABLES if variable in environ]
    for variable in named:
        try:
            command = shlex.split(environ[variable])
        except ValueError as error:
            fault = str(error).lower()
            raise EditorError(f"{variable} is not a command: {fault}") from error
        if command and command[0]:
            return command
    if named:
        raise EditorError(f"{' and '.join(named)}: set, but empty; name an editor there")
    return []


def _usual(which: Callable[[str], str | None]) -> list[str]:
    for program in USUAL_EDITORS:
        if which(program) is not None:
            return [program]
    raise EditorError("no editor was found: name one in EDITOR")


def _location(command: list[str], path: str, line: int) -> list[str]:
    """The arguments for a file and, where the editor is known, for the line in it."""
    name = Path(command[0]).name
    # Editors that look for a number after a colon would find one of the path's own.
    colon_is_free = ":" not in path
    if name in PLUS_LINE and "--" not in command:  # after which `+N` would be a file
        return [f"+{line}", path]
    if name in COLON_LINE and colon_is_free:
        return [f"{path}:{line}"]
    if name in GOTO_LINE:
        wait = [] if {"--wait", "-w"}.intersection(command) else ["--wait"]
        return [*wait, "--goto", f"{path}:{line}"] if colon_is_free else [*wait, path]
    return [path]


def _run(command: list[str]) -> str | None:
    """Run an editor in a terminal that nobody else uses, and leave that terminal as it was."""
    settings = termios.tcgetattr(KEYBOARD)
    try:
        process = os.posix_spawnp(
            command[0],
            command,
            os.environ,
            file_actions=[(os.POSIX_SPAWN_DUP2, SCREEN, 1)],
            # Python ignores these, and what is ignored stays so in a child.
            setsigdef=[signal.SIGPIPE, signal.SIGXFSZ],
        )
    except FileNotFoundError:
        return f'the editor "{visible(command[0])}" was not found'
    except OSError as error:
        return f'the editor "{visible(command[0])}" does not start: {error.strerror}'
    try:
        code = _exit_code(process)
    finally:
        _tidy(settings)
    if code < 0:
        return f"the editor was killed by signal {-code}"
    return f"the editor ended with {code}" if code else None


def _exit_code(process: int) -> int:
    """Wait for a process that shares our terminal; negative if a signal killed it.

    Some editors stop only themselves on Ctrl-Z. The shell waits for us, so all of us must stop.
    """
    options = os.WUNTRACED
    while True:
        found, status = os.waitpid(process, options)
        options = os.WUNTRACED
        if not found:  # it is stopped still, and we are not
            os.kill(0, signal.SIGTSTP)
        elif os.WIFSTOPPED(status):
            time.sleep(SETTLE_SECONDS)
            options = os.WCONTINUED | os.WNOHANG
        elif not os.WIFCONTINUED(status):
            return os.waitstatus_to_exitcode(status)


def _tidy(settings: list[int | list[bytes | int]]) -> None:
    """Undo what an editor may have done to the terminal, and drop what was typed for it."""
    with suppress(termios.error):
        termios.tcsetattr(KEYBOARD, termios.TCSANOW, settings)
        termios.tcflush(KEYBOARD, termios.TCIFLUSH)
    with suppress(OSError):
        for descriptor in (KEYBOARD, SCREEN):  # shared with the editor, and so is this setting
            os.set_blocking(descriptor, True)
        os.write(SCREEN, LEFTOVERS_OFF)
