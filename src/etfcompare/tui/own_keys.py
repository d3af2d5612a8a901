"""The keys of the user's settings, as far as they can be used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from textual.binding import Binding
from textual.keys import Keys as Named
from textual.keys import key_to_character

from etfcompare.catalogue.fields import nearest, quoted
from etfcompare.tui import (
    allocation_keys,
    commands,
    flows_keys,
    frontier_keys,
    rebalance_keys,
    versus_keys,
)
from etfcompare.tui.commands import Command, Keys
from etfcompare.visible import visible

FIXED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ctrl+c": "interrupt",
        "ctrl+z": "suspend_process",
        "ctrl+p": "command_palette",
        "ctrl+q": "quit",
    }
)
"""Keys that mean the same everywhere, whatever else their commands are given."""

_MODES: Final[Sequence[Sequence[Command]]] = (
    commands.COMMANDS,
    flows_keys.COMMANDS,
    frontier_keys.COMMANDS,
    versus_keys.COMMANDS,
    allocation_keys.COMMANDS,
    rebalance_keys.COMMANDS,
)
_NAMES: Final = tuple(dict.fromkeys(one.name for mode in _MODES for one in mode))
_MODIFIERS: Final = frozenset({"ctrl", "alt", "shift", "super", "hyper", "meta"})


class _Clash(NamedTuple):
    name: str
    key: str
    owner: str


def usable_keys(wanted: Mapping[str, tuple[str, ...]]) -> tuple[Keys, str | None]:
    """Return the keys that can be used, by Textual's names, and a line on the others.

    A command whose keys are all refused keeps those that it came with.

    Args:
        wanted: Keys by the name of a command, as the settings say them.
    """
    faults: list[str] = []
    keys: dict[str, tuple[str, ...]] = {}
    for said, texts in wanted.items():
        name = said.removeprefix("app.")
        if name not in _NAMES:
            close = nearest(name, _NAMES)
            hint = f"; did you mean {close}?" if close else ""
            faults.append(f"no command is called {quoted(said)}{hint}")
            continue
        written = (text if len(text) == 1 else text.lower() for text in texts)
        named = [one.key for one in Binding.make_bindings([(",".join(written), name)])]
        faults.extend(f"no key is called {quoted(one)}" for one in named if not _is_key(one))
        if found := tuple(dict.fromkeys(one for one in named if _is_key(one))):
            keys[name] = found
    while clash := _clash(keys):
        faults.append(f"{visible(clash.key)} of {clash.name} is taken by {clash.owner}")
        rest = tuple(one for one in keys.pop(clash.name) if one != clash.key)
        if rest:
            keys[clash.name] = rest
    if not faults:
        return keys, None
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    return keys, f"keys: {faults[0]}{more}"


def _is_key(key: str) -> bool:
    *modifiers, plain = key.split("+")
    is_named = any(plain == one.value for one in Named) or key_to_character(plain) is not None
    return is_named and _MODIFIERS.issuperset(modifiers)


def _clash(keys: Keys) -> _Clash | None:
    """Find a key that belongs to another command where both can be pressed."""
    for mode in _MODES:
        names = [one.name for one in mode]
        kept = {key: one.name for one in mode if one.name not in keys for key in one.keys}
        owners = {**kept, **FIXED}
        for name in (one for one in keys if one in names):
            for key in keys[name]:
                if owners.setdefault(key, name) != name:
                    return _Clash(name, key, owners[key])
    return None
