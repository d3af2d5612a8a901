"""The page of deliveries: what funds promised, what their terms say, what they delivered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual.content import Content

from etfcompare.deliveries import Fund, details
from etfcompare.engine.cells import UNKNOWN_SIGN, signs_of
from etfcompare.engine.marks import NONE, Mark
from etfcompare.history.holdings import Delivered
from etfcompare.history.reconcile import Stage, Verdict
from etfcompare.tui.pages import INDENT
from etfcompare.tui.styles import MUTED, STRONG
from etfcompare.tui.wrapping import wrapped
from etfcompare.units import MINUS, format_bps, format_rate
from etfcompare.visible import visible

STYLES = {
    Verdict.RECONCILES: "$text-success",
    Verdict.DOES_NOT: "$text-error",
    Verdict.NOT_TESTABLE: MUTED,
}


def reconcile_page(funds: Sequence[Fund], width: int) -> Content:
    """Write for each fund its yields beside each other, the verdict, and what it rests on.

    Args:
        funds: In the order to tell them.
        width: Cells to fill.
    """
    if not funds:
        return Content("No product in sight has a published rate or coins per share on file.")
    lines: list[Content] = []
    for fund in funds:
        lines += [*_fund(fund, width), Content()]
    said = "Promised by the issuer, computed from own rate and terms, delivered in coins."
    return Content("\n").join([*lines, *_wrapped(said, "", width)])


def _fund(fund: Fund, width: int) -> Iterator[Content]:
    found = fund.found
    verdict = Content.styled(found.verdict.value, STYLES[found.verdict])
    yield Content.assemble((visible(found.ticker), STRONG), "  ") + verdict
    marks = {Stage.PROMISED: fund.promised, Stage.COMPUTED: fund.computed, Stage.DELIVERED: NONE}
    shown = [f"{stage} {_rate(fund, stage, mark)}" for stage, mark in marks.items()]
    yield from _wrapped("  ·  ".join(shown), INDENT, width, "")
    for line in details(found):
        yield from _wrapped(line, INDENT, width)


def _rate(fund: Fund, stage: Stage, mark: Mark) -> str:
    value = fund.found.value(stage)
    if value is None:
        return UNKNOWN_SIGN
    text = format_rate(value, minus=MINUS) + signs_of(mark)
    delivered = fund.found.delivered
    if stage is Stage.DELIVERED and isinstance(delivered, Delivered):
        return f"{text} ±{format_bps(delivered.error, 1, signed=False)}"
    return text


def _wrapped(text: str, indent: str, width: int, style: str = MUTED) -> Iterator[Content]:
    for line in wrapped(text, width - len(indent)):
        yield Content.assemble(indent, (line, style))
