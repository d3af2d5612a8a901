"""The terminal interface on a small catalogue, and its screen as text, as a person reads it."""

from __future__ import annotations

import re
from functools import partial
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len

from conftest import TODAY
from etfcompare.engine.scenario import Scenario
from etfcompare.tui.app import EtfCompare
from etfcompare.tui.products import ProductsScreen
from etfcompare.workspace import Workspace

if TYPE_CHECKING:
    from textual.pilot import Pilot

SMALL: Final = """\
schema: 1
cash: {name: Treasury bill, yield: 3.63%, as_of: 2026-11-20, source: fed}
assets:
  BTC:
    name: Bitcoin
    risk: {volatility: 45%, max_drawdown: -50%, beta: 1, as_of: 2026-10-02, source: closes}
  ETH:
    name: Ether
    staking: {rate: 2.80%, as_of: 2026-11-01, source: network}
    risk: {volatility: 65%, max_drawdown: -67%, beta: 1.2, as_of: 2026-10-02, source: closes}
  SOL:
    name: Solana
    staking: {rate: 6.20%, as_of: 2026-11-01, source: network}
    risk: {volatility: 80%, max_drawdown: -70%, beta: 1.3, as_of: 2026-10-02, source: closes}
assume: {staked: 90%, cut: 10%, spread: 10bp}
sources:
  fed: {title: Federal Reserve, url: https://example.invalid/fed, grade: filing}
  closes: {title: Daily closes, grade: capture}
  network: {title: Rates of the networks, grade: capture}
  pages: {title: Pages of the issuers, url: https://example.invalid/pages, grade: issuer}
  rumour: {title: Somebody said so, grade: unverified}
products:
  - ticker: ALFA
    name: Alfa Bitcoin Trust
    issuer: Northern
    asset: BTC
    listing: {exchange: NYSE Arca, country: US, since: 2024-01-11}
    structure: grantor trust
    fee: {rate: 0.25%, as_of: 2026-11-01, source: pages}
    market: {aum: $52.4B, spread: 2bp, premium: 0.01%, as_of: 2026-11-18, source: pages}
    flows: {1w: 120M, 4w: -310M, 13w: 2.1B, ytd: 9B, as_of: 2026-11-20, source: pages}

  - ticker: BRAVO
    name: Bravo Staked Solana
    issuer: Meadow
    asset: SOL
    listing: {exchange: Cboe BZX, country: US, since: 2025-10-28}
    fee:
      rate: 0.50%
      waiver: {rate: 0%, until: 2027-03-01}
      as_of: 2026-11-01
      source: pages
    staking: {staked: 96%, cut: 6%, as_of: 2026-11-10, source: pages}
    market: {aum: $770M, spread: 5bp, premium: 0.02%, as_of: 2026-11-18, source: pages}
    flows: {1w: 12M, 4w: 57M, as_of: 2026-11-20, source: pages}

  - ticker: CEDAR
    name: Cedar Ethereum Staking
    issuer: Harbour
    asset: ETH
    listing: {exchange: SIX, country: CH, since: 2023-05-04}
    fee: {rate: 0.35%, as_of: 2024-01-02, source: pages}
    staking: {staked: 70%, cut: 15%, as_of: 2026-11-10, source: rumour}
    market: {aum: $1.2B, as_of: 2026-11-18, source: pages}

  - ticker: DELTA
    name: Delta Bitcoin
    issuer: Harbour
    asset: BTC
    listing: {exchange: Xetra, country: DE}
    fee: {rate: 0.15%, as_of: 2026-11-01, source: pages}
    market: {aum: $310M, spread: 8bp, as_of: 2026-11-18, source: pages}

  - ticker: ECHO
    name: Echo Solana
    issuer: Northern
    asset: SOL
    listing: {exchange: NYSE Arca, country: US}
    staking: {as_of: 2026-11-10, source: pages}
    market: {aum: $40M, as_of: 2026-11-18, source: pages}
"""
"""Five products on three assets, with a waiver, an assumption, a rumour, an old fee and none."""

BEST_FIRST: Final = ["BRAVO", "CEDAR", "DELTA", "ALFA", "ECHO"]
"""Those products by net yield; the last one's is unknown."""

_TEXT: Final = re.compile(
    r'<text class="[^"]*" x="([\d.]+)" y="[\d.]+" textLength="[\d.]+"'
    r' clip-path="url\(#[^)]*-line-(\d+)\)">(.*?)</text>',
    re.DOTALL,
)
_CELL_WIDTH: Final = 12.2  # of a cell in the pictures that Textual makes


def opened(path: Path) -> Workspace:
    """The catalogue, on the day of the tests."""
    return Workspace.open(str(path), environ={}, folder=path.parent, today=lambda: TODAY)


def app_on(path: Path) -> EtfCompare:
    """The app with everything injected."""
    return EtfCompare(partial(opened, path), Scenario(as_of=TODAY))


def written(folder: Path, text: str = SMALL, name: str = "funds.yaml") -> Path:
    """A catalogue with this text."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def products(app: EtfCompare) -> ProductsScreen:
    """The screen of the products."""
    return next(one for one in app.screen_stack if isinstance(one, ProductsScreen))


def tickers(app: EtfCompare) -> list[str]:
    """The products shown, from top to bottom."""
    comparison = products(app).comparison
    return [comparison.table.products[row].ticker for row in comparison.rows]


async def type_filter(pilot: Pilot[None], text: str) -> None:
    """Open the filter and type."""
    await pilot.press("slash")
    await pilot.press(*text)
    await pilot.pause()


def lines(app: EtfCompare) -> list[str]:
    """What the screen shows, a text a line, without the blanks at the ends."""
    rows: dict[int, str] = {}
    for x, line, text in _TEXT.findall(app.export_screenshot()):
        row = rows.get(int(line), "")
        row += " " * (round(float(x) / _CELL_WIDTH) - cell_len(row))
        rows[int(line)] = row + unescape(text).replace("\N{NO-BREAK SPACE}", " ")
    return [rows.get(line, "").rstrip() for line in range(app.size.height)]


def text_of(app: EtfCompare) -> str:
    """What the screen shows."""
    return "\n".join(lines(app))
