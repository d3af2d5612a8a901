"""Derive the shipped files of past flows, prices and holdings from the daily data behind them.

    python scripts/derive_history.py DATA [HISTORY]

DATA is a folder with the daily files `flows_daily.csv`, `flows_weekly_coinshares.csv`,
`prices_daily.csv` and `holdings.csv`; HISTORY is where the three files go, `history` unless given.
What is derived, and from whose data, stands in `history/README.md`.
"""

from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from etfcompare.history.rows import (
    FLOWS,
    HOLDINGS,
    PRICES,
    FlowRow,
    HoldingRow,
    PriceRow,
    Scope,
    text_of,
)
from etfcompare.history.series import Period, PeriodKind, period_holding

WEEKS = 104
"""Weeks of flows of each fund."""
FRIDAY = 5
FIRST_CLOSE = date(2024, 3, 22)
"""The first Friday from which the closes of all assets are of one source."""
MILLION = 1_000_000


def main() -> None:
    """Read the daily files and write the three derived ones."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder of the daily files")
    parser.add_argument("history", type=Path, nargs="?", default=Path("history"))
    options = parser.parse_args()
    for name, text in derived(options.data).items():
        (options.history / name).write_text(text, encoding="utf-8", newline="\n")


def derived(folder: Path) -> dict[str, str]:
    """Return the text of each shipped file by its name.

    Args:
        folder: That of the daily files.
    """
    return {
        "flows.csv": text_of(FLOWS, [*fund_weeks(folder), *published_weeks(folder)]),
        "prices.csv": text_of(PRICES, weekly_closes(folder)),
        "holdings.csv": text_of(HOLDINGS, month_ends(folder)),
    }


def fund_weeks(folder: Path) -> Iterator[FlowRow]:
    """Sum the flows of each fund by ISO week, up to the last week that is whole for every asset."""
    newest: dict[str, date] = {}
    sums: defaultdict[tuple[Period, str], Decimal] = defaultdict(Decimal)
    for row in _rows(folder / "flows_daily.csv"):
        day = date.fromisoformat(row["date"])
        newest[row["asset"]] = max(day, newest.get(row["asset"], day))
        week = period_holding(day, PeriodKind.WEEK)
        sums[week, row["ticker"]] += Decimal(row["net_flow_usd_m"])
    complete = min(newest.values())
    last = period_holding(complete - timedelta(days=FRIDAY - 1), PeriodKind.WEEK).last
    for (week, ticker), millions in sums.items():
        if last - 7 * WEEKS < week.last <= last:
            yield FlowRow(week, Scope.PRODUCT, ticker, float(millions * MILLION))


def published_weeks(folder: Path) -> Iterator[FlowRow]:
    """Return the weeks that CoinShares published, without totals, which take in unlisted names."""
    for row in _rows(folder / "flows_weekly_coinshares.csv"):
        if row["name"] != "Total":
            week = period_holding(date.fromisoformat(row["week_ending"]), PeriodKind.WEEK)
            flow = float(Decimal(row["net_flow_usd_m"]) * MILLION)
            yield FlowRow(week, Scope(row["kind"]), row["name"], flow)


def weekly_closes(folder: Path) -> Iterator[PriceRow]:
    """Return the close of each Friday, or the last one before it in that week."""
    found: dict[tuple[Period, str], PriceRow] = {}
    for row in _rows(folder / "prices_daily.csv"):
        day = date.fromisoformat(row["date"])
        if day >= FIRST_CLOSE and day.isoweekday() <= FRIDAY:
            week = period_holding(day, PeriodKind.WEEK)
            found[week, row["asset"]] = PriceRow(day, row["asset"], float(row["close_usd"]))
    yield from found.values()


def month_ends(folder: Path) -> Iterator[HoldingRow]:
    """Return the last day of each month on which a fund was captured, and its very first."""
    by_month: dict[tuple[str, str], HoldingRow] = {}
    firsts: dict[str, HoldingRow] = {}
    for row in _rows(folder / "holdings.csv"):
        holding = HoldingRow(
            day=date.fromisoformat(row["date"]),
            ticker=row["ticker"],
            shares=float(row["shares_outstanding"]),
            coins_per_share=float(row["coins_per_share"]),
            nav_usd=float(row["nav_usd"]),
            distribution_usd=None,
        )
        firsts.setdefault(holding.ticker, holding)
        by_month[holding.ticker, row["date"][:7]] = holding
    yield from {*firsts.values(), *by_month.values()}


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


if __name__ == "__main__":
    main()
