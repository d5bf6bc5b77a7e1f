"""Blank workbooks to hand out: one, or a prefilled one per department of the roster."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from jixiao_xlsx.batch.outbox import WRITTEN, Outbox, only_one_run
from jixiao_xlsx.batch.prefill import Ahead, approved, last_year
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.intake.bureau_file import BUREAU_FILE, file_beside, read_bureau
from jixiao_xlsx.intake.roster import read_roster
from jixiao_xlsx.intake.table_files import InputError
from jixiao_xlsx.output.file_names import safe_name
from jixiao_xlsx.output.files import Blocked, unique
from jixiao_xlsx.output.typed_content import typed_digest
from jixiao_xlsx.output.xlsx.blank.book import write_workbook
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
        name = f"{template.file_name}.xlsx"
        blank = partial(write_workbook, template, year=year, bureau=bureau)
        return Handout((output / name,), notes=_handed_out(output, {name: blank}))
    ahead = _ahead(roster, year, reference_path, last_year_path, template)
    taken: set[str] = set()
    blanks = {
        f"{_name(department, template, taken)}.xlsx": partial(
            write_workbook,
            template,
            year=year,
            department=department.name,
            code=department.code,
            bureau=bureau,
            prefill=ahead.by_department.get(department.name, {}),
        )
        for department in roster
    }
    notes = _handed_out(output, blanks)
    filled = sum(bool(ahead.by_department.get(department.name)) for department in roster)
    return Handout(tuple(output / name for name in blanks), filled, (*ahead.notes, *notes))


def _handed_out(
    output: Path, blanks: Mapping[str, Callable[[BinaryIO], object]]
) -> tuple[str, ...]:
    """Write blank workbooks; what somebody typed into one of an earlier time is kept beside it.

    Raises Blocked.
    """
    with only_one_run(output):
        outbox = Outbox(output, WRITTEN)
        for name, write in blanks.items():
            stream = io.BytesIO()
            write(stream)
            data = stream.getvalue()
            outbox.stage(name, (data,), typed_digest(name, data))
        problems = outbox.place()
        outbox.close_list()
    if problems:
        raise Blocked(next(iter(problems.values())))
    return tuple(outbox.notes)


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
