"""Catalogues and scenarios to try properties on.

Everything is drawn from a `Random`. Hypothesis provides one that it can shrink (`catalogues`); a
seeded one makes large catalogues quickly (`random_catalogue(Random(seed), size=100)`).
"""

from datetime import date, timedelta
from random import Random
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from conftest import TODAY
from etfcompare.catalogue.document import Document
from etfcompare.catalogue.problem import Problem
from etfcompare.catalogue.reader import read
from etfcompare.catalogue.schema import (
    Asset,
    AssetStaking,
    Assume,
    Cash,
    Catalogue,
    Fee,
    Flows,
    Listing,
    Market,
    Product,
    Published,
    Risk,
    Source,
    Staking,
    StakingWaiver,
    Stated,
    Waiver,
)
from etfcompare.engine.scenario import Drift, Rates, Scenario
from etfcompare.units import AsOf

T = TypeVar("T")


AS_OF = AsOf(date(2026, 11, 20), "2026-11-20")
"""Fresh on `TODAY` for every block."""
_DAYS = [TODAY - timedelta(days=days) for days in (0, 20, 50, 100, 500)]
PROVENANCES = [
    (as_of, source)
    for as_of in (None, *(AsOf(day, day.isoformat()) for day in _DAYS))
    for source in (None, "page", "rumour")
]
"""Dates and sources: none, fresh and stale; none, good and unverified."""
CODES = ("BTC", "ETH", "SOL")


def catalogue_of(text: str, today: date = TODAY) -> Catalogue:
    """Read a catalogue from YAML that holds no error."""
    catalogue, problems = read_text(text, today)
    assert [str(one.message) for one in problems if one.severity == "error"] == []
    return catalogue


def read_text(text: str, today: date = TODAY) -> tuple[Catalogue, tuple[Problem, ...]]:
    found = read(Document.parse(text.encode()), today=today)
    return found.catalogue, found.problems


def stated(value: T, as_of: AsOf | None = AS_OF, source: str | None = "page") -> Stated[T]:
    """Return a figure as a file would state it."""
    return Stated(value, "", as_of, source, 0, "")


class Draw:
    """Draws the parts of a catalogue from one source of chance."""

    def __init__(
        self, random: Random, *, is_clean: bool = False, is_complete: bool = False
    ) -> None:
        self.random = random
        self.is_clean = is_clean
        """Whether every figure is fresh, dated and well sourced."""
        self.is_complete = is_complete
        """Whether nothing is unknown that a product may say."""

    def maybe(self, odds: float) -> bool:
        return self.random.random() < odds

    def said(self, value: T) -> Stated[T] | None:
        if not self.is_complete and self.maybe(0.1):
            return None
        if self.is_clean:
            return stated(value)
        as_of, source = self.random.choice(PROVENANCES)
        return Stated(value, "", as_of, source, 0, "")

    def between(self, least: float, most: float) -> float:
        """Of numbers between two, often one of them; most have few decimals, as in real life."""
        place = self.random.random()
        if place < 0.1:
            return least if place < 0.05 else most
        return round(least + (most - least) * (place - 0.1) / 0.9, 4)

    def part(self, most: float = 1.0) -> Stated[float] | None:
        return self.said(self.between(0.0, most))

    def dollars(self) -> Stated[float] | None:
        amounts = (0.0, 1.0, 1e5, 4.56e7, 1e9, 2.5e9, 1e12)
        return self.said(self.random.choice(amounts))

    def flow(self) -> Stated[float] | None:
        return self.said(self.between(-1.0, 1.0) * 1e9)

    def end(self) -> Stated[date] | None:
        """The end of a waiver; None for one that does not end."""
        days = self.random.choice((None, -30, 0, 1, 2, 90, 365, 1000))
        return None if days is None else stated(TODAY + timedelta(days=days))


def random_product(draw: Draw, ticker: str, asset: str) -> Product:
    full = draw.part(0.05)
    waiver = None
    if full is not None and draw.maybe(0.5):
        waiver = Waiver(
            rate=draw.said(draw.between(0.0, 1.0) * full.value),
            first=draw.dollars() if draw.maybe(0.5) else None,
            mode=draw.random.choice((None, "tier", "cliff")),
            until=draw.end(),
        )
    return Product(
        ticker=ticker,
        asset=asset,
        start=0,
        name=f"{asset} fund {ticker}",
        issuer=draw.random.choice(("North", "South", None)),
        status=draw.random.choice(("trading", "trading", "closed", None)),
        listing=Listing(country=draw.random.choice(("US", "CH", None))),
        fee=Fee(rate=full, waiver=waiver),
        staking=random_staking(draw) if draw.maybe(0.7) else None,
        market=Market(
            aum=draw.dollars(),
            spread=draw.part(0.05),
            premium=draw.said(draw.between(-0.05, 0.05)),
            volume=draw.dollars(),
        ),
        flows=Flows(week=draw.flow(), month=draw.flow(), quarter=draw.flow(), year=draw.flow()),
    )


def random_staking(draw: Draw) -> Staking:
    cut = draw.part() if draw.maybe(0.7) else None
    charge = draw.part(0.02) if draw.maybe(0.3) else None
    waiver = None
    if draw.maybe(0.3):
        waiver = StakingWaiver(
            cut=draw.said(draw.between(0.0, 1.0) * cut.value) if cut else None,
            charge=draw.said(draw.between(0.0, 1.0) * charge.value) if charge else None,
            until=draw.end(),
        )
    return Staking(
        status=draw.random.choice((None, None, None, "staking", "allowed")),
        staked=draw.part(),
        cut=cut,
        charge=charge,
        slashing=draw.part(0.05) if draw.maybe(0.2) else None,
        waiver=waiver,
        rate=draw.said(draw.between(-0.05, 0.15)),
        basis=draw.random.choice((None, "staked", "fund", "flat")),
        published=Published(
            rate=draw.said(draw.between(-0.05, 0.15)),
            basis=draw.random.choice((None, "gross", "after cut", "after fee", "paid out")),
        ),
        payout=draw.random.choice((None, "accrues", "cash", "coin entitlement")),
    )


def random_asset(draw: Draw, code: str) -> Asset:
    correlation = {
        other: said
        for other in CODES
        if other != code and (said := draw.said(draw.between(-1.0, 1.0)))
    }
    return Asset(
        code=code,
        staking=AssetStaking(
            rate=draw.said(draw.between(-0.05, 0.15)),
            periods=draw.said(draw.random.choice((1.0, 2.0, 12.0, 182.5))),
        ),
        risk=Risk(
            volatility=draw.part(1.5),
            max_drawdown=draw.said(draw.between(-1.0, 0.0)),
            beta=draw.said(draw.between(-1.0, 3.0)),
            correlation=correlation,
        ),
    )


def random_catalogue(
    random: Random, *, size: int, is_clean: bool = False, is_complete: bool = False
) -> Catalogue:
    """Make a catalogue of that many products.

    Args:
        random: The source of chance.
        size: How many products.
        is_clean: Whether every figure is fresh, dated and well sourced.
        is_complete: Whether nothing is unknown that a product may say.
    """
    draw = Draw(random, is_clean=is_clean, is_complete=is_complete)
    rate = draw.said(draw.between(0.0, 0.1))
    assume = Assume()
    if not is_clean and draw.maybe(0.5):
        assume = Assume(
            staked=draw.part(), cut=draw.part(), spread=draw.part(0.01), premium=draw.part(0.01)
        )
    return Catalogue(
        products=tuple(
            random_product(draw, f"P{place}", random.choice(CODES)) for place in range(size)
        ),
        assets={code: random_asset(draw, code) for code in CODES},
        sources={
            "page": Source(key="page", grade="issuer"),
            "rumour": Source(key="rumour", grade="unverified"),
        },
        cash=Cash(rate=rate),
        assume=assume,
    )


def random_scenario(random: Random) -> Scenario:
    def tax() -> float | None:
        return random.choice((None, 0.0, 0.238, 1.0))

    return Scenario(
        as_of=TODAY,
        horizon=random.choice((1, 30, 183, 365, 366, 1000, 3650)),
        rates=random.choice(tuple(Rates)),
        rewards={code: 0.04 for code in CODES if random.random() < 0.2},
        cash=random.choice((None, 0.0, 0.0375)),
        income_tax=tax(),
        gains_tax=tax(),
        basis=random.choice((0.0, 0.8, 1.0, 2.0)),
        staked=random.choice((None, None, 0.0, 0.7)),
        commission=random.choice((0.0, 0.0, 0.0005)),
        waivers=random.random() < 0.8,
        assumptions=random.random() < 0.8,
        drift=random.choice(tuple(Drift)),
    )


def catalogues(
    *, size: int = 2, is_clean: bool = False, is_complete: bool = False
) -> SearchStrategy[Catalogue]:
    """Small catalogues, which shrink."""
    return st.randoms(use_true_random=False).map(
        lambda random: random_catalogue(
            random, size=size, is_clean=is_clean, is_complete=is_complete
        )
    )


def scenarios() -> SearchStrategy[Scenario]:
    return st.randoms(use_true_random=False).map(random_scenario)
