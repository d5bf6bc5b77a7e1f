"""Which submission of a department counts: what was read, held against the roster, the season and the other files.

Nothing is guessed: what does not lead to exactly one department is put before the reviewer with its reason.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from jixiao_xlsx.amounts import tidy
from jixiao_xlsx.model import Answer, Bureau, Department, FileStatus, Report


def season(reports: Iterable[Report], bureau: Bureau) -> int | None:
    """The year that is being evaluated: as the bureau says, else that of most files (the later of equals)."""
    if bureau.year is not None:
        return bureau.year
    votes = Counter(report.year for report in reports if report.year is not None)
    return max(votes, key=lambda year: (votes[year], year), default=None)


def settle(
    answers: Sequence[Answer], roster: Sequence[Department], year: int | None, saved: Mapping[str, int]
) -> tuple[Answer, ...]:
    """Hold what was read against the roster and the year, and let one submission of each department count.

    `saved` gives each file's time of last change, in seconds. Answers that don't count keep neither report nor scores.
    """
    register = _register(roster)
    placed = [_placed(answer, register, year) if answer.status is FileStatus.SUBMITTED else answer for answer in answers]
    by_department: dict[str, list[Answer]] = defaultdict(list)
    for answer in placed:
        if answer.status is FileStatus.SUBMITTED:
            by_department[tidy(answer.department)].append(answer)
    verdicts = {answer.file: answer for group in by_department.values() for answer in _one_counts(group, saved)}
    return tuple(_light(verdicts.get(answer.file, answer)) for answer in placed)


def _light(answer: Answer) -> Answer:
    return answer if answer.status is FileStatus.SUBMITTED else replace(answer, report=None, scorecard=None)


@dataclass(frozen=True, slots=True)
class _Register:
    """The roster by code and by every name a department goes by; empty where there is no roster."""

    codes: Mapping[str, Department]
    names: Mapping[str, tuple[Department, ...]]


def _register(roster: Sequence[Department]) -> _Register:
    names: dict[str, list[Department]] = defaultdict(list)
    for department in roster:
        for name in dict.fromkeys(tidy(name) for name in (department.name, department.short, *department.former) if name):
            names[name].append(department)
    # A department's own full name is its own, whoever else was called so before.
    names.update({tidy(department.name): [department] for department in roster})
    codes = {tidy(department.code): department for department in roster if department.code}
    return _Register(codes, {name: tuple(owners) for name, owners in names.items()})


def _placed(answer: Answer, register: _Register, year: int | None) -> Answer:
    """A readable answer with its department, or with the status that says why it has none."""
    report = answer.report
    if report is None:
        return answer
    typed = report.department.strip()
    if register.names:
        department, status, reason = _match(register, report.code, typed)
    else:
        department, status, reason = typed or f"（未填部门名称）{Path(answer.file).stem}", FileStatus.SUBMITTED, ""
    if status is FileStatus.SUBMITTED and year is not None and report.year not in {None, year}:
        status, reason = FileStatus.OTHER_YEAR, f"填报的评价年度是 {report.year}，本次评价年度是 {year}"
    return replace(answer, department=department, status=status, reason=reason)


def _match(register: _Register, code: str, typed: str) -> tuple[str, FileStatus, str]:
    """Department name, status, reason."""
    by_code = register.codes.get(tidy(code)) if code else None
    by_name = register.names.get(tidy(typed), ()) if typed else ()
    if by_code and by_name and by_code not in by_name:
        owners = "、".join(owner.name for owner in by_name)
        return (
            typed,
            FileStatus.OTHER_DEPARTMENT,
            f"部门编码“{code}”在名册中是{by_code.name}，部门名称“{typed}”是{owners}，请确认是哪个单位的表",
        )
    if by_code:
        return by_code.name, FileStatus.SUBMITTED, "" if by_name else f"按部门编码对应：部门名称“{typed}”不在名册中"
    if len(by_name) > 1:
        owners = "、".join(owner.name for owner in by_name)
        return typed, FileStatus.NOT_IN_ROSTER, f"“{typed}”在名册中可以是{owners}，请补填部门编码或全称"
    if by_name:
        return by_name[0].name, FileStatus.SUBMITTED, f"按部门名称对应：部门编码“{code}”不在名册中" if code else ""
    if not typed and not code:
        return typed, FileStatus.NOT_IN_ROSTER, "部门名称和部门编码都未填，无法对应名册"
    said = "、".join(part for part in (typed and f"部门名称“{typed}”", code and f"部门编码“{code}”") if part)
    return typed, FileStatus.NOT_IN_ROSTER, f"{said}不在名册中"


_FINAL = re.compile(r"最新|最终|终稿|定稿|正式")
_VERSION = re.compile(r"(?:[vV]|第)(\d{1,3})(?!\d|年|季)|[（(](\d{1,3})[)）]")


def _one_counts(group: Sequence[Answer], saved: Mapping[str, int]) -> Iterator[Answer]:
    """Of one department's answers the latest counts; the others are 重复, each naming it."""

    def age(answer: Answer) -> tuple[int, tuple[bool, int], str]:
        return saved.get(answer.file, 0), _marks(answer.file), answer.file

    best = max(group, key=age)
    # Identical bytes are one submission, called by the first name.
    best = min((answer for answer in group if answer.sha256 == best.sha256), key=lambda answer: answer.file)
    for answer in group:
        if answer is best:
            yield answer
            continue
        reason = f"与“{best.file}”内容完全相同"
        if answer.sha256 != best.sha256:
            apart = next((n for n, (a, b) in enumerate(zip(age(best), age(answer), strict=True)) if a != b), 2)
            why = ("保存时间较晚", "文件名所标版本较新", "保存时间相同，按文件名取排在后面的")[apart]
            reason = f"同一部门以“{best.file}”为准（{why}）"
        yield replace(answer, status=FileStatus.DUPLICATE, reason=reason)


def _marks(file: str) -> tuple[bool, int]:
    """What a file name says of its version: 终稿 and the like, then the highest number."""
    name = Path(file).stem
    return bool(_FINAL.search(name)), max((int(a or b) for a, b in _VERSION.findall(name)), default=0)
