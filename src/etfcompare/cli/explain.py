"""`etfcompare explain`: why a figure is what it is, down to the line of the file."""

from __future__ import annotations

from collections.abc import Iterable

import click

from etfcompare.cli.complete import figures, tickers
from etfcompare.cli.options import Format, Request, formats, requests
from etfcompare.cli.output import write, write_exact
from etfcompare.engine.comparison import figure_of
from etfcompare.engine.explain import Explanation
from etfcompare.engine.origin import Origin
from etfcompare.visible import visible

INDENT = "  "


@click.command(
    short_help="Explain why a figure is what it is.",
    epilog="""\b
    Examples:
      etfcompare explain ETHB net_yield
      etfcompare explain ETHB effective_fee --horizon 3y
      etfcompare explain BSOL over_cash --json
    \b
    `etfcompare figures` lists the figures.
    """,
)
@click.argument("ticker", shell_complete=tickers)
@click.argument("figure", shell_complete=figures)
@formats(Format.JSON)
@requests
def command(request: Request, *, ticker: str, figure: str, form: Format) -> int:
    """Explain a figure of a product: formula, inputs, ages, sources, lines of the catalogue."""
    key = figure_of(figure.replace("-", "_")).key
    workspace = request.open()
    row = workspace.row_of(ticker)
    scenario = workspace.scenario_for(request.scenario)
    explanation = workspace.explain(scenario, row, key)
    shown = visible(workspace.catalogue.products[row].ticker)
    path = visible(str(workspace.path))
    if form is Format.JSON:
        from etfcompare.export import json_text  # noqa: PLC0415 - not for the tree

        write_exact(json_text({"ticker": shown, "file": path, **_document(explanation)}))
        return 0
    head = f"{shown} · {explanation.figure.label}  {explanation.text}"
    meaning = " ".join(explanation.figure.meaning.split())
    lines = [head, meaning, *_reasons(explanation, path, 0, {key})]
    write("\n".join(lines) + "\n")
    return 0


def _reasons(one: Explanation, path: str, depth: int, told: set[str]) -> Iterable[str]:
    """Say what a figure comes from, its inputs further in; each figure is told once."""
    before = INDENT * depth
    if one.formula is not None:
        yield f"{before}= {one.formula}"
        if one.numbers != one.formula:
            yield f"{before}= {one.numbers}"
    if one.origin is not None:
        yield before + _place(one.origin, path)
    if one.remark:
        yield before + visible(one.remark)
    for each in one.inputs:
        key = each.figure.key
        again = "  (as above)" if key in told and (each.inputs or each.origin) else ""
        yield f"{INDENT * (depth + 1)}{each.figure.label}  {each.text}{again}"
        if not again:
            told.add(key)
            yield from _reasons(each, path, depth + 2, told)


def _place(origin: Origin, path: str) -> str:
    place = visible(origin.path) if origin.line is None else f"{path}:{origin.line}"
    words = [place, visible(origin.written)]
    if origin.as_of is None:
        words.append("undated")
    else:
        words.append(f"as of {origin.as_of} ({_days(origin.age_days)})")
    source = origin.title or origin.source
    words.append(visible(source) if source else "no source")
    if origin.grade:
        words.append(f"[{origin.grade}]")
    return "  ".join(words)


def _days(days: int | None) -> str:
    count = days or 0
    if count < 0:
        return f"{-count} {'day' if count == -1 else 'days'} later"
    return f"{count} {'day' if count == 1 else 'days'}"


def _document(one: Explanation) -> dict[str, object]:
    from etfcompare.export import raw  # noqa: PLC0415 - not for the tree

    return {
        "key": one.figure.key,
        "label": one.figure.label,
        "value": raw(one.value),
        "text": one.text,
        "marks": one.marks.words,
        "meaning": " ".join(one.figure.meaning.split()),
        "formula": one.formula,
        "numbers": one.numbers,
        "remark": visible(one.remark),
        "origin": None if one.origin is None else _origin(one.origin),
        "inputs": [_document(each) for each in one.inputs],
    }


def _origin(origin: Origin) -> dict[str, object]:
    words = {
        "path": origin.path,
        "written": origin.written,
        "as_of": origin.as_of,
        "source": origin.source,
        "title": origin.title,
        "url": origin.url,
        "grade": origin.grade,
    }
    shown = {key: None if text is None else visible(text) for key, text in words.items()}
    return {**shown, "line": origin.line, "age_days": origin.age_days}
