"""`etfcompare rank`: the products that match, best first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click

from etfcompare.cli.assumed import assumed
from etfcompare.cli.omissions import omissions
from etfcompare.cli.options import Format, Request, formats, requests, view_option
from etfcompare.cli.output import say, write, write_exact
from etfcompare.cli.table import Column, Paper, table_text
from etfcompare.engine.cells import number_text, signs_of
from etfcompare.engine.comparison import Comparison, parse_columns, parse_sort
from etfcompare.engine.query import Query
from etfcompare.engine.sheet import MEANINGS, TICKER, Sheet, sheet_of

if TYPE_CHECKING:
    from etfcompare.workspace import Workspace


@click.command(
    epilog="""\b
    Examples:
      etfcompare rank
      etfcompare rank --where 'country:us staked aum>50M' --top 10
      etfcompare rank --sort effective_fee --where sol --horizon 3y
      etfcompare rank --columns ticker,net_yield,aum --csv > funds.csv
      etfcompare rank --view 'cheapest over 3 years' --where asset:sol
      etfcompare rank --where 'sol staked' --html > funds.html
      etfcompare rank --reward SOL=4% --cash 3.6% --json
    \b
    A sort key puts the best on top; -KEY sorts downwards, +KEY upwards. `etfcompare figures` lists
    the keys. Spreadsheets may drop the leading zeros of a ticker such as 0012 when they open CSV.
    """,
)
@click.option("--sort", "sort", multiple=True, metavar="KEY", help="Sort by a figure; repeatable.")
@click.option("--where", metavar="EXPR", help="A filter, as 'sol staked net_yield>4%'.")
@click.option("--columns", metavar="A,B", help="Figures to show, or `all`.")
@click.option("--top", type=click.IntRange(min=1), metavar="N", help="Only the first N.")
@view_option
@formats(Format.JSON, Format.CSV, Format.CSV_RAW, Format.MARKDOWN, Format.HTML)
@requests
def command(
    request: Request,
    *,
    sort: Sequence[str],
    where: str | None,
    columns: str | None,
    top: int | None,
    view: str | None,
    form: Format,
) -> int:
    """Rank the products, the highest net yield first."""
    workspace = request.open()
    comparison, keys = _ranked(workspace, request, view, sort=sort, where=where, columns=columns)
    matching = len(comparison.rows)
    if top is not None:
        comparison = comparison.top(top)
    sheet = sheet_of(comparison, keys)
    if form is Format.TABLE:
        _print(sheet, matching)
    else:
        write_exact(_export(workspace, sheet, form))
    _say_what_lacks(workspace, comparison)
    return 0


def print_ranking(request: Request, view: str | None = None) -> int:
    """Write the table that the command writes without options; return the exit code.

    Args:
        request: Of which catalogue, under which assumptions.
        view: The name of a view, if one was named.

    Raises:
        EtfcompareError: There is no catalogue, or the scenario does not fit it.
    """
    workspace = request.open()
    comparison, keys = _ranked(workspace, request, view)
    _print(sheet_of(comparison, keys), len(comparison.rows))
    _say_what_lacks(workspace, comparison)
    return 0


def _ranked(
    workspace: Workspace,
    request: Request,
    view: str | None,
    *,
    sort: Sequence[str] = (),
    where: str | None = None,
    columns: str | None = None,
) -> tuple[Comparison, Sequence[str]]:
    """Return the products in order and the columns to show; options go before the view."""
    scenario, keys = request.scenario, parse_columns(columns or "")
    order, words = parse_sort(sort), [where or ""]
    if view is not None:
        named = request.named_view(workspace, view)
        scenario = request.under(named)
        order = order if sort else named.sort
        keys = keys if columns else named.columns
        words.insert(0, named.where)
    query = Query.parse(" ".join(filter(None, words)))
    scenario = workspace.scenario_for(scenario)
    return workspace.compare(scenario, where=query, sort=order), keys


def _export(workspace: Workspace, sheet: Sheet, form: Format) -> str:
    from etfcompare.export import Form, written  # noqa: PLC0415 - not for the table: people wait

    return written(workspace, sheet, Form(form.value))


def _print(sheet: Sheet, matching: int) -> None:
    drawn = list(_table(sheet))
    text, left_out = table_text(drawn, Paper.of_stdout())
    write(text)
    if left_out:
        say(f"too narrow for {', '.join(left_out)}")
    say(_summary(sheet.comparison, matching, drawn))


def _say_what_lacks(workspace: Workspace, comparison: Comparison) -> None:
    """Say why nothing matches, if words of the filter explain it, and what errors leave out."""
    if not comparison.rows:
        for hint in comparison.where.strangers(comparison.table):
            say(hint)
    undecided = comparison.undecided_in_words()
    if undecided:
        say(undecided)
    left_out = omissions(workspace)
    if left_out is not None:
        say(left_out)


def _table(sheet: Sheet) -> Iterable[Column]:
    rows = sheet.comparison.rows
    ranks = ["" if rank is None else str(rank) for rank in sheet.comparison.ranks]
    yield Column(heading="#", cells=ranks, to_right=True)
    for column in sheet.columns:
        heading = column.label + sheet.arrow(column.key)
        if column.is_words:
            cells = [column.text(row) for row in rows]
            yield Column(heading=heading, cells=cells, is_bold=column.key == TICKER)
            continue
        values = [column.value(row) for row in rows]
        yield Column(
            heading=heading,
            cells=[
                column.text(row) if value is None else number_text(column.figure, value)
                for row, value in zip(rows, values, strict=True)
            ],
            signs=[
                "" if value is None else signs_of(column.marks(row))
                for row, value in zip(rows, values, strict=True)
            ],
            to_right=True,
        )


def _summary(comparison: Comparison, matching: int, drawn: Sequence[Column]) -> str:
    """Say what is shown, under which assumptions, and what the signs in it mean."""
    shown = len(comparison.rows)
    count = f"{shown} of {comparison.total}"
    if shown < matching:
        count = f"{shown} of {matching} that match, of {comparison.total}"
    told = [count, *assumed(comparison.table)]
    seen = {*"".join(sign for one in drawn for sign in one.signs)}
    seen.update(*(one.cells for one in drawn))
    legend = [f"{sign} {meaning}" for sign, meaning in MEANINGS.items() if sign in seen]
    return " · ".join([*told, " ".join(legend)] if legend else told)
