"""Delivered yields, from coins per share and distributions."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etfcompare.catalogue.document import Document
from etfcompare.catalogue.reader import read
from etfcompare.catalogue.schema import Catalogue, Product
from etfcompare.history.holdings import (
    BASKET_STEP,
    Delivered,
    Undelivered,
    compound_rate,
    delivered,
    delivery,
    simple_rate,
    step_of,
)
from etfcompare.history.tables import History, Holding

TODAY = date(2026, 11, 22)
MONDAY = date(2026, 3, 2)
FEE = "fee: {rate: 0.20%, waiver: {rate: 0%, until: 2026-04-01}, as_of: 2026-03-01}"
CATALOGUE = f"""\
schema: 1
assets: {{SOL: {{}}, ETH: {{}}}}
products:
  - {{ticker: PLAIN, asset: ETH}}
  - {{ticker: WAIVED, asset: SOL, {FEE}}}
  - {{ticker: PAYS, asset: SOL, staking: {{staked: 90%, payout: cash}}}}
"""


def catalogue_of(text: str) -> Catalogue:
    return read(Document.parse(text.encode()), today=TODAY).catalogue


def product(ticker: str) -> Product:
    return next(one for one in catalogue_of(CATALOGUE).products if one.ticker == ticker)


def holding(
    day: date, coins: float | None, nav: float | None = None, paid: float | None = None
) -> Holding:
    return Holding(day, None, coins, nav, paid)


def growing(days: Iterable[int], start: float = 0.1, daily: float = 1.5e-4) -> list[Holding]:
    """Coins per share that grow by so much of themselves a day, published to six decimals."""
    return [holding(MONDAY + timedelta(day), round(start * (1 + daily * day), 6)) for day in days]


def told(holdings: list[Holding], ticker: str = "PLAIN", window: int | None = None) -> Delivered:
    found = delivery(product(ticker), holdings, as_of=TODAY, window=window)
    assert isinstance(found, Delivered)
    return found


def refused(holdings: list[Holding], ticker: str = "PLAIN", window: int | None = None) -> str:
    found = delivery(product(ticker), holdings, as_of=TODAY, window=window)
    assert isinstance(found, Undelivered)
    return found.why


def test_simple_and_compound_rates_are_those_of_the_methodology() -> None:
    factor = 0.136996 / 0.133955
    assert simple_rate(factor, 149) == pytest.approx(0.05561143316935816, abs=1e-9)
    assert compound_rate(factor, 149) == pytest.approx(0.05652961726764971, abs=1e-9)


def test_a_yield_is_the_growth_of_coins_per_share_a_year() -> None:
    found = told([holding(MONDAY, 0.1), holding(MONDAY + timedelta(73), 0.1011)])
    assert found.simple == pytest.approx(0.011 * 5)
    assert found.compound == pytest.approx(1.011**5 - 1)
    assert (found.days, found.distributions) == (73, 0)


def test_a_distribution_is_put_back_at_the_net_asset_value_of_its_ex_date() -> None:
    ex_date = MONDAY + timedelta(40)
    rows = [
        holding(MONDAY, 0.1, 20.0),
        holding(ex_date, 0.0995, 20.0, 0.10),
        holding(MONDAY + timedelta(73), 0.1, 20.0),
    ]
    found = told(rows, "PAYS")
    assert found.factor == pytest.approx(1.005)
    assert found.simple == pytest.approx(0.025)
    assert found.distributions == 1


def test_a_distribution_on_the_first_day_is_before_the_window() -> None:
    rows = [holding(MONDAY, 0.1, 20.0, 5.0), holding(MONDAY + timedelta(73), 0.1001, 20.0)]
    assert told(rows).distributions == 0


def test_a_distribution_without_net_asset_value_leaves_the_yield_unknown() -> None:
    ex_date = MONDAY + timedelta(40)
    rows = [
        holding(MONDAY, 0.1),
        holding(ex_date, 0.1, None, 0.1),
        holding(MONDAY + timedelta(73), 0.1),
    ]
    assert refused(rows) == f"no net asset value on the ex-date {ex_date}"


def test_a_fund_that_pays_out_is_unknown_without_its_distributions() -> None:
    assert "no distribution is on file" in refused(growing([0, 60]), "PAYS")


def test_nothing_is_said_of_less_than_thirty_days() -> None:
    assert refused(growing([0, 29])) == "29 days of coins per share; 30 are needed"
    assert told(growing([0, 30])).days == 30
    assert refused([]) == "no coins per share on file"
    assert refused([holding(MONDAY, None)]) == "no coins per share on file"


def test_what_came_after_the_date_asked_for_is_not_known_yet() -> None:
    rows = growing([0, 40, 80])
    found = delivery(product("PLAIN"), rows, as_of=MONDAY + timedelta(79))
    assert isinstance(found, Delivered)
    assert found.last == MONDAY + timedelta(40)


def test_the_error_is_a_step_of_the_published_grid() -> None:
    found = told([holding(MONDAY, 0.1), holding(MONDAY + timedelta(73), 0.100123)])
    assert found.step == pytest.approx(1e-6)
    assert found.error == pytest.approx(1e-6 / 0.1 * 5)


def test_the_grid_is_the_decimals_of_the_figures_or_that_of_a_basket() -> None:
    assert step_of([0.5, 0.25, 0.123456]) == pytest.approx(1e-6)
    assert step_of([0.00755225, 0.007552, 0.00755175, 0.00755386]) == BASKET_STEP
    assert step_of([0.00755386, 0.00755381, 0.00755225]) == pytest.approx(1e-8)
    assert step_of([*(n / 1e6 for n in range(100)), 0.12345678]) == pytest.approx(1e-8)


def test_figures_off_the_grid_of_a_basket_are_no_observations() -> None:
    days = (0, 2, 30, 40, 60)
    coins = (0.00755386, 0.00755225, 0.0075515, 0.00755143, 0.007551)
    rows = [holding(MONDAY + timedelta(day), one) for day, one in zip(days, coins, strict=True)]
    found = told(rows)
    assert (found.first, found.off_grid) == (MONDAY + timedelta(2), 2)


def test_a_figure_that_stands_still_over_a_weekend_counts_on_its_first_day() -> None:
    # Friday is day 39; Saturday and Sunday repeat it.
    rows = [*growing(range(40)), holding(MONDAY + timedelta(40), 0.100585)]
    rows.append(holding(MONDAY + timedelta(41), 0.100585))
    found = told(rows)
    assert rows[39].coins_per_share == rows[40].coins_per_share
    assert (found.last, found.repeats) == (MONDAY + timedelta(39), 2)


def test_of_a_slow_fund_only_repeats_on_weekends_are_left_out() -> None:
    days = [*range(5), 5, 6, *range(7, 40)]  # the first Saturday and Sunday, then every day
    rows = [holding(MONDAY + timedelta(day), 0.0075 if day < 20 else 0.00749975) for day in days]
    found = told(rows)
    weekends = [5, 6, 12, 13, 19, 26, 27, 33, 34]
    assert found.repeats == len(weekends)
    assert found.last == MONDAY + timedelta(39)


def test_a_window_begins_with_the_row_nearest_to_it() -> None:
    rows = growing([0, 35, 65, 100])
    assert told(rows, window=60).first == MONDAY + timedelta(35)
    assert told(rows, window=10_000).first == MONDAY
    assert told(rows).first == MONDAY
    assert refused(rows, window=5) == "0 days of coins per share; 30 are needed"


def test_the_longest_window_is_of_the_terms_in_force() -> None:
    rows = growing([0, 29, 31, 80])  # the waiver ends on day 30
    assert told(rows, "WAIVED").first == MONDAY + timedelta(31)
    assert told(rows, "WAIVED", window=80).first == MONDAY
    short = growing([0, 29, 50, 70])
    assert told(short, "WAIVED").first == MONDAY


@pytest.mark.parametrize("move", [0.25, 4.0, 0.99])
def test_only_what_follows_an_unexplained_move_counts(move: float) -> None:
    rows = growing(range(0, 60, 2))
    split = [
        one._replace(coins_per_share=one.coins_per_share * move)
        for one in growing(range(60, 120, 2))
        if one.coins_per_share
    ]
    found = told([*rows, *split])
    assert found.jump is not None
    assert found.jump.day == found.first == MONDAY + timedelta(60)
    assert found.factor == pytest.approx(1.01763 / 1.009, rel=1e-4)
    assert "unexplained" not in found.words


def test_a_fall_that_a_distribution_explains_is_no_break() -> None:
    before = [one._replace(nav_usd=20.0) for one in growing(range(20))]
    after = [one._replace(nav_usd=20.0) for one in growing(range(20, 40), start=0.099)]
    assert "fell 0.99% on 2026-03-22" in refused([*before, *after])
    after[0] = after[0]._replace(distribution_usd=0.2)
    found = told([*before, *after], "PAYS")
    assert (found.jump, found.distributions, found.first) == (None, 1, MONDAY)
    assert found.factor == pytest.approx(1.00585 * 0.99 * 1.01, rel=1e-5)


def test_a_step_of_a_coarse_grid_is_no_break() -> None:
    days = (0, 20, 21, 60)
    coins = (0.0100, 0.0100, 0.0101, 0.0101)
    rows = [holding(MONDAY + timedelta(day), one) for day, one in zip(days, coins, strict=True)]
    assert told(rows).jump is None


def test_a_move_too_near_to_the_end_leaves_the_yield_unknown() -> None:
    rows = [*growing(range(0, 60, 2)), holding(MONDAY + timedelta(60), 0.09)]
    why = refused(rows)
    assert "0 days of coins per share since coins per share fell" in why
    assert str(MONDAY + timedelta(60)) in why


@given(
    st.floats(min_value=-1e-4, max_value=3e-4),
    st.integers(min_value=30, max_value=400),
)
def test_rounding_moves_a_yield_by_no_more_than_its_error(daily: float, days: int) -> None:
    start = 0.13
    exact = start * (1 + daily * days)
    rows = [holding(MONDAY, start), holding(MONDAY + timedelta(days), round(exact, 6))]
    found = delivery(product("PLAIN"), rows, as_of=date(2030, 1, 1))
    assert isinstance(found, Delivered)
    step = max(found.step, 1e-6)
    allowed = step / start * 365 / days
    assert abs(found.simple - daily * 365) <= allowed * 0.51 + 1e-12


def test_yields_are_by_ticker_and_unknown_ones_left_out() -> None:
    history = History(
        holdings={
            "PLAIN": tuple(growing([0, 60])),
            "PAYS": tuple(growing([0, 60])),
            "STRANGER": tuple(growing([0, 60])),
        }
    )
    assert set(delivered(history, catalogue_of(CATALOGUE), TODAY)) == {"PLAIN"}


# Real funds


@pytest.fixture(scope="module")
def captured(shared: Path) -> dict[str, list[Holding]]:
    found: dict[str, list[Holding]] = {}
    with (shared / "data" / "holdings.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            coins, nav = float(row["coins_per_share"]), float(row["nav_usd"])
            day = date.fromisoformat(row["date"])
            found.setdefault(row["ticker"], []).append(holding(day, coins, nav))
    return found


def test_bsol_delivered_5_56_percent_over_149_days(captured: dict[str, list[Holding]]) -> None:
    found = told(captured["BSOL"], window=149)
    assert (found.first, found.last) == (date(2026, 3, 24), date(2026, 8, 20))
    assert found.simple == pytest.approx(0.05561143316935816, abs=1e-9)
    assert found.compound == pytest.approx(0.05652961726764971, abs=1e-9)
    assert found.error == pytest.approx(0.0000183, abs=1e-7)


def test_etha_delivered_its_fee_within_the_grid(captured: dict[str, list[Holding]]) -> None:
    found = told(captured["ETHA"], window=165)
    assert found.last == date(2026, 8, 21)
    assert found.step == BASKET_STEP
    assert found.simple == pytest.approx(-0.0025, abs=0.00005)
    assert found.error == pytest.approx(0.00007, abs=0.00001)


def test_ibit_delivered_its_fee_within_its_error(captured: dict[str, list[Holding]]) -> None:
    found = told(captured["IBIT"])
    assert abs(found.simple + 0.0025) <= found.error
    assert found.error == pytest.approx(0.001, abs=0.0001)


def test_the_fall_of_ethb_on_its_ex_date_is_seen(captured: dict[str, list[Holding]]) -> None:
    assert "fell 0.12% on 2026-08-10" in refused(captured["ETHB"])
