"""The frontier as a picture (SVG) that needs nothing else: for a report, on paper as on a screen.

Nothing in it can act: it has no script, no link and no font of its own, and every foreign word is
escaped. The same inputs give the same bytes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Final, NamedTuple

from etfcompare.catalogue.schema import Catalogue
from etfcompare.engine.cells import ESTIMATED_SIGN, cell_text, signs_of
from etfcompare.engine.figures import FIGURES
from etfcompare.engine.marks import Mark
from etfcompare.engine.sheet import MEANINGS
from etfcompare.portfolio.frontier import ACROSS, CASH, UP, Frontier, Point
from etfcompare.portfolio.labels import Anchor, Box, placed_labels
from etfcompare.portfolio.plot import Window, signs_of_assets, spots_of
from etfcompare.portfolio.svg import (
    ACCENT,
    FONT,
    GRID,
    INK,
    PAPER,
    QUIET,
    line_between,
    number,
    shape_at,
    text_at,
    width_of,
)
from etfcompare.portfolio.svg_legend import Entry, Legend, Line
from etfcompare.portfolio.told import LEADER, LEADER_MEANING, Told, told_of
from etfcompare.units import MINUS, format_rate
from etfcompare.visible import visible

WIDTH: Final = 1000
_EDGE: Final = 24
"""Left free at both sides."""
_LEFT, _RIGHT = 72, _EDGE
_PLANE_WIDTH: Final = WIDTH - _LEFT - _RIGHT
_PLANE_HEIGHT: Final = 460
_TOP: Final = 136
"""From the top to the plane, with one line of legend."""
_LINE: Final = 20
"""Of the legend."""
_SMALL_LINE: Final = 12
"""Of the manifest."""
_FINE: Final = 4
"""Side of the squares in which points count as being in one place."""
_LONGEST: Final = 24
"""Characters of the code of an asset in the legend."""
_MANIFEST_WIDTH: Final = 205
"""Characters in a line of the manifest."""
_FAINT: Final = "#464c53"
"""Of the labels of what is beaten."""
_LEADER: Final = "#8d9399"
"""Of the line through the leaders."""
_EFFICIENT: Final = "efficient: nothing beats it"


class _Look(NamedTuple):
    """How a point and its label are drawn."""

    size: float
    """Of the label."""
    weight: int
    fill: str
    reach: float
    """From the middle of its sign to the edge."""


_LOOKS: Final = (
    _Look(13.0, 600, INK, 6.5),
    _Look(11.5, 600, _FAINT, 5.4),
    _Look(10.5, 400, _FAINT, 4.4),
)
"""Of what is efficient, of what leads though cash beats it, and of the rest."""


def _look(one: Point) -> _Look:
    return _LOOKS[0 if one.is_efficient else 1 if one.leads else 2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """What a picture says beside its points."""

    subtitle: str
    """What is in sight, and under which assumptions."""
    manifest: str
    """What the figures stand on, in one line."""


def frontier_svg(
    frontier: Frontier, catalogue: Catalogue, caption: Caption, *, window: Window | None = None
) -> str:
    """Write a frontier as SVG.

    Args:
        frontier: The points.
        catalogue: Of the products; the order of its assets gives signs and colours.
        caption: What stands above and below.
        window: What is in sight; None for all points, and cash.
    """
    pairs = [(one.volatility, one.net_yield) for one in frontier.points]
    picture = _Picture(frontier, catalogue, window or Window.fit(pairs, frontier.cash))
    return "\n".join(picture.lines(caption)) + "\n"


class _Picture:
    def __init__(self, frontier: Frontier, catalogue: Catalogue, window: Window) -> None:
        self.frontier, self.window = frontier, window
        codes = list(signs_of_assets(catalogue))
        self.marks = {code: place for place, code in enumerate(codes)}
        pairs = [(one.volatility, one.net_yield) for one in frontier.points]
        fine = spots_of(window, pairs, _PLANE_WIDTH // _FINE, _PLANE_HEIGHT // _FINE)
        self.told = told_of(frontier, fine)
        self.seen = [frontier.points[place] for spot in fine for place in spot.members]
        self.legend = Legend(tuple(self._explained()), left=_EDGE, right=WIDTH - _EDGE, line=_LINE)
        self.top = _TOP + self.legend.height - _LINE

    def lines(self, caption: Caption) -> Iterator[str]:
        foot = list(_wrapped(caption.manifest))
        height = self.top + _PLANE_HEIGHT + 76 + _SMALL_LINE * len(foot)
        title = f"{FIGURES[UP].label} against {FIGURES[ACROSS].said}"
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}"'
            f' width="{WIDTH}" height="{height}" role="img" font-family="{FONT}">'
        )
        yield f"<title>{escape(title)}</title>"
        yield f'<rect width="{WIDTH}" height="{height}" fill="{PAPER}"/>'
        yield text_at(_EDGE, 44, title, size=23, weight=600, anchor="start")
        yield text_at(_EDGE, 68, caption.subtitle, size=12.5, fill=QUIET, anchor="start")
        yield from self.legend.drawn(98)
        yield f'<g transform="translate({_LEFT} {self.top})">'
        yield from self._scales()
        yield f'<svg width="{_PLANE_WIDTH}" height="{_PLANE_HEIGHT}">'
        yield from self._leader_line()
        yield from self._efficient_line()
        yield from self._cash_line()
        yield from self._points()
        yield "</svg>"
        yield from self._labels()
        yield "</g>"
        below = self.top + _PLANE_HEIGHT + 62
        for place, words in enumerate(foot):
            y = below + _SMALL_LINE * place
            yield text_at(_EDGE, y, words, size=8.2, fill=QUIET, anchor="start")
        yield "</svg>"

    def _scales(self) -> Iterator[str]:
        up, across = self.window.y_ticks(9), self.window.x_ticks(11)
        for value in up.values:
            _, y = self._at(0.0, value)
            colour = "#b9b5ab" if value == 0 else GRID
            yield line_between((0, y), (_PLANE_WIDTH, y), colour)
            yield text_at(-10, y + 4, up.text(value, minus=MINUS), size=11.5, fill=QUIET)
        for value in across.values:
            x, _ = self._at(value, 0.0)
            yield line_between((x, _PLANE_HEIGHT), (x, _PLANE_HEIGHT + 5), QUIET)
            text = across.text(value, minus=MINUS)
            yield text_at(x, _PLANE_HEIGHT + 19, text, size=11.5, fill=QUIET, anchor="middle")
        yield line_between((0, _PLANE_HEIGHT), (_PLANE_WIDTH, _PLANE_HEIGHT), QUIET)
        if self.window.least_x > 0:
            yield from _break()
        yield text_at(_EDGE - _LEFT, -12, f"{FIGURES[UP].label}, a year", size=11.5, anchor="start")
        said = f"{FIGURES[ACROSS].label}, a year"
        yield text_at(_PLANE_WIDTH, _PLANE_HEIGHT + 38, said, size=11.5)
        shown = "".join(signs_of(one.marks) for one in self.frontier.efficient)
        if any(one.first.marks & Mark.ESTIMATED for one in self.told):
            shown += ESTIMATED_SIGN
        legend = " · ".join(f"{sign} {words}" for sign, words in MEANINGS.items() if sign in shown)
        yield text_at(
            _EDGE - _LEFT, _PLANE_HEIGHT + 38, legend, size=11, fill=QUIET, anchor="start"
        )

    def _cash_line(self) -> Iterator[str]:
        if self.frontier.cash is not None:
            _, y = self._at(0.0, self.frontier.cash)
            yield line_between((0, y), (_PLANE_WIDTH, y), QUIET, width=1.2, dash="2 4")

    def _efficient_line(self) -> Iterator[str]:
        corners = self._corners(self.frontier.steps)
        if not corners:
            return
        path = " ".join(f"{number(x)},{number(y)}" for x, y in corners)
        first, last = corners[0][0], corners[-1][0]
        floor = f"{number(last)},{_PLANE_HEIGHT} {number(first)},{_PLANE_HEIGHT}"
        yield f'<polygon points="{path} {floor}" fill="{ACCENT}" fill-opacity="0.05"/>'
        yield f'<polyline points="{path}" fill="none" stroke="{ACCENT}" stroke-width="1.8"/>'

    def _leader_line(self) -> Iterator[str]:
        corners = self._corners(self.frontier.leader_steps)
        if corners and self._has_leaders:
            path = " ".join(f"{number(x)},{number(y)}" for x, y in corners)
            yield f'<polyline points="{path}" fill="none" stroke="{_LEADER}" stroke-width="0.9"/>'

    @property
    def _has_leaders(self) -> bool:
        """Whether any lead that are not efficient."""
        return any(one.only_leads for one in self.frontier.points)

    def _corners(self, among: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
        """Return the corners of a stepped line, each step across before it goes up."""
        steps = [self._at(x, y) for x, y in among]
        corners: list[tuple[float, float]] = []
        for x, y in steps:
            if corners:
                corners.append((x, corners[-1][1]))
            corners.append((x, y))
        if corners:
            corners.append((max(float(_PLANE_WIDTH), corners[-1][0]), corners[-1][1]))
        return corners

    def _points(self) -> Iterator[str]:
        """Draw the least important first, so that the others stand upon them."""
        for told in reversed(self.told):
            for one in reversed(told.members):
                x, y = self._at(one.volatility, one.net_yield)
                place, reach = self.marks[one.asset], _look(one).reach
                yield shape_at(place, x, y, reach, is_pale=not one.leads)

    def _labels(self) -> Iterator[str]:
        anchors = [self._anchor(one) for one in self.told]
        corners = self._corners(self.frontier.steps)
        taken = [_thin(start, end) for start, end in pairwise(corners)]
        yield from self._cash_label(anchors, taken)
        for label in placed_labels(
            anchors, width=_PLANE_WIDTH, height=_PLANE_HEIGHT, apart=3, taken=taken
        ):
            first = self.told[label.anchor].first
            size, weight, fill, _ = _look(first)
            x, side = _tied(label.box, anchors[label.anchor].sign)
            y = label.box.top + label.box.height - size * 0.28
            if first.leads:
                yield text_at(x, y, label.text, size=size, weight=600, anchor=side, is_halo=True)
            yield text_at(x, y, label.text, size=size, fill=fill, weight=weight, anchor=side)
        if not self.frontier.points:
            said = f"No product in sight has both {FIGURES[UP].said} and {FIGURES[ACROSS].said}."
            middle = (_PLANE_WIDTH / 2, _PLANE_HEIGHT / 2 - 24)
            yield text_at(*middle, said, size=13, fill=QUIET, anchor="middle")

    def _cash_label(self, anchors: Iterable[Anchor], taken: list[Box]) -> Iterator[str]:
        """Name the line of cash above its left end, else its right, else nowhere."""
        cash = self.frontier.cash
        if cash is None:
            return
        _, y = self._at(0.0, cash)
        text = f"{CASH} {format_rate(cash)}"
        width = width_of(text, 11.5)
        for left in (8.0, _PLANE_WIDTH - width - 8):
            box = Box(left, y - 17, width, 15)
            if 0 < box.top < _PLANE_HEIGHT - 15 and not any(
                box.meets(one) for one in (*(one.sign for one in anchors), *taken)
            ):
                taken.append(box)
                yield text_at(left, y - 6, text, size=11.5, fill=QUIET, anchor="start")
                break
        taken.append(_thin((0, y), (_PLANE_WIDTH, y)))

    def _anchor(self, told: Told) -> Anchor:
        first = told.first
        x, y = self._at(first.volatility, first.net_yield)
        size, _, _, reach = _look(first)
        text = _shown(told, first)
        return Anchor(
            sign=Box(x - reach, y - reach, 2 * reach, 2 * reach),
            text=text,
            width=width_of(text, size),
            height=size + 1.5,
            gap=4,
            is_vital=told.is_vital,
        )

    def _explained(self) -> Iterator[Entry]:
        """Return what the legend explains: each asset in sight, then the lines."""
        counts = Counter(one.asset for one in self.seen)
        for code, place in self.marks.items():
            if counts[code]:
                yield Entry(_counted(code, counts[code]), place)
        if self.frontier.steps:
            yield Entry(_EFFICIENT, Line(ACCENT, 1.8))
        if self._has_leaders:
            yield Entry(f"{LEADER.format('…')} {LEADER_MEANING}", Line(_LEADER, 0.9))

    def _at(self, x: float, y: float) -> tuple[float, float]:
        return self.window.place(x, y, _PLANE_WIDTH, _PLANE_HEIGHT)


def _counted(code: str, count: int) -> str:
    name = visible(code)
    name = name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"
    return f"{name} {count}"


def _shown(told: Told, first: Point) -> str:
    """Return a label; one that leads tells its yield as well."""
    if not first.leads:
        return visible(told.signed_text)
    return f"{visible(told.text)}  {cell_text(FIGURES[UP], first.net_yield, first.marks)}"


def _tied(label: Box, sign: Box) -> tuple[float, str]:
    """Return where a label is tied to, so that it keeps to its sign whatever the letters take."""
    if label.left >= sign.left + sign.width:
        return label.left, "start"
    if label.left + label.width <= sign.left:
        return label.left + label.width, "end"
    return label.left + label.width / 2, "middle"


def _break() -> Iterator[str]:
    """Cut the scale across near its beginning: it does not begin at zero."""
    yield line_between((7, _PLANE_HEIGHT), (12, _PLANE_HEIGHT), PAPER, width=3.0)
    for x in (7, 12):
        yield line_between((x - 2, _PLANE_HEIGHT + 6), (x + 2, _PLANE_HEIGHT - 6), QUIET)


def _thin(start: tuple[float, float], end: tuple[float, float]) -> Box:
    """Return the room that a straight line takes."""
    left, top = min(start[0], end[0]) - 1, min(start[1], end[1]) - 1
    return Box(left, top, abs(start[0] - end[0]) + 2, abs(start[1] - end[1]) + 2)


def _wrapped(text: str) -> Iterator[str]:
    """Break a line between its parts, and a long part where it must be."""
    line = ""
    for part in text.split(" · "):
        longer = f"{line} · {part}" if line else part
        if line and len(longer) > _MANIFEST_WIDTH:
            yield line
            longer = part
        line = longer
        while len(line) > _MANIFEST_WIDTH:
            yield line[:_MANIFEST_WIDTH]
            line = line[_MANIFEST_WIDTH:]
    yield line
