"""A decision memo: one page of Markdown for whoever decides on a product, and checks why.

Everything foreign is escaped, so that names are no more than names; the same inputs give the same
bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from etfcompare.engine.cells import cell_text, signs_of
from etfcompare.engine.comparison import compare
from etfcompare.engine.figures import FIGURES, HEADLINE, LEDGER, Table
from etfcompare.engine.ledger import Line, ledger
from etfcompare.engine.marks import Mark
from etfcompare.engine.roots import NOISE
from etfcompare.engine.sensitivity import is_on_sale
from etfcompare.export import markdown_cell as escaped
from etfcompare.export import markdown_text
from etfcompare.memo_basis import assumptions, sources
from etfcompare.memo_changes import changes
from etfcompare.units import exact_money, format_bps, format_money, format_rate, format_span

if TYPE_CHECKING:
    from etfcompare.engine.scenario import Scenario
    from etfcompare.workspace import Workspace

ALTERNATIVES: Final = 3
"""Products that the choice is set against where nobody names any."""
COMPARED: Final = (HEADLINE, "effective_fee", "over_cash", "aum")
RISKS: Final = ("volatility", "max_drawdown", "break_even", "p_loss", "p_beat_cash", "cvar")
USED: Final = (*LEDGER, *COMPARED, *RISKS)
"""The figures that a memo shows."""
TELLING: Final = 0.00005
"""Half a basis point: smaller differences are not worth a word."""
SIGNS: Final = "Signs: \\~ estimated, ! stale or undated, ? unknown, – does not apply."


def next_best(table: Table, row: int, count: int = ALTERNATIVES) -> tuple[int, ...]:
    """Return the best other products on the same coin by net yield, of those that can be bought."""
    known = (one for one in _peers(table, row) if table.value(one, HEADLINE) is not None)
    return tuple(known)[:count]


def _peers(table: Table, row: int) -> list[int]:
    """Return the other products on the same coin that can be bought, best first."""
    asset = table.products[row].asset
    found = (one for one in compare(table).rows if table.products[one].asset == asset)
    return [one for one in found if one != row and is_on_sale(table.products[one])]


def memo(workspace: Workspace, scenario: Scenario, choice: int, against: Sequence[int]) -> str:
    """Write the memo.

    Args:
        workspace: The open catalogue.
        scenario: What is assumed.
        choice: The product chosen, its place in the catalogue.
        against: Its alternatives, likewise.
    """
    return "\n".join(_Memo(workspace, workspace.table(scenario), choice, tuple(against)).lines())


@dataclass(frozen=True, slots=True)
class _Memo:
    workspace: Workspace
    table: Table
    choice: int
    against: tuple[int, ...]

    def lines(self) -> Iterator[str]:
        """Give the page, section by section; what is empty is left out but for its reason."""
        product = self.table.products[self.choice]
        title = ", ".join(one for one in (product.ticker, product.name) if one)
        yield f"# Decision memo, {self.table.scenario.as_of}: {escaped(title)}"
        for heading, section in (
            ("Choice", self._choice()),
            ("Alternatives", self._alternatives()),
            ("Ledger, a year", self._ledger()),
            ("Price risk", self._risk()),
            ("Assumptions", assumptions(self.workspace, self.table, self.choice, USED)),
            (
                "What would change the answer",
                changes(self.table, self.workspace.document, self.choice, self.against),
            ),
            ("Sources", sources(self.table, self._rows, USED)),
        ):
            yield f"\n## {heading}\n"
            yield from section
        yield ""

    # In a few words

    @property
    def _rows(self) -> tuple[int, ...]:
        return (self.choice, *self.against)

    def _name(self, row: int) -> str:
        return escaped(self.table.products[row].ticker)

    def _asset(self) -> str:
        return escaped(self.table.products[self.choice].asset)

    def _text(self, row: int, key: str) -> str:
        value, marks = self.table.value(row, key), self.table.marks(row, key)
        return cell_text(FIGURES[key], value, marks)

    def _number(self, row: int, key: str) -> float | None:
        value = self.table.value(row, key)
        return value if isinstance(value, float) else None

    def _money(self, rate: float, *, signed: bool = False) -> str:
        return format_money(rate * self.table.scenario.amount, signed=signed)

    # Sections

    def _choice(self) -> Iterator[str]:
        product, scenario = self.table.products[self.choice], self.table.scenario
        name, own = self._name(self.choice), self._number(self.choice, HEADLINE)
        if not is_on_sale(product):
            yield f"**{name} is {escaped(product.status or '')}.**"
        if own is None:
            yield f"**The net yield of {name} is unknown**; what lacks stands under Assumptions."
            return
        said = f"**{name}** leaves {escaped(self._text(self.choice, HEADLINE))} a year, in coins"
        over = self._number(self.choice, "over_cash")
        move = self._number(self.choice, "break_even")
        if over is None or move is None:
            yield f"{said}; what cash pays is unknown."
        else:
            cash = escaped(self._text(self.choice, "cash_yield"))
            is_ahead = move < 0
            bound = "may fall by" if is_ahead else "must rise by"
            end = "before cash was better" if is_ahead else "for the fund to match cash"
            yield (
                f"{said}: {escaped(self._text(self.choice, 'over_cash'))} against cash at {cash}, "
                f"{self._money(over, signed=True)} a year on {exact_money(scenario.amount)}. "
                f"Over {format_span(scenario.horizon)} the price of {self._asset()} {bound} "
                f"{format_rate(abs(move))} {end}."
            )
        yield from self._standing(own)

    def _standing(self, own: float) -> Iterator[str]:
        """Say who leaves more, and what the difference to the nearest rival is made of."""
        on_sale = [one for one in self.against if is_on_sale(self.table.products[one])]
        rivals = list(dict.fromkeys((*on_sale, *_peers(self.table, self.choice))))
        yields = {
            one: value for one in rivals if (value := self._number(one, HEADLINE)) is not None
        }
        better = [one for one, value in yields.items() if value > own + NOISE]
        silent = len(rivals) - len(yields)
        others = "1 other" if silent == 1 else f"{silent} others"
        unknown = f" The net yield of {others} is unknown." if silent else ""
        if better:
            best = max(better, key=yields.__getitem__)
            more = yields[best] - own
            count = "one product leaves" if len(better) == 1 else f"{len(better)} products leave"
            yield (
                f"\n**It is not the highest net yield: {count} more**, {self._name(best)} the "
                f"most: {escaped(self._text(best, HEADLINE))}, {format_bps(more)} or "
                f"{self._money(more)} a year more.{unknown}"
            )
        else:
            yield (
                f"\nNo alternative, and no product on {self._asset()} in the catalogue, is known "
                f"to leave more{'' if len(on_sale) == len(self.against) else ' and can be bought'}."
                f"{unknown}"
            )
        compared = [one for one in (better or on_sale) if one in yields]
        if compared:
            rival = max(compared, key=yields.__getitem__)
            made_of = self._difference(rival)
            yield f"Against {self._name(rival)}: {', '.join(made_of) or 'the same ledger'}."

    def _difference(self, rival: int) -> list[str]:
        """Say by how much each line of the ledger is better or worse than a rival's."""
        pairs = zip(ledger(self.table, self.choice), ledger(self.table, rival), strict=True)
        gaps = [
            (one.figure.said, one.value - other.value)
            for one, other in pairs
            if not one.is_total
            and one.value is not None
            and other.value is not None
            and LEDGER.index(one.figure.key) < LEDGER.index(HEADLINE)
        ]
        gaps.sort(key=lambda one: -abs(one[1]))
        return [f"{label} {format_bps(gap)}" for label, gap in gaps if abs(gap) >= TELLING]

    def _alternatives(self) -> Iterator[str]:
        amount = exact_money(self.table.scenario.amount)
        labels = [FIGURES[key].label for key in COMPARED]
        headings = ["Product", *labels, "Vs the choice", f"A year on {amount}"]
        own = self._number(self.choice, HEADLINE)
        rows = []
        for row in self._rows:
            value = self._number(row, HEADLINE)
            gap = ["?", "?"]
            if row == self.choice:
                gap = ["", ""]
            elif own is not None and value is not None:
                gap = [format_bps(value - own), self._money(value - own, signed=True)]
            shown = [self._text(row, key) for key in COMPARED]
            rows.append([self.table.products[row].ticker, *shown, *gap])
        yield markdown_text(headings, rows, [False, *(True for _ in headings[1:])])[:-1]
        yield f"\n{SIGNS}"
        for row in self.against:
            product = self.table.products[row]
            if not is_on_sale(product):
                status = escaped(product.status or "")
                yield f"\n{self._name(row)} is {status}: it cannot be bought."
        if not self.against:
            yield (
                f"\nThe catalogue knows the net yield of no other product on {self._asset()} "
                "that can be bought."
            )

    def _ledger(self) -> Iterator[str]:
        lines = zip(*(ledger(self.table, row) for row in self._rows), strict=True)
        rows = [
            [f"= {line[0].figure.label}" if line[0].is_total else line[0].figure.label]
            + [_amount(one) for one in line]
            for line in lines
            if any(one.value != 0 and not one.marks & Mark.NOT_APPLICABLE for one in line)
        ]
        yield self._across(rows)
        yield "\nEach line with = adds up the lines above it, from the last one with = on."

    def _risk(self) -> Iterator[str]:
        rows = [
            [FIGURES[key].label, *(self._text(row, key) for row in self._rows)] for key in RISKS
        ]
        yield self._across(rows)
        drift = self.table.scenario.words()["drift"]
        yield f"\nChances and tail: prices lognormal, drift {drift}; worst fall as measured."

    def _across(self, rows: Sequence[Sequence[str]]) -> str:
        tickers = [self.table.products[row].ticker for row in self._rows]
        return markdown_text(["", *tickers], rows, [False, *(True for _ in tickers)])[:-1]


def _amount(line: Line) -> str:
    if line.shown is None:
        return cell_text(line.figure, None, line.marks)
    return format_rate(line.shown) + signs_of(line.marks)
