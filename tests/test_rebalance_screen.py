"""Whether to trade what is held, by keys: the verdict, the trades, the lots, and the losses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from rich.cells import cell_len

from conftest import TODAY
from etfcompare.engine.scenario import Scenario
from etfcompare.portfolio.rebalancing import Choice
from etfcompare.tui.rebalance_screen import Part, RebalanceScreen
from etfcompare.tui.rebalance_terms import Asked, Terms, controls
from running import runner
from screens import SMALL, app_on, lines, products, text_of, written
from told import Telling

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from etfcompare.tui.app import EtfCompare

RIVAL: Final = """\
  - ticker: FOXTROT
    issuer: Other
    asset: SOL
    listing: {exchange: Cboe BZX, country: US}
    fee: {rate: 0.10%, as_of: 2026-11-01, source: pages}
    staking: {staked: 96%, cut: 14%, as_of: 2026-11-10, source: pages}
    market: {spread: 9bp, premium: 0.01%, as_of: 2026-11-18, source: pages}
"""
HELD: Final = f"""\
{SMALL}{RIVAL}
holdings:
  cash: $480K
  as_of: 2026-11-20
  lots:
    - {{ticker: BRAVO, value: $20K, cost: $14K, bought: 2025-11-03}}
    - {{ticker: BRAVO, value: $10K, cost: $16K, bought: 2026-03-02}}
    - {{ticker: ALFA, value: $30K, cost: $12K, bought: 2024-02-01}}
    - {{ticker: CEDAR, value: $8K, cost: $13K, bought: 2026-06-01, account: sheltered}}
"""
"""A gain, a loss, a large old gain, and a loss in a sheltered account."""
SIZES: Final = [(80, 24), (120, 40), (200, 60)]
HOSTILE: Final = "[@click=app.quit]x[/]"


async def pressed(app: EtfCompare, pilot: Pilot[None], *keys: str) -> RebalanceScreen:
    """Press keys and return the screen."""
    await pilot.press(*keys)
    await pilot.pause()
    screen = products(app).rebalance
    assert screen is not None
    return screen


def to(key: str, *, is_held: bool = True) -> list[str]:
    """The keys that lead from the first line to a number."""
    return ["g", *["j"] * [one.key for one in controls(is_held=is_held)].index(key)]


def typing(text: str) -> list[str]:
    """The keys that type a value."""
    return ["enter", *text, "enter"]


# Without holdings


async def test_a_typed_sleeve_is_trimmed_as_the_methodology_says(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await pressed(
            app,
            pilot,
            "O",
            *(*to("basis", is_held=False), *typing("50%")),
            *(*to("gains_tax", is_held=False), *typing("23.8%")),
            *(*to("spread", is_held=False), *typing("20bp")),
        )
        assert screen.weighed is not None
        sale = screen.weighed.plan.sale(Choice.TARGET)
        assert sale is not None
        assert sale.sell == pytest.approx(200_481.1547714515, abs=1e-6)
        assert sale.tax == pytest.approx(23_857.257417802724, abs=1e-6)
        assert sale.cost == pytest.approx(200.4811547714515, abs=1e-6)
        assert screen.weighed.plan.drift == pytest.approx(2.041666666666667)
        assert "holdings:" in text_of(app)
        assert products(app).scenario.gains_tax == pytest.approx(0.238)
        assert "what if" in text_of(app)


async def test_the_verdict_comes_first_and_doing_nothing_says_why(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await pressed(
            app,
            pilot,
            "O",
            *(*to("basis", is_held=False), *typing("50%")),
            *(*to("gains_tax", is_held=False), *typing("23.8%")),
            *(*to("volatility", is_held=False), *typing("80%")),
        )
        assert screen.weighed is not None
        assert screen.weighed.plan.choice is Choice.NOTHING
        shown = " ".join(text_of(app).split())
        assert "Do nothing" in shown
        assert "the benefit does not pay the cost" in shown
        assert shown.index("Do nothing") < shown.index("Sleeve after")
        await pressed(app, pilot, *to("target", is_held=False), *typing("3.9%"))
        assert "within its band" in " ".join(text_of(app).split())


async def test_it_begins_with_the_coin_under_the_cursor_and_goes_on_by_a_key(
    tmp_path: Path,
) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await pressed(app, pilot, "O")
        assert screen.part == Part(asset="SOL")
        assert "figures of BRAVO, the largest fund on it" in text_of(app)
        screen = await pressed(app, pilot, "s")
        assert screen.part == Part()
        screen = await pressed(app, pilot, "S")
        assert screen.part == Part(asset="SOL")


# With holdings


@pytest.mark.parametrize("text", [HELD, SMALL], ids=["held", "typed"])
@pytest.mark.parametrize("size", SIZES)
async def test_nothing_is_wider_than_the_window(
    tmp_path: Path, size: tuple[int, int], text: str
) -> None:
    app = app_on(written(tmp_path, text))
    async with app.run_test(size=size) as pilot:
        screen = await pressed(app, pilot, "O")
        assert max(map(cell_len, lines(app))) <= size[0]
        assert screen.weighed is not None
        page = screen.page(size[0] - 34, size[1])
        assert max(line.cell_length for line in page.split("\n")) <= size[0] - 34


async def test_lots_are_sold_sheltered_first_then_losses_then_by_tax(tmp_path: Path) -> None:
    app = app_on(written(tmp_path, HELD))
    async with app.run_test(size=(160, 60)) as pilot:
        await pressed(app, pilot, "O", *to("gains_tax"), *typing("20%"))
        shown = lines(app)
        start = next(place for place, line in enumerate(shown) if "in the order of selling" in line)
        rows = [line.split("│", 1)[1] for line in shown[start + 2 : start + 6]]
        assert [line.split()[0] for line in rows] == ["CEDAR", "BRAVO", "BRAVO", "ALFA"]
        assert "sheltered" in rows[0]
        assert "−$6.00K" in rows[1]


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("target", "3%"),
        ("band", "200%"),
        ("absolute", "0.5%"),
        ("gamma", "9"),
        ("gains_tax", "20%"),
        ("commission", "1%"),
        ("spread", "5%"),
        ("volatility", "10%"),
    ],
)
async def test_each_number_changes_the_plan(tmp_path: Path, key: str, text: str) -> None:
    app = app_on(written(tmp_path, HELD))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await pressed(app, pilot, "O")
        assert screen.weighed is not None
        first = screen.weighed.plan
        screen = await pressed(app, pilot, *to(key), *typing(text))
        assert screen.weighed is not None
        assert screen.weighed.plan != first
        screen = await pressed(app, pilot, "0", "W")
        assert screen.weighed is not None
        assert screen.weighed.plan == first


async def test_losses_are_listed_with_what_to_hold_instead_and_a_label_with_its_reason(
    tmp_path: Path,
) -> None:
    app = app_on(written(tmp_path, HELD))
    async with app.run_test(size=(160, 80)) as pilot:
        screen = await pressed(app, pilot, "O", *to("gains_tax"), *typing("20%"))
        shown = " ".join(text_of(app).split())
        assert "Harvest losses BRAVO of 2026-03-02" in shown.replace("│ ", "")
        assert "FOXTROT" in shown
        assert screen.weighed is not None
        (harvest,) = screen.weighed.harvests  # the sheltered loss saves no tax
        label = next(one.label for one in harvest.alternatives if one.ticker == "FOXTROT")
        assert label.exposure.value.upper() in shown
        assert label.why.split(":")[0] in shown
        assert "a deferral worth" in shown
        assert "safe" not in shown.casefold()


async def test_a_sleeve_is_all_a_coin_or_a_fund_of_what_is_held(tmp_path: Path) -> None:
    app = app_on(written(tmp_path, HELD))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await pressed(app, pilot, "O")
        assert screen.part == Part()
        seen = []
        for _ in screen.parts:
            seen.append(screen.part)
            assert screen.weighed is not None
            screen = await pressed(app, pilot, "s")
        assert screen.part == Part()
        assert set(seen) == {
            Part(),
            *(Part(asset=code) for code in ("BTC", "ETH", "SOL")),
            *(Part(ticker=ticker) for ticker in ("ALFA", "BRAVO", "CEDAR")),
        }


async def test_nothing_held_says_so(tmp_path: Path) -> None:
    text = f"{SMALL}\nholdings: {{cash: $480K, as_of: 2026-11-20}}\n"
    app = app_on(written(tmp_path, text))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await pressed(app, pilot, "O")
        assert screen.weighed is None
        assert "Nothing is held of all crypto." in text_of(app)
        await pressed(app, pilot, "s", "S", "question_mark", "escape", "escape")
        assert app.screen is products(app)


async def test_names_from_a_file_act_on_nothing(tmp_path: Path) -> None:
    text = HELD.replace("BRAVO", f'"{HOSTILE}"')
    app = Telling(written(tmp_path, text))
    async with app.run_test(size=(120, 60)) as pilot:
        await pressed(app, pilot, "O", "s", "s", "s", "s", "s")
        assert "[@click" in text_of(app)
        assert app.is_running


def test_a_step_changes_a_term_or_an_assumption_and_never_both() -> None:
    asked = Asked(Terms(), Scenario(as_of=TODAY))
    for one in controls(is_held=False):
        for step in (1, -1, -1, 1):
            turned = one.stepped(asked, step)
            assert one.get(turned) in one.rungs or one.get(turned) in (None, one.get(asked))
            assert (turned.terms == asked.terms) or (turned.scenario == asked.scenario)


async def test_lines_are_broken_for_the_room_that_a_scrollbar_leaves(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await pressed(app, pilot, "O")
        said = screen.query_one("#said")
        pane = screen.query_one("#answer")
        assert pane.show_vertical_scrollbar
        page = screen.page(said.size.width, said.size.height)
        assert len(page.split("\n")) == said.size.height


@pytest.mark.parametrize("size", SIZES)
async def test_extremes_are_shown_and_nothing_ends(tmp_path: Path, size: tuple[int, int]) -> None:
    rich = HELD.replace("$30K, cost: $12K", "$900T, cost: $0").replace("$20K", "$0")
    app = app_on(written(tmp_path, rich))
    async with app.run_test(size=size) as pilot:
        await pressed(app, pilot, "O")
        for key, text in (
            *(("target", "0%"), ("band", "0%"), ("absolute", "0%"), ("gains_tax", "100%")),
            *(("commission", "10%"), ("spread", "100%"), ("volatility", "1e200%")),
            *(("target", "99.9%"), ("target", "1e-300%")),
        ):
            await pressed(app, pilot, *to(key), *typing(text))
            await pressed(app, pilot, "s")
        assert "do nothing" in text_of(app).casefold()


@pytest.mark.parametrize("is_held", [True, False])
@pytest.mark.parametrize(("digit", "form"), [("1", "csv"), ("2", "json")])
async def test_an_export_is_what_the_command_writes_byte_for_byte(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    digit: str,
    form: str,
    is_held: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    monkeypatch.chdir(tmp_path)
    file = written(tmp_path, HELD if is_held else SMALL)
    app = app_on(file)
    async with app.run_test(size=(120, 40)) as pilot:
        await pressed(app, pilot, "O", *to("target", is_held=is_held), *typing("3%"))
        await pressed(app, pilot, "x", digit, "enter")
        await app.workers.wait_for_complete()
    ours = tmp_path / f"etfcompare-rebalance-{TODAY.isoformat()}.{form}"
    typed = () if is_held else ("--sleeve", "4%", "--value", "$10M", "--asset", "SOL")
    options = ("--target", "3%", "--as-of", TODAY.isoformat(), f"--{form}")
    told = runner(capsys)("rebalance", "--catalogue", str(file), *typed, *options)
    assert told.code == 0
    assert ours.read_bytes() == told.out.encode()
