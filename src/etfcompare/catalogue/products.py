"""A new product behind the others, in the way they are written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from etfcompare.catalogue.blocks import is_empty
from etfcompare.catalogue.cuts import anchors_in
from etfcompare.catalogue.document import Document, Mapping, Node, Scalar, Sequence
from etfcompare.catalogue.fields import quoted
from etfcompare.catalogue.layout import (
    USUAL_STEP,
    after_break,
    after_colon,
    before_break,
    break_near,
    column_of,
    content_stop,
    dash_of,
    favoured_quote,
    is_blank_at,
    line_stop,
    lines_behind,
    starts_line,
)
from etfcompare.catalogue.paths import (
    PRODUCTS,
    folded,
    product_items,
    product_path,
    shown,
    ticker_of,
)
from etfcompare.catalogue.proof import (
    Change,
    Edited,
    EditError,
    Splice,
    Token,
    enclosed,
    key_token,
    outline,
    proven,
    refusal,
    text_token,
)
from etfcompare.catalogue.scalars import written

TEMPLATE: Final = (
    *("name:", "issuer:", "listing: {exchange: , country: , since: }", "status: trading"),
    *("fee: {rate: , as_of: , source: }", "market: {aum: , spread: , as_of: , source: }"),
)
"""What a product begins with behind its ticker and asset, to be filled in."""

_COMMA: Final = re.compile(r"[ \t]*,")
_TRAILING: Final = re.compile(r"[ \t]*(?:#[^\r\n]*)?")


def add_product(
    document: Document, ticker: str, *, like: str | None = None, asset: str = ""
) -> Edited:
    """Add a product behind the last one, in the layout of the list.

    Args:
        document: What to edit; it stays as it is.
        ticker: Its ticker.
        like: Ticker of the product that it begins as a copy of, figures and comments with it.
        asset: Code of its coin, if it is no copy; without both it is for the user to fill in.

    Raises:
        EditError: The ticker exists already, there is no product to copy, or the edit cannot be
            proven.
    """
    items = product_items(document)
    for item in items:
        if folded(ticker_of(item)) == folded(ticker):
            raise refusal(document, item.start, f"there is already a product {quoted(ticker)}")
    if not ticker.strip():
        raise EditError("a product needs a ticker")
    new = (
        _copied(document, ticker, like) if like is not None else _templated(document, ticker, asset)
    )
    listed = document.at((PRODUCTS,))
    path = (PRODUCTS, len(items))
    if isinstance(listed, Sequence) and items:
        splice = _behind_last(document, listed, new)
        change = Change(added={listed: new.tokens})
    else:
        splice, change = _first(document, new)
    copied = f", a copy of {shown(like)}" if like is not None else ""
    summary = f"{shown(ticker)}: added{copied}"
    return proven(document, splice, change, path=path, summary=summary)


@dataclass(frozen=True, slots=True, kw_only=True)
class _New:
    """A product before it stands anywhere."""

    lines: tuple[str, ...]
    """Its keys as lines of a block, without margin, if it has any."""
    text: str
    """As a copy, or on one line in braces."""
    tokens: list[Token]


def _templated(document: Document, ticker: str, asset: str) -> _New:
    quote = favoured_quote(document)
    head = [f"ticker: {_scalar(ticker, quote)}", f"asset: {_scalar(asset, quote) if asset else ''}"]
    lines = tuple(line.rstrip() for line in (*head, *TEMPLATE))
    root = Document.parse("\n".join(lines).encode()).root
    inside = ", ".join(f"{line} " if line.endswith(":") else line for line in lines)
    return _New(lines=lines, text=f"{{{inside}}}", tokens=outline(root))


def _copied(document: Document, ticker: str, like: str) -> _New:
    item = document.at(product_path(document, like))
    listed = document.at((PRODUCTS,))
    assert isinstance(item, Mapping)
    assert isinstance(listed, Sequence)
    entry = item.entries["ticker"]
    old = entry.value
    is_own = item.extra is None and not entry.inherited and old.extra is None
    if not is_own or not isinstance(old, Scalar):
        raise refusal(document, item.start, f"{quoted(like)} is shared with others")
    anchor = next(anchors_in(item), None)
    if anchor is not None:
        message = f"{quoted(like)} holds the anchor &{anchor}, which there can be only one of"
        raise refusal(document, item.start, message)
    start, stop = item.start, item.end
    if not listed.flow:
        dash = dash_of(document, listed, item)
        end = content_stop(document, item.end)
        if dash is None or end is None:
            raise refusal(document, item.start, f"{quoted(like)} shares its lines with others")
        start, stop = dash, before_break(document, end)
    name = _scalar(ticker, favoured_quote(document), old.style)
    return _New(
        lines=(),
        text=document.text[start : old.start] + name + document.text[old.end : stop],
        tokens=outline(item, Change(replaced={old: [text_token(ticker)]})),
    )


def _scalar(text: str, quote: str, style: str = "") -> str:
    scalar = written(text, style=style, quote=quote)
    if scalar is None:
        raise EditError(f"{quoted(text)} cannot be written in a file; remove what it hides")
    return scalar


def _item_lines(new: _New, margin: int, gap: int) -> list[str]:
    """The lines of an item of a block list, the dash on the first."""
    if not new.lines:
        return [" " * margin + new.text]
    first, *others = new.lines
    dash = "-".ljust(gap)
    return [f"{' ' * margin}{dash}{first}", *(" " * (margin + gap) + line for line in others)]


def _behind_last(document: Document, listed: Sequence, new: _New) -> Splice:
    last = listed.items[-1]
    if listed.flow:
        return _behind_last_in_brackets(document, last, new.text)
    dash = dash_of(document, listed, last)
    if dash is None:
        raise refusal(document, last.start, "the last product shares its first line")
    is_beside = document.source.line_start(last.start) <= dash and last.extra is None
    gap = last.start - dash if is_beside else USUAL_STEP
    lines = _item_lines(new, column_of(document, dash), gap)
    return lines_behind(document, last.end, [""] * _is_spaced(document, listed) + lines)


def _is_spaced(document: Document, listed: Sequence) -> bool:
    """Whether an empty line follows the last product but one."""
    if len(listed.items) < 2:  # noqa: PLR2004 - two have one gap
        return False
    stop = content_stop(document, listed.items[-2].end)
    return stop is not None and is_blank_at(document, after_break(document, stop))


def _behind_last_in_brackets(document: Document, last: Node, text: str) -> Splice:
    """Behind the last item of `[…]`; on a line of its own, if that one has one."""
    if not starts_line(document, last.start):
        return Splice(start=last.end, end=last.end, replacement=f", {text}")
    comma = _COMMA.match(document.text, last.end)
    behind = comma.end() if comma else last.end
    stop = line_stop(document, last.end)
    rest = document.text[behind:stop]
    if not _TRAILING.fullmatch(rest):
        return Splice(start=last.end, end=last.end, replacement=f", {text}")
    margin = " " * column_of(document, last.start)
    line = break_near(document, last.end) + margin + text + ("," if comma else "")
    return Splice(start=last.end, end=stop, replacement=(comma[0] if comma else ",") + rest + line)


def _first(document: Document, new: _New) -> tuple[Splice, Change]:
    """The first product of a file, with the key of the list if need be."""
    root, text = document.root, document.text
    tokens = enclosed("[", new.tokens)
    lines = _item_lines(new, USUAL_STEP, USUAL_STEP)
    if root is None:
        added = enclosed("{", [key_token(PRODUCTS), *tokens])
        splice = lines_behind(document, len(text), [f"{PRODUCTS}:", *lines])
        return splice, Change(added={None: added})
    if not isinstance(root, Mapping):
        raise refusal(document, root.start, "the file is not a catalogue")
    entry = root.entries.get(PRODUCTS)
    if entry is None:
        if root.flow:
            raise refusal(document, root.start, "the file has no list of products")
        splice = lines_behind(document, root.end, [f"{PRODUCTS}:", *lines])
        return splice, Change(added={root: [key_token(PRODUCTS), *tokens]})
    value = entry.value
    if not (isinstance(value, Sequence) or is_empty(value)) or value.extra is not None:
        raise refusal(document, value.start, "`products` is not a list")
    change = (
        Change(added={value: new.tokens})
        if isinstance(value, Sequence)
        else Change(replaced={value: tokens})
    )
    if root.flow:
        space = " " if text[value.start - 1] == ":" else ""
        return Splice(start=value.start, end=value.end, replacement=f"{space}[{new.text}]"), change
    stop = content_stop(document, value.end)
    if stop is None:
        raise refusal(document, value.end, "something else stands behind `products:`")
    mark = break_near(document, value.end)
    head = after_colon(document, entry)
    kept = text[head : value.start].rstrip(" ") + text[value.end : stop]
    replacement = kept + mark + mark.join(lines)
    return Splice(start=head, end=stop, replacement=replacement), change
