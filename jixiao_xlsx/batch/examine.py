"""The third phase: one workbook that counts, read, checked with its written report, and scored."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from jixiao_xlsx.batch.executors.limits import undisturbed
from jixiao_xlsx.batch.failures import Failure, failure_of, failure_of_process
from jixiao_xlsx.examining.check import check, held_in
from jixiao_xlsx.form import hidden_mark
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.intake.passwords import unlocked
from jixiao_xlsx.reading import workbook
from jixiao_xlsx.reading.word.document import read_document
from jixiao_xlsx.scoring.scorer import score_each
from jixiao_xlsx.season.across_departments import facts_of
from jixiao_xlsx.season.review import apply_reviews
from jixiao_xlsx.season.review.decisions import decided
from jixiao_xlsx.season.rounds.closing_figures import opening_of
from jixiao_xlsx.season.rounds.compare_rounds import compared
from jixiao_xlsx.season.rounds.records import record_of
from jixiao_xlsx.season.rounds.years import years_before
from jixiao_xlsx.season.waivers import waived
from jixiao_xlsx.values.cells import Submission
from jixiao_xlsx.values.people import Bureau, Department
from jixiao_xlsx.values.scores import Scorecard
from jixiao_xlsx.values.work import Examined, Work

REPORT_FAILED = "核对它时超过了时间或内存的上限，或程序异常中止"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is to be written of a workbook once it is examined, and who writes to whom.

    `path` is where the scored workbook goes in the output folder. `department` None: it is not in
    the roster. `letters`: not the scored workbook alone; `copy`: the annotated copy is wanted too,
    where something is wrong.
    """

    path: str
    bureau: Bureau = field(default_factory=Bureau)
    department: Department | None = None
    letters: bool = True
    copy: bool = True


@dataclass(frozen=True, slots=True)
class ExamineTask:
    """A workbook (bytes), the work on it, and its written report (bytes) or why it is unreadable.

    `scored`: scores are wanted as well as findings; `compared`: a round before was given;
    `delivery` None: nothing is written.
    """

    work: Work
    data: bytes
    form: Path
    report: bytes | None = None
    problem: str = ""
    scored: bool = True
    compared: bool = False
    passwords: tuple[str, ...] = field(default=(), repr=False)
    delivery: Delivery | None = None

    @property
    def file(self) -> str:
        """Return the name of the file."""
        return self.work.file


# A workbook as read, and its bytes without a password.
Opened = tuple[Submission, bytes]


def examine(task: ExamineTask) -> Examined:
    """Read, check and score one workbook. Never raises: a failure is in the Examined."""
    return examined_with_workbook(task, find_template(task.form))[0]


def examine_only(task: ExamineTask) -> tuple[Examined, None]:
    """Do what `deliver.examine_and_deliver` does where nothing is to be written."""
    return examine(task), None


def examined_with_workbook(task: ExamineTask, template: Template) -> tuple[Examined, Opened | None]:
    """Return what came of one workbook, and the workbook itself where it could be read."""
    try:
        with undisturbed():
            opened = submission_of(task.data, task.file, task.passwords, template)
            return _examined(task, *opened, template), opened
    except MemoryError:  # the process decides
        raise
    except Exception as error:  # one bad file never stops a season
        failure = failure_of(error, passwords=bool(task.passwords))
        return _failed(task.file, failure), None


def not_examined(task: ExamineTask, cause: str) -> Examined:
    """Return what came of a workbook whose process did not come back."""
    return _failed(task.file, failure_of_process(cause))


def _failed(file: str, failure: Failure) -> Examined:
    return Examined(file, status=failure.status, reason=failure.reason, faults=failure.faults)


def submission_of(data: bytes, file: str, passwords: tuple[str, ...], template: Template) -> Opened:
    """Return a workbook as read, and its bytes without a password. Raises Unreadable."""
    opened = unlocked(data, passwords)
    return workbook.read_bytes(opened or data, file, template), opened or data


def _examined(
    task: ExamineTask, submission: Submission, plain: bytes, template: Template
) -> Examined:
    work = task.work
    if plain is not task.data:
        submission = replace(submission, sha256=hashlib.sha256(task.data).hexdigest())
    submission = _with_report(submission, task, template)
    opening = opening_of(work.last_year, template)
    report = check(submission, template, work.reference, opening, work.targets)
    if task.compared:
        report = compared(report, submission, work.earlier, template)
    findings, waivers_used = waived(report.findings, work.waivers)
    findings, decisions_used = decided(findings, work.decisions)
    report = replace(report, findings=findings, checked=dict(report.checked))
    examined = Examined(
        work.file,
        report,
        facts=replace(
            facts_of(submission, template), held=held_in(submission, template, work.targets)
        ),
        used=(*waivers_used, *decisions_used),
        reason="；".join(_unread(submission)),
        faults=report.faults,
        years=years_before(work.last_year, submission.year),
    )
    if not task.scored:
        return examined
    cards = reviewed_cards(submission, work, template)
    own = replace(report, code="") if work.chosen else report  # that code is somebody else's
    return replace(
        examined,
        scorecards=tuple(_without_places(card) for card in cards),
        record=record_of(own, submission, work.department, cards, template, examined.years),
    )


def _with_report(submission: Submission, task: ExamineTask, template: Template) -> Submission:
    """Return the submission with its written report, or with why that cannot be read."""
    name = task.work.report
    if task.problem:
        return replace(submission, unread=((name.rpartition("/")[2], task.problem),))
    if task.report is None:
        return submission
    try:
        return replace(submission, documents=(read_document(task.report, name, template),))
    except Exception as error:  # the workbook is judged without it
        reason = failure_of(error).reason
        return replace(submission, unread=((name.rpartition("/")[2], reason),))


def _unread(submission: Submission) -> Iterator[str]:
    for file, reason in submission.unread:
        yield f"评价报告“{file}”没有读成（{reason}），只核对了工作簿"


def reviewed_cards(submission: Submission, work: Work, template: Template) -> tuple[Scorecard, ...]:
    """Return the scores of each part, with the reviewer's where one was given."""
    cards = score_each(submission, template)
    if not work.reviews:
        return cards
    form = hidden_mark.edition_of(submission.meta, template)
    return tuple(
        apply_reviews.reviewed(
            card,
            apply_reviews.review_for(work.reviews, work.names, item),
            submission.year,
            work.department,
            form,
            work.criteria,
        )
        for card, item in zip(cards, apply_reviews.items(cards), strict=True)
    )


def _without_places(card: Scorecard) -> Scorecard:
    return replace(card, indicators=tuple(replace(one, places={}) for one in card.indicators))
