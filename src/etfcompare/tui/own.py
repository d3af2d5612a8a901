"""What is the user's own: settings, and how the last run left the screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from etfcompare.catalogue.places import state_folder
from etfcompare.remembered import Remembered, recall, remember
from etfcompare.settings import Settings, read_settings


@dataclass(slots=True, kw_only=True)
class Own:
    """Without a folder nothing is remembered, as where the interface only runs for a test."""

    settings: Settings = field(default_factory=Settings)
    remembered: Remembered = field(default_factory=Remembered)
    folder: Path | None = None
    """Where the screen is remembered."""
    notices: tuple[str, ...] = ()
    """What is wrong with either file, a line each."""

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Own:
        """Read both; what cannot be used is told and never fatal.

        Args:
            environ: The environment, which names the folders.
        """
        settings = read_settings(environ)
        folder = state_folder(environ)
        remembered, notice = recall(folder)
        notices = tuple(one for one in (settings.notice, notice) if one)
        return cls(settings=settings, remembered=remembered, folder=folder, notices=notices)

    def keep(self, state: Remembered) -> str | None:
        """Remember a state; return a line for the user if that fails."""
        if self.folder is None or state == self.remembered:
            return None
        self.remembered = state
        return remember(self.folder, state)
