"""Numbers and dates as other people write them in tables of flows.

Looser than `units`, which reads what users write for this program, and as unforgiving of what could
mean two things: `1,5` and `01/02/2026` are refused, never guessed.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Final

from etfcompare.history.grids import SPACES
from etfcompare.units import UnitError
from etfcompare.visible import visible

UNREPORTED: Final = frozenset({"", "-", "–", "—", "−", "n/a", "na", "null", "none"})
"""What stands where a fund has not reported; never zero."""

_LONGEST: Final = 40
_AMOUNT: Final = re.compile(
    r"(?P<sign>[+-]?)(?:US)?\$?(?P<inner>[+-]?)"
    r"(?P<digits>(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE](?P<power>[+-]?[0-9]{1,2}))?"
)
_BRACKETED: Final = re.compile(r"\(((?:US)?\$?[0-9.,]+)\)")
_ISO: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ][0-9:.+Z-]*)?")
_COMPACT: Final = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})T?")
_DAY_FIRST: Final = re.compile(r"([0-9]{1,2})[ -]([A-Za-z]{3,9})\.?[ -]([0-9]{4})")
_MONTH_FIRST: Final = re.compile(r"([A-Za-z]{3,9})\.? ([0-9]{1,2}),? ([0-9]{4})")
_SLASHED: Final = re.compile(r"[0-9]{1,4}[/.][0-9]{1,2}[/.][0-9]{1,4}")
_MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_LEAST_LETTERS: Final = 3
_DATE_HINT: Final = "write it as 2026-01-23"


def amount_of(text: str) -> Decimal | None:
    """Return the number in a cell, exact; None where nothing was reported.

    Brackets mean less than zero, commas part thousands, a star behind it points to a footnote.

    Raises:
        UnitError: It is no number.
    """
    plain = text.strip(SPACES).replace("\N{MINUS SIGN}", "-")
    if plain.casefold() in UNREPORTED:
        return None
    plain = plain.removesuffix("*").rstrip()
    bracketed = _BRACKETED.fullmatch(plain)
    found = _AMOUNT.fullmatch(bracketed[1] if bracketed else plain)
    if found is None or len(plain) > _LONGEST or (found["sign"] and found["inner"]):
        if re.fullmatch(r"[+-]?[0-9]+,[0-9]+", plain):
            raise UnitError(f"{quoted(text)} has a comma", "write decimals behind a point")
        raise UnitError(f"{quoted(text)} is no number", "write it as -12.5, or (12.5) for less")
    digits = found["digits"].replace(",", "")
    number = Decimal(f"{found['sign']}{found['inner']}{digits}e{found['power'] or 0}")
    return -number if bracketed else number


def day_of(text: str) -> date:
    """Return the day in a cell: `2024-01-11`, with a time, `20240111T`, `11 Jan 2024`.

    Raises:
        UnitError: It is no day, or could be two.
    """
    plain = text.strip(SPACES)
    if len(plain) > _LONGEST:
        raise UnitError(f"{quoted(text)} is no date", _DATE_HINT)
    try:
        if found := _ISO.fullmatch(plain) or _COMPACT.fullmatch(plain):
            return date(*map(int, found.groups()))
        if found := _DAY_FIRST.fullmatch(plain):
            day, month, year = found.groups()
            return date(int(year), _month(month, text), int(day))
        if found := _MONTH_FIRST.fullmatch(plain):
            month, day, year = found.groups()
            return date(int(year), _month(month, text), int(day))
    except ValueError as error:
        if isinstance(error, UnitError):
            raise
        raise UnitError(f"{quoted(text)} is not in the calendar", _DATE_HINT) from None
    if _SLASHED.fullmatch(plain):
        raise UnitError(f"{quoted(text)} may begin with the day or the month", _DATE_HINT)
    raise UnitError(f"{quoted(text)} is no date", _DATE_HINT)


def quoted(text: str) -> str:
    """Return foreign text as part of a message: short and without what hides."""
    shown = visible(text.strip(SPACES))
    return f'"{shown}"' if len(shown) <= _LONGEST else f'"{shown[: _LONGEST - 1]}…"'


def _month(name: str, text: str) -> int:
    """Return the number of an English month, by its name or its first letters."""
    for number, month in enumerate(_MONTHS, start=1):
        if len(name) >= _LEAST_LETTERS and month.startswith(name.casefold()):
            return number
    if name.casefold() == "sept":
        return 9
    raise UnitError(f"{quoted(text)} names no month", _DATE_HINT)
