"""What to hold: the most net yield, less what getting there costs, under limits.

Methodology 5. This is an income objective: it says nothing of where prices go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Protocol

from etfcompare.engine.figures import Table
from etfcompare.portfolio.binding import Binding
from etfcompare.portfolio.covariance import Risk
from etfcompare.portfolio.limits import Limit, Limits

CASH: Final = "cash"
"""What weights call the part that is in no product."""
STEPS: Final = 24
"""Allocations on a frontier."""


class Holding(Protocol):
    """What is held now."""

    @property
    def value_usd(self) -> float:
        """The whole, cash included."""

    @property
    def weights(self) -> Mapping[str, float]:
        """Share of the whole, by ticker."""

    @property
    def tax_per_dollar(self) -> Mapping[str, float]:
        """Tax on each dollar sold, by ticker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """What is bought or sold of one product."""

    ticker: str
    weight: float
    """Share of the whole that is bought; negative for sold."""
    usd: float
    """The same in US dollars."""
    cost: float
    """Its known cost now, a fraction of the whole."""
    unknown: tuple[str, ...]
    """Parts of the cost that are not known and left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """The weights that bring most."""

    weights: Mapping[str, float]
    """Share of the whole by ticker, and `cash`; only what is held. They sum to 1."""
    net_yield: float
    """Of the whole, a year."""
    volatility: float
    """Of the whole, a year."""
    net_carry: float
    """Net yield less the cost of the trades, spread over the horizon, a year."""
    cost: float
    """Of the trades, once, a fraction of the whole."""
    value_usd: float
    """The whole in US dollars."""
    binding: tuple[Binding, ...]
    trades: tuple[Trade, ...]
    left_out: Mapping[str, str]
    """Products that could not be chosen, by ticker, and why."""
    notes: tuple[str, ...] = ()
    """What else to know, in sentences."""
    risk_shares: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """Part of the volatility that each ticker brings, a year; they sum to the volatility."""
    risk: Risk


@dataclass(frozen=True, slots=True, kw_only=True)
class Infeasible:
    """Limits that leave nothing to choose."""

    clash: tuple[str, ...]
    """The smallest set of limits that cannot hold together, each in words."""
    limits: tuple[Limit, ...]
    """The same, as limits."""
    words: str
    """All of it in a sentence."""


def allocate(
    table: Table, rows: Sequence[int], limits: Limits, present: Holding | None = None
) -> Allocation | Infeasible:
    """Return what brings most under the limits.

    Args:
        table: The figures under the scenario.
        rows: Places in the catalogue of the products to choose among.
        limits: What it keeps to.
        present: What is held now; None for nothing but cash.

    Raises:
        UsageError: The yield of cash is not known.
    """
    raise NotImplementedError


def allocation_frontier(
    table: Table,
    rows: Sequence[int],
    limits: Limits,
    present: Holding | None = None,
    steps: int = STEPS,
) -> tuple[Allocation, ...]:
    """Return what brings most at each of a few volatilities, from none to what yields most.

    Args:
        table: The figures under the scenario.
        rows: Places in the catalogue of the products to choose among.
        limits: What it keeps to; its cap on volatility is what is varied.
        present: What is held now; None for nothing but cash.
        steps: How many.

    Raises:
        UsageError: The yield of cash is not known.
    """
    raise NotImplementedError
