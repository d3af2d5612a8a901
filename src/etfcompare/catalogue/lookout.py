"""The loop that looks at the catalogue again and again; it wants a thread of its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event

from etfcompare.catalogue.watching import Change, Watcher


def look_out(
    watcher: Watcher,
    tell: Callable[[Change], object],
    stop: Event,
    *,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Look at the file until told to stop: a look at a network folder may take long.

    Args:
        watcher: What looks.
        tell: Called in this thread with each change.
        stop: Ends the loop at once.
        clock: Seconds that never go back.
    """
    while not stop.wait(watcher.pause_seconds):
        change = watcher.poll(clock())
        if change is not None:
            tell(change)
