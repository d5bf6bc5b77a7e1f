"""The bureau's own figures and its waivers, every mistake named by its line."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from jixiao_xlsx.intake.table_files import InputError, TableLine, read_table
from jixiao_xlsx.values.people import ReferenceLine, Stage, Waiver
from jixiao_xlsx.values.text import plain, tidy
from jixiao_xlsx.values.typed_numbers import State, read_number

_ORIGINAL, _WHOLE, _ADJUSTED = "年初预算", "全年预算", "调整"
_AMOUNTS = (_ORIGINAL, _WHOLE, "决算", _ADJUSTED)
_PAPERS = ("类别", "日期", "原因", "文号")
_WAIVER_NEEDS = ("部门", "规则", "理由", "批准人")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


def read_reference(path: Path) -> tuple[ReferenceLine, ...]:
    """Read 批复决算.csv: 部门编码, 项目, and any of 年初预算, 全年预算, 决算 (元).

    类别 says what the figures of a line are (批复 where it is blank), 日期 of when. Lines with 调整 (元),
    原因 and 文号 are adjustments: with 年初预算 they give 全年预算. Raises InputError.
    """
    mistakes: list[str] = []
    figures: list[ReferenceLine] = []
    adjusted: dict[tuple[str, str], list[_Adjustment]] = {}
    for line in read_table(path, ("部门编码", "项目"), (*_AMOUNTS, *_PAPERS)).lines:
        amounts = dict(_amounts(line, mistakes))
        code, item = line.cells["部门编码"], line.cells["项目"]
        if not code or not item:
            mistakes.append(f"{line.place}：部门编码和项目都要填")
        by = amounts.pop(_ADJUSTED, None)
        if by is not None:
            adjusted.setdefault((code, item), []).append(_adjustment(line, by, mistakes))
        stage = _stage(line, mistakes)
        one = ReferenceLine(code, item, amounts, f"{path.name} {line.place}")
        figures.append(replace(one, stage=stage, dated=line.cells["日期"]))
    figures += _budgets(figures, adjusted, mistakes)
    if mistakes:
        raise InputError(path.name, mistakes)
    return tuple(one for one in figures if one.amounts)


@dataclass(frozen=True, slots=True)
class _Adjustment:
    """A change of an approved budget: by how much (元), and the words for it."""

    by: Decimal
    words: str
    place: str


def _adjustment(line: TableLine, by: Decimal, mistakes: list[str]) -> _Adjustment:
    cause, document = line.cells["原因"], line.cells["文号"]
    if not cause:
        mistakes.append(f"{line.place}：调整要写原因（上级专款、结转、追加、调剂等）")
    paper = f"，{document}" if document else ""
    return _Adjustment(by, f"调整 {plain(by, 2)} 元（{cause}{paper}）", line.place)


def _stage(line: TableLine, mistakes: list[str]) -> Stage:
    typed = line.cells["类别"]
    if typed and typed not in set(Stage):
        mistakes.append(f"{line.place}：类别“{typed}”应是{'、'.join(Stage)}中的一个")
        return Stage.APPROVED
    return Stage(typed) if typed else Stage.APPROVED


def _budgets(
    lines: Sequence[ReferenceLine],
    adjusted: Mapping[tuple[str, str], Sequence[_Adjustment]],
    mistakes: list[str],
) -> Iterator[ReferenceLine]:
    """Yield 全年预算 of what was adjusted: 年初批复 and every adjustment, said in words."""
    for (code, item), changes in adjusted.items():
        own = [one for one in lines if (one.code, one.item) == (code, item)]
        first = next((one for one in own if _ORIGINAL in one.amounts), None)
        if first is None:
            mistakes.append(f"{changes[0].place}：“{item}”有调整，没有年初预算，算不出全年预算")
            continue
        original = first.amounts[_ORIGINAL]
        whole = original + sum((one.by for one in changes), Decimal(0))
        stated = next((one.amounts[_WHOLE] for one in own if _WHOLE in one.amounts), None)
        if stated is None:
            words = "，".join(one.words for one in changes)
            papers = {_WHOLE: f"年初批复 {plain(original, 2)} 元，{words}"}
            yield replace(first, amounts={_WHOLE: whole}, papers=papers)
        elif stated != whole:
            mistakes.append(
                f"{changes[0].place}：“{item}”年初预算加调整是 {plain(whole, 2)} 元，"
                f"全年预算写的是 {plain(stated, 2)} 元"
            )


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
