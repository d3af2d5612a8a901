"""Taking a rebalancing along as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etfcompare.export import Form, csv_text, document_of, json_text, manifest_of
from etfcompare.portfolio.rebalance_sheet import Answer, selection_of, sheet_under, trade_rows
from etfcompare.portfolio.rebalance_sheet import document_of as answer_document
from etfcompare.tui.export_form import KINDS, Kind, suffix_of
from etfcompare.tui.taking import Taking

if TYPE_CHECKING:
    from etfcompare.tui.products import ProductsScreen

_SHEETS = (Form.CSV, Form.JSON)


class RebalanceTaking(Taking):
    """Exports of a rebalancing, byte for byte what the command line writes."""

    kinds = tuple(one for one in KINDS if one in _SHEETS or one == "picture")

    def __init__(self, products: ProductsScreen, answer: Answer) -> None:
        super().__init__(products)
        self._answer = answer

    def _proposed(self, kind: Kind) -> str:
        day = self.screen.scenario.as_of.isoformat()
        return f"etfcompare-rebalance-{day}{suffix_of(kind)}"

    def _content(self, kind: Kind) -> str:
        workspace, sheet = self.screen.workspace, sheet_under(self._answer)
        match kind:
            case Form.JSON:
                document = document_of(workspace, sheet)
                basis = {key: document[key] for key in ("version", "catalogue", "scenario")}
                return json_text({**basis, **answer_document(self._answer)})
            case Form.CSV:
                rows = trade_rows(self._answer)
                selection = selection_of(self._answer)
                manifest = manifest_of(workspace, sheet, selection=selection)
                return csv_text([*rows, (manifest, *("" for _ in rows[0][1:]))])
            case _:
                return super()._content(kind)
