"""Why a figure is what it is: formula, inputs, dates and sources, down to the line of the file."""

from __future__ import annotations

from dataclasses import dataclass

from etfcompare.catalogue.document import Document
from etfcompare.engine import formulas
from etfcompare.engine.cells import UNKNOWN_SIGN, cell_text, number_text
from etfcompare.engine.figure import Figure, Group
from etfcompare.engine.figures import AGE, FIGURES, HEADLINE, LEAVES, Table
from etfcompare.engine.leaf import Context, is_measured
from etfcompare.engine.marks import ABSENT, Mark
from etfcompare.engine.notation import algebra
from etfcompare.engine.origin import Origin, origin_of
from etfcompare.engine.terms import waiver_in_words
from etfcompare.engine.words import WORDS

WAIVED = frozenset({"effective_fee", "fee_now", "waiver_relief", "waiver_days"})
"""Figures whose explanation says what the waiver is."""
TAXED = frozenset({"income_tax", "gains_tax", "tax_cost", "after_tax_yield"})
"""Figures that are left out unless the scenario names a tax."""
_UNTAXED = "left out: name a rate with --income-tax or --gains-tax"


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A figure of one product, and what it comes from."""

    figure: Figure
    value: float | str | None
    marks: Mark
    text: str
    """The figure as shown."""
    formula: str | None = None
    """In words, as `staking yield − effective fee`; None for what is not computed."""
    numbers: str | None = None
    """The same with this product's figures."""
    origin: Origin | None = None
    """Where the catalogue states it; None for what is computed or assumed by the scenario."""
    remark: str = ""
    """What else there is to say: the waiver in words, what is assumed, what lacks."""
    inputs: tuple[Explanation, ...] = ()
    """The figures that the formula takes."""


def explain(table: Table, document: Document, row: int, key: str) -> Explanation:
    """Explain one figure of one product, down to its leaves.

    Args:
        table: The figures.
        document: The text they were read from, for lines.
        row: The product's place in the catalogue.
        key: The figure.
    """
    figure = FIGURES[key]
    value, marks = table.value(row, key), table.marks(row, key)
    text = cell_text(figure, value, marks)
    if key in WORDS:
        return _explain_words(table, document, row, figure)
    if key in LEAVES:
        return Explanation(
            figure=figure,
            value=value,
            marks=marks,
            text=text,
            origin=_origin(table, document, row, key),
            remark=_leaf_remark(table, row, key, marks),
        )
    formula, numbers, inputs = _written_out(table, row, figure)
    return Explanation(
        figure=figure,
        value=value,
        marks=marks,
        text=text,
        formula=formula,
        numbers=numbers,
        remark=_remark(table, row, key, marks),
        inputs=tuple(explain(table, document, row, one) for one in inputs),
    )


def _explain_words(table: Table, document: Document, row: int, figure: Figure) -> Explanation:
    product = table.products[row]
    value = table.value(row, figure.key)
    line = document.position(product.start)[0]
    marks = table.marks(row, figure.key)
    return Explanation(
        figure=figure,
        value=value,
        marks=marks,
        text=cell_text(figure, value, marks),
        remark=f"words of the product that begins on line {line}",
    )


def formula_in_words(figure: Figure) -> str:
    """Write the formula of a computed figure in words, with all its cases."""
    if figure.formula is None:
        return "days from the oldest dated input of the net yield to the date of the scenario"
    return algebra(figure.formula, _label).text


def _written_out(table: Table, row: int, figure: Figure) -> tuple[str, str, tuple[str, ...]]:
    """Write the case of a formula that applies to a product, in words and in its numbers."""
    if figure.formula is None:
        assert figure.key == AGE, figure.key
        oldest = table.oldest(table.products[row], HEADLINE)
        numbers = f"{table.scenario.as_of} − {oldest}" if oldest else UNKNOWN_SIGN
        return formula_in_words(figure), numbers, (HEADLINE,)

    def number(key: str) -> float:
        return table.number(row, key) if key in FIGURES else float(getattr(formulas, key))

    def shown(key: str) -> str:
        if key not in FIGURES:
            return _label(key)
        marks = table.marks(row, key) & ABSENT
        return cell_text(FIGURES[key], table.value(row, key), marks, minus="−")

    words = algebra(figure.formula, _label, number)
    numbers = algebra(figure.formula, shown, number).text
    return words.text, numbers, tuple(one for one in figure.inputs if one in words.inputs)


def _label(key: str) -> str:
    if key not in FIGURES:
        return f"{getattr(formulas, key):.6g}"
    return FIGURES[key].said


def _origin(table: Table, document: Document, row: int, key: str) -> Origin | None:
    stated = table.input(table.products[row], key).stated
    return None if stated is None else origin_of(table, document, stated)


def _remark(table: Table, row: int, key: str, marks: Mark) -> str:
    """Say what the formula of a computed figure does not."""
    if key in TAXED and marks & Mark.NOT_APPLICABLE:
        return _UNTAXED
    waiver = waiver_in_words(table.products[row], table.scenario) if key in WAIVED else None
    return f"waiver: {waiver}" if waiver else ""


def _leaf_remark(table: Table, row: int, key: str, marks: Mark) -> str:
    if marks & Mark.NOT_APPLICABLE:
        return _UNTAXED if key in TAXED else "does not apply to this product"
    if marks & Mark.UNKNOWN:
        if LEAVES[key].figure.group is Group.FLOWS and not LEAVES[key].at:
            return "unknown: no history of flows reaches so far"
        return "unknown: the catalogue does not say"
    stated = table.input(table.products[row], key).stated
    if stated is None:
        return "from the scenario, or by definition"
    if stated.path.startswith("assume."):
        return "assumed: the catalogue is silent on this product"
    return _overruled(table, row, key) if is_measured(stated) else ""


def _overruled(table: Table, row: int, key: str) -> str:
    """Say what the catalogue states of a figure that was measured, if it says another."""
    typed = LEAVES[key](table.products[row], Context(table.catalogue, table.scenario)).stated
    value, figure = table.value(row, key), FIGURES[key]
    if typed is None or value is None or not isinstance(typed.value, float):
        return ""
    if number_text(figure, typed.value) == number_text(figure, value):
        return ""
    when = f", as of {typed.as_of.text}" if typed.as_of else ""
    return f"measured; the catalogue itself says {typed.text}{when}"
