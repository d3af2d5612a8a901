"""The page of `etfcompare reconcile` for people: a line for each fund, what it rests on below."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from etfcompare.cli.assumed import assumed
from etfcompare.cli.table import Column, Paper, shortened, table_text
from etfcompare.deliveries import Fund, details
from etfcompare.engine.cells import NOT_APPLICABLE_SIGN, UNKNOWN_SIGN, signs_of
from etfcompare.engine.figures import Table
from etfcompare.engine.marks import Mark
from etfcompare.history.holdings import Delivered, Delivery
from etfcompare.history.reconcile import Stage, Verdict
from etfcompare.units import format_bps, format_rate
from etfcompare.visible import visible

INDENT: Final = "    "
HELD: Final = (
    (Stage.COMPUTED, Stage.PROMISED),
    (Stage.DELIVERED, Stage.COMPUTED),
    (Stage.DELIVERED, Stage.PROMISED),
)
"""What is held against what."""


def page(funds: Sequence[Fund], paper: Paper) -> Iterator[str]:
    """Draw a table, below each fund what its verdict rests on."""
    drawn, _ = table_text(list(columns(funds)), paper)
    heading, *lines = drawn.splitlines()
    yield heading
    for line, fund in zip(lines, funds, strict=True):
        yield line
        for said in details(fund.found):
            yield from _wrapped(said, paper)


def _wrapped(text: str, paper: Paper) -> list[str]:
    if paper.columns is None:
        return [INDENT + text]
    return [
        shortened(line, paper.columns)
        for line in textwrap.wrap(
            text,
            max(paper.columns, 2 * len(INDENT)),
            initial_indent=INDENT,
            subsequent_indent=INDENT + "  ",
        )
    ]


def columns(funds: Sequence[Fund]) -> Iterator[Column]:
    """Return the columns of a table of funds."""
    found = [one.found for one in funds]
    yield Column(heading="Ticker", cells=[visible(one.ticker) for one in found], is_bold=True)
    for heading, stage in (("Promised", Stage.PROMISED), ("Computed", Stage.COMPUTED)):
        marks = [one.promised if stage is Stage.PROMISED else one.computed for one in funds]
        yield Column(
            heading=heading,
            cells=[_rate(one.value(stage), mark) for one, mark in zip(found, marks, strict=True)],
            signs=[
                signs_of(mark) if one.value(stage) is not None else ""
                for one, mark in zip(found, marks, strict=True)
            ],
            to_right=True,
        )
    yield Column(
        heading="Delivered ±bp",
        cells=[_rate(one.value(Stage.DELIVERED)) for one in found],
        signs=[_error(one.delivered) for one in found],
        to_right=True,
    )
    for heading, (stage, other) in (("C-P bp", HELD[0]), ("D-C bp", HELD[1])):
        gaps = [one.gap(stage, other) for one in found]
        marks = [one.promised if other is Stage.PROMISED else one.computed for one in funds]
        yield Column(
            heading=heading,
            cells=[_gap(gap, mark) for gap, mark in zip(gaps, marks, strict=True)],
            to_right=True,
        )
    yield Column(heading="Verdict", cells=[one.verdict.value for one in found])


def _rate(value: float | None, mark: Mark = Mark.UNKNOWN) -> str:
    if value is not None:
        return format_rate(value)
    return NOT_APPLICABLE_SIGN if mark & Mark.NOT_APPLICABLE else UNKNOWN_SIGN


def _error(delivered: Delivery) -> str:
    return f" ±{_bps(delivered.error, signed=False)}" if isinstance(delivered, Delivered) else ""


def _gap(gap: float | None, mark: Mark) -> str:
    if gap is not None:
        return _bps(gap)
    return NOT_APPLICABLE_SIGN if mark & Mark.NOT_APPLICABLE else UNKNOWN_SIGN


def _bps(value: float, *, signed: bool = True) -> str:
    """Give tenths of basis points, which a reconciliation is about, without their unit."""
    return format_bps(value, 1, signed=signed).removesuffix("bp")


def summary(funds: Sequence[Fund], table: Table) -> str:
    """Count the verdicts, and say what all of it stands on."""
    counts = Counter(one.found.verdict for one in funds)
    told = [f"{counts[one]} {_plural(one, counts[one])}" for one in Verdict if counts[one]]
    if not told:
        told = ["no product has a published rate or coins per share on file"]
    else:
        told.append("C-P computed less promised, D-C delivered less computed")
    return " · ".join([*told, *assumed(table)])


def _plural(verdict: Verdict, count: int) -> str:
    many = {Verdict.RECONCILES: "reconcile", Verdict.DOES_NOT: "do not reconcile"}
    return verdict.value if count == 1 else many.get(verdict, verdict.value)
