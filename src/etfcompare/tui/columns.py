"""The form that chooses the columns of the table: which, in what order, how wide."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from etfcompare.engine.comparison import DEFAULT_COLUMNS
from etfcompare.engine.figure import Figure
from etfcompare.engine.figures import FIGURES
from etfcompare.engine.sheet import TICKER
from etfcompare.tui.column_choice import Chosen, found
from etfcompare.tui.forms import FORM_CSS, Field
from etfcompare.tui.listing import LIST_CSS, Keys, Line, ListForm, Listing
from etfcompare.tui.styles import MUTED, WARNING

_SIGN_WIDTH = 3


class ColumnChooser(ListForm[Chosen | None]):
    """All figures: those shown in their order, then the others by group."""

    CSS = f"""
    ColumnChooser {{
        {FORM_CSS}
        {LIST_CSS}
        align: right middle;
        background: $background 30%;
        #form {{ width: 62; max-width: 100%; height: 100%; }}
        Listing {{ height: 1fr; }}
        #about {{ height: 2; }}
    }}
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "show_or_hide", "show/hide"),
        Binding("H", "shift(-1)", "left"),
        Binding("L", "shift(1)", "right"),
        Binding("less_than_sign,minus", "size(-1)", "narrower", key_display="<"),
        Binding("greater_than_sign,plus", "size(1)", "wider", key_display=">"),
        # At once, or a letter typed right behind it would be taken for a command.
        Binding("slash", "search", "search", key_display="/", priority=True),
        Binding("r", "reset", "default"),
        Binding("enter", "done", "done"),
        Binding("escape", "leave", "cancel", key_display="esc"),
    ]

    def __init__(
        self,
        columns: Sequence[str],
        widths: Mapping[str, int],
        *,
        usual: Mapping[str, int],
        preview: Callable[[Chosen], None] | None = None,
    ) -> None:
        """Make the form.

        Args:
            columns: Keys of the figures shown, from left to right.
            widths: Cells of the columns that are not as wide as usual, by key.
            usual: Cells that the column of each figure takes where nobody chose.
            preview: Shows a choice behind the form; called with the first one again on cancel.
        """
        super().__init__()
        self._first = self.chosen = Chosen.of(columns, widths)
        self._usual = usual
        self._preview = preview
        self._before_search = ""
        self._fault = ""

    def compose(self) -> ComposeResult:
        """Lay out the form."""
        with Vertical(id="form") as form:
            form.border_title = Content("Columns")
            yield Field(placeholder="/ search by name, key or meaning", id="search")
            yield Listing(id="columns")
            yield Static(id="about")
            yield Keys()

    def on_mount(self) -> None:
        """Begin with the first column."""
        self._draw(TICKER)

    # From the choice to what is seen

    def _draw(self, cursor: str) -> None:
        """Write the list anew, with the cursor on a column."""
        text = self._field.value
        lines = [self._line(one) for one in found(text)] if text.strip() else self._all_lines()
        self.listing.show(lines, cursor)
        self._say()

    def _all_lines(self) -> Iterator[Line]:
        yield _heading("shown, from left to right")
        for key in self.chosen.columns:
            yield self._line(FIGURES[key])
        hidden = [one for one in FIGURES.values() if one.key not in self.chosen.columns]
        for group, figures in groupby(hidden, key=lambda one: one.group):
            yield Line("", Content())
            yield _heading(group)
            yield from map(self._line, figures)

    def _line(self, figure: Figure) -> Line:
        is_shown = figure.key in self.chosen.columns
        text = Content.assemble(("[x] " if is_shown else "[ ] "), figure.label)
        width = self.chosen.widths.get(figure.key)
        wide = f"{width} wide  " if width is not None else ""
        return Line(figure.key, text, Content.assemble(wide, (figure.key, MUTED)))

    @on(Listing.Highlighted)
    def _say(self) -> None:
        """Say what the figure under the cursor means."""
        key = self.listing.key
        fault, self._fault = self._fault, ""
        if not key:
            said = Content.styled("no figure has that in its name, its key or its meaning", MUTED)
        elif fault:
            said = Content.styled(f"! {fault}", WARNING)
        else:
            said = Content(FIGURES[key].meaning)
            if key == TICKER:
                said += Content.styled(" It stays first and is always shown.", MUTED)
        self.query_one("#about", Static).update(said)

    @property
    def _field(self) -> Field:
        return self.query_one(Field)

    def _choose(self, chosen: Chosen, cursor: str) -> None:
        """Take another choice and show it."""
        if chosen != self.chosen:
            self.chosen = chosen
            if self._preview is not None:
                self._preview(chosen)
        self._draw(cursor)

    # Keys

    def action_show_or_hide(self) -> None:
        """Show or hide the column; the cursor stays among the columns it was among."""
        key = self.listing.key
        if key == TICKER:
            self._refuse("the ticker stays first and is always shown")
        elif key:
            is_hiding = key in self.chosen.columns and not self._field.value
            self._choose(self.chosen.toggled(key), self._neighbour(key) if is_hiding else key)

    def _neighbour(self, key: str) -> str:
        """The shown column that comes to the place of one that is hidden."""
        columns = self.chosen.columns
        place = columns.index(key)
        return columns[place + 1] if place + 1 < len(columns) else columns[place - 1]

    def action_shift(self, step: int) -> None:
        """Move the column to the left or to the right."""
        if self.listing.key == TICKER:
            self._refuse("the ticker stays first and is always shown")
        elif self._is_on_shown():
            self._choose(self.chosen.moved(self.listing.key, step), self.listing.key)

    def action_size(self, step: int) -> None:
        """Make the column wider or narrower."""
        key = self.listing.key
        if self._is_on_shown():
            self._choose(self.chosen.sized(key, step, self._usual[key]), key)

    def _is_on_shown(self) -> bool:
        if self.listing.key in self.chosen.columns:
            return True
        self._refuse("this column is hidden; space shows it")
        return False

    def _refuse(self, fault: str) -> None:
        self._fault = fault
        self._say()

    def action_reset(self) -> None:
        """Go back to the columns and widths that are shown where nobody chose."""
        self._choose(Chosen.of(DEFAULT_COLUMNS, {}), self.listing.key)

    def action_done(self) -> None:
        """Hand over the choice."""
        self.dismiss(self.chosen)

    def action_leave(self) -> None:
        """Leave the search, or give all changes up."""
        if self._field.has_focus or self._field.value:
            self._end_search(self._before_search)
            return
        if self._preview is not None and self.chosen != self._first:
            self._preview(self._first)
        self.dismiss(None)

    # The search

    def action_search(self) -> None:
        """Type a search."""
        self.set_focus(self._field)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        """Show the hits, the best one first."""
        if event.value and not self._before_search:
            self._before_search = self.listing.key
        if event.value:
            hits = found(event.value)
            self._draw(hits[0].key if hits else "")
        else:
            self._draw(self._before_search or self.listing.key)
            self._before_search = ""

    @on(Input.Submitted)
    def _found(self) -> None:
        """Go on with the figure under the cursor, among all columns again."""
        if self.listing.key:
            self._end_search(self.listing.key)
        else:
            self.app.bell()

    def _end_search(self, cursor: str) -> None:
        with self.prevent(Input.Changed):
            self._field.value = ""
        self._before_search = ""
        self.set_focus(self.listing)
        self._draw(cursor or self.listing.key)

    # The mouse

    @on(Listing.Clicked)
    def _clicked(self, event: Listing.Clicked) -> None:
        """Show or hide by a click on the sign, or on the line with the cursor."""
        if event.was_highlighted or 0 <= event.cell < _SIGN_WIDTH:
            self.action_show_or_hide()


def _heading(text: str) -> Line:
    return Line("", Content.styled(text, f"bold {MUTED}"))
