"""What the reader makes of a document: one pass, every problem, and no figure that is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import TODAY
from etfcompare.catalogue import schema
from etfcompare.catalogue.blocks import PROVENANCE
from etfcompare.catalogue.document import Document
from etfcompare.catalogue.fields import Block, Inner
from etfcompare.catalogue.problem import Severity
from etfcompare.catalogue.reader import TOP, Read, read
from etfcompare.catalogue.schema import DEFAULT_LIMITS, Product, Stated
from etfcompare.visible import visible

HEAD = """\
assets: {BTC: {name: Bitcoin}, ETH: {}, SOL: {}}
sources: {page: {title: The page of the issuer}}
"""
DATED = "as_of: 2026-08-10, source: page"

Tree: TypeAlias = "str | list[Tree] | dict[str, Tree]"


def taken(text: str) -> Read:
    return read(Document.parse(text.encode()), today=TODAY)


def with_products(*products: str) -> Read:
    return taken(f"{HEAD}products:\n" + "".join(f"  - {one}\n" for one in products))


def only(block: str) -> Read:
    """One product with the block given."""
    return with_products(f"{{ticker: A, asset: SOL, {block}}}")


def product(result: Read) -> Product:
    (one,) = result.catalogue.products
    return one


def said(result: Read) -> list[str]:
    return [str(problem) for problem in result.problems]


def message(result: Read) -> str:
    """The only problem without its place."""
    (problem,) = result.problems
    return str(problem).partition(": ")[2]


TEN_FAULTS = """\
schema: 2
assets:
  BTC: {nam: Bitcoin}
  ETH: {staking: {rate: 2.9, as_of: 2026-08-10, source: page}}
sources: {page: {title: The page, url: page.example, grade: isuer}}
products:
  - ticker: ONE
    asset: BTC
    fee: {rate: 0.20, as_of: 2026-08-10, source: page}
    market: {aum: 459M CAD, as_of: 2026-13-01, source: page}
  - ticker: TWO
    asset: ETHH
    flows:
      1w: 1,000
      as_of: 2026-08-10
      source: pge
"""


def test_ten_faults_are_all_named_at_their_places_in_the_order_of_the_file() -> None:
    result = taken(TEN_FAULTS)
    assert said(result) == [
        '1:9: error: schema: "2" is not a version that this program reads; write schema: 1',
        "3:9: warning: assets.BTC.nam: is not a known key; did you mean name?",
        '4:25: error: assets.ETH.staking.rate: "2.9" has no unit; write 2.9% or 290bp',
        '5:40: warning: sources.page.url: "page.example" is not a web address; write https://…',
        (
            '5:61: error: sources.page.grade: "isuer" is not one of filing, issuer, capture, '
            "press, unverified; did you mean issuer?"
        ),
        '9:17: error: products[ONE].fee.rate: "0.20" has no unit; write 0.20% or 20bp',
        (
            "10:19: warning: products[ONE].market.aum: is in CAD, which has no rate under fx, so "
            "it counts as unknown; add CAD under fx"
        ),
        (
            '10:36: error: products[ONE].market.as_of: "2026-13-01" is not in the calendar; '
            "write 2026-08-20, 2026-08 or 2026"
        ),
        '12:12: error: products[TWO].asset: asset "ETHH" is not under assets; did you mean ETH?',
        '14:11: error: products[TWO].flows.1w: "1,000" has a separator; use a point, no separators',
        (
            '16:15: error: products[TWO].flows.source: source "pge" is not under sources; '
            "did you mean page?"
        ),
    ]


def test_what_is_not_at_fault_is_used() -> None:
    catalogue = taken(TEN_FAULTS).catalogue
    (one,) = catalogue.products
    assert (one.ticker, one.fee, one.market) == ("ONE", None, None)
    assert catalogue.assets["ETH"].staking is None
    assert catalogue.sources["page"].title == "The page"
    assert catalogue.sources["page"].grade is None


@pytest.mark.parametrize(
    "bad",
    [
        "~",
        "text",
        "[1, 2]",
        "{}",
        "{ticker: [A], asset: BTC}",
        "{asset: BTC}",
        "{ticker: X}",
        "{ticker: X, asset: DOGE}",
        "{ticker: X, asset: {}}",
        "{ticker: X, asset: BTC, fee: 1, market: [], listing: x, staking: 5, flows: {1w: []}}",
    ],
)
def test_one_bad_product_never_hides_the_others(bad: str) -> None:
    good = "{{ticker: {}, asset: BTC, name: Fund, fee: {{rate: 0.2%, " + DATED + "}}}}"
    result = with_products(good.format("A"), bad, good.format("B"))
    found = {one.ticker: one for one in result.catalogue.products}
    assert found["A"].fee is not None
    assert found["B"].fee is not None
    assert found.keys() <= {"A", "B", "X"}
    assert result.stated == 3
    assert any(one.severity is Severity.ERROR and one.line == 5 for one in result.problems)


@pytest.mark.parametrize(
    "waiver",
    [
        "{rate: 0, until: 2027-01-01}",
        "{rate: 0%, until: 2027}",
        "{rate: 0%, first: 1B CAD}",
        "{rate: 0%, first: $1B, mode: tire}",
        "{until: 2027-01-01}",
        "0%",
        "{rate: 0%, until: 2027-01-01, source: nobody}",
    ],
)
def test_an_error_in_a_waiver_costs_the_fee(waiver: str) -> None:
    result = only(f"fee: {{rate: 0.2%, waiver: {waiver}, {DATED}}}")
    assert product(result).fee is None
    (problem,) = result.problems
    assert problem.severity is Severity.ERROR
    assert problem.path.startswith("products[A].fee.waiver")


def test_an_error_in_what_is_published_costs_nothing_else() -> None:
    result = only(f"staking: {{cut: 6%, published: {{rate: 5}}, {DATED}}}")
    staking = product(result).staking
    assert staking is not None
    assert staking.cut is not None
    assert staking.published is None
    assert result.problems[0].path == "products[A].staking.published.rate"


@pytest.mark.parametrize(
    ("block", "stakes"),
    [
        ("{cut: 6}", True),
        ("{status: none, as_of: never}", False),
        ("{status: nope}", True),
        ("", True),
        ("yes, they do", True),
        ("{}", True),
        ("{status: pending}", False),
    ],
)
def test_a_fund_whose_staking_cannot_be_read_is_not_said_to_earn_nothing(
    block: str,
    stakes: bool,  # noqa: FBT001 - a column of the table above
) -> None:
    one = product(with_products(f"ticker: A\n    asset: SOL\n    staking: {block}"))
    assert one.stakes is stakes
    assert one.staking is not None
    assert one.staking.cut is None


def test_a_fault_in_words_costs_those_words_only() -> None:
    one = product(only("status: close, name: Fund, listing: {country: usa, exchange: Nasdaq}"))
    assert (one.name, one.status) == ("Fund", None)
    assert one.listing is not None
    assert (one.listing.exchange, one.listing.country) == ("Nasdaq", None)


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ("fee: {rate: 0.0025%, D}", '"0.0025%" a year is a very low fee; did you mean 0.25%?'),
        ("fee: {rate: 25%, D}", '"25%" a year is a very high fee; did you mean 0.25%?'),
        ("fee: {rate: 101%, D}", 'error: products[A].fee.rate: "101%" is not between 0% and 100%'),
        ("fee: 0.25%", '"0.25%" is where a block of `key: value` lines belongs'),
        ("fee: [1]", "is a list where a block of `key: value` lines belongs"),
        ("fee: {rate: [1], D}", "fee.rate: is a block where a figure belongs"),
        ("fee: {rate: {as_of: 2026}, D}", "has no value; write {value: …, as_of: …, source: …}"),
        ("fee: {rate: {valu: 1%, value: 1%}, D}", "is not a known key; did you mean value?"),
        ("fee: {rate: 1%, as_of: 2027, source: page}", '"2027" lies in the future; write the day'),
        ("fee: {rate: 1%, as_of: [1], source: page}", "is a block where a date belongs"),
        ("market: {spread: -1bp, D}", '"-1bp" is not between 0% and 100%'),
        ("market: {spread: 6%, D}", '"6%" is a very wide spread'),
        ("market: {aum: -1M, D}", 'error: products[A].market.aum: "-1M" is below zero'),
        ("market: {premium: 6%, D}", '"6%" is far from net asset value; are price and value'),
        ("market: {aum: $1B, as_of: 2026}", "has no source; add source: and a name under sources"),
        ("staking: {cut: 41%, D}", '"41%" is a very large share of rewards'),
        ("staking: {charge: 3%, D}", '"3%" a year is a very high charge on staked coins'),
        ("staking: {rate: 16%, basis: flat, D}", "is outside what coins have paid, 0.5% to 15%"),
        ("staking: {rate: -1%, D}", 'error: products[A].staking.rate: "-1%" is not between 0%'),
        ("staking: {rate: 3.9%, D}", "outside the usual band of SOL; 4.0% to 9.0% a year is usual"),
        ("staking: {cut: 1%, waiver: {until: 2027-01-01}, D}", "has neither cut nor charge"),
        ("staking: {cut: 1%, waiver: {cut: 0%}, D}", "has no last day; add until:"),
        ("fee: {rate: 1%, waiver: {rate: 0%, first: 1B}, D}", "so it counts as a tier; add mode"),
        (
            "listing: {since: 2008-12-31}",
            'error: products[A].listing.since: "2008-12-31" is before',
        ),
        ("listing: {since: 2026-09}, flows: {1w: 1M, D}", "before the listing on 2026-09; which"),
        ("listing: {isin: US0378331006}", '"US0378331006" has a wrong check digit; copy'),
        ("listing: {isin: '0378331005'}", '"0378331005" is not an ISIN; write its twelve'),
        ("listing: {country: UK.}", '"UK." is not a country; write two capital letters'),
        ("listing: {country: NO}", "other YAML readers take NO for true or false; quote it"),
        ("status: halted", '"halted" is not one of trading, closed, pending'),
        ("code: X", "products[A].code: is not a known key"),
        ("start: 5", "products[A].start: is not a known key; did you mean status?"),
        ("name: [x]", "products[A].name: is a block where one line of text belongs"),
    ],
)
def test_each_rule_of_a_product_says_one_good_sentence(block: str, expected: str) -> None:
    assert expected in message(only(re.sub(r"\bD\b", DATED, block)))


@pytest.mark.parametrize(
    "block",
    [
        f"fee: {{rate: 0%, {DATED}}}",
        f"market: {{aum: 0, spread: 0%, premium: -5%, {DATED}}}",
        f"staking: {{cut: 0%, charge: 0%, rate: 6%, {DATED}}}",
        f"staking: {{rate: 12%, basis: flat, {DATED}}}",
        "listing: {since: 2026-08-20}, flows: {1w: -1M, as_of: 2026-08, source: page}",
        "listing: {isin: US0378331005, country: CH}",
        "staking: {status: none}",
        "staking: {}",
        "fee: , market: ~, listing: , name: null",
    ],
)
def test_what_is_in_order_is_not_doubted(block: str) -> None:
    assert said(only(block)) == []


@pytest.mark.parametrize(
    ("top", "expected"),
    [
        ("fx: {CAD: 0}", 'fx.CAD: "0" is not above zero'),
        ("fx: {CAD: 71%}", 'error: fx.CAD: "71%" is not a plain number'),
        ("fx: {cad: 0.71}", 'fx.cad: "cad" is not a currency; write it as EUR'),
        ("fx: {USD: 2}", 'fx.USD: "2" is not 1, always'),
        ("fx: {CAD: 0.71, as_of: 2027}", 'fx.as_of: "2027" lies in the future'),
        ("fx: 0.71", 'fx: "0.71" is where a block of `key: value` lines belongs'),
        ("asumme: {}", "asumme: is not a known key; did you mean assume?"),
        ("limits: {fee: 0d}", 'limits.fee: "0d" is out of range'),
        ("assume: {staked: 95}", 'assume.staked: "95" has no unit; write 95%'),
        ("cash: {yield: 3.6%, source: page}", "cash: has no date; add as_of:"),
        ("views: {name: x}", "views: is not a list; begin each item with `- `"),
        ("views: [{columns: aum}]", "views[0].columns: is not a list"),
        ("history: {flow: x.csv}", "history.flow: is not a known key; did you mean flows?"),
        ("schema: {}", "schema: a block is not a version that this program reads"),
    ],
)
def test_each_rule_of_the_whole_file_says_one_good_sentence(top: str, expected: str) -> None:
    assert expected in message(taken(f"{HEAD}{top}\nproducts: []\n"))


HELD = "{ticker: A, value: $52K, cost: $60K, bought: 2025-01-10}"


def holding(lots: str, head: str = "as_of: 2026-11-20") -> Read:
    """A file of one product, and lots of it."""
    fund = "{ticker: A, asset: BTC}"
    return taken(f"{HEAD}products: [{fund}]\nholdings: {{{head}, lots: [{lots}]}}\n")


def test_holdings_are_read_lot_by_lot_with_their_date_and_place() -> None:
    other = "{ticker: a, value: 1K, account: sheltered}"
    result = holding(f"{HELD}, {other}", "cash: $50K, as_of: 2026-11-20")
    assert said(result) == []
    holdings = result.catalogue.holdings
    assert holdings is not None
    assert holdings.cash is not None
    assert holdings.cash.value == 50_000
    first, second = holdings.lots
    assert first.value is not None
    assert (first.value.value, first.value.path) == (52_000, "holdings.lots[A].value")
    assert first.value.as_of is not None
    assert first.value.as_of.text == "2026-11-20"
    assert (first.is_sheltered, second.is_sheltered) == (False, True)
    assert second.ticker == "A"


@pytest.mark.parametrize(
    ("lot", "expected"),
    [
        ("{ticker: AA, value: 1K, account: sheltered}", '"AA" is not a ticker under products; did'),
        ("{ticker: A, value: -1K, account: sheltered}", 'lots[A].value: "-1K" is below zero'),
        ("{ticker: A, value: 1K CAD, account: sheltered}", "has no rate under fx; add CAD"),
        ("{ticker: A, cost: 1K}", "holdings.lots[A]: has no value; add value:"),
        ("{value: 1K}", "holdings.lots[1].ticker: the ticker is missing; name it"),
        ("{ticker: [A], value: 1K}", "lots[1].ticker: is a block where one line of text belongs"),
        ("{ticker: A, value: 1K, cost: 1, bought: 2027-01-01}", '"2027-01-01" lies in the future'),
        ("{ticker: A, value: 1K, cost: 1, bought: 2025}", '"2025" is not a date; write a day'),
        ("{ticker: A, value: 1K, account: shelter}", "taxable, sheltered; did you mean sheltered?"),
        ("3", 'holdings.lots[1]: "3" is where a block of `key: value` lines belongs'),
        ("~", "holdings.lots[1]: is empty; remove the dash"),
    ],
)
def test_an_error_in_a_lot_is_named_and_costs_no_other(lot: str, expected: str) -> None:
    result = holding(f"{HELD}, {lot}, {HELD}")
    assert expected in message(result)
    assert result.problems[0].severity is Severity.ERROR
    holdings = result.catalogue.holdings
    assert holdings is not None
    assert len(holdings.lots) == 2


@pytest.mark.parametrize(
    ("lot", "expected"),
    [
        ("{ticker: A, value: 1K, bought: 2025-01-10}", "has no cost, so the tax of a sale is un"),
        ("{ticker: A, value: 1K, cost: 1K}", "has no bought, so the tax of a sale is unknown; add"),
        ("{ticker: A, value: 1K}", "has no cost and no bought, so the tax of a sale is unknown"),
        ("{ticker: A, valu: 3, value: 1K, account: sheltered}", "lots[A].valu: is not a known key"),
    ],
)
def test_what_a_lot_leaves_out_is_doubted_and_the_lot_used(lot: str, expected: str) -> None:
    result = holding(lot)
    assert expected in message(result)
    assert result.problems[0].severity is Severity.WARNING
    assert result.catalogue.holdings is not None
    assert len(result.catalogue.holdings.lots) == 1


def test_holdings_need_a_date_and_no_source() -> None:
    assert message(holding(HELD, "cash: 0")).endswith("has no date; add as_of: under holdings")
    assert said(holding(HELD)) == []


@pytest.mark.parametrize("head", ["cash: -1", "cash: 5%", "as_of: 2027-01-01"])
def test_without_their_total_holdings_are_unknown_not_wrong(head: str) -> None:
    result = holding(HELD, head)
    assert result.catalogue.holdings is None
    assert any(one.path.startswith("holdings.") for one in result.problems)


def test_a_lot_of_a_product_that_is_at_fault_is_not_at_fault_too() -> None:
    lot = "{ticker: X, value: 1K, account: sheltered}"
    result = taken(
        f"{HEAD}products: [{{ticker: X, asset: DOGE}}]\n"
        f"holdings: {{as_of: 2026-11-20, lots: [{lot}]}}\n"
    )
    assert "products[X].asset" in message(result)
    assert result.catalogue.holdings is not None
    assert result.catalogue.holdings.lots[0].ticker == "X"


@pytest.mark.parametrize(
    ("asset", "expected"),
    [
        ("risk: {volatility: -1%, D}", '"-1%" is below zero'),
        ("risk: {max_drawdown: 50%, D}", '"50%" is not a fall'),
        ("risk: {correlation: {BTC: 1.1}, D}", '"1.1" is not between -1 and 1'),
        ("risk: {correlation: {DOGE: 0.1}, D}", 'asset "DOGE" is not under assets'),
        ("staking: {rate: 1%, D}", '"1%" is outside the usual band of ETH; 1.5% to 5.0% a year'),
        ("staking: {rate: 3%, periods: 0, D}", '"0" is not a count'),
        ("code: X", "assets.ETH.code: is not a known key"),
    ],
)
def test_each_rule_of_an_asset_says_one_good_sentence(asset: str, expected: str) -> None:
    block = re.sub(r"\bD\b", DATED, asset)
    assert expected in message(
        taken(f"assets: {{BTC: {{}}, ETH: {{{block}}}}}\nsources: {{page: {{}}}}\nproducts: []\n")
    )


def test_a_fee_of_zero_is_doubted_only_where_nothing_vouches_for_it() -> None:
    assert (
        "4:41: warning: products[A].fee.rate: is zero without a waiver; "
        "add the waiver and the full fee, or the source"
    ) in said(only("fee: {rate: 0%, as_of: 2026}"))
    assert said(only(f"fee: {{rate: 0%, {DATED}}}")) == []


def test_money_is_in_dollars_and_keeps_its_words() -> None:
    result = taken(
        f"{HEAD}fx: {{CAD: 0.5, {DATED}}}\n"
        f"products: [{{ticker: A, asset: BTC, market: {{aum: 400M CAD, {DATED}}}}}]\n"
    )
    market = product(result).market
    assert market is not None
    assert market.aum is not None
    assert (market.aum.value, market.aum.text) == (2e8, "400M CAD")


def test_a_size_is_doubted_in_dollars() -> None:
    result = taken(
        f"{HEAD}fx: {{JPY: 0.007, {DATED}}}\n"
        f"products: [{{ticker: A, asset: BTC, market: {{aum: ¥2T, {DATED}}}}}]\n"
    )
    assert said(result) == []


def test_a_figure_may_have_a_date_and_a_source_of_its_own() -> None:
    one = product(only(f"market: {{aum: $1B, spread: {{value: 5bp, as_of: 2026-09}}, {DATED}}}"))
    assert one.market is not None
    assert one.market.aum is not None
    assert one.market.spread is not None
    assert one.market.aum.as_of is not None
    assert one.market.spread.as_of is not None
    assert (one.market.aum.as_of.text, one.market.spread.as_of.text) == ("2026-08-10", "2026-09")
    assert one.market.spread.source == "page"
    assert one.market.spread.path == "products[A].market.spread"


def test_quotes_do_not_change_a_figure_though_they_still_a_doubt() -> None:
    first, second = with_products(
        "{ticker: '1e3', asset: BTC, name: '0.10'}", '{ticker: "0.10", asset: BTC, name: 0.10}'
    ).catalogue.products
    assert first.name == second.name == second.ticker == "0.10"
    plain = with_products(
        "{ticker: A, asset: BTC, name: 0.10}", "{ticker: B, asset: BTC, name: '0.10'}"
    )
    assert [one.path for one in plain.problems] == ["products[A].name"]


def test_limits_are_days_and_silence_is_the_default() -> None:
    limits = taken("limits: {fee: 1y, market: 2w}").catalogue.limits
    assert limits == DEFAULT_LIMITS | {"fee": 365, "market": 14}


def test_views_keep_their_order_and_columns() -> None:
    views = taken(
        "views: [{name: B, columns: [ticker, aum]}, {name: A, sort: -aum}]"
    ).catalogue.views
    assert [(one.name, one.sort, one.columns) for one in views] == [
        ("B", None, ("ticker", "aum")),
        ("A", "-aum", ()),
    ]


@pytest.mark.parametrize("text", ["products:\n", "products: []\n"])
def test_an_empty_list_is_an_empty_catalogue(text: str) -> None:
    result = taken(text)
    assert (result.catalogue.products, result.problems, result.stated) == ((), (), 0)


@pytest.mark.parametrize("text", ["", "# only a comment\n", "---\n", "~\n", "\nschema: 1\n"])
def test_a_file_without_products_is_doubted_on_its_first_line(text: str) -> None:
    result = taken(text)
    assert (result.catalogue.products, result.stated) == ((), 0)
    assert said(result) == ["1:1: warning: lists no products; add `products:`"]


def test_another_kind_of_file_is_one_error() -> None:
    assert message(taken("- a\n- b\n")).startswith("error: the file is not a catalogue")


def test_every_place_points_at_the_value(catalogue_path: Path) -> None:
    document = Document.parse(catalogue_path.read_bytes())
    result = read(document, today=TODAY)
    assert [one for one in result.problems if one.severity is Severity.ERROR] == []
    figures = [one for each in result.catalogue.products for one in _figures(each)]
    assert len(figures) > 100
    for figure in figures:
        assert document.text.startswith(
            (figure.text, f"'{figure.text}", f'"{figure.text}'), figure.start
        )
    for each in result.catalogue.products:
        assert document.text.startswith("ticker:", each.start)


# Properties

CLASSES = (
    *(schema.Cash, schema.Asset, schema.Assume, schema.Limits, schema.Source, schema.Product),
    *(schema.Holdings, schema.Lot),
)
KEYS = sorted(
    {key for kind in CLASSES for key in kind.members}
    | {
        key
        for kind in CLASSES
        for _, member in kind.members.values()
        if isinstance(member, Inner)
        for key in member.kind.members
    }
    | {"value", "BTC", "page", "CAD", *TOP, *PROVENANCE}
)
HOSTILE = (
    "\x1b]52;c;aGk=\x07",
    "[red]x[/red][@click=app.quit]",
    "\u202ekcab\u2066",
    "a\u200bb\u00ad",
    "\U000e0041",
    "e" + "\u0301" * 30,
    "x\ny",
    "é" * 500,
)
SCALARS = st.one_of(
    st.sampled_from(
        [
            *("", "~", "0.2%", "20bp", "0.2", "$1B", "4M CAD", "2026-08", "2030-01-01", "none"),
            *("page", "BTC", "90d", "0.71", "-5%", "1e400%", "trading", "US", "ON", "12:30"),
            *HOSTILE,
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
)
TREES: st.SearchStrategy[Tree] = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.one_of(st.sampled_from(KEYS), SCALARS.map(lambda text: text[:40]).filter(bool)),
            inner,
            max_size=6,
        ),
    ),
    max_leaves=40,
)
FILES = st.dictionaries(st.sampled_from(TOP), TREES, max_size=8)


def written(tree: Tree) -> str:
    """The tree as YAML on one line."""
    if isinstance(tree, list):
        return f"[{', '.join(map(written, tree))}]"
    if isinstance(tree, dict):
        inside = ", ".join(f"{_quoted(key)}: {written(value)}" for key, value in tree.items())
        return f"{{{inside}}}"
    return tree if re.fullmatch(r"[A-Za-z0-9$][A-Za-z0-9.%$-]*", tree) else _quoted(tree)


def _quoted(text: str) -> str:
    escaped = (
        one if one.isprintable() else f"\\U{ord(one):08x}"
        for one in text.replace("\\", "\\\\").replace('"', '\\"')
    )
    return f'"{"".join(escaped)}"'


def readable(tree: Tree) -> Document:
    return Document.parse(written(tree).encode())


@given(FILES)
def test_no_document_makes_the_reader_raise_or_show_hidden_text(file: dict[str, Tree]) -> None:
    for problem in read(readable(file), today=TODAY).problems:
        assert visible(str(problem)) == str(problem)


@given(TREES)
def test_not_even_one_that_is_no_catalogue(tree: Tree) -> None:
    read(readable(tree), today=TODAY)


@given(FILES)
def test_problems_come_in_the_order_of_the_file(file: dict[str, Tree]) -> None:
    places = [(one.line, one.column) for one in read(readable(file), today=TODAY).problems]
    assert places == sorted(places)


@given(st.lists(st.dictionaries(st.sampled_from(KEYS), TREES, max_size=3), min_size=2, max_size=4))
def test_the_order_of_products_does_not_change_what_is_read_of_each(
    blocks: list[dict[str, Tree]],
) -> None:
    products: list[Tree] = [
        {"ticker": f"T{place}", "asset": "BTC", **_without_names(block)}
        for place, block in enumerate(blocks)
    ]
    assert _by_ticker(products) == _by_ticker(products[::-1])


def _without_names(block: dict[str, Tree]) -> dict[str, Tree]:
    return {key: value for key, value in block.items() if key not in {"ticker", "asset"}}


def _by_ticker(products: list[Tree]) -> tuple[dict[str, object], list[tuple[str, str, str]]]:
    result = read(
        readable({"assets": {"BTC": {}}, "sources": {"page": {}}, "products": products}),
        today=TODAY,
    )
    return (
        {one.ticker: _without_places(one) for one in result.catalogue.products},
        sorted((one.path, one.message, one.hint) for one in result.problems),
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_in_any_field_never_appears_raw_in_a_message(text: str) -> None:
    product_of: dict[str, Tree] = {"ticker": text, "asset": text}
    for file in _with_everywhere(text):
        problems = read(readable(file), today=TODAY).problems
        assert problems
        for problem in problems:
            shown = str(problem)
            assert visible(shown) == shown
            assert "\n" not in shown
            assert len(problem.message) + len(problem.hint) < 400
    assert read(readable({"products": [product_of]}), today=TODAY).catalogue.products == ()


def _with_everywhere(text: str) -> Iterator[dict[str, Tree]]:
    """Files with the text as each value and as each key in turn."""
    sound: dict[str, Tree] = {"ticker": "A", "asset": "BTC"}
    top: dict[str, Tree] = {"assets": {"BTC": {}}, "sources": {"page": {}}}
    for key, (_, member) in Product.members.items():
        if isinstance(member, Inner):
            for inside in (*member.kind.members, *PROVENANCE):
                figure: Tree = {inside: text, "as_of": text} if inside == "isin" else {inside: text}
                if inside != "exchange" or not text.isprintable():
                    yield {**top, "products": [{**sound, key: figure}]}
            yield {**top, "products": [{**sound, key: {text[:200]: "1%"}}]}
            yield {**top, "products": [{**sound, key: text}]}
        elif key in {"asset", "status"}:
            yield {**top, "products": [{**sound, key: text}]}
    yield {**top, text[:200]: "x"}
    yield {"assets": {text[:200]: text}}
    yield {
        "sources": {text[:200]: text},
        "products": [{"ticker": "A", "asset": "B", "fee": {"source": text[:199]}}],
    }
    yield {"fx": {text[:200]: text}}
    yield {"schema": text}


def _without_places(value: object) -> object:
    """The value without where it stands."""
    if isinstance(value, Stated):
        return value._replace(start=0)
    if isinstance(value, Mapping):
        return {key: _without_places(inside) for key, inside in value.items()}
    if isinstance(value, Block):
        return {
            name: _without_places(inner) for name, inner in vars(value).items() if name != "start"
        }
    return value


def _figures(value: object) -> Iterator[Stated[object]]:
    if isinstance(value, Stated):
        yield value
    elif isinstance(value, Block):
        for one in vars(value).values():
            yield from _figures(one)
