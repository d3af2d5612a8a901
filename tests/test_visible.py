import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etfcompare.visible import MARKS_PER_BASE, mixed_scripts, visible

HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
ANY_TEXT = st.text(st.characters(exclude_categories=()))
MARKS = st.characters(categories=("Mn", "Me", "Mc"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("Bitwise Solana Staking ETF", "Bitwise Solana Staking ETF"),
        ("Zürich 21Shares €", "Zürich 21Shares €"),
        ("比特币 ETF", "比特币 ETF"),
        ("🚀", "🚀"),
        ("\x00", r"\x00"),
        ("\x1b]52;c;Zm9v\x07", r"\x1b]52;c;Zm9v\x07"),
        ("\x7f", r"\x7f"),
        ("\ue000", r"\ue000"),
        ("\ud800", r"\ud800"),
        ("\u2028\u2029", r"\u2028\u2029"),
        ("\U000e0001", r"\U000e0001"),
        ("\U000fffff", r"\U000fffff"),
        ("\u0378", r"\u0378"),
    ],
)
def test_what_cannot_be_seen_becomes_an_escape_and_the_rest_stays(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_t08_eight_bit_controls_are_escaped() -> None:
    assert visible("\x9b2J\x9d0;x\x9c") == r"\x9b2J\x9d0;x\x9c"


def test_t09_a_cell_is_one_line() -> None:
    assert visible("a\rb\bc\td\ne\x00") == r"a\x0db\x08c\x09d\x0ae\x00"


def test_t10_bidirectional_and_zero_width_characters_are_escaped() -> None:
    assert visible("\u202e\u2066\u200b\u00ad\ufeff") == r"\u202e\u2066\u200b\xad\ufeff"


def test_t11_three_of_twenty_combining_marks_stay_on_each_letter() -> None:
    assert visible("a" + "\u0301" * 20 + "b" + "\u0302") == "a" + "\u0301" * 3 + "b\u0302"


def test_t12_a_family_shows_its_parts_and_its_joiners() -> None:
    assert visible("👨\u200d👩") == "👨\\u200d👩"
    assert visible("🇨🇭") == "🇨🇭"


def test_t13_a_long_name_is_not_cut_here() -> None:
    assert visible("é" * 300) == "é" * 300


def test_t14_a_hostile_file_name_is_inert() -> None:
    assert visible("/home/me/\x1b[2J\u202elmay.yaml") == r"/home/me/\x1b[2J\u202elmay.yaml"


@given(ANY_TEXT)
def test_nothing_hidden_is_left(text: str) -> None:
    assert not {unicodedata.category(character) for character in visible(text)} & HIDDEN


@given(ANY_TEXT)
def test_doing_it_twice_changes_nothing(text: str) -> None:
    assert visible(visible(text)) == visible(text)


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E)))
def test_printable_ascii_is_unchanged(text: str) -> None:
    assert visible(text) == text


@given(st.text(st.sampled_from("ab\u200b") | MARKS))
def test_no_base_carries_more_marks_than_allowed(text: str) -> None:
    run = 0
    for character in visible(text):
        run = run + 1 if unicodedata.category(character).startswith("M") else 0
        assert run <= MARKS_PER_BASE


@pytest.mark.parametrize("text", ["ЕTHE", "BTСO", "ΑRKB", "Еthereum"])
def test_t18_lookalike_letters_among_latin_ones_are_noticed(text: str) -> None:
    assert mixed_scripts(text)


@pytest.mark.parametrize(
    "text", ["", "ETHE", "BTCW.SW", "Zürich", "Биткоин 2026", "ΑΒΓ", "比特币 ETF", "5 µm", "1E5"]
)
def test_t18_one_script_alone_is_not_mixed(text: str) -> None:
    assert not mixed_scripts(text)
