"""Adding rows to a table beside the catalogue: first what would come of it, then the file.

Doing it twice changes nothing. A file with a row that cannot be used is left alone, since writing
it anew would lose that row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, NamedTuple

from etfcompare.catalogue.filesystem import REAL
from etfcompare.catalogue.locking import locked
from etfcompare.catalogue.placing import place_file
from etfcompare.catalogue.store import read_bytes
from etfcompare.errors import ConflictError, EtfcompareError, UnreadableError
from etfcompare.history.rows import CsvTable, FlowRow, R, read_rows, text_of
from etfcompare.history.tables import MOST_BYTES
from etfcompare.visible import visible


class DamagedError(EtfcompareError):
    """The file has rows that cannot be used; they must be mended first."""


class Change(NamedTuple, Generic[R]):
    """A row that is there, and what is to stand for it."""

    old: R
    new: R


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge(Generic[R]):
    """What becomes of a file when rows are added to it. Nothing is written yet."""

    path: Path
    added: tuple[R, ...]
    """Rows that are new, as the file will have them sorted."""
    changed: tuple[Change[R], ...]
    """Rows of which a value is another."""
    same: int
    """How many of the rows given are there already."""
    displaced: tuple[R, ...]
    """Flows that must go since they are by another kind of period than the new ones of a scope."""
    before: bytes | None
    """What the file held; None if there was none."""
    after: bytes
    """What it will hold."""

    @property
    def is_idle(self) -> bool:
        """Whether nothing would change."""
        return self.before is not None and not (self.added or self.changed or self.displaced)


def merge_rows(path: Path, table: CsvTable[R], rows: Iterable[R]) -> Merge[R]:
    """Say what adding rows to a file would change. Unknown cells leave known ones as they are.

    Args:
        path: The file, which need not be there.
        table: Which one it is.
        rows: What to add, in any order, each key once.

    Raises:
        DamagedError: The file has rows that cannot be used.
        UnreadableError: It cannot be read.
    """
    before = _held(path)
    found = read_rows(table, before or text_of(table, ()).encode(), path.name)
    if found.problems:
        first = found.problems[0]
        raise DamagedError(f"{visible(str(path))}:{first}; mend it before rows are added")
    held = {table.key(row): row for row in found.rows}
    given = {table.key(row): row for row in rows}
    displaced = _displaced(held.values(), given.values())
    for row in displaced:
        del held[table.key(row)]
    merged = {
        key: _beside(table, row, held[key]) if key in held else row
        for key, row in sorted(given.items())
    }
    return Merge(
        path=path,
        added=tuple(row for key, row in merged.items() if key not in held),
        changed=tuple(
            Change(held[key], row)
            for key, row in merged.items()
            if key in held and held[key] != row
        ),
        same=sum(held.get(key) == row for key, row in merged.items()),
        displaced=displaced,
        before=before,
        after=text_of(table, (held | merged).values()).encode(),
    )


def write_merge(merge: Merge[R], state_folder: Path | None = None) -> Path:
    """Write the file whole, or not at all; what would change nothing is not written.

    Args:
        merge: What to write.
        state_folder: Where locks are kept, if anywhere: of two imports at once, one waits.

    Raises:
        ConflictError: Somebody else changed the file since it was read, or goes on writing it.
        PlaceError: It cannot be written.
        UnreadableError: It can no longer be read.
    """
    if merge.is_idle:
        return merge.path
    if state_folder is None:
        return _written(merge)
    try:
        with locked(REAL.realpath(merge.path), state_folder, REAL):
            return _written(merge)
    except BlockingIOError as error:
        said = f"{visible(str(merge.path))}: another import has held it for seconds; try again"
        raise ConflictError(said) from error


def _written(merge: Merge[R]) -> Path:
    held = _held(merge.path)
    if held != merge.before:
        message = (
            f"{visible(str(merge.path))}: was changed by another program meanwhile; import again"
        )
        raise ConflictError(message, current=held)
    merge.path.parent.mkdir(parents=True, exist_ok=True)
    return place_file(merge.path, merge.after, replace=merge.before is not None)


def _held(path: Path) -> bytes | None:
    try:
        return read_bytes(path, most=MOST_BYTES)
    except UnreadableError as error:
        if isinstance(error.__cause__, FileNotFoundError):
            return None
        raise


def _beside(table: CsvTable[R], row: R, known: R) -> R:
    """A row with what only another of its key knows."""
    return table.make(
        *(was if cell is None else cell for cell, was in zip(row, known, strict=True))
    )


def _displaced(held: Iterable[R], given: Iterable[R]) -> tuple[R, ...]:
    """Flows of the file whose scope is by another kind of period from now on."""
    kinds = {(row.scope, row.period.kind) for row in given if isinstance(row, FlowRow)}
    scopes = {scope for scope, _ in kinds}
    return tuple(
        row
        for row in held
        if isinstance(row, FlowRow)
        and row.scope in scopes
        and (row.scope, row.period.kind) not in kinds
    )
