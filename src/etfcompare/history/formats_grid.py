"""Formats of rows and columns: CoinShares, TradingView, our own; and what all such share."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from etfcompare.errors import UsageError
from etfcompare.history.foreign import Asked, Findings, Unit
from etfcompare.history.grids import Row
from etfcompare.history.rows import FLOWS, HOLDINGS, PRICES, Scope
from etfcompare.history.series import Period, PeriodKind

Grid = Sequence[Row]
"""Rows that each hold something."""

_NAMED: Final = {
    "ticker": Scope.PRODUCT,
    "product": Scope.PRODUCT,
    "asset": Scope.ASSET,
    "country": Scope.COUNTRY,
    "issuer": Scope.ISSUER,
    "provider": Scope.ISSUER,
}
"""Headings of columns of names, and whose they are; the first there is counts."""
PERIODS: Final = ("period", "date", "day", "week", "month", "week_ending", "time")
"""Headings of columns of time."""
_MILLIONS: Final = re.compile(r"us[d$][_ ]?m(?:illions?)?\b|\$m\b|million")
_DOLLARS: Final = re.compile(r"us[d$]|\$")
FLOW: Final = "net_flow_usd"
"""The column that flows go to."""


def words_of(row: Row) -> tuple[str, ...]:
    """Return headings as they are compared."""
    return tuple(cell.casefold() for cell in row.cells)


def unit_in(heading: str) -> Unit | None:
    """Return the unit that a heading states, as `net_flow_usd_m` and `Flows (US$m)` do."""
    plain = heading.casefold()
    if _MILLIONS.search(plain):
        return Unit.MILLIONS
    return Unit.DOLLARS if _DOLLARS.search(plain) else None


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
                findings.totals += 1
            else:
                findings.figure(row.line, asked.week, scope, row.cells[0], FLOW, row.cells[column])
        if total is not None:
            parts = [one.value for one in findings.figures[start:]]
            findings.check_sum(
                total.line, f"flows by {scope}", parts, total.cells[column], takes_in_more=True
            )


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
    into = "close_usd" if asked.table == PRICES.name else FLOW
    for row in body_of(grid, findings):
        period = findings.day(row.line, row.cells[0])
        if period is not None:
            findings.figure(row.line, period, scope, "", into, row.cells[column])


# Our own: a row for each fact


def is_tidy(grid: Grid, table: str) -> bool:
    """Tell whether the first row heads a period, a name and a number of a table of ours."""
    words = words_of(grid[0]) if grid else ()
    has_name = "name" in words or any(one in words for one in _NAMED)
    return has_name and first_at(words, PERIODS) is not None and bool(_measures(words, table))


def read_tidy(grid: Grid, asked: Asked, findings: Findings) -> None:
    """Read rows of period, name and number, as our own tables have them.

    Raises:
        UsageError: Nobody says whose flows they are, or there is nothing for the table.
    """
    words = words_of(grid[0])
    period_at = first_at(words, PERIODS)
    measures = _measures(words, asked.table)
    name_at = first_at(words, ("name", *_NAMED))
    if period_at is None or name_at is None or not measures:
        wanted = ", ".join(_columns(asked.table))
        raise UsageError(f"the file has nothing for {asked.table}: name columns {wanted}")
    kind = PeriodKind.WEEK if words[period_at] == "week_ending" else PeriodKind.DAY
    scope_at = first_at(words, ("scope", "kind"))
    asset_at = first_at(words, ("asset",))
    fixed = asked.scope or _NAMED.get(words[name_at])
    is_flows = asked.table == FLOWS.name
    if is_flows:
        findings.states(unit_in(words[measures[FLOW]]))
    if is_flows and fixed is None and scope_at is None:
        raise UsageError("the file does not say whose flows these are: add --scope product")
    totals: list[tuple[Row, Period, Scope]] = []
    for row in body_of(grid, findings):
        period = findings.day(row.line, row.cells[period_at], kind)
        scope = fixed or Scope.PRODUCT
        if is_flows and scope_at is not None:
            said = _scope(findings, row, scope_at)
            period, scope = (None, scope) if said is None else (period, said)
        if period is not None and row.cells[name_at].casefold() == "total":
            totals.append((row, period, scope))
            findings.totals += 1
        elif period is not None:
            if asset_at is not None and asset_at != name_at and scope is Scope.PRODUCT:
                holds = (row.cells[name_at], row.cells[asset_at])
                findings.assets.setdefault(holds, row.line)
            for into, at in measures.items():
                findings.figure(row.line, period, scope, row.cells[name_at], into, row.cells[at])
    _check_totals(findings, totals, measures.get(FLOW, 0))


def _check_totals(findings: Findings, totals: Sequence[tuple[Row, Period, Scope]], at: int) -> None:
    """Compare the figures of each period with the row that is named Total."""
    parts: dict[tuple[Period, Scope], list[Decimal]] = {}
    for one in findings.figures:
        parts.setdefault((one.period, one.scope), []).append(one.value)
    for row, period, scope in totals:
        known = parts.get((period, scope), [])
        findings.check_sum(
            row.line,
            f"{period} by {scope}",
            known,
            row.cells[at],
            takes_in_more=scope is not Scope.PRODUCT,
        )


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
    starts = {FLOW: ("net_flow", "flow"), "close_usd": ("close",), "nav_usd": ("nav",)}
    starts["distribution_usd"] = ("distribution",)
    found: dict[str, int] = {}
    for into in _columns(table):
        for at, word in enumerate(words):
            if word.replace(" ", "_").startswith(starts.get(into, (into,))):
                found.setdefault(into, at)
    return found


# Shared


def first_at(words: Sequence[str], wanted: Sequence[str]) -> int | None:
    """Return where the first of some headings is that is there at all."""
    return next((words.index(one) for one in wanted if one in words), None)


def body_of(grid: Grid, findings: Findings) -> Iterator[Row]:
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
