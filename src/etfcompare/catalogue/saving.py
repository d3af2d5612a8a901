"""Saving a catalogue so that nothing is ever lost.

After any crash the file is, byte for byte, the old one or the new one; and what somebody else wrote
meanwhile is never overwritten. The new text goes to a file beside the catalogue that takes its
place in one step, if the catalogue still holds what was read. Two instances exclude each other by
a lock; other editors know nothing of it, so between the last comparison and the replacement they
have some microseconds in which a change of theirs is lost. The backup is for what stood before.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from etfcompare.catalogue.attributes import CannotKeepError, keep_attributes
from etfcompare.catalogue.backups import drop_oldest, keep_backup
from etfcompare.catalogue.filesystem import REAL, FileSystem, write_all
from etfcompare.catalogue.locking import locked
from etfcompare.catalogue.store import read_bytes
from etfcompare.errors import ConflictError, EtfcompareError, UnreadableError
from etfcompare.visible import visible

STALE_SECONDS: Final = 3600.0
"""Age from which a temporary file is one that a crash left."""

_LONGEST_STEM: Final = 200
"""Bytes of the file's name that its temporary file repeats; a name may have 255."""
_WRITE_BITS: Final = 0o222
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
_NOT_ALLOWED: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_NO_STATE_FOLDER: Final = "neither XDG_STATE_HOME nor HOME names a folder for it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What a save did."""

    sha256: str
    """Digest of what the file holds now."""
    backup: Path | None
    """Where the text before is kept; None if it is not, or if nothing was written."""
    notices: tuple[str, ...]
    """What the user should know although the file is saved, a sentence each."""


class SaveError(EtfcompareError):
    """The file could not be saved; it holds what it held, unless the line names a backup."""

    def __init__(self, message: str, *, may_write_in_place: bool = False) -> None:
        self.may_write_in_place = may_write_in_place
        """Whether `save(..., in_place=True)` is a way out that the user may choose."""
        super().__init__(message)


def save(
    path: Path,
    new: bytes,
    *,
    expected_sha256: str | None,
    state_folder: Path | None,
    in_place: bool = False,
    system: FileSystem = REAL,
) -> Saved:
    """Write a catalogue if it still holds what was read.

    Links are followed and stay links; permissions, owner, group, access list and the user's
    extended attributes are kept, or the save is refused.

    Args:
        path: The catalogue.
        new: What it shall hold.
        expected_sha256: Digest of what was read; None to make a file that is not there.
        state_folder: Where locks and backups are kept, if anywhere.
        in_place: Write into the file itself after a backup, where the user chose so: it keeps hard
            links and a foreign owner and needs no right to the folder, but a crash in the middle
            of it leaves the backup only.
        system: The file system.

    Raises:
        ConflictError: The file holds something else by now, or is gone.
        UnreadableError: There is something now that is no catalogue, or may not be read.
        SaveError: It cannot be written; the line says why.
    """
    return _Save(path, new, expected_sha256, state_folder, in_place, system).run()


def stale_temporaries(path: Path, *, now: float) -> list[Path]:
    """Return the temporary files that a save of this catalogue left when its process was killed.

    Args:
        path: The catalogue.
        now: Seconds since the epoch.
    """
    target = REAL.realpath(path)
    ours = re.compile(rf"\.{re.escape(_stem(target))}\.[0-9a-f]{{16}}\.tmp")
    found = []
    with suppress(OSError), os.scandir(target.parent) as entries:
        for entry in entries:
            if ours.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                age = now - entry.stat(follow_symlinks=False).st_mtime
                if age > STALE_SECONDS:
                    found.append(target.with_name(entry.name))
    return sorted(found)


@dataclass(slots=True)
class _Save:
    """One save: its arguments, and what it has to tell."""

    path: Path
    new: bytes
    expected_sha256: str | None
    state_folder: Path | None
    in_place: bool
    system: FileSystem
    target: Path = field(init=False)
    notices: list[str] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.target = self.path  # until its links are followed

    def run(self) -> Saved:
        try:
            self.target = self.system.realpath(self.path)
            with self._locked():
                backup = self._write()
        except BlockingIOError as error:
            why = "another instance has been saving it for seconds; try again"
            raise self._refusal(why) from error
        except OSError as error:
            raise self._refusal(self._reason(error)) from error
        return Saved(sha256=_digest(self.new), backup=backup, notices=tuple(self.notices))

    def _write(self) -> Path | None:
        old = self._compare()
        if old == self.new:
            self.notices.clear()
            return None
        status = None if old is None else self.system.stat(self.target)
        if status is not None:
            self._check_permissions(status)
        if self.in_place and old is not None:
            backup: Path | None = self._overwrite(old)
        else:
            backup = self._replace(old, status)
            self._sync_folder()
        if backup is not None:
            drop_oldest(backup, system=self.system)
        return backup

    def _compare(self) -> bytes | None:
        """Read the file and refuse to go on if it is another, or holds something else."""
        target = self.system.realpath(self.path)
        current: bytes | None = None
        try:
            current = read_bytes(target, system=self.system)
        except UnreadableError as error:
            if not isinstance(error.__cause__, FileNotFoundError):
                raise
        held = None if current is None else _digest(current)
        if held == self.expected_sha256 and target == self.target:
            return current
        if current is None:
            what = "is no longer there"
        elif self.expected_sha256 is None:
            what = "is there by now"
        else:
            what = "was changed by another program since it was read"
        message = f"{visible(str(self.path))}: {what}; nothing was written"
        raise ConflictError(message, current=current)

    def _check_permissions(self, status: os.stat_result) -> None:
        # The bits count for root, too: they are how a user says "leave this alone".
        if not status.st_mode & _WRITE_BITS:
            raise self._refusal("the file is read-only; `chmod u+w` allows changes")
        if not self.system.access(self.target, os.W_OK):
            raise self._refusal("you may not write to the file")
        if status.st_nlink > 1 and not self.in_place:
            raise self._refusal(
                f"the file has {status.st_nlink} names, of which the others would keep the old"
                " text; it can be written in place",
                may_write_in_place=True,
            )

    def _replace(self, old: bytes | None, status: os.stat_result | None) -> Path | None:
        """Write a file beside the target and give it the target's name."""
        name = f".{_stem(self.target)}.{secrets.token_hex(8)}.tmp"
        temporary = self.target.with_name(name)
        handle = self._open_temporary(temporary, 0o666 if status is None else 0o600)
        try:
            try:
                if status is not None:
                    keep_attributes(self.target, status, handle, system=self.system)
                write_all(self.system, handle, self.new)
            finally:
                self.system.close(handle)
            backup = None if old is None else self._keep_backup(old)
            with self._withdrawn_on_failure(backup):
                self._compare()
                self.system.replace(temporary, self.target)
        except BaseException as error:
            with suppress(OSError):
                self.system.unlink(temporary)
            if isinstance(error, CannotKeepError):
                raise self._refusal(
                    "a new file cannot be given its owner, group and permissions; it can be"
                    " written in place",
                    may_write_in_place=True,
                ) from error
            raise
        return backup

    def _open_temporary(self, temporary: Path, mode: int) -> int:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        try:
            return self.system.open(temporary, flags, mode)
        except OSError as error:
            if error.errno not in _NOT_ALLOWED:
                raise
            raise self._refusal(
                "no file may be made in its folder; it can be written in place",
                may_write_in_place=True,
            ) from error

    def _overwrite(self, old: bytes) -> Path:
        """Write into the target itself; what it held is kept before, or nothing is done."""
        if self.state_folder is None:
            raise self._refusal(f"no backup can be kept first: {_NO_STATE_FOLDER}")
        try:
            backup = keep_backup(self.target, old, self.state_folder, system=self.system)
        except OSError as error:
            raise self._refusal(f"no backup can be kept first: {_said(error)}") from error
        with self._withdrawn_on_failure(backup):
            self._compare()
        handle = self.system.open(self.target, os.O_WRONLY | os.O_NOFOLLOW)
        try:
            write_all(self.system, handle, self.new)
        except OSError as error:
            try:
                write_all(self.system, handle, old)
            except OSError:
                raise SaveError(
                    f"{visible(str(self.path))}: damaged by a failed write ({_said(error)}); what"
                    f" it held is in {visible(str(backup))}"
                ) from error
            raise
        finally:
            with suppress(OSError):
                self.system.close(handle)
        return backup

    def _keep_backup(self, old: bytes) -> Path | None:
        if self.state_folder is None:
            self.notices.append(f"no backup was kept: {_NO_STATE_FOLDER}")
            return None
        try:
            return keep_backup(self.target, old, self.state_folder, system=self.system)
        except OSError as error:
            self.notices.append(f"no backup was kept: {_said(error)}")
            return None

    def _sync_folder(self) -> None:
        try:
            handle = self.system.open(self.target.parent, os.O_RDONLY | os.O_DIRECTORY)
            try:
                self.system.fsync(handle)
            finally:
                self.system.close(handle)
        except OSError as error:
            self.notices.append(f"saved, durability not confirmed: {_said(error)}")

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep other instances out; where that is impossible, the digest alone has to do."""
        if self.state_folder is None:
            self.notices.append(f"saved without a lock: {_NO_STATE_FOLDER}")
            yield
            return
        with locked(self.target, self.state_folder, self.system) as fault:
            if fault is not None:
                self.notices.append(f"saved without a lock: {_said(fault)}")
            yield

    @contextmanager
    def _withdrawn_on_failure(self, backup: Path | None) -> Iterator[None]:
        """Remove a backup again of what then stayed."""
        try:
            yield
        except (OSError, EtfcompareError):
            if backup is not None:
                with suppress(OSError):
                    self.system.unlink(backup)
            raise

    def _reason(self, error: OSError) -> str:
        if error.errno not in _NO_ROOM:
            return _said(error)
        try:
            free = f"{self.system.free(self.target.parent):,}"
        except OSError:
            free = "fewer"
        what = "your disk quota is used up" if error.errno == errno.EDQUOT else "the disk is full"
        return f"{what}: {len(self.new):,} bytes are needed, {free} are free"

    def _refusal(self, why: str, *, may_write_in_place: bool = False) -> SaveError:
        message = f"{visible(str(self.path))}: not saved: {why}"
        return SaveError(message, may_write_in_place=may_write_in_place)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _stem(target: Path) -> str:
    """The name of the file as far as it fits into that of its temporary file."""
    return os.fsdecode(os.fsencode(target.name)[:_LONGEST_STEM])


def _said(error: OSError) -> str:
    return visible(error.strerror or type(error).__name__)
