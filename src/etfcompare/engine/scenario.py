"""The user's assumptions: frozen, comparable, and able to put themselves into words."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

from etfcompare.engine.formulas import DAYS_PER_YEAR
from etfcompare.errors import UsageError
from etfcompare.units import exact_money, exact_rate, format_span

LONGEST_HORIZON_DAYS = 100 * DAYS_PER_YEAR
LARGEST_COMMISSION = 0.1
EARLIEST, LATEST = date(1900, 1, 1), date(9000, 1, 1)
"""Between these, a horizon later or earlier still is a date."""


class Rates(StrEnum):
    """Whose reward rate a fund is given."""

    COMMON = "common"
    """The asset's, for every fund: the fair comparison of terms."""
    OWN = "own"
    """The fund's own, as its issuer states it."""


class Drift(StrEnum):
    """Where prices are taken to drift, for probabilities."""

    FLAT_MEAN = "flat-mean"
    """The mean stays; the median falls."""
    FLAT_MEDIAN = "flat-median"
    """The median stays."""
    RISK_NEUTRAL = "risk-neutral"
    """The mean grows as cash does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What is assumed about the holder and the world."""

    as_of: date
    """The day the question is asked."""
    horizon: int = DAYS_PER_YEAR
    """Days that the fund is held."""
    amount: float = 100_000.0
    """US dollars to place."""
    rates: Rates = Rates.COMMON
    rewards: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """Reward rates to assume, by asset, fractions a year."""
    staked: float | None = None
    """Staked share to assume of every fund that stakes; None takes each fund's own."""
    cash: float | None = None
    """Yield of cash to assume, a fraction a year; None takes the catalogue's."""
    income_tax: float | None = None
    """Tax on rewards, a fraction; None leaves tax out."""
    gains_tax: float | None = None
    """Tax on gains, a fraction; None leaves tax out."""
    basis: float = 1.0
    """Cost basis as a fraction of today's price: 1 for who buys now."""
    commission: float = 0.0
    """Paid for each trade, a fraction of what is traded."""
    waivers: bool = True
    """Whether fee waivers count."""
    assumptions: bool = True
    """Whether the catalogue's `assume:` fills in what products leave out."""
    drift: Drift = Drift.FLAT_MEAN

    def __post_init__(self) -> None:
        """Take every value as what it stands for, and refuse what makes no sense.

        Raises:
            UsageError: A value is of another kind, or outside what it can be.
        """
        for one in fields(self):
            value = getattr(self, one.name)
            object.__setattr__(self, one.name, _READERS[one.name](value, one.name))
        if not EARLIEST <= self.as_of <= LATEST:
            raise UsageError(f"the date {self.as_of} is not between {EARLIEST} and {LATEST}")
        if not 1 <= self.horizon <= LONGEST_HORIZON_DAYS:
            raise UsageError(f"a horizon of {self.horizon} days is not between 1d and 100y")
        if not self.amount > 0:
            raise UsageError("the amount is not above zero; write it as $100K")
        for name in ("income_tax", "gains_tax", "staked"):
            share = getattr(self, name)
            if share is not None and not 0 <= share <= 1:
                raise UsageError(f"{_NAMES.get(name, name)} is not between 0% and 100%")
        if not 0 <= self.commission <= LARGEST_COMMISSION:
            raise UsageError("the commission is not between 0% and 10% of a trade")
        if self.basis < 0:
            raise UsageError("the cost basis is below zero; write it as 80% of today's price")
        rates = [*self.rewards.values(), *([] if self.cash is None else [self.cash])]
        if any(not -1 < rate <= 1 for rate in rates):
            raise UsageError("a reward rate or the yield of cash is not between -100% and 100%")

    def __reduce__(self) -> tuple[Callable[[dict[str, object]], Scenario], tuple[object]]:
        """Copy and pickle as any value does, although a mapping inside does not."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return _made, (values | {"rewards": dict(self.rewards)},)

    def but(self, name: str, value: object) -> Scenario:
        """Return the same scenario with another value for one field.

        Raises:
            UsageError: It makes no sense.
        """
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return _made(values | {name: value})

    @property
    def horizon_years(self) -> float:
        """The horizon in years of 365 days."""
        return self.horizon / DAYS_PER_YEAR

    def to_json(self) -> dict[str, object]:
        """Return the scenario as JSON takes it: numbers raw, dates ISO, the horizon in days."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        values |= {"as_of": self.as_of.isoformat(), "horizon": self.horizon}
        return values | {"rewards": dict(sorted(self.rewards.items()))}

    def unusual(self) -> list[str]:
        """Return in words what differs from the usual, but for date, horizon and cash."""
        usual = Scenario(as_of=self.as_of, horizon=self.horizon, cash=self.cash).words()
        differing = ((name, word) for name, word in self.words().items() if word != usual[name])
        return [f"{name.replace('_', ' ')} {word}" for name, word in differing]

    def words(self) -> dict[str, str]:
        """Return every assumption in words, by name."""
        return {one.name: word(getattr(self, one.name), one.name) for one in fields(self)}


def _made(values: dict[str, object]) -> Scenario:
    make: Callable[..., Scenario] = Scenario
    return make(**values)


# What callers hand over, taken as what it stands for


def _day(value: object, name: str) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    raise UsageError(f"{name} is no date; give a datetime.date, as date(2026, 11, 22)")


def _number(value: object, name: str) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    raise UsageError(f"{name} is no number; give a fraction, as 0.04 for 4%")


def _number_or_none(value: object, name: str) -> float | None:
    return None if value is None else _number(value, name)


def _days(value: object, name: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise UsageError(f"{name} is no whole number of days; give 365 for a year")


def _switch(value: object, name: str) -> bool:
    if isinstance(value, bool):
        return value
    raise UsageError(f"{name} is neither on nor off; give True or False")


def _rates_by_asset(value: object, name: str) -> Mapping[str, float]:
    if not isinstance(value, Mapping):
        raise UsageError(f'{name} names no rates by asset; give {{"SOL": 0.04}}')
    found = {str(asset): _number(rate, f"{name} of {asset}") for asset, rate in value.items()}
    return MappingProxyType(found)


def _one_of(kind: type[Rates | Drift]) -> Callable[[object, str], Rates | Drift]:
    def read(value: object, name: str) -> Rates | Drift:
        try:
            return kind(str(value))
        except ValueError as error:
            words = " or ".join(one.value for one in kind)
            raise UsageError(f"{name} is not known; give {words}") from error

    return read


_READERS: Mapping[str, Callable[[object, str], object]] = {
    "as_of": _day,
    "horizon": _days,
    "amount": _number,
    "rates": _one_of(Rates),
    "rewards": _rates_by_asset,
    "staked": _number_or_none,
    "cash": _number_or_none,
    "income_tax": _number_or_none,
    "gains_tax": _number_or_none,
    "basis": _number,
    "commission": _number,
    "waivers": _switch,
    "assumptions": _switch,
    "drift": _one_of(Drift),
}
_NAMES = {"income_tax": "income tax", "gains_tax": "gains tax", "staked": "the staked share"}


def word(value: object, name: str) -> str:
    """Return the value of an assumption in words.

    Args:
        value: What is assumed.
        name: The field of `Scenario`.
    """
    match value:
        case None:
            return "as in the catalogue" if name in ("cash", "staked") else "left out"
        case bool():
            return "on" if value else "off"
        case int():
            return format_span(value)
        case float():
            return exact_money(value, "USD") if name == "amount" else exact_rate(value)
        case Mapping():
            pairs = (f"{asset} {exact_rate(rate)}" for asset, rate in sorted(value.items()))
            return ", ".join(pairs) or "as in the catalogue"
        case _:
            return str(value)
