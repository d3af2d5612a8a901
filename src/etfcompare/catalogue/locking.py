"""A lock by which instances of this program keep one another out while one of them saves."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from etfcompare.catalogue.backups import key_of
from etfcompare.catalogue.filesystem import FileSystem

_PAUSE_SECONDS: Final = 0.002
_ATTEMPTS: Final = 1_500


@contextmanager
def locked(target: Path, state_folder: Path, system: FileSystem) -> Iterator[OSError | None]:
    """Hold the lock of a file, which is given back even if this process is killed.

    The lock is on a file of its own: a save gives the catalogue another inode.

    Args:
        target: The real path of the file.
        state_folder: Where this program keeps what should outlive a run.
        system: The file system.

    Yields:
        Why there is no lock, on a disk that has none; None if it is held.

    Raises:
        BlockingIOError: Another instance has held it for three seconds.
    """
    handle: int | None = None
    fault: OSError | None = None
    try:
        try:
            handle = _open(target, state_folder / "locks", system)
            _wait(handle, system)
        except BlockingIOError:
            raise
        except OSError as error:
            fault = error
        yield fault
    finally:
        if handle is not None:
            with suppress(OSError):
                system.close(handle)


def _open(target: Path, folder: Path, system: FileSystem) -> int:
    system.makedirs(folder)
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW
    return system.open(folder / f"{key_of(target)}.lock", flags, 0o600)


def _wait(handle: int, system: FileSystem) -> None:
    for _ in range(_ATTEMPTS):
        with suppress(BlockingIOError):
            return system.flock(handle)
        system.sleep(_PAUSE_SECONDS)
    return system.flock(handle)
