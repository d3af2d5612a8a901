"""What is in sight of a plot, where points fall, and labels that keep out of each other's way."""

from __future__ import annotations

import math
from itertools import combinations, pairwise
from random import Random
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etfcompare.catalogue.schema import Catalogue
from etfcompare.engine.marks import NONE
from etfcompare.portfolio.frontier import Frontier, Point
from etfcompare.portfolio.glyphs import ASCII_STROKES, STROKES, Ink, Strokes
from etfcompare.portfolio.labels import Anchor, Box, placed_labels
from etfcompare.portfolio.plot import (
    ASCII_SIGNS,
    SIGNS,
    Window,
    signs_of_assets,
    spots_of,
    ticks,
)
from etfcompare.portfolio.text_plot import FEWEST_COLUMNS, FEWEST_LINES, Drawing, drawn
from etfcompare.portfolio.told import told_of
from strategies import Draw, random_asset, random_product

rates = st.floats(-0.2, 2.0)
pairs = st.tuples(st.floats(0.0, 2.0), rates)
windows = st.lists(pairs, min_size=1, max_size=8).map(Window.fit)


# Ticks


@given(rates, st.floats(1e-4, 3.0), st.integers(1, 12))
def test_ticks_are_round_evenly_apart_and_no_more_than_asked(
    least: float, span: float, count: int
) -> None:
    values = ticks(least, least + span, count).values
    assert len(values) <= count
    assert all(least - 1e-9 <= value <= least + span + 1e-9 for value in values)
    apart = [after - before for before, after in pairwise(values)]
    for gap in apart:
        assert gap == pytest.approx(apart[0])
        mantissa = gap / 10 ** math.floor(math.log10(gap) + 1e-9)
        assert min(abs(mantissa - step) for step in (1, 2, 2.5, 5)) < 1e-6


@given(rates, st.floats(1e-4, 3.0), st.integers(2, 12))
def test_ticks_are_told_apart_and_said_as_they_are(least: float, span: float, count: int) -> None:
    found = ticks(least, least + span, count)
    texts = [found.text(value) for value in found.values]
    assert len(set(texts)) == len(texts)
    for text, value in zip(texts, found.values, strict=True):
        assert float(text.rstrip("%")) / 100 == pytest.approx(value, abs=1e-12)


def test_ticks_have_as_many_decimals_as_they_need() -> None:
    def texts(least: float, most: float, count: int) -> list[str]:
        found = ticks(least, most, count)
        return [found.text(value) for value in found.values]

    assert texts(0.0, 0.85, 6) == ["0%", "20%", "40%", "60%", "80%"]
    assert texts(-0.02, 0.03, 3) == ["-2%", "0%", "2%"]
    assert texts(-0.0001, 0.0001, 3) == ["-0.01%", "0.00%", "0.01%"]
    assert texts(0.0, 0.1, 5) == ["0.0%", "2.5%", "5.0%", "7.5%", "10.0%"]
    assert texts(0.3, 15, 4) == ["500%", "1000%", "1500%"]


# Windows


@given(st.lists(pairs, max_size=12), st.none() | st.floats(0.0, 0.2))
def test_all_points_are_in_sight_and_cash_with_them(
    points: list[tuple[float, float]], cash: float | None
) -> None:
    window = Window.fit(points, cash)
    assert all(window.holds(x, y) for x, y in points)
    assert cash is None or window.holds(0.0, cash)
    assert window.least_x == 0.0
    assert window.width > 0
    assert window.height > 0


@given(st.lists(pairs, max_size=12), st.none() | st.floats(0.0, 0.2))
def test_without_zero_the_window_holds_all_points_and_is_no_wider(
    points: list[tuple[float, float]], cash: float | None
) -> None:
    whole, window = Window.fit(points, cash), Window.fit(points, cash, from_zero=False)
    assert all(window.holds(x, y) for x, y in points)
    assert (window.least_y, window.most_y) == (whole.least_y, whole.most_y)
    assert window.least_x >= 0
    assert window.width <= max(whole.width, 0.01 + 1e-9)
    if min((x for x, _ in points), default=0.0) > window.width:
        assert window.least_x > 0


@given(windows, st.floats(0.2, 5.0), st.floats(0, 1), st.floats(0, 1))
def test_zooming_keeps_a_point_in_its_place_and_zooming_back_restores_the_window(
    window: Window, factor: float, right: float, up: float
) -> None:
    x, y = window.least_x + right * window.width, window.least_y + up * window.height
    closer = window.zoomed(factor, x, y)
    assert closer.place(x, y, 1, 1) == pytest.approx(window.place(x, y, 1, 1), abs=1e-6)
    if closer.width == pytest.approx(window.width * factor) and (
        closer.height == pytest.approx(window.height * factor)
    ):
        back = closer.zoomed(1 / factor, x, y)
        assert back.least_x == pytest.approx(window.least_x, abs=1e-9)
        assert back.most_y == pytest.approx(window.most_y, abs=1e-9)


def test_one_cannot_look_closer_than_a_few_basis_points_or_farther_than_the_plane() -> None:
    window = Window(least_x=0, most_x=1, least_y=0, most_y=0.1)
    closest, farthest = window, window
    for _ in range(100):
        closest, farthest = closest.zoomed(0.5, 0.5, 0.05), farthest.zoomed(2, 0.5, 0.05)
    assert closest.width == pytest.approx(0.0005)
    assert closest.height == pytest.approx(0.0005)
    assert farthest.width == pytest.approx(20)
    assert farthest.height == pytest.approx(20)


@given(windows, st.floats(-2, 2), st.floats(-2, 2))
def test_moving_keeps_the_size(window: Window, right: float, up: float) -> None:
    moved = window.moved(right, up)
    assert moved.width == pytest.approx(window.width)
    assert moved.height == pytest.approx(window.height)
    assert moved.least_x == pytest.approx(window.least_x + right * window.width)
    assert moved.least_y == pytest.approx(window.least_y + up * window.height)


@given(windows, pairs)
def test_showing_a_point_moves_no_further_than_it_takes(
    window: Window, point: tuple[float, float]
) -> None:
    moved = window.showing(*point)
    across, down = moved.place(*point, 1, 1)
    assert -1e-6 <= across <= 1 + 1e-6
    assert -1e-6 <= down <= 1 + 1e-6
    if window.holds(*point):
        assert moved == window


@given(windows, pairs, st.integers(2, 200), st.integers(2, 60))
def test_a_point_falls_in_a_cell_if_it_is_in_sight(
    window: Window, point: tuple[float, float], columns: int, lines: int
) -> None:
    cell = window.cell(*point, columns, lines)
    assert (cell is not None) == window.holds(*point)
    if cell is not None:
        assert 0 <= cell[0] < columns
        assert 0 <= cell[1] < lines


def test_higher_yields_fall_in_higher_lines_and_the_ends_in_the_last_cells() -> None:
    window = Window(least_x=0, most_x=1, least_y=0, most_y=0.1)
    assert window.cell(0, 0.1, 11, 6) == (0, 0)
    assert window.cell(1, 0, 11, 6) == (10, 5)
    assert window.cell(0.5, 0.08, 11, 6) == (5, 1)
    assert window.cell(1.01, 0, 11, 6) is None


@given(windows, st.lists(pairs, max_size=20))
def test_each_point_in_sight_is_in_one_spot(
    window: Window, points: list[tuple[float, float]]
) -> None:
    spots = spots_of(window, points, 30, 10)
    assert len({(one.column, one.line) for one in spots}) == len(spots)
    inside = sorted(place for one in spots for place in one.members)
    assert inside == [place for place, one in enumerate(points) if window.holds(*one)]


# Signs


def test_assets_have_signs_by_their_order_in_the_file_and_none_twice() -> None:
    draw = Draw(Random(1))  # noqa: S311 - an example, no secret
    codes = [f"C{number}" for number in range(30)]
    assets = {code: random_asset(draw, code) for code in codes}
    catalogue = Catalogue(assets=assets, products=(random_product(draw, "T", "NEW"),))
    for is_ascii, signs in ((False, SIGNS), (True, ASCII_SIGNS)):
        found = signs_of_assets(catalogue, is_ascii=is_ascii)
        assert list(found) == [*codes, "NEW"]
        assert tuple(found.values())[: len(signs)] == signs
        assert len({*found.values()}) == len(found)
        assert all(len(sign) == 1 and (sign.isascii() or not is_ascii) for sign in found.values())


# Labels


@st.composite
def anchors(draw: st.DrawFn) -> Anchor:
    column, line = draw(st.integers(0, 39)), draw(st.integers(0, 11))
    text = "x" * draw(st.integers(1, 12))
    return Anchor(
        sign=Box(column, line, 1, 1), text=text, width=len(text), is_vital=draw(st.booleans())
    )


crowds = st.lists(anchors(), max_size=40)


@given(crowds, st.sampled_from([0.0, 1.0]))
def test_no_two_labels_overlap_and_none_lies_outside(crowd: list[Anchor], apart: float) -> None:
    taken = [Box(0, 5, 10, 1)]
    labels = placed_labels(crowd, width=40, height=12, apart=apart, taken=taken)
    for one, other in combinations(labels, 2):
        assert not one.box.meets(other.box)
        if one.box.top == other.box.top:
            left, right = sorted((one.box, other.box))
            assert right.left - left.left - left.width >= apart
    for label in labels:
        assert label.box.left >= 0
        assert label.box.left + label.box.width <= 40
        assert 0 <= label.box.top <= 11
        assert not label.box.meets(taken[0])


@given(crowds)
def test_a_label_covers_no_sign_but_a_vital_one_may_cover_those_that_are_not(
    crowd: list[Anchor],
) -> None:
    for label in placed_labels(crowd, width=40, height=12):
        for one in crowd:
            if label.box.meets(one.sign):
                assert crowd[label.anchor].is_vital
                assert not one.is_vital


@given(crowds)
def test_the_same_anchors_give_the_same_labels(crowd: list[Anchor]) -> None:
    assert placed_labels(crowd, width=40, height=12) == placed_labels(
        list(crowd), width=40, height=12
    )


@given(crowds)
def test_a_label_is_left_out_only_where_no_place_is_free(crowd: list[Anchor]) -> None:
    labels = placed_labels(crowd, width=40, height=12)
    told = {label.anchor for label in labels}
    obstacles = [label.box for label in labels] + [one.sign for one in crowd]
    for place, one in enumerate(crowd):
        right = Box(one.sign.left + 2, one.sign.top, one.width, 1)
        is_inside = right.left + right.width <= 40
        is_free = is_inside and not any(right.meets(other) for other in obstacles)
        assert place in told or not is_free


def test_the_first_place_is_to_the_right_then_left_then_above_then_below() -> None:
    def where(*blocked: Box) -> tuple[float, float] | None:
        one = Anchor(sign=Box(20, 5, 1, 1), text="ABC", width=3)
        labels = placed_labels([one], width=40, height=12, taken=blocked)
        return (labels[0].box.left, labels[0].box.top) if labels else None

    right, left = Box(21, 5, 19, 1), Box(0, 5, 20, 1)
    above, below = Box(18, 4, 5, 1), Box(18, 6, 5, 1)
    assert where() == (22, 5)
    assert where(right) == (16, 5)
    assert where(right, left) == (19, 4)
    assert where(right, left, above) == (19, 6)
    assert where(right, left, above, below) is None


def test_the_first_anchor_has_the_first_choice() -> None:
    crowd = [Anchor(sign=Box(place, 0, 1, 1), text="ABCDE", width=5) for place in (5, 7)]
    first, *_ = placed_labels(crowd, width=14, height=1)
    assert (first.anchor, first.box.left) == (1, 9)
    others = placed_labels(crowd[::-1], width=14, height=1)
    assert others[0].anchor == 0


# Drawn in characters

SOME_SIGNS: Final = {"BTC": "●", "SOL": "▲"}


def point(
    ticker: str,
    asset: str,
    volatility: float,
    net_yield: float,
    beaten: str = "",
    *,
    leads: bool = False,
) -> Point:
    return Point(
        row=0,
        ticker=ticker,
        asset=asset,
        volatility=volatility,
        net_yield=net_yield,
        marks=NONE,
        is_efficient=not beaten,
        beaten_by=beaten or None,
        leads=leads or not beaten,
    )


def frontier_with(*points: Point, cash: float | None = 0.03) -> Frontier:
    efficient = tuple(one for one in points if one.is_efficient)
    return Frontier(points=points, cash=cash, efficient=efficient, left_out={})


def picture(
    found: Frontier, columns: int = 60, lines: int = 12, chosen: str | None = None
) -> Drawing:
    points = [(one.volatility, one.net_yield) for one in found.points]
    window = Window.fit(points, found.cash)
    return drawn(found, window, columns=columns, lines=lines, signs=SOME_SIGNS, chosen=chosen)


PAIR: Final = (point("IBIT", "BTC", 0.4, -0.0025, "cash"), point("GSOL", "SOL", 0.7, 0.055))


def test_a_plot_shows_axes_cash_the_efficient_line_signs_and_labels() -> None:
    assert list(picture(frontier_with(*PAIR)).texts()) == [
        "   │                                                ▲ GSOL ─",
        "   │                                                │",
        "   │                                                │",
        " 4%┤                                                │",
        "   │ cash 3.00% ────────────────────────────────────┘┄┄┄┄┄┄┄",
        " 2%┤",
        "   │",
        "   │",
        " 0%┤",
        "   │                            ● IBIT",
        "   └┬─────────────┬─────────────┬────────────┬──────────────",
        "   0%            20%           40%          60%",
    ]


def test_several_points_in_a_cell_are_counted_and_the_efficient_one_named() -> None:
    twins = [point(f"B{place}", "BTC", 0.4, -0.0025, "cash") for place in range(3)]
    text = "\n".join(picture(frontier_with(*twins, PAIR[1])).texts())
    assert "● BTC ×3" in text
    mixed = [*twins, point("S", "SOL", 0.4, -0.0025, "cash")]
    assert " ×4" in "\n".join(picture(frontier_with(*mixed, PAIR[1])).texts())
    both = [point("GSOL", "SOL", 0.7, 0.055), point("HSOL", "SOL", 0.7, 0.055)]
    assert "GSOL +1" in "\n".join(picture(frontier_with(*both)).texts())


LED: Final = (
    point("IBIT", "BTC", 0.4, -0.0025, "cash", leads=True),
    point("GBTC", "BTC", 0.4, -0.0026, "cash"),
    point("ETHA", "BTC", 0.55, 0.02, "cash", leads=True),
    PAIR[1],
)


def test_a_dotted_line_leads_through_the_best_funds_and_they_are_named_in_brackets() -> None:
    assert list(picture(frontier_with(*LED), columns=70).texts()) == [
        "   │                                                         ▲ GSOL ──",
        "   │                                                         │",
        "   │                                                         │",
        " 4%┤                                                         │",
        "   │ cash 3.00% ─────────────────────────────────────────────┘┄┄┄┄┄┄┄┄",
        " 2%┤                                             ● (ETHA) ·  ·",
        "   │                                             ·",
        "   │                                             ·",
        " 0%┤                                             ·",
        "   │                                 ● (IBIT) +1 ·",
        "   └┬───────────────┬────────────────┬───────────────┬────────────────",
        "   0%              20%              40%             60%",
    ]


def test_what_leads_is_named_before_what_does_not_and_the_marked_before_it() -> None:
    found = frontier_with(*LED)
    spots = picture(found).spots
    told = told_of(found, spots)
    assert [one.text for one in told] == ["GSOL", "(ETHA)", "(IBIT) +1"]
    told = told_of(found, spots, chosen="GBTC", marked=["ETHA"])
    assert [one.signed_text for one in told] == ["GBTC +1", "•(ETHA)", "GSOL"]
    assert told[1].label_ink is Ink.EFFICIENT_LABEL


@pytest.mark.parametrize("strokes", [STROKES, ASCII_STROKES])
def test_a_scale_that_does_not_begin_at_zero_is_broken(strokes: Strokes) -> None:
    points = [(one.volatility, one.net_yield) for one in PAIR]
    feet = []
    for from_zero in (True, False):
        drawing = drawn(
            frontier_with(*PAIR),
            Window.fit(points, 0.03, from_zero=from_zero),
            columns=60,
            lines=12,
            signs=SOME_SIGNS,
            strokes=strokes,
        )
        feet.append(list(drawing.texts())[-2])
    assert "//" not in feet[0]
    assert feet[1].lstrip().startswith(f"{strokes.corner}//{strokes.across}")


def test_the_chosen_point_stands_upon_the_others_and_is_named() -> None:
    twins = [point(f"B{place}", "BTC", 0.4, -0.0025, "cash") for place in range(3)]
    drawing = picture(frontier_with(*twins, PAIR[1]), chosen="B1")
    glyphs = [glyph for line in drawing.lines for glyph in line]
    assert [one.sign for one in glyphs if one.ink is Ink.CHOSEN] == ["●"]
    assert [one.sign for one in glyphs if one.ink is Ink.CHOSEN_LABEL and one.sign] == ["B1 +2"]


crowded = st.lists(
    st.tuples(st.sampled_from(["BTC", "SOL"]), st.floats(0, 1), st.floats(-0.05, 0.1)),
    max_size=60,
)


@given(
    crowded,
    st.none() | st.floats(0, 0.1),
    st.integers(FEWEST_COLUMNS, 120),
    st.integers(FEWEST_LINES, 40),
    st.floats(0.05, 1.5),
)
def test_every_line_is_as_wide_as_asked_and_every_point_in_sight_is_drawn(
    chosen: list[tuple[str, float, float]],
    cash: float | None,
    columns: int,
    lines: int,
    zoom: float,
) -> None:
    points = [
        point(f"T{place:02}", asset, x, y, "cash" if place % 3 else "")
        for place, (asset, x, y) in enumerate(chosen)
    ]
    points.sort(key=lambda one: (one.volatility, -one.net_yield))
    found = frontier_with(*points, cash=cash)
    window = Window.fit([(one.volatility, one.net_yield) for one in points], cash)
    drawing = drawn(
        found,
        window.zoomed(zoom, 0.3, 0.02),
        columns=columns,
        lines=lines,
        signs={"BTC": "o", "SOL": "^"},
        strokes=ASCII_STROKES,
    )
    assert len(drawing.lines) == lines
    assert {sum(len(glyph.sign) for glyph in line) for line in drawing.lines} == {columns}
    assert all(len(line) == columns for line in drawing.lines)
    for spot in drawing.spots:
        glyph = drawing.lines[spot.line][drawing.left + spot.column]
        assert glyph.asset or glyph.ink in {Ink.EFFICIENT_LABEL, Ink.CHOSEN_LABEL}
        if any(found.points[place].is_efficient for place in spot.members):
            assert glyph.ink is Ink.EFFICIENT


def test_labels_keep_within_the_plane_however_long_and_wide_they_are() -> None:
    long = point("L" * 100, "BTC", 0.4, 0.01, "cash")
    wide = point("東京", "SOL", 0.7, 0.055)
    found = frontier_with(long, wide)
    window = Window.fit([(0.4, 0.01), (0.7, 0.055)], 0.03)
    drawing = drawn(
        found,
        window,
        columns=60,
        lines=12,
        signs=SOME_SIGNS,
        width_of=lambda text: sum(1 if one.isascii() else 2 for one in text),
    )
    text = "\n".join(drawing.texts())
    assert "LL" not in text
    assert "東京" in text
    (line,) = (line for line in drawing.lines if any(one.sign == "東京" for one in line))
    cells = sum(4 if one.sign == "東京" else len(one.sign) for one in line)
    assert cells == 60
