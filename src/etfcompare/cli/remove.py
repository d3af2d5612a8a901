"""`etfcompare remove`: a product less, with its own comments and no one else's."""

from __future__ import annotations

import sys

import click

from etfcompare.cli.changing import (
    carry_out,
    check_ticker,
    difference,
    dry_run_option,
    in_place_option,
    opened,
)
from etfcompare.cli.complete import tickers
from etfcompare.cli.options import catalogue_option
from etfcompare.cli.output import say
from etfcompare.editing import RemoveProduct
from etfcompare.errors import EtfcompareError, UsageError


@click.command(
    short_help="Remove a product from the catalogue.",
    epilog="""\b
    Examples:
      etfcompare remove BSOL --dry-run
      etfcompare remove BSOL
      etfcompare remove BSOL --yes                 without asking, for scripts
    """,
)
@click.argument("ticker", shell_complete=tickers)
@click.option("--yes", is_flag=True, help="Do not ask.")
@dry_run_option
@in_place_option
@catalogue_option
def command(*, argument: str | None, ticker: str, yes: bool, dry_run: bool, in_place: bool) -> int:
    """Remove the product TICKER, after showing its lines and asking.

    Comments before and behind it stay.
    """
    editor = opened(argument)
    check_ticker(editor, ticker)
    proposal = editor.propose(RemoveProduct(ticker))

    def confirm() -> None:
        if yes:
            return
        if not sys.stdin.isatty():
            raise UsageError("there is nobody to ask; add --yes")
        for line in difference(editor, proposal):
            say(line)
        say("Remove these lines? y/n")
        if sys.stdin.readline().strip().casefold() not in {"y", "yes"}:
            raise EtfcompareError("nothing was written")

    return carry_out(editor, proposal, dry_run=dry_run, in_place=in_place, confirm=confirm)
