"""`etfcompare rebalance`: what it writes for people and for programs, and how it refuses."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from running import Run, runner

DATED = "as_of: 2026-11-01, source: desk"
FILE = f"""\
schema: 1
cash: {{yield: 3.60%, {DATED}}}
sources: {{desk: {{title: Research desk, grade: issuer}}}}
assets:
  BTC: {{risk: {{volatility: 50%, correlation: {{SOL: 0.5}}, {DATED}}}}}
  SOL: {{staking: {{rate: 6%, {DATED}}}, risk: {{volatility: 80%, {DATED}}}}}
products:
  - ticker: IBIT
    asset: BTC
    fee: {{rate: 0.25%, {DATED}}}
    market: {{aum: $9B, spread: 4bp, {DATED}}}
  - ticker: BSOL
    asset: SOL
    fee: {{rate: 0.20%, {DATED}}}
    staking: {{staked: 100%, cut: 0%, {DATED}}}
    market: {{aum: $700M, spread: 20bp, {DATED}}}
"""
HELD = """\
holdings:
  cash: $900K
  as_of: 2026-11-20
  lots:
    - {ticker: IBIT, value: $60K, cost: $30K, bought: 2024-01-10}
    - {ticker: BSOL, value: $30K, cost: $40K, bought: 2025-01-10}
    - {ticker: BSOL, value: $10K, cost: $5K, bought: 2025-01-10, account: sheltered}
"""
DAY = ("--as-of", "2026-11-22")
CASE = ("rebalance", "--sleeve", "4%", "--target", "2%", "--value", "$10M", *DAY)
TAXED = ("--commission", "10bp", "--gain", "50%", "--gains-tax", "23.8%")
FROM_FILE = ("rebalance", "--target", "2%", *DAY)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The program, in a folder that holds a small catalogue with holdings."""
    (tmp_path / "products.yaml").write_text(FILE + HELD, encoding="utf-8")
    (tmp_path / "bare.yaml").write_text(FILE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return runner(capsys)


def test_a_target_of_2_percent_drifted_to_4(run: Run) -> None:
    code, out, err = run(*CASE, *TAXED, "--vol", "80%", "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    to_target = found["trades"][0]
    assert to_target["sell"] == pytest.approx(200481.1547714515, abs=1e-9)
    assert to_target["tax"] == pytest.approx(23857.257417802724, abs=1e-9)
    assert to_target["cost"] == pytest.approx(200.4811547714515, abs=1e-9)
    assert found["drift_multiple"] == pytest.approx(2.041666666666667)
    assert found["verdict"] == "do nothing"
    assert to_target["benefit"] == pytest.approx(3.84e-4)
    assert to_target["price"] == pytest.approx(24e-4)


def test_the_edge_of_a_narrow_band_saves_tax(run: Run) -> None:
    out = run(*CASE, *TAXED, "--band", "25%", "--json").out
    found = json.loads(out)
    assert found["rule"]["edge"] == pytest.approx(0.025)
    assert round(found["tax_saved_by_edge"]) == 5954


def test_people_read_the_verdict_first_then_both_trades_beside_doing_nothing(run: Run) -> None:
    code, out, err = run(*CASE, *TAXED, "--vol", "80%")
    assert code == 0
    assert out == (
        "do nothing: the benefit does not pay the cost: to target worth 3.8bp over 1y against a "
        "cost of 24.0bp; to the edge worth 2.9bp over 1y against a cost of 12.0bp\n"
        "\n"
        "                 Trim to target  Trim to the edge  Do nothing\n"
        "Sleeve after              2.00%             3.00%       4.00%\n"
        "Sell                   $200,481          $100,361          $0\n"
        "Tax                     $23,857           $11,943          $0\n"
        "Spread and fees          $200+?            $100+?          $0\n"
        "Cost                     24.0bp            12.0bp       0.0bp\n"
        "Benefit                   3.8bp             2.9bp       0.0bp\n"
        "Worth it by             -20.2bp            -9.1bp       0.0bp\n"
        "\n"
        "Cheaper than a taxed sale\n"
        "  put new cash elsewhere: $3,333,333 brings the sleeve to the edge\n"
    )
    assert "outgrew the rest 2.0417 times since its target" in err
    assert "the spread is unknown and left out of the cost" in err


def test_a_fund_brings_its_spread_volatility_and_yield(run: Run) -> None:
    found = json.loads(run(*CASE, "--ticker", "bsol", "--json").out)
    assert found["sleeve"]["volatility"] == 0.8
    assert found["sleeve"]["net_yield"] == pytest.approx(0.058)
    first = found["trades"][0]
    assert first["cost"] == pytest.approx(first["sell"] * 10e-4)
    out, err = run(*CASE, "--asset", "sol")[1:]
    assert "pay the yield out instead of letting it grow: $23,200 a year" in out
    assert "figures of BSOL, the largest fund on it" in err
    own = json.loads(run(*CASE, "--ticker", "BSOL", "--spread", "0%", "--vol", "9%", "--json").out)
    assert own["trades"][0]["cost"] == 0
    assert own["sleeve"]["volatility"] == 0.09


def test_lots_of_the_file_are_sold_in_their_order(run: Run) -> None:
    out, err = run(*FROM_FILE, "--gains-tax", "20%")[1:]
    lots = out.partition("Lots in selling order\n")[2].partition("\n\n")[0].splitlines()
    assert [one.split()[:2] for one in lots[1:]] == [
        ["BSOL", "sheltered"],
        ["BSOL", "long-term"],
        ["IBIT", "long-term"],
    ]
    assert out.startswith("trim to ")
    assert "sell in the sheltered account: $10,000 there, no tax" in out
    assert "sell lots at a loss: $30,000, $10,000 below their cost" in out
    assert "all crypto 10.00% of $1,000,000" in err
    err = run("rebalance", "--target", "6.5%", *DAY, "--gains-tax", "20%").err
    assert "to target leaves $8,334 of loss for gains elsewhere" in err


def test_the_sleeve_may_be_one_coin_or_one_fund(run: Run) -> None:
    for name in (("--asset", "SOL"), ("--ticker", "BSOL")):
        found = json.loads(run(*FROM_FILE, *name, "--json").out)
        assert found["sleeve"]["weight"] == pytest.approx(0.04)
        assert {one["ticker"] for one in found["lots"]} == {"BSOL"}


@pytest.mark.parametrize(
    ("weight", "said"),
    [
        ("2.5%", "do nothing: the sleeve is 2.50%, within its band that ends at 3.00%\n"),
        ("1%", "do nothing: the sleeve is 1.00%, not above its target of 2.00%\n"),
    ],
)
def test_nothing_is_proposed_within_the_band(run: Run, weight: str, said: str) -> None:
    out = run("rebalance", "--sleeve", weight, "--target", "2%", "--value", "$1M", *DAY).out
    assert out.startswith(said)


def test_programs_get_each_trade_and_doing_nothing(run: Run) -> None:
    out = run(*CASE, *TAXED, "--vol", "80%", "--csv").out
    heading, *rows, last = list(csv.reader(io.StringIO(out)))
    found = [dict(zip(heading, one, strict=True)) for one in rows]
    assert [one["trade"] for one in found] == ["trim to target", "trim to the edge", "do nothing"]
    assert [one["chosen"] for one in found] == ["", "", "chosen"]
    assert float(found[0]["sell"]) == pytest.approx(200481.1547714515)
    assert last[0].startswith("# etfcompare")
    page = run(*FROM_FILE, "--markdown").out
    assert "| BSOL | sheltered |" in page
    assert run(*FROM_FILE, "--markdown").out == page


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--sleeve", "4%"), "--sleeve and --value go together"),
        (("--value", "$1M"), "--sleeve and --value go together"),
        (("--sleeve", "140%", "--value", "$1M"), "--sleeve is not above 0% and at most 100%"),
        (("--sleeve", "4", "--value", "$1M"), '--sleeve: "4" has no unit'),
        (("--sleeve", "4%", "--value", "1M CAD"), "is not an amount in US dollars"),
        (("--gain", "50%"), "lots say their cost"),
        (("--gain", "50%", "--basis", "50%"), "--gain and --basis say the same"),
        (("--gain", "150%"), "--gain is above 100%"),
        (("--band", "-1%"), "a band is below zero"),
        (("--gamma", "-1"), "--gamma is not between 0 and 1000"),
        (("--gamma", "1e9"), "--gamma is not between 0 and 1000"),
        (("--ticker", "IBIT", "--asset", "BTC"), "name two sleeves"),
        (("--asset", "DOGE"), 'no asset is called "DOGE"; the catalogue has BTC, SOL'),
        (("--ticker", "NOPE"), 'no product has the ticker "NOPE"'),
        (("--vol", "-5%"), "--spread or --vol makes no sense"),
        (("--catalogue", "bare.yaml"), "has no holdings: that can be used"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_line(
    run: Run, options: tuple[str, ...], said: str
) -> None:
    code, out, err = run(*FROM_FILE, *options)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


def test_a_sleeve_of_what_is_not_held_is_refused(run: Run, tmp_path: Path) -> None:
    text = (FILE + HELD).replace("  - {ticker: IBIT, value", "  - {ticker: BSOL, value")
    (tmp_path / "products.yaml").write_text(text, encoding="utf-8")
    assert "holdings: has nothing of worth in BTC" in run(*FROM_FILE, "--asset", "BTC").err


def test_raw_csv_has_nothing_but_the_trades(run: Run) -> None:
    lines = run(*CASE, *TAXED, "--csv-raw").out.splitlines()
    assert lines[0].startswith("trade,chosen,weight,sell,")
    trades = [line.split(",")[0] for line in lines[1:]]
    assert trades == ["trim to target", "trim to the edge", "do nothing"]
    assert lines[-1].endswith(",0.0,,")


def test_a_value_that_a_shell_ate_is_told_as_such(run: Run) -> None:
    code, _, err = run("rebalance", "--sleeve", "4%", "--target", "2%", "--value", "0M", *DAY)
    assert code == 2
    assert err == "etfcompare: --value is nothing; a shell takes $1 for its own, so write 10M\n"
