"""Leaf columns of staking: what coins earn, who keeps it, and what the issuer says of it."""

from __future__ import annotations

from etfcompare.catalogue.schema import FLAT_BASIS, FUND_BASIS, Product
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
)
from etfcompare.engine.scenario import Rates

PAID_OUT = "paid out"
STAGES = {"gross": GROSS, "after cut": AFTER_CUT, "after fee": AFTER_FEE, PAID_OUT: AFTER_CUT}
"""What is off a published rate. A fund takes its fee in coins, so what it pays out is before it."""
DAYS_OF_A_PAIR = 7


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


@leaf("Delivered yield", heading="Delivered", better=Better.HIGHER, group=Group.TRUST)
def realised_yield(product: Product, context: Context) -> Input:
    """What the fund delivered, a year, in coins: growth of coins per share and distributions."""
    return context.measured_or("realised_yield", product.ticker, None, "staking")


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
