"""Finding the catalogue on this machine and reading its bytes safely."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from etfcompare.catalogue.composer import Limits
from etfcompare.catalogue.filesystem import REAL, FileSystem, read_all
from etfcompare.catalogue.places import user_folder
from etfcompare.errors import UnreadableError, UsageError
from etfcompare.visible import visible

CATALOGUE_VARIABLE = "ETFCOMPARE_CATALOGUE"
FILE_NAME = "products.yaml"
_PACKAGE = Path(__file__).resolve().parent.parent


class Origin(StrEnum):
    """How the catalogue was found."""

    ARGUMENT = "argument"
    VARIABLE = "variable"
    FOLDER = "current folder"
    USER = "user folder"
    PACKAGED = "packaged"


@dataclass(frozen=True, slots=True)
class Location:
    """Where the catalogue is and how it was found."""

    path: Path
    origin: Origin

    @property
    def is_packaged(self) -> bool:
        """Whether it is the sample that came with the program, which is never changed."""
        return self.origin is Origin.PACKAGED

    @property
    def option(self) -> tuple[str, ...]:
        """What a command has to be given for it to find this catalogue; nothing if it does so."""
        return ("--catalogue", str(self.path)) if self.origin is Origin.ARGUMENT else ()


def packaged_catalogue() -> Path:
    """Return the sample that came with the program, in the wheel or at the top of the sources."""
    wheel = _PACKAGE / FILE_NAME
    return wheel if wheel.exists() else _PACKAGE.parent.parent / FILE_NAME


def locate(argument: str | None, environ: Mapping[str, str], folder: Path) -> Location:
    """Find the catalogue: the argument, the variable, this folder, the user's, the packaged one.

    Args:
        argument: A path the user gave, or None.
        environ: The environment.
        folder: The current folder.

    Raises:
        UsageError: The argument is empty or holds a NUL.
    """
    for given, origin in (
        (argument, Origin.ARGUMENT),
        (environ.get(CATALOGUE_VARIABLE) or None, Origin.VARIABLE),
    ):
        if given is None:
            continue
        if not given or "\0" in given:
            raise UsageError(f'"{visible(given)}" is not the path of a catalogue')
        return Location(folder / Path(given).expanduser(), origin)
    if (folder / FILE_NAME).is_file():
        return Location(folder / FILE_NAME, Origin.FOLDER)
    own = user_folder(environ)
    if own is not None and (own / FILE_NAME).is_file():
        return Location(own / FILE_NAME, Origin.USER)
    return Location(packaged_catalogue(), Origin.PACKAGED)


def read_bytes(path: Path, *, most: int = Limits().size, system: FileSystem = REAL) -> bytes:
    """Read a regular file, never more than the limit and never one that could block.

    Raises:
        UnreadableError: It is missing, no regular file, too large, or may not be read; one line
            that says what to do. Its cause is the error of the system, if there was one.
    """
    shown = visible(str(path))
    try:
        # Without O_NONBLOCK, opening a FIFO that nobody writes to would wait for ever.
        handle = system.open(path, os.O_RDONLY | os.O_NONBLOCK)
        try:
            return _content(shown, handle, most, system)
        finally:
            system.close(handle)
    except OSError as error:
        raise UnreadableError(f"{shown}: {_advice(error)}") from error


def _content(shown: str, handle: int, most: int, system: FileSystem) -> bytes:
    status = system.fstat(handle)
    if not stat.S_ISREG(status.st_mode):
        what = "a folder" if stat.S_ISDIR(status.st_mode) else "not a regular file"
        raise UnreadableError(f"{shown}: is {what}; name a catalogue, as products.yaml")
    # The size is not all: some files grow while they are read, and some do not tell theirs.
    if status.st_size > most or len(content := read_all(system, handle, most)) > most:
        raise UnreadableError(
            f"{shown}: is larger than {most // 1024 // 1024} MiB; split it or remove what is old"
        )
    return content


def _advice(error: OSError) -> str:
    match error.errno:
        case errno.ENOENT | errno.ENOTDIR:
            return "no such file; `etfcompare init` makes one to begin with"
        case errno.EACCES | errno.EPERM:
            return "may not be read; change its permissions"
        case errno.ELOOP:
            return "is a link that leads back to itself"
        case _:
            return f"cannot be read: {visible(error.strerror or str(error))}"
