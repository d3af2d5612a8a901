"""`etfcompare set`: another value for a figure, and not a byte else."""

from __future__ import annotations

import re
from typing import Final

import click

from etfcompare.catalogue.addresses import product_keys, top_keys
from etfcompare.catalogue.fields import WORDS
from etfcompare.catalogue.paths import PRODUCTS, field_at
from etfcompare.cli.changing import (
    TOP_OF_FILE,
    carry_out,
    check_ticker,
    dry_run_option,
    in_place_option,
    opened,
)
from etfcompare.cli.complete import tickers
from etfcompare.cli.options import catalogue_option
from etfcompare.editing import figure_changes
from etfcompare.errors import UsageError
from etfcompare.visible import visible

_OPTION: Final = re.compile(r"-[^\d.$]|-$")
"""What begins as an option does; `-0.5%` and `-$3M` are figures."""


@click.command(
    short_help="Change one value of the catalogue.",
    context_settings={"ignore_unknown_options": True},  # a figure may begin with a minus
    epilog="""\b
    Examples:
      etfcompare set BSOL fee.rate 0.19% --dry-run
      etfcompare set BSOL fee.rate 0.19% --as-of 2026-11-20 --source bsol-page
      etfcompare set BSOL name 'Bitwise Solana Staking ETF'
      etfcompare set . assets.SOL.staking.rate 6%
      etfcompare set . cash.yield 3.6%
    \b
    A dot for the ticker stands for the top of the file: assets, cash, assume, limits, sources, fx.
    Exit code: 0 saved, or the same already; 1 refused, with the line of the problem; 2 no such
    place; 4 somebody else changed this value meanwhile.
    """,
)
@click.argument("ticker", shell_complete=tickers)
@click.argument("path")
@click.argument("value")
@click.option("--as-of", default="", metavar="DATE", help="When the figure was true.")
@click.option("--source", default="", metavar="KEY", help="Where it comes from, as under sources.")
@dry_run_option
@in_place_option
@catalogue_option
def command(
    *,
    argument: str | None,
    ticker: str,
    path: str,
    value: str,
    as_of: str,
    source: str,
    dry_run: bool,
    in_place: bool,
) -> int:
    """Set the value at PATH of the product TICKER, as fee.rate, staking.cut or market.aum.

    A date and a source are written beside the value: for its block if it is the only figure
    there, else for the figure alone. What would make an error is refused.
    """
    for typed in (ticker, path, value):
        if _OPTION.match(typed):
            raise UsageError(f"no such option: {visible(typed)}; see `etfcompare set --help`")
    editor = opened(argument)
    document = editor.workspace.document
    is_top = ticker == TOP_OF_FILE
    if not is_top:
        check_ticker(editor, ticker)
    keys = top_keys(document, path) if is_top else product_keys(path)
    field = field_at(keys if is_top else (PRODUCTS, 0, *keys))
    if (as_of or source) and field is not None and field.kind in WORDS:
        raise UsageError(f"{path} is no figure, so it has no date and no source of its own")
    changes = figure_changes(
        document, None if is_top else ticker, keys, value, as_of=as_of, source=source
    )
    return carry_out(editor, editor.propose(*changes), dry_run=dry_run, in_place=in_place)
