"""Editing from the table: what is typed is checked, shown, saved, and nothing else is touched."""

from __future__ import annotations

import os
import stat
from functools import partial
from typing import TYPE_CHECKING, Final

import pytest
from textual.events import Key
from textual.widgets import Input, OptionList

from conftest import TODAY
from etfcompare.catalogue.store import packaged_catalogue
from etfcompare.engine.scenario import Scenario
from etfcompare.tui.app import EtfCompare
from etfcompare.tui.forms import Choice, Naming, Question, ValueForm
from etfcompare.tui.products import ProductsScreen
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
    from collections.abc import Callable
    from pathlib import Path

    from textual.pilot import Pilot

SIZE: Final = (120, 40)
ALFA_FEE: Final = "fee: {rate: 0.25%, as_of: 2026-11-01, source: pages}"
ALFA_AUM: Final = "aum: $52.4B"
SOL_RISK: Final = "risk: {volatility: 80%, max_drawdown: -70%, beta: 1.3,"


@pytest.fixture(autouse=True)
def _nobody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    """What others write shows when a test says so, not by itself."""
    monkeypatch.setattr("etfcompare.tui.reloading.look_out", lambda *_: None)


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    """Let the app work until a condition holds."""
    for _ in range(500):
        await pilot.pause()
        if condition():
            return
    pytest.fail(f"it never came to that; the screen shows\n{text_of(pilot.app)}")  # type: ignore[arg-type]


async def press_for(pilot: Pilot[None], key: str, screen: type) -> None:
    """Press a key that opens a screen."""
    await pilot.press(key)
    await until(pilot, lambda: isinstance(pilot.app.screen, screen) and pilot.app.screen.is_mounted)
    await pilot.pause()


async def back(pilot: Pilot[None], key: str) -> None:
    """Press a key that leads back to the table."""
    await pilot.press(key)
    await until(pilot, lambda: isinstance(pilot.app.screen, ProductsScreen))
    await pilot.pause()


async def edit(pilot: Pilot[None], ticker: str, column: str, screen: type = ValueForm) -> None:
    """Go to a figure and press `e`."""
    assert isinstance(pilot.app, EtfCompare)
    grid = products(pilot.app).grid
    grid.move_to(ticker)
    grid.move_to_column(column)
    await press_for(pilot, "e", screen)


async def choose(pilot: Pilot[None], place: str) -> None:
    """Choose the input that stands at a place."""
    options = pilot.app.screen.query_one(OptionList)
    options.highlighted = next(
        number for number, one in enumerate(options.options) if str(one.prompt).endswith(place)
    )
    await press_for(pilot, "enter", ValueForm)


async def fill(pilot: Pilot[None], **texts: str) -> None:
    """Write into fields of the form."""
    for name, text in texts.items():
        pilot.app.screen.query_one(f"#{name}", Input).value = text
    await pilot.pause()


async def told(pilot: Pilot[None], text: str) -> None:
    """Wait until the form is back and says why it was not saved."""
    app = pilot.app
    assert isinstance(app, EtfCompare)
    await until(pilot, lambda: text in said(app) and isinstance(app.focused, Input))
    await pilot.pause()


def said(app: EtfCompare) -> str:
    """What the screen shows, without frames and line breaks."""
    return " ".join(text_of(app).translate(dict.fromkeys(map(ord, "│▌▎█"), " ")).split())


def field(app: EtfCompare, name: str) -> str:
    return app.screen.query_one(f"#{name}", Input).value


def replaced(old: str, new: str, text: str = SMALL) -> bytes:
    assert text.count(old) == 1
    return text.replace(old, new).encode()


# The form of a value


async def test_e_on_a_stated_figure_shows_its_meaning_and_what_is_written_now(
    tmp_path: Path,
) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await edit(pilot, "ALFA", "aum")
        shown = text_of(app)
        assert "AUM · ALFA.market.aum" in shown
        assert "now $52.4B · 2026-11-18 · pages" in shown
        assert "no change" in shown
        assert [field(app, name) for name in ("value", "as_of", "source")] == [
            "$52.4B",
            "2026-11-18",
            "pages",
        ]
        assert app.focused is app.screen.query_one("#value")


async def test_what_is_typed_is_checked_at_once_and_no_error_is_saved(tmp_path: Path) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=SIZE) as pilot:
        await edit(pilot, "ALFA", "effective_fee", Choice)
        await choose(pilot, "fee.rate")
        await pilot.press(*"0.19")
        await pilot.pause()
        assert '"0.19" has no unit; write 0.19% or 19bp' in text_of(app)
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert isinstance(app.screen, ValueForm)
        assert path.read_text(encoding="utf-8") == SMALL
        await pilot.press("%")
        await pilot.pause()
        assert "has no unit" not in text_of(app)


async def test_a_value_is_said_in_other_words_and_its_diff_is_shown(tmp_path: Path) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=SIZE) as pilot:
        await edit(pilot, "ALFA", "effective_fee", Choice)
        await choose(pilot, "fee.rate")
        await fill(pilot, value="0.19%")
        shown = text_of(app)
        assert "= 19.0bp · $190 on $100K" in shown
        assert f"-    {ALFA_FEE}" in shown
        assert f"+    {ALFA_FEE.replace('0.25%', '0.19%')}" in shown
        await fill(pilot, value="19bp")
        assert "= 19.0bp · $190 on $100K" in text_of(app)
        assert path.read_text(encoding="utf-8") == SMALL


async def test_saving_writes_these_characters_and_no_other_and_the_rank_changes(
    tmp_path: Path,
) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await edit(pilot, "ALFA", "effective_fee", Choice)
        await choose(pilot, "fee.rate")
        await fill(pilot, value="0.10%")
        await back(pilot, "ctrl+s")
        assert path.read_bytes() == replaced("rate: 0.25%", "rate: 0.10%")
        assert "fee.rate of ALFA: 0.25% -> 0.10%" in text_of(app)
        assert tickers(app) == ["BRAVO", "CEDAR", "ALFA", "DELTA", "ECHO"]
        grid = products(app).grid
        assert (grid.row_key, grid.column_key) == ("ALFA", "effective_fee")


async def test_enter_goes_from_field_to_field_and_saves_behind_the_last(tmp_path: Path) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=SIZE) as pilot:
        await edit(pilot, "ALFA", "aum")
        await pilot.press(*"$60B", "enter", *"2026-11-20", "enter")
        assert path.read_text(encoding="utf-8") == SMALL
        await back(pilot, "enter")
        market = "{aum: $52.4B, spread: 2bp, premium: 0.01%, as_of: 2026-11-18, source: pages}"
        figure = "{value: $60B, as_of: 2026-11-20}"
        assert path.read_bytes() == replaced(market, market.replace("$52.4B", figure))


async def test_what_is_typed_at_once_before_ctrl_s_is_what_is_saved(tmp_path: Path) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=SIZE) as pilot:
        await edit(pilot, "ALFA", "aum")
        for character in "$61B":
            app.post_message(Key("dollar_sign" if character == "$" else character, character))
        app.post_message(Key("ctrl+s", None))
        await until(pilot, lambda: isinstance(app.screen, ProductsScreen))
        assert path.read_bytes() == replaced(ALFA_AUM, "aum: $61B")


async def test_a_date_alone_in_its_block_is_renewed_in_the_block(tmp_path: Path) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=SIZE) as pilot:
        await edit(pilot, "ALFA", "effective_fee", Choice)
        await choose(pilot, "fee.rate")
        await fill(pilot, value="0.19%", as_of="2026-11-22", source="fed")
        await back(pilot, "ctrl+s")
        assert path.read_bytes() == replaced(
            ALFA_FEE, "fee: {rate: 0.19%, as_of: 2026-11-22, source: fed}"
        )


async def test_a_date_beside_other_figures_goes_to_the_figure(tmp_path: Path) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=SIZE) as pilot:
        await edit(pilot, "ALFA", "aum")
        await fill(pilot, as_of="2026-11-20", source="closes")
        await back(pilot, "ctrl+s")
        assert path.read_bytes() == replaced(
            ALFA_AUM, "aum: {value: $52.4B, as_of: 2026-11-20, source: closes}"
        )


async def test_a_date_that_is_none_is_told_and_not_saved(tmp_path: Path) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=SIZE) as pilot:
        await edit(pilot, "ALFA", "aum")
        await fill(pilot, as_of="2026-02-30")
        assert "✗" in text_of(app)
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert isinstance(app.screen, ValueForm)
        assert path.read_text(encoding="utf-8") == SMALL


async def test_escape_changes_nothing(tmp_path: Path) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=SIZE) as pilot:
        await edit(pilot, "ALFA", "effective_fee", Choice)
        await back(pilot, "escape")
        await edit(pilot, "ALFA", "aum")
        await fill(pilot, value="$1")
        await back(pilot, "escape")
        assert path.read_text(encoding="utf-8") == SMALL
        assert tickers(app) == BEST_FIRST


async def test_an_unknown_figure_begins_empty_and_its_key_is_added(tmp_path: Path) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=SIZE) as pilot:
        await edit(pilot, "DELTA", "flow_4w")
        assert "now unknown · no date · no source" in text_of(app)
        assert field(app, "value") == ""
        assert "type a value" in text_of(app)
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert isinstance(app.screen, ValueForm)
        await fill(pilot, value="15M", as_of="2026-11-20", source="pages")
        await back(pilot, "ctrl+s")
        market = "    market: {aum: $310M, spread: 8bp, as_of: 2026-11-18, source: pages}\n"
        flows = "    flows: {4w: 15M, as_of: 2026-11-20, source: pages}\n"
        assert path.read_bytes() == replaced(market, market + flows)


async def test_a_figure_of_the_asset_is_edited_where_it_stands(tmp_path: Path) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=SIZE) as pilot:
        await edit(pilot, "ECHO", "volatility")
        assert "Volatility · assets.SOL.risk.volatility" in text_of(app)
        await fill(pilot, value="81%")
        await back(pilot, "ctrl+s")
        assert path.read_bytes() == replaced(SOL_RISK, SOL_RISK.replace("80%", "81%"))


async def test_a_new_ticker_takes_the_cursor_along(tmp_path: Path) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=SIZE) as pilot:
        await edit(pilot, "CEDAR", "ticker")
        await fill(pilot, value="ZEDER")
        await back(pilot, "ctrl+s")
        assert path.read_bytes() == replaced("ticker: CEDAR", "ticker: ZEDER")
        assert products(app).grid.row_key == "ZEDER"


async def test_e16_what_shares_the_value_is_told(tmp_path: Path) -> None:
    text = SMALL.replace("aum: $52.4B", "aum: &big $52.4B").replace("aum: $310M", "aum: *big")
    path = written(tmp_path, text)
    app = app_on(path)
    async with app.run_test(size=SIZE) as pilot:
        await edit(pilot, "ALFA", "aum")
        await fill(pilot, value="$60B")
        assert "also changes products[DELTA].market.aum" in text_of(app)
        await back(pilot, "ctrl+s")
        assert path.read_bytes() == replaced("&big $52.4B", "&big $60B", text)


async def test_hostile_text_is_shown_literally_in_the_form(tmp_path: Path) -> None:
    path = written(
        tmp_path, SMALL.replace("Northern\n    asset: BTC", "'[red]x[/]'\n    asset: BTC")
    )
    app = app_on(path)
    async with app.run_test(size=SIZE) as pilot:
        await edit(pilot, "ALFA", "issuer")
        assert "now [red]x[/]" in text_of(app)
        await fill(pilot, value="[/nope]\x1b[2J")
        assert "[/nope]\\x1b[2J" in text_of(app)
        assert "\x1b" not in text_of(app)


async def test_text_that_cannot_be_seen_stays_where_only_its_date_is_changed(
    tmp_path: Path,
) -> None:
    text = SMALL.replace("aum: $310M", r'aum: "$310M\u200b"')
    path = written(tmp_path, text)
    app = app_on(path)
    async with app.run_test(size=SIZE) as pilot:
        await edit(pilot, "DELTA", "aum")
        assert field(app, "value") == "$310M\\u200b"
        assert "no change" in text_of(app)


# The inputs of a computed figure


async def test_e_on_a_computed_figure_offers_its_inputs_those_that_apply_first(
    tmp_path: Path,
) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await edit(pilot, "ALFA", "net_yield", Choice)
        assert "Net yield of ALFA" in text_of(app)
        assert "Net yield is computed. Edit which input?" in text_of(app)
        offered = [str(one.prompt) for one in app.screen.query_one(OptionList).options]
        assert offered[0].split() == ["Expense", "ratio", "0.25%", "fee.rate"]
        applies = [" – " not in one for one in offered]
        assert applies == sorted(applies, reverse=True)
        assert 0 < sum(applies) < len(offered)


async def test_e_on_the_rank_offers_the_inputs_of_what_is_sorted_by(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await edit(pilot, "BRAVO", "#", Choice)
        assert "Net yield of BRAVO" in text_of(app)


async def test_j_and_k_move_in_the_choice_and_enter_takes_one(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await edit(pilot, "BRAVO", "effective_fee", Choice)
        second = str(app.screen.query_one(OptionList).options[1].prompt).split()[-1]
        await pilot.press("j", "j", "k")
        await press_for(pilot, "enter", ValueForm)
        assert f"BRAVO.{second}" in text_of(app)


async def test_an_assumed_input_is_edited_at_the_product(tmp_path: Path) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=SIZE) as pilot:
        await edit(pilot, "ECHO", "net_yield", Choice)
        await choose(pilot, "staking.staked")
        assert "ECHO.staking.staked" in text_of(app)
        assert field(app, "value") == ""
        await fill(pilot, value="88%")
        await back(pilot, "ctrl+s")
        assert path.read_bytes() == replaced(
            "staking: {as_of: 2026-11-10, source: pages}",
            "staking: {as_of: 2026-11-10, source: pages, staked: 88%}",
        )


# Undo and redo


async def test_undo_and_redo_are_exact_to_the_byte(tmp_path: Path) -> None:
    path = tmp_path / "funds.yaml"
    old = b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode()
    path.write_bytes(old)
    app = app_on(path)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await edit(pilot, "ALFA", "aum")
        await fill(pilot, value="$60B", as_of="2026-11-20")
        await back(pilot, "ctrl+s")
        new = path.read_bytes()
        assert new != old
        await pilot.press("u")
        await pilot.pause()
        assert path.read_bytes() == old
        assert "undone: market.aum of ALFA: $52.4B -> $60B" in text_of(app)
        await pilot.press("u")
        await pilot.pause()
        assert "there is nothing to undo" in text_of(app)
        await pilot.press("ctrl+y")
        await pilot.pause()
        assert path.read_bytes() == new
        await pilot.press("ctrl+y")
        await pilot.pause()
        assert "there is nothing to redo" in text_of(app)


async def test_s27_undo_after_a_change_by_others_is_refused_and_theirs_is_shown(
    tmp_path: Path,
) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await edit(pilot, "ALFA", "aum")
        await fill(pilot, value="$60B")
        await back(pilot, "ctrl+s")
        theirs = path.read_bytes().replace(b"ticker: CEDAR", b"ticker: CELLO")
        path.write_bytes(theirs)
        await pilot.press("u")
        await pilot.pause()
        assert "the file was changed since; to undo would lose that" in said(app)
        assert path.read_bytes() == theirs
        assert "CELLO" in tickers(app)


# Add and delete


async def test_a_copies_the_product_under_a_new_ticker_and_goes_there(tmp_path: Path) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=SIZE) as pilot:
        products(app).grid.move_to("DELTA")
        await press_for(pilot, "a", Naming)
        assert "a copy of DELTA" in text_of(app)
        await pilot.press(*"FOXY")
        await press_for(pilot, "enter", Question)
        assert "+  - ticker: FOXY" in text_of(app)
        assert path.read_text(encoding="utf-8") == SMALL
        await back(pilot, "y")
        assert products(app).grid.row_key == "FOXY"
        assert len(tickers(app)) == 6
        start, end = SMALL.index("  - ticker: DELTA"), SMALL.index("\n  - ticker: ECHO")
        copy = SMALL[start:end].replace("DELTA", "FOXY")
        text = path.read_text(encoding="utf-8")
        assert text.startswith(SMALL[:end])
        assert "  - ticker: FOXY\n    name: Delta Bitcoin\n" in text
        assert len(text) <= len(SMALL) + len(copy) + 1
        await pilot.press("u")
        await pilot.pause()
        assert path.read_text(encoding="utf-8") == SMALL


@pytest.mark.parametrize("ticker", ["ECHO", "echo"])
async def test_a_ticker_that_is_taken_is_refused_in_a_line(tmp_path: Path, ticker: str) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        products(app).grid.move_to("DELTA")
        await press_for(pilot, "a", Naming)
        await pilot.press(*ticker)
        await back(pilot, "enter")
        assert "ECHO" in text_of(app)
        assert path.read_text(encoding="utf-8") == SMALL
        assert products(app).grid.row_key == "DELTA"


async def test_the_first_product_of_a_catalogue_is_added_from_a_template(tmp_path: Path) -> None:
    path = written(tmp_path, "schema: 1\nassets:\n  BTC: {name: Bitcoin}\n")
    app = app_on(path)
    async with app.run_test(size=SIZE) as pilot:
        await press_for(pilot, "a", Choice)
        assert "BTC      Bitcoin" in text_of(app)
        await press_for(pilot, "enter", Naming)
        assert "with nothing known yet" in text_of(app)
        await pilot.press(*"FOXY")
        await press_for(pilot, "enter", Question)
        await back(pilot, "y")
        assert tickers(app) == ["FOXY"]


async def test_without_an_asset_no_product_can_be_added(tmp_path: Path) -> None:
    path = written(tmp_path, "schema: 1\n")
    app = app_on(path)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await pilot.press("a")
        await until(pilot, lambda: "the catalogue has no assets yet" in said(app))


async def test_no_ticker_adds_nothing(tmp_path: Path) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=SIZE) as pilot:
        await press_for(pilot, "a", Naming)
        await back(pilot, "enter")
        assert path.read_text(encoding="utf-8") == SMALL


async def test_d_shows_the_lines_and_n_keeps_them(tmp_path: Path) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=SIZE) as pilot:
        products(app).grid.move_to("DELTA")
        await press_for(pilot, "D", Question)
        assert "Delete DELTA" in text_of(app)
        assert "-  - ticker: DELTA" in text_of(app)
        assert "-    market: {aum: $310M, spread: 8bp" in text_of(app)
        await back(pilot, "n")
        assert path.read_text(encoding="utf-8") == SMALL
        assert "DELTA" in tickers(app)


async def test_d_and_y_delete_the_product_and_the_cursor_stays_on_its_line(tmp_path: Path) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=SIZE) as pilot:
        grid = products(app).grid
        grid.move_to("DELTA")
        await pilot.press("space")
        row = grid.row_index
        await press_for(pilot, "D", Question)
        await back(pilot, "y")
        assert tickers(app) == ["BRAVO", "CEDAR", "ALFA", "ECHO"]
        assert (grid.row_index, grid.row_key) == (row, "ALFA")
        assert "DELTA" not in path.read_text(encoding="utf-8")
        await pilot.press("u")
        await pilot.pause()
        assert path.read_text(encoding="utf-8") == SMALL
        assert tickers(app) == BEST_FIRST


# Others are at it, too


async def test_s15_a_change_of_others_elsewhere_stays(tmp_path: Path) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=SIZE) as pilot:
        await edit(pilot, "ALFA", "aum")
        await fill(pilot, value="$60B")
        theirs = SMALL.replace("ticker: CEDAR", "ticker: CELLO")
        path.write_text(theirs, encoding="utf-8")
        await back(pilot, "ctrl+s")
        assert path.read_bytes() == replaced(ALFA_AUM, "aum: $60B", theirs)
        assert "CELLO" in tickers(app)


async def test_s16_a_change_of_the_same_value_by_others_is_told_with_both_and_left_to_the_user(
    tmp_path: Path,
) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=SIZE) as pilot:
        await edit(pilot, "ALFA", "aum")
        await fill(pilot, value="$60B", as_of="2026-11-20")
        theirs = SMALL.replace(ALFA_AUM, "aum: $55B").encode()
        path.write_bytes(theirs)
        await pilot.press("ctrl+s")
        await told(pilot, "not written")
        assert path.read_bytes() == theirs
        assert isinstance(app.screen, ValueForm)
        assert 'where "$52.4B" stood there is "$55B" now' in said(app)
        assert "now $55B · 2026-11-18 · pages" in said(app)
        assert (field(app, "value"), field(app, "as_of")) == ("$60B", "2026-11-20")
        await back(pilot, "ctrl+s")
        assert path.read_bytes() == theirs.replace(
            b"aum: $55B", b"aum: {value: $60B, as_of: 2026-11-20}"
        )


async def test_s16_escape_keeps_what_others_wrote(tmp_path: Path) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=SIZE) as pilot:
        await edit(pilot, "ALFA", "aum")
        await fill(pilot, value="$60B")
        theirs = SMALL.replace(ALFA_AUM, "aum: $55B").encode()
        path.write_bytes(theirs)
        await pilot.press("ctrl+s")
        await told(pilot, "not written")
        await back(pilot, "escape")
        assert path.read_bytes() == theirs
        assert "$55.0B" in text_of(app)


async def test_s19_a_file_that_vanished_is_told_and_the_form_keeps_the_text(tmp_path: Path) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=SIZE) as pilot:
        await edit(pilot, "ALFA", "aum")
        await fill(pilot, value="$60B")
        path.unlink()
        await pilot.press("ctrl+s")
        await told(pilot, "is no longer there")
        assert field(app, "value") == "$60B"
        assert not path.exists()
        path.write_text(SMALL, encoding="utf-8")
        await back(pilot, "ctrl+s")
        assert path.read_bytes() == replaced(ALFA_AUM, "aum: $60B")


async def test_s13_a_read_only_file_is_told_in_a_line_and_the_form_keeps_the_text(
    tmp_path: Path,
) -> None:
    path = written(tmp_path)
    path.chmod(0o444)
    app = app_on(path)
    async with app.run_test(size=SIZE) as pilot:
        await edit(pilot, "ALFA", "aum")
        await fill(pilot, value="$60B", as_of="2026-11-20", source="fed")
        await pilot.press("ctrl+s")
        await told(pilot, "the file is read-only")
        assert path.read_text(encoding="utf-8") == SMALL
        assert "now $52.4B" in text_of(app)
        assert [field(app, name) for name in ("value", "as_of", "source")] == [
            "$60B",
            "2026-11-20",
            "fed",
        ]
        path.chmod(0o644)
        await back(pilot, "ctrl+s")
        assert b"{value: $60B, as_of: 2026-11-20, source: fed}" in path.read_bytes()


@pytest.mark.parametrize("agrees", [True, False])
async def test_a_file_with_two_names_is_written_in_place_if_the_user_agrees(
    tmp_path: Path, *, agrees: bool
) -> None:
    path = written(tmp_path)
    other = tmp_path / "other.yaml"
    os.link(path, other)
    app = app_on(path)
    async with app.run_test(size=SIZE) as pilot:
        await edit(pilot, "ALFA", "aum")
        await fill(pilot, value="$60B")
        await press_for(pilot, "ctrl+s", Question)
        assert "Write into it anyway?" in text_of(app)
        if agrees:
            await back(pilot, "y")
            assert other.read_bytes() == replaced(ALFA_AUM, "aum: $60B")
        else:
            await press_for(pilot, "n", ValueForm)
            assert field(app, "value") == "$60B"
            assert other.read_text(encoding="utf-8") == SMALL
        assert other.samefile(path)


# The sample that came with the program


def own_path(tmp_path: Path) -> Path:
    """Where the copy of the sample goes."""
    return tmp_path / "home" / "config" / "etfcompare" / "products.yaml"


@pytest.fixture
def sample(tmp_path: Path) -> EtfCompare:
    """The app as it starts where nobody has a catalogue."""
    folder = tmp_path / "empty"
    folder.mkdir()
    open_sample = partial(
        Workspace.open, None, environ=dict(os.environ), folder=folder, today=lambda: TODAY
    )
    return EtfCompare(open_sample, Scenario(as_of=TODAY))


@pytest.mark.parametrize("key", ["e", "a", "D"])
async def test_the_sample_is_never_changed_and_n_makes_no_copy(
    sample: EtfCompare, tmp_path: Path, key: str
) -> None:
    before = packaged_catalogue().read_bytes()
    async with sample.run_test(size=SIZE) as pilot:
        assert products(sample).workspace.location.is_packaged
        await press_for(pilot, key, Question)
        assert "This catalogue came with the program and is never changed." in text_of(sample)
        await back(pilot, "n")
    assert packaged_catalogue().read_bytes() == before
    assert not own_path(tmp_path).exists()


async def test_the_first_edit_of_the_sample_makes_a_copy_and_edits_that(
    sample: EtfCompare, tmp_path: Path
) -> None:
    before = packaged_catalogue().read_bytes()
    own = own_path(tmp_path)
    async with sample.run_test(size=SIZE) as pilot:
        products(sample).grid.move_to_column("aum")
        await press_for(pilot, "e", Question)
        await press_for(pilot, "y", ValueForm)
        assert own.read_bytes() == before
        await fill(pilot, value="$12.3B")
        await back(pilot, "ctrl+s")
        assert b"$12.3B" in own.read_bytes()
        assert products(sample).workspace.path == own
        await pilot.press("u")
        await pilot.pause()
        assert own.read_bytes() == before
        assert stat.S_IMODE(own.stat().st_mode) & stat.S_IWUSR
    assert packaged_catalogue().read_bytes() == before


async def test_a_copy_that_appeared_meanwhile_is_not_written_over(
    sample: EtfCompare, tmp_path: Path
) -> None:
    own = own_path(tmp_path)
    async with sample.run_test(size=SIZE, notifications=True) as pilot:
        await press_for(pilot, "e", Question)
        own.parent.mkdir(parents=True)
        own.write_text("mine\n", encoding="utf-8")
        await back(pilot, "y")
        assert "nothing was" in said(sample)
        assert products(sample).workspace.location.is_packaged
    assert own.read_text(encoding="utf-8") == "mine\n"


async def test_where_no_copy_can_be_made_a_line_says_so(sample: EtfCompare, tmp_path: Path) -> None:
    (tmp_path / "home" / "config").write_text("no folder", encoding="utf-8")
    async with sample.run_test(size=SIZE, notifications=True) as pilot:
        await press_for(pilot, "e", Question)
        await back(pilot, "y")
        assert products(sample).workspace.location.is_packaged
        assert "Not a directory" in said(sample) or "File exists" in said(sample)


async def test_without_a_folder_of_the_user_init_is_named(
    sample: EtfCompare, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("XDG_CONFIG_HOME", "HOME"):
        monkeypatch.delenv(name)
    async with sample.run_test(size=SIZE, notifications=True) as pilot:
        await pilot.press("e")
        await until(pilot, lambda: "etfcompare init" in text_of(sample))


# The look stays


async def test_filter_sort_and_marks_stay_through_an_edit(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await type_filter(pilot, "country:us")
        await pilot.press("enter", "space")
        products(app).grid.move_to_column("aum")
        await pilot.press("left_square_bracket")
        look, marks = products(app).look, products(app).grid.marks
        await edit(pilot, "ALFA", "aum")
        await fill(pilot, value="$1M")
        await back(pilot, "ctrl+s")
        assert (products(app).look, products(app).grid.marks) == (look, marks)
        assert tickers(app) == ["ALFA", "ECHO", "BRAVO"]
        assert products(app).grid.row_key == "ALFA"


@pytest.mark.parametrize("size", [(40, 8), (60, 20), (200, 60)])
async def test_the_forms_work_at_any_size(tmp_path: Path, size: tuple[int, int]) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=size) as pilot:
        products(app).grid.move_to("ALFA")
        products(app).grid.move_to_column("net_yield")
        await press_for(pilot, "e", Choice)
        await press_for(pilot, "enter", ValueForm)
        assert max(map(len, lines(app))) <= size[0]
        await fill(pilot, value="0.19%")
        await back(pilot, "ctrl+s")
        assert path.read_bytes() == replaced("rate: 0.25%", "rate: 0.19%")
        await press_for(pilot, "D", Question)
        await back(pilot, "y")
        assert "ALFA" not in tickers(app)
