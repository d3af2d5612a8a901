"""What others write to the file shows by itself; the clock of the watcher is set by the tests."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Final

import pytest
from textual.widgets import Input

from etfcompare.catalogue.composer import Limits
from etfcompare.engine.comparison import SortKey
from etfcompare.tui import external, reloading
from etfcompare.tui.app import EtfCompare
from etfcompare.tui.forms import ValueForm
from etfcompare.tui.products import ProductsScreen
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

    from etfcompare.catalogue.watching import Change, Watcher

SIZE: Final = (120, 40)
DEARER: Final = SMALL.replace("rate: 0.15%", "rate: 0.45%")
"""DELTA falls behind ALFA."""
ALARM: Final = "file unreadable, last good view"
BROKEN: Final = "products: [\n  {ticker: BRAVO, asset: SOL\n"


class Lookout:
    """Stands in for the loop that looks at the file: it looks when a test lets time pass."""

    def __init__(self) -> None:
        self._is_set = threading.Event()
        self._now = 0.0
        self._stamp = 1_700_000_000

    def __call__(
        self, watcher: Watcher, tell: Callable[[Change], object], stop: threading.Event
    ) -> None:
        self._watcher, self._tell, self._stop = watcher, tell, stop
        self._is_set.set()

    def write(self, path: Path, text: str) -> None:
        """Write in place, at another time than the last."""
        path.write_text(text, encoding="utf-8")
        self._stamp += 1
        os.utime(path, (self._stamp, self._stamp))

    def look(self) -> int:
        """Look once, when the next look is due; returns how many changes were told."""
        assert self._is_set.wait(10)
        self._now += self._watcher.pause_seconds
        change = self._watcher.poll(self._now)
        if change is None:
            return 0
        self._tell(change)
        return 1

    async def rest(self, pilot: Pilot[None]) -> int:
        """Let time pass until all has come to rest; returns how many changes were told."""
        await pilot.pause()
        told = sum(self.look() for _ in range(12))
        await pilot.pause()
        return told


@pytest.fixture(autouse=True)
def lookout(monkeypatch: pytest.MonkeyPatch) -> Lookout:
    lookout = Lookout()
    monkeypatch.setattr("etfcompare.tui.reloading.look_out", lookout)
    return lookout


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    """Let the app work until a condition holds."""
    for _ in range(500):
        await pilot.pause(0.002)
        if condition():
            return
    pytest.fail("it never came to that")


def toasts(app: EtfCompare) -> list[str]:
    """What notifications say."""
    return [str(one.render()) for one in app.screen.query("Toast")]


async def test_a_change_shows_by_itself_and_says_what_it_was(
    tmp_path: Path, lookout: Lookout
) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        lookout.write(path, DEARER)
        assert await lookout.rest(pilot) == 1
        assert tickers(app) == ["BRAVO", "CEDAR", "ALFA", "DELTA", "ECHO"]
        assert toasts(app) == ["funds.yaml was changed: 1 product with other figures"]
        assert await lookout.rest(pilot) == 0


async def test_w01_saves_by_renaming_are_all_seen(tmp_path: Path, lookout: Lookout) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=SIZE) as pilot:
        for number in range(1, 6):
            beside = written(tmp_path, SMALL.replace("$52.4B", f"${number}B"), "beside")
            beside.replace(path)
            assert await lookout.rest(pilot) == 1
            assert f"aum: ${number}B" in products(app).workspace.document.text


async def test_w03_a_file_cut_to_nothing_and_then_written_is_never_shown_empty(
    tmp_path: Path, lookout: Lookout
) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        lookout.write(path, "")
        for _ in range(2):
            assert lookout.look() == 0
        await pilot.pause()
        assert tickers(app) == BEST_FIRST
        assert ALARM not in text_of(app)
        lookout.write(path, DEARER)
        assert await lookout.rest(pilot) == 1
        assert "ALFA" in tickers(app)[2]


async def test_w04_a_text_without_most_products_is_held_back(
    tmp_path: Path, lookout: Lookout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reloading, "BELIEVED_AFTER_SECONDS", 3600)
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=SIZE) as pilot:
        lookout.write(path, SMALL[: SMALL.index("  - ticker: CEDAR")])
        assert await lookout.rest(pilot) == 1
        assert tickers(app) == BEST_FIRST
        lookout.write(path, DEARER)
        assert await lookout.rest(pilot) == 1
        assert tickers(app) == ["BRAVO", "CEDAR", "ALFA", "DELTA", "ECHO"]


async def test_w04_it_is_shown_when_it_stays_and_what_is_gone_is_named(
    tmp_path: Path, lookout: Lookout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reloading, "BELIEVED_AFTER_SECONDS", 0.001)
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        lookout.write(path, SMALL[: SMALL.index("  - ticker: CEDAR")])
        assert await lookout.rest(pilot) == 1
        await until(pilot, lambda: tickers(app) == ["BRAVO", "ALFA"])
        await until(pilot, lambda: len(toasts(app)) == 1)
        assert toasts(app)[0].endswith("3 gone: CEDAR, DELTA, ECHO")


async def test_w04_of_many_that_are_gone_five_are_named(
    tmp_path: Path, lookout: Lookout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reloading, "BELIEVED_AFTER_SECONDS", 0.001)
    head, item = SMALL.split("products:\n")[0], "  - {ticker: T%d, asset: BTC}\n"
    path = written(tmp_path, head + "products:\n" + "".join(item % n for n in range(9)))
    app = app_on(path)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        lookout.write(path, head + "products:\n" + item % 8)
        assert await lookout.rest(pilot) == 1
        await until(pilot, lambda: tickers(app) == ["T8"])
        await until(pilot, lambda: len(toasts(app)) == 1)
        assert toasts(app)[0].endswith("8 gone: T0, T1, T2, T3, T4 and 3 more")


async def test_w04_what_the_user_reads_or_saves_meanwhile_is_not_undone_by_a_text_held_back(
    tmp_path: Path, lookout: Lookout, monkeypatch: pytest.MonkeyPatch
) -> None:
    timers: list[Callable[[], None]] = []
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=SIZE) as pilot:
        screen = products(app)
        monkeypatch.setattr(screen, "set_timer", lambda _, callback: timers.append(callback))
        half = SMALL[: SMALL.index("  - ticker: CEDAR")]
        lookout.write(path, half)
        await lookout.rest(pilot)
        assert len(timers) == 1
        lookout.write(path, DEARER)
        await pilot.press("r")
        timers[0]()
        assert len(tickers(app)) == 5
        assert screen.workspace.document.text == DEARER


async def test_w05_an_invalid_text_keeps_the_last_good_view_under_an_alarm(
    tmp_path: Path, lookout: Lookout
) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("j", "space")
        lookout.write(path, BROKEN)
        assert await lookout.rest(pilot) == 1
        assert ALARM in lines(app)[0]
        assert tickers(app) == BEST_FIRST
        lookout.write(path, DEARER)
        assert await lookout.rest(pilot) == 1
        assert ALARM not in text_of(app)
        grid = products(app).grid
        assert (grid.row_key, set(grid.marks)) == ("CEDAR", {"CEDAR"})


@pytest.mark.parametrize("is_read_by_hand", [True, False])
async def test_w05_the_alarm_goes_when_the_old_text_is_back(
    tmp_path: Path, lookout: Lookout, *, is_read_by_hand: bool
) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=SIZE) as pilot:
        lookout.write(path, BROKEN)
        if is_read_by_hand:
            await pilot.press("r")
        await lookout.rest(pilot)
        assert ALARM in lines(app)[0]
        lookout.write(path, SMALL)
        assert await lookout.rest(pilot) == 1
        assert ALARM not in text_of(app)


async def test_a_file_that_is_gone_is_told_until_it_is_back(
    tmp_path: Path, lookout: Lookout
) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=SIZE) as pilot:
        path.unlink()
        assert await lookout.rest(pilot) == 1
        assert ALARM in lines(app)[0]
        assert tickers(app) == BEST_FIRST
        await pilot.press("p")
        await pilot.pause()
        assert "funds.yaml: the file is gone" in text_of(app)
        await pilot.press("escape")
        lookout.write(path, SMALL)
        assert await lookout.rest(pilot) == 1
        assert ALARM not in text_of(app)


async def test_w07_a_touch_and_another_mode_show_nothing(tmp_path: Path, lookout: Lookout) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await lookout.rest(pilot)
        path.touch()
        assert await lookout.rest(pilot) == 0
        path.chmod(0o600)
        assert await lookout.rest(pilot) == 0
        assert not any("was changed" in one for one in toasts(app))


async def test_w11_an_own_save_is_no_change_by_others(tmp_path: Path, lookout: Lookout) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await save_aum(pilot, "$60B")
        assert await lookout.rest(pilot) == 0
        await pilot.press("u")
        assert await lookout.rest(pilot) == 0
        await pilot.press("ctrl+y")
        assert await lookout.rest(pilot) == 0
        assert not any("was changed" in one for one in toasts(app))


async def open_aum(pilot: Pilot[None]) -> None:
    """Open the form of ALFA's AUM."""
    app = pilot.app
    assert isinstance(app, EtfCompare)
    products(app).grid.move_to("ALFA")
    products(app).grid.move_to_column("aum")
    await pilot.press("e")
    await until(pilot, lambda: isinstance(app.screen, ValueForm) and isinstance(app.focused, Input))


async def save_aum(pilot: Pilot[None], text: str) -> None:
    await open_aum(pilot)
    pilot.app.screen.query_one("#value", Input).value = text
    await pilot.press("ctrl+s")
    await until(pilot, lambda: isinstance(pilot.app.screen, ProductsScreen))


async def test_w11_a_report_of_before_an_own_save_is_dropped(
    tmp_path: Path, lookout: Lookout
) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        lookout.write(path, DEARER)
        # What is told waits from here on until the app has time for it.
        assert sum(lookout.look() for _ in range(4)) == 1
        before = products(app).comparison
        products(app).workspace.reload()
        lookout.write(path, SMALL)
        products(app).workspace.reload()
        products(app).expect_own_save()
        products(app).catalogue_changed(before)
        await pilot.pause()
        assert products(app).workspace.document.text == SMALL


async def test_w12_a_form_that_is_open_is_kept_and_told_what_is_there_now(
    tmp_path: Path, lookout: Lookout
) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=SIZE) as pilot:
        await open_aum(pilot)
        form = app.screen
        form.query_one("#value", Input).value = "$60B"
        theirs = DEARER.replace("$52.4B", "$55B")
        lookout.write(path, theirs)
        assert await lookout.rest(pilot) == 1
        assert app.screen is form
        assert form.query_one("#value", Input).value == "$60B"
        shown = text_of(app)
        assert "somebody else changed it meanwhile: $52.4B before, $55B now" in shown
        assert "now $55B · 2026-11-18 · pages" in shown
        assert "-    market: {aum: $55B," in shown
        assert path.read_text(encoding="utf-8") == theirs
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, ProductsScreen))
        assert path.read_text(encoding="utf-8") == theirs.replace("$55B", "$60B")


async def test_w12_a_change_elsewhere_leaves_the_form_as_it_is(
    tmp_path: Path, lookout: Lookout
) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=SIZE) as pilot:
        await open_aum(pilot)
        app.screen.query_one("#value", Input).value = "$60B"
        lookout.write(path, DEARER)
        assert await lookout.rest(pilot) == 1
        assert "meanwhile" not in text_of(app)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, ProductsScreen))
        assert path.read_text(encoding="utf-8") == DEARER.replace("$52.4B", "$60B")


async def test_w12_the_product_of_an_open_form_may_vanish(tmp_path: Path, lookout: Lookout) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=SIZE) as pilot:
        await open_aum(pilot)
        lookout.write(path, SMALL.replace("ticker: ALFA", "ticker: OTHER"))
        assert await lookout.rest(pilot) == 1
        assert 'there is no product "ALFA"' in text_of(app)
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert isinstance(app.screen, ValueForm)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ProductsScreen))


async def test_w13_a_change_while_the_editor_is_open_is_read_once_at_its_end(
    tmp_path: Path, lookout: Lookout, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path)
    app = app_on(path)
    given: list[list[str]] = []

    def edit(_app: object, command: list[str]) -> None:
        given.append(command)
        lookout.write(path, DEARER)

    monkeypatch.setattr(external, "edit_outside", edit)
    monkeypatch.setenv("EDITOR", "true")
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await pilot.press("E")
        await until(pilot, lambda: "ALFA" in tickers(app)[2])
        assert given == [["true", str(path.resolve())]]
        assert toasts(app) == ["funds.yaml: read again"]
        assert await lookout.rest(pilot) == 0
        assert not any("was changed" in one for one in toasts(app))


async def test_w15_the_cursor_follows_the_ticker_when_products_change_places(
    tmp_path: Path, lookout: Lookout
) -> None:
    head, *items = SMALL.split("  - ticker: ")
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=SIZE) as pilot:
        await type_filter(pilot, "country:us,de")
        await pilot.press("enter", "j", "space")
        products(app).grid.move_to_column("aum")
        await pilot.press("right_square_bracket")
        grid, look = products(app).grid, products(app).look
        chosen, shown = grid.row_key, tickers(app)
        lookout.write(path, head + "".join(f"  - ticker: {item}\n" for item in reversed(items)))
        assert await lookout.rest(pilot) == 1
        assert products(app).look == look
        assert look.sort == (SortKey("aum", descending=True),)
        assert (grid.row_key, grid.column_key, set(grid.marks)) == (chosen, "aum", {chosen})
        assert tickers(app) == shown


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read anything")
async def test_w16_a_permission_taken_away_is_told_until_it_is_back(
    tmp_path: Path, lookout: Lookout
) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=SIZE) as pilot:
        path.chmod(0)
        assert await lookout.rest(pilot) == 1
        assert ALARM in lines(app)[0]
        path.chmod(0o644)
        assert await lookout.rest(pilot) == 1
        assert ALARM not in text_of(app)


async def test_w16_a_folder_in_its_place_is_told_until_the_file_is_back(
    tmp_path: Path, lookout: Lookout
) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=SIZE) as pilot:
        path.unlink()
        path.mkdir()
        assert await lookout.rest(pilot) == 1
        assert ALARM in lines(app)[0]
        path.rmdir()
        lookout.write(path, DEARER)
        assert await lookout.rest(pilot) == 1
        assert ALARM not in text_of(app)
        assert tickers(app)[2] == "ALFA"


async def test_w17_a_file_that_grows_past_all_measure_keeps_the_old_view(
    tmp_path: Path, lookout: Lookout
) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=SIZE) as pilot:
        with path.open("ab") as file:
            file.truncate(Limits().size + 1)
        assert await lookout.rest(pilot) == 1
        assert ALARM in lines(app)[0]
        assert tickers(app) == BEST_FIRST
        await pilot.press("p")
        await pilot.pause()
        shown = " ".join(text_of(app).replace("│", " ").split())  # the path may fill the line
        assert "is larger than" in shown


async def test_changed_figures_stand_out_for_a_moment(
    tmp_path: Path, lookout: Lookout, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=SIZE) as pilot:
        timers: list[Callable[[], None]] = []
        screen = products(app)
        monkeypatch.setattr(screen, "set_timer", lambda _, callback: timers.append(callback))
        lookout.write(path, DEARER)
        await lookout.rest(pilot)
        assert standing_out(app) == {"DELTA": ["−0.45%", "0.45%"]}
        assert len(timers) == 1
        timers[0]()
        await pilot.pause()
        assert standing_out(app) == {}


def standing_out(app: EtfCompare) -> dict[str, list[str]]:
    """The figures that stand out, by ticker."""
    grid = products(app).grid
    accent = grid.get_component_rich_style("grid--accent").color
    found = {}
    for y in range(grid.size.height):
        line = grid.render_line(y)
        ticker = next((one for one in tickers(app) if f" {one} " in line.text), "")
        figures = [
            one.text.strip()
            for one in line
            if one.style is not None and one.style.color == accent and "%" in one.text
        ]
        if ticker and figures:
            found[ticker] = figures
    return found


# The end


async def test_r17_quitting_ends_the_thread_that_watches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    before = set(threading.enumerate())
    app = app_on(written(tmp_path))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        watching = [one for one in set(threading.enumerate()) - before if one.name == "watch"]
        assert [one.daemon for one in watching] == [True]
        await pilot.press("q")
    for thread in watching:
        thread.join(10)
        assert not thread.is_alive()


async def test_a_report_after_the_end_is_dropped(tmp_path: Path, lookout: Lookout) -> None:
    path = written(tmp_path)
    app = app_on(path)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        workspace = products(app).workspace
    lookout.write(path, DEARER)
    assert sum(lookout.look() for _ in range(4)) == 1
    assert workspace.document.text == SMALL
