"""What is left of a ranking in hard times: a few cases, each held against things as they are."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Final, NamedTuple

from etfcompare.catalogue.schema import Product
from etfcompare.engine.assumptions import PRESETS
from etfcompare.engine.comparison import compare
from etfcompare.engine.figures import HEADLINE, Table
from etfcompare.engine.formulas import total_return
from etfcompare.engine.fragility import ALL
from etfcompare.engine.levers import with_input
from etfcompare.engine.marks import Mark

POINTS: Final = 0.2
"""By which staked shares fall, in parts of all coins."""
FALL: Final = -0.5
"""By which prices move."""


class Case(NamedTuple):
    """One thing that may happen."""

    label: str
    meaning: str
    """In a sentence, where the label is not enough; else empty."""
    apply: Callable[[Table], Table]
    """Return the figures of the same products if it does."""
    price_move: float = 0.0
    """Of every coin, as a fraction."""
    is_of_cash: bool = False
    """Whether the hurdle moves, and no yield does."""


def _preset(label: str, table: Table) -> Table:
    (preset,) = (one for one in PRESETS if one.label == label)
    return table.under(preset.apply(table.scenario, table.scenario, table))


def _fewer_staked(table: Table) -> Table:
    if table.scenario.staked is not None:
        share = max(0.0, round(table.scenario.staked - POINTS, 12))
        return table.under(table.scenario.but("staked", share))
    products = (
        _restaked(one, table.number(row, "staked_share")) for row, one in enumerate(table.products)
    )
    return table.of(tuple(products))


def _restaked(product: Product, share: float) -> Product:
    if math.isnan(share):
        return product
    return with_input(product, "staking.staked", max(0.0, round(share - POINTS, 12)))


def _smaller(table: Table) -> Table:
    """Return the figures with assets that fall as prices do, which may change a waiver."""
    return table.of(tuple(map(_shrunk, table.products)))


def _shrunk(product: Product) -> Product:
    size = product.market.aum if product.market is not None else None
    return product if size is None else with_input(product, "market.aum", size.value * (1 + FALL))


AS_IS: Final = Case("as is", "", lambda table: table)
CASES: Final = (
    AS_IS,
    Case("rewards halve", "", partial(_preset, "rewards halve")),
    Case("staked -20 points", "Of each fund's own staked share.", _fewer_staked),
    Case("waivers end today", "", partial(_preset, "no waivers")),
    Case("cash +100bp", "", partial(_preset, "cash +100bp"), is_of_cash=True),
    Case("price -50%", "Of every coin; assets under management fall as much.", _smaller, FALL),
)
"""Things as they are, then what may happen to them."""


class Outcome(NamedTuple):
    """What one product is left with in one case."""

    net_yield: float | None
    marks: Mark
    over_cash: float | None
    total_return: float | None
    """Change in dollars over the horizon, coins and price together (methodology 3)."""
    rank: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stressed:
    """A ranking in one case."""

    case: Case
    outcomes: Mapping[int, Outcome]
    """By the product's place in the catalogue."""
    top: str | None
    """Ticker of who is first, the first of the alphabet where several are."""
    is_new_top: bool
    """Whether who was first as things are is first no more."""


def stress(table: Table, rows: Sequence[int]) -> tuple[Stressed, ...]:
    """Return the ranking of some products by net yield in every case, as is first.

    Args:
        table: The figures.
        rows: Places in the catalogue.
    """
    chosen = table.of(tuple(table.products[row] for row in rows))
    found: list[Stressed] = []
    first: str | None = None
    for case in CASES:
        told = case.apply(chosen)
        # Where products are changed, what stands behind their figures is still what it was.
        trusted = chosen if told.scenario == chosen.scenario else told
        ranking = compare(told, where=ALL)
        ranks = dict(zip(ranking.rows, ranking.ranks, strict=True))
        tops = [told.products[row].ticker for row in ranking.rows if ranks[row] == 1]
        first = tops[0] if case is AS_IS and tops else first
        found.append(
            Stressed(
                case=case,
                outcomes=MappingProxyType(
                    {
                        row: _outcome(told, trusted, at, case.price_move, ranks[at])
                        for at, row in enumerate(rows)
                    }
                ),
                top=tops[0] if tops else None,
                is_new_top=first is not None and first not in tops,
            )
        )
    return tuple(found)


def _outcome(
    table: Table, trusted: Table, row: int, price_move: float, rank: int | None
) -> Outcome:
    net = table.number(row, HEADLINE)
    years = table.scenario.horizon_years
    return Outcome(
        net_yield=_known(net),
        marks=trusted.marks(row, HEADLINE),
        over_cash=_known(table.number(row, "over_cash")),
        total_return=_known(total_return(net, price_move, years)),
        rank=rank,
    )


def _known(number: float) -> float | None:
    return None if math.isnan(number) else number
