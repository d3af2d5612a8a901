"""`etfcompare schema`: what a catalogue may say, for editors."""

from __future__ import annotations

import click

from etfcompare.cli.output import write_exact


@click.command(
    epilog="""\b
    Examples:
      etfcompare schema > etfcompare.schema.json
    \b
    With this first line a catalogue is completed and checked as you type, in editors that know the
    YAML language server:
      # yaml-language-server: $schema=etfcompare.schema.json
    """,
)
def command() -> int:
    """Print the JSON Schema of a catalogue."""
    from etfcompare.catalogue.json_schema import json_schema_text  # noqa: PLC0415 - not for help

    write_exact(json_schema_text())
    return 0
