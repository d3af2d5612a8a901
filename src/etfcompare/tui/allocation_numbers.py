"""The numbers of an allocation that a user turns, and how they are typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from etfcompare.engine.assumptions import AMOUNTS
from etfcompare.tui.allocation_control import Control
from etfcompare.tui.allocation_wishes import Asked
from etfcompare.units import (
    UnitError,
    exact_money,
    exact_rate,
    format_span,
    money_of,
    rate_of,
    share_of,
    span_of,
)
from etfcompare.visible import visible

_SHARES: Final = tuple(round(0.05 * one, 2) for one in range(1, 20))
_FINE_SHARES: Final = (0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.25, 0.5)
_RISKS: Final = (0.01, 0.02, 0.03, 0.04, 0.05, 0.075, *_SHARES[1:12], 0.7, 0.8, 1.0)
_YIELDS: Final = tuple(round(0.0025 * one, 4) for one in range(41))
_SIZES: Final = AMOUNTS[AMOUNTS.index(1e6) :]
_DAYS: Final = (1.0, 2.0, 3.0, 5.0, 7.0, 14.0, 30.0)
_OF_EVERY: Final = "The same cap for every {0}; a fund of unknown {0} counts under each."


def controls(assets: Sequence[str], *, is_held: bool = False) -> tuple[Control[Asked], ...]:
    """Return the numbers of an allocation among some assets.

    Args:
        assets: Their codes, in the order of the file.
        is_held: Whether the catalogue says what is held, which then is what is placed.
    """
    every = _limits(assets)
    return every if is_held else (*every, _AMOUNT)


def _limits(assets: Sequence[str]) -> tuple[Control[Asked], ...]:
    return (
        _control(
            "max_volatility",
            "Volatility cap",
            "Of the whole, a year; cash has none. The one limit that holds price risk down.",
            positive,
            exact_rate,
            _RISKS,
        ),
        _control(
            "min_yield",
            "Minimum yield",
            "Of the whole, a year.",
            rate_of,
            exact_rate,
            _YIELDS,
            off_is_least=True,
        ),
        _control("max_crypto", "Crypto cap", "All products together.", *_SHARE),
        *(one for code in assets for one in _of_asset(code)),
        _control("issuer_cap", "Issuer cap", _OF_EVERY.format("issuer"), *_SHARE),
        _control("product_cap", "Product cap", "The same cap for all products.", *_SHARE),
        _control("custodian_cap", "Custodian cap", _OF_EVERY.format("custodian"), *_SHARE),
        _control(
            "min_aum",
            "Minimum AUM",
            "Products with smaller assets, or unknown ones, are left out.",
            dollars,
            exact_money,
            _SIZES,
            off_is_least=True,
        ),
        _control(
            "max_share_of_aum",
            "Share of AUM",
            "The largest share of a fund's assets that may be yours.",
            share,
            exact_rate,
            _FINE_SHARES,
        ),
        _control(
            "days_to_exit",
            "Days to exit",
            "Any one fund must be sold within these days; write 5d.",
            _days,
            lambda days: format_span(round(days)),
            _DAYS,
        ),
        _control(
            "participation",
            "Share of volume",
            "What is sold in a day, of a day's volume; for the days to exit.",
            _participation,
            exact_rate,
            (*_FINE_SHARES[1:], 1.0),
            has_off=False,
        ),
    )


def _control(
    name: str,
    label: str,
    meaning: str,
    read: Callable[[str], float],
    write: Callable[[float], str],
    rungs: Sequence[float],
    *,
    off_is_least: bool = False,
    has_off: bool = True,
) -> Control[Asked]:
    def get(asked: Asked) -> float | None:
        value: float | None = getattr(asked.wishes, name)
        return value

    return Control(
        key=name,
        label=label,
        meaning=meaning,
        get=get,
        put=lambda asked, value: asked.but(name, value),
        read=read,
        write=write,
        rungs=rungs,
        off_is_least=off_is_least,
        has_off=has_off,
    )


def _of_asset(code: str) -> tuple[Control[Asked], Control[Asked]]:
    name = visible(code)
    return (
        Control(
            key=f"cap:{code}",
            label=f"{name} cap",
            meaning=f"All products on {name} together.",
            get=lambda asked: asked.wishes.asset_caps.get(code),
            put=lambda asked, value: asked.of_asset("asset_caps", code, value),
            read=share,
            write=exact_rate,
            rungs=_SHARES,
        ),
        Control(
            key=f"floor:{code}",
            label=f"{name} floor",
            meaning=f"All products on {name} together, whatever they yield.",
            get=lambda asked: asked.wishes.asset_floors.get(code),
            put=lambda asked, value: asked.of_asset("asset_floors", code, value),
            read=share,
            write=exact_rate,
            rungs=_SHARES,
            off_is_least=True,
        ),
    )


# How values are read


def share(text: str) -> float:
    """Read a share of a whole.

    Raises:
        UnitError: It is none.
    """
    part = share_of(text)
    if not 0 <= part <= 1:
        raise UnitError(f'"{visible(text)}" is not between 0% and 100%', "write 25%")
    return part


def positive(text: str) -> float:
    """Read a rate that is not below zero.

    Raises:
        UnitError: It is none.
    """
    rate = rate_of(text)
    if rate < 0:
        raise UnitError(f'"{visible(text)}" is below zero', "write 5%")
    return rate


def dollars(text: str) -> float:
    """Read an amount in US dollars.

    Raises:
        UnitError: It is none.
    """
    amount, currency = money_of(text)
    if currency != "USD":
        raise UnitError(f'"{visible(text)}" is not in US dollars', "write $100K")
    if amount <= 0:
        raise UnitError(f'"{visible(text)}" is not above zero', "write $100K")
    return amount


def _days(text: str) -> float:
    return float(span_of(text))


def _participation(text: str) -> float:
    part = share(text)
    if not part:
        raise UnitError(f'"{visible(text)}" of the volume sells nothing', "write 10%")
    return part


_SHARE: Final = (share, exact_rate, _SHARES)
_AMOUNT: Final[Control[Asked]] = Control(
    key="amount",
    label="Amount",
    meaning="What is placed, in US dollars. Part of the scenario: all screens follow.",
    get=lambda asked: asked.amount,
    put=lambda asked, value: asked if value is None else asked._replace(amount=value),
    read=dollars,
    write=exact_money,
    rungs=AMOUNTS,
    has_off=False,
    off_is_least=True,
)
