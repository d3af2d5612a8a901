"""Reading one block of the catalogue by its class in the schema; problems are kept, not raised.

What a block says of itself is read here; what blocks mean together is the reader's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, TypeVar, cast

from etfcompare.catalogue.document import (
    Document,
    Entry,
    Mapping,
    Node,
    Scalar,
    Sequence,
    plain_reading,
)
from etfcompare.catalogue.fields import (
    WORDS,
    Field,
    Inner,
    Listed,
    Member,
    Named,
    Several,
    nearest,
    quoted,
)
from etfcompare.catalogue.fields import Block as DeclaredBlock
from etfcompare.catalogue.problem import Problem, Severity
from etfcompare.catalogue.schema import Figures, Stated
from etfcompare.units import AsOf, Money, UnitError, as_of_of
from etfcompare.visible import visible

Block = TypeVar("Block")

if TYPE_CHECKING:
    from typing import Protocol

    class Placed(Protocol):
        """What stands somewhere in the document: a node, a figure."""

        @property
        def start(self) -> int:
            """Where it begins."""


PROVENANCE = ("as_of", "source")
"""Keys that any block of figures may carry, and any figure written as a block."""
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
_TAKEN_FOR = {
    "bool": "true or false",
    "int": "a number",
    "float": "a number",
    "timestamp": "a date",
}


class Provenance(NamedTuple):
    """The date and source that hold for the figures of a block."""

    as_of: AsOf | None
    source: str | None


UNDATED = Provenance(None, None)
_stated: Callable[[tuple[object, ...]], Stated[object]] = partial(tuple.__new__, Stated)
"""Makes a figure in a third of the time."""


class _Slot(NamedTuple):
    """What becomes of the value of a key."""

    attribute: str
    read: Callable[[Node, str, Provenance | None], object]
    is_figure: bool
    known: dict[str, object]
    """Values of plain texts that were read before and are beyond doubt: a catalogue says the same
    few things a thousand times."""


class _Table(NamedTuple):
    """How to read a class of blocks."""

    slots: dict[str, _Slot]
    keys: tuple[str, ...]
    """All that the file may say, whoever reads it."""
    holds_figures: bool


@dataclass(slots=True)
class BlockReader:
    """Reads blocks of one document and keeps what was wrong with them."""

    document: Document
    tomorrow: date
    """The last date that a figure may have."""
    check: Callable[[Figures, Mapping, str], None]
    """Looks for faults of a whole block of figures, given where it stands."""
    sources: set[str] = field(default_factory=set)
    """Names of the sources that exist."""
    dollars: dict[str, float] = field(default_factory=lambda: {"USD": 1.0})
    """US dollars for one unit of each known currency."""
    problems: list[Problem] = field(default_factory=list)
    errors: int = 0
    """How many errors were found that spoil what is being read."""
    _tables: dict[object, _Table] = field(default_factory=dict)
    _provenances: dict[tuple[str | None, str | None, Provenance], Provenance] = field(
        default_factory=dict
    )

    def error(self, at: Placed, path: str, message: str, hint: str = "") -> None:
        """Note that something cannot be used."""
        self.errors += 1
        self._note(Severity.ERROR, at, path, message, hint)

    def warn(self, at: Placed, path: str, message: str, hint: str = "") -> None:
        """Note something that the user should look at."""
        self._note(Severity.WARNING, at, path, message, hint)

    def _note(self, severity: Severity, at: Placed, path: str, message: str, hint: str) -> None:
        line, column = self.document.position(at.start)
        self.problems.append(
            Problem(
                path=path, line=line, column=column, severity=severity, message=message, hint=hint
            )
        )

    def mapping(self, node: Node | None, path: str) -> Mapping | None:
        """Return the node as a mapping; None, with an error, if it is something else."""
        if isinstance(node, Mapping):
            return node
        if node is not None and not is_empty(node):
            found = f"{quoted(node.text)} is" if isinstance(node, Scalar) else "is a list"
            self.error(node, path, f"{found} where a block of `key: value` lines belongs")
        return None

    def items(self, node: Node | None, path: str) -> list[Node]:
        """Return the items of a list; none, with an error, if it is something else."""
        if isinstance(node, Sequence):
            return node.items
        if node is not None and not is_empty(node):
            self.error(node, path, "is not a list", "begin each item with `- `")
        return []

    def named(self, node: Node | None, path: str) -> Iterable[tuple[str, Entry]]:
        """Return the entries of a mapping whose keys are names the user chose."""
        block = self.mapping(node, path)
        return block.entries.items() if block else ()

    def check_keys(self, block: Mapping, path: str, known: tuple[str, ...]) -> None:
        """Warn of every key that is not known, naming the nearest that is."""
        for key, entry in block.entries.items():
            if key not in known:
                close = nearest(key, known)
                hint = f"did you mean {close}?" if close else f"known are {', '.join(known)}"
                place = f"{path}.{visible(key)}" if path else visible(key)
                self.warn(entry.key, place, "is not a known key", hint)

    def block(
        self,
        kind: Callable[..., Block],
        node: Mapping,
        path: str,
        inherited: Provenance | None = None,
        **given: object,
    ) -> Block | None:
        """Read a block; None if it is one of figures and cannot be used.

        Args:
            kind: Its class in the schema.
            node: Where it stands.
            path: Its place, for problems.
            inherited: Date and source of the figures around it, if it stands in a block of figures.
            given: Attributes that are not read here.
        """
        slots, keys, holds_figures = self._tables.get(kind) or self._table_of(kind)
        before = self.errors
        dated = self.provenance(node, path, inherited or UNDATED) if holds_figures else None
        as_of, source = dated or UNDATED
        values = given
        is_strange = False
        for key, entry in node.entries.items():
            slot = slots.get(key)
            if slot is None:
                is_strange = is_strange or key not in keys
                continue
            attribute, _, is_figure, known = slot
            value = entry.value
            if not isinstance(value, Scalar):
                values[attribute] = slot.read(value, f"{path}.{key}", dated)
            elif (found := known.get(value.text)) is None:
                values[attribute] = self._read_text(slot, value, f"{path}.{key}", dated)
            elif is_figure:
                values[attribute] = _stated(
                    (found, value.text, as_of, source, value.start, f"{path}.{key}")
                )
            else:
                values[attribute] = found
        if is_strange:
            self.check_keys(node, path, keys)
        block = kind(**values)
        if isinstance(block, Figures):
            if self.errors > before:
                return None
            if inherited is None and block.is_cited and (as_of is None or source is None):
                self._check_provenance(values, node, path)
            self.check(block, node, path)
            return block if self.errors == before else None
        return block

    def _table_of(self, kind: Callable[..., object]) -> _Table:
        block = cast("type[DeclaredBlock]", kind)
        members = block.members
        slots = {
            key: _Slot(attribute, self._reading_of(member), _is_figure(member), {})
            for key, (attribute, member) in members.items()
            if not (isinstance(member, Field) and member.is_required)  # its owner was asked for it
        }
        holds_figures = issubclass(block, Figures)
        keys = (*members, *PROVENANCE) if holds_figures else tuple(members)
        table = self._tables[kind] = _Table(slots, keys, holds_figures)
        return table

    def _reading_of(self, member: Member) -> Callable[[Node, str, Provenance | None], object]:
        match member:
            case Inner():
                return partial(self._inner, member)
            case Named():
                return partial(self._figures_by_name, member.field)
            case Listed():
                return self._texts
            case Several():
                return partial(self._several, member)
            case _:
                return partial(self.figure if _is_figure(member) else self._word, member)

    def _read_text(self, slot: _Slot, node: Scalar, path: str, dated: Provenance | None) -> object:
        before = len(self.problems)
        value = slot.read(node, path, dated)
        if not node.style and len(self.problems) == before:
            slot.known[node.text] = value.value if isinstance(value, Stated) else value
        return value

    def _check_provenance(self, values: dict[str, object], node: Mapping, path: str) -> None:
        figures = [value for value in values.values() if isinstance(value, Stated)]
        if any(figure.as_of is None for figure in figures):
            self.warn(node, path, "has no date", "add as_of: and the day it was true")
        if any(figure.source is None for figure in figures):
            self.warn(node, path, "has no source", "add source: and a name under sources")

    def provenance(self, block: Mapping, path: str, inherited: Provenance = UNDATED) -> Provenance:
        """Read `as_of` and `source` of a block, or of a figure written as a block."""
        as_of, source = block.entries.get("as_of"), block.entries.get("source")
        if as_of is None and source is None:
            return inherited
        said = (_said(as_of), _said(source), inherited)
        dated = self._provenances.get(said)
        if dated is None:
            before = len(self.problems)
            dated = Provenance(
                (as_of and self._as_of(as_of.value, f"{path}.as_of")) or inherited.as_of,
                (source and self._source(source.value, f"{path}.source")) or inherited.source,
            )
            if len(self.problems) == before:
                self._provenances[said] = dated
        return dated

    def _as_of(self, node: Node, path: str) -> AsOf | None:
        if not isinstance(node, Scalar):
            self.error(node, path, "is a block where a date belongs", "write as_of: 2026-08-10")
            return None
        if is_empty(node):
            return None
        try:
            as_of = as_of_of(node.text)
        except UnitError as error:
            self.error(node, path, error.message, error.hint)
            return None
        if as_of.day > self.tomorrow:
            self.error(
                node, path, f"{quoted(node.text)} lies in the future", "write the day it was true"
            )
            return None
        return as_of

    def _source(self, node: Node, path: str) -> str | None:
        name = self.text(node, path)
        if name and name not in self.sources:
            close = nearest(name, tuple(self.sources))
            hint = f"did you mean {visible(close)}?" if close else "add it under sources"
            self.error(node, path, f"source {quoted(name)} is not under sources", hint)
        return name

    def text(self, node: Node, path: str) -> str | None:
        """Return a text, None if it is empty; warn where another YAML reader would differ."""
        if not isinstance(node, Scalar):
            self.error(node, path, "is a block where one line of text belongs")
            return None
        text = node.text
        if is_empty(node) or not text:
            return None
        if not text.isprintable() and visible(text) != text:
            self.warn(node, path, f"{quoted(text)} holds characters that hide", "remove them")
        taken_for = None if node.style else plain_reading(text)
        if taken_for is not None:
            what = _TAKEN_FOR.get(taken_for, "a sign of their own")
            self.warn(
                node, path, f"other YAML readers take {text} for {what}", f'quote it: "{text}"'
            )
        return text

    def _word(self, declared: Field, node: Node, path: str, _dated: Provenance | None) -> object:
        text = self.text(node, path)
        return None if text is None else self._value(declared, text, node, path)

    def figure(
        self, declared: Field, node: Node, path: str, dated: Provenance | None
    ) -> Stated[object] | None:
        """Read a field that holds a figure: `0.20%`, or `{value: 0.20%, as_of: …, source: …}`."""
        if isinstance(node, Mapping):
            self.check_keys(node, path, ("value", *PROVENANCE))
            entry = node.entries.get("value")
            if entry is None:
                self.error(node, path, "has no value", "write {value: …, as_of: …, source: …}")
                return None
            dated = self.provenance(node, path, dated or UNDATED)
            node = entry.value
        if not isinstance(node, Scalar):
            self.error(node, path, "is a block where a figure belongs")
            return None
        if is_empty(node) or not node.text:
            return None
        value = self._value(declared, node.text, node, path)
        if value is None:
            return None
        as_of, source = dated or UNDATED
        return _stated((value, node.text, as_of, source, node.start, path))

    def _value(self, declared: Field, text: str, node: Node, path: str) -> object:
        """Turn a text into a value; None if it cannot be used."""
        try:
            value = declared.value_of(text)
        except UnitError as error:
            self.error(node, path, error.message, error.hint)
            return None
        if isinstance(value, Money):
            value = self._in_dollars(declared, value, node, path)
        complaint = declared.complaint(value, text)
        if complaint is not None:
            if complaint.severity is Severity.ERROR:
                self.error(node, path, complaint.message, complaint.hint)
                return None
            self.warn(node, path, complaint.message, complaint.hint)
        return value.day if isinstance(value, AsOf) else value

    def _in_dollars(self, declared: Field, money: Money, node: Node, path: str) -> float | None:
        rate = self.dollars.get(money.currency)
        if rate is not None:
            return money.amount * rate
        message = f"is in {money.currency}, which has no rate under fx"
        hint = f"add {money.currency} under fx"
        if declared.is_condition:
            self.error(node, path, message, hint)
        else:
            self.warn(node, path, f"{message}, so it counts as unknown", hint)
        return None

    def _inner(
        self, member: Inner, node: Node, path: str, dated: Provenance | None
    ) -> object | None:
        before = self.errors
        block = self.mapping(node, path)
        value = self.block(member.kind, block, path, dated) if block is not None else None
        if not member.is_condition:
            self.errors = before
        return value

    def _figures_by_name(
        self, declared: Field, node: Node, path: str, dated: Provenance | None
    ) -> MappingProxyType[str, Stated[object]]:
        figures: dict[str, Stated[object]] = {}
        for name, entry in self.named(node, path):
            figure = self.figure(declared, entry.value, f"{path}.{visible(name)}", dated)
            if figure is not None:
                figures[name] = figure
        return MappingProxyType(figures)

    def _several(
        self, member: Several, node: Node, path: str, dated: Provenance | None
    ) -> tuple[object, ...]:
        found = (
            self._one_of(member.kind, item, f"{path}[{number}]", path, dated)
            for number, item in enumerate(self.items(node, path))
        )
        return tuple(one for one in found if one is not None)

    def _one_of(
        self,
        kind: type[DeclaredBlock],
        item: Node,
        path: str,
        listed: str,
        dated: Provenance | None,
    ) -> DeclaredBlock | None:
        """Read one block of a list, named by what it cannot be without; an error costs no other."""
        before = self.errors
        block = self.mapping(item, path)
        if block is None and is_empty(item):
            self.error(item, path, "is empty", "remove the dash")
        given: dict[str, object] = {}
        read = None
        if block is not None:
            for key, (attribute, member) in kind.members.items():
                if isinstance(member, Field) and member.is_required:
                    text = given[attribute] = self._required(block, key, path)
                    path = f"{listed}[{visible(text)}]" if text else path
            if self.errors == before:
                read = self.block(kind, block, path, dated or UNDATED, **given)
        self.errors = before
        return read

    def _required(self, block: Mapping, key: str, path: str) -> str:
        """Return the text that a block cannot be without; "", with an error, if it is not there."""
        entry = block.entries.get(key)
        text = self.text(entry.value, f"{path}.{key}") if entry is not None else None
        if text is None or not text.strip():
            at = entry.value if entry is not None else block
            if entry is None or isinstance(at, Scalar):
                self.error(at, f"{path}.{key}", f"the {key} is missing", "name it")
            return ""
        return text.strip()

    def _texts(self, node: Node, path: str, _dated: Provenance | None) -> tuple[str, ...]:
        texts = (self.text(item, path) for item in self.items(node, path))
        return tuple(text for text in texts if text)


def is_empty(node: Node) -> bool:
    """Tell whether nothing stands there, or a plain word for nothing."""
    return isinstance(node, Scalar) and not node.style and node.text in _NOTHING


def _is_figure(member: Member) -> bool:
    return isinstance(member, Field) and member.kind not in WORDS


def _said(entry: Entry | None) -> str | None:
    """What tells a scalar from others: its text and quotes; None for a block, which is a fault."""
    if entry is None:
        return ""
    node = entry.value
    return node.style + node.text if isinstance(node, Scalar) else None
