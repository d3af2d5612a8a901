"""Drawing for terminals that take nothing but ASCII: every other sign has a stand-in as wide."""

from __future__ import annotations

from typing import Final, Protocol

from rich.cells import split_graphemes

_NEEDED: Final = "│─▌█▼…−"
_STAND_INS: Final = str.maketrans(
    {
        **dict.fromkeys("│┃▕▐", "|"),
        **dict.fromkeys("─━▁▂▔", "-"),
        **dict.fromkeys("╭╮╰╯┌┐└┘├┤┬┴┼┏┓┗┛", "+"),
        **dict.fromkeys("▏▎▍", "|"),
        **dict.fromkeys("▌", ">"),
        **dict.fromkeys("▋▊▉█", "#"),
        **dict.fromkeys("▃▄▅▆▇", "="),
        **dict.fromkeys("·…", "."),
        **dict.fromkeys("‹←", "<"),
        **dict.fromkeys("›→", ">"),
        **dict.fromkeys("▲↑", "^"),
        **dict.fromkeys("▼↓", "v"),
        **dict.fromkeys("−–—", "-"),
        **dict.fromkeys("×✗", "x"),
        **dict.fromkeys("•Δ", "*"),
        **dict.fromkeys("┄┈", "."),
        **dict(zip("●■◆○□△◇▽", "o#*@%&$=", strict=True)),  # signs of assets, with ▲ and ▼
        **dict(zip("¹²³⁴⁵⁶⁷⁸⁹", "123456789", strict=True)),
    }
)


class HasEncoding(Protocol):
    """A stream of text, as far as it matters here."""

    @property
    def encoding(self) -> str:
        """The name of its encoding."""


def takes_signs(stream: HasEncoding | None) -> bool:
    """Whether what the interface draws with can be written to a stream."""
    try:
        _NEEDED.encode(stream.encoding if stream else "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def in_ascii(text: str) -> str:
    """Put stand-ins in the place of all that is not ASCII; the text stays as wide as it was."""
    text = text.translate(_STAND_INS)
    if text.isascii():
        return text
    spans, _ = split_graphemes(text)
    pieces = ((text[start:end], width) for start, end, width in spans)
    return "".join(piece if piece.isascii() else "?" * width for piece, width in pieces)
