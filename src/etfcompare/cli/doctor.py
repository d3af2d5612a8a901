"""`etfcompare doctor`: what this machine offers the program, for a question or a report."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

import click

from etfcompare import __version__
from etfcompare.catalogue.places import user_folder
from etfcompare.catalogue.store import Location, locate
from etfcompare.cli.options import (
    Format,
    catalogue_argument,
    catalogue_option,
    formats,
    named_once,
)
from etfcompare.cli.output import write, write_exact
from etfcompare.visible import visible

LIBRARIES = ("textual", "rich", "PyYAML", "click", "numpy", "pandas")


@click.command(
    short_help="Tell what this machine offers.",
    epilog="""\b
    Examples:
      etfcompare doctor
      etfcompare doctor my.yaml --json
    """,
)
@catalogue_argument
@catalogue_option
@formats(Format.JSON)
def command(file: str | None, argument: str | None, form: Format) -> int:
    """Tell versions, where the catalogue is found, and what the terminal can do."""
    facts = dict(_facts(locate(named_once(file, argument), os.environ, Path())))
    if form is Format.JSON:
        from etfcompare.export import json_text  # noqa: PLC0415 - not for the list

        write_exact(json_text(facts))
        return 0
    widest = max(map(len, facts))
    write("".join(f"{name:{widest}}  {fact}\n" for name, fact in facts.items()))
    return 0


def _facts(found: Location) -> Iterable[tuple[str, str]]:
    yield "etfcompare", __version__
    yield "python", f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    for library in LIBRARIES:
        yield library, _version(library)
    yield "YAML loader in C", _said(find_spec("yaml._yaml") is not None)
    yield "catalogue", visible(str(found.path))
    yield "catalogue found by", found.origin.value
    yield "catalogue readable", _said(os.access(found.path, os.R_OK))
    folder = user_folder(os.environ)
    yield "settings folder", visible(str(folder)) if folder else "none: there is no HOME"
    yield "settings writable", _said(folder is not None and _is_writable(folder))
    for variable in ("TERM", "COLORTERM", "NO_COLOR", "LANG"):
        yield variable, visible(os.environ.get(variable, "unset"))
    for name, stream in (("stdin", sys.stdin), ("stdout", sys.stdout), ("stderr", sys.stderr)):
        yield f"{name} is a terminal", _said(stream.isatty())
    size = shutil.get_terminal_size()
    yield "size", f"{size.columns} by {size.lines}"
    yield "encoding", visible(str(sys.stdout.encoding))


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "not installed"


def _is_writable(folder: Path) -> bool:
    """Tell whether the folder, or else the nearest that exists above it, may be written to."""
    nearest = next(one for one in (folder, *folder.parents) if one.exists())
    return os.access(nearest, os.W_OK | os.X_OK)


def _said(holds: bool) -> str:  # noqa: FBT001 - the answer is all there is
    return "yes" if holds else "no"
