"""An edit of a document, and the proof that it changed what was meant and nothing else.

Both texts are read, the old one and the new one, and written down as an outline: what stands where,
with anchors, aliases and tags, but without quotes, comments and spaces. The new outline must be the
old one with exactly the change that was asked for; otherwise there is no edit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from etfcompare.catalogue.document import (
    Document,
    DocumentError,
    Entry,
    Extra,
    Mapping,
    Node,
    Path,
    Scalar,
)
from etfcompare.catalogue.source import BOM
from etfcompare.errors import EtfcompareError

Token: TypeAlias = tuple[str, ...]
"""One thing of an outline: its kind first, then what it says."""


class EditError(EtfcompareError):
    """The edit was not made; the text is as it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """What an edit made of a document, proven."""

    document: Document
    """The new document."""
    span: tuple[int, int]
    """The part of the old text that was replaced."""
    replacement: str
    """What stands there now."""
    path: Path
    """What was meant."""
    summary: str
    """The edit in a line, as `fee.rate of BSOL: 0.20% -> 0.19%`."""
    also_changes: tuple[str, ...] = ()
    """Other places that share the value through an anchor, as `products[BSOL].fee.rate`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Splice:
    """A part of a text and what shall stand there instead."""

    start: int
    end: int
    replacement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The difference that an edit shall make to the outline."""

    replaced: dict[Node, list[Token]] = field(default_factory=dict)
    """What stands in the place of a value."""
    added: dict[Node | None, list[Token]] = field(default_factory=dict)
    """A key with its value behind the own keys of a mapping, or an item behind those of a list;
    None stands for a document without a value."""
    removed: frozenset[Node] = frozenset()
    """Values that are gone, with their keys."""


def refusal(document: Document, index: int, message: str) -> EditError:
    """Say why there is no edit, and what the user can do."""
    line, _ = document.position(index)
    return EditError(f"{message}; open it in your editor at line {line}")


def proven(
    document: Document,
    splice: Splice,
    change: Change,
    *,
    path: Path,
    summary: str,
    also_changes: tuple[str, ...] = (),
) -> Edited:
    """Make an edit.

    Raises:
        EditError: The new text cannot be read, or says anything else than was meant.
    """
    text = document.text
    new = text[: splice.start] + splice.replacement + text[splice.end :]
    try:
        edited = Document.parse(((BOM if document.has_bom else "") + new).encode())
        is_safe = outline(edited.root) == outline(document.root, change)
    except (DocumentError, UnicodeEncodeError):
        is_safe = False
        edited = document
    if not is_safe:
        raise refusal(document, splice.start, "cannot edit this safely")
    return Edited(
        document=edited,
        span=(splice.start, splice.end),
        replacement=splice.replacement,
        path=path,
        summary=summary,
        also_changes=also_changes,
    )


def outline(root: Node | None, change: Change | None = None) -> list[Token]:
    """List what a tree says, with a change if one is given.

    An alias is its name, because its anchor is listed where it stands: equal outlines resolve to
    equal values, and no chain of aliases makes one long.
    """
    change = change or Change()
    if root is None:
        return change.added.get(None, [])
    tokens: list[Token] = []
    _list(root, change, tokens)
    return tokens


def text_token(text: str, extra: Extra | None = None) -> Token:
    """Stand for a scalar in an outline."""
    return ("text", text, *_marks(extra))


def key_token(key: str, extra: Extra | None = None) -> Token:
    """Stand for a key in an outline."""
    return ("key", key, *_marks(extra))


def block_tokens(keys: tuple[str, ...], text: str) -> list[Token]:
    """Stand for a text under one or more keys, each but the first in a mapping of its own."""
    key, *inner = keys
    value = enclosed("{", block_tokens(tuple(inner), text)) if inner else [text_token(text)]
    return [key_token(key), *value]


def enclosed(sign: Literal["{", "["], tokens: list[Token]) -> list[Token]:
    """Stand for a mapping or a list that holds what the tokens stand for."""
    return [(sign, *_marks(None)), *tokens, _CLOSED]


def _list(node: Node, change: Change, tokens: list[Token]) -> None:
    if node in change.replaced:
        tokens += change.replaced[node]
    elif node.extra is not None and node.extra.alias is not None:
        tokens.append(("alias", node.extra.alias))
    elif isinstance(node, Scalar):
        tokens.append(text_token(node.text, node.extra))
    elif isinstance(node, Mapping):
        _list_mapping(node, change, tokens)
    else:
        tokens.append(("[", *_marks(node.extra)))
        for item in node.items:
            if item not in change.removed:
                _list(item, change, tokens)
        tokens += change.added.get(node, [])
        tokens.append(_CLOSED)


def _list_mapping(node: Mapping, change: Change, tokens: list[Token]) -> None:
    tokens.append(("{", *_marks(node.extra)))
    inherited: list[Token] = []
    added = change.added.get(node, [])
    for key, entry in node.entries.items():
        if entry.inherited:
            if not added or added[0][1] != key:
                inherited.append(("<<", key, *_inherited(entry, change)))
        elif entry.value not in change.removed:
            tokens.append(key_token(key, entry.key.extra))
            _list(entry.value, change, tokens)
    tokens += added
    tokens += inherited
    tokens.append(_CLOSED)


def _inherited(entry: Entry, change: Change) -> Token:
    """What a merged key shows here; a collection is listed where it stands."""
    node = entry.value
    if node in change.replaced:
        return change.replaced[node][0]
    return text_token(node.text) if isinstance(node, Scalar) else ()


def _marks(extra: Extra | None) -> Token:
    return (extra.anchor or "", extra.tag or "") if extra is not None else ("", "")


_CLOSED: Token = ("end",)
