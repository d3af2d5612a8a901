"""What an import would do, in words: what is added and changed, and what is to be known of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from etfcompare.cli.importing import AnyLook
from etfcompare.history.import_plan import Difference
from etfcompare.history.rows import FlowRow, HoldingRow, PriceRow
from etfcompare.visible import visible

SCREENFUL: Final = 20
"""Differences and rejected rows that are listed; of more the number is told."""

_NAMES: Final = 6


def lines_of(found: AnyLook) -> Iterator[str]:
    """Give what an import adds, changes and rejects, for people."""
    imported, plan = found.imported, found.plan
    merge = plan.merge
    file, path = visible(found.file.name), visible(found.place.path)
    unit = f", {imported.unit}" if imported.unit else ""
    yield f"{file}: {imported.form.title}{unit}"
    yield f"into {path}{'' if merge.before is not None else ', a new file'}"
    for what, count, more in (
        ("added", len(merge.added), _about(merge.added)),
        ("filled", plan.filled, "unknown so far"),
        (
            "removed",
            len(merge.displaced),
            f"{'' if plan.replaces else 'only with --replace: '}by another kind of period",
        ),
        (
            "changed" if plan.takes_file else "different",
            len(plan.differences),
            f"{file} is taken"
            if plan.takes_file
            else "the stored are kept; --prefer file takes the others",
        ),
        ("same", merge.same, "stored already"),
        ("rejected", len(imported.rejected), "listed below"),
        ("not taken", imported.untaken, "told below, with the reason"),
        ("repeated", imported.repeated, "the same figure again, taken once"),
        ("totals", imported.totals, "checked, never stored"),
        ("not reported", imported.unreported, "which is not zero"),
    ):
        if count or what in {"added", "rejected"}:
            yield f"  {what:<12} {count:>7,}{f'  {more}' if count else ''}"
    for loss in plan.losses:
        yield f"  flows by {loss.scope}, before: {loss.before}"
        yield f"  flows by {loss.scope}, after:  {loss.after}"
    yield from _differences(
        plan.differences, file, is_one=len(plan.table.columns) == plan.table.keys + 1
    )


def question_of(found: AnyLook) -> str:
    """Return what is asked before anything is written: whatever is lost is named."""
    if not (losses := found.plan.losses):
        return "Write this? y/n"
    gone = " and ".join(
        f"the {loss.before.rows:,} stored flows by {loss.scope} "
        f"({loss.before.first} to {loss.before.last})"
        for loss in losses
    )
    left = sum(loss.after.rows for loss in losses)
    return f"Remove {gone} and keep {left:,} instead? y/n"


def talk_of(found: AnyLook) -> Iterator[str]:
    """Give what is to be known beside: notes, rejected rows, sums that do not add up."""
    imported = found.imported
    yield from map(visible, imported.notes)
    for name in imported.left_out:
        yield f"not taken: {visible(name)}"
    yield from _listed("rejected: ", imported.rejected)
    yield from _listed("does not add up: ", imported.sums)
    yield from _listed("names are missing: ", imported.missing)
    yield from _listed("doubtful: ", (*imported.strange, *found.doubts))
    if found.place.naming is not None:
        yield f"the catalogue does not name it yet: {visible(found.place.naming.summary)}"


def _differences(differences: Sequence[Difference], file: str, *, is_one: bool) -> Iterator[str]:
    """Give stored figures and those of the file, side by side.

    Args:
        differences: Where they differ.
        file: The name of the file.
        is_one: Whether a row holds one figure, which needs no name.
    """
    if not differences:
        return
    yield f"  stored -> {file}"
    for one in differences[:SCREENFUL]:
        name = " ".join(visible(str(part)) for part in one.key)
        column = "" if is_one else f" {one.column}"
        yield f"  {name}{column}: {_number(one.stored)} -> {_number(one.new)}"
    if len(differences) > SCREENFUL:
        yield f"  and {len(differences) - SCREENFUL:,} more"


def _listed(what: str, lines: Sequence[object]) -> Iterator[str]:
    for line in lines[:SCREENFUL]:
        yield f"{what}{visible(str(line))}"
    if len(lines) > SCREENFUL:
        yield f"{what}{len(lines) - SCREENFUL:,} more"


def _about(rows: Sequence[FlowRow] | Sequence[PriceRow] | Sequence[HoldingRow]) -> str:
    """Say of what rows are: whose, and of which time."""
    if not rows:
        return ""
    names = tuple(dict.fromkeys(_name(row) for row in rows))
    said = ", ".join(map(visible, names[:_NAMES]))
    more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
    first, last = str(min(row[0] for row in rows)), str(max(row[0] for row in rows))
    return f"{first if first == last else f'{first} to {last}'}: {said}{more}"


def _name(row: FlowRow | PriceRow | HoldingRow) -> str:
    match row:
        case FlowRow():
            return row.name
        case PriceRow():
            return row.asset
        case HoldingRow():
            return row.ticker


def _number(number: float) -> str:
    return f"{number:,.15g}"
