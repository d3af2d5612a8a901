"""Leaf columns: what formulas start from, read off catalogue, scenario and history.

A leaf gives a product's value with its marks and the stated figure behind it. What does not matter
for a product (the terms of a waiver that is over, the staked share of a fund that does not stake)
does not apply there, so that its age and its source do not taint what is computed.
"""

from __future__ import annotations

from etfcompare.catalogue.schema import FLAT_BASIS, FUND_BASIS, Product, Stated
from etfcompare.engine.figure import Better, Group, Unit
from etfcompare.engine.formulas import AFTER_CUT, AFTER_FEE, GROSS
from etfcompare.engine.leaf import (
    NOT_APPLICABLE,
    ONE,
    UNKNOWN,
    ZERO,
    Context,
    Input,
    leaf,
    shared_leaf,
)
from etfcompare.engine.marks import Mark
from etfcompare.engine.scenario import Drift, Rates

BITCOIN = "BTC"
PAID_OUT = "paid out"
STAGES = {"gross": GROSS, "after cut": AFTER_CUT, "after fee": AFTER_FEE, PAID_OUT: AFTER_CUT}
"""What is off a published rate. A fund takes its fee in coins, so what it pays out is before it."""
DAYS_OF_A_PAIR = 7


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


# Staking


@leaf("Stakes", unit=Unit.NUMBER, decimals=0, at="staking.status")
def stakes(product: Product, _context: Context) -> Input:
    """1 if the fund earns staking rewards."""
    return ONE if product.stakes else ZERO


@leaf("Stated reward rate", at="staking.rate")
def stated_reward_rate(product: Product, context: Context) -> Input:
    """The yearly rate that rewards are reckoned at: the asset's, the fund's own, or assumed."""
    staking = product.staking
    if staking is None or not product.stakes:
        return NOT_APPLICABLE
    if staking.basis == FLAT_BASIS:
        return context.given(staking.rate, "staking")
    if product.asset in context.scenario.rewards:
        return Input(context.scenario.rewards[product.asset], 0)
    if context.scenario.rates is Rates.OWN:
        return context.given(staking.rate, "staking")
    asset = context.asset(product)
    common = asset.staking if asset else None
    return context.given(common.rate if common else None, "staking")


@leaf(
    "Staked share", heading="Staked", better=Better.HIGHER, group=Group.STAKING, at="staking.staked"
)
def staked_share(product: Product, context: Context) -> Input:
    """Share of the fund's coins that earn rewards."""
    staking = product.staking
    if staking is None or not product.stakes:
        return NOT_APPLICABLE
    if context.scenario.staked is not None and staking.basis != FLAT_BASIS:
        return Input(context.scenario.staked, 0)
    assumed = None if staking.basis == FLAT_BASIS else context.catalogue.assume.staked
    return context.given_or(staking.staked, "staking", assumed)


def _is_fund_wide(product: Product, context: Context) -> bool:
    """Tell whether the reward rate in use is already spread over all coins of the fund."""
    basis = product.staking.basis if product.staking else None
    own = context.scenario.rates is Rates.OWN and product.asset not in context.scenario.rewards
    return basis == FLAT_BASIS or (own and basis == FUND_BASIS)


@leaf("Share at that rate", at="staking.staked")
def earning_share(product: Product, context: Context) -> Input:
    """Share of the fund's coins that the reward rate in use is reckoned on."""
    return ONE if _is_fund_wide(product, context) else staked_share(product, context)


@leaf("Share within that rate", at="staking.staked")
def rate_share(product: Product, context: Context) -> Input:
    """Staked share within a rate that is spread over all coins; all of any other rate."""
    return staked_share(product, context) if _is_fund_wide(product, context) else ONE


@leaf("Share that is charged", at="staking.staked")
def charged_share(product: Product, context: Context) -> Input:
    """Share of the fund's coins that bear the charge; none without one."""
    charge = product.staking.charge if product.staking else None
    return staked_share(product, context) if charge and charge.value else ZERO


@leaf("Share that may be slashed", at="staking.staked")
def slashed_share(product: Product, context: Context) -> Input:
    """Share of the fund's coins that slashing may meet; none where no loss is expected."""
    loss = product.staking.slashing if product.staking else None
    return staked_share(product, context) if loss and loss.value else ZERO


@leaf("Stated cut", at="staking.cut")
def stated_cut(product: Product, context: Context) -> Input:
    """Share of rewards kept by others, before any waiver; none where a charge stands instead."""
    staking = product.staking
    if staking is None or not product.stakes:
        return NOT_APPLICABLE
    is_charged = staking.charge is not None and staking.charge.value > 0
    if staking.cut is None and (is_charged or staking.basis == FLAT_BASIS):
        return ZERO
    return context.given_or(staking.cut, "staking", context.catalogue.assume.cut)


@leaf("Cut is told", unit=Unit.NUMBER, decimals=0, at="staking.basis")
def cut_is_told(product: Product, _context: Context) -> Input:
    """1 unless the issuer promises a flat rate: what it keeps then is anybody's guess."""
    is_flat = product.stakes and product.staking and product.staking.basis == FLAT_BASIS
    return UNKNOWN if is_flat else ONE


@leaf("Stated charge", at="staking.charge")
def stated_charge(product: Product, context: Context) -> Input:
    """Yearly charge on staked coins before any waiver; none unless the catalogue names one."""
    staking = product.staking
    if staking is None or not product.stakes:
        return NOT_APPLICABLE
    return ZERO if staking.charge is None else context.given(staking.charge, "staking")


@leaf("Slashing loss", better=Better.LOWER, group=Group.STAKING, at="staking.slashing")
def slashing_loss(product: Product, context: Context) -> Input:
    """Expected yearly loss on staked coins to slashing; none unless the catalogue names one."""
    staking = product.staking
    if staking is None or not product.stakes:
        return NOT_APPLICABLE
    return ZERO if staking.slashing is None else context.given(staking.slashing, "staking")


@leaf("Staking waiver left", unit=Unit.DAYS, decimals=0, at="staking.waiver.until")
def staking_waiver_days(product: Product, context: Context) -> Input:
    """Days that the waiver of the cut or charge still holds."""
    waiver = product.staking.waiver if product.staking else None
    days = context.days_until(waiver.until) if waiver else 0.0
    if waiver is None or days <= 0 or not product.stakes or not context.scenario.waivers:
        return NOT_APPLICABLE
    return Input(days, context.given(waiver.cut or waiver.charge, "staking").mark, waiver.until)


@leaf("Waived cut", at="staking.waiver.cut")
def waived_cut(product: Product, context: Context) -> Input:
    """Cut of rewards while its waiver holds."""
    waiver = product.staking.waiver if product.staking else None
    if waiver is None or staking_waiver_days(product, context) is NOT_APPLICABLE:
        return NOT_APPLICABLE
    full = stated_cut(product, context)
    return full if waiver.cut is None else context.given(waiver.cut, "staking")


@leaf("Waived charge", at="staking.waiver.charge")
def waived_charge(product: Product, context: Context) -> Input:
    """Charge on staked coins while its waiver holds."""
    waiver = product.staking.waiver if product.staking else None
    if waiver is None or staking_waiver_days(product, context) is NOT_APPLICABLE:
        return NOT_APPLICABLE
    full = stated_charge(product, context)
    return full if waiver.charge is None else context.given(waiver.charge, "staking")


@leaf("Compounding periods", unit=Unit.NUMBER, decimals=1, at="staking.payout")
def compounding_periods(product: Product, context: Context) -> Input:
    """How often a year rewards join the coins; 1 for a fund that pays out or does not stake."""
    staking = product.staking
    if staking is None or not product.stakes:
        return ONE
    if staking.payout is None:
        return UNKNOWN
    asset = context.asset(product)
    periods = asset.staking.periods if asset and asset.staking else None
    return ONE if staking.payout == "cash" else context.given(periods, "staking")


@leaf("Published rate", group=Group.TRUST, at="staking.published.rate")
def published_rate(product: Product, context: Context) -> Input:
    """The rate that the issuer prints."""
    if product.staking is None or not product.stakes:
        return NOT_APPLICABLE
    published = product.staking.published
    return context.given(published.rate if published else None, "staking")


@leaf("Published stage", unit=Unit.NUMBER, decimals=0, at="staking.published.basis")
def published_stage(product: Product, _context: Context) -> Input:
    """What is off the printed rate: 0 nothing, 1 the cut, 2 the fee too."""
    published = product.staking.published if product.staking else None
    if published is None or published.basis is None:
        return UNKNOWN if product.stakes else NOT_APPLICABLE
    return Input(STAGES[published.basis], 0)


@leaf("Share at the published rate", at="staking.staked")
def published_share(product: Product, context: Context) -> Input:
    """Share of the fund's coins that the published rate is on; what is paid out, on all."""
    staking = product.staking
    paid_out = staking and staking.published and staking.published.basis == PAID_OUT
    if paid_out or (staking and staking.basis in (FUND_BASIS, FLAT_BASIS)):
        return ONE
    return staked_share(product, context)


@leaf("Own reward rate", group=Group.TRUST, at="staking.rate")
def own_reward_rate(product: Product, context: Context) -> Input:
    """The gross reward rate that the fund itself states."""
    if product.staking is None or not product.stakes:
        return NOT_APPLICABLE
    return context.given(product.staking.rate, "staking")


@leaf("Share at its own rate", at="staking.staked")
def own_share(product: Product, context: Context) -> Input:
    """Share of the fund's coins that its own rate is reckoned on."""
    basis = product.staking.basis if product.staking else None
    return ONE if basis in (FUND_BASIS, FLAT_BASIS) else staked_share(product, context)


@leaf("Rates of one week", unit=Unit.NUMBER, decimals=0)
def is_one_week(product: Product, _context: Context) -> Input:
    """1 if own and published rate are of one week; others are no pair (methodology 1.7)."""
    staking = product.staking
    if staking is None or not product.stakes:
        return NOT_APPLICABLE
    own, published = staking.rate, staking.published.rate if staking.published else None
    if own is None or published is None or own.as_of is None or published.as_of is None:
        return UNKNOWN
    days = abs((own.as_of.day - published.as_of.day).days)
    return ONE if days <= DAYS_OF_A_PAIR else UNKNOWN


# Exposure


@leaf(
    "Volatility",
    heading="Vol",
    better=Better.LOWER,
    group=Group.EXPOSURE,
    decimals=1,
    at="assets.*.risk.volatility",
)
def volatility(product: Product, context: Context) -> Input:
    """Yearly volatility of the coin's price."""
    asset = context.asset(product)
    return context.given(asset.risk.volatility if asset and asset.risk else None, "risk")


@leaf(
    "Worst fall",
    better=Better.HIGHER,
    group=Group.EXPOSURE,
    decimals=1,
    at="assets.*.risk.max_drawdown",
)
def max_drawdown(product: Product, context: Context) -> Input:
    """Largest fall of the coin's price from a peak."""
    asset = context.asset(product)
    return context.given(asset.risk.max_drawdown if asset and asset.risk else None, "risk")


@leaf("Beta", unit=Unit.NUMBER, group=Group.EXPOSURE, at="assets.*.risk.beta")
def beta(product: Product, context: Context) -> Input:
    """Beta of the coin against bitcoin."""
    if product.asset == BITCOIN:
        return ONE
    asset = context.asset(product)
    return context.given(asset.risk.beta if asset and asset.risk else None, "risk")


@leaf(
    "Correlation",
    heading="Corr.",
    unit=Unit.NUMBER,
    better=Better.LOWER,
    group=Group.EXPOSURE,
    at="assets.*.risk.correlation.BTC",
)
def correlation(product: Product, context: Context) -> Input:
    """Correlation of the coin with bitcoin."""
    if product.asset == BITCOIN:
        return ONE
    bitcoin, asset = context.catalogue.assets.get(BITCOIN), context.asset(product)
    for one, other in ((asset, BITCOIN), (bitcoin, product.asset)):
        if one and one.risk and other in one.risk.correlation:
            return context.given(one.risk.correlation[other], "risk")
    return UNKNOWN


# Market and flows


@leaf("AUM", unit=Unit.MONEY, better=Better.HIGHER, group=Group.MARKET, at="market.aum")
def aum(product: Product, context: Context) -> Input:
    """Assets under management."""
    return context.given(product.market.aum if product.market else None, "market")


@leaf("Spread", better=Better.LOWER, group=Group.MARKET, at="market.spread")
def spread(product: Product, context: Context) -> Input:
    """Quoted bid-ask spread: what it costs to get in and out."""
    stated = product.market.spread if product.market else None
    return context.given_or(stated, "market", context.catalogue.assume.spread)


@leaf("Premium", better=Better.LOWER, group=Group.MARKET, signed=True, at="market.premium")
def premium(product: Product, context: Context) -> Input:
    """Price over net asset value, less one."""
    stated = product.market.premium if product.market else None
    return context.given_or(stated, "market", context.catalogue.assume.premium)


@leaf("Volume", unit=Unit.MONEY, better=Better.HIGHER, group=Group.MARKET, at="market.volume")
def volume(product: Product, context: Context) -> Input:
    """Traded in a day, on average."""
    return context.given(product.market.volume if product.market else None, "market")


@leaf(
    "Flow 1w", unit=Unit.MONEY, better=Better.HIGHER, group=Group.FLOWS, signed=True, at="flows.1w"
)
def flow_1w(product: Product, context: Context) -> Input:
    """Net money in over the last week."""
    stated = product.flows.week if product.flows else None
    return context.measured_or("flow_1w", product.ticker, stated, "flows")


@leaf(
    "Flow 4w", unit=Unit.MONEY, better=Better.HIGHER, group=Group.FLOWS, signed=True, at="flows.4w"
)
def flow_4w(product: Product, context: Context) -> Input:
    """Net money in over the last four weeks."""
    stated = product.flows.month if product.flows else None
    return context.measured_or("flow_4w", product.ticker, stated, "flows")


@leaf(
    "Flow 13w",
    unit=Unit.MONEY,
    better=Better.HIGHER,
    group=Group.FLOWS,
    signed=True,
    at="flows.13w",
)
def flow_13w(product: Product, context: Context) -> Input:
    """Net money in over the last thirteen weeks."""
    stated = product.flows.quarter if product.flows else None
    return context.measured_or("flow_13w", product.ticker, stated, "flows")


@leaf(
    "Flow YTD",
    unit=Unit.MONEY,
    better=Better.HIGHER,
    group=Group.FLOWS,
    signed=True,
    at="flows.ytd",
)
def flow_ytd(product: Product, context: Context) -> Input:
    """Net money in since 1 January."""
    stated = product.flows.year if product.flows else None
    return context.measured_or("flow_ytd", product.ticker, stated, "flows")


@leaf("Flow since launch", unit=Unit.MONEY, better=Better.HIGHER, group=Group.FLOWS, signed=True)
def flow_since(product: Product, context: Context) -> Input:
    """Net money in since the fund began, where flows are kept from then on."""
    return context.measured_or("flow_since", product.ticker, None, "flows")


@leaf(
    "Streak",
    unit=Unit.NUMBER,
    better=Better.HIGHER,
    group=Group.FLOWS,
    decimals=0,
    signed=True,
)
def streak(product: Product, context: Context) -> Input:
    """Periods of the flow file in a row in which money came in; negative: left."""
    return context.measured_or("streak", product.ticker, None, "flows")


@leaf(
    "Flow z-score",
    heading="Flow z",
    unit=Unit.NUMBER,
    better=Better.HIGHER,
    group=Group.FLOWS,
    decimals=1,
    signed=True,
)
def flow_z(product: Product, context: Context) -> Input:
    """How far the last flow is from the mean of the twenty before it, in their deviations."""
    return context.measured_or("flow_z", product.ticker, None, "flows")


@leaf(
    "Flow persistence",
    heading="Persist.",
    unit=Unit.NUMBER,
    group=Group.FLOWS,
    signed=True,
)
def flow_persistence(product: Product, context: Context) -> Input:
    """Lag-1 autocorrelation of the weekly flows of a year; chance alone gives up to 1/√weeks."""
    return context.measured_or("flow_persistence", product.ticker, None, "flows")
