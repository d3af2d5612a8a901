"""How firm the top is, on the command line."""

from __future__ import annotations

import csv
import io
import json
import shlex
from pathlib import Path

import pytest

from etfcompare.cli.table import Paper
from etfcompare.export import markdown_cell
from running import Run, runner

CATALOGUE = """\
schema: 1
cash: {yield: 3.60%, as_of: 2026-11-20}
assets:
  SOL: {staking: {rate: 6.00%, as_of: 2026-11-20}}
  ETH: {staking: {rate: 3.00%, as_of: 2026-11-20}}
assume: {staked: 90%}
products:
  - ticker: =ONE
    asset: SOL
    fee: {rate: 0.50%, as_of: 2026-11-20}
    staking: {staked: 100%, cut: 5%, as_of: 2026-11-20}
  - ticker: "TW|O"
    asset: SOL
    fee: {rate: 0.10%, as_of: 2026-11-20}
    staking: {cut: 6%, as_of: 2026-11-20}
  - {ticker: LONE, asset: ETH, fee: {rate: 0.25%, as_of: 2026-11-20}}
  - {ticker: LOST, asset: ETH}
"""
DAY = ("--as-of", "2026-11-22")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The program, in a folder that holds the catalogue."""
    (tmp_path / "products.yaml").write_text(CATALOGUE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return runner(capsys)


def fragility(run: Run, *words: str) -> str:
    code, out, _ = run("fragility", *DAY, *words)
    assert code == 0
    return out


def test_the_page_says_who_leads_and_what_ends_that(run: Run) -> None:
    # =ONE leaves 6% x 95% - 0.50% = 5.20%, TW|O 5.4% x 94% - 0.10% = 4.976%
    assert fragility(run, "--top", "2").splitlines() == [
        "=ONE leads all by 22.4bp over TW|O.",
        "It takes +22.41bp on its expense ratio (0.50% → 0.7241%) and TW|O is first.",
        "    Change  Input          Of      Now     Then  First  Try it",
        (
            "  +22.41bp  Expense ratio  =ONE  0.50%  0.7241%  TW|O   "
            "etfcompare set =ONE fee.rate 0.7241%"
        ),
        (
            "  +22.41bp  Stated charge  =ONE  0.00%  0.2241%  TW|O   "
            "etfcompare set =ONE staking.charge 0.2241%"
        ),
        "",
        "=ONE leads SOL by 22.4bp over TW|O.",
        "It takes +22.41bp on its expense ratio (0.50% → 0.7241%) and TW|O is first.",
        "  The changes are those overall, above.",
        "",
        "LONE is alone in ETH: no other net yield is known.",
    ]


def test_what_has_no_place_and_what_signs_mean_is_said_beside(run: Run) -> None:
    err = run("fragility", *DAY).err
    assert "as of 2026-11-22 · cash 3.60% · 1y · ~ estimated or assumed ! stale or undated" in err
    assert "net yield unknown, so without a place: LOST" in err


def test_of_one_coin_its_top_is_told_once(run: Run) -> None:
    assert fragility(run, "--where", "sol").count("leads") == 1


def test_an_assumed_input_is_marked(run: Run) -> None:
    line = next(
        one for one in fragility(run, "--top", "20").splitlines() if "Staked share   TW|O" in one
    )
    assert "90.00%~" in line
    assert "points" in line


def test_what_is_told_can_be_typed(run: Run) -> None:
    sol, *_ = json.loads(fragility(run, "--top", "20", "--json"))["assets"]
    for change in sol["changes"]:
        words = shlex.split(change["try"])
        if words[0].startswith("--"):
            out = run("rank", *DAY, *words, "--where", "sol", "--csv-raw").out
            assert out.splitlines()[1].split(",")[1] == change["winner"]
            continue
        text = Path("products.yaml").read_text(encoding="utf-8")
        assert run(*words[1:]).code == 0
        out = run("rank", *DAY, "--where", "sol", "--csv-raw").out
        assert out.splitlines()[1].split(",")[1] == change["winner"]
        Path("products.yaml").write_text(text, encoding="utf-8")


def test_a_catalogue_that_was_named_is_named_in_what_to_type(run: Run, tmp_path: Path) -> None:
    (tmp_path / "my own.yaml").write_text(CATALOGUE, encoding="utf-8")
    named = ("--catalogue", "my own.yaml")
    changes = json.loads(fragility(run, "--top", "20", "--json", *named))["overall"]["changes"]
    assert changes[0]["try"] == "etfcompare set =ONE fee.rate 0.7241% --catalogue 'my own.yaml'"
    assert all("--catalogue" not in one["try"] for one in changes if not one["ticker"])
    before = Path("products.yaml").read_bytes()
    assert run(*shlex.split(changes[0]["try"])[1:]).code == 0
    assert Path("products.yaml").read_bytes() == before
    out = run("rank", *DAY, *named, "--csv-raw").out
    assert out.splitlines()[1].split(",")[1] == "TW|O"


def test_what_points_are_is_said_where_they_stand_beside_basis_points(run: Run) -> None:
    assert "a point is 100bp" in run("fragility", *DAY, "--top", "20").err
    assert "a point is 100bp" not in run("fragility", *DAY, "--top", "1").err


def test_json_holds_all_of_it_raw(run: Run) -> None:
    found = json.loads(fragility(run, "=ONE", "--json"))
    assert set(found) == {
        *("version", "catalogue", "scenario", "filter", "sort"),
        *("overall", "assets", "unknown", "tornados"),
    }
    sol, eth = found["assets"]
    assert (sol["asset"], sol["top"], sol["second"]) == ("SOL", "=ONE", "TW|O")
    assert sol["lead"] == pytest.approx(0.00224)
    assert (eth["second"], eth["lead"], eth["changes"]) == (None, None, [])
    assert found["unknown"] == ["LOST"]
    (tornado,) = found["tornados"]
    assert tornado["now"] == pytest.approx(0.052)
    bars = {one["path"]: one for one in tornado["bars"]}
    assert bars["--reward"]["change_high"] == pytest.approx(0.0057)
    assert bars["staking.staked"]["high"] is None


def test_csv_has_a_line_for_each_change_and_is_defused(run: Run) -> None:
    *rows, last = csv.reader(io.StringIO(fragility(run, "--csv"), newline=""))
    assert rows[0][:4] == ["place", "top", "second", "lead"]
    assert rows[1][1] == "'=ONE"
    assert last[0].startswith("# etfcompare ")
    raw = list(csv.reader(io.StringIO(fragility(run, "--csv-raw"), newline="")))
    assert raw[1][1] == "=ONE"
    assert len(raw) == len(rows)


def test_the_tornado_may_stand_alone(run: Run) -> None:
    assert fragility(run, "--tornado").splitlines()[0] == (
        "=ONE: net yield 5.20%, each input down and up by 10% of itself."
    )
    out = fragility(run, "TW|O", "--tornado", "--by", "50%", "--csv-raw")
    rows = list(csv.DictReader(io.StringIO(out, newline="")))
    assert {one["ticker"] for one in rows} == {"TW|O"}
    assert float(next(one["low"] for one in rows if one["path"] == "fee.rate")) == 0.0005


def test_markdown_is_escaped_and_ends_with_what_it_stands_on(run: Run) -> None:
    out = fragility(run, "--markdown")
    assert markdown_cell("=ONE leads SOL by 22.4bp over TW|O.") in out
    assert out.splitlines()[-1].startswith(markdown_cell("# etfcompare "))
    assert "| Product | Input |" in fragility(run, "--tornado", "--markdown")


def test_another_sort_key_counts(run: Run) -> None:
    assert "leads all by" in fragility(run, "--sort", "effective_fee")
    assert " in effective fee." in fragility(run, "--sort", "effective_fee")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--sort", "issuer"), "issuer is words"),
        (("--by", "0%"), "--by: nothing moves by 0%"),
        (("--by", "ten"), "--by: "),
        (("NOBODY",), 'no product has the ticker "NOBODY"'),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_line(
    run: Run, words: tuple[str, ...], said: str
) -> None:
    code, out, err = run("fragility", *words)
    assert (code, out) == (2, "")
    assert said in err
    assert len(err.splitlines()) == 1


def test_a_filter_that_matches_nothing_is_explained(run: Run) -> None:
    code, out, err = run("fragility", *DAY, "--where", "issuer:nobody")
    assert (code, out) == (0, "")
    assert "no product has issuer nobody" in err


@pytest.mark.parametrize("columns", [40, 60, 80, 120])
def test_no_line_is_wider_than_the_terminal(
    run: Run, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    paper = Paper(columns=columns, has_colour=False)
    monkeypatch.setattr(Paper, "of_stdout", lambda: paper)
    out = fragility(run, "=ONE")
    assert max(map(len, out.splitlines())) <= columns
    assert "Change" in out
