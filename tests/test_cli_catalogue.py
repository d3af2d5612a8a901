"""The command line on the catalogue that comes with the program: the answers it is there for."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from etfcompare.__main__ import main
from etfcompare.engine.figures import FIGURES

DAY = ("--as-of", "2026-11-22")
ADDENDS = ("gross_yield", "cut_cost", "charge_cost", "slashing_cost", "expense_ratio")

Ask = Callable[..., str]


@pytest.fixture
def ask(catalogue_path: Path, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Run a command on the packaged catalogue and return what it writes."""

    def ask(*arguments: str) -> str:
        assert main([*arguments, "--catalogue", str(catalogue_path)]) == 0
        return capsys.readouterr().out

    return ask


def ledger_of(ask: Ask, ticker: str, *options: str) -> dict[str, float | None]:
    document = json.loads(ask("show", ticker, "--json", *(options or DAY)))
    return {line["key"]: line["value"] for line in document["ledger"]}


def known(value: float | None) -> float:
    assert value is not None
    return value


def test_rank_answers_which_us_staking_fund_leaves_most(ask: Ask) -> None:
    text = ask(
        *("rank", "--sort", "net_yield", "--where", "country:us staked", "--json"),
        *("--columns", "ticker,country,net_yield,gross_yield", *DAY),
    )
    document: dict[str, Any] = json.loads(text)
    rows = document["rows"]
    yields = [row["net_yield"] for row in rows if row["net_yield"] is not None]
    assert document["shown"] == len(rows) >= 10
    assert {row["country"] for row in rows} == {"US"}
    assert {"BSOL", "ETHB", "VSOL"} <= {row["ticker"] for row in rows}
    assert yields == sorted(yields, reverse=True)
    assert all(row["net_yield"] is None for row in rows[len(yields) :])


def test_the_ledger_of_bsol_adds_up_to_its_net_yield(ask: Ask) -> None:
    ledger = ledger_of(ask, "BSOL")
    total = math.fsum(known(ledger[key]) for key in (*ADDENDS, "waiver_relief"))
    assert total == pytest.approx(known(ledger["net_yield"]), abs=1e-12)
    carried = known(ledger["net_yield"]) + known(ledger["trading_cost"])
    assert carried == pytest.approx(known(ledger["net_carry"]), abs=1e-12)


def test_every_ledger_adds_up(ask: Ask) -> None:
    keys = (*ADDENDS, "waiver_relief", "net_yield")
    text = ask("rank", "--json", "--columns", ",".join(keys), "--where", "status:trading", *DAY)
    rows = [row for row in json.loads(text)["rows"] if None not in (row[key] for key in keys)]
    assert len(rows) >= 40
    for row in rows:
        costs = math.fsum(row[key] for key in ADDENDS[1:])
        total = row["gross_yield"] - costs + row["waiver_relief"]
        assert total == pytest.approx(row["net_yield"], abs=1e-12), row["ticker"]


def test_vsol_charges_staked_coins_and_not_rewards(ask: Ask) -> None:
    halved = ledger_of(ask, "VSOL", *DAY, "--reward", "SOL=3%")
    ledger = ledger_of(ask, "VSOL")
    assert ledger["cut_cost"] == 0
    assert known(ledger["charge_cost"]) == pytest.approx(-0.0028 * 0.8804, abs=1e-12)
    assert halved["charge_cost"] == ledger["charge_cost"]


def test_ibit_yields_minus_its_fee(ask: Ask) -> None:
    assert ledger_of(ask, "IBIT")["net_yield"] == -0.0025
    text = ask("rank", "--where", "ticker:ibit", "--columns", "net_yield", *DAY)
    assert text.splitlines()[1].split() == ["1", "IBIT", "-0.25%"]


def test_explain_tells_the_waiver_of_ethb_weighted_over_the_horizon(ask: Ask) -> None:
    text = ask("explain", "ETHB", "net_yield", *DAY)
    assert (
        "0.12% on the first $2.50B until 2027-03-12 (110 of the 365 days ahead), then 0.25%"
    ) in text
    assert "0.25% over the horizon, but 0.12% on the first 110d of 365d" in text
    assert "products.yaml:" in text
    fee = json.loads(ask("explain", "ETHB", "effective_fee", "--json", *DAY))["value"]
    assert fee == pytest.approx(0.0025 - 0.0013 * 110 / 365, abs=1e-12)


def test_a_longer_horizon_dilutes_the_waiver_of_ethb(ask: Ask) -> None:
    text = ask("explain", "ETHB", "effective_fee", "--horizon", "3y", *DAY)
    assert "110 of the 1095 days ahead" in text
    fee = json.loads(ask("explain", "ETHB", "effective_fee", "--json", "--horizon", "3y", *DAY))
    assert fee["value"] == pytest.approx(0.0025 - 0.0013 * 110 / 1095, abs=1e-12)


def test_after_its_end_the_waiver_of_ethb_is_over(ask: Ask) -> None:
    text = ask("explain", "ETHB", "effective_fee", "--as-of", "2027-06-01")
    assert text.startswith("ETHB · Effective fee  0.25%")
    assert "ended 2027-03-12" in text
    assert ledger_of(ask, "ETHB", "--as-of", "2027-06-01")["waiver_relief"] == 0


def test_every_figure_of_a_fund_that_stakes_explains_itself(ask: Ask) -> None:
    for key in FIGURES:
        assert ask("explain", "VSOL", key, *DAY).startswith("VSOL · ")


def test_the_catalogue_has_no_errors(ask: Ask) -> None:
    assert ask("check", "--errors-only", *DAY) == ""


def test_nothing_in_the_outputs_of_the_catalogue_is_hidden(ask: Ask) -> None:
    for arguments in (["rank", "--columns", "all"], ["show", "ETHB"], ["check"]):
        assert all(line.isprintable() for line in ask(*arguments, *DAY).split("\n"))
