"""What `etfcompare import` does: look at a file, work out what it adds to a table, write that."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Generic, NamedTuple, TypeAlias

from etfcompare.catalogue.document import DocumentError
from etfcompare.catalogue.edits import EditError
from etfcompare.catalogue.places import state_folder
from etfcompare.catalogue.placing import PlaceError
from etfcompare.catalogue.schema import History as Files
from etfcompare.catalogue.store import read_bytes
from etfcompare.editing import Editor, PackagedError, Proposal, SetValue
from etfcompare.errors import EtfcompareError, UnreadableError
from etfcompare.history.checks import Doubt
from etfcompare.history.import_plan import Plan, plan_of
from etfcompare.history.importers import MOST_BYTES, Imported, read_foreign
from etfcompare.history.merging import write_merge
from etfcompare.history.naming import Names
from etfcompare.history.rows import (
    FLOWS,
    HOLDINGS,
    PRICES,
    CsvTable,
    FlowRow,
    HoldingRow,
    PriceRow,
    R,
)
from etfcompare.history.tables import history_file
from etfcompare.history.wishes import Wish
from etfcompare.visible import visible

_MISSING: Final = frozenset({errno.ENOENT, errno.ENOTDIR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the user decides about figures that could be taken or not."""

    renamed: Mapping[str, str] = field(default_factory=dict)
    takes_unknown: bool = False
    takes_file: bool = False
    replaces: bool = False


class Place(NamedTuple):
    """Where a table is kept."""

    path: str
    """As the catalogue names it, or will."""
    file: Path
    naming: Proposal | None
    """The change that makes the catalogue name it; None if it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look(Generic[R]):
    """What an import would do."""

    file: Path
    """Whose figures are taken."""
    imported: Imported[R]
    place: Place
    plan: Plan[R]
    doubts: tuple[Doubt, ...] = ()
    """What deserves no trust in the flows that would be written."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing would change."""
        return self.plan.is_idle and self.place.naming is None

    def write(self) -> None:
        """Write the table.

        Raises:
            ConflictError: Somebody else changed it since.
            PlaceError: It cannot be written.
        """
        write_merge(self.plan.merge, state_folder(os.environ))


AnyLook: TypeAlias = Look[FlowRow] | Look[PriceRow] | Look[HoldingRow]


def look(editor: Editor, table: str, file: Path, wish: Wish, choice: Choice) -> AnyLook:
    """Work out what an import would do; nothing is written.

    Args:
        editor: Of the catalogue.
        table: flows, prices or holdings.
        file: Whose figures are taken.
        wish: What the user says of the file.
        choice: What the user decides.

    Raises:
        PackagedError: The catalogue is the one that came with the program.
        EtfcompareError: The file, or the table that is stored, cannot be read.
    """
    if editor.workspace.location.is_packaged:
        raise PackagedError
    match table:
        case FLOWS.name:
            return _doubted(editor, _look(editor, FLOWS, file, wish, choice))
        case PRICES.name:
            return _look(editor, PRICES, file, wish, choice)
        case _:
            return _look(editor, HOLDINGS, file, wish, choice)


def keep(editor: Editor, found: AnyLook) -> tuple[str, ...]:
    """Write what an import adds, and have the catalogue name the file.

    Returns:
        A line for each file that was written.

    Raises:
        ConflictError: Somebody else changed the table since.
        UsageError: It would remove stored flows, and the user does not let it.
        EtfcompareError: It cannot be written.
    """
    found.plan.refuse_losses()
    lines: list[str] = []
    if not found.plan.is_idle:
        try:
            found.write()
        except OSError as error:
            why = visible(error.strerror or str(error))
            raise PlaceError(f"{visible(str(found.place.file))}: not written: {why}") from error
        lines.append(f"{found.place.path}: written")
    if found.place.naming is not None:
        editor.save(found.place.naming)
        lines.append(found.place.naming.summary)
    return tuple(lines)


def _look(editor: Editor, table: CsvTable[R], file: Path, wish: Wish, choice: Choice) -> Look[R]:
    workspace = editor.workspace
    shown = visible(str(file))
    names = Names(
        catalogue=workspace.catalogue,
        renamed=choice.renamed,
        takes_unknown=choice.takes_unknown,
    )
    content = _content(file)
    try:
        imported = read_foreign(table, content, file.name, wish, names, workspace.today())
    except DocumentError as error:
        raise UnreadableError(f"{shown}:{error}") from error
    except EtfcompareError as error:
        raise type(error)(f"{shown}: {error}") from error
    place = _place(editor, table.name)
    plan = plan_of(
        place.file,
        table,
        imported.rows,
        takes_file=choice.takes_file,
        replaces=choice.replaces,
    )
    return Look(file=file, imported=imported, place=place, plan=plan)


def _doubted(editor: Editor, found: Look[FlowRow]) -> Look[FlowRow]:
    """Add what deserves no trust."""
    from etfcompare.history.import_checks import doubts_in  # noqa: PLC0415 - only flows need it

    catalogue = editor.workspace.catalogue
    doubts = doubts_in(found.plan, found.imported.rows, catalogue)
    return replace(found, doubts=doubts)


def _place(editor: Editor, table: str) -> Place:
    """Return where a table is kept, or shall be: in `history/` beside the catalogue.

    Raises:
        EtfcompareError: The catalogue cannot be made to name it, or names a file elsewhere.
    """
    workspace = editor.workspace
    files = workspace.catalogue.history or Files()
    named = {
        FLOWS.name: files.flows,
        PRICES.name: files.prices,
        HOLDINGS.name: files.holdings,
    }[table]
    path = named or f"history/{table}.csv"
    file = history_file(workspace.path.parent, path)
    if named is not None:
        return Place(path, file, None)
    change = SetValue(None, ("history", table), path)
    if (present := change.present(workspace.document)) is not None:
        raise EtfcompareError(
            f"history.{table}: {visible(present)} cannot be used; `etfcompare check` says why"
        )
    try:
        naming = editor.propose(change)
        naming.refuse_errors(workspace.path)
    except EditError as error:
        raise EtfcompareError(
            f"{error}; write `history: {{{table}: {path}}}` into the catalogue first"
        ) from error
    return Place(path, file, naming)


def _content(file: Path) -> bytes:
    """Return the bytes of a file of somebody else's.

    Raises:
        UnreadableError: It is missing, no regular file, too large, or may not be read.
    """
    shown = visible(str(file))
    if "\0" in str(file):
        raise UnreadableError(f"{shown}: no name holds a NUL")
    try:
        return read_bytes(file.expanduser(), most=MOST_BYTES)
    except UnreadableError as error:
        cause = error.__cause__
        if isinstance(cause, OSError) and cause.errno in _MISSING:
            raise UnreadableError(f"{shown}: no such file") from error
        if isinstance(cause, OSError):
            raise
        raise UnreadableError(
            f"{shown}: is no regular file, or larger than {MOST_BYTES >> 20} MiB"
        ) from error
