"""The sheet: one layout of columns for every output, pinned scenarios beside the present one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from conftest import TODAY
from etfcompare.engine.comparison import Comparison, SortKey, parse_sort
from etfcompare.engine.figure import Unit
from etfcompare.engine.figures import Table
from etfcompare.engine.marks import NONE, Mark
from etfcompare.engine.scenario import Scenario
from etfcompare.engine.sheet import Pin, Sheet, SheetColumn, sheet_of
from etfcompare.workspace import Workspace

FUNDS = """\
schema: 1
cash: {yield: 3%, as_of: 2026-11-01}
assets:
  BTC: {name: Bitcoin}
  SOL: {name: Solana, staking: {rate: 6%, as_of: 2026-11-01}}
assume: {staked: 90%}
products:
  - {ticker: KNOWN, asset: SOL, fee: {rate: 0.20%, as_of: 2026-11-01},
     staking: {staked: 100%, cut: 10%, as_of: 2026-11-01}}
  - {ticker: GUESS, asset: SOL, fee: {rate: 0.20%, as_of: 2026-11-01},
     staking: {cut: 10%, as_of: 2026-11-01}}
  - {ticker: NOFEE, asset: SOL, staking: {staked: 100%, cut: 10%, as_of: 2026-11-01}}
  - {ticker: PLAIN, asset: BTC, fee: {rate: 0.25%, as_of: 2026-11-01}}
"""
PRESENT = Scenario(as_of=TODAY)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    (tmp_path / "products.yaml").write_text(FUNDS, encoding="utf-8")
    return Workspace.open("products.yaml", environ={}, folder=tmp_path, today=lambda: TODAY)


def pin(workspace: Workspace, name: str, **changes: float) -> Pin:
    rewards = {"SOL": changes.pop("sol")} if "sol" in changes else {}
    scenario = replace(PRESENT, rewards=rewards)
    if "income_tax" in changes:
        scenario = replace(scenario, income_tax=changes["income_tax"])
    return Pin(name, Table(workspace.catalogue, scenario))


def compared(workspace: Workspace, *sort: str) -> Comparison:
    return workspace.compare(PRESENT, sort=parse_sort(sort))


def keys(sheet: Sheet) -> list[str]:
    return [one.key for one in sheet.columns]


def column(sheet: Sheet, key: str) -> SheetColumn:
    (found,) = (one for one in sheet.columns if one.key == key)
    return found


def test_the_ticker_comes_first_and_nothing_twice(workspace: Workspace) -> None:
    sheet = sheet_of(compared(workspace), ["asset", "ticker", "net_yield", "asset"])
    assert keys(sheet) == ["ticker", "asset", "net_yield"]


def test_a_column_holds_what_the_table_says(workspace: Workspace) -> None:
    comparison = compared(workspace)
    sheet = sheet_of(comparison, ["asset", "net_yield", "over_cash"])
    for one in sheet.columns:
        for row in comparison.rows:
            assert one.value(row) == comparison.table.value(row, one.key)
            assert one.marks(row) == comparison.table.marks(row, one.key)
    assert [one.is_words for one in sheet.columns] == [True, True, False, False]


def test_two_pins_stand_behind_the_figure_sorted_by(workspace: Workspace) -> None:
    pins = [pin(workspace, "A", sol=0.06), pin(workspace, "B", sol=0.04)]
    sheet = sheet_of(compared(workspace, "net_yield"), ["net_yield", "aum"], pins)
    assert keys(sheet) == [
        *("ticker", "net_yield", "net_yield@A", "net_yield@B", "net_yield@B-A", "aum"),
    ]
    assert sheet.pins == tuple(pins)


def test_one_pin_is_taken_off_the_present(workspace: Workspace) -> None:
    sheet = sheet_of(compared(workspace), ["net_yield"], [pin(workspace, "A", sol=0.04)])
    assert keys(sheet) == ["ticker", "net_yield", "net_yield@A", "net_yield-A"]
    apart = column(sheet, "net_yield-A")
    assert apart.value(0) == pytest.approx(0.02 * 0.9)
    assert apart.text(0) == "+180bp"
    assert apart.label == "Net yield, now less A"


def test_a_figure_that_is_not_shown_is_added_at_the_end(workspace: Workspace) -> None:
    pins = [pin(workspace, "A", sol=0.04)]
    sheet = sheet_of(compared(workspace, "effective_fee"), ["asset"], pins)
    assert keys(sheet) == [
        *("ticker", "asset", "effective_fee", "effective_fee@A", "effective_fee-A"),
    ]


def test_words_cannot_be_pinned_so_the_net_yield_is(workspace: Workspace) -> None:
    comparison = workspace.compare(PRESENT, sort=[SortKey.best_first("issuer")])
    sheet = sheet_of(comparison, ["issuer"], [pin(workspace, "A", sol=0.04)])
    assert keys(sheet) == ["ticker", "issuer", "net_yield", "net_yield@A", "net_yield-A"]


def test_a_pinned_column_is_of_its_own_scenario(workspace: Workspace) -> None:
    pins = [pin(workspace, "A", sol=0.06), pin(workspace, "B", sol=0.04)]
    sheet = sheet_of(compared(workspace), ["net_yield"], pins)
    assert column(sheet, "net_yield@B").value(0) == pytest.approx(0.04 * 0.9 - 0.002)
    assert column(sheet, "net_yield@B").heading == "Net yield B"
    assert column(sheet, "net_yield@B-A").text(0, minus="−") == "−180bp"


def test_a_difference_of_other_units_keeps_them_with_a_sign(workspace: Workspace) -> None:
    pins = [Pin("A", Table(workspace.catalogue, replace(PRESENT, horizon=730)))]
    (apart,) = (
        one
        for one in sheet_of(compared(workspace, "age"), ["age"], pins).columns
        if one.less is not None
    )
    assert apart.figure.unit is Unit.DAYS
    assert apart.figure.signed
    assert apart.text(0) == "0d"


def test_a_difference_of_unknowns_is_unknown(workspace: Workspace) -> None:
    sheet = sheet_of(compared(workspace), ["net_yield"], [pin(workspace, "A", sol=0.04)])
    row = workspace.row_of("NOFEE")
    apart = column(sheet, "net_yield-A")
    assert apart.value(row) is None
    assert apart.marks(row) == Mark.UNKNOWN
    assert apart.text(row) == "?"


def test_a_difference_of_what_does_not_apply_does_not_apply(workspace: Workspace) -> None:
    pins = [pin(workspace, "A", income_tax=0.3)]
    sheet = sheet_of(compared(workspace, "tax_cost"), ["tax_cost"], pins)
    apart = column(sheet, "tax_cost-A")
    assert apart.text(workspace.row_of("KNOWN")) == "–"


def test_the_marks_of_a_difference_are_those_of_both(workspace: Workspace) -> None:
    strict = Table(workspace.catalogue, replace(PRESENT, as_of=TODAY.replace(year=2029)))
    sheet = sheet_of(compared(workspace), ["net_yield"], [Pin("A", strict)])
    apart = column(sheet, "net_yield-A")
    assert compared(workspace).table.marks(0, "net_yield") == NONE
    assert apart.marks(0) == Mark.STALE
    assert apart.marks(workspace.row_of("GUESS")) == Mark.STALE | Mark.ESTIMATED
