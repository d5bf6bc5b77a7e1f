"""The bureau's own files: the roster of departments, and `bureau.toml`. Every mistake is told with its line."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jixiao_xlsx.intake.os_errors import why
from jixiao_xlsx.values.people import Bureau, Department
from jixiao_xlsx.values.text import tidy

BUREAU_FILE = "bureau.toml"
WAIVERS_FILE = "waivers.csv"


class InputError(ValueError):
    """A roster or bureau file that cannot be used; `mistakes` lists every one, each with its place."""

    def __init__(self, source: str, mistakes: Sequence[str]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__(
            f"“{source}”有 {len(mistakes)} 处错误：\n" + "\n".join(f"  {m}" for m in mistakes)
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """The reviewer's word that this file counts for this department, and the line that says so."""

    department: str
    file: str
    source: str


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
    mistakes = [
        f"第 1 行：列名“{title}”重复"
        for title, count in Counter(header).items()
        if title and count > 1
    ]
    departments: list[Department] = []
    places: dict[tuple[str, str], int] = {}
    for values in lines:
        if not any(value.strip() for value in values):
            continue
        here = f"第 {lines.line_num} 行"
        if len(values) > len(header) and any(value.strip() for value in values[len(header) :]):
            mistakes.append(f"{here}：比列名多 {len(values) - len(header)} 格，请检查多余的逗号")
        department = _department(
            dict(zip(header, (value.strip() for value in values), strict=False))
        )
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
    known = {
        field: line.get(title, "") for title, field in _ROSTER_FIELDS.items() if field != "former"
    }
    former = tuple(
        name.strip() for name in re.split(r"[、|;；,，/\n]", line.get("曾用名", "")) if name.strip()
    )
    return Department(**known, former=former)


_BUREAU_FIELDS = {
    "局名": "name",
    "股室": "office",
    "联系人": "contact",
    "电话": "phone",
    "截止日期": "deadline",
    "退回期限": "return_by",
    "文号": "document_number",
    "落款日期": "dated",
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
        raise InputError(path.name, [_misspelt(str(error))]) from error
    allowed = "、".join([*_BUREAU_FIELDS, _YEAR])
    mistakes = [
        f"{key}：不认识的项目（可用：{allowed}）"
        for key in data
        if key not in _BUREAU_FIELDS and key != _YEAR
    ]
    values: dict[str, str] = {}
    for title, field in _BUREAU_FIELDS.items():
        value = data.get(title, "")
        if isinstance(value, dict | list | bool):
            mistakes.append(f"{title}：应是文字或日期")
        else:
            values[field] = _said(value)
    year = data.get(_YEAR)
    if year is not None and (
        isinstance(year, bool) or not isinstance(year, int) or not 1990 <= year <= 2200
    ):
        mistakes.append(f"{_YEAR}：应是四位年份，如 2023")
    if mistakes:
        raise InputError(path.name, mistakes)
    return Bureau(**values, year=year)


def _misspelt(error: str) -> str:
    """Where a line of bureau.toml is not as it must be."""
    place = re.search(r"at line (\d+), column (\d+)", error)
    where = f"第 {place[1]} 行第 {place[2]} 个字附近" if place else "文件末尾附近"
    return f'{where}写法不对。每行应是：名称 = "内容"，内容两边用英文双引号'


def _said(value: object) -> str:
    if isinstance(value, dt.date):
        return f"{value.year}年{value.month}月{value.day}日"
    return str(value)


def read_choices(path: Path, roster: Sequence[Department]) -> tuple[Choice, ...]:
    """overrides.csv: 部门 (name, short name or code), 文件 (as 报送情况 calls it). Raises InputError naming every mistake."""
    lines = csv.reader(io.StringIO(text_of(path), newline=""))
    header = [tidy(title) for title in next(lines, [])]
    missing = [title for title in ("部门", "文件") if title not in header]
    if missing:
        raise InputError(
            path.name,
            [f"第 1 行：缺少列{'、'.join(f'“{title}”' for title in missing)}（列名应在第一行）"],
        )
    known = _spoken_of(roster)
    mistakes: list[str] = []
    found: dict[str, Choice] = {}
    for values in lines:
        if not any(value.strip() for value in values):
            continue
        line = dict(zip(header, (value.strip() for value in values), strict=False))
        here, typed, file = f"第 {lines.line_num} 行", line.get("部门", ""), line.get("文件", "")
        owners = known.get(tidy(typed), [] if roster else [typed])
        department = owners[0] if owners else ""
        if not typed or not file:
            mistakes.append(f"{here}：部门和文件都要填")
        elif not department:
            mistakes.append(f"{here}：部门“{typed}”不在名册中")
        elif len(owners) > 1:
            mistakes.append(
                f"{here}：“{typed}”在名册中可以是{'、'.join(owners)}，请写全称或部门编码"
            )
        elif department in found:
            mistakes.append(
                f"{here}：部门“{department}”已在{found[department].source.partition(' ')[2]}指定过"
            )
        else:
            found[department] = Choice(department, file.replace("\\", "/"), f"{path.name} {here}")
    if mistakes:
        raise InputError(path.name, mistakes)
    return tuple(found.values())


def _spoken_of(roster: Sequence[Department]) -> Mapping[str, list[str]]:
    """The departments that each full name, short name and code may mean; a full name is its owner's alone."""
    owners: dict[str, list[str]] = {}
    for department in roster:
        for name in dict.fromkeys(filter(None, (tidy(department.short), tidy(department.code)))):
            owners.setdefault(name, []).append(department.name)
    return owners | {tidy(department.name): [department.name] for department in roster}


def text_of(path: Path) -> str:
    """A small text file, UTF-8 or GBK. Raises InputError."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(path.name, [f"无法打开：{why(error)}"]) from error
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise InputError(
            path.name, ["这是 Excel 工作簿。请打开后另存为“CSV（逗号分隔）”，再用另存的文件"]
        )
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError(path.name, ["文字编码读不懂，请另存为 UTF-8 或 GBK 编码"])
