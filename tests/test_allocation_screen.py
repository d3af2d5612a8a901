"""What to hold, by keys: every limit changes the answer, and what is shown is what was solved."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from threading import Event
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from conftest import TODAY
from etfcompare.engine.scenario import Scenario
from etfcompare.errors import EtfcompareError
from etfcompare.portfolio.allocation import Allocation, allocate
from etfcompare.portfolio.allocation_sheet import OBJECTIVE
from etfcompare.portfolio.binding import Infeasible
from etfcompare.tui import allocation_screen
from etfcompare.tui.allocation_answer import answer_page
from etfcompare.tui.allocation_chart import LEAST_HEIGHT, LEAST_WIDTH, chart
from etfcompare.tui.allocation_frame import NARROWEST
from etfcompare.tui.allocation_numbers import controls
from etfcompare.tui.allocation_screen import AllocationScreen
from etfcompare.tui.allocation_wishes import Asked, Wishes
from etfcompare.tui.products import ProductsScreen
from etfcompare.tui.reading import ReadingScreen
from etfcompare.tui.rebalance_screen import RebalanceScreen
from running import Run, runner
from screens import SMALL, app_on, lines, products, text_of, type_filter, written

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from textual.content import Content
    from textual.pilot import Pilot

    from etfcompare.engine.figures import Table
    from etfcompare.portfolio.holdings import Present
    from etfcompare.portfolio.limits import Limits
    from etfcompare.tui.app import EtfCompare

CORRELATED: Final = (
    SMALL.replace("risk: {volatility: 65%", "risk: {correlation: {BTC: 0.8}, volatility: 65%")
    .replace("risk: {volatility: 80%", "risk: {correlation: {BTC: 0.75, ETH: 0.8}, volatility: 80%")
    .replace("issuer: Meadow", "issuer: Meadow\n    custodian: Vault")
    .replace("aum: $770M", "aum: $770M, volume: $2M")
)
"""The small catalogue with what it takes to know the risk of several coins."""
CODES: Final = ("BTC", "ETH", "SOL")
KEYS: Final = [one.key for one in controls(CODES)]
HOSTILE: Final = "[@click=app.quit]x[/]"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(capsys, "allocate")


async def pressed(app: EtfCompare, pilot: Pilot[None], *keys: str) -> AllocationScreen:
    """Press keys, wait for the solver, and return the screen."""
    await pilot.press(*keys)
    await pilot.pause()
    await app.workers.wait_for_complete()
    await pilot.pause()
    assert products(app).allocation is not None
    screen = products(app).allocation
    assert screen is not None
    return screen


def weights(screen: AllocationScreen) -> dict[str, float]:
    """What is held."""
    answer = screen.solved.answer
    assert isinstance(answer, Allocation)
    return dict(answer.weights)


def to(key: str) -> list[str]:
    """The keys that lead from the first line to a limit."""
    return ["g", *["j"] * KEYS.index(key)]


def typing(text: str) -> list[str]:
    """The keys that type a value."""
    return ["enter", *text, "enter"]


# The answer


async def test_a_cap_of_five_percent_holds_the_methodologys_weights(tmp_path: Path) -> None:
    app = app_on(written(tmp_path, CORRELATED))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await pressed(app, pilot, "o", "1")
        found = weights(screen)
        assert found["BRAVO"] == pytest.approx(0.0625, abs=1e-6)
        assert found["cash"] == pytest.approx(0.9375, abs=1e-6)
        shown = text_of(app)
        assert "6.25%" in shown
        assert "93.75%" in shown
        assert "volatility cap of 5.00%: one percentage point more" in " ".join(shown.split())
        assert OBJECTIVE in shown


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_nothing_is_wider_than_the_window(tmp_path: Path, size: tuple[int, int]) -> None:
    app = app_on(written(tmp_path, CORRELATED))
    async with app.run_test(size=size) as pilot:
        await pressed(app, pilot, "o")
        shown = lines(app)
        assert max(map(cell_len, shown)) <= size[0]
        head = next(line for line in shown if "Weight" in line)
        held = next(line for line in shown if "BRAVO" in line and "12.50%" in line)
        assert head.index("Risk") + len("Risk") == held.index("100%") + len("100%")
        assert "Enter type" in shown[-1]


@pytest.mark.parametrize(
    ("key", "text", "before"),
    [
        ("max_volatility", "3%", ""),
        ("min_yield", "3.8%", "cap"),
        ("max_crypto", "5%", ""),
        ("cap:SOL", "4%", ""),
        ("floor:BTC", "3%", ""),
        ("issuer_cap", "2%", ""),
        ("product_cap", "2%", ""),
        ("custodian_cap", "2%", ""),
        ("min_aum", "$1B", ""),
        ("max_share_of_aum", "0.0001%", ""),
        ("amount", "$900M", "share"),
        ("days_to_exit", "1d", "amount"),
        ("participation", "0.1%", "amount"),
    ],
)
async def test_each_limit_changes_the_answer(
    tmp_path: Path, key: str, text: str, before: str
) -> None:
    app = app_on(written(tmp_path, CORRELATED))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await pressed(app, pilot, "o")
        if before == "cap":  # so low that a floor on the yield clashes
            screen = await pressed(app, pilot, *to("max_volatility"), *typing("1%"))
        if before == "share":
            screen = await pressed(app, pilot, *to("max_share_of_aum"), *typing("5%"))
        if before == "amount":  # so large that volumes matter
            screen = await pressed(app, pilot, *to("amount"), *typing("$20M"))
            screen = await pressed(app, pilot, *to("days_to_exit"), *typing("30d"))
        first = screen.solved.answer
        assert isinstance(first, Allocation)
        screen = await pressed(app, pilot, *to(key), *typing(text))
        second = screen.solved.answer
        assert isinstance(second, Infeasible) or weights(screen) != dict(first.weights)
        screen = await pressed(app, pilot, "minus")
        if key == "amount":
            assert products(app).scenario.amount == products(app).base.amount
        else:
            (control,) = (one for one in controls(CODES) if one.key == key)
            usual = control.get(Asked(Wishes(), products(app).base.amount))
            assert control.get(screen.asked) == (None if control.has_off else usual)


async def test_steps_go_past_the_ends_to_no_limit_and_back(tmp_path: Path) -> None:
    app = app_on(written(tmp_path, CORRELATED))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await pressed(app, pilot, "o", *to("cap:SOL"), "right")
        assert screen.wishes.asset_caps == {}
        screen = await pressed(app, pilot, "left")
        assert screen.wishes.asset_caps == {"SOL": 0.95}
        screen = await pressed(app, pilot, "l")
        assert screen.wishes.asset_caps == {}
        screen = await pressed(app, pilot, *to("floor:BTC"), "right", "right")
        assert screen.wishes.asset_floors == {"BTC": 0.1}
        screen = await pressed(app, pilot, "0")
        assert screen.wishes == Wishes()


async def test_limits_that_clash_are_named_and_taken_back_by_a_key(tmp_path: Path) -> None:
    app = app_on(written(tmp_path, CORRELATED))
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await pressed(app, pilot, "o", "1", *to("floor:SOL"), *typing("50%"))
        answer = screen.solved.answer
        assert isinstance(answer, Infeasible)
        shown = " ".join(text_of(app).split())
        for one in answer.clash:
            assert one.split()[0] in shown
        assert "These clash" in shown
        await pilot.press("x")
        await pilot.pause()
        assert app.screen is screen  # there is nothing to write
        screen = await pressed(app, pilot, "0")
        assert isinstance(screen.solved.answer, Allocation)


async def test_what_cannot_be_read_is_refused_in_words_and_nothing_changes(tmp_path: Path) -> None:
    app = app_on(written(tmp_path, CORRELATED))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await pressed(app, pilot, "o", *typing("5"))
        assert "has no unit" in text_of(app)
        assert screen.wishes == Wishes()
        screen = await pressed(app, pilot, "escape", *to("min_yield"), *typing("2 percent"))
        assert screen.wishes == Wishes()
        await pilot.press("escape")
        assert app.screen is screen


async def test_a_cap_on_names_that_nobody_states_is_said_to_hold_nothing(tmp_path: Path) -> None:
    text = CORRELATED.replace("    custodian: Vault\n", "")
    app = app_on(written(tmp_path, text))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await pressed(app, pilot, "o", *to("custodian_cap"), *typing("2%"))
        assert weights(screen)["BRAVO"] > 0.02
        assert "names a custodian" in text_of(app)


async def test_limits_that_bind_only_together_are_not_said_to_bind_nothing(tmp_path: Path) -> None:
    app = app_on(written(tmp_path, CORRELATED))
    async with app.run_test(size=(120, 40)) as pilot:
        keys = (*to("issuer_cap"), *typing("2%"), *to("product_cap"), *typing("2%"))
        screen = await pressed(app, pilot, "o", *keys)
        answer = screen.solved.answer
        assert isinstance(answer, Allocation)
        assert answer.together
        assert not answer.binding
        pane = " ".join(" ".join(line.partition("│")[2] for line in lines(app)).split())
        assert "bind only together: relaxing one alone brings nothing" in pane
        assert "No limit binds" not in pane


async def test_estimates_are_marked_in_the_figures_of_the_whole(tmp_path: Path) -> None:
    app = app_on(written(tmp_path, CORRELATED.replace("spread: 5bp, ", "")))
    async with app.run_test(size=(120, 40)) as pilot:
        await pressed(app, pilot, "o", "1")
        head = " ".join(lines(app)[1:3])
        assert re.search(r"net yield [0-9.]+% ", head)
        assert re.search(r"net carry [0-9.]+%~", head)
        assert re.search(r"trades cost once [0-9.]+bp~", head)


async def test_what_cannot_be_solved_is_said_and_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def restless(*_: object) -> None:
        raise EtfcompareError("it does not come to rest")

    app = app_on(written(tmp_path, CORRELATED))
    async with app.run_test(size=(120, 40)) as pilot:
        with monkeypatch.context() as patched:
            patched.setattr(allocation_screen, "allocate", restless)
            await pressed(app, pilot, "o")
            assert "it does not come to rest" in text_of(app)
        assert "BRAVO" in weights(await pressed(app, pilot, "1"))


async def test_while_it_solves_the_answer_before_is_said_to_be_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = Event()

    def slow(
        table: Table, rows: Sequence[int], limits: Limits, present: Present | None
    ) -> Allocation | Infeasible:
        done.wait()
        return allocate(table, rows, limits, present)

    monkeypatch.setattr(allocation_screen, "PATIENCE", 0.01)
    app = app_on(written(tmp_path, CORRELATED))
    async with app.run_test(size=(120, 40)) as pilot:
        await pressed(app, pilot, "o")
        monkeypatch.setattr(allocation_screen, "allocate", slow)
        try:
            await pilot.press("1")
            while "Solving" not in text_of(app):
                await pilot.pause()
            assert "12.50%" in text_of(app)
            await pilot.press("escape")
            await pilot.resize_terminal(80, 24)
        finally:
            done.set()
        await pressed(app, pilot, "o")
        assert "6.25%" in text_of(app)
        assert "Solving" not in text_of(app)


# What it stands on


async def test_the_filter_decides_what_is_considered(tmp_path: Path) -> None:
    app = app_on(written(tmp_path, CORRELATED))
    async with app.run_test(size=(120, 40)) as pilot:
        await type_filter(pilot, "btc")
        await pilot.press("enter")
        screen = await pressed(app, pilot, "o")
        assert weights(screen) == {"cash": 1.0}
        assert len(screen.solved.rows) == 2
        await pressed(app, pilot, "escape", "escape")
        screen = await pressed(app, pilot, "o")
        assert "BRAVO" in weights(screen)
        await pressed(app, pilot, "escape")
        await type_filter(pilot, "zzz")
        await pilot.press("enter")
        screen = await pressed(app, pilot, "o")
        assert weights(screen) == {"cash": 1.0}
        assert "No products are in sight" in text_of(app)


async def test_the_scenario_in_force_is_used_and_said(tmp_path: Path) -> None:
    app = app_on(written(tmp_path, CORRELATED))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await pressed(app, pilot, "o")
        assert "what if" not in text_of(app)
        products(app).assume(products(app).scenario.but("cash", 0.2))
        screen = await pressed(app, pilot)
        assert weights(screen) == {"cash": 1.0}
        assert "what if" in text_of(app)
        screen = await pressed(app, pilot, "W")
        assert "BRAVO" in weights(screen)


async def test_the_what_if_panel_opens_here_and_the_answer_follows(tmp_path: Path) -> None:
    app = app_on(written(tmp_path, CORRELATED))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await pressed(app, pilot, "o", "w", "2")
        assert products(app).scenario.waivers is False
        assert screen.solved.table.scenario.waivers is False
        await pilot.press("escape")
        assert app.screen is screen
        assert app.focused is screen.query_one("#grid")


async def test_a_scenario_is_pinned_here_as_in_the_table(tmp_path: Path) -> None:
    app = app_on(written(tmp_path, CORRELATED))
    async with app.run_test(size=(120, 40)) as pilot:
        for screen in ("o", "O"):
            await pressed(app, pilot, screen, "w", "2", "A")
            assert set(products(app).pins) == {"A"}
            assert " A " in text_of(app)
            await pressed(app, pilot, "A", "W", "escape")
            assert products(app).pins == {}


async def test_an_amount_is_part_of_the_scenario_and_all_screens_follow(tmp_path: Path) -> None:
    app = app_on(written(tmp_path, CORRELATED))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await pressed(app, pilot, "o", *to("amount"), *typing("$5M"))
        assert products(app).scenario.amount == 5e6
        answer = screen.solved.answer
        assert isinstance(answer, Allocation)
        assert answer.value_usd == 5e6


async def test_trades_begin_with_what_is_held_which_is_then_what_is_placed(tmp_path: Path) -> None:
    lot = "{ticker: ALFA, value: $30K, cost: $12K, bought: 2024-02-01}"
    held = f"holdings: {{cash: $70K, as_of: 2026-11-20, lots: [{lot}]}}\n"
    app = app_on(written(tmp_path, f"{CORRELATED}\n{held}"))
    async with app.run_test(size=(120, 50)) as pilot:
        screen = await pressed(app, pilot, "o", "G")
        answer = screen.solved.answer
        assert isinstance(answer, Allocation)
        assert answer.value_usd == 100_000
        assert {one.ticker for one in answer.trades} == {"ALFA", "BRAVO"}
        shown = text_of(app)
        assert "sell $30,000 of ALFA" in shown
        assert "Amount" not in shown


async def test_limits_are_kept_while_the_program_runs(tmp_path: Path) -> None:
    app = app_on(written(tmp_path, CORRELATED))
    async with app.run_test(size=(120, 40)) as pilot:
        await pressed(app, pilot, "o", "1", "escape")
        assert app.screen is products(app)
        screen = await pressed(app, pilot, "o")
        assert screen.wishes.max_volatility == 0.05
        for key, kind in (("O", RebalanceScreen), ("o", AllocationScreen), ("o", ProductsScreen)):
            await pressed(app, pilot, key)
            assert isinstance(app.screen, kind)


async def test_without_products_and_without_cash_it_says_so(tmp_path: Path) -> None:
    empty = CORRELATED.split("products:", maxsplit=1)[0]
    without = "\n".join(one for one in CORRELATED.splitlines() if not one.startswith("cash:"))
    for text in (f"{empty}products: []\n", f"{without}\n"):
        app = app_on(written(tmp_path, text))
        async with app.run_test(size=(100, 30)) as pilot:
            screen = await pressed(app, pilot, "o")
            assert screen.solved.answer is not None
            assert "Traceback" not in text_of(app)
            await pressed(app, pilot, "p", "escape", "i", "escape", "question_mark")
            assert isinstance(app.screen, ReadingScreen)


async def test_names_from_a_file_act_on_nothing(tmp_path: Path) -> None:
    text = CORRELATED.replace("ticker: BRAVO", f'ticker: "{HOSTILE}"').replace(
        "issuer: Meadow", f'issuer: "{HOSTILE}"'
    )
    app = app_on(written(tmp_path, text))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await pressed(app, pilot, "o", *to("issuer_cap"), *typing("2%"))
        assert HOSTILE in weights(screen)
        assert "[@click" in text_of(app)
        await pressed(app, pilot, "p", "escape", "i")
        assert app.is_running


async def test_where_there_is_no_room_no_answer_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written_for: list[int] = []

    def noted(screen: AllocationScreen, width: int, height: int) -> Content:
        written_for.append(width)
        return answer_page(screen.solved, width, height)

    monkeypatch.setattr(AllocationScreen, "page", noted)
    app = app_on(written(tmp_path, CORRELATED))
    async with app.run_test(size=(120, 40)) as pilot:
        await pressed(app, pilot, "o")
        for width in (30, 40, 49, 50, 120):
            await pilot.resize_terminal(width, 40)
            await pressed(app, pilot, "1", "0")
        assert min(written_for) >= NARROWEST
        assert "0 reset" in lines(app)[-1]


# Pages and files


async def test_pages_say_why_and_what_is_left_out(tmp_path: Path) -> None:
    app = app_on(written(tmp_path, CORRELATED))
    async with app.run_test(size=(120, 60)) as pilot:
        await pressed(app, pilot, "o", "i")
        shown = text_of(app)
        assert "Daily closes of 2026-10-02" in shown
        assert "0.75" in shown
        await pressed(app, pilot, "escape", "p")
        assert "ECHO" in text_of(app)
        await pressed(app, pilot, "escape", "question_mark")
        assert "No value" in text_of(app)


@pytest.mark.parametrize(("number", "option"), [("3", "--json"), ("1", "--csv")])
async def test_a_written_file_is_that_of_the_command_line(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch, number: str, option: str
) -> None:
    monkeypatch.chdir(tmp_path)
    path = written(tmp_path, CORRELATED)
    app = app_on(path)
    async with app.run_test(size=(120, 40)) as pilot:
        await pressed(app, pilot, "o", "1", "x", number, "enter")
    told = _written(tmp_path)
    outcome = run(
        *("--max-vol", "5%", option, "--catalogue", str(path), "--as-of", TODAY.isoformat()),
        *(["--frontier"] if option == "--json" else []),
    )
    if option == "--json":
        assert json.loads(told) == json.loads(outcome.out)
    else:
        assert told.splitlines() == outcome.out.splitlines()


def _written(folder: Path) -> str:
    (file,) = folder.glob("etfcompare-allocation-*")
    return file.read_bytes().decode("utf-8")


# Its parts


@given(
    st.sampled_from(controls(CODES)),
    st.lists(st.sampled_from([1, -1]), max_size=40),
)
def test_steps_stay_on_the_rungs_and_turn_back(control: object, steps: list[int]) -> None:
    one = next(each for each in controls(CODES) if each.key == getattr(control, "key", ""))
    asked = Asked(Wishes(), Scenario(as_of=TODAY).amount)
    for step in steps:
        asked = one.stepped(asked, step)
        value = one.get(asked)
        assert value in one.rungs or (value is None and one.has_off)
        back = one.stepped(one.stepped(asked, step), -step)
        assert back == asked or one.stepped(asked, step) == asked


@given(
    st.lists(
        st.tuples(st.floats(0, 2), st.floats(-1, 1)).map(lambda one: (one[0], one[1])), max_size=30
    ),
    st.tuples(st.floats(0, 2), st.floats(-1, 1)),
    st.integers(0, 120),
    st.integers(0, 40),
    st.none() | st.floats(0, 2),
)
def test_a_chart_fills_what_it_is_given_or_is_none(
    points: list[tuple[float, float]],
    chosen: tuple[float, float],
    width: int,
    height: int,
    cap: float | None,
) -> None:
    drawn = chart(points, chosen, cap, (width, height))
    if width < LEAST_WIDTH or height < LEAST_HEIGHT:
        assert drawn == []
        return
    assert len(drawn) == height
    assert max(one.cell_length for one in drawn) <= width
    assert "".join(one.plain for one in drawn).count("×") == 1


@given(st.lists(st.floats(0, 1), min_size=2, max_size=24), st.integers(24, 90))
def test_the_line_of_a_chart_has_no_gaps(rates: list[float], width: int) -> None:
    points = [(place / len(rates), rate) for place, rate in enumerate(rates)]
    drawn = [one.plain for one in chart(points, points[0], None, (width, 20))][:-2]
    columns = list(zip(*(one[one.index("│") + 1 :].ljust(width) for one in drawn), strict=False))
    filled = [place for place, cells in enumerate(columns) if "".join(cells).strip()]
    assert filled == list(range(filled[0], filled[-1] + 1))
    for before, after in pairwise(columns[filled[0] : filled[-1] + 1]):
        assert any(
            one in "─╭╰×" and other in "─╯╮×" for one, other in zip(before, after, strict=True)
        )


def test_only_the_cap_on_volatility_leaves_the_frontier_as_it_is() -> None:
    wishes = Wishes()
    assert replace(wishes, max_volatility=None) != replace(wishes, issuer_cap=0.5)


def test_the_first_screen_loads_neither_the_allocation_nor_a_solver() -> None:
    code = (
        "import sys, etfcompare.tui.app\n"
        "found = [one for one in sys.modules if 'allocation' in one or 'rebalanc' in one "
        "or one == 'scipy' or one.startswith('etfcompare.portfolio.')]\n"
        "sys.exit(', '.join(found) or 0)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
