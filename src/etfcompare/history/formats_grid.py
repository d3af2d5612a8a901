"""Formats that come as rows and columns: Farside, CoinShares, issuers, TradingView, our own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Final, NamedTuple

from etfcompare.errors import UnreadableError, UsageError
from etfcompare.history.foreign import Asked, Figure, Findings, Unit
from etfcompare.history.grids import Row
from etfcompare.history.rows import FLOWS, HOLDINGS, PRICES, Scope
from etfcompare.history.series import Period, PeriodKind

Grid = Sequence[Row]
"""Rows that each hold something."""

_TICKER: Final = re.compile(r"(?=.*[A-Z])[A-Z0-9][A-Z0-9.-]{0,15}")
_LEFT_OUT: Final = frozenset({"fee", "seed", "average", "maximum", "minimum", "max", "min"})
_NAMED: Final = {
    "ticker": Scope.PRODUCT,
    "product": Scope.PRODUCT,
    "asset": Scope.ASSET,
    "country": Scope.COUNTRY,
    "issuer": Scope.ISSUER,
    "provider": Scope.ISSUER,
}
"""Headings of columns of names, and whose they are; the first there is counts."""
_PERIODS: Final = ("period", "date", "day", "week", "month", "week_ending", "time")
_MILLIONS: Final = re.compile(r"us[d$][_ ]?m(?:illions?)?\b|\$m\b|million")
_DOLLARS: Final = re.compile(r"us[d$]|\$")
_FLOW: Final = "net_flow_usd"
_LONGEST_GAP: Final = 5
"""Days between two counts of shares whose change is a day's flow: a long weekend and one more."""
_SPLIT_STEP: Final = Decimal("1.5")
_SPLIT_SLACK: Final = Decimal("0.2")


def words_of(row: Row) -> tuple[str, ...]:
    """Return headings as they are compared."""
    return tuple(cell.casefold() for cell in row.cells)


def unit_in(heading: str) -> Unit | None:
    """Return the unit that a heading states, as `net_flow_usd_m` and `Flows (US$m)` do."""
    plain = heading.casefold()
    if _MILLIONS.search(plain):
        return Unit.MILLIONS
    return Unit.DOLLARS if _DOLLARS.search(plain) else None


# Farside: a row for each day, a column for each fund


def is_farside(grid: Grid, _table: str) -> bool:
    """Tell whether rows are a table of days by tickers, with a total or a row of fees."""
    headings = next((row for row in grid if _is_heading(row)), None)
    if headings is None:
        return False
    firsts = {words_of(row)[0] for row in grid}
    return "fee" in firsts or _total_at(headings) is not None


def read_farside(grid: Grid, _asked: Asked, findings: Findings) -> None:
    """Read flows by day and fund; a dash is a fund that has not reported."""
    findings.unit = Unit.MILLIONS
    table = _Wide(findings)
    for row in grid:
        table.take(row)
    table.close()


class _Wide:
    """Reads the rows of one table after another."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._names: tuple[str, ...] = ()
        self._total: int | None = None
        self._begun = 0
        self._left_out: list[str] = []
        self._columns: list[str] = []
        self._above = 0

    def take(self, row: Row) -> None:
        label = row.cells[0].casefold()
        if _is_heading(row):
            self._total, self._names = _total_at(row, self._total), row.cells
            self._begun = len(self._findings.figures)
        elif not self._names:
            self._total = _total_at(row)
            self._above += 1
        elif label in _LEFT_OUT:
            self._left_out.append(row.cells[0])
        elif label == "total":
            self._check_columns(row)
        elif len(row.cells) != len(self._names):
            self._findings.reject(
                row.line, f"{len(row.cells)} cells stand under {len(self._names)} headings"
            )
        elif (period := self._findings.day(row.line, row.cells[0])) is not None:
            total = row.cells[self._total] if self._total is not None else ""
            cells = [(self._names[at], row.cells[at]) for at in self._places()]
            self._findings.across(row.line, period, cells, total)

    def close(self) -> None:
        """Say what was left out.

        Raises:
            UnreadableError: No row heads tickers.
        """
        if not self._names:
            raise UnreadableError("no row heads tickers, as Date,IBIT,FBTC,Total does")
        if self._above:
            rows = "1 row" if self._above == 1 else f"{self._above:,} rows"
            self._findings.notes.append(f"left out, above the tickers: {rows}")
        if self._left_out:
            rows = ", ".join(dict.fromkeys(self._left_out))
            self._findings.notes.append(f"left out, being no flows of a day: {rows}")
        self._findings.notes += self._columns

    def _places(self) -> Iterator[int]:
        for at, name in enumerate(self._names):
            if at and name and at != self._total:
                yield at

    def _check_columns(self, row: Row) -> None:
        """Compare the sums of the columns; a part of a table differs in most of them."""
        findings = self._findings
        before, wrong = len(findings.sums), list[str]()
        for at in self._places():
            if at < len(row.cells):
                name = self._names[at]
                parts = [one.value for one in findings.figures[self._begun :] if one.name == name]
                findings.check_sum(row.line, name, parts, row.cells[at])
                if len(findings.sums) > before:
                    findings.sums.pop()
                    wrong.append(name)
        if wrong:
            self._columns.append(
                f"line {row.line:,}: the row Total is not the sum of the days here for "
                f"{', '.join(wrong)}; it counts days that are not in this file"
            )


def _is_heading(row: Row) -> bool:
    names = [cell for cell in row.cells[1:] if cell and cell.casefold() != "total"]
    return (
        words_of(row)[0] in {"", "date"}
        and bool(names)
        and all(_TICKER.fullmatch(name) for name in names)
    )


def _total_at(row: Row, otherwise: int | None = None) -> int | None:
    """Return the column of totals: headed so, or the last one under an empty heading."""
    words = words_of(row)
    if "total" in words[1:]:
        return words.index("total", 1)
    if otherwise is not None:
        return otherwise
    return len(words) - 1 if len(words) > 1 and not words[-1] and any(words) else None


# CoinShares: a table by asset and one by country, of one week


def is_coinshares(grid: Grid, _table: str) -> bool:
    """Tell whether there is a table of flows in a week by asset, country or provider."""
    return any(_coinshares_column(row) is not None for row in grid)


def read_coinshares(grid: Grid, asked: Asked, findings: Findings) -> None:
    """Read the flows of a week by asset and by country.

    Raises:
        UsageError: Nobody says which week.
    """
    if asked.week is None:
        raise UsageError("the file does not say which week: add --week 2026-01-23, its Friday")
    for heading, column, rows in _sections(grid, findings):
        scope = _NAMED[words_of(heading)[0]]
        findings.states(unit_in(heading.cells[column]))
        start, total = len(findings.figures), None
        for row in rows:
            if len(row.cells) <= column:
                findings.reject(row.line, f"has no cell under {heading.cells[column]}")
            elif words_of(row)[0] == "total":
                total = row
            else:
                findings.figure(row.line, asked.week, scope, row.cells[0], _FLOW, row.cells[column])
        if total is not None:
            parts = [one.value for one in findings.figures[start:]]
            findings.check_sum(total.line, f"flows by {scope}", parts, total.cells[column])


def _sections(grid: Grid, findings: Findings) -> Iterator[tuple[Row, int, list[Row]]]:
    """Give each table: its headings, the column of flows, and its rows."""
    heading, column, rows = None, 0, list[Row]()
    for row in grid:
        at = _coinshares_column(row)
        if at is None and heading is None:
            findings.reject(row.line, "stands under no heading as Asset, Country or Provider")
        elif at is None:
            rows.append(row)
        else:
            if heading is not None:
                yield heading, column, rows
            heading, column, rows = row, at, []
    if heading is not None:
        yield heading, column, rows


def _coinshares_column(row: Row) -> int | None:
    """Return the column of the week's flows if a row heads such a table."""
    words = words_of(row)
    if words[0] not in _NAMED or words[0] == "ticker":
        return None
    flows = [at for at, word in enumerate(words) if at and "flow" in word and " " in word]
    return next((at for at in flows if "week" in words[at]), flows[0] if flows else None)


# Issuers: shares outstanding and net asset value


class _Count(NamedTuple):
    """What an issuer says of one day."""

    line: int
    period: Period
    shares: Decimal
    nav: Decimal


def is_shares_and_nav(grid: Grid, _table: str) -> bool:
    """Tell whether the first row heads shares and net asset values by day."""
    return _shares_columns(grid) is not None


def read_shares_and_nav(grid: Grid, asked: Asked, findings: Findings) -> None:
    """Read what an issuer says of a fund, as holdings or as the flows that follow.

    A flow is the change in shares times the net asset value (methodology section 4, M2).
    """
    columns = _shares_columns(grid)
    if columns is None:
        raise UsageError("the file has no columns for date, shares and NAV")
    day_at, ticker_at, shares_at, nav_at, assets_at = columns
    by_fund: dict[str, list[_Count]] = {}
    for row in _body(grid, findings):
        period = findings.day(row.line, row.cells[day_at])
        shares = findings.amount(row.line, row.cells[shares_at], "shares")
        nav = findings.amount(row.line, row.cells[nav_at], "NAV")
        if period is None or shares is None or nav is None:
            continue
        if shares < 0 or nav <= 0:
            findings.reject(row.line, "shares or NAV are below zero; correct them")
            continue
        name = row.cells[ticker_at] if ticker_at is not None else ""
        by_fund.setdefault(name, []).append(_Count(row.line, period, shares, nav))
        if assets_at is not None and (assets := row.cells[assets_at]):
            _check_assets(findings, by_fund[name][-1], assets)
    for name, counts in by_fund.items():
        counts.sort(key=lambda one: one.period)
        if asked.table == HOLDINGS.name:
            for one in counts:
                at = (one.line, one.period, Scope.PRODUCT, name)
                findings.figures.append(Figure(*at, "shares", one.shares))
                findings.figures.append(Figure(*at, "nav_usd", one.nav))
        else:
            _flows_of_shares(findings, name, counts)


def _flows_of_shares(findings: Findings, name: str, counts: list[_Count]) -> None:
    """Take flows as change in shares times net asset value."""
    findings.unit = Unit.DOLLARS
    findings.notes.append(
        "flow = change in shares x NAV; the first day has none, for want of the day before"
    )
    for before, after in pairwise(counts):
        is_weekend = after.period.last_day.isoweekday() > 5  # noqa: PLR2004 - Friday
        if is_weekend and before[2:] == after[2:]:
            continue
        days = after.period.last - before.period.last
        if days > _LONGEST_GAP:
            findings.reject(
                after.line,
                f"the count before is of {before.period}, {days} days earlier: "
                "the change is no flow of one day",
            )
            continue
        if _is_split(before, after):
            findings.reject(
                after.line,
                f"shares go from {before.shares:,f} to {after.shares:,f} and NAV the other way: "
                "a split, no flow; nothing is taken for this day",
            )
            continue
        flow = (after.shares - before.shares) * after.nav
        findings.figures.append(Figure(after.line, after.period, Scope.PRODUCT, name, _FLOW, flow))


def _is_split(before: _Count, after: _Count) -> bool:
    if not before.shares or not after.shares:
        return False
    shares, nav = after.shares / before.shares, after.nav / before.nav
    return max(shares, 1 / shares) >= _SPLIT_STEP and abs(shares * nav - 1) < _SPLIT_SLACK


def _check_assets(findings: Findings, count: _Count, text: str) -> None:
    """Compare net assets with shares times NAV, as far as a rounded NAV lets them differ."""
    assets = findings.amount(count.line, text, "net assets")
    if assets is not None and abs(assets / (count.shares * count.nav or 1) - 1) > Decimal("0.005"):
        product = count.shares * count.nav
        findings.notes.append(
            f"line {count.line:,}: net assets of {assets:,.0f} are not shares x NAV, {product:,.0f}"
        )


def _shares_columns(grid: Grid) -> tuple[int, int | None, int, int, int | None] | None:
    words = words_of(grid[0]) if grid else ()
    day = _first_at(words, _PERIODS)
    shares = next((at for at, one in enumerate(words) if one.startswith("shares")), None)
    nav = next((at for at, one in enumerate(words) if one in {"nav", "nav_usd", "nav (usd)"}), None)
    if day is None or shares is None or nav is None:
        return None
    return day, _first_at(words, ("ticker",)), shares, nav, _first_at(words, ("net_assets",))


# TradingView: one number a day


def is_tradingview(grid: Grid, _table: str) -> bool:
    """Tell whether the first row heads days and one total, or days and closes."""
    words = words_of(grid[0]) if grid else ()
    return words[:1] in {("date",), ("time",)} and ("close" in words or words[1:] == ("total",))


def read_tradingview(grid: Grid, asked: Asked, findings: Findings) -> None:
    """Read one number a day: the flows of all funds of an asset, or its closes."""
    words = words_of(grid[0])
    wanted = "close" if asked.table == PRICES.name else "total"
    if wanted not in words:
        raise UsageError(f'the file has no column "{wanted}", as {asked.table} need')
    column = words.index(wanted)
    scope = asked.scope or Scope.ASSET
    into = "close_usd" if asked.table == PRICES.name else _FLOW
    for row in _body(grid, findings):
        period = findings.day(row.line, row.cells[0])
        if period is not None:
            findings.figure(row.line, period, scope, "", into, row.cells[column])


# Our own: a row for each fact


def is_tidy(grid: Grid, table: str) -> bool:
    """Tell whether the first row heads a period, a name and a number of a table of ours."""
    words = words_of(grid[0]) if grid else ()
    has_name = "name" in words or any(one in words for one in _NAMED)
    return has_name and _first_at(words, _PERIODS) is not None and bool(_measures(words, table))


def read_tidy(grid: Grid, asked: Asked, findings: Findings) -> None:
    """Read rows of period, name and number, as our own tables have them.

    Raises:
        UsageError: Nobody says whose flows they are, or there is nothing for the table.
    """
    words = words_of(grid[0])
    period_at = _first_at(words, _PERIODS)
    measures = _measures(words, asked.table)
    name_at = _first_at(words, ("name", *_NAMED))
    if period_at is None or name_at is None or not measures:
        wanted = ", ".join(_columns(asked.table))
        raise UsageError(f"the file has nothing for {asked.table}: name columns {wanted}")
    kind = PeriodKind.WEEK if words[period_at] == "week_ending" else PeriodKind.DAY
    scope_at = _first_at(words, ("scope", "kind"))
    fixed = asked.scope or _NAMED.get(words[name_at])
    is_flows = asked.table == FLOWS.name
    if is_flows:
        findings.states(unit_in(words[measures[_FLOW]]))
    if is_flows and fixed is None and scope_at is None:
        raise UsageError("the file does not say whose flows these are: add --scope product")
    totals: list[tuple[Row, Period, Scope]] = []
    for row in _body(grid, findings):
        period = findings.day(row.line, row.cells[period_at], kind)
        scope = fixed or Scope.PRODUCT
        if is_flows and scope_at is not None:
            said = _scope(findings, row, scope_at)
            period, scope = (None, scope) if said is None else (period, said)
        if period is not None and row.cells[name_at].casefold() == "total":
            totals.append((row, period, scope))
        elif period is not None:
            for into, at in measures.items():
                findings.figure(row.line, period, scope, row.cells[name_at], into, row.cells[at])
    _check_totals(findings, totals, measures.get(_FLOW, 0))


def _check_totals(findings: Findings, totals: Sequence[tuple[Row, Period, Scope]], at: int) -> None:
    """Compare the figures of each period with the row that is named Total."""
    parts: dict[tuple[Period, Scope], list[Decimal]] = {}
    for one in findings.figures:
        parts.setdefault((one.period, one.scope), []).append(one.value)
    for row, period, scope in totals:
        known = parts.get((period, scope), [])
        findings.check_sum(row.line, f"{period} by {scope}", known, row.cells[at])


def _scope(findings: Findings, row: Row, at: int) -> Scope | None:
    word = row.cells[at].casefold()
    scope = _NAMED.get(word)
    if scope is None:
        findings.reject(row.line, f'"{word[:40]}" is none of {", ".join(Scope)}')
    return scope


def _columns(table: str) -> tuple[str, ...]:
    """Return the numbers that a row of one of our tables holds."""
    return {
        FLOWS.name: FLOWS.header[FLOWS.keys :],
        PRICES.name: PRICES.header[PRICES.keys :],
        HOLDINGS.name: HOLDINGS.header[HOLDINGS.keys :],
    }[table]


def _measures(words: Sequence[str], table: str) -> dict[str, int]:
    """Return which column holds which number of a table."""
    starts = {_FLOW: ("net_flow", "flow"), "close_usd": ("close",), "nav_usd": ("nav",)}
    starts["distribution_usd"] = ("distribution",)
    found: dict[str, int] = {}
    for into in _columns(table):
        for at, word in enumerate(words):
            if word.startswith(starts.get(into, (into,))):
                found.setdefault(into, at)
    return found


# Shared


def _first_at(words: Sequence[str], wanted: Sequence[str]) -> int | None:
    return next((words.index(one) for one in wanted if one in words), None)


def _whole(grid: Grid) -> Iterator[Row]:
    """Give the rows under the headings that have a cell for each."""
    width = len(grid[0].cells)
    return (row for row in grid[1:] if len(row.cells) == width)


def _body(grid: Grid, findings: Findings) -> Iterator[Row]:
    """Give the rows under the headings; refuse those with more or fewer cells."""
    width = len(grid[0].cells)
    for row in grid[1:]:
        if len(row.cells) == width:
            yield row
        else:
            findings.reject(row.line, f"{len(row.cells)} cells stand under {width} headings")


def week_in(name: str) -> date | None:
    """Return the day that the name of a file holds, as `coinshares_week_2026-01-23.csv`."""
    found = re.search(r"(?<![0-9])(20[0-9]{2})-?([0-9]{2})-?([0-9]{2})(?![0-9])", name)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None
