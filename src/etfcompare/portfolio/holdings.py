"""What the user holds, from the catalogue's `holdings:`, on the day of the scenario."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from etfcompare.catalogue.schema import Catalogue, Lot
from etfcompare.engine.scenario import Scenario
from etfcompare.portfolio.lots import HeldLot, selling_order, tax_rate, tax_words, term_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """What is held now."""

    value_usd: float
    """All of it in US dollars, cash included."""
    cash_usd: float
    weights: Mapping[str, float]
    """Share of the whole by ticker, cash being the rest."""
    tax_per_dollar: Mapping[str, float]
    """Tax on the first dollars sold, by ticker, no less than 0; without those that are unknown."""
    lots: tuple[HeldLot, ...]
    """In selling order."""
    notes: tuple[str, ...]
    """What is left out, in words."""
    cash_notes: tuple[str, ...] = ()
    """Those of the whole, not of its lots."""

    @property
    def shares_by_asset(self) -> Mapping[str | None, float]:
        """Share of the whole by coin, None for what no usable product is on."""
        shares: dict[str | None, float] = {}
        for lot in self.lots:
            shares[lot.asset] = shares.get(lot.asset, 0.0) + _share(lot.value, self.value_usd)
        return shares


def present(catalogue: Catalogue, scenario: Scenario) -> Present | None:
    """Return what is held; None if the catalogue has no holdings that can be used.

    Args:
        catalogue: The one with the `holdings:`.
        scenario: Its date decides which gains are long-term, its taxes what a sale costs.
    """
    stated = catalogue.holdings
    if stated is None:
        return None
    assets = {product.ticker: product.asset for product in catalogue.products}
    lots = selling_order(_held(lot, assets, scenario) for lot in stated.lots)
    cash = stated.cash.value if stated.cash is not None else 0.0
    whole = math.fsum([cash, *(lot.value for lot in lots)])
    values: dict[str, float] = {}
    taxes: dict[str, float | None] = {}
    for lot in lots:
        values[lot.ticker] = values.get(lot.ticker, 0.0) + lot.value
        taxes.setdefault(lot.ticker, lot.tax_per_dollar)
    cash_notes = ("cash is not stated and counts as none",) if stated.cash is None else ()
    return Present(
        value_usd=whole,
        cash_usd=cash,
        weights=MappingProxyType({one: _share(value, whole) for one, value in values.items()}),
        tax_per_dollar=MappingProxyType(
            {one: max(0.0, tax) for one, tax in taxes.items() if tax is not None}
        ),
        lots=lots,
        notes=(*tax_words(lots, scenario), *cash_notes),
        cash_notes=cash_notes,
    )


def _held(lot: Lot, assets: Mapping[str, str], scenario: Scenario) -> HeldLot:
    assert lot.value is not None  # the reader drops lots without
    bought = lot.bought.value if lot.bought is not None else None
    term = term_of(bought, scenario.as_of, is_sheltered=lot.is_sheltered)
    return HeldLot(
        ticker=lot.ticker,
        asset=assets.get(lot.ticker),
        value=lot.value.value,
        cost=lot.cost.value if lot.cost is not None else None,
        bought=bought,
        term=term,
        tax_rate=tax_rate(term, scenario),
    )


def _share(value: float, whole: float) -> float:
    return value / whole if whole else 0.0
