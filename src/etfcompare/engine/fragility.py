"""How firm the top of a ranking is: the smallest change of one input that puts another there.

The products stay those of the ranking, whatever its filter would say of them at another value. An
input is moved while all else stays as it is. Where two net yields meet is solved on the graph of
figures, rounded away from the present value to one that can be written, and then proven by ranking
again: at the reported value the one at the top is first no more, at half of the change it still is.
What does not stand that is not reported.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Final

from etfcompare.catalogue.schema import Product
from etfcompare.engine.assumption_levers import assumption_levers
from etfcompare.engine.chase import Chase, Ends, doubling, straight
from etfcompare.engine.comparison import Comparison, SortKey, compare
from etfcompare.engine.figure import Unit
from etfcompare.engine.figures import FIGURES, HEADLINE, Table
from etfcompare.engine.levers import Lever, Measure, product_levers
from etfcompare.engine.query import Query
from etfcompare.engine.roots import NOISE
from etfcompare.engine.rounding import half_way, outward
from etfcompare.errors import UsageError

FEW: Final = 6
"""Changes told of each top place unless asked otherwise."""
NEARER: Final = 16
"""Parts in which half of a change is searched, if that changes the top place already."""
ATTEMPTS: Final = 4
SPARE: Final = 4
"""How many times as many changes are solved for as told: some may not stand the proof."""
_FRACTIONS: Final = frozenset({Measure.RATE, Measure.SHARE})
ALL: Final = Query.parse("!status:-")
"""Matches every product, closed ones too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """A change of one input that puts another product at the top."""

    lever: Lever
    value: float
    """What the input has to become: a fraction, US dollars, or days from the scenario's date."""
    winner: str
    """Ticker of who is first then, the first of the alphabet where several are."""

    @property
    def change(self) -> float:
        """By how much the input moves, in its own unit."""
        return self.value - self.lever.now

    def try_out(self, option: Sequence[str] = ()) -> str:
        """Return what a user types to see it: a command, or an option.

        Args:
            option: What the command is given to find the catalogue.
        """
        return self.lever.try_out(self.value, option)

    def is_like(self, other: Flip) -> bool:
        """Tell whether it is the same move of the same input to the same end."""
        mine, its = self.lever, other.lever
        return (mine.ticker, mine.path, mine.asset, self.value, self.winner) == (
            *(its.ticker, its.path, its.asset),
            *(other.value, other.winner),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Who is at the top, and what it takes to change that."""

    asset: str
    """Code of the coin; empty for the top of all."""
    top: str
    """Ticker."""
    row: int
    """Its place in the catalogue."""
    ties: tuple[str, ...]
    """Tickers that share the first place, the top's own left out: it takes no change."""
    second: str | None
    """Ticker of the runner-up; None if nobody else's figure is known."""
    lead: float
    """By how much the top is ahead of the runner-up, in the unit of the figure; NaN without one."""
    flips: tuple[Flip, ...]
    """Rates and shares, both fractions, smallest change first; then days, then dollars, of which
    each is in order too but cannot be held against the others. Of each input the smallest change
    of the top's own, and the smallest of any rival's."""

    def of(self, *measures: Measure) -> tuple[Flip, ...]:
        """Return the changes of some units."""
        return tuple(one for one in self.flips if one.lever.measure in measures)

    def is_like(self, other: Standing) -> bool:
        """Tell whether the very changes of another top place end this one."""
        if self.top != other.top or len(self.flips) != len(other.flips):
            return False
        return all(map(Flip.is_like, self.flips, other.flips))

    @property
    def smallest(self) -> Flip | None:
        """The smallest change: of a rate or share, else of days, else of dollars."""
        return self.flips[0] if self.flips else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragility:
    """How firm the top places of a ranking are."""

    sort: SortKey
    overall: Standing | None
    """None where no product's figure is known."""
    assets: tuple[Standing, ...]
    """By coin, those with most products first."""
    unknown: tuple[str, ...]
    """Tickers that have no place because their figure is unknown."""

    @property
    def told(self) -> tuple[Standing, ...]:
        """The top places, that of all first; of products on a single coin, only the coin's."""
        if self.overall is None or len(self.assets) == 1:
            return self.assets
        return (self.overall, *self.assets)


def fragility(comparison: Comparison, *, few: int = FEW) -> Fragility:
    """Return what it takes to change who is at the top of a ranking, overall and by coin.

    Moved are the inputs of the products and the assumptions that are quantities. What a coin states
    for all its funds is moved by its assumption (`--reward`) or, as its volatility, not at all.

    Args:
        comparison: The ranking; its first sort key counts.
        few: How many changes of each unit to report at most.

    Raises:
        UsageError: The ranking is by words.
    """
    sort = comparison.sort[0] if comparison.sort else SortKey.best_first(HEADLINE)
    if FIGURES[sort.key].unit is Unit.WORDS:
        raise UsageError(f"{sort.key} is words; fragility takes a sort key that is a number")
    table = comparison.table
    known = [row for row in comparison.rows if not math.isnan(table.number(row, sort.key))]
    ranking = _Ranking(table, sort, few)
    groups: dict[str, list[int]] = {}
    for row in known:
        groups.setdefault(table.products[row].asset, []).append(row)
    by_size = sorted(groups, key=lambda code: -len(groups[code]))
    missing = set(comparison.rows) - set(known)
    return Fragility(
        sort=sort,
        overall=ranking.standing("", known) if known else None,
        assets=tuple(ranking.standing(code, groups[code]) for code in by_size),
        unknown=tuple(table.products[row].ticker for row in comparison.rows if row in missing),
    )


class _Ranking:
    """The products of one table in the order of one sort key."""

    def __init__(self, table: Table, sort: SortKey, few: int) -> None:
        self.table, self.sort, self.few = table, sort, few
        self.chase = Chase(sort)
        self.levers: Callable[[int], tuple[Lever, ...]] = cache(
            lambda row: tuple(product_levers(table, row, sort.key))
        )

    def standing(self, asset: str, rows: Iterable[int]) -> Standing:
        """Return who is at the top of some products, and what it takes to change that.

        Args:
            asset: Code of their coin; empty for several.
            rows: Places in the catalogue, at least one.
        """
        ranked = sorted(rows, key=self._order)
        top, *rivals = ranked
        tied = [row for row in rivals if self._gap(top, row) <= NOISE]
        tickers = [self.table.products[row].ticker for row in ranked]
        return Standing(
            asset=asset,
            top=tickers[0],
            row=top,
            ties=tuple(self.table.products[row].ticker for row in tied),
            second=tickers[1] if rivals else None,
            lead=self._gap(top, rivals[0]) if rivals else math.nan,
            flips=tuple(self._flips(ranked)) if rivals and not tied else (),
        )

    def _order(self, row: int) -> tuple[float, str]:
        number = self.table.number(row, self.sort.key)
        return -number if self.sort.descending else number, self.table.products[row].ticker

    def _gap(self, top: int, row: int) -> float:
        return self.chase.ahead(*(self.table.number(one, self.sort.key) for one in (top, row)))

    def _flips(self, ranked: Sequence[int]) -> Iterator[Flip]:
        """Give the smallest changes of each unit that stand the proof."""
        found = sorted(self._roots(*ranked), key=_nearest_first)
        for alike in (_FRACTIONS, {Measure.DAYS}, {Measure.MONEY}):
            of_unit = [one for one in found if one[0].measure in alike]
            yield from islice(self._kinds(ranked, of_unit), self.few)

    def _kinds(self, ranked: Sequence[int], found: Iterable[tuple[Lever, float]]) -> Iterator[Flip]:
        """Give of each input the smallest change of the top's own and of any rival's.

        A fee that may fall in five places is one question, not five.
        """
        top = self.table.products[ranked[0]].ticker
        told: set[tuple[str, str, bool]] = set()
        for lever, root in found:
            kind = (lever.path, lever.asset, lever.ticker == top)
            flip = None if kind in told else self._proven(ranked, lever, root)
            if flip is not None:
                told.add(kind)
                yield flip

    def _roots(self, top: int, *rivals: int) -> Iterator[tuple[Lever, float]]:
        """Give for each input the nearest value at which a rival catches up with the top."""
        everybody = self._table_of((top, *rivals))
        for lever in assumption_levers(self.table, (top, *rivals), self.sort.key):
            # Named, a reward rate takes the place of each fund's own: no move of what holds now.
            if self.chase.stands(lever, everybody):
                yield from self._found(lever, everybody, doubling(lever))
        for lever in self.levers(top):
            yield from self._found(lever, self._table_of((top, rivals[0])), straight(lever))
        near: list[float] = []
        for row in rivals:
            is_far = self._is_far(self._gap(top, row), near)
            if is_far and not _has_waiver(self.table.products[row]):
                continue
            pair = self._table_of((top, row))
            for lever in self.levers(row):
                if is_far and lever.measure in _FRACTIONS:
                    continue
                for one in self._found(lever, pair, straight(lever)):
                    if lever.measure in _FRACTIONS:
                        near.append(_distance(one))
                    yield one

    def _is_far(self, gap: float, near: Sequence[float]) -> bool:
        """Tell whether a rival is too far for any of its rates and shares to matter.

        No input of a yield counts for more than itself, so that no change of one is smaller than
        the gap; other figures may weigh theirs as they like.
        """
        enough = SPARE * self.few
        return self.sort.key == HEADLINE and len(near) >= enough and gap > sorted(near)[enough - 1]

    def _found(self, lever: Lever, table: Table, ends: Ends) -> Iterator[tuple[Lever, float]]:
        root = self.chase.nearest(lever, table, ends)
        if root is not None:
            yield lever, root

    def _table_of(self, rows: Iterable[int]) -> Table:
        return self.table.of(tuple(self.table.products[row] for row in rows))

    # Proven by ranking again

    def _proven(self, ranked: Sequence[int], lever: Lever, root: float) -> Flip | None:
        """Return a change that was seen to change the top place, where half of it does not."""
        table = self._table_of(self._concerned(ranked, lever))
        top = table.products[0].ticker
        for _ in range(ATTEMPTS):
            value = outward(lever, root)
            winner = self._winner(lever, table, value)
            if winner == top:
                return None
            half = half_way(lever, value)
            if self._winner(lever, table, half) == top:
                return Flip(lever=lever, value=value, winner=winner)
            parts = [lever.now + (half - lever.now) * part / NEARER for part in range(1, NEARER)]
            nearer = self.chase.first_root(lever, table, [*parts, half])
            if nearer is None:
                return None
            root = nearer
        return None

    def _concerned(self, ranked: Sequence[int], lever: Lever) -> Sequence[int]:
        """Return whose places may change: all, or the first two and whose input it is."""
        if not lever.ticker:
            return ranked
        owner = (row for row in ranked if self.table.products[row].ticker == lever.ticker)
        return tuple(dict.fromkeys((*ranked[:2], *owner)))

    def _winner(self, lever: Lever, table: Table, value: float) -> str:
        """Return who is at the top at another value of an input; whoever was, if it still is.

        The products of the table are the one at the top, then its rivals.
        """
        again = compare(lever.move(table, value), where=ALL, sort=(self.sort,))
        first = [row for row, rank in zip(again.rows, again.ranks, strict=True) if rank == 1]
        return table.products[0 if 0 in first else first[0]].ticker


def _distance(found: tuple[Lever, float]) -> float:
    """Return how far a root is; what differs by rounding only is as far."""
    lever, root = found
    return round(abs(root - lever.now), 12)


def _nearest_first(found: tuple[Lever, float]) -> tuple[float, bool]:
    """Order roots by distance; of equals, a charge that nobody takes now is thought of last."""
    return _distance(found), found[0].now == 0


def _has_waiver(product: Product) -> bool:
    blocks = (product.fee, product.staking)
    return any(one is not None and one.waiver is not None for one in blocks)
