"""The compare mode: figures down, products across; it says what the engine says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, Self

import pytest
from rich.cells import cell_len
from textual.content import Content
from textual.screen import Screen

from conftest import TODAY
from etfcompare.engine.cells import difference_of, number_text
from etfcompare.engine.figures import FIGURES, HEADLINE, LEDGER, Table
from etfcompare.engine.ledger import COSTS, TOTALS
from etfcompare.engine.scenario import Scenario
from etfcompare.engine.sensitivity import crossovers, switch
from etfcompare.engine.side_by_side import (
    BEST_SIGN,
    WORST_SIGN,
    Section,
    SideRow,
    side_by_side,
)
from etfcompare.tui.app import EtfCompare
from etfcompare.tui.chrome import KeyBar
from etfcompare.tui.reading import ReadingScreen
from etfcompare.tui.versus import VersusScreen
from etfcompare.tui.versus_findings import Findings
from etfcompare.tui.versus_keys import COMMANDS
from etfcompare.tui.versus_table import (
    GAP,
    GAP_MONEY,
    LABELS,
    Versus,
    figure_of,
    heading_of,
    layout,
)
from etfcompare.units import format_bps, format_money, format_rate
from etfcompare.workspace import Workspace
from screens import SMALL, lines, opened, text_of, written

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from textual.pilot import Pilot

THREE: Final = ("BRAVO", "CEDAR", "ALFA")
SIZES: Final = [(1, 1), (20, 5), (40, 8), (60, 15), (80, 24), (120, 40), (150, 20), (200, 60)]
HOSTILE: Final = "[@click=app.quit]x[/]"
TWINS: Final = (
    SMALL.split("products:")[0]
    + """\
products:
  - &twin
    ticker: ONE
    asset: SOL
    issuer: Northern
    fee: {rate: 0.25%, as_of: 2026-11-01, source: pages}
    staking: {staked: 90%, cut: 10%, as_of: 2026-11-10, source: pages}
  - ticker: TWO
    asset: SOL
    issuer: Northern
    fee: {rate: 0.25%, as_of: 2026-11-01, source: pages}
    staking: {staked: 90%, cut: 10%, as_of: 2026-11-10, source: pages}
"""
).replace("  - &twin\n    ticker", "  - ticker")
RIVALS: Final = """\
  - ticker: FOXTROT
    asset: SOL
    fee: {rate: 0.10%, as_of: 2026-11-01, source: pages}
    staking: {staked: 96%, cut: 14%, as_of: 2026-11-10, source: pages}
    market: {spread: 9bp, premium: 0.01%, as_of: 2026-11-18, source: pages}
"""
"""A fund that ties with BRAVO at some reward rate, and whose switch has a price."""


@pytest.fixture(autouse=True)
def _empty_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the comparison stand alone: it needs no other screen below it."""
    monkeypatch.setattr(EtfCompare, "get_default_screen", lambda _: Screen())


def table_of(workspace: Workspace) -> Table:
    return workspace.table(Scenario(as_of=TODAY))


def compared(path: Path, tickers: Sequence[str] = THREE) -> Versus:
    workspace = opened(path)
    return Versus(table_of(workspace), tuple(workspace.row_of(one) for one in tickers))


class Stage:
    """An app with a comparison on it."""

    def __init__(
        self, path: Path, tickers: Sequence[str] = THREE, size: tuple[int, int] = (120, 40)
    ) -> None:
        self.workspace = opened(path)
        self.app = EtfCompare(lambda: self.workspace, Scenario(as_of=TODAY))
        self.screen = VersusScreen(self.workspace, table_of(self.workspace), tickers)
        self.size = size
        self._running: AbstractAsyncContextManager[Pilot[None]] | None = None

    async def __aenter__(self) -> Self:
        self._running = self.app.run_test(size=self.size, notifications=True)
        self.pilot = await self._running.__aenter__()
        await self.app.push_screen(self.screen)
        await self.pilot.pause()
        return self

    async def __aexit__(self, *raised: object) -> None:
        assert self._running is not None
        await self._running.__aexit__(None, None, None)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    @property
    def here(self) -> tuple[str | None, str | None]:
        """Row and column of the cursor."""
        return self.screen.grid.row_key, self.screen.grid.column_key

    @property
    def differing(self) -> list[str]:
        return [key for key, side in self.screen.versus.sides.items() if side.differs]

    @property
    def shown(self) -> list[str]:
        return lines(self.app)

    def line(self, label: str) -> str:
        """The line of the table that begins with a name."""
        return next(one for one in self.shown if one.lstrip("▌ ").startswith(label))


# What the table holds


async def test_opens_on_the_net_yield_with_the_products_across_and_their_ledger_in_sight(
    tmp_path: Path,
) -> None:
    async with Stage(written(tmp_path), size=(80, 24)) as stage:
        assert stage.here == (HEADLINE, "BRAVO")
        title, heading = stage.shown[:2]
        assert " ".join(title.split()) == (
            "etfcompare Compare BRAVO CEDAR ALFA as of 2026-11-22 · cash 3.63% · 1y"
        )
        assert heading.split() == list(THREE)
        assert "Gross yield" in stage.line("Gross yield")
        assert "bp" in stage.line("gap to the best")


async def test_title_names_what_is_assumed_besides_the_usual(tmp_path: Path) -> None:
    async with Stage(written(tmp_path)) as stage:
        scenario = replace(stage.screen.versus.table.scenario, amount=5e6, cash=0.01)
        stage.screen.show(stage.workspace.table(scenario))
        await stage.pilot.pause()
        assert "as of 2026-11-22 · cash 1.00% · 1y · amount $5M" in stage.shown[0]
        await stage.pilot.resize_terminal(60, 24)
        await stage.pilot.pause()
        assert "amount $5M" in stage.shown[0]
        assert "as of" not in stage.shown[0]
        await stage.pilot.resize_terminal(120, 40)
        await stage.pilot.pause()
        assert "a year on $5.00M" in text_of(stage.app)


def test_every_figure_of_the_engine_has_a_row_under_the_heading_of_its_section(
    tmp_path: Path,
) -> None:
    versus = compared(written(tmp_path))
    keys = versus.row_keys(only_differing=False)
    assert len(keys) == len(set(keys))
    sides = side_by_side(versus.table, versus.rows)
    assert [key for key in keys if key in FIGURES] == [one.figure.key for one in sides]
    heading = ""
    for key in keys:
        heading = heading_of(key) or heading
        figure = figure_of(key)
        if figure is not None:
            assert Section(heading) is versus.sides[figure].section


def test_signs_of_best_and_worst_are_those_of_the_engine(tmp_path: Path) -> None:
    versus = compared(written(tmp_path))
    for key, side in versus.sides.items():
        for place, ticker in enumerate(versus.tickers):
            signs = versus.cell(key, ticker).marks
            assert (BEST_SIGN in signs) is (place in side.best)
            assert (WORST_SIGN in signs) is (place in side.worst and place not in side.best)
    assert versus.cell(HEADLINE, "BRAVO").marks.endswith(BEST_SIGN)
    assert versus.cell(HEADLINE, "ALFA").marks.endswith(WORST_SIGN)
    assert versus.cell("aum", "ALFA").marks.endswith(BEST_SIGN)
    assert not versus.cell("issuer", "ALFA").marks.strip()


def test_marks_of_a_figure_stand_behind_it(tmp_path: Path) -> None:
    versus = compared(written(tmp_path))
    assert versus.cell("net_yield", "CEDAR").marks.startswith("~!")
    assert versus.cell("cash_yield", "CEDAR").marks.strip() == ""


def test_a_best_figure_that_most_share_has_its_sign_and_no_colour(tmp_path: Path) -> None:
    versus = compared(written(tmp_path), ["BRAVO", "CEDAR", "ALFA", "DELTA"])
    side = versus.sides["waiver_relief"]
    assert side.worst == {1, 2, 3}
    for ticker in ("CEDAR", "ALFA", "DELTA"):
        assert versus.cell("waiver_relief", ticker).style == ""
        assert versus.cell("waiver_relief", ticker).marks.endswith(WORST_SIGN)
    assert versus.cell("waiver_relief", "BRAVO").style == "gain"


def test_ledger_adds_up_as_it_is_shown(tmp_path: Path) -> None:
    versus = compared(written(tmp_path))
    for ticker in versus.tickers:
        running = 0
        for key in LEDGER[: LEDGER.index(HEADLINE)]:
            text = versus.cell(key, ticker).text
            running += 0 if text == "–" else hundredths(text)
            if key in COSTS:
                assert hundredths(text) <= 0
        assert running == hundredths(versus.cell(HEADLINE, ticker).text)


def hundredths(text: str) -> int:
    return round(float(text.replace("−", "-").rstrip("%")) * 100)


@pytest.mark.parametrize("width", [6, 17, 32])
def test_bars_of_all_products_share_one_scale(tmp_path: Path, width: int) -> None:
    versus = compared(written(tmp_path))
    least, most = versus.scale
    cells = width / (most - least)
    for ticker in versus.tickers:
        drawn = versus.bar("gross_yield", ticker, width)
        assert drawn is not None
        pieces, look = drawn
        assert sum(len(piece.text) for piece in pieces) == width
        value = versus.sides["gross_yield"].values[versus.tickers.index(ticker)]
        assert isinstance(value, float)
        filled = sum(len(piece.text.strip()) for piece in pieces)
        assert filled == pytest.approx(value * cells, abs=2)
        assert look == ("bar-gain" if value else "bar-loss")
    looks = {key: versus.bar(key, "BRAVO", width) for key in ("cut_cost", HEADLINE)}
    assert [one[1] for one in looks.values() if one] == ["bar-loss", "bar-total"]


def test_a_bar_begins_where_the_one_above_ended_and_totals_begin_at_zero(tmp_path: Path) -> None:
    versus = compared(written(tmp_path))
    for waterfall in versus.waterfalls:
        ended = 0.0
        for key, (start, end) in waterfall.spans.items():
            assert start == (0.0 if key in TOTALS else ended)
            if key in TOTALS:
                assert end == pytest.approx(ended)
            ended = end


def test_gaps_below_the_net_yield_are_those_of_the_engine(tmp_path: Path) -> None:
    versus = compared(written(tmp_path))
    side = versus.sides[HEADLINE]
    assert versus.cell(GAP, "BRAVO").text == "best"
    assert versus.cell(GAP_MONEY, "BRAVO").text == ""
    for place, ticker in [(1, "CEDAR"), (2, "ALFA")]:
        gap, money = side.gaps[place], side.money[place]
        assert gap is not None
        assert money is not None
        assert money == pytest.approx(gap * versus.table.scenario.amount)
        assert versus.cell(GAP, ticker).text == format_bps(gap, minus="−")
        assert versus.cell(GAP_MONEY, ticker).text == format_money(money, signed=True, minus="−")


def test_what_is_not_known_is_shown_so_and_never_the_best(tmp_path: Path) -> None:
    versus = compared(written(tmp_path), ["BRAVO", "ECHO"])
    for key in (HEADLINE, GAP, GAP_MONEY, "effective_fee"):
        assert versus.cell(key, "ECHO").text == "?" or not versus.sides[HEADLINE].best
    assert versus.cell(HEADLINE, "ECHO").text == "?"
    assert versus.bar(HEADLINE, "ECHO", 20) is None
    said = " ".join(str(one) for one in Findings(versus).choice(80))
    assert "BRAVO and ECHO: unknown, as a net yield is" in said


# Keys


async def test_keys_move_from_figure_to_figure_past_headings_and_stop_at_the_ends(
    tmp_path: Path,
) -> None:
    async with Stage(written(tmp_path), size=(80, 24)) as stage:
        stops = [
            one for one in stage.screen.versus.row_keys(only_differing=False) if figure_of(one)
        ]
        await stage.press("g")
        assert stage.here[0] == stops[0]
        assert stage.shown[3].startswith(f"   {Section.TERMS}  ")
        for stop in stops[1:20]:
            await stage.pilot.press("j")
            assert stage.here[0] == stop
        for stop in stops[18::-1]:
            await stage.pilot.press("up")
            assert stage.here[0] == stop
        await stage.press("k")
        assert stage.here[0] == stops[0]
        assert stage.shown[3].startswith(f"   {Section.TERMS}  ")
        await stage.press("G", "down")
        assert stage.here[0] == stops[-1]
        await stage.press("ctrl+u", "pageup", "ctrl+d", "pagedown", "pagedown")
        assert stage.here[0] in stops


async def test_h_and_l_move_from_product_to_product_and_never_to_the_names(tmp_path: Path) -> None:
    async with Stage(written(tmp_path), size=(60, 15)) as stage:
        for key, expected in [
            ("h", "BRAVO"),
            ("l", "CEDAR"),
            ("right", "ALFA"),
            ("l", "ALFA"),
            ("left", "CEDAR"),
        ]:
            await stage.press(key)
            assert stage.here[1] == expected
            assert expected in stage.shown[1]


async def test_n_visits_exactly_the_rows_that_differ_and_begins_again(tmp_path: Path) -> None:
    async with Stage(written(tmp_path), size=(80, 24)) as stage:
        differing = stage.differing
        assert "cash_yield" not in differing
        await stage.press("g", "N", "n")
        seen = []
        for _ in differing[:12]:
            seen.append(stage.here[0])
            await stage.pilot.press("n")
        assert seen == differing[:12]
        await stage.press("G", "n")
        assert stage.here[0] == differing[0]
        await stage.press("N")
        assert stage.here[0] == differing[-1]


@pytest.mark.parametrize("key", ["f", "equals_sign"])
async def test_only_differences_hides_the_rest_and_keeps_the_cursor(
    tmp_path: Path, key: str
) -> None:
    async with Stage(written(tmp_path), size=(120, 60)) as stage:
        assert "Cash" in [one.strip().split("  ")[0] for one in stage.shown]
        await stage.press("l", key)
        assert stage.here == (HEADLINE, "CEDAR")
        rows = stage.screen.versus.row_keys(only_differing=True)
        assert [one for one in rows if one in FIGURES] == stage.differing
        assert "Cash" not in [one.strip().split("  ")[0] for one in stage.shown]
        await stage.press(key)
        assert "Cash" in [one.strip().split("  ")[0] for one in stage.shown]


async def test_products_that_agree_in_all_say_so_and_come_back(tmp_path: Path) -> None:
    async with Stage(written(tmp_path, TWINS), ["ONE", "TWO"]) as stage:
        assert not stage.differing
        assert GAP not in stage.screen.versus.row_keys(only_differing=False)
        assert BEST_SIGN not in text_of(stage.app)
        assert WORST_SIGN not in text_of(stage.app)
        assert "ONE and TWO leave the same at any SOL rewards" in text_of(stage.app)
        assert "all of them leave the same" in text_of(stage.app)
        before = stage.here
        await stage.press("n")
        assert stage.here == before
        await stage.press("f")
        assert "These products agree in every figure." in text_of(stage.app)
        await stage.press("i", "n", "j")
        assert stage.app.screen is stage.screen
        await stage.press("f", "j")
        assert stage.here[0] not in {None, before[0]}


@pytest.mark.parametrize("key", ["escape", "q", "c"])
async def test_closing_keys_close(tmp_path: Path, key: str) -> None:
    async with Stage(written(tmp_path)) as stage:
        await stage.press(key)
        assert stage.app.screen is not stage.screen


async def test_i_explains_the_figure_of_the_product_under_the_cursor(tmp_path: Path) -> None:
    async with Stage(written(tmp_path)) as stage:
        await stage.press("l", "i")
        assert isinstance(stage.app.screen, ReadingScreen)
        assert "Net yield of CEDAR" in text_of(stage.app)
        await stage.press("escape", "j")
        assert stage.here[0] == GAP
        await stage.press("i")
        assert "Net yield of CEDAR" in text_of(stage.app)


async def test_a_short_page_is_no_higher_than_its_text(tmp_path: Path) -> None:
    async with Stage(written(tmp_path)) as stage:
        await stage.app.push_screen(ReadingScreen("Short", lambda _: Content("one\ntwo")))
        await stage.pilot.pause()
        said = [one.strip("▌ ") for one in stage.shown]
        last = next(place for place, one in enumerate(said) if "esc closes" in one)
        inside = [one.split("│")[1].strip() for one in said[last - 4 : last]]
        assert inside == ["", "one", "two", ""]


async def test_a_second_click_on_a_figure_explains_it(tmp_path: Path) -> None:
    async with Stage(written(tmp_path)) as stage:
        y = next(y for y, one in enumerate(stage.shown) if "Expense ratio" in one)
        x = stage.shown[1].index("ALFA")
        await stage.pilot.click(offset=(x, y))
        assert stage.here == ("expense_ratio", "ALFA")
        await stage.pilot.click(offset=(x, y))
        await stage.pilot.pause()
        assert "Expense ratio of ALFA" in text_of(stage.app)


async def test_help_names_every_key_and_sign(tmp_path: Path) -> None:
    async with Stage(written(tmp_path), size=(100, 50)) as stage:
        await stage.press("question_mark")
        said = text_of(stage.app)
        for command in COMMANDS:
            assert command.shown_keys in said
            assert command.meaning[:40] in said
        assert all(sign in said for sign in (BEST_SIGN, WORST_SIGN, "~", "!"))


async def test_keys_in_the_bar_do_what_they_say_when_clicked(tmp_path: Path) -> None:
    async with Stage(written(tmp_path), size=(80, 24)) as stage:
        bar_line = stage.shown[-1]
        assert bar_line.strip().startswith("f differences   n next   i why   Esc close   ? help")
        await stage.pilot.click(KeyBar, offset=(bar_line.index("differences"), 0))
        assert "Cash" not in [one.strip().split("  ")[0] for one in stage.shown]
        await stage.pilot.click(KeyBar, offset=(bar_line.index("close"), 0))
        assert stage.app.screen is not stage.screen


# What is said beside the table


async def test_panel_says_what_the_figure_means_and_how_far_each_is_off(tmp_path: Path) -> None:
    async with Stage(written(tmp_path), size=(200, 60)) as stage:
        side = stage.screen.versus.sides["effective_fee"]
        while stage.here[0] != "effective_fee":
            await stage.pilot.press("k")
        await stage.pilot.pause()
        said = text_of(stage.app)
        assert FIGURES["effective_fee"].meaning[:30] in said
        for gap, money in zip(side.gaps, side.money, strict=True):
            assert gap is not None
            assert money is not None
            if gap:
                shown = format_money(money, signed=True, minus="−")
                assert f"{format_bps(gap, minus='−')} · {shown} a year" in said
        assert "best" in said


@pytest.mark.parametrize(
    ("key", "gap", "said"),
    [
        ("net_yield", -0.0004, "−4bp"),
        ("over_cash", -0.0004, "−4bp"),
        ("aum", -2e6, "−$2.00M"),
        ("waiver_days", float("-inf"), "−∞"),
        ("waiver_days", float("inf"), "+∞"),
        ("age", -3.0, "−3d"),
        ("yield_per_vol", -0.01, "−0.010"),
    ],
)
def test_a_distance_is_told_in_the_unit_of_its_figure(key: str, gap: float, said: str) -> None:
    assert number_text(difference_of(FIGURES[key]), gap, minus="−") == said


def test_crossovers_are_those_of_the_engine(tmp_path: Path) -> None:
    versus = compared(written(tmp_path, SMALL + RIVALS), ["BRAVO", "FOXTROT"])
    (found,) = crossovers(versus.table, versus.rows)
    assert found.reward_rate is not None
    said = " ".join(str(one).strip() for one in Findings(versus).ties(200))
    rate = format_rate(found.reward_rate)
    expected = f"BRAVO and FOXTROT tie at {rate} gross SOL rewards; above it {found.above} "
    assert expected in said
    assert "now SOL 6.20%" in said


def test_a_fund_that_always_leads_is_said_to(tmp_path: Path) -> None:
    dear = RIVALS.replace("0.10%", "2%").replace("cut: 14%", "cut: 20%")
    versus = compared(written(tmp_path, SMALL + dear), ["FOXTROT", "BRAVO"])
    said = " ".join(str(one).strip() for one in Findings(versus).ties(200))
    assert "BRAVO leaves more than FOXTROT at any SOL rewards" in said


def test_the_end_of_a_waiver_that_swaps_two_is_told_with_its_day(tmp_path: Path) -> None:
    close = RIVALS.replace("cut: 14%", "cut: 8%").replace("0.10%", "0.20%")
    versus = compared(written(tmp_path, SMALL + close), ["BRAVO", "FOXTROT"])
    said = " ".join(str(one).strip() for one in Findings(versus).ties(200))
    expected = "2027-03-01: the waiver of BRAVO ends; FOXTROT then leaves more than BRAVO"
    assert expected in said


def test_switching_names_cost_and_days_to_the_one_that_leaves_most(tmp_path: Path) -> None:
    versus = compared(written(tmp_path, SMALL + RIVALS), ["ALFA", "BRAVO", "FOXTROT"])
    for found in Findings(versus).switches:
        assert found.target == "BRAVO"
    row_of = dict(zip(versus.tickers, versus.rows, strict=True))
    found = switch(versus.table, row_of["FOXTROT"], row_of["BRAVO"])
    assert found.cost is not None
    assert found.days is not None
    said = " ".join(str(one) for one in Findings(versus).switching(200))
    money = format_money(found.cost * versus.table.scenario.amount)
    assert f"FOXTROT → BRAVO costs {format_rate(found.cost)} ({money}), paid back in" in said


def test_parts_of_a_switch_that_are_not_known_are_named(tmp_path: Path) -> None:
    versus = compared(written(tmp_path), ["BRAVO", "DELTA"])
    said = " ".join(str(one) for one in Findings(versus).switching(200))
    assert "DELTA → BRAVO: known parts cost 0." in said
    assert said.endswith("; premium not known")
    assert "paid back" not in said


def test_no_switch_to_what_is_not_on_sale_is_told(tmp_path: Path) -> None:
    text = SMALL.replace("- ticker: BRAVO\n", "- ticker: BRAVO\n    status: pending\n")
    versus = compared(written(tmp_path, text), ["BRAVO", "ALFA"])
    _, said = map(str, Findings(versus).switching(200))
    assert said == "none of those that trade leaves more than another"


async def test_enter_shows_all_of_what_the_panel_has_no_room_for(tmp_path: Path) -> None:
    tickers = ["BRAVO", "FOXTROT", "CEDAR", "ALFA", "DELTA", "ECHO"]
    async with Stage(written(tmp_path, SMALL + RIVALS), tickers, size=(80, 24)) as stage:
        assert "enter shows the rest" in text_of(stage.app)
        assert "Switching" not in text_of(stage.app)
        await stage.press("enter", "G")
        assert "Switching" in text_of(stage.app)


# Other catalogues, other windows


async def test_a_reload_keeps_the_cursor_and_names_what_is_gone(tmp_path: Path) -> None:
    path = written(tmp_path)
    async with Stage(path) as stage:
        await stage.press("l", "j", "j", "j")
        here = stage.here
        path.write_text(SMALL.replace("ticker: ALFA", "ticker: OMEGA"), encoding="utf-8")
        stage.workspace.reload()
        stage.screen.show(table_of(stage.workspace))
        await stage.pilot.pause()
        assert stage.screen.versus.tickers == ("BRAVO", "CEDAR")
        assert stage.here == here
        assert "gone from the catalogue: ALFA" in text_of(stage.app)


async def test_a_reload_below_an_open_page_shows_when_the_page_is_closed(tmp_path: Path) -> None:
    path = written(tmp_path)
    async with Stage(path) as stage:
        await stage.press("i")
        path.write_text(SMALL.replace("cut: 6%", "cut: 26%"), encoding="utf-8")
        stage.workspace.reload()
        stage.screen.show(table_of(stage.workspace))
        await stage.press("escape", "j")
        assert stage.here[0] == GAP
        text = stage.screen.versus.cell(HEADLINE, "BRAVO").text
        assert text == "4.04%"
        assert text in stage.line("Net yield")


async def test_fewer_than_two_say_so_and_come_back_with_their_products(tmp_path: Path) -> None:
    path = written(tmp_path)
    async with Stage(path, ["BRAVO", "ALFA"]) as stage:
        path.write_text(SMALL.replace("ticker: ALFA", "ticker: OMEGA"), encoding="utf-8")
        stage.workspace.reload()
        stage.screen.show(table_of(stage.workspace))
        await stage.pilot.pause()
        said = text_of(stage.app)
        assert "Fewer than two products are left to compare." in said
        assert "Gone from the catalogue: ALFA" in said
        await stage.press("j", "n", "f", "f", "i", "enter")
        path.write_text(SMALL, encoding="utf-8")
        stage.workspace.reload()
        stage.screen.show(table_of(stage.workspace))
        await stage.press("j")
        assert stage.screen.versus.tickers == ("BRAVO", "ALFA")
        assert stage.line("Net yield")


async def test_no_size_of_the_window_fails(tmp_path: Path) -> None:
    tickers = ["BRAVO", "CEDAR", "ALFA", "DELTA", "ECHO"]
    async with Stage(written(tmp_path), tickers, size=SIZES[0]) as stage:
        for width, height in [*SIZES, *SIZES[::-2]]:
            await stage.pilot.resize_terminal(width, height)
            await stage.press("l", "n", "f", "f", "G")
            assert max(map(cell_len, stage.shown)) <= width
        assert stage.app.is_running


async def test_a_window_too_small_asks_for_more(tmp_path: Path) -> None:
    async with Stage(written(tmp_path), size=(30, 7)) as stage:
        assert "enlarge the window" in text_of(stage.app)
        await stage.pilot.resize_terminal(80, 24)
        await stage.pilot.pause()
        assert stage.line("Net yield")


@pytest.mark.parametrize("count", range(2, 7))
@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_bars_go_before_products_do(count: int, width: int) -> None:
    columns, bar_width = layout([f"T{place}" for place in range(count)], width)
    assert columns[0].key == LABELS
    assert len(columns) == count + 1
    if bar_width:
        spans = sum(one.width + 2 + one.gap for one in columns)
        assert spans + 3 <= width


async def test_bars_stand_before_the_figures_of_the_ledger_only_where_there_is_room(
    tmp_path: Path,
) -> None:
    async with Stage(written(tmp_path), size=(120, 40)) as stage:
        assert "█" in stage.line("Gross yield")
        assert "█" not in stage.line("Break-even")
        await stage.pilot.resize_terminal(60, 24)
        await stage.pilot.pause()
        assert "█" not in text_of(stage.app)


async def test_colour_is_never_the_only_sign(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = []
    for variable in ("COLOURED", "NO_COLOR"):
        monkeypatch.setenv(variable, "1")
        async with Stage(written(tmp_path)) as stage:
            shown.append(text_of(stage.app))
    assert shown[0] == shown[1]


async def test_the_cell_under_the_cursor_is_reversed_bar_and_all_where_there_is_no_colour(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with Stage(written(tmp_path)) as stage:
        y = next(y for y, one in enumerate(stage.shown) if "Net yield" in one)
        strip = stage.screen.grid.render_line(y - 1)
        drawn = [one for one in strip if "█" in one.text]
        assert [bool(one.style and one.style.reverse) for one in drawn] == [True, False]


async def test_markup_in_names_is_shown_literally(tmp_path: Path) -> None:
    text = SMALL.replace("ticker: BRAVO", f'ticker: "{HOSTILE}"')
    text = text.replace("issuer: Meadow", f'issuer: "{HOSTILE}"')
    path = written(tmp_path, text)
    async with Stage(path, [HOSTILE, "CEDAR"], size=(150, 60)) as stage:
        assert HOSTILE in stage.shown[0]
        await stage.press("g")
        assert HOSTILE in stage.line("Issuer")
        await stage.press("enter")
        assert f"CEDAR → {HOSTILE}" in text_of(stage.app)
        path.write_text(SMALL, encoding="utf-8")
        stage.workspace.reload()
        await stage.press("escape")
        stage.screen.show(table_of(stage.workspace))
        await stage.pilot.pause()
        assert f"Gone from the catalogue: {HOSTILE}" in text_of(stage.app)


def test_rows_of_the_engine_fit_what_is_drawn(tmp_path: Path) -> None:
    """Gaps are worse, never better, than the best, whatever the direction of the figure."""
    versus = compared(written(tmp_path))
    sides: list[SideRow] = list(versus.sides.values())
    assert all(gap <= 0 for side in sides for gap in side.gaps if gap is not None)
