"""The allocation: limits at the left, what to hold under them at the right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from textual.binding import BindingType
from textual.content import Content

from etfcompare.engine.figures import Table
from etfcompare.errors import EtfcompareError
from etfcompare.portfolio.allocation import Allocation, allocate, allocation_frontier
from etfcompare.portfolio.holdings import Present, present
from etfcompare.portfolio.limits import Limits
from etfcompare.tui.allocation_answer import Answer, Solved, answer_page
from etfcompare.tui.allocation_control import Control
from etfcompare.tui.allocation_controls import ControlPanel
from etfcompare.tui.allocation_frame import SCREEN_CSS, AnswerScreen
from etfcompare.tui.allocation_keys import COMMANDS, commands
from etfcompare.tui.allocation_numbers import controls
from etfcompare.tui.allocation_pages import left_out_page, why_page
from etfcompare.tui.allocation_solving import Solving
from etfcompare.tui.allocation_wishes import VOLATILITIES, Asked, Wishes
from etfcompare.tui.commands import Scope

if TYPE_CHECKING:
    from etfcompare.tui.products import ProductsScreen


PATIENCE: Final = 0.3
"""Seconds after which an answer that is still being looked for is said to be so."""


class Job(NamedTuple):
    """What is solved."""

    table: Table
    rows: tuple[int, ...]
    asked: Asked
    present: Present | None

    def has_frontier_of(self, other: Job) -> bool:
        """Tell whether only the cap on volatility differs, which a frontier runs through."""
        mine, its = (replace(one.asked.wishes, max_volatility=None) for one in (self, other))
        return (
            self.table is other.table
            and self.rows == other.rows
            and mine == its
            and self.present == other.present
        )


class Found(NamedTuple):
    """What was found of a job so far."""

    answer: Answer
    limits: Limits | None = None
    frontier: tuple[Allocation, ...] | None = None
    """None while it is not known."""


class AllocationScreen(AnswerScreen):
    """What is shown follows from the products in sight, the scenario and the limits."""

    BINDINGS: ClassVar[list[BindingType]] = [one.binding for one in commands(Scope.SCREEN)]
    CSS = f"AllocationScreen {{ {SCREEN_CSS} }}"

    def __init__(self, products: ProductsScreen) -> None:
        """Make the screen.

        Args:
            products: Whose products in sight, scenario and keys it follows.
        """
        super().__init__("Allocation", products, COMMANDS)
        self.wishes = Wishes()
        """The limits, kept while the program runs."""
        self.solving = Solving[Job, Found](self, _solved, self._found)
        self._job: Job | None = None
        self._answered: Job | None = None
        self._with_frontier: tuple[Job, tuple[Allocation, ...]] | None = None
        table, rows = products.comparison.table, tuple(products.comparison.rows)
        self.solved = Solved(table=table, rows=rows, asked=self.asked, answer=None)
        """What is shown."""

    @property
    def asked(self) -> Asked:
        """What is asked for now."""
        return Asked(self.wishes, self.products.scenario.amount)

    @property
    def _usual(self) -> Asked:
        return Asked(Wishes(), self.products.base.amount)

    @property
    def _controls(self) -> tuple[Control[Asked], ...]:
        catalogue = self.products.workspace.catalogue
        return controls(tuple(catalogue.assets), is_held=catalogue.holdings is not None)

    def panel(self) -> ControlPanel[Asked]:
        """Return the limits."""
        return ControlPanel("Limits", self._controls, self.asked, self._usual, self._turned)

    def page(self, width: int, height: int) -> Content:
        """Write the answer for so many cells and lines."""
        return answer_page(self.solved, width, height)

    def refresh_answer(self) -> None:
        """Solve again if anything differs that the answer stands on."""
        self.query_one(ControlPanel).lines.follow(self._controls, self.asked, self._usual)
        comparison = self.products.comparison
        job = Job(comparison.table, tuple(comparison.rows), self.asked, self._present())
        if self._job is None or job != self._job or job.table is not self._job.table:
            self._job = job
            self.solving.ask(job)
            self.set_timer(PATIENCE, self._say_overtaken)

    def _say_overtaken(self) -> None:
        """Say that what is shown is not what is asked for, where solving takes its time."""
        if self.is_current and self._answered is not self._job and self.solved.answer is not None:
            self.solved = replace(self.solved, is_overtaken=True)
            self.draw_answer()

    def _present(self) -> Present | None:
        return present(self.products.workspace.catalogue, self.products.scenario)

    def _turned(self, asked: Asked) -> None:
        """Take other limits, or another amount, which is part of the scenario."""
        self.wishes = asked.wishes
        if asked.amount != self.products.scenario.amount:
            self.products.assume(self.products.scenario.but("amount", asked.amount))
        else:
            self.refresh_answer()

    def _found(self, job: Job, found: Found) -> None:
        if job is not self._job or not self.is_mounted:
            return
        if found.frontier is not None:
            self._with_frontier = job, found.frontier
        self._answered = job
        known = self._with_frontier
        frontier = known[1] if known is not None and known[0].has_frontier_of(job) else ()
        self.solved = Solved(
            table=job.table,
            rows=job.rows,
            asked=job.asked,
            answer=found.answer,
            limits=found.limits,
            present=job.present,
            frontier=frontier,
        )
        self.draw_answer()

    # Keys

    def action_preset(self, number: int) -> None:
        """Cap the volatility as people usually do."""
        self.wishes = replace(self.wishes, max_volatility=VOLATILITIES[number - 1])
        self.refresh_answer()

    def action_reset_limits(self) -> None:
        """Take the limits of the beginning."""
        self.wishes = Wishes()
        self.refresh_answer()

    def action_left_out(self) -> None:
        """Show which products are left out, and why."""
        solved = self.solved
        self.read("Left out", lambda width: left_out_page(solved, width))

    def action_explain(self) -> None:
        """Show what is maximised, and from which figures."""
        solved, document = self.solved, self.products.workspace.document
        self.read("Why this allocation", lambda width: why_page(solved, document, width))

    def action_export(self) -> None:
        """Write the allocation into a file."""
        sheet = self.solved.sheet
        if sheet is None:
            self.app.notify("there is no allocation to write", severity="warning", markup=False)
            return
        from etfcompare.tui.allocation_taking import AllocationTaking  # noqa: PLC0415 - seldom

        AllocationTaking(self.products, sheet).export()


def _solved(job: Job) -> Iterator[Found]:
    """Find the allocation of a job, then its frontier; scipy is imported here, in a thread."""
    try:
        limits = job.asked.wishes.limits(job.table, job.rows)
        answer: Answer = allocate(job.table, job.rows, limits, job.present)
        yield Found(answer, limits)
        free = replace(limits, max_volatility=None)
        yield Found(answer, limits, allocation_frontier(job.table, job.rows, free, job.present))
    except EtfcompareError as error:  # uncaught in a thread, it would end the program
        yield Found(error)
