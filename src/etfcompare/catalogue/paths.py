"""Places in a catalogue: what they are called, what belongs there, and who else shares them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from etfcompare.catalogue.blocks import PROVENANCE
from etfcompare.catalogue.document import Document, Mapping, Node, Path, Scalar, Sequence
from etfcompare.catalogue.fields import Block, Field, Inner, Kind, Named, Several, quoted
from etfcompare.catalogue.proof import EditError
from etfcompare.catalogue.schema import (
    Asset,
    Assume,
    Cash,
    Figures,
    History,
    Holdings,
    Limits,
    Product,
    Source,
    View,
)
from etfcompare.visible import visible

PRODUCTS: Final = "products"
VALUE: Final = "value"
"""Key of the figure itself in `{value: 96%, as_of: …, source: …}`."""

_BLOCKS: Final[dict[str, type[Block]]] = {
    "cash": Cash,
    "assume": Assume,
    "limits": Limits,
    "history": History,
    "holdings": Holdings,
}
_COLLECTIONS: Final[dict[str, type[Block]]] = {
    "assets": Asset,
    "sources": Source,
    "views": View,
    PRODUCTS: Product,
}
_AS_OF: Final = Field(kind=Kind.AS_OF, meaning="When the figures were true.")
_SOURCE: Final = Field(kind=Kind.TEXT, meaning="Where the figures come from: a key under sources.")
_PLAIN_NUMBER: Final = Field(kind=Kind.NUMBER, meaning="US dollars for one unit.")
_PLACES_LISTED: Final = 1_000


def product_path(document: Document, ticker: str) -> Path:
    """Return where a product stands, found by its ticker in any case.

    Raises:
        EditError: There is none of that ticker.
    """
    wanted = folded(ticker)
    for number, item in enumerate(product_items(document)):
        if folded(ticker_of(item)) == wanted:
            return (PRODUCTS, number)
    raise EditError(f"there is no product {quoted(ticker)}; `etfcompare rank` lists them")


def product_items(document: Document) -> list[Node]:
    """Return the items of the list of products, whatever they are."""
    listed = document.at((PRODUCTS,))
    return listed.items if isinstance(listed, Sequence) else []


def ticker_of(item: Node | None) -> str:
    """Return the ticker of an item of the list of products, or ""."""
    if isinstance(item, Mapping) and "ticker" in item.entries:
        ticker = item.entries["ticker"].value
        return ticker.text if isinstance(ticker, Scalar) else ""
    return ""


def folded(ticker: str) -> str:
    """Return what two tickers have in common that name one product."""
    return ticker.strip().casefold()


def place_name(document: Document, path: Path) -> str:
    """Name a place as `check` does: `products[BSOL].fee.rate`."""
    name = ""
    for depth, step in enumerate(path):
        if isinstance(step, int):
            label = ticker_of(document.at(path[: depth + 1])) or str(step)
            name += f"[{visible(label)}]"
        else:
            name += "." * bool(name) + visible(step)
    return name


def spoken_name(document: Document, path: Path) -> str:
    """Name a place as a person would: `fee.rate of BSOL`."""
    ticker = ticker_of(document.at(path[:2])) if path[:1] == (PRODUCTS,) else ""
    if not ticker:
        return place_name(document, path)
    inner = place_name(document, path[2:]) if len(path) > len((PRODUCTS, 0)) else ""
    return f"{inner} of {visible(ticker)}" if inner else visible(ticker)


def shown(text: str) -> str:
    """Text of the file or of the user as part of a summary: short, without what hides."""
    return quoted(text)[1:-1] if text else "nothing"


def field_at(path: Path) -> Field | None:
    """Return the field that belongs at a place, if the catalogue knows one there."""
    top, *steps = path or ("",)
    if top == "fx":
        return _field_of_fx(steps)
    if top in _COLLECTIONS:
        kind: type[Block] = _COLLECTIONS[str(top)]
        steps = steps[1:]
    elif top in _BLOCKS:
        kind = _BLOCKS[str(top)]
    else:
        return None
    while steps:
        key, *steps = steps
        if key in PROVENANCE and key not in kind.members:
            return _provenance(key) if issubclass(kind, Figures) and not steps else None
        _, member = kind.members.get(str(key), ("", None))
        if isinstance(member, Inner):
            kind = member.kind
        elif isinstance(member, Several):
            kind, steps = member.kind, steps[1:]
        elif isinstance(member, Field):
            return _part_of(member, steps)
        else:
            is_named = isinstance(member, Named) and steps
            return _part_of(member.field, steps[1:]) if is_named else None  # type: ignore[union-attr]
    return None


def _field_of_fx(steps: list[str | int]) -> Field | None:
    if not steps:
        return None
    return _provenance(steps[0]) if steps[0] in PROVENANCE else _part_of(_PLAIN_NUMBER, steps[1:])


def _part_of(figure: Field, steps: list[str | int]) -> Field | None:
    """The figure itself, or what belongs to it in `{value: …, as_of: …, source: …}`."""
    if not steps or steps == [VALUE]:
        return figure
    return _provenance(steps[0]) if len(steps) == 1 and steps[0] in PROVENANCE else None


def _provenance(key: str | int) -> Field:
    return _AS_OF if key == "as_of" else _SOURCE


def sharers(document: Document, path: Path) -> tuple[str, ...]:
    """Name the other places that an edit at a path changes, through aliases and merge keys."""
    found: list[Path] = []
    waiting = [path]
    seen = {path}
    while waiting and len(found) < _PLACES_LISTED:
        for other in _direct_sharers(document, waiting.pop()):
            if other not in seen:
                seen.add(other)
                found.append(other)
                waiting.append(other)
    return tuple(place_name(document, one) for one in found)


def _direct_sharers(document: Document, path: Path) -> Iterator[Path]:
    rests: dict[Node, Path] = {}
    anchors: dict[str, Path] = {}
    for depth in range(1, len(path) + 1):
        node = document.at(path[:depth])
        if node is None:
            break
        rests[node] = path[depth:]
        if node.extra is not None and node.extra.anchor is not None:
            anchors[node.extra.anchor] = path[depth:]
    if not anchors or document.root is None:
        return
    for place, node, is_inherited in _walk(document.root, ()):
        if is_inherited and node in rests:
            yield place + rests[node]
        elif node.extra is not None and node.extra.alias in anchors:
            yield place + anchors[node.extra.alias]


def _walk(node: Node, path: Path) -> Iterator[tuple[Path, Node, bool]]:
    """All values below a node but those behind an alias or a merge key, which are only named."""
    if node.extra is not None and node.extra.alias is not None:
        return
    if isinstance(node, Sequence):
        for number, item in enumerate(node.items):
            yield (*path, number), item, False
            yield from _walk(item, (*path, number))
    elif isinstance(node, Mapping):
        for key, entry in node.entries.items():
            yield (*path, key), entry.value, entry.inherited
            if not entry.inherited:
                yield from _walk(entry.value, (*path, key))
