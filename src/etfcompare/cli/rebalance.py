"""`etfcompare rebalance`: whether to trim what has grown past its share, and what that takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import click

from etfcompare.catalogue.schema import MOST_DOLLARS
from etfcompare.cli.complete import tickers
from etfcompare.cli.omissions import omissions
from etfcompare.cli.options import Format, Request, formats, requests
from etfcompare.cli.output import say, write, write_exact
from etfcompare.cli.rebalance_page import page, summary
from etfcompare.cli.table import Paper
from etfcompare.engine.figures import Table
from etfcompare.errors import UsageError
from etfcompare.portfolio.holdings import present
from etfcompare.portfolio.rebalancing import BAND, GAMMA, LARGEST_GAMMA, Rule, plan_of, ways_of
from etfcompare.portfolio.sleeves import Own, Sleeve, largest_of, sleeve_held, sleeve_typed
from etfcompare.units import UnitError, money_of, number_of, rate_of, share_of
from etfcompare.visible import visible

if TYPE_CHECKING:
    from etfcompare.workspace import Workspace

T = TypeVar("T")


def read_as(option: str, read: Callable[[str], T]) -> Callable[[str], T]:
    """Return what reads the value of an option and refuses it in the words of the units."""

    def value(text: str) -> T:
        try:
            return read(text)
        except UnitError as error:
            raise UsageError(f"{option}: {error}") from error

    return value


def dollars(text: str) -> float:
    """Return an amount in US dollars.

    Raises:
        UnitError: It is not one.
    """
    amount, currency = money_of(text)
    if currency != "USD" or amount < 0:
        raise UnitError(f'"{visible(text)}" is not an amount in US dollars', "write $100K")
    if amount > MOST_DOLLARS:
        raise UnitError(f'"{visible(text)}" is more money than there is', "write $100K")
    return amount


def none_held(workspace: Workspace, table: Table, instead: str) -> UsageError:
    """Return what to say where the catalogue has no holdings that can be used."""
    why = "the catalogue has no holdings: that can be used"
    problems = workspace.problems(table.scenario)
    if any(one.path.partition(".")[0] == "holdings" for one in problems):
        why += "; see `etfcompare check`"
    return UsageError(f"{why}; {instead}")


class Asked(NamedTuple):
    """What the options of the command say."""

    sleeve: float | None
    value: float | None
    gain: float | None
    spread: float | None
    vol: float | None
    ticker: str | None
    asset: str | None


@click.command(
    short_help="Trim what has grown past its share, or leave it.",
    epilog="""\b
    Examples:
      etfcompare rebalance --sleeve 4% --target 2% --value 10M --gain 50% --gains-tax 23.8%
      etfcompare rebalance --sleeve 4% --target 2% --value 10M --ticker BSOL --band 25%
      etfcompare rebalance --target 2% --asset SOL --gains-tax 20% --income-tax 37%
    \b
    The first is the case of a 2% sleeve that has become 4%: half of it a gain. What is sold stays
    invested elsewhere net of tax and cost, so that the sleeve ends at its target exactly. The
    benefit is what a smaller risk is worth over the horizon, half of risk aversion (--gamma) times
    variance; past the band, a trade is proposed only where that pays its tax and cost.
    Without --sleeve and --value, the sleeve is what `holdings:` of the catalogue says, sold lot by
    lot: sheltered first, then losses, then by tax on a dollar; long-term is more than a year.
    It is arithmetic and no advice on tax.
    """,
)
@click.option(
    "--target",
    required=True,
    type=read_as("--target", share_of),
    metavar="SHARE",
    help="What the sleeve should be, of the whole.",
)
@click.option(
    "--sleeve", type=read_as("--sleeve", share_of), metavar="SHARE", help="What it is now."
)
@click.option(
    "--value", type=read_as("--value", dollars), metavar="MONEY", help="The whole portfolio."
)
@click.option(
    "--band",
    type=read_as("--band", rate_of),
    metavar="RATE",
    help="Act above the target by this part of it; 50% unless given.",
)
@click.option(
    "--abs-band",
    "absolute",
    type=read_as("--abs-band", rate_of),
    metavar="RATE",
    help="Act above the target by this share of the whole.",
)
@click.option(
    "--gain",
    type=read_as("--gain", rate_of),
    metavar="SHARE",
    help="Gain embedded in today's value; the same as 1 less --basis.",
)
@click.option(
    "--ticker",
    metavar="TICKER",
    shell_complete=tickers,
    help="The fund: spread, volatility and yield are the catalogue's.",
)
@click.option("--asset", metavar="CODE", help="The coin: those of its largest fund.")
@click.option(
    "--spread",
    type=read_as("--spread", rate_of),
    metavar="RATE",
    help="Quoted spread, instead of the catalogue's.",
)
@click.option(
    "--vol",
    type=read_as("--vol", rate_of),
    metavar="RATE",
    help="Volatility, instead of the catalogue's.",
)
@click.option(
    "--gamma",
    type=read_as("--gamma", number_of),
    default=str(GAMMA),
    show_default=True,
    metavar="NUMBER",
    help="Risk aversion.",
)
@formats(Format.JSON, Format.CSV, Format.CSV_RAW, Format.MARKDOWN)
@requests
def command(
    request: Request,
    *,
    target: float,
    band: float | None,
    absolute: float | None,
    gamma: float,
    form: Format,
    **asked: float | str | None,
) -> int:
    """Say whether to trim a sleeve to its target, to the edge of its band, or to leave it."""
    make: Callable[..., Asked] = Asked
    wanted = make(**asked)
    rule = _rule(target, band, absolute, gamma)
    if wanted.gain is not None:
        if "basis" in request.given:
            raise UsageError("--gain and --basis say the same; leave one out")
        if wanted.gain > 1:
            raise UsageError("--gain is above 100% of today's value; write 50%")
        request = replace(request, scenario=request.scenario.but("basis", 1 - wanted.gain))
    workspace = request.open()
    table = workspace.table(workspace.scenario_for(request.scenario))
    has_basis = wanted.gain is not None or "basis" in request.given
    sleeve = _sleeve(workspace, table, wanted, has_basis=has_basis)
    plan = plan_of(sleeve, rule, table.scenario.horizon_years)
    ways = ways_of(sleeve, rule)
    if form is Format.TABLE:
        lines = page(plan, sleeve, ways, table, Paper.of_stdout())
        write("".join(f"{line}\n" for line in lines))
        say(summary(plan, sleeve, table))
    else:
        from etfcompare.cli.rebalance_export import exported  # noqa: PLC0415 - for programs alone
        from etfcompare.portfolio.rebalance_sheet import Answer  # noqa: PLC0415 - likewise

        answer = Answer(table=table, sleeve=sleeve, plan=plan, ways=ways)
        write_exact(exported(workspace, answer, form))
    left_out = omissions(workspace)
    if left_out is not None:
        say(left_out)
    return 0


def _rule(target: float, band: float | None, absolute: float | None, gamma: float) -> Rule:
    """Return what the sleeve should be.

    Raises:
        UsageError: It makes no sense.
    """
    if not 0 <= target < 1:
        raise UsageError("--target is not from 0% to below 100% of the whole; write 2%")
    if (band is not None and band < 0) or (absolute is not None and absolute < 0):
        raise UsageError("a band is below zero; write --band 50% or --abs-band 1%")
    if not 0 <= gamma <= LARGEST_GAMMA:
        raise UsageError(f"--gamma is not between 0 and {LARGEST_GAMMA:.0f}; write 3")
    relative = BAND if band is None and absolute is None else band
    return Rule(target=target, band=relative, absolute=absolute, gamma=gamma)


def _sleeve(workspace: Workspace, table: Table, wanted: Asked, *, has_basis: bool) -> Sleeve:
    """Return the sleeve that is described, or that is held.

    Raises:
        UsageError: It is described only in part, or nothing of it is held.
    """
    if wanted.ticker is not None and wanted.asset is not None:
        raise UsageError("--ticker and --asset name two sleeves; leave one out")
    if min(wanted.spread or 0.0, wanted.vol or 0.0) < 0 or (wanted.spread or 0.0) > 1:
        raise UsageError("--spread or --vol makes no sense; write --spread 5bp --vol 80%")
    own = Own(spread=wanted.spread, volatility=wanted.vol)
    row = workspace.row_of(wanted.ticker) if wanted.ticker is not None else None
    asset = None if wanted.asset is None else _asset(workspace, wanted.asset)
    if wanted.sleeve is not None or wanted.value is not None:
        return _described(table, wanted, own, row, asset)
    held = present(workspace.catalogue, table.scenario)
    if held is None:
        raise none_held(workspace, table, "give --sleeve and --value")
    if has_basis:
        raise UsageError(
            "--gain and --basis are of a sleeve given by --sleeve; lots say their cost"
        )
    ticker = None if row is None else table.products[row].ticker
    sleeve = sleeve_held(table, held, own, asset=asset, ticker=ticker)
    if not sum(one.value for one in sleeve.lots):
        what = visible(ticker or asset or "crypto")
        raise UsageError(f"holdings: has nothing of worth in {what}; give --sleeve and --value")
    return sleeve


def _described(table: Table, wanted: Asked, own: Own, row: int | None, asset: str | None) -> Sleeve:
    if wanted.sleeve is None or not wanted.value:
        if wanted.value == 0:  # what a shell makes of $10M
            raise UsageError("--value is nothing; a shell takes $1 for its own, so write 10M")
        raise UsageError("--sleeve and --value go together: --sleeve 4% --value 10M")
    if not 0 < wanted.sleeve <= 1:
        raise UsageError("--sleeve is not above 0% and at most 100% of the whole; write 4%")
    if asset is not None:
        row = largest_of(table, asset)
        if row is None:
            raise UsageError(f"no fund on {visible(asset)} has a known size; name one by --ticker")
    sleeve = sleeve_typed(table, wanted.sleeve, wanted.value, own, row)
    if asset is None or row is None:
        return sleeve
    stands_for = f"figures of {visible(table.products[row].ticker)}, the largest fund on it"
    return replace(sleeve, name=asset, notes=(*sleeve.notes, stands_for))


def _asset(workspace: Workspace, typed: str) -> str:
    """Spell the code of a coin as the catalogue does.

    Raises:
        UsageError: It has none of that code.
    """
    codes = workspace.catalogue.assets
    for code in codes:
        if code.casefold() == typed.casefold():
            return code
    has = ", ".join(map(visible, codes)) or "none"
    raise UsageError(f'--asset: no asset is called "{visible(typed)}"; the catalogue has {has}')
