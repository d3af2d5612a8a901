"""From the nodes of a document to a `Catalogue`, and every problem on the way, in one pass.

A fault costs only what it spoils: a word or a name itself, a figure its block, a ticker or an asset
its product. An error in a waiver costs the whole block, because a fee without its waiver would be a
wrong figure, not an unknown one. What is merely unlikely is used, with a warning.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import PureWindowsPath
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from etfcompare.catalogue.blocks import PROVENANCE, BlockReader, is_empty
from etfcompare.catalogue.collector import collector_paused
from etfcompare.catalogue.document import Document, Mapping, Node, Scalar
from etfcompare.catalogue.fields import Field, Kind, nearest, quoted
from etfcompare.catalogue.problem import Problem
from etfcompare.catalogue.schema import (
    DEFAULT_LIMITS,
    FLAT_BASIS,
    NOT_STAKING,
    REWARD_BANDS,
    SCHEMA_VERSION,
    Asset,
    Assume,
    Cash,
    Catalogue,
    Fee,
    Figures,
    Flows,
    History,
    Holdings,
    Limits,
    Lot,
    Market,
    Product,
    Source,
    Staking,
    StakingWaiver,
    Stated,
    View,
    Waiver,
)
from etfcompare.units import format_rate
from etfcompare.visible import mixed_scripts, visible

Block = TypeVar("Block")

FIRST_LISTING = date(2009, 1, 3)
"""Nothing was listed before the first coin existed."""
CURRENCY_CODE_LENGTH = 3
TOP = (
    *("schema", "cash", "fx", "assets", "assume", "limits"),
    *("sources", "history", "views", "holdings", "products"),
)
"""Keys of the file."""
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
    with collector_paused():
        reader = _Reader(document, today + timedelta(days=1))
        catalogue, stated = reader.catalogue(document.root)
    found = [*document.warnings, *reader.blocks.problems]
    problems = sorted(found, key=lambda problem: (problem.line, problem.column))
    return Read(catalogue, tuple(problems), stated)


class _Reader:
    """Knows what the blocks of a catalogue mean together."""

    def __init__(self, document: Document, tomorrow: date) -> None:
        self.blocks = BlockReader(document, tomorrow, self._check)
        self.assets: dict[str, Asset] = {}
        self.tickers: dict[str, str] = {}
        """Every ticker under products, usable or not, by what is alike in all its spellings."""

    def catalogue(self, root: Node | None) -> tuple[Catalogue, int]:
        blocks = self.blocks
        if root is None or not isinstance(root, Mapping):
            if root is None or is_empty(root):
                self._warn_of_no_products()
            else:
                blocks.error(root, "", "the file is not a catalogue", "begin with `products:`")
            return Catalogue(), 0
        if "products" not in root.entries:
            self._warn_of_no_products()
        blocks.check_keys(root, "", TOP)
        self._check_version(_value(root, "schema"))
        # Figures name their source, and amounts their currency: these two come first.
        sources = self._sources(_value(root, "sources"))
        self._read_currencies(_value(root, "fx"))
        self._read_assets(_value(root, "assets"))
        items = blocks.items(_value(root, "products"), "products")
        catalogue = Catalogue(
            products=self._products(items),
            assets=MappingProxyType(self.assets),
            sources=MappingProxyType(sources),
            cash=self._top(Cash, root, "cash"),
            assume=self._top(Assume, root, "assume") or Assume(),
            limits=_days(self._top(Limits, root, "limits")),
            history=self._history(root),
            views=tuple(self._views(_value(root, "views"))),
            holdings=self._holdings(root),
        )
        return catalogue, len(items)

    def _top(self, kind: type[Block], root: Mapping, key: str) -> Block | None:
        block = self.blocks.mapping(_value(root, key), key)
        return self.blocks.block(kind, block, key) if block is not None else None

    def _warn_of_no_products(self) -> None:
        source = self.blocks.document.source
        self.blocks.problems.append(source.warning(0, "lists no products", "add `products:`"))

    def _history(self, root: Mapping) -> History | None:
        """Read where histories are; a file outside the catalogue's folder is never opened."""
        history = self._top(History, root, "history")
        block = _value(root, "history")
        if history is None or not isinstance(block, Mapping):
            return history
        for key, (attribute, _) in History.members.items():
            path, node = getattr(history, attribute), _value(block, key)
            if isinstance(path, str) and node is not None and _leads_outside(path):
                message = f"{quoted(path)} is outside the catalogue's folder"
                self.blocks.error(node, f"history.{key}", message, "write history/flows.csv")
                history = history.but(**{attribute: None})
        return history

    def _check_version(self, node: Node | None) -> None:
        if node is None or (isinstance(node, Scalar) and node.text == SCHEMA_VERSION):
            return
        found = quoted(node.text) if isinstance(node, Scalar) else "a block"
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
            block = self.blocks.mapping(entry.value, path)
            source = self.blocks.block(Source, block, path, key=key) if block else None
            sources[key] = source or Source(key=key)
        return sources

    def _read_currencies(self, node: Node | None) -> None:
        fx = self.blocks.mapping(node, "fx")
        if fx is None:
            return
        dated = self.blocks.provenance(fx, "fx")
        for key, entry in fx.entries.items():
            if key in PROVENANCE:
                continue
            path = f"fx.{visible(key)}"
            if not (len(key) == CURRENCY_CODE_LENGTH and key.isascii() and key.isupper()):
                self.blocks.error(
                    entry.key, path, f"{quoted(key)} is not a currency", "write it as EUR"
                )
                continue
            rate = self.blocks.figure(_PLAIN_NUMBER, entry.value, path, dated)
            if rate is None:
                continue
            if isinstance(rate.value, float) and rate.value > 0 and key != "USD":
                self.blocks.dollars[key] = rate.value
            else:
                wanted = "1, always" if key == "USD" else "above zero"
                self.blocks.error(rate, path, f"{quoted(rate.text)} is not {wanted}")

    def _read_assets(self, node: Node | None) -> None:
        blocks = self.blocks
        for code, entry in blocks.named(node, "assets"):
            path = f"assets.{visible(code)}"
            block = blocks.mapping(entry.value, path)
            asset = blocks.block(Asset, block, path, code=code) if block else None
            self.assets[code] = asset or Asset(code=code)
        for asset in self.assets.values():
            if asset.staking and asset.staking.rate:
                self._check_band(asset.code, asset.staking.rate)
            for code, figure in asset.risk.correlation.items() if asset.risk else ():
                if code not in self.assets:
                    blocks.warn(figure, figure.path, f"asset {quoted(code)} is not under assets")

    def _holdings(self, root: Mapping) -> Holdings | None:
        """Read what the user holds; the products are known by now."""
        holdings = self._top(Holdings, root, "holdings")
        if holdings is None:
            return None
        lots = (lot.but(ticker=self.tickers[_folded(lot.ticker)]) for lot in holdings.lots)
        return holdings.but(lots=tuple(lots))

    def _check_lot(self, lot: Lot, node: Mapping, path: str) -> None:
        blocks = self.blocks
        if _folded(lot.ticker) not in self.tickers:
            close = nearest(lot.ticker, tuple(self.tickers.values()))
            hint = f"did you mean {visible(close)}?" if close else "add it under products"
            at = node.entries["ticker"].value
            message = f"{quoted(lot.ticker)} is not a ticker under products"
            blocks.error(at, f"{path}.ticker", message, hint)
        if lot.value is None:
            blocks.error(node, path, "has no value", "add value: and what it is worth")
            return
        if lot.value.as_of is None:
            blocks.warn(node, path, "has no date", "add as_of: under holdings")
        bought = lot.bought
        if bought is not None and bought.value > blocks.tomorrow:
            message = f"{quoted(bought.text)} lies in the future"
            blocks.error(bought, bought.path, message, "write the day it was bought")
        unknown = [key for key in ("cost", "bought") if getattr(lot, key) is None]
        if unknown and not lot.is_sheltered:
            said = " and ".join(f"no {key}" for key in unknown)
            hint = " and ".join(f"{key}:" for key in unknown)
            blocks.warn(node, path, f"has {said}, so the tax of a sale is unknown", f"add {hint}")

    def _views(self, node: Node | None) -> Iterator[View]:
        for index, item in enumerate(self.blocks.items(node, "views")):
            before = self.blocks.errors
            block = self.blocks.mapping(item, f"views[{index}]")
            view = self.blocks.block(View, block, f"views[{index}]") if block else None
            # Without the horizon that it names, a view would answer another question.
            if view is not None and self.blocks.errors == before:
                yield view

    def _products(self, items: list[Node]) -> tuple[Product, ...]:
        products: dict[str, Product] = {}
        places: dict[str, list[Node]] = {}
        for index, item in enumerate(items):
            path = f"products[{index}]"
            block = self.blocks.mapping(item, path)
            if block is None:
                if is_empty(item):
                    self.blocks.error(item, path, "is empty", "remove the dash")
                continue
            ticker = self._ticker(block, path)
            product = self._product(
                block, ticker, f"products[{visible(ticker)}]" if ticker else path
            )
            if ticker:
                key = _folded(ticker)
                self.tickers[key] = ticker
                places.setdefault(key, []).append(block.entries["ticker"].value)
                if product is not None:
                    products[key] = product
        for key, nodes in places.items():
            if len(nodes) > 1:
                self._report_duplicates(nodes)
                products.pop(key, None)
        return tuple(products.values())

    def _report_duplicates(self, nodes: list[Node]) -> None:
        lines = [self.blocks.document.position(node.start)[0] for node in nodes]
        for place, node in enumerate(nodes):
            others = [str(line) for at, line in enumerate(lines) if at != place]
            where = f"{'lines' if len(others) > 1 else 'line'} {' and '.join(others)}"
            ticker = visible(node.text.strip()) if isinstance(node, Scalar) else ""
            self.blocks.error(
                node,
                f"products[{ticker}].ticker",
                f"the ticker stands again on {where}",
                "a listing abroad carries its market's suffix, as ETHE.L",
            )

    def _ticker(self, block: Mapping, path: str) -> str | None:
        node = _value(block, "ticker")
        if node is None or (isinstance(node, Scalar) and (is_empty(node) or not node.text.strip())):
            self.blocks.error(node or block, f"{path}.ticker", "the ticker is missing", "name it")
            return None
        shown = f"products[{visible(node.text.strip())}].ticker" if isinstance(node, Scalar) else ""
        ticker = self.blocks.text(node, shown or f"{path}.ticker")
        if ticker and mixed_scripts(ticker):
            self.blocks.warn(
                node,
                shown,
                "has mixed scripts: letters of several alphabets that look alike",
                f"compare {ticker[:40]!a}",
            )
        return ticker and ticker.strip()

    def _product(self, block: Mapping, ticker: str | None, path: str) -> Product | None:
        code = self._asset_code(block, path)
        product = self.blocks.block(
            Product, block, path, ticker=ticker or "", asset=code or "", start=block.start
        )
        if product is None or not ticker or not code:
            return None
        if product.staking is None and (entry := block.entries.get("staking")) is not None:
            product = product.but(staking=self._unknown_terms(entry.value, f"{path}.staking"))
        return self._checked(product)

    def _asset_code(self, block: Mapping, path: str) -> str | None:
        node = _value(block, "asset")
        code = self.blocks.text(node, f"{path}.asset") if node is not None else None
        if not code:
            if node is None or isinstance(node, Scalar):
                at = node or block
                self.blocks.error(at, f"{path}.asset", "the asset is missing", "write asset: BTC")
            return None
        if code in self.assets or node is None:
            return code
        close = nearest(code, tuple(self.assets))
        hint = f"did you mean {visible(close)}?" if close else "add it under assets"
        self.blocks.error(node, f"{path}.asset", f"asset {quoted(code)} is not under assets", hint)
        return None

    def _unknown_terms(self, node: Node, path: str) -> Staking:
        """A fund whose staking cannot be read still stakes: to say it does not would be wrong."""
        if is_empty(node):
            self.blocks.warn(
                node,
                path,
                "is empty, so the fund counts as staking on unknown terms",
                "write {} if it does, {status: none} if it does not",
            )
        status = _value(node, "status") if isinstance(node, Mapping) else None
        word = status.text if isinstance(status, Scalar) else None
        return Staking(status=word if word in NOT_STAKING else None)

    def _checked(self, product: Product) -> Product:
        """Look for faults between the blocks of a product; drop the block that is at fault."""
        listing, fee, staking = product.listing, product.fee, product.staking
        since = listing.since if listing else None
        if since is not None:
            if since.value < FIRST_LISTING:
                self.blocks.error(since, since.path, f'"{since.text}" is before the first coin')
            self._check_age(product.market, since)
            self._check_age(product.flows, since)
            until = fee.waiver.until if fee and fee.waiver else None
            if until is not None and until.value < since.value:
                message = f"ends on {until.text}, before the listing on {since.text}"
                self.blocks.error(until, until.path, message)
                product = product.but(fee=None)
        if staking is not None and staking.rate is not None and staking.basis != FLAT_BASIS:
            self._check_band(product.asset, staking.rate)
        return product

    def _check_age(self, block: Market | Flows | None, since: Stated[date]) -> None:
        """Doubt what is said of a time before the listing; a month counts as a whole."""
        match block:
            case Market():
                figure = block.aum or block.spread or block.premium or block.volume
            case Flows():
                figure = block.week or block.month or block.quarter or block.year
            case _:
                return
        as_of = figure.as_of.text if figure and figure.as_of else None
        if figure is not None and as_of is not None and as_of < since.text.strip()[: len(as_of)]:
            message = f"dates from {as_of}, before the listing on {since.text}"
            self.blocks.warn(figure, figure.path, message, "which of the two is wrong?")

    def _check_band(self, asset: str, rate: Stated[float]) -> None:
        least, most = REWARD_BANDS.get(asset, (0.0, 1.0))
        if not least <= rate.value <= most:
            self.blocks.warn(
                rate,
                rate.path,
                f"{quoted(rate.text)} is outside the usual band of {asset}",
                f"{format_rate(least, 1)} to {format_rate(most, 1)} a year is usual",
            )

    def _check(self, block: Figures, node: Mapping, path: str) -> None:
        """Look for faults between the figures of a block."""
        match block:
            case Fee():
                self._check_fee(block, path)
            case Waiver():
                self._check_waiver(block, node, path)
            case Staking():
                self._check_staking(block, path)
            case StakingWaiver():
                if block.cut is None and block.charge is None:
                    self.blocks.error(
                        node, path, "has neither cut nor charge", "add cut: or charge:"
                    )
                if block.until is None:
                    self.blocks.warn(node, path, "has no last day", "add until:")
            case Lot():
                self._check_lot(block, node, path)

    def _check_fee(self, fee: Fee, path: str) -> None:
        rate, waiver = fee.rate, fee.waiver
        if rate is None:
            return
        if waiver is not None and waiver.rate is not None:
            self._check_waived(waiver.rate, rate)
        if waiver is None and rate.value == 0 and rate.source is None:
            self.blocks.warn(
                rate,
                f"{path}.rate",
                "is zero without a waiver",
                "add the waiver and the full fee, or the source",
            )

    def _check_waiver(self, waiver: Waiver, node: Mapping, path: str) -> None:
        if waiver.rate is None:
            self.blocks.error(node, path, "has no rate", "write rate: 0% for a full waiver")
        if waiver.until is None and waiver.first is None:
            self.blocks.warn(node, path, "ends neither on a date nor at a size", "add until:")
        if waiver.first is not None and waiver.mode is None:
            message = "does not say how `first` works, so it counts as a tier"
            self.blocks.warn(node, path, message, "add mode: tier or mode: cliff")

    def _check_waived(self, waived: Stated[float], full: Stated[float]) -> None:
        if waived.value > full.value:
            name = waived.path.rpartition(".")[2]
            message = f"the waived {name} {waived.text} is above the full {name} {full.text}"
            self.blocks.error(waived, waived.path, message, "swap them")

    def _check_staking(self, staking: Staking, path: str) -> None:
        waiver, published, gross = staking.waiver, staking.published, staking.rate
        for waived, full in (
            (waiver.cut if waiver else None, staking.cut),
            (waiver.charge if waiver else None, staking.charge),
        ):
            if waived is not None and full is not None:
                self._check_waived(waived, full)
        if published is None or published.rate is None or gross is None:
            return
        if published.basis not in {None, "gross"} and published.rate.value > gross.value:
            self.blocks.warn(
                published.rate,
                f"{path}.published.rate",
                f"the published rate {published.rate.text} {published.basis} is above the gross "
                f"rate {gross.text}",
                "are they of one day?",
            )


def is_catalogue(root: Node | None) -> bool:
    """Tell whether a document may be read as a catalogue: an empty one may, a list may not."""
    return root is None or isinstance(root, Mapping) or is_empty(root)


def _leads_outside(path: str) -> bool:
    """Tell whether a path may leave its folder, on this system or on another."""
    parts = PureWindowsPath(path)
    return bool(parts.anchor) or path.startswith("~") or ".." in parts.parts


def _folded(ticker: str) -> str:
    """Return what is alike in all spellings of a ticker."""
    plain = ticker if ticker.isascii() else unicodedata.normalize("NFKC", ticker)
    return plain.casefold()


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
