"""The least that Textual can be: one line that counts keys. All else is held against it."""

from __future__ import annotations

from textual import events
from textual.app import App, ComposeResult
from textual.widgets import Static


class EmptyApp(App[None]):
    """Shows how many keys were pressed."""

    keys = 0

    def compose(self) -> ComposeResult:
        """Show the line."""
        yield Static("0 keys")

    def on_key(self, _: events.Key) -> None:
        """Count a key."""
        self.keys += 1
        self.query_one(Static).update(f"{self.keys} keys")


if __name__ == "__main__":
    EmptyApp().run()
