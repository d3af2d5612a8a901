"""The form that exports what is shown: in which format, into which file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, Final, Literal, NamedTuple, TypeAlias

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from etfcompare.errors import EtfcompareError
from etfcompare.export import Form
from etfcompare.tui.forms import FORM_CSS, Field
from etfcompare.tui.listing import LIST_CSS, Keys, Line, ListForm, Listing
from etfcompare.tui.styles import LOSS, MUTED, WARNING
from etfcompare.visible import visible

PICTURE: Final = "picture"
"""The screen as it is drawn."""
CHART: Final = "chart"
"""A chart, drawn for paper."""
Kind: TypeAlias = "Form | Literal['picture', 'chart']"
"""What is written: a sheet in some form, or a picture."""
KINDS: Final[tuple[Kind, ...]] = (*Form, PICTURE)

_WORDS: Final[dict[Kind, tuple[str, str]]] = {
    Form.CSV: ("CSV", "safe in a spreadsheet"),
    Form.CSV_RAW: ("CSV for programs", "every word untouched"),
    Form.JSON: ("JSON", "with marks and assumptions"),
    Form.MARKDOWN: ("Markdown", "a table as people read it"),
    Form.HTML: ("HTML page", "a page to read and print"),
    PICTURE: ("Picture (SVG)", "the screen as it is now"),
    CHART: ("Chart (SVG)", "the frontier, to print or to send"),
}
_ROOM = max(len(label) for label, _ in _WORDS.values())


def suffix_of(kind: Kind) -> str:
    """Return how the names of such files end."""
    return kind.suffix if isinstance(kind, Form) else ".svg"


class ExportRequest(NamedTuple):
    """What the user wants written."""

    kind: Kind
    path: str
    """As typed."""
    replace: bool
    """Whether the user agreed that a file of that name is replaced."""


class ExportForm(ListForm[ExportRequest | None]):
    """A format and a file; Enter writes, twice where a file would be replaced."""

    CSS = f"""
    ExportForm {{
        {FORM_CSS}
        {LIST_CSS}
        Field {{ margin-bottom: 0; }}
        #outcome {{ padding: 0 1; margin-bottom: 1; min-height: 2; }}
        &.-short #outcome {{ margin-bottom: 0; }}
    }}
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "pick(1)", "format", key_display="digit"),
        *(
            Binding(str(number), f"pick({number})", "format", show=False)
            for number in range(2, len(KINDS) + 1)
        ),
        Binding("tab", "app.focus_next", "file"),
        Binding("enter,ctrl+s", "export", "write"),
        Binding("escape", "dismiss", "cancel", key_display="esc"),
    ]

    def __init__(
        self,
        *,
        propose: Callable[[Kind], str],
        resolve: Callable[[str], Path],
        exists: Callable[[Path], bool],
        first: Kind = Form.CSV,
        kinds: tuple[Kind, ...] = KINDS,
    ) -> None:
        """Make the form.

        Args:
            propose: Returns a name for a file of a format.
            resolve: Returns the absolute path that a text names; raises EtfcompareError.
            exists: Tells whether there is a file already; raises EtfcompareError.
            first: The format that is chosen at first.
            kinds: The formats to choose from.
        """
        super().__init__()
        self._propose, self._resolve, self._exists = propose, resolve, exists
        self._kinds = kinds
        self.kind = first
        """The format that is chosen."""
        self._path: Path | None = None
        self._is_taken = False
        self._agreed: Path | None = None  # the file that Enter was pressed for once

    def compose(self) -> ComposeResult:
        """Lay out the form."""
        with Vertical(id="form") as form:
            form.border_title = Content("Export what is shown")
            yield Listing(id="formats")
            yield Field(self._proposed, id="path", placeholder="file", select_on_focus=False)
            yield Static(id="outcome")
            yield Keys()

    def on_mount(self) -> None:
        """Say what would come of it."""
        self.listing.show(
            [_line(number, one) for number, one in enumerate(self._kinds, 1)], self.kind
        )
        self.work_out()

    @property
    def _proposed(self) -> str:
        return visible(self._propose(self.kind))

    @on(Input.Changed)
    @on(Listing.Highlighted)
    def work_out(self) -> None:
        """Say which file would be written, and whether it would be replaced."""
        self._take_format()
        text = self.query_one(Field).value.strip()
        lines = []
        self._path, self._is_taken = None, False
        try:
            if not text:
                lines.append(Content.styled("✗ type the name of a file", LOSS))
            else:
                path = self._resolve(text)
                lines.append(Content.styled(visible(str(path)), MUTED))
                self._is_taken = self._exists(path)
                self._path = path
        except EtfcompareError as error:
            lines.append(Content.styled(f"✗ {visible(str(error))}", LOSS))
        if self._agreed != self._path:
            self._agreed = None
        if self._is_taken:
            said = "enter again replaces it" if self._agreed else "enter twice replaces it"
            lines.append(Content.styled(f"! this file exists; {said}", WARNING))
        elif self._path is not None and self._path.suffix.lower() != suffix_of(self.kind):
            usual = f"the name of such a file usually ends in {suffix_of(self.kind)}"
            lines.append(Content.styled(f"! {usual}", WARNING))
        self.query_one("#outcome", Static).update(Content("\n").join(lines))

    def _take_format(self) -> None:
        """Take the format under the cursor; a name that nobody has edited follows it."""
        chosen = next(one for one in self._kinds if one == self.listing.key)
        if chosen is self.kind:
            return
        field = self.query_one(Field)
        is_edited = field.value != self._proposed
        self.kind, self._agreed = chosen, None
        if not is_edited:
            field.value = self._proposed

    def action_pick(self, number: int) -> None:
        """Choose the format with a number."""
        if number <= len(self._kinds):
            self.listing.go_to(self._kinds[number - 1])

    @on(Input.Submitted)
    def action_export(self) -> None:
        """Hand over the request; where a file would be replaced, only when asked again."""
        self.work_out()  # what was typed at once before may not have been looked at yet
        if self._path is None:
            self.app.bell()
        elif self._is_taken and self._agreed is None:
            self._agreed = self._path
            self.work_out()
        else:
            text = self.query_one(Field).value.strip()
            self.dismiss(ExportRequest(self.kind, text, self._is_taken))


def _line(number: int, one: Kind) -> Line:
    label, meaning = _WORDS[one]
    text = Content.assemble(
        (str(number), "bold $text-accent"), f"  {label:<{_ROOM}}  ", (meaning, MUTED)
    )
    return Line(one, text)
