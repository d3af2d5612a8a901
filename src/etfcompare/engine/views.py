"""Named ways to look at a catalogue: those that came with the program, the file's, the user's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from etfcompare.catalogue.fields import nearest, quoted
from etfcompare.catalogue.paths import folded
from etfcompare.catalogue.schema import Catalogue, View
from etfcompare.engine.comparison import SortKey, parse_columns, parse_sort
from etfcompare.engine.query import Query
from etfcompare.errors import UsageError
from etfcompare.units import DAYS_PER_YEAR, format_span
from etfcompare.visible import visible

if TYPE_CHECKING:
    from etfcompare.catalogue.view_edits import ViewText

_ANOTHER: Final = "there is another of that name before it; rename one"


class ViewOrigin(StrEnum):
    """Who named a view."""

    SHIPPED = "shipped"
    CATALOGUE = "catalogue"
    SETTINGS = "settings"


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedView:
    """What to show, in which order, and over which holding period."""

    name: str
    where: str = ""
    """A filter that makes sense; empty for every product that is not closed."""
    sort: tuple[SortKey, ...]
    columns: tuple[str, ...]
    horizon: int | None = None
    """The holding period that it asks about, in days; None for whatever the scenario has."""
    origin: ViewOrigin

    def text(self) -> ViewText:
        """Return it as a file says it."""
        from etfcompare.catalogue.view_edits import ViewText  # noqa: PLC0415 - only to save it

        return ViewText(
            name=self.name,
            sort=", ".join(one.text for one in self.sort),
            where=self.where,
            horizon="" if self.horizon is None else format_span(self.horizon),
            columns=self.columns,
        )


class ViewFault(NamedTuple):
    """A view that is not offered."""

    name: str
    """Empty if it has none."""
    message: str
    """One line: whose view, and what is wrong with it."""


class Views(NamedTuple):
    """The views that may be chosen, and what is wrong with the others."""

    offered: tuple[NamedView, ...]
    """Shipped ones or what replaces them, then the catalogue's, then the user's; no two of them
    have one name in another case."""
    faults: tuple[ViewFault, ...]


def view_of(view: View, origin: ViewOrigin) -> NamedView:
    """Read a view as a file says it; a column named twice is shown once.

    Raises:
        UsageError: It has no name, or its filter, a sort key or a column makes no sense.
    """
    if not folded(view.name or ""):
        raise UsageError("a view has no name; add name: and a word")
    where = Query.parse(view.where or "").text
    return NamedView(
        name=view.name or "",
        where=where,
        sort=parse_sort([view.sort or ""]),
        columns=tuple(dict.fromkeys(parse_columns(",".join(view.columns)))),
        horizon=None if view.horizon is None else view.horizon.value,
        origin=origin,
    )


def views_of(catalogue: Catalogue, own: Iterable[View] = ()) -> Views:
    """Return the views of a catalogue: its own replace the user's, which replace the shipped ones.

    One that makes no sense hides what it would replace: what it means is not what that shows.

    Args:
        catalogue: What the file says.
        own: The views of the user's settings.
    """
    found: dict[str, NamedView | None] = {}
    faults: list[ViewFault] = []
    for origin, views in ((ViewOrigin.CATALOGUE, catalogue.views), (ViewOrigin.SETTINGS, own)):
        known = set(found) - {""}
        for view in views:
            name = view.name or ""
            if (key := folded(name)) in known:
                continue
            read = _ANOTHER if key and key in found else _tried(view, origin)
            if isinstance(read, NamedView):
                found[key] = read
            else:
                found.setdefault(key, None)
                faults.append(ViewFault(name, f"view {quoted(name)} of the {origin}: {read}"))
    places = {folded(one.name): one for one in SHIPPED}
    chosen = {key: found.get(key, one) for key, one in places.items()} | found
    return Views(tuple(one for one in chosen.values() if one is not None), tuple(faults))


def _tried(view: View, origin: ViewOrigin) -> NamedView | str:
    """Read a view, or say what is wrong with it."""
    try:
        return view_of(view, origin)
    except UsageError as error:
        return str(error)


def view_named(views: Views, name: str) -> NamedView:
    """Return the view of a name, in any case.

    Raises:
        UsageError: There is none, or it makes no sense; the message says what does.
    """
    key = folded(name)
    for view in views.offered:
        if folded(view.name) == key:
            return view
    for fault in views.faults:
        if folded(fault.name) == key:
            raise UsageError(fault.message)
    names = tuple(one.name for one in views.offered)
    close = nearest(name, names)
    hint = f"did you mean {visible(close)}?" if close else f"there are {', '.join(names)}"
    raise UsageError(f"no view is called {quoted(name)}; {visible(hint)}")


def _shipped(
    name: str, columns: str, *, sort: str, where: str = "", horizon: int | None = None
) -> NamedView:
    return NamedView(
        name=name,
        where=where,
        sort=parse_sort([sort]),
        columns=parse_columns(f"ticker,asset,{columns}"),
        horizon=horizon,
        origin=ViewOrigin.SHIPPED,
    )


SHIPPED: Final = (
    _shipped(
        "Income",
        "issuer,net_yield,over_cash,gross_yield,cut_cost,charge_cost,effective_fee,payout,aum",
        sort="net_yield",
        where="staked aum>50M",
    ),
    _shipped(
        "Cheapest over 3 years",
        "issuer,all_in_cost,effective_fee,expense_ratio,waiver_days,net_yield,aum",
        sort="all_in_cost,effective_fee",
        horizon=3 * DAYS_PER_YEAR,
    ),
    _shipped(
        "Beats cash",
        "issuer,over_cash,net_yield,break_even,volatility,p_beat_cash,p_loss",
        sort="over_cash",
        where="over_cash>0bp",
    ),
    _shipped(
        "Liquidity",
        "exchange,aum,spread,premium,volume,trading_cost,flow_1w,flow_4w",
        sort="aum",
    ),
    _shipped(
        "Data quality",
        "age,net_yield,own_net_yield,published_gap,effective_fee,aum,spread",
        sort="-age",
    ),
    _shipped(
        "Flows",
        "issuer,flow_1w,flow_4w,flow_13w,flow_ytd,flow_share,aum",
        sort="-flow_4w",
    ),
)
"""What comes with every catalogue; each fits into 120 cells."""
