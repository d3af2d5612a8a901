import math
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from etfcompare.units import (
    AsOf,
    Money,
    UnitError,
    as_of_of,
    date_of,
    exact_money,
    exact_rate,
    format_bps,
    format_days,
    format_dollars,
    format_money,
    format_number,
    format_rate,
    format_span,
    money_of,
    number_of,
    rate_of,
    share_of,
    span_of,
)
from etfcompare.visible import visible

READERS = (rate_of, share_of, money_of, span_of, number_of, date_of, as_of_of)
FINITE = st.floats(allow_nan=False, allow_infinity=False)
LIKELY_TEXT = st.text(st.sampled_from("0123456789+-._,eE%bps$€£kKMBTCADdwmy nif٣−"), max_size=12)


def fault(reader: object, text: str) -> str:
    assert callable(reader)
    with pytest.raises(UnitError) as caught:
        reader(text)
    return str(caught.value)


def refusal(reader: object, text: str) -> UnitError | None:
    assert callable(reader)
    try:
        reader(text)
    except UnitError as error:
        return error
    return None


# Rates and shares


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("0.20", '"0.20" has no unit; write 0.20% or 20bp'),
        ("0.25", '"0.25" has no unit; write 0.25% or 25bp'),
        ("25", '"25" has no unit; write 25% or 25bp'),
        ("0.0025", '"0.0025" has no unit; write 0.25% or 25bp'),
        ("-0.0025", '"-0.0025" has no unit; write -0.25% or -25bp'),
        ("0", '"0" has no unit; write 0% or 0bp'),
        ("1e9999", '"1e9999" has no unit; write 0.20% or 20bp'),
        ("1234567890123", '"1234567890123" has no unit; write 0.20% or 20bp'),
    ],
)
def test_n01_a_rate_without_a_unit_is_refused_with_both_readings(text: str, shown: str) -> None:
    assert fault(rate_of, text) == shown


@pytest.mark.parametrize("text", ["0.25%", "25bp", "25 bps", "0.25 %", " 0.25% ", "+0.250%"])
def test_n02_a_quarter_of_a_percent_in_every_spelling(text: str) -> None:
    assert rate_of(text) == 0.0025


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("0.20%", 0.002),
        ("20bp", 0.002),
        ("6.21%", 0.0621),
        ("28.5%", 0.285),
        ("100%", 1.0),
        ("-50%", -0.5),
        ("0.5bp", 0.00005),
        ("1E2%", 1.0),
        ("1e+02bp", 0.01),
    ],
)
def test_a_rate_is_the_float_nearest_to_what_was_written(text: str, rate: float) -> None:
    assert rate_of(text) == rate


def test_n03_n33_a_negative_rate_is_read_and_left_to_the_field_to_judge() -> None:
    assert rate_of("-0.1%") == -0.001
    assert rate_of("-0.18%") == -0.0018
    assert rate_of("-101%") == -1.01


def test_minus_zero_is_zero() -> None:
    assert math.copysign(1, rate_of("-0%")) == 1
    assert math.copysign(1, money_of("-$0.00").amount) == 1


@pytest.mark.parametrize("text", ["0_25%", "1_000%", "25_0bp"])
def test_n07_an_underscore_in_a_rate_is_refused(text: str) -> None:
    assert fault(rate_of, text) == f'"{text}" has a separator; use a point, no separators'


@pytest.mark.parametrize(
    ("text", "named", "hint"),
    [
        ("٣%", "U+0663 ARABIC-INDIC DIGIT THREE", 'write an ordinary "3"'),
        ("０.25%", "U+FF10 FULLWIDTH DIGIT ZERO", 'write an ordinary "0"'),
        ("0.25％", "U+FF05 FULLWIDTH PERCENT SIGN", 'write an ordinary "%"'),
        ("−0.25%", "U+2212 MINUS SIGN", 'write an ordinary "-"'),
        ("–0.25%", "U+2013 EN DASH", 'write an ordinary "-"'),
        ("0.25\u00a0%", "U+00A0 NO-BREAK SPACE", 'write an ordinary " "'),
        ("0.25\u200b%", "U+200B ZERO WIDTH SPACE", "write 0.20% or 20bp"),
        ("0.25\t%", "U+0009", "write 0.20% or 20bp"),
        ("€0.25%", "U+20AC EURO SIGN", "write 0.20% or 20bp"),
    ],
)
def test_n08_a_character_that_only_looks_right_is_named(text: str, named: str, hint: str) -> None:
    shown = fault(rate_of, text)
    assert f"holds the character {named}; " in shown
    assert shown.endswith(hint)


@pytest.mark.parametrize("reader", [money_of, span_of, number_of, date_of, as_of_of, share_of])
def test_n08_every_reader_names_the_strange_character(reader: object) -> None:
    assert "U+0661 ARABIC-INDIC DIGIT ONE" in fault(reader, "١")


@pytest.mark.parametrize("text", ["0,25%", "1.000,5%", "1 000", "1 000%", "1'000%"])
def test_n09_separators_are_refused(text: str) -> None:
    assert fault(rate_of, text) == f'"{text}" has a separator; use a point, no separators'
    assert fault(number_of, "1,000").endswith("; use a point, no separators")
    assert fault(money_of, "$770,000").endswith("; use a point, no separators")


def test_n11_an_exponent_is_read() -> None:
    assert rate_of("1e-3%") == 0.00001


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("0.7", '"0.7" has no unit; write 70%'),
        ("1", '"1" has no unit; write 100%'),
        ("70", '"70" has no unit; write 70%'),
        ("0", '"0" has no unit; write 0%'),
        ("most", '"most" is not a share; write 96%'),
    ],
)
def test_n14_a_share_without_a_unit_is_refused(text: str, shown: str) -> None:
    assert fault(share_of, text) == shown


def test_n14_a_share_is_a_percentage() -> None:
    assert share_of("70%") == 0.7
    assert share_of("100%") == 1.0


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("00.1%", '"00.1%" begins with a spare zero; write "0.1%"'),
        ("-007bp", '"-007bp" begins with a spare zero; write "-7bp"'),
        ("nan", '"nan" is not a finite number; write 0.20% or 20bp'),
        ("-Infinity%", '"-Infinity%" is not a finite number; write 0.20% or 20bp'),
        (".inf", '".inf" is not a finite number; write 0.20% or 20bp'),
        ("1e400%", '"1e400%" is too large; write 0.20% or 20bp'),
        ("1e-400%", '"1e-400%" is too small; write 0.20% or 20bp'),
        ("", '"" is not a rate; write 0.20% or 20bp'),
        (".5%", '".5%" is not a rate; write 0.20% or 20bp'),
        ("5.%", '"5.%" is not a rate; write 0.20% or 20bp'),
        ("--5%", '"--5%" is not a rate; write 0.20% or 20bp'),
        ("0x1F%", '"0x1F%" is not a rate; write 0.20% or 20bp'),
        ("0.25 percent", '"0.25 percent" is not a rate; write 0.20% or 20bp'),
        ("1" * 500 + "%", f'"{"1" * 39}…" is too long; write 0.20% or 20bp'),
        ("1e" + "9" * 5000 + "%", f'"1e{"9" * 37}…" is too long; write 0.20% or 20bp'),
    ],
)
def test_what_is_not_a_rate_is_refused_in_words(text: str, shown: str) -> None:
    assert fault(rate_of, text) == shown


def test_zero_with_a_huge_exponent_is_zero() -> None:
    assert rate_of("0e999%") == 0


# Money


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("$1.2B", 1.2e9, "USD"),
        ("770M", 770e6, "USD"),
        ("459M CAD", 459e6, "CAD"),
        ("CAD 459M", 459e6, "CAD"),
        ("CAD459M", 459e6, "CAD"),
        ("€1.2bn", 1.2e9, "EUR"),
        ("£5k", 5e3, "GBP"),
        ("¥2T", 2e12, "JPY"),
        ("US$1m", 1e6, "USD"),
        ("HK$1.5B", 1.5e9, "HKD"),
        ("-12.3M", -12.3e6, "USD"),
        ("-$12.3M", -12.3e6, "USD"),
        ("$-12.3M", -12.3e6, "USD"),
        ("CAD -3M", -3e6, "CAD"),
        ("+402M", 402e6, "USD"),
        ("$770 M", 770e6, "USD"),
        ("$1M USD", 1e6, "USD"),
        ("1_234_567", 1_234_567.0, "USD"),
        ("5 TRY", 5.0, "TRY"),
        ("5t TRY", 5e12, "TRY"),
        ("1e9", 1e9, "USD"),
        ("$0", 0.0, "USD"),
    ],
)
def test_money_has_a_size_and_a_currency(text: str, amount: float, currency: str) -> None:
    assert money_of(text) == Money(amount, currency)


def test_n19_bare_money_is_that_many_dollars() -> None:
    assert money_of("250") == Money(250.0, "USD")


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("$459M CAD", "names both USD and CAD"),
        ("CAD 5 EUR", "names both CAD and EUR"),
        ("-$-1M", "has two signs"),
        ("0_250M", "has a separator"),
        ("1_00M", "has a separator"),
        ("1__000", "has a separator"),
        ("$", "is not an amount of money"),
        ("5%", "is not an amount of money"),
        ("$1.2X", "is not an amount of money"),
        ("459M cad", "is not an amount of money"),
        ("€€5", "is not an amount of money"),
        ("$nan", "is not a finite number"),
        ("$1e300T", "is too large"),
        ("$007", "begins with a spare zero"),
    ],
)
def test_what_is_not_money_is_refused_in_words(text: str, fragment: str) -> None:
    assert fragment in fault(money_of, text)


# Plain numbers


@pytest.mark.parametrize(
    ("text", "number"), [("0.71", 0.71), ("-1", -1.0), ("182.5", 182.5), ("1e3", 1000.0)]
)
def test_a_plain_number_is_read(text: str, number: float) -> None:
    assert number_of(text) == number


@pytest.mark.parametrize("text", ["5%", "1_000", "", "1e400", "nan", "0.7.1", "two"])
def test_a_number_has_no_unit(text: str) -> None:
    assert fault(number_of, text).startswith(f'"{text}" ')


# Spans


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("1d", 1),
        ("90d", 90),
        ("2w", 14),
        ("1m", 30),
        ("2m", 61),
        ("3m", 91),
        ("6m", 183),
        ("12m", 365),
        ("18m", 548),
        ("1y", 365),
        ("4y", 1460),
        ("100y", 36500),
        ("36500d", 36500),
        ("90 d", 90),
    ],
)
def test_n30_a_span_is_a_count_of_days_whatever_the_calendar(text: str, days: int) -> None:
    assert span_of(text) == days


@pytest.mark.parametrize("text", ["0d", "0y", "-3d", "101y", "36501d", "10000y", "9" * 5000 + "d"])
def test_n34_a_span_is_between_a_day_and_a_hundred_years(text: str) -> None:
    assert fault(span_of, text).endswith(" is out of range; write a span between 1d and 100y")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("90", '"90" has no unit; write 90d, 2w, 6m or 1y'),
        ("1.5y", '"1.5y" is not a span of time; write 90d, 2w, 6m or 1y'),
        ("6M", '"6M" is not a span of time; write 90d, 2w, 6m or 1y'),
        ("06m", '"06m" begins with a spare zero; write "6m"'),
    ],
)
def test_what_is_not_a_span_is_refused_in_words(text: str, shown: str) -> None:
    assert fault(span_of, text) == shown


# Dates


def test_n28_a_date_is_a_real_day_in_one_form() -> None:
    assert date_of("2026-08-20") == date(2026, 8, 20)
    assert date_of("2028-02-29") == date(2028, 2, 29)


@pytest.mark.parametrize("text", ["2025-02-30", "2025-13-01", "0000-01-01", "2027-02-29"])
def test_n28_a_day_that_never_was_is_refused(text: str) -> None:
    assert fault(date_of, text) == (
        f'"{text}" is not in the calendar; write a day such as 2026-08-20'
    )
    assert fault(as_of_of, text) == (
        f'"{text}" is not in the calendar; write 2026-08-20, 2026-08 or 2026'
    )


@pytest.mark.parametrize("text", ["20250115", "2025-W03-1", "2026-1-5", "20.8.2026", "today", ""])
def test_n28_other_forms_are_not_dates(text: str) -> None:
    assert fault(date_of, text) == f'"{text}" is not a date; write a day such as 2026-08-20'
    assert fault(as_of_of, text).startswith(f'"{text}" is not a day, month or year; ')


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-08-20", date(2026, 8, 20)),
        ("2026-07", date(2026, 7, 1)),
        ("2026", date(2026, 1, 1)),
    ],
)
def test_n28_a_month_or_a_year_counts_from_its_first_day(text: str, day: date) -> None:
    assert as_of_of(f" {text} ") == AsOf(day, text)


def test_a_month_is_not_a_date() -> None:
    assert fault(date_of, "2026-07").startswith('"2026-07" is not a date; ')


# Refusals


@pytest.mark.parametrize("reader", READERS)
@given(text=st.text(st.characters(exclude_categories=())) | LIKELY_TEXT)
@example(text="1e" + "9" * 5000)
@example(text="\ud800")
def test_any_text_is_read_or_refused_on_one_line(reader: object, text: str) -> None:
    error = refusal(reader, text)
    if error is not None:
        assert visible(str(error)) == str(error)
        assert not error.message.endswith(".")
        assert error.hint.startswith(("write ", "use "))


@given(LIKELY_TEXT)
def test_what_is_read_is_finite(text: str) -> None:
    for reader in (rate_of, number_of):
        try:
            value = reader(text)
        except UnitError:
            continue
        assert math.isfinite(value)


def test_a_refusal_shows_hidden_characters_and_cuts_long_texts() -> None:
    assert fault(rate_of, "\x1b[2J5%").startswith(r'"\x1b[2J5%" holds the character U+001B; ')
    assert fault(rate_of, "x" * 100) == f'"{"x" * 39}…" is not a rate; write 0.20% or 20bp'


# Numbers to text


@pytest.mark.parametrize(
    ("number", "decimals", "shown"),
    [
        (2.675, 2, "2.68"),
        (0.125, 2, "0.13"),
        (-0.125, 2, "-0.13"),
        (1.005, 2, "1.01"),
        (2.5, 0, "3"),
        (-2.5, 0, "-3"),
        (0.285 * 100, 2, "28.50"),
        (0.8, 2, "0.80"),
        (0.0, 2, "0.00"),
        (1e16, 1, "10000000000000000.0"),
        (5e-324, 8, "0.00000000"),
        (250, 0, "250"),
    ],
)
def test_n32_ties_round_away_from_zero(number: float, decimals: int, shown: str) -> None:
    assert format_number(number, decimals) == shown


@pytest.mark.parametrize(
    ("rate", "shown"),
    [
        (0.001 + 0.002, "0.30%"),
        (0.285, "28.50%"),
        (0.00285, "0.29%"),
        (0.054, "5.40%"),
        (-0.0018, "-0.18%"),
        (0.0, "0.00%"),
        (1.0, "100.00%"),
    ],
)
def test_n31_sums_show_as_by_hand(rate: float, shown: str) -> None:
    assert format_rate(rate) == shown


@pytest.mark.parametrize("zero", [0.0, -0.0, -0.000001, 0.000001])
def test_zero_never_has_a_sign(zero: float) -> None:
    assert format_rate(zero, signed=True) == "0.00%"
    assert format_bps(zero) == "0bp"
    assert format_number(zero) == "0.00"
    assert format_money(zero, signed=True) == "$0"
    assert exact_rate(0.0 * zero) == "0%"
    assert exact_money(0.0 * zero) == "$0"


def test_the_minus_sign_can_be_typographic() -> None:
    assert format_rate(-0.0018, minus="−") == "−0.18%"
    assert format_bps(-0.0018, minus="−") == "−18bp"
    assert format_number(-1.5, 1, minus="−") == "−1.5"
    assert format_money(-12.3e6, minus="−") == "−$12.3M"


def test_a_sign_is_shown_where_asked() -> None:
    assert format_bps(0.0177) == "+177bp"
    assert format_bps(0.00175, 1) == "+17.5bp"
    assert format_bps(0.002, signed=False) == "20bp"
    assert format_rate(0.054, 1, signed=True) == "+5.4%"
    assert format_number(0.8, signed=True) == "+0.80"


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (770e6, "$770M"),
        (1.234e9, "$1.23B"),
        (1.235e9, "$1.24B"),
        (-12.3e6, "-$12.3M"),
        (58.8e9, "$58.8B"),
        (1e9, "$1.00B"),
        (250, "$250"),
        (12.3, "$12.30"),
        (0.005, "$0.01"),
        (-0.004, "$0"),
        (99.994, "$99.99"),
        (99.995, "$100"),
        (999.4, "$999"),
        (999.5, "$1.00K"),
        (999_499, "$999K"),
        (999_500, "$1.00M"),
        (999.5e9, "$1.00T"),
        (1.234e15, "$1230T"),
    ],
)
def test_money_shows_three_digits(amount: float, shown: str) -> None:
    assert format_money(amount) == shown


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (200481.1547714515, "$200,481"),
        (1234567.5, "$1,234,568"),
        (-23857.2, "-$23,857"),
        (100.0, "$100"),
        (99.5, "$99.50"),
        (0.0, "$0"),
    ],
)
def test_what_is_traded_shows_each_dollar(amount: float, shown: str) -> None:
    assert format_dollars(amount) == shown


def test_money_names_its_currency() -> None:
    assert format_money(1.2e9, "EUR") == "€1.20B"
    assert format_money(459e6, "CAD") == "459M CAD"
    assert format_money(-459e6, "CAD") == "-459M CAD"
    assert format_money(12.3e6, signed=True) == "+$12.3M"


def test_days_show_with_their_unit() -> None:
    assert format_days(203) == "203d"


@pytest.mark.parametrize(
    ("days", "shown"),
    [(365, "1y"), (730, "2y"), (183, "6m"), (548, "18m"), (90, "90d"), (1, "1d"), (182, "182d")],
)
def test_a_span_shows_in_its_largest_whole_unit(days: int, shown: str) -> None:
    assert format_span(days) == shown


@pytest.mark.parametrize(
    ("rate", "shown"),
    [
        (0.002, "0.2%"),
        (1e-9, "0.0000001%"),
        (-0.5, "-50%"),
        (0.285, "28.5%"),
        (1e20, "1" + "0" * 22 + "%"),
    ],
)
def test_an_exact_rate_has_no_spare_digit_and_no_exponent(rate: float, shown: str) -> None:
    assert exact_rate(rate) == shown


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (770e6, "USD", "$770M"),
        (1.2e9, "USD", "$1.2B"),
        (100_000, "USD", "$100K"),
        (1500, "USD", "$1.5K"),
        (250, "USD", "$250"),
        (-12.3e6, "USD", "-$12.3M"),
        (1_234_567, "USD", "$1234567"),
        (459e6, "CAD", "459M CAD"),
        (1e12, "JPY", "¥1T"),
    ],
)
def test_exact_money_is_as_short_as_can_be(amount: float, currency: str, shown: str) -> None:
    assert exact_money(amount, currency) == shown


# What is written is read back


@given(FINITE)
@example(5e-324)
@example(1.7976931348623157e308)
def test_an_exact_rate_reads_back(rate: float) -> None:
    text = exact_rate(rate)
    assert rate_of(text) == rate
    assert "e" not in text.lower()


@given(FINITE, st.sampled_from(["USD", "EUR", "CAD", "KMB"]))
@example(5e-324, "USD")
@example(1.7976931348623157e308, "CAD")
def test_exact_money_reads_back(amount: float, currency: str) -> None:
    assert money_of(exact_money(amount, currency)) == Money(amount, currency)


@given(st.integers(1, 36500))
def test_a_span_reads_back(days: int) -> None:
    assert span_of(format_span(days)) == days


@given(st.dates())
def test_a_date_reads_back(day: date) -> None:
    assert date_of(day.isoformat()) == day
    assert as_of_of(day.isoformat()).day == day


@given(st.integers(-(10**9), 10**9))
def test_a_rate_of_whole_hundredths_of_a_percent_reads_back_as_shown(hundredths: int) -> None:
    rate = rate_of(f"{hundredths}bp")
    assert rate_of(format_rate(rate)) == rate
    assert rate_of(format_bps(rate)) == rate


# The rounding rule


def rounded_by_definition(number: float, power: int, decimals: int) -> Decimal:
    with localcontext(prec=1000):
        exact = Decimal(repr(number)) * Decimal(10) ** power
        return exact.quantize(Decimal(10) ** -decimals, rounding=ROUND_HALF_UP)


ties = st.builds(lambda n, d: n / 10**d, st.integers(-(10**6), 10**6), st.integers(0, 6))


@given(FINITE | ties, st.integers(0, 8))
def test_every_shown_number_obeys_the_rounding_rule(number: float, decimals: int) -> None:
    assert Decimal(format_number(number, decimals)) == rounded_by_definition(number, 0, decimals)
    assert Decimal(format_rate(number, decimals)[:-1]) == rounded_by_definition(number, 2, decimals)
    assert Decimal(format_bps(number, decimals)[:-2]) == rounded_by_definition(number, 4, decimals)


@given(st.floats(100, 1e14))
def test_shown_money_is_within_half_a_unit_of_its_third_digit(amount: float) -> None:
    assert money_of(format_money(amount)).amount == pytest.approx(amount, rel=0.005 + 1e-12)
