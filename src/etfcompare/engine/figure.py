"""What a figure is: a key, a unit, a direction, a sentence, and the function that computes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from inspect import cleandoc, signature


class Unit(StrEnum):
    """What a figure is measured in, which decides how it is shown."""

    RATE = "rate"
    """A fraction a year or of a price; shown in percent."""
    BPS = "bps"
    """A difference of rates, a fraction; shown in basis points."""
    MONEY = "usd"
    """US dollars."""
    DAYS = "days"
    NUMBER = "number"
    WORDS = "words"


class Better(StrEnum):
    """Which way a figure is good for the holder."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


class Group(StrEnum):
    """The part of the picture that a figure belongs to; columns of a group stand together."""

    PRODUCT = "product"
    LEDGER = "ledger"
    CASH = "against cash"
    STAKING = "staking terms"
    FEE = "fee"
    TRADING = "trading and tax"
    EXPOSURE = "exposure"
    MARKET = "market"
    FLOWS = "flows"
    TRUST = "trust"
    INPUTS = "inputs"
    """What formulas need and nobody would show as a column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A column, sort key, filter word, JSON key and explanation, all at once."""

    key: str
    label: str
    """Its name, without its unit."""
    heading: str = ""
    """A shorter name for the heading of a column, where the label is long."""
    meaning: str
    """One sentence."""
    unit: Unit
    better: Better = Better.NEITHER
    group: Group
    decimals: int = 2
    signed: bool = False
    """Whether a plus is shown."""
    formula: Callable[..., float] | None = None
    """How it is computed; None if it is read from the catalogue or the scenario."""
    inputs: tuple[str, ...] = ()
    """Keys of the figures that the formula takes, in its order."""

    @property
    def said(self) -> str:
        """The label as it stands within a sentence; an abbreviation stays one."""
        label = self.label
        return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def figure(
    label: str,
    *,
    heading: str = "",
    unit: Unit = Unit.RATE,
    better: Better = Better.NEITHER,
    group: Group = Group.LEDGER,
    decimals: int = 2,
    signed: bool = False,
) -> Callable[[Callable[..., float]], Figure]:
    """Make a figure of a function: its name is the key, its parameters are its inputs."""

    def declare(formula: Callable[..., float]) -> Figure:
        return Figure(
            key=formula.__name__,
            label=label,
            heading=heading or label,
            meaning=cleandoc(formula.__doc__ or ""),
            unit=unit,
            better=better,
            group=group,
            decimals=decimals,
            signed=signed,
            formula=formula,
            inputs=tuple(signature(formula).parameters),
        )

    return declare
