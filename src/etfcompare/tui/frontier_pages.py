"""What the frontier mode says in words: the chosen product, the best funds, what is left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len, set_cell_size
from textual.content import Content

from etfcompare.engine.cells import cell_text, signs_of
from etfcompare.engine.figures import FIGURES, HEADLINE, Table
from etfcompare.engine.marks import ABSENT
from etfcompare.portfolio.frontier import ACROSS, CASH, Frontier, Point
from etfcompare.portfolio.frontier_words import why, why_in_short
from etfcompare.portfolio.glyphs import BROKEN
from etfcompare.portfolio.told import LEADER
from etfcompare.tui.commands import Command, key_of, listed_commands
from etfcompare.tui.look import Look
from etfcompare.tui.pages import SIGNS
from etfcompare.tui.status import KEY
from etfcompare.tui.styles import ACCENT, GAIN, LOSS, MUTED, STRONG
from etfcompare.tui.wrapping import wrapped
from etfcompare.units import MINUS, format_rate
from etfcompare.visible import visible

_KEYS_WIDTH: Final = 18
_TITLE: Final = "Best funds"
_WIDEST_TICKER: Final = 24
_COLUMNS: Final = (HEADLINE, ACROSS, "over_cash", "break_even")
_FEWER: Final = _COLUMNS[:3]
_FIGURE: Final = 13
_READING: Final = (
    (
        "Volatility runs across, net yield up. A product is efficient if nothing else in sight, "
        "cash included, yields at least as much at no more volatility; the stepped line joins "
        "those. A fund moves with its coin, so funds of one coin stand above each other."
    ),
    (
        "(MSBT) in brackets is a best fund: no other product yields at least as much at no more "
        "volatility, but cash does. The dotted line joins the best funds, efficient or not."
    ),
    "SOL ×3 are three products of SOL in one place, MSOL +2 is MSOL with two more.",
    f"{BROKEN} at the beginning of the scale across: it does not begin at 0 %.",
)


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of a frontier."""

    frontier: Frontier
    table: Table
    """The figures it stands on."""
    signs: Mapping[str, str]
    """The sign of each asset."""

    # The chosen product

    def chosen(self, point: Point, width: int) -> list[Content]:
        """Return two lines: the figures of a product, and whether something beats it.

        Args:
            point: The product.
            width: Cells to fill.
        """
        return [_fitting(list(self._figures(point)), width), self._verdict(point, width)]

    def _figures(self, point: Point) -> Iterator[Content]:
        over = self.table.value(point.row, "over_cash")
        side = (GAIN if over > 0 else LOSS) if isinstance(over, float) else MUTED
        yield Content.assemble(
            f"{self.signs[point.asset]} ",
            (visible(point.ticker), STRONG),
            "  ",
            (self._cell(point, HEADLINE), STRONG),
            f" at {self._cell(point, ACROSS)}",
            (" volatility", MUTED),
        )
        yield Content.assemble((self._cell(point, "over_cash"), side), (" over cash", MUTED))
        yield Content.assemble(("break-even ", MUTED), self._cell(point, "break_even"))

    def _verdict(self, point: Point, width: int) -> Content:
        said = self._efficiency(point)
        style = GAIN if point.is_efficient else "" if point.leads else MUTED
        return Content.styled(said, style).truncate(width, ellipsis=True)

    def _efficiency(self, point: Point) -> str:
        if point.is_efficient:
            return "efficient: nothing yields as much at no more volatility"
        if point.leads:
            return why(self.frontier, point)
        cash = self.frontier.cash
        if point.beaten_by == CASH and cash is not None:
            return f"beaten by cash: {format_rate(cash)} at no volatility"
        other = self.frontier.at(point.beaten_by or "")
        if other is None:
            return ""
        is_same = other.volatility == point.volatility
        at = "the same" if is_same else f"{format_rate(other.volatility, 1)}"
        yields = format_rate(other.net_yield, minus=MINUS)
        return f"beaten by {visible(other.ticker)}: {yields} at {at} volatility"

    def _cell(self, point: Point, key: str) -> str:
        value, marks = self.table.value(point.row, key), self.table.marks(point.row, key)
        return cell_text(FIGURES[key], value, marks, minus=MINUS)

    # The best funds

    def in_a_line(self, width: int) -> Content:
        """Return the best funds as far as they fit a line."""
        steps = [
            Content.assemble(
                (_named(one), STRONG if one.is_efficient else ""), f" {self._cell(one, HEADLINE)}"
            )
            for one in self.frontier.leaders
        ]
        if (cash := self.frontier.cash) is not None:
            steps.insert(0, Content.assemble(("cash", STRONG), f" {format_rate(cash)}"))
        head = Content.styled("best  ", MUTED)
        line = head + Content.styled(" → ", MUTED).join(steps)
        return line.truncate(width, ellipsis=True)

    def in_rows(self, chosen: str | None, width: int, height: int | None = None) -> list[Content]:
        """Return cash and the best funds as a small table, with why they are there.

        Args:
            chosen: The ticker that stands out.
            width: Cells to fill.
            height: Lines to fill at most; None for as many as it takes.
        """
        rows = list(self.frontier.leaders)
        longest = max((cell_len(_named(one)) for one in rows), default=0)
        first = min(max(longest, len(_TITLE)), _WIDEST_TICKER)
        keys, reasons = self._layout(rows, width - 2 - first)
        names = "".join(f"{f'{FIGURES[key].label}  ':>{_FIGURE}}" for key in keys)
        head = " Why" if any(reasons.values()) else ""
        lines = [Content.styled(f"{_TITLE:<{first + 2}}{names}{head}", MUTED)]
        if (cash := self.frontier.cash) is not None:
            figure = f"{f'{format_rate(cash)}  ':>{_FIGURE}}"
            lines.append(Content.assemble((f"  {CASH:<{first}}", MUTED), figure))
        room = len(rows) if height is None else max(height - len(lines), 0)
        if room < len(rows):
            place = next((at for at, one in enumerate(rows) if one.ticker == chosen), 0)
            start = min(max(place - room // 2, 0), len(rows) - room)
            rows = rows[start : start + room]
        for one in rows:
            line = self._row(one, keys, first, is_chosen=one.ticker == chosen)
            lines.append(line + Content.styled(f" {reasons[one.ticker]}", MUTED))
        return [one.truncate(width, ellipsis=True) for one in lines]

    def _layout(self, rows: Sequence[Point], room: int) -> tuple[Sequence[str], Mapping[str, str]]:
        """Return which figures to list, and the reason of each product as far as there is room."""
        whole = {one.ticker: why(self.frontier, one) for one in rows}
        short = {one.ticker: why_in_short(one) for one in rows}
        for keys, reasons in ((_COLUMNS, whole), (_FEWER, whole), (_FEWER, short)):
            longest = max((cell_len(one) for one in reasons.values()), default=0)
            if len(keys) * _FIGURE + 1 + longest <= room:
                return keys, reasons
        return _COLUMNS[: max(room // _FIGURE, 1)], dict.fromkeys(short, "")

    def _row(self, point: Point, keys: Sequence[str], room: int, *, is_chosen: bool) -> Content:
        name = set_cell_size(_named(point), room)
        style = f"{STRONG} {ACCENT}" if is_chosen else ""
        line = Content.assemble(f"{self.signs[point.asset]} ", (name, style))
        for key in keys:
            value, marks = self.table.value(point.row, key), self.table.marks(point.row, key)
            text = cell_text(FIGURES[key], value, marks & ABSENT, minus=MINUS)
            line += Content.assemble(
                (f"{text:>{_FIGURE - 2}}", style), (f"{signs_of(marks):<2}", MUTED)
            )
        return line

    # Pages

    def whole(self, width: int) -> Content:
        """Write the best funds, what beats the others, and what is left out."""
        frontier = self.frontier
        lines = [*self.in_rows(None, width), Content()]
        if frontier.beaten:
            lines.append(Content.styled("What beats the others", STRONG))
            for name, count in frontier.beaten.items():
                said = f"beats {count} product{'' if count == 1 else 's'} before any other does"
                lines += _entry(f"  {visible(name)}", said, width)
            lines.append(Content())
        if frontier.left_out:
            lines.append(Content.styled("Not on the chart", STRONG))
            for ticker, why in frontier.left_out.items():
                lines += _entry(f"  {visible(ticker)}", why, width)
            lines.append(Content())
        for text in _READING:
            lines += [Content.styled(line, MUTED) for line in wrapped(text, width)]
            lines.append(Content())
        return Content("\n").join(lines[:-1])


def _named(point: Point) -> str:
    """Return a ticker as the chart has it."""
    name = visible(point.ticker)
    return LEADER.format(name) if point.only_leads else name


def _fitting(parts: Sequence[Content], width: int) -> Content:
    """Join as many parts as fit a line, the first in any case."""
    line = parts[0]
    for one in parts[1:]:
        longer = line + Content.styled(" · ", MUTED) + one
        if longer.cell_length <= width:
            line = longer
    return line.truncate(width, ellipsis=True)


def _entry(name: str, meaning: str, width: int) -> Iterator[Content]:
    head = Content.styled(f"{name:<{_KEYS_WIDTH - 1}} ", ACCENT)
    for line in wrapped(meaning, max(width - head.cell_length, 1)):
        yield head + Content.styled(line, MUTED)
        head = Content(" " * head.cell_length)


def nothing_shown(frontier: Frontier, look: Look, commands: Sequence[Command]) -> Content:
    """Say why there is nothing to see, and what helps.

    Args:
        frontier: It has no points.
        look: How the catalogue is looked at.
        commands: With the keys in force.
    """
    names = ("go_up", "filter", "at_a_glance")
    back, change, glance = ((key_of(commands, one), KEY) for one in names)
    if not frontier.left_out and not look.where.strip():
        return Content.assemble(
            ("This catalogue lists no products yet.\n\n", STRONG), back, " goes to the table"
        )
    if not frontier.left_out:
        return Content.assemble(
            ("No product matches.\n\n", STRONG),
            f"{visible(look.where)}\n\n",
            back,
            " clears the filter, ",
            change,
            " changes it",
        )
    count = len(frontier.left_out)
    first, why = next(iter(frontier.left_out.items()))
    return Content.assemble(
        (f"None of the {count} products in sight is a point.\n\n", STRONG),
        "A point needs a net yield, and the volatility of its asset.\n",
        f"{visible(first)}: {visible(why)}\n\n",
        glance,
        " says what each of them lacks, ",
        back,
        " shows more products, or the table",
    )


def help_page(width: int, commands: Sequence[Command]) -> Content:
    """Write all keys of the frontier mode, and its signs.

    Args:
        width: Cells to fill.
        commands: With the keys in force.
    """
    lines: list[Content] = []
    for one in listed_commands(commands):
        lines += _entry(one.shown_keys, one.meaning, width)
    lines.append(Content())
    for text in _READING:
        lines += [*(Content.styled(line, MUTED) for line in wrapped(text, width)), Content()]
    for sign, meaning in SIGNS:
        lines += _entry(sign, meaning, width)
    return Content("\n").join(lines)
