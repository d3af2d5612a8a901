"""The rebalancing: what a sleeve should be at the left, what to do about it at the right."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.content import Content

from etfcompare.portfolio.harvesting import harvests_of
from etfcompare.portfolio.holdings import Present, present
from etfcompare.portfolio.rebalancing import plan_of, ways_of
from etfcompare.portfolio.sleeves import Sleeve, largest_of, sleeve_held, sleeve_typed
from etfcompare.tui.allocation_answer import said_lines
from etfcompare.tui.allocation_control import Control
from etfcompare.tui.allocation_controls import ControlPanel
from etfcompare.tui.allocation_frame import SCREEN_CSS, AnswerScreen
from etfcompare.tui.chrome import TitleBar
from etfcompare.tui.commands import Scope
from etfcompare.tui.rebalance_answer import Weighed, answer_page
from etfcompare.tui.rebalance_keys import COMMANDS, commands
from etfcompare.tui.rebalance_terms import Asked, Terms, controls
from etfcompare.visible import visible

if TYPE_CHECKING:
    from etfcompare.tui.products import ProductsScreen


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of what is held is the sleeve; all of it if neither is said."""

    asset: str | None = None
    ticker: str | None = None

    @property
    def words(self) -> str:
        """What it is called; safe to show."""
        return visible(self.ticker or self.asset or "all crypto")


class RebalanceScreen(AnswerScreen):
    """What is shown follows from what is held, the scenario and the numbers."""

    BINDINGS: ClassVar[list[BindingType]] = [one.binding for one in commands(Scope.SCREEN)]
    # Its lines are broken before it is known whether they will scroll.
    CSS = f"RebalanceScreen {{ {SCREEN_CSS} #answer {{ scrollbar-gutter: stable; }} }}"

    def __init__(self, products: ProductsScreen) -> None:
        """Make the screen.

        Args:
            products: Whose holdings, scenario and keys it follows.
        """
        super().__init__("Rebalance", products, COMMANDS)
        self.terms = Terms()
        """The numbers, kept while the program runs."""
        self.part = self._first_part()
        """The sleeve."""
        self.weighed: Weighed | None = None
        """What is shown; None if nothing is held of the sleeve."""

    def _first_part(self) -> Part:
        """Begin with all that is held; where nothing is, with the coin under the cursor."""
        if self._held is None:
            for product in self.products.workspace.catalogue.products:
                if product.ticker == self.products.grid.row_key:
                    return Part(asset=product.asset)
        return Part()

    @property
    def asked(self) -> Asked:
        """What is asked for now."""
        return Asked(self.terms, self.products.scenario)

    @property
    def _usual(self) -> Asked:
        return Asked(Terms(), self.products.base)

    @property
    def _held(self) -> Present | None:
        return present(self.products.workspace.catalogue, self.products.scenario)

    @property
    def _controls(self) -> tuple[Control[Asked], ...]:
        return controls(is_held=self.products.workspace.catalogue.holdings is not None)

    @property
    def parts(self) -> tuple[Part, ...]:
        """The sleeves there are: of what is held, or one for each coin."""
        held = self._held
        if held is None:
            codes = self.products.workspace.catalogue.assets
            return Part(), *(Part(asset=code) for code in codes)
        assets = dict.fromkeys(one.asset for one in held.lots if one.asset is not None)
        tickers = dict.fromkeys(one.ticker for one in held.lots)
        return (
            Part(),
            *(Part(asset=code) for code in assets),
            *(Part(ticker=ticker) for ticker in tickers),
        )

    def panel(self) -> ControlPanel[Asked]:
        """Return the numbers."""
        return ControlPanel("Sleeve", self._controls, self.asked, self._usual, self._turned)

    def page(self, width: int, height: int) -> Content:  # noqa: ARG002 - it scrolls
        """Write the answer for so many cells."""
        if self.weighed is None:
            said = f"Nothing is held of {self.part.words}."
            return Content("\n").join(said_lines(said, "", width))
        return answer_page(self.weighed, width)

    def refresh_answer(self) -> None:
        """Weigh the sleeve again."""
        self.query_one(ControlPanel).lines.follow(self._controls, self.asked, self._usual)
        self.query_one("#title", TitleBar).subject = self.part.words
        self.weighed = self._weighed()
        self.draw_answer()

    def _weighed(self) -> Weighed | None:
        table, held = self.products.comparison.table, self._held
        sleeve = self._typed() if held is None else None
        if held is not None:
            part = self.part
            own = self.terms.own
            sleeve = sleeve_held(table, held, own, asset=part.asset, ticker=part.ticker)
        if sleeve is None or not sleeve.value_usd or not sleeve.weight:
            return None
        rule, years = self.terms.rule, table.scenario.horizon_years
        return Weighed(
            table=table,
            sleeve=sleeve,
            plan=plan_of(sleeve, rule, years),
            ways=ways_of(sleeve, rule),
            is_held=held is not None,
            harvests=() if held is None else harvests_of(table, sleeve.lots, years, held=held.lots),
        )

    def _typed(self) -> Sleeve:
        """Return the sleeve that the numbers describe; a coin stands for its largest fund."""
        table, terms = self.products.comparison.table, self.terms
        row = largest_of(table, self.part.asset) if self.part.asset is not None else None
        sleeve = sleeve_typed(table, terms.weight, terms.value_usd, terms.own, row)
        if row is None:
            return replace(sleeve, name=self.part.words)
        stands_for = f"figures of {visible(table.products[row].ticker)}, the largest fund on it"
        return replace(sleeve, name=self.part.words, notes=(*sleeve.notes, stands_for))

    def _turned(self, asked: Asked) -> None:
        """Take other numbers, or another scenario, which all screens follow."""
        self.terms = asked.terms
        if asked.scenario != self.products.scenario:
            self.products.assume(asked.scenario)
        else:
            self.refresh_answer()

    # Keys

    def action_next_sleeve(self, step: int) -> None:
        """Go to another sleeve."""
        parts = self.parts
        place = parts.index(self.part) if self.part in parts else 0
        self.part = parts[(place + step) % len(parts)]
        self.refresh_answer()

    def action_reset_numbers(self) -> None:
        """Take the numbers of the beginning."""
        self.terms = Terms()
        self.refresh_answer()

    def action_export(self) -> None:
        """Write what may be done about the sleeve into a file."""
        if self.weighed is None:
            self.app.notify("there is no sleeve to write", severity="warning", markup=False)
            return
        from etfcompare.portfolio.rebalance_sheet import Answer  # noqa: PLC0415 - seldom
        from etfcompare.tui.rebalance_taking import RebalanceTaking  # noqa: PLC0415 - seldom

        found = self.weighed
        answer = Answer(table=found.table, sleeve=found.sleeve, plan=found.plan, ways=found.ways)
        RebalanceTaking(self.products, answer).export()
