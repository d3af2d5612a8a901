"""Copying: which tool is asked, what it is told, and which terminals are known to refuse."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from conftest import TODAY
from etfcompare.clipboard import (
    Copied,
    Likely,
    cell_for_copying,
    native_copy,
    osc52_support,
    row_for_copying,
)
from etfcompare.engine.scenario import Scenario
from etfcompare.engine.sheet import sheet_of
from etfcompare.workspace import Workspace

FUNDS = """\
schema: 1
cash: {yield: 3%, as_of: 2026-11-01}
assets: {BTC: {name: Bitcoin}}
products:
  - {ticker: PLAIN, asset: BTC, name: "a\\tb \\e]52;c;x\\a", fee: {rate: 0.25%}}
"""


COMPUTED = """\
schema: 1
cash: {yield: 3%, as_of: 2026-11-01}
assets: {SOL: {staking: {rate: 6%}}}
products:
  - ticker: "=1+1"
    asset: SOL
    name: "\\t-2+3"
    issuer: "@SUM(A1)"
    fee: {rate: 0.25%}
    staking: {staked: 100%, cut: 0%}
"""


class Machine:
    """Tools that note how they are called."""

    def __init__(self, *installed: str, fault: Exception | int = 0) -> None:
        self.installed = installed
        self.fault = fault
        self.calls: list[tuple[list[str], bytes]] = []

    def find(self, name: str, path: str) -> str | None:
        return f"{path}/{name}" if name in self.installed else None

    def run(self, command: list[str], content: bytes, environ: Mapping[str, str]) -> int:
        assert "PATH" in environ
        self.calls.append((command, content))
        if isinstance(self.fault, Exception):
            raise self.fault
        return self.fault

    def copy(self, text: str, **environ: str) -> Copied:
        return native_copy(text, {"PATH": "/bin", **environ}, find=self.find, run=self.run)


@pytest.mark.parametrize(
    ("tool", "environ", "command"),
    [
        ("pbcopy", {}, ["/bin/pbcopy"]),
        ("wl-copy", {"WAYLAND_DISPLAY": "wayland-0"}, ["/bin/wl-copy"]),
        ("xclip", {"DISPLAY": ":0"}, ["/bin/xclip", "-selection", "clipboard"]),
        ("xsel", {"DISPLAY": ":0"}, ["/bin/xsel", "--clipboard", "--input"]),
    ],
)
def test_the_tool_that_fits_gets_the_text(
    tool: str, environ: dict[str, str], command: list[str]
) -> None:
    machine = Machine(tool)
    assert machine.copy("−0.25%", **environ) == Copied(tool)
    assert machine.calls == [(command, "−0.25%".encode())]


def test_windows_reads_utf_16() -> None:
    machine = Machine("clip.exe")
    assert machine.copy("−")
    assert machine.calls == [(["/bin/clip.exe"], b"\x12\x22")]


def test_a_tool_without_its_display_is_not_asked() -> None:
    machine = Machine("wl-copy", "xclip", "xsel")
    copied = machine.copy("x")
    assert not copied
    assert copied.fault == "no tool for it is installed"
    assert machine.calls == []


def test_over_ssh_only_a_forwarded_display_is_the_users() -> None:
    far = {"SSH_CONNECTION": "1 2 3 4", "WAYLAND_DISPLAY": "w"}
    assert not Machine("pbcopy", "wl-copy", "clip.exe").copy("x", **far)
    assert Machine("pbcopy", "xclip").copy("x", DISPLAY="localhost:10.0", **far).tool == "xclip"


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (1, "xclip failed with exit code 1; xsel failed with exit code 1"),
        (PermissionError(13, "Permission denied"), "xclip: Permission denied; xsel: "),
        (subprocess.TimeoutExpired("xclip", 2), "xclip did not end within 2s; xsel did not end"),
    ],
)
def test_a_tool_that_fails_makes_room_for_the_next(fault: Exception | int, told: str) -> None:
    machine = Machine("xclip", "xsel", fault=fault)
    copied = machine.copy("x", DISPLAY=":0")
    assert copied.tool is None
    assert copied.fault is not None
    assert copied.fault.startswith(told)
    assert len(machine.calls) == 2


def test_a_real_tool_is_run_without_a_shell(tmp_path: Path) -> None:
    tool = tmp_path / "xclip"
    tool.write_text(f'#!/bin/sh\nread line\necho "$# $line" > {tmp_path}/copied\n')
    tool.chmod(0o755)
    environ = {"PATH": str(tmp_path), "DISPLAY": ":0"}
    assert native_copy("$(id); `id`\n", environ) == Copied("xclip")
    assert (tmp_path / "copied").read_text() == "2 $(id); `id`\n"


@pytest.mark.parametrize(
    ("environ", "likely"),
    [
        ({"TERM": "linux"}, Likely.NO),
        ({"TERM": "dumb"}, Likely.NO),
        ({"TERM": "vt220"}, Likely.NO),
        ({}, Likely.NO),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, Likely.NO),
        ({"TERM": "screen.xterm-256color", "STY": "1.pts"}, Likely.NO),
        ({"TERM": "screen-256color", "TMUX": "/x,1,0"}, Likely.UNSURE),
        ({"TERM": "tmux-256color", "TMUX": "/x,1,0", "KITTY_WINDOW_ID": "1"}, Likely.UNSURE),
        ({"TERM": "xterm-256color"}, Likely.UNSURE),
        ({"TERM": "xterm-256color", "VTE_VERSION": "7200"}, Likely.UNSURE),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, Likely.UNSURE),
        ({"TERM": "xterm-kitty"}, Likely.YES),
        ({"TERM": "foot-extra"}, Likely.YES),
        ({"TERM": "alacritty"}, Likely.YES),
        ({"TERM": "xterm-256color", "WT_SESSION": "x"}, Likely.YES),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, Likely.YES),
    ],
)
def test_terminals_are_known_by_what_they_set(environ: dict[str, str], likely: Likely) -> None:
    assert osc52_support(environ) is likely


def test_a_cell_is_copied_as_read_without_marks_and_a_row_with_tabs(tmp_path: Path) -> None:
    (tmp_path / "products.yaml").write_text(FUNDS, encoding="utf-8")
    workspace = Workspace.open("products.yaml", environ={}, folder=tmp_path, today=lambda: TODAY)
    comparison = workspace.compare(Scenario(as_of=TODAY))
    sheet = sheet_of(comparison, ["name", "net_yield", "aum"])
    assert comparison.table.marks(0, "net_yield").words == ["undated"]
    assert cell_for_copying(sheet.columns[2], 0) == "−0.25%"
    assert row_for_copying(sheet, 0) == "PLAIN\ta\\x09b \\x1b]52;c;x\\x07\t−0.25%\t?"


def test_no_cell_of_a_row_that_is_pasted_starts_a_formula(tmp_path: Path) -> None:
    (tmp_path / "products.yaml").write_text(COMPUTED, encoding="utf-8")
    workspace = Workspace.open("products.yaml", environ={}, folder=tmp_path, today=lambda: TODAY)
    keys = ["name", "issuer", "over_cash", "net_yield"]
    sheet = sheet_of(workspace.compare(Scenario(as_of=TODAY)), keys)
    cells = row_for_copying(sheet, 0).split("\t")
    assert cells == ["'=1+1", "\\x09-2+3", "'@SUM(A1)", "'+275bp", "5.75%"]
    assert cell_for_copying(sheet.columns[0], 0) == "'=1+1"
    assert cell_for_copying(sheet.columns[3], 0) == "+275bp"
