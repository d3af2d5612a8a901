"""What is the user's own: settings, and how the last run left the screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from etfcompare.catalogue.places import state_folder
from etfcompare.remembered import Remembered, recall, remember
from etfcompare.settings import Settings, read_settings
from etfcompare.tui.commands import NO_KEYS, Keys
from etfcompare.visible import visible


@dataclass(slots=True, kw_only=True)
class Own:
    """Without a folder nothing is remembered, as where the interface only runs for a test."""

    settings: Settings = field(default_factory=Settings)
    remembered: Remembered = field(default_factory=Remembered)
    folder: Path | None = None
    """Where the screen is remembered."""
    notices: tuple[str, ...] = ()
    """What is wrong with either file, a line each."""
    keys: Keys = field(init=False, default_factory=lambda: NO_KEYS)
    """The keys of the settings that can be used."""
    has_failed: bool = False
    """Whether the last change could not be remembered, which the user knows."""

    def __post_init__(self) -> None:
        """Look through the keys of the settings."""
        if self.settings.keys:
            from etfcompare.tui.own_keys import usable_keys  # noqa: PLC0415 - few have any

            self.keys, fault = usable_keys(self.settings.keys)
            if fault:
                self.notices += (f"{visible(str(self.settings.path))}: {fault}",)

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

    def keep(self, change: Callable[[Remembered], Remembered]) -> str | None:
        """Remember a change, and whatever another run has remembered meanwhile.

        Args:
            change: Returns a state with what the user changed in this run.

        Returns:
            A line for the user if that fails, the first time that it does.
        """
        if self.folder is None:
            return None
        found, _ = recall(self.folder)
        self.remembered = change(found)
        if self.remembered == found:
            return None
        notice = remember(self.folder, self.remembered)
        is_new = notice is not None and not self.has_failed
        self.has_failed = notice is not None
        return notice if is_new else None
