"""What `etfcompare allocate` shows to people: the weights, what they bring, and what holds them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from etfcompare.cli.table import Column, Paper, table_text
from etfcompare.engine.cells import signs_of
from etfcompare.portfolio.allocation_sheet import Answer, lines_of, said_of
from etfcompare.portfolio.choice import CASH
from etfcompare.units import format_money, format_rate
from etfcompare.visible import visible

TOTAL: Final = "Total"


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
        _right("Net yield", [*(format_rate(one.net_yield) for one in lines), ""], [*known, ""]),
        _right(
            "To yield",
            [*(format_rate(one.to_yield) for one in lines), format_rate(found.net_yield)],
            [*known, signs_of(found.marks)],
        ),
        _right(
            "To risk",
            [*(format_rate(one.to_risk) for one in lines), format_rate(found.volatility)],
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
        _right("Volatility", [format_rate(one.volatility) for one in swept]),
        _right("Net yield", [format_rate(one.net_yield) for one in swept]),
        *(
            _right(visible(name), [_weight(one.weights.get(name, 0.0)) for one in swept])
            for name in (CASH, *names)
        ),
    ]


def _right(heading: str, cells: Sequence[str], signs: Sequence[str] = ()) -> Column:
    return Column(heading=heading, cells=cells, signs=signs, to_right=True)


def _weight(share: float) -> str:
    return format_rate(share) if share else ""


def _dollars(amount: float) -> str:
    return format_money(amount, signed=True) if amount else ""
