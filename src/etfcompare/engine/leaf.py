"""How a leaf column is read: a value, its marks, and the stated figure behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import NamedTuple, TypeAlias, cast

from etfcompare.catalogue.schema import Asset, Catalogue, Product, Stated
from etfcompare.engine.arithmetic import NAN
from etfcompare.engine.figure import Better, Figure, Group, Unit
from etfcompare.engine.marks import NONE, Mark
from etfcompare.engine.scenario import Scenario
from etfcompare.units import AsOf

UNVERIFIED = "unverified"

Measurements: TypeAlias = Mapping[tuple[str, str], Stated[float]]
"""Figures measured on past flows, prices and holdings: by leaf, and by ticker or coin."""
Measuring: TypeAlias = Callable[[date], Measurements]
"""What history says on a day."""


def unmeasured(_day: date) -> Measurements:
    """Return what is known without a history: nothing."""
    return MappingProxyType({})


def is_measured(stated: Stated[float] | Stated[date]) -> bool:
    """Tell whether a figure was measured on history, and so stands nowhere in the catalogue."""
    return stated.start < 0


class Input(NamedTuple):
    """A leaf's value for one product."""

    value: float
    mark: int
    """A `Mark`, as the int it is: there are a great many of these."""
    stated: Stated[float] | Stated[date] | None = None
    """Where the catalogue says so; None for what the scenario or nobody says."""


UNKNOWN = Input(NAN, int(Mark.UNKNOWN))
NOT_APPLICABLE = Input(NAN, int(Mark.NOT_APPLICABLE))
ZERO, ONE = Input(0.0, int(NONE)), Input(1.0, int(NONE))


class _Noted:
    """A scenario that notes what it is asked, so that it is known what rests on what."""

    __slots__ = ("asked", "scenario")

    def __init__(self, scenario: Scenario, asked: set[str]) -> None:
        self.scenario = scenario
        self.asked = asked

    def __getattr__(self, name: str) -> object:
        self.asked.add(name)
        return getattr(self.scenario, name)


@dataclass(frozen=True, slots=True)
class Context:
    """What leaves are read against."""

    catalogue: Catalogue
    scenario: Scenario
    marks: dict[tuple[AsOf | None, str | None, str], int] = field(default_factory=dict)
    """Marks worked out before, by date, source and block."""
    asked: set[str] = field(default_factory=set)
    """Assumptions that leaves asked for, if they are noted."""
    measured: Measurements = field(default_factory=lambda: MappingProxyType({}))
    """What history says at the scenario's date."""

    @classmethod
    def noting(cls, catalogue: Catalogue, scenario: Scenario, measured: Measurements) -> Context:
        """Return a context that notes which assumptions leaves ask for."""
        asked: set[str] = set()
        noted = cast("Scenario", _Noted(scenario, asked))
        return cls(catalogue, noted, asked=asked, measured=measured)

    def take_asked(self) -> frozenset[str]:
        """Return the assumptions asked for since the last call, but for the date.

        The date decides what is stale, so that all rests on it.
        """
        asked = frozenset(self.asked)
        self.asked.clear()
        return asked

    def asset(self, product: Product) -> Asset | None:
        """Return the coin that the product holds."""
        return self.catalogue.assets.get(product.asset)

    def given(self, stated: Stated[float] | None, block: str) -> Input:
        """Return a stated figure, marked by its age and its source.

        Args:
            stated: The figure; None for unknown.
            block: Whose limit of age holds for it.
        """
        if stated is None:
            return UNKNOWN
        key = (stated.as_of, stated.source, block)
        mark = self.marks.get(key)
        if mark is None:
            mark = self.marks[key] = self._mark(*key)
        return Input(stated.value, mark, stated)

    def given_or(
        self, stated: Stated[float] | None, block: str, assumed: Stated[float] | None
    ) -> Input:
        """Return a stated figure, or what the catalogue assumes where it is silent."""
        if stated is None and assumed is not None and self.scenario.assumptions:
            return Input(assumed.value, int(Mark.ESTIMATED), assumed)
        return self.given(stated, block)

    def measured_or(self, leaf: str, name: str, stated: Stated[float] | None, block: str) -> Input:
        """Return what history measured, or else what the catalogue states.

        All products are measured over the same days; typed figures may be of any.

        Args:
            leaf: Key of the leaf.
            name: Ticker of the product, or code of its coin.
            stated: The typed figure; None for unknown.
            block: Whose limit of age holds for either.
        """
        return self.given(self.measured.get((leaf, name), stated), block)

    def _mark(self, as_of: AsOf | None, source: str | None, block: str) -> int:
        mark = NONE
        if as_of is None:
            mark |= Mark.UNDATED
        elif not -1 <= (self.scenario.as_of - as_of.day).days <= self.catalogue.limits[block]:
            mark |= Mark.STALE  # too old, or of a day that the scenario does not know yet
        found = self.catalogue.sources.get(source) if source else None
        if found is not None and found.grade == UNVERIFIED:
            mark |= Mark.ESTIMATED
        return int(mark)

    def days_until(self, until: Stated[date] | None) -> float:
        """Return the days left before a date; without one, all of the horizon."""
        if until is None:
            return float(self.scenario.horizon)
        return float((until.value - self.scenario.as_of).days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A leaf column: the figure that it is, and how it is read."""

    figure: Figure
    at: str = ""
    """Where the catalogue states it: below a product, or as `assets.*.risk.beta` below its coin;
    empty for what only a scenario says."""
    read: Callable[[Product, Context], Input] | None = None
    """For each product; None for a leaf that is the same for all."""
    read_once: Callable[[Context], Input] | None = None
    """For all products alike."""

    def __call__(self, product: Product, context: Context) -> Input:
        """Read the leaf for a product."""
        if self.read is not None:
            return self.read(product, context)
        return self.once(context)

    def once(self, context: Context) -> Input:
        """Read a leaf that is the same for all products."""
        assert self.read_once is not None, self.figure.key
        return self.read_once(context)


def leaf(
    label: str,
    *,
    heading: str = "",
    unit: Unit = Unit.RATE,
    better: Better = Better.NEITHER,
    group: Group = Group.INPUTS,
    decimals: int = 2,
    signed: bool = False,
    at: str = "",
) -> Callable[[Callable[[Product, Context], Input]], Leaf]:
    """Make a leaf of a function: its name is the key, its docstring the sentence users read."""

    def declare(read: Callable[[Product, Context], Input]) -> Leaf:
        figure = Figure(
            key=read.__name__,
            label=label,
            heading=heading or label,
            meaning=read.__doc__ or "",
            unit=unit,
            better=better,
            group=group,
            decimals=decimals,
            signed=signed,
        )
        return Leaf(figure=figure, at=at, read=read)

    return declare


def shared_leaf(
    label: str, *, unit: Unit, group: Group = Group.INPUTS, at: str = ""
) -> Callable[[Callable[[Context], Input]], Leaf]:
    """Make a leaf of a function, one that is the same for all products."""

    def declare(read_once: Callable[[Context], Input]) -> Leaf:
        figure = Figure(
            key=read_once.__name__,
            label=label,
            heading=label,
            meaning=read_once.__doc__ or "",
            unit=unit,
            group=group,
            decimals=2 if unit is Unit.RATE else 0,
        )
        return Leaf(figure=figure, at=at, read_once=read_once)

    return declare
