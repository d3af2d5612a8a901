"""What issuers say of a fund by day: shares outstanding and net asset value."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Final, NamedTuple

from etfcompare.errors import UsageError
from etfcompare.history.foreign import Asked, Figure, Findings, Unit
from etfcompare.history.formats_grid import FLOW, PERIODS, Grid, body_of, first_at, words_of
from etfcompare.history.rows import HOLDINGS, Scope
from etfcompare.history.series import Period

_LONGEST_GAP: Final = 5
"""Days between two counts of shares whose change is a day's flow: a long weekend and one more."""
_SPLIT_STEP: Final = Decimal("1.5")
_SPLIT_SLACK: Final = Decimal("0.2")


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
    for row in body_of(grid, findings):
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
    findings.unit, findings.is_derived = Unit.DOLLARS, True
    findings.notes.append(
        "flow = change in shares x NAV; the first day has none, for want of the day before"
    )
    weekends = 0
    for before, after in pairwise(counts):
        is_weekend = after.period.last_day.isoweekday() > 5  # noqa: PLR2004 - Friday
        if is_weekend and before[2:] == after[2:]:
            weekends += 1
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
        findings.figures.append(Figure(after.line, after.period, Scope.PRODUCT, name, FLOW, flow))
    if weekends:
        findings.notes.append(f"days of weekends without a change, left out: {weekends:,}")


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
    day = first_at(words, PERIODS)
    shares = next((at for at, one in enumerate(words) if one.startswith("shares")), None)
    nav = next((at for at, one in enumerate(words) if one in {"nav", "nav_usd", "nav (usd)"}), None)
    if day is None or shares is None or nav is None:
        return None
    return day, first_at(words, ("ticker",)), shares, nav, first_at(words, ("net_assets",))
