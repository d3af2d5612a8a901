"""Places of a catalogue as people type them: `fee.rate`, `assets.SOL.staking.rate`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from etfcompare.catalogue.blocks import PROVENANCE
from etfcompare.catalogue.document import Document, Mapping
from etfcompare.catalogue.fields import Block, Field, Inner, nearest, quoted
from etfcompare.catalogue.paths import PRODUCTS, field_at
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
)
from etfcompare.errors import UsageError
from etfcompare.visible import visible

_TOP: Final[dict[str, type[Block]]] = {
    "cash": Cash,
    "assume": Assume,
    "limits": Limits,
    "history": History,
    "holdings": Holdings,
}
_BY_NAME: Final[dict[str, type[Block]]] = {"assets": Asset, "sources": Source}
"""Blocks that bear names of the user's, as `assets.SOL`."""


def product_keys(typed: str) -> tuple[str, ...]:
    """Return the keys of a place in a product.

    Args:
        typed: As `fee.rate`.

    Raises:
        UsageError: A product has no such place; the message names the nearest.
    """
    keys = tuple(typed.split("."))
    if field_at((PRODUCTS, 0, *keys)) is None:
        what = f"a product has no {quoted(typed)}"
        raise _unknown(what, typed, tuple(_addresses(Product)))
    return keys


def top_keys(document: Document, typed: str) -> tuple[str, ...]:
    """Return the keys of a place counted from the top of the file.

    Args:
        document: The file, which decides how names of assets and sources are spelled.
        typed: As `cash.yield` or `assets.sol.staking.rate`.

    Raises:
        UsageError: The catalogue has no such place; the message names the nearest.
    """
    block, *rest = typed.split(".")
    name = rest[0] if rest else ""
    if block in _BY_NAME and name:
        rest[0] = name = _spelled(document, block, name)
    keys = (block, *rest)
    if block in {PRODUCTS, "views"} or field_at(keys) is None:
        places = [f"{top}.{one}" for top, kind in _TOP.items() for one in _addresses(kind)]
        for top, kind in _BY_NAME.items():
            places += [f"{top}.{name or 'NAME'}.{one}" for one in _addresses(kind)]
        raise _unknown(f"the catalogue has no {quoted(typed)} at its top", typed, tuple(places))
    return keys


def _addresses(kind: type[Block]) -> Iterator[str]:
    """List all places that hold a value in blocks of a class."""
    for key, (_, member) in kind.members.items():
        if isinstance(member, Inner):
            yield from (f"{key}.{inner}" for inner in _addresses(member.kind))
        elif isinstance(member, Field):
            yield key
    if issubclass(kind, Figures):
        yield from PROVENANCE


def _spelled(document: Document, block: str, name: str) -> str:
    """Spell a name as the file does, if it has it."""
    node = document.at((block,))
    names = node.entries if isinstance(node, Mapping) else {}
    return next((one for one in names if one.casefold() == name.casefold()), name)


def _unknown(what: str, typed: str, places: tuple[str, ...]) -> UsageError:
    close = nearest(typed, places)
    hint = f"did you mean {visible(close)}?" if close else "`etfcompare schema` lists the keys"
    return UsageError(f"{what}; {hint}")
