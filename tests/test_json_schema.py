"""The JSON Schema that editors check a catalogue with."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from conftest import TODAY, TOP
from etfcompare.catalogue.document import Document
from etfcompare.catalogue.fields import Field, Kind
from etfcompare.catalogue.json_schema import PATTERNS, json_schema, json_schema_text
from etfcompare.catalogue.reader import TOP as TOP_KEYS
from etfcompare.catalogue.reader import read
from etfcompare.units import UnitError


class Texts(yaml.CSafeLoader):
    """Takes every scalar for text, as the program does."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 - the library declares it


class Core(yaml.CSafeLoader):
    """Takes scalars for what they are in YAML 1.2, as editors do."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 - the library declares it


for tag, pattern in {
    "null": r"~|null|Null|NULL|",
    "bool": r"true|True|TRUE|false|False|FALSE",
    "int": r"[-+]?[0-9]+",
    "float": r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?",
}.items():
    Core.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), None)


@cache
def validator() -> Draft202012Validator:
    return Draft202012Validator(json_schema())


def faults(text: str, loader: type[yaml.CSafeLoader] = Core) -> list[str]:
    data = yaml.load(text, Loader=loader)  # noqa: S506 - both loaders are safe ones
    return [f"{error.json_path}: {error.message}" for error in validator().iter_errors(data)]


def fault_of(block: str) -> str:
    return "; ".join(faults(f"products: [{{ticker: A, asset: BTC, {block}}}]"))


def test_the_file_is_what_the_classes_say() -> None:
    text = (TOP / "etfcompare.schema.json").read_text(encoding="utf-8")
    assert text == json_schema_text(), "run `make docs`"


def test_it_is_a_schema_and_knows_the_keys_of_the_file() -> None:
    schema = json_schema()
    Draft202012Validator.check_schema(schema)
    assert isinstance(schema["properties"], dict)
    assert set(schema["properties"]) == set(TOP_KEYS)


@pytest.mark.parametrize("loader", [Texts, Core])
def test_the_catalogue_that_comes_with_the_program_is_in_order(
    catalogue_path: Path, loader: type[yaml.CSafeLoader]
) -> None:
    assert faults(catalogue_path.read_text(encoding="utf-8"), loader) == []


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ("fee: {rate: 0.25}", "0.25 is not valid"),
        ("fee: {rate: {as_of: 2026}}", "is not valid"),
        ("fee: {rat: 0.25%}", "'rat' was unexpected"),
        ("status: open", "'open' is not one of"),
        ("name: 12", "12 is not of type"),
        ("code: A", "'code' was unexpected"),
        ("fee: {rate: 1%, as_of: 2026-13}", "'2026-13' does not match"),
        ("listing: {since: 2026-1-1}", "is not valid"),
    ],
)
def test_what_the_program_would_complain_of_is_marked(block: str, expected: str) -> None:
    assert expected in fault_of(block)
    text = f"assets: {{BTC: {{}}}}\nproducts: [{{ticker: A, asset: BTC, {block}}}]"
    assert read(Document.parse(text.encode()), today=TODAY).problems


@pytest.mark.parametrize(
    "block",
    [
        "fee: , market: ~",
        "fee: {rate: {value: 0.2%, as_of: 2026, source: x}, as_of: 2026-08-10}",
        "flows: {1w: 250, 4w: -3M, 13w: 1_000, ytd: 12.5M CAD}",
        "listing: {since: 2025, country: NO}",
    ],
)
def test_what_an_editor_reads_as_another_type_is_accepted(block: str) -> None:
    assert fault_of(block) == ""


def test_ticker_and_asset_are_required() -> None:
    assert len(faults("products: [{name: A}]")) == 2


def test_a_lot_is_checked_as_a_block_of_a_list() -> None:
    good = "{ticker: A, value: $52K, cost: 60000, bought: 2025-01-10, account: sheltered}"
    assert faults(f"holdings: {{cash: $50K, as_of: 2026-11-20, lots: [{good}]}}") == []
    assert len(faults("holdings: {lots: [{value: 1K}, {ticker: A, valu: 1K}, ~]}")) == 3


CHARACTERS = "0123456789.-+eE%bps $€MBkdwmyCADUS_"
NEARLY = st.one_of(
    st.text(CHARACTERS, max_size=8),
    st.sampled_from(("0.2%", "20bp", "20 bps", "$1.2B", "459M CAD", "-12.3M", "2026-08-20", "90d")),
)


@given(st.sampled_from([Kind.RATE, Kind.SHARE, Kind.MONEY, Kind.NUMBER]), NEARLY)
def test_patterns_accept_what_the_program_reads(kind: Kind, text: str) -> None:
    text = text.strip(" ")
    try:
        Field(kind=kind, meaning="Any.").value_of(text)
    except UnitError as error:
        # A pattern cannot count: two signs, currencies or too many digits are left to the program.
        if not re.search(r"two signs|names both|too (?:long|large|small)", error.message):
            assert not re.fullmatch(PATTERNS[kind], text)
    else:
        assert re.fullmatch(PATTERNS[kind], text)


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (Kind.DATE, ["2026-08-20"], ["2026-08", "2026-13-01", "20260820"]),
        (Kind.AS_OF, ["2026-08-20", "2026-08", "2026"], ["2026-8", "26", "2026-W03-1"]),
        (Kind.SPAN, ["90d", "2 w", "6m", "1y"], ["0d", "90", "d", "-1d"]),
        (Kind.COUNTRY, ["US"], ["us", "USA"]),
        (Kind.ISIN, ["US0378331005"], ["0378331005"]),
        (Kind.URL, ["https://example.invalid/a"], ["ftp://example.invalid", "javascript:1"]),
    ],
)
def test_patterns_of_words_and_dates(kind: Kind, good: list[str], bad: list[str]) -> None:
    assert all(re.fullmatch(PATTERNS[kind], one) for one in good)
    assert not any(re.fullmatch(PATTERNS[kind], one) for one in bad)
