"""Formats that come as JSON: SoSoValue, cryptoetf.today, and dashboards that copy Farside."""

from __future__ import annotations

from collections.abc import Sequence

from etfcompare.errors import UsageError
from etfcompare.history.foreign import Asked, Findings, Unit
from etfcompare.history.formats_grid import FLOW, unit_in
from etfcompare.history.json_tree import Node
from etfcompare.history.rows import PRICES, Scope


def is_sosovalue(tree: Node) -> bool:
    """Tell whether there is a list of days with `totalNetInflow`."""
    return bool(_records(tree, "totalNetInflow"))


def read_sosovalue(tree: Node, asked: Asked, findings: Findings) -> None:
    """Read the flows of all funds of an asset by day, in dollars."""
    findings.unit = Unit.DOLLARS
    scope = asked.scope or Scope.ASSET
    for record in _records(tree, "totalNetInflow"):
        parts = record.branches
        day = parts.get("dataDate") or parts.get("date")
        if day is None:
            findings.reject(record.line, "the record has no dataDate")
        elif (period := findings.day(record.line, day.text)) is not None:
            flow = parts["totalNetInflow"]
            findings.figure(flow.line, period, scope, "", FLOW, _cell(flow))


def is_cryptoetf(tree: Node) -> bool:
    """Tell whether it names an asset and holds rows by issuer."""
    parts = tree.branches
    return "asset" in parts and any("date" in one.branches for one in _rows(tree))


def read_cryptoetf(tree: Node, asked: Asked, findings: Findings) -> None:
    """Read the flows of each issuer's fund on one asset, or the asset's price.

    Raises:
        UsageError: Prices are wanted, and it holds none.
    """
    parts = tree.branches
    asset = parts["asset"].text if "asset" in parts else ""
    findings.states(unit_in(parts["unit"].text) if "unit" in parts else None)
    price = f"{asset.casefold()}price"
    if asked.table == PRICES.name and not any(
        price in map(str.casefold, one.branches) for one in _rows(tree)
    ):
        raise UsageError("the file holds no prices")
    findings.issuers_of = "" if asked.table == PRICES.name else asset
    for row in _rows(tree):
        cells = {key: _cell(node) for key, node in row.branches.items()}
        period = findings.day(row.line, cells.pop("date", ""))
        total = cells.pop("total", "")
        prices = [cells.pop(key) for key in list(cells) if key.casefold() == price]
        if period is None:
            continue
        if asked.table == PRICES.name:
            for one in prices:
                findings.figure(row.line, period, Scope.ASSET, asset, "close_usd", one)
        else:
            findings.across(row.line, period, cells.items(), total)


def is_dashboard(tree: Node) -> bool:
    """Tell whether there is a list of days, each with the flows of funds by ticker."""
    return any(_is_day(one) for one in _records(tree, "flows"))


def read_dashboard(tree: Node, _asked: Asked, findings: Findings) -> None:
    """Read the flows of each fund by day."""
    for record in _records(tree, "flows"):
        parts = record.branches
        if not _is_day(record):
            findings.reject(record.line, "the record has no date and flows")
            continue
        period = findings.day(record.line, parts["date"].text)
        total = _cell(parts["total"]) if "total" in parts else ""
        if period is not None:
            cells = [(name, _cell(node)) for name, node in parts["flows"].branches.items()]
            findings.across(record.line, period, cells, total)


def _cell(node: Node) -> str:
    """Return what a cell would say; what holds others is no number, and is refused as such."""
    if node.value is None:
        return ""
    return node.text if isinstance(node.value, str) else "{…}"


def _rows(tree: Node) -> Sequence[Node]:
    return tree.branches["rows"].items if "rows" in tree.branches else ()


def _records(tree: Node, key: str) -> Sequence[Node]:
    """Return the objects of the first list in which one has a member of that name."""
    return next((one for one in tree.lists() if any(key in node.branches for node in one)), ())


def _is_day(record: Node) -> bool:
    return "date" in record.branches and bool(record.branches.get("flows", record).branches)
