"""The app: opens a catalogue, holds the themes and the palette, and shows the screens."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterable
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import ClassVar, Protocol, runtime_checkable

from textual import events
from textual.app import SystemCommand
from textual.reactive import Reactive
from textual.screen import Screen
from textual.theme import Theme

from etfcompare.engine.comparison import SortKey
from etfcompare.engine.figures import FIGURES
from etfcompare.engine.scenario import Scenario
from etfcompare.errors import EtfcompareError, UsageError
from etfcompare.remembered import Remembered
from etfcompare.tui import terminal
from etfcompare.tui.chrome import FilterBar
from etfcompare.tui.commands import Command, listed_commands
from etfcompare.tui.fault import FaultScreen
from etfcompare.tui.own import Own
from etfcompare.tui.products import ProductsScreen
from etfcompare.tui.terminal import TerminalApp
from etfcompare.tui.themes import DARK, LIGHT
from etfcompare.workspace import Workspace


@runtime_checkable
class Mode(Protocol):
    """A screen whose commands the palette lists."""

    commands: tuple[Command, ...]

    async def run_command(self, command: Command) -> None:
        """Do what a key would do."""


class EtfCompare(TerminalApp):
    """Everything it needs is passed in: how to open the catalogue, and the scenario."""

    TITLE = "etfcompare"
    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "ctrl+p"
    BINDINGS: ClassVar = []

    # Known before the style sheet is made: to set a theme later is to make it twice.
    theme: Reactive[str] = Reactive(DARK.name)

    def __init__(
        self,
        open_workspace: Callable[[], Workspace],
        scenario: Scenario,
        *,
        own: Own | None = None,
        view: str | None = None,
        given: frozenset[str] = frozenset(),
    ) -> None:
        """Make the app.

        Args:
            open_workspace: Opens the catalogue.
            scenario: What is assumed at first.
            own: The user's settings and what is remembered; None for neither.
            view: The name of the view to begin with.
            given: The assumptions that hold whatever the view says, by name.
        """
        super().__init__()
        self._open_workspace = open_workspace
        self._scenario = scenario
        self._own = own or Own()
        self._view = view
        self._given = given
        self.set_keymap({name: ",".join(keys) for name, keys in self._own.keys.items()})
        theme = self._own.remembered.theme or self._own.settings.theme
        if theme in self.available_themes:
            self.theme = theme

    @cached_property
    def available_themes(self) -> dict[str, Theme]:
        """The themes of the house, then those that come with Textual."""
        return {DARK.name: DARK, LIGHT.name: LIGHT, **super().available_themes}

    def get_default_screen(self) -> Screen[None]:
        """Open the catalogue; where that fails, say so."""
        try:
            return self._products()
        except EtfcompareError as error:
            return FaultScreen(error)

    def _products(self) -> ProductsScreen:
        workspace = self._open_workspace()
        scenario = workspace.scenario_for(self._scenario)
        start = None
        if self._view is not None or self._own.remembered != Remembered():
            from etfcompare.tui.viewing import start as started  # noqa: PLC0415 - seldom at once

            start = started(workspace, self._own, scenario, view=self._view, given=self._given)
        return ProductsScreen(workspace, scenario, own=self._own, start=start)

    def action_retry(self) -> None:
        """Try to open the catalogue again; the products come to lie over the fault."""
        try:
            self.push_screen(self._products())
        except EtfcompareError as error:
            if isinstance(self.screen, FaultScreen):
                self.screen.fault = error

    def on_key(self, event: events.Key) -> None:
        """Keep what is typed at once after `/` from being taken for commands."""
        bar = self.screen.query_one_optional(FilterBar)
        if bar is not None and bar.catch(event):
            event.prevent_default()

    def action_next_mode(self) -> None:
        """Go to the next mode; beside an open panel or field, go there."""
        from etfcompare.tui.modes import go_on  # noqa: PLC0415 - not at the start

        go_on(self, 1)

    def action_previous_mode(self) -> None:
        """Go to the mode before; beside an open panel or field, go there."""
        from etfcompare.tui.modes import go_on  # noqa: PLC0415 - not at the start

        go_on(self, -1)

    async def action_quit(self) -> None:
        """Leave; the exit code says so if the catalogue was never read."""
        was_read = any(isinstance(screen, ProductsScreen) for screen in self.screen_stack)
        fault = self.screen.fault if isinstance(self.screen, FaultScreen) else None
        self.exit(return_code=0 if was_read or fault is None else fault.exit_code)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """List for the palette every command, and every figure to sort by."""
        if isinstance(screen, Mode):
            for command in listed_commands(screen.commands):
                run = partial(screen.run_command, command)
                title = command.label[:1].upper() + command.label[1:]
                yield SystemCommand(f"{title}  ({command.shown_keys})", command.meaning, run)
        if isinstance(screen, ProductsScreen):
            for figure in FIGURES.values():
                sort = partial(screen.sort_by, SortKey.best_first(figure.key))
                yield SystemCommand(f"Sort by {figure.label}", figure.meaning, sort)


def launch(
    argument: str | None,
    scenario: Scenario | None = None,
    view: str | None = None,
    given: frozenset[str] = frozenset(),
) -> int:
    """Run the terminal interface and return the exit code of the process.

    Args:
        argument: The catalogue the user named, or None to look in the usual places.
        scenario: What is assumed; None for today and the defaults.
        view: The name of the view to begin with, if one was named.
        given: The assumptions that hold whatever the view says, by name.
    """
    refused = terminal.refusal(sys.stdin, sys.stderr, os.environ)
    if refused is not None:
        print(refused, file=sys.stderr)  # noqa: T201 - there is no terminal to draw on
        return UsageError.exit_code
    app = EtfCompare(
        partial(
            Workspace.open,
            argument,
            environ=os.environ,
            folder=Path.cwd(),
            today=date.today,
        ),
        scenario or Scenario(as_of=date.today()),  # noqa: DTZ011 - the user's own calendar
        own=Own.read(os.environ),
        view=view,
        given=given,
    )
    app.call_later(app.call_after_refresh, _collect_again)
    return terminal.run(app)


def _collect_again() -> None:
    """Let garbage be collected, which was off while the program started."""
    gc.freeze()
    gc.enable()
