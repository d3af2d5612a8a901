"""Leaf columns: what formulas start from, read off catalogue, scenario and history.

A leaf gives a product's value with its marks and the stated figure behind it. What does not matter
for a product (the terms of a waiver that is over, the staked share of a fund that does not stake)
does not apply there, so that its age and its source do not taint what is computed.
"""

from __future__ import annotations

from etfcompare.catalogue.schema import Product, Stated
from etfcompare.engine.figure import Better, Group, Unit
from etfcompare.engine.leaf import (
    NOT_APPLICABLE,
    ONE,
    ZERO,
    Context,
    Input,
    leaf,
    shared_leaf,
)
from etfcompare.engine.marks import Mark
from etfcompare.engine.scenario import Drift

# The scenario


@shared_leaf("Horizon", unit=Unit.DAYS)
def horizon_days(context: Context) -> Input:
    """Days that the fund is held."""
    return Input(float(context.scenario.horizon), 0)


@shared_leaf("Horizon in years", unit=Unit.NUMBER)
def horizon_years(context: Context) -> Input:
    """The horizon in years of 365 days."""
    return Input(context.scenario.horizon_years, 0)


@shared_leaf("Cash", unit=Unit.RATE, group=Group.CASH, at="cash.yield")
def cash_yield(context: Context) -> Input:
    """What cash pays, a year: the hurdle."""
    if context.scenario.cash is not None:
        return Input(context.scenario.cash, 0)
    cash = context.catalogue.cash
    return context.given(cash.rate if cash else None, "cash")


@shared_leaf("Income tax", unit=Unit.RATE)
def income_tax(context: Context) -> Input:
    """Tax on rewards, where the scenario names any tax."""
    return _tax(context, context.scenario.income_tax)


@shared_leaf("Gains tax", unit=Unit.RATE)
def gains_tax(context: Context) -> Input:
    """Tax on gains, where the scenario names any tax."""
    return _tax(context, context.scenario.gains_tax)


def _tax(context: Context, rate: float | None) -> Input:
    scenario = context.scenario
    if scenario.income_tax is None and scenario.gains_tax is None:
        return NOT_APPLICABLE
    return Input(rate or 0.0, 0)


@shared_leaf("Cost basis", unit=Unit.RATE)
def cost_basis(context: Context) -> Input:
    """What the holder paid, as a share of today's price."""
    return Input(context.scenario.basis, 0)


@shared_leaf("Commissions", unit=Unit.RATE)
def commissions(context: Context) -> Input:
    """What getting in and getting out cost in commissions, together."""
    return Input(2 * context.scenario.commission, 0)


@shared_leaf("Median is flat", unit=Unit.NUMBER)
def drift_is_median(context: Context) -> Input:
    """1 where the scenario holds the median price flat."""
    return ONE if context.scenario.drift is Drift.FLAT_MEDIAN else ZERO


@shared_leaf("Cash that prices grow by", unit=Unit.RATE)
def neutral_cash(context: Context) -> Input:
    """Yield of cash where the scenario lets the mean price grow as cash does; else none."""
    return cash_yield.once(context) if context.scenario.drift is Drift.RISK_NEUTRAL else ZERO


# The fee


@leaf("Expense ratio", heading="Stated fee", better=Better.LOWER, group=Group.FEE, at="fee.rate")
def expense_ratio(product: Product, context: Context) -> Input:
    """The stated yearly fee (TER in Europe), before any waiver."""
    return context.given(product.fee.rate if product.fee else None, "fee")


@leaf(
    "Waiver left",
    unit=Unit.DAYS,
    better=Better.HIGHER,
    group=Group.FEE,
    decimals=0,
    at="fee.waiver.until",
)
def waiver_days(product: Product, context: Context) -> Input:
    """Days that the fee waiver still holds; one without an end holds all of your horizon."""
    waiver = product.fee.waiver if product.fee else None
    days = context.days_until(waiver.until) if waiver else 0.0
    if waiver is None or days <= 0 or not context.scenario.waivers:
        return NOT_APPLICABLE
    return Input(days, context.given(waiver.rate, "fee").mark, waiver.until)


def _if_waived(
    product: Product, context: Context, stated: Stated[float] | None, block: str
) -> Input:
    waived = waiver_days(product, context).value > 0
    return context.given(stated, block) if waived else NOT_APPLICABLE


@leaf("Waived fee", at="fee.waiver.rate")
def waived_fee(product: Product, context: Context) -> Input:
    """The yearly fee while the waiver holds."""
    waiver = product.fee.waiver if product.fee else None
    return _if_waived(product, context, waiver.rate if waiver else None, "fee")


@leaf("Waiver holds for the first", unit=Unit.MONEY, at="fee.waiver.first")
def waiver_first(product: Product, context: Context) -> Input:
    """The size of the fund up to which the waiver holds."""
    waiver = product.fee.waiver if product.fee else None
    if waiver is None or waiver.first is None:
        return NOT_APPLICABLE
    return _if_waived(product, context, waiver.first, "fee")


@leaf("Waiver is a cliff", unit=Unit.NUMBER, decimals=0, at="fee.waiver.mode")
def waiver_is_cliff(product: Product, _context: Context) -> Input:
    """1 if the waiver ends for everyone when the fund outgrows it; 0 if it is a tier."""
    waiver = product.fee.waiver if product.fee else None
    return ONE if waiver and waiver.mode == "cliff" else ZERO


@leaf("Size under the waiver", unit=Unit.MONEY, at="market.aum")
def waiver_aum(product: Product, context: Context) -> Input:
    """Assets under management, where a waiver depends on them."""
    if waiver_first(product, context).mark & Mark.NOT_APPLICABLE:
        return NOT_APPLICABLE
    size = product.market.aum if product.market else None
    return context.given(size if size and size.value > 0 else None, "market")
