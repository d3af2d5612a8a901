from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etfcompare.catalogue.schema import (
    Catalogue,
    Fee,
    Listing,
    Market,
    Product,
    Staking,
    Stated,
    Waiver,
)
from etfcompare.engine.figures import Table
from etfcompare.engine.marks import Mark
from etfcompare.engine.query import Query, QueryError
from etfcompare.engine.scenario import Scenario
from etfcompare.errors import UsageError
from etfcompare.units import as_of_of, date_of

TODAY = date_of("2026-09-01")


def stated(value: float) -> Stated[float]:
    return Stated(value, "", as_of_of("2026-08-31"), None, 0, "")


def waiver(until: str) -> Waiver:
    return Waiver(
        rate=stated(0.0), until=Stated(date_of(until), until, as_of_of("2026-08-31"), None, 0, "")
    )


CATALOGUE = Catalogue(
    products=(
        Product(
            ticker="NSOL",
            asset="SOL",
            start=0,
            name="North Fund Solana",
            issuer="North & Co",
            status="trading",
            listing=Listing(country="US", exchange="Cboe BZX"),
            fee=Fee(rate=stated(0.002), waiver=waiver("2026-12-01")),
            staking=Staking(cut=stated(0.06), staked=stated(0.96), rate=stated(0.0621)),
            market=Market(aum=stated(770e6)),
        ),
        Product(
            ticker="NBTC",
            asset="BTC",
            start=0,
            name="North Bitcoin Trust",
            issuer="North & Co",
            status="trading",
            listing=Listing(country="US"),
            fee=Fee(rate=stated(0.0025)),
            market=Market(aum=stated(100e6)),
        ),
        Product(
            ticker="STRASSE",
            asset="ETH",
            start=0,
            name="Straße Ether",
            issuer="Solano",
            status="trading",
            listing=Listing(country="CH"),
            fee=Fee(rate=stated(0.0149)),
        ),
        Product(ticker="BARE", asset="SOL", start=0),
        Product(
            ticker="OLD",
            asset="SOL",
            start=0,
            name="Old Solana",
            status="closed",
            fee=Fee(rate=stated(0.003)),
            market=Market(aum=stated(0.0)),
        ),
    )
)
TABLE = Table(CATALOGUE, Scenario(as_of=TODAY))


def chosen(text: str) -> str:
    rows = Query.parse(text).select(TABLE)
    return " ".join(TABLE.products[row].ticker for row in rows)


def fault(text: str) -> str:
    with pytest.raises(QueryError) as caught:
        Query.parse(text)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "tickers"),
    [
        ("", "NSOL NBTC STRASSE BARE"),
        ("   ", "NSOL NBTC STRASSE BARE"),
        # text
        ("sol", "NSOL STRASSE BARE"),
        ("SOL", "NSOL STRASSE BARE"),
        ("north trust", "NBTC"),
        ('"north fund"', "NSOL"),
        ("north fund", "NSOL"),
        ("strasse", "STRASSE"),
        ("STRAßE", "STRASSE"),
        ("&", "NSOL NBTC"),
        ('"net_yield>4%"', ""),
        ('"staked"', ""),
        # named
        ("asset:sol", "NSOL BARE"),
        ("asset:sol,eth", "NSOL STRASSE BARE"),
        ("Asset:SOL,", "NSOL BARE"),
        ("asset:so", ""),
        ("ticker:nbtc", "NBTC"),
        ("country:us", "NSOL NBTC"),
        ("issuer:north", "NSOL NBTC"),
        ('issuer:"north & co"', "NSOL NBTC"),
        ('name:"north fund","ether"', "NSOL STRASSE"),
        ("exchange:bzx", "NSOL"),
        # staking
        ("staked", "NSOL"),
        ("Staked", "NSOL"),
        ("!staked", "NBTC STRASSE BARE"),
        # status
        ("status:trading", "NSOL NBTC STRASSE"),
        ("status:closed", "OLD"),
        ("status:closed,trading", "NSOL NBTC STRASSE OLD"),
        ("!status:closed", "NSOL NBTC STRASSE BARE"),
        ("!status:trading", "BARE OLD"),
        # comparisons
        ("expense_ratio<25bp", "NSOL"),
        ("expense_ratio<=25bp", "NSOL NBTC"),
        ("expense_ratio=0.25%", "NBTC"),
        ("expense_ratio!=0.25%", "NSOL STRASSE"),
        ("Expense-Ratio>=0.25%", "NBTC STRASSE"),
        ("aum>=100M", "NSOL NBTC"),
        ("aum>100M", "NSOL"),
        ("aum>$0.1B", "NSOL"),
        ("status:closed aum=0", "OLD"),
        ('aum<"1 bn"', "NSOL NBTC"),
        ("waiver_days>0", "NSOL"),
        ("waiver_days>90", "NSOL"),
        ("waiver_days>91", ""),
        ("waiver_days>90d", "NSOL"),
        ("waiver_days<=3m", "NSOL"),
        ("net_yield<-1%", "STRASSE"),
        ("net_yield=-0.25%", "NBTC"),
        ("stakes=1", "NSOL"),
        ("horizon_days=365", "NSOL NBTC STRASSE BARE"),
        ("over_cash>-1000bp", ""),
        # negation
        ("!north", "STRASSE BARE"),
        ('!"north fund"', "NBTC STRASSE BARE"),
        ("!asset:sol", "NBTC STRASSE"),
        ("!country:us", "STRASSE BARE"),
        ("!aum>100M", "NBTC STRASSE BARE"),
        # regular expressions
        ("/^n.*/", "NSOL NBTC"),
        ("/north (fund|bit)/", "NSOL NBTC"),
        ("/Trust$/", "NBTC"),
        ("!/o/", "BARE"),
        ("/SOL/ staked", "NSOL"),
        ('/"/', ""),
        ("/[[a]/", "NSOL STRASSE BARE"),
        # and
        ("asset:sol staked aum>50M expense_ratio<25bp !grayscale", "NSOL"),
    ],
)
def test_words_choose_products(text: str, tickers: str) -> None:
    assert chosen(text) == tickers


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "net_yeld>4%",
            'filter: "net_yeld>4%": no figure is called net_yeld; did you mean net_yield?',
        ),
        (
            "zzz:1",
            'filter: "zzz:1": no figure is called zzz; quote it to look for the text',
        ),
        ("!zzz:1", 'filter: "!zzz:1": no figure is called zzz; quote it to look for the text'),
        (
            "net_yield>4",
            'filter: "net_yield>4": "4" has no unit; write 4% or 400bp',
        ),
        (
            "net_yield>",
            'filter: "net_yield>": there is nothing after the >; write net_yield>4%',
        ),
        ("asset:", 'filter: "asset:": there is nothing after the :; write asset:sol'),
        ("asset:,", 'filter: "asset:,": there is nothing after the :; write asset:sol'),
        ("aum:5M", 'filter: "aum:5M": aum is a number; write aum>100M'),
        ("asset>sol", 'filter: "asset>sol": asset is words, not a number; write asset:sol'),
        (
            'aum>"5M CAD"',
            'filter: "aum>"5M CAD"": amounts are compared in US dollars, not CAD; write 100M',
        ),
        ("aum>1,000", 'filter: "aum>1,000": "1,000" has a separator; use a point, no separators'),
        (
            "waiver_days>soon",
            'filter: "waiver_days>soon": "soon" is not a span of time; write 90d, 2w, 6m or 1y',
        ),
        (
            "> 4%",
            'filter: ">": no figure stands before the >; write net_yield>4%, no spaces',
        ),
        (
            "4%<net_yield",
            'filter: "4%<net_yield": no figure stands before the <; write net_yield>4%, no spaces',
        ),
        ("!", 'filter: "!": there is nothing after the !; write !grayscale'),
        ('"north', 'filter: ""north": a quotation mark is not closed; write "north fund"'),
        ("/north", 'filter: "/north": a regular expression stands between slashes; write /regex/'),
        ("//", 'filter: "//": a regular expression stands between slashes; write /regex/'),
        (
            f"/{'a' * 101}/",
            f'filter: "/{"a" * 38}…": its pattern has 101 characters; write at most 100',
        ),
    ],
)
def test_a_bad_word_is_explained_in_one_line(text: str, line: str) -> None:
    assert fault(text) == line


@pytest.mark.parametrize("pattern", ["/(/", "/a{99999999999}/", "/[z-a]/", "/*/"])
def test_a_bad_regular_expression_is_explained(pattern: str) -> None:
    assert fault(pattern).startswith(f'filter: "{pattern}": not a regular expression: ')


def test_the_position_of_the_bad_word_is_told() -> None:
    with pytest.raises(QueryError) as caught:
        Query.parse('sol "north fund" /a b/ net_yeld>4% foo>1')
    assert caught.value.position == 3
    assert caught.value.exit_code == UsageError.exit_code


def test_foreign_text_in_a_message_is_made_visible() -> None:
    assert fault("evil\x1b[31m>1") == (
        r'filter: "evil\x1b[31m>1": no figure stands before the >; write net_yield>4%, no spaces'
    )


def test_an_unknown_value_matches_no_comparison() -> None:
    row = [one.ticker for one in TABLE.products].index("BARE")
    for operator in (">", ">=", "<", "<=", "=", "!="):
        assert row not in Query.parse(f"aum{operator}0").select(TABLE), operator


def test_a_comparison_overlooks_rounding() -> None:
    aum_and_fee = Product(
        ticker="X", asset="BTC", start=0, fee=Fee(rate=stated(0.1 + 0.2)), market=None
    )
    table = Table(Catalogue(products=(aum_and_fee,)), Scenario(as_of=TODAY))
    assert [
        len(Query.parse(f"expense_ratio{operator}30%").select(table))
        for operator in ("=", "<=", ">=", "<", ">", "!=")
    ] == [1, 1, 1, 0, 0, 0]


def test_a_query_names_its_figures_once_in_its_order() -> None:
    query = Query.parse("sol aum>1M staked !asset:btc aum<1B /x/ net_yield>1%")
    assert query.figures == ("aum", "asset", "net_yield")


def test_queries_are_equal_by_text() -> None:
    assert Query.parse("sol aum>1M") == Query.parse("sol aum>1M")
    assert hash(Query.parse("sol")) == hash(Query.parse("sol"))
    assert Query.parse("sol") != Query.parse("eth")


@given(st.text(st.sampled_from('abnetyild_ >=<!:/"\\4%bp,[(*\x1b\u202e'), max_size=30))
def test_any_text_is_a_filter_or_is_refused_in_one_printable_line(text: str) -> None:
    try:
        rows = Query.parse(text).select(TABLE)
    except QueryError as error:
        line, position = str(error), error.position
    else:
        assert rows == sorted(set(rows))
        return
    assert line.isprintable()
    assert 0 <= position < len(text)


@given(st.sampled_from(["sol", "asset:sol", "aum>100M", "staked", "/o/", '"h f"']))
def test_a_word_and_its_negation_share_out_the_products(word: str) -> None:
    everything = Query.parse("").select(TABLE)
    matched, rest = Query.parse(word).select(TABLE), Query.parse(f"!{word}").select(TABLE)
    assert sorted(matched + rest) == everything


@pytest.mark.parametrize(
    ("text", "hints"),
    [
        ("country:swiss", ["no product has country swiss; countries are CH, US"]),
        ("status:pending,shut", ["no product has status pending, shut; statuses are closed, trad"]),
        ("asset:btc,doge", ["no product has asset doge; assets are BTC, ETH, SOL"]),
        ("issuer:south sol", ["no product has issuer south; issuers are North & Co, Solano"]),
        ("custodian:x", ["no product has custodian x; none has any"]),
        ("btc | sol", ["words of a filter are joined by and; for either of two write asset:sol"]),
        ("country:ch asset:sol", []),
        ("!country:swiss issuer:nor zzz aum>1T", []),
    ],
)
def test_values_that_no_product_has_are_told(text: str, hints: list[str]) -> None:
    found = Query.parse(text).strangers(TABLE)
    assert [one[: len(hint)] for one, hint in zip(found, hints, strict=True)] == hints


def test_a_hint_names_a_few_values_only() -> None:
    (hint,) = Query.parse("ticker:zzz").strangers(
        Table(
            Catalogue(
                products=tuple(Product(ticker=f"T{n}", asset="A", start=0) for n in range(9))
            ),
            Scenario(as_of=TODAY),
        )
    )
    assert hint == "no product has ticker zzz; tickers are T0, T1, T2, T3, T4, T5, …"


# What cannot be decided, and what cannot be bought


def test_what_is_left_out_for_want_of_a_figure_is_told() -> None:
    table = Table(CATALOGUE, Scenario(as_of=TODAY))
    for text in ("aum>50M", "aum>50M !north", "staked aum>50M", "waiver_days>0"):
        query = Query.parse(text)
        chosen, undecided = set(query.select(table)), set(query.undecided(table))
        assert not chosen & undecided
        lacking = {
            row
            for row in range(len(table.products))
            if any(table.marks(row, key) & Mark.UNKNOWN for key in query.compared)
        }
        assert undecided <= lacking
    assert Query.parse("aum>50M").undecided(table)
    assert not Query.parse("staked").undecided(table)


def test_a_fund_that_was_not_listed_yet_is_hidden_unless_asked_for() -> None:
    later = Stated(date_of("2026-09-02"), "2026-09-02", None, None, 0, "")
    first, *others = CATALOGUE.products
    unlisted = first.but(listing=Listing(country="US", since=later))
    catalogue = replace(CATALOGUE, products=(unlisted, *others))
    before = Table(catalogue, Scenario(as_of=TODAY))
    after = Table(catalogue, Scenario(as_of=date_of("2026-09-02")))
    assert 0 not in Query.parse("").select(before)
    assert 0 in Query.parse("").select(after)
    assert 0 in Query.parse("status:trading").select(before)
