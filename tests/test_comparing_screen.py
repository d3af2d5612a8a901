"""From the table to products side by side, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from etfcompare.tui.flows_loading import HistoryLoading
from etfcompare.tui.reading import ReadingScreen
from etfcompare.tui.versus import VersusScreen
from screens import SMALL, app_on, lines, products, tickers, type_filter, written
from told import Telling

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SIZE = (120, 40)


async def test_without_marks_the_product_is_compared_with_the_one_above(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("j", "j", "c")
        await pilot.pause()
        assert isinstance(app.screen, VersusScreen)
        assert lines(app)[0].split()[:4] == ["etfcompare", "Compare", "CEDAR", "DELTA"]


async def test_marked_products_are_compared_in_the_order_of_the_table(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("G", "space", "g", "space", "j", "space", "c")
        await pilot.pause()
        assert lines(app)[0].split()[:5] == ["etfcompare", "Compare", "BRAVO", "CEDAR", "ECHO"]


async def test_one_mark_is_too_few_and_the_line_says_what_to_do(tmp_path: Path) -> None:
    app = Telling(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("space", "c")
        await pilot.pause()
        assert not isinstance(app.screen, VersusScreen)
        assert app.told == ["mark 2 to 6 products with space to compare them; 1 marked"]


@pytest.mark.parametrize("close", ["escape", "q", "c"])
@pytest.mark.parametrize(
    "keys", [["b"], ["3"], ["r"], ["W"], ["w", "right"], ["slash", "s", "enter"], ["v", "1"]]
)
async def test_the_table_goes_on_after_a_comparison(
    tmp_path: Path, close: str, keys: Sequence[str]
) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("c")
        await pilot.pause()
        await pilot.press(close)
        await pilot.pause()
        await pilot.press(*keys)
        await pilot.pause()
        assert app.return_code is None
        assert lines(app)[0].startswith(" etfcompare  Products")


async def test_a_change_of_the_file_shows_in_an_open_comparison(tmp_path: Path) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("c")
        await pilot.pause()
        before = "\n".join(lines(app))
        path.write_text(SMALL.replace("rate: 0.50%", "rate: 0.91%"), encoding="utf-8")
        products(app).action_reload()
        await pilot.pause()
        after = "\n".join(lines(app))
        assert "−0.91%" in after
        assert "−0.91%" not in before


async def test_what_comes_is_told_of_the_products_in_sight(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await type_filter(pilot, "cedar")
        await pilot.press("enter", "n")
        await pilot.pause()
        assert isinstance(app.screen, ReadingScreen)
        assert tickers(app) == ["CEDAR"]
        assert not any("BRAVO" in line for line in lines(app))


async def test_the_filter_says_how_many_may_match_too(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await type_filter(pilot, "net_yield>4%")
        await pilot.press("enter")
        await pilot.pause()
        assert any("?1 may match" in line for line in lines(app))
        assert tickers(app) == ["BRAVO"]


async def test_what_was_delivered_is_told_of_the_products_in_sight(tmp_path: Path) -> None:
    held = SMALL.replace("schema: 1\n", "schema: 1\nhistory: {holdings: holdings.csv}\n", 1)
    (tmp_path / "holdings.csv").write_text(
        "date,ticker,shares,coins_per_share,nav_usd,distribution_usd\n"
        "2026-01-02,ALFA,1000000,0.00100000,100,\n2026-11-20,ALFA,1000000,0.00099780,100,\n"
    )
    app = app_on(written(tmp_path, held))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("R")
        await pilot.pause()
        assert isinstance(app.screen, ReadingScreen)
        page = "\n".join(lines(app))
        assert "ALFA  reconciles" in page
        assert "computed −0.25%" in page
        assert "delivered −0.25%" in page
        assert "2026-01-02 to 2026-11-20, 322 days" in page


async def test_without_holdings_there_is_nothing_to_reconcile(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("R")
        await pilot.pause()
        assert any("No product in sight has a published rate" in line for line in lines(app))


async def test_a_history_that_fails_to_be_read_is_told_and_the_table_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise MemoryError("too much")

    monkeypatch.setattr("etfcompare.history.tables.read_history", broken)
    held = SMALL.replace("schema: 1\n", "schema: 1\nhistory: {flows: flows.csv}\n", 1)
    app = Telling(written(tmp_path, held))
    async with app.run_test(size=SIZE) as pilot:
        loading = HistoryLoading(products(app))
        loading.read_or_tell(products(app).workspace.catalogue)
        await pilot.pause()
        assert "history could not be read: MemoryError too much" in app.told
        assert tickers(app)[0] == "BRAVO"
