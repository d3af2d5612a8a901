"""Doubts that only figures can raise: stale, over, closed, or far from what the issuer prints.

Views are doubted here too: what they name are figures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Final

from etfcompare.catalogue.blocks import is_empty
from etfcompare.catalogue.document import Document, Mapping, Scalar, Sequence
from etfcompare.catalogue.fields import quoted
from etfcompare.catalogue.paths import folded
from etfcompare.catalogue.problem import Problem, Severity
from etfcompare.catalogue.schema import Product, Stated
from etfcompare.engine.comparison import parse_columns, parse_sort
from etfcompare.engine.figures import LEAVES, Table
from etfcompare.engine.marks import Mark
from etfcompare.engine.query import Query
from etfcompare.errors import UsageError
from etfcompare.units import format_bps
from etfcompare.visible import visible

LARGEST_GAP = 0.0025
"""Past 25 bp, our net yield and the issuer's do not reconcile (methodology section 1.9)."""


def audit(table: Table, document: Document) -> tuple[Problem, ...]:
    """Return what is doubtful about a catalogue at the date of the scenario, in file order."""
    found = [
        problem
        for row, product in enumerate(table.products)
        for problem in _audit_product(table, document, row, product)
    ]
    found += _views(document)
    return tuple(sorted(found, key=lambda one: (one.line, one.column)))


def _audit_product(
    table: Table, document: Document, row: int, product: Product
) -> Iterator[Problem]:
    path = f"products[{visible(product.ticker)}]"
    if product.status == "closed":
        yield _warning(document, product.start, path, "is closed", "it is hidden unless asked for")
        return
    yield from _stale(table, document, product)
    waiver = product.fee.waiver if product.fee else None
    until = waiver.until if waiver else None
    if until is not None and until.value <= table.scenario.as_of:
        said = f"the waiver ended on {until.text}; the full fee applies"
        yield _warning(document, until.start, until.path, said, "remove it when you like")
    gap = table.value(row, "published_gap")
    published = product.staking.published if product.staking else None
    if isinstance(gap, float) and abs(gap) > LARGEST_GAP and published and published.rate:
        rate = published.rate
        said = f"net yield is {format_bps(gap)} from the published rate on the same basis"
        hint = f"does not reconcile; `etfcompare explain {visible(product.ticker)} published_gap`"
        yield _warning(document, rate.start, rate.path, said, hint)


def _stale(table: Table, document: Document, product: Product) -> Iterator[Problem]:
    """Warn once for each block of the product that has a stale figure."""
    warned: set[str] = set()
    own = f"products[{product.ticker}]."
    for key in LEAVES:
        leaf = table.input(product, key)
        stated = leaf.stated
        if stated is None or not leaf.mark & Mark.STALE or not stated.path.startswith(own):
            continue
        block = stated.path.removeprefix(own).partition(".")[0]
        if block not in warned:
            warned.add(block)
            yield _stale_warning(table, document, stated, block)


def _stale_warning(
    table: Table, document: Document, stated: Stated[float] | Stated[date], block: str
) -> Problem:
    assert stated.as_of is not None
    days = (table.scenario.as_of - stated.as_of.day).days
    limit = table.catalogue.limits[block]
    said = f"{stated.text} is {days} days old; the limit for {block} is {limit} days"
    return _warning(document, stated.start, stated.path, said, "look it up again")


def _views(document: Document) -> Iterator[Problem]:
    """Doubt the views of which a part makes no sense."""
    views = document.at(("views",))
    names: set[str] = set()
    for index, view in enumerate(views.items if isinstance(views, Sequence) else ()):
        if not isinstance(view, Mapping):
            continue
        yield from _name_faults(document, view, f"views[{index}]", names)
        for key, check in _VIEW_CHECKS.items():
            entry = view.entries.get(key)
            value = entry.value if entry else None
            for node in value.items if isinstance(value, Sequence) else [value]:
                if isinstance(node, Scalar) and not is_empty(node):
                    path = f"views[{index}].{key}"
                    yield from _faults(document, node, path, check)


def _name_faults(
    document: Document, view: Mapping, path: str, names: set[str]
) -> Iterator[Problem]:
    """Doubt a view that cannot be asked for; what it is called joins the names."""
    entry = view.entries.get("name")
    node = entry.value if entry else view
    text = node.text if isinstance(node, Scalar) and not is_empty(node) else ""
    if not (name := folded(text)):
        yield _warning(document, node.start, path, "has no name", "add name: and a word")
    elif name in names:
        said = f"there is another view {quoted(text)} before it"
        yield _warning(document, node.start, f"{path}.name", said, "rename one")
    names.add(name)


def _faults(
    document: Document, node: Scalar, path: str, check: Callable[[str], object]
) -> Iterator[Problem]:
    try:
        check(node.text)
    except UsageError as error:
        message, _, hint = str(error).rpartition("; ")
        yield _warning(document, node.start, path, message or hint, hint if message else "")


_VIEW_CHECKS: Final[dict[str, Callable[[str], object]]] = {
    "sort": lambda text: parse_sort([text]),
    "where": Query.parse,
    "columns": parse_columns,
}
"""What reads each part of a view, and refuses it with a `UsageError`."""


def _warning(document: Document, start: int, path: str, message: str, hint: str) -> Problem:
    line, column = document.position(start)
    return Problem(
        path=path,
        line=line,
        column=column,
        severity=Severity.WARNING,
        message=message,
        hint=hint,
    )
