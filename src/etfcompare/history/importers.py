"""Files of somebody else's as rows of our tables: which format, which unit, whose figures.

Nothing is written here. What cannot be read is told with its line, and never dropped unseen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Generic

from etfcompare.catalogue.source import decode
from etfcompare.errors import UnreadableError, UsageError
from etfcompare.history.foreign import Asked, Figure, Findings, Rejected, Unit
from etfcompare.history.foreign_text import quoted
from etfcompare.history.formats import Format, format_of
from etfcompare.history.grids import Row, rows_of_csv, rows_of_page
from etfcompare.history.json_tree import Node, tree_of
from etfcompare.history.naming import Names, UnnamedError
from etfcompare.history.rows import FLOWS, PRICES, CsvTable, R, Scope
from etfcompare.history.series import PeriodKind
from etfcompare.history.wishes import Wish, said_week, unit_of, week_of
from etfcompare.visible import visible

MOST_BYTES: Final = 64 << 20
"""Size of the largest file that is imported."""

_MOST: Final = Decimal("1e12")
"""More than there is of anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported(Generic[R]):
    """What a file of somebody else's says."""

    form: Format
    unit: str
    """What its flows count, and how that is known; empty for prices and holdings."""
    rows: tuple[R, ...]
    lines: Mapping[tuple[object, ...], int]
    """Where each row stands in the file, by its key."""
    rejected: tuple[Rejected, ...]
    """Rows and cells that cannot be read."""
    sums: tuple[Rejected, ...]
    """Rows that do not add up to their total."""
    missing: tuple[Rejected, ...]
    """Totals that take in names which the table leaves out."""
    left_out: tuple[str, ...]
    """Names that are not taken, and why."""
    notes: tuple[str, ...]
    unreported: int
    """Cells of funds that had not reported."""
    repeated: int
    """Figures that the file has twice, the same, and that are taken once."""
    untaken: int
    """Figures under names that are not taken."""
    totals: int
    """Rows of totals, which are checked and never stored."""
    strange: tuple[Rejected, ...]
    """Rows that are taken and contradict the catalogue."""


def read_foreign(
    table: CsvTable[R],
    content: bytes,
    file_name: str,
    wish: Wish,
    names: Names,
    today: date,
) -> Imported[R]:
    """Read a file of somebody else's.

    Args:
        table: What it is imported into.
        content: Its bytes.
        file_name: Its name without folders, which may say of which fund or week it is.
        wish: What the user says of it.
        names: Finds the names of the catalogue.
        today: Today's date; nothing that is later has happened.

    Raises:
        UnreadableError: It cannot be read at all, or in no format that is known.
        UsageError: Something is missing that only the user can say.
    """
    text, _ = decode(content)
    grid, tree = _content(text)
    form = format_of(grid, tree, table.name, wish.form)
    week = week_of(wish.week, file_name)
    findings = Findings(today=today)
    asked = Asked(table.name, wish.scope, week)
    if form.read_tree is not None and tree is not None:
        form.read_tree(tree, asked, findings)
    elif form.read_grid is not None and grid:
        form.read_grid(grid, asked, findings)
    else:
        raise UnreadableError(f"the file is not {form.title}; leave out --format")
    if form.name == "coinshares" and week is not None:
        findings.notes.append(said_week(week, wish.week, file_name))
    unit, said = Unit.DOLLARS, ""
    if table.name == FLOWS.name:
        unit, said = unit_of(findings, wish.unit)
    return _Making(table, findings, names, unit).imported(form, said, wish, file_name)


def _content(text: str) -> tuple[tuple[Row, ...], Node | None]:
    """Return rows, or a tree."""
    start = text[:4096].lstrip()
    if start[:1] in {"{", "["}:
        return (), tree_of(text)
    if start[:1] == "<":
        return rows_of_page(text), None
    return rows_of_csv(text), None


class _Making(Generic[R]):
    """Makes rows of figures."""

    def __init__(self, table: CsvTable[R], findings: Findings, names: Names, unit: Unit) -> None:
        self._table = table
        self._findings = findings
        self._names = names
        self._unit = unit
        self._resolved: dict[tuple[Scope, str], str | None] = {}
        self._left_out: dict[str, str] = {}
        self._counts: Counter[str] = Counter()
        self._repeated = 0

    def imported(self, form: Format, unit: str, wish: Wish, file_name: str) -> Imported[R]:
        """Make them all."""
        self._name_all(wish, file_name)
        values = self._values()
        columns = self._table.header[self._table.keys :]
        make = self._table.make
        return Imported(
            form=form,
            unit=unit,
            rows=tuple(
                make(*key, *(cells[one][0] if one in cells else None for one in columns))
                for key, cells in values.items()
            ),
            lines={key: min(line for _, line in cells.values()) for key, cells in values.items()},
            rejected=tuple(sorted(self._findings.rejected)),
            sums=tuple(sorted(self._findings.sums)),
            missing=tuple(sorted(self._findings.missing)),
            left_out=tuple(
                f"{why}; left out: {self._counts[name]:,}" for name, why in self._left_out.items()
            ),
            notes=tuple(dict.fromkeys(self._findings.notes)),
            unreported=self._findings.unreported,
            repeated=self._repeated,
            untaken=self._counts.total(),
            totals=self._findings.totals,
            strange=tuple(self._strange()),
        )

    def _strange(self) -> Iterator[Rejected]:
        """Doubt products of which the file says another asset than the catalogue."""
        catalogue = self._names.catalogue
        assets = {one.ticker: one.asset for one in catalogue.products}
        for (name, said), line in self._findings.assets.items():
            ticker = self._resolved.get((Scope.PRODUCT, name))
            known = assets.get(ticker or "")
            if ticker is None or known is None or not said:
                continue
            block = catalogue.assets.get(known)
            called = {known.casefold(), ((block.name if block else None) or known).casefold()}
            if said.casefold() not in called:
                yield Rejected(
                    line,
                    f"the file has {quoted(said)} as the asset of {visible(ticker)}, the catalogue "
                    f"{visible(known)}; see whether the ticker is right",
                )

    def _values(self) -> dict[tuple[object, ...], dict[str, tuple[float, int]]]:
        """Return the number in each cell of each row, and its line; refuse what contradicts."""
        said: dict[tuple[tuple[object, ...], str], list[tuple[float, int]]] = {}
        for one in self._findings.figures:
            name = self._resolved[one.scope, one.name]
            if name is None:
                self._counts[one.name] += 1
            elif (number := self._number(one)) is not None:
                said.setdefault((self._key(one, name), one.column), []).append((number, one.line))
        values: dict[tuple[object, ...], dict[str, tuple[float, int]]] = {}
        for (key, column), found in said.items():
            if len({number for number, _ in found}) > 1:
                self._contradict(key, found)
                continue
            values.setdefault(key, {})[column] = found[0]
            self._repeated += len(found) - 1
        return values

    def _contradict(self, key: tuple[object, ...], found: Sequence[tuple[float, int]]) -> None:
        """Refuse every line of those that say different numbers of one cell."""
        none = "neither is taken" if len(found) == 2 else "none is taken"  # noqa: PLR2004 - a pair
        what = f"{visible(str(key[-1]))}, {key[0]}"
        for number, line in found:
            other, at = next(one for one in found if one[0] != number)
            said = f"{number:,.15g} here and {other:,.15g} on line {at:,}"
            self._findings.reject(line, f"{what}: {said}; {none}")

    def _name_all(self, wish: Wish, file_name: str) -> None:
        """Find the name of the catalogue for each name of the file.

        Raises:
            UsageError: The file does not name whose figures they are, or does, against the user.
        """
        figures = self._findings.figures
        if wish.name is not None and any(one.name for one in figures):
            raise UsageError("the file names whose figures they are; leave out --name")
        for scope, name in dict.fromkeys((one.scope, one.name) for one in figures):
            given = name or wish.name
            if given is None:
                given = self._names.guessed(file_name, scope)
                if given is None:
                    raise UsageError(f"the file does not say of which {scope}: add --name")
                self._findings.notes.append(
                    f"taken for {visible(given)}, as the name of the file has it"
                )
            try:
                if self._table.name == PRICES.name:
                    found = self._names.asset(given)
                else:
                    found = self._names.of(scope, given, self._findings.issuers_of)
            except UnnamedError as error:
                self._left_out[name] = str(error)
                self._resolved[scope, name] = None
                continue
            self._resolved[scope, name] = found
        self._tell_names()

    def _tell_names(self) -> None:
        """Say which names were found for issuers, and which coins the catalogue does not have."""
        changed = [
            f"{visible(name)} = {visible(found)}"
            for (_, name), found in self._resolved.items()
            if name and found is not None and found.casefold() != name.casefold()
        ]
        if changed:
            self._findings.notes.append(f"read as {', '.join(changed)}")
        strange = [
            visible(found)
            for (scope, _), found in self._resolved.items()
            if scope is Scope.ASSET
            and found is not None
            and found not in self._names.catalogue.assets
        ]
        if strange:
            self._findings.notes.append(
                f"not among the assets of the catalogue, and taken: {', '.join(strange)}"
            )

    def _key(self, one: Figure, name: str) -> tuple[object, ...]:
        if self._table.name == FLOWS.name:
            return (one.period, one.scope, name)
        return (one.period.last_day, name)

    def _number(self, one: Figure) -> float | None:
        """Return a figure as it is kept; refuse what no fund can have."""
        power = self._unit.power if self._table.name == FLOWS.name else 0
        value = one.value.scaleb(power)
        is_flow = one.column == "net_flow_usd"
        may_be_zero = is_flow or one.column in {"shares", "distribution_usd"}
        what = visible(one.name) or one.column
        if one.period.kind is not PeriodKind.DAY and self._table.name != FLOWS.name:
            self._findings.reject(one.line, f"{what}: {one.period} is no day")
        elif abs(value) > _MOST:
            self._findings.reject(one.line, f"{what}: {one.value:,f} is more than there is")
        elif (value < 0 and not is_flow) or (not value and not may_be_zero):
            self._findings.reject(one.line, f"{what}: {one.column} of {one.value:,f} cannot be")
        else:
            return float(value)
        return None
