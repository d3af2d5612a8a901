"""What loads here and still deserves a warning: tabs, false spaces and line ends that hide."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from etfcompare.catalogue.nodes import Mapping, Scalar, Sequence
from etfcompare.catalogue.source import ODD_BREAKS, ODD_SPACES, code_point

if TYPE_CHECKING:
    from collections.abc import Iterator

    from etfcompare.catalogue.nodes import Node
    from etfcompare.catalogue.problem import Problem
    from etfcompare.catalogue.source import Source

LINES_LISTED = 20
"""Warnings of one kind; more of the same help nobody."""

_FALSE_SPACE = re.compile(rf"(?:\A|:|[\r\n][ \t]*)([{ODD_SPACES}])|([{ODD_SPACES}])\Z")
_COMMENT = re.compile(r"(?:^|[ \t])#")


def doubts(source: Source, root: Node | None) -> list[Problem]:
    """Warnings about characters that other readers, or eyes, take for something else."""
    text = source.text
    found: list[Problem] = []
    for character in ODD_BREAKS:
        if character in text:
            message = f"{code_point(character)} ends a line for YAML, though not for your editor"
            found.append(source.warning(text.index(character), message, "remove it"))
    has_tab = "\t" in text
    if not has_tab and not any(space in text for space in ODD_SPACES):
        return found
    scalars = sorted(_scalars(root), key=lambda scalar: scalar.start)
    found += _false_spaces(source, scalars)
    if has_tab:
        found += _tabs(source, scalars)
    return found


def _scalars(root: Node | None) -> Iterator[Scalar]:
    """All keys and values that are written out, in any order."""
    waiting = [] if root is None else [root]
    while waiting:
        node = waiting.pop()
        if node.extra is not None and node.extra.alias is not None:
            continue
        if isinstance(node, Scalar):
            yield node
        elif isinstance(node, Sequence):
            waiting.extend(node.items)
        else:
            waiting.extend(_written(node))


def _written(node: Mapping) -> Iterator[Node]:
    for entry in node.entries.values():
        if not entry.inherited:
            yield entry.key
            yield entry.value


def _false_spaces(source: Source, scalars: list[Scalar]) -> list[Problem]:
    found: list[Problem] = []
    for scalar in scalars:
        false = (
            None if scalar.style else _FALSE_SPACE.search(source.text[scalar.start : scalar.end])
        )
        if false and len(found) < LINES_LISTED:
            group = 1 if false[1] else 2
            message = f"{code_point(false[group])} is part of the text and only looks like a space"
            found.append(
                source.warning(scalar.start + false.start(group), message, "replace it by a space")
            )
    return found


def _tabs(source: Source, scalars: list[Scalar]) -> list[Problem]:
    """One warning for each line with a tab outside of quotes, blocks and comments."""
    text = source.text
    found: list[Problem] = []
    hidden = [scalar for scalar in scalars if scalar.style]
    following = 0
    tab = text.find("\t")
    while tab >= 0 and len(found) < LINES_LISTED:
        while following < len(hidden) and hidden[following].end <= tab:
            following += 1
        inside = hidden[following] if following < len(hidden) else None
        if inside is not None and inside.start <= tab:
            tab = text.find("\t", inside.end)
            continue
        start = source.line_start(tab)
        if following:
            start = max(start, hidden[following - 1].end)
        if not _COMMENT.search(text, start, tab):
            message = "other YAML readers refuse tabs"
            found.append(source.warning(tab, message, "use spaces"))
        tab = text.find("\t", tab + len(source.line_from(tab)))
    return found
