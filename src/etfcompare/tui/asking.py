"""The pages that answer a question: why, what is wrong, what changed, what comes, which keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from etfcompare.deliveries import fund_of, holdings_alone, told_of
from etfcompare.engine.calendar import events
from etfcompare.engine.changes import Changes, changes
from etfcompare.engine.side_by_side import FEWEST, MOST
from etfcompare.tui.calendar_page import calendar_page
from etfcompare.tui.commands import key_of
from etfcompare.tui.fragility_page import FragilityPage
from etfcompare.tui.pages import changes_page, explanation_page, help_page, problems_page
from etfcompare.tui.product_page import Draws, ProductPage
from etfcompare.tui.reading import ReadingScreen
from etfcompare.tui.reconcile_page import reconcile_page
from etfcompare.tui.versus import VersusScreen
from etfcompare.visible import visible

if TYPE_CHECKING:
    from etfcompare.engine.comparison import Comparison
    from etfcompare.tui.products import ProductsScreen


class Asking:
    """Pages over a products screen."""

    def __init__(self, screen: ProductsScreen) -> None:
        self.screen = screen
        self.versus: VersusScreen | None = None
        """The comparison side by side that is open, if one is."""
        self._draws = Draws()

    def explain(self) -> None:
        """Explain the figure under the cursor."""
        ticker, column = self.screen.grid.row_key, self.screen.grid.column_key
        if ticker is None or column is None:
            return
        workspace = self.screen.workspace
        row = workspace.row_of(ticker)
        scenario = self.screen.scenario_of(column)
        explanation = workspace.explain(scenario, row, self.screen.figure_of(column))
        title = f"{explanation.figure.label} of {visible(ticker)}"
        self._read(title, lambda width: explanation_page(explanation, width))

    def detail(self) -> None:
        """Show the product under the cursor, whole."""
        ticker = self.screen.grid.row_key
        if ticker is not None:
            self.screen.app.push_screen(ProductPage(self.screen, ticker, self._draws))

    def problems(self) -> None:
        """Show what is wrong or doubtful."""
        workspace = self.screen.workspace
        problems = workspace.problems(self.screen.scenario)
        fault = workspace.fault
        title = visible(str(workspace.path))

        def write(width: int) -> Content:
            page = problems_page(problems, width)
            if fault is None:
                return page
            return Content.styled(f"{visible(str(fault))}\n\n", "$text-error") + page

        self._read(title, write)

    def changes(self, before: Comparison | None) -> None:
        """Show what differs since the catalogue was changed last.

        Args:
            before: What was shown before that; None if nothing changed yet.
        """
        look, comparison = self.screen.look, self.screen.comparison
        found = (
            Changes(figures=(), added=(), removed=(), ranks=(), sort=look.sort)
            if before is None
            else changes(before.table, comparison.table, where=comparison.where, sort=look.sort)
        )
        self._read("What changed", lambda width: changes_page(found, width))

    def compare(self, pair: Sequence[str] = ()) -> None:
        """Show the marked products side by side; without marks, this one and the one above.

        Args:
            pair: What to show without marks in place of those.
        """
        table, rows = self.screen.comparison.table, self.screen.comparison.rows
        order = [table.products[row].ticker for row in rows]
        marked = [ticker for ticker in order if ticker in self.screen.grid.marks]
        marked = marked or list(pair)
        if not marked and self.screen.grid.row_key in order:
            place = max(order.index(self.screen.grid.row_key), 1)
            marked = order[place - 1 : place + 1]
        if not FEWEST <= len(marked) <= MOST:
            space = key_of(self.screen.commands, "toggle_mark")
            said = f"mark {FEWEST} to {MOST} products with {space} to compare them"
            self.screen.app.notify(
                f"{said}; {len(marked)} marked", severity="warning", markup=False
            )
            return
        self.versus = VersusScreen(self.screen.workspace, table, marked, keys=self.screen.own.keys)
        self.screen.app.push_screen(self.versus, self._closed)

    def _closed(self, _result: None) -> None:
        self.versus = None

    def follow(self) -> None:
        """Show in a comparison that is open what holds now."""
        if self.versus is not None and self.versus.is_running:
            self.versus.show(self.screen.comparison.table)

    def calendar(self) -> None:
        """Show what comes within the horizon, for the products in sight."""
        comparison, document = self.screen.comparison, self.screen.workspace.document
        table = comparison.table
        in_sight = table.of(tuple(table.products[row] for row in comparison.rows))
        found = events(in_sight, document)
        scenario = comparison.table.scenario
        self._read("What comes", lambda width: calendar_page(found, scenario, width))

    def reconcile(self) -> None:
        """Show what the products in sight promised and what they delivered."""
        table, rows = self.screen.comparison.table, self.screen.comparison.rows
        history = holdings_alone(self.screen.workspace)
        wanted = set(told_of(table, history))
        funds = [fund_of(table, history, row) for row in rows if row in wanted]
        self._read("Promised and delivered", lambda width: reconcile_page(funds, width))

    def firmness(self) -> None:
        """Show how firm the top of the products in sight is, and what moves the one here."""
        self.screen.app.push_screen(FragilityPage(self.screen))

    def help(self) -> None:
        """Show all keys."""
        self._read("etfcompare", lambda width: help_page(width, self.screen.commands))

    def _read(self, title: str, write: Callable[[int], Content]) -> None:
        self.screen.app.push_screen(ReadingScreen(title, write))
