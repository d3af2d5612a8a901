"""A new item of a list at the top of a file: behind the others, in the way they are written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from etfcompare.catalogue.blocks import is_empty
from etfcompare.catalogue.document import Document, Mapping, Node, Sequence
from etfcompare.catalogue.layout import (
    USUAL_STEP,
    after_break,
    after_colon,
    break_near,
    column_of,
    content_stop,
    dash_of,
    is_blank_at,
    line_stop,
    lines_behind,
    starts_line,
)
from etfcompare.catalogue.proof import Change, Splice, Token, enclosed, key_token, refusal

_COMMA: Final = re.compile(r"[ \t]*,")
_TRAILING: Final = re.compile(r"[ \t]*(?:#[^\r\n]*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewItem:
    """An item before it stands anywhere."""

    lines: tuple[str, ...]
    """Its keys as lines of a block, without margin, if it has any."""
    text: str
    """As it stands behind others without them, or on one line in braces."""
    tokens: list[Token]


def added(document: Document, key: str, new: NewItem) -> tuple[Splice, Change]:
    """Plan a new item behind the last one of a list.

    Args:
        document: Where the list stands, if it is there.
        key: The key of the list, at the top of the file.
        new: The item.

    Raises:
        EditError: What stands there is no list, or its lines cannot be told from those of others.
    """
    listed = document.at((key,))
    if isinstance(listed, Sequence) and listed.items:
        return _behind_last(document, key, listed, new), Change(added={listed: new.tokens})
    return _first(document, key, new)


def _item_lines(new: NewItem, margin: int, gap: int) -> list[str]:
    """The lines of an item of a block list, the dash on the first."""
    if not new.lines:
        return [" " * margin + new.text]
    first, *others = new.lines
    dash = "-".ljust(gap)
    return [f"{' ' * margin}{dash}{first}", *(" " * (margin + gap) + line for line in others)]


def _behind_last(document: Document, key: str, listed: Sequence, new: NewItem) -> Splice:
    last = listed.items[-1]
    if listed.flow:
        return _behind_last_in_brackets(document, last, new.text)
    dash = dash_of(document, listed, last)
    if dash is None:
        raise refusal(document, last.start, f"the last item of `{key}` shares its first line")
    is_beside = document.source.line_start(last.start) <= dash and last.extra is None
    gap = last.start - dash if is_beside else USUAL_STEP
    lines = _item_lines(new, column_of(document, dash), gap)
    return lines_behind(document, last.end, [""] * _is_spaced(document, listed) + lines)


def _is_spaced(document: Document, listed: Sequence) -> bool:
    """Whether an empty line follows the last item but one."""
    if len(listed.items) < 2:  # noqa: PLR2004 - two have one gap
        return False
    stop = content_stop(document, listed.items[-2].end)
    return stop is not None and is_blank_at(document, after_break(document, stop))


def _behind_last_in_brackets(document: Document, last: Node, text: str) -> Splice:
    """Behind the last item of `[…]`; on a line of its own, if that one has one."""
    if not starts_line(document, last.start):
        return Splice(start=last.end, end=last.end, replacement=f", {text}")
    comma = _COMMA.match(document.text, last.end)
    behind = comma.end() if comma else last.end
    stop = line_stop(document, last.end)
    rest = document.text[behind:stop]
    if not _TRAILING.fullmatch(rest):
        return Splice(start=last.end, end=last.end, replacement=f", {text}")
    margin = " " * column_of(document, last.start)
    line = break_near(document, last.end) + margin + text + ("," if comma else "")
    return Splice(start=last.end, end=stop, replacement=(comma[0] if comma else ",") + rest + line)


def _first(document: Document, key: str, new: NewItem) -> tuple[Splice, Change]:
    """The first item of a list, with the key of the list if need be."""
    root, text = document.root, document.text
    tokens = enclosed("[", new.tokens)
    lines = _item_lines(new, USUAL_STEP, USUAL_STEP)
    if root is None:
        whole = enclosed("{", [key_token(key), *tokens])
        splice = lines_behind(document, len(text), [f"{key}:", *lines])
        return splice, Change(added={None: whole})
    if not isinstance(root, Mapping):
        raise refusal(document, root.start, "the file is not made of `key: value` lines")
    entry = root.entries.get(key)
    if entry is None:
        if root.flow:
            raise refusal(document, root.start, f"the file has no list `{key}`")
        splice = lines_behind(document, root.end, [f"{key}:", *lines])
        return splice, Change(added={root: [key_token(key), *tokens]})
    value = entry.value
    if not (isinstance(value, Sequence) or is_empty(value)) or value.extra is not None:
        raise refusal(document, value.start, f"`{key}` is not a list")
    change = (
        Change(added={value: new.tokens})
        if isinstance(value, Sequence)
        else Change(replaced={value: tokens})
    )
    if root.flow:
        space = " " if text[value.start - 1] == ":" else ""
        return Splice(start=value.start, end=value.end, replacement=f"{space}[{new.text}]"), change
    stop = content_stop(document, value.end)
    if stop is None:
        raise refusal(document, value.end, f"something else stands behind `{key}:`")
    mark = break_near(document, value.end)
    head = after_colon(document, entry)
    kept = text[head : value.start].rstrip(" ") + text[value.end : stop]
    return Splice(start=head, end=stop, replacement=kept + mark + mark.join(lines)), change
