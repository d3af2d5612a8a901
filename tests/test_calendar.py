"""What the calendar brings: waivers that end, tiers that fill, figures that go stale."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from rich.cells import cell_len

from conftest import TODAY
from etfcompare.catalogue.document import Document
from etfcompare.catalogue.reader import read
from etfcompare.engine.calendar import Event, EventKind, events
from etfcompare.engine.figures import Table
from etfcompare.engine.marks import Mark
from etfcompare.engine.scenario import Scenario
from etfcompare.engine.staleness import stale_already
from etfcompare.tui.calendar_page import calendar_page
from strategies import random_catalogue, random_scenario

SCENARIO = Scenario(as_of=TODAY)
HEAD = """\
limits: {fee: 400d, staking: 60d, market: 45d}
cash: {yield: 3.60%, as_of: 2026-11-20, source: desk}
assets:
  SOL:
    staking: {rate: 6.00%, as_of: 2026-11-20, source: desk}
    risk: {volatility: 80%, as_of: 2026-11-20, source: desk}
sources: {desk: {title: Desk}, page: {title: Page}}
products:
"""
WAIVED = """\
  - ticker: WAIVED
    asset: SOL
    fee: {rate: 0.50%, waiver: {rate: 0.10%, until: 2027-03-01}, as_of: 2026-11-20, source: page}
    staking:
      staked: 100%
      cut: 10%
      waiver: {cut: 0%, until: 2027-06-01}
      as_of: 2026-11-20
      source: page
"""
SIZED = """\
  - ticker: SIZED
    asset: SOL
    fee:
      rate: 0.50%
      waiver: {rate: 0%, first: $1B, mode: MODE}
      as_of: 2026-11-20
      source: page
    market: {aum: AUM, as_of: 2026-11-20, source: page}
    flows: {4w: FLOW, as_of: 2026-11-20, source: page}
"""


def happening(text: str, scenario: Scenario = SCENARIO) -> tuple[Event, ...]:
    document = Document.parse((HEAD + text).encode())
    return events(Table(read(document, today=TODAY).catalogue, scenario), document)


def sized(aum: str, flow: str = "28M", mode: str = "tier") -> str:
    return SIZED.replace("AUM", aum).replace("FLOW", flow).replace("MODE", mode)


def of(kind: EventKind, found: tuple[Event, ...]) -> list[Event]:
    return [one for one in found if one.kind is kind]


# Waivers


def test_a_waiver_that_ends_tells_the_net_yield_of_the_day_before_and_of_the_day() -> None:
    fee, staking = of(EventKind.WAIVER, happening(WAIVED))
    assert (fee.day, staking.day) == (date(2027, 3, 1), date(2027, 6, 1))
    assert fee.before == pytest.approx(0.06 - 0.001)
    assert fee.after == pytest.approx(0.06 - 0.005)
    assert fee.change == pytest.approx(-0.004)
    assert fee.effect == "fee 0.10% → 0.50%"
    assert staking.before == fee.after
    assert staking.after == pytest.approx(0.054 - 0.005)
    assert staking.effect == "cut of rewards 0.00% → 10.00%"
    lines = (HEAD + WAIVED).splitlines()
    assert "2027-03-01" in lines[fee.line - 1]
    assert "2027-06-01" in lines[staking.line - 1]


def test_two_waivers_of_a_fund_that_end_together_are_one_event() -> None:
    (both,) = of(EventKind.WAIVER, happening(WAIVED.replace("2027-06-01", "2027-03-01")))
    assert both.what == "fee and staking waivers end"
    assert both.change == pytest.approx(-0.004 - 0.006)


@pytest.mark.parametrize(("horizon", "found"), [(98, 0), (99, 1), (191, 2)])
def test_only_what_lies_within_the_horizon_is_told(horizon: int, found: int) -> None:
    scenario = replace(SCENARIO, horizon=horizon)
    assert len(of(EventKind.WAIVER, happening(WAIVED, scenario))) == found


def test_a_waiver_that_ends_on_the_day_itself_is_over() -> None:
    scenario = replace(SCENARIO, as_of=date(2027, 6, 1))
    assert of(EventKind.WAIVER, happening(WAIVED, scenario)) == []


def test_a_scenario_without_waivers_has_none_that_end_or_fill() -> None:
    found = happening(WAIVED + sized("$900M"), replace(SCENARIO, waivers=False))
    assert {one.kind for one in found} == {EventKind.STALE}


def test_closed_products_are_left_out() -> None:
    found = happening(WAIVED.replace("asset: SOL", "asset: SOL\n    status: closed"))
    assert found == ()


# Tiers


def test_a_tier_fills_on_the_day_that_flows_reach_it() -> None:
    (tier,) = of(EventKind.TIER, happening(sized("$900M")))  # a million a day
    assert tier.day == TODAY + timedelta(days=100)
    assert tier.is_estimate
    assert tier.before == 0
    assert tier.after == pytest.approx(-0.005 * 0.1 / 1.1)


def test_past_a_cliff_everyone_pays_the_full_fee() -> None:
    (tier,) = of(EventKind.TIER, happening(sized("$900M", mode="cliff")))
    assert (tier.before, tier.after) == (0, -0.005)


@pytest.mark.parametrize(
    ("aum", "flow"),
    [
        ("$1.2B", "28M"),  # past it already
        ("$700M", "-28M"),  # shrinking
        ("$700M", "7M"),  # a quarter of a million a day: more than a year
    ],
)
def test_a_tier_that_is_out_of_reach_is_no_event(aum: str, flow: str) -> None:
    assert of(EventKind.TIER, happening(sized(aum, flow))) == []


@pytest.mark.parametrize(
    ("flow", "reason"),
    [("-28M", "no inflow"), ("1M", "not reached in time at the pace of flows")],
)
def test_a_nearly_full_tier_without_a_date_stands_on_the_day_of_the_scenario(
    flow: str, reason: str
) -> None:
    (tier,) = of(EventKind.TIER, happening(sized("$850M", flow)))
    assert (tier.day, tier.is_estimate) == (TODAY, True)
    assert tier.what == f"85% of the $1.00B under the waiver used, {reason}"


def test_a_tier_does_not_fill_after_its_waiver_has_ended() -> None:
    text = sized("$700M", "56M")  # 150 days
    ends = text.replace("first: $1B", "first: $1B, until: 2027-02-01")
    assert of(EventKind.TIER, happening(text)) != []
    assert of(EventKind.TIER, happening(ends)) == []


# Staleness


def test_figures_go_stale_together_by_day_block_and_source() -> None:
    text = WAIVED + WAIVED.replace("WAIVED", "SECOND")
    found = of(EventKind.STALE, happening(text, replace(SCENARIO, horizon=90)))
    told = [(one.day, one.tickers, one.what) for one in found]
    assert told == [
        (date(2027, 1, 5), ("cash",), "cash figures of desk go stale"),
        (date(2027, 1, 20), ("SOL",), "staking figures of desk go stale"),
        (date(2027, 1, 20), ("WAIVED", "SECOND"), "staking figures of page go stale"),
        (date(2027, 2, 19), ("SOL",), "risk figures of desk go stale"),
    ]
    assert [one.effect for one in found[1:3]] == [
        "marks net yield of 2 products",
        "marks net yield of 2 products",
    ]
    assert found[3].effect == "marks volatility of 2 products"


def test_a_reward_rate_that_the_scenario_replaces_does_not_go_stale() -> None:
    found = happening(WAIVED, replace(SCENARIO, rewards={"SOL": 0.04}))
    assert ("SOL", "staking") not in {(one.tickers[0], one.what.split()[0]) for one in found}


def test_stale_figures_are_counted_and_are_no_events() -> None:
    text = WAIVED.replace("as_of: 2026-11-20, source: page", "as_of: 2025-01-01, source: page")
    document = Document.parse((HEAD + text).encode())
    table = Table(read(document, today=TODAY).catalogue, SCENARIO)
    assert stale_already(table) == 2  # the fee and its waiver
    assert not any("fee figures" in one.what for one in events(table, document))


@pytest.mark.parametrize("seed", range(10))
def test_a_figure_is_marked_stale_from_the_day_told_and_not_before(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - examples, not secrets
    catalogue = random_catalogue(random, size=20)
    plain = Scenario(as_of=TODAY, waivers=False, assumptions=False)
    scenario = replace(plain, rates=random_scenario(random).rates)
    table, document = Table(catalogue, scenario), Document.parse(b"products: []\n")
    told = [one for one in events(table, document) if one.effect.startswith("marks net yield")]
    assert told
    for event in told:
        eve, day = (
            Table(catalogue, replace(scenario, as_of=one))
            for one in (event.day - timedelta(days=1), event.day)
        )
        assert stale_yields(eve) < stale_yields(day)


def stale_yields(table: Table) -> set[str]:
    """The products whose net yield is marked stale."""
    return {
        product.ticker
        for row, product in enumerate(table.products)
        if product.status != "closed" and table.marks(row, "net_yield") & Mark.STALE
    }


# All of them


@pytest.mark.parametrize("seed", range(20))
def test_events_are_ordered_and_lie_within_the_horizon(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - examples, not secrets
    scenario = random_scenario(random)
    table = Table(random_catalogue(random, size=50), scenario)
    found = events(table, Document.parse(b"products: []\n"))
    assert [one.day for one in found] == sorted(one.day for one in found)
    for one in found:
        days = (one.day - scenario.as_of).days
        assert 0 < days <= scenario.horizon or (one.kind is EventKind.TIER and days == 0)
        assert one.tickers


# The page


@pytest.mark.parametrize("width", [2, 5, 29, 60, 100])
def test_no_line_of_the_page_is_wider_than_the_page(width: int) -> None:
    text = (WAIVED + sized("$900M")).replace("SIZED", "株式会社" * 9)
    for found in (happening(text), ()):
        page = calendar_page(found, SCENARIO, width).plain
        assert all(cell_len(line) <= width for line in page.split("\n"))


def test_the_page_tells_the_change_in_money_too() -> None:
    page = calendar_page(happening(WAIVED), SCENARIO, 100).plain
    assert "net yield 5.90% → 5.50%  −40bp, −$400 a year on $100K" in page


def test_hostile_tickers_and_sources_are_shown_as_they_are() -> None:
    text = HEAD.replace("page:", '"[b]\\e":') + WAIVED.replace("source: page", 'source: "[b]\\e"')
    text = text.replace("ticker: WAIVED", 'ticker: "[red]x\\u202e"')
    document = Document.parse(text.encode())
    found = events(Table(read(document, today=TODAY).catalogue, SCENARIO), document)
    page = calendar_page(found, SCENARIO, 100).plain
    assert "[red]x\\u202e" in page
    assert "[b]\\x1b" in page
    assert "\x1b" not in page
    assert "\u202e" not in page
