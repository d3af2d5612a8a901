"""Delivered yields: what coins per share and distributions say that funds have earned.

Methodology 1.6. It takes no price of a coin and nobody's definition: it checks every other figure.

Which rows count. Published figures stand on a grid: as many decimals as the finest of them has or,
where a third of them are whole hundredths of a coin per basket of 40,000 shares, that; a figure off
the grid was then worked out by somebody else and is left out. Where a fund moves by a step of its
grid a day, a figure that repeats the one before belongs to an earlier day, as captures of a page
repeat Friday's over the weekend: the first row of such a run counts. On a Saturday or Sunday a
repeated figure never counts. Where coins per share move by more than fees, rewards and the
distributions on file can explain (a split, a distribution left out), only what follows counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from math import fsum
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from etfcompare.units import format_rate

if TYPE_CHECKING:
    from etfcompare.catalogue.schema import Catalogue, Product
    from etfcompare.history.tables import History, Holding

DAYS_PER_YEAR: Final = 365
LEAST_DAYS: Final = 30
"""Days below which a yearly rate says nothing."""
BASKET_STEP: Final = 0.01 / 40_000
"""iShares publishes the coins of a basket of 40,000 shares to a hundredth."""
SIX_DECIMALS: Final = 1e-6
LEAST_ON_BASKET: Final = 2
"""Figures that must stand on the grid of a basket before it is taken for one."""
MOST_DECIMALS: Final = 12
"""Decimals past which a figure was divided out, not published."""
ON_STEP: Final = 1e-3
"""Part of a step by which a figure on the grid may miss it, as floats do."""
HIGHEST_FEE, HIGHEST_REWARD = 0.05, 0.15
"""Yearly rates past which a move is no fee and no reward."""
DATING_DAYS: Final = 3
"""Days by which the date of a capture may be off."""
SATURDAY: Final = 5


class _Row(NamedTuple):
    """A day on which coins per share are known."""

    day: date
    coins: float


class Jump(NamedTuple):
    """A move of coins per share that nothing on file explains."""

    day: date
    """The first day after it."""
    move: float
    """As a fraction of what was before."""

    @property
    def words(self) -> str:
        """Return what happened in words."""
        how = "fell" if self.move < 0 else "rose"
        size = format_rate(abs(self.move))
        return f"coins per share {how} {size} on {self.day}, which no distribution on file explains"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What a fund has earned, in coins, over a window."""

    ticker: str
    first: date
    last: date
    first_coins: float
    """Coins per share on the first day."""
    last_coins: float
    """And on the last."""
    factor: float
    """Growth of the coins behind a share, distributions put back."""
    step: float
    """Resolution of the published coins per share."""
    distributions: int = 0
    """How many were put back."""
    off_grid: int = 0
    """Rows left out because they are not on the grid."""
    repeats: int = 0
    """Rows left out because they repeat an earlier day."""
    jump: Jump | None = None
    """The move that the window begins after; None if there is none."""

    @property
    def days(self) -> int:
        """Return the length of the window."""
        return (self.last - self.first).days

    @property
    def words(self) -> str:
        """Return the window in words."""
        return f"{self.first} to {self.last}, {self.days} days"

    @property
    def simple(self) -> float:
        """Return the yearly yield without compounding, which net yields are compared with."""
        return simple_rate(self.factor, self.days)

    @property
    def compound(self) -> float:
        """Return the yearly yield with compounding."""
        return compound_rate(self.factor, self.days)

    @property
    def error(self) -> float:
        """Return how far the yearly yield may be off, either way, for the grid's sake."""
        return self.step / self.first_coins * DAYS_PER_YEAR / self.days


@dataclass(frozen=True, slots=True, kw_only=True)
class Undelivered:
    """A fund whose delivered yield cannot be told."""

    ticker: str
    why: str


Delivery: TypeAlias = Delivered | Undelivered


def simple_rate(factor: float, days: int) -> float:
    """Return a growth over some days as a simple yearly rate."""
    return (factor - 1) * DAYS_PER_YEAR / days


def compound_rate(factor: float, days: int) -> float:
    """Return a growth over some days as a compound yearly rate."""
    return float(factor ** (DAYS_PER_YEAR / days)) - 1


def delivered(
    history: History, catalogue: Catalogue, as_of: date, window: int | None = None
) -> Mapping[str, Delivered]:
    """Return the delivered yields of the funds of a catalogue, by ticker; unknown ones left out.

    Args:
        history: The files beside the catalogue.
        catalogue: Its products.
        as_of: The last day that may count.
        window: Days to look back from the last figure; None for all since the terms of the fund
            last changed, or all there are if that is too short.
    """
    found = (
        delivery(product, history.holdings.get(product.ticker, ()), as_of=as_of, window=window)
        for product in catalogue.products
    )
    return {one.ticker: one for one in found if isinstance(one, Delivered)}


def delivery(
    product: Product, holdings: Sequence[Holding], *, as_of: date, window: int | None = None
) -> Delivery:
    """Return the delivered yield of a product, or why it cannot be told.

    Args:
        product: For its terms.
        holdings: What is on file of it, by date.
        as_of: The last day that may count.
        window: As of `delivered`.
    """

    def not_told(why: str) -> Undelivered:
        return Undelivered(ticker=product.ticker, why=why)

    rows = [
        _Row(one.day, one.coins_per_share)
        for one in holdings
        if one.day <= as_of and one.coins_per_share is not None and one.coins_per_share > 0
    ]
    if not rows:
        return not_told("no coins per share on file")
    step = step_of([one.coins for one in rows])
    published = [one for one in rows if step != BASKET_STEP or _is_on_grid(one.coins, step)]
    observed = observations(published, step)
    paid = _paid(holdings)
    jump, usable = _after_jump(observed, step, paid)
    since = terms_since(product, as_of) if window is None else None
    first, last = _window(usable, window, since), usable[-1]
    days = (last.day - first.day).days
    if days < LEAST_DAYS:
        after = f" since {jump.words}" if jump else ""
        return not_told(f"{days} days of coins per share{after}; {LEAST_DAYS} are needed")
    inside = [one for one in holdings if first.day < one.day <= last.day and one.distribution_usd]
    for one in inside:
        if one.day not in paid:
            return not_told(f"no net asset value on the ex-date {one.day}")
    payout = product.staking.payout if product.staking and product.stakes else None
    if payout == "cash" and not inside:
        return not_told("it pays out in cash and no distribution is on file")
    factor = last.coins / first.coins
    for one in inside:
        factor *= 1 + paid[one.day]
    return Delivered(
        ticker=product.ticker,
        first=first.day,
        last=last.day,
        first_coins=first.coins,
        last_coins=last.coins,
        factor=factor,
        step=step,
        distributions=len(inside),
        off_grid=len(rows) - len(published),
        repeats=len(published) - len(observed),
        jump=jump,
    )


def terms_since(product: Product, as_of: date) -> date | None:
    """Return the last day on which a waiver of the product ended, None if none has."""
    fee = product.fee.waiver if product.fee else None
    staking = product.staking.waiver if product.staking else None
    ends = [one.until.value for one in (fee, staking) if one is not None and one.until is not None]
    return max((one for one in ends if one <= as_of), default=None)


def step_of(coins: Sequence[float]) -> float:
    """Return the step of the grid that coins per share are published on."""
    # Figures of six decimals are on the grid of a basket too and tell nothing; of finer ones, one
    # in 25 would be by chance.
    finer = [one for one in coins if not _is_on_grid(one, SIX_DECIMALS)]
    on_basket = sum(_is_on_grid(one, BASKET_STEP) for one in finer)
    if on_basket >= LEAST_ON_BASKET and 3 * on_basket >= len(finer):
        return BASKET_STEP
    return 10.0 ** -max(map(_decimals, coins))


def _decimals(number: float) -> int:
    return len(f"{number:.{MOST_DECIMALS}f}".rstrip("0").partition(".")[2])


def _is_on_grid(coins: float, step: float) -> bool:
    steps = coins / step
    return abs(steps - round(steps)) < ON_STEP


def observations(rows: Sequence[_Row], step: float) -> list[_Row]:
    """Return the rows that show the coins per share of their own day, the first always."""
    moved = fsum(abs(b.coins - a.coins) for a, b in pairwise(rows))
    moves_daily = moved >= step * (rows[-1].day - rows[0].day).days
    kept = [rows[0]]
    for before, row in pairwise(rows):
        repeats = abs(row.coins - before.coins) < step / 2
        is_near = (row.day - before.day).days <= DATING_DAYS
        if not (repeats and is_near and (moves_daily or row.day.weekday() >= SATURDAY)):
            kept.append(row)
    return kept


def _paid(holdings: Sequence[Holding]) -> dict[date, float]:
    """Return distributions as fractions of net asset value, by their ex-date."""
    return {
        one.day: one.distribution_usd / one.nav_usd
        for one in holdings
        if one.distribution_usd and one.nav_usd
    }


def _after_jump(
    rows: Sequence[_Row], step: float, paid: Mapping[date, float]
) -> tuple[Jump | None, Sequence[_Row]]:
    """Return the last move that nothing explains, and the rows after it."""
    for place in range(len(rows) - 1, 0, -1):
        before, after = rows[place - 1], rows[place]
        move, slack = after.coins / before.coins - 1, 2 * step / before.coins
        years = ((after.day - before.day).days + DATING_DAYS) / DAYS_PER_YEAR
        near = timedelta(days=DATING_DAYS)
        out = fsum(
            share for day, share in paid.items() if before.day - near < day <= after.day + near
        )
        if not -HIGHEST_FEE * years - out - slack <= move <= HIGHEST_REWARD * years + slack:
            return Jump(after.day, move), rows[place:]
    return None, rows


def _window(rows: Sequence[_Row], days: int | None, since: date | None) -> _Row:
    """Return the row that a window begins with, so many days back or since a day."""
    last = rows[-1].day
    if days is not None:
        return min(rows, key=lambda one: abs((last - one.day).days - days))
    inside = [one for one in rows if since is None or one.day >= since]
    is_long = inside and (last - inside[0].day).days >= LEAST_DAYS
    return inside[0] if is_long else rows[0]
