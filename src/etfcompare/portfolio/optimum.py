"""The best choice under limits: limits as rows, the programme that they make, and its optimum."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias
from weakref import WeakKeyDictionary

from etfcompare.catalogue.schema import Product
from etfcompare.engine.sensitivity import is_on_sale
from etfcompare.portfolio.choice import Choice
from etfcompare.portfolio.limits import LOWER, Limit, Measure, name_of
from etfcompare.portfolio.programme import TIGHT, Programme, factor_of, slope, solve

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[np.float64]

_DECIMALS: Final = 12
"""Of a weight; what is behind them is rounding."""
_NOTHING: Final = 1e-10
"""A weight that is rounding."""


class Held(NamedTuple):
    """What a limit holds back.

    Rows are over the weights, cash last. What is looser rises for each unit, in the limit's own
    terms, that it is relaxed by.
    """

    rows: Array
    most: Array
    """What each row comes to at most."""
    looser: Array
    """What that rises by."""
    ceiling: Array
    """Of what is bought of each product."""
    raised: Array
    """What that rises by."""


_KNOWN: Final[WeakKeyDictionary[Choice, dict[Limit, Held]]] = WeakKeyDictionary()
"""What binds and what clashes is found by solving under most of the limits, again and again."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Solved:
    """The optimum under some limits."""

    programme: Programme
    held: tuple[Held, ...]
    """What each of the limits holds back."""
    x: Array
    """Bought of each product, sold of each parcel, tax on what is sold, cash."""
    weights: tuple[float, ...]
    """Of each product in play, and of cash."""

    @property
    def tax(self) -> float:
        """On gains sold, losses sold taken off; once, a fraction of the whole."""
        # From what is sold, which is more exact than the variable of the tax.
        sold = self.programme.rows[-1] @ self.x + self.x[-2]
        return max(0.0, round(float(sold), _DECIMALS))

    @property
    def gain(self) -> float:
        """Net carry a year, but for the part that no trade changes."""
        return float(self.programme.gain @ self.x)

    def slope_of(self, place: int, *, is_volatility: bool) -> float:
        """Return what relaxing a limit brings for each 1 of its own terms.

        Args:
            place: Of the limit among those solved under.
            is_volatility: Whether it is the cap on volatility.
        """
        import numpy as np  # noqa: PLC0415 - only when something is solved

        own = self.held[place]
        others = [one for at, one in enumerate(self.held) if at != place]
        looser = [np.zeros(len(one.looser)) for one in self.held]
        looser[place] = own.looser
        # Where another limit holds a product just as low, relaxing this one frees nothing.
        count = len(own.ceiling)
        lowest = reduce(np.minimum, (one.ceiling for one in others), np.full(count, np.inf))
        raised = np.zeros(len(self.x))
        raised[:count] = np.where(own.ceiling < lowest - TIGHT, own.raised, 0.0)
        return slope(
            self.programme,
            self.x,
            looser=np.concatenate([*looser, np.zeros(1)]),
            raised=raised,
            looser_cap=float(is_volatility),
        )


def solved(choice: Choice, limits: Iterable[Limit], *, is_free: bool = False) -> Solved | None:
    """Return the optimum under some limits; None if they leave nothing.

    Args:
        choice: What there is to choose among.
        limits: What it keeps to.
        is_free: Whether trades cost nothing.
    """
    stated = tuple(limits)
    held = tuple(_held_by(one, choice) for one in stated)
    cap = next((one.value for one in stated if one.measure is Measure.VOLATILITY), None)
    programme = _programme(choice, held, cap, is_free=is_free)
    x = solve(programme)
    if x is None:
        return None
    return Solved(programme=programme, held=held, x=x, weights=_weights(choice, x))


def _weights(choice: Choice, x: Array) -> tuple[float, ...]:
    """Return the weights that trades lead to, which sum to 1."""
    found = [one.now + float(bought) for one, bought in zip(choice.candidates, x, strict=False)]
    place = len(found)
    for at, one in enumerate(choice.candidates):
        sold = x[place : place + len(one.parcels)]
        found[at] -= float(sold.sum())
        place += len(sold)
    found = [round(one, _DECIMALS) if one > _NOTHING else 0.0 for one in (*found, float(x[-1]))]
    # What rounding leaves goes where it shows least.
    most = max(range(len(found)), key=found.__getitem__)
    rest = math.fsum(one for at, one in enumerate(found) if at != most)
    found[most] = round(1 - rest, _DECIMALS)
    return tuple(found)


def _programme(
    choice: Choice, held: Sequence[Held], cap: float | None, *, is_free: bool
) -> Programme:
    import numpy as np  # noqa: PLC0415 - only when something is solved

    candidates, count = choice.candidates, len(choice.candidates)
    parcels = [(at, parcel) for at, one in enumerate(candidates) for parcel in one.parcels]
    sold = np.array([at for at, _ in parcels], int)

    def of_trades(of_weights: Array) -> Array:
        """Return what is of each weight, in the last axis, of each variable; of the tax nothing."""
        none = np.zeros((*of_weights.shape[:-1], 1))
        parts = (of_weights[..., :count], -of_weights[..., sold], none, of_weights[..., count:])
        return np.concatenate(parts, axis=-1)

    now = np.array([*(one.now for one in candidates), 0.0])
    selling = [candidates[at].selling for at, _ in parcels]
    cost = [*(one.buying for one in candidates), *selling, 1.0, 0.0]
    # Losses count against gains, but there is no less tax than none.
    taxed = np.array([*(0.0 for _ in candidates), *(one.tax for _, one in parcels), -1.0, 0.0])
    yields = np.array([*(one.net_yield for one in candidates), choice.cash_yield])
    rows = np.vstack([np.zeros((0, count + 1)), *(one.rows for one in held)])
    most = np.concatenate([np.zeros(0), *(one.most for one in held)])
    bought = np.array([math.inf if is_on_sale(one.product) else 0.0 for one in candidates])
    ceiling = reduce(np.minimum, (one.ceiling for one in held), bought)
    risk = _risk(choice)
    return Programme(
        gain=of_trades(yields) - (0.0 if is_free else np.array(cost) / choice.horizon_years),
        least=np.zeros(len(cost)),
        largest=np.concatenate([ceiling, [one.weight for _, one in parcels], [math.inf] * 2]),
        rows=np.vstack([of_trades(rows), taxed]),
        most=np.append(most - rows @ now, 0.0),
        whole=of_trades(np.ones(count + 1)),
        total=1 - float(now.sum()),
        risk=of_trades(risk),
        start=risk @ now,
        cap=cap,
    )


def _risk(choice: Choice) -> Array:
    """Return how each weight, cash last, moves each independent risk."""
    import numpy as np  # noqa: PLC0415 - likewise

    places = {code: place for place, code in enumerate(choice.risk.assets)}
    factor = factor_of(np.array(choice.risk.matrix).reshape(len(places), len(places)))
    columns = [places[one.product.asset] for one in choice.candidates]
    return np.column_stack([factor[:, columns], np.zeros(len(factor))])


def _held_by(limit: Limit, choice: Choice) -> Held:
    """Return what a limit holds back, as found before for the same choice."""
    known = _KNOWN.setdefault(choice, {})
    found = known.get(limit)
    if found is None:
        found = known[limit] = _found_for(limit, choice)
    return found


def _found_for(limit: Limit, choice: Choice) -> Held:
    """Return what a limit holds back; the cap on volatility is of another kind."""
    import numpy as np  # noqa: PLC0415 - likewise

    width = len(choice.candidates)
    free, none = np.full(width, np.inf), np.zeros(width)
    match limit.measure:
        case Measure.VOLATILITY:
            return Held(np.zeros((0, width + 1)), np.zeros(0), np.zeros(0), free, none)
        case Measure.SHARE_OF_AUM:
            return _sized(limit, choice, choice.figures("aum"))
        case Measure.DAYS:
            volumes = choice.figures("volume")
            return _sized(limit, choice, [choice.participation * one for one in volumes])
        case Measure.AUM:
            small = [float(not size >= limit.value) for size in choice.figures("aum")]
            return Held(np.array([[*small, 0.0]]), np.zeros(1), np.zeros(1), free, none)
        case _:
            sign = -1.0 if limit.measure in LOWER else 1.0
            row = np.array([[*_shares(limit, choice)]])
            return Held(sign * row, np.array([sign * limit.value]), np.ones(1), free, none)


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


def _sized(limit: Limit, choice: Choice, sizes: Sequence[float]) -> Held:
    """Return a ceiling for each product, or a row for each that is held and could be sold."""
    import numpy as np  # noqa: PLC0415 - likewise

    # Of what is not known nothing can be shown to keep to the limit.
    known = np.array([0.0 if math.isnan(one) else one / choice.value_usd for one in sizes])
    is_held = np.array([one.now > 0 for one in choice.candidates], bool)
    places = np.flatnonzero(is_held)
    rows = np.zeros((len(places), len(known) + 1))
    rows[np.arange(len(places)), places] = 1.0
    return Held(
        rows=rows,
        most=known[is_held] * limit.value,
        looser=known[is_held],
        ceiling=np.where(is_held, np.inf, known * limit.value),
        raised=np.where(is_held, 0.0, known),
    )
