"""Edits beyond the numbered cases: removals, templates, figures with a date of their own, names."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path as FilePath

import pytest

from conftest import TODAY
from etfcompare.catalogue.document import Document, Path
from etfcompare.catalogue.edits import (
    EditError,
    add_product,
    product_path,
    remove_product,
    remove_value,
    set_value,
)
from etfcompare.catalogue.fields import Kind
from etfcompare.catalogue.paths import field_at
from etfcompare.catalogue.proof import Change, Splice, proven, text_token
from etfcompare.catalogue.reader import read
from etfcompare.errors import EtfcompareError

CATALOGUE = """\
assets:
  SOL: {name: Solana}
products:
  - ticker: BSOL
    asset: SOL
    fee:
      rate: 0.20%  # low
    staking:
      staked: {value: 96%, as_of: 2026-09-07}
      cut: 6%
      as_of: 2026-08-10
  - ticker: 'SOL.X'
    asset: SOL
"""


def parsed(text: str) -> Document:
    return Document.parse(text.encode())


def after_set(text: str, path: Path, value: str) -> str:
    return set_value(parsed(text), path, value).document.text


def after_removal(text: str, path: Path) -> str:
    return remove_value(parsed(text), path).document.text


def refusal(text: str, path: Path) -> str:
    with pytest.raises(EditError) as caught:
        remove_value(parsed(text), path)
    return str(caught.value)


BSOL: Path = ("products", 0)


def test_a_figure_with_a_date_of_its_own_is_set_in_place() -> None:
    edited = set_value(parsed(CATALOGUE), (*BSOL, "staking", "staked"), "97%")
    assert edited.document.text == CATALOGUE.replace("96%", "97%")
    assert edited.path == (*BSOL, "staking", "staked", "value")


def test_a_figure_gets_a_date_of_its_own() -> None:
    path = (*BSOL, "staking", "cut")
    dated = after_set(CATALOGUE, (*path, "as_of"), "2026-11-20")
    assert dated == CATALOGUE.replace("cut: 6%", "cut: {value: 6%, as_of: 2026-11-20}")
    assert after_set(dated, (*path, "source"), "page") == CATALOGUE.replace(
        "cut: 6%", "cut: {value: 6%, as_of: 2026-11-20, source: page}"
    )
    plain = "assets: {SOL: {risk: {beta: '1,2', max_drawdown: -5%}}}\n"
    risk: Path = ("assets", "SOL", "risk")
    assert "{value: '1,2', as_of: 2026-11}" in after_set(plain, (*risk, "beta", "as_of"), "2026-11")


def test_a_word_gets_no_date_of_its_own() -> None:
    with pytest.raises(EditError, match="nothing can be added there"):
        set_value(parsed(CATALOGUE), (*BSOL, "asset", "as_of"), "2026")


def test_a_missing_block_is_written_as_its_neighbours_are() -> None:
    after = after_set(CATALOGUE, (*BSOL, "fee", "waiver", "until"), "2026-12-01")
    assert "# low\n      waiver:\n        until: 2026-12-01\n    staking:" in after
    braces = CATALOGUE.replace("fee:\n      rate: 0.20%", "fee: {rate: 0.20%}")
    after = after_set(braces, (*BSOL, "fee", "waiver", "until"), "2026-12-01")
    assert "fee: {rate: 0.20%, waiver: {until: 2026-12-01}}  # low\n" in after
    after = after_set(CATALOGUE, ("assets", "BTC", "risk", "beta"), "1")
    assert "  SOL: {name: Solana}\n  BTC: {risk: {beta: 1}}\n" in after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("fee:  # c\nz: 1\n", "fee:  # c\n  rate: 1%\nz: 1\n"),
        ("z: {a: 1}\nfee:\n", "z: {a: 1}\nfee: {rate: 1%}\n"),
        ("{fee: , z: 1}\n", "{fee: {rate: 1%} , z: 1}\n"),
        ("", "fee:\n  rate: 1%\n"),
        ("# only words", "# only words\nfee:\n  rate: 1%"),
        ("# only words\r\n", "# only words\r\nfee:\r\n  rate: 1%\r\n"),
        ("---\n", "---\nfee:\n  rate: 1%\n"),
    ],
)
def test_a_block_comes_where_there_was_nothing(before: str, after: str) -> None:
    assert after_set(before, ("fee", "rate"), "1%") == after


def test_keys_that_yaml_takes_for_no_text_are_quoted() -> None:
    assert after_set("a: 1\n", ("NO", "2026"), "x") == "a: 1\n'NO':\n  '2026': x\n"


def test_the_summary_says_what_changed_and_where() -> None:
    document = parsed(CATALOGUE)
    rate = (*BSOL, "fee", "rate")
    assert set_value(document, rate, "0.19%").summary == "fee.rate of BSOL: 0.20% -> 0.19%"
    assert set_value(document, rate, "\x1b[2J").summary == r"fee.rate of BSOL: 0.20% -> \x1b[2J"
    added = set_value(document, (*BSOL, "note"), "x").summary
    assert added == "note of BSOL: added x"
    assert remove_value(document, rate).summary == "fee.rate of BSOL: 0.20% removed"
    assert remove_product(document, "BSOL").summary == "BSOL: removed"
    assert add_product(document, "N", like="BSOL").summary == "N: added, a copy of BSOL"
    assert set_value(document, ("assets", "SOL", "name"), "S").summary.startswith("assets.SOL.name")


def test_a_product_is_found_by_its_ticker_in_any_case() -> None:
    assert product_path(parsed(CATALOGUE), "sol.x ") == ("products", 1)
    with pytest.raises(EditError, match='no product "X"'):
        product_path(parsed(CATALOGUE), "X")
    with pytest.raises(EtfcompareError):
        product_path(parsed("# nothing\n"), "X")


@pytest.mark.parametrize(
    ("path", "gone"),
    [
        ((*BSOL, "asset"), "    asset: SOL\n"),
        ((*BSOL, "staking", "staked"), "      staked: {value: 96%, as_of: 2026-09-07}\n"),
        ((*BSOL, "staking", "as_of"), "      as_of: 2026-08-10\n"),
        ((*BSOL, "staking", "staked", "as_of"), ", as_of: 2026-09-07"),
        ((*BSOL, "fee"), "    fee:\n      rate: 0.20%  # low\n"),
        ((*BSOL, "ticker"), "ticker: BSOL\n    "),
        (("assets",), "assets:\n  SOL: {name: Solana}\n"),
    ],
)
def test_a_removed_key_takes_its_lines_and_nothing_else(path: Path, gone: str) -> None:
    document = parsed(CATALOGUE)
    edited = remove_value(document, path)
    assert gone in document.text
    start, end = edited.span
    assert document.text[start:end] == gone
    assert edited.replacement == ""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a:\n  k: 1\nb: 2\n", "a: {}\nb: 2\n"),
        (
            "a:  # of a\n  # of k\n  k: 1  # one\n# of b\nb: 2",
            "a: {}  # of a\n  # of k\n# of b\nb: 2",
        ),
        ("a: {k: 1}\n", "a: {}\n"),
        ("a: &x  # c\n  k: 1\nb: [*x]\n", "a: &x {}  # c\nb: [*x]\n"),
        ("a:\r\n  k: |+\r\n    x\r\n\r\nb: 2\r\n", "a: {}\r\nb: 2\r\n"),
    ],
)
def test_the_last_key_of_a_block_leaves_braces(before: str, after: str) -> None:
    assert after_removal(before, ("a", "k")) == after


def test_what_would_leave_nothing_is_not_removed() -> None:
    assert "nothing would be left" in refusal("k: 1\n", ("k",))
    assert "nothing would be left" in refusal("p:\n  - k: 1\n", ("p", 0, "k"))
    assert "is not in the file" in refusal("k: 1\n", ("z",))
    assert "is not in the file" in refusal("k: 1\n", ())


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("a: 1\nk: 2", "a: 1"),
        ("k: 2\nz: 3", "z: 3"),
        ("a: 1\r\nk: |\r\n  2\r\n\r\nz: 3", "a: 1\r\n\r\nz: 3"),
        ("a: 1\nk: |+\n  2\n\n\nz: 3\n", "a: 1\nz: 3\n"),
        ("{a: 1, k: 2}\n", "{a: 1}\n"),
        ("{k: 2, a: 1,}\n", "{a: 1,}\n"),
        ("{a: , k: 2}\n", "{a: }\n"),
        ("{\n  a: 1,  # a\n  k: 2  # k\n}\n", "{\n  a: 1,  # a\n}\n"),
        ("{\n  a: 1,\n  k: 2\n}\n", "{\n  a: 1\n}\n"),
        ("{\n  k: 2,  # k\n  a: 1\n}\n", "{\n  a: 1\n}\n"),
    ],
)
def test_a_key_goes_with_its_line_end_or_its_comma(text: str, after: str) -> None:
    assert after_removal(text, ("k",)) == after


def test_an_item_of_any_list_can_be_removed() -> None:
    assert after_removal("v:\n  - a\n  - b  # b\n  - c\n", ("v", 1)) == "v:\n  - a\n  - c\n"
    assert after_removal("v: [a, b, c]\n", ("v", 2)) == "v: [a, b]\n"
    assert after_removal("v:\n- a\n", ("v", 0)) == "v: []\n"


def test_what_others_use_is_not_removed() -> None:
    text = (
        "# *base is the base\nproducts:\n"
        "  - &base\n    ticker: A\n    fee: &fee {rate: &rate 1%}\n"
        "  - {ticker: B, fee: *fee}\n  - <<: *base\n    ticker: C\n"
    )
    said = refusal(text, ("products", 0))
    assert said == "its anchor &base is used on line 7; open it in your editor at line 4"
    assert "&fee is used on line 6" in refusal(text, ("products", 0, "fee"))
    assert "ticker: B" not in remove_product(parsed(text), "B").document.text
    text = text.replace("*fee}", "*fee, x: *rate}").replace("*base\n", "*fee\n")
    assert "&fee is used on lines 6, 7" in refusal(text, ("products", 0, "fee"))


def test_a_merged_key_is_not_removed_and_an_override_is_refused() -> None:
    text = "a: &a {k: 1, l: 2}\nb:\n  <<: *a\n  k: 3\n  m: 4\n"
    assert "is not in the file" in refusal(text, ("b", "l"))
    assert "cannot edit this safely" in refusal(text, ("b", "k"))
    assert after_removal(text, ("b", "m")) == text.replace("  m: 4\n", "")


@pytest.mark.parametrize("user", ["b: {<<: *a}", "b: *a"])
def test_a_key_is_not_added_to_what_others_use(user: str) -> None:
    text = f"a: &a {{k: 1}}\n{user}\n"
    with pytest.raises(EditError, match="its anchor &a is used on line 2; open it"):
        set_value(parsed(text), ("a", "l"), "2")


@pytest.mark.parametrize(
    "text",
    [
        *("", "# words\n", "products:\n", "products:  # none\r\n# end\r\n", "products: []\n"),
        *("schema: 1\nproducts: ~\nviews: []\n", "schema: 1", "{products: []}\n", "{products: }\n"),
        "\ufeffproducts:\n\n# ── US ──\n",
        "products:\n  - ticker: A\n    asset: SOL\n",
        "products: [{ticker: A, asset: SOL}]\n",
    ],
)
def test_a_product_from_the_template_reads_without_errors(text: str) -> None:
    if "{" not in text and "assets" not in text:
        text = text.replace("\ufeff", "\ufeffassets: {SOL: {}}\n")
    document = parsed(text)
    edited = add_product(document, "NO", asset="SOL")
    start, end = edited.span
    assert edited.document.text == document.text[:start] + edited.replacement + document.text[end:]
    assert edited.document.has_bom == document.has_bom
    found = read(edited.document, today=TODAY)
    assert found.stated == len(edited.document.text.split("ticker:")) - 1
    errors = {one.message for one in found.problems if one.severity == "error"}
    assert all("assets" in message for message in errors)


def test_a_copy_of_any_shipped_product_can_be_added_and_removed(catalogue_path: FilePath) -> None:
    catalogue = Document.parse(catalogue_path.read_bytes())
    for product in read(catalogue, today=TODAY).catalogue.products[::4]:
        edited = add_product(catalogue, "NEW", like=product.ticker)
        assert remove_product(edited.document, "NEW").document.data == catalogue.data


@pytest.mark.parametrize(
    ("old", "new", "token"),
    [
        ("1", "2", "3"),  # another text than was meant
        ("a: 1", "a: 1\nc: 1", "1"),  # a key more
        ("b: 2\n", "", "1"),  # a key less
        ("2", "&x 2", "1"),  # an anchor
        ("2", "!!str 2", "1"),  # a tag
        ("2", "{}", "1"),  # a collection
        ("a: 1", "a: [1", "1"),  # no document at all
        ("a: 1\nb: 2", "b: 2\na: 1", "1"),  # another order
    ],
)
def test_no_splice_passes_that_does_more_or_less_than_was_meant(
    old: str, new: str, token: str
) -> None:
    document = parsed("a: 1\nb: 2\n")
    start = document.text.index(old)
    value = document.at(("a",))
    assert value is not None
    with pytest.raises(EditError, match="cannot edit this safely; open it in your editor at line"):
        proven(
            document,
            Splice(start=start, end=start + len(old), replacement=new),
            Change(replaced={value: [text_token(token)]}),
            path=("a",),
            summary="",
        )


def test_comments_beside_an_empty_list_of_products_stay() -> None:
    edited = add_product(parsed("products:  # here\n  []  # none yet\n# end\n"), "N")
    text = edited.document.text
    assert text.startswith("products:  # here\n  # none yet\n  - ticker: N\n")
    assert text.endswith("\n# end\n")


def test_the_template_leaves_the_asset_to_be_filled_in() -> None:
    text = add_product(parsed("products: []\n"), "N").document.text
    assert text.startswith("products:\n  - ticker: N\n    asset:\n    name:\n")


def test_a_copy_needs_a_product_that_stands_alone() -> None:
    text = (
        "products:\n  - &a {ticker: A}\n  - *a\n  - {ticker: B, fee: &f {rate: 1%}}\n  - <<: *a\n"
    )
    document = parsed(text.replace("- *a\n", "- {x: *a}\n"))
    with pytest.raises(EditError, match="is shared with others"):
        add_product(document, "N", like="A")
    with pytest.raises(EditError, match="holds the anchor &f"):
        add_product(document, "N", like="B")
    with pytest.raises(EditError, match='no product "C"'):
        add_product(document, "N", like="C")


@pytest.mark.parametrize("ticker", ["", " ", "\ud800"])
def test_a_ticker_must_be_one(ticker: str) -> None:
    with pytest.raises(EditError):
        add_product(parsed(CATALOGUE), ticker)


def test_what_is_no_list_of_products_is_refused() -> None:
    for text in ("products: x\n", "products: {}\n", "- a\n", "{schema: 1}\n", "products: &p []\n"):
        with pytest.raises(EditError):
            add_product(parsed(text), "N")


@pytest.mark.parametrize(
    "text",
    [
        "? k\n: 1\n",
        "k: {a: 1} \nz: [b, {k: 1}\n ]\n",
        '"k": "a\n  b"\n',
        "k: a\n  b\n",
        "- - a\n  - b\n",
        "k:\t1\t# c\n",
        "--- # c\nk: 1\n...\n",
    ],
)
def test_any_edit_of_odd_layouts_is_right_or_refused(text: str) -> None:
    document = parsed(text)
    paths: list[Path] = [("k",), ("z", 0), ("z", 1, "k"), ("z", 1), (0, 1), (0, 0), (0,), ("new",)]
    for path in paths:
        for edit in (partial(set_value, text="NO"), remove_value):
            try:
                edited = edit(document, path)
            except EditError as error:
                assert str(error)  # noqa: PT017
            else:
                assert edited.document.text != text


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (("products", 3, "fee", "rate"), Kind.RATE),
        (("products", 3, "fee", "as_of"), Kind.AS_OF),
        (("products", 3, "fee", "rate", "source"), Kind.TEXT),
        (("products", 3, "staking", "waiver", "until"), Kind.DATE),
        (("products", 3, "flows", "1w", "value"), Kind.MONEY),
        (("products", 3, "ticker"), Kind.TEXT),
        (("assets", "SOL", "risk", "correlation", "BTC"), Kind.NUMBER),
        (("assets", "SOL", "risk", "correlation", "BTC", "as_of"), Kind.AS_OF),
        (("sources", "page", "as_of"), Kind.AS_OF),
        (("limits", "fee"), Kind.SPAN),
        (("cash", "yield"), Kind.RATE),
        (("fx", "EUR"), Kind.NUMBER),
        (("fx", "as_of"), Kind.AS_OF),
        (("views", 0, "name"), Kind.TEXT),
    ],
)
def test_every_place_knows_its_field(path: Path, kind: Kind) -> None:
    field = field_at(path)
    assert field is not None
    assert field.kind is kind


@pytest.mark.parametrize(
    "path",
    [
        *((), ("schema",), ("fx",), ("products",), ("products", 0), ("products", 0, "fee")),
        *(("products", 0, "fee", "rate", "x"), ("products", 0, "as_of"), ("assets", "SOL", "x")),
        *(("views", 0, "columns", 1), ("products", 0, "fee", "as_of", "x"), ("x", "y")),
        ("assets", "SOL", "risk", "correlation"),
    ],
)
def test_other_places_have_none(path: Path) -> None:
    assert field_at(path) is None


def test_dates_are_read_after_an_edit() -> None:
    edited = set_value(parsed(CATALOGUE), (*BSOL, "fee", "as_of"), "2026-11-20")
    products = read(edited.document, today=TODAY).catalogue.products
    product = next((one for one in products if one.ticker == "BSOL"), None)
    assert product is not None
    assert product.fee is not None
    assert product.fee.rate is not None
    assert product.fee.rate.as_of is not None
    assert product.fee.rate.as_of.day == date(2026, 11, 20)
