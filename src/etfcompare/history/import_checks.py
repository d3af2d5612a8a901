"""What deserves no trust in flows that an import would add, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from etfcompare.catalogue.schema import Catalogue
from etfcompare.history.checks import Doubt, doubts_of
from etfcompare.history.import_plan import Plan
from etfcompare.history.rows import FlowRow, Scope
from etfcompare.history.series import PeriodKind, Series, series_of
from etfcompare.history.shifts import shift_doubt
from etfcompare.history.tables import History, flows_of


def doubts_in(
    plan: Plan[FlowRow], new: Sequence[FlowRow], catalogue: Catalogue
) -> tuple[Doubt, ...]:
    """Return what is doubtful in flows that would be written, and in sources that differ.

    Args:
        plan: What the import does.
        new: The rows of the file.
        catalogue: When and where its products are listed, and what they hold.
    """
    merge = plan.merge
    written = (*merge.added, *(one.new for one in merge.changed))
    touched = {(row.name, row.period.last_day) for row in written}
    found: list[Doubt] = []
    if touched:
        flows = flows_of(merge.after, merge.path.name, [])
        found += [
            one
            for one in doubts_of(History(flows=flows), catalogue)
            if any((ticker, one.day) in touched for ticker in one.tickers)
        ]
    names = {str(one.key[-1]) for one in plan.differences if one.key[1] is Scope.PRODUCT}
    if names and merge.before is not None:
        found += _shifts(flows_of(merge.before, merge.path.name, []), new, names)
    return tuple(found)


def _shifts(
    stored: Mapping[tuple[Scope, str], Series], new: Iterable[FlowRow], names: set[str]
) -> list[Doubt]:
    """Doubt funds whose flows the file has on other days than the table."""
    theirs: dict[str, list[FlowRow]] = {}
    for row in new:
        is_daily = row.scope is Scope.PRODUCT and row.period.kind is PeriodKind.DAY
        if is_daily and row.name in names:
            theirs.setdefault(row.name, []).append(row)
    doubts = [
        shift_doubt(
            name,
            stored[Scope.PRODUCT, name],
            series_of((row.period, row.net_flow_usd) for row in rows),
        )
        for name, rows in theirs.items()
    ]
    return [one for one in doubts if one is not None]
