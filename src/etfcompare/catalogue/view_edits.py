"""Saving a view in a file, and removing one, without touching anything else in it.

A view that is there already is changed key by key, so that its comments and what it says beyond
our keys stay. As with every edit, the result is proven or there is none (`proof`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias

from etfcompare.catalogue.blocks import is_empty
from etfcompare.catalogue.document import Document, Entry, Mapping, Node, Path, Scalar, Sequence
from etfcompare.catalogue.edits import remove_value, set_value
from etfcompare.catalogue.fields import quoted
from etfcompare.catalogue.insertions import New, in_mapping
from etfcompare.catalogue.layout import after_colon, favoured_quote
from etfcompare.catalogue.new_items import NewItem, added
from etfcompare.catalogue.paths import folded, shown
from etfcompare.catalogue.proof import (
    Change,
    Edited,
    EditError,
    Splice,
    Token,
    enclosed,
    key_token,
    outline,
    proven,
    refusal,
    text_token,
)
from etfcompare.catalogue.scalars import written

VIEWS: Final = "views"
COLUMNS: Final = "columns"

_Step: TypeAlias = Callable[[Document], Edited | None]
"""Makes one key of a view say what it shall; None where it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewText:
    """A view as a file says it; what is empty is left out."""

    name: str
    sort: str = ""
    """Figures with commas between them, as `-net_yield, +effective_fee`."""
    where: str = ""
    horizon: str = ""
    """As `3y`."""
    columns: tuple[str, ...] = ()

    def words(self) -> tuple[tuple[str, str], ...]:
        """Return what it says under each key of one text, in the order of a file."""
        return (
            ("name", self.name),
            ("sort", self.sort),
            ("where", self.where),
            ("horizon", self.horizon),
        )


def put_view(document: Document, view: ViewText) -> Edited:
    """Write a view: over the one of that name in any case, else behind the others.

    Args:
        document: What to edit; it stays as it is.
        view: What it shall say.

    Raises:
        EditError: It has no name, what stands there is shared or no list, or the edit cannot be
            proven.
    """
    if not view.name.strip():
        raise EditError("a view needs a name")
    place = _place_of(document, view.name)
    if place is None:
        new = _new(document, view)
        listed = document.at((VIEWS,))
        count = len(listed.items) if isinstance(listed, Sequence) else 0
        splice, change = added(document, VIEWS, new)
        summary = f"view {shown(view.name)}: added"
        return proven(document, splice, change, path=(VIEWS, count), summary=summary)
    path: Path = (VIEWS, place)
    steps: list[Edited] = []
    for step in _steps(path, view):
        before = steps[-1].document if steps else document
        edited = step(before)
        if edited is not None and edited.document is not before:
            steps.append(edited)
    return _in_one(document, steps, path, view.name)


def remove_view(document: Document, name: str) -> Edited:
    """Remove a view with the comments on its lines; the only one leaves `[]`.

    Raises:
        EditError: There is none of that name, or others use an anchor in it, or the edit cannot
            be proven.
    """
    place = _place_of(document, name)
    if place is None:
        raise EditError(f"the file has no view {quoted(name)}")
    edited = remove_value(document, (VIEWS, place))
    return _renamed(edited, f"view {shown(name)}: removed")


def view_node(document: Document, name: str) -> Node | None:
    """Return where the view of a name stands, in any case; None if there is none."""
    place = _place_of(document, name)
    return None if place is None else document.at((VIEWS, place))


def _place_of(document: Document, name: str) -> int | None:
    listed = document.at((VIEWS,))
    for number, item in enumerate(listed.items if isinstance(listed, Sequence) else ()):
        entry = item.entries.get("name") if isinstance(item, Mapping) else None
        value = entry.value if entry is not None else None
        if isinstance(value, Scalar) and not is_empty(value) and folded(value.text) == folded(name):
            return number
    return None


def _renamed(edited: Edited, summary: str) -> Edited:
    return Edited(
        document=edited.document,
        span=edited.span,
        replacement=edited.replacement,
        path=edited.path,
        summary=summary,
        also_changes=edited.also_changes,
    )


def _steps(path: Path, view: ViewText) -> Iterator[_Step]:
    for key, text in view.words():
        yield partial(_with_text, path=(*path, key), text=text)
    yield partial(_with_columns, path=(*path, COLUMNS), columns=view.columns)


def _with_text(document: Document, *, path: Path, text: str) -> Edited | None:
    """Write a text of a view, or remove what says one; None where nothing is to be done."""
    if text:
        return set_value(document, path, text)
    return remove_value(document, path) if document.at(path) is not None else None


def _in_one(document: Document, steps: list[Edited], path: Path, name: str) -> Edited:
    """Return several edits in a row as the one that they come to."""
    start, end, stop = len(document.text), 0, 0
    for one in steps:
        # Between start and end the old text differs from the new one between start and stop.
        first, last = one.span
        if start > end:
            start, end, stop = first, last, last
        beyond = max(last - stop, 0)
        start, end = min(start, first), end + beyond
        stop += beyond + len(one.replacement) - (last - first)
    changed = steps[-1].document if steps else document
    return Edited(
        document=changed,
        span=(start, end) if steps else (0, 0),
        replacement=changed.text[start:stop],
        path=path,
        summary=f"view {shown(name)}: {'changed' if steps else 'no change'}",
        also_changes=tuple(dict.fromkeys(at for one in steps for at in one.also_changes)),
    )


def _with_columns(document: Document, *, path: Path, columns: tuple[str, ...]) -> Edited | None:
    """Write the columns of a view, or remove them; None where nothing is to be done."""
    view, listed = document.at(path[:-1]), document.at(path)
    assert isinstance(view, Mapping)
    if not columns:
        return remove_value(document, path) if listed is not None else None
    tokens = _list_tokens(columns)
    if listed is not None and outline(listed) == tokens:
        return None
    text = _list_text(columns, favoured_quote(document))
    entry = view.entries.get(COLUMNS)
    if entry is None or entry.inherited:
        splice = in_mapping(document, view, New(names=(COLUMNS,), scalar=text))
        change = Change(added={view: [key_token(COLUMNS), *tokens]})
    else:
        splice = _replaced(document, entry, text)
        change = Change(replaced={entry.value: tokens})
    return proven(document, splice, change, path=path, summary=COLUMNS)


def _replaced(document: Document, entry: Entry, text: str) -> Splice:
    """Plan a list in brackets where a value stands, in lines or not, or where there is none."""
    value = entry.value
    is_list = isinstance(value, Sequence)
    if value.extra is not None or not (is_list or is_empty(value)):
        raise refusal(document, value.start, "the columns of the view are no list of its own")
    if "#" in document.text[value.start : value.end]:
        raise refusal(document, value.start, "a comment stands among the columns of the view")
    head = after_colon(document, entry)
    between = document.text[head : value.start].rstrip()  # a comment behind the key
    return Splice(start=head, end=value.end, replacement=f" {text}{between}")


def _new(document: Document, view: ViewText) -> NewItem:
    quote = favoured_quote(document)
    said = [(key, text) for key, text in view.words() if text]
    lines = [f"{key}: {_scalar(text, quote)}" for key, text in said]
    tokens: list[Token] = []
    for key, text in said:
        tokens += [key_token(key), text_token(text)]
    if view.columns:
        lines.append(f"{COLUMNS}: {_list_text(view.columns, quote)}")
        tokens += [key_token(COLUMNS), *_list_tokens(view.columns)]
    return NewItem(
        lines=() if _is_in_braces(document) else tuple(lines),
        text=f"{'- ' * _is_in_lines(document)}{{{', '.join(lines)}}}",
        tokens=enclosed("{", tokens),
    )


def _is_in_lines(document: Document) -> bool:
    """Whether the views are listed with dashes, each on its line."""
    listed = document.at((VIEWS,))
    return isinstance(listed, Sequence) and bool(listed.items) and not listed.flow


def _is_in_braces(document: Document) -> bool:
    """Whether the last view is written `- {in: braces}`."""
    listed = document.at((VIEWS,))
    if not isinstance(listed, Sequence) or not listed.items or listed.flow:
        return False
    last = listed.items[-1]
    return isinstance(last, Mapping) and last.flow


def _scalar(text: str, quote: str) -> str:
    scalar = written(text, quote=quote)
    if scalar is None:
        raise EditError(f"{quoted(text)} cannot be written in a file; remove what it hides")
    return scalar


def _list_text(texts: tuple[str, ...], quote: str) -> str:
    return f"[{', '.join(_scalar(one, quote) for one in texts)}]"


def _list_tokens(texts: tuple[str, ...]) -> list[Token]:
    return enclosed("[", [text_token(one) for one in texts])
