"""Why a text is not YAML, in words that name the likely slip and not the parser's state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from etfcompare.catalogue.problem import Problem
    from etfcompare.catalogue.source import Source

ESCAPE_WITHOUT_CHARACTER = (
    "the escape in this quoted text stands for no character",
    "check the digits after the backslash",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """What the parser said."""

    context: str
    """What it was doing; may be empty."""
    context_index: int | None
    """Where that began."""
    problem: str
    """What it met."""
    index: int
    """Where it met it."""


def explain(source: Source, complaint: Complaint) -> Problem:
    """Turn a complaint of the parser into a problem at the true line."""
    return source.error(complaint.index, f"{complaint.problem} {complaint.context}".strip())
