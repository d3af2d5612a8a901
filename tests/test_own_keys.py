"""The user's own keys: what they do, where they are shown, and which of them are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import TOP
from etfcompare.engine.comparison import SortKey
from etfcompare.settings import Settings
from etfcompare.tui import (
    allocation_keys,
    flows_keys,
    frontier_keys,
    rebalance_keys,
    versus_keys,
)
from etfcompare.tui.commands import COMMANDS, Command, key_of, rekeyed
from etfcompare.tui.own import Own
from etfcompare.tui.own_keys import FIXED, usable_keys
from etfcompare.tui.versus import VersusScreen
from screens import lines, products, text_of, tickers, written
from told import Telling

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MODES: Final = (
    COMMANDS,
    versus_keys.COMMANDS,
    allocation_keys.COMMANDS,
    rebalance_keys.COMMANDS,
)
NAMES: Final = sorted({one.name for mode in MODES for one in mode})


def app_with(path: Path, keys: Mapping[str, tuple[str, ...]]) -> Telling:
    """The app, with keys in the user's settings."""
    settings = Settings(path=path.with_name("settings.yaml"), keys=keys)
    return Telling(path, own=Own(settings=settings))


# In use


async def test_a_key_of_the_user_does_what_it_is_for_and_the_usual_one_no_longer_does(
    tmp_path: Path,
) -> None:
    app = app_with(written(tmp_path), {"sort(True)": ("s", "f4")})
    async with app.run_test(size=(120, 24)) as pilot:
        await pilot.press("l", "l", "l")
        key = products(app).grid.column_key
        assert key is not None
        await pilot.press("right_square_bracket")
        assert products(app).look.sort[0].key == "net_yield"
        await pilot.press("f4")
        assert products(app).look.sort == (SortKey(key, descending=True),)
        assert key != "net_yield"


async def test_two_commands_can_change_places(tmp_path: Path) -> None:
    app = app_with(written(tmp_path), {"help": ("v",), "views": ("?",)})
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("question_mark")
        await pilot.pause()
        assert "Views" in text_of(app)
        await pilot.press("escape", "v")
        await pilot.pause()
        assert "Choose products" in text_of(app)
        assert app.told == []


async def test_key_bar_help_palette_and_hints_name_the_keys_in_force(tmp_path: Path) -> None:
    keys = {"filter": ("f4",), "what_if": ("ctrl+e",), "clear_filter": ("Z",), "edit": ("f5",)}
    app = app_with(written(tmp_path), keys)
    async with app.run_test(size=(120, 160)) as pilot:
        assert lines(app)[-1].startswith(" f4 filter")
        assert "^E what if" in lines(app)[-1]
        titles = [one.title for one in app.get_system_commands(app.screen)]
        assert "Filter  (f4)" in titles
        assert "Edit  (f5)" in titles
        await pilot.press("question_mark")
        await pilot.pause()
        shown = " ".join(text_of(app).replace("│", " ").split())
        for command in rekeyed(COMMANDS, keys):
            if command.is_listed:
                assert f"{command.shown_keys} {command.meaning}" in shown
        await pilot.press("q", "f4", *"nothing at all", "enter")
        await pilot.pause()
        assert "Z clears the filter" in text_of(app)
        await pilot.press("Z")
        assert len(tickers(app)) == 5


async def test_the_banner_names_the_keys_in_force(tmp_path: Path) -> None:
    app = app_with(written(tmp_path), {"reset_scenario": ("f7",)})
    async with app.run_test(size=(120, 24)) as pilot:
        products(app).assume(products(app).scenario.but("horizon", 900))
        await pilot.pause()
        assert "w change  f7 reset" in text_of(app)


async def test_the_comparison_takes_the_keys_too(tmp_path: Path) -> None:
    app = app_with(written(tmp_path), {"cursor_down": ("f8",), "only_differences": ("m",)})
    async with app.run_test(size=(120, 60)) as pilot:
        await pilot.press("f8", "c")
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, VersusScreen)
        assert "m differences" in lines(app)[-1]
        before = screen.grid.row_key
        await pilot.press("f8")
        assert screen.grid.row_key != before
        await pilot.press("question_mark")
        await pilot.pause()
        shown = " ".join(text_of(app).split())
        assert "f8 One figure down." in shown
        assert "m Show only the figures" in shown


async def test_one_of_several_brothers_with_a_key_of_its_own_leaves_all_in_the_help(
    tmp_path: Path,
) -> None:
    app = app_with(written(tmp_path), {"toggle_asset(1)": ("f1",)})
    async with app.run_test(size=(120, 24)) as pilot:
        await pilot.press("f1")
        assert products(app).look.where == "asset:btc"
        listed = [one for one in products(app).commands if one.is_listed]
        keys = [one.shown_keys for one in listed if one.name.startswith("toggle_asset")]
        assert keys == ["f1", *"23456789"]


async def test_typing_a_filter_takes_no_notice_of_them(tmp_path: Path) -> None:
    app = app_with(written(tmp_path), {"quit": ("s",)})
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("slash", *"sol", "enter")
        assert tickers(app) == ["BRAVO", "ECHO"]
        await pilot.press("s")
    assert app.return_code == 0


# What cannot be used


@pytest.mark.parametrize(
    ("wanted", "kept", "fault"),
    [
        ({"edit": ("f4", "E")}, {"edit": ("f4",)}, "keys: E of edit is taken by outside"),
        ({"edit": ("v",)}, {}, "keys: v of edit is taken by views"),
        ({"edit": ("?",)}, {}, "keys: question_mark of edit is taken by help"),
        ({"edit": ("N",)}, {"edit": ("N",)}, None),
        ({"explain": ("N",)}, {}, "keys: N of explain is taken by next_"),
        ({"edit": ("ctrl+c",)}, {}, "keys: ctrl+c of edit is taken by interrupt"),
        ({"edit": ("ctrl+q",)}, {}, "keys: ctrl+q of edit is taken by quit"),
        ({"quit": ("Q", "ctrl+q")}, {"quit": ("Q", "ctrl+q")}, None),
        ({"app.quit": ("Q",)}, {"quit": ("Q",)}, None),
        ({"edit": ("Ctrl+E", "F4")}, {"edit": ("ctrl+e", "f4")}, None),
        ({"edit": ("f4", "f4")}, {"edit": ("f4",)}, None),
        ({"edit": ("f4",), "undo": ("f4",)}, {"edit": ("f4",)}, "f4 of undo is taken by edit"),
        ({"edti": ("f4",)}, {}, 'no command is called "edti"; did you mean edit?'),
        ({"edit": ("ctl+e",)}, {}, 'keys: no key is called "ctl+e"'),
        ({"edit": ("\x1b]0;x",)}, {}, "no key is called"),
        ({"a[b]\x1b": ("z",), "c": ("z",)}, {}, "(and 1 more)"),
    ],
)
def test_what_cannot_be_used_is_left_out_and_told(
    wanted: dict[str, tuple[str, ...]], kept: dict[str, tuple[str, ...]], fault: str | None
) -> None:
    keys, said = usable_keys(wanted)
    assert dict(keys) == kept
    if fault is None:
        assert said is None
    else:
        assert said is not None
        assert fault in said
        assert said.isprintable()


def test_a_refused_key_that_another_command_waited_for_goes_back() -> None:
    # views cannot have ctrl+c and keeps v, so edit cannot have v either
    keys, said = usable_keys({"edit": ("v",), "views": ("ctrl+c",)})
    assert dict(keys) == {}
    assert said is not None
    assert said.endswith("(and 1 more)")


key_texts = st.sampled_from(
    [*"abcdefghijklmnopqrstuvwxyzEUW?/[0", "f4", "f5", "ctrl+q", "ctrl+c", "escape", "nokey", "up"]
)


@given(
    st.dictionaries(
        st.sampled_from([*NAMES, "nothing"]), st.lists(key_texts, min_size=1, max_size=3).map(tuple)
    )
)
def test_no_two_commands_of_a_mode_ever_share_a_key(wanted: dict[str, tuple[str, ...]]) -> None:
    keys, said = usable_keys(wanted)
    assert set(keys) <= set(wanted)
    assert (said is None) == all(
        set(keys.get(name, ())) == {_named(one) for one in texts} for name, texts in wanted.items()
    )
    for mode in MODES:
        owners: dict[str, str] = dict(FIXED)
        for command in rekeyed(mode, keys):
            for key in command.keys:
                assert owners.setdefault(key, command.name) == command.name
            assert command.keys


def _named(key: str) -> str:
    names = {"?": "question_mark", "/": "slash", "[": "left_square_bracket"}
    return names.get(key, key)


async def test_the_fixed_keys_are_those_that_go_before_all_others(tmp_path: Path) -> None:
    app = app_with(written(tmp_path), {})
    async with app.run_test(size=(80, 24)):
        active = app.screen.active_bindings.items()
        first = {key for key, one in active if one.node is app and one.binding.priority}
        assert first == set(FIXED)


async def test_what_is_wrong_is_one_line_at_the_start(tmp_path: Path) -> None:
    app = app_with(written(tmp_path), {"edti": ("f4",), "edit": ("v",), "undo": ("f9",)})
    async with app.run_test(size=(120, 24)) as pilot:
        await pilot.pause()
        path = tmp_path / "settings.yaml"
        assert app.told == [
            f'{path}: keys: no command is called "edti"; did you mean edit? (and 1 more)'
        ]
        await pilot.press("v")
        await pilot.pause()
        assert "Views" in text_of(app)


# Told


def test_the_page_about_the_settings_names_every_command_and_its_keys() -> None:
    page = (TOP / "docs" / "settings.md").read_text(encoding="utf-8")
    assert "\n".join(_rows(COMMANDS)) in page
    shared = {one.name for one in COMMANDS}
    modes = (flows_keys, frontier_keys, versus_keys, allocation_keys, rebalance_keys)
    for mode in (one.COMMANDS for one in modes):
        assert "\n".join(_rows([one for one in mode if one.name not in shared])) in page


def _rows(commands: tuple[Command, ...] | list[Command]) -> list[str]:
    return [
        f"| `{one.name}` | {' '.join(f'`{key}`' for key in one.keys)} | {one.meaning} |"
        for one in commands
    ]


def test_a_hint_names_the_first_key_as_a_sentence_does() -> None:
    assert key_of(COMMANDS, "clear_filter") == "esc"
    assert key_of(COMMANDS, "reset_scenario") == "W"
    assert key_of(COMMANDS, "redo") == "^Y"
