"""What a figure can be moved by: one input of one product, or one assumption, and nothing else.

A lever knows where its input stands, how far it may go, and how a user would move it. The graph of
figures does the rest: a table under a moved input is a table like any other.
"""

from __future__ import annotations

import math
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from functools import cache, partial
from typing import Final, TypeVar

from etfcompare.catalogue.fields import Block, Inner, Kind
from etfcompare.catalogue.paths import PRODUCTS, field_at
from etfcompare.catalogue.problem import Severity
from etfcompare.catalogue.schema import Product, Stated
from etfcompare.engine.figures import LEAVES, Table, leaves_of
from etfcompare.engine.leaf import Input
from etfcompare.engine.marks import CAUTIONS, Mark
from etfcompare.units import exact_money, exact_rate
from etfcompare.visible import visible

TENFOLD: Final = 10.0
"""How many times larger an amount of money is taken to become at most."""
SMALLEST_CHARGE: Final = 1e-9
"""Stands for the end of a charge where none at all would bring in another rule."""
_WAIVER: Final = ".waiver."
_B = TypeVar("_B", bound=Block)


class Measure(StrEnum):
    """The unit of an input: what changes of it can be compared with."""

    RATE = "rate"
    """A fraction a year or of a price."""
    SHARE = "share"
    """A part of a whole."""
    DAYS = "days"
    """Days of the horizon, or until a waiver ends."""
    MONEY = "money"
    """US dollars."""


_MEASURES: Final[Mapping[Kind, Measure]] = {
    Kind.RATE: Measure.RATE,
    Kind.SHARE: Measure.SHARE,
    Kind.MONEY: Measure.MONEY,
    Kind.DATE: Measure.DAYS,
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lever:
    """One input that can be moved."""

    ticker: str
    """Whose it is; empty for an assumption, which is everybody's."""
    path: str
    """Where the catalogue states it, as `fee.rate`, or the option that assumes it."""
    label: str
    measure: Measure
    now: float
    """A fraction, US dollars, or days from the scenario's date."""
    least: float
    most: float
    marks: Mark
    """What there is to say of the present value: estimated, stale, undated."""
    asset: str = ""
    """The coin whose reward rate it is."""
    kinks: tuple[float, ...] = ()
    """Where a figure may bend or jump as the input moves."""
    move: Callable[[Table, float], Table] = field(repr=False)
    """Return a table of the same products with this input at another value."""
    write: Callable[[float], str] = field(repr=False)
    """Return a value as `set` and the options read it."""

    def try_out(self, value: float, option: Sequence[str] = ()) -> str:
        """Return what a user types to see the input at a value: a command, or an option.

        Args:
            value: A fraction, US dollars, or days from the scenario's date.
            option: What the command is given to find the catalogue.
        """
        if not self.ticker:
            asset = f"{shlex.quote(visible(self.asset))}=" if self.asset else ""
            return f"{self.path} {asset}{self.write(value)}"
        words = (visible(self.ticker), self.path, self.write(value), *map(visible, option))
        return f"etfcompare set {' '.join(map(shlex.quote, words))}"


# Inputs of products


@cache
def _inputs_of(key: str) -> Mapping[str, tuple[str, ...]]:
    """Return the places in a product that bear on a figure, each with the leaves that read it."""
    bearing = leaves_of(key)
    places: dict[str, list[str]] = {}
    for name, leaf in LEAVES.items():
        if name in bearing and leaf.at and _measure_at(leaf.at) is not None:
            places.setdefault(leaf.at, []).append(name)
    return {path: tuple(names) for path, names in places.items()}


def _measure_at(path: str) -> Measure | None:
    declared = field_at((PRODUCTS, 0, *path.split(".")))
    return _MEASURES.get(declared.kind) if declared is not None else None


@cache
def _label_at(path: str) -> str:
    """Name what a place states: by the leaf of that very name, else by the first that reads it."""
    labels = {name: one.figure.label for name, one in LEAVES.items() if one.at == path}
    label = labels.get(path.rpartition(".")[2]) or next(iter(labels.values()))
    # Leaves count the days that are left; what is stated, and moved, is the day.
    return f"{label.removesuffix(' left')} end" if _measure_at(path) is Measure.DAYS else label


def product_levers(table: Table, row: int, key: str) -> Iterator[Lever]:
    """Give what the catalogue states, or may state, of a product that bears on a figure.

    What is unknown has no present value to be moved from, and what means nothing for the product
    (the terms of a waiver that is over) is no input.

    Args:
        table: The figures.
        row: The product's place in the catalogue.
        key: The figure.
    """
    product = table.products[row]
    for path, names in _inputs_of(key).items():
        if path.startswith("staking.") and not product.stakes:
            continue
        found = _present(product, table, path, names)
        measure = _measure_at(path)
        if found is None or measure is None:
            continue
        kinks = _kinks(product, path)
        least, most = _bounds(table, product, path, found.value, measure, kinks)
        if least <= found.value <= most and least < most:
            yield Lever(
                ticker=product.ticker,
                path=path,
                label=_label_at(path),
                measure=measure,
                now=found.value,
                least=least,
                most=most,
                marks=Mark(found.mark) & CAUTIONS,
                kinks=kinks,
                move=partial(_with_input, product, path, measure),
                write=partial(_written, table, measure),
            )


def _present(product: Product, table: Table, path: str, names: Sequence[str]) -> Input | None:
    """Return what is taken for an input now; None where nothing is."""
    inputs = [table.input(product, name) for name in names]
    known = [one for one in inputs if math.isfinite(one.value)]
    told = next((one for one in known if one.stated is not None), known[0] if known else None)
    stated = _stated(product, path)
    if told is None or stated is None or _measure_at(path) is Measure.DAYS:
        return told
    return told._replace(value=float(stated.value))


def _stated(block: Block | None, path: str) -> Stated[float] | None:
    """Return what a block states at a place."""
    found: object = block
    for key in path.split("."):
        if not isinstance(found, Block) or key not in found.members:
            return None
        found = getattr(found, found.members[key][0])
    return found if isinstance(found, Stated) else None


def _kinks(product: Product, path: str) -> tuple[float, ...]:
    """Return the size at which the terms of a waiver change, for the size of a fund."""
    first = _stated(product, "fee.waiver.first") if path == "market.aum" else None
    return (first.value,) if first is not None else ()


def _bounds(
    table: Table,
    product: Product,
    path: str,
    now: float,
    measure: Measure,
    kinks: Sequence[float],
) -> tuple[float, float]:
    """Return how far an input may go so that the catalogue still takes it."""
    if measure is Measure.DAYS:
        return 0.0, max(now, float(table.scenario.horizon))
    if measure is Measure.MONEY:
        most = TENFOLD * max(abs(now), *kinks, 1.0)
        return (-most if now < 0 else 1.0), most
    declared = field_at((PRODUCTS, 0, *path.split(".")))
    assert declared is not None, path
    errors = [one for one in declared.bounds if one.severity is Severity.ERROR]
    least = max((one.least for one in errors), default=-1.0)
    most = min(1.0, *(one.most for one in errors)) if errors else 1.0
    if _WAIVER in path:
        full = _stated(product, path.replace(_WAIVER, "."))
        return least, most if full is None else min(most, full.value)
    waived = _stated(product, _WAIVER.join(path.rsplit(".", 1)))
    least = least if waived is None else max(least, waived.value)
    if path == "staking.charge" and _stated(product, "staking.cut") is None:
        # A charge stands instead of a cut that nobody states; without one, another cut holds.
        return (SMALLEST_CHARGE, most) if now > 0 else (now, now)
    return max(least, -1.0), most


def _with_input(product: Product, path: str, measure: Measure, table: Table, value: float) -> Table:
    """Return a table with one input of a product at another value."""
    moved = with_input(product, path, _as_stated(table, measure, value))
    return table.of(tuple(moved if one is product else one for one in table.products))


def _as_stated(table: Table, measure: Measure, value: float) -> object:
    if measure is Measure.DAYS:
        return table.scenario.as_of + timedelta(days=round(value))
    return float(value)  # bounds may be whole numbers, which are no floats to formulas


def with_input(product: Product, path: str, value: object) -> Product:
    """Return a product that states another value at a place, and no other date or source.

    Args:
        product: As it is.
        path: The place, as `fee.rate`.
        value: A fraction, US dollars, or a date.
    """
    return _put(product, path, path.split("."), value)


def _put(block: _B, path: str, keys: Sequence[str], value: object) -> _B:
    key, *rest = keys
    name, member = block.members[key]
    present = getattr(block, name)
    if rest:
        assert isinstance(member, Inner), path
        return block.but(**{name: _put(present or member.kind(), path, rest, value)})
    if isinstance(present, Stated):
        return block.but(**{name: present._replace(value=value)})
    return block.but(**{name: Stated(value, "", None, None, 0, path)})


def _written(table: Table, measure: Measure, value: float) -> str:
    match measure:
        case Measure.DAYS:
            return (table.scenario.as_of + timedelta(days=round(value))).isoformat()
        case Measure.MONEY:
            return exact_money(value)
        case _:
            return exact_rate(value)
