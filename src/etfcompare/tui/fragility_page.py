"""How firm the answer is: what changes who is first, what moves a product, and hard times."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from rich.cells import cell_len
from textual import work
from textual.content import Content

from etfcompare.engine.comparison import DEFAULT_SORT, Comparison
from etfcompare.engine.figure import Unit
from etfcompare.engine.figures import FIGURES
from etfcompare.engine.fragility import Fragility, Standing, fragility
from etfcompare.engine.fragility_words import sentences, unknown_in_words
from etfcompare.engine.stress import Stressed, stress
from etfcompare.engine.stress_words import (
    case_name,
    cash_text,
    net_text,
    rank_text,
    return_text,
    tops_in_words,
)
from etfcompare.engine.tornado import Bar, End, Tornado, tornado
from etfcompare.engine.tornado_words import (
    change_text,
    end_input_text,
    heading_in_words,
    input_text,
)
from etfcompare.tui.bars import bar
from etfcompare.tui.pages import INDENT
from etfcompare.tui.reading import Page, ReadingScreen
from etfcompare.tui.styles import ACCENT, GAIN, LOSS, MUTED, STRONG
from etfcompare.tui.wrapping import wrapped
from etfcompare.units import MINUS
from etfcompare.visible import visible

if TYPE_CHECKING:
    from etfcompare.tui.table_screen import TableScreen

TITLE: Final = "How firm is this?"
WORKING: Final = "Working it out …"
NARROWEST_BAR: Final = 6
WIDEST_BAR: Final = 44
GAP: Final = "  "


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the page tells."""

    found: Fragility | None
    """None while it is worked out."""
    tornado: Tornado | None
    """Of the product under the cursor, if there is one."""
    stressed: Sequence[Stressed]
    """Empty while it is worked out."""
    row: int | None
    """The place in the catalogue of that product."""
    option: Sequence[str] = ()
    """What a command is given to find the catalogue."""


class FragilityPage(ReadingScreen):
    """The page; what is about all products is worked out in a thread once it is open."""

    BINDINGS: ClassVar = [("f", "dismiss", "close")]
    # The style is that of any page to read, which names the class above.
    SCOPED_CSS: ClassVar = False

    def __init__(self, below: TableScreen) -> None:
        """Make the page of the products in sight.

        Args:
            below: The screen that it is opened over.
        """
        super().__init__(TITLE, lambda width: fragility_page(self._told, width))
        ticker, comparison = below.grid.row_key, below.comparison
        row = None if ticker is None else below.workspace.row_of(ticker)
        row = row if row in comparison.rows else None
        table = comparison.table
        self._comparison = comparison
        self._told = Told(
            found=None,
            tornado=None if row is None else tornado(table, row),
            stressed=(),
            row=row,
            option=below.workspace.location.option,
        )

    def on_mount(self) -> None:
        """Begin to work out the rest, on a table that nobody else computes on."""
        super().on_mount()
        self._work_out(_on_its_own(self._comparison))

    @work(thread=True)
    def _work_out(self, comparison: Comparison) -> None:
        stressed = stress(comparison.table, comparison.rows)
        self.app.call_from_thread(self._show, replace(self._told, stressed=stressed))
        found = fragility(comparison, few=1)
        self.app.call_from_thread(self._show, replace(self._told, found=found))

    def _show(self, told: Told) -> None:
        self._told = told
        if self.is_attached:  # it may have been closed meanwhile
            self.query_one(Page).rewrite()


def _on_its_own(comparison: Comparison) -> Comparison:
    """Return a ranking by a number, its figures still to be computed."""
    is_number = comparison.sort and FIGURES[comparison.sort[0].key].unit is not Unit.WORDS
    table = comparison.table.of(comparison.table.products)
    sort = comparison.sort if is_number else DEFAULT_SORT
    return replace(comparison, table=table, sort=sort)


def fragility_page(told: Told, width: int) -> Content:
    """Write what is known so far.

    Args:
        told: What was found.
        width: Cells to fill.
    """
    lines = list(_firmness(told.found, told.option, width))
    if told.tornado is not None and told.row is not None:
        ticker = visible(told.tornado.ticker)
        lines += [Content(), *_title(f"What moves {ticker} most", width)]
        lines += _tornado(told.tornado, width)
        lines += [Content(), *_title(f"{ticker} in hard times", width)]
        lines += (
            _hard_times(told.stressed, told.row, width)
            if told.stressed
            else _wrapped(WORKING, MUTED, width)
        )
    lines += [Content(), *_wrapped("~ estimated or assumed   ! stale or undated", MUTED, width)]
    return Content("\n").join(lines)


def _title(text: str, width: int) -> Iterator[Content]:
    return _wrapped(text, ACCENT, width)


def _wrapped(text: str, style: str, width: int, indent: str = "") -> Iterator[Content]:
    indent = indent[: width // 3]
    for line in wrapped(text, width - len(indent)):
        yield Content.assemble(indent, (line, style))


# Who is first


def _firmness(found: Fragility | None, option: Sequence[str], width: int) -> Iterator[Content]:
    if found is None:
        yield from _wrapped(WORKING, MUTED, width)
        return
    if found.overall is None:
        yield from _wrapped(f"No {FIGURES[found.sort.key].said} in sight is known.", "", width)
        return
    for standing in found.told:
        yield from _standing(standing, found, option, width)
    missing = unknown_in_words(found.unknown, found.sort)
    if missing is not None:
        yield from _wrapped(missing[:1].upper() + missing[1:], MUTED, width)


def _standing(
    standing: Standing, found: Fragility, option: Sequence[str], width: int
) -> Iterator[Content]:
    first, *others = sentences(standing, found.sort, minus=MINUS)
    yield from _wrapped(first, STRONG, width)
    for said in others:
        yield from _wrapped(said, "", width, INDENT)
    if standing.smallest is not None:
        yield from _wrapped(standing.smallest.try_out(option), MUTED, width, INDENT)


# What moves it


class _Line(NamedTuple):
    """A bar with what stands beside it."""

    bar: Bar
    worse: End | None
    """The end below the figure as it is."""
    better: End | None


def _tornado(found: Tornado, width: int) -> Iterator[Content]:
    yield from _wrapped(heading_in_words(found, minus=MINUS), MUTED, width)
    if not found.bars or found.now is None:
        return
    lines = [_line(one, found.now) for one in found.bars]
    names = [one.label for one in found.bars]
    now = [input_text(one) for one in found.bars]
    worse = [change_text(found, one.worse, minus=MINUS) for one in lines]
    better = [change_text(found, one.better, minus=MINUS) for one in lines]
    at_worse = [end_input_text(one.bar, one.worse) for one in lines]
    at_better = [end_input_text(one.bar, one.better) for one in lines]
    fixed = [names, now, worse, better]
    room = width - sum(_widest(one) + len(GAP) for one in fixed)
    beside = _widest(at_worse) + _widest(at_better) + 2 * len(GAP)
    is_wide = room - beside >= 2 * NARROWEST_BAR
    room = min(WIDEST_BAR, room - beside if is_wide else room)
    drawn = _bars(lines, found.now, room) if room >= NARROWEST_BAR else [Content()] * len(lines)
    for place, line in enumerate(drawn):
        left = f"{_left(worse, place)}{GAP}"
        right = f"{GAP}{_right(better, place)}"
        yield Content.assemble(
            f"{_right(names, place)}{GAP}",
            (f"{_left(now, place)}{GAP}", MUTED),
            (f"{_left(at_worse, place)}{GAP}" if is_wide else "", MUTED),
            (left, LOSS),
            line,
            (right, GAIN),
            (f"{GAP}{_right(at_better, place)}" if is_wide else "", MUTED),
        ).truncate(width, ellipsis=True)


def _line(one: Bar, now: float) -> _Line:
    """Return a bar with its ends by what they do, not by which way the input goes."""
    ends = [end for end in (one.low, one.high) if end is not None and end.figure != now]
    return _Line(
        one,
        next((end for end in ends if end.figure < now), None),
        next((end for end in ends if end.figure > now), None),
    )


def _bars(lines: Sequence[_Line], now: float, room: int) -> list[Content]:
    """Draw the bars to both sides of the figure as it is, on one scale."""
    least = min([now, *(one.worse.figure for one in lines if one.worse is not None)])
    most = max([now, *(one.better.figure for one in lines if one.better is not None)])
    inside = room - 1
    left = round(inside * (now - least) / (most - least)) if most > least else 0
    return [
        _side(one.worse, now, least, now, left, LOSS)
        + Content.styled("│", MUTED)
        + _side(one.better, now, now, most, inside - left, GAIN)
        for one in lines
    ]


def _side(end: End | None, now: float, least: float, most: float, room: int, style: str) -> Content:
    if end is None or not room:
        return Content(" " * room)
    pieces = bar(now, end.figure, least, most, room)
    return Content.assemble(
        *((one.text, f"{style} reverse" if one.is_reversed else style) for one in pieces)
    )


def _widest(texts: Sequence[str]) -> int:
    return max(map(cell_len, texts), default=0)


def _left(texts: Sequence[str], place: int) -> str:
    """Return a text with blanks before it, as wide as the widest."""
    return " " * (_widest(texts) - cell_len(texts[place])) + texts[place]


def _right(texts: Sequence[str], place: int) -> str:
    """Return a text with blanks behind it, as wide as the widest."""
    return texts[place] + " " * (_widest(texts) - cell_len(texts[place]))


# Hard times


_COLUMNS: Final[Sequence[tuple[str, Callable[[Stressed, Stressed, int], str]]]] = (
    ("Net yield", lambda one, _as_is, row: net_text(one.outcomes[row], minus=MINUS)),
    ("Vs cash", lambda one, _as_is, row: cash_text(one.outcomes[row], minus=MINUS)),
    ("Rank", lambda one, _as_is, row: rank_text(one.outcomes[row].rank)),
    ("First", lambda one, _as_is, _row: visible(one.top or "")),
    ("In dollars", lambda one, _as_is, row: return_text(one.outcomes[row], minus=MINUS)),
)


def _hard_times(stressed: Sequence[Stressed], row: int, width: int) -> Iterator[Content]:
    """Write a line for each case, muted what stays as it is; what does not fit is left out."""
    as_is = stressed[0]
    names = ["", *(case_name(one).replace("-", MINUS) for one in stressed)]
    columns = [
        [heading, *(text(one, as_is, row) for one in stressed)] for heading, text in _COLUMNS
    ]
    for place in range(len(names)):
        line = Content.styled(_right(names, place), MUTED)
        for column in columns:
            is_muted = place == 0 or (place > 1 and column[place] == column[1])
            cell = Content.styled(f"{GAP}{_left(column, place)}", MUTED if is_muted else "")
            if line.cell_length + cell.cell_length > width:
                break
            line += cell
        yield line.truncate(width, ellipsis=True)
    for said in tops_in_words(stressed):
        yield from _wrapped(said, MUTED, width)
