"""`etfcompare init`: a catalogue of one's own, to begin with."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import click

from etfcompare.catalogue.store import FILE_NAME, packaged_catalogue, read_bytes
from etfcompare.cli.output import say
from etfcompare.errors import EtfcompareError, UsageError
from etfcompare.visible import visible

SUFFIXES = frozenset({".yaml", ".yml"})


@click.command(
    short_help="Copy the packaged catalogue to begin with.",
    epilog="""\b
    Examples:
      etfcompare init                             products.yaml in this folder
      etfcompare init ~/.config/etfcompare        found from every folder
    """,
)
@click.argument("path", required=False, default=FILE_NAME, type=click.Path())
def command(path: str) -> int:
    """Copy the packaged catalogue to PATH, or to products.yaml in this folder.

    PATH is a file that ends in .yaml or .yml, or else a folder, which is made if there is none.
    """
    target = Path(path).expanduser()
    is_file = target.suffix in SUFFIXES and not target.is_dir()
    target = target if is_file else target / FILE_NAME
    shown = visible(str(target))
    try:
        if not is_file:
            target.parent.mkdir(parents=True, exist_ok=True)
        _create(target, read_bytes(packaged_catalogue()))
    except FileExistsError:
        raise UsageError(f"{shown} already exists; name another file") from None
    except FileNotFoundError:
        folder = visible(str(target.parent))
        raise UsageError(f"there is no folder {folder}; make it first") from None
    except OSError as error:
        reason = visible(error.strerror or str(error))
        raise EtfcompareError(f"{shown} cannot be written: {reason}") from error
    say(
        f"{shown} is yours now; `etfcompare {shown}` opens it,"
        f" `etfcompare check --catalogue {shown}` checks it"
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
