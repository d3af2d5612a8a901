"""`etfcompare compare`: a few products side by side, and what the choice between them hangs on."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from etfcompare.cli.assumed import assumed
from etfcompare.cli.complete import tickers
from etfcompare.cli.options import Format, Request, formats, requests
from etfcompare.cli.output import say, write, write_exact
from etfcompare.cli.side_page import side_page
from etfcompare.cli.table import Paper
from etfcompare.engine.cells import cell_text
from etfcompare.engine.comparison import ALL, Comparison, parse_columns
from etfcompare.engine.figures import FIGURES, HEADLINE, Table
from etfcompare.engine.query import Query
from etfcompare.engine.sensitivity import Switch, can_move, crossovers, swaps, switch
from etfcompare.engine.sheet import Sheet, sheet_of
from etfcompare.engine.side_by_side import (
    BEST_SIGN,
    FEWEST,
    MOST,
    WORST_SIGN,
    SideRow,
    side_by_side,
)
from etfcompare.errors import UsageError
from etfcompare.visible import visible

if TYPE_CHECKING:
    from etfcompare.workspace import Workspace


@click.command(
    short_help="Put products side by side.",
    epilog="""\b
    Examples:
      etfcompare compare BSOL SOLC VSOL
      etfcompare compare ETHA ETHB --differences --horizon 3y
      etfcompare compare ETHA ETHB --basis 80% --gains-tax 23.8%
      etfcompare compare BSOL SOLC --json | jq .crossovers
    \b
    Costs in the ledger are negative, so that its lines add up. In JSON, the differences give for
    each product how far it is off the best, and that in dollars a year. A crossover is the gross
    reward rate at which two funds on one coin leave the same. A switch costs half of both spreads,
    two commissions, tax on the gain (--basis, --gains-tax) and the difference of the premiums.
    """,
)
@click.argument("named", metavar="TICKER TICKER...", nargs=-1, shell_complete=tickers)
@click.option("--differences", is_flag=True, help="Only figures that differ.")
@formats(Format.JSON, Format.CSV, Format.CSV_RAW, Format.MARKDOWN)
@requests
def command(request: Request, *, named: Sequence[str], differences: bool, form: Format) -> int:
    """Put 2 to 6 products side by side: best and worst marked, where they tie, what a switch costs.

    Figures run down, products across, in the order given.
    """
    workspace = request.open()
    rows = _rows(workspace, named)
    table = workspace.table(workspace.scenario_for(request.scenario))
    side_rows = [one for one in side_by_side(table, rows) if one.differs or not differences]
    kept = {one.figure.key for one in side_rows} if differences else {*FIGURES}
    sheet = sheet_of(_ranked(table, rows), [key for key in parse_columns(ALL) if key in kept])
    if form is Format.TABLE:
        _print(sheet, side_rows)
    else:
        write_exact(_export(workspace, sheet, side_rows, form))
    return 0


def _rows(workspace: Workspace, named: Sequence[str]) -> tuple[int, ...]:
    """Return the places of the products in the catalogue.

    Raises:
        UsageError: They are too few or too many, one is unknown, or one is named twice.
    """
    if not FEWEST <= len(named) <= MOST:
        raise UsageError(f"compare takes {FEWEST} to {MOST} products, not {len(named)}")
    rows = [workspace.row_of(ticker) for ticker in named]
    for row, times in Counter(rows).items():
        if times > 1:
            ticker = visible(workspace.catalogue.products[row].ticker)
            raise UsageError(f"{ticker} is named twice; name each product once")
    return tuple(rows)


def _ranked(table: Table, rows: tuple[int, ...]) -> Comparison:
    """Rank products by net yield among themselves, but leave them in their order."""
    yields = [table.number(row, HEADLINE) for row in rows]
    ranks = (None if math.isnan(own) else 1 + sum(one > own for one in yields) for own in yields)
    return Comparison(table=table, where=Query.parse(""), sort=(), rows=rows, ranks=tuple(ranks))


# For programs


def _export(workspace: Workspace, sheet: Sheet, side_rows: Sequence[SideRow], form: Format) -> str:
    from etfcompare import export  # noqa: PLC0415 - not for the table, which people wait for

    table, rows = sheet.comparison.table, sheet.comparison.rows
    if form is Format.JSON:
        document = export.document_of(workspace, sheet)
        differences = {
            one.figure.key: {
                "gaps": [export.raw(gap) for gap in one.gaps],
                "money": [export.raw(money) for money in one.money],
            }
            for one in side_rows
            if any(gap is not None for gap in one.gaps)
        }
        return export.json_text(
            {**document, "differences": differences, **_conclusions(table, rows)}
        )
    tickers_across = [table.products[row].ticker for row in rows]
    compared = f"compared {', '.join(tickers_across)}"
    manifest = export.manifest_of(workspace, sheet, selection=compared)
    if form is Format.MARKDOWN:
        lines = ([one.section, one.figure.label, *_marked(one)] for one in side_rows)
        right = [False, False, *(True for _ in rows)]
        page = export.markdown_text(["Section", "Figure", *tickers_across], lines, right)
        return f"{page}\n{export.markdown_cell(manifest)}\n"
    is_raw = form is Format.CSV_RAW
    headings = ("section", "figure", "unit", *tickers_across, "marks")
    found: list[Sequence[float | str | None]] = [
        (
            *(one.section.name.lower(), one.figure.key, one.figure.unit.value),
            *(*one.values, _marks(one, tickers_across)),
        )
        for one in side_rows
    ]
    last = [] if is_raw else [(manifest, *("" for _ in headings[1:]))]
    return export.csv_text([headings, *found, *last], defused=not is_raw)


def _marked(row: SideRow) -> Iterator[str]:
    """Give the figures of a row as people read them, best and worst marked."""
    for place, (value, marks) in enumerate(zip(row.shown, row.marks, strict=True)):
        yield f"{cell_text(row.figure, value, marks)} {row.sign(place)}".rstrip()


def _marks(row: SideRow, products: Sequence[str]) -> str:
    found = zip(products, row.marks, strict=True)
    return "; ".join(f"{ticker}: {', '.join(one.words)}" for ticker, one in found if one)


def _conclusions(table: Table, rows: Sequence[int]) -> dict[str, object]:
    """Return what JSON says beside the figures."""
    return {
        "crossovers": [
            {
                "a": visible(one.a),
                "b": visible(one.b),
                "asset": visible(one.asset),
                "reward_rate": one.reward_rate,
                "above": one.above and visible(one.above),
                "leader": one.leader and visible(one.leader),
                "marks": one.marks.words,
            }
            for one in crossovers(table, rows)
        ],
        "swaps": [
            {
                "a": visible(one.a),
                "b": visible(one.b),
                "day": one.day.isoformat(),
                "waiver_of": visible(one.waiver_of),
                "before": visible(one.before),
                "after": visible(one.after),
            }
            for one in swaps(table, rows)
        ],
        "switches": [
            _switch_document(switch(table, source, target))
            for source in rows
            for target in rows
            if can_move(table, source, target)
        ],
    }


def _switch_document(one: Switch) -> dict[str, object]:
    return {
        "from": visible(one.source),
        "to": visible(one.target),
        "cost": one.cost,
        "days": one.days,
        "parts": [{"label": part.label, "value": part.value} for part in one.parts],
        "marks": one.marks.words,
    }


# For people


def _print(sheet: Sheet, side_rows: Sequence[SideRow]) -> None:
    comparison = sheet.comparison
    text, left_out = side_page(comparison.table, comparison.rows, side_rows, Paper.of_stdout())
    write(text)
    if left_out:
        say(f"too narrow for {', '.join(left_out)}; name fewer products or widen the terminal")
    signs = {BEST_SIGN: "best", WORST_SIGN: "worst", **sheet.legend()}
    legend = " ".join(f"{sign} {meaning}" for sign, meaning in signs.items())
    say(" · ".join([*assumed(comparison.table), legend]))
