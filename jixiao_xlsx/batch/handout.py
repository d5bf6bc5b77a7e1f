"""Blank workbooks to hand out: one, or a prefilled one per department of the roster."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from jixiao_xlsx.batch.prefill import Ahead, approved, last_year
from jixiao_xlsx.form import hidden_mark
from jixiao_xlsx.form.repeated_sheets import nothing_filled
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.intake.bureau_file import BUREAU_FILE, file_beside, read_bureau
from jixiao_xlsx.intake.roster import read_roster
from jixiao_xlsx.intake.table_files import InputError
from jixiao_xlsx.output.file_names import safe_name
from jixiao_xlsx.output.files import set_aside, unique, write_whole
from jixiao_xlsx.output.xlsx.blank.book import write_workbook
from jixiao_xlsx.reading import workbook
from jixiao_xlsx.values.people import Bureau, Department


@dataclass(frozen=True)
class Handout:
    """How many files were written, how many with prefilled figures, and notes on the sources."""

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
    """Write the blank workbook of `template` into `output`, or one per department of a roster.

    Without `year` it is the 评价年度 of the bureau.toml beside the roster, if any. `reference_path`
    gives the approved budgets, `last_year_path` is a folder of last year's filled workbooks; both
    need the roster. Raises InputError, Blocked.
    """
    bureau_file = file_beside(roster_path, BUREAU_FILE)
    bureau = read_bureau(bureau_file) if bureau_file else Bureau()
    roster = read_roster(roster_path) if roster_path else ()
    year = year or bureau.year
    if not roster:
        if reference_path or last_year_path:
            raise InputError("--roster", ["预填批复数、上年数要按部门各出一份，请同时给出名册"])
        target = output / f"{template.file_name}.xlsx"
        notes = _handed_out(
            target, partial(write_workbook, template, year=year, bureau=bureau), template
        )
        return Handout((target,), notes=notes)
    ahead = _ahead(roster, year, reference_path, last_year_path, template)
    taken: set[str] = set()
    targets = [
        (output / f"{_name(department, template, taken)}.xlsx", department) for department in roster
    ]
    kept: list[str] = []
    for target, department in targets:
        known = partial(
            write_workbook,
            template,
            year=year,
            department=department.name,
            code=department.code,
            bureau=bureau,
        )
        kept += _handed_out(
            target, partial(known, prefill=ahead.by_department.get(department.name, {})), template
        )
    filled = sum(bool(ahead.by_department.get(department.name)) for department in roster)
    return Handout(tuple(target for target, _ in targets), filled, (*ahead.notes, *kept))


def _handed_out(
    target: Path, fill: Callable[[BinaryIO], object], template: Template
) -> tuple[str, ...]:
    """Write a blank workbook; keep a filled one of that name beside it. Raises Blocked."""
    kept = set_aside(target).name if target.is_file() and not _is_blank(target, template) else ""
    write_whole(target, fill)
    return (f"原来的“{target.name}”已填了内容，或不是空白表，改名保留为“{kept}”",) if kept else ()


def _is_blank(target: Path, template: Template) -> bool:
    try:
        found = workbook.read(target, template)
    except workbook.Unreadable:
        return False
    return nothing_filled(found, hidden_mark.edition_of(found.meta, template))


def _ahead(
    roster: tuple[Department, ...],
    year: int | None,
    reference_path: Path | None,
    last_year_path: Path | None,
    template: Template,
) -> Ahead:
    ahead = Ahead()
    if reference_path:
        from jixiao_xlsx.intake.reference import read_reference

        ahead = ahead | approved(read_reference(reference_path), roster, template)
    if last_year_path:
        ahead = ahead | last_year(last_year_path, roster, year, template)
    return ahead


def _name(department: Department, template: Template, taken: set[str]) -> str:
    return unique(f"{safe_name(department.name)}-{template.file_name}", taken)
