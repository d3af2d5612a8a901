"""The command line as tests run it: in this process, with what it wrote."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import pytest

from etfcompare import __main__ as program


class Outcome(NamedTuple):
    """How a run ended."""

    code: int
    out: str
    err: str


Run: TypeAlias = Callable[..., Outcome]


def runner(capsys: pytest.CaptureFixture[str], *first: str) -> Run:
    """What runs the program with these arguments before those it is given."""

    def run(*arguments: str) -> Outcome:
        return Outcome(program.main((*first, *arguments)), *capsys.readouterr())

    return run
