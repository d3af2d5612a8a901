"""What an import would do to a table that is there: add, change, leave.

Where a figure is stored already and the file has another, the stored one stays unless the user
prefers the file. So a choice is kept by itself: only another explicit choice changes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, NamedTuple

from etfcompare.errors import UsageError
from etfcompare.history.merging import Merge, merge_rows
from etfcompare.history.rows import CsvTable, FlowRow, R, Scope
from etfcompare.history.series import Period, PeriodKind


class Difference(NamedTuple):
    """A figure that is stored, and that a file has otherwise."""

    key: tuple[object, ...]
    """What identifies the row."""
    column: str
    stored: float
    new: float


class Span(NamedTuple):
    """How many flows of a scope there are, by which periods, and over which time."""

    rows: int
    kind: PeriodKind
    first: Period
    last: Period

    def __str__(self) -> str:
        """Return it as users read it."""
        when = str(self.first) if self.first == self.last else f"{self.first} to {self.last}"
        return f"{self.rows:,} by {self.kind}, {when}"


class Loss(NamedTuple):
    """All stored flows by one scope, which give way to others by another kind of period."""

    scope: Scope
    before: Span
    after: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan(Generic[R]):
    """What an import does to a table."""

    table: CsvTable[R]
    merge: Merge[R]
    """What is written."""
    differences: tuple[Difference, ...]
    """Figures that are stored and that the file has otherwise, whichever is taken."""
    filled: int
    """Figures that become known in rows that are stored."""
    takes_file: bool
    """Whether the file's figures are taken where they differ."""
    losses: tuple[Loss, ...] = ()
    """What is stored so far and would be gone."""
    replaces: bool = False
    """Whether the user lets that be."""

    def refuse_losses(self) -> None:
        """Refuse what would remove stored flows unless the user lets it.

        Raises:
            UsageError: It would, and the user does not.
        """
        if self.losses and not self.replaces:
            said = " and ".join(
                f"flows by {one.scope} are stored by {one.before.kind}, and those of the file are "
                f"by {one.after.kind}"
                for one in self.losses
            )
            gone = " and ".join(str(one.before) for one in self.losses)
            raise UsageError(
                f"{said}; a scope has one kind of period; --replace removes the stored: {gone}"
            )

    @property
    def is_idle(self) -> bool:
        """Whether nothing would be written; a file that is made for no row is none."""
        merge = self.merge
        return not (merge.added or merge.changed or merge.displaced)


def plan_of(
    path: Path,
    table: CsvTable[R],
    rows: Sequence[R],
    *,
    takes_file: bool,
    replaces: bool,
) -> Plan[R]:
    """Work out what an import does.

    Args:
        path: The table's file, which need not be there.
        table: Which one it is.
        rows: Those of the file, each key once.
        takes_file: Whether they are taken where stored ones differ.
        replaces: Whether stored flows give way where the new ones are by another kind of period.

    Raises:
        UsageError: Flows of one scope in the file are by two kinds of periods.
        EtfcompareError: The table cannot be read.
    """
    _check_kinds(rows)
    merge = merge_rows(path, table, rows)
    differences: list[Difference] = []
    filled = 0
    for change in merge.changed:
        differing = tuple(_differing(table, change.old, change.new))
        differences += differing
        pairs = zip(change.old, change.new, strict=True)
        filled += sum(was is None and is_now is not None for was, is_now in pairs)
    if differences and not takes_file:
        left_out = {(one.key, one.column) for one in differences}
        merge = merge_rows(path, table, _without(table, rows, left_out))
    return Plan(
        table=table,
        merge=merge,
        differences=tuple(differences),
        filled=filled,
        takes_file=takes_file,
        losses=tuple(_losses(merge, rows)),
        replaces=replaces,
    )


def _differing(table: CsvTable[R], old: R, new: R) -> Iterator[Difference]:
    cells = zip(table.header, old, new, strict=True)
    for column, was, is_now in tuple(cells)[table.keys :]:
        if isinstance(was, float | int) and isinstance(is_now, float | int) and was != is_now:
            yield Difference(tuple(old[: table.keys]), column, was, is_now)


def _without(
    table: CsvTable[R], rows: Iterable[R], left_out: set[tuple[tuple[object, ...], str]]
) -> Iterator[R]:
    """Give rows without some of their figures; of a row that had no other, nothing."""
    for row in rows:
        key = tuple(row[: table.keys])
        cells = [
            None if (key, column) in left_out else cell
            for column, cell in tuple(zip(table.header, row, strict=True))[table.keys :]
        ]
        if any(cell is not None for cell in cells):
            yield table.make(*key, *cells)


def _check_kinds(rows: Iterable[R]) -> None:
    found: dict[Scope, PeriodKind] = {}
    for row in rows:
        if isinstance(row, FlowRow):
            kind = found.setdefault(row.scope, row.period.kind)
            if kind is not row.period.kind:
                raise UsageError(
                    f"flows by {row.scope} are by {kind} and by {row.period.kind} in one file; "
                    "keep one kind of period"
                )


def _losses(merge: Merge[R], rows: Sequence[R]) -> Iterator[Loss]:
    gone = [row for row in merge.displaced if isinstance(row, FlowRow)]
    for scope in dict.fromkeys(row.scope for row in gone):
        coming = (row for row in rows if isinstance(row, FlowRow))
        yield Loss(
            scope,
            _span([row.period for row in gone if row.scope is scope]),
            _span([row.period for row in coming if row.scope is scope]),
        )


def _span(periods: Sequence[Period]) -> Span:
    return Span(len(periods), periods[0].kind, min(periods), max(periods))
