"""How the user looks at the catalogue: a value, and the ways it changes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from etfcompare.engine.comparison import DEFAULT_COLUMNS, DEFAULT_SORT, SortKey

_ASSET_WORD = re.compile(r'(?<!\S)asset:((?:"[^"]*"|[^\s"])*)\s*')
_CODE = re.compile(r'"[^"]*"|[^,"]+')


@dataclass(frozen=True, slots=True)
class Look:
    """How the user looks at the catalogue."""

    where: str = ""
    """The filter."""
    sort: tuple[SortKey, ...] = DEFAULT_SORT
    columns: tuple[str, ...] = DEFAULT_COLUMNS
    widths: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Cells that the user gave to columns, by key."""
    view: str = ""
    """The name of the view that it began as."""

    def filtered(self, where: str) -> Look:
        """Return the same look with another filter."""
        return replace(self, where=where)

    def sorted_by(self, key: SortKey, *, additional: bool = False) -> Look:
        """Return the same look sorted by a figure, alone or after those sorted by already."""
        others = tuple(one for one in self.sort if one.key != key.key) if additional else ()
        return replace(self, sort=(*others, key))

    def with_asset(self, code: str, assets: Sequence[str]) -> Look:
        """Return the same look with an asset shown or hidden; the first one chosen stands alone.

        Args:
            code: The asset.
            assets: All assets, in the order of the file.
        """
        found = _ASSET_WORD.search(self.where)
        shown = _CODE.findall(found[1]) if found else []
        chosen = {one.strip('"') for one in shown} ^ {code.lower()}
        return self._only([one.lower() for one in assets if one.lower() in chosen])

    def with_all_assets(self) -> Look:
        """Return the same look at all assets."""
        return self._only([])

    def _only(self, codes: list[str]) -> Look:
        rest = _ASSET_WORD.sub("", self.where).strip()
        words = (code if code.isalnum() else f'"{code}"' for code in codes)
        word = f"asset:{','.join(words)}" if codes else ""
        return self.filtered(f"{word} {rest}".strip())
