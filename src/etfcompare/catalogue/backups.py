"""The last versions of a catalogue in the state folder, one file each, numbered from the oldest."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from etfcompare.catalogue.filesystem import REAL, FileSystem, put

BACKUPS_KEPT = 20

_BACKUP = re.compile(r"(\d{8,})\.yaml")
_UNFINISHED = "unfinished"


def key_of(target: Path) -> str:
    """Return a name for a file that is none of its own: a digest of its real path."""
    return hashlib.sha256(os.fsencode(target)).hexdigest()[:32]


def backups_of(path: Path, state_folder: Path) -> list[Path]:
    """Return the earlier versions that are kept of a catalogue, the newest last."""
    folder = _folder(REAL.realpath(path), state_folder)
    return [folder / _name(number) for number in _numbers(_names(REAL, folder))]


def keep_backup(
    target: Path, content: bytes, state_folder: Path, *, system: FileSystem = REAL
) -> Path:
    """Keep a version of a file, readable by this user alone.

    Args:
        target: The real path of the file.
        content: What it holds.
        state_folder: Where this program keeps what should outlive a run.
        system: The file system.

    Raises:
        OSError: It could not be kept; then nothing is.
    """
    folder = _folder(target, state_folder)
    system.makedirs(folder)
    backup = folder / _name(max(_numbers(system.listdir(folder)), default=0) + 1)
    put(system, backup, content, unfinished=folder / _UNFINISHED)
    return backup


def drop_oldest(backup: Path, *, system: FileSystem = REAL) -> None:
    """Remove all backups beside one but the last few; what cannot be removed stays."""
    for number in _numbers(_names(system, backup.parent))[:-BACKUPS_KEPT]:
        with suppress(OSError):
            system.unlink(backup.with_name(_name(number)))


def _folder(target: Path, state_folder: Path) -> Path:
    return state_folder / "backups" / key_of(target)


def _name(number: int) -> str:
    return f"{number:08}.yaml"


def _names(system: FileSystem, folder: Path) -> list[str]:
    try:
        return system.listdir(folder)
    except OSError:
        return []


def _numbers(names: Iterable[str]) -> list[int]:
    return sorted(int(found[1]) for found in map(_BACKUP.fullmatch, names) if found)
