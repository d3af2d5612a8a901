"""What in past flows is doubted, and what is not."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from conftest import TODAY, TOP
from etfcompare.catalogue.document import Document
from etfcompare.catalogue.reader import read
from etfcompare.catalogue.schema import Catalogue
from etfcompare.history.checks import Doubt, DoubtKind, doubts_of
from etfcompare.history.rows import Scope
from etfcompare.history.series import PeriodKind, Series, period_of, series_of
from etfcompare.history.shifts import shift_between, shift_doubt
from etfcompare.history.tables import History, read_history
from strategies import catalogue_of

ISSUERS = {
    "bitwise": "XRP",
    "canary": "XRPC",
    "franklin": "XRPZ",
    "grayscale": "GXRP",
    "twentyOneShares": "TOXR",
}
Flows = dict[str, dict[str, float]]
"""Dollars, by ticker and period."""


def doubts_in(flows: Mapping[str, Mapping[str, float]], catalogue: Catalogue) -> tuple[Doubt, ...]:
    series = {
        (Scope.PRODUCT, ticker): series_of((period_of(day), flow) for day, flow in found.items())
        for ticker, found in flows.items()
        if found
    }
    return doubts_of(History(flows=series), catalogue)


def funds(*tickers: str, country: str = "US", since: str = "2024-01-11") -> Catalogue:
    """A catalogue of funds on bitcoin."""
    return catalogue_of(
        "assets: {BTC: {name: Bitcoin}}\nproducts:\n"
        + "".join(
            f"- {{ticker: {ticker}, asset: BTC, listing: {{country: {country}, since: {since}}}}}\n"
            for ticker in tickers
        )
    )


def weekdays(count: int, first: date = date(2026, 7, 6)) -> list[str]:
    days = (first + timedelta(days=number) for number in range(2 * count))
    return [day.isoformat() for day in days if day.isoweekday() <= 5][:count]


@pytest.fixture(scope="module")
def shipped(catalogue_path: Path) -> Catalogue:
    return read(Document.parse(catalogue_path.read_bytes()), today=TODAY).catalogue


# Real files


def test_the_daily_flows_are_doubted_only_where_they_are_known_to_be_incomplete(
    shared: Path, shipped: Catalogue
) -> None:
    flows: Flows = {}
    with (shared / "data" / "flows_daily.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            flows.setdefault(row["ticker"], {})[row["date"]] = float(row["net_flow_usd_m"]) * 1e6
    found = doubts_in(flows, shipped)
    assert {one.kind for one in found} == {DoubtKind.UNREPORTED}
    assert {one.tickers for one in found if one.day == date(2026, 10, 2)} == {("ETHA",), ("IBIT",)}


def test_made_up_rows_and_what_was_not_reported_are_doubted(
    shared: Path, shipped: Catalogue
) -> None:
    text = (shared / "data" / "raw" / "dashboard_btc_flows_slice.json").read_text()
    flows: Flows = {}
    for day in json.loads(text)["daily_flows"]:
        for ticker, millions in day["flows"].items():
            flows.setdefault(ticker, {})[day["date"]] = millions * 1e6
    holiday, newest = doubts_in(flows, shipped)
    assert (holiday.kind, holiday.day) == (DoubtKind.CLOSED, date(2025, 11, 27))
    assert "flows of -$182M on a day when the exchange was closed" in holiday.message
    assert (newest.kind, newest.day) == (DoubtKind.UNREPORTED, date(2026, 8, 21))
    assert "IBIT" in newest.tickers


def test_repeated_holidays_and_weekends_are_doubted_at_an_old_price_or_a_new(
    shared: Path, shipped: Catalogue
) -> None:
    text = (shared / "data" / "raw" / "cryptoetf_today_xrp_slice.json").read_text()
    flows: Flows = {ticker: {} for ticker in ISSUERS.values()}
    for day in json.loads(text)["rows"]:
        for issuer, ticker in ISSUERS.items():
            flows[ticker][day["date"]] = day[issuer] * 1e6
    found = doubts_in(flows, shipped)
    days = [date(2026, 1, 1), date(2026, 1, 3), date(2026, 1, 31)]
    for kind in (DoubtKind.CLOSED, DoubtKind.REPEATED):
        assert [one.day for one in found if one.kind is kind] == days
    repeated = [one.message for one in found if one.kind is DoubtKind.REPEATED]
    assert "repeat those of the day before" in repeated[0]
    assert "at one other price" in repeated[2]


def test_the_shipped_flows_are_not_doubted(shipped: Catalogue) -> None:
    assert doubts_of(read_history(shipped, TOP), shipped) == ()


# Days without trading


@pytest.mark.parametrize("day", ["2026-01-01", "2026-04-03", "2025-11-27", "2026-01-24"])
def test_a_flow_on_a_holiday_or_a_weekend_is_doubted(day: str) -> None:
    (found,) = doubts_in({"A": {day: 5e6}}, funds("A"))
    assert (found.kind, found.day.isoformat(), found.tickers) == (DoubtKind.CLOSED, day, ("A",))
    assert found.message.startswith("A has flows of +$5.00M on a day when the exchange was closed")


@pytest.mark.parametrize("day", ["2026-01-02", "2025-11-28"])
def test_a_flow_on_a_day_of_trading_is_not_doubted(day: str) -> None:
    assert doubts_in({"A": {day: 5e6}}, funds("A")) == ()


def test_zeros_weeks_and_other_countries_know_no_holiday() -> None:
    assert doubts_in({"A": {"2026-01-01": 0}}, funds("A")) == ()
    assert doubts_in({"A": {"2025-W52": 5e6}}, funds("A")) == ()
    assert doubts_in({"A": {"2026-01-01": 5e6}}, funds("A", country="CH")) == ()


def test_a_day_beyond_every_calendar_is_not_doubted() -> None:
    assert doubts_in({"A": {"9999-01-01": 5e6}}, funds("A")) == ()


def test_the_calendar_is_loaded_for_daily_flows_only() -> None:
    code = (
        "import sys; from etfcompare.history.checks import doubts_of\n"
        "from etfcompare.history.tables import History\n"
        "from etfcompare.catalogue.schema import Catalogue\n"
        "doubts_of(History(), Catalogue())\n"
        "sys.exit(bool({'exchange_calendars', 'pandas', 'numpy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("early", "period"), [("2024-01-09", "1 day"), ("2024-W01", "1 week"), ("2023-12", "1 month")]
)
def test_flows_before_the_listing_are_doubted(early: str, period: str) -> None:
    (found,) = doubts_in({"A": {early: 5e6}}, funds("A"))
    assert found.kind is DoubtKind.EARLY
    assert found.message == f"A has flows in {period} before it was listed on 2024-01-11"


def test_the_first_day_and_nothing_before_it_are_not_doubted() -> None:
    assert doubts_in({"A": {"2024-01-10": 0, "2024-01-11": 5e6}}, funds("A")) == ()
    assert doubts_in({"A": {"2024-W02": 5e6}}, funds("A")) == ()


# Copies, gaps and units


def test_two_equal_flows_among_many_are_chance() -> None:
    before, after = weekdays(2)
    same = {ticker: {before: 1e6, after: 1e6} for ticker in "AB"}
    other = {ticker: {before: 1e6, after: 2e6 + 1e6 * number} for number, ticker in enumerate("CD")}
    catalogue = funds(*"ABCD")
    assert doubts_in(same | other, catalogue) == ()
    (found,) = doubts_in(same, catalogue)
    assert (found.kind, found.tickers) == (DoubtKind.REPEATED, ("A", "B"))


def test_days_without_any_flow_do_not_repeat_each_other() -> None:
    flows = {ticker: dict.fromkeys(weekdays(5), 0.0) for ticker in "ABC"}
    assert doubts_in(flows, funds(*"ABC")) == ()


@pytest.mark.parametrize(("zeros", "doubted"), [(1, 1), (2, 2), (3, 2)])
def test_a_zero_is_doubted_only_where_it_is_new(zeros: int, doubted: int) -> None:
    days = weekdays(30)
    flow = {day: 1e6 + number for number, day in enumerate(days)}
    found = doubts_in({"A": flow | dict.fromkeys(days[-zeros:], 0.0)}, funds("A"))
    assert {one.kind for one in found} == {DoubtKind.UNREPORTED}
    assert [one.day.isoformat() for one in found] == days[-doubted:]


def test_a_fund_that_rarely_has_a_flow_may_have_none() -> None:
    days = weekdays(30)
    flow = {day: 1e6 + number if number % 2 else 0.0 for number, day in enumerate(days)}
    assert doubts_in({"A": flow | {days[-1]: 0.0}}, funds("A")) == ()


@pytest.mark.parametrize(
    ("factor", "said"),
    [(1e6, "1,000,000 times its usual size of $1.00M"), (1e-6, "1,000,000 times below its usual")],
)
def test_a_flow_in_another_unit_is_doubted(factor: float, said: str) -> None:
    days = weekdays(31)
    flow = {day: 1e6 * (1 if number % 2 else -1) for number, day in enumerate(days)}
    (found,) = doubts_in({"A": flow | {days[7]: 1e6 * factor}}, funds("A"))
    assert (found.kind, found.day.isoformat()) == (DoubtKind.JUMP, days[7])
    assert said in found.message


def test_a_record_is_not_another_unit() -> None:
    days = weekdays(30)
    flow = dict.fromkeys(days, 1e6) | {days[7]: 500e6, days[9]: 100}
    assert doubts_in({"A": flow}, funds("A")) == ()


# Two sources


def daily(flows: list[float], first: int = 0) -> Series:
    days = [date.fromisoformat(day).toordinal() for day in weekdays(len(flows) + first)]
    return Series(days[first:], flows, PeriodKind.DAY)


@pytest.mark.parametrize("lag", [-3, -1, 1, 2])
def test_a_source_that_dates_otherwise_is_found_out(lag: int) -> None:
    chance = Random(4)  # noqa: S311 - flows that repeat
    flows = [chance.gauss(0, 1e8) for _ in range(60)]
    ours, theirs = daily(flows, first=max(-lag, 0)), daily(flows, first=max(lag, 0))
    shift = shift_between(ours, theirs)
    assert shift is not None
    assert (shift.lag, round(shift.correlation, 9)) == (lag, 1)
    doubt = shift_doubt("IBIT", ours, theirs)
    assert doubt is not None
    assert f"{abs(lag)} day{'s' * (abs(lag) > 1)} of trading {'late' if lag > 0 else 'early'}" in (
        doubt.message
    )


def test_sources_that_agree_or_have_nothing_to_do_with_each_other_are_not_shifted() -> None:
    chance = Random(4)  # noqa: S311 - flows that repeat
    flows = [chance.gauss(0, 1e8) for _ in range(60)]
    near = [flow + chance.gauss(0, 1e6) for flow in flows]
    other = [chance.gauss(0, 1e8) for _ in range(60)]
    assert shift_doubt("A", daily(flows), daily(near)) is None
    assert shift_doubt("A", daily(flows), daily(other)) is None


def test_too_little_tells_nothing_about_a_shift() -> None:
    flows = [1.0, 2.0, 3.0]
    assert shift_between(daily(flows), daily(flows)) is None
    assert shift_between(daily([1.0] * 40), daily([1.0] * 40)) is None
    assert shift_doubt("A", daily([]), daily(flows)) is None
