"""今日要办: on one screen what the reviewer has to do, and the faults with the most money in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from jixiao_xlsx.output.text.notices import Notice, asked_of
from jixiao_xlsx.output.xlsx.cells import CellContent, Link, Styled, put, put_merged
from jixiao_xlsx.output.xlsx.page import Column, row_height, set_page, set_widths, write_listing
from jixiao_xlsx.output.xlsx.styles import Styles
from jixiao_xlsx.output.xlsx.summary.delivery import DELIVERY
from jixiao_xlsx.output.xlsx.summary.findings import FINDINGS, copy_of, place_link
from jixiao_xlsx.output.xlsx.summary.ranking import RANKING
from jixiao_xlsx.season.at_stake import at_stake
from jixiao_xlsx.values.findings import BatchFinding, Result
from jixiao_xlsx.values.season import Entry, FileStatus, Season
from jixiao_xlsx.values.severity import Severity

TODAY = "今日要办"
_NAMED = 12  # departments of one line
_DEAREST = 10
_TASKS = (18.0, 8.0, 92.0, 16.0)
_COLUMNS = (
    Column("部门", 18),
    Column("差额（元）", 16, "cell money"),
    Column("问题", 84),
    Column("单元格", 20),
)


def write_today(
    sheet: Any,
    styles: Styles,
    season: Season,
    entries: Sequence[Entry],
    across: Sequence[BatchFinding],
) -> None:
    """Write the sheet: who, how many, which ones, and where to go on."""
    set_widths(sheet, [max(a, b.width) for a, b in zip(_TASKS, _COLUMNS, strict=True)])
    last = len(_COLUMNS) - 1
    put_merged(sheet, (0, 0, 0, last), TODAY, styles["title"])
    sheet.set_row(0, 28)
    for column, title in enumerate(("要办的事", "个数", "是哪些", "到哪里办")):
        put(sheet, 1, column, title, styles["head"])
    row = 2
    for what, names, where in _tasks(season, entries, across):
        shown = "、".join(names[:_NAMED]) + (f"等 {len(names)} 个" if len(names) > _NAMED else "")
        look = "cell center warning" if names else "cell center good"
        put(sheet, row, 0, what, styles["cell strong"])
        put(sheet, row, 1, len(names), styles[look])
        put(sheet, row, 2, shown or "没有", styles["cell"])
        put(sheet, row, 3, Link(f"internal:'{where}'!A1", where), styles["cell link"])
        sheet.set_row(row, row_height([(shown, _COLUMNS[2].width)], least=24))
        row += 1
    put_merged(sheet, (row + 1, 0, row + 1, last), "差额最大的十处错误和警告", styles["section"])
    sheet.set_row(row + 1, 22)
    rows = list(_dearest(entries))
    end = write_listing(sheet, styles, row + 2, _COLUMNS, rows, wide=False)
    if not rows:
        put_merged(sheet, (end, 0, end, last), "没有带金额的错误和警告。", styles["cell good"])
    set_page(sheet, footer=TODAY)
    sheet.fit_to_pages(1, 1)


def _tasks(
    season: Season, entries: Sequence[Entry], across: Sequence[BatchFinding]
) -> Iterator[tuple[str, list[str], str]]:
    """Yield what is to be done, for whom, and the sheet where it is done."""
    yield "催报", [one.name for one in season.missing], DELIVERY
    for what, result in (("退回修改", Result.RETURN), ("等情况说明", Result.EXPLAIN)):
        names = [one.department for one in entries if one.report and one.report.result is result]
        yield what, names, RANKING
    aside = [
        one.file
        for one in sorted(season.entries, key=lambda one: one.file)
        if one.status is not FileStatus.SUBMITTED and not one.ignorable
    ]
    yield "收到没有用上的文件", aside, DELIVERY
    decided = (finding for finding in across if finding.severity is not Severity.NOTE)
    yield "部门之间要裁定", ["、".join(finding.departments) for finding in decided], FINDINGS


def _dearest(entries: Sequence[Entry]) -> Iterator[list[CellContent | Styled]]:
    """Yield the open faults with the most money in them: a line a mistake, whatever follows of it,
    and one for each sum of a department. What probably caused it is said, not what noticed it.
    """
    found = []
    for entry, notice in ((one, notice) for one in entries for notice in _asked(one)):
        amounts = [
            (amount, one) for one in notice.findings if (amount := at_stake(one)) is not None
        ]
        if amounts:
            amount, finding = max(amounts, key=lambda one: one[0])
            said = notice.cause.message if notice.cause else finding.message
            found.append((amount, entry, notice.place, said))
    found.sort(key=lambda one: (-one[0], one[1].department, str(one[2])))
    seen: set[tuple[str, Decimal]] = set()
    links = iter(range(_DEAREST))
    for amount, entry, place, said in found:
        if (entry.department, amount) not in seen and len(seen) < _DEAREST:
            seen.add((entry.department, amount))
            where = place_link(place, copy_of(entry), links)
            yield [entry.department, amount, said, where]


def _asked(entry: Entry) -> list[Notice]:
    return asked_of(entry.report) if entry.report else []
