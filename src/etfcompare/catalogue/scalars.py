"""How a text is written in the file: plain where a YAML reader takes it for that text, else quoted.

A way to write it is taken only if it was read back, in a block and in a flow collection, as exactly
the text that was meant.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from etfcompare.catalogue.document import Document, DocumentError, plain_reading
from etfcompare.catalogue.proof import Token, outline, text_token
from etfcompare.visible import visible

_TRIAL: Final = "k: v  # c\nl: [v, v ]  # c\nm: {k: v}  # c\n"
QUOTES: Final = ("'", '"')

_PLAIN_FIGURE: Final = re.compile(
    r"[+-]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|[0-9]{4}-[0-9]{2}-[0-9]{2}"
)
"""Numbers and days, which are plain where a figure belongs: its field reads them, not YAML."""
_NEWER_NUMBER: Final = re.compile(
    r"[+-]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][+-]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+"
)
"""What YAML 1.2 takes for a number, and 1.1 partly does not."""


def written(text: str, *, style: str = "", is_figure: bool = False, quote: str = "'") -> str | None:
    """Return how to write a text; None if no YAML file can hold it.

    Args:
        text: What a reader shall find.
        style: How the text before it was written: quotes are kept, if they can hold the new one.
        is_figure: Whether a number or a date belongs there.
        quote: The quote that the file favours.
    """
    other = next(one for one in QUOTES if one != quote)
    styles = (style, "", quote, other) if style in QUOTES else ("", quote, other)
    candidates = (_in_style(text, one, is_figure=is_figure) for one in styles)
    return next((one for one in candidates if one is not None and _is_read_as(one, text)), None)


def _in_style(text: str, style: str, *, is_figure: bool) -> str | None:
    hides = any(len(visible(character)) > 1 for character in text)
    if style == '"':
        escaped = text.replace("\\", "\\\\").replace('"', '\\"')
        return '"' + "".join(map(visible, escaped)) + '"'
    if hides:
        return None
    if style == "'":
        return "'" + text.replace("'", "''") + "'"
    is_house_style = is_figure and _PLAIN_FIGURE.fullmatch(text)
    is_taken = plain_reading(text) is not None or _NEWER_NUMBER.fullmatch(text)
    return text if text.strip() == text != "" and (is_house_style or not is_taken) else None


def _is_read_as(candidate: str, text: str) -> bool:
    """Whether a reader finds the text, alone and among others, with a comment behind it."""
    try:
        found = _outline_of(_TRIAL.replace("v", candidate))
    except (DocumentError, UnicodeEncodeError):
        return False
    return found == [text_token(text) if one == text_token("v") else one for one in _expected()]


@cache
def _expected() -> list[Token]:
    return _outline_of(_TRIAL)


def _outline_of(trial: str) -> list[Token]:
    return outline(Document.parse(trial.encode()).root)
