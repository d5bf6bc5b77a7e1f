"""What came in: candidate workbooks, the roster, and which submission of a department counts.

Folders and files become candidates, each accounted for; nothing is opened here but the roster and `bureau.toml`. Matching
never guesses: what does not lead to exactly one department is put before the reviewer with its reason.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from jixiao_xlsx.amounts import tidy
from jixiao_xlsx.model import Answer, Bureau, Department, FileStatus, Report

WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls", ".et", ".xlsb", ".ods"})
ARCHIVES = frozenset({".zip", ".rar", ".7z", ".tar", ".gz", ".tgz"})
MAILS = frozenset({".eml", ".mbox", ".msg"})
DOCUMENTS = frozenset({".doc", ".docx", ".wps", ".pdf", ".txt", ".rtf", ".ofd"})
SYSTEM_FILES = frozenset({"thumbs.db", "desktop.ini", ".ds_store", "__macosx"})
MAX_FILE_BYTES = 100 * 2**20

BUREAU_FILE = "bureau.toml"
WAIVERS_FILE = "waivers.csv"


class InputError(ValueError):
    """A roster or bureau file that cannot be used; `mistakes` lists every one, each with its place."""

    def __init__(self, source: str, mistakes: Sequence[str]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__(f"“{source}”有 {len(mistakes)} 处错误：\n" + "\n".join(f"  {m}" for m in mistakes))


# ------------------------------------------------------------------------------------------------------ candidates


@dataclass(frozen=True, slots=True)
class Candidate:
    """One file of an inbox. `file` is how it is called from here on; `set_aside` says why it is not to be read.

    `size` in bytes; `saved` is the time of its last change in whole seconds, 0 for what is not a regular file.
    """

    path: Path
    file: str
    size: int = 0
    saved: int = 0
    set_aside: str = ""


def candidates(inboxes: Iterable[Path], skip: Path | None = None) -> tuple[Candidate, ...]:
    """Every file in `inboxes` (folders with all they hold, or single files) but those under `skip`, in a fixed order.

    A file is called by its path from its folder; names that would meet are told apart by the folder above, then by a number.
    """
    roots = list(dict.fromkeys(path.resolve() if path.is_dir() else path.absolute() for path in inboxes))
    aside = skip.resolve() if skip else None
    found: dict[str, Candidate] = {}
    seen: set[Path] = set()
    for root in roots:
        for path in _files(root, aside):
            if path not in seen:
                seen.add(path)
                label = _label(path, root, many=len(roots) > 1, taken=found)
                found[label] = _candidate(path, label)
    return tuple(sorted(found.values(), key=lambda candidate: candidate.file))


def _files(root: Path, skip: Path | None) -> Iterator[Path]:
    if not root.is_dir():
        yield root
        return
    for folder, folders, names in os.walk(root):
        here = Path(folder)
        folders[:] = [name for name in folders if here / name != skip]
        yield from (here / name for name in names)


def _label(path: Path, root: Path, *, many: bool, taken: Mapping[str, object]) -> str:
    alone = path == root
    label = path.name if alone else path.relative_to(root).as_posix()
    if many and (not alone or label in taken):
        label = f"{root.parent.name if alone else root.name}/{label}"
    number = 2
    unique = label
    while unique in taken:
        unique, number = f"{label}#{number}", number + 1
    return unique


def _candidate(path: Path, label: str) -> Candidate:
    try:
        facts = path.stat()
    except OSError as error:
        return Candidate(path, label, set_aside=f"无法打开：{error.strerror or '系统拒绝访问'}")
    if not path.is_file():
        return Candidate(path, label, set_aside="不是普通文件")
    return Candidate(path, label, facts.st_size, int(facts.st_mtime), _not_a_workbook(label, facts.st_size))


def _not_a_workbook(label: str, size: int) -> str:
    """Why a file is not worth opening; "" for one that is."""
    parts = label.lower().split("/")
    name, suffix = parts[-1], Path(parts[-1]).suffix
    if name.startswith((".~", "~$")):
        return "办公软件打开文件时留下的锁文件，不是报送内容"
    if name.startswith("._") or any(part in SYSTEM_FILES for part in parts):
        return "操作系统留下的文件，不是报送内容"
    if suffix in ARCHIVES:
        return "压缩包：请解压后再放入"
    if suffix in MAILS:
        return "邮件：请取出附件后再放入"
    if suffix in DOCUMENTS:
        return "不是工作簿：文档请随工作簿留存，本次未读取"
    if suffix not in WORKBOOKS:
        return "不是工作簿（.xlsx、.xls、.et 等）"
    if size > MAX_FILE_BYTES:
        return f"文件过大（{size // 2**20} MB，上限 {MAX_FILE_BYTES // 2**20} MB）"
    return ""


# ------------------------------------------------------------------------------------------- roster and bureau.toml

_ROSTER_FIELDS = {
    "部门编码": "code",
    "部门名称": "name",
    "简称": "short",
    "曾用名": "former",
    "主管部门": "parent",
    "归口股室": "office",
    "联系人": "contact",
    "电话": "phone",
    "邮箱": "email",
}


def read_roster(path: Path) -> tuple[Department, ...]:
    """departments.csv, UTF-8 or GBK. Raises InputError naming every mistake with its line number."""
    lines = csv.reader(io.StringIO(text_of(path), newline=""))
    header = [tidy(title) for title in next(lines, [])]
    if "部门名称" not in header:
        raise InputError(path.name, ["第 1 行：缺少“部门名称”一列（列名应在第一行）"])
    mistakes = [f"第 1 行：列名“{title}”重复" for title, count in Counter(header).items() if title and count > 1]
    departments: list[Department] = []
    places: dict[tuple[str, str], int] = {}
    for values in lines:
        if not any(value.strip() for value in values):
            continue
        here = f"第 {lines.line_num} 行"
        if len(values) > len(header) and any(value.strip() for value in values[len(header) :]):
            mistakes.append(f"{here}：比列名多 {len(values) - len(header)} 格，请检查多余的逗号")
        department = _department(dict(zip(header, (value.strip() for value in values), strict=False)))
        if not department.name:
            mistakes.append(f"{here}：部门名称未填")
        for title, value in (("部门名称", department.name), ("部门编码", department.code)):
            first = places.setdefault((title, tidy(value)), lines.line_num)
            if value and first != lines.line_num:
                mistakes.append(f"{here}：{title}“{value}”与第 {first} 行重复")
        departments.append(department)
    if mistakes:
        raise InputError(path.name, mistakes)
    return tuple(departments)


def _department(line: Mapping[str, str]) -> Department:
    known = {field: line.get(title, "") for title, field in _ROSTER_FIELDS.items() if field != "former"}
    former = tuple(name.strip() for name in re.split(r"[、|]", line.get("曾用名", "")) if name.strip())
    return Department(**known, former=former)


_BUREAU_FIELDS = {
    "局名": "name",
    "股室": "office",
    "联系人": "contact",
    "电话": "phone",
    "截止日期": "deadline",
    "退回期限": "return_by",
    "文号": "document_number",
}
_YEAR = "评价年度"
_BARE_KEY = re.compile(r"^([ \t]*)([^\x00-\x7f][^\s=\"'#]*)([ \t]*=)", re.MULTILINE)


def beside(roster_path: str | Path | None, name: str) -> Path | None:
    """The file of that name beside the roster, if there is one."""
    path = Path(roster_path).parent / name if roster_path else None
    return path if path and path.is_file() else None


def read_bureau(path: Path) -> Bureau:
    """bureau.toml. Raises InputError naming every mistake."""
    text = text_of(path)
    try:
        # TOML wants Chinese keys in quotation marks; nobody in a bureau should have to know.
        data = tomllib.loads(_BARE_KEY.sub(r'\1"\2"\3', text))
    except tomllib.TOMLDecodeError as error:
        raise InputError(path.name, [f"不是有效的 TOML：{error}"]) from error
    allowed = "、".join([*_BUREAU_FIELDS, _YEAR])
    mistakes = [f"{key}：不认识的项目（可用：{allowed}）" for key in data if key not in _BUREAU_FIELDS and key != _YEAR]
    values: dict[str, str] = {}
    for title, field in _BUREAU_FIELDS.items():
        value = data.get(title, "")
        if isinstance(value, dict | list | bool):
            mistakes.append(f"{title}：应是文字或日期")
        else:
            values[field] = _said(value)
    year = data.get(_YEAR)
    if year is not None and (isinstance(year, bool) or not isinstance(year, int) or not 1990 <= year <= 2200):
        mistakes.append(f"{_YEAR}：应是四位年份，如 2023")
    if mistakes:
        raise InputError(path.name, mistakes)
    return Bureau(**values, year=year)


def _said(value: object) -> str:
    if isinstance(value, dt.date):
        return f"{value.year}年{value.month}月{value.day}日"
    return str(value)


def text_of(path: Path) -> str:
    """A small text file, UTF-8 or GBK. Raises InputError."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(path.name, [f"无法打开：{error.strerror or '系统拒绝访问'}"]) from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError(path.name, ["文字编码读不懂，请另存为 UTF-8 或 GBK 编码"])


# ------------------------------------------------------------------------------------------------ which one counts


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
