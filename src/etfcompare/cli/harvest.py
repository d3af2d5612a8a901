"""`etfcompare harvest`: lots at a loss, and other funds that would keep the coin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

import click

from etfcompare.cli.complete import tickers
from etfcompare.cli.harvest_page import page, summary
from etfcompare.cli.omissions import omissions
from etfcompare.cli.options import Format, Request, formats, requests
from etfcompare.cli.output import say, write, write_exact
from etfcompare.cli.rebalance import dollars, none_held, read_as
from etfcompare.cli.table import Paper
from etfcompare.engine.figures import Table
from etfcompare.engine.formulas import DAYS_PER_YEAR
from etfcompare.errors import UsageError
from etfcompare.portfolio.harvesting import harvests_of, passed_over
from etfcompare.portfolio.holdings import present
from etfcompare.portfolio.lots import HeldLot, tax_rate, tax_words, term_of
from etfcompare.units import date_of, span_of

if TYPE_CHECKING:
    from etfcompare.workspace import Workspace

TOP: Final = 5


class Typed(NamedTuple):
    """A lot as the options describe it."""

    ticker: str | None
    value: float | None
    cost: float | None
    bought: date | None


@click.command(
    short_help="Find what to do with lots at a loss.",
    epilog="""\b
    Examples:
      etfcompare harvest --gains-tax 23.8% --income-tax 37% --defer 5y
      etfcompare harvest --ticker ETHA --value 100K --cost 140K --bought 2025-12-01
      etfcompare harvest --gains-tax 20% --json | jq '.harvests[].alternatives[0]'
    \b
    Without --ticker, the lots are those of `holdings:` in the catalogue. A loss saves tax now, and
    what is bought instead owes it later: the benefit is the deferral, loss x tax x (1 - 1/(1 +
    cash)^years), less what the switch costs. Alternatives are on the same coin, ranked by change of
    net yield over the horizon less half of both spreads, commissions and premiums.
    The wash-sale label tells how exposed a pair is under United States law (section 1091): whether
    two funds on one coin are substantially identical is unsettled. It is no advice.
    """,
)
@click.option("--ticker", metavar="TICKER", shell_complete=tickers, help="What is held.")
@click.option(
    "--value", type=read_as("--value", dollars), metavar="MONEY", help="What it is worth."
)
@click.option(
    "--cost", type=read_as("--cost", dollars), metavar="MONEY", help="What was paid for it."
)
@click.option(
    "--bought", type=read_as("--bought", date_of), metavar="DATE", help="The day it was bought."
)
@click.option(
    "--defer",
    type=read_as("--defer", span_of),
    metavar="SPAN",
    help="Until what is bought instead is sold; the horizon unless given.",
)
@click.option(
    "--top",
    type=click.IntRange(min=1),
    default=TOP,
    show_default=True,
    metavar="N",
    help="Alternatives listed for each lot.",
)
@formats(Format.JSON, Format.CSV, Format.CSV_RAW, Format.MARKDOWN)
@requests
def command(
    request: Request,
    *,
    defer: int | None,
    top: int,
    form: Format,
    **typed: str | float | date | None,
) -> int:
    """List lots at a loss, what the loss saves, and other funds on the same coin."""
    make: Callable[..., Typed] = Typed
    lot = make(**typed)
    workspace = request.open()
    table = workspace.table(workspace.scenario_for(request.scenario))
    days = table.scenario.horizon if defer is None else defer
    lots, held, notes = _lots(workspace, table, lot)
    found = harvests_of(table, lots, days / DAYS_PER_YEAR, held=held)
    told = summary(found, table, notes, has_lots=bool(lots))
    if form is Format.TABLE:
        if found:
            lines = page(found, table, days, Paper.of_stdout(), top)
            write("".join(f"{line}\n" for line in lines))
        say(told)
    else:
        from etfcompare.cli.harvest_export import About, exported  # noqa: PLC0415 - for programs alone

        about = About(workspace, table, days, told)
        write_exact(exported(found, about, form))
    left_out = omissions(workspace)
    if left_out is not None:
        say(left_out)
    return 0


def _lots(
    workspace: Workspace, table: Table, typed: Typed
) -> tuple[Sequence[HeldLot], Sequence[HeldLot], Sequence[str]]:
    """Return the lots to look at, all that is held, and what is left out of their tax.

    Raises:
        UsageError: A lot is described in part or is at no loss, or none is held.
    """
    holding = present(workspace.catalogue, table.scenario)
    held = holding.lots if holding is not None else ()
    if typed == Typed(None, None, None, None):
        if holding is None:
            raise none_held(workspace, table, "give --ticker, --value and --cost")
        return held, held, (*holding.notes, *passed_over(held))
    if typed.ticker is None or not typed.value or typed.cost is None:
        raise UsageError("a lot needs --ticker, --value and --cost; --bought tells its term")
    scenario = table.scenario
    if typed.bought is not None and typed.bought > scenario.as_of:
        raise UsageError(f"--bought: {typed.bought} is after {scenario.as_of}")
    if typed.cost <= typed.value:
        raise UsageError("the lot is at no loss: its cost is not above its value")
    product = table.products[workspace.row_of(typed.ticker)]
    term = term_of(typed.bought, scenario.as_of)
    lot = HeldLot(
        ticker=product.ticker,
        asset=product.asset,
        value=typed.value,
        cost=typed.cost,
        bought=typed.bought,
        term=term,
        tax_rate=tax_rate(term, scenario),
    )
    return (lot,), held, tax_words((lot,), scenario)
