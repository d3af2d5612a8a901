"""How firm the top of a ranking is: proven by changing the very input and ranking again."""

from __future__ import annotations

import math
import os
import shlex
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import TODAY
from etfcompare.editing import Editor, figure_changes
from etfcompare.engine.comparison import SortKey, compare, parse_sort
from etfcompare.engine.figure import Unit
from etfcompare.engine.figures import FIGURES, HEADLINE, Table
from etfcompare.engine.fragility import ALL, Flip, Fragility, Standing, fragility
from etfcompare.engine.fragility_words import then_text
from etfcompare.engine.levers import Lever, Measure, product_levers, with_input
from etfcompare.engine.marks import Mark
from etfcompare.engine.query import Query
from etfcompare.engine.rounding import half_way
from etfcompare.engine.scenario import Rates, Scenario
from etfcompare.errors import UsageError
from etfcompare.units import rate_of, span_of
from etfcompare.workspace import Workspace
from strategies import catalogue_of, random_catalogue, random_scenario

NUMBERS = [key for key, one in FIGURES.items() if one.unit is not Unit.WORDS]
SEEDS = st.integers(min_value=0, max_value=10_000)
FUNDS = """\
cash: {yield: 3.60%}
assets: {ETH: {staking: {rate: 3%}}, SOL: {staking: {rate: 6%}}}
assume: {staked: 95%}
limits: {fee: 9000d, staking: 9000d}
products:
  - {ticker: A, asset: SOL, fee: {rate: 0.50%, as_of: 2026}, staking: {staked: 100%, cut: 5%}}
  - {ticker: B, asset: SOL, fee: {rate: 0.10%, as_of: 2026}, staking: {staked: 90%, cut: 6%}}
  - {ticker: C, asset: SOL, fee: {rate: 0.20%, as_of: 2026}, staking: {cut: 20%}}
  - {ticker: D, asset: ETH, fee: {rate: 0.25%, as_of: 2026}}
"""


def table_of(text: str = FUNDS, scenario: Scenario | None = None) -> Table:
    return Table(catalogue_of(text), scenario or Scenario(as_of=TODAY))


def of_text(text: str = FUNDS, scenario: Scenario | None = None, few: int = 5) -> Fragility:
    return fragility(compare(table_of(text, scenario)), few=few)


def overall(found: Fragility) -> Standing:
    assert found.overall is not None
    return found.overall


def flip_of(standing: Standing, ticker: str, path: str) -> Flip:
    (found,) = (
        one for one in standing.flips if (one.lever.ticker, one.lever.path) == (ticker, path)
    )
    return found


# Worked by hand: A leaves 6% x 95% - 0.50% = 5.20%, B 5.4% x 94% - 0.10% = 4.976%


def test_the_top_falls_when_its_fee_rises_past_its_lead() -> None:
    standing = overall(of_text())
    assert (standing.top, standing.second, standing.ties) == ("A", "B", ())
    assert standing.lead == pytest.approx(0.00224)
    flip = flip_of(standing, "A", "fee.rate")
    assert flip.value == pytest.approx(0.005 + 0.002241)
    assert (flip.winner, flip.try_out()) == ("B", "etfcompare set A fee.rate 0.7241%")


def test_a_share_counts_for_what_it_is_worth() -> None:
    # A's cut may rise by the lead over the rewards: 0.224% / 6%
    flip = flip_of(overall(of_text(few=20)), "A", "staking.cut")
    assert flip.value == pytest.approx(0.05 + 0.00224 / 0.06, abs=2e-6)
    assert flip.lever.measure is Measure.SHARE


def test_what_nobody_can_lower_below_zero_is_not_reported() -> None:
    # B's fee of 10bp cannot fall by 22bp.
    paths = [(one.lever.ticker, one.lever.path) for one in overall(of_text(few=50)).flips]
    assert ("B", "fee.rate") not in paths
    assert ("B", "staking.staked") in paths


def test_an_assumed_share_is_marked_and_can_be_stated() -> None:
    silent = FUNDS.replace("staked: 100%, ", "")
    standing = overall(of_text(silent, few=50))
    assert standing.top == "B"
    assumed = flip_of(standing, "A", "staking.staked")
    assert (assumed.lever.now, assumed.winner) == (0.95, "A")
    assert assumed.lever.marks & Mark.ESTIMATED
    assert not flip_of(standing, "B", "staking.staked").lever.marks & Mark.ESTIMATED


def test_a_reward_rate_that_swaps_two_funds_is_an_option() -> None:
    # 95% g - 0.5% = 84.6% g - 0.1% at g = 0.4% / 10.4% = 3.846%
    flip = flip_of(overall(of_text(few=50)), "", "--reward")
    assert flip.value == pytest.approx(0.004 / 0.104, abs=2e-6)
    assert flip.try_out() == f"--reward SOL={flip.value * 100:.4f}%"
    assert flip.winner == "B"


def test_days_and_dollars_stand_in_lists_of_their_own() -> None:
    waived = FUNDS.replace(
        "{rate: 0.50%, as_of: 2026}",
        "{rate: 0.90%, as_of: 2026, waiver: {rate: 0%, until: 2027-09-28}}",
    )
    standing = overall(of_text(waived, few=50))
    days = standing.of(Measure.DAYS)
    # 0.9% less 310 of 365 days waived; B is first from 0.9% (365 - d) / 365 > 0.724% on
    assert {one.lever.path for one in days} == {"fee.waiver.until", "--horizon"}
    end = next(one for one in days if one.lever.ticker)
    assert (end.lever.now, end.lever.label) == ((date(2027, 9, 28) - TODAY).days, "Waiver end")
    assert end.value == math.ceil(365 * (1 - 0.00724 / 0.009)) - 1
    assert end.try_out() == "etfcompare set A fee.waiver.until 2027-02-01"
    horizon = next(one for one in days if not one.lever.ticker)
    assert horizon.try_out() == f"--horizon {horizon.value:.0f}d"
    assert list(standing.flips[-2:]) == list(days)


def test_the_size_of_a_fund_matters_where_a_waiver_has_a_cliff() -> None:
    cliff = FUNDS.replace(
        "{rate: 0.50%, as_of: 2026}",
        "{rate: 0.90%, as_of: 2026, waiver: {rate: 0.5%, first: $1B, mode: cliff}}, "
        "market: {aum: $900M}",
    )
    limit, size = overall(of_text(cliff)).of(Measure.MONEY)
    assert (size.lever.path, size.value, size.winner) == ("market.aum", 1.001e9, "B")
    assert size.try_out() == "etfcompare set A market.aum '$1001M'"
    assert (limit.lever.path, limit.value) == ("fee.waiver.first", 8.99e8)


def test_a_tie_takes_no_change() -> None:
    twice = FUNDS.replace("ticker: B", "ticker: B2").replace(
        "products:\n",
        "products:\n"
        "  - {ticker: B, asset: SOL, fee: {rate: 0.50%}, staking: {staked: 100%, cut: 5%}}\n",
    )
    standing = overall(of_text(twice))
    assert (standing.top, standing.ties, standing.flips) == ("A", ("B",), ())


def test_who_stands_alone_has_no_rival() -> None:
    (_, alone) = of_text().assets
    assert (alone.asset, alone.top, alone.second, alone.flips) == ("ETH", "D", None, ())
    assert alone.smallest is None


def test_an_unknown_figure_has_no_place() -> None:
    unknown = FUNDS.replace("{rate: 0.25%, as_of: 2026}", "{as_of: 2026}")
    found = of_text(unknown)
    assert found.unknown == ("D",)
    assert [one.asset for one in found.assets] == ["SOL"]


def test_a_ranking_by_words_is_refused() -> None:
    with pytest.raises(UsageError, match="issuer is words"):
        fragility(compare(table_of(), sort=parse_sort(["issuer"])))


def test_a_figure_that_ends_where_a_fee_is_all_there_is_has_its_changes() -> None:
    # No price makes good a yield of -100%, to which the fee of a fund that stakes nothing may rise.
    plain = FUNDS + "  - {ticker: E, asset: ETH, fee: {rate: 0.40%, as_of: 2026}}\n"
    table = table_of(plain)
    found = fragility(compare(table, where=Query.parse("eth"), sort=parse_sort(["break_even"])))
    standing = overall(found)
    assert (standing.top, standing.second) == ("D", "E")
    assert flip_of(standing, "D", "fee.rate").value == pytest.approx(0.004001)


def test_a_change_of_dollars_is_told_to_three_digits_of_itself() -> None:
    sizes = FUNDS.replace("{rate: 0.50%, as_of: 2026}", "{rate: 0.5%}, market: {aum: $58.81B}")
    sizes = sizes.replace("{rate: 0.10%, as_of: 2026}", "{rate: 0.1%}, market: {aum: $58.70B}")
    found = fragility(compare(table_of(sizes), sort=parse_sort(["aum"])))
    own = flip_of(overall(found), "A", "market.aum")
    assert (own.lever.label, own.value, own.winner) == ("AUM", 58.699e9, "B")
    assert own.try_out() == "etfcompare set A market.aum '$58699M'"
    assert then_text(own) == "$58.7B"
    near = table_of(sizes.replace("$58.70B", "$58.79B"))
    own = flip_of(overall(fragility(compare(near, sort=parse_sort(["aum"])))), "A", "market.aum")
    assert then_text(own) == "$58.7899B"  # three digits would be those of the present size


def test_each_coins_rewards_are_an_input() -> None:
    staked = FUNDS.replace("{rate: 0.25%, as_of: 2026}", "{rate: 0.25%}, staking: {staked: 100%}")
    both = overall(fragility(compare(table_of(staked), sort=parse_sort(["gross_yield"]))))
    changes = [one for one in both.flips if one.lever.asset]
    assert {one.lever.asset: round(one.value, 6) for one in changes} == {
        "SOL": 0.029999,
        "ETH": 0.060001,
    }


def test_rivals_may_share_the_place_that_they_take() -> None:
    pair = FUNDS.replace(
        "ticker: D,", "ticker: E, asset: ETH, fee: {rate: 0.25%}}\n  - {ticker: D,"
    )
    table = table_of(pair)
    sol = overall(fragility(compare(table, sort=parse_sort(["effective_fee"]))))
    assert sol.top == "B"
    standing = overall(
        fragility(compare(table, where=Query.parse("!ticker:C"), sort=parse_sort(["fee_now"])))
    )
    assert (standing.top, standing.flips[0].winner) == ("B", "D")


def test_of_equal_changes_one_of_a_charge_that_nobody_takes_comes_last() -> None:
    flips = overall(of_text(few=50)).flips
    paths = [one.lever.path for one in flips if round(abs(one.change), 6) == 0.002241]
    assert paths == ["fee.rate", "staking.charge", "staking.slashing"]


def test_what_a_filter_leaves_out_is_no_rival() -> None:
    table = table_of()
    found = fragility(compare(table, where=Query.parse("!ticker:B")))
    assert overall(found).second == "C"
    assert all(one.winner == "C" for one in overall(found).flips)


def test_a_closed_fund_counts_where_it_was_asked_for() -> None:
    closed = FUNDS.replace("ticker: B,", "ticker: B, status: closed,")
    table = table_of(closed)
    assert overall(fragility(compare(table))).second == "C"
    everybody = overall(fragility(compare(table, where=ALL)))
    assert everybody.second == "B"
    assert {one.winner for one in everybody.flips} >= {"B"}


def test_another_figure_has_inputs_of_its_own() -> None:
    table = table_of(FUNDS.replace("cut: 5%}", "cut: 5%}, market: {spread: 1%, premium: 0%}"))
    carry = fragility(compare(table, where=Query.parse("sol"), sort=parse_sort(["all_in_cost"])))
    assert overall(carry).top == "B"
    assert all("spread" not in one.lever.path for one in overall(carry).flips)


def test_a_named_reward_rate_counts_for_the_funds_own_only_where_it_holds() -> None:
    own = FUNDS.replace("cut: 5%}", "cut: 5%, rate: 6%}").replace("cut: 6%}", "cut: 6%, rate: 6%}")
    standing = overall(of_text(own, Scenario(as_of=TODAY, rates=Rates.OWN), few=50))
    paths = {(one.lever.ticker, one.lever.path) for one in standing.flips}
    assert ("A", "staking.rate") in paths
    common = overall(of_text(own, few=50))
    assert all(one.lever.path != "staking.rate" for one in common.flips)


# Whatever the catalogue


def ranked_again(table: Table, flip: Flip, value: float, sort: Sequence[SortKey]) -> list[str]:
    """Return the tickers of a whole catalogue, best first, at another value of an input."""
    moved = flip.lever.move(table, value)
    again = compare(moved, where=ALL, sort=sort)
    return [moved.products[row].ticker for row in again.rows]


def standings(found: Fragility) -> Iterator[Standing]:
    if found.overall is not None:
        yield found.overall
        yield from found.assets


def random_table(seed: int, size: int, *, is_clean: bool = False) -> Table:
    random = Random(seed)  # noqa: S311 - examples, not secrets
    catalogue = random_catalogue(random, size=size, is_clean=is_clean, is_complete=is_clean)
    return Table(catalogue, random_scenario(random))


def first_of(tickers: Sequence[str], table: Table, asset: str) -> str:
    of = {one.ticker: one.asset for one in table.products}
    return next(one for one in tickers if not asset or of[one] == asset)


@given(SEEDS)
@settings(max_examples=60)
def test_every_reported_change_changes_the_top_and_half_of_it_does_not(seed: int) -> None:
    check_flips(random_table(seed, 7), parse_sort([HEADLINE]), few=20)


@given(SEEDS, st.sampled_from(NUMBERS), st.sampled_from(("", "+", "-")))
@settings(max_examples=150)
def test_so_it_is_of_any_figure_and_whichever_way(seed: int, key: str, way: str) -> None:
    check_flips(random_table(seed, 5), parse_sort([way + key]), few=3)


def check_flips(table: Table, sort: Sequence[SortKey], *, few: int) -> None:
    """Change what is told, all of it and half of it, and rank the whole catalogue again."""
    for standing in standings(fragility(compare(table, where=ALL, sort=sort), few=few)):
        for flip in standing.flips:
            changed = ranked_again(table, flip, flip.value, sort)
            kept = ranked_again(table, flip, half_way(flip.lever, flip.value), sort)
            assert first_of(changed, table, standing.asset) == flip.winner != standing.top
            assert first_of(kept, table, standing.asset) == standing.top
            assert flip.lever.least <= flip.value <= flip.lever.most


@given(SEEDS)
@settings(max_examples=60)
def test_no_nearer_change_of_a_fee_or_cut_is_found_by_brute_force(seed: int) -> None:
    table = random_table(seed, 4, is_clean=True)
    found = fragility(compare(table, where=ALL), few=100).overall
    if found is None or found.ties:
        return
    nearest: dict[tuple[str, bool], float] = {}
    for row in range(len(table.products)):
        for lever in product_levers(table, row, HEADLINE):
            if lever.path in ("fee.rate", "staking.cut"):
                kind = (lever.path, lever.ticker == found.top)
                ends = (brute(table, lever, end, found.top) for end in (lever.least, lever.most))
                change = min(abs(value - lever.now) for value in ends)
                nearest[kind] = min(change, nearest.get(kind, math.inf))
    told = {(one.lever.path, one.lever.ticker == found.top): one for one in found.flips}
    for kind, change in nearest.items():
        if kind not in told:
            assert change == math.inf
            continue
        assert change <= abs(told[kind].change) + 1e-7
        # Reported values are rounded, away from the present, to 0.01bp at most.
        assert abs(told[kind].change) - change <= 1.1e-6


@given(SEEDS, st.sampled_from(NUMBERS), st.sampled_from(("+", "-")))
@settings(max_examples=60)
def test_on_a_grid_no_nearer_change_of_any_input_and_figure_is_found(
    seed: int, key: str, way: str
) -> None:
    table = random_table(seed, 4, is_clean=bool(seed % 2))
    sort = parse_sort([way + key])
    found = fragility(compare(table, where=ALL, sort=sort), few=1000).overall
    if found is None or found.ties or found.second is None:
        return
    rows = [row for row, _ in enumerate(table.products) if not math.isnan(table.number(row, key))]
    told = {kind_of(one.lever, found): abs(one.change) for one in found.flips}
    for row in rows:
        for lever in product_levers(table, row, key):
            nearest = on_grid(table, lever, found.row, rows, sort[0])
            assert told.get(kind_of(lever, found), math.inf) <= nearest * 1.02 + 2e-6


def kind_of(lever: Lever, standing: Standing) -> tuple[str, bool]:
    return lever.path, lever.ticker == standing.top


def on_grid(table: Table, lever: Lever, top: int, rows: Sequence[int], sort: SortKey) -> float:
    """Return the least change on a grid at which a rival is ahead of a top that is still known."""
    sign = 1 if sort.descending else -1
    nearest = math.inf
    for end in (lever.least, lever.most):
        for step in range(1, 17):
            value = lever.now + (end - lever.now) * step / 16
            value = round(value) if lever.measure is Measure.DAYS else value
            moved = lever.move(table, value)
            first = moved.number(top, sort.key)
            ahead = [sign * (moved.number(row, sort.key) - first) for row in rows]
            if any(one > 1e-9 * max(1, abs(first)) for one in ahead):
                nearest = min(nearest, abs(value - lever.now))
    return nearest


def brute(table: Table, lever: Lever, end: float, top: str) -> float:
    """Bisect over the whole ranking for the nearest value at which another is alone at the top."""

    def is_first(value: float) -> bool:
        moved = lever.move(table, value)
        again = compare(moved, where=ALL)
        firsts = [row for row, rank in zip(again.rows, again.ranks, strict=True) if rank == 1]
        tickers = [moved.products[row].ticker for row in firsts]
        return top in tickers

    if is_first(end):
        return math.inf
    near, far = lever.now, end
    while abs(far - near) > 1e-9:
        middle = (near + far) / 2
        near, far = (middle, far) if is_first(middle) else (near, middle)
    return far


def test_of_each_input_the_tops_own_and_a_rivals_smallest_change_are_told() -> None:
    standing = overall(fragility(compare(random_table(11, 60, is_clean=True)), few=50))
    kinds = [
        (one.lever.path, one.lever.asset, one.lever.ticker == standing.top)
        for one in standing.flips
    ]
    assert len(kinds) == len(set(kinds))
    assert any(is_own for *_, is_own in kinds)
    assert not all(is_own for *_, is_own in kinds)


def test_far_rivals_left_out_for_speed_hold_no_smaller_change() -> None:
    table = random_table(11, 60, is_clean=True)
    few = overall(fragility(compare(table), few=3))
    many = overall(fragility(compare(table), few=1000))
    rates = (Measure.RATE, Measure.SHARE)
    assert [one.change for one in few.of(*rates)] == [one.change for one in many.of(*rates)[:3]]


# On the catalogue that comes with the program, by the means that users have


@pytest.fixture
def workspace(catalogue_path: Path, tmp_path: Path) -> Workspace:
    """The shipped catalogue, as somebody's own copy."""
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "products.yaml").write_bytes(catalogue_path.read_bytes())
    return open_at(folder / "products.yaml")


def open_at(path: Path) -> Workspace:
    return Workspace.open(
        str(path),
        environ=os.environ,
        folder=path.parent,
        today=lambda: TODAY,
        waits_for_history=True,
    )


def test_every_change_told_of_the_shipped_catalogue_can_be_made(workspace: Workspace) -> None:
    scenario = Scenario(as_of=TODAY)
    found = fragility(workspace.compare(scenario), few=3)
    told = [one for one in standings(found) if not one.ties and one.second is not None]
    assert len(told) > 3
    for standing in told:
        assert standing.smallest is not None
        for flip in standing.flips:
            half = half_way(flip.lever, flip.value)
            assert top_after(workspace, scenario, standing, flip, flip.value) == flip.winner
            assert flip.winner != standing.top
            assert top_after(workspace, scenario, standing, flip, half) == standing.top


def top_after(
    workspace: Workspace, scenario: Scenario, standing: Standing, flip: Flip, value: float
) -> str:
    """Return who is first after typing what is told: the option, or the command."""
    words = shlex.split(flip.lever.try_out(value))
    if words[0].startswith("--"):
        option, text = words
        changed = (
            scenario.but("horizon", span_of(text))
            if option == "--horizon"
            else scenario.but("rewards", {text.partition("=")[0]: rate_of(text.partition("=")[2])})
        )
        table = workspace.table(changed)
    else:
        _, _, ticker, path, text = words
        editor = Editor(workspace, None)
        changes = figure_changes(workspace.document, ticker, tuple(path.split(".")), text)
        proposal = editor.propose(*changes)
        assert not proposal.errors
        table = Table(proposal.reading.catalogue, scenario)
    comparison = compare(table)
    return first_of([table.products[row].ticker for row in comparison.rows], table, standing.asset)


def test_an_input_is_moved_without_another_date_or_source() -> None:
    product = table_of().products[0]
    moved = with_input(product, "fee.rate", 0.01)
    assert product.fee is not None
    assert moved.fee is not None
    assert moved.fee.rate == (
        product.fee.rate._replace(value=0.01) if product.fee.rate is not None else None
    )
