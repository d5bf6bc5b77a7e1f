"""One file after another, in processes where that gains: read, checked, scored, and its scored workbook written.

A worker answers with a light Answer, never with a workbook or a frame; what it writes waits in a staging folder until all
are read and it is known which submission counts.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from jixiao_xlsx.batch import processes, returns, staged
from jixiao_xlsx.batch.returns import Returning, held_against_before, write_returns
from jixiao_xlsx.examining.check import check
from jixiao_xlsx.form import hidden_mark
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.intake.candidates import MAX_FILE_BYTES, Candidate
from jixiao_xlsx.intake.file_kinds import Encrypted, Refused, is_fully_guarded
from jixiao_xlsx.intake.once_per_state import once_per_state
from jixiao_xlsx.intake.os_errors import why
from jixiao_xlsx.intake.passwords import unlocked
from jixiao_xlsx.intake.reference import read_reference
from jixiao_xlsx.intake.roster import read_roster
from jixiao_xlsx.output.files import Blocked, sha256_of_bytes, write_whole
from jixiao_xlsx.output.xlsx.scored.book import write_scored_workbook
from jixiao_xlsx.reading import workbook
from jixiao_xlsx.scoring import scorer
from jixiao_xlsx.season import review
from jixiao_xlsx.season.across_departments import facts_of
from jixiao_xlsx.season.pair_reports import Offer, is_report, read_report, with_reports
from jixiao_xlsx.season.pair_reports import digest as digest_of
from jixiao_xlsx.values.answers import Answer, FileStatus
from jixiao_xlsx.values.cells import Place, Submission
from jixiao_xlsx.values.findings import Report, Result, Skipped
from jixiao_xlsx.values.people import ReferenceLine
from jixiao_xlsx.values.program_errors import error_text
from jixiao_xlsx.values.scores import Review, Scorecard
from jixiao_xlsx.values.text import tidy

# Files from which starting processes gains more than it costs, as measured on two cores.
POOL_FROM_SCORED, POOL_FROM_CHECKED = 24, 48

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker is told: the file, the folder of the form, and where to leave the scored workbook (None: check only).

    `key` tells runs apart that would not give the same: a result left by another key is not used again. `passwords` are
    tried on workbooks that ask for one. `offers` are written reports that may belong to the workbook.
    """

    candidate: Candidate
    template: Path
    staged: Path | None = None
    reference: Path | None = None
    roster: Path | None = None
    key: str = ""
    passwords: tuple[str, ...] = field(default=(), repr=False)
    returning: Returning | None = None
    offers: tuple[Offer, ...] = ()
    reviews: tuple[Review, ...] = ()


class _Opaque(Exception):
    """The guard cannot see into this file: it is for a process with limits."""


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """No search for circular garbage in the middle of a file: it costs a tenth of the time, and can wait for the end of it."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def examine(task: Task) -> Answer:
    """Read, check and score one file. Never raises: whatever happens to it is in its Answer."""
    return _examined(task)


def _examined(task: Task, *, here: bool = False) -> Answer:
    """As `examine`. `here`, in the process that must not die: raises _Opaque for what the guard cannot see into."""
    candidate = task.candidate
    if candidate.set_aside:
        return _not_read(candidate, task.template)
    sha256 = ""
    try:
        data = candidate.content()
        sha256 = sha256_of_bytes(data)
        if here and not is_fully_guarded(data):
            raise _Opaque
        answer = Answer(
            candidate.file,
            FileStatus.SUBMITTED,
            sha256=sha256,
            size=len(data),
            letter=candidate.letter,
        )
        with undisturbed():
            return _worked(answer, data, task)
    except _Opaque:
        raise
    except workbook.Unreadable as error:
        is_locked = isinstance(error.__cause__, Encrypted) and task.passwords
        reason = _STILL_LOCKED if is_locked else error.reason
        return replace(_failed(candidate, reason, sha256), status=error.status)
    except Refused as refusal:
        return _failed(candidate, refusal.reason, sha256)
    except OSError as error:
        return _failed(candidate, f"无法打开：{why(error)}", sha256)
    except MemoryError:
        return _failed(candidate, _TOO_LARGE, sha256)
    except Exception as error:  # one bad file never stops a batch
        return replace(_failed(candidate, _FAULT, sha256), faults=(error_text(error),))


def _not_read(candidate: Candidate, folder: Path) -> Answer:
    """The answer to what is no workbook; a written report that cannot be read says why."""
    aside = replace(
        _failed(candidate, candidate.set_aside, _digest(candidate)),
        status=candidate.status,
        ignorable=candidate.ignorable,
    )
    if is_report(candidate) and isinstance(reason := read_report(candidate, folder), str):
        return replace(aside, status=FileStatus.UNREADABLE, reason=reason)
    return aside


def _failed(candidate: Candidate, reason: str, sha256: str = "") -> Answer:
    return Answer(
        candidate.file,
        FileStatus.UNREADABLE,
        reason,
        sha256,
        candidate.size,
        letter=candidate.letter,
    )


def _digest(candidate: Candidate) -> str:
    """The digest of a file that is not read otherwise; "" where there is none to be had."""
    if not (candidate.size or candidate.saved) or candidate.size > MAX_FILE_BYTES:
        return ""
    try:
        return sha256_of_bytes(candidate.content())
    except (OSError, Refused, MemoryError):
        return ""


_STILL_LOCKED = (
    "文件已加密，给出的密码都打不开。请部门告知密码，或取消密码（文件—文档加密）后重新保存并报送"
)
_TOO_LARGE = "文件展开后过大，内存不足"
_FAULT = "处理这个文件时程序出错，没有读成；请把文件交给维护人员"


def lost(task: Task, why: str) -> Answer:
    """The answer to a file whose process did not come back."""
    reasons = {
        processes.DIED: "读取时程序异常中止，文件可能已损坏或展开后过大。请在本机确认能打开，另存为 .xlsx 后重报",
        "MemoryError": _TOO_LARGE,
        processes.HUNG: f"读取超过 {processes.SECONDS:.0f} 秒，已放弃。文件可能已损坏，请在本机确认能打开，另存为 .xlsx 后重报",
    }
    reason = reasons.get(why.partition(":")[0])
    answer = _failed(task.candidate, reason or _FAULT, _digest(task.candidate))
    return answer if reason else replace(answer, faults=(why,))


def _worked(answer: Answer, data: bytes, task: Task) -> Answer:
    key = _key(task, answer)
    if task.staged and (before := staged.kept(task.staged, key)):
        return before
    template = find_template(task.template)
    opened = unlocked(data, task.passwords)
    submission = workbook.read_bytes(opened or data, answer.file, template)
    if opened:
        submission = replace(submission, sha256=answer.sha256)
        answer = replace(answer, reason="原件加密，已用密码打开")
    submission, documents = with_reports(submission, task.offers, template, task.roster)
    unread = [
        f"评价报告“{file}”没有读成（{reason}），只核对了工作簿"
        for file, reason in submission.unread
    ]
    answer = replace(
        answer,
        reason="；".join(filter(None, (answer.reason, submission.hides, *unread))),
        documents=documents,
    )
    report = check(submission, template, _reference(task, submission))
    if task.returning:
        report = held_against_before(report, submission, template, task.returning)
    facts = facts_of(submission, template)
    answer = replace(
        answer,
        department=report.department,
        report=_light_report(report),
        facts=facts,
        faults=report.faults,
    )
    if task.staged is None:
        return answer
    cards = _reviewed(scorer.score_each(submission, template), submission, template, task)
    answer = replace(answer, scorecards=tuple(map(_light_card, cards)))
    try:
        write_whole(
            task.staged,
            lambda stream: write_scored_workbook(stream, submission, report, cards, template),
        )
        if task.returning:
            written = write_returns(
                task.staged, opened or data, submission, report, template, task.returning
            )
            unmade = report.result is Result.RETURN and returns.COPY not in written
            told = "；".join(
                filter(
                    None,
                    (
                        answer.reason,
                        "批注副本没有写成（原件写法异常），请以退回修改通知为准" if unmade else "",
                    ),
                )
            )
            answer = replace(answer, returned=written, reason=told)
        staged.keep(task.staged, key, answer)
    except Blocked as blocked:
        return replace(answer, problem=str(blocked))
    except Exception as error:  # what was checked stays, whatever became of the workbook
        return replace(
            answer,
            problem="评分表没有写成：程序出错，请把文件交给维护人员",
            faults=(*answer.faults, error_text(error)),
        )
    return answer


def _reviewed(
    cards: tuple[Scorecard, ...], submission: Submission, template: Template, task: Task
) -> tuple[Scorecard, ...]:
    """`cards` with the reviewer's word on this department, where one was given."""
    if not task.reviews:
        return cards
    how = task.returning
    name = how.name(submission) if how else returns.called(submission, task.roster)
    names = how.names(submission) if how else (name, submission.department, submission.code)
    form = hidden_mark.edition_of(submission.meta, template)
    return tuple(
        review.reviewed(
            card, review.review_for(task.reviews, names, item), submission.year, name, form
        )
        for card, item in zip(cards, review.items(cards), strict=True)
    )


def _key(task: Task, answer: Answer) -> str:
    """What a kept result depends on, as one digest."""
    letter = answer.letter
    mail = (letter.sender, letter.date, letter.subject) if letter else ()
    reports = [
        (offer.candidate.file, offer.alone, digest_of(offer.candidate)) for offer in task.offers
    ]
    chosen = task.returning.chosen if task.returning else ""
    return hashlib.sha256(
        repr((task.key, answer.file, answer.sha256, mail, reports, chosen)).encode()
    ).hexdigest()


def _reference(task: Task, submission: Submission) -> tuple[ReferenceLine, ...]:
    """The bureau's own figures for this department: by its code in the roster, or as typed where the roster doesn't know it."""
    if task.reference is None:
        return ()
    name = task.returning.name(submission) if task.returning else submission.department
    code = (_codes(task.roster).get(tidy(name), "") if task.roster else "") or tidy(submission.code)
    return tuple(line for line in read_reference(task.reference) if tidy(line.code) == code)


@once_per_state
def _codes(roster: Path) -> Mapping[str, str]:
    return {tidy(department.name): tidy(department.code) for department in read_roster(roster)}


def _light_report(report: Report) -> Report:
    return replace(report, checked=dict(report.checked))


def _light_card(card: Scorecard) -> Scorecard:
    return replace(card, indicators=tuple(replace(score, places={}) for score in card.indicators))


# ---------------------------------------------------------------------------------------------------------- all files


def examine_all(
    tasks: Sequence[Task], jobs: int | None = None, progress: Progress | None = None
) -> list[Answer]:
    """The answers to `tasks`, in their order; with several processes where `jobs` and the number of files allow.

    `jobs` None: one per processor where there are files enough, else one.
    """
    if jobs is None:
        enough = POOL_FROM_SCORED if any(task.staged for task in tasks) else POOL_FROM_CHECKED
        jobs = (os.cpu_count() or 1) if len(tasks) >= enough else 1
    jobs = min(jobs, len(tasks))
    answers: dict[str, Answer] = {}
    known: dict[Any, Any] = {}
    for answer in processes.in_processes(examine, tasks, jobs, lost) if jobs > 1 else _here(tasks):
        answers[answer.file] = _shared(answer, known)
        if progress:
            progress(len(answers), len(tasks))
    return [answers[task.candidate.file] for task in tasks]


def _here(tasks: Sequence[Task]) -> Iterator[Answer]:
    """The answers as they come, from this process; what the guard cannot see into goes to another at the end."""
    opaque = []
    for task in tasks:
        try:
            yield _examined(task, here=True)
        except _Opaque:
            opaque.append(task)
    yield from processes.in_processes(examine, opaque, 1, lost)


def _shared(value: Any, known: dict[Any, Any]) -> Any:
    """`value` with what it holds in common with earlier ones held once: a season of answers is mostly repetition."""
    kind = type(value)
    if kind in _LEAVES:
        return known.setdefault((kind, value), value)
    if kind is tuple:
        return tuple([_shared(item, known) for item in value])
    if kind is dict:
        return {_shared(key, known): _shared(item, known) for key, item in value.items()}
    if is_dataclass(kind):
        return replace(
            value, **{f.name: _shared(getattr(value, f.name), known) for f in fields(kind)}
        )
    return value


_LEAVES = frozenset({str, Fraction, Decimal, Place, Skipped})
