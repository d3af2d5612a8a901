"""Promised, computed and delivered: the verdicts, the reasons, and the command."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etfcompare import __main__ as program
from etfcompare import __version__
from etfcompare.catalogue.document import Document
from etfcompare.catalogue.reader import read
from etfcompare.catalogue.schema import Catalogue
from etfcompare.cli import table
from etfcompare.history.holdings import Delivered, Delivery, Undelivered
from etfcompare.history.reconcile import (
    Promise,
    Reconciliation,
    Stage,
    Verdict,
    reconcile,
)

CATALOGUE = """\
schema: 1
assets:
  SOL: {staking: {rate: 6.00%, periods: 182.5, as_of: 2026-06-01}}
  ETH: {}
  BTC: {}
history: {holdings: history/holdings.csv}
products:
  - ticker: SAME
    asset: SOL
    fee: {rate: 0.20%, as_of: 2026-06-01}
    staking:
      staked: 100%
      cut: 6%
      rate: 6.00%
      published: {rate: 5.64%, basis: after cut}
      payout: accrues
      as_of: 2026-06-01
  - ticker: WEEK
    asset: SOL
    fee: {rate: 0.20%, waiver: {rate: 0%, until: 2026-04-01}, as_of: 2026-06-01}
    staking:
      staked: 100%
      cut: {value: 0.06%, as_of: 2026-06-01}
      rate: {value: 6.00%, as_of: 2026-06-05}
      published: {rate: {value: 5.64%, as_of: 2026-06-01}, basis: after cut}
      as_of: 2026-06-01
  - ticker: APART
    asset: SOL
    fee: {rate: 0.20%, as_of: 2026-06-01}
    staking:
      staked: 100%
      cut: 6%
      rate: {value: 6.00%, as_of: 2026-06-20}
      published: {rate: 5.64%, basis: after cut}
      payout: accrues
      as_of: 2026-06-01
  - ticker: SILENT
    asset: SOL
    fee: {rate: 0.20%, as_of: 2026-06-01}
    staking: {staked: 100%, cut: 6%, payout: cash, as_of: 2026-06-01}
  - ticker: PLAIN
    asset: BTC
    fee: {rate: 0.25%, as_of: 2026-06-01}
  - ticker: OTHER
    asset: ETH
    fee: {rate: 0.25%, as_of: 2026-06-01}
"""
HOLDINGS = """\
date,ticker,shares,coins_per_share,nav_usd,distribution_usd
2026-03-02,PLAIN,1000,0.00100000,80,
2026-07-01,PLAIN,1000,0.00099918,80,
2026-03-02,SAME,1000,0.100001,15,
2026-07-01,SAME,1000,0.102101,15,
"""
DAY = ("--as-of", "2026-07-02")
FIRST = date(2026, 3, 2)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read(Document.parse(CATALOGUE.encode()), today=date(2026, 7, 2)).catalogue


def delivering(rate: float, days: int = 120, step: float = 1e-6, coins: float = 0.1) -> Delivered:
    """A fund that delivered so much a year, simple."""
    factor = 1 + rate * days / 365
    return Delivered(
        ticker="ANY",
        first=FIRST,
        last=FIRST + timedelta(days),
        first_coins=coins,
        last_coins=coins * factor,
        factor=factor,
        step=step,
    )


def held(
    catalogue: Catalogue,
    ticker: str,
    *,
    promised: float | None = None,
    computed: float | None = None,
    delivered: Delivery | None = None,
) -> Reconciliation:
    product = next(one for one in catalogue.products if one.ticker == ticker)
    return reconcile(
        product,
        catalogue.assets[product.asset],
        promised=Promise(value=promised, why="" if promised is not None else "no promise"),
        computed=Promise(value=computed, why="" if computed is not None else "no terms"),
        delivered=delivered or Undelivered(ticker=ticker, why="nothing on file"),
    )


def gap_of(catalogue: Catalogue, ticker: str, gap: float) -> Verdict:
    return held(catalogue, ticker, promised=0.05, computed=0.05 + gap).verdict


# The rule of acceptance


def test_inputs_of_one_day_reconcile_within_five_basis_points(catalogue: Catalogue) -> None:
    assert gap_of(catalogue, "SAME", 0.00049) is Verdict.RECONCILES
    assert gap_of(catalogue, "SAME", -0.00049) is Verdict.RECONCILES
    assert gap_of(catalogue, "SAME", 0.00051) is Verdict.DOES_NOT
    assert gap_of(catalogue, "SAME", -0.00051) is Verdict.DOES_NOT


def test_inputs_of_one_week_reconcile_within_25_basis_points(catalogue: Catalogue) -> None:
    assert gap_of(catalogue, "WEEK", 0.0024) is Verdict.RECONCILES
    assert gap_of(catalogue, "WEEK", 0.0026) is Verdict.DOES_NOT


def test_rates_of_different_weeks_are_no_pair(catalogue: Catalogue) -> None:
    found = held(catalogue, "APART", promised=0.05, computed=0.05)
    assert found.verdict is Verdict.NOT_TESTABLE
    assert "2026-06-20" in found.trials[0].why
    assert found.gap(Stage.COMPUTED, Stage.PROMISED) == 0


def test_a_delivered_yield_reconciles_within_25_basis_points(catalogue: Catalogue) -> None:
    near, far = delivering(0.0524), delivering(0.0474)
    assert held(catalogue, "SAME", computed=0.05, delivered=near).verdict is Verdict.RECONCILES
    assert held(catalogue, "SAME", computed=0.05, delivered=far).verdict is Verdict.DOES_NOT


def test_a_short_window_settles_nothing(catalogue: Catalogue) -> None:
    found = held(catalogue, "PLAIN", computed=0.05, delivered=delivering(0.05, days=59))
    assert found.verdict is Verdict.NOT_TESTABLE
    assert found.trials[0].why == "a window of 59 days; 60 are needed"
    enough = held(catalogue, "PLAIN", computed=0.05, delivered=delivering(0.05, days=60))
    assert enough.verdict is Verdict.RECONCILES


def test_figures_that_are_too_coarse_settle_nothing(catalogue: Catalogue) -> None:
    found = held(catalogue, "PLAIN", computed=0.05, delivered=delivering(0.05, step=1e-4))
    assert found.verdict is Verdict.NOT_TESTABLE
    assert "too coarse" in found.trials[0].why
    far = held(catalogue, "PLAIN", computed=0.05, delivered=delivering(0.10, step=1e-4))
    assert far.verdict is Verdict.DOES_NOT


def test_what_was_delivered_is_held_against_the_promise_where_terms_are_unknown(
    catalogue: Catalogue,
) -> None:
    found = held(catalogue, "SAME", promised=0.05, delivered=delivering(0.051))
    assert found.trials[1].against is Stage.PROMISED
    assert found.verdict is Verdict.RECONCILES


def test_one_trial_that_fails_decides(catalogue: Catalogue) -> None:
    found = held(catalogue, "SAME", promised=0.05, computed=0.05, delivered=delivering(0.06))
    assert [one.verdict for one in found.trials] == [Verdict.RECONCILES, Verdict.DOES_NOT]
    assert found.verdict is Verdict.DOES_NOT


def test_what_is_missing_is_named(catalogue: Catalogue) -> None:
    found = held(catalogue, "SAME")
    assert found.verdict is Verdict.NOT_TESTABLE
    assert [one.why for one in found.trials] == ["no promise", "nothing on file"]
    assert held(catalogue, "SAME", delivered=delivering(0.05)).trials[1].why == "no terms"


@given(*[st.none() | st.floats(min_value=-0.05, max_value=0.15)] * 3)
def test_gaps_add_up_and_an_untested_trial_says_why(
    promised: float | None, computed: float | None, rate: float | None
) -> None:
    catalogue = read(Document.parse(CATALOGUE.encode()), today=date(2026, 7, 2)).catalogue
    delivered = None if rate is None else delivering(rate)
    found = held(catalogue, "SAME", promised=promised, computed=computed, delivered=delivered)
    for trial in found.trials:
        assert (trial.verdict is Verdict.NOT_TESTABLE) == bool(trial.why)
        assert trial.gap == found.gap(trial.figure, trial.against)
    whole = found.gap(Stage.DELIVERED, Stage.PROMISED)
    first = found.gap(Stage.DELIVERED, Stage.COMPUTED)
    second = found.gap(Stage.COMPUTED, Stage.PROMISED)
    if whole is not None and first is not None and second is not None:
        assert whole == pytest.approx(first + second, abs=1e-12)


# Why figures may differ


def test_a_waiver_within_the_window_is_named_with_its_worth(catalogue: Catalogue) -> None:
    said = held(catalogue, "WEEK", computed=0.05, delivered=delivering(0.05)).reasons
    # 30 days of 120 at 0.20%.
    assert "the fee waiver held until 2026-04-01, on 30 of the 120 days, worth up to 5bp" in said


def test_a_cut_a_hundred_times_too_small_is_named(catalogue: Catalogue) -> None:
    said = held(catalogue, "WEEK", promised=0.05, computed=0.0575).reasons
    assert "a cut of 0.06% may be a slip of units for 6.00%" in said


def test_a_slip_of_units_in_what_was_delivered_is_named(catalogue: Catalogue) -> None:
    said = held(catalogue, "SAME", computed=0.0005, delivered=delivering(0.05)).reasons
    assert "delivered is about a hundred times computed: a slip of units?" in said


def test_compounding_within_the_fund_is_named_with_its_size(catalogue: Catalogue) -> None:
    one_year = delivering(0.06, days=365)
    said = held(catalogue, "SAME", computed=0.06, delivered=one_year).reasons
    # (1 + 0.06/182.5)^182.5 - 1 is 6.183%.
    assert "rewards compound in the fund, which adds 18bp over 365 days" in said


def test_a_rate_of_another_time_than_the_window_is_named(catalogue: Catalogue) -> None:
    short = delivering(0.05, days=60)
    said = held(catalogue, "SAME", computed=0.05, delivered=short).reasons
    assert "computed stands on a rate of 2026-06-01, after the window" in said


def test_a_payout_nobody_told_of_is_named(catalogue: Catalogue) -> None:
    said = held(catalogue, "WEEK", computed=0.05, delivered=delivering(0.0)).reasons
    assert any(one.startswith("where rewards go is not known") for one in said)


def test_a_fund_that_does_not_stake_has_none_of_these_reasons(catalogue: Catalogue) -> None:
    assert not held(catalogue, "PLAIN", computed=-0.0025, delivered=delivering(-0.0025)).reasons


# The command


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The program, in a folder that holds a catalogue and its history."""
    (tmp_path / "products.yaml").write_text(CATALOGUE, encoding="utf-8")
    (tmp_path / "history").mkdir()
    (tmp_path / "history" / "holdings.csv").write_text(HOLDINGS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Outcome:
        return Outcome(program.main(("reconcile", *arguments)), *capsys.readouterr())

    return run


def test_each_fund_has_a_line_and_what_it_rests_on(run: Run) -> None:
    code, out, err = run(*DAY)
    assert code == 0
    lines = out.splitlines()
    assert lines[0].split() == [
        *("Ticker", "Promised", "Computed", "Delivered", "±bp", "C-P", "bp", "D-C", "bp"),
        "Verdict",
    ]
    funds = [line.split()[0] for line in lines[1:] if not line.startswith(" ")]
    assert funds == ["SAME", "WEEK", "APART", "PLAIN"]
    same = lines.index(next(line for line in lines if line.startswith("SAME")))
    # 0.0021 over 121 days is 6.33% simple; its terms say 6% x 94% - 0.20% = 5.44%.
    assert lines[same].split()[1:] == [
        *("5.44%", "5.44%", "6.33%", "±0.3", "0.0", "+89.5", "does", "not", "reconcile")
    ]
    assert "2026-03-02 to 2026-07-01, 121 days: 0.10000100 to 0.10210100" in lines[same + 1]
    assert "computed against promised: reconciles" in lines[same + 2]
    assert "+89.5bp where 25bp are allowed" in lines[same + 3]
    assert "C-P computed less promised" in err


def test_an_unstaked_fund_is_held_against_its_fee_alone(run: Run) -> None:
    out = run("PLAIN", *DAY).out
    assert out.splitlines()[1].split() == [
        *("PLAIN", "–", "-0.25%", "-0.25%", "±0.3", "–", "+0.3", "reconciles")
    ]
    assert "promised:" not in out


def test_missing_inputs_are_named_as_the_catalogue_calls_them(run: Run) -> None:
    out = run("SILENT", *DAY).out
    assert "staking.published.rate" in out
    assert "no coins per share on file" in out
    assert "not testable" in out.splitlines()[1]


def test_json_gives_every_number_raw(run: Run) -> None:
    document = json.loads(run("SAME", "SILENT", "--json", *DAY).out)
    same, silent = document["funds"]
    assert document["scenario"]["as_of"] == "2026-07-02"
    assert same["promised"] == pytest.approx(0.0544)
    assert same["computed"] == pytest.approx(0.0544)
    assert same["delivered"] == pytest.approx(0.0021 / 0.100001 * 365 / 121)
    assert same["delivered_less_computed"] == pytest.approx(0.0021 / 0.100001 * 365 / 121 - 0.0544)
    assert same["window"]["step"] == pytest.approx(1e-6)
    assert [one["limit"] for one in same["trials"]] == [0.0005, 0.0025]
    assert (silent["delivered"], silent["window"]) == (None, None)
    assert silent["verdict"] == "not testable"


def test_csv_has_a_row_for_each_fund(run: Run) -> None:
    *rows, last = csv.DictReader(io.StringIO(run("--csv", *DAY).out))
    assert last["ticker"].startswith("# etfcompare ")
    assert [row["ticker"] for row in rows] == ["SAME", "WEEK", "APART", "PLAIN"]
    assert rows[0]["verdict"] == "does not reconcile"
    assert float(rows[3]["delivered"]) == pytest.approx(-0.00082 * 365 / 121, rel=1e-6)
    assert rows[1]["delivered"] == ""


def test_markdown_tells_the_same(run: Run) -> None:
    out = run("PLAIN", "--markdown", *DAY).out
    assert out.startswith("| Ticker | Promised |")
    assert "| PLAIN | – | -0.25% | -0.25% ±0.3 |" in out


def test_every_export_says_what_it_stands_on(run: Run) -> None:
    told = run("PLAIN", "--csv", "--window", "90d", *DAY).out.splitlines()[-1]
    assert " sha256 " in told
    assert " · reconciled PLAIN · window 90 days · 1 of 6 products" in told
    assert "reconciled all that can be" in run("--markdown", *DAY).out.splitlines()[-1]
    assert json.loads(run("--json", *DAY).out)["version"] == __version__


def test_a_window_is_looked_back_over(run: Run) -> None:
    assert "0 days of coins per share" in run("PLAIN", "--window", "30d", *DAY).out
    assert "2026-03-02" in run("PLAIN", "--window", "1y", *DAY).out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--window", "30"), '--window: "30" has no unit'),
        (("NOBODY",), "NOBODY"),
        (("PLAIN", "plain"), "PLAIN is named twice"),
        (("--json", "--csv"), "choose one"),
    ],
)
def test_what_makes_no_sense_is_refused(run: Run, arguments: tuple[str, ...], said: str) -> None:
    code, out, err = run(*arguments, *DAY)
    assert (code, out) == (2, "")
    assert said in err


def test_a_bad_row_is_told_and_the_rest_is_used(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "history" / "holdings.csv"
    path.write_text(f"{HOLDINGS}2026-07-02,SAME,?,soon,15,\n", encoding="utf-8")
    found = run("SAME", *DAY)
    assert "history/holdings.csv:6" in found.err
    assert "6.33%" in found.out


def test_without_holdings_the_rest_is_still_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "history" / "holdings.csv").unlink()
    code, out, err = run(*DAY)
    assert code == 0
    assert "no such file" in err
    assert out.splitlines()[1].split()[-1] == "reconciles"


@pytest.mark.parametrize("columns", [80, 120])
def test_the_page_keeps_to_the_width_of_a_terminal(
    run: Run, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setattr(
        table.Paper, "of_stdout", lambda: table.Paper(columns=columns, has_colour=False)
    )
    out = run(*DAY).out
    lines = out.splitlines()
    assert max(map(len, lines)) <= columns
    assert lines[1].endswith("does not reconcile")
