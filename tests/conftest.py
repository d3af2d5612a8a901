"""What every test stands on: the same day, an environment of its own, and examples that repeat."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final

import pytest
from hypothesis import settings

TODAY: Final = date(2026, 11, 22)
"""The day on which every test runs: clocks are passed in."""
TOP: Final = Path(__file__).resolve().parents[1]
"""The top of the repository."""

_OURS: Final = ("ETFCOMPARE_", "XDG_", "TEXTUAL")
_LOOKS: Final = frozenset(
    {"COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE"}
    | {"EDITOR", "VISUAL", "PAGER", "BROWSER"}
)

settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("thorough", deadline=None, print_blob=True, max_examples=5_000)
settings.load_profile("ci")  # or --hypothesis-profile=thorough


@pytest.fixture(autouse=True)
def _own_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep the settings and the files of whoever runs the tests out of them, and safe from them."""
    for name in list(os.environ):
        if name.startswith(_OURS) or name in _LOOKS:
            monkeypatch.delenv(name)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for kind in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(home / kind.lower()))
    with monkeypatch.context() as zone:
        zone.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture(scope="session")
def catalogue_path() -> Path:
    """The catalogue that comes with the program."""
    return TOP / "products.yaml"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The reference material beside the repository; tests that need it are skipped without it."""
    path = TOP.parent / "shared"
    if not path.is_dir():
        pytest.skip("the reference material is not here")
    return path
