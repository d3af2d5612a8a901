"""Views, columns and what is remembered, on the screen."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from textual.widgets import Input

from conftest import TODAY
from etfcompare.engine.comparison import DEFAULT_COLUMNS, DEFAULT_SORT, SortKey
from etfcompare.engine.scenario import Scenario
from etfcompare.remembered import FILE_NAME, MOST_BYTES, SET_ASIDE, Remembered, recall
from etfcompare.tui.columns import ColumnChooser
from etfcompare.tui.own import Own
from etfcompare.tui.view_picker import SaveViewForm
from screens import BEST_FIRST, SMALL, lines, opened, products, text_of, tickers, written
from told import Telling

if TYPE_CHECKING:
    from textual.pilot import Pilot

SIZE: Final = (120, 30)
INCOME, CHEAPEST, LIQUIDITY, FLOWS = "1", "2", "4", "6"
"""Digits of shipped views."""
OWN_VIEWS: Final = """\
views:
  - name: Big ones
    where: aum>500M
    sort: -aum
    columns: [ticker, aum]
"""


def state_path() -> Path:
    """Where the screen is remembered."""
    return Path(os.environ["XDG_STATE_HOME"]) / "etfcompare" / FILE_NAME


def state() -> Remembered:
    """What is remembered, with nothing wrong in it."""
    found, notice = recall(state_path().parent)
    assert notice is None
    return found


def settings_path() -> Path:
    """Where the settings are."""
    return Path(os.environ["XDG_CONFIG_HOME"]) / "etfcompare" / "settings.yaml"


def own_settings(text: str) -> None:
    """Write the settings of the user."""
    settings_path().parent.mkdir(parents=True, exist_ok=True)
    settings_path().write_text(text, encoding="utf-8")


def remembered(text: str) -> None:
    """Write what an earlier run left."""
    state_path().parent.mkdir(parents=True, exist_ok=True)
    state_path().write_text(text, encoding="utf-8")


async def take(pilot: Pilot[None], digit: str) -> None:
    """Take a view by its number."""
    await pilot.press("v")
    await pilot.pause()
    await pilot.press(digit)
    await pilot.pause()


def heading(app: Telling) -> str:
    """The names of the columns."""
    return next(one for one in lines(app) if "Ticker" in one)


async def save_as(pilot: Pilot[None], name: str, *moves: str) -> None:
    """Save how the table is looked at under a name."""
    await pilot.press("V")
    await pilot.pause()
    app = pilot.app
    app.screen.query_one(Input).value = name
    await pilot.pause()
    await pilot.press(*moves, "enter")
    await pilot.pause()
    await app.workers.wait_for_complete()
    await pilot.pause()


# A view


async def test_v_and_a_digit_show_a_view_and_the_title_names_it(tmp_path: Path) -> None:
    app = Telling(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await take(pilot, INCOME)
        screen = products(app)
        assert screen.look.where == "staked aum>50M"
        assert tickers(app) == ["BRAVO", "CEDAR"]
        assert "over_cash" in screen.look.columns
        assert "view Income" in lines(app)[0]
        assert "changed" not in lines(app)[0]


async def test_a_view_brings_its_horizon_and_the_next_takes_it_back(tmp_path: Path) -> None:
    app = Telling(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        before = products(app).scenario
        await take(pilot, CHEAPEST)
        assert products(app).scenario.horizon == 3 * 365
        assert "· 3y · view Cheapest over 3 years" in lines(app)[0]
        assert not products(app).query("#banner")  # the view asks about 3y: no what-if
        await take(pilot, FLOWS)
        assert products(app).scenario == before
        assert "· 1y · view Flows" in lines(app)[0]


async def test_a_view_that_vanished_behind_the_list_is_told_and_nothing_changes(
    tmp_path: Path,
) -> None:
    path = written(tmp_path, SMALL + OWN_VIEWS)
    app = Telling(path)
    async with app.run_test(size=SIZE) as pilot:
        before = products(app).look
        await pilot.press("v")
        await pilot.pause()
        path.write_text(SMALL, encoding="utf-8")
        products(app).action_reload()
        await pilot.press("7")
        await pilot.pause()
        assert app.told[-1].startswith('no view is called "Big ones"; ')
        assert products(app).look == before


async def test_what_the_user_supposes_outlives_a_view(tmp_path: Path) -> None:
    app = Telling(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        products(app).assume(products(app).scenario.but("horizon", 30))
        await take(pilot, CHEAPEST)
        assert products(app).scenario.horizon == 30
        assert products(app).base.horizon == 3 * 365


@pytest.mark.parametrize("keys", [("right_square_bracket",), ("slash", "e", "enter"), ("9", "1")])
async def test_a_view_that_was_altered_says_so_until_it_is_taken_again(
    tmp_path: Path, keys: tuple[str, ...]
) -> None:
    app = Telling(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await take(pilot, LIQUIDITY)
        await pilot.press("l", *keys)
        await pilot.pause()
        assert "view Liquidity, changed" in lines(app)[0]
        await take(pilot, LIQUIDITY)
        assert "view Liquidity" in lines(app)[0]
        assert "changed" not in lines(app)[0]


async def test_a_view_of_catalogue_or_settings_that_makes_no_sense_is_told_and_not_offered(
    tmp_path: Path,
) -> None:
    own_settings('views:\n- {name: "[b]Own", sort: no_such_figure}\n')
    bad = "views:\n  - {name: Odd, where: 'aum>>', sort: aum}\n"
    app = Telling(written(tmp_path, SMALL + bad))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("v")
        await pilot.pause()
        assert any('view "Odd" of the catalogue: ' in one for one in app.told)
        assert any('view "[b]Own" of the settings: ' in one for one in app.told)
        assert all("\n" not in one for one in app.told)
        await pilot.press("down", "enter")
        await pilot.pause()
        assert products(app).look.view == "Cheapest over 3 years"


# Saving one


async def test_a_view_saved_in_the_catalogue_changes_nothing_else_and_can_be_undone(
    tmp_path: Path,
) -> None:
    path = written(tmp_path)
    app = Telling(path)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("3", "l", "l", "l", "right_square_bracket")
        await save_as(pilot, "Solana mine")
        text = path.read_text(encoding="utf-8")
        added = text.removeprefix(SMALL)
        assert text.startswith(SMALL)
        assert added.lstrip("\n").startswith("views:")
        assert "asset:sol" in added
        assert products(app).view_in_words == "Solana mine"
        assert "was changed" not in " ".join(app.told)
        [view] = opened(path).catalogue.views
        assert (view.name, view.where) == ("Solana mine", "asset:sol")
        products(app).file_changed(opened(path).document, opened(path).reading)
        assert "was changed" not in " ".join(app.told)
        await pilot.press("u")
        await pilot.pause()
        await app.workers.wait_for_complete()
        assert path.read_text(encoding="utf-8") == SMALL


async def test_saving_under_a_name_that_is_there_replaces_that_view_alone(tmp_path: Path) -> None:
    views = "# mine\nviews:\n  - {name: One, sort: aum}  # keep\n  - {name: Two, sort: -fee}\n"
    views = views.replace("-fee", "-aum")
    path = written(tmp_path, SMALL + views)
    app = Telling(path)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("V")
        await pilot.pause()
        app.screen.query_one(Input).value = "one"
        await pilot.pause()
        assert 'replaces the catalogue view "One"' in text_of(app)
        await pilot.press("enter")
        await pilot.pause()
        await app.workers.wait_for_complete()
        found = {one.name: one for one in opened(path).catalogue.views}
        assert [one.casefold() for one in found if one] == ["one", "two"]
        assert found["Two"].sort == "-aum"
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"{SMALL}# mine\n")
        assert "# keep" in text


async def test_a_view_saved_in_the_settings_leaves_the_catalogue_and_can_be_taken(
    tmp_path: Path,
) -> None:
    own_settings("theme: nord # dark\n")
    path = written(tmp_path)
    app = Telling(path)
    async with app.run_test(size=SIZE) as pilot:
        assert app.theme == "nord"
        await take(pilot, CHEAPEST)
        await save_as(pilot, "Mine", "down")
        assert path.read_text(encoding="utf-8") == SMALL
        text = settings_path().read_text(encoding="utf-8")
        assert text.startswith("theme: nord # dark\n")
        [view] = Own.read(os.environ).settings.views
        assert view.name == "Mine"
        assert view.horizon is not None
        assert view.horizon.value == 3 * 365
        await pilot.press("right_square_bracket")
        await save_as(pilot, "mine", "down")
        assert len(Own.read(os.environ).settings.views) == 1
        await take(pilot, FLOWS)
        await take(pilot, "7")
        assert products(app).look.view.casefold() == "mine"
        assert products(app).scenario.horizon == 3 * 365


async def test_a_view_keeps_the_horizon_it_asks_about_where_an_option_says_the_same(
    tmp_path: Path,
) -> None:
    path = written(tmp_path)
    app = Telling(path, scenario=Scenario(as_of=TODAY, horizon=3 * 365))
    async with app.run_test(size=SIZE) as pilot:
        await take(pilot, FLOWS)
        await save_as(pilot, "Without")
        await take(pilot, CHEAPEST)
        await save_as(pilot, "With")
    views = {one.name: one.horizon for one in opened(path).catalogue.views}
    assert views["Without"] is None
    assert views["With"] is not None
    assert views["With"].value == 3 * 365


async def test_the_sample_that_came_with_the_program_is_refused_with_a_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path)
    monkeypatch.setattr("etfcompare.catalogue.store.Location.is_packaged", True, raising=False)
    app = Telling(path)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("V")
        await pilot.pause()
        assert "the sample that came with the program is never changed" in text_of(app)
        form = app.screen
        assert isinstance(form, SaveViewForm)
        form.query_one(Input).value = "Mine"
        await pilot.press("up", "enter")
        await pilot.pause()
        await app.workers.wait_for_complete()
        assert path.read_text(encoding="utf-8") == SMALL
        assert [one.name for one in Own.read(os.environ).settings.views] == ["Mine"]


async def test_settings_that_cannot_be_written_are_one_line(tmp_path: Path) -> None:
    settings_path().parent.parent.mkdir(exist_ok=True)
    settings_path().parent.write_text("a file where the folder should be", encoding="utf-8")
    app = Telling(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        before = list(app.told)
        await save_as(pilot, "Mine", "down")
        assert len(app.told) == len(before) + 1
        assert str(settings_path()) in app.told[-1]
        assert "\n" not in app.told[-1]
        assert products(app).look.view == ""


# Columns


async def test_the_chooser_shows_its_choice_behind_and_escape_restores_everything(
    tmp_path: Path,
) -> None:
    app = Telling(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        before = products(app).look
        await pilot.press("C")
        await pilot.pause()
        assert isinstance(app.screen, ColumnChooser)
        await pilot.press("j", "space", "j", "L", "greater_than_sign")
        await pilot.pause()
        assert products(app).look.columns != before.columns
        assert products(app).look.widths != before.widths
        shown = [one.key for one in products(app).sheet.columns]
        assert shown == list(products(app).look.columns)
        await pilot.press("escape")
        await pilot.pause()
        assert products(app).look == before
    assert not state_path().exists()


async def test_columns_that_were_only_tried_out_are_not_remembered_when_the_file_changes(
    tmp_path: Path,
) -> None:
    path = written(tmp_path)
    app = Telling(path)
    async with app.run_test(size=SIZE) as pilot:
        before = products(app).look
        await pilot.press("C")
        await pilot.pause()
        await pilot.press("j", "space")
        await pilot.pause()
        tried = products(app).look
        assert tried.columns != before.columns
        path.write_text(SMALL.replace("rate: 0.15%", "rate: 0.45%"), encoding="utf-8")
        products(app).action_reload()
        app.theme = "nord"
        await pilot.pause()
        products(app).keep_now()
        assert products(app).look == tried
        assert state() == Remembered(theme="nord")
        await pilot.press("escape")
        await pilot.pause()
        assert products(app).look == before
    assert state() == Remembered(theme="nord")


async def test_a_chosen_width_is_that_of_the_column(tmp_path: Path) -> None:
    app = Telling(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        before = heading(app)
        await pilot.press("C")
        await pilot.pause()
        await pilot.press("j", "greater_than_sign", "greater_than_sign", "enter")
        await pilot.pause()
        [(key, cells)] = products(app).look.widths.items()
        after = heading(app)
        assert after.index("Issuer") == before.index("Issuer") + 2
        await take(pilot, INCOME)
        assert dict(products(app).look.widths) == {key: cells}
    assert dict(state().widths) == {key: cells}


# What the next run finds


async def test_the_next_run_finds_view_sort_columns_widths_and_theme(tmp_path: Path) -> None:
    path = written(tmp_path)
    app = Telling(path)
    async with app.run_test(size=SIZE) as pilot:
        await take(pilot, CHEAPEST)
        await pilot.press("right_square_bracket", "C")
        await pilot.pause()
        await pilot.press("j", "space", "j", "greater_than_sign", "enter")
        await pilot.pause()
        app.theme = "gruvbox"
        await pilot.pause()
        left = products(app).look
    again = Telling(path)
    async with again.run_test(size=SIZE):
        assert products(again).look == left
        assert products(again).scenario.horizon == 3 * 365
        assert again.theme == "gruvbox"
        assert "view Cheapest over 3 years, changed" in lines(again)[0]
        assert again.told == []


async def test_only_what_keys_changed_is_written(tmp_path: Path) -> None:
    path = written(tmp_path)
    asked = Scenario(as_of=TODAY, horizon=900)
    app = Telling(path, view="Liquidity", scenario=asked, given=frozenset({"horizon"}))
    async with app.run_test(size=SIZE):
        assert products(app).look.view == "Liquidity"
    assert not state_path().exists()
    app = Telling(path, view="Liquidity", scenario=asked, given=frozenset({"horizon"}))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        app.theme = "nord"
        await pilot.pause()
    assert state() == Remembered(theme="nord")


async def test_neither_a_filter_nor_an_assumption_is_remembered(tmp_path: Path) -> None:
    app = Telling(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("slash", *"sol", "enter")
        products(app).assume(products(app).scenario.but("horizon", 30))
        await pilot.pause()
    assert not state_path().exists()


async def test_going_back_to_the_first_view_is_remembered(tmp_path: Path) -> None:
    remembered('{"view": "Flows", "theme": "nord"}')
    app = Telling(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await take(pilot, INCOME)
        products(app).keep_now()
        assert state().view == "Income"
        app.theme = "gruvbox"
        await take(pilot, FLOWS)
        app.theme = "nord"
    assert state() == Remembered(view="Flows", theme="nord")


async def test_an_option_goes_before_what_is_remembered_and_leaves_it(tmp_path: Path) -> None:
    text = '{"view": "Flows", "columns": ["ticker", "aum"], "sort": ["-aum"]}'
    remembered(text)
    app = Telling(written(tmp_path), view="Income")
    async with app.run_test(size=SIZE) as pilot:
        assert products(app).look.view == "Income"
        await pilot.press("C")
        await pilot.pause()
        await pilot.press("j", "space", "escape")
        await pilot.pause()
    assert state_path().read_text(encoding="utf-8") == text


async def test_a_remembered_view_that_is_gone_is_one_line(tmp_path: Path) -> None:
    remembered('{"view": "Big ones", "sort": ["-aum"]}')
    app = Telling(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert len(app.told) == 1
        assert 'no view is called "Big ones"' in app.told[0]
        assert products(app).look.sort == (SortKey("aum", descending=True),)
        assert "view" not in lines(app)[0]


async def test_a_remembered_view_of_the_settings_is_found(tmp_path: Path) -> None:
    own_settings(OWN_VIEWS)
    remembered('{"view": "Big ones"}')
    app = Telling(written(tmp_path))
    async with app.run_test(size=SIZE):
        assert tickers(app) == ["ALFA", "CEDAR", "BRAVO"]
        assert app.told == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 20,
        b"\xff\xfe",
        b"[1, 2",
        b"[]",
        b'{"view": 5}',
        b'{"widths": {"aum": -3}}',
        b'{"sort": "aum"}',
        b"[" * 5000,
        b'{"view": "' + b"x" * MOST_BYTES + b'"}',
    ],
)
async def test_r19_a_damaged_state_is_set_aside_and_told(tmp_path: Path, content: bytes) -> None:
    state_path().parent.mkdir(parents=True)
    state_path().write_bytes(content)
    app = Telling(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert tickers(app) == BEST_FIRST
        assert (products(app).look.columns, products(app).look.sort) == (
            DEFAULT_COLUMNS,
            DEFAULT_SORT,
        )
        [said] = app.told
        assert SET_ASIDE in said
        assert "\n" not in said
        await take(pilot, FLOWS)
    assert state_path().with_name(SET_ASIDE).read_bytes() == content
    assert state() == Remembered(view="Flows")


async def test_r19_a_folder_in_the_place_of_the_state_is_told(tmp_path: Path) -> None:
    state_path().mkdir(parents=True)
    app = Telling(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await take(pilot, FLOWS)
        assert [SET_ASIDE in one for one in app.told] == [True]
    assert state() == Remembered(view="Flows")


@pytest.mark.parametrize(
    "text",
    [
        "theme: [",
        "- 1\n- 2\n",
        "theme: {a: b}\n",
        "\0",
        "keys: 5\n",
        "x" * 2_000_000,
        "<<<<<<< a\n",
    ],
)
async def test_r19_damaged_settings_are_one_line_and_stay_as_they_are(
    tmp_path: Path, text: str
) -> None:
    own_settings(text)
    app = Telling(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert tickers(app) == BEST_FIRST
        [said] = app.told
        assert said.startswith(str(settings_path()))
        assert "\n" not in said
        assert len(said) < 400
    assert settings_path().read_text(encoding="utf-8") == text


async def test_r19_a_folder_in_the_place_of_the_settings_is_told(tmp_path: Path) -> None:
    settings_path().mkdir(parents=True)
    app = Telling(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert len(app.told) == 1
        assert tickers(app) == BEST_FIRST


async def test_a_theme_that_there_is_not_is_left_out(tmp_path: Path) -> None:
    remembered('{"theme": "no-such-theme"}')
    app = Telling(written(tmp_path))
    async with app.run_test(size=SIZE):
        assert app.theme in app.available_themes


async def test_a_state_that_cannot_be_written_is_told_once_and_not_at_each_key(
    tmp_path: Path,
) -> None:
    state_path().parent.parent.mkdir(exist_ok=True)
    state_path().parent.symlink_to(tmp_path / "nowhere")
    app = Telling(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        for digit in (FLOWS, INCOME, LIQUIDITY):
            await take(pilot, digit)
            products(app).keep_now()
        assert ["not remembered" in one for one in app.told] == [True]
        state_path().parent.unlink()
        await take(pilot, FLOWS)
    assert state() == Remembered(view="Flows")


async def test_two_runs_at_once_do_not_undo_each_other(tmp_path: Path) -> None:
    path = written(tmp_path)
    one, other = Telling(path), Telling(path)
    async with one.run_test(size=SIZE) as pilot:
        await take(pilot, FLOWS)
    async with other.run_test(size=SIZE) as pilot:
        await pilot.pause()
        other.theme = "nord"
        await pilot.pause()
    assert state() == Remembered(view="Flows", theme="nord")


async def test_what_is_remembered_is_for_the_user_alone(tmp_path: Path) -> None:
    app = Telling(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await take(pilot, FLOWS)
    assert stat.S_IMODE(state_path().stat().st_mode) == 0o600
    assert json.loads(state_path().read_text(encoding="utf-8"))["view"] == "Flows"
    assert [one.name for one in state_path().parent.iterdir() if one.suffix == ".tmp"] == []
