"""What a catalogue says of a product in words: figures that are shown, sorted and filtered by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from etfcompare.catalogue.schema import Product
from etfcompare.engine.figure import Better, Figure, Group, Unit

Text: TypeAlias = Callable[[Product], "str | None"]


class _Description(NamedTuple):
    figure: Figure
    read: Text
    at: str
    """Where it stands below a product."""


def _words(label: str, meaning: str, at: str, read: Text) -> _Description:
    figure = Figure(
        key=at.rpartition(".")[2],
        label=label,
        heading=label,
        meaning=meaning,
        unit=Unit.WORDS,
        group=Group.PRODUCT,
        better=Better.LOWER,
    )
    return _Description(figure, read, at)


_DESCRIPTIONS = (
    _words("Ticker", "The product's key.", "ticker", lambda one: one.ticker),
    _words("Asset", "The coin it holds.", "asset", lambda one: one.asset),
    _words("Issuer", "Who runs it.", "issuer", lambda one: one.issuer),
    _words("Name", "Its full name.", "name", lambda one: one.name),
    _words(
        "Country",
        "Where it is listed, ISO 3166.",
        "listing.country",
        lambda one: one.listing.country if one.listing else None,
    ),
    _words(
        "Exchange",
        "Its main exchange.",
        "listing.exchange",
        lambda one: one.listing.exchange if one.listing else None,
    ),
    _words("Structure", "Its legal form.", "structure", lambda one: one.structure),
    _words("Status", "Trading, closed or pending.", "status", lambda one: one.status),
    _words(
        "Payout",
        "Where rewards go: accrues, cash or coin entitlement.",
        "staking.payout",
        lambda one: one.staking.payout if one.staking else None,
    ),
    _words(
        "Listed",
        "First day of trading.",
        "listing.since",
        lambda one: one.listing.since.text if one.listing and one.listing.since else None,
    ),
    _words("Custodian", "Who keeps the coins.", "custodian", lambda one: one.custodian),
)

DESCRIBED: tuple[Figure, ...] = tuple(one.figure for one in _DESCRIPTIONS)
"""The figures themselves."""
WORDS: Mapping[str, Text] = MappingProxyType({one.figure.key: one.read for one in _DESCRIPTIONS})
"""How the words of a product are read, by the key of their figure."""
WORD_PLACES: Mapping[str, str] = MappingProxyType({one.figure.key: one.at for one in _DESCRIPTIONS})
"""Where they stand below a product."""
