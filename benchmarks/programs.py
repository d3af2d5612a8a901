"""The programs that are timed side by side in a terminal."""

from __future__ import annotations

import subprocess
import sys
import venv
from collections.abc import Mapping
from pathlib import Path

from terminal import ROWS, Program

HERE = Path(__file__).resolve().parent
BIN = Path(sys.executable).parent
VISIDATA_HOME = HERE.parent / ".venv-bench"
VISIDATA_MESSAGES = 9
"""Rows at the bottom over which VisiData lays its messages, now these and now those."""

CURSOR, SORT, FILTER, WHAT_IF = "cursor", "sort", "filter letter", "what-if step"
EMPTY = "empty Textual app"

_MOVES = ((CURSOR, "j"),) * 5
_SORTS = ((SORT, "["), (SORT, "]")) * 2
_THERE_AND_BACK = tuple((WHAT_IF, key) for key in "llhh")
_WHAT_IF = (
    *(("", "w"), ("", "j")),
    *_THERE_AND_BACK,  # the horizon
    *((("", "j"),) * 4),
    *_THERE_AND_BACK,  # the rewards of an asset
    ("", "w"),
)


def empty_app() -> Program:
    """Return the app that shows one line, and counts keys."""
    return Program(
        name=EMPTY,
        command=[str(BIN / "python"), str(HERE / "empty_app.py")],
        ready="0 keys",
        keys=_MOVES,
    )


def etfcompare(name: str, catalogue: Path, letters: str) -> Program:
    """Return the terminal interface on a catalogue; the cursor starts on the net yield.

    Args:
        name: What the catalogue is called.
        catalogue: Where it is.
        letters: To type into the filter; each leaves other products.
    """
    return Program(
        name=f"etfcompare, {name}",
        command=[str(BIN / "etfcompare"), str(catalogue)],
        ready="q quit",
        keys=(*_MOVES, *_SORTS, *_WHAT_IF, ("", "/"), *((FILTER, letter) for letter in letters)),
        restless_rows=(1,),
    )


def visidata(name: str, catalogue: Path, environ: Mapping[str, str]) -> Program | None:
    """Return VisiData on the rows of a catalogue as CSV; None where it cannot be installed."""
    program = _visidata()
    if program is None:
        return None
    rows = catalogue.with_suffix(".csv")
    command = [str(BIN / "etfcompare"), "rank", "--csv", "--catalogue", str(catalogue)]
    listed = subprocess.run(command, env=environ, check=True, capture_output=True).stdout
    rows.write_bytes(listed)
    count = len(listed.splitlines()) - 1
    to_net_yield = (("", "l"),) * 4
    return Program(
        name=f"VisiData, {name}",
        command=[str(program), str(rows)],
        ready=f"{count} rows",
        keys=(*_MOVES, *to_net_yield, *_SORTS),
        restless_rows=(0, *range(ROWS - VISIDATA_MESSAGES, ROWS)),
    )


def _visidata() -> Path | None:
    program = VISIDATA_HOME / "bin" / "vd"
    if not program.exists():
        venv.create(VISIDATA_HOME, with_pip=True)
        pip = [str(program.with_name("python")), "-m", "pip", "install", "-qq", "visidata"]
        subprocess.run(pip, check=False)
    return program if program.exists() else None
