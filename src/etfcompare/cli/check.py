"""`etfcompare check`: every problem of a catalogue, one a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from etfcompare.catalogue.problem import Problem, Severity
from etfcompare.cli.options import (
    Format,
    Request,
    catalogue_argument,
    formats,
    named_once,
    requests,
)
from etfcompare.cli.output import say, write, write_exact
from etfcompare.errors import EtfcompareError, UnreadableError
from etfcompare.visible import visible

if TYPE_CHECKING:
    from etfcompare.workspace import Workspace


@click.command(
    short_help="List every problem of the catalogue.",
    epilog="""\b
    Examples:
      etfcompare check
      etfcompare check my.yaml --errors-only
      etfcompare check --json | jq '.[] | select(.severity == "error")'
    \b
    Exit code: 0 without errors, 1 with some, 3 if the file cannot be read as a catalogue at all.
    """,
)
@catalogue_argument
@click.option("--errors-only", is_flag=True, help="Leave out warnings.")
@formats(Format.JSON)
@requests
def command(request: Request, *, file: str | None, errors_only: bool, form: Format) -> int:
    """List every problem of the catalogue with its line, its column and what to write instead."""
    request = replace(request, argument=named_once(file, request.argument))
    from etfcompare.workspace import RejectedError  # noqa: PLC0415 - help never needs it

    try:
        workspace = request.open()
    except RejectedError as error:
        _write(f"{error}\n", error.problems, form)
        say(_summary(error.problems))
        return UnreadableError.exit_code
    problems = workspace.problems(workspace.scenario_for(request.scenario))
    errors = tuple(one for one in problems if one.severity is Severity.ERROR)
    listed = errors if errors_only else problems
    _write("".join(f"{workspace.told(one)}\n" for one in listed), listed, form)
    say("; ".join(_summaries(workspace, problems, errors_only=errors_only)))
    return EtfcompareError.exit_code if errors else 0


def _write(lines: str, problems: Sequence[Problem], form: Format) -> None:
    if form is Format.JSON:
        from etfcompare.export import json_text  # noqa: PLC0415 - not for the list

        write_exact(json_text([problem_fields(one) for one in problems]))
    else:
        write(lines)


def problem_fields(problem: Problem) -> dict[str, object]:
    """Return a problem as JSON has it."""
    return {
        "path": visible(problem.path),
        "line": problem.line,
        "column": problem.column,
        "severity": problem.severity.value,
        "message": visible(problem.message),
        "hint": visible(problem.hint),
    }


def _summaries(
    workspace: Workspace, problems: Sequence[Problem], *, errors_only: bool
) -> Iterator[str]:
    """Sum up the problems of the catalogue, and of each table beside it that has some."""
    files = workspace.catalogue.history
    tables = (files.flows, files.prices, files.holdings) if files else ()
    beside = {one.path: list[Problem]() for one in problems if one.path in tables}
    own: list[Problem] = []
    for one in problems:
        beside.get(one.path, own).append(one)
    shown = {str(workspace.path): own}
    shown |= {str(workspace.path.parent / path): found for path, found in beside.items()}
    for path, found in shown.items():
        has_warnings = any(one.severity is Severity.WARNING for one in found)
        left_out = " left out" if errors_only and has_warnings else ""
        yield f"{visible(path)}: {_summary(found)}{left_out}"


def _summary(problems: Sequence[Problem]) -> str:
    errors = sum(one.severity is Severity.ERROR for one in problems)
    warnings = len(problems) - errors
    return f"{_count(errors, 'error')}, {_count(warnings, 'warning')}"


def _count(number: int, what: str) -> str:
    return f"{number or 'no'} {what}{'' if number == 1 else 's'}"
