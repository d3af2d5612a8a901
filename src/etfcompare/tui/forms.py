"""The forms that stand over the table: a value with its date and source, a choice, a question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.suggester import SuggestFromList
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from etfcompare.editing import Proposal
from etfcompare.errors import EtfcompareError
from etfcompare.tui.styles import GAIN, LOSS, MUTED, WARNING
from etfcompare.visible import visible

FORM_CSS = """
    align: center middle;
    background: $background 60%;

    #form {
        width: 90%;
        max-width: 92;
        height: auto;
        max-height: 90%;
        padding: 1 2;
        border: round $accent;
        border-title-color: $text-accent;
        border-title-style: bold;
        border-subtitle-color: $text-muted;
        background: $surface;
        scrollbar-size-vertical: 1;
    }
    Static { height: auto; }
    Input { height: 1; border: none; padding: 0 1; background: $panel; margin-bottom: 1; }
    Input:focus { border: none; background: $accent 20%; }
    OptionList { height: auto; max-height: 50vh; border: none; background: $surface; padding: 0; }
"""


class Written(NamedTuple):
    """What stands in the form of a value, or in the file."""

    value: str
    as_of: str
    source: str

    def touched(self, typed: Written) -> Written:
        """Return what was typed where that is not this, as a field shows it; this elsewhere."""
        return Written(
            *(old if visible(old) == new else new for old, new in zip(self, typed, strict=True))
        )


class Subject(NamedTuple):
    """What a form is about; shown literally."""

    title: str
    meaning: str
    present: str
    """What stands there now, and since when and from where."""
    conflict: str = ""
    """What somebody else wrote there since the form was opened."""


class Field(Input):
    """A text field that shows, and takes, no character that cannot be seen."""

    def validate_value(self, value: str) -> str:
        """Write what cannot be seen as an escape, pasted or not."""
        return visible(value)


class ValueForm(ModalScreen[Proposal | None]):
    """One value, its date and its source, and what the file would look like."""

    CSS = f"ValueForm {{ {FORM_CSS} }}"
    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "dismiss", "cancel"),
        ("ctrl+s", "save", "save"),
    ]

    def __init__(
        self,
        subject: Callable[[], Subject],
        written: Written,
        *,
        propose: Callable[[Written], Proposal],
        echo: Callable[[str], str],
        sources: Sequence[str],
        fault: str = "",
    ) -> None:
        """Make a form.

        Args:
            subject: Says what it is about, as the catalogue is now.
            written: What stands in its fields at first.
            propose: Works out the change; raises EtfcompareError.
            echo: Says a typed value in other words, as "19bp, $190 a year on $100K".
            sources: Keys of the sources there are, for completion.
            fault: What went wrong when this was tried before.
        """
        super().__init__()
        self._subject = subject
        self.written = written
        """What stands in its fields."""
        self._propose = propose
        self._echo = echo
        self._sources = sources
        self._fault = fault
        self._proposal: Proposal | None = None

    def compose(self) -> ComposeResult:
        """Lay out the form."""
        with VerticalScroll(id="form") as form:
            form.can_focus = False
            form.border_title = Content(self._subject().title)
            form.border_subtitle = Content("enter next, then save · ctrl+s save · esc cancel")
            yield Static(id="subject")
            yield Field(self.written.value, id="value", placeholder="value")
            yield Static(Content.styled("as of (a day, a month or a year) and source", MUTED))
            yield Field(self.written.as_of, id="as_of", placeholder="as of: 2026-08-10")
            yield Field(
                self.written.source,
                id="source",
                placeholder="source: a name under sources",
                suggester=SuggestFromList(self._sources),
            )
            yield Static(id="outcome")

    def on_mount(self) -> None:
        """Begin with the value."""
        self.query_one("#value", Input).focus()
        self.work_out()

    @on(Input.Changed)
    def work_out(self) -> None:
        """Say what would come of what stands in the fields, as the catalogue is now."""
        subject = self._subject()
        self.written = typed = Written(
            *(self.query_one(f"#{name}", Input).value.strip() for name in Written._fields)
        )
        about = Content.assemble((subject.meaning, MUTED), "\n", subject.present, "\n")
        self.query_one("#subject", Static).update(about)
        lines: list[Content] = []
        if subject.conflict:
            lines.append(Content.styled(f"! {subject.conflict}", WARNING))
        if self._fault:
            lines.append(Content.styled(f"✗ {visible(self._fault)}", LOSS))
        self._proposal = None
        try:
            proposal = self._propose(typed)
        except EtfcompareError as error:
            lines.append(Content.styled(f"✗ {visible(str(error))}", LOSS))
        else:
            lines += self._outcome(proposal, typed)
            self._proposal = None if proposal.errors else proposal
        self.query_one("#outcome", Static).update(Content("\n").join(lines))

    def _outcome(self, proposal: Proposal, typed: Written) -> list[Content]:
        lines = []
        said = self._echo(typed.value)
        if said and not proposal.errors:
            lines.append(Content.styled(f"= {said}", MUTED))
        for problem in proposal.new_problems:
            is_error = problem in proposal.errors
            hint = f"; {problem.hint}" if problem.hint else ""
            text = visible(f"{'✗' if is_error else '!'} {problem.message}{hint}")
            lines.append(Content.styled(text, LOSS if is_error else WARNING))
        if proposal.also_changes:
            places = visible(", ".join(proposal.also_changes))
            lines.append(Content.styled(f"! also changes {places}", WARNING))
        if proposal.is_empty:
            lines.append(Content.styled("no change", MUTED))
        elif not proposal.errors:
            lines += diff_lines(proposal)
        return lines

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        if event.input.id == "source":
            self.action_save()
        else:
            self.focus_next()

    def action_save(self) -> None:
        """Hand over the change, if there is one that may be saved."""
        self.work_out()  # what was typed at once before may not have been looked at yet
        if self._proposal is not None:
            self.dismiss(self._proposal)


def diff_lines(proposal: Proposal) -> list[Content]:
    """Return the diff of a change, coloured."""
    styles = {"+": GAIN, "-": LOSS, "@": MUTED}
    return [Content.styled(visible(line), styles.get(line[:1], "")) for line in proposal.diff()]


class Choice(ModalScreen[str | None]):
    """One of several; each has a key, and a line that is shown literally."""

    CSS = f"Choice {{ {FORM_CSS} }}"
    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape,q", "dismiss", "cancel"),
        ("j", "move(1)", ""),
        ("k", "move(-1)", ""),
    ]

    def __init__(self, title: str, question: str, options: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._title_text, self._question, self._options = title, question, options

    def compose(self) -> ComposeResult:
        """Lay out the choice."""
        with VerticalScroll(id="form") as form:
            form.can_focus = False
            form.border_title = Content(self._title_text)
            form.border_subtitle = Content("enter chooses · esc cancels")
            yield Static(Content.assemble((self._question, MUTED), "\n"))
            yield OptionList(
                *(Option(Content(line), id=str(place)) for place, (_, line) in self._numbered())
            )

    def _numbered(self) -> Sequence[tuple[int, tuple[str, str]]]:
        return list(enumerate(self._options))

    def on_mount(self) -> None:
        """Go to the list."""
        self.query_one(OptionList).focus()

    def action_move(self, step: int) -> None:
        """Go up or down."""
        options = self.query_one(OptionList)
        if step > 0:
            options.action_cursor_down()
        else:
            options.action_cursor_up()

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._options[event.option_index][0])


class Question(ModalScreen[bool]):
    """Something to agree to, with what it would do."""

    CSS = f"Question {{ {FORM_CSS} }}"
    BINDINGS: ClassVar[list[BindingType]] = [
        ("y,enter", "answer(True)", "yes"),
        ("n,escape,q", "answer(False)", "no"),
    ]

    def __init__(self, title: str, text: Content) -> None:
        super().__init__()
        self._title_text, self._text = title, text

    def compose(self) -> ComposeResult:
        """Lay out the question."""
        with VerticalScroll(id="form") as form:
            form.border_title = Content(self._title_text)
            form.border_subtitle = Content("y yes · n no")
            yield Static(self._text)

    def action_answer(self, agreed: bool) -> None:  # noqa: FBT001 - written in a binding
        """Hand over the answer."""
        self.dismiss(agreed)


class Naming(ModalScreen[str | None]):
    """A short text, such as a ticker."""

    CSS = f"Naming {{ {FORM_CSS} }}"
    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss", "cancel")]

    def __init__(self, title: str, question: str, text: str = "") -> None:
        super().__init__()
        self._title_text, self._question, self._first = title, question, text

    def compose(self) -> ComposeResult:
        """Lay out the field."""
        with VerticalScroll(id="form") as form:
            form.can_focus = False
            form.border_title = Content(self._title_text)
            form.border_subtitle = Content("enter goes on · esc cancels")
            yield Static(Content.assemble((self._question, MUTED), "\n"))
            yield Field(self._first)

    def on_mount(self) -> None:
        """Begin to type."""
        self.query_one(Input).focus()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        self.dismiss(event.value.strip() or None)
