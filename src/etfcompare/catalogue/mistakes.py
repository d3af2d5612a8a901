"""Why a text is not YAML, in words that name the likely slip and not the parser's state.

The parser reports where it lost its way, which is often a line after the slip and sometimes the end
of the file. Each rule below knows one slip, looks for it where such reports point, and says where
it is and what to write instead; the first rule that finds its slip speaks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from etfcompare.catalogue.source import ODD_BREAKS, ODD_SPACES, code_point, shown
from etfcompare.visible import visible

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from etfcompare.catalogue.problem import Problem
    from etfcompare.catalogue.source import Source

    Rule: TypeAlias = Callable[["Complaint", Source], Problem | None]

ESCAPE_WITHOUT_CHARACTER = (
    "the escape in this quoted text stands for no character",
    "check the digits after the backslash",
)
TAGS_REFUSED = ("tags are not used here", "remove the word that begins with `!`")

_BROKEN_LINE = re.compile(rf"[{ODD_BREAKS}]")
_FALSE_SPACE = re.compile(rf"^[ \t]*([{ODD_SPACES}])|[:-]([{ODD_SPACES}])")
_TAB_INDENT = re.compile(r"^ *(\t)")
_GLUED_DASH = re.compile(r"^ *(-[^\s-][^\r\n]*)")
_GLUED_COLON = re.compile(r"^ *(?:- +)*([\w-]+:[^\s:/][^\r\n]*)")
_KEY_VALUE = re.compile(r"^ *(?:- +)*([^\s'\"#\[{][^:]*): +(\S.*)")
_WORDS = re.compile(r"^ *(?:- +)*(\S.*)")
_COMMENT = re.compile(r"\s+#.*|\s+$")
_DIRECTIVE = re.compile(r"%(\S*)")
_LIST_AND_KEY = re.compile(r".*(?:'-' indicator[^-]|expected key-|found '-'-|found '\?'[^-])")
_OPENS_VALUE = re.compile(r"(?:^|[\r\n]|[:,\[{-])[ \t]*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """What the parser said."""

    context: str
    """What it was doing; may be empty."""
    context_index: int | None
    """Where that began."""
    problem: str
    """What it met."""
    index: int
    """Where it met it."""


def explain(source: Source, complaint: Complaint) -> Problem:
    """Turn a complaint of the parser into a problem at the line that needs mending."""
    for rule in _RULES:
        problem = rule(complaint, source)
        if problem is not None:
            return problem
    said = f"{complaint.problem} {complaint.context}".strip()
    return source.error(complaint.index, f"this is not valid YAML: {visible(said)}")


def directive_refused(name: str) -> tuple[str, str]:
    """The message and the hint for a line such as `%TAG`."""
    return f"directive {shown('%' + name)} is not used here", "remove the line"


def _odd_break(complaint: Complaint, source: Source) -> Problem | None:
    for start in _suspects(complaint, source):
        found = _BROKEN_LINE.search(source.line_from(start))
        if found:
            message = f"{code_point(found[0])} ends a line for YAML, though not for your editor"
            return source.error(start + found.start(), message, "remove it")
    return None


def _false_space(complaint: Complaint, source: Source) -> Problem | None:
    for start in _suspects(complaint, source):
        found = _FALSE_SPACE.search(source.line_from(start))
        if found:
            index = start + found.end() - 1
            message = f"{code_point(source.text[index])} only looks like a space"
            return source.error(index, message, "replace it by a space")
    return None


def _tab(complaint: Complaint, source: Source) -> Problem | None:
    start = source.line_start(complaint.index)
    indent = _TAB_INDENT.match(source.line_from(start))
    index = start + indent.start(1) if indent else complaint.index
    if source.text[index : index + 1] != "\t":
        return None
    message = f"tab on line {source.position(index)[0]}, where only spaces may stand"
    return source.error(index, message, "use spaces")


def _open_quote(complaint: Complaint, source: Source) -> Problem | None:
    """A quote never closed, or closed by what was meant to open the next one."""
    opener = complaint.context_index
    if "quoted scalar" not in complaint.context or "escape" in complaint.problem:
        opener = _quote_before(source.text, complaint.index)
        if opener is None or source.line_start(opener) == source.line_start(complaint.index):
            return None
    elif opener is None or "unexpected" not in complaint.problem:
        return None
    line = source.position(opener)[0]
    message = f"the quote opened on line {line} is probably not closed there"
    return source.error(opener, message, f"close it with {source.text[opener]} on the same line")


def _text_after_quote(complaint: Complaint, source: Source) -> Problem | None:
    opener = _quote_before(source.text, complaint.index)
    if opener is None:
        return None
    quote = source.text[opener]
    rest = _COMMENT.sub("", source.line_from(opener + 1))
    closed = re.match(rf"(.*?){quote}\s*(?:[,\]}}]|$)", rest)
    inner = closed[1] if closed else rest
    message = f"more text follows the closing {quote}"
    return source.error(opener, message, f"write {_quoted(inner)}")


def _escape(complaint: Complaint, source: Source) -> Problem | None:
    opener = complaint.context_index
    if opener is None or "quoted scalar" not in complaint.context:
        return None
    if "Unicode" in complaint.problem:
        return source.error(opener, *ESCAPE_WITHOUT_CHARACTER)
    inner = source.line_from(opener)[1:].partition('"')[0]
    message = "a backslash in double quotes begins an escape, and this one is unknown"
    return source.error(opener, message, f"write {_quoted(inner)}")


def _directive(complaint: Complaint, source: Source) -> Problem | None:
    if "incompatible YAML" in complaint.problem:
        message = "this version of YAML is not known here"
        return source.error(complaint.index, message, "write `%YAML 1.2` or remove the line")
    if "directive" not in complaint.context or complaint.context_index is None:
        return None
    name = _DIRECTIVE.match(source.text, complaint.context_index)
    return source.error(complaint.context_index, *directive_refused(name[1] if name else ""))


def _first_character(complaint: Complaint, source: Source) -> Problem | None:
    """A plain text that begins with a sign which YAML keeps for itself."""
    index = complaint.index
    if complaint.context in {"while scanning an alias", "while scanning an anchor"}:
        index = complaint.context_index or 0
    elif not any(said in complaint.problem for said in ("cannot start any token", "node content")):
        return None
    text = _COMMENT.sub("", source.line_from(index))
    if not text or complaint.context == "while parsing a flow node":
        return source.error(
            index, "a value is missing here", "write one, or remove the sign next to it"
        )
    message = f"a text cannot begin with {shown(text[0])}"
    return source.error(index, message, f"write {_quoted(text)}")


def _tag(complaint: Complaint, source: Source) -> Problem | None:
    if "tag" not in f"{complaint.context} {complaint.problem}".split():
        return None
    index = complaint.index if complaint.context_index is None else complaint.context_index
    return source.error(index, *TAGS_REFUSED)


def _flow(complaint: Complaint, source: Source) -> Problem | None:
    opener = complaint.context_index
    if opener is None or "while parsing a flow" not in complaint.context:
        return None
    bracket = source.text[opener : opener + 1]
    closing = {"[": "]", "{": "}"}.get(bracket)
    if closing is None:
        return None
    if source.line_start(opener) == source.line_start(complaint.index):
        message = f"a comma is missing, or {shown(bracket)} is not closed"
        return source.error(complaint.index, message, f"write a comma or {shown(closing)} before")
    line = source.position(opener)[0]
    message = f"{shown(bracket)} opened on line {line} is not closed, or a comma is missing"
    return source.error(opener, message, f"close it with {shown(closing)}")


def _list_after_key(complaint: Complaint, source: Source) -> Problem | None:
    if "sequence entries are not allowed" not in complaint.problem:
        return None
    message = "a list cannot begin on the line of its key"
    return source.error(complaint.index, message, "put the dash on the next line, or quote it")


def _block_header(complaint: Complaint, source: Source) -> Problem | None:
    if complaint.context != "while scanning a block scalar" or complaint.context_index is None:
        return None
    sign = shown(source.text[complaint.context_index])
    message = f"the text of a block begins on the line after {sign}"
    return source.error(complaint.index, message, "move it there, or quote the value")


def _glued_dash(complaint: Complaint, source: Source) -> Problem | None:
    for start in _suspects(complaint, source):
        found = _GLUED_DASH.match(source.line_from(start))
        if found:
            message = f"a space is missing after the dash in {shown(found[1])}"
            hint = f"write {shown('- ' + found[1][1:])}"
            return source.error(start + found.start(1), message, hint)
    return None


def _colon_in_value(complaint: Complaint, source: Source) -> Problem | None:
    if "mapping values" not in complaint.problem:
        return None
    start = source.line_start(complaint.index)
    found = _KEY_VALUE.match(source.line_from(start))
    if not found or start + found.start(2) > complaint.index:
        return None
    value = _COMMENT.sub("", found[2])
    message = f"the value of {shown(found[1])} holds a second colon"
    return source.error(complaint.index, message, f"write {_quoted(value)}")


def _missing_colon(complaint: Complaint, source: Source) -> Problem | None:
    """A line that was to be a key with its value: `name:x` or `name x`."""
    if "mapping values" in complaint.problem:
        suspects = _suspects(complaint, source)[1:]
    elif complaint.context == "while scanning a simple key":
        suspects = [source.line_start(complaint.context_index or 0)]
    else:
        return None
    for start in suspects:
        line = _COMMENT.sub("", source.line_from(start))
        glued = _GLUED_COLON.match(line)
        if glued and ": " not in line:
            key, _, value = glued[1].partition(":")
            message = f"a space is missing after the colon in {shown(glued[1])}"
            return source.error(
                start + glued.start(1), message, f"write {shown(f'{key}: {value}')}"
            )
        words = _WORDS.match(line)
        if words and ":" not in line:
            key, _, value = words[1].partition(" ")
            message = f"a colon is missing in {shown(words[1])}"
            hint = f"write {shown(f'{key}: {value}'.rstrip())}"
            return source.error(start + words.start(1), message, hint)
    if complaint.context:
        return source.error(suspects[0], "this line is not a key with a colon after it")
    return None


def _indentation(complaint: Complaint, source: Source) -> Problem | None:
    """A line that begins in a column where none of its neighbours do."""
    index, text = complaint.index, source.text
    start = source.line_start(index)
    columns: list[int] = []
    above = _line_above(source, start)
    words = None if above is None else _WORDS.match(source.line_from(above))
    if words is not None:
        columns.append(words.start(1) + 1)
    if "mapping values" in complaint.problem:
        index = start + len(source.line_from(start)) - len(source.line_from(start).lstrip(" "))
    elif complaint.context.startswith("while parsing a block"):
        columns.append(source.position(complaint.context_index or 0)[1])
    else:
        return None
    column = index - start + 1
    if column in columns and _LIST_AND_KEY.match(complaint.problem + text[index : index + 1]):
        message = "a list item and a key stand in the same column"
        return source.error(index, message, "begin each line of one list with a dash, or none")
    if text[start:index].strip(" ") or not columns or column in columns:
        return None
    nearest = min(columns, key=lambda other: abs(other - column))
    message = "this line begins in a column that fits no line above"
    return source.error(index, message, f"perhaps it begins in column {nearest}")


def _stray_colon(complaint: Complaint, source: Source) -> Problem | None:
    if source.text[complaint.index : complaint.index + 1] != ":":
        return None
    message = "there is a colon here without a key before it"
    return source.error(complaint.index, message, "write the key, or quote the text")


def _misfit(complaint: Complaint, source: Source) -> Problem | None:
    """Something in a block that is neither its next key nor its next item."""
    if "mapping keys are not allowed" in complaint.problem:
        message = "a question mark begins a key, and there can be none here"
        return source.error(complaint.index, message, "quote the text")
    if not complaint.context.startswith("while parsing a block"):
        return None
    message = "this is neither the next key nor the next item of the block it stands in"
    return source.error(complaint.index, message, "look for a missing colon, dash or quote")


def _second_document(complaint: Complaint, source: Source) -> Problem | None:
    if "<document start>" not in complaint.problem:
        return None
    message = "there is text after the end of the document"
    return source.error(complaint.index, message, "remove the `...` line, or what follows it")


_RULES: tuple[Rule, ...] = (
    _odd_break,
    _false_space,
    _tab,
    _directive,
    _open_quote,
    _escape,
    _text_after_quote,
    _tag,
    _first_character,
    _block_header,
    _glued_dash,
    _flow,
    _list_after_key,
    _colon_in_value,
    _missing_colon,
    _indentation,
    _stray_colon,
    _misfit,
    _second_document,
)


def _suspects(complaint: Complaint, source: Source) -> list[int]:
    """Starts of the lines to look at: the one complained of, the one above, that of the context."""
    here = source.line_start(complaint.index)
    above = _line_above(source, here)
    starts = [here] if above is None else [here, above]
    if complaint.context == "while scanning a simple key" and complaint.context_index is not None:
        starts.insert(0, source.line_start(complaint.context_index))
    return starts


def _line_above(source: Source, start: int) -> int | None:
    """Start of the nearest line above that says anything."""
    while start > 0:
        start = source.line_start(start - 1)
        line = source.line_from(start).strip()
        if line and not line.startswith("#"):
            return start
    return None


def _quote_before(text: str, index: int) -> int | None:
    """Where the quoted text opens that closes right before an index."""
    before = text[:index].rstrip(" \t")
    quote = before[-1:]
    if quote not in {"'", '"'}:
        return None
    opener = before.rfind(quote, 0, len(before) - 1)
    return opener if opener >= 0 and _OPENS_VALUE.search(text, 0, opener) else None


def _quoted(text: str) -> str:
    """A text as it can be written in quotes, for a hint."""
    if '"' in text or "\\" in text:
        return shown("'" + text.replace("'", "''") + "'")
    return shown(f'"{text}"')
