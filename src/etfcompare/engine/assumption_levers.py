"""Assumptions as levers: those that are quantities, each from the value that holds now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Final

from etfcompare.engine.assumptions import REWARDS, Knob, knobs
from etfcompare.engine.figures import LEAVES, Table, leaves_of
from etfcompare.engine.levers import Lever, Measure
from etfcompare.engine.marks import CAUTIONS, NONE, Mark
from etfcompare.engine.scenario import LARGEST_COMMISSION, LONGEST_HORIZON_DAYS
from etfcompare.units import exact_rate, format_days

_REACH: Final[Mapping[str, tuple[float, float]]] = {
    REWARDS: (0.0, 1.0),
    "horizon": (1.0, float(LONGEST_HORIZON_DAYS)),
    "staked": (0.0, 1.0),
    "cash": (0.0, 1.0),
    "income_tax": (0.0, 1.0),
    "gains_tax": (0.0, 1.0),
    "basis": (0.0, 1.0),
    "commission": (0.0, LARGEST_COMMISSION),
}
"""How far each assumption that is a quantity may be moved, within what a scenario takes."""
_SHARES: Final = frozenset({"staked", "income_tax", "gains_tax", "basis"})


def assumption_levers(table: Table, rows: Sequence[int], key: str) -> Iterator[Lever]:
    """Give the assumptions that are quantities and hold a value now, for some products.

    One that leaves each fund its own (`--staked`) is no single input until it is named.

    Args:
        table: The figures.
        rows: Places in the catalogue.
        key: The figure.
    """
    held = {table.products[row].asset for row in rows}
    for knob in knobs(table.catalogue):
        reach = _REACH.get(knob.assumption.name)
        if reach is None or (knob.asset and knob.asset not in held):
            continue
        value = knob.value(table.scenario)
        if value is None and knob.assumption.name in (REWARDS, "cash"):
            value = knob.present(table).value
        if not isinstance(value, int | float) or not reach[0] <= value <= reach[1]:
            continue
        is_days = isinstance(value, int)
        measure = Measure.SHARE if knob.assumption.name in _SHARES else Measure.RATE
        yield Lever(
            ticker="",
            path=knob.assumption.option,
            label=knob.label,
            measure=Measure.DAYS if is_days else measure,
            now=float(value),
            least=reach[0],
            most=reach[1],
            marks=_marks(knob, table),
            asset=knob.asset,
            kinks=_waiver_ends(table, rows, key) if is_days else (),
            move=partial(_assuming, knob, is_days),
            write=_days if is_days else exact_rate,
        )


def _assuming(knob: Knob, is_days: bool, table: Table, value: float) -> Table:  # noqa: FBT001 - bound by position
    return table.under(knob.set(table.scenario, round(value) if is_days else value))


def _days(value: float) -> str:
    return format_days(round(value))


def _marks(knob: Knob, table: Table) -> Mark:
    """Return the marks of the catalogue's figure, where the scenario leaves it to that."""
    if knob.value(table.scenario) is not None:
        return NONE
    if knob.assumption.name == "cash":
        return Mark(LEAVES["cash_yield"].once(table.context).mark) & CAUTIONS
    asset = table.catalogue.assets.get(knob.asset)
    rate = asset.staking.rate if asset is not None and asset.staking is not None else None
    return Mark(table.context.given(rate, "staking").mark) & CAUTIONS if rate else NONE


def _waiver_ends(table: Table, rows: Sequence[int], key: str) -> tuple[float, ...]:
    """Return the days on which a horizon begins to outlast a waiver."""
    found: set[float] = set()
    for leaf in ("waiver_days", "staking_waiver_days"):
        if leaf in leaves_of(key):
            days = (table.number(row, leaf) for row in rows)
            found |= {one for one in days if one > 0}
    return tuple(sorted(found))
