"""The app: opens a catalogue, holds the themes and the palette, and shows the screens."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual.app import SystemCommand
from textual.screen import Screen

from etfcompare.engine.comparison import SortKey
from etfcompare.engine.figures import FIGURES
from etfcompare.engine.scenario import Scenario
from etfcompare.errors import UnreadableError, UsageError
from etfcompare.tui import terminal
from etfcompare.tui.commands import Scope, listed_commands
from etfcompare.tui.fault import FaultScreen
from etfcompare.tui.products import ProductsScreen
from etfcompare.tui.terminal import TerminalApp
from etfcompare.tui.themes import DARK, LIGHT
from etfcompare.workspace import Workspace


class EtfCompare(TerminalApp):
    """Everything it needs is passed in: how to open the catalogue, and the scenario."""

    TITLE = "etfcompare"
    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "ctrl+p"
    BINDINGS: ClassVar = []

    def __init__(self, open_workspace: Callable[[], Workspace], scenario: Scenario) -> None:
        super().__init__()
        self._open_workspace = open_workspace
        self._scenario = scenario
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.theme = DARK.name

    def get_default_screen(self) -> Screen[None]:
        """Open the catalogue; where that fails, say so."""
        try:
            return ProductsScreen(self._open_workspace(), self._scenario)
        except UnreadableError as error:
            return FaultScreen(error)

    def action_retry(self) -> None:
        """Try to open the catalogue again."""
        self.switch_screen(self.get_default_screen())

    def action_give_up(self) -> None:
        """Leave without having read the catalogue."""
        self.exit(return_code=UnreadableError.exit_code)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """List for the palette every command, and every figure to sort by."""
        if not isinstance(screen, ProductsScreen):
            return
        for command in listed_commands():
            target = screen.grid if command.scope is Scope.GRID else screen
            run = partial(target.run_action, command.action)
            title = command.label[:1].upper() + command.label[1:]
            yield SystemCommand(f"{title}  ({command.shown_keys})", command.meaning, run)
        for figure in FIGURES.values():
            sort = partial(screen.sort_by, SortKey.best_first(figure.key))
            yield SystemCommand(f"Sort by {figure.label}", figure.meaning, sort)


def launch(argument: str | None, scenario: Scenario | None = None) -> int:
    """Run the terminal interface and return the exit code of the process.

    Args:
        argument: The catalogue the user named, or None to look in the usual places.
        scenario: What is assumed; None for today and the defaults.
    """
    refused = terminal.refusal(sys.stdin, sys.stderr, os.environ)
    if refused is not None:
        print(refused, file=sys.stderr)  # noqa: T201 - there is no terminal to draw on
        return UsageError.exit_code
    # A collection while everything is being made finds nothing and costs the first paint.
    gc.disable()
    app = EtfCompare(
        partial(
            Workspace.open,
            argument,
            environ=os.environ,
            folder=Path.cwd(),
            today=date.today,
        ),
        scenario or Scenario(as_of=date.today()),  # noqa: DTZ011 - the user's own calendar
    )
    app.call_later(app.call_after_refresh, _collect_again)
    return terminal.run(app)


def _collect_again() -> None:
    gc.freeze()
    gc.enable()
