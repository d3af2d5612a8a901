"""What a file has beside its bytes, given to the file that shall take its place."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Final

from etfcompare.catalogue.filesystem import FileSystem

_ACCESS_LIST: Final = "system.posix_acl_access"
_UNSUPPORTED: Final = frozenset({errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS})
_REFUSED: Final = _UNSUPPORTED | {errno.EPERM, errno.EACCES, errno.EINVAL}


class CannotKeepError(Exception):
    """The other file cannot be given all that this one has."""


def keep_attributes(
    source: Path, status: os.stat_result, handle: int, *, system: FileSystem
) -> None:
    """Give an open file the owner, group, permissions and access list of another.

    Of the extended attributes, the user's own are kept; labels of the system follow its own rules.

    Args:
        source: The other file.
        status: Its description.
        handle: The open file.
        system: The file system.

    Raises:
        CannotKeepError: This user or this disk may not.
        OSError: Something else failed.
    """
    try:
        made = system.fstat(handle)
        if (made.st_uid, made.st_gid) != (status.st_uid, status.st_gid):
            owner = -1 if made.st_uid == status.st_uid else status.st_uid
            system.fchown(handle, owner, status.st_gid)
        _keep_extended(source, handle, system)
        system.fchmod(handle, stat.S_IMODE(status.st_mode))
    except OSError as error:
        if error.errno in _REFUSED:
            raise CannotKeepError from error
        raise


def _keep_extended(source: Path, handle: int, system: FileSystem) -> None:
    kept = _extended(source, system)
    # A folder may give new files an access list that the old file does not have.
    for name in _extended(handle, system).keys() - kept.keys():
        system.removexattr(handle, name)
    for name, content in kept.items():
        system.setxattr(handle, name, content)


def _extended(file: Path | int, system: FileSystem) -> dict[str, bytes]:
    try:
        names = system.listxattr(file)
    except OSError as error:
        if error.errno in _UNSUPPORTED:
            return {}
        raise
    kept = (name for name in names if name.startswith("user.") or name == _ACCESS_LIST)
    return {name: system.getxattr(file, name) for name in kept}
