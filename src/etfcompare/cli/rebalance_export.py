"""`etfcompare rebalance` for programs: JSON, CSV, and Markdown tables of the trades."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import TYPE_CHECKING, Final

from etfcompare import __version__, export
from etfcompare.cli.options import Format
from etfcompare.cli.rebalance_page import has_lots, lot_columns, summary, trade_columns
from etfcompare.cli.table import Column
from etfcompare.engine.comparison import Comparison
from etfcompare.engine.figures import Table
from etfcompare.engine.query import Query
from etfcompare.engine.sheet import sheet_of
from etfcompare.portfolio.lots import HeldLot
from etfcompare.portfolio.rebalance_words import verdict, ways_in_words
from etfcompare.portfolio.rebalancing import Choice, Plan, Sale, Ways
from etfcompare.portfolio.sleeves import Sleeve
from etfcompare.units import exact_rate
from etfcompare.visible import visible

if TYPE_CHECKING:
    from etfcompare.workspace import Workspace

_KEYS: Final = (
    *("trade", "chosen", "weight", "sell", "tax", "cost", "price"),
    *("benefit", "worth", "unused_loss", "untaxed"),
)


def exported(
    workspace: Workspace,
    table: Table,
    form: Format,
    plan: Plan,
    sleeve: Sleeve,
    ways: Ways | None,
) -> str:
    """Write what may be done about a sleeve in a format for programs."""
    if form is Format.JSON:
        document = {
            "version": __version__,
            "catalogue": {
                "path": visible(str(workspace.path)),
                "sha256": workspace.document.sha256,
            },
            "scenario": table.scenario.to_json(),
            **_document(plan, sleeve, ways, table),
        }
        return export.json_text(document)
    manifest = _manifest(workspace, table, plan, sleeve)
    if form is Format.CSV:
        rows: list[tuple[export.Cell, ...]] = [
            tuple(_flat(one, plan).values()) for one in plan.sales
        ]
        nothing = Choice.NOTHING.value
        left: tuple[export.Cell, ...] = (
            nothing,
            _chosen(nothing, plan),
            plan.weight,
            *(0.0 for _ in _KEYS[4:]),
            "",
        )
        return export.csv_text([_KEYS, *rows, left, (manifest, *("" for _ in _KEYS[1:]))])
    tables = [list(trade_columns(plan))] if plan.sales else []
    if has_lots(sleeve):
        tables.append(list(lot_columns(plan, sleeve.lots)))
    drawn = [markdown_columns(one) for one in tables]
    horizon = table.scenario.horizon
    words = [verdict(plan, horizon)]
    below = list(ways_in_words(ways, plan, horizon)) if ways is not None else []
    below += [summary(plan, sleeve, table), manifest]
    told = [*map(export.markdown_cell, words), *drawn, *map(export.markdown_cell, below)]
    return "\n\n".join(told) + "\n"


def markdown_columns(columns: Sequence[Column]) -> str:
    """Write a table of columns as Markdown, signs behind their figures."""
    cells = (map(str.__add__, one.cells, one.signs or [""] * len(one.cells)) for one in columns)
    headings = [one.heading for one in columns]
    rows = zip(*cells, strict=True)
    return export.markdown_text(headings, rows, [one.to_right for one in columns]).rstrip("\n")


def manifest_about(
    workspace: Workspace, table: Table, tickers: Container[str], selection: str
) -> str:
    """Say in one line what figures about a few products stand on, ranked or not."""
    rows = tuple(row for row, one in enumerate(table.products) if one.ticker in tickers)
    ranks = tuple(None for _ in rows)
    named = Comparison(table=table, where=Query.parse(""), sort=(), rows=rows, ranks=ranks)
    return export.manifest_of(workspace, sheet_of(named, ()), selection=selection)


def _manifest(workspace: Workspace, table: Table, plan: Plan, sleeve: Sleeve) -> str:
    held = {one.ticker for one in sleeve.lots}
    chosen = (
        f"sleeve {sleeve.name or 'given'} {exact_rate(plan.weight)} · target "
        f"{exact_rate(plan.rule.target)} · edge {exact_rate(plan.rule.edge)}"
    )
    return manifest_about(workspace, table, held, chosen)


def _chosen(trade: str, plan: Plan) -> str:
    return "chosen" if plan.choice.value == trade else ""


def _flat(sale: Sale, plan: Plan) -> dict[str, float | str | None]:
    """Give what `_KEYS` name, numbers raw."""
    values = (
        *(sale.choice.value, _chosen(sale.choice.value, plan), sale.weight),
        *(sale.sell, sale.tax, sale.cost, sale.price, sale.benefit, sale.gain),
        *(sale.unused_loss, " ".join(sale.untaxed)),
    )
    return dict(zip(_KEYS, values, strict=True))


def _document(plan: Plan, sleeve: Sleeve, ways: Ways | None, table: Table) -> dict[str, object]:
    rule = plan.rule
    trades = [
        {
            **_flat(sale, plan),
            "chosen": sale.choice is plan.choice,
            "untaxed": [visible(one) for one in sale.untaxed],
            "lots": [_lot(one.lot) | {"sold": one.sold, "tax": one.tax} for one in sale.parts],
        }
        for sale in plan.sales
    ]
    return {
        "verdict": plan.choice.value,
        "reason": verdict(plan, table.scenario.horizon),
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


def _lot(lot: HeldLot) -> dict[str, object]:
    return {
        "ticker": visible(lot.ticker),
        "term": lot.term.value,
        "bought": lot.bought.isoformat() if lot.bought else None,
        "value": lot.value,
        "gain": lot.gain,
        "tax_per_dollar": lot.tax_per_dollar,
    }
