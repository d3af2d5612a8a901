"""Why a product stands where it stands on the frontier, in words."""

from __future__ import annotations

from etfcompare.engine.cells import number_text
from etfcompare.engine.figures import FIGURES
from etfcompare.portfolio.frontier import ACROSS, CASH, Frontier, Point
from etfcompare.units import format_bps
from etfcompare.visible import visible


def why(found: Frontier, point: Point) -> str:
    """Say why a point is efficient, why it leads though cash beats it, or what beats it."""
    if not point.leads:
        return f"beaten by {visible(point.beaten_by or CASH)}"
    place = number_text(FIGURES[ACROSS], point.volatility)
    head = f"{'efficient: yields most' if point.is_efficient else 'best fund'} up to {place}"
    alike = [
        visible(one.ticker)
        for one in found.leaders
        if one.volatility == point.volatility and one is not point
    ]
    count = found.beaten.get(point.ticker, 0)
    told = [
        head,
        f"equal to {', '.join(alike)}" if alike else "",
        f"beats {count}" if count else "",
        "" if point.is_efficient else _gap(found, point),
    ]
    return "; ".join(filter(None, told))


def why_in_short(point: Point) -> str:
    """Say in two words why a point is listed."""
    return "efficient" if point.is_efficient else "best fund"


def leaders_in_words(found: Frontier) -> str:
    """Say how many lead."""
    count = len(found.leaders)
    return f"{count} lead{'s' if count == 1 else ''} among the funds"


def _gap(found: Frontier, point: Point) -> str:
    """Say how much more cash pays than a leader that it beats."""
    more = (found.cash or 0.0) - point.net_yield
    if more <= 0:
        return "cash pays as much"
    text = format_bps(more, signed=False)
    return f"cash pays {'less than 1bp' if text == '0bp' else text} more"
