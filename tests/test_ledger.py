"""The ledger as it is shown."""

from __future__ import annotations

from random import Random

import pytest

from etfcompare.engine.figures import Table
from etfcompare.engine.ledger import DECIMALS, TOTALS, ledger
from etfcompare.units import format_rate
from strategies import catalogue_of, random_catalogue, random_scenario


@pytest.mark.parametrize("seed", range(20))
def test_the_lines_as_shown_add_up_to_the_totals_as_shown(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - examples, not secrets
    table = Table(random_catalogue(random, size=50), random_scenario(random))
    for row in range(len(table.products)):
        total = 0.0
        for line in ledger(table, row):
            if line.shown is None:
                break
            if line.is_total:
                assert format_rate(line.shown, DECIMALS) == format_rate(total, DECIMALS)
            else:
                total = round(total + line.shown, 10)


@pytest.mark.parametrize("seed", range(20))
def test_totals_are_rounded_as_everywhere_else(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - examples, not secrets
    table = Table(random_catalogue(random, size=50), random_scenario(random))
    for row in range(len(table.products)):
        for line in ledger(table, row):
            if line.figure.key in TOTALS and line.value is not None and line.shown is not None:
                assert format_rate(line.shown) == format_rate(line.value)


def test_a_half_basis_point_is_rounded_away_from_zero() -> None:
    text = "assets: {BTC: {}}\nproducts: [{ticker: A, asset: BTC, fee: {rate: 0.125%}}]\n"
    table = Table(catalogue_of(text), random_scenario(Random(1)))  # noqa: S311
    shown = {line.figure.key: line.shown for line in ledger(table, 0)}
    assert shown["net_yield"] == -0.0013
    assert shown["expense_ratio"] == -0.0013
