"""The cases of editing, each under its number: what was meant changes, and no other character."""

from __future__ import annotations

import pytest

from etfcompare.catalogue.document import Document, DocumentError, Path, Scalar
from etfcompare.catalogue.edits import (
    Edited,
    EditError,
    add_product,
    remove_product,
    remove_value,
    set_value,
)


@pytest.fixture(autouse=True, params=["with libyaml", "without"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Every case holds for both parsers: the fast one may be missing on another machine."""
    name: str = request.param
    if name == "without":
        monkeypatch.setattr("yaml.__with_libyaml__", False)
    return name


def parsed(text: str | bytes) -> Document:
    return Document.parse(text if isinstance(text, bytes) else text.encode())


def checked(document: Document, edited: Edited) -> str:
    """The new text, after a look at what every edit promises."""
    start, end = edited.span
    old = document.text
    new = edited.document.text
    assert new == old[:start] + edited.replacement + old[end:]
    assert edited.document.has_bom == document.has_bom
    assert "\n" not in edited.summary
    return new


def after_set(text: str, path: Path, value: str) -> str:
    document = parsed(text)
    edited = set_value(document, path, value)
    node = edited.document.at(edited.path)
    assert isinstance(node, Scalar)
    assert node.text == value
    return checked(document, edited)


def after_removal(text: str, path: Path) -> str:
    document = parsed(text)
    return checked(document, remove_value(document, path))


def after_product_removal(text: str, ticker: str) -> str:
    document = parsed(text)
    return checked(document, remove_product(document, ticker))


def after_addition(text: str, ticker: str, like: str) -> str:
    document = parsed(text)
    return checked(document, add_product(document, ticker, like=like))


def refusal_of_set(text: str, path: Path, value: str) -> str:
    with pytest.raises(EditError) as caught:
        set_value(parsed(text), path, value)
    said = str(caught.value)
    assert "\n" not in said
    return said


TRAPS = ["NO", "on", "12:30", "=", "014", "1e3", "~", "null", "2024-01-01", ".inf", "true", "<<"]
SYNTAX = [
    *("a: b", "a #b", "- x", "[x", "{x", "&a", "*a", "!t", "%a", "@a", "`a", " lead", "trail "),
    *("a:", ":a", "? x", "'", '"', "'a' b", '"a" b', "|", ">", "#a", "---", "...", "a\\b", ""),
]
FLOW_SYNTAX = ["x,y", "x}y", "x]", "?", "-", ":", ",", "[]", "{}"]


def test_e01_spaces_and_comment_around_a_value_stay() -> None:
    text = "cash:\n  yield:   0.250%  # three\n"
    assert after_set(text, ("cash", "yield"), "0.21%") == "cash:\n  yield:   0.21%  # three\n"


def test_e02_typing_the_same_changes_nothing() -> None:
    document = parsed("fee: 0.20%\n")
    edited = set_value(document, ("fee",), "0.20%")
    assert edited.document.data == document.data
    assert edited.replacement == ""
    assert edited.summary == "fee: 0.20%, no change"


@pytest.mark.parametrize("typed", ["0.300%", "0.0000001%", "1e-7%", "+0.10%", "00.1%"])
def test_e03_e04_a_number_is_written_as_typed(typed: str) -> None:
    assert after_set("fee: 0.2%\n", ("fee",), typed) == f"fee: {typed}\n"


def test_e05_spaces_and_quotes_of_neighbours_in_braces_stay() -> None:
    text = "staking: {staked: 96%,  payout: 'accrues'}\n"
    first = after_set(text, ("staking", "staked"), "97.5%")
    assert first == "staking: {staked: 97.5%,  payout: 'accrues'}\n"
    assert after_set(first, ("staking", "payout"), "cash") == (
        "staking: {staked: 97.5%,  payout: 'cash'}\n"
    )


def test_e06_only_the_value_changes_in_braces_over_lines_with_comments() -> None:
    text = "m: {  # head\n  aum: $1B,  # $1B of dollars\n  spread: 5bp  # last\n}\n# $1B\n"
    assert after_set(text, ("m", "aum"), "$2B") == text.replace("aum: $1B", "aum: $2B")
    assert after_set(text, ("m", "spread"), "6bp") == text.replace("5bp", "6bp")


@pytest.mark.parametrize("value", TRAPS)
@pytest.mark.parametrize(
    ("text", "path"),
    [("k: a\nz: 1\n", ("k",)), ("k: {k: a}  # c\n", ("k", "k")), ("k: [a, b]\n", ("k", 0))],
)
def test_e09_what_yaml_takes_for_no_text_is_quoted(text: str, path: Path, value: str) -> None:
    assert after_set(text, path, value) == text.replace("a", f"'{value}'", 1)


def test_e09_the_quotes_are_those_that_the_file_favours() -> None:
    assert after_set('k: a\nl: "x"\n', ("k",), "NO") == 'k: "NO"\nl: "x"\n'
    assert after_set("k: a\nl: \"x\"\nm: 'x'\nn: 'y'\n", ("k",), "NO").startswith("k: 'NO'\n")


@pytest.mark.parametrize("value", [*SYNTAX, *FLOW_SYNTAX])
@pytest.mark.parametrize("quote", ["", "'", '"'])
@pytest.mark.parametrize(
    ("frame", "path"),
    [
        ("k: {}  # c\nz: 1\n", ("k",)),
        ("k: {{k: {}, z: 1}}\n", ("k", "k")),
        ("k: [{}, z]\n", ("k", 0)),
    ],
)
def test_e10_e11_signs_of_yaml_are_quoted_and_read_back(
    frame: str, path: Path, quote: str, value: str
) -> None:
    text = frame.format(f"{quote}a{quote}")
    after = after_set(text, path, value)
    before, behind = frame.format("\0").split("\0")
    assert after.startswith(before)
    assert after.endswith(behind)


@pytest.mark.parametrize("quote", ["", "'"])
@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("\x1b]52;c;aGk=\x07", r'"\x1b]52;c;aGk=\x07"'),
        ("a\u202eb", r'"a\u202eb"'),
        ("a\u200bb", r'"a\u200bb"'),
        ("a\tb\nc", r'"a\x09b\x0ac"'),
        ("\u2028", r'"\u2028"'),
        ('\x85"\\', r'"\x85\"\\"'),
        ("\U000e0001", r'"\U000e0001"'),
    ],
)
def test_e10_characters_that_hide_are_escaped(quote: str, value: str, written: str) -> None:
    assert after_set(f"k: {quote}a{quote}\n", ("k",), value) == f"k: {written}\n"


def test_e10_what_no_file_can_hold_is_refused() -> None:
    assert "cannot be written" in refusal_of_set("k: a\n", ("k",), "\ud800")
    assert "cannot be written" in refusal_of_set("k: a\n", ("k",), "a" * 70_000)


def test_e11_a_figure_that_is_a_plain_number_or_date_stays_plain() -> None:
    text = "assets:\n  SOL: {risk: {beta: 1, as_of: 2026-08-09}, name: x}\n"
    risk: Path = ("assets", "SOL", "risk")
    assert "beta: 1.2," in after_set(text, (*risk, "beta"), "1.2")
    assert "as_of: 2026-08-10}" in after_set(text, (*risk, "as_of"), "2026-08-10")
    assert "name: '1.2'}" in after_set(text, ("assets", "SOL", "name"), "1.2")
    assert "beta: '014'," in after_set(text, (*risk, "beta"), "014")
    assert "beta: '~'," in after_set(text, (*risk, "beta"), "~")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("key:\n", "key: v\n"),
        ("key:   # c\n", "key: v   # c\n"),
        ("key: &x   # c\nb: *x\n", "key: &x v   # c\nb: *x\n"),
        ("key:", "key: v"),
        ("key:\r\nb: 1\r\n", "key: v\r\nb: 1\r\n"),
        ("key: ''\n", "key: 'v'\n"),
        ("key: ~ # c\n", "key: v # c\n"),
    ],
)
def test_e14_a_value_comes_to_a_key_without_one(before: str, after: str) -> None:
    assert after_set(before, ("key",), "v") == after


@pytest.mark.parametrize(
    ("before", "path", "after"),
    [
        ("{a}\n", ("a",), "{a: v}\n"),
        ("{a, b: 2}\n", ("a",), "{a: v, b: 2}\n"),
        ("{a: , b: 2}\n", ("a",), "{a: v , b: 2}\n"),
        ("{a: }\n", ("a",), "{a: v }\n"),
        ('{"a", b: 2}\n', ("a",), '{"a": v, b: 2}\n'),
        ("k:\n  - \n  - b\n", ("k", 0), "k:\n  - v \n  - b\n"),
        ("k:\n  -  # c\n  - b\n", ("k", 0), "k:\n  - v  # c\n  - b\n"),
        ("k:\n-\n", ("k", 0), "k:\n- v\n"),
    ],
)
def test_e15_an_empty_value_among_others_is_filled(before: str, path: Path, after: str) -> None:
    assert after_set(before, path, "v") == after


def test_e16_an_anchor_stays_and_its_users_are_named() -> None:
    document = parsed("a: &x 1\nb: *x\nc: {d: *x}\n")
    edited = set_value(document, ("a",), "v")
    assert edited.document.text == "a: &x v\nb: *x\nc: {d: *x}\n"
    assert edited.also_changes == ("b", "c.d")


def test_e16_users_of_the_block_around_are_named_too() -> None:
    text = (
        "products:\n"
        "  - &base\n    ticker: A\n    fee: &fee {rate: 1%}\n"
        "  - ticker: B\n    fee: *fee\n"
        "  - <<: *base\n    ticker: C\n"
        "views: [*base]\n"
    )
    document = parsed(text)
    edited = set_value(document, ("products", 0, "fee", "rate"), "2%")
    assert edited.document.text == text.replace("1%", "2%")
    assert sorted(edited.also_changes) == [
        "products[B].fee.rate",
        "products[C].fee.rate",
        "views[A].fee.rate",
    ]


def test_e16_an_alias_is_never_written_through() -> None:
    text = "a: &x 1\nb: *x\nc: &y {d: 1}\ne: *y\n"
    assert "b is shared with others (*x)" in refusal_of_set(text, ("b",), "2")
    assert "e is shared with others (*y)" in refusal_of_set(text, ("e", "d"), "2")
    assert refusal_of_set(text, ("e", "f"), "2").endswith("in your editor at line 4")


def test_e18_a_merged_value_is_overridden_in_its_product_only() -> None:
    text = (
        "base: &b {rate: 1%, x: 2}\n"
        "p:\n  - <<: *b\n    t: A  # a\n  - {<<: *b}\n  - {t: C, <<: *b}\n"
    )
    assert after_set(text, ("p", 0, "rate"), "3%") == text.replace(
        "t: A  # a\n", "t: A  # a\n    rate: 3%\n"
    )
    assert after_set(text, ("p", 1, "rate"), "3%") == text.replace("{<<", "{rate: 3%, <<", 1)
    assert after_set(text, ("p", 2, "rate"), "3%") == text.replace("t: C", "t: C, rate: 3%")


def test_e18_what_lies_inside_a_merged_block_is_refused() -> None:
    text = "base: &b {fee: {rate: 1%}}\np:\n  <<: *b\n  t: A\n"
    assert "p.fee comes from a merge key" in refusal_of_set(text, ("p", "fee", "rate"), "2%")
    assert "p.fee comes from a merge key" in refusal_of_set(text, ("p", "fee", "new"), "2%")


def test_e19_a_tagged_value_is_refused() -> None:
    said = refusal_of_set("a: 1\nb: !!str 5\n", ("b",), "6")
    assert said == "b bears a tag (!!str); open it in your editor at line 2"


@pytest.mark.parametrize("header", ["|", ">", "|-", "|+", ">2", "|+2"])
@pytest.mark.parametrize(
    ("frame", "path"),
    [
        ("a: 1\nk: {}\n  one\n  two\nz: 2\n", ("k",)),
        ("a:\n- k: {}\n    one\n\n    two\n\n\n  z: 1\n# end\n", ("a", 0, "k")),
        ("k: {}\n  one\n\n# c\n\nz: 2\n", ("k",)),
        ("k: {}\r\n  one\r\n\r\nz: 2\r\n", ("k",)),
        ("z: 2\nk: {}\n  one", ("k",)),
        ("z: 2\nk: {}\n  one\n\n", ("k",)),
    ],
)
def test_e20_e21_a_block_of_text_is_replaced_up_to_its_last_line_end(
    header: str, frame: str, path: Path
) -> None:
    text = frame.format(header)
    after = after_set(text, path, "v")
    head, _, tail = text.partition(header)
    assert after.startswith(f"{head}v")
    rest = tail[tail.rindex("two" if "two" in tail else "one") + 3 :]
    assert after == f"{head}v{rest}"


def test_e20_a_comment_at_the_head_of_a_block_of_text_is_not_lost() -> None:
    assert "comment" in refusal_of_set("k: | # c\n  x\nz: 1\n", ("k",), "v")


def test_e21_a_key_behind_a_block_of_text_without_line_end_is_refused_or_right() -> None:
    document = parsed("k: |-\n  x")
    assert checked(document, set_value(document, ("z",), "1")) == "k: |-\n  x\nz: '1'"
    assert "safely" in refusal_of_set("k: |\n  x", ("z",), "1")
    document = parsed("a:\n  k: |+\n    x\n\nz: 1\n")
    new = checked(document, set_value(document, ("a", "b"), "v"))
    assert new == "a:\n  k: |+\n    x\n\n  b: v\nz: 1\n"


TWO = """\
products:
  - ticker: A
    fee:
      rate: 1%  # one
      # about the rate

# between

  - ticker: B
    fee: {rate: 2%}  # last
"""


def test_e22_a_key_comes_behind_the_comment_of_the_last_line() -> None:
    after = after_set(TWO, ("products", 1, "name"), "x")
    assert after == TWO + "    name: x\n"


def test_e23_a_key_comes_before_comments_and_blank_lines() -> None:
    assert after_set(TWO, ("products", 0, "fee", "as_of"), "2026-08-10") == TWO.replace(
        "# one\n", "# one\n      as_of: 2026-08-10\n"
    )
    assert after_set(TWO, ("products", 0, "name"), "x") == TWO.replace(
        "# one\n", "# one\n    name: x\n"
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{a: 1}\n", "{a: 1, k: v}\n"),
        ("{a: 1,}\n", "{a: 1, k: v,}\n"),
        ("{}\n", "{k: v}\n"),
        ("{ }\n", "{ k: v }\n"),
        ("{ a: 1 }\n", "{ a: 1, k: v }\n"),
        ("{a}\n", "{a, k: v}\n"),
        ("{a: }\n", "{a: , k: v }\n"),
        ("{a: [1], b: {c: 1}}\n", "{a: [1], b: {c: 1}, k: v}\n"),
        ("{\n  a: 1,  # c\n  b: 2  # d\n}\n", "{\n  a: 1,  # c\n  b: 2, k: v  # d\n}\n"),
        ("{ # c\n}\n", "{k: v,  # c\n}\n"),
    ],
)
def test_e24_a_key_in_braces_keeps_their_style(before: str, after: str) -> None:
    assert after_set(before, ("k",), "v") == after


def test_e25_a_key_that_exists_is_not_added_again() -> None:
    assert "is a block" in refusal_of_set(TWO, ("products", 0, "fee"), "1%")
    assert "is a list" in refusal_of_set(TWO, ("products",), "1%")
    assert "nothing can be added" in refusal_of_set(TWO, ("products", 0, "ticker", "x"), "1%")
    assert "nothing can be added" in refusal_of_set(TWO, ("products", 2, "ticker"), "C")


def test_e26_a_new_line_ends_as_its_neighbour_does() -> None:
    text = "a:\r\n  b: 1\r\nc: 2\r\n"
    assert after_set(text, ("a", "k"), "v") == "a:\r\n  b: 1\r\n  k: v\r\nc: 2\r\n"
    assert after_set("a:\r\n  b: 1", ("a", "k"), "v") == "a:\r\n  b: 1\r\n  k: v"
    mixed = "a:\r\n  b: 1\nc:\n  d: 2\r\ne: 3\n"
    assert after_set(mixed, ("a", "k"), "v") == "a:\r\n  b: 1\n  k: v\nc:\n  d: 2\r\ne: 3\n"
    assert after_set(mixed, ("c", "k"), "v") == "a:\r\n  b: 1\nc:\n  d: 2\r\n  k: v\r\ne: 3\n"
    assert after_set("a:\r  b: 1\r", ("a", "k"), "v") == "a:\r  b: 1\r  k: v\r"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "products:\n  - ticker: A\n    name: x  # c\n# end\n",
            "products:\n  - ticker: A\n    name: x  # c\n  - ticker: B\n    name: x  # c\n# end\n",
        ),
        (
            "products:\n- ticker: A\n  name: x\nviews: []\n",
            "products:\n- ticker: A\n  name: x\n- ticker: B\n  name: x\nviews: []\n",
        ),
        (
            "products:\r\n  -   ticker: A\r\n      name: x",
            "products:\r\n  -   ticker: A\r\n      name: x\r\n  -   ticker: B\r\n      name: x",
        ),
        (
            "products:\n  - name: x\n    ticker: 'A'\n    # in\n    fee: 1%\n    # out\n",
            (
                "products:\n  - name: x\n    ticker: 'A'\n    # in\n    fee: 1%\n  - name: x\n"
                "    ticker: 'B'\n    # in\n    fee: 1%\n    # out\n"
            ),
        ),
        (
            "products:\n\n  - ticker: A  # 1\n\n# c\n\n  - ticker: C  # 2\n\n# end\n",
            (
                "products:\n\n  - ticker: A  # 1\n\n# c\n\n  - ticker: C  # 2\n\n"
                "  - ticker: B  # 1\n\n# end\n"
            ),
        ),
        (
            "products:\n  - # c\n    ticker: A\n",
            "products:\n  - # c\n    ticker: A\n  - # c\n    ticker: B\n",
        ),
    ],
)
def test_e28_a_copied_product_has_the_layout_of_the_list(before: str, after: str) -> None:
    assert after_addition(before, "B", "a") == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "products: [{ticker: A, fee: 1%}]\n",
            "products: [{ticker: A, fee: 1%}, {ticker: B, fee: 1%}]\n",
        ),
        ("products: [ {ticker: A}, ]\n", "products: [ {ticker: A}, {ticker: B}, ]\n"),
        (
            "products: [\n  {ticker: A},  # a\n]\n",
            "products: [\n  {ticker: A},  # a\n  {ticker: B},\n]\n",
        ),
        (
            "products: [\n  {ticker: A}  # a\n]\n",
            "products: [\n  {ticker: A},  # a\n  {ticker: B}\n]\n",
        ),
    ],
)
def test_e28_a_product_in_brackets_comes_with_its_comma(before: str, after: str) -> None:
    assert after_addition(before, "B", "A") == after


def test_e30_a_ticker_that_exists_is_refused() -> None:
    with pytest.raises(EditError, match='already a product "a "; open it in your editor at line 2'):
        add_product(parsed(TWO), "a ", like="B")


COMMENTED = """\
products:
  # - ticker: OLD
  #   name: gone

  - ticker: A
    name: x

  # - ticker: GONE
  #   name: gone too
  - ticker: B  # mine
    # inside
    name: y    # mine too
  # - ticker: NEXT

  - ticker: C
    name: z
"""


def test_e31_a_removed_product_leaves_its_commented_out_neighbours() -> None:
    own = "  - ticker: B  # mine\n    # inside\n    name: y    # mine too\n"
    assert after_product_removal(COMMENTED, "b") == COMMENTED.replace(own, "")
    assert after_product_removal(COMMENTED, "C") == COMMENTED.replace(
        "\n  - ticker: C\n    name: z\n", ""
    )
    assert after_product_removal(COMMENTED, "A") == COMMENTED.replace(
        "  - ticker: A\n    name: x\n\n", ""
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("# head\nproducts:\n  - ticker: A\n    name: x\n", "# head\nproducts: []\n"),
        ("products:  # c\n- ticker: A  # d\n# end\n", "products: []  # c\n# end\n"),
        (
            "products:\n\n  # one\n  - ticker: A\nviews: []\n",
            "products: []\n\n  # one\nviews: []\n",
        ),
        ("products:\r\n  - ticker: A", "products: []"),
        ("products: [{ticker: A}]\n", "products: []\n"),
    ],
)
def test_e32_the_only_product_leaves_an_empty_list(before: str, after: str) -> None:
    assert after_product_removal(before, "A") == after


@pytest.mark.parametrize(
    ("ticker", "after"),
    [
        ("A", "products: [{ticker: B}, {ticker: C}]\n"),
        ("B", "products: [{ticker: A}, {ticker: C}]\n"),
        ("C", "products: [{ticker: A}, {ticker: B}]\n"),
    ],
)
def test_e34_commas_are_right_when_an_item_in_brackets_goes(ticker: str, after: str) -> None:
    assert (
        after_product_removal("products: [{ticker: A}, {ticker: B}, {ticker: C}]\n", ticker)
        == after
    )


def test_e34_an_item_in_brackets_goes_with_its_own_line() -> None:
    text = "products: [\n  {ticker: A},  # a\n  {ticker: B},  # b\n  {ticker: C}  # c\n]\n"
    assert after_product_removal(text, "A") == text.replace("  {ticker: A},  # a\n", "")
    assert after_product_removal(text, "C") == text.replace("  {ticker: C}  # c\n", "")


@pytest.mark.parametrize("before", ["😀", "𝔘𝔫𝔦", "e\u0301", "\u2028", "漢字"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_e36_spans_are_right_behind_any_character(before: str, mark: str) -> None:
    text = f"{mark}# {before}\na: [\"{before}\", '{before}', {before[0]}x]  # {before}\nk: 1\n"
    document = parsed(text)
    edited = set_value(document, ("k",), "2%")
    assert edited.document.data.decode() == text.replace("k: 1", "k: 2%")
    assert document.text[slice(*edited.span)] == "1"


def test_e37_two_edits_in_a_row_are_undone_by_the_bytes_before_each() -> None:
    first = parsed("\ufeff" + TWO.replace("\n", "\r\n"))
    second = set_value(first, ("products", 0, "fee", "rate"), "3%").document
    third = remove_product(second, "B").document
    assert third.data != second.data != first.data
    assert Document.parse(second.data).text.replace("3%", "1%") == first.text
    start, end = (edit := set_value(second, ("products", 0, "fee", "rate"), "1%")).span
    assert edit.document.data == first.data
    assert second.text[start:end] == "3%"


def test_e38_lists_at_the_column_of_their_key_and_wide_margins_stay() -> None:
    text = "views:\n- name: x\n  columns:\n  - a\n  -   b\nassets:\n    SOL:\n        name: s\n"
    assert after_set(text, ("views", 0, "columns", 1), "c") == text.replace("  b", "  c")
    assert after_set(text, ("assets", "SOL", "staking", "rate"), "6%") == (
        text + "        staking:\n            rate: 6%\n"
    )
    assert after_set(text, ("views", 0, "sort"), "aum") == text.replace("b\n", "b\n  sort: aum\n")


def test_e39_a_comment_with_the_old_value_stays() -> None:
    text = "# rate: 0.20%\nrate: 0.20%  # 0.20%, was rate: 0.20%\n"
    assert after_set(text, ("rate",), "0.19%") == (
        "# rate: 0.20%\nrate: 0.19%  # 0.20%, was rate: 0.20%\n"
    )


def test_e42_there_is_no_document_to_edit_while_the_text_cannot_be_read() -> None:
    with pytest.raises(DocumentError):
        parsed("a: 1\nb: [1\n")


def test_e42_faults_of_other_values_do_not_stop_an_edit() -> None:
    text = "products:\n  - ticker: A\n    fee: {rate: 0.20}\n  - ticker: A\n    fee: {rate: 1%}\n"
    assert after_set(text, ("products", 1, "fee", "rate"), "2%") == text.replace("1%", "2%")
