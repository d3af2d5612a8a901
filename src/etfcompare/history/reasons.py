"""Why what a fund delivered may differ from what its terms say, as far as a catalogue tells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from etfcompare.catalogue.schema import FLAT_BASIS, FUND_BASIS, Asset, Product
from etfcompare.history.holdings import DAYS_PER_YEAR, Delivered, Delivery, simple_rate
from etfcompare.units import format_bps, format_rate

SMALL_CUT: Final = 0.005
"""A cut below this is more likely a slip of units (methodology 0, 1.9)."""
WORTH_SAYING: Final = 0.00005
"""Half a basis point."""
COARSE: Final = 0.0005
"""Error of a delivered yield that is worth a word."""
NEAR: Final = 0.1
"""How close to a hundred a ratio is that looks like a slip of units."""


def reasons(
    product: Product, asset: Asset | None, computed: float | None, delivered: Delivery
) -> Iterator[str]:
    """Say why what a fund delivered may differ from what its terms say, most telling first.

    Args:
        product: For its terms and their dates.
        asset: The coin it holds, for how its rewards compound.
        computed: Yearly net yield at the fund's own rate, None if unknown.
        delivered: The yield from coins per share and distributions.
    """
    yield from _slips(product, computed, delivered)
    yield from _assumed(product, computed)
    if not isinstance(delivered, Delivered):
        return
    yield from _waivers(product, delivered)
    yield from _other_days(product, computed, delivered)
    yield from _compounding(product, asset, computed, delivered)
    yield from _paid_out(product, delivered)
    if delivered.jump is not None:
        yield f"only what followed is counted: {delivered.jump.words}"
    if delivered.error >= COARSE:
        yield f"the grid of the published coins per share alone may make {bps(delivered.error)}"


def _slips(product: Product, computed: float | None, delivered: Delivery) -> Iterator[str]:
    cut = product.staking.cut if product.staking else None
    if cut is not None and 0 < cut.value < SMALL_CUT:
        meant = format_rate(cut.value * 100)
        yield f"a cut of {cut.text} may be a slip of units for {meant}"
    if isinstance(delivered, Delivered) and computed and delivered.simple:
        ratio = abs(delivered.simple / computed)
        for times, said in ((100.0, "a hundred times"), (0.01, "a hundredth of")):
            if abs(ratio / times - 1) < NEAR:
                yield f"delivered is about {said} computed: a slip of units?"


def _assumed(product: Product, computed: float | None) -> Iterator[str]:
    staking = product.staking
    if staking is None or not product.stakes or computed is None:
        return
    if staking.staked is None and staking.basis not in (FUND_BASIS, FLAT_BASIS):
        yield "the staked share is assumed"
    if staking.cut is None and staking.charge is None and staking.basis != FLAT_BASIS:
        yield "the cut is assumed"


def _waivers(product: Product, delivered: Delivered) -> Iterator[str]:
    fee = product.fee.waiver if product.fee else None
    staking = product.staking.waiver if product.staking else None
    for name, waiver in (("fee", fee), ("staking", staking)):
        until = waiver.until if waiver else None
        if until is None or until.value <= delivered.first:
            continue
        if until.value > delivered.last:
            yield (
                f"the {name} waiver, until {until.text}, held all through the window; computed "
                "takes its mean over your horizon"
            )
        else:
            held = (until.value - delivered.first).days
            worth = _worth(product, held / delivered.days) if name == "fee" else ""
            yield (
                f"the {name} waiver held until {until.text}, "
                f"on {held} of the {delivered.days} days{worth}"
            )


def _worth(product: Product, part: float) -> str:
    """Say what a fee waiver was worth over a part of the window, whatever its size allowed."""
    fee = product.fee
    if fee is None or fee.rate is None or fee.waiver is None or fee.waiver.rate is None:
        return ""
    return f", worth up to {bps((fee.rate.value - fee.waiver.rate.value) * part)}"


def _other_days(product: Product, computed: float | None, delivered: Delivered) -> Iterator[str]:
    rate = product.staking.rate if product.staking and product.stakes else None
    if rate is None or rate.as_of is None or computed is None:
        return
    if rate.as_of.day > delivered.last:
        yield f"computed stands on a rate of {rate.as_of.text}, after the window"
    elif rate.as_of.day < delivered.first:
        yield f"computed stands on a rate of {rate.as_of.text}, before the window"
    else:
        yield f"computed stands on the rate of one day, {rate.as_of.text}; rewards vary"


def _compounding(
    product: Product, asset: Asset | None, computed: float | None, delivered: Delivered
) -> Iterator[str]:
    periods = asset.staking.periods if asset and asset.staking else None
    payout = product.staking.payout if product.staking else None
    if not product.stakes or payout == "cash" or periods is None or computed is None:
        return
    times = periods.value * delivered.days / DAYS_PER_YEAR
    growth = float((1 + computed / periods.value) ** times)
    added = simple_rate(growth, delivered.days) - computed
    if added >= WORTH_SAYING:
        yield f"rewards compound in the fund, which adds {bps(added)} over {delivered.days} days"


def _paid_out(product: Product, delivered: Delivered) -> Iterator[str]:
    if delivered.distributions:
        count = delivered.distributions
        number = "1 distribution is" if count == 1 else f"{count} distributions are"
        yield f"{number} put back at net asset value"
    elif product.stakes and product.staking is not None and product.staking.payout is None:
        yield "where rewards go is not known; coins per share do not show what is paid out"


def bps(rate: float) -> str:
    """Return a size in basis points, without sign."""
    return format_bps(rate, signed=False)
