"""What comes along: reports and pictures kept with the department they belong to, and whose an unreadable file seems to be. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from jixiao_xlsx.season.departments import Register, register
from jixiao_xlsx.season.pair_reports import above
from jixiao_xlsx.season.which_counts import joined
from jixiao_xlsx.values.answers import Answer, FileStatus
from jixiao_xlsx.values.people import Department

_OTHER_TEXTS = (".doc", ".wps", ".pdf", ".rtf", ".ofd")


def with_material(
    answers: Sequence[Answer], documents: Mapping[str, str], roster: Sequence[Department]
) -> tuple[Answer, ...]:
    """Return the answers with reports and pictures kept with their department (随附材料).

    By the workbook that a report was read with, else by name, by mail or by folder; where these say
    different things, or nothing, the file stays 未识别. `documents` gives for each such file the
    folder, archive or mail it came in ("": the inbox itself).
    """
    departments = register(roster)
    nearby = _departments_by_place(answers)
    read = {
        file: (answer.department, words)
        for answer in answers
        if answer.counts
        for file, words in answer.documents
    }
    there = {answer.department for answer in answers if answer.counts}
    return tuple(
        _kept(
            answer,
            _belonging(answer, documents[answer.file], departments, nearby),
            read.get(answer.file),
            there,
        )
        if answer.file in documents
        else answer
        for answer in answers
    )


def _departments_by_place(answers: Iterable[Answer]) -> Mapping[str, set[str]]:
    """The departments whose workbooks came in each folder, archive or mail."""
    nearby: dict[str, set[str]] = defaultdict(set)
    for answer in answers:
        if answer.report is not None or answer.status is FileStatus.DUPLICATE:
            for place in above(answer.file):
                nearby[place].add(answer.department)
    return nearby


def _kept(
    answer: Answer, owned: Answer, read: tuple[str, str] | None, there: Collection[str]
) -> Answer:
    if read:
        department, words = read
        owned = replace(
            answer,
            department=department,
            status=FileStatus.SUBMITTED,
            material=True,
            reason=words,
        )
    if answer.status is FileStatus.UNREADABLE:  # whosever it is, it has to be sent again
        return replace(answer, department=owned.department)
    if owned.material and owned.department not in there:
        how = owned.reason.partition("，")[0]
        return replace(owned, reason=f"{how}，没有核对：这个部门还没有报来能用的工作簿")
    return owned


def _belonging(
    answer: Answer, place: str, departments: Register, nearby: Mapping[str, set[str]]
) -> Answer:
    named = departments.named_in(answer.file.rpartition("/")[2])
    near = nearby.get(place, set()) if place else set()
    near = near if len(near) == 1 else set()  # a folder of many departments says nothing
    owners = (named & near) or (named | near)
    if len(owners) == 1:
        [owner] = owners
        how = "文件名" if named else "同一邮件" if answer.letter else "同一文件夹"
        words = f"随附材料（按{how}归入），{_why_not_checked(answer.file.lower())}"
        return replace(
            answer, department=owner, status=FileStatus.SUBMITTED, material=True, reason=words
        )
    if owners:
        hint = f"可能属于{'、'.join(sorted(owners))}，请人工归档"
        return replace(answer, reason=joined(answer.reason, hint))
    return answer


def _why_not_checked(file: str) -> str:
    if file.endswith(".docx"):
        return "没有核对：文件名、标题里看不出是这个部门本年度的评价报告"
    more = "：评价报告只读 .docx，请另存后重报" if file.endswith(_OTHER_TEXTS) else ""
    return f"未读取内容{more}"


def with_hints(answers: Sequence[Answer], roster: Sequence[Department]) -> tuple[Answer, ...]:
    """Return the answers, each file that could not be read beside the department it seems to be of."""
    departments = register(roster)
    return tuple(
        _hinted(answer, *departments.likely(answer.file, answer.letter))
        if _is_lost(answer)
        else answer
        for answer in answers
    )


def _is_lost(answer: Answer) -> bool:
    name = answer.file.rpartition("/")[2]
    unread = answer.status in {FileStatus.UNREADABLE, FileStatus.UNRECOGNISED}
    return unread and not answer.department and name[:1] not in {"~", "."}


def _hinted(answer: Answer, owner: str, by: str) -> Answer:
    if not owner:
        return answer
    hint = f"看{by}像是“{owner}”的"
    return replace(answer, department=owner, reason=joined(answer.reason, hint))
