"""Reading any text: what comes out is what was written, with spans that can be spliced."""

from __future__ import annotations

import gc
import hashlib
import json
import re
from typing import TYPE_CHECKING, TypeAlias

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from etfcompare.catalogue.document import (
    Document,
    DocumentError,
    Limits,
    Mapping,
    Node,
    Scalar,
    Sequence,
    plain_reading,
)
from etfcompare.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypothesis.strategies import DrawFn

Plain: TypeAlias = "str | list[Plain] | dict[str, Plain]"


def plain(node: Node) -> Plain:
    """A tree without its places."""
    if isinstance(node, Mapping):
        return {name: plain(entry.value) for name, entry in node.entries.items()}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return node.text


def root_of(document: Document) -> Node:
    assert document.root is not None
    return document.root


def scalars(node: Node | None) -> Iterator[Scalar]:
    """Keys and values in the order of the file."""
    if isinstance(node, Mapping):
        for entry in node.entries.values():
            yield entry.key
            yield from scalars(entry.value)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from scalars(item)
    elif node is not None:
        yield node


LETTERS = "abcXYZ0189äéß€漢😀"
WORDS = st.text(LETTERS + " .%-_/", min_size=1, max_size=12).map(str.strip)
PLAIN_TEXT = WORDS.filter(
    lambda text: text[:1].isalpha() and plain_reading(text) is None and not text.endswith("-")
)
ANY_TEXT = st.text(
    st.characters(
        exclude_categories=["Cc", "Cs", "Cn", "Zl", "Zp", "Co"], exclude_characters="\ufeff"
    ),
    max_size=12,
)


@st.composite
def written_scalars(draw: DrawFn) -> str:
    """One scalar as it stands in a file: plain, single-quoted or double-quoted."""
    style = draw(st.sampled_from(["", "", "'", '"']))
    if not style:
        return draw(PLAIN_TEXT)
    text = draw(ANY_TEXT)
    if style == "'":
        return "'" + text.replace("'", "''") + "'"
    return json.dumps(text, ensure_ascii=False)


@st.composite
def written_flow(draw: DrawFn, depth: int) -> str:
    """A list or mapping in brackets, or a scalar."""
    kind = draw(st.sampled_from("slm" if depth else "s"))
    if kind == "s":
        return draw(written_scalars())
    gap = draw(st.sampled_from(["", " ", "  "]))
    parts = draw(st.lists(written_flow(depth - 1), max_size=3))
    if kind == "l":
        return f"[{gap}" + f",{gap or ' '}".join(parts) + f"{gap}]"
    keyed = [f"k{number}: {part}" for number, part in enumerate(parts)]
    return f"{{{gap}" + f",{gap or ' '}".join(keyed) + f"{gap}}}"


@st.composite
def written_block(draw: DrawFn, depth: int, indent: str) -> list[str]:
    """The lines of a mapping or list in block style."""
    lines: list[str] = []
    is_list = draw(st.booleans())
    for number in range(draw(st.integers(1, 3))):
        if draw(st.integers(0, 5)) == 0:
            lines.append(draw(st.sampled_from(["", f"{indent}# note: 'x", "# [", "   "])))
        lead = f"{indent}-" if is_list else f"{indent}{draw(st.sampled_from('klm'))}{number}:"
        if depth and draw(st.booleans()):
            lines.append(lead + draw(st.sampled_from(["", " ", "   # note"])))
            lines += draw(written_block(depth - 1, indent + draw(st.sampled_from(["  ", "    "]))))
        else:
            gap = draw(st.sampled_from([" ", "   "]))
            tail = draw(st.sampled_from(["", "", "  ", " # note: 'x"]))
            value = draw(st.one_of(written_flow(2), st.just("")))
            lines.append(f"{lead}{gap}{value}{tail}")
    return lines


@st.composite
def files(draw: DrawFn) -> bytes:
    """A whole valid file with any line end, with or without a byte order mark."""
    lines = draw(written_block(2, ""))
    line_end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    head = draw(st.sampled_from(["", "\ufeff", "---" + line_end, "# head" + line_end]))
    return (head + line_end.join(lines) + draw(st.sampled_from(["", line_end]))).encode()


FRAGMENTS = ["a", "b:", ": ", "- ", "\n", "\n  ", "\n    ", "[", "]", "{", "}", ", ", "'", '"', "#"]
FRAGMENTS += [" ", "|", ">", "&x ", "*x", "!", "!!str ", "<<: ", "%", "@", "\\", "?", "? ", "---\n"]
FRAGMENTS += ["...\n", "\t", "\r", "\xa0", "\u2028", "é", "😀", "k: v\n", "- x\n", "NO", "12:30"]
SOUP = st.lists(st.sampled_from(FRAGMENTS), max_size=25).map("".join)


@given(files())
def test_what_is_read_is_what_was_written(data: bytes) -> None:
    document = Document.parse(data)

    assert plain(root_of(document)) == yaml.load(document.text, Loader=yaml.BaseLoader)  # noqa: S506 - every value stays text


@given(files())
def test_every_span_holds_its_scalar_as_written(data: bytes) -> None:
    document = Document.parse(data)

    for scalar in scalars(document.root):
        written = document.text[scalar.start : scalar.end]
        if scalar.style:
            assert written[0] == written[-1] == scalar.style
            assert len(written) >= 2
        else:
            assert written == scalar.text


@given(files(), st.data())
def test_a_span_can_be_replaced_and_nothing_else_changes(data: bytes, pick: st.DataObject) -> None:
    document = Document.parse(data)
    found = list(scalars(document.root))
    written = [number for number, scalar in enumerate(found) if scalar.start < scalar.end]
    assume(written)
    number = pick.draw(st.sampled_from(written))
    chosen = found[number]
    text = document.text[: chosen.start] + "'new one'" + document.text[chosen.end :]

    texts = [scalar.text for scalar in scalars(Document.parse(text.encode()).root)]

    expected = [scalar.text for scalar in found]
    expected[number] = "new one"
    assert texts == expected


@given(files())
def test_spans_lie_inside_one_another_and_blocks_end_with_their_last_value(data: bytes) -> None:
    waiting: list[Node | None] = [Document.parse(data).root]
    while waiting:
        node = waiting.pop()
        assert node is not None
        inner: list[Node] = []
        if isinstance(node, Mapping):
            inner = [part for entry in node.entries.values() for part in (entry.key, entry.value)]
        elif isinstance(node, Sequence):
            inner = list(node.items)
        assert node.start <= node.end
        places = [node.start, *(place for part in inner for place in (part.start, part.end))]
        assert places == sorted(places)
        if inner and not isinstance(node, Scalar):
            assert node.end == inner[-1].end or (node.flow and node.end > inner[-1].end)
        waiting.extend(inner)


@given(st.text("ab\r\n\u2028é😀"))
def test_lines_are_counted_as_an_editor_counts_them(tail: str) -> None:
    text = "# " + re.sub("([\r\n\u2028])", r"\1# ", tail)
    document = Document.parse(text.encode())

    lines = re.findall(r".+?(?:\r\n|\n|\r|\Z)|\n|\r", text, re.DOTALL)
    places = [
        (number, column)
        for number, line in enumerate(lines, 1)
        for column in range(1, len(line) + 1)
    ]
    assert [document.position(index) for index in range(len(text))] == places


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused_with_a_place(data: bytes) -> None:
    read_or_refused(data)


@given(SOUP)
def test_any_jumble_of_yaml_is_read_or_refused_with_a_place(text: str) -> None:
    document = read_or_refused(text.encode())

    if document is not None and document.root is not None and "<<" not in text:
        assert plain(root_of(document)) == yaml.load(document.text, Loader=yaml.CBaseLoader)  # noqa: S506


@given(files(), st.data())
def test_a_file_with_one_stray_character_is_read_or_refused_with_a_place(
    data: bytes, pick: st.DataObject
) -> None:
    text = data.decode()
    index = pick.draw(st.integers(0, len(text)))
    stray = pick.draw(st.sampled_from([*FRAGMENTS, ""]))

    read_or_refused((text[:index] + stray + text[index + 1 :]).encode())


@given(SOUP)
def test_the_slower_parser_reads_the_same_or_refuses_with_a_place(text: str) -> None:
    usual = read_or_refused(text.encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("yaml.__with_libyaml__", False)
        slower = read_or_refused(text.encode())

    if usual is not None and slower is not None and usual.root and slower.root:
        places = [[(s.start, s.end, s.text) for s in scalars(d.root)] for d in (usual, slower)]
        assert places[0] == places[1]


def spans(text: str, *path: str | int) -> str:
    node = Document.parse(text.encode()).at(path)
    assert node is not None
    return text[node.start : node.end]


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("a: &x 0.20  # note\n", "0.20"),
        ("a: &x !!str '5'\n", "'5'"),
        ("a: !!str\n  &x 5\n", "5"),
        ("a: &x\n", ""),
        ("a: &x \u2028 '5'\n", "'5'"),
        ("a: &x # note\n  [1,\n  2] # note\n", "[1,\n  2]"),
        ("a: &x\n  # note\n  b: 1\n  c: # note\n\n# note\nd: 1\n", "b: 1\n  c:"),
        ("a:\n- 1 # note\n-   # note\n\n# note\nb: 1\n", "- 1 # note\n-"),
        ("a: |\n  one\n  two  \n\n# note\nb: 1\n", "|\n  one\n  two  "),
        ("a: >- # note\n  one\n\n  two", ">- # note\n  one\n\n  two"),
        ("a: |+\n  one\n\nb: 1\n", "|+\n  one\n\n"),
        ("a: |\nb: 1\n", "|"),
        ("a: one\n  two # note\n", "one\n  two"),
    ],
)
def test_a_span_leaves_out_anchor_tag_and_comments(text: str, span: str) -> None:
    assert spans(text, "a") == span


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("a:\nb: 1\n", "a:"),
        ("a:   # note\n", "a:"),
        ("a: &x   # note\n", "a: &x"),
        ("{a: , b: 2}", "{a:"),
        ("{a : # note\n , b: 2}", "{a :"),
        ("{a, b: 2}", "{a"),
        ("{b: 2, a}", "{b: 2, a"),
        ("? a\n", "? a"),
    ],
)
def test_an_empty_value_stands_where_it_would_be_written(text: str, before: str) -> None:
    node = Document.parse(text.encode()).at(("a",))

    assert isinstance(node, Scalar)
    assert node.start == node.end == len(before)
    assert text.startswith(before)


def test_an_alias_has_its_own_place_and_the_value_of_its_anchor() -> None:
    text = "a: &x '1'\nb: *x\nc: &y {k: 1}\nd: *y\n"
    document = Document.parse(text.encode())
    scalar, mapping, anchored = (document.at((key,)) for key in "bdc")

    assert isinstance(scalar, Scalar)
    assert (scalar.text, scalar.style) == ("1", "'")
    assert scalar.extra is not None
    assert scalar.extra.alias == "x"
    assert text[scalar.start : scalar.end] == "*x"
    assert isinstance(mapping, Mapping)
    assert isinstance(anchored, Mapping)
    assert mapping.entries is anchored.entries
    assert text[mapping.start : mapping.end] == "*y"
    assert anchored.extra is not None
    assert anchored.extra.anchor == "y"


def test_a_path_leads_to_a_value_or_to_nothing() -> None:
    document = Document.parse(b"products:\n  - {ticker: A}\n")

    node = document.at(("products", 0, "ticker"))
    assert isinstance(node, Scalar)
    assert node.text == "A"
    assert document.at(()) is document.root
    missing: list[tuple[str | int, ...]] = [("x",), ("products", 1), ("products", -1)]
    missing += [("products", "ticker"), (0,), ("products", 0, "ticker", 0)]
    assert [document.at(path) for path in missing] == [None] * len(missing)


def test_a_problem_inside_a_product_names_it_by_its_ticker() -> None:
    text = "products:\n  - ticker: AAA\n  - ticker: BBB\n    fee: {rate: {x: 1, x: 2}}\n"
    with pytest.raises(DocumentError) as caught:
        Document.parse(text.encode())

    assert [problem.path for problem in caught.value.problems] == ["products[BBB].fee.rate"] * 2


def test_the_bytes_are_kept_with_their_digest() -> None:
    data = b"\xef\xbb\xbfa: 1\r\n"
    document = Document.parse(data)

    assert document.data == data
    assert document.text == "a: 1\r\n"
    assert document.sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("was_enabled", [True, False])
@pytest.mark.parametrize("text", [b"a: 1\n", b"a: [\n", b"[" * 100])
def test_the_garbage_collector_is_left_as_it_was(*, was_enabled: bool, text: bytes) -> None:
    usual = gc.isenabled()
    try:
        (gc.enable if was_enabled else gc.disable)()
        read_or_refused(text)
        assert gc.isenabled() is was_enabled
    finally:
        (gc.enable if usual else gc.disable)()


def test_no_more_problems_are_listed_than_anyone_mends_at_once() -> None:
    with pytest.raises(DocumentError) as caught:
        Document.parse(b"".join(b"%d: x\n" % number for number in range(1_000)))

    assert len(caught.value.problems) == 100


def test_a_limit_can_be_raised_for_a_large_file() -> None:
    text = b"[" * 100 + b"]" * 100

    assert Document.parse(text, limits=Limits(depth=100)).root is not None


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("NO", "bool"),
        ("on", "bool"),
        ("y", None),
        ("012345670", "int"),
        ("012345678", None),
        ("12:30", "int"),
        ("1:2.5", "float"),
        ("0.10", "float"),
        ("1e3", None),
        (".inf", "float"),
        ("~", "null"),
        ("", "null"),
        ("2024-02-30", "timestamp"),
        ("=", "value"),
        ("<<", "merge"),
        ("0.25%", None),
        ("NO\n", None),
    ],
)
def test_a_plain_text_is_read_as_a_yaml_1_1_reader_would(text: str, reading: str | None) -> None:
    assert plain_reading(text) == reading


def read_or_refused(data: bytes) -> Document | None:
    try:
        return Document.parse(data)
    except DocumentError as error:
        lines = re.split("\r\n|\n|\r", data.decode("utf-8", "replace").removeprefix("\ufeff"))
        for problem in error.problems:
            assert 1 <= problem.line <= len(lines)
            assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1
            assert visible(str(problem)) == str(problem)
        return None
