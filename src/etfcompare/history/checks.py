"""What in past flows deserves no trust yet, each with its reason.

Nothing is mended here: figures that look wrong are sometimes right, and the user decides.
"""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from math import fsum
from statistics import median
from typing import Final

from etfcompare.catalogue.schema import Catalogue, Product
from etfcompare.history.rows import Scope
from etfcompare.history.series import PeriodKind, Series
from etfcompare.history.tables import History
from etfcompare.units import format_money
from etfcompare.visible import visible

EXCHANGES: Final[Mapping[str, str]] = {"US": "XNYS"}
"""The calendar of each country whose days are checked, as exchange-calendars calls it."""
REPEATING_SHARE: Final = 2 / 3
"""Share of the funds with a flow from which a day repeats the one before."""
REVALUED: Final = 0.005
"""How far the ratios of two days may lie apart if one is the other at another price ..."""
REVALUED_BY: Final = 0.25
"""... and how far the price may have moved."""
NEWEST_DAYS: Final = 2
"""Days at the end that a copy may have taken before the issuers reported."""
USUAL_DAYS: Final = 20
USUALLY: Final = 0.8
"""Share of the days before on which a fund had a flow, so that none is unusual."""
LEAST_DAYS: Final = 5
"""Days before from which it can be told what is usual."""
JUMP: Final = 1e3
"""How many times the usual size a flow is that looks like thousands or millions ..."""
DROP: Final = 1e-5
"""... and how small one that looks like them, left uncounted: some flows are honestly small."""
LEAST_FLOWS: Final = 10
"""Flows from which a usual size can be told."""
_FEW: Final = 3
"""Names that a message lists; more are counted."""
_KNOWN: Final = (date(1990, 1, 1).toordinal(), date(2200, 1, 1).toordinal())
"""Days of which the calendars know."""


class DoubtKind(StrEnum):
    """What is wrong with a flow."""

    CLOSED = "exchange closed"
    EARLY = "before the listing"
    REPEATED = "repeated"
    UNREPORTED = "not reported yet"
    JUMP = "unit"
    SHIFTED = "shifted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """One thing in past flows that the user should look at."""

    kind: DoubtKind
    day: date
    """The last day of the period, or of the first of them."""
    tickers: tuple[str, ...]
    """Whose flows."""
    message: str
    """What was found and why it is doubtful, one sentence."""
    hint: str
    """What to do."""

    def __str__(self) -> str:
        return f"{self.day}: {self.message}; {self.hint}"


def doubts_of(history: History, catalogue: Catalogue) -> tuple[Doubt, ...]:
    """Return what is doubtful in the flows of products, the oldest first.

    Days of trading are known of US funds only; the exchange's calendar is loaded if there are
    daily flows of such.

    Args:
        history: Its flows by product.
        catalogue: When and where its products are listed, and what they hold.
    """
    products = {one.ticker: one for one in catalogue.products}
    flows = {name: one for (scope, name), one in history.flows.items() if scope is Scope.PRODUCT}
    daily = {name: one for name, one in flows.items() if one.kind is PeriodKind.DAY and one}
    found = [*_on_closed_days(daily, products), *_before_listing(flows, products)]
    for group in _by_asset(daily, products):
        found += _repeated(group)
        found += _unreported(group)
    for ticker, series in flows.items():
        found += _jumps(ticker, series)
    return tuple(sorted(found, key=lambda one: (one.day, one.kind, one.tickers)))


# Days on which there can be no flow


def _on_closed_days(
    daily: Mapping[str, Series], products: Mapping[str, Product]
) -> Iterator[Doubt]:
    for country, calendar in EXCHANGES.items():
        found: defaultdict[int, dict[str, float]] = defaultdict(dict)
        for ticker, series in daily.items():
            if _country_of(products.get(ticker)) == country:
                for ordinal, flow in zip(series.days, series.values, strict=True):
                    if flow:
                        found[int(ordinal)][ticker] = flow
        for ordinal in sorted(found.keys() - _sessions(calendar, found)):
            day = date.fromordinal(ordinal)
            flows = found[ordinal]
            why = "" if day.isoweekday() <= 5 else f", a {day:%A}"  # noqa: PLR2004 - Friday
            yield Doubt(
                kind=DoubtKind.CLOSED,
                day=day,
                tickers=tuple(sorted(flows)),
                message=(
                    f"{_listed(sorted(flows))} {_have(flows)} flows of {_money(flows.values())} on"
                    f" a day when the exchange was closed{why}"
                ),
                hint="no shares are created then; remove them or correct the date",
            )


def _sessions(calendar: str, days: Iterable[int]) -> set[int]:
    """The days of trading among some days; days of which the calendar does not know count."""
    first, last = _KNOWN
    known = [day for day in days if first <= day < last]
    unknown = set(days) - set(known)
    if not known:
        return unknown
    import exchange_calendars  # noqa: PLC0415 - loads pandas; only daily flows need it

    with warnings.catch_warnings():
        # It may be older than the pandas it meets, which is no business of whoever runs this.
        warnings.simplefilter("ignore")
        trading = exchange_calendars.get_calendar(
            calendar,
            start=date.fromordinal(min(known) - 14).isoformat(),
            end=date.fromordinal(max(known) + 14).isoformat(),
        ).sessions
        return unknown | {session.toordinal() for session in trading}


def _before_listing(
    flows: Mapping[str, Series], products: Mapping[str, Product]
) -> Iterator[Doubt]:
    for ticker, series in flows.items():
        product = products.get(ticker)
        since = product.listing.since if product and product.listing else None
        if since is None:
            continue
        early = series.upto(since.value - timedelta(days=1))
        days = [day for day, flow in zip(early.days, early.values, strict=True) if flow]
        if days:
            yield Doubt(
                kind=DoubtKind.EARLY,
                day=date.fromordinal(int(days[0])),
                tickers=(ticker,),
                message=(
                    f"{visible(ticker)} has flows in {counted(len(days), series.kind)} before it"
                    f" was listed on {since.value}"
                ),
                hint="remove them, or correct listing.since",
            )


# Days that say what another day said, or nothing


def _by_asset(
    daily: Mapping[str, Series], products: Mapping[str, Product]
) -> Iterator[Mapping[int, Mapping[str, float]]]:
    """For the funds of each asset, their flows by day, the oldest day first."""
    groups: defaultdict[str, defaultdict[int, dict[str, float]]]
    groups = defaultdict(lambda: defaultdict(dict))
    for ticker, series in daily.items():
        group = groups[products[ticker].asset if ticker in products else ""]
        for day, flow in zip(series.days, series.values, strict=True):
            group[int(day)][ticker] = flow
    for group in groups.values():
        yield dict(sorted(group.items()))


def _repeated(group: Mapping[int, Mapping[str, float]]) -> Iterator[Doubt]:
    for (_, before), (ordinal, after) in pairwise(group.items()):
        moving = [name for name in after if after[name] or before.get(name)]
        again = [name for name in moving if after[name] and after[name] == before.get(name)]
        is_repeated = len(again) > 1 and len(again) >= REPEATING_SHARE * len(moving)
        if not is_repeated and not _is_revalued(
            [(before.get(name, 0), after[name]) for name in moving]
        ):
            continue
        how = "repeat those" if is_repeated else "are, at one other price, those"
        yield Doubt(
            kind=DoubtKind.REPEATED,
            day=date.fromordinal(ordinal),
            tickers=tuple(sorted(again if is_repeated else moving)),
            message=f"the flows of {_listed(sorted(moving))} {how} of the day before",
            hint="remove the day if nothing was traded",
        )


def _is_revalued(pairs: Sequence[tuple[float, float]]) -> bool:
    """Whether all flows of a day are those of another times one factor, as of a price."""
    if len(pairs) < _FEW or not all(before and after for before, after in pairs):
        return False
    ratios = [after / before for before, after in pairs]
    middle = median(ratios)
    return abs(middle - 1) < REVALUED_BY and all(
        abs(ratio / middle - 1) < REVALUED for ratio in ratios
    )


def _unreported(group: Mapping[int, Mapping[str, float]]) -> Iterator[Doubt]:
    """Flows of nothing in the newest days, of funds that nearly always have one."""
    days = list(group)
    for ordinal in days[-NEWEST_DAYS:]:
        usual = [day for day in days if day < ordinal][-USUAL_DAYS:]
        if len(usual) < LEAST_DAYS:
            continue
        silent = [
            name
            for name, flow in group[ordinal].items()
            if not flow and sum(bool(group[day].get(name)) for day in usual) >= USUALLY * len(usual)
        ]
        if silent:
            yield Doubt(
                kind=DoubtKind.UNREPORTED,
                day=date.fromordinal(ordinal),
                tickers=tuple(sorted(silent)),
                message=(
                    f"{_listed(sorted(silent))} {_have(silent)} a flow of zero, though there was"
                    f" one on most of the {len(usual)} days before"
                ),
                hint="it may not have been reported yet; import that day again later",
            )


# Sizes


def _jumps(ticker: str, series: Series) -> Iterator[Doubt]:
    """Flows a thousand times the usual size, or so small that millions were meant."""
    sizes = [abs(flow) for flow in series.values if flow]
    if len(sizes) < LEAST_FLOWS:
        return
    usual = median(sizes)
    for day, flow in zip(series.days, series.values, strict=True):
        if flow and not usual * DROP < abs(flow) < usual * JUMP:
            times = abs(flow) / usual if abs(flow) > usual else usual / abs(flow)
            way = "times" if abs(flow) > usual else "times below"
            yield Doubt(
                kind=DoubtKind.JUMP,
                day=date.fromordinal(int(day)),
                tickers=(ticker,),
                message=(
                    f"the flow of {visible(ticker)}, {format_money(flow)}, is {times:,.0f} {way}"
                    f" its usual size of {format_money(usual)}"
                ),
                hint="is it in another unit, as thousands or millions?",
            )


# Words


def _country_of(product: Product | None) -> str | None:
    return product.listing.country if product and product.listing else None


def _listed(names: Sequence[str]) -> str:
    shown = [visible(name) for name in names]
    if len(shown) > _FEW:
        return f"{', '.join(shown[: _FEW - 1])} and {len(shown) - _FEW + 1} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def _have(names: Iterable[str]) -> str:
    return "has" if len(list(names)) == 1 else "have"


def _money(flows: Iterable[float]) -> str:
    return format_money(fsum(flows), signed=True)


def counted(count: int, word: str) -> str:
    """Return a count and what it is of: `1 day`, `2 days`."""
    return f"{count:,} {word}" + "s" * (count != 1)
