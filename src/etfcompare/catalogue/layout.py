"""Where things stand in the text of a document: its lines, their ends and their margins."""

from __future__ import annotations

import re
from typing import Final

from etfcompare.catalogue.document import Document, Entry, Mapping, Node, Scalar, Sequence
from etfcompare.catalogue.proof import Splice, refusal
from etfcompare.catalogue.scalars import QUOTES

USUAL_STEP: Final = 2
"""Columns that a block stands to the right of its key where the file does not show it."""

_BREAK: Final = re.compile(r"\r\n|\n|\r")
_LAST_BREAK: Final = re.compile(r"(?:\r\n|\n|\r)\Z")
_NOTHING: Final = re.compile(r"[ \t]*(?:#.*)?")
_COLON: Final = re.compile(r"[ \t]*:")
_DASHES: Final = re.compile(r"[ \t-]*")


def line_stop(document: Document, index: int) -> int:
    """Return where the line of an index stops, before its end."""
    return index + len(document.source.line_from(index))


def content_stop(document: Document, end: int) -> int | None:
    """Return where the line stops on which a value ends; None if anything but a comment follows.

    A text that keeps its last lines (`|+`) ends with a line end, and stops there.
    """
    if document.text[end - 1 : end] in {"\n", "\r"}:
        return end
    rest = document.source.line_from(end)
    return end + len(rest) if _NOTHING.fullmatch(rest) else None


def after_break(document: Document, index: int) -> int:
    """Return where the next line begins if a line ends at the index, else the index."""
    found = _BREAK.match(document.text, index)
    return found.end() if found else index


def before_break(document: Document, index: int) -> int:
    """Return where the last line stops if a line begins at the index, else the index."""
    found = _LAST_BREAK.search(document.text, max(index - 2, 0), index)
    return found.start() if found else index


def break_near(document: Document, index: int) -> str:
    """Return the line end of the line of an index, else that of the line before, else LF."""
    text = document.text
    found = _BREAK.match(text, line_stop(document, index))
    if found is None:
        start = document.source.line_start(index)
        found = _BREAK.match(text, before_break(document, start))
    return found[0] if found else "\n"


def is_blank_at(document: Document, start: int) -> bool:
    """Whether the line that begins at an index is there and empty."""
    return start < len(document.text) and not document.source.line_from(start).strip()


def is_blank_before(document: Document, start: int) -> bool:
    """Whether the line before the one that begins at an index is there and empty."""
    return start > 0 and not document.source.line(before_break(document, start)).strip()


def column_of(document: Document, index: int) -> int:
    """Return how many characters stand before an index in its line."""
    return index - document.source.line_start(index)


def starts_line(document: Document, index: int) -> bool:
    """Whether only spaces stand before an index in its line."""
    return not document.text[document.source.line_start(index) : index].strip()


def follows_dash(document: Document, index: int) -> bool:
    """Whether only dashes and spaces stand before an index in its line, as in `- ticker: X`."""
    start = document.source.line_start(index)
    return _DASHES.fullmatch(document.text, start, index) is not None


def after_colon(document: Document, entry: Entry) -> int:
    """Return where the value of a key may begin: behind its colon, or behind the key alone."""
    found = _COLON.match(document.text, entry.key.end)
    return found.end() if found else entry.key.end


def dash_of(document: Document, listed: Sequence, item: Node) -> int | None:
    """Return where the dash of an item of a block list stands; None if it shares its line."""
    column = column_of(document, listed.start)
    start = document.source.line_start(item.start)
    while start >= 0:
        line = document.source.line_from(start)
        if line[column : column + 1] == "-" and not line[:column].strip():
            return start + column
        if start <= listed.start:
            return None
        start = document.source.line_start(before_break(document, start))
    return None


def lines_behind(document: Document, end: int, lines: list[str]) -> Splice:
    """Plan new lines behind the line on which a value ends, before the comments that follow.

    Raises:
        EditError: Something else stands on that line.
    """
    stop = content_stop(document, end)
    if stop is None:
        raise refusal(document, end, "something else stands on the line behind it")
    mark = break_near(document, before_break(document, end))
    added = mark.join(lines)
    is_fresh = stop == document.source.line_start(stop)
    return Splice(start=stop, end=stop, replacement=added + mark if is_fresh else mark + added)


def own_entries(node: Mapping) -> list[Entry]:
    """Return the entries that are written in a mapping itself, in order."""
    return [entry for entry in node.entries.values() if not entry.inherited]


def step_of(document: Document, node: Mapping) -> int:
    """Return how many columns a block inside a mapping is set in, as the file does it."""
    for outer in (node, document.root):
        if isinstance(outer, Mapping):
            for entry in own_entries(outer):
                inner = entry.value
                if isinstance(inner, Mapping) and not inner.flow and inner.extra is None:
                    step = column_of(document, inner.start) - column_of(document, outer.start)
                    if step > 0:
                        return step
    return USUAL_STEP


def favours_flow(node: Mapping) -> bool:
    """Whether the blocks inside a mapping are all written `{in: braces}`."""
    inner = [
        entry.value.flow
        for entry in own_entries(node)
        if isinstance(entry.value, Mapping) and entry.value.extra is None
    ]
    return node.flow or (bool(inner) and all(inner))


def favoured_quote(document: Document) -> str:
    """Return the quote that the values of a document are mostly written in."""
    single, double = QUOTES
    count = {single: 0, double: 0}
    waiting = [document.root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Scalar):
            if node.style in count:
                count[node.style] += 1
        elif isinstance(node, Sequence):
            waiting.extend(node.items)
        elif node is not None and (node.extra is None or node.extra.alias is None):
            waiting.extend(entry.value for entry in own_entries(node))
    return double if count[double] > count[single] else single
