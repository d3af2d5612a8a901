"""Noticing that somebody else changed the catalogue: by looking at it twice a second.

There are no threads here and no clock: whoever has them calls `Watcher.poll`. Looking works where
notifications do not (network folders, containers) and does not go blind when an editor saves by
giving another file the catalogue's name.
"""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from etfcompare.catalogue.store import read_bytes
from etfcompare.errors import UnreadableError

if TYPE_CHECKING:
    import os

POLL_SECONDS: Final = 0.5
"""Time between two looks while nothing happens."""
SETTLE_SECONDS: Final = 0.3
"""Time for which the file must stay as it is before it is read."""
SECOND_LOOK_SECONDS: Final = 0.35
"""Time to the next look when something has happened: a bit more, as clocks are not exact."""
PATIENCE_SECONDS: Final = 3.0
"""Time after which a file that never rests, or stays empty, is read all the same."""


@dataclass(frozen=True, slots=True)
class Changed:
    """The file holds something else than before, or can be read again."""

    content: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class Vanished:
    """There is no such file any more."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """There is something that cannot be read, or is larger than a catalogue may be."""

    message: str


Change: TypeAlias = Changed | Vanished | Unreadable

_Sign: TypeAlias = tuple[int, ...]
"""What tells one state of the file from the next: its description, or the error in its place."""
_GONE: Final = (errno.ENOENT,)
_SIZE: Final = 2


class Watcher:
    """Watches one path, following its links anew with each look.

    What is reported once is not reported again. Whether a text with fewer products is to be
    believed is for those to judge who can read it.
    """

    def __init__(
        self,
        path: Path,
        sha256: str,
        *,
        stat: Callable[[Path], os.stat_result] = Path.stat,
        read: Callable[[Path], bytes] = read_bytes,
    ) -> None:
        """Begin to watch.

        Args:
            path: The catalogue.
            sha256: Digest of what is known of it.
            stat: Describes a file.
            read: Reads a file; UnreadableError if that cannot be.
        """
        self._path = path
        self._sha256 = sha256
        self._stat = stat
        self._read = read
        self._fault: Vanished | Unreadable | None = None
        self._done: _Sign | None = None
        """The state that was dealt with; None if there is none."""
        self._pending: _Sign | None = None
        """The state that waits until it rests; None if there is none."""
        self._resting_since = 0.0
        self._pending_since = 0.0

    @property
    def pause_seconds(self) -> float:
        """Time until the next look is due."""
        return POLL_SECONDS if self._pending is None else SECOND_LOOK_SECONDS

    def expect(self, sha256: str) -> None:
        """Take as known what this program has just saved."""
        self._sha256 = sha256
        self._fault = None

    def is_last(self, change: Change) -> bool:
        """Whether nothing was reported or expected since a change was reported."""
        if isinstance(change, Changed):
            return self._fault is None and change.sha256 == self._sha256
        return change == self._fault

    def poll(self, now: float) -> Change | None:
        """Look at the file, and tell what has changed once it has come to rest.

        Args:
            now: Seconds on a clock that does not go back.
        """
        sign = self._look()
        if sign == self._done:
            self._pending = None
            return None
        if self._pending is None:
            self._pending_since = now
        if sign != self._pending:
            self._pending, self._resting_since = sign, now
        rests = now - self._resting_since >= SETTLE_SECONDS
        is_overdue = now - self._pending_since >= PATIENCE_SECONDS
        # An empty file is nearly always one that is about to be written.
        if not is_overdue and (not rests or _is_empty(sign)):
            return None
        change = self._read_change(sign)
        rests = rests and self._look() == sign
        if not rests and not is_overdue:
            return None
        # What has not come to rest, or could not be read, is looked at again.
        self._done = sign if rests and not isinstance(change, Unreadable) else None
        self._pending = None
        return change if self._is_new(change) else None

    def _look(self) -> _Sign:
        try:
            status = self._stat(self._path)
        except NotADirectoryError:
            return _GONE
        except OSError as error:
            return (error.errno or 0,)
        return (
            status.st_dev,
            status.st_ino,
            status.st_size,
            status.st_mtime_ns,
            status.st_ctime_ns,
        )

    def _read_change(self, sign: _Sign) -> Change:
        if sign == _GONE:
            return Vanished()
        try:
            content = self._read(self._path)
        except UnreadableError as error:
            return Unreadable(str(error))
        return Changed(content, hashlib.sha256(content).hexdigest())

    def _is_new(self, change: Change) -> bool:
        """Whether that was not reported yet; it is now."""
        if isinstance(change, Changed):
            is_new = change.sha256 != self._sha256 or self._fault is not None
            self._sha256, self._fault = change.sha256, None
        else:
            is_new = change != self._fault
            self._fault = change
        return is_new


def _is_empty(sign: _Sign) -> bool:
    return len(sign) > _SIZE and sign[_SIZE] == 0
