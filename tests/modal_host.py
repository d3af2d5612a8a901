"""An app that does nothing but open a form, and keeps what the form hands over."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar, cast

from textual import events
from textual.app import App
from textual.binding import Binding, BindingType

import screens
from etfcompare.tui.listing import Listing

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.screen import ModalScreen

    from etfcompare.tui.app import EtfCompare

Result = TypeVar("Result")

SIZES = [(40, 15), (60, 15), (80, 24), (200, 60)]


class Host(App[None], Generic[Result]):
    """Opens the form by `o`, as a screen opens one by its key."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("o", "open", "open")]
    CSS = "Screen { background: $background; }"

    def __init__(self, make: Callable[[], ModalScreen[Result]]) -> None:
        super().__init__()
        self._make = make
        self.results: list[Result | None] = []
        """What the form handed over, each time."""

    def action_open(self) -> None:
        """Open the form."""
        self.push_screen(self._make(), self.results.append)

    @property
    def listing(self) -> Listing:
        """The list of the form."""
        return self.screen.query_one(Listing)

    def type_at_once(self, *keys: str) -> None:
        """Send keys as a terminal does that has read all of them in one go."""
        for key in keys:
            self.post_message(events.Key(key, key if len(key) == 1 else None))


def lines(app: App[None]) -> list[str]:
    """What the screen shows, a text a line."""
    return screens.lines(cast("EtfCompare", app))


def text_of(app: App[None]) -> str:
    """What the screen shows."""
    return "\n".join(lines(app))


def said(app: App[None]) -> str:
    """What the screen shows, without frames and line breaks."""
    return " ".join(text_of(app).translate(dict.fromkeys(map(ord, "│▌▎█"), " ")).split())
