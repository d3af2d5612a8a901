"""Taking the frontier along as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etfcompare.export import manifest_of
from etfcompare.portfolio.frontier_svg import Caption, frontier_svg
from etfcompare.tui.export_form import CHART, PICTURE, Kind, suffix_of
from etfcompare.tui.taking import Taking

if TYPE_CHECKING:
    from etfcompare.tui.frontier_screen import FrontierScreen


class FrontierTaking(Taking):
    """Exports of what the frontier mode shows: the chart for paper, or the screen."""

    kinds = (CHART, PICTURE)

    def __init__(self, view: FrontierScreen) -> None:
        super().__init__(view.products)
        self._view = view

    def _proposed(self, kind: Kind) -> str:
        return f"etfcompare-frontier-{self.screen.scenario.as_of.isoformat()}{suffix_of(kind)}"

    def _content(self, kind: Kind) -> str:
        if kind != CHART:
            return super()._content(kind)
        where = self.screen.look.where.strip()
        selection = f"frontier · filter {where or 'none'}"
        return frontier_svg(
            self._view.frontier,
            self.screen.workspace.catalogue,
            Caption(
                subtitle=self._subtitle(where),
                manifest=manifest_of(self.screen.workspace, self.screen.sheet, selection=selection),
            ),
            window=self._view.window,
        )

    def _subtitle(self, where: str) -> str:
        """Say what is in sight, and what is assumed that is not usual."""
        scenario = self.screen.scenario
        told = [f"as of {scenario.as_of}", f"{len(self._view.frontier.points)} products"]
        told += [f"filter {where}"] if where else []
        return " · ".join([*told, *scenario.unusual()])
