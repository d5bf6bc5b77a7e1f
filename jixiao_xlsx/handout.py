"""Blank workbooks for a bureau to hand out: one, or one per department of the roster with what is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from jixiao_xlsx.model import Bureau, Department
from jixiao_xlsx.prefill import Ahead, approved, last_year
from jixiao_xlsx.roster import BUREAU_FILE, InputError, beside, read_bureau, read_roster
from jixiao_xlsx.spec import Template
from jixiao_xlsx.writers.blank import write_workbook
from jixiao_xlsx.writers.files import unique, write_whole
from jixiao_xlsx.writers.safe import safe_name


@dataclass(frozen=True)
class Handout:
    """What was written, how many of the files hold figures typed ahead, and what a person should know of their sources."""

    files: tuple[Path, ...]
    prefilled: int = 0
    notes: tuple[str, ...] = ()


def blank_workbooks(
    output: Path,
    *,
    template: Template,
    roster_path: Path | None = None,
    year: int | None = None,
    reference_path: Path | None = None,
    last_year_path: Path | None = None,
) -> Handout:
    """Write the blank workbook of `template` into `output`, for each department of the roster where one is given.

    Without `year` it is the 评价年度 of the bureau.toml beside the roster, if any. `reference_path` gives the approved
    budgets, `last_year_path` is a folder of last year's filled workbooks; both need the roster. Raises InputError, Blocked.
    """
    bureau_file = beside(roster_path, BUREAU_FILE)
    bureau = read_bureau(bureau_file) if bureau_file else Bureau()
    roster = read_roster(roster_path) if roster_path else ()
    year = year or bureau.year
    if not roster:
        if reference_path or last_year_path:
            raise InputError("--roster", ["预填批复数、上年数要按部门各出一份，请同时给出名册"])
        target = output / f"{template.file_name}.xlsx"
        write_whole(target, partial(write_workbook, template, year=year, bureau=bureau))
        return Handout((target,))
    ahead = _ahead(roster, year, reference_path, last_year_path, template)
    taken: set[str] = set()
    targets = [(output / f"{_name(department, template, taken)}.xlsx", department) for department in roster]
    for target, department in targets:
        known = partial(write_workbook, template, year=year, department=department.name, code=department.code, bureau=bureau)
        write_whole(target, partial(known, prefill=ahead.by_department.get(department.name, {})))
    filled = sum(bool(ahead.by_department.get(department.name)) for department in roster)
    return Handout(tuple(target for target, _ in targets), filled, ahead.notes)


def _ahead(
    roster: tuple[Department, ...], year: int | None, reference_path: Path | None, last_year_path: Path | None, template: Template
) -> Ahead:
    ahead = Ahead()
    if reference_path:
        from jixiao_xlsx.reference import read_reference

        ahead = ahead | approved(read_reference(reference_path), roster, template)
    if last_year_path:
        ahead = ahead | last_year(last_year_path, roster, year, template)
    return ahead


def _name(department: Department, template: Template, taken: set[str]) -> str:
    return unique(f"{safe_name(department.name)}-{template.file_name}", taken)
