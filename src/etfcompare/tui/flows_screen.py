"""The flows mode: what its keys do."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.content import Content

from etfcompare.engine.query import QueryError
from etfcompare.history.flows import counted_on, last_day, resampled
from etfcompare.history.league import By
from etfcompare.history.series import Series
from etfcompare.history.tables import Scope as Of
from etfcompare.tui.chrome import FilterBar, KeyBar
from etfcompare.tui.commands import Command, Scope
from etfcompare.tui.flows_board import ALL, Board
from etfcompare.tui.flows_keys import commands
from etfcompare.tui.flows_pages import group_page, help_page, label_of, why_page
from etfcompare.tui.flows_table import SORTABLE, Column
from etfcompare.tui.flows_view import FlowsView
from etfcompare.tui.grid import Grid
from etfcompare.tui.reading import ReadingScreen
from etfcompare.visible import visible


class FlowsScreen(FlowsView):
    """What the money did, period by period, and who gained and who lost it."""

    BINDINGS: ClassVar[list[BindingType]] = [one.binding for one in commands(Scope.SCREEN)]

    # Keys

    async def run_command(self, command: Command) -> None:
        """Do what a key would do, by other means."""
        target = self.grid if command.scope is Scope.GRID else self
        await target.run_action(command.action)

    @on(KeyBar.Chosen)
    async def _key_chosen(self, event: KeyBar.Chosen) -> None:
        await self.run_command(event.command)

    @on(Grid.SortRequested)
    def _sort_requested(self, event: Grid.SortRequested) -> None:
        column = Column(event.column_key)
        if column is self.sort:
            self.action_turn_sort()
        elif column in SORTABLE:
            self.sort = column
            self.draw()

    def action_step_period(self, step: int) -> None:
        """Go some periods on, or back."""
        if self.board is not None and self.board.days:
            self.go_to(min(max(self.place + step, 0), len(self.board.days) - 1))

    def action_newest(self) -> None:
        """Go to the newest period."""
        self.day = None
        self.draw()

    def action_group(self) -> None:
        """Add flows up by the next of product, asset, issuer, country."""
        every = list(By)
        self.by = every[(every.index(self.by) + 1) % len(every)]
        self.draw()

    def action_published(self) -> None:
        """Show what the file states for the groups themselves, or sums of funds."""
        store = self.store
        if store is None or not store.publishes(self.by):
            said = f"the file states no flows by {self.by.value} themselves"
            self.app.notify(said, severity="warning", markup=False)
            return
        self.is_published = not self.is_published
        self.draw()

    def action_period(self) -> None:
        """Show the next longer periods, or the shortest again."""
        store = self.store
        if store is None or not store.kinds:
            return
        before, kinds = self.board_kind, store.kinds
        self.kind = kinds[(kinds.index(before) + 1) % len(kinds)]
        if len(kinds) == 1:
            self.app.notify(f"the file has {before.value}s only", markup=False)
        if self.day is not None:
            self.day = last_day(counted_on(self.day, before), self.kind)
        self.draw()

    def action_heat(self) -> None:
        """Show the map of all rows in place of the columns, or back."""
        self.is_map = not self.is_map
        self.query_one("#chart").refresh()

    def action_next_sort(self) -> None:
        """Sort by the next column."""
        place = SORTABLE.index(self.sort)
        self.sort = SORTABLE[(place + 1) % len(SORTABLE)]
        self.draw()

    def action_turn_sort(self) -> None:
        """Turn the order of the rows around."""
        self.is_descending = not self.is_descending
        self.draw()

    # Down and up

    @on(Grid.RowSelected)
    def action_drill_down(self) -> None:
        """Open the funds of a row, or the page of a fund or of all."""
        board, key = self.board, self.key
        if board is None or not board.groups:
            return
        if key == ALL or board.by is By.PRODUCT or board.is_published:
            self._read(
                label_of(board, key),
                lambda width: group_page(board, key, self.place, self._whole(board, key), width),
            )
            return
        self.opened = (*self.opened, (board.by, key))
        self.by = By.PRODUCT
        self.draw()
        self.grid.action_first()

    def _whole(self, board: Board, key: str) -> Series:
        """Return the flows of a row since they began; of many funds as far as the league goes."""
        store, group = self.store, board.group(key)
        stated = store.history.flows.get((Of.PRODUCT, key)) if store is not None else None
        if stated is None or board.by is not By.PRODUCT:
            return group.series
        return resampled(stated, board.kind)

    def action_go_up(self) -> None:
        """Leave the group that was opened; else show all funds; else go to the products."""
        if self.opened:
            *rest, (by, name) = self.opened
            self.opened, self.by = tuple(rest), by
            self.draw()
            self.grid.move_to(name)
        elif self.products.look.where:
            self.products.action_clear_filter()
        else:
            self.app.call_later(self.app.run_action, "previous_mode")

    def action_explain(self) -> None:
        """Say where the figures of a row come from."""
        board, key, place = self.board, self.key, self.place
        if self.store is not None and board is not None and board.groups:
            catalogue, upto = self.products.workspace.catalogue, self.products.scenario.as_of
            members = board.group(key).members
            stated = [self.store.stated(board.scope, one, upto) for one in members]
            self._read(
                f"Flows of {label_of(board, key)}",
                lambda width: why_page(board, key, place, stated, catalogue, width),
            )

    def action_at_a_glance(self) -> None:
        """Show the chosen period, whole."""
        board = self.board
        if board is not None and board.groups:
            title = str(board.period_of(board.days[self.place]))
            self._read(title, lambda width: Content("\n").join(self.week(width, None)))

    def action_export(self) -> None:
        """Write the league into a file."""
        if self.board is not None and self.board.groups:
            from etfcompare.tui.flows_taking import FlowsTaking  # noqa: PLC0415 - seldom

            FlowsTaking(self, self.board).export()

    def action_problems(self) -> None:
        """Show what is wrong or doubtful."""
        self.products.action_problems()

    def action_help(self) -> None:
        """Show the keys of this mode."""
        self._read("Flows", lambda width: help_page(width, self.commands))

    def action_reload(self) -> None:
        """Read the files of history again."""
        self.products.read_history_again()

    def action_theme(self) -> None:
        """Choose a theme."""
        self.app.search_themes()

    def _read(self, title: str, write: Callable[[int], Content]) -> None:
        self.app.push_screen(ReadingScreen(title, write))

    # The filter, which the products share

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
