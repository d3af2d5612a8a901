"""How the prices of coins move together: volatilities and correlations as one covariance matrix.

By coin, not by product: funds on one coin share its price (methodology 5). A coin of which a
volatility or a correlation is not known is left out by name.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from etfcompare.engine.figures import Table
from etfcompare.engine.leaf import UNKNOWN
from etfcompare.engine.marks import CAUTIONS, NONE, Mark
from etfcompare.visible import visible

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Square: TypeAlias = NDArray[np.float64]

VOLATILITY: Final = "volatility"
CORRELATION: Final = "correlation"
_ROUNDING: Final = 1e-12
"""An eigenvalue as little below zero as this is zero."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """How a few coins move, alone and together."""

    assets: tuple[str, ...]
    """Codes of the coins, in the order they were asked for."""
    volatility: tuple[float, ...]
    """Of each coin, a year."""
    correlation: tuple[tuple[float, ...], ...]
    """Between each two; positive semidefinite, 1 on the diagonal."""
    matrix: tuple[tuple[float, ...], ...]
    """Covariances a year."""
    moved: float
    """Largest change of a correlation that made the matrix positive semidefinite; 0 for none."""
    unknown: Mapping[str, str]
    """Coins left out, and why in words."""
    marks: Mark = NONE
    """What there is to say of any figure that this rests on."""


class _Known(NamedTuple):
    value: float
    mark: int


_Pairs: TypeAlias = Mapping[frozenset[str], _Known]


def risk_of(table: Table, assets: Iterable[str]) -> Risk:
    """Return the covariance of coins, those left out that have an unknown part in it.

    Volatilities are those of the figure; correlations are measured, or else what the catalogue
    states of either coin.

    Args:
        table: The figures under the scenario.
        assets: Codes of coins, those most wanted first; repeated ones count once.
    """
    asked = tuple(dict.fromkeys(assets))
    volatilities = {one: found for one in asked if (found := _volatility(table, one)) is not None}
    unknown = {
        one: f"the volatility of {visible(one)} is not known"
        for one in asked
        if one not in volatilities
    }
    pairs = {
        frozenset(both): found
        for both in combinations(volatilities, 2)
        if (found := _correlation(table, *both, volatilities)) is not None
    }
    missing = [both for both in combinations(volatilities, 2) if frozenset(both) not in pairs]
    dropped = _fewest(missing, asked)
    kept = tuple(one for one in volatilities if one not in dropped)
    for one in dropped:
        others = [visible(_other(one, both)) for both in missing if one in both]
        beside = [other for other in others if other in kept] or others
        unknown[one] = f"the correlation of {visible(one)} with {' and '.join(beside)} is not known"
    return _risk(kept, volatilities, pairs, unknown)


def _volatility(table: Table, asset: str) -> _Known | None:
    """Return the volatility of a coin as its funds have it."""
    row = next((row for row, one in enumerate(table.products) if one.asset == asset), None)
    value = math.nan if row is None else table.number(row, VOLATILITY)
    if row is None or math.isnan(value):
        return None
    return _Known(value, int(table.marks(row, VOLATILITY)))


def _correlation(
    table: Table, one: str, other: str, volatilities: Mapping[str, _Known]
) -> _Known | None:
    if not volatilities[one].value or not volatilities[other].value:
        return _Known(0.0, int(NONE))  # what does not move goes along with nothing
    context = table.context
    stated = None
    for first, second in ((one, other), (other, one)):
        asset = context.catalogue.assets.get(first)
        if stated is None and asset is not None and asset.risk is not None:
            stated = asset.risk.correlation.get(second)
    pair = "/".join(sorted((one, other)))
    found = context.measured_or(CORRELATION, pair, stated, "risk")
    return None if found.mark & UNKNOWN.mark else _Known(found.value, found.mark)


def _fewest(missing: Sequence[tuple[str, str]], order: Sequence[str]) -> tuple[str, ...]:
    """Return the fewest coins without which no pair is missing, of as few those that come last.

    The coin with most missing pairs either goes, or all that it misses go: one of the two is least.
    """
    if not missing:
        return ()
    times = Counter(one for both in missing for one in both)
    worst = max(times, key=lambda one: (times[one], order.index(one)))
    without = [both for both in missing if worst not in both]
    partners = tuple(_other(worst, both) for both in missing if worst in both)
    rest = [both for both in missing if not {*partners} & {*both}]
    return min(
        ((worst, *_fewest(without, order)), (*partners, *_fewest(rest, order))),
        key=lambda found: (len(found), [-place for place in sorted(map(order.index, found))]),
    )


def _other(one: str, both: tuple[str, str]) -> str:
    return both[1] if both[0] == one else both[0]


def _risk(
    assets: tuple[str, ...],
    volatilities: Mapping[str, _Known],
    pairs: _Pairs,
    unknown: Mapping[str, str],
) -> Risk:
    import numpy as np  # noqa: PLC0415 - rank and check never need it

    stated = np.eye(len(assets))
    marks = 0
    for (row, one), (column, other) in combinations(enumerate(assets), 2):
        found = pairs[frozenset((one, other))]
        stated[row, column] = stated[column, row] = found.value
        marks |= found.mark
    for one in assets:
        marks |= volatilities[one].mark
    correlation = semidefinite(stated)
    deviations = np.array([volatilities[one].value for one in assets])
    return Risk(
        assets=assets,
        volatility=tuple(float(one) for one in deviations),
        correlation=_rows(correlation),
        matrix=_rows(correlation * np.outer(deviations, deviations)),
        moved=float(np.abs(correlation - stated).max(initial=0.0)),
        unknown=MappingProxyType(dict(unknown)),
        marks=Mark(marks) & CAUTIONS,
    )


def semidefinite(correlation: Square) -> Square:
    """Return the correlations themselves if they can all hold at once, or else ones that can.

    Eigenvalues below zero become zero, and the diagonal is scaled back to one.

    Args:
        correlation: Symmetric, 1 on the diagonal.
    """
    import numpy as np  # noqa: PLC0415 - likewise

    values, vectors = np.linalg.eigh(correlation)
    if not len(values) or values[0] >= -_ROUNDING * len(values):
        return correlation
    clipped: Square = (vectors * np.clip(values, 0.0, None)) @ vectors.T
    scale = 1 / np.sqrt(np.diag(clipped))
    found: Square = clipped * np.outer(scale, scale)
    found = (found + found.T) / 2
    np.fill_diagonal(found, 1.0)
    return np.clip(found, -1.0, 1.0)


def _rows(matrix: Square) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(one) for one in row) for row in matrix)
