"""What the flows mode shows: columns or a map, the league, and the chosen period at a glance."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import events, on
from textual.app import ComposeResult, RenderResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.geometry import Size
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from etfcompare.history.league import By, group_of
from etfcompare.history.series import PeriodKind
from etfcompare.tui.chrome import FilterBar, KeyBar, TitleBar
from etfcompare.tui.commands import Command, Scope, bar_commands, rekeyed
from etfcompare.tui.flows_board import ALL, Board, Figures, board_of
from etfcompare.tui.flows_chart import Chart
from etfcompare.tui.flows_heat import LEGEND, HeatMap
from etfcompare.tui.flows_keys import COMMANDS, commands
from etfcompare.tui.flows_pages import label_of, nothing_shown
from etfcompare.tui.flows_table import Column, cell_of, columns_of, ordered, trend_of
from etfcompare.tui.flows_text import both_ends, millions, percent, period_words
from etfcompare.tui.flows_text import side_of as colour_of
from etfcompare.tui.flows_week import Week
from etfcompare.tui.grid import Grid
from etfcompare.tui.status import TOO_SMALL, alarm
from etfcompare.tui.styles import MUTED, STRONG
from etfcompare.visible import visible

if TYPE_CHECKING:
    from etfcompare.tui.flows_board import FlowStore
    from etfcompare.tui.products import ProductsScreen

LEAST_WIDTH, LEAST_HEIGHT = 40, 8
"""Below this nothing of use can be shown."""
LEAST_HEIGHT_FOR_CHART: Final = 17
WIDTH_FOR_WEEK: Final = 112
"""From where the period stands beside the league."""
WIDTH_FOR_WIDE_WEEK: Final = 160
_CHART_SHARE: Final = 3
"""The chart takes one of so many lines."""
_MOST_CHART: Final = 20


class FlowGrid(Grid):
    """The league: the cursor stands on a row, and the keys to either side move the period."""

    BINDINGS: ClassVar[list[BindingType]] = [one.binding for one in commands(Scope.GRID)]


class FlowChart(Widget):
    """The flows of the row under the cursor, or the map of all."""

    def render(self) -> RenderResult:
        """Draw the head and, where there is room, the columns or the map."""
        screen = self.screen
        assert isinstance(screen, FlowsView)
        return screen.chart(self.content_size)

    def on_click(self, event: events.Click) -> None:
        """Go to the period under the mouse."""
        screen = self.screen
        offset = event.get_content_offset(self)
        if offset is not None and isinstance(screen, FlowsView):
            screen.go_to_cell(offset.x, self.content_size.width)


class FlowWeek(Widget):
    """The chosen period at a glance."""

    def render(self) -> RenderResult:
        """Draw as much as fits."""
        screen = self.screen
        assert isinstance(screen, FlowsView)
        size = self.content_size
        return Content("\n").join(screen.week(size.width, size.height))


class FlowsView(Screen[None]):
    """What is shown follows from history, the products in sight, grouping and period."""

    AUTO_FOCUS = "#grid"
    # Here and not in the style sheet of the app, which is parsed before the first paint.
    CSS = """
    FlowsScreen {
        layout: vertical;

        #title, #filter, #keys { height: 1; color: $text-muted; }
        #title, #keys { background: $surface; }
        #chart { height: 12; padding: 0 1; border-bottom: solid $foreground 15%; }
        #body { height: 1fr; }
        #grid { width: 1fr; height: 1fr; }
        #week {
            width: 40;
            padding: 0 1;
            border-left: solid $foreground 15%;
            overflow: hidden;
        }
        #message {
            display: none;
            height: 1fr;
            width: 1fr;
            content-align: center middle;
            text-align: center;
            color: $text-muted;
        }

        &.-low #chart { height: 1; border: none; }
        &.-narrow #week { display: none; }
        &.-wide #week { width: 62; padding: 0 2; }
        &.-empty #chart, &.-empty #grid, &.-empty #week { display: none; }
        &.-empty #message { display: block; }
        &.-tiny #title, &.-tiny #filter, &.-tiny #chart, &.-tiny #grid, &.-tiny #week,
        &.-tiny #keys { display: none; }
        &.-tiny #message { display: block; }
    }
    """

    def __init__(self, products: ProductsScreen) -> None:
        """Make the screen.

        Args:
            products: The mode of the products: what is open, which of them are in sight and what
                is assumed is asked of it.
        """
        super().__init__()
        self.products = products
        self.commands: tuple[Command, ...] = rekeyed(COMMANDS, products.own.keys)
        self.by = By.PRODUCT
        self.kind: PeriodKind | None = None
        """The periods wanted; None for the usual ones."""
        self.day: int | None = None
        """The period wanted, by its last day; None for the newest."""
        self.opened: tuple[tuple[By, str], ...] = ()
        """The groups that were opened, the innermost last."""
        self.sort, self.is_descending = Column.FLOW, True
        self.is_published = False
        self.is_map = False
        self.board: Board | None = None
        self.figures: dict[str, Figures] = {}
        self._of: tuple[object, ...] = ()
        self._boards: dict[tuple[By, bool], Board] = {}
        self._order: list[str] = []
        self._before_filter = ""

    def compose(self) -> ComposeResult:
        """Lay out the screen."""
        self._fit(self.app.size)  # before anything has a style, which costs nothing
        yield TitleBar("Flows")
        yield FilterBar(id="filter")
        yield FlowChart(id="chart")
        with Horizontal(id="body"):
            yield FlowGrid(id="grid")
            yield FlowWeek(id="week")
            yield Static(id="message")
        yield KeyBar(bar_commands(self.commands))

    def on_mount(self) -> None:
        """Show the newest period."""
        self._fit_chart(self.app.size)
        self.draw()

    def on_screen_resume(self) -> None:
        """Show what became of things meanwhile."""
        self.draw()

    @property
    def grid(self) -> FlowGrid:
        """The league."""
        return self.query_one("#grid", FlowGrid)

    @property
    def filter_bar(self) -> FilterBar:
        """The filter, which the products share."""
        return self.query_one("#filter", FilterBar)

    @property
    def store(self) -> FlowStore | None:
        """The flows; None while the files are not read."""
        return self.products.flow_store

    # What is shown

    def follow(self) -> None:
        """Show what holds now, if anybody looks."""
        if self.is_mounted and self.is_current:
            self.draw()

    def draw(self) -> None:
        """Show everything as it is now."""
        self._take()
        board = self.board
        has_rows = board is not None and bool(board.groups)
        self.set_class(not has_rows and not self.has_class("-tiny"), "-empty")
        said = TOO_SMALL if self.has_class("-tiny") else self._nothing_shown()
        self.query_one("#message", Static).update(said)
        self._draw_chrome()
        if board is not None and has_rows:
            self.figures = {
                key: board.group(key).figures(board.days, self.place)
                for key in (ALL, *board.groups)
            }
            self._draw_grid(board)
            if not self.filter_bar.is_open:
                self.set_focus(self.grid)
        self._redraw_around()

    def _draw_grid(self, board: Board) -> None:
        width = self.grid.size.width or self.app.size.width
        rows = ordered(board, self.figures, self.sort, descending=self.is_descending)
        self._order = [one for one in rows if one != ALL]
        self.grid.show(
            row_keys=rows,
            columns=columns_of(board, width),
            cell=cell_of(board, self.figures, trend_of(width)),
            sort=((self.sort.value, self.is_descending),),
        )
        self.grid.move_to_column(self.sort.value)

    def _draw_chrome(self) -> None:
        title = self.query_one("#title", TitleBar)
        comparison = self.products.comparison
        title.subject = "".join(f"› {visible(name)} " for _, name in self.opened).rstrip()
        title.state = (
            visible(self.products.workspace.path.name),
            f"{len(comparison.rows)} of {comparison.total}",
            f"as of {self.products.scenario.as_of}",
        )
        title.alarm = alarm(self.products.workspace)
        if not self.filter_bar.is_open:
            self.filter_bar.text = self.products.look.where
        self.filter_bar.state = Content.styled(self._state(), MUTED)

    def _state(self) -> str:
        board = self.board
        if board is None:
            return ""
        arrow = "▼" if self.is_descending else "▲"
        parts = [f"by {board.by.value}", f"{board.kind.value}s", f"{arrow} {self.sort.value}"]
        if board.is_published:
            parts.insert(1, "as published")
        elif board.all_of_them.is_partial:
            parts.append("~ assets of some unknown")
        return " · ".join(parts)

    def _redraw_around(self) -> None:
        self.query_one("#chart").refresh()
        self.query_one("#week").refresh()

    # The league

    def _take(self) -> None:
        """Add up what is wanted now, unless that has been done."""
        store = self.store
        if store is None or store.kind is None:
            self.board, self._of = None, ()
            return
        catalogue, as_of = self.products.workspace.catalogue, self.products.scenario.as_of
        of = (store, catalogue, self.board_kind, self._tickers(), as_of)
        if of != self._of:
            self._boards.clear()
            self._of = of
        is_published = self.is_published and store.publishes(self.by)
        self.board = self._board(self.by, is_published=is_published)

    def _board(self, by: By, *, is_published: bool = False) -> Board:
        """Return a league of the funds in sight, or of what the file states; added up once."""
        store = self.store
        assert store is not None
        found = self._boards.get((by, is_published))
        if found is None:
            found = self._boards[by, is_published] = board_of(
                store,
                self.products.workspace.catalogue,
                by=by,
                kind=self.board_kind,
                tickers=self._tickers(),
                upto=self.products.scenario.as_of,
                is_published=is_published,
            )
        return found

    @property
    def board_kind(self) -> PeriodKind:
        """The periods shown."""
        store = self.store
        assert store is not None
        return self.kind if self.kind in store.kinds and self.kind else store.usual_kind

    def _tickers(self) -> frozenset[str] | None:
        """The products in sight: those of the filter, and of the groups that were opened."""
        if not self.products.look.where.strip() and not self.opened:
            return None
        comparison = self.products.comparison
        chosen = (comparison.table.products[row] for row in comparison.rows)
        return frozenset(
            one.ticker
            for one in chosen
            if all(group_of(one, by) == name for by, name in self.opened)
        )

    @property
    def place(self) -> int:
        """The place of the chosen period; the newest if it is not there."""
        days = self.board.days if self.board is not None else ()
        if self.day is None or not days:
            return max(len(days) - 1, 0)
        return min(range(len(days)), key=lambda at: abs(days[at] - (self.day or 0)))

    @property
    def keys(self) -> tuple[str, ...]:
        """The rows from top to bottom."""
        return (ALL, *self._order)

    @property
    def key(self) -> str:
        """The row under the cursor."""
        return self.grid.row_key or ALL

    # Around the league

    def chart(self, size: Size) -> Content:
        """Return the head and the columns, or the map, in so many cells."""
        board = self.board
        if board is None or not board.groups or not size.area:
            return Content()
        lines = [self._head(board, size.width)]
        if size.height > 1:
            drawn = self._map(board) if self.is_map else self._columns(board)
            lines += drawn.lines(size.width, size.height - 1)
        return Content("\n").join(lines)

    def _columns(self, board: Board) -> Chart:
        by_day = board.group(self.key).by_day
        return Chart(board.days, [by_day.get(one) for one in board.days], board.kind, self.place)

    def _map(self, board: Board) -> HeatMap:
        return HeatMap(board, self._order, self.key, self.place)

    def _head(self, board: Board, width: int) -> Content:
        day, group = board.days[self.place], board.group(self.key)
        flow, share = group.by_day.get(day), group.share(day)
        left = Content.assemble(
            (label_of(board, self.key), STRONG), (f"   {period_words(day, board.kind)}   ", MUTED)
        )
        left += Content.styled(f"{millions(flow)} $m", f"bold {colour_of(flow)}".strip())
        if share is not None:
            left += Content.styled(f"   {percent(share)} of AUM", MUTED)
        right = LEGEND if self.is_map else f"{board.period_of(day)}"
        return both_ends(left, Content.styled(right, MUTED), width)

    def week(self, width: int, height: int | None) -> list[Content]:
        """Return the chosen period at a glance, in so many cells."""
        store, board = self.store, self.board
        if store is None or board is None or not board.groups or width < 1:
            return []
        groups = {by: self._board(by) for by in (By.ASSET, By.COUNTRY)}
        day = board.days[self.place]
        return Week(store.history, self._board(By.PRODUCT), groups, day).lines(width, height)

    def _nothing_shown(self) -> Content:
        store = self.store
        kind = self.board_kind if store is not None and store.kind is not None else None
        files = self.products.workspace.catalogue.history
        return nothing_shown(files, kind, self.commands, is_read=store is not None)

    # The layout

    def on_resize(self) -> None:
        """Lay the screen out for its new size."""
        self._fit(self.size)
        self._fit_chart(self.size)
        self.call_after_refresh(self.draw)

    def _fit(self, size: Size) -> None:
        self.set_class(size.width < LEAST_WIDTH or size.height < LEAST_HEIGHT, "-tiny")
        self.set_class(size.width < WIDTH_FOR_WEEK, "-narrow")
        self.set_class(size.width >= WIDTH_FOR_WIDE_WEEK, "-wide")
        self.set_class(size.height < LEAST_HEIGHT_FOR_CHART, "-low")

    def _fit_chart(self, size: Size) -> None:
        lines = 1 if self.has_class("-low") else min(size.height // _CHART_SHARE, _MOST_CHART)
        self.query_one("#chart").styles.height = lines

    # The period

    @on(Grid.RowHighlighted)
    def _row_highlighted(self) -> None:
        self.query_one("#chart").refresh()

    def go_to_cell(self, x: int, width: int) -> None:
        """Go to the period that is drawn at a cell of the chart.

        Args:
            x: The cell.
            width: Cells of the chart.
        """
        board = self.board
        if board is None or not board.days:
            return
        drawn = self._map(board) if self.is_map else self._columns(board)
        place = drawn.span(width).place_at(x - drawn.indent)
        if place is not None:
            self.go_to(place)

    def go_to(self, place: int) -> None:
        """Go to a period by its place."""
        assert self.board is not None
        self.day = self.board.days[place] if place + 1 < len(self.board.days) else None
        self.draw()
