"""What to hold under limits: what is chosen, what it costs, what binds, and what cannot be."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations, pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from etfcompare.catalogue.schema import Product
from etfcompare.engine.figures import Table
from etfcompare.errors import UsageError
from etfcompare.portfolio import binding
from etfcompare.portfolio.allocation import Allocation, allocate, allocation_frontier
from etfcompare.portfolio.binding import Infeasible
from etfcompare.portfolio.choice import CASH, Choice
from etfcompare.portfolio.holdings import Present
from etfcompare.portfolio.limits import Bound, Kind, Limit, Limits, Measure, name_of, parse_bounds
from etfcompare.portfolio.optimum import Solved, solved
from portfolios import (
    catalogue,
    fund,
    held,
    lot,
    random_limits,
    random_present,
    random_table,
    table_of,
)

VOLATILITIES = {"BTC": 0.45, "ETH": 0.65, "SOL": 0.8}
PAIRS = {("BTC", "ETH"): 0.8, ("BTC", "SOL"): 0.75, ("ETH", "SOL"): 0.8}
P1 = (fund("BTCX", "BTC", -0.0025), fund("ETHX", "ETH", 0.0163), fund("SOLX", "SOL", 0.05403904))


def table(*products: Product, cash: float | None = 0.0375, **assumed: object) -> Table:
    return table_of(catalogue(products or P1, VOLATILITIES, PAIRS, cash=cash), **assumed)


def found_in(
    among: Table, limits: Limits | None = None, present: Present | None = None
) -> Allocation:
    found = allocate(among, range(len(among.products)), limits or Limits(), present)
    assert isinstance(found, Allocation), found
    return found


def refused(among: Table, limits: Limits) -> Infeasible:
    found = allocate(among, range(len(among.products)), limits)
    assert isinstance(found, Infeasible), found
    return found


def cap(kind: Kind, name: str, share: float) -> Bound:
    return Bound(kind=kind, name=name, share=share)


def gains(found: Allocation) -> dict[Measure, float]:
    return {one.limit.measure: one.gain_per_unit for one in found.binding}


# The worked case


def test_the_worked_case_is_cash_and_a_little_solana() -> None:
    found = found_in(table(), Limits(max_volatility=0.05))
    assert found.weights == {"SOLX": 0.0625, "cash": 0.9375}
    assert found.net_yield == pytest.approx(0.03853369, abs=1e-12)
    assert found.volatility == pytest.approx(0.05, abs=1e-12)
    assert (found.cost, found.left_out, found.notes) == (0.0, {}, ())
    (only,) = found.binding
    assert only.gain_per_unit == pytest.approx(0.01 * (0.05403904 - 0.0375) / 0.8, abs=1e-12)
    assert only.words == (
        "volatility cap of 5.00%: one percentage point more would bring +2.07bp a year"
    )


def test_the_fixtures_of_the_methodology_hold(shared: Path) -> None:
    text = (shared / "methodology.md").read_text(encoding="utf-8")
    cases = [
        json.loads(line.rstrip(",")) for line in re.findall(r'^\{"id": "P\d.*', text, re.MULTILINE)
    ]
    assert cases
    for case in cases:
        given_, out = case["in"], case["out"]
        codes = given_["order"][:-1]
        products = [
            fund(code, code, rate) for code, rate in zip(codes, given_["y"][:-1], strict=True)
        ]
        pairs = {
            (codes[one], codes[other]): given_["corr"][one][other]
            for one, other in combinations(range(len(codes)), 2)
        }
        volatilities = dict(zip(codes, given_["vol"][:-1], strict=True))
        among = table_of(catalogue(products, volatilities, pairs, cash=given_["y"][-1]))
        found = found_in(among, Limits(max_volatility=given_["vol_cap"]))
        names = (*codes, CASH)
        assert [found.weights.get(one, 0.0) for one in names] == pytest.approx(out["w"], abs=1e-9)
        assert found.net_yield == pytest.approx(out["yield"], abs=1e-9)


def test_without_limits_all_goes_where_most_is_left() -> None:
    found = found_in(table())
    assert found.weights == {"SOLX": 1.0}
    assert found.binding == ()
    assert found.volatility == pytest.approx(0.8)


def test_no_volatility_is_cash_and_says_what_a_little_would_bring() -> None:
    found = found_in(table(), Limits(max_volatility=0.0))
    assert found.weights == {"cash": 1.0}
    per_unit = 0.01 * (0.05403904 - 0.0375) / 0.8
    assert gains(found) == {Measure.VOLATILITY: pytest.approx(per_unit, abs=1e-12)}


def test_what_a_little_volatility_brings_is_told_of_the_first_of_it() -> None:
    funds = (fund("A", "SOL", 0.06, aum=1e5), fund("B", "ETH", 0.05, aum=1e9))
    limits = Limits(max_volatility=0.0, max_share_of_aum=0.01)
    found = found_in(table(*funds, amount=1e9), limits)  # of A there is a millionth
    over = (0.06 - 0.0375) / 0.8
    assert gains(found)[Measure.VOLATILITY] >= 0.01 * over - 1e-9


def test_what_each_brings_to_the_risk_sums_to_the_volatility() -> None:
    floors = (cap("asset", "BTC", 0.1), cap("asset", "ETH", 0.1))
    found = found_in(table(), Limits(max_volatility=0.3, floors=floors))
    assert math.fsum(found.risk_shares.values()) == pytest.approx(found.volatility)
    assert set(found.risk_shares) == {"BTCX", "ETHX", "SOLX"}


# Limits


def test_caps_hold_by_asset_issuer_product_and_custodian() -> None:
    funds = (
        fund("A", "SOL", 0.06, issuer="North", custodian="Vault"),
        fund("B", "SOL", 0.055, issuer="South", custodian="Vault"),
        fund("C", "ETH", 0.05, issuer="South"),
    )
    for bound, weights in (
        (cap("asset", "SOL", 0.2), {"A": 0.2, "C": 0.8}),
        (cap("issuer", "North", 0.3), {"A": 0.3, "B": 0.7}),
        (cap("product", "A", 0.1), {"A": 0.1, "B": 0.9}),
    ):
        assert found_in(table(*funds), Limits(caps=(bound,))).weights == pytest.approx(weights)
    found = found_in(table(*funds), Limits(caps=(cap("custodian", "Vault", 0.4),)))
    assert found.weights == pytest.approx({"A": 0.4, "cash": 0.6})
    assert found.notes == ("of unknown custodian, so counted under each cap on one: C",)


def test_a_floor_costs_what_it_keeps_from_better_use() -> None:
    found = found_in(table(), Limits(max_crypto=0.5, floors=(cap("asset", "BTC", 0.02),)))
    assert found.weights == pytest.approx({"BTCX": 0.02, "SOLX": 0.48, "cash": 0.5})
    assert [one.words for one in found.binding] == [
        "floor of 2.00% on asset BTC: one percentage point less would bring +5.65bp a year",
        "cap of 50.00% on all crypto: one percentage point more would bring +1.65bp a year",
    ]


def test_a_share_of_a_fund_depends_on_the_amount() -> None:
    funds = (fund("A", "SOL", 0.06, aum=10e6), fund("B", "SOL", 0.05, aum=1e9))
    limits = Limits(max_share_of_aum=0.02)
    small = found_in(table(*funds, amount=1e5), limits)
    assert small.weights == {"A": 1.0}
    large = found_in(table(*funds, amount=1e6), limits)
    assert large.weights == pytest.approx({"A": 0.2, "B": 0.8})
    assert gains(large) == {Measure.SHARE_OF_AUM: pytest.approx(0.1 * 0.01)}


def test_days_to_exit_depend_on_the_volume() -> None:
    funds = (fund("A", "SOL", 0.06, volume=1e6), fund("B", "SOL", 0.05, volume=1e9))
    found = found_in(table(*funds, amount=1e6), Limits(days_to_exit=3, participation=0.1))
    assert found.weights == pytest.approx({"A": 0.3, "B": 0.7})
    (only,) = found.binding
    assert only.unit == "day"
    assert only.gain_per_unit == pytest.approx(0.1 * 0.01)
    assert only.words.startswith("limit of 3 days to exit: one day more would bring +10.00bp")


def test_a_least_size_says_what_dropping_it_would_bring() -> None:
    funds = (fund("A", "SOL", 0.06, aum=1e6), fund("B", "SOL", 0.05, aum=1e9))
    found = found_in(table(*funds), Limits(min_aum=5e6))
    assert found.weights == {"B": 1.0}
    assert [one.words for one in found.binding] == [
        "minimum AUM of $5.00M: without it +100.00bp a year"
    ]


@pytest.mark.parametrize(
    ("limits", "key"),
    [
        (Limits(min_aum=1.0), "AUM"),
        (Limits(max_share_of_aum=1.0), "AUM"),
        (Limits(days_to_exit=100), "volume"),
    ],
)
def test_a_fund_of_unknown_size_is_left_out_by_name_under_a_limit_on_size(
    limits: Limits, key: str
) -> None:
    funds = (fund("A", "SOL", 0.06), fund("B", "SOL", 0.05, aum=1e9, volume=1e9))
    found = found_in(table(*funds), limits)
    assert found.weights == {"B": 1.0}
    assert list(found.left_out) == ["A"]
    assert f"its {key} is not known" in found.left_out["A"]


def test_a_minimum_yield_makes_trades_that_do_not_pay() -> None:
    funds = (fund("A", "SOL", 0.05, spread=0.04),)
    assert found_in(table(*funds)).weights == {"cash": 1.0}
    found = found_in(table(*funds), Limits(min_yield=0.04))
    assert found.weights == pytest.approx({"A": 0.2, "cash": 0.8})
    assert found.net_carry == pytest.approx(0.04 - 0.2 * 0.02)
    assert gains(found) == {Measure.YIELD: pytest.approx(0.0075 / 0.0125 * 0.01)}


def test_limits_that_bind_only_together_are_named_so() -> None:
    caps = (cap("asset", "SOL", 0.1), cap("product", "SOLX", 0.1), cap("asset", "BTC", 0.5))
    found = found_in(table(), Limits(max_volatility=0.5, caps=caps))
    assert found.weights == pytest.approx({"SOLX": 0.1, "cash": 0.9})
    assert found.binding == ()
    assert [one.words for one in found.together] == [
        "cap of 10.00% on asset SOL",
        "cap of 10.00% on product SOLX",
    ]
    (note,) = found.notes
    assert note == (
        "cap of 10.00% on asset SOL and cap of 10.00% on product SOLX bind only together: "
        "relaxing one alone brings nothing"
    )


def test_coins_that_move_against_each_other_may_be_held_without_volatility() -> None:
    funds = (fund("A", "ETH", 0.06), fund("B", "SOL", 0.03))
    among = table_of(catalogue(funds, {"ETH": 0.4, "SOL": 0.6}, {("ETH", "SOL"): -1.0}))
    found = found_in(among, Limits(max_volatility=0.0))
    assert found.weights == pytest.approx({"A": 0.6, "B": 0.4}, abs=1e-9)
    assert found.volatility == pytest.approx(0.0, abs=1e-8)  # the root of a rounding


# What is not known, and what is not on sale


def test_what_is_not_known_is_left_out_by_name() -> None:
    funds = (
        fund("NOFEE", "SOL", None),
        fund("NOVOL", "ADA", 0.09),
        fund("GONE", "SOL", 0.09, status="closed"),
        fund("SOON", "SOL", 0.09, status="pending"),
        fund(CASH, "SOL", 0.09),
        fund("OK", "SOL", 0.05),
    )
    found = found_in(table(*funds))
    assert found.weights == {"OK": 1.0}
    assert found.left_out == {
        "NOFEE": "its net yield is not known",
        "NOVOL": "the volatility of ADA is not known",
        "GONE": "not on sale: closed",
        "SOON": "not on sale: pending",
        CASH: "its ticker is what cash is called",
    }


def test_of_coins_with_no_known_correlation_the_best_yield_is_kept() -> None:
    funds = [fund("A", "AVAX", 0.08), fund("B", "SOL", 0.05), fund("C", "SOL", 0.04)]
    among = table_of(catalogue(funds, {"AVAX": 0.9, "SOL": 0.8}, {}))
    found = found_in(among)
    assert found.weights == {"A": 1.0}
    assert found.left_out["B"] == "the correlation of SOL with AVAX is not known"


def test_unknown_costs_are_named_and_left_out() -> None:
    found = found_in(table(fund("A", "SOL", 0.06, spread=0.002)))
    (trade,) = found.trades
    assert trade.cost == pytest.approx(0.001)
    assert trade.unknown == ("premium",)


def test_cash_of_unknown_yield_cannot_be_valued() -> None:
    with pytest.raises(UsageError, match=r"`cash: \{yield: 3.6%\}` or assume"):
        found_in(table(cash=None))


def test_nothing_to_choose_among_is_cash() -> None:
    among = table()
    found = allocate(among, (), Limits(max_volatility=0.1, max_crypto=0.3))
    assert isinstance(found, Allocation)
    assert (found.weights, found.binding) == ({"cash": 1.0}, ())


def test_yields_that_are_all_unknown_or_negative_leave_cash() -> None:
    for products in ((fund("A", "SOL", None),), (fund("A", "SOL", -0.01),)):
        assert found_in(table(*products), Limits(max_volatility=0.2)).weights == {"cash": 1.0}


def test_cash_below_every_fund_is_left_alone() -> None:
    assert found_in(table(fund("A", "SOL", -0.01), cash=-0.02)).weights == {"A": 1.0}


# From what is held


def test_costs_are_spread_over_the_horizon() -> None:
    funds = (fund("A", "SOL", 0.05, spread=0.02, premium=0.004),)
    assert found_in(table(*funds)).weights == {"cash": 1.0}
    found = found_in(table(*funds, horizon=730, commission=0.001))
    assert found.weights == {"A": 1.0}
    assert found.cost == pytest.approx(0.01 + 0.001 + 0.004)
    assert found.net_carry == pytest.approx(0.05 - 0.015 / 2)


def test_what_is_held_is_kept_where_selling_does_not_pay() -> None:
    funds = (fund("OLD", "SOL", 0.05, spread=0.002), fund("NEW", "SOL", 0.06, spread=0.002))
    kept = found_in(table(*funds), present=held(lot("OLD", 5e5, 0.1)))
    assert kept.weights == pytest.approx({"OLD": 0.5, "NEW": 0.5})
    assert {one.ticker: one.usd for one in kept.trades} == pytest.approx({"NEW": 5e5})
    sold = found_in(table(*funds), present=held(lot("OLD", 5e5, 0.005)))
    assert sold.weights == {"NEW": 1.0}
    assert {one.ticker: one.weight for one in sold.trades} == pytest.approx(
        {"OLD": -0.5, "NEW": 1.0}
    )
    assert sold.cost == pytest.approx(0.5 * (0.001 + 0.005) + 0.001)


def test_only_the_lots_whose_tax_the_yield_pays_are_sold() -> None:
    funds = (fund("OLD", "SOL", 0.05, spread=0.0), fund("NEW", "SOL", 0.06, spread=0.0))
    lots = (lot("OLD", 3e5, 0.02), lot("OLD", 2e5, 0.001), lot("OLD", 1e5, -0.5))
    found = found_in(table(*funds), present=held(*lots))
    assert found.weights == pytest.approx({"OLD": 0.3, "NEW": 0.7})
    assert found.cost == found.tax == pytest.approx((0.2 - 0.1) * 0.001)


def test_losses_sold_pay_for_gains_sold() -> None:
    names = ("LOST", "WON", "NEW")
    funds = [
        fund(name, "SOL", rate, spread=0.0, premium=0.0)
        for name, rate in zip(names, (0.01, 0.01, 0.06), strict=True)
    ]
    gain = lot("WON", 3e5, 0.2)
    kept = found_in(table(*funds), present=held(gain))
    assert kept.weights == pytest.approx({"WON": 0.3, "NEW": 0.7})
    found = found_in(table(*funds), present=held(gain, lot("LOST", 2e5, -0.2)))
    # The loss on $200K covers the gain on as much; the rest would be taxed at more than it brings.
    assert found.weights == pytest.approx({"WON": 0.1, "NEW": 0.9})
    assert (found.cost, found.tax) == (0.0, 0.0)
    every = found_in(
        table(*funds),
        Limits(caps=(cap("product", "WON", 0.0),)),
        held(gain, lot("LOST", 2e5, -0.2)),
    )
    assert every.cost == every.tax == pytest.approx(0.1 * 0.2)


def test_a_loss_is_worth_nothing_without_a_gain() -> None:
    funds = (fund("LOST", "SOL", 0.05, spread=0.0), fund("NEW", "SOL", 0.05, spread=0.002))
    found = found_in(table(*funds), present=held(lot("LOST", 1e6, -0.4)))
    assert found.weights == {"LOST": 1.0}


def test_a_loss_counts_at_the_lowest_rate_that_a_gain_bears() -> None:
    funds = [fund(name, "SOL", 0.0, spread=0.0, premium=0.0) for name in ("LOST", "LONG", "SHORT")]
    lots = (lot("LOST", 1e5, -0.4), lot("LONG", 2e5, 0.2), lot("SHORT", 1e5, 0.4))
    found = found_in(table(*funds), Limits(max_crypto=0.0), held(*lots))
    assert found.tax == pytest.approx(0.02 * 2 + 0.04 - 0.02)


def test_what_is_no_longer_on_sale_may_be_kept_or_sold_but_not_bought() -> None:
    funds = (fund("OLD", "SOL", 0.09, status="closed"), fund("NEW", "SOL", 0.05))
    found = found_in(table(*funds), present=held(lot("OLD", 3e5)))
    assert found.weights == pytest.approx({"OLD": 0.3, "NEW": 0.7})
    assert found_in(
        table(*funds), Limits(caps=(cap("product", "OLD", 0.1),)), held(lot("OLD", 3e5))
    ).weights == pytest.approx({"OLD": 0.1, "NEW": 0.9})


def test_what_is_held_and_cannot_be_valued_is_set_aside() -> None:
    funds = (fund("DARK", "SOL", None), fund("A", "SOL", 0.05))
    found = found_in(table(*funds), present=held(lot("DARK", 2e5), lot("A", 4e5)))
    assert found.value_usd == pytest.approx(8e5)
    assert found.weights == {"A": 1.0}
    assert [one.usd for one in found.trades] == [pytest.approx(4e5)]
    assert found.notes == (
        "DARK, 20.00% of what is held, is set aside: its net yield is not known",
    )
    with pytest.raises(UsageError, match="can be placed: DARK: its net yield is not known"):
        found_in(table(*funds), present=held(lot("DARK", 1e6)))


def test_what_rounding_leaves_of_holdings_that_are_set_aside_is_nothing() -> None:
    funds = [fund(f"D{part}", "SOL", None) for part in range(49)]
    lots = [lot(one.ticker, 1e3) for one in funds]
    present = held(*lots, value_usd=49e3)
    assert math.fsum(present.weights.values()) < 1
    with pytest.raises(UsageError, match="can be placed"):
        found_in(table(*funds), present=present)


def test_what_is_set_aside_is_said_to_be_so_for_its_own_reason() -> None:
    among = table(fund("A", "SOL", 0.05), fund("B", "SOL", 0.05))
    found = allocate(among, [0], Limits(), held(lot("B", 2e5), lot("LOST", 1e5)))
    assert isinstance(found, Allocation)
    assert found.notes == (
        "B, 20.00% of what is held, is set aside: it is not among the products asked for",
        "LOST, 10.00% of what is held, is set aside: no product that can be used has this ticker",
    )


def test_holdings_of_nothing_are_refused_in_words() -> None:
    with pytest.raises(UsageError, match="nothing is held; state"):
        found_in(table(), present=held(value_usd=0.0))


def test_tax_that_is_not_known_is_taken_as_the_most_it_can_be() -> None:
    funds = (fund("OLD", "SOL", 0.02, spread=0.0, premium=0.0), fund("NEW", "SOL", 0.06))
    dark = held(lot("OLD", 5e5, None))
    untaxed = found_in(table(*funds), present=dark)
    assert untaxed.weights == {"NEW": 1.0}
    taxed = found_in(table(*funds, gains_tax=0.2, income_tax=0.3), present=dark)
    assert taxed.weights == pytest.approx({"OLD": 0.5, "NEW": 0.5})
    said = "what was paid for OLD, or when, is not known: a sale is taxed as if all of it were gain"
    assert said in taxed.notes
    sold = found_in(
        table(*funds, gains_tax=0.2, income_tax=0.3),
        Limits(caps=(cap("product", "OLD", 0.1),)),
        dark,
    )
    assert sold.tax == pytest.approx(0.4 * 0.3)


# What cannot be


def test_limits_that_clash_are_named_with_the_most_that_there_is() -> None:
    found = refused(table(), Limits(max_volatility=0.05, min_yield=0.05, max_crypto=0.9))
    assert found.clash == ("volatility cap of 5.00%", "minimum yield of 5.00%")
    assert found.words == (
        "a volatility cap of 5.00% and a minimum yield of 5.00% cannot both hold; "
        "the most that 5.00% volatility yields is 3.85%"
    )


def test_a_limit_that_cannot_hold_alone_clashes_with_nothing_else() -> None:
    found = refused(table(), Limits(max_volatility=0.05, min_yield=0.06))
    assert found.words == (
        "a minimum yield of 6.00% cannot hold; the most there is to be had is 5.40%"
    )


def test_a_cap_below_a_floor_clashes() -> None:
    found = refused(
        table(),
        Limits(caps=(cap("asset", "BTC", 0.01),), floors=(cap("product", "BTCX", 0.02),)),
    )
    assert found.words == (
        "a cap of 1.00% on asset BTC and a floor of 2.00% on product BTCX cannot both hold"
    )


def test_floors_above_the_whole_clash() -> None:
    floors = (cap("asset", "BTC", 0.6), cap("asset", "SOL", 0.6))
    assert refused(table(), Limits(floors=floors)).words.endswith("cannot both hold")


def test_a_floor_under_little_volatility_says_the_least_there_is() -> None:
    found = refused(table(), Limits(max_volatility=0.005, floors=(cap("asset", "BTC", 0.02),)))
    assert found.words.endswith("; the least volatility under the rest is 0.90%")


def test_a_clash_among_many_limits_is_found_without_trying_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    funds = [fund(f"F{place}", "SOL", 0.05) for place in range(200)]
    caps = tuple(cap("product", one.ticker, 0.5) for one in funds)
    tried: list[int] = []

    def counted(choice: Choice, limits: Sequence[Limit], *, is_free: bool = False) -> Solved | None:
        tried.append(len(limits))
        return solved(choice, limits, is_free=is_free)

    monkeypatch.setattr(binding, "solved", counted)
    found = refused(table(*funds), Limits(max_volatility=0.01, min_yield=0.045, caps=caps))
    assert found.clash == ("volatility cap of 1.00%", "minimum yield of 4.50%")
    assert len(tried) < 50


# How limits are typed


def test_a_bound_is_read_in_any_case_with_or_without_quotation_marks() -> None:
    known = catalogue([fund("BSOL", "SOL", 0.05, issuer="Bitwise", custodian="Big Vault")], {}, {})
    texts = ("asset:sol=20%", "issuer:BITWISE=50%", "product:bsol=10%", 'custodian:"big vault"=60%')
    assert parse_bounds(texts, known) == (
        cap("asset", "SOL", 0.2),
        cap("issuer", "Bitwise", 0.5),
        cap("product", "BSOL", 0.1),
        cap("custodian", "Big Vault", 0.6),
    )


def test_a_star_stands_for_each_name_that_has_no_share_of_its_own() -> None:
    funds = [
        fund(name, "SOL", 0.05, issuer=issuer)
        for name, issuer in (("A", "North"), ("B", "South"), ("C", "North"), ("D", None))
    ]
    known = catalogue(funds, {}, {})
    assert parse_bounds(("issuer:*=5%", "issuer:south=8%"), known) == (
        cap("issuer", "South", 0.08),
        cap("issuer", "North", 0.05),
    )


@pytest.mark.parametrize("name", ['Foo=Bar: "x"', '"Quoted"', 'a:b="c', "=", '"'])
def test_a_bound_may_name_what_looks_like_its_own_marks(name: str) -> None:
    known = catalogue([fund("BSOL", "SOL", 0.05, issuer=name)], {}, {})
    for typed in (name, f'"{name}"'):
        assert parse_bounds([f"issuer:{typed}=20%"], known) == (cap("issuer", name, 0.2),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("SOL=20%", "write asset:SOL=20%"),
        ("asset:SOL", "write asset:SOL=20%"),
        ("asset:=20%", "write asset:SOL=20%"),
        ("asset:SOLL=20%", "did you mean SOL?"),
        ("coin:SOL=20%", "no kind of limit"),
        ("asset:SOL=20", "has no unit"),
        ("asset:SOL=120%", "between 0% and 100%"),
        ("issuer:\x1b[2J=5%", "no product has the issuer"),
    ],
)
def test_a_bound_that_makes_no_sense_is_refused(text: str, said: str) -> None:
    with pytest.raises(UsageError) as refusal:
        Limits(caps=parse_bounds([text], catalogue([fund("BSOL", "SOL", 0.05)], {}, {})))
    assert said in str(refusal.value)
    assert "\x1b" not in str(refusal.value)


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_volatility": -0.1},
        {"max_volatility": math.nan},
        {"max_volatility": math.inf},
        {"min_aum": math.inf},
        {"days_to_exit": math.inf},
        {"min_yield": 2.0},
        {"min_aum": -1.0},
        {"max_share_of_aum": 1.5},
        {"days_to_exit": 0.0},
        {"participation": 0.0},
        {"max_crypto": -0.1},
    ],
)
def test_limits_outside_what_they_can_be_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(UsageError):
        changed(Limits(), wrong)


def test_a_bound_given_twice_is_refused() -> None:
    with pytest.raises(UsageError, match="given twice"):
        Limits(caps=(cap("asset", "SOL", 0.1), cap("asset", "SOL", 0.2)))


# The frontier


def test_the_frontier_goes_from_cash_to_what_yields_most_and_bends_downwards() -> None:
    among = table(*P1[:2], fund("SOLX", "SOL", 0.05403904), fund("E", "ETH", 0.048))
    found = allocation_frontier(among, range(4), Limits(max_volatility=0.01), steps=9)
    assert [one.volatility for one in found] == pytest.approx([0.1 * step for step in range(9)])
    rates = [one.net_carry for one in found]
    rises = [later - earlier for earlier, later in pairwise(rates)]
    assert min(rises) > 0
    assert all(later <= earlier + 1e-9 for earlier, later in pairwise(rises))


def test_a_frontier_begins_where_the_other_limits_allow() -> None:
    limits = Limits(floors=(cap("asset", "BTC", 0.5),))
    found = allocation_frontier(table(), range(3), limits, steps=9)
    assert len(found) == 9
    assert found[0].weights == pytest.approx({"BTCX": 0.5, "cash": 0.5}, abs=1e-3)
    assert found[0].volatility == pytest.approx(0.225, abs=1e-6)
    assert all(one.weights["BTCX"] >= 0.5 - 1e-9 for one in found)


def test_a_frontier_without_any_risk_is_one_point() -> None:
    among = table(fund("A", "SOL", -0.01))
    (only_one,) = allocation_frontier(among, [0], Limits())
    assert only_one.weights == {"cash": 1.0}
    assert allocation_frontier(among, [0], Limits(min_yield=0.5)) == ()


# Whatever is asked


randoms = st.randoms(use_true_random=False)


def broken(found: Allocation, limits: Limits, among: Table, *, slack: float = 1e-9) -> list[str]:
    """Which limits an allocation does not keep to."""
    held_now = {
        product.ticker: (row, product, found.weights.get(product.ticker, 0.0))
        for row, product in enumerate(among.products)
    }
    said = []
    for limit in limits.stated():
        value, rows, holds = limit.value, held_now.values(), False
        match limit.measure:
            case Measure.VOLATILITY:
                holds = found.volatility <= value + slack
            case Measure.YIELD:
                holds = found.net_yield >= value - slack
            case Measure.CRYPTO:
                holds = sum(weight for _, _, weight in rows) <= value + slack
            case Measure.CAP | Measure.FLOOR:
                assert limit.kind is not None
                share = sum(
                    weight for _, one, weight in rows if name_of(one, limit.kind) == limit.name
                )
                is_cap = limit.measure is Measure.CAP
                holds = share <= value + slack if is_cap else share >= value - slack
            case Measure.AUM:
                holds = all(
                    not weight or among.number(row, "aum") >= value for row, _, weight in rows
                )
            case Measure.SHARE_OF_AUM | Measure.DAYS:
                is_aum = limit.measure is Measure.SHARE_OF_AUM
                holds = all(
                    weight * found.value_usd
                    <= value
                    * among.number(row, "aum" if is_aum else "volume")
                    * (1 if is_aum else limits.participation)
                    + slack * found.value_usd
                    for row, _, weight in rows
                )
        if not holds:
            said.append(limit.words)
    return said


@given(randoms)
@settings(max_examples=80)
def test_weights_sum_to_one_and_every_limit_holds(random: Random) -> None:
    among = random_table(random)
    limits = random_limits(random, among)
    found = allocate(among, range(len(among.products)), limits, random_present(random, among))
    assume(isinstance(found, Allocation))
    assert isinstance(found, Allocation)
    assert math.fsum(found.weights.values()) == pytest.approx(1, abs=1e-12)
    assert min(found.weights.values()) > 0
    assert broken(found, limits, among) == []


def with_changed(limits: Limits, limit: Limit, by: float) -> Limits:
    """The limits with one of them relaxed."""
    freer = limit.relaxed(by)
    match limit.measure:
        case Measure.CAP | Measure.FLOOR:
            name = "caps" if limit.measure is Measure.CAP else "floors"
            old: tuple[Bound, ...] = getattr(limits, name)
            bounds = tuple(
                replace(one, share=min(1.0, max(0.0, freer.value)))
                if (one.kind, one.name) == (limit.kind, limit.name)
                else one
                for one in old
            )
            return changed(limits, {name: bounds})
        case Measure.CRYPTO | Measure.SHARE_OF_AUM:
            return changed(limits, {limit.measure.value: min(1.0, freer.value)})
        case _:
            return changed(limits, {limit.measure.value: freer.value})


def changed(limits: Limits, values: Mapping[str, object]) -> Limits:
    make: Callable[..., Limits] = replace
    return make(limits, **values)


@given(randoms)
@settings(max_examples=60)
def test_relaxing_a_limit_by_a_hair_brings_what_is_said_of_it(random: Random) -> None:
    among = random_table(random)
    limits = random_limits(random, among)
    rows, present = range(len(among.products)), random_present(random, among)
    found = allocate(among, rows, limits, present)
    assume(isinstance(found, Allocation))
    assert isinstance(found, Allocation)
    said = {one.limit: one for one in found.binding}
    for limit in limits.stated():
        if not limit.unit:
            continue
        hair = 1e-5 * abs(limit.step)
        freer = allocate(among, rows, with_changed(limits, limit, hair), present)
        assert isinstance(freer, Allocation)
        risen = (freer.net_carry - found.net_carry) / 1e-5
        assert risen >= -1e-6  # relaxing never lowers
        per_unit = said[limit].gain_per_unit if limit in said else 0.0
        assert risen == pytest.approx(per_unit, rel=2e-2, abs=1e-6)


@given(randoms)
@settings(max_examples=40)
def test_the_order_of_products_changes_nothing(random: Random) -> None:
    among = random_table(random)
    limits = random_limits(random, among)
    rows, present = list(range(len(among.products))), random_present(random, among)
    found = allocate(among, rows, limits, present)
    random.shuffle(rows)
    again = allocate(among, rows, limits, present)
    assert isinstance(again, Allocation) is isinstance(found, Allocation)
    if isinstance(found, Allocation) and isinstance(again, Allocation):
        assert again.net_carry == pytest.approx(found.net_carry, abs=1e-9)


@given(randoms)
@settings(max_examples=40)
def test_a_clash_cannot_hold_and_any_fewer_of_its_limits_can(random: Random) -> None:
    among = random_table(random)
    limits = random_limits(random, among)
    strict = replace(
        limits,
        min_yield=round(random.uniform(0.03, 0.06), 3),
        max_volatility=round(random.uniform(0.0, 0.1), 3),
        caps=tuple(dict.fromkeys((*limits.caps, cap("issuer", "South", 0.1)))),
    )
    rows = range(len(among.products))
    found = allocate(among, rows, strict)
    assume(isinstance(found, Infeasible))
    assert isinstance(found, Infeasible)
    assert isinstance(allocate(among, rows, only(found.limits, strict)), Infeasible)
    for count in range(len(found.limits)):
        for fewer in combinations(found.limits, count):
            assert isinstance(allocate(among, rows, only(fewer, strict)), Allocation)


def only(kept: tuple[Limit, ...], limits: Limits) -> Limits:
    """The limits without all but a few."""
    values: dict[str, float] = {
        one.measure.value: one.value
        for one in kept
        if one.measure not in (Measure.CAP, Measure.FLOOR)
    }
    names = {(one.measure, one.kind, one.name) for one in kept}
    return Limits(
        participation=limits.participation,
        caps=tuple(one for one in limits.caps if (Measure.CAP, one.kind, one.name) in names),
        floors=tuple(one for one in limits.floors if (Measure.FLOOR, one.kind, one.name) in names),
        **values,
    )


def test_what_a_whole_unit_brings_is_told_where_its_first_hair_brings_more() -> None:
    among = table(fund("A", "SOL", 0.06), fund("B", "SOL", 0.05))
    limits = Limits(max_volatility=0.4, caps=(cap("product", "A", 0.495),))
    (binding,) = [one for one in found_in(among, limits).binding if one.limit.kind is not None]
    assert binding.gain_per_unit == pytest.approx(0.01 * (0.06 - 0.05))
    assert binding.words.endswith("would bring +1.00bp a year at first, +0.50bp in all")


def test_a_fund_below_the_minimum_is_named() -> None:
    among = table(fund("SMALL", "SOL", 0.06, aum=9e7), fund("LARGE", "SOL", 0.05, aum=2e8))
    found = found_in(among, Limits(min_aum=1e8))
    assert found.left_out == {"SMALL": "below the minimum AUM of $100M"}
