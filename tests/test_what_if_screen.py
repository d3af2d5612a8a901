"""Asking what if: keys in the panel of assumptions, and what the screen then says."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final

import pytest
from textual import events
from textual.widgets import Input

from conftest import TODAY
from etfcompare.engine.assumptions import PRESETS, differences, knobs
from etfcompare.engine.figures import FIGURES, Table
from etfcompare.engine.scenario import Scenario
from etfcompare.engine.sheet import sheet_of
from etfcompare.tui.app import EtfCompare
from etfcompare.tui.cells import CHANGED_SIGN, cell_of
from etfcompare.tui.chrome import Banner
from etfcompare.tui.typed_value import Refusal
from etfcompare.tui.what_if import Knobs, WhatIf
from etfcompare.units import format_rate
from screens import BEST_FIRST, SMALL, app_on, lines, opened, products, text_of, tickers, written
from strategies import catalogue_of

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot
    from textual.widget import Widget

KNOBS: Final = [knob.key for knob in knobs(catalogue_of(SMALL))]
TYPED: Final = {
    "as_of": "2027-06-01",
    "horizon": "3y",
    "amount": "$5M",
    "rates": "own",
    "rewards:ETH": "1.4%",
    "rewards:SOL": "310bp",
    "staked": "50%",
    "cash": "5%",
    "waivers": "off",
    "assumptions": "off",
    "income_tax": "30%",
    "gains_tax": "20%",
    "basis": "80%",
    "commission": "5bp",
    "drift": "risk-neutral",
}
NARROW: Final = [(80, 24), (60, 15), (40, 8)]
WITHOUT_EFFECT: Final = {"amount"}
"""In no figure, as all of them are of any amount; what they are in dollars follows."""


async def what_if(pilot: Pilot[None], *keys: str) -> None:
    """Open the panel, then press keys."""
    await pilot.press("w", *keys)
    await pilot.pause()


def panel(app: EtfCompare) -> Knobs:
    """The lines of the panel."""
    return products(app).query_one(Knobs)


def to(key: str) -> list[str]:
    """The keys that lead from the first line of the panel to an assumption."""
    return ["j"] * KNOBS.index(key)


def chars(text: str) -> list[str]:
    """The keys that type a text into an empty field."""
    return ["enter", *text, "enter"]


def banner(app: EtfCompare) -> list[str]:
    """What the banner says, a text a line; nothing if it is not there."""
    found = products(app).query_one_optional(Banner)
    return [line.plain for line in found.lines] if found and found.display else []


def figures(scenario: Scenario) -> dict[tuple[int, str], float | str | None]:
    """Every figure of every product."""
    table = Table(catalogue_of(SMALL), scenario)
    return {(row, key): table.value(row, key) for row in range(5) for key in FIGURES}


def focused(app: EtfCompare) -> Widget | None:
    """Who listens to keys."""
    return app.focused


def panel_of_detail(app: EtfCompare) -> str:
    """What is said about the product under the cursor."""
    shown = products(app).detail(60)
    assert shown is not None
    return shown.plain


async def burst(pilot: Pilot[None], *keys: str) -> None:
    """Press keys faster than the program takes them."""
    names = {"\r": "enter", "\x1b": "escape", "%": "percent_sign"}
    for key in keys:
        pilot.app.post_message(events.Key(names.get(key, key), key))
    for _ in range(4):
        await pilot.pause()


# Opening and leaving


@pytest.mark.parametrize("size", [(120, 40), (200, 60), *NARROW])
async def test_a_key_opens_the_panel_and_goes_there(tmp_path: Path, size: tuple[int, int]) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=size) as pilot:
        await what_if(pilot)
        assert focused(app) is panel(app)
        assert size[1] == 8 or "What if" in text_of(app)
        assert "Date" in text_of(app)


@pytest.mark.parametrize("key", ["escape", "q", "w"])
async def test_the_panel_closes_and_the_table_listens_again(tmp_path: Path, key: str) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(120, 40)) as pilot:
        await what_if(pilot, "j", "l", key)
        assert products(app).query_one_optional(WhatIf) is None
        assert focused(app) is products(app).grid
        assert app.is_running
        assert "What if" not in text_of(app)
        assert products(app).scenario.horizon == 730  # closing changes nothing
        await pilot.press("j")
        assert products(app).grid.row_index == 1


async def test_the_panel_and_the_table_take_turns(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(120, 40)) as pilot:
        await what_if(pilot, "tab")
        assert focused(app) is products(app).grid
        await pilot.press("w")
        assert focused(app) is panel(app)
        await pilot.press("shift+tab")
        assert focused(app) is products(app).grid


@pytest.mark.parametrize("size", [(120, 40), *NARROW])
async def test_the_line_of_the_cursor_is_always_in_sight(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=size) as pilot:
        await what_if(pilot)
        for knob in panel(app).knobs:
            assert any(
                line.lstrip(" │").startswith(f"▌{knob.label}") or f"▌{knob.label}" in line
                for line in lines(app)
            ), knob.label
            await pilot.press("j")
            await pilot.pause()


async def test_a_low_panel_still_says_which_keys_there_are(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        await what_if(pilot)
        assert "← → change   Enter type   x as before" in text_of(app)


async def test_a_click_goes_to_the_line_under_the_mouse_however_far_it_scrolled(
    tmp_path: Path,
) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        await what_if(pilot, "G")
        shown = [line.strip("▌ ") for line in lines(app)]
        place = next(at for at, line in enumerate(shown) if line.startswith("Gains tax"))
        await pilot.click(offset=(6, place))
        await pilot.pause()
        assert panel(app).knobs[panel(app).cursor].key == "gains_tax"


# Changing


@pytest.mark.parametrize("key", KNOBS)
async def test_every_assumption_changes_by_an_arrow_and_back_by_a_key(
    tmp_path: Path, key: str
) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = products(app)
        base = screen.scenario
        arrow = "left" if key in ("staked", "basis") else "right"
        await what_if(pilot, *to(key), arrow)
        changed = [
            knob.key for knob in panel(app).knobs if knob.value(screen.scenario) != knob.value(base)
        ]
        assert changed == [key]
        line = next(
            one for one in lines(app) if f"▌{panel(app).knobs[KNOBS.index(key)].label}" in one
        )
        assert CHANGED_SIGN in line
        assert " not " in line
        assert len(banner(app)) == 1
        await pilot.press("x")
        assert screen.scenario == base
        assert banner(app) == []


@pytest.mark.parametrize(("key", "text"), TYPED.items())
async def test_a_typed_value_is_assumed_and_moves_the_figures(
    tmp_path: Path, key: str, text: str
) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = products(app)
        await what_if(pilot, *to(key), *chars(text))
        knob = panel(app).knobs[KNOBS.index(key)]
        assert screen.scenario == knob.typed(Scenario(as_of=TODAY), text)
        assert screen.comparison.table.scenario == screen.scenario
        assert focused(app) is panel(app)
        has_effect = figures(screen.scenario) != figures(screen.base)
        assert has_effect is (key not in WITHOUT_EFFECT)


async def test_the_cost_basis_counts_as_soon_as_gains_are_taxed(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(120, 40)) as pilot:
        await what_if(pilot, *to("gains_tax"), *chars("20%"))
        before = figures(products(app).scenario)
        await pilot.press("j", *chars("80%"))
        assert figures(products(app).scenario) != before


async def test_the_amount_is_told_in_money(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(120, 40)) as pilot:
        await what_if(pilot, *to("amount"), *chars("$5M"))
        assert "a year on $5.00M" in panel_of_detail(app)


@pytest.mark.parametrize("size", [(120, 40), (120, 16), (80, 24), (60, 15)])
async def test_what_is_typed_and_why_it_is_refused_are_in_sight(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=size) as pilot:
        await what_if(pilot, *to("cash"), "enter", "5")
        assert any(line.split("│")[-1].strip() == "5" for line in lines(app))
        await pilot.press("enter")
        await pilot.pause()
        assert any(line.split("│")[-1].strip() == "5" for line in lines(app))
        assert '✗ Cash: "5" has no unit' in text_of(app)


def test_every_assumption_has_a_typed_value_above() -> None:
    assert list(TYPED) == KNOBS


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("horizon", "soon"),
        ("cash", "5"),
        ("rewards:SOL", "6"),
        ("amount", "-5"),
        ("waivers", "perhaps"),
        ("as_of", "2027-02-30"),
        ("commission", "50%"),
        ("cash", "\u202e5%"),
    ],
)
async def test_what_makes_no_sense_is_refused_in_a_line_and_stays_in_the_field(
    tmp_path: Path, key: str, text: str
) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = products(app)
        await what_if(pilot, *to(key), "enter")
        app.post_message(events.Paste(text))
        await pilot.press("enter")
        field = screen.query_one("#typed", Input)
        assert field.value.encode("ascii")
        assert focused(app) is field
        assert screen.scenario == screen.base
        refusal = screen.query_one(Refusal)
        assert refusal.fault
        assert panel(app).knobs[KNOBS.index(key)].label.split()[-1].lower() in (
            refusal.fault.lower()
        )
        assert "\n" not in refusal.fault
        await pilot.press("backspace")
        assert refusal.fault == ""
        await pilot.press("escape")
        assert focused(app) is panel(app)
        assert screen.scenario == screen.base


async def test_an_empty_value_is_what_the_catalogue_says(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(120, 40)) as pilot:
        await what_if(pilot, *to("cash"), "l", "enter", "enter")
        assert products(app).scenario == products(app).base


@pytest.mark.parametrize("number", range(len(PRESETS)))
async def test_a_digit_asks_a_usual_question(tmp_path: Path, number: int) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = products(app)
        await what_if(pilot, str(number + 1))
        table = Table(screen.workspace.catalogue, screen.base)
        asked = PRESETS[number].apply(screen.base, screen.base, table)
        assert screen.scenario == asked != screen.base
        assert figures(screen.scenario) != figures(screen.base)
        await pilot.press(str(number + 1))
        await pilot.pause()
        assert screen.scenario == asked


# What the screen says


async def test_the_banner_names_every_assumption_that_differs_and_goes_away(
    tmp_path: Path,
) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(200, 40)) as pilot:
        screen = products(app)
        steps = [
            key
            for place in range(len(KNOBS))
            for key in ("h" if KNOBS[place] in ("staked", "basis") else "l", "j")
        ]
        await what_if(pilot, *steps)
        said = differences(screen.scenario, screen.base, screen.comparison.table)
        assert [one.label for one in said] == [knob.label for knob in panel(app).knobs]
        (line,) = banner(app)
        for one in said:
            assert f"{one.label} {one.now} not {one.before}" in line
        await pilot.press("W")
        assert banner(app) == []
        assert "what if  " not in "\n".join(lines(app)[:3])
        assert screen.scenario == screen.base


async def test_the_banner_stands_on_the_screen_with_its_keys(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(120, 40)) as pilot:
        await what_if(pilot, *to("rewards:SOL"), *chars("3.1%"), "escape")
        line = lines(app)[1]
        assert "what if" in line
        assert "SOL rewards 3.1% not 6.2%" in line
        assert line.endswith("w change  W reset")


@pytest.mark.parametrize(
    "keys",
    [[*to("rewards:SOL"), "l"], [*to("horizon"), "l"], ["1"], ["2"], ["3"], [*to("staked"), "h"]],
)
async def test_exactly_the_cells_that_read_otherwise_carry_the_sign(
    tmp_path: Path, keys: list[str]
) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(200, 40)) as pilot:
        await what_if(pilot, *keys)
        screen = products(app)
        draw = cell_of(screen.sheet, (), screen.base_table)
        calm = cell_of(sheet_of(screen.workspace.compare(screen.base), screen.look.columns))
        signed = 0
        for ticker in BEST_FIRST:
            for column in screen.sheet.columns:
                now, then = draw(ticker, column.key).text, calm(ticker, column.key).text
                reads = now.removeprefix(CHANGED_SIGN)
                assert now.startswith(CHANGED_SIGN) is (reads != then), (ticker, column.key)
                signed += reads != then
        assert text_of(app).count(CHANGED_SIGN) >= signed > 0


async def test_a_changed_cell_is_signed_without_colours_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = app_on(written(tmp_path))
    async with app.run_test(size=(120, 40)) as pilot:
        await what_if(pilot, *to("rewards:SOL"), *chars("3.1%"), "escape")
        row = next(line for line in lines(app) if re.search(r"\d  BRAVO ", line))
        assert row.count(CHANGED_SIGN) >= 2
        assert "what if" in lines(app)[1]


async def test_the_detail_tells_the_old_values(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(200, 60)) as pilot:
        screen = products(app)
        await what_if(pilot)
        assert "not" not in panel_of_detail(app)
        await pilot.press(*to("rewards:SOL"), *chars("3.1%"))
        await pilot.pause()
        before = Table(screen.workspace.catalogue, screen.base).number(1, "net_yield")
        line = next(one for one in panel_of_detail(app).splitlines() if "Net yield" in one)
        assert line.endswith(f"{CHANGED_SIGN} not {format_rate(before)}")
        await pilot.press("W")
        await pilot.pause()
        assert "not" not in panel_of_detail(app)


async def test_what_the_command_line_assumes_is_no_difference(tmp_path: Path) -> None:
    path = written(tmp_path)
    scenario = Scenario(as_of=TODAY, horizon=1095, rewards={"SOL": 0.03})
    app = EtfCompare(partial(opened, path), scenario)
    async with app.run_test(size=(120, 40)) as pilot:
        await what_if(pilot)
        assert banner(app) == []
        assert CHANGED_SIGN not in text_of(app)
        await pilot.press(*to("horizon"), "h", "W")
        assert products(app).scenario == scenario


async def test_the_horizon_of_a_view_is_no_difference_and_changes_stay(tmp_path: Path) -> None:
    views = "views: [{name: Long, horizon: 3y}]\n"
    app = app_on(written(tmp_path, SMALL + views))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = products(app)
        await what_if(pilot, *to("cash"), *chars("5%"), "escape")
        number = [one.name for one in screen.viewing.views().offered].index("Long") + 1
        await pilot.press("v", str(number))
        await pilot.pause()
        assert screen.base.horizon == 1095
        assert [
            one.label for one in differences(screen.scenario, screen.base, screen.comparison.table)
        ] == ["Cash"]
        assert "Horizon" not in banner(app)[0]


# Together with everything else


async def test_the_table_can_be_used_while_something_is_assumed(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = products(app)
        await what_if(pilot, *to("rewards:SOL"), *chars("0%"))
        assert tickers(app)[0] == "CEDAR"
        await pilot.press("slash", *"sol", "enter")
        assert set(tickers(app)) == {"BRAVO", "ECHO"}
        await pilot.press("w", "W")
        assert focused(app) is panel(app)
        assert set(tickers(app)) == {"BRAVO", "ECHO"}
        assert screen.scenario == screen.base


@pytest.mark.parametrize("key", ["i", "p", "n", "question_mark", "e", "C", "v", "c", "d", "V"])
async def test_keys_of_the_table_work_from_the_panel(tmp_path: Path, key: str) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(120, 40)) as pilot:
        await what_if(pilot, "j", "l", key)
        await pilot.pause()
        assert app.screen is not products(app)
        await pilot.press("escape")
        await pilot.pause()
        assert app.screen is products(app)
        assert focused(app) is panel(app)
        assert products(app).scenario.horizon == 730


@pytest.mark.parametrize(
    "text",
    [
        SMALL.replace("asset: SOL", "asset: ETH"),
        SMALL[: SMALL.index("  - ticker: ECHO")],
        SMALL[: SMALL.index("products:")] + "products: []\n",
        SMALL.replace("{rate: 6.20%", "{rate: 5.20%"),
        "schema: 1\n",
    ],
    ids=["asset unused", "product gone", "all gone", "other rate", "empty"],
)
async def test_the_panel_follows_the_file(tmp_path: Path, text: str) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = products(app)
        await what_if(pilot, "G", *["k"] * 9, "l", "A", "G")
        path.write_text(text, encoding="utf-8")
        await pilot.press("r")
        await pilot.pause()
        there = knobs(screen.workspace.catalogue)
        assert [one.key for one in panel(app).knobs] == [one.key for one in there]
        assert panel(app).cursor < len(there)
        assert panel(app).table is screen.comparison.table
        await pilot.press("j", "l", "k", "h", "x", "1", "B", "W", "escape")
        await pilot.pause()
        assert screen.scenario == screen.base
        assert app.focused is not None


async def test_a_value_typed_for_an_asset_that_is_gone_does_no_harm(tmp_path: Path) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = products(app)
        await what_if(pilot, *to("rewards:SOL"), "enter", "4", "%")
        path.write_text(SMALL.replace("asset: SOL", "asset: ETH"), encoding="utf-8")
        screen.action_reload()
        await pilot.press("enter")
        await pilot.pause()
        assert focused(app) is panel(app)
        assert "SOL" not in "".join(banner(app))


async def test_the_code_of_an_asset_is_shown_literally(tmp_path: Path) -> None:
    text = SMALL.replace("SOL:", '"[b]S\\e[2J":').replace("asset: SOL", 'asset: "[b]S\\e[2J"')
    app = app_on(written(tmp_path, text))
    async with app.run_test(size=(120, 40)) as pilot:
        await what_if(pilot, *to("rewards:SOL"), *chars("0%"))
        assert "[b]S" in "".join(banner(app))
        shown = text_of(app)
        assert "\x1b" not in shown
        assert shown.count("[b]S") >= 2


@pytest.mark.parametrize("size", NARROW)
async def test_a_small_window_keeps_banner_table_and_panel(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=size) as pilot:
        await what_if(pilot, *to("rewards:SOL"), *chars("1%"))
        shown = text_of(app)
        assert "what if" in lines(app)[1]
        assert CHANGED_SIGN in shown
        assert "▌SOL rewards" in shown
        await pilot.press("escape")
        await pilot.pause()
        assert focused(app) is products(app).grid
        assert "BRAVO" in text_of(app)


# Keys faster than the program


async def test_what_is_typed_faster_than_the_field_opens_is_not_lost(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(120, 40)) as pilot:
        await what_if(pilot, *to("cash"))
        await burst(pilot, *"\r4%\r")
        assert products(app).scenario == products(app).base.but("cash", 0.04)
        assert focused(app) is panel(app)


async def test_keys_after_a_typed_value_move_in_the_panel(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(120, 40)) as pilot:
        await what_if(pilot, *to("cash"))
        await burst(pilot, *"\r4%\rjl")
        cash = products(app).base.but("cash", 0.04)
        assert products(app).scenario == cash.but("waivers", value=False)
        await burst(pilot, *"\r1\x1bq")
        assert products(app).scenario == cash.but("waivers", value=False)
        assert focused(app) is products(app).grid
        assert products(app).look.where == ""


async def test_keys_after_the_panel_is_asked_for_act_there(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(120, 40)) as pilot:
        await burst(pilot, *"wjl")
        assert products(app).scenario.horizon == 730
        assert products(app).grid.row_index == 0
