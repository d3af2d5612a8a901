"""The app with the user's own files, and all that it tells in notifications."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from conftest import TODAY
from etfcompare.engine.scenario import Scenario
from etfcompare.tui import app as app_module
from etfcompare.tui.app import EtfCompare
from etfcompare.tui.own import Own
from screens import opened

if TYPE_CHECKING:
    from textual.notifications import SeverityLevel


class Telling(EtfCompare):
    """The app; it keeps what it tells."""

    CSS_PATH = str(
        Path(app_module.__file__).with_name("app.tcss")
    )  # else it would be looked for here

    def __init__(
        self,
        path: Path,
        *,
        own: Own | None = None,
        scenario: Scenario | None = None,
        view: str | None = None,
        given: frozenset[str] = frozenset(),
    ) -> None:
        """Start as the program does, with the files of the test's own home.

        Args:
            path: The catalogue.
            own: The user's settings; None to read them.
            scenario: What options say; None for the usual one.
            view: The view that an option names.
            given: The assumptions that options name.
        """
        super().__init__(
            partial(opened, path),
            scenario or Scenario(as_of=TODAY),
            own=own or Own.read(os.environ),
            view=view,
            given=given,
        )
        self.told: list[str] = []

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """Keep what is told, which is never markup."""
        assert not markup
        self.told.append(message)
        super().notify(message, title=title, severity=severity, timeout=timeout, markup=markup)
