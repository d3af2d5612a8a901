"""`etfcompare check`: every problem of a catalogue, one a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

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
    path = visible(str(workspace.path))
    _write("".join(f"{workspace.told(one)}\n" for one in listed), listed, form)
    left_out = " left out" if len(listed) < len(problems) else ""
    say(f"{path}: {_summary(problems)}{left_out}")
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


def _summary(problems: Sequence[Problem]) -> str:
    errors = sum(one.severity is Severity.ERROR for one in problems)
    warnings = len(problems) - errors
    return f"{_count(errors, 'error')}, {_count(warnings, 'warning')}"


def _count(number: int, what: str) -> str:
    return f"{number or 'no'} {what}{'' if number == 1 else 's'}"
