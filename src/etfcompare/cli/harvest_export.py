"""`etfcompare harvest` for programs: JSON, CSV with a row for each alternative, and Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from etfcompare import __version__, export
from etfcompare.cli.harvest_page import columns, reasons, words
from etfcompare.cli.options import Format
from etfcompare.cli.rebalance_export import manifest_about, markdown_columns
from etfcompare.engine.figures import Table
from etfcompare.portfolio.harvesting import Alternative, Harvest
from etfcompare.portfolio.wash_sale import RULE_WORDS
from etfcompare.units import format_span
from etfcompare.visible import visible

if TYPE_CHECKING:
    from etfcompare.workspace import Workspace

_KEYS: Final = (
    *("ticker", "value", "loss", "term", "bought", "tax_saved", "deferral", "buy_back"),
    *("instead", "yield_change", "cost", "cost_unknown", "advantage", "benefit"),
    *("spread", "aum", "wash_sale", "why"),
)


class About(NamedTuple):
    """What the harvests are of."""

    workspace: Workspace
    table: Table
    days: int
    """Until the planned sale."""
    told: str
    """What all of it stands on."""


def exported(found: Sequence[Harvest], about: About, form: Format) -> str:
    """Write what can be harvested in a format for programs."""
    workspace, table, days, told = about
    if form is Format.JSON:
        document = {
            "version": __version__,
            "catalogue": {
                "path": visible(str(workspace.path)),
                "sha256": workspace.document.sha256,
            },
            "scenario": table.scenario.to_json(),
            "deferred_days": days,
            "rule": RULE_WORDS,
            "harvests": [_document(one) for one in found],
        }
        return export.json_text(document)
    selection = f"lots at a loss · deferred {format_span(days)} · {RULE_WORDS}"
    held = {one.lot.ticker for one in found}
    manifest = manifest_about(workspace, table, held, selection)
    lines: list[Sequence[export.Cell]] = [
        (*_lot(one), *_cells(other)) for one in found for other in one.alternatives
    ]
    if form is Format.CSV_RAW:
        return export.csv_text([_KEYS, *lines], defused=False)
    if form is Format.CSV:
        return export.csv_text([_KEYS, *lines, (manifest, *("" for _ in _KEYS[1:]))])
    parts: list[str] = []
    for one in found:
        parts += map(export.markdown_cell, words(one, table, days))
        if one.alternatives:
            parts.append(markdown_columns(list(columns(one.alternatives))))
        parts += map(export.markdown_cell, reasons(one.alternatives))
    return "\n\n".join([*parts, *map(export.markdown_cell, (told, manifest))]) + "\n"


def _lot(one: Harvest) -> tuple[float | str | None, ...]:
    lot = one.lot
    bought = lot.bought.isoformat() if lot.bought is not None else None
    return (
        *(lot.ticker, lot.value, one.loss, lot.term.value, bought),
        *(one.tax_saved, one.deferral, one.buy_back.isoformat()),
    )


def _cells(one: Alternative) -> tuple[float | str | None, ...]:
    return (
        *(one.ticker, one.yield_change, one.cost, " and ".join(one.unknown), one.advantage),
        *(one.benefit, one.spread, one.aum, one.label.exposure.value, one.label.why),
    )


def _document(one: Harvest) -> dict[str, object]:
    first = len(_lot(one))
    lot = {key: export.raw(value) for key, value in zip(_KEYS, _lot(one), strict=False)}
    alternatives = [
        {key: export.raw(value) for key, value in zip(_KEYS[first:], _cells(other), strict=True)}
        | {"marks": {key: told for key, mark in other.marks.items() if (told := mark.words)}}
        for other in one.alternatives
    ]
    purchases = [
        {"ticker": visible(lot.ticker), "bought": lot.bought.isoformat() if lot.bought else None}
        for lot in one.purchases
    ]
    clear = one.clear.isoformat() if one.clear is not None else None
    return {**lot, "purchases": purchases, "clear": clear, "alternatives": alternatives}
