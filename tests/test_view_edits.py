"""Saving and removing views: the layout of the file is kept, and nothing else changes."""

from __future__ import annotations

from datetime import date
from pathlib import Path as FilePath
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import TODAY
from edit_strategies import COMMENT, TEXTS, Writer, leaves
from etfcompare.catalogue.document import Document, DocumentError, Mapping, Sequence
from etfcompare.catalogue.edits import Edited, EditError
from etfcompare.catalogue.reader import read
from etfcompare.catalogue.store import Location, Origin
from etfcompare.catalogue.view_edits import ViewText, put_view, remove_view, view_node
from etfcompare.editing import Editor, RemoveView, SaveView
from etfcompare.errors import ConflictError
from etfcompare.workspace import Workspace, understood
from test_edit_properties import check_bytes

INCOME = ViewText(
    name="Income",
    sort="-net_yield, +effective_fee",
    where="staked aum>50M",
    horizon="3y",
    columns=("ticker", "net_yield"),
)
LINES = (
    "- name: Income\n"
    "  sort: '-net_yield, +effective_fee'\n"
    "  where: staked aum>50M\n"
    "  horizon: 3y\n"
    "  columns: [ticker, net_yield]\n"
)


def parsed(text: str) -> Document:
    return Document.parse(text.encode())


def after_put(text: str, view: ViewText = INCOME) -> str:
    return put_view(parsed(text), view).document.text


def set_in(margin: int) -> str:
    return "".join(" " * margin + line for line in LINES.splitlines(keepends=True))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", f"views:\n{set_in(2)}"),
        ("# mine\n", f"# mine\nviews:\n{set_in(2)}"),
        ("views:\n", f"views:\n{set_in(2)}"),
        ("views: ~  # none\n", f"views:  # none\n{set_in(2)}"),
        ("views: []\nproducts: []\n", f"views:\n{set_in(2)}products: []\n"),
        ("products:\n- ticker: A\n", f"products:\n- ticker: A\nviews:\n{set_in(2)}"),
        ("products: []", f"products: []\nviews:\n{set_in(2)}".rstrip("\n")),
        ("views:\n- name: A\n", f"views:\n- name: A\n{LINES}"),
        (
            "views:\n  - name: A\n\n  - name: B\n# end\n",
            f"views:\n  - name: A\n\n  - name: B\n\n{set_in(2)}# end\n",
        ),
    ],
)
def test_a_view_is_added_behind_the_others(text: str, expected: str) -> None:
    assert after_put(text) == expected
    assert after_put(expected) == expected


@pytest.mark.parametrize(
    ("text", "before", "behind"),
    [
        ("views:\n  - {name: A}  # first\n", "views:\n  - {name: A}  # first\n  - ", "\n"),
        ("views: [{name: A}]\n", "views: [{name: A}, ", "]\n"),
        ("{views: [], products: []}\n", "{views: [", "], products: []}\n"),
    ],
)
def test_among_braces_a_view_is_written_in_braces(text: str, before: str, behind: str) -> None:
    found = after_put(text)
    assert found.startswith(before)
    assert found.endswith(behind)
    assert found[len(before) : len(found) - len(behind)].startswith("{name: Income, sort: ")
    assert read(parsed(found), today=TODAY).catalogue.views[-1].columns == INCOME.columns


def test_line_ends_and_a_byte_order_mark_stay() -> None:
    text = "\ufeffviews:\r\n- name: A\r\n"
    edited = put_view(Document.parse(text.encode()), INCOME).document
    assert edited.data == (text + LINES.replace("\n", "\r\n")).encode()


COMMENTED = """\
views:
  # for the board
  - name: income  # ours
    where: staked   # only these
    # by hand
    columns:  # wide
      - ticker
      - aum
    sort: +aum
    zone: x
products: []
"""


def test_a_view_of_that_name_in_any_case_is_changed_key_by_key_and_keeps_its_comments() -> None:
    assert after_put(COMMENTED) == (
        "views:\n"
        "  # for the board\n"
        "  - name: Income  # ours\n"
        "    where: staked aum>50M   # only these\n"
        "    # by hand\n"
        "    columns: [ticker, net_yield]  # wide\n"
        "    sort: '-net_yield, +effective_fee'\n"
        "    zone: x\n"
        "    horizon: 3y\n"
        "products: []\n"
    )


def test_what_a_view_no_longer_says_is_removed() -> None:
    view = ViewText(name="income", columns=("ticker", "aum"))
    assert after_put(COMMENTED, view) == (
        "views:\n"
        "  # for the board\n"
        "  - name: income  # ours\n"
        "    # by hand\n"
        "    columns:  # wide\n"
        "      - ticker\n"
        "      - aum\n"
        "    zone: x\n"
        "products: []\n"
    )
    assert after_put("views: [{name: A, columns: [b], sort: c}]", ViewText(name="A")) == (
        "views: [{name: A}]"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("views: [{name: A}]", "views: [{name: A, columns: [b]}]"),
        ("views: [{name: A, columns: }]", "views: [{name: A, columns: [b] }]"),
        ("views:\n- name: A\n  columns:\n", "views:\n- name: A\n  columns: [b]\n"),
        ("views:\n- name: A\n  columns: ~ # c\n", "views:\n- name: A\n  columns: [b] # c\n"),
        ("views:\n- columns: [a,c]\n  name: A\n", "views:\n- columns: [b]\n  name: A\n"),
        ("views:\n- columns: [ b ]\n  name: A\n", "views:\n- columns: [ b ]\n  name: A\n"),
    ],
)
def test_the_columns_of_a_view_are_replaced_or_added(text: str, expected: str) -> None:
    assert after_put(text, ViewText(name="A", columns=("b",))) == expected


def test_the_same_view_again_changes_nothing() -> None:
    document = parsed(f"views:\n{LINES}")
    edited = put_view(document, INCOME)
    assert edited.document is document
    assert (edited.span, edited.replacement) == ((0, 0), "")
    assert edited.summary == "view Income: no change"


@pytest.mark.parametrize(
    ("text", "view", "message"),
    [
        ("", ViewText(name=" "), "a view needs a name"),
        ("views: x\n", INCOME, "`views` is not a list; open it in your editor at line 1"),
        ("- a\n", INCOME, "not made of `key: value` lines; open it in your editor at line 1"),
        ("{a: b}\n", INCOME, "the file has no list `views`; open it in your editor at line 1"),
        (
            "views: [{name: A, columns: x}]\n",
            ViewText(name="A", columns=("b",)),
            "the columns of the view are no list of its own",
        ),
        (
            "views:\n- name: A\n  columns:\n  - a  # c\n  - d\n",
            ViewText(name="A", columns=("b",)),
            "a comment stands among the columns of the view",
        ),
        ("", ViewText(name="B", where="\ud800"), "cannot be written in a file"),
        ("", ViewText(name="B", columns=("\ud800",)), "cannot be written in a file"),
        ("a: &a {name: A}\nviews: [*a]\n", ViewText(name="A", where="x"), "is shared with others"),
    ],
)
def test_what_cannot_be_edited_safely_is_refused_in_a_line(
    text: str, view: ViewText, message: str
) -> None:
    with pytest.raises(EditError) as caught:
        put_view(parsed(text), view)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_hostile_name_is_written_readably_and_shown_visibly() -> None:
    name = "\x1b[2J\u202eevil: [x]"
    edited = put_view(parsed("products: []\n"), ViewText(name=name))
    assert edited.document.text == 'products: []\nviews:\n  - name: "\\x1b[2J\\u202eevil: [x]"\n'
    assert edited.summary == "view \\x1b[2J\\u202eevil: [x]: added"
    assert read(edited.document, today=TODAY).catalogue.views[0].name == name
    with pytest.raises(EditError, match=r"the file has no view \"\\x1b\""):
        remove_view(edited.document, "\x1b")


@pytest.mark.parametrize("name", ["~", "null", "yes", "12", "2026-01-01", "- a", "#", "'", "a: b"])
def test_any_name_is_found_again(name: str) -> None:
    edited = put_view(parsed("views:\n- name: ~\n- {}\n- x\n"), ViewText(name=name, where="sol"))
    assert read(edited.document, today=TODAY).catalogue.views[-1].name == name
    again = put_view(edited.document, ViewText(name=f" {name.upper()}", where="eth"))
    assert again.path == ("views", 3)
    assert again.document.text.count("eth") == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("views:\n- {name: A}\n- {name: b}  # c\n", "views:\n- {name: A}\n"),
        ("views:\n  - name: B\nproducts: []\n", "views: []\nproducts: []\n"),
        ("views: [{name: A}, {name: B}]\n", "views: [{name: A}]\n"),
    ],
)
def test_a_view_is_removed_with_its_lines(text: str, expected: str) -> None:
    edited = remove_view(parsed(text), "B")
    assert edited.document.text == expected
    assert edited.summary == "view B: removed"


class ViewWriter(Writer):
    """Writes catalogues with views in any layout."""

    def products(self) -> None:
        if self.random.random() < 0.5:
            self.views()
            super().products()
        else:
            super().products()
            self.views()

    def views(self) -> None:
        random = self.random
        self.aside(0)
        count = random.choice((0, 0, 1, 2, 3))
        items = [f"{{name: V{n}, sort: {self.scalar(flow=True)}}}" for n in range(count)]
        if count == 0:
            empty = random.choice(("views:", "views: []", "views: ~", "views: [ ]", "# none"))
            self.lines.append(empty + self.comment())
        elif random.random() < 0.2:
            self.lines.append(f"views: [{', '.join(items)}]{self.comment()}")
        else:
            self.lines.append("views:" + self.comment())
            margin = random.choice((0, 2))
            for number, item in enumerate(items):
                self.aside(margin)
                if random.random() < 0.5:
                    self.lines.append(f"{' ' * margin}- {item}{self.comment()}")
                else:
                    self.view(margin, number)

    def view(self, margin: int, number: int) -> None:
        random, inner = self.random, " " * (margin + 2)
        self.lines.append(f"{' ' * margin}- name: V{number}{self.comment()}")
        for key in random.sample(("sort", "where", "horizon", "zone"), random.randint(0, 3)):
            self.aside(margin + 2)
            self.lines.append(f"{inner}{key}: {self.scalar(flow=False)}{self.comment()}")
        if random.random() < 0.5:
            self.lines.append(f"{inner}columns: [ticker,  aum ]{self.comment()}")
        elif random.random() < 0.5:
            self.lines.append(f"{inner}columns:{self.comment()}")
            self.lines += [f"{inner}- {key}{self.comment()}" for key in ("ticker", "aum")]


RANDOMS = st.integers(min_value=0, max_value=2**32).map(Random)
TYPED = st.one_of(st.sampled_from(TEXTS), st.text(max_size=12))
VIEWS = st.builds(
    ViewText,
    name=st.one_of(st.sampled_from(("V0", "v1", "V2", "New")), TYPED),
    sort=TYPED,
    where=TYPED,
    horizon=st.sampled_from(("", "3y", "90d")),
    columns=st.lists(TYPED.filter(bool), max_size=3).map(tuple),
)


def drawn(random: Random) -> Document | None:
    try:
        return Document.parse(ViewWriter(random).text().encode())
    except DocumentError:
        return None


def check_put(document: Document, view: ViewText, edited: Edited) -> None:
    check_bytes(document, edited)
    before, after = leaves(document), leaves(edited.document)
    place = edited.path
    is_shared = "&" in COMMENT.sub("", document.text)
    others = [
        {one: text for one, text in said.items() if one[:2] != place and one != ("views",)}
        for said in (before, after)
    ]
    assert others[0] == others[1] or is_shared
    said = {(*place, key): text for key, text in view.words() if text}
    said |= {(*place, "columns", n): text for n, text in enumerate(view.columns)}
    own = {one: text for one, text in after.items() if one[:2] == place}
    assert {one: text for one, text in own.items() if one[2] != "zone"} == said
    gone = {one[2] for one in before if one[:2] == place} - {one[2] for one in own}
    comments = [set(COMMENT.findall(one.text)) for one in (document, edited.document)]
    assert comments[1] <= comments[0]
    assert comments[1] == comments[0] or gone  # a key goes with the comment behind it


@settings(max_examples=800)
@given(RANDOMS, VIEWS)
def test_saving_a_view_changes_that_view_and_no_other_byte(random: Random, view: ViewText) -> None:
    document = drawn(random)
    if document is None:
        return
    try:
        edited = put_view(document, view)
    except EditError as refused:
        assert "\n" not in str(refused)  # noqa: PT017
        return
    check_put(document, view, edited)
    assert put_view(edited.document, view).document is edited.document
    start, end = edited.span
    text = edited.document.text
    undone = text[:start] + document.text[start:end] + text[start + len(edited.replacement) :]
    assert undone == document.text


@settings(max_examples=300)
@given(RANDOMS)
def test_removing_a_view_leaves_all_others(random: Random) -> None:
    document = drawn(random)
    listed = None if document is None else document.at(("views",))
    if document is None or not isinstance(listed, Sequence) or not listed.items:
        return
    number = random.randrange(len(listed.items))
    try:
        edited = remove_view(document, f"v{number}")
    except EditError as refused:
        assert "\n" not in str(refused)  # noqa: PT017
        return
    check_bytes(document, edited)
    assert view_node(edited.document, f"V{number}") is None
    others = [n for n in range(len(listed.items)) if n != number]
    assert all(isinstance(view_node(edited.document, f"V{n}"), Mapping) for n in others)
    before, after = leaves(document), leaves(edited.document)
    assert {one: text for one, text in after.items() if one[0] != "views"} == {
        one: text for one, text in before.items() if one[0] != "views"
    }


def test_the_shipped_catalogue_takes_a_view_and_is_the_same_without_it(
    catalogue_path: FilePath,
) -> None:
    document = Document.parse(catalogue_path.read_bytes())
    edited = put_view(document, INCOME)
    check_put(document, INCOME, edited)
    before, after = (read(one, today=TODAY) for one in (document, edited.document))
    assert after.catalogue.products == before.catalogue.products
    assert after.problems == before.problems
    view = after.catalogue.views[-1]
    assert (view.name, view.horizon and view.horizon.value) == ("Income", 3 * 365)
    removed = remove_view(edited.document, "INCOME").document
    rest = [one for one in leaves(removed).items() if one[0][0] != "views"]
    assert rest == [one for one in leaves(document).items() if one[0][0] != "views"]


def editor_of(path: FilePath) -> Editor:
    def today() -> date:
        return TODAY

    found = understood(path, path.read_bytes(), today=TODAY)
    return Editor(Workspace(Location(path, Origin.ARGUMENT), today, *found), None)


def test_the_editor_saves_removes_and_takes_back_a_view(tmp_path: FilePath) -> None:
    path = tmp_path / "products.yaml"
    path.write_text("products: []  # none\n", encoding="utf-8")
    editor = editor_of(path)
    editor.save(editor.propose(SaveView(INCOME)))
    assert path.read_text(encoding="utf-8") == f"products: []  # none\nviews:\n{set_in(2)}"
    assert [one.name for one in editor.workspace.catalogue.views] == ["Income"]
    editor.save(editor.propose(RemoveView("income")))
    assert path.read_text(encoding="utf-8") == "products: []  # none\nviews: []\n"
    assert editor.undo().summary == "view income: removed"
    assert editor.undo().summary == "view Income: added"
    assert path.read_text(encoding="utf-8") == "products: []  # none\n"


def test_a_view_that_somebody_else_changed_meanwhile_is_not_overwritten(
    tmp_path: FilePath,
) -> None:
    path = tmp_path / "products.yaml"
    path.write_text("products: []\nviews: [{name: income}]\n", encoding="utf-8")
    editor = editor_of(path)
    proposal = editor.propose(SaveView(INCOME))
    path.write_text("products: []\nviews: [{name: income, where: sol}]\n", encoding="utf-8")
    with pytest.raises(ConflictError, match=r"where \"{name: income}\" stood"):
        editor.save(proposal)
    assert "sol" in path.read_text(encoding="utf-8")
    editor = editor_of(path)
    proposal = editor.propose(SaveView(INCOME))
    path.write_text("products: []  # x\nviews: [{name: income, where: sol}]\n", encoding="utf-8")
    editor.save(proposal)
    assert path.read_text(encoding="utf-8").startswith("products: []  # x\nviews: [{name: Income, ")
