"""Decide which workbook of a department counts, by roster, year and age. Pure.

Nothing is guessed: what leads to no single department goes to the reviewer with its reason.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from jixiao_xlsx.intake.roster import Choice
from jixiao_xlsx.season.departments import Match, Register, register
from jixiao_xlsx.values.people import Bureau, Department
from jixiao_xlsx.values.season import FileStatus, Letter
from jixiao_xlsx.values.text import joined, tidy
from jixiao_xlsx.values.work import FileKind, Identity

_BLANK = "空白表，没有填写"
_NAMELESS = f"{_BLANK}，也没有部门名称"
_FINAL = re.compile(r"最新|最终|终稿|定稿|正式")
_VERSION = re.compile(r"(?:[vV]|第)(\d{1,3})(?!\d|年|季)|[（(](\d{1,3})[)）]")
Age = tuple[int, int, tuple[bool, int], str]


@dataclass(frozen=True, slots=True)
class Placed:
    """An identity with the department it is of, its status, and the reason for both."""

    identity: Identity
    status: FileStatus
    department: str = ""
    reason: str = ""

    @property
    def counts(self) -> bool:
        """Return whether this is the workbook by which its department is judged."""
        return self.status is FileStatus.SUBMITTED


def year_of(identities: Iterable[Identity], bureau: Bureau) -> int | None:
    """Return the year evaluated: the bureau's, else that of most workbooks (the later of
    equals).
    """
    if bureau.year is not None:
        return bureau.year
    votes = Counter(
        one.year
        for one in identities
        if one.status is FileStatus.SUBMITTED and one.year is not None
    )
    return max(votes, key=lambda year: (votes[year], year), default=None)


def chosen_files(
    choices: Sequence[Choice], files: Sequence[str]
) -> tuple[dict[str, Choice], list[str]]:
    """Return the reviewer's choices by file, and a note on each that names no file or several."""
    chosen: dict[str, Choice] = {}
    notes = []
    for choice in choices:
        named = [file for file in files if file == choice.file]
        named = named or [file for file in files if file.rpartition("/")[2] == choice.file]
        if len(named) == 1 and named[0] not in chosen:
            chosen[named[0]] = choice
        elif not named:
            notes.append(
                f"{choice.source}：文件“{choice.file}”没有找到，这一行没有起作用。"
                "文件名请照“报送情况”所列填写。"
            )
        elif named[0] in chosen:
            notes.append(
                f"{choice.source}：文件“{choice.file}”已指定给“{chosen[named[0]].department}”，"
                "这一行没有起作用。"
            )
        else:
            notes.append(
                f"{choice.source}：有 {len(named)} 个文件叫“{choice.file}”，请写全路径，"
                "这一行没有起作用。"
            )
    return chosen, notes


def place(
    identities: Sequence[Identity],
    roster: Sequence[Department],
    year: int | None,
    chosen: Mapping[str, Choice],
) -> tuple[Placed, ...]:
    """Match each file with the roster and the year; one workbook of each department (of each of its
    projects) counts.

    `chosen` are the reviewer's choices by file. What is no workbook of the form keeps its own
    status.
    """
    departments = register(roster)
    placed = [
        _placed(one, departments, year, chosen.get(one.file))
        if one.kind is FileKind.WORKBOOK and one.status is FileStatus.SUBMITTED
        else Placed(one, one.status, one.department, "")
        for one in identities
    ]
    by_department: dict[tuple[str, str], list[Placed]] = defaultdict(list)
    for one in placed:
        if one.counts:
            by_department[tidy(one.department), tidy(one.identity.item)].append(one)
    decided = {
        one.identity.file: one
        for group in by_department.values()
        for one in _one_counts(group, chosen)
    }
    return tuple(decided.get(one.identity.file, one) for one in placed)


def _placed(
    identity: Identity, departments: Register, year: int | None, choice: Choice | None
) -> Placed:
    """Return a readable workbook with its department, or with the status of one without."""
    typed = identity.department.strip()
    match = _matched(identity, departments, choice)
    status, reason = match.status, match.reason
    if not choice and identity.blank:
        nameless = not typed and not identity.code
        status = FileStatus.UNRECOGNISED if nameless else status
        reason = _NAMELESS if nameless else joined(_BLANK, reason)
    of_another = year is not None and identity.year not in {None, year}
    if not choice and status is FileStatus.SUBMITTED and of_another:
        status = FileStatus.OTHER_YEAR
        reason = f"填报的评价年度是 {identity.year}，本次评价年度是 {year}"
    department = "" if status is FileStatus.UNRECOGNISED else match.department
    known = status in {FileStatus.SUBMITTED, FileStatus.OTHER_YEAR}
    hints = departments.hints(identity.file, identity.letter, department if known else "")
    return Placed(identity, status, department, joined(reason, *hints))


def _matched(identity: Identity, departments: Register, choice: Choice | None) -> Match:
    typed = identity.department.strip()
    if choice:
        return Match(choice.department, FileStatus.SUBMITTED, f"按 {choice.source} 指定")
    if departments.names:
        by_file = _by_file(identity, departments) if identity.unasked and not typed else None
        return by_file or departments.match(identity.code, typed)
    nameless = f"（未填部门名称）{Path(identity.file).stem}"
    return Match(typed or nameless, FileStatus.SUBMITTED)


def _by_file(identity: Identity, departments: Register) -> Match | None:
    """Return the one department that the names of a file and of its folders have in them."""
    for name in reversed(identity.file.split("/")):
        if named := departments.named_in(name):
            reason = f"表样里没有部门名称，按文件名“{name}”对应"
            return Match(named.pop(), FileStatus.SUBMITTED, reason) if len(named) == 1 else None
    return None


# ------------------------------------------------------------------------- one of each department

_WHY_LATER = (
    lambda best: "邮件日期较晚" if best.letter and best.letter.sent else "保存时间较晚",
    lambda best: "保存时间较晚",
    lambda best: "文件名所标版本较新",
    lambda best: "保存时间相同，按文件名取排在后面的",
)


def _one_counts(group: Sequence[Placed], chosen: Mapping[str, Choice]) -> Iterator[Placed]:
    """Yield a department's workbooks: the chosen or latest filled one counts, others are 重复."""
    ages = {one.identity.file: age(one.identity) for one in group}
    named = [one for one in group if one.identity.file in chosen]
    filled = [one for one in group if not one.identity.blank] or group
    best = named[0] if named else max(filled, key=lambda one: ages[one.identity.file])
    if not named:
        # Identical bytes are one submission, called by the first name.
        same = [one for one in group if one.identity.sha256 == best.identity.sha256]
        best = min(same, key=lambda one: one.identity.file)
    by_choice = f"按 {chosen[best.identity.file].source} 指定" if named else ""
    for one in group:
        if one is best:
            yield one
        else:
            reason = _why_not(one.identity, best.identity, ages, by_choice)
            yield replace(one, status=FileStatus.DUPLICATE, reason=reason)


def _why_not(identity: Identity, best: Identity, ages: Mapping[str, Age], by_choice: str) -> str:
    if identity.sha256 == best.sha256:
        return f"与“{best.file}”内容完全相同"
    if by_choice:
        why = by_choice
    elif identity.blank and not best.blank:
        why = f"这一份是{_BLANK}"
    else:
        pairs = zip(ages[best.file], ages[identity.file], strict=True)
        differing = next((n for n, (a, b) in enumerate(pairs) if a != b), 3)
        why = _WHY_LATER[differing](best)
    return f"同一部门以“{best.file}”为准（{why}）"


def age(identity: Identity) -> Age:
    """Return the key that orders files by age: mail date, last change (s), name marks, name."""
    return _age(identity.letter, identity.saved, identity.file)


def _age(letter: Letter | None, saved: int, file: str) -> Age:
    return (letter.sent if letter else 0) or saved, saved, _marks(file), file


def _marks(file: str) -> tuple[bool, int]:
    """Return the version marks in a file name: 终稿 and the like, then the highest number."""
    name = Path(file).stem
    numbers = (int(a or b) for a, b in _VERSION.findall(name))
    return bool(_FINAL.search(name)), max(numbers, default=0)
