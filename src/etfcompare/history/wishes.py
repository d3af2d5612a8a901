"""What a file leaves to its name, its figures or the user to say: the week, the unit, a name."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from etfcompare.errors import UsageError
from etfcompare.history.foreign import Findings, Unit
from etfcompare.history.formats_grid import week_in
from etfcompare.history.rows import Scope
from etfcompare.history.series import Period, PeriodKind, period_holding, period_of
from etfcompare.units import UnitError

_MOST_IN_MILLIONS: Final = 50_000
"""No fund or coin takes in fifty billion dollars in a period: larger figures are in dollars."""
_FEW: Final = 5
"""Figures below which their size says nothing against a stated unit."""


class Wish(NamedTuple):
    """What the user says of a file beyond its content."""

    form: str | None = None
    """The name of its format; None to recognise it."""
    scope: Scope | None = None
    name: str | None = None
    """Whose figures they are, where the file does not say."""
    week: str | None = None
    """A day in the week, or the week."""
    unit: Unit | None = None


def week_of(wished: str | None, file_name: str) -> Period | None:
    """Return the week that the user names, or the name of the file.

    Raises:
        UsageError: It is none.
    """
    if wished is None:
        day = week_in(file_name)
        return period_holding(day, PeriodKind.WEEK) if day is not None else None
    try:
        period = period_of(wished)
    except UnitError as error:
        raise UsageError(f"--week: {error}") from error
    if period.kind is PeriodKind.MONTH:
        raise UsageError("--week: a month is no week; write 2026-01-23 or 2026-W04")
    return period_holding(period.last_day, PeriodKind.WEEK)


def said_week(week: Period, wished: str | None, file_name: str) -> str:
    """Say which week is taken, how it is known, and whether the name of the file has another."""
    source = "as --week says" if wished is not None else "from the name of the file"
    friday = date.fromordinal(week.last - 2)
    said = f"week {week}, which ends on Friday {friday}, {source}"
    day = week_in(file_name)
    if day is None or (named := period_holding(day, PeriodKind.WEEK)) == week:
        return said
    return (
        f"warning: {said}, yet the name of the file has {day}, of week {named}; take the right one"
    )


def unit_of(findings: Findings, wished: Unit | None) -> tuple[Unit, str]:
    """Return what the flows count, and how that is known."""
    sizes = [abs(one.value) for one in findings.figures if one.value]
    largest = max(sizes, default=Decimal(0))
    by_size = Unit.MILLIONS if largest < _MOST_IN_MILLIONS else Unit.DOLLARS
    if wished is not None:
        return wished, f"{wished}, as --unit says"
    stated = findings.unit
    if stated is None:
        return by_size, f"{by_size}, by size: the largest is {largest:,f}"
    if stated is not by_size and not findings.is_derived and len(sizes) >= _FEW:
        findings.notes.append(
            f"the unit is {stated}, yet by their size the figures look like {by_size} "
            f"(the largest is {largest:,f}); --unit {by_size.word} if they are"
        )
    return stated, f"{stated}, {findings.unit_from}"
