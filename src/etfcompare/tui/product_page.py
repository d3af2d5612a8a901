"""One product whole, over the table: what is said beside it, and all that it exposes to."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import work
from textual.content import Content

from etfcompare.history.tables import History
from etfcompare.portfolio.exposure import bootstrap_of, exposure_of
from etfcompare.portfolio.exposure_words import exposure_in_words
from etfcompare.tui.detail import Detail
from etfcompare.tui.reading import Page, ReadingScreen
from etfcompare.units import MINUS
from etfcompare.visible import visible

if TYPE_CHECKING:
    from textual.timer import Timer

    from etfcompare.engine.figures import Table
    from etfcompare.history.bootstrap import Bootstrap, Paths
    from etfcompare.tui.table_screen import TableScreen

LOOK_SECONDS: Final = 0.2
"""How often it is looked whether history is read."""
UNREAD: Final = "the files of history are being read"
UNDRAWN: Final = "it is being drawn"


class Draws:
    """The paths of coins for the pages opened one after another, as long as nothing changes."""

    def __init__(self) -> None:
        self._latest: Bootstrap | None = None

    def under(self, table: Table, history: History) -> Bootstrap:
        """Return what draws under a table's scenario: the one before, if it would draw the same."""
        found, latest = bootstrap_of(history, table), self._latest
        if latest is None or latest.history is not history or latest.asked != found.asked:
            self._latest = latest = found
        return latest


class ProductPage(ReadingScreen):
    """All there is to say about a product; its odds are drawn in a thread once it is open."""

    # The style is that of any page to read, which names the class above.
    SCOPED_CSS: ClassVar = False

    def __init__(self, below: TableScreen, ticker: str, draws: Draws) -> None:
        """Make the page of a product.

        Args:
            below: The screen that it is opened over.
            ticker: The product.
            draws: Keeps what was drawn for other pages.
        """
        super().__init__(visible(ticker), self._written)
        self._below = below
        self._draws = draws
        self._row = below.workspace.row_of(ticker)
        self._table = below.comparison.table
        self._drawn: Paths | str = UNREAD
        self._looking: Timer | None = None

    def on_mount(self) -> None:
        """Draw as soon as there is something to draw from."""
        if not self._begins():
            self._looking = self.set_interval(LOOK_SECONDS, self._look)

    def _look(self) -> None:
        if self._looking is not None and self._begins():
            self._looking.stop()

    def _begins(self) -> bool:
        workspace = self._below.workspace
        history = workspace.history
        if history is None and workspace.catalogue.history is None:
            history = History()
        if history is None:
            return False
        self._show(UNDRAWN)
        self._draw(self._draws.under(self._table, history))
        return True

    @work(thread=True)
    def _draw(self, bootstrap: Bootstrap) -> None:
        found = bootstrap.of(self._table.products[self._row].asset)
        self.app.call_from_thread(self._show, found)

    def _show(self, found: Paths | str) -> None:
        self._drawn = found
        if self.is_attached:
            self.query_one(Page).rewrite()

    def _written(self, width: int) -> Content:
        below, table, row = self._below, self._table, self._row
        found = exposure_of(table, row, self._drawn)
        parts = exposure_in_words(table, row, found, minus=MINUS)
        return Detail(
            below.workspace, table, row, width, base=below.base_table, exposure=parts
        ).content()
