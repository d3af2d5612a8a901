"""`etfcompare completion`: the script with which a shell completes our words."""

from __future__ import annotations

import click
from click.shell_completion import BashComplete, FishComplete, ZshComplete

from etfcompare.cli.commands import COMPLETION_VARIABLE
from etfcompare.cli.output import write_exact

SHELLS = {"bash": BashComplete, "zsh": ZshComplete, "fish": FishComplete}


@click.command(
    short_help="Print a script for your shell.",
    epilog="""\b
    Examples:
      eval "$(etfcompare completion bash)"                          in ~/.bashrc
      eval "$(etfcompare completion zsh)"                           in ~/.zshrc
      etfcompare completion fish > ~/.config/fish/completions/etfcompare.fish
    """,
)
@click.argument("shell", type=click.Choice(list(SHELLS)))
def command(shell: str) -> int:
    """Print the script that completes commands, options, tickers and figures in a shell."""
    group = click.get_current_context().find_root().command
    completion = SHELLS[shell](group, {}, "etfcompare", COMPLETION_VARIABLE)
    write_exact(completion.source_template % completion.source_vars())
    return 0
