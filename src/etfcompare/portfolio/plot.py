"""A plot without a canvas: what is in sight, where it falls, and which sign stands for what.

Everything here is in shares of the window or in abstract units, cells of a terminal as well as
parts of a picture; colours and characters of a frame belong to whoever draws.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, NamedTuple

from etfcompare.catalogue.schema import Catalogue
from etfcompare.units import format_rate

SIGNS: Final = ("●", "■", "▲", "◆", "▼", "○", "□", "△", "◇", "▽")
"""Signs of assets, in the order of the catalogue."""
ASCII_SIGNS: Final = ("o", "#", "^", "*", "v", "@", "%", "&", "$", "=")
"""The same where there is only ASCII."""
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""Signs of further assets; from there on they begin anew."""

_STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
"""Distances of ticks that people count in, times a power of ten."""
_MARGIN: Final = 0.06
"""Of the range of the points, left free above, below and at the left."""
_MARGIN_RIGHT: Final = 0.14
"""Of the range of volatility, left free for labels."""
_LEAST_SPAN: Final = 0.0005
"""The closest one may look: 5 bp across the window."""
_MOST_SPAN: Final = 20.0
"""The farthest: 2,000% across the window."""
_USUAL: Final = 0.01
"""What is in sight of an axis along which nothing differs."""


class Ticks(NamedTuple):
    """Round values along an axis."""

    values: tuple[float, ...]
    """Upwards; fractions a year."""
    decimals: int
    """Of the percent in which they are told apart."""

    def text(self, value: float, *, minus: str = "-") -> str:
        """Return a value of the axis in percent."""
        return format_rate(value, self.decimals, minus=minus)


def ticks(least: float, most: float, count: int) -> Ticks:
    """Return round values between two, the ends included, at the distance that gives most of them.

    Args:
        least: Lower end; a fraction.
        most: Upper end, above the lower.
        count: How many there may be, at least one.
    """
    rough = (most - least) / max(count, 1)
    power = math.floor(math.log10(rough))
    while True:
        for step in _STEPS[:-1]:
            distance = step * 10.0**power
            first = math.ceil(least / distance - 1e-9)
            last = math.floor(most / distance + 1e-9)
            if last - first < count:
                decimals = max(0, -power - 2 + (not step.is_integer()))
                digits = max(0, decimals + 2)
                values = (round(place * distance, digits) for place in range(first, last + 1))
                return Ticks(tuple(value + 0.0 for value in values), decimals)
        power += 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What is in sight of a plane of rates."""

    least_x: float
    most_x: float
    least_y: float
    most_y: float

    @classmethod
    def fit(
        cls,
        points: Iterable[tuple[float, float]],
        cash: float | None = None,
        *,
        from_zero: bool = True,
    ) -> Window:
        """Return the window that holds all points, the axis at zero across, and cash on it.

        Args:
            points: Volatility and net yield of each.
            cash: What cash yields, if that is known.
            from_zero: Whether zero is in sight across, or only what the points take.
        """
        known = list(points)
        across = [x for x, _ in known]
        if from_zero or not known:
            across.append(0.0)
        up = [y for _, y in known] + ([] if cash is None else [cash])
        least_x, most_x = _padded(min(across), max(across))
        least_y, most_y = _padded(min(up, default=0.0), max(up, default=0.0))
        return cls(
            least_x=max(least_x, 0.0) if min(across) >= 0 else least_x,
            most_x=most_x + (_MARGIN_RIGHT - _MARGIN) * (max(across) - min(across)),
            least_y=least_y,
            most_y=most_y,
        )

    @property
    def width(self) -> float:
        """The range of volatility in sight."""
        return self.most_x - self.least_x

    @property
    def height(self) -> float:
        """The range of net yield in sight."""
        return self.most_y - self.least_y

    def holds(self, x: float, y: float) -> bool:
        """Tell whether a point is in sight."""
        return self.least_x <= x <= self.most_x and self.least_y <= y <= self.most_y

    def zoomed(self, factor: float, x: float, y: float) -> Window:
        """Look closer, or from farther away; one point stays where it is in the window.

        Args:
            factor: What both ranges are multiplied by: below one looks closer.
            x: The point, across.
            y: The point, up.
        """
        across, up = _scale(self.width, factor), _scale(self.height, factor)
        return Window(
            least_x=x - (x - self.least_x) * across,
            most_x=x + (self.most_x - x) * across,
            least_y=y - (y - self.least_y) * up,
            most_y=y + (self.most_y - y) * up,
        )

    def moved(self, right: float, up: float) -> Window:
        """Look further right and up, by shares of what is in sight."""
        across, high = right * self.width, up * self.height
        return Window(
            least_x=self.least_x + across,
            most_x=self.most_x + across,
            least_y=self.least_y + high,
            most_y=self.most_y + high,
        )

    def showing(self, x: float, y: float) -> Window:
        """Return the window moved no further than it takes to bring a point in sight."""
        right = min(x - self.least_x, 0.0) + max(x - self.most_x, 0.0)
        up = min(y - self.least_y, 0.0) + max(y - self.most_y, 0.0)
        moved = self.moved(right / self.width, up / self.height)
        return self if moved == self else moved

    def place(self, x: float, y: float, width: float, height: float) -> tuple[float, float]:
        """Return where a point falls, from the top left, in the units of the size given."""
        return (
            (x - self.least_x) / self.width * width,
            (self.most_y - y) / self.height * height,
        )

    def cell(self, x: float, y: float, columns: int, lines: int) -> tuple[int, int] | None:
        """Return the cell in which a point falls, from the top left; None if it is out of sight.

        The first and the last cell are centred on the ends of the window.
        """
        if not self.holds(x, y):
            return None
        across, down = self.place(x, y, columns - 1, lines - 1)
        return nearest(across), nearest(down)

    def x_ticks(self, count: int) -> Ticks:
        """Return round volatilities in sight, at most so many."""
        return ticks(self.least_x, self.most_x, count)

    def y_ticks(self, count: int) -> Ticks:
        """Return round net yields in sight, at most so many."""
        return ticks(self.least_y, self.most_y, count)


class Spot(NamedTuple):
    """A cell with points in it."""

    column: int
    line: int
    members: tuple[int, ...]
    """Places of the points among those that were given, in their order."""


def spots_of(
    window: Window, points: Sequence[tuple[float, float]], columns: int, lines: int
) -> tuple[Spot, ...]:
    """Gather the points in sight by the cell in which they fall, in their order.

    Args:
        window: What is in sight.
        points: Volatility and net yield of each.
        columns: Cells across.
        lines: Cells up.
    """
    cells: dict[tuple[int, int], list[int]] = {}
    for place, (x, y) in enumerate(points):
        cell = window.cell(x, y, columns, lines)
        if cell is not None:
            cells.setdefault(cell, []).append(place)
    return tuple(Spot(*cell, tuple(members)) for cell, members in cells.items())


def signs_of_assets(catalogue: Catalogue, *, is_ascii: bool = False) -> Mapping[str, str]:
    """Return one sign for each asset, by its order in the catalogue.

    Args:
        catalogue: Whose assets; those that only products name come after.
        is_ascii: Whether nothing but ASCII can be drawn.
    """
    signs = (*(ASCII_SIGNS if is_ascii else SIGNS), *_LETTERS)
    codes = dict.fromkeys((*catalogue.assets, *(one.asset for one in catalogue.products)))
    return MappingProxyType({code: signs[n % len(signs)] for n, code in enumerate(codes)})


def _padded(least: float, most: float) -> tuple[float, float]:
    if most - least < _LEAST_SPAN:
        return least - _USUAL / 2, most + _USUAL / 2
    margin = (most - least) * _MARGIN
    return least - margin, most + margin


def _scale(span: float, factor: float) -> float:
    """Return the factor for one axis, so that it stays within what may be in sight."""
    return min(max(span * factor, min(_LEAST_SPAN, span)), max(_MOST_SPAN, span)) / span


def nearest(place: float) -> int:
    """Return the cell whose middle is nearest; halfway, the later one."""
    return math.floor(place + 0.5)
