"""A page to read over the table: why a figure is what it is, problems, help, one product whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

SCROLL_KEYS = (
    ("j,down", "scroll_down"),
    ("k,up", "scroll_up"),
    ("g,home", "scroll_home"),
    ("G,end", "scroll_end"),
    ("ctrl+d,pagedown,space", "page_down"),
    ("ctrl+u,pageup", "page_up"),
)


class Page(VerticalScroll):
    """The text of a page, which scrolls."""

    BINDINGS: ClassVar = [(keys, action, "") for keys, action in SCROLL_KEYS]

    def __init__(self, write: Callable[[int], Content]) -> None:
        super().__init__(id="page")
        self._write = write

    def compose(self) -> ComposeResult:
        """Lay out the text."""
        yield Static(id="text")

    def on_resize(self) -> None:
        """Write the text for the new width."""
        self.rewrite()

    def rewrite(self) -> None:
        """Write the text again."""
        width = self.scrollable_content_region.width
        self.query_one("#text", Static).update(self._write(max(width, 1)))


class ReadingScreen(ModalScreen[None]):
    """A page with a title; any of the closing keys leaves it."""

    BINDINGS: ClassVar = [("escape,q,enter,i,p,question_mark", "dismiss", "close")]
    # Here and not in the style sheet of the app, which is parsed before the first paint.
    CSS = """
    ReadingScreen {
        align: center middle;
        background: $background 60%;

        #page {
            width: 90%;
            max-width: 104;
            height: auto;
            max-height: 90%;
            padding: 1 2;
            border: round $foreground 30%;
            border-title-color: $text-accent;
            border-title-style: bold;
            border-subtitle-color: $text-muted;
            background: $surface;
            scrollbar-size: 0 1;
            scrollbar-gutter: stable;
            scrollbar-color: $foreground 25%;
            scrollbar-background: $surface;
        }
        #text { height: auto; }
    }
    """

    def __init__(self, title: str, write: Callable[[int], Content]) -> None:
        """Make a page.

        Args:
            title: What stands on its frame; shown literally.
            write: Writes the text for a width in cells, again whenever that changes.
        """
        super().__init__()
        self._page_title = title
        self._write = write

    def compose(self) -> ComposeResult:
        """Lay out the page."""
        page = Page(self._write)
        page.border_title = Content(self._page_title)
        page.border_subtitle = Content("esc closes")
        yield page

    def on_mount(self) -> None:
        """Go to where the scroll keys work."""
        self.query_one(Page).focus()
