"""`etfcompare rebalance` for programs: JSON, CSV, and Markdown tables of the trades."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import TYPE_CHECKING

from etfcompare import export
from etfcompare.cli.options import Format
from etfcompare.cli.rebalance_page import has_lots, lot_columns, summary, trade_columns
from etfcompare.cli.table import Column
from etfcompare.engine.figures import Table
from etfcompare.portfolio.rebalance_sheet import (
    Answer,
    document_of,
    selection_of,
    sheet_about,
    sheet_under,
    trade_rows,
)
from etfcompare.portfolio.rebalance_words import verdict, ways_in_words

if TYPE_CHECKING:
    from etfcompare.workspace import Workspace


def exported(workspace: Workspace, answer: Answer, form: Format) -> str:
    """Write what may be done about a sleeve in a format for programs."""
    sheet = sheet_under(answer)
    if form is Format.JSON:
        document = export.document_of(workspace, sheet)
        basis = {key: document[key] for key in ("version", "catalogue", "scenario")}
        return export.json_text({**basis, **document_of(answer)})
    manifest = export.manifest_of(workspace, sheet, selection=selection_of(answer))
    if form is Format.CSV_RAW:
        return export.csv_text(trade_rows(answer), defused=False)
    if form is Format.CSV:
        rows = trade_rows(answer)
        return export.csv_text([*rows, (manifest, *("" for _ in rows[0][1:]))])
    plan, sleeve, ways = answer.plan, answer.sleeve, answer.ways
    tables = [list(trade_columns(plan))] if plan.sales else []
    if has_lots(sleeve):
        tables.append(list(lot_columns(plan, sleeve.lots)))
    drawn = [markdown_columns(one) for one in tables]
    horizon = answer.table.scenario.horizon
    below = list(ways_in_words(ways, plan, horizon)) if ways is not None else []
    below += [summary(plan, sleeve, answer.table), manifest]
    told = [export.markdown_cell(verdict(plan, horizon)), *drawn, *map(export.markdown_cell, below)]
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
    return export.manifest_of(workspace, sheet_about(table, tickers), selection=selection)
