"""The indicator library of a form: indicators.csv → IndicatorSpec."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path

from jixiao_xlsx.form.spec import IndicatorSpec
from jixiao_xlsx.form.spec_fields import SpecFields
from jixiao_xlsx.form.texts import text_of
from jixiao_xlsx.values.equations import EquationError, Ratio, parse_ratio

_DIRECTIONS = ("≥", "≤", "=", "定性", "")
_SHAPES = ("比率", "控制率", "变动率", "档次", "未定")


def load_indicators(path: Path, read: SpecFields) -> Iterator[IndicatorSpec]:
    """Yield the indicators of a file; none where there is no such file."""
    if not path.is_file():
        return
    lines = csv.DictReader(io.StringIO(text_of(path.read_bytes()), newline=""))
    for number, line in enumerate(lines, start=2):
        cells = {title: (text or "").strip() for title, text in line.items() if title}
        yield _indicator(f"indicators.csv 第 {number} 行", cells, read)


def _indicator(here: str, line: Mapping[str, str], read: SpecFields) -> IndicatorSpec:
    def choice(title: str, default: str, allowed: tuple[str, ...]) -> str:
        return read.one_of(f"{here}·{title}", line.get(title, default), allowed)

    base = tuple(_ratios(here, line.get("基础数据", ""), read))
    return IndicatorSpec(
        level1=read.text(line, "一级指标", f"{here}·一级指标"),
        level2=read.text(line, "二级指标", f"{here}·二级指标"),
        name=read.text(line, "三级指标", f"{here}·三级指标"),
        common=choice("类别", "", ("共性", "个性")) == "共性",
        weight=read.fraction(f"{here}·权重", line.get("权重")),
        direction=choice("指标方向", "", _DIRECTIONS),
        shape=choice("评分形式", "", _SHAPES),
        target=line.get("目标值", ""),
        unit=line.get("计量单位", ""),
        full_from=read.fraction(f"{here}·满分起点", line.get("满分起点") or "1"),
        per_point=read.fraction(f"{here}·每百分点扣减", line.get("每百分点扣减") or "0"),
        may_be_na=choice("可不适用", "否", ("是", "否")) == "是",
        base=base,
        evidence=line.get("佐证", ""),
        aliases=tuple(part for part in line.get("别名", "").split("|") if part),
    )


def _ratios(here: str, text: str, read: SpecFields) -> Iterator[Ratio]:
    """Yield the formulas of 基础数据, in the order in which they are tried."""
    for part in filter(None, text.split("；")):
        try:
            yield parse_ratio(part.strip())
        except EquationError as error:
            read.mistakes.append(f"{here}·基础数据：{error}")
