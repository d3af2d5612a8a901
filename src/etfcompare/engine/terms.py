"""A product's terms in words, as a person would say them."""

from __future__ import annotations

from etfcompare.catalogue.schema import Product
from etfcompare.engine.scenario import Scenario
from etfcompare.units import exact_rate, format_money


def waiver_in_words(product: Product, scenario: Scenario) -> str | None:
    """Say what the fee waiver gives, for how long, and what follows; None without one."""
    waiver = product.fee.waiver if product.fee else None
    if waiver is None or waiver.rate is None:
        return None
    rate = exact_rate(waiver.rate.value)
    size = ""
    if waiver.first is not None:
        dollars = format_money(waiver.first.value)
        size = (
            f" until it holds {dollars}" if waiver.mode == "cliff" else f" on the first {dollars}"
        )
    if waiver.until is None:
        return f"{rate}{size}, without an end date"
    days = (waiver.until.value - scenario.as_of).days
    if days <= 0:
        return f"{rate}{size}, ended {waiver.until.text}"
    counted = min(days, scenario.horizon)
    over = f"{counted} of the {scenario.horizon} days ahead"
    full = product.fee.rate if product.fee else None
    after = f", then {exact_rate(full.value)}" if full else ""
    return f"{rate}{size} until {waiver.until.text} ({over}){after}"
