"""Where a rival catches up with the top of a ranking as one input moves: solved on the graph."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, TypeAlias

from etfcompare.engine.comparison import SortKey
from etfcompare.engine.figures import Table
from etfcompare.engine.levers import Lever, Measure
from etfcompare.engine.roots import NOISE, sign_change

HALVINGS: Final = 20
"""Of a stretch in which figures do not run straight, before it is solved."""
STRETCHES: Final = 6
"""In which an assumption is searched, each but the first as long as all before it."""

Ends: TypeAlias = Callable[[int], Sequence[float]]
"""Values on the way up (1) or down (-1) between which an input is searched, nearest first."""


@dataclass(frozen=True, slots=True)
class Chase:
    """Rivals after who is at the top, under a sort key.

    The products of the tables here are the one at the top, then its rivals.
    """

    sort: SortKey

    def ahead(self, one: float, other: float) -> float:
        """Return by how much one value is better than another."""
        return one - other if self.sort.descending else other - one

    def stands(self, lever: Lever, table: Table) -> bool:
        """Tell whether nothing changes as long as an input is moved to where it is."""
        as_is, moved = self._column(table), self._moved(lever, table, lever.now)
        return all(abs(one - other) <= NOISE for one, other in zip(as_is, moved, strict=True))

    def nearest(self, lever: Lever, table: Table, ends: Ends) -> float | None:
        """Return the value of an input, nearest to the present one, at which a rival catches up."""
        roots = [self.first_root(lever, table, ends(way)) for way in (1, -1)]
        return _nearest_of(lever, roots)

    def first_root(self, lever: Lever, table: Table, ends: Iterable[float]) -> float | None:
        """Return the first value on one way at which a rival catches up.

        Args:
            lever: The input.
            table: The products.
            ends: Values on that way, nearest first.
        """
        near = lever.now
        for bound in ends:
            end = self._last_known(lever, table, near, bound)
            if self._behind(self._moved(lever, table, end)):
                if lever.measure is Measure.DAYS:
                    return self._first_day(lever, table, near, end)
                near, far = self._narrowed(lever, table, near, end)
                rivals = self._behind(self._moved(lever, table, far))
                return _nearest_of(
                    lever, [self._caught_up(lever, table, row, near, far) for row in rivals]
                )
            near = end
        return None

    def _behind(self, column: Sequence[float]) -> list[int]:
        """Return the rivals that the one at the top is behind."""
        return [row for row, one in enumerate(column) if self.ahead(column[0], one) < -NOISE]

    def _moved(self, lever: Lever, table: Table, value: float) -> Sequence[float]:
        return self._column(lever.move(table, value))

    def _column(self, table: Table) -> Sequence[float]:
        return [table.number(row, self.sort.key) for row in range(len(table.products))]

    def _last_known(self, lever: Lever, table: Table, near: float, end: float) -> float:
        """Return how far an input may go on its way to an end until a figure becomes unknown.

        A fee of all there is leaves no yield whose logarithm could be taken.
        """
        if not self._is_unknown(lever, table, end):
            return end
        for _ in range(HALVINGS):
            middle = (near + end) / 2
            if self._is_unknown(lever, table, middle):
                end = middle
            else:
                near = middle
        return near

    def _is_unknown(self, lever: Lever, table: Table, value: float) -> bool:
        return any(map(math.isnan, self._moved(lever, table, value)))

    def _narrowed(self, lever: Lever, table: Table, near: float, far: float) -> tuple[float, float]:
        """Halve a stretch, at the end of which the top is behind, until all runs straight in it."""
        left, right = (self._moved(lever, table, one) for one in (near, far))
        for _ in range(HALVINGS):
            middle = (near + far) / 2
            found = self._moved(lever, table, middle)
            columns = zip(left, found, right, strict=True)
            if not any(abs(2 * one - before - after) > NOISE for before, one, after in columns):
                break
            if self._behind(found):
                far, right = middle, found
            else:
                near, left = middle, found
        return near, far

    def _caught_up(
        self, lever: Lever, table: Table, row: int, near: float, far: float
    ) -> float | None:
        """Return where in a stretch one rival catches up."""
        pair = table.of((table.products[0], table.products[row]))

        @cache
        def lead(part: float) -> float:
            return self.ahead(*self._moved(lever, pair, near + (far - near) * part))

        # In parts of the stretch: what is noise in a rate is far below a cent.
        root = sign_change(lead, 0.0, 1.0)
        if root is None and lead(0.0) <= NOISE:
            return near  # they stand level where the stretch begins
        return None if root is None else near + (far - near) * root

    def _first_day(self, lever: Lever, table: Table, near: float, far: float) -> float:
        """Return the first whole day on which the top is behind, given that it is at the end."""
        before, behind = round(near), round(far)
        while abs(behind - before) > 1:
            middle = (before + behind) // 2
            if self._behind(self._moved(lever, table, float(middle))):
                behind = middle
            else:
                before = middle
        return float(behind)


def straight(lever: Lever) -> Ends:
    """Search to the bound at once, but for where a figure may bend or jump."""
    return lambda way: _ends(lever, way, lever.kinks)


def doubling(lever: Lever) -> Ends:
    """Search in stretches that double, so that at the end of the first few have caught up."""

    def ends(way: int) -> Sequence[float]:
        span = (lever.most if way > 0 else lever.least) - lever.now
        parts = [lever.now + span / 2**power for power in range(1, STRETCHES)]
        whole = lever.measure is Measure.DAYS
        return _ends(lever, way, [*(round(one) if whole else one for one in parts), *lever.kinks])

    return ends


def _ends(lever: Lever, way: int, values: Iterable[float]) -> Sequence[float]:
    """Return the values on the way and its bound, nearest first."""
    bound = lever.most if way > 0 else lever.least
    on_way = {one for one in values if 0 < (one - lever.now) * way < (bound - lever.now) * way}
    return sorted({*on_way, bound} - {lever.now}, key=lambda one: abs(one - lever.now))


def _nearest_of(lever: Lever, values: Iterable[float | None]) -> float | None:
    known = [one for one in values if one is not None]
    return min(known, key=lambda one: abs(one - lever.now), default=None)
