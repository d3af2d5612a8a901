"""What formulas may use beside `+ - * / **`, for a float and for a numpy array of them alike.

Unknown is NaN and passes through; nothing raises. numpy is found in the arrays themselves, so that
a catalogue small enough for plain floats never waits for its import.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from types import ModuleType

Number: TypeAlias = float
"""A float; at run time also an array of floats, which formulas need not know."""

NAN = math.nan
LARGEST_EXPONENT = 709.0
"""Of e; above it floats end."""


def least(one: Number, other: Number) -> Number:
    """Return the smaller; unknown if either is."""
    if isinstance(one, float) and isinstance(other, float):
        return one if one <= other or one != one else other  # noqa: PLR0124 - NaN is itself not
    return _numpy().minimum(one, other)


def most(one: Number, other: Number) -> Number:
    """Return the larger; unknown if either is."""
    if isinstance(one, float) and isinstance(other, float):
        return one if one >= other or one != one else other  # noqa: PLR0124 - NaN is itself not
    return _numpy().maximum(one, other)


def pick(condition: Number, then: Number, otherwise: Number) -> Number:
    """Return `then` where the condition holds; only the one picked need be known."""
    if isinstance(condition, bool | float):
        return then if condition else otherwise
    return _numpy().where(condition, then, otherwise)


def given(known: Number, value: Number) -> Number:
    """Return the value, unknown where what it depends on is."""
    if isinstance(known, float):
        return value if known == known else NAN  # noqa: PLR0124 - NaN is itself not
    numpy = _numpy()
    return numpy.where(numpy.isnan(known), NAN, value)


def ratio(part: Number, whole: Number) -> Number:
    """Return part / whole; unknown over zero."""
    if isinstance(part, float) and isinstance(whole, float):
        return part / whole if whole else NAN
    numpy = _numpy()
    with numpy.errstate(divide="ignore", invalid="ignore"):
        return numpy.where(whole == 0, NAN, numpy.divide(part, whole))


def positive(value: Number) -> Number:
    """Return the value; unknown unless positive, as of a sum that fees have eaten up."""
    return pick(value > 0, value, NAN)


def log(value: Number) -> Number:
    """Return the natural logarithm; unknown unless positive."""
    if isinstance(value, float):
        return math.log(value) if value > 0 else NAN
    numpy = _numpy()
    with numpy.errstate(divide="ignore", invalid="ignore"):
        return numpy.where(value > 0, numpy.log(value), NAN)


def exp(value: Number) -> Number:
    """Return e to the power of the value."""
    if isinstance(value, float):
        return math.inf if value > LARGEST_EXPONENT else math.exp(value)
    numpy = _numpy()
    with numpy.errstate(over="ignore"):
        return numpy.exp(value)


def power(base: Number, exponent: Number) -> Number:
    """Return the base to the power; unknown of a negative base."""
    if isinstance(base, float) and isinstance(exponent, int | float):
        return math.pow(base, exponent) if base >= 0 else NAN
    numpy = _numpy()
    with numpy.errstate(invalid="ignore"):
        return numpy.where(base >= 0, numpy.power(base, exponent), NAN)


def root(value: Number) -> Number:
    """Return the square root; unknown of a negative."""
    if isinstance(value, float):
        return math.sqrt(value) if value >= 0 else NAN
    numpy = _numpy()
    with numpy.errstate(invalid="ignore"):
        return numpy.sqrt(value)


def normal(value: Number) -> Number:
    """Return the probability that a standard normal variable is below the value."""
    if isinstance(value, float):
        return math.erfc(-value / math.sqrt(2)) / 2
    numpy = _numpy()
    complement: Callable[[Number], Number] = numpy.frompyfunc(math.erfc, 1, 1)
    return numpy.asarray(complement(-value / math.sqrt(2)), dtype=float) / 2


def _numpy() -> ModuleType:
    """Return numpy, which is loaded because somebody made the array at hand."""
    return sys.modules["numpy"]
