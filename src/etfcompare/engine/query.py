"""The filter language: words, joined by *and*, that choose products.

    sol  "north fund"       text in ticker, name, issuer or asset
    asset:sol,eth           one of these; asset, country, ticker and status whole, others in part
    net_yield>4%            a figure against a value in its own unit: > >= < <= = !=
    staked                  funds that stake
    /^i.*trust$/            a regular expression over ticker, name and issuer
    !grayscale              not that, before any word

A value that is not known is neither above, below, equal to nor different from anything. Funds that
are closed, or not listed yet on the scenario's day, are hidden unless the query names `status:`.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from etfcompare.catalogue.fields import nearest
from etfcompare.catalogue.schema import Product
from etfcompare.engine.figure import Figure, Unit
from etfcompare.engine.figures import FIGURES, Table
from etfcompare.engine.marks import Mark
from etfcompare.engine.words import WORDS
from etfcompare.errors import UsageError
from etfcompare.units import UnitError, money_of, number_of, rate_of, span_of
from etfcompare.visible import visible

STATUS: Final = "status"
CLOSED: Final = "closed"
STAKED: Final = "staked"
"""The word for funds that stake."""
WHOLE: Final = frozenset({"asset", "country", "ticker", STATUS})
"""Words figures of which the whole must match, not a part."""
JOINERS: Final = frozenset({"|", "||", "&", "&&", "or", "and"})
"""What other languages join words by."""
LONGEST_PATTERN: Final = 100
SAME: Final = 1e-12
"""Rounding in a computed figure that a comparison overlooks, relative to values above one."""

_EXAMPLES: Final = {
    Unit.RATE: "4%",
    Unit.BPS: "150bp",
    Unit.MONEY: "100M",
    Unit.DAYS: "90",
    Unit.NUMBER: "0.5",
    Unit.WORDS: "sol",
}
_WORD: Final = r'!?/.*?/(?=\s|$)|(?:"[^"]*"?|[^\s"])+'
"""A regular expression, which may hold spaces, or a word, of which quoted parts may."""
_KEYED: Final = r"(?s)([^\W\d][\w-]*)(:|>=|<=|!=|>|<|=)(.*)"
_OPERATOR: Final = r"[<>=]"
_VALUE: Final = r'(?:"[^"]*"|[^,"])+'
_QUOTED: Final = 40
"""Characters of a bad word that its message repeats."""
_NAMED: Final = 6
"""Values that a hint names."""

if TYPE_CHECKING:
    from typing import Protocol

    class Condition(Protocol):
        """What one word asks of a product."""

        @property
        def key(self) -> str | None:
            """The figure that it mentions."""

        def test(self, table: Table) -> RowTest:
            """Make ready for the products of a table."""


RowTest: TypeAlias = Callable[[int], bool]
"""Tells whether the product of a row matches."""


class QueryError(UsageError):
    """A filter that makes no sense.

    Attributes:
        position: Which word is at fault, counted from 0.
    """

    def __init__(self, word: str, position: int, fault: str) -> None:
        shown = visible(word[: _QUOTED + 1])
        shown = shown if len(shown) <= _QUOTED else f"{shown[: _QUOTED - 1]}…"
        super().__init__(f'filter: "{shown}": {fault}')
        self.position = position


class _BadWordError(ValueError):
    """What is wrong with a word, and what to write."""


class _Text(NamedTuple):
    text: str
    """Casefolded."""
    key: None = None

    def test(self, table: Table) -> RowTest:
        text, products = self.text, table.products

        def matches(row: int) -> bool:
            one = products[row]
            words = f"{one.ticker}\n{one.asset}\n{one.name or ''}\n{one.issuer or ''}"
            return text in words.casefold()

        return matches


class _Regex(NamedTuple):
    pattern: re.Pattern[str]
    key: None = None

    def test(self, table: Table) -> RowTest:
        search, products = self.pattern.search, table.products

        def matches(row: int) -> bool:
            one = products[row]
            return any(search(text) for text in (one.ticker, one.name, one.issuer) if text)

        return matches


class _Staked(NamedTuple):
    key: None = None

    def test(self, table: Table) -> RowTest:
        products = table.products
        return lambda row: products[row].stakes


class _Named(NamedTuple):
    key: str
    values: tuple[str, ...]
    """Casefolded."""

    def test(self, table: Table) -> RowTest:
        products, read, values = table.products, WORDS[self.key], self.values
        if self.key in WHOLE:
            return lambda row: (read(products[row]) or "").casefold() in values

        def matches(row: int) -> bool:
            words = (read(products[row]) or "").casefold()
            return any(value in words for value in values)

        return matches


class _Compared(NamedTuple):
    key: str
    operator: str
    value: float

    def test(self, table: Table) -> RowTest:
        column = table.column(self.key)
        slack = SAME * max(1.0, abs(self.value))
        holds = _comparison(self.operator, self.value - slack, self.value + slack)
        if isinstance(column, float):
            answer = holds(column)
            return lambda _row: answer
        return lambda row: holds(column[row])


class _Word(NamedTuple):
    condition: Condition
    negated: bool


@dataclass(frozen=True, slots=True)
class Query:
    """A filter, equal to another of the same text."""

    text: str
    """As the user wrote it."""
    words: tuple[_Word, ...] = field(compare=False, repr=False)

    @classmethod
    def parse(cls, text: str) -> Query:
        """Read a filter.

        Args:
            text: Words between spaces; none chooses every product that is not closed.

        Raises:
            QueryError: A word makes no sense.
        """
        return cls(text, tuple(_words(text)))

    @property
    def figures(self) -> tuple[str, ...]:
        """Keys of the figures that it mentions, in its order."""
        keys = (word.condition.key for word in self.words)
        return tuple(dict.fromkeys(key for key in keys if key is not None))

    def select(self, table: Table) -> list[int]:
        """Return the rows that match, in the order of the catalogue."""
        rows = self._on_offer(table)
        for word in self.words:
            matches, negated = word.condition.test(table), word.negated
            rows = [row for row in rows if matches(row) is not negated]
        return rows

    def _on_offer(self, table: Table) -> list[int]:
        """Return the rows of what trades on the scenario's day; all if it asks for the status."""
        if STATUS in self.figures:
            return list(range(len(table.products)))
        day = table.scenario.as_of
        return [row for row, one in enumerate(table.products) if not _is_gone(one, day)]

    @property
    def compared(self) -> tuple[str, ...]:
        """Keys of the figures that it compares with a value."""
        conditions = (word.condition for word in self.words)
        return tuple(dict.fromkeys(one.key for one in conditions if isinstance(one, _Compared)))

    def undecided(self, table: Table) -> list[int]:
        """Return the rows that are left out only because a figure that it compares is unknown."""
        chosen = set(self.select(table))
        unknown: set[int] = set()
        rows = self._on_offer(table)
        for word in self.words:
            condition, matches = word.condition, word.condition.test(table)
            lacking: set[int] = set()
            if isinstance(condition, _Compared):
                marks = ((row, table.marks(row, condition.key)) for row in rows)
                lacking = {row for row, mark in marks if mark & Mark.UNKNOWN}
            unknown |= lacking
            rows = [row for row in rows if row in lacking or matches(row) is not word.negated]
        return [row for row in rows if row in unknown - chosen]

    def strangers(self, table: Table) -> list[str]:
        """Say which values no product has, and what else cannot match: hints, in its order."""
        return [
            hint
            for word in self.words
            if not word.negated and (hint := _strangeness(word.condition, table))
        ]


def _strangeness(condition: Condition, table: Table) -> str:
    """Say why a word matches no product at all, or an empty string."""
    match condition:
        case _Text(text) if text in JOINERS:
            return "words of a filter are joined by and; for either of two write asset:sol,eth"
        case _Named(key, values):
            known = {read for one in table.products if (read := WORDS[key](one))}
            folded = {one.casefold() for one in known}
            is_whole = key in WHOLE
            strange = [
                value
                for value in values
                if not (value in folded if is_whole else any(value in one for one in folded))
            ]
            if not strange:
                return ""
            words = sorted(map(visible, known))
            listed = ", ".join(words[:_NAMED]) + (", …" if len(words) > _NAMED else "")
            has = f"{_plural(key)} are {listed}" if words else "none has any"
            return f"no product has {key} {visible(', '.join(strange))}; {has}"
    return ""


def _plural(key: str) -> str:
    if key.endswith("y"):
        return f"{key[:-1]}ies"
    return f"{key}{'es' if key.endswith('s') else 's'}"


def _is_gone(product: Product, day: date) -> bool:
    """Tell whether a product is closed, or was not listed yet on a day."""
    since = product.listing.since if product.listing else None
    return product.status == CLOSED or (since is not None and since.value > day)


def _comparison(operator: str, low: float, high: float) -> Callable[[float], bool]:
    """Compare with what lies between low and high; an unknown value, NaN, never holds."""
    match operator:
        case ">":
            return lambda value: bool(value > high)
        case ">=":
            return lambda value: bool(value >= low)
        case "<":
            return lambda value: bool(value < low)
        case "<=":
            return lambda value: bool(value <= high)
        case "=":
            return lambda value: bool(low <= value <= high)
        case _:
            return lambda value: bool(value < low or value > high)


def _words(text: str) -> Iterator[_Word]:
    for position, found in enumerate(re.finditer(_WORD, text)):
        word = found[0]
        negated = word.startswith("!") and not word.startswith("!=")
        try:
            yield _Word(_condition(word[negated:]), negated)
        except _BadWordError as error:
            raise QueryError(word, position, str(error)) from None


def _condition(word: str) -> Condition:
    """Read a word without its exclamation mark."""
    if not word:
        raise _BadWordError("there is nothing after the !; write !grayscale")
    if word.startswith("/"):
        return _Regex(_pattern(word))
    if word.count('"') % 2:
        raise _BadWordError('a quotation mark is not closed; write "north fund"')
    if keyed := re.fullmatch(_KEYED, word):
        key, operator, value = keyed.groups()
        return _keyed(key, operator, value)
    plain = re.sub('"[^"]*"', "", word)
    if operator := re.search(_OPERATOR, plain):
        raise _BadWordError(
            f"no figure stands before the {operator[0]}; write net_yield>4%, no spaces"
        )
    if word.casefold() == STAKED:
        return _Staked()
    return _Text(word.replace('"', "").casefold())


def _keyed(name: str, operator: str, text: str) -> Condition:
    key = name.casefold().replace("-", "_")
    figure = FIGURES.get(key)
    if figure is None:
        close = nearest(key[:_QUOTED], tuple(FIGURES))
        hint = f"did you mean {close}?" if close else "quote it to look for the text"
        shown = visible(name[:_QUOTED])
        raise _BadWordError(f"no figure is called {shown}; {hint}")
    example = _EXAMPLES[figure.unit]
    if not text.strip('", '):
        raise _BadWordError(
            f"there is nothing after the {operator}; write {key}{operator}{example}"
        )
    if figure.unit is Unit.WORDS:
        if operator != ":":
            raise _BadWordError(f"{key} is words, not a number; write {key}:{example}")
        values = (one.replace('"', "").strip().casefold() for one in re.findall(_VALUE, text))
        return _Named(key, tuple(value for value in values if value))
    if operator == ":":
        raise _BadWordError(f"{key} is a number; write {key}>{example}")
    return _Compared(key, operator, _number(figure, text.replace('"', "")))


def _number(figure: Figure, text: str) -> float:
    """Read a value in the unit of a figure."""
    try:
        match figure.unit:
            case Unit.RATE | Unit.BPS:
                return rate_of(text)
            case Unit.MONEY:
                amount, currency = money_of(text)
                if currency != "USD":
                    raise _BadWordError(
                        f"amounts are compared in US dollars, not {currency}; write 100M"
                    )
                return amount
            case Unit.DAYS if text[-1:].isalpha():
                return float(span_of(text))
            case _:
                return number_of(text)
    except UnitError as error:
        raise _BadWordError(str(error)) from None


def _pattern(word: str) -> re.Pattern[str]:
    pattern = word[1:-1]
    if not (word.endswith("/") and pattern):
        raise _BadWordError("a regular expression stands between slashes; write /regex/")
    if len(pattern) > LONGEST_PATTERN:
        raise _BadWordError(
            f"its pattern has {len(pattern)} characters; write at most {LONGEST_PATTERN}"
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return re.compile(pattern, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError) as error:
        said = visible(str(error))
        raise _BadWordError(
            f"not a regular expression: {said}; write text without slashes"
        ) from None
