"""Shows what others write to the open catalogue, while the screen stays usable."""

from __future__ import annotations

from contextlib import suppress
from threading import Event, Thread
from typing import TYPE_CHECKING, TypeAlias

from etfcompare.catalogue.document import Document
from etfcompare.catalogue.lookout import look_out
from etfcompare.catalogue.reader import Read
from etfcompare.catalogue.watching import Change, Changed, Unreadable, Watcher
from etfcompare.errors import UnreadableError
from etfcompare.workspace import RejectedError, understood

if TYPE_CHECKING:
    from etfcompare.tui.products import ProductsScreen

BELIEVED_AFTER_SECONDS = 1.0
"""How long a text must stand in which most products are gone before it is shown."""

_Understood: TypeAlias = tuple[Document, Read] | UnreadableError


class Reloading:
    """Watches the file of a products screen."""

    def __init__(self, screen: ProductsScreen) -> None:
        workspace = screen.workspace
        self._screen = screen
        self._watcher = Watcher(workspace.path, workspace.document.sha256)
        self._stop = Event()
        self._held: Document | None = None
        """A text that waits to be believed."""

    def start(self) -> None:
        """Begin to watch, in a thread that nobody waits for: a network folder may never answer."""
        Thread(
            target=look_out,
            args=(self._watcher, self._tell, self._stop),
            name="watch",
            daemon=True,
        ).start()

    def stop(self) -> None:
        """Stop watching."""
        self._stop.set()

    def expect(self, sha256: str) -> None:
        """Take as known what this program has just saved or read by itself."""
        self._held = None
        self._watcher.expect(sha256)

    def _tell(self, change: Change) -> None:
        """Read what changed, still in the thread, and hand it to the screen."""
        understood = self._understood(change)
        with suppress(RuntimeError):  # the app has ended meanwhile
            self._screen.call_later(self._consider, change, understood)

    def _understood(self, change: Change) -> _Understood:
        workspace = self._screen.workspace
        if isinstance(change, Unreadable):
            return UnreadableError(change.message)
        if not isinstance(change, Changed):
            return UnreadableError(f"{workspace.path.name}: the file is gone")
        try:
            return understood(workspace.path, change.content, today=workspace.today())
        except RejectedError as fault:
            return fault

    def _consider(self, change: Change, understood: _Understood) -> None:
        """Show what changed; wait where most products are gone, as in a file half written."""
        if self._stop.is_set() or not self._watcher.is_last(change):
            return  # the file was saved or read by ourselves since
        self._held = None
        if isinstance(understood, UnreadableError):
            self._screen.file_unreadable(understood)
            return
        document, reading = understood
        before = len(self._screen.workspace.catalogue.products)
        if 2 * len(reading.catalogue.products) < before:
            self._held = document
            self._screen.set_timer(BELIEVED_AFTER_SECONDS, lambda: self._believe(document, reading))
        else:
            self._screen.file_changed(document, reading)

    def _believe(self, document: Document, reading: Read) -> None:
        if self._held is document and not self._stop.is_set():
            self._held = None
            self._screen.file_changed(document, reading)
