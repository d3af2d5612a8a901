"""What the user may assume, as options and controls know it."""

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import TODAY
from etfcompare.engine.assumptions import (
    ASSUMPTIONS,
    PRESETS,
    REWARDS,
    Knob,
    Preset,
    differences,
    knobs,
)
from etfcompare.engine.figures import Table
from etfcompare.engine.scenario import Scenario
from etfcompare.errors import UsageError
from screens import SMALL
from strategies import catalogue_of, scenarios

CATALOGUE = catalogue_of(SMALL)
KNOBS = {knob.key: knob for knob in knobs(CATALOGUE)}
USUAL = Scenario(as_of=TODAY)
TABLE = Table(CATALOGUE, USUAL)


def test_every_field_of_a_scenario_can_be_assumed() -> None:
    assert {one.name for one in ASSUMPTIONS} == {one.name for one in fields(Scenario)}


def test_reward_rates_can_be_assumed_of_every_asset_that_is_staked() -> None:
    assert [key for key in KNOBS if key.startswith(REWARDS)] == ["rewards:ETH", "rewards:SOL"]


@given(scenarios(), st.sampled_from(sorted(KNOBS)), st.sampled_from([1, -1]))
def test_a_step_changes_its_own_assumption_and_no_other(
    scenario: Scenario, key: str, direction: int
) -> None:
    stepped = KNOBS[key].stepped(scenario, direction, TABLE)
    others = [knob for knob in KNOBS.values() if knob.key != key]
    assert all(knob.value(stepped) == knob.value(scenario) for knob in others)


@given(scenarios(), st.sampled_from(sorted(KNOBS)))
def test_what_is_shown_can_be_typed_again(scenario: Scenario, key: str) -> None:
    knob = KNOBS[key]
    if knob.value(scenario) is not None:
        assert knob.typed(scenario, knob.text(scenario, TABLE)) == scenario


@pytest.mark.parametrize(
    ("key", "direction", "value"),
    [
        ("horizon", 1, 730),
        ("horizon", -1, 183),
        ("cash", 1, 0.0375),
        ("cash", -1, 0.035),
        ("rewards:SOL", 1, 0.0625),
        ("rewards:SOL", -1, 0.0600),
        ("staked", -1, 0.95),
        ("income_tax", 1, 0.05),
        ("waivers", 1, False),
        ("amount", 1, 200_000.0),
    ],
)
def test_a_step_starts_from_what_is_in_force(key: str, direction: int, value: object) -> None:
    knob = KNOBS[key]
    assert knob.value(knob.stepped(USUAL, direction, TABLE)) == pytest.approx(value)


@pytest.mark.parametrize("key", sorted(KNOBS))
def test_no_number_of_steps_leads_out_of_what_makes_sense(key: str) -> None:
    knob = KNOBS[key]
    for direction in (1, -1):
        scenario = USUAL
        for _ in range(500):
            scenario = knob.stepped(scenario, direction, TABLE)
        Table(CATALOGUE, scenario).number(0, "net_yield")


def test_nothing_typed_leaves_it_to_the_catalogue() -> None:
    knob = KNOBS["cash"]
    assert knob.typed(knob.typed(USUAL, "5%"), " ") == USUAL


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        ("cash", "5", 'Cash: "5" has no unit'),
        ("cash", "500%", "between -100% and 100%"),
        ("horizon", "soon", "Horizon: "),
        ("amount", "100K EUR", "not in US dollars"),
        ("amount", "-5", "amount is not above zero"),
        ("rates", "mine", "write common or own"),
        ("waivers", "no", "write on or off"),
        ("commission", "50%", "10% of a trade"),
        ("rewards:SOL", "6", 'SOL rewards: "6" has no unit'),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_line(key: str, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as refused:
        KNOBS[key].typed(USUAL, text)
    assert "\n" not in str(refused.value)


def test_differences_name_what_is_assumed_and_what_held_before() -> None:
    scenario = KNOBS["rewards:SOL"].typed(KNOBS["horizon"].typed(USUAL, "3y"), "3.1%")
    said = [str(one) for one in differences(scenario, USUAL, TABLE)]
    assert said == ["Horizon 3y, not 1y", "SOL rewards 3.1%, not 6.2%"]
    assert differences(USUAL, USUAL, TABLE) == ()


def test_a_knob_of_an_asset_that_is_gone_says_so() -> None:
    knob = Knob(KNOBS["rewards:SOL"].assumption, "GONE")
    assert knob.text(USUAL, TABLE) == "unknown"


@given(scenarios(), st.sampled_from(PRESETS))
def test_a_usual_question_asked_twice_is_the_same_and_leaves_what_else_was_changed(
    scenario: Scenario, preset: Preset
) -> None:
    base = Scenario(as_of=TODAY, cash=0.04)
    table = Table(CATALOGUE, scenario)
    once = preset.apply(scenario, base, table)
    assert preset.apply(once, base, Table(CATALOGUE, once)) == once
    asked = {one.key for one in KNOBS.values() if one.value(once) != one.value(scenario)}
    from_base = preset.apply(base, base, table)
    assert asked <= {one.key for one in KNOBS.values() if one.value(from_base) != one.value(base)}


def test_rewards_halve_from_what_was_asked_for_at_first() -> None:
    base = Scenario(as_of=TODAY, rewards={"SOL": 0.04})
    halved = PRESETS[0].apply(USUAL.but("rewards", {"SOL": 0.07}), base, TABLE)
    assert halved.rewards == {"ETH": 0.014, "SOL": 0.02}
