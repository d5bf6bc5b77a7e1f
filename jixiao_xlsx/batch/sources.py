"""Read the bureau's own files before any work is done, so that a mistake in one stops the run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from jixiao_xlsx.batch.given.bureau_lists import approved_targets, listed_projects
from jixiao_xlsx.batch.given.criteria import CRITERIA_FILE, read_criteria
from jixiao_xlsx.batch.given.final_accounts import final_accounts
from jixiao_xlsx.batch.job import Job
from jixiao_xlsx.batch.opener import Opener
from jixiao_xlsx.intake.bureau_file import BUREAU_FILE, WAIVERS_FILE, file_beside, read_bureau
from jixiao_xlsx.intake.file_kinds import Refused
from jixiao_xlsx.intake.inbox import RUN_RECORD
from jixiao_xlsx.intake.reference import date_in, read_reference, read_waivers
from jixiao_xlsx.intake.roster import read_choices, read_roster
from jixiao_xlsx.intake.table_files import InputError
from jixiao_xlsx.output.files import sha256_of
from jixiao_xlsx.season.bureau_files import BureauFiles
from jixiao_xlsx.season.bureau_lists import BureauLists
from jixiao_xlsx.season.departments import register
from jixiao_xlsx.season.final_accounts import Accounts
from jixiao_xlsx.season.review import apply_reviews
from jixiao_xlsx.season.review.decisions import agreed
from jixiao_xlsx.season.review.read_decisions import read_decisions
from jixiao_xlsx.season.review.read_reviews import read_review, read_reviews
from jixiao_xlsx.season.rounds.earlier_round import EarlierRound, past_decisions, read_earlier_round
from jixiao_xlsx.season.rounds.records import SEASON_FILE
from jixiao_xlsx.values.findings import BatchFinding
from jixiao_xlsx.values.people import Bureau, Decision, Department
from jixiao_xlsx.values.scores import Review

SCORED = "评分"
_Line = TypeVar("_Line")


@dataclass(frozen=True)
class Sources:
    """The bureau's files, the digest of each by its name, and the earlier round."""

    bureau: BureauFiles
    earlier: EarlierRound = field(default_factory=EarlierRound)
    digests: Mapping[str, str] = field(default_factory=dict)


def refuse_what_is_missing(job: Job) -> None:
    """Raise InputError where a file or folder that was named does not exist."""
    given = (job.roster, job.bureau, job.waivers, job.reference, job.choose)
    folders = (job.previous, job.last_year, job.review)
    for path in (*job.inboxes, *job.decisions, *filter(None, (*given, *folders))):
        if not path.exists():
            raise InputError(str(path), ["没有这个文件或文件夹，请核对路径"])


def read_sources(job: Job) -> Sources:
    """Read the roster and whatever else the bureau gave. Raises InputError, OSError."""
    refuse_what_is_missing(job)
    roster = read_roster(job.roster) if job.roster else ()
    bureau_file = job.bureau or file_beside(job.roster, BUREAU_FILE)
    waivers_file = job.waivers or file_beside(job.roster, WAIVERS_FILE)
    bureau = read_bureau(bureau_file) if bureau_file else Bureau()
    criteria_file = file_beside(job.roster or job.bureau, CRITERIA_FILE)
    earlier, last_year = _earlier(job.previous), _earlier(job.last_year)
    reviews, findings = _reviews(job.review, roster) if job.review else ((), ())
    decisions, undecided = _decisions(job.decisions, roster) if job.decisions else ((), ())
    accounts = (
        final_accounts(job.final_accounts, roster, bureau.year)
        if job.final_accounts
        else Accounts()
    )
    files = (job.roster, bureau_file, waivers_file, job.reference, job.choose, criteria_file)
    return Sources(
        BureauFiles(
            today=date_in(bureau.deadline) or dt.date.today(),
            roster=roster,
            bureau=bureau,
            waivers=_read(waivers_file, read_waivers),
            reference=(*(read_reference(job.reference) if job.reference else ()), *accounts.lines),
            accounts_notes=accounts.notes,
            lists=_lists(job, roster),
            choices=read_choices(job.choose, roster) if job.choose else (),
            reviews=reviews,
            review_findings=(*findings, *undecided),
            decisions=decisions,
            criteria=_read(criteria_file, read_criteria),
            earlier=earlier.records if job.previous else None,
            last_year=last_year.records,
            past=past_decisions(earlier, last_year),
        ),
        earlier,
        {path.name: sha256_of(path) for path in files if path},
    )


def _read(path: Path | None, read: Callable[[Path], tuple[_Line, ...]]) -> tuple[_Line, ...]:
    """Return what a file of the bureau holds; () where it gave none."""
    return read(path) if path else ()


def _lists(job: Job, roster: tuple[Department, ...]) -> BureauLists:
    """Return the approved targets and the projects. Raises InputError."""
    lists = BureauLists()
    if job.targets:
        lists |= approved_targets(job.targets, roster)
    return lists | listed_projects(job.projects, roster) if job.projects else lists


def _earlier(previous: Path | None) -> EarlierRound:
    if previous is None:
        return EarlierRound()
    if not (previous / SEASON_FILE).parent.is_dir() and not (previous / RUN_RECORD).is_file():
        words = "不是以前的结果：里面没有各部门的轮次记录。请指到上一轮用 -o 写出的文件夹"
        raise InputError(str(previous), [words])
    return read_earlier_round(previous)


def _reviews(
    folder: Path, roster: tuple[Department, ...]
) -> tuple[tuple[Review, ...], tuple[BatchFinding, ...]]:
    """Return the reviewer's scores by department, as the roster calls them.

    Raises InputError where the folder has none.
    """
    place = folder / SCORED if (folder / SCORED).is_dir() else folder
    with Opener() as opener:
        reviews, notes = read_reviews(place, partial(opener.typed, read_review))
    if not reviews:
        words = [note.message for note in notes]
        raise InputError(str(folder), words or ["没有评分表；应是以前结果里的“评分”文件夹"])
    departments = register(roster)
    named = [
        replace(one, department=departments.called(one.code, one.department)) for one in reviews
    ]
    decisive, conflicts = apply_reviews.joined_reviews(named)
    return decisive, (*notes, *conflicts)


def _decisions(
    files: Sequence[Path], roster: tuple[Department, ...]
) -> tuple[tuple[Decision, ...], tuple[BatchFinding, ...]]:
    """Return what reviewers decided and agree on, by department as the roster calls it.

    Raises InputError for a file that cannot be read.
    """
    decisions: list[Decision] = []
    notes: list[BatchFinding] = []
    with Opener() as opener:
        for path in files:
            try:
                found, refused = opener.typed(read_decisions, path.read_bytes(), path.name)
            except Refused as error:
                raise InputError(path.name, [error.reason]) from error
            decisions += found
            notes += refused
    departments = register(roster)
    named = [replace(one, department=departments.called("", one.department)) for one in decisions]
    decisive, conflicts = agreed(named)
    return decisive, (*notes, *conflicts)
