"""Reads the files of history beside the catalogue, again whenever they change, in a thread."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Final, TypeAlias

from etfcompare.catalogue.schema import Catalogue
from etfcompare.catalogue.schema import History as Files

if TYPE_CHECKING:
    from etfcompare.tui.products import ProductsScreen

POLL_SECONDS: Final = 1.0
"""How often the files are looked at."""

_Stamp: TypeAlias = tuple[int, int, int] | None
_State: TypeAlias = tuple[Files | None, tuple[_Stamp, ...]]


class HistoryLoading:
    """Keeps the history of a products screen as it is on disk.

    The thread only reads; what it read is put in place by the screen, between two keys.
    """

    def __init__(self, screen: ProductsScreen) -> None:
        self._screen = screen
        self._stop = Event()
        self._wake = Event()
        self._is_wanted_again = False

    def start(self) -> None:
        """Begin to read, in a thread that nobody waits for: a network folder may never answer."""
        Thread(target=self._run, name="history", daemon=True).start()

    def stop(self) -> None:
        """Stop reading."""
        self._stop.set()
        self._wake.set()

    def read_again(self) -> None:
        """Read the files whether they changed or not."""
        self._is_wanted_again = True
        self._wake.set()

    def _run(self) -> None:
        seen: _State | None = None
        while not self._stop.is_set():
            catalogue = self._screen.workspace.catalogue
            state = _state(catalogue, self._screen.workspace.path.parent)
            if state != seen or self._is_wanted_again:
                seen, self._is_wanted_again = state, False
                self.read_or_tell(catalogue)
            self._wake.wait(POLL_SECONDS)
            self._wake.clear()

    def read_or_tell(self, catalogue: Catalogue) -> None:
        """Read the files, as the thread does; say so if that fails."""
        try:
            self._read(catalogue)
        except Exception as error:  # noqa: BLE001 - the end of this thread: whatever fails is told
            with suppress(RuntimeError):  # the app has ended meanwhile
                self._screen.call_later(self._screen.history_failed, error)

    def _read(self, catalogue: Catalogue) -> None:
        from etfcompare.history.tables import read_history  # noqa: PLC0415 - in the thread
        from etfcompare.tui.flows_board import FlowStore  # noqa: PLC0415 - likewise

        store = FlowStore(read_history(catalogue, self._screen.workspace.path.parent))
        if self._stop.is_set():
            return
        with suppress(RuntimeError):  # the app has ended meanwhile
            self._screen.call_later(self._screen.history_read, store, catalogue.history)
        # The table need not wait for what only the flows show.
        store.warm(self._screen.scenario.as_of)


def _state(catalogue: Catalogue, folder: Path) -> _State:
    files = catalogue.history
    if files is None:
        return None, ()
    named = (files.flows, files.prices, files.holdings)
    return files, tuple(_stamp(folder / one) if one else None for one in named)


def _stamp(path: Path) -> _Stamp:
    """Return what changes with a file; None if there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116 - a Path has no more to say
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
