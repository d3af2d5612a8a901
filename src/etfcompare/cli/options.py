"""The options that every command shares, declared once: the scenario, the catalogue, the format."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, cast

import click
from click.core import ParameterSource

from etfcompare.cli.clock import today
from etfcompare.cli.output import say
from etfcompare.engine.assumptions import ASSUMPTIONS, REWARDS, Assumption, Value
from etfcompare.engine.scenario import Drift, Rates, Scenario
from etfcompare.errors import UsageError
from etfcompare.units import UnitError
from etfcompare.visible import visible

if TYPE_CHECKING:
    from etfcompare.engine.views import NamedView
    from etfcompare.workspace import Workspace

Adds: TypeAlias = Callable[[Callable[..., int]], Callable[..., int]]
"""Adds an option to a command."""


class Format(StrEnum):
    """What a command writes."""

    TABLE = "table"
    """For people."""
    JSON = "json"
    CSV = "csv"
    CSV_RAW = "csv-raw"
    """CSV without the apostrophe that keeps spreadsheets from computing words."""
    MARKDOWN = "markdown"
    HTML = "html"


def _option(assumption: Assumption) -> Adds:
    """Return the option of an assumption; a value is refused in the words of the units."""
    name, option, meaning = assumption.name, assumption.option, assumption.meaning
    if assumption.is_switch:
        return click.option(option, name, flag_value=False, default=True, help=assumption.off)
    if assumption.choices:
        return click.option(
            option,
            name,
            type=click.Choice(assumption.choices),
            default=assumption.usual,
            show_default=True,
            help=meaning,
        )

    def value(text: str) -> object:
        try:
            return _by_asset(assumption, text) if name == REWARDS else assumption.read(text)
        except UnitError as error:
            raise UsageError(f"{option}: {error}") from error

    return click.option(
        option,
        name,
        type=value,
        metavar=assumption.metavar,
        help=meaning,
        default=assumption.usual or None,
        show_default=bool(assumption.usual),
        multiple=name == REWARDS,
    )


def _by_asset(assumption: Assumption, text: str) -> tuple[str, Value]:
    asset, equals, rate = text.partition("=")
    if not asset or not equals:
        raise UnitError(f'"{visible(text)}" names no asset and rate', "write SOL=4%")
    return asset, assumption.read(rate)


catalogue_option: Adds = click.option(
    "--catalogue",
    "argument",
    metavar="FILE",
    help="The catalogue; else $ETFCOMPARE_CATALOGUE, ./products.yaml, your own, the packaged.",
)
"""Which catalogue a command is about, for commands that need no scenario."""
view_option: Adds = click.option(
    "--view", metavar="NAME", help="A saved view; `etfcompare views` lists them."
)
catalogue_argument: Adds = click.argument("file", metavar="[CATALOGUE]", required=False)
"""The same as the first word, for commands that take no other."""


def named_once(file: str | None, option: str | None) -> str | None:
    """Return the catalogue that was named as a word or with `--catalogue`.

    Raises:
        UsageError: Both were given.
    """
    if file is not None and option is not None:
        raise UsageError("the catalogue is named twice; leave out --catalogue")
    return option if file is None else file


_OPTIONS: tuple[Adds, ...] = (catalogue_option, *map(_option, ASSUMPTIONS))
_FORMATS = {
    Format.JSON: "Write JSON, numbers raw.",
    Format.CSV: "Write CSV, numbers raw, safe to open in a spreadsheet.",
    Format.CSV_RAW: "Write CSV with words untouched, for programs.",
    Format.MARKDOWN: "Write a Markdown table.",
    Format.HTML: "Write one self-contained page, to read and to print.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What every command is asked: of which catalogue, under which assumptions."""

    argument: str | None
    """The path of the catalogue, if one was given."""
    scenario: Scenario
    given: frozenset[str] = frozenset()
    """The assumptions that were given as options, by name."""

    def open(self) -> Workspace:
        """Open the catalogue, paths being shown as they were given.

        Raises:
            UsageError: The path is none.
            UnreadableError: There is no catalogue there, or none that can be read.
        """
        from etfcompare.workspace import Workspace  # noqa: PLC0415 - help never needs it

        return Workspace.open(
            self.argument,
            environ=os.environ,
            folder=Path(),
            # Asked about the past, a catalogue does not come from the future.
            today=lambda: max(today(), self.scenario.as_of),
            waits_for_history=True,
        )

    def named_view(self, workspace: Workspace, name: str) -> NamedView:
        """Return a view by its name: the catalogue's, the user's own, or one that is shipped.

        Raises:
            UsageError: There is none of that name, or it makes no sense.
        """
        from etfcompare.engine.views import view_named, views_of  # noqa: PLC0415 - seldom named
        from etfcompare.settings import read_settings  # noqa: PLC0415 - likewise

        settings = read_settings(os.environ)
        if settings.notice is not None:
            say(settings.notice)
        try:
            return view_named(views_of(workspace.catalogue, settings.views), name)
        except UsageError as error:
            raise UsageError(f"--view: {error}") from error

    def under(self, view: NamedView) -> Scenario:
        """Return the scenario over the holding period of a view, unless one was asked for."""
        if view.horizon is None or "horizon" in self.given:
            return self.scenario
        return self.scenario.but("horizon", view.horizon)


def requests(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command the options of catalogue and scenario, as its first argument, a `Request`."""

    @functools.wraps(command)
    def with_request(*, argument: str | None, **options: object) -> int:
        values = {one.name: options.pop(one.name) for one in ASSUMPTIONS}
        source_of = click.get_current_context().get_parameter_source
        given = frozenset(one for one in values if source_of(one) is ParameterSource.COMMANDLINE)
        request = Request(argument=argument, scenario=_scenario(**values), given=given)
        return command(request, **options)

    return _with(with_request, _OPTIONS)


def _scenario(
    *, as_of: object, rates: object, rewards: object, drift: object, **values: object
) -> Scenario:
    """Make a scenario of the values of the options.

    Raises:
        UsageError: Together they make no sense.
    """
    make: Callable[..., Scenario] = Scenario
    return make(
        as_of=as_of or today(),
        rates=Rates(str(rates)),
        rewards=_rates_by_asset(cast("Iterable[tuple[str, float]]", rewards)),
        drift=Drift(str(drift)),
        **values,
    )


def _rates_by_asset(rewards: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Return reward rates by asset, in whichever case it is typed.

    Raises:
        UsageError: An asset is given two.
    """
    rates: dict[str, float] = {}
    for asset, rate in rewards:
        if asset.casefold() in map(str.casefold, rates):
            raise UsageError(f"--reward: {visible(asset)} is given twice; name one rate")
        rates[asset] = rate
    return rates


def formats(*offered: Format) -> Adds:
    """Give a command the options that choose a format, as its argument `form`."""
    options = [
        click.option(f"--{one.value}", one.name.lower(), is_flag=True, help=_FORMATS[one])
        for one in offered
    ]

    def add(command: Callable[..., int]) -> Callable[..., int]:
        @functools.wraps(command)
        def with_form(*arguments: object, **others: object) -> int:
            chosen = [one for one in offered if others.pop(one.name.lower())]
            if len(chosen) > 1:
                names = " and ".join(f"--{one.value}" for one in chosen)
                raise UsageError(f"{names} ask for different formats; choose one")
            return command(*arguments, form=chosen[0] if chosen else Format.TABLE, **others)

        return _with(with_form, options)

    return add


def _with(command: Callable[..., int], options: Iterable[Adds]) -> Callable[..., int]:
    for add in reversed(tuple(options)):
        command = add(command)
    return command
