"""The league of the flows mode: a row for each group, and what it says of one period.

A league is added up once; to go to another period then costs no sum.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Final, NamedTuple

from etfcompare.catalogue.schema import Catalogue, Product
from etfcompare.history import flows
from etfcompare.history.league import By, group_of
from etfcompare.history.measured import assets_of, launched
from etfcompare.history.series import Period, PeriodKind, Series
from etfcompare.history.tables import History, Scope

DEPTH: Final[Mapping[PeriodKind, int]] = MappingProxyType(
    {PeriodKind.DAY: 5220, PeriodKind.WEEK: 1044, PeriodKind.MONTH: 240}
)
"""How many of the last periods a league goes back: twenty years, longer than such funds exist."""
ALL: Final = ""
"""The key of the row of all groups together."""
TREND: Final = 13
"""Periods of the line of bars in a row."""


_WEEK: Final = 7
_DAYS: Final[Mapping[PeriodKind, int]] = MappingProxyType(
    {PeriodKind.DAY: 4, PeriodKind.WEEK: _WEEK, PeriodKind.MONTH: 31}
)
"""The most days of a period; from one trading day to the next there are seldom more than four."""


class Figures(NamedTuple):
    """What a row says of one period; None is unknown. Money in US dollars."""

    flow: float | None
    four_weeks: float | None
    thirteen_weeks: float | None
    year_to_date: float | None
    share_of_aum: float | None
    streak: int | None
    trend: tuple[float | None, ...]


@dataclass(frozen=True, eq=False)
class Group:
    """The flows of one product, issuer, asset or country, or of all."""

    name: str
    series: Series
    """By the periods of the league."""
    weeks: Series
    """What windows of weeks are taken from: days or weeks."""
    weighed: Series
    """The part that funds have of which the assets are known."""
    assets: float
    """Of those funds, US dollars, as the catalogue states them today."""
    members: tuple[str, ...]
    """The names in the file that are added up."""
    is_partial: bool
    """Whether there are funds of which the assets are not known."""
    launched: date | None = None
    """Of a single product, if anybody says."""

    @cached_property
    def by_day(self) -> Mapping[int, float]:
        """Flows by the last day of their period."""
        return dict(zip(map(int, self.series.days), map(float, self.series.values), strict=True))

    @cached_property
    def weighed_by_day(self) -> Mapping[int, float]:
        """The same of the funds of which the assets are known."""
        if self.weighed is self.series:
            return self.by_day
        return dict(zip(map(int, self.weighed.days), map(float, self.weighed.values), strict=True))

    def upto(self, day: int) -> Series:
        """Return the periods up to one."""
        return self.series.upto(date.fromordinal(day))

    def share(self, day: int) -> float | None:
        """Return the flow of a period over the assets."""
        flow = self.weighed_by_day.get(day)
        return flow / self.assets if flow is not None and self.assets else None

    def streak(self, day: int) -> int | None:
        """Return how many periods in a row, up to this one, money came in; negative: left."""
        past = self.upto(day)
        return flows.streak(past, self.assets or None) if past else None

    def window(self, day: int, weeks: int) -> float | None:
        """Return the sum of the weeks up to the end of a period."""
        return flows.flow_of_weeks(self._weeks_upto(day), weeks, self.launched)

    def year_to_date(self, day: int) -> float | None:
        """Return the sum from 1 January to the end of a period."""
        return flows.flow_of_year(self._weeks_upto(day), self.launched)

    def figures(self, days: Sequence[int], place: int) -> Figures:
        """Return the figures of one period.

        Args:
            days: The periods of the league.
            place: Which of them.
        """
        day = days[place]
        return Figures(
            flow=self.by_day.get(day),
            four_weeks=self.window(day, 4),
            thirteen_weeks=self.window(day, 13),
            year_to_date=self.year_to_date(day),
            share_of_aum=self.share(day),
            streak=self.streak(day),
            trend=tuple(map(self.by_day.get, days[max(place + 1 - TREND, 0) : place + 1])),
        )

    def _weeks_upto(self, day: int) -> Series:
        if self.weeks is self.series:
            return self.upto(day)
        return flows.over_by(self.weeks, day)


@dataclass(frozen=True, eq=False, kw_only=True)
class Board:
    """A league of groups by period."""

    by: By
    kind: PeriodKind
    groups: Mapping[str, Group]
    """By name, in the order of the catalogue; the row of all is not among them."""
    all_of_them: Group
    strangers: tuple[str, ...] = ()
    """Names in the file of flows that no product has."""
    is_published: bool = False
    """Whether the file states these flows for the groups themselves."""

    @cached_property
    def days(self) -> tuple[int, ...]:
        """The last days of all periods, the earliest first; weeks without figures among them."""
        found = tuple(map(int, self.all_of_them.series.days))
        if self.kind is not PeriodKind.WEEK or not found:
            return found
        return tuple(range(found[0], found[-1] + 1, _WEEK))

    def period_of(self, day: int) -> Period:
        """Return the period that ends on a day."""
        return Period(day, self.kind)

    @property
    def scope(self) -> Scope:
        """What the names are that are added up."""
        return Scope(self.by.value) if self.is_published else Scope.PRODUCT

    def group(self, key: str) -> Group:
        """Return the group of a row; of one that is gone, all."""
        return self.groups.get(key, self.all_of_them)


@dataclass(slots=True, eq=False)
class FlowStore:
    """The flows of a history, each added up to longer periods once."""

    history: History
    _kept: dict[tuple[Scope, str, PeriodKind, date], Series] = field(default_factory=dict)

    @property
    def kind(self) -> PeriodKind | None:
        """The shortest periods of the flows of products, or of the groups; None without flows."""
        found = {scope: one.kind for (scope, _), one in self.history.flows.items() if one}
        return found.get(Scope.PRODUCT, next(iter(found.values()), None))

    @property
    def kinds(self) -> tuple[PeriodKind, ...]:
        """The periods that there are flows of."""
        stated = self.kind
        if stated is None:
            return ()
        if not self.has_funds:
            return (stated,)
        return tuple(one for one in PeriodKind if not flows.is_coarser(stated, one))

    @property
    def usual_kind(self) -> PeriodKind:
        """Weeks, where the file has them."""
        return PeriodKind.WEEK if PeriodKind.WEEK in self.kinds else self.kinds[0]

    @property
    def has_funds(self) -> bool:
        """Whether there are flows of products."""
        return any(scope is Scope.PRODUCT for scope, _ in self.history.flows)

    def publishes(self, by: By) -> bool:
        """Tell whether the file states flows of groups that are more than one product."""
        return by is not By.PRODUCT and any(one is Scope(by.value) for one, _ in self.history.flows)

    def warm(self, upto: date) -> None:
        """Add up what is shown first; a thread may do it."""
        for scope, name in self.history.flows if self.kinds else ():
            self.series(scope, name, self.usual_kind, upto)

    def stated(self, scope: Scope, name: str, upto: date) -> Series:
        """Return the flows of one name by the periods of the file.

        Args:
            scope: What it is the name of.
            name: As the file writes it.
            upto: What came later is not known yet.
        """
        return flows.over_by(self.history.flows[scope, name], upto.toordinal())

    def series(self, scope: Scope, name: str, kind: PeriodKind, upto: date) -> Series:
        """Return the flows of one name by period; nothing if the file does not give them.

        Only funds are added up to longer periods: of what others publish, periods may be missing.

        Args:
            scope: What it is the name of.
            name: As the file writes it.
            kind: How long a period is; the last may be one that is not over.
            upto: What came later is not known yet.
        """
        key = (scope, name, kind, upto)
        found = self._kept.get(key)
        if found is None:
            stated = self.stated(scope, name, upto)
            is_known = stated.kind is kind or (
                scope is Scope.PRODUCT and flows.is_coarser(kind, stated.kind)
            )
            recent = flows.begun_from(stated, _begins(stated, kind))
            found = flows.resampled(recent, kind) if is_known else Series([], [], kind)
            self._kept[key] = found = found.last(DEPTH[kind])
        return found


def _begins(series: Series, kind: PeriodKind) -> int:
    """Return the first day of a period that is longer ago than a league goes back."""
    newest = int(series.days[-1]) if series else 0
    return flows.last_day(max(newest - (DEPTH[kind] + 1) * _DAYS[kind], 1), kind) + 1


class _Member(NamedTuple):
    name: str
    assets: float | None
    launched: date | None


def board_of(
    store: FlowStore,
    catalogue: Catalogue,
    *,
    by: By,
    kind: PeriodKind,
    tickers: Collection[str] | None,
    upto: date,
    is_published: bool = False,
) -> Board:
    """Add flows up by group.

    Args:
        store: The flows.
        catalogue: Which issuer, asset and country the products are of, and how large they are.
        by: The groups.
        kind: How long a period is.
        tickers: Only these products; None for all.
        upto: What came later is not known yet.
        is_published: Take what the file states for the groups themselves; it does so anyway if it
            has no flows of products.
    """
    products = {one.ticker: one for one in catalogue.products}
    scope, members, strangers = Scope.PRODUCT, dict[str, list[_Member]](), list[str]()
    if by is not By.PRODUCT and (is_published or not store.has_funds):
        scope = Scope(by.value)
        names = (name for of, name in store.history.flows if of is scope)
        members = {name: [_Member(name, None, None)] for name in names}
    else:
        named = {name for of, name in store.history.flows if of is scope}
        strangers += sorted(named - products.keys())
        for product in catalogue.products:
            if product.ticker in named and (tickers is None or product.ticker in tickers):
                members.setdefault(group_of(product, by), []).append(_member(product))
    adding = _Adding(store, scope, kind, upto)
    groups = {name: adding.group(name, of_name) for name, of_name in members.items()}
    groups = {name: one for name, one in groups.items() if one.series}
    return Board(
        by=by,
        kind=kind,
        groups=groups,
        all_of_them=adding.union(list(groups.values())),
        strangers=tuple(strangers),
        is_published=scope is not Scope.PRODUCT,
    )


def _member(product: Product) -> _Member:
    return _Member(product.ticker, assets_of(product), launched(product))


class _Adding(NamedTuple):
    """How series become those of groups."""

    store: FlowStore
    scope: Scope
    kind: PeriodKind
    upto: date

    def group(self, name: str, members: Sequence[_Member]) -> Group:
        """Add up the flows of the products of one group."""
        known = [one for one in members if one.assets]
        series = self._sum(members, self.kind)
        weeks = PeriodKind.WEEK if self.kind is PeriodKind.MONTH else self.kind
        is_partial = len(known) < len(members)
        return Group(
            name=name,
            series=series,
            weeks=series if weeks is self.kind else self._sum(members, weeks),
            weighed=self._sum(known, self.kind) if is_partial else series,
            assets=sum(one.assets or 0.0 for one in known),
            members=tuple(one.name for one in members),
            is_partial=is_partial,
            launched=members[0].launched if len(members) == 1 else None,
        )

    def union(self, groups: Sequence[Group]) -> Group:
        """Add up groups."""
        return Group(
            name=ALL,
            series=_added([one.series for one in groups], self.kind),
            weeks=_added([one.weeks for one in groups], self.kind),
            weighed=_added([one.weighed for one in groups], self.kind),
            assets=sum(one.assets for one in groups),
            members=tuple(name for one in groups for name in one.members),
            is_partial=any(one.is_partial for one in groups),
        )

    def _sum(self, members: Sequence[_Member], kind: PeriodKind) -> Series:
        many = (self.store.series(self.scope, one.name, kind, self.upto) for one in members)
        return _added(list(many), kind)


def _added(many: Sequence[Series], kind: PeriodKind) -> Series:
    some = [one for one in many if one]
    if not some:
        return Series([], [], kind)
    return some[0] if len(some) == 1 else flows.summed(some)
