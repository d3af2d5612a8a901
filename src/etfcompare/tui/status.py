"""What the lines around the table say of what is shown, and what stands where nothing is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from textual.content import Content

from etfcompare.catalogue.problem import Severity
from etfcompare.engine.assumptions import Difference
from etfcompare.engine.comparison import Comparison
from etfcompare.engine.figure import Unit
from etfcompare.engine.figures import FIGURES
from etfcompare.engine.marks import Mark
from etfcompare.tui.commands import Command, key_of
from etfcompare.tui.look import Look
from etfcompare.tui.styles import MUTED
from etfcompare.units import format_rate, format_span
from etfcompare.visible import visible
from etfcompare.workspace import Workspace

KEY = "bold $text-accent"
NAMED = 5
"""How many products that are gone are named."""
TOO_SMALL = Content("enlarge the window\nto 60 × 15")


def catalogue_state(
    workspace: Workspace, comparison: Comparison, view: str = ""
) -> tuple[str, ...]:
    """Return what is open under which assumptions, least important first.

    Args:
        workspace: The open catalogue.
        comparison: What is shown of it.
        view: The name of the view in force, if there is one.
    """
    scenario = comparison.table.scenario
    cash = comparison.table.shared("cash_yield")
    return (
        visible(workspace.path.name),
        f"as of {scenario.as_of}",
        f"{len(comparison.rows)} of {comparison.total}",
        f"cash {'?' if cash is None else format_rate(cash)}",
        format_span(scenario.horizon),
        *(visible(one) for one in scenario.unusual()),
        *([f"view {visible(view)}"] if view else []),
    )


def assumed(
    differing: Sequence[Difference], pins: Mapping[str, Sequence[Difference]]
) -> tuple[Content, ...]:
    """Return the lines that say what is assumed that was not, and which scenarios are pinned.

    Args:
        differing: What the scenario in force assumes otherwise.
        pins: The same of each pinned scenario, by its name.
    """
    lines = []
    if differing:
        lines.append(_banner("what if", differing))
    for name, others in pins.items():
        lines.append(_banner(f"   {name}   ", others))
    return tuple(lines)


def _banner(name: str, differing: Sequence[Difference]) -> Content:
    said = [
        Content.assemble((f"{one.label} ", ""), (one.now, "bold"), (f" not {one.before}", MUTED))
        for one in differing
    ]
    words = Content(" · ").join(said) if said else Content.styled("as it was at first", MUTED)
    return Content.assemble(" ", (f" {name} ", "bold reverse $text-accent"), "  ") + words


def alarm(workspace: Workspace) -> str:
    """Return what must not be overlooked; empty if there is nothing.

    Args:
        workspace: The open catalogue; of the files beside it what has been read counts too.
    """
    parts = []
    if workspace.fault is not None:
        parts.append("file unreadable, last good view")
    elif errors := workspace.count(Severity.ERROR):
        parts.append(_errors(errors))
    found = workspace.history.problems if workspace.history is not None else ()
    if beside := sum(one.severity is Severity.ERROR for one in found):
        parts.append(f"{_errors(beside)} in history")
    return f"{', '.join(parts)} (p)" if parts else ""


def _errors(count: int) -> str:
    return f"{count} error{'' if count == 1 else 's'}"


def table_state(comparison: Comparison, marked: int) -> Content:
    """Return how the table is sorted, and how far its first sort key can be trusted.

    Args:
        comparison: What is shown.
        marked: How many products are marked.
    """
    parts = [
        f"{'▼' if descending else '▲'} {FIGURES[key].label.lower()}"
        for key, descending in comparison.sort
    ]
    parts += [f"• {marked} marked"] if marked else []
    undecided = (
        len(comparison.where.undecided(comparison.table)) if comparison.where.compared else 0
    )
    parts += [f"?{undecided} may match"] if undecided else []
    if comparison.sort:
        key = comparison.sort[0].key
        if FIGURES[key].unit is not Unit.WORDS:
            parts += _states(comparison, key)
    return Content.styled(" · ".join(parts), MUTED)


def change_in_words(
    before: Comparison, after: Comparison, changed: Collection[tuple[str, str]]
) -> str:
    """Return in a line what became of the catalogue; what is gone by name.

    Args:
        before: As it was.
        after: As it is.
        changed: Ticker and column of every shown figure that is another one.
    """
    was, now = ({one.ticker for one in each.table.products} for each in (before, after))
    products = len({ticker for ticker, _ in changed if ticker in was})
    parts = [f"{products} product{'' if products == 1 else 's'} with other figures"]
    if now - was:
        parts.append(f"{len(now - was)} new")
    gone = [one.ticker for one in before.table.products if one.ticker not in now]
    if gone:
        more = f" and {len(gone) - NAMED} more" if len(gone) > NAMED else ""
        parts.append(f"{len(gone)} gone: {visible(', '.join(gone[:NAMED]))}{more}")
    return ", ".join(parts)


def nothing_shown(
    workspace: Workspace, comparison: Comparison, look: Look, commands: Sequence[Command]
) -> Content:
    """Return what stands in place of an empty table: what happened and which key helps.

    Args:
        workspace: The open catalogue.
        comparison: What is shown, which is nothing.
        look: How the catalogue is looked at.
        commands: With the keys in force.
    """
    if not comparison.total and workspace.reading.stated:
        return Content.assemble(
            (f"None of the {workspace.reading.stated} products can be used.\n\n", "bold"),
            (key_of(commands, "problems"), KEY),
            " says what is wrong with each of them.",
        )
    if not comparison.total:
        return Content.assemble(
            ("This catalogue lists no products yet.\n\n", "bold"),
            f"{visible(str(workspace.path))}\n\n",
            (key_of(commands, "add"), KEY),
            " adds the first one; or write it under `products:` with a ticker and an asset.\n",
            "`etfcompare init FILE` makes a full catalogue to begin with.",
        )
    return Content.assemble(
        ("No product matches.\n\n", "bold"),
        f"{visible(look.where)}\n\n",
        (key_of(commands, "clear_filter"), KEY),
        " clears the filter   ",
        (key_of(commands, "filter"), KEY),
        " changes it   ",
        (key_of(commands, "all_assets"), KEY),
        " shows all assets",
    )


def _states(comparison: Comparison, key: str) -> list[str]:
    counted = comparison.table.count(key, comparison.rows)
    signs = (
        ("~", Mark.ESTIMATED, "estimated"),
        ("!", Mark.STALE | Mark.UNDATED, "stale"),
        ("?", Mark.UNKNOWN, "unknown"),
    )
    counts = (
        (sign, sum(times for mark, times in counted.items() if mark & state), word)
        for sign, state, word in signs
    )
    return [f"{sign}{count} {word}" for sign, count, word in counts if count]
