"""What would change the answer of a memo: other levels of cash and rewards, days to come, a switch.

Each line is an entry of a list in Markdown; everything foreign is escaped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from etfcompare.engine.calendar import EventKind, events
from etfcompare.engine.figures import HEADLINE, Table
from etfcompare.engine.roots import NOISE
from etfcompare.engine.sensitivity import crossovers, is_on_sale, swaps, switch, tie_with_cash
from etfcompare.engine.sensitivity_words import (
    crossover_in_words,
    rewards_in_words,
    swap_in_words,
    switch_in_words,
)
from etfcompare.export import markdown_cell as escaped
from etfcompare.units import format_bps, format_rate

if TYPE_CHECKING:
    from etfcompare.catalogue.document import Document


def changes(table: Table, document: Document, choice: int, against: Sequence[int]) -> Iterator[str]:
    """Give what would change the answer, each on a line.

    Args:
        table: The figures under the scenario.
        document: The text they were read from.
        choice: The product chosen, its place in the catalogue.
        against: Its alternatives, likewise.
    """
    own = table.value(choice, HEADLINE)
    if not isinstance(own, float):
        yield "- Nothing can be said while its net yield is unknown."
        return
    said = [*_levels(table, choice, own), *_rivals(table, choice, against)]
    said += _events(table, document, (choice, *against))
    said += _switches(table, choice, own, against)
    yield from (f"- {escaped(one)}." for one in said)


def _levels(table: Table, row: int, own: float) -> Iterator[str]:
    """Say at which yield of cash, and at which reward rate, a product only matches cash."""
    product, cash = table.products[row], table.value(row, "cash_yield")
    now = f" (now {format_rate(cash)})" if isinstance(cash, float) else ""
    yield f"Cash at {format_rate(own)}{now} matches {product.ticker}"
    if product.stakes and isinstance(cash, float):
        rate = tie_with_cash(table, row)
        if rate is None:
            yield f"{product.ticker} matches cash at no gross {product.asset} rewards"
        else:
            level = rewards_in_words(product.asset, rate, now=_rewards(table, row))
            yield f"{product.ticker} only matches cash at {level}"


def _rivals(table: Table, choice: int, against: Sequence[int]) -> Iterator[str]:
    """Say at which reward rates, and on which days, the choice and a rival change places."""
    product = table.products[choice]
    for other in against:
        rival = table.products[other]
        if rival.asset != product.asset:
            names = f"{product.ticker} and {rival.ticker}"
            yield f"{names} hold different coins: no one reward rate decides between them"
        for crossover in crossovers(table, (choice, other)):
            yield crossover_in_words(crossover, now=_rewards(table, choice))
        yield from map(swap_in_words, swaps(table, (choice, other)))


def _events(table: Table, document: Document, rows: Sequence[int]) -> Iterator[str]:
    """Tell the waivers and tiers of the products that end within the horizon."""
    tickers = {table.products[row].ticker for row in rows}
    for event in events(table, document):
        if event.kind is EventKind.STALE or not tickers.intersection(event.tickers):
            continue
        names = ", ".join(event.tickers)
        day = f"about {event.day}" if event.is_estimate else f"{event.day}"
        change = "unknown" if event.change is None else format_bps(event.change)
        yield f"{names}, {day}: {event.what}, {event.effect}; net yield {change}"


def _switches(table: Table, choice: int, own: float, against: Sequence[int]) -> Iterator[str]:
    """Tell what it costs to move on to the best, and to the choice from one that is no better."""
    rivals = [row for row in (choice, *against) if is_on_sale(table.products[row])]
    if choice not in rivals:
        return
    better = [row for row in rivals if table.number(row, HEADLINE) > own + NOISE]
    if better:
        best = max(better, key=lambda row: table.number(row, HEADLINE))
        yield _switch(table, choice, best)
    others = (row for row in rivals if row not in (choice, *better))
    yield from (_switch(table, row, choice) for row in islice(others, 1))


def _switch(table: Table, source: int, target: int) -> str:
    found = switch(table, source, target)
    return f"Switching {switch_in_words(found, table.scenario.amount, is_itemized=True)}"


def _rewards(table: Table, row: int) -> float | None:
    rate = table.value(row, "reward_rate")
    return rate if isinstance(rate, float) else None
