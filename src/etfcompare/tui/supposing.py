"""Asking what if: the panel of assumptions, its reset, and scenarios pinned to be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etfcompare.tui.what_if import WhatIf

if TYPE_CHECKING:
    from textual.screen import Screen

    from etfcompare.engine.scenario import Scenario
    from etfcompare.tui.products import ProductsScreen


class Supposing:
    """What a mode shows under other assumptions."""

    def __init__(self, screen: ProductsScreen, host: Screen[None] | None = None) -> None:
        """Make the part.

        Args:
            screen: The products, whose scenario changes.
            host: Where the panel opens, a screen with `#side` for it and `#grid` to go back to;
                None for the products themselves.
        """
        self.screen = screen
        self.host: Screen[None] = host or screen

    @property
    def panel(self) -> WhatIf | None:
        """The panel, if it is open."""
        return self.host.query_one_optional("#what-if", WhatIf)

    async def toggle(self) -> None:
        """Open the panel and go there; from the panel, close it."""
        panel = self.panel
        if panel is None:
            table = self.screen.comparison.table
            panel = WhatIf(
                self.screen.scenario, self.screen.base, table, self.screen.assume, self.close
            )
            self.host.add_class("-supposing")
            await self.host.query_one("#side").mount(panel, before=0)
            self.host.set_focus(panel.lines)  # now, or keys typed at once would go elsewhere
        elif self.host.focused is panel.lines:
            self.close()
        else:
            self.host.set_focus(panel.lines)

    def close(self) -> None:
        """Close the panel; what is assumed stays."""
        panel = self.panel
        if panel is not None:
            self.host.set_focus(self.host.query_one("#grid"))
            self.host.remove_class("-supposing")
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
