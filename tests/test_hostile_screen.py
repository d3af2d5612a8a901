"""Nothing from a file can act on the screen: it is shown literally, wherever it stands."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import pytest
from rich.cells import cell_len
from textual.geometry import Region
from textual.widgets import Static

from conftest import TODAY
from etfcompare.engine.figures import FIGURES
from etfcompare.engine.scenario import Scenario
from etfcompare.engine.words import WORDS
from etfcompare.tui.fault import FaultScreen
from etfcompare.tui.pages import explanation_page
from etfcompare.visible import visible
from pseudoterminal import PseudoTerminal
from screens import app_on, lines, opened, products, text_of, type_filter, written

if TYPE_CHECKING:
    from pathlib import Path

    from etfcompare.tui.app import EtfCompare

CLICKABLE: Final = "[@click=app.quit]x[/]"
PAYLOADS: Final = {
    "T01": "[red]x[/red]",
    "T02": "[/nope]",
    "T03": CLICKABLE,
    "T04 link": "[link=http://evil]x[/link]",
    "T04 variable": "[$primary]",
    "T04 blanks": "[ red ]",
    "T04 open": "[",
    "T04 backslash": "x\\",
    "T05 to T07": "\x1b[2J\x1b[31m\x1b]52;c;cHduZWQ=\x07\x1b]0;pwned\x1b\\",
    "T08": "\x9b31m\x9d0;pwned\x9c",
    "T09": "a\rb\bc\td\ne\x00",
    "T10": "\u202eabc\u2066\u200b\u00ad\ufeff",
    "T11": "a" + "\u0301" * 20,
    "T12 wide": "株式会社ファンド",
    "T12 emoji": "🚀👩",
    "T12 family": "👨\u200d👩\u200d👧",
    "T13": "W" * 240,
}
FILE_NAME: Final = "[b]f[@click=app.quit]x\x1b]52;c;cHduZWQ=\x07\u202e\x9b2J.yaml"
READ_IN_DETAIL: Final = 6
"""Fields of a product that its detail shows: ticker, asset, name, issuer, exchange, note."""
DRAWN_LITERALLY: Final = ["T01", "T02", "T03", "T04 link", "T04 variable", "T04 blanks", "T08"]


def quoted(text: str) -> str:
    """A text as YAML, with escapes for what cannot be seen."""
    plain = (
        one if one.isprintable() and one not in '"\\' else f"\\U{ord(one):08x}" for one in text
    )
    return f'"{"".join(plain)}"'


def key_of(case: str) -> str:
    """What a payload is called where it must be a key of its own."""
    return f"{PAYLOADS[case]}{list(PAYLOADS).index(case)}"


def hostile() -> str:
    """A catalogue with each payload in every text of an asset, a source and a product."""
    cases = [(quoted(key_of(case)), quoted(payload)) for case, payload in PAYLOADS.items()]
    text = [
        "schema: 1",
        f"cash: {{name: {cases[0][1]}, yield: 3.63%, as_of: 2026-11-01, source: {cases[0][0]}}}",
        "assets:",
        *(
            f"  {key}: {{name: {word}, staking: {{rate: 5%, as_of: 2026-11-01, source: {key}}}}}"
            for key, word in cases
        ),
        "sources:",
        *(
            f"  {key}: {{title: {word}, url: {word}, grade: {word}, note: {word}}}"
            for key, word in cases
        ),
        "products:",
    ]
    for key, word in cases:
        text += [
            f"  - ticker: {key}",
            f"    asset: {key}",
            *(f"    {one}: {word}" for one in ("name", "issuer", "structure", "custodian", "note")),
            f"    listing: {{exchange: {word}, country: {word}}}",
            f"    status: {word}",
            f"    {key}: {word}",
            f"    fee: {{rate: 0.25%, as_of: 2026-11-01, source: {key}}}",
            f"    staking: {{staked: 90%, cut: 10%, as_of: {word}, source: {key}}}",
            f"    market: {{aum: {word}}}",
        ]
    return "\n".join(text) + "\n"


def squeezed(text: str) -> str:
    """Text without blanks and frames, in which a wrapped word is whole again."""
    return "".join(one for one in text if one not in " \n│")


def drawn(app: EtfCompare) -> str:
    """All that the widgets of the screen give to the terminal, and nothing in it can act."""
    strips = [
        strip
        for widget in [app.screen, *app.screen.query("*")]
        if widget.outer_size.area
        for strip in widget.render_lines(Region(0, 0, *widget.outer_size))
    ]
    segments = [segment for strip in strips for segment in strip]
    assert not any(segment.control for segment in segments)
    assert not any(
        segment.style and (segment.style.link or "@click" in segment.style.meta)
        for segment in segments
    )
    text = "".join(segment.text for segment in segments)
    assert [one for one in text if not one.isprintable()] == []
    return text


async def test_every_screen_shows_hostile_text_literally_and_keeps_its_columns(
    tmp_path: Path,
) -> None:
    app = app_on(written(tmp_path, hostile(), FILE_NAME))
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        rows = [line for line in lines(app) if "│" in line]
        assert len(rows) == 37
        assert len({cell_len(line[: line.index("│")]) for line in rows}) == 1
        for case in PAYLOADS:
            products(app).grid.move_to(key_of(case))
            await pilot.pause()
            drawn(app)
            await pilot.press("enter")
            await pilot.pause()
            text = app.screen.query_one("#text", Static).content
            assert squeezed(str(text)).count(squeezed(visible(PAYLOADS[case]))) >= READ_IN_DETAIL
            drawn(app)
            await pilot.press("escape", "i")
            await pilot.pause()
            assert squeezed(visible(key_of(case)))[:30] in squeezed(drawn(app))
            await pilot.press("escape")
        for key in ("p", "question_mark"):
            await pilot.press(key)
            await pilot.pause()
            drawn(app)
            await pilot.press("escape")
        await pilot.press("r")
        await pilot.pause()
        assert r"[b]f[@click=app.quit]x\x1b]52;" in drawn(app)
        assert app.is_running


def test_every_explanation_shows_hostile_text_literally(tmp_path: Path) -> None:
    workspace = opened(written(tmp_path, hostile()))
    for row, case in enumerate(PAYLOADS):
        for key in FIGURES:
            page = explanation_page(workspace.explain(Scenario(as_of=TODAY), row, key), 80)
            assert page.plain.replace("\n", "").isprintable()
            assert not any(span.style for span in page.spans if "@click" in str(span.style))
            if key in WORDS and workspace.table(Scenario(as_of=TODAY)).value(row, key):
                assert squeezed(visible(PAYLOADS[case])) in squeezed(page.plain)


@pytest.mark.parametrize("case", DRAWN_LITERALLY)
async def test_a_payload_stands_in_the_table_and_in_the_title_as_written(
    tmp_path: Path, case: str
) -> None:
    payload = PAYLOADS[case]
    app = app_on(written(tmp_path, hostile(), f"{payload.replace('/', '')}.yaml"))
    async with app.run_test(size=(200, 60)) as pilot:
        products(app).grid.move_to(key_of(case))
        await pilot.pause()
        shown = lines(app)
        assert visible(payload.replace("/", "")) in shown[0]
        assert any(visible(payload)[:9] in line for line in shown[2:])


async def test_t03_a_click_on_what_looks_like_an_action_runs_nothing(tmp_path: Path) -> None:
    app = app_on(written(tmp_path, hostile(), FILE_NAME))
    async with app.run_test(size=(120, 40)) as pilot:
        products(app).grid.move_to(key_of("T03"))
        await pilot.pause()
        for keys in ([], ["enter"], ["escape", "i"], ["escape", "p"]):
            await pilot.press(*keys)
            await pilot.pause()
            for y, line in enumerate(lines(app)):
                for part in ("@click=app", "quit]x"):
                    if part in line:
                        await pilot.click(offset=(line.index(part) + 3, y))
                        await pilot.pause()
            assert app.return_code is None
            assert app.is_running


async def test_t14_the_fault_screen_shows_a_hostile_path_literally(tmp_path: Path) -> None:
    folder = tmp_path / "[red]d\x1b[2J"
    folder.mkdir()
    app = app_on(folder / FILE_NAME)
    async with app.run_test(size=(120, 24)) as pilot:
        assert isinstance(app.screen, FaultScreen)
        text = squeezed(drawn(app))
        assert r"[red]d\x1b[2J" in text
        assert r"[b]f[@click=app.quit]x\x1b]52;c;cHduZWQ=\x07\u202e\x9b2J.yaml" in text
        await pilot.click(offset=(60, 12))
        assert app.return_code is None


async def test_t15_a_document_that_is_refused_shows_its_hostile_words_literally(
    tmp_path: Path,
) -> None:
    word = quoted(PAYLOADS["T05 to T07"] + CLICKABLE)
    app = app_on(written(tmp_path, f"{word}: 1\n{word}: 2\nproducts: *nowhere\n"))
    async with app.run_test(size=(120, 24)):
        assert isinstance(app.screen, FaultScreen)
        drawn(app)


async def test_a_hostile_filter_is_told_literally(tmp_path: Path) -> None:
    app = app_on(written(tmp_path))
    async with app.run_test(size=(120, 24)) as pilot:
        await type_filter(pilot, "[@click=app.quit]x[/]>4")
        drawn(app)
        assert "✗" in lines(app)[-1]
        await pilot.press("escape")
        await type_filter(pilot, "[red]zebra[/red]")
        await pilot.press("enter")
        await pilot.pause()
        assert text_of(app).count("[red]zebra[/red]") == 2


@pytest.mark.pty
@pytest.mark.parametrize("columns", [80, 120])
def test_p7_no_sequence_of_a_file_reaches_the_terminal(tmp_path: Path, columns: int) -> None:
    path = written(tmp_path, hostile(), FILE_NAME)
    command = [sys.executable, "-m", "etfcompare", str(path)]
    with PseudoTerminal(command, columns=columns, rows=40) as pty:
        pty.wait_for("etfcompare")
        pty.wait_for("filter")
        pty.wait_for("cash 3.63%")
        for key in ("i", "\r", "p", "?"):
            pty.send("j" * 4 + key)
            pty.wait_for("esc closes")
            pty.send("q")
            pty.wait_until(lambda: "esc closes" not in pty.text, "end of the page")
        pty.send("r")
        pty.wait_for("changed")
        pty.send("q")
        assert pty.wait_exit() == 0
        assert b"\x1b]52" not in pty.output
        assert b"\x1b]0;" not in pty.output
        assert b"\x1b[2J\x1b[31m" not in pty.output
        shown = pty.output.decode()
        assert not {"\x9b", "\x9d", "\u202e", "\u2066", "\u200b", "\u200d", "\xad"} & set(shown)
        assert r"\x1b[2J" in shown


@pytest.mark.pty
def test_t12_wide_characters_leave_the_columns_where_they_are(tmp_path: Path) -> None:
    path = written(tmp_path, hostile())
    with PseudoTerminal(
        [sys.executable, "-m", "etfcompare", str(path)], columns=120, rows=40
    ) as pty:
        pty.wait_for("q quit")
        pty.wait_for("株")
        borders = {
            tuple(x for x in range(120) if pty.screen.buffer[y][x].data == "│")
            for y in range(2, 39)
        }
        assert len(borders) == 1
        assert len(borders.pop()) == 1
