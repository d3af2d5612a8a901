"""Taking the answer along: files of what is shown, and the clipboard."""

from __future__ import annotations

import os
import re
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

from etfcompare.catalogue.placing import is_taken, place_file, resolved
from etfcompare.clipboard import (
    Likely,
    cell_for_copying,
    native_copy,
    osc52_support,
    row_for_copying,
)
from etfcompare.errors import EtfcompareError, UsageError
from etfcompare.export import Form, manifest_of, written
from etfcompare.tui.cells import RANK
from etfcompare.tui.export_form import KINDS, ExportForm, ExportRequest, Kind, suffix_of
from etfcompare.visible import visible

if TYPE_CHECKING:
    from etfcompare.tui.products import ProductsScreen

_FONTS: Final = re.compile(r"@font-face\s*\{[^}]*\}\s*")
_FAMILY: Final = "font-family: Fira Code;"
_ADVERTISING: Final = re.compile(r"<!--.*?-->\s*", re.DOTALL)
_OPENING: Final = re.compile(r"<svg\b[^>]*>")
_SHORT: Final = 60
"""Characters of what was copied that are repeated."""


class Taking:
    """Exports and copies of what a products screen shows."""

    kinds: tuple[Kind, ...] = KINDS
    """The formats that there are."""

    def __init__(self, screen: ProductsScreen) -> None:
        self.screen = screen

    # Files

    def export(self) -> None:
        """Let the user choose a format and a file."""
        form = ExportForm(
            propose=self._proposed,
            resolve=_named,
            exists=is_taken,
            first=self.kinds[0],
            kinds=self.kinds,
        )
        self.screen.app.push_screen(form, self._chosen)

    def _proposed(self, kind: Kind) -> str:
        view = re.sub(r"[^a-z0-9]+", "-", self.screen.look.view.casefold()).strip("-")
        parts = ("etfcompare", view, self.screen.scenario.as_of.isoformat())
        return "-".join(one for one in parts if one) + suffix_of(kind)

    def _chosen(self, request: ExportRequest | None) -> None:
        if request is not None:
            # The picture is of the table, so the form has to be gone first.
            self.screen.app.call_after_refresh(self._write, request)

    def _write(self, request: ExportRequest) -> None:
        try:
            path = _named(request.path)
            content = self._content(request.kind).encode("utf-8")
            placed = place_file(path, content, replace=request.replace)
        except EtfcompareError as error:
            self.screen.app.notify(visible(str(error)), severity="error", markup=False)
            return
        self.screen.app.notify(f"wrote {visible(str(placed))}", markup=False)

    def _content(self, kind: Kind) -> str:
        if isinstance(kind, Form):
            return written(self.screen.workspace, self.screen.sheet, kind)
        picture = _self_contained(self.screen.app.export_screenshot(title="etfcompare"))
        manifest = manifest_of(self.screen.workspace, self.screen.sheet)
        return described(picture, manifest)

    # The clipboard

    def copy_cell(self) -> None:
        """Copy the figure under the cursor."""
        ticker, key = self.screen.grid.row_key, self.screen.grid.column_key
        if ticker is None or key is None:
            return
        row = self.screen.workspace.row_of(ticker)
        wanted = self.screen.figure_of(key) if key == RANK else key
        column = next((one for one in self.screen.sheet.columns if one.key == wanted), None)
        if column is not None:
            self._copy(cell_for_copying(column, row))

    def copy_row(self) -> None:
        """Copy the product under the cursor as it is shown."""
        ticker = self.screen.grid.row_key
        if ticker is not None:
            self._copy(row_for_copying(self.screen.sheet, self.screen.workspace.row_of(ticker)))

    def _copy(self, text: str) -> None:
        """Copy by the machine's own tool and by asking the terminal; say what is known of it."""
        shown = visible(text if len(text) <= _SHORT else f"{text[:_SHORT]}…")
        copied = native_copy(text, os.environ)
        likely = osc52_support(os.environ)
        if likely is not Likely.NO:
            self.screen.app.copy_to_clipboard(text)
        if copied or likely is Likely.YES:
            self.screen.app.notify(f"copied {shown}", markup=False)
            return
        why = "this terminal takes no copies" if likely is Likely.NO else "the terminal may refuse"
        fault = f"; {visible(copied.fault)}" if copied.fault else ""
        said = f"asked to copy, {why}{fault}: {shown}"
        self.screen.app.notify(said, severity="warning", markup=False)


def _named(text: str) -> Path:
    """Return the absolute path that the user names.

    Raises:
        UsageError: It names no file.
    """
    try:
        folder = Path.cwd()
    except OSError as error:
        if not text.startswith(("/", "~")):
            raise UsageError("the current folder is gone; name the file from / on") from error
        folder = Path("/")
    return resolved(text, folder, os.environ)


def described(svg: str, description: str) -> str:
    """Return a picture with a description that readers of it find and nobody sees.

    Args:
        svg: The picture.
        description: One line.
    """
    told = f"\n<desc>{escape(visible(description))}</desc>"
    return _OPENING.sub(lambda found: found[0] + told, svg, count=1)


def _self_contained(svg: str) -> str:
    """Return a picture that loads no fonts from anywhere and names no address."""
    plain = _ADVERTISING.sub("", _FONTS.sub("", svg), count=1)
    return plain.replace(_FAMILY, "font-family: monospace;")
