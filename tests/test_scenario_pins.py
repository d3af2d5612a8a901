"""Scenarios A and B, kept to be compared with: columns, figures, and what acts there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etfcompare.engine.figures import FIGURES, Table
from etfcompare.engine.scenario import Scenario
from etfcompare.export import Form
from etfcompare.export import written as exported
from etfcompare.tui.chrome import Banner
from etfcompare.tui.products import ProductsScreen
from screens import BEST_FIRST, SMALL, app_on, lines, products, text_of, tickers, written
from strategies import catalogue_of, scenarios

if TYPE_CHECKING:
    from pathlib import Path

    from etfcompare.tui.app import EtfCompare

LONG, CHEAP = ["w", "j", "l", "escape"], ["w", "4", "1", "escape"]
"""Keys that assume two years, and three with half the rewards."""


def value(screen: ProductsScreen, ticker: str, key: str) -> float | str | None:
    """What a column of the sheet holds for a product."""
    column = next(one for one in screen.sheet.columns if one.key == key)
    return column.value(screen.workspace.row_of(ticker))


def under(screen: ProductsScreen, scenario: Scenario, ticker: str, key: str) -> float:
    """A figure of a product under a scenario, computed afresh."""
    table = Table(screen.workspace.catalogue, scenario)
    return table.number(screen.workspace.row_of(ticker), key)


def keys_shown(app: EtfCompare) -> list[str]:
    """The columns, from left to right."""
    return [column.key for column in products(app).sheet.columns]


async def test_one_pin_stands_beside_the_figure_with_how_far_the_present_is_from_it(
    tmp_path: Path,
) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(160, 40)) as pilot:
        screen = products(app)
        before = screen.scenario
        await pilot.press("A", *LONG)
        await pilot.pause()
        assert keys_shown(app)[3:6] == ["net_yield", "net_yield@A", "net_yield-A"]
        now = under(screen, screen.scenario, "BRAVO", "net_yield")
        then = under(screen, before, "BRAVO", "net_yield")
        assert value(screen, "BRAVO", "net_yield@A") == pytest.approx(then)
        assert value(screen, "BRAVO", "net_yield-A") == pytest.approx(now - then)
        assert f"{(now - then) * 10_000:+.0f}bp".replace("-", "−") in text_of(app)
        assert "Net yield A" in text_of(app)
        assert "now−A" in text_of(app)


async def test_two_pins_stand_beside_each_other_with_their_difference(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(200, 40)) as pilot:
        screen = products(app)
        await pilot.press(*LONG, "A", *CHEAP, "B", "W", "A", *LONG, "A", *CHEAP, "B")
        await pilot.pause()
        a, b = screen.pins["A"], screen.pins["B"]
        assert (a.horizon, b.horizon) == (730, 1095)
        assert keys_shown(app)[3:7] == [
            "net_yield",
            "net_yield@A",
            "net_yield@B",
            "net_yield@B-A",
        ]
        for ticker in BEST_FIRST[:-1]:
            under_a, under_b = (under(screen, one, ticker, "net_yield") for one in (a, b))
            assert value(screen, ticker, "net_yield@A") == pytest.approx(under_a)
            assert value(screen, ticker, "net_yield@B") == pytest.approx(under_b)
            assert value(screen, ticker, "net_yield@B-A") == pytest.approx(under_b - under_a)
        assert value(screen, "ECHO", "net_yield@B-A") is None
        assert "B−A" in text_of(app)


async def test_the_banner_says_what_each_pin_assumes(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(160, 40)) as pilot:
        await pilot.press("A", *LONG, "B")
        await pilot.pause()
        said = [line.plain for line in products(app).query_one(Banner).lines]
        assert len(said) == 3
        assert "as it was at first" in said[1]
        assert "Horizon 2y not 1y" in said[2]
        assert "Horizon 2y not 1y" in lines(app)[3]


async def test_the_same_key_lets_a_pin_go_and_another_scenario_takes_its_place(
    tmp_path: Path,
) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = products(app)
        plain = keys_shown(app)
        await pilot.press("A", "A")
        assert screen.pins == {}
        assert keys_shown(app) == plain
        await pilot.press("A", *LONG, "A")
        assert screen.pins["A"].horizon == 730
        await pilot.press("w", "A")  # from the panel too
        assert screen.pins == {}
        await pilot.press("B", "W")
        assert screen.pins == {}
        assert screen.scenario == screen.base
        assert keys_shown(app) == plain
        assert not screen.query_one(Banner).display


async def test_a_pin_follows_the_figure_that_is_sorted_by(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(160, 40)) as pilot:
        await pilot.press("A", "l", "l", "l", "]")  # over cash, by way of the columns of the pin
        await pilot.pause()
        assert products(app).look.sort[0].key == "over_cash"
        shown = keys_shown(app)
        place = shown.index("over_cash")
        assert shown[place + 1 : place + 3] == ["over_cash@A", "over_cash-A"]
        assert "net_yield@A" not in shown


async def test_a_pinned_column_is_sorted_by_its_figure(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(160, 40)) as pilot:
        screen = products(app)
        await pilot.press("A", "l", "left_square_bracket")
        assert screen.grid.column_key == "net_yield@A"
        assert screen.look.sort[0] == ("net_yield", False)
        assert tickers(app) == [*reversed(BEST_FIRST[:-1]), "ECHO"]


async def test_a_pinned_column_is_explained_under_its_scenario(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = products(app)
        await pilot.press("A", *LONG, "l")
        assert screen.grid.column_key == "net_yield@A"
        assert screen.scenario_of("net_yield@A").horizon == 365
        assert screen.scenario_of("net_yield").horizon == 730
        then = under(screen, screen.base, "BRAVO", "net_yield")
        await pilot.press("i")
        await pilot.pause()
        assert f"{then:.2%}" in text_of(app)


async def test_an_export_carries_the_pins_and_their_columns(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = products(app)
        await pilot.press("A", *LONG, "B")
        file = json.loads(exported(screen.workspace, screen.sheet, Form.JSON))
        assert file["scenario"]["horizon"] == 730
        assert {name: one["horizon"] for name, one in file["pins"].items()} == {"A": 365, "B": 730}
        assert list(file["figures"]) == keys_shown(app)
        assert "net_yield@B-A" in keys_shown(app)


async def test_pins_hold_on_the_catalogue_as_it_is_now(tmp_path: Path) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=(160, 40)) as pilot:
        screen = products(app)
        await pilot.press(*LONG, "A", "W", *LONG, "A", *CHEAP)
        path.write_text(SMALL.replace("{rate: 6.20%", "{rate: 5.20%"), encoding="utf-8")
        await pilot.press("r")
        await pilot.pause()
        assert screen.pins["A"].horizon == 730
        then = under(screen, screen.pins["A"], "BRAVO", "net_yield")
        assert value(screen, "BRAVO", "net_yield@A") == pytest.approx(then)


@given(scenarios(), st.integers(0, 4))
def test_a_product_alone_has_the_figures_that_it_has_among_others(
    scenario: Scenario, row: int
) -> None:
    table = Table(catalogue_of(SMALL), scenario)
    alone = table.alone(row)
    assert [one.ticker for one in alone.products] == [table.products[row].ticker]
    for key in FIGURES:
        assert alone.value(0, key) == table.value(row, key), key
        assert alone.marks(0, key) == table.marks(row, key), key
