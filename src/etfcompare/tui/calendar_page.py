"""The page of the calendar: what changes within the horizon without anybody's doing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual.content import Content

from etfcompare.engine.calendar import Event, EventKind
from etfcompare.engine.scenario import Scenario
from etfcompare.tui.pages import INDENT
from etfcompare.tui.styles import ACCENT, MUTED, STRONG
from etfcompare.tui.wrapping import wrapped
from etfcompare.units import MINUS, exact_money, format_bps, format_money, format_rate, format_span
from etfcompare.visible import visible

NAMED = 12
"""Products named before the rest is counted."""
STYLES = {
    EventKind.WAIVER: "$text-warning",
    EventKind.TIER: "$text-warning",
    EventKind.STALE: MUTED,
}


def calendar_page(events: Sequence[Event], scenario: Scenario, width: int) -> Content:
    """Write what happens within the horizon, by date.

    Args:
        events: In the order of their days.
        scenario: What they were found under.
        width: Cells to fill.
    """
    horizon = format_span(scenario.horizon)
    if not events:
        said = f"Nothing happens within {horizon} of {scenario.as_of}: no waiver ends, no size "
        return Content("\n").join(
            list(_wrapped(f"{said}tier fills up, no figure goes stale.", "", "", width))
        )
    said = f"Within {horizon} of {scenario.as_of}, each product at the terms of the day"
    lines = list(_wrapped(said, "", MUTED, width))
    for event in events:
        lines += [Content(), *_event(event, scenario, width)]
    if any(one.is_estimate for one in events):
        lines += [Content(), *_wrapped("~ the day is estimated, or not known", "", MUTED, width)]
    return Content("\n").join(lines)


def _event(event: Event, scenario: Scenario, width: int) -> Iterator[Content]:
    days = (event.day - scenario.as_of).days
    left = f"in {days} day{'' if days == 1 else 's'}" if days else "now"
    day = f"{event.day}{'~' if event.is_estimate else ''}"
    head = Content.assemble((day, STRONG), "  ", (event.kind.value, STYLES[event.kind]))
    head += Content.styled(f"  {left}", MUTED)
    if head.cell_length <= width:
        yield head
    else:
        yield from _wrapped(head.plain, "", STRONG, width)
    yield from _wrapped(_names(event), INDENT, ACCENT, width)
    yield from _wrapped(f"{event.what}: {event.effect}", INDENT, "", width)
    if event.kind is not EventKind.STALE:
        yield from _wrapped(_yields(event, scenario), INDENT, STRONG, width)


def _names(event: Event) -> str:
    names = [visible(one) for one in event.tickers]
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")


def _yields(event: Event, scenario: Scenario) -> str:
    if event.before is None or event.after is None or event.change is None:
        return "net yield unknown"
    before, after = (format_rate(one, minus=MINUS) for one in (event.before, event.after))
    a_year = format_money(event.change * scenario.amount, signed=True, minus=MINUS)
    change = format_bps(event.change, minus=MINUS)
    amount = exact_money(scenario.amount)
    return f"net yield {before} → {after}  {change}, {a_year} a year on {amount}"


def _wrapped(text: str, indent: str, style: str, width: int) -> Iterator[Content]:
    """Break a text so that each line, with its indent, fits the width."""
    indent = indent[: width // 3]
    for line in wrapped(text, width - len(indent)):
        yield Content.assemble(indent, (line, style))
