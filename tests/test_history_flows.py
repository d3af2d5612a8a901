"""What flows say: windows, runs, surprise, persistence, rotation, and leagues of them."""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import TODAY, TOP
from etfcompare.catalogue.document import Document
from etfcompare.catalogue.reader import read
from etfcompare.catalogue.schema import Catalogue
from etfcompare.errors import UsageError
from etfcompare.history.flows import (
    flow_of_weeks,
    flow_of_year,
    flow_since,
    largest_since,
    resampled,
    rotation,
    runs,
    streak,
    summed,
)
from etfcompare.history.league import By, League, league
from etfcompare.history.series import (
    PeriodKind,
    Series,
    period_holding,
    period_of,
    series_of,
)
from etfcompare.history.signals import (
    is_tax_season,
    persistence,
    same_sign,
    weekly_persistence,
    z_score,
)
from etfcompare.history.sparkline import sparkline
from etfcompare.history.tables import History, Scope
from strategies import catalogue_of

DAY, WEEK, MONTH = PeriodKind
MONDAY = date(2026, 1, 5)
FLOWS = st.lists(st.integers(-1_000, 1_000), max_size=60)


def daily(values: Sequence[float], first: date = MONDAY) -> Series:
    start = first.toordinal()
    return Series([start + place for place in range(len(values))], list(values), DAY)


def weekly(values: Sequence[float], first: date = MONDAY) -> Series:
    start = first.toordinal() + 6
    return Series([start + 7 * place for place in range(len(values))], list(values), WEEK)


def ordinal(text: str) -> int:
    return period_of(text).last


# Windows


def test_a_window_counts_whole_weeks_back_from_the_last_period() -> None:
    series = daily(range(1, 57))
    assert flow_of_weeks(series, 1) == sum(range(50, 57))
    assert flow_of_weeks(series, 4) == sum(range(29, 57))
    assert flow_of_weeks(weekly([1, 2, 3, 4, 5]), 4) == 14


def test_a_window_that_history_does_not_cover_is_unknown_unless_the_fund_is_younger() -> None:
    series = weekly([1, 2, 3])
    assert flow_of_weeks(series, 4) is None
    assert flow_of_weeks(series, 4, launched=MONDAY) == 6
    assert flow_of_weeks(series, 4, launched=MONDAY - timedelta(days=90)) is None


def test_months_are_too_coarse_for_weeks() -> None:
    months = Series([ordinal("2026-01"), ordinal("2026-02")], [1.0, 2.0], MONTH)
    assert flow_of_weeks(months, 1) is None
    assert weekly_persistence(months) is None
    assert flow_of_year(months) == 3


def test_the_year_begins_on_1_january_and_for_weeks_with_the_week_of_its_first_thursday() -> None:
    days = daily([1.0] * 40, first=date(2025, 12, 20))
    assert flow_of_year(days) == 28
    weeks = weekly([1.0, 10.0, 100.0], first=date(2025, 12, 22))
    assert weeks.periods[1].first_day == date(2025, 12, 29)
    assert flow_of_year(weeks) == 110


def test_the_flow_since_launch_needs_the_launch_and_flows_from_then_on() -> None:
    series = daily([5.0, -2.0])
    assert flow_since(series, MONDAY) == 3
    assert flow_since(series, None) is None
    assert flow_since(series, MONDAY - timedelta(days=60)) is None


def test_nothing_follows_from_no_flows() -> None:
    nothing = daily([])
    assert flow_of_weeks(nothing, 1, MONDAY) is None
    assert flow_of_year(nothing, MONDAY) is None
    assert flow_since(nothing, MONDAY) is None
    assert largest_since(nothing) is None
    assert z_score(nothing) is None
    assert weekly_persistence(nothing) is None
    assert list(runs(nothing)) == []
    assert streak(nothing) == 0


# Periods


@given(FLOWS, st.sampled_from([WEEK, MONTH]))
def test_longer_periods_add_up_to_the_same(values: list[int], kind: PeriodKind) -> None:
    series = daily(values)
    longer = resampled(series, kind)
    assert longer.total() == series.total()
    assert list(longer.days) == sorted(set(longer.days))
    assert all(period_holding(one.last_day, kind) == one for one in longer.periods)


def test_a_week_counts_to_the_month_of_its_thursday() -> None:
    weeks = series_of([(period_of("2026-W05"), 1.0), (period_of("2026-W09"), 10.0)])
    months = resampled(weeks, MONTH)
    assert [str(one) for one in months.periods] == ["2026-01", "2026-02"]


def test_a_month_is_not_split() -> None:
    with pytest.raises(ValueError, match="month"):
        resampled(Series([ordinal("2026-01")], [1.0], MONTH), WEEK)


@given(st.lists(FLOWS, min_size=1, max_size=4))
def test_sums_hold_every_period_once(many: list[list[int]]) -> None:
    added = summed([daily(one) for one in many])
    assert added.total() == sum(map(sum, many))
    assert len(added) == max(map(len, many))


# Runs


def test_quiet_periods_end_no_run_and_are_not_counted() -> None:
    series = daily([50, -20, -0.5, 0, -30, 0.4])
    (before, last) = runs(series, assets=10_000)
    assert (before.length, before.total) == (1, 50)
    assert (last.length, last.total) == (-2, -50.5)
    assert last.last - last.first == 3
    assert streak(series, assets=10_000) == -2
    assert streak(series) == 1


@given(FLOWS, st.sampled_from([0.0, 1e5, 1e6]))
def test_the_streak_is_the_last_run(values: list[int], assets: float) -> None:
    found = list(runs(daily(values), assets))
    assert streak(daily(values), assets) == (found[-1].length if found else 0)
    assert all(one.length * other.length < 0 for one, other in pairwise(found))


def gapped(values: Sequence[float], missing: int) -> Series:
    """Weeks of which one, counted from the first, is not known."""
    whole = weekly(values)
    days, kept = list(whole.days), list(whole.values)
    del days[missing], kept[missing]
    return Series(days, kept, WEEK)


def test_an_unknown_week_ends_a_run_and_leaves_a_window_over_it_unknown() -> None:
    series = gapped([5, 6, 7, 8, 9, 10], 2)
    assert [(one.length, one.total) for one in runs(series)] == [(2, 11), (3, 27)]
    assert streak(series) == 3
    assert flow_of_weeks(series, 3) == 27
    assert flow_of_weeks(series, 4) is None
    assert flow_of_weeks(series, 6) is None
    stated = History(flows={(Scope.COUNTRY, "US"): series, (Scope.COUNTRY, "CH"): weekly([1, 1])})
    found = league(stated, catalogue_of(CATALOGUE), by=By.COUNTRY, is_published=True)
    assert {one.name: one.streak for one in found.standings} == {"US": 3, "CH": None}
    assert "the file lacks some weeks of these, as after 2026-W03" in found.notes


def test_the_newest_flow_is_the_largest_since_one_of_its_own_sign() -> None:
    series = daily([-90, 200, -30, -60])
    assert largest_since(series) == series.days[0]
    assert largest_since(daily([-30, 500, -60])) is None


# Surprise and memory


def test_the_score_leaves_the_newest_flow_out_of_its_window() -> None:
    before = [float(one) for one in range(20)]
    deviation = math.sqrt(sum((one - 9.5) ** 2 for one in before) / 19)
    assert z_score(daily([1e6, *before, 30.0])) == pytest.approx((30 - 9.5) / deviation)
    assert z_score(daily(before)) is None
    assert z_score(daily([7.0] * 21)) is None


def test_persistence_is_that_of_the_methodology() -> None:
    found = persistence([120, -30, 45, 60, 80, -10, 15, 200, -50, 30])
    assert found is not None
    assert found.value == pytest.approx(-0.4665464020845861, abs=1e-9)
    assert found.band == pytest.approx(1 / math.sqrt(10))
    assert persistence([1, 1, 1]) is None
    assert persistence([1, 2]) is None


def test_persistence_is_of_full_weeks_and_the_same_for_days_that_add_up_to_them() -> None:
    values = [float(37 * place % 11) for place in range(30)]
    days = daily([value if day == 2 else 0.0 for value in values for day in range(7)])
    assert weekly_persistence(days) == persistence(values)
    unfinished = daily([*days.values, 1e9])
    assert weekly_persistence(unfinished) == persistence(values)
    assert weekly_persistence(weekly(values[:12])) is None


# Between assets, against prices, in season


def test_rotation_matches_what_left_with_what_came() -> None:
    found = rotation([-100.0, 30.0, 10.0])
    assert (found.inflow, found.outflow, found.matched) == (40, 100, 40)
    assert found.index == pytest.approx(80 / 140)
    assert found.part_of(-100.0) == 1
    assert found.part_of(30.0) == 0.75
    assert rotation([]).index is None


@given(st.lists(st.integers(-100, 100), min_size=1))
def test_rotation_is_between_none_and_all(flows: list[int]) -> None:
    index = rotation(flows).index
    assert index is None or 0 <= index <= 1


def test_flows_follow_the_price_where_both_have_one_sign() -> None:
    closes = daily([10, 11, 12, 11, 11, 12], first=MONDAY)
    flows = daily([1, 5, -5, -5, 9, 3], first=MONDAY)
    found = same_sign(flows, closes)
    assert found is not None
    assert (found.share, found.periods) == (0.75, 4)
    assert same_sign(daily([1.0]), closes) is None


def test_only_us_funds_sell_for_tax_losses_and_only_in_december() -> None:
    assert is_tax_season(ordinal("2025-12-10"), DAY, "US")
    assert is_tax_season(ordinal("2026-W01"), WEEK, "US")
    assert is_tax_season(ordinal("2025-12"), MONTH, "US")
    assert not is_tax_season(ordinal("2025-12-09"), DAY, "US")
    assert not is_tax_season(ordinal("2026-W02"), WEEK, "US")
    assert not is_tax_season(ordinal("2025-12-20"), DAY, "CH")
    assert not is_tax_season(ordinal("2025-12-20"), DAY, None)


# Leagues

CATALOGUE = """\
assets: {BTC: {}, SOL: {}}
products:
  - {ticker: AAA, asset: BTC, issuer: One, listing: {country: US}, market: {aum: $1B}}
  - {ticker: BBB, asset: BTC, issuer: Two, listing: {country: US}}
  - {ticker: CCC, asset: SOL, issuer: One, listing: {country: CH}, market: {aum: $100M}}
"""


def history_of(**flows: Series) -> History:
    return History(flows={(Scope.PRODUCT, name): one for name, one in flows.items()})


def small() -> tuple[History, Catalogue]:
    history = history_of(
        AAA=weekly([1e6, -5e6, -20e6]),
        BBB=weekly([0.0, 2e6, -10e6]),
        CCC=weekly([1e6, 1e6, 4e6]),
    )
    return history, catalogue_of(CATALOGUE)


def test_a_league_is_headed_by_the_largest_inflow() -> None:
    found = league(*small(), by=By.ASSET)
    assert [one.name for one in found.standings] == ["SOL", "BTC"]
    sol, btc = found.standings
    assert sol.flows == (1e6, 1e6, 4e6)
    assert (sol.total, sol.share_of_aum, sol.share_of_side, sol.streak) == (6e6, 0.06, 1.0, 3)
    assert (btc.total, btc.streak) == (-32e6, -2)
    assert found.all_of_them.flows == (2e6, -2e6, -26e6)
    assert found.rotation.matched == 6e6


def test_a_share_of_assets_is_of_funds_of_which_they_are_known() -> None:
    btc = league(*small(), by=By.ASSET).standings[-1]
    assert btc.share_of_aum == -24e6 / 1e9
    assert btc.is_partial
    alone = {one.name: one for one in league(*small()).standings}
    assert alone["BBB"].share_of_aum is None
    assert not alone["BBB"].is_partial


@pytest.mark.parametrize("by", list(By))
def test_every_way_of_adding_up_gives_the_same_total(by: By) -> None:
    found = league(*small(), by=by)
    assert found.all_of_them.total == -26e6
    assert sum(one.total for one in found.standings) == -26e6


def test_only_whole_periods_between_the_days_count_and_a_week_is_over_on_friday() -> None:
    history, catalogue = small()
    friday = MONDAY + timedelta(days=11)
    within = league(history, catalogue, first=MONDAY, last=friday)
    assert [str(one) for one in within.periods] == ["2026-W02", "2026-W03"]
    late = league(history, catalogue, first=MONDAY + timedelta(days=1), last=friday)
    assert [str(one) for one in late.periods] == ["2026-W03"]
    assert league(history, catalogue, first=friday, last=friday).standings == ()


def months_of(history: History, first: str, last: str) -> list[tuple[str, float]]:
    days = (date.fromisoformat(first), date.fromisoformat(last))
    found = league(history, catalogue_of(CATALOGUE), kind=MONTH, first=days[0], last=days[1])
    return [
        (str(one), flow or 0.0)
        for one, flow in zip(found.periods, found.all_of_them.flows, strict=True)
    ]


def test_a_month_that_the_days_cut_is_left_out_as_a_week_is() -> None:
    weeks = history_of(AAA=weekly([1.0] * 12, date(2025, 12, 1)))
    whole = [("2025-12", 4.0), ("2026-01", 5.0)]
    assert months_of(weeks, "2025-12-01", "2026-01-31") == whole
    assert months_of(weeks, "2025-12-01", "2026-01-25") == whole[:1]
    assert months_of(weeks, "2025-12-15", "2026-01-31") == whole[1:]
    assert months_of(weeks, "2025-12-29", "2026-01-31") == whole[1:]
    assert months_of(weeks, "2026-01-05", "2026-01-31") == []
    days = history_of(AAA=daily([1.0] * 92, date(2025, 11, 15)))
    assert months_of(days, "2025-11-20", "2026-01-30") == [("2025-12", 31.0), ("2026-01", 31.0)]
    assert months_of(days, "2025-12-01", "2026-01-29") == [("2025-12", 31.0)]


def test_a_newest_month_that_the_file_does_not_know_to_its_end_is_said_to_be_so() -> None:
    known = weekly([1.0] * 7, date(2025, 12, 1))
    found = league(history_of(AAA=known), catalogue_of(CATALOGUE), kind=MONTH)
    assert found.all_of_them.flows == (4.0, 3.0)
    assert "the flows of 2026-01 reach to 2026-01-16: it is not whole" in found.notes
    whole = league(
        history_of(AAA=known), catalogue_of(CATALOGUE), kind=MONTH, last=date(2025, 12, 31)
    )
    assert not any("whole" in one for one in whole.notes)


def test_a_newest_period_that_not_all_funds_have_reported_is_said_to_be_so() -> None:
    catalogue = catalogue_of(CATALOGUE)
    last = MONDAY + timedelta(days=13)
    behind = history_of(AAA=daily([1.0] * 10), BBB=daily([1.0] * 5), CCC=daily([1.0] * 5))
    for by in By:
        notes = league(behind, catalogue, by=by, kind=WEEK, last=last).notes
        assert "1 of 3 funds have reported 2026-W03" in notes
    one = league(behind, catalogue, kind=WEEK, first=MONDAY + timedelta(days=7), last=last)
    assert "1 of 3 funds have reported 2026-W03" in one.notes
    assert league(*small()).notes == ()


def test_weeks_are_added_up_to_months_with_a_word_and_not_split_into_days() -> None:
    history, catalogue = small()
    months = league(history, catalogue, kind=MONTH)
    assert [str(one) for one in months.periods] == ["2026-01"]
    assert months.notes[0] == "the file has weeks; each counts to the month of its Thursday"
    with pytest.raises(UsageError, match="has weeks, not days"):
        league(history, catalogue, kind=DAY)


def test_a_streak_is_as_long_as_it_is() -> None:
    history = history_of(AAA=weekly([-9e6, *[5e6] * 200]))
    found = league(history, catalogue_of(CATALOGUE)).standings[0]
    assert (found.streak, len(found.flows)) == (200, 13)


def test_products_that_the_catalogue_lacks_are_left_out_with_a_word() -> None:
    found = league(history_of(AAA=weekly([1.0]), ZZZ=weekly([1.0])), catalogue_of(CATALOGUE))
    assert [one.name for one in found.standings] == ["AAA"]
    assert found.notes == ("left out, for the catalogue has no such product: ZZZ",)


def test_published_figures_are_not_added_to_sums_of_funds() -> None:
    history, catalogue = small()
    stated = {(Scope.ASSET, "BTC"): weekly([7e6])}
    both = History(flows={**history.flows, **stated})
    assert league(both, catalogue, by=By.ASSET).all_of_them.total == -26e6
    published = league(both, catalogue, by=By.ASSET, is_published=True)
    assert [(one.name, one.total) for one in published.standings] == [("BTC", 7e6)]
    assert published.standings[0].share_of_aum is None


def test_a_league_of_nothing_has_no_rows() -> None:
    found = league(History(), catalogue_of(CATALOGUE))
    assert (found.periods, found.standings, found.all_of_them.total) == ((), (), 0)


def test_a_line_of_bars_has_zero_on_its_scale() -> None:
    assert sparkline([0.0, 7.0, None, 3.5]) == "▁█ ▅"
    assert sparkline([-7.0, 0.0]) == "▁█"
    assert sparkline([5.0]) == "█"
    assert sparkline([0.0, 0.0]) == "▁▁"
    assert sparkline([]) == ""


# What is known of the winter of 2025

TOTAL = "Total"
"""The row of a published table that is the sum of the others."""


@pytest.fixture(scope="module")
def winter(shared: Path) -> tuple[History, Catalogue]:
    rows: defaultdict[tuple[Scope, str], list[tuple[str, float]]] = defaultdict(list)
    with (shared / "data" / "flows_daily.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            flow = float(row["net_flow_usd_m"]) * 1e6
            rows[Scope.PRODUCT, row["ticker"]].append((row["date"], flow))
    with (shared / "data" / "flows_weekly_coinshares.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["name"] != TOTAL:
                week = str(period_holding(date.fromisoformat(row["week_ending"]), WEEK))
                flow = float(row["net_flow_usd_m"]) * 1e6
                rows[Scope(row["kind"]), row["name"]].append((week, flow))
    flows = {
        key: series_of((period_of(text), flow) for text, flow in found)
        for key, found in rows.items()
    }
    document = Document.parse((TOP / "products.yaml").read_bytes())
    return History(flows=flows), read(document, today=TODAY).catalogue


def millions(amount: float | None) -> float:
    assert amount is not None
    return round(amount / 1e6, 1)


def by_name(found: League, name: str) -> list[float]:
    (row,) = (one for one in found.standings if one.name == name)
    return [millions(flow) for flow in row.flows]


def test_november_and_december_2025(winter: tuple[History, Catalogue]) -> None:
    first, last = date(2025, 11, 1), date(2025, 12, 31)
    found = league(*winter, by=By.ASSET, kind=MONTH, first=first, last=last)
    assert by_name(found, "BTC") == [-3466.7, -1092.5]


def test_the_second_of_january_2026(winter: tuple[History, Catalogue]) -> None:
    day = date(2026, 1, 2)
    tickers = {one.ticker for one in winter[1].products if one.asset in {"BTC", "ETH"}}
    found = league(*winter, by=By.COUNTRY, kind=DAY, first=day, last=day, tickers=tickers)
    assert by_name(found, "US") == [645.8]


def test_ibit_in_the_week_of_23_january_2026(winter: tuple[History, Catalogue]) -> None:
    first, last = date(2026, 1, 20), date(2026, 1, 23)
    assert by_name(league(*winter, first=first, last=last), "IBIT") == [-537.5]


def test_the_run_of_outflows_of_december_2025(winter: tuple[History, Catalogue]) -> None:
    history, catalogue = winter
    bitcoin = [one.ticker for one in catalogue.products if one.asset == "BTC"]
    known = (history.flows.get((Scope.PRODUCT, ticker)) for ticker in bitcoin)
    series = summed([one for one in known if one is not None])
    (run,) = (one for one in runs(series) if one.first == ordinal("2025-12-18"))
    assert (run.length, millions(run.total)) == (-7, -1120.9)
    assert run.last == ordinal("2025-12-29")
    until_christmas = series.between(date(2025, 12, 18), date(2025, 12, 24))
    assert (len(until_christmas), millions(until_christmas.total())) == (5, -825.7)
    found = league(history, catalogue, by=By.ASSET, kind=DAY, last=date(2025, 12, 29))
    assert next(one for one in found.standings if one.name == "BTC").streak == -7
    assert any("tax losses" in note for note in found.notes)


def test_the_week_of_coinshares_of_23_january_2026(winter: tuple[History, Catalogue]) -> None:
    first, last = date(2026, 1, 19), date(2026, 1, 23)
    assets = league(*winter, by=By.ASSET, first=first, last=last, is_published=True)
    btc = next(one for one in assets.standings if one.name == "BTC")
    assert btc.share_of_side is not None
    assert round(btc.share_of_side, 2) == 0.63
    assert {one.name for one in assets.standings if one.total < 0} == {"BTC", "ETH", "XRP"}
    countries = league(*winter, by=By.COUNTRY, first=first, last=last, is_published=True)
    came = {one.name for one in countries.standings if one.total > 0}
    assert came == {"Canada", "Switzerland", "Germany"}
    assert countries.standings[-1].name == "United States"
