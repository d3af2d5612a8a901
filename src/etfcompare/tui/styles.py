"""How text looks, by meaning; the theme decides the colours."""

from __future__ import annotations

from typing import Final

MUTED: Final = "$foreground 60%"
STRONG: Final = "bold"
ACCENT: Final = "$text-accent"
GAIN, LOSS, WARNING = "$text-success", "$text-error", "$text-warning"
