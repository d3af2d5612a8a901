"""Large tables, read with pandas, to the very values that reading row by row gives.

Nothing is mended or reported here. A file in which anything is doubtful is left to be read row by
row, which says what is wrong and where.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from io import BytesIO
from math import isfinite
from typing import TYPE_CHECKING, Final, TypeVar

from etfcompare.history.rows import FLOWS, PRICES, CsvTable, R, Scope, name_in
from etfcompare.history.series import Period, PeriodKind, Series, period_of
from etfcompare.units import UnitError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

Named = TypeVar("Named", Period, str)

_NUMERALS: Final = b"0123456789+-.eE"
"""What `float` reads of these alone, a row is read for, too."""
_UNUSUAL: Final = (b'"', b"\r", b"\0", b"\xef\xbb\xbf")


def flows_in_bulk(content: bytes) -> dict[tuple[Scope, str], Series] | None:
    """Return the flows of a file by scope and name; None if it must be read row by row."""
    found = _series_in(FLOWS, content)
    if found is None:
        return None
    kinds = {(scope, series.kind) for (scope, _), series in found.items()}
    scopes = {scope for scope, _ in kinds}
    if len(kinds) != len(scopes) or not scopes <= frozenset(Scope):
        return None
    return {(Scope(scope), name): series for (scope, name), series in found.items()}


def prices_in_bulk(content: bytes) -> dict[str, Series] | None:
    """Return the closes of a file by asset; None if it must be read row by row."""
    found = _series_in(PRICES, content)
    if found is None or any(series.kind is not PeriodKind.DAY for series in found.values()):
        return None
    return {asset: series for (asset,), series in found.items()}


def _series_in(table: CsvTable[R], content: bytes) -> dict[tuple[str, ...], Series] | None:
    """The series of a table of periods, names and one number, by names."""
    header = table.header
    lines = content.count(b"\n") + (not content.endswith(b"\n"))
    if (
        not content.startswith(",".join(header).encode() + b"\n")
        or content.count(b",") != (len(header) - 1) * lines
        or any(one in content for one in _UNUSUAL)
    ):
        return None
    import pandas as pd  # noqa: PLC0415 - few files are large, and it takes long to load

    when, *names, number = header
    types = dict.fromkeys((when, *names), "category") | {number: "str"}
    try:
        frame = pd.read_csv(BytesIO(content), dtype=types, na_filter=False)
        periods = [_same(period_of(text), text) for text in _texts(frame[when])]
        labels = [[_same(name_in(text), text) for text in _texts(frame[name])] for name in names]
        values = _numbers_in(frame[number].tolist())
    except (UnitError, ValueError):
        return None
    if not values:
        return None
    codes = [frame[name].cat.codes.to_numpy() for name in (when, *names)]
    return _by_names(periods, labels, codes, values)


def _texts(column: pd.Series) -> list[str]:
    """The texts that occur in a column.

    Raises:
        ValueError: if pandas took them for something else, as names that are all numbers.
    """
    texts = column.cat.categories.tolist()
    if not all(isinstance(text, str) for text in texts):
        raise ValueError(texts)
    return texts


def _same(read: Named, text: str) -> Named:
    """What a text was read as, if it is written as it is read."""
    if str(read) != text:
        raise ValueError(text)
    return read


def _numbers_in(texts: Sequence[str]) -> array[float]:
    """The numbers in a column, as Python reads them.

    Raises:
        ValueError: if one is none, or not finite.
    """
    if "".join(texts).encode().translate(None, _NUMERALS):
        raise ValueError(texts)
    numbers = array("d", map(float, texts))
    if not all(map(isfinite, numbers)):
        raise ValueError(texts)
    return numbers


def _by_names(
    periods: Sequence[Period],
    labels: Sequence[Sequence[str]],
    codes: Sequence[np.ndarray],
    values: array[float],
) -> dict[tuple[str, ...], Series] | None:
    """Part rows by their names and order them by period; None if that is not possible.

    Args:
        periods: What the codes of the first column stand for.
        labels: What those of the others stand for.
        codes: A code for each row, by column.
        values: A number for each row.
    """
    import numpy as np  # noqa: PLC0415 - likewise

    days = np.array([period.last for period in periods], dtype="int64")[codes[0]]
    group = np.zeros(len(values), dtype="int64")
    for of_column, its_labels in zip(codes[1:], labels, strict=True):
        group = group * len(its_labels) + of_column
    order = np.lexsort((days, group))
    days, group, numbers = days[order], group[order], np.frombuffer(values)[order]
    firsts = np.flatnonzero(np.diff(group, prepend=-1))
    if np.any((np.diff(days) == 0) & (np.diff(group) == 0)):
        return None
    kinds = list(PeriodKind)
    kind = np.array([kinds.index(period.kind) for period in periods])[codes[0][order]]
    if np.any(np.diff(kind)[np.diff(group) == 0]):
        return None
    found = {}
    for first, last in zip(firsts, [*firsts[1:], len(group)], strict=True):
        row = order[first]
        key = tuple(of[code[row]] for of, code in zip(labels, codes[1:], strict=True))
        found[key] = Series(
            array("q", days[first:last].tobytes()),
            array("d", numbers[first:last].tobytes()),
            kinds[kind[first]],
        )
    return found
