"""The clock: the one place where the command line asks what day it is."""

from __future__ import annotations

from datetime import UTC, date, datetime


def today() -> date:
    """Return the day that it is here."""
    return datetime.now(UTC).astimezone().date()
