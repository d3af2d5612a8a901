"""Reading, computing and ranking, timed in this process: its own CPU time, collector off."""

from __future__ import annotations

import gc
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from time import process_time
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import yaml
from catalogues import AS_OF, NO_LIMITS, SCENARIO, catalogue_text, parse

from etfcompare.catalogue.document import Document
from etfcompare.catalogue.reader import read
from etfcompare.catalogue.schema import Catalogue
from etfcompare.engine.comparison import compare
from etfcompare.engine.figures import FIGURES, LEAVES, Column, Table, apply

TEN = (
    *("staking_yield", "effective_fee", "net_yield", "effective_yield", "trading_cost"),
    *("net_carry", "over_cash", "break_even", "p_beat_cash", "p_loss"),
)
"""The figures that are computed, with all that they need."""
TILE = 10_000
"""Products that a million are made of."""


class Timing(NamedTuple):
    """Seconds of several runs."""

    best: float
    median: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stages:
    """What a catalogue of one size takes, from the text to the ranks."""

    products: int
    bytes: int
    events: Timing
    """The events of PyYAML's C parser, thrown away: the least that reading can take."""
    document: Timing
    catalogue: Timing
    figures: Timing
    """Ten figures, from the products."""
    ranking: Timing
    """Filter, sort and ranks, from the figures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Million:
    """What a million products take."""

    figures: Timing
    """Ten figures, from the products."""
    ranking: Timing
    formulas: Timing
    """The same ten figures, from arrays of what the products say."""
    sorting: Timing
    """The order by net yield, from its array."""


def measure(work: Callable[[], object], repeats: int) -> Timing:
    """Time something so many times."""
    seconds = []
    for _ in range(repeats):
        gc.collect()
        gc.disable()
        start = process_time()
        result = work()
        seconds.append(process_time() - start)
        gc.enable()
        del result
    return Timing(min(seconds), statistics.median(seconds))


def stages(products: int, repeats: int) -> Stages:
    """Time each stage on a catalogue of so many products."""
    text = catalogue_text(products)
    content = text.encode()
    document = Document.parse(content, limits=NO_LIMITS)
    catalogue = read(document, today=AS_OF).catalogue
    table = _computed(catalogue)
    return Stages(
        products=products,
        bytes=len(content),
        events=measure(lambda: _drain(text), repeats),
        document=measure(lambda: Document.parse(content, limits=NO_LIMITS), repeats),
        catalogue=measure(lambda: read(document, today=AS_OF), repeats),
        figures=measure(lambda: _computed(catalogue), repeats),
        ranking=measure(lambda: compare(table), repeats),
    )


def million(repeats: int) -> Million:
    """Time a million products, which share the blocks of ten thousand."""
    tile = parse(catalogue_text(TILE))
    copies = 1_000_000 // TILE
    catalogue = Catalogue(
        products=tuple(
            product.but(ticker=f"{product.ticker}-{copy}")
            for copy in range(copies)
            for product in tile.products
        ),
        assets=tile.assets,
        sources=tile.sources,
        cash=tile.cash,
        assume=tile.assume,
    )
    table = _computed(catalogue)
    arrays = {key: np.tile(column, copies) for key, column in _leaf_arrays(tile).items()}
    shared = Table(tile, SCENARIO)
    net_yield = _net_yields(tile, copies)

    def formulas() -> dict[str, Column]:
        computed: dict[str, Column] = {}
        for key in TEN:
            _compute(key, arrays, shared, computed)
        return computed

    return Million(
        figures=measure(lambda: _computed(catalogue), 1),
        ranking=measure(lambda: compare(table), 1),
        formulas=measure(formulas, repeats),
        sorting=measure(lambda: np.argsort(-net_yield, kind="stable"), repeats),
    )


def _drain(text: str) -> None:
    next_event = yaml.CSafeLoader(text).get_event
    while not isinstance(next_event(), yaml.StreamEndEvent):
        pass


def _computed(catalogue: Catalogue) -> Table:
    table = Table(catalogue, SCENARIO)
    for key in TEN:
        table.column(key)
    return table


def _leaf_arrays(catalogue: Catalogue) -> dict[str, npt.NDArray[np.float64]]:
    table = Table(catalogue, SCENARIO)
    columns = {key: table.column(key) for key, leaf in LEAVES.items() if leaf.read is not None}
    return {key: np.array(column) for key, column in columns.items()}


def _net_yields(catalogue: Catalogue, copies: int) -> npt.NDArray[np.float64]:
    return np.tile(Table(catalogue, SCENARIO).column("net_yield"), copies)


def _compute(
    key: str,
    arrays: dict[str, npt.NDArray[np.float64]],
    shared: Table,
    computed: dict[str, Column],
) -> Column:
    """Compute a figure, and first what it needs, as `Table` does but from arrays."""
    if key not in computed:
        formula = FIGURES[key].formula if key in FIGURES else None
        if formula is not None:
            inputs = FIGURES[key].inputs
            computed[key] = apply(
                formula, [_compute(one, arrays, shared, computed) for one in inputs]
            )
        elif key in arrays:
            computed[key] = arrays[key]  # type: ignore[assignment]
        else:
            computed[key] = shared.column(key)
    return computed[key]
