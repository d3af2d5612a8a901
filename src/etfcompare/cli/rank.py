"""`etfcompare rank`: the products that match, best first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click

from etfcompare.catalogue.problem import Severity
from etfcompare.cli.assumed import assumed
from etfcompare.cli.omissions import omissions
from etfcompare.cli.options import Format, Request, formats, requests
from etfcompare.cli.output import say, write, write_exact
from etfcompare.cli.table import Column, Paper, table_text
from etfcompare.engine.cells import (
    ESTIMATED_SIGN,
    NOT_APPLICABLE_SIGN,
    STALE_SIGN,
    UNKNOWN_SIGN,
    cell_text,
    number_text,
    signs_of,
)
from etfcompare.engine.comparison import (
    DEFAULT_COLUMNS,
    Comparison,
    SortKey,
    parse_columns,
    parse_sort,
)
from etfcompare.engine.figure import Unit
from etfcompare.engine.figures import FIGURES
from etfcompare.engine.query import Query
from etfcompare.errors import UsageError
from etfcompare.visible import visible

if TYPE_CHECKING:
    from etfcompare.catalogue.schema import View
    from etfcompare.workspace import Workspace

ARROWS = {True: "▼", False: "▲"}
"""The arrow of a sort, by whether it descends."""
MEANINGS = {
    ESTIMATED_SIGN: "estimated",
    STALE_SIGN: "stale or undated",
    UNKNOWN_SIGN: "unknown",
    NOT_APPLICABLE_SIGN: "does not apply",
}
"""What the signs beside and instead of figures mean."""


@click.command(
    epilog="""\b
    Examples:
      etfcompare rank
      etfcompare rank --where 'country:us staked aum>50M' --top 10
      etfcompare rank --sort effective_fee --where sol --horizon 3y
      etfcompare rank --columns ticker,net_yield,aum --csv > funds.csv
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
@formats(Format.JSON, Format.CSV, Format.CSV_RAW, Format.MARKDOWN)
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
    keys = parse_columns(columns or "")
    if form is Format.TABLE:
        _print(comparison, keys, matching)
    else:
        write_exact(_export(workspace, comparison, keys, form))
    _say_what_lacks(workspace, comparison)
    return 0


def print_ranking(request: Request) -> int:
    """Write the table that the command writes without options; return the exit code.

    Raises:
        EtfcompareError: There is no catalogue, or the scenario does not fit it.
    """
    workspace = request.open()
    comparison = workspace.compare(workspace.scenario_for(request.scenario))
    _print(comparison, DEFAULT_COLUMNS, len(comparison.rows))
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


def _export(
    workspace: Workspace, comparison: Comparison, columns: Sequence[str], form: Format
) -> str:
    from etfcompare import export  # noqa: PLC0415 - not for the table, which people wait for

    if form is Format.MARKDOWN:
        return export.comparison_markdown(comparison, columns)
    if form is not Format.JSON:
        return export.comparison_csv(comparison, columns, defused=form is Format.CSV)
    problems = workspace.problems(comparison.table.scenario)
    found = Counter(one.severity for one in problems)
    catalogue = {
        "path": visible(str(workspace.path)),
        "sha256": workspace.document.sha256,
        **{f"{severity.value}s": found[severity] for severity in Severity},
    }
    return export.comparison_json(comparison, columns, catalogue=catalogue)


def _print(comparison: Comparison, columns: Sequence[str], matching: int) -> None:
    drawn = list(_table(comparison, columns))
    text, left_out = table_text(drawn, Paper.of_stdout())
    write(text)
    if left_out:
        say(f"too narrow for {', '.join(left_out)}")
    say(_summary(comparison, matching, drawn))


def _say_what_lacks(workspace: Workspace, comparison: Comparison) -> None:
    """Say why nothing matches, if words of the filter explain it, and what errors leave out."""
    if not comparison.rows:
        for hint in comparison.where.strangers(comparison.table):
            say(hint)
    left_out = omissions(workspace)
    if left_out is not None:
        say(left_out)


def _table(comparison: Comparison, columns: Sequence[str]) -> Iterable[Column]:
    table = comparison.table
    ranks = ["" if rank is None else str(rank) for rank in comparison.ranks]
    yield Column(heading="#", cells=ranks, to_right=True)
    for key in columns:
        figure = FIGURES[key]
        heading = figure.label + _arrow(key, comparison.sort)
        values = [(table.value(row, key), table.marks(row, key)) for row in comparison.rows]
        if figure.unit is Unit.WORDS:
            cells = [cell_text(figure, *one) for one in values]
            yield Column(heading=heading, cells=cells, is_bold=key == "ticker")
            continue
        yield Column(
            heading=heading,
            cells=[
                cell_text(figure, value, marks) if value is None else number_text(figure, value)
                for value, marks in values
            ],
            signs=["" if value is None else signs_of(marks) for value, marks in values],
            to_right=True,
        )


def _arrow(key: str, sort: tuple[SortKey, ...]) -> str:
    for place, one in enumerate(sort, start=1):
        if one.key == key:
            return ARROWS[one.descending] + (str(place) if len(sort) > 1 else "")
    return ""


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
