"""The tool a county finance bureau runs on its departments' performance workbooks.

    import jixiao_xlsx as jx

    submission = jx.read("报送表.xlsx")
    submission["资金预算执行表"].frame        # pandas, with the form's own titles
    report = jx.check(submission)             # findings, each at its cell
    card = jx.score(submission)               # 自评分 beside 复算分

Importing this package loads neither pandas nor a workbook library: functions import them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias

from jixiao_xlsx.form.find_template import DEFAULT_TEMPLATE, find_template

if TYPE_CHECKING:
    from jixiao_xlsx.form.spec import SpecError, Template
    from jixiao_xlsx.intake.table_files import InputError
    from jixiao_xlsx.output.files import Blocked
    from jixiao_xlsx.output.word.report_figures import ReportImpossible
    from jixiao_xlsx.reading.workbook import Unreadable
    from jixiao_xlsx.values.cells import Submission
    from jixiao_xlsx.values.findings import Change, Report
    from jixiao_xlsx.values.program import version
    from jixiao_xlsx.values.scores import Scorecard
    from jixiao_xlsx.values.season import Season

__all__ = [
    "Blocked",
    "InputError",
    "ReportImpossible",
    "SpecError",
    "Unreadable",
    "check",
    "differences",
    "find_template",
    "read",
    "read_bytes",
    "run",
    "score",
    "version",
    "write_annotated",
    "write_blank",
    "write_report",
    "write_scored",
]

Form: TypeAlias = "str | Path | Template"


# What needs the loader of forms, a library, or the list of installed packages: imported when used.
_LATER = {
    "Blocked": "output.files",
    "InputError": "intake.table_files",
    "ReportImpossible": "output.word.report_figures",
    "SpecError": "form.spec",
    "Unreadable": "reading.workbook",
    "version": "values.program",
}


def __getattr__(name: str) -> object:
    """Import one of the names of `_LATER`."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)


def read(path: str | Path, template: Form = DEFAULT_TEMPLATE) -> Submission:
    """Read a filled workbook; amounts stay in each sheet's unit, a rate of 95 % is 0.95.

    Raises Unreadable, also where there is no such file; SpecError for a form that is none.
    """
    from jixiao_xlsx.reading import workbook

    return workbook.read(path, _form(template))


def read_bytes(data: bytes, name: str, template: Form = DEFAULT_TEMPLATE) -> Submission:
    """Read a filled workbook from memory; `name` is for findings. Raises Unreadable."""
    from jixiao_xlsx.reading import workbook

    return workbook.read_bytes(data, name, _form(template))


def check(submission: Submission, template: Form = DEFAULT_TEMPLATE) -> Report:
    """Return every finding on a submission, what was checked, and what was skipped and why."""
    from jixiao_xlsx.examining import check as examining

    return examining.check(submission, _form(template))


def score(submission: Submission, template: Form = DEFAULT_TEMPLATE) -> Scorecard:
    """Self-scores beside recomputed ones (分, exact), with the arithmetic in words.

    Raises ValueError where the workbook holds several projects: score each of `submission.parts`.
    """
    from jixiao_xlsx.scoring import scorer

    return scorer.score(submission, _form(template))


def write_blank(
    target: str | Path | BinaryIO,
    template: Form = DEFAULT_TEMPLATE,
    *,
    year: int | None = None,
    department: str = "",
    code: str = "",
) -> None:
    """Write the blank workbook of a form, with year and department where given."""
    from jixiao_xlsx.output.xlsx.blank import book

    book.write_workbook(
        _form(template), _place(target), year=year, department=department, code=code
    )


def write_scored(
    target: str | Path | BinaryIO,
    submission: Submission,
    report: Report,
    cards: Scorecard | Sequence[Scorecard],
    template: Form = DEFAULT_TEMPLATE,
) -> None:
    """Write a scored workbook from what `read`, `check` and `score` gave, a card for each part."""
    from jixiao_xlsx.output.xlsx.scored import book

    book.write_scored_workbook(_place(target), submission, report, cards, _form(template))


def write_report(
    target: str | Path | BinaryIO, submission: Submission, template: Form = DEFAULT_TEMPLATE
) -> None:
    """Write a department's 评价报告 (.docx); every figure comes from its tables. Raises
    ReportImpossible."""
    from jixiao_xlsx.output.word import report, report_figures

    figures = report_figures.figures_for_report(submission, _form(template))
    _put(target, report.report_document(figures))


def write_annotated(
    target: str | Path | BinaryIO,
    data: bytes,
    submission: Submission,
    report: Report,
    template: Form = DEFAULT_TEMPLATE,
) -> None:
    """Write the annotated copy (.xlsx) of a file, from what `read_bytes` and `check` gave."""
    from jixiao_xlsx.output.xlsx.annotated import book

    _put(target, book.annotate(data, submission, report, _form(template)))


def differences(old: Submission, new: Submission) -> tuple[Change, ...]:
    """Return every cell of the form typed differently in two workbooks, rows paired by title."""
    from jixiao_xlsx.season.rounds import compare_rounds

    return tuple(compare_rounds.differences(old, new))


def run(
    inboxes: str | Path | Sequence[str | Path],
    output: str | Path,
    *,
    template: Form = DEFAULT_TEMPLATE,
    progress: Callable[[int, int], None] | None = None,
    **options: Any,
) -> Season:
    """Read, check and score every file of `inboxes` (one folder or file, or several), and write the
    results into the folder `output`.

    `options` are the other fields of `batch.job.Job`, called as the options of `jixiao run`:
    roster, bureau, waivers, reference, final_accounts, targets, projects, choose, previous,
    last_year, review (paths), decisions (several), passwords, jobs. A script that allows more than
    one process needs a main guard.
    Raises InputError for an inbox that does not exist and for a file of the bureau that cannot be
    used, Blocked for an output folder that cannot be written.
    """
    from jixiao_xlsx.batch.job import Job
    from jixiao_xlsx.batch.run import run as run_job

    paths = [inboxes] if isinstance(inboxes, str | Path) else inboxes
    given: dict[str, Any] = {
        name: Path(value) if isinstance(value, str) and name != "executor" else value
        for name, value in options.items()
    }
    job = Job(tuple(Path(path) for path in paths), Path(output), _form(template), **given)
    return run_job(job, progress)


def _form(template: Form) -> Template:
    return find_template(template) if isinstance(template, str | Path) else template


def _put(target: str | Path | BinaryIO, data: bytes) -> None:
    if isinstance(target, str | Path):
        Path(target).write_bytes(data)
    else:
        target.write(data)


def _place(target: str | Path | BinaryIO) -> Path | BinaryIO:
    return Path(target) if isinstance(target, str) else target
