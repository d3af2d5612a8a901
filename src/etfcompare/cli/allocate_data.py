"""What `etfcompare allocate` writes for programs: JSON, CSV and Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from etfcompare import export
from etfcompare.cli.allocate_page import (
    Answer,
    frontier_columns,
    lines_of,
    said_of,
    weight_columns,
)
from etfcompare.cli.options import Format
from etfcompare.cli.table import Column
from etfcompare.engine.comparison import Comparison
from etfcompare.engine.sheet import sheet_of
from etfcompare.portfolio.allocation import Allocation
from etfcompare.portfolio.binding import Infeasible
from etfcompare.portfolio.choice import CASH
from etfcompare.portfolio.limits import Limit
from etfcompare.visible import visible
from etfcompare.workspace import Workspace

Rows: TypeAlias = "list[tuple[export.Cell, ...]]"


def written(
    workspace: Workspace, comparison: Comparison, found: Answer | Infeasible, form: Format
) -> str:
    """Write an allocation, or the limits that leave none.

    Args:
        workspace: The open catalogue.
        comparison: The products that it was chosen from.
        found: What was found; a clash of limits is written as JSON only.
        form: What to write it as.
    """
    sheet = sheet_of(comparison, ())
    if isinstance(found, Infeasible) or form is Format.JSON:
        document = export.document_of(workspace, sheet)
        basis = {key: document[key] for key in ("version", "catalogue", "scenario")}
        return export.json_text({**basis, **_document(found)})
    limits = ", ".join(one.words for one in found.limits.stated()) or "none"
    chosen = f"filter {comparison.where.text.strip() or 'none'} · limits {limits}"
    manifest = export.manifest_of(workspace, sheet, selection=chosen)
    if form is Format.MARKDOWN:
        tables = [weight_columns(found), *([frontier_columns(found)] if found.frontier else [])]
        below = [export.markdown_cell(line) for line in (*said_of(found), manifest)]
        return "\n".join([*map(_markdown, tables), "\n\n".join(below) + "\n"])
    rows = _frontier_rows(found) if found.frontier else _weight_rows(found)
    is_raw = form is Format.CSV_RAW
    last: Rows = [] if is_raw else [(manifest, *("" for _ in rows[0][1:]))]
    return export.csv_text([*rows, *last], defused=not is_raw)


def _markdown(columns: Sequence[Column]) -> str:
    cells = (
        [f"{cell}{sign}" for cell, sign in zip(one.cells, one.signs, strict=True)]
        if one.signs
        else one.cells
        for one in columns
    )
    headings = [one.heading for one in columns]
    right = [one.to_right for one in columns]
    return export.markdown_text(headings, zip(*cells, strict=True), right)


def _weight_rows(answer: Answer) -> Rows:
    headings = ("ticker", "asset", "weight", "usd", "net_yield", "to_yield", "to_risk", "trade_usd")
    return [
        (*headings, "marks"),
        *(
            (
                *(one.ticker, one.asset, one.weight, one.weight * answer.value_usd),
                *(one.net_yield, one.to_yield, one.to_risk, one.trade_usd),
                ", ".join(one.marks.words),
            )
            for one in lines_of(answer)
        ),
    ]


def _frontier_rows(answer: Answer) -> Rows:
    swept = answer.frontier
    names = (CASH, *dict.fromkeys(name for one in swept for name in one.weights if name != CASH))
    return [
        ("volatility", "net_yield", "net_carry", *(f"weight {name}" for name in names)),
        *(
            (
                *(one.volatility, one.net_yield, one.net_carry),
                *(one.weights.get(name, 0.0) for name in names),
            )
            for one in swept
        ),
    ]


def _document(found: Answer | Infeasible) -> dict[str, object]:
    if isinstance(found, Infeasible):
        clash = [visible(one) for one in found.clash]
        return {"weights": None, "clash": clash, "words": visible(found.words)}
    allocation = found.allocation
    per_unit = {one.limit: one.gain_per_unit for one in allocation.binding}
    swept = [_figures(one) for one in found.frontier]
    return {
        **_figures(allocation),
        "value": allocation.value_usd,
        "binding": [visible(one.words) for one in allocation.binding],
        "limits": [
            {**_limit(one), "per_unit": per_unit.get(one, 0.0)} for one in found.limits.stated()
        ],
        "trades": [
            {
                "ticker": visible(one.ticker),
                "weight": one.weight,
                "usd": one.usd,
                "cost": one.cost,
                "unknown": list(one.unknown),
            }
            for one in allocation.trades
        ],
        "left_out": _shown(allocation.left_out),
        "notes": [visible(one) for one in allocation.notes],
        "correlation_moved": allocation.risk.moved,
        "marks": allocation.risk.marks.words,
        **({"frontier": swept} if swept else {}),
    }


def _figures(one: Allocation) -> dict[str, object]:
    return {
        "weights": {visible(ticker): weight for ticker, weight in one.weights.items()},
        "yield": one.net_yield,
        "volatility": one.volatility,
        "net_carry": one.net_carry,
        "cost": one.cost,
    }


def _limit(limit: Limit) -> dict[str, object]:
    named = {"kind": limit.kind, "name": visible(limit.name)} if limit.kind else {}
    unit = limit.unit or "dropped"
    return {"limit": limit.measure.value, **named, "value": limit.value, "unit": unit}


def _shown(words: Mapping[str, str]) -> dict[str, str]:
    return {visible(name): visible(word) for name, word in words.items()}
