"""The panel of assumptions: a line for each, turned by a key, the table following at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import set_cell_size
from textual import events, on
from textual.app import ComposeResult, RenderResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input

from etfcompare.engine.assumptions import PRESETS, Knob, knobs
from etfcompare.engine.figures import Table
from etfcompare.engine.scenario import Scenario
from etfcompare.errors import UsageError
from etfcompare.tui.styles import ACCENT, MUTED, STRONG
from etfcompare.tui.typed_value import Refusal, TypedValue, pass_on
from etfcompare.tui.wrapping import wrapped
from etfcompare.visible import visible

LABEL_WIDTH = 16
MEANING_LINES = 2
HELP = (
    ("← →", "change"),
    ("Enter", "type"),
    ("x", "as before"),
    ("A B", "pin"),
    ("W", "reset"),
    ("Esc", "close"),
)


class Knobs(Widget, can_focus=True):
    """The assumptions, one a line."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "down", show=False),
        Binding("k,up", "move(-1)", "up", show=False),
        Binding("g,home", "move(-1000)", "first", show=False),
        Binding("G,end", "move(1000)", "last", show=False),
        Binding("l,right,space,plus", "turn(1)", "more", show=False),
        Binding("h,left,minus", "turn(-1)", "less", show=False),
        Binding("x,backspace,delete", "restore", "as before", show=False),
        Binding("escape,q", "close", "close", show=False),
        *(
            Binding(str(number), f"preset({number - 1})", preset.label, show=False)
            for number, preset in enumerate(PRESETS, start=1)
        ),
    ]

    _first, _last = 0, 0
    """The places of the lines in sight."""

    cursor: reactive[int] = reactive(0)
    """The line that keys act on."""
    scenario: reactive[Scenario | None] = reactive(None)
    """What is assumed."""

    @dataclass
    class Assumed(Message):
        """The user assumes something else."""

        scenario: Scenario

    class Closed(Message):
        """The user is done."""

    def __init__(self, scenario: Scenario, base: Scenario, table: Table, field: TypedValue) -> None:
        super().__init__(id="knobs")
        self.set_reactive(Knobs.scenario, scenario)
        self.base = base
        """What holds without the user's changes."""
        self.table = table
        """The figures under any scenario: what holds where those are silent."""
        self.knobs = knobs(table.catalogue)
        self.field = field
        """Where a value is typed."""

    @property
    def assumed(self) -> Scenario:
        """What is assumed now."""
        return self.scenario or self.base

    def follow(self, scenario: Scenario, base: Scenario, table: Table) -> None:
        """Show what is assumed now, of the catalogue as it is now."""
        self.base, self.table, self.knobs = base, table, knobs(table.catalogue)
        self.scenario = scenario
        self.cursor = min(self.cursor, len(self.knobs) - 1)
        self.refresh()

    def get_content_height(self, container: Size, _viewport: Size, width: int) -> int:
        """Return the lines that it takes to show all, or those that what is typed leaves."""
        beside = sum(one.display for one in self.siblings)
        return min(1 + len(self.knobs) + len(self._foot(width)), container.height - beside)

    def render(self) -> RenderResult:
        """Draw the lines around the cursor that fit, then what keys do."""
        lines = [self._line(place, knob) for place, knob in enumerate(self.knobs)]
        foot = self._foot(self.size.width)
        if self.size.height < len(lines) + 1 + len(foot):
            foot = _flowed(HELP, self.size.width)[:1]
        room = max(1, self.size.height - 1 - len(foot))
        first = self._first = max(0, min(self.cursor - room // 2, len(lines) - room))
        self._last = min(first + room, len(lines)) - 1
        title = Content.styled(" What if", f"{STRONG} {ACCENT}")
        shown = [title, *lines[first : first + room], *foot]
        return Content("\n").join(shown if self.size.height > 1 else lines[first : first + 1])

    def _line(self, place: int, knob: Knob) -> Content:
        now, before = knob.text(self.assumed, self.table), knob.text(self.base, self.table)
        is_here = place == self.cursor
        is_changed = knob.value(self.assumed) != knob.value(self.base)
        head = Content.styled("▌" if is_here and self.has_focus else " ", ACCENT)
        label = set_cell_size(knob.label, LABEL_WIDTH)
        line = head + Content.styled(label, STRONG if is_here else MUTED)
        line += Content.styled(f"Δ{now}" if is_changed else f" {now}", ACCENT if is_changed else "")
        if is_changed:
            line += Content.styled(f"  not {before}", MUTED)
        return line.truncate(self.size.width, ellipsis=True)

    def _foot(self, width: int) -> list[Content]:
        meaning = list(wrapped(self.knobs[self.cursor].meaning, width - 2))[:MEANING_LINES]
        presets = [(str(number), one.label) for number, one in enumerate(PRESETS, start=1)]
        return [
            Content(),
            *(Content.styled(f" {line}", MUTED) for line in meaning),
            *(Content() for _ in range(MEANING_LINES - len(meaning))),
            Content(),
            *_flowed(presets, width),
            *_flowed(HELP, width),
            Content(),
        ]

    def action_move(self, lines: int) -> None:
        """Go up or down."""
        self.cursor = min(max(self.cursor + lines, 0), len(self.knobs) - 1)

    def action_turn(self, direction: int) -> None:
        """Change the assumption of the cursor by a step."""
        knob = self.knobs[self.cursor]
        self._assume(knob.stepped(self.assumed, direction, self.table))

    def action_restore(self) -> None:
        """Assume again what held before."""
        knob = self.knobs[self.cursor]
        self._assume(knob.set(self.assumed, knob.value(self.base)))

    def action_preset(self, number: int) -> None:
        """Ask a usual question."""
        self._assume(PRESETS[number].apply(self.assumed, self.base, self.table))

    def on_key(self, event: events.Key) -> None:
        """Begin to type a value; keys that follow faster than that belong to the value."""
        if self.screen.focused is self.field:
            pass_on(event, self.field)
        elif event.key == "enter":
            event.stop()
            knob = self.knobs[self.cursor]
            self.field.begin(knob, knob.text(self.assumed, self.table))

    def action_close(self) -> None:
        """Leave the panel; what is assumed stays."""
        self.post_message(self.Closed())

    def _assume(self, scenario: Scenario) -> None:
        self.post_message(self.Assumed(scenario))

    def on_click(self, event: events.Click) -> None:
        """Go to the line under the mouse."""
        place = self._first + event.y - 1
        if self._first <= place <= self._last:
            self.cursor = place


class WhatIf(Vertical):
    """The panel: its lines, and a text field while a value is typed."""

    DEFAULT_CSS = """
    WhatIf {
        height: auto;
        max-height: 100%;
        Knobs { height: auto; max-height: 100%; }
        #typed { height: 1; border: none; padding: 0 1; background: $accent 20%; display: none; }
        #typed:focus { border: none; background: $accent 20%; }
        #refused { height: auto; display: none; }
    }
    """

    def __init__(
        self,
        scenario: Scenario,
        base: Scenario,
        table: Table,
        assume: Callable[[Scenario], None],
        close: Callable[[], None],
    ) -> None:
        """Make a panel.

        Args:
            scenario: What is assumed.
            base: What holds without the user's changes.
            table: The figures under either.
            assume: What to do with another scenario.
            close: What to do when the user is done.
        """
        super().__init__(id="what-if")
        self.typed = TypedValue(self._given, self._stop_typing)
        self.lines = Knobs(scenario, base, table, self.typed)
        self._assume, self._close = assume, close

    def compose(self) -> ComposeResult:
        """Lay out the panel."""
        yield self.lines
        yield Refusal(id="refused")
        yield self.typed

    def follow(self, scenario: Scenario, base: Scenario, table: Table) -> None:
        """Show what is assumed now, of the catalogue as it is now."""
        self.lines.follow(scenario, base, table)

    @on(Knobs.Assumed)
    def _lines_assumed(self, event: Knobs.Assumed) -> None:
        event.stop()
        self._assume(event.scenario)

    @on(Knobs.Closed)
    def _lines_closed(self, event: Knobs.Closed) -> None:
        event.stop()
        self._close()

    @on(Input.Changed, "#typed")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._say("")

    def _given(self, knob: Knob, text: str) -> None:
        try:
            scenario = knob.typed(self.lines.assumed, text)
        except UsageError as error:
            self._say(str(error))
            return
        self._stop_typing()
        self._assume(scenario)

    def _stop_typing(self) -> Widget:
        """Go back to the lines."""
        self._say("")
        self.typed.knob = None
        if self.screen.focused is self.typed:
            self.screen.set_focus(self.lines)
        self.typed.display = False
        return self.lines

    def _say(self, fault: str) -> None:
        refusal = self.query_one("#refused", Refusal)
        refusal.fault = visible(fault)
        refusal.display = bool(fault)


def _flowed(pairs: Sequence[tuple[str, str]], width: int) -> list[Content]:
    """Write keys with what they do, as many a line as fit."""
    lines: list[Content] = []
    for key, word in pairs:
        one = Content.assemble(" ", (key, f"{STRONG} {ACCENT}"), (f" {word}  ", MUTED))
        if lines and lines[-1].cell_length + one.cell_length <= width:
            lines[-1] += one
        else:
            lines.append(one)
    return lines
