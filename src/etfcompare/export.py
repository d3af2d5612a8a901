"""A comparison as CSV, JSON or Markdown, from which nothing can act where it is opened.

Numbers are raw, in the units that `etfcompare figures` names: a rate of 0.25% is 0.0025, written as
the shortest decimal that names the float. Words carry no control or format character. The same
inputs give the same bytes.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

from etfcompare.engine.cells import cell_text
from etfcompare.engine.figure import Unit
from etfcompare.engine.figures import FIGURES
from etfcompare.visible import visible

if TYPE_CHECKING:
    from etfcompare.engine.comparison import Comparison

Cell: TypeAlias = "float | str | None"
"""A number, words, or nothing."""

RANK, TICKER, MARKS = "rank", "ticker", "marks"

_STARTS_FORMULA: Final = frozenset("=+-@\t\r\n|%＝＋－＠")
_MARKDOWN: Final = re.compile(r"[\\|`*_\[\]#]")
_ENTITIES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_LINES: Final = re.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")
_SCHEME: Final = re.compile(r"(?i)(https?|ftp|mailto)(?=:)|(www)(?=\.)")


def raw(value: Cell) -> Cell:
    """Return a value as data: words made visible, and nothing for a number that is not finite."""
    if isinstance(value, str):
        return visible(value)
    return value if value is not None and math.isfinite(value) else None


def json_text(document: object) -> str:
    """Write a document as JSON that every strict parser reads.

    Raises:
        ValueError: It holds a number that JSON has no word for.
    """
    return json.dumps(document, allow_nan=False, ensure_ascii=False, indent=1) + "\n"


def csv_text(rows: Iterable[Sequence[Cell]], *, defused: bool = True) -> str:
    """Write rows as CSV (RFC 4180, lines ended by CRLF), headings being the first row.

    Args:
        rows: Numbers as floats, everything else as words.
        defused: Put an apostrophe before words that a spreadsheet would take for a formula.
    """
    return "".join(",".join(_csv_cell(one, defused) for one in row) + "\r\n" for row in rows)


def markdown_text(
    headings: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[bool]
) -> str:
    """Write a Markdown table in which no cell is more than its text.

    Args:
        headings: One for each column.
        rows: The cells, in words.
        right: Whether each column is aligned to the right.
    """
    rules = ("---:" if to_right else "---" for to_right in right)
    lines = [map(markdown_cell, headings), rules, *(map(markdown_cell, row) for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def markdown_cell(text: str) -> str:
    """Escape text so that Markdown shows it and does nothing else with it."""
    plain = visible(_LINES.sub(" ", text)).translate(_ENTITIES)
    escaped = _MARKDOWN.sub(r"\\\g<0>", plain)
    # Some readers make links of bare addresses; an entity inside the scheme stops them.
    return _SCHEME.sub(lambda found: f"{found[0][:-1]}&#{ord(found[0][-1])};", escaped)


def comparison_rows(comparison: Comparison, columns: Sequence[str]) -> list[dict[str, object]]:
    """Return the rows of a comparison as JSON takes them, marks only where there are any."""
    table = comparison.table
    keys = tuple(dict.fromkeys((TICKER, *columns)))
    rows: list[dict[str, object]] = []
    for row, rank in zip(comparison.rows, comparison.ranks, strict=True):
        values: dict[str, object] = {key: raw(table.value(row, key)) for key in keys}
        marks = {key: words for key in keys if (words := table.marks(row, key).words)}
        rows.append({RANK: rank, **values, MARKS: marks})
    return rows


def figures_of(columns: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return what the columns are, by key."""
    figures = (FIGURES[key] for key in columns)
    return {
        one.key: {"label": one.label, "unit": one.unit.value, "better": one.better.value}
        for one in figures
    }


def comparison_json(
    comparison: Comparison, columns: Sequence[str], *, catalogue: Mapping[str, object]
) -> str:
    """Write a comparison as JSON.

    Args:
        comparison: What to write.
        columns: Keys of the figures.
        catalogue: What to say of the file.
    """
    return json_text(
        {
            "catalogue": catalogue,
            "scenario": comparison.table.scenario.to_json(),
            "figures": figures_of(columns),
            "shown": len(comparison.rows),
            "total": comparison.total,
            "rows": comparison_rows(comparison, columns),
        }
    )


def comparison_csv(comparison: Comparison, columns: Sequence[str], *, defused: bool = True) -> str:
    """Write a comparison as CSV: keys, raw values, and a last column with the marks in words."""
    keys = tuple(dict.fromkeys((TICKER, *columns)))
    table = comparison.table

    def rows() -> Iterable[Sequence[Cell]]:
        yield (RANK, *keys, MARKS)
        for row, rank in zip(comparison.rows, comparison.ranks, strict=True):
            found = ((key, table.marks(row, key).words) for key in keys)
            marks = "; ".join(f"{key}: {', '.join(words)}" for key, words in found if words)
            yield (rank, *(table.value(row, key) for key in keys), marks)

    return csv_text(rows(), defused=defused)


def comparison_markdown(comparison: Comparison, columns: Sequence[str]) -> str:
    """Write a comparison as a Markdown table of figures as people read them."""
    table = comparison.table
    keys = tuple(dict.fromkeys((TICKER, *columns)))
    figures = [FIGURES[key] for key in keys]
    rows = (
        [
            "" if rank is None else str(rank),
            *(
                cell_text(one, table.value(row, one.key), table.marks(row, one.key))
                for one in figures
            ),
        ]
        for row, rank in zip(comparison.rows, comparison.ranks, strict=True)
    )
    right = [True, *(one.unit is not Unit.WORDS for one in figures)]
    return markdown_text(["#", *(one.label for one in figures)], rows, right)


def _csv_cell(value: Cell, defused: bool) -> str:  # noqa: FBT001 - passed on by position: this runs for every cell
    if value is None:
        return ""
    if not isinstance(value, str):
        return repr(value) if math.isfinite(value) else ""
    text = visible(value)
    if defused and _is_formula(value):
        text = f"'{text}"
    if any(special in text for special in ',"') or text != text.strip():
        doubled = text.replace('"', '""')
        return f'"{doubled}"'
    return text


def _is_formula(text: str) -> bool:
    """Tell whether a spreadsheet may compute the text, whatever blanks stand before it."""
    if text[:1] in _STARTS_FORMULA:
        return bool(text)
    start = next((one for one in text if not _is_blank(one)), "")
    return bool(start) and start in _STARTS_FORMULA


def _is_blank(character: str) -> bool:
    return character not in "\t\r\n" and (
        character.isspace() or unicodedata.category(character) == "Cf"
    )
