"""How the last run left the screen: `state.json` in the folder for what should outlive a run.

Nobody writes this file by hand. One that cannot be used is set aside and named in a line; figures
that this version does not know are dropped from it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

from etfcompare.catalogue.filesystem import REAL, FileSystem, put
from etfcompare.catalogue.store import read_bytes
from etfcompare.engine.comparison import SortKey
from etfcompare.engine.figures import FIGURES
from etfcompare.errors import UnreadableError
from etfcompare.visible import visible

FILE_NAME: Final = "state.json"
SET_ASIDE: Final = "state.json.damaged"
MOST_BYTES: Final = 64 * 1024
WIDEST: Final = 500
"""Cells that a column may be wide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What the last run showed; what is empty was not remembered."""

    view: str | None = None
    """The name of a view, which may not exist any more."""
    sort: tuple[SortKey, ...] = ()
    columns: tuple[str, ...] = ()
    widths: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Cells of the columns that the user made wider or narrower, by key."""
    theme: str | None = None
    """The name of a theme, which may not exist any more."""


class _DamagedError(ValueError):
    """The file is not one that this program wrote; the text completes `state.json …`."""


def recall(folder: Path | None, *, system: FileSystem = REAL) -> tuple[Remembered, str | None]:
    """Return what the last run left, and a line for the user if not all of it can be used.

    Args:
        folder: The folder for what should outlive a run, if there is one.
        system: The file system.
    """
    if folder is None:
        return Remembered(), None
    path = folder / FILE_NAME
    try:
        content = read_bytes(path, most=MOST_BYTES, system=system)
    except UnreadableError as error:
        if isinstance(error.__cause__, FileNotFoundError):
            return Remembered(), None
        return Remembered(), _set_aside(path, "cannot be read", system)
    try:
        return _state_of(content)
    except _DamagedError as error:
        return Remembered(), _set_aside(path, str(error), system)


def remember(folder: Path | None, state: Remembered, *, system: FileSystem = REAL) -> str | None:
    """Keep a state for the next run, in one step; return a line for the user if that fails.

    Args:
        folder: The folder for what should outlive a run, made if it is not there.
        state: What to keep.
        system: The file system.
    """
    if folder is None:
        return "neither XDG_STATE_HOME nor HOME names a folder, so the screen is not remembered"
    path = folder / FILE_NAME
    unfinished = folder / f".{FILE_NAME}.{os.getpid()}.tmp"
    try:
        system.makedirs(folder)
        put(system, path, _text_of(state).encode(), unfinished=unfinished)
    except OSError as error:
        return f"{visible(str(path))}: the screen is not remembered: {_why(error)}"
    return None


def _text_of(state: Remembered) -> str:
    import json  # noqa: PLC0415 - not before the first screen where nothing is remembered

    said = {
        "view": state.view,
        "sort": [one.text for one in state.sort],
        "columns": state.columns,
        "widths": dict(state.widths),
        "theme": state.theme,
    }
    return json.dumps(said, indent=1) + "\n"


def _state_of(content: bytes) -> tuple[Remembered, str | None]:
    """Read a state, without the figures that are not known.

    Raises:
        _DamagedError: It is none.
    """
    import json  # noqa: PLC0415 - likewise

    try:
        said: object = json.loads(content.decode())
    except (ValueError, RecursionError):
        raise _DamagedError("is not JSON") from None
    if not isinstance(said, dict):
        raise _DamagedError("holds no state")
    sort = _texts(said, "sort")
    columns = _texts(said, "columns")
    widths = _widths(said)
    keys = [*(one.lstrip("+-") for one in sort), *columns, *widths]
    unknown = dict.fromkeys(key for key in keys if key not in FIGURES)
    state = Remembered(
        view=_text(said, "view"),
        sort=tuple(SortKey.parse(one) for one in sort if one.lstrip("+-") in FIGURES),
        columns=tuple(dict.fromkeys(key for key in columns if key in FIGURES)),
        widths=MappingProxyType({key: cells for key, cells in widths.items() if key in FIGURES}),
        theme=_text(said, "theme"),
    )
    if not unknown:
        return state, None
    first, *others = unknown
    more = f" (and {len(others)} more)" if others else ""
    return state, f"{FILE_NAME}: this version has no figure {visible(first)}{more}; it is left out"


def _text(said: dict[object, object], key: str) -> str | None:
    found = said.get(key)
    if found is None or isinstance(found, str):
        return found
    raise _DamagedError(f"says no text under {key}")


def _texts(said: dict[object, object], key: str) -> list[str]:
    found = said.get(key, [])
    if isinstance(found, list) and all(isinstance(one, str) for one in found):
        return found
    raise _DamagedError(f"says no list of texts under {key}")


def _widths(said: dict[object, object]) -> dict[str, int]:
    found = said.get("widths", {})
    if isinstance(found, dict) and all(
        type(cells) is int and 0 < cells <= WIDEST for cells in found.values()
    ):
        return found
    raise _DamagedError("says no widths under widths")


def _set_aside(path: Path, fault: str, system: FileSystem) -> str:
    """Give the file another name, over one that was set aside before."""
    told = f"{visible(str(path))} {fault}"
    try:
        system.replace(path, path.with_name(SET_ASIDE))
    except OSError as error:
        return f"{told} and cannot be set aside: {_why(error)}"
    return f"{told}; it was set aside as {SET_ASIDE}"


def _why(error: OSError) -> str:
    return visible(error.strerror or str(error))
