"""The names of the commands: all that is known of them before one is imported."""

from __future__ import annotations

from typing import Final

COMMANDS: Final = (
    *("rank", "show", "compare", "explain", "check", "figures"),
    *("frontier", "allocate", "rebalance", "harvest", "fragility", "stress"),
    *("calendar", "flows", "reconcile", "memo", "views"),
    *("set", "add", "remove", "diff", "import"),
    *("schema", "init", "doctor", "completion"),
)
"""What users may type after the name of the program; each is a module beside this one."""
COMPLETION_VARIABLE: Final = "_ETFCOMPARE_COMPLETE"
"""Set by the scripts that complete words in a shell."""
