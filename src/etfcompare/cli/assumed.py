"""The scenario in a few words, so that no figure stands without what it stands on."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from etfcompare.units import format_rate

if TYPE_CHECKING:
    from etfcompare.engine.figures import Table


def assumed(table: Table) -> Iterator[str]:
    """Say the date, the yield of cash and the horizon, then all that is not as usual."""
    scenario = table.scenario
    words = scenario.words()
    cash = table.column("cash_yield")
    yield f"as of {words['as_of']}"
    if isinstance(cash, float) and math.isfinite(cash):
        yield f"cash {format_rate(cash)}"
    yield words["horizon"]
    yield from scenario.unusual()
