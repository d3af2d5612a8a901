"""Where in the catalogue a figure would be edited, and which inputs a computed one offers."""

from __future__ import annotations

from typing import NamedTuple

from etfcompare.engine.figure import Group
from etfcompare.engine.figures import FIGURES, LEAVES, Table
from etfcompare.engine.leaf import is_measured
from etfcompare.engine.words import WORD_PLACES


class Place(NamedTuple):
    """A place in the catalogue that a person can edit."""

    ticker: str | None
    """The product it is below; None for a place counted from the top of the file."""
    keys: tuple[str, ...]
    """As ("fee", "rate")."""

    @property
    def dotted(self) -> str:
        """The keys as people write them."""
        return ".".join(self.keys)


def place_of(table: Table, row: int, key: str) -> Place | None:
    """Return where a figure of a product is or would be stated; None for what is computed.

    What was measured on history is not edited: what the catalogue says instead is not in use. An
    assumed figure is edited where the product would say it, not where it is assumed for all.

    Args:
        table: The figures.
        row: The product's place in the catalogue.
        key: The figure.
    """
    product = table.products[row]
    if key in WORD_PLACES:
        return Place(product.ticker, tuple(WORD_PLACES[key].split(".")))
    leaf = LEAVES.get(key)
    if leaf is None or not leaf.at:
        return None
    stated = table.input(product, key).stated
    if stated is not None and is_measured(stated):
        return None
    if stated is not None and not stated.path.startswith(("assume.", "products[")):
        return Place(None, tuple(stated.path.split(".")))
    if leaf.at.startswith("assets."):
        return Place(None, tuple(leaf.at.replace("*", product.asset).split(".")))
    return Place(None if leaf.read is None else product.ticker, tuple(leaf.at.split(".")))


def editable_inputs(table: Table, row: int, key: str) -> tuple[str, ...]:
    """Return the inputs of a figure that the catalogue could state, nearest in the graph first.

    Of inputs that are one field of the file, only one is returned: the one people know by name.
    """
    found: dict[Place, str] = {}
    level = [key]
    seen: set[str] = set()
    while level:
        below: list[str] = []
        for one in level:
            if one in seen:
                continue
            seen.add(one)
            place = place_of(table, row, one)
            if place is not None:
                known = _KNOWN_BY_NAME.get(LEAVES[one].at, one) if one in LEAVES else one
                is_same = place_of(table, row, known) == place
                found.setdefault(place, known if is_same else one)
            below.extend(FIGURES[one].inputs)
        level = below
    return tuple(found.values())


_KNOWN_BY_NAME = {
    leaf.at: key
    for key, leaf in reversed(tuple(LEAVES.items()))
    if leaf.at and leaf.figure.group is not Group.INPUTS
}
"""The figure of each field that stands in tables and pages, not only in formulas."""
