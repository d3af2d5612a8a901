"""The real program, started twice: how the first run left the table is how the second finds it."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
from pathlib import Path
from typing import Final

import pytest

from pseudoterminal import PseudoTerminal
from screens import SMALL, written
from test_app_terminal import ETFCOMPARE, SHOWN
from test_terminal import environment

CHEAPEST: Final = "view Cheapest over 3 years"


def state_path() -> Path:
    """Where the screen is remembered."""
    return Path(os.environ["XDG_STATE_HOME"]) / "etfcompare" / "state.json"


def started(path: Path, *options: str, **variables: str | None) -> PseudoTerminal:
    """The program in a terminal."""
    return PseudoTerminal(
        [*ETFCOMPARE, *options, str(path)], columns=120, environ=environment(**variables)
    )


def take(pty: PseudoTerminal, digit: str, shown: str) -> None:
    """Take a view by its number."""
    pty.send("v")
    pty.wait_for("pick")
    pty.send(digit)
    pty.wait_for(shown)


@pytest.mark.pty
def test_the_second_run_finds_the_view_of_the_first(tmp_path: Path) -> None:
    path = written(tmp_path)
    with started(path) as pty:
        pty.wait_for(SHOWN)
        take(pty, "2", CHEAPEST)
        pty.send("]")
        pty.wait_for(f"{CHEAPEST}, changed")
        pty.send("q")
        assert pty.wait_exit() == 0
    with started(path) as pty:
        pty.wait_for(f"3y · {CHEAPEST}, changed")
        pty.send("q")
        assert pty.wait_exit() == 0
    assert path.read_text(encoding="utf-8") == SMALL


@pytest.mark.pty
def test_options_hold_for_one_run(tmp_path: Path) -> None:
    path = written(tmp_path)
    with started(path, "--view", "Flows", "--horizon", "90d") as pty:
        pty.wait_for("90d · view Flows")
        pty.send("q")
        assert pty.wait_exit() == 0
    assert not state_path().exists()
    with started(path) as pty:
        pty.wait_for(SHOWN)
        assert "1y" in pty.text
        assert "view Flows" not in pty.text


@pytest.mark.pty
def test_a_killed_program_leaves_a_whole_state(tmp_path: Path) -> None:
    path = written(tmp_path)
    with started(path) as pty:
        pty.wait_for(SHOWN)
        take(pty, "6", "view Flows")
        pty.wait_until(state_path().exists, "state")
        take(pty, "2", CHEAPEST)
        pty.signal(signal.SIGKILL)
        pty.wait_exit()
    assert json.loads(state_path().read_text(encoding="utf-8"))["view"] in (
        "Flows",
        "Cheapest over 3 years",
    )
    with started(path) as pty:
        pty.wait_for("view ")
        assert "damaged" not in pty.text


@pytest.mark.pty
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_program_that_is_told_to_end_still_remembers(
    tmp_path: Path, number: signal.Signals
) -> None:
    with started(written(tmp_path)) as pty:
        pty.wait_for(SHOWN)
        take(pty, "6", "view Flows")
        pty.signal(number)
        pty.wait_exit()
    assert json.loads(state_path().read_text(encoding="utf-8"))["view"] == "Flows"


@pytest.mark.pty
def test_two_runs_at_once_both_remember(tmp_path: Path) -> None:
    path = written(tmp_path)
    with started(path) as one, started(path) as other:
        one.wait_for(SHOWN)
        other.wait_for(SHOWN)
        take(one, "6", "view Flows")
        one.send("q")
        assert one.wait_exit() == 0
        other.send("]")
        other.wait_for("Net yield▼")
        other.send("q")
        assert other.wait_exit() == 0
    assert json.loads(state_path().read_text(encoding="utf-8"))["view"] == "Flows"


@pytest.mark.pty
def test_a_key_of_the_settings_works_and_the_key_bar_names_it(tmp_path: Path) -> None:
    settings = Path(os.environ["XDG_CONFIG_HOME"]) / "etfcompare" / "settings.yaml"
    settings.parent.mkdir(parents=True)
    settings.write_text("keys: {views: f2, filter: 'ctrl+f'}\n", encoding="utf-8")
    with started(written(tmp_path)) as pty:
        pty.wait_for("^F filter")
        assert "f2 views" in pty.text
        pty.send("\x1bOQ")  # F2
        pty.wait_for("Cheapest over 3 years")
        pty.send("\x1b")
        pty.wait_until(lambda: "Cheapest" not in pty.text, "end of the form")
        pty.send("\x06sol\r")
        pty.wait_for("2 of 5")


@pytest.mark.pty
@pytest.mark.parametrize(("term", "times"), [("xterm-256color", 1), ("linux", 0)])
def test_a_copy_is_asked_of_the_terminal_once_or_not_at_all(
    tmp_path: Path, term: str, times: int
) -> None:
    quiet = dict.fromkeys(
        ("TMUX", "STY", "TERM_PROGRAM", "DISPLAY", "WAYLAND_DISPLAY", "KITTY_WINDOW_ID")
    )
    with started(written(tmp_path), **quiet, TERM=term) as pty:
        pty.wait_for(SHOWN)
        pty.send("gy")
        pty.wait_for("asked to copy")
        pty.send("q")
        assert pty.wait_exit() == 0
        asked = re.findall(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)(?:\x07|\x1b\\)", pty.output)
        assert len(asked) == times
        assert all(base64.b64decode(one).decode().isprintable() for one in asked)


@pytest.mark.pty
def test_a_view_saved_in_the_catalogue_is_no_change_by_others(tmp_path: Path) -> None:
    path = written(tmp_path)
    with started(path) as pty:
        pty.wait_for(SHOWN)
        take(pty, "6", "view Flows")
        pty.send("V")
        pty.wait_for("Save this view")
        pty.send("Flows mine\r")
        pty.wait_for("view Flows mine")
        text = path.read_text(encoding="utf-8")
        assert text.startswith(SMALL)
        path.write_text(text.replace("1w: 12M", "1w: 13M"), encoding="utf-8")
        pty.wait_for("was changed: 1 product")
        assert pty.text.count("was changed") == 1  # notices stay in sight for longer than all this
        pty.send("q")
        assert pty.wait_exit() == 0
