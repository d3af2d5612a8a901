"""Products side by side: every figure with its best and worst, and how far the others are off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from etfcompare.engine.cells import cell_text
from etfcompare.engine.figure import Better, Figure, Group, Unit
from etfcompare.engine.figures import FIGURES, LEDGER, Table
from etfcompare.engine.ledger import ledger
from etfcompare.engine.marks import CAUTIONS, Mark

BEST_SIGN, WORST_SIGN = "▲", "▼"
FEWEST, MOST = 2, 6
"""How many products stand side by side."""


class Section(StrEnum):
    """A part of the page, by its heading."""

    TERMS = "Terms"
    LEDGER = "Ledger, a year"
    EXPOSURE = "Cash and exposure"
    MARKET = "Market"
    FLOWS = "Flows"
    TRUST = "Trust"


GROUPS: Final[Mapping[Section, tuple[Group, ...]]] = MappingProxyType(
    {
        Section.TERMS: (Group.PRODUCT, Group.STAKING, Group.FEE),
        Section.LEDGER: (Group.LEDGER,),
        Section.EXPOSURE: (Group.CASH, Group.EXPOSURE),
        Section.MARKET: (Group.MARKET, Group.TRADING),
        Section.FLOWS: (Group.FLOWS,),
        Section.TRUST: (Group.TRUST,),
    }
)
"""The groups of figures that a section shows, in order."""
NAMES: Final = frozenset({"ticker", "name"})
"""What says which product a column is of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SideRow:
    """One figure of every product compared; places are those among these products."""

    figure: Figure
    section: Section
    values: tuple[float | str | None, ...]
    """As `Table.value` gives them, but costs in the ledger negative, so that its lines add up."""
    shown: tuple[float | str | None, ...]
    """The same for people: lines of the ledger rounded so that they add up as they are read."""
    marks: tuple[Mark, ...]
    best: frozenset[int]
    """Places of the best; none where all read alike or the figure has no good direction."""
    worst: frozenset[int]
    """Places of the worst, likewise."""
    differs: bool
    """Whether the products do not all read alike."""
    gaps: tuple[float | None, ...]
    """Distance to the best in the figure's unit, negative where worse; None where there is none."""
    money: tuple[float | None, ...]
    """The same in US dollars a year on the scenario's amount, for yearly rates on a holding."""

    def sign(self, place: int) -> str:
        """Return the sign of a best or worst figure, else nothing."""
        return BEST_SIGN if place in self.best else WORST_SIGN if place in self.worst else ""


def side_by_side(table: Table, rows: Sequence[int]) -> tuple[SideRow, ...]:
    """Compare products figure by figure, section by section.

    Left out are mere inputs of formulas, and figures that apply to none of the products.

    Args:
        table: The figures under the scenario.
        rows: Places of the products in the catalogue, in the order wanted.
    """
    return tuple(
        _side_row(cells, section, table.scenario.amount)
        for section in Section
        for cells in _lines(table, rows, section)
        if not all(one & Mark.NOT_APPLICABLE for one in cells.marks)
    )


class _Cells(NamedTuple):
    figure: Figure
    values: tuple[float | str | None, ...]
    shown: tuple[float | str | None, ...]
    marks: tuple[Mark, ...]


def _lines(table: Table, rows: Sequence[int], section: Section) -> Iterator[_Cells]:
    if section is Section.LEDGER:
        for lines in zip(*(ledger(table, row) for row in rows), strict=True):
            signed = tuple(line.value for line in lines)
            shown = tuple(line.shown for line in lines)
            yield _Cells(lines[0].figure, signed, shown, tuple(line.marks for line in lines))
    for group in GROUPS[section]:
        for key, figure in FIGURES.items():
            # A figure stands once; the ledger shows its lines with their signs.
            if figure.group is group and key not in LEDGER and key not in NAMES:
                values = tuple(table.value(row, key) for row in rows)
                yield _Cells(figure, values, values, tuple(table.marks(row, key) for row in rows))


def _side_row(cells: _Cells, section: Section, amount: float) -> SideRow:
    figure, values = cells.figure, cells.values
    # Alike is what reads alike: nobody is told of a best among figures that look the same.
    texts = [
        cell_text(figure, value, mark & ~CAUTIONS)
        for value, mark in zip(values, cells.marks, strict=True)
    ]
    direction = _direction(figure, section)
    numbers = {
        place: direction * value
        for place, value in enumerate(values)
        if direction and isinstance(value, float)
    }
    best, worst = _extremes(numbers, texts)
    top = max(numbers.values(), default=0.0)
    gaps = tuple(
        _difference(numbers[place], top) if place in numbers else None
        for place in range(len(values))
    )
    is_yearly = _is_yearly(figure)
    return SideRow(
        figure=figure,
        section=section,
        values=values,
        shown=cells.shown,
        marks=cells.marks,
        best=best,
        worst=worst,
        differs=len(set(texts)) > 1,
        gaps=gaps,
        money=tuple(one * amount if one is not None and is_yearly else None for one in gaps),
    )


def _extremes(
    numbers: Mapping[int, float], texts: Sequence[str]
) -> tuple[frozenset[int], frozenset[int]]:
    """Return the places of the largest and of the smallest; none where all read alike."""
    if not numbers:
        return frozenset(), frozenset()
    top = texts[max(numbers, key=numbers.__getitem__)]
    bottom = texts[min(numbers, key=numbers.__getitem__)]
    if top == bottom:
        return frozenset(), frozenset()
    best = frozenset(place for place in numbers if texts[place] == top)
    return best, frozenset(place for place in numbers if texts[place] == bottom)


def _direction(figure: Figure, section: Section) -> int:
    """Return 1 if more is better, -1 if less is, 0 if neither."""
    if figure.unit is Unit.WORDS:
        return 0
    if section is Section.LEDGER and figure.key in LEDGER:
        return 1
    return {Better.HIGHER: 1, Better.LOWER: -1, Better.NEITHER: 0}[figure.better]


def _difference(value: float, top: float) -> float:
    """Return how far a value is off; nothing between equals, even where both are infinite."""
    return 0.0 if value == top else value - top


def _is_yearly(figure: Figure) -> bool:
    """Tell whether a figure is a yearly rate on what is held, so that it has a sum of money."""
    if figure.group is Group.CASH:
        return figure.unit is Unit.BPS
    return figure.group in {Group.LEDGER, Group.FEE} and figure.unit is Unit.RATE
