"""What differs between two readings of a catalogue: figures, products, and ranks that moved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from etfcompare.engine.cells import cell_text
from etfcompare.engine.comparison import DEFAULT_COLUMNS, DEFAULT_SORT, SortKey, compare
from etfcompare.engine.figure import Figure, Group
from etfcompare.engine.figures import FIGURES, LEAVES, Table
from etfcompare.engine.marks import Mark
from etfcompare.engine.query import Query
from etfcompare.engine.sheet import TICKER
from etfcompare.engine.words import WORDS

Value: TypeAlias = "float | str | None"

NOISE: Final = 1e-12
"""Numbers that differ by no more are the same: arithmetic leaves that much."""


def _watched() -> Iterator[str]:
    terms = {"reward_rate", "reward_cut", "staked_charge"}  # stated in more than one way
    for key, figure in FIGURES.items():
        is_stated = key in WORDS or (key in LEAVES and figure.group is not Group.INPUTS)
        if (is_stated or key in terms or key in DEFAULT_COLUMNS) and key != TICKER:
            yield key


WATCHED: Final = tuple(_watched())
"""What a catalogue states of its products, and what is shown of them."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure of a product at one time."""

    value: Value
    marks: Mark

    def text(self, figure: Figure) -> str:
        """Return it as people read it."""
        return cell_text(figure, self.value, self.marks)

    def equals(self, other: Cell) -> bool:
        """Tell whether it says the same, but for the noise of arithmetic."""
        if self.marks != other.marks:
            return False
        mine, yours = self.value, other.value
        if isinstance(mine, float) and isinstance(yours, float):
            return mine == yours or abs(mine - yours) <= NOISE
        return mine == yours


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureChange:
    """A figure of a product that says something else now."""

    ticker: str
    """The product; empty for a figure that is the same for all of them."""
    key: str
    before: Cell
    after: Cell

    @property
    def figure(self) -> Figure:
        """What changed."""
        return FIGURES[self.key]

    @property
    def text_before(self) -> str:
        """The figure before, as people read it."""
        return self.before.text(self.figure)

    @property
    def text_after(self) -> str:
        """The figure now, as people read it."""
        return self.after.text(self.figure)


@dataclass(frozen=True, slots=True, kw_only=True)
class RankChange:
    """A product that stands elsewhere now."""

    ticker: str
    before: int | None
    """None if it had no rank, being filtered out or unknown in what is sorted by."""
    after: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """All that differs, in the order of the new catalogue."""

    figures: tuple[FigureChange, ...]
    added: tuple[str, ...]
    """Tickers that are new."""
    removed: tuple[str, ...]
    """Tickers that are gone, in the order of the old catalogue."""
    ranks: tuple[RankChange, ...]
    """Products of both catalogues whose rank moved, best first."""
    sort: tuple[SortKey, ...]
    """What the ranks are by."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs."""
        return not (self.figures or self.added or self.removed or self.ranks)


def changes(
    before: Table,
    after: Table,
    keys: Sequence[str] = WATCHED,
    *,
    where: Query | None = None,
    sort: Sequence[SortKey] = DEFAULT_SORT,
) -> Changes:
    """Compare two tables of figures; the order of their products does not matter.

    Args:
        before: The figures of the old catalogue.
        after: The figures of the new one.
        keys: The figures to compare.
        where: Which products are ranked.
        sort: What ranks them.
    """
    old = {product.ticker: row for row, product in enumerate(before.products)}
    new = {product.ticker: row for row, product in enumerate(after.products)}
    ranks_before = _ranks(before, where, sort)
    ranks_after = _ranks(after, where, sort)
    moved = [
        RankChange(ticker=ticker, before=ranks_before.get(ticker), after=ranks_after.get(ticker))
        for ticker in new
        if ticker in old and ranks_before.get(ticker) != ranks_after.get(ticker)
    ]
    last = len(new)
    moved.sort(key=lambda one: (one.after or last, one.before or last, one.ticker))
    pairs = [(ticker, old[ticker], row) for ticker, row in new.items() if ticker in old]
    shared = [key for key in keys if _is_shared(before, key) and _is_shared(after, key)]
    own = [key for key in keys if key not in shared]
    figures = [
        *_differences(before, after, shared, [("", row, other) for _, row, other in pairs[:1]]),
        *_differences(before, after, own, pairs),
    ]
    return Changes(
        figures=tuple(figures),
        added=tuple(ticker for ticker in new if ticker not in old),
        removed=tuple(ticker for ticker in old if ticker not in new),
        ranks=tuple(moved),
        sort=tuple(sort),
    )


def _differences(
    before: Table, after: Table, keys: Sequence[str], pairs: Sequence[tuple[str, int, int]]
) -> Iterator[FigureChange]:
    for ticker, old_row, new_row in pairs:
        for key in keys:
            old, new = _cell(before, old_row, key), _cell(after, new_row, key)
            if not old.equals(new):
                yield FigureChange(ticker=ticker, key=key, before=old, after=new)


def _cell(table: Table, row: int, key: str) -> Cell:
    return Cell(table.value(row, key), table.marks(row, key))


def _is_shared(table: Table, key: str) -> bool:
    """Whether a figure is the same for all products."""
    return key not in WORDS and isinstance(table.column(key), float)


def _ranks(table: Table, where: Query | None, sort: Sequence[SortKey]) -> dict[str, int | None]:
    ranked = compare(table, where=where, sort=sort)
    tickers = (table.products[row].ticker for row in ranked.rows)
    return dict(zip(tickers, ranked.ranks, strict=True))
