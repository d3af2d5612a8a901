"""Lots: what a sale of each is taxed at, the order that costs least, and a sale along them.

Methodology 5: sheltered accounts first, then losses, then what was dear to buy. US terms: a gain is
long-term after more than one year.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

from etfcompare.engine.scenario import Scenario

NO_TAX_WORDS: Final = "tax is left out, as neither gains tax nor income tax is given"
SHORT_AS_LONG_WORDS: Final = "short-term gains bear the gains tax, as no income tax is given"
LONG_UNTAXED_WORDS: Final = "tax on long-term gains is left out, as no gains tax is given"


class Term(StrEnum):
    """How the gain of a lot is taxed."""

    SHELTERED = "sheltered"
    LONG = "long-term"
    SHORT = "short-term"
    UNKNOWN = "unknown term"
    """Nobody said when it was bought."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLot:
    """What was bought at one time, as it stands on a day."""

    ticker: str
    asset: str | None = None
    """Code of its coin; None if the catalogue has no usable product of that ticker."""
    value: float
    """US dollars that it is worth."""
    cost: float | None
    """US dollars paid for it; None if unknown."""
    bought: date | None = None
    term: Term
    tax_rate: float | None
    """Of its gain; None if unknown, 0 where tax is left out."""

    @property
    def gain(self) -> float | None:
        """US dollars that it gained, below zero for a loss; None if its cost is unknown."""
        return None if self.cost is None else self.value - self.cost

    @property
    def taxed_gain(self) -> float:
        """Gain on each dollar of it that tax looks at; 0 if the tax is unknown, or in shelter."""
        is_taxed = self.term is not Term.SHELTERED and self.tax_per_dollar is not None
        return self.gain / self.value if is_taxed and self.gain is not None and self.value else 0.0

    @property
    def is_loss(self) -> bool:
        """Whether it is known to be worth less than was paid for it."""
        return self.gain is not None and self.gain < 0

    @property
    def tax_per_dollar(self) -> float | None:
        """Tax on each dollar of it that is sold, below zero for a loss; None if unknown."""
        if self.tax_rate == 0:
            return 0.0
        if self.tax_rate is None or self.cost is None or not self.value:
            return None
        return self.tax_rate * (1 - self.cost / self.value)


def term_of(bought: date | None, as_of: date, *, is_sheltered: bool = False) -> Term:
    """Return the term of a lot on a day; long after more than one year (methodology 2.1)."""
    if is_sheltered:
        return Term.SHELTERED
    if bought is None:
        return Term.UNKNOWN
    try:
        anniversary = bought.replace(year=bought.year + 1)
    except ValueError:  # 29 February
        anniversary = date(bought.year + 1, 3, 1)
    return Term.LONG if as_of > anniversary else Term.SHORT


def tax_rate(term: Term, scenario: Scenario) -> float | None:
    """Return the tax on gains of a term; 0 where the scenario leaves it out, None if unknown."""
    long = scenario.gains_tax or 0.0
    short = long if scenario.income_tax is None else scenario.income_tax
    match term:
        case Term.SHELTERED:
            return 0.0
        case Term.LONG:
            return long
        case Term.SHORT:
            return short
        case Term.UNKNOWN:
            return long if long == short else None


def tax_words(lots: Iterable[HeldLot], scenario: Scenario) -> tuple[str, ...]:
    """Say what of the tax on a few lots is left out, or stands in for something else."""
    terms = {one.term for one in lots} - {Term.SHELTERED}
    if scenario.gains_tax is None and scenario.income_tax is None:
        return (NO_TAX_WORDS,) if terms else ()
    if scenario.income_tax is None and terms - {Term.LONG}:
        return (SHORT_AS_LONG_WORDS,)
    if scenario.gains_tax is None and terms - {Term.SHORT}:
        return (LONG_UNTAXED_WORDS,)
    return ()


def selling_order(lots: Iterable[HeldLot]) -> tuple[HeldLot, ...]:
    """Return lots in the order in which they are sold, that of least tax where all bear one rate.

    Sheltered ones first, which leaves losses for other gains; then losses; then by tax on a dollar,
    which is long-term before short-term and dear before cheap where all else is the same. What is
    unknown comes last.
    """
    return tuple(sorted(lots, key=_place))


def _place(lot: HeldLot) -> tuple[int, float]:
    if lot.term is Term.SHELTERED:
        return 0, 0.0
    tax = lot.tax_per_dollar
    if tax is None:
        return 3, 0.0
    # Untaxed, a loss is still first: it can be set against gains elsewhere.
    loss = lot.gain / lot.value if lot.is_loss and lot.gain is not None and lot.value else 0.0
    return (1, tax or loss) if lot.is_loss else (2, tax)


class Part(NamedTuple):
    """What is sold of one lot."""

    lot: HeldLot
    sold: float
    """US dollars."""
    tax: float | None
    """US dollars, below zero for a loss; None if unknown."""


def parts_of(lots: Sequence[HeldLot], amount: float) -> tuple[Part, ...]:
    """Return what is sold of each lot, in their order.

    Args:
        lots: In selling order.
        amount: US dollars to sell, no more than they are worth.
    """
    found: list[Part] = []
    for lot in lots:
        sold = min(max(amount, 0.0), lot.value)
        amount -= sold
        tax = lot.tax_per_dollar if sold else 0.0
        found.append(Part(lot, sold, None if tax is None else sold * tax))
    return tuple(found)


def tax_on(gains: Mapping[float, float]) -> float:
    """Return the tax on net gains, as the United States nets long-term and short-term ones.

    A loss counts against gains of its own rate, which are netted already, then dollar for dollar
    against others, and no further.

    Args:
        gains: US dollars by the tax rate that they bear, below zero for losses.
    """
    lost = -math.fsum(min(one, 0.0) for one in gains.values())
    tax = 0.0
    for rate in sorted(gains, reverse=True):
        gain = max(gains[rate], 0.0)
        tax += rate * max(gain - lost, 0.0)
        lost = max(lost - gain, 0.0)
    return tax


def tax_of(parts: Iterable[Part]) -> float:
    """Return the known tax on a sale."""
    gains: dict[float, float] = {}
    for part in parts:
        rate = part.lot.tax_rate
        if rate is not None:
            gains[rate] = gains.get(rate, 0.0) + part.sold * part.lot.taxed_gain
    return tax_on(gains)


def unused_loss(parts: Iterable[Part]) -> float:
    """Return the US dollars of loss that a sale leaves to set against gains elsewhere."""
    gains = (
        part.sold * part.lot.gain / part.lot.value
        for part in parts
        if part.sold and part.lot.gain is not None and part.lot.term is not Term.SHELTERED
    )
    return max(0.0, -math.fsum(gains))
