"""The folders that are the user's: one for settings, one for what should outlive a run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

_NAME = "etfcompare"


def user_folder(environ: Mapping[str, str]) -> Path | None:
    """Return the user's folder for settings and an own catalogue; None if nothing names a place."""
    return _folder(environ, "XDG_CONFIG_HOME", ".config")


def state_folder(environ: Mapping[str, str]) -> Path | None:
    """Return the folder for backups, locks and logs; None if nothing names a place."""
    return _folder(environ, "XDG_STATE_HOME", ".local/state")


def _folder(environ: Mapping[str, str], variable: str, below: str) -> Path | None:
    base = Path(environ.get(variable, ""))
    if base.is_absolute():  # the XDG specification has relative paths ignored
        return base / _NAME
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or "")
    return home / below / _NAME if home.is_absolute() else None
