"""The tables of the results: aligned for people, Markdown for the docs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

BEGIN, END = "<!-- results -->", "<!-- end of results -->"


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """One table."""

    title: str
    heads: Sequence[str]
    """The first is of words, the others of figures."""
    rows: Sequence[Sequence[str]]

    def plain(self) -> str:
        """Return the table for a terminal."""
        widths = [max(map(len, column)) for column in zip(self.heads, *self.rows, strict=True)]
        lines = ["  ".join(_aligned(row, widths)).rstrip() for row in (self.heads, *self.rows)]
        return "\n".join([self.title, "", *lines, ""])

    def markdown(self) -> str:
        """Return the table for the docs."""
        rule = ["---", *["--:"] * (len(self.heads) - 1)]
        lines = [f"| {' | '.join(row)} |" for row in (self.heads, rule, *self.rows)]
        return "\n".join([f"### {self.title}", "", *lines, ""])


def _aligned(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [
        cell.rjust(width) if place else cell.ljust(width)
        for place, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]


def put_between_marks(path: Path, tables: Sequence[Results]) -> None:
    """Replace what stands between the two marks of a document.

    Raises:
        ValueError: It has no such marks.
    """
    before, found, rest = path.read_text().partition(BEGIN)
    _, closed, after = rest.partition(END)
    if not found or not closed:
        raise ValueError(f"{path} has no {BEGIN} and {END}")
    text = "\n".join(table.markdown() for table in tables)
    path.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after}")
