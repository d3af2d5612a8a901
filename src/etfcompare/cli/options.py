"""The options that every command shares, declared once: the scenario, the catalogue, the format."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import click

from etfcompare.cli.clock import today
from etfcompare.engine.scenario import Drift, Rates, Scenario
from etfcompare.errors import UsageError
from etfcompare.units import UnitError, date_of, money_of, rate_of, share_of, span_of
from etfcompare.visible import visible

if TYPE_CHECKING:
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


def _quantity(
    option: str,
    read: Callable[[str], object],
    metavar: str,
    meaning: str,
    *names: str,
    default: str | None = None,
    multiple: bool = False,
) -> Adds:
    """Declare an option whose value the units module reads, and refuses in its own words."""

    def value(text: str) -> object:
        try:
            return read(text)
        except UnitError as error:
            raise UsageError(f"{option}: {error}") from error

    return click.option(
        option,
        *names,
        type=value,
        metavar=metavar,
        help=meaning,
        default=default,
        show_default=default is not None,
        multiple=multiple,
    )


def _dollars(text: str) -> float:
    amount, currency = money_of(text)
    if currency != "USD":
        raise UnitError(f'"{visible(text)}" is not in US dollars', "write $100K")
    return amount


def _reward(text: str) -> tuple[str, float]:
    asset, equals, rate = text.partition("=")
    if not asset or not equals:
        raise UnitError(f'"{visible(text)}" names no asset and rate', "write SOL=4%")
    return asset, _yearly(rate)


def _yearly(text: str) -> float:
    rate = rate_of(text)
    if not -1 < rate <= 1:
        raise UnitError(f'"{visible(text)}" is not between -100% and 100%', "write 4%")
    return rate


catalogue_option: Adds = click.option(
    "--catalogue",
    "argument",
    metavar="FILE",
    help="The catalogue; else $ETFCOMPARE_CATALOGUE, ./products.yaml, your own, the packaged.",
)
"""Which catalogue a command is about, for commands that need no scenario."""
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


_OPTIONS: tuple[Adds, ...] = (
    catalogue_option,
    _quantity("--as-of", date_of, "DATE", "The day to ask about, today unless given."),
    _quantity("--horizon", span_of, "SPAN", "How long the fund is held.", default="1y"),
    _quantity("--amount", _dollars, "MONEY", "What is placed.", default="$100K"),
    click.option(
        "--rates",
        type=click.Choice([one.value for one in Rates]),
        default=Rates.COMMON.value,
        show_default=True,
        help="Reward rates: the asset's for every fund, or each fund's own.",
    ),
    _quantity(
        "--reward",
        _reward,
        "ASSET=RATE",
        "Assume a reward rate, as SOL=4%; may be repeated.",
        "rewards",
        multiple=True,
    ),
    _quantity("--cash", _yearly, "RATE", "Yield of cash, the catalogue's unless given."),
    _quantity("--income-tax", share_of, "SHARE", "Tax on rewards, left out unless given."),
    _quantity("--gains-tax", share_of, "SHARE", "Tax on gains, left out unless given."),
    _quantity("--basis", share_of, "SHARE", "Cost basis, of today's price.", default="100%"),
    click.option(
        "--no-waivers",
        "waivers",
        flag_value=False,
        default=True,
        help="Take fees without their waivers.",
    ),
    click.option(
        "--no-assumptions",
        "assumptions",
        flag_value=False,
        default=True,
        help="Leave unknown what the catalogue only assumes.",
    ),
    click.option(
        "--drift",
        type=click.Choice([one.value for one in Drift]),
        default=Drift.FLAT_MEAN.value,
        show_default=True,
        help="Where prices are taken to drift.",
    ),
)
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
        )


def requests(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command the options of catalogue and scenario, as its first argument, a `Request`."""

    @functools.wraps(command)
    def with_request(
        *,
        argument: str | None,
        as_of: date | None,
        horizon: int,
        amount: float,
        rates: str,
        rewards: Sequence[tuple[str, float]],
        cash: float | None,
        income_tax: float | None,
        gains_tax: float | None,
        basis: float,
        waivers: bool,
        assumptions: bool,
        drift: str,
        **others: object,
    ) -> int:
        scenario = Scenario(
            as_of=as_of or today(),
            horizon=horizon,
            amount=amount,
            rates=Rates(rates),
            rewards=_by_asset(rewards),
            cash=cash,
            income_tax=income_tax,
            gains_tax=gains_tax,
            basis=basis,
            waivers=waivers,
            assumptions=assumptions,
            drift=Drift(drift),
        )
        return command(Request(argument=argument, scenario=scenario), **others)

    return _with(with_request, _OPTIONS)


def _by_asset(rewards: Sequence[tuple[str, float]]) -> dict[str, float]:
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
