"""The frontier mode: what its keys do."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import BindingType
from textual.content import Content

from etfcompare.engine.figures import FIGURES, HEADLINE
from etfcompare.engine.query import QueryError
from etfcompare.portfolio.frontier import CASH
from etfcompare.tui.chrome import FilterBar, KeyBar
from etfcompare.tui.commands import Command, Scope
from etfcompare.tui.frontier_keys import commands
from etfcompare.tui.frontier_pages import help_page
from etfcompare.tui.frontier_view import FrontierView
from etfcompare.tui.reading import ReadingScreen
from etfcompare.visible import visible

if TYPE_CHECKING:
    from etfcompare.tui.products import ProductsScreen
    from etfcompare.tui.supposing import Supposing


class FrontierScreen(FrontierView):
    """Every product in sight by its volatility and its net yield, and the set nothing beats."""

    BINDINGS: ClassVar[list[BindingType]] = [one.binding for one in commands(Scope.SCREEN)]

    def __init__(self, products: ProductsScreen) -> None:
        """Make the screen.

        Args:
            products: The mode of the products, with which all but the window is shared.
        """
        super().__init__(products)
        self._supposing: Supposing | None = None

    # Keys

    async def run_command(self, command: Command) -> None:
        """Do what a key would do, by other means."""
        target = self.query_one("#grid") if command.scope is Scope.GRID else self
        await target.run_action(command.action)

    @on(KeyBar.Chosen)
    async def _key_chosen(self, event: KeyBar.Chosen) -> None:
        await self.run_command(event.command)

    def action_go_up(self) -> None:
        """Bring all in sight; else show all products; else go to the table."""
        if self.is_closer:
            self.look_at(None)
        elif self.products.look.where:
            self.products.action_clear_filter()
        else:
            self.app.call_later(self.app.run_action, "next_mode")

    # Pages

    def action_detail(self) -> None:
        """Show the product under the cursor, whole."""
        if self.chosen is not None:
            title = visible(self.chosen.ticker)
            self._read(title, lambda width: self.detail(width) or Content())

    def action_explain(self) -> None:
        """Say why the product yields what it does."""
        if self.chosen is not None:
            from etfcompare.tui.pages import explanation_page  # noqa: PLC0415 - seldom

            workspace, scenario = self.products.workspace, self.products.scenario
            explanation = workspace.explain(scenario, self.chosen.row, HEADLINE)
            title = f"{FIGURES[HEADLINE].label} of {visible(self.chosen.ticker)}"
            self._read(title, lambda width: explanation_page(explanation, width))

    def action_at_a_glance(self) -> None:
        """Show the best funds, what beats the others, and what is left out."""
        words = self.words
        self._read("The best funds", words.whole)

    def action_compare(self) -> None:
        """Compare the marked products; without marks, this one and what beats it."""
        here = self.chosen
        if here is None:
            return
        is_beaten = here.beaten_by is not None and here.beaten_by != CASH
        self.products.asking.compare([here.ticker, here.beaten_by or ""] if is_beaten else ())

    def action_problems(self) -> None:
        """Show what is wrong or doubtful."""
        self.products.action_problems()

    def action_help(self) -> None:
        """Show the keys of this mode."""
        self._read("Frontier", lambda width: help_page(width, self.commands))

    def action_reload(self) -> None:
        """Read the file again."""
        self.products.action_reload()

    def action_theme(self) -> None:
        """Choose a theme."""
        self.app.search_themes()

    def action_export(self) -> None:
        """Write the chart into a file."""
        if self.frontier.points:
            from etfcompare.tui.frontier_taking import FrontierTaking  # noqa: PLC0415 - seldom

            FrontierTaking(self).export()

    def _read(self, title: str, write: Callable[[int], Content]) -> None:
        self.app.push_screen(ReadingScreen(title, write))

    # Other assumptions, which the products share

    @property
    def supposing(self) -> Supposing:
        """What asks what if."""
        if self._supposing is None:
            from etfcompare.tui.supposing import Supposing  # noqa: PLC0415 - seldom

            self._supposing = Supposing(self.products, self)
        return self._supposing

    def draw(self) -> None:
        """Show everything as it is now, in the panel of assumptions too."""
        super().draw()
        if self._supposing is not None:
            self._supposing.follow()

    async def action_what_if(self) -> None:
        """Open the panel of assumptions, go there, or close it."""
        await self.supposing.toggle()

    def action_reset_scenario(self) -> None:
        """Assume again what was assumed at first."""
        self.products.action_reset_scenario()

    def action_pin(self, name: str) -> None:
        """Keep the scenario in force to be compared with, or let it go."""
        self.products.action_pin(name)

    # What to hold

    def action_firmness(self) -> None:
        """Show how firm the top is, what moves this product, and hard times."""
        self.products.action_firmness()

    def action_allocate(self) -> None:
        """Show what to hold of the products in sight, under limits."""
        self.products.action_allocate()

    def action_rebalance(self) -> None:
        """Show whether to trade what is held."""
        self.products.action_rebalance()

    # The filter, which the products share

    def action_toggle_asset(self, number: int) -> None:
        """Show or hide an asset by its place in the file."""
        self.products.action_toggle_asset(number)

    def action_all_assets(self) -> None:
        """Show all assets."""
        self.products.action_all_assets()

    def action_filter(self) -> None:
        """Type a filter."""
        self._before_filter = self.products.look.where
        self.filter_bar.open()

    @on(FilterBar.Wanted)
    def _filter_wanted(self) -> None:
        self.action_filter()

    @on(FilterBar.Changed)
    def _filter_changed(self, event: FilterBar.Changed) -> None:
        fault = ""
        try:
            self.products.show(self.products.look.filtered(event.text))
        except QueryError as error:
            fault = visible(str(error)).removeprefix("filter: ")
        self.query_one("#keys", KeyBar).fault = fault
        self.filter_bar.is_faulty = bool(fault)

    @on(FilterBar.Closed)
    def _filter_closed(self, event: FilterBar.Closed) -> None:
        self.query_one("#keys", KeyBar).fault = ""
        if not event.is_kept:
            self.products.show(self.products.look.filtered(self._before_filter))
        self.draw()
