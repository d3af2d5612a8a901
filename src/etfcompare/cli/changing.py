"""What the commands that change a catalogue share: open, propose, show, refuse, save."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import click

from etfcompare.catalogue.edits import EditError, product_path
from etfcompare.catalogue.places import state_folder
from etfcompare.catalogue.saving import SaveError
from etfcompare.cli.clock import today
from etfcompare.cli.options import Adds
from etfcompare.cli.output import say, write
from etfcompare.editing import Editor, Proposal, RefusedError
from etfcompare.errors import EtfcompareError
from etfcompare.visible import visible
from etfcompare.workspace import Workspace

TOP_OF_FILE: Final = "."
"""Stands for no product: the place is counted from the top of the file."""

dry_run_option: Adds = click.option(
    "--dry-run", is_flag=True, help="Write nothing; print what would change as a diff."
)
in_place_option: Adds = click.option(
    "--in-place",
    is_flag=True,
    help="Write into the file itself, where no other can take its place.",
)


def opened(argument: str | None) -> Editor:
    """Open a catalogue to change it.

    Raises:
        UsageError: The path is none.
        UnreadableError: There is no catalogue there, or none that can be read.
    """
    workspace = Workspace.open(argument, environ=os.environ, folder=Path(), today=today)
    return Editor(workspace, state_folder(os.environ))


def check_ticker(editor: Editor, ticker: str) -> None:
    """Make sure that there is a product, perhaps one with errors that leave it out.

    Raises:
        UsageError: There is none of that ticker; the message names the nearest.
    """
    try:
        product_path(editor.workspace.document, ticker)
    except EditError:
        editor.workspace.row_of(ticker)


def carry_out(
    editor: Editor,
    proposal: Proposal,
    *,
    dry_run: bool,
    in_place: bool = False,
    confirm: Callable[[], None] = lambda: None,
) -> int:
    """Save a proposal, or show it, and say what is to be said of it.

    Args:
        editor: What proposed it.
        proposal: The change.
        dry_run: Only show what would change.
        in_place: Write into the file itself.
        confirm: Raises an error if the user would rather not.

    Raises:
        EtfcompareError: The change makes an error, or cannot be saved.
    """
    if proposal.is_empty:
        write(f"{visible(proposal.summary)}\n")
        return 0
    try:
        proposal.refuse_errors(editor.workspace.path)
        if dry_run:
            write("".join(f"{line}\n" for line in difference(editor, proposal)))
        else:
            confirm()
            saved = editor.save(proposal, in_place=in_place)
            write(f"{visible(proposal.summary)}\n")
            for notice in saved.notices:
                say(visible(notice))
            if editor.done[-1].before != proposal.before.data:
                say("somebody else changed the file meanwhile; their change is kept")
    except RefusedError as refused:
        say(str(refused))
        raise EtfcompareError("nothing was written; that would be an error") from refused
    except SaveError as error:
        if error.may_write_in_place and not in_place:
            raise SaveError(f"{error}: add --in-place") from error
        raise
    path = visible(str(editor.workspace.path))
    for problem in proposal.new_problems:
        say(f"{path}:{problem}")
    if proposal.also_changes:
        say(f"also changes {', '.join(proposal.also_changes)}")
    return 0


def difference(editor: Editor, proposal: Proposal) -> Iterator[str]:
    """Return the lines of a unified diff of the file."""
    path = visible(str(editor.workspace.path))
    yield f"--- {path}"
    yield f"+++ {path}"
    yield from map(visible, proposal.diff())
