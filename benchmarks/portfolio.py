"""Measure how long it takes to draw a frontier, to solve an allocation and to try what is firm.

    python benchmarks/portfolio.py [--repeats 9]

CPU time of this process, on catalogues made up. The figures are computed anew each time, and the
solver has been loaded before: that takes a quarter of a second, once.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial

from catalogues import SCENARIO, catalogue_text, parse
from engine import Timing, measure
from report import Results

from etfcompare.catalogue.schema import Catalogue
from etfcompare.engine.comparison import DEFAULT_SORT, compare
from etfcompare.engine.figures import Table
from etfcompare.engine.fragility import fragility
from etfcompare.engine.query import Query
from etfcompare.portfolio.allocation import Allocation, allocate, allocation_frontier
from etfcompare.portfolio.frontier import frontier_of
from etfcompare.portfolio.limits import Bound, Limits
from etfcompare.portfolio.plot import Window, signs_of_assets
from etfcompare.portfolio.text_plot import drawn

COLUMNS, LINES = 120, 40
LIMITS = Limits(
    max_volatility=0.1,
    caps=(
        Bound(kind="asset", name="SOL", share=0.08),
        Bound(kind="issuer", name="House 1", share=0.02),
        Bound(kind="product", name="F00003", share=0.01),
    ),
    floors=(Bound(kind="asset", name="BTC", share=0.02),),
    min_aum=5e7,
    max_share_of_aum=0.0001,
)
SIZES = (200, 500, 1_000, 5_000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=9)
    repeats = parser.parse_args().repeats
    rows = []
    for size in SIZES:
        catalogue = parse(catalogue_text(size))
        _allocation(catalogue)
        works: tuple[Callable[[Catalogue], object], ...] = (
            *(_drawing, _allocation, _sweep, _firmness),
        )
        timings = (measure(partial(work, catalogue), repeats) for work in works)
        rows.append([f"{size:,}", *map(_told, timings)])
    heads = ("products", "frontier drawn", "allocation", "frontier of allocations", "fragility")
    title = f"What to hold: milliseconds of CPU time, at best / median of {repeats}"
    print(Results(title=title, heads=heads, rows=rows).plain())


def _drawing(catalogue: Catalogue) -> object:
    table = Table(catalogue, SCENARIO)
    frontier = frontier_of(table, range(len(table.products)))
    window = Window.fit(((one.volatility, one.net_yield) for one in frontier.points), frontier.cash)
    signs = signs_of_assets(catalogue)
    return drawn(frontier, window, columns=COLUMNS, lines=LINES, signs=signs)


def _allocation(catalogue: Catalogue) -> object:
    table = Table(catalogue, SCENARIO)
    found = allocate(table, range(len(table.products)), LIMITS)
    assert isinstance(found, Allocation), found
    assert found.binding
    return found


def _sweep(catalogue: Catalogue) -> object:
    table = Table(catalogue, SCENARIO)
    return allocation_frontier(table, range(len(table.products)), LIMITS)


def _firmness(catalogue: Catalogue) -> object:
    table = Table(catalogue, SCENARIO)
    return fragility(compare(table, where=Query.parse(""), sort=DEFAULT_SORT))


def _told(timing: Timing) -> str:
    return f"{1000 * timing.best:,.0f} / {1000 * timing.median:,.0f}"


if __name__ == "__main__":
    main()
