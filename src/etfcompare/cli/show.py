"""`etfcompare show`: everything about one product."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

import click

from etfcompare.catalogue.fields import Block
from etfcompare.catalogue.schema import Product, Stated
from etfcompare.cli.assumed import assumed
from etfcompare.cli.complete import tickers
from etfcompare.cli.exposure_page import exposure_json, exposure_lines, found_exposure
from etfcompare.cli.options import Format, Request, formats, requests
from etfcompare.cli.output import write, write_exact
from etfcompare.cli.table import Column, aligned
from etfcompare.engine.cells import cell_text, number_text, signs_of
from etfcompare.engine.figure import Group, Unit
from etfcompare.engine.figures import FIGURES, LEAVES
from etfcompare.engine.ledger import Line, ledger
from etfcompare.engine.marks import Mark
from etfcompare.engine.terms import waiver_in_words
from etfcompare.portfolio.exposure import ODDS
from etfcompare.units import format_rate
from etfcompare.visible import visible

if TYPE_CHECKING:
    from etfcompare.catalogue.document import Document
    from etfcompare.catalogue.problem import Problem
    from etfcompare.engine.figures import Table
    from etfcompare.workspace import Workspace

SHOWN_GROUPS = (
    *(Group.CASH, Group.FEE, Group.STAKING, Group.EXPOSURE),
    *(Group.MARKET, Group.FLOWS, Group.TRUST),
)
"""Groups of figures beside the ledger."""
LEFT_OUT_AT_ZERO = frozenset({"cut_cost", "charge_cost", "slashing_cost", "waiver_relief"})
"""Lines of the ledger that are left out where there is nothing to them."""
TAX, AFTER_TAX = "tax_cost", "after_tax_yield"
INDENT = "  "


@click.command(
    short_help="Show everything about a product.",
    epilog="""\b
    Examples:
      etfcompare show BSOL
      etfcompare show ETHB --horizon 3y --no-waivers
      etfcompare show VSOL --json | jq .ledger
    """,
)
@click.argument("ticker", shell_complete=tickers)
@formats(Format.JSON)
@requests
def command(request: Request, *, ticker: str, form: Format) -> int:
    """Show a product: terms, ledger, exposure, market, flows and sources."""
    workspace = request.open()
    row = workspace.row_of(ticker)
    table = workspace.table(workspace.scenario_for(request.scenario))
    product = table.products[row]
    if form is Format.JSON:
        from etfcompare.export import json_text  # noqa: PLC0415 - not for the page

        write_exact(json_text(_document(workspace, table, row)))
        return 0
    problems = [
        one
        for one in workspace.problems(table.scenario)
        if one.path.startswith(f"products[{visible(product.ticker)}]")
    ]
    write("\n".join(_page(workspace, table, row, problems)) + "\n")
    return 0


# For programs


def _document(workspace: Workspace, table: Table, row: int) -> dict[str, object]:
    from etfcompare.export import raw  # noqa: PLC0415 - not for the page

    product = table.products[row]
    marks = {key: words for key in FIGURES if (words := table.marks(row, key).words)}
    return {
        "ticker": visible(product.ticker),
        "terms": dict(_terms(product, workspace.document)),
        "ledger": [
            {"key": line.figure.key, "label": line.figure.label, "value": line.value}
            for line in ledger(table, row)
        ],
        "figures": {key: raw(table.value(row, key)) for key in FIGURES},
        "marks": marks,
        "exposure": exposure_json(found_exposure(workspace, table, row)),
        "sources": _sources(table, product),
    }


def _terms(block: Block, document: Document) -> Iterable[tuple[str, object]]:
    """Give what the file states in a block, by the keys that the file uses."""
    for key, (attribute, _) in type(block).members.items():
        value: object = getattr(block, attribute)
        match value:
            case Stated():
                yield key, _stated(value, document)
            case str():
                yield key, visible(value)
            case Block():
                yield key, dict(_terms(value, document))


def _stated(stated: Stated[object], document: Document) -> dict[str, object]:
    value = stated.value
    return {
        "value": value.isoformat() if isinstance(value, date) else value,
        "text": visible(stated.text),
        "as_of": stated.as_of.text if stated.as_of else None,
        "source": visible(stated.source) if stated.source else None,
        "line": document.position(stated.start)[0],
    }


def _sources(table: Table, product: Product) -> dict[str, dict[str, str | None]]:
    """Return the sources that the figures of a product rest on, by key."""
    stated = (table.input(product, key).stated for key in LEAVES)
    used = {one.source for one in stated if one is not None and one.source is not None}
    return {
        visible(key): {
            "title": _visible(source.title),
            "url": _visible(source.url),
            "grade": source.grade,
            "as_of": source.as_of.text if source.as_of else None,
            "note": _visible(source.note),
        }
        for key, source in table.catalogue.sources.items()
        if key in used
    }


def _visible(text: str | None) -> str | None:
    return None if text is None else visible(text)


# For people


def _page(
    workspace: Workspace, table: Table, row: int, problems: Sequence[Problem]
) -> Iterable[str]:
    product = table.products[row]
    yield " · ".join(visible(one) for one in (product.ticker, product.name) if one)
    yield " · ".join(_description(table, row))
    if product.note:
        yield visible(product.note)
    yield ""
    yield "Terms"
    yield from _terms_in_words(workspace, table, product)
    yield f"\nLedger, a year · {' · '.join(assumed(table))}"
    yield from _ledger_in_words(ledger(table, row))
    for group in SHOWN_GROUPS:
        yield f"\n{group.value.capitalize()}"
        yield from _figures_in_words(table, row, group)
        if group is Group.EXPOSURE:
            yield from exposure_lines(table, row, found_exposure(workspace, table, row))
    yield from _sources_in_words(table, product)
    if problems:
        path = visible(str(workspace.path))
        yield "\nProblems"
        yield from (f"{INDENT}{path}:{one}" for one in problems)


def _description(table: Table, row: int) -> Iterable[str]:
    for key in ("issuer", "asset", "exchange", "country", "structure", "status", "payout"):
        value = table.value(row, key)
        if value is not None:
            yield visible(str(value))
    since = table.value(row, "since")
    if since is not None:
        yield f"since {since}"


def _terms_in_words(workspace: Workspace, table: Table, product: Product) -> Iterable[str]:
    stated = [
        (path, one)
        for path, one in _flat("", dict(_terms(product, workspace.document)))
        if not path.startswith("listing.")
    ]
    columns = [
        Column(cells=[path for path, _ in stated]),
        Column(cells=[str(one["text"]) for _, one in stated], to_right=True),
        Column(cells=[str(one["as_of"] or "undated") for _, one in stated]),
        Column(cells=[str(one["source"] or "no source") for _, one in stated]),
    ]
    yield from _indented(columns)
    waiver = waiver_in_words(product, table.scenario)
    if waiver:
        yield f"{INDENT}waiver: {waiver}"


def _flat(before: str, terms: Mapping[str, object]) -> Iterable[tuple[str, Mapping[str, object]]]:
    """Give every stated figure with its path."""
    for key, one in terms.items():
        if isinstance(one, dict):
            path = f"{before}{key}"
            if "text" in one:
                yield path, one
            else:
                yield from _flat(f"{path}.", one)


def _ledger_in_words(lines: Sequence[Line]) -> Iterable[str]:
    taxed = not any(line.marks & Mark.NOT_APPLICABLE for line in lines if line.figure.key == TAX)
    told = [line for line in lines if taxed or line.figure.key not in {TAX, AFTER_TAX}]
    kept = [line for line in told if line.value != 0 or line.figure.key not in LEFT_OUT_AT_ZERO]
    cells = [_amount(line) for line in kept]
    rule = "-" * max(map(len, cells))
    labels: list[str] = []
    amounts: list[str] = []
    signs: list[str] = []
    for line, cell in zip(kept, cells, strict=True):
        if line.is_total:
            labels.append("")
            amounts.append(rule)
            signs.append("")
        labels.append(line.figure.label)
        amounts.append(cell)
        signs.append("" if line.value is None else signs_of(line.marks))
    yield from _indented(
        [
            Column(cells=labels),
            Column(cells=amounts, signs=signs, to_right=True),
        ]
    )


def _amount(line: Line) -> str:
    if line.shown is None:
        return cell_text(line.figure, None, line.marks)
    return format_rate(line.shown)


def _figures_in_words(table: Table, row: int, group: Group) -> Iterable[str]:
    found = [
        (figure, table.value(row, key), table.marks(row, key))
        for key, figure in FIGURES.items()
        if figure.group is group and figure.unit is not Unit.WORDS and key not in ODDS
    ]
    known = [
        (figure.label, cell_text(figure, None, marks), "")
        if value is None
        else (figure.label, number_text(figure, value), signs_of(marks))
        for figure, value, marks in found
    ]
    labels, cells, signs = zip(*known, strict=True)
    yield from _indented(
        [
            Column(cells=labels),
            Column(cells=cells, signs=signs, to_right=True),
        ]
    )


def _sources_in_words(table: Table, product: Product) -> Iterable[str]:
    sources = _sources(table, product)
    if sources:
        yield "\nSources"
    for key, one in sources.items():
        known = (one["title"], one["url"], one["grade"] and f"[{one['grade']}]")
        yield f"{INDENT}{key}: {'  '.join(word for word in known if word)}"


def _indented(columns: Sequence[Column]) -> Iterable[str]:
    return (f"{INDENT}{line}" for line in aligned(columns))
