"""What holds for every edit of every catalogue: promise 3, your file survives you."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path as FilePath
from random import Random

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from edit_strategies import COMMENT, TEXTS, Edit, Writer, damaged, drawn_edit, leaves
from etfcompare.catalogue.document import Document, DocumentError, Scalar
from etfcompare.catalogue.edits import Edited, EditError, set_value

RANDOMS = st.randoms(use_true_random=False)
TYPED = st.one_of(st.sampled_from(TEXTS), st.text(max_size=20))


def drawn_document(random: Random, *, is_damaged: bool = False) -> Document:
    text = Writer(random).text()
    if is_damaged:
        text = damaged(random, text)
    try:
        return Document.parse(text.encode())
    except DocumentError:
        assume(condition=False)
        raise


def is_shared(document: Document) -> bool:
    return "&" in COMMENT.sub("", document.text)


def check(document: Document, edit: Edit, edited: Edited) -> None:
    """Hold an edit to all that is promised, by means of its own."""
    kind, path, typed, _ = edit
    check_bytes(document, edited)
    check_comments(document, edited, kind)
    before, after = leaves(document), leaves(edited.document)
    gone = {one: text for one, text in before.items() if one not in after}
    new = {one: text for one, text in after.items() if one not in before}
    changed = {one for one in before if one in after and before[one] != after[one]}
    if kind in {"set", "add"}:
        assert after[edited.path] == typed
        others = (changed | set(new)) - {edited.path, (*path, "value")}
        assert not others or is_shared(document)
        assert all(after[one] == typed for one in others)
        assert all(
            not text or text in {"{}", "[]", "~"} or is_shared(document) for text in gone.values()
        )
    elif kind == "remove" and not isinstance(path[-1], int):
        assert not changed
        assert all(one[: len(path)] == path for one in gone) or is_shared(document)
        assert all(text in {"{}", "[]"} for text in new.values())
    elif kind == "add product":
        assert not changed
        assert after["products", edited.path[1], "ticker"] == "NEW"
        assert all(one[:2] == edited.path for one in new)


def check_bytes(document: Document, edited: Edited) -> None:
    text, (start, end) = document.text, edited.span
    mark = b"\xef\xbb\xbf" if document.has_bom else b""
    head, tail = mark + text[:start].encode(), text[end:].encode()
    assert edited.document.data == head + edited.replacement.encode() + tail
    assert document.data == head + text[start:end].encode() + tail


def check_comments(document: Document, edited: Edited, kind: str) -> None:
    before = COMMENT.findall(document.text)
    said = " ".join(f"{path} {text}" for path, text in leaves(document).items())
    if COMMENT.search(said) or len(set(before)) < len(before):
        return  # what was a comment is a text in this damaged file, or was doubled
    after = COMMENT.findall(edited.document.text)
    start, end = edited.span
    if kind.startswith("remove"):
        within = COMMENT.findall(document.text[start:end])
        kept = COMMENT.findall(edited.replacement)
        lost = [one for one in within if one not in kept]
        after += lost
    elif kind == "add product":
        after = list(dict.fromkeys(after))
    assert sorted(after) == sorted(before)
    assert not any(COMMENT.search(text) for text in leaves(edited.document).values())


@settings(max_examples=1_000)
@given(RANDOMS, TYPED)
def test_an_edit_changes_what_was_meant_and_no_other_byte(random: Random, typed: str) -> None:
    document = drawn_document(random)
    edit = drawn_edit(random, document, typed)
    try:
        edited = edit[3](document)
    except EditError as refused:
        assert "\n" not in str(refused)  # noqa: PT017
    else:
        check(document, edit, edited)


@settings(max_examples=400, suppress_health_check=[HealthCheck.filter_too_much])
@given(RANDOMS, TYPED)
def test_an_edit_of_a_text_like_no_other_is_right_or_refused(random: Random, typed: str) -> None:
    document = drawn_document(random, is_damaged=True)
    edit = drawn_edit(random, document, typed)
    with suppress(EditError):
        check(document, edit, edit[3](document))


@settings(max_examples=200)
@given(RANDOMS, st.lists(TYPED, min_size=2, max_size=4))
def test_edits_in_a_row_are_each_proven_and_undone(random: Random, texts: list[str]) -> None:
    document = drawn_document(random)
    steps: list[tuple[Document, Edited]] = []
    for typed in texts:
        edit = drawn_edit(random, document, typed)
        try:
            edited = edit[3](document)
        except EditError:
            continue
        check(document, edit, edited)
        steps.append((document, edited))
        document = edited.document
    text = document.text
    for before, edited in reversed(steps):
        start, end = edited.span
        text = text[:start] + before.text[start:end] + text[start + len(edited.replacement) :]
        assert text == before.text


@settings(max_examples=200)
@given(RANDOMS, TYPED)
def test_typing_what_stands_there_changes_nothing(random: Random, typed: str) -> None:
    document = drawn_document(random)
    paths = sorted(leaves(document), key=str)
    assume(paths)
    path = random.choice(paths)
    try:
        edited = set_value(document, path, typed)
        again = set_value(edited.document, path, typed)
    except EditError:
        return
    assert again.document is edited.document
    assert again.replacement == ""


def test_any_figure_of_the_shipped_catalogue_can_be_set(catalogue_path: FilePath) -> None:
    catalogue = Document.parse(catalogue_path.read_bytes())
    random = Random(20_261_122)  # noqa: S311 - only chance
    figures = {
        path: text
        for path, text in leaves(catalogue).items()
        if path[0] == "products" and text not in {"{}", "[]"}
    }
    products = random.sample(sorted({path[:2] for path in figures}, key=str), 20)
    for path in (one for one in figures if one[:2] in products):
        typed = random.choice(TEXTS)
        edited = set_value(catalogue, path, typed)
        check_bytes(catalogue, edited)
        node = edited.document.at(path)
        assert isinstance(node, Scalar)
        assert node.text == typed
