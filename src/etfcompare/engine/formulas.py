"""Every computed figure: a page of finance.

A function's name is the figure's key, its parameters are other figures or leaf columns, its
docstring is the sentence that users read. Rates are fractions a year, simple, Act/365; costs are
positive. Symbols and sources are those of the methodology: g reward rate, u staked share, k cut of
rewards, b charge on staked coins, l slashing loss, f fee, H horizon, N periods a year.
"""

from __future__ import annotations

from etfcompare.engine.arithmetic import (
    Number,
    exp,
    given,
    least,
    log,
    most,
    normal,
    pick,
    positive,
    power,
    ratio,
    root,
)
from etfcompare.engine.figure import Better, Group, Unit, figure

DAYS_PER_YEAR = 365
TAIL = 0.05
"""The worst one year in twenty."""
TAIL_QUANTILE = -1.6448536269514722
"""Standard normal quantile of the tail."""

GROSS, AFTER_CUT, AFTER_FEE = 0.0, 1.0, 2.0
"""Stages of a published rate: what has been taken off it."""

HIGHER, LOWER = Better.HIGHER, Better.LOWER


def over_horizon(full: Number, waived: Number, waiver_days: Number, horizon_days: Number) -> Number:
    """Mean over the horizon of a rate that is waived on its first days (methodology 1.5)."""
    days = least(waiver_days, horizon_days)
    return pick(days > 0, full + (waived - full) * ratio(days, horizon_days), full)


# Staking: what the coins earn and who keeps it (methodology 1.3)


@figure("Reward rate", group=Group.STAKING)
def reward_rate(stated_reward_rate: Number, rate_share: Number) -> Number:
    """Gross yearly rewards on the coins that are staked and earning."""
    return ratio(stated_reward_rate, rate_share)


@figure("Cut of rewards", heading="Cut", better=LOWER, group=Group.STAKING)
def reward_cut(
    stated_cut: Number, waived_cut: Number, staking_waiver_days: Number, horizon_days: Number
) -> Number:
    """Share of the rewards kept by sponsor, provider and custodian, over your horizon."""
    return over_horizon(stated_cut, waived_cut, staking_waiver_days, horizon_days)


@figure("Charge on staked coins", heading="Charge", better=LOWER, group=Group.STAKING)
def staked_charge(
    stated_charge: Number, waived_charge: Number, staking_waiver_days: Number, horizon_days: Number
) -> Number:
    """Yearly charge on the coins that are staked, over your horizon; rewards do not lower it."""
    return over_horizon(stated_charge, waived_charge, staking_waiver_days, horizon_days)


@figure("Gross yield", better=HIGHER)
def gross_yield(stakes: Number, earning_share: Number, stated_reward_rate: Number) -> Number:
    """Rewards before anybody's cut, spread over all coins of the fund: u x g."""
    return pick(stakes, earning_share * stated_reward_rate, 0.0)


@figure("Cut", better=LOWER)
def cut_cost(stakes: Number, gross_yield: Number, reward_cut: Number) -> Number:
    """What sponsor, provider and custodian keep of the rewards: u x g x k."""
    return pick(stakes, gross_yield * reward_cut, 0.0)


@figure("Charge", better=LOWER)
def charge_cost(stakes: Number, charged_share: Number, staked_charge: Number) -> Number:
    """The charge on staked coins, spread over all coins of the fund: u x b."""
    return pick(stakes, charged_share * staked_charge, 0.0)


@figure("Slashing", better=LOWER)
def slashing_cost(stakes: Number, slashed_share: Number, slashing_loss: Number) -> Number:
    """The expected loss to slashing, spread over all coins of the fund: u x l."""
    return pick(stakes, slashed_share * slashing_loss, 0.0)


@figure("Staking yield", heading="Staking", better=HIGHER)
def staking_yield(
    gross_yield: Number, cut_cost: Number, charge_cost: Number, slashing_cost: Number
) -> Number:
    """Rewards that the fund keeps, a year, in coins, before its fee."""
    return gross_yield - cut_cost - charge_cost - slashing_cost


# The fee (methodology 1.5)


@figure("Fee under the waiver", group=Group.INPUTS)
def waiver_fee(
    expense_ratio: Number,
    waived_fee: Number,
    waiver_first: Number,
    waiver_is_cliff: Number,
    waiver_aum: Number,
) -> Number:
    """The fee of a day on which the waiver holds: of a tier only the first dollars are waived."""
    within = least(waiver_aum, waiver_first)
    tier = expense_ratio + (waived_fee - expense_ratio) * ratio(within, waiver_aum)
    cliff = given(waiver_aum, pick(waiver_aum <= waiver_first, waived_fee, expense_ratio))
    return pick(waiver_first >= 0, pick(waiver_is_cliff, cliff, tier), waived_fee)


@figure("Fee today", better=LOWER, group=Group.FEE)
def fee_now(expense_ratio: Number, waiver_fee: Number, waiver_days: Number) -> Number:
    """The yearly fee charged on the scenario's date."""
    return pick(waiver_days > 0, waiver_fee, expense_ratio)


@figure("Effective fee", heading="Fee", better=LOWER, group=Group.FEE)
def effective_fee(
    expense_ratio: Number, waiver_fee: Number, waiver_days: Number, horizon_days: Number
) -> Number:
    """The yearly fee, averaged over the days of your horizon, assets held constant."""
    return over_horizon(expense_ratio, waiver_fee, waiver_days, horizon_days)


@figure("Waiver", better=HIGHER)
def waiver_relief(expense_ratio: Number, effective_fee: Number) -> Number:
    """How much a waiver takes off the stated fee over your horizon."""
    return expense_ratio - effective_fee


@figure("All-in cost", heading="All-in", better=LOWER, group=Group.FEE)
def all_in_cost(
    cut_cost: Number,
    charge_cost: Number,
    slashing_cost: Number,
    effective_fee: Number,
    cut_is_told: Number,
) -> Number:
    """All that stands between gross and net yield: cut, charge, slashing and fee, a year."""
    return given(cut_is_told, cut_cost + charge_cost + slashing_cost + effective_fee)


# What is left


@figure("Net yield", better=HIGHER, signed=False)
def net_yield(staking_yield: Number, effective_fee: Number) -> Number:
    """What the fund leaves you, a year, in coins: rewards kept less the fee over your horizon."""
    return staking_yield - effective_fee


@figure("Effective yield", heading="Eff. yield", better=HIGHER)
def effective_yield(
    staking_yield: Number, effective_fee: Number, compounding_periods: Number
) -> Number:
    """Growth in a year of the coins behind a share, rewards compounding where the fund accrues."""
    # Methodology 1.4; the fee is taken daily.
    growth = power(1 + ratio(staking_yield, compounding_periods), compounding_periods)
    return growth * power(1 - effective_fee / DAYS_PER_YEAR, DAYS_PER_YEAR) - 1


@figure("Trading cost", better=LOWER)
def trading_cost(
    spread: Number, premium: Number, commissions: Number, horizon_years: Number
) -> Number:
    """Getting in and out, by spread, premium and commissions, spread over your horizon."""
    quoted = ratio(spread + premium, horizon_years)
    return pick(commissions > 0, ratio(spread + premium + commissions, horizon_years), quoted)


@figure("Net carry", better=HIGHER)
def net_carry(net_yield: Number, trading_cost: Number) -> Number:
    """Net yield after getting in and out."""
    return net_yield - trading_cost


@figure("Tax", better=LOWER)
def tax_cost(
    staking_yield: Number,
    effective_fee: Number,
    income_tax: Number,
    gains_tax: Number,
    cost_basis: Number,
) -> Number:
    """Income tax on rewards, and tax on the gain in the coins sold to pay the fee."""
    # Methodology 2.1: the fee itself is not deductible.
    return (
        most(0.0, staking_yield) * income_tax
        + effective_fee * most(0.0, 1 - cost_basis) * gains_tax
    )


@figure("After tax", better=HIGHER)
def after_tax_yield(net_carry: Number, tax_cost: Number) -> Number:
    """Net carry after tax, a year, in coins."""
    return net_carry - tax_cost


# Against cash (methodology 3)


@figure("Vs cash", unit=Unit.BPS, better=HIGHER, group=Group.CASH, decimals=0, signed=True)
def over_cash(net_yield: Number, cash_yield: Number) -> Number:
    """Net yield over the yield of cash."""
    return net_yield - cash_yield


@figure("Break-even", better=LOWER, group=Group.CASH, signed=True)
def break_even(net_yield: Number, cash_yield: Number, horizon_years: Number) -> Number:
    """Move of the coin's price at which the fund only matches cash; positive: it must rise."""
    cash = positive(1 + cash_yield * horizon_years)
    return ratio(cash, positive(1 + net_yield * horizon_years)) - 1


@figure("Break-even on price", heading="Break-even 0", better=LOWER, group=Group.CASH, signed=True)
def break_even_cash(net_yield: Number, horizon_years: Number) -> Number:
    """Move of the coin's price at which the yield is wiped out; positive: it must rise."""
    return ratio(1.0, positive(1 + net_yield * horizon_years)) - 1


def total_return(net_yield: Number, price_move: Number, horizon_years: Number) -> Number:
    """Return the change in dollars over the horizon: coins that grew, at a price that moved.

    Yield is earned in coins, so the two multiply and do not add (methodology 3).
    """
    return (1 + price_move) * positive(1 + net_yield * horizon_years) - 1


def worth_over(net_yield: Number, other_yield: Number, horizon_years: Number) -> Number:
    """Return the premium at which a fund only matches another of the same coin (methodology 3)."""
    ours = positive(1 + net_yield * horizon_years)
    return ratio(ours, positive(1 + other_yield * horizon_years)) - 1


# Exposure: what price risk comes with the yield (methodology 3)


@figure(
    "Yield per volatility",
    heading="Yield/vol",
    unit=Unit.NUMBER,
    better=HIGHER,
    group=Group.EXPOSURE,
    decimals=3,
)
def yield_per_vol(net_yield: Number, volatility: Number) -> Number:
    """Net yield for each unit of volatility."""
    return ratio(net_yield, volatility)


@figure(
    "Excess per volatility",
    heading="Excess/vol",
    unit=Unit.NUMBER,
    better=HIGHER,
    group=Group.EXPOSURE,
    decimals=3,
)
def excess_per_vol(over_cash: Number, volatility: Number) -> Number:
    """Net yield over cash for each unit of volatility."""
    return ratio(over_cash, volatility)


@figure("Drift", group=Group.INPUTS)
def drift(volatility: Number, neutral_cash: Number, drift_is_median: Number) -> Number:
    """Yearly drift of the price: mean flat, median flat, or risk-neutral, as the scenario says."""
    return pick(drift_is_median, volatility * volatility / 2, log(1 + neutral_cash))


@figure("Chance of a fall", heading="P(fall)", better=LOWER, group=Group.EXPOSURE, decimals=1)
def p_fall(volatility: Number, drift: Number, horizon_years: Number) -> Number:
    """Probability that the price is lower at your horizon, lognormal with the drift assumed."""
    expected = (drift - volatility * volatility / 2) * horizon_years
    return 1 - normal(ratio(expected, volatility * root(horizon_years)))


@figure("Chance of loss", heading="P(loss)", better=LOWER, group=Group.EXPOSURE, decimals=1)
def p_loss(net_yield: Number, volatility: Number, drift: Number, horizon_years: Number) -> Number:
    """Probability that the price falls by more than the yield makes good, prices lognormal."""
    growth = log(1 + net_yield * horizon_years)
    expected = growth + (drift - volatility * volatility / 2) * horizon_years
    return 1 - normal(ratio(expected, volatility * root(horizon_years)))


@figure("Falls made good", heading="P(offset)", better=HIGHER, group=Group.EXPOSURE, decimals=1)
def p_offset(p_fall: Number, p_loss: Number) -> Number:
    """Probability that, if the price is lower at your horizon, the yield makes the fall good."""
    return ratio(most(0.0, p_fall - p_loss), p_fall)


@figure("Chance to beat cash", heading="P(beat)", better=HIGHER, group=Group.EXPOSURE, decimals=1)
def p_beat_cash(
    net_yield: Number,
    cash_yield: Number,
    volatility: Number,
    drift: Number,
    horizon_years: Number,
) -> Number:
    """Probability that fund and price together end above cash, prices lognormal."""
    cash = 1 + cash_yield * horizon_years
    excess = log(ratio(positive(1 + net_yield * horizon_years), cash))
    expected = excess + (drift - volatility * volatility / 2) * horizon_years
    return normal(ratio(expected, volatility * root(horizon_years)))


@figure("Value at risk", heading="VaR 5%", better=LOWER, group=Group.EXPOSURE, decimals=1)
def value_at_risk(
    net_yield: Number, volatility: Number, drift: Number, horizon_years: Number
) -> Number:
    """Least loss in the worst twentieth of outcomes over your horizon, with yield and drift."""
    expected = (drift - volatility * volatility / 2) * horizon_years
    worst = exp(expected + TAIL_QUANTILE * volatility * root(horizon_years))
    return 1 - positive(1 + net_yield * horizon_years) * worst


@figure("Tail loss", heading="CVaR 5%", better=LOWER, group=Group.EXPOSURE, decimals=1)
def cvar(net_yield: Number, volatility: Number, drift: Number, horizon_years: Number) -> Number:
    """Mean loss in the worst twentieth of outcomes over your horizon, with yield and drift."""
    growth = positive(1 + net_yield * horizon_years) * exp(drift * horizon_years)
    return 1 - growth * normal(TAIL_QUANTILE - volatility * root(horizon_years)) / TAIL


@figure(
    "Yield on risk capital",
    heading="Yield/CVaR",
    better=HIGHER,
    group=Group.EXPOSURE,
    decimals=1,
)
def yield_on_risk_capital(net_yield: Number, cvar: Number) -> Number:
    """Net yield, a year, on the mean loss in the worst twentieth of outcomes over your horizon."""
    return ratio(net_yield, positive(cvar))


# Size and demand


@figure(
    "Flow of AUM", heading="Flow/AUM", better=HIGHER, group=Group.FLOWS, decimals=1, signed=True
)
def flow_share(flow_4w: Number, aum: Number) -> Number:
    """Net flow of four weeks as a share of assets under management."""
    return ratio(flow_4w, aum)


# Does the issuer say the same?


@figure("Published net", group=Group.TRUST)
def published_net(
    published_rate: Number,
    published_stage: Number,
    published_share: Number,
    reward_cut: Number,
    charge_cost: Number,
    slashing_cost: Number,
    effective_fee: Number,
) -> Number:
    """The issuer's printed rate, put on the basis of our net yield."""
    spread_over_fund = published_rate * published_share
    after_cut = spread_over_fund * pick(published_stage == GROSS, 1 - reward_cut, 1.0)
    charge = pick(published_stage == GROSS, charge_cost, 0.0)
    ours = after_cut - charge - slashing_cost - effective_fee
    return pick(published_stage == AFTER_FEE, published_rate, ours)


@figure("Net at own rate", heading="Own net", better=HIGHER, group=Group.TRUST)
def own_net_yield(
    stakes: Number,
    own_share: Number,
    own_reward_rate: Number,
    reward_cut: Number,
    charge_cost: Number,
    slashing_cost: Number,
    effective_fee: Number,
) -> Number:
    """Net yield at the fund's own reward rate, whatever rates the scenario takes."""
    rewards = pick(stakes, own_share * own_reward_rate * (1 - reward_cut), 0.0)
    return rewards - charge_cost - slashing_cost - effective_fee


@figure(
    "Delivered less own net",
    heading="Gap delivered",
    unit=Unit.BPS,
    group=Group.TRUST,
    decimals=0,
    signed=True,
)
def realised_gap(realised_yield: Number, own_net_yield: Number) -> Number:
    """What the fund delivered less its net yield at its own rate: the promise and the fact."""
    return realised_yield - own_net_yield


@figure(
    "Gap to published",
    heading="Gap",
    unit=Unit.BPS,
    group=Group.TRUST,
    decimals=0,
    signed=True,
)
def published_gap(own_net_yield: Number, published_net: Number, is_one_week: Number) -> Number:
    """Net yield at the fund's own rate less the issuer's, if both are of one week."""
    return (own_net_yield - published_net) * is_one_week
