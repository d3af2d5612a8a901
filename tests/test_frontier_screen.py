"""The frontier mode: keys walk the points, and what is shown is what the table assumes."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from functools import partial
from typing import TYPE_CHECKING, Final

import pytest
from rich.cells import cell_len
from textual.events import MouseEvent, MouseScrollDown, MouseScrollUp

from conftest import TODAY, TOP
from etfcompare.engine.scenario import Scenario
from etfcompare.portfolio.plot import ASCII_SIGNS, SIGNS
from etfcompare.tui.app import EtfCompare
from etfcompare.tui.ascii import in_ascii
from etfcompare.tui.commands import Scope
from etfcompare.tui.frontier_keys import COMMANDS
from etfcompare.tui.frontier_screen import FrontierScreen
from etfcompare.tui.products import ProductsScreen
from etfcompare.tui.reading import ReadingScreen
from etfcompare.tui.versus import VersusScreen
from etfcompare.tui.what_if import WhatIf
from etfcompare.workspace import Workspace
from screens import SMALL, app_on, lines, products, text_of, tickers, type_filter, written

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

SIZE: Final = (120, 40)
SIZES: Final = [(1, 1), (40, 8), (60, 15), (80, 24), (120, 40), (200, 60)]


async def opened(app: EtfCompare, pilot: Pilot[None], *keys: str) -> FrontierScreen:
    """Go to the frontier and press keys there."""
    await pilot.press("shift+tab", *keys)
    await pilot.pause()
    return frontier(app)


def frontier(app: EtfCompare) -> FrontierScreen:
    """The screen of the frontier."""
    return next(one for one in app.screen_stack if isinstance(one, FrontierScreen))


def is_shown(app: EtfCompare, screen: object) -> bool:
    """Whether a screen lies on top."""
    return app.screen is screen


def at(screen: FrontierScreen) -> str | None:
    """The product under the cursor."""
    return screen.chosen.ticker if screen.chosen is not None else None


# Modes


async def test_tab_goes_through_the_modes_in_the_order_of_the_title(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        assert lines(app)[0].startswith(" etfcompare  Products  Flows  Frontier")
        seen = []
        for key in ("tab", "tab", "tab", "shift+tab", "shift+tab", "shift+tab"):
            await pilot.press(key)
            await pilot.pause()
            seen.append(type(app.screen).__name__)
        there = ["FlowsScreen", "FrontierScreen", "ProductsScreen"]
        assert seen == [*there, "FrontierScreen", "FlowsScreen", "ProductsScreen"]
        assert len(app.screen_stack) == 1


async def test_escape_goes_back_step_by_step(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot, "plus")
        await type_filter(pilot, "sol")
        await pilot.press("enter", "escape")
        assert not screen.is_closer
        assert tickers(app) == ["BRAVO", "ECHO"]
        await pilot.press("escape")
        assert len(tickers(app)) == 5
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, ProductsScreen)


async def test_the_cursor_is_that_of_the_table(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("j")
        screen = await opened(app, pilot)
        assert at(screen) == "CEDAR"
        await pilot.press("h", "tab")
        await pilot.pause()
        assert products(app).grid.row_key == "DELTA"
        await pilot.press("k", "shift+tab")
        await pilot.pause()
        assert at(screen) == "CEDAR"


async def test_a_product_that_is_no_point_is_said_and_keeps_the_cursor_of_the_table(
    tmp_path: Path,
) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("G")
        screen = await opened(app, pilot)
        assert at(screen) == "BRAVO"
        assert "ECHO is not on the chart: net yield unknown" in text_of(app)
        assert products(app).grid.row_key == "ECHO"


# The cursor


@pytest.mark.parametrize(
    ("keys", "product"),
    [
        ("g", "DELTA"),
        ("g j", "ALFA"),
        ("g down down", "ALFA"),
        ("g j k", "DELTA"),
        ("g up", "DELTA"),
        ("g l", "CEDAR"),
        ("g right right", "BRAVO"),
        ("g l l l h", "CEDAR"),
        ("left left", "DELTA"),
        ("G", "BRAVO"),
        ("G n", "DELTA"),
        ("g n", "CEDAR"),
        ("g j n", "DELTA"),
        ("g j N", "DELTA"),
        ("g N", "BRAVO"),
    ],
)
async def test_keys_walk_the_points(tmp_path: Path, keys: str, product: str) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot, *keys.split())
        assert at(screen) == product


@pytest.mark.parametrize("cash", ["-9%", "3.63%", "90%"])
async def test_n_goes_round_the_best_funds_and_nothing_else(tmp_path: Path, cash: str) -> None:
    text = SMALL.replace("yield: 3.63%", f"yield: {cash}")
    app = app_on(written(tmp_path, text))
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot)
        assert [one.ticker for one in screen.frontier.leaders] == ["DELTA", "CEDAR", "BRAVO"]
        seen = []
        for key in ("n", "n", "n", "N"):
            await pilot.press(key)
            seen.append(at(screen))
        assert seen == ["DELTA", "CEDAR", "BRAVO", "CEDAR"]
        await pilot.press("g", "j")
        assert at(screen) == "ALFA"
        await pilot.press("N")
        assert at(screen) == "DELTA"


async def test_where_cash_beats_all_the_best_funds_are_shown_and_what_cash_pays_more(
    tmp_path: Path,
) -> None:
    text = SMALL.replace("cash: {name: Treasury bill, yield: 3.63%", "cash: {name: B, yield: 90%")
    app = app_on(written(tmp_path, text))
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot)
        assert at(screen) == "BRAVO"
        page = text_of(app)
        assert "0 efficient of 4 · 3 best" in page
        assert "best fund up to 80.0%; cash pays 8477bp more" in page
        assert "(DELTA)" in page
        await pilot.press("g", "j")
        await pilot.pause()
        assert "beaten by cash: 90.00% at no volatility" in text_of(app)


async def test_a_click_takes_the_nearest_point(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot)
        for ticker in ("DELTA", "CEDAR", "BRAVO"):
            name = ticker if ticker == "BRAVO" else f"({ticker}"
            line = next(y for y, one in enumerate(lines(app)) if f" {name}" in one[:70])
            column = lines(app)[line].index(f" {name}") - 1
            await pilot.click(offset=(column, line))
            assert at(screen) == ticker


# The window


async def test_zoom_keeps_the_cursor_where_it_is_and_fit_shows_all(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot, "g")
        here, before = screen.chosen, screen.window
        assert here is not None
        spot = before.place(here.volatility, here.net_yield, 1, 1)
        await pilot.press("plus")
        after = screen.window
        assert after.width < before.width
        assert after.place(here.volatility, here.net_yield, 1, 1) == pytest.approx(spot)
        assert "not all in sight" in text_of(app)
        await pilot.press("minus")
        assert screen.window.width == pytest.approx(before.width)
        await pilot.press("equals_sign")
        assert screen.window == before
        assert "not all in sight" not in text_of(app)


@pytest.mark.parametrize(
    ("key", "right", "up"), [("L", 1, 0), ("shift+left", -1, 0), ("K", 0, 1), ("shift+down", 0, -1)]
)
async def test_the_window_moves_and_the_cursor_stays(
    tmp_path: Path, key: str, right: int, up: int
) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot)
        before, here = screen.window, at(screen)
        await pilot.press(key)
        moved = screen.window
        assert (moved.least_x > before.least_x) - (moved.least_x < before.least_x) == right
        assert (moved.least_y > before.least_y) - (moved.least_y < before.least_y) == up
        assert at(screen) == here


async def test_z_fits_the_scale_across_to_the_products_and_says_so_and_back(
    tmp_path: Path,
) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot)
        before = screen.window
        assert "└//" not in text_of(app)
        await pilot.press("plus", "z")
        await pilot.pause()
        assert screen.window.least_x > 0
        assert not screen.is_closer
        assert "└//" in text_of(app)
        await pilot.press("z")
        await pilot.pause()
        assert screen.window == before
        assert "└//" not in text_of(app)


async def test_the_best_funds_stand_below_the_chart_with_why_as_far_as_there_is_room(
    tmp_path: Path,
) -> None:
    for width, reason in ((80, "best fund"), (200, "best fund up to 45.0%; cash pays 378bp more")):
        app = app_on(written(tmp_path))
        async with app.run_test(size=(width, 60)) as pilot:
            await opened(app, pilot)
            rows = [one for one in lines(app)[-10:] if "● (DELTA)" in one]
            assert [reason in one for one in rows] == [True]


async def test_the_cursor_never_leaves_the_window_by_its_own_keys(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot, "g", *["plus"] * 6)
        for key in ("l", "l", "g", "j", "n"):
            await pilot.press(key)
            here = screen.chosen
            assert here is not None
            assert screen.window.holds(here.volatility, here.net_yield)


async def test_the_wheel_looks_closer_at_the_mouse_and_further_away(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot)
        before, size = screen.window, screen.query_one("#grid").size
        screen.query_one("#grid").post_message(wheel(MouseScrollUp, screen))
        await pilot.pause()
        after, chart = screen.window, screen.chart(size)
        assert after.width == pytest.approx(0.7 * before.width)
        assert chart is not None
        assert before.holds(after.least_x, after.least_y)
        assert before.holds(after.most_x, after.most_y)
        screen.query_one("#grid").post_message(wheel(MouseScrollDown, screen))
        await pilot.pause()
        assert screen.window.width == pytest.approx(before.width)


def wheel(event: type[MouseScrollUp | MouseScrollDown], screen: FrontierScreen) -> MouseEvent:
    """A step of the wheel over the chart."""
    return event(
        screen.query_one("#grid"),
        x=40,
        y=12,
        delta_x=0,
        delta_y=0,
        button=0,
        shift=False,
        meta=False,
        ctrl=False,
        screen_x=40,
        screen_y=14,
    )


# Shared with the table


async def test_the_filter_is_that_of_the_products(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot)
        await type_filter(pilot, "btc")
        assert {one.ticker for one in screen.frontier.points} == {"ALFA", "DELTA"}
        await pilot.press("escape")
        assert len(screen.frontier.points) == 4
        await pilot.press("3")
        await pilot.pause()
        assert tickers(app) == ["BRAVO", "ECHO"]
        assert "1 efficient of 1 · 1 best · 1 left out" in text_of(app)
        await pilot.press("0")
        assert len(screen.frontier.points) == 4


async def test_a_filter_that_makes_no_sense_is_said_and_dropped(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot)
        await type_filter(pilot, "aum>")
        assert "✗" in lines(app)[-1]
        await pilot.press("escape")
        await pilot.pause()
        assert "✗" not in lines(app)[-1]
        assert len(screen.frontier.points) == 4


async def test_marks_are_those_of_the_table(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, "g", "space", "l", "space")
        assert products(app).grid.marks == {"DELTA", "CEDAR"}
        await pilot.press("l")
        page = text_of(app)
        assert "•(DELTA)" in page
        assert "•(CEDAR~)" in page
        assert "• 2 marked" in page
        await pilot.press("c")
        await pilot.pause()
        assert isinstance(app.screen, VersusScreen)
        await pilot.press("escape", "U")
        await pilot.pause()
        assert not products(app).grid.marks
        assert "•(DELTA)" not in text_of(app)


async def test_without_marks_a_product_is_compared_with_what_beats_it(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot)
        products(app).assume(products(app).scenario.but("cash", -0.5))
        await pilot.press("g", "j")
        await pilot.pause()
        assert "beaten by DELTA: −0.15% at the same volatility" in text_of(app)
        await pilot.press("c")
        await pilot.pause()
        assert isinstance(app.screen, VersusScreen)
        assert {"ALFA", "DELTA"} <= set(" ".join(lines(app)[:8]).split())


@pytest.mark.parametrize("size", [(80, 24), SIZE])
async def test_the_panel_of_assumptions_opens_here_and_the_chart_follows(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=size) as pilot:
        screen = await opened(app, pilot)
        before = screen.chosen
        await pilot.press("w")
        await pilot.pause()
        assert len(screen.query(WhatIf)) == 1
        await pilot.press("1")
        await pilot.pause()
        page = text_of(app)
        assert "What if" in page
        assert " what if " in lines(app)[1]
        assert "▲" in page  # the chart is still there
        assert before is not None
        assert screen.chosen is not None
        assert screen.chosen.ticker == before.ticker
        assert screen.chosen.net_yield < before.net_yield
        assert products(app).scenario != products(app).base
        await pilot.press("escape", "W")
        await pilot.pause()
        assert screen.chosen == before
        assert not screen.query(WhatIf)
        assert app.focused is screen.query_one("#grid")


async def test_tab_in_the_panel_stays_in_the_mode(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot, "w", "tab")
        assert app.screen is screen
        assert app.focused is screen.query_one("#grid")
        await pilot.press("l")
        assert products(app).scenario == products(app).base


async def test_what_is_assumed_in_the_table_holds_here(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        products(app).assume(products(app).scenario.but("cash", 0.2))
        screen = await opened(app, pilot)
        assert screen.frontier.cash == pytest.approx(0.2)
        assert not screen.frontier.efficient
        assert " what if " in lines(app)[1]


# Questions


async def test_the_foot_says_the_figures_and_why(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot)
        foot = "\n".join(lines(app)[-5:])
        assert "▲ BRAVO  5.23% at 80.0% volatility · +160bp over cash · break-even −1.52%" in foot
        assert "efficient: nothing yields as much at no more volatility" in foot
        assert "best  cash 3.63% → (DELTA) −0.15% → (CEDAR) 1.32%~! → BRAVO 5.23%" in foot
        await pilot.press("h")
        await pilot.pause()
        assert "cash pays 231bp more" in text_of(app)
        await pilot.press("g", "j")
        await pilot.pause()
        assert "beaten by cash: 3.63% at no volatility" in text_of(app)


async def test_the_detail_follows_the_cursor(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot)
        assert "Bravo Staked Solana" in text_of(app)
        await pilot.press("g")
        await pilot.pause()
        assert "Delta Bitcoin" in text_of(app)


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("enter", "Bravo Staked Solana"),
        ("i", "Net yield of BRAVO"),
        ("a", "Not on the chart"),
        ("question_mark", "To the next product that no other beats"),
    ],
)
async def test_keys_open_pages(tmp_path: Path, key: str, told: str) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(80, 60)) as pilot:
        screen = await opened(app, pilot, key)
        assert isinstance(app.screen, ReadingScreen)
        assert told in text_of(app)
        await pilot.press("escape")
        await pilot.pause()
        assert is_shown(app, screen)


async def test_every_command_can_be_run_from_the_palette(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot)
        titles = {one.title for one in app.get_system_commands(app.screen)}
        assert "Best fund  (n)" in titles
        assert not any(one.startswith("Sort by") for one in titles)
        for command in COMMANDS:
            name = command.action.partition("(")[0]
            owner = app if name.startswith("app.") else screen
            if command.scope is Scope.GRID:
                assert hasattr(screen.query_one("#grid"), f"action_{name}")
            else:
                assert hasattr(owner, f"action_{name.removeprefix('app.')}")


async def test_the_chart_is_exported_as_a_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = app_on(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, "x")
        assert "the frontier, to print or to send" in text_of(app)
        await pilot.press("enter")
        await pilot.pause()
        await pilot.pause()
        content = (tmp_path / f"etfcompare-frontier-{TODAY}.svg").read_text(encoding="utf-8")
        assert ET.fromstring(content).tag.endswith("svg")  # noqa: S314 - just written
        assert "BRAVO" in content
        assert "funds.yaml sha256" in content


# Looks


@pytest.mark.parametrize("size", SIZES)
async def test_it_fits_every_size(tmp_path: Path, size: tuple[int, int]) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=size) as pilot:
        await opened(app, pilot, "l", "space", "plus", "w")
        assert all(cell_len(line) <= size[0] for line in lines(app))


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (120, 40), (200, 60)])
async def test_the_chosen_product_is_always_named_on_the_chart(
    size: tuple[int, int],
) -> None:
    app = shipped()
    async with app.run_test(size=size) as pilot:
        screen = await opened(app, pilot)
        await pilot.press("g")
        for _ in range(12):
            await pilot.press("j")
            await pilot.pause()
            chart = screen.chart(screen.query_one("#grid").content_size)
            assert chart is not None
            drawn = "\n".join(line.plain for line in chart.lines())
            assert (at(screen) or "?") in drawn


async def test_estimates_are_told_apart(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot)
        plot = "\n".join(line[:70] for line in lines(app)[3:30])
        assert "CEDAR~" in plot
        assert "DELTA" in plot
        assert "DELTA~" not in plot


async def test_colour_is_never_the_only_sign(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = []
    for variable in ("COLOURED", "NO_COLOR"):
        monkeypatch.setenv(variable, "1")
        app = app_on(written(tmp_path))
        async with app.run_test(size=SIZE) as pilot:
            await opened(app, pilot, "space")
            shown.append(text_of(app))
    assert shown[0] == shown[1]
    assert all(sign in shown[0] for sign in SIGNS[:3])


def test_in_ascii_each_asset_keeps_a_sign_of_its_own() -> None:
    assert tuple(map(in_ascii, SIGNS)) == ASCII_SIGNS


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (SMALL.replace("volatility:", "max_gain:"), "None of the 5 products in sight is a point."),
        (SMALL.partition("products:")[0] + "products: []\n", "lists no products yet"),
    ],
)
async def test_where_there_is_nothing_to_draw_it_says_why(
    tmp_path: Path, text: str, told: str
) -> None:
    app = app_on(written(tmp_path, text))
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, "j", "l", "n", "plus", "minus", "space", "enter", "i", "x", "c")
        assert told in text_of(app)
        assert isinstance(app.screen, FrontierScreen)


async def test_a_filter_that_matches_nothing_says_which_key_helps(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot)
        await type_filter(pilot, "zebra")
        await pilot.press("enter")
        await pilot.pause()
        assert "No product matches." in text_of(app)
        assert "esc clears the filter" in text_of(app)
        await pilot.press("escape", "l")
        await pilot.pause()
        assert "No product matches." not in text_of(app)


@pytest.mark.parametrize("name", ["[b]X[/b]", "A\u202eB", "\u6f22\u5b57", "X" * 60, "$m;\x1b[2J"])
async def test_hostile_names_stay_text(tmp_path: Path, name: str) -> None:
    text = SMALL.replace("ticker: BRAVO", f"ticker: {json.dumps(name)}")
    for size in ((60, 15), SIZE):
        app = app_on(written(tmp_path, text))
        async with app.run_test(size=size) as pilot:
            await opened(app, pilot, "n", "a", "escape", "w", "escape", "enter", "escape", "i")
            page = text_of(app)
            assert "\x1b" not in page
            assert "\u202e" not in page
            assert all(cell_len(line) <= size[0] for line in lines(app))


def shipped() -> EtfCompare:
    """The app on the catalogue that the program comes with."""
    opening = partial(
        Workspace.open, str(TOP / "products.yaml"), environ={}, folder=TOP, today=lambda: TODAY
    )
    return EtfCompare(opening, Scenario(as_of=TODAY))
