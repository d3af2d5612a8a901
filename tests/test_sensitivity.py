"""What a choice between funds hangs on: ties, swaps and switches, against worked numbers."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import combinations
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import TODAY
from etfcompare.engine.figures import Table
from etfcompare.engine.marks import Mark
from etfcompare.engine.roots import sign_change
from etfcompare.engine.scenario import Rates, Scenario
from etfcompare.engine.sensitivity import (
    Crossover,
    Switch,
    crossovers,
    swaps,
    switch,
    switches,
    tie_with_cash,
)
from etfcompare.engine.sensitivity_words import crossover_in_words, switch_in_words
from strategies import catalogue_of, random_catalogue, random_scenario

SEEDS = st.integers(min_value=0, max_value=10_000)
ASSETS = "assets: {ETH: {staking: {rate: 3%}}, SOL: {staking: {rate: 6.21%}}}\n"
CASH = "cash: {yield: 3.60%}\n"


def table_of(*products: str, scenario: Scenario | None = None) -> Table:
    """Return a table of products, each written as the inside of a YAML mapping."""
    listed = "".join(f"  - {{{one}}}\n" for one in products)
    text = f"{CASH}{ASSETS}products:\n{listed}"
    return Table(catalogue_of(text), scenario or Scenario(as_of=TODAY))


def fund(ticker: str, fee: str, staking: str = "", asset: str = "SOL", market: str = "") -> str:
    parts = [f"ticker: {ticker}, asset: {asset}, fee: {{{fee}}}"]
    if staking:
        parts.append(f"staking: {{{staking}}}")
    if market:
        parts.append(f"market: {{{market}}}")
    return ", ".join(parts)


BSOL = fund("BSOL", "rate: 0.20%", "staked: 100%, cut: 6%")
SOLC = fund("SOLC", "rate: 0.50%", "staked: 100%, cut: 0%")
PLAIN = fund("PLAIN", "rate: 0.10%")


def only(table: Table) -> Crossover:
    (found,) = crossovers(table, range(len(table.products)))
    return found


# Crossovers


def test_two_fully_staked_funds_tie_where_the_cut_is_worth_the_fee() -> None:
    # 0.94 g - 0.20% = g - 0.50%
    found = only(table_of(BSOL, SOLC))
    assert (found.a, found.b, found.asset) == ("BSOL", "SOLC", "SOL")
    assert found.reward_rate == pytest.approx(0.05, abs=1e-12)
    assert (found.above, found.leader) == ("SOLC", None)


def test_the_order_of_two_funds_does_not_matter() -> None:
    there, back = only(table_of(BSOL, SOLC)), only(table_of(SOLC, BSOL))
    assert back.reward_rate == pytest.approx(there.reward_rate, abs=1e-12)
    assert back.above == there.above


def test_a_fund_that_does_not_stake_ties_with_one_that_does() -> None:
    # 0.94 g - 0.20% = -0.10%
    found = only(table_of(PLAIN, BSOL))
    assert found.reward_rate == pytest.approx(0.001 / 0.94, abs=1e-12)
    assert found.above == "BSOL"


def test_a_promised_rate_stays_while_the_other_fund_moves() -> None:
    promised = fund("FLAT", "rate: 0%", "rate: 3%, basis: flat")
    found = only(table_of(promised, SOLC))
    assert found.reward_rate == pytest.approx(0.035, abs=1e-12)
    assert found.above == "SOLC"


def test_two_promised_rates_never_tie() -> None:
    low = fund("LOW", "rate: 0%", "rate: 2%, basis: flat")
    high = fund("HIGH", "rate: 0%", "rate: 3%, basis: flat")
    found = only(table_of(low, high))
    assert (found.reward_rate, found.above, found.leader) == (None, None, "HIGH")


def test_funds_that_tie_only_without_rewards_never_tie() -> None:
    found = only(table_of(fund("CUT", "rate: 0.50%", "staked: 95%, cut: 10%"), SOLC))
    assert (found.reward_rate, found.leader) == (None, "SOLC")


def test_funds_that_tie_only_past_all_rates_never_tie() -> None:
    # 0.999 g - 0.10% = g - 0.50% at 400%
    found = only(table_of(fund("CUT", "rate: 0.10%", "staked: 100%, cut: 0.1%"), SOLC))
    assert (found.reward_rate, found.leader) == (None, "CUT")


def test_funds_on_the_same_terms_have_no_leader() -> None:
    found = only(table_of(BSOL, BSOL.replace("BSOL", "TWIN")))
    assert (found.reward_rate, found.above, found.leader) == (None, None, None)


def test_an_unknown_yield_leaves_all_open() -> None:
    found = only(table_of(BSOL, fund("WHO", "rate: 0.20%", "cut: 6%")))
    assert (found.reward_rate, found.above, found.leader) == (None, None, None)


def test_only_funds_on_one_asset_of_which_one_stakes_are_paired() -> None:
    ether = fund("ETHB", "rate: 0.25%", "staked: 80%, cut: 18%", asset="ETH")
    table = table_of(BSOL, ether, PLAIN, PLAIN.replace("PLAIN", "BARE"))
    found = [(one.a, one.b) for one in crossovers(table, range(4))]
    assert found == [("BSOL", "PLAIN"), ("BSOL", "BARE")]


def test_both_funds_are_given_the_same_rate_whatever_their_own() -> None:
    own = table_of(
        BSOL.replace("cut: 6%", "cut: 6%, rate: 9%"),
        SOLC.replace("cut: 0%", "cut: 0%, rate: 4%"),
        scenario=Scenario(as_of=TODAY, rates=Rates.OWN),
    )
    assert only(own).reward_rate == pytest.approx(0.05, abs=1e-12)


@given(SEEDS)
def test_funds_leave_the_same_at_their_crossover_and_not_above_it(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - examples, not secrets
    table = Table(random_catalogue(random, size=5), random_scenario(random))
    rows = {one.ticker: row for row, one in enumerate(table.products)}
    for one in crossovers(table, range(5)):
        pair = rows[one.a], rows[one.b]
        if one.reward_rate is None:
            continue
        a, b = (yield_at(table, row, one.asset, one.reward_rate) for row in pair)
        assert a == pytest.approx(b, abs=1e-10)
        a, b = (yield_at(table, row, one.asset, min(1, one.reward_rate * 1.5)) for row in pair)
        assert one.above == (one.a if a > b else one.b) or a == pytest.approx(b, abs=1e-10)


@given(SEEDS)
def test_who_never_ties_leads_at_every_rate(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - examples, not secrets
    table = Table(random_catalogue(random, size=5), random_scenario(random))
    rows = {one.ticker: row for row, one in enumerate(table.products)}
    for one in crossovers(table, range(5)):
        for rate in (1e-3, 0.05, 0.5, 1.0):
            if one.leader is not None:
                loser = one.b if one.leader == one.a else one.a
                ahead = yield_at(table, rows[one.leader], one.asset, rate)
                assert ahead > yield_at(table, rows[loser], one.asset, rate) - 1e-12


def yield_at(table: Table, row: int, asset: str, rate: float) -> float:
    scenario = replace(table.scenario, rewards={**table.scenario.rewards, asset: rate})
    return Table(table.catalogue, scenario).number(row, "net_yield")


def test_cash_is_matched_where_the_yield_is_that_of_cash() -> None:
    table = table_of(BSOL, PLAIN, fund("FLAT", "rate: 0%", "rate: 3%, basis: flat"))
    rate = tie_with_cash(table, 0)
    assert rate == pytest.approx((0.036 + 0.002) / 0.94, abs=1e-12)
    assert tie_with_cash(table, 1) is None
    assert tie_with_cash(table, 2) is None


# Where a function changes its sign


@pytest.mark.parametrize(
    ("function", "root"),
    [
        (lambda x: 2 * x - 0.5, 0.25),
        (lambda x: x * x - 0.25, 0.5),
        (lambda x: max(x - 0.3, -0.1) if x > 0.1 else -0.2, 0.3),
        (lambda x: (x - 0.2) * (x - 0.7), 0.2),
        (lambda x: x - 1, 1.0),
    ],
)
def test_the_first_change_of_sign_is_found(function: Callable[[float], float], root: float) -> None:
    assert sign_change(function, 0.0, 1.0) == pytest.approx(root, abs=1e-9)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x,
        lambda x: x + 0.1,
        lambda x: 3 - x,
        lambda _: 0.0,
        lambda _: math.nan,
        lambda x: x * x + 0.1,
    ],
)
def test_without_a_change_of_sign_there_is_none(function: Callable[[float], float]) -> None:
    assert sign_change(function, 0.0, 1.0) is None


@pytest.mark.parametrize("size", [1e3, 1e6, 1e9, 1e15])
def test_a_root_in_dollars_is_found_too(size: float) -> None:
    # Halves of a stretch of dollars never come as close as those of rates.
    assert sign_change(lambda x: x * x - size * size / 9, 0.0, size) == pytest.approx(size / 3)
    assert sign_change(lambda x: 3 * x - size, 0.0, size) == pytest.approx(size / 3)
    assert sign_change(lambda x: x - size / 3, size / 4, size / 2) == pytest.approx(size / 3)


# Swaps

CHEAP = fund("CHEAP", "rate: 0.60%, waiver: {rate: 0%, until: 2027-03-01}")
STEADY = fund("STEADY", "rate: 0.25%")


def test_a_waiver_that_ends_hands_the_lead_to_the_other() -> None:
    (found,) = swaps(table_of(CHEAP, STEADY), (0, 1))
    assert (found.a, found.b, found.waiver_of) == ("CHEAP", "STEADY", "CHEAP")
    assert (found.day, found.before, found.after) == (date(2027, 3, 1), "CHEAP", "STEADY")


def test_a_waiver_of_the_cut_swaps_as_well() -> None:
    waived = fund(
        "WAIVED",
        "rate: 0.10%",
        "staked: 100%, cut: 20%, waiver: {cut: 0%, until: 2027-02-01}",
    )
    (found,) = swaps(table_of(BSOL, waived), (0, 1))
    assert (found.day, found.waiver_of, found.after) == (date(2027, 2, 1), "WAIVED", "BSOL")


@pytest.mark.parametrize(
    "waiver",
    [
        "{rate: 0%, until: 2026-11-22}",  # over today
        "{rate: 0%, until: 2026-01-01}",  # long over
        "{rate: 0.30%, until: 2027-03-01}",  # behind before and after
        "{rate: 0.25%, until: 2027-03-01}",  # equal before
        "{rate: 0%}",  # without an end
    ],
)
def test_other_ends_swap_nothing(waiver: str) -> None:
    table = table_of(fund("CHEAP", f"rate: 0.60%, waiver: {waiver}"), STEADY)
    assert swaps(table, (0, 1)) == ()


def test_a_scenario_without_waivers_has_no_swap() -> None:
    table = table_of(CHEAP, STEADY, scenario=Scenario(as_of=TODAY, waivers=False))
    assert swaps(table, (0, 1)) == ()


def test_of_two_waivers_that_end_at_once_the_leader_s_decides() -> None:
    other = fund("OTHER", "rate: 0.25%, waiver: {rate: 0.10%, until: 2027-03-01}")
    (found,) = swaps(table_of(other, CHEAP), (0, 1))
    assert (found.waiver_of, found.before, found.after) == ("CHEAP", "CHEAP", "OTHER")


def test_only_the_first_swap_of_two_products_is_told() -> None:
    later = fund("LATER", "rate: 0.90%, waiver: {rate: 0.30%, until: 2027-06-01}")
    (found,) = swaps(table_of(CHEAP, later), (0, 1))
    assert (found.day, found.after) == (date(2027, 3, 1), "LATER")


# Switches

ETHA = fund("ETHA", "rate: 0.25%", asset="ETH", market="spread: 0.07%, premium: 0%")
ETHB = fund(
    "ETHB",
    "rate: 0.25%",
    "rate: 1.88%, basis: flat",
    asset="ETH",
    market="spread: 0.08%, premium: 0%",
)
"""As in the methodology, section 2: -0.25% against 1.63%."""


def test_a_switch_costs_half_of_both_spreads_and_pays_back_in_days() -> None:
    found = switch(table_of(ETHA, ETHB), 0, 1)
    assert found.cost == pytest.approx(0.00075, abs=1e-12)
    assert found.days == pytest.approx(365 * 0.00075 / 0.0188, abs=1e-9)


def test_the_fixture_of_the_methodology(shared: Path) -> None:
    text = (shared / "methodology.md").read_text(encoding="utf-8")
    line = re.search(r'^\{"id": "K5-switch-breakeven".*\}(?=,$)', text, re.MULTILINE)
    assert line is not None
    fixture = json.loads(line[0])
    given, out = fixture["in"], fixture["out"]

    def in_percent(rate: float) -> str:
        return f"{100 * rate:.6f}%"

    fee = -given["y_from"]
    promised = in_percent(given["y_to"] + fee)
    market = [
        f"spread: {in_percent(given[one])}, premium: 0%" for one in ("spread_from", "spread_to")
    ]
    table = table_of(
        fund("FROM", f"rate: {in_percent(fee)}", market=market[0]),
        fund("TO", f"rate: {in_percent(fee)}", f"rate: {promised}, basis: flat", market=market[1]),
    )
    found = switch(table, 0, 1)
    assert found.cost == pytest.approx(out["cost"], abs=1e-9)
    assert found.days == pytest.approx(out["days"], abs=1e-9)
    assert found.days == pytest.approx(365 * out["years"], abs=1e-9)


def test_tax_on_an_embedded_gain_is_paid_now() -> None:
    # Of the methodology: a 20% gain taxed at 23.8% makes it 4.84% and 2.57 years.
    scenario = Scenario(as_of=TODAY, basis=0.8, gains_tax=0.238)
    found = switch(table_of(ETHA, ETHB, scenario=scenario), 0, 1)
    assert found.cost == pytest.approx(0.04835, abs=1e-12)
    assert found.days is not None
    assert found.days / 365 == pytest.approx(2.57, abs=5e-3)


def test_a_loss_saves_no_tax() -> None:
    scenario = Scenario(as_of=TODAY, basis=1.5, gains_tax=0.238)
    assert part(switch(table_of(ETHA, ETHB, scenario=scenario), 0, 1), "Tax on gain") == 0


def test_a_commission_is_paid_twice() -> None:
    scenario = Scenario(as_of=TODAY, commission=0.001)
    found = switch(table_of(ETHA, ETHB, scenario=scenario), 0, 1)
    assert part(found, "Commissions") == 0.002
    assert found.cost == pytest.approx(0.00275, abs=1e-12)


def test_a_switch_to_less_never_pays() -> None:
    found = switch(table_of(ETHA, ETHB), 1, 0)
    assert (found.source, found.target, found.days) == ("ETHB", "ETHA", None)
    assert found.cost == pytest.approx(0.00075, abs=1e-12)


def test_a_switch_that_gains_by_itself_pays_at_once() -> None:
    rich = ETHA.replace("premium: 0%", "premium: 1%")
    found = switch(table_of(rich, ETHB), 0, 1)
    assert found.cost == pytest.approx(0.00075 - 0.01, abs=1e-12)
    assert found.days == 0


@pytest.mark.parametrize("missing", ["spread: 0.08%, ", ", premium: 0%"])
def test_what_is_unknown_is_no_cost_of_zero(missing: str) -> None:
    found = switch(table_of(ETHA, ETHB.replace(missing, "")), 0, 1)
    assert (found.cost, found.days) == (None, None)
    assert [one.value for one in found.parts].count(None) == 1
    assert found.marks & Mark.UNKNOWN


def test_nobody_moves_to_what_cannot_be_bought_nor_from_what_never_could() -> None:
    coming = f"{fund('COMING', 'rate: 0%')}, status: pending"
    gone = f"{fund('GONE', 'rate: 0.05%')}, status: closed"
    table = table_of(coming, gone, PLAIN, STEADY)
    moves = [(one.source, one.target) for one in switches(table, range(4))]
    assert moves == [("STEADY", "PLAIN")]
    assert switches(table, (0, 1)) == ()


def test_a_move_of_which_nothing_is_known_does_not_read_as_free() -> None:
    table = table_of(STEADY, PLAIN)
    said = switch_in_words(switch(table, 0, 1), 100_000)
    assert said == "STEADY → PLAIN: spread sold, spread bought, premium not known"


def part(found: Switch, label: str) -> float | None:
    (value,) = (one.value for one in found.parts if one.label == label)
    return value


@given(SEEDS)
def test_the_parts_of_a_switch_sum_to_its_cost(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - examples, not secrets
    table = Table(random_catalogue(random, size=4), random_scenario(random))
    for source, target in combinations(range(4), 2):
        found = switch(table, source, target)
        values = [one.value for one in found.parts]
        known = [one for one in values if one is not None]
        if found.cost is None:
            assert None in values
            assert found.days is None
        else:
            assert found.cost == pytest.approx(sum(known), abs=1e-12)
        assert found.days is None or found.days >= 0


def test_a_tie_that_rests_on_an_assumption_says_so() -> None:
    known = fund("KNOWN", "rate: 0.50%", "staked: 100%, cut: 0%")
    text = f"{CASH}{ASSETS}assume: {{staked: 95%}}\nproducts:\n" + "".join(
        f"  - {{{one}}}\n" for one in (known, fund("SILENT", "rate: 0.20%", "cut: 6%"))
    )
    (found,) = crossovers(Table(catalogue_of(text), Scenario(as_of=TODAY)), (0, 1))
    assert found.marks & Mark.ESTIMATED
    assert "~" in crossover_in_words(found) or "as far as estimates go" in crossover_in_words(found)
    (plain,) = crossovers(
        table_of(known, fund("CUT", "rate: 0.20%", "staked: 100%, cut: 6%")), (0, 1)
    )
    assert not plain.marks & Mark.ESTIMATED
    assert "~" not in crossover_in_words(plain)


def test_a_switch_to_another_coin_says_so() -> None:
    priced = "spread: 10bp, premium: 0%"
    table = table_of(
        fund("ETHER", "rate: 0.25%", asset="ETH", market=priced),
        fund("SOLAR", "rate: 0.25%", "staked: 100%, cut: 0%", market=priced),
        fund("OTHER", "rate: 0.50%", "staked: 100%, cut: 0%", market=priced),
    )
    assert "but another coin" in switch_in_words(switch(table, 0, 1), 100_000.0)
    assert "another coin" not in switch_in_words(switch(table, 2, 1), 100_000.0)
