"""A fault or a doubt about the catalogue, as a value: where, what was found, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a problem matters."""

    ERROR = "error"
    """The block or product is not used."""
    WARNING = "warning"
    """The figure is used; the user should look at it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing to mend in the catalogue."""

    path: str
    """Where in the catalogue, as `products[BSOL].fee.rate`; empty for the file as a whole."""
    line: int
    """Line in the file, from 1, as editors count (LF, CRLF and CR end a line)."""
    column: int
    """Column in that line, in characters, from 1."""
    severity: Severity
    """Error or warning."""
    message: str
    """What was found and what is allowed, one sentence."""
    hint: str = ""
    """What to write instead, if that can be said."""

    def __str__(self) -> str:
        where = f"{self.path}: " if self.path else ""
        hint = f"; {self.hint}" if self.hint else ""
        return f"{self.line}:{self.column}: {self.severity}: {where}{self.message}{hint}"
