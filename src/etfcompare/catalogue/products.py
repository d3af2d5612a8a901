"""A new product behind the others, in the way they are written."""

from __future__ import annotations

from typing import Final

from etfcompare.catalogue.cuts import anchors_in
from etfcompare.catalogue.document import Document, Mapping, Scalar, Sequence
from etfcompare.catalogue.fields import quoted
from etfcompare.catalogue.layout import (
    before_break,
    content_stop,
    dash_of,
    favoured_quote,
)
from etfcompare.catalogue.new_items import NewItem, added
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
    path = (PRODUCTS, len(items))
    splice, change = added(document, PRODUCTS, new)
    copied = f", a copy of {shown(like)}" if like is not None else ""
    summary = f"{shown(ticker)}: added{copied}"
    return proven(document, splice, change, path=path, summary=summary)


def _templated(document: Document, ticker: str, asset: str) -> NewItem:
    quote = favoured_quote(document)
    head = [f"ticker: {_scalar(ticker, quote)}", f"asset: {_scalar(asset, quote) if asset else ''}"]
    lines = tuple(line.rstrip() for line in (*head, *TEMPLATE))
    root = Document.parse("\n".join(lines).encode()).root
    inside = ", ".join(f"{line} " if line.endswith(":") else line for line in lines)
    return NewItem(lines=lines, text=f"{{{inside}}}", tokens=outline(root))


def _copied(document: Document, ticker: str, like: str) -> NewItem:
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
    return NewItem(
        lines=(),
        text=document.text[start : old.start] + name + document.text[old.end : stop],
        tokens=outline(item, Change(replaced={old: [text_token(ticker)]})),
    )


def _scalar(text: str, quote: str, style: str = "") -> str:
    scalar = written(text, style=style, quote=quote)
    if scalar is None:
        raise EditError(f"{quoted(text)} cannot be written in a file; remove what it hides")
    return scalar
