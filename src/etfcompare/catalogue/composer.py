"""Parser events into a tree of nodes, with limits, merge keys and one rule for what a key is.

Nothing here recurses, so depth costs nothing but the limit; and nothing here knows the YAML
library: `document` hands in its events.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from etfcompare.catalogue.nodes import Entry, Extra, Mapping, Node, Scalar, Sequence
from etfcompare.catalogue.source import (
    ODD_BREAKS,
    ODD_SPACES,
    DocumentError,
    Source,
    code_point,
    shown,
)
from etfcompare.visible import visible

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from etfcompare.catalogue.problem import Problem

    # Only types need protocols, which take longer to make than a small catalogue to read.
    class Mark(Protocol):
        """A place in the text."""

        @property
        def index(self) -> int: ...  # noqa: D102

    class Event(Protocol):
        """What the parser reports; which attributes it has depends on its kind."""

        start_mark: Mark
        end_mark: Mark
        anchor: str | None
        tag: str | None
        value: str
        style: str | None
        flow_style: bool


PROBLEMS_LISTED = 100
"""Problems after which reading stops: nobody mends more than that at once."""

MERGE = "<<"

_TAG_ROOT = "tag:yaml.org,2002:"
_TAGS = frozenset(_TAG_ROOT + name for name in ("str", "int", "float", "bool", "null"))
_PROPERTY = re.compile(r"&[0-9A-Za-z_-]+|!<[^>]*>|![^\s,\[\]{}]*")
_GAP = re.compile(rf"(?:[ \t\r\n{ODD_BREAKS}]+|#[^\r\n{ODD_BREAKS}]*)*")
_COLON = re.compile(r"[ \t\r\n]*:")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_DIRECTIVE = re.compile(r"^%(\S*)", re.MULTILINE)
_ODD_SPACE = re.compile(f"[{ODD_SPACES}]")
_BLOCK = "|>"
_UNFINISHED = -1
_KEY_HINT = "write a word before the colon, or quote the whole text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How big a document may be, so that reading a hostile one ends soon."""

    size: int = 4 * 1024 * 1024
    """Bytes of the file."""
    depth: int = 64
    """Mappings and sequences inside one another."""
    nodes: int = 500_000
    """Keys and values."""
    scalar: int = 64 * 1024
    """Characters of one value."""
    key: int = 256
    """Characters of one key."""
    aliases: int = 1_000
    """Aliases (`*name`) in the file."""
    expanded: int = 500_000
    """Values that all aliases together stand for."""


class EventKinds(NamedTuple):
    """The parser's classes of events."""

    scalar: type
    alias: type
    mapping_start: type
    mapping_end: type
    sequence_start: type
    sequence_end: type
    document_start: type
    stream_end: type


class Composer:
    """Builds the tree of one document and gathers what is wrong with it."""

    def __init__(
        self,
        source: Source,
        limits: Limits,
        kinds: EventKinds,
        plain_reading: Callable[[str], str | None],
    ) -> None:
        self.errors: list[Problem] = []
        self.warnings: list[Problem] = []
        self._source = source
        self._limits = limits
        self._kinds = kinds
        self._plain_reading = plain_reading
        self._opened: list[Mapping | Sequence] = []
        self._anchors: dict[str, Node] = {}
        self._merging: list[Mapping] = []
        self._sizes: dict[Node, int] = {}
        self._plain_keys: dict[str, str] = {}
        self._aliases = 0
        self._expanded = 0
        self._started = False

    def compose(self, next_event: Callable[[], Event]) -> Node | None:  # noqa: C901, PLR0912, PLR0915 - one loop over half a million events, where each call would be felt
        """Read all events; the root is None for a document without a value.

        Raises:
            DocumentError: A limit is passed, or something is found that leaves no sense to go on.
        """
        kinds, limits = self._kinds, self._limits
        scalar_kind, alias_kind = kinds.scalar, kinds.alias
        mapping_start, sequence_start = kinds.mapping_start, kinds.sequence_start
        mapping_end, sequence_end = kinds.mapping_end, kinds.sequence_end
        longest, most = limits.scalar, limits.nodes
        plain_keys, merging, opened = self._plain_keys, self._merging, self._opened

        roots: list[Node] = []
        outer: list[tuple[dict[str, Entry] | None, list[Node]]] = []
        entries: dict[str, Entry] | None = None
        items = roots
        key: Scalar | None = None
        node: Node
        count = end = 0
        while True:
            event = next_event()
            kind = type(event)
            if kind is scalar_kind:
                text = event.value
                if (
                    not text
                    or event.style
                    or event.anchor is not None
                    or event.tag is not None
                    or len(text) > longest
                ):
                    node = self._scalar(event, key)
                    end = node.end
                else:
                    end = event.end_mark.index
                    node = Scalar(event.start_mark.index, end, text, "", None)
                if key is None and entries is not None:
                    known = plain_keys.get(text)
                    if known is None or node.style:
                        self._check_key(node)
                    else:
                        node.text = known
                    key = node
                    continue
            elif kind is mapping_end or kind is sequence_end:
                container = opened.pop()
                if container.flow:
                    end = event.end_mark.index
                container.end = end
                if container.extra is not None or (merging and merging[-1] is container):
                    self._finish(container, count)
                entries, items = outer.pop()
                continue
            elif kind is mapping_start or kind is sequence_start:
                node = self._container(event, count)
            elif kind is alias_kind:
                node = self._alias(event)
                end = node.end
            elif kind is kinds.stream_end:
                return self._root(roots)
            else:
                if kind is kinds.document_start:
                    self._check_start(event)
                continue

            count += 1
            if count > most:
                raise self._refusal(event, f"the file holds more than {most:,} values")
            if entries is None:
                items.append(node)
            elif key is None:
                raise self._refusal(event, "a key must be text", _KEY_HINT)
            else:
                name = key.text
                if name in entries:
                    self._repeated("key", name, entries[name].key.start, key.start)
                else:
                    entries[name] = Entry(key, node, False)  # noqa: FBT003
                key = None
            if kind is not scalar_kind and kind is not alias_kind:
                outer.append((entries, items))
                if isinstance(node, Mapping):
                    entries = node.entries
                    opened.append(node)
                elif isinstance(node, Sequence):
                    entries, items = None, node.items
                    opened.append(node)

    def _scalar(self, event: Event, key: Scalar | None) -> Scalar:
        """Make a scalar of which anything is special: quoted, long, empty, anchored or tagged."""
        start, end = event.start_mark.index, event.end_mark.index
        text, style = event.value, event.style or ""
        if len(text) > self._limits.scalar:
            raise self._refusal(event, f"a text of more than {self._limits.scalar:,} characters")
        extra = self._extra(event, _TAGS)
        if not style and not text:
            start = end = end if extra else self._empty(end, key)
        elif extra is not None:
            start = self._after_properties(event)
        if style and style in _BLOCK:
            end = self._block_end(start, end)
        node = Scalar(start, end, text, style, extra)
        if extra is not None and extra.anchor is not None:
            self._define(extra.anchor, node, event)
        if style == '"' and not text.isprintable() and _CONTROL.search(text):
            self._warn(start, "the text holds control characters", "they are shown as escapes")
        return node

    def _container(self, event: Event, count: int) -> Mapping | Sequence:
        limit = self._limits.depth
        if len(self._opened) >= limit:
            raise self._refusal(event, f"more than {limit} levels inside one another")
        start, flow, extra = event.start_mark.index, bool(event.flow_style), None
        if event.anchor is not None or event.tag is not None:
            extra = self._extra(event, frozenset())
            start = self._after_properties(event)
        node: Mapping | Sequence
        if type(event) is self._kinds.mapping_start:
            node = Mapping(start, _UNFINISHED, {}, flow=flow, extra=extra)
        else:
            node = Sequence(start, _UNFINISHED, [], flow=flow, extra=extra)
        if extra is not None and extra.anchor is not None:
            self._define(extra.anchor, node, event)
            self._sizes[node] = -count - self._expanded
        return node

    def _finish(self, node: Mapping | Sequence, count: int) -> None:
        """Settle what only a whole collection has: its size, and the keys that it merges."""
        if node in self._sizes:
            self._sizes[node] += 1 + count + self._expanded
        if self._merging and self._merging[-1] is node:
            self._merge(self._merging.pop())

    def _alias(self, event: Event) -> Node:
        self._aliases += 1
        if self._aliases > self._limits.aliases:
            limit = f"alias limit: more than {self._limits.aliases:,} aliases in the file"
            raise self._refusal(event, limit, "write the values out")
        start, end, name = event.start_mark.index, event.end_mark.index, event.anchor or ""
        extra = Extra(alias=name)
        target = self._anchors.get(name)
        if target is None:
            message = f"alias {shown('*' + name)} has no anchor {shown('&' + name)} before it"
            self._error(start, message, "define it first, or quote the text if no alias is meant")
            return Scalar(start, end, "", "", extra)
        if target.end == _UNFINISHED:
            self._error(start, f"alias {shown('*' + name)} contains itself", "write the value out")
            return Scalar(start, end, "", "", extra)
        self._expanded += self._sizes.get(target, 1)
        if self._expanded > self._limits.expanded:
            limit = f"alias limit: they stand for more than {self._limits.expanded:,} values"
            raise self._refusal(event, limit, "write the values out")
        if isinstance(target, Scalar):
            return Scalar(start, end, target.text, target.style, extra)
        if isinstance(target, Mapping):
            return Mapping(start, end, target.entries, flow=target.flow, extra=extra)
        return Sequence(start, end, target.items, flow=target.flow, extra=extra)

    def _merge(self, node: Mapping) -> None:
        """Take over what the merged mappings have and this one has not; the first one wins."""
        value = node.entries.pop(MERGE).value
        listed = value.items if isinstance(value, Sequence) and not value.extra else [value]
        for source in listed:
            if not isinstance(source, Mapping) or source.extra is None or not source.extra.alias:
                message = "`<<` takes only an alias of a block of keys, or a list of such aliases"
                self._error(source.start, message, "write `<<: *name`")
                continue
            for name, entry in source.entries.items():
                if name not in node.entries:
                    node.entries[name] = Entry(entry.key, entry.value, True)  # noqa: FBT003

    def _check_key(self, key: Scalar) -> None:
        text, start = key.text, key.start
        reading = self._plain_reading(text)
        odd = _ODD_SPACE.search(text)
        if len(text) > self._limits.key:
            message = f"a key of more than {self._limits.key} characters"
            self._error(start, message, "perhaps a quote or a colon is missing")
        elif key.style:
            return
        elif text == MERGE:
            container = self._opened[-1]
            if isinstance(container, Mapping) and MERGE not in container.entries:
                self._merging.append(container)
        elif odd:
            message = f"{code_point(odd[0])} in a key only looks like a space"
            self._error(start + odd.start(), message, "replace it by a space")
        elif not text:
            self._error(start, "there is no key before the colon", "write a word before it")
        elif reading is not None:
            message = f"key {shown(text)} is not read as text by other readers"
            self._error(start, message, f'quote it: `"{text}"`')
        elif text.startswith("-"):
            message = f"a space is missing after the dash in {shown(text)}"
            self._error(start, message, f"write {shown('- ' + text[1:])}")
        else:
            self._plain_keys[text] = text

    def _check_start(self, event: Event) -> None:
        if self._started:
            message = "a second document begins here; a catalogue is one document"
            raise self._refusal(event, message, "remove the `---` line")
        self._started = True
        head = self._source.text[event.start_mark.index : event.end_mark.index]
        for line in _DIRECTIVE.finditer(head):
            if line[1] != "YAML":
                from etfcompare.catalogue.mistakes import directive_refused  # noqa: PLC0415

                index = event.start_mark.index + line.start(1) - 1
                raise DocumentError([self._source.error(index, *directive_refused(line[1]))])

    def _root(self, roots: list[Node]) -> Node | None:
        if self.errors:
            raise DocumentError(self.errors)
        root = roots[0] if roots else None
        is_empty = isinstance(root, Scalar) and root.start == root.end and root.extra is None
        return None if is_empty else root

    def _extra(self, event: Event, allowed: frozenset[str]) -> Extra | None:
        tag = event.tag
        if event.anchor is None and tag is None:
            return None
        if tag is not None and tag not in allowed:
            from etfcompare.catalogue.mistakes import TAGS_REFUSED  # noqa: PLC0415

            self._error(event.start_mark.index, *TAGS_REFUSED)
        return Extra(anchor=event.anchor, tag=tag and tag.replace(_TAG_ROOT, "!!"))

    def _after_properties(self, event: Event) -> int:
        index = event.start_mark.index
        for given in (event.anchor, event.tag):
            if given is not None:
                for pattern in (_PROPERTY, _GAP):
                    found = pattern.match(self._source.text, index)
                    index = found.end() if found else index
        return index

    def _empty(self, end: int, key: Scalar | None) -> int:
        """Where a value that is not there belongs: after the colon or, without one, the key."""
        if key is None or self._source.text[end - 1] in ":-":
            return end
        colon = _COLON.match(self._source.text, key.end)
        return colon.end() if colon else key.end

    def _block_end(self, start: int, end: int) -> int:
        text = self._source.text
        if "+" in self._source.line_from(start).partition("#")[0]:
            return end
        last = len(text[start:end].rstrip(" \t\r\n")) + start
        return last + len(self._source.line_from(last))

    def _define(self, name: str, node: Node, event: Event) -> None:
        first = self._anchors.setdefault(name, node)
        if first is not node:
            self._repeated("anchor", name, first.start, event.start_mark.index)

    def _repeated(self, what: str, name: str, first: int, again: int) -> None:
        line_of = self._source.position
        named = f"{what} {shown(name)}"
        hint = "keep one of the two"
        self._error(first, f"{named} is given again on line {line_of(again)[0]}", hint)
        self._error(again, f"{named} is already given on line {line_of(first)[0]}", hint)

    def _where(self) -> str:
        """The path to the innermost open container, as `products[BSOL].fee`."""
        path = ""
        for container in self._opened[:-1]:
            if isinstance(container, Sequence):
                path += f"[{_label(container)}]"
            else:
                path += "." * bool(path) + visible(next(reversed(container.entries)))
        return path

    def _error(self, index: int, message: str, hint: str) -> None:
        self.errors.append(self._source.error(index, message, hint, path=self._where()))
        if len(self.errors) >= PROBLEMS_LISTED:
            raise DocumentError(self.errors)

    def _warn(self, index: int, message: str, hint: str) -> None:
        if len(self.warnings) < PROBLEMS_LISTED:
            self.warnings.append(self._source.warning(index, message, hint, path=self._where()))

    def _refusal(self, event: Event, message: str, hint: str = "") -> DocumentError:
        return DocumentError(
            [*self.errors, self._source.error(event.start_mark.index, message, hint)]
        )


def _label(container: Sequence) -> str:
    """How a list's last item is called in a path: by its ticker, else by its number."""
    item = container.items[-1] if container.items else None
    if isinstance(item, Mapping) and "ticker" in item.entries:
        ticker = item.entries["ticker"].value
        if isinstance(ticker, Scalar) and ticker.text:
            return visible(ticker.text)
    return str(max(len(container.items) - 1, 0))
