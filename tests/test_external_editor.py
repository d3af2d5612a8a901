"""The user's editor gets the file, the line and the terminal, and the terminal comes back whole."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from editor_demo_app import ROWS, EditorDemoApp
from etfcompare.tui.external import (
    COLON_LINE,
    GOTO_LINE,
    LEFTOVERS_OFF,
    PLUS_LINE,
    USUAL_EDITORS,
    EditorError,
    edit_outside,
    editor_command,
)
from pseudoterminal import PseudoTerminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DEMO: Final = Path(__file__).with_name("editor_demo_app.py")
HOSTILE_NAMES: Final = ["+!touch x", "-c:q", "-rf", "a b.yaml", "f:9.yaml", "$(touch x)", "'; x"]

# Says what it was given, then does what its first argument says.
FAKE_EDITOR: Final = r"""
import os, select, signal, sys, termios, tty

def say(text):
    os.write(1, text.encode() + b"\r\n")

def interrupted(number, frame):
    say(f"the editor got signal {number}")

deed, *arguments = sys.argv[1:]
say("\x1b[2J\x1b[Hediting " + "|".join(arguments))
if deed == "exit":
    sys.exit(int(arguments[0]))
if deed == "kill":
    os.kill(os.getpid(), signal.SIGKILL)
if deed == "change":
    with open(arguments[-1], "a") as file:
        file.write("# changed\n")
if deed == "mess":
    tty.setraw(0)
    os.set_blocking(0, False)
    say("\x1b[?1049h\x1b[?1002h\x1b[?1006h\x1b[?2004h\x1b[?1h\x1b=\x1b[?25l\x1b[?7l\x1b[4h"
        "\x1b[2;3r\x1b[7m\x1b(0#\x1b]0;cut sho")
    os.kill(os.getpid(), signal.SIGKILL)
if deed == "ignore":
    tty.setraw(0)
    say("type ahead")
    select.select([0], [], [])
if deed == "handle":
    signal.signal(signal.SIGINT, interrupted)
    signal.signal(signal.SIGQUIT, interrupted)
    say("handling")
    sys.stdin.readline()
if deed == "wait":
    signal.signal(signal.SIGINT, signal.default_int_handler) if (
        signal.getsignal(signal.SIGINT) is not signal.SIG_IGN) else say("SIGINT is ignored")
    say("waiting")
    sys.excepthook = lambda *_: None
    sys.stdin.readline()
if deed == "stop":
    os.kill(os.getpid(), signal.SIGSTOP)
    say("continued")
if deed == "stop-all":
    os.kill(0, signal.SIGSTOP)
    say("continued")
"""


def everything(_program: str) -> str:
    return "/usr/bin/it"


def nothing(_program: str) -> None:
    return None


def only(*programs: str) -> Callable[[str], str | None]:
    return lambda program: program if program in programs else None


def fake(tmp_path: Path, *deed: str) -> str:
    """A value of EDITOR that starts the fake editor; its path has a blank."""
    script = tmp_path / "fake editor.py"
    script.write_text(FAKE_EDITOR, encoding="utf-8")
    return " ".join([f'"{sys.executable}"', "-S", f'"{script}"', *deed])


def demo(
    editor: str, path: Path, *, prefix: tuple[str, ...] = (), columns: int = 200
) -> PseudoTerminal:
    environ = {**os.environ, "TERM": "xterm-256color", "EDITOR": editor}
    environ.pop("VISUAL", None)
    command = [*prefix, sys.executable, str(DEMO), str(path)]
    return PseudoTerminal(command, columns=columns, environ=environ)


def assert_in_order(pty: PseudoTerminal, outcome: str) -> None:
    """The app shows its whole screen again, hears keys, and leaves the terminal as it was."""
    pty.wait_for(f"{outcome} keys=0\n{ROWS}")
    pty.wait_until(lambda: "editing" not in pty.text, "whole screen of the app")

    def is_heard() -> bool:
        pty.send("x")  # a key of the moment in which the terminal changes hands may be dropped
        return f"{outcome} keys=0" not in pty.text

    pty.wait_until(is_heard, "key that is heard")
    pty.wait_for(f"{outcome} keys=")
    pty.send("q")
    assert pty.wait_exit() == 0
    assert pty.settings() == pty.settings_before


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    path = tmp_path / "products.yaml"
    path.write_text("products: []\n", encoding="utf-8")
    return path


@pytest.fixture
def in_tmp_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    ("environ", "program"),
    [
        ({"VISUAL": "one", "EDITOR": "two"}, "one"),
        ({"EDITOR": "two"}, "two"),
        ({"VISUAL": "", "EDITOR": "two"}, "two"),
        ({"VISUAL": "  ", "EDITOR": "two"}, "two"),
        ({}, "nano"),
    ],
)
def test_visual_comes_before_editor_and_editor_before_the_usual(
    environ: dict[str, str], program: str, catalogue: Path
) -> None:
    assert editor_command(environ, catalogue, 1, which=everything)[0] == program


@pytest.mark.parametrize("program", USUAL_EDITORS)
def test_a_usual_editor_is_taken_if_it_is_there(program: str, catalogue: Path) -> None:
    assert editor_command({}, catalogue, 7, which=only(program)) == [program, "+7", str(catalogue)]


def test_no_editor_at_all_is_told(catalogue: Path) -> None:
    with pytest.raises(EditorError, match="name one in EDITOR"):
        editor_command({}, catalogue, 1, which=nothing)


@pytest.mark.parametrize(
    ("value", "program"),
    [("vim; rm -rf ~", "vim;"), ("$(id)", "$(id)"), ("`id`", "`id`"), ("vim&&id", "vim&&id")],
)
def test_t30_shell_syntax_is_the_name_of_a_program_that_is_not_found(
    value: str, program: str, catalogue: Path
) -> None:
    with pytest.raises(EditorError) as caught:
        editor_command({"EDITOR": value}, catalogue, 1, which=only("vim", "id", "rm"))
    assert str(caught.value) == f'the editor "{program}" was not found'


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("", "EDITOR: set, but empty; name an editor there"),
        ("  ", "EDITOR: set, but empty; name an editor there"),
        ("''", "EDITOR: set, but empty; name an editor there"),
        ('vim "a', "EDITOR is not a command: no closing quotation"),
        ("vim \\", "EDITOR is not a command: no escaped character"),
        ("no-such-editor", 'the editor "no-such-editor" was not found'),
        ("/", 'the editor "/" was not found'),
        ("\x1b]0;x\x07", 'the editor "\\x1b]0;x\\x07" was not found'),
    ],
)
def test_t31_an_editor_that_cannot_be_is_told_in_one_line(
    value: str, message: str, catalogue: Path
) -> None:
    with pytest.raises(EditorError) as caught:
        editor_command({"EDITOR": value}, catalogue, 1)
    assert str(caught.value) == message


@given(value=st.text(max_size=40))
@example(value="#")
@example(value="subl")
def test_t31_whatever_the_variable_holds_there_is_a_command_or_one_line(value: str) -> None:
    message = "-"
    command = ["-", "/f.yaml"]
    try:
        command = editor_command({"EDITOR": value}, Path("/f.yaml"), 1, which=everything)
    except EditorError as error:
        message = str(error)
    assert message
    assert message.isprintable()
    assert command[0]
    assert command[-1] in ("/f.yaml", "/f.yaml:1")  # some editors take the line behind the name


@pytest.mark.parametrize(
    ("value", "arguments"),
    [
        ('"/opt/my ed/x" -w', ["/opt/my ed/x", "-w", "{}"]),
        ("code --wait", ["code", "--wait", "--goto", "{}:12"]),
        ("code -w -n", ["code", "-w", "-n", "--goto", "{}:12"]),
        ('emacsclient -t -a ""', ["emacsclient", "-t", "-a", "", "+12", "{}"]),
        ("/usr/bin/nvim -R", ["/usr/bin/nvim", "-R", "+12", "{}"]),
        ("'vim' --", ["vim", "--", "{}"]),
        ("env A=1 vim", ["env", "A=1", "vim", "{}"]),
    ],
)
def test_t32_quotes_and_arguments_are_kept(
    value: str, arguments: list[str], catalogue: Path
) -> None:
    expected = [argument.format(catalogue) for argument in arguments]
    assert editor_command({"VISUAL": value}, catalogue, 12, which=everything) == expected


@pytest.mark.parametrize("line", [1, 5_477])
def test_t36_each_known_editor_is_told_the_line_in_its_own_way(line: int, catalogue: Path) -> None:
    told = {
        program: editor_command({"EDITOR": program}, catalogue, line, which=everything)[1:]
        for program in (*PLUS_LINE, *COLON_LINE, *GOTO_LINE, "ed")
    }
    assert told == (
        {program: [f"+{line}", f"{catalogue}"] for program in PLUS_LINE}
        | {program: [f"{catalogue}:{line}"] for program in COLON_LINE}
        | {program: ["--wait", "--goto", f"{catalogue}:{line}"] for program in GOTO_LINE}
        | {"ed": [f"{catalogue}"]}
    )


@pytest.mark.parametrize("name", HOSTILE_NAMES)
@pytest.mark.parametrize("program", ["vim", "hx", "code", "ed"])
def test_t33_no_name_of_a_file_is_an_option_or_a_line(
    name: str, program: str, in_tmp_path: Path
) -> None:
    path = in_tmp_path / name
    command = editor_command({"EDITOR": program}, Path(name), 4, which=everything)
    told = {
        "vim": ["+4", f"{path}"],
        "hx": [f"{path}:4"],
        "code": ["--wait", "--goto", f"{path}:4"],
        "ed": [f"{path}"],
    }
    untold = {**told, "hx": [f"{path}"], "code": ["--wait", f"{path}"]}
    assert command == [program, *(untold if ":" in name else told)[program]]


def test_the_editor_opens_the_file_behind_a_link(catalogue: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.yaml"
    link.symlink_to(catalogue)
    assert editor_command({"EDITOR": "vi"}, link, 1, which=everything)[-1] == str(catalogue)


async def test_without_a_terminal_there_is_a_line_instead_of_an_editor() -> None:
    app = EditorDemoApp()
    async with app.run_test():
        assert edit_outside(app, ["true"]) == "there is no terminal here to give to an editor"


@pytest.mark.pty
@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_t33_the_editor_changes_the_file_that_was_named(name: str, in_tmp_path: Path) -> None:
    path = in_tmp_path / name
    path.write_text("products: []\n", encoding="utf-8")
    with demo(fake(in_tmp_path, "change"), path) as pty:
        pty.wait_for("ready")
        pty.send("E")
        assert_in_order(pty, "all well")
    assert path.read_text(encoding="utf-8") == "products: []\n# changed\n"


@pytest.mark.pty
@pytest.mark.skipif(shutil.which("vim") is None, reason="needs vim")
@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_t33_vim_opens_the_file_that_was_named(name: str, in_tmp_path: Path) -> None:
    path = in_tmp_path / name
    path.write_text("1\n2\n3\n4\n", encoding="utf-8")
    with demo("vim -T vt100 -u NONE -i NONE -n", path) as pty:
        pty.wait_for("ready")
        pty.send("E")
        pty.wait_for("~\n~")
        pty.send("ichanged \x1b:wq\r")
        assert_in_order(pty, "all well")
    assert path.read_text(encoding="utf-8") == "1\n2\nchanged 3\n4\n"


@pytest.mark.pty
@pytest.mark.parametrize(
    ("deed", "outcome"),
    [
        ("exit 0", "all well"),
        ("exit 1", "the editor ended with 1"),
        ("kill", "the editor was killed by signal 9"),
        ("mess", "the editor was killed by signal 9"),
    ],
)
def test_t34_however_the_editor_ends_the_screen_is_restored(
    deed: str, outcome: str, tmp_path: Path, catalogue: Path
) -> None:
    with demo(fake(tmp_path, deed), catalogue) as pty:
        pty.wait_for(f"ready keys=0\n{ROWS}")
        settings = pty.settings()
        pty.send("E")
        pty.wait_for(f"{outcome} keys=0")
        assert pty.settings() == settings
        assert_in_order(pty, outcome)
        for mode in (b"?1002", b"?1006", b"?2004", b"?1", b"?1049", b"4"):
            assert pty.output.rfind(b"\x1b[%bl" % mode) > pty.output.rfind(b"\x1b[%bh" % mode)
        assert pty.output.count(LEFTOVERS_OFF) == 1


@pytest.mark.pty
def test_t34_an_editor_can_be_opened_again_and_again(tmp_path: Path, catalogue: Path) -> None:
    with demo(fake(tmp_path, "mess"), catalogue) as pty:
        pty.wait_for("ready")
        for _ in range(3):
            pty.send("E")
            pty.wait_for("killed by signal 9 keys=0")
            pty.send("x")
            pty.wait_for("killed by signal 9 keys=1")
        pty.send("E")
        assert_in_order(pty, "the editor was killed by signal 9")


@pytest.mark.pty
def test_t34_what_was_typed_for_the_editor_does_not_reach_the_app(
    tmp_path: Path, catalogue: Path
) -> None:
    with demo(fake(tmp_path, "ignore"), catalogue) as pty:
        pty.wait_for("ready")
        pty.send("E")
        pty.wait_for("type ahead")
        pty.send("q")
        assert_in_order(pty, "all well")


@pytest.mark.pty
def test_t31_a_missing_editor_leaves_the_app_as_it_was(catalogue: Path) -> None:
    with demo("no-such-editor --wait", catalogue) as pty:
        pty.wait_for("ready")
        pty.send("E")
        assert_in_order(pty, 'the editor "no-such-editor" was not found')


@pytest.mark.pty
def test_t31_a_program_that_cannot_run_leaves_the_app_as_it_was(
    tmp_path: Path, catalogue: Path
) -> None:
    program = tmp_path / "broken"
    program.write_bytes(b"\x7fELF and no more")
    program.chmod(0o755)
    with demo(str(program), catalogue) as pty:
        pty.wait_for("ready")
        pty.send("E")
        assert_in_order(pty, f'the editor "{program}" does not start: Exec format error')


@pytest.mark.pty
def test_an_unforeseen_failure_comes_out_after_the_terminal_was_taken_back(
    catalogue: Path,
) -> None:
    with demo("true", catalogue) as pty:
        pty.wait_for("ready")
        pty.send("B")
        assert_in_order(pty, "caught: embedded null byte")


@pytest.mark.pty
def test_t35_keys_that_interrupt_reach_the_editor_and_not_the_app(
    tmp_path: Path, catalogue: Path
) -> None:
    with demo(fake(tmp_path, "handle"), catalogue) as pty:
        pty.wait_for("ready")
        pty.send("E")
        pty.wait_for("handling")
        pty.send("\x03")
        pty.wait_for(f"the editor got signal {signal.SIGINT:d}")
        pty.send("\x1c")
        pty.wait_for(f"the editor got signal {signal.SIGQUIT:d}")
        pty.send("\r")
        assert_in_order(pty, "all well")


@pytest.mark.pty
def test_t35_the_editor_does_not_inherit_deafness(tmp_path: Path, catalogue: Path) -> None:
    with demo(fake(tmp_path, "wait"), catalogue) as pty:
        pty.wait_for("ready")
        pty.send("E")
        pty.wait_for("waiting")
        assert "ignored" not in pty.text
        pty.send("\x03")
        assert_in_order(pty, "the editor was killed by signal 2")


@pytest.mark.pty
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGQUIT, 131)])
def test_t35_signals_end_the_app_again_after_the_editor(
    number: signal.Signals, code: int, tmp_path: Path, catalogue: Path
) -> None:
    with demo(fake(tmp_path, "exit 0"), catalogue) as pty:
        pty.wait_for("ready")
        pty.send("E")
        pty.wait_for("all well")
        pty.signal(number)
        assert pty.wait_exit() == code
        assert pty.settings() == pty.settings_before


@pytest.mark.pty
@pytest.mark.parametrize("deed", ["stop", "stop-all"])
def test_an_editor_that_is_suspended_takes_the_app_along(
    deed: str, tmp_path: Path, catalogue: Path
) -> None:
    with demo(fake(tmp_path, deed), catalogue) as pty:
        pty.wait_for("ready")
        pty.send("E")
        pty.wait_stopped()
        os.killpg(pty.process.pid, signal.SIGCONT)
        assert_in_order(pty, "all well")
        assert b"continued" in pty.output


@pytest.mark.pty
@pytest.mark.skipif(shutil.which("bash") is None, reason="needs a shell with job control")
@pytest.mark.parametrize("deed", ["stop", "handle"])
def test_a_shell_gets_the_terminal_when_the_editor_is_suspended(
    deed: str, tmp_path: Path, catalogue: Path
) -> None:
    shell = ["bash", "--norc", "--noprofile", "--noediting", "-i"]
    environ = {**os.environ, "TERM": "xterm-256color", "EDITOR": fake(tmp_path, deed)}
    with PseudoTerminal(shell, columns=200, environ={**environ, "PS1": "shell> "}) as pty:
        pty.wait_for("shell>")
        pty.send(f"{sys.executable} {DEMO} {catalogue}\r")
        pty.wait_for("ready")
        pty.send("E")
        if deed == "handle":
            pty.wait_for("handling")
            pty.send("\x1a")
        pty.wait_for("Stopped")
        pty.send("fg\r")
        if deed == "handle":
            pty.wait_for("fg")
            pty.send("\r")
        pty.wait_for(f"all well keys=0\n{ROWS}")
        pty.wait_until(lambda: "shell>" not in pty.text, "whole screen of the app")
        pty.send("q")
        pty.wait_for("shell>")
        pty.send("exit 7\r")
        assert pty.wait_exit() == 7
        assert pty.settings() == pty.settings_before


@pytest.mark.pty
def test_the_editor_has_the_terminal_even_if_standard_output_is_a_file(
    tmp_path: Path, catalogue: Path
) -> None:
    output = tmp_path / "output"
    redirect = ("sh", "-c", f'exec "$@" > "{output}"', "sh")
    with demo(fake(tmp_path, "handle"), catalogue, prefix=redirect, columns=80) as pty:
        pty.wait_for("ready")
        pty.send("E")
        pty.wait_for("handling")
        pty.send("\r")
        assert_in_order(pty, "all well")
    assert output.read_bytes() == b""
