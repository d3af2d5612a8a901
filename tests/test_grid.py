"""The grid: its cursor belongs to a product, it draws what is visible, and text stays text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App
from textual.events import MouseEvent, MouseScrollDown, MouseScrollLeft, MouseScrollUp

from etfcompare.tui.arrangement import GUTTER, PADDING, SCROLLBAR, arranged
from etfcompare.tui.grid import Cell, Grid, GridColumn, fitting_width

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.style import Style
    from textual.app import ComposeResult
    from textual.message import Message

    from etfcompare.tui.grid import SortKey

COLUMNS = (
    GridColumn("ticker", "Ticker", 7, pinned=True),
    GridColumn("issuer", "Issuer", 10),
    GridColumn("net_yield", "Net yield", 10, "right", gap=True, tooltip="What it [b]leaves[/b]"),
    GridColumn("fee", "Fee", 7, "right"),
    GridColumn("aum", "AUM", 8, "right", gap=True),
    GridColumn("age", "Age", 6, "right"),
)
FIGURES = {"issuer": "Canary", "net_yield": "5.71%~", "fee": "0.50% ", "aum": "770M ", "age": "9d "}


def figure(row_key: str, column_key: str) -> Cell:
    return Cell(row_key if column_key == "ticker" else FIGURES[column_key])


def tickers(count: int) -> list[str]:
    return [f"T{number}" for number in range(count)]


def wheel(kind: type[MouseEvent], grid: Grid, *, shift: bool = False) -> MouseEvent:
    return kind(grid, x=5, y=5, delta_x=0, delta_y=0, button=0, shift=shift, meta=False, ctrl=False)


class GridApp(App[None]):
    """A screen with nothing but a grid; it keeps the messages of the grid."""

    def __init__(
        self,
        row_keys: Sequence[str] = ("A", "B", "C"),
        *,
        columns: Sequence[GridColumn] = COLUMNS,
        cell: Callable[[str, str], Cell] = figure,
        sort: Sequence[SortKey] = (),
    ) -> None:
        super().__init__()
        self.grid = Grid()
        self.messages: list[Message] = []
        self.cell = cell
        self.grid.show(row_keys=row_keys, columns=columns, cell=cell, sort=sort)

    def compose(self) -> ComposeResult:
        yield self.grid

    def on_grid_row_highlighted(self, message: Grid.RowHighlighted) -> None:
        self.messages.append(message)

    def on_grid_row_selected(self, message: Grid.RowSelected) -> None:
        self.messages.append(message)

    def on_grid_sort_requested(self, message: Grid.SortRequested) -> None:
        self.messages.append(message)

    def show(self, row_keys: Sequence[str], columns: Sequence[GridColumn] = COLUMNS) -> None:
        self.grid.show(row_keys=row_keys, columns=columns, cell=self.cell)

    def lines(self) -> list[str]:
        return [self.grid.render_line(y).text for y in range(self.grid.size.height)]

    def line_of(self, ticker: str) -> int:
        return next(y for y, line in enumerate(self.lines()) if ticker in line.split())


async def test_first_line_is_the_heading_and_rows_follow_the_rule() -> None:
    app = GridApp()
    async with app.run_test(size=(80, 10)):
        heading, rule, first = app.lines()[:3]
        assert heading.split() == ["Ticker", "Issuer", "Net", "yield", "Fee", "AUM", "Age"]
        assert set(rule) == {"─", "━", " "}
        assert first.split()[:4] == ["▌", "A", "Canary", "5.71%~"]


async def test_figures_and_headings_share_their_right_edge() -> None:
    app = GridApp()
    async with app.run_test(size=(80, 10)):
        heading, _, first = app.lines()[:3]
        for words, digits in (("Net yield", "5.71%"), ("Fee", "0.50%"), ("AUM", "770M")):
            assert heading.index(words) + len(words) == first.index(digits) + len(digits)


async def test_rule_breaks_between_groups() -> None:
    app = GridApp()
    async with app.run_test(size=(80, 10)):
        assert len(app.lines()[1].split()) == 3


async def test_cursor_stays_with_its_product_and_its_screen_line_in_another_order() -> None:
    keys = tickers(100)
    app = GridApp(keys)
    async with app.run_test(size=(80, 20)) as pilot:
        app.grid.move_to("T50")
        await pilot.pause()
        line = app.line_of("T50")
        app.show(list(reversed(keys)))
        assert (app.grid.row_key, app.grid.row_index) == ("T50", 49)
        assert app.line_of("T50") == line


async def test_cursor_goes_to_the_nearest_line_when_its_product_is_gone() -> None:
    app = GridApp(tickers(9))
    async with app.run_test(size=(80, 20)):
        app.grid.move_to("T8")
        app.show(["T0", "T1", "T2"])
        assert app.grid.row_key == "T2"


async def test_cursor_comes_back_with_its_product() -> None:
    app = GridApp(tickers(9))
    async with app.run_test(size=(80, 20)):
        app.grid.move_to("T6")
        app.show([])
        assert (app.grid.row_key, app.grid.row_index) == (None, None)
        app.show(["T0", "T1"])
        app.show(tickers(9))
        assert app.grid.row_key == "T6"


async def test_a_filter_that_comes_and_goes_leaves_an_untouched_cursor_at_the_top() -> None:
    app = GridApp(tickers(100))
    async with app.run_test(size=(80, 20)):
        app.show(["T60", "T61"])
        assert app.grid.row_key == "T60"
        app.show(tickers(100))
        assert app.grid.row_key == "T0"
        assert app.line_of("T0") == 2


async def test_cursor_column_stays_with_its_key() -> None:
    app = GridApp()
    async with app.run_test(size=(80, 20)):
        app.grid.move_to_column("fee")
        app.show(["A"], [COLUMNS[0], COLUMNS[3]])
        assert app.grid.column_key == "fee"
        app.show(["A"], COLUMNS[:2])
        assert app.grid.column_key == "issuer"


async def test_cursor_starts_on_the_sorted_column() -> None:
    app = GridApp(sort=[("fee", False)])
    async with app.run_test(size=(80, 20)):
        assert app.grid.column_key == "fee"


async def test_moves_to_unknown_keys_change_nothing() -> None:
    app = GridApp()
    async with app.run_test(size=(80, 20)):
        app.grid.move_to("Z")
        app.grid.move_to_column("zeal")
        assert (app.grid.row_key, app.grid.column_key) == ("A", "ticker")


async def test_pages_keep_one_row_in_sight_and_the_cursor_on_its_line() -> None:
    app = GridApp(tickers(100))
    async with app.run_test(size=(80, 12)):
        app.grid.action_page_down()
        assert app.grid.row_key == "T9"
        assert app.line_of("T9") == 2
        app.grid.action_half_page_down()
        assert app.grid.row_key == "T14"
        app.grid.action_page_up()
        app.grid.action_half_page_up()
        assert app.grid.row_key == "T0"


async def test_ends_of_rows_and_columns() -> None:
    app = GridApp(tickers(100))
    async with app.run_test(size=(80, 12)):
        grid = app.grid
        grid.action_last()
        grid.action_cursor_down()
        grid.action_last_column()
        grid.action_cursor_right()
        assert (grid.row_key, grid.column_key) == ("T99", "age")
        assert app.line_of("T99") == 11
        grid.action_first()
        grid.action_cursor_up()
        grid.action_first_column()
        grid.action_cursor_left()
        assert (grid.row_key, grid.column_key) == ("T0", "ticker")


async def test_pinned_column_stays_while_the_others_scroll_by_whole_columns() -> None:
    app = GridApp()
    async with app.run_test(size=(36, 10)):
        heading = app.lines()[0]
        assert "Issuer" in heading
        assert heading.endswith("›")
        app.grid.action_last_column()
        heading, _, first = app.lines()[:3]
        assert heading.split() == ["Ticker", "‹", "AUM", "Age"]
        assert first.split() == ["▌", "A", "770M", "9d"]
        app.grid.action_first_column()
        app.grid.action_cursor_right()
        assert "Issuer" in app.lines()[0]


async def test_resize_keeps_the_cursor_in_sight() -> None:
    app = GridApp(tickers(100))
    async with app.run_test(size=(80, 40)) as pilot:
        app.grid.move_to("T37")
        app.grid.action_last_column()
        await pilot.resize_terminal(30, 10)
        await pilot.pause()
        assert "T37" in " ".join(app.lines())
        assert "Age" in app.lines()[0]


async def test_sort_arrow_and_order_stand_behind_the_headings_without_moving_them() -> None:
    app = GridApp()
    async with app.run_test(size=(80, 10)):
        plain = app.lines()[0]
        keys: list[SortKey] = [("net_yield", True), ("issuer", False)]
        app.grid.show(row_keys=["A"], columns=COLUMNS, cell=figure, sort=keys)
        heading = app.lines()[0]
        assert "Net yield▼¹" in heading
        assert "Issuer▲²" in heading
        assert [plain.index(column.heading) for column in COLUMNS] == [
            heading.index(column.heading) for column in COLUMNS
        ]
        app.grid.show(row_keys=["A"], columns=COLUMNS, cell=figure, sort=keys[:1])
        assert "Net yield▼ " in app.lines()[0]


async def test_clicking_a_heading_asks_for_its_order() -> None:
    app = GridApp()
    async with app.run_test(size=(80, 10)) as pilot:
        x = app.lines()[0].index("Fee")
        await pilot.click(Grid, offset=(x, 0))
        await pilot.click(Grid, offset=(x, 0), shift=True)
        requests = [m for m in app.messages if isinstance(m, Grid.SortRequested)]
        assert [(m.column_key, m.additional, m.control) for m in requests] == [
            ("fee", False, app.grid),
            ("fee", True, app.grid),
        ]


async def test_click_goes_to_a_cell_and_a_second_one_selects_its_row() -> None:
    app = GridApp()
    async with app.run_test(size=(80, 10)) as pilot:
        place = (app.lines()[0].index("Fee"), 3)
        await pilot.click(Grid, offset=place)
        assert (app.grid.row_key, app.grid.column_key) == ("B", "fee")
        assert not any(isinstance(m, Grid.RowSelected) for m in app.messages)
        await pilot.click(Grid, offset=place)
        assert [m.row_key for m in app.messages if isinstance(m, Grid.RowSelected)] == ["B"]


async def test_click_below_the_rows_does_nothing() -> None:
    app = GridApp()
    async with app.run_test(size=(80, 10)) as pilot:
        await pilot.click(Grid, offset=(5, 9))
        assert app.grid.row_key == "A"


async def test_select_names_the_row_under_the_cursor() -> None:
    app = GridApp()
    async with app.run_test(size=(80, 10)) as pilot:
        app.grid.move_to("C")
        app.grid.action_select()
        await pilot.pause()
        assert [m.row_key for m in app.messages if isinstance(m, Grid.RowSelected)] == ["C"]


async def test_every_place_of_the_cursor_is_told_once() -> None:
    app = GridApp()
    async with app.run_test(size=(80, 10)) as pilot:
        steps: list[Callable[[], None]] = [
            app.grid.action_cursor_down,
            app.grid.action_cursor_right,
            lambda: app.show(["C", "B", "A"]),
            lambda: app.show(["C"]),
            lambda: app.show([]),
        ]
        for step in steps:
            step()
            await pilot.pause()
        told = [
            (m.row_key, m.column_key) for m in app.messages if isinstance(m, Grid.RowHighlighted)
        ]
        assert told == [
            ("A", "ticker"),
            ("B", "ticker"),
            ("B", "issuer"),
            ("C", "issuer"),
            (None, "issuer"),
        ]


async def test_wheel_moves_the_view_and_the_next_step_brings_the_cursor_back() -> None:
    app = GridApp(tickers(100))
    async with app.run_test(size=(80, 12)) as pilot:
        for _ in range(4):
            app.grid.post_message(wheel(MouseScrollDown, app.grid))
        await pilot.pause()
        assert app.grid.row_key == "T0"
        assert "T12" in app.lines()[2]
        app.grid.post_message(wheel(MouseScrollUp, app.grid))
        await pilot.pause()
        assert "T9" in app.lines()[2]
        app.grid.action_cursor_down()
        assert app.grid.row_key == "T1"
        assert app.line_of("T1") == 2


async def test_wheel_with_shift_moves_sideways() -> None:
    app = GridApp()
    async with app.run_test(size=(36, 10)) as pilot:
        app.grid.post_message(wheel(MouseScrollDown, app.grid, shift=True))
        await pilot.pause()
        assert "Issuer" not in app.lines()[0]
        assert app.grid.column_key == "ticker"
        app.grid.post_message(wheel(MouseScrollLeft, app.grid))
        await pilot.pause()
        assert "Issuer" in app.lines()[0]


async def test_scrollbar_goes_where_it_is_clicked() -> None:
    app = GridApp(tickers(1_000))
    async with app.run_test(size=(80, 12)) as pilot:
        assert "▐" in app.lines()[2]
        await pilot.click(Grid, offset=(79, 11))
        assert "T999" in app.lines()[11]
        assert app.grid.row_key == "T0"
        await pilot.click(Grid, offset=(79, 2))
        assert app.line_of("T0") == 2


async def test_marks_are_drawn_and_stay_with_their_products() -> None:
    app = GridApp()
    async with app.run_test(size=(80, 10)):
        app.grid.move_to("B")
        app.grid.toggle_mark()
        assert app.grid.marks == {"B"}
        app.show(["C", "B"])
        app.grid.move_to("C")
        assert app.lines()[3].startswith(" • B")
        app.show(["C"])
        assert app.grid.marks == {"B"}
        app.grid.clear_marks()
        app.show(["C", "B"])
        assert "•" not in "".join(app.lines())


async def test_mark_is_taken_away_by_the_same_key() -> None:
    app = GridApp()
    async with app.run_test(size=(80, 10)):
        app.grid.action_toggle_mark()
        app.grid.action_toggle_mark()
        assert app.grid.marks == frozenset()


@pytest.mark.parametrize(
    "hostile",
    [
        "[red]x[/red]",
        "[/nope]",
        "[@click=app.quit]x[/]",
        "日本の上場投信",
        "e\u0301t\u00e9",
        "👍🏽 ok",
        "\x1b[31mred",
        "a\u202eb",
        "two\nlines",
        "tab\there",
        "",
    ],
)
async def test_foreign_text_is_drawn_literally_and_keeps_the_columns(hostile: str) -> None:
    columns = [GridColumn("issuer", hostile, 24), GridColumn("fee", "Fee", 7, "right")]

    def cell(_row_key: str, column_key: str) -> Cell:
        return Cell(hostile if column_key == "issuer" else "0.50% ")

    app = GridApp(["A"], columns=columns, cell=cell)
    async with app.run_test(size=(60, 10)):
        heading, _, row = app.lines()[:3]
        assert cell_len(heading) == cell_len(row) == 60
        assert cell_len(row[: row.index("0.50%")]) + 2 == cell_len(heading[: heading.index("Fee")])
        assert "\x1b" not in row
        assert "\n" not in row
        if hostile.isprintable():
            assert f" {hostile} " in row


async def test_text_too_long_is_cut_with_an_ellipsis() -> None:
    columns = [GridColumn("name", "Name of the fund", 8), GridColumn("fee", "Fee", 5, "right")]
    app = GridApp(["A"], columns=columns, cell=lambda _row, _column: Cell("日本の上場投信"))
    async with app.run_test(size=(40, 10)):
        heading, _, row = app.lines()[:3]
        assert "Name of… " in heading
        assert "日本の … " in row
        assert cell_len(row) == 40


async def test_only_visible_cells_are_asked_for() -> None:
    asked: list[tuple[str, str]] = []

    def cell(row_key: str, column_key: str) -> Cell:
        asked.append((row_key, column_key))
        return figure(row_key, column_key)

    keys = tickers(10_000)
    app = GridApp(keys, cell=cell)
    async with app.run_test(size=(80, 20)) as pilot:
        await pilot.pause()
        assert {row_key for row_key, _ in asked} == set(keys[:18])
        asked.clear()
        app.grid.action_cursor_down()
        await pilot.pause()
        assert {row_key for row_key, _ in asked} == {"T0", "T1"}
        asked.clear()
        app.show(keys[5_000:])
        await pilot.pause()
        assert len(set(asked)) == 18 * len(COLUMNS)


@pytest.mark.parametrize(
    "size", [(1, 1), (1, 5), (2, 2), (3, 3), (5, 4), (12, 1), (20, 2), (80, 1)]
)
async def test_tiny_sizes_are_drawn(size: tuple[int, int]) -> None:
    app = GridApp(tickers(9), sort=[("fee", True)])
    async with app.run_test(size=size) as pilot:
        grid = app.grid
        for action in (grid.action_page_down, grid.action_last_column, grid.action_half_page_up):
            action()
            await pilot.pause()
            assert [cell_len(line) for line in app.lines()] == [size[0]] * size[1]


async def test_empty_grid_draws_its_heading_and_takes_every_key() -> None:
    app = GridApp([])
    async with app.run_test(size=(80, 10)):
        grid = app.grid
        grid.action_cursor_down()
        grid.action_page_up()
        grid.action_last()
        grid.action_cursor_right()
        grid.toggle_mark()
        grid.action_select()
        lines = app.lines()
        assert "Ticker" in lines[0]
        assert not "".join(lines[2:]).strip()
        assert grid.marks == frozenset()


async def test_no_columns_draw_nothing() -> None:
    app = GridApp(columns=[])
    async with app.run_test(size=(80, 10)):
        app.grid.action_cursor_right()
        assert app.grid.column_key is None
        assert "".join(app.lines()).split() == ["▌"]


async def test_ascii_uses_no_other_sign() -> None:
    app = GridApp(tickers(100), sort=[("net_yield", True), ("aum", False)])
    async with app.run_test(size=(40, 10)):
        app.grid.ascii = True
        app.grid.toggle_mark()
        text = "".join(app.lines())
        assert text.isascii()
        assert ">*" in text
        assert "Net yieldv1" in text


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "ansi-dark", "ansi-light"])
@pytest.mark.parametrize("no_color", [False, True])
async def test_cursor_can_be_told_in_every_theme(
    theme: str, *, no_color: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    if no_color:
        monkeypatch.setenv("NO_COLOR", "1")
    app = GridApp()
    async with app.run_test(size=(80, 10)) as pilot:
        app.theme = theme
        await pilot.pause()

        def style(line: int, words: str) -> Style | None:
            return next(s.style for s in app.grid.render_line(line) if words in s.text)

        cell, row, other = style(2, "A"), style(2, "Canary"), style(3, "Canary")
        assert cell is not None
        assert row is not None
        assert len({cell, row, other}) == 3
        if no_color or theme.startswith("ansi"):
            assert cell.reverse
            assert row.bold


async def test_cursor_is_calmer_without_the_focus() -> None:
    app = GridApp()
    async with app.run_test(size=(80, 10)) as pilot:
        focused = app.grid.render_line(2)
        app.grid.blur()
        await pilot.pause()
        assert app.grid.render_line(2) != focused
        assert app.grid.render_line(2).text == focused.text


async def test_heading_tells_its_meaning_literally() -> None:
    app = GridApp()
    async with app.run_test(size=(80, 10)) as pilot:
        await pilot.hover(Grid, offset=(app.lines()[0].index("yield"), 0))
        assert str(app.grid.tooltip) == "What it [b]leaves[/b]"
        await pilot.hover(Grid, offset=(5, 4))
        assert app.grid.tooltip is None


def test_fitting_width_leaves_room_for_the_arrow() -> None:
    assert fitting_width("Fee", []) == 4
    assert fitting_width("Fee", ["0.50%~", "1%"]) == 6
    assert fitting_width("日本", ["1"]) == 5


columns_of_any_kind = st.lists(
    st.builds(
        GridColumn,
        key=st.uuids().map(str),
        heading=st.just("x"),
        width=st.integers(1, 30),
        pinned=st.booleans(),
        gap=st.booleans(),
    ),
    max_size=8,
)


@given(
    columns=columns_of_any_kind, width=st.integers(0, 120), first=st.integers(-2, 9), data=st.data()
)
def test_columns_never_overlap_and_the_cursor_column_is_seen(
    columns: list[GridColumn], width: int, first: int, data: st.DataObject
) -> None:
    cursor = data.draw(st.sampled_from([column.key for column in columns] or [""]))
    arrangement = arranged(columns, width=width, first=first, cursor=cursor)
    end = GUTTER
    for placed in arrangement.placed:
        assert placed.x >= end
        assert 1 <= placed.width <= placed.column.width
        end = placed.x + placed.width + PADDING
    assert end <= max(width - SCROLLBAR, GUTTER)
    assert sorted(map(id, arrangement.order)) == sorted(map(id, columns))
    if columns and width >= GUTTER + PADDING + SCROLLBAR + 2:
        assert cursor in {placed.column.key for placed in arrangement.placed}


@given(columns=columns_of_any_kind, first=st.integers(0, 9))
def test_columns_are_whole_wherever_the_widest_fits(columns: list[GridColumn], first: int) -> None:
    arrangement = arranged(columns, width=40, first=first, cursor=None)
    assert all(placed.width == placed.column.width for placed in arrangement.placed)
