"""What the user may assume: one list, from which options, what-if controls and banners follow.

An assumption is a field of `Scenario` with the words around it: how it is read from text, what is
assumed unless somebody says otherwise, and what one step up or down is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Final, NamedTuple, TypeAlias

from etfcompare.catalogue.schema import Catalogue
from etfcompare.engine.figures import Table
from etfcompare.engine.scenario import LARGEST_COMMISSION, Drift, Rates, Scenario, word
from etfcompare.errors import UsageError
from etfcompare.units import (
    UnitError,
    date_of,
    exact_rate,
    money_of,
    rate_of,
    share_of,
    span_of,
)
from etfcompare.visible import visible

Value: TypeAlias = "date | int | float | str | bool | None"
"""What an assumption may be; None leaves it to the catalogue, or out."""
Step: TypeAlias = Callable[[Value, int], Value]
"""From a value one step up (1) or down (-1)."""

ON, OFF = "on", "off"
DATE_STEP_DAYS: Final = 30
HORIZONS: Final = tuple(map(span_of, ("1m", "3m", "6m", "1y", "2y", "3y", "5y", "10y")))
AMOUNTS: Final = tuple(one * 10.0**power for power in range(3, 10) for one in (1, 2, 5))


class Present(NamedTuple):
    """What holds where the scenario is silent."""

    value: float | None
    """None where it differs from fund to fund, or nobody knows."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """Something the user may assume."""

    name: str
    """The field of `Scenario`."""
    label: str
    option: str
    """Its option on the command line."""
    metavar: str = ""
    """What stands for its value in the help."""
    meaning: str
    """One sentence."""
    off: str = ""
    """One sentence on what turning a switch off does."""
    read: Callable[[str], Value]
    """From text; raises UnitError or UsageError."""
    usual: str = ""
    """The text of what is assumed unless somebody says otherwise."""
    choices: tuple[str, ...] = ()
    """The words it may be, if it is no quantity."""
    step: Step

    @property
    def is_switch(self) -> bool:
        """Whether it is on or off; its option then turns it off."""
        return self.choices == (ON, OFF)


# How values are read


def _dollars(text: str) -> float:
    amount, currency = money_of(text)
    if currency != "USD":
        raise UnitError(f'"{visible(text)}" is not in US dollars', "write $100K")
    return amount


def _yearly(text: str) -> float:
    rate = rate_of(text)
    if not -1 < rate <= 1:
        raise UnitError(f'"{visible(text)}" is not between -100% and 100%', "write 4%")
    return rate


def _commission(text: str) -> float:
    rate = rate_of(text)
    if not 0 <= rate <= LARGEST_COMMISSION:
        raise UnitError(f'"{visible(text)}" is not between 0% and 10% of a trade', "write 5bp")
    return rate


def _chosen(choices: Sequence[str], text: str) -> str:
    if text not in choices:
        raise UnitError(f'"{visible(text)}" is not known', f"write {' or '.join(choices)}")
    return text


def _switched(text: str) -> bool:
    return _chosen((ON, OFF), text) == ON


# Steps


def _later(value: Value, direction: int) -> Value:
    assert isinstance(value, date)
    return value + timedelta(days=direction * DATE_STEP_DAYS)


def _rung(ladder: Sequence[float], value: Value, direction: int) -> Value:
    """Return the next rung above or below, or the value itself past the ends."""
    assert isinstance(value, int | float)
    if direction > 0:
        return next((one for one in ladder if one > value), value)
    return next((one for one in reversed(ladder) if one < value), value)


def _by(size: float, least: float, most: float, value: Value, direction: int) -> Value:
    """Return the next multiple of a size, within bounds."""
    start = round((value if isinstance(value, int | float) else 0.0) / size, 9)
    steps = math.floor(start) + 1 if direction > 0 else math.ceil(start) - 1
    return min(max(round(steps * size, 12), least), most)


def _next_of(choices: Sequence[str], value: Value, direction: int) -> Value:
    place = choices.index(str(value))
    return choices[(place + direction) % len(choices)]


def _toggled(value: Value, _direction: int) -> Value:
    return not value


def _choice(choices: Sequence[str]) -> tuple[Callable[[str], Value], Step]:
    return partial(_chosen, choices), partial(_next_of, choices)


_RATES = tuple(one.value for one in Rates)
_DRIFTS = tuple(one.value for one in Drift)
_A_YEAR = partial(_by, 0.0025, -0.9975, 1.0)
_SHARE = partial(_by, 0.05, 0.0, 1.0)

REWARDS: Final = "rewards"
"""The assumption that is one for each asset."""

ASSUMPTIONS: Final = (
    Assumption(
        name="as_of",
        label="Date",
        option="--as-of",
        metavar="DATE",
        meaning="The day to ask about, today unless given.",
        read=date_of,
        step=_later,
    ),
    Assumption(
        name="horizon",
        label="Horizon",
        option="--horizon",
        metavar="SPAN",
        meaning="How long the fund is held.",
        read=span_of,
        usual="1y",
        step=partial(_rung, HORIZONS),
    ),
    Assumption(
        name="amount",
        label="Amount",
        option="--amount",
        metavar="MONEY",
        meaning="What is placed.",
        read=_dollars,
        usual="$100K",
        step=partial(_rung, AMOUNTS),
    ),
    Assumption(
        name="rates",
        label="Reward rates",
        option="--rates",
        meaning="Reward rates: the asset's for every fund, or each fund's own.",
        read=_choice(_RATES)[0],
        usual=Rates.COMMON.value,
        choices=_RATES,
        step=_choice(_RATES)[1],
    ),
    Assumption(
        name=REWARDS,
        label="rewards",
        option="--reward",
        metavar="ASSET=RATE",
        meaning="Assume a reward rate, as SOL=4%; may be repeated.",
        read=_yearly,
        step=_A_YEAR,
    ),
    Assumption(
        name="staked",
        label="Staked share",
        option="--staked",
        metavar="SHARE",
        meaning="Staked share of every fund that stakes, each one's own unless given.",
        read=share_of,
        step=_SHARE,
    ),
    Assumption(
        name="cash",
        label="Cash",
        option="--cash",
        metavar="RATE",
        meaning="Yield of cash, the catalogue's unless given.",
        read=_yearly,
        step=_A_YEAR,
    ),
    Assumption(
        name="waivers",
        label="Waivers",
        option="--no-waivers",
        off="Take fees without their waivers.",
        meaning="Whether waivers count.",
        read=_switched,
        usual=ON,
        choices=(ON, OFF),
        step=_toggled,
    ),
    Assumption(
        name="assumptions",
        label="Assumptions",
        option="--no-assumptions",
        off="Leave unknown what the catalogue only assumes.",
        meaning="Whether what the catalogue only assumes fills in what is unknown.",
        read=_switched,
        usual=ON,
        choices=(ON, OFF),
        step=_toggled,
    ),
    Assumption(
        name="income_tax",
        label="Income tax",
        option="--income-tax",
        metavar="SHARE",
        meaning="Tax on rewards, left out unless given.",
        read=share_of,
        step=_SHARE,
    ),
    Assumption(
        name="gains_tax",
        label="Gains tax",
        option="--gains-tax",
        metavar="SHARE",
        meaning="Tax on gains, left out unless given.",
        read=share_of,
        step=_SHARE,
    ),
    Assumption(
        name="basis",
        label="Cost basis",
        option="--basis",
        metavar="SHARE",
        meaning="Cost basis, of today's price.",
        read=share_of,
        usual="100%",
        step=partial(_by, 0.1, 0.0, 1.0),
    ),
    Assumption(
        name="commission",
        label="Commission",
        option="--commission",
        metavar="RATE",
        meaning="Paid for each trade, of what is traded.",
        read=_commission,
        usual="0%",
        step=partial(_by, 0.0005, 0.0, LARGEST_COMMISSION),
    ),
    Assumption(
        name="drift",
        label="Drift of prices",
        option="--drift",
        meaning="Where prices are taken to drift.",
        read=_choice(_DRIFTS)[0],
        usual=Drift.FLAT_MEAN.value,
        choices=_DRIFTS,
        step=_choice(_DRIFTS)[1],
    ),
)
"""All of them, in the order in which people ask."""


@dataclass(frozen=True, slots=True)
class Knob:
    """An assumption as something to turn: one for each asset where assets have their own."""

    assumption: Assumption
    asset: str = ""
    """The asset whose reward rate it is."""

    @property
    def key(self) -> str:
        """Its name, unique among knobs."""
        return f"{self.assumption.name}:{self.asset}" if self.asset else self.assumption.name

    @property
    def label(self) -> str:
        """What it is called."""
        return f"{visible(self.asset)} {self.assumption.label}".strip()

    @property
    def meaning(self) -> str:
        """What it is, in a sentence."""
        if self.asset:
            return f"Gross rewards a year on staked {visible(self.asset)}, for every fund."
        return self.assumption.meaning

    def value(self, scenario: Scenario) -> Value:
        """Return what a scenario assumes; None where it is silent."""
        if self.asset:
            return scenario.rewards.get(self.asset)
        value: Value = getattr(scenario, self.assumption.name)
        return value

    def set(self, scenario: Scenario, value: Value) -> Scenario:
        """Return the scenario with another value.

        Raises:
            UsageError: It makes no sense.
        """
        if not self.asset:
            return scenario.but(self.assumption.name, value)
        rewards = {code: rate for code, rate in scenario.rewards.items() if code != self.asset}
        if isinstance(value, float):
            rewards[self.asset] = value
        return scenario.but(REWARDS, rewards)

    def typed(self, scenario: Scenario, text: str) -> Scenario:
        """Return the scenario with what was typed; nothing leaves it to the catalogue, or out.

        Raises:
            UsageError: That cannot be read, or makes no sense.
        """
        if not text.strip():
            return self.set(scenario, self.value(Scenario(as_of=scenario.as_of)))
        try:
            return self.set(scenario, self.assumption.read(text.strip()))
        except UnitError as error:
            raise UsageError(f"{self.label}: {error}") from error

    def stepped(self, scenario: Scenario, direction: int, table: Table) -> Scenario:
        """Return the scenario one step up or down, as far as that goes.

        Args:
            scenario: What is assumed now.
            direction: 1 or -1.
            table: The figures of any scenario, for where to start from.
        """
        value = self.value(scenario)
        start = self.present(table).value if value is None else value
        try:
            return self.set(scenario, self.assumption.step(start, direction))
        except (UsageError, OverflowError):  # past the end of what makes sense, or of dates
            return scenario

    def present(self, table: Table) -> Present:
        """Return what holds where the scenario is silent."""
        catalogue = table.catalogue
        if self.asset:
            asset = catalogue.assets.get(self.asset)
            rate = asset.staking.rate if asset and asset.staking else None
            return Present(rate.value, exact_rate(rate.value)) if rate else Present(None, "unknown")
        if self.assumption.name == "cash":
            cash = catalogue.cash.rate if catalogue.cash else None
            return Present(cash.value, exact_rate(cash.value)) if cash else Present(None, "unknown")
        if self.assumption.name == "staked":
            return Present(1.0, "each fund's own")
        return Present(None, "left out")

    def text(self, scenario: Scenario, table: Table) -> str:
        """Return what is in force, in words."""
        value = self.value(scenario)
        return self.present(table).text if value is None else word(value, self.assumption.name)


def knobs(catalogue: Catalogue) -> tuple[Knob, ...]:
    """Return what can be assumed of a catalogue: reward rates for each asset that is staked."""
    staked = {product.asset for product in catalogue.products if product.stakes}
    found: list[Knob] = []
    for assumption in ASSUMPTIONS:
        if assumption.name == REWARDS:
            found += [Knob(assumption, code) for code in catalogue.assets if code in staked]
        else:
            found.append(Knob(assumption))
    return tuple(found)


class Difference(NamedTuple):
    """An assumption that two scenarios do not share, in words."""

    label: str
    now: str
    before: str

    def __str__(self) -> str:
        return f"{self.label} {self.now}, not {self.before}"


def differences(scenario: Scenario, base: Scenario, table: Table) -> tuple[Difference, ...]:
    """Return every assumption in which a scenario differs from another.

    Args:
        scenario: What is assumed.
        base: What it is held against.
        table: The figures of either, for what holds where they are silent.
    """
    return tuple(
        Difference(knob.label, knob.text(scenario, table), knob.text(base, table))
        for knob in knobs(table.catalogue)
        if knob.value(scenario) != knob.value(base)
    )


class Preset(NamedTuple):
    """A question that people ask often, in one key; asked twice, it is the same question."""

    label: str
    apply: Callable[[Scenario, Scenario, Table], Scenario]
    """From what is assumed, what was assumed before anything was changed, and the figures."""


def _before(knob: Knob, base: Scenario, table: Table) -> float | None:
    """Return the rate that held before anything was changed; None if nobody knows."""
    value = knob.value(base)
    rate = knob.present(table).value if value is None else value
    return rate if isinstance(rate, float) else None


def _rewards_halve(scenario: Scenario, base: Scenario, table: Table) -> Scenario:
    for knob in knobs(table.catalogue):
        rate = _before(knob, base, table) if knob.asset else None
        if rate is not None:
            scenario = knob.set(scenario, round(rate / 2, 12))
    return scenario


def _waivers_end(scenario: Scenario, _base: Scenario, _table: Table) -> Scenario:
    return scenario.but("waivers", value=False)


def _cash_pays_more(scenario: Scenario, base: Scenario, table: Table) -> Scenario:
    (knob,) = (one for one in knobs(table.catalogue) if one.key == "cash")
    cash = _before(knob, base, table)
    return scenario if cash is None else knob.set(scenario, min(round(cash + 0.01, 12), 1.0))


def _held_longer(scenario: Scenario, _base: Scenario, _table: Table) -> Scenario:
    return scenario.but("horizon", span_of("3y"))


PRESETS: Final = (
    Preset("rewards halve", _rewards_halve),
    Preset("no waivers", _waivers_end),
    Preset("cash +100bp", _cash_pays_more),
    Preset("held 3 years", _held_longer),
)
