"""Every figure explains itself, and what the pages say fits the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from conftest import TODAY
from etfcompare.catalogue.problem import Problem, Severity
from etfcompare.engine.comparison import DEFAULT_COLUMNS
from etfcompare.engine.figure import Group
from etfcompare.engine.figures import FIGURES
from etfcompare.engine.marks import ABSENT, Mark
from etfcompare.engine.scenario import Scenario
from etfcompare.tui.commands import listed_commands
from etfcompare.tui.detail import Detail
from etfcompare.tui.pages import FILTER_WORDS, explanation_page, help_page, problems_page
from etfcompare.tui.wrapping import wrapped
from screens import SMALL, opened, written

if TYPE_CHECKING:
    from pathlib import Path

    from etfcompare.engine.explain import Explanation

LISTED = [key for key, figure in FIGURES.items() if figure.group is not Group.INPUTS]
SCENARIO = Scenario(as_of=TODAY)
WIDTHS = [29, 40, 66, 100]


def problem(
    path: str, place: tuple[int, int], severity: Severity, message: str, hint: str = ""
) -> Problem:
    line, column = place
    return Problem(
        path=path, line=line, column=column, severity=severity, message=message, hint=hint
    )


def is_explained(figure: Explanation, lines: list[str]) -> bool:
    """A formula with its inputs, a place in the file, or a declared kind of nothing."""
    origin = figure.origin
    if origin is not None:
        is_dated = origin.as_of is not None or bool(figure.marks & (Mark.UNDATED | Mark.ESTIMATED))
        is_sourced = origin.source is None or origin.title is not None
        is_there = origin.line is None or origin.written in lines[origin.line - 1]
        return bool(origin.path) and is_there and is_dated and is_sourced
    if figure.formula is not None:
        is_known = figure.value is not None or bool(figure.marks & ABSENT)
        return is_known and bool(figure.numbers) and (bool(figure.inputs) or figure.numbers == "0")
    return bool(figure.remark)


@pytest.mark.parametrize("columns", [DEFAULT_COLUMNS, LISTED], ids=["default view", "all figures"])
def test_p1_every_figure_of_the_catalogue_explains_itself(
    catalogue_path: Path, columns: tuple[str, ...]
) -> None:
    workspace = opened(catalogue_path)
    lines = catalogue_path.read_text(encoding="utf-8").splitlines()
    silent = [
        f"{product.ticker} {key}"
        for row, product in enumerate(workspace.catalogue.products)
        for key in columns
        if not is_explained(workspace.explain(SCENARIO, row, key), lines)
    ]
    assert len(workspace.catalogue.products) > 70
    assert silent == []


def test_p1_an_unknown_figure_names_an_input_that_is_missing(tmp_path: Path) -> None:
    workspace = opened(written(tmp_path))
    page = explanation_page(workspace.explain(SCENARIO, workspace.row_of("ECHO"), "net_yield"), 80)
    assert "unknown: the catalogue does not say" in page.plain


def test_an_assumption_is_explained_as_one(tmp_path: Path) -> None:
    workspace = opened(written(tmp_path))
    row = workspace.row_of("ECHO")
    page = explanation_page(workspace.explain(SCENARIO, row, "staked_share"), 80).plain
    line = next(n for n, one in enumerate(SMALL.splitlines(), 1) if one.startswith("assume:"))
    assert "assumed: the catalogue is silent on this product" in page
    assert f"line {line}: assume.staked is 90%" in page


def test_a_waiver_is_explained_in_words(tmp_path: Path) -> None:
    workspace = opened(written(tmp_path))
    row = workspace.row_of("BRAVO")
    page = explanation_page(workspace.explain(SCENARIO, row, "effective_fee"), 100).plain
    assert "waiver: 0% until 2027-03-01 (99 of the 365 days ahead)" in page


def test_a_formula_that_needs_nothing_is_still_written_down(tmp_path: Path) -> None:
    workspace = opened(written(tmp_path))
    row = workspace.row_of("ALFA")
    page = explanation_page(workspace.explain(SCENARIO, row, "gross_yield"), 80).plain
    assert "= 0" in [line.strip() for line in page.splitlines()]


def test_an_input_met_again_is_not_explained_twice(tmp_path: Path) -> None:
    workspace = opened(written(tmp_path))
    row = workspace.row_of("BRAVO")
    page = explanation_page(workspace.explain(SCENARIO, row, "p_beat_cash"), 100).plain
    assert page.count("products[BRAVO].fee.rate") == 1


@pytest.mark.parametrize("width", WIDTHS)
def test_no_line_of_a_page_is_wider_than_the_page(tmp_path: Path, width: int) -> None:
    text = SMALL.replace("name: Bravo Staked Solana", f"name: {'W' * 300}")
    text = text.replace("ticker: CEDAR", f"ticker: {'C' * 70}")
    text = text.replace("ticker: DELTA", "ticker: 株式会社株式会社株式会社株式会社")
    workspace = opened(written(tmp_path, text))
    table = workspace.table(SCENARIO)
    pages = [help_page(width), problems_page(workspace.problems(SCENARIO), width)]
    for row in range(len(table.products)):
        pages.append(Detail(workspace, table, row, width).content())
        pages += [explanation_page(workspace.explain(SCENARIO, row, key), width) for key in LISTED]
    too_wide = {line for page in pages for line in page.plain.split("\n") if cell_len(line) > width}
    assert too_wide == set()


@pytest.mark.parametrize("width", [47, 100])
def test_t13_a_long_name_stands_in_full_in_the_detail(tmp_path: Path, width: int) -> None:
    name = "".join(f"{number:03}" for number in range(100))
    workspace = opened(written(tmp_path, SMALL.replace("Bravo Staked Solana", f"'{name}'")))
    row = workspace.row_of("BRAVO")
    page = Detail(workspace, workspace.table(SCENARIO), row, width).content().plain
    assert name in page.replace("\n", "")


@pytest.mark.parametrize("width", [1, 2, 5, 17])
def test_a_detail_of_any_width_can_be_written(tmp_path: Path, width: int) -> None:
    workspace = opened(written(tmp_path))
    table = workspace.table(SCENARIO)
    assert all(Detail(workspace, table, row, width).content().plain for row in range(5))


def test_problems_stand_under_their_severity_with_line_and_hint() -> None:
    found = [
        problem("products[A].fee", (3, 5), Severity.WARNING, "is old", "look it up"),
        problem("products[B]", (9, 1), Severity.ERROR, "is no product"),
    ]
    text = problems_page(found, 60).plain
    assert text.index("1 error") < text.index("9:1") < text.index("1 warning") < text.index("3:5")
    assert "is old; look it up" in text


def test_a_catalogue_without_faults_is_said_to_be_so() -> None:
    assert "Nothing is wrong" in problems_page([], 60).plain


def test_help_explains_the_filter_and_the_signs() -> None:
    text = help_page(100).plain
    assert all(word in text and meaning in text for word, meaning in FILTER_WORDS)
    assert all(f"  {sign} " in text for sign in "~!?–")
    assert len(listed_commands()) < len(text.splitlines())


@given(st.text(st.characters(exclude_categories=["C", "Z", "M"]) | st.just(" ")), st.integers(2))
def test_wrapping_loses_nothing_and_no_line_is_too_wide(text: str, width: int) -> None:
    lines = list(wrapped(text, width))
    assert all(cell_len(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
