"""The chart under the keys and the mouse: the cursor walks the points, the window moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import events
from textual.app import RenderResult
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget

from etfcompare.portfolio.frontier import Point
from etfcompare.tui.commands import Scope
from etfcompare.tui.frontier_keys import commands

if TYPE_CHECKING:
    from etfcompare.tui.frontier_view import FrontierView

_ZOOM: Final = 0.7
"""What is in sight after a step closer, of what was before."""
_PAN: Final = 0.25
"""How far a step looks aside, of what is in sight."""


class FrontierChart(Widget, can_focus=True):
    """The chart: the cursor stands on a product."""

    BINDINGS: ClassVar[list[BindingType]] = [one.binding for one in commands(Scope.GRID)]

    def __init__(self, view: FrontierView) -> None:
        """Make the chart.

        Args:
            view: The screen, which knows what is shown.
        """
        super().__init__(id="grid")
        self.view = view

    def render(self) -> RenderResult:
        """Draw the chart in the room that there is."""
        chart = self.view.chart(self.content_size)
        return Content("\n").join(chart.lines()) if chart is not None else ""

    def on_click(self, event: events.Click) -> None:
        """Go to the point nearest to the mouse."""
        offset = event.get_content_offset(self)
        chart = self.view.chart(self.content_size)
        if offset is not None and chart is not None:
            found = chart.nearest(offset.x, offset.y)
            if found is not None:
                self.view.go_to(found)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Look closer at what is under the mouse."""
        self._wheel(event, _ZOOM)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Look from further away."""
        self._wheel(event, 1 / _ZOOM)

    def _wheel(self, event: events.MouseEvent, factor: float) -> None:
        event.stop()
        offset = event.get_content_offset(self)
        chart = self.view.chart(self.content_size)
        here = chart.plane_at(offset.x, offset.y) if offset is not None and chart else None
        if here is not None:
            self.view.look_at(self.view.window.zoomed(factor, *here))

    # Keys

    def _points(self) -> tuple[Point, ...]:
        return self.view.frontier.points

    def _step(self, way: int) -> None:
        """Go along the products of one volatility."""
        here = self.view.chosen
        if here is not None:
            column = [one for one in self._points() if _across(one) == _across(here)]
            self.view.go_to(column[min(max(column.index(here) + way, 0), len(column) - 1)])

    def action_cursor_down(self) -> None:
        """Go to the next lower yield."""
        self._step(1)

    def action_cursor_up(self) -> None:
        """Go to the next higher yield."""
        self._step(-1)

    def _step_across(self, way: int) -> None:
        """Go to the next volatility, where the yield is nearest."""
        here = self.view.chosen
        if here is None:
            return
        places = sorted({_across(one) for one in self._points()})
        place = places.index(_across(here)) + way
        if 0 <= place < len(places):
            column = [one for one in self._points() if _across(one) == places[place]]
            self.view.go_to(min(column, key=lambda one: abs(one.net_yield - here.net_yield)))

    def action_cursor_left(self) -> None:
        """Go to the next lower volatility."""
        self._step_across(-1)

    def action_cursor_right(self) -> None:
        """Go to the next higher volatility."""
        self._step_across(1)

    def action_first(self) -> None:
        """Go to the least volatile."""
        if self._points():
            self.view.go_to(self._points()[0])

    def action_last(self) -> None:
        """Go to the most volatile."""
        if self._points():
            self.view.go_to(self._points()[-1])

    def action_next_leader(self, way: int) -> None:
        """Go on among those that lead, from the last to the first."""
        found, here = self.view.frontier.leaders, self.view.chosen
        if not found or here is None:
            return
        if here in found:
            self.view.go_to(found[(found.index(here) + way) % len(found)])
        else:
            after = [one for one in found if one.volatility >= here.volatility]
            before = [one for one in found if one.volatility <= here.volatility]
            beside = (after or found)[0] if way > 0 else (before or found)[-1]
            self.view.go_to(beside)

    def action_zoom(self, way: int) -> None:
        """Look closer at the product under the cursor, or from further away."""
        window, here = self.view.window, self.view.chosen
        if here is not None:
            factor = _ZOOM if way > 0 else 1 / _ZOOM
            self.view.look_at(window.zoomed(factor, here.volatility, here.net_yield))

    def action_toggle_zero(self) -> None:
        """Let the scale across begin at zero, where cash is, or at the least volatile product."""
        self.view.toggle_zero()

    def action_fit(self) -> None:
        """Bring all products in sight."""
        self.view.look_at(None)

    def action_pan(self, right: int, up: int) -> None:
        """Look aside; the cursor stays on its product."""
        self.view.look_at(self.view.window.moved(right * _PAN, up * _PAN))

    def action_toggle_mark(self) -> None:
        """Mark the product, or take its mark away; the table has the same marks."""
        here = self.view.chosen
        if here is not None:
            self.view.mark(self.view.marks ^ {here.ticker})

    def action_clear_marks(self) -> None:
        """Take all marks away."""
        self.view.mark(frozenset())


def _across(point: Point) -> float:
    """The volatility as it is shown: what reads the same stands in one column."""
    return round(point.volatility, 3)
