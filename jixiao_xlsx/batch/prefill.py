"""What is typed ahead for a department: its approved budget, and last year's closing figures where this year's begin.

Which cell follows from which is data ([reference] and [[carry]] of the spec). What cannot be placed is told, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.intake.file_kinds import Refused
from jixiao_xlsx.intake.inbox import find_candidates
from jixiao_xlsx.intake.os_errors import why
from jixiao_xlsx.season.which_counts import settle
from jixiao_xlsx.values.amounts import atoms_per
from jixiao_xlsx.values.answers import Answer, FileStatus
from jixiao_xlsx.values.cells import Submission
from jixiao_xlsx.values.equations import Ref
from jixiao_xlsx.values.findings import Report
from jixiao_xlsx.values.people import Department, ReferenceLine
from jixiao_xlsx.values.text import tidy

BUDGETS = (
    "年初预算",
    "全年预算",
)  # what is approved before the year is over; 决算 is for the department to report

Figures = Mapping[Ref, Decimal]


@dataclass(frozen=True)
class Ahead:
    """Figures by department name, in the unit of their cells, and what a person should know of the sources."""

    by_department: Mapping[str, Figures] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __or__(self, other: Ahead) -> Ahead:
        names = self.by_department.keys() | other.by_department.keys()
        joined = {
            name: {**self.by_department.get(name, {}), **other.by_department.get(name, {})}
            for name in names
        }
        return Ahead(joined, self.notes + other.notes)


# ------------------------------------------------------------------------------------------------------ approved budget


def approved(
    lines: Iterable[ReferenceLine], roster: Sequence[Department], template: Template
) -> Ahead:
    """The approved budgets of the departments of `roster`. A line that leads nowhere is told in the notes."""
    owners = {tidy(department.code): department.name for department in roster if department.code}
    found: dict[str, dict[Ref, Decimal]] = {}
    notes: list[str] = []
    for line in lines:
        owner, row = owners.get(tidy(line.code)), _row(line.item, template)
        if owner is None or row is None:
            notes.append(
                f"{line.source}：{f'部门编码“{line.code}”不在名册中' if owner is None else f'表里没有“{line.item}”这一项'}，未预填"
            )
            continue
        found.setdefault(owner, {}).update(_budgets(line, row, template))
    return Ahead(found, tuple(notes))


def _row(item: str, template: Template) -> str | None:
    """The row of the form that an item of the reference means."""
    table = template.table.get(template.reference_table)
    wanted = tidy(item)
    for row in table.rows if table else ():
        spellings = {tidy(name) for name in (row.title, *row.aliases)}
        if wanted in spellings or f"其中:{wanted}" in spellings:
            return row.title
    return None


def _budgets(line: ReferenceLine, row: str, template: Template) -> Iterator[tuple[Ref, Decimal]]:
    for kind in BUDGETS:
        column = template.reference_columns.get(kind)
        if column and kind in line.amounts:
            ref = Ref(template.reference_table, row, column)
            yield ref, _converted(line.amounts[kind], "元", template.unit_of(ref))


def _converted(value: Decimal, unit: str, wanted: str) -> Decimal:
    return value if unit == wanted else value * atoms_per(unit) / atoms_per(wanted)


# ------------------------------------------------------------------------------------------------------ last year


def last_year(
    folder: Path, roster: Sequence[Department], year: int | None, template: Template
) -> Ahead:
    """The closing figures in last year's workbooks, by the roster's names. `year` is the year to come; None: not known.

    A department's latest workbook counts; files that cannot be used are told in the notes.
    """
    from jixiao_xlsx.reading import workbook

    answers: list[Answer] = []
    read: dict[str, Submission] = {}
    saved: dict[str, int] = {}
    for candidate in find_candidates([folder]):
        if candidate.set_aside:
            continue
        saved[candidate.file] = candidate.saved
        try:
            submission = workbook.read_bytes(candidate.content(), candidate.file, template)
        except (workbook.Unreadable, Refused) as problem:
            status = getattr(problem, "status", FileStatus.UNREADABLE)
            answers.append(Answer(candidate.file, status, problem.reason))
            continue
        except OSError as problem:
            answers.append(
                Answer(candidate.file, FileStatus.UNREADABLE, f"无法打开：{why(problem)}")
            )
            continue
        read[candidate.file] = submission
        answers.append(_answer(candidate.file, submission))
    settled = settle(answers, roster, None if year is None else year - 1, saved)
    counting = [answer for answer in settled if answer.status is FileStatus.SUBMITTED]
    notes = tuple(
        f"上年报表“{answer.file}”未用：{answer.status.value}，{answer.reason}"
        for answer in settled
        if answer not in counting
    )
    return Ahead(
        {answer.department: dict(carried(read[answer.file], template)) for answer in counting},
        notes,
    )


def _answer(file: str, submission: Submission) -> Answer:
    report = Report(
        file, submission.sha256, submission.department, submission.code, submission.year, (), {}, ()
    )
    return Answer(
        file,
        FileStatus.SUBMITTED,
        sha256=submission.sha256,
        department=submission.department,
        report=report,
    )


def carried(submission: Submission, template: Template) -> Iterator[tuple[Ref, Decimal]]:
    """This year's opening figures as last year's workbook closes them."""
    for carry in template.carries:
        cell = submission.cell(carry.source.table, carry.source.row, carry.source.column)
        if cell is not None and cell.number is not None:
            yield carry.target, _converted(cell.number, cell.unit, template.unit_of(carry.target))
