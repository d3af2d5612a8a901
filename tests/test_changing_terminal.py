"""Editing with the real command in a real terminal, to the byte."""

from __future__ import annotations

import signal
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from etfcompare.catalogue.saving import stale_temporaries
from pseudoterminal import PseudoTerminal
from screens import SMALL, written
from test_app_terminal import ETFCOMPARE, SHOWN, started
from test_terminal import assert_given_back, environment

if TYPE_CHECKING:
    from collections.abc import Sequence

OLD: Final = SMALL.encode()
CHEAPER: Final = OLD.replace(b"rate: 0.25%", b"rate: 0.10%")
"""ALFA goes before DELTA."""
SAVES: Final = {
    "exit": "sys.exit(1)",
    "kill": "os.kill(os.getpid(), 9)",
    "raw": "import tty; tty.setraw(0); os.write(1, b'\\x1b[?1003h\\x1b[?25l')",
    "clear": "os.write(1, b'\\x1b[2J\\x1b[Hgarbage')",
}


def ranks(pty: PseudoTerminal) -> list[str]:
    """The tickers from top to bottom."""
    words = [row.removeprefix("▌").split() for row in pty.text.splitlines()[4:]]
    return [row[1] for row in words if row and row[0].isdecimal()]


def wait_for_ranks(pty: PseudoTerminal, *tickers: str) -> None:
    """Wait until these are the ranked products, from top to bottom."""
    pty.wait_until(lambda: ranks(pty) == list(tickers), f"order {tickers}")


def editor(folder: Path, deed: str = "") -> str:
    """A value of EDITOR: a program that makes ALFA cheaper and then does something else."""
    script = folder / "editor.py"
    script.write_text(
        "import os, sys, pathlib\n"
        "path = pathlib.Path(sys.argv[-1])\n"
        "path.write_bytes(path.read_bytes().replace(b'rate: 0.25%', b'rate: 0.10%'))\n" + deed,
        encoding="utf-8",
    )
    return f"{sys.executable} -S {script}"


def open_fee(pty: PseudoTerminal) -> None:
    """Filter for bitcoin, go to ALFA and open the form of its fee."""
    pty.wait_for(SHOWN)
    pty.send("/btc\r")
    wait_for_ranks(pty, "DELTA", "ALFA")
    pty.wait_for("−0.25%")
    rows = pty.text.splitlines()
    row = next(number for number, text in enumerate(rows, 1) if " ALFA " in text)
    column = rows[row - 1].index("−0.25%") + 1
    for ending in "Mm":  # a click
        pty.send(f"\x1b[<0;{column};{row}{ending}")
    pty.wait_until(lambda: pty.text.splitlines()[row - 1].startswith("▌"), "cursor on ALFA")
    pty.send("e")
    pty.wait_for("is computed. Edit which input?")
    pty.send("\r")
    pty.wait_for("ALFA.fee.rate")


@pytest.mark.pty
def test_a_session_opens_filters_edits_saves_undoes_and_leaves_the_first_bytes(
    tmp_path: Path,
) -> None:
    path = written(tmp_path)
    with started(path, columns=120, rows=40) as pty:
        open_fee(pty)
        assert "2 of 5" in pty.text
        pty.send("0.10")
        pty.wait_for('"0.10" has no unit')
        pty.send("%")
        pty.wait_for("+    fee: {rate: 0.10%,")
        pty.wait_for("-    fee: {rate: 0.25%,")
        assert path.read_bytes() == OLD
        pty.send("\x13")
        wait_for_ranks(pty, "ALFA", "DELTA")
        assert path.read_bytes() == CHEAPER
        pty.send("u")
        wait_for_ranks(pty, "DELTA", "ALFA")
        assert path.read_bytes() == OLD
        pty.send("\x19")
        wait_for_ranks(pty, "ALFA", "DELTA")
        pty.send("u")
        wait_for_ranks(pty, "DELTA", "ALFA")
        pty.send("q")
        assert pty.wait_exit() == 0
        assert_given_back(pty)
    assert path.read_bytes() == OLD


@pytest.mark.pty
@pytest.mark.parametrize("size", [(60, 15), (80, 24)])
def test_a_figure_is_edited_in_a_small_terminal(tmp_path: Path, size: tuple[int, int]) -> None:
    path = written(tmp_path)
    with started(path, columns=size[0], rows=size[1]) as pty:
        open_fee(pty)
        pty.send("0.10%\x13")
        pty.wait_until(lambda: path.read_bytes() == CHEAPER, "saved file")
        wait_for_ranks(pty, "ALFA", "DELTA")
        pty.send("q")
        assert pty.wait_exit() == 0


@pytest.mark.pty
def test_what_others_write_shows_by_itself(tmp_path: Path) -> None:
    path = written(tmp_path)
    with started(path, columns=120, rows=40) as pty:
        pty.wait_for(SHOWN)
        wait_for_ranks(pty, "BRAVO", "CEDAR", "DELTA", "ALFA")
        path.write_bytes(CHEAPER)
        wait_for_ranks(pty, "BRAVO", "CEDAR", "ALFA", "DELTA")
        path.write_bytes(b"products: [")
        pty.wait_for("file unreadable, last good view")
        path.write_bytes(OLD)
        wait_for_ranks(pty, "BRAVO", "CEDAR", "DELTA", "ALFA")
        pty.wait_until(lambda: "file unreadable" not in pty.text, "end of the alarm")
        pty.send("q")
        assert pty.wait_exit() == 0
        assert_given_back(pty)


@pytest.mark.pty
def test_two_instances_on_one_file_show_and_keep_both_their_changes(tmp_path: Path) -> None:
    path = written(tmp_path)
    with started(path, columns=120, rows=40) as first, started(path) as second:
        open_fee(first)
        second.wait_for(SHOWN)
        first.send("0.10%\x13")
        first.wait_until(lambda: path.read_bytes() == CHEAPER, "saved file")
        wait_for_ranks(second, "BRAVO", "CEDAR", "ALFA", "DELTA")
        for pty in (first, second):
            pty.send("q")
            assert pty.wait_exit() == 0


# The user's own editor


@pytest.mark.pty
def test_e_opens_the_editor_and_comes_back_with_the_new_figures(tmp_path: Path) -> None:
    path = written(tmp_path)
    environ = environment(EDITOR=editor(tmp_path))
    with started(path, columns=120, rows=40, environ=environ) as pty:
        pty.wait_for(SHOWN)
        pty.send("E")
        wait_for_ranks(pty, "BRAVO", "CEDAR", "ALFA", "DELTA")
        pty.wait_for("funds.yaml: read again")
        pty.send("j]")
        pty.wait_for("Net yield▼")
        pty.send("q")
        assert pty.wait_exit() == 0
        assert_given_back(pty)
    assert path.read_bytes() == CHEAPER


@pytest.mark.pty
@pytest.mark.parametrize("deed", SAVES)
def test_t34_whatever_the_editor_does_the_screen_is_whole_and_shows_the_file(
    tmp_path: Path, deed: str
) -> None:
    path = written(tmp_path)
    environ = environment(EDITOR=editor(tmp_path, SAVES[deed]))
    with started(path, columns=120, rows=40, environ=environ) as pty:
        pty.wait_for(SHOWN)
        pty.send("E")
        wait_for_ranks(pty, "BRAVO", "CEDAR", "ALFA", "DELTA")
        if deed in ("exit", "kill"):
            pty.wait_for("the editor ended with 1" if deed == "exit" else "killed by signal 9")
        assert "garbage" not in pty.text
        assert pty.text.splitlines()[0].startswith(" etfcompare  Products")
        pty.send("q")
        assert pty.wait_exit() == 0
        assert_given_back(pty)


@pytest.mark.pty
@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("no-such-editor -w", 'the editor "no-such-editor" was not found'),
        ("'open", "EDITOR is not a command"),
        ("", "EDITOR: set, but empty"),
    ],
)
def test_an_editor_that_cannot_be_started_is_told_in_a_line(
    tmp_path: Path, command: str, told: str
) -> None:
    path = written(tmp_path)
    with started(path, columns=120, rows=40, environ=environment(EDITOR=command)) as pty:
        pty.wait_for(SHOWN)
        pty.send("E")
        pty.wait_for(told)
        wait_for_ranks(pty, "BRAVO", "CEDAR", "DELTA", "ALFA")
        pty.send("[")
        pty.wait_for("Net yield▲")
        pty.send("q")
        assert pty.wait_exit() == 0
        assert_given_back(pty)
    assert path.read_bytes() == OLD


@pytest.mark.pty
def test_t37_settings_beside_the_catalogue_name_no_editor(tmp_path: Path) -> None:
    """Only the environment does."""
    path = written(tmp_path)
    program = tmp_path / "evil"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    for name in ("config.toml", "etfcompare.toml", ".etfcompare", "config.yaml"):
        (tmp_path / name).write_text(f"editor = '{program}'\neditor: {program}\n", encoding="utf-8")
    with started(path, columns=120, environ=environment(EDITOR="true")) as pty:
        pty.wait_for(SHOWN)
        pty.send("E")
        pty.wait_for("funds.yaml: the file has not changed")
        pty.send("q")
        assert pty.wait_exit() == 0
    assert not (tmp_path / "ran").exists()


# The end


@pytest.mark.pty
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_s30_a_signal_right_after_a_save_leaves_the_old_file_or_the_new_one(
    tmp_path: Path, number: signal.Signals
) -> None:
    path = written(tmp_path)
    with started(path, columns=120, rows=40) as pty:
        open_fee(pty)
        pty.send("0.10%")
        pty.wait_for("+    fee: {rate: 0.10%,")
        pty.send("\x13")
        pty.signal(number)
        assert pty.wait_exit() == 128 + number
        assert_given_back(pty)
    assert path.read_bytes() in (OLD, CHEAPER)
    assert stale_temporaries(path, now=path.stat().st_mtime + 1e6) == []


@pytest.mark.pty
@pytest.mark.parametrize("keys", ["e", "a", "D"])
def test_the_packaged_sample_is_copied_before_it_is_changed(tmp_path: Path, keys: str) -> None:
    folder = tmp_path / "nothing here"
    folder.mkdir()
    command: Sequence[str] = ["sh", "-c", 'cd "$0" && exec "$@"', str(folder), *ETFCOMPARE]
    with PseudoTerminal(command, columns=120, rows=40, environ=environment()) as pty:
        pty.wait_for("products.yaml")
        pty.wait_for("e edit")
        pty.send(keys)
        pty.wait_for("This catalogue came with the program and is never changed.")
        pty.send("y")
        own = tmp_path / "home" / "config" / "etfcompare" / "products.yaml"
        pty.wait_until(own.is_file, "copy")
        pty.wait_until(lambda: "never changed" not in pty.text and "╭" in pty.text, "next question")
        pty.send("\x1b")
        pty.wait_until(lambda: "╭" not in pty.text, "table")
        pty.send("q")
        assert pty.wait_exit() == 0
        assert_given_back(pty)
