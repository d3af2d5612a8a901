"""The rows of the three tables: what each says, how it is read, and how it is written."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from math import isfinite
from typing import Final, Generic, NamedTuple, TypeVar

from etfcompare.catalogue.fields import nearest, quoted
from etfcompare.catalogue.problem import Problem, Severity
from etfcompare.history.series import Period, period_of
from etfcompare.units import UnitError, date_of, number_of
from etfcompare.visible import visible

MOST_PROBLEMS: Final = 100
"""Problems of one file that are listed; more are only counted."""
LONGEST_NAME: Final = 80
"""Characters of the name of a fund, an asset, a country or an issuer."""

_CACHE_SIZE: Final = 1 << 12
_FLOAT: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_TEXT_HINT: Final = "save it as CSV in UTF-8"


class Scope(StrEnum):
    """Whose flow it is."""

    PRODUCT = "product"
    """A fund, named by its ticker."""
    ASSET = "asset"
    COUNTRY = "country"
    ISSUER = "issuer"


class FlowRow(NamedTuple):
    """Money that came in (+) or left (-) in a period, net."""

    period: Period
    scope: Scope
    name: str
    net_flow_usd: float


class PriceRow(NamedTuple):
    """What an asset cost at the end of a day."""

    day: date
    asset: str
    close_usd: float


class HoldingRow(NamedTuple):
    """What a fund held and was worth at the end of a day; None is unknown."""

    day: date
    ticker: str
    shares: float | None
    coins_per_share: float | None
    nav_usd: float | None
    distribution_usd: float | None
    """Paid for a share, on its ex-date."""


Row = FlowRow | PriceRow | HoldingRow
Key = tuple[object, ...]
R = TypeVar("R", bound=Row)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CsvTable(Generic[R]):
    """How one of the three tables is written."""

    name: str
    """As the catalogue's `history:` block calls it."""
    columns: tuple[tuple[str, Callable[[str], object]], ...]
    """The name of each column, and what its cells stand for."""
    make: Callable[..., R]
    """Makes a row of what its cells stand for."""
    keys: int
    """Columns from the left that identify a row; files are sorted by them."""

    @property
    def header(self) -> tuple[str, ...]:
        """Return the names of the columns."""
        return tuple(name for name, _ in self.columns)

    def key(self, row: R) -> Key:
        """Return what identifies a row."""
        return row[: self.keys]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows(Generic[R]):
    """The rows of a file that could be used, in its order, and what is wrong with the others."""

    rows: tuple[R, ...] = ()
    problems: tuple[Problem, ...] = ()


def read_rows(table: CsvTable[R], content: bytes, path: str) -> Rows[R]:
    """Read a table row by row.

    A row that repeats the key of an earlier one is left out, and so is a flow by a kind of period
    that its scope did not begin with.

    Args:
        table: Which one.
        content: The file.
        path: What problems call the file.
    """
    return _Reading(table, path).read(content)


def text_of(table: CsvTable[R], rows: Iterable[R]) -> str:
    """Write rows as a file, sorted.

    Args:
        table: Which table they belong to.
        rows: In any order, each key once.
    """
    ordered = sorted(rows, key=table.key)
    lines = [",".join(table.header)]
    lines += [",".join(map(_cell_of, row)) for row in ordered]
    return "\n".join(lines) + "\n"


def plain(number: float) -> str:
    """Write a number as the shortest plain decimal that is read as the same number."""
    if number.is_integer():
        return str(int(number))
    return f"{Decimal(repr(number)):f}"


def number_in(text: str) -> float:
    """The number that a cell holds.

    Raises:
        UnitError: if it is none, or beyond what can be reckoned with.
    """
    # A stricter reader would refuse what the readers of large files let pass, as `1.` or `007`.
    if not _FLOAT.fullmatch(text):
        return number_of(text)
    if isfinite(number := float(text)):
        return number
    raise UnitError(f"{quoted(text)} is too large", "write a plain number")


@lru_cache(maxsize=_CACHE_SIZE)
def name_in(text: str) -> str:
    """The name that a cell holds.

    Raises:
        UnitError: if it is empty, very long, or holds what cannot be seen.
    """
    name = text.strip(" ")
    if not name:
        raise UnitError("the name is missing", "write it as IBIT, BTC or United States")
    if len(name) > LONGEST_NAME:
        raise UnitError(f"{quoted(name)} is too long for a name", "shorten it")
    if visible(name) != name:
        raise UnitError(f"{quoted(name)} holds a character that cannot be seen", "remove it")
    return name


def _number_or_none(text: str) -> float | None:
    return number_in(text) if text.strip(" ") else None


@lru_cache(maxsize=_CACHE_SIZE)
def _scope_in(text: str) -> Scope:
    try:
        return Scope(text.strip(" "))
    except ValueError as error:
        scopes = tuple(Scope)
        close = nearest(text, scopes)
        hint = f"did you mean {close}?" if close else ""
        raise UnitError(f"{quoted(text)} is not one of {', '.join(scopes)}", hint) from error


def _cell_of(value: object) -> str:
    """A value as a cell; names with a comma or a quotation mark are quoted."""
    match value:
        case None:
            return ""
        case float() | int() if not isinstance(value, Period):
            return plain(float(value))
        case _:
            text = str(value)
            return '"' + text.replace('"', '""') + '"' if set(text) & {",", '"'} else text


FLOWS: Final = CsvTable(
    name="flows",
    columns=(
        ("period", period_of),
        ("scope", _scope_in),
        ("name", name_in),
        ("net_flow_usd", number_in),
    ),
    make=FlowRow,
    keys=3,
)
PRICES: Final = CsvTable(
    name="prices",
    columns=(("date", date_of), ("asset", name_in), ("close_usd", number_in)),
    make=PriceRow,
    keys=2,
)
HOLDINGS: Final = CsvTable(
    name="holdings",
    columns=(
        ("date", date_of),
        ("ticker", name_in),
        ("shares", _number_or_none),
        ("coins_per_share", _number_or_none),
        ("nav_usd", _number_or_none),
        ("distribution_usd", _number_or_none),
    ),
    make=HoldingRow,
    keys=2,
)


@dataclass(slots=True)
class _Reading(Generic[R]):
    """One reading of a file: what was found so far."""

    table: CsvTable[R]
    path: str
    problems: list[Problem] = field(default_factory=list)
    more: int = 0
    """Problems that are not listed."""
    lines: dict[Key, int] = field(default_factory=dict)
    """Where each key stands."""
    begun: dict[Scope, tuple[Period, int]] = field(default_factory=dict)
    """The first period of each scope, and where it stands."""

    def read(self, content: bytes) -> Rows[R]:
        rows: list[R] = []
        lines = self._lines(content)
        number, first = next(lines, (1, ""))
        header = self.table.header
        if tuple(cell.strip(" ") for cell in _split(first)) != header:
            found = quoted(first) if first else "nothing"
            wanted = ",".join(header)
            self._fault(number, 1, f"the header is missing: found {found}", f"begin with {wanted}")
            return Rows(problems=tuple(self.problems))
        for number, line in lines:
            row = self._row(number, line)
            if row is not None:
                rows.append(row)
        if self.more:
            self.problems.append(
                Problem(
                    path=self.path,
                    line=1,
                    column=1,
                    severity=Severity.ERROR,
                    message=f"{self.more:,} more rows cannot be used",
                )
            )
        return Rows(rows=tuple(rows), problems=tuple(self.problems))

    def _lines(self, content: bytes) -> Iterator[tuple[int, str]]:
        """The lines that hold something, with their numbers."""
        for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
            if not (bare := line.removesuffix(b"\r")):
                continue
            try:
                yield number, bare.decode()
            except UnicodeDecodeError as error:
                self._fault(number, error.start + 1, "the line is not UTF-8", _TEXT_HINT)

    def _row(self, number: int, line: str) -> R | None:
        cells = _split(line)
        columns = self.table.columns
        if len(cells) != len(columns):
            message = f"the row has {len(cells)} cells, not {len(columns)}"
            self._fault(number, 1, message, f"write {','.join(self.table.header)}")
            return None
        values: list[object] = []
        for cell, (name, read) in zip(cells, columns, strict=True):
            try:
                values.append(read(cell))
            except UnitError as error:
                column = _column(line, cells, len(values))
                message = f"{name}: {error.message}" if cell.strip(" ") else f"{name} is missing"
                self._fault(number, column, message, error.hint)
                return None
        row = self.table.make(*values)
        return row if self._fits(row, number, values) else None

    def _fits(self, row: R, number: int, values: Sequence[object]) -> bool:
        key = tuple(values[: self.table.keys])
        if (earlier := self.lines.setdefault(key, number)) != number:
            same = ", ".join(self.table.header[: len(key)])
            message = f"the row repeats {same} of line {earlier:,}"
            self._fault(number, 1, message, "remove one of the two")
            return False
        if isinstance(row, FlowRow):
            begun, line = self.begun.setdefault(row.scope, (row.period, number))
            if begun.kind is not row.period.kind:
                message = (
                    f"{row.period} is a {row.period.kind}, but flows by {row.scope} are"
                    f" by {begun.kind} from line {line:,} on"
                )
                self._fault(number, 1, message, "keep one kind of period for each scope")
                return False
        return True

    def _fault(self, line: int, column: int, message: str, hint: str) -> None:
        if len(self.problems) == MOST_PROBLEMS:
            self.more += 1
            return
        self.problems.append(
            Problem(
                path=self.path,
                line=line,
                column=column,
                severity=Severity.ERROR,
                message=message,
                hint=hint,
            )
        )


def _split(line: str) -> list[str]:
    if '"' not in line:
        return line.split(",")
    try:
        return next(csv.reader([line]))
    except csv.Error:  # a cell of more than 128 KiB
        return [line]


def _column(line: str, cells: Sequence[str], place: int) -> int:
    """Where a cell begins in its line, from 1; of a line with quotation marks, where that does."""
    return 1 if '"' in line else sum(len(cell) + 1 for cell in cells[:place]) + 1
