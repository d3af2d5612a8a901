"""A sheet as one page of HTML that needs nothing else: to read on any screen, to print, to send.

Nothing in it can act: it has no script, its policy lets a browser load nothing, every word is
escaped, and only addresses of the web become links (OWASP's rules for output in HTML).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING, Final

from etfcompare.engine.cells import number_text
from etfcompare.engine.figures import FIGURES, leaves_of
from etfcompare.engine.sheet import TICKER, Sheet, SheetColumn, sort_in_words
from etfcompare.html_style import STYLE
from etfcompare.units import MINUS, format_rate
from etfcompare.visible import visible

if TYPE_CHECKING:
    from etfcompare.catalogue.schema import Source
    from etfcompare.engine.figure import Group

POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""What a browser may load for the page: its own style, and nothing else."""

_LONG_WORDS: Final = 28
"""Characters from which words may take a second line."""
_WEB: Final = re.compile(r"(?i)https?://[^\s/]")


def sheet_html(sheet: Sheet, *, manifest: str) -> str:
    """Write a sheet as a page of HTML.

    Args:
        sheet: What is shown.
        manifest: Stands at the foot of the page.
    """
    parts = (
        _head(sheet),
        *_header(sheet),
        *_table(sheet),
        *_legend(sheet),
        *_scenario(sheet),
        *_glossary(sheet),
        *_sources(sheet),
        f"<footer>{text_of(manifest)}</footer>",
        "</main>\n</body>\n</html>",
    )
    return "\n".join(parts) + "\n"


def text_of(text: str) -> str:
    """Return foreign text as HTML in which it is nothing but text, in quotes too."""
    return escape(visible(text), quote=True)


def is_of_web(address: str) -> bool:
    """Tell whether an address is one of the web, which alone may become a link."""
    return _WEB.match(address) is not None


def link(text: str, address: str | None) -> str:
    """Return text as HTML, a link if the address is one of the web."""
    if address is None or not is_of_web(address) or visible(address) != address:
        return text_of(text)
    return f'<a href="{text_of(address)}" rel="noopener noreferrer">{text_of(text)}</a>'


def _title(sheet: Sheet) -> str:
    sort = sheet.comparison.sort
    return f"Funds by {sort_in_words(sort[:1]).rpartition(',')[0]}" if sort else "Funds"


def _head(sheet: Sheet) -> str:
    as_of = sheet.comparison.table.scenario.words()["as_of"]
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{escape(POLICY, quote=True)}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{text_of(_title(sheet))}, {as_of} · etfcompare</title>
<style>
{STYLE}</style>
</head>
<body>
<main>"""


def _header(sheet: Sheet) -> Iterator[str]:
    comparison = sheet.comparison
    table = comparison.table
    words = table.scenario.words()
    cash = table.shared("cash_yield")
    told = [
        f"{len(comparison.rows)} of {comparison.total} products",
        f"as of {words['as_of']}",
        *([f"cash {format_rate(cash, minus=MINUS)}"] if cash is not None else []),
        f"held {words['horizon']}",
        *table.scenario.unusual(),
    ]
    yield f"<header>\n<h1>{text_of(_title(sheet))}</h1>"
    yield f"<p>{text_of(' · '.join(told))}</p>\n</header>"


def _table(sheet: Sheet) -> Iterator[str]:
    comparison = sheet.comparison
    where = comparison.where.text.strip()
    chosen = f"Filter: {where}" if where else "All that are not closed"
    sort = f"Sorted by {sort_in_words(comparison.sort)}" if comparison.sort else "Not sorted"
    drawn = list(_columns(sheet))
    yield '<div class="wide">\n<table>'
    yield f"<caption>{text_of(chosen)}. {text_of(sort)}.</caption>"
    headings = "".join(one.heading for one in drawn)
    yield f'<thead>\n<tr><th scope="col" class="n r">#</th>{headings}</tr>\n</thead>\n<tbody>'
    for row, rank in zip(comparison.rows, comparison.ranks, strict=True):
        cells = "".join(one.cell(row) for one in drawn)
        yield f'<tr><td class="n r">{"" if rank is None else rank}</td>{cells}</tr>'
    if not comparison.rows:
        yield f'<tr><td colspan="{len(drawn) + 1}">No product matches the filter.</td></tr>'
    yield "</tbody>\n</table>\n</div>"


class _Column:
    """A column of the table: its heading, and a cell for each row."""

    def __init__(self, sheet: Sheet, column: SheetColumn, *, gap: bool) -> None:
        self.column = column
        self.sorted = sheet.arrow(column.key)
        self.gap = " g" if gap else ""
        known = (row for row in sheet.comparison.rows if column.value(row) is not None)
        self.room = max((len(column.signs(row)) for row in known), default=0)
        """Signs that every cell keeps room for, so that figures stand on one line."""

    @property
    def heading(self) -> str:
        """The heading, which tells what the figure means to who rests on it."""
        one = self.column
        style = ("" if one.is_words else "n") + self.gap + (" s" if self.sorted else "")
        arrow = f'<span class="a">{self.sorted}</span>' if self.sorted else ""
        room = self._signs("") if self.room else ""
        meaning = text_of(f"{one.label}: {one.figure.meaning}")
        return (
            f'<th scope="col" class="{style.strip()}" title="{meaning}">'
            f"{text_of(one.heading)}{arrow}{room}</th>"
        )

    def cell(self, row: int) -> str:
        """The figure of a product, its signs in a place of their own."""
        one = self.column
        value = one.value(row)
        if one.is_words:
            text = one.text(row)
            said = text_of(text) if value is not None else _quiet(text)
            if one.key == TICKER:
                return f'<th scope="row">{said}</th>'
            style = ("l" if len(text) > _LONG_WORDS else "") + self.gap
            return f'<td class="{style.strip()}">{said}</td>'
        shown = one.text(row) if value is None else number_text(one.figure, value, minus=MINUS)
        said = _quiet(shown) if value is None else text_of(shown)
        signs = self._signs("" if value is None else one.signs(row)) if self.room else ""
        style = f"n{self.gap}" + (" s" if self.sorted else "")
        return f'<td class="{style}">{said}{signs}</td>'

    def _signs(self, signs: str) -> str:
        return f'<span class="m{self.room}">{text_of(signs)}</span>'


def _quiet(sign: str) -> str:
    return f'<span class="q">{text_of(sign)}</span>'


def _columns(sheet: Sheet) -> Iterator[_Column]:
    before: Group | None = None
    for column in sheet.columns:
        group = column.figure.group
        yield _Column(sheet, column, gap=before is not None and group is not before)
        before = group


def _legend(sheet: Sheet) -> Iterator[str]:
    signs = (
        f'<span class="q">{text_of(sign)}</span> {text_of(meaning)}'
        for sign, meaning in sheet.legend().items()
    )
    told = " &ensp; ".join(signs)
    if told:
        yield f'<p class="legend">{told}</p>'


def _scenario(sheet: Sheet) -> Iterator[str]:
    scenario = sheet.comparison.table.scenario
    yield '<section>\n<h2>Assumed</h2>\n<dl class="pairs">'
    yield from _pairs((name.replace("_", " "), word) for name, word in scenario.words().items())
    for pin in sheet.pins:
        words = pin.table.scenario.words()
        usual = scenario.words()
        differing = (
            f"{name.replace('_', ' ')} {word}"
            for name, word in words.items()
            if word != usual[name]
        )
        yield from _pairs([(f"scenario {pin.name}", ", ".join(differing) or "the same")])
    yield "</dl>\n</section>"


def _glossary(sheet: Sheet) -> Iterator[str]:
    keys = dict.fromkeys(one.source for one in sheet.columns if not one.is_words)
    if keys:
        yield '<section>\n<h2>What the figures mean</h2>\n<dl class="glossary">'
        yield from _pairs((FIGURES[key].label, FIGURES[key].meaning) for key in keys)
        yield "</dl>\n</section>"


def _pairs(pairs: Iterator[tuple[str, str]] | list[tuple[str, str]]) -> Iterator[str]:
    for name, word in pairs:
        shown = name[:1].upper() + name[1:]
        yield f"<div><dt>{text_of(shown)}</dt><dd>{text_of(word)}</dd></div>"


def _sources(sheet: Sheet) -> Iterator[str]:
    found = sorted(_named(sheet), key=lambda one: (one.title or one.key).casefold())
    if not found:
        return
    yield "<section>\n<h2>Sources</h2>\n<ul>"
    for one in found:
        date = f"as of {one.as_of.text}" if one.as_of else ""
        more = ", ".join(filter(None, (one.grade, date)))
        told = f" ({text_of(more)})" if more else ""
        yield f"<li>{link(one.title or one.key, one.url)}{told}</li>"
    yield "</ul>\n</section>"


def _named(sheet: Sheet) -> list[Source]:
    """Return the sources of all that the figures shown are computed from."""
    sources = sheet.comparison.table.catalogue.sources
    keys = {
        stated.source or ""
        for table in {one.table: None for one in sheet.columns}
        for leaf in frozenset().union(*(leaves_of(one.source) for one in sheet.columns))
        for row in sheet.comparison.rows
        if (stated := table.input(table.products[row], leaf).stated) is not None
    }
    return [sources[key] for key in keys if key in sources]
