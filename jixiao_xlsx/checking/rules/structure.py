"""STR101–STR108: whether the workbook still is the form: sheets, titles, choices, headings."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from string import ascii_uppercase

from jixiao_xlsx.checking.bases import FORM_TITLES, OWN_HEADING, REQUIRED_CELLS
from jixiao_xlsx.checking.evidence import Evidence
from jixiao_xlsx.checking.offices import other_office
from jixiao_xlsx.checking.rule import Flag, Looked, Observation, cell_name, flag, rule
from jixiao_xlsx.form.spec import TableSpec
from jixiao_xlsx.values.addresses import position
from jixiao_xlsx.values.cells import Cell, Note, Table
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import tidy


def _notes(evidence: Evidence, *kinds: str) -> list[Note]:
    return [note for note in evidence.submission.notes if note.kind in kinds]


def _from_notes(notes: list[Note], text: str, demand: str) -> Iterator[Observation]:
    """Yield one flag per sheet, with a count."""
    groups: dict[str, list[Note]] = defaultdict(list)
    for note in notes:
        groups[note.place.sheet].append(note)
    for notes_there in groups.values():
        items = list(dict.fromkeys(note.item for note in notes_there))
        named = "、".join(f"“{item}”" for item in items[:5]) + (
            f"等 {len(items)} 项" if len(items) > 5 else ""
        )
        places = tuple(note.place for note in notes_there)
        yield Flag(
            places[0],
            notes_there[0].item,
            "",
            "",
            text.format(items=named),
            demand=demand,
            related=places,
            count=len(notes_there),
        )


@rule("STR101", "缺少工作表", severity=Severity.ERROR, basis=FORM_TITLES)
def missing_sheet(evidence: Evidence) -> Iterator[Observation]:
    """表样里的工作表在文件中找不到；靠它核对的关系都已略过。

    改法：用原表样补上这张表。
    """
    yield Looked(len(evidence.template.sheets))
    for note in _notes(evidence, "missing_sheet"):
        yield Flag(
            note.place,
            note.item,
            "",
            "",
            f"缺少工作表“{note.item}”，与它有关的核对都未进行。",
            demand="请用原表样补上。",
            expected="有此工作表",
        )


@rule("STR102", "缺少行或列", severity=Severity.ERROR, basis=FORM_TITLES)
def missing_title(evidence: Evidence) -> Iterator[Observation]:
    """表样里的行或列找不到（被删或改了名），靠它核对的关系都已略过。每张表只说一次；看得出改成了什么的，指到那一格。

    改法：恢复表样的行、列名称，不要删改。
    """
    for note in _notes(evidence, "missing_title"):
        yield Flag(
            note.place,
            note.item,
            "",
            "",
            f"工作表里找不到“{note.item}”的表头。",
            demand="请恢复表样。",
        )
    for table in evidence.submission.tables.values():
        yield Looked(len(table.columns))
        if table.absent:
            now = dict(_renamed(evidence, table))
            names = "、".join(
                f"“{title}”"
                + (f"（{now[title].place.cell} 改成了“{now[title].item}”）" if title in now else "")
                for title in table.absent
            )
            lost = "" if len(now) == len(table.absent) else "（被删或改了名）"
            text = f"《{table.sheet}》找不到{names}{lost}，有关核对未进行。"
            places = [note.place for note in now.values()] or [table.anchor.place]
            typed = next((note.item for note in now.values()), "")
            wanted = "有" + "、".join(f"“{title}”" for title in table.absent)
            yield Flag(
                places[0],
                table.absent[0],
                "",
                typed,
                text,
                demand="请恢复表样。",
                expected=wanted,
                related=tuple(places[1:]),
                count=len(table.absent),
            )


def _renamed(evidence: Evidence, table: Table) -> Iterator[tuple[str, Note]]:
    """Yield titles that the file lacks, each with the unknown title in its place."""
    form = evidence.template.table[table.name]
    notes = [note for note in evidence.submission.notes if note.place.sheet == table.sheet]
    rows = {row.title: next(iter(row.cells.values())).ref for row in table.rows if row.cells}
    lines = {
        _line(note.place.cell): note for note in notes if note.kind in {"unread_row", "stray_cell"}
    }
    yield from _in_gaps(
        [row.title for row in form.rows], {title: _line(ref) for title, ref in rows.items()}, lines
    )
    heads = {position(note.place.cell)[1]: note for note in notes if note.kind == "unread_column"}
    positions = {title: position(cell.ref)[1] for title, cell in table.columns.items()}
    yield from _in_gaps([column.title for column in form.columns], positions, heads)


def _line(ref: str) -> int:
    return int(ref.lstrip(ascii_uppercase))


def _in_gaps(
    titles: Sequence[str], positions: Mapping[str, int], notes: Mapping[int, Note]
) -> Iterator[tuple[str, Note]]:
    """Match missing titles, in order, with as many unknown ones between two known titles."""
    for there, run in groupby(enumerate(titles), key=lambda entry: entry[1] in positions):
        missing = list(run)
        first, last = missing[0][0], missing[-1][0]
        if there or not first or last + 1 == len(titles):
            continue  # above the first and below the last known title anything is possible
        between = range(positions[titles[first - 1]] + 1, positions[titles[last + 1]])
        unknown = [notes[at] for at in between if at in notes]
        if len(unknown) == len(missing):
            yield from ((title, note) for (_, title), note in zip(missing, unknown, strict=True))


@rule("STR103", "必填项未填", severity=Severity.ERROR, basis=REQUIRED_CELLS)
def required_blank(evidence: Evidence) -> Iterator[Observation]:
    """必填的格空着。每张表只说一次，列出各格。

    改法：补填这些格；没有发生的填 0。
    """
    for name, table in evidence.submission.tables.items():
        required = list(_required_cells(evidence.template.table[name], table))
        yield Looked(len(required))
        blanks = [cell for cell in required if cell.blank]
        if blanks:
            several = len({cell.column for cell in required}) > 1
            names = [
                f"“{cell.row}”的“{cell.column}”" if several else f"“{cell.row}”" for cell in blanks
            ]
            named = "、".join(names[:6]) + (f"等 {len(blanks)} 项" if len(blanks) > 6 else "")
            text = f"《{table.sheet}》{named}未填。"
            yield flag(
                blanks[0],
                text,
                "请补填。",
                expected="必填",
                related=tuple(c.place for c in blanks),
                count=len(blanks),
            )


def _required_cells(form: TableSpec, table: Table) -> Iterator[Cell]:
    for row in form.rows:
        typed = table.by_title.get(row.title)
        for column in row.required if typed else ():
            cell = typed.get(column) if typed else None
            if cell is not None:
                yield cell


@rule("STR104", "表外内容", severity=Severity.NOTE, basis=FORM_TITLES)
def unread(evidence: Evidence) -> Iterator[Observation]:
    """多出来的工作表、行、列或零散内容不参加核对，列在这里以免漏看。

    改法：是填报内容的，移到表样里相应的位置；不是的，删去。
    """
    kinds = ("unread_sheet", "unread_column", "unread_row", "stray_cell", "duplicate_title")
    reported = {
        note
        for table in evidence.submission.tables.values()
        if table.absent
        for _, note in _renamed(evidence, table)
    }
    yield from _from_notes(
        [note for note in _notes(evidence, *kinds) if note not in reported],
        "{items}不在表样内，没有参加核对。",
        "如是填报内容，请移到相应位置。",
    )


_SUMS = frozenset({"total", "subtotal"})


@rule("STR105", "不在选项之内", severity=Severity.WARNING, basis=FORM_TITLES)
def not_a_choice(evidence: Evidence) -> Iterator[Observation]:
    """应从下拉选项中选择的格填了别的内容。

    改法：从下拉选项里选。
    """
    for name, table in evidence.submission.tables.items():
        form = evidence.template.table[name]
        for row in table.rows if form.chosen else ():
            for column in form.chosen if row.kind not in _SUMS else ():
                cell, choices = row.get(column.title), form.choices_of(row.title, column)
                if cell is None or cell.blank or not choices:
                    continue
                yield Looked(1)
                if not _among(cell.text, choices):
                    options = "、".join(choices)
                    yield flag(
                        cell,
                        f"{cell_name(cell, evidence.template)}填“{cell.text}”，应从“{options}”中选。",
                        "请改选。",
                        expected=options,
                    )


@lru_cache(maxsize=1024)
def _among(text: str, choices: tuple[str, ...]) -> bool:
    """Return whether it is one of the choices, in any spelling, of ≤ ≥ = too."""
    typed = tidy(text)
    return typed in map(tidy, choices) or _SIGNS.get(typed, "") in choices


_SIGNS = {"<=": "≤", "≦": "≤", ">=": "≥", "≧": "≥", "＝": "="}


@rule("STR106", "隐藏的行、列、格或工作表里有内容", severity=Severity.NOTE, basis=FORM_TITLES)
def hidden(evidence: Evidence) -> Iterator[Observation]:
    """隐藏的行、列和工作表，以及格式设成不显示（;;;）的格，照样参加核对；请确认不是旧数据。

    改法：取消隐藏看一看；是旧数据的删去。
    """
    yield from _from_notes(
        _notes(evidence, "hidden_row", "hidden_column", "hidden_sheet"),
        "{items}是隐藏的，里面有内容。",
        "请确认不是旧数据，是旧数据的请删去。",
    )
    yield from _from_notes(
        _notes(evidence, "invisible_cell"),
        "{items}设成了不显示内容的格式，里面的数看不见，但已照常核对。",
        "请把格式改回“数值”，是旧数据的请删去。",
    )


@rule("STR115", "表头写的金额单位与表样不同", severity=Severity.ERROR, basis=FORM_TITLES)
def other_unit(evidence: Evidence) -> Iterator[Observation]:
    """表上方、表题或行、列标题里写的金额单位与表样的不同。读数一律按表样的单位；整张表照改后的单位填报的，各数都差同样的倍数。

    改法：把单位改回表样的，金额也按表样的单位填。
    """
    for name, table in evidence.submission.tables.items():
        form = evidence.template.table[name]
        for stated in table.stated_units:
            wanted = _money_units(form, stated.column, stated.row)
            yield Looked(1)
            if wanted and stated.unit not in wanted:
                unit = "、".join(sorted(wanted))
                what = stated.column or stated.row or table.name
                text = f"“{what}”写的单位是“{stated.unit}”，表样是“{unit}”，核对时按{unit}读。"
                yield flag(stated.cell, text, f"请改回“{unit}”，金额也按{unit}填。", expected=unit)


@lru_cache(maxsize=4096)
def _money_units(form: TableSpec, column: str, row: str) -> frozenset[str]:
    """Return the units that the form has for money in a column, in a row, or in the whole table."""
    rows = [row] if row in form.row else ["", *form.row]
    columns = [form.column[column]] if column else form.columns
    return frozenset(
        form.unit_of(title, one)
        for title in rows
        for one in columns
        if form.kind(title, one) == "money" and form.exists(title, one)
    )


@rule("STR116", "空表上贴着图片", severity=Severity.NOTE, basis=FORM_TITLES)
def picture(evidence: Evidence) -> Iterator[Observation]:
    """表里没有填数，工作表上却放着图片：图片里的数读不出来，不能核对。

    改法：把图片里的数填到格里，删去图片。
    """
    for note in _notes(evidence, "picture"):
        yield Looked(1)
        text = f"“{note.item}”没有填数，表上贴着图片；图片里的数读不出来。"
        yield Flag(note.place, note.item, "", "", text, demand="请把数填到格里。")


@rule("STR117", "原表隐藏，另有可见的副本", severity=Severity.WARNING, basis=FORM_TITLES)
def hidden_original(evidence: Evidence) -> Iterator[Observation]:
    """同一张表有两份，原名的被隐藏，看得见的是副本。核对的是看得见的那一份；两份的数不同的，要说清以哪一份为准，相同的只作提示。

    改法：只留一份，改回原名；数不同的，附情况说明。
    """
    for note in _notes(evidence, "hidden_original"):
        yield Looked(1)
        same = not note.text
        what = "两份的数相同" if same else f"两份有不同的数（{note.text}）"
        text = f"工作表“{note.item}”被隐藏，核对的是看得见的“{note.place.sheet}”；{what}。"
        severity = Severity.NOTE if same else None
        yield Flag(
            note.place,
            note.item,
            "",
            "",
            text,
            demand=f"请只留一份，改名“{note.item}”。",
            severity=severity,
        )


@rule("STR108", "工作表改了名", severity=Severity.NOTE, basis=FORM_TITLES)
def renamed_sheet(evidence: Evidence) -> Iterator[Observation]:
    """工作表名称不是表样里的，按内容认出。

    改法：把工作表改回原来的名称。
    """
    for note in _notes(evidence, "renamed_sheet"):
        text = f"工作表“{note.place.sheet}”不是表样里的名称，按内容认作“{note.item}”。"
        yield Flag(note.place, note.item, "", "", text, demand="请改回原名。")


@rule(
    "STR107",
    "表题不是本单位或本年度",
    severity=Severity.ERROR,
    basis=OWN_HEADING,
    relations=("C69",),
    in_word=True,
)
def foreign_heading(evidence: Evidence) -> Iterator[Observation]:
    """表格标题里写的是别的单位或别的年度，多半是从别处复制来的。

    改法：改正表题；整张表是从别处沿用的，换成自己的表重填。
    """
    department, code_year = evidence.submission.department, evidence.submission.year
    for name, table in evidence.submission.tables.items():
        heading = table.heading
        if heading is None or heading.blank:
            continue
        form = evidence.template.table[name]
        yield Looked(1)
        years = set(re.findall(r"(20\d\d)\s*年", heading.text))
        if code_year and years and str(code_year) not in years:
            typed = "、".join(sorted(years))
            text = f"表题写的年度（{typed}）与评价年度 {code_year} 年不符。"
            yield Flag(
                heading.place,
                table.name,
                "标题",
                heading.text,
                text,
                expected=f"{code_year}年度",
                demand="请改正。",
            )
        elif (
            form.heading_names_department
            and department
            and other_office(heading.text, department, form.heading)
        ):
            text = f"表题写的单位与填报单位“{department}”不一致。"
            demand = "请核对表题；整张表是从别处沿用的，请换成本单位的数。"
            place, typed = heading.place, heading.text
            yield Flag(place, table.name, "标题", typed, text, department, demand=demand)
