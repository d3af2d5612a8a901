"""What is found in a file of somebody else's: figures, refused rows, sums that do not add up.

The readers of formats fill `Findings` in; they know neither the catalogue nor what is stored.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple

from etfcompare.history.foreign_text import amount_of, day_of, quoted
from etfcompare.history.rows import Scope
from etfcompare.history.series import Period, PeriodKind, period_holding, period_of
from etfcompare.units import UnitError
from etfcompare.visible import visible

EARLIEST: Final = date(2009, 1, 3)
"""The first day of Bitcoin: nothing that is imported is older."""

_FINEST: Final = -12


class Unit(StrEnum):
    """What one stands for in a column of money."""

    DOLLARS = "US$"
    MILLIONS = "US$m"

    @property
    def word(self) -> str:
        """What users type for it: a shell would take the rest of `US$m` for a variable."""
        return self.name.lower()

    @property
    def power(self) -> int:
        """The power of ten that makes dollars of it."""
        return 6 if self is Unit.MILLIONS else 0


class Figure(NamedTuple):
    """One number of the file."""

    line: int
    period: Period
    scope: Scope
    name: str
    """As the file names it; empty if it does not."""
    column: str
    """Of the table it is imported into."""
    value: Decimal
    """As written; a flow in the unit of the file."""


class Rejected(NamedTuple):
    """A row, or a part of one, that is not imported."""

    line: int
    reason: str

    def __str__(self) -> str:
        """Return it as users read it."""
        return f"line {self.line:,}: {self.reason}"


class Asked(NamedTuple):
    """What the user says of a file that does not say it itself."""

    table: str
    """The table to import into, as the catalogue's `history:` block calls it."""
    scope: Scope | None = None
    week: Period | None = None


@dataclass(slots=True, kw_only=True)
class Findings:
    """Everything a file says, so far."""

    today: date
    figures: list[Figure] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    sums: list[Rejected] = field(default_factory=list)
    """Rows that do not add up to their total; they are imported."""
    missing: list[Rejected] = field(default_factory=list)
    """Totals that take in names which the table leaves out."""
    notes: list[str] = field(default_factory=list)
    unreported: int = 0
    """Cells of funds that had not reported."""
    totals: int = 0
    """Rows of totals, which are checked and never stored."""
    assets: dict[tuple[str, str], int] = field(default_factory=dict)
    """The first line that says of a product which asset it holds, by both names."""
    unit: Unit | None = None
    """As the file states it, or its publisher always writes."""
    unit_from: str = "as the format has it"
    """How the unit is known."""
    is_derived: bool = False
    """Whether flows are computed here, so that their size says nothing of a unit."""
    issuers_of: str = ""
    """The asset, where names are those of issuers and mean their fund on it."""

    def states(self, unit: Unit | None) -> None:
        """Take the unit that a file states, if it does."""
        if unit is not None:
            self.unit, self.unit_from = unit, "as the file says"

    def reject(self, line: int, reason: str) -> None:
        """Take note of what cannot be used."""
        self.rejected.append(Rejected(line, reason))

    def day(self, line: int, text: str, kind: PeriodKind = PeriodKind.DAY) -> Period | None:
        """Return the period that a cell names or that its day lies in; refuse others."""
        try:
            try:
                period = period_of(text)
                is_day = period.kind is PeriodKind.DAY
                period = period_holding(period.last_day, kind) if is_day else period
            except UnitError:
                period = period_holding(day_of(text), kind)
        except UnitError as error:
            self.reject(line, str(error))
            return None
        if not EARLIEST <= period.first_day <= self.today:
            when = "in the future" if period.first_day > self.today else "before all crypto"
            self.reject(line, f"{quoted(text)} lies {when}; correct the date")
            return None
        return period

    def amount(self, line: int, text: str, what: str) -> Decimal | None:
        """Return the number in a cell; None if it is not reported, or refused."""
        try:
            number = amount_of(text)
        except UnitError as error:
            self.reject(line, f"{visible(what)}: {error}" if what else str(error))
            return None
        self.unreported += number is None
        return number

    def figure(
        self, line: int, period: Period, scope: Scope, name: str, column: str, text: str
    ) -> None:
        """Take the number in a cell."""
        value = self.amount(line, text, name)
        if value is not None:
            self.figures.append(Figure(line, period, scope, name, column, value))

    def across(
        self, line: int, period: Period, cells: Iterable[tuple[str, str]], total: str
    ) -> None:
        """Take the flows of funds in a period, checked by their total.

        Args:
            line: Of the row.
            period: Of the row.
            cells: Each fund, and what its cell says.
            total: What the cell of the total says; empty if there is none.
        """
        found, refused = len(self.figures), len(self.rejected)
        for name, text in cells:
            self.figure(line, period, Scope.PRODUCT, name, "net_flow_usd", text)
        if len(self.rejected) == refused:
            self.check_sum(line, str(period), [one.value for one in self.figures[found:]], total)

    def check_sum(
        self, line: int, what: str, parts: list[Decimal], total: str, *, takes_in_more: bool = False
    ) -> None:
        """Compare parts with their total, as far as rounding lets them differ.

        Args:
            line: Of the total.
            what: Of which the parts are.
            parts: What should add up.
            total: What the cell of the total says.
            takes_in_more: Whether the publisher's total takes in names that its table leaves out.
        """
        try:
            stated = amount_of(total)
        except UnitError as error:
            self.sums.append(Rejected(line, f"{visible(what)}: the total is not checked: {error}"))
            return
        if stated is None or not parts:
            return
        summed = sum(parts, Decimal(0))
        slack = sum((_half_a_digit(one) for one in (*filter(None, parts), stated)), Decimal(0))
        if abs(summed - stated) <= slack:
            return
        if takes_in_more:
            said = (
                f"{visible(what)}: those here add up to {summed:,f}, and unless a figure is wrong "
                f"the total of {stated:,f} takes in {stated - summed:,f} more"
            )
            self.missing.append(Rejected(line, said))
        else:
            said = f"{visible(what)}: adds up to {summed:,f}, its total says {stated:,f}"
            self.sums.append(Rejected(line, said))


def _half_a_digit(number: Decimal) -> Decimal:
    """What rounding to the digits that are written may have changed."""
    exponent = number.as_tuple().exponent
    return Decimal("0.5").scaleb(max(exponent, _FINEST) if isinstance(exponent, int) else 0)
