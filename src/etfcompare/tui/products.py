"""The products mode: what its keys do, each by a part that is loaded when it is first asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import BindingType

from etfcompare.catalogue.document import Document
from etfcompare.catalogue.reader import Read
from etfcompare.catalogue.schema import History as Files
from etfcompare.engine.comparison import Comparison
from etfcompare.engine.scenario import Scenario
from etfcompare.errors import UnreadableError
from etfcompare.remembered import Remembered
from etfcompare.tui.chrome import KeyBar
from etfcompare.tui.commands import COMMANDS, Command, Scope, bindings, rekeyed
from etfcompare.tui.grid import Grid
from etfcompare.tui.look import Look
from etfcompare.tui.own import Own
from etfcompare.tui.table_screen import TableScreen
from etfcompare.tui.terminal import TerminalApp
from etfcompare.visible import visible
from etfcompare.workspace import Workspace

if TYPE_CHECKING:
    from textual.timer import Timer

    from etfcompare.tui.allocation_screen import AllocationScreen
    from etfcompare.tui.asking import Asking
    from etfcompare.tui.changing import Changing
    from etfcompare.tui.flows_board import FlowStore
    from etfcompare.tui.flows_loading import HistoryLoading
    from etfcompare.tui.flows_screen import FlowsScreen
    from etfcompare.tui.frontier_screen import FrontierScreen
    from etfcompare.tui.rebalance_screen import RebalanceScreen
    from etfcompare.tui.reloading import Reloading
    from etfcompare.tui.supposing import Supposing
    from etfcompare.tui.taking import Taking
    from etfcompare.tui.viewing import Start, Viewing

KEEP_SECONDS = 0.5
"""How long after a change it is remembered: a moment in which more may change."""


class ProductsScreen(TableScreen):
    """The table of products with all that can be asked of it and done to it."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.SCREEN)]

    def __init__(
        self,
        workspace: Workspace,
        launched: Scenario,
        *,
        own: Own | None = None,
        start: Start | None = None,
    ) -> None:
        """Make the screen.

        Args:
            workspace: The open catalogue.
            launched: What was assumed on the command line.
            own: The user's settings and what is remembered.
            start: How the catalogue is looked at first.
        """
        look = start.look if start else Look()
        super().__init__(workspace, start.base if start else launched, look)
        self.launched = launched
        self.own = own or Own()
        self.commands = rekeyed(COMMANDS, self.own.keys)
        self.view_look = start.view_look if start else Look()
        """How the view in force is looked at before anything is changed."""
        self._settled = look
        self._tried_out: Look | None = None
        self._changed_by_keys: set[str] = set()
        self._notices = (*self.own.notices, *([start.notice] if start and start.notice else []))
        self._unkept: Timer | None = None
        self._before_change: Comparison | None = None
        self._reloading: Reloading | None = None
        self._asking: Asking | None = None
        self._changing: Changing | None = None
        self._supposing: Supposing | None = None
        self._taking: Taking | None = None
        self._viewing: Viewing | None = None
        self._history_loading: HistoryLoading | None = None
        self._flow_store: FlowStore | None = None
        self.flows: FlowsScreen | None = None
        self.frontier: FrontierScreen | None = None
        """The other modes, once they were looked at."""
        self.allocation: AllocationScreen | None = None
        self.rebalance: RebalanceScreen | None = None
        """What to hold and what to trade, once they were looked at."""

    def on_mount(self) -> None:
        """Look at the file from the first paint on."""
        self.call_after_refresh(self._first_painted)

    def _first_painted(self) -> None:
        self.watch_file()
        self._load_history()
        self.app.theme_changed_signal.subscribe(self, lambda _: self._keep_soon("theme"))
        for notice in self._notices:
            self.app.notify(visible(notice), severity="warning", markup=False)

    def on_unmount(self) -> None:
        """Stop looking at the file, and keep what is not kept yet."""
        if self._reloading is not None:
            self._reloading.stop()
        if self._history_loading is not None:
            self._history_loading.stop()
        if self._unkept is not None:
            self.keep_now()

    # What the next run finds

    def show(self, look: Look) -> None:
        """Look at the catalogue in another way, which the next run finds again."""
        super().show(look)
        if look is self._tried_out:  # the file or a figure changed behind what is tried out
            return
        before, self._settled = self._settled, look
        remembered = ("view", "sort", "columns", "widths")
        self._keep_soon(*(one for one in remembered if getattr(before, one) != getattr(look, one)))

    def try_out(self, look: Look) -> None:
        """Look at the catalogue in a way that the user has not chosen yet."""
        self._tried_out = look
        super().show(look)

    def _keep_soon(self, *changed: str) -> None:
        self._changed_by_keys.update(changed)
        if changed and self._unkept is None:
            self._unkept = self.set_timer(KEEP_SECONDS, self.keep_now)

    def keep_now(self) -> None:
        """Remember what keys have changed, sooner than by itself."""
        if self._unkept is not None:
            self._unkept.stop()
            self._unkept = None
        notice = self.own.keep(self._kept_in)
        if notice is not None and self.is_mounted:
            self.app.notify(visible(notice), severity="warning", markup=False)

    def _kept_in(self, state: Remembered) -> Remembered:
        """Put into a state what keys have changed; what options asked for lasts for this run."""
        look, plain, changed = self._settled, self.view_look, self._changed_by_keys
        if "view" in changed:
            state = replace(state, view=look.view or None, sort=(), columns=())
        if "sort" in changed:
            state = replace(state, sort=look.sort if look.sort != plain.sort else ())
        if "columns" in changed:
            state = replace(state, columns=look.columns if look.columns != plain.columns else ())
        if "widths" in changed:
            state = replace(state, widths=look.widths)
        if "theme" in changed:
            state = replace(state, theme=self.app.theme)
        return state

    @property
    def view_in_words(self) -> str:
        """The view in force, and whether it was changed since it was chosen."""
        is_changed = replace(self.look, widths={}) != replace(self.view_look, widths={})
        return f"{self.look.view}, changed" if self.look.view and is_changed else self.look.view

    async def run_command(self, command: Command) -> None:
        """Do what a key would do, by other means."""
        target = self.grid if command.scope is Scope.GRID else self
        await target.run_action(command.action)

    @on(KeyBar.Chosen)
    async def _key_chosen(self, event: KeyBar.Chosen) -> None:
        await self.run_command(event.command)

    @on(Grid.RowSelected)
    def _row_selected(self) -> None:
        self.action_detail()

    # Pages

    @property
    def asking(self) -> Asking:
        """What answers questions."""
        if self._asking is None:
            from etfcompare.tui.asking import Asking  # noqa: PLC0415

            self._asking = Asking(self)
        return self._asking

    def action_explain(self) -> None:
        """Explain the figure under the cursor."""
        self.asking.explain()

    def action_detail(self) -> None:
        """Show the product under the cursor, whole."""
        self.asking.detail()

    def action_problems(self) -> None:
        """Show what is wrong or doubtful."""
        self.asking.problems()

    def action_changes(self) -> None:
        """Show what differs since the catalogue was changed last."""
        self.asking.changes(self._before_change)

    def action_compare(self) -> None:
        """Compare the marked products side by side."""
        self.asking.compare()

    def action_calendar(self) -> None:
        """Show what comes within the horizon."""
        self.asking.calendar()

    def action_reconcile(self) -> None:
        """Show what was promised and what was delivered."""
        self.asking.reconcile()

    def action_firmness(self) -> None:
        """Show how firm the top is, what moves the product under the cursor, and hard times."""
        self.asking.firmness()

    def action_help(self) -> None:
        """Show all keys."""
        self.asking.help()

    # Other assumptions

    @property
    def supposing(self) -> Supposing:
        """What asks what if."""
        if self._supposing is None:
            from etfcompare.tui.supposing import Supposing  # noqa: PLC0415

            self._supposing = Supposing(self)
        return self._supposing

    def _draw(self) -> None:
        super()._draw()
        if self._reloading is not None:  # not before the first paint
            self._load_history()
        modes = (self.flows, self.frontier, self.allocation, self.rebalance)
        for part in (self._supposing, self._asking, *modes):
            if part is not None:
                part.follow()

    async def action_what_if(self) -> None:
        """Open the panel of assumptions, go there, or close it."""
        await self.supposing.toggle()

    def action_reset_scenario(self) -> None:
        """Assume again what was assumed at first."""
        self.supposing.reset()

    def action_pin(self, name: str) -> None:
        """Keep the scenario in force to be compared with, or let it go."""
        self.supposing.pin(name)

    # What to hold

    def action_allocate(self) -> None:
        """Show what to hold of the products in sight, under limits."""
        from etfcompare.tui.allocation_opening import open_allocation  # noqa: PLC0415 - when asked

        open_allocation(self)

    def action_rebalance(self) -> None:
        """Show whether to trade what is held."""
        from etfcompare.tui.allocation_opening import open_rebalance  # noqa: PLC0415 - when asked

        open_rebalance(self)

    # Views and columns

    @property
    def viewing(self) -> Viewing:
        """What knows views and columns."""
        if self._viewing is None:
            from etfcompare.tui.viewing import Viewing  # noqa: PLC0415

            self._viewing = Viewing(self)
        return self._viewing

    def action_views(self) -> None:
        """Choose a view."""
        self.viewing.choose()

    def action_save_view(self) -> None:
        """Save how the table is looked at now."""
        self.viewing.save()

    def action_columns(self) -> None:
        """Choose the columns."""
        self.viewing.columns()

    # Files and the clipboard

    @property
    def taking(self) -> Taking:
        """What writes and copies what is shown."""
        if self._taking is None:
            from etfcompare.tui.taking import Taking  # noqa: PLC0415

            self._taking = Taking(self)
        return self._taking

    def action_export(self) -> None:
        """Write what is shown into a file."""
        self.taking.export()

    def action_copy_cell(self) -> None:
        """Copy the figure under the cursor."""
        self.taking.copy_cell()

    def action_copy_row(self) -> None:
        """Copy the product under the cursor."""
        self.taking.copy_row()

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
        return super().catalogue_changed(before)

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

    # The files of history beside it

    @property
    def flow_store(self) -> FlowStore | None:
        """The flows of the files that the catalogue names; None while they are not read."""
        store = self._flow_store
        return store if store is not None and store.history is self.workspace.history else None

    def _load_history(self) -> None:
        if self._history_loading is None and self.workspace.catalogue.history is not None:
            from etfcompare.tui.flows_loading import HistoryLoading  # noqa: PLC0415 - seldom

            self._history_loading = HistoryLoading(self)
            self._history_loading.start()

    def history_read(self, store: FlowStore, files: Files | None) -> None:
        """Show figures measured on history; they are no change of the catalogue.

        Args:
            store: What was read.
            files: From which files; others may be named by now, which are read in their turn.
        """
        if files != self.workspace.catalogue.history:
            return
        is_again = self.flow_store is not None
        self.workspace.history, self._flow_store = store.history, store
        self._kept.clear()
        self.show(self.look)
        if is_again:
            self.app.notify("the files of history were read again", markup=False)

    def history_failed(self, error: Exception) -> None:
        """Say that the files of history could not be read; what was read before stays."""
        said = f"history could not be read: {type(error).__name__} {error}"
        self.app.notify(visible(said), severity="error", markup=False)

    def read_history_again(self) -> None:
        """Read the files of history whether they changed or not."""
        if self._history_loading is not None:
            self._history_loading.read_again()

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
