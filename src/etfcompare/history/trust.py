"""Doubts about past flows as problems of their file, each with its line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from etfcompare.catalogue.problem import Problem, Severity
from etfcompare.catalogue.schema import Catalogue
from etfcompare.catalogue.store import read_bytes
from etfcompare.errors import UnreadableError
from etfcompare.history.checks import Doubt, doubts_of
from etfcompare.history.series import PeriodKind, period_holding
from etfcompare.history.tables import MOST_BYTES, History, Scope, history_file


def flow_doubts(history: History, catalogue: Catalogue, folder: Path) -> tuple[Problem, ...]:
    """Return what is doubtful in the flows of products, in the order of their file.

    Args:
        history: What the files say.
        catalogue: What its products are, and where their flows stand.
        folder: The catalogue's.
    """
    path = catalogue.history.flows if catalogue.history else None
    doubts = doubts_of(history, catalogue) if path else ()
    if not path or not doubts:
        return ()
    try:
        content = read_bytes(history_file(folder, path), most=MOST_BYTES)
    except UnreadableError:
        content = b""  # it has gone since it was read; its doubts stand, without their lines
    kinds = {one.kind for (scope, _), one in history.flows.items() if scope is Scope.PRODUCT}
    found = list(_problems(doubts, path, content, next(iter(kinds))))
    return tuple(sorted(found, key=lambda one: one.line))


def _problems(
    doubts: tuple[Doubt, ...], path: str, content: bytes, kind: PeriodKind
) -> Iterator[Problem]:
    for doubt in doubts:
        period = period_holding(doubt.day, kind)
        begin = f"\n{period},{Scope.PRODUCT},{doubt.tickers[0]},".encode()
        yield Problem(
            path=path,
            line=_line_of(content, begin),
            column=1,
            severity=Severity.WARNING,
            message=f"{period}: {doubt.message}",
            hint=doubt.hint,
        )


def _line_of(content: bytes, begin: bytes) -> int:
    """Return the line that begins so, 1 if there is none."""
    place = content.find(begin)
    return 1 if place < 0 else content.count(b"\n", 0, place) + 2
