"""Promised, computed and delivered: whether they agree, and what may keep them apart.

The rule of acceptance is that of methodology 1.9. What was promised and what is computed are worked
out elsewhere and come in as numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from etfcompare.catalogue.schema import Asset, Product, Stated
from etfcompare.history.holdings import Delivered, Delivery
from etfcompare.history.reasons import bps, reasons

SAME_DAY_LIMIT: Final = 0.0005
"""Gap up to which two figures from inputs of one day agree."""
LIMIT: Final = 0.0025
"""Gap up to which figures from inputs of one week agree, and delivered yields."""
DAYS_OF_A_PAIR: Final = 7
"""Days past which two rates are no pair (methodology 1.7)."""
LEAST_DAYS: Final = 60
"""Days below which a delivered yield settles nothing."""


class Verdict(StrEnum):
    """Whether two figures of one yield agree."""

    RECONCILES = "reconciles"
    DOES_NOT = "does not reconcile"
    NOT_TESTABLE = "not testable"


class Stage(StrEnum):
    """Where a figure of the yield comes from."""

    PROMISED = "promised"
    """Published by the issuer, on the basis of our net yield."""
    COMPUTED = "computed"
    """From the fund's own rate and its terms."""
    DELIVERED = "delivered"
    """From coins per share and distributions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A figure of the yield that did not come from holdings; a yearly rate."""

    value: float | None
    why: str = ""
    """What is missing, where it is unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One figure held against another."""

    figure: Stage
    against: Stage
    gap: float | None
    """The first less the second; None where one is unknown."""
    limit: float
    """Up to which they agree."""
    verdict: Verdict
    why: str = ""
    """What keeps it from being tested."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """What a fund promised, what follows from its terms, and what it delivered."""

    ticker: str
    promised: Promise
    computed: Promise
    delivered: Delivery
    trials: tuple[Trial, ...]
    """The terms against the promise, of a fund that stakes; what was delivered against the terms,
    else the promise."""
    reasons: tuple[str, ...]
    """Why the figures may differ, as far as the catalogue tells."""

    @property
    def verdict(self) -> Verdict:
        """Return the verdict on the fund: the worst of the trials that could be held."""
        found = {one.verdict for one in self.trials}
        return next(
            (one for one in (Verdict.DOES_NOT, Verdict.RECONCILES) if one in found),
            Verdict.NOT_TESTABLE,
        )

    def gap(self, figure: Stage, against: Stage) -> float | None:
        """Return one figure less another, None where one is unknown."""
        one, other = self.value(figure), self.value(against)
        return None if one is None or other is None else one - other

    def value(self, stage: Stage) -> float | None:
        """Return a figure of the yield, None where it is unknown."""
        return _value(stage, self.promised, self.computed, self.delivered)


def reconcile(
    product: Product,
    asset: Asset | None,
    *,
    promised: Promise,
    computed: Promise,
    delivered: Delivery,
) -> Reconciliation:
    """Hold what a fund promised, what follows from its terms and what it delivered together.

    Args:
        product: For its terms and the dates of its rates.
        asset: The coin it holds, for how its rewards compound.
        promised: The published rate on the basis of our net yield.
        computed: The net yield at the fund's own rate.
        delivered: The yield from coins per share and distributions.
    """
    terms = _terms(product, promised, computed)
    outcome = _outcome(promised, computed, delivered)
    return Reconciliation(
        ticker=product.ticker,
        promised=promised,
        computed=computed,
        delivered=delivered,
        trials=(terms, outcome) if product.stakes else (outcome,),
        reasons=tuple(reasons(product, asset, computed.value, delivered)),
    )


def _value(stage: Stage, promised: Promise, computed: Promise, delivered: Delivery) -> float | None:
    match stage:
        case Stage.PROMISED:
            return promised.value
        case Stage.COMPUTED:
            return computed.value
        case Stage.DELIVERED:
            return delivered.simple if isinstance(delivered, Delivered) else None


# The rule of acceptance


def _terms(product: Product, promised: Promise, computed: Promise) -> Trial:
    """Hold what follows from the terms against what was promised."""
    own, published = _own_rate(product), _published_rate(product)
    apart = _days_apart(own, published)
    return _trial(
        (Stage.COMPUTED, computed.value),
        (Stage.PROMISED, promised.value),
        limit=SAME_DAY_LIMIT if apart == 0 else LIMIT,
        why=promised.why or computed.why or _no_pair(own, published, apart),
    )


def _outcome(promised: Promise, computed: Promise, delivered: Delivery) -> Trial:
    """Hold what was delivered against what follows from the terms, else what was promised."""
    against = Stage.PROMISED if computed.value is None else Stage.COMPUTED
    expected = promised.value if computed.value is None else computed.value
    return _trial(
        (Stage.DELIVERED, _value(Stage.DELIVERED, promised, computed, delivered)),
        (against, expected),
        limit=LIMIT,
        why=_too_little(delivered, expected) or (computed.why if expected is None else ""),
    )


def _trial(
    figure: tuple[Stage, float | None],
    against: tuple[Stage, float | None],
    *,
    limit: float,
    why: str,
) -> Trial:
    (stage, value), (other, expected) = figure, against
    gap = None if value is None or expected is None else value - expected
    if why or gap is None:
        verdict = Verdict.NOT_TESTABLE
    else:
        verdict = Verdict.RECONCILES if abs(gap) <= limit else Verdict.DOES_NOT
    return Trial(figure=stage, against=other, gap=gap, limit=limit, verdict=verdict, why=why)


def _own_rate(product: Product) -> Stated[float] | None:
    return product.staking.rate if product.staking else None


def _published_rate(product: Product) -> Stated[float] | None:
    published = product.staking.published if product.staking else None
    return published.rate if published else None


def _days_apart(one: Stated[float] | None, other: Stated[float] | None) -> int | None:
    """Return the days between two figures, None if one has no date."""
    if one is None or other is None or one.as_of is None or other.as_of is None:
        return None
    return abs((one.as_of.day - other.as_of.day).days)


def _no_pair(own: Stated[float] | None, published: Stated[float] | None, apart: int | None) -> str:
    """Say why own and published rate are no pair; nothing if they are one."""
    if apart is None:
        return "its own rate or the published one has no date"
    if apart <= DAYS_OF_A_PAIR:
        return ""
    return (
        f"its own rate is of {_dated(own)}, the published one of {_dated(published)}: "
        f"more than {DAYS_OF_A_PAIR} days apart"
    )


def _dated(stated: Stated[float] | None) -> str:
    return stated.as_of.text if stated is not None and stated.as_of is not None else "?"


def _too_little(delivered: Delivery, expected: float | None) -> str:
    """Say why a delivered yield settles nothing; nothing if it does."""
    if not isinstance(delivered, Delivered):
        return delivered.why
    if delivered.days < LEAST_DAYS:
        return f"a window of {delivered.days} days; {LEAST_DAYS} are needed"
    # However coarse they are, figures may still be too far apart.
    gap = 0.0 if expected is None else delivered.simple - expected
    if delivered.error > LIMIT and abs(gap) <= LIMIT + delivered.error:
        return f"the published coins per share are too coarse, ±{bps(delivered.error)}"
    return ""
