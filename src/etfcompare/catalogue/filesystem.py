"""The system calls with which a catalogue is read and saved.

Nothing is decided here. Each call is one method, so that tests can make every one of them fail, or
end the process there.
"""

from __future__ import annotations

import fcntl
import os
import sys
import time
from contextlib import suppress
from pathlib import Path


class FileSystem:
    """The calls of the operating system under their own names; all may raise OSError."""

    def open(self, path: Path, flags: int, mode: int = 0o600) -> int:
        """Open a file; programs that are started do not inherit it."""
        return os.open(path, flags | os.O_CLOEXEC, mode)

    def read(self, handle: int, most: int) -> bytes:
        """Read on, at most so many bytes; none at the end of the file."""
        return os.read(handle, most)

    def pwrite(self, handle: int, content: memoryview, offset: int) -> int:
        """Write at an offset; returns how many of the bytes were written."""
        return os.pwrite(handle, content, offset)

    def ftruncate(self, handle: int, size: int) -> None:
        """Cut the file at a size."""
        os.ftruncate(handle, size)

    def fsync(self, handle: int) -> None:
        """Wait until the file or folder is on the disk."""
        os.fsync(handle)

    def close(self, handle: int) -> None:
        """Close a file, which gives back its lock."""
        os.close(handle)

    def fstat(self, handle: int) -> os.stat_result:
        """Describe an open file."""
        return os.fstat(handle)

    def stat(self, path: Path) -> os.stat_result:
        """Describe what a path leads to."""
        return path.stat()

    def realpath(self, path: Path) -> Path:
        """Follow every link, also where nothing is at the end."""
        return Path(os.path.realpath(path))

    def access(self, path: Path, mode: int) -> bool:
        """Tell whether this process may do that with a file."""
        return os.access(path, mode, effective_ids=os.access in os.supports_effective_ids)

    def fchmod(self, handle: int, mode: int) -> None:
        """Set the permissions of an open file."""
        os.fchmod(handle, mode)

    def fchown(self, handle: int, owner: int, group: int) -> None:
        """Set the owner and the group of an open file; -1 leaves one as it is."""
        os.fchown(handle, owner, group)

    def listxattr(self, file: Path | int) -> list[str]:
        """Name the extended attributes of a file."""
        return os.listxattr(file) if sys.platform == "linux" else []

    def getxattr(self, file: Path | int, name: str) -> bytes:
        """Return an extended attribute."""
        return os.getxattr(file, name) if sys.platform == "linux" else b""

    def setxattr(self, handle: int, name: str, content: bytes) -> None:
        """Set an extended attribute of an open file."""
        if sys.platform == "linux":
            os.setxattr(handle, name, content)

    def removexattr(self, handle: int, name: str) -> None:
        """Remove an extended attribute of an open file."""
        if sys.platform == "linux":
            os.removexattr(handle, name)

    def replace(self, source: Path, target: Path) -> None:
        """Give a file another's name, in one step."""
        source.replace(target)

    def unlink(self, path: Path) -> None:
        """Remove a file."""
        path.unlink()

    def makedirs(self, folder: Path) -> None:
        """Make a folder for this user alone, and those above it."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def listdir(self, folder: Path) -> list[str]:
        """Name what is in a folder."""
        return os.listdir(folder)  # noqa: PTH208 - the call that iterdir makes

    def flock(self, handle: int) -> None:
        """Lock a file for this process alone; BlockingIOError if another has locked it."""
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def sleep(self, seconds: float) -> None:
        """Let others run."""
        time.sleep(seconds)

    def free(self, folder: Path) -> int:
        """Count the bytes that may still be written to the disk of a folder."""
        disk = os.statvfs(folder)
        return disk.f_bavail * disk.f_frsize


REAL = FileSystem()
"""The file system of this machine."""


def read_all(system: FileSystem, handle: int, most: int) -> bytes:
    """Read a file to its end, and no further than one byte past a limit."""
    content = bytearray()
    while len(content) <= most and (part := system.read(handle, most + 1 - len(content))):
        content += part
    return bytes(content)


def write_all(system: FileSystem, handle: int, content: bytes) -> None:
    """Write a file from its beginning, in as many parts as the system makes of it, to the disk."""
    rest = memoryview(content)
    while rest:
        rest = rest[system.pwrite(handle, rest, len(content) - len(rest)) :]
    system.ftruncate(handle, len(content))
    system.fsync(handle)


def put(system: FileSystem, target: Path, content: bytes, *, unfinished: Path) -> None:
    """Write a file of our own in one step, for its owner alone; or not at all.

    Args:
        system: The system.
        target: The file.
        content: What it is to hold.
        unfinished: Where it is written first, in the same folder.

    Raises:
        OSError: It could not be written; what was there stays.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
    handle = system.open(unfinished, flags, 0o600)
    try:
        try:
            write_all(system, handle, content)
        finally:
            system.close(handle)
        system.replace(unfinished, target)
    except BaseException:
        with suppress(OSError):
            system.unlink(unfinished)
        raise
