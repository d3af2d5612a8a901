"""The compare mode: a few products side by side, figure by figure, and what a choice hangs on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import ClassVar

from textual import on
from textual.app import ComposeResult, RenderResult
from textual.binding import BindingType
from textual.containers import Container
from textual.content import Content
from textual.geometry import Size
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from etfcompare.engine.figures import HEADLINE, Table
from etfcompare.engine.side_by_side import FEWEST
from etfcompare.tui.chrome import KeyBar, TitleBar
from etfcompare.tui.commands import NO_KEYS, Keys, Scope, bar_commands, key_of, rekeyed
from etfcompare.tui.grid import Grid
from etfcompare.tui.status import KEY, TOO_SMALL
from etfcompare.tui.styles import MUTED, STRONG
from etfcompare.tui.versus_findings import Findings
from etfcompare.tui.versus_grid import VersusGrid
from etfcompare.tui.versus_keys import COMMANDS, commands
from etfcompare.tui.versus_table import Versus, figure_of
from etfcompare.units import format_rate, format_span
from etfcompare.visible import visible
from etfcompare.workspace import Workspace

LEAST_WIDTH, LEAST_HEIGHT = 40, 8
"""Below this nothing of use can be shown."""
LEAST_HEIGHT_FOR_PANEL = 20
PANEL_SHARE = 3
"""The panel below the table takes at most one of so many lines."""
WIDTH_FOR_PANEL_BESIDE = 150
WIDTH_FOR_TWO_COLUMNS = 72
"""From where the panel below the table has two columns."""
GUTTER = 4
"""Cells between them."""


class VersusPanel(Widget):
    """What is said of the figure under the cursor, and of the choice."""

    def render(self) -> RenderResult:
        """Draw as much as fits."""
        screen = self.screen
        assert isinstance(screen, VersusScreen)
        return screen.panel(self.content_size)


class VersusScreen(Screen[None]):
    """What is shown follows from a table of figures and the tickers wanted."""

    BINDINGS: ClassVar[list[BindingType]] = [one.binding for one in commands(Scope.SCREEN)]
    AUTO_FOCUS = "#grid"
    # Here and not in the style sheet of the app, which is parsed before the first paint.
    CSS = """
    VersusScreen {
        layout: vertical;

        #title, #keys { height: 1; background: $surface; color: $text-muted; }
        #title { color: $foreground; }
        #body { height: 1fr; layout: vertical; }
        #grid { width: 1fr; height: 1fr; }
        #panel {
            padding: 0 1 0 3;
            border-top: solid $foreground 15%;
            overflow: hidden;
        }
        #message {
            display: none;
            height: 1fr;
            content-align: center middle;
            text-align: center;
            color: $text-muted;
        }

        &.-low #panel { display: none; }
        &.-beside #body { layout: horizontal; }
        &.-beside #panel {
            display: block;
            width: 58;
            padding: 0 2;
            border-top: none;
            border-left: solid $foreground 15%;
        }
        &.-empty #body { display: none; }
        &.-empty #message { display: block; }
        &.-tiny #title, &.-tiny #body, &.-tiny #keys { display: none; }
        &.-tiny #message { display: block; }
    }
    """

    def __init__(
        self, workspace: Workspace, table: Table, tickers: Sequence[str], *, keys: Keys = NO_KEYS
    ) -> None:
        """Make a comparison.

        Args:
            workspace: What is open, to explain figures down to the line of the file.
            table: The figures under the scenario.
            tickers: The products wanted, from left to right.
            keys: The user's own keys.
        """
        super().__init__()
        self._workspace = workspace
        self._wanted = tuple(dict.fromkeys(tickers))
        self._only_differing = False
        self._commands = rekeyed(COMMANDS, keys)
        self._take(table)

    def _take(self, table: Table) -> None:
        row_of = {one.ticker: row for row, one in enumerate(table.products)}
        rows = (row_of.get(ticker) for ticker in self._wanted)
        self.versus = Versus(table, tuple(row for row in rows if row is not None))
        self.findings = Findings(self.versus)

    def compose(self) -> ComposeResult:
        """Lay out the screen."""
        self._fit(self.app.size)  # before anything has a style, which costs nothing
        yield TitleBar("Compare")
        with Container(id="body"):
            yield VersusGrid(self.versus, id="grid")
            yield VersusPanel(id="panel")
        yield Static(id="message")
        yield KeyBar(bar_commands(self._commands))

    def on_mount(self) -> None:
        """Show the comparison."""
        self._draw()

    @property
    def grid(self) -> VersusGrid:
        """The table."""
        return self.query_one("#grid", VersusGrid)

    # What is shown

    def show(self, table: Table) -> None:
        """Show the same products by other figures; those that are gone are left out and named.

        Args:
            table: The catalogue as it is now, under the scenario as it is now.
        """
        before = set(self.versus.tickers)
        self._take(table)
        gone = [one for one in self._wanted if one in before and one not in self.versus.tickers]
        self._draw()
        if gone:
            self.app.notify(f"gone from the catalogue: {_listed(gone)}", markup=False)

    def _draw(self) -> None:
        table = self.versus.table
        title = self.query_one("#title", TitleBar)
        title.subject = "  ".join(map(visible, self.versus.tickers))
        cash = table.shared("cash_yield")
        title.state = (
            f"as of {table.scenario.as_of}",
            f"cash {'?' if cash is None else format_rate(cash)}",
            format_span(table.scenario.horizon),
            *(visible(one) for one in table.scenario.unusual()),
        )
        if self._can_compare:
            self.grid.show_versus(self.versus, only_differing=self._only_differing)
        self._say_why_empty()
        if not self.has_class("-empty"):
            self.set_focus(self.grid)  # which lost it if there was nothing to show
        self._fit_panel()
        self.query_one("#panel").refresh()

    @property
    def _can_compare(self) -> bool:
        return len(self.versus.rows) >= FEWEST

    @property
    def _differing(self) -> list[str]:
        return [key for key, side in self.versus.sides.items() if side.differs]

    def _say_why_empty(self) -> None:
        is_tiny = self.has_class("-tiny")
        is_alike = self._can_compare and self._only_differing and not self._differing
        self.set_class(is_alike or not self._can_compare, "-empty")
        said = TOO_SMALL if is_tiny else self._alike() if is_alike else self._too_few()
        self.query_one("#message", Static).update(said)

    def _alike(self) -> Content:
        key = key_of(self._commands, "only_differences")
        return Content.assemble(
            ("These products agree in every figure.\n\n", STRONG), (key, KEY), " shows them all"
        )

    def _too_few(self) -> Content:
        gone = [one for one in self._wanted if one not in self.versus.tickers]
        return Content.assemble(
            ("Fewer than two products are left to compare.\n\n", STRONG),
            f"Gone from the catalogue: {_listed(gone)}\n\n" if gone else "",
            (key_of(self._commands, "dismiss"), KEY),
            " goes back to the products",
        )

    def on_resize(self) -> None:
        """Lay the screen out for its new size."""
        self._fit(self.size)
        self._say_why_empty()
        self._fit_panel()

    def _fit(self, size: Size) -> None:
        is_beside = size.width >= WIDTH_FOR_PANEL_BESIDE
        self.set_class(size.width < LEAST_WIDTH or size.height < LEAST_HEIGHT, "-tiny")
        self.set_class(is_beside, "-beside")
        self.set_class(size.height < LEAST_HEIGHT_FOR_PANEL, "-low")

    # The panel

    def _fit_panel(self) -> None:
        """Give the panel the lines it needs, the same for all figures, so that it keeps still."""
        panel = self.query_one("#panel", VersusPanel)
        if self.has_class("-beside") or not self._can_compare:
            panel.styles.height = "1fr"
            return
        columns = self._columns(HEADLINE, self.size.width - 4)
        needed = 1 + max(map(len, columns))
        panel.styles.height = min(needed, self.size.height // PANEL_SHARE)

    def panel(self, size: Size) -> Content:
        """Return what is said of the figure under the cursor and of the choice.

        Args:
            size: Cells to fill.
        """
        if not self._can_compare or not size.area:
            return Content()
        columns = self._columns(figure_of(self.grid.row_key) or HEADLINE, size.width)
        left, *others = (self._cut(one, size.height) for one in columns)
        if not others:
            return Content("\n").join(left)
        half = _half(size.width) + GUTTER
        return Content("\n").join(
            one + Content(" " * (half - one.cell_length)) + other
            for one, other in zip_longest(left, others[0], fillvalue=Content())
        )

    def _cut(self, lines: Sequence[Content], height: int) -> list[Content]:
        """Keep what fits; the last line then says which key shows the rest."""
        if len(lines) <= height:
            return list(lines)
        key = (key_of(self._commands, "findings"), KEY)
        return [
            *lines[: height - 1],
            Content.assemble(("… ", MUTED), key, (" shows the rest", MUTED)),
        ]

    def _columns(self, key: str, width: int) -> list[list[Content]]:
        """What the panel says, in one column or two."""
        about, choice = self.findings.about, self.findings.choice
        if self.has_class("-beside"):
            return [[*about(key, width), Content(), *choice(width)]]
        if width < WIDTH_FOR_TWO_COLUMNS:
            return [about(key, width)]
        half = _half(width)
        return [about(key, half), choice(width - half - GUTTER)]

    @on(Grid.RowHighlighted)
    def _cursor_moved(self) -> None:
        self.query_one("#panel").refresh()

    # Keys

    @on(KeyBar.Chosen)
    async def _key_chosen(self, event: KeyBar.Chosen) -> None:
        await self.run_action(event.command.action)

    @on(Grid.RowSelected)
    def action_explain(self) -> None:
        """Explain the figure under the cursor."""
        key, ticker = figure_of(self.grid.row_key), self.grid.column_key
        if key is None or ticker not in self.versus.tickers:
            return
        from etfcompare.engine.explain import explain  # noqa: PLC0415 - not before it is asked for
        from etfcompare.tui.pages import explanation_page  # noqa: PLC0415 - likewise

        row = self.versus.rows[self.versus.tickers.index(ticker)]
        explanation = explain(self.versus.table, self._workspace.document, row, key)
        title = f"{explanation.figure.label} of {visible(ticker)}"
        self._read(title, lambda width: explanation_page(explanation, width))

    def action_only_differences(self) -> None:
        """Show only the figures in which the products differ, or all again."""
        self._only_differing = not self._only_differing
        self._draw()

    def action_next_difference(self, step: int) -> None:
        """Go to the next figure in which the products differ."""
        self.grid.move_to_next(self._differing, step)

    def action_findings(self) -> None:
        """Show where they tie and what a switch costs, whole."""
        if self._can_compare:
            choice = self.findings.choice
            self._read("Ties and switches", lambda width: Content("\n").join(choice(width)))

    def action_help(self) -> None:
        """Show the keys of this screen."""
        from etfcompare.tui.versus_help import help_page  # noqa: PLC0415 - likewise

        self._read("Compare", lambda width: help_page(width, self._commands))

    def _read(self, title: str, write: Callable[[int], Content]) -> None:
        from etfcompare.tui.reading import ReadingScreen  # noqa: PLC0415 - likewise

        self.app.push_screen(ReadingScreen(title, write))


def _half(width: int) -> int:
    return (width - GUTTER) // 2


def _listed(tickers: Sequence[str]) -> str:
    return ", ".join(map(visible, tickers))
