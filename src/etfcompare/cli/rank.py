"""`etfcompare rank`: the products that match, best first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click

from etfcompare.cli.assumed import assumed
from etfcompare.cli.omissions import omissions
from etfcompare.cli.options import Format, Request, formats, requests
from etfcompare.cli.output import say, write, write_exact
from etfcompare.cli.table import Column, Paper, table_text
from etfcompare.engine.cells import number_text, signs_of
from etfcompare.engine.comparison import DEFAULT_COLUMNS, Comparison, parse_columns, parse_sort
from etfcompare.engine.query import Query
from etfcompare.engine.sheet import MEANINGS, TICKER, Sheet, sheet_of
from etfcompare.errors import UsageError
from etfcompare.visible import visible

if TYPE_CHECKING:
    from etfcompare.catalogue.schema import View
    from etfcompare.workspace import Workspace


@click.command(
    epilog="""\b
    Examples:
      etfcompare rank
      etfcompare rank --where 'country:us staked aum>50M' --top 10
      etfcompare rank --sort effective_fee --where sol --horizon 3y
      etfcompare rank --columns ticker,net_yield,aum --csv > funds.csv
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
@click.option("--view", metavar="NAME", help="A view that the catalogue names.")
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
    scenario = workspace.scenario_for(request.scenario)
    chosen = _view(workspace, view) if view is not None else None
    if chosen is not None:
        where = " ".join(one for one in (chosen.where, where) if one)
        sort = sort or ([chosen.sort] if chosen.sort else [])
        columns = columns or ",".join(chosen.columns)
    comparison = workspace.compare(scenario, where=Query.parse(where or ""), sort=parse_sort(sort))
    matching = len(comparison.rows)
    if top is not None:
        comparison = comparison.top(top)
    sheet = sheet_of(comparison, parse_columns(columns or ""))
    if form is Format.TABLE:
        _print(sheet, matching)
    else:
        write_exact(_export(workspace, sheet, form))
    _say_what_lacks(workspace, comparison)
    return 0


def print_ranking(request: Request) -> int:
    """Write the table that the command writes without options; return the exit code.

    Raises:
        EtfcompareError: There is no catalogue, or the scenario does not fit it.
    """
    workspace = request.open()
    comparison = workspace.compare(workspace.scenario_for(request.scenario))
    _print(sheet_of(comparison, DEFAULT_COLUMNS), len(comparison.rows))
    _say_what_lacks(workspace, comparison)
    return 0


def _view(workspace: Workspace, name: str) -> View:
    views = workspace.catalogue.views
    for view in views:
        if view.name and view.name.casefold() == name.casefold():
            return view
    names = ", ".join(visible(one.name) for one in views if one.name)
    has = f"it has {names}" if names else "it has none"
    raise UsageError(f'--view: the catalogue has no view "{visible(name)}"; {has}')


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
