"""What a memo stands on: the scenario, the file, doubts about its inputs, and where they come from.

Each line is an entry of a list in Markdown; everything foreign is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from etfcompare import __version__
from etfcompare.engine.figures import FIGURES, Table, leaves_of
from etfcompare.engine.marks import Mark
from etfcompare.engine.origin import Origin, origin_of
from etfcompare.engine.places import place_of
from etfcompare.export import markdown_cell as escaped
from etfcompare.html_page import is_of_web

if TYPE_CHECKING:
    from etfcompare.catalogue.document import Document
    from etfcompare.workspace import Workspace

DIGEST: Final = 12
"""Characters of the digest that name a catalogue well enough."""

_STATES: Final = {
    Mark.UNKNOWN: "Unknown",
    Mark.STALE: "Stale",
    Mark.UNDATED: "Undated",
    Mark.ESTIMATED: "Estimated",
}
_OF_ADDRESSES: Final = "/:?#@!$&+,;=%~-._"


def assumptions(workspace: Workspace, table: Table, row: int, keys: Iterable[str]) -> Iterator[str]:
    """Tell the scenario, the file, and what there is to say against the inputs of a product.

    Args:
        workspace: The open catalogue.
        table: Its figures under the scenario.
        row: The product's place in the catalogue.
        keys: The figures whose inputs count.
    """
    words = table.scenario.words().items()
    told = "; ".join(f"{name.replace('_', ' ')} {word}" for name, word in words)
    yield f"- Scenario: {escaped(told)}."
    digest = workspace.document.sha256[:DIGEST]
    name = escaped(workspace.path.name)  # a memo is sent around: folders are nobody's business
    yield f"- Catalogue: {name}, sha256 {digest}; etfcompare {__version__}."
    doubts = _doubts(table, workspace.document, row, _leaves(keys))
    for mark, state in _STATES.items():
        if mark in doubts:
            yield f"- {state} inputs of the choice: {'; '.join(doubts[mark])}."
    if not doubts:
        yield "- Every input of the choice is known, dated, fresh and sourced."


def _doubts(
    table: Table, document: Document, row: int, leaves: Sequence[str]
) -> dict[Mark, list[str]]:
    """Return what there is to say against the inputs of a product, each place once."""
    found: dict[Mark, dict[str, str]] = {}
    for key in leaves:
        value = table.input(table.products[row], key)
        for mark in _STATES:
            if not value.mark & mark:
                continue
            if value.stated is not None:
                origin = origin_of(table, document, value.stated)
                found.setdefault(mark, {}).setdefault(origin.path, _stated(origin))
            else:
                place = place_of(table, row, key)
                path = place.dotted if place else FIGURES[key].label
                found.setdefault(mark, {}).setdefault(path, escaped(path))
    return {mark: list(said.values()) for mark, said in found.items()}


def _stated(origin: Origin) -> str:
    """Say what the catalogue states, where and since when."""
    said = escaped(f"{origin.path} {origin.written}")
    where = "" if origin.line is None else f" (line {origin.line})"
    if origin.as_of is None:
        return f"{said}{where}"
    return f"{said} of {origin.as_of}, {origin.age_days} days old{where}"


def sources(table: Table, rows: Sequence[int], keys: Iterable[str]) -> Iterator[str]:
    """Tell where the figures of products come from, and which come from nowhere.

    Args:
        table: The figures.
        rows: The products' places in the catalogue.
        keys: The figures whose inputs count.
    """
    leaves = _leaves(keys)
    used: dict[str, dict[str, None]] = {}
    dates: dict[str, set[str]] = {}
    unsourced: dict[str, None] = {}
    for row in rows:
        product = table.products[row]
        for key in leaves:
            stated = table.input(product, key).stated
            if stated is None:
                continue
            if stated.source is None:
                unsourced[escaped(stated.path)] = None
                continue
            used.setdefault(stated.source, {})[product.ticker] = None
            days = [stated.as_of.text] if stated.as_of else []
            dates.setdefault(stated.source, set()).update(days)
    for key, source in table.catalogue.sources.items():
        if key not in used:
            continue
        title = escaped(source.title or key)
        if source.url and is_of_web(source.url):
            address = quote(source.url, safe=_OF_ADDRESSES).replace("&", "&amp;")
            title = f"[{title}]({address})"
        found = sorted(dates[key])
        of = " to ".join(dict.fromkeys((found[0], found[-1]))) if found else "undated"
        names = ", ".join(map(escaped, used[key]))
        yield f"- {source.grade or 'no grade'}: {title}; figures of {of} for {names}"
    if unsourced:
        yield f"- Without a source: {', '.join(unsourced)}"


def _leaves(keys: Iterable[str]) -> list[str]:
    """Return the leaves below figures, in the order of the registry."""
    below = frozenset[str]().union(*(leaves_of(key) for key in keys))
    return [key for key in FIGURES if key in below]
