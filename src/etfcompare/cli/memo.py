"""`etfcompare memo`: a page for whoever decides on a product."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import click

from etfcompare.cli.complete import tickers
from etfcompare.cli.omissions import omissions
from etfcompare.cli.options import Request, requests
from etfcompare.cli.output import say, write_exact
from etfcompare.errors import UsageError
from etfcompare.visible import visible


@click.command(
    short_help="Write a decision memo on a product.",
    epilog="""\b
    Examples:
      etfcompare memo BSOL > memo.md
      etfcompare memo BSOL --against GSOL --against SOLC --horizon 3y
      etfcompare memo ETHB --against ETHA --amount 5M --gains-tax 20% --basis 80%
    \b
    Switches are reckoned to the best alternative, if it leaves more, and to the product from the
    first that leaves no more. Without --against, the next best three on the same coin that can be
    bought are taken. The same inputs give the same bytes.
    """,
)
@click.argument("ticker", shell_complete=tickers)
@click.option(
    "--against",
    multiple=True,
    metavar="TICKER",
    shell_complete=tickers,
    help="An alternative; may be repeated.",
)
@requests
def command(request: Request, *, ticker: str, against: Sequence[str]) -> int:
    """Write one page of Markdown: choice, alternatives, ledger, risk, assumptions, sources."""
    from etfcompare.memo import memo, next_best  # noqa: PLC0415 - help never needs it

    workspace = request.open()
    scenario = workspace.scenario_for(request.scenario)
    choice = workspace.row_of(ticker)
    named = [workspace.row_of(one) for one in against]
    for row, times in Counter([choice, *named]).items():
        if times > 1:
            twice = visible(workspace.catalogue.products[row].ticker)
            raise UsageError(f"{twice} is named twice; name each product once")
    rows = named or next_best(workspace.table(scenario), choice)
    write_exact(memo(workspace, scenario, choice, rows))
    left_out = omissions(workspace)
    if left_out is not None:
        say(left_out)
    return 0
