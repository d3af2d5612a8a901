"""What happened, as the files beside a catalogue tell it: flows, prices, holdings.

Files that a person can read and git can diff: CSV in UTF-8 with a header, a row for each fact,
sorted, in plain decimals. What cannot be used is a `Problem` of its file; the rest is used.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

from etfcompare.catalogue.problem import Problem, Severity
from etfcompare.catalogue.schema import Catalogue
from etfcompare.catalogue.schema import History as Files
from etfcompare.catalogue.store import read_bytes
from etfcompare.errors import EtfcompareError, UnreadableError
from etfcompare.history.bulk import flows_in_bulk, prices_in_bulk
from etfcompare.history.rows import (
    FLOWS,
    HOLDINGS,
    PRICES,
    CsvTable,
    FlowRow,
    HoldingRow,
    PriceRow,
    R,
    Rows,
    Scope,
    plain,
    read_rows,
    text_of,
)
from etfcompare.history.series import PeriodKind, Series, period_holding, series_of
from etfcompare.visible import visible

__all__ = [
    "FLOWS",
    "HOLDINGS",
    "PRICES",
    "CsvTable",
    "FlowKey",
    "FlowRow",
    "History",
    "Holding",
    "HoldingRow",
    "OutsideError",
    "PriceRow",
    "Rows",
    "Scope",
    "flows_of",
    "history_file",
    "plain",
    "prices_of",
    "read_history",
    "read_rows",
    "text_of",
]

FlowKey = tuple[Scope, str]
"""Whose flow it is, and the name: a ticker, an asset's code, a country, an issuer."""

SMALL_ROWS: Final = 20_000
"""Rows up to which a table is read without pandas, which takes longer to load than they do."""
MOST_BYTES: Final = 512 * 1024 * 1024
"""Size of the largest file that is read."""


class Holding(NamedTuple):
    """What a fund held and was worth at the end of a day; None is unknown."""

    day: date
    shares: float | None
    coins_per_share: float | None
    nav_usd: float | None
    distribution_usd: float | None
    """Paid for a share, on its ex-date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Everything the files say that could be used."""

    flows: Mapping[FlowKey, Series] = field(default_factory=dict)
    """Net flows in US dollars; all of a scope by the same kind of period."""
    prices: Mapping[str, Series] = field(default_factory=dict)
    """Closes in US dollars by asset; days without one are missing, and a file may be weekly."""
    holdings: Mapping[str, tuple[Holding, ...]] = field(default_factory=dict)
    """By ticker, the earliest first."""
    problems: tuple[Problem, ...] = ()
    """Their path is the file's, as the catalogue names it; line and column are of that file."""


class OutsideError(EtfcompareError):
    """A path of the `history:` block leads out of the catalogue's folder."""


def read_history(catalogue: Catalogue, folder: Path) -> History:
    """Read the files that a catalogue names.

    Args:
        catalogue: Its `history:` block names them.
        folder: The catalogue's; a file that is not below it is refused.
    """
    files = catalogue.history or Files()
    problems: list[Problem] = []
    content = partial(_content, folder, problems)
    return History(
        flows=flows_of(content(files.flows, FLOWS.name), files.flows or "", problems),
        prices=prices_of(content(files.prices, PRICES.name), files.prices or "", problems),
        holdings=holdings_of(
            content(files.holdings, HOLDINGS.name), files.holdings or "", problems
        ),
        problems=tuple(problems),
    )


def history_file(folder: Path, path: str) -> Path:
    """Return where a file of the `history:` block is, or will be; links are followed.

    Args:
        folder: The catalogue's.
        path: As the catalogue names it.

    Raises:
        OutsideError: It is not below that folder.
    """
    root = Path(os.path.realpath(folder))
    target = Path(os.path.realpath(root / path))
    if not target.is_relative_to(root):
        raise OutsideError(f"{visible(path)}: leads out of the catalogue's folder")
    return target


def flows_of(content: bytes, path: str, problems: list[Problem]) -> dict[FlowKey, Series]:
    """Return the flows of a file by scope and name.

    Args:
        content: The file.
        path: What problems call it.
        problems: Those of the file are added.
    """
    if _is_large(content) and (found := flows_in_bulk(content)) is not None:
        return found
    rows = _rows(FLOWS, content, path, problems)
    rows.sort(key=lambda row: (row.scope, row.name, row.period))
    return {
        key: series_of((row.period, row.net_flow_usd) for row in of_key)
        for key, of_key in groupby(rows, lambda row: (row.scope, row.name))
    }


def prices_of(content: bytes, path: str, problems: list[Problem]) -> dict[str, Series]:
    """Return the closes of a file by asset.

    Args:
        content: The file.
        path: What problems call it.
        problems: Those of the file are added.
    """
    if _is_large(content) and (found := prices_in_bulk(content)) is not None:
        return found
    rows = _rows(PRICES, content, path, problems)
    rows.sort(key=lambda row: (row.asset, row.day))
    return {
        asset: series_of(
            (period_holding(row.day, PeriodKind.DAY), row.close_usd) for row in rows_of
        )
        for asset, rows_of in groupby(rows, lambda row: row.asset)
    }


def holdings_of(
    content: bytes, path: str, problems: list[Problem]
) -> dict[str, tuple[Holding, ...]]:
    """Return the holdings of a file by ticker.

    Args:
        content: The file.
        path: What problems call it.
        problems: Those of the file are added.
    """
    rows = _rows(HOLDINGS, content, path, problems)
    rows.sort(key=lambda row: (row.ticker, row.day))
    return {
        ticker: tuple(Holding(row.day, *row[2:]) for row in rows_of)
        for ticker, rows_of in groupby(rows, lambda row: row.ticker)
    }


def _rows(table: CsvTable[R], content: bytes, path: str, problems: list[Problem]) -> list[R]:
    if not content:
        return []
    found = read_rows(table, content, path)
    problems += found.problems
    return list(found.rows)


def _is_large(content: bytes) -> bool:
    return content.count(b"\n") > SMALL_ROWS


def _content(folder: Path, problems: list[Problem], path: str | None, name: str) -> bytes:
    """What a file holds; nothing if there is none or it cannot be read, which is a problem."""
    if path is None:
        return b""
    try:
        content = read_bytes(history_file(folder, path), most=MOST_BYTES)
    except OutsideError:
        problem = _problem(path, "leads out of the catalogue's folder", "copy the file into it")
    except UnreadableError as error:
        problem = _unreadable(path, name, error)
    else:
        if content:
            return content
        problem = _problem(path, "the file is empty", f"`etfcompare import {name} FILE` fills it")
    problems.append(problem)
    return b""


def _unreadable(path: str, name: str, error: UnreadableError) -> Problem:
    cause = error.__cause__
    if not isinstance(cause, OSError):
        most = f"{MOST_BYTES // 1024**2} MiB"
        return _problem(path, f"is no file, or one of more than {most}", "name a CSV file")
    if cause.errno in (errno.ENOENT, errno.ENOTDIR):
        hint = f"`etfcompare import {name} FILE` makes it"
        return _problem(path, "no such file", hint, Severity.WARNING)
    return _problem(path, f"cannot be read: {visible(cause.strerror or str(cause))}", "")


def _problem(path: str, message: str, hint: str, severity: Severity = Severity.ERROR) -> Problem:
    return Problem(path=path, line=1, column=1, severity=severity, message=message, hint=hint)
