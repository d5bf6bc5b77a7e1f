"""Which submission of a department counts: what was read, held against the roster, the season and the other files.

Nothing is guessed: what does not lead to exactly one department is put before the reviewer with its reason.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from jixiao_xlsx.intake.roster import Choice
from jixiao_xlsx.values.answers import Answer, FileStatus, Letter
from jixiao_xlsx.values.findings import Report
from jixiao_xlsx.values.people import Bureau, Department
from jixiao_xlsx.values.text import tidy


def season(reports: Iterable[Report], bureau: Bureau) -> int | None:
    """The year that is being evaluated: as the bureau says, else that of most files (the later of equals)."""
    if bureau.year is not None:
        return bureau.year
    votes = Counter(report.year for report in reports if report.year is not None)
    return max(votes, key=lambda year: (votes[year], year), default=None)


def settle(
    answers: Sequence[Answer],
    roster: Sequence[Department],
    year: int | None,
    saved: Mapping[str, int],
    chosen: Mapping[str, Choice] | None = None,
) -> tuple[Answer, ...]:
    """Hold what was read against the roster and the year, and let one submission of each department count.

    `saved` gives each file's time of last change, in seconds, `chosen` the reviewer's word on a file. Answers that don't
    count keep neither report nor scores.
    """
    known = register(roster)
    choices = chosen or {}
    placed = [
        _placed(answer, known, year, choices.get(answer.file))
        if answer.status is FileStatus.SUBMITTED
        else answer
        for answer in answers
    ]
    by_department: dict[str, list[Answer]] = defaultdict(list)
    for answer in placed:
        if answer.status is FileStatus.SUBMITTED:
            by_department[tidy(answer.department)].append(answer)
    verdicts = {
        answer.file: answer
        for group in by_department.values()
        for answer in _one_counts(group, saved, choices)
    }
    settled = [_light(verdicts.get(answer.file, answer)) for answer in placed]
    return tuple(_with_parent(settled, roster))


def chosen_files(
    choices: Sequence[Choice], files: Sequence[str]
) -> tuple[dict[str, Choice], list[str]]:
    """The choice that speaks of each file, and what is to be said of choices whose file is not there, or not plainly so."""
    found: dict[str, Choice] = {}
    notes = []
    for choice in choices:
        named = [file for file in files if file == choice.file]
        named = named or [file for file in files if file.rpartition("/")[2] == choice.file]
        if len(named) == 1 and named[0] not in found:
            found[named[0]] = choice
        elif not named:
            notes.append(
                f"{choice.source}：文件“{choice.file}”没有找到，这一行没有起作用。文件名请照“报送情况”所列填写。"
            )
        elif named[0] in found:
            notes.append(
                f"{choice.source}：文件“{choice.file}”已指定给“{found[named[0]].department}”，这一行没有起作用。"
            )
        else:
            notes.append(
                f"{choice.source}：有 {len(named)} 个文件叫“{choice.file}”，请写全路径，这一行没有起作用。"
            )
    return found, notes


def _light(answer: Answer) -> Answer:
    return (
        answer
        if answer.status is FileStatus.SUBMITTED
        else replace(answer, report=None, scorecards=())
    )


def _joined(*texts: str) -> str:
    return "；".join(text for text in texts if text)


@dataclass(frozen=True, slots=True)
class Register:
    """The roster by code and by every name a department goes by; empty where there is no roster."""

    codes: Mapping[str, Department]
    names: Mapping[str, tuple[Department, ...]]
    senders: Mapping[str, tuple[str, ...]]
    bare: Mapping[str, tuple[Department, ...]]
    places: tuple[str, ...]

    def named_in(self, text: str) -> set[str]:
        """The departments whose name stands in `text`; a name inside another's doesn't count, nor one of another county."""
        return self._owners(self.names, tidy(text))

    def likely(self, answer: Answer) -> tuple[str, str]:
        """Whose a file seems to be that nobody could read, and by what: its name (without the county's, too), a folder's, or the
        sender's address; "" where these name none or several. A hint for the reviewer: nothing is decided by it.
        """
        for name in reversed(answer.file.split("/")):
            if owners := self._owners(self.bare, tidy(name)):
                return (owners.pop(), "名称") if len(owners) == 1 else ("", "")
        known = self.senders.get(answer.letter.sender, ()) if answer.letter else ()
        return (known[0], "发件人") if len(known) == 1 else ("", "")

    def _owners(self, names: Mapping[str, tuple[Department, ...]], words: str) -> set[str]:
        found = [name for name in names if len(name) >= _LONG_ENOUGH and self._stands(name, words)]
        whole = [
            name for name in found if not any(name != other and name in other for other in found)
        ]
        return {owners[0].name for name in whole if len(owners := names[name]) == 1}

    def _stands(self, name: str, words: str) -> bool:
        """Whether a name stands in a text, and not behind another place's: “县财政局” is none of “甘谷县财政局”."""
        at = words.find(name)
        before = words[: at + (name[0] in _COUNTY)]
        return at >= 0 and (not _PLACE.search(before) or before.endswith(self.places))

    def department(self, code: str, typed: str) -> str:
        """The name in the roster of who typed this code and name; "" where that is not plain."""
        name, status, _ = _match(self, code, typed.strip())
        return name if status is FileStatus.SUBMITTED else ""

    def hints(self, answer: Answer, department: str) -> Iterator[str]:
        """What the file name and the sender say to the contrary. `department` "": not known; nothing is decided by either."""
        named = self.named_in(answer.file.rpartition("/")[2])
        if named and department not in named:
            others = "、".join(sorted(named))
            yield (
                f"文件名里是“{others}”，表内填的是“{department}”，请核对"
                if department
                else f"文件名里有“{others}”，请确认"
            )
        sender = answer.letter.sender if answer.letter else ""
        owners = self.senders.get(sender, ())
        if owners and department not in owners:
            yield f"发件人 {sender} 是名册中{'、'.join(owners)}的邮箱，请{'核对' if department else '确认'}"


def register(roster: Sequence[Department]) -> Register:
    """The roster, ready to be asked."""
    names: dict[str, list[Department]] = defaultdict(list)
    for department in roster:
        for name in dict.fromkeys(
            tidy(name) for name in (department.name, department.short, *department.former) if name
        ):
            names[name].append(department)
    # A department's own full name is its own, whoever else was called so before.
    names.update({tidy(department.name): [department] for department in roster})
    codes = {tidy(department.code): department for department in roster if department.code}
    senders: dict[str, list[str]] = defaultdict(list)
    for department in roster:
        for address in re.split(r"[、|;；,，\s]+", department.email.lower()):
            if address:
                senders[address].append(department.name)
    bare: dict[str, list[Department]] = defaultdict(list)
    for name, owners in names.items():
        same = bare[_OWN_PLACE.sub("", name)]
        same += [owner for owner in owners if owner not in same]
    places = {found[0] for name in names if (found := _OWN_PLACE.match(name)) and len(found[0]) > 1}
    every = [{key: tuple(owners) for key, owners in group.items()} for group in (names, bare)]
    return Register(
        codes,
        every[0],
        {who: tuple(of) for who, of in senders.items()},
        every[1],
        tuple(sorted(places)),
    )


def _placed(answer: Answer, register: Register, year: int | None, choice: Choice | None) -> Answer:
    """A readable answer with its department, or with the status that says why it has none."""
    report = answer.report
    if report is None:
        return answer
    typed = report.department.strip()
    if choice:
        department, status, reason = (
            choice.department,
            FileStatus.SUBMITTED,
            f"按 {choice.source} 指定",
        )
    elif register.names:
        department, status, reason = _match(register, report.code, typed)
    else:
        department, status, reason = (
            typed or f"（未填部门名称）{Path(answer.file).stem}",
            FileStatus.SUBMITTED,
            "",
        )
    if not choice and answer.facts.blank:
        nameless = not typed and not report.code
        status, reason = (
            (FileStatus.UNRECOGNISED, _NAMELESS) if nameless else (status, _joined(_BLANK, reason))
        )
    if (
        not choice
        and status is FileStatus.SUBMITTED
        and year is not None
        and report.year not in {None, year}
    ):
        status, reason = (
            FileStatus.OTHER_YEAR,
            f"填报的评价年度是 {report.year}，本次评价年度是 {year}",
        )
    department = "" if status is FileStatus.UNRECOGNISED else department
    hints = register.hints(
        answer, department if status in {FileStatus.SUBMITTED, FileStatus.OTHER_YEAR} else ""
    )
    return replace(
        answer, department=department, status=status, reason=_joined(answer.reason, reason, *hints)
    )


_BLANK = "空白表，没有填写"
_NAMELESS = f"{_BLANK}，也没有部门名称"


def _match(register: Register, code: str, typed: str) -> tuple[str, FileStatus, str]:
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
        return (
            by_code.name,
            FileStatus.SUBMITTED,
            "" if by_name else f"按部门编码对应：部门名称“{typed}”不在名册中",
        )
    if len(by_name) > 1:
        owners = "、".join(owner.name for owner in by_name)
        return (
            typed,
            FileStatus.NOT_IN_ROSTER,
            f"“{typed}”在名册中可以是{owners}，请补填部门编码或全称",
        )
    if by_name:
        return (
            by_name[0].name,
            FileStatus.SUBMITTED,
            f"按部门名称对应：部门编码“{code}”不在名册中" if code else "",
        )
    if not typed and not code:
        return typed, FileStatus.NOT_IN_ROSTER, "部门名称和部门编码都未填，无法对应名册"
    said = "、".join(
        part for part in (typed and f"部门名称“{typed}”", code and f"部门编码“{code}”") if part
    )
    return typed, FileStatus.NOT_IN_ROSTER, f"{said}不在名册中"


_COUNTY = frozenset("县市区旗")
_PLACE = re.compile(r"[\u4e00-\u9fff]{2}[县市区旗]$")
_OWN_PLACE = re.compile(r"^(?:中共)?[\u4e00-\u9fff]{0,4}?[县市区旗](?=.{3})")
_LONG_ENOUGH = 3  # letters of a name that a file name doesn't hold by chance
_FINAL = re.compile(r"最新|最终|终稿|定稿|正式")
_VERSION = re.compile(r"(?:[vV]|第)(\d{1,3})(?!\d|年|季)|[（(](\d{1,3})[)）]")


_AGE = (
    (lambda best: "邮件日期较晚" if best.letter and best.letter.sent else "保存时间较晚"),
    (lambda best: "保存时间较晚"),
    (lambda best: "文件名所标版本较新"),
    (lambda best: "保存时间相同，按文件名取排在后面的"),
)


def _one_counts(
    group: Sequence[Answer], saved: Mapping[str, int], chosen: Mapping[str, Choice]
) -> Iterator[Answer]:
    """Of one department's answers the latest that was filled in counts, or the one that was chosen; the others are 重复, each
    naming it.
    """
    ages = {
        answer.file: age(answer.letter, saved.get(answer.file, 0), answer.file) for answer in group
    }
    named = [answer for answer in group if answer.file in chosen]
    filled = [answer for answer in group if not answer.facts.blank] or group
    best = named[0] if named else max(filled, key=lambda answer: ages[answer.file])
    if not named:
        # Identical bytes are one submission, called by the first name.
        best = min(
            (answer for answer in group if answer.sha256 == best.sha256),
            key=lambda answer: answer.file,
        )
    for answer in group:
        if answer is best:
            yield answer
            continue
        reason = f"与“{best.file}”内容完全相同"
        if answer.sha256 != best.sha256:
            apart = next(
                (
                    n
                    for n, (a, b) in enumerate(zip(ages[best.file], ages[answer.file], strict=True))
                    if a != b
                ),
                3,
            )
            why = f"按 {chosen[best.file].source} 指定" if named else _AGE[apart](best)
            if answer.facts.blank and not named and not best.facts.blank:
                why = f"这一份是{_BLANK}"
            reason = f"同一部门以“{best.file}”为准（{why}）"
        yield replace(answer, status=FileStatus.DUPLICATE, reason=reason)


def age(letter: Letter | None, saved: int, file: str) -> tuple[int, int, tuple[bool, int], str]:
    """What tells the later of two files: the mail, the last change in seconds, the marks in its name, its name."""
    return (letter.sent if letter else 0) or saved, saved, _marks(file), file


def _marks(file: str) -> tuple[bool, int]:
    """What a file name says of its version: 终稿 and the like, then the highest number."""
    name = Path(file).stem
    return bool(_FINAL.search(name)), max(
        (int(a or b) for a, b in _VERSION.findall(name)), default=0
    )


# ------------------------------------------------------------------------------------------- departments and their units


def _with_parent(answers: Sequence[Answer], roster: Sequence[Department]) -> Iterator[Answer]:
    """Units whose 主管部门 reports them in its own sum say so: both are looked at, their figures are never added."""
    parents = {
        department.name: tidy(department.parent) for department in roster if department.parent
    }
    by_name = {tidy(name): d.name for d in roster for name in (d.short, d.name) if name}
    whole = {
        answer.department for answer in answers if answer.counts and _WHOLE in answer.facts.scope
    }
    for answer in answers:
        parent = by_name.get(parents.get(answer.department, ""), "")
        if answer.counts and parent in whole:
            said = f"主管部门“{parent}”报的是部门汇总，已含本单位：分别评价，金额不重复相加"
            answer = replace(answer, reason=_joined(answer.reason, said))
        yield answer


_WHOLE = "汇总"


# ------------------------------------------------------------------------------------------------- what comes along


def with_material(
    answers: Sequence[Answer], documents: Mapping[str, str], roster: Sequence[Department]
) -> tuple[Answer, ...]:
    """Reports and pictures kept with the department they belong to (随附材料): as its workbook was read with them, else by
    name, by mail or by folder.

    `documents` gives for each such file the folder, archive or letter it came in ("": the inbox itself). Where these say
    different things, or nothing, the file stays 未识别.
    """
    known = register(roster)
    beside: dict[str, set[str]] = defaultdict(set)
    read: dict[str, tuple[str, str]] = {}
    for answer in answers:
        if answer.report is not None or answer.status is FileStatus.DUPLICATE:
            for place in above(answer.file):
                beside[place].add(answer.department)
        if answer.counts:
            read |= {file: (answer.department, said) for file, said in answer.documents}
    there = {answer.department for answer in answers if answer.counts}
    return tuple(
        _kept(
            answer,
            _belonging(answer, documents[answer.file], known, beside),
            read.get(answer.file),
            there,
        )
        if answer.file in documents
        else answer
        for answer in answers
    )


def _kept(
    answer: Answer, found: Answer, read: tuple[str, str] | None, there: Collection[str]
) -> Answer:
    if read:
        found = replace(
            answer, department=read[0], status=FileStatus.SUBMITTED, material=True, reason=read[1]
        )
    if answer.status is FileStatus.UNREADABLE:  # whosever it is, it has to be sent again
        return replace(answer, department=found.department)
    if found.material and found.department not in there:
        how = found.reason.partition("，")[0]
        return replace(found, reason=f"{how}，没有核对：这个部门还没有报来能用的工作簿")
    return found


def with_hints(answers: Sequence[Answer], roster: Sequence[Department]) -> tuple[Answer, ...]:
    """Files that could not be read, each beside the department it seems to be of: who else would know whom to call."""
    known = register(roster)
    return tuple(
        _hinted(answer, *known.likely(answer)) if _is_lost(answer) else answer for answer in answers
    )


def _is_lost(answer: Answer) -> bool:
    name = answer.file.rpartition("/")[2]
    return (
        answer.status in {FileStatus.UNREADABLE, FileStatus.UNRECOGNISED}
        and not answer.department
        and name[:1] not in {"~", "."}
    )


def _hinted(answer: Answer, owner: str, by: str) -> Answer:
    if not owner:
        return answer
    reason = _joined(answer.reason, f"看{by}像是“{owner}”的")
    return replace(answer, department=owner, reason=reason, ignorable=False)


def _unread(file: str) -> str:
    """Why a report or picture was not held against the workbook."""
    if file.endswith(".docx"):
        return "没有核对：文件名、标题里看不出是这个部门本年度的评价报告"
    return "未读取内容" + (
        "：评价报告只读 .docx，请另存后重报" if file.endswith(_OTHER_TEXTS) else ""
    )


_OTHER_TEXTS = (".doc", ".wps", ".pdf", ".rtf", ".ofd")


def above(file: str) -> Iterator[str]:
    """The folders, archives and letters that a file is in."""
    while "/" in file:
        file = file.rpartition("/")[0]
        yield file


def _belonging(
    answer: Answer, place: str, known: Register, beside: Mapping[str, set[str]]
) -> Answer:
    named = known.named_in(answer.file.rpartition("/")[2])
    near = beside.get(place, set()) if place else set()
    near = near if len(near) == 1 else set()  # a folder of many departments says nothing
    owners = (named & near) or (named | near)
    if len(owners) == 1:
        [owner] = owners
        how = "文件名" if named else "同一邮件" if answer.letter else "同一文件夹"
        told = f"随附材料（按{how}归入），{_unread(answer.file.lower())}"
        return replace(
            answer, department=owner, status=FileStatus.SUBMITTED, material=True, reason=told
        )
    if owners:
        return replace(
            answer,
            reason=_joined(answer.reason, f"可能属于{'、'.join(sorted(owners))}，请人工归档"),
        )
    return answer
