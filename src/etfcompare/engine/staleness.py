"""Which figures pass the limit of their block, on which day, and what that marks as stale."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple

from etfcompare.catalogue.schema import Stated
from etfcompare.engine.figure import Group
from etfcompare.engine.figures import FIGURES, HEADLINE, LEAVES, Table, leaves_of
from etfcompare.engine.leaf import is_measured
from etfcompare.engine.marks import Mark
from etfcompare.units import AsOf

_CASH: Final = "cash"
"""The part of a catalogue, and the block, that the yield of cash is."""
_MOST_NAMED: Final = 2
"""Figures named before the rest is counted."""


class Staleness(NamedTuple):
    """Figures that go stale together: one entry of a catalogue to look up again."""

    day: date
    """The first day on which they are stale."""
    block: str
    source: str
    """Key of their source; empty if they have none."""
    owners: tuple[str, ...]
    """Tickers of their products, or the code of their coin; none for the yield of cash."""
    effect: str
    """What is marked stale from then on."""
    start: int
    """Where the first of them stands in the text."""


class _Dated(NamedTuple):
    """A figure that a product rests on, as one leaf reads it."""

    row: int
    leaf: str
    block: str
    owner: str
    """The ticker or the code of the coin; empty for cash."""
    scope: str
    """What the owner is: `products`, `assets` or `cash`."""
    stated: Stated[float] | Stated[date]
    as_of: AsOf
    is_stale: bool


class _Together(NamedTuple):
    """What figures that go stale together have in common."""

    day: date
    scope: str
    block: str
    source: str


def stale_already(table: Table) -> int:
    """Count the figures that are stale on the scenario's date."""
    return len({one.stated.path for one in _dated(table) if one.is_stale})


def staleness(table: Table) -> Iterator[Staleness]:
    """Give what goes stale, day by day: what is stale by an earlier day is not told again."""
    groups: dict[_Together, list[_Dated]] = {}
    for one in _dated(table):
        day = one.as_of.day + timedelta(days=table.catalogue.limits[one.block] + 1)
        if not one.is_stale and day > table.scenario.as_of:
            key = _Together(day, one.scope, one.block, one.stated.source or "")
            groups.setdefault(key, []).append(one)
    stale = {row for row in range(len(table.products)) if _is_stale(table, row)}
    today: set[int] = set()
    last = table.scenario.as_of
    for key in sorted(groups):
        if key.day != last:
            stale, today, last = stale | today, set(), key.day
        members = groups[key]
        resting = {one.row for one in members if one.leaf in leaves_of(HEADLINE)}
        resting = {row for row in resting if table.value(row, HEADLINE) is not None}
        yield Staleness(
            day=key.day,
            block=key.block,
            source=key.source,
            owners=tuple(dict.fromkeys(one.owner for one in members if one.owner)),
            effect=_effect(members, resting, stale),
            start=min(one.stated.start for one in members),
        )
        today |= resting


def _dated(table: Table) -> Iterator[_Dated]:
    """Give every dated figure that anything is computed from, once for each leaf that reads it."""
    for row, product in enumerate(table.products):
        if product.status == "closed":
            continue
        for key, leaf in LEAVES.items():
            _, mark, stated = table.input(product, key)
            if stated is None or stated.as_of is None or isinstance(stated.value, date):
                continue  # the day on which a waiver ends is as old as the waiver's rate
            if is_measured(stated):
                continue  # on no line of the catalogue: an import brings it up to date
            block = leaf.at.removeprefix("assets.*.").partition(".")[0]
            block = block or _CASH  # prices that a scenario lets grow as cash does
            scope, _, rest = stated.path.partition(".")
            owner = product.ticker
            if scope == "assume":
                continue  # never goes stale
            if scope == "assets":
                owner = rest.rpartition(f".{block}.")[0]
            elif scope == _CASH:
                owner = ""
            else:
                scope = "products"
            is_stale = bool(mark & Mark.STALE)
            yield _Dated(row, key, block, owner, scope, stated, stated.as_of, is_stale)


def _is_stale(table: Table, row: int) -> bool:
    return bool(table.marks(row, HEADLINE) & Mark.STALE)


def _effect(members: Sequence[_Dated], resting: set[int], stale: set[int]) -> str:
    fresh = resting - stale
    if fresh:
        return f"marks net yield of {_products(len(fresh))}"
    if resting:
        return f"net yield of {_products(len(resting))} is stale already"
    figures = (FIGURES[key] for key in dict.fromkeys(one.leaf for one in members))
    named = [one.said for one in figures if one.group is not Group.INPUTS]
    more = len(named) - _MOST_NAMED
    said = ", ".join(named if more <= 1 else named[:_MOST_NAMED])
    if more > 1:
        said += f" and {more} more"
    return f"marks {said} of {_products(len({one.row for one in members}))}"


def _products(count: int) -> str:
    return "1 product" if count == 1 else f"{count} products"
