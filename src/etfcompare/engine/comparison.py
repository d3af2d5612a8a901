"""Filter, sort and rank: what the screen, the command line and the exports all show."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from etfcompare.catalogue.fields import nearest
from etfcompare.engine.figure import Better, Figure, Group, Unit
from etfcompare.engine.figures import FIGURES, HEADLINE, Table
from etfcompare.engine.query import Query
from etfcompare.errors import UsageError
from etfcompare.visible import visible

DEFAULT_COLUMNS = (
    *("ticker", "asset", "issuer", "net_yield", "over_cash", "effective_fee"),
    *("break_even", "volatility", "p_loss", "aum", "flow_4w", "age"),
)
"""What is shown unless somebody says otherwise."""
NAMED = 5
"""Products that are named before the rest is counted."""
ALL = "all"
"""Stands for every column."""


class SortKey(NamedTuple):
    """A figure to sort by, and which way."""

    key: str
    descending: bool

    @classmethod
    def best_first(cls, key: str) -> SortKey:
        """Return the sort that puts the best on top; words go from A to Z."""
        figure = FIGURES[key]
        ascending = figure.better is Better.LOWER or figure.unit is Unit.WORDS
        return cls(key, not ascending)

    @classmethod
    def parse(cls, text: str) -> SortKey:
        """Read `net_yield` (best first), `-net_yield` (descending) or `+net_yield` (ascending).

        Raises:
            UsageError: No figure has that key.
        """
        key = text.lstrip("+-")
        figure_of(key)
        if text[:1] in "+-" and text:
            return cls(key, text.startswith("-"))
        return cls.best_first(key)

    @property
    def text(self) -> str:
        """The key with its sign, which `parse` reads: `-net_yield`."""
        return f"{'-' if self.descending else '+'}{self.key}"

    @property
    def reversed(self) -> SortKey:
        """The same figure the other way."""
        return SortKey(self.key, not self.descending)


DEFAULT_SORT = (SortKey(HEADLINE, descending=True),)


def figure_of(key: str) -> Figure:
    """Return the figure of a key.

    Raises:
        UsageError: There is none; the message names the nearest.
    """
    figure = FIGURES.get(key)
    if figure is None:
        close = nearest(key, tuple(FIGURES))
        hint = f"did you mean {close}?" if close else "`etfcompare figures` lists them"
        raise UsageError(f'no figure is called "{visible(key)}"; {hint}')
    return figure


def parse_sort(words: Iterable[str]) -> tuple[SortKey, ...]:
    """Read sort keys, most important first, each perhaps several with commas between them.

    Raises:
        UsageError: No figure has one of the keys.
    """
    keys = (key.strip() for word in words for key in word.split(","))
    return tuple(SortKey.parse(key) for key in keys if key) or DEFAULT_SORT


def parse_columns(text: str) -> tuple[str, ...]:
    """Read the keys of columns with commas between them, or `all`, which leaves out mere inputs.

    Raises:
        UsageError: No figure has one of the keys.
    """
    if text == ALL:
        return tuple(key for key, one in FIGURES.items() if one.group is not Group.INPUTS)
    keys = (key.strip() for key in text.split(","))
    return tuple(figure_of(key).key for key in keys if key) or DEFAULT_COLUMNS


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Comparison:
    """Products that match a filter, in order, with their ranks."""

    table: Table
    where: Query
    sort: tuple[SortKey, ...]
    rows: tuple[int, ...]
    """Places in the catalogue, best first."""
    ranks: tuple[int | None, ...]
    """One for each row; equals share a rank; None where the first sort key is unknown."""

    @property
    def total(self) -> int:
        """How many products the catalogue has."""
        return len(self.table.products)

    def undecided_in_words(self) -> str:
        """Say which products may match too, if what the filter asks for were known; or nothing."""
        products = self.table.products
        tickers = [products[row].ticker for row in self.where.undecided(self.table)]
        if not tickers:
            return ""
        more = f" and {len(tickers) - NAMED} more" if len(tickers) > NAMED else ""
        plural = "product" if len(tickers) == 1 else "products"
        named = visible(", ".join(tickers[:NAMED]))
        keys = sorted({FIGURES[key].said for key in self.where.compared})
        return f"{len(tickers)} {plural} left out, {' or '.join(keys)} unknown: {named}{more}"

    def top(self, count: int) -> Comparison:
        """Return the first so many rows."""
        return Comparison(
            table=self.table,
            where=self.where,
            sort=self.sort,
            rows=self.rows[:count],
            ranks=self.ranks[:count],
        )


def compare(
    table: Table, *, where: Query | None = None, sort: Sequence[SortKey] = DEFAULT_SORT
) -> Comparison:
    """Filter, sort and rank the products of a table.

    The sort is stable and typed; what is unknown comes last whichever way, equals by ticker.
    """
    query = where if where is not None else Query.parse("")
    tickers = [product.ticker for product in table.products]
    rows = sorted(query.select(table), key=tickers.__getitem__)
    for key, descending in reversed(tuple(sort)):
        rows = _sorted_by(table, rows, key, descending=descending)
    return Comparison(
        table=table,
        where=query,
        sort=tuple(sort),
        rows=tuple(rows),
        ranks=tuple(_ranks(table, rows, tuple(sort))),
    )


def _sorted_by(table: Table, rows: list[int], key: str, *, descending: bool) -> list[int]:
    if FIGURES[key].unit is Unit.WORDS:
        words = {row: str(table.value(row, key) or "").casefold() for row in rows}
        known = [row for row in rows if words[row]]
        known.sort(key=words.__getitem__, reverse=descending)
        return known + [row for row in rows if not words[row]]
    column = table.column(key)
    if isinstance(column, float):
        return rows
    known = [row for row in rows if column[row] == column[row]]
    if len(known) == len(rows):
        return sorted(rows, key=column.__getitem__, reverse=descending)
    known.sort(key=column.__getitem__, reverse=descending)
    return known + [row for row in rows if column[row] != column[row]]


def _ranks(table: Table, rows: Sequence[int], sort: tuple[SortKey, ...]) -> Iterable[int | None]:
    if not sort:
        yield from range(1, len(rows) + 1)
        return
    values = list(zip(*(_values(table, rows, key) for key, _ in sort), strict=True))
    rank = 0
    for place, (before, value) in enumerate(
        itertools.pairwise(itertools.chain([None], values)), start=1
    ):
        rank = rank if value == before else place
        yield None if value is not None and value[0] is None else rank


def _values(table: Table, rows: Sequence[int], key: str) -> list[float | str | None]:
    """Return a figure of each row, None where there is nothing."""
    if FIGURES[key].unit is Unit.WORDS:
        return [table.value(row, key) for row in rows]
    column = table.column(key)
    if isinstance(column, float):
        return [None if math.isnan(column) else column] * len(rows)
    known = (column[row] for row in rows)
    return [number if number == number else None for number in known]  # noqa: PLR0124 - NaN is not
