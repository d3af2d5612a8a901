"""`etfcompare flows`: who gains and who loses money, period by period."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import click

from etfcompare import __version__
from etfcompare.cli.check import problem_fields
from etfcompare.cli.flows_page import columns_of, summary_of, topmost
from etfcompare.cli.omissions import omissions
from etfcompare.cli.options import (
    Format,
    Request,
    catalogue_argument,
    formats,
    named_once,
    requests,
)
from etfcompare.cli.output import say, write, write_exact
from etfcompare.cli.table import Paper, table_text
from etfcompare.engine.query import Query
from etfcompare.engine.scenario import Scenario
from etfcompare.engine.sheet import sheet_of
from etfcompare.errors import UsageError
from etfcompare.history.league import By, League, Standing, league
from etfcompare.history.series import Period, PeriodKind, period_of
from etfcompare.history.tables import History, Scope
from etfcompare.units import UnitError
from etfcompare.visible import visible

if TYPE_CHECKING:
    from etfcompare.workspace import Workspace


def _period(name: str, text: str) -> Period:
    try:
        return period_of(text)
    except UnitError as error:
        raise UsageError(f"{name}: {error}") from error


@click.command(
    short_help="List who gains and who loses money.",
    epilog="""\b
    Examples:
      etfcompare flows
      etfcompare flows --by asset --period month --from 2025-11 --to 2025-12
      etfcompare flows --where 'btc country:us' --from 2026-01-19 --to 2026-01-23
      etfcompare flows --by country --published --from 2026-W04 --to 2026-W04
    \b
    of AUM   the sum over the assets under management that the catalogue states today
    of side  the part of all that came in, or of all that left
    streak   periods in a row with money in (+) or out (-); less than 0.01% of the assets is quiet:
             it is not counted and ends no streak
    price    part of the periods in which flow and price of the coin had the same sign
    \b
    A week is an ISO week: 2026-W04 is also the week of CoinShares that ended on Friday 2026-01-23.
    """,
)
@catalogue_argument
@click.option(
    "--by",
    type=click.Choice([one.value for one in By]),
    default=By.PRODUCT.value,
    show_default=True,
    help="What flows are added up by.",
)
@click.option(
    "--period",
    type=click.Choice([one.value for one in PeriodKind]),
    help="How long a period is; a week unless the file has months.",
)
@click.option("--from", "first", metavar="D", help="Since this day, week or month.")
@click.option("--to", "last", metavar="D", help="Up to this day, week or month.")
@click.option("--where", metavar="EXPR", help="Only products that match, as 'btc country:us'.")
@click.option("--top", type=click.IntRange(min=1), metavar="N", help="Only the N largest flows.")
@click.option(
    "--published",
    is_flag=True,
    help="Figures that the file states for assets, issuers or countries, not sums of funds.",
)
@formats(Format.JSON, Format.CSV, Format.MARKDOWN)
@requests
def command(
    request: Request,
    *,
    file: str | None,
    by: str,
    period: str | None,
    first: str | None,
    last: str | None,
    where: str | None,
    top: int | None,
    published: bool,
    form: Format,
) -> int:
    """List flows by product, asset, issuer or country, the largest inflow first."""
    if published and (where is not None or by == By.PRODUCT):
        raise UsageError("--published figures are not of products; name --by, without --where")
    since, until = _asked(first, last)
    workspace = replace(request, argument=named_once(file, request.argument)).open()
    scenario = workspace.scenario_for(request.scenario)
    history = workspace.load_history()
    chosen = None if where is None else _chosen(workspace, scenario, where)
    found = league(
        history,
        workspace.catalogue,
        by=By(by),
        kind=PeriodKind(period) if period else None,
        first=since,
        last=min(until or scenario.as_of, scenario.as_of),
        tickers=chosen,
        is_published=published,
    )
    limit = None if last else workspace.catalogue.limits["flows"]
    if chosen is not None and not chosen:
        said = f"no product matches {visible(where or '')}"
    elif published and not any(of == by for of, _ in history.flows):
        said = f"the file of flows states no published figures by {by}"
    else:
        said = summary_of(found, limit, scenario)
    if form is Format.TABLE:
        if found.standings:
            text, left_out = table_text(list(columns_of(found, top)), Paper.of_stdout())
            write(text)
            if left_out:
                say(f"too narrow for {', '.join(left_out)}")
        say(said)
    else:
        stated = _Stated(workspace, scenario, said, where or "", _selection(found, where, top))
        write_exact(_export(found, top, stated, form))
    for line in _remarks(found, history, workspace):
        say(line)
    return 0


def _asked(first: str | None, last: str | None) -> tuple[date | None, date | None]:
    """Return the first and the last day asked for.

    Raises:
        UsageError: One is no day, week or month, or the first is after the last.
    """
    since = _period("--from", first).first_day if first else None
    until = _period("--to", last).last_day if last else None
    if since and until and since > until:
        raise UsageError(f"--from is after --to: {visible(f'{first} and {last}')}; swap them")
    return since, until


def _chosen(workspace: Workspace, scenario: Scenario, where: str) -> frozenset[str]:
    table, query = workspace.table(scenario), Query.parse(where)
    chosen = frozenset(table.products[row].ticker for row in query.select(table))
    if not chosen:
        for hint in query.strangers(table):
            say(hint)
    return chosen


def _remarks(found: League, history: History, workspace: Workspace) -> Iterator[str]:
    """Say what else the reader should know of these sums."""
    yield from map(visible, found.notes)
    if not found.is_published and found.by is not By.PRODUCT:
        scope = Scope(found.by.value)
        if any(one is scope for one, _ in history.flows):
            yield f"the file also has published figures by {found.by.value}: --published"
    if found.problems:
        count = len(found.problems)
        noun = "problem" if count == 1 else "problems"
        yield f"{count} {noun} in the file of flows; `etfcompare check` lists them"
    if (left_out := omissions(workspace)) is not None:
        yield left_out


# For programs


class _Stated(NamedTuple):
    """What an export says beside the flows."""

    workspace: Workspace
    scenario: Scenario
    summary: str
    where: str
    selection: str

    @property
    def manifest(self) -> str:
        """What the flows stand on, and how they were chosen, in one line."""
        from etfcompare import export  # noqa: PLC0415 - as below

        comparison = self.workspace.compare(self.scenario, where=Query.parse(self.where))
        return export.manifest_of(
            self.workspace, sheet_of(comparison, ()), selection=self.selection
        )


def _selection(found: League, where: str | None, top: int | None) -> str:
    """Say in words which flows were chosen."""
    told = [f"filter {(where or '').strip() or 'none'}"]
    told.append(f"{'published ' if found.is_published else ''}flows by {found.by} and {found.kind}")
    if found.periods:
        told.append(f"{found.periods[0].first_day} to {found.periods[-1].last_day}")
    if top is not None:
        told.append(f"the {top} largest")
    return " · ".join(told)


def _export(found: League, top: int | None, stated: _Stated, form: Format) -> str:
    from etfcompare import export  # noqa: PLC0415 - not for the table, which people wait for

    workspace = stated.workspace
    if form is Format.MARKDOWN:
        columns = list(columns_of(found, top))
        cells = (
            [f"{cell}{sign}" for cell, sign in zip(one.cells, one.signs, strict=True)]
            if one.signs
            else one.cells
            for one in columns
        )
        headings = [one.heading for one in columns]
        right = [one.to_right for one in columns]
        drawn = export.markdown_text(headings, zip(*cells, strict=True), right)
        below = [export.markdown_cell(one) for one in (stated.summary, stated.manifest)]
        return "\n\n".join([drawn.removesuffix("\n"), *below]) + "\n"
    rows = topmost(found, top)
    if form is Format.CSV:
        named = [visible(str(one)) for one in found.periods]
        head = ("name", "total", "share_of_aum", "share_of_side", "streak", "price_agreement")
        return export.csv_text(
            [
                [*head, *named],
                *(
                    [*(export.raw(value) for value in _values(one).values()), *one.flows]
                    for one in rows
                ),
                [stated.manifest, *("" for _ in (*head[1:], *named))],
            ]
        )
    turned = found.rotation
    return export.json_text(
        {
            "version": __version__,
            "catalogue": {
                "path": visible(str(workspace.path)),
                "sha256": workspace.document.sha256,
            },
            "scenario": stated.scenario.to_json(),
            "by": found.by.value,
            "period": found.kind.value,
            "is_published": found.is_published,
            "periods": [str(one) for one in found.periods],
            "rows": [_fields(one) for one in rows],
            "total": _fields(found.all_of_them),
            "rotation": {
                "inflow": turned.inflow,
                "outflow": turned.outflow,
                "matched": turned.matched,
                "index": turned.index,
            },
            "notes": [visible(one) for one in found.notes],
            "problems": [problem_fields(one) for one in found.problems],
        }
    )


def _values(one: Standing) -> dict[str, float | str | None]:
    return {
        "name": visible(one.name),
        "total": one.total,
        "share_of_aum": one.share_of_aum,
        "share_of_side": one.share_of_side,
        "streak": one.streak,
        "price_agreement": one.with_price,
    }


def _fields(one: Standing) -> dict[str, object]:
    values = _values(one)
    return {"name": values.pop("name"), "flows": list(one.flows), **values}
