"""The page: one file that nothing can act in, and that says what every figure stands on."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import TODAY
from etfcompare.engine.comparison import parse_sort
from etfcompare.engine.figures import FIGURES, Table
from etfcompare.engine.query import Query
from etfcompare.engine.scenario import Scenario
from etfcompare.engine.sheet import Pin, Sheet, sheet_of
from etfcompare.html_page import POLICY, link, sheet_html, text_of
from etfcompare.workspace import Workspace

HOSTILE = """\
schema: 1
cash: {yield: 3%, as_of: 2026-11-01}
assets: {BTC: {name: Bitcoin}}
sources:
  good: {title: "Page <1>", url: https://good.example/?a=1&b="2", grade: issuer}
  bad: {title: Trap, url: "javascript:alert(1)", grade: unverified}
products:
  - ticker: EVIL
    asset: BTC
    name: "</td><script>alert(1)</script><img src=x onerror='alert(1)'>"
    issuer: "e\\u202evil \\e]52;c;x\\a"
    fee: {rate: 0.25%, as_of: 2026-11-01, source: good}
  - {ticker: OTHER, asset: BTC, fee: {rate: 1%, source: bad}}
  - {ticker: NONE, asset: BTC}
"""
VOID = {"meta", "br", "img", "link", "input"}
PRESENT = Scenario(as_of=TODAY)


class Page(HTMLParser):
    """The elements of a page, their nesting checked."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[str]] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" in self.open:
            return
        self.text += data
        if {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    (tmp_path / "products.yaml").write_text(HOSTILE, encoding="utf-8")
    return Workspace.open("products.yaml", environ={}, folder=tmp_path, today=lambda: TODAY)


def sheet(workspace: Workspace, *keys: str, where: str = "") -> Sheet:
    comparison = workspace.compare(
        PRESENT, where=Query.parse(where), sort=parse_sort(["expense_ratio"])
    )
    return sheet_of(comparison, keys)


def page(one: Sheet, manifest: str = "# manifest") -> Page:
    return Page(sheet_html(one, manifest=manifest))


def test_a_hostile_name_is_text_and_runs_nothing(workspace: Workspace) -> None:
    text = sheet_html(sheet(workspace, "name", "issuer"), manifest="<script>alert(2)</script>")
    read = Page(text)
    assert not {"script", "img", "iframe", "object", "link"} & {tag for tag, _ in read.elements}
    assert not [name for _, one in read.elements for name in one if name.startswith("on")]
    assert read.rows[1][2] == "</td><script>alert(1)</script><img src=x onerror='alert(1)'>"
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_the_policy_lets_a_browser_load_nothing(workspace: Workspace) -> None:
    read = page(sheet(workspace))
    (policy,) = (one for one in read.named("meta") if "http-equiv" in one)
    assert policy == {"http-equiv": "Content-Security-Policy", "content": POLICY}
    assert POLICY.startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert not re.search(r"(?i)url\(|@import|src=", sheet_html(sheet(workspace), manifest=""))


def test_t26_only_addresses_of_the_web_become_links(workspace: Workspace) -> None:
    read = page(sheet(workspace, "expense_ratio"))
    assert read.named("a") == [
        {"href": 'https://good.example/?a=1&b="2"', "rel": "noopener noreferrer"}
    ]
    assert "Page <1>" in read.text
    assert "Trap (unverified)" in read.text


@pytest.mark.parametrize(
    "address",
    [
        *("javascript:1", " JaVaScRiPt:1", "data:text/html,x", "file:///x", ""),
        *("//x.example", "https://", "http:x", "\thttps://x.example", "https://x.example/\u202e"),
    ],
)
def test_t26_what_is_no_address_of_the_web_stays_text(address: str) -> None:
    assert link("words", address) == "words"
    assert link("words", "HTTP://x.example").startswith("<a ")


@given(st.text())
def test_any_words_come_back_from_an_attribute_and_a_cell(words: str) -> None:
    read = Page(f'<table><tr><td title="{text_of(words)}">{text_of(words)}</td></tr></table>')
    assert len(read.elements) == 3
    assert read.named("td")[0]["title"] == read.rows[0][0]


def test_the_rows_are_those_of_the_sheet_in_its_units(workspace: Workspace) -> None:
    read = page(sheet(workspace, "asset", "expense_ratio", "over_cash"))
    assert read.rows == [
        ["#", "Ticker", "Asset", "Stated fee▲", "Vs cash"],
        ["1", "EVIL", "BTC", "0.25%", "−325bp"],
        ["2", "OTHER", "BTC", "1.00%~!", "−400bp~!"],
        ["", "NONE", "BTC", "?", "?"],
    ]


def test_headings_and_glossary_say_what_figures_mean(workspace: Workspace) -> None:
    read = page(sheet(workspace, "expense_ratio"))
    titles = [one.get("title") for one in read.named("th")]
    meaning = FIGURES["expense_ratio"].meaning
    assert f"Expense ratio: {meaning}" in titles
    assert read.text.count(meaning) == 1


def test_caption_legend_scenario_and_manifest_are_there(workspace: Workspace) -> None:
    read = page(sheet(workspace, "expense_ratio", where="btc"), manifest="# the manifest")
    for told in (
        "Filter: btc. Sorted by expense ratio, lowest first.",
        "~ estimated",
        "! stale or undated",
        "? unknown",
        "3 of 3 products · as of 2026-11-22 · cash 3.00% · held 1y",
        "# the manifest",
    ):
        assert told in read.text.replace("\u2002", " ")
    assert "does not apply" not in read.text
    assert "Rates\ncommon" in read.text or "Ratescommon" in read.text


def test_pinned_scenarios_are_in_the_table_and_among_the_assumptions(workspace: Workspace) -> None:
    other = Table(workspace.catalogue, replace(PRESENT, cash=0.05))
    comparison = workspace.compare(PRESENT, sort=parse_sort(["over_cash"]))
    read = page(sheet_of(comparison, ["over_cash"], [Pin("A", other)]))
    assert read.rows[0][2:] == ["Vs cash▼", "Vs cash A", "now−A"]
    assert read.rows[1][2:] == ["−325bp", "−525bp", "+200bp"]
    assert "Scenario A" in read.text
    assert "cash 5%" in read.text


def test_no_match_is_said_in_the_table(workspace: Workspace) -> None:
    read = page(sheet(workspace, "expense_ratio", where="asset:none"))
    assert read.rows[1] == ["No product matches the filter."]
