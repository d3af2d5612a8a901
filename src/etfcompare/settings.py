"""The user's own settings: `settings.yaml` in the folder for settings, whatever catalogue is open.

    views:                      # as in a catalogue
      - {name: Mine, where: staked, sort: -net_yield, columns: [ticker, aum], horizon: 3y}
    theme: nord                 # the name of a theme
    keys:                       # keys by the name of a command, which is its action
      edit: f4
      views: "v, f2"            # several, in a text or in a list

Each part may be missing. A file that cannot be used costs its settings and one line that says so,
never the run. `docs/settings.md` says it to users. What is remembered by itself is `remembered.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from etfcompare.catalogue.blocks import BlockReader
from etfcompare.catalogue.document import Document, DocumentError, Node, Sequence
from etfcompare.catalogue.document import Mapping as Lines
from etfcompare.catalogue.filesystem import REAL
from etfcompare.catalogue.places import state_folder, user_folder
from etfcompare.catalogue.schema import View
from etfcompare.catalogue.store import read_bytes
from etfcompare.errors import EtfcompareError, UnreadableError
from etfcompare.visible import visible

if TYPE_CHECKING:
    from etfcompare.catalogue.proof import Edited
    from etfcompare.catalogue.view_edits import ViewText

FILE_NAME: Final = "settings.yaml"
MOST_BYTES: Final = 1024 * 1024

_KEYS: Final = ("views", "theme", "keys")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the user's file says, as far as it can be used."""

    path: Path | None = None
    """Where it is, or would be; None if nothing names a folder for it."""
    state_folder: Path | None = None
    """Where locks and backups are kept, if anywhere."""
    views: tuple[View, ...] = ()
    theme: str | None = None
    """The name of a theme, which may not exist."""
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """Keys by the action that they are for; neither needs to exist."""
    notice: str | None = None
    """What is wrong with the file, in a line."""

    def save_view(self, view: ViewText) -> Settings:
        """Write a view to the file, which is made if need be; return the settings with it.

        Raises:
            EtfcompareError: It cannot be written, or not safely; the file is as it was.
        """
        from etfcompare.catalogue.view_edits import put_view  # noqa: PLC0415 - not at start

        return self._edited(lambda document: put_view(document, view))

    def remove_view(self, name: str) -> Settings:
        """Remove a view from the file; return the settings without it.

        Raises:
            EtfcompareError: There is none of that name, or it cannot be removed safely.
        """
        from etfcompare.catalogue.view_edits import remove_view  # noqa: PLC0415 - not at start

        return self._edited(lambda document: remove_view(document, name))

    def _edited(self, edit: Callable[[Document], Edited]) -> Settings:
        from etfcompare.catalogue.saving import SaveError, save  # noqa: PLC0415 - not at start

        if self.path is None:
            raise EtfcompareError("neither XDG_CONFIG_HOME nor HOME names a folder for settings")
        shown = visible(str(self.path))
        try:
            content = _content(self.path)
            document = Document.parse(content or b"")
        except DocumentError as error:
            raise EtfcompareError(f"{shown}:{error.problems[0]}; nothing was written") from error
        new = edit(document).document
        try:
            REAL.makedirs(self.path.parent)
        except OSError as error:
            why = visible(error.strerror or str(error))
            raise SaveError(f"{shown}: its folder cannot be made: {why}") from error
        save(
            self.path,
            new.data,
            expected_sha256=None if content is None else document.sha256,
            state_folder=self.state_folder,
        )
        return _said(self, new)


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read the user's settings; without a file, or with one that cannot be used, the usual ones.

    Args:
        environ: The environment, which names the folders.
    """
    folder = user_folder(environ)
    path = None if folder is None else folder / FILE_NAME
    usual = Settings(path=path, state_folder=state_folder(environ))
    if path is None:
        return usual
    try:
        content = _content(path)
        return usual if content is None else _said(usual, Document.parse(content))
    except DocumentError as error:
        fault = f"{visible(str(path))}:{error.problems[0]}"
        return replace(usual, notice=f"{fault}; the usual settings hold")
    except UnreadableError as error:
        return replace(usual, notice=f"{error}; the usual settings hold")


def _content(path: Path) -> bytes | None:
    """Return what the file holds; None if there is none.

    Raises:
        UnreadableError: It cannot be read.
    """
    try:
        return read_bytes(path, most=MOST_BYTES)
    except UnreadableError as error:
        if isinstance(error.__cause__, FileNotFoundError):
            return None
        # What it advises is meant for a catalogue.
        shown = f"{visible(str(path))}: "
        fault, _, _ = str(error).removeprefix(shown).partition("; ")
        raise UnreadableError(f"{shown}{fault}") from error


def _said(settings: Settings, document: Document) -> Settings:
    """Return the settings as a document says them, and what is wrong with it."""
    reader = BlockReader(document, date.max, lambda *_: None)
    lines = None if document.root is None else reader.mapping(document.root, "")
    if lines is not None:
        reader.check_keys(lines, "", _KEYS)
    theme = _value(lines, "theme")
    said = replace(
        settings,
        views=tuple(_views(reader, _value(lines, "views"))),
        theme=None if theme is None else reader.text(theme, "theme"),
        keys=MappingProxyType(dict(_keys(reader, _value(lines, "keys")))),
        notice=None,
    )
    problems = sorted(
        [*document.warnings, *reader.problems], key=lambda one: (one.line, one.column)
    )
    if not problems:
        return said
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return replace(said, notice=f"{visible(str(settings.path))}:{problems[0]}{more}")


def _views(reader: BlockReader, node: Node | None) -> Iterator[View]:
    for number, item in enumerate(reader.items(node, "views")):
        before = reader.errors
        block = reader.mapping(item, f"views[{number}]")
        view = reader.block(View, block, f"views[{number}]") if block is not None else None
        if view is not None and reader.errors == before:
            yield view


def _keys(reader: BlockReader, node: Node | None) -> Iterator[tuple[str, tuple[str, ...]]]:
    for action, entry in reader.named(node, "keys"):
        path, value = f"keys.{visible(action)}", entry.value
        items = reader.items(value, path) if isinstance(value, Sequence) else [value]
        texts = (reader.text(item, path) or "" for item in items)
        keys = tuple(key for text in texts for one in text.split(",") if (key := one.strip()))
        if keys:
            yield action, keys


def _value(lines: Lines | None, key: str) -> Node | None:
    entry = lines.entries.get(key) if lines is not None else None
    return None if entry is None else entry.value
