"""The ten questions that the program is for: each answered in at most three keys.

The keys are pressed on the catalogue that comes with the program, from the first screen on; what
is then on the screen must hold the answer, worked out here by another road.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Static

from conftest import TODAY, TOP
from etfcompare.catalogue.store import FILE_NAME
from etfcompare.engine.cells import number_text
from etfcompare.engine.comparison import SortKey, compare
from etfcompare.engine.figures import FIGURES, Table
from etfcompare.engine.query import Query
from etfcompare.engine.scenario import Scenario
from etfcompare.engine.sensitivity import crossovers
from etfcompare.tui.app import EtfCompare
from etfcompare.tui.cells import CHANGED_SIGN
from etfcompare.tui.reading import ReadingScreen
from etfcompare.units import MINUS, exact_rate, format_rate
from etfcompare.workspace import Workspace
from screens import lines, opened, products, text_of, tickers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from textual.pilot import Pilot

MOST_KEYS = 3
SIZE = (120, 40)


@pytest.fixture
def workspace() -> Workspace:
    return opened(TOP / FILE_NAME)


@pytest.fixture
def table(workspace: Workspace) -> Table:
    return workspace.table(Scenario(as_of=TODAY))


def app_on_the_sample() -> EtfCompare:
    return EtfCompare(partial(opened, TOP / FILE_NAME), Scenario(as_of=TODAY))


def shown(table: Table, row: int, key: str) -> str:
    """A figure as the screen shows it, without its marks."""
    value = table.value(row, key)
    assert value is not None
    return number_text(FIGURES[key], value, minus=MINUS)


def row_of(table: Table, ticker: str) -> int:
    """The place of a product in the catalogue."""
    return next(row for row, one in enumerate(table.products) if one.ticker == ticker)


def text_in_file(table: Table, row: int, leaf: str) -> str:
    """What the file says of a figure."""
    stated = table.input(table.products[row], leaf).stated
    assert stated is not None
    return stated.text


def ordered(table: Table, sort: Sequence[str], where: str = "") -> list[int]:
    """Places of products in the catalogue, best first."""
    keys = [SortKey.parse(one) for one in sort]
    return list(compare(table, where=Query.parse(where), sort=keys).rows)


async def asked(keys: Sequence[str], pilot: Pilot[None]) -> str:
    """Press the keys, no more than are allowed; return the page that opens, or the screen."""
    assert len(keys) <= MOST_KEYS
    await pilot.press(*keys)
    await pilot.pause()
    assert isinstance(pilot.app, EtfCompare)
    if isinstance(pilot.app.screen, ReadingScreen):
        text = str(pilot.app.screen.query_one("#text", Static).render())
    else:
        text = text_of(pilot.app)
    return " ".join(text.replace("│", " ").split())


def rows_shown(app: EtfCompare) -> tuple[int, ...]:
    return products(app).comparison.rows


def first_line(app: EtfCompare, ticker: str) -> str:
    """The line of the table that a product stands on."""
    assert tickers(app)[0] == ticker
    return next(line for line in lines(app) if line.startswith("▌"))


async def test_1_highest_net_yield_now(table: Table) -> None:
    best = ordered(table, ["net_yield"])[0]
    app = app_on_the_sample()
    async with app.run_test(size=SIZE) as pilot:
        await asked(["b"], pilot)
        assert tickers(app)[0] == table.products[best].ticker
        assert shown(table, best, "net_yield") in first_line(app, tickers(app)[0])


async def test_2_cheapest_sol_fund_over_three_years(workspace: Workspace) -> None:
    three_years = workspace.table(Scenario(as_of=TODAY, horizon=3 * 365))
    best = ordered(three_years, ["all_in_cost", "effective_fee"], "asset:sol")[0]
    app = app_on_the_sample()
    async with app.run_test(size=SIZE) as pilot:
        await asked(["v", "2", "3"], pilot)
        assert tickers(app)[0] == three_years.products[best].ticker
        assert all(three_years.value(row, "asset") == "SOL" for row in rows_shown(app))
        assert shown(three_years, best, "all_in_cost") in first_line(app, tickers(app)[0])
        assert "3y" in lines(app)[0]


async def test_3_when_does_this_waiver_end_and_what_happens_then(table: Table) -> None:
    row = row_of(table, "ETHB")
    until = text_in_file(table, row, "waiver_days")
    waived, full = table.number(row, "waived_fee"), table.number(row, "expense_ratio")
    app = app_on_the_sample()
    async with app.run_test(size=(120, 60)) as pilot:
        page = await asked(["n"], pilot)
        ends = page[page.index(f"{until} waiver") :]
        assert "ETHB" in ends[:40]
        assert f"{format_rate(waived)} → {format_rate(full)}" in ends[:200]


async def test_4_what_if_rewards_halve(table: Table) -> None:
    bsol = row_of(table, "BSOL")
    common = table.number(bsol, "reward_rate")
    halved = table.under(Scenario(as_of=TODAY, rewards={"SOL": common / 2}))
    app = app_on_the_sample()
    async with app.run_test(size=SIZE) as pilot:
        page = await asked(["w", "1"], pilot)
        assert f"SOL rewards {exact_rate(common / 2)} not {exact_rate(common)}" in page
        line = next(line for line in lines(app) if " BSOL " in line)
        assert f"{CHANGED_SIGN}{shown(halved, bsol, 'net_yield')}" in line


async def test_5_does_it_beat_cash_and_by_how_much(table: Table) -> None:
    beating = [
        table.products[row].ticker
        for row in ordered(table, ["over_cash"])
        if table.number(row, "over_cash") > 0
    ]
    app = app_on_the_sample()
    async with app.run_test(size=SIZE) as pilot:
        await asked(["v", "3"], pilot)
        assert tickers(app) == beating
        assert shown(table, row_of(table, beating[0]), "over_cash") in first_line(app, beating[0])


async def test_6_how_far_may_the_price_fall_before_cash_was_better(table: Table) -> None:
    best = ordered(table, ["net_yield"])[0]
    fall = format_rate(abs(table.number(best, "break_even")))
    app = app_on_the_sample()
    async with app.run_test(size=(80, 40)) as pilot:
        page = await asked(["enter"], pilot)
        assert f"the price may fall {fall} in 1y before cash was better" in page


async def test_7_a_or_b_and_at_which_reward_rate_do_they_tie(table: Table) -> None:
    rows = ordered(table, ["net_yield"])[2:4]
    (tie,) = crossovers(table, rows)
    assert tie.reward_rate is not None
    app = app_on_the_sample()
    async with app.run_test(size=SIZE) as pilot:
        screen = products(app)
        screen.grid.move_to(table.products[rows[1]].ticker)
        page = await asked(["c"], pilot)
        assert f"{tie.a} and {tie.b} tie at {format_rate(tie.reward_rate)}" in page


async def test_8_who_gains_and_loses_money_this_month(table: Table) -> None:
    rows = [row for row in ordered(table, ["flow_4w"]) if table.value(row, "flow_4w") is not None]
    app = app_on_the_sample()
    async with app.run_test(size=SIZE) as pilot:
        await asked(["v", "6"], pilot)
        assert tickers(app)[0] == table.products[rows[0]].ticker
        assert shown(table, rows[0], "flow_4w") in first_line(app, tickers(app)[0])
        await pilot.press("left_square_bracket")
        assert tickers(app)[0] == table.products[rows[-1]].ticker


async def test_9_is_this_figure_old_estimated_or_unsourced(table: Table) -> None:
    app = app_on_the_sample()
    async with app.run_test(size=(100, 60)) as pilot:
        best = products(app).comparison.rows[0]
        page = await asked(["i"], pilot)
        oldest = table.oldest(table.products[best], "net_yield")
        assert oldest is not None
        assert f"{(TODAY - oldest).days} days old" in page
        assert "stale, or nobody said when it was true" in page


async def test_10_what_changed_when_i_edited_that_line(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    text = (TOP / FILE_NAME).read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    app = EtfCompare(partial(opened, path), Scenario(as_of=TODAY))
    async with app.run_test(size=SIZE) as pilot:
        place = text.index("ticker: BSOL\n")
        fee = text.index("rate: 0.20%", place)
        path.write_text(f"{text[:fee]}rate: 0.90%{text[fee + 11 :]}", encoding="utf-8")
        page = await asked(["r", "d"], pilot)
        assert "BSOL expense ratio: 0.20% → 0.90%" in page
        assert "Ranks by net yield" in page
