"""What comes along when the sample is copied: the history files that it names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from etfcompare.catalogue.placing import PlaceError, TakenError, place_file
from etfcompare.catalogue.schema import Catalogue
from etfcompare.catalogue.store import read_bytes
from etfcompare.errors import UnreadableError
from etfcompare.visible import visible


def copy_history(catalogue: Catalogue, source: Path, target: Path) -> Iterator[str]:
    """Copy the files that a catalogue names to beside its copy.

    A file that is there already stays: it is somebody's own.

    Args:
        catalogue: What was copied.
        source: The folder that it was copied from.
        target: The folder that it was copied to.

    Yields:
        A line for each file that was not copied.
    """
    files = catalogue.history
    for path in (files.flows, files.prices, files.holdings) if files else ():
        if path is None:
            continue
        copy = target / path
        try:
            content = read_bytes(source / path)
            copy.parent.mkdir(parents=True, exist_ok=True)
            place_file(copy, content, replace=False)
        except TakenError:
            yield f"{visible(str(copy))} was there already and stays"
        except (PlaceError, UnreadableError) as error:
            yield str(error)
        except OSError as error:
            yield f"{visible(str(copy))} cannot be written: {visible(error.strerror or str(error))}"
