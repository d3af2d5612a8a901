"""JSON as a tree whose every part knows its line, within limits.

Numbers stay text, so that no digit is lost; the reader of a table makes numbers of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from etfcompare.errors import UnreadableError

MOST_DEPTH: Final = 32
"""Boxes in boxes; the files that are read have five."""

MOST_CHARACTERS: Final = 8 << 20
"""Size of the largest text; all days of all funds since 2024 have a quarter of that."""

_TOKEN: Final = re.compile(
    r'[ \t\r\n]*(?:([{}\[\]:,])|("(?:[^"\\\x00-\x1f]|\\.)*+")'
    r"|(-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null))"
)


class Node(NamedTuple):
    """A part of a JSON text."""

    line: int
    value: str | list[Node] | dict[str, Node] | None
    """Numbers, true and false as their text; None for null."""

    @property
    def branches(self) -> dict[str, Node]:
        """The members of an object; none of anything else."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def items(self) -> list[Node]:
        """The items of a list; none of anything else."""
        return self.value if isinstance(self.value, list) else []

    @property
    def text(self) -> str:
        """The text of a word or number; empty for null and for what holds others."""
        return self.value if isinstance(self.value, str) else ""

    def lists(self) -> Iterator[list[Node]]:
        """Give the lists in it, outermost first."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            if isinstance(node.value, list):
                yield node.value
            inner = node.value.values() if isinstance(node.value, dict) else node.items
            waiting += reversed([one for one in inner if isinstance(one.value, dict | list)])


def tree_of(text: str) -> Node:
    """Read a JSON text.

    Raises:
        UnreadableError: It is none, or too large or deep, or names a member twice; with the line.
    """
    if len(text) > MOST_CHARACTERS:
        raise UnreadableError(f"larger than {MOST_CHARACTERS >> 20} MiB of JSON; split it")
    return _Reader(text).whole()


class _Reader:
    """Goes through the text once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line = 1
        self._depth = 0

    def whole(self) -> Node:
        node = self._node(*self._token())
        if rest := self._text[self._at :].strip(" \t\r\n"):
            raise self._fault(f"{json.dumps(rest[:10])} stands behind the end")
        return node

    def _token(self) -> tuple[str, str]:
        """Return the next mark, or the text of a value with what kind it is."""
        found = _TOKEN.match(self._text, self._at)
        if found is None:
            raise self._fault("cannot be read as JSON")
        mark, word, other = found.groups()
        start = found.start(found.lastindex or 0)
        self._line += self._text.count("\n", self._at, start)
        self._at = found.end()
        if word is not None:
            return '"', self._word(word)
        return (mark, "") if mark else ("0", other)

    def _word(self, written: str) -> str:
        try:
            word = json.loads(written)
        except ValueError:
            raise self._fault("cannot be read as JSON") from None
        assert isinstance(word, str)
        return word

    def _node(self, kind: str, text: str) -> Node:
        line = self._line
        match kind:
            case '"':
                return Node(line, text)
            case "0":
                return Node(line, None if text == "null" else text)
            case "{" | "[":
                self._depth += 1
                if self._depth > MOST_DEPTH:
                    raise self._fault(f"more than {MOST_DEPTH} levels deep")
                value = self._members() if kind == "{" else self._list()
                self._depth -= 1
                return Node(line, value)
            case _:
                raise self._fault(f'"{kind}" stands where a value should')

    def _members(self) -> dict[str, Node]:
        members: dict[str, Node] = {}
        kind, key = self._token()
        while kind != "}":
            if kind != '"' or self._token()[0] != ":":
                raise self._fault("an object has no key here")
            if key in members:
                raise self._fault(f"{json.dumps(key[:40])} stands twice in one object")
            members[key] = self._node(*self._token())
            kind, key = self._after("}")
        return members

    def _list(self) -> list[Node]:
        items: list[Node] = []
        kind, text = self._token()
        while kind != "]":
            items.append(self._node(kind, text))
            kind, text = self._after("]")
        return items

    def _after(self, end: str) -> tuple[str, str]:
        """Return what follows a member: the end, or what comes behind a comma."""
        kind, _ = self._token()
        if kind == end:
            return kind, ""
        if kind != ",":
            raise self._fault("a comma is missing")
        kind, text = self._token()
        if kind == end:
            raise self._fault("a comma has nothing behind it")
        return kind, text

    def _fault(self, what: str) -> UnreadableError:
        return UnreadableError(f"line {self._line}: {what}")
