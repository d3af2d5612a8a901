"""Which products nothing beats on yield and volatility, and what beats the others."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from conftest import TODAY
from etfcompare.catalogue.schema import Catalogue
from etfcompare.engine.figures import Table
from etfcompare.engine.marks import Mark
from etfcompare.engine.scenario import Rates, Scenario
from etfcompare.portfolio.frontier import CASH, Frontier, Point, frontier_of
from etfcompare.portfolio.frontier_words import why
from strategies import catalogue_of, catalogues, scenarios

Fund = tuple[str, str, float]
"""Ticker, asset, net yield in percent."""

LEVELS: Final = {"CALM": 0, "LOW": 20, "MID": 40, "HIGH": 80}
"""Volatilities in percent, by asset."""


def frontier(funds: Sequence[Fund], cash: float | None = None) -> Frontier:
    """The frontier of some funds, beside cash that yields so many percent."""
    table = table_of(funds, cash)
    return frontier_of(table, range(len(table.products)))


def table_of(funds: Sequence[Fund], cash: float | None) -> Table:
    assets = "".join(
        f"  {code}: {{risk: {{volatility: {level}%, as_of: 2026-11-20}}}}\n"
        for code, level in LEVELS.items()
    )
    products = "".join(
        f"  - {{ticker: {ticker}, asset: {asset}, {_terms(net)}}}\n" for ticker, asset, net in funds
    )
    told = "" if cash is None else f"cash: {{yield: {cash}%}}\n"
    text = f"schema: 1\n{told}assets:\n{assets}products:{(products and chr(10)) or ' []'}{products}"
    return Table(catalogue_of(text), Scenario(as_of=TODAY, rates=Rates.OWN))


def _terms(net: float) -> str:
    """Terms that yield exactly so many percent: nothing is taken off, or nothing earned."""
    if net < 0:
        return f"fee: {{rate: {-net}%}}"
    return f"fee: {{rate: 0%}}, staking: {{staked: 100%, cut: 0%, rate: {net}%, basis: staked}}"


def beaten(found: Frontier) -> dict[str, str | None]:
    return {one.ticker: one.beaten_by for one in found.points}


def test_more_yield_at_more_volatility_is_efficient_and_less_is_beaten() -> None:
    found = frontier([("A", "LOW", 2), ("B", "MID", 4), ("C", "HIGH", 3)], cash=1)
    assert beaten(found) == {"A": None, "B": None, "C": "B"}
    assert [one.ticker for one in found.efficient] == ["A", "B"]


def test_cash_beats_what_yields_no_more() -> None:
    found = frontier([("A", "LOW", 2), ("B", "MID", 4)], cash=2)
    assert beaten(found) == {"A": CASH, "B": None}
    assert found.cash == 0.02


def test_without_a_known_yield_of_cash_products_are_held_against_each_other_alone() -> None:
    found = frontier([("A", "LOW", -1), ("B", "MID", -2)])
    assert found.cash is None
    assert beaten(found) == {"A": None, "B": "A"}


def test_products_that_are_equal_in_both_stand_together() -> None:
    found = frontier([("B", "MID", 4), ("A", "MID", 4), ("C", "MID", 3)], cash=1)
    assert beaten(found) == {"A": None, "B": None, "C": "A"}


def test_the_same_yield_at_more_volatility_is_beaten() -> None:
    assert beaten(frontier([("A", "LOW", 4), ("B", "MID", 4)])) == {"A": None, "B": "A"}


def test_a_product_as_good_as_cash_and_as_calm_is_not_beaten_by_it() -> None:
    found = frontier([("A", "CALM", 2), ("B", "LOW", 2)], cash=2)
    assert beaten(found) == {"A": None, "B": CASH}
    assert found.steps == ((0.0, 0.02),)


def test_a_product_without_volatility_that_yields_more_takes_the_place_of_cash() -> None:
    found = frontier([("A", "CALM", 3), ("B", "LOW", 3)], cash=2)
    assert beaten(found) == {"A": None, "B": "A"}
    assert found.steps == ((0.0, 0.03),)


def test_the_efficient_line_begins_at_cash() -> None:
    found = frontier([("A", "LOW", 2), ("B", "MID", 4), ("D", "MID", 4)], cash=1)
    assert [round(x, 6) for x, _ in found.steps] == [0.0, 0.2, 0.4]
    assert [round(y, 6) for _, y in found.steps] == [0.01, 0.02, 0.04]


def leaders(found: Frontier) -> list[str]:
    return [one.ticker for one in found.leaders]


def test_what_cash_alone_beats_leads_among_the_products() -> None:
    found = frontier([("A", "LOW", 1), ("B", "MID", 2), ("C", "MID", 1), ("D", "HIGH", 4)], cash=3)
    assert [one.ticker for one in found.efficient] == ["D"]
    assert leaders(found) == ["A", "B", "D"]
    assert [one.only_leads for one in found.leaders] == [True, True, False]
    assert [round(x, 6) for x, _ in found.leader_steps] == [0.2, 0.4, 0.8]


def test_products_that_are_equal_in_both_lead_together_and_are_one_corner() -> None:
    found = frontier([("A", "LOW", 1), ("B", "LOW", 1), ("C", "MID", 1)], cash=3)
    assert leaders(found) == ["A", "B"]
    assert len(found.leader_steps) == 1


def test_it_says_in_words_why_a_product_stands_where_it_does() -> None:
    found = frontier(
        [("A", "LOW", 1), ("B", "LOW", 1), ("C", "MID", 3), ("D", "HIGH", 4), ("E", "HIGH", 0)],
        cash=3,
    )
    assert {one.ticker: why(found, one) for one in found.points} == {
        "A": "best fund up to 20.0%; equal to B; cash pays 200bp more",
        "B": "best fund up to 20.0%; equal to A; cash pays 200bp more",
        "C": "best fund up to 40.0%; cash pays as much",
        "D": "efficient: yields most up to 80.0%; beats 1",
        "E": "beaten by D",
    }
    close = frontier([("A", "LOW", 2.999)], cash=3)
    assert why(close, close.points[0]) == "best fund up to 20.0%; cash pays less than 1bp more"


def test_it_counts_whom_each_beats_most_first() -> None:
    found = frontier([("A", "LOW", 2), ("B", "LOW", 1), ("C", "LOW", 0), ("D", "LOW", -1)], cash=1)
    assert dict(found.beaten) == {"A": 3}
    found = frontier([("B", "LOW", 1), ("C", "MID", 3), ("D", "MID", 2), ("E", "LOW", 0)], cash=1)
    assert list(found.beaten.items()) == [(CASH, 2), ("C", 1)]


def test_a_product_is_found_by_its_ticker() -> None:
    found = frontier([("A", "LOW", 2)])
    point = found.at("A")
    assert point is not None
    assert (point.row, point.asset) == (0, "LOW")
    assert found.at("B") is None


UNKNOWN: Final = """\
schema: 1
assets:
  KNOWN: {risk: {volatility: 40%, as_of: 2026-11-20}}
  OTHER: {}
products:
  - {ticker: GOOD, asset: KNOWN, fee: {rate: 0.2%}}
  - {ticker: NOFEE, asset: KNOWN}
  - {ticker: NORISK, asset: OTHER, fee: {rate: 0.2%}}
  - {ticker: NEITHER, asset: OTHER}
"""


def test_what_is_unknown_is_left_out_by_name_with_the_reason() -> None:
    table = Table(catalogue_of(UNKNOWN), Scenario(as_of=TODAY))
    found = frontier_of(table, [3, 2, 1, 0])
    assert [one.ticker for one in found.points] == ["GOOD"]
    assert list(found.left_out.items()) == [
        ("NOFEE", "net yield unknown"),
        ("NORISK", "volatility unknown"),
        ("NEITHER", "net yield and volatility unknown"),
    ]


def test_only_the_rows_that_are_given_count() -> None:
    table = table_of([("A", "LOW", 2), ("B", "MID", 1), ("C", "MID", -1)], None)
    found = frontier_of(table, [1])
    assert beaten(found) == {"B": None}
    assert not found.left_out


def test_nothing_at_all_is_a_frontier_without_points() -> None:
    found = frontier([], cash=3)
    assert (found.points, found.efficient, dict(found.left_out)) == ((), (), {})
    assert found.steps == ((0.0, 0.03),)
    assert frontier([]).steps == ()


def test_a_point_carries_the_cautions_of_both_figures() -> None:
    text = UNKNOWN.replace("2026-11-20", "2020-01-01")
    table = Table(catalogue_of(text), Scenario(as_of=TODAY))
    (point,) = frontier_of(table, [0]).points
    assert point.marks & Mark.STALE


funds = st.lists(st.tuples(st.sampled_from(sorted(LEVELS)), st.integers(-4, 8)), max_size=12).map(
    lambda pairs: [(f"T{place:02}", *pair) for place, pair in enumerate(pairs)]
)


def beats(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return one != other and one[0] <= other[0] and one[1] >= other[1]


@given(funds, st.none() | st.integers(0, 8))
def test_it_is_what_trying_all_pairs_finds(chosen: list[Fund], cash: int | None) -> None:
    found = frontier(chosen, cash)
    rivals = {one.ticker: (one.volatility, one.net_yield) for one in found.points}
    if found.cash is not None:
        rivals[CASH] = (0.0, found.cash)
    for one in found.points:
        own = (one.volatility, one.net_yield)
        better = {name: pair for name, pair in rivals.items() if beats(pair, own)}
        best = min(
            better,
            key=lambda name: (-better[name][1], better[name][0], name != CASH, name),
            default=None,
        )
        assert one.beaten_by == best
        assert one.is_efficient == (not better)
        assert one.leads == (not better.keys() - {CASH})
        assert one.leads or not one.is_efficient
        assert one.only_leads == (one.leads and one.beaten_by == CASH)


@given(catalogues(size=6), scenarios(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(
    catalogue: Catalogue, scenario: Scenario, random: Random
) -> None:
    table = Table(catalogue, scenario)
    rows = list(range(len(table.products)))
    shuffled = random.sample(rows, len(rows))
    assert frontier_of(table, shuffled) == frontier_of(table, rows)


@given(catalogues(size=6), scenarios())
def test_every_product_is_a_point_or_left_out(catalogue: Catalogue, scenario: Scenario) -> None:
    table = Table(catalogue, scenario)
    found = frontier_of(table, range(len(table.products)))
    tickers = [one.ticker for one in found.points]
    assert sorted([*tickers, *found.left_out]) == sorted(one.ticker for one in table.products)
    assert found.points == tuple(sorted(found.points, key=_order))
    yields = [y for _, y in found.steps]
    assert yields == sorted(set(yields))
    yields = [y for _, y in found.leader_steps]
    assert yields == sorted(set(yields))


def _order(one: Point) -> tuple[float, float, str]:
    return one.volatility, -one.net_yield, one.ticker
