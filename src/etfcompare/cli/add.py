"""`etfcompare add`: a new product, begun as a copy of another or from a template."""

from __future__ import annotations

import click

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
from etfcompare.cli.output import say
from etfcompare.editing import AddProduct, Change, SetValue
from etfcompare.errors import UsageError
from etfcompare.visible import visible


@click.command(
    short_help="Add a product to the catalogue.",
    epilog="""\b
    Examples:
      etfcompare add NEWSOL --from BSOL --dry-run
      etfcompare add NEWBTC --from IBIT
      etfcompare add NEWSOL --asset SOL            an empty one, to be filled in
    """,
)
@click.argument("ticker")
@click.option(
    "--from",
    "like",
    metavar="TICKER",
    shell_complete=tickers,
    help="The product that it begins as a copy of.",
)
@click.option("--asset", default="", metavar="CODE", help="The coin it holds, as under assets.")
@dry_run_option
@in_place_option
@catalogue_option
def command(
    *,
    argument: str | None,
    ticker: str,
    like: str | None,
    asset: str,
    dry_run: bool,
    in_place: bool,
) -> int:
    """Add the product TICKER behind the others, in the layout of the file.

    A copy takes over all figures with their dates, sources and comments: replace them.
    """
    if like is None and not asset:
        raise UsageError("name a product to copy with --from, or a coin with --asset")
    if ticker == TOP_OF_FILE:
        raise UsageError("a dot is no ticker: it stands for the top of the file")
    editor = opened(argument)
    changes: list[Change] = [AddProduct(ticker, like=like, asset=asset)]
    if like is not None:
        check_ticker(editor, like)
        changes += [SetValue(ticker, ("asset",), asset)] if asset else []
    code = carry_out(editor, editor.propose(*changes), dry_run=dry_run, in_place=in_place)
    if like is not None:
        shown = visible(ticker)
        say(f"its figures are those of {visible(like)}; `etfcompare set {shown} …` changes them")
    return code
