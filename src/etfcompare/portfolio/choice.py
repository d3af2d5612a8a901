"""What an allocation chooses among: products in play, their yields, costs and risk, as numbers.

Here limits become rows of a linear programme. A product is in play if it is on sale or held, its
net yield is known, and so is the risk of its coin; the others are left out by name.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from etfcompare.catalogue.schema import Product
from etfcompare.engine.figures import HEADLINE, Table
from etfcompare.engine.sensitivity import is_on_sale
from etfcompare.errors import UsageError
from etfcompare.portfolio.covariance import Risk, risk_of
from etfcompare.portfolio.holdings import Present
from etfcompare.portfolio.limits import LOWER, Kind, Limit, Measure, name_of
from etfcompare.portfolio.programme import Programme, factor_of, solve
from etfcompare.units import format_rate
from etfcompare.visible import visible

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[np.float64]

CASH: Final = "cash"
"""What weights call the part that is in no product."""
_DECIMALS: Final = 12
"""Of a weight; what is behind them is rounding."""


class Rows(NamedTuple):
    """A limit as rows over the weights, cash last."""

    coefficients: Array
    most: Array
    """What each row comes to at most."""
    looser: Array
    """What that rises by for each unit, in the limit's own terms, that it is relaxed by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A product in play."""

    row: int
    """Its place in the catalogue."""
    product: Product
    net_yield: float
    now: float
    """Weight held now."""
    buying: float
    """Known cost of a dollar bought, once."""
    selling: float
    """Known cost of a dollar sold, once, tax included."""
    unpriced: tuple[str, ...]
    """Parts of the cost that are not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """All that an allocation chooses among."""

    table: Table
    candidates: tuple[Candidate, ...]
    cash_yield: float
    value_usd: float
    """What is placed: all that is held, but for what is set aside."""
    risk: Risk
    left_out: Mapping[str, str]
    """Products not in play, by ticker, and why."""
    notes: tuple[str, ...]
    participation: float
    """Share of a day's volume that can be sold."""

    @property
    def horizon_years(self) -> float:
        """Over which the cost of trades is spread."""
        return self.table.scenario.horizon_years

    def figures(self, key: str) -> list[float]:
        """Return a figure of each product in play, NaN where unknown."""
        return [self.table.number(one.row, key) for one in self.candidates]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Solved:
    """The optimum under some limits."""

    programme: Programme
    x: Array
    """Its variables: bought of each product, sold of each held one, cash."""
    weights: tuple[float, ...]
    """Of each product in play, and of cash."""

    @property
    def gain(self) -> float:
        """Net carry a year, but for the part that no trade changes."""
        return float(self.programme.gain @ self.x)


def choice_of(
    table: Table, rows: Sequence[int], present: Present | None, participation: float
) -> Choice:
    """Return what there is to choose among.

    Args:
        table: The figures under the scenario.
        rows: Places in the catalogue.
        present: What is held now; None for nothing but cash.
        participation: Share of a day's volume that can be sold.

    Raises:
        UsageError: The yield of cash is not known, or nothing that is held can be valued.
    """
    cash = table.shared("cash_yield")
    if cash is None:
        raise UsageError("the yield of cash is not known; state `cash:` or give --cash 3.6%")
    held: Mapping[str, float] = {} if present is None else present.weights
    left_out: dict[str, str] = {}
    in_play: list[int] = []
    for row in rows:
        product = table.products[row]
        if not is_on_sale(product) and not held.get(product.ticker):
            left_out[product.ticker] = f"not on sale: {product.status}"
        elif product.ticker == CASH:
            left_out[product.ticker] = "its ticker is what cash is called"
        elif math.isnan(table.number(row, HEADLINE)):
            left_out[product.ticker] = "its net yield is not known"
        else:
            in_play.append(row)
    by_yield = sorted(in_play, key=lambda row: -table.number(row, HEADLINE))
    risk = risk_of(table, (table.products[row].asset for row in by_yield))
    for row in in_play:
        product = table.products[row]
        if product.asset in risk.unknown:
            left_out[product.ticker] = risk.unknown[product.asset]
    in_play = [row for row in in_play if table.products[row].ticker not in left_out]
    known = {table.products[row].ticker for row in in_play}
    aside = {name: part for name, part in held.items() if part and name not in known}
    share = 1 - math.fsum(aside.values())
    value = share * (table.scenario.amount if present is None else present.value_usd)
    if not value > 0:
        raise UsageError("nothing that is held can be valued; see `etfcompare check`")
    return Choice(
        table=table,
        candidates=tuple(_candidate(table, row, present, share) for row in in_play),
        cash_yield=cash,
        value_usd=value,
        risk=risk,
        left_out=left_out,
        notes=(*(present.notes if present else ()), *_set_aside(aside, left_out)),
        participation=participation,
    )


def _candidate(table: Table, row: int, present: Present | None, share: float) -> Candidate:
    """Return a product with what its trades cost (methodology 2), unknown parts left out."""
    product = table.products[row]
    known = {key: table.number(row, key) for key in ("spread", "premium")}
    unpriced = tuple(key for key, value in known.items() if math.isnan(value))
    known |= dict.fromkeys(unpriced, 0.0)
    trading = known["spread"] / 2 + table.scenario.commission
    now = 0.0 if present is None else present.weights.get(product.ticker, 0.0) / share
    tax = 0.0 if present is None or not now else present.tax_per_dollar.get(product.ticker)
    return Candidate(
        row=row,
        product=product,
        net_yield=table.number(row, HEADLINE),
        now=now,
        buying=trading + known["premium"],
        selling=trading - known["premium"] + (tax or 0.0),
        unpriced=unpriced if tax is not None else (*unpriced, "tax"),
    )


def _set_aside(aside: Mapping[str, float], left_out: Mapping[str, str]) -> Iterator[str]:
    for name, part in aside.items():
        why = left_out.get(name, "it is not among the products asked for")
        yield f"{visible(name)}, {format_rate(part)} of what is held, is set aside: {why}"


def solved(choice: Choice, limits: Iterable[Limit], *, is_free: bool = False) -> Solved | None:
    """Return the optimum under some limits; None if they leave nothing.

    Args:
        choice: What there is to choose among.
        limits: What it keeps to.
        is_free: Whether trades cost nothing.
    """
    import numpy as np  # noqa: PLC0415 - only when something is solved

    programme = _programme(choice, limits, is_free=is_free)
    x = solve(programme)
    if x is None:
        return None
    start, change = _changes(choice)
    weights = (start + change @ x).round(_DECIMALS) + 0.0
    # What rounding leaves goes where it shows least.
    place = len(weights) - 1 if weights[-1] else int(np.argmax(weights))
    others = math.fsum(float(one) for at, one in enumerate(weights) if at != place)
    weights[place] = round(1 - others, _DECIMALS)
    return Solved(programme=programme, x=x, weights=tuple(float(one) for one in weights))


def _changes(choice: Choice) -> tuple[Array, Array]:
    """Return the weights that trades start from, and how each trade changes them."""
    import numpy as np  # noqa: PLC0415 - likewise

    count = len(choice.candidates)
    now = np.array([one.now for one in choice.candidates])
    held = np.flatnonzero(now)
    change = np.zeros((count + 1, count + len(held) + 1))
    change[:count, :count] = np.eye(count)
    change[held, count + np.arange(len(held))] = -1.0
    change[count, -1] = 1.0
    return np.append(now, 0.0), change


def _programme(choice: Choice, limits: Iterable[Limit], *, is_free: bool) -> Programme:
    import numpy as np  # noqa: PLC0415 - likewise

    start, change = _changes(choice)
    candidates, count = choice.candidates, len(choice.candidates)
    held = [one for one in candidates if one.now]
    cost = [one.buying for one in candidates] + [one.selling for one in held] + [0.0]
    yields = np.array([*(one.net_yield for one in candidates), choice.cash_yield])
    stated = tuple(limits)
    found = [rows_of(one, choice) for one in stated]
    rows = np.vstack([np.zeros((0, count + 1)), *(one.coefficients for one in found)])
    most = np.concatenate([np.zeros(0), *(one.most for one in found)])
    assets = {code: place for place, code in enumerate(choice.risk.assets)}
    exposure = np.zeros((len(assets), count + 1))
    for place, one in enumerate(candidates):
        exposure[assets[one.product.asset], place] = 1.0
    covariance = np.array(choice.risk.matrix).reshape(len(assets), len(assets))
    risk = factor_of(covariance) @ exposure
    bought = [math.inf if is_on_sale(one.product) else 0.0 for one in candidates]
    return Programme(
        gain=yields @ change - (0.0 if is_free else np.array(cost) / choice.horizon_years),
        least=np.zeros(change.shape[1]),
        largest=np.array([*bought, *(one.now for one in held), math.inf]),
        rows=rows @ change,
        most=most - rows @ start,
        whole=change.sum(axis=0),
        total=1 - float(start.sum()),
        risk=risk @ change,
        start=risk @ start,
        cap=next((one.value for one in stated if one.measure is Measure.VOLATILITY), None),
    )


def rows_of(limit: Limit, choice: Choice) -> Rows:
    """Return a limit as rows; the cap on volatility is none."""
    import numpy as np  # noqa: PLC0415 - likewise

    match limit.measure:
        case Measure.VOLATILITY:
            nothing = np.zeros(0)
            return Rows(np.zeros((0, len(choice.candidates) + 1)), nothing, nothing)
        case Measure.SHARE_OF_AUM:
            return _sized(limit, choice, choice.figures("aum"))
        case Measure.DAYS:
            volumes = choice.figures("volume")
            return _sized(limit, choice, [choice.participation * one for one in volumes])
        case Measure.AUM:
            small = [float(not size >= limit.value) for size in choice.figures("aum")]
            return Rows(np.array([[*small, 0.0]]), np.zeros(1), np.zeros(1))
        case _:
            coefficients = np.array([[*_shares(limit, choice)]])
            sign = -1.0 if limit.measure in LOWER else 1.0
            return Rows(sign * coefficients, np.array([sign * limit.value]), np.ones(1))


def _shares(limit: Limit, choice: Choice) -> Iterator[float]:
    """Give how much of what is limited a dollar of each product brings, and one of cash."""
    for one in choice.candidates:
        match limit.measure:
            case Measure.YIELD:
                yield one.net_yield
            case Measure.CRYPTO:
                yield 1.0
            case _:
                yield float(_counts(one.product, limit))
    yield choice.cash_yield if limit.measure is Measure.YIELD else 0.0


def _counts(product: Product, limit: Limit) -> bool:
    """Tell whether a product counts; under a cap, one of unknown name may be of that name."""
    assert limit.kind is not None
    name = name_of(product, limit.kind)
    return limit.measure is Measure.CAP if name is None else name == limit.name


def _sized(limit: Limit, choice: Choice, sizes: Sequence[float]) -> Rows:
    """Return a row for each product that a limit on its size could hold back."""
    import numpy as np  # noqa: PLC0415 - likewise

    # Of what is not known nothing can be shown to keep to the limit.
    known = [0.0 if math.isnan(one) else one / choice.value_usd for one in sizes]
    looser = np.array(known)
    held_back = looser * limit.value < 1
    rows = np.eye(len(known), len(known) + 1)[held_back]
    return Rows(rows, looser[held_back] * limit.value, looser[held_back])


def unknown_names(choice: Choice, kind: Kind) -> list[str]:
    """Return the tickers of products in play of which a name is not known."""
    return [one.product.ticker for one in choice.candidates if name_of(one.product, kind) is None]
