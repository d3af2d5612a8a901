"""The forms of saved views: one picks a view, one saves how the table is looked at now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult, RenderResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Input, Static

from etfcompare.errors import EtfcompareError
from etfcompare.tui.forms import FORM_CSS, Field
from etfcompare.tui.listing import LIST_CSS, Keys, Line, ListForm, Listing
from etfcompare.tui.styles import LOSS, MUTED, WARNING
from etfcompare.tui.wrapping import wrapped
from etfcompare.visible import visible

_DIGITS = 9
_WIDEST_NAME = 24
"""Cells of a name, before what it stands for is said."""
_MOST_LINES = 3
"""Lines that one fact takes."""


class ListedView(NamedTuple):
    """A view as the picker lists it; all of it is shown literally."""

    name: str
    origin: str
    """Who made it: shipped, catalogue or yours."""
    words: str
    """What it shows: its filter, its order, its horizon."""


class ViewPicker(ListForm[str | None]):
    """The views, by number; hands over the name of one."""

    CSS = f"""
    ViewPicker {{
        {FORM_CSS}
        {LIST_CSS}
        Listing {{ max-height: 40vh; }}
        &.-short Listing {{ max-height: 50vh; }}
        #about {{ max-height: 4; }}
    }}
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "pick(1)", "pick", key_display="1–9"),
        *(
            Binding(str(number), f"pick({number})", "pick", show=False)
            for number in range(2, _DIGITS + 1)
        ),
        Binding("enter", "choose", "show"),
        Binding("escape,q", "dismiss", "cancel", key_display="esc"),
    ]

    def __init__(self, views: Sequence[ListedView], *, current: str = "") -> None:
        """Make the picker.

        Args:
            views: In the order of their numbers; each name stands once.
            current: The name of the view that is shown now, if it is one.
        """
        super().__init__()
        self._views = views
        self._current = current

    def compose(self) -> ComposeResult:
        """Lay out the form."""
        with Vertical(id="form") as form:
            form.border_title = Content("Views")
            yield Listing(id="views")
            yield Static(id="about")
            yield Keys()

    def on_mount(self) -> None:
        """Begin with the view that is shown."""
        cells = (Content(visible(one.name)).cell_length for one in self._views)
        room = min(max(cells, default=0), _WIDEST_NAME)
        lines = [self._line(place, room) for place in range(len(self._views))]
        names = [one.name for one in self._views]
        cursor = str(names.index(self._current)) if self._current in names else ""
        self.listing.show(lines, cursor)
        self._say()

    def _line(self, place: int, room: int) -> Line:
        view = self._views[place]
        digit = str(place + 1) if place < _DIGITS else " "
        now = "•" if view.name == self._current else " "
        text = Content.assemble(
            (digit, "bold $text-accent"),
            f" {now} ",
            Content(visible(view.name)).truncate(room, ellipsis=True, pad=True),
            "  ",
            (visible(view.words), MUTED),
        )
        return Line(str(place), text, Content.styled(visible(view.origin), MUTED))

    @on(Listing.Highlighted)
    def _say(self) -> None:
        """Say the whole name of the view under the cursor and what it shows."""
        key = self.listing.key
        if key:
            view = self._views[int(key)]
            name = (visible(view.name), "bold")
            now = ("  • shown now", MUTED) if view.name == self._current else ""
            said = Content.assemble(name, now, "  ", visible(view.words))
        else:
            said = Content.styled("There are no views yet; V saves what is shown as one.", MUTED)
        self.query_one("#about", Static).update(said)

    def action_pick(self, number: int) -> None:
        """Hand over the view with a number."""
        if number <= len(self._views):
            self.dismiss(self._views[number - 1].name)

    def action_choose(self) -> None:
        """Hand over the view under the cursor."""
        key = self.listing.key
        self.dismiss(self._views[int(key)].name if key else None)

    @on(Listing.Clicked)
    def _clicked(self) -> None:
        self.action_choose()


class Home(StrEnum):
    """Where a view is saved."""

    CATALOGUE = "catalogue"
    """In the catalogue, for everybody who has the file."""
    SETTINGS = "settings"
    """In the user's own settings, for every catalogue."""


_HOMES = {
    Home.CATALOGUE: "in this catalogue, for all who read it",
    Home.SETTINGS: "in my own settings, for every catalogue",
}


class SaveView(NamedTuple):
    """A view to be saved."""

    name: str
    home: Home


class Facts(Widget):
    """Names and what they stand for, each broken beside its name."""

    DEFAULT_CSS = "Facts { height: auto; }"

    def __init__(self, facts: Sequence[tuple[str, str]], *, id: str) -> None:  # noqa: A002 - what Textual calls it
        super().__init__(id=id)
        self._facts = facts

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """Take as many lines as the words need."""
        return len(self._written(width))

    def render(self) -> RenderResult:
        """Draw the names quietly, and the words."""
        return Content("\n").join(self._written(self.size.width))

    def _written(self, width: int) -> list[Content]:
        room = max((len(name) for name, _ in self._facts), default=0) + 2
        lines = []
        for name, words in self._facts:
            head = Content.styled(name.ljust(room), MUTED)
            broken = list(wrapped(visible(words), width - room))
            if len(broken) > _MOST_LINES:
                broken[_MOST_LINES - 1 :] = [f"… and {len(broken) - _MOST_LINES + 1} lines more"]
            for line in broken:
                lines.append(head + line)
                head = Content(" " * room)
        return lines


class SaveViewForm(ListForm[SaveView | None]):
    """A name and a place for how the table is looked at now."""

    CSS = f"""
    SaveViewForm {{
        {FORM_CSS}
        {LIST_CSS}
        #what, #outcome {{ padding: 0 1; }}
        #what, #outcome {{ margin-bottom: 1; }}
        #what {{ max-height: 40vh; }}
        &.-short #what, &.-short #outcome {{ margin-bottom: 0; }}
        #outcome {{ min-height: 1; }}
    }}
    """
    AUTO_FOCUS = "#name"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "where", key_display="↑↓"),
        Binding("enter,ctrl+s", "save", "save"),
        Binding("escape", "dismiss", "cancel", key_display="esc"),
    ]

    def __init__(
        self,
        name: str,
        what: Sequence[tuple[str, str]],
        *,
        consequence: Callable[[SaveView], str],
        refusal: str = "",
        home: Home = Home.CATALOGUE,
    ) -> None:
        """Make the form.

        Args:
            name: What stands in its field at first.
            what: What will be saved, as ("filter", "sol staked"); shown literally.
            consequence: Says which view would be replaced, or nothing; raises EtfcompareError
                where the view cannot be saved so.
            refusal: Why nothing can be saved in the catalogue; empty if something can.
            home: The place that is chosen at first, if it can be.
        """
        super().__init__()
        self._name, self._what = name, what
        self._consequence = consequence
        self._refusal = refusal
        self.home = Home.SETTINGS if refusal else home
        """The place that is chosen."""
        self._can_save = False

    def compose(self) -> ComposeResult:
        """Lay out the form."""
        with Vertical(id="form") as form:
            form.border_title = Content("Save this view")
            yield Field(self._name, id="name", placeholder="name")
            yield Facts(self._what, id="what")
            yield Listing(id="homes")
            yield Static(id="outcome")
            yield Keys()

    def on_mount(self) -> None:
        """Say what would come of it."""
        self._show_homes()
        self.work_out()

    def _show_homes(self) -> None:
        lines = [self._line(home, words) for home, words in _HOMES.items()]
        self.listing.show(lines, self.home)

    @on(Input.Changed)
    @on(Listing.Highlighted)
    def work_out(self) -> None:
        """Say what would come of saving it under this name in this place."""
        chosen = Home(self.listing.key)
        if chosen is not self.home:
            if chosen is Home.CATALOGUE and self._refusal:
                self.app.bell()
            else:
                self.home = chosen
            self._show_homes()
        self._can_save = False
        lines = []
        if self._refusal:
            lines.append(Content.styled(f"(–) {visible(self._refusal)}", MUTED))
        try:
            said = self._consequence(self._view) if self._view.name else "type a name"
        except EtfcompareError as error:
            lines.append(Content.styled(f"✗ {visible(str(error))}", LOSS))
        else:
            self._can_save = bool(self._view.name)
            if said:
                lines.append(Content.styled(f"! {visible(said)}", WARNING))
        self.query_one("#outcome", Static).update(Content("\n").join(lines))

    def _line(self, home: Home, words: str) -> Line:
        if home is Home.CATALOGUE and self._refusal:
            return Line(home, Content.styled(f"(–) {words}", MUTED))
        return Line(home, Content(f"({'•' if home is self.home else ' '}) {words}"))

    @property
    def _view(self) -> SaveView:
        return SaveView(self.query_one(Field).value.strip(), self.home)

    @on(Input.Submitted)
    def action_save(self) -> None:
        """Hand over the view, if it can be saved."""
        self.work_out()  # what was typed at once before may not have been looked at yet
        if self._can_save:
            self.dismiss(self._view)
        else:
            self.app.bell()
