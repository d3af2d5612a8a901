"""The flows mode: keys go through periods, groups and funds, and one screen tells what happened."""

from __future__ import annotations

import json
import os
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

import pytest

from conftest import TODAY, TOP
from etfcompare.engine.scenario import Scenario
from etfcompare.history.league import By
from etfcompare.history.series import Period, PeriodKind
from etfcompare.tui import flows_loading
from etfcompare.tui.app import EtfCompare
from etfcompare.tui.commands import bar_commands
from etfcompare.tui.flows_keys import COMMANDS
from etfcompare.tui.flows_screen import FlowsScreen
from etfcompare.tui.products import ProductsScreen
from etfcompare.tui.reading import ReadingScreen
from etfcompare.workspace import Workspace
from screens import SMALL, app_on, lines, products, text_of, tickers, type_filter, written

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.pilot import Pilot

SIZE: Final = (120, 40)
SIZES: Final = [(1, 1), (40, 8), (60, 15), (80, 24), (120, 40), (200, 60)]
FILES: Final = "history: {flows: history/flows.csv}\n"
HEADER: Final = "period,scope,name,net_flow_usd\n"
FLOWS: Final = HEADER + "".join(
    f"{week},{scope},{name},{flow}\n"
    for week, scope, name, flow in [
        ("2026-W44", "asset", "BTC", 9_000_000),
        ("2026-W44", "country", "Norway", -4_000_000),
        ("2026-W44", "product", "ALFA", 20_000_000),
        ("2026-W44", "product", "BRAVO", 5_000_000),
        ("2026-W44", "product", "DELTA", -1_000_000),
        ("2026-W45", "product", "ALFA", -30_000_000),
        ("2026-W45", "product", "BRAVO", 7_700_000),
        ("2026-W45", "product", "DELTA", -2_000_000),
    ]
)
STORY_WEEK: Final = 36
"""Weeks from the newest of the shipped history back to that of 23 January 2026."""


def catalogue(folder: Path, flows: str | None = FLOWS, text: str = SMALL) -> Path:
    """A catalogue that names a file of flows, and that file unless there is none."""
    (folder / "history").mkdir(exist_ok=True)
    if flows is not None:
        (folder / "history" / "flows.csv").write_text(flows, encoding="utf-8")
    return written(folder, text.replace("products:\n", f"{FILES}products:\n", 1))


def shipped() -> EtfCompare:
    """The app on the catalogue that the program comes with."""
    opening = partial(
        Workspace.open, str(TOP / "products.yaml"), environ={}, folder=TOP, today=lambda: TODAY
    )
    return EtfCompare(opening, Scenario(as_of=TODAY))


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    """Wait for a thread, as long as a slow machine may take."""
    for _ in range(5_000):
        await pilot.pause(0.002)
        if condition():
            return
    pytest.fail("it never happened")


async def opened(app: EtfCompare, pilot: Pilot[None], *keys: str) -> FlowsScreen:
    """Go to the flows when the files are read, and press keys there."""
    await until(pilot, lambda: products(app).flow_store is not None)
    await pilot.press("tab", *keys)
    await pilot.pause()
    return flows(app)


def flows(app: EtfCompare) -> FlowsScreen:
    """The screen of the flows."""
    return next(one for one in app.screen_stack if isinstance(one, FlowsScreen))


def is_shown(app: EtfCompare, screen: object) -> bool:
    """Whether a screen lies on top."""
    return app.screen is screen


def rows(screen: FlowsScreen) -> tuple[str, ...]:
    """The rows of the league, from top to bottom."""
    return screen.keys


def kind_of(screen: FlowsScreen) -> PeriodKind:
    """The periods shown."""
    return screen.board_kind


def line_of(app: EtfCompare, start: str) -> str:
    """The line of the league that begins with a name."""
    return next(one for one in lines(app) if one.lstrip(" ▌").startswith(f"{start} "))


# What happened


async def test_the_story_of_january_2026_is_read_off_one_screen() -> None:
    app = shipped()
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, *["h"] * STORY_WEEK)
        page = text_of(app)
        assert "All 36 funds   week to 2026-01-23   −1,936.2 $m   −1.77% of AUM" in page
        side = [line[80:] for line in lines(app)]
        for name, flow, share in [
            ("BTC", "−1,090.0", "63% out"),
            ("ETH", "−630.0", "36% out"),
            ("XRP", "−18.2", "1% out"),
            ("SOL", "+17.1", "66% in"),
            ("United States", "−1,800.0", "99% out"),
            ("Canada", "+33.5", "39% in"),
            ("Switzerland", "+32.5", "38% in"),
            ("Germany", "+19.1", "22% in"),
            ("IBIT", "−537.5", "−0.91%"),
        ]:
            line = next(one for one in side if f" {name} " in one and flow in one)
            assert line.endswith(share)


async def test_the_same_week_is_there_for_assets_with_their_share_of_aum() -> None:
    app = shipped()
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, *["h"] * STORY_WEEK, "b")
        assert line_of(app, "BTC").split()[:1] == ["BTC"]
        assert "−1,324.1" in line_of(app, "BTC")
        assert "−1.42%~" in line_of(app, "BTC")
        assert "+8.4" in line_of(app, "SOL")


# Keys


async def test_tab_goes_there_and_back_and_the_title_says_where(tmp_path: Path) -> None:
    app = app_on(catalogue(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        assert lines(app)[0].startswith(" etfcompare  Products  Flows")
        screen = await opened(app, pilot, "h")
        assert is_shown(app, screen)
        await pilot.press("shift+tab")
        await pilot.pause()
        assert is_shown(app, products(app))
        await pilot.press("tab")
        await pilot.pause()
        assert is_shown(app, screen)
        assert screen.place == 0


async def test_the_newest_week_is_shown_first_with_the_largest_inflow_on_top(
    tmp_path: Path,
) -> None:
    app = app_on(catalogue(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot)
        assert rows(screen) == ("", "BRAVO", "DELTA", "ALFA")
        assert "week to 2026-11-06   −24.3 $m" in text_of(app)
        assert "+7.7" in line_of(app, "BRAVO")
        assert "+1.00%" in line_of(app, "BRAVO")


async def test_h_and_l_move_the_period_and_stop_at_the_ends(tmp_path: Path) -> None:
    app = app_on(catalogue(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot, "h", "h", "left")
        assert screen.place == 0
        assert "+20.0" in line_of(app, "ALFA")
        await pilot.press("l", "l", "right")
        assert screen.place == 1
        await pilot.press("h", "n")
        assert screen.place == 1


async def test_the_cursor_keeps_its_fund_and_the_chart_is_of_it(tmp_path: Path) -> None:
    app = app_on(catalogue(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot, "G")
        assert screen.key == "ALFA"
        assert "ALFA   week to 2026-11-06   −30.0 $m" in text_of(app)
        await pilot.press("h")
        await pilot.pause()
        assert screen.key == "ALFA"
        assert "ALFA   week to 2026-10-30   +20.0 $m" in text_of(app)


async def test_b_goes_through_the_groupings(tmp_path: Path) -> None:
    app = app_on(catalogue(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot)
        seen = []
        for _ in By:
            await pilot.press("b")
            await pilot.pause()
            assert screen.board is not None
            seen.append((screen.by, set(screen.board.groups)))
        assert seen == [
            (By.ASSET, {"BTC", "SOL"}),
            (By.ISSUER, {"Northern", "Meadow", "Harbour"}),
            (By.COUNTRY, {"US", "DE"}),
            (By.PRODUCT, {"ALFA", "BRAVO", "DELTA"}),
        ]


async def test_published_figures_stand_in_the_league_when_asked_for(tmp_path: Path) -> None:
    app = app_on(catalogue(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot, "b", "b", "b", "o")
        assert rows(screen) == ("", "Norway")
        assert "as published" in text_of(app)
        assert "−4.0" in line_of(app, "Norway")
        await pilot.press("o")
        assert rows(screen) == ("", "DE", "US")


async def test_enter_opens_a_group_and_escape_goes_up_again(tmp_path: Path) -> None:
    app = app_on(catalogue(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot, "b", "G", "enter")
        assert rows(screen) == ("", "DELTA", "ALFA")
        assert "Flows  › BTC" in lines(app)[0]
        await pilot.press("escape")
        assert screen.by is By.ASSET
        assert screen.key == "BTC"
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, ProductsScreen)


async def test_enter_on_a_fund_says_all_that_its_flows_say(tmp_path: Path) -> None:
    app = app_on(catalogue(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, "j", "enter")
        assert isinstance(app.screen, ReadingScreen)
        page = text_of(app)
        assert "2 weeks in" in page
        assert "+12.7 $m since the week to 2026-10-30" in page
        assert "the file begins" in page
        for label in ("1 week", "since 1 January", "since launch", "surprise", "persistence"):
            assert label in page


async def test_why_names_the_row_of_the_file_and_the_rule_of_the_streak(tmp_path: Path) -> None:
    app = app_on(catalogue(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, "j", "i")
        page = text_of(app)
        assert "history/flows.csv, row 2026-W45,product,BRAVO" in page
        assert "A flow below 0.01%" in page
        assert "over $770M of assets" in page


async def test_sort_goes_from_column_to_column_and_turns_around(tmp_path: Path) -> None:
    app = app_on(catalogue(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot, "left_square_bracket")
        assert rows(screen) == ("", "ALFA", "DELTA", "BRAVO")
        await pilot.press(*["right_square_bracket"] * 6)
        assert screen.sort == "name"
        assert rows(screen) == ("", "ALFA", "BRAVO", "DELTA")


async def test_months_add_weeks_up(tmp_path: Path) -> None:
    app = app_on(catalogue(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot, "P")
        assert kind_of(screen) is PeriodKind.MONTH
        assert "Nov 2026" in text_of(app)
        await pilot.press("P")
        assert kind_of(screen) is PeriodKind.WEEK


async def test_why_names_the_rows_of_the_file_that_a_month_is_made_of(tmp_path: Path) -> None:
    weeks = "".join(
        f"2026-W{week},product,ALFA,1000000\n" for week in (40, 41, 42, 43, 44)
    )  # W40 ends on 4 October, its Thursday is 1 October; the Thursday of W44 is 29 October
    app = app_on(catalogue(tmp_path, HEADER + weeks))
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot, "P", "j", "i")
        assert kind_of(screen) is PeriodKind.MONTH
        page = text_of(app)
        assert "ALFA, Oct 2026: +5.0 $m" in page
        assert "flows.csv, 5 rows 2026-W40,product,ALFA to 2026-W44,product,ALFA" in page
        assert "A week counts to the month of its Thursday." in page
        assert "known from 2026-W40 to 2026-W44, 5 weeks" in page


async def test_why_names_no_row_where_the_file_has_none(tmp_path: Path) -> None:
    gap = "2026-W42,product,ALFA,1000000\n2026-W44,product,ALFA,1000000\n"
    app = app_on(catalogue(tmp_path, HEADER + gap))
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, "h", "j", "i")
        assert "history/flows.csv has no row of 2026-W43" in text_of(app)


async def test_the_months_stand_under_their_own_periods_or_nowhere(tmp_path: Path) -> None:
    days = [date(2025, 11, 2) + timedelta(weeks=one) for one in range(22)]
    text = "".join(f"{Period(one.toordinal(), PeriodKind.WEEK)},product,ALFA,1\n" for one in days)
    app = app_on(catalogue(tmp_path, HEADER + text))
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot, "P")
        axis = lines(app)[13]
        assert axis.split() == ["Nov", "Dec", "2026", "Feb", "▲"]
        screen.go_to(3)
        await pilot.pause()
        moved = lines(app)[13]
        assert moved.split() == ["Nov", "Dec", "▲", "Feb", "Mar"]
        assert moved.index("▲") == axis.index("2026")
        assert moved.index("Feb") == axis.index("Feb")


async def test_days_go_back_to_the_beginning_of_a_file_of_years(tmp_path: Path) -> None:
    days = [date(2024, 1, 11) + timedelta(days=one) for one in range(1_000)]
    rows_of_days = "".join(
        f"{one},product,ALFA,{place + 1}000000\n" for place, one in enumerate(days)
    )
    app = app_on(catalogue(tmp_path, HEADER + rows_of_days))
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot, "P", "P")
        assert kind_of(screen) is PeriodKind.DAY
        screen.go_to(0)
        await pilot.press("j", "h")
        assert "ALFA   Thu 2024-01-11   +1.0 $m" in text_of(app)
        await pilot.press("i")
        await pilot.pause()
        assert "known from 2024-01-11 to 2026-10-06, 1,000 days" in text_of(app)


async def test_the_map_reads_without_colour(tmp_path: Path) -> None:
    app = app_on(catalogue(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot, "m")
        assert screen.is_map
        drawn = "".join("".join(lines(app)[3:14]).split())
        assert "BRAVO▲▲" in drawn
        assert "ALFA▲▼" in drawn
        assert "DELTA▼▼" in drawn
        await pilot.press("m")
        assert not screen.is_map


async def test_a_click_on_the_chart_goes_to_that_period(tmp_path: Path) -> None:
    app = app_on(catalogue(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot)
        await pilot.click("#chart", offset=(11, 3))
        assert screen.place == 0


async def test_the_filter_is_that_of_the_products(tmp_path: Path) -> None:
    app = app_on(catalogue(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot)
        await type_filter(pilot, "sol")
        assert rows(screen) == ("", "BRAVO")
        await pilot.press("enter", "shift+tab")
        await pilot.pause()
        assert tickers(app) == ["BRAVO", "ECHO"]
        await pilot.press("tab", "escape")
        await pilot.pause()
        assert rows(screen) == ("", "BRAVO", "DELTA", "ALFA")


async def test_a_filter_that_makes_no_sense_is_said_and_dropped(tmp_path: Path) -> None:
    app = app_on(catalogue(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot)
        await type_filter(pilot, "aum>")
        assert "✗" in lines(app)[-1]
        await pilot.press("escape")
        await pilot.pause()
        assert rows(screen) == ("", "BRAVO", "DELTA", "ALFA")


async def test_the_league_is_written_as_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = app_on(catalogue(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, "x")
        await pilot.pause()
        await pilot.press("3", "enter")
        await until(pilot, lambda: any(tmp_path.glob("*.json")))
    found = json.loads((tmp_path / "etfcompare-flows-product-2026-w45.json").read_text())
    assert [(one["name"], one["flow"]) for one in found["rows"]] == [
        ("all", -24_300_000),
        ("BRAVO", 7_700_000),
        ("DELTA", -2_000_000),
        ("ALFA", -30_000_000),
    ]


@pytest.mark.parametrize(("digit", "suffix"), [("1", "csv"), ("4", "md")])
async def test_a_written_league_says_its_period_its_unit_and_what_it_stands_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, digit: str, suffix: str
) -> None:
    monkeypatch.chdir(tmp_path)
    app = app_on(catalogue(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, "x")
        await pilot.pause()
        assert "digit format" in text_of(app)
        await pilot.press(digit, "enter")
        await until(pilot, lambda: any(tmp_path.glob(f"*.{suffix}")))
    text = (tmp_path / f"etfcompare-flows-product-2026-w45.{suffix}").read_text()
    last = text.splitlines()[-1]
    assert "etfcompare" in last
    assert "funds.yaml sha256" in last
    assert "flows by product · week to 2026-11-06 (2026-W45) · US dollars · filter none" in last
    if suffix == "csv":
        assert text.startswith("name,period,flow_usd,4w_usd,")
        assert "BRAVO,2026-W45,7700000.0," in text
        assert next(one for one in text.splitlines() if one.startswith("BRAVO")).endswith(",2")


async def test_a_streak_is_written_as_a_whole_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = app_on(catalogue(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, "x")
        await pilot.pause()
        await pilot.press("3", "enter")
        await until(pilot, lambda: any(tmp_path.glob("*.json")))
    text = (tmp_path / "etfcompare-flows-product-2026-w45.json").read_text()
    assert '"streak": 2,' in text or '"streak": 2\n' in text


async def test_nouns_are_written_in_full_and_in_the_right_number(tmp_path: Path) -> None:
    more = "2026-W44,country,Chile,1\n"
    app = app_on(catalogue(tmp_path, FLOWS + more))
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, "P")
        heading = next(one for one in lines(app) if "of AUM" in one and "streak" in one)
        assert " months" in heading
        await pilot.press("enter")
        await pilot.pause()
        assert "$m since Nov 2026" in text_of(app)
        await pilot.press("escape", "P", "b", "b", "b", "o")
        await pilot.pause()
        assert "All 2 countries" in text_of(app)


async def test_help_names_every_key_and_the_bar_those_that_fit(tmp_path: Path) -> None:
    app = app_on(catalogue(tmp_path))
    async with app.run_test(size=(200, 60)) as pilot:
        await opened(app, pilot)
        bar = lines(app)[-1]
        for command in bar_commands(COMMANDS):
            assert f"{command.first_key} {command.label}" in bar
        await pilot.press("question_mark")
        await pilot.pause()
        page = text_of(app)
        for command in COMMANDS:
            assert command.shown_keys in page


async def test_the_palette_lists_the_keys_of_the_mode(tmp_path: Path) -> None:
    app = app_on(catalogue(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot)
        named = {one.title for one in app.get_system_commands(app.screen)}
        assert "By  (b)" in named
        assert not any(one.startswith("Sort by") for one in named)
        await screen.run_command(next(one for one in COMMANDS if one.name == "group"))
        assert screen.by is By.ASSET


async def test_tab_in_the_panel_of_assumptions_stays_with_the_products(tmp_path: Path) -> None:
    app = app_on(catalogue(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("w", "tab")
        await pilot.pause()
        assert is_shown(app, products(app))


# Files


async def test_figures_of_history_come_into_the_table_and_nothing_else_changes(
    tmp_path: Path,
) -> None:
    app = app_on(catalogue(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("j", "space")
        ticker, marks = products(app).grid.row_key, products(app).grid.marks
        await until(pilot, lambda: products(app).flow_store is not None)
        screen = products(app)
        row = screen.workspace.row_of("ALFA")
        assert screen.comparison.table.value(row, "streak") == -1
        assert (screen.grid.row_key, screen.grid.marks) == (ticker, marks)
        assert not screen._fresh  # noqa: SLF001 - what would stand out for a moment


async def test_a_change_of_the_file_shows_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flows_loading, "POLL_SECONDS", 0.001)
    app = app_on(catalogue(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot)
        later = tmp_path / "later.csv"
        later.write_text(FLOWS + "2026-W46,product,ALFA,55500000\n", encoding="utf-8")
        os.replace(later, tmp_path / "history" / "flows.csv")  # noqa: PTH105 - as importers do
        await until(pilot, lambda: "+55.5" in text_of(app))
        assert screen.board is not None
        assert str(screen.board.period_of(screen.board.days[screen.place])) == "2026-W46"


async def test_r_reads_the_files_again(tmp_path: Path) -> None:
    app = app_on(catalogue(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot)
        before = screen.store
        await pilot.press("r")
        await until(pilot, lambda: screen.store is not before)
        assert rows(screen) == ("", "BRAVO", "DELTA", "ALFA")


async def test_files_that_a_catalogue_names_later_are_read_then(tmp_path: Path) -> None:
    path = catalogue(tmp_path)
    named = path.read_text(encoding="utf-8")
    app = app_on(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("tab")
        path.write_text(named, encoding="utf-8")
        products(app).action_reload()
        await until(pilot, lambda: "BRAVO" in text_of(app))
        assert rows(flows(app)) == ("", "BRAVO", "DELTA", "ALFA")


async def test_a_broken_row_is_a_problem_and_the_rest_is_shown(tmp_path: Path) -> None:
    app = app_on(catalogue(tmp_path, FLOWS + "2026-W45,product,CEDAR,a lot\n"))
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot)
        assert rows(screen) == ("", "BRAVO", "DELTA", "ALFA")
        await pilot.press("p")
        await pilot.pause()
        assert "a lot" in text_of(app)


async def test_an_error_in_history_alarms_in_both_modes(tmp_path: Path) -> None:
    app = app_on(catalogue(tmp_path, FLOWS + "2026-W45,product,CEDAR,a lot\n"))
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: products(app).flow_store is not None)
        await pilot.pause()
        assert "✗ 1 error in history (p)" in lines(app)[0]
        await opened(app, pilot)
        assert "✗ 1 error in history (p)" in lines(app)[0]


async def test_errors_of_the_catalogue_and_of_history_are_counted_apart(tmp_path: Path) -> None:
    broken = SMALL.replace("asset: BTC", "asset: [BTC]", 1)
    assert broken != SMALL
    flows_text = FLOWS + "2026-W45,product,CEDAR,a lot\n2026-W45,product,CEDAR,more\n"
    app = app_on(catalogue(tmp_path, flows_text, broken))
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot)
        assert "✗ 1 error, 2 errors in history (p)" in lines(app)[0]


async def test_sound_files_raise_no_alarm(tmp_path: Path) -> None:
    app = app_on(catalogue(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot)
        assert "(p)" not in lines(app)[0]


async def test_without_files_it_says_what_to_add(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("tab", "h", "j", "enter", "b", "m", "i", "x", "a", "P", "o", "n")
        await pilot.pause()
        page = text_of(app)
        assert "This catalogue names no file of flows." in page
        assert "history: {flows: history/flows.csv}" in page
        assert "etfcompare import flows FILE" in page


async def test_an_empty_file_says_how_to_fill_it(tmp_path: Path) -> None:
    app = app_on(catalogue(tmp_path, HEADER))
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot)
        assert "history/flows.csv holds no flows." in text_of(app)


async def test_while_files_are_read_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flows_loading.HistoryLoading, "start", lambda _: None)
    app = app_on(catalogue(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("tab")
        await pilot.pause()
        assert "reading history/flows.csv …" in text_of(app)


# Looks


@pytest.mark.parametrize("size", SIZES)
async def test_it_fits_every_size(tmp_path: Path, size: tuple[int, int]) -> None:
    app = app_on(catalogue(tmp_path))
    async with app.run_test(size=size) as pilot:
        await opened(app, pilot, "m", "h", "m", "b", "P", "a", "escape")
        shown = lines(app)
        assert len(shown) == size[1]
        assert all(len(line) <= size[0] for line in shown)
        if size >= (60, 15):
            assert "BTC" in text_of(app)


async def test_the_league_follows_a_new_size(tmp_path: Path) -> None:
    app = app_on(catalogue(tmp_path))
    async with app.run_test(size=(60, 15)) as pilot:
        await opened(app, pilot)
        assert "The week to" not in text_of(app)
        await pilot.resize_terminal(*SIZE)
        await pilot.pause()
        assert "The week to 2026-11-06" in text_of(app)
        assert "trend" not in text_of(app)
        assert "7 weeks" in text_of(app)


async def test_hostile_names_are_shown_literally(tmp_path: Path) -> None:
    rows = "2026-W45,asset,[red]x[/b],5000000\n"
    app = app_on(catalogue(tmp_path, FLOWS + rows))
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, "b", "o")
        assert "[red]x[/b]" in line_of(app, "[red]x[/b]")
        await pilot.press("m", "j", "i")
        await pilot.pause()
        assert "row 2026-W45,asset,[red]x[/b]" in text_of(app)
