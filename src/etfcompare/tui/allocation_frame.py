"""A screen with numbers at the left and what follows from them at the right."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from etfcompare.tui.chrome import Banner, KeyBar, TitleBar
from etfcompare.tui.commands import Command, Scope, bar_commands, key_of, rekeyed
from etfcompare.tui.reading import ReadingScreen
from etfcompare.tui.status import TOO_SMALL, catalogue_state
from etfcompare.tui.supposing import Supposing

if TYPE_CHECKING:
    from etfcompare.tui.products import ProductsScreen

LEAST_WIDTH, LEAST_HEIGHT = 50, 10
"""Below this nothing of use can be shown."""
NARROWEST: Final = 16
"""Cells of an answer; where there are fewer, it is out of sight."""
PANEL_WIDTHS: Final = ((170, 44), (110, 38), (0, 28))
"""From which width of the screen the limits get so many cells."""

SCREEN_CSS: Final = """
    layout: vertical;

    #title, #keys { height: 1; background: $surface; color: $text-muted; }
    #title { color: $foreground; }
    #body { height: 1fr; }
    #side { padding: 0 1 0 0; border-right: solid $foreground 15%; overflow: hidden; }
    #panel { height: 1fr; }
    #answer {
        width: 1fr;
        padding: 0 1 0 2;
        scrollbar-size-vertical: 1;
        scrollbar-color: $foreground 25%;
        scrollbar-background: $background;
    }
    #said { height: auto; }
    #message {
        display: none;
        height: 1fr;
        content-align: center middle;
        text-align: center;
        color: $text-muted;
    }

    &.-tiny #title, &.-tiny #banner, &.-tiny #body, &.-tiny #keys { display: none; }
    &.-tiny #message { display: block; }
"""
"""The style of a screen with numbers at the left and an answer at the right."""


class AnswerPane(VerticalScroll):
    """The answer, which scrolls and is written anew for each size."""

    def __init__(self, write: Callable[[int, int], Content]) -> None:
        """Make the pane.

        Args:
            write: Writes the answer for so many cells and lines.
        """
        super().__init__(id="answer", can_focus=False)
        self._write = write

    def compose(self) -> ComposeResult:
        """Lay out the text."""
        yield Static(id="said")

    def draw(self) -> None:
        """Write the answer as it is now."""
        size = self.scrollable_content_region.size
        if size.width >= NARROWEST:
            self.query_one("#said", Static).update(self._write(size.width, size.height))

    def on_resize(self) -> None:
        """Write the answer for the new size."""
        self.draw()


class AnswerScreen(Screen[None]):
    """Numbers at the left and the answer at the right, over a screen of products."""

    AUTO_FOCUS = "#grid"

    def __init__(self, page: str, products: ProductsScreen, every: tuple[Command, ...]) -> None:
        """Make the screen.

        Args:
            page: Its name.
            products: Whose products in sight, scenario and keys it follows.
            every: What it does by keys.
        """
        super().__init__()
        self.products = products
        self.commands: tuple[Command, ...] = rekeyed(every, products.own.keys)
        self._page = page
        self.supposing = Supposing(products, self)

    def panel(self) -> Widget:
        """Return the numbers."""
        raise NotImplementedError

    def page(self, width: int, height: int) -> Content:
        """Write the answer for so many cells and lines."""
        raise NotImplementedError

    def refresh_answer(self) -> None:
        """Work the answer out again, from what holds now."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """Lay out the screen."""
        yield TitleBar(self._page)
        yield Banner(
            (),
            change=key_of(self.commands, "what_if"),
            reset=key_of(self.commands, "reset_scenario"),
        )
        with Horizontal(id="body"):
            with Vertical(id="side"):
                yield self.panel()
            yield AnswerPane(self.page)
        yield Static(TOO_SMALL, id="message")
        yield KeyBar(bar_commands(self.commands))

    def on_mount(self) -> None:
        """Lay the screen out for its size."""
        self._fit(self.app.size)

    def on_screen_resume(self) -> None:
        """Show what has changed meanwhile."""
        self.follow()

    def on_resize(self) -> None:
        """Lay the screen out for its new size."""
        self._fit(self.size)

    def _fit(self, size: Size) -> None:
        self.set_class(size.width < LEAST_WIDTH or size.height < LEAST_HEIGHT, "-tiny")
        width = next(cells for least, cells in PANEL_WIDTHS if size.width >= least)
        self.query_one("#side").styles.width = width

    def follow(self) -> None:
        """Show what holds now: other products in sight, another scenario, another catalogue."""
        if not self.is_current:
            return
        title = self.query_one("#title", TitleBar)
        title.state = catalogue_state(self.products.workspace, self.products.comparison)
        banner = self.query_one("#banner", Banner)
        banner.lines = self.products.supposed
        banner.display = bool(banner.lines)
        self.supposing.follow()
        self.refresh_answer()

    def draw_answer(self) -> None:
        """Write the answer as it is now."""
        self.query_one("#answer", AnswerPane).draw()

    # Keys

    def action_close(self) -> None:
        """Go back to where it was opened; the numbers stay."""
        self.app.pop_screen()

    def action_allocate(self) -> None:
        """Show what to hold."""
        self.products.action_allocate()

    def action_rebalance(self) -> None:
        """Show what to trade."""
        self.products.action_rebalance()

    async def run_command(self, command: Command) -> None:
        """Do what a key would do, by other means."""
        target = self.query_one("#grid") if command.scope is Scope.GRID else self
        await target.run_action(command.action)

    @on(KeyBar.Chosen)
    async def _key_chosen(self, event: KeyBar.Chosen) -> None:
        await self.run_command(event.command)

    async def action_what_if(self) -> None:
        """Open the panel of assumptions, go there, or close it."""
        await self.supposing.toggle()

    def action_reset_scenario(self) -> None:
        """Assume again what was assumed at first."""
        self.supposing.reset()

    def action_pin(self, name: str) -> None:
        """Keep the scenario in force to be compared with, or let it go."""
        self.products.action_pin(name)

    def action_half_page_down(self) -> None:
        """Go half a page of the answer down."""
        self._scroll(0.5)

    def action_half_page_up(self) -> None:
        """Go half a page of the answer up."""
        self._scroll(-0.5)

    def action_page_down(self) -> None:
        """Go a page of the answer down."""
        self._scroll(1.0)

    def action_page_up(self) -> None:
        """Go a page of the answer up."""
        self._scroll(-1.0)

    def _scroll(self, pages: float) -> None:
        pane = self.query_one("#answer", AnswerPane)
        lines = round(pages * max(pane.size.height - 1, 1))
        pane.scroll_relative(y=lines, animate=False)

    def action_help(self) -> None:
        """Show the keys of this screen."""
        from etfcompare.tui.allocation_pages import keys_page  # noqa: PLC0415 - not before it is asked

        self.read(self._page, lambda width: keys_page(width, self.commands))

    def action_theme(self) -> None:
        """Choose a theme."""
        self.app.search_themes()

    def read(self, title: str, write: Callable[[int], Content]) -> None:
        """Show a page over this screen."""
        self.app.push_screen(ReadingScreen(title, write))
