"""The table of products and what stands around it: what is shown follows from a few values.

How the user looks at the catalogue is a `Look`, what is assumed a `Scenario`; filter, sort, layout
and drawing live here. What keys do beyond that is in `products`.
"""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult, RenderResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.geometry import Size
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from etfcompare.engine.assumptions import differences, knobs
from etfcompare.engine.comparison import DEFAULT_SORT, Comparison, SortKey
from etfcompare.engine.figures import FIGURES, HEADLINE, Table
from etfcompare.engine.query import Query, QueryError
from etfcompare.engine.scenario import Scenario
from etfcompare.engine.sheet import Pin, Sheet, sheet_of
from etfcompare.tui.cells import RANK, cell_of, changed_cells, grid_columns
from etfcompare.tui.chrome import Banner, FilterBar, KeyBar, TitleBar
from etfcompare.tui.commands import COMMANDS, Command, Scope, bar_commands, bindings, key_of
from etfcompare.tui.detail import Detail
from etfcompare.tui.grid import Grid
from etfcompare.tui.look import Look
from etfcompare.tui.status import (
    TOO_SMALL,
    alarm,
    assumed,
    catalogue_state,
    change_in_words,
    nothing_shown,
    table_state,
)
from etfcompare.visible import visible
from etfcompare.workspace import Workspace

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
        assert isinstance(screen, TableScreen)
        return screen.detail(self.content_size.width) or ""


class TableScreen(Screen[None]):
    """What is shown follows from the workspace, the look, the scenario and the pinned ones."""

    AUTO_FOCUS = "#grid"

    commands: tuple[Command, ...] = COMMANDS
    """What the user can do by keys, with the keys in force."""

    def __init__(self, workspace: Workspace, scenario: Scenario, look: Look) -> None:
        """Make the screen.

        Args:
            workspace: The open catalogue.
            scenario: What is assumed at first.
            look: How the catalogue is looked at, with a filter that makes sense.
        """
        super().__init__()
        self.workspace = workspace
        self.base = scenario
        """What was assumed when the program was started, or by the view in force."""
        self.scenario = scenario
        """What is assumed now."""
        self.pins: dict[str, Scenario] = {}
        """Scenarios that are kept to be compared with, by name."""
        self.look = look
        self.comparison = self._compared(look)
        self.sheet: Sheet = sheet_of(self.comparison, look.columns)
        self._before_filter = look
        self._fresh: frozenset[tuple[str, str]] = frozenset()
        self._kept: dict[str, Table] = {}

    def compose(self) -> ComposeResult:
        """Lay out the screen."""
        self._fit(self.app.size)  # before anything has a style, which costs nothing
        yield TitleBar("Products")
        yield FilterBar(id="filter")
        with Horizontal(id="body"):
            yield ProductGrid(id="grid")
            with Vertical(id="side"):
                yield DetailPane(id="detail")
            yield Static(id="message")
        yield KeyBar(bar_commands(self.commands))

    def on_mount(self) -> None:
        """Show the whole catalogue."""
        self._draw()
        self.watch(self.grid, "marks", self._marks_changed, init=False)

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
        self.comparison = self._compared(look)
        self.look = look
        self._draw()

    def assume(self, scenario: Scenario) -> None:
        """Show the same under another scenario."""
        self.scenario = scenario
        self.show(self.look)

    def rebase(self, base: Scenario) -> None:
        """Hold what is assumed against another scenario; what the user changed stays changed."""
        changed = [
            knob
            for knob in knobs(self.workspace.catalogue)
            if knob.value(self.scenario) != knob.value(self.base)
        ]
        scenario = base
        for knob in changed:
            scenario = knob.set(scenario, knob.value(self.scenario))
        self.base, self.scenario = base, scenario

    def _compared(self, look: Look) -> Comparison:
        query = Query.parse(look.where)
        return self.workspace.compare(self.scenario, where=query, sort=look.sort)

    @property
    def base_table(self) -> Table | None:
        """The figures under what was assumed before, if something else is assumed now."""
        return None if self.scenario == self.base else self._table_under("base", self.base)

    def _table_under(self, name: str, scenario: Scenario) -> Table:
        """Return the figures under a scenario that is kept, on the catalogue as it is now."""
        kept, table = self._kept.get(name), self.comparison.table
        if kept is None or kept.catalogue is not table.catalogue or kept.scenario != scenario:
            kept = self._kept[name] = table.under(scenario)
        return kept

    def _draw(self) -> None:
        comparison = self.comparison
        pins = [Pin(name, self._table_under(name, one)) for name, one in sorted(self.pins.items())]
        self.sheet = sheet_of(comparison, self.look.columns, pins)
        base = self.base_table
        tickers = [comparison.table.products[row].ticker for row in comparison.rows]
        self.grid.show(
            row_keys=tickers,
            columns=grid_columns(self.sheet, self.look.widths, is_supposed=base is not None),
            cell=cell_of(self.sheet, self._fresh, base),
            sort=self.look.sort,
        )
        if not self.filter_bar.is_open:
            self.filter_bar.text = self.look.where
        self.filter_bar.state = table_state(comparison, len(self.grid.marks))
        title = self.query_one("#title", TitleBar)
        title.state = catalogue_state(self.workspace, comparison, self.view_in_words)
        title.alarm = alarm(self.workspace)
        self._say_what_if()
        self._say_why_empty()
        self.set_class(not tickers, "-empty")
        self.query_one("#detail").refresh()

    @property
    def view_in_words(self) -> str:
        """The view in force, if there is one."""
        return self.look.view

    @property
    def supposed(self) -> tuple[Content, ...]:
        """What is assumed that was not, and what is pinned, in lines for a banner."""
        table = self.comparison.table
        return assumed(
            differences(self.scenario, self.base, table),
            {name: differences(one, self.base, table) for name, one in sorted(self.pins.items())},
        )

    def _say_what_if(self) -> None:
        """Say in a banner what is assumed that was not, and what is pinned."""
        lines = self.supposed
        banner = self.query_one_optional("#banner", Banner)
        if banner is None and lines:
            change, reset = (key_of(self.commands, one) for one in ("what_if", "reset_scenario"))
            self.mount(Banner(lines, change=change, reset=reset), after="#title")
        elif banner is not None:
            banner.lines = lines

    # A change of the catalogue

    def catalogue_changed(self, before: Comparison) -> str:
        """Show the catalogue as it is now, what changed marked for a moment; say what that is."""
        self.show(self.look)
        self._fresh = changed_cells(before, self.comparison, self.look.columns)
        if self._fresh:
            self._draw()
            self.set_timer(FRESH_SECONDS, self._no_longer_fresh)
        return change_in_words(before, self.comparison, self._fresh)

    def _no_longer_fresh(self) -> None:
        self._fresh = frozenset()
        self._draw()

    # The layout

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
        said = nothing_shown(self.workspace, self.comparison, self.look, self.commands)
        self.query_one("#message", Static).update(
            TOO_SMALL if is_tiny else said,
            layout=False,  # it fills what there is
        )

    def detail(self, width: int) -> Content | None:
        """Return the product under the cursor, written for a width; None without one."""
        ticker = self.grid.row_key
        if ticker is None or width < 1:
            return None
        row = self.workspace.row_of(ticker)
        table = self.comparison.table
        return Detail(self.workspace, table, row, width, self.base_table).content()

    # The table

    def figure_of(self, column_key: str) -> str:
        """Return the key of the figure in a column; in that of the ranks, what is sorted by."""
        if column_key == RANK:
            return self.look.sort[0].key if self.look.sort else HEADLINE
        return next(one.source for one in self.sheet.columns if one.key == column_key)

    def scenario_of(self, column_key: str) -> Scenario:
        """Return the scenario that a column is under: a pinned one, or the one in force."""
        found = (one.table.scenario for one in self.sheet.columns if one.key == column_key)
        return next(found, self.scenario)

    def _marks_changed(self) -> None:
        self.filter_bar.state = table_state(self.comparison, len(self.grid.marks))

    @on(Grid.RowHighlighted)
    def _row_highlighted(self) -> None:
        self.query_one("#detail").refresh()

    @on(Grid.SortRequested)
    def _sort_requested(self, event: Grid.SortRequested) -> None:
        if event.column_key == RANK:
            return
        first = self.look.sort[0] if self.look.sort else None
        key = SortKey.best_first(self.figure_of(event.column_key))
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
            self.sort_by(SortKey(self.figure_of(key), descending), additional=additional)

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
        return not self._compared(look).rows

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
