"""What a choice between funds hangs on: where they tie, when they swap, what a switch costs.

Nothing here knows a formula of yields: the graph of figures is evaluated under other scenarios, and
solved for the one in which two of its values meet.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import reduce
from itertools import combinations
from operator import or_
from typing import Final

from etfcompare.catalogue.schema import Product
from etfcompare.engine.figures import HEADLINE, Table
from etfcompare.engine.formulas import DAYS_PER_YEAR
from etfcompare.engine.marks import CAUTIONS, NONE, Mark
from etfcompare.engine.roots import NOISE, sign_change

LARGEST_RATE: Final = 1.0
"""The largest reward rate that is tried: the largest that a scenario takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossover:
    """The gross reward rate at which two funds on one asset leave the same."""

    a: str
    """Ticker."""
    b: str
    """Ticker."""
    asset: str
    reward_rate: float | None
    """A fraction a year; None if they tie at no rate above zero, or if a yield is unknown."""
    above: str | None
    """Ticker of the one that leaves more at higher rates."""
    leader: str | None
    """Who leaves more at every rate, if they never tie; None if they are equal or unknown."""
    is_known: bool
    """Whether both net yields are known at such a rate."""
    marks: Mark
    """Of either net yield, whatever the rate: an assumed share makes the tie an estimate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """The end of a waiver that swaps which of two products leaves more."""

    a: str
    """Ticker."""
    b: str
    """Ticker."""
    day: date
    """First day at the full terms."""
    waiver_of: str
    """Ticker of the one whose waiver ends."""
    before: str
    """Ticker of the one that leaves more until then."""
    after: str
    """Ticker of the one that leaves more from then on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of what a switch costs."""

    label: str
    value: float | None
    """A fraction of what is switched; negative where it is a gain; None if unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """What it costs to move from one product to another, and when that is earned back."""

    source: str
    """Ticker of the one sold."""
    target: str
    """Ticker of the one bought."""
    cost: float | None
    """A fraction of what is switched; None if a part is unknown."""
    parts: tuple[Part, ...]
    """They sum to the cost."""
    days: float | None
    """Days of the extra yield that pay the cost; None if they never do, or if it is unknown."""
    is_across: bool
    """Whether it leads to another coin, whose price no yield makes up for."""
    marks: Mark
    """Of cost and days together."""


def crossovers(table: Table, rows: Sequence[int]) -> tuple[Crossover, ...]:
    """Return where the net yields of every two funds on one asset tie, if at least one stakes.

    Both funds are given the same gross reward rate; all else is as in the scenario. A fund that
    does not stake, or that pays a flat rate, stays where it is while the other one moves.

    Args:
        table: The figures under the scenario.
        rows: Places in the catalogue.
    """
    return tuple(
        _crossover(table, a, b)
        for a, b in combinations(rows, 2)
        if table.products[a].asset == table.products[b].asset
        and (table.products[a].stakes or table.products[b].stakes)
    )


def _crossover(table: Table, a: int, b: int) -> Crossover:
    def lead(reward_rate: float) -> float:
        """Return by how much the first leaves more."""
        paid = _at_reward_rate(table, (a, b), reward_rate)
        return paid.number(0, HEADLINE) - paid.number(1, HEADLINE)

    first, second = table.products[a].ticker, table.products[b].ticker
    rate = sign_change(lead, 0.0, LARGEST_RATE)
    above = leader = None
    advantage = lead(LARGEST_RATE)
    paid = _at_reward_rate(table, (a, b), LARGEST_RATE)
    if rate is not None:
        above = second if lead(rate / 2) > 0 else first
    elif abs(advantage) > NOISE:
        leader = first if advantage > 0 else second
    return Crossover(
        a=first,
        b=second,
        asset=table.products[a].asset,
        reward_rate=rate,
        above=above,
        leader=leader,
        is_known=not math.isnan(advantage),
        marks=(paid.marks(0, HEADLINE) | paid.marks(1, HEADLINE)) & CAUTIONS,
    )


def tie_with_cash(table: Table, row: int) -> float | None:
    """Return the gross reward rate, a fraction a year, at which a fund only matches cash.

    None if it does at no rate above zero, or if its yield or that of cash is unknown.
    """

    def lead(reward_rate: float) -> float:
        return _at_reward_rate(table, (row,), reward_rate).number(0, "over_cash")

    return sign_change(lead, 0.0, LARGEST_RATE) if table.products[row].stakes else None


def _at_reward_rate(table: Table, rows: Sequence[int], reward_rate: float) -> Table:
    """Return a table of a few products on one asset, at another reward rate of that asset."""
    products = tuple(table.products[row] for row in rows)
    rewards = {**table.scenario.rewards, products[0].asset: reward_rate}
    catalogue = replace(table.catalogue, products=products)
    return Table(catalogue, replace(table.scenario, rewards=rewards))


def swaps(table: Table, rows: Sequence[int]) -> tuple[Swap, ...]:
    """Return for every two products the first end of a waiver that swaps which leaves more.

    What counts is the net yield of a single day: that of the waiver's `until`, the first day at
    the full terms, against that of the day before. Averages over a horizon change a little every
    day and would only blur the date. Days past the scenario's horizon count too.

    Args:
        table: The figures under the scenario.
        rows: Places in the catalogue.
    """
    found = (_swap(table, a, b) for a, b in combinations(rows, 2))
    return tuple(one for one in found if one is not None)


def _swap(table: Table, a: int, b: int) -> Swap | None:
    ends = {row: set(_waiver_ends(table.products[row])) for row in (a, b)}
    for day in sorted(ends[a] | ends[b]):
        if day <= table.scenario.as_of:
            continue
        before = _leader_on(table, (a, b), day - timedelta(days=1))
        after = _leader_on(table, (a, b), day)
        if before is None or after is None or before == after:
            continue
        # Where both waivers end at once, it is the leader's that costs it the lead.
        ended = before if day in ends[before] else after
        tickers = [table.products[row].ticker for row in (a, b, ended, before, after)]
        return Swap(
            a=tickers[0],
            b=tickers[1],
            day=day,
            waiver_of=tickers[2],
            before=tickers[3],
            after=tickers[4],
        )
    return None


def _waiver_ends(product: Product) -> Iterator[date]:
    """Give the first days at the full fee, and at the full cut and charge."""
    for block in (product.fee, product.staking):
        if block is not None and block.waiver is not None and block.waiver.until is not None:
            yield block.waiver.until.value


def _leader_on(table: Table, rows: tuple[int, int], day: date) -> int | None:
    """Return which of two products leaves more on a day; None if neither does."""
    products = tuple(table.products[row] for row in rows)
    catalogue = replace(table.catalogue, products=products)
    paid = Table(catalogue, replace(table.scenario, as_of=day, horizon=1))
    lead = paid.number(0, HEADLINE) - paid.number(1, HEADLINE)
    if not abs(lead) > NOISE:
        return None
    return rows[0] if lead > 0 else rows[1]


def is_on_sale(product: Product) -> bool:
    """Tell whether a product can be bought: it is neither closed nor still to come."""
    return product.status in (None, "trading")


def can_move(table: Table, source: int, target: int) -> bool:
    """Tell whether who holds one product can sell it and buy another: nobody holds what is to come.

    Args:
        table: The figures.
        source: Place in the catalogue of the product sold.
        target: Place in the catalogue of the product bought.
    """
    is_held = table.products[source].status != "pending"
    return source != target and is_held and is_on_sale(table.products[target])


def switches(table: Table, rows: Sequence[int]) -> tuple[Switch, ...]:
    """Return the moves to what leaves most of what is on sale, from all that leaves less.

    Args:
        table: The figures under the scenario.
        rows: Places in the catalogue.
    """
    yields = {row: table.number(row, HEADLINE) for row in rows}
    open_rows = [row for row in rows if is_on_sale(table.products[row])]
    known = [row for row in open_rows if not math.isnan(yields[row])]
    best = max(known, key=yields.__getitem__, default=None)
    if best is None:
        return ()
    held = (row for row in rows if can_move(table, row, best))
    less = (row for row in held if not yields[best] - yields[row] <= NOISE)
    return tuple(switch(table, row, best) for row in less)


def switch(table: Table, source: int, target: int) -> Switch:
    """Return what moving from one product to another costs, and the days that pay it back.

    By the methodology, section 2: half of each spread, a commission for each of the two trades, tax
    now on the gain embedded in what is sold, and the premium bought less the premium sold; divided
    by the difference of the net yields. It never pays where the target does not yield more.

    Args:
        table: The figures under the scenario.
        source: Place in the catalogue of the product sold.
        target: Place in the catalogue of the product bought.
    """
    scenario = table.scenario
    gain = max(0.0, 1 - scenario.basis)
    parts = (
        Part(label="Spread sold", value=_known(table.number(source, "spread") / 2)),
        Part(label="Spread bought", value=_known(table.number(target, "spread") / 2)),
        Part(label="Commissions", value=2 * scenario.commission),
        Part(label="Tax on gain", value=gain * (scenario.gains_tax or 0.0)),
        Part(
            label="Premium",
            value=_known(table.number(target, "premium") - table.number(source, "premium")),
        ),
    )
    known = [one.value for one in parts if one.value is not None]
    cost = math.fsum(known) if len(known) == len(parts) else None
    extra = table.number(target, HEADLINE) - table.number(source, HEADLINE)
    return Switch(
        source=table.products[source].ticker,
        target=table.products[target].ticker,
        cost=cost,
        parts=parts,
        days=_days(cost, extra),
        is_across=table.products[source].asset != table.products[target].asset,
        marks=_marks(table, (source, target), is_known=cost is not None and extra == extra),  # noqa: PLR0124 - NaN is itself not
    )


def _days(cost: float | None, extra: float) -> float | None:
    if cost is None or not extra > NOISE:
        return None
    return max(0.0, cost) / extra * DAYS_PER_YEAR


def _marks(table: Table, rows: Sequence[int], *, is_known: bool) -> Mark:
    keys = ("spread", "premium", HEADLINE)
    found = (table.marks(row, key) & CAUTIONS for row in rows for key in keys)
    return reduce(or_, found, NONE if is_known else Mark.UNKNOWN)


def _known(number: float) -> float | None:
    return None if math.isnan(number) else number
