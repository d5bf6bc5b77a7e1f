"""What a clerk does to a workbook inside LibreOffice beyond typing: rows inserted in the middle and
directly above the 合计, sorted, deleted, values pasted over formulas. Run by a Python that has `uno`:

python3 uno_clerk.py JOB.json

{"profile": …, "books": [{"blank": …, "target": …, "steps": […]}]}

Steps: ["type", sheet, ref, value], ["insert", sheet, line, count], ["copy", sheet, from, to],
["delete", sheet, line], ["sort", sheet, area, column], ["values", sheet, area]; lines from 1.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from uno_typist import office_desktop, with_property

FILTER = "Calc MS Excel 2007 XML"


def main() -> None:
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    with office_desktop(job["profile"]) as desktop:
        for one in job["books"]:
            url = Path(one["blank"]).resolve().as_uri()
            book = desktop.loadComponentFromURL(url, "_blank", 0, (with_property("Hidden", True),))
            for name, sheet, *rest in one["steps"]:
                place = book.Sheets.getByName(sheet)
                place.unprotect("")
                STEPS[name](place, *rest)
            book.calculateAll()
            target = Path(one["target"]).resolve().as_uri()
            book.storeToURL(target, (with_property("FilterName", FILTER),))
            book.close(True)


def type_into(sheet: Any, ref: str, value: object) -> None:
    cell = sheet.getCellRangeByName(ref)
    if isinstance(value, str):
        cell.setString(value)
    else:
        cell.setValue(value)


def insert(sheet: Any, line: int, count: int) -> None:
    sheet.Rows.insertByIndex(line - 1, count)


def copy(sheet: Any, source: str, target: str) -> None:
    place = sheet.getCellRangeByName(target).CellAddress
    sheet.copyRange(place, sheet.getCellRangeByName(source).RangeAddress)


def delete(sheet: Any, line: int) -> None:
    sheet.Rows.removeByIndex(line - 1, 1)


def sort(sheet: Any, area: str, column: int) -> None:
    import uno  # type: ignore[import-not-found, unused-ignore]
    from com.sun.star.table import (  # type: ignore[import-not-found, unused-ignore]
        TableSortField,
    )

    by = TableSortField()
    by.Field, by.IsAscending = column, True
    fields = uno.Any("[]com.sun.star.table.TableSortField", (by,))
    uno.invoke(
        sheet.getCellRangeByName(area),
        "sort",
        ((with_property("SortFields", fields), with_property("ContainsHeader", False)),),
    )


def paste_values(sheet: Any, area: str) -> None:
    cells = sheet.getCellRangeByName(area)
    cells.setDataArray(cells.getDataArray())


STEPS = {
    "type": type_into,
    "insert": insert,
    "copy": copy,
    "delete": delete,
    "sort": sort,
    "values": paste_values,
}


if __name__ == "__main__":
    main()
