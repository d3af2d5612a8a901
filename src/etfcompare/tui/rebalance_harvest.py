"""Lots at a loss: what selling them brings, and what to hold instead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rich.cells import set_cell_size
from textual.content import Content

from etfcompare.engine.cells import UNKNOWN_SIGN, signs_of
from etfcompare.portfolio.harvesting import Alternative, Harvest
from etfcompare.portfolio.wash_sale import RULE_WORDS, Exposure
from etfcompare.tui.allocation_answer import hanging, said_lines
from etfcompare.tui.styles import ACCENT, LOSS, MUTED, STRONG, WARNING
from etfcompare.tui.wrapping import wrapped
from etfcompare.units import MINUS, format_bps, format_money, format_rate, format_span
from etfcompare.visible import visible

MOST_SHOWN: Final = 8
"""Alternatives of a lot before the rest is counted."""
_NAME, _FIGURE = 12, 9
_STYLES: Final = {
    Exposure.LOW: "",
    Exposure.MEDIUM: WARNING,
    Exposure.HIGH: LOSS,
}


def harvest_lines(
    harvests: Sequence[Harvest], over: Sequence[str], horizon: int, width: int
) -> Iterator[Content]:
    """Write each lot at a loss, and the funds on the same coin to hold instead.

    Args:
        harvests: The largest loss first.
        over: Which lots are not looked at, in words.
        horizon: Days until what is bought instead is sold.
        width: Cells to fill.
    """
    yield Content.styled("Harvest losses", f"{STRONG} {ACCENT}")
    for said in over:
        yield from hanging("! ", said, WARNING, width)
    if not harvests:
        yield from said_lines("No taxable lot is at a loss.", MUTED, width)
        return
    for one in harvests:
        yield from _harvest(one, format_span(horizon), width)
        yield Content()
    yield from said_lines(RULE_WORDS, MUTED, width)


def _harvest(harvest: Harvest, horizon: str, width: int) -> Iterator[Content]:
    lot = harvest.lot
    loss, worth = format_money(harvest.loss), format_money(lot.value)
    bought = "" if lot.bought is None else f" of {lot.bought.isoformat()}"
    head = f"{visible(lot.ticker)}{bought}: {worth}, {loss} below its cost"
    yield from said_lines(head, STRONG, width)
    yield from said_lines(_worth(harvest, horizon), MUTED, width)
    if harvest.clear is not None:
        names = " and ".join(dict.fromkeys(visible(one.ticker) for one in harvest.purchases))
        said = f"{names} was bought within 30 days; none reaches a sale from {harvest.clear} on"
        yield from hanging("! ", said, WARNING, width)
    if not harvest.alternatives:
        yield from said_lines("No other fund on the coin is on sale.", MUTED, width)
        return
    figures = "".join(f"{one:>{_FIGURE}}" for one in ("Yield", "Cost", "Spread"))
    yield Content.styled(f"{'Instead':<{_NAME}}{figures}", MUTED)
    for one in harvest.alternatives[:MOST_SHOWN]:
        yield from _alternative(one, width)
    more = len(harvest.alternatives) - MOST_SHOWN
    if more > 0:
        yield Content.styled(f"and {more} more", MUTED)


def _worth(harvest: Harvest, horizon: str) -> str:
    if harvest.tax_saved is None:
        return "what it saves is not known: name a tax on gains"
    saved = format_money(harvest.tax_saved)
    if harvest.deferral is None:
        return f"saves {saved} of tax now, due again in {horizon}; what that is worth is not known"
    worth = format_money(harvest.deferral, minus=MINUS)
    return f"saves {saved} of tax now, due again in {horizon}: a deferral worth {worth}"


def _alternative(one: Alternative, width: int) -> Iterator[Content]:
    change, spread = UNKNOWN_SIGN, UNKNOWN_SIGN
    if one.yield_change is not None:
        change = format_bps(one.yield_change, minus=MINUS) + signs_of(one.marks["yield_change"])
    if one.spread is not None:
        spread = format_rate(one.spread)
    cost = format_bps(one.cost, 1, signed=False, minus=MINUS) + ("+?" if one.unknown else "")
    figures = "".join(f"{cell:>{_FIGURE}}" for cell in (change, cost, spread))
    exposure = one.label.exposure
    head = Content.styled(set_cell_size(visible(one.ticker), _NAME - 1) + " ", STRONG)
    yield (head + figures).truncate(width, ellipsis=True)
    label = Content.assemble(
        "   wash sale ", (exposure.value.upper(), f"{STRONG} {_STYLES[exposure]}".strip()), ": "
    )
    for line in wrapped(visible(one.label.why), max(width - label.cell_length, 1)):
        yield label + Content.styled(line, MUTED)
        label = Content(" " * label.cell_length)
