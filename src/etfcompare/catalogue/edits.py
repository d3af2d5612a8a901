"""Changes to one value of a document: set it, add it, remove it.

Each is planned on the tree, spliced into the text and proven (`proof`): nothing but the value that
was meant changes, or there is no edit. Whole products are in `products`.
"""

from __future__ import annotations

from typing import NamedTuple

from etfcompare.catalogue.blocks import PROVENANCE
from etfcompare.catalogue.cuts import check_unshared, check_unused, cut_entry, cut_item
from etfcompare.catalogue.document import Document, Mapping, Node, Path, Scalar, Sequence
from etfcompare.catalogue.fields import WORDS, quoted
from etfcompare.catalogue.insertions import New, behind_all, in_mapping, under_key
from etfcompare.catalogue.layout import (
    favoured_quote,
    own_entries,
)
from etfcompare.catalogue.paths import (
    VALUE,
    field_at,
    place_name,
    product_path,
    sharers,
    shown,
    spoken_name,
)
from etfcompare.catalogue.products import add_product
from etfcompare.catalogue.proof import (
    Change,
    Edited,
    EditError,
    Splice,
    Token,
    block_tokens,
    enclosed,
    proven,
    refusal,
    text_token,
)
from etfcompare.catalogue.scalars import written

__all__ = [
    "EditError",
    "Edited",
    "add_product",
    "product_path",
    "remove_product",
    "remove_value",
    "set_value",
]


class _Found(NamedTuple):
    """How far a path leads."""

    owner: Mapping | Sequence | None
    """What the last value found stands in."""
    node: Node | None
    missing: tuple[str, ...]
    """Keys of the path that are not there."""


def set_value(document: Document, path: Path, text: str) -> Edited:
    """Write a text at a place: instead of the value there, or with the keys that are missing.

    The path of a figure written as `{value: …, as_of: …}` means its value.

    Args:
        document: What to edit; it stays as it is.
        path: Keys and item numbers from the top.
        text: What shall stand there, as typed.

    Raises:
        EditError: The place cannot hold a text, or is shared, or the edit cannot be proven.
    """
    found = _find(document, path)
    node = found.node
    if isinstance(node, Mapping) and not found.missing and VALUE in node.entries:
        return set_value(document, (*path, VALUE), text)
    if found.missing:
        return _add(document, path, found, text)
    if not isinstance(node, Scalar):
        what = "a list" if isinstance(node, Sequence) else "a block; name one of its keys"
        message = f"{place_name(document, path)} is {what}"
        raise refusal(document, node.start if node else 0, message)
    return _replace(document, path, found, text)


def remove_value(document: Document, path: Path) -> Edited:
    """Remove a key with its value, or an item of a list, with the comment behind it.

    The last key of a block leaves `{}`, because an empty block can mean something and no block
    something else.

    Raises:
        EditError: There is nothing, or it is shared, or the edit cannot be proven.
    """
    found = _find(document, path)
    node, owner = found.node, found.owner
    name = place_name(document, path)
    if found.missing or node is None or owner is None:
        raise EditError(f"{name} is not in the file, so it cannot be removed")
    parent = document.at(path[:-2]) if len(path) > 1 else None
    holder = parent.entries.get(str(path[-2])) if isinstance(parent, Mapping) else None
    if isinstance(owner, Sequence):
        splice = cut_item(document, owner, node, holder)
    else:
        splice = cut_entry(document, owner, str(path[-1]), holder)
    check_unshared(document, node, splice)
    was = f"{shown(node.text)} " if isinstance(node, Scalar) and node.text else ""
    return proven(
        document,
        splice,
        Change(removed=frozenset({node})),
        path=path,
        summary=f"{spoken_name(document, path)}: {was}removed",
        also_changes=sharers(document, path),
    )


def remove_product(document: Document, ticker: str) -> Edited:
    """Remove a product, from its dash to its last line, with the comments on these lines.

    Comments before and after it stay; the only product leaves `[]`.

    Raises:
        EditError: There is none of that ticker, or others use an anchor in it, or the edit cannot
            be proven.
    """
    return remove_value(document, product_path(document, ticker))


def _find(document: Document, path: Path) -> _Found:
    owner: Mapping | Sequence | None = None
    node = document.root
    for depth, step in enumerate(path):
        _check_own(document, node, path[:depth])
        rest = tuple(one for one in path[depth:] if isinstance(one, str))
        is_new = len(rest) == len(path) - depth
        if isinstance(node, Mapping) and isinstance(step, str):
            entry = node.entries.get(step)
            if entry is None or entry.inherited:
                is_whole = entry is None or len(rest) == 1
                if not (is_new and is_whole):
                    name = place_name(document, path[: depth + 1])
                    came = "comes from a merge key (`<<`)" if entry else "is not in the file"
                    raise refusal(document, node.start, f"{name} {came}")
                return _Found(owner, node, rest)
            owner, node = node, entry.value
        elif (
            isinstance(node, Sequence) and isinstance(step, int) and step in range(len(node.items))
        ):
            owner, node = node, node.items[step]
        elif is_new and (node is None or _is_void(node) or _is_figure_of(node, path, depth)):
            return _Found(owner, node, rest)
        else:
            name = place_name(document, path[: depth + 1])
            message = f"{name} is not in the file, and nothing can be added there"
            raise refusal(document, node.start if node else 0, message)
    _check_own(document, node, path)
    return _Found(owner, node, ())


def _check_own(document: Document, node: Node | None, path: Path) -> None:
    """Refuse to go on through what stands elsewhere, or bears a tag."""
    extra = node.extra if node is not None else None
    if node is None or extra is None or not (extra.alias or extra.tag):
        return
    said = (
        f"is shared with others (*{extra.alias})" if extra.alias else f"bears a tag ({extra.tag})"
    )
    raise refusal(document, node.start, f"{place_name(document, path)} {said}")


def _is_void(node: Node) -> bool:
    """Whether a key has no value at all, not even an anchor."""
    return isinstance(node, Scalar) and node.start == node.end and node.extra is None


def _is_figure_of(node: Node, path: Path, depth: int) -> bool:
    """Whether the rest of the path is a date or source for the figure that it leads to."""
    rest = path[depth:]
    is_provenance = len(rest) == 1 and rest[0] in PROVENANCE
    return (
        is_provenance and isinstance(node, Scalar) and not node.extra and _holds_figure(path[:-1])
    )


def _holds_figure(path: Path) -> bool:
    field = field_at(path)
    return field is not None and field.kind not in WORDS


def _scalar(document: Document, path: Path, text: str, style: str = "") -> str:
    quote = favoured_quote(document)
    scalar = written(text, style=style, is_figure=_holds_figure(path), quote=quote)
    if scalar is None:
        raise EditError(f"{quoted(text)} cannot be written in a file; remove what it hides")
    return scalar


def _replace(document: Document, path: Path, found: _Found, text: str) -> Edited:
    node = found.node
    assert isinstance(node, Scalar)
    name = spoken_name(document, path)
    if node.text == text:
        return Edited(
            document=document,
            span=(node.start, node.start),
            replacement="",
            path=path,
            summary=f"{name}: {shown(text)}, no change",
        )
    scalar = _scalar(document, path, text, node.style)
    if node.start == node.end:
        is_bare = isinstance(found.owner, Mapping) and any(
            entry.value is node and entry.key.end == node.start
            for entry in own_entries(found.owner)
        )
        replacement = f": {scalar}" if is_bare else f" {scalar}"
    else:
        replacement = scalar
    return proven(
        document,
        Splice(start=node.start, end=_replaced_end(document, node), replacement=replacement),
        Change(replaced={node: [text_token(text, node.extra)]}),
        path=path,
        summary=f"{name}: {shown(node.text)} -> {shown(text)}",
        also_changes=sharers(document, path),
    )


def _replaced_end(document: Document, node: Scalar) -> int:
    """Where the text of a value ends; a block leaves its last line end, and no comment is lost."""
    written_so = document.text[node.start : node.end]
    if node.style in {"|", ">"}:
        if "#" in document.source.line_from(node.start):
            message = "a comment stands where this text begins"
            raise refusal(document, node.start, message)
        return node.start + len(written_so.rstrip("\r\n"))
    return node.end


def _add(document: Document, path: Path, found: _Found, text: str) -> Edited:
    node, keys = found.node, found.missing
    new = New(names=tuple(map(_key, keys)), scalar=_scalar(document, path, text))
    tokens = block_tokens(keys, text)
    if node is None:
        splice = behind_all(document, new)
        change = Change(added={None: enclosed("{", tokens)})
    elif isinstance(node, Mapping):
        splice = in_mapping(document, node, new)
        if node.extra is not None and node.extra.anchor is not None:
            check_unused(document, node.extra.anchor, node, splice)
        change = Change(added={node: tokens})
    elif _is_void(node):
        splice = under_key(document, found.owner, node, new)
        change = Change(replaced={node: enclosed("{", tokens)})
    else:
        splice, change = _with_provenance(document, found, new, tokens)
    return proven(
        document,
        splice,
        change,
        path=path,
        summary=f"{spoken_name(document, path)}: added {shown(text)}",
        also_changes=sharers(document, path),
    )


def _with_provenance(
    document: Document, found: _Found, new: New, tokens: list[Token]
) -> tuple[Splice, Change]:
    """A figure that gets a date or a source of its own: `{value: 96%, as_of: …}`."""
    figure = found.node
    assert isinstance(figure, Scalar)
    value = written(figure.text, style=figure.style, is_figure=True)
    splice = Splice(
        start=figure.start,
        end=_replaced_end(document, figure),
        replacement=f"{{{VALUE}: {value}, {new.names[0]}: {new.scalar}}}",
    )
    whole = enclosed("{", [*block_tokens((VALUE,), figure.text), *tokens])
    return splice, Change(replaced={figure: whole})


def _key(key: str) -> str:
    name = written(key)
    if name is None:
        raise EditError(f"{quoted(key)} cannot be a key; remove what it hides")
    return name
