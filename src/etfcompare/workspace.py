"""One open catalogue, its problems, and the comparisons that can be made of it.

Both faces hold a workspace and nothing below it. A file that can no longer be read keeps the last
good view; what is wrong with it is in `fault`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from etfcompare.catalogue.document import Document, DocumentError
from etfcompare.catalogue.fields import nearest
from etfcompare.catalogue.problem import Problem, Severity
from etfcompare.catalogue.reader import Read, is_catalogue, read
from etfcompare.catalogue.schema import Catalogue, Product
from etfcompare.catalogue.store import Location, locate, read_bytes
from etfcompare.engine.comparison import DEFAULT_SORT, Comparison, SortKey, compare
from etfcompare.engine.figures import Table
from etfcompare.engine.leaf import Measurements, unmeasured
from etfcompare.engine.query import Query
from etfcompare.engine.scenario import Scenario
from etfcompare.errors import UnreadableError, UsageError
from etfcompare.visible import visible

if TYPE_CHECKING:
    from etfcompare.engine.explain import Explanation
    from etfcompare.history.tables import History


class RejectedError(UnreadableError):
    """The file is there but is no document that we read; its problems say where and why."""

    def __init__(self, path: Path, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(f"{visible(str(path))}:{one}" for one in problems))


@dataclass(slots=True)
class Workspace:
    """An open catalogue."""

    location: Location
    today: Callable[[], date]
    document: Document
    reading: Read
    fault: UnreadableError | None = None
    """Why the file could not be read the last time; None if it could."""
    waits_for_history: bool = False
    """Whether whoever asks for a figure of history waits until its files are read; otherwise the
    catalogue's own figure stands until `load_history` has been called."""
    history: History | None = None
    """What the files beside the catalogue say; None before they are read."""
    _table: Table | None = None
    _history_of_table: History | None = None
    _rows_of: tuple[Product, ...] = ()
    """The products that `_rows` is of."""
    _rows: dict[str, int] = field(default_factory=dict)

    @classmethod
    def open(
        cls,
        argument: str | None,
        *,
        environ: Mapping[str, str],
        folder: Path,
        today: Callable[[], date],
        waits_for_history: bool = False,
    ) -> Workspace:
        """Find and open the catalogue.

        Args:
            argument: A path the user gave, or None to look in the usual places.
            environ: The environment.
            folder: The current folder.
            today: The clock.
            waits_for_history: Whether figures of history are worth waiting for.

        Raises:
            UsageError: The argument is no path.
            UnreadableError: There is no catalogue there, or none that can be read.
        """
        location = locate(argument, environ, folder)
        content = read_bytes(location.path)
        found = understood(location.path, content, today=today())
        return cls(location, today, *found, waits_for_history=waits_for_history)

    @property
    def path(self) -> Path:
        """Where the catalogue is."""
        return self.location.path

    @property
    def catalogue(self) -> Catalogue:
        """What the catalogue says."""
        return self.reading.catalogue

    def scenario_for(self, scenario: Scenario) -> Scenario:
        """Return a scenario with its assets as the catalogue spells them.

        Raises:
            UsageError: A reward rate is of an asset that the catalogue does not have.
        """
        codes = self.catalogue.assets
        spelled = {code.casefold(): code for code in codes}
        rewards: dict[str, float] = {}
        for asset, rate in scenario.rewards.items():
            code = asset if asset in codes else spelled.get(asset.casefold())
            if code is None:
                has = ", ".join(map(visible, codes)) or "none"
                raise UsageError(
                    f'--reward: no asset is called "{visible(asset)}"; the catalogue has {has}'
                )
            rewards[code] = rate
        return replace(scenario, rewards=rewards)

    def problems(self, scenario: Scenario) -> tuple[Problem, ...]:
        """Return all that is wrong or doubtful, in the order of the file; then of its history."""
        from etfcompare.engine.audit import audit  # noqa: PLC0415 - not before the first screen

        doubts = audit(self.table(scenario), self.document)
        found = (*self.reading.problems, *doubts)
        history = self.load_history() if self._awaits_history else self.history
        return (
            *sorted(found, key=lambda one: (one.line, one.column)),
            *(self._problems_of(history) if history else ()),
        )

    def _problems_of(self, history: History) -> tuple[Problem, ...]:
        """Return what is wrong with the files beside the catalogue, then what is doubtful."""
        from etfcompare.history.trust import flow_doubts  # noqa: PLC0415 - seldom asked for

        doubts = flow_doubts(history, self.catalogue, self.path.parent)
        return (*history.problems, *doubts)

    def told(self, problem: Problem) -> str:
        """Return a problem as one line that begins with the file it is in."""
        files = self.catalogue.history
        if files and problem.path in (files.flows, files.prices, files.holdings):
            beside = self.path.parent / problem.path
            return f"{visible(str(beside))}:{replace(problem, path='')}"
        return f"{visible(str(self.path))}:{problem}"

    def count(self, severity: Severity) -> int:
        """Count the problems found in reading, by severity."""
        return sum(one.severity is severity for one in self.reading.problems)

    def table(self, scenario: Scenario) -> Table:
        """Return the figures under a scenario; the last one asked for is kept."""
        kept = self._table
        if (
            kept is None
            or kept.catalogue is not self.catalogue
            or self._history_of_table is not self.history
        ):
            self._history_of_table = self.history
            kept = self._table = Table(self.catalogue, scenario, self._measured)
        elif kept.scenario != scenario:
            kept = self._table = kept.under(scenario)
        return kept

    def load_history(self) -> History:
        """Read the files beside the catalogue; tables asked for from now on are measured on them.

        A thread may do it: what it reads is in place at once, or not yet.
        """
        from etfcompare.history.tables import read_history  # noqa: PLC0415 - not for every table

        self.history = read_history(self.catalogue, self.path.parent)
        return self.history

    @property
    def _awaits_history(self) -> bool:
        return self.waits_for_history and self.history is None

    def _measured(self, as_of: date) -> Measurements:
        """Return what history says on a day, as far as it is read or worth waiting for."""
        if self.catalogue.history is None or not (self.history or self.waits_for_history):
            return unmeasured(as_of)
        from etfcompare.history.measured import Measured  # noqa: PLC0415 - likewise

        def history() -> History:
            known = self.history
            if known is None:
                known = self._history_of_table = self.load_history()
            return known

        return Measured(history, self.catalogue, as_of)

    def compare(
        self,
        scenario: Scenario,
        *,
        where: Query | None = None,
        sort: Sequence[SortKey] = DEFAULT_SORT,
    ) -> Comparison:
        """Filter, sort and rank the products under a scenario."""
        return compare(self.table(scenario), where=where, sort=sort)

    def row_of(self, ticker: str) -> int:
        """Return a product's place in the catalogue.

        Raises:
            UsageError: No product has that ticker.
        """
        products = self.catalogue.products
        if self._rows_of is not products:
            self._rows_of = products
            self._rows = {one.ticker.casefold(): row for row, one in enumerate(products)}
        row = self._rows.get(ticker.casefold())
        if row is not None:
            return row
        close = nearest(ticker, tuple(one.ticker for one in self.catalogue.products))
        hint = f"did you mean {visible(close)}?" if close else "`etfcompare rank` lists them"
        raise UsageError(f'no product has the ticker "{visible(ticker)}"; {hint}')

    def explain(self, scenario: Scenario, row: int, key: str) -> Explanation:
        """Explain one figure of one product."""
        from etfcompare.engine.explain import explain  # noqa: PLC0415 - likewise

        return explain(self.table(scenario), self.document, row, key)

    def adopt(self, document: Document, reading: Read) -> None:
        """Take a text that is on disk now for the open one."""
        if reading.catalogue.history != self.catalogue.history:
            self.history = None
        self.document, self.reading, self.fault = document, reading, None

    def reload(self) -> bool:
        """Read the file again; tell whether what it says changed.

        A file that cannot be read keeps what was there; `fault` then says why.
        """
        try:
            content = read_bytes(self.path)
            if content == self.document.data:
                self.fault = None
                return False
            self.adopt(*understood(self.path, content, today=self.today()))
        except UnreadableError as fault:
            self.fault = fault
            return False
        return True


def understood(path: Path, content: bytes, *, today: date) -> tuple[Document, Read]:
    """Read the content of a file as a catalogue.

    Args:
        path: The file, for what is said of it.
        content: Its bytes.
        today: Today's date.

    Raises:
        RejectedError: It is no document that we read, or one of something else.
    """
    try:
        document = Document.parse(content)
    except DocumentError as error:
        raise RejectedError(path, error.problems) from error
    reading = read(document, today=today)
    if not is_catalogue(document.root):
        raise RejectedError(path, reading.problems)
    return document, reading
