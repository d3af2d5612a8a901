"""The page of `etfcompare rebalance` for people: verdict, trades, lots, and what is cheaper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from etfcompare.cli.assumed import assumed
from etfcompare.cli.table import Column, Paper, table_text
from etfcompare.engine.cells import UNKNOWN_SIGN, signs_of
from etfcompare.engine.figures import HEADLINE, Table
from etfcompare.portfolio.lots import HeldLot, Term
from etfcompare.portfolio.rebalance_words import (
    aim_of,
    bps_words,
    drift_words,
    verdict,
    ways_in_words,
)
from etfcompare.portfolio.rebalancing import Choice, Plan, Ways
from etfcompare.portfolio.sleeves import Sleeve
from etfcompare.units import format_bps, format_dollars, format_number, format_rate
from etfcompare.visible import visible

INDENT: Final = "  "


def page(
    plan: Plan, sleeve: Sleeve, ways: Ways | None, table: Table, paper: Paper
) -> Iterator[str]:
    """Say what to do and why, then what each trade takes and brings."""
    yield verdict(plan, table.scenario.horizon)
    if plan.sales:
        yield ""
        yield from table_text(list(trade_columns(plan)), paper)[0].splitlines()
    if has_lots(sleeve):
        yield ""
        yield "Lots in selling order"
        yield from table_text(list(lot_columns(plan, sleeve.lots)), paper)[0].splitlines()
    told = list(ways_in_words(ways, plan, table.scenario.horizon)) if ways is not None else []
    if told:
        yield ""
        yield "Cheaper than a taxed sale"
        yield from (INDENT + one for one in told)


def has_lots(sleeve: Sleeve) -> bool:
    """Tell whether a sleeve is held in lots, and not only described."""
    return len(sleeve.lots) > 1 or sleeve.lots[0].bought is not None


def trade_columns(plan: Plan) -> Iterator[Column]:
    """Return the trades beside doing nothing, the figures running down."""
    yield Column(
        cells=["Sleeve after", "Sell", "Tax", "Spread and fees", "Cost", "Benefit", "Worth it by"]
    )
    for sale in plan.sales:
        tax = format_dollars(sale.tax) + ("+?" if sale.untaxed else "")
        cost = format_dollars(sale.cost) + ("+?" if sale.unpriced else "")
        worth = UNKNOWN_SIGN if sale.gain is None else format_bps(sale.gain, 1)
        yield Column(
            heading=sale.choice.value.capitalize(),
            cells=[
                format_rate(sale.weight),
                *(format_dollars(sale.sell), tax, cost),
                *(bps_words(sale.price), bps_words(sale.benefit), worth),
            ],
            to_right=True,
        )
    nothing = format_dollars(0.0)
    yield Column(
        heading=Choice.NOTHING.value.capitalize(),
        cells=[format_rate(plan.weight), nothing, nothing, nothing, "0.0bp", "0.0bp", "0.0bp"],
        to_right=True,
    )


def lot_columns(plan: Plan, lots: Sequence[HeldLot]) -> Iterator[Column]:
    """Return the lots in selling order, and what each trade sells of them."""
    yield Column(heading="Ticker", cells=[visible(one.ticker) for one in lots], is_bold=True)
    yield Column(heading="Term", cells=[one.term.value for one in lots])
    bought = [UNKNOWN_SIGN if one.bought is None else one.bought.isoformat() for one in lots]
    yield Column(heading="Bought", cells=bought)
    yield Column(heading="Worth", cells=[format_dollars(one.value) for one in lots], to_right=True)
    yield Column(heading="Gain", cells=[_gain(one) for one in lots], to_right=True)
    yield Column(heading="Tax/$", cells=[_tax(one) for one in lots], to_right=True)
    for sale in plan.sales:
        sold = {id(one.lot): one.sold for one in sale.parts}
        yield Column(
            heading=f"Sold {aim_of(sale)}",
            cells=[format_dollars(sold.get(id(one), 0.0)) for one in lots],
            to_right=True,
        )


def _gain(lot: HeldLot) -> str:
    return UNKNOWN_SIGN if lot.gain is None else format_dollars(lot.gain, signed=True)


def _tax(lot: HeldLot) -> str:
    if lot.term is Term.SHELTERED:
        return "none"
    return UNKNOWN_SIGN if lot.tax_per_dollar is None else format_rate(lot.tax_per_dollar, 1)


def summary(plan: Plan, sleeve: Sleeve, table: Table) -> str:
    """Say what all of it stands on, and what is left out."""
    signs = {key: signs_of(one) for key, one in sleeve.marks.items()}
    told = [f"{visible(sleeve.name)} {format_rate(plan.weight)}".strip()]
    told[0] += f" of {format_dollars(sleeve.value_usd)}"
    told += filter(None, [drift_words(plan)])
    if plan.saved:
        told.append(f"the edge saves {format_dollars(plan.saved)} of tax")
    if sleeve.volatility is not None:
        told.append(f"volatility {format_rate(sleeve.volatility, 1)}{signs.get('volatility', '')}")
    if sleeve.net_yield is not None:
        told.append(f"net yield {format_rate(sleeve.net_yield)}{signs.get(HEADLINE, '')}")
    told.append(f"risk aversion {format_number(plan.rule.gamma, 1)}")
    told += assumed(table)
    told += sleeve.notes
    for sale in plan.sales:
        if sale.untaxed:
            names = " and ".join(map(visible, sale.untaxed))
            told.append(f"the tax of {names} is unknown and left out {aim_of(sale)}")
        if sale.unused_loss:
            loss = format_dollars(sale.unused_loss)
            told.append(f"{aim_of(sale)} leaves {loss} of loss for gains elsewhere")
    return " · ".join(told)
