"""Taking an allocation along as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etfcompare.engine.sheet import sheet_of
from etfcompare.export import Form, csv_text, document_of, json_text, manifest_of
from etfcompare.portfolio.allocation_sheet import (
    Answer,
    selection_of,
    weight_rows,
)
from etfcompare.portfolio.allocation_sheet import document_of as allocation_document
from etfcompare.tui.export_form import KINDS, Kind, suffix_of
from etfcompare.tui.taking import Taking

if TYPE_CHECKING:
    from etfcompare.tui.products import ProductsScreen

_SHEETS = (Form.CSV, Form.CSV_RAW, Form.JSON)


class AllocationTaking(Taking):
    """Exports of an allocation, byte for byte what the command line writes."""

    kinds = tuple(one for one in KINDS if one in _SHEETS or one == "picture")

    def __init__(self, products: ProductsScreen, answer: Answer) -> None:
        super().__init__(products)
        self._answer = answer

    def _proposed(self, kind: Kind) -> str:
        day = self.screen.scenario.as_of.isoformat()
        return f"etfcompare-allocation-{day}{suffix_of(kind)}"

    def _content(self, kind: Kind) -> str:
        workspace, comparison = self.screen.workspace, self.screen.comparison
        sheet = sheet_of(comparison, ())
        match kind:
            case Form.JSON:
                document = document_of(workspace, sheet)
                basis = {key: document[key] for key in ("version", "catalogue", "scenario")}
                return json_text({**basis, **allocation_document(self._answer)})
            case Form.CSV | Form.CSV_RAW:
                rows = weight_rows(self._answer)
                if kind is Form.CSV:
                    selection = selection_of(self._answer, comparison.where.text)
                    manifest = manifest_of(workspace, sheet, selection=selection)
                    rows.append((manifest, *("" for _ in rows[0][1:])))
                return csv_text(rows, defused=kind is Form.CSV)
            case _:
                return super()._content(kind)
