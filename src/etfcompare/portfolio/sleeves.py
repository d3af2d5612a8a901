"""A sleeve: the part of a portfolio that is watched, and what is known of selling some of it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from etfcompare.engine.figures import HEADLINE, Table
from etfcompare.engine.marks import CAUTIONS, NONE, Mark
from etfcompare.engine.sensitivity import is_on_sale
from etfcompare.portfolio.holdings import Present
from etfcompare.portfolio.lots import HeldLot, Term, tax_rate, tax_words
from etfcompare.visible import visible


class Own(NamedTuple):
    """What the user says of the sleeve instead of the catalogue."""

    spread: float | None = None
    """Quoted bid-ask spread of what is sold."""
    volatility: float | None = None
    """A year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sleeve:
    """Part of a portfolio."""

    name: str
    value_usd: float
    """The whole portfolio in US dollars, not the sleeve alone."""
    lots: tuple[HeldLot, ...]
    """What it is made of, in selling order."""
    cost_per_dollar: Mapping[str, float]
    """Half the spread and the commission on a dollar sold, as far as known, by ticker."""
    volatility: float | None
    """A year; None if unknown."""
    net_yield: float | None
    """A year; None if unknown."""
    unpriced: frozenset[str] = frozenset()
    """Tickers of unknown spread, which the cost leaves out."""
    marks: Mapping[str, Mark] = field(default_factory=lambda: MappingProxyType({}))
    """Of what comes from the catalogue, by figure."""
    notes: tuple[str, ...] = ()
    """What is left out or stands in for something else, in words."""

    @property
    def weight(self) -> float:
        """Share of the whole."""
        return math.fsum(one.value for one in self.lots) / self.value_usd


def sleeve_held(
    table: Table, held: Present, own: Own, *, asset: str | None = None, ticker: str | None = None
) -> Sleeve:
    """Return what is held, all of it or that on one coin or of one fund.

    Args:
        table: The figures of the whole catalogue under the scenario.
        held: All that is held.
        own: What the user says instead of the catalogue.
        asset: Code of the coin.
        ticker: Of the fund.
    """
    lots = tuple(
        one
        for one in held.lots
        if asset in (None, one.asset) and (ticker is None or one.ticker == ticker)
    )
    sizes: dict[str, float] = {}
    for one in lots:
        sizes[one.ticker] = sizes.get(one.ticker, 0.0) + one.value
    found = _of_catalogue(table, sizes, own)
    return Sleeve(
        name=ticker or asset or "all crypto",
        value_usd=held.value_usd,
        lots=lots,
        cost_per_dollar=found.costs,
        volatility=found.volatility,
        net_yield=found.net_yield,
        unpriced=found.unpriced,
        marks=found.marks,
        notes=(*tax_words(lots, table.scenario), *held.cash_notes, *found.notes),
    )


def sleeve_typed(
    table: Table, weight: float, value_usd: float, own: Own, row: int | None = None
) -> Sleeve:
    """Return a sleeve as the user describes it: one lot, held for long.

    Its basis is the scenario's.

    Args:
        table: The figures of the catalogue under the scenario.
        weight: Share of the whole.
        value_usd: The whole.
        own: What the user says instead of the catalogue.
        row: The product that it is in, a place in the catalogue; None if that is not said.
    """
    scenario = table.scenario
    product = table.products[row] if row is not None else None
    lot = HeldLot(
        ticker=product.ticker if product else "",
        asset=product.asset if product else None,
        value=value_usd * weight,
        cost=value_usd * weight * scenario.basis,
        term=Term.LONG,
        tax_rate=tax_rate(Term.LONG, scenario),
    )
    found = _of_catalogue(table, {lot.ticker: lot.value}, own)
    return Sleeve(
        name=lot.ticker,
        value_usd=value_usd,
        lots=(lot,),
        cost_per_dollar=found.costs,
        volatility=found.volatility,
        net_yield=found.net_yield,
        unpriced=found.unpriced,
        marks=found.marks,
        notes=(*tax_words([lot], scenario), *found.notes),
    )


def largest_of(table: Table, asset: str) -> int | None:
    """Return the place in the catalogue of the largest fund on sale on a coin; None without any."""
    rows = [
        row
        for row, one in enumerate(table.products)
        if one.asset == asset and is_on_sale(one) and table.value(row, "aum") is not None
    ]
    return max(rows, key=lambda row: table.number(row, "aum"), default=None)


class _Found(NamedTuple):
    costs: Mapping[str, float]
    volatility: float | None
    net_yield: float | None
    unpriced: frozenset[str]
    marks: Mapping[str, Mark]
    notes: tuple[str, ...]


def _of_catalogue(table: Table, sizes: Mapping[str, float], own: Own) -> _Found:
    """Return what the catalogue says of a few products, held at these sizes."""
    rows = {one.ticker: row for row, one in enumerate(table.products) if one.ticker in sizes}
    notes: list[str] = []
    used: dict[str, list[int]] = {}
    costs: dict[str, float] = {}
    unpriced: set[str] = set()
    for ticker in sizes:
        spread, row = own.spread, rows.get(ticker)
        if spread is None and row is not None and (known := table.value(row, "spread")) is not None:
            spread = float(known)
            used.setdefault("spread", []).append(row)
        costs[ticker] = table.scenario.commission + (spread or 0.0) / 2
        if spread is None:
            unpriced.add(ticker)
            whose = f"the spread of {visible(ticker)}" if ticker else "the spread"
            notes.append(f"{whose} is unknown and left out of the cost")
    net_yield = None
    yields = {one: table.number(row, HEADLINE) for one, row in rows.items()}
    if yields.keys() == sizes.keys() and not any(map(math.isnan, yields.values())):
        whole = math.fsum(sizes.values())
        net_yield = math.fsum(sizes[one] * yields[one] for one in sizes) / whole if whole else None
        used[HEADLINE] = [*rows.values()]
    volatility = own.volatility
    if volatility is None:
        volatility, why = _volatility(table, rows, sizes)
        used["volatility"] = [*rows.values()]
        if why:
            notes.append(f"{why}, so what a smaller risk is worth is not either")
    marks = {key: _marks(table, found, key) for key, found in used.items()}
    return _Found(costs, volatility, net_yield, frozenset(unpriced), marks, tuple(notes))


def _marks(table: Table, rows: Iterable[int], key: str) -> Mark:
    found = NONE
    for row in rows:
        found |= table.marks(row, key)
    return found & CAUTIONS


def _volatility(
    table: Table, rows: Mapping[str, int], sizes: Mapping[str, float]
) -> tuple[float | None, str]:
    """Return the volatility of products held at some sizes, or why it is unknown."""
    if rows.keys() != sizes.keys():
        missing = [visible(one) for one in sizes if one and one not in rows]
        what = f"the volatility of {' and '.join(missing)}" if missing else "the volatility"
        return None, f"{what} is not known"
    by_asset: dict[str, float] = {}
    for ticker, row in rows.items():
        asset = table.products[row].asset
        by_asset[asset] = by_asset.get(asset, 0.0) + sizes[ticker]
    if len(by_asset) == 1:
        (first, *_) = rows.values()
        known = table.value(first, "volatility")
        (asset,) = by_asset
        why = f"the volatility of {visible(asset)} is not known"
        return (None, why) if known is None else (float(known), "")
    if not math.fsum(by_asset.values()):
        return None, "nothing is held"
    return _together(table, by_asset)


def _together(table: Table, by_asset: Mapping[str, float]) -> tuple[float | None, str]:
    """Return the volatility of several coins together, or why it is unknown."""
    from etfcompare.portfolio.covariance import risk_of  # noqa: PLC0415 - one coin needs none

    risk = risk_of(table, by_asset)
    if risk.unknown:
        return None, "; ".join(risk.unknown.values())
    whole = math.fsum(by_asset.values())
    shares: Sequence[float] = [by_asset[one] / whole for one in risk.assets]
    variance = math.fsum(
        one * other * risk.matrix[row][column]
        for row, one in enumerate(shares)
        for column, other in enumerate(shares)
    )
    return math.sqrt(max(0.0, variance)), ""
