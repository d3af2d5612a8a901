"""Taking the answer along: what is written and copied is what is shown, or a line says why not."""

from __future__ import annotations

import csv
import io
import json
import os
import pwd
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

import pytest
from textual.widgets import Input, Static

from conftest import TODAY
from etfcompare.clipboard import Copied
from etfcompare.export import Form, manifest_of
from etfcompare.export import written as exported
from etfcompare.tui.export_form import KINDS, PICTURE, ExportForm, Kind, suffix_of
from screens import SMALL, products, text_of, written
from told import Telling

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.pilot import Pilot

SIZE: Final = (120, 40)
PROPOSED: Final = f"etfcompare-{TODAY}"
XTERM: Final = {"TERM": "xterm-256color"}


def names_in(folder: Path) -> list[str]:
    """What is in a folder."""
    return sorted(one.name for one in folder.iterdir())


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder."""
    path = tmp_path / "here"
    path.mkdir()
    monkeypatch.chdir(path)
    return path


def terminal(monkeypatch: pytest.MonkeyPatch, environ: Mapping[str, str], path: Path) -> None:
    """Sit at another terminal, with the programs of one folder."""
    names = ("TERM_PROGRAM", "TMUX", "STY", "DISPLAY", "WAYLAND_DISPLAY", "KITTY_WINDOW_ID")
    for name in (*names, "WT_SESSION", "ALACRITTY_WINDOW_ID", "SSH_TTY", "SSH_CONNECTION"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PATH", str(path))


async def asked(pilot: Pilot[None], digit: str, name: str | None = None) -> None:
    """Open the form, choose a format and type a name."""
    await pilot.press("x")
    await pilot.pause()
    await pilot.press(digit)
    await pilot.pause()
    if name is not None:
        pilot.app.screen.query_one(Input).value = name
        await pilot.pause()


async def confirmed(pilot: Pilot[None], times: int = 1) -> None:
    """Press Enter so often, and let the file be written."""
    for _ in range(times):
        await pilot.press("enter")
        await pilot.pause()
    await pilot.pause()
    await pilot.pause()


def digit_of(kind: Kind) -> str:
    """The digit that chooses a format."""
    return str(KINDS.index(kind) + 1)


# Files


@pytest.mark.parametrize("form", list(Form))
async def test_a_file_is_what_the_table_shows_pins_and_suppositions_included(
    tmp_path: Path, folder: Path, form: Form
) -> None:
    app = Telling(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        screen = products(app)
        await pilot.press("A")
        screen.assume(screen.scenario.but("horizon", 900))
        await pilot.press("slash", *"sol", "enter")
        await pilot.pause()
        await asked(pilot, digit_of(form))
        await confirmed(pilot)
        path = folder / f"{PROPOSED}{form.suffix}"
        assert names_in(folder) == [path.name]
        text = path.read_bytes().decode("utf-8")
        assert text == exported(screen.workspace, screen.sheet, form)
        assert {"BRAVO", "ECHO"} <= set(re.findall(r"[A-Z]{4,}", text))
        assert "ALFA" not in text
        assert app.told == [f"wrote {path}"]


async def test_csv_and_json_hold_the_columns_of_the_pin_under_the_scenario_in_force(
    tmp_path: Path, folder: Path
) -> None:
    app = Telling(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("A")
        products(app).assume(products(app).scenario.but("horizon", 900))
        await pilot.pause()
        for form in (Form.CSV_RAW, Form.JSON):
            await asked(pilot, digit_of(form))
            await confirmed(pilot)
        shown = [one.key for one in products(app).sheet.columns]
        assert "net_yield@A" in shown
        rows = list(csv.reader(io.StringIO((folder / f"{PROPOSED}.csv").read_text("utf-8"))))
        assert [one for one in rows[0] if one in shown] == shown
        said = json.loads((folder / f"{PROPOSED}.json").read_text("utf-8"))
        assert list(said["figures"]) == shown
        assert said["scenario"] != said["pins"]["A"]
        by_ticker = [row["ticker"] for row in said["rows"]]
        assert by_ticker == [row[rows[0].index("ticker")] for row in rows[1:]]


async def test_a_picture_is_the_table_without_the_form_and_loads_nothing(
    tmp_path: Path, folder: Path
) -> None:
    app = Telling(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await asked(pilot, digit_of(PICTURE))
        assert "Export what is shown" in text_of(app)
        await confirmed(pilot)
        text = (folder / f"{PROPOSED}.svg").read_text("utf-8").replace("&#160;", " ")
        assert "BRAVO" in text
        assert "Export what" not in text
        assert "http" not in text.replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert "@import" not in text
        assert "url(" not in re.sub(r"url\(#[^)]+\)", "", text)


async def test_a_picture_says_within_what_it_stands_on(tmp_path: Path, folder: Path) -> None:
    app = Telling(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        screen = products(app)
        screen.show(screen.look.filtered("aum>50M"))
        await pilot.pause()
        await asked(pilot, digit_of(PICTURE))
        await confirmed(pilot)
        root = ET.parse(folder / f"{PROPOSED}.svg").getroot()  # noqa: S314 - our own
        assert root[0].tag.endswith("}desc")
        assert root[0].text == manifest_of(screen.workspace, screen.sheet)
        assert "filter aum>50M" in (root[0].text or "")


async def test_the_name_of_a_view_is_in_the_proposed_one(tmp_path: Path, folder: Path) -> None:
    views = 'views:\n  - {name: "../Ä ~big\\t[b]!", sort: aum}\n'
    app = Telling(written(tmp_path, SMALL + views))
    async with app.run_test(size=SIZE) as pilot:
        for digit, name in (("2", "cheapest-over-3-years-"), ("7", "big-b-")):
            await pilot.press("v")
            await pilot.pause()
            await pilot.press(digit)
            await pilot.pause()
            await asked(pilot, "1")
            await confirmed(pilot)
            assert (folder / f"etfcompare-{name}{TODAY}.csv").is_file()


async def test_a_file_that_is_there_is_replaced_only_when_asked_twice(
    tmp_path: Path, folder: Path
) -> None:
    mine = folder / "mine.csv"
    mine.write_text("dear to me", encoding="utf-8")
    app = Telling(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await asked(pilot, "1", "mine.csv")
        assert "this file exists; enter twice replaces it" in text_of(app)
        await confirmed(pilot)
        assert isinstance(app.screen, ExportForm)
        await pilot.press("escape")
        await pilot.pause()
        assert mine.read_text(encoding="utf-8") == "dear to me"
        await asked(pilot, "1", "mine.csv")
        await confirmed(pilot, 2)
        assert "BRAVO" in mine.read_text(encoding="utf-8")
        assert names_in(folder) == ["mine.csv"]


async def test_a_file_that_came_meanwhile_is_not_replaced(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = Telling(written(tmp_path))
    mine = folder / "mine.csv"

    async with app.run_test(size=SIZE) as pilot:
        await asked(pilot, "1", "mine.csv")
        monkeypatch.setattr(app.screen, "_exists", lambda _: False)
        mine.write_text("dear to me", encoding="utf-8")
        await confirmed(pilot)
        assert mine.read_text(encoding="utf-8") == "dear to me"
        assert app.told == [f"{mine}: is there already; nothing was written"]


@pytest.mark.parametrize("kind", KINDS)
async def test_each_format_goes_up_and_to_the_home_folder(tmp_path: Path, kind: Kind) -> None:
    app = Telling(written(tmp_path))
    suffix = suffix_of(kind)
    async with app.run_test(size=SIZE) as pilot:
        await asked(pilot, digit_of(kind), f"../up{suffix}")
        assert str(tmp_path / f"up{suffix}") in text_of(app).replace("\n", "")
        await confirmed(pilot)
        await asked(pilot, digit_of(kind), f"~/at home{suffix}")
        await confirmed(pilot)
    assert (tmp_path / f"up{suffix}").is_file()
    assert (Path(os.environ["HOME"]) / f"at home{suffix}").is_file()


async def test_the_home_of_a_user_is_named_as_in_a_shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = pwd.struct_passwd(("ann", "x", 1, 1, "", str(tmp_path), ""))

    def ann(name: str) -> pwd.struct_passwd:
        if name == "ann":
            return entry
        raise KeyError(name)

    monkeypatch.setattr(pwd, "getpwnam", ann)
    app = Telling(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await asked(pilot, "1", "~bob/x.csv")
        assert 'no user is called "bob"' in text_of(app)
        await pilot.press("escape")
        await asked(pilot, "1", "~ann/x.csv")
        await confirmed(pilot)
    assert (tmp_path / "x.csv").is_file()


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("missing/x.csv", "its folder is not there"),
        ("..", "names no file"),
        ("../..", "names no file"),
        ("", "type the name of a file"),
        ("sub", "it is a folder"),
        ("sub/", "names no file"),
        ("link.csv", "it is a link"),
        ("file/x.csv", "not written"),
        ("read-only.csv", "read-only"),
        ("x" * 300 + ".csv", "too long"),
        ("pipe", "no regular file"),
    ],
)
async def test_a_place_where_nothing_can_be_written_is_one_line_in_the_form(
    tmp_path: Path, folder: Path, name: str, why: str
) -> None:
    (folder / "sub").mkdir()
    (folder / "file").touch()
    (folder / "read-only.csv").touch(0o444)
    (tmp_path / "target.csv").write_text("dear to me", encoding="utf-8")
    (folder / "link.csv").symlink_to(tmp_path / "target.csv")
    os.mkfifo(folder / "pipe")
    before = names_in(folder) + names_in(folder / "sub")
    app = Telling(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await asked(pilot, "1", name)
        assert "✗" in text_of(app)
        # Where the line breaks depends on how long the name of the folder is.
        assert why in str(app.screen.query_one("#outcome", Static).content)
        await confirmed(pilot, 2)
        assert isinstance(app.screen, ExportForm)
        assert app.told == []
    assert names_in(folder) + names_in(folder / "sub") == before
    assert (tmp_path / "target.csv").read_text(encoding="utf-8") == "dear to me"


async def test_a_nul_that_is_pasted_is_never_one_in_the_name(tmp_path: Path, folder: Path) -> None:
    app = Telling(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await asked(pilot, "1", "a\0b.csv")
        assert "a\\x00b.csv" in text_of(app)
        await confirmed(pilot)
    assert names_in(folder) == ["a\\x00b.csv"]


async def test_a_folder_that_takes_no_files_is_one_line(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really_open = os.open

    def refusing(path: str, flags: int, mode: int = 0o777) -> int:
        if flags & os.O_CREAT and str(path).startswith(str(folder)):
            raise PermissionError(13, "Permission denied")
        return really_open(path, flags, mode)

    app = Telling(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await asked(pilot, "1", "x.csv")
        monkeypatch.setattr(os, "open", refusing)
        await confirmed(pilot)
        monkeypatch.undo()
        assert app.told == [f"{folder}/x.csv: not written: Permission denied"]
    assert names_in(folder) == []


async def test_a_current_folder_that_is_gone_is_one_line(tmp_path: Path, folder: Path) -> None:
    app = Telling(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        os.rmdir(folder)  # noqa: PTH106 - a call that blocks no longer than the one of a path
        await asked(pilot, "1")
        assert "the current folder is gone" in text_of(app)
        await pilot.press("escape")
        await asked(pilot, "1", str(tmp_path / "x.csv"))
        await confirmed(pilot)
        os.chdir(tmp_path)
    assert (tmp_path / "x.csv").is_file()


async def test_escape_writes_nothing(tmp_path: Path, folder: Path) -> None:
    app = Telling(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await asked(pilot, "1")
        await pilot.press("escape")
        await pilot.pause()
        assert app.told == []
    assert names_in(folder) == []


# The clipboard


class Copying(Telling):
    """The app; it keeps what the terminal is asked to copy."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.copies: list[str] = []

    def copy_to_clipboard(self, text: str) -> None:
        """Keep it."""
        self.copies.append(text)
        super().copy_to_clipboard(text)


async def test_a_figure_is_copied_as_people_read_it_and_a_row_with_tabs(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal(monkeypatch, {"TERM": "xterm-kitty"}, folder)
    app = Copying(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        screen = products(app)
        screen.grid.move_to_column("net_yield")
        await pilot.press("y", "Y")
        await pilot.pause()
        cell, row = app.copies
        assert re.fullmatch(r"[−\d.]+%", cell)
        assert row.split("\t")[0] == "BRAVO"
        assert len(row.split("\t")) == len(screen.sheet.columns)
        assert cell in row.split("\t")
        assert app.told[0] == f"copied {cell}"
        assert app.told[1].startswith("copied BRAVO")


@pytest.mark.parametrize(
    ("environ", "copies", "said"),
    [
        ({"TERM": "linux"}, 0, "asked to copy, this terminal takes no copies"),
        (XTERM | {"TERM_PROGRAM": "Apple_Terminal"}, 0, "this terminal takes no copies"),
        (XTERM, 1, "asked to copy, the terminal may refuse"),
        ({"TERM": "tmux-256color", "TMUX": "socket,1,0"}, 1, "the terminal may refuse"),
        ({"TERM": "foot"}, 1, "copied "),
    ],
)
async def test_what_is_known_of_the_terminal_is_told(
    tmp_path: Path,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    environ: Mapping[str, str],
    copies: int,
    said: str,
) -> None:
    terminal(monkeypatch, environ, folder)
    app = Copying(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("y")
        await pilot.pause()
        assert len(app.copies) == copies
        [told] = app.told
        assert said in told
        assert "\n" not in told


async def test_the_tool_of_the_machine_copies_where_the_terminal_cannot(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = folder / "xclip"
    taken = tmp_path / "taken"
    tool.write_text(
        f"#!{sys.executable}\nimport pathlib, sys\n"
        f"pathlib.Path({str(taken)!r}).write_bytes(sys.stdin.buffer.read())\n",
        encoding="utf-8",
    )
    tool.chmod(0o755)
    terminal(monkeypatch, {"TERM": "linux", "DISPLAY": ":0"}, folder)
    app = Copying(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        products(app).grid.move_to_column("ticker")
        await pilot.press("y")
        await pilot.pause()
        assert taken.read_text(encoding="utf-8") == "BRAVO"
        assert app.copies == []
        assert app.told == ["copied BRAVO"]


async def test_a_tool_that_fails_is_named(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal(monkeypatch, XTERM, folder)
    failed = Copied(None, "xclip failed with exit code 1")
    monkeypatch.setattr("etfcompare.tui.taking.native_copy", lambda _text, _environ: failed)
    app = Copying(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("Y")
        await pilot.pause()
        [told] = app.told
        assert "the terminal may refuse; xclip failed with exit code 1: BRAVO" in told
        assert len(app.copies) == 1


async def test_what_is_copied_carries_no_control_characters(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal(monkeypatch, {"TERM": "foot"}, folder)
    hostile = SMALL.replace("issuer: Meadow", 'issuer: "M\\e]52;c;eA\\a\\n\\t[b]"')
    app = Copying(written(tmp_path, hostile))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("Y")
        await pilot.pause()
        [row] = app.copies
        assert row.replace("\t", "").isprintable()
        assert len(row.split("\t")) == len(products(app).sheet.columns)
        assert app.told[0].isprintable()


async def test_without_a_product_nothing_is_copied(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal(monkeypatch, {"TERM": "foot"}, folder)
    app = Copying(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("slash", *"nothing", "enter", "y", "Y")
        await pilot.pause()
        assert app.copies == []
        assert app.told == []
