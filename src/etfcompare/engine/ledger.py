"""The ledger of a product: from what its coins earn to what its holder keeps, line by line."""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from etfcompare.engine.figure import Figure
from etfcompare.engine.figures import FIGURES, LEDGER, Table
from etfcompare.engine.marks import Mark

TOTALS = ("net_yield", "net_carry", "after_tax_yield")
"""Lines that sum what stands above them."""
COSTS = frozenset(
    {"cut_cost", "charge_cost", "slashing_cost", "expense_ratio", "trading_cost", "tax_cost"}
)
"""Lines that are taken off; the figure itself is positive."""
DECIMALS = 2
"""Of percent, as the ledger is shown."""


class Line(NamedTuple):
    """One line of the ledger."""

    figure: Figure
    value: float | None
    """Signed, so that lines add up to the totals; a fraction a year; None where there is none."""
    marks: Mark
    shown: float | None
    """The value rounded so that the lines, as shown, add up to the totals, as shown."""

    @property
    def is_total(self) -> bool:
        """Whether it sums what stands above."""
        return self.figure.key in TOTALS


def ledger(table: Table, row: int) -> tuple[Line, ...]:
    """Return the ledger of a product.

    Each line is shown as one of the two roundings next to its value; where plain rounding would
    not add up, the line nearest to its other rounding gives way, never a total.
    """
    signed = [_signed(table, row, key) for key in LEDGER]
    shown = _rounded(signed)
    return tuple(
        Line(FIGURES[key], value, table.marks(row, key), rounded)
        for key, value, rounded in zip(LEDGER, signed, shown, strict=True)
    )


def spans(lines: Iterable[Line]) -> dict[str, tuple[float, float]]:
    """Return where each line begins and ends as a bar, by the key of its figure.

    Totals begin at zero, the others where the line before ended; none follows an unknown one.
    """
    found: dict[str, tuple[float, float]] = {}
    running = 0.0
    for line in lines:
        if line.value is None:
            break
        before = 0.0 if line.is_total else running
        running = before + line.value
        found[line.figure.key] = (before, running)
    return found


def _signed(table: Table, row: int, key: str) -> float | None:
    value = table.number(row, key)
    if math.isnan(value):
        return None
    return 0.0 - value if key in COSTS else value


def _rounded(values: list[float | None]) -> list[float | None]:
    unit = Decimal(1).scaleb(-DECIMALS - 2)
    units = [None if value is None else Decimal(repr(value)) / unit for value in values]
    whole = [None if one is None else _nearest(one) for one in units]
    start, carried = 0, 0
    for place, key in enumerate(LEDGER):
        if key not in TOTALS:
            continue
        total = whole[place]
        if total is None or any(one is None for one in whole[start:place]):
            break
        parts = [one for one in whole[start:place] if one is not None]
        exact = [one for one in units[start:place] if one is not None]
        whole[start:place] = _fitted(parts, exact, total - carried)
        start, carried = place + 1, total
    return [None if one is None else float(one * unit) for one in whole]


def _fitted(parts: list[int], exact: list[Decimal], total: int) -> list[int | None]:
    """Move as few parts as possible to their other rounding so that they sum to the total."""
    excess = sum(parts) - total
    step = -1 if excess > 0 else 1
    # A part that was rounded the wrong way by most gives way first; an exact one never does.
    order = sorted(range(len(parts)), key=lambda one: step * (parts[one] - exact[one]))
    fitted: list[int | None] = list(parts)
    for one in order[: abs(excess)]:
        fitted[one] = parts[one] + step
    return fitted


def _nearest(value: Decimal) -> int:
    """Round as everywhere: half up, away from zero."""
    return int(value.to_integral_value(ROUND_HALF_UP))
