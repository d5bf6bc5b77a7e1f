"""What is handed out: blank workbooks, one or a prefilled one per department of the roster, and the
page with which a clerk checks a filled one.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import BinaryIO

from jixiao_xlsx.batch.given.bureau_lists import approved_targets
from jixiao_xlsx.batch.given.final_accounts import final_accounts
from jixiao_xlsx.batch.given.targets_ahead import targets_ahead
from jixiao_xlsx.batch.outbox import WRITTEN, Outbox, only_one_run
from jixiao_xlsx.batch.prefill import Ahead, approved, closed, last_year
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.intake.bureau_file import BUREAU_FILE, file_beside, read_bureau
from jixiao_xlsx.intake.roster import read_roster
from jixiao_xlsx.intake.table_files import InputError
from jixiao_xlsx.output.file_names import safe_name
from jixiao_xlsx.output.files import Blocked, unique
from jixiao_xlsx.output.html.self_check_page import NoEngine, belongs_to, self_check_page
from jixiao_xlsx.output.typed_content import typed_digest
from jixiao_xlsx.output.xlsx.blank.book import write_workbook
from jixiao_xlsx.output.xlsx.blank.layout import Filling
from jixiao_xlsx.output.xlsx.blank.stamped import stamped_blank
from jixiao_xlsx.season.bureau_lists import BureauLists
from jixiao_xlsx.season.final_accounts import Accounts
from jixiao_xlsx.values.equations import Ref
from jixiao_xlsx.values.people import Bureau, Department, ReferenceLine

SELF_CHECK = "自查.html"
_Writer = Callable[[BinaryIO], object]


@dataclass(frozen=True)
class Handout:
    """The blank workbooks and pages that were written, how many blanks have prefilled figures, and
    notes on the sources.
    """

    files: tuple[Path, ...]
    prefilled: int = 0
    notes: tuple[str, ...] = ()
    pages: tuple[Path, ...] = ()


def blank_workbooks(
    output: Path,
    *,
    template: Template,
    roster_path: Path | None = None,
    year: int | None = None,
    reference_path: Path | None = None,
    accounts_path: Path | None = None,
    targets_path: Path | None = None,
    last_year_path: Path | None = None,
    with_self_check: bool = False,
) -> Handout:
    """Write the blank workbook of `template` into `output`, or one per department of a roster.

    Without `year` it is the 评价年度 of the bureau.toml beside the roster, if any. `reference_path`
    gives the approved budgets, `accounts_path` is a folder of final accounts, `targets_path`
    has approved targets, `last_year_path` is a folder of last year's filled workbooks; all need the
    roster. `with_self_check` adds 自查.html.
    Raises InputError, Blocked.
    """
    ahead_of = (reference_path, accounts_path, targets_path, last_year_path)
    if any(ahead_of):
        _may_be_prefilled(template, roster_path)
    bureau_file = file_beside(roster_path, BUREAU_FILE)
    bureau = read_bureau(bureau_file) if bureau_file else Bureau()
    roster = read_roster(roster_path) if roster_path else ()
    year = year or bureau.year
    if not roster:
        name = f"{template.file_name}.xlsx"
        blanks = {name: _writer(template, year=year, bureau=bureau)}
        pages = _pages((), (), template) if with_self_check else {}
        notes = _handed_out(output, {**blanks, **pages})
        return Handout((output / name,), notes=notes, pages=_in(output, pages))
    lines = _approved_lines(reference_path)
    accounts = final_accounts(accounts_path, roster, year) if accounts_path else Accounts()
    ahead = _ahead(roster, year, lines, last_year_path, template)
    ahead |= closed(accounts.lines, template) | Ahead(notes=accounts.notes)
    lists = approved_targets(targets_path, roster) if targets_path else BureauLists()
    ahead |= Ahead(notes=lists.notes)
    taken: set[str] = set()
    blanks = {
        f"{_name(department, template, taken)}.xlsx": _writer(
            template,
            year=year,
            department=department.name,
            code=department.code,
            bureau=bureau,
            prefill=ahead.by_department.get(department.name, {}),
            locked=ahead.locked.get(department.name, frozenset()),
            targets=targets_ahead(
                [one for one in lists.targets if one.department == department.name], template
            ),
        )
        for department in roster
    }
    known = (*lines, *accounts.lines)
    pages = _pages(roster, known, template) if with_self_check else {}
    notes = _handed_out(output, {**blanks, **pages})
    filled = sum(bool(ahead.by_department.get(department.name)) for department in roster)
    return Handout(_in(output, blanks), filled, (*ahead.notes, *notes), _in(output, pages))


def _may_be_prefilled(template: Template, roster_path: Path | None) -> None:
    """Raise InputError where figures of the bureau have no blank to go into."""
    if template.blank:
        words = "县里自己的空白表只盖部门名称、编码和年度，不预填批复数、决算数、目标、上年数；请去掉这些选项"
        raise InputError(template.title, [words])
    if roster_path is None:
        words = "预填批复数、决算数、目标、上年数要按部门各出一份，请同时给出名册"
        raise InputError("--roster", [words])


def _writer(
    template: Template,
    *,
    year: int | None,
    bureau: Bureau,
    department: str = "",
    code: str = "",
    prefill: Mapping[Ref, Decimal] | None = None,
    locked: Collection[Ref] = (),
    targets: Filling | None = None,
) -> _Writer:
    """Return what writes the blank of one department: drawn from the form, or the county's own."""
    if template.blank:
        data = stamped_blank(template, year=year, department=department, code=code)
        return partial(_written_bytes, data)
    return partial(
        write_workbook,
        template,
        year=year,
        department=department,
        code=code,
        bureau=bureau,
        prefill=prefill or {},
        locked=locked,
        ahead=targets or {},
    )


def _written_bytes(data: bytes, stream: BinaryIO) -> object:
    return stream.write(data)


def _in(output: Path, names: Iterable[str]) -> tuple[Path, ...]:
    return tuple(output / name for name in names)


def _pages(
    roster: tuple[Department, ...], lines: tuple[ReferenceLine, ...], template: Template
) -> Mapping[str, _Writer]:
    """Return the pages by name: one for everybody, without any figure of the bureau's; and for each
    department of which the bureau gave figures one of its own, with these and no others.

    Raises InputError where the browser's part is not installed.
    """
    taken: set[str] = set()
    try:
        pages = {SELF_CHECK: self_check_page(template)}
        for department in roster:
            if any(belongs_to(line, department) for line in lines):
                name = unique(f"{safe_name(department.name)}-自查", taken)
                pages[f"{name}.html"] = self_check_page(template, department, lines)
    except NoEngine as missing:
        raise InputError("--with-self-check", [str(missing)]) from missing
    return {name: partial(_written, page) for name, page in pages.items()}


def _written(page: bytes, stream: BinaryIO) -> None:
    stream.write(page)


def _handed_out(output: Path, blanks: Mapping[str, _Writer]) -> tuple[str, ...]:
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


def _approved_lines(reference_path: Path | None) -> tuple[ReferenceLine, ...]:
    if reference_path is None:
        return ()
    from jixiao_xlsx.intake.reference import read_reference

    return read_reference(reference_path)


def _ahead(
    roster: tuple[Department, ...],
    year: int | None,
    lines: tuple[ReferenceLine, ...],
    last_year_path: Path | None,
    template: Template,
) -> Ahead:
    ahead = approved(lines, roster, template) if lines else Ahead()
    return ahead | last_year(last_year_path, roster, year, template) if last_year_path else ahead


def _name(department: Department, template: Template, taken: set[str]) -> str:
    return unique(f"{safe_name(department.name)}-{template.file_name}", taken)
