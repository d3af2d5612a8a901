"""What there is to say of a figure beside its value."""

from __future__ import annotations

from enum import IntFlag


class Mark(IntFlag):
    """The state of a figure; it travels from inputs to whatever is computed from them."""

    UNKNOWN = 1
    """Needed and not known; shown `?`."""
    NOT_APPLICABLE = 2
    """Means nothing for this product; shown `–`."""
    ESTIMATED = 4
    """Built on an assumption or on an unverified source; shown `~`."""
    STALE = 8
    """Older than its block's limit at the scenario's date; shown `!`."""
    UNDATED = 16
    """Nobody said when it was true; shown `!`."""

    @property
    def words(self) -> list[str]:
        """The marks in words, as the JSON output gives them."""
        return [(one.name or "").lower().replace("_", " ") for one in self]


NONE = Mark(0)
ABSENT = Mark.UNKNOWN | Mark.NOT_APPLICABLE
CAUTIONS = Mark.ESTIMATED | Mark.STALE | Mark.UNDATED
