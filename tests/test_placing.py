"""New files: whole or not there, never over a link, never over a file unasked."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etfcompare.catalogue.filesystem import FileSystem
from etfcompare.catalogue.placing import PlaceError, TakenError, is_taken, place_file, resolved
from etfcompare.errors import UsageError

OLD: Final = b"old"
NEW: Final = b"new, and longer than the old"
CALLS: Final = frozenset(name for name in vars(FileSystem) if not name.startswith("_"))


class Faulty(FileSystem):
    """The real file system, of which one call fails."""

    def __init__(self, at: int | None, fault: Callable[[], BaseException]) -> None:
        self._at = at
        self._fault = fault
        self.calls: list[str] = []

    def __getattribute__(self, name: str) -> object:
        method = super().__getattribute__(name)
        if name not in CALLS:
            return method

        def call(*arguments: object) -> object:
            self.calls.append(name)
            fails = len(self.calls) - 1 == self._at
            result = method(*arguments) if not fails or name == "close" else None
            if fails:
                raise self._fault()
            return result

        return call


def failure() -> OSError:
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def names(folder: Path) -> set[str]:
    return {one.name for one in folder.iterdir()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "exports"
    made.mkdir()
    return made


def test_a_new_file_holds_the_content_and_stands_alone(folder: Path) -> None:
    path = place_file(folder / "a.csv", NEW, replace=False)
    assert path == folder / "a.csv"
    assert path.read_bytes() == NEW
    assert names(folder) == {"a.csv"}


def test_a_new_file_is_for_all_to_read_as_far_as_the_umask_lets(folder: Path) -> None:
    before = os.umask(0o027)
    try:
        path = place_file(folder / "a.csv", NEW, replace=False)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_file_that_is_there_stays_unless_asked_for(folder: Path) -> None:
    path = folder / "a.csv"
    assert not is_taken(path)
    path.write_bytes(OLD)
    assert is_taken(path)
    with pytest.raises(TakenError, match=r"a\.csv: is there already; nothing was written"):
        place_file(path, NEW, replace=False)
    assert path.read_bytes() == OLD


def test_a_replaced_file_keeps_its_permissions(folder: Path) -> None:
    path = folder / "a.csv"
    path.write_bytes(OLD)
    path.chmod(0o600)
    place_file(path, NEW, replace=True)
    assert path.read_bytes() == NEW
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("replace", [True, False])
@pytest.mark.parametrize("is_dangling", [True, False])
def test_a_link_is_not_followed(folder: Path, *, replace: bool, is_dangling: bool) -> None:
    aim = folder / "aim"
    if not is_dangling:
        aim.write_bytes(OLD)
    link = folder / "a.csv"
    link.symlink_to(aim)
    with pytest.raises(PlaceError, match="it is a link; name the file that it leads to"):
        place_file(link, NEW, replace=replace)
    assert link.is_symlink()
    assert aim.read_bytes() == OLD if aim.exists() else is_dangling


def test_folders_may_be_links(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(folder)
    assert place_file(tmp_path / "link" / "a.csv", NEW, replace=False) == folder / "a.csv"


def test_what_is_no_plain_writable_file_is_refused(folder: Path) -> None:
    (folder / "below").mkdir()
    os.mkfifo(folder / "pipe")
    (folder / "kept").write_bytes(OLD)
    (folder / "kept").chmod(0o444)
    for name, why in (
        ("below", "it is a folder; add a name"),
        ("pipe", "it is no regular file"),
        ("kept", "the file that is there is read-only"),
        ("none/a.csv", "its folder is not there; make it first"),
        ("kept/a.csv", "kept is no folder"),
        ("a\0.csv", "its name holds a NUL"),
        ("x" * 300, "File name too long"),
        ("a\ud800", "UnicodeEncodeError"),
    ):
        with pytest.raises(PlaceError, match=why):
            place_file(folder / name, NEW, replace=True)
    assert names(folder) == {"below", "pipe", "kept"}


def test_every_call_that_fails_leaves_the_old_file_or_the_new_one(folder: Path) -> None:
    path = folder / "a.csv"
    path.write_bytes(OLD)
    counted = Faulty(None, failure)
    place_file(path, NEW, replace=True, system=counted)
    assert {"open", "fchmod", "pwrite", "fsync", "close", "replace"} <= set(counted.calls)
    last = counted.calls.index("replace")
    for at in range(len(counted.calls)):
        path.write_bytes(OLD)
        faulty = Faulty(at, failure)
        if at <= last:
            with pytest.raises(PlaceError, match="No space left on device"):
                place_file(path, NEW, replace=True, system=faulty)
            assert path.read_bytes() == OLD
        else:
            place_file(path, NEW, replace=True, system=faulty)
            assert path.read_bytes() == NEW
        assert names(folder) == {"a.csv"}


def test_an_interruption_leaves_nothing_behind(folder: Path) -> None:
    counted = Faulty(None, failure)
    place_file(folder / "other", NEW, replace=False, system=counted)
    for at in range(counted.calls.index("pwrite"), counted.calls.index("replace") + 1):
        with pytest.raises(KeyboardInterrupt):
            place_file(folder / "a.csv", NEW, replace=False, system=Faulty(at, KeyboardInterrupt))
        assert names(folder) == {"other"}


def test_a_file_that_appears_meanwhile_is_not_replaced(folder: Path) -> None:
    class Late(FileSystem):
        def close(self, handle: int) -> None:
            super().close(handle)
            (folder / "a.csv").write_bytes(OLD)

    with pytest.raises(TakenError):
        place_file(folder / "a.csv", NEW, replace=False, system=Late())
    assert (folder / "a.csv").read_bytes() == OLD
    assert names(folder) == {"a.csv"}


def test_t29_the_path_that_is_shown_is_absolute(tmp_path: Path) -> None:
    below = tmp_path / "one" / "two"
    below.mkdir(parents=True)
    home = {"HOME": "/home/me"}
    for text, path in (
        ("../../x", tmp_path / "x"),
        (" funds.csv ", below / "funds.csv"),
        ("~/funds.csv", Path("/home/me/funds.csv")),
        ("~root/x", Path("~root").expanduser() / "x"),
        ("./~x", below / "~x"),
        ("/x/../y", Path("/y")),
    ):
        assert resolved(text, below, home) == Path(os.path.realpath(path.parent)) / path.name


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        ".",
        "..",
        "x/",
        "x/..",
        "/",
        "~",
        "~/",
        "a\0b",
        "~nobody-of-that-name/x",
        "a\ud800",
    ],
)
def test_t29_what_names_no_file_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        resolved(text, tmp_path, {"HOME": "/home/me"})
    assert str(caught.value).isprintable()


def test_without_a_home_a_tilde_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="HOME is not set"):
        resolved("~/x", tmp_path, {})


@given(st.text())
def test_whatever_is_typed_names_an_absolute_path_or_is_refused(text: str) -> None:
    try:
        path = resolved(text, Path("/"), {"HOME": "/"})
    except UsageError:
        return
    assert path.is_absolute()
    assert ".." not in path.parts
