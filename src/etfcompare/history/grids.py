"""A file as rows of cells that know their line: CSV, or the tables of a saved page.

Nothing in a page is run, fetched or followed: its tags are read as text, and what is between the
tags of a cell is the cell.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from html import unescape
from typing import Final, NamedTuple

from etfcompare.errors import UnreadableError

CELLS_IN_A_ROW: Final = 500
"""More than any table of funds has."""
MOST_MARKUP: Final = 4 << 20
"""Bytes of the largest page that is read; a page with all days since 2024 has a tenth of that."""

SPACES: Final = " \t\r\n\N{NO-BREAK SPACE}"
"""What may stand around a cell; no control character is dropped unseen."""

_DELIMITERS: Final = ",\t;"
_SPAN: Final = 50
_TAG: Final = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*+)((?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+)>")
_COLSPAN: Final = re.compile(r"\bcolspan\s*=\s*[\"']?([0-9]{1,3})\b", re.IGNORECASE)
_UNREAD: Final = frozenset({"script", "style", "textarea", "title", "noscript", "template"})
"""Elements whose content is no text of a table."""


class Row(NamedTuple):
    """One row of a table."""

    line: int
    """Where it begins in the file, from 1."""
    cells: tuple[str, ...]
    """Without spaces around them; at least one holds something."""


def rows_of_csv(text: str) -> tuple[Row, ...]:
    """Return the rows of a text whose cells are parted by commas, tabs or semicolons.

    Raises:
        UnreadableError: Its quotes do not match.
    """
    return tuple(_csv_rows(text))


def rows_of_page(text: str) -> tuple[Row, ...]:
    """Return the rows of all tables of an HTML page, in its order.

    Raises:
        UnreadableError: It is too large, or leaves a tag or comment open.
    """
    if len(text) > MOST_MARKUP:
        raise UnreadableError(
            f"the page is larger than {MOST_MARKUP >> 20} MiB; save only the table"
        )
    return _Page(text).read()


def _csv_rows(text: str) -> Iterator[Row]:
    head = text[:4096]
    delimiter = max(_DELIMITERS, key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if len(cells) > CELLS_IN_A_ROW:
                raise UnreadableError(f"line {line}: has more than {CELLS_IN_A_ROW} cells")
            row = Row(line, tuple(cell.strip(SPACES) for cell in cells))
            if any(row.cells):
                yield row
            line = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableError(f"line {line}: cannot be read as CSV: {error}") from error


class _Page:
    """Takes the rows of tables from a page, in one pass.

    `html.parser` would do, but goes over a page of unclosed comments once for each of them.
    """

    def __init__(self, text: str) -> None:
        self.rows: list[Row] = []
        self._text = text
        self._cells: list[str] = []
        self._cell: list[str] | None = None
        self._span = 1
        self._begins = 1
        self._line, self._counted = 1, 0

    def read(self) -> tuple[Row, ...]:
        """Return its rows."""
        text, at = self._text, 0
        while (start := text.find("<", at)) >= 0:
            self._data(text[at:start])
            follows = text[start + 1 : start + 2]
            if text.startswith("<!--", start):
                at = self._behind("-->", start + 4)
            elif follows in {"!", "?"}:
                at = self._behind(">", start)
            elif follows == "/" or (follows.isascii() and follows.isalpha()):
                at = self._tag(start)
            else:
                self._data("<")
                at = start + 1
        self._data(text[at:])
        self._end_row()
        return tuple(self.rows)

    def _tag(self, start: int) -> int:
        """Read a tag; return where what follows it begins."""
        found = _TAG.match(self._text, start)
        if found is None:
            raise self._fault(start)
        slash, name, attributes = found[1], found[2].lower(), found[3]
        if name in {"td", "th"}:
            self._end_cell()
            if not slash:
                span = _COLSPAN.search(attributes)
                self._span = min(int(span[1]), _SPAN) if span else 1
                self._cell = []
        elif name in {"tr", "table"}:
            self._end_row()
            self._begins = self._line_at(start)
        elif name == "br":
            self._data(" ")
        elif name in _UNREAD and not slash:
            closing = re.compile(f"</{name}", re.IGNORECASE).search(self._text, found.end())
            if closing is None:
                raise self._fault(start)
            return closing.start()
        return found.end()

    def _behind(self, mark: str, start: int) -> int:
        end = self._text.find(mark, start)
        if end < 0:
            raise self._fault(start)
        return end + len(mark)

    def _fault(self, at: int) -> UnreadableError:
        return UnreadableError(f"line {self._line_at(at)}: a tag or comment is never closed")

    def _line_at(self, at: int) -> int:
        self._line += self._text.count("\n", self._counted, at)
        self._counted = at
        return self._line

    def _data(self, text: str) -> None:
        if self._cell is not None and text:
            self._cell.append(text)

    def _end_cell(self) -> None:
        if self._cell is None:
            return
        text = unescape("".join(self._cell)).replace("\N{NO-BREAK SPACE}", " ").strip(SPACES)
        self._cell = None
        if len(self._cells) < CELLS_IN_A_ROW:
            self._cells += [text, *[""] * (self._span - 1)]

    def _end_row(self) -> None:
        self._end_cell()
        if any(self._cells):
            self.rows.append(Row(self._begins, tuple(self._cells)))
        self._cells = []
