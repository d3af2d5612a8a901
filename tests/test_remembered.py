"""What is remembered from run to run: never fatal, never silent, never more than it is."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etfcompare.catalogue.filesystem import FileSystem
from etfcompare.engine.comparison import SortKey
from etfcompare.engine.figures import FIGURES
from etfcompare.remembered import MOST_BYTES, WIDEST, Remembered, recall, remember

STATE: Final = Remembered(
    view="Income",
    sort=(SortKey("net_yield", descending=True), SortKey("ticker", descending=False)),
    columns=("ticker", "aum"),
    widths={"ticker": 12},
    theme="nord",
)
KEYS: Final = st.sampled_from(tuple(FIGURES))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state" / "etfcompare"


def written(folder: Path, content: object) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "state.json"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


def test_what_is_remembered_is_recalled(folder: Path) -> None:
    assert remember(folder, STATE) is None
    assert recall(folder) == (STATE, None)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "state.json").stat().st_mode & 0o777 == 0o600
    assert [one.name for one in folder.iterdir()] == ["state.json"]


@given(
    st.builds(
        Remembered,
        view=st.none() | st.text(),
        sort=st.lists(st.builds(SortKey, KEYS, st.booleans())).map(tuple),
        columns=st.lists(KEYS, unique=True).map(tuple),
        widths=st.dictionaries(KEYS, st.integers(1, WIDEST)),
        theme=st.none() | st.text(),
    )
)
def test_any_state_is_recalled_as_it_was(state: Remembered) -> None:
    class Memory(FileSystem):
        """Keeps one file and nothing on the disk."""

        content = b""

        def pwrite(self, handle: int, content: memoryview, offset: int) -> int:
            type(self).content = bytes(content)
            return super().pwrite(handle, content, offset)

    folder = Path(os.environ["XDG_STATE_HOME"])
    assert remember(folder, state, system=Memory()) is None
    assert recall(folder) == (state, None)
    assert Memory.content.isascii()


def test_a_first_run_remembers_nothing_and_makes_nothing(folder: Path) -> None:
    assert recall(folder) == (Remembered(), None)
    assert not folder.exists()


def test_without_a_folder_nothing_is_recalled_and_a_line_says_that_nothing_is_kept() -> None:
    assert recall(None) == (Remembered(), None)
    assert remember(None, STATE) == (
        "neither XDG_STATE_HOME nor HOME names a folder, so the screen is not remembered"
    )


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "is not JSON"),
        (b"{", "is not JSON"),
        (b"\xff", "is not JSON"),
        (b"[" * 50_000, "is not JSON"),
        (b"9" * 50_000, "is not JSON"),
        ([], "holds no state"),
        ({"view": 1}, "says no text under view"),
        ({"theme": ["x"]}, "says no text under theme"),
        ({"sort": "net_yield"}, "says no list of texts under sort"),
        ({"columns": ["aum", 1]}, "says no list of texts under columns"),
        ({"widths": ["aum"]}, "says no widths under widths"),
        ({"widths": {"aum": True}}, "says no widths under widths"),
        ({"widths": {"aum": 0}}, "says no widths under widths"),
        ({"widths": {"aum": 1e9}}, "says no widths under widths"),
        (b" " * (MOST_BYTES + 1), "cannot be read"),
    ],
)
def test_a_damaged_file_is_set_aside_with_a_line(folder: Path, content: object, fault: str) -> None:
    path = written(folder, content)
    damaged = path.read_bytes()
    assert recall(folder) == (
        Remembered(),
        f"{path} {fault}; it was set aside as state.json.damaged",
    )
    assert not path.exists()
    assert (folder / "state.json.damaged").read_bytes() == damaged
    assert recall(folder) == (Remembered(), None)


def test_only_the_last_damaged_file_is_kept(folder: Path) -> None:
    for content in (b"1", b"2"):
        written(folder, content)
        recall(folder)
    assert [one.name for one in folder.iterdir()] == ["state.json.damaged"]
    assert (folder / "state.json.damaged").read_bytes() == b"2"


def test_a_folder_in_place_of_the_file_is_set_aside(folder: Path) -> None:
    (folder / "state.json").mkdir(parents=True)
    _, notice = recall(folder)
    assert notice is not None
    assert notice.endswith("cannot be read; it was set aside as state.json.damaged")
    assert remember(folder, STATE) is None
    assert recall(folder) == (STATE, None)


def test_what_cannot_be_set_aside_is_told_in_one_line(folder: Path) -> None:
    (folder / "state.json").mkdir(parents=True)
    (folder / "state.json.damaged").write_text("x", encoding="utf-8")
    state, notice = recall(folder)
    assert state == Remembered()
    assert notice == (
        f"{folder / 'state.json'} cannot be read and cannot be set aside: Not a directory"
    )


def test_a_state_folder_that_is_a_file_is_told_both_ways(folder: Path) -> None:
    folder.parent.mkdir()
    folder.write_text("x", encoding="utf-8")
    state, notice = recall(folder)
    assert state == Remembered()
    assert notice is not None
    assert "cannot be set aside" in notice
    told = remember(folder, STATE)
    assert told is not None
    assert told.startswith(f"{folder / 'state.json'}: the screen is not remembered: ")


def test_figures_of_another_version_are_left_out_with_a_line(folder: Path) -> None:
    path = written(
        folder,
        {
            "sort": ["-moon\x1b", "+aum"],
            "columns": ["ticker", "moon\x1b", "aum", "ticker"],
            "widths": {"stars": 9, "aum": 8},
            "mood": "good",
        },
    )
    state, notice = recall(folder)
    assert state.sort == (SortKey("aum", descending=False),)
    assert (state.columns, dict(state.widths)) == (("ticker", "aum"), {"aum": 8})
    assert notice == (
        "state.json: this version has no figure moon\\x1b (and 1 more); it is left out"
    )
    assert path.exists()


@pytest.mark.parametrize("call", ["makedirs", "open", "pwrite", "fsync", "replace"])
def test_a_failure_to_remember_is_told_and_leaves_what_was_there(folder: Path, call: str) -> None:
    remember(folder, STATE)

    class Failing(FileSystem):
        """Fails at one call."""

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    setattr(Failing, call, fail)
    assert remember(folder, Remembered(), system=Failing()) == (
        f"{folder / 'state.json'}: the screen is not remembered: No space left on device"
    )
    assert [one.name for one in folder.iterdir()] == ["state.json"]
    assert recall(folder) == (STATE, None)
