"""A rebalancing in words: the verdict, what each trade takes and brings, and which lots."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len, set_cell_size
from textual.content import Content

from etfcompare.engine.cells import UNKNOWN_SIGN, signs_of
from etfcompare.engine.figures import HEADLINE, Table
from etfcompare.portfolio.harvesting import Harvest, passed_over
from etfcompare.portfolio.lots import HeldLot, Term
from etfcompare.portfolio.rebalance_words import (
    aim_of,
    bps_words,
    drift_words,
    verdict,
    ways_in_words,
)
from etfcompare.portfolio.rebalancing import Choice, Plan, Sale, Ways
from etfcompare.portfolio.sleeves import Sleeve
from etfcompare.tui.allocation_answer import hanging, joined, said_lines
from etfcompare.tui.rebalance_harvest import harvest_lines
from etfcompare.tui.styles import ACCENT, GAIN, MUTED, STRONG, WARNING
from etfcompare.units import (
    MINUS,
    format_bps,
    format_dollars,
    format_money,
    format_rate,
)
from etfcompare.visible import visible

HOW_TO: Final = (
    "The catalogue has no holdings that can be used; what stands here was typed. Add to it",
    "holdings:",
    "  cash: $480K",
    "  as_of: 2026-11-20",
    "  lots:",
    "    - ticker: BSOL",
    "      value: $20K",
    "      cost: $14K",
    "      bought: 2025-11-03",
)
"""How to say what is held."""
_LABEL, _WIDEST_CELL = 14, 15
_CROWDED: Final = 1e9
"""US dollars from which amounts are shortened."""
_WORDY: Final = 13
"""Cells of a column from which its heading is a phrase."""
_LOT: Final = (("Lot", 11), ("Term", 11), ("Bought", 11), ("Worth", 9), ("Gain", 9), ("Tax", 7))
"""Columns of the lots, with their cells."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Weighed:
    """A sleeve with what may be done about it."""

    table: Table
    sleeve: Sleeve
    plan: Plan
    ways: Ways | None
    is_held: bool
    """Whether the catalogue says what is held."""
    harvests: tuple[Harvest, ...] = ()
    """Lots at a loss, the largest loss first."""


def answer_page(weighed: Weighed, width: int) -> Content:
    """Write the verdict, the trades side by side, the lots, and what is cheaper.

    Args:
        weighed: What to write of.
        width: Cells to fill.
    """
    horizon = weighed.table.scenario.horizon
    lines = [*_verdict(weighed, width), Content(), *_state(weighed, width), Content()]
    if weighed.plan.sales:
        lines += [*_trades(weighed.plan, width), Content()]
    if weighed.is_held:
        lines += [*_lots(weighed, width), Content()]
    ways = weighed.ways
    told = [] if ways is None else list(ways_in_words(ways, weighed.plan, horizon))
    if told:
        lines.append(Content.styled("Cheaper than a taxed sale", MUTED))
        lines += [line for one in told for line in hanging("· ", visible(one), ACCENT, width)]
        lines.append(Content())
    for one in _notes(weighed):
        lines += hanging("! ", visible(one), WARNING, width)
    if weighed.is_held:
        over = passed_over(weighed.sleeve.lots)
        lines += [Content(), *harvest_lines(weighed.harvests, over, horizon, width)]
    else:
        lines += [Content(), *said_lines(HOW_TO[0], MUTED, width)]
        lines += [Content.styled(one, ACCENT) for one in HOW_TO[1:]]
    return joined(lines)


def _verdict(weighed: Weighed, width: int) -> Iterator[Content]:
    """Give the verdict first, what to do standing out."""
    plan = weighed.plan
    what, _, why = verdict(plan, weighed.table.scenario.horizon).partition(": ")
    style = f"{STRONG} {GAIN}" if plan.choice is Choice.NOTHING else f"{STRONG} {WARNING}"
    yield Content.styled(what[:1].upper() + what[1:], style)
    yield from said_lines(visible(why), "", width)


def _state(weighed: Weighed, width: int) -> Iterator[Content]:
    plan, sleeve = weighed.plan, weighed.sleeve
    signs = {key: signs_of(marks) for key, marks in sleeve.marks.items()}
    told = [f"{visible(sleeve.name)} {format_rate(plan.weight)}".strip()]
    told[0] += f" of {format_money(sleeve.value_usd)}"
    told.append(f"target {format_rate(plan.rule.target)}, edge {format_rate(plan.rule.edge)}")
    told += filter(None, [drift_words(plan)])
    if sleeve.volatility is not None:
        told.append(f"volatility {format_rate(sleeve.volatility, 1)}{signs.get('volatility', '')}")
    if sleeve.net_yield is not None:
        net_yield = format_rate(sleeve.net_yield, minus=MINUS)
        told.append(f"net yield {net_yield}{signs.get(HEADLINE, '')}")
    if plan.saved:
        told.append(f"the edge saves {format_dollars(plan.saved, minus=MINUS)} of tax")
    yield from said_lines(" · ".join(told), MUTED, width)


def _trades(plan: Plan, width: int) -> Iterator[Content]:
    """Set the trades side by side, doing nothing last; the one chosen stands out."""
    heads = [*(one.choice for one in plan.sales), Choice.NOTHING]
    rich = any(max(one.sell, one.tax, one.cost) >= _CROWDED for one in plan.sales)
    dollars = format_money if rich else format_dollars
    columns = [_cells(one, dollars) for one in plan.sales]
    zero = format_dollars(0.0)
    none = (format_rate(plan.weight), zero, zero, zero, "0.0bp", "0.0bp", "0.0bp")
    labels = ("Sleeve after", "Sell", "Tax", "Spread, fees", "Costs", "Smaller risk", "Worth it by")
    cell = min((width - _LABEL) // len(heads), _WIDEST_CELL)
    line = Content(" " * _LABEL)
    for one in heads:
        mark = "›" if one is plan.choice else ""
        style = f"{STRONG} {ACCENT}" if one is plan.choice else MUTED
        line += Content.styled(f"{mark + _head(one, cell):>{cell}}", style)
    yield line
    for place, label in enumerate(labels):
        line = Content.styled(f"{label:<{_LABEL}}", MUTED)
        for head, cells in zip(heads, (*columns, none), strict=True):
            line += Content.styled(f"{cells[place]:>{cell}}", STRONG if head is plan.choice else "")
        yield line


def _head(choice: Choice, room: int) -> str:
    phrase = choice.value.removeprefix("trim ")
    return phrase if room >= _WORDY else phrase.rpartition(" ")[2]


def _cells(sale: Sale, dollars: Callable[[float], str]) -> tuple[str, ...]:
    tax = dollars(sale.tax) + ("+?" if sale.untaxed else "")
    worth = UNKNOWN_SIGN if sale.gain is None else format_bps(sale.gain, 1, minus=MINUS)
    return (
        format_rate(sale.weight),
        dollars(sale.sell),
        tax,
        dollars(sale.cost) + ("+?" if sale.unpriced else ""),
        bps_words(sale.price),
        bps_words(sale.benefit),
        worth,
    )


def _lots(weighed: Weighed, width: int) -> Iterator[Content]:
    """List the lots in selling order, and what each trade sells of them."""
    sales = weighed.plan.sales
    yield Content.styled("Lots in the order of selling", MUTED)
    heads = [*_LOT, *((f"sell {_short(one)}", 12) for one in sales)]
    rows = [_lot(one, sales) for one in weighed.sleeve.lots]
    shown = _fitting(heads, width)
    yield _row([heads[place][0] for place in shown], [heads[place] for place in shown], MUTED)
    for cells in rows:
        yield _row([cells[place] for place in shown], [heads[place] for place in shown], "")


def _fitting(heads: Sequence[tuple[str, int]], width: int) -> list[int]:
    """Return the places of the columns that fit, those in the middle left out first."""
    shown = list(range(len(heads)))
    for place in (2, 5, 1, 4):  # bought, tax, term, gain
        if sum(heads[one][1] for one in shown) > width:
            shown.remove(place)
    return shown


def _row(cells: Sequence[str], heads: Sequence[tuple[str, int]], style: str) -> Content:
    line = Content()
    for place, (cell, (name, width)) in enumerate(zip(cells, heads, strict=True)):
        if name in ("Lot", "Term", "Bought"):
            text = set_cell_size(cell, width - 1) + " "
        else:
            text = " " * max(width - cell_len(cell), 0) + cell
        line += Content.styled(text, STRONG if place == 0 and not style else style)
    return line


def _short(sale: Sale) -> str:
    return aim_of(sale).removeprefix("to ").removeprefix("the ")


def _lot(lot: HeldLot, sales: Sequence[Sale]) -> list[str]:
    gain = UNKNOWN_SIGN if lot.gain is None else format_money(lot.gain, signed=True, minus=MINUS)
    tax = UNKNOWN_SIGN
    if lot.term is Term.SHELTERED:
        tax = "none"
    elif lot.tax_per_dollar is not None:
        tax = format_rate(lot.tax_per_dollar, 1, minus=MINUS)
    sold = [
        next((_amount(part.sold) for part in one.parts if part.lot is lot), "–") for one in sales
    ]
    bought = UNKNOWN_SIGN if lot.bought is None else lot.bought.isoformat()
    return [visible(lot.ticker), lot.term.value, bought, format_money(lot.value), gain, tax, *sold]


def _amount(dollars: float) -> str:
    return format_money(dollars) if dollars >= _CROWDED else format_dollars(dollars)


def _notes(weighed: Weighed) -> Iterator[str]:
    """Say what is left out or stands in for something else."""
    plan = weighed.plan
    yield from weighed.sleeve.notes
    for sale in plan.sales:
        if sale.untaxed:
            names = " and ".join(map(visible, sale.untaxed))
            yield f"the tax of {names} is unknown and left out {aim_of(sale)}"
        if sale.unused_loss:
            loss = format_money(sale.unused_loss)
            yield f"{aim_of(sale)} leaves {loss} of loss for gains elsewhere"
