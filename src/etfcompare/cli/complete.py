"""Words that a shell may complete: keys of figures and tickers."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from etfcompare.errors import EtfcompareError

if TYPE_CHECKING:
    import click


def figures(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[str]:
    """Complete the key of a figure."""
    from etfcompare.engine.figures import FIGURES  # noqa: PLC0415 - only while completing

    return [key for key in FIGURES if key.startswith(typed)]


def tickers(context: click.Context, _parameter: click.Parameter, typed: str) -> list[str]:
    """Complete a ticker of the catalogue; without one that can be read, there is none."""
    from etfcompare.cli.clock import today  # noqa: PLC0415 - only while completing
    from etfcompare.workspace import Workspace  # noqa: PLC0415

    argument = context.params.get("argument")
    try:
        workspace = Workspace.open(argument, environ=os.environ, folder=Path(), today=today)
    except EtfcompareError:
        return []
    wanted = typed.casefold()
    found = (one.ticker for one in workspace.catalogue.products)
    return [one for one in found if one.casefold().startswith(wanted) and one.isprintable()]
