"""What holds for every catalogue and every scenario."""

import math
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import TODAY
from etfcompare.catalogue.fields import Block
from etfcompare.catalogue.schema import FLAT_BASIS, Asset, Cash, Catalogue, Fee, Product, Stated
from etfcompare.engine import arithmetic, figures
from etfcompare.engine.figure import Group, Unit
from etfcompare.engine.figures import AGE, FIGURES, HEADLINE, LEAVES, Table
from etfcompare.engine.marks import ABSENT, CAUTIONS, Mark
from etfcompare.engine.scenario import Scenario
from etfcompare.engine.words import WORDS
from etfcompare.units import AsOf
from strategies import AS_OF, catalogues, random_catalogue, random_scenario, scenarios

NUMERIC = [key for key in FIGURES if key not in WORDS]
NET = {
    "gross_yield": 1,
    "cut_cost": -1,
    "charge_cost": -1,
    "slashing_cost": -1,
    "expense_ratio": -1,
    "waiver_relief": 1,
}
"""Lines of the ledger down to the net yield, with the sign that they bear in it."""
SUMS = {
    "net_yield": NET,
    "net_carry": NET | {"trading_cost": -1},
    "after_tax_yield": NET | {"trading_cost": -1, "tax_cost": -1},
}


def spread(table: Table, key: str) -> list[float]:
    return [table.number(row, key) for row in range(len(table.products))]


@settings(max_examples=1_000)
@given(st.integers(0, 2**32))
def test_the_lines_of_every_ledger_sum(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - no secret
    table = Table(random_catalogue(random, size=100), random_scenario(random))
    for total, signs in SUMS.items():
        lines = zip(*(spread(table, key) for key in signs), strict=True)
        signed = list(signs.values())
        for row, parts in enumerate(lines):
            wanted = sum(sign * part for sign, part in zip(signed, parts, strict=True))
            found = table.number(row, total)
            assert math.isnan(found) if math.isnan(wanted) else abs(found - wanted) <= 1e-12, (
                f"{total} of {table.products[row]}"
            )


def with_fee(catalogue: Catalogue, fee: Fee) -> Catalogue:
    first, *others = catalogue.products
    return replace(catalogue, products=(first.but(fee=fee), *others))


@given(catalogues(size=1), scenarios(), st.integers(1, 500))
def test_net_yield_falls_when_a_fee_rises(
    catalogue: Catalogue, scenario: Scenario, bps: int
) -> None:
    fee = catalogue.products[0].fee
    if fee is None or fee.rate is None:
        return
    dearer = Fee(rate=fee.rate._replace(value=fee.rate.value + bps / 1e4))
    before = Table(with_fee(catalogue, Fee(rate=fee.rate)), scenario)
    after = Table(with_fee(catalogue, dearer), scenario)
    for key in (HEADLINE, "net_carry", "over_cash"):
        lower, higher = after.number(0, key), before.number(0, key)
        assert math.isnan(higher) or higher - lower == pytest.approx(bps / 1e4)


@given(catalogues(size=3), scenarios())
def test_a_waiver_never_makes_a_fund_dearer(catalogue: Catalogue, scenario: Scenario) -> None:
    full = Table(catalogue, replace(scenario, waivers=False))
    waived = Table(catalogue, replace(scenario, waivers=True))
    for key in ("effective_fee", "fee_now", "reward_cut", "staked_charge"):
        for less, more in zip(spread(waived, key), spread(full, key), strict=True):
            assert math.isnan(less) or less <= more + 1e-15, key
    for relief in spread(waived, "waiver_relief"):
        assert math.isnan(relief) or relief >= -1e-15


@given(catalogues(size=3), scenarios())
def test_a_waived_fee_lies_between_the_waived_and_the_full_rate(
    catalogue: Catalogue, scenario: Scenario
) -> None:
    table = Table(catalogue, scenario)
    for row, product in enumerate(table.products):
        fee, found = product.fee, table.number(row, "effective_fee")
        if math.isnan(found) or fee is None or fee.rate is None:
            continue
        waived = fee.waiver.rate if fee.waiver else None
        least = waived.value if waived else fee.rate.value
        assert least - 1e-15 <= found <= fee.rate.value + 1e-15


# Fields: what a figure rests on, found by changing it


FEEDS = {
    "fee.rate": {"expense_ratio"},
    "fee.waiver.rate": {"waived_fee", "waiver_days"},
    "fee.waiver.first": {"waiver_first"},
    "market.aum": {"aum", "waiver_aum"},
    "market.spread": {"spread"},
    "market.premium": {"premium"},
    "flows.month": {"flow_4w"},
    "staking.staked": {
        "staked_share",
        "earning_share",
        "rate_share",
        "charged_share",
        "slashed_share",
        "published_share",
        "own_share",
    },
    "staking.cut": {"stated_cut", "waived_cut"},
    "staking.charge": {"stated_charge", "waived_charge"},
    "staking.slashing": {"slashing_loss"},
    "staking.waiver.cut": {"waived_cut", "staking_waiver_days"},
    "staking.rate": {"stated_reward_rate", "own_reward_rate"},
    "staking.published.rate": {"published_rate"},
    "asset.staking.rate": {"stated_reward_rate"},
    "asset.staking.periods": {"compounding_periods"},
    "asset.risk.volatility": {"volatility"},
    "cash.rate": {"cash_yield", "neutral_cash"},
}
"""The leaves that each field of a catalogue may reach."""
OPTIONAL = {"staking.charge", "staking.slashing", "fee.waiver.first", "staking.waiver.cut"}
"""Fields that say something when they are left out: that there is none."""


def found_in(catalogue: Catalogue, place: str) -> Stated[float] | None:
    record: object = holder(catalogue, place)
    for key in place.split(".")[place.startswith(("asset.", "cash.")) :]:
        record = getattr(record, key, None)
    return record if isinstance(record, Stated) else None


def holder(catalogue: Catalogue, place: str) -> object:
    product = catalogue.products[0]
    if place.startswith("asset."):
        return catalogue.assets[product.asset]
    return catalogue.cash if place.startswith("cash.") else product


def with_field(catalogue: Catalogue, place: str, new: Stated[float] | None) -> Catalogue:
    """Return the catalogue with one field of its first product, or of what that rests on, new."""

    def put(record: object, keys: list[str]) -> object:
        key, *rest = keys
        value = put(getattr(record, key), rest) if rest else new
        assert isinstance(record, Block)
        return record.but(**{key: value})

    record, keys = holder(catalogue, place), place.split(".")
    if place.startswith("asset."):
        asset = put(record, keys[1:])
        assert isinstance(asset, Asset)
        return replace(catalogue, assets={**catalogue.assets, asset.code: asset})
    if place.startswith("cash."):
        cash = put(record, keys[1:])
        assert isinstance(cash, Cash)
        return replace(catalogue, cash=cash)
    product = put(record, keys)
    assert isinstance(product, Product)
    return replace(catalogue, products=(product, *catalogue.products[1:]))


def resting_on(catalogue: Catalogue, scenario: Scenario, place: str) -> set[str]:
    """Return the figures of the first product that change with a field."""
    old = found_in(catalogue, place)
    assert old is not None
    nudged = old._replace(value=old.value * 0.9 + 1e-3)
    before = Table(catalogue, scenario)
    after = Table(with_field(catalogue, place, nudged), scenario)
    pairs = ((key, before.value(0, key), after.value(0, key)) for key in NUMERIC)
    return {key for key, one, other in pairs if one is not None and one != other is not None}


def above(leaves: set[str]) -> set[str]:
    """Return the figures whose formulas lead down to one of the leaves."""

    def leads(key: str) -> bool:
        inputs = (HEADLINE,) if key == AGE else FIGURES[key].inputs
        return key in leaves or any(leads(one) for one in inputs)

    return {key for key in NUMERIC if leads(key)}


CLEAN = catalogues(size=2, is_clean=True, is_complete=True)


@settings(max_examples=300)
@given(CLEAN, scenarios(), st.sampled_from(sorted(set(FEEDS) - OPTIONAL)))
def test_without_a_field_whatever_rests_on_it_is_unknown(
    catalogue: Catalogue, scenario: Scenario, place: str
) -> None:
    if found_in(catalogue, place) is None:
        return
    staking = catalogue.products[0].staking
    if place == "staking.cut" and staking and (staking.charge or staking.basis == FLAT_BASIS):
        return  # such a fund may take no cut at all
    table = Table(with_field(catalogue, place, None), scenario)
    for key in resting_on(catalogue, scenario, place):
        assert table.value(0, key) is None, key
        assert table.marks(0, key) == Mark.UNKNOWN, key


PROVENANCES = {
    Mark.UNDATED: (None, "page"),
    Mark.STALE: (AsOf(date(2020, 1, 1), "2020-01-01"), "page"),
    Mark.ESTIMATED: (AS_OF, "rumour"),
}


@settings(max_examples=300)
@given(CLEAN, scenarios(), st.sampled_from(sorted(FEEDS)), st.sampled_from(list(PROVENANCES)))
def test_a_mark_travels_to_whatever_rests_on_a_field_and_to_nothing_else(
    catalogue: Catalogue, scenario: Scenario, place: str, mark: Mark
) -> None:
    field = found_in(catalogue, place)
    if field is None or (field.value == 0 and place in OPTIONAL):
        return  # none at all and none of zero are the same: nothing rests on it
    as_of, source = PROVENANCES[mark]
    doubtful = field._replace(as_of=as_of, source=source)
    table = Table(with_field(catalogue, place, doubtful), scenario)
    marked = {key for key in NUMERIC if table.marks(0, key) & CAUTIONS}
    assert all(table.marks(0, key) == mark for key in marked)
    resting = resting_on(catalogue, scenario, place)
    # Rates that are not of one week make no pair: their gap is unknown, which says enough.
    assert resting - {"published_gap"} <= marked
    assert marked <= above(FEEDS[place])
    if not place.startswith(("asset.", "cash.")):
        assert not any(table.marks(1, key) & CAUTIONS for key in NUMERIC)


@given(catalogues(size=3), scenarios())
def test_no_figure_is_both_known_and_absent(catalogue: Catalogue, scenario: Scenario) -> None:
    table = Table(catalogue, scenario)
    for key in FIGURES:
        for row in range(len(table.products)):
            absent = table.value(row, key) is None
            assert bool(table.marks(row, key) & ABSENT) is absent, key


# What another scenario leaves as it is


@given(catalogues(size=3), scenarios(), scenarios(), st.data())
def test_a_table_under_another_scenario_is_a_table_of_that_scenario(
    catalogue: Catalogue, before: Scenario, after: Scenario, data: st.DataObject
) -> None:
    changed = data.draw(st.sets(st.sampled_from([one.name for one in fields(Scenario)])))
    after = replace(before, **{name: getattr(after, name) for name in changed})
    first = Table(catalogue, before)
    for key in NUMERIC:
        first.marks(0, key)
    derived, fresh = first.under(after), Table(catalogue, after)
    for key in NUMERIC:
        for row in range(len(catalogue.products)):
            assert same(derived.number(row, key), fresh.number(row, key)), key
            assert derived.marks(row, key) == fresh.marks(row, key), key


@given(catalogues(size=3))
def test_a_longer_horizon_leaves_the_terms_of_the_funds_as_they_are(catalogue: Catalogue) -> None:
    first = Table(catalogue, Scenario(as_of=TODAY))
    kept, changed = first.column("stated_cut"), first.column("net_carry")
    derived = first.under(Scenario(as_of=TODAY, horizon=900))
    assert derived.column("stated_cut") is kept
    assert derived.column("net_carry") is not changed


# The two ways to compute


@given(catalogues(size=4), scenarios())
def test_arrays_give_what_plain_python_gives(catalogue: Catalogue, scenario: Scenario) -> None:
    plain = Table(catalogue, scenario)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(figures, "NUMPY_FROM", 1)
        arrays = Table(catalogue, scenario)
        for key in NUMERIC:
            arrays.column(key)
    assert not isinstance(arrays.column(HEADLINE), list | float)
    for key in NUMERIC:
        for row, (one, other) in enumerate(
            zip(spread(plain, key), spread(arrays, key), strict=True)
        ):
            assert same(one, other), f"{key}: {one} {other}"
            assert plain.marks(row, key) == arrays.marks(row, key), key


SPECIAL = [math.nan, -1e308, -2.5, -1.0, -0.0, 0.0, 1e-300, 0.5, 1.0, 2.0, 709.0, 710.0, 1e308]
UNARY = [arithmetic.exp, arithmetic.log, arithmetic.normal, arithmetic.positive, arithmetic.root]
BINARY = [arithmetic.least, arithmetic.most, arithmetic.ratio]


def same(one: float, other: float) -> bool:
    both_unknown = math.isnan(one) and math.isnan(other)
    return both_unknown or math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-12)


def array(values: list[float]) -> float:
    """Return an array, which formulas take for a float."""
    return np.array(values)  # type: ignore[return-value]


@pytest.mark.parametrize("function", UNARY, ids=lambda one: one.__name__)
def test_arithmetic_on_an_array_is_that_on_its_floats(function: Callable[[float], float]) -> None:
    found = list(np.ravel(function(array(SPECIAL))))
    for value, other in zip(SPECIAL, found, strict=True):
        assert same(function(value), other), value
    assert math.isnan(function(math.nan))


@pytest.mark.parametrize("function", BINARY, ids=lambda one: one.__name__)
def test_arithmetic_on_two_arrays_is_that_on_their_floats(
    function: Callable[[float, float], float],
) -> None:
    pairs = [(one, other) for one in SPECIAL for other in SPECIAL if abs(one) < 1e9 > abs(other)]
    columns = (array([pair[place] for pair in pairs]) for place in (0, 1))
    for pair, found in zip(pairs, list(np.ravel(function(*columns))), strict=True):
        assert same(function(*pair), found), pair


@pytest.mark.parametrize("exponent", [0.5, 1.0, 182.5])
def test_a_power_on_an_array_is_that_on_its_floats(exponent: float) -> None:
    bases = [math.nan, -2.5, -0.5, 0.0, 0.5, 1.0, 1.5]
    found = list(np.ravel(arithmetic.power(array(bases), exponent)))
    assert all(
        same(arithmetic.power(*pair), other)
        for *pair, other in zip(bases, [exponent] * 7, found, strict=True)
    )


@pytest.mark.parametrize("size", [0, 1])
def test_small_catalogues_have_every_figure(size: int) -> None:
    random = Random(1)  # noqa: S311 - no secret
    table = Table(random_catalogue(random, size=size), Scenario(as_of=TODAY))
    for key in NUMERIC:
        assert len(spread(table, key)) == size


# The registry


@pytest.mark.parametrize("key", list(FIGURES))
def test_every_figure_has_a_label_and_a_sentence(key: str) -> None:
    figure = FIGURES[key]
    assert figure.key == key
    assert figure.label.strip()
    assert re.fullmatch(r"[A-Z01][^\n]*\.", figure.meaning), figure.meaning
    assert ". " not in figure.meaning
    assert figure.group in Group
    assert figure.unit in Unit


def test_every_figure_has_a_label_of_its_own() -> None:
    labels = [figure.label for figure in FIGURES.values()]
    assert sorted(labels) == sorted(set(labels))


def test_every_input_of_a_formula_is_a_figure_that_is_a_number() -> None:
    for figure in FIGURES.values():
        for key in figure.inputs:
            assert FIGURES[key].unit is not Unit.WORDS, figure.key
        is_read = figure.key in LEAVES or figure.key in WORDS or figure.key == AGE
        assert is_read is (figure.formula is None), figure.key


@given(catalogues(size=4), scenarios())
def test_states_are_counted_as_they_are_marked(catalogue: Catalogue, scenario: Scenario) -> None:
    table = Table(catalogue, scenario)
    rows = range(len(table.products))
    for key in NUMERIC:
        assert table.count(key, rows) == Counter(table.marks(row, key) for row in rows), key
