"""`etfcompare check`: where the problems are that it counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from etfcompare import __main__ as program

CATALOGUE = """\
schema: 1
assets: {BTC: {}}
products:
  - {ticker: IBIT, asset: BTC, fee: {rate: 0.25%, as_of: 2020-01-01}}
history: {flows: history/flows.csv, prices: history/prices.csv}
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("products.yaml").write_text(CATALOGUE, encoding="utf-8")
    Path("history").mkdir()
    Path("history/prices.csv").write_text("date,asset,close_usd\n", encoding="utf-8")


def test_the_summary_says_in_which_file_the_errors_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = "2026-01-02,product,IBIT,x\n2026-01-05,product,IBIT,y\n"
    Path("history/flows.csv").write_text(f"period,scope,name,net_flow_usd\n{rows}")
    assert program.main(("check",)) == 1
    assert capsys.readouterr().err == (
        "products.yaml: no errors, 2 warnings; history/flows.csv: 2 errors, no warnings\n"
    )
    assert program.main(("check", "--errors-only")) == 1
    assert capsys.readouterr().err == (
        "products.yaml: no errors, 2 warnings left out; history/flows.csv: 2 errors, no warnings\n"
    )


def test_tables_without_problems_are_not_named(capsys: pytest.CaptureFixture[str]) -> None:
    Path("history/flows.csv").write_text("period,scope,name,net_flow_usd\n", encoding="utf-8")
    program.main(("check",))
    assert "history/" not in capsys.readouterr().err
