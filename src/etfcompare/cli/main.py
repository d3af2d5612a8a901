"""The command `etfcompare`: which word runs what, and how a run ends.

Each command is a module of its own, imported when it is called.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Final

import click

from etfcompare import __version__
from etfcompare.catalogue.fields import nearest
from etfcompare.cli.commands import COMMANDS, COMPLETION_VARIABLE
from etfcompare.cli.options import Request, catalogue_argument, named_once, requests, view_option
from etfcompare.engine.scenario import Scenario
from etfcompare.errors import UsageError
from etfcompare.visible import visible

PROGRAM: Final = "etfcompare"

Launch = Callable[[str | None, Scenario, str | None, frozenset[str]], int]
"""Starts the terminal interface on a catalogue, under a scenario, with a view; the names of the
assumptions that options gave go before what a view assumes."""


class Commands(click.Group):
    """The commands, imported one by one."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Name the commands, the most used first."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command; None if there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"etfcompare.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command


@click.command(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    options_metavar="",
    subcommand_metavar="[CATALOGUE] [OPTIONS] | COMMAND [OPTIONS]",
    epilog="""\b
    Examples:
      etfcompare                              browse the catalogue
      etfcompare my.yaml --horizon 3y         browse your own, for three years
      etfcompare --view income                begin with a saved view
      etfcompare rank --where 'sol staked'    the SOL funds that stake, best first
      etfcompare explain ETHB net_yield       why a figure is what it is
    """,
)
@click.version_option(__version__, message="%(prog)s %(version)s")
def group() -> None:
    """Compare listed spot crypto funds by what they leave the holder, and by the price risk.

    Without a command, the catalogue opens in the terminal; `rank --help` lists the options that
    set the scenario, which hold there too.
    """


def run(arguments: Sequence[str], launch: Launch) -> int:
    """Run the command line and return the exit code.

    Args:
        arguments: What the user typed after the name of the program.
        launch: Starts the terminal interface, for a command line without a command.

    Raises:
        EtfcompareError: The command line makes no sense, or the command cannot go on.
    """
    if COMPLETION_VARIABLE in os.environ:
        group.main(list(arguments), prog_name=PROGRAM)
    named = bool(arguments) and arguments[0] in {*COMMANDS, "-h", "--help", "--version"}
    command = group if named else _browse(launch)
    try:
        with command.make_context(PROGRAM, list(arguments)) as context:
            code = command.invoke(context)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.ClickException as error:
        raise UsageError(_in_words(error)) from error
    return code if isinstance(code, int) else 0


def _browse(launch: Launch) -> click.Command:
    """Return what runs without a command: the terminal interface."""

    @click.command(context_settings={"allow_interspersed_args": True})
    @catalogue_argument
    @view_option
    @requests
    def browse(request: Request, file: str | None, view: str | None) -> int:
        if file in COMMANDS:
            raise UsageError(f"options come after the command: {PROGRAM} {file} …")
        if file is not None and _is_mistyped(file):
            close = nearest(file, COMMANDS)
            hint = f"did you mean {close}?" if close else f"see `{PROGRAM} --help`"
            raise UsageError(f'"{visible(file)}" is no file and no command; {hint}')
        argument = named_once(file, request.argument)
        return launch(argument, request.scenario, view, request.given)

    return browse


def _is_mistyped(word: str) -> bool:
    """Tell whether a word names no file that is there, and does not look like one that is gone."""
    return re.fullmatch(r"[\w-]{1,100}", word) is not None and not Path(word).exists()


def _in_words(error: click.ClickException) -> str:
    """Put what click refuses into one line."""
    said = error.format_message().rstrip(".")
    context = None
    if isinstance(error, click.UsageError):
        context = error.ctx
    if isinstance(error, click.BadParameter) and error.param is not None and error.message:
        said = f"{error.param.opts[0]}: {error.message.rstrip('.')}"
    where = context.command_path if context is not None else PROGRAM
    return f"{visible(' '.join(said.split()))}; see `{where} --help`"
