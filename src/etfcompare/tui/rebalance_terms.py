"""What a sleeve should be and what the user says of it, as numbers to turn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from etfcompare.engine.assumptions import AMOUNTS
from etfcompare.engine.scenario import LARGEST_COMMISSION, Scenario
from etfcompare.portfolio.rebalancing import BAND, GAMMA, LARGEST_GAMMA, Rule
from etfcompare.portfolio.sleeves import Own
from etfcompare.tui.allocation_control import Control
from etfcompare.tui.allocation_numbers import dollars, positive, share
from etfcompare.units import UnitError, exact_money, exact_rate, format_number, number_of, rate_of
from etfcompare.visible import visible

_SHARES: Final = tuple(round(0.05 * one, 2) for one in range(21))
_PERCENTS: Final = tuple(round(0.005 * one, 3) for one in range(1, 40))
_BANDS: Final = (0.0, 0.1, 0.2, 0.25, 0.5, 0.75, 1.0, 2.0)
_GAMMAS: Final = (1.0, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0)
_SPREADS: Final = (0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01)
_RISKS: Final = tuple(round(0.1 * one, 1) for one in range(1, 13))
_COMMISSIONS: Final = (0.0, 0.0005, 0.001, 0.002, 0.005, 0.01)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the user says of a sleeve."""

    weight: float = 0.04
    """Share of the whole that it is now, where nothing is held by the catalogue."""
    value_usd: float = 10e6
    """The whole, likewise."""
    target: float = 0.02
    band: float | None = BAND
    absolute: float | None = None
    gamma: float = GAMMA
    spread: float | None = None
    volatility: float | None = None

    @property
    def rule(self) -> Rule:
        """What the sleeve should be, and how far it may stray."""
        return Rule(target=self.target, band=self.band, absolute=self.absolute, gamma=self.gamma)

    @property
    def own(self) -> Own:
        """What the user says instead of the catalogue."""
        return Own(spread=self.spread, volatility=self.volatility)


class Asked(NamedTuple):
    """What a rebalancing is asked for."""

    terms: Terms
    scenario: Scenario

    def but(self, name: str, value: float | None) -> Asked:
        """Return the same with another value of one term."""
        make: Callable[..., Terms] = replace
        return self._replace(terms=make(self.terms, **{name: value}))


def controls(*, is_held: bool) -> tuple[Control[Asked], ...]:
    """Return the numbers of a rebalancing.

    Args:
        is_held: Whether the catalogue says what is held, so that nobody has to.
    """
    described = (
        _term(
            "weight",
            "Sleeve now",
            "What it is of the whole, as the catalogue says nothing of holdings.",
            _part,
            exact_rate,
            _PERCENTS,
        ),
        _term("value_usd", "Portfolio", "The whole.", dollars, exact_money, AMOUNTS),
        _assumed(
            "basis",
            "Cost basis",
            "What was paid, of today's price: 50% is a gain of half of what it is worth.",
            (positive, exact_rate, _SHARES),
            default=1.0,
        ),
    )
    return (
        *(() if is_held else described),
        _term(
            "target",
            "Target",
            "What the sleeve should be of the whole.",
            _below,
            exact_rate,
            _PERCENTS,
        ),
        _term(
            "band",
            "Band",
            "Act above the target by this part of it.",
            positive,
            exact_rate,
            _BANDS,
            has_off=True,
        ),
        _term(
            "absolute",
            "Band in points",
            "Act above the target by this share of the whole.",
            positive,
            exact_rate,
            _PERCENTS,
            has_off=True,
        ),
        _term(
            "gamma",
            "Risk aversion",
            "What a unit of variance is worth, halved.",
            _number,
            _plain,
            _GAMMAS,
        ),
        _assumed(
            "gains_tax",
            "Gains tax",
            "On gains of more than a year. Part of the scenario.",
            (share, exact_rate, _SHARES),
        ),
        _assumed(
            "income_tax",
            "Income tax",
            "On gains of up to a year, and on rewards. Part of the scenario.",
            (share, exact_rate, _SHARES),
        ),
        _assumed(
            "commission",
            "Commission",
            "Of each trade. Part of the scenario.",
            (_commission, exact_rate, _COMMISSIONS),
            default=0.0,
        ),
        _term(
            "spread",
            "Spread",
            "Quoted, of what is sold, in place of the catalogue's.",
            positive,
            exact_rate,
            _SPREADS,
            has_off=True,
            off="catalogue",
        ),
        _term(
            "volatility",
            "Volatility",
            "Of the sleeve, a year, in place of the catalogue's.",
            positive,
            exact_rate,
            _RISKS,
            has_off=True,
            off="catalogue",
        ),
    )


def _term(
    name: str,
    label: str,
    meaning: str,
    read: Callable[[str], float],
    write: Callable[[float], str],
    rungs: Sequence[float],
    *,
    has_off: bool = False,
    off: str = "none",
) -> Control[Asked]:
    def get(asked: Asked) -> float | None:
        value: float | None = getattr(asked.terms, name)
        return value

    def put(asked: Asked, value: float | None) -> Asked:
        return asked if value is None and not has_off else asked.but(name, value)

    return Control(
        key=name,
        label=label,
        meaning=meaning,
        get=get,
        put=put,
        read=read,
        write=write,
        rungs=rungs,
        off=off,
        has_off=has_off,
        off_is_least=True,
    )


def _assumed(
    name: str,
    label: str,
    meaning: str,
    quantity: tuple[Callable[[str], float], Callable[[float], str], Sequence[float]],
    *,
    default: float | None = None,
) -> Control[Asked]:
    """Return an assumption of the scenario; where it has a default, that is its least."""
    read, write, rungs = quantity

    def get(asked: Asked) -> float | None:
        value: float | None = getattr(asked.scenario, name)
        return value

    def put(asked: Asked, value: float | None) -> Asked:
        if value is None:
            value = default
        return asked._replace(scenario=asked.scenario.but(name, value))

    return Control(
        key=name,
        label=label,
        meaning=meaning,
        get=get,
        put=put,
        read=read,
        write=write,
        rungs=rungs,
        has_off=default is None,
        off="left out",
        off_is_least=True,
    )


def _part(text: str) -> float:
    part = share(text)
    if part == 0:
        raise UnitError(f'"{visible(text)}" is nothing', "write 4%")
    return part


def _below(text: str) -> float:
    part = share(text)
    if part == 1:
        raise UnitError(f'"{visible(text)}" is all', "write 2%")
    return part


def _commission(text: str) -> float:
    rate = rate_of(text)
    if not 0 <= rate <= LARGEST_COMMISSION:
        raise UnitError(f'"{visible(text)}" is not between 0% and 10% of a trade', "write 5bp")
    return rate


def _number(text: str) -> float:
    number = number_of(text)
    if not 0 <= number <= LARGEST_GAMMA:
        raise UnitError(f'"{visible(text)}" is not between 0 and {LARGEST_GAMMA:.0f}', "write 3")
    return number


def _plain(number: float) -> str:
    return format_number(number, 0 if number == int(number) else 2)
