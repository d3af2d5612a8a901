"""Figures measured on history, as leaves of the formulas take them.

Each is a `Stated` figure like those of the catalogue, with the file that it comes from for its
path and the day of its last period for its date, so that it goes stale as typed ones do. It is
computed when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

from etfcompare.catalogue.schema import Catalogue, Product, Stated
from etfcompare.history import flows, signals
from etfcompare.history.holdings import Delivered, delivery
from etfcompare.history.prices import THREE_YEARS, Exposure, Pair, exposure, pairs
from etfcompare.history.series import Series
from etfcompare.history.tables import History, Scope
from etfcompare.units import AsOf, format_bps

SOURCE: Final = "history"
"""The source of what is measured; a catalogue may say under `sources:` where its files are from."""
NOWHERE: Final = -1
"""Where a measured figure begins in the text of the catalogue: it is not there."""
CORRELATION: Final = "correlation"
SLASH: Final = "/"
"""Between two coins, whose codes are in alphabetical order."""

Key: TypeAlias = tuple[str, str]
"""A leaf, and a ticker or the code of a coin; of the correlation of two, as `ETH/SOL`."""


class _Found(NamedTuple):
    value: float
    last: date
    """The last day that it rests on."""
    said: str
    """Over which days, in words."""


@dataclass(frozen=True, slots=True, eq=False)
class Measured(Mapping[Key, Stated[float]]):
    """What history says on a day: by leaf, and by ticker or by the code of a coin."""

    history: Callable[[], History]
    """Gives the history, which may have to be read first."""
    catalogue: Catalogue
    as_of: date
    _products: dict[str, Product] = field(default_factory=dict, repr=False)
    _exposures: dict[str, Exposure] = field(default_factory=dict, repr=False)
    _pairs: dict[tuple[str, str], Pair] = field(default_factory=dict, repr=False)
    _known: dict[Key, Stated[float] | None] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self._products.update((one.ticker, one) for one in self.catalogue.products)

    def __getitem__(self, key: Key) -> Stated[float]:
        if key not in self._known:
            self._known[key] = self._measured(*key)
        found = self._known[key]
        if found is None:
            raise KeyError(key)
        return found

    def __iter__(self) -> Iterator[Key]:
        of_products = ((leaf, name) for name in self._products for leaf in (*_FLOWS, DELIVERED))
        of_coins = ((leaf, name) for name in self.catalogue.assets for leaf in _EXPOSURES)
        of_pairs = (
            (CORRELATION, SLASH.join(both))
            for both in combinations(sorted(self.catalogue.assets), 2)
        )
        return (key for key in (*of_products, *of_coins, *of_pairs) if self.get(key) is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _measured(self, leaf: str, name: str) -> Stated[float] | None:
        files = self.catalogue.history
        if files is None:
            return None
        if leaf == CORRELATION and SLASH in name:
            return _stated(self._pair(name), files.prices)
        if leaf in _EXPOSURES:
            return _stated(self._exposure(leaf, name), files.prices)
        product = self._products.get(name)
        if product is None:
            return None
        if leaf == DELIVERED:
            return _stated(self._delivered(product), files.holdings)
        return _stated(self._flow(leaf, product), files.flows) if leaf in _FLOWS else None

    def _flow(self, leaf: str, product: Product) -> _Found | None:
        series = self.history().flows.get((Scope.PRODUCT, product.ticker))
        past = series.upto(self.as_of) if series is not None else None
        return _FLOWS[leaf](past, product) if past else None

    def _delivered(self, product: Product) -> _Found | None:
        holdings = self.history().holdings.get(product.ticker)
        found = delivery(product, holdings, as_of=self.as_of) if holdings else None
        if not isinstance(found, Delivered):
            return None
        said = f"{found.words}, ±{format_bps(found.error, 1, signed=False)}"
        return _Found(found.simple, found.last, said)

    def _exposure(self, leaf: str, asset: str) -> _Found | None:
        if not self._exposures:
            self._exposures.update(exposure(self.history(), self.as_of, window_of(self.catalogue)))
        found = self._exposures.get(asset)
        value = _EXPOSURES[leaf](found) if found else None
        if found is None or value is None:
            return None
        return _Found(value, found.last, found.words if leaf in _YEARLY else found.basis)

    def _pair(self, name: str) -> _Found | None:
        if not self._pairs:
            self._pairs.update(pairs(self.history(), self.as_of, window_of(self.catalogue)))
        one, _, other = name.partition(SLASH)
        found = self._pairs.get((one, other))
        return _Found(found.correlation, found.last, found.basis) if found else None


def _stated(found: _Found | None, path: str | None) -> Stated[float] | None:
    """Return a figure as the catalogue would state it, but for the place."""
    if found is None:
        return None
    return Stated(
        value=found.value,
        text=found.said,
        as_of=AsOf(found.last, found.last.isoformat()),
        source=SOURCE,
        start=NOWHERE,
        path=path or "",
    )


def measured(history: History, catalogue: Catalogue, as_of: date) -> Measured:
    """Return what history says on a day, as the formulas take it.

    Args:
        history: What the files beside the catalogue say.
        catalogue: Whose products it is about.
        as_of: The scenario's date; what came later is not known yet.
    """
    return Measured(lambda: history, catalogue, as_of)


def window_of(catalogue: Catalogue) -> int:
    """Return the days that prices are measured over: three years unless the catalogue says."""
    window = catalogue.history and catalogue.history.window
    return window.value if window else THREE_YEARS


def launched(product: Product) -> date | None:
    """Return the first day of trading, None if nobody says."""
    since = product.listing.since if product.listing else None
    return since.value if since else None


def assets_of(product: Product) -> float | None:
    """Return the assets under management in US dollars, None if nobody says."""
    size = product.market.aum if product.market else None
    return size.value if size else None


# How each leaf is measured


def _over(series: Series, value: float | None, said: str) -> _Found | None:
    """Return a figure over some periods, if there is one, with the last of them."""
    last = date.fromordinal(int(series.days[-1]))
    return None if value is None else _Found(value, last, f"{said} to {last}")


def _window(weeks: int) -> Callable[[Series, Product], _Found | None]:
    said = f"{weeks} weeks" if weeks > 1 else "the week"

    def found(series: Series, product: Product) -> _Found | None:
        return _over(series, flows.flow_of_weeks(series, weeks, launched(product)), said)

    return found


def _year(series: Series, product: Product) -> _Found | None:
    return _over(series, flows.flow_of_year(series, launched(product)), "since 1 January")


def _since(series: Series, product: Product) -> _Found | None:
    since = launched(product)
    return _over(series, flows.flow_since(series, since), f"since {since}")


def _streak(series: Series, product: Product) -> _Found | None:
    length = flows.streak(series, assets_of(product))
    return _over(series, float(length), f"{series.kind}s in a row")


def _largest(series: Series, _product: Product) -> _Found | None:
    place = flows.largest_since(series)
    back = int(series.days[-1]) - int(series.days[0] if place is None else place)
    said = "the largest on file" if place is None else f"as large on {date.fromordinal(place)}"
    return _over(series, float(back), f"{said}, {series.kind}s")


def _z_score(series: Series, _product: Product) -> _Found | None:
    return _over(series, signals.z_score(series), f"{signals.SCORED} {series.kind}s")


def _persistence(series: Series, _product: Product) -> _Found | None:
    found = signals.weekly_persistence(series)
    if found is None:
        return None
    return _over(series, found.value, f"weeks, chance alone ±{found.band:.2f},")


_FLOWS: Final[Mapping[str, Callable[[Series, Product], _Found | None]]] = MappingProxyType(
    {
        "flow_1w": _window(1),
        "flow_4w": _window(4),
        "flow_13w": _window(13),
        "flow_ytd": _year,
        "flow_since": _since,
        "streak": _streak,
        "flow_largest": _largest,
        "flow_z": _z_score,
        "flow_persistence": _persistence,
    }
)
"""On the flows of a product."""
_EXPOSURES: Final[Mapping[str, Callable[[Exposure], float | None]]] = MappingProxyType(
    {
        "volatility": lambda one: one.volatility,
        "max_drawdown": lambda one: one.max_drawdown,
        "downside_deviation": lambda one: one.downside_deviation,
        "beta": lambda one: one.beta,
        CORRELATION: lambda one: one.correlation,
    }
)
"""On the closes of a coin."""
_YEARLY: Final = frozenset({"volatility", "downside_deviation"})
"""Those that are made yearly."""
DELIVERED: Final = "realised_yield"
"""On the coins behind a share of a product."""
