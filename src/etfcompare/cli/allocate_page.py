"""What `etfcompare allocate` shows to people: the weights, what they bring, and what holds them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from etfcompare.cli.table import Column, Paper, table_text
from etfcompare.engine.cells import signs_of
from etfcompare.engine.figures import HEADLINE, Table
from etfcompare.engine.marks import NONE, Mark
from etfcompare.portfolio.allocation import Allocation
from etfcompare.portfolio.choice import CASH
from etfcompare.portfolio.holdings import Present
from etfcompare.portfolio.limits import Limits
from etfcompare.units import MINUS, format_money, format_rate, format_span
from etfcompare.visible import visible

OBJECTIVE: Final = "An income objective: it says nothing of where prices go."
TOTAL: Final = "Total"
MOST_NAMED: Final = 5
"""Products named for one reason before the rest is counted."""
MOVED_FROM: Final = 5e-4
"""Change of a correlation that is worth a word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was found, and what it stands on."""

    table: Table
    limits: Limits
    allocation: Allocation
    frontier: tuple[Allocation, ...]
    """Empty unless asked for."""
    present: Present | None

    @property
    def value_usd(self) -> float:
        """What is placed."""
        return self.allocation.value_usd


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A product of an allocation, or cash."""

    ticker: str
    asset: str
    """Empty for cash."""
    weight: float
    net_yield: float
    marks: Mark
    to_yield: float
    """Part of the net yield of the whole that it brings."""
    to_risk: float
    """Part of the volatility of the whole that it brings."""
    trade_usd: float
    """US dollars bought; negative for sold."""


def lines_of(answer: Answer) -> list[Line]:
    """Return what is held or sold, the largest weight first, cash last."""
    table, found = answer.table, answer.allocation
    trades = {one.ticker: one.usd for one in found.trades}
    lines = [
        Line(
            ticker=product.ticker,
            asset=product.asset,
            weight=(weight := found.weights.get(product.ticker, 0.0)),
            net_yield=(rate := table.number(row, HEADLINE)),
            marks=table.marks(row, HEADLINE),
            to_yield=weight * rate if weight else 0.0,
            to_risk=found.risk_shares.get(product.ticker, 0.0),
            trade_usd=trades.get(product.ticker, 0.0),
        )
        for row, product in enumerate(table.products)
        if product.ticker in found.risk_shares or product.ticker in trades
    ]
    cash = table.shared("cash_yield")
    assert cash is not None  # or there would be no allocation
    weight = found.weights.get(CASH, 0.0)
    return [
        *sorted(lines, key=lambda one: -one.weight),
        Line(
            ticker=CASH,
            asset="",
            weight=weight,
            net_yield=cash,
            marks=NONE,
            to_yield=weight * cash,
            to_risk=0.0,
            trade_usd=0.0,
        ),
    ]


def allocation_page(answer: Answer, paper: Paper) -> tuple[str, tuple[str, ...]]:
    """Draw an allocation.

    Returns:
        The page, and the headings of the columns for which the paper is too narrow.
    """
    text, left_out = table_text(weight_columns(answer), paper)
    parts = [text, *(f"{one}\n" for one in ("", *said_of(answer)))]
    if answer.frontier:
        drawn, also = table_text(frontier_columns(answer), paper)
        parts += ["\n", drawn]
        left_out += also
    return "".join(parts), left_out


def weight_columns(answer: Answer) -> list[Column]:
    """Draw the weights column by column, with a line of totals at the foot."""
    lines, found = lines_of(answer), answer.allocation
    known = [signs_of(one.marks) for one in lines]
    risk = signs_of(found.risk.marks)
    columns = [
        _right("Weight", [*(format_rate(one.weight) for one in lines), format_rate(1.0)]),
        _right(
            "Dollars",
            [format_money(one.weight * answer.value_usd) for one in lines]
            + [format_money(answer.value_usd)],
        ),
        Column(
            heading="Ticker", cells=[*(visible(one.ticker) for one in lines), TOTAL], is_bold=True
        ),
        Column(heading="Asset", cells=[*(visible(one.asset) for one in lines), ""]),
        _right("Net yield", [*(_rate(one.net_yield) for one in lines), ""], [*known, ""]),
        _right("To yield", [*(_rate(one.to_yield) for one in lines), _rate(found.net_yield)]),
        _right(
            "To risk",
            [*(_rate(one.to_risk) for one in lines), _rate(found.volatility)],
            [*("" for _ in lines), risk],
        ),
    ]
    if answer.present is not None:
        trades = [_dollars(one.trade_usd) for one in lines]
        columns.append(_right("Trade", [*trades, ""]))
    return columns


def frontier_columns(answer: Answer) -> list[Column]:
    """Draw the best at each volatility: what it yields, and the weights of all it ever holds."""
    swept = answer.frontier
    names = dict.fromkeys(name for one in swept for name in one.weights if name != CASH)
    return [
        _right("Volatility", [_rate(one.volatility) for one in swept]),
        _right("Net yield", [_rate(one.net_yield) for one in swept]),
        *(
            _right(visible(name), [_weight(one.weights.get(name, 0.0)) for one in swept])
            for name in (CASH, *names)
        ),
    ]


def said_of(answer: Answer) -> Iterator[str]:
    """Say what the whole brings, what binds, and what is left out: plain text, safe to show."""
    found = answer.allocation
    horizon = format_span(answer.table.scenario.horizon)
    cost = f"{format_money(found.cost * answer.value_usd, minus=MINUS)} of known trading costs"
    yield (
        f"Net yield {_rate(found.net_yield)}, volatility {_rate(found.volatility)}; "
        f"net carry {_rate(found.net_carry)} after {cost} over {horizon}."
    )
    for one in found.binding:
        yield f"Binds: {one.words}"
    if not found.binding and answer.limits.stated():
        yield "No limit binds."
    for why, names in _by_reason(found.left_out).items():
        yield f"Left out: {names}: {why}"
    unpriced = {one.ticker: " and ".join(one.unknown) for one in found.trades if one.unknown}
    for parts, names in _by_reason(unpriced).items():
        yield f"Cost not known, counted as none: {parts} of {names}"
    if found.risk.moved >= MOVED_FROM:
        yield (
            "The correlations cannot all hold at once; the nearest that can differ "
            f"by up to {found.risk.moved:.3f}"
        )
    yield from (f"Note: {visible(one)}" for one in found.notes)
    yield OBJECTIVE


def _by_reason(reasons: Mapping[str, str]) -> dict[str, str]:
    """Return the names for each reason, the rest counted where there are many."""
    found: dict[str, list[str]] = {}
    for ticker, why in reasons.items():
        found.setdefault(why, []).append(visible(ticker))
    return {why: _listed(names) for why, names in found.items()}


def _listed(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join([*names[:MOST_NAMED], *([f"{more} more"] if more > 0 else [])])


def _right(heading: str, cells: Sequence[str], signs: Sequence[str] = ()) -> Column:
    return Column(heading=heading, cells=cells, signs=signs, to_right=True)


def _rate(rate: float) -> str:
    return format_rate(rate, minus=MINUS)


def _weight(share: float) -> str:
    return format_rate(share) if share else ""


def _dollars(amount: float) -> str:
    return format_money(amount, signed=True, minus=MINUS) if amount else ""
