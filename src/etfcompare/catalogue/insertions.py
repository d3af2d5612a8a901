"""Where a new key goes, and how it is written: a line under lines, an entry among braces."""

from __future__ import annotations

from dataclasses import dataclass

from etfcompare.catalogue.document import Document, Mapping, Node, Sequence
from etfcompare.catalogue.layout import (
    USUAL_STEP,
    column_of,
    favours_flow,
    lines_behind,
    own_entries,
    step_of,
)
from etfcompare.catalogue.proof import Splice


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """A value under one or more keys that are not there yet."""

    names: tuple[str, ...]
    """The keys from the outside in, as written."""
    scalar: str
    """The value, as written."""

    def in_braces(self) -> str:
        """Write it as `a: {b: 1}`, without braces of its own."""
        *outer, last = self.names
        head = "".join(f"{name}: {{" for name in outer)
        return f"{head}{last}: {self.scalar}{'}' * len(outer)}"

    def lines(self, *, margin: int, step: int) -> list[str]:
        """Write it as a block, a line for each key."""
        *outer, last = self.names
        lines = [f"{' ' * (margin + depth * step)}{name}:" for depth, name in enumerate(outer)]
        return [*lines, f"{' ' * (margin + len(outer) * step)}{last}: {self.scalar}"]


def in_mapping(document: Document, node: Mapping, new: New) -> Splice:
    """Plan a new key behind the last one of a mapping, in the style of its neighbours."""
    if node.flow:
        return _in_braces(document, node, new.in_braces())
    margin = column_of(document, node.start)
    if favours_flow(node):
        return lines_behind(document, node.end, [" " * margin + new.in_braces()])
    lines = new.lines(margin=margin, step=step_of(document, node))
    return lines_behind(document, node.end, lines)


def under_key(
    document: Document, owner: Mapping | Sequence | None, empty: Node, new: New
) -> Splice:
    """Plan the first key of a block, where a key has nothing behind its colon."""
    if not isinstance(owner, Mapping) or owner.flow or favours_flow(owner):
        return Splice(start=empty.start, end=empty.end, replacement=f" {{{new.in_braces()}}}")
    step = step_of(document, owner)
    lines = new.lines(margin=column_of(document, owner.start) + step, step=step)
    return lines_behind(document, empty.end, lines)


def behind_all(document: Document, new: New) -> Splice:
    """Plan the first key of a file that says nothing yet, behind its comments."""
    lines = new.lines(margin=0, step=USUAL_STEP)
    return lines_behind(document, len(document.text), lines)


def _in_braces(document: Document, node: Mapping, entry: str) -> Splice:
    """Behind the last value; its comma and the spaces inside the braces stay."""
    text = document.text
    entries = own_entries(node)
    if entries:
        end = entries[-1].value.end
        space = " " if text[end - 1] == ":" else ""
        return Splice(start=end, end=end, replacement=f"{space}, {entry}")
    start = node.start + 1
    inside = text[start : node.end - 1]
    if inside.strip():
        return Splice(start=start, end=start, replacement=f"{entry}, ")
    return Splice(start=start, end=start, replacement=inside[:1].strip("\r\n") + entry)
