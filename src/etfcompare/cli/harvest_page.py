"""The page of `etfcompare harvest` for people: for each lot what it brings, then where to go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from etfcompare.cli.assumed import assumed
from etfcompare.cli.table import Column, Paper, table_text
from etfcompare.engine.cells import UNKNOWN_SIGN, signs_of
from etfcompare.engine.figures import Table
from etfcompare.portfolio.harvesting import Alternative, Harvest
from etfcompare.portfolio.wash_sale import RULE_WORDS, WINDOW_DAYS
from etfcompare.units import format_bps, format_dollars, format_money, format_span
from etfcompare.visible import visible

INDENT: Final = "  "


def page(
    found: Sequence[Harvest], table: Table, days: int, paper: Paper, top: int
) -> Iterator[str]:
    """Say for each lot what its loss brings, and list other funds on its coin.

    Args:
        found: What can be harvested.
        table: The figures.
        days: Until the planned sale.
        paper: What is written on.
        top: How many alternatives of each lot.
    """
    for number, one in enumerate(found):
        if number:
            yield ""
        yield from words(one, table, days)
        told = one.alternatives[:top]
        if not told:
            yield INDENT + "no other fund on the coin is on sale"
            continue
        yield ""
        yield from table_text(list(columns(told)), paper)[0].splitlines()
        yield ""
        yield from (INDENT + reason for reason in reasons(told))
        more = len(one.alternatives) - len(told)
        if more > 0:
            yield f"{INDENT}and {more} more; --top {len(one.alternatives)} lists them"


def words(found: Harvest, table: Table, days: int) -> Iterator[str]:
    """Say what a lot is, what its loss brings, and when it may be bought back."""
    lot = found.lot
    bought = f"bought {lot.bought}" if lot.bought is not None else "bought nobody knows when"
    worth, loss = format_dollars(lot.value), format_dollars(found.loss)
    yield f"{visible(lot.ticker)}: {worth}, {loss} below cost · {lot.term.value} · {bought}"
    if found.tax_saved is None:
        yield INDENT + "what the loss saves is unknown: its tax is not known"
    else:
        saved = f"saves {format_dollars(found.tax_saved)} of tax now, if there are gains to set it "
        worth = UNKNOWN_SIGN if found.deferral is None else format_dollars(found.deferral)
        yield f"{INDENT}{saved}against; due again in {format_span(days)}, that is worth {worth}"
    day = table.scenario.as_of
    yield f"{INDENT}sold on {day}, its window of {WINDOW_DAYS} days ends before {found.buy_back}"
    if found.purchases:
        names = ", ".join(f"{visible(one.ticker)} {one.bought}" for one in found.purchases)
        yield f"{INDENT}bought on the same coin lately: {names}; out of reach from {found.clear}"


def columns(alternatives: Sequence[Alternative]) -> Iterator[Column]:
    """Return other funds on a coin, best first."""
    signs = {
        key: [signs_of(one.marks[key]) for one in alternatives]
        for key in ("yield_change", "spread", "aum")
    }
    yield Column(
        heading="Instead", cells=[visible(one.ticker) for one in alternatives], is_bold=True
    )
    yield Column(
        heading="Yield",
        cells=[_bps(one.yield_change) for one in alternatives],
        signs=signs["yield_change"],
        to_right=True,
    )
    yield Column(
        heading="Switch",
        cells=[_bps(one.cost) + "+?" * bool(one.unknown) for one in alternatives],
        to_right=True,
    )
    yield Column(heading="Left", cells=[_bps(one.advantage) for one in alternatives], to_right=True)
    yield Column(
        heading="Benefit", cells=[_money(one.benefit) for one in alternatives], to_right=True
    )
    spreads = [
        UNKNOWN_SIGN if one.spread is None else format_bps(one.spread, 1, signed=False)
        for one in alternatives
    ]
    yield Column(heading="Spread", cells=spreads, signs=signs["spread"], to_right=True)
    sizes = [UNKNOWN_SIGN if one.aum is None else format_money(one.aum) for one in alternatives]
    yield Column(heading="AUM", cells=sizes, signs=signs["aum"], to_right=True)
    yield Column(heading="Wash sale", cells=[one.label.exposure.value for one in alternatives])


def _bps(value: float | None) -> str:
    return UNKNOWN_SIGN if value is None else format_bps(value, 1)


def _money(value: float | None) -> str:
    return UNKNOWN_SIGN if value is None else format_dollars(value)


def reasons(alternatives: Sequence[Alternative]) -> Iterator[str]:
    """Say what stands behind each label, and what is not known of a switch."""
    labels = dict.fromkeys(one.label for one in alternatives)
    for label in labels:
        yield f"{label.exposure.value}: {label.why}"
    unknown: dict[str, list[str]] = {}
    for one in alternatives:
        for part in one.unknown:
            unknown.setdefault(part, []).append(visible(one.ticker))
    for part, names in unknown.items():
        yield f"{part} unknown and left out of the switch, so ranked last: {', '.join(names)}"


def summary(found: Sequence[Harvest], table: Table, notes: Sequence[str], *, has_lots: bool) -> str:
    """Say what all of it stands on."""
    count = len(found)
    told = [f"{count} lot{'' if count == 1 else 's'} at a loss"]
    if not found:
        told[0] = "no taxable lot is at a loss" if has_lots else "nothing to harvest"
    if count:
        told.append("yield a year; left: yield over the horizon less the switch")
    told += assumed(table)
    told += notes
    told.append(RULE_WORDS)
    return " · ".join(told)
