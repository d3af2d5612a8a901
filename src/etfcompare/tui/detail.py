"""All there is to say about one product, as lines for the pane beside the table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from textual.content import Content

from etfcompare.engine.cells import cell_text, number_text, signs_of
from etfcompare.engine.figures import FIGURES, HEADLINE, LEAVES, Table, leaves_of
from etfcompare.engine.ledger import DECIMALS, Line, ledger, spans
from etfcompare.engine.marks import ABSENT
from etfcompare.engine.origin import origin_of
from etfcompare.engine.terms import waiver_in_words
from etfcompare.tui.bars import bar
from etfcompare.tui.cells import CHANGED_SIGN
from etfcompare.tui.styles import ACCENT, GAIN, LOSS, MUTED, STRONG
from etfcompare.tui.wrapping import wrapped
from etfcompare.units import MINUS, format_money, format_rate, format_span
from etfcompare.visible import visible
from etfcompare.workspace import Workspace

if TYPE_CHECKING:
    from etfcompare.portfolio.exposure_words import Part

FIGURE_WIDTH = 10
"""Cells for a figure and its marks."""
NARROWEST_BAR = 6
"""Cells below which a bar says nothing."""
_EXPOSURE = ("volatility", "max_drawdown", "beta", "correlation")
_CHANCES = ("p_beat_cash", "p_loss", "cvar")
_FLOWS = ("flow_1w", "flow_4w", "flow_13w", "flow_ytd")
_TERMS = ("reward_rate", "staked_share", "reward_cut", "staked_charge", "effective_yield")


@dataclass(frozen=True, slots=True)
class Detail:
    """What is said about one product."""

    workspace: Workspace
    table: Table
    row: int
    width: int
    """Terminal cells to fill."""
    base: Table | None = None
    """The figures under what was assumed before, where something else is assumed now."""
    exposure: Sequence[Part] = ()
    """What holding it exposes to, in full; nothing to tell the odds in a few figures."""

    def content(self) -> Content:
        """Return the lines."""
        base = self.base.alone(self.row) if self.base else None
        alone = replace(self, table=self.table.alone(self.row), base=base, row=0)
        return Content("\n").join(list(alone._lines()))  # noqa: SLF001 - of its own class

    def _lines(self) -> Iterator[Content]:
        product = self.table.products[self.row]
        yield from self._headline()
        yield from self._wrapped(visible(product.name or ""))
        yield from self._wrapped(" · ".join(self._listing()), MUTED)
        if product.note:
            yield from self._wrapped(visible(product.note), MUTED)
        yield Content()
        yield from self._ledger()
        yield Content()
        yield from self._against_cash()
        yield Content()
        yield from self._pairs(_EXPOSURE)
        yield from self._odds()
        yield Content()
        yield from self._market()
        if product.stakes:
            yield Content()
            yield from self._pairs(_TERMS)
        yield Content()
        yield from self._sources()

    def _headline(self) -> Iterator[Content]:
        product = self.table.products[self.row]
        ticker = visible(product.ticker)
        words = " · ".join(visible(one) for one in (product.asset, product.issuer) if one)
        room = self.width - cell_len(ticker) - cell_len(words)
        if room > 0:
            yield Content.assemble((ticker, STRONG), " " * room, (words, MUTED))
        else:
            yield from self._wrapped(ticker, STRONG)
            yield from self._wrapped(words, MUTED)

    def _listing(self) -> Iterator[str]:
        product = self.table.products[self.row]
        listing = product.listing
        words = [
            listing.exchange if listing else None,
            listing.country if listing else None,
            f"since {listing.since.text}" if listing and listing.since else None,
            product.structure,
            f"custodian {product.custodian}" if product.custodian else None,
            product.status if product.status != "trading" else None,
        ]
        return (visible(one) for one in words if one)

    # The ledger as a waterfall

    def _ledger(self) -> Iterator[Content]:
        lines = [
            line
            for line in ledger(self.table, self.row)
            if line.is_total or line.value is None or line.value != 0
        ]
        lines = [line for line in lines if line.value is not None or line.figure.key == HEADLINE]
        room = self.width - FIGURE_WIDTH - 1
        words = min(max(room - 12, 18), 24)
        bars = spans(lines)
        ends = [end for span in bars.values() for end in span]
        least, most = min([0.0, *ends]), max([0.0, *ends])
        before = self._ledger_before()
        for line in lines:
            style = STRONG if line.is_total else ""
            name = set_cell_size(_ledger_label(self.table, self.row, line), words)
            text = Content.styled(name, style) + self._figure(line, style)
            if before.get(line.figure.key, line.shown) != line.shown:
                text += self._was(before[line.figure.key])
            elif line.figure.key in bars and room - words >= NARROWEST_BAR:
                text += Content(" ") + self._bar(
                    line, bars[line.figure.key], (least, most), room - words
                )
            yield text

    def _ledger_before(self) -> dict[str, float | None]:
        """The lines under what was assumed before, as they were shown; none if nothing differs."""
        lines = ledger(self.base, self.row) if self.base else ()
        return {line.figure.key: line.shown for line in lines}

    def _was(self, shown: float | None) -> Content:
        text = "?" if shown is None else format_rate(shown, DECIMALS, minus=MINUS)
        return Content.styled(f" {CHANGED_SIGN} not {text}", ACCENT)

    def _figure(self, line: Line, style: str) -> Content:
        if line.shown is None:
            return Content.styled("?".rjust(FIGURE_WIDTH - 2) + "  ", MUTED)
        number = format_rate(line.shown, DECIMALS, minus=MINUS).rjust(FIGURE_WIDTH - 2)
        signs = Content.styled(f"{signs_of(line.marks):<2}", MUTED)
        return Content.styled(number, style) + signs

    def _bar(
        self,
        line: Line,
        span: tuple[float, float],
        scale: tuple[float, float],
        width: int,
    ) -> Content:
        start, end = span
        style = "$accent" if line.is_total else "$success" if end > start else "$error"
        pieces = (
            Content.styled(piece.text, f"{style} reverse" if piece.is_reversed else style)
            for piece in bar(start, end, *scale, width)
        )
        return Content("").join(pieces)

    # What it means

    def _against_cash(self) -> Iterator[Content]:
        value = self.table.value(self.row, "over_cash")
        if not isinstance(value, float):
            yield self._cut("against cash: unknown, as the net yield is", MUTED)
            return
        scenario = self.table.scenario
        over = number_text(FIGURES["over_cash"], value, minus=MINUS)
        money = format_money(value * scenario.amount, signed=True, minus=MINUS)
        amount = format_money(scenario.amount)
        first = Content.assemble((over, GAIN if value > 0 else LOSS), " over cash")
        second = Content.styled(f"{money} a year on {amount}", MUTED)
        separator = Content.styled(" · ", MUTED)
        whole = separator.join((first, second))
        yield from (whole,) if whole.cell_length <= self.width else (first, second)
        move = self.table.value(self.row, "break_even")
        if isinstance(move, float):
            size = format_rate(abs(move))
            span = format_span(scenario.horizon)
            said = (
                f"the price may fall {size} in {span} before cash was better"
                if move <= 0
                else f"the price must rise {size} in {span} to match cash"
            )
            yield from self._wrapped(said)

    def _pairs(self, keys: tuple[str, ...]) -> Iterator[Content]:
        """Figures in two columns where they fit, else in one; labels muted."""
        half = (self.width - 3) // 2
        shown = [(FIGURES[key].label, self._shown(key)) for key in keys]
        fits = all(cell_len(label) + 2 + cell_len(figure) <= half for label, figure in shown)
        step, room = (2, half) if fits else (1, self.width)
        cells = [self._pair(label, figure, room) for label, figure in shown]
        for place in range(0, len(cells), step):
            yield Content("   ").join(cells[place : place + step])

    def _shown(self, key: str) -> str:
        """A figure with room behind it for its marks, so that figures stand below each other."""
        value, marks = self.table.value(self.row, key), self.table.marks(self.row, key)
        text = cell_text(FIGURES[key], value, marks & ABSENT, minus=MINUS)
        shown = f"{text}{signs_of(marks):<2}"
        if self.base is None:
            return shown
        before, marks = self.base.value(self.row, key), self.base.marks(self.row, key)
        was = cell_text(FIGURES[key], before, marks & ABSENT, minus=MINUS)
        return shown if was == text else f"{CHANGED_SIGN}{shown}(not {was})"

    def _pair(self, label: str, figure: str, width: int) -> Content:
        room = width - cell_len(figure)
        return Content.assemble((set_cell_size(label, room), MUTED), figure)

    def _odds(self) -> Iterator[Content]:
        if not self.exposure:
            yield from self._pairs(_CHANCES)
            return
        from etfcompare.tui.exposure_part import part_lines  # noqa: PLC0415 - of whole pages only

        for part in self.exposure:
            yield Content()
            yield from part_lines(part, self.width)

    def _market(self) -> Iterator[Content]:
        yield from self._pairs(("aum", "spread", "flow_share", "premium"))
        yield from self._pairs(_FLOWS)

    # What it rests on

    def _sources(self) -> Iterator[Content]:
        product = self.table.products[self.row]
        waiver = waiver_in_words(product, self.table.scenario)
        if waiver:
            yield from self._wrapped(f"waiver: {waiver}")
        said: set[str] = set()
        for key in LEAVES:
            if key not in leaves_of(HEADLINE) and key not in ("aum", "flow_4w", "spread"):
                continue
            stated = self.table.input(product, key).stated
            if stated is None or stated.source is None:
                continue
            origin = origin_of(self.table, self.workspace.document, stated)
            title = visible(origin.title or origin.source or "")
            line = f"{origin.as_of or 'undated':<10}  {title}"
            if line not in said:
                said.add(line)
                yield self._cut(line, MUTED)

    # Fitting

    def _cut(self, text: str, style: str = "") -> Content:
        fits = cell_len(text) <= self.width
        return Content.styled(text if fits else set_cell_size(text, self.width - 1) + "…", style)

    def _wrapped(self, text: str, style: str = "") -> Iterator[Content]:
        return (Content.styled(line, style) for line in wrapped(text, self.width))


def _ledger_label(table: Table, row: int, line: Line) -> str:
    """Say how a line came about where that fits in a few words."""
    if line.figure.key == "gross_yield" and table.products[row].stakes:
        share, rate = table.value(row, "staked_share"), table.value(row, "reward_rate")
        if isinstance(share, float) and isinstance(rate, float):
            return f"{format_rate(rate)} × {format_rate(share, 0)} staked"
    if line.figure.key == "cut_cost":
        cut = table.value(row, "reward_cut")
        if isinstance(cut, float):
            return f"cut, {format_rate(cut, 0)} of rewards"
    return line.figure.label.lower() if not line.is_total else line.figure.label
