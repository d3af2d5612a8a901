"""The Python interface: a catalogue, a ranking under a scenario, and the ranking as a frame."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from etfcompare.catalogue.problem import Problem
from etfcompare.engine.comparison import figure_of, parse_columns, parse_sort
from etfcompare.engine.explain import Explanation
from etfcompare.engine.query import Query
from etfcompare.engine.scenario import Scenario
from etfcompare.engine.sheet import Sheet, SheetColumn, sheet_of
from etfcompare.errors import UsageError
from etfcompare.export import Form, manifest_of, raw, sheet_rows, written
from etfcompare.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

    from etfcompare.engine.fragility import Fragility
    from etfcompare.portfolio.allocation import Allocation
    from etfcompare.portfolio.binding import Infeasible
    from etfcompare.portfolio.frontier import Frontier
    from etfcompare.portfolio.limits import Limits


def load(path: str | os.PathLike[str] | None = None) -> Funds:
    """Read a catalogue of funds.

    Args:
        path: The file; None looks where the program does: `$ETFCOMPARE_CATALOGUE`, then
            `products.yaml` in the current folder, then the user's own, then the packaged one.

    Raises:
        UnreadableError: There is no catalogue there, or none that can be read.
    """
    argument = None if path is None else os.fspath(path)
    workspace = Workspace.open(
        argument, environ=os.environ, folder=Path(), today=_today, waits_for_history=True
    )
    return Funds(workspace)


class Funds:
    """The funds of one catalogue, as it was when it was loaded."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def __repr__(self) -> str:
        return f"<Funds: {len(self.tickers)} of {str(self.path)!r}>"

    @property
    def path(self) -> Path:
        """Where the catalogue is."""
        return self._workspace.path

    @property
    def sha256(self) -> str:
        """Digest of what the file held."""
        return self._workspace.document.sha256

    @property
    def tickers(self) -> tuple[str, ...]:
        """The tickers of all products, in the order of the file."""
        return tuple(product.ticker for product in self._workspace.catalogue.products)

    def problems(self, scenario: Scenario | None = None) -> tuple[Problem, ...]:
        """Return all that is wrong or doubtful in the catalogue, in the order of the file.

        Args:
            scenario: Decides what is stale; None asks about today.
        """
        return self._workspace.problems(self._fitting(scenario))

    def compare(
        self,
        scenario: Scenario | None = None,
        where: str | None = None,
        sort: str | Sequence[str] | None = None,
        columns: str | Sequence[str] | None = None,
    ) -> Ranking:
        """Filter, sort and rank the funds.

        Args:
            scenario: What is assumed; None asks about today, all else as usual.
            where: A filter, as `sol staked net_yield>4%`; closed funds are left out unless it asks
                for them.
            sort: Keys of figures, the most important first; the best is on top, `-KEY` sorts
                downwards, `+KEY` upwards. None given sorts by net yield.
            columns: Keys of figures, or `all`; none given chooses those that the program shows.

        Raises:
            UsageError: The filter makes no sense, no figure has such a key, or the scenario names
                an asset that the catalogue does not have.
        """
        comparison = self._workspace.compare(
            self._fitting(scenario),
            where=Query.parse(where or ""),
            sort=parse_sort([sort] if isinstance(sort, str) else sort or ()),
        )
        keys = parse_columns(columns if isinstance(columns, str) else ",".join(columns or ()))
        return Ranking(self._workspace, sheet_of(comparison, keys))

    def _fitting(self, scenario: Scenario | None) -> Scenario:
        return self._workspace.scenario_for(scenario or Scenario(as_of=_today()))


class Ranking:
    """The funds that match, best first, with the figures that were asked for."""

    def __init__(self, workspace: Workspace, sheet: Sheet) -> None:
        self._workspace = workspace
        self._sheet = sheet

    def __repr__(self) -> str:
        return f"<Ranking: {len(self)} of {self._sheet.comparison.total}>"

    def __len__(self) -> int:
        """How many funds match."""
        return len(self._sheet.comparison.rows)

    @property
    def scenario(self) -> Scenario:
        """What is assumed."""
        return self._sheet.comparison.table.scenario

    @property
    def tickers(self) -> tuple[str, ...]:
        """The tickers of the funds that match, best first."""
        comparison = self._sheet.comparison
        return tuple(comparison.table.products[row].ticker for row in comparison.rows)

    @property
    def ranks(self) -> tuple[int | None, ...]:
        """One for each fund; equals share a rank; None where the first sort key is unknown."""
        return self._sheet.comparison.ranks

    @property
    def rows(self) -> list[dict[str, object]]:
        """The rows as JSON has them: rank, values by key, and the marks of those that have any."""
        return sheet_rows(self._sheet)

    @property
    def manifest(self) -> str:
        """One line that says what the figures stand on: program, catalogue, every assumption."""
        return manifest_of(self._workspace, self._sheet)

    def explain(self, ticker: str, figure: str) -> Explanation:
        """Explain one figure of one fund: formula, inputs, dates, sources, lines of the file.

        Args:
            ticker: Of any fund of the catalogue, in whichever case.
            figure: The key.

        Raises:
            UsageError: There is no such fund or no such figure.
        """
        key = figure_of(figure).key
        return self._workspace.explain(self.scenario, self._workspace.row_of(ticker), key)

    def frontier(self) -> Frontier:
        """Hold the funds that match, and cash, against each other by net yield and volatility."""
        from etfcompare.portfolio.frontier import frontier_of  # noqa: PLC0415 - seldom wanted

        comparison = self._sheet.comparison
        return frontier_of(comparison.table, comparison.rows)

    def allocate(self, limits: Limits) -> Allocation | Infeasible:
        """Return the weights of the funds that match, and of cash, that bring most under limits.

        Begins with what the catalogue says is held, else with the scenario's amount in cash. It is
        an income objective and says nothing of where prices go.

        Raises:
            UsageError: A limit names nothing of the catalogue, or the yield of cash is unknown.
        """
        from etfcompare.portfolio.allocation import allocate  # noqa: PLC0415 - loads a solver
        from etfcompare.portfolio.holdings import present  # noqa: PLC0415 - likewise

        table, rows = self._sheet.comparison.table, self._sheet.comparison.rows
        known = limits.spelled(table.catalogue)
        return allocate(table, rows, known, present(table.catalogue, table.scenario))

    def fragility(self) -> Fragility:
        """Return the smallest changes of one input that put another fund first, by coin too."""
        from etfcompare.engine.fragility import fragility  # noqa: PLC0415 - likewise

        return fragility(self._sheet.comparison)

    def export(self, form: str = "csv") -> str:
        """Return the ranking as `csv`, `csv-raw`, `json`, `markdown` or `html`.

        Raises:
            UsageError: It is none of these.
        """
        if form not in {one.value for one in Form}:
            raise UsageError(f"the form is none of {', '.join(Form)}")
        return written(self._workspace, self._sheet, Form(form))

    def to_frame(self) -> pd.DataFrame:
        """Return the ranking as a frame: a row for each fund, best first, a column for each key.

        Rates are fractions, money is US dollars, spans are days; unknown is NaN. The index holds
        the tickers; `attrs["manifest"]` says what the figures stand on.
        """
        import pandas as pd  # noqa: PLC0415 - half a second that only a frame is worth

        ticker, *others = self._sheet.columns
        index = pd.Index(self._values(ticker), name=ticker.key, dtype="object")
        frame = pd.DataFrame(
            {
                one.key: pd.Series(
                    self._values(one), index=index, dtype="string" if one.is_words else "float64"
                )
                for one in others
            },
            index=index,
        )
        frame.attrs["manifest"] = self.manifest
        return frame

    def _values(self, column: SheetColumn) -> list[float | str | None]:
        values = (column.value(row) for row in self._sheet.comparison.rows)
        if column.is_words:
            return [raw(one) for one in values]
        return [math.nan if one is None else one for one in values]


def _today() -> date:
    return datetime.now(UTC).astimezone().date()
