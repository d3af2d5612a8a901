# ruff: noqa: N999 - a command's module bears the name of the command
"""`etfcompare import`: flows, prices and holdings out of files of other people's."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from etfcompare.cli.changing import opened
from etfcompare.cli.import_page import lines_of, question_of, talk_of
from etfcompare.cli.importing import AnyLook, Choice, keep, look
from etfcompare.cli.options import catalogue_option
from etfcompare.cli.output import say, write
from etfcompare.errors import EtfcompareError, UsageError
from etfcompare.history.foreign import Unit
from etfcompare.history.formats import FORMATS
from etfcompare.history.rows import Scope
from etfcompare.history.wishes import Wish
from etfcompare.visible import visible

_TABLES = ("flows", "prices", "holdings")


@click.command(
    short_help="Take flows, prices or holdings out of a file.",
    epilog="""\b
    Examples:
      etfcompare import flows farside.html                     show what it would do
      etfcompare import flows farside.html --yes               do it
      etfcompare import flows coinshares_week_2026-01-23.csv
      etfcompare import flows xrpc_shares_nav.csv --name XRPC  change in shares x NAV
      etfcompare import prices closes.csv
    \b
    Formats: Farside (CSV or saved page), SoSoValue, cryptoetf.today and dashboard JSON, CoinShares
    tables, an issuer's shares and NAV, TradingView seed, and the tidy CSV of the history folder.
    Nothing is written without --yes, or your yes on a terminal. Importing twice changes nothing.
    Exit code: 0 shown or written; 1 nothing to be taken; 2 something only you can say is missing;
    3 unreadable; 4 the file was changed meanwhile.
    """,
)
@click.argument("table", type=click.Choice(_TABLES))
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--format", "form", type=click.Choice([one.name for one in FORMATS]), help="Do not guess it."
)
@click.option(
    "--scope", type=click.Choice([one.value for one in Scope]), help="Whose figures they are."
)
@click.option("--name", metavar="NAME", help="Of which fund or coin, where the file does not say.")
@click.option("--week", metavar="DATE", help="A day of the week, where the file does not say.")
@click.option("--unit", type=click.Choice([one.word for one in Unit]), help="What flows count.")
@click.option(
    "--rename", "renames", multiple=True, metavar="OLD=NEW", help="What a name of the file means."
)
@click.option("--unknown", is_flag=True, help="Take funds that are not in the catalogue, too.")
@click.option(
    "--prefer",
    type=click.Choice(("file", "stored")),
    default="stored",
    show_default=True,
    help="Which to keep where a stored figure differs.",
)
@click.option("--replace", is_flag=True, help="Let stored flows by other periods give way.")
@click.option("--yes", is_flag=True, help="Write.")
@catalogue_option
def command(
    *,
    argument: str | None,
    table: str,
    file: Path,
    form: str | None,
    scope: str | None,
    name: str | None,
    week: str | None,
    unit: str | None,
    renames: tuple[str, ...],
    unknown: bool,
    prefer: str,
    replace: bool,
    yes: bool,
) -> int:
    """Read FILE and show what it adds to the flows, prices or holdings beside the catalogue.

    Totals are checked and never stored. A fund that is not in the catalogue is told and left out:
    its ticker is more often a slip or an old name than a new fund.
    """
    editor = opened(argument)
    wish = Wish(
        form=form,
        scope=Scope(scope) if scope else None,
        name=name,
        week=week,
        unit=next((one for one in Unit if one.word == unit), None),
    )
    choice = Choice(
        renamed=_renamed(renames),
        takes_unknown=unknown,
        takes_file=prefer == "file",
        replaces=replace,
    )
    found = look(editor, table, file, wish, choice)
    write("".join(f"{line}\n" for line in lines_of(found)))
    for line in talk_of(found):
        say(line)
    if not found.imported.rows:
        raise EtfcompareError(f"{visible(str(file))}: nothing was found that can be taken")
    if found.is_empty:
        return 0
    found.plan.refuse_losses()
    if not yes and not _agreed(found):
        say("nothing was written; --yes writes")
        return 0
    for notice in keep(editor, found):
        write(f"{visible(notice)}\n")
    return 0


def _agreed(found: AnyLook) -> bool:
    """Ask, where there is somebody to answer."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    say(question_of(found))
    return sys.stdin.readline().strip().casefold() in {"y", "yes"}


def _renamed(pairs: tuple[str, ...]) -> dict[str, str]:
    """Return what names of the file mean, by their lower case.

    Raises:
        UsageError: A pair is none.
    """
    renamed: dict[str, str] = {}
    for pair in pairs:
        old, equals, new = pair.partition("=")
        if not old or not equals or not new:
            raise UsageError(f'--rename: "{visible(pair)}" is no pair; write CETH=TETH')
        renamed[old.casefold()] = new
    return renamed
