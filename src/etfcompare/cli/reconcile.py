"""`etfcompare reconcile`: what funds promised, what their terms say, what they delivered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import click

from etfcompare import __version__
from etfcompare.cli.complete import tickers
from etfcompare.cli.omissions import omissions
from etfcompare.cli.options import Format, Request, formats, requests
from etfcompare.cli.output import say, write, write_exact
from etfcompare.cli.reconcile_page import HELD, columns, page, summary
from etfcompare.cli.table import Column, Paper
from etfcompare.deliveries import Fund, details, fund_of, holdings_alone, told_of
from etfcompare.engine.comparison import Comparison
from etfcompare.engine.figures import Table
from etfcompare.engine.query import Query
from etfcompare.engine.sheet import sheet_of
from etfcompare.errors import UsageError
from etfcompare.history.holdings import Delivered
from etfcompare.history.reconcile import Reconciliation, Stage
from etfcompare.history.tables import History
from etfcompare.units import UnitError, span_of
from etfcompare.visible import visible

if TYPE_CHECKING:
    from etfcompare.workspace import Workspace

_KEYS: Final = (
    *("ticker", "promised", "computed", "delivered", "delivered_compound", "error"),
    *("first", "last", "days"),
    *(f"{one}_less_{other}" for one, other in HELD),
    *("verdict", "not_tested", "reasons"),
)


def _window(text: str) -> int:
    try:
        return span_of(text)
    except UnitError as error:
        raise UsageError(f"--window: {error}") from error


@click.command(
    short_help="Hold promised, computed and delivered yields together.",
    epilog="""\b
    Examples:
      etfcompare reconcile
      etfcompare reconcile BSOL ETHA --window 149d
      etfcompare reconcile --json | jq '.funds[] | {ticker, verdict}'
    \b
    promised   the rate that the issuer prints, on the basis of our net yield
    computed   net yield at the fund's own reward rate, cut, charge and fee
    delivered  growth of coins per share, distributions put back, a year, simple; ± is what the
               rounding of the published coins per share may make
    \b
    Figures reconcile within 5bp if their inputs are of one day, within 25bp if of one week, and
    within 25bp over a window of 60 days or more. Without --window, a window is as long as the
    holdings on file are and the fund's terms have held; at least 30 days.
    """,
)
@click.argument("named", metavar="[TICKER...]", nargs=-1, shell_complete=tickers)
@click.option("--window", type=_window, metavar="SPAN", help="Look back so far, as 90d.")
@formats(Format.JSON, Format.CSV, Format.MARKDOWN)
@requests
def command(request: Request, *, named: Sequence[str], window: int | None, form: Format) -> int:
    """Tell for each fund whether it delivered what it promised, and why not if it did not.

    Without tickers, all funds that have a published rate or holdings on file.
    """
    workspace = request.open()
    table = workspace.table(workspace.scenario_for(request.scenario))
    history = holdings_alone(workspace)
    rows = _rows(workspace, table, history, named)
    funds = [fund_of(table, history, row, window) for row in rows]
    if form is Format.TABLE:
        if funds:
            write("".join(f"{line}\n" for line in page(funds, Paper.of_stdout())))
        say(summary(funds, table))
    else:
        write_exact(_export(funds, table, workspace, form, _selection(funds, named, window)))
    for remark in (_faults(history), omissions(workspace)):
        if remark is not None:
            say(remark)
    return 0


def _rows(
    workspace: Workspace, table: Table, history: History, named: Sequence[str]
) -> tuple[int, ...]:
    """Return the places of the products asked for, or of all of which something can be said.

    Raises:
        UsageError: One is unknown, or named twice.
    """
    if not named:
        return told_of(table, history)
    rows = [workspace.row_of(ticker) for ticker in named]
    for row, times in Counter(rows).items():
        if times > 1:
            ticker = visible(table.products[row].ticker)
            raise UsageError(f"{ticker} is named twice; name each product once")
    return tuple(rows)


def _faults(history: History) -> str | None:
    """Say what is wrong with the file of holdings, None if nothing is."""
    if not history.problems:
        return None
    first = history.problems[0]
    more = len(history.problems) - 1
    said = f"{visible(first.path)}:{first.line}: {first.message}; {first.hint}"
    return f"{said} (and {more} more)" if more else said


# For programs


def _selection(funds: Sequence[Fund], named: Sequence[str], window: int | None) -> str:
    """Say in words which funds were chosen, and how far was looked back."""
    tickers_across = ", ".join(one.found.ticker for one in funds) if named else "all that can be"
    span = "as long as terms have held" if window is None else f"{window} days"
    return f"reconciled {tickers_across} · window {span}"


def _export(
    funds: Sequence[Fund], table: Table, workspace: Workspace, form: Format, selection: str
) -> str:
    from etfcompare import export  # noqa: PLC0415 - not for the table, which people wait for

    found = [one.found for one in funds]
    tickers_found = {one.ticker for one in found}
    rows = [row for row, one in enumerate(table.products) if one.ticker in tickers_found]
    unranked = tuple(None for _ in rows)
    comparison = Comparison(
        table=table, where=Query.parse(""), sort=(), rows=tuple(rows), ranks=unranked
    )
    manifest = export.manifest_of(workspace, sheet_of(comparison, ()), selection=selection)
    if form is Format.MARKDOWN:
        told = Column(heading="Details", cells=["; ".join(details(one)) for one in found])
        drawn_columns = [*columns(funds), told]
        blank = [""] * len(found)
        cells = (map(str.__add__, one.cells, one.signs or blank) for one in drawn_columns)
        drawn = export.markdown_text(
            [one.heading for one in drawn_columns],
            zip(*cells, strict=True),
            [one.to_right for one in drawn_columns],
        )
        below = [export.markdown_cell(one) for one in (summary(funds, table), manifest)]
        return "\n\n".join([drawn.removesuffix("\n"), *below]) + "\n"
    if form is Format.CSV:
        return export.csv_text(
            [
                _KEYS,
                *(tuple(_flat(one).values()) for one in found),
                (manifest, *("" for _ in _KEYS[1:])),
            ]
        )
    document = {
        "version": __version__,
        "catalogue": {"path": visible(str(workspace.path)), "sha256": workspace.document.sha256},
        "scenario": table.scenario.to_json(),
        "funds": [_document(one) for one in found],
    }
    return export.json_text(document)


def _flat(found: Reconciliation) -> dict[str, float | str | None]:
    """Give what `_KEYS` name, numbers raw."""
    one = found.delivered if isinstance(found.delivered, Delivered) else None
    values = (
        found.ticker,
        *(found.value(stage) for stage in Stage),
        one.compound if one else None,
        one.error if one else None,
        one.first.isoformat() if one else None,
        one.last.isoformat() if one else None,
        one.days if one else None,
        *(found.gap(stage, other) for stage, other in HELD),
        found.verdict.value,
        "; ".join(trial.why for trial in found.trials if trial.why),
        "; ".join(found.reasons),
    )
    return dict(zip(_KEYS, values, strict=True))


def _document(found: Reconciliation) -> dict[str, object]:
    one = found.delivered
    window = (
        {
            "first_coins": one.first_coins,
            "last_coins": one.last_coins,
            "factor": one.factor,
            "step": one.step,
            "distributions": one.distributions,
            "rows_off_grid": one.off_grid,
            "rows_repeated": one.repeats,
        }
        if isinstance(one, Delivered)
        else None
    )
    trials = [
        {
            "figure": trial.figure.value,
            "against": trial.against.value,
            "gap": trial.gap,
            "limit": trial.limit,
            "verdict": trial.verdict.value,
            "why": visible(trial.why),
        }
        for trial in found.trials
    ]
    flat = {key: value for key, value in _flat(found).items() if key != "not_tested"}
    reasons = [visible(reason) for reason in found.reasons]
    ticker = visible(found.ticker)
    return {**flat, "ticker": ticker, "window": window, "trials": trials, "reasons": reasons}
