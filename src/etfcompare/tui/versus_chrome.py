"""The lines around the table of the compare mode: title and keys."""

from __future__ import annotations

from rich.cells import cell_len
from textual import events
from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from etfcompare.tui.commands import Command
from etfcompare.tui.versus_keys import bar_commands
from etfcompare.visible import visible

MUTED, STRONG, ACCENT = "$foreground 60%", "bold", "$text-accent"


class VersusTitle(Widget):
    """What is compared, under which assumptions."""

    tickers: reactive[tuple[str, ...]] = reactive(())
    state: reactive[tuple[str, ...]] = reactive(())
    """What stands at the right, least important first."""

    def render(self) -> RenderResult:
        """Draw the products at the left, and at the right as much of the state as fits."""
        name = Content.assemble(" ", ("etfcompare", f"bold {ACCENT}"), "  ", ("Compare", STRONG))
        name += Content("  " + "  ".join(map(visible, self.tickers)))
        parts = list(self.state)
        while parts:
            right = Content.styled(" · ".join(parts), MUTED)
            room = self.size.width - name.cell_length - right.cell_length - 1
            if room > 1:
                return name + Content(" " * room) + right
            parts.pop(0)
        return name.truncate(self.size.width, ellipsis=True)


class VersusKeys(Widget):
    """The keys that matter most; a click on one does what it says."""

    def render(self) -> RenderResult:
        """Draw as many keys as fit."""
        keys = (
            Content.assemble((_first_key(one), f"bold {ACCENT}"), f" {one.label}")
            for one, _ in self._placed()
        )
        return Content(" ") + Content("   ").join(keys)

    def _placed(self) -> list[tuple[Command, range]]:
        """The commands that fit, and the cells of each."""
        placed = []
        x = 1
        for command in bar_commands():
            end = x + cell_len(f"{_first_key(command)} {command.label}")
            if end > self.size.width:
                break
            placed.append((command, range(x, end)))
            x = end + 3
        return placed

    async def on_click(self, event: events.Click) -> None:
        """Do what the key under the mouse does."""
        for command, cells in self._placed():
            if event.x in cells:
                await self.screen.run_action(command.action)


def _first_key(command: Command) -> str:
    return command.shown_keys.split(" ")[0]
