"""Who gained and who lost money: flows by product, issuer, asset or country, period by period."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType
from typing import Final, NamedTuple

from etfcompare.catalogue.problem import Problem
from etfcompare.catalogue.schema import Catalogue, Product
from etfcompare.errors import UsageError
from etfcompare.history.flows import (
    Rotation,
    counted_on,
    first_day,
    is_coarser,
    is_missing_between,
    last_day,
    last_weekday,
    over_by,
    resampled,
    rotation,
    runs,
    summed,
)
from etfcompare.history.measured import assets_of
from etfcompare.history.series import Period, PeriodKind, Series
from etfcompare.history.signals import is_tax_season, same_sign
from etfcompare.history.tables import History, Scope

PERIODS: Final[Mapping[PeriodKind, int]] = MappingProxyType(
    {PeriodKind.DAY: 20, PeriodKind.WEEK: 13, PeriodKind.MONTH: 12}
)
"""How many of the last periods are shown unless somebody names days."""
UNNAMED: Final = "?"
"""The group of products of which the catalogue does not say the issuer or the country."""

_DAYS: Final[Mapping[PeriodKind, int]] = MappingProxyType(
    {PeriodKind.DAY: 1, PeriodKind.WEEK: 7, PeriodKind.MONTH: 31}
)
"""The most days of a period."""
_LOOK_BACK: Final = 8
"""Periods that a streak is looked for in at first; most are shorter."""
_TAX_SEASON: Final = (
    "10 to 31 December is the season of selling for tax losses in the US; one episode is no proof"
)
_TURNED: Final = 2
"""Runs by which it is known where the last one began."""


class By(StrEnum):
    """What flows are added up by."""

    PRODUCT = "product"
    ASSET = "asset"
    ISSUER = "issuer"
    COUNTRY = "country"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The flows of one product, issuer, asset or country of which any are reported."""

    name: str
    flows: tuple[float | None, ...]
    """US dollars for each period of the league; None where nothing is reported."""
    total: float
    """Over all of them."""
    share_of_aum: float | None = None
    """The total over the assets that the catalogue states today; None if it states none."""
    is_partial: bool = False
    """Whether that leaves funds out of which the assets are not known."""
    share_of_side: float | None = None
    """Its part of all that came in, or of all that left."""
    streak: int | None = None
    """Periods in a row with money in; negative: out. None if the file states no newest period."""
    with_price: float | None = None
    """Part of the periods in which flow and price of the coin had the same sign."""


@dataclass(frozen=True, slots=True, kw_only=True)
class League:
    """A table of flows, the largest inflow first."""

    by: By
    is_published: bool
    """Whether these are figures that the file states for assets, issuers or countries themselves,
    rather than sums over the funds of the catalogue."""
    kind: PeriodKind
    periods: tuple[Period, ...]
    standings: tuple[Standing, ...]
    all_of_them: Standing
    """Added up; it has no name and no streak."""
    rotation: Rotation
    """What came in and what left, by the totals."""
    notes: tuple[str, ...]
    """What else should be known of these sums, a sentence each."""
    problems: tuple[Problem, ...]
    """Of the file of flows."""


class _Member(NamedTuple):
    series: Series
    assets: float | None = None
    country: str | None = None


def league(
    history: History,
    catalogue: Catalogue,
    *,
    by: By = By.PRODUCT,
    kind: PeriodKind | None = None,
    first: date | None = None,
    last: date | None = None,
    tickers: Collection[str] | None = None,
    is_published: bool = False,
) -> League:
    """Add flows up by group and by period.

    Args:
        history: What the files say.
        catalogue: Which issuer, asset and country the products are of, and how large they are.
        by: The groups.
        kind: How long a period is; None for weeks, or months if the file has only those.
        first: Only periods of which nothing lies before this day; None for the last ones.
        last: Only periods whose trading is over by this day, or of which the file has nothing
            after it; None for all there are.
        tickers: Only these products; None for all.
        is_published: Take what the file states for the groups themselves.

    Raises:
        UsageError: The file has longer periods than asked for, or nothing of that kind.
    """
    groups, notes = _groups(history, catalogue, by, tickers, is_published=is_published)
    found = {one.series.kind for members in groups.values() for one in members}
    stated = next(iter(found), PeriodKind.DAY)
    kind = kind or (PeriodKind.MONTH if stated is PeriodKind.MONTH else PeriodKind.WEEK)
    if is_coarser(stated, kind):
        raise UsageError(
            f"the file of flows has {stated}s, not {kind}s; write --period {stated}, or import a"
            f" file by {kind}: `etfcompare import flows FILE`"
        )
    if stated is PeriodKind.WEEK and kind is PeriodKind.MONTH:
        notes.append("the file has weeks; each counts to the month of its Thursday")
    newest = _newest(groups)
    ends = _end(groups, kind, min(last.toordinal(), newest) if last else newest)
    begins = _start(groups, kind, first.toordinal()) if first else _of_last(groups, kind, ends)
    closes = history.prices if by is By.ASSET else {}
    drawn = {
        name: one
        for name, members in groups.items()
        if (one := _drawn(members, kind, begins, ends, closes.get(name))).flows
    }
    countries = {one.country for members in groups.values() for one in members}
    ended = {day for one in drawn.values() for day in one.flows}
    if ended:
        notes.extend(_unfinished(groups, kind, max(ended)))
        if is_published:
            notes.extend(_missing(ended, kind))
        else:
            notes.extend(_unreported(groups, kind, max(ended)))
    if any(is_tax_season(day, kind, country) for day in ended for country in countries):
        notes.append(_TAX_SEASON)
    return _put_together(drawn, by, kind, notes, _problems(history, catalogue), is_published)


# Groups


def _groups(
    history: History,
    catalogue: Catalogue,
    by: By,
    tickers: Collection[str] | None,
    *,
    is_published: bool,
) -> tuple[dict[str, list[_Member]], list[str]]:
    """Return the series of each group, and what to say of those left out."""
    if is_published:
        scope = Scope(by.value)
        stated = {name: one for (of, name), one in history.flows.items() if of is scope and one}
        return {name: [_Member(one)] for name, one in stated.items()}, []
    products = {one.ticker: one for one in catalogue.products}
    groups: dict[str, list[_Member]] = {}
    strangers: list[str] = []
    for (scope, name), series in history.flows.items():
        product = products.get(name)
        if scope is not Scope.PRODUCT or not series:
            continue
        if product is None:
            strangers.append(name)
        elif tickers is None or name in tickers:
            group = group_of(product, by)
            country = _GROUP[By.COUNTRY](product)
            groups.setdefault(group, []).append(_Member(series, assets_of(product), country))
    if not strangers:
        return groups, []
    return groups, [f"left out, for the catalogue has no such product: {', '.join(strangers)}"]


def group_of(product: Product, by: By) -> str:
    """Return the group that a product's flows are added to."""
    return _GROUP[by](product) or UNNAMED


_GROUP: Final[Mapping[By, Callable[[Product], str | None]]] = MappingProxyType(
    {
        By.PRODUCT: lambda one: one.ticker,
        By.ASSET: lambda one: one.asset,
        By.ISSUER: lambda one: one.issuer,
        By.COUNTRY: lambda one: one.listing.country if one.listing else None,
    }
)


def _problems(history: History, catalogue: Catalogue) -> tuple[Problem, ...]:
    path = catalogue.history.flows if catalogue.history else None
    return tuple(one for one in history.problems if one.path == path)


# Days


def _newest(groups: Mapping[str, Sequence[_Member]]) -> int:
    days = (int(one.series.days[-1]) for members in groups.values() for one in members)
    return max(days, default=1)


def _start(groups: Mapping[str, Sequence[_Member]], kind: PeriodKind, day: int) -> int:
    """Return the first day of the first period of which a start on this day leaves nothing out."""
    last = last_day(day, kind)
    first = first_day(last, kind)
    is_cut = first < day and any(
        one.series.kind is kind or _counted(one.series, kind, first, day - 1)
        for members in groups.values()
        for one in members
    )
    return last + 1 if is_cut else first


def _end(groups: Mapping[str, Sequence[_Member]], kind: PeriodKind, day: int) -> int:
    """Return the last day of the last period of which an end on this day leaves nothing out."""
    last = last_day(day, kind)
    first = first_day(last, kind)
    is_cut = last_weekday(last, kind) > day and any(
        one.series.kind is kind
        or len(part := _counted(one.series, kind, first, last)) > len(over_by(part, day))
        for members in groups.values()
        for one in members
    )
    return first - 1 if is_cut else last


def _counted(series: Series, kind: PeriodKind, first: int, last: int) -> Series:
    """Return the periods that count to longer ones between two days."""
    apart = 0
    if series and series.kind is not kind:
        newest = int(series.days[-1])
        apart = newest - counted_on(newest, series.kind)
    start, stop = bisect_left(series.days, first + apart), bisect_right(series.days, last + apart)
    return Series(series.days[start:stop], series.values[start:stop], series.kind)


def _of_last(groups: Mapping[str, Sequence[_Member]], kind: PeriodKind, ends: int) -> int:
    """Return the first day of the last periods that are shown if nobody names days."""
    count = PERIODS[kind]
    found: set[int] = set()
    for members in groups.values():
        for one in members:
            past = _counted(one.series, kind, 1, ends)
            found.update(resampled(past.last(count * _DAYS[kind]), kind).days)
    shown = sorted(found)[-count:]
    return first_day(int(shown[0]), kind) if shown else ends


def _unfinished(
    groups: Mapping[str, Sequence[_Member]], kind: PeriodKind, last: int
) -> Iterator[str]:
    """Say how far the flows of the newest period reach if that is not to its end."""
    first = first_day(last, kind)
    parts = (
        _counted(one.series, kind, first, last) for members in groups.values() for one in members
    )
    reached, stated = max((int(one.days[-1]), one.kind) for one in parts if one)
    following = counted_on(reached, stated) + _DAYS[stated]
    if stated is not kind and following <= last_weekday(last, kind):
        until = date.fromordinal(last_weekday(reached, stated))
        yield f"the flows of {Period(last, kind)} reach to {until}: it is not whole"


def _missing(ended: Collection[int], kind: PeriodKind) -> Iterator[str]:
    """Say that the file lacks periods between those that it states, if it does."""
    for one, other in pairwise(sorted(ended)):
        if is_missing_between(one, other, kind):
            yield f"the file lacks some {kind}s of these, as after {Period(one, kind)}"
            return


def _unreported(
    groups: Mapping[str, Sequence[_Member]], kind: PeriodKind, last: int
) -> Iterator[str]:
    """Say how many funds have reported the newest period if more had the one before."""
    since = first_day(last, kind) - max(_DAYS[kind], _DAYS[PeriodKind.WEEK])
    funds: Counter[int] = Counter()
    for members in groups.values():
        for one in members:
            funds.update(set(resampled(_counted(one.series, kind, since, last), kind).days))
    before = funds[max((day for day in funds if day < last), default=last)]
    if funds[last] < before:
        yield f"{funds[last]} of {before} funds have reported {Period(last, kind)}"


# Sums


class _Drawn(NamedTuple):
    flows: Mapping[int, float]
    """By the last day of the period."""
    weighed: float
    """Of the flows, those of funds of which the assets are known."""
    assets: float
    """Of those funds, US dollars."""
    is_partial: bool
    streak: int
    with_price: float | None


def _drawn(
    members: Sequence[_Member], kind: PeriodKind, begins: int, ends: int, closes: Series | None
) -> _Drawn:
    """Add up the flows of one group."""
    shown = [_counted(one.series, kind, begins, ends) for one in members]
    flows = _sum(shown, kind)
    parts = list(zip(shown, (one.assets for one in members), strict=True))
    weighed = [(part.total(), assets) for part, assets in parts if part and assets]
    assets = math.fsum(one for _, one in weighed)
    agreement = same_sign(flows, closes) if closes else None
    return _Drawn(
        flows=dict(zip(map(int, flows.days), map(float, flows.values), strict=True)),
        weighed=math.fsum(flow for flow, _ in weighed),
        assets=assets,
        is_partial=0 < len(weighed) < sum(map(bool, shown)),
        streak=_streak(members, kind, ends, assets),
        with_price=agreement.share if agreement else None,
    )


def _sum(many: Sequence[Series], kind: PeriodKind) -> Series:
    """Add series up by longer periods; one of them needs no sum."""
    longer = [resampled(one, kind) for one in many]
    return longer[0] if len(longer) == 1 else summed(longer)


def _streak(members: Sequence[_Member], kind: PeriodKind, ends: int, assets: float) -> int:
    """Return the run that the group is in, looking back as far as it goes."""
    begins, oldest = ends, min(int(one.series.days[0]) for one in members)
    back = _LOOK_BACK
    while True:
        begins = last_day(max(begins - back * _DAYS[kind], 1), kind)
        parts = [_counted(one.series, kind, begins + 1, ends) for one in members]
        found = list(runs(_sum(parts, kind), assets))
        if len(found) >= _TURNED or begins < oldest:
            return found[-1].length if found else 0
        back *= 2


def _put_together(
    drawn: Mapping[str, _Drawn],
    by: By,
    kind: PeriodKind,
    notes: Sequence[str],
    problems: tuple[Problem, ...],
    is_published: bool,  # noqa: FBT001 - handed on
) -> League:
    days = sorted({day for one in drawn.values() for day in one.flows})
    totals = {name: math.fsum(one.flows.values()) for name, one in drawn.items()}
    turned = rotation(totals.values())
    standings = [
        Standing(
            name=name,
            flows=tuple(one.flows.get(day) for day in days),
            total=totals[name],
            share_of_aum=_share(one.weighed, one.assets),
            is_partial=one.is_partial,
            share_of_side=turned.part_of(totals[name]) if totals[name] else None,
            streak=one.streak if not is_published or days[-1] in one.flows else None,
            with_price=one.with_price,
        )
        for name, one in drawn.items()
    ]
    standings.sort(key=lambda one: (-one.total, one.name))
    sums = tuple(
        math.fsum(one.flows[day] for one in drawn.values() if day in one.flows) for day in days
    )
    return League(
        by=by,
        is_published=is_published,
        kind=kind,
        periods=tuple(Period(day, kind) for day in days),
        standings=tuple(standings),
        all_of_them=Standing(
            name="",
            flows=sums,
            total=math.fsum(sums),
            share_of_aum=_share(
                math.fsum(one.weighed for one in drawn.values()),
                math.fsum(one.assets for one in drawn.values()),
            ),
            is_partial=any(one.is_partial or not one.assets for one in drawn.values()),
        ),
        rotation=turned,
        notes=tuple(notes),
        problems=problems,
    )


def _share(flow: float, assets: float) -> float | None:
    return flow / assets if assets else None
