"""The real command as a process: pipes, encodings, files that are none, libraries."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

DAY = ("--as-of", "2026-11-22")
PROGRAM = (sys.executable, "-m", "etfcompare")
PATIENCE = 20
"""Seconds after which a process counts as hanging."""


def run(
    *arguments: str, folder: Path | None = None, environ: Mapping[str, str] = MappingProxyType({})
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*PROGRAM, *arguments],
        capture_output=True,
        check=False,
        cwd=folder,
        env={**os.environ, **environ},
        stdin=subprocess.DEVNULL,
        timeout=PATIENCE,
    )


@pytest.mark.parametrize("arguments", [("rank", "--json"), ("figures",), ("check",)])
def test_a_reader_who_leaves_early_is_no_error(
    arguments: tuple[str, ...], catalogue_path: Path
) -> None:
    catalogue = () if arguments == ("figures",) else ("--catalogue", str(catalogue_path))
    reading, writing = os.pipe()
    os.close(reading)
    process = subprocess.run(
        [*PROGRAM, *arguments, *catalogue],
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
        timeout=PATIENCE,
    )
    os.close(writing)
    assert process.returncode == 0
    assert process.stderr == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_one_line() -> None:
    with Path("/dev/full").open("wb") as full:
        process = subprocess.run(
            [*PROGRAM, "figures", "--json"],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            timeout=PATIENCE,
        )
    assert process.returncode == 1
    assert process.stderr.startswith(b"etfcompare: cannot write the output: ")
    assert process.stderr.count(b"\n") == 1


def test_nothing_is_coloured_in_a_pipe(catalogue_path: Path) -> None:
    process = run(
        "rank", *DAY, "--catalogue", str(catalogue_path), environ={"TERM": "xterm-256color"}
    )
    assert process.returncode == 0
    assert b"\x1b" not in process.stdout + process.stderr


@pytest.mark.parametrize("command", ["rank", "check", "show"])
@pytest.mark.parametrize("kind", ["fifo", "device", "folder"])
def test_y31_what_is_no_file_is_refused_at_once(kind: str, command: str, tmp_path: Path) -> None:
    path = tmp_path / "catalogue"
    match kind:
        case "fifo":
            os.mkfifo(path)
        case "folder":
            path.mkdir()
        case _:
            path = Path("/dev/zero")
    ticker = ("X",) if command == "show" else ()
    process = run(command, *ticker, "--catalogue", str(path))
    assert process.returncode == 3
    assert process.stdout == b""
    what = "is a folder" if kind == "folder" else "is not a regular file"
    assert process.stderr.decode() == (
        f"etfcompare: {path}: {what}; name a catalogue, as products.yaml\n"
    )


ASCII = {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.mark.parametrize(
    "arguments",
    [("rank",), ("check",), ("show", "ETHB"), ("explain", "ETHB", "net_yield"), ("figures",)],
)
def test_r20_a_terminal_that_knows_only_ascii_is_given_that(
    arguments: tuple[str, ...], catalogue_path: Path
) -> None:
    catalogue = () if arguments == ("figures",) else ("--catalogue", str(catalogue_path), *DAY)
    process = run(*arguments, *catalogue, environ=ASCII)
    assert process.returncode == 0
    assert (process.stdout + process.stderr).isascii()
    assert b"internal error" not in process.stderr


def test_r20_data_is_utf_8_whatever_the_locale(catalogue_path: Path) -> None:
    arguments = ("rank", "--json", "--columns", "name,issuer", *DAY)
    plain = run(*arguments, "--catalogue", str(catalogue_path), environ=ASCII)
    usual = run(*arguments, "--catalogue", str(catalogue_path), environ={"PYTHONUTF8": "1"})
    assert plain.stdout == usual.stdout


def test_r21_no_catalogue_anywhere_of_ones_own_is_no_error(tmp_path: Path) -> None:
    process = run("rank", *DAY, folder=tmp_path)
    assert process.returncode == 0
    assert b"BSOL" in process.stdout


def test_paths_are_shown_as_they_were_given(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("schema: 1\nproducts: []\n", encoding="utf-8")
    process = run("rank", "--json", *DAY, "--catalogue", "own.yaml", folder=tmp_path)
    assert b'"path": "own.yaml"' in process.stdout
    assert str(tmp_path).encode() not in process.stdout


def test_a_hostile_path_is_shown_and_does_nothing() -> None:
    process = run("rank", "--catalogue", "\x1b]52;c;x\x07\u202e.yaml")
    assert process.returncode == 3
    assert b"\x1b" not in process.stderr
    assert b"\\x1b]52;c;x\\x07\\u202e.yaml: no such file" in process.stderr


@pytest.mark.parametrize("command", ["rank", "check", "--version", "--help"])
def test_commands_leave_the_interface_and_frames_unloaded(command: str) -> None:
    catalogue = () if command.startswith("-") else DAY
    process = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "etfcompare", command, *catalogue],
        capture_output=True,
        check=False,
        text=True,
        timeout=PATIENCE,
    )
    loaded = {
        line.rpartition("|")[2].strip().partition(".")[0] for line in process.stderr.splitlines()
    }
    assert process.returncode == 0
    assert "click" in loaded
    assert not loaded & {"textual", "rich", "pandas", "numpy"}


@pytest.mark.pty
@pytest.mark.parametrize("arguments", [(), ("own.yaml",), ("--horizon", "3y")])
def test_r08_browsing_into_a_pipe_writes_the_plain_table(
    arguments: tuple[str, ...], tmp_path: Path, catalogue_path: Path
) -> None:
    for name in ("own.yaml", "products.yaml"):
        (tmp_path / name).write_bytes(catalogue_path.read_bytes())
    keyboard, terminal = os.openpty()
    try:
        process = subprocess.run(
            [*PROGRAM, *arguments],
            stdin=terminal,
            stdout=subprocess.PIPE,
            stderr=terminal,
            check=False,
            cwd=tmp_path,
            timeout=PATIENCE,
        )
    finally:
        os.close(keyboard)
        os.close(terminal)
    options = arguments if len(arguments) > 1 else ()
    assert process.returncode == 0
    assert process.stdout == run("rank", *options, folder=tmp_path).stdout
    assert b"BSOL" in process.stdout
    assert b"\x1b" not in process.stdout


def test_r08_the_ranking_in_a_pipe_is_plain(catalogue_path: Path) -> None:
    terminal = {"TERM": "xterm-256color", "FORCE_COLOR": "1", "COLUMNS": "40"}
    process = run("rank", *DAY, "--catalogue", str(catalogue_path), environ=terminal)
    heading = process.stdout.decode().splitlines()[0]
    assert heading.split()[-1] == "Age"
    assert b"\x1b" not in process.stdout + process.stderr
