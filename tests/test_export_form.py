"""Exporting from the table: two keys write the CSV, and nothing is replaced by one."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from rich.cells import cell_len
from textual.widgets import Input

from etfcompare.errors import UsageError
from etfcompare.export import Form
from etfcompare.tui.export_form import KINDS, ExportForm, ExportRequest, Kind, suffix_of
from modal_host import SIZES, Host, lines, said, text_of

FOLDER: Final = Path("/home/ann/funds")
SIZE: Final = (80, 24)


def resolve(text: str) -> Path:
    """Know every folder but one."""
    if text.startswith("nowhere/"):
        raise UsageError("nowhere: there is no such folder [/nope]")
    return FOLDER / text


def host(*taken: str) -> Host[ExportRequest | None]:
    """An app that opens the form where these files are."""
    files = {FOLDER / name for name in taken}
    return Host(
        lambda: ExportForm(
            propose=lambda one: f"funds{suffix_of(one)}",
            resolve=resolve,
            exists=lambda path: path in files,
        )
    )


def path_of(app: Host[ExportRequest | None]) -> str:
    return app.screen.query_one(Input).value


async def test_enter_writes_the_csv_under_the_proposed_name() -> None:
    app = host()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("o", "enter")
        await pilot.pause()
        assert app.results == [ExportRequest(Form.CSV, "funds.csv", replace=False)]


async def test_both_keys_may_come_at_once() -> None:
    app = host()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        app.type_at_once("o", "enter")
        await pilot.pause()
        await pilot.pause()
        assert app.results == [ExportRequest(Form.CSV, "funds.csv", replace=False)]


@pytest.mark.parametrize(("number", "one"), list(enumerate(KINDS, 1)))
async def test_a_digit_chooses_the_format_and_the_name_follows(number: int, one: Kind) -> None:
    app = host()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("o")
        await pilot.pause()
        app.type_at_once(str(number), "enter")
        await pilot.pause()
        await pilot.pause()
        assert app.results == [ExportRequest(one, f"funds{suffix_of(one)}", replace=False)]


async def test_the_resolved_path_is_shown_while_the_name_is_typed() -> None:
    app = host()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("o", "j", "j")
        await pilot.pause()
        assert "/home/ann/funds/funds.json" in text_of(app)
        await pilot.press("tab", "end", *"x")
        await pilot.pause()
        assert "/home/ann/funds/funds.jsonx" in text_of(app)
        assert "usually ends in .json" in said(app)


async def test_a_name_that_was_edited_stays_when_the_format_changes() -> None:
    app = host()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("o", "tab", "home", *"my", "down", "down")
        await pilot.pause()
        assert path_of(app) == "myfunds.csv"
        assert "usually ends in .json" in said(app)
        await pilot.press("enter")
        await pilot.pause()
        assert app.results == [ExportRequest(Form.JSON, "myfunds.csv", replace=False)]


@pytest.mark.parametrize("key", ["enter", "ctrl+s"])
@pytest.mark.parametrize("focus", [[], ["tab"]])
async def test_a_file_is_replaced_only_when_asked_twice(key: str, focus: list[str]) -> None:
    app = host("funds.csv")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("o", *focus)
        await pilot.pause()
        assert "! this file exists; enter twice replaces it" in said(app)
        await pilot.press(key)
        await pilot.pause()
        assert app.results == []
        assert "! this file exists; enter again replaces it" in said(app)
        await pilot.press(key)
        await pilot.pause()
        assert app.results == [ExportRequest(Form.CSV, "funds.csv", replace=True)]


async def test_agreeing_to_replace_one_file_is_not_agreeing_to_another() -> None:
    app = host("funds.csv", "funds.json")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("o", "enter", "3", "enter")
        await pilot.pause()
        assert app.results == []
        await pilot.press("1")
        await pilot.pause()
        assert "enter twice replaces it" in said(app)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("nowhere/x.csv", "nowhere: there is no such folder [/nope]"),
        (" ", "type the name of a file"),
    ],
)
async def test_a_path_that_cannot_be_is_told_in_a_line_and_nothing_is_written(
    text: str, fault: str
) -> None:
    app = host()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("o")
        await pilot.pause()
        app.screen.query_one(Input).value = text
        await pilot.pause()
        assert f"✗ {fault}" in said(app)
        await pilot.press("enter")
        await pilot.pause()
        assert app.results == []
        await pilot.press("escape")
        await pilot.pause()
        assert app.results == [None]


async def test_what_is_pasted_is_shown_and_handed_over_as_it_is_seen() -> None:
    app = host()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("o")
        await pilot.pause()
        app.screen.query_one(Input).value = "[b]\x1b[2J\u202e.csv"
        await pilot.pause()
        assert "/home/ann/funds/[b]\\x1b[2J\\u202e.csv" in text_of(app)
        await pilot.press("ctrl+s")
        await pilot.pause()
        request = ExportRequest(Form.CSV, "[b]\\x1b[2J\\u202e.csv", replace=False)
        assert app.results == [request]


async def test_a_click_chooses_a_format() -> None:
    app = host()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("o")
        await pilot.pause()
        await pilot.click(app.listing, offset=(8, 4))
        await pilot.pause()
        assert path_of(app) == "funds.html"
        await pilot.press("enter")
        await pilot.pause()
        assert app.results == [ExportRequest(Form.HTML, "funds.html", replace=False)]


@pytest.mark.parametrize("size", SIZES)
async def test_the_form_fits_any_screen(size: tuple[int, int]) -> None:
    app = host("funds.csv")
    async with app.run_test(size=size) as pilot:
        await pilot.press("o")
        await pilot.pause()
        assert max(map(cell_len, lines(app))) <= size[0]
        shown = said(app)
        assert "this file exists" in shown
        assert "esc cancel" in shown
        assert "Picture (SVG)" in shown
