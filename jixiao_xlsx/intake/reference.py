"""The bureau's own figures and its waivers: two small files, read with every mistake named by its line."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

from jixiao_xlsx.intake.once_per_state import once_per_state
from jixiao_xlsx.intake.roster import InputError, text_of
from jixiao_xlsx.values.people import ReferenceLine, Waiver
from jixiao_xlsx.values.text import tidy
from jixiao_xlsx.values.typed_numbers import State, read_number

AMOUNTS = ("年初预算", "全年预算", "决算")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


@once_per_state
def read_reference(path: Path) -> tuple[ReferenceLine, ...]:
    """批复决算.csv: 部门编码, 项目, and any of 年初预算, 全年预算, 决算 (元). Raises InputError."""
    mistakes: list[str] = []
    found: list[ReferenceLine] = []
    for number, line in _lines(path, ("部门编码", "项目"), AMOUNTS):
        amounts = dict(_amounts(number, line, mistakes))
        if not line["部门编码"] or not line["项目"]:
            mistakes.append(f"第 {number} 行：部门编码和项目都要填")
        else:
            found.append(
                ReferenceLine(
                    line["部门编码"], line["项目"], amounts, f"{path.name} 第 {number} 行"
                )
            )
    if mistakes:
        raise InputError(path.name, mistakes)
    return tuple(found)


def _amounts(
    number: int, line: Mapping[str, str], mistakes: list[str]
) -> Iterator[tuple[str, Decimal]]:
    for title in AMOUNTS:
        reading = read_number(line.get(title, ""), "元")
        if reading.state is State.BLANK:
            continue
        if reading.value is None:
            mistakes.append(f"第 {number} 行：{title}“{line[title]}”不是金额")
        else:
            yield title, reading.value


def read_waivers(path: Path) -> tuple[Waiver, ...]:
    """waivers.csv: 部门, 规则, 项目 (blank: every item), 理由, 批准人, 到期 (blank: no end). Raises InputError."""
    mistakes: list[str] = []
    found: list[Waiver] = []
    for number, line in _lines(path, ("部门", "规则", "理由", "批准人"), ("项目", "到期")):
        until = _date(line.get("到期", ""))
        missing = [title for title in ("部门", "规则", "理由", "批准人") if not line[title]]
        if missing:
            mistakes.append(f"第 {number} 行：{'、'.join(missing)}未填")
        if line.get("到期") and until is None:
            mistakes.append(f"第 {number} 行：到期“{line['到期']}”不是日期，应如 2024-12-31")
        source = f"{path.name} 第 {number} 行"
        found.append(
            Waiver(
                line["部门"],
                line["规则"].upper(),
                line.get("项目", ""),
                line["理由"],
                line["批准人"],
                until,
                source,
            )
        )
    if mistakes:
        raise InputError(path.name, mistakes)
    return tuple(found)


def _date(text: str) -> dt.date | None:
    match = _DATE.fullmatch(tidy(text))
    if not match:
        return None
    try:
        return dt.date(*(int(part) for part in match.groups()))
    except ValueError:
        return None


def date_in(text: str) -> dt.date | None:
    """A date as people write it, or None."""
    return _date(text)


def _lines(
    path: Path, needed: tuple[str, ...], optional: tuple[str, ...]
) -> Iterator[tuple[int, dict[str, str]]]:
    """The lines of a table with these columns, by title; blank lines left out. Raises InputError."""
    reader = csv.reader(io.StringIO(text_of(path), newline=""))
    header = [tidy(title) for title in next(reader, [])]
    missing = [title for title in needed if title not in header]
    if missing:
        raise InputError(
            path.name,
            [f"第 1 行：缺少列{'、'.join(f'“{title}”' for title in missing)}（列名应在第一行）"],
        )
    for values in reader:
        if any(value.strip() for value in values):
            line = dict(zip(header, (value.strip() for value in values), strict=False))
            yield reader.line_num, {title: line.get(title, "") for title in (*needed, *optional)}
