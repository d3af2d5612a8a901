"""What may be done about a sleeve as data, which every face writes alike."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from etfcompare.engine.comparison import Comparison
from etfcompare.engine.query import Query
from etfcompare.engine.sheet import sheet_of
from etfcompare.portfolio.rebalance_words import verdict
from etfcompare.portfolio.rebalancing import Choice
from etfcompare.units import exact_rate
from etfcompare.visible import visible

if TYPE_CHECKING:
    from etfcompare.engine.figures import Table
    from etfcompare.engine.sheet import Sheet
    from etfcompare.portfolio.lots import HeldLot
    from etfcompare.portfolio.rebalancing import Plan, Sale, Ways
    from etfcompare.portfolio.sleeves import Sleeve

Row: TypeAlias = "tuple[float | str | None, ...]"

_KEYS: Final = (
    *("trade", "chosen", "weight", "sell", "tax", "cost", "price"),
    *("benefit", "worth", "unused_loss", "untaxed", "unpriced"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A sleeve with what may be done about it."""

    table: Table
    """The figures that it rests on, under the scenario."""
    sleeve: Sleeve
    plan: Plan
    ways: Ways | None


def sheet_about(table: Table, tickers: Container[str]) -> Sheet:
    """Return a sheet of a few products, ranked or not, that tells what figures stand on."""
    rows = tuple(row for row, one in enumerate(table.products) if one.ticker in tickers)
    ranks = tuple(None for _ in rows)
    named = Comparison(table=table, where=Query.parse(""), sort=(), rows=rows, ranks=ranks)
    return sheet_of(named, ())


def sheet_under(answer: Answer) -> Sheet:
    """Return the sheet of the products that a sleeve is in."""
    return sheet_about(answer.table, {one.ticker for one in answer.sleeve.lots})


def selection_of(answer: Answer) -> str:
    """Say in a manifest what was asked of which sleeve."""
    plan = answer.plan
    return (
        f"sleeve {answer.sleeve.name or 'given'} {exact_rate(plan.weight)} · target "
        f"{exact_rate(plan.rule.target)} · edge {exact_rate(plan.rule.edge)}"
    )


def trade_rows(answer: Answer) -> list[Row]:
    """Return the trades with a heading above, doing nothing last, numbers raw."""
    plan = answer.plan
    nothing = Choice.NOTHING.value
    zeros = (0.0 for _ in _KEYS[3:-2])
    left: Row = (nothing, _chosen(nothing, plan), plan.weight, *zeros, "", "")
    return [_KEYS, *(tuple(_flat(one, plan).values()) for one in plan.sales), left]


def document_of(answer: Answer) -> dict[str, object]:
    """Return what may be done about a sleeve as JSON takes it: fractions, and unknown as null."""
    plan, sleeve, ways = answer.plan, answer.sleeve, answer.ways
    rule = plan.rule
    trades = [
        {
            **_flat(sale, plan),
            "chosen": sale.choice is plan.choice,
            "untaxed": [visible(one) for one in sale.untaxed],
            "unpriced": [visible(one) for one in sale.unpriced],
            "lots": [_lot(one.lot) | {"sold": one.sold, "tax": one.tax} for one in sale.parts],
        }
        for sale in plan.sales
    ]
    return {
        "verdict": plan.choice.value,
        "reason": verdict(plan, answer.table.scenario.horizon),
        "sleeve": {
            "name": visible(sleeve.name),
            "weight": plan.weight,
            "value": sleeve.value_usd,
            "volatility": sleeve.volatility,
            "net_yield": sleeve.net_yield,
            "marks": {key: words for key, one in sleeve.marks.items() if (words := one.words)},
            "notes": list(sleeve.notes),
        },
        "rule": {
            "target": rule.target,
            "edge": rule.edge,
            "band": rule.band,
            "absolute_band": rule.absolute,
            "gamma": rule.gamma,
        },
        "drift_multiple": plan.drift,
        "tax_saved_by_edge": plan.saved,
        "trades": trades,
        "lots": [_lot(one) for one in sleeve.lots],
        "cheaper": None
        if ways is None
        else {
            "sheltered": ways.sheltered,
            "in_loss": ways.in_loss,
            "loss": ways.loss,
            "new_cash": ways.new_cash,
            "income": ways.income,
            "years": ways.years,
        },
    }


def _chosen(trade: str, plan: Plan) -> str:
    return "chosen" if plan.choice.value == trade else ""


def _flat(sale: Sale, plan: Plan) -> dict[str, float | str | None]:
    values = (
        *(sale.choice.value, _chosen(sale.choice.value, plan), sale.weight),
        *(sale.sell, sale.tax, sale.cost, sale.price, sale.benefit, sale.gain),
        *(sale.unused_loss, " ".join(sale.untaxed), " ".join(sale.unpriced)),
    )
    return dict(zip(_KEYS, values, strict=True))


def _lot(lot: HeldLot) -> dict[str, object]:
    return {
        "ticker": visible(lot.ticker),
        "term": lot.term.value,
        "bought": lot.bought.isoformat() if lot.bought else None,
        "value": lot.value,
        "gain": lot.gain,
        "tax_per_dollar": lot.tax_per_dollar,
    }
