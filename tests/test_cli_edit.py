"""Changing the catalogue from the shell: these characters, and no other."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from etfcompare.editing import Editor, Proposal
from running import Run, runner

SMALL = """\
schema: 1
assets:
  SOL: {staking: {rate: 6.00%, as_of: 2026-11-01, source: desk}}
sources: {desk: {title: Research desk}}
products:
  - ticker: AAA  # the first
    asset: SOL
    name: A fund
    fee: {rate: 0.25%, as_of: 2026-11-01, source: desk}
    market: {aum: $1.2B, premium: 0%, as_of: 2026-11-01, source: desk}

  - ticker: BBB
    asset: SOL
    fee: {rate: 0.50%, as_of: 2026-11-01, source: desk}
"""
FILE = Path("products.yaml")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The program, in a folder that holds the small catalogue."""
    monkeypatch.chdir(tmp_path)
    FILE.write_text(SMALL, encoding="utf-8")
    return runner(capsys)


# set


def test_set_writes_these_characters_and_no_other(run: Run, catalogue_path: Path) -> None:
    content = catalogue_path.read_bytes()
    FILE.write_bytes(content)
    lines = content.decode().split("\n")
    product = next(n for n, line in enumerate(lines) if line.strip() == "- ticker: BSOL")
    number = next(n for n in range(product, len(lines)) if lines[n].strip() == "rate: 0.20%")
    line = lines[number]
    code, out, err = run("set", "BSOL", "fee.rate", "0.19%", "--dry-run")
    assert (code, err) == (0, "")
    assert out == (
        "--- products.yaml\n"
        "+++ products.yaml\n"
        f"@@ -{number + 1} +{number + 1} @@\n"
        f"-{line}\n"
        f"+{line.replace('0.20%', '0.19%')}\n"
    )
    assert FILE.read_bytes() == content
    assert run("set", "BSOL", "fee.rate", "0.19%") == (
        0,
        "fee.rate of BSOL: 0.20% -> 0.19%\n",
        "",
    )
    lines[number] = line.replace("0.20%", "0.19%")
    assert FILE.read_bytes() == "\n".join(lines).encode()


def test_set_to_what_is_there_says_so_and_leaves_the_file(run: Run) -> None:
    before = FILE.stat()
    assert run("set", "AAA", "fee.rate", "0.25%") == (
        0,
        "fee.rate of AAA: 0.25%, no change\n",
        "",
    )
    assert FILE.stat().st_mtime_ns == before.st_mtime_ns
    assert FILE.stat().st_ino == before.st_ino


@pytest.mark.parametrize(
    ("arguments", "old", "new"),
    [
        ("aaa fee.rate 20bp", "rate: 0.25%", "rate: 20bp"),
        ("AAA market.premium -0.5%", "premium: 0%", "premium: -0.5%"),
        ("AAA market.aum $2B", "$1.2B", "$2B"),
        ("AAA name on", "A fund", "'on'"),
        ("AAA issuer South", "desk}\n\n", "desk}\n    issuer: South\n\n"),
        (". assets.SOL.staking.rate 5%", "6.00%", "5%"),
        (". assets.sol.staking.rate 5%", "6.00%", "5%"),
        (". sources.desk.title Desk", "Research desk", "Desk"),
    ],
)
def test_set_reaches_every_place(run: Run, arguments: str, old: str, new: str) -> None:
    assert run("set", *arguments.split()).code == 0
    assert FILE.read_text(encoding="utf-8") == SMALL.replace(old, new, 1)


def test_set_adds_a_block_that_is_missing(run: Run) -> None:
    assert run("set", ".", "cash.yield", "3.6%").code == 0
    assert FILE.read_text(encoding="utf-8") == SMALL + "cash:\n  yield: 3.6%\n"


@pytest.mark.parametrize(
    ("change", "new"),
    [
        (
            "AAA fee.rate 0.20%",
            "fee: {rate: 0.20%, as_of: 2026-11-20, source: desk}",
        ),
        (
            "AAA fee.rate 0.25%",
            "fee: {rate: 0.25%, as_of: 2026-11-20, source: desk}",
        ),
        (
            "AAA market.aum $2B",
            "market: {aum: {value: $2B, as_of: 2026-11-20}, premium: 0%, as_of: 2026-11-01,",
        ),
        (". limits.fee 300d", "limits:\n  fee: {value: 300d, as_of: 2026-11-20}\n"),
        ("BBB listing.since 2025-01-01", "since: {value: 2025-01-01, as_of: 2026-11-20}"),
    ],
)
def test_set_dates_a_figure_and_none_of_its_neighbours(run: Run, change: str, new: str) -> None:
    code, out, err = run("set", *change.split(), "--as-of", "2026-11-20")
    assert (code, err) == (0, "")
    assert "no change" not in out
    text = FILE.read_text(encoding="utf-8")
    assert new in text
    assert text.count("2026-11-20") == 1


def test_set_writes_a_source_beside_the_figure(run: Run) -> None:
    run("set", ".", "sources.filing.title", "A filing")
    code, _, _ = run("set", "AAA", "fee.rate", "0.20%", "--source", "filing")
    assert code == 0
    assert "{rate: 0.20%, as_of: 2026-11-01, source: filing}" in FILE.read_text(encoding="utf-8")


def test_words_have_no_date_of_their_own(run: Run) -> None:
    code, out, err = run("set", "AAA", "name", "Fund", "--as-of", "2026-11-20")
    assert (code, out) == (2, "")
    assert "no date" in err
    assert FILE.read_text(encoding="utf-8") == SMALL


@pytest.mark.parametrize("how", [(), ("--dry-run",)])
def test_a_value_that_makes_an_error_is_refused_as_check_tells_it(
    run: Run, how: tuple[str, ...]
) -> None:
    code, out, err = run("set", "AAA", "fee.rate", "a lot", *how)
    assert (code, out) == (1, "")
    assert FILE.read_text(encoding="utf-8") == SMALL
    FILE.write_text(SMALL.replace("0.25%", "a lot"), encoding="utf-8")
    (line,) = run("check", "--errors-only").out.splitlines()
    assert line.startswith("products.yaml:9:17: error: products[AAA].fee.rate:")
    assert err.splitlines() == [line, "etfcompare: nothing was written; that would be an error"]


def test_a_new_warning_is_told_and_the_value_saved(run: Run) -> None:
    code, out, err = run("set", "AAA", "fee.rate", "25%")
    assert (code, out) == (0, "fee.rate of AAA: 0.25% -> 25%\n")
    assert err.startswith("products.yaml:9:17: warning: products[AAA].fee.rate:")
    assert "rate: 25%," in FILE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        ("AAA fee.rte 1%", "did you mean fee.rate?"),
        ("AAA stakin.cut 1%", "did you mean staking.cut?"),
        ("AAA fee 1%", "did you mean fee.rate?"),
        ("AAA products.x 1%", "etfcompare schema"),
        ("AAB fee.rate 1%", "did you mean AAA?"),
        (". cash.yeild 1%", "did you mean cash.yield?"),
        (". asets.SOL.staking.rate 1%", "did you mean assets.SOL.staking.rate?"),
        (". assets.SOL.staking.rat 1%", "did you mean assets.SOL.staking.rate?"),
        (". assets 1%", "the catalogue has no"),
        (". fee.rate 1%", "the catalogue has no"),
        (". products.0.ticker X", "the catalogue has no"),
        (". schema 2", "the catalogue has no"),
        ("AAA fee.rate --dryrun", "no such option: --dryrun"),
        ("AAA fee.rate 1% --dryrun", "--dryrun"),
        ("AAA fee.rate", "Missing argument"),
    ],
)
def test_what_makes_no_sense_names_what_would(run: Run, arguments: str, hint: str) -> None:
    code, out, err = run("set", *arguments.split())
    assert (code, out) == (2, "")
    assert hint in err
    assert err.count("\n") == 1
    assert FILE.read_text(encoding="utf-8") == SMALL


def test_a_shared_value_says_what_else_it_changes(run: Run) -> None:
    shared = SMALL.replace("rate: 0.25%", "rate: &fee 0.25%").replace("rate: 0.50%", "rate: *fee")
    FILE.write_text(shared, encoding="utf-8")
    _, _, err = run("set", "AAA", "fee.rate", "0.24%")
    assert "also changes products[BBB].fee.rate" in err
    assert FILE.read_text(encoding="utf-8") == shared.replace("0.25%", "0.24%")


def test_bytes_elsewhere_stay_with_bom_tabs_and_mixed_line_ends(run: Run) -> None:
    content = b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").replace(
        "    name: A fund\r\n", "    name: A fund \t# \U0001f916\n"
    ).encode().removesuffix(b"\r\n")
    FILE.write_bytes(content)
    assert run("set", "AAA", "fee.rate", "0.24%").code == 0
    assert FILE.read_bytes() == content.replace(b"0.25%", b"0.24%")


def test_the_text_before_is_kept(run: Run, tmp_path: Path) -> None:
    run("set", "AAA", "fee.rate", "0.24%")
    backups = [one for one in (tmp_path / "home/state").rglob("*") if one.is_file()]
    assert SMALL.encode() in [one.read_bytes() for one in backups]


def test_without_a_folder_for_backups_it_is_saved_and_said(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("XDG_STATE_HOME", "HOME", "USERPROFILE"):
        monkeypatch.delenv(name, raising=False)
    code, out, err = run("set", "AAA", "fee.rate", "0.24%")
    assert (code, out) == (0, "fee.rate of AAA: 0.25% -> 0.24%\n")
    assert "no backup was kept" in err


def test_a_file_with_two_names_is_written_in_place_only_where_asked(run: Run) -> None:
    os.link(FILE, "other.yaml")
    code, out, err = run("set", "AAA", "fee.rate", "0.24%")
    assert (code, out) == (1, "")
    assert err.endswith("add --in-place\n")
    assert run("set", "AAA", "fee.rate", "0.24%", "--in-place").code == 0
    assert Path("other.yaml").read_text(encoding="utf-8") == SMALL.replace("0.25%", "0.24%")


def test_the_packaged_catalogue_is_never_changed(run: Run, catalogue_path: Path) -> None:
    before = catalogue_path.read_bytes()
    FILE.unlink()
    for arguments in ("set BSOL fee.rate 1%", "add X --from BSOL", "remove BSOL --yes"):
        code, out, err = run(*arguments.split())
        assert (code, out) == (2, "")
        assert "etfcompare init" in err
    assert catalogue_path.read_bytes() == before


def test_the_usual_places_and_the_option_say_which_catalogue(run: Run) -> None:
    FILE.rename("mine.yaml")
    assert run("set", "AAA", "fee.rate", "0.24%", "--catalogue", "mine.yaml").code == 0
    assert Path("mine.yaml").read_text(encoding="utf-8") == SMALL.replace("0.25%", "0.24%")


def test_nothing_hidden_reaches_the_terminal(run: Run) -> None:
    hostile = r"\e[2J\u202e"
    text = SMALL.replace("A fund", f'"{hostile}"').replace("BBB", f'"{hostile}"')
    FILE.write_text(text, encoding="utf-8")
    told = [
        run("set", "AAA", "name", "\x1b[31m\u202e", "--dry-run"),
        run("set", "\x1b[31m", "name", "x"),
        run("set", "AAA", "\x1b[31m", "x"),
        run("set", ".", "assets.\x1b[31m.staking.rat", "x"),
        run("set", "AAA", "--\x1b[31m", "x"),
        run("set", "AAA", "name", "x"),
        run("remove", "\x1b[2J\u202e", "--dry-run"),
        run("add", "\x1b[31m", "--from", "AAA", "--dry-run"),
    ]
    assert all(line.isprintable() for one in told for line in (one.out + one.err).split("\n"))
    assert all(one.out or one.err for one in told)


# Somebody else


def _meanwhile(monkeypatch: pytest.MonkeyPatch, content: str) -> None:
    """Let somebody else write the file between reading and saving."""
    save = Editor.save

    def interrupted(self: Editor, proposal: Proposal, *, in_place: bool = False) -> object:
        FILE.write_text(content, encoding="utf-8")
        return save(self, proposal, in_place=in_place)

    monkeypatch.setattr(Editor, "save", interrupted)


def test_a_conflict_writes_nothing_and_exits_4(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = SMALL.replace("0.25%", "0.23%")
    _meanwhile(monkeypatch, theirs)
    code, out, err = run("set", "AAA", "fee.rate", "0.24%")
    assert (code, out) == (4, "")
    assert all(value in err for value in ("0.25%", "0.24%", "0.23%"))
    assert err.count("\n") == 1
    assert FILE.read_text(encoding="utf-8") == theirs


def test_a_change_elsewhere_meanwhile_is_kept(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _meanwhile(monkeypatch, "# new\n" + SMALL.replace("0.50%", "0.51%"))
    code, out, err = run("set", "AAA", "fee.rate", "0.24%")
    assert (code, out) == (0, "fee.rate of AAA: 0.25% -> 0.24%\n")
    assert err == "somebody else changed the file meanwhile; their change is kept\n"
    both = "# new\n" + SMALL.replace("0.50%", "0.51%").replace("0.25%", "0.24%")
    assert FILE.read_text(encoding="utf-8") == both


# add


def test_add_copies_a_product_behind_the_last_one(run: Run) -> None:
    code, out, err = run("add", "CCC", "--from", "BBB")
    assert (code, out) == (0, "CCC: added, a copy of BBB\n")
    assert "its figures are those of BBB" in err
    text = FILE.read_text(encoding="utf-8")
    assert text.startswith(SMALL)
    block = SMALL[SMALL.index("  - ticker: BBB") :]
    assert text.removeprefix(SMALL).lstrip("\n") == block.replace("BBB", "CCC")


def test_add_shows_what_it_would_write(run: Run) -> None:
    code, out, _ = run("add", "CCC", "--from", "BBB", "--dry-run")
    assert code == 0
    assert out.startswith("--- products.yaml\n+++ products.yaml\n@@ -14,0 +15,")
    assert "+  - ticker: CCC\n" in out
    assert not any(line.startswith("-") for line in out.splitlines()[1:])
    assert FILE.read_text(encoding="utf-8") == SMALL


def test_add_begins_an_empty_product_of_an_asset(run: Run) -> None:
    code, out, err = run("add", "CCC", "--asset", "SOL")
    assert (code, out, err) == (0, "CCC: added\n", "")
    assert "ticker: CCC" in FILE.read_text(encoding="utf-8")


def test_a_copy_may_hold_another_asset(run: Run) -> None:
    run("set", ".", "assets.BTC.name", "Bitcoin")
    before = FILE.read_text(encoding="utf-8")
    assert run("add", "CCC", "--from", "BBB", "--asset", "BTC").code == 0
    assert "asset: BTC" in FILE.read_text(encoding="utf-8").removeprefix(before)


@pytest.mark.parametrize(
    ("arguments", "code", "hint"),
    [
        ("CCC", 2, "--from"),
        (". --from AAA", 2, "dot"),
        ("CCC --from AAB", 2, "did you mean AAA?"),
        ("aaa --from BBB", 1, "already"),
        ("CCC --asset DOGE", 1, 'asset "DOGE" is not under assets'),
        ("CCC --from AAA --asset DOGE", 1, 'asset "DOGE" is not under assets'),
    ],
)
def test_add_refuses_what_makes_no_product(run: Run, arguments: str, code: int, hint: str) -> None:
    outcome = run("add", *arguments.split())
    assert (outcome.code, outcome.out) == (code, "")
    assert hint in outcome.err
    assert FILE.read_text(encoding="utf-8") == SMALL


# remove

WITHOUT_BBB = SMALL[: SMALL.index("\n  - ticker: BBB")]


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """A user at a terminal who answers."""

    def answer(text: str) -> None:
        stdin = io.StringIO(text)
        monkeypatch.setattr(stdin, "isatty", lambda: True)
        monkeypatch.setattr(sys, "stdin", stdin)

    return answer


def test_remove_asks_after_showing_the_lines(run: Run, answer: Callable[[str], None]) -> None:
    answer("y\n")
    code, out, err = run("remove", "BBB")
    assert (code, out) == (0, "BBB: removed\n")
    assert "-  - ticker: BBB\n" in err
    assert "-    fee: {rate: 0.50%, as_of: 2026-11-01, source: desk}\n" in err
    assert "AAA" not in err
    assert FILE.read_text(encoding="utf-8").rstrip("\n") == WITHOUT_BBB.rstrip("\n")


@pytest.mark.parametrize("said", ["n\n", "\n", "", "yesterday\n"])
def test_remove_takes_anything_but_yes_for_no(
    run: Run, answer: Callable[[str], None], said: str
) -> None:
    answer(said)
    code, out, err = run("remove", "BBB")
    assert (code, out) == (1, "")
    assert err.endswith("etfcompare: nothing was written\n")
    assert FILE.read_text(encoding="utf-8") == SMALL


def test_remove_needs_a_yes_where_nobody_can_be_asked(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    code, out, err = run("remove", "BBB")
    assert (code, out) == (2, "")
    assert "--yes" in err
    assert FILE.read_text(encoding="utf-8") == SMALL
    assert run("remove", "BBB", "--yes") == (0, "BBB: removed\n", "")
    assert "BBB" not in FILE.read_text(encoding="utf-8")


def test_remove_shows_what_it_would_do(run: Run) -> None:
    code, out, err = run("remove", "AAA", "--dry-run")
    assert (code, err) == (0, "")
    assert "-  - ticker: AAA  # the first\n" in out
    assert FILE.read_text(encoding="utf-8") == SMALL


def test_what_is_added_and_removed_leaves_the_same_bytes(run: Run) -> None:
    run("add", "CCC", "--from", "BBB")
    run("remove", "CCC", "--yes")
    assert FILE.read_bytes() == SMALL.encode()


def test_remove_names_the_nearest_product(run: Run) -> None:
    code, _, err = run("remove", "AAB", "--yes")
    assert code == 2
    assert "did you mean AAA?" in err


def test_the_help_says_what_a_dot_is(run: Run) -> None:
    assert "A dot for the ticker stands for the top of the file" in run("set", "--help").out


def test_the_process_exits_with_the_code(run: Run, tmp_path: Path) -> None:
    assert run("check", "--errors-only").code == 0
    arguments = [sys.executable, "-m", "etfcompare", "set", "AAA", "fee.rate"]
    refused = subprocess.run([*arguments, "x"], cwd=tmp_path, capture_output=True, check=False)
    assert (refused.returncode, refused.stdout) == (1, b"")
    saved = subprocess.run([*arguments, "20bp"], cwd=tmp_path, capture_output=True, check=False)
    assert (saved.returncode, saved.stderr) == (0, b"")
    assert FILE.read_bytes() == SMALL.replace("0.25%", "20bp").encode()
