"""The roster of departments, and the reviewer's choices among their files."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jixiao_xlsx.intake.table_files import CsvTable, InputError, read_table
from jixiao_xlsx.values.people import Department
from jixiao_xlsx.values.text import tidy


@dataclass(frozen=True, slots=True)
class Choice:
    """A file that the reviewer has chosen for a department; `source` is the line of the choice."""

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
    """Read departments.csv. Raises InputError naming every mistake with its line."""
    table = read_table(path, ("部门名称",), tuple(_ROSTER_FIELDS))
    if mistakes := [*_roster_mistakes(table)]:
        raise InputError(path.name, mistakes)
    return tuple(_department(line.cells) for line in table.lines)


def _roster_mistakes(table: CsvTable) -> Iterator[str]:
    for title, count in Counter(table.titles).items():
        if title and count > 1:
            yield f"第 1 行：列名“{title}”重复"
    first_lines: dict[tuple[str, str], int] = {}
    for line in table.lines:
        if line.surplus:
            yield f"{line.place}：比列名多 {line.surplus} 格，请检查多余的逗号"
        if not line.cells["部门名称"]:
            yield f"{line.place}：部门名称未填"
        for title in ("部门名称", "部门编码"):
            value = line.cells[title]
            first = first_lines.setdefault((title, tidy(value)), line.number)
            if value and first != line.number:
                yield f"{line.place}：{title}“{value}”与第 {first} 行重复"


def _department(cells: Mapping[str, str]) -> Department:
    values = {field: cells[title] for title, field in _ROSTER_FIELDS.items()}
    former = re.split(r"[、|;；,，/\n]", values.pop("former"))
    return Department(**values, former=tuple(name.strip() for name in former if name.strip()))


def read_choices(path: Path, roster: Sequence[Department]) -> tuple[Choice, ...]:
    """Read overrides.csv: 部门 (name, short name or code), 文件 (as 报送情况 names it).

    Raises InputError naming every mistake.
    """
    owners = _owners_by_name(roster)
    mistakes: list[str] = []
    choices: dict[str, Choice] = {}
    for line in read_table(path, ("部门", "文件")).lines:
        typed, file = line.cells["部门"], line.cells["文件"]
        names = owners.get(tidy(typed), ()) if roster else (typed,)
        if mistake := _choice_mistake(typed, file, names, choices):
            mistakes.append(f"{line.place}：{mistake}")
        else:
            source = f"{path.name} {line.place}"
            choices[names[0]] = Choice(names[0], file.replace("\\", "/"), source)
    if mistakes:
        raise InputError(path.name, mistakes)
    return tuple(choices.values())


def _choice_mistake(
    typed: str, file: str, names: Sequence[str], choices: Mapping[str, Choice]
) -> str:
    if not typed or not file:
        return "部门和文件都要填"
    if not names:
        return f"部门“{typed}”不在名册中"
    if len(names) > 1:
        return f"“{typed}”在名册中可以是{'、'.join(names)}，请写全称或部门编码"
    if earlier := choices.get(names[0]):
        return f"部门“{names[0]}”已在{earlier.source.partition(' ')[2]}指定过"
    return ""


def _owners_by_name(roster: Sequence[Department]) -> Mapping[str, Sequence[str]]:
    """Return which departments a full name, short name or code may mean; a full name means one."""
    owners: dict[str, list[str]] = {}
    for department in roster:
        for name in dict.fromkeys(filter(None, (tidy(department.short), tidy(department.code)))):
            owners.setdefault(name, []).append(department.name)
    return owners | {tidy(department.name): [department.name] for department in roster}
