"""Doubts about past flows are problems of their file, with its lines."""

from __future__ import annotations

from pathlib import Path

from conftest import TODAY
from etfcompare.catalogue.problem import Severity
from etfcompare.engine.scenario import Scenario
from etfcompare.workspace import Workspace

CATALOGUE = """\
schema: 1
history: {flows: flows.csv}
assets: {BTC: {}}
products:
  - {ticker: ONE, asset: BTC, listing: {country: US, since: 2025-11-03}}
"""
HEAD = "period,scope,name,net_flow_usd\n"


def opened(folder: Path, flows: str) -> Workspace:
    (folder / "products.yaml").write_text(CATALOGUE, encoding="utf-8")
    (folder / "flows.csv").write_text(HEAD + flows, encoding="utf-8")
    workspace = Workspace.open("products.yaml", environ={}, folder=folder, today=lambda: TODAY)
    workspace.load_history()
    return workspace


def test_a_flow_on_a_holiday_is_told_with_its_line(tmp_path: Path) -> None:
    workspace = opened(
        tmp_path,
        "2025-11-25,product,ONE,1000000\n"
        "2025-11-26,product,ONE,2000000\n"
        "2025-11-27,product,ONE,-219100000\n",
    )
    told = [one for one in workspace.problems(Scenario(as_of=TODAY)) if one.path == "flows.csv"]
    closed = next(one for one in told if "the exchange was closed" in one.message)
    assert (closed.line, closed.severity) == (4, Severity.WARNING)
    assert closed.message.startswith("2025-11-27: ONE ")
    assert workspace.told(closed).startswith(f"{tmp_path / 'flows.csv'}:4:1: warning: ")


def test_a_flow_before_the_launch_is_told_of_a_week_too(tmp_path: Path) -> None:
    workspace = opened(tmp_path, "2025-W40,product,ONE,1000000\n2025-W46,product,ONE,2000000\n")
    told = [one for one in workspace.problems(Scenario(as_of=TODAY)) if one.path == "flows.csv"]
    assert [(one.line, one.message[:12]) for one in told] == [(2, "2025-W40: ON")]


def test_flows_beyond_doubt_make_no_problem(tmp_path: Path) -> None:
    workspace = opened(tmp_path, "2025-W46,product,ONE,2000000\n")
    assert not [one for one in workspace.problems(Scenario(as_of=TODAY)) if one.path == "flows.csv"]


def test_a_file_that_goes_meanwhile_is_no_crash(tmp_path: Path) -> None:
    workspace = opened(tmp_path, "2025-W40,product,ONE,1000000\n")
    (tmp_path / "flows.csv").unlink()
    told = [one for one in workspace.problems(Scenario(as_of=TODAY)) if one.path == "flows.csv"]
    assert [one.line for one in told] == [1]
