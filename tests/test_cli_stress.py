"""Hard times, on the command line."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from running import Run, runner
from test_cli_fragility import CATALOGUE

DAY = ("--as-of", "2026-11-22")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The program, in a folder that holds the catalogue."""
    (tmp_path / "products.yaml").write_text(CATALOGUE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return runner(capsys, "stress")


def test_each_case_has_a_column_and_another_rank_is_told(run: Run) -> None:
    code, out, err = run(*DAY)
    assert code == 0
    lines = [line.split() for line in out.splitlines()]
    assert lines[1] == [
        *("1", "=ONE", "+160bp", "5.20%", "#2", "2.35%", "4.06%", "="),
        *("+60bp", "=", "-47.40%"),
    ]
    assert lines[2][4:6] == ["#1", "2.44%~"]
    assert lines[3][4:7] == ["=", "=", "="]
    assert lines[4] == ["LOST", *"????????"]
    assert "= as is" in err
    assert "First as things are: =ONE; TW|O with 2.44%~ if rewards halve." in err


def test_named_products_are_ranked_among_all_that_match(run: Run) -> None:
    out = run(*DAY, "LONE", "--csv-raw").out
    rows = list(csv.DictReader(io.StringIO(out, newline="")))
    assert {one["ticker"] for one in rows} == {"LONE"}
    assert {one["rank"] for one in rows} == {"3"}
    assert [one["case"] for one in rows][:2] == ["as is", "rewards halve"]
    price = rows[-1]
    assert float(price["total_return"]) == pytest.approx(0.5 * 0.9975 - 1)


def test_only_the_first_are_shown(run: Run) -> None:
    assert len(run(*DAY, "--top", "1").out.splitlines()) == 2


def test_json_tells_the_tops_and_every_case(run: Run) -> None:
    found = json.loads(run(*DAY, "--json").out)
    halved = found["tops"][1]
    assert (halved["case"], halved["top"], halved["is_new_top"]) == ("rewards halve", "TW|O", True)
    one = found["products"][0]
    assert one["ticker"] == "=ONE"
    assert [case["case"] for case in one["cases"]] == [top["case"] for top in found["tops"]]
    assert one["cases"][1]["change"] == pytest.approx(-0.0285)
    assert found["products"][-1]["cases"][0]["net_yield"] is None


def test_csv_is_defused_and_every_export_says_what_it_stands_on(run: Run) -> None:
    *rows, last = csv.reader(io.StringIO(run(*DAY, "--csv").out, newline=""))
    assert rows[1][0] == "'=ONE"
    assert " · filter none · shown =ONE, TW|O, LONE, LOST · " in last[0]
    markdown = run(*DAY, "--markdown").out
    assert "TW\\|O" in markdown
    assert "=ONE" in markdown.splitlines()[0]


def test_a_filter_that_matches_nothing_is_explained(run: Run) -> None:
    code, out, err = run(*DAY, "--where", "issuer:nobody")
    assert (code, out) == (0, "")
    assert "no product has issuer nobody" in err
