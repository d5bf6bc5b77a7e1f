"""The bureau's own figures and its waivers, every mistake named by its line."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

from jixiao_xlsx.intake.table_files import InputError, TableLine, read_table
from jixiao_xlsx.values.people import ReferenceLine, Waiver
from jixiao_xlsx.values.text import tidy
from jixiao_xlsx.values.typed_numbers import State, read_number

_AMOUNTS = ("年初预算", "全年预算", "决算")
_WAIVER_NEEDS = ("部门", "规则", "理由", "批准人")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


def read_reference(path: Path) -> tuple[ReferenceLine, ...]:
    """Read 批复决算.csv: 部门编码, 项目, and any of 年初预算, 全年预算, 决算 (元). Raises InputError."""
    mistakes: list[str] = []
    figures: list[ReferenceLine] = []
    for line in read_table(path, ("部门编码", "项目"), _AMOUNTS).lines:
        amounts = dict(_amounts(line, mistakes))
        code, item = line.cells["部门编码"], line.cells["项目"]
        if not code or not item:
            mistakes.append(f"{line.place}：部门编码和项目都要填")
        figures.append(ReferenceLine(code, item, amounts, f"{path.name} {line.place}"))
    if mistakes:
        raise InputError(path.name, mistakes)
    return tuple(figures)


def _amounts(line: TableLine, mistakes: list[str]) -> Iterator[tuple[str, Decimal]]:
    for title in _AMOUNTS:
        typed = line.cells[title]
        reading = read_number(typed, "元")
        if reading.state is State.BLANK:
            continue
        if reading.value is None:
            mistakes.append(f"{line.place}：{title}“{typed}”不是金额")
        else:
            yield title, reading.value


def read_waivers(path: Path) -> tuple[Waiver, ...]:
    """Read waivers.csv: 部门, 规则, 项目 (blank: every item), 理由, 批准人, 到期 (blank: no end).

    Raises InputError.
    """
    table = read_table(path, _WAIVER_NEEDS, ("项目", "到期"))
    mistakes = [
        f"{line.place}：{mistake}"
        for line in table.lines
        for mistake in _waiver_mistakes(line.cells)
    ]
    if mistakes:
        raise InputError(path.name, mistakes)
    return tuple(
        Waiver(
            line.cells["部门"],
            line.cells["规则"].upper(),
            line.cells["项目"],
            line.cells["理由"],
            line.cells["批准人"],
            date_in(line.cells["到期"]),
            f"{path.name} {line.place}",
        )
        for line in table.lines
    )


def _waiver_mistakes(cells: Mapping[str, str]) -> Iterator[str]:
    if missing := [title for title in _WAIVER_NEEDS if not cells[title]]:
        yield f"{'、'.join(missing)}未填"
    if cells["到期"] and date_in(cells["到期"]) is None:
        yield f"到期“{cells['到期']}”不是日期，应如 2024-12-31"


def date_in(text: str) -> dt.date | None:
    """Return a date as people write it (2024-3-5, 2024年3月5日); None for what is none."""
    match = _DATE.fullmatch(tidy(text))
    if not match:
        return None
    try:
        return dt.date(*(int(part) for part in match.groups()))
    except ValueError:
        return None
