"""What is said and kept after an internal error: places in the code, never a value.

Messages of exceptions and local variables may hold figures of the user, so neither is written
anywhere: type, file, line and function are enough to find the fault.
"""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from traceback import walk_tb
from typing import TYPE_CHECKING

from etfcompare import __version__
from etfcompare.catalogue.places import state_folder
from etfcompare.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def report(error: BaseException, environ: Mapping[str, str]) -> str:
    """Keep the trace of an internal error in the log and put it in one line for the user.

    Args:
        error: What ended the app.
        environ: The environment, which names the folder of the log.

    Returns:
        A line that says what happened, where, and where the details are.
    """
    places = _places(error)
    where = f" in {places[-1]}" if places else ""
    kept = _keep("\n".join(_trace(error)), environ)
    return (
        f"etfcompare: internal error: {type(error).__name__}{where};"
        f" the catalogue was not touched; {kept}"
    )


def _keep(text: str, environ: Mapping[str, str]) -> str:
    """Write the log, readable by its owner only, and say where it is or why there is none."""
    folder = state_folder(environ)
    if folder is None:
        return "no log was written: neither XDG_STATE_HOME nor HOME names a folder"
    path = folder / "crash.log"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
        with os.fdopen(os.open(path, flags, 0o600), "w", encoding="utf-8") as log:
            os.fchmod(log.fileno(), 0o600)
            log.write(text)
    except OSError as error:
        return f"no log could be written to {visible(str(path))} ({visible(error.strerror or '')})"
    return f"details in {visible(str(path))}"


def _trace(error: BaseException) -> Iterator[str]:
    """The lines of the log."""
    yield f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC, etfcompare {__version__}"
    yield f"Python {platform.python_version()}, {platform.system()} {platform.release()}"
    for fault in _chain(error):
        yield ""
        yield type(fault).__qualname__
        yield from (f"  {place}" for place in _places(fault))
    yield ""


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, then what led to it."""
    seen: set[int] = set()
    fault: BaseException | None = error
    while fault is not None and id(fault) not in seen:
        seen.add(id(fault))
        yield fault
        fault = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)


def _places(error: BaseException) -> list[str]:
    """Each frame that the error passed through as `function (file:line)`, the innermost last."""
    return [
        f"{frame.f_code.co_qualname} ({frame.f_code.co_filename}:{line})"
        for frame, line in walk_tb(error.__traceback__)
    ]
