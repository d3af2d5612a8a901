"""What a document is made of: scalars, mappings and sequences that know their place in the text.

A tree of these is the file as written: every value is still text, because what a text means is
decided by the schema and not by YAML.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Extra:
    """What stands before a value: an anchor, an alias or a tag."""

    anchor: str | None = None
    """Name in `&name`."""
    alias: str | None = None
    """Name in `*name`, when this value stands elsewhere."""
    tag: str | None = None
    """Tag as written in full, such as `!!str`."""


class Scalar:
    """One piece of text.

    `start` and `end` are its span in the document's text without anchor or tag; an alias has the
    span of its `*name` and the text and style of its target. `style` is empty for plain text, else
    a quote or the sign of a block. The span of a block ends with its last line of content, except
    that one which keeps its trailing lines (`|+`) includes them.
    """

    __slots__ = ("end", "extra", "start", "style", "text")

    def __init__(self, start: int, end: int, text: str, style: str, extra: Extra | None) -> None:
        self.start = start
        self.end = end
        self.text = text
        self.style = style
        self.extra = extra


class Entry:
    """A key with its value; `inherited` if it came through a merge key (`<<`)."""

    __slots__ = ("inherited", "key", "value")

    def __init__(self, key: Scalar, value: Node, inherited: bool) -> None:  # noqa: FBT001 - a third of the reading time is spent here; keywords cost
        self.key = key
        self.value = value
        self.inherited = inherited


class Mapping:
    """Keys with values, own ones in the order of the file, then those of merge keys.

    A block ends where its last value ends, before any comment. `end` is negative while the mapping
    is being read.
    """

    __slots__ = ("end", "entries", "extra", "flow", "start")

    def __init__(
        self, start: int, end: int, entries: dict[str, Entry], *, flow: bool, extra: Extra | None
    ) -> None:
        self.start = start
        self.end = end
        self.entries = entries
        self.flow = flow
        self.extra = extra


class Sequence:
    """Values in order; spans are as those of a mapping."""

    __slots__ = ("end", "extra", "flow", "items", "start")

    def __init__(
        self, start: int, end: int, items: list[Node], *, flow: bool, extra: Extra | None
    ) -> None:
        self.start = start
        self.end = end
        self.items = items
        self.flow = flow
        self.extra = extra


Node: TypeAlias = Scalar | Mapping | Sequence
Path: TypeAlias = tuple[str | int, ...]


def descend(node: Node | None, path: Path) -> Node | None:
    """Follow keys and item numbers down from a node; None if the way ends."""
    for step in path:
        if isinstance(node, Mapping) and isinstance(step, str):
            entry = node.entries.get(step)
            node = None if entry is None else entry.value
        elif isinstance(node, Sequence) and isinstance(step, int):
            node = node.items[step] if 0 <= step < len(node.items) else None
        else:
            return None
    return node
