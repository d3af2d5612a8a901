"""What is said beside the table of the compare mode: gaps, ties, swaps and switches, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from rich.cells import cell_len, set_cell_size
from textual.content import Content

from etfcompare.engine.cells import difference_of, number_text, signs_of
from etfcompare.engine.figures import HEADLINE
from etfcompare.engine.sensitivity import (
    Crossover,
    Swap,
    Switch,
    crossovers,
    is_on_sale,
    swaps,
    switches,
    tie_with_cash,
)
from etfcompare.engine.sensitivity_words import (
    crossover_in_words,
    rewards_in_words,
    swap_in_words,
    switch_in_words,
)
from etfcompare.engine.side_by_side import SideRow
from etfcompare.tui.styles import GAIN, LOSS, MUTED, STRONG
from etfcompare.tui.versus_table import Versus
from etfcompare.tui.wrapping import wrapped
from etfcompare.units import MINUS, format_money, format_rate
from etfcompare.visible import visible

INDENT: Final = 2
"""Cells by which the second line of a sentence stands in."""
WIDEST_TICKER: Final = 12


@dataclass(frozen=True, eq=False)
class Findings:
    """What can be said of the products compared, each part found when it is first shown."""

    versus: Versus

    @cached_property
    def crossovers(self) -> tuple[Crossover, ...]:
        """Where two of them tie; those that do before those that never do."""
        found = crossovers(self.versus.table, self.versus.rows)
        return tuple(sorted(found, key=lambda one: one.reward_rate is None))

    @cached_property
    def ties_with_cash(self) -> tuple[tuple[str, str, float], ...]:
        """Ticker, asset and reward rate of each that matches cash at some rate."""
        table = self.versus.table
        tied = ((table.products[row], tie_with_cash(table, row)) for row in self.versus.rows)
        return tuple((one.ticker, one.asset, rate) for one, rate in tied if rate is not None)

    @cached_property
    def swaps(self) -> tuple[Swap, ...]:
        """The days on which the end of a waiver swaps two of them, the first one first."""
        found = swaps(self.versus.table, self.versus.rows)
        return tuple(sorted(found, key=lambda one: one.day))

    @cached_property
    def switches(self) -> tuple[Switch, ...]:
        """The moves to the one that leaves most."""
        return switches(self.versus.table, self.versus.rows)

    # In words

    def about(self, key: str, width: int) -> list[Content]:
        """Write what a figure means and how far each product is off the best.

        Args:
            key: Of the figure.
            width: Cells to fill.
        """
        side = self.versus.sides[key]
        meaning = _wrapped(side.figure.meaning, width, MUTED, indent=0)
        lines = [Content.styled(side.figure.label, STRONG), *meaning]
        names = [visible(one) for one in self.versus.tickers]
        room = min(max(map(cell_len, names)), WIDEST_TICKER)
        texts = [
            f"{self.versus.text(side, place)}{signs_of(marks):<2}"
            for place, marks in enumerate(side.marks)
        ]
        figures = min(max(map(cell_len, texts)), max(width - room - 1, 1))
        for place, (name, text) in enumerate(zip(names, texts, strict=True)):
            words, style = self._gap(side, place)
            line = Content.assemble(
                (set_cell_size(name, room), MUTED), " ", aligned(text, figures), " ", (words, style)
            )
            lines.append(line.truncate(width))
        return lines

    def _gap(self, side: SideRow, place: int) -> tuple[str, str]:
        """How far a product is off the best, in words, and how they look."""
        if place in side.best:
            return "best", GAIN
        gap, money = side.gaps[place], side.money[place]
        if gap is None or not side.best:
            return "", MUTED
        said = number_text(difference_of(side.figure), gap, minus=MINUS)
        if money is not None:
            said += f" · {format_money(money, signed=True, minus=MINUS)} a year"
        return said, LOSS if place in side.worst else MUTED

    def ties(self, width: int) -> list[Content]:
        """Write at which reward rates the order changes, and on which days.

        Args:
            width: Cells to fill.
        """
        rates = ", ".join(self._rewards_now())
        now = Content.styled(f" · now {rates}" if rates else "", MUTED)
        lines = [(Content.styled("Crossovers", STRONG) + now).truncate(width, ellipsis=True)]
        for one in self.crossovers:
            lines += _wrapped(crossover_in_words(one), width)
        for ticker, asset, rate in self.ties_with_cash:
            said = f"{visible(ticker)} matches cash at {rewards_in_words(asset, rate)}"
            lines += _wrapped(said, width)
        for swap in self.swaps:
            lines += _wrapped(swap_in_words(swap), width)
        if len(lines) == 1:
            said = "no two of them stake the same coin, and no waiver's end swaps two"
            lines += _wrapped(said, width, MUTED)
        return lines

    def _rewards_now(self) -> Iterator[str]:
        """The reward rate of each coin that is staked, where all funds are given the same."""
        table = self.versus.table
        rates: dict[str, set[float]] = {}
        for row in self.versus.rows:
            rate = table.value(row, "reward_rate")
            if isinstance(rate, float):
                rates.setdefault(table.products[row].asset, set()).add(rate)
        for asset, (rate, *others) in rates.items():
            if not others:
                yield f"{visible(asset)} {format_rate(rate)}"

    def switching(self, width: int) -> list[Content]:
        """Write what it costs to move to the best, and when that is paid back.

        Args:
            width: Cells to fill.
        """
        lines = [Content.styled("Switching", STRONG)]
        if not self.switches:
            return [*lines, *_wrapped(self._why_none(), width, MUTED)]
        for one in self.switches:
            amount = self.versus.table.scenario.amount
            lines += _wrapped(switch_in_words(one, amount, minus=MINUS), width)
        return lines

    def _why_none(self) -> str:
        table = self.versus.table
        if all(one is None for one in self.versus.sides[HEADLINE].values):
            return "what they leave is not known"
        if all(is_on_sale(table.products[row]) for row in self.versus.rows):
            return "all of them leave the same"
        return "none of those that trade leaves more than another"

    def choice(self, width: int) -> list[Content]:
        """Write what a choice between them hangs on.

        Args:
            width: Cells to fill.
        """
        return [*self.ties(width), Content(), *self.switching(width)]


def aligned(text: str, width: int) -> str:
    """Return a text that ends at the right edge of a width, cut where it is longer."""
    missing = width - cell_len(text)
    return " " * missing + text if missing >= 0 else set_cell_size(text, width - 1) + "…"


def _wrapped(text: str, width: int, style: str = "", *, indent: int = INDENT) -> Iterator[Content]:
    """Break a sentence into lines, of which all but the first stand in."""
    first, *rest = wrapped(text, width)
    yield Content.styled(first, style)
    remaining = text[len(first) :].lstrip() if rest else ""
    for line in wrapped(remaining, width - indent) if remaining else ():
        yield Content.styled(" " * indent + line, style)
