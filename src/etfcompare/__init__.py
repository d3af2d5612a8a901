"""Compare listed spot crypto funds by what they leave the holder, and by the price risk.

The Python interface is here: `load` a catalogue, `compare` under a `Scenario`, go on with a frame.
Importing the package loads none of it; each name loads what it needs when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from etfcompare.api import Funds, Ranking, load
    from etfcompare.engine.scenario import Drift, Rates, Scenario
    from etfcompare.errors import EtfcompareError
    from etfcompare.portfolio.limits import Bound, Limits

__all__ = [
    "Bound",
    "Drift",
    "EtfcompareError",
    "Funds",
    "Limits",
    "Ranking",
    "Rates",
    "Scenario",
    "__version__",
    "load",
]
__version__ = "0.1.0"

_HOMES = {
    "Bound": "etfcompare.portfolio.limits",
    "Drift": "etfcompare.engine.scenario",
    "EtfcompareError": "etfcompare.errors",
    "Funds": "etfcompare.api",
    "Limits": "etfcompare.portfolio.limits",
    "Ranking": "etfcompare.api",
    "Rates": "etfcompare.engine.scenario",
    "Scenario": "etfcompare.engine.scenario",
    "load": "etfcompare.api",
}


def __getattr__(name: str) -> object:
    """Load a name of the interface when it is first used (PEP 562)."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - for programs that use the interface

    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    """Name the interface, loaded or not."""
    return sorted({*globals(), *__all__})
