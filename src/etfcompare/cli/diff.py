"""`etfcompare diff`: what differs between two catalogues, and which ranks moved because of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from etfcompare.cli.assumed import assumed
from etfcompare.cli.options import Format, Request, formats, named_once, requests
from etfcompare.cli.output import say, write, write_exact
from etfcompare.cli.table import Column, Paper, table_text
from etfcompare.engine.changes import WATCHED, Cell, Changes, changes
from etfcompare.engine.comparison import parse_columns, parse_sort
from etfcompare.engine.figures import FIGURES
from etfcompare.engine.query import Query
from etfcompare.visible import visible

if TYPE_CHECKING:
    from etfcompare.workspace import Workspace

EVERY = "all"
"""Stands in place of a ticker for a figure that is the same for all products."""


@click.command(
    short_help="Compare two catalogues: figures changed, ranks moved.",
    epilog="""\b
    Examples:
      etfcompare diff last-month.yaml
      etfcompare diff last-month.yaml products.yaml --sort effective_fee
      etfcompare diff old.yaml --columns net_yield,aum --horizon 3y
      etfcompare diff old.yaml --json | jq '.ranks[]'
    """,
)
@click.argument("old")
@click.argument("new", required=False)
@click.option("--sort", multiple=True, metavar="KEY", help="What ranks them; repeatable.")
@click.option("--where", metavar="EXPR", help="Which products are ranked.")
@click.option("--columns", metavar="A,B", help="Figures to compare, or `all`.")
@formats(Format.JSON)
@requests
def command(
    request: Request,
    *,
    old: str,
    new: str | None,
    sort: Sequence[str],
    where: str | None,
    columns: str | None,
    form: Format,
) -> int:
    """Say which figures differ between OLD and NEW, and which ranks moved because of it.

    NEW is the catalogue that other commands would read unless given.
    """
    keys = parse_columns(columns) if columns else WATCHED
    earlier = replace(request, argument=old)
    later = replace(request, argument=named_once(new, request.argument))
    before, after = earlier.open(), later.open()
    table = after.table(after.scenario_for(later.scenario))
    found = changes(
        before.table(before.scenario_for(earlier.scenario)),
        table,
        keys,
        where=Query.parse(where or ""),
        sort=parse_sort(sort),
    )
    if form is Format.JSON:
        from etfcompare.export import json_text  # noqa: PLC0415 - not for the table

        scenario = table.scenario.to_json()
        document = {"before": _file(before), "after": _file(after), "scenario": scenario}
        write_exact(json_text({**document, **_document(found)}))
        return 0
    rows = list(_rows(found))
    if rows:
        cells = list(zip(*rows, strict=True))
        drawn = [
            Column(heading="Ticker", cells=cells[0], is_bold=True),
            Column(heading="Figure", cells=cells[1]),
            Column(heading="Before", cells=cells[2], to_right=True),
            Column(heading="After", cells=cells[3], to_right=True),
        ]
        text, _ = table_text(drawn, Paper.of_stdout())
        write(text)
    say(" · ".join([*_summary(found), *assumed(table)]))
    return 0


def _rows(found: Changes) -> Iterator[tuple[str, str, str, str]]:
    """Return the lines of the table; what reads the same before and after is left out."""
    for ticker in found.removed:
        yield visible(ticker), "", "", "gone"
    for ticker in found.added:
        yield visible(ticker), "", "", "new"
    for one in found.figures:
        if one.text_before != one.text_after:
            yield visible(one.ticker) or EVERY, one.figure.label, one.text_before, one.text_after
    for moved in found.ranks:
        yield (
            visible(moved.ticker),
            f"Rank by {_by(found)}",
            _rank(moved.before),
            _rank(moved.after),
        )


def _by(found: Changes) -> str:
    return FIGURES[found.sort[0].key].said


def _rank(rank: int | None) -> str:
    return "none" if rank is None else str(rank)


def _summary(found: Changes) -> Iterator[str]:
    if found.is_empty:
        yield "nothing differs"
        return
    yield _count(len(found.figures), "figure differs", "figures differ")
    tiny = sum(one.text_before == one.text_after for one in found.figures)
    if tiny:
        yield f"{tiny} too little to be seen"
    if found.added:
        yield f"{len(found.added)} new"
    if found.removed:
        yield f"{len(found.removed)} gone"
    yield _count(len(found.ranks), "rank moved", "ranks moved")


def _count(number: int, one: str, many: str) -> str:
    return f"{number or 'no'} {one if number == 1 else many}"


def _file(workspace: Workspace) -> dict[str, str]:
    return {"path": visible(str(workspace.path)), "sha256": workspace.document.sha256}


def _document(found: Changes) -> dict[str, object]:
    return {
        "added": [visible(ticker) for ticker in found.added],
        "removed": [visible(ticker) for ticker in found.removed],
        "figures": [
            {
                "ticker": visible(one.ticker) or None,
                "key": one.key,
                "before": _cell(one.before),
                "after": _cell(one.after),
            }
            for one in found.figures
        ],
        "sort": [one.text for one in found.sort],
        "ranks": [
            {"ticker": visible(one.ticker), "before": one.before, "after": one.after}
            for one in found.ranks
        ],
    }


def _cell(cell: Cell) -> dict[str, object]:
    from etfcompare.export import raw  # noqa: PLC0415 - not for the table

    return {"value": raw(cell.value), "marks": cell.marks.words}
