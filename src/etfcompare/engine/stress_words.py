"""Hard times, in words that every face shows: plain text that is safe to show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from etfcompare.engine.cells import UNKNOWN_SIGN, cell_text, signs_of
from etfcompare.engine.figures import FIGURES, HEADLINE
from etfcompare.engine.stress import Outcome, Stressed
from etfcompare.units import format_rate
from etfcompare.visible import visible

SAME_SIGN: Final = "="
"""Stands for a yield that a case leaves as it is."""


def net_text(outcome: Outcome, *, minus: str = "-") -> str:
    """Return what a product leaves."""
    return cell_text(FIGURES[HEADLINE], outcome.net_yield, outcome.marks, minus=minus)


def cash_text(outcome: Outcome, *, minus: str = "-") -> str:
    """Return what a product leaves over cash."""
    return cell_text(FIGURES["over_cash"], outcome.over_cash, outcome.marks, minus=minus)


def case_text(one: Stressed, as_is: Stressed, row: int) -> str:
    """Return what a product is left with in a case: what moves in it, yield or lead over cash.

    A rank that is another than as is stands in front, and a sign for a yield that stays.
    """
    outcome, before = one.outcomes[row], as_is.outcomes[row]
    if one.case.is_of_cash:
        return cash_text(outcome)
    is_known = outcome.net_yield is not None and one is not as_is
    stays = (outcome.net_yield, outcome.marks) == (before.net_yield, before.marks)
    text = SAME_SIGN if is_known and stays else net_text(outcome)
    return text if outcome.rank == before.rank else f"#{rank_text(outcome.rank)} {text}"


def case_heading(one: Stressed) -> str:
    """Return what stands above that."""
    return f"Vs {one.case.label}" if one.case.is_of_cash else case_name(one)


def case_name(one: Stressed) -> str:
    """Name a case where it stands alone."""
    label = one.case.label
    return label[:1].upper() + label[1:]


def return_text(outcome: Outcome, *, minus: str = "-") -> str:
    """Return the change in dollars over the horizon."""
    if outcome.total_return is None:
        return UNKNOWN_SIGN
    shown = format_rate(outcome.total_return, signed=True, minus=minus)
    return shown + signs_of(outcome.marks)


def rank_text(rank: int | None) -> str:
    """Return a rank; nothing where a figure is unknown."""
    return "" if rank is None else str(rank)


def _top_in_words(one: Stressed) -> str:
    """Name who is first with what it leaves: a promise of long ago that no case can move is old."""
    leaves = next(outcome for outcome in one.outcomes.values() if outcome.rank == 1)
    return f"{visible(one.top or '')} with {net_text(leaves)}"


def tops_in_words(found: Sequence[Stressed]) -> Iterator[str]:
    """Say who is first as things are, and in which cases somebody else is."""
    as_is, *cases = found
    if as_is.top is None:
        return
    changed = [f"{_top_in_words(one)} if {one.case.label}" for one in cases if one.is_new_top]
    first = visible(as_is.top)
    if changed:
        yield f"First as things are: {first}; {', '.join(changed)}."
    else:
        yield f"First in every case: {first}."
