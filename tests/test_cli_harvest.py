"""`etfcompare harvest`: what it writes for people and for programs, and how it refuses."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from running import Run, runner

DATED = "as_of: 2026-11-01, source: desk"
MARKET = f"market: {{spread: 10bp, premium: 0%, aum: $1B, {DATED}}}"
FILE = f"""\
schema: 1
cash: {{yield: 4%, {DATED}}}
sources: {{desk: {{title: Research desk, grade: issuer}}}}
assets: {{ETH: {{staking: {{rate: 3%, {DATED}}}}}}}
products:
  - {{ticker: ETHA, asset: ETH, issuer: One, fee: {{rate: 0.25%, {DATED}}}, {MARKET}}}
  - {{ticker: LEAN, asset: ETH, issuer: Two, fee: {{rate: 0.15%, {DATED}}}, {MARKET}}}
  - ticker: ETHB
    asset: ETH
    issuer: One
    fee: {{rate: 0.25%, {DATED}}}
    staking: {{staked: 80%, cut: 18%, {DATED}}}
    market: {{spread: 8bp, {DATED}}}
"""
HELD = """\
holdings:
  as_of: 2026-11-20
  cash: 0
  lots:
    - {ticker: ETHA, value: $100K, cost: $140K, bought: 2025-01-01}
    - {ticker: LEAN, value: $5K, cost: $4K, bought: 2026-11-10}
"""
DAY = ("--as-of", "2026-11-22")
LOT = ("--ticker", "etha", "--value", "$100K", "--cost", "$140K", "--bought", "2025-12-01")
TAXED = ("--gains-tax", "20%", "--income-tax", "30%", "--defer", "5y")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The program, in a folder that holds a small catalogue, and one with holdings."""
    (tmp_path / "products.yaml").write_text(FILE, encoding="utf-8")
    (tmp_path / "held.yaml").write_text(FILE + HELD, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return runner(capsys)


def test_people_read_what_a_loss_brings_and_where_to_go(run: Run) -> None:
    code, out, err = run("harvest", *LOT, *TAXED, *DAY)
    assert code == 0
    assert out == (
        "ETHA: $100,000, $40,000 below cost · short-term · bought 2025-12-01\n"
        "  saves $12,000 of tax now, if there are gains to set it against; "
        "due again in 5y, that is worth $2,137\n"
        "  sold on 2026-11-22, its window of 30 days ends before 2026-12-23\n"
        "\n"
        "Instead     Yield    Switch      Left  Benefit  Spread     AUM  Wash sale\n"
        "LEAN      +10.0bp   +10.0bp     0.0bp   $2,037  10.0bp  $1.00B  medium\n"
        "ETHB     +196.8bp  +9.0bp+?  +187.8bp   $2,047   8.0bp       ?  medium\n"
        "\n"
        "  medium: same coin, other issuer, both unstaked: unsettled whether substantially "
        "identical\n"
        "  medium: same coin, same issuer, unstaked against staked\n"
        "  premium unknown and left out of the switch, so ranked last: ETHB\n"
    )
    assert "US wash-sale rule, section 1091; no advice" in err


def test_lots_of_the_file_are_looked_at_with_what_was_bought_lately(run: Run) -> None:
    out = run("harvest", "--catalogue", "held.yaml", *TAXED, *DAY).out
    assert "saves $8,000 of tax now" in out
    assert "bought on the same coin lately: LEAN 2026-11-10; out of reach from 2026-12-11" in out
    assert "LEAN on the same coin was bought within 30 days" in out


def test_programs_get_the_same_numbers_raw(run: Run) -> None:
    found = json.loads(run("harvest", *LOT, *TAXED, *DAY, "--json").out)
    (harvest,) = found["harvests"]
    assert harvest["deferral"] == pytest.approx(12_000 * (1 - 1.04**-5))
    first, second = harvest["alternatives"]
    assert (first["instead"], second["instead"]) == ("LEAN", "ETHB")
    assert first["benefit"] == pytest.approx(harvest["deferral"] - 100)
    assert second["cost_unknown"] == "premium"
    heading, *rows, last = list(csv.reader(io.StringIO(run("harvest", *LOT, *DAY, "--csv").out)))
    assert [one[heading.index("instead")] for one in rows] == ["LEAN", "ETHB"]
    assert {one[heading.index("tax_saved")] for one in rows} == {""}
    assert last[0].startswith("# etfcompare")
    assert "| LEAN |" in run("harvest", *LOT, *DAY, "--markdown").out


@pytest.mark.parametrize("form", [(), ("--json",), ("--csv",), ("--markdown",)])
@pytest.mark.parametrize("lots", [LOT, ("--catalogue", "held.yaml")])
def test_it_never_says_that_there_is_nothing_to_fear(
    run: Run, form: tuple[str, ...], lots: tuple[str, ...]
) -> None:
    code, out, err = run("harvest", *lots, *TAXED, *DAY, *form)
    assert code == 0
    assert "safe" not in (out + err).casefold()


def test_fewer_alternatives_are_listed_where_asked(run: Run) -> None:
    out = run("harvest", *LOT, *DAY, "--top", "1").out
    assert "and 1 more; --top 2 lists them" in out
    assert "what the loss saves is unknown" in out


def test_no_loss_is_said_so(run: Run, tmp_path: Path) -> None:
    text = FILE + HELD.replace("$140K", "$90K")
    (tmp_path / "held.yaml").write_text(text, encoding="utf-8")
    code, out, err = run("harvest", "--catalogue", "held.yaml", *DAY)
    assert (code, out) == (0, "")
    assert err.startswith("no taxable lot is at a loss")


def test_what_is_passed_over_is_said(run: Run, tmp_path: Path) -> None:
    lots = HELD.replace("cost: $140K, ", "") + "    - {ticker: GONE, value: $5K, cost: $9K}\n"
    gone = "  - {ticker: GONE, asset: DOGE}\n"
    (tmp_path / "held.yaml").write_text(FILE + gone + lots, encoding="utf-8")
    err = run("harvest", "--catalogue", "held.yaml", *DAY).err
    assert "no taxable lot is at a loss" in err
    assert "1 of unknown cost passed over" in err
    assert "GONE passed over, which the catalogue cannot use" in err


def test_holdings_that_cannot_be_used_point_to_their_problems(run: Run, tmp_path: Path) -> None:
    text = FILE + HELD.replace("cash: 0", "cash: -$5")
    (tmp_path / "held.yaml").write_text(text, encoding="utf-8")
    err = run("harvest", "--catalogue", "held.yaml", *DAY).err
    assert "no holdings: that can be used; see `etfcompare check`; give --ticker" in err


def test_a_deferral_past_the_end_of_floats_is_unknown(run: Run) -> None:
    far = ("--cash", "-99.99%", "--horizon", "100y", "--gains-tax", "20%")
    code, out, _ = run("harvest", *LOT, *far, *DAY)
    assert code == 0
    assert "due again in 100y, that is worth ?" in out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "the catalogue has no holdings: that can be used; give"),
        ((*LOT, "--value", "$1e300"), "is more money than there is"),
        (("--ticker", "ETHA"), "a lot needs --ticker, --value and --cost"),
        (("--ticker", "ETHA", "--value", "$1", "--cost", "$1"), "the lot is at no loss"),
        ((*LOT, "--bought", "2027-01-01"), "is after 2026-11-22"),
        ((*LOT, "--value", "1 CAD"), "is not an amount in US dollars"),
        ((*LOT, "--defer", "5"), '--defer: "5" has no unit'),
        ((*LOT, "--ticker", "ETHC"), 'no product has the ticker "ETHC"'),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_line(
    run: Run, options: tuple[str, ...], said: str
) -> None:
    code, out, err = run("harvest", *options, *DAY)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


def test_raw_csv_has_a_line_for_each_alternative_and_no_more(run: Run) -> None:
    lines = run("harvest", *LOT, *DAY, "--csv-raw").out.splitlines()
    assert lines[0].startswith("ticker,")
    assert {line.split(",")[0] for line in lines[1:]} == {"ETHA"}
