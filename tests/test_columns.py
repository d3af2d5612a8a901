"""What leaves read off a catalogue, with their marks, and what a table makes of them."""

from datetime import timedelta

import pytest

from conftest import TODAY
from etfcompare.engine.figures import Table
from etfcompare.engine.marks import NONE, Mark
from etfcompare.engine.scenario import Drift, Rates, Scenario
from etfcompare.units import date_of
from strategies import catalogue_of

AS_OF = date_of("2026-08-21")
HEAD = """
schema: 1
cash: {yield: 3.75%, as_of: 2026-08-01, source: page}
assets:
  BTC:
    risk: {volatility: 45%, correlation: {ETH: 0.8}, as_of: 2026-08-01, source: page}
  ETH:
    staking: {rate: 2.78%, periods: 1, as_of: 2026-08-01, source: page}
    risk: {volatility: 65%, beta: 1.2, as_of: 2026-08-01, source: page}
  SOL:
    staking: {rate: 6.21%, periods: 182.5, as_of: 2026-08-01, source: page}
    risk: {volatility: 70%, as_of: 2026-08-01, source: page}
sources:
  page: {title: Fund page, grade: issuer}
  rumour: {title: Somebody said, grade: unverified}
"""
BSOL = """
  - ticker: BSOL
    asset: SOL
    fee: {rate: 0.20%, as_of: 2026-08-01, source: page}
    staking: {staked: 96%, cut: 6%, payout: accrues, as_of: 2026-08-01, source: page}
    market: {aum: $770M, spread: 8bp, premium: 0.02%, as_of: 2026-08-01, source: page}
"""


def table(products: str, scenario: Scenario | None = None, more: str = "") -> Table:
    text = f"{HEAD}{more}\nproducts:\n{products}"
    return Table(catalogue_of(text), scenario or Scenario(as_of=AS_OF))


def with_waiver(waiver: str, aum: str = "$1.5B", days: int = 0) -> Table:
    """An unstaked fund at 0.25%, asked that many days after `AS_OF`."""
    products = f"""
  - ticker: WAIV
    asset: ETH
    fee: {{rate: 0.25%, waiver: {waiver}, as_of: 2026-08-01, source: page}}
    market: {{{aum and f"aum: {aum}, "}as_of: 2026-08-01, source: page}}
"""
    return table(products, Scenario(as_of=AS_OF + timedelta(days=days)))


# Waivers


@pytest.mark.parametrize(
    ("days", "waived", "fee_now"), [(1, 0, 0.0025), (0, 0, 0.0025), (-1, 1, 0.0)]
)
def test_n21_a_waiver_counts_on_the_days_before_its_end(
    days: int, waived: int, fee_now: float
) -> None:
    asked = with_waiver("{rate: 0%, until: 2026-08-21}", days=days)
    assert asked.number(0, "effective_fee") == pytest.approx(0.0025 * (365 - waived) / 365)
    assert asked.value(0, "waiver_days") == (1.0 if waived else None)
    assert asked.number(0, "fee_now") == fee_now


def test_w4_a_waiver_ends_within_the_horizon() -> None:
    waiver = "{rate: 0.12%, first: $2.5B, mode: tier, until: 2027-03-12}"
    asked = with_waiver(waiver, aum="795500986")
    assert asked.number(0, "waiver_days") == 203
    assert asked.number(0, "effective_fee") == pytest.approx(0.0017769863013698632, abs=1e-9)
    assert asked.number(0, "net_yield") == -asked.number(0, "effective_fee")


@pytest.mark.parametrize(
    ("aum", "mode", "fee"),
    [
        ("$2.4B", "tier", 0.0012),
        ("$2.5B", "tier", 0.0012),
        ("$4B", "tier", 0.0016875),
        ("$2.4B", "cliff", 0.0012),
        ("$2.5B", "cliff", 0.0012),
        ("$4B", "cliff", 0.0025),
    ],
)
def test_n23_a_waiver_by_size(aum: str, mode: str, fee: float) -> None:
    asked = with_waiver(f"{{rate: 0.12%, first: $2.5B, mode: {mode}}}", aum=aum)
    assert asked.number(0, "effective_fee") == pytest.approx(fee, abs=1e-12)
    assert asked.number(0, "fee_now") == pytest.approx(fee, abs=1e-12)


@pytest.mark.parametrize("mode", ["tier", "cliff"])
@pytest.mark.parametrize("aum", ["", "0"])
@pytest.mark.parametrize("key", ["fee_now", "effective_fee", "net_yield", "over_cash"])
def test_n25_without_a_size_the_fee_of_a_tier_is_unknown(mode: str, aum: str, key: str) -> None:
    asked = with_waiver(f"{{rate: 0.12%, first: $2.5B, mode: {mode}}}", aum=aum)
    assert asked.value(0, key) is None
    assert asked.marks(0, key) == Mark.UNKNOWN
    assert asked.marks(0, "expense_ratio") == NONE
    assert asked.input(asked.products[0], "waiver_aum").mark == Mark.UNKNOWN


def test_a_waiver_that_is_over_needs_no_size() -> None:
    asked = with_waiver("{rate: 0%, first: $1B, mode: tier, until: 2026-01-28}", aum="")
    assert asked.number(0, "effective_fee") == 0.0025


def test_waivers_may_be_left_out() -> None:
    catalogue = with_waiver("{rate: 0%, until: 2027-08-21}").catalogue
    counted = Table(catalogue, Scenario(as_of=AS_OF))
    left_out = Table(catalogue, Scenario(as_of=AS_OF, waivers=False))
    assert counted.number(0, "effective_fee") == 0.0
    assert left_out.number(0, "effective_fee") == left_out.number(0, "fee_now") == 0.0025
    assert left_out.marks(0, "waiver_days") == Mark.NOT_APPLICABLE


@pytest.mark.parametrize("as_of", ["2028-02-28", "2028-02-29", "2028-03-01"])
def test_n30_a_year_has_365_days_across_a_leap_day(as_of: str) -> None:
    day = date_of(as_of)
    until = day + timedelta(days=73)
    products = f"""
  - {{ticker: X, asset: BTC, fee: {{rate: 1%, waiver: {{rate: 0%, until: {until}}}}}}}
"""
    asked = table(products, Scenario(as_of=day))
    assert asked.scenario.horizon_years == 1.0
    assert asked.number(0, "effective_fee") == pytest.approx(0.01 * 292 / 365)


def test_a_staking_waiver_lowers_cut_and_charge_over_its_days() -> None:
    products = """
  - ticker: X
    asset: SOL
    fee: {rate: 0.30%, as_of: 2026-08-01, source: page}
    staking:
      staked: 100%
      cut: 10%
      charge: 0.28%
      waiver: {cut: 0%, charge: 0%, until: 2026-09-03}
      payout: accrues
      as_of: 2026-08-01
      source: page
"""
    asked = table(products, Scenario(as_of=AS_OF, horizon=26))
    assert asked.number(0, "reward_cut") == pytest.approx(0.05)
    assert asked.number(0, "staked_charge") == pytest.approx(0.0014)


# Reward rates


@pytest.mark.parametrize(
    ("scenario", "rate"),
    [
        (Scenario(as_of=AS_OF), 0.0621),
        (Scenario(as_of=AS_OF, rates=Rates.OWN), 0.07),
        (Scenario(as_of=AS_OF, rewards={"SOL": 0.04}), 0.04),
        (Scenario(as_of=AS_OF, rewards={"SOL": 0.04}, rates=Rates.OWN), 0.04),
        (Scenario(as_of=AS_OF, rewards={"ETH": 0.04}), 0.0621),
    ],
)
def test_whose_reward_rate_a_fund_is_given(scenario: Scenario, rate: float) -> None:
    own = BSOL.replace("staked: 96%", "staked: 96%, rate: 7%")
    asked = table(own, scenario)
    assert asked.number(0, "reward_rate") == rate
    assert asked.number(0, "net_yield") == pytest.approx(rate * 0.96 * 0.94 - 0.002)


def test_a_rate_on_all_coins_is_spread_already_only_if_it_is_the_one_in_use() -> None:
    own = BSOL.replace("staked: 96%", "staked: 96%, rate: 5%, basis: fund")
    assert table(own).number(0, "gross_yield") == pytest.approx(0.0621 * 0.96)
    scenario = Scenario(as_of=AS_OF, rates=Rates.OWN)
    assert table(own, scenario).number(0, "gross_yield") == 0.05
    assert table(own, scenario).number(0, "reward_rate") == pytest.approx(0.05 / 0.96)


@pytest.mark.parametrize(("payout", "periods"), [("accrues", 182.5), ("cash", 1.0)])
def test_rewards_compound_only_where_the_fund_accrues(payout: str, periods: float) -> None:
    asked = table(BSOL.replace("accrues", payout))
    assert asked.number(0, "compounding_periods") == periods


# What does not stake


@pytest.mark.parametrize("staking", ["", "    staking: {status: allowed}\n"])
def test_a_fund_that_does_not_stake_earns_nothing_and_has_no_terms(staking: str) -> None:
    products = f"""
  - ticker: IBIT
    asset: BTC
    fee: {{rate: 0.25%, as_of: 2026-08-01, source: page}}
{staking}"""
    asked = table(products)
    costs = ("gross_yield", "cut_cost", "charge_cost", "slashing_cost", "staking_yield")
    assert [asked.number(0, key) for key in costs] == [0.0] * 5
    assert asked.number(0, "net_yield") == -0.0025
    assert asked.marks(0, "net_yield") == NONE
    for key in ("reward_rate", "staked_share", "reward_cut", "staked_charge", "slashing_loss"):
        assert asked.value(0, key) is None
        assert asked.marks(0, key) == Mark.NOT_APPLICABLE, key


# Tax, and what divides by zero


def test_tax_does_not_apply_unless_the_scenario_names_one() -> None:
    asked = table(BSOL)
    assert asked.marks(0, "tax_cost") == asked.marks(0, "after_tax_yield") == Mark.NOT_APPLICABLE


def test_naming_one_tax_takes_the_other_for_zero() -> None:
    asked = table(BSOL, Scenario(as_of=AS_OF, gains_tax=0.25, basis=0.8))
    assert asked.number(0, "tax_cost") == pytest.approx(0.002 * 0.2 * 0.25)
    assert asked.number(0, "after_tax_yield") == pytest.approx(
        asked.number(0, "net_carry") - 0.002 * 0.2 * 0.25
    )


def test_n18_over_a_size_of_zero_the_share_of_flows_does_not_apply() -> None:
    flows = "    flows: {4w: 5M, as_of: 2026-08-20, source: page}\n"
    asked = table(BSOL.replace("$770M", "0") + flows)
    assert asked.value(0, "flow_share") is None
    assert asked.marks(0, "flow_share") == Mark.NOT_APPLICABLE
    assert asked.number(0, "aum") == 0.0


# Marks


def test_a_figure_from_fresh_dated_sources_bears_no_mark() -> None:
    assert table(BSOL).marks(0, "net_carry") == NONE


@pytest.mark.parametrize(
    ("was", "becomes", "mark"),
    [
        ("as_of: 2026-08-01, source: page}\n    staking", "source: page}\n    staking", "undated"),
        ("0.20%, as_of: 2026-08-01", "0.20%, as_of: 2025-01-01", "stale"),
        ("0.20%, as_of: 2026-08-01, source: page", "0.20%, as_of: 2026-08-01, source: rumour", "~"),
        ("0.20%", "{value: 0.20%, as_of: 2024}", "stale"),
    ],
)
def test_a_mark_of_the_fee_travels_to_net_yield_and_not_to_the_gross(
    was: str, becomes: str, mark: str
) -> None:
    expected = {"undated": Mark.UNDATED, "stale": Mark.STALE, "~": Mark.ESTIMATED}[mark]
    asked = table(BSOL.replace(was, becomes, 1))
    for key in ("expense_ratio", "effective_fee", "net_yield", "net_carry", "over_cash"):
        assert asked.marks(0, key) == expected, key
    for key in ("gross_yield", "cut_cost", "staked_share", "trading_cost", "aum", "cash_yield"):
        assert asked.marks(0, key) == NONE, key


@pytest.mark.parametrize(("days", "mark"), [(60, NONE), (61, Mark.STALE)])
def test_a_figure_is_stale_past_the_limit_of_its_block(days: int, mark: Mark) -> None:
    day = AS_OF - timedelta(days=days)
    asked = table(BSOL.replace("accrues, as_of: 2026-08-01", f"accrues, as_of: {day}"))
    assert asked.marks(0, "staked_share") == mark


def test_limits_of_age_are_the_catalogues_own() -> None:
    assert table(BSOL, more="limits: {staking: 10d}").marks(0, "staked_share") == Mark.STALE


def test_where_a_product_is_silent_an_assumption_fills_in_and_is_marked() -> None:
    silent = BSOL.replace("staked: 96%, ", "").replace("spread: 8bp, ", "")
    more = "assume: {staked: 90%, spread: 10bp}"
    asked = table(silent, more=more)
    assert asked.number(0, "staked_share") == 0.9
    assert asked.number(0, "trading_cost") == pytest.approx(0.0012)
    for key in ("staked_share", "net_yield", "spread", "trading_cost"):
        assert asked.marks(0, key) == Mark.ESTIMATED, key
    assert asked.marks(0, "premium") == NONE
    without = table(silent, Scenario(as_of=AS_OF, assumptions=False), more)
    for key in ("staked_share", "net_yield", "spread", "trading_cost"):
        assert without.value(0, key) is None
        assert without.marks(0, key) == Mark.UNKNOWN, key


def test_an_assumption_gives_way_to_what_is_stated() -> None:
    asked = table(BSOL, more="assume: {staked: 90%, cut: 20%, spread: 1%}")
    assert asked.number(0, "staked_share") == 0.96
    assert asked.marks(0, "net_carry") == NONE


def test_the_scenarios_own_yield_of_cash_bears_no_mark() -> None:
    old = HEAD.replace("3.75%, as_of: 2026-08-01", "3.75%, as_of: 2025-01-01")
    catalogue = catalogue_of(f"{old}\nproducts:\n{BSOL}")
    assert Table(catalogue, Scenario(as_of=AS_OF)).marks(0, "over_cash") == Mark.STALE
    own = Table(catalogue, Scenario(as_of=AS_OF, cash=0.04))
    assert own.marks(0, "over_cash") == NONE
    assert own.number(0, "cash_yield") == 0.04


def test_age_is_that_of_the_oldest_input_of_the_net_yield() -> None:
    asked = table(BSOL.replace("0.20%, as_of: 2026-08-01", "0.20%, as_of: 2026-05-13"))
    assert asked.number(0, "age") == 100
    assert table("  - {ticker: X, asset: BTC}\n").value(0, "age") is None


# Exposure


def test_a_correlation_is_read_from_either_of_the_two_assets() -> None:
    asked = table("  - {ticker: A, asset: BTC}\n  - {ticker: B, asset: ETH}\n" + BSOL)
    assert [asked.value(row, "correlation") for row in range(3)] == [1.0, 0.8, None]
    assert [asked.value(row, "beta") for row in range(3)] == [1.0, 1.2, None]
    assert asked.marks(2, "beta") == Mark.UNKNOWN


def test_chances_under_each_drift() -> None:
    chances = [
        table(BSOL, Scenario(as_of=AS_OF, drift=drift)).number(0, "p_beat_cash") for drift in Drift
    ]
    flat_mean, flat_median, neutral = chances
    assert flat_mean == pytest.approx(0.3716802611662676, abs=1e-9)  # E7: the same fund
    assert flat_mean < neutral < 0.5 < flat_median


# Words


def test_a_word_that_is_not_said_is_unknown() -> None:
    asked = table(BSOL)
    assert asked.value(0, "payout") == "accrues"
    assert asked.value(0, "country") is None
    assert asked.marks(0, "payout") == NONE
    assert asked.marks(0, "country") == Mark.UNKNOWN


def test_chances_do_not_carry_the_age_of_cash_unless_prices_grow_by_it() -> None:
    text = """
sources: {page: {title: A page, grade: issuer}}
cash: {yield: 3%, as_of: 2020-01-01, source: page}
assets: {BTC: {risk: {volatility: 40%, as_of: 2026-11-01, source: page}}}
products: [{ticker: A, asset: BTC, fee: {rate: 0.25%, as_of: 2026-11-01, source: page}}]
"""
    flat = Table(catalogue_of(text), Scenario(as_of=TODAY))
    neutral = Table(catalogue_of(text), Scenario(as_of=TODAY, drift=Drift.RISK_NEUTRAL))
    assert not flat.marks(0, "p_loss")
    assert neutral.marks(0, "p_loss") == Mark.STALE
    assert flat.marks(0, "p_beat_cash") == Mark.STALE


# What the user assumes in place of the catalogue


def test_an_assumed_staked_share_replaces_every_fund_s_own() -> None:
    assumed = table(BSOL, Scenario(as_of=AS_OF, staked=0.5))
    assert assumed.number(0, "staked_share") == 0.5
    assert assumed.number(0, "gross_yield") == pytest.approx(0.5 * 0.0621)
    idle = table(BSOL.replace("staked: 96%", "status: none"), Scenario(as_of=AS_OF, staked=0.5))
    assert idle.value(0, "staked_share") is None
    assert idle.number(0, "gross_yield") == 0.0


def test_commissions_are_paid_twice_and_spread_over_the_horizon() -> None:
    free = table(BSOL, Scenario(as_of=AS_OF, horizon=730))
    paid = table(BSOL, Scenario(as_of=AS_OF, horizon=730, commission=0.001))
    added = paid.number(0, "trading_cost") - free.number(0, "trading_cost")
    assert added == pytest.approx(0.002 / 2)
    assert free.number(0, "net_carry") - paid.number(0, "net_carry") == pytest.approx(added)


def test_the_all_in_cost_is_what_stands_between_gross_and_net() -> None:
    found = table(BSOL)
    gap = found.number(0, "gross_yield") - found.number(0, "net_yield")
    assert found.number(0, "all_in_cost") == pytest.approx(gap)


def test_the_all_in_cost_of_a_flat_promise_is_unknown() -> None:
    flat = BSOL.replace("staked: 96%, cut: 6%", "rate: 3%, basis: flat")
    assert table(flat).value(0, "all_in_cost") is None
    assert table(flat).marks(0, "all_in_cost") == Mark.UNKNOWN
