"""What phases of a run pass on about one file: Identity, Work, Examined, Delivered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from jixiao_xlsx.values.findings import Report
from jixiao_xlsx.values.people import ApprovedTarget, Decision, ReferenceLine, Waiver
from jixiao_xlsx.values.scores import Clause, Review, Scorecard
from jixiao_xlsx.values.season import Facts, FileStatus, Letter, YearScore

# A row's title, and the text typed in each of its cells that is not blank.
RowTexts = tuple[str, Mapping[str, str]]


class FileKind(StrEnum):
    """What a file is to the run: a workbook, a written report that can be read, or neither."""

    WORKBOOK = "workbook"
    REPORT = "report"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Identity:
    """What a file says it is, before anything is decided about it.

    `status` is 已报 for a workbook of the form, else why it is none, in words in `reason`.
    `department`, `code` and `year` are as typed; `blank`: nothing was filled in. `letter`, `saved`
    (seconds since 1970), `beside` (the folder, archive or mail it came in) and `document` (a report
    or picture that may belong to a department) come from the inbox. Of a written report `opening`
    holds the first paragraphs and `years` the years it names. `likeness`: as of the submission.
    `item`: the project that a workbook is about, where each has a file of its own. `unasked`: the
    form has no cell for the department, so that the file's name says whose it is.
    """

    file: str
    kind: FileKind
    status: FileStatus
    reason: str = ""
    sha256: str = ""
    size: int = 0
    department: str = ""
    code: str = ""
    year: int | None = None
    blank: bool = False
    opening: tuple[str, ...] = ()
    years: frozenset[int] = frozenset()
    letter: Letter | None = None
    saved: int = 0
    beside: str = ""
    document: bool = False
    ignorable: bool = False
    faults: tuple[str, ...] = ()
    likeness: float = 0.0
    item: str = ""
    unasked: bool = False


@dataclass(frozen=True)
class Record:
    """What one round leaves behind of one department, as `season.json` keeps it.

    `values` are the rows of each table as typed, `absent` the titles that were missing, `scores`
    the scores by indicator (分) and `total` with its `grade`, `closing` the figures that the next
    year opens with, by address, `history` the totals year by year, this one's last.
    """

    department: str
    code: str
    sha256: str
    round: int
    findings: Sequence[Mapping[str, Any]]
    mended: Sequence[Mapping[str, Any]]
    values: Mapping[str, Sequence[RowTexts]]
    absent: Mapping[str, Sequence[str]] = field(default_factory=dict)
    scores: Sequence[Mapping[str, Any]] = ()
    closing: Mapping[str, str] = field(default_factory=dict)
    history: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be done with a workbook that counts, and what of the bureau's own goes along.

    `department` is its name in the roster, `names` what it may have gone by before, the surest
    first. `chosen`: the reviewer named the department, so the code typed in the file is not its
    own. `earlier` is the round before, where the run is compared with one (`compared`), `last_year`
    what last year's season left of the department. `report` is
    the written report that belongs to the workbook ("" for none), `documents` what is to be said of
    each report that belongs to the department, as (file, words). `criteria` are the clauses
    by which reviewers deduct.
    """

    file: str
    department: str
    names: tuple[str, ...] = ()
    chosen: bool = False
    reference: tuple[ReferenceLine, ...] = ()
    targets: tuple[ApprovedTarget, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    decisions: tuple[Decision, ...] = ()
    earlier: Record | None = None
    last_year: Record | None = None
    reviews: tuple[Review, ...] = ()
    criteria: tuple[Clause, ...] = ()
    report: str = ""
    documents: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Examined:
    """What came of one workbook: small, since a season keeps it of every department.

    `report` None: it could not be examined, and `status` and `reason` say why; else `reason` holds
    what a person should know of it. `record` is the JSON of its Record, `used` the sources of the
    waivers and decisions that were applied to one of its findings, `years` the totals of earlier
    years.
    """

    file: str
    report: Report | None = None
    scorecards: tuple[Scorecard, ...] = ()
    facts: Facts = field(default_factory=Facts)
    record: bytes = b""
    used: tuple[str, ...] = ()
    status: FileStatus = FileStatus.SUBMITTED
    reason: str = ""
    faults: tuple[str, ...] = ()
    years: tuple[YearScore, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivered:
    """The files made for one department, as (path in the output folder, bytes).

    `path` is that of the scored workbook, which comes first where it could be made.
    `typed` are the digests of what is typed in them, by path, where saving them again in another
    program must not count as an edit.
    `reason` is what a person should know of them, `problem` what could not be made, `note` what is
    wrong with the department's mail address, `page` its part of 审核.html, packed by gzip.
    """

    file: str
    path: str = ""
    files: tuple[tuple[str, bytes], ...] = ()
    typed: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    problem: str = ""
    note: str = ""
    page: bytes = b""
    faults: tuple[str, ...] = ()
