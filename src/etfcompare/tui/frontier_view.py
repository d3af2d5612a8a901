"""What the frontier mode shows: the chart, the chosen product, and the best funds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.app import ComposeResult, RenderResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.geometry import Size
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from etfcompare.portfolio.frontier import Frontier, Point, frontier_of
from etfcompare.portfolio.plot import Window, signs_of_assets
from etfcompare.tui.chrome import Banner, FilterBar, KeyBar, TitleBar
from etfcompare.tui.commands import Command, bar_commands, key_of, rekeyed
from etfcompare.tui.detail import Detail
from etfcompare.tui.frontier_chart import Chart
from etfcompare.tui.frontier_cursor import FrontierChart
from etfcompare.tui.frontier_keys import COMMANDS
from etfcompare.tui.frontier_pages import Words, nothing_shown
from etfcompare.tui.status import TOO_SMALL, alarm, catalogue_state
from etfcompare.tui.styles import MUTED, WARNING
from etfcompare.tui.table_screen import (
    LEAST_HEIGHT,
    LEAST_WIDTH,
    WIDTH_FOR_DETAIL,
    WIDTH_FOR_WIDE_DETAIL,
)
from etfcompare.visible import visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from etfcompare.engine.figures import Table
    from etfcompare.tui.products import ProductsScreen

HEIGHT_FOR_LIST: Final = 30
"""From where the best funds stand below the chart as a table."""
HEIGHT_FOR_FOOT: Final = 14
"""Below this only one line stands below the chart."""
_LIST_SHARE: Final = 5
"""The table takes at most one of so many lines."""


class FrontierFoot(Widget):
    """The chosen product in two lines, and the best funds."""

    def render(self) -> RenderResult:
        """Draw as much as there is room for."""
        screen = self.screen
        assert isinstance(screen, FrontierView)
        size = self.content_size
        return Content("\n").join(screen.foot(size.width, size.height))


class FrontierDetail(Widget):
    """The product under the cursor, whole."""

    def render(self) -> RenderResult:
        """Draw the product, as far as it fits."""
        screen = self.screen
        assert isinstance(screen, FrontierView)
        return screen.detail(self.content_size.width) or ""


class FrontierView(Screen[None]):
    """What is shown follows from the products in sight, the scenario, the cursor and the window."""

    AUTO_FOCUS = "#grid"
    # Here and not in the style sheet of the app, which is parsed before the first paint.
    CSS = """
    FrontierScreen {
        layout: vertical;

        #title, #filter, #keys { height: 1; color: $text-muted; }
        #title, #keys { background: $surface; }
        #body { height: 1fr; }
        #main { width: 1fr; height: 1fr; }
        #grid { height: 1fr; padding: 0 1; }
        #foot { height: 3; padding: 0 1; border-top: solid $foreground 15%; }
        #side {
            width: 47;
            padding: 0 1;
            border-left: solid $foreground 15%;
            overflow: hidden;
        }
        #detail { height: 1fr; overflow: hidden; }
        #message {
            display: none;
            height: 1fr;
            width: 1fr;
            content-align: center middle;
            text-align: center;
            color: $text-muted;
        }

        &.-narrow #side { display: none; }
        &.-wide #side { width: 54; padding: 0 2; }
        &.-supposing #side { display: block; }
        &.-supposing.-narrow #body { layout: vertical; }
        &.-supposing.-narrow #side {
            width: 1fr;
            height: 45%;
            min-height: 2;
            border: none;
            border-top: solid $foreground 15%;
        }
        &.-supposing.-narrow #detail { display: none; }
        &.-supposing.-narrow #foot { max-height: 1; border: none; }
        &.-empty #main { display: none; }
        &.-empty #message { display: block; }
        &.-tiny #title, &.-tiny #banner, &.-tiny #filter, &.-tiny #main, &.-tiny #side,
        &.-tiny #keys { display: none; }
        &.-tiny #message { display: block; }
    }
    """

    def __init__(self, products: ProductsScreen) -> None:
        """Make the screen.

        Args:
            products: The mode of the products: what is open, which of them are in sight, which is
                under the cursor and what is assumed is asked of it.
        """
        super().__init__()
        self.products = products
        self.commands: tuple[Command, ...] = rekeyed(COMMANDS, products.own.keys)
        self.frontier: Frontier = frontier_of(products.comparison.table, ())
        self.chosen: Point | None = None
        """The point under the cursor."""
        self._wanted: Window | None = None
        """What the user looks at; None for all."""
        self._from_zero = True
        self._of: tuple[Table, tuple[int, ...]] | None = None
        self._before_filter = ""

    def compose(self) -> ComposeResult:
        """Lay out the screen."""
        self._fit(self.app.size)  # before anything has a style, which costs nothing
        yield TitleBar("Frontier")
        yield FilterBar(id="filter")
        with Horizontal(id="body"):
            with Vertical(id="main"):
                yield FrontierChart(self)
                yield FrontierFoot(id="foot")
            yield Static(id="message")
            with Vertical(id="side"):
                yield FrontierDetail(id="detail")
        yield KeyBar(bar_commands(self.commands))

    def on_mount(self) -> None:
        """Show the products in sight."""
        self.draw()

    def on_screen_resume(self) -> None:
        """Show what became of things meanwhile; the cursor stands where that of the table does."""
        self.draw()

    @property
    def filter_bar(self) -> FilterBar:
        """The filter, which the modes share."""
        return self.query_one("#filter", FilterBar)

    @property
    def marks(self) -> frozenset[str]:
        """The marked products, which the table shares."""
        return self.products.grid.marks

    @property
    def window(self) -> Window:
        """What is in sight."""
        if self._wanted is not None:
            return self._wanted
        plane = ((one.volatility, one.net_yield) for one in self.frontier.points)
        return Window.fit(plane, self.frontier.cash, from_zero=self._from_zero)

    # What is shown

    def follow(self) -> None:
        """Show what holds now, if anybody looks."""
        if self.is_mounted and self.is_current:
            self.draw()

    def draw(self) -> None:
        """Show everything as it is now."""
        self._take()
        has_points = bool(self.frontier.points)
        is_tiny = self.has_class("-tiny")
        self.set_class(not has_points and not is_tiny, "-empty")
        said = nothing_shown(self.frontier, self.products.look, self.commands)
        self.query_one("#message", Static).update(TOO_SMALL if is_tiny else said)
        self._draw_chrome()
        self._draw_banner()
        self._fit_foot()
        self._redraw()

    def _take(self) -> None:
        """Work the frontier out for what is in sight now, unless that has been done."""
        comparison = self.products.comparison
        of = (comparison.table, tuple(comparison.rows))
        if self._of is None or self._of[0] is not of[0] or self._of[1] != of[1]:
            self.frontier = frontier_of(*of)
            self._of = of
        ticker = self.products.grid.row_key
        found = self.frontier.at(ticker) if ticker is not None else None
        if found is None and self.chosen is not None:
            found = self.frontier.at(self.chosen.ticker)
        points = (*self.frontier.efficient, *self.frontier.points)
        before, self.chosen = self.chosen, found or next(iter(points), None)
        if self.chosen is not None and (before is None or before.ticker != self.chosen.ticker):
            self._bring_in_sight(self.chosen)

    def _draw_chrome(self) -> None:
        title = self.query_one("#title", TitleBar)
        products = self.products
        title.state = catalogue_state(
            products.workspace, products.comparison, products.view_in_words
        )
        title.alarm = alarm(products.workspace)
        if not self.filter_bar.is_open:
            self.filter_bar.text = products.look.where
        self.filter_bar.state = Content.styled(self._state(), MUTED)

    def _state(self) -> str:
        frontier = self.frontier
        parts = [f"{len(frontier.efficient)} efficient of {len(frontier.points)}"]
        parts += [f"{len(frontier.leaders)} best"] if frontier.points else []
        parts += [f"{len(frontier.left_out)} left out"] if frontier.left_out else []
        parts += [f"• {len(self.marks)} marked"] if self.marks else []
        parts += ["not all in sight"] if self._wanted is not None else []
        return " · ".join(parts)

    def _draw_banner(self) -> None:
        lines = self.products.supposed
        banner = self.query_one_optional("#banner", Banner)
        if banner is None and lines:
            change, reset = (key_of(self.commands, one) for one in ("what_if", "reset_scenario"))
            self.mount(Banner(lines, change=change, reset=reset), after="#title")
        elif banner is not None:
            banner.lines = lines

    def _redraw(self) -> None:
        for name in ("#grid", "#foot", "#detail"):
            self.query_one(name).refresh()

    @property
    def words(self) -> Words:
        """What is said of what is shown."""
        return Words(self.frontier, self.products.comparison.table, self._signs)

    @property
    def _signs(self) -> Mapping[str, str]:
        return signs_of_assets(self.products.workspace.catalogue)

    def chart(self, size: Size) -> Chart | None:
        """Return the chart for so many cells; None if there is nothing to draw."""
        if not self.frontier.points or not size.area:
            return None
        return Chart(
            frontier=self.frontier,
            window=self.window,
            signs=self._signs,
            chosen=self.chosen,
            marks=self.marks,
            width=size.width,
            height=size.height,
        )

    def foot(self, width: int, height: int) -> list[Content]:
        """Return the chosen product, and the best funds as a table or in a line."""
        here = self.chosen
        if here is None or width < 1:
            return []
        words = self.words
        lines = [*words.chosen(here, width)]
        missing = self.products.grid.row_key
        if missing is not None and missing in self.frontier.left_out:
            said = f"{visible(missing)} is not on the chart: {self.frontier.left_out[missing]}"
            lines[1] = Content.styled(said, WARNING).truncate(width, ellipsis=True)
        if height > len(lines) + 1:
            lines += [Content(), *words.in_rows(here.ticker, width, height - len(lines) - 1)]
        elif height > len(lines):
            lines.append(words.in_a_line(width))
        return lines

    def detail(self, width: int) -> Content | None:
        """Return the product under the cursor, written for a width; None without one."""
        if self.chosen is None or width < 1:
            return None
        products = self.products
        table, base = products.comparison.table, products.base_table
        return Detail(products.workspace, table, self.chosen.row, width, base).content()

    # The layout

    def on_resize(self) -> None:
        """Lay the screen out for its new size."""
        self._fit(self.size)
        self.draw()

    def _fit(self, size: Size) -> None:
        self.set_class(size.width < LEAST_WIDTH or size.height < LEAST_HEIGHT, "-tiny")
        self.set_class(size.width < WIDTH_FOR_DETAIL, "-narrow")
        self.set_class(size.width >= WIDTH_FOR_WIDE_DETAIL, "-wide")

    def _fit_foot(self) -> None:
        """Give the foot what it has to say, and the chart the rest."""
        height = self.app.size.height
        lines = 3
        if height >= HEIGHT_FOR_LIST:
            rows = len(self.frontier.leaders) + 2
            lines += min(rows, height // _LIST_SHARE)
        elif height < HEIGHT_FOR_FOOT:
            lines = 1
        self.query_one("#foot").styles.height = lines + 1  # with its border

    # The cursor

    def go_to(self, point: Point) -> None:
        """Put the cursor on a product, here and in the table."""
        self.chosen = point
        self.products.grid.move_to(point.ticker)
        self._bring_in_sight(point)
        self._redraw()

    def _bring_in_sight(self, point: Point) -> None:
        if self._wanted is not None:
            self._wanted = self._wanted.showing(point.volatility, point.net_yield)

    def look_at(self, window: Window | None) -> None:
        """Look at a part of the plane; None for all of it."""
        self._wanted = window
        self._draw_chrome()
        self._redraw()

    def toggle_zero(self) -> None:
        """Fit the scale across to the products, or begin it at zero again; all is in sight."""
        self._from_zero = not self._from_zero
        self.look_at(None)

    @property
    def is_closer(self) -> bool:
        """Whether the user looks at a part of the plane."""
        return self._wanted is not None

    def mark(self, marks: frozenset[str]) -> None:
        """Mark these products and no others, here and in the table."""
        self.products.grid.marks = marks
        self._draw_chrome()
        self._redraw()
