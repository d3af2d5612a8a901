"""Changing the open catalogue: propose, save, undo; others may be at it, too."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import TODAY
from etfcompare.catalogue.edits import EditError
from etfcompare.catalogue.hunks import hunks
from etfcompare.catalogue.problem import Severity
from etfcompare.catalogue.saving import SaveError
from etfcompare.catalogue.store import Location, Origin
from etfcompare.editing import (
    AddProduct,
    Change,
    Editor,
    PackagedError,
    RefusedError,
    RemoveProduct,
    SetValue,
)
from etfcompare.errors import ConflictError, UsageError
from etfcompare.workspace import Workspace

TEXT = b"""\
\xef\xbb\xbfschema: 1\r
assets: {SOL: {}}\r
products:\r
  # the first\r
  - ticker: AAA\r
    asset: SOL\r
    fee: {rate:  0.20%, as_of: 2026-11-01}   # three\r
\r
  - ticker: BBB\r
    asset: SOL\r
    fee: {rate: 0.30%, as_of: 2026-11-01}"""

RATE = SetValue("AAA", ("fee", "rate"), "0.19%")
CHANGED = TEXT.replace(b"0.20%", b"0.19%")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "products.yaml"
    path.write_bytes(TEXT)
    return path


def open_editor(path: Path) -> Editor:
    workspace = Workspace.open(str(path), environ={}, folder=path.parent, today=lambda: TODAY)
    return Editor(workspace, path.parent / "state")


@pytest.fixture
def editor(path: Path) -> Editor:
    return open_editor(path)


# Propose


def test_a_proposal_writes_nothing_and_changes_nothing_that_is_open(
    path: Path, editor: Editor
) -> None:
    proposal = editor.propose(RATE)
    assert proposal.after.data == CHANGED
    assert proposal.summary == "fee.rate of AAA: 0.20% -> 0.19%"
    assert list(proposal.diff()) == [
        "@@ -7 +7 @@",
        "-    fee: {rate:  0.20%, as_of: 2026-11-01}   # three",
        "+    fee: {rate:  0.19%, as_of: 2026-11-01}   # three",
    ]
    assert path.read_bytes() == TEXT
    assert editor.workspace.document.data == TEXT


def test_a_diff_shows_as_much_around_it_as_is_asked_for(editor: Editor) -> None:
    lines = list(editor.propose(SetValue("BBB", ("fee", "rate"), "1%")).diff(1))
    assert lines[0] == "@@ -10,2 +10,2 @@"
    assert lines[1] == "     asset: SOL"
    assert [line[:1] for line in lines[2:]] == ["-", "+"]


def test_a_diff_counts_lines_as_editors_do(path: Path) -> None:
    path.write_bytes(TEXT.replace(b"    asset", '    note: "a\u2028b"\r\n    asset'.encode(), 1))
    assert next(open_editor(path).propose(RATE).diff()) == "@@ -8 +8 @@"


def test_a_diff_keeps_lines_that_look_like_a_header_of_it() -> None:
    found = list(hunks("a\n-- x\n++ y\nb\n", "a\nb\n"))
    assert found == ["@@ -2,2 +1,0 @@", "--- x", "-++ y"]


@given(st.lists(st.sampled_from("abc")), st.lists(st.sampled_from("abc")), st.integers(0, 3))
def test_a_diff_is_the_one_that_everybody_knows(
    before: list[str], after: list[str], context: int
) -> None:
    old, new = ("".join(f"{line}\n" for line in lines) for lines in (before, after))
    found = list(hunks(old, new, context))
    assert bool(found) == (before != after)
    assert _patched(before, found) == after


def _patched(before: list[str], lines: list[str]) -> list[str]:
    """Apply a diff, trusting its line numbers."""
    after: list[str] = []
    place = 0
    for line in lines:
        if header := re.fullmatch(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", line):
            start = int(header[1]) - (header[2] != "0")
            after += before[place:start]
            place = start
            assert int(header[3]) - (header[4] != "0") == len(after)
            continue
        if line[0] in " -":
            assert before[place] == line[1:]
            place += 1
        if line[0] in " +":
            after.append(line[1:])
    return after + before[place:]


def test_several_changes_are_one_proposal(editor: Editor) -> None:
    proposal = editor.propose(RATE, SetValue("AAA", ("fee", "as_of"), "2026-11-20"))
    assert proposal.after.data == CHANGED.replace(b"2026-11-01", b"2026-11-20", 1)
    assert proposal.summary == "fee.rate of AAA: 0.20% -> 0.19%"


def test_the_summary_is_of_what_changes(editor: Editor) -> None:
    same = SetValue("AAA", ("fee", "rate"), "0.20%")
    proposal = editor.propose(same, SetValue("AAA", ("fee", "as_of"), "2026-11-20"))
    assert proposal.summary == "fee.as_of of AAA: 2026-11-01 -> 2026-11-20"


def test_the_same_value_again_is_no_change(path: Path, editor: Editor) -> None:
    proposal = editor.propose(SetValue("AAA", ("fee", "rate"), "0.20%"))
    assert proposal.is_empty
    stamp = path.stat().st_mtime_ns
    assert editor.save(proposal).backup is None
    assert path.stat().st_mtime_ns == stamp
    assert editor.done == []


def test_the_packaged_catalogue_is_never_changed(path: Path, editor: Editor) -> None:
    editor.workspace.location = Location(path, Origin.PACKAGED)
    with pytest.raises(PackagedError, match="etfcompare init"):
        editor.propose(RATE)


def test_a_change_of_what_is_not_there_is_refused(editor: Editor) -> None:
    with pytest.raises(EditError, match="no product"):
        editor.propose(SetValue("CCC", ("fee", "rate"), "1%"))


# Problems


def test_only_problems_that_the_change_makes_are_new(path: Path) -> None:
    path.write_bytes(TEXT.replace(b"0.30%", b"a lot"))
    proposal = open_editor(path).propose(SetValue("AAA", ("fee", "rate"), "19%"))
    (problem,) = proposal.new_problems
    assert (problem.path, problem.severity) == ("products[AAA].fee.rate", Severity.WARNING)


def test_a_problem_that_only_moved_is_not_new(path: Path) -> None:
    path.write_bytes(TEXT.replace(b"0.30%", b"a lot"))
    proposal = open_editor(path).propose(SetValue("AAA", ("name",), "Ah"))
    assert proposal.before.text.count("\n") < proposal.after.text.count("\n")
    assert proposal.new_problems == ()


TWINS = b"""\
schema: 1
assets: {SOL: {}}
products:
  - ticker: A
    asset: SOL
    fee: {rate: 1%}
  - ticker: A
    asset: SOL
    fee: {rate: a lot}
"""


def test_a_problem_that_names_another_line_since_it_moved_is_not_new(path: Path) -> None:
    path.write_bytes(TWINS)
    proposal = open_editor(path).propose(SetValue("A", ("name",), "Ah"))
    assert any("stands again on line 8" in one.message for one in proposal.reading.problems)
    assert proposal.new_problems == ()


def test_a_problem_that_stands_twice_where_it_stood_once_is_new(path: Path) -> None:
    path.write_bytes(TWINS)
    proposal = open_editor(path).propose(SetValue("A", ("fee", "rate"), "a lot"))
    (problem,) = proposal.new_problems
    assert problem.path == "products[A].fee.rate"


def test_a_change_that_makes_an_error_is_not_saved(path: Path, editor: Editor) -> None:
    proposal = editor.propose(SetValue("AAA", ("fee", "rate"), "a lot"))
    with pytest.raises(RefusedError) as refused:
        editor.save(proposal)
    said = str(refused.value)
    assert said.startswith(f'{path}:7:18: error: products[AAA].fee.rate: "a lot"')
    assert refused.value.problems == proposal.errors
    assert path.read_bytes() == TEXT


def test_a_file_with_other_errors_can_be_changed(path: Path) -> None:
    wrong = TEXT.replace(b"0.30%", b"a lot")
    path.write_bytes(wrong)
    editor = open_editor(path)
    editor.save(editor.propose(RATE))
    assert path.read_bytes() == wrong.replace(b"0.20%", b"0.19%")


# Save


def test_saving_changes_the_value_and_not_a_byte_else(path: Path, editor: Editor) -> None:
    saved = editor.save(editor.propose(RATE))
    assert path.read_bytes() == CHANGED
    assert saved.sha256 == hashlib.sha256(CHANGED).hexdigest()
    assert saved.backup is not None
    assert saved.backup.read_bytes() == TEXT
    assert editor.workspace.document.data == CHANGED
    assert editor.workspace.catalogue.products[0].fee is not None


def test_s15_a_change_of_another_product_meanwhile_is_kept(path: Path, editor: Editor) -> None:
    proposal = editor.propose(RATE)
    path.write_bytes(b"# new first line\r\n" + TEXT[3:].replace(b"0.30%", b"0.31%"))
    editor.save(proposal)
    both = b"# new first line\r\n" + CHANGED[3:].replace(b"0.30%", b"0.31%")
    assert path.read_bytes() == both
    assert editor.workspace.document.data == both


def test_s16_a_change_of_the_same_value_meanwhile_is_told(path: Path, editor: Editor) -> None:
    proposal = editor.propose(RATE)
    theirs = TEXT.replace(b"0.20%", b"0.18%")
    path.write_bytes(theirs)
    with pytest.raises(ConflictError) as conflict:
        editor.save(proposal)
    assert all(value in str(conflict.value) for value in ("0.20%", "0.19%", "0.18%"))
    assert conflict.value.current == theirs
    assert path.read_bytes() == theirs
    assert editor.workspace.document.data == TEXT
    assert editor.done == []


@pytest.mark.parametrize(
    "change", [RATE, RemoveProduct("AAA"), AddProduct("CCC", like="AAA")], ids=str
)
def test_a_product_that_somebody_else_changed_is_a_conflict(
    path: Path, editor: Editor, change: Change
) -> None:
    proposal = editor.propose(change)
    theirs = TEXT.replace(b"0.20%", b"0.18%")
    path.write_bytes(theirs)
    with pytest.raises(ConflictError):
        editor.save(proposal)
    assert path.read_bytes() == theirs


def test_a_product_that_somebody_else_removed_is_a_conflict(path: Path, editor: Editor) -> None:
    proposal = editor.propose(RATE)
    theirs = open_editor(path)
    theirs.save(theirs.propose(RemoveProduct("AAA")))
    without = path.read_bytes()
    with pytest.raises(ConflictError, match="nothing"):
        editor.save(proposal)
    assert path.read_bytes() == without


def test_a_file_that_cannot_be_read_any_more_is_a_conflict(path: Path, editor: Editor) -> None:
    proposal = editor.propose(RATE)
    path.write_bytes(b"products: [")
    with pytest.raises(ConflictError, match="cannot be read"):
        editor.save(proposal)
    assert path.read_bytes() == b"products: ["


def test_a_file_that_is_gone_is_a_conflict(path: Path, editor: Editor) -> None:
    proposal = editor.propose(RATE)
    path.unlink()
    with pytest.raises(ConflictError) as conflict:
        editor.save(proposal)
    assert conflict.value.current is None
    assert not path.exists()


def test_an_error_that_only_the_newer_text_makes_is_refused(path: Path) -> None:
    text = TEXT.replace(b"products:", b"sources: {desk: {}}\r\nproducts:")
    path.write_bytes(text)
    editor = open_editor(path)
    proposal = editor.propose(SetValue("AAA", ("fee", "source"), "desk"))
    assert not proposal.errors
    theirs = text.replace(b"desk", b"lamp")
    path.write_bytes(theirs)
    with pytest.raises(RefusedError, match="desk"):
        editor.save(proposal)
    assert path.read_bytes() == theirs


def test_two_editors_lose_nothing_of_each_other(path: Path, editor: Editor) -> None:
    other = open_editor(path)
    mine = editor.propose(RATE)
    yours = other.propose(SetValue("BBB", ("fee", "rate"), "0.31%"))
    other.save(yours)
    editor.save(mine)
    assert path.read_bytes() == CHANGED.replace(b"0.30%", b"0.31%")


def test_a_read_only_file_is_left_alone(path: Path, editor: Editor) -> None:
    path.chmod(0o444)
    with pytest.raises(SaveError, match="read-only"):
        editor.save(editor.propose(RATE))
    assert path.read_bytes() == TEXT
    assert editor.workspace.document.data == TEXT


# Undo and redo


def test_undo_and_redo_restore_every_byte(path: Path, editor: Editor) -> None:
    states = [TEXT]
    for change in (RATE, AddProduct("CCC", like="BBB"), RemoveProduct("AAA")):
        editor.save(editor.propose(change))
        states.append(path.read_bytes())
    assert len(set(states)) == 4
    for state in states[-2::-1]:
        editor.undo()
        assert path.read_bytes() == editor.workspace.document.data == state
    for state in states[1:]:
        editor.redo()
        assert path.read_bytes() == editor.workspace.document.data == state


def test_there_is_an_end_to_undo_and_redo(editor: Editor) -> None:
    with pytest.raises(UsageError, match="nothing to undo"):
        editor.undo()
    with pytest.raises(UsageError, match="nothing to redo"):
        editor.redo()


def test_a_new_change_ends_what_could_be_done_again(editor: Editor) -> None:
    editor.save(editor.propose(RATE))
    editor.undo()
    editor.save(editor.propose(SetValue("AAA", ("fee", "rate"), "0.18%")))
    with pytest.raises(UsageError, match="nothing to redo"):
        editor.redo()


def test_s27_undo_never_overwrites_what_somebody_else_wrote(path: Path, editor: Editor) -> None:
    editor.save(editor.propose(RATE))
    theirs = CHANGED + b"  # by hand"
    path.write_bytes(theirs)
    with pytest.raises(ConflictError, match="changed since"):
        editor.undo()
    assert path.read_bytes() == theirs
    path.write_bytes(CHANGED)
    editor.undo()
    assert path.read_bytes() == TEXT


def test_undo_after_a_change_on_a_newer_text_keeps_that_text(path: Path, editor: Editor) -> None:
    proposal = editor.propose(RATE)
    theirs = TEXT.replace(b"0.30%", b"0.31%")
    path.write_bytes(theirs)
    editor.save(proposal)
    editor.undo()
    assert path.read_bytes() == theirs
