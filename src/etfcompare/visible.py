"""Foreign text made safe to show: nothing in it can move the cursor, hide or reorder what is read.

Every string that was not written in this program (values, keys, tickers, file names, errors of the
operating system) passes through `visible` on its way to a screen or an export. Markup is another
matter: that is the business of the place where text is drawn.
"""

from __future__ import annotations

import unicodedata
from typing import Final

MARKS_PER_BASE: Final = 3
"""Combining marks kept on one base character: more than any language needs on one letter."""

_ESCAPED: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_LOOKALIKES: Final = ("CYRILLIC ", "GREEK ")


def visible(text: str) -> str:
    r"""One line of text in which every character can be seen.

    Controls, format characters, surrogates, private and unassigned code points and line separators
    become escapes such as `\x1b`, `\u202e` or `\U000e0001`; of the combining marks on one base, the
    first `MARKS_PER_BASE` stay. All other text is unchanged; doing it twice changes nothing.
    """
    if text.isascii() and text.isprintable():
        return text
    shown: list[str] = []
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        if category in _ESCAPED:
            marks = 0
            shown.append(_escape(ord(character)))
        elif category[0] != "M":
            marks = 0
            shown.append(character)
        elif marks < MARKS_PER_BASE:
            marks += 1
            shown.append(character)
    return "".join(shown)


def mixed_scripts(text: str) -> bool:
    """Whether Latin letters stand together with Cyrillic or Greek ones, which look like them."""
    if text.isascii():
        return False
    names = [unicodedata.name(character, "") for character in text if character.isalpha()]
    return any(name.startswith("LATIN ") for name in names) and any(
        name.startswith(_LOOKALIKES) for name in names
    )


def _escape(code_point: int) -> str:
    if code_point <= 0xFF:  # noqa: PLR2004 - the widths of the three escapes
        return f"\\x{code_point:02x}"
    if code_point <= 0xFFFF:  # noqa: PLR2004
        return f"\\u{code_point:04x}"
    return f"\\U{code_point:08x}"
