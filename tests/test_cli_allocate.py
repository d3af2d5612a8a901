"""`etfcompare allocate`: what it writes for people and for programs, and how it refuses."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from running import Run, runner

P1 = """\
schema: 1
cash: {yield: 3.75%, as_of: 2026-11-01, source: desk}
assets:
  BTC:
    risk: {volatility: 45%, correlation: {ETH: 0.8, SOL: 0.75}, as_of: 2026-11-01, source: desk}
  ETH: {risk: {volatility: 65%, correlation: {SOL: 0.8}, as_of: 2026-11-01, source: desk}}
  SOL: {risk: {volatility: 80%, as_of: 2026-11-01, source: desk}}
sources:
  desk: {title: Research desk, url: https://example.invalid/desk, grade: issuer}
products:
  - ticker: BTCX
    asset: BTC
    fee: {rate: 0.25%, as_of: 2026-11-01, source: desk}
  - ticker: ETHX
    asset: ETH
    issuer: North | Co
    fee: {rate: 0.25%, as_of: 2026-11-01, source: desk}
    staking: {rate: 1.88%, basis: flat, as_of: 2026-11-01, source: desk}
  - ticker: SOLX
    asset: SOL
    fee: {rate: 0.20%, as_of: 2026-11-01, source: desk}
    staking: {rate: 5.603904%, basis: flat, as_of: 2026-11-01, source: desk}
"""
"""P1 of the methodology: net yields of -0.25%, 1.63% and 5.403904%."""
DARK = """\
  - ticker: =DARK
    asset: SOL
"""
HOLDINGS = """\
holdings:
  cash: $500K
  lots:
    - {ticker: ETHX, value: $500K}
"""
DAY = ("--as-of", "2026-11-22")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command, in a folder that holds the worked case."""
    (tmp_path / "products.yaml").write_text(P1, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return runner(capsys, "allocate", *DAY)


def document(run: Run, *arguments: str) -> dict[str, object]:
    found = json.loads(run(*arguments, "--json").out)
    assert isinstance(found, dict)
    return found


# For people


def test_people_see_weights_totals_and_what_binds(run: Run) -> None:
    code, out, err = run("--max-vol", "5%")
    assert code == 0
    assert (
        out
        == """\
 Weight  Dollars  Ticker  Asset  Net yield  To yield  To risk
  6.25%   $6.25K  SOLX    SOL        5.40%     0.34%    5.00%
 93.75%   $93.8K  cash               3.75%     3.52%    0.00%
100.00%    $100K  Total                        3.85%    5.00%

From cash, $100K.
Net yield 3.85%, volatility 5.00%; net carry 3.85% after $0 of known costs over 1y.
Binds: volatility cap of 5.00%: one percentage point more would bring +2.07bp a year
Cost not known, counted as none: spread and premium of SOLX
An income objective: it says nothing of where prices go.
"""
    )
    assert err == "as of 2026-11-22 · cash 3.75% · 1y\n"


def test_no_limit_that_binds_is_said(run: Run) -> None:
    assert "No limit binds." in run("--max-vol", "90%").out
    assert "bind" not in run().out


def test_what_is_left_out_is_named_with_its_reason(run: Run) -> None:
    Path("products.yaml").write_text(P1 + DARK, encoding="utf-8")
    assert "Left out: =DARK: its net yield is not known\n" in run("--max-vol", "5%").out


def test_what_is_stale_or_estimated_is_marked_up_to_the_totals(run: Run) -> None:
    text = P1.replace("3.75%, as_of: 2026-11-01", "3.75%, as_of: 2026-01-01")
    text = text.replace("products:", "assume: {spread: 10bp}\nproducts:")
    Path("products.yaml").write_text(text, encoding="utf-8")
    out = run("--max-vol", "5%").out
    assert out.splitlines()[2].split() == ["93.75%", "$93.8K", "cash", "3.75%!", "3.52%!", "0.00%"]
    assert "Net yield 3.85%!, volatility 5.00%; net carry 3.85%~! after $3.13~ of" in out
    assert document(run, "--max-vol", "5%")["marks"] == {
        "yield": ["stale"],
        "volatility": [],
        "cost": ["estimated"],
    }


def test_trades_that_bring_money_are_not_called_costs(run: Run) -> None:
    text = P1.replace("products:", "assume: {spread: 10bp, premium: -1%}\nproducts:")
    Path("products.yaml").write_text(text, encoding="utf-8")
    out = run("--max-vol", "5%").out
    assert "net carry 3.91%~ after trades that bring $59.38~ by premiums and discounts over" in out


def test_what_is_held_is_traded(run: Run) -> None:
    Path("products.yaml").write_text(P1 + HOLDINGS, encoding="utf-8")
    out = run("--max-vol", "5%").out
    lines = [line.split() for line in out.splitlines()[:5]]
    assert lines[0][-1] == "Trade"
    assert lines[1] == ["6.25%", "$62.5K", "SOLX", "SOL", "5.40%", "0.34%", "5.00%", "+$62.5K"]
    assert lines[2][:4] == ["0.00%", "$0", "ETHX", "ETH"]
    assert lines[2][-1] == "-$500K"
    assert lines[4][:3] == ["100.00%", "$1.00M", "Total"]


def test_the_frontier_follows_the_weights(run: Run) -> None:
    out = run("--max-vol", "5%", "--frontier").out
    swept = out.partition("Volatility")[2].splitlines()
    assert len(swept) == 1 + 24
    assert swept[1].split() == ["0.00%", "3.75%", "100.00%"]
    assert swept[-1].split() == ["80.00%", "5.40%", "100.00%"]


# For programs


def test_json_gives_the_worked_case_exactly(run: Run) -> None:
    found = document(run, "--max-vol", "5%")
    assert found["weights"] == {"SOLX": 0.0625, "cash": 0.9375}
    assert found["yield"] == pytest.approx(0.03853369, abs=1e-12)
    assert found["volatility"] == pytest.approx(0.05, abs=1e-12)
    assert found["net_carry"] == found["yield"]
    assert found["cost"] == 0
    assert found["binding"] == [
        "volatility cap of 5.00%: one percentage point more would bring +2.07bp a year"
    ]
    assert found["limits"] == [
        {
            "limit": "max_volatility",
            "value": 0.05,
            "unit": "percentage point",
            "per_unit": pytest.approx(0.00020673799),
        }
    ]
    assert found["trades"] == [
        {
            "ticker": "SOLX",
            "weight": 0.0625,
            "usd": 6250,
            "cost": 0,
            "unknown": ["spread", "premium"],
        }
    ]
    assert found["left_out"] == {}
    assert "frontier" not in found


def test_catalogue_and_scenario_are_as_in_the_json_of_a_ranking(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    ranking = json.loads(runner(capsys, "rank", *DAY)("--json", "--amount", "$5M").out)
    found = document(run, "--amount", "$5M")
    assert {key: found[key] for key in ("version", "catalogue", "scenario")} == {
        key: ranking[key] for key in ("version", "catalogue", "scenario")
    }


def test_every_limit_is_listed_and_a_slack_one_brings_nothing(run: Run) -> None:
    limits = ("--cap", "asset:sol=10%", "--floor", "product:BTCX=2%", "--min-yield", "1%")
    listed = document(run, *limits)["limits"]
    assert isinstance(listed, list)
    assert {one["limit"]: one["per_unit"] for one in listed} == {
        "cap": pytest.approx(0.000165, abs=1e-6),
        "floor": pytest.approx(0.0004),
        "min_yield": 0,
    }
    assert [one.get("name") for one in listed] == [None, "SOL", "BTCX"]


def test_json_gives_the_frontier_when_asked(run: Run) -> None:
    swept = document(run, "--frontier")["frontier"]
    assert isinstance(swept, list)
    assert len(swept) == 24
    assert swept[0]["weights"] == {"cash": 1}
    assert swept[-1]["weights"] == {"SOLX": 1}


def test_csv_gives_raw_numbers_and_what_they_stand_on(run: Run) -> None:
    found = run("--max-vol", "5%", "--csv")
    head, sol, cash, last = csv.reader(io.StringIO(found.out))
    assert head[:4] == ["ticker", "asset", "weight", "usd"]
    assert sol[:4] == ["SOLX", "SOL", "0.0625", "6250.0"]
    assert cash[:4] == ["cash", "", "0.9375", "93750.0"]
    assert "limits volatility cap of 5.00%" in last[0]
    assert "An income objective" in found.err
    raw = list(csv.reader(io.StringIO(run("--max-vol", "5%", "--csv-raw").out)))
    assert raw == [head, sol, cash]


def test_csv_of_a_frontier_has_a_row_for_each_volatility(run: Run) -> None:
    head, *rows = csv.reader(io.StringIO(run("--frontier", "--csv-raw").out))
    assert head == ["volatility", "net_yield", "net_carry", "weight cash", "weight SOLX"]
    assert len(rows) == 24


def test_csv_defuses_what_a_spreadsheet_would_compute(run: Run) -> None:
    text = P1.replace("ticker: SOLX", "ticker: =SOLX")
    Path("products.yaml").write_text(text, encoding="utf-8")
    assert "\n'=SOLX,SOL," in run("--max-vol", "5%", "--csv").out


def test_markdown_holds_the_table_and_what_is_said_of_it(run: Run) -> None:
    out = run("--max-vol", "5%", "--markdown").out
    assert out.startswith("| Weight | Dollars | Ticker |")
    assert "| 6.25% | $6.25K | SOLX | SOL |" in out
    assert "Binds: volatility cap of 5.00%" in out
    assert "sha256" in out.splitlines()[-1]


def test_the_same_question_gives_the_same_bytes(run: Run) -> None:
    question = ("--max-vol", "12%", "--max-crypto", "30%", "--frontier", "--json")
    assert run(*question).out == run(*question).out


# What cannot be


def test_limits_that_clash_end_with_one_line_and_their_names(run: Run) -> None:
    code, out, err = run("--max-vol", "5%", "--min-yield", "5%")
    assert (code, out) == (1, "")
    assert err == (
        "etfcompare: a volatility cap of 5.00% and a minimum yield of 5.00% cannot both hold; "
        "the most that 5.00% volatility yields is 3.85%\n"
    )


def test_json_names_the_limits_that_clash(run: Run) -> None:
    code, out, _ = run("--max-vol", "5%", "--min-yield", "5%", "--json")
    found = json.loads(out)
    assert code == 1
    assert found["weights"] is None
    assert found["clash"] == ["volatility cap of 5.00%", "minimum yield of 5.00%"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--max-vol", "5"), "--max-vol: "),
        (("--cap", "asset:SOLL=5%"), "--cap: no product has the asset"),
        (("--floor", "x"), "--floor: "),
        (("--floor", "asset:SOL=5%", "--floor", "asset:sol=6%"), "given twice"),
        (("--min-aum", "50M CAD"), "not in US dollars"),
        (("--days-to-exit", "0"), "days to exit"),
        (("--participation", "0%"), "participation"),
        (("--max-crypto", "120%"), "between 0% and 100%"),
        (("--where", "colour:red"), "colour"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(
    run: Run, arguments: tuple[str, ...], said: str
) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


def test_cash_of_unknown_yield_is_refused_unless_given(run: Run) -> None:
    text = "\n".join(line for line in P1.splitlines() if not line.startswith("cash:"))
    Path("products.yaml").write_text(text, encoding="utf-8")
    code, _, err = run("--max-vol", "5%")
    assert (code, err) == (
        2,
        "etfcompare: the yield of cash is not known; state `cash: {yield: 3.6%}` or assume one\n",
    )
    assert document(run, "--max-vol", "5%", "--cash", "3.75%")["weights"] == {
        "SOLX": 0.0625,
        "cash": 0.9375,
    }


def test_a_filter_that_nothing_matches_leaves_cash(run: Run) -> None:
    assert document(run, "--where", "ada")["weights"] == {"cash": 1}


def test_no_solver_is_loaded_before_something_is_solved() -> None:
    script = (
        "import sys, etfcompare.cli.allocate, etfcompare.portfolio.optimum\n"
        "print([one for one in ('numpy', 'scipy', 'pandas', 'textual') if one in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert found.stdout.strip() == b"[]"
