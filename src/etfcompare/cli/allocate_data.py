"""What `etfcompare allocate` writes for programs: JSON, CSV and Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from etfcompare import export
from etfcompare.cli.allocate_page import frontier_columns, weight_columns
from etfcompare.cli.options import Format
from etfcompare.cli.table import Column
from etfcompare.engine.comparison import Comparison
from etfcompare.engine.sheet import sheet_of
from etfcompare.portfolio.allocation_sheet import (
    Answer,
    document_of,
    frontier_rows,
    said_of,
    selection_of,
    weight_rows,
)
from etfcompare.portfolio.binding import Infeasible
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
        return export.json_text({**basis, **document_of(found)})
    chosen = selection_of(found, comparison.where.text)
    manifest = export.manifest_of(workspace, sheet, selection=chosen)
    if form is Format.MARKDOWN:
        tables = [weight_columns(found), *([frontier_columns(found)] if found.frontier else [])]
        below = [export.markdown_cell(line) for line in (*said_of(found), manifest)]
        return "\n".join([*map(_markdown, tables), "\n\n".join(below) + "\n"])
    rows = frontier_rows(found) if found.frontier else weight_rows(found)
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
