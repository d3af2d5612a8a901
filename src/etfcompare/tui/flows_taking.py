"""Taking the league of flows along as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etfcompare.export import (
    Cell,
    Form,
    csv_text,
    json_text,
    manifest_of,
    markdown_cell,
    markdown_text,
    raw,
)
from etfcompare.tui.export_form import KINDS, Kind, suffix_of
from etfcompare.tui.flows_table import Column
from etfcompare.tui.flows_table import cell_of as shown_of
from etfcompare.tui.flows_text import period_words
from etfcompare.tui.taking import Taking
from etfcompare.visible import visible

if TYPE_CHECKING:
    from etfcompare.tui.flows_board import Board
    from etfcompare.tui.flows_screen import FlowsScreen

_HEAD = ("name", "flow", "4w", "13w", "ytd", "share_of_aum", "streak")
_CSV_HEAD = ("name", "period", "flow_usd", "4w_usd", "13w_usd", "ytd_usd", "share_of_aum", "streak")


class FlowsTaking(Taking):
    """Exports of what the flows mode shows: the rows in their order, of the chosen period."""

    kinds = tuple(one for one in KINDS if one is not Form.HTML)

    def __init__(self, flows: FlowsScreen, board: Board) -> None:
        super().__init__(flows.products)
        self._flows, self._board = flows, board

    @property
    def _period(self) -> str:
        return str(self._board.period_of(self._board.days[self._flows.place]))

    @property
    def _when(self) -> str:
        return period_words(self._board.days[self._flows.place], self._board.kind)

    @property
    def _manifest(self) -> str:
        """What the figures stand on, in one line."""
        by = f"flows by {self._board.by.value}{', as published' * self._board.is_published}"
        order = f"{self._flows.sort.value}{' descending' * self._flows.is_descending}"
        where = self.screen.look.where.strip() or "none"
        opened = [f"{one.value} {name}" for one, name in self._flows.opened]
        told = [by, f"{self._when} ({self._period})", "US dollars", *opened]
        told += [f"filter {where}", f"sort {order}"]
        selection = " · ".join(told)
        return manifest_of(self.screen.workspace, self.screen.sheet, selection=selection)

    def _proposed(self, kind: Kind) -> str:
        return f"etfcompare-flows-{self._board.by.value}-{self._period}{suffix_of(kind)}".lower()

    def _content(self, kind: Kind) -> str:
        match kind:
            case Form.CSV | Form.CSV_RAW:
                rows = [[raw(name), self._period, *map(raw, rest)] for name, *rest in self._rows()]
                if kind is Form.CSV:
                    rows.append([self._manifest, *("" for _ in _CSV_HEAD[1:])])
                return csv_text([_CSV_HEAD, *rows], defused=kind is Form.CSV)
            case Form.JSON:
                named = [dict(zip(_HEAD, map(raw, one), strict=True)) for one in self._rows()]
                return json_text(
                    {
                        "catalogue": visible(self.screen.workspace.path.name),
                        "by": self._board.by.value,
                        "is_published": self._board.is_published,
                        "period": self._period,
                        "filter": self.screen.look.where,
                        "rows": named,
                    }
                )
            case Form.MARKDOWN:
                return self._markdown()
            case _:
                return super()._content(kind)

    def _rows(self) -> list[list[Cell]]:
        found: list[list[Cell]] = []
        for key in self._flows.keys:
            flow, four, thirteen, year, share, streak, _ = self._flows.figures[key]
            found.append([key or "all", flow, four, thirteen, year, share, streak])
        return found

    def _markdown(self) -> str:
        columns = [one for one in Column if one is not Column.TREND]
        cell = shown_of(self._board, self._flows.figures, 1)
        rows = [[cell(key, one).text for one in columns] for key in self._flows.keys]
        right = [one is not Column.NAME for one in columns]
        table = markdown_text(columns, rows, right)
        return f"{table}\n{markdown_cell(f'{self._when}, $m')}\n\n{markdown_cell(self._manifest)}\n"
