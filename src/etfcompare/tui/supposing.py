"""Asking what if: the panel of assumptions, its reset, and scenarios pinned to be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etfcompare.tui.what_if import WhatIf

if TYPE_CHECKING:
    from etfcompare.engine.scenario import Scenario
    from etfcompare.tui.products import ProductsScreen


class Supposing:
    """What a products screen shows under other assumptions."""

    def __init__(self, screen: ProductsScreen) -> None:
        self.screen = screen

    @property
    def panel(self) -> WhatIf | None:
        """The panel, if it is open."""
        return self.screen.query_one_optional("#what-if", WhatIf)

    async def toggle(self) -> None:
        """Open the panel and go there; from the panel, close it."""
        panel = self.panel
        if panel is None:
            table = self.screen.comparison.table
            panel = WhatIf(
                self.screen.scenario, self.screen.base, table, self.screen.assume, self.close
            )
            self.screen.add_class("-supposing")
            await self.screen.query_one("#side").mount(panel, before=0)
            self.screen.set_focus(panel.lines)  # now, or keys typed at once would go elsewhere
        elif self.screen.focused is panel.lines:
            self.close()
        else:
            self.screen.set_focus(panel.lines)

    def close(self) -> None:
        """Close the panel; what is assumed stays."""
        panel = self.panel
        if panel is not None:
            self.screen.set_focus(self.screen.grid)
            self.screen.remove_class("-supposing")
            panel.remove()

    def reset(self) -> None:
        """Assume again what was assumed at first, and pin nothing."""
        self.screen.pins = {}
        self.screen.assume(self.screen.base)

    def pin(self, name: str) -> None:
        """Keep the scenario in force to be compared with; once more lets it go."""
        pins: dict[str, Scenario] = dict(self.screen.pins)
        if pins.get(name) == self.screen.scenario:
            del pins[name]
        else:
            pins[name] = self.screen.scenario
        self.screen.pins = pins
        self.screen.show(self.screen.look)

    def follow(self) -> None:
        """Show in the panel what is assumed now, of the catalogue as it is now."""
        panel = self.panel
        if panel is not None:
            panel.follow(self.screen.scenario, self.screen.base, self.screen.comparison.table)
