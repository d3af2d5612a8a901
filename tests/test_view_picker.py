"""Picking a view by its number, and saving one under a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from rich.cells import cell_len
from textual.widgets import Input

from etfcompare.errors import UsageError
from etfcompare.tui.view_picker import Home, ListedView, SaveView, SaveViewForm, ViewPicker
from modal_host import SIZES, Host, lines, said, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

VIEWS: Final = [
    ListedView("Staked", "shipped", "filter staked · by net yield, best first"),
    ListedView("Solana", "catalogue", "filter asset:sol · by fee · held 5y"),
    ListedView("Cheap", "yours", "everything · by fee"),
]
MANY: Final = [ListedView(f"View {number}", "yours", "by fee") for number in range(1, 15)]
WHAT: Final = [("filter", "asset:sol staked"), ("sort", "net yield, best first")]
SIZE: Final = (80, 24)


def picker(views: Sequence[ListedView] = VIEWS, current: str = "") -> Host[str | None]:
    """An app that opens the picker."""
    return Host(lambda: ViewPicker(views, current=current))


def form(
    name: str = "Solana",
    consequence: Callable[[SaveView], str] = lambda _view: "",
    refusal: str = "",
    what: Sequence[tuple[str, str]] = WHAT,
) -> Host[SaveView | None]:
    """An app that opens the form."""
    return Host(lambda: SaveViewForm(name, what, consequence=consequence, refusal=refusal))


def consequence_of(view: SaveView) -> str:
    """Know one view in the catalogue, and one name that cannot be."""
    if view.name == "bad":
        raise UsageError("a view cannot be named [red]bad[/]")
    is_taken = view == SaveView("Solana", Home.CATALOGUE)
    return "replaces the view Solana of this catalogue" if is_taken else ""


# The picker


async def test_each_view_stands_with_number_name_words_and_origin() -> None:
    app = picker(current="Solana")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("o")
        await pilot.pause()
        shown = [" ".join(one.strip(" │").split()) for one in lines(app)]
        assert "1 Staked filter staked · by net yield, best first shipped" in shown
        assert "▌ 2 • Solana filter asset:sol · by fee · held 5y catalogue" in shown
        assert "shown now" in text_of(app)


@pytest.mark.parametrize("number", [1, 2, 3])
async def test_a_digit_picks_at_once(number: int) -> None:
    app = picker()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("o", str(number))
        await pilot.pause()
        assert app.results == [VIEWS[number - 1].name]


async def test_the_digit_may_come_with_the_key_that_opens_the_picker() -> None:
    app = picker()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        app.type_at_once("o", "2")
        await pilot.pause()
        await pilot.pause()
        assert app.results == ["Solana"]


async def test_all_keys_may_come_at_once() -> None:
    app = picker()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        app.type_at_once("o", "G", "k", "enter")
        await pilot.pause()
        await pilot.pause()
        assert app.results == ["Solana"]


async def test_a_digit_without_a_view_picks_nothing() -> None:
    app = picker()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("o", "4")
        await pilot.pause()
        assert app.results == []
        assert isinstance(app.screen, ViewPicker)


async def test_enter_picks_the_view_under_the_cursor() -> None:
    app = picker(MANY)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("o", "G", "k", "enter")
        await pilot.pause()
        assert app.results == ["View 13"]


async def test_the_cursor_starts_on_the_view_that_is_shown() -> None:
    app = picker(MANY, current="View 12")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("o")
        await pilot.pause()
        assert "• View 12" in text_of(app)
        await pilot.press("enter")
        await pilot.pause()
        assert app.results == ["View 12"]


@pytest.mark.parametrize("key", ["escape", "q"])
async def test_the_picker_is_left_without_a_view(key: str) -> None:
    app = picker()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("o", "j", key)
        await pilot.pause()
        assert app.results == [None]


async def test_a_click_picks() -> None:
    app = picker()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("o")
        await pilot.pause()
        await pilot.click(app.listing, offset=(8, 2))
        await pilot.pause()
        assert app.results == ["Cheap"]


async def test_without_views_the_key_that_saves_one_is_named() -> None:
    app = picker([])
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("o", "j", "G")
        await pilot.pause()
        assert "There are no views yet; V saves what is shown as one." in said(app)
        await pilot.press("enter")
        await pilot.pause()
        assert app.results == [None]


async def test_views_of_a_file_are_shown_literally() -> None:
    name = "[b]x[/b]\x1b[31m\n株式会社"
    app = picker([ListedView(name, "catalogue", "filter [@click=app.quit]y[/] [/nope]")])
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("o")
        await pilot.pause()
        assert "[b]x[/b]\\x1b[31m\\x0a" in text_of(app)
        assert "filter [@click=app.quit]y[/] [/nope]" in said(app)
        await pilot.press("1")
        await pilot.pause()
        assert app.results == [name]


@pytest.mark.parametrize("size", SIZES)
async def test_the_picker_fits_any_screen(size: tuple[int, int]) -> None:
    words = "filter " + "asset:sol " * 20
    app = picker([ListedView(f"{'W' * 30} {number}", "yours", words) for number in range(12)])
    async with app.run_test(size=size) as pilot:
        await pilot.press("o", "G")
        await pilot.pause()
        assert max(map(cell_len, lines(app))) <= size[0]
        assert "esc cancel" in text_of(app)
        assert "▌" in text_of(app)


# The form that saves


async def test_what_will_be_saved_is_said_and_the_name_can_be_typed_at_once() -> None:
    app = form(consequence=consequence_of)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("o")
        await pilot.pause()
        shown = said(app)
        assert "filter asset:sol staked" in shown
        assert "sort net yield, best first" in shown
        assert "! replaces the view Solana of this catalogue" in shown
        await pilot.press(*"My own")
        await pilot.pause()
        assert "replaces" not in text_of(app)
        await pilot.press("enter")
        await pilot.pause()
        assert app.results == [SaveView("My own", Home.CATALOGUE)]


async def test_arrows_choose_where_it_is_saved_while_the_name_is_typed() -> None:
    app = form(consequence=consequence_of)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("o", "down")
        await pilot.pause()
        assert "(•) in my own settings" in text_of(app)
        assert "( ) in this catalogue" in text_of(app)
        assert "replaces" not in text_of(app)
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert app.results == [SaveView("Solana", Home.SETTINGS)]


async def test_keys_that_come_all_at_once_save_what_they_say() -> None:
    app = form()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("o")
        await pilot.pause()
        app.type_at_once(*"New", "down", "enter")
        await pilot.pause()
        await pilot.pause()
        assert app.results == [SaveView("New", Home.SETTINGS)]


async def test_a_click_chooses_where_it_is_saved() -> None:
    app = form()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("o")
        await pilot.pause()
        await pilot.click(app.listing, offset=(6, 1))
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert app.results == [SaveView("Solana", Home.SETTINGS)]


async def test_a_catalogue_that_cannot_be_changed_is_not_offered_and_the_reason_is_said() -> None:
    app = form(refusal="this catalogue came with the program [/nope]")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("o", "up")
        await pilot.pause()
        assert "this catalogue came with the program [/nope]" in said(app)
        assert "(–) in this catalogue" in text_of(app)
        assert app.listing.key == Home.SETTINGS
        await pilot.press("enter")
        await pilot.pause()
        assert app.results == [SaveView("Solana", Home.SETTINGS)]


@pytest.mark.parametrize(("name", "fault"), [("", "type a name"), ("bad", "named [red]bad[/]")])
async def test_a_name_that_cannot_be_is_told_and_not_saved(name: str, fault: str) -> None:
    app = form(name, consequence_of)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("o")
        await pilot.pause()
        assert fault in said(app)
        await pilot.press("enter")
        await pilot.pause()
        assert app.results == []
        await pilot.press("escape")
        await pilot.pause()
        assert app.results == [None]


async def test_a_hostile_name_is_shown_and_saved_as_it_is_seen() -> None:
    app = form("")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("o")
        await pilot.pause()
        app.screen.query_one(Input).value = "a\x1b[31m\u202eb"
        await pilot.pause()
        assert "a\\x1b[31m\\u202eb" in text_of(app)
        await pilot.press("enter")
        await pilot.pause()
        assert app.results == [SaveView("a\\x1b[31m\\u202eb", Home.CATALOGUE)]


@pytest.mark.parametrize("size", SIZES)
async def test_the_form_fits_any_screen(size: tuple[int, int]) -> None:
    what = [*WHAT, ("columns", "net yield, " * 60), ("horizon", "5 years")]
    app = form(consequence=consequence_of, what=what)
    async with app.run_test(size=size) as pilot:
        await pilot.press("o")
        await pilot.pause()
        assert max(map(cell_len, lines(app))) <= size[0]
        assert "… and" in text_of(app)
        assert "horizon  5 years" in text_of(app)
        assert "replaces the view Solana of this" in said(app)
        assert "esc cancel" in text_of(app)
