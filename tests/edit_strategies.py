"""Catalogues as people write them, to try edits on: every layout, comments that look like values.

The texts are drawn from a `Random`, which Hypothesis can provide and shrink. Each comment bears a
number of its own, so that a test can tell whether one was lost or moved.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random
from typing import Final

import yaml

from etfcompare.catalogue.document import Document, Path
from etfcompare.catalogue.edits import (
    Edited,
    add_product,
    remove_product,
    remove_value,
    set_value,
)
from etfcompare.catalogue.paths import product_items, ticker_of

COMMENT: Final = re.compile(r"#c[0-9]+c")
TEXTS: Final = (
    *("0.21%", "0.300%", "25bp", "$1.2B", "459M CAD", "2026-08-10", "2026", "1.2", "90d"),
    *("NO", "on", "12:30", "=", "014", "1e3", "~", "null", ".inf", "<<", "true", "0x1F", ""),
    *("a: b", "a #b", "- x", "[x", "{x", "&a", "*a", "!t", "%a", "@a", "`a", " lead", "trail "),
    *("x,y", "x}y", "x]", "?", "-", ":", "a:", "'", '"', "it's", "\\", "|", ">", "---", "..."),
    *("\x1b[2J", "a\nb", "a\tb", "\u202ex", "a\u200bb", "\xa0", "😀", "e\u0301", "漢", "\u2028"),
    *("Fund: Core", "#", "# c", "'q' r", '"q" r', "<<<<<<<", "a" * 300, "0.20% # old"),
)
"""What people and their adversaries type."""

_HOSTILE: Final = (
    *("rate: 0.20%", "- ticker: T0", "}", "]", ", k: v}", "'open", '"open', "&x *a0 !t", "0.20%"),
    *("😀 漢字 e\u0301", "a # b", "---", "...", "|", "{{", "<<: *a0", "", "\t", "\\", "\u202e"),
)
_SIGNS: Final = "-:#&*{}[],'\"|> \t\n\r?!%@`~\u2028ax0"
_FIGURES: Final = ("0.20%", "25bp", "$1.2B", "-12.3M", "2026-08-10", "1.0", "96%", "~", "0")
_WORDS: Final = (
    "Fund One",
    "It's",
    "a, b",
    "x: y",
    "NO",
    "#1",
    "grantor trust",
    "😀 fund",
    "12:30",
)
_KEYS: Final = ("rate", "as_of", "source", "cut", "first", "aum", "spread", "1w", "note", "NO")
_BLOCKS: Final = ("fee", "staking", "market", "listing", "waiver")


class Writer:
    """Writes one catalogue."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.lines: list[str] = []
        self.comments = self.anchors = 0
        self.blocks: list[str] = []
        """Anchors of blocks, which can be merged."""
        self.scalars: list[str] = []
        """Anchors of scalars."""
        self.step = random.choice((2, 2, 4))
        self.has_anchors = random.random() < 0.4
        self.has_tabs = bool(yaml.__with_libyaml__) and random.random() < 0.3
        self.calm = random.choice((0.1, 0.5, 0.9))
        """Share of lines without anything odd."""

    def text(self) -> str:
        """Write it all."""
        random = self.random
        self.aside(0)
        if random.random() < 0.8:
            self.lines.append("schema: 1" + self.comment())
        if random.random() < 0.6:
            self.block(0, "cash", 1)
        self.aside(0)
        self.products()
        if random.random() < 0.4:
            self.aside(0)
            self.block(0, "limits", 1)
        self.aside(0)
        return self.joined()

    def joined(self) -> str:
        """End the lines in one of the ways that files do."""
        random = self.random
        breaks = random.choice((("\n",), ("\n",), ("\r\n",), ("\n", "\r\n"), ("\r",)))
        text = "".join(line + random.choice(breaks) for line in self.lines)
        if random.random() < 0.3:
            text = text.rstrip("\r\n")
        return ("\ufeff" if random.random() < 0.2 else "") + text

    def is_odd(self) -> bool:
        return self.random.random() > self.calm

    def comment(self) -> str:
        """A comment behind a value, or not."""
        if not self.is_odd():
            return ""
        space = "\t" if self.has_tabs and self.random.random() < 0.5 else "   "
        return space + self.comment_text()

    def comment_text(self) -> str:
        self.comments += 1
        return f"#c{self.comments}c {self.random.choice(_HOSTILE)}"

    def aside(self, margin: int) -> None:
        """Comments and blank lines between others."""
        while self.is_odd() and self.random.random() < 0.6:
            shift = self.random.choice((0, 0, 1, -1)) if margin else 0
            blank = self.random.choice(("", "", "  "))
            line = " " * (margin + shift) + self.comment_text()
            self.lines.append(line if self.random.random() < 0.6 else blank)

    def scalar(self, *, flow: bool) -> str:
        random = self.random
        if self.scalars and random.random() < 0.1:
            return f"*{random.choice(self.scalars)} "
        text = random.choice(_FIGURES) if random.random() < 0.6 else random.choice(_WORDS)
        is_odd = any(sign in text for sign in ":,#'")
        style = random.choice(("", "", "", "'", '"'))
        if style == '"':
            written = f'"{text}"'
        elif style == "'" or is_odd:
            written = "'" + text.replace("'", "''") + "'"
        else:
            written = text if random.random() < 0.95 or flow else ""
        if self.has_anchors and random.random() < 0.1:
            name = f"a{len(self.scalars)}"
            self.scalars.append(name)
            return f"&{name} {written}"
        if random.random() < 0.02:
            return f"!!str {written}"
        return written

    def flow(self, depth: int) -> str:
        """A mapping in braces, on one line."""
        random = self.random
        keys = random.sample(_KEYS[:-1], random.randint(0, 3))
        parts = [f"{key}: {self.scalar(flow=True)}" for key in keys]
        if self.blocks and random.random() < 0.2:
            parts.append(f"<<: *{random.choice(self.blocks)} ")
        if depth and random.random() < 0.3:
            parts.append(f"waiver: {self.flow(depth - 1)}")
        if parts and random.random() < 0.1:
            parts.insert(random.randint(0, len(parts)), "bare")
        space = random.choice(("", " "))
        comma = "," if parts and random.random() < 0.1 else ""
        return f"{{{space}{random.choice((', ', ',  ')).join(parts)}{comma}{space}}}"

    def wide_flow(self, margin: int, head: str) -> None:
        """A mapping in braces over several lines."""
        self.lines.append(f"{head} {{{self.comment()}")
        keys = self.random.sample(_KEYS[:-1], self.random.randint(1, 3))
        for number, key in enumerate(keys):
            comma = "," if number < len(keys) - 1 or self.random.random() < 0.5 else ""
            line = f"{' ' * (margin + self.step)}{key}: {self.scalar(flow=True)}"
            self.lines.append(line.rstrip() + comma + self.comment())
        self.lines.append(" " * margin + "}" + self.comment())

    def entry(self, margin: int, key: str, depth: int, head: str | None = None) -> None:
        """A key with whatever stands behind it."""
        random = self.random
        head = f"{' ' * margin if head is None else head}{key}:"
        chance = random.random()
        if key in _BLOCKS and chance < 0.45:
            self.lines.append(
                f"{head}{random.choice((' ', '    '))}{self.flow(depth)}{self.comment()}"
            )
        elif key in _BLOCKS and chance < 0.6:
            self.wide_flow(margin, head)
        elif key in _BLOCKS and depth:
            self.block(margin, key, depth - 1, head)
        elif self.is_odd() and chance < 0.1:
            self.literal(margin, head)
        else:
            space = "\t" if self.has_tabs and random.random() < 0.2 else " "
            self.lines.append(f"{head}{space}{self.scalar(flow=False)}".rstrip() + self.comment())

    def literal(self, margin: int, head: str) -> None:
        """A text over several lines."""
        sign = self.random.choice(("|", ">", "|-", "|+"))
        self.lines.append(f"{head} {sign}")
        inner = " " * (margin + self.step)
        self.lines += [inner + "one 0.20%", inner + "two # no comment"][: self.random.randint(1, 2)]
        self.lines += [""] * self.random.randint(0, 2)

    def block(self, margin: int, key: str, depth: int, head: str | None = None) -> None:
        """A mapping on lines of its own."""
        random = self.random
        head = f"{' ' * margin}{key}:" if head is None else head
        if self.has_anchors and random.random() < 0.2:
            self.anchors += 1
            name = f"b{self.anchors}"
            head += f" &{name}"
        else:
            name = ""
        self.lines.append(head + self.comment())
        inner = margin + self.step
        self.aside(inner)
        if self.blocks and random.random() < 0.3:
            self.lines.append(f"{' ' * inner}<<: *{random.choice(self.blocks)}{self.comment()}")
        keys = random.sample((*_KEYS[:-1], *_BLOCKS[-1:]), random.randint(1, 4))
        for one in keys:
            self.entry(inner, one, depth)
            self.aside(inner)
        if name:
            self.blocks.append(name)

    def products(self) -> None:
        random = self.random
        count = random.choice((0, 1, 2, 3, 4))
        if count == 0:
            self.lines.append(
                random.choice(("products:", "products: []", "# none")) + self.comment()
            )
        elif random.random() < 0.15:
            items = [f"{{ticker: T{n}, name: {self.scalar(flow=True)}}}" for n in range(count)]
            self.lines.append(f"products: [{', '.join(items)}]{self.comment()}")
        else:
            self.block_products(count)

    def block_products(self, count: int) -> None:
        random = self.random
        self.lines.append("products:" + self.comment())
        margin, gap = random.choice((0, 2, 4)), random.choice((2, 2, 4))
        is_spaced = random.random() < 0.5
        for number in range(count):
            self.aside(margin)
            inner = margin + gap
            head = " " * margin + "-".ljust(gap)
            keys = [
                "ticker",
                *random.sample((*_BLOCKS[:-1], "name", "asset"), random.randint(0, 4)),
            ]
            if random.random() < 0.2:
                keys.reverse()
            for one in keys:
                if one == "ticker":
                    quote = random.choice(("", "", "'"))
                    self.lines.append(f"{head}ticker: {quote}T{number}{quote}{self.comment()}")
                else:
                    self.entry(inner, one, 2, head)
                head = " " * inner
                self.aside(inner)
            if is_spaced:
                self.lines.append("")


def damaged(random: Random, text: str) -> str:
    """Break a text in a few places, so that it is either unreadable or like no other."""
    for _ in range(random.randint(1, 4)):
        start, other = random.randint(0, len(text)), random.randint(0, len(text))
        chance = random.random()
        if chance < 0.4:
            text = text[:start] + random.choice(_SIGNS) + text[start:]
        elif chance < 0.7:
            text = text[:start] + text[start + random.randint(1, 3) :]
        else:
            text = text[:start] + text[other : other + random.randint(1, 12)] + text[start:]
    return text


Edit = tuple[str, Path, str, Callable[[Document], Edited]]
"""What is done, where, the text that shall stand there, and how it is done."""


def drawn_edit(random: Random, document: Document, text: str) -> Edit:
    """Draw an edit that makes sense somewhere in a document."""
    tickers = [ticker for item in product_items(document) if (ticker := ticker_of(item))]
    chance = random.random()
    paths = sorted(leaves(document), key=str)
    if chance < 0.12:
        like = random.choice(tickers) if tickers and random.random() < 0.8 else None
        return "add product", (), "NEW", lambda one: add_product(one, "NEW", like=like)
    if tickers and chance < 0.24:
        ticker = random.choice(tickers)
        return "remove product", (), "", lambda one: remove_product(one, ticker)
    if not paths or chance < 0.45:
        outer = random.choice(paths)[:-1] if paths else ()
        keys = random.sample(("fee", "waiver", "zone", "NO"), random.randint(1, 2))
        path = (*outer, *keys)
        return "add", path, text, lambda one: set_value(one, path, text)
    path = random.choice(paths)
    if chance < 0.6:
        path = path[: random.randint(1, len(path))]
        return "remove", path, "", lambda one: remove_value(one, path)
    return "set", path, text, lambda one: set_value(one, path, text)


def leaves(document: Document) -> dict[Path, str]:
    """All texts by their path, as PyYAML itself reads them; empty collections count as texts."""
    loader = yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader
    found: dict[Path, str] = {}
    waiting: list[tuple[Path, object]] = [((), yaml.load(document.text, loader))]  # noqa: S506
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, dict):
            waiting += [((*path, str(key)), inner) for key, inner in value.items()]
        elif isinstance(value, list):
            waiting += [((*path, number), inner) for number, inner in enumerate(value)]
        if path and (not isinstance(value, dict | list) or not value):
            found[path] = str(value)
    return found
