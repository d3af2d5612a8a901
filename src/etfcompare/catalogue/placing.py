"""Making a file of the user's own: an export, a memo. It appears whole or not at all.

The content goes to a file beside, onto the disk, and takes the name in one step. A link is never
followed: whoever could plant one would choose what is overwritten. Between the last look at the
name and the step there are microseconds in which another program's new file would be replaced.
"""

from __future__ import annotations

import os
import pwd
import secrets
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from etfcompare.catalogue.filesystem import REAL, FileSystem, write_all
from etfcompare.errors import EtfcompareError, UsageError
from etfcompare.visible import visible

FOR_ALL_TO_READ: Final = 0o644
"""Permissions of a new file, of which the user's umask takes away."""

_WRITE_BITS: Final = 0o222
_PERMISSIONS: Final = 0o777


class PlaceError(EtfcompareError):
    """The file could not be made; what was there is untouched."""


class TakenError(PlaceError):
    """There is a file already, and nobody asked for it to be replaced."""


def resolved(text: str, folder: Path, environ: Mapping[str, str]) -> Path:
    """Return the absolute path that a user names, which is shown before anything is written.

    Args:
        text: As typed: `funds.csv`, `~/funds.csv`, `~user/funds.csv`, `../../funds.csv`.
        folder: The current folder.
        environ: The environment.

    Raises:
        UsageError: It names no file.
    """
    typed = text.strip(" ")
    if "\0" in typed:
        raise UsageError(f'"{visible(typed)}" holds a NUL, which no name may; leave it out')
    if typed.rpartition("/")[2] in ("", ".", "..", "~"):
        raise UsageError(f'"{visible(typed)}" names no file; write one as funds.csv')
    try:
        os.fsencode(typed)
    except UnicodeEncodeError as error:
        raise UsageError(f'"{visible(typed)}" cannot be a name on this system') from error
    path = folder / (_below_home(typed, environ) if typed.startswith("~") else typed)
    return Path(os.path.realpath(path.parent)) / path.name


def is_taken(path: Path, *, system: FileSystem = REAL) -> bool:
    """Tell whether a file is there that `place_file` would replace.

    Raises:
        PlaceError: No file can be made there.
    """
    return _held(path, system) is not None


def place_file(path: Path, content: bytes, *, replace: bool, system: FileSystem = REAL) -> Path:
    """Make a file that is whole or not there at all.

    Args:
        path: Where.
        content: What it shall hold.
        replace: Whether a file that is there gives way; its permissions stay.
        system: The file system.

    Returns:
        Where it is, links of folders followed.

    Raises:
        TakenError: There is a file, and it is not to be replaced.
        PlaceError: It cannot be made; the line says why.
    """
    held = _free_or_replaced(path, system, replace=replace)
    try:
        target = system.realpath(path.parent) / path.name
        temporary = target.with_name(f".etfcompare-{secrets.token_hex(8)}.tmp")
        _write(temporary, content, held, system)
        try:
            _free_or_replaced(path, system, replace=replace)
            system.replace(temporary, target)
        except BaseException:
            with suppress(OSError):
                system.unlink(temporary)
            raise
    except OSError as error:
        raise _refusal(path, _said(error)) from error
    _sync_folder(target.parent, system)
    return target


def _below_home(typed: str, environ: Mapping[str, str]) -> Path:
    user, _, rest = typed[1:].partition("/")
    if user:
        try:
            return Path(pwd.getpwnam(user).pw_dir) / rest
        except (KeyError, ValueError) as error:
            raise UsageError(
                f'no user is called "{visible(user)}"; write ./~ for a file'
            ) from error
    home = environ.get("HOME")
    if not home:
        raise UsageError("HOME is not set; write the path without ~")
    return Path(home) / rest


def _free_or_replaced(path: Path, system: FileSystem, *, replace: bool) -> os.stat_result | None:
    held = _held(path, system)
    if held is not None and not replace:
        raise TakenError(f"{visible(str(path))}: is there already; nothing was written")
    return held


def _held(path: Path, system: FileSystem) -> os.stat_result | None:
    """Return what stands at a path; None if it is free. Refuse what is no plain file."""
    if "\0" in str(path):
        raise _refusal(path, "its name holds a NUL")
    try:
        folder = system.realpath(path.parent)
        if not stat.S_ISDIR(system.stat(folder).st_mode):
            raise _refusal(path, f"{visible(str(folder))} is no folder")
    except FileNotFoundError as error:
        raise _refusal(path, "its folder is not there; make it first") from error
    except (OSError, ValueError) as error:
        raise _refusal(path, _said(error)) from error
    try:
        target = folder / path.name
        if system.realpath(target) != target:
            raise _refusal(path, "it is a link; name the file that it leads to")
        status = system.stat(target)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise _refusal(path, _said(error)) from error
    if not stat.S_ISREG(status.st_mode):
        kind = "a folder; add a name" if stat.S_ISDIR(status.st_mode) else "no regular file"
        raise _refusal(path, f"it is {kind}")
    if not status.st_mode & _WRITE_BITS:
        raise _refusal(path, "the file that is there is read-only; `chmod u+w` allows changes")
    return status


def _write(
    temporary: Path, content: bytes, held: os.stat_result | None, system: FileSystem
) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    handle = system.open(temporary, flags, FOR_ALL_TO_READ if held is None else 0o600)
    try:
        try:
            if held is not None:
                system.fchmod(handle, held.st_mode & _PERMISSIONS)
            write_all(system, handle, content)
        finally:
            system.close(handle)
    except BaseException:
        with suppress(OSError):
            system.unlink(temporary)
        raise


def _sync_folder(folder: Path, system: FileSystem) -> None:
    """Have the name on the disk, too; where that fails, the file is there all the same."""
    with suppress(OSError):
        handle = system.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            system.fsync(handle)
        finally:
            system.close(handle)


def _refusal(path: Path, why: str) -> PlaceError:
    return PlaceError(f"{visible(str(path))}: not written: {why}")


def _said(error: OSError | ValueError) -> str:
    said = error.strerror if isinstance(error, OSError) else None
    return visible(said or type(error).__name__)
