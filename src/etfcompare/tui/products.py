"""The products mode: every product with its figures, one product in detail beside them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult, RenderResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.geometry import Size
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from etfcompare.catalogue.document import Document
from etfcompare.catalogue.reader import Read
from etfcompare.engine.comparison import DEFAULT_SORT, Comparison, SortKey
from etfcompare.engine.figures import FIGURES
from etfcompare.engine.query import Query, QueryError
from etfcompare.engine.scenario import Scenario
from etfcompare.errors import UnreadableError
from etfcompare.tui.cells import RANK, cell_of, changed_cells, grid_columns
from etfcompare.tui.chrome import FilterBar, KeyBar, TitleBar
from etfcompare.tui.commands import Command, Scope, bindings
from etfcompare.tui.detail import Detail
from etfcompare.tui.grid import Grid
from etfcompare.tui.look import Look
from etfcompare.tui.status import (
    TOO_SMALL,
    alarm,
    catalogue_state,
    differences,
    nothing_shown,
    table_state,
)
from etfcompare.tui.terminal import TerminalApp
from etfcompare.visible import visible
from etfcompare.workspace import Workspace

if TYPE_CHECKING:
    from etfcompare.tui.changing import Changing
    from etfcompare.tui.reloading import Reloading

LEAST_WIDTH, LEAST_HEIGHT = 40, 8
"""Below this nothing of use can be shown."""
WIDTH_FOR_DETAIL, WIDTH_FOR_WIDE_DETAIL = 112, 170
"""From where the product under the cursor stands beside the table, and from where at length."""
FRESH_SECONDS = 2.5
"""How long a changed figure stands out."""


class ProductGrid(Grid):
    """The grid with the keys that move about in it."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.GRID)]


class DetailPane(Widget):
    """The product under the cursor."""

    def render(self) -> RenderResult:
        """Draw the product, as far as it fits."""
        screen = self.screen
        assert isinstance(screen, ProductsScreen)
        return screen.detail(self.content_size.width) or ""


class ProductsScreen(Screen[None]):
    """What is shown follows from two values: the workspace and the look."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.SCREEN)]
    AUTO_FOCUS = "#grid"

    def __init__(self, workspace: Workspace, scenario: Scenario) -> None:
        super().__init__()
        self.workspace = workspace
        self.scenario = scenario
        self.look = Look()
        self.comparison: Comparison = workspace.compare(scenario)
        self._before_filter = self.look
        self._before_change: Comparison | None = None
        self._fresh: frozenset[tuple[str, str]] = frozenset()
        self._reloading: Reloading | None = None
        self._changing: Changing | None = None

    def compose(self) -> ComposeResult:
        """Lay out the screen."""
        self._fit(self.app.size)  # before anything has a style, which costs nothing
        yield TitleBar(id="title")
        yield FilterBar(id="filter")
        with Horizontal(id="body"):
            yield ProductGrid(id="grid")
            yield DetailPane(id="detail")
            yield Static(id="message")
        yield KeyBar(id="keys")

    def on_mount(self) -> None:
        """Show the whole catalogue."""
        self._draw()
        self.watch(self.grid, "marks", self._marks_changed, init=False)
        self.call_after_refresh(self.watch_file)

    def on_unmount(self) -> None:
        """Stop looking at the file."""
        if self._reloading is not None:
            self._reloading.stop()

    @property
    def grid(self) -> ProductGrid:
        """The table."""
        return self.query_one("#grid", ProductGrid)

    @property
    def filter_bar(self) -> FilterBar:
        """The filter."""
        return self.query_one("#filter", FilterBar)

    # From the look to what is seen

    def show(self, look: Look) -> None:
        """Look at the catalogue in another way; the cursor and the marks stay on their products.

        Raises:
            QueryError: The filter makes no sense; what is shown stays.
        """
        query = Query.parse(look.where)
        self.comparison = self.workspace.compare(self.scenario, where=query, sort=look.sort)
        self.look = look
        self._draw()

    def _draw(self) -> None:
        comparison = self.comparison
        tickers = [comparison.table.products[row].ticker for row in comparison.rows]
        columns = grid_columns(self.look.columns, comparison)
        self.grid.show(
            row_keys=tickers,
            columns=columns,
            cell=cell_of(comparison, self._fresh),
            sort=self.look.sort,
        )
        if not self.filter_bar.is_open:
            self.filter_bar.text = self.look.where
        self.filter_bar.state = table_state(comparison, len(self.grid.marks))
        title = self.query_one("#title", TitleBar)
        title.state = catalogue_state(self.workspace, comparison)
        title.alarm = alarm(self.workspace)
        self._say_why_empty()
        self.set_class(not tickers, "-empty")
        self.query_one("#detail").refresh()

    def on_resize(self) -> None:
        """Lay the screen out for its new size."""
        self._fit(self.size)

    def _fit(self, size: Size) -> None:
        """Choose the layout; where nothing of use can be shown, say so."""
        was_tiny = self.has_class("-tiny")
        is_tiny = size.width < LEAST_WIDTH or size.height < LEAST_HEIGHT
        self.set_class(is_tiny, "-tiny")
        self.set_class(size.width < WIDTH_FOR_DETAIL, "-narrow")
        self.set_class(size.width >= WIDTH_FOR_WIDE_DETAIL, "-wide")
        if is_tiny != was_tiny and self.is_mounted:
            self._say_why_empty()

    def _say_why_empty(self) -> None:
        is_tiny = self.has_class("-tiny")
        said = TOO_SMALL if is_tiny else nothing_shown(self.workspace, self.comparison, self.look)
        self.query_one("#message", Static).update(said)

    def detail(self, width: int) -> Content | None:
        """Return the product under the cursor, written for a width; None without one."""
        ticker = self.grid.row_key
        if ticker is None or width < 1:
            return None
        row = self.workspace.row_of(ticker)
        return Detail(self.workspace, self.comparison.table, row, width).content()

    async def run_command(self, command: Command) -> None:
        """Do what a key would do, by other means."""
        target = self.grid if command.scope is Scope.GRID else self
        await target.run_action(command.action)

    @on(KeyBar.Chosen)
    async def _key_chosen(self, event: KeyBar.Chosen) -> None:
        await self.run_command(event.command)

    # The table

    def _marks_changed(self) -> None:
        self.filter_bar.state = table_state(self.comparison, len(self.grid.marks))

    @on(Grid.RowHighlighted)
    def _row_highlighted(self) -> None:
        self.query_one("#detail").refresh()

    @on(Grid.RowSelected)
    def _row_selected(self) -> None:
        self.action_detail()

    @on(Grid.SortRequested)
    def _sort_requested(self, event: Grid.SortRequested) -> None:
        if event.column_key == RANK:
            return
        first = self.look.sort[0] if self.look.sort else None
        key = SortKey.best_first(event.column_key)
        is_first = first is not None and first.key == key.key
        self.sort_by(first.reversed if is_first and first else key, additional=event.additional)

    def sort_by(self, key: SortKey, *, additional: bool = False) -> None:
        """Sort by a figure, alone or after those sorted by already."""
        self.show(self.look.sorted_by(key, additional=additional))

    def action_sort(self, descending: bool) -> None:  # noqa: FBT001 - written in a binding
        """Sort by the column of the cursor."""
        self._sort_by_cursor(descending=descending, additional=False)

    def action_add_sort(self, descending: bool) -> None:  # noqa: FBT001 - written in a binding
        """Sort equals by the column of the cursor."""
        self._sort_by_cursor(descending=descending, additional=True)

    def _sort_by_cursor(self, *, descending: bool, additional: bool) -> None:
        key = self.grid.column_key
        if key is not None and key != RANK:
            self.sort_by(SortKey(key, descending), additional=additional)

    def action_best_first(self) -> None:
        """Sort by net yield, best first."""
        self.show(self.look.sorted_by(DEFAULT_SORT[0]))

    # The filter

    def action_filter(self) -> None:
        """Type a filter."""
        self._before_filter = self.look
        self.filter_bar.open()

    @on(FilterBar.Wanted)
    def _filter_wanted(self) -> None:
        self.action_filter()

    @on(FilterBar.Changed)
    def _filter_changed(self, event: FilterBar.Changed) -> None:
        fault, look = "", self.look.filtered(event.text)
        try:
            if not self._is_half_typed(look):
                self.show(look)
        except QueryError as error:
            fault = visible(str(error)).removeprefix("filter: ")
        self.query_one("#keys", KeyBar).fault = fault
        self.filter_bar.is_faulty = bool(fault)

    def _is_half_typed(self, look: Look) -> bool:
        """Tell whether a filter that matches nothing ends in the beginning of a figure's key."""
        word = look.where.rpartition(" ")[2]
        if not any(key.startswith(word) for key in FIGURES if word):
            return False
        query = Query.parse(look.where)
        return not self.workspace.compare(self.scenario, where=query, sort=look.sort).rows

    @on(FilterBar.Closed)
    def _filter_closed(self, event: FilterBar.Closed) -> None:
        self.query_one("#keys", KeyBar).fault = ""
        self.show(self.look if event.is_kept else self._before_filter)
        self.filter_bar.text = self.look.where
        self.grid.focus()

    def action_clear_filter(self) -> None:
        """Show all products."""
        self.show(self.look.filtered(""))

    def action_toggle_asset(self, number: int) -> None:
        """Show or hide an asset by its place in the file; the first one chosen stands alone."""
        assets = list(self.workspace.catalogue.assets)
        if number > len(assets):
            return
        try:
            self.show(self.look.with_asset(assets[number - 1], assets))
        except QueryError as error:  # no filter can say the name of every asset
            self.app.notify(visible(str(error)), severity="error", markup=False)

    def action_all_assets(self) -> None:
        """Show all assets."""
        self.show(self.look.with_all_assets())

    # Pages

    def action_explain(self) -> None:
        """Explain the figure under the cursor."""
        ticker, key = self.grid.row_key, self.grid.column_key
        if ticker is None or key is None:
            return
        key = self.look.sort[0].key if key == RANK else key
        row = self.workspace.row_of(ticker)
        from etfcompare.tui.pages import explanation_page  # noqa: PLC0415

        explanation = self.workspace.explain(self.scenario, row, key)
        title = f"{explanation.figure.label} of {visible(ticker)}"
        self._read(title, lambda width: explanation_page(explanation, width))

    def action_detail(self) -> None:
        """Show the product under the cursor, whole."""
        ticker = self.grid.row_key
        if ticker is not None:
            self._read(visible(ticker), lambda width: self.detail(width) or Content())

    def action_problems(self) -> None:
        """Show what is wrong or doubtful."""
        from etfcompare.tui.pages import problems_page  # noqa: PLC0415

        problems = self.workspace.problems(self.scenario)
        fault = self.workspace.fault
        title = visible(str(self.workspace.path))

        def write(width: int) -> Content:
            page = problems_page(problems, width)
            if fault is None:
                return page
            return Content.styled(f"{visible(str(fault))}\n\n", "$text-error") + page

        self._read(title, write)

    def action_changes(self) -> None:
        """Show what differs since the catalogue was changed last."""
        from etfcompare.engine.changes import Changes, changes  # noqa: PLC0415
        from etfcompare.tui.pages import changes_page  # noqa: PLC0415

        before = self._before_change
        found = (
            Changes(figures=(), added=(), removed=(), ranks=(), sort=self.look.sort)
            if before is None
            else changes(
                before.table,
                self.comparison.table,
                where=self.comparison.where,
                sort=self.look.sort,
            )
        )
        self._read("What changed", lambda width: changes_page(found, width))

    def action_help(self) -> None:
        """Show all keys."""
        from etfcompare.tui.pages import help_page  # noqa: PLC0415

        self._read("etfcompare", help_page)

    def _read(self, title: str, write: Callable[[int], Content]) -> None:
        # Pages are loaded when one is asked for: the first paint does not wait for them.
        from etfcompare.tui.reading import ReadingScreen  # noqa: PLC0415

        self.app.push_screen(ReadingScreen(title, write))

    # The file on disk

    def watch_file(self) -> None:
        """Look at the file from now on: what others write shows by itself."""
        from etfcompare.tui.reloading import Reloading  # noqa: PLC0415 - after the first paint

        if self._reloading is not None:
            self._reloading.stop()
        self._reloading = Reloading(self)
        self._reloading.start()

    def file_changed(self, document: Document, reading: Read) -> None:
        """Show what somebody else wrote."""
        if document.sha256 == self.workspace.document.sha256:
            self.workspace.fault = None
            self._draw()
            return
        before = self.comparison
        self.workspace.adopt(document, reading)
        said = self.catalogue_changed(before)
        if self._changing is not None:
            self._changing.file_changed()
        name = visible(self.workspace.path.name)
        self.app.notify(f"{name} was changed: {said}", markup=False)

    def file_unreadable(self, fault: UnreadableError) -> None:
        """Keep the last good view and say so."""
        self.workspace.fault = fault
        self._draw()

    def expect_own_save(self) -> None:
        """Take no notice of what this program has just saved."""
        if self._reloading is not None:
            self._reloading.expect(self.workspace.document.sha256)

    def catalogue_changed(self, before: Comparison) -> str:
        """Show the catalogue as it is now, what changed marked for a moment; say what that is."""
        self._before_change = before
        self.show(self.look)
        self._fresh = changed_cells(before, self.comparison, self.look.columns)
        if self._fresh:
            self._draw()
            self.set_timer(FRESH_SECONDS, self._no_longer_fresh)
        return differences(before, self.comparison, self._fresh)

    def _no_longer_fresh(self) -> None:
        self._fresh = frozenset()
        self._draw()

    def action_reload(self) -> None:
        """Read the file again."""
        before = self.comparison
        changed = self.workspace.reload()
        fault = self.workspace.fault
        self.catalogue_changed(before)
        if fault is not None:
            self.app.notify(visible(str(fault)), severity="error", markup=False)
        else:
            self.expect_own_save()
            said = "read again" if changed else "the file has not changed"
            self.app.notify(f"{visible(self.workspace.path.name)}: {said}", markup=False)

    # Changing the catalogue

    @property
    def changing(self) -> Changing:
        """What changes the catalogue; loaded when it is first asked for."""
        if self._changing is None:
            from etfcompare.tui.changing import Changing  # noqa: PLC0415

            self._changing = Changing(self)
        return self._changing

    @property
    def terminal_app(self) -> TerminalApp:
        """The app, which can hand the terminal to another program."""
        app = self.app
        assert isinstance(app, TerminalApp)
        return app

    @work(group="change")
    async def action_edit(self) -> None:
        """Edit the figure under the cursor."""
        await self.changing.edit()

    @work(group="change")
    async def action_add(self) -> None:
        """Add a product."""
        await self.changing.add()

    @work(group="change")
    async def action_delete(self) -> None:
        """Delete the product under the cursor."""
        await self.changing.delete()

    @work(group="change")
    async def action_outside(self) -> None:
        """Open the file in the user's own editor."""
        await self.changing.outside()

    def action_undo(self) -> None:
        """Take the last change back."""
        self.changing.undo()

    def action_redo(self) -> None:
        """Do the last undone change again."""
        self.changing.redo()

    def action_theme(self) -> None:
        """Choose a theme."""
        self.app.search_themes()
