"""`etfcompare init`: a catalogue of one's own, to begin with."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import click

from etfcompare.catalogue.document import Document
from etfcompare.catalogue.reader import read
from etfcompare.catalogue.sample import copy_history
from etfcompare.catalogue.store import FILE_NAME, packaged_catalogue, read_bytes
from etfcompare.cli.clock import today
from etfcompare.cli.output import say
from etfcompare.errors import ConflictError, EtfcompareError, UsageError
from etfcompare.visible import visible


@click.command(
    short_help="Copy the packaged catalogue to begin with.",
    epilog="""\b
    Examples:
      etfcompare init                             products.yaml in this folder
      etfcompare init ~/.config/etfcompare/       found from every folder
    """,
)
@click.argument("path", required=False, default=FILE_NAME, type=click.Path())
def command(path: str) -> int:
    """Copy the packaged catalogue, and its history, to PATH, or to products.yaml in this folder.

    PATH is a file, or a folder that is there; one that ends in / is made if there is none.
    """
    target = Path(path).expanduser()
    is_folder = path.endswith(os.sep) or target.is_dir()
    target = target / FILE_NAME if is_folder else target
    shown = visible(str(target))
    try:
        if is_folder:
            target.parent.mkdir(parents=True, exist_ok=True)
        source = packaged_catalogue()
        content = read_bytes(source)
        _create(target, content)
    except FileExistsError:
        raise ConflictError(f"{shown} already exists; name another file") from None
    except FileNotFoundError:
        folder = visible(str(target.parent))
        raise UsageError(f"there is no folder {folder}; make it first") from None
    except OSError as error:
        reason = visible(error.strerror or str(error))
        raise EtfcompareError(f"{shown} cannot be written: {reason}") from error
    catalogue = read(Document.parse(content), today=today()).catalogue
    for line in copy_history(catalogue, source.parent, target.parent):
        say(line)
    say(
        f"{shown} is yours now; `etfcompare {shown}` opens it, `etfcompare check {shown}` checks it"
    )
    return 0


def _create(target: Path, content: bytes) -> None:
    """Write a new file whole or not at all, and never over one that is there."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(handle)
            os.fchmod(handle, 0o666 & ~_umask())
        _name(Path(name), target)
    finally:
        Path(name).unlink()


def _name(written: Path, target: Path) -> None:
    """Give a written file its name; unlike a rename, it fails where there is a file."""
    try:
        os.link(written, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        with target.open("xb") as file:
            file.write(written.read_bytes())


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
