"""`etfcompare fragility`: the smallest change of one input that puts another product first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import click

from etfcompare import __version__
from etfcompare.cli.assumed import assumed
from etfcompare.cli.complete import figures, tickers
from etfcompare.cli.fragility_page import bar_columns, flip_columns, page, tornado_page
from etfcompare.cli.omissions import omissions
from etfcompare.cli.options import Format, Request, formats, requests
from etfcompare.cli.output import say, write, write_exact
from etfcompare.cli.table import Paper
from etfcompare.engine.comparison import Comparison, parse_sort
from etfcompare.engine.fragility import FEW, Flip, Fragility, Standing, fragility
from etfcompare.engine.fragility_words import place_name, sentences, unknown_in_words
from etfcompare.engine.levers import Measure
from etfcompare.engine.query import Query
from etfcompare.engine.sheet import sheet_of
from etfcompare.engine.tornado import Bar, End, Tornado, tornado
from etfcompare.errors import UsageError
from etfcompare.units import UnitError, share_of
from etfcompare.visible import visible

if TYPE_CHECKING:
    from etfcompare.export import Cell
    from etfcompare.workspace import Workspace

SIGNS: Final = "~ estimated or assumed ! stale or undated"
POINT: Final = "a point is 100bp"
_FLIP_KEYS: Final = (
    *("place", "top", "second", "lead", "input", "ticker", "path", "unit"),
    *("now", "value", "change", "winner", "try", "marks"),
)
_BAR_KEYS: Final = (
    *("ticker", "input", "path", "unit", "now", "low", "figure_low", "change_low"),
    *("high", "figure_high", "change_high", "swing", "marks"),
)


def _part(text: str) -> float:
    try:
        part = share_of(text)
    except UnitError as error:
        raise UsageError(f"--by: {error}") from error
    if not part:
        raise UsageError("--by: nothing moves by 0%; write 10%")
    return part


@click.command(
    short_help="Tell what it takes to put another product first.",
    epilog="""\b
    Examples:
      etfcompare fragility
      etfcompare fragility SOLC --where 'sol staked'
      etfcompare fragility MSOL GSOL --tornado --by 20%
      etfcompare fragility --sort net_carry --horizon 3y --json
    \b
    One input is moved at a time, all else as it is, within what the catalogue takes. Each change is
    rounded to what can be written and proven by ranking again: with it another product is first,
    with half of it not. Rates (bp) and shares (points, of 100bp) are in one order; days and dollars
    follow in orders of their own. Of each input the smallest change of the first's own is told, and
    the smallest of any rival's.
    `Try it` is an option for `rank`, or a command that writes the value into your catalogue: to see
    it and go back, name a copy (--catalogue).
    """,
)
@click.argument("named", metavar="[TICKER...]", nargs=-1, shell_complete=tickers)
@click.option("--where", metavar="EXPR", help="Only products that match, as 'sol staked'.")
@click.option(
    "--sort",
    metavar="KEY",
    help="Rank by another figure, as in rank.",
    shell_complete=figures,
    default="",
)
@click.option(
    "--top",
    "few",
    type=click.IntRange(min=1),
    metavar="N",
    default=FEW,
    show_default=True,
    help="Changes told of each top place: N of rates and shares, N of days, N of dollars.",
)
@click.option("--tornado", "is_tornado", is_flag=True, help="Only what moves the figure most.")
@click.option(
    "--by",
    type=_part,
    metavar="SHARE",
    default="10%",
    show_default=True,
    help="By which part of itself each input is moved to see what moves the figure most.",
)
@formats(Format.JSON, Format.CSV, Format.CSV_RAW, Format.MARKDOWN)
@requests
def command(
    request: Request,
    *,
    named: Sequence[str],
    where: str | None,
    sort: str,
    few: int,
    is_tornado: bool,
    by: float,
    form: Format,
) -> int:
    """Tell who is first, overall and by coin, and the smallest change that puts another there.

    With tickers, also what moves the figure of each most; --tornado gives that alone, of the first
    of all unless one is named.
    """
    workspace = request.open()
    comparison = workspace.compare(
        workspace.scenario_for(request.scenario),
        where=Query.parse(where or ""),
        sort=parse_sort([sort])[:1],
    )
    rows = tuple(dict.fromkeys(workspace.row_of(one) for one in named))
    found = fragility(comparison, few=few)
    if is_tornado and not rows and found.overall is not None:
        rows = (found.overall.row,)
    table, key = comparison.table, found.sort.key
    tornados = [tornado(table, row, key=key, by=by) for row in rows]
    answer = _Answer(comparison, found, tornados, is_tornado, workspace.location.option)
    if form is Format.TABLE:
        _print(answer)
    else:
        write_exact(_export(answer, workspace, form))
    _say_what_lacks(workspace, answer)
    return 0


class _Answer(NamedTuple):
    """What was found, of which ranking."""

    comparison: Comparison
    found: Fragility
    tornados: Sequence[Tornado]
    is_tornado: bool
    """Whether only what moves figures was asked for."""
    option: Sequence[str]
    """What a command is given to find the catalogue."""

    @property
    def has_points(self) -> bool:
        """Whether changes of shares stand beside those of rates."""
        flips = [flip for one in self.found.told for flip in one.flips]
        return not self.is_tornado and any(one.lever.measure is Measure.SHARE for one in flips)

    def raw(self) -> tuple[Sequence[str], list[Sequence[Cell]]]:
        """Return headings and rows, numbers raw."""
        if self.is_tornado:
            return _BAR_KEYS, [_bar_row(one, bar) for one in self.tornados for bar in one.bars]
        return _FLIP_KEYS, [
            _flip_row(one, flip, self.option) for one in self.found.told for flip in one.flips
        ]


# For people


def _print(answer: _Answer) -> None:
    paper = Paper.of_stdout()
    lines = [] if answer.is_tornado else list(page(answer.found, paper, answer.option))
    for one in answer.tornados:
        lines += [*([""] if lines else []), *tornado_page(one, paper)]
    write("".join(f"{line}\n" for line in lines))
    said = [*assumed(answer.comparison.table), SIGNS, *[POINT] * answer.has_points]
    say(" · ".join(said))


def _say_what_lacks(workspace: Workspace, answer: _Answer) -> None:
    comparison, found = answer.comparison, answer.found
    if not comparison.rows:
        for hint in comparison.where.strangers(comparison.table):
            say(hint)
    remarks = (
        unknown_in_words(found.unknown, found.sort),
        comparison.undecided_in_words(),
        omissions(workspace),
    )
    for remark in filter(None, remarks):
        say(remark)


# For programs


def _export(answer: _Answer, workspace: Workspace, form: Format) -> str:
    from etfcompare import export  # noqa: PLC0415 - not for the table, which people wait for

    if form is Format.JSON:
        return export.json_text(_document(answer, workspace))
    manifest = export.manifest_of(workspace, sheet_of(answer.comparison, ()))
    if form is Format.MARKDOWN:
        return _markdown(answer, manifest)
    headings, rows = answer.raw()
    last = [] if form is Format.CSV_RAW else [(manifest, *("" for _ in headings[1:]))]
    return export.csv_text([headings, *rows, *last], defused=form is Format.CSV)


def _markdown(answer: _Answer, manifest: str) -> str:
    from etfcompare import export  # noqa: PLC0415 - likewise

    said: list[str] = []
    if answer.is_tornado:
        columns = list(bar_columns(answer.tornados, is_placed=True))
    else:
        columns = list(flip_columns(answer.found.told, answer.option, is_placed=True))
        said = [" ".join(sentences(one, answer.found.sort)) for one in answer.found.told]
    rows = zip(*(one.cells for one in columns), strict=True)
    headings, right = [one.heading for one in columns], [one.to_right for one in columns]
    paragraphs = (f"{export.markdown_cell(one)}\n\n" for one in said)
    table = export.markdown_text(headings, rows, right)
    return f"{''.join(paragraphs)}{table}\n{export.markdown_cell(manifest)}\n"


def _flip_row(standing: Standing, flip: Flip, option: Sequence[str]) -> tuple[Cell, ...]:
    """Give what `_FLIP_KEYS` name, numbers raw."""
    lever = flip.lever
    return (
        *(place_name(standing), standing.top, standing.second, standing.lead),
        *(lever.label, lever.ticker, lever.path, lever.measure.value),
        *(lever.now, flip.value, flip.change, flip.winner, flip.try_out(option)),
        ", ".join(lever.marks.words),
    )


def _bar_row(found: Tornado, bar: Bar) -> tuple[Cell, ...]:
    """Give what `_BAR_KEYS` name, numbers raw."""
    lever = bar.lever
    return (
        *(found.ticker, bar.label, bar.path),
        *((lever.measure.value, lever.now) if lever is not None else ("switch", None)),
        *_end_cells(found, bar.low),
        *_end_cells(found, bar.high),
        *(bar.swing, ", ".join(bar.marks.words)),
    )


def _end_cells(found: Tornado, end: End | None) -> tuple[Cell, ...]:
    if end is None or found.now is None:
        return (None, None, None)
    return (end.value, end.figure, end.figure - found.now)


def _document(answer: _Answer, workspace: Workspace) -> dict[str, object]:
    """Return all of it as JSON takes it."""
    from etfcompare import export  # noqa: PLC0415 - likewise

    found, comparison = answer.found, answer.comparison

    def fields(keys: Sequence[str], row: Sequence[Cell]) -> dict[str, object]:
        return {key: export.raw(cell) for key, cell in zip(keys, row, strict=True)}

    def standing(one: Standing) -> dict[str, object]:
        rows = [_flip_row(one, flip, answer.option) for flip in one.flips]
        return {
            "asset": visible(one.asset) or None,
            "top": visible(one.top),
            "ties": list(map(visible, one.ties)),
            "second": one.second and visible(one.second),
            "lead": export.raw(one.lead),
            "changes": [fields(_FLIP_KEYS[4:], row[4:]) for row in rows],
        }

    return {
        "version": __version__,
        "catalogue": {
            "path": visible(str(workspace.path)),
            "sha256": workspace.document.sha256,
        },
        "scenario": comparison.table.scenario.to_json(),
        "filter": comparison.where.text,
        "sort": found.sort.text,
        "overall": None if found.overall is None else standing(found.overall),
        "assets": [standing(one) for one in found.assets],
        "unknown": list(map(visible, found.unknown)),
        "tornados": [
            {
                "ticker": visible(one.ticker),
                "figure": one.key,
                "now": one.now,
                "by": one.by,
                "bars": [fields(_BAR_KEYS[1:], _bar_row(one, bar)[1:]) for bar in one.bars],
            }
            for one in answer.tornados
        ],
    }
