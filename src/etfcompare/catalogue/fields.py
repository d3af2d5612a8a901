"""How a field of the catalogue is declared: its kind, its meaning, and what it may hold.

A field turns the text that stands in the file into a value, or says what is wrong with it. Bounds
that no honest figure breaks are errors; bounds that an unusual one may break are doubts (warnings).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import ClassVar, Final, NamedTuple, NoReturn, Self, TypeVar, cast, dataclass_transform

from etfcompare.catalogue.problem import Severity
from etfcompare.units import (
    UnitError,
    as_of_of,
    date_of,
    exact_money,
    exact_rate,
    money_of,
    number_of,
    rate_of,
    share_of,
    span_of,
)
from etfcompare.visible import visible

T = TypeVar("T")

_SHOWN: Final = 60
"""Characters of a text of the file that a message repeats."""


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


WORDS: Final = frozenset({Kind.TEXT, Kind.CHOICE, Kind.COUNTRY, Kind.ISIN, Kind.URL})
"""Kinds that are kept as text; the others are figures."""


class Complaint(NamedTuple):
    """What a field says against a value."""

    severity: Severity
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A limit on a value and what to say past it."""

    least: float = float("-inf")
    most: float = float("inf")
    message: str
    """Completes the sentence `"<text>" …`."""
    hint: str = ""
    slip: float = 0
    """How many times the value was probably meant, which the hint then offers."""
    severity: Severity = Severity.WARNING

    def is_broken_by(self, value: float) -> bool:
        """Tell whether the value lies outside; no doubt is cast on zero."""
        if value == 0 and self.severity is Severity.WARNING:
            return False
        return not self.least <= value <= self.most


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One scalar of a block."""

    kind: Kind
    meaning: str
    """One sentence for people who edit the file."""
    key: str = ""
    """The key in the file, where it cannot be a Python name."""
    choices: tuple[str, ...] = ()
    bounds: tuple[Bound, ...] = ()
    is_condition: bool = False
    """Whether the rest of its block is wrong, and not just less known, without it."""
    is_required: bool = False
    """Whether the block means nothing without it."""

    def value_of(self, text: str) -> object:
        """Turn the text of a scalar into a value.

        Raises:
            UnitError: It is not of this kind.
        """
        if self.kind is Kind.CHOICE:
            return _choice_of(text, self.choices)
        return _READERS[self.kind](text)

    def complaint(self, value: object, text: str) -> Complaint | None:
        """Say what is wrong or unlikely with a value, money in US dollars."""
        if self.kind is Kind.URL and not re.fullmatch(r"https?://\S+", text):
            said = f"{quoted(text)} is not a web address"
            return Complaint(Severity.WARNING, said, "write https://…")
        if isinstance(value, float):
            for bound in self.bounds:
                if bound.is_broken_by(value):
                    hint = self._meant(value * bound.slip) if bound.slip else bound.hint
                    return Complaint(bound.severity, f"{quoted(text)} {bound.message}", hint)
        return None

    def _meant(self, value: float) -> str:
        if self.kind is Kind.MONEY:
            return f"did you mean {exact_money(value)}?"
        return f"did you mean {exact_rate(round(value, 12))}?"


class Inner(NamedTuple):
    """A block inside a block."""

    kind: type[Block]
    is_condition: bool
    """Whether the outer block is wrong, and not just less known, without it."""


class Named(NamedTuple):
    """Figures by names that the user chose."""

    field: Field
    meaning: str


class Listed(NamedTuple):
    """A list of texts."""

    meaning: str


class Several(NamedTuple):
    """A list of blocks."""

    kind: type[Block]
    meaning: str


Member = Field | Inner | Named | Listed | Several
"""What a key of a block may be declared as."""


class Declared(NamedTuple):
    """What a block class says of one of its attributes."""

    member: Member
    silent: object
    """What an instance holds where the file is silent."""


def declare(
    kind: Kind,
    meaning: str,
    *,
    key: str = "",
    choices: tuple[str, ...] = (),
    bounds: tuple[Bound, ...] = (),
    is_condition: bool = False,
    silent: T | None = None,
) -> T | None:
    """Declare an optional field of a block.

    Args:
        kind: What it holds.
        meaning: One sentence for people who edit the file.
        key: The key in the file, where it cannot be a Python name.
        choices: The words it may hold.
        bounds: What its value may not pass, most serious first.
        is_condition: Whether the rest of its block is wrong without it.
        silent: What an instance holds where the file is silent.
    """
    member = Field(
        kind=kind,
        meaning=meaning,
        key=key,
        choices=choices,
        bounds=bounds,
        is_condition=is_condition,
    )
    return cast("T | None", Declared(member, silent))


def required(meaning: str) -> str:
    """Declare a text without which there is no block."""
    return cast("str", Declared(Field(kind=Kind.TEXT, meaning=meaning, is_required=True), None))


def inner(kind: type[T], *, is_condition: bool = False, silent: T | None = None) -> T | None:
    """Declare an optional block inside a block.

    Args:
        kind: Its class.
        is_condition: Whether the outer block is wrong without it.
        silent: What an instance holds where the file is silent.
    """
    return cast("T | None", Declared(Inner(cast("type[Block]", kind), is_condition), silent))


def named(field: Field, meaning: str) -> Mapping[str, T]:
    """Declare figures by names that the user chooses."""
    return cast("Mapping[str, T]", Declared(Named(field, meaning), MappingProxyType({})))


def listed(meaning: str) -> tuple[str, ...]:
    """Declare a list of texts."""
    return cast("tuple[str, ...]", Declared(Listed(meaning), ()))


def several(kind: type[T], meaning: str) -> tuple[T, ...]:
    """Declare a list of blocks; each stands or falls alone."""
    return cast("tuple[T, ...]", Declared(Several(cast("type[Block]", kind), meaning), ()))


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(required,))
class Block:
    """A block of the catalogue: immutable, made by keywords, silent fields at their default.

    A leaner dataclass: there are thousands of blocks in a catalogue, and two dozen classes to make
    before the first screen.
    """

    members: ClassVar[Mapping[str, tuple[str, Member]]] = MappingProxyType({})
    """Attribute and declaration of each member, by its key in the file."""

    def __init_subclass__(cls) -> None:
        """Take note of what the class declares."""
        members: dict[str, tuple[str, Member]] = {}
        for name, declared in list(vars(cls).items()):
            if isinstance(declared, Declared):
                member = declared.member
                key = member.key if isinstance(member, Field) else ""
                members[key or name] = (name, member)
                setattr(cls, name, declared.silent)
        cls.members = MappingProxyType({**cls.members, **members})

    def __init__(self, **values: object) -> None:
        self.__dict__.update(values)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__}.{name} cannot change")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, type(self)):
            return NotImplemented
        names = {*vars(self), *vars(other)}
        return all(getattr(self, name, None) == getattr(other, name, None) for name in names)

    __hash__ = None  # type: ignore[assignment]  # it holds mappings

    def __repr__(self) -> str:
        said = ", ".join(f"{name}={value!r}" for name, value in vars(self).items())
        return f"{type(self).__name__}({said})"

    def but(self, **changes: object) -> Self:
        """Return the same block but for some fields."""
        return type(self)(**(vars(self) | changes))


def nearest(word: str, allowed: tuple[str, ...]) -> str:
    """Return the allowed word that the user most likely meant, or ""."""
    from difflib import get_close_matches  # noqa: PLC0415 - needed only when something is wrong

    folded = [one.casefold() for one in allowed]
    found = get_close_matches(word[:_SHOWN].casefold(), folded, 1, 0.5)
    return next((one for one in allowed if found and one.casefold() == found[0]), "")


def quoted(text: str) -> str:
    """Text of the file as part of a message: short and without hidden characters."""
    shown = visible(text[: _SHOWN + 1])
    return f'"{shown}"' if len(shown) <= _SHOWN else f'"{shown[: _SHOWN - 1]}…"'


def _choice_of(text: str, choices: tuple[str, ...]) -> str:
    if text in choices:
        return text
    close = nearest(text, choices)
    hint = f"did you mean {close}?" if close else ""
    raise UnitError(f"{quoted(text)} is not one of {', '.join(choices)}", hint)


def _country_of(text: str) -> str:
    if re.fullmatch(r"[A-Z]{2}", text):
        return text
    raise UnitError(f"{quoted(text)} is not a country", "write two capital letters, as US or CH")


def _isin_of(text: str) -> str:
    if not re.fullmatch(r"[A-Z]{2}[A-Z0-9]{9}[0-9]", text):
        raise UnitError(
            f"{quoted(text)} is not an ISIN", "write its twelve characters, as US0378331005"
        )
    digits = "".join(str(int(character, 36)) for character in text)
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    if sum(amount // 10 + amount % 10 for amount in doubled) % 10:
        raise UnitError(f'"{text}" has a wrong check digit', "copy the ISIN again")
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
