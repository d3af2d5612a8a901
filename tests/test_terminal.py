"""The terminal is usable after every ending but SIGKILL, and the exit code is true."""

from __future__ import annotations

import io
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from demo_app import SECRET, DemoApp
from etfcompare.tui import crash, terminal
from pseudoterminal import PseudoTerminal

if TYPE_CHECKING:
    from collections.abc import Mapping

DEMO: Final = [sys.executable, str(Path(__file__).with_name("demo_app.py"))]
GIVEN_BACK: Final = (b"\x1b[?1049l", b"\x1b[?1000l", b"\x1b[?1003l", b"\x1b[?25h", b"\x1b[?2004l")
ENDINGS: Final = [
    (signal.SIGTERM, 143),
    (signal.SIGHUP, 129),
    (signal.SIGINT, 130),
    (signal.SIGQUIT, 131),
]
FAILURES: Final = {
    "action": "a",
    "worker": "w",
    "thread worker": "t",
    "thread": "T",
    "task": "k",
    "timer": "i",
}


def environment(**changes: str | None) -> dict[str, str]:
    """The environment of the test with a usable TERM; None removes a variable."""
    merged: dict[str, str | None] = {**os.environ, "TERM": "xterm-256color", **changes}
    return {name: value for name, value in merged.items() if value is not None}


def demo(
    *arguments: str,
    columns: int = 80,
    rows: int = 24,
    environ: Mapping[str, str] | None = None,
    controlling: bool = True,
) -> PseudoTerminal:
    return PseudoTerminal(
        [*DEMO, *arguments],
        columns=columns,
        rows=rows,
        environ=environ or environment(),
        controlling=controlling,
    )


def assert_given_back(pty: PseudoTerminal) -> None:
    """The line settings are those of before, and the last word on each mode is "off"."""
    assert pty.settings() == pty.settings_before
    for off in GIVEN_BACK:
        on = off[:-1] + (b"l" if off.endswith(b"h") else b"h")
        assert pty.output.rfind(off) > pty.output.rfind(on), off


def is_running(process: int) -> bool:
    """Whether a process that is not our child is there and not merely unburied."""
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False
    )
    return bool(state.stdout.strip()) and not state.stdout.startswith("Z")


class Stream(io.StringIO):
    """A stream that says of itself whether it is a terminal."""

    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return super().isatty() or self._terminal


TERMINAL: Final = Stream(terminal=True)
PIPE: Final = Stream(terminal=False)


@pytest.mark.parametrize("stdin", [None, PIPE])
def test_r07_refuses_without_a_terminal_to_read(stdin: Stream | None) -> None:
    reason = terminal.refusal(stdin, TERMINAL, {"TERM": "xterm"})
    assert reason is not None
    assert "standard input" in reason
    assert "`etfcompare rank`" in reason
    assert "\n" not in reason


@pytest.mark.parametrize("stderr", [None, PIPE])
def test_r09_refuses_without_a_terminal_to_draw_on(stderr: Stream | None) -> None:
    reason = terminal.refusal(TERMINAL, stderr, {"TERM": "xterm"})
    assert reason is not None
    assert "standard error" in reason
    assert "`etfcompare rank`" in reason


def test_r07_refuses_a_stream_that_was_closed() -> None:
    closed = Stream(terminal=True)
    closed.close()
    assert terminal.refusal(closed, TERMINAL, {"TERM": "xterm"}) is not None


@pytest.mark.parametrize("environ", [{}, {"TERM": ""}, {"TERM": "dumb"}, {"TERM": "unknown"}])
def test_r10_refuses_a_terminal_that_cannot_be_drawn_on(environ: dict[str, str]) -> None:
    reason = terminal.refusal(TERMINAL, TERMINAL, environ)
    assert reason is not None
    assert "TERM" in reason
    assert "`etfcompare rank`" in reason


def test_starts_in_a_terminal() -> None:
    assert terminal.refusal(TERMINAL, TERMINAL, {"TERM": "xterm-256color"}) is None


@pytest.mark.pty
@pytest.mark.parametrize("redirection", ["</dev/null", "<&-", "2>/dev/null", "2>&-"])
def test_r07_r09_a_redirected_start_exits_2_without_escapes(redirection: str) -> None:
    command = f'exec "$0" "$@" {redirection}'
    with PseudoTerminal(["sh", "-c", command, *DEMO], environ=environment()) as pty:
        assert pty.wait_exit() == 2
        assert b"\x1b" not in pty.output
        assert pty.output.count(b"\n") == (0 if redirection.startswith("2") else 1)


@pytest.mark.pty
@pytest.mark.parametrize(("keys", "code"), [("q", 0), ("\x11", 0)])
def test_r01_quits_in_order(keys: str, code: int) -> None:
    with demo() as pty:
        pty.wait_for("ready")
        pty.send(keys)
        assert pty.wait_exit() == code
        assert_given_back(pty)


@pytest.mark.pty
def test_r01_the_second_ctrl_c_quits_wherever_the_focus_is() -> None:
    with demo() as pty:
        pty.wait_for("ready")
        pty.send("f\x03")
        pty.wait_for("press Ctrl-C again to quit")
        pty.send("\x03")
        assert pty.wait_exit() == 130
        assert_given_back(pty)


async def test_r01_a_late_second_ctrl_c_asks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(terminal, "monotonic", lambda: now)
    app = DemoApp()
    async with app.run_test() as pilot:
        await pilot.press("ctrl+c")
        now += terminal.INTERRUPT_SECONDS + 0.1
        await pilot.press("ctrl+c")
        assert app.return_code is None
        await pilot.press("ctrl+c")
    assert app.return_code == 130


@pytest.mark.pty
@pytest.mark.parametrize(("number", "code"), ENDINGS)
def test_p8_a_signal_ends_the_app_in_order(number: signal.Signals, code: int) -> None:
    with demo() as pty:
        pty.wait_for("ready")
        pty.signal(number)
        assert pty.wait_exit() == code
        assert_given_back(pty)


@pytest.mark.pty
def test_p8_a_hangup_ends_the_app_even_under_nohup() -> None:
    with demo("ignore-hangup") as pty:
        pty.wait_for("ready")
        pty.signal(signal.SIGHUP)
        assert pty.wait_exit() == 129
        assert_given_back(pty)


@pytest.mark.pty
def test_p8_a_hanging_app_ends_by_force() -> None:
    with demo() as pty:
        pty.wait_for("ready")
        pty.send("h")
        pty.wait_for("hanging")
        pty.signal(signal.SIGTERM)
        assert pty.wait_exit() == 143
        assert_given_back(pty)


@pytest.mark.pty
@pytest.mark.parametrize("controlling", [True, False])
@pytest.mark.parametrize("argument", ["", "ignore-hangup"])
def test_r04_a_closed_terminal_ends_the_process(argument: str, *, controlling: bool) -> None:
    with demo(argument, controlling=controlling) as pty:
        pty.wait_for("ready")
        pty.close()
        assert pty.wait_exit() == 129


@pytest.mark.pty
def test_r04_a_closed_terminal_ends_a_hanging_process() -> None:
    with demo() as pty:
        pty.wait_for("ready")
        pty.send("h")
        pty.wait_for("hanging")
        pty.close()
        assert pty.wait_exit() == 129


@pytest.mark.pty
def test_r06_ctrl_z_gives_the_terminal_back_and_fg_draws_again() -> None:
    with demo() as pty:
        pty.wait_for("ready")
        pty.send("\x1a")
        pty.wait_stopped()
        assert_given_back(pty)
        pty.screen.reset()
        pty.signal(signal.SIGCONT)
        pty.wait_for("ready")
        pty.send("jq")
        assert pty.wait_exit() == 0
        assert_given_back(pty)


@pytest.mark.pty
@pytest.mark.skipif(shutil.which("bash") is None, reason="needs a shell with job control")
def test_r06_a_wrapper_is_suspended_with_the_app() -> None:
    shell = ["bash", "--norc", "--noprofile", "--noediting", "-i"]
    with PseudoTerminal(shell, columns=150, environ=environment(PS1="shell> ")) as pty:
        pty.wait_for("shell>")
        pty.send(f"sh -c '{' '.join(DEMO)}; exit $?'\r")
        pty.wait_for("ready")
        pty.send("\x1a")
        pty.wait_for("Stopped")
        pty.screen.reset()
        pty.send("fg\r")
        pty.wait_for("ready")
        pty.send("q")
        pty.wait_for("shell>")
        pty.send("exit 7\r")
        assert pty.wait_exit() == 7
        assert_given_back(pty)


@pytest.mark.pty
@pytest.mark.skipif(shutil.which("bash") is None, reason="needs a shell with job control")
def test_r04_closing_the_terminal_ends_a_suspended_app() -> None:
    shell = ["bash", "--norc", "--noprofile", "--noediting", "-i"]
    with PseudoTerminal(shell, columns=150, environ=environment(PS1="shell> ")) as pty:
        pty.wait_for("shell>")
        pty.send(f"{' '.join(DEMO)}\r")
        pty.wait_for("ready")
        pty.send("\x1a")
        pty.wait_for("Stopped")
        pty.send("echo job $(jobs -p) end\r")
        pty.wait_until(
            lambda: re.search(r"job (\d+) end", pty.text) is not None, "number of the job"
        )
        found = re.search(r"job (\d+) end", pty.text)
        assert found is not None
        pty.close()
        pty.wait_until(lambda: not is_running(int(found[1])), "end of the suspended app")


@pytest.mark.pty
def test_p8_sigterm_ends_a_suspended_app() -> None:
    with demo() as pty:
        pty.wait_for("ready")
        pty.send("\x1a")
        pty.wait_stopped()
        pty.signal(signal.SIGTERM)
        pty.signal(signal.SIGCONT)
        assert pty.wait_exit() == 143
        assert_given_back(pty)


@pytest.mark.pty
def test_r06_a_stop_nobody_sees_coming_loses_no_settings() -> None:
    with demo() as pty:
        pty.wait_for("ready")
        pty.signal(signal.SIGSTOP)
        pty.wait_stopped()
        pty.screen.reset()
        pty.signal(signal.SIGCONT)
        pty.wait_for("ready")
        pty.send("q")
        assert pty.wait_exit() == 0
        assert_given_back(pty)


@pytest.mark.pty
def test_p8_an_interrupt_belongs_to_the_child_that_has_the_terminal() -> None:
    with demo() as pty:
        pty.wait_for("ready")
        pty.send("e")
        pty.wait_for("editing")
        pty.signal(signal.SIGINT)
        pty.screen.reset()
        pty.send("done\r")
        pty.wait_for("ready")
        pty.send("q")
        assert pty.wait_exit() == 0
        assert_given_back(pty)


@pytest.mark.pty
@pytest.mark.parametrize("key", FAILURES.values(), ids=FAILURES.keys())
def test_r17_a_failure_is_told_in_one_line_and_kept_without_values(
    key: str, tmp_path: Path
) -> None:
    with demo(columns=400, environ=environment(XDG_STATE_HOME=str(tmp_path))) as pty:
        pty.wait_for("ready")
        pty.send(key)
        assert pty.wait_exit() == 1
        assert_given_back(pty)
    log = tmp_path / "etfcompare" / "crash.log"
    said = pty.output[pty.output.rfind(b"\x1b[") :].decode()
    assert said.count("\n") == 1
    assert "etfcompare: internal error: ValueError in fail (" in said
    assert f"the catalogue was not touched; details in {log}" in said
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert "ValueError\n" in log.read_text()
    assert "demo_app.py:" in log.read_text()
    assert SECRET not in log.read_text()
    assert SECRET not in pty.output.decode()


@pytest.mark.pty
def test_r17_a_failure_before_the_first_paint_exits_1(tmp_path: Path) -> None:
    with demo("fail-in-mount", environ=environment(XDG_STATE_HOME=str(tmp_path))) as pty:
        assert pty.wait_exit() == 1
        assert_given_back(pty)
    assert b"internal error: ValueError" in pty.output
    assert SECRET not in pty.output.decode()


@pytest.mark.pty
@pytest.mark.parametrize("home", [None, "/dev/null"])
def test_r18_starts_without_a_home_and_says_that_there_is_no_log(home: str | None) -> None:
    environ = environment(HOME=home, XDG_STATE_HOME=None)
    with demo(environ=environ, columns=400) as pty:
        pty.wait_for("ready")
        pty.send("a")
        assert pty.wait_exit() == 1
        assert_given_back(pty)
    assert b"no log" in pty.output


@pytest.mark.pty
def test_r14_bytes_that_are_not_utf_8_leave_the_app_alive() -> None:
    with demo() as pty:
        pty.wait_for("ready")
        for byte in range(0x80, 0x100):
            pty.send(bytes([byte]))
        pty.send("\rj")
        pty.wait_until(lambda: "keys=" in pty.text, "reaction to keys")
        pty.send("q")
        assert pty.wait_exit() == 0
        assert_given_back(pty)


@pytest.mark.pty
def test_r14_a_paste_with_a_bad_byte_stays_a_paste() -> None:
    with demo() as pty:
        pty.wait_for("ready")
        pty.send(b"\x1b[200~" + b"q" * 5000 + b"\xff" + b"q" * 1000 + b"\x1b[201~")
        pty.wait_for("keys=0 pasted=6001")


@pytest.mark.pty
@pytest.mark.parametrize("focus", ["", "f"])
def test_r15_a_megabyte_pasted_is_cut_and_survived(focus: str) -> None:
    with demo() as pty:
        pty.wait_for("ready")
        pty.send(focus.encode() + b"\x1b[200~" + b"q" * 1_000_000 + b"\x1b[201~")
        if focus:
            pty.wait_for("qqq")
            pty.send("\x11")
        else:
            pty.wait_for("keys=0 pasted=10000")
            pty.send("q")
        assert pty.wait_exit() == 0
        assert_given_back(pty)


@pytest.mark.pty
@pytest.mark.parametrize(
    "junk",
    [
        b"\x1b[<999999999;999999999;999999999M",
        b"\x1b[<0;-5;-5M",
        b"\x1b[<M",
        b"\x1b[M\xff\xff\xff",
        b"\x1b[M" + b"\x00" * 3,
        b"\x1b]52;c;" + b"QUJD" * 100,
        b"\x1b[99999999999999999999u",
        b"\x1b[48;0;0;0;0t",
        b"\x1b[48;99999;99999;1;1t",
        b"\x1b[?2048;1$y\x1b[48;24;80;0;0t\x1b[<0;5;5M",
        b"\x1bP" + b"x" * 1000,
    ],
)
def test_r16_junk_answers_of_the_terminal_are_survived(junk: bytes) -> None:
    with demo() as pty:
        pty.wait_for("ready")
        pty.send(junk)
        pty.send("\x1b[I\r")
        pty.send("\x11")
        assert pty.wait_exit() == 0
        assert_given_back(pty)


@pytest.mark.pty
def test_r28_keys_typed_before_the_first_paint_are_survived() -> None:
    with demo() as pty:
        pty.send("jjj\x1b[A")
        pty.wait_for("ready")
        pty.send("jq")
        assert pty.wait_exit() == 0
        assert_given_back(pty)


@pytest.mark.pty
def test_r20_starts_in_the_c_locale() -> None:
    ascii_only = environment(LANG="C", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    with demo(environ={**ascii_only, "PYTHONIOENCODING": "ascii"}) as pty:
        pty.wait_for("ready")
        pty.send("q")
        assert pty.wait_exit() == 0
        assert_given_back(pty)


@pytest.mark.pty
@pytest.mark.parametrize(("columns", "rows"), [(1, 1), (1, 80), (24, 1)])
def test_any_size_of_the_terminal_is_survived(columns: int, rows: int) -> None:
    with demo(columns=columns, rows=rows) as pty:
        pty.wait_until(lambda: b"\x1b[?1049h" in pty.output, "alternate screen")
        pty.resize(80, 24)
        pty.wait_for("ready")
        pty.resize(columns, rows)
        pty.send("q")
        assert pty.wait_exit() == 0
        assert_given_back(pty)


def test_the_log_names_what_led_to_an_error_but_no_message(tmp_path: Path) -> None:
    error = ValueError(SECRET)
    error.__cause__ = KeyError(SECRET)
    line = crash.report(error, {"XDG_STATE_HOME": str(tmp_path)})
    text = (tmp_path / "etfcompare" / "crash.log").read_text()
    assert text.index("ValueError") < text.index("KeyError")
    assert SECRET not in text + line


def test_the_log_does_not_follow_a_link(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("precious")
    (tmp_path / "etfcompare").mkdir()
    (tmp_path / "etfcompare" / "crash.log").symlink_to(target)
    assert "no log could be written" in crash.report(
        ValueError(), {"XDG_STATE_HOME": str(tmp_path)}
    )
    assert target.read_text() == "precious"


def test_loads_neither_pandas_nor_the_report_before_they_are_needed() -> None:
    probe = "import sys, etfcompare.tui.terminal; print(*sys.modules, sep='\\n')"
    loaded = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert "textual.app" in loaded
    assert not {"pandas", "numpy", "etfcompare.tui.crash"} & set(loaded)
