"""The difference between two texts as the hunks of a unified diff.

Lines end where they end in an editor, so the numbers are the ones that it shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

_LINE_END: Final = re.compile(r"\r\n|\n|\r")


def hunks(before: str, after: str, context: int = 0) -> Iterator[str]:
    """Return the lines of the hunks, without line ends.

    Args:
        before: The old text.
        after: The new text.
        context: How many unchanged lines to show around each change.
    """
    from difflib import SequenceMatcher  # noqa: PLC0415 - only where a change is shown

    old, new = _lines(before), _lines(after)
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    # An edit is small and a catalogue is not: only what lies between the same lines is compared.
    first = max(0, start - context)
    rest = max(0, end - context)
    old_part, new_part = old[first : len(old) - rest], new[first : len(new) - rest]
    matcher = SequenceMatcher(None, old_part, new_part, autojunk=False)
    for group in matcher.get_grouped_opcodes(context):
        old_range = _range(first + group[0][1], first + group[-1][2])
        new_range = _range(first + group[0][3], first + group[-1][4])
        yield f"@@ -{old_range} +{new_range} @@"
        for kind, old_start, old_end, new_start, new_end in group:
            if kind == "equal":
                yield from (f" {line}" for line in old_part[old_start:old_end])
                continue
            yield from (f"-{line}" for line in old_part[old_start:old_end])
            yield from (f"+{line}" for line in new_part[new_start:new_end])


def _lines(text: str) -> list[str]:
    lines = _LINE_END.split(text)
    return lines if lines[-1] else lines[:-1]


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """Count the lines that both begin with."""
    count = 0
    for mine, yours in zip(one, other, strict=False):
        if mine != yours:
            break
        count += 1
    return count


def _range(start: int, end: int) -> str:
    """Name lines as a diff does: the first one and how many, the line before if there are none."""
    count = end - start
    if count == 1:
        return str(start + 1)
    return f"{start + 1 if count else start},{count}"
