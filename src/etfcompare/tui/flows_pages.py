"""What the pages of the flows mode say: one group whole, where figures come from, the keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from textual.content import Content

from etfcompare.catalogue.schema import Catalogue
from etfcompare.catalogue.schema import History as Files
from etfcompare.history import flows, signals
from etfcompare.history.league import By
from etfcompare.history.series import Period, PeriodKind, Series
from etfcompare.tui.commands import Command, key_of
from etfcompare.tui.flows_board import ALL, Board, Group
from etfcompare.tui.flows_chart import Chart
from etfcompare.tui.flows_heat import LEGEND
from etfcompare.tui.flows_text import both_ends, millions, percent, period_words, side_of
from etfcompare.tui.pages import SIGNS
from etfcompare.tui.status import KEY
from etfcompare.tui.styles import ACCENT, MUTED, STRONG
from etfcompare.tui.wrapping import wrapped
from etfcompare.units import format_money, format_number
from etfcompare.visible import visible

_CHART_LINES: Final = 12
_LABEL: Final = 16
_KEYS_WIDTH: Final = 14
_PLURALS: Final = {By.COUNTRY.value: "countries"}
QUIET_RULE: Final = (
    f"A flow below {flows.QUIET:.2%} of the assets is quiet: it is not counted and ends no streak."
)


def label_of(board: Board, key: str) -> str:
    """Return what a row is called, safe to show."""
    if key != ALL:
        return visible(key)
    count = len(board.all_of_them.members)
    noun = "fund" if board.by is By.PRODUCT or not board.is_published else board.by.value
    if count == 1:
        return f"The one {noun}"
    return f"All {count} {_PLURALS.get(noun, f'{noun}s')}"


def group_page(board: Board, key: str, place: int, whole: Series, width: int) -> Content:
    """Write all that the flows of a row say of a period.

    Args:
        board: The league.
        key: The row.
        place: The place of the period.
        whole: The flows of the row since they began, for what is counted since launch.
        width: Cells to fill.
    """
    group, day = board.group(key), board.days[place]
    chart = Chart(board.days, [group.by_day.get(one) for one in board.days], board.kind, place)
    flow = group.by_day.get(day)
    head = Content.assemble((period_words(day, board.kind), STRONG))
    money = Content.assemble((f"{millions(flow)}", f"bold {side_of(flow)}"), (" $m", MUTED))
    lines = [both_ends(head, money, width), Content()]
    lines += [*chart.lines(width, _CHART_LINES), Content()]
    lines += _figures(board, group, day, whole, width)
    return Content("\n").join(lines)


def _figures(board: Board, group: Group, day: int, whole: Series, width: int) -> Iterator[Content]:
    past = whole.upto(date.fromordinal(day))
    kind = board.kind
    for weeks in (1, 4, 13):
        noun = "week" if weeks == 1 else "weeks"
        yield from _money(f"{weeks} {noun}", group.window(day, weeks), group)
    yield from _money("since 1 January", group.year_to_date(day), group)
    since = flows.flow_since(past, group.launched)
    if group.launched is not None:
        yield from _money("since launch", since, group, f"since {group.launched}")
    yield Content()
    length = group.streak(day) or 0
    way = "in" if length > 0 else "out"
    many = f"{abs(length)} {kind.value}{'s' if abs(length) != 1 else ''}"
    run = next(reversed(list(flows.runs(past, group.assets or None))), None) if length else None
    the = "the " if kind is PeriodKind.WEEK else ""
    sums = f"{millions(run.total)} $m since {the}{period_words(run.first, kind)}" if run else ""
    yield from _said("streak", f"{many} {way}" if length else "none", sums, width)
    largest = flows.largest_since(past)
    yield from _said(
        "largest since",
        "the file begins" if largest is None else period_words(largest, kind),
        "the last flow of that size the same way",
        width,
    )
    score = signals.z_score(past)
    yield from _said(
        "surprise",
        "?" if score is None else f"{format_number(score, 1, signed=True, minus='−')} deviations",
        f"from the mean of the {signals.SCORED} {kind.value}s before",
        width,
    )
    memory = signals.weekly_persistence(past)
    yield from _said(
        "persistence",
        "?" if memory is None else format_number(memory.value, 2, signed=True, minus="−"),
        "" if memory is None else f"of weekly flows; chance alone gives ±{memory.band:.2f}",
        width,
    )


def _money(label: str, flow: float | None, group: Group, note: str = "") -> Iterator[Content]:
    share = flow / group.assets if flow is not None and group.assets else None
    known = share is not None and not group.is_partial
    yield Content.assemble(
        (f"{label:<{_LABEL}}", MUTED),
        (f"{millions(flow):>11}{' $m' if flow is not None else '   '}", side_of(flow)),
        (f"{percent(share):>10} of AUM" if known else "", MUTED),
        (f"  {note}" if note else "", MUTED),
    )


def _said(label: str, text: str, note: str, width: int) -> Iterator[Content]:
    head = f"{label:<{_LABEL}}"
    room = width - len(head) - len(text) - 2
    yield Content.assemble((head, MUTED), text, (f"  {note}" if len(note) <= room else "", MUTED))
    if len(note) > room:
        for line in wrapped(note, width - _LABEL):
            yield Content.styled(" " * _LABEL + line, MUTED)


def why_page(
    board: Board,
    key: str,
    place: int,
    stated: Sequence[Series],
    catalogue: Catalogue,
    width: int,
) -> Content:
    """Write where the figures of a row come from and by which rules.

    Args:
        board: The league.
        key: The row.
        place: The place of the period.
        stated: What the file says of each name that is added up.
        catalogue: It names the file.
        width: Cells to fill.
    """
    return Content("\n").join(
        Content.styled(line, style)
        for text, style in _reasons(board, key, place, stated, catalogue)
        for line in (wrapped(text, width) if text else [""])
    )


def _reasons(
    board: Board, key: str, place: int, stated: Sequence[Series], catalogue: Catalogue
) -> Iterator[tuple[str, str]]:
    group, day = board.group(key), board.days[place]
    members = group.members
    period = board.period_of(day)
    file = visible((catalogue.history.flows if catalogue.history else None) or "")
    scope = board.by.value if board.is_published else By.PRODUCT.value
    flow = group.by_day.get(day)
    yield f"{label_of(board, key)}, {period_words(day, board.kind)}: {millions(flow)} $m", STRONG
    yield "", ""
    rows = _rows_of(period, stated)
    if not rows:
        yield f"{file} has no row of {period}", ACCENT
    elif len(members) == 1:
        shown = [f"{one},{scope},{visible(members[0])}" for one in rows]
        yield f"{file}, {_first_to_last(shown)}", ACCENT
        yield "as the file states it" if rows == [period] else "added up", MUTED
    else:
        when = str(period) if rows == [period] else f"{rows[0]} to {rows[-1]}"
        yield f"{file}, the rows of {when} and scope {scope} of {len(members)} names", ACCENT
        yield ", ".join(map(visible, members)), MUTED
    if board.kind is PeriodKind.MONTH and stated[0].kind is PeriodKind.WEEK:
        yield "A week counts to the month of its Thursday.", MUTED
    yield _known(stated), MUTED
    yield "", ""
    if group.assets:
        partly = "; of the other funds nobody states them" if group.is_partial else ""
        share = percent(group.share(day))
        yield f"of AUM {share}: over {format_money(group.assets)} of assets{partly}", ""
        yield "The assets are those that the catalogue states today, not those of that day.", MUTED
        yield "", ""
    for rule in _RULES:
        yield rule, MUTED
    if board.kind is PeriodKind.WEEK:
        yield (
            "A week is an ISO week, named here by its Friday; those of CoinShares are the same.",
            MUTED,
        )
    if board.strangers:
        names = ", ".join(map(visible, board.strangers))
        yield f"Left out, for the catalogue has no such product: {names}", MUTED


def _rows_of(period: Period, stated: Sequence[Series]) -> list[Period]:
    """Return the periods of the file that count to one."""
    found: set[Period] = set()
    for one in stated:
        apart = timedelta(days=period.last - flows.counted_on(period.last, one.kind))
        found.update(one.between(period.first_day + apart, period.last_day + apart).periods)
    return sorted(found)


def _first_to_last(rows: Sequence[str]) -> str:
    """Name rows of a file by the first and the last of them."""
    return f"row {rows[0]}" if len(rows) == 1 else f"{len(rows)} rows {rows[0]} to {rows[-1]}"


def _known(stated: Sequence[Series]) -> str:
    """Say how far the file goes, in its own periods."""
    (kind,) = {one.kind for one in stated}
    days = {int(day) for one in stated for day in one.days}
    first, last = Period(min(days), kind), Period(max(days), kind)
    return f"known from {first} to {last}, {_counted(len(days), kind.value)}"


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' if count != 1 else ''}"


_RULES: Final = (
    f"Streak: periods in a row in which money came in, negative if it left. {QUIET_RULE}",
    "4w, 13w and ytd end with the chosen period; ? where the file does not reach back so far.",
    "Figures as published are of more funds than the catalogue has; never add the two up.",
)


def nothing_shown(
    files: Files | None, kind: PeriodKind | None, commands: Sequence[Command], *, is_read: bool
) -> Content:
    """Say why there is nothing to see, and what helps.

    Args:
        files: What the catalogue names.
        kind: The periods wanted; None if there are no flows at all.
        commands: With the keys in force.
        is_read: Whether the files have been read.
    """
    if files is None or files.flows is None:
        return Content.assemble(
            ("This catalogue names no file of flows.\n\n", STRONG),
            "Add to it\n\n",
            ("history: {flows: history/flows.csv}\n\n", "$text-accent"),
            "then  ",
            ("etfcompare import flows FILE", "$text-accent"),
            "  fills the file.",
        )
    file = visible(files.flows)
    if not is_read:
        return Content.styled(f"reading {file} …", MUTED)
    if kind is None:
        key = key_of(commands, "problems")
        return Content.assemble(
            (f"{file} holds no flows.\n\n", STRONG),
            ("etfcompare import flows FILE", "$text-accent"),
            "  fills it; ",
            (key, KEY),
            " shows what is wrong with it.",
        )
    keys = [(key_of(commands, one), KEY) for one in ("go_up", "group", "period")]
    return Content.assemble(
        (f"No flows of these funds by {kind.value}.\n\n", STRONG),
        keys[0],
        " shows more funds, ",
        keys[1],
        " another grouping, ",
        keys[2],
        " longer periods",
    )


def help_page(width: int, commands: Sequence[Command]) -> Content:
    """Write all keys of the flows mode, and its signs.

    Args:
        width: Cells to fill.
        commands: With the keys in force.
    """
    signs = [("map", LEGEND), *SIGNS]
    entries = [(one.shown_keys, one.meaning) for one in commands] + [("", ""), *signs]
    lines: list[Content] = []
    for name, meaning in entries:
        head = Content.styled(f"{name:<{_KEYS_WIDTH}}", ACCENT)
        for line in wrapped(meaning, width - head.cell_length):
            lines.append(head + Content.styled(line, MUTED))
            head = Content(" " * head.cell_length)
    return Content("\n").join(lines)
