"""Labels beside points: none over another, none outside, the most important first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

_TOUCH: Final = 1e-6
"""Of a unit: what overlaps by less only touches."""
_WIDE: Final = 4
"""How many labels' heights a field is wide in which rectangles are looked for."""


class Box(NamedTuple):
    """A rectangle from the top left, in the units of whoever draws."""

    left: float
    top: float
    width: float
    height: float

    def meets(self, other: Box) -> bool:
        """Tell whether two rectangles share more than an edge."""
        return (
            self.left + _TOUCH < other.left + other.width
            and other.left + _TOUCH < self.left + self.width
            and self.top + _TOUCH < other.top + other.height
            and other.top + _TOUCH < self.top + self.height
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """A sign that would like a label."""

    sign: Box
    """Where the sign is drawn."""
    text: str
    width: float
    """Of the label."""
    height: float = 1.0
    """Of the label."""
    gap: float = 1.0
    """Between sign and label, to the left and to the right."""
    is_vital: bool = False
    """Whether the label may cover signs that have no vital one, rather than be left out."""


class Label(NamedTuple):
    """A label in its place."""

    box: Box
    text: str
    anchor: int
    """The place of its anchor among those that were given."""


def placed_labels(
    anchors: Sequence[Anchor],
    *,
    width: float,
    height: float,
    apart: float = 0.0,
    taken: Sequence[Box] = (),
) -> tuple[Label, ...]:
    """Give a label its place right, left, above or below its sign, or at a corner; or none at all.

    The first free place is taken, anchor by anchor: a label covers no other label, no sign and
    nothing that is taken, and lies within. Where no place is free, it is left out, but a vital one
    may cover signs that are not vital. The same anchors give the same labels.

    Args:
        anchors: The most important first.
        width: Of what is drawn on.
        height: Of what is drawn on.
        apart: What is left free to the left and right of a label.
        taken: Where nothing may be written.
    """
    within = Box(0.0, 0.0, width, height)
    tallest = max((one.height for one in anchors), default=1.0)
    fields = _WIDE * tallest, tallest
    kept, signs = _Crowd(*fields), _Crowd(*fields)
    for box in taken:
        kept.add(box)
    for one in anchors:
        (kept if one.is_vital else signs).add(one.sign)
    labels: list[Label] = []
    for place, one in enumerate(anchors):
        chosen = _place(one, within, apart, kept, signs)
        if chosen is not None:
            kept.add(chosen)
            labels.append(Label(chosen, one.text, place))
    return tuple(labels)


def _place(one: Anchor, within: Box, apart: float, kept: _Crowd, signs: _Crowd) -> Box | None:
    """Return the first free place that covers no sign; else, of what is vital, the first free."""
    first = None
    for box in _around(one):
        wider = _wider(box, apart)
        if _lies(box, within) and not kept.meets(wider):
            if not signs.meets(wider):
                return box
            first = first or box
    return first if one.is_vital else None


def _around(one: Anchor) -> Iterator[Box]:
    """Return the places of a label in the order in which they are tried."""
    left, top, width, height = one.sign
    middle = top + (height - one.height) / 2
    right_of, left_of = left + width + one.gap, left - one.gap - one.width
    above, below = top - one.height, top + height
    # Whole cells to the left of the centre, so that a terminal can write there.
    centred = left + (width - one.width) // 2
    corner_right, corner_left = left + width, left - one.width
    for x, y in (
        (right_of, middle),
        (left_of, middle),
        (centred, above),
        (centred, below),
        (corner_right, above),
        (corner_right, below),
        (corner_left, above),
        (corner_left, below),
    ):
        yield Box(x, y, one.width, one.height)


def _wider(box: Box, apart: float) -> Box:
    return Box(box.left - apart, box.top, box.width + 2 * apart, box.height)


def _lies(box: Box, within: Box) -> bool:
    return (
        box.left >= within.left
        and box.top >= within.top
        and box.left + box.width <= within.left + within.width
        and box.top + box.height <= within.top + within.height
    )


class _Crowd:
    """Rectangles, found by the fields of a grid in which they lie."""

    def __init__(self, across: float, down: float) -> None:
        self._across, self._down = across, down
        self._fields: dict[tuple[int, int], list[Box]] = {}

    def add(self, box: Box) -> None:
        for field in self._crossed(box):
            self._fields.setdefault(field, []).append(box)

    def meets(self, box: Box) -> bool:
        for field in self._crossed(box):
            for other in self._fields.get(field, ()):
                if other.meets(box):
                    return True
        return False

    def _crossed(self, box: Box) -> Iterator[tuple[int, int]]:
        """Return the fields that hold more than an edge of a rectangle."""
        left, top, width, height = box
        columns = _fields_of(left, width, self._across)
        for line in _fields_of(top, height, self._down):
            for column in columns:
                yield column, line


def _fields_of(start: float, length: float, field: float) -> range:
    return range(int(start // field), int((start + max(length - _TOUCH, 0.0)) // field) + 1)
