"""A sheet as CSV, JSON, Markdown or a page, from which nothing can act where it is opened.

Written is what is shown: the same rows and columns in the same order. Numbers are raw, in the units
that `etfcompare figures` names: a rate of 0.25% is 0.0025, written as the shortest decimal that
names the float; CSV has beside each the figure as people read it. Words carry no control or format
character. The manifest says what all of it stands on. The same inputs give the same bytes.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeAlias

from etfcompare import __version__
from etfcompare.catalogue.problem import Severity
from etfcompare.engine.sheet import Sheet, SheetColumn, sort_in_words
from etfcompare.units import MINUS
from etfcompare.visible import visible

if TYPE_CHECKING:
    from etfcompare.engine.scenario import Scenario
    from etfcompare.workspace import Workspace

Cell: TypeAlias = "float | str | None"
"""A number, words, or nothing."""

RANK, MARKS = "rank", "marks"
SHOWN_SUFFIX: Final = "_shown"
"""Ends the heading of a column that holds figures as people read them."""

_STARTS_FORMULA: Final = frozenset("=+-@\t\r\n|%＝＋－＠")
_MARKDOWN: Final = re.compile(r"[\\|`*_~\[\]#]")
_ENTITIES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_LINES: Final = re.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")
_MAILBOX: Final = re.compile(r"(?<=\S)@(?=\S*\.\S)")
_SCHEME: Final = re.compile(r"(?i)(https?|ftp|mailto)(?=:)|(www)(?=\.)")


class Form(StrEnum):
    """What a sheet can be written as."""

    CSV = "csv"
    CSV_RAW = "csv-raw"
    """Raw numbers and words untouched, for programs."""
    JSON = "json"
    MARKDOWN = "markdown"
    HTML = "html"

    @property
    def suffix(self) -> str:
        """How the name of such a file ends."""
        match self:
            case Form.MARKDOWN:
                return ".md"
            case Form.CSV_RAW:
                return ".csv"
            case _:
                return f".{self.value}"


def written(workspace: Workspace, sheet: Sheet, form: Form) -> str:
    """Write a sheet of an open catalogue.

    Args:
        workspace: What it was made from.
        sheet: What is shown.
        form: What to write it as.
    """
    manifest = manifest_of(workspace, sheet)
    match form:
        case Form.CSV:
            return sheet_csv(sheet, manifest=manifest)
        case Form.CSV_RAW:
            return sheet_csv_raw(sheet)
        case Form.JSON:
            return json_text(document_of(workspace, sheet))
        case Form.MARKDOWN:
            return sheet_markdown(sheet, manifest=manifest)
        case Form.HTML:
            from etfcompare.html_page import sheet_html  # noqa: PLC0415 - for a page alone

            return sheet_html(sheet, manifest=manifest)


def document_of(workspace: Workspace, sheet: Sheet) -> dict[str, object]:
    """Return a sheet of an open catalogue as JSON takes it."""
    return sheet_document(sheet, catalogue=_catalogue(workspace, sheet))


def manifest_of(workspace: Workspace, sheet: Sheet, *, selection: str = "") -> str:
    """Say in one line what the figures of a sheet of an open catalogue stand on.

    Args:
        workspace: What it was made from.
        sheet: What is shown.
        selection: How its products were chosen and put in order; empty for by filter and sort.
    """
    name, sha256 = workspace.path.name, workspace.document.sha256
    return manifest_line(sheet, name=name, sha256=sha256, selection=selection)


def manifest_line(sheet: Sheet, *, name: str, sha256: str, selection: str = "") -> str:
    """Say in one line what the figures of a sheet stand on: program, catalogue, every assumption.

    Args:
        sheet: What is shown.
        name: The name of the catalogue's file.
        sha256: Digest of its content.
        selection: How its products were chosen and put in order; empty for by filter and sort.
    """
    comparison = sheet.comparison
    scenario = comparison.table.scenario
    told = [f"# etfcompare {__version__}", f"{name} sha256 {sha256}", *_in_words(scenario)]
    for pin in sheet.pins:
        usual = set(_in_words(scenario))
        differing = [one for one in _in_words(pin.table.scenario) if one not in usual]
        told.append(f"{pin.name}: {', '.join(differing) or 'the same'}")
    if selection:
        told.append(selection)
    else:
        told.append(f"filter {comparison.where.text.strip() or 'none'}")
        told.append(f"sort {sort_in_words(comparison.sort)}")
    told.append(f"{len(comparison.rows)} of {comparison.total} products")
    return " · ".join(map(visible, told))


def _in_words(scenario: Scenario) -> list[str]:
    words = ((name.replace("_", " "), word) for name, word in scenario.words().items())
    return [f"{name} {word}" for name, word in words]


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


def defused_text(text: str) -> str:
    """Return words as a spreadsheet shows them, with an apostrophe before what it would compute.

    Each part behind a semicolon counts as well: half of the world's spreadsheets separate by it.
    """
    first, *others = text.split(";")
    parts = [(first, _is_formula(first)), *((one, _is_formula(one, '"')) for one in others)]
    return ";".join(f"'{visible(one)}" if is_formula else visible(one) for one, is_formula in parts)


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
    unlinked = _SCHEME.sub(lambda found: f"{found[0][:-1]}&#{ord(found[0][-1])};", escaped)
    # Those of mail they look for when entities are read: only a character between helps, here a
    # word joiner, which takes no room.
    return _MAILBOX.sub("&#8288;@", unlinked)


def sheet_rows(sheet: Sheet) -> list[dict[str, object]]:
    """Return the rows of a sheet as JSON takes them, marks only where there are any."""
    rows: list[dict[str, object]] = []
    for row, rank in _ranked(sheet):
        values: dict[str, object] = {one.key: raw(one.value(row)) for one in sheet.columns}
        marks = {one.key: words for one in sheet.columns if (words := one.marks(row).words)}
        rows.append({RANK: rank, **values, MARKS: marks})
    return rows


def sheet_document(sheet: Sheet, *, catalogue: Mapping[str, object]) -> dict[str, object]:
    """Return a sheet as JSON takes it.

    Args:
        sheet: What is shown.
        catalogue: What to say of the file.
    """
    comparison = sheet.comparison
    pins = {pin.name: pin.table.scenario.to_json() for pin in sheet.pins}
    return {
        "version": __version__,
        "catalogue": catalogue,
        "scenario": comparison.table.scenario.to_json(),
        **({"pins": pins} if pins else {}),
        "figures": {one.key: _described(one) for one in sheet.columns},
        "shown": len(comparison.rows),
        "total": comparison.total,
        "rows": sheet_rows(sheet),
    }


def sheet_csv(sheet: Sheet, *, manifest: str) -> str:
    """Write a sheet as CSV: each number raw and as people read it, then the marks in words.

    Args:
        sheet: What is shown.
        manifest: Stands alone in the last row.
    """

    def rows() -> Iterator[Sequence[Cell]]:
        headings = [heading for one in sheet.columns for heading in _headings(one)]
        yield (RANK, *headings, MARKS)
        for row, rank in _ranked(sheet):
            cells = (cell for one in sheet.columns for cell in _raw_and_shown(one, row))
            yield (rank, *cells, _marks_in_words(sheet, row))
        yield (manifest, *("" for _ in headings), "")

    return csv_text(rows())


def sheet_csv_raw(sheet: Sheet) -> str:
    """Write a sheet as CSV for programs: raw numbers, words untouched, nothing beside them."""

    def rows() -> Iterator[Sequence[Cell]]:
        yield (RANK, *(one.key for one in sheet.columns), MARKS)
        for row, rank in _ranked(sheet):
            values = (one.value(row) for one in sheet.columns)
            yield (rank, *values, _marks_in_words(sheet, row))

    return csv_text(rows(), defused=False)


def sheet_markdown(sheet: Sheet, *, manifest: str) -> str:
    """Write a sheet as a Markdown table of figures as people read them.

    Args:
        sheet: What is shown.
        manifest: Stands below the table.
    """
    rows = (
        ["" if rank is None else str(rank), *(one.text(row) for one in sheet.columns)]
        for row, rank in _ranked(sheet)
    )
    right = [True, *(not one.is_words for one in sheet.columns)]
    table = markdown_text(["#", *(one.label for one in sheet.columns)], rows, right)
    return f"{table}\n{markdown_cell(manifest)}\n"


def _catalogue(workspace: Workspace, sheet: Sheet) -> dict[str, object]:
    problems = workspace.problems(sheet.comparison.table.scenario)
    found = Counter(one.severity for one in problems)
    return {
        "path": visible(str(workspace.path)),
        "sha256": workspace.document.sha256,
        **{f"{severity.value}s": found[severity] for severity in Severity},
    }


def _ranked(sheet: Sheet) -> Iterable[tuple[int, int | None]]:
    return zip(sheet.comparison.rows, sheet.comparison.ranks, strict=True)


def _described(column: SheetColumn) -> dict[str, str]:
    figure = column.figure
    return {"label": column.label, "unit": figure.unit.value, "better": figure.better.value}


def _headings(column: SheetColumn) -> tuple[str, ...]:
    return (column.key,) if column.is_words else (column.key, column.key + SHOWN_SUFFIX)


def _raw_and_shown(column: SheetColumn, row: int) -> tuple[Cell, ...]:
    value = column.value(row)
    return (value,) if column.is_words else (value, column.text(row, minus=MINUS))


def _marks_in_words(sheet: Sheet, row: int) -> str:
    found = ((one.key, one.marks(row).words) for one in sheet.columns)
    return "; ".join(f"{key}: {', '.join(words)}" for key, words in found if words)


def _csv_cell(value: Cell, defused: bool) -> str:  # noqa: FBT001 - passed on by position: this runs for every cell
    if value is None:
        return ""
    if not isinstance(value, str):
        return repr(value) if math.isfinite(value) else ""
    text = defused_text(value) if defused else visible(value)
    if any(special in text for special in ',"') or text != text.strip():
        doubled = text.replace('"', '""')
        return f'"{doubled}"'
    return text


def _is_formula(text: str, skipped: str = "") -> bool:
    """Tell whether a spreadsheet may compute the text, whatever blanks stand before it.

    Args:
        text: What a cell holds.
        skipped: A character that may stand there as well as blanks.
    """
    if text[:1] in _STARTS_FORMULA:
        return bool(text)
    start = next((one for one in text if one != skipped and not _is_blank(one)), "")
    return bool(start) and start in _STARTS_FORMULA


def _is_blank(character: str) -> bool:
    return character not in "\t\r\n" and (
        character.isspace() or unicodedata.category(character) == "Cf"
    )
