"""The page of `etfcompare fragility` for people: sentences, and a table below each."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Final

from etfcompare.cli.table import Column, Paper, table_text
from etfcompare.engine import tornado_words
from etfcompare.engine.fragility import Fragility, Standing
from etfcompare.engine.fragility_words import (
    OVERALL,
    change_text,
    place_name,
    present_text,
    sentences,
    then_text,
)
from etfcompare.engine.tornado import Tornado
from etfcompare.visible import visible

INDENT: Final = "  "
NARROWEST: Final = 20


def page(found: Fragility, paper: Paper, option: Sequence[str]) -> Iterator[str]:
    """Draw the top places: who is first, the smallest change that ends it, then the next few.

    Args:
        found: The top places.
        paper: What is drawn on.
        option: What a command is given to find the catalogue.
    """
    for number, standing in enumerate(found.told):
        if number:
            yield ""
        for said in sentences(standing, found.sort):
            yield from wrapped(said, paper)
        if number and standing.flips and standing.is_like(found.told[0]):
            yield f"{INDENT}The changes are those {OVERALL}, above."
        elif standing.flips:
            yield from indented(list(flip_columns([standing], option)), paper)


def flip_columns(
    standings: Sequence[Standing], option: Sequence[str], *, is_placed: bool = False
) -> Iterator[Column]:
    """Return the columns of a table of changes.

    Args:
        standings: The top places that the changes end.
        option: What a command is given to find the catalogue.
        is_placed: Whether each line names the top place that it is about.
    """
    pairs = [(one, flip) for one in standings for flip in one.flips]
    flips = [flip for _, flip in pairs]
    if is_placed:
        yield Column(heading="Top of", cells=[place_name(one) for one, _ in pairs])
        yield Column(heading="Now first", cells=[visible(one.top) for one, _ in pairs])
    yield Column(heading="Change", cells=[change_text(one) for one in flips], to_right=True)
    yield Column(heading="Input", cells=[one.lever.label for one in flips])
    yield Column(heading="Of", cells=[visible(one.lever.ticker) or "all" for one in flips])
    yield Column(heading="Now", cells=[present_text(one.lever) for one in flips], to_right=True)
    yield Column(heading="Then", cells=[then_text(one) for one in flips], to_right=True)
    yield Column(heading="First", cells=[visible(one.winner) for one in flips], is_bold=True)
    yield Column(heading="Try it", cells=[one.try_out(option) for one in flips])


def tornado_page(found: Tornado, paper: Paper) -> Iterator[str]:
    """Draw what moves a figure of a product, the widest swing first."""
    yield from wrapped(tornado_words.heading_in_words(found), paper)
    if found.bars:
        yield from indented(list(bar_columns([found])), paper)


def bar_columns(tornados: Sequence[Tornado], *, is_placed: bool = False) -> Iterator[Column]:
    """Return the columns of a table of what moves figures.

    Args:
        tornados: One for each product.
        is_placed: Whether each line names the product that it is about.
    """
    pairs = [(one, bar) for one in tornados for bar in one.bars]
    if is_placed:
        yield Column(heading="Product", cells=[visible(one.ticker) for one, _ in pairs])
    yield Column(heading="Input", cells=[bar.label for _, bar in pairs])
    now = [tornado_words.input_text(bar) for _, bar in pairs]
    yield Column(heading="Now", cells=now, to_right=True)
    for heading, ends in (
        ("Low", [(one, bar, bar.low) for one, bar in pairs]),
        ("High", [(one, bar, bar.high) for one, bar in pairs]),
    ):
        inputs = [tornado_words.end_input_text(bar, end) for _, bar, end in ends]
        figures = [tornado_words.end_text(one, end) for one, _, end in ends]
        changes = [tornado_words.change_text(one, end) for one, _, end in ends]
        yield Column(heading=heading, cells=inputs, to_right=True)
        yield Column(heading="gives", cells=figures, to_right=True)
        yield Column(heading="Change", cells=changes, to_right=True)


def indented(columns: Sequence[Column], paper: Paper) -> Iterator[str]:
    """Draw a table within its margin; what does not fit is left out from the right."""
    room = None if paper.columns is None else max(NARROWEST, paper.columns - len(INDENT))
    drawn, _ = table_text(columns, Paper(columns=room, has_colour=paper.has_colour))
    yield from (f"{INDENT}{line}" for line in drawn.splitlines())


def wrapped(text: str, paper: Paper) -> Iterator[str]:
    """Break a sentence into lines that fit."""
    if paper.columns is None:
        yield text
        return
    room = max(paper.columns, NARROWEST)
    yield from textwrap.wrap(text, room, subsequent_indent=INDENT)
