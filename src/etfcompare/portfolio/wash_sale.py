"""How near a switch comes to a wash sale under United States law, and why. It is no advice.

Methodology 2.1: section 1091 denies a loss where the same or substantially identical securities are
bought within 30 days before or after. Which funds on one coin are that is unsettled, so the label
tells how exposed a pair is, and never that there is nothing to fear.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from etfcompare.catalogue.schema import Product
from etfcompare.portfolio.lots import HeldLot
from etfcompare.visible import visible

WINDOW_DAYS: Final = 30
"""Days before and after the sale in which a purchase counts."""
RULE_WORDS: Final = "US wash-sale rule, section 1091; no advice"


class Exposure(StrEnum):
    """How exposed a switch is, least first."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Label(NamedTuple):
    """How exposed a switch is, and why."""

    exposure: Exposure
    why: str


def label_of(sold: Product, bought: Product, purchases: Iterable[HeldLot] = ()) -> Label:
    """Return how exposed a switch is.

    Args:
        sold: What is sold at a loss.
        bought: What is bought instead.
        purchases: Other lots on the same coin that were bought within the window.
    """
    exposure, why = _of_pair(sold, bought)
    near = tuple(purchases)
    same = [one for one in near if one.ticker == sold.ticker]
    if same:
        told = f"{visible(sold.ticker)} was bought within {WINDOW_DAYS} days"
        return Label(Exposure.HIGH, f"{why}; {told}")
    if near:
        names = " and ".join(dict.fromkeys(visible(one.ticker) for one in near))
        told = f"{names} on the same coin was bought within {WINDOW_DAYS} days"
        return Label(_raised(exposure), f"{why}; {told}")
    return Label(exposure, why)


def _of_pair(sold: Product, bought: Product) -> Label:
    if sold.ticker == bought.ticker:
        return Label(Exposure.HIGH, "the same fund")
    if sold.asset != bought.asset:
        return Label(Exposure.LOW, "another coin")
    is_alike = sold.stakes == bought.stakes
    if sold.issuer is None or bought.issuer is None or sold.issuer == bought.issuer:
        whose = "same issuer" if sold.issuer and bought.issuer else "issuer not known to differ"
        if is_alike:
            return Label(Exposure.HIGH, f"same coin, {whose}, both {_way(sold)}")
        return Label(Exposure.MEDIUM, f"same coin, {whose}, {_ways(sold, bought)}")
    if is_alike:
        return Label(
            Exposure.MEDIUM,
            f"same coin, other issuer, both {_way(sold)}: unsettled whether substantially "
            "identical",
        )
    return Label(
        Exposure.LOW,
        f"same coin, other issuer, {_ways(sold, bought)}: arguably less identical, "
        "no authority found",
    )


def _way(product: Product) -> str:
    return "staked" if product.stakes else "unstaked"


def _ways(sold: Product, bought: Product) -> str:
    return f"{_way(sold)} against {_way(bought)}"


def _raised(exposure: Exposure) -> Exposure:
    return Exposure.MEDIUM if exposure is Exposure.LOW else Exposure.HIGH


def near_purchases(lot: HeldLot, lots: Iterable[HeldLot], day: date) -> tuple[HeldLot, ...]:
    """Return the other lots on the same coin that were bought within the window of a sale.

    Args:
        lot: What is sold.
        lots: All that is held; purchases in sheltered accounts count too.
        day: The day of the sale.
    """
    return tuple(
        one
        for one in lots
        if one is not lot
        and (one.ticker == lot.ticker or (one.asset is not None and one.asset == lot.asset))
        and one.bought is not None
        and abs((day - one.bought).days) <= WINDOW_DAYS
    )


def first_day_after(day: date) -> date:
    """Return the first day that the window of a sale or purchase on a day no longer reaches."""
    return day + timedelta(days=WINDOW_DAYS + 1)
