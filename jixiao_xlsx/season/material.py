"""Assign reports and pictures to departments, and hint whose an unreadable file is. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from jixiao_xlsx.season.departments import Register, register
from jixiao_xlsx.season.pair_reports import PDF, above
from jixiao_xlsx.values.people import Department
from jixiao_xlsx.values.season import Entry, FileStatus
from jixiao_xlsx.values.text import joined

_NO_WORKBOOK = "没有核对：这个部门还没有报来能用的工作簿"
_OTHER_TEXTS = (".rtf", ".ofd")
_REPORTS = (".docx", PDF, ".doc", ".wps")
_REFUSED = ("PDF ", "旧版 Word ")  # how every reason begins for which such a report was not read


def with_material(
    entries: Sequence[Entry], documents: Mapping[str, str], roster: Sequence[Department]
) -> tuple[Entry, ...]:
    """Return the entries with reports and pictures kept with their department (随附材料).

    By the workbook that a report was read with, else by name, by mail or by folder; where these say
    different things, or nothing, the file stays 未识别. `documents` gives for each such file the
    folder, archive or mail it came in ("": the inbox itself).
    """
    departments = register(roster)
    nearby = _departments_by_place(entries)
    read = {
        file: (entry.department, words)
        for entry in entries
        if entry.counts
        for file, words in entry.documents
    }
    there = {entry.department for entry in entries if entry.counts}
    return tuple(
        _kept(
            entry,
            _belonging(entry, documents[entry.file], departments, nearby, there),
            read.get(entry.file),
        )
        if entry.file in documents
        else entry
        for entry in entries
    )


def _departments_by_place(entries: Iterable[Entry]) -> Mapping[str, set[str]]:
    """Return the departments whose workbooks came in each folder, archive or mail."""
    nearby: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        if entry.report is not None or entry.status is FileStatus.DUPLICATE:
            for place in above(entry.file):
                nearby[place].add(entry.department)
    return nearby


def _kept(entry: Entry, owned: Entry, read: tuple[str, str] | None) -> Entry:
    if read:
        department, words = read
        owned = replace(
            entry,
            department=department,
            status=FileStatus.SUBMITTED,
            material=True,
            reason=words,
        )
    if entry.status is FileStatus.UNREADABLE:  # whosever it is, it has to be sent again
        return replace(entry, department=owned.department)
    return owned


def _belonging(
    entry: Entry,
    place: str,
    departments: Register,
    nearby: Mapping[str, set[str]],
    there: Collection[str],
) -> Entry:
    """Return the entry as its department's, or with a hint; `there` have a workbook that counts."""
    named = departments.named_in(entry.file.rpartition("/")[2])
    near = nearby.get(place, set()) if place else set()
    near = near if len(near) == 1 else set()  # a folder of many departments says nothing
    owners = (named & near) or (named | near)
    if len(owners) == 1:
        [owner] = owners
        how = "文件名" if named else "同一邮件" if entry.letter else "同一文件夹"
        why = _why_not_checked(entry) if owner in there else _NO_WORKBOOK
        words = f"随附材料（按{how}归入），{why}"
        return replace(
            entry, department=owner, status=FileStatus.SUBMITTED, material=True, reason=words
        )
    if owners:
        hint = f"可能属于{'、'.join(sorted(owners))}，请人工归档"
        return replace(entry, reason=joined(entry.reason, hint))
    return entry


def _why_not_checked(entry: Entry) -> str:
    file = entry.file.lower()
    if file.endswith(_REPORTS) and entry.reason.startswith(_REFUSED):
        return f"未读取内容：{entry.reason}"
    if file.endswith(_REPORTS):
        return "没有核对：文件名、标题里看不出是这个部门本年度的评价报告"
    more = "：评价报告只读 .docx，请另存后重报" if file.endswith(_OTHER_TEXTS) else ""
    return f"未读取内容{more}"


def with_hints(entries: Sequence[Entry], roster: Sequence[Department]) -> tuple[Entry, ...]:
    """Return the entries, each unreadable file with the department it seems to be of."""
    departments = register(roster)
    return tuple(
        _hinted(entry, *departments.likely(entry.file, entry.letter)) if _is_lost(entry) else entry
        for entry in entries
    )


def _is_lost(entry: Entry) -> bool:
    name = entry.file.rpartition("/")[2]
    unread = entry.status in {FileStatus.UNREADABLE, FileStatus.UNRECOGNISED}
    return unread and not entry.department and name[:1] not in {"~", "."}


def _hinted(entry: Entry, owner: str, by: str) -> Entry:
    if not owner:
        return entry
    hint = f"看{by}像是“{owner}”的"
    return replace(entry, department=owner, reason=joined(entry.reason, hint))
