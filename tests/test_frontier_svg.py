"""The frontier as a picture."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given

from conftest import TODAY
from etfcompare.catalogue.schema import Asset, Catalogue
from etfcompare.engine.figures import Table
from etfcompare.engine.scenario import Rates, Scenario
from etfcompare.portfolio.frontier import Frontier, frontier_of
from etfcompare.portfolio.frontier_svg import WIDTH, Caption, frontier_svg
from etfcompare.portfolio.plot import Window
from strategies import catalogue_of, catalogues, scenarios

CAPTION = Caption(subtitle="2 of 3 products", manifest="# etfcompare · products.yaml sha256 00")
TEXT = """\
schema: 1
cash: {yield: 3%}
assets:
  BTC: {risk: {volatility: 40%, as_of: 2026-11-20}}
  SOL: {risk: {volatility: 80%, as_of: 2020-11-20}}
products:
  - {ticker: IBIT, asset: BTC, fee: {rate: 0.25%}}
  - ticker: GSOL
    asset: SOL
    fee: {rate: 0%, as_of: 2026-11-20}
    staking: {staked: 100%, cut: 0%, rate: 5.5%, basis: staked, as_of: 2026-11-20}
"""
SVG = "{http://www.w3.org/2000/svg}"


def drawn_of(text: str) -> str:
    catalogue = catalogue_of(text)
    found = found_of(catalogue, Scenario(as_of=TODAY, rates=Rates.OWN))
    return frontier_svg(found, catalogue, CAPTION)


def found_of(catalogue: Catalogue, scenario: Scenario) -> Frontier:
    table = Table(catalogue, scenario)
    return frontier_of(table, range(len(table.products)))


def tree_of(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own, without a document type


def texts(svg: str) -> list[str]:
    return [one.text or "" for one in tree_of(svg).iter(f"{SVG}text")]


def test_it_says_what_it_shows_and_what_it_stands_on() -> None:
    told = texts(drawn_of(TEXT))
    assert told[:2] == ["Net yield against volatility", CAPTION.subtitle]
    assert told[-1] == CAPTION.manifest
    assert {"Net yield, a year", "Volatility, a year", "BTC 1", "SOL 1"} <= {*told}
    assert {"cash 3.00%", "efficient: nothing beats it", "! stale or undated"} <= {*told}


def test_a_product_that_leads_is_named_in_brackets_with_its_yield_and_the_line_explained() -> None:
    told = texts(drawn_of(TEXT))
    assert "(IBIT)  -0.25%!" in told
    meaning = "(…) best fund for its volatility, though cash beats it"
    assert meaning in told
    lines = [one.get("stroke") for one in tree_of(drawn_of(TEXT)).iter(f"{SVG}polyline")]
    assert len(set(lines)) == 2
    alone = drawn_of(TEXT.replace("cash: {yield: 3%}", "cash: {yield: -3%}"))
    assert meaning not in texts(alone)
    assert len(list(tree_of(alone).iter(f"{SVG}polyline"))) == 1


def test_an_efficient_product_tells_its_yield_with_its_marks() -> None:
    assert "GSOL  5.50%!" in texts(drawn_of(TEXT))
    assert "GSOL  5.50%" in texts(drawn_of(TEXT.replace("2020", "2026")))


def test_what_is_estimated_is_marked_and_the_mark_explained() -> None:
    staked = "staking: {cut: 0%, rate: 5%, basis: staked}"
    guessed = f"assume: {{staked: 40%}}\nproducts:\n  - {{ticker: MAY, asset: SOL, {staked}, "
    text = TEXT.replace("products:\n", f"{guessed}fee: {{rate: 0%}}}}\n")
    told = texts(drawn_of(text))
    assert "MAY~" in told
    assert "~ estimated · ! stale or undated" in told
    assert "~" not in "".join(texts(drawn_of(TEXT)))


def test_signs_are_told_apart_by_shape_as_well_as_colour() -> None:
    beaten = "  - {ticker: GBTC, asset: BTC, fee: {rate: 1.5%}}\n"
    root = tree_of(drawn_of(TEXT + beaten))
    circles = list(root.iter(f"{SVG}circle"))
    assert len(circles) == 3  # in the legend and twice in the plane
    assert {one.get("fill") for one in circles} == {"#b8600b", "#c98748"}


@pytest.mark.parametrize("ticker", ["<script>alert(1)</script>", "a&b", '"x', "]]>", "é\u202eabc"])
def test_a_hostile_name_is_nothing_but_text(ticker: str) -> None:
    catalogue = catalogue_of(TEXT)
    first, second = catalogue.products
    hostile = Catalogue(
        products=(first.but(ticker=ticker, asset=ticker), second),
        assets={ticker: Asset(code=ticker, risk=catalogue.assets["BTC"].risk), **catalogue.assets},
        cash=catalogue.cash,
    )
    svg = frontier_svg(found_of(hostile, Scenario(as_of=TODAY)), hostile, CAPTION)
    shown = ticker.replace("\u202e", "\\u202e")
    found = texts(svg)
    assert any(one.startswith(f"({shown})") for one in found)
    assert {one.tag for one in tree_of(svg).iter()} <= {
        f"{SVG}{tag}"
        for tag in ("svg", "title", "rect", "g", "text", "line", "polygon", "polyline", "circle")
    }


@given(catalogues(size=8), scenarios())
def test_it_is_well_formed_needs_nothing_else_and_is_the_same_each_time(
    catalogue: Catalogue, scenario: Scenario
) -> None:
    found = found_of(catalogue, scenario)
    svg = frontier_svg(found, catalogue, CAPTION)
    assert frontier_svg(found, catalogue, CAPTION) == svg
    root = tree_of(svg)
    assert root.get("width") == str(WIDTH)
    addresses = svg.count("http")
    assert addresses == 1  # the name of the format itself
    assert "nan" not in svg
    assert "inf" not in svg
    if len(found.efficient) == 1:
        ticker = found.efficient[0].ticker
        assert any(one.startswith((f"{ticker}  ", f"{ticker} +")) for one in texts(svg))


def test_without_points_it_says_so_beside_cash() -> None:
    text = TEXT.replace("fee: {rate: 0.25%}", "").replace("fee: {rate: 0%, as_of: 2026-11-20}", "")
    told = texts(drawn_of(text))
    assert "No product in sight has both net yield and volatility." in told
    assert "cash 3.00%" in told


def test_a_window_shows_only_what_it_holds() -> None:
    catalogue = catalogue_of(TEXT)
    found = found_of(catalogue, Scenario(as_of=TODAY))
    window = Window(least_x=0.3, most_x=0.5, least_y=-0.01, most_y=0.01)
    told = texts(frontier_svg(found, catalogue, CAPTION, window=window))
    assert any(one.startswith("(IBIT)  ") for one in told)
    assert not any(one.startswith(("GSOL", "SOL")) for one in told)


def test_a_long_manifest_is_broken_into_lines_and_none_of_it_lost() -> None:
    parts = [f"assumption {number}" for number in range(60)]
    caption = Caption(subtitle="", manifest=" · ".join([*parts, "x" * 500]))
    catalogue = catalogue_of(TEXT)
    svg = frontier_svg(found_of(catalogue, Scenario(as_of=TODAY)), catalogue, caption)
    lines = [one for one in texts(svg) if "assumption" in one or "xx" in one]
    assert len(lines) > 5
    assert sum(one.count("x") for one in lines) == 500
    assert [part for one in lines for part in one.split(" · ")][:60] == parts
