"""What ends a run: one exception for each exit code.

Faults in the user's own data are values (`catalogue.problem.Problem`), not exceptions. An exception
here means "cannot go on"; its text is the one line that the user reads.

    EtfcompareError        1
    ├── UsageError         2   an argument or option that makes no sense
    ├── UnreadableError    3   no catalogue, or one that cannot be read at all
    └── ConflictError      4   the file changed meanwhile; nothing was written
"""

from __future__ import annotations

from typing import ClassVar


class EtfcompareError(Exception):
    """A reason to stop that the user can understand and act on."""

    exit_code: ClassVar[int] = 1


class UsageError(EtfcompareError):
    """The command line, a filter or a scenario asks for something that makes no sense."""

    exit_code: ClassVar[int] = 2


class UnreadableError(EtfcompareError):
    """The catalogue is missing, unreadable or not a catalogue at all."""

    exit_code: ClassVar[int] = 3


class ConflictError(EtfcompareError):
    """Somebody else changed the file since it was read; nothing was written."""

    exit_code: ClassVar[int] = 4

    def __init__(self, message: str, *, current: bytes | None = None) -> None:
        self.current = current
        """What the file holds now; None if it is gone."""
        super().__init__(message)
