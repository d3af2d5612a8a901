"""The program: chooses between the terminal interface and the command line, and ends the run.

Without options the terminal interface starts at once, and click is not imported.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from etfcompare.cli.commands import COMMANDS, COMPLETION_VARIABLE
from etfcompare.cli.output import complain, discard_output, finish, say
from etfcompare.errors import EtfcompareError

if TYPE_CHECKING:
    from etfcompare.engine.scenario import Scenario

INTERRUPTED = 130
"""Exit code after Ctrl-C: 128 and the number of the signal, as shells have it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code.

    Args:
        arguments: What stands after the name of the program; None takes the process's own.
    """
    try:
        code = _run(sys.argv[1:] if arguments is None else arguments)
        finish()
    except EtfcompareError as error:
        complain(error)
        return error.exit_code
    except BrokenPipeError:
        discard_output()
        return 0  # who reads has seen enough, as with `| head`
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        # The outer boundary: whatever went wrong is one line, and the exit code says so.
        if os.environ.get("ETFCOMPARE_DEBUG"):
            raise
        from etfcompare.tui.crash import report  # noqa: PLC0415 - only after a crash

        say(report(error, os.environ))
        return EtfcompareError.exit_code
    return code


def _run(arguments: Sequence[str]) -> int:
    # Nothing that starting or a single command makes is worth collecting; the terminal interface
    # collects again after its first paint.
    gc.disable()
    if _is_plain(arguments):
        from etfcompare.cli.clock import today  # noqa: PLC0415 - the other branch has its own
        from etfcompare.engine.scenario import Scenario  # noqa: PLC0415

        return _launch(arguments[0] if arguments else None, Scenario(as_of=today()))
    from etfcompare.cli.main import run  # noqa: PLC0415 - click takes 28 ms

    return run(arguments, _launch)


def _is_plain(arguments: Sequence[str]) -> bool:
    """Tell whether nothing was asked for but the terminal interface, on a file that is there."""
    if COMPLETION_VARIABLE in os.environ:
        return False
    match arguments:
        case []:
            return True
        case [one]:
            return one not in COMMANDS and not one.startswith("-") and _exists(one)
        case _:
            return False


def _exists(path: str) -> bool:
    try:
        return bool(path) and Path(path).exists()
    except (OSError, ValueError):  # a path too long, or with a NUL
        return False


def _launch(
    argument: str | None,
    scenario: Scenario,
    view: str | None = None,
    given: frozenset[str] = frozenset(),
) -> int:
    """Browse; where only the output goes elsewhere, as into a pipe, write the table there."""
    if _is_terminal(sys.stdin) and _is_terminal(sys.stderr) and not _is_terminal(sys.stdout):
        from etfcompare.cli.options import Request  # noqa: PLC0415 - click takes 28 ms
        from etfcompare.cli.rank import print_ranking  # noqa: PLC0415

        return print_ranking(Request(argument=argument, scenario=scenario, given=given), view)
    from etfcompare.tui.app import launch  # noqa: PLC0415 - the command line never needs it

    return launch(argument, scenario, view, given)


def _is_terminal(stream: TextIO | None) -> bool:
    """Tell whether a stream is a terminal; one that was closed before the start is none."""
    return stream is not None and stream.isatty()


if __name__ == "__main__":
    sys.exit(main())
