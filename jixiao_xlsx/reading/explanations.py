"""Read the 情况说明 that a department typed: in the returned list, and beside lines of 自检."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.values.cells import Remark, Table
from jixiao_xlsx.values.text import tidy

# The very hidden sheet on which the blank form repeats the 情况说明 of its 自检.
REMARKS_SHEET = "_remarks"
_HEADER_WITHIN = 12  # rows


def remarks_of(
    form: Template, tables: Mapping[str, Table], selfcheck: Sequence[Sequence[object]]
) -> tuple[Remark, ...]:
    """Return every explanation with its rule and item; `selfcheck` are the rows that repeat it."""
    return (*_listed(form, tables), *_beside_lines(form, selfcheck))


def _listed(form: Template, tables: Mapping[str, Table]) -> Iterator[Remark]:
    table = tables.get(form.remarks.get("table", ""))
    for row in table.open_rows if table else ():
        cells = [row.get(form.remarks.get(key, "")) for key in ("code", "item", "text", "place")]
        code, item, text, place = (cell.text if cell else "" for cell in cells)
        if code and text:
            yield Remark(code, item, text, place.rpartition("!")[0])


def _beside_lines(form: Template, rows: Sequence[Sequence[object]]) -> Iterator[Remark]:
    """Yield those beside the lines of 自检, found by the titles of its columns."""
    titles = [tidy(form.remarks.get(key, "")) for key in ("code", "line", "text", "sheet")]
    for number, row in enumerate(rows[:_HEADER_WITHIN]):
        words = [tidy(str(value)) for value in row]
        if all(title and title in words for title in titles[:3]):
            at = [words.index(title) if title in words else len(row) for title in titles]
            for line in rows[number + 1 :]:
                code, item, text, sheet = (
                    str(line[column]).strip() if column < len(line) else "" for column in at
                )
                if code and text:
                    yield Remark(code, item, text, sheet)
            return
