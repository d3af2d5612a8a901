"""The format of Farside: a row for each day, a column for each fund, pasted or as a saved page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from etfcompare.errors import UnreadableError
from etfcompare.history.foreign import Asked, Findings, Unit
from etfcompare.history.formats_grid import Grid, words_of
from etfcompare.history.grids import Row

_TICKER: Final = re.compile(r"(?=.*[A-Z])[A-Z0-9][A-Z0-9.-]{0,15}")
_LEFT_OUT: Final = frozenset({"fee", "seed", "average", "maximum", "minimum", "max", "min"})


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
            self._findings.totals += 1
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
