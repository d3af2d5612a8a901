"""The real command in a real terminal: it opens, works, and leaves the terminal as it was."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from etfcompare.tui.ascii import in_ascii, takes_signs
from pseudoterminal import PseudoTerminal
from screens import SMALL, written
from test_terminal import assert_given_back, environment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ETFCOMPARE: Final = [sys.executable, "-m", "etfcompare"]
ASCII_ONLY: Final = {
    "LANG": "C",
    "LC_ALL": "C",
    "PYTHONUTF8": "0",
    "PYTHONCOERCECLOCALE": "0",
    "PYTHONIOENCODING": "ascii",
}
SHOWN: Final = "~1 estimated"
"""What stands on the screen once the small catalogue is shown."""


def started(
    path: Path, *, columns: int = 80, rows: int = 24, environ: Mapping[str, str] | None = None
) -> PseudoTerminal:
    return PseudoTerminal(
        [*ETFCOMPARE, str(path)], columns=columns, rows=rows, environ=environ or environment()
    )


@pytest.mark.pty
def test_opens_filters_sorts_explains_and_quits(tmp_path: Path) -> None:
    path = written(tmp_path)
    with started(path) as pty:
        pty.wait_for(SHOWN)
        pty.send("/staked")
        pty.wait_for("3 of 5")
        pty.send(" aum>100M\r")
        pty.wait_for("2 of 5")
        pty.send("[")
        pty.wait_for("Net yield▲")
        pty.send("i")
        pty.wait_for("= staking yield − effective fee")
        pty.send("q")
        pty.wait_until(lambda: "= staking yield" not in pty.text, "end of the page")
        pty.send("q")
        assert pty.wait_exit() == 0
        assert_given_back(pty)
    assert path.read_text(encoding="utf-8") == SMALL


@pytest.mark.pty
def test_r01_the_second_ctrl_c_quits(tmp_path: Path) -> None:
    with started(written(tmp_path)) as pty:
        pty.wait_for(SHOWN)
        pty.send("\x03")
        pty.wait_for("press Ctrl-C again to quit")
        pty.send("\x03")
        assert pty.wait_exit() == 130
        assert_given_back(pty)


@pytest.mark.pty
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_p8_a_signal_gives_the_terminal_back(
    tmp_path: Path, number: signal.Signals, code: int
) -> None:
    with started(written(tmp_path)) as pty:
        pty.wait_for(SHOWN)
        pty.signal(number)
        assert pty.wait_exit() == code
        assert_given_back(pty)


@pytest.mark.pty
@pytest.mark.parametrize("redirection", ["</dev/null", "<&-", "2>/dev/null", "2>&-"])
def test_r07_r09_without_a_terminal_one_line_names_the_way_out(
    tmp_path: Path, redirection: str
) -> None:
    command = ["sh", "-c", f'exec "$0" "$@" {redirection}', *ETFCOMPARE, str(written(tmp_path))]
    with PseudoTerminal(command, columns=200, environ=environment()) as pty:
        assert pty.wait_exit() == 2
        assert b"\x1b" not in pty.output
        if redirection.startswith("<"):
            assert pty.output.count(b"\n") == 1
            assert b"`etfcompare rank`" in pty.output


@pytest.mark.pty
@pytest.mark.parametrize("term", ["dumb", "", "unknown", None])
def test_r10_a_terminal_that_cannot_be_drawn_on_is_offered_plain_text(
    tmp_path: Path, term: str | None
) -> None:
    with started(written(tmp_path), columns=200, environ=environment(TERM=term)) as pty:
        assert pty.wait_exit() == 2
        assert b"\x1b" not in pty.output
        assert b"`etfcompare rank`" in pty.output


@pytest.mark.pty
@pytest.mark.parametrize("columns", [80, 120])
def test_r20_a_terminal_for_ascii_gets_ascii_in_the_same_columns(
    tmp_path: Path, columns: int
) -> None:
    path = written(tmp_path, SMALL.replace("Alfa Bitcoin Trust", "Älfa 株式会社"))
    with started(path, columns=columns, environ=environment(**ASCII_ONLY)) as pty:
        pty.wait_for(SHOWN)
        pty.wait_for("Net yieldv")
        pty.wait_for("-0.25%")
        if columns == 120:
            pty.send("jjj")
            pty.wait_for("?lfa ????????")
            assert len({row.index("|") for row in pty.text.splitlines()[2:-1]}) == 1
        pty.send("i")
        pty.wait_for("esc closes")
        pty.send("qq")
        assert pty.wait_exit() == 0
        assert_given_back(pty)
        assert pty.output.isascii()
        assert b"\\u" not in pty.output


@pytest.mark.pty
@pytest.mark.parametrize("kind", ["missing", "unreadable", "folder", "broken"])
def test_r21_a_catalogue_that_cannot_be_read_is_told_and_exits_3(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "funds.yaml"
    if kind == "folder":
        path.mkdir()
    elif kind == "broken":
        path.write_text("products: [", encoding="utf-8")
    elif kind == "unreadable":
        written(tmp_path).chmod(0)
        if os.access(path, os.R_OK):
            pytest.skip("this user may read anything")
    environ = environment(ETFCOMPARE_CATALOGUE=str(path))
    with PseudoTerminal(ETFCOMPARE, columns=120, environ=environ) as pty:
        pty.wait_for("The catalogue cannot be read.")
        pty.wait_for("etfcompare init FILE")
        pty.send("q")
        assert pty.wait_exit() == 3
        assert_given_back(pty)


@pytest.mark.pty
def test_r24_a_read_only_catalogue_can_be_looked_at(tmp_path: Path) -> None:
    path = written(tmp_path)
    path.chmod(0o444)
    tmp_path.chmod(0o555)
    try:
        with started(path) as pty:
            pty.wait_for(SHOWN)
            pty.send("q")
            assert pty.wait_exit() == 0
    finally:
        tmp_path.chmod(0o755)


@pytest.mark.pty
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_r25_any_time_zone_is_fine(tmp_path: Path, zone: str) -> None:
    with started(written(tmp_path), environ=environment(TZ=zone)) as pty:
        pty.wait_for("5 of 5")
        pty.send("q")
        assert pty.wait_exit() == 0


@pytest.mark.pty
def test_r26_a_second_one_works_beside_the_first(tmp_path: Path) -> None:
    path = written(tmp_path)
    with started(path) as first, started(path) as second:
        first.wait_for(SHOWN)
        second.wait_for(SHOWN)
        second.send("q")
        assert second.wait_exit() == 0
        first.send("/sol")
        first.wait_for("2 of 5")
        first.send("\r")
        first.wait_for("▼ net yield")  # covered by the field while there is one
        first.send("q")
        assert first.wait_exit() == 0


@pytest.mark.pty
def test_r28_keys_typed_during_the_start_are_survived(tmp_path: Path) -> None:
    with started(written(tmp_path)) as pty:
        pty.send("jj]i\x1b[A?")
        pty.wait_for("5 of 5")
        pty.send("\x11")
        assert pty.wait_exit() == 0
        assert_given_back(pty)


@pytest.mark.pty
def test_any_size_of_the_terminal_is_survived(tmp_path: Path) -> None:
    with started(written(tmp_path), columns=1, rows=1) as pty:
        pty.wait_until(lambda: b"\x1b[?1049h" in pty.output, "alternate screen")
        pty.resize(120, 40)
        pty.wait_for("Bravo Staked Solana")
        pty.resize(1, 80)
        pty.resize(200, 1)
        pty.resize(80, 24)
        pty.wait_for(SHOWN)
        pty.send("q")
        assert pty.wait_exit() == 0
        assert_given_back(pty)


@pytest.mark.pty
@pytest.mark.skipif(shutil.which("bash") is None, reason="needs a shell with job control")
def test_r06_ctrl_z_and_fg_draw_the_table_again(tmp_path: Path) -> None:
    with started(written(tmp_path)) as pty:
        pty.wait_for(SHOWN)
        pty.send("\x1a")
        pty.wait_stopped()
        assert_given_back(pty)
        pty.screen.reset()
        pty.signal(signal.SIGCONT)
        pty.wait_for(SHOWN)
        pty.send("q")
        assert pty.wait_exit() == 0


class Stream:
    def __init__(self, encoding: str) -> None:
        self.encoding = encoding


@pytest.mark.parametrize(
    ("encoding", "takes"), [("utf-8", True), ("ascii", False), ("latin-1", False), ("x", False)]
)
def test_r20_signs_are_drawn_where_the_encoding_has_them(encoding: str, *, takes: bool) -> None:
    assert takes_signs(Stream(encoding)) is takes


def test_r20_a_closed_stream_takes_no_signs() -> None:
    assert not takes_signs(None)


@given(st.text(st.characters(exclude_categories=["C"])))
def test_r20_stand_ins_are_ascii_and_as_wide(text: str) -> None:
    assert in_ascii(text).isascii()
    assert len(in_ascii(text)) == cell_len(text)
