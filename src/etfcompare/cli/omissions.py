"""What the errors of a catalogue leave out of a ranking, in one line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from etfcompare.catalogue.problem import Severity
from etfcompare.visible import visible

if TYPE_CHECKING:
    from etfcompare.workspace import Workspace

MOST_NAMED: Final = 5
"""Products named before the rest is counted."""
_PRODUCT: Final = re.compile(r"products\[(.*?)\](?=\.|$)")


def omissions(workspace: Workspace) -> str | None:
    """Say which products, or what else, the errors of a catalogue leave out; None without any."""
    errors = [one for one in workspace.reading.problems if one.severity is Severity.ERROR]
    if not errors:
        return None
    lines = _lines_of_lost(workspace)
    spoiled = sum(map(len, lines.values()))
    said: list[str] = []
    if spoiled:
        names = [f"{name} ({_lines(found)})" for name, found in lines.items()]
        more = len(names) - MOST_NAMED
        if more > 0:
            names[MOST_NAMED:] = [f"{more} more"]
        said.append(f"{_errors(spoiled)} out {_listed(names)}")
    if spoiled < len(errors):
        said.append(f"{_errors(len(errors) - spoiled)} something {'else ' if said else ''}out")
    return f"{visible(str(workspace.path))}: {', '.join(said)}; see `etfcompare check`"


def _lines_of_lost(workspace: Workspace) -> dict[str, list[int]]:
    """Return the lines of the errors that spoil whole products, by ticker, else by place."""
    kept = {visible(one.ticker) for one in workspace.catalogue.products}
    lines: dict[str, list[int]] = {}
    for problem in workspace.reading.problems:
        found = _PRODUCT.match(problem.path)
        if found is None or problem.severity is not Severity.ERROR or found[1] in kept:
            continue
        name = found[0] if found[1].isdigit() else found[1]
        lines.setdefault(name, []).append(problem.line)
    return lines


def _errors(count: int) -> str:
    return "1 error leaves" if count == 1 else f"{count} errors leave"


def _lines(numbers: Sequence[int]) -> str:
    different = [str(one) for one in dict.fromkeys(numbers)]
    return f"line{'s' if len(different) > 1 else ''} {_listed(different)}"


def _listed(words: Sequence[str]) -> str:
    """Join words as a sentence does."""
    *before, last = words
    return f"{', '.join(before)} and {last}" if before else last
