"""Tables as pandas frames, each column in the type that the form gives it. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    import pandas as pd

_MEASURE = re.compile(r"([≥≤=><]?)\s*([+-]?\d+(?:,\d{3})*(?:\.\d+)?)\s*([^\d]*)")
VALUE_OF, UNIT_OF = "{}·数值", "{}·单位"


class ColumnKind(StrEnum):
    """What the form asks for in a column: numbers, words, or quantities with their unit (目标值)."""

    NUMBER = "number"
    TEXT = "text"
    MEASURE = "measure"


class Typed(Protocol):
    """What a frame needs of a cell: see `cells.Cell`."""

    @property
    def ref(self) -> str: ...
    @property
    def value(self) -> Decimal | str | None: ...
    @property
    def text(self) -> str: ...
    @property
    def as_seen(self) -> str: ...
    @property
    def format(self) -> str: ...
    @property
    def unit(self) -> str: ...


Columns: TypeAlias = Mapping[str, Sequence[Typed | None]]  # by title, a cell for each row
Kinds: TypeAlias = Mapping[str, ColumnKind]


def value_frame(rows: Sequence[str], columns: Columns, kinds: Kinds) -> pd.DataFrame:
    """Return the values of a table, shape (rows, columns), indexed by row title.

    Numbers are float64 in the table's unit, a rate of 95 % as 0.95; what is no number is NaN.
    Words are text, missing where blank. A column of quantities is followed by its number and its
    unit, where its text is one number with a unit: “95%” is 95 and “%”. A column in which the form
    asks for several kinds holds objects.
    """
    import pandas as pd

    words = pd.Series(["文字"]).dtype  # that of texts in this pandas: str, before 3.0 object
    types = {ColumnKind.NUMBER: "float64", ColumnKind.TEXT: words, ColumnKind.MEASURE: words}
    made: dict[str, pd.Series] = {}
    for title, cells in columns.items():
        kind = kinds.get(title)
        values = [_VALUES.get(kind, _anything)(cell) for cell in cells]
        made[title] = pd.Series(values, dtype=types.get(kind, object) if kind else object)
        if kind is ColumnKind.MEASURE:
            parts = [_number_and_unit(cell) for cell in cells]
            made[VALUE_OF.format(title)] = pd.Series([one for one, _ in parts], dtype="float64")
            made[UNIT_OF.format(title)] = pd.Series([unit for _, unit in parts], dtype=words)
    return _framed(rows, made)


def address_frame(rows: Sequence[str], columns: Columns, kinds: Kinds) -> pd.DataFrame:
    """Return the cell addresses (“C5”), in the shape of `value_frame`."""
    import pandas as pd

    made: dict[str, pd.Series] = {}
    for title, cells in columns.items():
        refs = [cell.ref if cell else None for cell in cells]
        for name in _names(title, kinds.get(title)):
            made[name] = pd.Series(refs, dtype=object)
    return _framed(rows, made)


def _names(title: str, kind: ColumnKind | None) -> Iterator[str]:
    yield title
    if kind is ColumnKind.MEASURE:
        yield VALUE_OF.format(title)
        yield UNIT_OF.format(title)


def _framed(rows: Sequence[str], columns: dict[str, pd.Series]) -> pd.DataFrame:
    import pandas as pd

    frame = pd.DataFrame(columns, columns=list(columns))
    frame.index = pd.Index(rows, dtype=object)
    return frame


def _number(cell: Typed | None) -> float | None:
    return float(cell.value) if cell and isinstance(cell.value, Decimal) else None


def _words(cell: Typed | None) -> str | None:
    return (cell.as_seen or None) if cell else None


def _anything(cell: Typed | None) -> object:
    if cell is None:
        return None
    return float(cell.value) if isinstance(cell.value, Decimal) else cell.value


_VALUES: dict[ColumnKind | None, Callable[[Typed | None], object]] = {
    ColumnKind.NUMBER: _number,
    ColumnKind.TEXT: _words,
    ColumnKind.MEASURE: _words,
}


def _number_and_unit(cell: Typed | None) -> tuple[float | None, str | None]:
    """Return the number and the unit of a quantity, (None, None) where it is none."""
    if cell is None:
        return None, None
    if isinstance(cell.value, Decimal):
        rate = "%" in (cell.format or cell.unit)
        return float(cell.value * 100 if rate else cell.value), "%" if rate else None
    found = _MEASURE.fullmatch(unicodedata.normalize("NFKC", cell.text).strip())
    if found is None:
        return None, None
    return float(found[2].replace(",", "")), found[3].strip() or None
