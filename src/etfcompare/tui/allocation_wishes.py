"""What the user allows an allocation to be, and the limits that follow."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final, NamedTuple

from etfcompare.engine.figures import Table
from etfcompare.portfolio.limits import PARTICIPATION, Bound, Kind, Limits

VOLATILITIES: Final = (0.05, 0.1, 0.2)
"""Caps that a key takes at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What is allowed; None allows anything."""

    max_volatility: float | None = 0.1
    min_yield: float | None = None
    max_crypto: float | None = None
    issuer_cap: float | None = None
    """Of every issuer alike."""
    product_cap: float | None = None
    """Of every product alike."""
    custodian_cap: float | None = None
    """Of every custodian alike."""
    asset_caps: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    asset_floors: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    min_aum: float | None = None
    max_share_of_aum: float | None = None
    days_to_exit: float | None = None
    participation: float = PARTICIPATION
    """Share of a day's volume that is sold on each of these days."""

    def limits(self, table: Table, rows: Sequence[int]) -> Limits:
        """Return the limits on an allocation to some products.

        Args:
            table: The figures.
            rows: The products considered.
        """
        products = [table.products[row] for row in rows]
        every: tuple[tuple[Kind, float | None, Iterator[str | None]], ...] = (
            ("issuer", self.issuer_cap, (one.issuer for one in products)),
            ("product", self.product_cap, (one.ticker for one in products)),
            ("custodian", self.custodian_cap, (one.custodian for one in products)),
        )
        present = {one.asset for one in products}
        return Limits(
            max_volatility=self.max_volatility,
            min_yield=self.min_yield,
            max_crypto=self.max_crypto,
            caps=(
                *_bounds(self.asset_caps, present),
                *(
                    Bound(kind=kind, name=name, share=share)
                    for kind, share, names in every
                    if share is not None
                    for name in dict.fromkeys(names)
                    if name is not None
                ),
            ),
            floors=_bounds(self.asset_floors, None),
            min_aum=self.min_aum,
            max_share_of_aum=self.max_share_of_aum,
            days_to_exit=self.days_to_exit,
            participation=self.participation,
        )


class Asked(NamedTuple):
    """What an allocation is asked for."""

    wishes: Wishes
    amount: float
    """US dollars to place, which the scenario says."""

    def but(self, name: str, value: float | None) -> Asked:
        """Return the same with another value of one wish."""
        changes: dict[str, float | None] = {name: value}
        return self._replace(wishes=_changed(self.wishes, changes))

    def of_asset(self, name: str, asset: str, value: float | None) -> Asked:
        """Return the same with another value of one wish for an asset."""
        before: Mapping[str, float] = getattr(self.wishes, name)
        kept = {code: share for code, share in before.items() if code != asset}
        after = kept if value is None else {**kept, asset: value}
        return self._replace(wishes=_changed(self.wishes, {name: after}))


def _bounds(shares: Mapping[str, float], present: set[str] | None) -> tuple[Bound, ...]:
    """Return bounds on assets; only on those present, if it is said which these are."""
    return tuple(
        Bound(kind="asset", name=code, share=share)
        for code, share in shares.items()
        if present is None or code in present
    )


def _changed(wishes: Wishes, changes: Mapping[str, object]) -> Wishes:
    make: Callable[..., Wishes] = replace
    return make(wishes, **changes)
