"""What the keys that change the catalogue do: edit, add, delete, undo, the user's own editor."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from textual.content import Content

from etfcompare.catalogue.blocks import PROVENANCE
from etfcompare.catalogue.fields import Kind
from etfcompare.catalogue.nodes import Mapping, Node, Scalar
from etfcompare.catalogue.paths import field_at
from etfcompare.catalogue.places import state_folder, user_folder
from etfcompare.catalogue.sample import copy_history
from etfcompare.catalogue.saving import SaveError, save
from etfcompare.catalogue.store import FILE_NAME, Location, Origin
from etfcompare.editing import (
    AddProduct,
    Change,
    Editor,
    PackagedError,
    Proposal,
    RemoveProduct,
    SetValue,
    figure_changes,
)
from etfcompare.engine.cells import cell_text
from etfcompare.engine.figures import FIGURES
from etfcompare.engine.marks import Mark
from etfcompare.engine.places import Place, editable_inputs, place_of
from etfcompare.engine.sheet import TICKER
from etfcompare.errors import ConflictError, EtfcompareError, UsageError
from etfcompare.tui.cells import RANK
from etfcompare.tui.forms import Choice, Naming, Question, Subject, ValueForm, Written, diff_lines
from etfcompare.units import MINUS, UnitError, format_bps, format_money, money_of, rate_of
from etfcompare.visible import visible

if TYPE_CHECKING:
    from etfcompare.tui.products import ProductsScreen


class Changing:
    """Changes of the catalogue that a products screen shows."""

    def __init__(self, screen: ProductsScreen) -> None:
        self.screen = screen
        self.editor = Editor(screen.workspace, state_folder(os.environ))
        self._form: ValueForm | None = None

    # Edit a figure

    async def edit(self) -> None:
        """Edit the figure under the cursor, or one of its inputs if it is computed."""
        ticker, column = self.screen.grid.row_key, self.screen.grid.column_key
        if ticker is None or column is None or not await self._is_own():
            return
        row = self.screen.workspace.row_of(ticker)
        key = self.screen.figure_of(column)
        table = self.screen.comparison.table
        place = place_of(table, row, key)
        if place is None:
            chosen = await self._chosen_input(ticker, row, key)
            if chosen is None:
                return
            key = chosen
            place = place_of(table, row, key)
        assert place is not None, key
        await self._edit_place(key, place)

    async def _chosen_input(self, ticker: str, row: int, key: str) -> str | None:
        """Let the user choose an input; those that mean nothing for the product come last."""
        table = self.screen.comparison.table
        inputs = sorted(
            editable_inputs(table, row, key),
            key=lambda one: bool(table.marks(row, one) & Mark.NOT_APPLICABLE),
        )
        rows = []
        for one in inputs:
            place = place_of(table, row, one)
            assert place is not None
            figure = FIGURES[one]
            shown = cell_text(figure, table.value(row, one), table.marks(row, one), minus=MINUS)
            rows.append((one, figure.label, shown, visible(place.dotted)))
        left = max((len(label) for _, label, _, _ in rows), default=0)
        right = max((len(shown) for _, _, shown, _ in rows), default=0)
        options = [
            (one, f"{label:<{left}}  {shown:>{right}}  {dotted}")
            for one, label, shown, dotted in rows
        ]
        label = FIGURES[key].label
        return await self.screen.app.push_screen_wait(
            Choice(
                f"{label} of {visible(ticker)}", f"{label} is computed. Edit which input?", options
            )
        )

    async def _edit_place(self, key: str, place: Place) -> None:
        """Ask for a value until it is saved or given up."""
        first = written = self._written(place)
        fault = ""
        while True:
            self._form = ValueForm(
                lambda: self._subject(key, place, first),
                written,
                propose=lambda typed: self._proposed(place, typed, first),
                echo=self._echo(place),
                sources=sorted(self.screen.workspace.catalogue.sources),
                fault=fault,
            )
            proposal = await self.screen.app.push_screen_wait(self._form)
            written, self._form = self._form.written, None
            if proposal is None:
                return
            fault = await self._save(proposal)
            if not fault:
                break
        if place.keys == (TICKER,):
            self.screen.grid.move_to(written.value)

    def file_changed(self) -> None:
        """Show in a form that is open what somebody else wrote."""
        if self._form is not None and self._form.is_mounted:
            self._form.work_out()

    def _subject(self, key: str, place: Place, first: Written) -> Subject:
        figure = FIGURES[key]
        above = f"{place.ticker}." if place.ticker else ""
        now = self._written(place)
        conflict = ""
        if now.value != first.value:
            conflict = (
                "somebody else changed it meanwhile:"
                f" {first.value or 'unknown'} before, {now.value or 'unknown'} now"
            )
        return Subject(
            title=f"{figure.label} · {visible(above + place.dotted)}",
            meaning=figure.meaning,
            present=visible(
                f"now {now.value or 'unknown'}"
                f" · {now.as_of or 'no date'} · {now.source or 'no source'}"
            ),
            conflict=visible(conflict),
        )

    def _proposed(self, place: Place, typed: Written, first: Written) -> Proposal:
        """Propose what was typed; a date or a source that was not touched is not written anew."""
        typed = first.touched(typed)
        if not typed.value:
            raise UsageError("type a value")
        changes = figure_changes(
            self.screen.workspace.document,
            place.ticker,
            place.keys,
            typed.value,
            as_of=typed.as_of if typed.as_of != first.as_of else "",
            source=typed.source if typed.source != first.source else "",
        )
        return self.editor.propose(*changes)

    def _written(self, place: Place) -> Written:
        """Return what is written at a place now, with the date and the source that hold for it."""
        document = self.screen.workspace.document
        value = SetValue(place.ticker, place.keys, "")
        try:
            where = value.place(document)
        except EtfcompareError:
            return Written("", "", "")
        above = [document.at(where[:depth]) for depth in range(len(where), 0, -1)]
        as_of, source = (_nearest(above, name) for name in PROVENANCE)
        return Written(value.present(document) or "", as_of, source)

    def _echo(self, place: Place) -> Callable[[str], str]:
        """Return what says a value of this place in other words, to catch a slip of the unit."""
        top = () if place.ticker is None else ("products", 0)
        field = field_at((*top, *place.keys))
        amount = self.screen.scenario.amount

        def echo(text: str) -> str:
            try:
                if field is not None and field.kind is Kind.RATE:
                    rate = rate_of(text)
                    worth = format_money(rate * amount)
                    return (
                        f"{format_bps(rate, 1, signed=False)} · {worth} on {format_money(amount)}"
                    )
                if field is not None and field.kind is Kind.MONEY:
                    money = money_of(text)
                    return f"{money.amount:,.0f} {money.currency}"
            except UnitError:
                pass
            return ""

        return echo

    # Add and delete

    async def add(self) -> None:
        """Add a product as a copy of the one under the cursor, or from a template."""
        if not await self._is_own():
            return
        like = self.screen.grid.row_key
        asset = "" if like else await self._chosen_asset()
        if asset is None:
            return
        about = f"a copy of {visible(like)}, to be edited" if like else "with nothing known yet"
        ticker = await self.screen.app.push_screen_wait(
            Naming("Add a product", f"Ticker of the new product ({about}):")
        )
        if ticker is None:
            return
        if await self._agree("Add a product", AddProduct(ticker, like, asset)):
            self.screen.grid.move_to(ticker)

    async def _chosen_asset(self) -> str | None:
        """Let the user choose what a product holds that is no copy."""
        assets = self.screen.workspace.catalogue.assets
        if not assets:
            self._complain(UsageError("the catalogue has no assets yet; add one under assets (E)"))
            return None
        options = [(code, visible(f"{code:<8} {one.name or ''}")) for code, one in assets.items()]
        return await self.screen.app.push_screen_wait(
            Choice("Add a product", "What does it hold?", options)
        )

    async def delete(self) -> None:
        """Delete the product under the cursor, after showing its lines."""
        ticker = self.screen.grid.row_key
        if ticker is not None and await self._is_own():
            await self._agree(f"Delete {visible(ticker)}", RemoveProduct(ticker))

    async def _agree(self, title: str, change: Change) -> bool:
        """Save a change after the user has seen it; return whether it was saved."""
        try:
            proposal = self.editor.propose(change)
        except EtfcompareError as error:
            self._complain(error)
            return False
        question = Question(title, Content("\n").join(diff_lines(proposal)))
        if not await self.screen.app.push_screen_wait(question):
            return False
        return await self._saved(proposal)

    async def commit(self, change: Change) -> bool:
        """Save a change that the user has agreed to; return whether it was saved."""
        try:
            proposal = self.editor.propose(change)
        except EtfcompareError as error:
            self._complain(error)
            return False
        return await self._saved(proposal)

    async def _saved(self, proposal: Proposal) -> bool:
        fault = await self._save(proposal)
        if fault:
            self.screen.app.notify(visible(fault), severity="error", markup=False)
        return not fault

    # Save, undo

    async def _save(self, proposal: Proposal, *, in_place: bool = False) -> str:
        """Save; return what went wrong, or nothing."""
        before = self.screen.comparison
        try:
            saved = self.editor.save(proposal, in_place=in_place)
        except SaveError as error:
            if error.may_write_in_place and not in_place:
                question = Question(
                    "Save", Content(f"{visible(str(error))}\n\nWrite into it anyway?")
                )
                if await self.screen.app.push_screen_wait(question):
                    return await self._save(proposal, in_place=True)
            return str(error)
        except ConflictError as error:
            self._catch_up()
            return str(error)
        except EtfcompareError as error:
            return str(error)
        self._tell(proposal.summary, saved.notices)
        self.screen.catalogue_changed(before)
        return ""

    def _catch_up(self) -> None:
        """Show what somebody else wrote at once: the user is to decide on that."""
        before = self.screen.comparison
        self.screen.workspace.reload()
        if self.screen.workspace.fault is None:
            self.screen.expect_own_save()
        self.screen.catalogue_changed(before)

    def undo(self) -> None:
        """Take the last change back."""
        self._step(self.editor.undo, "undone")

    def redo(self) -> None:
        """Do the last undone change again."""
        self._step(self.editor.redo, "done again")

    def _step(self, step: Callable[[], object], word: str) -> None:
        before = self.screen.comparison
        try:
            done = step()
        except EtfcompareError as error:
            self._complain(error)
            if isinstance(error, ConflictError):
                self._catch_up()
            return
        self._tell(f"{word}: {getattr(done, 'summary', '')}", ())
        self.screen.catalogue_changed(before)

    def _tell(self, summary: str, notices: tuple[str, ...]) -> None:
        self.screen.expect_own_save()
        self.screen.app.notify(visible(summary), markup=False)
        for notice in notices:
            self.screen.app.notify(visible(notice), severity="warning", markup=False)

    def _complain(self, error: EtfcompareError) -> None:
        self.screen.app.notify(visible(str(error)), severity="error", markup=False)

    # The sample that came with the program

    async def _is_own(self) -> bool:
        """Make sure that there is a file of the user's own; offer a copy of the sample."""
        workspace = self.screen.workspace
        if not workspace.location.is_packaged:
            return True
        folder = user_folder(os.environ)
        if folder is None:
            self._complain(PackagedError())
            return False
        own = folder / FILE_NAME
        text = Content(
            "This catalogue came with the program and is never changed.\n\n"
            f"Copy it to {visible(str(own))} and edit it there?"
        )
        if not await self.screen.app.push_screen_wait(Question("A catalogue of your own", text)):
            return False
        packaged = workspace.path
        try:
            self._copy(own)
        except (EtfcompareError, OSError) as error:
            said = error.strerror if isinstance(error, OSError) else str(error)
            self.screen.app.notify(visible(said or ""), severity="error", markup=False)
            return False
        for line in copy_history(workspace.catalogue, packaged.parent, own.parent):
            self.screen.app.notify(line, severity="warning", markup=False)
        workspace.location = Location(own, Origin.USER)
        self.screen.watch_file()
        return True

    def _copy(self, own: Path) -> None:
        own.parent.mkdir(parents=True, exist_ok=True)
        save(
            own,
            self.screen.workspace.document.data,
            expected_sha256=None,
            state_folder=self.editor.state_folder,
        )

    # The user's own editor

    async def outside(self) -> None:
        """Open the file in the user's editor, at the line of the figure under the cursor."""
        from etfcompare.tui.external import EditorError, edit_outside, editor_command  # noqa: PLC0415

        if not await self._is_own():
            return
        workspace = self.screen.workspace
        try:
            command = editor_command(os.environ, workspace.path, self._line())
            fault = edit_outside(self.screen.terminal_app, command)
        except EditorError as error:
            fault = str(error)
        if fault:
            self.screen.app.notify(visible(fault), severity="error", markup=False)
        self.screen.action_reload()

    def _line(self) -> int:
        ticker, key = self.screen.grid.row_key, self.screen.grid.column_key
        document = self.screen.workspace.document
        if ticker is None:
            return 1
        row = self.screen.workspace.row_of(ticker)
        table = self.screen.comparison.table
        start = table.products[row].start
        if key is not None and key != RANK:
            place = place_of(table, row, self.screen.figure_of(key))
            node = None
            if place is not None:
                node = document.at(SetValue(place.ticker, place.keys, "").place(document))
            start = node.start if node is not None else start
        return document.position(start)[0]


def _nearest(above: Sequence[Node | None], name: str) -> str:
    """Return the first text under a key in blocks from the inside out; empty if there is none."""
    for node in above:
        entry = node.entries.get(name) if isinstance(node, Mapping) else None
        if entry is not None and isinstance(entry.value, Scalar):
            return entry.value.text
    return ""
