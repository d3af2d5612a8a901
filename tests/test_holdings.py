"""What the user holds: weights, terms, taxes, and the order in which lots are sold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import TODAY
from etfcompare.engine.scenario import Scenario
from etfcompare.portfolio.holdings import Present, present
from etfcompare.portfolio.lots import (
    NO_TAX_WORDS,
    SHORT_AS_LONG_WORDS,
    HeldLot,
    Term,
    parts_of,
    selling_order,
    tax_of,
    term_of,
    unused_loss,
)
from running import runner
from strategies import catalogue_of, read_text

HELD = """\
assets: {BTC: {}, SOL: {}}
products:
  - {ticker: IBIT, asset: BTC}
  - {ticker: BSOL, asset: SOL}
  - {ticker: GSOL, asset: SOL}
holdings:
  cash: $50K
  as_of: 2026-11-20
  lots:
    - {ticker: BSOL, value: $20K, cost: $12K, bought: 2026-02-01, account: sheltered}
    - {ticker: IBIT, value: $40K, cost: $10K, bought: 2024-01-10}
    - {ticker: IBIT, value: $52K, cost: $60K, bought: 2025-01-10}
    - {ticker: GSOL, value: $10K, cost: $8K, bought: 2026-06-01}
    - {ticker: GSOL, value: $28K, cost: $14K, bought: 2025-06-01}
"""


def held(text: str = HELD, **taxes: float) -> Present:
    make: Callable[..., Scenario] = Scenario
    found = present(catalogue_of(text), make(as_of=TODAY, **taxes))
    assert found is not None
    return found


def test_weights_are_shares_of_all_that_is_held_and_cash() -> None:
    found = held()
    assert (found.value_usd, found.cash_usd) == (200_000, 50_000)
    assert found.weights == {"BSOL": 0.1, "IBIT": 0.46, "GSOL": 0.19}
    assert found.shares_by_asset == pytest.approx({"BTC": 0.46, "SOL": 0.29})


def test_lots_come_sheltered_first_then_losses_then_by_tax_on_a_dollar() -> None:
    found = held(gains_tax=0.2, income_tax=0.4)
    told = [(one.ticker, one.value, one.term) for one in found.lots]
    assert told == [
        ("BSOL", 20_000, Term.SHELTERED),
        ("IBIT", 52_000, Term.LONG),
        ("GSOL", 10_000, Term.SHORT),
        ("GSOL", 28_000, Term.LONG),
        ("IBIT", 40_000, Term.LONG),
    ]
    assert [one.tax_per_dollar for one in found.lots] == pytest.approx(
        [0.0, 0.2 * (1 - 60 / 52), 0.4 * 0.2, 0.2 * 0.5, 0.2 * 0.75]
    )
    assert found.tax_per_dollar == pytest.approx({"BSOL": 0.0, "IBIT": 0.0, "GSOL": 0.08})
    assert found.notes == ()


def test_what_is_left_out_of_the_tax_is_said() -> None:
    assert held().notes == (NO_TAX_WORDS,)
    assert {one.tax_per_dollar for one in held().lots} == {0.0}
    assert held(gains_tax=0.2).notes == (SHORT_AS_LONG_WORDS,)
    assert "cash is not stated" in held(HELD.replace("  cash: $50K\n", "")).notes[-1]


def test_a_tax_is_unknown_without_a_cost_or_a_date_and_such_lots_are_sold_last() -> None:
    text = HELD.replace("cost: $10K, ", "").replace(", bought: 2026-06-01", "")
    found = held(text, gains_tax=0.2, income_tax=0.4)
    assert [one.value for one in found.lots] == [20_000, 52_000, 28_000, 40_000, 10_000]
    assert [one.tax_per_dollar for one in found.lots[3:]] == [None, None]
    assert found.tax_per_dollar.keys() == {"BSOL", "IBIT", "GSOL"}


def test_no_holdings_are_nothing_and_cost_nothing() -> None:
    head = HELD.partition("holdings:")[0]
    assert present(catalogue_of(head), Scenario(as_of=TODAY)) is None
    assert held(head + "holdings: {}\n").weights == {}


@pytest.mark.parametrize(
    ("bought", "as_of", "term"),
    [
        (date(2025, 11, 21), date(2026, 11, 22), Term.LONG),
        (date(2025, 11, 22), date(2026, 11, 22), Term.SHORT),
        (date(2024, 2, 29), date(2025, 3, 1), Term.SHORT),
        (date(2024, 2, 29), date(2025, 3, 2), Term.LONG),
        (None, date(2026, 1, 1), Term.UNKNOWN),
    ],
)
def test_a_gain_is_long_term_after_more_than_a_year(
    bought: date | None, as_of: date, term: Term
) -> None:
    assert term_of(bought, as_of) is term


@pytest.mark.parametrize(
    "at", ["holdings.cash", "holdings.as_of"], ids=lambda at: at.rpartition(".")[2]
)
def test_set_changes_a_file_with_holdings_and_no_other_byte(
    at: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    file = Path("products.yaml")
    file.write_text(HELD, encoding="utf-8")
    run = runner(capsys)
    old, new = ("$50K", "$60K") if at.endswith("cash") else ("2026-11-20", "2026-11-21")
    assert run("set", ".", at, new).code == 0
    assert run("set", "IBIT", "name", "Fund").code == 0
    expected = HELD.replace(old, new).replace("IBIT, asset: BTC}", "IBIT, asset: BTC, name: Fund}")
    assert file.read_text(encoding="utf-8") == expected


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("cash: $1e16", "more money than there is"),
        ("cash: -$5", "below zero"),
        ("lots: {ticker: IBIT}", "list"),
        ("lots: [IBIT]", "IBIT"),
        ("lots: [{value: $5}]", "ticker is missing"),
        ("lots: [{ticker: NOPE, value: $5, as_of: 2026-11-01}]", "not a ticker"),
        ("lots: [{ticker: IBIT, value: $1e308, as_of: 2026-11-01}]", "more money than there is"),
        ("lots: [{ticker: IBIT, cost: $5}]", "has no value"),
        ("lots: [{ticker: IBIT, value: $5, bought: 2999-01-01}]", "lies in the future"),
        ("lots: [{ticker: IBIT, value: $5, account: IRA}]", "not one of taxable, sheltered"),
        ("as_of: 2999-01-01", "lies in the future"),
    ],
)
def test_a_fault_of_holdings_is_a_problem_with_its_line_and_costs_nothing_else(
    field: str, said: str
) -> None:
    head = HELD.partition("holdings:")[0]
    catalogue, problems = read_text(f"{head}holdings:\n  {field}\n")
    faults = [one for one in problems if one.path.startswith("holdings")]
    assert any(said in str(one) for one in faults)
    assert {one.line for one in faults} == {head.count("\n") + 2}
    assert len(catalogue.products) == len(read_text(head)[0].products)
    present(catalogue, Scenario(as_of=TODAY))


# Properties


def lot(value: float, share: float, term: Term, rate: float) -> HeldLot:
    return HeldLot(ticker="T", value=value, cost=value * share, term=term, tax_rate=rate)


LOTS = st.lists(
    st.builds(
        lot,
        st.floats(1, 1e6),
        st.floats(0, 2),
        st.sampled_from([Term.LONG, Term.SHORT]),
        st.sampled_from([0.0, 0.15, 0.238, 0.37]),
    )
    | st.builds(lot, st.floats(1, 1e6), st.floats(0, 2), st.just(Term.SHELTERED), st.just(0.0)),
    min_size=1,
    max_size=5,
)


@given(LOTS, st.floats(0, 1), st.sampled_from([0.0, 0.15, 0.37]))
def test_where_all_bear_one_rate_no_other_order_costs_less_tax(
    drawn: list[HeldLot], part: float, rate: float
) -> None:
    lots = [one if one.term is Term.SHELTERED else replace(one, tax_rate=rate) for one in drawn]
    amount = part * sum(one.value for one in lots)
    ours = tax_of(parts_of(selling_order(lots), amount))
    least = min(tax_of(parts_of(order, amount)) for order in permutations(lots))
    assert ours == pytest.approx(least, rel=1e-9, abs=1e-6)


@given(LOTS, st.floats(-1e6, 1e7))
def test_no_more_is_sold_than_is_held(lots: list[HeldLot], amount: float) -> None:
    parts = parts_of(lots, amount)
    assert all(0 <= part.sold <= part.lot.value for part in parts)
    whole = sum(one.value for one in lots)
    assert sum(part.sold for part in parts) == pytest.approx(min(max(amount, 0.0), whole))


@given(LOTS)
def test_a_loss_counts_against_gains_and_what_is_left_of_it_is_told(lots: list[HeldLot]) -> None:
    parts = parts_of(lots, 1e9)
    taxable = [one for one in lots if one.term is not Term.SHELTERED]
    gain = sum(one.value - (one.cost or 0.0) for one in taxable)
    assert tax_of(parts) >= 0
    assert unused_loss(parts) == pytest.approx(max(0.0, -gain), rel=1e-6, abs=1e-3)


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(0, 2000))
def test_a_lot_never_turns_short_again(bought: date, days: int) -> None:
    terms = [term_of(bought, bought + timedelta(days=one)) for one in (days, days + 1)]
    assert terms != [Term.LONG, Term.SHORT]
