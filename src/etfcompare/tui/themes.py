"""The colours of the house: one accent, quiet text, in the dark and in the light."""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="etfcompare-dark",
    primary="#5fb3b3",
    secondary="#8aa4c8",
    accent="#5fb3b3",
    foreground="#d6d9de",
    background="#14171c",
    surface="#1b1f26",
    panel="#232831",
    success="#8fbf7f",
    warning="#d9b36c",
    error="#dd8378",
    dark=True,
)
LIGHT = Theme(
    name="etfcompare-light",
    primary="#0f6e6e",
    secondary="#3d5a80",
    accent="#0f6e6e",
    foreground="#22262b",
    background="#fbfaf7",
    surface="#f1efea",
    panel="#e8e5de",
    success="#33702c",
    warning="#8a5a00",
    error="#a8322a",
    dark=False,
)
