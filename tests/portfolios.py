"""Small catalogues to allocate among: funds with a flat yield on coins of known risk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations
from random import Random

from conftest import TODAY
from etfcompare.catalogue.schema import (
    Asset,
    Cash,
    Catalogue,
    Fee,
    Market,
    Product,
    Risk,
    Staking,
)
from etfcompare.engine.figures import Table
from etfcompare.engine.scenario import Scenario
from etfcompare.portfolio.holdings import Present
from etfcompare.portfolio.limits import Bound, Limits
from etfcompare.portfolio.lots import HeldLot, Term
from strategies import stated

CODES = ("BTC", "ETH", "SOL", "AVAX")


def fund(
    ticker: str,
    asset: str,
    net_yield: float | None,
    *,
    issuer: str | None = None,
    custodian: str | None = None,
    status: str | None = None,
    aum: float | None = None,
    volume: float | None = None,
    spread: float | None = None,
    premium: float | None = None,
) -> Product:
    """A fund that leaves just this yield a year; None for an unknown one."""
    rate = net_yield or 0.0
    found = {"aum": aum, "volume": volume, "spread": spread, "premium": premium}
    known = {name: stated(value) for name, value in found.items() if value is not None}
    return Product(
        ticker=ticker,
        asset=asset,
        start=0,
        issuer=issuer,
        custodian=custodian,
        status=status,
        fee=None if net_yield is None else Fee(rate=stated(max(0.0, -rate))),
        staking=Staking(rate=stated(max(0.0, rate)), basis="flat"),
        market=Market().but(**known),
    )


def catalogue(
    products: Iterable[Product],
    volatilities: Mapping[str, float],
    correlations: Mapping[tuple[str, str], float],
    *,
    cash: float | None = 0.04,
) -> Catalogue:
    """The funds with what their coins do; what is not named is unknown."""
    assets = {
        code: Asset(
            code=code,
            risk=Risk(
                volatility=stated(volatility),
                correlation={
                    other: stated(value)
                    for (one, other), value in correlations.items()
                    if one == code
                },
            ),
        )
        for code, volatility in volatilities.items()
    }
    return Catalogue(
        products=tuple(products),
        assets=assets,
        cash=None if cash is None else Cash(rate=stated(cash)),
    )


def table_of(found: Catalogue, **assumed: object) -> Table:
    """Its figures on the day of the tests."""
    scenario = Scenario(as_of=TODAY)
    for name, value in assumed.items():
        scenario = scenario.but(name, value)
    return Table(found, scenario)


def random_table(random: Random, *, size: int = 6) -> Table:
    """Funds on up to four coins, all that allocations need being known."""
    codes = CODES[: random.randint(1, len(CODES))]
    # One factor that all coins share gives correlations that can all hold at once.
    loads = {code: random.uniform(-0.3, 0.95) for code in codes}
    products = [
        fund(
            f"F{place}",
            random.choice(codes),
            round(random.uniform(-0.02, 0.09), 4),
            issuer=random.choice(("North", "South", "West")),
            custodian=random.choice(("Vault", None)),
            aum=10.0 ** random.randint(5, 8),
            volume=10.0 ** random.randint(3, 7),
            spread=random.choice((0.0, 0.001, 0.004)),
            premium=random.choice((-0.002, 0.0, 0.003)),
        )
        for place in range(random.randint(1, size))
    ]
    return table_of(
        catalogue(
            products,
            {code: round(random.uniform(0.2, 1.1), 3) for code in codes},
            {both: loads[both[0]] * loads[both[1]] for both in combinations(codes, 2)},
            cash=round(random.uniform(0.0, 0.05), 4),
        ),
        amount=random.choice((1e4, 1e6, 1e8)),
        commission=random.choice((0.0, 0.0005)),
    )


def random_limits(random: Random, table: Table) -> Limits:
    """Limits, most of which leave something to choose."""

    def perhaps(odds: float, least: float, most: float) -> float | None:
        return round(random.uniform(least, most), 4) if random.random() < odds else None

    assets = sorted({one.asset for one in table.products})
    caps = [
        Bound(kind="asset", name=random.choice(assets), share=round(random.uniform(0, 0.6), 3)),
        Bound(kind="issuer", name="North", share=round(random.uniform(0, 0.6), 3)),
        Bound(kind="custodian", name="Vault", share=round(random.uniform(0, 0.8), 3)),
        Bound(kind="product", name="F0", share=round(random.uniform(0, 0.5), 3)),
    ]
    floor = Bound(kind="asset", name=random.choice(assets), share=round(random.uniform(0, 0.1), 3))
    return Limits(
        max_volatility=perhaps(0.7, 0.0, 0.5),
        min_yield=perhaps(0.2, 0.0, 0.05),
        caps=tuple(one for one in caps if random.random() < 0.4),
        floors=(floor,) if random.random() < 0.3 else (),
        min_aum=random.choice((None, None, 5e6)),
        max_share_of_aum=perhaps(0.3, 0.001, 0.2),
        days_to_exit=random.choice((None, None, 1.0, 7.5)),
        max_crypto=perhaps(0.3, 0.0, 1.0),
    )


def lot(ticker: str, value: float, tax: float | None = 0.0) -> HeldLot:
    """A lot with so much tax on each dollar sold, below zero for a loss; None if nobody knows."""
    is_loss = tax is not None and tax < 0
    return HeldLot(
        ticker=ticker,
        value=value,
        cost=2 * value if is_loss else None if tax is None else 0.0,
        term=Term.LONG,
        tax_rate=None if tax is None else abs(tax),
    )


def held(*lots: HeldLot, value_usd: float = 1e6) -> Present:
    """What is held, the rest of the value in cash."""
    weights: dict[str, float] = {}
    for one in lots:
        weights[one.ticker] = weights.get(one.ticker, 0.0) + one.value / value_usd
    return Present(
        value_usd=value_usd,
        cash_usd=value_usd - sum(one.value for one in lots),
        weights=weights,
        tax_per_dollar={},
        lots=lots,
        notes=(),
    )


def random_present(random: Random, table: Table) -> Present | None:
    """Nothing, or lots of some of the products, tax and all."""
    if random.random() < 0.5:
        return None
    tickers = [random.choice(table.products).ticker for _ in range(random.randint(1, 4))]
    return held(
        *(
            lot(one, random.choice((5e4, 2e5)), random.choice((-0.1, 0.0, 0.003, 0.02)))
            for one in tickers
        )
    )
