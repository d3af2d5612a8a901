"""What funds promised, what their terms say, what they delivered: gathered for every face."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from etfcompare.catalogue.schema import History as Files
from etfcompare.engine.figures import LEAVES, Table, leaves_of
from etfcompare.engine.marks import Mark
from etfcompare.engine.query import Query
from etfcompare.history.holdings import Delivered, delivery
from etfcompare.history.reconcile import Promise, Reconciliation, Trial, Verdict, reconcile
from etfcompare.history.tables import History, read_history
from etfcompare.units import format_bps, format_number, format_rate
from etfcompare.visible import visible
from etfcompare.workspace import Workspace

PROMISED_KEY, COMPUTED_KEY = "published_net", "own_net_yield"
COINS_DECIMALS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Fund:
    """A reconciliation, and the marks of what was not delivered."""

    found: Reconciliation
    promised: Mark
    computed: Mark


def holdings_alone(workspace: Workspace) -> History:
    """Read of all history files the holdings alone."""
    files = workspace.catalogue.history
    alone = Files(holdings=files.holdings) if files else None
    return read_history(replace(workspace.catalogue, history=alone), workspace.path.parent)


def told_of(table: Table, history: History) -> tuple[int, ...]:
    """Return the places of the products of which something can be said."""
    return tuple(
        row
        for row in Query.parse("").select(table)
        if table.products[row].ticker in history.holdings
        or math.isfinite(table.number(row, PROMISED_KEY))
    )


def fund_of(table: Table, history: History, row: int, window: int | None = None) -> Fund:
    """Hold together what a product promised, what its terms say and what it delivered.

    Args:
        table: The figures.
        history: The holdings on file.
        row: The product's place in the catalogue.
        window: Days to look back; None for as long as its terms have held.
    """
    product = table.products[row]
    holdings = history.holdings.get(product.ticker, ())
    found = reconcile(
        product,
        table.catalogue.assets.get(product.asset),
        promised=_promise(table, row, PROMISED_KEY),
        computed=_promise(table, row, COMPUTED_KEY),
        delivered=delivery(product, holdings, as_of=table.scenario.as_of, window=window),
    )
    return Fund(
        found=found,
        promised=table.marks(row, PROMISED_KEY),
        computed=table.marks(row, COMPUTED_KEY),
    )


def _promise(table: Table, row: int, key: str) -> Promise:
    """Return a figure of the table, or what is missing to it."""
    value = table.number(row, key)
    if math.isfinite(value):
        return Promise(value=value)
    product = table.products[row]
    if not product.stakes:
        return Promise(value=None, why="it does not stake")
    below = leaves_of(key)
    missing = dict.fromkeys(
        leaf.at
        for name, leaf in LEAVES.items()
        if name in below and table.input(product, name).mark & Mark.UNKNOWN
    )
    return Promise(value=None, why=f"{', '.join(missing)} unknown")


# In words


def details(found: Reconciliation) -> Iterator[str]:
    """Say what a verdict rests on, and why figures may differ."""
    if isinstance(found.delivered, Delivered):
        yield _window_in_words(found.delivered)
    for trial in found.trials:
        yield _trial_in_words(trial)
    if found.reasons:
        yield f"to know: {'; '.join(map(visible, found.reasons))}"


def _window_in_words(one: Delivered) -> str:
    first, last = (
        format_number(coins, COINS_DECIMALS) for coins in (one.first_coins, one.last_coins)
    )
    growth = f"{first} to {last} coins a share, {format_rate(one.compound)} compound"
    said = [f"{one.words}: {growth}"]
    if one.repeats:
        said.append(f"{_rows_in_words(one.repeats, 'repeats', 'repeat')} an earlier day")
    if one.off_grid:
        said.append(f"{_rows_in_words(one.off_grid, 'is', 'are')} not as the issuer rounds")
    return "; ".join(said)


def _rows_in_words(count: int, one: str, many: str) -> str:
    return f"1 row left out that {one}" if count == 1 else f"{count} rows left out that {many}"


def _trial_in_words(trial: Trial) -> str:
    said = f"{trial.figure} against {trial.against}: {trial.verdict}"
    if trial.verdict is Verdict.NOT_TESTABLE:
        return f"{said}: {visible(trial.why)}"
    assert trial.gap is not None
    limit = format_bps(trial.limit, signed=False)
    return f"{said}, {format_bps(trial.gap, 1)} where {limit} are allowed"
