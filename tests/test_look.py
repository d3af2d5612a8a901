"""How screens look, as text: a change of the look is a change of a file that is read in review.

After a change that is meant, renew the files and read the difference:

    ETFCOMPARE_RENEW_GOLDENS=1 pytest tests/test_look.py
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from rich.cells import cell_len

from screens import SMALL, app_on, lines, text_of, written

if TYPE_CHECKING:
    from collections.abc import Sequence

GOLDENS: Final = Path(__file__).with_name("golden")
RENEW: Final = "ETFCOMPARE_RENEW_GOLDENS"
# conftest keeps our variables from the tests, so the choice is made while this file is loaded.
IS_RENEWING: Final = RENEW in os.environ


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A screen to look at."""

    size: tuple[int, int] = (80, 24)
    keys: Sequence[str] = ()
    text: str | None = SMALL
    """The catalogue; None for one that is missing."""
    theme: str = ""
    environ: dict[str, str] = field(default_factory=dict)


LOOKS: Final = {
    "small": Look(size=(60, 20)),
    "usual": Look(),
    "large": Look(size=(120, 40)),
    "full": Look(size=(200, 60), keys=["j", "space"]),
    "no_color": Look(environ={"NO_COLOR": "1"}),
    "ansi": Look(size=(120, 40), theme="ansi-dark"),
    "explanation": Look(size=(100, 50), keys=["j", "i"]),
    "problems": Look(keys=["p"], text=SMALL.replace("rate: 0.15%", "rate: 0.15")),
    "help": Look(size=(100, 70), keys=["question_mark"]),
    "input_choice": Look(keys=["e"]),
    "value_form": Look(size=(100, 30), keys=["j", "j", "e", "enter", *"0.45%"]),
    "filter_fault": Look(keys=["slash", *"sol aum>"]),
    "no_match": Look(keys=["slash", *"zebra", "enter"]),
    "no_products": Look(text="schema: 1\n"),
}


@pytest.mark.parametrize("name", LOOKS)
async def test_screen_looks_as_it_did(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = LOOKS[name]
    monkeypatch.chdir(tmp_path)
    for variable, value in look.environ.items():
        monkeypatch.setenv(variable, value)
    path = Path("funds.yaml")  # a relative path, as the pages show it
    if look.text is not None:
        written(Path(), look.text)
    app = app_on(path)
    async with app.run_test(size=look.size) as pilot:
        if look.theme:
            app.theme = look.theme
        await pilot.press(*look.keys)
        await pilot.pause()
        await pilot.pause()
        screen = lines(app)
    assert max(cell_len(line) for line in screen) <= look.size[0]
    golden = GOLDENS / f"{name}.txt"
    seen = "\n".join(screen) + "\n"
    if IS_RENEWING:
        golden.write_text(seen, encoding="utf-8")
    assert seen == golden.read_text(encoding="utf-8"), f"changed on purpose? {RENEW}=1 renews it"


def test_every_golden_file_belongs_to_a_screen() -> None:
    assert {path.stem for path in GOLDENS.iterdir()} == set(LOOKS)


async def test_colour_is_never_the_only_sign(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = []
    for variable in ("COLOURED", "NO_COLOR"):
        monkeypatch.setenv(variable, "1")
        app = app_on(written(tmp_path))
        async with app.run_test(size=(120, 40)) as pilot:
            assert app.no_color is (variable == "NO_COLOR")
            await pilot.press("space")
            await pilot.pause()
            shown.append(text_of(app))
    assert shown[0] == shown[1]
