"""One period at a glance: assets and countries as published, and the funds that moved most."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len, set_cell_size
from textual.content import Content

from etfcompare.history.flows import rotation
from etfcompare.history.league import By
from etfcompare.history.tables import History, Scope
from etfcompare.tui.bars import bar
from etfcompare.tui.flows_board import Board
from etfcompare.tui.flows_text import bar_of, both_ends, millions, percent, period_words, side_of
from etfcompare.tui.styles import MUTED, STRONG
from etfcompare.units import format_rate
from etfcompare.visible import visible

_WIDEST_NAME: Final = 13
_MONEY: Final = 8
_SHARE: Final = 7
_LEAST_BAR: Final = 4
_FEWEST: Final = 3
"""Lines of a list that are worth its heading."""


@dataclass(frozen=True, slots=True)
class _Line:
    name: str
    flow: float
    share: str


@dataclass(frozen=True, slots=True)
class _List:
    heading: str
    unit: str
    """What the share at the right is of."""
    lines: Sequence[_Line]


@dataclass(frozen=True, slots=True)
class Week:
    """What happened in one period."""

    history: History
    funds: Board
    """The league of products."""
    groups: Mapping[By, Board]
    """The leagues of assets and countries, for what the file does not state by itself."""
    day: int
    """The last day of the period."""

    def lines(self, width: int, height: int | None = None) -> list[Content]:
        """Write as much as fits.

        Args:
            width: Cells to fill.
            height: Lines to fill; None for everything.
        """
        title = period_words(self.day, self.funds.kind)
        head = Content.styled(f"The {title}" if title.startswith("week") else title, STRONG)
        lists = [one for one in self._lists() if one.lines]
        if not lists:
            return [head, Content(), Content.styled("nothing is reported", MUTED)]
        counts = _shared_out([len(one.lines) for one in lists], height)
        lines = [both_ends(head, Content.styled("$m", MUTED), width)]
        for one, count in zip(lists, counts, strict=True):
            if count:
                lines += [Content(), *_drawn(one, count, width)]
        return lines[:height]

    def _lists(self) -> Iterator[_List]:
        for by in (By.ASSET, By.COUNTRY):
            yield self._published(by) or self._summed(by)
        yield from self._movers()

    def _published(self, by: By) -> _List | None:
        scope, kind = Scope(by.value), self.funds.kind
        stated: dict[str, float] = {}
        for (of, name), series in self.history.flows.items():
            if of is scope and series.kind is kind:
                found = series.upto(self.funds.period_of(self.day).last_day).last(1)
                if found and int(found.days[0]) == self.day:
                    stated[name] = float(found.values[0])
        if not stated:
            return None
        turned = rotation(stated.values())
        lines = [
            _Line(name, flow, _of_side(turned.part_of(flow), flow)) for name, flow in stated.items()
        ]
        return _List(f"By {by.value}, as published", "of side", _largest_first(lines))

    def _summed(self, by: By) -> _List:
        board = self.groups[by]
        lines = [
            _Line(name, group.by_day[self.day], percent(group.share(self.day)))
            for name, group in board.groups.items()
            if self.day in group.by_day
        ]
        return _List(f"By {by.value}, of these funds", "of AUM", _largest_first(lines))

    def _movers(self) -> Iterator[_List]:
        lines = [
            _Line(name, group.by_day[self.day], percent(group.share(self.day)))
            for name, group in self.funds.groups.items()
            if group.by_day.get(self.day)
        ]
        lost = [one for one in _largest_first(lines) if one.flow < 0]
        gained = [one for one in _largest_first(lines) if one.flow > 0]
        yield _List("Funds that lost most", "of AUM", lost)
        yield _List("Funds that gained most", "of AUM", gained)


def _largest_first(lines: Sequence[_Line]) -> list[_Line]:
    return sorted(lines, key=lambda one: (-abs(one.flow), one.name))


def _of_side(part: float | None, flow: float) -> str:
    if part is None:
        return ""
    return f"{format_rate(part, 0)} {'in' if flow > 0 else 'out'}"


def _shared_out(wanted: Sequence[int], height: int | None) -> list[int]:
    """Share lines out among lists, each with a heading and a blank line above it."""
    if height is None:
        return list(wanted)
    counts = [0] * len(wanted)
    left = height - 1
    for place, many in enumerate(wanted):
        least = min(many, _FEWEST)
        if left >= least + 2:
            counts[place], left = least, left - least - 2
    while left > 0:
        open_ones = [
            place for place, many in enumerate(wanted) if counts[place] and counts[place] < many
        ]
        if not open_ones:
            break
        shortest = min(open_ones, key=lambda place: counts[place])
        counts[shortest] += 1
        left -= 1
    return counts


def _drawn(one: _List, count: int, width: int) -> Iterator[Content]:
    yield both_ends(Content.styled(one.heading, MUTED), Content.styled(one.unit, MUTED), width)
    shown = one.lines[:count]
    name_width = min(max(cell_len(visible(line.name)) for line in shown), _WIDEST_NAME)
    name_width = max(name_width, 5)
    room = width - name_width - _MONEY - _SHARE - 3
    most = max([0.0, *(line.flow for line in shown)])
    least = min([0.0, *(line.flow for line in shown)])
    for line in shown:
        style, tint = side_of(line.flow), bar_of(line.flow)
        name = visible(line.name)
        parts: list[tuple[str, str]] = [
            (set_cell_size(name, name_width), ""),
            (f" {millions(line.flow):>{_MONEY}} ", style),
        ]
        if room >= _LEAST_BAR:
            parts += [
                (piece.text, f"{tint} reverse" if piece.is_reversed else tint)
                for piece in bar(0.0, line.flow, least, most, room)
            ]
        parts.append((f" {line.share:>{_SHARE}}", MUTED))
        yield Content.assemble(*parts)
