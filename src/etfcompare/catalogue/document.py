"""A YAML text as a tree that remembers where each value stands; the only module that imports yaml.

The text is read as a stream of events into our own tree (`nodes`), never loaded, composed or
constructed by the library: no value is guessed at, no object is made, and no input can take more
time or memory than the limits allow.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, cast

import yaml

from etfcompare.catalogue.collector import collector_paused
from etfcompare.catalogue.composer import Composer, EventKinds, Limits
from etfcompare.catalogue.doubts import doubts
from etfcompare.catalogue.nodes import (
    Entry,
    Extra,
    Mapping,
    Node,
    Path,
    Scalar,
    Sequence,
    descend,
)
from etfcompare.catalogue.source import DocumentError, Source, check_characters, decode

if TYPE_CHECKING:
    from etfcompare.catalogue.composer import Event
    from etfcompare.catalogue.problem import Problem

__all__ = [
    "Document",
    "DocumentError",
    "Entry",
    "Extra",
    "Limits",
    "Mapping",
    "Node",
    "Path",
    "Scalar",
    "Sequence",
    "plain_reading",
]

Events: TypeAlias = "Callable[[], Event]"

SLOW_SIZE = 1024 * 1024
"""Bytes read without the C parser, which is 25 times as fast."""

_KINDS = EventKinds(
    scalar=yaml.ScalarEvent,
    alias=yaml.AliasEvent,
    mapping_start=yaml.MappingStartEvent,
    mapping_end=yaml.MappingEndEvent,
    sequence_start=yaml.SequenceStartEvent,
    sequence_end=yaml.SequenceEndEvent,
    document_start=yaml.DocumentStartEvent,
    stream_end=yaml.StreamEndEvent,
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_BEYOND_UNICODE = re.compile(r"\\U(?!000|0010)")
_LONGEST_WORD = len("false")
"""No longer text that begins with a letter is anything else."""
_RESOLVERS = yaml.SafeLoader.yaml_implicit_resolvers


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Document:
    """One YAML text, read."""

    data: bytes
    """The file as it was read."""
    has_bom: bool
    """Whether the file began with a byte order mark, which `text` leaves out."""
    sha256: str
    """Digest of `data`."""
    source: Source
    """The decoded text with its lines."""
    root: Node | None
    """The tree; None for a text without a value."""
    warnings: tuple[Problem, ...]
    """What reads differently elsewhere, or hides."""

    @classmethod
    def parse(cls, data: bytes, *, limits: Limits = Limits()) -> Document:  # noqa: B008 - frozen
        """Read a text.

        Raises:
            DocumentError: It is not YAML, not plain data, or passes a limit.
        """
        size = limits.size if yaml.__with_libyaml__ else min(limits.size, SLOW_SIZE)
        if len(data) > size:
            problem = Source("").error(0, f"the file is larger than {size:,} bytes")
            raise DocumentError([problem])
        text, has_bom = decode(data)
        source = Source(text)
        check_characters(source)
        composer = Composer(source, limits, _KINDS, plain_reading)
        with collector_paused():
            root = _composed(composer, source)
        return cls(
            data=data,
            has_bom=has_bom,
            sha256=hashlib.sha256(data).hexdigest(),
            source=source,
            root=root,
            warnings=tuple(
                sorted(
                    [*composer.warnings, *doubts(source, root)],
                    key=lambda warning: (warning.line, warning.column),
                )
            ),
        )

    @property
    def text(self) -> str:
        """The decoded text without a byte order mark."""
        return self.source.text

    def position(self, index: int) -> tuple[int, int]:
        """Line and column of an index of `text`, both from 1; only LF, CRLF and CR end a line."""
        return self.source.position(index)

    def at(self, path: Path) -> Node | None:
        """The value at the end of a path of keys and item numbers, if it is there."""
        return descend(self.root, path)


def plain_reading(text: str) -> str | None:
    """What a YAML 1.1 reader takes a plain (unquoted) text for.

    Returns:
        `bool`, `int`, `float`, `null`, `timestamp`, `merge` or `value`; None if it stays text.
    """
    if len(text) > _LONGEST_WORD and text[0].isalpha():
        return None
    for tag, pattern in _RESOLVERS.get(text[:1], ()):
        if pattern.fullmatch(text):
            return str(tag).rpartition(":")[2]
    return None


def _composed(composer: Composer, source: Source) -> Node | None:
    # What is said of mistakes is loaded when there is one: most files have none.
    try:
        return composer.compose(_events(source))
    except DocumentError:
        raise
    except yaml.MarkedYAMLError as error:
        from etfcompare.catalogue.mistakes import Complaint, explain  # noqa: PLC0415

        complaint = Complaint(
            context=error.context or "",
            context_index=_index(error.context_mark),
            problem=error.problem or "",
            index=_index(error.problem_mark) or 0,
        )
        problem = explain(source, complaint)
    except Exception as error:  # noqa: BLE001 - whatever the library raises, the file is at fault
        problem = source.error(0, f"the text cannot be read as YAML ({type(error).__name__})")
    before = [error for error in composer.errors if error.line != problem.line]
    raise DocumentError([*before, problem])


def _events(source: Source) -> Events:
    """The parser's events; the slower parser lets through two escapes that the other refuses."""
    if yaml.__with_libyaml__:
        return cast("Events", yaml.CSafeLoader(source.text).get_event)
    from etfcompare.catalogue.mistakes import ESCAPE_WITHOUT_CHARACTER  # noqa: PLC0415

    next_event = cast("Events", yaml.SafeLoader(source.text).get_event)

    def checked() -> Event:
        try:
            event = next_event()
        except (ValueError, OverflowError):
            found = _BEYOND_UNICODE.search(source.text)
            index = found.start() if found else 0
            raise DocumentError([source.error(index, *ESCAPE_WITHOUT_CHARACTER)]) from None
        if _SURROGATE.search(getattr(event, "value", "")):
            raise DocumentError([source.error(event.start_mark.index, *ESCAPE_WITHOUT_CHARACTER)])
        return event

    return checked


def _index(mark: yaml.Mark | None) -> int | None:
    return None if mark is None else mark.index
