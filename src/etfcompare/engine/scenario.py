"""The user's assumptions: frozen, comparable, and able to put themselves into words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from etfcompare.engine.formulas import DAYS_PER_YEAR
from etfcompare.errors import UsageError
from etfcompare.units import exact_money, exact_rate, format_span

LONGEST_HORIZON_DAYS = 100 * DAYS_PER_YEAR
LARGEST_COMMISSION = 0.1


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
        """Refuse what makes no sense.

        Raises:
            UsageError: A number is outside what it can be.
        """
        if not 1 <= self.horizon <= LONGEST_HORIZON_DAYS:
            raise UsageError(f"a horizon of {self.horizon} days is not between 1d and 100y")
        if not 0 < self.amount < float("inf"):
            raise UsageError("the amount is not above zero; write it as $100K")
        for name in ("income_tax", "gains_tax"):
            tax = getattr(self, name)
            if tax is not None and not 0 <= tax <= 1:
                raise UsageError(f"{name.replace('_', ' ')} is not between 0% and 100%")
        if self.staked is not None and not 0 <= self.staked <= 1:
            raise UsageError("the staked share is not between 0% and 100%")
        if not 0 <= self.commission <= LARGEST_COMMISSION:
            raise UsageError("the commission is not between 0% and 10% of a trade")
        if self.basis < 0:
            raise UsageError("the cost basis is below zero; write it as 80% of today's price")
        rates = [*self.rewards.values(), *([] if self.cash is None else [self.cash])]
        if any(not -1 < rate <= 1 for rate in rates):
            raise UsageError("a reward rate or the yield of cash is not between -100% and 100%")

    def but(self, name: str, value: object) -> Scenario:
        """Return the same scenario with another value for one field.

        Raises:
            UsageError: It makes no sense.
        """
        make: Callable[..., Scenario] = Scenario
        return make(**{one.name: getattr(self, one.name) for one in fields(self)} | {name: value})

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
