"""The formats that are understood, and which of them a file is written in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from etfcompare.errors import UnreadableError, UsageError
from etfcompare.history.foreign import Asked, Findings
from etfcompare.history.formats_farside import is_farside, read_farside
from etfcompare.history.formats_grid import (
    is_coinshares,
    is_tidy,
    is_tradingview,
    read_coinshares,
    read_tidy,
    read_tradingview,
)
from etfcompare.history.formats_json import (
    is_cryptoetf,
    is_dashboard,
    is_sosovalue,
    read_cryptoetf,
    read_dashboard,
    read_sosovalue,
)
from etfcompare.history.formats_shares import is_shares_and_nav, read_shares_and_nav
from etfcompare.history.grids import Row
from etfcompare.history.json_tree import Node
from etfcompare.history.rows import FLOWS, HOLDINGS, PRICES


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A way to write figures of funds that is understood."""

    name: str
    """As `--format` takes it."""
    title: str
    tables: tuple[str, ...]
    """What it can be imported into."""
    is_grid: Callable[[tuple[Row, ...], str], bool] | None = None
    """Tells whether rows are so written, and hold something for a table if others could, too."""
    is_tree: Callable[[Node], bool] | None = None
    read_grid: Callable[[tuple[Row, ...], Asked, Findings], None] | None = None
    read_tree: Callable[[Node, Asked, Findings], None] | None = None


_F, _P, _H = FLOWS.name, PRICES.name, HOLDINGS.name

FORMATS: Final = (
    Format(
        name="coinshares",
        title="CoinShares tables of a week",
        tables=(_F,),
        is_grid=is_coinshares,
        read_grid=read_coinshares,
    ),
    Format(
        name="tidy",
        title="a tidy CSV",
        tables=(_F, _P, _H),
        is_grid=is_tidy,
        read_grid=read_tidy,
    ),
    Format(
        name="shares-nav",
        title="an issuer's shares and NAV",
        tables=(_F, _H),
        is_grid=is_shares_and_nav,
        read_grid=read_shares_and_nav,
    ),
    Format(
        name="tradingview",
        title="a TradingView seed CSV",
        tables=(_F, _P),
        is_grid=is_tradingview,
        read_grid=read_tradingview,
    ),
    Format(
        name="farside",
        title="a Farside table",
        tables=(_F,),
        is_grid=is_farside,
        read_grid=read_farside,
    ),
    Format(
        name="sosovalue",
        title="SoSoValue JSON",
        tables=(_F,),
        is_tree=is_sosovalue,
        read_tree=read_sosovalue,
    ),
    Format(
        name="cryptoetf",
        title="cryptoetf.today JSON",
        tables=(_F, _P),
        is_tree=is_cryptoetf,
        read_tree=read_cryptoetf,
    ),
    Format(
        name="dashboard",
        title="dashboard JSON",
        tables=(_F,),
        is_tree=is_dashboard,
        read_tree=read_dashboard,
    ),
)
"""What is understood; of those that recognise a file, the first reads it."""


def format_of(grid: tuple[Row, ...], tree: Node | None, table: str, named: str | None) -> Format:
    """Return the format that the user names, or the first that recognises a file.

    Args:
        grid: The rows of the file, if it has such.
        tree: Its JSON, if it is such.
        table: What it is imported into.
        named: The name of a format; None to recognise it.

    Raises:
        UsageError: It is of a format that holds nothing for the table.
        UnreadableError: None recognises it.
    """
    if named is not None:
        return next(one for one in FORMATS if one.name == named)
    seen = [
        one
        for one in FORMATS
        if (one.is_grid is not None and grid and one.is_grid(grid, table))
        or (one.is_tree is not None and tree is not None and one.is_tree(tree))
    ]
    for one in seen:
        if table in one.tables:
            return one
    if seen:
        other = " or ".join(seen[0].tables)
        raise UsageError(f"the file is {seen[0].title}, which holds {other} and no {table}")
    raise UnreadableError(
        f"no format is recognised; --format names one of {', '.join(one.name for one in FORMATS)}"
    )
