"""What the pages say: the explanation of a figure, the problems of the catalogue, the help."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.cells import cell_len
from textual.content import Content

from etfcompare.catalogue.problem import Problem, Severity
from etfcompare.engine.changes import Changes
from etfcompare.engine.explain import Explanation
from etfcompare.engine.figures import FIGURES
from etfcompare.engine.origin import Origin
from etfcompare.tui.commands import COMMANDS, Command, Topic, listed_commands
from etfcompare.tui.styles import ACCENT, MUTED, STRONG
from etfcompare.tui.wrapping import wrapped
from etfcompare.visible import visible

INDENT = "   "
KEYS_WIDTH, FILTER_WIDTH = 16, 24
"""Cells for what the help explains, in front of its meaning."""
SIGNS = (
    ("~", "estimated: built on an assumption or on an unverified source"),
    ("!", "stale, or nobody said when it was true"),
    ("?", "unknown: the catalogue does not say"),
    ("–", "does not apply to this product"),
)
FILTER_WORDS = (
    ("sol", "text in ticker, name, issuer or asset"),
    ("asset:sol,eth", "one of several; also issuer: country: status: exchange: …"),
    ("staked", "funds that earn staking rewards"),
    ("net_yield>4%", "any figure with > >= < <= = !=, its value with a unit"),
    ("aum>=100M", "money with a size"),
    ("expense_ratio<25bp", "rates also in basis points"),
    ("!grayscale", "not this word"),
    ("/bit(wise|coin)/", "a regular expression"),
    ("status:closed", "closed funds are hidden unless asked for"),
)


def explanation_page(explanation: Explanation, width: int) -> Content:
    """Write why a figure is what it is.

    Args:
        explanation: The figure and what it comes from.
        width: Cells to fill.
    """
    return Content("\n").join(list(_explained(explanation, width)))


def _explained(explanation: Explanation, width: int) -> Iterator[Content]:
    yield from _wrapped(explanation.figure.meaning, "", MUTED, width)
    yield Content()
    said: set[str] = set()
    yield from _node(explanation, "", width, said)
    yield Content()
    for sign, meaning in SIGNS:
        yield from _hanging(Content.styled(f"{sign}  ", ACCENT), meaning, MUTED, width)


def _node(node: Explanation, indent: str, width: int, said: set[str]) -> Iterator[Content]:
    label = node.figure.label
    room = width - len(indent) - cell_len(label) - cell_len(node.text)
    style = STRONG if not indent else ""
    inner = (indent + INDENT)[: width // 3]
    if room > 0:
        dots = f" {'·' * (room - 2)} " if room > len(INDENT) else " " * room
        figure = (node.text, STRONG)
        yield Content.assemble(indent, (label, style), (dots, "$foreground 25%"), figure)
    else:
        yield from _wrapped(label, indent, style, width)
        yield from _wrapped(node.text, inner, STRONG, width)
    if node.figure.key in said:
        if node.inputs:
            yield Content.styled(f"{inner}as above", MUTED)
        return
    said.add(node.figure.key)
    if node.formula:
        yield from _wrapped(f"= {node.formula}", inner, MUTED, width)
    if node.formula and node.numbers != node.formula:
        yield from _wrapped(f"= {node.numbers}", inner, "", width)
    if node.remark:
        yield from _wrapped(visible(node.remark), inner, ACCENT if node.inputs else MUTED, width)
    if node.origin:
        yield from _origin(node.origin, inner, width)
    for one in node.inputs:
        yield from _node(one, inner, width, said)


def _origin(origin: Origin, indent: str, width: int) -> Iterator[Content]:
    age = f", {origin.age_days} days old" if origin.age_days is not None else ""
    is_stated = origin.line is not None
    place = f"line {origin.line}: {origin.path} is" if is_stated else f"{origin.path}:"
    yield from _wrapped(visible(f"{place} {origin.written}"), indent, "", width)
    said = f"{origin.as_of or 'no date'}{age}"
    if not (origin.source or origin.as_of):
        return
    if origin.source:
        said += f" · {visible(origin.title or origin.source)} [{origin.grade or 'no grade'}]"
    else:
        said += " · no source"
    yield from _wrapped(said, indent, MUTED, width)


def problems_page(problems: Sequence[Problem], width: int) -> Content:
    """Write what is wrong or doubtful, errors first.

    Args:
        problems: In the order of the file.
        width: Cells to fill.
    """
    if not problems:
        return Content("Nothing is wrong with the catalogue, and nothing is doubtful.")
    lines: list[Content] = []
    for severity in (Severity.ERROR, Severity.WARNING):
        of_this = [one for one in problems if one.severity is severity]
        if not of_this:
            continue
        plural = "" if len(of_this) == 1 else "s"
        lines.append(Content.styled(f"{len(of_this)} {severity}{plural}", STRONG))
        for one in of_this:
            lines.extend(_problem(one, width))
        lines.append(Content())
    return Content("\n").join(lines)


def _problem(problem: Problem, width: int) -> Iterator[Content]:
    is_error = problem.severity is Severity.ERROR
    sign, style = ("✗", "$text-error") if is_error else ("!", "$text-warning")
    where = f"{problem.line}:{problem.column}"
    head = Content.assemble((f" {sign} ", style), (f"{where:<8} ", MUTED))
    yield from _hanging(head, visible(problem.path), "", width)
    said = f"{problem.message}; {problem.hint}" if problem.hint else problem.message
    yield from _wrapped(visible(said), " " * head.cell_length, MUTED, width)


def changes_page(found: Changes, width: int) -> Content:
    """Write what differs since the catalogue was changed: figures, products, ranks.

    Args:
        found: The differences.
        width: Cells to fill.
    """
    lines: list[Content] = []
    for title, tickers in (("New", found.added), ("Gone", found.removed)):
        if tickers:
            lines.append(Content.styled(title, STRONG))
            lines.extend(_wrapped(visible(", ".join(tickers)), "  ", "", width))
            lines.append(Content())
    if found.ranks:
        sort = ", ".join(FIGURES[key].label.lower() for key, _ in found.sort)
        lines.append(Content.styled(f"Ranks by {sort}", STRONG))
        for moved in found.ranks:
            shown = f"{_rank(moved.before)} → {_rank(moved.after)}"
            lines.append(Content(f"  {visible(moved.ticker):<16} {shown}"))
        lines.append(Content())
    told = [one for one in found.figures if one.text_before != one.text_after]
    if told:
        lines.append(Content.styled("Figures", STRONG))
    for one in told:
        name = f"{visible(one.ticker) or 'all products'} {one.figure.label.lower()}"
        lines.extend(_wrapped(f"{name}: {one.text_before} → {one.text_after}", "  ", "", width))
    return Content("\n").join(lines) if lines else Content("Nothing has changed.")


def _rank(rank: int | None) -> str:
    return "–" if rank is None else str(rank)


def help_page(width: int, commands: Sequence[Command] = COMMANDS) -> Content:
    """Write all keys, the words of the filter and the signs.

    Args:
        width: Cells to fill.
        commands: With the keys in force.
    """
    lines: list[Content] = []
    by_topic = sorted(listed_commands(commands), key=lambda one: list(Topic).index(one.topic))
    for topic, grouped in groupby(by_topic, key=lambda one: one.topic):
        lines.append(Content.styled(topic, STRONG))
        for command in grouped:
            lines.extend(_entry(command.shown_keys, command.meaning, KEYS_WIDTH, width))
        lines.append(Content())
    lines.extend(_wrapped("The filter: words, all of which must hold", "", STRONG, width))
    for word, meaning in FILTER_WORDS:
        lines.extend(_entry(word, meaning, FILTER_WIDTH, width))
    lines += [Content(), Content.styled("Signs", STRONG)]
    for sign, meaning in SIGNS:
        lines.extend(_entry(sign, meaning, KEYS_WIDTH, width))
    return Content("\n").join(lines)


def _entry(name: str, meaning: str, room: int, width: int) -> Iterator[Content]:
    room = min(room, width // 2)
    head = Content.styled(f"  {name}".ljust(room), ACCENT)
    if head.cell_length <= room:
        yield from _hanging(head, meaning, MUTED, width)
    else:
        yield head
        yield from _wrapped(meaning, " " * room, MUTED, width)


def _hanging(head: Content, text: str, style: str, width: int) -> Iterator[Content]:
    """Break a text into lines that all begin where the head ends."""
    for line in wrapped(text, width - head.cell_length):
        yield head + Content.styled(line, style)
        head = Content(" " * head.cell_length)


def _wrapped(text: str, indent: str, style: str, width: int) -> Iterator[Content]:
    """Break a text so that each line, with its indent, fits the width."""
    for line in wrapped(text, width - len(indent)):
        yield Content.assemble(indent, (line, style))
