"""Where and when a figure is stated or was measured, and on whose word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from etfcompare.catalogue.document import Document
from etfcompare.catalogue.schema import Source, Stated
from etfcompare.engine.figures import Table
from etfcompare.engine.leaf import is_measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where the catalogue states a figure, or the file that it was measured on."""

    path: str
    """As `products[BSOL].fee.rate`; of what was measured, the file, as `history/flows.csv`."""
    line: int | None
    """Line in the catalogue, from 1; None for what was measured on many lines of another file."""
    written: str
    """As it stands in the file; of what was measured, over which periods."""
    as_of: str | None
    """Its date, as written."""
    age_days: int | None
    """Days from its date to the scenario's; None if undated."""
    source: str | None
    """The key of its source."""
    title: str | None
    """The title of its source."""
    url: str | None
    grade: str | None


def origin_of(table: Table, document: Document, stated: Stated[float] | Stated[date]) -> Origin:
    """Return where and when a figure is stated or was measured, and on whose word."""
    source: Source | None = table.catalogue.sources.get(stated.source or "")
    as_of = stated.as_of
    return Origin(
        path=stated.path,
        line=None if is_measured(stated) else document.position(stated.start)[0],
        written=stated.text,
        as_of=as_of.text if as_of else None,
        age_days=(table.scenario.as_of - as_of.day).days if as_of else None,
        source=stated.source,
        title=source.title if source else None,
        url=source.url if source else None,
        grade=source.grade if source else None,
    )
