"""Choosing columns: what is shown, in what order, how wide; nothing changes before Enter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.widgets import Input

from etfcompare.engine.comparison import DEFAULT_COLUMNS
from etfcompare.engine.figures import FIGURES
from etfcompare.engine.sheet import TICKER
from etfcompare.tui.column_choice import LEAST_FIGURE, WIDEST, Chosen, found
from etfcompare.tui.columns import ColumnChooser
from etfcompare.tui.listing import Keys
from modal_host import SIZES, Host, lines, said, text_of

if TYPE_CHECKING:
    from collections.abc import Callable

KEYS: Final = tuple(FIGURES)
USUAL: Final = dict.fromkeys(KEYS, 12)
SHOWN: Final = ("ticker", "asset", "net_yield", "aum")
SIZE: Final = (80, 40)

choices = st.builds(
    Chosen.of,
    st.lists(st.sampled_from(KEYS), unique=True),
    st.dictionaries(st.sampled_from(KEYS), st.integers(LEAST_FIGURE, WIDEST)),
)
figure_keys = st.sampled_from(KEYS)
steps = st.integers(-80, 80)


def host(
    columns: tuple[str, ...] = SHOWN,
    widths: Mapping[str, int] | None = None,
    preview: Callable[[Chosen], None] | None = None,
) -> Host[Chosen | None]:
    """An app that opens the form with these columns."""
    return Host(lambda: ColumnChooser(columns, widths or {}, usual=USUAL, preview=preview))


# The choice, a value


@given(choices, figure_keys, steps)
def test_the_ticker_stays_first_and_every_column_stands_once(
    chosen: Chosen, key: str, step: int
) -> None:
    for one in (chosen, chosen.toggled(key), chosen.moved(key, step), chosen.sized(key, step, 12)):
        assert one.columns[0] == TICKER
        assert len(set(one.columns)) == len(one.columns)


@given(choices, figure_keys)
def test_a_hidden_column_is_shown_last_and_hidden_again_leaves_all_as_it_was(
    chosen: Chosen, key: str
) -> None:
    if key in chosen.columns:
        chosen = chosen.toggled(key)
    if key != TICKER:
        assert chosen.toggled(key).columns == (*chosen.columns, key)
        assert chosen.toggled(key).toggled(key) == chosen


@given(choices, figure_keys, steps)
def test_a_move_changes_nothing_but_the_place_of_one_column(
    chosen: Chosen, key: str, step: int
) -> None:
    moved = chosen.moved(key, step)
    assert sorted(moved.columns) == sorted(chosen.columns)
    assert [one for one in moved.columns if one != key] == [
        one for one in chosen.columns if one != key
    ]


@given(choices, figure_keys, steps)
def test_a_width_stays_within_bounds_and_the_usual_one_is_not_kept(
    chosen: Chosen, key: str, step: int
) -> None:
    sized = chosen.sized(key, step, 12)
    assert sized.columns == chosen.columns
    assert sized.widths.get(key, 12) in range(6, WIDEST + 1)
    assert chosen.sized(key, 12 - chosen.widths.get(key, 12), 12).widths.get(key) is None


def test_a_figure_is_never_so_narrow_that_it_is_cut() -> None:
    chosen = Chosen.of(SHOWN, {})
    assert chosen.sized("net_yield", -50, 12).widths == {"net_yield": LEAST_FIGURE}
    assert chosen.sized("net_yield", -50, 7).widths == {}
    assert chosen.sized("asset", -50, 12).widths == {"asset": 6}


@given(figure_keys)
def test_every_figure_is_found_by_its_key_its_label_and_words_of_its_meaning(key: str) -> None:
    figure = FIGURES[key]
    for text in (key, figure.label.upper(), f"  {figure.meaning} "):
        assert figure in found(text)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("net yield", "net_yield"),
        ("age", "age"),
        ("spread", "spread"),
        ("worst fall", "max_drawdown"),
    ],
)
def test_the_figure_whose_name_begins_so_is_found_first(text: str, first: str) -> None:
    assert found(text)[0].key == first


# The form


async def test_shown_columns_stand_first_then_the_others_by_group() -> None:
    app = host()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("o")
        await pilot.pause()
        assert app.listing.keys == [*SHOWN, *(key for key in KEYS if key not in SHOWN)]
        shown = lines(app)
        order = ["shown, from left to right", "[x] Net yield", "product", "[ ] Issuer", "ledger"]
        places = [next(place for place, one in enumerate(shown) if text in one) for text in order]
        assert places == sorted(places)
        assert "net_yield" in shown[places[1]]
        assert "It stays first and is always shown." in said(app)


async def test_the_meaning_of_the_figure_under_the_cursor_is_said() -> None:
    app = host()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("o", "j", "j")
        await pilot.pause()
        assert FIGURES["net_yield"].meaning in said(app)


async def test_enter_hands_over_what_was_shown_hidden_moved_and_resized() -> None:
    app = host(widths={"aum": 15})
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("o", "j", "space")  # asset away; the cursor is on the next one
        assert app.listing.key == "net_yield"
        await pilot.press("L", "greater_than_sign", "plus")
        await pilot.press("k", "minus", "less_than_sign")
        await pilot.press("G", "space", "H")
        assert app.listing.key == KEYS[-1]
        await pilot.press("enter")
        await pilot.pause()
        assert app.results == [
            Chosen(("ticker", "aum", KEYS[-1], "net_yield"), {"net_yield": 14, "aum": 13})
        ]


async def test_all_keys_may_come_at_once() -> None:
    app = host()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        app.type_at_once("o", "j", "j", "L", "k", "space", "enter")
        await pilot.pause()
        await pilot.pause()
        assert app.results == [Chosen(("ticker", "asset", "net_yield"), {})]


async def test_escape_changes_nothing_and_shows_the_first_choice_again() -> None:
    seen: list[Chosen] = []
    app = host(preview=seen.append)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("o", "G", "space", "H", "escape")
        await pilot.pause()
        assert app.results == [None]
        assert [one.columns for one in seen] == [
            (*SHOWN, KEYS[-1]),
            (*SHOWN[:-1], KEYS[-1], SHOWN[-1]),
            SHOWN,
        ]


async def test_escape_without_a_change_shows_nothing_anew() -> None:
    seen: list[Chosen] = []
    app = host(preview=seen.append)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("o", "j", "escape")
        await pilot.pause()
        assert (app.results, seen) == ([None], [])


@pytest.mark.parametrize("key", ["space", "L", "H"])
async def test_the_ticker_can_be_neither_hidden_nor_moved_and_a_line_says_so(key: str) -> None:
    app = host()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("o", key)
        await pilot.pause()
        assert "! the ticker stays first and is always shown" in said(app)
        await pilot.press("enter")
        await pilot.pause()
        assert app.results == [Chosen(SHOWN, {})]


@pytest.mark.parametrize("key", ["H", "L", "plus", "minus"])
async def test_a_hidden_column_is_not_moved_and_a_line_says_what_shows_it(key: str) -> None:
    app = host()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("o", "G", key)
        await pilot.pause()
        assert "! this column is hidden; space shows it" in said(app)
        await pilot.press("k")
        await pilot.pause()
        assert "! this column is hidden" not in said(app)


async def test_a_changed_width_is_written_on_its_line_until_it_is_the_usual_one() -> None:
    app = host()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("o", "j", "greater_than_sign")
        await pilot.pause()
        assert "13 wide" in text_of(app)
        await pilot.press("less_than_sign")
        await pilot.pause()
        assert "wide" not in text_of(app).replace("wider", "")


async def test_r_goes_back_to_the_default_columns() -> None:
    app = host(widths={"aum": 20})
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("o", "j", "r")
        assert app.listing.key == "asset"
        await pilot.press("enter")
        await pilot.pause()
        assert app.results == [Chosen.of(DEFAULT_COLUMNS, {})]


# The search


async def test_a_search_narrows_the_list_and_enter_goes_on_at_the_first_hit() -> None:
    app = host()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("o", "slash", *"worst")
        await pilot.pause()
        assert app.listing.keys == [one.key for one in found("worst")]
        assert app.listing.key == "max_drawdown"
        await pilot.press("enter")
        assert app.focused is app.listing
        assert len(app.listing.keys) == len(KEYS)
        assert app.listing.key == "max_drawdown"
        await pilot.press("space", "enter")
        await pilot.pause()
        assert app.results == [Chosen((*SHOWN, "max_drawdown"), {})]


async def test_arrows_choose_among_the_hits_while_typing() -> None:
    app = host()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("o", "slash", *"flow", "down", "down", "up", "enter")
        await pilot.pause()
        assert app.listing.key == found("flow")[1].key


async def test_escape_leaves_the_search_where_it_began_and_then_the_form() -> None:
    app = host()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("o", "j", "j", "slash", *"flow", "escape")
        await pilot.pause()
        assert (app.listing.key, app.results) == ("net_yield", [])
        assert app.screen.query_one(Input).value == ""
        await pilot.press("escape")
        await pilot.pause()
        assert app.results == [None]


async def test_letters_typed_into_the_search_are_no_commands() -> None:
    app = host()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("o")
        await pilot.pause()
        app.type_at_once("slash", *"rHL")
        await pilot.pause()
        assert app.screen.query_one(Input).value == "rHL"


async def test_no_hit_is_said_and_enter_stays() -> None:
    app = host()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("o", "slash", *"zebra")
        await pilot.pause()
        assert "no figure has that" in said(app)
        await pilot.press("enter", "down", "up")
        assert app.focused is app.screen.query_one(Input)
        await pilot.press("escape", "enter")
        await pilot.pause()
        assert app.results == [Chosen(SHOWN, {})]


async def test_what_is_pasted_into_the_search_is_shown_literally() -> None:
    app = host()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("o", "slash")
        app.screen.query_one(Input).value = "[red]x[/]\x1b[31m"
        await pilot.pause()
        assert "[red]x[/]\\x1b[31m" in text_of(app)


# The mouse, sizes


async def test_a_click_goes_to_a_line_and_a_click_on_its_sign_shows_or_hides() -> None:
    app = host()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("o")
        await pilot.pause()
        await pilot.click(app.listing, offset=(20, 3))
        await pilot.pause()
        assert app.listing.key == "net_yield"
        await pilot.click(app.listing, offset=(3, 2))
        await pilot.click(app.listing, offset=(20, 2))
        await pilot.pause()
        assert app.listing.keys[:2] == ["ticker", "aum"]
        await pilot.press("enter")
        await pilot.pause()
        assert app.results == [Chosen(("ticker", "aum"), {})]


async def test_a_click_on_a_key_does_what_the_key_does() -> None:
    app = host()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("o", "j")
        await pilot.pause()
        place = next(one for one in lines(app) if "show/hide" in one).index("space")
        keys = app.screen.query_one(Keys)
        await pilot.click(keys, offset=(place - keys.region.x + 2, 0))
        await pilot.pause()
        assert app.listing.keys[:2] == ["ticker", "net_yield"]


@pytest.mark.parametrize("size", SIZES)
async def test_it_fits_any_screen_and_the_cursor_stays_in_sight(size: tuple[int, int]) -> None:
    app = host(KEYS[:20])
    async with app.run_test(size=size) as pilot:
        await pilot.press("o", "G", "space")
        await pilot.pause()
        shown = lines(app)
        assert max(map(cell_len, shown)) <= size[0]
        assert any("▌ [x] " in one and FIGURES[KEYS[-1]].label[:8] in one for one in shown)
        assert "esc cancel" in text_of(app)
        await pilot.press("g")
        await pilot.pause()
        assert "shown, from left to right" in text_of(app)
        assert "▌ [x] Ticker" in text_of(app)


async def test_the_cursor_is_seen_without_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = host()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("o", "j")
        await pilot.pause()
        assert "▌ [x] Asset" in text_of(app)
