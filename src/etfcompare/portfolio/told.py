"""What is said of the points in one cell, and which cells are told of first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from etfcompare.engine.cells import ESTIMATED_SIGN
from etfcompare.engine.marks import Mark
from etfcompare.portfolio.frontier import Frontier, Point
from etfcompare.portfolio.glyphs import Ink
from etfcompare.portfolio.plot import Spot

MARKED_SIGN: Final = "•"
"""Before the label of what the user marked."""
LEADER: Final = "({})"
"""The label of a product that leads, though cash beats it."""
LEADER_MEANING: Final = "best fund for its volatility, though cash beats it"


class Told:
    """What is drawn and said of the points in one cell, the most important first."""

    def __init__(
        self,
        frontier: Frontier,
        spot: Spot,
        chosen: str | None = None,
        marked: Collection[str] = (),
    ) -> None:
        self.spot = spot
        members = [frontier.points[place] for place in spot.members]
        self.members = sorted(members, key=lambda one: _importance(one, chosen, marked))
        self.first = self.members[0]
        self.importance = _importance(self.first, chosen, marked)
        self.is_chosen = self.first.ticker == chosen
        self.is_marked = self.first.ticker in marked
        self.is_vital = self.is_chosen or self.is_marked or self.first.leads

    @property
    def text(self) -> str:
        """The label: `MSOL`, `MSOL +2`, `(MSBT)` or, where none is vital, `SOL ×3`."""
        return self._said(self._leading(self.first.ticker))

    @property
    def signed_text(self) -> str:
        """The label where no figure stands beside it: `•MSOL~ +2`, if marked and estimated."""
        estimated = ESTIMATED_SIGN if self.first.marks & Mark.ESTIMATED else ""
        name = self._leading(f"{self.first.ticker}{estimated}")
        return self._said(f"{MARKED_SIGN if self.is_marked else ''}{name}")

    def _leading(self, name: str) -> str:
        return LEADER.format(name) if self.first.only_leads else name

    def _said(self, name: str) -> str:
        others = len(self.members) - 1
        if not others:
            return name
        if self.is_vital:
            return f"{name} +{others}"
        is_one_asset = all(one.asset == self.first.asset for one in self.members)
        return f"{self.first.asset if is_one_asset else ''} ×{others + 1}".lstrip()

    @property
    def ink(self) -> Ink:
        """What its sign is."""
        if self.is_chosen:
            return Ink.CHOSEN
        return Ink.EFFICIENT if self.first.is_efficient else Ink.POINT

    @property
    def label_ink(self) -> Ink:
        """What its label is."""
        if self.is_chosen:
            return Ink.CHOSEN_LABEL
        if self.first.only_leads and not self.is_marked:
            return Ink.LEADER_LABEL
        return Ink.EFFICIENT_LABEL if self.is_vital else Ink.LABEL


def _importance(
    one: Point, chosen: str | None, marked: Collection[str]
) -> tuple[bool, bool, bool, bool, float, str]:
    """Return what a point is sorted by: chosen, marked, efficient, leading, then by net yield."""
    return (
        one.ticker != chosen,
        one.ticker not in marked,
        not one.is_efficient,
        not one.leads,
        -one.net_yield,
        one.ticker,
    )


def told_of(
    frontier: Frontier,
    spots: Sequence[Spot],
    chosen: str | None = None,
    marked: Collection[str] = (),
) -> list[Told]:
    """Return what to say of cells with points, the most important first."""
    told = (Told(frontier, spot, chosen, marked) for spot in spots)
    return sorted(told, key=lambda one: one.importance)
