"""Changing the open catalogue: propose, show, save, undo.

A change is proposed on the text that was read, shown as a diff with the problems it would make, and
saved only if the file still holds that text. If somebody else changed the file meanwhile, the same
change is proposed again on the new text, unless they touched the very same value: then nothing is
written and both values are told.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from etfcompare.catalogue.blocks import PROVENANCE
from etfcompare.catalogue.document import Document, DocumentError
from etfcompare.catalogue.document import Path as Place
from etfcompare.catalogue.edits import (
    Edited,
    EditError,
    add_product,
    product_path,
    remove_product,
    set_value,
)
from etfcompare.catalogue.fields import WORDS
from etfcompare.catalogue.hunks import hunks
from etfcompare.catalogue.nodes import Mapping, Node, Scalar
from etfcompare.catalogue.paths import field_at
from etfcompare.catalogue.problem import Problem, Severity
from etfcompare.catalogue.reader import Read, read
from etfcompare.catalogue.saving import Saved, save
from etfcompare.catalogue.view_edits import ViewText, put_view, remove_view, view_node
from etfcompare.errors import ConflictError, EtfcompareError, UsageError
from etfcompare.visible import visible
from etfcompare.workspace import Workspace

_LINE_NUMBER = re.compile(r"\bline \d+")

ATTEMPTS = 5
"""How often a change is proposed anew on a file that others keep changing."""


class Change(Protocol):
    """One thing to do to a document."""

    def apply(self, document: Document) -> Edited:
        """Do it.

        Raises:
            EditError: It cannot be done, or not safely.
        """

    def present(self, document: Document) -> str | None:
        """Return what stands where it would change something; None for nothing."""


@dataclass(frozen=True, slots=True)
class SetValue:
    """Write a text at a place, of a product or of the catalogue."""

    ticker: str | None
    """The product; None for a place counted from the top."""
    keys: tuple[str, ...]
    """As ("fee", "rate")."""
    text: str

    def place(self, document: Document) -> Place:
        """Return where that is in a document."""
        return (*(product_path(document, self.ticker) if self.ticker else ()), *self.keys)

    def apply(self, document: Document) -> Edited:
        """Write it."""
        return set_value(document, self.place(document), self.text)

    def present(self, document: Document) -> str | None:
        """Return the text there now."""
        try:
            place = self.place(document)
        except EditError:
            return None
        node = document.at((*place, "value")) or document.at(place)
        return node.text if isinstance(node, Scalar) else None


def figure_changes(
    document: Document,
    ticker: str | None,
    keys: tuple[str, ...],
    text: str,
    *,
    as_of: str = "",
    source: str = "",
) -> tuple[SetValue, ...]:
    """Return what writes a figure with its date and source.

    They go to the figure itself where its block holds others too: a block's date must not make
    its other figures look newer than they are.

    Args:
        document: Where it is to be written.
        ticker: The product; None for a place counted from the top.
        keys: Where the figure stands, as ("fee", "rate").
        text: The figure as typed.
        as_of: Its date; empty to leave that as it is.
        source: Its source; empty to leave that as it is.
    """
    value = SetValue(ticker, keys, text)
    given = {name: said for name, said in (("as_of", as_of), ("source", source)) if said}
    if not given:
        return (value,)
    try:
        place = value.place(document)
    except EditError:
        return (value,)  # the edit itself will say so
    figure, block = document.at(place), document.at(place[:-1])
    others = set(block.entries) - {keys[-1], *given} if isinstance(block, Mapping) else set()
    has_dates = field_at((*place[:-1], "as_of")) is not None
    alone = (
        has_dates
        and not isinstance(figure, Mapping)
        and not any(
            (field := field_at((*place[:-1], other))) is None or field.kind not in WORDS
            for other in others - {*PROVENANCE}
        )
    )
    holder = keys[:-1] if alone else keys
    return (value, *(SetValue(ticker, (*holder, name), said) for name, said in given.items()))


@dataclass(frozen=True, slots=True)
class AddProduct:
    """Add a product, as a copy of another or from a template."""

    ticker: str
    like: str | None = None
    asset: str = ""

    def apply(self, document: Document) -> Edited:
        """Add it."""
        return add_product(document, self.ticker, like=self.like, asset=self.asset)

    def present(self, document: Document) -> str | None:
        """Return the text of the product that it would be a copy of."""
        return _text_of(document, self.like) if self.like else None


@dataclass(frozen=True, slots=True)
class RemoveProduct:
    """Remove a product with its own comments."""

    ticker: str

    def apply(self, document: Document) -> Edited:
        """Remove it."""
        return remove_product(document, self.ticker)

    def present(self, document: Document) -> str | None:
        """Return the text of the product."""
        return _text_of(document, self.ticker)


@dataclass(frozen=True, slots=True)
class SaveView:
    """Write a view, over the one of its name if there is one."""

    view: ViewText

    def apply(self, document: Document) -> Edited:
        """Write it."""
        return put_view(document, self.view)

    def present(self, document: Document) -> str | None:
        """Return the text of the view of that name."""
        return _text_at(document, view_node(document, self.view.name))


@dataclass(frozen=True, slots=True)
class RemoveView:
    """Remove a view with its own comments."""

    name: str

    def apply(self, document: Document) -> Edited:
        """Remove it."""
        return remove_view(document, self.name)

    def present(self, document: Document) -> str | None:
        """Return the text of the view."""
        return _text_at(document, view_node(document, self.name))


def _text_of(document: Document, ticker: str) -> str | None:
    try:
        node = document.at(product_path(document, ticker))
    except EditError:
        return None
    return _text_at(document, node)


def _text_at(document: Document, node: Node | None) -> str | None:
    return None if node is None else document.text[node.start : node.end]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A change that could be saved."""

    changes: tuple[Change, ...]
    summary: str
    """The first of them that changes something, in a line."""
    before: Document
    after: Document
    reading: Read
    """What the new text says."""
    new_problems: tuple[Problem, ...]
    """Problems that the old text did not have."""
    also_changes: tuple[str, ...]
    """Other places that share a changed value."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing would change."""
        return self.before.data == self.after.data

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The new problems that are errors: such a change is not saved."""
        return tuple(one for one in self.new_problems if one.severity is Severity.ERROR)

    def diff(self, context: int = 0) -> Iterator[str]:
        """Return the lines of a unified diff, without line ends.

        Args:
            context: How many unchanged lines to show around each change.
        """
        return hunks(self.before.text, self.after.text, context)

    def refuse_errors(self, path: Path) -> None:
        """Let no change pass that makes an error.

        Args:
            path: The file that the problems are of.

        Raises:
            RefusedError: It makes one.
        """
        if self.errors:
            raise RefusedError(path, self.errors)


@dataclass(frozen=True, slots=True)
class Done:
    """A change that was saved, and how to take it back."""

    summary: str
    before: bytes
    after: bytes


class RefusedError(EtfcompareError):
    """A change would make an error; the text is the problems as `check` prints them."""

    def __init__(self, path: Path, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(f"{visible(str(path))}:{one}" for one in problems))


class PackagedError(UsageError):
    """The catalogue is the one that came with the program, which is never changed."""

    def __init__(self) -> None:
        super().__init__(
            "this catalogue came with the program and is never changed; "
            "`etfcompare init` makes one of your own"
        )


@dataclass(slots=True)
class Editor:
    """Changes the catalogue of a workspace."""

    workspace: Workspace
    state_folder: Path | None
    """Where locks and backups are kept, if anywhere."""
    done: list[Done] = field(default_factory=list)
    """What can be undone, newest last."""
    undone: list[Done] = field(default_factory=list)
    """What can be done again, newest last."""

    def propose(self, *changes: Change) -> Proposal:
        """Work out a change on the text as it was read; nothing is written.

        Raises:
            EditError: It cannot be done, or not safely.
            PackagedError: The catalogue is the one that came with the program.
        """
        if self.workspace.location.is_packaged:
            raise PackagedError
        return self._proposed(self.workspace.document, self.workspace.reading, changes)

    def _proposed(self, document: Document, reading: Read, changes: Sequence[Change]) -> Proposal:
        edits: list[Edited] = []
        summary = ""
        after = document
        for change in changes:
            edit = change.apply(after)
            if not summary and edit.document.sha256 != after.sha256:
                summary = edit.summary
            edits.append(edit)
            after = edit.document
        read_again = read(after, today=self.workspace.today())
        return Proposal(
            changes=tuple(changes),
            summary=summary or (edits[0].summary if edits else "nothing"),
            before=document,
            after=after,
            reading=read_again,
            new_problems=_new_problems(reading.problems, read_again.problems),
            also_changes=tuple(dict.fromkeys(at for one in edits for at in one.also_changes)),
        )

    def save(self, proposal: Proposal, *, in_place: bool = False) -> Saved:
        """Write a proposal to the file.

        Args:
            proposal: The change.
            in_place: Write into the file itself, where the user chose so.

        Raises:
            ConflictError: Somebody else changed the very same value.
            SaveError: The file cannot be written.
            RefusedError: The change would make an error.
        """
        for _ in range(ATTEMPTS):
            proposal.refuse_errors(self.workspace.path)
            try:
                saved = self._write(proposal.after.data, proposal.before.sha256, in_place=in_place)
            except ConflictError as conflict:
                proposal = self._proposed_again(proposal, conflict)
                continue
            if not proposal.is_empty:
                before, after = proposal.before.data, proposal.after.data
                self.done.append(Done(proposal.summary, before, after))
                self.undone.clear()
            self.workspace.adopt(proposal.after, proposal.reading)
            return saved
        raise ConflictError("the file keeps changing; nothing was written, try again")

    def _write(self, content: bytes, expected_sha256: str, *, in_place: bool) -> Saved:
        return save(
            self.workspace.path,
            content,
            expected_sha256=expected_sha256,
            state_folder=self.state_folder,
            in_place=in_place,
        )

    def _proposed_again(self, proposal: Proposal, conflict: ConflictError) -> Proposal:
        """Propose the same change on what the file holds now."""
        if conflict.current is None:
            raise conflict
        try:
            current = Document.parse(conflict.current)
        except DocumentError as error:
            raise ConflictError(
                f"the file was changed meanwhile and cannot be read now ({error}); "
                "nothing was written",
                current=conflict.current,
            ) from error
        for change in proposal.changes:
            was, is_now = change.present(proposal.before), change.present(current)
            if was != is_now:
                raise ConflictError(
                    f"{proposal.summary}: not written; somebody else changed the file meanwhile, "
                    f"and where {_said(was)} stood there is {_said(is_now)} now",
                    current=conflict.current,
                ) from conflict
        reading = read(current, today=self.workspace.today())
        return self._proposed(current, reading, proposal.changes)

    def undo(self) -> Done:
        """Take the last change back, byte for byte.

        Raises:
            UsageError: There is nothing to undo.
            ConflictError: The file was changed since; nothing was written.
        """
        return self._swap(self.done, self.undone, "undo")

    def redo(self) -> Done:
        """Do the last undone change again, byte for byte.

        Raises:
            UsageError: There is nothing to redo.
            ConflictError: The file was changed since; nothing was written.
        """
        return self._swap(self.undone, self.done, "redo")

    def _swap(self, source: list[Done], target: list[Done], name: str) -> Done:
        if not source:
            raise UsageError(f"there is nothing to {name}")
        last = source[-1]
        new, old = (last.before, last.after) if name == "undo" else (last.after, last.before)
        expected = Document.parse(old)
        try:
            self._write(new, expected.sha256, in_place=False)
        except ConflictError as conflict:
            raise ConflictError(
                f"the file was changed since; to {name} would lose that, so nothing was written",
                current=conflict.current,
            ) from conflict
        target.append(source.pop())
        document = Document.parse(new)
        self.workspace.adopt(document, read(document, today=self.workspace.today()))
        return last


def _new_problems(before: Sequence[Problem], after: Sequence[Problem]) -> tuple[Problem, ...]:
    """Return the problems that are there more often than before, wherever they stand now."""
    known = Counter(map(_identity, before))
    new = []
    for problem in after:
        known[_identity(problem)] -= 1
        if known[_identity(problem)] < 0:
            new.append(problem)
    return tuple(new)


def _identity(problem: Problem) -> tuple[str, str]:
    """What makes two problems the same although lines have moved."""
    return (problem.path, _LINE_NUMBER.sub("", problem.message))


def _said(text: str | None) -> str:
    if text is None:
        return "nothing"
    first, newline, _ = text.partition("\n")
    return f'"{visible(first.strip())}{"…" if newline else ""}"'
