"""The formulas against worked numbers, those of the methodology's fixtures first.

`evaluate` runs the formulas themselves on leaf values; nothing is read from a catalogue here.
"""

import json
import math
import re
from pathlib import Path
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etfcompare.engine.figures import FIGURES
from etfcompare.engine.formulas import total_return, worth_over

UNKNOWN = math.nan


def evaluate(key: str, given: dict[str, float]) -> float:
    """Compute a figure from the values of other figures, as far down as needed."""
    if key in given:
        return given[key]
    figure = FIGURES[key]
    assert figure.formula is not None, f"{key} is not given"
    return figure.formula(*(evaluate(one, given) for one in figure.inputs))


def staked(g: float, u: float, k: float, b: float, loss: float) -> dict[str, float]:
    """Leaves of a fund that stakes, on the symbols of the methodology."""
    return {
        "stakes": 1.0,
        "stated_reward_rate": g,
        "earning_share": u,
        "rate_share": 1.0,
        "charged_share": u,
        "slashed_share": u,
        "published_share": u,
        "own_reward_rate": g,
        "own_share": u,
        "is_one_week": 1.0,
        "reward_cut": k,
        "staked_charge": b,
        "slashing_loss": loss,
    }


class Fixture(NamedTuple):
    """Numbers of a fixture that concern figures of ours, as they stand in the methodology."""

    given: dict[str, object]
    out: dict[str, float]


CARRIED = {
    "Y1-share-of-rewards": Fixture(
        {"g": 0.0621, "u": 0.96, "k": 0.06, "b": 0, "l": 0, "f": 0.002},
        {"y_gross_fund": 0.059616, "y_stk": 0.05603904, "y_net": 0.05403904},
    ),
    "Y2-fee-on-staked-assets": Fixture(
        {"g": 0.0551, "u": 0.8804, "k": 0, "b": 0.0028, "l": 0, "f": 0.003},
        {"y_gross_fund": 0.04851004, "y_stk": 0.04604492, "y_net": 0.04304492},
    ),
    "Y3-unstaked": Fixture(
        {"g": 0.0278, "u": 0, "k": 0.18, "b": 0, "l": 0, "f": 0.0025},
        {"y_gross_fund": 0.0, "y_stk": 0.0, "y_net": -0.0025},
    ),
    "Y5-ETHB-waived": Fixture(
        {"g": 0.0278, "u": 0.8, "k": 0.18, "b": 0, "l": 0, "f": 0.0012},
        {"y_gross_fund": 0.02224, "y_stk": 0.0182368, "y_net": 0.0170368},
    ),
    "C1-apy": Fixture({"apr": 0.0621, "N": 182.5}, {"apy": 0.06405750646593655}),
    "C3-effective-coin-growth": Fixture(
        {"y_stk": 0.05603904, "f": 0.002, "N": 182.5, "years": 1},
        {"growth": 0.0555167236969647},
    ),
    "U1-unit-guard": Fixture(
        {"gross": 0.0676, "k_wrong": 0.0006, "k_right": 0.06, "published": 0.0636},
        {"diff_bp_wrong": 39.5944, "diff_bp_right": -0.56},
    ),
    "W1-tier-partial": Fixture(
        {"A": 4e9, "cap": 2.5e9, "f_waived": 0.0012, "f": 0.0025, "mode": "tier"},
        {"f_eff": 0.0016875},
    ),
    "W2-tier-full": Fixture(
        {"A": 795500986, "cap": 2.5e9, "f_waived": 0.0012, "f": 0.0025, "mode": "tier"},
        {"f_eff": 0.0012},
    ),
    "W3-cliff": Fixture(
        {"A": 4e9, "cap": 2.5e9, "f_waived": 0.0012, "f": 0.0025, "mode": "cliff"},
        {"f_eff": 0.0025},
    ),
    "W4-expires-mid-horizon": Fixture(
        {"H_days": 365, "A": 795500986, "cap": 2.5e9, "f_waived": 0.0012, "f": 0.0025},
        {"days_waived": 203.0, "f_bar": 0.0017769863013698632},
    ),
    "W6-waiver-ends-inside-quarter": Fixture(
        {
            "g": 0.0676,
            "k": 0.06,
            "u": 1,
            "f": 0.002,
            "f_waived": 0,
            "quarter_days": 90,
            "days_paid": 62,
        },
        {"y_net": 0.06216622222222221},
    ),
    "K3-additive": Fixture(
        {
            "hs_in": 0.0004,
            "hs_out": 0.0004,
            "comm_in": 0.0005,
            "comm_out": 0.0005,
            "p0": 0.002,
            "p1": -0.001,
            "H": 0.5,
            "f_bar": 0.0012,
        },
        {"one_off": 0.0048, "tco_pa": 0.0108},
    ),
    "K4-exact-wealth": Fixture(
        {
            "hs_in": 0.0004,
            "hs_out": 0.0004,
            "comm_in": 0.0005,
            "comm_out": 0.0005,
            "p0": 0.002,
            "p1": -0.001,
            "H": 0.5,
            "f_bar": 0.0012,
            "y_stk": 0.018232,
        },
        {"additive_pa": 0.007432},
    ),
    "K7-after-tax-us": Fixture(
        {"y_stk": 0.05603904, "f": 0.002, "t_o": 0.37, "t_g": 0.238, "basis_over_price": 0.8},
        {"y_at": 0.0332093952},
    ),
    "E2-yield-ratios": Fixture(
        {"y": 0.05403904, "r": 0.0375, "vol": 0.7},
        {
            "yield_per_vol": 0.07719862857142858,
            "excess_per_vol": 0.0236272,
            "hurdle_bp": 165.3904,
        },
    ),
    "E3-breakeven-decline": Fixture(
        {"y": 0.05403904, "r": 0.0375, "H": 1},
        {"vs_tbill": 0.01569110760831005, "vs_cash": 0.051268537453792895},
    ),
    "E6-breakeven-premium": Fixture(
        {"y_a": 0.05403904, "y_b": -0.0025, "H": 1}, {"premium": 0.05668074185463645}
    ),
    "E7-prob-mu0": Fixture(
        {"y": 0.05403904, "r": 0.0375, "vol": 0.7, "mu": 0, "H": 1},
        {"p_cover": 0.39172918077795704, "p_beat_tbill": 0.3716802611662676},
    ),
    "E9-offset-given-fall": Fixture(
        {"y": 0.05403904, "vol": 0.7, "mu": 0, "H": 1},
        {
            "p_fall": 0.6368306511756191,
            "p_loss_exceeds_yield": 0.608270819222043,
            "p_offset_given_fall": 0.04484682372127246,
        },
    ),
    "E10-var-cvar-lognormal": Fixture(
        {"y": 0.05403904, "vol": 0.7, "mu": 0, "H": 1, "tail": 0.05},
        {
            "var": 0.7391391223466934,
            "cvar": 0.7993684058015884,
            "yield_on_risk_capital": 0.06760217142408935,
        },
    ),
    "F5-flow-pct": Fixture({"flow": 6572500, "aum0": 681458205}, {"pct": 0.009644758771376155}),
}


ELSEWHERE = {
    "E1-annualise": "test_history_prices",
    "E11-cvar-sample": "test_bootstrap",
    "E15-vol-ratio": "test_history_prices",
}
"""Fixtures on exposure that are measured, not computed by the graph, and where they are tested."""
NOT_OURS = {
    "E12-sec30": "a grantor trust has no SEC yield; the methodology forbids to mimic it",
    "E13-distribution-yield": "cash paid out is read as what was delivered, never as a rate",
    "E14-bill-bey": "a catalogue states the yield of cash itself, not the discount of a bill",
}
"""Fixtures on exposure that no figure of ours is about, and why."""


def numbers(name: str) -> dict[str, float]:
    return {key: float(v) for key, v in CARRIED[name].given.items() if isinstance(v, int | float)}


def expected(name: str) -> dict[str, object]:
    return {key: pytest.approx(value, abs=1e-9) for key, value in CARRIED[name].out.items()}


def test_the_carried_fixtures_are_those_of_the_methodology(shared: Path) -> None:
    text = (shared / "methodology.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    document = {one["id"]: one for one in json.loads(blocks[-1])}
    for name, fixture in CARRIED.items():
        stated = document[name]
        assert fixture.given.items() <= stated["in"].items(), name
        out = {key: stated["out"][key] for key in fixture.out}
        assert fixture.out == pytest.approx(out, rel=1e-12, abs=1e-15), name


def test_every_fixture_on_exposure_is_carried_or_said_not_to_be_ours(shared: Path) -> None:
    text = (shared / "methodology.md").read_text(encoding="utf-8")
    stated = set(re.findall(r'"id": "(E\d[^"]*)"', text))
    assert stated == {one for one in CARRIED if one.startswith("E")} | {*ELSEWHERE, *NOT_OURS}
    for name, module in ELSEWHERE.items():
        tests = (Path(__file__).parent / f"{module}.py").read_text(encoding="utf-8")
        assert f"test_{name.partition('-')[0].lower()}_" in tests, name


@pytest.mark.parametrize("name", [name for name in CARRIED if name.startswith("Y")])
def test_y_yields(name: str) -> None:
    given = numbers(name)
    leaves = staked(given["g"], given["u"], given["k"], given["b"], given["l"])
    leaves["effective_fee"] = given["f"]
    assert {
        "y_gross_fund": evaluate("gross_yield", leaves),
        "y_stk": evaluate("staking_yield", leaves),
        "y_net": evaluate("net_yield", leaves),
    } == expected(name)


def test_c1_compounding_of_a_fund_without_a_fee() -> None:
    given = numbers("C1-apy")
    leaves = {
        "staking_yield": given["apr"],
        "effective_fee": 0.0,
        "compounding_periods": given["N"],
    }
    assert {"apy": evaluate("effective_yield", leaves)} == expected("C1-apy")


def test_c3_growth_of_the_coins_behind_a_share() -> None:
    given = numbers("C3-effective-coin-growth")
    leaves = {
        "staking_yield": given["y_stk"],
        "effective_fee": given["f"],
        "compounding_periods": given["N"],
    }
    growth = evaluate("effective_yield", leaves)
    assert {"growth": growth} == expected("C3-effective-coin-growth")


def test_u1_gap_between_our_figure_and_the_published_one() -> None:
    given = numbers("U1-unit-guard")
    gaps = {}
    for which in ("wrong", "right"):
        leaves = staked(given["gross"], 1.0, given[f"k_{which}"], 0.0, 0.0) | {
            "effective_fee": 0.002,
            "published_rate": given["published"],
            "published_stage": 1.0,
        }
        gaps[f"diff_bp_{which}"] = evaluate("published_gap", leaves) * 1e4
    assert gaps == expected("U1-unit-guard")


@pytest.mark.parametrize("name", ["W1-tier-partial", "W2-tier-full", "W3-cliff"])
def test_w1_to_w3_fee_of_a_day_on_which_a_waiver_holds(name: str) -> None:
    assert {"f_eff": evaluate("waiver_fee", waived(name))} == expected(name)


def waived(name: str) -> dict[str, float]:
    given = numbers(name)
    return {
        "expense_ratio": given["f"],
        "waived_fee": given["f_waived"],
        "waiver_first": given["cap"],
        "waiver_is_cliff": float(CARRIED[name].given.get("mode") == "cliff"),
        "waiver_aum": given["A"],
    }


def test_w4_waiver_that_ends_within_the_horizon() -> None:
    name = "W4-expires-mid-horizon"
    days = CARRIED[name].out["days_waived"]
    leaves = waived(name) | {"waiver_days": days, "horizon_days": numbers(name)["H_days"]}
    assert evaluate("effective_fee", leaves) == expected(name)["f_bar"]


def test_w6_waiver_that_ends_within_a_quarter() -> None:
    name = "W6-waiver-ends-inside-quarter"
    given = numbers(name)
    leaves = staked(given["g"], given["u"], given["k"], 0.0, 0.0) | {
        "expense_ratio": given["f"],
        "waiver_fee": given["f_waived"],
        "waiver_days": given["quarter_days"] - given["days_paid"],
        "horizon_days": given["quarter_days"],
    }
    assert {"y_net": evaluate("net_yield", leaves)} == expected(name)


def test_k3_costs_of_getting_in_and_out_spread_over_the_horizon() -> None:
    given = numbers("K3-additive")
    leaves = trading(given)
    one_off = leaves["spread"] + leaves["premium"] + leaves["commissions"]
    total = given["f_bar"] + evaluate("trading_cost", leaves)
    assert {"one_off": one_off, "tco_pa": total} == expected("K3-additive")


def test_k4_net_carry_in_its_additive_form() -> None:
    given = numbers("K4-exact-wealth")
    leaves = trading(given) | {"staking_yield": given["y_stk"], "effective_fee": given["f_bar"]}
    assert {"additive_pa": evaluate("net_carry", leaves)} == expected("K4-exact-wealth")


def trading(given: dict[str, float]) -> dict[str, float]:
    """Leaves of the trading cost: half spreads add up; a premium got back narrows the one paid."""
    return {
        "spread": given["hs_in"] + given["hs_out"],
        "commissions": given["comm_in"] + given["comm_out"],
        "premium": given["p0"] - given["p1"],
        "horizon_years": given["H"],
    }


def test_k7_after_tax() -> None:
    given = numbers("K7-after-tax-us")
    leaves = {
        "staking_yield": given["y_stk"],
        "effective_fee": given["f"],
        "income_tax": given["t_o"],
        "gains_tax": given["t_g"],
        "cost_basis": given["basis_over_price"],
        "trading_cost": 0.0,
    }
    assert {"y_at": evaluate("after_tax_yield", leaves)} == expected("K7-after-tax-us")


def exposed(name: str) -> dict[str, float]:
    given = numbers(name)
    names = {
        "y": "net_yield",
        "r": "cash_yield",
        "vol": "volatility",
        "mu": "drift",
        "H": "horizon_years",
    }
    return {names[symbol]: value for symbol, value in given.items() if symbol in names}


def test_e2_yield_ratios() -> None:
    leaves = exposed("E2-yield-ratios")
    assert {
        "yield_per_vol": evaluate("yield_per_vol", leaves),
        "excess_per_vol": evaluate("excess_per_vol", leaves),
        "hurdle_bp": evaluate("over_cash", leaves) * 1e4,
    } == expected("E2-yield-ratios")


def test_e3_break_even_is_the_decline_with_its_sign_turned() -> None:
    leaves = exposed("E3-breakeven-decline")
    assert {
        "vs_tbill": -evaluate("break_even", leaves),
        "vs_cash": -evaluate("break_even_cash", leaves),
    } == expected("E3-breakeven-decline")


def test_e7_chances_with_the_mean_flat() -> None:
    leaves = exposed("E7-prob-mu0")
    assert {
        "p_cover": 1 - evaluate("p_loss", leaves),
        "p_beat_tbill": evaluate("p_beat_cash", leaves),
    } == expected("E7-prob-mu0")


def test_e6_premium_at_which_a_fund_only_matches_one_that_yields_nothing() -> None:
    given = numbers("E6-breakeven-premium")
    premium = worth_over(given["y_a"], given["y_b"], given["H"])
    assert {"premium": premium} == expected("E6-breakeven-premium")


def test_e9_chances_of_a_fall_and_of_what_the_yield_makes_good() -> None:
    leaves = exposed("E9-offset-given-fall")
    assert {
        "p_fall": evaluate("p_fall", leaves),
        "p_loss_exceeds_yield": evaluate("p_loss", leaves),
        "p_offset_given_fall": evaluate("p_offset", leaves),
    } == expected("E9-offset-given-fall")


def test_e10_the_tail_and_the_yield_on_it() -> None:
    leaves = exposed("E10-var-cvar-lognormal")
    assert {
        "var": evaluate("value_at_risk", leaves),
        "cvar": evaluate("cvar", leaves),
        "yield_on_risk_capital": evaluate("yield_on_risk_capital", leaves),
    } == expected("E10-var-cvar-lognormal")


def test_f5_flow_as_a_share_of_size() -> None:
    given = numbers("F5-flow-pct")
    leaves = {"flow_4w": given["flow"], "aum": given["aum0"]}
    assert {"pct": evaluate("flow_share", leaves)} == expected("F5-flow-pct")


# Worked by hand: vol 70%, cash 3.75%, one year.


@pytest.mark.parametrize(
    ("median", "neutral", "drift"),
    [(0.0, 0.0, 0.0), (1.0, 0.0, 0.245), (0.0, 0.0375, math.log(1.0375))],
)
def test_drift_is_mean_flat_median_flat_or_risk_neutral(
    median: float, neutral: float, drift: float
) -> None:
    leaves = {
        "volatility": 0.7,
        "cash_yield": 0.0375,
        "drift_is_median": median,
        "neutral_cash": neutral,
    }
    assert evaluate("drift", leaves) == pytest.approx(drift, abs=1e-15)


def test_with_the_median_flat_a_yield_like_cash_beats_it_half_the_time() -> None:
    leaves = {
        "net_yield": 0.0375,
        "cash_yield": 0.0375,
        "volatility": 0.7,
        "horizon_years": 2.0,
        "drift_is_median": 1.0,
        "neutral_cash": 0.0,
    }
    assert evaluate("p_beat_cash", leaves) == pytest.approx(0.5, abs=1e-15)
    assert evaluate("p_loss", leaves | {"net_yield": 0.0}) == pytest.approx(0.5, abs=1e-15)


def test_a_higher_drift_makes_beating_cash_likelier() -> None:
    leaves = {
        "net_yield": 0.054,
        "cash_yield": 0.0375,
        "volatility": 0.7,
        "horizon_years": 1.0,
        "drift_is_median": 0.0,
        "neutral_cash": 0.0,
    }
    mean = evaluate("p_beat_cash", leaves)
    neutral = evaluate("p_beat_cash", leaves | {"neutral_cash": 0.0375})
    median = evaluate("p_beat_cash", leaves | {"drift_is_median": 1.0})
    assert mean < neutral < median
    excess, chance = math.log(1.054 / 1.0375), NormalDist().cdf
    assert mean == pytest.approx(chance((excess - 0.245) / 0.7), abs=1e-12)
    assert neutral == pytest.approx(chance((math.log(1.054) - 0.245) / 0.7), abs=1e-12)
    assert median == pytest.approx(chance(excess / 0.7), abs=1e-12)


def test_break_even_by_hand() -> None:
    leaves = {"net_yield": -0.0025, "cash_yield": 0.0363, "horizon_years": 1.0}
    assert evaluate("break_even", leaves) == pytest.approx(1.0363 / 0.9975 - 1)
    assert evaluate("break_even_cash", leaves) == pytest.approx(1 / 0.9975 - 1)


@pytest.mark.parametrize(
    "key",
    [
        *("break_even", "break_even_cash", "p_beat_cash", "p_loss", "p_offset"),
        *("value_at_risk", "cvar", "yield_on_risk_capital"),
    ],
)
def test_where_fees_eat_everything_there_is_no_break_even(key: str) -> None:
    leaves = {
        "net_yield": -0.025,
        "cash_yield": 0.0363,
        "horizon_years": 50.0,
        "volatility": 0.7,
        "drift": 0.0,
    }
    assert math.isnan(evaluate(key, leaves))


ODDS = ("p_fall", "p_loss", "p_offset", "p_beat_cash", "value_at_risk", "cvar")
YIELDS = st.floats(min_value=-0.05, max_value=0.2)
VOLATILITIES = st.floats(min_value=0.05, max_value=1.5)
YEARS = st.floats(min_value=0.1, max_value=5.0)


def at(net_yield: float, volatility: float, years: float, drift: float = 0.0) -> dict[str, float]:
    return {
        "net_yield": net_yield,
        "volatility": volatility,
        "horizon_years": years,
        "drift": drift,
        "cash_yield": 0.0375,
    }


@given(YIELDS, VOLATILITIES, YEARS, st.floats(min_value=0.001, max_value=0.5))
def test_with_the_mean_flat_a_wilder_price_falls_more_often(
    net_yield: float, volatility: float, years: float, more: float
) -> None:
    calm, wild = (at(net_yield, vol, years) for vol in (volatility, volatility + more))
    assert evaluate("p_fall", calm) < evaluate("p_fall", wild)
    # A yield that loses is made good by wilder prices at times; one that gains never is.
    if net_yield >= 0:
        assert evaluate("p_loss", calm) <= evaluate("p_loss", wild)


@given(YIELDS, VOLATILITIES, YEARS, st.floats(min_value=-0.2, max_value=0.5))
def test_the_least_loss_of_the_tail_is_no_more_than_its_mean(
    net_yield: float, volatility: float, years: float, drift: float
) -> None:
    leaves = at(net_yield, volatility, years, drift)
    assert evaluate("value_at_risk", leaves) <= evaluate("cvar", leaves) < 1
    assert all(0 <= evaluate(key, leaves) <= 1 for key in ("p_fall", "p_loss", "p_beat_cash"))
    offset = evaluate("p_offset", leaves)
    assert 0 <= offset <= 1 or (evaluate("p_fall", leaves) == 0 and math.isnan(offset))


@given(VOLATILITIES, YEARS, st.floats(min_value=-0.2, max_value=0.5))
def test_without_a_yield_every_fall_is_a_loss(volatility: float, years: float, mu: float) -> None:
    leaves = at(0.0, volatility, years, mu)
    assert evaluate("p_loss", leaves) == pytest.approx(evaluate("p_fall", leaves), abs=1e-12)
    if evaluate("p_fall", leaves) > 1e-3:
        assert evaluate("p_offset", leaves) == pytest.approx(0, abs=1e-9)
        assert evaluate("p_offset", at(-0.01, volatility, years, mu)) == 0


@pytest.mark.parametrize("key", [*ODDS, "yield_on_risk_capital"])
def test_the_odds_of_many_products_are_those_of_each(key: str) -> None:
    rows = [at(0.054, 0.7, 1.0), at(-0.002, 0.4, 1.0), at(0.02, UNKNOWN, 1.0)]
    columns = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    found = evaluate(key, columns)  # type: ignore[arg-type]
    assert list(found) == pytest.approx(  # type: ignore[call-overload]
        [evaluate(key, row) for row in rows], abs=1e-12, nan_ok=True
    )


def test_a_tail_that_gains_takes_no_risk_capital() -> None:
    assert math.isnan(evaluate("yield_on_risk_capital", at(0.2, 0.001, 1.0)))
    assert evaluate("yield_on_risk_capital", at(-0.01, 0.7, 1.0)) < 0


@given(YIELDS, YEARS)
def test_in_dollars_yield_and_price_multiply_and_meet_cash_at_the_break_evens(
    net_yield: float, years: float
) -> None:
    leaves = at(net_yield, 0.7, years)
    assert total_return(net_yield, 0.0, years) == pytest.approx(net_yield * years)
    assert total_return(0.054, -0.5, 1.0) == pytest.approx(0.5 * 1.054 - 1)
    wiped_out = total_return(net_yield, evaluate("break_even_cash", leaves), years)
    as_cash = total_return(net_yield, evaluate("break_even", leaves), years)
    assert wiped_out == pytest.approx(0, abs=1e-12)
    assert as_cash == pytest.approx(0.0375 * years)


@pytest.mark.parametrize(
    ("aum", "mode", "fee"),
    [
        (0.9e9, "tier", 0.0),
        (1.0e9, "tier", 0.0),
        (2.0e9, "tier", 0.001),
        (0.9e9, "cliff", 0.0),
        (1.0e9, "cliff", 0.0),
        (1.1e9, "cliff", 0.002),
        (UNKNOWN, "tier", UNKNOWN),
        (UNKNOWN, "cliff", UNKNOWN),
    ],
)
def test_n23_n25_tier_and_cliff_below_at_and_above_the_size(
    aum: float, mode: str, fee: float
) -> None:
    leaves = {
        "expense_ratio": 0.002,
        "waived_fee": 0.0,
        "waiver_first": 1e9,
        "waiver_is_cliff": float(mode == "cliff"),
        "waiver_aum": aum,
    }
    assert evaluate("waiver_fee", leaves) == pytest.approx(fee, abs=1e-15, nan_ok=True)


@pytest.mark.parametrize("is_cliff", [0.0, 1.0])
def test_a_waiver_for_the_first_zero_dollars_waives_nothing(is_cliff: float) -> None:
    leaves = {
        "expense_ratio": 0.002,
        "waived_fee": 0.0,
        "waiver_first": 0.0,
        "waiver_is_cliff": is_cliff,
        "waiver_aum": 1e9,
    }
    assert evaluate("waiver_fee", leaves) == 0.002


@pytest.mark.parametrize(
    "leaves",
    [
        {"key": "flow_share", "flow_4w": 1e6, "aum": 0.0},
        {"key": "yield_per_vol", "net_yield": 0.05, "volatility": 0.0},
        {"key": "excess_per_vol", "over_cash": 0.05, "volatility": 0.0},
        {
            "key": "p_beat_cash",
            "net_yield": 0.05,
            "volatility": 0.0,
            "cash_yield": 0.04,
            "drift": 0.0,
            "horizon_years": 1.0,
        },
        {
            "key": "reward_rate",
            "stated_reward_rate": 0.05,
            "rate_share": 0.0,
        },
    ],
)
def test_n18_over_zero_there_is_no_figure_and_no_exception(leaves: dict[str, object]) -> None:
    given = {key: value for key, value in leaves.items() if isinstance(value, float)}
    assert math.isnan(evaluate(str(leaves["key"]), given))


def test_a_rate_on_all_coins_is_itself_the_gross_yield() -> None:
    leaves = staked(0.0485, 0.8804, 0.0, 0.0028, 0.0) | {"earning_share": 1.0, "rate_share": 0.8804}
    assert evaluate("gross_yield", leaves) == 0.0485
    assert evaluate("reward_rate", leaves) == pytest.approx(0.0485 / 0.8804)
    assert evaluate("charge_cost", leaves) == pytest.approx(0.8804 * 0.0028)


@pytest.mark.parametrize(
    ("stage", "covers_fund", "net"),
    [
        (0.0, 0.0, 0.06 * 0.9 * 0.94 - 0.9 * 0.001 - 0.9 * 0.0001 - 0.002),
        (0.0, 1.0, 0.06 * 0.94 - 0.9 * 0.001 - 0.9 * 0.0001 - 0.002),
        (1.0, 0.0, 0.06 * 0.9 - 0.9 * 0.0001 - 0.002),
        (1.0, 1.0, 0.06 - 0.9 * 0.0001 - 0.002),
        (2.0, 0.0, 0.06),
    ],
)
def test_a_published_rate_is_put_on_the_basis_of_net_yield(
    stage: float, covers_fund: float, net: float
) -> None:
    leaves = staked(0.06, 0.9, 0.06, 0.001, 0.0001) | {
        "effective_fee": 0.002,
        "published_rate": 0.06,
        "published_stage": stage,
        "published_share": 1.0 if covers_fund else 0.9,
    }
    assert evaluate("published_net", leaves) == pytest.approx(net, abs=1e-15)
