"""Catalogues of any size, made up but of the shape of a real one; the same for every run."""

from __future__ import annotations

from datetime import date

from etfcompare.catalogue.composer import Limits
from etfcompare.catalogue.document import Document
from etfcompare.catalogue.reader import read
from etfcompare.catalogue.schema import Catalogue
from etfcompare.engine.scenario import Scenario

AS_OF = date(2026, 10, 9)
SCENARIO = Scenario(as_of=AS_OF)
NO_LIMITS = Limits(size=1 << 40, nodes=1 << 40)
"""For catalogues larger than the program would read."""

_HEAD = """\
# Made up, for measuring only.
schema: 1
cash: {name: bills, yield: 3.71%, as_of: 2026-10-01, source: filing}
assets:
  BTC:
    name: Bitcoin
    risk:
      volatility: 42.7%
      max_drawdown: -50.9%
      beta: 1
      correlation: {ETH: 0.8, SOL: 0.8}
      as_of: 2026-10-02
      source: page
  ETH:
    name: Ether
    staking: {rate: 2.78%, periods: 1, as_of: 2026-10-01, source: page}
    risk:
      volatility: 63.6%
      max_drawdown: -67.4%
      beta: 1.2
      correlation: {SOL: 0.75}
      as_of: 2026-10-02
      source: page
  SOL:
    name: Solana
    staking: {rate: 6.21%, periods: 182.5, as_of: 2026-10-01, source: page}
    risk: {volatility: 68%, max_drawdown: -75.2%, beta: 1.28, as_of: 2026-10-02, source: page}
assume: {staked: 95%, spread: 10bp}
sources:
  filing: {title: A filing, grade: filing}
  page: {title: An issuer's page, grade: issuer}
  news: {title: A newspaper, grade: press}
  rumour: {title: A rumour, grade: unverified}
products:
"""
_ASSETS = ("SOL", "ETH", "BTC")
_COUNTRIES = ("US", "CH", "DE", "CA", "HK")
_SOURCES = ("filing", "page", "news", "rumour")


def catalogue_text(products: int) -> str:
    """Write a catalogue of so many products, about 400 bytes and 40 keys and values each."""
    return _HEAD + "".join(_product(number) for number in range(products))


def _product(number: int) -> str:
    # Multipliers that share no factor with the number of choices spread the values evenly.
    asset = _ASSETS[number % 3]
    country = _COUNTRIES[number * 7 % 5]
    source = _SOURCES[number * 3 % 4]
    dated = f"as_of: 2026-0{number * 5 % 7 + 3}-{number * 11 % 28 + 1:02}, source: {source}"
    fee = number * 7919 % 196 + 5
    aum = number * 104_729 % 9_973 + 1
    spread = number * 13 % 40 + 1
    house = f"House {number * 31 % 97}"
    lines = [
        f"  - ticker: F{number:05}",
        f"    name: {house} {asset} Trust",
        f"    issuer: {house}",
        f"    asset: {asset}",
        f"    listing: {{exchange: Main, country: {country}, since: 2025-0{number % 9 + 1}-17}}",
        f"    fee:     {{rate: {fee}bp, {dated}}}   # after the cut of last year",
        f"    market:  {{aum: ${aum}M, spread: {spread}bp, {dated}}}  # a month's average",
    ]
    if asset != "BTC":
        terms = f"staked: {number * 17 % 60 + 40}%, cut: {number * 23 % 30 + 1}%"
        lines.append(f"    staking: {{{terms}, {dated}}}")
    return "\n".join(lines) + "\n"


def parse(text: str) -> Catalogue:
    """Read a catalogue of any size."""
    return read(Document.parse(text.encode(), limits=NO_LIMITS), today=AS_OF).catalogue
