"""An allocation in words: what to hold, what that yields and risks, and which limits bind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from rich.cells import set_cell_size
from textual.content import Content

from etfcompare.engine.cells import signs_of
from etfcompare.engine.figures import Table
from etfcompare.errors import EtfcompareError
from etfcompare.portfolio.allocation import Allocation, Trade
from etfcompare.portfolio.allocation_sheet import OBJECTIVE, Line, lines_of
from etfcompare.portfolio.allocation_sheet import Answer as Sheet
from etfcompare.portfolio.binding import Infeasible
from etfcompare.portfolio.holdings import Present
from etfcompare.portfolio.limits import Limits
from etfcompare.tui.allocation_chart import CHOSEN, LIMIT, chart
from etfcompare.tui.allocation_wishes import Asked
from etfcompare.tui.bars import bar
from etfcompare.tui.styles import ACCENT, LOSS, MUTED, STRONG, WARNING
from etfcompare.tui.wrapping import wrapped
from etfcompare.units import MINUS, format_bps, format_dollars, format_money, format_rate
from etfcompare.visible import visible

Answer: TypeAlias = Allocation | Infeasible | EtfcompareError
"""What came of a question; an error where it could not be asked or solved."""

WIDTH_FOR_TWO_COLUMNS: Final = 118
"""From where the drawing stands beside the figures."""
GUTTER: Final = 3
CHART_HEIGHT: Final = 14
"""Lines that a drawing takes with its title and the sentence below, or more."""
_TALLEST: Final = 44
_NAME, _ASSET, _FIGURE, _SIGNS = 9, 5, 8, 2
"""Cells of the columns of what is held."""
_WIDEST_BAR, _NARROWEST_BAR = 32, 3
_NOTHING_IN_SIGHT: Final = "No products are in sight: there is nothing to choose but cash."
_NEGLIGIBLE: Final = 5e-7
"""Weights below are what a solver leaves over."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Solved:
    """An answer with all that it stands on."""

    table: Table
    rows: tuple[int, ...]
    """Products considered."""
    asked: Asked
    answer: Answer | None
    """None until there is one."""
    limits: Limits | None = None
    """What it keeps to; None until there is an answer, or where that makes no sense."""
    present: Present | None = None
    """What is held now."""
    frontier: tuple[Allocation, ...] = ()
    """From the least volatility up; empty until it is found."""
    is_overtaken: bool = False
    """Whether something else has been asked since, to which there is no answer yet."""

    @property
    def sheet(self) -> Sheet | None:
        """The allocation as all faces tell it; None if there is none."""
        if not isinstance(self.answer, Allocation) or self.limits is None:
            return None
        return Sheet(
            table=self.table,
            limits=self.limits,
            allocation=self.answer,
            frontier=self.frontier,
            present=self.present,
        )


def answer_page(solved: Solved, width: int, height: int) -> Content:
    """Write the answer.

    Args:
        solved: What to write of.
        width: Cells to fill.
        height: Lines in sight, which the drawing is fitted to.
    """
    if solved.is_overtaken:
        said = "Solving … until then, what was found before:"
        before = answer_page(replace(solved, is_overtaken=False), width, height - 1)
        return joined([*said_lines(said, WARNING, width), before])
    answer, sheet = solved.answer, solved.sheet
    if answer is None:
        said = "Solving …" if solved.rows else "No products in sight."
        return Content.styled(f"{said} The first time, the solver is loaded.", MUTED)
    if isinstance(answer, EtfcompareError):
        return joined(said_lines(f"✗ {visible(str(answer))}", LOSS, width))
    if isinstance(answer, Infeasible):
        return joined(_infeasible(solved, answer, width))
    assert sheet is not None
    if width < WIDTH_FOR_TWO_COLUMNS:
        lines = list(_figures(solved, sheet, width))
        room = max(height - len(lines), CHART_HEIGHT)
        return joined([*lines, *_drawing(solved, answer, width, min(room, _TALLEST))])
    left_width = (width - GUTTER) * 11 // 20
    left = list(_figures(solved, sheet, left_width))
    rest = width - GUTTER - left_width
    right = list(_drawing(solved, answer, rest, min(height, _TALLEST)))
    return joined(_beside(left, right, left_width + GUTTER))


def _figures(solved: Solved, sheet: Sheet, width: int) -> Iterator[Content]:
    answer = sheet.allocation
    yield from _headline(solved, answer, width)
    yield Content()
    yield from _held(sheet, width)
    yield Content()
    if solved.rows:
        yield from _binding(sheet, width)
    else:
        yield from said_lines(_NOTHING_IN_SIGHT, WARNING, width)
    if answer.trades:
        yield Content()
        yield from _trades(answer, width)
    for note in (*answer.notes, *_idle(solved, sheet)):
        yield from hanging("! ", visible(note), WARNING, width)
    if answer.left_out:
        yield Content()
        yield from said_lines(_left_out(answer, len(solved.rows)), MUTED, width)


def _headline(solved: Solved, answer: Allocation, width: int) -> Iterator[Content]:
    cash = solved.table.shared("cash_yield")
    over = "?" if cash is None else format_bps(answer.net_yield - cash, 1, minus=MINUS)
    usd = format_money(answer.net_yield * answer.value_usd, minus=MINUS)
    cost = format_bps(answer.cost, 1, signed=False, minus=MINUS)
    yields, risks, costs = answer.marks, answer.risk.marks, answer.cost_marks
    figures = [
        ("net yield", format_rate(answer.net_yield, minus=MINUS), yields, STRONG),
        ("over cash", over, yields, ""),
        ("volatility", format_rate(answer.volatility), risks, STRONG),
        ("a year", usd, yields, ""),
        ("net carry", format_rate(answer.net_carry, minus=MINUS), yields | costs, ""),
        ("trades cost once", cost, costs, ""),
    ]
    line = Content()
    for label, value, marks, style in figures:
        one = Content.assemble((f"{label} ", MUTED), (value, style), (signs_of(marks), MUTED))
        gap = "   " if line else ""
        if line and line.cell_length + len(gap) + one.cell_length > width:
            yield line
            line, gap = Content(), ""
        line = line + gap + one
    yield line


def _held(sheet: Sheet, width: int) -> Iterator[Content]:
    """List what is held: weight, dollars, and its part in yield and in risk."""
    lines = [one for one in lines_of(sheet) if one.weight > _NEGLIGIBLE]
    room = width - _NAME - _ASSET - 4 * _FIGURE - _SIGNS - 1
    bar_width = min(room, _WIDEST_BAR) if room >= _NARROWEST_BAR else 0
    head = "".join(f"{one:>{_FIGURE}}" for one in ("Weight", "Dollars", "Yield"))
    head += f"{'Risk':>{_SIGNS + _FIGURE}}"
    yield Content.styled(f"{'Hold':<{_NAME + _ASSET + bar_width + bool(bar_width)}}{head}", MUTED)
    for one in lines:
        yield _line(one, sheet, bar_width)


def _line(one: Line, sheet: Sheet, bar_width: int) -> Content:
    whole = sheet.allocation.volatility
    of_risk = format_rate(one.to_risk / whole, 0, minus=MINUS) if whole else "–"
    is_cash = not one.asset
    line = Content.styled(set_cell_size(visible(one.ticker), _NAME - 1) + " ", STRONG)
    line += Content.styled(set_cell_size(visible(one.asset), _ASSET), MUTED)
    if bar_width:
        style = "$foreground 40%" if is_cash else "$accent"
        for piece in bar(0.0, one.weight, 0.0, 1.0, bar_width):
            line += Content.styled(piece.text, style)
        line += " "
    line += Content.styled(f"{format_rate(one.weight):>{_FIGURE}}", STRONG)
    line += f"{format_money(one.weight * sheet.value_usd):>{_FIGURE}}"
    line += f"{format_bps(one.to_yield, minus=MINUS):>{_FIGURE}}"
    line += Content.styled(f"{signs_of(one.marks):<{_SIGNS}}", MUTED)
    return line + Content.styled(f"{of_risk:>{_FIGURE}}", MUTED if is_cash else "")


def _binding(sheet: Sheet, width: int) -> Iterator[Content]:
    answer = sheet.allocation
    if not answer.binding:
        if not sheet.limits.stated():
            yield from said_lines("No limits: all goes where most is left.", MUTED, width)
        elif not answer.together:  # or else a note says so
            yield from said_lines("No limit binds: more room would bring nothing.", MUTED, width)
        return
    yield Content.styled("What binds", MUTED)
    for one in answer.binding:
        yield from hanging("▲ ", visible(one.words), WARNING, width)


def _trades(answer: Allocation, width: int) -> Iterator[Content]:
    """List what is bought and sold, the largest first."""
    yield Content.styled("Trades", MUTED)
    for one in sorted(answer.trades, key=lambda one: -abs(one.usd)):
        yield from hanging("", _trade(one, answer.value_usd), "", width)
    if answer.tax:
        tax = format_dollars(answer.tax * answer.value_usd)
        yield from hanging("", f"tax on gains sold, less losses: {tax}", "", width)


def _trade(trade: Trade, value_usd: float) -> str:
    what = "buy" if trade.weight > 0 else "sell"
    cost = format_dollars(abs(trade.cost) * value_usd)
    costs = "costs" if trade.cost >= 0 else "brings"
    unknown = f", {' and '.join(trade.unknown)} not known" if trade.unknown else ""
    amount = format_dollars(abs(trade.usd))
    return f"{what} {amount} of {visible(trade.ticker)}: {costs} {cost}{visible(unknown)}"


def _idle(solved: Solved, sheet: Sheet) -> Iterator[str]:
    """Say which cap for every name holds nothing down, as nobody states the names."""
    wishes = solved.asked.wishes
    kinds = {one.kind for one in sheet.limits.caps}
    for kind, cap in (("issuer", wishes.issuer_cap), ("custodian", wishes.custodian_cap)):
        if cap is not None and kind not in kinds:
            article = "an" if kind == "issuer" else "a"
            yield f"no product in sight names {article} {kind}, so the {kind} cap holds nothing"


def _left_out(answer: Allocation, considered: int) -> str:
    few = list(answer.left_out)[:3]
    names = ", ".join(map(visible, few))
    more = ", …" if len(answer.left_out) > len(few) else ""
    return f"{len(answer.left_out)} of {considered} left out: {names}{more} (p says why)"


def _infeasible(solved: Solved, answer: Infeasible, width: int) -> Iterator[Content]:
    yield from said_lines(
        "✗ No allocation keeps to all of these limits.", f"{STRONG} {LOSS}", width
    )
    yield Content()
    yield Content.styled("These clash", MUTED)
    for one in answer.clash:
        yield from hanging("✗ ", visible(one), LOSS, width)
    yield Content()
    yield from said_lines("Relax any one of them; 0 takes the limits back.", MUTED, width)
    if not solved.rows:
        yield from said_lines(_NOTHING_IN_SIGHT, MUTED, width)


def _drawing(solved: Solved, answer: Allocation, width: int, height: int) -> Iterator[Content]:
    """Draw the frontier of allocations over the sentence that says what it is not."""
    points = [(one.volatility, one.net_yield) for one in solved.frontier]
    chosen = (answer.volatility, answer.net_yield)
    cap = solved.asked.wishes.max_volatility
    objective = list(said_lines(OBJECTIVE, MUTED, width))
    lines = chart(points, chosen, cap, (width, height - len(objective) - 2))
    yield Content()
    if lines:
        sign = Content.styled(f"  {CHOSEN} ", f"{STRONG} {ACCENT}")
        legend = Content.assemble(("Net yield by volatility", MUTED), sign, ("this one", MUTED))
        yield legend if cap is None else legend + Content.styled(f"  {LIMIT} cap", MUTED)
        yield from lines
    yield from objective


def said_lines(text: str, style: str, width: int) -> Iterator[Content]:
    """Break a text into lines."""
    for line in wrapped(text, width):
        yield Content.styled(line, style)


def hanging(sign: str, text: str, style: str, width: int) -> Iterator[Content]:
    """Break a text into lines behind a sign, which has the style."""
    head = Content.styled(sign, style)
    for line in wrapped(text, max(width - head.cell_length, 1)):
        yield head + line
        head = Content(" " * head.cell_length)


def _beside(left: Sequence[Content], right: Sequence[Content], indent: int) -> Iterator[Content]:
    for place in range(max(len(left), len(right))):
        one = left[place] if place < len(left) else Content()
        if place < len(right) and right[place]:
            one = one + " " * (indent - one.cell_length) + right[place]
        yield one


def joined(lines: Iterable[Content]) -> Content:
    """Put lines below each other."""
    return Content("\n").join(lines)
