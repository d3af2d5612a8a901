"""`etfcompare import`: shown first, written when asked, and the same bytes the second time."""

from __future__ import annotations

import hashlib
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from etfcompare import __main__ as program
from etfcompare.history.merging import Merge, write_merge
from etfcompare.history.rows import FlowRow

CATALOGUE = """\
schema: 1
assets: {BTC: {}}
products:
  - {ticker: IBIT, asset: BTC, listing: {country: US, since: 2024-01-11}}
  - {ticker: FBTC, asset: BTC, listing: {country: US}}
"""
FARSIDE = """\
Date,IBIT,FBTC,Total
11 Jan 2024,111.7,(95.1),16.6
12 Jan 2024,-,3.0,4.0
bad,1,2,3
"""
STORED = """\
period,scope,name,net_flow_usd
2024-01-11,product,FBTC,-95100000
2024-01-11,product,IBIT,111700000
2024-01-12,product,FBTC,3000000
"""
FILE = Path("farside.csv")
FLOWS = Path("history/flows.csv")


class _Terminal(io.StringIO):
    """Somebody who answers."""

    def isatty(self) -> bool:
        return True


class Outcome(NamedTuple):
    """How a run ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The program, in a folder that holds a small catalogue and a pasted table."""
    monkeypatch.chdir(tmp_path)
    Path("products.yaml").write_text(CATALOGUE, encoding="utf-8")
    FILE.write_text(FARSIDE, encoding="utf-8")

    def run(*arguments: str) -> Outcome:
        code = program.main(("import", *arguments))
        return Outcome(code, *capsys.readouterr())

    return run


def test_an_import_is_shown_before_anything_is_written(run: Run) -> None:
    code, out, err = run("flows", "farside.csv")
    assert code == 0
    assert out == (
        "farside.csv: a Farside table, US$m, as the format has it\n"
        "into history/flows.csv, a new file\n"
        "  added              3  2024-01-11 to 2024-01-12: FBTC, IBIT\n"
        "  rejected           1  listed below\n"
        "  not reported       1  which is not zero\n"
    )
    assert 'rejected: line 4: "bad" is no date; write it as 2026-01-23' in err
    assert "does not add up: line 3: 2024-01-12: adds up to 3.0, its total says 4.0" in err
    assert err.endswith("nothing was written; --yes writes\n")
    assert not FLOWS.exists()
    assert Path("products.yaml").read_text(encoding="utf-8") == CATALOGUE


def test_yes_writes_the_table_and_has_the_catalogue_name_it(run: Run) -> None:
    code, out, _ = run("flows", "farside.csv", "--yes")
    assert code == 0
    assert out.endswith("history/flows.csv: written\nhistory.flows: added history/flows.csv\n")
    assert FLOWS.read_text(encoding="utf-8") == STORED
    assert Path("products.yaml").read_text() == CATALOGUE + "history: {flows: history/flows.csv}\n"


def test_importing_twice_changes_nothing(run: Run) -> None:
    run("flows", "farside.csv", "--yes")
    before = FLOWS.stat()
    _, out, err = run("flows", "farside.csv", "--yes")
    assert "  added              0\n" in out
    assert "  same               3  stored already\n" in out
    assert "written" not in out + err
    assert (FLOWS.stat().st_ino, FLOWS.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_sources_that_differ_stand_side_by_side_and_the_stored_one_stays(run: Run) -> None:
    run("flows", "farside.csv", "--yes")
    FILE.write_text(FARSIDE.replace("111.7,(95.1),16.6", "239.3,(95.1),144.2"), encoding="utf-8")
    _, out, _ = run("flows", "farside.csv", "--yes")
    assert "  stored -> farside.csv\n  2024-01-11 product IBIT: 111,700,000 -> 239,300,000\n" in out
    assert "  different          1  the stored are kept; --prefer file takes the others\n" in out
    assert FLOWS.read_text(encoding="utf-8") == STORED
    _, out, _ = run("flows", "farside.csv", "--prefer", "file", "--yes")
    assert "  changed            1  farside.csv is taken\n" in out
    assert FLOWS.read_text(encoding="utf-8") == STORED.replace("111700000", "239300000")
    _, out, _ = run("flows", "farside.csv", "--prefer", "file", "--yes")
    assert "  same               3" in out


WEEKS = "".join(
    f"2026-W0{week},product,{fund},5\n" for week in (1, 2, 3) for fund in ("FBTC", "IBIT")
)


def _with_weeks() -> None:
    """Store flows by week, which a file by day cannot stand beside."""
    Path("products.yaml").write_text(CATALOGUE + "history: {flows: history/flows.csv}\n")
    FLOWS.parent.mkdir()
    FLOWS.write_text(f"period,scope,name,net_flow_usd\n{WEEKS}", encoding="utf-8")


def test_what_is_removed_is_told_by_span_and_count_before_and_after(run: Run) -> None:
    _with_weeks()
    code, out, _ = run("flows", "farside.csv", "--replace")
    assert code == 0
    assert "  removed            6  by another kind of period\n" in out
    assert "  flows by product, before: 6 by week, 2026-W01 to 2026-W03\n" in out
    assert "  flows by product, after:  3 by day, 2024-01-11 to 2024-01-12\n" in out
    assert FLOWS.read_text(encoding="utf-8").endswith(WEEKS)


def test_the_question_names_what_is_removed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _with_weeks()
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdin", _Terminal("n\n"))
    _, _, err = run("flows", "farside.csv", "--replace")
    assert (
        "Remove the 6 stored flows by product (2026-W01 to 2026-W03) and keep 3 instead? y/n\n"
    ) in err
    assert FLOWS.read_text(encoding="utf-8").endswith(WEEKS)


def test_days_that_cannot_stand_beside_weeks_are_shown_and_doubted_and_then_refused(
    run: Run,
) -> None:
    _with_weeks()
    FILE.write_text("Date,IBIT,FBTC,Total\n27 Nov 2025,1.0,2.0,3.0\n", encoding="utf-8")
    code, out, err = run("flows", "farside.csv", "--yes")
    assert code == 2
    assert "  added              2  2025-11-27: FBTC, IBIT\n" in out
    assert "  removed            6  only with --replace: by another kind of period\n" in out
    doubt, refusal = err.splitlines()[-2:]
    assert doubt.startswith("doubtful: 2025-11-27: ")
    assert refusal.endswith("--replace removes the stored: 6 by week, 2026-W01 to 2026-W03")
    assert FLOWS.read_text(encoding="utf-8").endswith(WEEKS)


def test_a_flow_on_a_day_without_trading_is_doubted(run: Run) -> None:
    FILE.write_text("Date,IBIT,FBTC,Total\n27 Nov 2025,1.0,2.0,3.0\n", encoding="utf-8")
    code, _, err = run("flows", "farside.csv")
    assert code == 0
    assert "doubtful: 2025-11-27: FBTC and IBIT have flows of +$3.00M on a day when" in err


def test_an_asset_against_the_catalogue_is_doubted(run: Run) -> None:
    FILE.write_text("date,ticker,asset,flow_usd_m\n2026-01-02,IBIT,ETH,1\n", encoding="utf-8")
    _, _, err = run("flows", "farside.csv")
    assert 'doubtful: line 2: the file has "ETH" as the asset of IBIT, the catalogue BTC' in err


def test_a_row_that_is_stored_and_broken_is_not_lost(run: Run) -> None:
    run("flows", "farside.csv", "--yes")
    FLOWS.write_text(STORED + "2024-01-15,product,IBIT,x\n", encoding="utf-8")
    code, out, err = run("flows", "farside.csv", "--yes")
    assert (code, out) == (1, "")
    assert "flows.csv:5:25" in err
    assert FLOWS.read_text(encoding="utf-8").endswith("x\n")


def test_a_table_that_others_changed_meanwhile_is_left_alone(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("flows", "farside.csv", "--yes")
    FILE.write_text("Date,IBIT,Total\n16 Jan 2024,1.0,1.0\n", encoding="utf-8")

    def change_first(merge: Merge[FlowRow], *folder: Path) -> Path:
        FLOWS.write_text(STORED + "\n", encoding="utf-8")
        return write_merge(merge, *folder)

    monkeypatch.setattr("etfcompare.cli.importing.write_merge", change_first)
    code, _, err = run("flows", "farside.csv", "--yes")
    assert code == 4
    assert "changed by another program meanwhile" in err
    assert FLOWS.read_text(encoding="utf-8") == STORED + "\n"


def test_the_catalogue_that_came_with_the_program_is_not_added_to(run: Run) -> None:
    Path("products.yaml").unlink()
    code, out, err = run("flows", "farside.csv", "--yes")
    assert (code, out) == (2, "")
    assert "`etfcompare init` makes one of your own" in err


def test_a_history_file_outside_the_folder_is_refused(run: Run) -> None:
    text = CATALOGUE + "history: {flows: ../flows.csv}\n"
    Path("products.yaml").write_text(text, encoding="utf-8")
    code, _, err = run("flows", "farside.csv", "--yes")
    assert code == 1
    assert "history.flows: ../flows.csv cannot be used; `etfcompare check` says why" in err
    assert not Path("../flows.csv").exists()


def test_a_link_that_leads_out_of_the_folder_is_refused(run: Run, tmp_path: Path) -> None:
    FLOWS.parent.mkdir()
    FLOWS.symlink_to(tmp_path.parent / "elsewhere.csv")
    code, _, err = run("flows", "farside.csv", "--yes")
    assert code == 1
    assert "leads out of the catalogue's folder" in err
    assert not (tmp_path.parent / "elsewhere.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("flows", "gone.csv"), 3, "gone.csv: no such file"),
        (("flows", "."), 3, "is no regular file"),
        (("prices", "farside.csv"), 2, "a Farside table, which holds flows and no prices"),
        (("flows", "farside.csv", "--rename", "X"), 2, "is no pair"),
        (("flows", "farside.csv", "--name", "IBIT"), 2, "leave out --name"),
        (("flows", "farside.csv", "--format", "sosovalue"), 3, "is not SoSoValue JSON"),
        (("flows", "farside.csv", "--week", "2026-01"), 2, "a month is no week"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    run: Run, arguments: tuple[str, ...], code: int, said: str
) -> None:
    outcome = run(*arguments)
    assert (outcome.code, outcome.out) == (code, "")
    assert said in outcome.err
    assert outcome.err.count("\n") == 1


def test_the_counts_of_the_preview_account_for_every_line(run: Run) -> None:
    FILE.write_text(
        "date,ticker,flow_usd\n2026-01-02,IBIT,1\n2026-01-02,IBIT,1\n2026-01-02,FBTC,1\n"
        "2026-01-02,FBTC,2\n2026-01-05,XYZ,3\n2026-01-05,IBIT,-\n2026-01-05,Total,3\n",
        encoding="utf-8",
    )
    _, out, err = run("flows", "farside.csv", "--unit", "dollars")
    counts = {line[2:14].strip(): int(line[14:22]) for line in out.splitlines()[2:]}
    assert counts == {
        "added": 1,
        "rejected": 2,
        "not taken": 1,
        "repeated": 1,
        "totals": 1,
        "not reported": 1,
    }
    assert err.count("neither is taken") == 2


def test_names_that_are_missing_are_no_slip_of_addition(run: Run) -> None:
    FILE.write_text("Asset,Week flows (US$m)\nTotal,-15\nBTC,-10\n", encoding="utf-8")
    _, _, err = run("flows", "farside.csv", "--week", "2026-01-23")
    assert "names are missing: line 2: flows by asset: those here add up to -10, " in err
    assert "does not add up" not in err


def test_what_the_file_does_not_say_is_said_by_options(run: Run) -> None:
    FILE.write_text("date,name,flow\n2026-01-02,BTC,5\n", encoding="utf-8")
    code, _, err = run("flows", "farside.csv", "--yes")
    assert code == 2
    assert "--scope" in err
    options = ("--scope", "asset", "--unit", "dollars")
    assert run("flows", "farside.csv", *options, "--yes").code == 0
    assert FLOWS.read_text(encoding="utf-8").endswith("\n2026-01-02,asset,BTC,5\n")


def test_a_file_of_which_nothing_can_be_taken_ends_in_an_error(run: Run) -> None:
    FILE.write_text("Date,IBIT,Total\n12 Jan 2024,-,0.0\n", encoding="utf-8")
    code, out, err = run("flows", "farside.csv", "--yes")
    assert code == 1
    assert "  added              0\n" in out
    assert "nothing was found that can be taken" in err
    assert not FLOWS.exists()


def test_foreign_text_is_shown_and_never_obeyed(run: Run) -> None:
    FILE.write_text(
        "Date,IBIT,FBTC,Total\n\x1b[31mred,1,2,3\n12 Jan 2024,1,2,3\n", encoding="utf-8"
    )
    _, out, err = run("flows", "farside.csv")
    assert "\x1b" not in out + err
    assert "\\x1b[31mred" in err


def test_prices_and_holdings_go_to_files_of_their_own(run: Run) -> None:
    FILE.write_text("date,asset,close_usd\n2026-01-02,btc,90000.5\n", encoding="utf-8")
    assert run("prices", "farside.csv", "--yes").code == 0
    FILE.write_text("date,shares_outstanding,nav\n2026-01-02,100,52.5\n", encoding="utf-8")
    assert run("holdings", "farside.csv", "--name", "IBIT", "--yes").code == 0
    assert Path("history/prices.csv").read_text() == (
        "date,asset,close_usd\n2026-01-02,BTC,90000.5\n"
    )
    assert Path("history/holdings.csv").read_text().endswith("\n2026-01-02,IBIT,100,,52.5,\n")


def test_the_daily_file_twice_gives_the_same_bytes(
    run: Run, shared: Path, catalogue_path: Path
) -> None:
    kept = [
        line
        for line in catalogue_path.read_text(encoding="utf-8").splitlines(keepends=True)
        if not line.startswith("history:")
    ]
    Path("products.yaml").write_text("".join(kept), encoding="utf-8")
    daily = os.fspath(shared / "data" / "flows_daily.csv")
    assert run("flows", daily, "--yes").code == 0
    first = hashlib.sha256(FLOWS.read_bytes()).hexdigest()
    assert run("flows", daily, "--prefer", "file", "--yes").code == 0
    assert hashlib.sha256(FLOWS.read_bytes()).hexdigest() == first
    dashboard = os.fspath(shared / "data" / "raw" / "dashboard_btc_flows_slice.json")
    _, out, err = run("flows", dashboard, "--prefer", "file")
    assert "2026-08-21 product IBIT: 239,300,000 -> 0" in out
    assert "doubtful: 2025-11-27" in err
