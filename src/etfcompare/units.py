"""Where text becomes a number and a number becomes text, and the only place that does either.

Reading is strict and exact. Numbers are plain ASCII with a point; a rate carries its unit; what is
not understood is refused in words (`UnitError`) and never guessed. The decimal number that was
written is rounded once, to the nearest float: `rate_of("0.20%") == 0.002`.

Rounding, on screen and in exports alike: **half up, ties away from zero, on the shortest decimal
that names the float** (`Decimal(repr(x))`). So a rate of 0.00285 shows as 0.29%, 2.675 to two
places as 2.68 and 0.1 + 0.2 as 0.30, as by hand. Zero has no sign: -0.000001 shows as 0.00%.

What a field may hold (a fee is not negative, 250 dollars is a strange size) is not known here.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from math import isinf
from typing import TYPE_CHECKING, Final, NamedTuple

from etfcompare.visible import visible

if TYPE_CHECKING:
    from collections.abc import Callable

DAYS_PER_YEAR: Final = 365
"""Day count of every rate: coins earn on weekends too."""

MAX_SPAN_YEARS: Final = 100
"""Longest span of time that is believed."""

MINUS: Final = "−"
"""The minus sign for people, as wide as a plus sign; programs are given the hyphen."""

_CACHE_SIZE: Final = 1 << 16
_LONGEST: Final = 400
"""Characters of the longest text that is read: any float written out in full is shorter."""
_QUOTED: Final = 40
"""Characters of a refused text that its message repeats."""

_RATE_HINT: Final = "write 0.20% or 20bp"
_SHARE_HINT: Final = "write 96%"
_MONEY_HINT: Final = "write $1.2B, 770M or 459M CAD"
_SPAN_HINT: Final = "write 90d, 2w, 6m or 1y"
_NUMBER_HINT: Final = "write a plain number such as 0.71"
_DATE_HINT: Final = "write a day such as 2026-08-20"
_AS_OF_HINT: Final = "write 2026-08-20, 2026-08 or 2026"

_WHOLE: Final = r"(?:0|[1-9][0-9]*)"
_TAIL: Final = r"(?:\.[0-9]+)?)(?:[eE]([+-]?[0-9]+))?"
_NUMBER: Final = re.compile(rf"([+-]?{_WHOLE}{_TAIL}")
_RATE: Final = re.compile(rf"{_NUMBER.pattern} ?(%|bps?)")
_MONEY: Final = re.compile(
    r"([+-]?)(US\$|HK\$|A\$|C\$|[$€£¥]|[A-Z]{3} ?)?([+-]?)"
    rf"((?:[1-9][0-9]{{0,2}}(?:_[0-9]{{3}})+|{_WHOLE}){_TAIL}"
    r"(?: ?([kKmMbBtT]|[bB][nN]))?(?: ([A-Z]{3}))?"
)
_SPAN: Final = re.compile(rf"([+-]?{_WHOLE}) ?([dwmy])")
_DAY: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_AS_OF: Final = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")

_SEPARATOR: Final = re.compile(r"[,'_]|[0-9] [0-9]")
_NOT_FINITE: Final = re.compile(r"\b(?:nan|inf(?:inity)?)\b", re.IGNORECASE)
_SPARE_ZEROS: Final = re.compile(r"(?<![0-9.eE])0+(?=[0-9])")

_RATE_POWERS: Final = {"%": -2, "bp": -4, "bps": -4}
_SIZE_POWERS: Final = {"": 0, "K": 3, "M": 6, "B": 9, "T": 12}
_SIZES: Final = {power: size for size, power in _SIZE_POWERS.items()}
_SYMBOLS: Final = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
_CURRENCIES: Final = {symbol: currency for currency, symbol in _SYMBOLS.items()} | {
    "US$": "USD",
    "HK$": "HKD",
    "A$": "AUD",
    "C$": "CAD",
}

_EXACT: Final = Context(prec=2 * _LONGEST, rounding=ROUND_HALF_UP)
_THREE_DIGITS: Final = Context(prec=3, rounding=ROUND_HALF_UP)
_QUANTA: Final = tuple(Decimal(1).scaleb(-decimals) for decimals in range(19))
_CENT: Final = _QUANTA[2]
_CENTS_BELOW: Final = 99.995
"""From here on an amount to the cent would have more than two digits before the point."""

_LIKELY_FRACTION: Final = Decimal("0.03")
"""Below it a rate without a unit was probably meant as a fraction ..."""
_LIKELY_BPS: Final = 5
"""... and above it perhaps as basis points; the fees of real funds lie between."""
_BRIEF: Final = 12
"""Digits up to which a hint repeats a number."""


class UnitError(ValueError):
    """Text that is not the quantity wanted.

    Attributes:
        message: What was found and what is wrong with it.
        hint: What to write instead.
    """

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}; {self.hint}"


class Money(NamedTuple):
    """An amount and the ISO code of its currency."""

    amount: float
    currency: str


class AsOf(NamedTuple):
    """The first day that a figure may date from, and how its date was written."""

    day: date
    text: str


@lru_cache(maxsize=_CACHE_SIZE)
def rate_of(text: str) -> float:
    """The fraction that a rate such as `0.25%`, `25bp` or `25 bps` stands for.

    Raises:
        UnitError: if it has no unit or is not a rate.
    """
    return _rate(text, "a rate", _RATE_HINT, _rate_readings)


@lru_cache(maxsize=_CACHE_SIZE)
def share_of(text: str) -> float:
    """The fraction that a share such as `96%` stands for.

    Raises:
        UnitError: if it has no unit or is not a share.
    """
    return _rate(text, "a share", _SHARE_HINT, _share_reading)


@lru_cache(maxsize=_CACHE_SIZE)
def money_of(text: str) -> Money:
    """The amount that `$1.2B`, `-12.3M`, `€5k`, `459M CAD` or `CAD 459M` stands for.

    Without a currency it is in US dollars; without a size it counts single units.

    Raises:
        UnitError: if it is not an amount of money, or names two currencies.
    """
    found = _MONEY.fullmatch(text.strip(" "))
    if found is None:
        raise _not_a_number(text, "an amount of money", _MONEY_HINT, allowed="€£¥")
    outer, before, inner, digits, exponent, size, after = found.groups(default="")
    if outer and inner:
        raise UnitError(f"{_quoted(text)} has two signs", _MONEY_HINT)
    before = _CURRENCIES.get(before, before.strip(" "))
    if before and after and before != after:
        raise UnitError(f"{_quoted(text)} names both {before} and {after}", _MONEY_HINT)
    digits = outer + inner + digits.replace("_", "")
    amount = _scaled(text, digits, exponent, _SIZE_POWERS[size[:1].upper()], _MONEY_HINT)
    return Money(amount, before or after or "USD")


@lru_cache(maxsize=_CACHE_SIZE)
def number_of(text: str) -> float:
    """The plain number that the text stands for: an exchange rate, a correlation, a count.

    Raises:
        UnitError: if it is not a number, or has a unit.
    """
    found = _NUMBER.fullmatch(text.strip(" "))
    if found is None:
        raise _not_a_number(text, "a plain number", _NUMBER_HINT)
    digits, exponent = found.groups(default="")
    return _scaled(text, digits, exponent, 0, _NUMBER_HINT)


@lru_cache(maxsize=_CACHE_SIZE)
def span_of(text: str) -> int:
    """The days in a span such as `90d`, `2w`, `6m` or `1y`.

    A year has 365 days. Months are twelfths of it, their sum rounded half up: `6m` is 183 days.

    Raises:
        UnitError: if it is not a span between a day and a hundred years.
    """
    plain = text.strip(" ")
    found = _SPAN.fullmatch(plain)
    if found is None:
        if _NUMBER.fullmatch(plain):
            raise UnitError(f"{_quoted(text)} has no unit", _SPAN_HINT)
        raise _not_a_number(text, "a span of time", _SPAN_HINT)
    digits, unit = found.groups()
    if len(digits) <= _BRIEF and 0 < (days := _days_in(int(digits), unit)) <= _days_in(
        MAX_SPAN_YEARS, "y"
    ):
        return days
    raise UnitError(
        f"{_quoted(text)} is out of range", f"write a span between 1d and {MAX_SPAN_YEARS}y"
    )


@lru_cache(maxsize=_CACHE_SIZE)
def date_of(text: str) -> date:
    """The calendar day that `YYYY-MM-DD` names; nothing else is a date.

    Raises:
        UnitError: if it is not written so, or there is no such day.
    """
    return _day(text, _DAY, "a date", _DATE_HINT)


@lru_cache(maxsize=_CACHE_SIZE)
def as_of_of(text: str) -> AsOf:
    """When a figure held: on a day, in a month or in a year.

    A month or a year counts from its first day, so that no figure seems younger than it may be.

    Raises:
        UnitError: if it is none of these.
    """
    return AsOf(_day(text, _AS_OF, "a day, month or year", _AS_OF_HINT), text.strip(" "))


def format_rate(rate: float, decimals: int = 2, *, signed: bool = False, minus: str = "-") -> str:
    """A fraction as percent: 0.054 is `5.40%`."""
    return f"{_fixed(rate, 2, decimals, signed, minus)}%"


def format_bps(rate: float, decimals: int = 0, *, signed: bool = True, minus: str = "-") -> str:
    """A fraction as basis points: 0.0177 is `+177bp`."""
    return f"{_fixed(rate, 4, decimals, signed, minus)}bp"


def format_number(
    number: float, decimals: int = 2, *, signed: bool = False, minus: str = "-"
) -> str:
    """A plain number: 0.8 is `0.80`."""
    return _fixed(number, 0, decimals, signed, minus)


def format_money(
    amount: float, currency: str = "USD", *, signed: bool = False, minus: str = "-"
) -> str:
    """An amount to three digits, `$1.23B`; below a hundred to the cent, `$12.30`."""
    if abs(amount) < _CENTS_BELOW:
        rounded = _decimal(amount).quantize(_CENT, context=_EXACT)
        digits = f"{rounded.copy_abs():f}" if rounded else "0"
    else:
        rounded = _THREE_DIGITS.plus(_decimal(amount))
        power = min(rounded.adjusted() // 3 * 3, max(_SIZES))
        decimals = max(power + 2 - rounded.adjusted(), 0)
        digits = f"{rounded.copy_abs().scaleb(-power):.{decimals}f}{_SIZES[power]}"
    return _sign(rounded, signed, minus) + _in_currency(digits, currency)


def format_dollars(amount: float, *, signed: bool = False, minus: str = "-") -> str:
    """US dollars to trade or to pay, to the dollar: `$200,481`; below a hundred to the cent."""
    rounded = _decimal(amount).quantize(Decimal(1), context=_EXACT)
    if abs(amount) < _CENTS_BELOW:
        return format_money(amount, signed=signed, minus=minus)
    return _sign(rounded, signed, minus) + _in_currency(f"{rounded.copy_abs():,f}", "USD")


def format_days(days: int) -> str:
    """A count of days: `203d`."""
    return f"{days}d"


def format_span(days: int) -> str:
    """A span in its largest whole unit, which `span_of` reads back: `1y`, `6m`, `90d`."""
    if days % DAYS_PER_YEAR == 0:
        return f"{days // DAYS_PER_YEAR}y"
    months = round(days * 12 / DAYS_PER_YEAR)
    return f"{months}m" if _days_in(months, "m") == days else format_days(days)


def exact_rate(rate: float) -> str:
    """The shortest percentage that `rate_of` reads back as exactly this: `0.2%`."""
    return f"{_plain(_decimal(rate).scaleb(2, _EXACT))}%"


def exact_money(amount: float, currency: str = "USD") -> str:
    """The shortest amount that `money_of` reads back as exactly this: `$770M`, `459M CAD`."""
    exact = _decimal(amount)
    candidates = [
        _plain(exact.copy_abs().scaleb(-power, _EXACT)) + size
        for size, power in reversed(_SIZE_POWERS.items())
    ]
    shortest = min(candidates, key=lambda digits: (len(digits), digits.startswith("0.")))
    return _sign(exact, signed=False, minus="-") + _in_currency(shortest, currency)


def _rate(text: str, wanted: str, hint: str, reading: Callable[[str], str]) -> float:
    plain = text.strip(" ")
    if found := _RATE.fullmatch(plain):
        digits, exponent, unit = found.groups(default="")
        return _scaled(text, digits, exponent, _RATE_POWERS[unit], hint)
    if found := _NUMBER.fullmatch(plain):
        digits, exponent = found.groups()
        is_brief = exponent is None and len(digits) <= _BRIEF
        raise UnitError(f"{_quoted(text)} has no unit", reading(digits) if is_brief else hint)
    raise _not_a_number(text, wanted, hint)


def _rate_readings(digits: str) -> str:
    """Both ways to write what a rate without a unit probably means."""
    number = Decimal(digits)
    if 0 < abs(number) < _LIKELY_FRACTION:
        return f"write {_plain(number.scaleb(2))}% or {_plain(number.scaleb(4))}bp"
    if abs(number) > _LIKELY_BPS:
        return f"write {digits}% or {digits}bp"
    return f"write {digits}% or {_plain(number.scaleb(2))}bp"


def _share_reading(digits: str) -> str:
    number = Decimal(digits)
    return f"write {_plain(number.scaleb(2)) if 0 < number <= 1 else digits}%"


def _scaled(text: str, digits: str, exponent: str, power: int, hint: str) -> float:
    """The decimal number times a power of ten, rounded once, to the nearest float."""
    if len(text) > _LONGEST:
        raise UnitError(f"{_quoted(text)} is too long", hint)
    value = float(f"{digits}e{int(exponent or 0) + power}")
    if isinf(value):
        raise UnitError(f"{_quoted(text)} is too large", hint)
    if not value and digits.strip("+-0."):
        raise UnitError(f"{_quoted(text)} is too small", hint)
    return value or 0.0  # never -0.0


def _day(text: str, pattern: re.Pattern[str], wanted: str, hint: str) -> date:
    found = pattern.fullmatch(text.strip(" "))
    if found is None:
        raise _strange_character(text, hint) or UnitError(f"{_quoted(text)} is not {wanted}", hint)
    year, month, day = map(int, found.groups(default="1"))
    try:
        return date(year, month, day)
    except ValueError:
        raise UnitError(f"{_quoted(text)} is not in the calendar", hint) from None


def _days_in(count: int, unit: str) -> int:
    match unit:
        case "y":
            return count * DAYS_PER_YEAR
        case "m":
            return (count * DAYS_PER_YEAR + 6) // 12
        case "w":
            return count * 7
        case _:
            return count


def _not_a_number(text: str, wanted: str, hint: str, *, allowed: str = "") -> UnitError:
    """Why the text is not the number wanted: the first fault that a reader would point at."""
    if strange := _strange_character(text, hint, allowed):
        return strange
    quoted = _quoted(text)
    if _SEPARATOR.search(text):
        return UnitError(f"{quoted} has a separator", "use a point, no separators")
    if _NOT_FINITE.search(text):
        return UnitError(f"{quoted} is not a finite number", hint)
    if _SPARE_ZEROS.search(text):
        without = _quoted(_SPARE_ZEROS.sub("", text))
        return UnitError(f"{quoted} begins with a spare zero", f"write {without}")
    return UnitError(f"{quoted} is not {wanted}", hint)


def _strange_character(text: str, hint: str, allowed: str = "") -> UnitError | None:
    """Names the first character that no quantity contains, however much it looks like one."""
    for character in text[:_LONGEST]:
        if character in allowed or (character.isascii() and character.isprintable()):
            continue
        name = f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()
        ordinary = _ordinary(character)
        return UnitError(
            f"{_quoted(text)} holds the character {name}",
            f'write an ordinary "{ordinary}"' if ordinary else hint,
        )
    return None


def _ordinary(character: str) -> str:
    """The ASCII character that this one stands in for, or nothing."""
    if character == "\N{MINUS SIGN}" or unicodedata.category(character) == "Pd":
        return "-"
    digit = unicodedata.decimal(character, None)
    plain = unicodedata.normalize("NFKC", character) if digit is None else str(digit)
    return plain if len(plain) == 1 and plain.isascii() and plain.isprintable() else ""


def _quoted(text: str) -> str:
    shown = visible(text[: _QUOTED + 1])
    return f'"{shown}"' if len(shown) <= _QUOTED else f'"{shown[: _QUOTED - 1]}…"'


def _decimal(number: float) -> Decimal:
    """The shortest decimal that names the float."""
    return Decimal(repr(float(number)))


def _plain(number: Decimal) -> str:
    """All digits that count, without an exponent."""
    return f"{number.normalize(_EXACT):f}" if number else "0"


def _fixed(number: float, power: int, decimals: int, signed: bool, minus: str) -> str:  # noqa: FBT001 - passed on by position: this runs for every cell
    """The number times a power of ten, rounded half up to this many decimals."""
    rounded = _decimal(number).scaleb(power, _EXACT).quantize(_QUANTA[decimals], context=_EXACT)
    return f"{_sign(rounded, signed, minus)}{rounded.copy_abs():f}"


def _sign(number: Decimal, signed: bool, minus: str) -> str:  # noqa: FBT001 - likewise
    if number < 0:
        return minus
    return "+" if signed and number else ""


def _in_currency(digits: str, currency: str) -> str:
    symbol = _SYMBOLS.get(currency)
    return f"{digits} {currency}" if symbol is None else f"{symbol}{digits}"
