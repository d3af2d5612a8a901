"""What the calendar brings within the horizon: waivers end, tiers fill, figures go stale."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from etfcompare.catalogue.document import Document
from etfcompare.catalogue.schema import Product, Stated
from etfcompare.engine.cells import number_text
from etfcompare.engine.figures import FIGURES, HEADLINE, Table
from etfcompare.engine.staleness import staleness
from etfcompare.units import format_money
from etfcompare.visible import visible

NEARLY: Final = 0.8
"""The part of a tier from which it counts as nearly full."""
PAST: Final = 1.1
"""How large, in tiers, a fund is taken to be to say what outgrowing its tier costs."""
FLOW_DAYS: Final = 28
"""Days over which the flow is measured that a fund is taken to go on growing by."""
CASH: Final = "cash"
"""Stands for a ticker where the yield of cash goes stale."""

_TERMS: Final = ("fee_now", "reward_cut", "staked_charge")
"""What a waiver lowers, as of one day."""


class EventKind(StrEnum):
    """What happens."""

    WAIVER = "waiver"
    """A waiver of the fee, of the cut of rewards or of the charge on staked coins ends."""
    TIER = "tier"
    """A fund outgrows the size up to which its fee is waived."""
    STALE = "stale"
    """Figures grow older than the limit of their block."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happens on a day, and what it does."""

    day: date
    """The first day on which it holds; the scenario's own where it is not known when."""
    kind: EventKind
    tickers: tuple[str, ...]
    """Products it happens to, as the file writes them; for shared figures the code of their coin,
    or `cash`."""
    what: str
    """What happens, in a few words that are safe to show."""
    effect: str
    """What that does, likewise."""
    before: float | None
    """Net yield at the terms of the day before, a fraction a year; None where it is unknown or
    does not change."""
    after: float | None
    """Net yield at the terms that follow."""
    line: int
    """Line of the catalogue that says so, from 1; of several, the first."""
    is_estimate: bool = False
    """Whether the day is reckoned from flows, or is not known at all."""

    @property
    def change(self) -> float | None:
        """What it does to the net yield, a fraction a year."""
        if self.before is None or self.after is None:
            return None
        return self.after - self.before


def events(table: Table, document: Document) -> tuple[Event, ...]:
    """Return what happens after the scenario's date and within its horizon, by date and ticker.

    Closed products are left out. A tier whose end nobody can date stands on the scenario's date.

    Args:
        table: The figures.
        document: The text they were read from, for lines.
    """
    found = list(_stale(table, document))
    if table.scenario.waivers:
        for product in _open(table):
            found += _waivers(table, document, product)
            found += _tier(table, document, product)
    return tuple(sorted(found, key=lambda one: (one.day, one.tickers, one.kind, one.line)))


def _open(table: Table) -> Iterator[Product]:
    return (one for one in table.products if one.status != "closed")


def _within(table: Table, day: date) -> bool:
    return 0 < (day - table.scenario.as_of).days <= table.scenario.horizon


# Waivers end


def _waivers(table: Table, document: Document, product: Product) -> Iterator[Event]:
    """Give the ends of a product's waivers; two that end on one day are one event."""
    fee = product.fee.waiver if product.fee else None
    staking = product.staking.waiver if product.staking and product.stakes else None
    ends: dict[date, dict[str, Stated[date]]] = {}
    for name, waiver in (("fee", fee), ("staking", staking)):
        if waiver is not None and waiver.until is not None and _within(table, waiver.until.value):
            ends.setdefault(waiver.until.value, {})[name] = waiver.until
    for day, ended in ends.items():
        before = _on(table, product, day - timedelta(days=1))
        after = _on(table, product, day)
        plural = "s end" if len(ended) > 1 else " ends"
        yield Event(
            day=day,
            kind=EventKind.WAIVER,
            tickers=(product.ticker,),
            what=f"{' and '.join(ended)} waiver{plural}",
            effect=_changed_terms(before, after),
            before=_net(before),
            after=_net(after),
            line=min(document.position(one.start)[0] for one in ended.values()),
        )


def _on(table: Table, product: Product, day: date) -> Table:
    """Return the figures of one product at the terms of one day."""
    catalogue = replace(table.catalogue, products=(product,))
    return Table(catalogue, replace(table.scenario, as_of=day, horizon=1))


def _net(table: Table) -> float | None:
    value = table.value(0, HEADLINE)
    return value if isinstance(value, float) else None


def _changed_terms(before: Table, after: Table) -> str:
    changes = []
    for key in _TERMS:
        was, becomes = before.value(0, key), after.value(0, key)
        if was != becomes:
            shown = " → ".join("?" if one is None else _rate(key, one) for one in (was, becomes))
            changes.append(f"{'fee' if key == 'fee_now' else FIGURES[key].said} {shown}")
    return ", ".join(changes) or "no change: the full terms hold already"


def _rate(key: str, value: float | str) -> str:
    return number_text(FIGURES[key], value)


# Tiers fill


def _tier(table: Table, document: Document, product: Product) -> Iterator[Event]:
    """Give the day on which a fund outgrows its waiver.

    The day is where the flow of the last four weeks would bring the assets of today, prices held
    constant. Where that gives no day within the horizon and before the waiver ends, or no inflow
    is known, a tier that is nearly full is told on the scenario's date, as a state of things that
    has no date. One that is outgrown already is in today's figures and no event.
    """
    waiver = product.fee.waiver if product.fee else None
    today = table.of((product,))
    first, size = today.number(0, "waiver_first"), today.number(0, "waiver_aum")
    if waiver is None or waiver.first is None or not 0 < size < first:
        return
    flow = today.number(0, "flow_4w")
    days = math.ceil((first - size) / (flow / FLOW_DAYS)) if flow > 0 else math.inf
    last = min(table.scenario.horizon, today.number(0, "waiver_days") - 1)
    is_reached = days <= last
    if not is_reached and size < NEARLY * first:
        return
    day = table.scenario.as_of + timedelta(days=int(days) if is_reached else 0)
    before, after = (_net(_on(table, _sized(product, part * first), day)) for part in (1, PAST))
    what = f"assets reach the {format_money(first)} under the waiver at the pace of flows"
    if not is_reached:
        pace = "flows unknown" if math.isnan(flow) else "no inflow"
        pace = "not reached in time at the pace of flows" if flow > 0 else pace
        what = f"{size / first:.0%} of the {format_money(first)} under the waiver used, {pace}"
    yield Event(
        day=day,
        kind=EventKind.TIER,
        tickers=(product.ticker,),
        what=what,
        effect="past it everyone pays the full fee"
        if waiver.mode == "cliff"
        else "10% on top would pay the full fee",
        before=before,
        after=after,
        line=document.position(waiver.first.start)[0],
        is_estimate=True,
    )


def _sized(product: Product, size: float) -> Product:
    """Return the product as if it were of another size."""
    market = product.market
    assert market is not None, product.ticker
    assert market.aum is not None, product.ticker
    return product.but(market=market.but(aum=market.aum._replace(value=size)))


# Figures go stale


def _stale(table: Table, document: Document) -> Iterator[Event]:
    for one in staleness(table):
        if not _within(table, one.day):
            continue
        said = f" of {visible(one.source)}" if one.source else ""
        yield Event(
            day=one.day,
            kind=EventKind.STALE,
            tickers=one.owners or (CASH,),
            what=f"{one.block} figures{said} go stale",
            effect=one.effect,
            before=None,
            after=None,
            line=document.position(one.start)[0],
        )
