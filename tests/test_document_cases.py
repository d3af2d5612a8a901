"""The cases of bad input that the document itself decides, each under its number."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from etfcompare.catalogue.document import (
    Document,
    DocumentError,
    Limits,
    Mapping,
    Scalar,
    Sequence,
)
from etfcompare.catalogue.problem import Problem, Severity
from etfcompare.errors import UnreadableError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True, params=["with libyaml", "without"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Every case holds for both parsers: the fast one may be missing on another machine."""
    name: str = request.param
    if name == "without":
        monkeypatch.setattr("yaml.__with_libyaml__", False)
    return name


def refused(text: str | bytes, limits: Limits | None = None) -> tuple[Problem, ...]:
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(DocumentError) as caught:
        Document.parse(data, limits=limits or Limits())
    problems = caught.value.problems
    assert problems
    assert all(problem.severity is Severity.ERROR for problem in problems)
    assert str(caught.value) == str(problems[0])
    return problems


def only(text: str | bytes, limits: Limits | None = None) -> Problem:
    (problem,) = refused(text, limits)
    return problem


def loaded(text: str | bytes) -> Document:
    return Document.parse(text if isinstance(text, bytes) else text.encode())


def text_at(document: Document, *path: str | int) -> str:
    node = document.at(path)
    assert isinstance(node, Scalar)
    return node.text


def place(problem: Problem) -> tuple[int, int]:
    return problem.line, problem.column


def test_a_document_error_is_an_unreadable_catalogue() -> None:
    assert issubclass(DocumentError, UnreadableError)


def test_y01_a_key_given_twice_names_both_lines() -> None:
    first, again = refused("fee:\n  rate: 1%\n  until: 2026\n  rate: 2%\n")

    assert place(first) == (2, 3)
    assert "line 4" in first.message
    assert place(again) == (4, 3)
    assert "line 2" in again.message


def test_y02_quotes_do_not_make_a_key_another_one() -> None:
    first, again = refused('"rate": 1%\nrate: 2%\n')

    assert (place(first), place(again)) == ((1, 1), (2, 1))


def test_y04_to_y13_scalars_keep_the_text_that_was_written() -> None:
    written = ["ON", "Y", "n", "012345670", "012345678", "12:30", "1:2.5", "1E5", "0x1F"]
    written += ["1_000", "0b11", "2024-01-15", "2024-02-30", "=", "0.10", "0.20", "~", "null"]
    document = loaded("".join(f"- {text}\n" for text in written))

    assert [text_at(document, number) for number in range(len(written))] == written


def test_y14_own_keys_override_merged_ones_which_are_marked_and_keep_their_place() -> None:
    document = loaded("base: &b\n  rate: 1%\n  unit: year\nfee:\n  rate: 2%\n  <<: *b\n")

    fee = document.at(("fee",))
    assert isinstance(fee, Mapping)
    assert {name: entry.inherited for name, entry in fee.entries.items()} == {
        "rate": False,
        "unit": True,
    }
    assert text_at(document, "fee", "rate") == "2%"
    assert text_at(document, "fee", "unit") == "year"
    assert document.position(fee.entries["unit"].value.start) == (3, 9)


def test_y14_of_several_merged_mappings_the_first_wins() -> None:
    document = loaded("a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc:\n  <<: [*a, *b]\n")

    assert [text_at(document, "c", key) for key in "xyz"] == ["1", "1", "2"]


@pytest.mark.parametrize("value", ["5", "[1]", "{a: 1}", "text"])
def test_y15_a_merge_of_anything_but_aliases_is_refused_at_its_line(value: str) -> None:
    problem = only(f"a: 1\nb:\n  <<: {value}\n")

    assert problem.line == 3
    assert "`<<`" in problem.message


def test_y17_billion_laughs_is_refused_by_the_alias_limit() -> None:
    lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]

    assert "alias limit" in only("\n".join(lines)).message


def test_y17_a_chain_of_merges_is_refused_by_the_alias_limit() -> None:
    base = "a0: &a0 {" + ", ".join(f"k{n}: {n}" for n in range(1_000)) + "}"
    merges = [f"a{n}: &a{n} {{<<: *a{n - 1}}}" for n in range(1, 900)]

    assert "alias limit" in only("\n".join([base, *merges])).message


def test_y17_more_aliases_than_the_limit_are_refused() -> None:
    text = "a: &a 1\nb: [" + "*a, " * 11 + "]\n"

    assert "alias limit" in only(text, Limits(aliases=10)).message
    assert Document.parse(text.encode(), limits=Limits(aliases=11)).root is not None


@pytest.mark.parametrize("text", ["&a [*a]", "a: &a {b: *a}", "a: &a\n  - b: [*a]\n"])
def test_y18_an_alias_that_contains_itself_is_refused(text: str) -> None:
    assert "contains itself" in only(text).message


def test_y20_an_anchor_defined_twice_names_both_lines() -> None:
    first, again = refused("a: &x 1\nb: 2\nc: &x 3\n")

    assert (first.line, again.line) == (1, 3)
    assert "line 3" in first.message
    assert "line 1" in again.message


def test_y20_an_alias_without_an_anchor_is_refused() -> None:
    assert "`*x`" in only("a: *x\nb: &x 1\n").message


def test_y21_a_large_file_without_aliases_does_not_meet_the_alias_budget() -> None:
    product = "- ticker: T{}\n  name: some longer name of a fund\n"
    filler = "".join(f"  field{n}: some value of some length here\n" for n in range(10))
    text = "".join(product.format(n) + filler for n in range(2_000))
    document = Document.parse(text.encode(), limits=Limits(expanded=1))

    assert isinstance(document.root, Sequence)
    assert len(document.root.items) == 2_000


def test_y22_a_python_tag_is_refused_and_runs_nothing(tmp_path: Path) -> None:
    witness = tmp_path / "witness"
    problem = only(f"a: !!python/object/apply:os.system ['touch {witness}']\n")

    assert problem.message == "tags are not used here"
    assert not witness.exists()


def test_y23_a_tag_handle_is_refused() -> None:
    problem = only("%TAG !p! tag:yaml.org,2002:python/\n---\na: !p!name:os.system x\n")

    assert problem.line == 1
    assert "`%TAG`" in problem.message


@pytest.mark.parametrize("value", ["!money 5", "! 5", "!<x> 5", "!!timestamp x", "!!set {}"])
def test_y24_other_tags_are_refused(value: str) -> None:
    problem = only(f"a: 1\nb: {value}\n")

    assert problem.message == "tags are not used here"
    assert place(problem) == (2, 4)


@pytest.mark.parametrize("value", ["!!float", "!!bool x", "!!int x", "!!str 5", "!!null ''"])
def test_y25_tags_of_plain_types_load_as_text_whatever_it_says(value: str) -> None:
    document = loaded(f"a: {value}\n")

    node = document.at(("a",))
    assert isinstance(node, Scalar)
    assert node.extra is not None
    assert node.extra.tag == value.split(maxsplit=1)[0]


@pytest.mark.parametrize(
    "text",
    [
        "- " * 500_000,
        "[" * 100_000,
        "".join(f"{' ' * n}a:\n" for n in range(1_400)),
        "{a: " * 9_999,
    ],
    ids=["dashes", "brackets", "keys", "braces"],
)
def test_y27_deep_nesting_is_refused_where_the_limit_is_passed(text: str) -> None:
    assert "64 levels" in only(text).message


def test_y28_deep_nesting_is_refused_in_a_thread_with_a_small_stack() -> None:
    found: list[Problem] = []
    usual = threading.stack_size(256 * 1024)
    try:
        thread = threading.Thread(target=lambda: found.append(only("[" * 100_000)))
        thread.start()
        thread.join()
    finally:
        threading.stack_size(usual)

    assert "64 levels" in found[0].message


def test_y29_depth_64_loads_and_65_is_refused() -> None:
    assert loaded("[" * 64 + "]" * 64).root is not None
    assert "64 levels" in only("[" * 65 + "]" * 65).message


def test_y30_a_file_of_one_byte_too_many_is_refused_before_it_is_read(parser: str) -> None:
    limit = (4 if parser == "with libyaml" else 1) * 1024 * 1024
    comment = b"#" + b"x" * (limit - 1)

    assert loaded(comment).root is None
    assert f"{limit:,}" in only(comment + b"\xff").message


def test_y33_a_byte_order_mark_does_not_shift_positions() -> None:
    document = loaded("\ufeffname: Ä\nfee: 1\n")

    name = document.at(("name",))
    assert document.has_bom
    assert isinstance(name, Scalar)
    assert document.text[name.start : name.end] == "Ä"
    assert document.position(name.start) == (1, 7)


@pytest.mark.parametrize(
    ("text", "where"), [("\ufeff\ufeffa: 1", (1, 1)), ("a: 1\nb: x\ufeffy\n", (2, 5))]
)
def test_y34_a_byte_order_mark_in_the_text_is_refused(text: str, where: tuple[int, int]) -> None:
    problem = only(text)

    assert place(problem) == where
    assert "U+FEFF" in problem.message


@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
)
def test_y35_other_encodings_are_refused(encoding: str) -> None:
    assert only("name: x\n".encode(encoding)).hint == "save it as UTF-8"


def test_y36_a_byte_that_is_not_utf8_is_named_with_its_place() -> None:
    problem = only(b"\xef\xbb\xbfa: 1\nb: \xc3\xa4\xe4\n")

    assert place(problem) == (2, 5)
    assert "0xE4" in problem.message


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\x07", "\x7f", "\x0c", "\x85", "\x9b"])
def test_y37_control_characters_are_refused_with_their_code_point(character: str) -> None:
    problem = only(f"name: fine\nnote: a{character}b\n")

    assert place(problem) == (2, 8)
    assert f"U+{ord(character):04X}" in problem.message


def test_y38_escaped_control_characters_load_with_a_warning() -> None:
    document = loaded('name: "\\e]52;c;aGk=\\a"\n')

    assert text_at(document, "name") == "\x1b]52;c;aGk=\x07"
    assert [place(warning) for warning in document.warnings] == [(1, 7)]
    assert "control characters" in document.warnings[0].message


@pytest.mark.parametrize("escape", ["\\ud800", "\\U00110000"])
def test_y39_escapes_of_no_character_are_refused(escape: str) -> None:
    assert only(f'a: 1\nb: "{escape}"\n').line == 2


@pytest.mark.parametrize(
    "text", ["a: 1\r\nb: 2\r\nc: 3\r\n", "a: 1\rb: 2\rc: 3\r", "a: 1\r\nb: 2\rc: 3\n"]
)
def test_y40_every_kind_of_line_end_counts_once(text: str) -> None:
    document = loaded(text)

    places = [document.position(document.at((key,)).start) for key in "abc"]  # type: ignore[union-attr]
    assert places == [(1, 4), (2, 4), (3, 4)]


def test_y41_a_line_separator_in_a_comment_does_not_shift_line_numbers() -> None:
    text = "a: 1\n# one\u2028# two\n" + "".join(f"k{n}: 1\n" for n in range(6)) + "name: @x\n"

    assert only(text).line == 9


def test_y41_a_line_separator_that_ends_a_line_unseen_is_named() -> None:
    assert "U+2028" in only("name: Fund\u2028Core\nfee: 1\n").message
    assert "U+2028" in loaded("a: 1 # x\u2028b: 2\n").warnings[0].message


@pytest.mark.parametrize("text", ["a:\n\tb: 1\n", "a:\n  b: 1\n\tc: 1\n", "a:\n  b: 1\n  \tc: 1\n"])
def test_y42_a_tab_as_indentation_is_refused(text: str) -> None:
    problem = only(text)

    line = text[: text.index("\t")].count("\n") + 1
    assert problem.line == line
    assert f"tab on line {line}" in problem.message
    assert problem.hint == "use spaces"


@pytest.mark.parametrize("text", ["rate:\t0.25%\n", "rate: 0.25%\t# note\n", "rate: [a,\tb]\n"])
def test_y43_a_tab_between_values_loads_with_a_warning_or_not_at_all(
    text: str, parser: str
) -> None:
    if parser == "with libyaml":
        (problem,) = loaded(text).warnings
        assert problem.message == "other YAML readers refuse tabs"
    else:
        problem = only(text)
        assert "tab on line 1" in problem.message

    assert place(problem) == (1, text.index("\t") + 1)
    assert problem.hint == "use spaces"


@pytest.mark.parametrize("text", ["a: 1 # x\ty\n", "a: 'x\ty'\n", "a: |\n  x\ty\nb: 1\n"])
def test_y43_a_tab_in_a_comment_quotes_or_a_block_is_no_matter(text: str) -> None:
    assert loaded(text).warnings == ()


def test_y45_a_version_line_is_accepted_and_other_directives_are_refused() -> None:
    assert text_at(loaded("%YAML 1.2\n---\na: 1\n"), "a") == "1"
    assert "`%FOO`" in only("%FOO bar\n---\na: 1\n").message
    assert only("%YAML 2.0\n---\na: 1\n").line == 1


@pytest.mark.parametrize("text", ["", "\n\n", "# only\n# comments\n", "---\n", "---\n...\n"])
def test_y46_a_text_without_a_value_has_no_root(text: str) -> None:
    assert loaded(text).root is None


def test_y47_a_second_document_is_refused() -> None:
    problem = only("a: 1\n---\nb: 2\n")

    assert problem.line == 2
    assert "second document" in problem.message


@pytest.mark.parametrize(
    "text", ["? [a]\n: 1\n", "{a: 1}: 2\n", "[a]: 1\n", "x: &a 1\n*a : 2\n", "a: {{ x }}\n"]
)
def test_y49_keys_that_are_not_text_are_refused(text: str) -> None:
    assert only(text).message == "a key must be text"


@pytest.mark.parametrize("key", ["1", "~", "true", "NO", "on", "3042", "2024-01-01", "=", "1.5"])
def test_y49_plain_keys_that_others_read_as_another_type_are_refused(key: str) -> None:
    problem = only(f"a: 1\nb:\n  {key}: 1\n")

    assert place(problem) == (3, 3)
    assert f'"{key}"' in problem.hint
    assert text_at(loaded(f"b:\n  '{key}': 7\n"), "b", key) == "7"


@pytest.mark.parametrize("key", ["1w", "4w", "y", "USD", "52w"])
def test_y49_plain_keys_that_all_read_as_text_are_accepted(key: str) -> None:
    assert text_at(loaded(f"{key}: 7\n"), key) == "7"


def test_y51_conflict_markers_are_named_before_anything_else() -> None:
    text = "a: 1\n<<<<<<< ours\nb: [\n=======\nb: {\n>>>>>>> theirs\n"
    problem = only(text)

    assert place(problem) == (2, 1)
    assert "merge conflict markers" in problem.message


def test_y51_the_same_signs_inside_a_line_are_no_conflict() -> None:
    assert text_at(loaded("a: x <<<<<<< y\nb: '======='\n"), "a") == "x <<<<<<< y"


@pytest.mark.parametrize(
    "rest",
    [
        "  fee: 1\n  note: text\n",
        '  fee: "1"\n  note: text\n',
        '  fee: 1\n  note: "text"\n  more: "x"\n',
    ],
)
def test_y52_a_quote_never_closed_names_the_line_that_opened_it(rest: str) -> None:
    problem = only('- ticker: A\n  issuer: B\n  name: "Fund\n' + rest)

    assert place(problem) == (3, 9)
    assert "line 3" in problem.message


@pytest.mark.parametrize(
    ("text", "where", "message", "hint"),
    [
        ("- a: 1\n  name x\n  b: 2\n", (2, 3), "colon is missing", "`name: x`"),
        ("- a: 1\n  name x\n", (2, 3), "colon is missing", "`name: x`"),
        ("version\na: 2\n", (1, 1), "colon is missing", "`version:`"),
        ("- a: 1\n  name:x\n  b: 2\n", (2, 3), "space is missing after the colon", "`name: x`"),
        ("version:1\na: 2\n", (1, 1), "space is missing after the colon", "`version: 1`"),
        ("- a: 1\n-ticker: A\n", (2, 1), "space is missing after the dash", "`- ticker: A`"),
        ("p:\n  -ticker: A\n", (2, 3), "space is missing after the dash", "`- ticker`"),
        ("- a: A\n    b: B\n", (2, 5), "fits no line above", "column 3"),
        ("- a: 'A'\n    b: B\n", (2, 5), "fits no line above", "column 3"),
        ("- f:\n      a: 1\n    b: 2\n", (3, 5), "fits no line above", "column"),
        ("p:\n  - x\n  b: 1\n", (3, 3), "list item and a key", "dash"),
        ("p:\n  b: 1\n  - x\n", (3, 3), "list item and a key", "dash"),
        ("a: - x\n", (1, 4), "line of its key", "next line"),
        ("a: 1\n|\n", (2, 1), "neither the next key", "missing colon"),
        ("a: 1\n: 2\n", (2, 1), "colon here without a key", "write the key"),
        ("a: ? b\n", (1, 4), "question mark", "quote"),
        ("a: [1, 2\nb: 3\n", (1, 4), "`[` opened on line 1 is not closed", "`]`"),
        ("a: {x: 1 y: 2}\n", (1, 11), "comma is missing", "`}`"),
        ("a: > text\n", (1, 6), "begins on the line after `>`", "quote"),
        ("a: 1\n...\nb: 1\n", (3, 1), "after the end of the document", "`...`"),
    ],
)
def test_y53_slips_of_punctuation_are_named_at_the_true_line(
    text: str, where: tuple[int, int], message: str, hint: str
) -> None:
    problem = only(text)

    assert place(problem) == where
    assert message in problem.message
    assert hint in problem.hint


@pytest.mark.parametrize(
    ("value", "message", "hint"),
    [
        ("Fund: Core", "second colon", '`"Fund: Core"`'),
        ("'It's'", "closing '", '`"It\'s"`'),
        ("'It's' # note", "closing '", '`"It\'s"`'),
        ('"a "b" c"', 'closing "', "`'a \"b\" c'`"),
        ('"C:\\data"', "backslash", "`'C:\\data'`"),
        ('"C:\\Users"', "backslash", "`'C:\\Users'`"),
        ("@x", "cannot begin with `@`", '`"@x"`'),
        ("%x", "cannot begin with `%`", '`"%x"`'),
        ("`x", "cannot begin with ```", '`"`x"`'),
        ("**x", "cannot begin with `*`", '`"**x"`'),
        ("& x", "cannot begin with `&`", '`"& x"`'),
        (", x", "cannot begin with `,`", '`", x"`'),
    ],
)
def test_y54_values_that_need_quotes_show_the_form_to_use(
    value: str, message: str, hint: str
) -> None:
    problem = only(f"a: 1\nname: {value}\nb: 2\n")

    assert problem.line == 2
    assert message in problem.message
    assert hint in problem.hint


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("a:\n  b:\xa01\n  c: 2\n", (2, 5)),
        ("a:\n  b: 1\n\xa0\xa0c: 2\n", (3, 1)),
        ("a:\n  -\xa0b: 1\n", (2, 4)),
        ("a\xa0: 1\n", (1, 2)),
    ],
)
def test_y56_a_no_break_space_in_the_place_of_a_space_is_refused(
    text: str, where: tuple[int, int]
) -> None:
    problem = only(text)

    assert place(problem) == where
    assert "U+00A0" in problem.message


@pytest.mark.parametrize("text", ["a: \xa01\n", "a: 1\xa0\n", "a: x\n  \xa0y\n", "- a:\xa01\n"])
def test_y56_a_no_break_space_at_the_edge_of_a_value_loads_with_a_warning(text: str) -> None:
    (warning,) = loaded(text).warnings

    assert "U+00A0" in warning.message
    assert text.split("\n")[warning.line - 1][warning.column - 1] == "\xa0"


def test_y56_a_no_break_space_between_words_is_no_matter() -> None:
    assert loaded("a: one\xa0two\nb: '\xa0x'\n").warnings == ()


def test_several_faults_are_listed_in_the_order_of_the_file() -> None:
    problems = refused("a: !x 1\n1: 2\nb: *c\na: 2\nd: @\n")

    assert [problem.line for problem in problems] == [1, 1, 2, 3, 4, 5]


def test_hostile_text_in_a_message_is_shown_as_escapes() -> None:
    problem, _ = refused('"a\\e[2J\\u202e": 1\n"a\\e[2J\\u202e": 2\n')

    assert "\x1b" not in problem.message
    assert "\u202e" not in problem.message
    assert "\\x1b" in problem.message


def test_the_limits_on_values_and_keys_are_named() -> None:
    assert "10 characters" in only("a: " + "x" * 11, Limits(scalar=10)).message
    assert "10 characters" in only("x" * 11 + ": 1", Limits(key=10)).message
    assert "10 values" in only("[" + "x, " * 10 + "]", Limits(nodes=10)).message
