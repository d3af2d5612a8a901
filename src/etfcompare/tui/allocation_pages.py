"""Pages over an allocation: why it is what it is, what is left out, which keys there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rich.cells import set_cell_size
from textual.content import Content

from etfcompare.catalogue.document import Document
from etfcompare.engine.cells import signs_of
from etfcompare.engine.explain import explain
from etfcompare.portfolio.allocation import Allocation
from etfcompare.portfolio.binding import Infeasible
from etfcompare.portfolio.covariance import VOLATILITY, Risk, risk_of
from etfcompare.tui.allocation_answer import Solved, hanging, joined, said_lines
from etfcompare.tui.commands import Command
from etfcompare.tui.pages import SIGNS
from etfcompare.tui.styles import ACCENT, MUTED, STRONG, WARNING
from etfcompare.units import MINUS, format_number, format_rate
from etfcompare.visible import visible

_KEYS_WIDTH: Final = 20
_CODE: Final = 8
_REASONS: Final = (
    (
        "Maximised is net yield less what the trades cost, spread over the horizon. Cash is "
        "always among the choices; it yields what the scenario says and moves with nothing."
    ),
    (
        "The risk of the whole is of its coins: funds on one coin share its price. The covariance "
        "of two is the product of their volatilities and their correlation (Methodology 5)."
    ),
    (
        "It is an income objective. A coin that yields less than cash is never chosen, however "
        "its price may rise; a floor holds it all the same."
    ),
    (
        "What binds is a limit without which the allocation would bring more; beside it stands "
        "what the first unit of relaxing it brings a year."
    ),
)


def why_page(solved: Solved, document: Document, width: int) -> Content:
    """Write what is maximised, and from which volatilities and correlations.

    Args:
        solved: What is shown.
        document: The text of the catalogue, for lines.
        width: Cells to fill.
    """
    lines = [line for one in _REASONS for line in (*said_lines(one, "", width), Content())]
    risk = _risk(solved)
    lines += _volatilities(solved, risk, document, width)
    lines += [Content(), *_correlations(risk, width)]
    if risk.moved:
        moved = format_number(risk.moved, 2)
        said = f"Not all of these can hold at once; they were moved by up to {moved} until they do."
        lines += said_lines(said, WARNING, width)
    for why in risk.unknown.values():
        lines += hanging("? ", visible(why), WARNING, width)
    return joined(lines)


def _risk(solved: Solved) -> Risk:
    if isinstance(solved.answer, Allocation):
        return solved.answer.risk
    return risk_of(solved.table, (solved.table.products[row].asset for row in solved.rows))


def _volatilities(solved: Solved, risk: Risk, document: Document, width: int) -> Iterator[Content]:
    """List each coin's volatility with its source and age."""
    yield Content.styled("Volatility a year", f"{STRONG} {ACCENT}")
    for code, volatility in zip(risk.assets, risk.volatility, strict=True):
        row = next(one for one in solved.rows if solved.table.products[one].asset == code)
        found = explain(solved.table, document, row, VOLATILITY)
        told = f"{format_rate(volatility, 1)}{signs_of(found.marks)}"
        origin = found.origin
        if origin is not None:
            since = f" of {origin.as_of}" if origin.as_of else ", undated"
            age = f", {origin.age_days} days old" if origin.age_days else ""
            source = origin.title or origin.source or "no source"
            told += f"  {source}{since}{age}"
        yield from hanging(set_cell_size(visible(code), _CODE), visible(told), STRONG, width)


def _correlations(risk: Risk, width: int) -> Iterator[Content]:
    yield Content.styled("Correlation", f"{STRONG} {ACCENT}")
    codes = [set_cell_size(visible(one), _CODE) for one in risk.assets]
    shown = max(width // _CODE - 1, 1)
    yield Content.styled(" " * _CODE + "".join(codes[:shown]), MUTED)
    for code, row in zip(codes, risk.correlation, strict=True):
        cells = "".join(f"{format_number(one, 2, minus=MINUS):<{_CODE}}" for one in row[:shown])
        yield Content.assemble((code, STRONG), cells)


def left_out_page(solved: Solved, width: int) -> Content:
    """Write which products are left out, by reason, and the most first."""
    answer = solved.answer
    if not isinstance(answer, Allocation) or not answer.left_out:
        said = "No product in sight is left out."
        if isinstance(answer, Infeasible):
            said = "The limits clash; what is left out is known when they no longer do."
        return joined(said_lines(said, "", width))
    reasons: dict[str, list[str]] = {}
    for ticker, why in answer.left_out.items():
        reasons.setdefault(why, []).append(ticker)
    lines: list[Content] = []
    for why, tickers in sorted(reasons.items(), key=lambda one: (-len(one[1]), one[0])):
        lines += said_lines(f"{len(tickers)}  {visible(why)}", STRONG, width)
        lines += hanging("   ", ", ".join(map(visible, tickers)), MUTED, width)
        lines.append(Content())
    return joined(lines[:-1])


def keys_page(width: int, commands: Sequence[Command]) -> Content:
    """Write all keys of a screen, and the signs.

    Args:
        width: Cells to fill.
        commands: With the keys in force.
    """
    entries = [(one.shown_keys, one.meaning) for one in commands if one.is_listed]
    lines: list[Content] = []
    for name, meaning in [*entries, ("", ""), *SIGNS]:
        head = Content.styled(set_cell_size(name, _KEYS_WIDTH), ACCENT)
        for line in said_lines(meaning, MUTED, width - _KEYS_WIDTH):
            lines.append(head + line)
            head = Content(" " * _KEYS_WIDTH)
    return joined(lines)
