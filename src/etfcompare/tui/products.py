"""The products mode: what its keys do, each by a part that is loaded when it is first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import BindingType

from etfcompare.catalogue.document import Document
from etfcompare.catalogue.reader import Read
from etfcompare.engine.comparison import Comparison
from etfcompare.engine.scenario import Scenario
from etfcompare.errors import UnreadableError
from etfcompare.tui.chrome import KeyBar
from etfcompare.tui.commands import Command, Scope, bindings
from etfcompare.tui.grid import Grid
from etfcompare.tui.look import Look
from etfcompare.tui.table_screen import TableScreen
from etfcompare.tui.terminal import TerminalApp
from etfcompare.visible import visible
from etfcompare.workspace import Workspace

if TYPE_CHECKING:
    from etfcompare.tui.asking import Asking
    from etfcompare.tui.changing import Changing
    from etfcompare.tui.reloading import Reloading
    from etfcompare.tui.supposing import Supposing


class ProductsScreen(TableScreen):
    """The table of products with all that can be asked of it and done to it."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.SCREEN)]

    def __init__(self, workspace: Workspace, scenario: Scenario, look: Look | None = None) -> None:
        super().__init__(workspace, scenario, look or Look())
        self._before_change: Comparison | None = None
        self._reloading: Reloading | None = None
        self._asking: Asking | None = None
        self._changing: Changing | None = None
        self._supposing: Supposing | None = None

    def on_mount(self) -> None:
        """Look at the file from the first paint on."""
        self.call_after_refresh(self.watch_file)

    def on_unmount(self) -> None:
        """Stop looking at the file."""
        if self._reloading is not None:
            self._reloading.stop()

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

    def action_calendar(self) -> None:
        """Show what comes within the horizon."""
        self.asking.calendar()

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
        if self._supposing is not None:
            self._supposing.follow()

    def action_what_if(self) -> None:
        """Open the panel of assumptions, go there, or close it."""
        self.supposing.toggle()

    def action_reset_scenario(self) -> None:
        """Assume again what was assumed at first."""
        self.supposing.reset()

    def action_pin(self, name: str) -> None:
        """Keep the scenario in force to be compared with, or let it go."""
        self.supposing.pin(name)

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
