"""All that holding a product exposes to: the yield in coins, and what it comes to in dollars.

Methodology 3. Yield is coin income; its worth moves with the price. So two views stand side by
side, in coins and in dollars, and the odds of the second by two models: prices lognormal, and
drawn from what they did. Every figure is one of the graph of formulas.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING, Final, NamedTuple

from etfcompare.engine.figure import Figure
from etfcompare.engine.figures import FIGURES, HEADLINE, Table
from etfcompare.engine.formulas import total_return, worth_over
from etfcompare.engine.marks import CAUTIONS, Mark
from etfcompare.engine.scenario import Drift
from etfcompare.engine.sensitivity import is_on_sale
from etfcompare.history.bootstrap import Bootstrap, Estimate, Paths
from etfcompare.history.measured import window_of

if TYPE_CHECKING:
    from etfcompare.history.bootstrap import Outcomes
    from etfcompare.history.tables import History

MOVES: Final = (-0.5, -0.25, 0.0, 0.25, 0.5)
"""Moves of the price that are worked out, beside the break-evens."""
RISK_CAPITAL: Final = "yield_on_risk_capital"
ODDS: Final = (
    *("p_fall", "p_loss", "p_offset", "p_beat_cash"),
    *("value_at_risk", "cvar", RISK_CAPITAL),
)
"""Figures that rest on where the price may be at the horizon."""
_SAME: Final = 6
"""Decimals by which moves of the price are told apart."""


class Plain(NamedTuple):
    """A fund of the same coin that earns nothing, the one that costs least."""

    ticker: str
    net_yield: float
    premium: float
    """What may be paid on top for the product before the plain one was as good."""
    marks: Mark
    """Of both net yields."""


class Move(NamedTuple):
    """What the holder has in dollars after a move of the price, over the horizon."""

    price: float
    fund: float
    over_cash: float | None
    """None if the yield of cash is unknown."""
    break_even: str | None
    """The figure that this move is the value of; None for a round move."""


class Odds(NamedTuple):
    """A figure by its models."""

    figure: Figure
    value: float | None
    """Prices lognormal, under the drift assumed."""
    beside: float | None
    """Likewise, under the other drift."""
    drawn: Estimate | None
    """By the bootstrap, under the drift assumed."""
    marks: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """What holding a product over the horizon exposes to."""

    horizon: int
    """Days."""
    coins: float | None
    """Growth of the coins behind a share over the horizon, a fraction; None if unknown."""
    coins_marks: Mark
    plain: Plain | None
    """None for a product that earns nothing itself, and where no other fund does so."""
    moves: tuple[Move, ...]
    """From the deepest fall to the largest rise; none if the net yield is unknown."""
    moves_marks: Mark
    drift: Drift
    """Where the price is taken to drift."""
    beside: Drift
    """The other drift: the median flat, or the mean if that is the one assumed."""
    odds: tuple[Odds, ...]
    drawn: Paths | None
    undrawn: str | None
    """Why there is no bootstrap, in words; None if there is one."""


def bootstrap_of(history: History, table: Table) -> Bootstrap:
    """Return what draws the paths of coins for the products of a table, each coin's once."""
    scenario = table.scenario
    return Bootstrap(
        history=history,
        as_of=scenario.as_of,
        window=window_of(table.catalogue),
        horizon_days=scenario.horizon,
    )


def exposure_of(table: Table, row: int, drawn: Paths | str) -> Exposure:
    """Return what holding a product exposes to.

    Args:
        table: The figures, of all products that it may be held against.
        row: The product's place in the table.
        drawn: The paths of its coin, or in words why there are none.
    """
    scenario = table.scenario
    beside = Drift.FLAT_MEAN if scenario.drift is Drift.FLAT_MEDIAN else Drift.FLAT_MEDIAN
    paths = drawn if isinstance(drawn, Paths) else None
    outcomes = _outcomes(table, row, paths) if paths else None
    lacking = "the net yield is unknown, or the drift"
    return Exposure(
        horizon=scenario.horizon,
        coins=_growth(table, row),
        coins_marks=table.marks(row, HEADLINE),
        plain=_plain(table, row),
        moves=tuple(sorted(_moves(table, row), key=lambda one: one.price)),
        moves_marks=(table.marks(row, "break_even_cash") | table.marks(row, "break_even"))
        & CAUTIONS,
        drift=scenario.drift,
        beside=beside,
        odds=_odds(table, row, beside, outcomes),
        drawn=paths if outcomes else None,
        undrawn=None if outcomes else lacking if paths else str(drawn),
    )


def _growth(table: Table, row: int) -> float | None:
    """Return the growth of the coins behind a share over the horizon, where it leaves any."""
    growth = total_return(table.number(row, HEADLINE), 0.0, table.number(row, "horizon_years"))
    return None if isnan(growth) else growth


def _plain(table: Table, row: int) -> Plain | None:
    product = table.products[row]
    if not product.stakes:
        return None
    plain = [
        (table.number(place, HEADLINE), place)
        for place, one in enumerate(table.products)
        if one.asset == product.asset
        and not one.stakes
        and is_on_sale(one)
        and table.value(place, HEADLINE) is not None
    ]
    if not plain:
        return None
    theirs, place = max(plain, key=lambda one: one[0])
    premium = worth_over(table.number(row, HEADLINE), theirs, table.number(row, "horizon_years"))
    if isnan(premium):
        return None
    marks = (table.marks(row, HEADLINE) | table.marks(place, HEADLINE)) & CAUTIONS
    return Plain(table.products[place].ticker, theirs, premium, marks)


def _moves(table: Table, row: int) -> Iterator[Move]:
    net_yield, years = table.number(row, HEADLINE), table.number(row, "horizon_years")
    cash = table.number(row, "cash_yield") * years
    at: dict[float, tuple[float, str | None]] = {round(one, _SAME): (one, None) for one in MOVES}
    for key in ("break_even_cash", "break_even"):
        price = table.number(row, key)
        if not isnan(price):
            at[round(price, _SAME)] = (price, key)
    for price, which in at.values():
        fund = total_return(net_yield, price, years)
        if not isnan(fund):
            yield Move(price, fund, None if isnan(cash) else fund - cash, which)


def _odds(table: Table, row: int, beside: Drift, outcomes: Outcomes | None) -> tuple[Odds, ...]:
    other = table.alone(row).under(table.scenario.but("drift", beside))
    return tuple(
        Odds(
            FIGURES[key],
            _number(table, row, key),
            _number(other, 0, key),
            _drawn(table.number(row, HEADLINE), key, outcomes) if outcomes else None,
            table.marks(row, key),
        )
        for key in ODDS
    )


def _number(table: Table, row: int, key: str) -> float | None:
    value = table.number(row, key)
    return None if isnan(value) else value


def _outcomes(table: Table, row: int, paths: Paths) -> Outcomes | None:
    """Return what may come of a product on drawn paths; None if a figure for it is unknown."""
    years = table.number(row, "horizon_years")
    growth, cash = _growth(table, row), table.number(row, "cash_yield") * years
    is_median = table.scenario.drift is Drift.FLAT_MEDIAN
    # A median that stays is drawn as one; the lognormal drift says nothing of another price.
    drift = 0.0 if is_median else table.number(row, "drift") * years
    if growth is None or isnan(drift):
        return None
    shift = paths.to_median(drift) if is_median else paths.to_mean(drift)
    return paths.outcomes(1 + growth, 1 + cash if cash > -1 else None, shift)


def _drawn(net_yield: float, key: str, outcomes: Outcomes) -> Estimate | None:
    if key != RISK_CAPITAL:
        found: Estimate | None = getattr(outcomes, key)
        return found
    tail, error = outcomes.cvar
    formula = FIGURES[RISK_CAPITAL].formula
    assert formula is not None
    value = formula(net_yield, tail)
    return None if isnan(value) else Estimate(value, abs(value) / tail * error)
