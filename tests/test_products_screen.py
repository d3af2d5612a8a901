"""The products: keys and clicks do what the registry says, and the cursor keeps its product."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Final

import pytest
from textual.command import CommandPalette
from textual.events import Key
from textual.widgets import Input

from conftest import TODAY
from etfcompare.engine.comparison import SortKey
from etfcompare.engine.scenario import Scenario
from etfcompare.tui.app import EtfCompare
from etfcompare.tui.chrome import FilterBar, KeyBar, TitleBar
from etfcompare.tui.commands import COMMANDS, Scope, bar_commands, listed_commands
from etfcompare.tui.fault import FaultScreen
from etfcompare.tui.grid import Grid
from etfcompare.tui.products import ProductsScreen
from etfcompare.tui.reading import ReadingScreen
from etfcompare.workspace import Workspace
from screens import (
    BEST_FIRST,
    SMALL,
    app_on,
    lines,
    products,
    text_of,
    tickers,
    type_filter,
    written,
)

if TYPE_CHECKING:
    from pathlib import Path

SIZES: Final = [(1, 1), (40, 8), (60, 20), (80, 24), (120, 40), (200, 60)]
BROKEN: Final = "products: [\n  {ticker: BRAVO, asset: SOL\n"


def place_of(screen: list[str], text: str) -> tuple[int, int]:
    """Column and line of a text on the screen."""
    y = next(y for y, line in enumerate(screen) if text in line)
    return screen[y].index(text), y


async def test_opens_sorted_by_net_yield_best_first_and_the_unknown_last(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(80, 24)):
        assert tickers(app) == BEST_FIRST
        assert products(app).comparison.ranks == (1, 2, 3, 4, None)
        shown = [line.removeprefix("▌").split() for line in lines(app)[4:9]]
        assert [line[0] for line in shown] == ["1", "2", "3", "4", "ECHO"]
        assert products(app).grid.has_focus
        assert (products(app).grid.row_key, products(app).grid.column_key) == ("BRAVO", "net_yield")


async def test_title_says_what_is_open_under_which_assumptions(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(120, 40)):
        assert lines(app)[0].endswith("funds.yaml · as of 2026-11-22 · 5 of 5 · cash 3.63% · 1y")


async def test_brackets_sort_by_the_column_of_the_cursor_either_way(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(120, 40)) as pilot:
        products(app).grid.move_to_column("aum")
        await pilot.press("right_square_bracket")
        assert tickers(app) == ["ALFA", "CEDAR", "BRAVO", "DELTA", "ECHO"]
        assert "AUM▼" in text_of(app)
        await pilot.press("left_square_bracket")
        assert tickers(app) == ["ECHO", "DELTA", "BRAVO", "CEDAR", "ALFA"]
        assert "AUM▲" in text_of(app)


async def test_braces_add_a_sort_key_and_the_headings_number_them(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        products(app).grid.move_to_column("asset")
        await pilot.press("left_square_bracket")
        products(app).grid.move_to_column("net_yield")
        await pilot.press("left_curly_bracket")
        assert products(app).look.sort == (SortKey("asset", False), SortKey("net_yield", False))  # noqa: FBT003
        assert tickers(app) == ["ALFA", "DELTA", "CEDAR", "BRAVO", "ECHO"]
        assert "Asset▲¹" in text_of(app)
        await pilot.press("right_curly_bracket")
        assert tickers(app) == ["DELTA", "ALFA", "CEDAR", "BRAVO", "ECHO"]


async def test_b_sorts_best_first_again(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("left_square_bracket")
        assert tickers(app) == ["ALFA", "DELTA", "CEDAR", "BRAVO", "ECHO"]
        await pilot.press("b")
        assert tickers(app) == BEST_FIRST


async def test_a_click_on_a_heading_sorts_best_first_and_the_next_one_reverses(
    tmp_path: Path,
) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        place = place_of(lines(app), "Fee")
        await pilot.click(offset=place)
        assert products(app).look.sort == (SortKey("effective_fee", descending=False),)
        await pilot.click(offset=place)
        assert products(app).look.sort == (SortKey("effective_fee", descending=True),)


async def test_a_click_with_shift_adds_a_sort_key(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.click(offset=place_of(lines(app), "Issuer"), shift=True)
        assert [key for key, _ in products(app).look.sort] == ["net_yield", "issuer"]


async def test_the_rank_is_no_column_to_sort_by(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.click(offset=place_of(lines(app), "#"))
        products(app).grid.move_to_column("#")
        await pilot.press("right_square_bracket")
        assert tickers(app) == BEST_FIRST


async def test_cursor_and_marks_follow_the_product_through_sort_filter_and_reload(
    tmp_path: Path,
) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=(80, 24)) as pilot:
        grid = products(app).grid
        await pilot.press("j", "space")
        assert grid.row_key == "CEDAR"
        await pilot.press("left_square_bracket")
        assert (grid.row_key, grid.row_index) == ("CEDAR", 2)
        await type_filter(pilot, "sol")
        assert "CEDAR" not in tickers(app)
        await pilot.press("escape")
        assert grid.row_key == "CEDAR"
        path.write_text(SMALL.replace("rate: 0.35%", "rate: 9%"), encoding="utf-8")
        await pilot.press("r")
        assert (grid.row_key, grid.row_index) == ("CEDAR", 0)
        assert grid.marks == {"CEDAR"}
        assert "• 1 marked" in lines(app)[1]


async def test_space_marks_and_unmarks_and_the_state_says_how_many(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("space")
        assert "• 1 marked" in lines(app)[1]
        await pilot.press("j", "space")
        assert "• 2 marked" in lines(app)[1]
        await pilot.press("space")
        assert "• 1 marked" in lines(app)[1]
        await pilot.press("U")
        assert "marked" not in lines(app)[1]


# The filter


async def test_the_filter_acts_while_it_is_typed_and_enter_keeps_it(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        await type_filter(pilot, "staked")
        assert tickers(app) == ["BRAVO", "CEDAR", "ECHO"]
        await pilot.press(*" aum>100M", "enter")
        assert tickers(app) == ["BRAVO", "CEDAR"]
        assert products(app).grid.has_focus
        assert not app.screen.query(Input)
        assert lines(app)[1].startswith(" / staked aum>100M")
        assert "2 of 5" in lines(app)[0]


async def test_what_is_typed_at_once_after_the_slash_belongs_to_the_filter(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        for character in "/staked":
            app.post_message(Key("slash" if character == "/" else character, character))
        app.post_message(Key("enter", "\r"))
        await pilot.pause()
        await pilot.pause()
        assert isinstance(app.screen, ProductsScreen)
        assert products(app).look.where == "staked"
        assert products(app).grid.has_focus


async def test_keys_belong_to_the_table_again_after_a_click_on_it(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        await type_filter(pilot, "sol")
        await pilot.click(Grid, offset=(5, 3))
        await pilot.press("space")
        assert products(app).grid.marks == {"ECHO"}


async def test_escape_drops_what_was_typed_and_keeps_the_filter_of_before(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        await type_filter(pilot, "sol")
        await pilot.press("enter")
        await type_filter(pilot, " bravo")
        assert tickers(app) == ["BRAVO"]
        await pilot.press("escape")
        assert tickers(app) == ["BRAVO", "ECHO"]
        assert products(app).filter_bar.text == "sol"
        await pilot.press("escape")
        assert tickers(app) == BEST_FIRST


async def test_a_bad_filter_says_why_and_leaves_the_table_as_it_was(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        await type_filter(pilot, "staked")
        app.screen.query_one(Input).value = "staked net_yeild>4%"
        await pilot.pause()
        assert tickers(app) == ["BRAVO", "CEDAR", "ECHO"]
        assert lines(app)[-1].startswith(' ✗ "net_yeild>4%": no figure is called')
        assert "net_yield" in lines(app)[-1]
        await pilot.press("enter")
        assert products(app).filter_bar.is_open
        assert app.screen.query_one(KeyBar).fault
        await pilot.press("escape")
        assert app.screen.query_one(KeyBar).fault == ""
        assert products(app).look.where == ""


async def test_the_table_stays_while_the_key_of_a_figure_is_half_typed(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        await type_filter(pilot, "net_yi")
        assert len(tickers(app)) == 5
        await pilot.press(*"eld>0%")
        await pilot.pause()
        assert 0 < len(tickers(app)) < 5


async def test_a_fault_longer_than_the_window_is_cut(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(50, 20)) as pilot:
        await type_filter(pilot, "aum>")
        assert len(lines(app)[-1]) == 50
        assert lines(app)[-1].endswith("…")


async def test_a_mended_filter_takes_its_fault_away(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        await type_filter(pilot, "net_yield>4")
        assert "✗" in lines(app)[-1]
        await pilot.press("%")
        assert "✗" not in text_of(app)
        assert tickers(app) == ["BRAVO"]


async def test_digits_rewrite_the_word_for_the_asset_and_zero_shows_all(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        await type_filter(pilot, "country:us")
        await pilot.press("enter", "3")
        assert products(app).look.where == "asset:sol country:us"
        assert tickers(app) == ["BRAVO", "ECHO"]
        await pilot.press("1")
        assert products(app).look.where == "asset:btc,sol country:us"
        await pilot.press("3")
        assert products(app).look.where == "asset:btc country:us"
        await pilot.press("9")
        assert products(app).look.where == "asset:btc country:us"
        await pilot.press("0")
        assert products(app).look.where == "country:us"


# Pages


async def test_i_explains_the_cell_under_the_cursor_down_to_the_line_of_the_file(
    tmp_path: Path,
) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(120, 90)) as pilot:
        await pilot.press("i")
        await pilot.pause()
        page = text_of(app)
        line = SMALL.splitlines().index("      rate: 0.50%") + 1
        assert "Net yield of BRAVO" in page
        assert "= staking yield − effective fee" in page
        assert f"line {line}: products[BRAVO].fee.rate is 0.50%" in page
        assert "2026-11-01, 21 days old · Pages of the issuers [issuer]" in page
        await pilot.press("escape")
        assert isinstance(app.screen, ProductsScreen)


async def test_i_on_the_rank_explains_what_is_sorted_by(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(120, 40)) as pilot:
        products(app).grid.move_to_column("#")
        await pilot.press("i")
        await pilot.pause()
        assert "Net yield of BRAVO" in text_of(app)


@pytest.mark.parametrize("size", [(80, 24), (120, 60)])
async def test_enter_shows_the_product_whole(tmp_path: Path, size: tuple[int, int]) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=size) as pilot:
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, ReadingScreen)
        assert "Bravo Staked Solana" in text_of(app)
        await pilot.press("end")
        await pilot.pause()
        assert "2026-11-01  Rates of the networks" in text_of(app)


async def test_a_click_goes_to_a_cell_and_another_one_there_opens_the_product(
    tmp_path: Path,
) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        place = place_of(lines(app), "Harbour")
        await pilot.click(offset=place)
        grid = products(app).grid
        assert (grid.row_key, grid.column_key) == ("CEDAR", "issuer")
        assert isinstance(app.screen, ProductsScreen)
        await pilot.click(offset=place)
        await pilot.pause()
        assert isinstance(app.screen, ReadingScreen)


async def test_p_shows_what_is_doubtful_with_its_lines(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("p")
        await pilot.pause()
        page = text_of(app)
        line = next(n for n, one in enumerate(SMALL.splitlines(), 1) if "2024-01-02" in one)
        assert "1 warning" in page
        assert f"{line}:" in page
        assert "products[CEDAR].fee.rate" in page


async def test_help_lists_every_command_with_its_keys(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(120, 160)) as pilot:
        await pilot.press("question_mark")
        await pilot.pause()
        page = " ".join(text_of(app).replace("│", " ").split())
        for command in listed_commands():
            assert f"{command.shown_keys} {command.meaning}" in page


async def test_the_palette_lists_every_command_and_every_figure_to_sort_by(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        found = list(app.get_system_commands(app.screen))
        helps = {one.help for one in found}
        assert {command.meaning for command in listed_commands()} <= helps
        next(one for one in found if one.title == "Sort by Volatility").callback()
        await pilot.pause()
        assert products(app).look.sort == (SortKey("volatility", descending=False),)


async def test_the_palette_opens_and_runs_a_command_on_the_grid(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+p")
        assert isinstance(app.screen, CommandPalette)
        await pilot.press(*"mark  (space", "enter")
        await pilot.pause()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert products(app).grid.marks == {"BRAVO"}


async def test_t_opens_the_themes(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("t")
        await pilot.pause()
        assert isinstance(app.screen, CommandPalette)


# The file changes


async def test_r_reads_the_file_again(tmp_path: Path) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("r")
        await pilot.pause()
        assert "funds.yaml: the file has not changed" in text_of(app)
        path.write_text(SMALL.replace("ticker: DELTA", "ticker: DENVER"), encoding="utf-8")
        await pilot.press("r")
        await pilot.pause()
        assert "DENVER" in tickers(app)
        assert "funds.yaml: read again" in text_of(app)


async def test_a_broken_file_keeps_the_last_good_view_under_an_alarm(tmp_path: Path) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=(120, 40)) as pilot:
        path.write_text(BROKEN, encoding="utf-8")
        await pilot.press("r")
        assert tickers(app) == BEST_FIRST
        assert "file unreadable" in lines(app)[0]
        await pilot.press("p")
        await pilot.pause()
        assert "funds.yaml:" in text_of(app)
        await pilot.press("escape")
        path.write_text(SMALL, encoding="utf-8")
        await pilot.press("r")
        assert "file unreadable" not in lines(app)[0]


async def test_a_file_that_vanished_keeps_the_last_good_view(tmp_path: Path) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=(80, 24)) as pilot:
        path.unlink()
        await pilot.press("r")
        assert tickers(app) == BEST_FIRST
        assert "file unreadable" in lines(app)[0]


async def test_errors_of_the_catalogue_are_counted_in_the_title(tmp_path: Path) -> None:
    app = app_on(written(tmp_path, SMALL.replace("rate: 0.15%", "rate: 0.15")))
    async with app.run_test(size=(80, 24)):
        assert "✗ 1 error (p)" in lines(app)[0]
        assert len(tickers(app)) == 5


# Nothing to show


async def test_no_match_says_so_and_names_the_keys_that_help(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        await type_filter(pilot, "zebra")
        await pilot.press("enter")
        await pilot.pause()
        assert "No product matches." in text_of(app)
        assert "clears the filter" in text_of(app)
        await pilot.press("i", "enter", "space", "j", "right_square_bracket")
        assert isinstance(app.screen, ProductsScreen)
        await pilot.press("escape")
        assert tickers(app) == BEST_FIRST


async def test_an_empty_catalogue_says_how_to_begin(tmp_path: Path) -> None:
    app = app_on(written(tmp_path, "schema: 1\n"))
    async with app.run_test(size=(80, 24)) as pilot:
        assert "This catalogue lists no products yet." in text_of(app)
        assert "etfcompare init FILE" in text_of(app)
        await pilot.press("i", "enter", "space", "j", "0", "1", "p")
        assert isinstance(app.screen, ReadingScreen)


@pytest.mark.parametrize("text", [None, BROKEN], ids=["missing", "broken"])
async def test_r21_a_catalogue_that_cannot_be_read_is_told_with_its_path(
    tmp_path: Path, text: str | None
) -> None:
    path = tmp_path / "funds.yaml"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    app = app_on(path)
    async with app.run_test(size=(120, 24)) as pilot:
        assert isinstance(app.screen, FaultScreen)
        shown = "".join(line.strip(" │") for line in lines(app))
        assert "The catalogue cannot be read." in shown
        assert "funds.yaml" in shown
        assert "etfcompare init FILE" in shown
        await pilot.press("r")
        await pilot.pause()
        assert isinstance(app.screen, FaultScreen)
        written(tmp_path)
        await pilot.press("r")
        await pilot.pause()
        assert tickers(app) == BEST_FIRST


@pytest.mark.parametrize("key", ["q", "ctrl+q", "escape"])
async def test_r21_leaving_the_fault_exits_3(tmp_path: Path, key: str) -> None:
    app = app_on(tmp_path / "nothing.yaml")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(key)
    assert app.return_code == 3


@pytest.mark.parametrize("key", ["q", "ctrl+q"])
async def test_r01_leaving_the_products_exits_0(tmp_path: Path, key: str) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(key)
    assert app.return_code == 0


# The registry


def test_every_command_has_a_meaning_a_label_and_a_name_of_its_own() -> None:
    assert all(command.meaning.endswith(".") and command.label for command in COMMANDS)
    names = [command.binding.id for command in COMMANDS]
    assert None not in names
    assert len(names) == len(set(names))


@pytest.mark.parametrize("scope", list(Scope))
def test_no_two_commands_share_a_key(scope: Scope) -> None:
    # A key of the grid would hide the same key of the screen, so both count.
    keys = Counter(key for command in COMMANDS for key in command.keys)
    assert [key for key, count in keys.items() if count > 1] == []
    assert any(command.scope is scope for command in COMMANDS)


async def test_every_binding_of_the_screen_is_described(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(80, 24)):
        ours = [one.binding for one in app.screen.active_bindings.values()]
        assert ours
        assert [one.key for one in ours if not one.description] == []
        assert {key for command in COMMANDS for key in command.keys} <= {one.key for one in ours}


async def test_a_click_on_a_key_of_the_key_bar_does_what_it_says(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(160, 24)) as pilot:
        bar = lines(app)[-1]
        assert [command.label for command in bar_commands()] == [
            part.split(" ", 1)[1] for part in bar.strip().split("   ")
        ]
        await pilot.click(KeyBar, offset=(bar.index("mark"), 0))
        assert products(app).grid.marks == {"BRAVO"}
        await pilot.click(KeyBar, offset=(bar.index("problems"), 0))
        await pilot.pause()
        assert isinstance(app.screen, ReadingScreen)
        await pilot.press("escape")
        await pilot.click(KeyBar, offset=(bar.index("filter"), 0))
        await pilot.pause()
        assert app.screen.query(Input)


async def test_a_click_on_the_filter_opens_it(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.click(FilterBar, offset=(5, 0))
        await pilot.pause()
        assert app.screen.query(Input)


# Any size


@pytest.mark.parametrize("size", SIZES)
async def test_no_size_of_the_window_fails(tmp_path: Path, size: tuple[int, int]) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=size) as pilot:
        for key in ("i", "enter", "p", "question_mark"):
            await pilot.press(key)
            await pilot.pause()
            assert isinstance(app.screen, ReadingScreen)
            await pilot.press("escape")
        await type_filter(pilot, "s>")
        await pilot.press("escape", "j", "l", "space", "G", "pageup", "right_square_bracket")
        assert len(tickers(app)) == 5


async def test_a_window_too_small_says_so_until_it_grows(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(38, 10)) as pilot:
        assert "enlarge the window" in text_of(app)
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert "enlarge" not in text_of(app)
        assert "BRAVO" in text_of(app)
        await pilot.resize_terminal(1, 1)
        await pilot.resize_terminal(120, 40)
        await pilot.pause()
        assert "Bravo Staked Solana" in text_of(app)


async def test_what_matters_least_leaves_the_title_first(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(120, 24)) as pilot:
        for width in range(120, 20, -7):
            await pilot.resize_terminal(width, 24)
            await pilot.pause()
            assert len(lines(app)[0]) <= width
        assert app.screen.query_one(TitleBar).state[-1] == "1y"


async def test_a_reward_rate_of_an_unknown_asset_is_told_on_the_first_screen(
    tmp_path: Path,
) -> None:
    path = tmp_path / "products.yaml"
    path.write_text(SMALL, encoding="utf-8")
    opening = partial(Workspace.open, str(path), environ={}, folder=tmp_path, today=lambda: TODAY)
    app = EtfCompare(opening, Scenario(as_of=TODAY, rewards={"DOGE": 0.04}))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        assert "no asset is called" in text_of(app)
        await pilot.press("q")
    assert app.return_code == 2
