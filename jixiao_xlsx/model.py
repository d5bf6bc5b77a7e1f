"""The values that flow through the house. Frozen, without I/O."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from jixiao_xlsx.amounts import Figure, State, grid_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Answer",
    "Batch",
    "BatchFinding",
    "Bureau",
    "Cell",
    "Change",
    "Department",
    "Document",
    "Execution",
    "Expected",
    "Facts",
    "Figure",
    "FileStatus",
    "Finding",
    "FindingState",
    "IndicatorScore",
    "Mended",
    "Method",
    "Note",
    "Paragraph",
    "Place",
    "ReferenceLine",
    "Remark",
    "Report",
    "Result",
    "Review",
    "ReviewOutcome",
    "Reviewed",
    "Row",
    "Scorecard",
    "Severity",
    "Skipped",
    "State",
    "Submission",
    "Table",
    "Waiver",
]


_ADDRESS = re.compile(r"([A-Z]{1,3})(\d+)")
_DIGITS = re.compile(r"\d+")
_LAST_ROW = 1_048_577


# ------------------------------------------------------------------------------------------------------ what was read


class Cell(NamedTuple):
    """One cell of a table: where it stands, what it is called, and what was in it. A tuple, since a file has thousands.

    `value` is a Decimal in `unit` for number cells (a rate of 95 % is 0.95), the trimmed text for text cells, None otherwise.
    `note` says what was odd about the way it was typed.
    """

    sheet: str
    ref: str
    row: str
    column: str
    raw: object = None
    value: Decimal | str | None = None
    state: State = State.BLANK
    formula: str | None = None
    unit: str = ""
    decimals: int = 2
    note: str = ""

    @property
    def number(self) -> Decimal | None:
        """The number, or None for anything that is not one."""
        return self.value if isinstance(self.value, Decimal) else None

    @property
    def text(self) -> str:
        """What a person sees typed there, without surrounding spaces."""
        if self.raw is None:
            return ""
        if isinstance(self.raw, float) and self.raw.is_integer() and abs(self.raw) < 1e15:
            return str(int(self.raw))
        return str(self.raw).strip()

    @property
    def figure(self) -> Figure | None:
        """The number on its unit and grid."""
        number = self.number
        return None if number is None else Figure(number, self.unit, self.decimals)

    @property
    def gridded(self) -> bool:
        """Whether it holds a number that is printed coarser than its atoms (万元 with two decimals, say)."""
        return isinstance(self.value, Decimal) and grid_of(self.unit, self.decimals) > 1

    @property
    def blank(self) -> bool:
        return self.state is State.BLANK

    @property
    def place(self) -> Place:
        return Place(self.sheet, self.ref)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table; `title` is its business name, `kind` one of fixed | open | total."""

    title: str
    kind: str
    cells: Mapping[str, Cell]

    def __getitem__(self, column: str) -> Cell:
        return self.cells[column]

    def get(self, column: str) -> Cell | None:
        return self.cells.get(column)


@dataclass(frozen=True)
class Table:
    """A sheet, or a part of one, with a row axis and a column axis.

    `anchor` is the cell that findings about the whole table point at; `columns` maps each column title to the cell of its
    heading; `absent` lists titles that the form has and the file has not (rows and columns); `extras` are the labelled
    cells around the grid (a tick, a reason); `heading` is the readable title line, where the form has one.
    """

    name: str
    sheet: str
    anchor: Cell
    rows: tuple[Row, ...]
    columns: Mapping[str, Cell]
    absent: tuple[str, ...] = ()
    extras: Mapping[str, Cell] = field(default_factory=dict)
    heading: Cell | None = None
    ticked: bool = False

    @cached_property
    def open_rows(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.kind == "open")

    @cached_property
    def total(self) -> Row | None:
        return next((row for row in self.rows if row.kind == "total"), None)

    @cached_property
    def by_title(self) -> Mapping[str, Row]:
        """Rows by title; the first of equal open rows."""
        return {row.title: row for row in reversed(self.rows)}

    def cell(self, row: str, column: str) -> Cell | None:
        """The cell at those titles, or None."""
        found = self.by_title.get(row)
        return None if found is None else found.cells.get(column)

    def cells(self) -> Iterator[Cell]:
        """Every cell of the grid and around it."""
        for row in self.rows:
            yield from row.cells.values()
        yield from self.extras.values()

    @cached_property
    def frame(self) -> pd.DataFrame:
        """Values in the sheet's own unit; rows and columns carry the form's titles. Blank is None/NaN."""
        return self._frame(
            lambda cell: float(cell.value) if isinstance(cell.value, Decimal) else cell.value
        )

    @cached_property
    def refs(self) -> pd.DataFrame:
        """The cell addresses, in a frame of the same shape as `frame`."""
        return self._frame(lambda cell: cell.ref)

    def _frame(self, of: Any) -> pd.DataFrame:
        import pandas as pd

        titles = list(self.columns)
        data = [
            [of(row.cells[title]) if title in row.cells else None for title in titles]
            for row in self.rows
        ]
        return pd.DataFrame(data, index=[row.title for row in self.rows], columns=titles)


@dataclass(frozen=True, slots=True)
class Note:
    """Something the reader met and did not keep silent about. `kind` is one of the reader's fixed words."""

    kind: str
    place: Place
    item: str
    text: str


@dataclass(frozen=True, slots=True)
class Remark:
    """A 情况说明 as typed beside a finding: the rule and the item it speaks of, and the sheet ("" for any)."""

    code: str
    item: str
    text: str
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a written report outside its tables; `number` counts those with text, from 1.

    `heading`: it heads what follows; `numbered`: Word counts it by itself, so that its number is not in the text; `listed`: a
    line of the table of contents, which only repeats a heading. `aside`: where it stands when not in the text (页眉, 页脚, 脚注);
    then `number` counts those of its kind.
    """

    number: int
    text: str
    heading: bool = False
    numbered: bool = False
    listed: bool = False
    aside: str = ""

    @property
    def ref(self) -> str:
        """What findings call it."""
        return f"{self.aside}第{self.number}段" if self.aside else f"第{self.number}段"


@dataclass(frozen=True)
class Document:
    """A written report (.docx) as read. `file` is what findings call it: the sheet of its places.

    `tables` are those in which a table of the form was recognised, their cells called “表2 第3行第4列”; `tables_seen` counts all.
    `margins` are headers, footers and notes; `figures` the amounts of other tables, by the titles of their rows and columns.
    """

    file: str
    sha256: str
    paragraphs: tuple[Paragraph, ...]
    tables: tuple[Table, ...] = ()
    tables_seen: int = 0
    margins: tuple[Paragraph, ...] = ()
    figures: tuple[Cell, ...] = ()


@dataclass(
    frozen=True, eq=False
)  # one and the same, or another: what is worked out of it is remembered by identity
class Submission:
    """One workbook as read: tables by name, and everything around them that a rule may ask about.

    `meta` is what the file says of itself (see `meta`); {} for one that was not made from a blank form. `documents` are the
    written reports that came with it, `unread` those that could not be read, as (file, reason). `copies` is the submission
    once per copy of a sheet that repeats, each with the tables of that copy under the form's own names; () for a form
    without such a sheet.
    """

    file: str
    sha256: str
    template: str
    department: str
    code: str
    year: int | None
    tables: Mapping[str, Table]
    notes: tuple[Note, ...] = ()
    remarks: tuple[Remark, ...] = ()
    meta: Mapping[str, str] = field(default_factory=dict)
    sheets: tuple[str, ...] = ()
    knows_formulas: bool = True
    hides: str = ""
    cells_read: int = 0
    cells_handled: int = 0
    documents: tuple[Document, ...] = ()
    unread: tuple[tuple[str, str], ...] = ()
    copies: tuple[Submission, ...] = ()

    def __getitem__(self, table: str) -> Table:
        return self.tables[table]

    @property
    def parts(self) -> tuple[Submission, ...]:
        """What is checked and scored by itself: each copy of a sheet that repeats (each project), else the submission."""
        return tuple(
            replace(copy, documents=self.documents, unread=self.unread) for copy in self.copies
        ) or (self,)

    def get(self, table: str) -> Table | None:
        return self.tables.get(table)

    def cell(self, table: str, row: str, column: str) -> Cell | None:
        """The cell at an address by titles, or None where any of the three is missing."""
        found = self.tables.get(table)
        return None if found is None else found.cell(row, column)


# ------------------------------------------------------------------------------------------------------ what was found


class Severity(StrEnum):
    """错误 must be corrected; 警告 may stand with a 情况说明; 提示 is a note."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def label(self) -> str:
        return {"error": "错误", "warning": "警告", "note": "提示"}[self.value]

    @property
    def rank(self) -> int:
        return {"error": 0, "warning": 1, "note": 2}[self.value]


class FindingState(StrEnum):
    """open: to be dealt with; explained: a 警告 with 情况说明; waived: kept visible by the bureau's word."""

    OPEN = "open"
    EXPLAINED = "explained"
    WAIVED = "waived"


class Result(StrEnum):
    """What becomes of a submission that was read."""

    RETURN = "退回"
    PASS = "通过"


class FileStatus(StrEnum):
    """One list for everything a bureau keeps of a file or a department."""

    SUBMITTED = "已报"
    MISSING = "未报"
    DUPLICATE = "重复"
    UNREADABLE = "无法读取"
    UNRECOGNISED = "未识别"
    OTHER_YEAR = "非本年度"
    OTHER_DEPARTMENT = "非本单位"
    NOT_IN_ROSTER = "名册外"


NO_CONTENT = (
    "不是报送内容"  # how the reason ends for what nobody needs to be told of: lock files, Thumbs.db
)


class Place(NamedTuple):
    """A cell of the submitted file; or, with the name of a report for its sheet, “第12段” or “表2 第3行第4列” of it."""

    sheet: str
    cell: str

    def __str__(self) -> str:
        return f"{self.sheet}!{self.cell}" if self.cell.isascii() else f"{self.sheet} {self.cell}"

    @property
    def order(self) -> tuple[int, int, str]:
        """Row, then column; in a report the paragraphs, then the tables. What is neither comes last."""
        if address := _ADDRESS.fullmatch(self.cell):
            return int(address[2]), len(address[1]), address[1]
        numbers = [int(number) for number in _DIGITS.findall(self.cell)]
        within = sum(number * 10_000**power for power, number in enumerate(reversed(numbers)))
        return _LAST_ROW + len(numbers), within, self.cell


@dataclass(frozen=True, slots=True)
class Expected:
    """The admissible range, in the unit that was typed; both ends included."""

    low: Decimal
    high: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to tell a department: never without a cell.

    `fingerprint` is what it keeps from round to round (see `rounds`), `since` the round in which it first stood.
    """

    code: str
    severity: Severity
    place: Place
    item: str
    field: str
    reported: str
    message: str
    expected: Expected | str | None = None
    difference: str = ""
    hint: str = ""
    basis: str = ""
    related: tuple[Place, ...] = ()
    count: int = 1
    state: FindingState = FindingState.OPEN
    explanation: str = ""
    fingerprint: str = ""
    since: int = 1


@dataclass(frozen=True, slots=True)
class Mended:
    """A finding of an earlier round that is gone; `since` and `until` are the rounds in which it first stood and was gone."""

    fingerprint: str
    code: str
    severity: Severity
    sheet: str
    cell: str
    item: str
    field: str
    message: str
    since: int
    until: int


@dataclass(frozen=True, slots=True)
class Change:
    """A cell that differs from the round before though no finding asked for it; texts as typed, "" for blank."""

    place: Place
    item: str
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A check that could not be made, and why."""

    code: str
    reason: str
    count: int = 1


@dataclass(frozen=True)
class Report:
    """What the checker says of one submission, without the submission itself: small enough to keep sixty of.

    `faults` are the program's own, told in the words of whoever maintains it.
    """

    file: str
    sha256: str
    department: str
    code: str
    year: int | None
    findings: tuple[Finding, ...]
    checked: Mapping[str, int]
    skipped: tuple[Skipped, ...]
    cells_read: int = 0
    cells_handled: int = 0
    round: int = 1
    mended: tuple[Mended, ...] = ()
    changes: tuple[Change, ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def result(self) -> Result:
        """退回 while a 错误 or 警告 is open."""
        open_ = (f for f in self.findings if f.state is FindingState.OPEN)
        return Result.RETURN if any(f.severity is not Severity.NOTE for f in open_) else Result.PASS

    @property
    def worst(self) -> Severity | None:
        return min(
            (f.severity for f in self.findings if f.state is FindingState.OPEN),
            key=lambda s: s.rank,
            default=None,
        )

    def flatten(self, *names: str) -> list[tuple[object, ...]]:
        """The named fields of every finding; `sheet` and `cell` reach into its place."""
        return [tuple(_field(finding, name) for name in names) for finding in self.findings]

    def count(self, severity: Severity, apart: Collection[str] = ()) -> int:
        """The open findings of a severity, without those of the sheets in `apart`."""
        open_ = (
            f for f in self.findings if f.severity is severity and f.state is FindingState.OPEN
        )
        return sum(f.place.sheet not in apart for f in open_)


def _field(finding: Finding, name: str) -> object:
    return getattr(finding.place, name) if name in {"sheet", "cell"} else getattr(finding, name)


# ------------------------------------------------------------------------------------------------------ what it scores


class Method(StrEnum):
    """How an indicator's score was recomputed; the live formulas of 评分说明 follow it."""

    HIGHER = "≥"
    LOWER = "≤"
    CHANGE = "变动率"
    EQUAL = "="
    COEFFICIENT = "定性系数"
    TIER = "定性档次"
    KEPT = "保留自评"
    NOT_APPLICABLE = "不适用"


@dataclass(frozen=True, slots=True)
class IndicatorScore:
    """One indicator: 自评分 beside 复算分, with the numbers and the words that lead to it. Scores in 分, exact.

    `actual`, `target` feed `method` (rates as fractions: 95 % = 0.95); `low`, `high` bound a tier's coefficient;
    `per_point` is the share of the weight lost per percentage point (变动率).
    """

    level1: str
    level2: str
    name: str
    kind: str
    direction: str
    weight: Fraction
    self_score: Fraction | None
    score: Fraction | None
    method: Method
    arithmetic: str
    reason: str
    target_text: str
    actual_text: str
    rate_text: str
    deviation_text: str
    actual: Fraction | None = None
    target: Fraction | None = None
    full_from: Fraction = Fraction(1)
    per_point: Fraction = Fraction(0)
    low: Fraction = Fraction(0)
    high: Fraction = Fraction(1)
    met: bool | None = None
    places: Mapping[str, Place] = field(default_factory=dict)
    reviewed: Reviewed | None = None


@dataclass(frozen=True, slots=True)
class Execution:
    """预算执行率 as scored: 10 × 执行数 / 预算数, capped. Amounts in 元, scores in 分."""

    weight: Fraction
    budget: Decimal | None
    spent: Decimal | None
    rate: Fraction | None
    self_score: Fraction | None
    score: Fraction | None
    arithmetic: str
    reviewed: Reviewed | None = None


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The reviewer's word on one line of a scored workbook: 财政复核分 as `typed` and as read (分, None: nothing that can be
    used), and 复核理由. `own` and `computed` are the 自评分 and 复算分 that the reviewer had before them; `note` says what
    was odd about the way it was typed. `name` is the line's, numbered ("#2") where names repeat.
    """

    name: str
    typed: str = ""
    score: Fraction | None = None
    reason: str = ""
    own: Fraction | None = None
    computed: Fraction | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """What a reviewer typed into one table of a scored workbook. `item` is the project it is about, numbered (“#2”) where names
    repeat, "" where a workbook has one; `sources` are the digests of the files in which it was typed.
    """

    file: str
    department: str
    code: str
    template: str
    version: str
    year: int | None
    item: str = ""
    lines: tuple[Reviewed, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewOutcome:
    """What the reviewer's word comes to: the indicators' `score` and the `total` with it (分; None: nothing typed, or not all
    lines have a score), lines that no longer fit an indicator, and what the reviewer must be told.
    """

    score: Fraction | None = None
    total: Fraction | None = None
    grade: str = ""
    left: tuple[Reviewed, ...] = ()
    sources: tuple[str, ...] = ()
    findings: tuple[BatchFinding, ...] = ()


@dataclass(frozen=True)
class Scorecard:
    """All scores of one submission, exact; totals are rounded once, to two decimals, when shown.

    `score` is the sum of the indicators' 复算分, scaled to the full mark where some are 不适用; `total` adds 预算执行率. `item`
    and `sheet` say what was scored (a project) and where, where a workbook may hold several.
    `review` is the reviewer's word beside them, None where none was given.
    """

    department: str
    indicators: tuple[IndicatorScore, ...]
    full_mark: Fraction
    self_sum: Fraction | None
    score: Fraction | None
    scaling: str
    execution: Execution
    self_total: Fraction | None
    self_grade: str
    total: Fraction | None
    grade: str
    incomplete: str = ""
    item: str = ""
    sheet: str = ""
    review: ReviewOutcome | None = None

    @cached_property
    def is_scaled(self) -> bool:
        """Whether `score` is more than the sum of its parts: Σ得分 / Σ适用权重 × the full mark."""
        return self.score is not None and self.score != sum(
            (one.score or 0 for one in self.indicators), Fraction(0)
        )

    @cached_property
    def applicable_weight(self) -> Fraction:
        """The weights that count: those of the indicators with a score."""
        return sum((one.weight for one in self.indicators if one.score is not None), Fraction(0))

    @property
    def name(self) -> str:
        """Whose scores these are, in words: the department, and the project where there are several."""
        return f"{self.department}·{self.item}" if self.item else self.department

    @property
    def final(self) -> tuple[Fraction | None, str]:
        """The total and grade that count: the reviewer's where given, else the recomputed ones."""
        reviewed = self.review is not None and self.review.total is not None
        return (
            (self.review.total, self.review.grade)
            if self.review and reviewed
            else (self.total, self.grade)
        )


# ------------------------------------------------------------------------------------------------------ the season


@dataclass(frozen=True, slots=True)
class Department:
    """One line of the roster (departments.csv)."""

    code: str
    name: str
    short: str = ""
    former: tuple[str, ...] = ()
    parent: str = ""
    office: str = ""
    contact: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class ReferenceLine:
    """A figure of the bureau's own: amounts in 元 by kind (年初预算, 全年预算, 决算), and the line of the file it stands on."""

    code: str
    item: str
    amounts: Mapping[str, Decimal]
    source: str


@dataclass(frozen=True, slots=True)
class Waiver:
    """The bureau's word that a finding may stand. `item` "" means every item of the rule; `until` the last day it holds."""

    department: str
    code: str
    item: str
    reason: str
    approver: str
    until: dt.date | None
    source: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What only a comparison of departments needs: kept small, since it is kept of all of them.

    `figures` are digests of the money figures of each table, `paragraphs` of long texts (with their cell and beginning),
    `targets` the 共性 targets as typed; `office_per_head` in 元; `scope` is the 填报口径; `blank`: nothing was filled in.
    """

    figures: Mapping[str, str] = field(default_factory=dict)
    paragraphs: tuple[tuple[str, Place, str], ...] = ()
    targets: tuple[tuple[str, str, Place], ...] = ()
    office_per_head: Fraction | None = None
    nature: str = ""
    scope: str = ""
    blank: bool = False


@dataclass(frozen=True, slots=True)
class BatchFinding:
    """Something that only several submissions together show, a waiver that no longer does anything, or the reviewer's slip."""

    code: str
    severity: Severity
    departments: tuple[str, ...]
    message: str
    hint: str = ""
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Bureau:
    """Who asks, and until when (bureau.toml). Dates are printed as given."""

    name: str = ""
    office: str = ""
    contact: str = ""
    phone: str = ""
    deadline: str = ""
    return_by: str = ""
    document_number: str = ""
    dated: str = ""
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """The mail a file came with: the sender's address, the date in ISO 8601 with its offset, the subject; "" where unknown."""

    sender: str = ""
    date: str = ""
    subject: str = ""

    @property
    def sent(self) -> int:
        """The date in seconds since 1970; 0 where unknown."""
        try:
            return int(dt.datetime.fromisoformat(self.date).timestamp())
        except (ValueError, OverflowError, OSError):
            return 0


@dataclass(frozen=True, slots=True)
class Answer:
    """One file of the inbox, accounted for: its status and, where it counts, what came of it (a scorecard per project).

    `department` is the name in the roster (or as typed, for a department outside it); `output` the scored workbook written
    for it, relative to the output folder; `problem` what went wrong while writing it. `material` is a document that belongs
    to a department and is kept with it (随附材料): 已报, but never a workbook that counts. `returned` names what goes back;
    `documents` are the files of written reports that were read with it, or not, each with what is to be said of it; `faults`
    are the program's own, for whoever maintains it.
    """

    file: str
    status: FileStatus
    reason: str = ""
    sha256: str = ""
    size: int = 0
    department: str = ""
    report: Report | None = None
    scorecards: tuple[Scorecard, ...] = ()
    facts: Facts = field(default_factory=Facts)
    output: str = ""
    problem: str = ""
    letter: Letter | None = None
    material: bool = False
    returned: tuple[str, ...] = ()
    documents: tuple[tuple[str, str], ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether this is the workbook by which its department is judged."""
        return self.status is FileStatus.SUBMITTED and not self.material


@dataclass(frozen=True)
class Batch:
    """A whole run: every file once, and the roster it is held against.

    `problems` are outputs that could not be written, `notes` what else a person should know of the output folder. `earlier` is
    what the rounds before say of departments that have nothing that counts in this one.
    """

    template_id: str
    template_version: str
    year: int | None
    bureau: Bureau
    roster: tuple[Department, ...]
    answers: tuple[Answer, ...]
    findings: tuple[BatchFinding, ...] = ()
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    earlier: tuple[Report, ...] = ()

    @property
    def submitted(self) -> tuple[Answer, ...]:
        """The answers that count: 已报, with report and scorecards."""
        return tuple(a for a in self.answers if a.counts and a.report and a.scorecards)

    @cached_property
    def missing(self) -> tuple[Department, ...]:
        """Departments of the roster with nothing that counts."""
        there = {answer.department for answer in self.submitted}
        return tuple(d for d in self.roster if d.name not in there)

    @cached_property
    def silent(self) -> Mapping[str, Report]:
        """Of the `missing`, by name, those that an earlier round had something of, and what that came to."""
        known = {
            name: report
            for report in self.earlier
            for name in (report.code, report.department)
            if name
        }
        found = {d.name: known.get(d.name) or known.get(d.code) for d in self.missing}
        return {name: report for name, report in found.items() if report}
