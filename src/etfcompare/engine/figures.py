"""The registry of figures, and the table that computes the ones asked for.

Everything that lists figures (columns, sort keys, filter words, options, JSON keys, exports, help,
docs) takes them from here. State travels with values: a figure carries the marks of every leaf
below it, so nothing has to be passed from formula to formula.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import repeat
from operator import or_
from types import MappingProxyType
from typing import TypeAlias

from etfcompare.catalogue.schema import Catalogue, Product
from etfcompare.engine import columns, formulas, market_columns, staking_columns
from etfcompare.engine.arithmetic import NAN
from etfcompare.engine.figure import Better, Figure, Group, Unit
from etfcompare.engine.leaf import (
    Context,
    Input,
    Leaf,
    Measurements,
    Measuring,
    unmeasured,
)
from etfcompare.engine.marks import CAUTIONS, NONE, Mark
from etfcompare.engine.scenario import Scenario
from etfcompare.engine.words import DESCRIBED, WORDS

NUMPY_FROM = 20_000
"""Products from which arrays pay for the import of numpy; below, plain Python is quicker."""

AGE = "age"
HEADLINE = "net_yield"
"""The figure that the tool exists for: the default sort, and what `age` is the age of."""

Column: TypeAlias = "list[float] | float"
"""A value for each product, or one for all; at run time also a numpy array."""

LEAVES: Mapping[str, Leaf] = MappingProxyType(
    {
        one.figure.key: one
        for module in (columns, staking_columns, market_columns)
        for one in vars(module).values()
        if isinstance(one, Leaf)
    }
)
_AGE = Figure(
    key=AGE,
    label="Age",
    heading="Age",
    meaning="Days since the oldest input of the net yield.",
    unit=Unit.DAYS,
    better=Better.LOWER,
    group=Group.TRUST,
    decimals=0,
)


def _registry() -> Mapping[str, Figure]:
    found = [
        *DESCRIBED,
        *(one for one in vars(formulas).values() if isinstance(one, Figure)),
        *(one.figure for one in LEAVES.values()),
        _AGE,
    ]
    order = list(Group)
    found.sort(key=lambda one: order.index(one.group))
    return MappingProxyType({one.key: one for one in found})


FIGURES: Mapping[str, Figure] = _registry()
"""Every figure by its key, group by group."""

LEDGER = (
    *("gross_yield", "cut_cost", "charge_cost", "slashing_cost"),
    *("expense_ratio", "waiver_relief", "net_yield"),
    *("trading_cost", "net_carry", "tax_cost", "after_tax_yield"),
)
"""The ledger of a product, from what the coins earn to what the holder keeps."""


@cache
def leaves_of(key: str) -> frozenset[str]:
    """Return the leaves that a figure is computed from; itself, if it is one."""
    if key == AGE:
        return leaves_of(HEADLINE)
    figure = FIGURES[key]
    if figure.formula is None:
        return frozenset({key} if key in LEAVES else ())
    return frozenset().union(*(leaves_of(one) for one in figure.inputs))


class Table:
    """The figures of a catalogue under a scenario, computed when first asked for."""

    def __init__(
        self, catalogue: Catalogue, scenario: Scenario, measuring: Measuring = unmeasured
    ) -> None:
        self.catalogue = catalogue
        self.scenario = scenario
        self._measuring = measuring
        self.context = Context.noting(catalogue, scenario, measuring(scenario.as_of))
        self.products = catalogue.products
        self._columns: dict[str, Column] = {}
        self._inputs: dict[str, list[Input]] = {}
        """Of each leaf that is not the same for all products."""
        self._asked: dict[str, frozenset[str]] = {}
        """The assumptions that each leaf rests on."""
        self._marks: dict[str, list[int] | int] = {}
        """Of each leaf."""
        self._below: dict[str, list[int] | int] = {}
        """Of all leaves below a figure."""

    def under(self, scenario: Scenario) -> Table:
        """Return the figures under another scenario; what does not rest on it is kept."""
        table = Table(self.catalogue, scenario, self._measuring)
        if scenario.as_of != self.scenario.as_of:
            return table
        kept = {
            leaf
            for leaf, asked in self._asked.items()
            if all(getattr(scenario, one) == getattr(self.scenario, one) for one in asked)
        }
        table.context.marks.update(self.context.marks)
        for key, column in self._columns.items():
            if leaves_of(key) <= kept:
                table._columns[key] = column
        for key, found in self._below.items():
            if leaves_of(key) <= kept:
                table._below[key] = found
        for leaf in kept:
            table._asked[leaf], table._marks[leaf] = self._asked[leaf], self._marks[leaf]
            if leaf in self._inputs:
                table._inputs[leaf] = self._inputs[leaf]
        return table

    def alone(self, row: int) -> Table:
        """Return the figures of one product only, as row 0: none is computed for the others.

        Args:
            row: The product's place in the catalogue.
        """
        return self.of((self.products[row],))

    def of(self, products: tuple[Product, ...]) -> Table:
        """Return the figures of some products only, under the same scenario and history."""
        catalogue = replace(self.catalogue, products=products)
        return Table(catalogue, self.scenario, self._measured_on)

    def _measured_on(self, day: date) -> Measurements:
        """Return what history says on a day; it is measured once for all tables of one day."""
        return self.context.measured if day == self.scenario.as_of else self._measuring(day)

    def column(self, key: str) -> Column:
        """Return a figure for every product, in the order of the catalogue.

        Args:
            key: Of a figure that is a number.

        Returns:
            A list of floats, NaN where unknown; one float if it is the same for all.
        """
        column = self._columns.get(key)
        if column is None:
            column = self._columns[key] = self._computed(key)
        return column

    def _computed(self, key: str) -> Column:
        if key == AGE:
            return self._ages()
        leaf = LEAVES.get(key)
        if leaf is not None:
            return self._read(leaf)
        figure = FIGURES[key]
        assert figure.formula is not None, key
        return apply(figure.formula, [self.column(one) for one in figure.inputs])

    def _read(self, leaf: Leaf) -> Column:
        key, context = leaf.figure.key, self.context
        context.take_asked()
        if leaf.read is None:
            shared = leaf.once(context)
            self._asked[key] = context.take_asked()
            self._marks[key] = shared.mark
            return shared.value
        read = leaf.read
        inputs = self._inputs[key] = [read(product, context) for product in self.products]
        self._asked[key] = context.take_asked()
        self._marks[key] = [one.mark for one in inputs]
        values = [one.value for one in inputs]
        return _array(values) if len(values) >= NUMPY_FROM else values

    def _ages(self) -> list[float]:
        today = self.scenario.as_of
        oldest: list[date | None] = [None] * len(self.products)
        for leaf in leaves_of(HEADLINE):
            self.column(leaf)
            shared = LEAVES[leaf].read is None
            inputs = (
                [LEAVES[leaf].once(self.context)] * len(oldest) if shared else self._inputs[leaf]
            )
            for row, (_, _, stated) in enumerate(inputs):
                if stated is not None and stated.as_of is not None:
                    day, known = stated.as_of.day, oldest[row]
                    if known is None or day < known:
                        oldest[row] = day
        return [NAN if one is None else float((today - one).days) for one in oldest]

    def oldest(self, product: Product, key: str) -> date | None:
        """Return the date of the oldest dated input of a figure."""
        stated = (self.input(product, one).stated for one in leaves_of(key))
        dates = [one.as_of.day for one in stated if one is not None and one.as_of is not None]
        return min(dates, default=None)

    def input(self, product: Product, leaf: str) -> Input:
        """Return a leaf of one product, with the stated figure behind it."""
        return LEAVES[leaf](product, self.context)

    def value(self, row: int, key: str) -> float | str | None:
        """Return one figure of one product: a float, words, or None where there is nothing.

        Args:
            row: The product's place in the catalogue.
            key: The figure.
        """
        words = WORDS.get(key)
        if words is not None:
            return words(self.products[row]) or None
        number = self.number(row, key)
        return None if number != number else number  # noqa: PLR0124 - NaN is itself not

    def shared(self, key: str) -> float | None:
        """Return a figure that is the same for all products, or None if it is unknown."""
        column = self.column(key)
        assert isinstance(column, float), key
        return None if math.isnan(column) else column

    def number(self, row: int, key: str) -> float:
        """Return one numeric figure of one product, NaN where there is nothing."""
        column = self.column(key)
        return column if isinstance(column, float) else float(column[row])

    def marks(self, row: int, key: str) -> Mark:
        """Return what there is to say of a figure of a product beside its value."""
        if key in WORDS:
            return NONE if WORDS[key](self.products[row]) else Mark.UNKNOWN
        found = self._found(key)
        mark = found if isinstance(found, int) else found[row]
        return _state(mark, is_known=not math.isnan(self.number(row, key)), is_age=key == AGE)

    def count(self, key: str, rows: Sequence[int]) -> Counter[Mark]:
        """Count for a numeric figure the states that its rows are in.

        Args:
            key: The figure.
            rows: Places in the catalogue.
        """
        found, column = self._found(key), self.column(key)
        alike = Counter(
            (
                found if isinstance(found, int) else found[row],
                (number := column if isinstance(column, float) else column[row]) == number,
            )
            for row in rows
        )
        states: Counter[Mark] = Counter()
        for (mark, is_known), times in alike.items():
            states[_state(mark, is_known=bool(is_known), is_age=key == AGE)] += times
        return states

    def _found(self, key: str) -> list[int] | int:
        """Return what the leaves below a figure are marked with, one `Mark` for each product."""
        found = self._below.get(key)
        if found is None:
            found = self._below[key] = self._gathered(key)
        return found

    def _gathered(self, key: str) -> list[int] | int:
        shared = 0
        own: list[list[int]] = []
        for leaf in leaves_of(key):
            self.column(leaf)
            marks = self._marks[leaf]
            if isinstance(marks, list):
                own.append(marks)
            elif marks & Mark.NOT_APPLICABLE:  # the scenario leaves it out for all products
                return marks
            else:
                shared |= marks
        if not own:
            return shared
        found = [shared] * len(self.products)
        for marks in own:
            found = list(map(or_, found, marks))
        return found


def _state(found: int, *, is_known: bool, is_age: bool) -> Mark:
    """Return the marks of a figure from those of the leaves below it."""
    if is_known:
        return Mark(found) & CAUTIONS
    is_unknown = found & Mark.UNKNOWN or (is_age and found & Mark.UNDATED)
    return Mark.UNKNOWN if is_unknown else Mark.NOT_APPLICABLE


def apply(formula: Callable[..., float], arguments: Sequence[Column]) -> Column:
    """Apply a formula to columns: product by product, or at once where they are arrays."""
    lists = [one for one in arguments if not isinstance(one, float)]
    if not lists:
        return formula(*arguments)
    if not all(isinstance(one, list) for one in lists):
        return formula(*arguments)
    spread = (one if isinstance(one, list) else repeat(one) for one in arguments)
    return list(map(formula, *spread))


def _array(values: list[float]) -> Column:
    import numpy as np  # noqa: PLC0415 - 67 ms that small catalogues never pay

    return np.array(values)  # type: ignore[return-value]
