"""`etfcompare allocate`: what to hold for the most net yield under limits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from etfcompare.cli.allocate_page import allocation_page
from etfcompare.cli.assumed import assumed
from etfcompare.cli.omissions import omissions
from etfcompare.cli.options import Adds, Format, Request, formats, requests
from etfcompare.cli.output import say, write, write_exact
from etfcompare.cli.table import Paper
from etfcompare.engine.query import Query
from etfcompare.errors import EtfcompareError, UsageError
from etfcompare.portfolio.allocation import allocate, allocation_frontier
from etfcompare.portfolio.allocation_sheet import Answer, said_of
from etfcompare.portfolio.binding import Infeasible
from etfcompare.portfolio.holdings import present
from etfcompare.portfolio.limits import PARTICIPATION, Bound, Limits, parse_bounds
from etfcompare.units import UnitError, money_of, number_of, rate_of, share_of
from etfcompare.visible import visible

if TYPE_CHECKING:
    from etfcompare.catalogue.schema import Catalogue
    from etfcompare.engine.comparison import Comparison
    from etfcompare.workspace import Workspace


def _dollars(text: str) -> float:
    amount, currency = money_of(text)
    if currency != "USD":
        raise UnitError(f'"{visible(text)}" is not in US dollars', "write $50M")
    return amount


def _limit(option: str, read: Callable[[str], float], metavar: str, meaning: str) -> Adds:
    """Return an option that takes a quantity, refused in the words of the units."""

    def value(text: str) -> float:
        try:
            return read(text)
        except UnitError as error:
            raise UsageError(f"{option}: {error}") from error

    return click.option(option, type=value, metavar=metavar, help=meaning)


@click.command(
    short_help="Choose what to hold under limits.",
    epilog="""\b
    Examples:
      etfcompare allocate --max-vol 5%
      etfcompare allocate --max-vol 10% --cap asset:SOL=20% --floor asset:BTC=2%
      etfcompare allocate --max-vol 10% --cap 'issuer:*=5%' --cap issuer:Bitwise=10%
      etfcompare allocate --max-vol 10% --cap 'custodian:"Coinbase Custody"=60%'
      etfcompare allocate --max-vol 5% --amount 250M --max-share-of-aum 5% --days-to-exit 10
      etfcompare allocate --where country:us --frontier --json
    \b
    The most net yield a year, less what the trades cost now (half the spread, commission, premium,
    tax on the gains less the losses of what is sold) spread over the horizon. Cash is always among
    the choices. It starts from the `holdings:` of the catalogue, or else from cash. NAME of --cap
    and --floor is asset, issuer, product or custodian, a colon, and which, or * for each; both may
    be given several times. A fund of unknown issuer or custodian counts under each cap on one. What
    is bought below its net asset value, or sold above it, makes a trade cheaper. What a limit costs
    is told for its first hair; where a whole unit brings less, that is told too.
    Exit code 1: the limits leave nothing.
    """,
)
@_limit("--max-vol", rate_of, "R", "Volatility of the whole at most, a year.")
@_limit("--min-yield", rate_of, "R", "Net yield of the whole at least, a year.")
@click.option("--cap", "caps", multiple=True, metavar="NAME=R", help="Share at most; repeatable.")
@click.option(
    "--floor", "floors", multiple=True, metavar="NAME=R", help="Share at least; repeatable."
)
@_limit("--min-aum", _dollars, "M", "Only funds that manage at least so much.")
@_limit("--max-share-of-aum", share_of, "R", "Share of a fund that is held at most.")
@_limit("--days-to-exit", number_of, "N", "Days in which any one fund can be sold.")
@_limit("--participation", share_of, "R", "Share of a day's volume sold in a day.  [default: 10%]")
@_limit("--max-crypto", share_of, "R", "Share of the whole in anything but cash.")
@click.option("--where", metavar="EXPR", help="Only products that match, as 'sol country:us'.")
@click.option(
    "--frontier",
    is_flag=True,
    help="Also the best at each of a few volatilities; as CSV, only that.",
)
@formats(Format.JSON, Format.CSV, Format.CSV_RAW, Format.MARKDOWN)
@requests
def command(
    request: Request,
    *,
    max_vol: float | None,
    min_yield: float | None,
    caps: Sequence[str],
    floors: Sequence[str],
    min_aum: float | None,
    max_share_of_aum: float | None,
    days_to_exit: float | None,
    participation: float | None,
    max_crypto: float | None,
    where: str | None,
    frontier: bool,
    form: Format,
) -> int:
    """Choose the weights with the most net yield under limits; the rest stays in cash.

    This is an income objective, not a forecast of returns.
    """
    workspace = request.open()
    table = workspace.table(workspace.scenario_for(request.scenario))
    limits = Limits(
        max_volatility=max_vol,
        min_yield=min_yield,
        caps=_bounds("--cap", caps, workspace.catalogue),
        floors=_bounds("--floor", floors, workspace.catalogue),
        min_aum=min_aum,
        max_share_of_aum=max_share_of_aum,
        days_to_exit=days_to_exit,
        participation=PARTICIPATION if participation is None else participation,
        max_crypto=max_crypto,
    )
    comparison = workspace.compare(table.scenario, where=Query.parse(where or ""))
    rows = sorted(comparison.rows)
    held = present(workspace.catalogue, table.scenario)
    found = allocate(table, rows, limits, held)
    if isinstance(found, Infeasible):
        if form is Format.JSON:
            write_exact(_written(workspace, comparison, found, form))
        raise EtfcompareError(found.words)
    swept = allocation_frontier(table, rows, limits, held) if frontier else ()
    answer = Answer(table=table, limits=limits, allocation=found, frontier=swept, present=held)
    if form is Format.TABLE:
        _print(answer)
    else:
        write_exact(_written(workspace, comparison, answer, form))
        if form in (Format.CSV, Format.CSV_RAW):  # the other forms hold it
            for line in said_of(answer):
                say(line)
    _say_what_lacks(workspace, comparison)
    return 0


def _bounds(option: str, texts: Sequence[str], catalogue: Catalogue) -> tuple[Bound, ...]:
    try:
        return parse_bounds(texts, catalogue)
    except UsageError as error:
        raise UsageError(f"{option}: {error}") from error


def _written(
    workspace: Workspace, comparison: Comparison, found: Answer | Infeasible, form: Format
) -> str:
    from etfcompare.cli import allocate_data  # noqa: PLC0415 - not for the table: people wait

    return allocate_data.written(workspace, comparison, found, form)


def _say_what_lacks(workspace: Workspace, comparison: Comparison) -> None:
    if not comparison.rows:
        for hint in comparison.where.strangers(comparison.table):
            say(hint)
    left_out = omissions(workspace)
    if left_out is not None:
        say(left_out)


def _print(answer: Answer) -> None:
    text, left_out = allocation_page(answer, Paper.of_stdout())
    write(text)
    if left_out:
        say(f"too narrow for {', '.join(left_out)}")
    say(" · ".join(assumed(answer.table)))
