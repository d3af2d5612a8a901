"""The page that tells how firm the answer is."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from conftest import TODAY
from etfcompare.engine.comparison import compare
from etfcompare.engine.figures import Table
from etfcompare.engine.fragility import fragility
from etfcompare.engine.scenario import Scenario
from etfcompare.engine.stress import stress
from etfcompare.engine.tornado import tornado
from etfcompare.tui.fragility_page import WORKING, FragilityPage, Told, fragility_page
from etfcompare.tui.styles import MUTED
from screens import SMALL, app_on, lines, text_of, written
from strategies import catalogue_of

SIZES = [(80, 24), (120, 40), (200, 60)]


def told(row: int | None = 1) -> Told:
    """What the page tells of the small catalogue."""
    table = Table(catalogue_of(SMALL), Scenario(as_of=TODAY))
    comparison = compare(table)
    return Told(
        found=fragility(comparison, few=1),
        tornado=None if row is None else tornado(table, row),
        stressed=stress(table, comparison.rows),
        row=row,
    )


async def opened(pilot: Pilot[None], *keys: str) -> None:
    """Open the page and wait until all of it is worked out."""
    await pilot.press(*keys, "f")
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


@pytest.mark.parametrize("size", SIZES)
async def test_the_page_opens_at_every_size(size: tuple[int, int], tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=size) as pilot:
        await opened(pilot)
        assert isinstance(app.screen, FragilityPage)
        page = text_of(app)
        assert "How firm is this?" in page
        assert "BRAVO leads all by" in page
        assert max(map(cell_len, lines(app))) <= size[0]
        await pilot.press("f")
        assert not isinstance(app.screen, FragilityPage)


async def test_it_is_about_the_products_in_sight_and_the_one_under_the_cursor(
    tmp_path: Path,
) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(120, 60)) as pilot:
        await pilot.press("slash", *"btc", "enter", "j")
        await opened(pilot)
        page = text_of(app)
        assert "DELTA leads BTC by 10.0bp over ALFA." in page
        assert "What moves ALFA most" in page
        assert "ALFA in hard times" in page
        assert "BRAVO" not in page.split("How firm")[1].split("esc closes")[0]


async def test_a_table_sorted_by_words_is_told_by_net_yield(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(120, 60)) as pilot:
        await pilot.press("right_square_bracket")
        await opened(pilot)
        assert "BRAVO leads all by" in text_of(app)


async def test_it_may_be_closed_before_all_is_worked_out(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(120, 60)) as pilot:
        await pilot.press("f", "escape")
        await pilot.pause()
        await pilot.press("f")
        await opened(pilot, "escape")
        assert isinstance(app.screen, FragilityPage)


async def test_nothing_in_sight_is_no_fault(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(120, 60)) as pilot:
        await pilot.press("slash", *"nobody", "enter")
        await opened(pilot)
        assert "No net yield in sight is known." in text_of(app)


def test_until_it_is_worked_out_the_page_says_so() -> None:
    known = told()
    page = fragility_page(Told(found=None, tornado=known.tornado, stressed=(), row=1), 100).plain
    assert page.count(WORKING) == 2
    assert "What moves BRAVO most" in page


def test_the_smallest_change_stands_with_the_way_to_see_it() -> None:
    page = fragility_page(told(), 100).plain.splitlines()
    place = page.index("DELTA leads BTC by 10.0bp over ALFA.")
    assert page[place + 1].strip() == (
        "It takes +10.01bp on its expense ratio (0.15% → 0.2501%) and ALFA is first."
    )
    assert page[place + 2].strip() == "etfcompare set DELTA fee.rate 0.2501%"


async def test_a_catalogue_that_was_named_is_named_in_what_to_type(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(200, 60)) as pilot:
        await opened(pilot)
        assert "fee.rate 0.2501% --catalogue " in text_of(app)


def test_what_a_case_leaves_as_it_is_stays_in_the_background() -> None:
    page = fragility_page(told(), 100)
    for label, mutes in (("As is", 1), ("Price −50%", 5), ("Cash +100bp", 5)):
        line = next(one for one in page.split("\n") if one.plain.startswith(label))
        assert sum(one.style == MUTED for one in line.spans) == mutes, label


def test_bars_go_to_the_side_that_their_sign_says() -> None:
    page = fragility_page(told(), 100).plain.splitlines()
    fee = next(line for line in page if line.startswith("Expense ratio"))
    below, above = fee.split("│")
    assert "−" in below
    assert "+" in above
    assert below.rstrip()[-1] not in "0123456789p%"  # the bar touches the line
    rewards = next(line for line in page if line.startswith("SOL rewards"))
    assert cell_len(rewards.split("│")[0]) == cell_len(below)


def test_an_end_that_comes_at_once_has_one_side_only() -> None:
    page = fragility_page(told(), 100).plain.splitlines()
    ends = next(line for line in page if line.startswith("Waivers end"))
    assert "−" in ends
    assert "+" not in ends
    assert "off" in ends


@pytest.mark.parametrize("width", [1, 10, 20, 33, 50, 66, 80, 100])
def test_no_line_is_wider_than_the_page(width: int) -> None:
    for row in (None, 0, 1, 2, 4):
        page = fragility_page(told(row), width).plain
        assert max(map(cell_len, page.splitlines())) <= max(width, 2)


def test_hard_times_have_a_line_each() -> None:
    page = fragility_page(told(), 100).plain
    for case in ("As is", "Rewards halve", "Staked −20 points", "Waivers end today", "Price −50%"):
        (line,) = (one for one in page.splitlines() if one.startswith(f"{case} "))
        assert "BRAVO" in line
