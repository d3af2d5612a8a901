"""`etfcompare stress`: what is left of the ranking in hard times."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import click

from etfcompare import __version__
from etfcompare.cli.assumed import assumed
from etfcompare.cli.complete import tickers
from etfcompare.cli.omissions import omissions
from etfcompare.cli.options import Format, Request, formats, requests
from etfcompare.cli.output import say, write, write_exact
from etfcompare.cli.table import Column, Paper, table_text
from etfcompare.engine.comparison import Comparison
from etfcompare.engine.query import Query
from etfcompare.engine.sheet import sheet_of
from etfcompare.engine.stress import CASES, Stressed, stress
from etfcompare.engine.stress_words import (
    case_heading,
    case_text,
    cash_text,
    rank_text,
    return_text,
    tops_in_words,
)
from etfcompare.visible import visible

if TYPE_CHECKING:
    from etfcompare.export import Cell
    from etfcompare.workspace import Workspace

SIGNS: Final = "= as is ~ estimated ! stale or undated ? unknown"
SHOWN: Final = 10
"""Products shown unless asked otherwise."""
_KEYS: Final = (
    *("ticker", "case", "net_yield", "over_cash", "total_return", "rank"),
    *("change", "marks"),
)


@click.command(
    short_help="Tell what is left of the ranking in hard times.",
    epilog="""\b
    Examples:
      etfcompare stress
      etfcompare stress MSOL SOLC --horizon 2y
      etfcompare stress --where 'sol staked' --top 20 --csv > stress.csv
    \b
    rewards halve       every coin pays half; a flat rate that an issuer promises stays
    staked -20 points   of each fund's own staked share
    waivers end today   all of them
    cash +100bp         the hurdle rises
    price -50%          assets under management fall as much, which may change a waiver; the return
                        in dollars is that of coins and price together, over the horizon
    \b
    Each case is held against things as they are, and nothing else changes in it; = is as is. Ranks
    are among the products that match and those named; one that moves is told before the yield.
    """,
)
@click.argument("named", metavar="[TICKER...]", nargs=-1, shell_complete=tickers)
@click.option("--where", metavar="EXPR", help="Only products that match, as 'sol staked'.")
@click.option(
    "--top",
    type=click.IntRange(min=1),
    metavar="N",
    default=SHOWN,
    show_default=True,
    help="Only the first N, as things are.",
)
@formats(Format.JSON, Format.CSV, Format.CSV_RAW, Format.MARKDOWN)
@requests
def command(
    request: Request, *, named: Sequence[str], where: str | None, top: int, form: Format
) -> int:
    """Show the net yields of the first products, or of those named, in one hard case after another.

    Ranked are all products that match, whichever are shown.
    """
    workspace = request.open()
    comparison = workspace.compare(
        workspace.scenario_for(request.scenario), where=Query.parse(where or "")
    )
    chosen = tuple(dict.fromkeys(workspace.row_of(one) for one in named))
    ranked = (*comparison.rows, *(row for row in chosen if row not in comparison.rows))
    found = stress(comparison.table, ranked)
    answer = _Answer(comparison, found, chosen or comparison.rows[:top])
    if form is Format.TABLE:
        _print(answer)
    else:
        write_exact(_export(answer, workspace, form))
    if not comparison.rows:
        for hint in comparison.where.strangers(comparison.table):
            say(hint)
    left_out = omissions(workspace)
    if left_out is not None:
        say(left_out)
    return 0


class _Answer(NamedTuple):
    """What was found, of which ranking."""

    comparison: Comparison
    found: Sequence[Stressed]
    rows: Sequence[int]
    """The products shown, by their place in the catalogue."""

    def ticker(self, row: int) -> str:
        """Return the ticker of a product as the catalogue writes it."""
        return self.comparison.table.products[row].ticker


# For people


def _print(answer: _Answer) -> None:
    if answer.rows:
        text, left_out = table_text(list(_columns(answer)), Paper.of_stdout())
        write(text)
        if left_out:
            say(f"too narrow for {', '.join(left_out)}")
        for said in tops_in_words(answer.found):
            say(said)
    say(" · ".join([*assumed(answer.comparison.table), SIGNS]))


def _columns(answer: _Answer) -> Iterator[Column]:
    """Give a column for each case, that of a fall in dollars too."""
    as_is, rows = answer.found[0], answer.rows
    ranks = [rank_text(as_is.outcomes[row].rank) for row in rows]
    names = [visible(answer.ticker(row)) for row in rows]
    over_cash = [cash_text(as_is.outcomes[row]) for row in rows]
    yield Column(heading="#", cells=ranks, to_right=True)
    yield Column(heading="Ticker", cells=names, is_bold=True)
    yield Column(heading="Vs cash", cells=over_cash, to_right=True)
    for one in answer.found:
        cells = [case_text(one, as_is, row) for row in rows]
        yield Column(heading=case_heading(one), cells=cells, to_right=True)
        if one.case.price_move:
            dollars = [return_text(one.outcomes[row]) for row in rows]
            yield Column(heading="In dollars", cells=dollars, to_right=True)


# For programs


def _rows(answer: _Answer) -> Iterator[tuple[Cell, ...]]:
    """Give what `_KEYS` name, numbers raw, product by product."""
    as_is = answer.found[0]
    for row in answer.rows:
        for one in answer.found:
            outcome, before = one.outcomes[row], as_is.outcomes[row]
            is_known = outcome.net_yield is not None and before.net_yield is not None
            yield (
                *(answer.ticker(row), one.case.label),
                *(outcome.net_yield, outcome.over_cash, outcome.total_return, outcome.rank),
                (outcome.net_yield or 0.0) - (before.net_yield or 0.0) if is_known else None,
                ", ".join(outcome.marks.words),
            )


def _export(answer: _Answer, workspace: Workspace, form: Format) -> str:
    from etfcompare import export  # noqa: PLC0415 - not for the table, which people wait for

    if form is Format.JSON:
        return export.json_text(_document(answer, workspace))
    shown = f"shown {', '.join(map(answer.ticker, answer.rows)) or 'none'}"
    chosen = f"filter {answer.comparison.where.text.strip() or 'none'} · {shown}"
    manifest = export.manifest_of(workspace, sheet_of(answer.comparison, ()), selection=chosen)
    if form is Format.MARKDOWN:
        columns = list(_columns(answer))
        rows = zip(*(one.cells for one in columns), strict=True)
        headings, right = [one.heading for one in columns], [one.to_right for one in columns]
        told = "".join(f"{export.markdown_cell(one)}\n\n" for one in tops_in_words(answer.found))
        table = export.markdown_text(headings, rows, right)
        return f"{told}{table}\n{export.markdown_cell(manifest)}\n"
    last = [] if form is Format.CSV_RAW else [(manifest, *("" for _ in _KEYS[1:]))]
    return export.csv_text([_KEYS, *_rows(answer), *last], defused=form is Format.CSV)


def _document(answer: _Answer, workspace: Workspace) -> dict[str, object]:
    """Return all of it as JSON takes it."""
    from etfcompare import export  # noqa: PLC0415 - likewise

    per_product = len(CASES)
    rows = [
        {key: export.raw(cell) for key, cell in zip(_KEYS, row, strict=True)}
        for row in _rows(answer)
    ]
    products = [rows[at : at + per_product] for at in range(0, len(rows), per_product)]
    return {
        "version": __version__,
        "catalogue": {"path": visible(str(workspace.path)), "sha256": workspace.document.sha256},
        "scenario": answer.comparison.table.scenario.to_json(),
        "filter": answer.comparison.where.text,
        "tops": [
            {
                "case": one.case.label,
                "meaning": one.case.meaning,
                "top": one.top and visible(one.top),
                "is_new_top": one.is_new_top,
            }
            for one in answer.found
        ],
        "products": [
            {
                "ticker": product[0]["ticker"],
                "cases": [
                    {key: cell for key, cell in one.items() if key != "ticker"} for one in product
                ],
            }
            for product in products
        ],
    }
