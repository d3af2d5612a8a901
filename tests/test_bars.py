"""Bars stand where their values are, to an eighth of a cell, and are as wide as their scale."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etfcompare.tui.bars import EIGHTHS, Piece, bar

VALUES = st.floats(-1, 1, allow_nan=False, allow_subnormal=False)


def drawn(start: float, end: float, width: int = 8) -> list[Piece]:
    return bar(start, end, 0, 1, width)


@pytest.mark.parametrize(
    ("start", "end", "pieces"),
    [
        (0, 1, [Piece("████████")]),
        (0, 0.5, [Piece("████    ")]),
        (0, 9 / 64, [Piece("█▏      ")]),
        (0, 1 / 1000, [Piece("▏       ")]),
        (0.5, 1, [Piece("    ████")]),
        (0.25, 0.5, [Piece("  ██    ")]),
        (4 / 64, 1, [Piece("▌", is_reversed=True), Piece("███████")]),
        (0.5, 0.5, [Piece("        ")]),
    ],
)
def test_draws_from_value_to_value(start: float, end: float, pieces: list[Piece]) -> None:
    assert drawn(start, end) == pieces


def test_a_cost_is_drawn_like_a_gain_of_the_same_span() -> None:
    assert drawn(0.75, 0.25) == drawn(0.25, 0.75)


def test_a_scale_without_length_is_blank() -> None:
    assert bar(0, 0, 0, 0, 5) == [Piece("     ")]


@given(VALUES, VALUES, st.integers(1, 60))
def test_is_as_wide_as_its_scale_and_never_vanishes(start: float, end: float, width: int) -> None:
    least, most = min(start, end, 0.0), max(start, end, 0.0)
    text = "".join(piece.text for piece in bar(start, end, least, most, width))
    assert len(text) == width
    assert set(text) <= set(EIGHTHS)
    assert bool(text.strip()) == (start != end)


@given(st.lists(VALUES, min_size=3, max_size=3, unique=True), st.integers(1, 40))
def test_the_next_bar_begins_where_the_last_one_ends(values: list[float], width: int) -> None:
    first, second, third = sorted(values)
    before = "".join(piece.text for piece in bar(first, second, first, third, width))
    after = "".join(piece.text for piece in bar(second, third, first, third, width))
    assert abs(len(before.rstrip()) - (width - len(after.lstrip()))) <= 1
