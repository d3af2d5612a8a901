"""Measure how quick etfcompare is, beside an empty Textual app, VisiData and PyYAML's C parser.

Everything is held against something that was measured in the same run: machines differ, and the
same machine differs from hour to hour.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import engine
import terminal
from catalogues import catalogue_text
from engine import Stages, Timing
from programs import CURSOR, EMPTY, FILTER, SORT, WHAT_IF, empty_app, etfcompare, visidata
from report import Results, put_between_marks
from terminal import Answer, Program, Run

HERE = Path(__file__).resolve().parent
SHIPPED = HERE.parent / "products.yaml"
DOCS = HERE.parent / "docs" / "performance.md"
ON_SCREEN = (1_000, 10_000)
"""Products of the catalogues that are opened in a terminal beside the shipped one."""
IN_PROCESS = {100: 20, 1_000: 9, 10_000: 5, 100_000: 1}
"""Products, and how often each stage is timed."""
QUICK_ROUNDS, QUICK_SIZES = 3, 3
ABSENT = "–"


def main() -> None:
    """Measure, print what came of it, and write it into the docs if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9, help="runs of each program in a terminal")
    parser.add_argument("--only", choices=["terminal", "engine"], help="measure one part")
    parser.add_argument("--quick", action="store_true", help="few rounds, and nothing large")
    parser.add_argument("--write", action="store_true", help=f"put the results into {DOCS.name}")
    options = parser.parse_args()
    if options.write and options.only:
        parser.error("--write takes all parts")

    tables: list[Results] = []
    if options.only != "engine":
        tables.append(_on_screen(QUICK_ROUNDS if options.quick else options.rounds))
    if options.only != "terminal":
        tables.append(_stages(list(IN_PROCESS)[: QUICK_SIZES if options.quick else None]))
        if not options.quick:
            tables.append(_million())
    print("\n".join(table.plain() for table in tables))
    if options.write:
        put_between_marks(DOCS, tables)


def _on_screen(rounds: int) -> Results:
    with tempfile.TemporaryDirectory() as folder:
        # A home of its own: no one's settings, and nothing left behind.
        environ = dict(os.environ, HOME=folder, TERM="xterm-256color", COLORTERM="truecolor")
        shipped = Path(folder, SHIPPED.name)
        shipped.write_bytes(SHIPPED.read_bytes())
        catalogues = {"shipped": shipped}
        for size in ON_SCREEN:
            path = catalogues[f"{size:,}"] = Path(folder, f"{size}.yaml")
            path.write_text(catalogue_text(size))
        listed = [empty_app()]
        absent = []
        for name, path in catalogues.items():
            listed.append(etfcompare(name, path, "bt" if path is shipped else "12"))
        for name, path in catalogues.items():
            rival = visidata(name, path, environ)
            listed += [rival] if rival else []
            absent += [] if rival else [f"VisiData, {name} (not installed)"]
        runs = terminal.rounds(listed, environ, rounds)
    base = runs[EMPTY]
    rows = [_screen_row(program, runs[program.name], base) for program in listed]
    return Results(
        title=f"In a terminal: milliseconds (× the empty app), medians of {rounds} rounds",
        heads=(
            "program",
            "first screen",
            "at best",
            "cursor begins",
            CURSOR,
            SORT,
            FILTER,
            WHAT_IF,
        ),
        rows=[*rows, *([name, *[ABSENT] * 7] for name in absent)],
    )


def _screen_row(program: Program, runs: Sequence[Run], base: Sequence[Run]) -> list[str]:
    first = [run.first_screen for run in runs]
    empty = [run.first_screen for run in base]
    key = statistics.median(one.complete for one in _answers(base, CURSOR))
    moves = _answers(runs, CURSOR)
    return [
        program.name,
        _compared(statistics.median(first), statistics.median(empty)),
        _compared(min(first), min(empty)),
        _compared(statistics.median(one.begun for one in moves), key),
        *(_answer(_answers(runs, name), key) for name in (CURSOR, SORT, FILTER, WHAT_IF)),
    ]


def _answers(runs: Iterable[Run], name: str) -> list[Answer]:
    return [answer for run in runs for key, answer in run.answers if key == name]


def _answer(answers: Sequence[Answer], base: float) -> str:
    return (
        _compared(statistics.median(one.complete for one in answers), base) if answers else ABSENT
    )


def _compared(seconds: float, base: float) -> str:
    return f"{_milliseconds(seconds)} ({seconds / base:.2f}×)"


def _stages(sizes: Iterable[int]) -> Results:
    return Results(
        title="In the process: milliseconds of CPU time, at best / median",
        heads=(
            *("products", "KiB", "C event parse", "text to tree", "tree to catalogue"),
            *("× the event parse", "ten figures", "filter, sort, rank"),
        ),
        rows=[_stage_row(engine.stages(size, IN_PROCESS[size])) for size in sizes],
    )


def _stage_row(stages: Stages) -> list[str]:
    reading = stages.document.best + stages.catalogue.best
    timings = (stages.events, stages.document, stages.catalogue)
    return [
        f"{stages.products:,}",
        f"{stages.bytes / 1024:,.0f}",
        *map(_timing, timings),
        f"{reading / stages.events.best:.2f}×",
        _timing(stages.figures),
        _timing(stages.ranking),
    ]


def _million() -> Results:
    million = engine.million(repeats=3)
    return Results(
        title="A million products: milliseconds of CPU time, at best / median",
        heads=("what", "time"),
        rows=[
            ["ten figures, from arrays of what the products say", _timing(million.formulas)],
            ["the order by net yield, from its array", _timing(million.sorting)],
            ["ten figures, from the products", _timing(million.figures)],
            ["filter, sort, rank, from the figures", _timing(million.ranking)],
        ],
    )


def _timing(timing: Timing) -> str:
    return f"{_milliseconds(timing.best)} / {_milliseconds(timing.median)}"


def _milliseconds(seconds: float) -> str:
    milliseconds = seconds * 1000
    return f"{milliseconds:.1f}" if milliseconds < 100 else f"{milliseconds:,.0f}"


if __name__ == "__main__":
    main()
