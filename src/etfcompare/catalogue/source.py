"""The text of a catalogue: decoded, checked for characters that hide, and counted in lines.

A line ends at LF, CRLF or CR only, as in an editor; YAML counts more characters as line ends.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from etfcompare.catalogue.problem import Problem, Severity
from etfcompare.errors import UnreadableError
from etfcompare.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

BOM = "\ufeff"
ODD_SPACES = "\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200C))) + "\u202f\u205f\u3000"
"""Characters that look like a space, and are not one for YAML."""
ODD_BREAKS = "\u2028\u2029"
"""Characters that end a line for YAML, and not for an editor."""

_LINE_END = re.compile(r"\r\n|\n|\r")
_FORBIDDEN = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_CONFLICT = re.compile(r"(?:^|(?<=[\r\n]))(?:<{7}|>{7}|\|{7}|={7})(?=[ \r\n]|$)")
_CONFLICT_MARKS = ("<<<<<<<", ">>>>>>>", "|||||||")
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_WIDE_START = re.compile(
    rb"[^\0]\0[^\0]\0|\0[^\0]\0[^\0]|[^\0]\0\0\0|\0\0\0[^\0]",  # two and four bytes, both orders
    re.DOTALL,
)
_SHOWN = 40


class DocumentError(UnreadableError):
    """The text is not a document that we read; its problems, in the order of the file, say why."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.line, problem.column)))
        super().__init__(str(self.problems[0]))


class Source:
    """A text that can say at which line and column an index lies."""

    __slots__ = ("_starts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts: list[int] = []

    def position(self, index: int) -> tuple[int, int]:
        """Line and column of an index, both from 1."""
        starts = self._line_starts()
        line = bisect_right(starts, index)
        return line, index - starts[line - 1] + 1

    def line_start(self, index: int) -> int:
        """Index at which the line of an index begins."""
        starts = self._line_starts()
        return starts[bisect_right(starts, index) - 1]

    def line_from(self, index: int) -> str:
        """The rest of a line from an index, without its end."""
        end = _LINE_END.search(self.text, index)
        return self.text[index : end.start() if end else len(self.text)]

    def line(self, index: int) -> str:
        """The whole line of an index, without its end."""
        return self.line_from(self.line_start(index))

    def error(self, index: int, message: str, hint: str = "", *, path: str = "") -> Problem:
        """Make an error at an index."""
        return self._problem(index, message, hint, path, Severity.ERROR)

    def warning(self, index: int, message: str, hint: str = "", *, path: str = "") -> Problem:
        """Make a warning at an index."""
        return self._problem(index, message, hint, path, Severity.WARNING)

    def _problem(
        self, index: int, message: str, hint: str, path: str, severity: Severity
    ) -> Problem:
        line, column = self.position(index)
        return Problem(
            path=path, line=line, column=column, severity=severity, message=message, hint=hint
        )

    def _line_starts(self) -> list[int]:
        if not self._starts:
            self._starts = [0, *map(re.Match.end, _LINE_END.finditer(self.text))]
        return self._starts


def shown(text: str) -> str:
    """Text of the file as part of a message: short, in backquotes and without hidden characters."""
    cut = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    return f"`{visible(cut)}`"


def code_point(character: str) -> str:
    """A character's number in the usual form, such as U+00A0."""
    return f"U+{ord(character):04X}"


def decode(data: bytes) -> tuple[str, bool]:
    """Decode a file; returns its text without a byte order mark, and whether it had one.

    Raises:
        DocumentError: The bytes are not UTF-8.
    """
    if data.startswith(_WIDE_MARKS) or _WIDE_START.match(data):
        raise DocumentError(
            [Source("").error(0, "the file is in UTF-16 or UTF-32", "save it as UTF-8")]
        )
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8").removeprefix(BOM)
        message = f"byte 0x{data[error.start]:02X} is not UTF-8"
        problem = Source(before).error(len(before), message, "save the file as UTF-8")
        raise DocumentError([problem]) from None
    return text.removeprefix(BOM), text.startswith(BOM)


def check_characters(source: Source) -> None:
    """Refuse characters that no catalogue holds, and the marks that a failed merge leaves.

    Raises:
        DocumentError: There is a control character, a byte order mark or a conflict marker.
    """
    text = source.text
    if any(mark in text for mark in _CONFLICT_MARKS):
        marker = _CONFLICT.search(text)
        if marker:
            raise DocumentError(
                [
                    source.error(
                        marker.start(),
                        "merge conflict markers are still in the file",
                        "keep one of the two sides and remove the marker lines",
                    )
                ]
            )
    found = _FORBIDDEN.search(text)
    if found:
        message = f"{_kind(found[0])} {code_point(found[0])} in the text"
        raise DocumentError([source.error(found.start(), message, "remove it")])


def _kind(character: str) -> str:
    if character == BOM:
        return "byte order mark"
    return "control character" if character < "\xa0" else "unassigned character"
