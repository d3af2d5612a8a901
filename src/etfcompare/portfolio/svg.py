"""Parts of a picture as text: signs, words and lines, in one style.

Every word becomes nothing but text, whoever wrote it.
"""

from __future__ import annotations

import unicodedata
from html import escape
from typing import Final

from etfcompare.portfolio.plot import SIGNS
from etfcompare.visible import visible

PAPER, INK, QUIET, GRID, ACCENT = "#ffffff", "#22262b", "#62686f", "#e7e4dc", "#0f6e6e"
FONT: Final = "'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', sans-serif"
_COLOURS: Final = (
    *("#b8600b", "#2f5d9b", "#7a3f94", "#2e7d4f", "#b02e3a"),
    *("#0f7c8a", "#8a6a12", "#5a5f66", "#a33c7d", "#5b6b1f"),
)
"""Of assets, in the order of the catalogue; all dark enough for grey paper."""
_LETTERS: Final = 26
_FULL: Final = len(SIGNS) // 2
"""Signs that are full; the same shapes hollow come after them."""
_SHAPES: Final = (
    ((-0.88, -0.88), (0.88, -0.88), (0.88, 0.88), (-0.88, 0.88)),
    ((0, -1.12), (1.1, 0.82), (-1.1, 0.82)),
    ((0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)),
    ((0, 1.12), (1.1, -0.82), (-1.1, -0.82)),
)
"""Corners of the signs after the circle, where the circle would reach one."""
_WIDE, _NARROW = 1.02, 0.68
"""Of the size of the letters, what one takes at most."""


def shape_at(mark: int, x: float, y: float, reach: float, *, is_pale: bool = False) -> str:
    """Draw the sign of an asset: the shapes of `SIGNS`, full, then hollow, then letters.

    Args:
        mark: The asset's place in the catalogue.
        x: Of its middle.
        y: Of its middle.
        reach: From its middle to its edge.
        is_pale: Whether it stands back.
    """
    colour = _COLOURS[mark % len(_COLOURS)]
    colour = _paler(colour) if is_pale else colour
    place = mark % (len(SIGNS) + _LETTERS)
    if place >= len(SIGNS):
        letter = chr(ord("A") + place - len(SIGNS))
        size = reach * 2.4
        return text_at(
            x, y + size * 0.36, letter, size=size, fill=colour, weight=600, anchor="middle"
        )
    is_hollow = place >= _FULL
    paint = (
        f'fill="{PAPER}" stroke="{colour}" stroke-width="1.8"'
        if is_hollow
        else f'fill="{colour}" stroke="{PAPER}" stroke-width="0.9"'
    )
    form = place % _FULL
    if not form:
        return f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(reach)}" {paint}/>'
    corners = ((x + reach * right, y + reach * down) for right, down in _SHAPES[form - 1])
    path = " ".join(f"{number(x)},{number(y)}" for x, y in corners)
    return f'<polygon points="{path}" {paint}/>'


def text_at(
    x: float,
    y: float,
    words: str,
    *,
    size: float,
    fill: str = INK,
    weight: int = 400,
    anchor: str = "end",
    is_halo: bool = False,
) -> str:
    """Write words at a place, to its left unless told otherwise, or the paper around them."""
    paint = f'fill="{PAPER}" stroke="{PAPER}" stroke-width="4"' if is_halo else f'fill="{fill}"'
    return (
        f'<text x="{number(x)}" y="{number(y)}" font-size="{number(size)}" {paint}'
        f' font-weight="{weight}" text-anchor="{anchor}">{escape(visible(words))}</text>'
    )


def line_between(
    start: tuple[float, float],
    end: tuple[float, float],
    colour: str,
    *,
    width: float = 1.0,
    dash: str = "",
) -> str:
    """Draw a straight line."""
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{number(start[0])}" y1="{number(start[1])}" x2="{number(end[0])}"'
        f' y2="{number(end[1])}" stroke="{colour}" stroke-width="{number(width)}"{dashed}/>'
    )


def number(value: float) -> str:
    """Return a length, as short as a hundredth allows."""
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")


def width_of(text: str, size: float) -> float:
    """Return the room that a text takes at most, whatever the font."""
    wide = sum(unicodedata.east_asian_width(one) in "WF" for one in text)
    return size * (_WIDE * wide + _NARROW * (len(text) - wide))


def _paler(colour: str) -> str:
    """Return a colour a quarter nearer to white; opaque, so that lines pass behind it."""
    parts = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return "#" + "".join(f"{part + (255 - part) // 4:02x}" for part in parts)
