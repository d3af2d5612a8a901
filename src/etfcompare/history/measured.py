"""Figures measured on history, as leaves of the formulas take them.

Each is a `Stated` figure like those of the catalogue, with the file that it comes from for its
path and the day of its last period for its date, so that it goes stale as typed ones do. It is
computed when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

from etfcompare.catalogue.schema import Catalogue, Product, Stated
from etfcompare.history import flows, signals
from etfcompare.history.series import Series
from etfcompare.history.tables import History, Scope
from etfcompare.units import AsOf

SOURCE: Final = "history"
"""The source of what is measured; a catalogue may say under `sources:` where its files are from."""
NOWHERE: Final = -1
"""Where a measured figure begins in the text of the catalogue: it is not there."""

Key: TypeAlias = tuple[str, str]
"""A leaf, and a ticker or the code of a coin."""


class _Found(NamedTuple):
    value: float
    said: str
    """Over which periods."""


@dataclass(frozen=True, slots=True, eq=False)
class Measured(Mapping[Key, Stated[float]]):
    """What history says on a day, by leaf and by ticker."""

    history: Callable[[], History]
    """Gives the history, which may have to be read first."""
    catalogue: Catalogue
    as_of: date
    _products: dict[str, Product] = field(default_factory=dict, repr=False)
    _known: dict[Key, Stated[float] | None] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self._products.update((one.ticker, one) for one in self.catalogue.products)

    def __getitem__(self, key: Key) -> Stated[float]:
        if key not in self._known:
            leaf, name = key
            if leaf not in _FLOWS or name not in self._products:
                raise KeyError(key)
            self._known[key] = self._measured(leaf, self._products[name])
        found = self._known[key]
        if found is None:
            raise KeyError(key)
        return found

    def __iter__(self) -> Iterator[Key]:
        keys = ((leaf, name) for name in self._products for leaf in _FLOWS)
        return (key for key in keys if self.get(key) is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _measured(self, leaf: str, product: Product) -> Stated[float] | None:
        series = self.history().flows.get((Scope.PRODUCT, product.ticker))
        past = series.upto(self.as_of) if series is not None else None
        found = _FLOWS[leaf](past, product) if past else None
        if not past or found is None:
            return None
        day = date.fromordinal(int(past.days[-1]))
        files = self.catalogue.history
        return Stated(
            value=found.value,
            text=f"{found.said} to {day}",
            as_of=AsOf(day, day.isoformat()),
            source=SOURCE,
            start=NOWHERE,
            path=(files.flows if files else None) or "",
        )


def measured(history: History, catalogue: Catalogue, as_of: date) -> Measured:
    """Return what history says on a day, as the formulas take it.

    Args:
        history: What the files beside the catalogue say.
        catalogue: Whose products it is about.
        as_of: The scenario's date; what came later is not known yet.
    """
    return Measured(lambda: history, catalogue, as_of)


def launched(product: Product) -> date | None:
    """Return the first day of trading, None if nobody says."""
    since = product.listing.since if product.listing else None
    return since.value if since else None


def assets_of(product: Product) -> float | None:
    """Return the assets under management in US dollars, None if nobody says."""
    size = product.market.aum if product.market else None
    return size.value if size else None


def _window(weeks: int) -> Callable[[Series, Product], _Found | None]:
    said = f"{weeks} weeks" if weeks > 1 else "the week"

    def found(series: Series, product: Product) -> _Found | None:
        flow = flows.flow_of_weeks(series, weeks, launched(product))
        return None if flow is None else _Found(flow, said)

    return found


def _year(series: Series, product: Product) -> _Found | None:
    flow = flows.flow_of_year(series, launched(product))
    return None if flow is None else _Found(flow, "since 1 January")


def _since(series: Series, product: Product) -> _Found | None:
    flow = flows.flow_since(series, launched(product))
    return None if flow is None else _Found(flow, f"since {launched(product)}")


def _streak(series: Series, product: Product) -> _Found:
    length = flows.streak(series, assets_of(product))
    return _Found(float(length), f"{series.kind}s in a row")


def _z_score(series: Series, _product: Product) -> _Found | None:
    score = signals.z_score(series)
    return None if score is None else _Found(score, f"{signals.SCORED} {series.kind}s")


def _persistence(series: Series, _product: Product) -> _Found | None:
    found = signals.weekly_persistence(series)
    if found is None:
        return None
    return _Found(found.value, f"weeks, chance alone ±{found.band:.2f},")


_FLOWS: Final[Mapping[str, Callable[[Series, Product], _Found | None]]] = MappingProxyType(
    {
        "flow_1w": _window(1),
        "flow_4w": _window(4),
        "flow_13w": _window(13),
        "flow_ytd": _year,
        "flow_since": _since,
        "streak": _streak,
        "flow_z": _z_score,
        "flow_persistence": _persistence,
    }
)
"""How each leaf is measured on the flows of its product."""
