"""How a field of the catalogue is declared: its kind, its meaning, and what it may hold.

A field turns the text that stands in the file into a value, or says what is wrong with it. Bounds
that no honest figure breaks are errors; bounds that an unusual one may break are doubts (warnings).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, TypeVar

from etfcompare.catalogue.problem import Severity
from etfcompare.units import (
    Money,
    UnitError,
    as_of_of,
    date_of,
    money_of,
    number_of,
    rate_of,
    share_of,
    span_of,
)
from etfcompare.visible import visible

T = TypeVar("T")


class Kind(StrEnum):
    """What a field holds, which decides how its text is read."""

    RATE = "rate"
    """A fraction a year or of a price, written with `%` or `bp`."""
    SHARE = "share"
    """A part of a whole, 0 to 1, written with `%` or `bp`."""
    MONEY = "money"
    """An amount with a size and perhaps a currency; bare is US dollars."""
    NUMBER = "number"
    """A plain number."""
    DATE = "date"
    """A calendar day, `YYYY-MM-DD`."""
    AS_OF = "as of"
    """A day, a month or a year."""
    SPAN = "span"
    """A length of time in days, written `90d`, `6m`, `1y`."""
    TEXT = "text"
    """Any one line of text."""
    CHOICE = "choice"
    """One of a few words."""
    COUNTRY = "country"
    """Two capital letters, ISO 3166."""
    ISIN = "isin"
    """Twelve characters with a check digit, ISO 6166."""
    URL = "url"
    """A web address; only http and https are ever made a link."""


class Complaint(NamedTuple):
    """What a field says against a text."""

    severity: Severity
    message: str
    hint: str = ""


class Reading(NamedTuple):
    """What a field makes of a text: a value (`None` if it cannot be used), perhaps a complaint."""

    value: object
    complaint: Complaint | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A limit on a value and what to say past it."""

    least: float = float("-inf")
    most: float = float("inf")
    message: str
    """Completes the sentence `"<text>" …`."""
    hint: str = ""
    severity: Severity = Severity.WARNING
    zero_is_fine: bool = True

    def broken_by(self, value: float) -> bool:
        """Tell whether the value lies outside."""
        if value == 0 and self.zero_is_fine and self.severity is Severity.WARNING:
            return False
        return not self.least <= value <= self.most


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a block."""

    kind: Kind
    meaning: str
    """One sentence for people who edit the file."""
    key: str = ""
    """The key in the file, where it cannot be a Python name."""
    choices: tuple[str, ...] = ()
    bounds: tuple[Bound, ...] = ()
    readings: dict[str, Reading] = field(default_factory=dict, compare=False, repr=False)
    """Texts read before: a catalogue says the same few rates a thousand times."""

    def read(self, text: str) -> Reading:
        """Turn the text of a scalar into a value or a complaint."""
        reading = self.readings.get(text)
        if reading is None:
            reading = self.readings[text] = self._read(text)
        return reading

    def _read(self, text: str) -> Reading:
        try:
            value = self._value_of(text)
        except UnitError as error:
            return Reading(None, Complaint(Severity.ERROR, error.message, error.hint))
        if self.kind is Kind.URL and not re.match(r"https?://\S+$", text):
            said = f'"{visible(text)}" is not a web address'
            return Reading(value, Complaint(Severity.WARNING, said, "write https://…"))
        amount = value.amount if isinstance(value, Money) else value
        if isinstance(amount, float):
            for bound in self.bounds:
                if bound.broken_by(amount):
                    said = f'"{visible(text)}" {bound.message}'
                    complaint = Complaint(bound.severity, said, bound.hint)
                    return Reading(
                        None if bound.severity is Severity.ERROR else value,
                        complaint,
                    )
        return Reading(value, None)

    def _value_of(self, text: str) -> object:
        if self.kind is Kind.CHOICE:
            return _choice_of(text, self.choices)
        return _READERS[self.kind](text)


def declare(
    kind: Kind,
    meaning: str,
    *,
    key: str = "",
    choices: tuple[str, ...] = (),
    bounds: tuple[Bound, ...] = (),
    silent: T | None = None,
) -> T | None:
    """Declare an optional field of a block, as the default of a dataclass field.

    Args:
        kind: What it holds.
        meaning: One sentence for people who edit the file.
        key: The key in the file, where it cannot be a Python name.
        choices: The words it may hold.
        bounds: What its value may not pass, most serious first.
        silent: What an instance holds where the file is silent.
    """
    declared = Field(kind=kind, meaning=meaning, key=key, choices=choices, bounds=bounds)
    return field(default=silent, metadata={"field": declared})


def nearest(word: str, allowed: tuple[str, ...]) -> str:
    """Return the allowed word that the user most likely meant, or ""."""
    from difflib import get_close_matches  # noqa: PLC0415 - needed only when something is wrong

    found = get_close_matches(word.casefold(), [one.casefold() for one in allowed], 1, 0.5)
    return next((one for one in allowed if found and one.casefold() == found[0]), "")


def _choice_of(text: str, choices: tuple[str, ...]) -> str:
    if text in choices:
        return text
    close = nearest(text, choices)
    hint = f"did you mean {close}?" if close else f"write one of {', '.join(choices)}"
    raise UnitError(f'"{visible(text)}" is not one of {", ".join(choices)}', hint)


def _country_of(text: str) -> str:
    if re.fullmatch(r"[A-Z]{2}", text):
        return text
    raise UnitError(f'"{visible(text)}" is not a country', "write two capital letters, as US or CH")


def _isin_of(text: str) -> str:
    if not re.fullmatch(r"[A-Z]{2}[A-Z0-9]{9}[0-9]", text):
        raise UnitError(f'"{visible(text)}" is not an ISIN', "write two letters and ten characters")
    digits = "".join(str(int(character, 36)) for character in text)
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    if sum(amount // 10 + amount % 10 for amount in doubled) % 10:
        raise UnitError(f'the check digit of ISIN "{text}" is wrong', "copy it again")
    return text


_READERS: Mapping[Kind, Callable[[str], object]] = {
    Kind.RATE: rate_of,
    Kind.SHARE: share_of,
    Kind.MONEY: money_of,
    Kind.NUMBER: number_of,
    Kind.DATE: date_of,
    Kind.AS_OF: as_of_of,
    Kind.SPAN: span_of,
    Kind.COUNTRY: _country_of,
    Kind.ISIN: _isin_of,
    Kind.TEXT: str,
    Kind.URL: str,
}
