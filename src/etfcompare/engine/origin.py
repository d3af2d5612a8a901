"""Where and when the catalogue states a figure, and on whose word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from etfcompare.catalogue.document import Document
from etfcompare.catalogue.schema import Source, Stated
from etfcompare.engine.figures import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where the catalogue states a figure."""

    path: str
    """As `products[BSOL].fee.rate`."""
    line: int
    """Line in the file, from 1."""
    written: str
    """As it stands in the file."""
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
    """Return where and when the catalogue states a figure, and on whose word."""
    source: Source | None = table.catalogue.sources.get(stated.source or "")
    as_of = stated.as_of
    return Origin(
        path=stated.path,
        line=document.position(stated.start)[0],
        written=stated.text,
        as_of=as_of.text if as_of else None,
        age_days=(table.scenario.as_of - as_of.day).days if as_of else None,
        source=stated.source,
        title=source.title if source else None,
        url=source.url if source else None,
        grade=source.grade if source else None,
    )
