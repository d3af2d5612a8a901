"""`etfcompare views`: the named ways to look at a catalogue."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import click

from etfcompare.cli.clock import today
from etfcompare.cli.options import (
    Format,
    catalogue_argument,
    catalogue_option,
    formats,
    named_once,
)
from etfcompare.cli.output import say, write, write_exact
from etfcompare.engine.views import NamedView, views_of
from etfcompare.settings import read_settings
from etfcompare.visible import visible
from etfcompare.workspace import Workspace


@click.command(
    short_help="List the named views.",
    epilog="""\b
    Examples:
      etfcompare views
      etfcompare views my.yaml --json | jq -r '.[].name'
      etfcompare rank --view Income
    """,
)
@catalogue_argument
@catalogue_option
@formats(Format.JSON)
def command(file: str | None, argument: str | None, form: Format) -> int:
    """List the views that `rank --view` takes: shipped, of the catalogue, of your settings."""
    workspace = Workspace.open(
        named_once(file, argument), environ=os.environ, folder=Path(), today=today
    )
    settings = read_settings(os.environ)
    views = views_of(workspace.catalogue, settings.views)
    if form is Format.JSON:
        from etfcompare.export import json_text  # noqa: PLC0415 - not for the list

        write_exact(json_text([_document(one) for one in views.offered]))
    else:
        write("\n".join(_lines(views.offered)) + "\n")
    for notice in (settings.notice, *(one.message for one in views.faults)):
        if notice is not None:
            say(notice)
    return 0


def _document(view: NamedView) -> dict[str, object]:
    return {
        "name": visible(view.name),
        "origin": view.origin.value,
        "where": visible(view.where),
        "sort": [one.text for one in view.sort],
        "horizon": view.horizon,
        "columns": list(view.columns),
    }


def _lines(views: Iterable[NamedView]) -> Iterable[str]:
    for view in views:
        said = view.text()
        yield f"{visible(view.name)}  ({view.origin})"
        yield f"    sort     {said.sort}"
        if said.where:
            yield f"    where    {visible(said.where)}"
        if said.horizon:
            yield f"    horizon  {said.horizon}"
        yield f"    columns  {', '.join(said.columns)}"
