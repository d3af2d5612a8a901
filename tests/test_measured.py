"""Figures measured on history, in place of those that the catalogue states."""

from __future__ import annotations

import math
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

import pytest

from conftest import TODAY
from etfcompare.engine.comparison import SortKey
from etfcompare.engine.figures import FIGURES, Table
from etfcompare.engine.leaf import Measurements
from etfcompare.engine.marks import NONE, Mark
from etfcompare.engine.places import place_of
from etfcompare.engine.query import Query
from etfcompare.engine.scenario import Scenario
from etfcompare.engine.staleness import stale_already, staleness
from etfcompare.history.measured import Measured, measured
from etfcompare.history.tables import read_history
from etfcompare.workspace import Workspace

SCENARIO: Final = Scenario(as_of=TODAY)
MEASURED: Final = ("flow_1w", "flow_4w", "flow_13w", "flow_ytd", "flow_since", "streak", "flow_z")
CATALOGUE: Final = """\
schema: 1
history: {flows: history/flows.csv}
assets: {BTC: {}}
products:
  - ticker: OLD
    asset: BTC
    listing: {since: 2024-01-11}
    market: {aum: $1B, as_of: 2026-11-20}
    flows: {1w: 1M, 4w: 2M, as_of: 2026-11-20}
  - ticker: NEW
    asset: BTC
    listing: {since: 2026-11-02}
    market: {aum: $100M, as_of: 2026-11-20}
  - ticker: BARE
    asset: BTC
    flows: {1w: 5M, as_of: 2026-11-20}
"""
WEEKS: Final = range(20, 48)
"""Of 2026; the last ends on the day of the tests."""
OLD, NEW, BARE = range(3)


def flow_rows() -> str:
    rows = ["period,scope,name,net_flow_usd"]
    rows += [f"2026-W{week},product,OLD,{week - 44.0}e6" for week in WEEKS]
    rows += ["2026-W45,product,NEW,3e6", "2026-W46,product,NEW,-1e6", "2026-W47,product,NEW,-2e6"]
    return "\n".join(sorted(rows[1:])).join((f"{rows[0]}\n", "\n"))


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    (tmp_path / "products.yaml").write_text(CATALOGUE, encoding="utf-8")
    (tmp_path / "history").mkdir()
    (tmp_path / "history" / "flows.csv").write_text(flow_rows(), encoding="utf-8")
    return Workspace.open("products.yaml", environ={}, folder=tmp_path, today=lambda: TODAY)


def figures_of(table: Table, row: int) -> dict[str, float | str | None]:
    return {key: table.value(row, key) for key in MEASURED}


def test_typed_figures_stand_until_history_is_read(workspace: Workspace) -> None:
    table = workspace.table(SCENARIO)
    assert workspace.history is None
    assert (table.value(OLD, "flow_1w"), table.value(OLD, "streak")) == (1e6, None)
    assert table.marks(OLD, "streak") == Mark.UNKNOWN


def test_history_goes_before_what_is_typed(workspace: Workspace) -> None:
    workspace.load_history()
    table = workspace.table(SCENARIO)
    before = [week - 44.0 for week in range(27, 47)]
    mean = sum(before) / 20
    deviation = math.sqrt(sum((one - mean) ** 2 for one in before) / 19)
    found = figures_of(table, OLD)
    assert found.pop("flow_z") == pytest.approx((3.0 - mean) / deviation)
    assert found == {
        "flow_1w": 3e6,
        "flow_4w": 6e6,
        "flow_13w": -39e6,
        "flow_ytd": None,
        "flow_since": None,
        "streak": 3.0,
    }
    assert table.value(OLD, "flow_share") == 6e6 / 1e9
    assert table.value(OLD, "flow_persistence") == pytest.approx(0.892857, abs=1e-6)


def test_the_newest_flow_is_held_against_those_before_it(workspace: Workspace) -> None:
    workspace.load_history()
    table = workspace.table(SCENARIO)
    assert table.value(OLD, "flow_largest") == 7 * (len(WEEKS) - 1)  # they grow week by week
    assert table.value(NEW, "flow_largest") == 14  # the largest outflow of three weeks
    assert table.marks(BARE, "flow_largest") == Mark.UNKNOWN


def test_a_young_fund_is_known_since_its_launch(workspace: Workspace) -> None:
    workspace.load_history()
    found = figures_of(workspace.table(SCENARIO), NEW)
    assert found == {
        "flow_1w": -2e6,
        "flow_4w": 0.0,
        "flow_13w": 0.0,
        "flow_ytd": 0.0,
        "flow_since": 0.0,
        "streak": -2.0,
        "flow_z": None,
    }


def test_a_product_without_history_keeps_what_is_typed(workspace: Workspace) -> None:
    workspace.load_history()
    assert workspace.table(SCENARIO).value(BARE, "flow_1w") == 5e6


def test_what_came_after_the_date_of_the_scenario_is_not_known(workspace: Workspace) -> None:
    workspace.load_history()
    earlier = replace(SCENARIO, as_of=date(2026, 11, 8))
    assert workspace.table(SCENARIO).value(OLD, "flow_1w") == 3e6
    assert workspace.table(earlier).value(OLD, "flow_1w") == 1e6


def test_measured_figures_go_stale_by_the_day_of_their_last_period(workspace: Workspace) -> None:
    workspace.load_history()
    assert workspace.table(SCENARIO).marks(OLD, "streak") == NONE
    late = replace(SCENARIO, as_of=date(2026, 12, 7))
    assert workspace.table(late).marks(OLD, "streak") == Mark.STALE


def test_another_scenario_keeps_what_was_measured(workspace: Workspace) -> None:
    workspace.load_history()
    table = workspace.table(SCENARIO).under(replace(SCENARIO, horizon=30))
    assert table.value(OLD, "flow_1w") == 3e6


def test_whoever_waits_for_history_reads_it_when_a_figure_asks(workspace: Workspace) -> None:
    workspace.waits_for_history = True
    table = workspace.table(SCENARIO)
    assert table.value(OLD, "aum") == 1e9
    before = workspace.history
    assert table.value(OLD, "flow_1w") == 3e6
    assert before is None
    assert workspace.history is not None
    assert workspace.table(SCENARIO) is table


def test_history_is_dropped_when_the_catalogue_names_other_files(workspace: Workspace) -> None:
    workspace.load_history()
    text = CATALOGUE.replace("1w: 1M", "1w: 9M")
    workspace.path.write_text(text, encoding="utf-8")
    assert workspace.reload()
    assert workspace.table(SCENARIO).value(OLD, "flow_1w") == 3e6
    workspace.path.write_text(text.replace("history: {", "# {"), encoding="utf-8")
    assert workspace.reload()
    assert workspace.table(SCENARIO).value(OLD, "flow_1w") == 9e6


def test_measured_figures_sort_and_filter(workspace: Workspace) -> None:
    workspace.load_history()
    words = Query.parse("streak<0 flow_since=0")
    assert workspace.compare(SCENARIO, where=words).rows == (NEW,)
    order = workspace.compare(SCENARIO, sort=[SortKey("streak", descending=True)]).rows
    assert order == (OLD, NEW, BARE)


def test_an_explanation_names_the_file_its_last_day_and_what_the_catalogue_says(
    workspace: Workspace,
) -> None:
    workspace.load_history()
    found = workspace.explain(SCENARIO, OLD, "flow_1w")
    assert found.origin is not None
    assert (found.origin.path, found.origin.line) == ("history/flows.csv", None)
    assert (found.origin.written, found.origin.as_of) == ("the week to 2026-11-22", "2026-11-22")
    assert found.remark == "measured; the catalogue itself says 1M, as of 2026-11-20"
    assert workspace.explain(SCENARIO, NEW, "flow_1w").remark == ""
    lacking = workspace.explain(SCENARIO, OLD, "flow_since")
    assert lacking.remark == "unknown: no history of flows reaches so far"


def test_what_was_measured_is_edited_nowhere_in_the_catalogue(workspace: Workspace) -> None:
    assert place_of(workspace.table(SCENARIO), OLD, "flow_1w") is not None
    workspace.load_history()
    assert place_of(workspace.table(SCENARIO), OLD, "flow_1w") is None
    assert place_of(workspace.table(SCENARIO), BARE, "flow_1w") is not None


def test_problems_of_history_come_after_those_of_the_catalogue(workspace: Workspace) -> None:
    path = workspace.path.parent / "history" / "flows.csv"
    path.write_text(flow_rows() + "2026-W48,product,OLD,many\n", encoding="utf-8")
    assert all(one.path != "history/flows.csv" for one in workspace.problems(SCENARIO))
    workspace.load_history()
    found = workspace.problems(SCENARIO)[-1]
    assert (found.path, found.line) == ("history/flows.csv", 33)
    assert workspace.told(found).startswith(f"{path}:33:")


def test_all_that_is_measured_can_be_listed_and_is_a_figure(workspace: Workspace) -> None:
    history = read_history(workspace.catalogue, workspace.path.parent)
    found = measured(history, workspace.catalogue, TODAY)
    assert isinstance(found, Measured)
    assert {leaf for leaf, _ in found} == {*MEASURED, "flow_largest", "flow_persistence"}
    assert {name for _, name in found} == {"OLD", "NEW"}
    assert len(found) == len(dict(found)) == 14
    assert all(leaf in FIGURES for leaf, _ in found)
    assert ("flow_1w", "BARE") not in found
    assert ("net_yield", "OLD") not in found


def test_measuring_small_files_needs_no_frames(workspace: Workspace) -> None:
    code = (
        "import sys; from etfcompare.__main__ import main;"
        "code = main(); assert not {'pandas', 'numpy'} & set(sys.modules); sys.exit(code)"
    )
    asked = ("rank", "--columns", "ticker,streak", "--csv", "--as-of", TODAY.isoformat())
    run = subprocess.run(
        [sys.executable, "-c", code, *asked],
        cwd=workspace.path.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert "OLD,3.0" in run.stdout


def test_one_product_alone_has_the_same_figures(workspace: Workspace) -> None:
    workspace.load_history()
    table = workspace.table(SCENARIO)
    assert figures_of(table.alone(OLD), 0) == figures_of(table, OLD)


def test_the_calendar_tells_of_no_measured_figure_that_it_goes_stale(workspace: Workspace) -> None:
    typed = {one.day for one in staleness(workspace.table(SCENARIO))}
    workspace.load_history()
    found = list(staleness(workspace.table(SCENARIO)))
    assert {one.day for one in found} == typed
    assert {one.block for one in found} == {"market", "flows"}
    assert stale_already(workspace.table(replace(SCENARIO, as_of=date(2026, 12, 7)))) == 1


def test_history_stands_even_before_what_is_typed_for_a_later_day(tmp_path: Path) -> None:
    later = CATALOGUE.replace("4w: 2M, as_of: 2026-11-20", "4w: 2M, as_of: 2026-11-23")
    (tmp_path / "products.yaml").write_text(later, encoding="utf-8")
    (tmp_path / "history").mkdir()
    (tmp_path / "history" / "flows.csv").write_text(flow_rows(), encoding="utf-8")
    workspace = Workspace.open("products.yaml", environ={}, folder=tmp_path, today=lambda: TODAY)
    workspace.load_history()
    table = workspace.table(SCENARIO)
    assert table.value(OLD, "flow_4w") == 6e6
    explanation = workspace.explain(SCENARIO, OLD, "flow_4w")
    assert explanation.remark == "measured; the catalogue itself says 2M, as of 2026-11-23"


def test_a_table_of_another_day_is_measured_on_that_day(workspace: Workspace) -> None:
    workspace.load_history()
    earlier = replace(SCENARIO, as_of=date(2026, 11, 8))
    derived = workspace.table(SCENARIO).under(earlier)
    assert derived.value(OLD, "flow_1w") == 1e6
    assert derived.value(OLD, "flow_1w") == workspace.table(earlier).value(OLD, "flow_1w")


def with_prices_and_holdings(folder: Path, more: str = "") -> Workspace:
    """A catalogue whose coin has two years of weekly closes, and whose fund delivers."""
    (folder / "products.yaml").write_text(
        f"""\
schema: 1
history: {{prices: prices.csv, holdings: holdings.csv{more}}}
assets: {{BTC: {{risk: {{volatility: 99%, as_of: 2024-01-01}}}}}}
products:
  - {{ticker: OLD, asset: BTC, fee: {{rate: 0.25%, as_of: 2026-01-01}}}}
""",
        encoding="utf-8",
    )
    days = [date.fromordinal(TODAY.toordinal() - 7 * back) for back in range(104, -1, -1)]
    closes = (f"{day},BTC,{100 * (1.05 if place % 2 else 1)}" for place, day in enumerate(days))
    (folder / "prices.csv").write_text("\n".join(["date,asset,close_usd", *closes, ""]))
    (folder / "holdings.csv").write_text(
        "date,ticker,shares,coins_per_share,nav_usd,distribution_usd\n"
        "2026-01-02,OLD,1000000,0.00100000,100,\n2026-11-20,OLD,1000000,0.00099780,100,\n"
    )
    return Workspace.open("products.yaml", environ={}, folder=folder, today=lambda: TODAY)


def test_the_behaviour_of_prices_is_measured_where_there_are_closes(tmp_path: Path) -> None:
    workspace = with_prices_and_holdings(tmp_path)
    assert workspace.table(SCENARIO).value(0, "volatility") == 0.99
    workspace.load_history()
    table = workspace.table(SCENARIO)
    step = math.log(1.05)
    assert table.value(0, "volatility") == pytest.approx(step * math.sqrt(52), rel=0.01)
    assert table.value(0, "max_drawdown") == pytest.approx(1 / 1.05 - 1)
    explanation = workspace.explain(SCENARIO, 0, "volatility")
    assert explanation.origin is not None
    assert explanation.origin.path == "prices.csv"


def test_how_far_back_prices_are_measured_is_the_catalogue_s_to_say(tmp_path: Path) -> None:
    workspace = with_prices_and_holdings(tmp_path, ", window: 1y")
    workspace.load_history()
    stated = workspace.table(SCENARIO).input(workspace.catalogue.products[0], "volatility").stated
    assert stated is not None
    assert "2025-11-16 to 2026-11-22" in stated.text


def test_what_a_fund_delivered_stands_beside_what_it_promised(tmp_path: Path) -> None:
    workspace = with_prices_and_holdings(tmp_path)
    workspace.load_history()
    table = workspace.table(SCENARIO)
    delivered = (0.00099780 / 0.00100000 - 1) * 365 / 322
    assert table.value(0, "realised_yield") == pytest.approx(delivered)
    assert table.value(0, "realised_gap") == pytest.approx(delivered + 0.0025)


def test_tables_of_some_products_are_not_measured_again(tmp_path: Path) -> None:
    asked: list[date] = []
    catalogue = with_prices_and_holdings(tmp_path).catalogue

    def measuring(day: date) -> Measurements:
        asked.append(day)
        return {}

    table = Table(catalogue, SCENARIO, measuring)
    few = table.of(table.products[:1])
    assert few.of(table.products).context.measured is table.context.measured
    assert asked == [TODAY]
    few.under(SCENARIO.but("as_of", date(2026, 1, 2)))
    assert asked == [TODAY, date(2026, 1, 2)]


def test_the_correlation_of_any_two_coins_is_measured_by_their_sorted_codes(tmp_path: Path) -> None:
    days = [date.fromordinal(TODAY.toordinal() - 7 * back) for back in range(104, -1, -1)]
    steps = {"SOL": (1.05, 1.0), "ETH": (1.0, 1.05), "BTC": (1.1, 1.0)}
    rows = [f"{day},{asset},{steps[asset][n % 2]}" for asset in steps for n, day in enumerate(days)]
    (tmp_path / "prices.csv").write_text("\n".join(["date,asset,close_usd", *rows, ""]))
    (tmp_path / "products.yaml").write_text(
        "schema: 1\nhistory: {prices: prices.csv}\n"
        "assets: {SOL: {}, ETH: {}, BTC: {}}\nproducts: []\n"
    )
    workspace = Workspace.open("products.yaml", environ={}, folder=tmp_path, today=lambda: TODAY)
    found = measured(workspace.load_history(), workspace.catalogue, TODAY)
    assert found["correlation", "ETH/SOL"].value == pytest.approx(-1)
    assert found["correlation", "BTC/SOL"].value == pytest.approx(1)
    assert found["correlation", "SOL"].value == pytest.approx(1)
    assert found["correlation", "ETH/SOL"].text == (
        "104 returns of weekly closes of both, 2024-11-24 to 2026-11-22"
    )
    assert found["correlation", "ETH/SOL"].path == "prices.csv"
    pairs = {name for leaf, name in found if leaf == "correlation" and "/" in name}
    assert pairs == {"BTC/ETH", "BTC/SOL", "ETH/SOL"}
    for unknown in ("SOL/ETH", "ETH/XRP", "ETH/"):
        assert ("correlation", unknown) not in found
