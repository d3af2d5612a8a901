"""`etfcompare frontier`: yield against price risk, and the products that nothing beats on both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import click

from etfcompare.cli.assumed import assumed
from etfcompare.cli.frontier_page import columns_of, picture_text
from etfcompare.cli.omissions import omissions
from etfcompare.cli.options import Format, Request, formats, requests, view_option
from etfcompare.cli.output import say, write, write_exact
from etfcompare.cli.table import Paper, table_text
from etfcompare.engine.cells import ESTIMATED_SIGN
from etfcompare.engine.comparison import NAMED, Comparison
from etfcompare.engine.marks import Mark
from etfcompare.engine.query import Query
from etfcompare.engine.sheet import MEANINGS, Sheet, sheet_of
from etfcompare.errors import UsageError
from etfcompare.portfolio.frontier import ACROSS, CASH, UP, Frontier, Point, frontier_of
from etfcompare.portfolio.frontier_words import leaders_in_words, why
from etfcompare.units import MINUS
from etfcompare.visible import visible

if TYPE_CHECKING:
    from etfcompare.export import Cell
    from etfcompare.workspace import Workspace

KEYS: Final = ("asset", UP, ACROSS, "yield_per_vol", "over_cash")
"""The figures that are told of a point, after its ticker."""


@click.command(
    short_help="List what yields most for its volatility.",
    epilog="""\b
    Examples:
      etfcompare frontier
      etfcompare frontier --where 'country:us staked' --reward SOL=4%
      etfcompare frontier --all --csv > points.csv
      etfcompare frontier --svg > frontier.svg
      etfcompare frontier --cash 6% --json | jq .efficient
    \b
    A product is efficient if nothing, cash included, yields at least as much at no more volatility
    and is better in one of the two. Products that are equal in both stand together. Volatility is
    that of the coin's price, the same for all funds on one coin: funds on one coin differ in yield
    alone, and one fund on each coin at most, or several that are equal, is efficient.
    \b
    A product leads if no other product does so, cash left aside: the best for who must hold one.
    Every efficient product leads. Listed are cash and the leaders.
    """,
)
@click.option("--where", metavar="EXPR", help="Only products that match, as 'country:us staked'.")
@view_option
@click.option("--all", "has_all", is_flag=True, help="List all points, not the leaders alone.")
@click.option("--svg", "is_picture", is_flag=True, help="Write a picture (SVG), to print or send.")
@formats(Format.JSON, Format.CSV, Format.CSV_RAW, Format.MARKDOWN)
@requests
def command(
    request: Request,
    *,
    where: str | None,
    view: str | None,
    has_all: bool,
    is_picture: bool,
    form: Format,
) -> int:
    """Hold products against each other by net yield and volatility, beside cash."""
    if is_picture and form is not Format.TABLE:
        raise UsageError(f"--svg and --{form.value} ask for different formats; choose one")
    workspace = request.open()
    comparison = _compared(workspace, request, view, where)
    found = frontier_of(comparison.table, comparison.rows)
    listed = found.points if has_all else found.leaders
    if is_picture:
        write_exact(_picture(workspace, _sheet(comparison, found.points), found))
    elif form is not Format.TABLE:
        write_exact(_export(workspace, comparison, found, listed, form))
    elif found.points:
        _print(_sheet(comparison, listed), found, listed)
    _say(workspace, comparison, found)
    return 0


def _compared(
    workspace: Workspace, request: Request, view: str | None, where: str | None
) -> Comparison:
    """Return the products in sight; of a view, its filter and its horizon count."""
    scenario, words = request.scenario, [where or ""]
    if view is not None:
        named = request.named_view(workspace, view)
        scenario = request.under(named)
        words.insert(0, named.where)
    query = Query.parse(" ".join(filter(None, words)))
    return workspace.compare(workspace.scenario_for(scenario), where=query)


def _sheet(comparison: Comparison, points: Sequence[Point]) -> Sheet:
    rows = tuple(one.row for one in points)
    return sheet_of(replace(comparison, rows=rows, ranks=(None,) * len(rows)), KEYS)


# For people


def _print(sheet: Sheet, found: Frontier, listed: Sequence[Point]) -> None:
    paper = Paper.of_stdout()
    picture = picture_text(found, sheet.comparison.table.catalogue, paper)
    if picture:
        write(f"{picture}\n")
    text, left_out = table_text(list(columns_of(sheet, found, listed)), paper)
    write(text)
    if left_out:
        say(f"too narrow for {', '.join(left_out)}")
    told = [_summary(found), *assumed(sheet.comparison.table)]
    seen = {*sheet.legend()}
    if picture and any(one.marks & Mark.ESTIMATED for one in found.points):
        seen.add(ESTIMATED_SIGN)
    legend = [f"{sign} {meaning}" for sign, meaning in MEANINGS.items() if sign in seen]
    say(" · ".join([*told, " ".join(legend)] if legend else told))
    if len(found.points) > len(listed):
        say("--all lists every point, and what beats it")


def _summary(found: Frontier) -> str:
    """Say how many are efficient, how many lead, and how many are beaten by what."""
    beaten = [f"{count} beaten by {visible(name)}" for name, count in found.beaten.items()]
    rest = sum(list(found.beaten.values())[NAMED:])
    more = [f"{rest} by others"] if rest else []
    head = f"{len(found.efficient)} of {len(found.points)} efficient; {leaders_in_words(found)}"
    return "; ".join(filter(None, [head, ", ".join([*beaten[:NAMED], *more])]))


def _say(workspace: Workspace, comparison: Comparison, found: Frontier) -> None:
    """Say what is left out and why, and why nothing matches, if words of the filter explain it."""
    if not comparison.rows:
        say("no product matches")
        for hint in comparison.where.strangers(comparison.table):
            say(hint)
    elif not found.points:
        say("no product has both figures, so that there is nothing to hold against each other")
    for reason in dict.fromkeys(found.left_out.values()):
        tickers = [one for one, why_not in found.left_out.items() if why_not == reason]
        more = f" and {len(tickers) - NAMED} more" if len(tickers) > NAMED else ""
        named = visible(", ".join(tickers[:NAMED]))
        say(f"{len(tickers)} left out, {reason}: {named}{more}")
    for line in (comparison.undecided_in_words(), omissions(workspace)):
        if line:
            say(line)


# For programs


def _picture(workspace: Workspace, sheet: Sheet, found: Frontier) -> str:
    from etfcompare import export  # noqa: PLC0415 - not for the table, which people wait for
    from etfcompare.portfolio.frontier_svg import Caption, frontier_svg  # noqa: PLC0415 - likewise

    table = sheet.comparison.table
    count = f"{len(found.points)} of {sheet.comparison.total} products"
    missing = Counter(found.left_out.values())
    left_out = [f"{times} left out, {reason}" for reason, times in missing.items()]
    states = [f"{len(found.efficient)} efficient", leaders_in_words(found)]
    told = [count, *states, *assumed(table), *left_out]
    caption = Caption(
        subtitle=" · ".join(told),
        manifest=export.manifest_of(workspace, sheet, selection=_selection(sheet)),
    )
    return frontier_svg(found, table.catalogue, caption)


def _selection(sheet: Sheet) -> str:
    return f"filter {sheet.comparison.where.text.strip() or 'none'} · frontier"


def _export(
    workspace: Workspace,
    comparison: Comparison,
    found: Frontier,
    listed: Sequence[Point],
    form: Format,
) -> str:
    from etfcompare import export  # noqa: PLC0415 - as above

    if form is Format.JSON:
        return export.json_text(_document(workspace, _sheet(comparison, found.points), found))
    sheet = _sheet(comparison, listed)
    manifest = export.manifest_of(workspace, sheet, selection=_selection(sheet))
    if form is Format.MARKDOWN:
        cells = (
            [*(column.text(one.row) for column in sheet.columns), why(found, one)] for one in listed
        )
        right = [*(not column.is_words for column in sheet.columns), False]
        headings = [*(column.label for column in sheet.columns), "Why"]
        page = export.markdown_text(headings, cells, right)
        return f"{page}\n{export.markdown_cell(manifest)}\n"
    is_raw = form is Format.CSV_RAW
    rows = list(_cells(sheet, listed, is_raw=is_raw))
    if not is_raw:
        rows.append((manifest, *("" for _ in rows[0][1:])))
    return export.csv_text(rows, defused=not is_raw)


def _cells(sheet: Sheet, listed: Sequence[Point], *, is_raw: bool) -> list[Sequence[Cell]]:
    """Return headings and rows: each number raw, and as people read it unless that is not asked."""
    from etfcompare.export import SHOWN_SUFFIX  # noqa: PLC0415 - as above

    columns = [(one, not (is_raw or one.is_words)) for one in sheet.columns]
    headings = [
        heading
        for one, is_shown in columns
        for heading in ((one.key, one.key + SHOWN_SUFFIX) if is_shown else (one.key,))
    ]
    rows: list[Sequence[Cell]] = [(*headings, "efficient", "leads", "beaten_by", "marks")]
    for point in listed:
        cells: list[Cell] = []
        for one, is_shown in columns:
            cells.append(one.value(point.row))
            if is_shown:
                cells.append(one.text(point.row, minus=MINUS))
        marks = ((one.key, one.marks(point.row).words) for one, _ in columns)
        told = "; ".join(f"{key}: {', '.join(words)}" for key, words in marks if words)
        states = ("yes" if one else "no" for one in (point.is_efficient, point.leads))
        rows.append((*cells, *states, point.beaten_by or "", told))
    return rows


def _document(workspace: Workspace, sheet: Sheet, found: Frontier) -> dict[str, object]:
    from etfcompare.export import document_of, sheet_rows  # noqa: PLC0415 - as above

    document = document_of(workspace, sheet)
    document.pop("rows")
    points: list[dict[str, object]] = []
    for row, point in zip(sheet_rows(sheet), found.points, strict=True):
        row.pop("rank")
        marks = row.pop("marks")
        beaten_by = None if point.beaten_by is None else visible(point.beaten_by)
        state = {"is_efficient": point.is_efficient, "leads": point.leads}
        points.append({**row, **state, "beaten_by": beaten_by, "marks": marks})
    left_out = {visible(ticker): reason for ticker, reason in found.left_out.items()}
    return {
        **document,
        CASH: found.cash,
        "points": points,
        "efficient": [visible(one.ticker) for one in found.efficient],
        "leaders": [visible(one.ticker) for one in found.leaders],
        "left_out": left_out,
    }
