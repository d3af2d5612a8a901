"""Shows what others write to the open catalogue, while the screen stays usable."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING

from etfcompare.catalogue.document import Document, DocumentError
from etfcompare.catalogue.lookout import look_out
from etfcompare.catalogue.reader import Read, read
from etfcompare.catalogue.watching import Change, Changed, Unreadable, Watcher
from etfcompare.errors import UnreadableError
from etfcompare.workspace import RejectedError

if TYPE_CHECKING:
    from etfcompare.tui.products import ProductsScreen

BELIEVED_AFTER_SECONDS = 1.0
"""How long a text must stand in which most products are gone before it is shown."""


class Reloading:
    """Watches the file of a products screen."""

    def __init__(self, screen: ProductsScreen) -> None:
        workspace = screen.workspace
        self._screen = screen
        self._watcher = Watcher(workspace.path, workspace.document.sha256)
        self._stop = Event()
        self._held: str | None = None
        """Digest of a text that waits to be believed."""

    def start(self) -> None:
        """Begin to watch, in a thread: a look at a network folder may take long."""
        self._screen.run_worker(
            lambda: look_out(self._watcher, self._tell, self._stop),
            name="watch",
            group="watch",
            thread=True,
        )

    def stop(self) -> None:
        """Stop watching."""
        self._stop.set()

    def expect(self, sha256: str) -> None:
        """Take as known what this program has just saved."""
        self._watcher.expect(sha256)

    def _tell(self, change: Change) -> None:
        """Read what changed, still in the thread, and hand it to the screen."""
        if self._stop.is_set():
            return
        workspace = self._screen.workspace
        if isinstance(change, Unreadable):
            self._hand(UnreadableError(change.message))
        elif not isinstance(change, Changed):
            self._hand(UnreadableError(f"{workspace.path.name}: the file is gone"))
        else:
            try:
                document = Document.parse(change.content)
            except DocumentError as error:
                self._hand(RejectedError(workspace.path, error.problems))
            else:
                reading = read(document, today=workspace.today())
                self._screen.app.call_from_thread(self._consider, document, reading)

    def _hand(self, fault: UnreadableError) -> None:
        self._screen.app.call_from_thread(self._screen.file_unreadable, fault)

    def _consider(self, document: Document, reading: Read) -> None:
        """Show a new text; wait where most products are gone, as in a file half written."""
        before = len(self._screen.workspace.catalogue.products)
        self._held = None
        if 2 * len(reading.catalogue.products) < before:
            self._held = document.sha256
            self._screen.set_timer(BELIEVED_AFTER_SECONDS, lambda: self._believe(document, reading))
            return
        self._screen.file_changed(document, reading)

    def _believe(self, document: Document, reading: Read) -> None:
        if self._held == document.sha256:
            self._screen.file_changed(document, reading)
