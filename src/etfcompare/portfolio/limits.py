"""The limits of an allocation: what they are, how they are typed, how they are said."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Literal, TypeAlias, get_args

from etfcompare.catalogue.fields import nearest
from etfcompare.catalogue.schema import Catalogue, Product
from etfcompare.errors import UsageError
from etfcompare.units import UnitError, format_money, format_number, format_rate, share_of
from etfcompare.visible import visible

Kind: TypeAlias = Literal["asset", "issuer", "product", "custodian"]
"""What products are taken together by."""
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
PARTICIPATION: Final = 0.1
"""Share of a day's volume that trades without moving the price, unless another is given."""
EACH: Final = "*"
"""Stands for every name of a kind."""
POINT: Final = 0.01
"""A percentage point."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A share of the whole that some products may take at most, or must take at least."""

    kind: Kind
    name: str
    """Of the asset, issuer, product or custodian, as the catalogue spells it."""
    share: float
    """Of the whole, 0 to 1."""


class Measure(StrEnum):
    """What a limit is on."""

    VOLATILITY = "max_volatility"
    YIELD = "min_yield"
    CAP = "cap"
    FLOOR = "floor"
    CRYPTO = "max_crypto"
    AUM = "min_aum"
    SHARE_OF_AUM = "max_share_of_aum"
    DAYS = "days_to_exit"


LOWER: Final = frozenset({Measure.YIELD, Measure.FLOOR, Measure.AUM})
"""What is at least so much; all else is at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One limit, which can be relaxed or dropped by itself."""

    measure: Measure
    value: float
    """A fraction; US dollars of the AUM, days of the exit."""
    kind: Kind | None = None
    """Of a cap or a floor."""
    name: str = ""
    """Of what a cap or a floor is on."""

    @property
    def unit(self) -> str:
        """What it is relaxed by: `percentage point`, `day`; empty if it can only be dropped."""
        match self.measure:
            case Measure.AUM:
                return ""
            case Measure.DAYS:
                return "day"
            case _:
                return "percentage point"

    @property
    def step(self) -> float:
        """How far one unit relaxes it, in its own terms."""
        size = 1.0 if self.measure is Measure.DAYS else POINT
        return -size if self.measure in LOWER else size

    def relaxed(self, by: float) -> Limit:
        """Return the limit relaxed by so much, in its own terms."""
        return replace(self, value=self.value + (-by if self.measure in LOWER else by))

    @property
    def words(self) -> str:
        """The limit as it stands within a sentence."""
        value = self.value
        days = format_number(value, 0 if value == int(value) else 2)
        on = f"on {self.kind} {visible(self.name)}"
        said: Mapping[Measure, str] = {
            Measure.VOLATILITY: f"volatility cap of {format_rate(value)}",
            Measure.YIELD: f"minimum yield of {format_rate(value)}",
            Measure.CAP: f"cap of {format_rate(value)} {on}",
            Measure.FLOOR: f"floor of {format_rate(value)} {on}",
            Measure.CRYPTO: f"cap of {format_rate(value)} on all crypto",
            Measure.AUM: f"minimum AUM of {format_money(value)}",
            Measure.SHARE_OF_AUM: f"cap of {format_rate(value)} of a fund's AUM",
            Measure.DAYS: f"limit of {days} day{'' if days == '1' else 's'} to exit",
        }
        return said[self.measure]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """All that an allocation must keep to; None and empty for no limit.

    Raises:
        UsageError: A limit is outside what it can be, or is given twice.
    """

    max_volatility: float | None = None
    """Of the whole, a year."""
    min_yield: float | None = None
    """Net yield of the whole, a year, before the cost of trades."""
    caps: tuple[Bound, ...] = ()
    floors: tuple[Bound, ...] = ()
    min_aum: float | None = None
    """US dollars that a fund manages at least."""
    max_share_of_aum: float | None = None
    """Of a fund, that is held at most."""
    days_to_exit: float | None = None
    """In which any one fund can be sold."""
    participation: float = PARTICIPATION
    """Share of a day's volume that is sold on each of these days."""
    max_crypto: float | None = None
    """Share of the whole in anything but cash."""

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        shares = {
            "the cap on all crypto": self.max_crypto,
            "the share of a fund's AUM": self.max_share_of_aum,
            **{
                f"the {word} on {one.kind} {visible(one.name)}": one.share
                for word, bounds in (("cap", self.caps), ("floor", self.floors))
                for one in bounds
            },
        }
        for word, share in shares.items():
            if share is not None and not 0 <= share <= 1:
                raise UsageError(f"{word} is not between 0% and 100%")
        if self.max_volatility is not None and not 0 <= self.max_volatility < math.inf:
            raise UsageError("the volatility cap is not a rate from 0% up")
        if self.min_yield is not None and not -1 <= self.min_yield <= 1:
            raise UsageError("the minimum yield is not between -100% and 100%")
        if self.min_aum is not None and not 0 <= self.min_aum < math.inf:
            raise UsageError("the minimum AUM is not an amount from zero up")
        if self.days_to_exit is not None and not 0 < self.days_to_exit < math.inf:
            raise UsageError("the days to exit are not a number above zero")
        if not 0 < self.participation <= 1:
            raise UsageError("the participation is not above 0% and at most 100% of the volume")
        for word, bounds in (("cap", self.caps), ("floor", self.floors)):
            _refuse_twice(word, bounds)

    def spelled(self, catalogue: Catalogue) -> Limits:
        """Return the limits with every name as the catalogue spells it.

        Raises:
            UsageError: Nothing in the catalogue has such a name.
        """
        caps, floors = (
            tuple(replace(one, name=_spelled(one.kind, one.name, catalogue)) for one in bounds)
            for bounds in (self.caps, self.floors)
        )
        return replace(self, caps=caps, floors=floors)

    def stated(self) -> tuple[Limit, ...]:
        """Return every limit by itself."""
        alone: Mapping[Measure, float | None] = {
            Measure.VOLATILITY: self.max_volatility,
            Measure.YIELD: self.min_yield,
            Measure.CRYPTO: self.max_crypto,
            Measure.AUM: self.min_aum,
            Measure.SHARE_OF_AUM: self.max_share_of_aum,
            Measure.DAYS: self.days_to_exit,
        }
        found = [
            Limit(measure=one, value=value) for one, value in alone.items() if value is not None
        ]
        for measure, bounds in ((Measure.CAP, self.caps), (Measure.FLOOR, self.floors)):
            found += [
                Limit(measure=measure, value=one.share, kind=one.kind, name=one.name)
                for one in bounds
            ]
        return tuple(found)


def _refuse_twice(word: str, bounds: Iterable[Bound]) -> None:
    seen: set[tuple[str, str]] = set()
    for one in bounds:
        if (one.kind, one.name) in seen:
            raise UsageError(
                f"the {word} on {one.kind} {visible(one.name)} is given twice; name one share"
            )
        seen.add((one.kind, one.name))


def name_of(product: Product, kind: Kind) -> str | None:
    """Return what a product goes by: its asset, issuer, ticker or custodian; None if unknown."""
    match kind:
        case "asset":
            return product.asset
        case "issuer":
            return product.issuer
        case "product":
            return product.ticker
        case "custodian":
            return product.custodian


def parse_bounds(texts: Iterable[str], catalogue: Catalogue) -> tuple[Bound, ...]:
    """Read caps or floors: `asset:SOL=20%`, `custodian:"Coinbase Custody"=60%`, `issuer:*=5%`.

    Args:
        texts: Kind, name and share each; the name in any case, in quotation marks or without, or
            `*` for every name of the kind that has no share of its own.
        catalogue: Whose names are known.

    Raises:
        UsageError: One is not written so, or nothing has that name.
    """
    named: list[Bound] = []
    every: dict[tuple[Kind, str], Bound] = {}
    for text in texts:
        kind, name, share = _parts(text)
        if name == EACH:
            bounds = (Bound(kind=kind, name=one, share=share) for one in _names(kind, catalogue))
            every |= {(kind, one.name): one for one in bounds}
        else:
            named.append(Bound(kind=kind, name=_spelled(kind, name, catalogue), share=share))
    own = {(one.kind, one.name) for one in named}
    return (*named, *(one for key, one in every.items() if key not in own))


def _parts(text: str) -> tuple[Kind, str, float]:
    """Return the kind, the name and the share that a cap or a floor is typed as."""
    kind, colon, rest = text.partition(":")
    name, equals, share = rest.rpartition("=")
    kind, name = kind.strip().casefold(), name.strip()
    if not (colon and equals and name):
        raise UsageError(f'"{visible(text)}" names no kind, name and share; write asset:SOL=20%')
    if kind not in KINDS:
        close = nearest(kind, KINDS)
        hint = f"did you mean {close}?" if close else f"write one of {', '.join(KINDS)}"
        raise UsageError(f'"{visible(kind)}" is no kind of limit; {hint}')
    try:
        return kind, name, share_of(share)
    except UnitError as error:
        raise UsageError(str(error)) from error


def _names(kind: Kind, catalogue: Catalogue) -> tuple[str, ...]:
    """Return all names of a kind, in the order of the catalogue."""
    found = (name_of(one, kind) for one in catalogue.products)
    return tuple(dict.fromkeys(one for one in found if one is not None))


def _spelled(kind: Kind, name: str, catalogue: Catalogue) -> str:
    """Return a name as the catalogue spells it."""
    names = _names(kind, catalogue)
    bare = name[1:-1].strip() if len(name) > 1 and name[0] == name[-1] == '"' else name
    for wanted in (name, bare):  # quotation marks may also be part of the name
        if wanted in names:
            return wanted
        spelled = next((one for one in names if one.casefold() == wanted.casefold()), None)
        if spelled is not None:
            return spelled
    close = nearest(bare, names)
    hint = f"did you mean {visible(close)}?" if close else "`etfcompare rank` lists what there is"
    raise UsageError(f'no product has the {kind} "{visible(bare)}"; {hint}')
