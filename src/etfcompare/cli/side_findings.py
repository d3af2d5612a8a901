"""What follows from products side by side: where they tie, when they swap, what a switch costs.

Each part is lines of text, the first of them its heading; none where there is nothing to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from etfcompare.cli.table import Column, Paper, table_text
from etfcompare.engine.cells import UNKNOWN_SIGN, signs_of
from etfcompare.engine.figures import Table
from etfcompare.engine.sensitivity import Switch, crossovers, is_on_sale, swaps, switches
from etfcompare.engine.sensitivity_words import (
    crossover_in_words,
    payback_in_words,
    swap_in_words,
    switch_in_words,
)
from etfcompare.units import format_rate
from etfcompare.visible import visible

INDENT = "  "


def crossovers_in_words(table: Table, rows: Sequence[int]) -> Iterator[str]:
    """Tell for every two funds on one asset at which reward rate they tie."""
    for place, one in enumerate(crossovers(table, rows)):
        if not place:
            yield "Crossovers"
        yield INDENT + crossover_in_words(one)


def swaps_in_words(table: Table, rows: Sequence[int]) -> Iterator[str]:
    """Tell which ends of waivers swap two products."""
    for place, one in enumerate(swaps(table, rows)):
        if not place:
            yield "Waivers that decide"
        yield INDENT + swap_in_words(one)


def switches_in_words(table: Table, rows: Sequence[int], paper: Paper) -> Iterator[str]:
    """Tell what moving to the product that leaves most would cost, for those that leave less."""
    found = switches(table, rows)
    if not found:
        return
    is_any = all(is_on_sale(table.products[row]) for row in rows)
    most = "most" if is_any else "most of those that trade"
    yield f"Switching to {visible(found[0].target)}, which leaves {most}"
    reckoned = [one for one in found if one.cost is not None]
    if reckoned:
        yield from _costs(reckoned, paper)
    for one in found:
        if one.cost is None:
            amount = table.scenario.amount
            yield INDENT + switch_in_words(one, amount, is_itemized=True)


def _costs(found: Sequence[Switch], paper: Paper) -> Iterator[str]:
    """Draw a table of switches whose cost is known."""
    columns = [
        Column(heading="from", cells=[visible(one.source) for one in found]),
        Column(
            heading="cost",
            cells=[format_rate(one.cost or 0.0) for one in found],
            signs=[signs_of(one.marks) for one in found],
            to_right=True,
        ),
        Column(
            heading="paid back",
            cells=[payback_in_words(one) or UNKNOWN_SIGN for one in found],
            to_right=True,
        ),
    ]
    for parts in zip(*(one.parts for one in found), strict=True):
        if any(one.value != 0 for one in parts):
            cells = [format_rate(one.value or 0.0) for one in parts]
            columns.append(Column(heading=parts[0].label.lower(), cells=cells, to_right=True))
    # The sum comes first: where it is narrow, its parts are what can be missed.
    room = None if paper.columns is None else paper.columns - len(INDENT)
    text, _ = table_text(columns, Paper(columns=room, has_colour=False))
    yield from (f"{INDENT}{line}" for line in text.splitlines())
