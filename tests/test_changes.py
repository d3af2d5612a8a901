"""What differs between two catalogues, told figure by figure."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import TODAY
from etfcompare.catalogue.document import Document
from etfcompare.catalogue.reader import read
from etfcompare.engine import changes as module
from etfcompare.engine.changes import WATCHED, Cell, RankChange, changes
from etfcompare.engine.comparison import SortKey
from etfcompare.engine.figures import Table
from etfcompare.engine.marks import NONE, Mark
from etfcompare.engine.query import Query
from etfcompare.engine.scenario import Scenario

HEAD = """\
schema: 1
cash: {yield: 3.60%, as_of: 2026-11-01}
assets:
  BTC: {risk: {volatility: 45%, as_of: 2026-11-01}}
products:
"""


def product(ticker: str, rate: str = "0.25%", more: str = "") -> str:
    fee = f"fee: {{rate: {rate}, as_of: 2026-11-01}}"
    return f"  - {{ticker: {ticker}, asset: BTC, status: trading, {fee}{more}}}\n"


def table(*products: str, head: str = HEAD) -> Table:
    document = Document.parse((head + "".join(products)).encode())
    return Table(read(document, today=TODAY).catalogue, Scenario(as_of=TODAY))


THREE = (product("AAA", "0.20%"), product("BBB", "0.25%"), product("CCC", "0.30%"))


def test_a_catalogue_does_not_differ_from_itself() -> None:
    found = changes(table(*THREE), table(*THREE))
    assert found.is_empty
    assert (found.figures, found.added, found.removed, found.ranks) == ((), (), (), ())


def test_a_changed_fee_is_told_with_all_that_follows_from_it() -> None:
    found = changes(table(*THREE), table(*THREE[:2], product("CCC", "0.10%")))
    told = {one.key: (one.ticker, one.text_before, one.text_after) for one in found.figures}
    assert told["expense_ratio"] == ("CCC", "0.30%", "0.10%")
    assert told["net_yield"] == ("CCC", "-0.30%", "-0.10%")
    assert {one.ticker for one in found.figures} == {"CCC"}


def test_a_rank_that_moved_is_told_of_every_product_that_moved() -> None:
    found = changes(table(*THREE), table(*THREE[:2], product("CCC", "0.10%")))
    assert found.ranks == (
        RankChange(ticker="CCC", before=3, after=1),
        RankChange(ticker="AAA", before=1, after=2),
        RankChange(ticker="BBB", before=2, after=3),
    )


def test_ranks_are_by_the_sort_that_is_asked_for_over_what_is_asked_for() -> None:
    after = table(*THREE[:2], product("CCC", "0.10%"))
    found = changes(
        table(*THREE), after, where=Query.parse("!ticker:bbb"), sort=(SortKey.best_first("ticker"),)
    )
    assert found.ranks == ()
    by_fee = changes(
        table(*THREE),
        after,
        where=Query.parse("!ticker:bbb"),
        sort=(SortKey.best_first("expense_ratio"),),
    )
    assert [(one.ticker, one.before, one.after) for one in by_fee.ranks] == [
        ("CCC", 2, 1),
        ("AAA", 1, 2),
    ]


@given(st.randoms(use_true_random=False))
def test_the_order_of_the_products_does_not_matter(chance: random.Random) -> None:
    after = [*THREE[1:], product("AAA", "0.40%"), product("DDD")]
    shuffled_before, shuffled_after = list(THREE), list(after)
    chance.shuffle(shuffled_before)
    chance.shuffle(shuffled_after)
    plain = changes(table(*THREE), table(*after))
    found = changes(table(*shuffled_before), table(*shuffled_after))
    assert sorted(found.figures, key=str) == sorted(plain.figures, key=str)
    assert found.ranks == plain.ranks
    assert (set(found.added), set(found.removed)) == ({"DDD"}, set())


def test_products_that_are_new_or_gone_are_named_and_not_compared() -> None:
    found = changes(table(*THREE), table(*THREE[:2], product("NEW", "9bp")))
    assert (found.added, found.removed) == (("NEW",), ("CCC",))
    assert found.figures == ()
    assert {one.ticker for one in found.ranks} == {"AAA", "BBB"}


def test_what_is_less_than_noise_is_no_change() -> None:
    one = Cell(0.25, NONE)
    assert one.equals(Cell(0.25 + 1e-13, NONE))
    assert not one.equals(Cell(0.25 + 1e-11, NONE))
    assert Cell(float("inf"), NONE).equals(Cell(float("inf"), NONE))
    assert not Cell(float("inf"), NONE).equals(Cell(1.0, NONE))


def test_a_change_too_small_to_be_shown_is_still_a_change() -> None:
    found = changes(table(THREE[0]), table(product("AAA", "0.2001%")), ["expense_ratio"])
    (change,) = found.figures
    assert change.text_before == change.text_after == "0.20%"
    assert change.after.value == pytest.approx(0.002001)


@pytest.mark.parametrize("is_forward", [True, False])
def test_what_becomes_known_or_unknown_is_a_change(*, is_forward: bool) -> None:
    without = "  - {ticker: AAA, asset: BTC, status: trading}\n"
    pair = (table(without), table(THREE[0]))
    before, after = pair if is_forward else pair[::-1]
    found = changes(before, after, ["expense_ratio"])
    (change,) = found.figures
    texts = (change.text_before, change.text_after)
    assert texts == (("?", "0.20%") if is_forward else ("0.20%", "?"))
    assert [(one.before, one.after) for one in found.ranks] == (
        [(None, 1)] if is_forward else [(1, None)]
    )


def test_a_figure_that_only_grew_stale_says_so() -> None:
    old = product("AAA", "0.20%").replace("2026-11-01", "2024-11-01")
    (change,) = changes(table(THREE[0]), table(old), ["expense_ratio"]).figures
    assert (change.before.marks, change.after.marks) == (NONE, Mark.STALE)
    assert (change.text_before, change.text_after) == ("0.20%", "0.20%!")


def test_words_are_compared_too() -> None:
    named = product("AAA", "0.20%", ", issuer: South")
    (change,) = changes(table(THREE[0]), table(named), ["issuer", "aum"]).figures
    assert (change.key, change.before.value, change.after.value) == ("issuer", None, "South")


def test_what_is_the_same_for_all_products_is_told_once() -> None:
    found = changes(table(*THREE), table(*THREE, head=HEAD.replace("3.60%", "4%")))
    (cash,) = (one for one in found.figures if one.key == "cash_yield")
    assert (cash.ticker, cash.text_before, cash.text_after) == ("", "3.60%", "4.00%")
    assert sum(one.key == "over_cash" for one in found.figures) == 3


def test_a_closed_product_loses_its_rank() -> None:
    closed = product("AAA", "0.20%").replace("trading", "closed")
    found = changes(table(*THREE), table(closed, *THREE[1:]))
    assert RankChange(ticker="AAA", before=1, after=None) in found.ranks


def test_an_empty_catalogue_is_compared_too() -> None:
    empty = table(head=HEAD.replace("products:\n", "products: []\n"))
    assert changes(empty, empty).is_empty
    assert changes(empty, table(*THREE)).added == ("AAA", "BBB", "CCC")


def test_what_is_watched_is_what_is_stated_and_what_is_shown() -> None:
    assert {"issuer", "expense_ratio", "aum", "reward_cut", "net_yield"} <= set(WATCHED)
    assert not {"ticker", "horizon_days"} & set(WATCHED)
    assert module.NOISE == 1e-12
