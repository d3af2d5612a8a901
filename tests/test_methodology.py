"""The worked example of docs/methodology.md, recomputed."""

from __future__ import annotations

import re

import pytest

from conftest import TODAY, TOP
from etfcompare.engine.figures import FIGURES, Table
from etfcompare.engine.scenario import Scenario
from strategies import catalogue_of

EXAMPLE = """
sources: {page: {title: A page, grade: issuer}}
cash: {yield: 3.71%, as_of: 2026-11-01, source: page}
assets:
  SOL:
    staking: {rate: 6.21%, as_of: 2026-11-01, source: page}
    risk: {volatility: 68%, as_of: 2026-11-01, source: page}
products:
  - ticker: EXAMPLE
    asset: SOL
    fee: {rate: 0.20%, as_of: 2026-11-01, source: page}
    staking: {staked: 96%, cut: 6%, as_of: 2026-11-01, source: page}
"""
PAGE = (TOP / "docs" / "methodology.md").read_text(encoding="utf-8")
WORKED = re.findall(r"^\| `(\w+)` \| (?:.*) \| (-?[\d.]+) % \|$", PAGE, re.MULTILINE)


def test_the_example_has_its_lines() -> None:
    assert [key for key, _ in WORKED][:4] == [
        "gross_yield",
        "cut_cost",
        "staking_yield",
        "net_yield",
    ]


@pytest.mark.parametrize(("key", "worked"), WORKED)
def test_the_worked_example_is_what_is_computed(key: str, worked: str) -> None:
    table = Table(catalogue_of(EXAMPLE), Scenario(as_of=TODAY))
    decimals = len(worked.partition(".")[2])
    assert f"{100 * table.number(0, key):.{decimals}f}" == worked


def test_the_keys_of_the_page_are_figures() -> None:
    keys = re.findall(r"^\| .* \| `(\w+)` \|$", PAGE, re.MULTILINE)
    assert keys
    assert set(keys) <= set(FIGURES)
