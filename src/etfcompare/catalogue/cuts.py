"""What leaves the text when a key or an item goes: its lines and commas, and nobody's comments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from etfcompare.catalogue.document import Document, Entry, Mapping, Node, Sequence
from etfcompare.catalogue.layout import (
    after_break,
    after_colon,
    before_break,
    content_stop,
    dash_of,
    follows_dash,
    is_blank_at,
    is_blank_before,
    line_stop,
    own_entries,
    starts_line,
)
from etfcompare.catalogue.proof import Splice, refusal
from etfcompare.visible import visible

_TO_COMMA: Final = re.compile(r"\s*,")
_FROM_COMMA: Final = re.compile(r",[^,#]*\Z")
_SPACES: Final = re.compile(r"[ \t]*")
_ANCHOR: Final = re.compile(r"[ \t]*&[^\s,\[\]{}]+")
_IN_COMMENT: Final = re.compile(r"(?:^|[ \t])#")
_USERS_LISTED: Final = 10
_REST: Final = re.compile(r"[ \t]*(?:#[^\r\n]*)?(?=[\r\n]|\Z)")


def cut_entry(document: Document, owner: Mapping, key: str, holder: Entry | None) -> Splice:
    """Plan the removal of a key with its value.

    Args:
        document: Where it stands.
        owner: The mapping that it is written in.
        key: Its name.
        holder: The key whose value that mapping is, if it is the value of one.

    Raises:
        EditError: Its lines cannot be told from those of others.
    """
    entries = own_entries(owner)
    entry = owner.entries[key]
    place = entries.index(entry)
    start = entry.key.start
    if owner.flow:
        spans = [(one.key.start, one.value.end) for one in entries]
        return _cut_between_commas(document, owner, spans, place)
    stop = _stop(document, entry.value)
    if len(entries) == len(owner.entries) == 1:
        return _emptied(document, holder, start, stop, "{}")
    if starts_line(document, start):
        return _cut_lines(document, document.source.line_start(start), stop)
    if place == 0 and len(entries) > 1 and follows_dash(document, start):
        following = entries[1].key.start
        if not document.text[stop:following].strip():
            return Splice(start=start, end=following, replacement="")
    raise refusal(document, start, "something else stands on its first line")


def cut_item(
    document: Document, owner: Sequence, item: Node, holder: Entry | None = None
) -> Splice:
    """Plan the removal of an item of a list, and of the blank line that kept it from the next.

    Args:
        document: Where it stands.
        owner: The list.
        item: What shall go.
        holder: The key whose value the list is, if it is the value of one.

    Raises:
        EditError: Its lines cannot be told from those of others.
    """
    place = owner.items.index(item)
    if owner.flow:
        spans = [(_with_anchor(document, one), one.end) for one in owner.items]
        return _cut_between_commas(document, owner, spans, place)
    dash = dash_of(document, owner, item)
    if dash is None:
        raise refusal(document, item.start, "something else stands on its first line")
    stop = _stop(document, item)
    if len(owner.items) == 1:
        return _emptied(document, holder, dash, stop, "[]")
    start = document.source.line_start(dash)
    follower = after_break(document, stop)
    if is_blank_at(document, follower):
        if place == 0 or is_blank_before(document, start):
            stop = line_stop(document, follower)
    elif follower == len(document.text) and is_blank_before(document, start):
        start = document.source.line_start(before_break(document, start))
    return _cut_lines(document, start, stop)


def check_unshared(document: Document, node: Node, splice: Splice) -> None:
    """Refuse to remove what is used elsewhere.

    Raises:
        EditError: An anchor in it has an alias outside of the part that goes.
    """
    for anchor in anchors_in(node):
        check_unused(document, anchor, node, splice)


def check_unused(document: Document, anchor: str, node: Node, splice: Splice) -> None:
    """Refuse an edit of what is used elsewhere by the name of an anchor.

    Raises:
        EditError: There is an alias of that name outside of the part that is edited.
    """
    users = []
    for alias in re.finditer(rf"\*{re.escape(anchor)}(?![0-9A-Za-z_-])", document.text):
        start = alias.start()
        before = document.text[document.source.line_start(start) : start]
        if not splice.start <= start < splice.end and not _IN_COMMENT.search(before):
            users.append(str(document.position(start)[0]))
    if users:
        where = "lines" if len(users) > 1 else "line"
        listed = ", ".join(users[:_USERS_LISTED]) + ", …" * (len(users) > _USERS_LISTED)
        message = f"its anchor &{visible(anchor)} is used on {where} {listed}"
        raise refusal(document, node.start, message)


def anchors_in(node: Node) -> Iterator[str]:
    """Yield the names of the anchors in a value, its own first."""
    if node.extra is not None:
        if node.extra.alias is not None:
            return
        if node.extra.anchor is not None:
            yield node.extra.anchor
    inner: list[Node] = []
    if isinstance(node, Mapping):
        inner = [one for entry in own_entries(node) for one in (entry.key, entry.value)]
    elif isinstance(node, Sequence):
        inner = node.items
    for one in inner:
        yield from anchors_in(one)


def _stop(document: Document, node: Node) -> int:
    stop = content_stop(document, node.end)
    if stop is None:
        raise refusal(document, node.end, "something else stands on its last line")
    return stop


def _cut_lines(document: Document, start: int, stop: int) -> Splice:
    """Remove whole lines; without a line end behind them, the one before them goes."""
    end = after_break(document, stop)
    if end == stop and stop != document.source.line_start(stop):
        start = before_break(document, start)
    return Splice(start=start, end=end, replacement="")


def _emptied(document: Document, holder: Entry | None, start: int, stop: int, empty: str) -> Splice:
    """Leave an empty collection behind a key, and the comments between the two."""
    line = document.source.line_start(start)
    if holder is None or not starts_line(document, start):
        raise refusal(document, start, "nothing would be left of what it stands in")
    head = after_colon(document, holder)
    anchor = _ANCHOR.match(document.text, head, line)
    head = anchor.end() if anchor else head
    kept = document.text[head : before_break(document, line)]
    stop = before_break(document, stop) if stop == document.source.line_start(stop) else stop
    return Splice(start=head, end=stop, replacement=f" {empty}{kept}")


def _cut_between_commas(
    document: Document, owner: Mapping | Sequence, spans: list[tuple[int, int]], place: int
) -> Splice:
    """Remove one of the spans in braces or brackets with one comma, with its line if it has one."""
    text = document.text
    start, end = spans[place]
    comma = _TO_COMMA.match(text, end, owner.end)
    before = _FROM_COMMA.search(text, spans[place - 1][1], start) if place else None
    behind = comma.end() if comma else end
    line, rest = document.source.line_start(start), _REST.match(text, behind)
    is_alone = bool(rest) and line > owner.start and starts_line(document, start)
    if rest and is_alone and (comma or before is None):
        return _cut_lines(document, line, rest.end())
    if len(spans) == 1:
        return Splice(start=start, end=behind, replacement="")
    if comma and place < len(spans) - 1:
        space = _SPACES.match(text, behind)
        return Splice(start=start, end=space.end() if space else behind, replacement="")
    if before is None:
        raise refusal(document, start, "a comment stands between it and its comma")
    return Splice(start=before.start(), end=end, replacement="")


def _with_anchor(document: Document, node: Node) -> int:
    if node.extra is None or node.extra.anchor is None:
        return node.start
    return document.text.rindex(f"&{node.extra.anchor}", 0, node.start + 1)
