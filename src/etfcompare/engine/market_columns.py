"""Leaf columns of the market: how prices behave, how large a fund is, what money does.

What history measures goes before what the catalogue states.
"""

from __future__ import annotations

from etfcompare.catalogue.schema import Product
from etfcompare.engine.figure import Better, Group, Unit
from etfcompare.engine.leaf import ONE, Context, Input, leaf

BITCOIN = "BTC"


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
    stated = asset.risk.volatility if asset and asset.risk else None
    return context.measured_or("volatility", product.asset, stated, "risk")


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
    stated = asset.risk.max_drawdown if asset and asset.risk else None
    return context.measured_or("max_drawdown", product.asset, stated, "risk")


@leaf(
    "Downside deviation",
    heading="Downside",
    better=Better.LOWER,
    group=Group.EXPOSURE,
    decimals=1,
)
def downside_deviation(product: Product, context: Context) -> Input:
    """Yearly deviation of the coin's price below no change; measured on prices only."""
    return context.measured_or("downside_deviation", product.asset, None, "risk")


@leaf("Beta", unit=Unit.NUMBER, group=Group.EXPOSURE, at="assets.*.risk.beta")
def beta(product: Product, context: Context) -> Input:
    """Beta of the coin against bitcoin."""
    if product.asset == BITCOIN:
        return ONE
    asset = context.asset(product)
    stated = asset.risk.beta if asset and asset.risk else None
    return context.measured_or("beta", product.asset, stated, "risk")


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
    stated = None
    for one, other in ((bitcoin, product.asset), (asset, BITCOIN)):
        if one and one.risk and other in one.risk.correlation:
            stated = one.risk.correlation[other]
    return context.measured_or("correlation", product.asset, stated, "risk")


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
    "Largest flow since",
    heading="Largest",
    unit=Unit.DAYS,
    better=Better.NEITHER,
    group=Group.FLOWS,
    decimals=0,
)
def flow_largest(product: Product, context: Context) -> Input:
    """Days back to the last flow as large as the newest one, the same way; else all on file."""
    return context.measured_or("flow_largest", product.ticker, None, "flows")


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
