"""What holding a product exposes to, as `etfcompare show` sets it and hands it to programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from etfcompare.cli.table import Column, Paper, aligned, table_text
from etfcompare.portfolio.exposure import bootstrap_of, exposure_of
from etfcompare.portfolio.exposure_words import Part, exposure_in_words
from etfcompare.visible import visible

if TYPE_CHECKING:
    from etfcompare.engine.figures import Table
    from etfcompare.portfolio.exposure import Exposure, Odds
    from etfcompare.workspace import Workspace

INDENT = "  "


def found_exposure(workspace: Workspace, table: Table, row: int) -> Exposure:
    """Return what a product exposes to, its coin's prices drawn from the files of history."""
    history = workspace.history or workspace.load_history()
    return exposure_of(table, row, bootstrap_of(history, table).of(table.products[row].asset))


def exposure_lines(table: Table, row: int, found: Exposure) -> Iterator[str]:
    """Write the income view, the total-return view and the odds."""
    for part in exposure_in_words(table, row, found):
        yield ""
        yield f"{INDENT}{part.title}"
        yield from (f"{INDENT}{INDENT}{line}" for line in _table(part))
        yield from (f"{INDENT}{INDENT}{note}" for note in part.notes)


def _table(part: Part) -> Iterator[str]:
    if not part.rows:
        return
    headings = part.headings or ("",) * (1 + len(part.rows[0].cells))
    figures = zip(*(row.cells for row in part.rows), strict=True)
    columns = [
        Column(cells=[row.label for row in part.rows], heading=headings[0]),
        *(
            Column(cells=cells, heading=heading, to_right=True)
            for cells, heading in zip(figures, headings[1:], strict=True)
        ),
        Column(cells=[row.remark for row in part.rows]),
    ]
    if not part.headings:
        yield from aligned(columns)
        return
    text, _ = table_text(columns, Paper(columns=None, has_colour=False))
    yield from text.splitlines()


def exposure_json(found: Exposure) -> dict[str, object]:
    """Return the exposure as JSON takes it: fractions, days, and unknown as null."""
    plain, drawn = found.plain, found.drawn
    return {
        "horizon_days": found.horizon,
        "coins": {
            "growth": found.coins,
            "plain": plain
            and {
                "ticker": visible(plain.ticker),
                "net_yield": plain.net_yield,
                "premium": plain.premium,
            },
        },
        "dollars": [
            {
                "price": one.price,
                "fund": one.fund,
                "over_cash": one.over_cash,
                "break_even": one.break_even,
            }
            for one in found.moves
        ],
        "drift": found.drift.value,
        "beside": found.beside.value,
        "odds": [_odds(one) for one in found.odds],
        "bootstrap": drawn
        and {
            "paths": len(drawn.growth),
            "periods": drawn.periods,
            "block": drawn.block,
            "returns": drawn.returns,
            "closes": drawn.calendar.closes,
            "first": drawn.first.isoformat(),
            "last": drawn.last.isoformat(),
            "warning": drawn.warning and visible(drawn.warning),
        },
        "without_bootstrap": found.undrawn and visible(found.undrawn),
    }


def _odds(one: Odds) -> dict[str, object]:
    return {
        "key": one.figure.key,
        "lognormal": one.value,
        "lognormal_beside": one.beside,
        "bootstrap": one.drawn.value if one.drawn else None,
        "standard_error": one.drawn.error if one.drawn else None,
    }
