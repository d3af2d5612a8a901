"""The cases of bad input that the reader decides, each under its number."""

from __future__ import annotations

from datetime import date

import pytest

from conftest import TODAY
from etfcompare.catalogue.document import Document
from etfcompare.catalogue.edits import set_value
from etfcompare.catalogue.problem import Problem, Severity
from etfcompare.catalogue.reader import Read, read
from etfcompare.catalogue.schema import Product

HEAD = """\
assets: {BTC: {name: Bitcoin}, ETH: {}, SOL: {}}
sources: {page: {title: The page of the issuer}}
products:
"""
"""Three lines; the products begin on line 4."""
DATED = "as_of: 2026-08-10, source: page"


def taken(text: str) -> Read:
    return read(Document.parse(text.encode()), today=TODAY)


def with_products(*products: str) -> Read:
    return taken(HEAD + "".join(f"  - {one}\n" for one in products))


def only(block: str) -> Read:
    """One product with the block given."""
    return with_products(f"{{ticker: A, asset: SOL, {block}}}")


def product(result: Read) -> Product:
    (one,) = result.catalogue.products
    return one


def said(result: Read) -> list[str]:
    return [str(problem) for problem in result.problems]


def problem_of(result: Read) -> Problem:
    (problem,) = result.problems
    return problem


def test_y03_a_ticker_given_twice_is_an_error_on_both_each_naming_the_others_line() -> None:
    result = with_products(
        "{ticker: ethx, asset: ETH}", "{ticker: B, asset: BTC}", '{ticker: "ETHX ", asset: ETH}'
    )
    hint = "a listing abroad carries its market's suffix, as ETHE.L"
    assert said(result) == [
        f"4:14: error: products[ethx].ticker: the ticker stands again on line 6; {hint}",
        f"6:14: error: products[ETHX].ticker: the ticker stands again on line 4; {hint}",
    ]
    assert product(result).ticker == "B"


def test_y03_a_ticker_is_taken_even_by_a_product_that_cannot_be_used() -> None:
    result = with_products("{ticker: A, asset: BTC}", "{ticker: A}", "{ticker: a, asset: ETH}")
    lines = [one.line for one in result.problems if "stands again" in one.message]
    assert lines == [4, 5, 6]
    assert result.problems[0].message.endswith("on lines 5 and 6")
    assert result.catalogue.products == ()


def test_y04_a_word_that_other_readers_take_for_a_truth_is_text_with_a_warning() -> None:
    result = with_products("{ticker: ON, asset: BTC}")
    assert product(result).ticker == "ON"
    assert said(result) == [
        (
            "4:14: warning: products[ON].ticker: other YAML readers take ON for true or false; "
            'quote it: "ON"'
        )
    ]


@pytest.mark.parametrize("ticker", ["Y", "n", '"ON"', "'12:30'"])
def test_y06_single_letters_and_quoted_words_are_text_without_a_warning(ticker: str) -> None:
    result = with_products(f"{{ticker: {ticker}, asset: BTC}}")
    assert product(result).ticker == ticker.strip("'\"")
    assert said(result) == []


def test_y07_leading_zeros_stay_with_a_warning_where_they_mean_another_number() -> None:
    octal = only("name: 012345670")
    assert product(octal).name == "012345670"
    assert said(octal) == [
        (
            "4:35: warning: products[A].name: other YAML readers take 012345670 for a number; "
            'quote it: "012345670"'
        )
    ]
    decimal = only("name: 012345678")
    assert product(decimal).name == "012345678"
    assert said(decimal) == []


@pytest.mark.parametrize("ticker", ["12:30", "1:2.5"])
def test_y08_base_sixty_is_text_as_written(ticker: str) -> None:
    assert product(with_products(f"{{ticker: {ticker}, asset: BTC}}")).ticker == ticker


@pytest.mark.parametrize("ticker", ["1E5", "0x1F", "1_000", "0b11"])
def test_y09_numbers_of_other_readers_are_text_as_written(ticker: str) -> None:
    assert product(with_products(f"{{ticker: {ticker}, asset: BTC}}")).ticker == ticker


def test_y10_a_date_is_text_where_text_belongs_with_a_warning() -> None:
    result = with_products("{ticker: 2024-01-15, asset: BTC}")
    assert product(result).ticker == "2024-01-15"
    assert "take 2024-01-15 for a date" in problem_of(result).message


def test_y11_an_equals_sign_is_text() -> None:
    result = only("name: =")
    assert product(result).name == "="
    assert problem_of(result).hint == 'quote it: "="'


@pytest.mark.parametrize("ticker", ["", "~", "null", "''", "' '"])
def test_y12_an_empty_ticker_is_missing_at_its_line(ticker: str) -> None:
    result = taken(f"{HEAD}  - asset: BTC\n    ticker: {ticker}\n")
    assert result.catalogue.products == ()
    assert result.stated == 1
    problem = problem_of(result)
    assert (problem.line, problem.severity) == (5, Severity.ERROR)
    assert problem.message == "the ticker is missing"


def test_y13_a_number_keeps_its_zeros_where_text_belongs() -> None:
    assert product(only("name: 0.10")).name == "0.10"


def test_y14_what_stands_in_the_product_wins_over_what_it_merges() -> None:
    result = with_products(
        f"&first {{ticker: A, asset: SOL, issuer: One, fee: {{rate: 0.20%, {DATED}}}}}",
        "{<<: *first, ticker: B, issuer: Two}",
    )
    first, second = result.catalogue.products
    assert said(result) == []
    assert (second.ticker, second.asset, second.issuer) == ("B", "SOL", "Two")
    assert first.fee is not None
    assert second.fee is not None
    assert first.fee.rate is not None
    assert second.fee.rate is not None
    assert second.fee.rate.value == first.fee.rate.value == 0.002
    assert second.fee.rate.start == first.fee.rate.start  # it stands in line 4
    assert second.fee.rate.path == "products[B].fee.rate"


def test_y38_an_escaped_control_sequence_loads_and_is_shown_escaped() -> None:
    result = only(r'name: "\e]52;c;aGk=\a"')
    assert product(result).name == "\x1b]52;c;aGk=\a"
    assert any("control characters" in line for line in said(result))
    assert all(line.isprintable() for line in said(result))


def test_y50_an_unknown_key_is_a_warning_that_names_the_nearest() -> None:
    result = only("fee: {rat: 0.2%}")
    assert said(result) == [
        "4:35: warning: products[A].fee.rat: is not a known key; did you mean rate?"
    ]
    assert product(result).fee is not None


def test_y60_thirty_faults_are_all_listed_in_order() -> None:
    result = with_products(
        *(f"{{ticker: T{number}, asset: BTC, fee: {{rate: 1}}}}" for number in range(30))
    )
    assert [(one.line, one.path) for one in result.problems] == [
        (4 + number, f"products[T{number}].fee.rate") for number in range(30)
    ]
    assert len(result.catalogue.products) == 30


@pytest.mark.parametrize(
    ("rate", "hint"),
    [
        ("0.25", "write 0.25% or 25bp"),
        ("25", "write 25% or 25bp"),
        ("0.0025", "write 0.25% or 25bp"),
    ],
)
def test_n01_a_rate_without_a_unit_is_an_error_with_both_readings(rate: str, hint: str) -> None:
    result = only(f"fee: {{rate: {rate}, {DATED}}}")
    assert said(result) == [f'4:41: error: products[A].fee.rate: "{rate}" has no unit; {hint}']
    assert product(result).fee is None


def test_n03_a_negative_fee_is_an_error() -> None:
    result = only(f"fee: {{rate: -0.1%, {DATED}}}")
    assert said(result) == ['4:41: error: products[A].fee.rate: "-0.1%" is not between 0% and 100%']


@pytest.mark.parametrize(
    ("staked", "value", "complaint"),
    [
        ("0.7", None, '"0.7" has no unit; write 70%'),
        ("70%", 0.7, None),
        ("100%", 1.0, None),
        ("100.01%", None, '"100.01%" is not between 0% and 100%'),
        ("-1%", None, '"-1%" is not between 0% and 100%'),
        ("0.7%", 0.007, '"0.7%" is a very small part of the coins; did you mean 70%?'),
    ],
)
def test_n14_a_staked_share_is_a_part_of_the_whole(
    staked: str, value: float | None, complaint: str | None
) -> None:
    result = only(f"staking: {{staked: {staked}, {DATED}}}")
    staking = product(result).staking
    assert staking is not None
    assert (staking.staked.value if staking.staked else None) == value
    severity = "error" if value is None else "warning"
    expected = f"4:47: {severity}: products[A].staking.staked: {complaint}"
    assert said(result) == ([expected] if complaint else [])


def test_n15_a_tiny_cut_is_probably_a_share_written_as_a_fraction() -> None:
    assert said(only(f"staking: {{cut: 0.06%, {DATED}}}")) == [
        (
            '4:44: warning: products[A].staking.cut: "0.06%" is a very small share of rewards; '
            "did you mean 6%?"
        )
    ]


def test_n17_a_published_net_rate_above_the_gross_is_a_warning_with_both() -> None:
    result = only(f"staking: {{rate: 6%, published: {{rate: 7%, basis: after cut}}, {DATED}}}")
    assert said(result) == [
        (
            "4:67: warning: products[A].staking.published.rate: the published rate 7% after cut is "
            "above the gross rate 6%; are they of one day?"
        )
    ]
    staking = product(result).staking
    assert staking is not None
    assert staking.published is not None


@pytest.mark.parametrize("basis", ["", ", basis: gross"])
def test_n17_no_doubt_where_the_published_rate_may_be_gross(basis: str) -> None:
    block = f"staking: {{rate: 6%, published: {{rate: 7%{basis}}}, {DATED}}}"
    assert said(only(block)) == []


@pytest.mark.parametrize(
    ("aum", "complaint"),
    [
        ("250", "is very little money for a fund; did you mean $250M?"),
        ("$1.5k", "is very little money for a fund; did you mean $1.5B?"),
        ("2000B", "is more money than any fund holds"),
        ("0", None),
        ("$250M", None),
    ],
)
def test_n19_a_strange_size_is_doubted(aum: str, complaint: str | None) -> None:
    result = only(f"market: {{aum: {aum}, {DATED}}}")
    path = "4:43: warning: products[A].market.aum"
    assert said(result) == ([f'{path}: "{aum}" {complaint}'] if complaint else [])
    market = product(result).market
    assert market is not None
    assert market.aum is not None


def test_n22_a_waiver_without_an_end_is_a_warning() -> None:
    result = only(f"fee: {{rate: 0.2%, waiver: {{rate: 0%}}, {DATED}}}")
    assert said(result) == [
        "4:55: warning: products[A].fee.waiver: ends neither on a date nor at a size; add until:"
    ]
    fee = product(result).fee
    assert fee is not None
    assert fee.waiver is not None


def test_n22_a_waiver_that_ends_before_the_listing_is_an_error_that_costs_the_fee() -> None:
    result = only(
        f"listing: {{since: 2025-10}}, "
        f"fee: {{rate: 0.2%, waiver: {{rate: 0%, until: 2025-09-30}}, {DATED}}}"
    )
    problem = problem_of(result)
    assert problem.severity is Severity.ERROR
    assert problem.path == "products[A].fee.waiver.until"
    assert problem.message == "ends on 2025-09-30, before the listing on 2025-10"
    assert product(result).fee is None
    assert product(result).listing is not None


def test_n24_a_waived_rate_above_the_full_one_is_an_error_that_costs_the_fee() -> None:
    result = only(f"fee: {{rate: 0.2%, waiver: {{rate: 0.3%, first: $1B, mode: tier}}, {DATED}}}")
    assert said(result) == [
        (
            "4:62: error: products[A].fee.waiver.rate: the waived rate 0.3% is above the full rate "
            "0.2%; swap them"
        )
    ]
    assert product(result).fee is None


def test_n24_likewise_for_a_cut_and_a_charge() -> None:
    for name in ("cut", "charge"):
        result = only(
            f"staking: {{{name}: 1%, waiver: {{{name}: 2%, until: 2027-01-01}}, {DATED}}}"
        )
        assert problem_of(result).message == f"the waived {name} 2% is above the full {name} 1%"


@pytest.mark.parametrize(
    ("as_of", "day"),
    [("2026-07", date(2026, 7, 1)), ("2026", date(2026, 1, 1)), ("2026-07-15", date(2026, 7, 15))],
)
def test_n28_a_figure_dates_from_a_day_a_month_or_a_year(as_of: str, day: date) -> None:
    result = only(f"fee: {{rate: 0.2%, as_of: {as_of}, source: page}}")
    assert said(result) == []
    fee = product(result).fee
    assert fee is not None
    assert fee.rate is not None
    assert fee.rate.as_of == (day, as_of)


@pytest.mark.parametrize("as_of", ["2025-02-30", "20250115", "2025-W03-1"])
def test_n28_what_is_not_such_a_date_is_an_error(as_of: str) -> None:
    result = only(f"fee: {{rate: 0.2%, as_of: {as_of}, source: page}}")
    problem = problem_of(result)
    assert problem.severity is Severity.ERROR
    assert problem.path == "products[A].fee.as_of"
    assert problem.message.startswith(f'"{as_of}" is not ')
    assert product(result).fee is None


@pytest.mark.parametrize(("as_of", "is_error"), [("2026-11-23", False), ("2026-11-24", True)])
def test_n28_tomorrow_is_already_somewhere_and_the_day_after_is_not(
    as_of: str, *, is_error: bool
) -> None:
    result = only(f"fee: {{rate: 0.2%, as_of: {as_of}, source: page}}")
    assert [one.severity is Severity.ERROR for one in result.problems] == [True] * is_error


def test_n29_a_figure_without_a_date_is_used_with_a_warning() -> None:
    result = only("market: {aum: $1B, source: page}")
    assert said(result) == [
        "4:37: warning: products[A].market: has no date; add as_of: and the day it was true"
    ]
    market = product(result).market
    assert market is not None
    assert market.aum is not None
    assert market.aum.as_of is None


def test_n33_a_premium_may_be_negative_though_not_below_everything() -> None:
    assert said(only(f"market: {{premium: -0.18%, {DATED}}}")) == []
    assert said(only(f"market: {{premium: -101%, {DATED}}}")) == [
        '4:47: error: products[A].market.premium: "-101%" is below -100%'
    ]


def test_t18_a_ticker_of_mixed_scripts_is_a_warning() -> None:
    result = with_products("{ticker: BT\u0421, asset: BTC}")
    assert said(result) == [
        (
            "4:14: warning: products[BT\u0421].ticker: has mixed scripts: letters of several "
            "alphabets that look alike; compare 'BT\\u0421'"
        )
    ]
    assert product(result).ticker == "BT\u0421"


def test_n12_a_quoted_figure_is_read_and_stays_quoted_when_it_changes() -> None:
    text = f'{HEAD}  - {{ticker: A, asset: SOL, fee: {{rate: "0.25%", {DATED}}}}}\n'
    document = Document.parse(text.encode())
    fee = product(read(document, today=TODAY)).fee
    assert fee is not None
    assert fee.rate is not None
    assert fee.rate.value == 0.0025
    edited = set_value(document, ("products", 0, "fee", "rate"), "0.30%")
    assert edited.document.text == text.replace('"0.25%"', '"0.30%"')


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../flows.csv", "a/../../b.csv", "~/flows.csv", "~", "C:\\x", "..\\x"]
)
def test_a_history_outside_the_folder_of_the_catalogue_is_an_error(path: str) -> None:
    result = taken(f"history: {{flows: '{path}', prices: history/prices.csv}}\nproducts: []\n")
    (said_of_it,) = said(result)
    assert said_of_it.startswith("1:18: error: history.flows: ")
    assert said_of_it.endswith("is outside the catalogue's folder; write history/flows.csv")
    history = result.catalogue.history
    assert history is not None
    assert (history.flows, history.prices) == (None, "history/prices.csv")
