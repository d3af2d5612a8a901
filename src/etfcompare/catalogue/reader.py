"""From the nodes of a document to a `Catalogue`, and every problem on the way, in one pass.

A fault costs only what it spoils: a figure its block, a ticker or an asset its product. An error in
a waiver costs the whole block, because a fee without its waiver would be a wrong figure, not an
unknown one. What is merely unlikely is used, with a warning.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import NamedTuple

from etfcompare.catalogue.blocks import PROVENANCE, UNDATED, BlockReader
from etfcompare.catalogue.document import Document, Mapping, Node, Scalar
from etfcompare.catalogue.fields import Field, Kind, nearest
from etfcompare.catalogue.problem import Problem
from etfcompare.catalogue.schema import (
    CORRELATION,
    DEFAULT_LIMITS,
    FLAT_BASIS,
    REWARD_BANDS,
    SCHEMA_VERSION,
    Asset,
    AssetStaking,
    Assume,
    Cash,
    Catalogue,
    Fee,
    Flows,
    History,
    Limits,
    Listing,
    Market,
    Product,
    Published,
    Risk,
    Source,
    Staking,
    StakingWaiver,
    Stated,
    View,
    Waiver,
)
from etfcompare.visible import mixed_scripts, visible

FIRST_LISTING = date(2009, 1, 3)
"""Nothing was listed before the first coin existed."""
CURRENCY_CODE_LENGTH = 3
_TOP = (
    *("schema", "cash", "fx", "assets", "assume", "limits"),
    *("sources", "history", "views", "products"),
)
_PLAIN_NUMBER = Field(kind=Kind.NUMBER, meaning="US dollars for one unit.")


class Read(NamedTuple):
    """What came of reading a document."""

    catalogue: Catalogue
    problems: tuple[Problem, ...]
    """In the order of the file."""
    stated: int
    """How many products the file lists, usable or not."""


def read(document: Document, *, today: date) -> Read:
    """Read a document.

    Args:
        document: The parsed text.
        today: Today's date; a figure dated later than tomorrow is an error, because somewhere
            on earth it already is tomorrow.
    """
    blocks = BlockReader(document, today + timedelta(days=1), problems=list(document.warnings))
    catalogue, stated = _Reader(blocks).catalogue(document.root)
    problems = sorted(blocks.problems, key=lambda problem: (problem.line, problem.column))
    return Read(catalogue, tuple(problems), stated)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Knows what the blocks of a catalogue mean together."""

    blocks: BlockReader

    def catalogue(self, root: Node | None) -> tuple[Catalogue, int]:
        blocks = self.blocks
        if root is None:
            return Catalogue(), 0
        if not isinstance(root, Mapping):
            blocks.error(root, "", "the file is not a catalogue", "begin with `products:`")
            return Catalogue(), 0
        blocks.check_keys(root, "", _TOP)
        self._check_version(_value(root, "schema"))
        # Figures name their source, and amounts their currency: these two come first.
        sources = self._sources(_value(root, "sources"))
        self._read_currencies(_value(root, "fx"))
        assets = self._assets(_value(root, "assets"))
        limits = blocks.dated_block(Limits, _value(root, "limits"), "limits")
        items = blocks.items(_value(root, "products"), "products")
        catalogue = Catalogue(
            products=self._products(items, assets),
            assets=MappingProxyType(assets),
            sources=MappingProxyType(sources),
            cash=blocks.dated_block(Cash, _value(root, "cash"), "cash"),
            assume=blocks.dated_block(Assume, _value(root, "assume"), "assume") or Assume(),
            limits=_days(limits),
            history=blocks.dated_block(History, _value(root, "history"), "history"),
            views=tuple(self._views(_value(root, "views"))),
        )
        return catalogue, len(items)

    def _check_version(self, node: Node | None) -> None:
        if node is None or (isinstance(node, Scalar) and node.text == SCHEMA_VERSION):
            return
        found = f'"{visible(node.text)}"' if isinstance(node, Scalar) else "a block"
        self.blocks.error(
            node,
            "schema",
            f"{found} is not a version that this program reads",
            f"write schema: {SCHEMA_VERSION}",
        )

    def _sources(self, node: Node | None) -> dict[str, Source]:
        sources: dict[str, Source] = {}
        for key, entry in self.blocks.named(node, "sources"):
            # Known even if it is faulty, so that one fault is not reported a hundred times.
            self.blocks.sources.add(key)
            path = f"sources.{visible(key)}"
            source = self.blocks.dated_block(Source, entry.value, path, key=key)
            if source is not None:
                sources[key] = source
        return sources

    def _read_currencies(self, node: Node | None) -> None:
        for key, entry in self.blocks.named(node, "fx"):
            if key in PROVENANCE:
                continue
            path = f"fx.{visible(key)}"
            if not (len(key) == CURRENCY_CODE_LENGTH and key.isascii() and key.isupper()):
                self.blocks.error(
                    entry.key, path, f'"{visible(key)}" is not a currency', "write it as EUR"
                )
                continue
            rate = self.blocks.figure(_PLAIN_NUMBER, entry.value, path, UNDATED)
            if rate is None:
                continue
            if isinstance(rate.value, float) and rate.value > 0:
                self.blocks.dollars[key] = rate.value
            else:
                self.blocks.error(entry.value, path, f'"{rate.text}" is not above zero')

    def _assets(self, node: Node | None) -> dict[str, Asset]:
        assets: dict[str, Asset] = {}
        for code, entry in self.blocks.named(node, "assets"):
            path = f"assets.{visible(code)}"
            block = self.blocks.mapping(entry.value, path)
            staking = _value(block, "staking")
            asset = block and self.blocks.block(
                Asset,
                block,
                path,
                code=code,
                staking=self.blocks.dated_block(AssetStaking, staking, f"{path}.staking"),
                risk=self._risk(_value(block, "risk"), f"{path}.risk"),
            )
            assets[code] = asset or Asset(code=code)
            if asset and asset.staking and asset.staking.rate:
                self._check_band(code, asset.staking.rate, staking)
        return assets

    def _risk(self, node: Node | None, path: str) -> Risk | None:
        block = self.blocks.mapping(node, path)
        if block is None:
            return None
        provenance = self.blocks.provenance(block, path)
        correlation: dict[str, Stated[object]] = {}
        for code, entry in self.blocks.named(_value(block, "correlation"), f"{path}.correlation"):
            place = f"{path}.correlation.{visible(code)}"
            figure = self.blocks.figure(CORRELATION, entry.value, place, provenance)
            if figure is not None:
                correlation[code] = figure
        return self.blocks.block(
            Risk, block, path, provenance, correlation=MappingProxyType(correlation)
        )

    def _views(self, node: Node | None) -> Iterator[View]:
        for index, item in enumerate(self.blocks.items(node, "views")):
            path = f"views[{index}]"
            block = self.blocks.mapping(item, path)
            if block is None:
                continue
            columns = self.blocks.items(_value(block, "columns"), f"{path}.columns")
            texts = (self.blocks.text(one, f"{path}.columns") for one in columns)
            view = self.blocks.block(
                View, block, path, columns=tuple(text for text in texts if text)
            )
            if view is not None:
                yield view

    def _products(self, items: list[Node], assets: dict[str, Asset]) -> tuple[Product, ...]:
        by_ticker: dict[str, list[tuple[Product, Node]]] = {}
        for index, item in enumerate(items):
            block = self.blocks.mapping(item, f"products[{index}]")
            if block is None:
                if isinstance(item, Scalar) and not item.text:
                    self.blocks.error(item, f"products[{index}]", "is empty", "remove the dash")
                continue
            ticker = self._ticker(block, f"products[{index}]")
            product = self._product(block, ticker, f"products[{index}]", assets)
            if product is not None:
                key = unicodedata.normalize("NFKC", product.ticker).strip().casefold()
                by_ticker.setdefault(key, []).append((product, block.entries["ticker"].value))
        unique: list[Product] = []
        for same in by_ticker.values():
            if len(same) == 1:
                unique.append(same[0][0])
            else:
                self._report_duplicates(same)
        return tuple(unique)

    def _report_duplicates(self, same: list[tuple[Product, Node]]) -> None:
        lines = [self.blocks.document.position(node.start)[0] for _, node in same]
        for place, (product, node) in enumerate(same):
            others = ", ".join(str(line) for at, line in enumerate(lines) if at != place)
            self.blocks.error(
                node,
                f"products[{visible(product.ticker)}].ticker",
                f"the ticker stands again on line {others}",
                "a listing abroad carries its market's suffix, as ETHE.L",
            )

    def _ticker(self, block: Mapping, path: str) -> str | None:
        node = _value(block, "ticker")
        ticker = self.blocks.text(node, f"{path}.ticker") if node is not None else None
        if not ticker or not ticker.strip():
            if node is None or isinstance(node, Scalar):
                place = node if node is not None else block
                self.blocks.error(place, f"{path}.ticker", "the ticker is missing", "add ticker: …")
            return None
        if mixed_scripts(ticker):
            self.blocks.warn(
                block.entries["ticker"].value,
                f"products[{visible(ticker)}].ticker",
                "mixes letters of several scripts that look alike",
                f"compare {ticker!a}",
            )
        return ticker.strip()

    def _product(
        self, block: Mapping, ticker: str | None, place: str, assets: dict[str, Asset]
    ) -> Product | None:
        blocks = self.blocks
        path = f"products[{visible(ticker)}]" if ticker else place
        asset = self._asset_code(block, path, assets)
        listing_node = blocks.mapping(_value(block, "listing"), f"{path}.listing")
        listing = listing_node and blocks.block(Listing, listing_node, f"{path}.listing")
        since = listing.since if listing else None
        if since is not None and since.value < FIRST_LISTING and listing_node is not None:
            blocks.error(listing_node, since.path, f'"{since.text}" is before the first coin')
        nested: dict[str, object] = {
            "ticker": ticker or "?",
            "asset": asset or "?",
            "start": block.start,
            "listing": listing or None,
            "fee": self._fee(_value(block, "fee"), f"{path}.fee", since),
            "staking": self._staking(_value(block, "staking"), f"{path}.staking", asset),
            "market": blocks.dated_block(Market, _value(block, "market"), f"{path}.market"),
            "flows": blocks.dated_block(Flows, _value(block, "flows"), f"{path}.flows"),
        }
        product = blocks.block(Product, block, path, None, **nested)
        if product is None and ticker and asset:
            # A fault in one of its words costs that word: the figures are as good as they were.
            product = Product(**nested)  # type: ignore[arg-type]
        return product if ticker and asset else None

    def _asset_code(self, block: Mapping, path: str, assets: dict[str, Asset]) -> str | None:
        node = _value(block, "asset")
        code = self.blocks.text(node, f"{path}.asset") if node is not None else None
        if not code:
            place = node if node is not None else block
            self.blocks.error(place, f"{path}.asset", "the asset is missing", "add asset: BTC")
            return None
        if code not in assets and node is not None:
            close = nearest(code, tuple(assets))
            hint = f"did you mean {close}?" if close else "add it under assets"
            self.blocks.error(
                node, f"{path}.asset", f'asset "{visible(code)}" is not under assets', hint
            )
            return None
        return code

    def _fee(self, node: Node | None, path: str, since: Stated[date] | None) -> Fee | None:
        block = self.blocks.mapping(node, path)
        if block is None:
            return None
        before = self.blocks.errors
        provenance = self.blocks.provenance(block, path)
        waiver_node = _value(block, "waiver")
        waiver = self.blocks.dated_block(Waiver, waiver_node, f"{path}.waiver", provenance)
        fee = self.blocks.block(Fee, block, path, provenance, waiver=waiver)
        if fee is not None and waiver is not None and waiver_node is not None:
            self._check_waiver(fee, waiver, waiver_node, since)
        if fee is not None and waiver is None and fee.rate is not None and fee.rate.value == 0:
            self.blocks.warn(block, f"{path}.rate", "a fee of zero without a waiver", "is it so?")
        self._check_provenance(fee.rate if fee else None, block, path)
        return fee if self.blocks.errors == before else None

    def _check_waiver(
        self, fee: Fee, waiver: Waiver, node: Node, since: Stated[date] | None
    ) -> None:
        path = f"{fee.rate.path.rpartition('.')[0]}.waiver" if fee.rate else "waiver"
        rate, until = waiver.rate, waiver.until
        if rate is None:
            self.blocks.error(node, path, "has no rate", "write rate: 0% for a full waiver")
        elif fee.rate is not None and rate.value > fee.rate.value:
            self.blocks.error(
                node,
                rate.path,
                f"the waived fee {rate.text} is above the full fee {fee.rate.text}",
                "swap them",
            )
        if until is None and waiver.first is None:
            self.blocks.warn(node, path, "ends neither on a date nor at a size", "add until:")
        if until is not None and since is not None and until.value < since.value:
            self.blocks.error(
                node,
                until.path,
                f"ends on {until.text}, before the listing on {since.text}",
            )
        if waiver.first is not None and waiver.mode is None:
            self.blocks.warn(
                node, path, "does not say how `first` works; taken as tier", "add mode: tier"
            )

    def _staking(self, node: Node | None, path: str, asset: str | None) -> Staking | None:
        block = self.blocks.mapping(node, path)
        if block is None:
            return None
        provenance = self.blocks.provenance(block, path)
        published = self.blocks.dated_block(
            Published, _value(block, "published"), f"{path}.published", provenance
        )
        before = self.blocks.errors
        waiver = self.blocks.dated_block(
            StakingWaiver, _value(block, "waiver"), f"{path}.waiver", provenance
        )
        staking = self.blocks.block(
            Staking, block, path, provenance, waiver=waiver, published=published
        )
        if staking is None or self.blocks.errors > before:
            return None
        figures = (staking.staked, staking.cut, staking.charge, staking.rate)
        self._check_provenance(next((one for one in figures if one), None), block, path)
        if staking.rate is not None and staking.basis != FLAT_BASIS and asset:
            self._check_band(asset, staking.rate, _value(block, "rate"))
        if (
            published is not None
            and published.rate is not None
            and published.basis not in (None, "gross")
            and staking.rate is not None
            and published.rate.value > staking.rate.value
        ):
            self.blocks.warn(
                block,
                published.rate.path,
                f"the published rate {published.rate.text} {published.basis} is above the gross "
                f"rate {staking.rate.text}",
                "are they of one day?",
            )
        return staking

    def _check_band(self, asset: str, rate: Stated[float], node: Node | None) -> None:
        least, most = REWARD_BANDS.get(asset, (0.0, 1.0))
        if node is not None and not least <= rate.value <= most:
            self.blocks.warn(
                node,
                rate.path,
                f'"{rate.text}" is outside the usual band of {asset}',
                f"{least:.1%} to {most:.1%} a year is usual",
            )

    def _check_provenance(self, figure: Stated[float] | None, block: Mapping, path: str) -> None:
        if figure is not None and figure.as_of is None:
            self.blocks.warn(block, path, "has no date", "add as_of: and the day it was true")
        if figure is not None and figure.source is None:
            self.blocks.warn(block, path, "has no source", "add source: and a name under sources")


def _value(block: Mapping | None, key: str) -> Node | None:
    entry = block.entries.get(key) if block is not None else None
    return entry.value if entry is not None else None


def _days(limits: Limits | None) -> dict[str, int]:
    days = dict(DEFAULT_LIMITS)
    for block in days:
        stated = getattr(limits, block, None)
        if stated is not None:
            days[block] = stated.value
    return days
