"""`etfcompare figures`: every figure that can be a column, a sort key or a word of a filter."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Final

import click

from etfcompare.cli.options import Format, formats
from etfcompare.cli.output import write, write_exact
from etfcompare.engine.explain import formula_in_words
from etfcompare.engine.figure import Better, Figure, Unit
from etfcompare.engine.figures import AGE, FIGURES
from etfcompare.export import csv_text, json_text, markdown_cell

UNITS: Final = {
    Unit.RATE: "percent",
    Unit.BPS: "basis points",
    Unit.MONEY: "US dollars",
    Unit.DAYS: "days",
    Unit.NUMBER: "number",
    Unit.WORDS: "words",
}
"""How a unit is shown; raw, rates and basis points are fractions: 0.25% is 0.0025."""
_HEAD: Final = """\
# Figures

Every figure can be a column (`--columns`), a sort key (`--sort`) and a word of a filter
(`--where`). In JSON and CSV numbers are raw: percentages and basis points as fractions (0.25% is
0.0025, a year where it is a yearly rate), money in US dollars.
"""
_FOOT: Final = """\

This page is written by `etfcompare figures --markdown`.
"""


@click.command(
    short_help="List the figures and their formulas.",
    epilog="""\b
    Examples:
      etfcompare figures
      etfcompare figures --json | jq -r '.[].key'
      etfcompare figures --markdown > figures.md
    """,
)
@formats(Format.JSON, Format.CSV, Format.MARKDOWN)
def command(form: Format) -> int:
    """List the figures: key, label, unit, which way is better, meaning and formula."""
    match form:
        case Format.JSON:
            write_exact(json_text([_document(one) for one in FIGURES.values()]))
        case Format.CSV:
            rows = [_document(one) for one in FIGURES.values()]
            write_exact(csv_text([list(rows[0]), *(list(one.values()) for one in rows)]))
        case Format.MARKDOWN:
            write_exact(_page())
        case _:
            write("\n".join(_list()) + "\n")
    return 0


def _meaning(figure: Figure) -> str:
    return " ".join(figure.meaning.split())


def _formula(figure: Figure) -> str:
    is_computed = figure.formula is not None or figure.key == AGE
    return formula_in_words(figure) if is_computed else ""


def _kind(figure: Figure) -> tuple[str, str]:
    """Return the label, and the unit with which way is better."""
    unit = UNITS[figure.unit]
    if figure.unit is Unit.WORDS or figure.better is Better.NEITHER:
        return figure.label, unit
    return figure.label, f"{unit}, {figure.better.value} is better"


def _document(figure: Figure) -> dict[str, str]:
    return {
        "key": figure.key,
        "label": figure.label,
        "group": figure.group.value,
        "unit": figure.unit.value,
        "better": figure.better.value,
        "meaning": _meaning(figure),
        "formula": _formula(figure),
    }


def _list() -> Iterable[str]:
    for group, figures in groupby(FIGURES.values(), key=lambda one: one.group):
        yield group.value.upper()
        for one in figures:
            yield f"  {one.key}  ({'; '.join(_kind(one))})"
            yield f"      {_meaning(one)}"
            if _formula(one):
                yield f"      = {_formula(one)}"
        yield ""


def _page() -> str:
    return _HEAD + "".join(_sections()) + _FOOT


def _sections() -> Iterable[str]:
    for group, figures in groupby(FIGURES.values(), key=lambda one: one.group):
        yield f"\n## {group.value.capitalize()}\n\n"
        yield "| key | label | shown in | meaning | formula |\n"
        yield "| --- | --- | --- | --- | --- |\n"
        for one in figures:
            words = (*_kind(one), _meaning(one), _formula(one))
            yield f"| `{one.key}` | {' | '.join(map(markdown_cell, words))} |\n"
