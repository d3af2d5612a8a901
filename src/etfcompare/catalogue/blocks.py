"""Reading one block of the catalogue by its class in the schema; problems are kept, not raised.

What a block says of itself is read here; what blocks mean together is the reader's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cache
from typing import NamedTuple, TypeVar, cast

from etfcompare.catalogue.document import (
    Document,
    Entry,
    Mapping,
    Node,
    Scalar,
    Sequence,
    plain_reading,
)
from etfcompare.catalogue.fields import Field, Kind, nearest
from etfcompare.catalogue.problem import Problem, Severity
from etfcompare.catalogue.schema import Stated
from etfcompare.units import AsOf, Money, UnitError, as_of_of
from etfcompare.visible import visible

Block = TypeVar("Block")

PROVENANCE = ("as_of", "source")
"""Keys that any block of figures may carry, and any figure written as a block."""
_WORDS = frozenset({Kind.TEXT, Kind.CHOICE, Kind.COUNTRY, Kind.ISIN, Kind.URL})


class Provenance(NamedTuple):
    """The date and source that hold for the figures of a block."""

    as_of: AsOf | None
    source: str | None


UNDATED = Provenance(None, None)


class Slot(NamedTuple):
    """Where the value of a key goes."""

    attribute: str
    field: Field


@cache
def slots_of(block: object) -> dict[str, Slot]:
    """Return the declared fields of a block class by their key in the file."""
    declared: list[tuple[str, Field]] = [
        (one.name, one.metadata["field"])
        for one in fields(cast("type[Provenance]", block))  # type: ignore[arg-type]
        if "field" in one.metadata
    ]
    return {one.key or name: Slot(name, one) for name, one in declared}


@dataclass(slots=True)
class BlockReader:
    """Reads blocks of one document and keeps what was wrong with them."""

    document: Document
    tomorrow: date
    """The last date that a figure may have."""
    sources: set[str] = field(default_factory=set)
    """Names of the sources that exist."""
    dollars: dict[str, float] = field(default_factory=lambda: {"USD": 1.0})
    """US dollars for one unit of each known currency."""
    problems: list[Problem] = field(default_factory=list)
    errors: int = 0
    """How many of the problems are errors."""

    def error(self, node: Node, path: str, message: str, hint: str = "") -> None:
        """Note that something cannot be used."""
        self.errors += 1
        self._note(Severity.ERROR, node, path, message, hint)

    def warn(self, node: Node, path: str, message: str, hint: str = "") -> None:
        """Note something that the user should look at."""
        self._note(Severity.WARNING, node, path, message, hint)

    def _note(self, severity: Severity, node: Node, path: str, message: str, hint: str) -> None:
        line, column = self.document.position(node.start)
        self.problems.append(
            Problem(
                path=path, line=line, column=column, severity=severity, message=message, hint=hint
            )
        )

    def mapping(self, node: Node | None, path: str) -> Mapping | None:
        """Return the node as a mapping; None, with an error, if it is something else."""
        if node is None or (isinstance(node, Scalar) and not node.text and not node.style):
            return None
        if not isinstance(node, Mapping):
            self.error(node, path, "is not a block of `key: value` lines")
            return None
        return node

    def items(self, node: Node | None, path: str) -> list[Node]:
        """Return the items of a list; none, with an error, if it is something else."""
        if node is None or (isinstance(node, Scalar) and not node.text and not node.style):
            return []
        if not isinstance(node, Sequence):
            self.error(node, path, "is not a list", "begin each item with `- `")
            return []
        return node.items

    def named(self, node: Node | None, path: str) -> Iterable[tuple[str, Entry]]:
        """Return the entries of a mapping whose keys are names the user chose."""
        block = self.mapping(node, path)
        return block.entries.items() if block else ()

    def check_keys(self, block: Mapping, path: str, allowed: Iterable[str]) -> None:
        """Warn of every key that is not allowed, naming the nearest that is."""
        known = tuple(allowed)
        for key, entry in block.entries.items():
            if key not in known:
                close = nearest(key, known)
                hint = f"did you mean {close}?" if close else f"known are {', '.join(known)}"
                prefix = f"{path}." if path else ""
                self.warn(entry.key, f"{prefix}{visible(key)}", "is not a known key", hint)

    def block(
        self,
        kind: Callable[..., Block],
        node: Mapping,
        path: str,
        provenance: Provenance | None = None,
        **nested: object,
    ) -> Block | None:
        """Read a block; None if one of its figures cannot be used.

        Args:
            kind: Its class in the schema.
            node: Where it stands.
            path: Its place, for problems.
            provenance: Date and source of its figures; None if it has none of its own.
            nested: Attributes read elsewhere, by name.
        """
        before = self.errors
        slots = slots_of(kind)
        values = dict(nested)
        unknown = False
        for key, entry in node.entries.items():
            slot = slots.get(key)
            if slot is None:
                unknown = unknown or key not in nested
                continue
            attribute, declared = slot
            place = f"{path}.{key}"
            if declared.kind in _WORDS:
                values[attribute] = self.word(declared, entry.value, place)
            else:
                values[attribute] = self.figure(declared, entry.value, place, provenance or UNDATED)
        if unknown:
            own = PROVENANCE if provenance is not None else ()
            self.check_keys(node, path, (*slots, *nested, *own))
        return kind(**values) if self.errors == before else None

    def dated_block(
        self,
        kind: Callable[..., Block],
        node: Node | None,
        path: str,
        inherited: Provenance = UNDATED,
        **nested: object,
    ) -> Block | None:
        """Read a block of figures with a date and a source of its own; None if there is none."""
        block = self.mapping(node, path)
        if block is None:
            return None
        return self.block(kind, block, path, self.provenance(block, path, inherited), **nested)

    def provenance(self, block: Mapping, path: str, inherited: Provenance = UNDATED) -> Provenance:
        """Read `as_of` and `source` of a block, or of a figure written as a block."""
        entries = block.entries
        as_of, source = inherited
        if (entry := entries.get("as_of")) is not None:
            as_of = self._as_of(entry.value, f"{path}.as_of")
        if (entry := entries.get("source")) is not None:
            source = self._source(entry.value, f"{path}.source")
        return inherited if (as_of, source) == inherited else Provenance(as_of, source)

    def _as_of(self, node: Node, path: str) -> AsOf | None:
        if not isinstance(node, Scalar):
            self.error(node, path, "is a block where a date belongs", "write as_of: 2026-08-10")
            return None
        text = node.text
        if not text:
            return None
        try:
            as_of = as_of_of(text)
        except UnitError as error:
            self.error(node, path, error.message, error.hint)
            return None
        if as_of.day > self.tomorrow:
            self.error(node, path, f'"{text}" lies in the future', "write the day it was true")
            return None
        return as_of

    def _source(self, node: Node, path: str) -> str | None:
        name = self.text(node, path)
        if name and name not in self.sources:
            close = nearest(name, tuple(self.sources))
            hint = f"did you mean {close}?" if close else "add it under sources"
            self.error(node, path, f'source "{visible(name)}" is not under sources', hint)
        return name or None

    def text(self, node: Node, path: str) -> str | None:
        """Return the text of a scalar, with a warning where another YAML reader would differ."""
        if not isinstance(node, Scalar):
            self.error(node, path, "is a block where one line of text belongs")
            return None
        text = node.text
        if not text.isprintable() and visible(text) != text:
            self.warn(node, path, "holds control or invisible characters", visible(text))
        if not node.style and (other := plain_reading(text)) is not None:
            if other == "null":
                return None
            self.warn(
                node, path, f"other YAML readers take {text} for a {other}", f'quote it: "{text}"'
            )
        return text

    def word(self, declared: Field, node: Node, path: str) -> str | None:
        """Read a field that holds words."""
        text = self.text(node, path)
        if not text:
            return None
        value, complaint = declared.read(text)
        if complaint is not None:
            note = self.error if complaint.severity is Severity.ERROR else self.warn
            note(node, path, complaint.message, complaint.hint)
        return cast("str | None", value)

    def figure(
        self, declared: Field, node: Node, path: str, provenance: Provenance
    ) -> Stated[object] | None:
        """Read a field that holds a figure: `0.20%`, or `{value: 0.20%, as_of: …, source: …}`."""
        if isinstance(node, Mapping):
            self.check_keys(node, path, ("value", *PROVENANCE))
            entry = node.entries.get("value")
            if entry is None:
                self.error(node, path, "has no value", "write {value: …, as_of: …, source: …}")
                return None
            provenance = self.provenance(node, path, provenance)
            node = entry.value
        if not isinstance(node, Scalar):
            self.error(node, path, "is a block where a figure belongs")
            return None
        text = node.text
        if text in ("", "~", "null"):
            return None
        value, complaint = declared.read(text)
        if complaint is not None:
            note = self.error if complaint.severity is Severity.ERROR else self.warn
            note(node, path, complaint.message, complaint.hint)
        if value is None:
            return None
        if isinstance(value, Money):
            rate = self.dollars.get(value.currency)
            if rate is None:
                self.warn(
                    node,
                    path,
                    f"is in {visible(value.currency)}, which has no rate under fx",
                    f"add {visible(value.currency)} under fx; until then it is unknown",
                )
                return None
            value = value.amount * rate
        elif isinstance(value, AsOf):
            value = value.day
        return Stated(value, text, *provenance, node.start, path)
