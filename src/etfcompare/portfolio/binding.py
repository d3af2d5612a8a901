"""Which limits cost something, and which cannot hold together."""

from __future__ import annotations

from dataclasses import dataclass

from etfcompare.portfolio.limits import Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """A limit without which the allocation would bring more."""

    words: str
    """The limit and what relaxing it would bring, in a sentence."""
    limit: Limit
    gain_per_unit: float
    """Net carry a year, a fraction of the whole, for the first unit it is relaxed by."""
    unit: str
    """`percentage point` or `day`; empty for what dropping the limit brings."""
