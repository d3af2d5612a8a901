"""`etfcompare calendar`: what changes within the horizon without anybody's doing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import click

from etfcompare import __version__
from etfcompare.cli.assumed import assumed
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
from etfcompare.cli.table import GAP, Column, Paper, shortened, table_text, width
from etfcompare.engine.calendar import Event, EventKind, events
from etfcompare.engine.comparison import Comparison, compare
from etfcompare.engine.figures import Table
from etfcompare.engine.query import Query
from etfcompare.engine.sheet import sheet_of
from etfcompare.engine.staleness import stale_already
from etfcompare.units import format_bps, format_rate
from etfcompare.visible import visible

if TYPE_CHECKING:
    from etfcompare.workspace import Workspace

NAMED: Final = 2
"""Products named before the rest is counted."""
INDENT: Final = "    "
READABLE: Final = 48
"""Cells below which a column of sentences is no longer read with ease."""
WIDE: Final = Paper(columns=None, has_colour=False)
ESTIMATED: Final = "~"
_KEYS: Final = (
    *("day", "days_left", "kind", "tickers", "what", "effect"),
    *("before", "after", "change", "is_estimate", "line"),
)


@click.command(
    short_help="List what changes within the horizon.",
    epilog="""\b
    Examples:
      etfcompare calendar
      etfcompare calendar my.yaml --horizon 3y --kind waiver --kind tier
      etfcompare calendar --where 'sol staked' --json
    \b
    waiver  a fee or staking waiver ends; the net yield is that of the day before and of the day
    tier    a fund outgrows the size up to which its fee is waived; the day is estimated (~) from
            its flows, the net yield is that at the limit and at 10% past it
    stale   figures pass the limit of their block and are marked ! from then on
    """,
)
@catalogue_argument
@click.option("--where", metavar="EXPR", help="Only products that match, as 'sol staked'.")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice([one.value for one in EventKind]),
    help="Only these events; may be repeated.",
)
@formats(Format.JSON, Format.CSV, Format.MARKDOWN)
@requests
def command(
    request: Request, *, file: str | None, where: str | None, kinds: Sequence[str], form: Format
) -> int:
    """List by date what changes within the horizon: waivers, size tiers, figures going stale."""
    workspace = replace(request, argument=named_once(file, request.argument)).open()
    table = workspace.table(workspace.scenario_for(request.scenario))
    query = Query.parse(where or "")
    chosen = tuple(table.products[row] for row in query.select(table))
    told = table.of(chosen)
    found = [one for one in events(told, workspace.document) if not kinds or one.kind in kinds]
    if form is Format.TABLE:
        if found:
            write("".join(f"{line}\n" for line in _page(found, told, Paper.of_stdout())))
        say(_summary(found, told))
    else:
        manifest = _manifest(workspace, compare(table, where=query, sort=()), kinds)
        write_exact(_export(found, told, workspace, form, manifest))
    if not chosen:
        for hint in query.strangers(table):
            say(hint)
    left_out = omissions(workspace)
    if left_out is not None:
        say(left_out)
    return 0


# For people


def _page(found: Sequence[Event], table: Table, paper: Paper) -> Iterator[str]:
    """Draw a table, its last column broken into lines; on narrow paper it goes below the others."""
    *columns, last = _columns(found, table)
    head = table_text(columns, WIDE)[0].splitlines()
    indent = max(map(width, head)) + len(GAP)
    if paper.columns is None or paper.columns - indent >= READABLE:
        for left, said in zip(head, [last.heading, *last.cells], strict=True):
            first, *more = _lines(said, paper, indent)
            yield left + " " * (indent - width(left)) + first
            yield from (" " * indent + line for line in more)
        return
    for left, said in zip(head[1:], last.cells, strict=True):
        yield shortened(left, paper.columns)
        yield from (f"{INDENT}{line}" for line in _lines(said, paper, len(INDENT)))


def _lines(text: str, paper: Paper, indent: int) -> Iterator[str]:
    """Break a text at blanks into lines that leave room for an indent."""
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if line and paper.columns is not None and indent + width(longer) > paper.columns:
            yield line
            line = word
        else:
            line = longer
    yield line


def _columns(found: Sequence[Event], table: Table) -> Iterator[Column]:
    yield Column(heading="Date", cells=[_day(one) for one in found])
    yield Column(heading="Left", cells=[_left(one, table) for one in found], to_right=True)
    yield Column(heading="Kind", cells=[one.kind.value for one in found])
    yield Column(heading="Products", cells=[_names(one) for one in found])
    yield Column(heading="What happens", cells=[_said(one) for one in found])


def _day(event: Event) -> str:
    return event.day.isoformat() + (ESTIMATED if event.is_estimate else "")


def _left(event: Event, table: Table) -> str:
    days = (event.day - table.scenario.as_of).days
    return f"{days}d" if days else "now"


def _names(event: Event) -> str:
    names = [visible(one) for one in event.tickers]
    more = len(names) - NAMED
    if more > 1:
        return f"{', '.join(names[:NAMED])} and {more} more"
    return ", ".join(names)


def _said(event: Event) -> str:
    said = f"{event.what}: {event.effect}"
    if event.kind is EventKind.STALE:
        return said
    if event.before is None or event.after is None or event.change is None:
        return f"{said}; net yield unknown"
    yields = f"{format_rate(event.before)} → {format_rate(event.after)}"
    return f"{said}; net yield {yields} ({format_bps(event.change)})"


def _summary(found: Sequence[Event], table: Table) -> str:
    told = [_count(len(found), "event"), *assumed(table)]
    if not found:
        told[0] = "nothing happens within the horizon; --horizon looks further"
    if any(one.is_estimate for one in found):
        told.append(f"{ESTIMATED} estimated")
    already = stale_already(table)
    if already:
        told.append(f"{_count(already, 'figure')} stale already (`etfcompare check` lists them)")
    return " · ".join(told)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


# For programs


def _manifest(workspace: Workspace, comparison: Comparison, kinds: Sequence[str]) -> str:
    """Say in one line what the events stand on, and how they were chosen."""
    from etfcompare import export  # noqa: PLC0415 - not for the table, which people wait for

    chosen = (
        f"filter {comparison.where.text.strip() or 'none'} · events {', '.join(kinds) or 'all'}"
    )
    return export.manifest_of(workspace, sheet_of(comparison, ()), selection=chosen)


def _export(
    found: Sequence[Event], table: Table, workspace: Workspace, form: Format, manifest: str
) -> str:
    from etfcompare import export  # noqa: PLC0415 - not for the table, which people wait for

    if form is Format.MARKDOWN:
        columns = list(_columns(found, table))
        rows = zip(*(one.cells for one in columns), strict=True)
        headings = [one.heading for one in columns]
        drawn = export.markdown_text(headings, rows, [one.to_right for one in columns])
        end = export.markdown_cell(manifest)
        return f"{drawn}\n{export.markdown_cell(_summary(found, table))}\n\n{end}\n"
    if form is Format.CSV:
        last = (manifest, *("" for _ in _KEYS[1:]))
        return export.csv_text([_KEYS, *(_row(one, table) for one in found), last])
    catalogue = {"path": visible(str(workspace.path)), "sha256": workspace.document.sha256}
    document = {
        "version": __version__,
        "catalogue": catalogue,
        "scenario": table.scenario.to_json(),
        "stale_already": stale_already(table),
        "events": [_fields(one, table) for one in found],
    }
    return export.json_text(document)


def _row(event: Event, table: Table) -> tuple[float | str | None, ...]:
    """Give what `_KEYS` name, numbers raw."""
    return (
        event.day.isoformat(),
        (event.day - table.scenario.as_of).days,
        event.kind.value,
        " ".join(event.tickers),
        event.what,
        event.effect,
        event.before,
        event.after,
        event.change,
        "estimated" if event.is_estimate else "",
        event.line,
    )


def _fields(event: Event, table: Table) -> dict[str, object]:
    values = dict(zip(_KEYS, _row(event, table), strict=True))
    tickers = [visible(one) for one in event.tickers]
    return {**values, "tickers": tickers, "is_estimate": event.is_estimate}
