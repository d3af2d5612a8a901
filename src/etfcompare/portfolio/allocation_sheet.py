"""An allocation told alike by every face: line by line, in sentences, and as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from etfcompare.engine.cells import signs_of
from etfcompare.engine.figures import HEADLINE, Table
from etfcompare.engine.marks import Mark
from etfcompare.portfolio.allocation import Allocation
from etfcompare.portfolio.binding import Infeasible
from etfcompare.portfolio.choice import CASH
from etfcompare.portfolio.holdings import Present
from etfcompare.portfolio.limits import Limit, Limits
from etfcompare.units import format_money, format_rate, format_span
from etfcompare.visible import visible

Rows: TypeAlias = "list[tuple[float | str | None, ...]]"
"""Numbers, words, or nothing."""

OBJECTIVE: Final = "An income objective: it says nothing of where prices go."
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
            marks=table.marks(0, "cash_yield"),
            to_yield=weight * cash,
            to_risk=0.0,
            trade_usd=0.0,
        ),
    ]


def said_of(answer: Answer) -> Iterator[str]:
    """Say what the whole brings, what binds, and what is left out: plain text, safe to show."""
    found = answer.allocation
    horizon = format_span(answer.table.scenario.horizon)
    begins = "cash" if answer.present is None else "what is held"
    yield f"From {begins}, {format_money(answer.value_usd)}."
    yields, costs, risks = map(signs_of, (found.marks, found.cost_marks, found.risk.marks))
    carry = signs_of(found.marks | found.cost_marks)
    amount = f"{format_money(abs(found.cost) * answer.value_usd)}{costs}"
    tax = f", {format_money(found.tax * answer.value_usd)} of it tax on gains less losses"
    taxed = tax if found.tax else ""
    after = (
        f"{amount} of known costs{taxed}"
        if found.cost >= 0
        else f"trades that bring {amount} by premiums and discounts"
    )
    yield (
        f"Net yield {format_rate(found.net_yield)}{yields}, "
        f"volatility {format_rate(found.volatility)}{risks}; "
        f"net carry {format_rate(found.net_carry)}{carry} after {after} over {horizon}."
    )
    for one in found.binding:
        yield f"Binds: {one.words}"
    if answer.limits.stated() and not found.binding and not found.together:
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


def weight_rows(answer: Answer) -> Rows:
    """Return a line for each product held or sold and for cash, under headings, numbers raw."""
    headings = ("ticker", "asset", "weight", "usd", "net_yield", "to_yield", "to_risk", "trade_usd")
    return [
        (*headings, "marks"),
        *(
            (
                *(one.ticker, one.asset, one.weight, one.weight * answer.value_usd),
                *(one.net_yield, one.to_yield, one.to_risk, one.trade_usd),
                ", ".join(one.marks.words),
            )
            for one in lines_of(answer)
        ),
    ]


def frontier_rows(answer: Answer) -> Rows:
    """Return a line for each allocation of the frontier, under headings, numbers raw."""
    swept = answer.frontier
    names = (CASH, *dict.fromkeys(name for one in swept for name in one.weights if name != CASH))
    return [
        ("volatility", "net_yield", "net_carry", *(f"weight {name}" for name in names)),
        *(
            (
                *(one.volatility, one.net_yield, one.net_carry),
                *(one.weights.get(name, 0.0) for name in names),
            )
            for one in swept
        ),
    ]


def document_of(found: Answer | Infeasible) -> dict[str, object]:
    """Return an allocation, or the limits that leave none, as JSON takes it."""
    if isinstance(found, Infeasible):
        clash = [visible(one) for one in found.clash]
        return {"weights": None, "clash": clash, "words": visible(found.words)}
    allocation = found.allocation
    per_unit = {one.limit: one.gain_per_unit for one in allocation.binding}
    swept = [_figures(one) for one in found.frontier]
    return {
        **_figures(allocation),
        "value": allocation.value_usd,
        "binding": [visible(one.words) for one in allocation.binding],
        "together": [visible(one.words) for one in allocation.together],
        "limits": [
            {**_limit(one), "per_unit": per_unit.get(one, 0.0)} for one in found.limits.stated()
        ],
        "trades": [
            {
                "ticker": visible(one.ticker),
                "weight": one.weight,
                "usd": one.usd,
                "cost": one.cost,
                "unknown": list(one.unknown),
            }
            for one in allocation.trades
        ],
        "left_out": _shown(allocation.left_out),
        "notes": [visible(one) for one in allocation.notes],
        "correlation_moved": allocation.risk.moved,
        "marks": {
            "yield": allocation.marks.words,
            "volatility": allocation.risk.marks.words,
            "cost": allocation.cost_marks.words,
        },
        **({"frontier": swept} if swept else {}),
    }


def _figures(one: Allocation) -> dict[str, object]:
    return {
        "weights": {visible(ticker): weight for ticker, weight in one.weights.items()},
        "yield": one.net_yield,
        "volatility": one.volatility,
        "net_carry": one.net_carry,
        "cost": one.cost,
        "tax": one.tax,
    }


def _limit(limit: Limit) -> dict[str, object]:
    named = {"kind": limit.kind, "name": visible(limit.name)} if limit.kind else {}
    unit = limit.unit or "dropped"
    return {"limit": limit.measure.value, **named, "value": limit.value, "unit": unit}


def _shown(words: Mapping[str, str]) -> dict[str, str]:
    return {visible(name): visible(word) for name, word in words.items()}


def selection_of(answer: Answer, where: str) -> str:
    """Say how it was chosen, for a line on what it stands on.

    Args:
        answer: What was found.
        where: The filter that products passed.
    """
    limits = ", ".join(one.words for one in answer.limits.stated()) or "none"
    return f"filter {where.strip() or 'none'} · limits {limits}"
