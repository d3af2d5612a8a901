"""What a choice hangs on, in sentences that every face shows: plain text that is safe to show."""

from __future__ import annotations

import math
from typing import Final

from etfcompare.engine.cells import signs_of
from etfcompare.engine.marks import NONE, Mark
from etfcompare.engine.sensitivity import Crossover, Swap, Switch
from etfcompare.units import DAYS_PER_YEAR, format_bps, format_money, format_number, format_rate
from etfcompare.visible import visible

TOLD_IN_DAYS: Final = 2 * DAYS_PER_YEAR
"""Days up to which a span is told in days; longer ones are told in years."""


def crossover_in_words(one: Crossover, *, now: float | None = None) -> str:
    """Say where two funds tie, or who leaves more if they never do.

    Args:
        one: What was found.
        now: The gross reward rate under the scenario, a fraction a year, to be said beside it.
    """
    a, b, asset = visible(one.a), visible(one.b), visible(one.asset)
    if one.reward_rate is not None and one.above is not None:
        rate = rewards_in_words(one.asset, one.reward_rate, one.marks, now=now)
        return f"{a} and {b} tie at {rate}; above it {visible(one.above)} leaves more"
    if one.leader is not None:
        other = b if one.leader == one.a else a
        built = ", as far as estimates go" if one.marks & Mark.ESTIMATED else ""
        return f"{visible(one.leader)} leaves more than {other} at any {asset} rewards{built}"
    if not one.is_known:
        return f"{a} and {b}: unknown, as a net yield is"
    return f"{a} and {b} leave the same at any {asset} rewards"


def rewards_in_words(
    asset: str, rate: float, marks: Mark = NONE, *, now: float | None = None
) -> str:
    """Name a gross reward rate, a fraction a year, of a coin with its marks, and what it is now."""
    beside = "" if now is None else f" (now {format_rate(now)})"
    return f"{format_rate(rate)}{signs_of(marks)} gross {visible(asset)} rewards{beside}"


def swap_in_words(one: Swap) -> str:
    """Say which end of a waiver swaps two products."""
    ended, before, after = map(visible, (one.waiver_of, one.before, one.after))
    return f"{one.day}: the waiver of {ended} ends; {after} then leaves more than {before}"


def switch_in_words(
    one: Switch, amount: float, *, is_itemized: bool = False, minus: str = "-"
) -> str:
    """Say what a move from one product to another costs, and when that is paid back.

    Args:
        one: The move.
        amount: What is moved, in US dollars.
        is_itemized: Whether to say what the cost is made of.
        minus: The minus sign.
    """
    way = f"{visible(one.source)} → {visible(one.target)}"
    known = [part.value for part in one.parts if part.value]
    parts = ", ".join(
        f"{part.label.lower()} {format_bps(part.value, signed=False, minus=minus)}"
        for part in one.parts
        if is_itemized and part.value
    )
    total = math.fsum(known)
    money = format_money(total * amount, minus=minus) + (f": {parts}" if parts else "")
    cost = f"{format_rate(total, minus=minus)}{signs_of(one.marks)} ({money})"
    if one.cost is not None:
        return f"{way} costs {cost}, paid back {payback_in_words(one) or 'at a time not known'}"
    lacking = ", ".join(part.label.lower() for part in one.parts if part.value is None)
    # No part that is known must not read as a move that is free.
    known_parts = f"known parts cost {cost}; " if known else ""
    return f"{way}: {known_parts}{lacking} not known"


def payback_in_words(one: Switch) -> str | None:
    """Say when the extra yield pays a move back: `in 34 days`, `never`; None if unknown.

    A move to another coin says so: no yield makes up for what its price does.
    """
    span = _payback(one)
    return f"{span}, but another coin" if span is not None and one.is_across else span


def _payback(one: Switch) -> str | None:
    days = one.days
    if days is None:
        return None if one.marks & Mark.UNKNOWN else "never"
    if not days:
        return "at once"
    if days < 1:
        return "within a day"
    if days <= TOLD_IN_DAYS:
        count = format_number(days, 0)
        return f"in {count} day{'' if count == '1' else 's'}"
    return f"in {format_number(days / DAYS_PER_YEAR, 1)} years"
