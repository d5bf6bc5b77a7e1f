"""Blank workbooks for a bureau to hand out: one, or one per department of the roster."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from jixiao_xlsx import intake
from jixiao_xlsx.model import Bureau, Department
from jixiao_xlsx.spec import Template
from jixiao_xlsx.writers.blank import write_workbook
from jixiao_xlsx.writers.files import unique, write_whole
from jixiao_xlsx.writers.safe import safe_name


def blank_workbooks(
    output: Path, *, template: Template, roster_path: Path | None = None, year: int | None = None
) -> tuple[Path, ...]:
    """Write the blank workbook of `template` into `output`, for each department of the roster where one is given.

    Without `year` it is the 评价年度 of the bureau.toml beside the roster, if any. Raises intake.InputError, Blocked.
    """
    bureau_file = intake.bureau_beside(roster_path)
    bureau = intake.read_bureau(bureau_file) if bureau_file else Bureau()
    roster = intake.read_roster(roster_path) if roster_path else ()
    known = partial(write_workbook, template, year=year or bureau.year)
    if not roster:
        target = output / f"{template.file_name}.xlsx"
        write_whole(target, known)
        return (target,)
    taken: set[str] = set()
    targets = [(output / f"{_name(department, template, taken)}.xlsx", department) for department in roster]
    for target, department in targets:
        write_whole(target, partial(known, department=department.name, code=department.code))
    return tuple(target for target, _ in targets)


def _name(department: Department, template: Template, taken: set[str]) -> str:
    return unique(f"{safe_name(department.name)}-{template.file_name}", taken)
