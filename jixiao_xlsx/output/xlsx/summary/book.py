"""汇总.xlsx: the whole season in one workbook for the reviewer."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

import pandas as pd

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.output.text.wording import (
    advice,
    expected_text,
    in_order,
    lone_columns,
    severity_text,
    subject,
)
from jixiao_xlsx.output.xlsx.cells import CellContent, Link, Styled, put_merged
from jixiao_xlsx.output.xlsx.page import Column, new_book, row_height, set_page, write_listing
from jixiao_xlsx.output.xlsx.styles import Styles
from jixiao_xlsx.output.xlsx.summary.frames import (
    COMPARED,
    FINAL_GRADE,
    GRADE,
    NOT_RANKED,
    RANK,
    RESULT,
    REVIEWED,
    SCORE,
    SELF,
    CatalogueRule,
    levels,
    matrix,
    ranking,
    results,
    rules,
)
from jixiao_xlsx.output.xlsx.summary.ledger import (
    CHANGE_COLUMNS,
    CHANGES,
    LEDGER,
    LEDGER_COLUMNS,
    change_lines,
    ledger_lines,
)
from jixiao_xlsx.output.xlsx.summary.matrix import MATRIX, write_matrix
from jixiao_xlsx.output.xlsx.summary.overview import OVERVIEW, write_overview
from jixiao_xlsx.values.answers import NO_CONTENT, Answer, Batch, FileStatus
from jixiao_xlsx.values.findings import BatchFinding, FindingState, Report, Severity
from jixiao_xlsx.values.people import Department

RANKING, FINDINGS, RULES, DELIVERY = "部门排名", "问题清单", "规则命中", "报送情况"
HEAD = 2  # the row of the column titles, counted from 0
Line = list[CellContent | Styled]


def write_summary(
    target: Path | BinaryIO, batch: Batch, catalogue: Sequence[CatalogueRule], template: Template
) -> None:
    """Write 汇总.xlsx: deterministic bytes, every formula with its value. Raises files.Blocked."""
    frame = results(batch)
    hits = rules(batch, catalogue)
    answers = _in_order(batch, frame)
    cards = [
        replace(card, department=answer.department)
        for answer in answers
        for card in answer.scorecards
    ]
    with new_book(
        target, f"{template.title}汇总", in_memory=False
    ) as book:  # the one book that grows with the season
        styles = Styles(book)
        changes = list(change_lines(answers))
        names = (
            OVERVIEW,
            RANKING,
            FINDINGS,
            MATRIX,
            RULES,
            DELIVERY,
            LEDGER,
            *([CHANGES] if changes else []),
        )
        sheets = {name: book.add_worksheet(name) for name in names}
        write_overview(book, sheets[OVERVIEW], styles, batch, frame, levels(cards), hits, template)
        _write_ranking(sheets[RANKING], styles, frame)
        _write_findings(sheets[FINDINGS], styles, answers, lone_columns(template), batch.findings)
        write_matrix(
            sheets[MATRIX], styles, [card.name for card in cards], cards, matrix(cards, template)
        )
        _write_rules(sheets[RULES], styles, hits, template)
        _write_delivery(sheets[DELIVERY], styles, batch)
        rows = list(ledger_lines(batch, answers, lone_columns(template)))
        remark = f"共 {len(rows)} 条错误和警告，“轮次”是第几次报送时发现的；提示不列。责任取名册的联系人，时限取退回期限。"
        _sheet(sheets[LEDGER], styles, LEDGER, remark, LEDGER_COLUMNS, rows, frozen=1)
        if changes:
            remark = f"共 {len(changes)} 处，与上次报送不同而上次审核没有要求改；随改正而变的得分、完成率、偏差原因和公式结果不列。请看是否误改。"
            _sheet(sheets[CHANGES], styles, CHANGES, remark, CHANGE_COLUMNS, changes, frozen=1)
        sheets[OVERVIEW].activate()


def _in_order(batch: Batch, frame: pd.DataFrame) -> list[Answer]:
    """The answers that count, in the order of `results`."""
    by_file = {answer.file: answer for answer in batch.submitted}
    return [by_file[file] for file in dict.fromkeys(frame["文件"])]


def _sheet(
    sheet: Any,
    styles: Styles,
    title: str,
    remark: str,
    columns: Sequence[Column],
    rows: Iterator[Line] | Sequence[Line],
    *,
    frozen: int,
) -> int:
    """A titled listing with filter, frozen head and print set-up; returns the row after the last."""
    last = len(columns) - 1
    put_merged(sheet, (0, 0, 0, last), title, styles["title"])
    sheet.set_row(0, 28)
    put_merged(sheet, (1, 0, 1, last), remark, styles["remark"])
    sheet.set_row(
        1, row_height([(remark, sum(column.width for column in columns))], size=9, least=18)
    )
    end = write_listing(sheet, styles, HEAD, columns, rows)
    sheet.autofilter(HEAD, 0, max(end - 1, HEAD), last)
    sheet.freeze_panes(HEAD + 1, frozen)
    set_page(sheet, repeat=(HEAD, HEAD), footer=title)
    return end


# ------------------------------------------------------------------------------------------------------------ ranking

_RANKING = (
    Column("名次", 10, "cell int"),
    Column("部门编码", 11, "cell center"),
    Column("部门名称", 28),
    Column("自评总分", 10, "cell sum"),
    Column("复算总分", 10, "cell sum"),
    Column("差异（自评−复算）", 11, "cell gap"),
    Column("自评等级", 9, "cell center"),
    Column("复算等级", 9, "cell center"),
    Column("财政复核总分", 10, "cell sum strong"),
    Column("评定等级", 9, "cell center strong"),
    Column("预算执行率", 11, "cell percent"),
    Column("错误", 7, "cell int"),
    Column("警告", 7, "cell int"),
    Column("提示", 7, "cell int"),
    Column("结果", 8, "cell center"),
    Column("与上次相比", 38, "cell center"),
    Column("说明", 24),
    Column("评分表", 9, "cell center"),
)


def _write_ranking(sheet: Any, styles: Styles, frame: pd.DataFrame) -> None:
    reviewed = int(frame[REVIEWED].notna().sum())
    remark = f"有财政复核的按复核总分（{reviewed} 个），其余按复算总分排名（四舍五入两位小数），同分同名次；还有未了结错误或不能评出总分的部门{NOT_RANKED}，列在最后。点“打开”看评分表。"
    rows = (_ranked(line) for line in ranking(frame).to_dict("records"))
    _sheet(sheet, styles, RANKING, remark, _RANKING, rows, frozen=3)


def _ranked(line: Mapping[Any, Any]) -> Line:
    ranked = not pd.isna(line[RANK])
    gap = _number(line["差异"])
    errors, warnings = line[Severity.ERROR.label], line[Severity.WARNING.label]
    output = str(line["评分表"])
    return [
        int(line[RANK]) if ranked else Styled(NOT_RANKED, "cell center note"),
        line["部门编码"],
        line["部门名称"],
        _number(line[SELF]),
        _number(line[SCORE]),
        Styled(gap, "cell gap differs" if gap and gap > 0 else "cell gap"),
        line["自评等级"],
        line[GRADE],
        _number(line[REVIEWED]),
        line[FINAL_GRADE],
        _number(line["执行率"]),
        Styled(errors, "cell int error" if errors else "cell int"),
        Styled(warnings, "cell int warning" if warnings else "cell int"),
        line[Severity.NOTE.label],
        line[RESULT],
        line[COMPARED],
        line["说明"],
        Styled(Link(f"external:{output}", "打开"), "cell center link") if output else None,
    ]


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


# ----------------------------------------------------------------------------------------------------------- findings

_FINDINGS = (
    Column("部门", 17),
    Column("文件", 15),
    Column("级别", 7, "cell center"),
    Column("编号", 8, "cell center"),
    Column("工作表", 12),
    Column("单元格", 8, "cell center"),
    Column("项目", 18),
    Column("填报", 13, "cell center"),
    Column("应为（范围）", 15, "cell center"),
    Column("差额", 12, "cell center"),
    Column("问题", 36),
    Column("建议／可能原因", 26),
    Column("依据", 18),
)


def _write_findings(
    sheet: Any,
    styles: Styles,
    answers: Sequence[Answer],
    lone: Collection[str],
    across: Sequence[BatchFinding],
) -> None:
    count = sum(len(answer.report.findings) for answer in answers if answer.report) + len(across)
    rows = chain(
        (line for answer in answers for line in _finding_lines(answer, lone)),
        map(_across_line, across),
    )
    remark = f"共 {count} 条，按部门、级别、位置排列；可用筛选箭头只看某个部门、级别或编号。"
    _sheet(sheet, styles, FINDINGS, remark, _FINDINGS, rows, frozen=1)


def _finding_lines(answer: Answer, lone: Collection[str]) -> Iterator[Line]:
    for finding in in_order(answer.report.findings if answer.report else ()):
        open_ = finding.state is FindingState.OPEN
        yield [
            answer.department,
            answer.file,
            Styled(
                severity_text(finding),
                f"cell center {finding.severity.value}" if open_ else "cell center",
            ),
            finding.code,
            finding.place.sheet,
            finding.place.cell,
            subject(finding, lone),
            finding.reported,
            expected_text(finding),
            finding.difference,
            finding.message,
            advice(finding),
            finding.basis,
        ]


def _across_line(finding: BatchFinding) -> Line:
    """Something between departments, or about a waiver: no cell of one workbook."""
    where = "、".join(f"{place.sheet}!{place.cell}" for place in finding.places)
    severity = Styled(finding.severity.label, f"cell center {finding.severity.value}")
    departments = "、".join(finding.departments)
    return [
        departments,
        "（财政复核）" if finding.code.startswith("REV") else "（部门之间）",
        severity,
        finding.code,
        None,
        None,
        None,
        None,
        None,
        None,
        finding.message,
        finding.hint,
        where,
    ]


# -------------------------------------------------------------------------------------------------------------- rules

_RULES = (
    Column("编号", 10, "cell center"),
    Column("规则", 46),
    Column("级别", 9, "cell center"),
    Column("勾稽关系", 16, "cell center"),
    Column("部门数", 11, "cell int"),
    Column("问题数", 11, "cell int"),
    Column("未了结", 11, "cell int"),
    Column("核对单元格", 12, "cell int"),
    Column("未核对（处）", 12, "cell int"),
    Column("说明", 26),
)


def _write_rules(sheet: Any, styles: Styles, hits: pd.DataFrame, template: Template) -> None:
    idle = [
        line["编号"]
        for line in hits.to_dict("records")
        if not line["核对单元格"] and not line["问题数"]
    ]
    remark = f"共 {len(hits)} 条规则。" + (
        f"这一批中有 {len(idle)} 条没有核对到任何单元格：{'、'.join(idle)}。"
        if idle
        else "每一条都核对到了单元格。"
    )
    rows = [_rule_line(line) for line in hits.to_dict("records")]
    listed = set(hits["编号"])
    rows += [
        [code, "（本县停用）", None, None, None, None, None, None, None, f"停用：{reason}"]
        for code, reason in sorted(template.disabled.items())
        if code not in listed
    ]
    _sheet(sheet, styles, RULES, remark, _RULES, rows, frozen=2)


def _rule_line(line: Mapping[Any, Any]) -> Line:
    note = "" if line["核对单元格"] or line["问题数"] else "本批没有可核对的单元格"
    return [
        line["编号"],
        line["规则"],
        line["级别"],
        line["勾稽关系"],
        Styled(line["部门数"], "cell int strong" if line["部门数"] else "cell int"),
        line["问题数"],
        line["未了结"],
        line["核对单元格"],
        line["未核对"],
        Styled(note, "cell note") if note else None,
    ]


# ----------------------------------------------------------------------------------------------------------- delivery

_DELIVERY = (
    Column("部门编码", 12, "cell center"),
    Column("部门名称", 28),
    Column("状态", 10, "cell center"),
    Column("结果", 8, "cell center"),
    Column("文件", 34),
    Column("归口股室", 14, "cell center"),
    Column("联系人", 10, "cell center"),
    Column("电话", 16, "cell center"),
    Column("说明", 36),
)


# What asks for a word of the reviewer stands before what only has to be known.
_URGENCY = (
    FileStatus.OTHER_DEPARTMENT,
    FileStatus.NOT_IN_ROSTER,
    FileStatus.OTHER_YEAR,
    FileStatus.UNREADABLE,
    FileStatus.DUPLICATE,
    FileStatus.UNRECOGNISED,
    FileStatus.SUBMITTED,
    FileStatus.MISSING,
)


def _write_delivery(sheet: Any, styles: Styles, batch: Batch) -> None:
    counted = {answer.department: answer for answer in batch.submitted}
    others: dict[str, list[Answer]] = {}
    rest = sorted(
        (a for a in batch.answers if a.file not in {c.file for c in counted.values()}),
        key=lambda a: (
            _URGENCY.index(a.status),
            a.reason.endswith(NO_CONTENT),
            not a.department,
            a.file,
        ),
    )
    for answer in rest:
        others.setdefault(answer.department, []).append(answer)
    due = batch.roster or tuple(
        Department(_code(answer), name) for name, answer in sorted(counted.items())
    )
    rows = [
        _due_line(
            d,
            counted.get(d.name),
            others.get(d.name, ()),
            _before(batch.silent[d.name]) if d.name in batch.silent else "",
        )
        for d in due
    ]
    silent = f"未报的部门中 {len(batch.silent)} 个以前报过，见说明。" if batch.silent else ""
    remark = (
        f"应报 {len(due)} 个，已报 {len(counted)} 个，未报 {len(batch.missing)} 个。{silent}"
        if batch.roster
        else "没有提供部门名册，只列出已报的部门。"
    )
    end = _sheet(sheet, styles, DELIVERY, remark, _DELIVERY, rows, frozen=2)
    _write_files(sheet, styles, end + 1, [answer for answer in rest if not answer.material])


def _code(answer: Answer) -> str:
    return answer.report.code if answer.report else ""


def _before(report: Report) -> str:
    """What an earlier round had of a department that sent nothing this time."""
    counts = "、".join(
        f"{s.label} {report.count(s)} 条"
        for s in (Severity.ERROR, Severity.WARNING)
        if report.count(s)
    )
    return f"这次没有报送；第 {report.round} 次报送{f'退回，还有{counts}' if counts else '已通过'}"


def _due_line(
    department: Department, answer: Answer | None, others: Sequence[Answer], before: str
) -> Line:
    status = FileStatus.SUBMITTED if answer else FileStatus.MISSING
    result = answer.report.result.value if answer and answer.report else ""
    words = [
        f"{other.file}：{other.reason}"
        if other.material
        else f"{other.file}（{other.status.value}）"
        for other in others
    ]
    notes = [
        before,
        answer.problem if answer else "",
        answer.reason if answer else "",
        f"另有文件：{'、'.join(words)}" if words else "",
    ]
    return [
        department.code,
        department.name,
        Styled(
            status.value,
            "cell center good" if answer else "cell center" if before else "cell center error",
        ),
        Styled(result, "cell center warning" if result == "退回" else "cell center"),
        answer.file if answer else None,
        department.office,
        department.contact,
        department.phone,
        "；".join(note for note in notes if note),
    ]


def _write_files(sheet: Any, styles: Styles, top: int, rest: Sequence[Answer]) -> None:
    """Every file that does not count, with its status and the reason."""
    last = len(_DELIVERY) - 1
    put_merged(sheet, (top, 0, top, last), f"没有计入的文件（{len(rest)} 个）", styles["section"])
    sheet.set_row(top, 24)
    areas = ((0, 0), (1, 1), (2, 3), (4, 4), (5, last))
    for (left, right), title in zip(
        areas, ("状态", "部门", "大小（KB）", "文件", "原因"), strict=True
    ):
        put_merged(sheet, (top + 1, left, top + 1, right), title, styles["head"])
    for at, answer in enumerate(rest, top + 2):
        reason = "；".join(text for text in (answer.reason, answer.problem) if text)
        contents: list[tuple[CellContent, str]] = [
            (answer.status.value, "cell center warning"),
            (answer.department, "cell"),
            (round(answer.size / 1024, 1), "cell weight"),
            (answer.file, "cell"),
            (reason, "cell"),
        ]
        measured = []
        for (left, right), (content, traits) in zip(areas, contents, strict=True):
            put_merged(sheet, (at, left, at, right), content, styles[traits])
            measured.append((content, sum(column.width for column in _DELIVERY[left : right + 1])))
        sheet.set_row(at, row_height(measured))
