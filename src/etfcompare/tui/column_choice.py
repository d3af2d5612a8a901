"""Which columns are shown, in what order and how wide: a value, and the ways it changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from etfcompare.engine.figure import Figure, Unit
from etfcompare.engine.figures import FIGURES
from etfcompare.engine.sheet import TICKER

WIDEST: Final = 60
"""Cells that a column may take."""
LEAST_WORDS: Final = 6
"""Cells that a column of words keeps."""
LEAST_FIGURE: Final = 10
"""Cells that a column of figures keeps: a figure that is cut would be read as another one."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Columns, and the widths of those that are not as wide as usual."""

    columns: tuple[str, ...]
    """Keys of the figures from left to right; the ticker is the first."""
    widths: Mapping[str, int]
    """Cells by key, as `GridColumn.width` counts them; hidden columns keep theirs."""

    @classmethod
    def of(cls, columns: Sequence[str], widths: Mapping[str, int]) -> Chosen:
        """Choose columns, the ticker first and each once."""
        return cls(tuple(dict.fromkeys((TICKER, *columns))), dict(widths))

    def toggled(self, key: str) -> Chosen:
        """Return the choice with a column hidden, or shown as the last one; the ticker stays."""
        if key == TICKER:
            return self
        if key in self.columns:
            return replace(self, columns=tuple(one for one in self.columns if one != key))
        return replace(self, columns=(*self.columns, key))

    def moved(self, key: str, step: int) -> Chosen:
        """Return the choice with a shown column so many places to the right; the ticker stays."""
        if key == TICKER or key not in self.columns:
            return self
        others = [one for one in self.columns if one != key]
        others.insert(min(max(self.columns.index(key) + step, 1), len(others)), key)
        return replace(self, columns=tuple(others))

    def sized(self, key: str, step: int, usual: int) -> Chosen:
        """Return the choice with a column so many cells wider.

        Args:
            key: The column.
            step: Cells; below 0 makes it narrower.
            usual: The width that it has where nobody chose one.
        """
        least = min(usual, LEAST_WORDS if FIGURES[key].unit is Unit.WORDS else LEAST_FIGURE)
        width = min(max(self.widths.get(key, usual) + step, least), max(usual, WIDEST))
        others = {one: cells for one, cells in self.widths.items() if one != key}
        return replace(self, widths=others if width == usual else {**others, key: width})


def found(text: str) -> list[Figure]:
    """Return the figures that match all words of a search; those whose name begins so first."""
    text = " ".join(text.casefold().split())
    hits = [
        one
        for one in FIGURES.values()
        if all(word in f"{one.label} {one.key} {one.meaning}".casefold() for word in text.split())
    ]
    return sorted(hits, key=lambda one: _distance(one, text))


def _distance(figure: Figure, text: str) -> int:
    names = (figure.label.casefold(), figure.key)
    if any(name.startswith(text) for name in names):
        return 0
    return 1 if any(text in name for name in names) else 2
