"""The catalogue's format as a JSON Schema, so that editors complete and check as the user types.

It follows from the classes of `schema` and holds for what a YAML reader of an editor makes of the
file: some numbers and all empty values are no texts there. What only the program knows (bounds,
names of sources, dates that lie in the future) is not repeated.
"""

from __future__ import annotations

import json
from typing import Final, TypeAlias, assert_never

from etfcompare.catalogue.fields import (
    WORDS,
    Block,
    Field,
    Inner,
    Kind,
    Listed,
    Member,
    Named,
    Several,
)
from etfcompare.catalogue.schema import (
    SCHEMA_VERSION,
    Asset,
    Assume,
    Cash,
    Figures,
    History,
    Holdings,
    Limits,
    Product,
    Source,
    View,
)

Schema: TypeAlias = dict[str, object]

_NUMBER: Final = r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
_MONEY: Final = (
    r"[+-]?(?:US\$|HK\$|A\$|C\$|[$€£¥]|[A-Z]{3} ?)?[+-]?"
    r"(?:[1-9][0-9]{0,2}(?:_[0-9]{3})+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|" + _NUMBER + r")"
    r"(?: ?(?:[kKmMbBtT]|[bB][nN]))?(?: [A-Z]{3})?"
)
_MONTH: Final = r"(?:0[1-9]|1[0-2])"
_DAY: Final = r"(?:0[1-9]|[12][0-9]|3[01])"
PATTERNS: Final = {
    Kind.RATE: rf"[+-]?{_NUMBER} ?(?:%|bps?)",
    Kind.SHARE: rf"[+-]?{_NUMBER} ?(?:%|bps?)",
    Kind.MONEY: _MONEY,
    Kind.NUMBER: rf"[+-]?{_NUMBER}",
    Kind.DATE: rf"[0-9]{{4}}-{_MONTH}-{_DAY}",
    Kind.AS_OF: rf"[0-9]{{4}}(?:-{_MONTH}(?:-{_DAY})?)?",
    Kind.SPAN: r"[1-9][0-9]* ?[dwmy]",
    Kind.COUNTRY: r"[A-Z]{2}",
    Kind.ISIN: r"[A-Z]{2}[A-Z0-9]{9}[0-9]",
    Kind.URL: r"https?://\S+",
}
"""What a text of each kind looks like as a whole."""
_WRITTEN: Final = {
    Kind.RATE: "A rate with its unit: 0.20% or 20bp.",
    Kind.SHARE: "A part of the whole: 96%.",
    Kind.MONEY: "Money with its size: $1.2B, 770M or 459M CAD; US dollars unless it says.",
    Kind.NUMBER: "A plain number: 0.71.",
    Kind.DATE: "A day: 2026-08-20.",
    Kind.AS_OF: "A day, month or year: 2026-08-20, 2026-08 or 2026.",
    Kind.SPAN: "A length of time: 90d, 2w, 6m or 1y.",
    Kind.COUNTRY: "Two capital letters, ISO 3166: US.",
    Kind.ISIN: "Twelve characters, ISO 6166.",
    Kind.URL: "A web address.",
}
_ALSO_NUMBERS: Final = {
    Kind.NUMBER: "number",
    Kind.MONEY: "number",
    Kind.AS_OF: "integer",
}
"""Kinds of which an editor's reader takes some texts for numbers: 0.71, 250, 2026."""
_AS_OF: Final[Schema] = {
    "description": "When the figures were true. " + _WRITTEN[Kind.AS_OF],
    "$ref": "#/$defs/date_of_figures",
}
_SOURCE: Final[Schema] = {
    "description": "Where the figures come from: a key under sources.",
    "type": ["string", "null"],
}


def json_schema() -> dict[str, object]:
    """Return the schema of a catalogue, JSON Schema 2020-12."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Catalogue of etfcompare",
        "description": "Listed crypto funds: what they charge, earn and hold, with sources.",
        **_object(
            {
                "schema": {
                    "description": "Version of this format.",
                    "enum": [int(SCHEMA_VERSION), SCHEMA_VERSION],
                },
                "cash": _block(Cash),
                "fx": _currencies(),
                "assets": _by_name("Coins that funds hold, by their symbol.", _block(Asset)),
                "assume": _block(Assume),
                "limits": _block(Limits),
                "sources": _by_name("Where figures come from, by name.", _block(Source)),
                "history": _block(History),
                "views": _list("Ways to look at the catalogue.", _block(View)),
                "holdings": _block(Holdings),
                "products": _list("The funds.", {**_block(Product), "type": "object"}),
            }
        ),
        "$defs": {
            **{_name(kind): _figure(kind) for kind in Kind if kind not in WORDS},
            "date_of_figures": _scalar(Kind.AS_OF),
        },
    }


def json_schema_text() -> str:
    """Return the schema as the text of its file."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def _block(kind: type[Block]) -> Schema:
    members = kind.members
    properties: Schema = {key: _member(member) for key, (_, member) in members.items()}
    required = [
        key
        for key, (_, member) in members.items()
        if isinstance(member, Field) and member.is_required
    ]
    if issubclass(kind, Figures):
        properties |= {"as_of": _AS_OF, "source": _SOURCE}
    meaning = (kind.__doc__ or "").partition("\n")[0]
    return {
        "description": meaning,
        **_object(properties),
        **({"required": required} if required else {}),
    }


def _member(member: Member) -> Schema:
    match member:
        case Inner():
            return _block(member.kind)
        case Named():
            return _by_name(member.meaning, _described(member.field))
        case Listed():
            return _list(member.meaning, {"type": "string"})
        case Several():
            return _list(member.meaning, {**_block(member.kind), "type": "object"})
        case Field():
            return _described(member)
        case _:
            assert_never(member)


def _described(field: Field) -> Schema:
    written = _WRITTEN.get(field.kind, "")
    description = f"{field.meaning} {written}".rstrip()
    if field.kind not in WORDS:
        return {"description": description, "$ref": f"#/$defs/{_name(field.kind)}"}
    if field.choices:
        return {"description": description, "enum": [*field.choices, None]}
    return {
        "description": description,
        **_scalar(field.kind),
        **({"type": "string", "minLength": 1} if field.is_required else {}),
    }


def _scalar(kind: Kind) -> Schema:
    types = ["string", "null"]
    if kind in _ALSO_NUMBERS:
        types.append(_ALSO_NUMBERS[kind])
    pattern = PATTERNS.get(kind)
    return {"type": types, **({"pattern": f"^(?:{pattern})$"} if pattern else {})}


def _figure(kind: Kind) -> Schema:
    """A figure alone, or with a date and a source of its own."""
    alone = _scalar(kind)
    value = {"description": _WRITTEN[kind], **alone}
    apart = _object({"value": value, "as_of": _AS_OF, "source": _SOURCE})
    return {"anyOf": [alone, {**apart, "type": "object", "required": ["value"]}]}


def _currencies() -> Schema:
    rate = {
        "description": f"US dollars for one unit. {_WRITTEN[Kind.NUMBER]}",
        "$ref": f"#/$defs/{_name(Kind.NUMBER)}",
    }
    return {
        "description": "US dollars for one unit of each currency that amounts are in.",
        **_object({"as_of": _AS_OF, "source": _SOURCE}),
        "patternProperties": {"^[A-Z]{3}$": rate},
    }


def _by_name(meaning: str, value: Schema) -> Schema:
    return {"description": meaning, "type": ["object", "null"], "additionalProperties": value}


def _list(meaning: str, item: Schema) -> Schema:
    return {"description": meaning, "type": ["array", "null"], "items": item}


def _object(properties: Schema) -> Schema:
    return {
        "type": ["object", "null"],
        "additionalProperties": False,
        "properties": properties,
    }


def _name(kind: Kind) -> str:
    return kind.value.replace(" ", "_")
