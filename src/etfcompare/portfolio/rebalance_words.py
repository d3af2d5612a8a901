"""What may be done about a sleeve, in sentences that every face says alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from etfcompare.engine.cells import UNKNOWN_SIGN
from etfcompare.engine.formulas import DAYS_PER_YEAR
from etfcompare.portfolio.rebalancing import Choice, Plan, Sale, Ways
from etfcompare.units import format_bps, format_dollars, format_number, format_rate, format_span

_DRIFT_DECIMALS: Final = 4


def verdict(plan: Plan, horizon: int) -> str:
    """Say in a sentence what to do, and why.

    Args:
        plan: What may be done.
        horizon: In days.
    """
    rule, weight = plan.rule, format_rate(plan.weight)
    if plan.weight <= rule.target:
        why = f"the sleeve is {weight}, not above its target of {format_rate(rule.target)}"
    elif not plan.is_outside:
        why = f"the sleeve is {weight}, within its band that ends at {format_rate(rule.edge)}"
    elif not plan.sales:
        why = "no sale trims the sleeve, for its tax and cost take more than it frees"
    elif plan.choice is Choice.NOTHING:
        told = (f"{aim_of(one)} {_against(one, horizon)}" for one in plan.sales)
        why = f"the benefit does not pay the cost: {'; '.join(told)}"
    else:
        sale = plan.sale(plan.choice)
        assert sale is not None
        known = _against(sale, horizon) if sale.benefit is not None else _untested(sale)
        why = f"the sleeve is {weight}, its band ends at {format_rate(rule.edge)}; {known}"
    return f"{plan.choice.value}: {why}"


def aim_of(sale: Sale) -> str:
    """Say where a sale ends: `to target`."""
    return sale.choice.value.removeprefix("trim ")


def bps_words(value: float | None) -> str:
    """Return a part of the whole in basis points, or that it is unknown."""
    return UNKNOWN_SIGN if value is None else format_bps(value, 1, signed=False)


def drift_words(plan: Plan) -> str | None:
    """Say by how much an overweight sleeve outgrew the rest; None if there is nothing to say."""
    if plan.drift is None or plan.weight <= plan.rule.target:
        return None
    times = format_number(plan.drift, _DRIFT_DECIMALS)
    return f"outgrew the rest {times} times since its target"


def _against(sale: Sale, horizon: int) -> str:
    worth = f"worth {bps_words(sale.benefit)} over {format_span(horizon)}"
    return f"{worth} against a cost of {bps_words(sale.price)}"


def _untested(sale: Sale) -> str:
    cost = bps_words(sale.price)
    return f"by the band alone: whether it is worth its cost of {cost} is unknown"


def ways_in_words(ways: Ways, plan: Plan, horizon: int) -> Iterator[str]:
    """Say what trims the sleeve without a taxed sale, the nearest at hand first.

    Args:
        ways: What is there.
        plan: What may be done instead.
        horizon: In days.
    """
    is_edge = plan.is_outside and plan.rule.edge > plan.rule.target
    aim = "to the edge" if is_edge else "to its target"
    if ways.sheltered:
        yield f"sell in the sheltered account: {format_dollars(ways.sheltered)} there, no tax"
    if ways.in_loss:
        loss = format_dollars(ways.loss)
        yield f"sell lots at a loss: {format_dollars(ways.in_loss)}, {loss} below their cost"
    if ways.new_cash is not None:
        yield f"put new cash elsewhere: {format_dollars(ways.new_cash)} brings the sleeve {aim}"
    if ways.income is None or not ways.income > 0:
        return
    reach = f"not {aim} within {format_span(horizon)}, but it does not add to the sleeve"
    if ways.years is not None and ways.years * DAYS_PER_YEAR <= horizon:
        reach = f"{format_number(ways.years, 1)} years {aim} at flat prices"
    yield (
        f"pay the yield out instead of letting it grow: {format_dollars(ways.income)} a year, "
        f"{reach}"
    )
