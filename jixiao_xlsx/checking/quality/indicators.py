"""IND201–204: indicators that are doubled, misplaced, the wrong way round or beyond measure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from jixiao_xlsx.checking.bases import REVIEW_POINTS
from jixiao_xlsx.checking.evidence import Evidence
from jixiao_xlsx.checking.quality.words import quality_words
from jixiao_xlsx.checking.rule import Looked, Observation, flag, rule
from jixiao_xlsx.scoring.indicator_lines import IndicatorLine
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import tidy

_IF_SO = "请核对；确应如此的，请附情况说明。"


def _own(evidence: Evidence) -> Iterator[IndicatorLine]:
    """Yield the indicators that the department chose itself."""
    return (line for line in evidence.lines if line.name and not (line.spec and line.spec.common))


def _is_rate(line: IndicatorLine) -> bool:
    return line.target.unit is not None and line.target.unit.name == "%"


def _heads(line: IndicatorLine) -> str:
    return tidy(line.level1) + tidy(line.level2)


@rule("IND201", "同一个三级指标出现两次", severity=Severity.WARNING, basis=REVIEW_POINTS)
def doubled(evidence: Evidence) -> Iterator[Observation]:
    """同一个三级指标填了两行，会重复计分。两行的目标值不同的，可能是两件事用了一个名称，只作提示。

    改法：删去重复的一行，分值并到留下的一行；是两件事的，名称写出区别。
    """
    lines: dict[str, list[IndicatorLine]] = defaultdict(list)
    for line in _own(evidence):
        yield Looked(1)
        lines[tidy(line.name)].append(line)
    for same in lines.values():
        first, *rest = same
        for line in rest:
            alike = str(line.target) == str(first.target)
            place = first.cell("name").place
            yield flag(
                line.cell("name"),
                f"“{line.name}”与 {place.cell} 是同一个三级指标"
                f"{'，目标值也相同，会重复计分' if alike else '，目标值不同'}。",
                "请删去重复的一行；是两件事的，请在名称里写出区别。",
                related=(place,),
                severity=None if alike else Severity.NOTE,
            )


@rule("IND202", "指标放错了类别", severity=Severity.NOTE, basis=REVIEW_POINTS)
def misplaced(evidence: Evidence) -> Iterator[Observation]:
    """三级指标的名称与所在的二级指标不是一类，如把“资金支付率”放在数量指标、把“满意度”放在质量指标。

    改法：移到合适的类别；名称没有写清的，改写名称。
    """
    for line in _own(evidence):
        yield Looked(1)
        heads, name = _heads(line), tidy(line.name)
        found = next((one for one in quality_words().misplaced if one.holds(heads, name)), None)
        if found:
            yield flag(
                line.cell("name"),
                f"“{line.name}”放在“{line.level2 or line.level1}”下，从名称看属于{found.belongs}。",
                _IF_SO,
            )


@rule(
    "IND203",
    "成本指标的方向是≥",
    severity=Severity.WARNING,
    basis=REVIEW_POINTS,
    yields_to=("IND108", "IND109"),
)
def costs_without_limit(evidence: Evidence) -> Iterator[Observation]:
    """成本指标填了“≥”，花得越多得分越高。名称说的是节约的不算；目标是百分数的只作提示。

    改法：把方向改为“≤”；说的是节约多少的，在名称里写明。
    """
    for line in _own(evidence):
        if "成本" not in _heads(line):
            continue
        yield Looked(1)
        is_saving = any(word in tidy(line.name) for word in quality_words().saving)
        if line.typed_sign == "≥" and not is_saving and line.target.number is not None:
            yield flag(
                line.sign_cell,
                f"“{line.name}”是成本指标，目标值方向填“≥”，花得越多得分越高。",
                "请核对，应有上限的改为“≤”；确应如此的，请附情况说明。",
                expected="≤",
                related=(line.cell("target").place,),
                severity=Severity.NOTE if _is_rate(line) else None,
            )


@rule("IND204", "效益指标没法衡量", severity=Severity.NOTE, basis=REVIEW_POINTS)
def beyond_measure(evidence: Evidence) -> Iterator[Observation]:
    """效益指标的名称是“成效显著”一类的话而目标是百分数，没有办法量；目标填“长期”“持续”，说的不是结果。

    改法：换成量得出的结果（多少人受益、增加多少收入、降低多少），或写明怎样算达到。
    """
    words = quality_words()
    for line in _own(evidence):
        if "效益" not in _heads(line) and "影响" not in _heads(line):
            continue
        yield Looked(1)
        name, target = tidy(line.name), tidy(line.target.text)
        if _is_rate(line) and any(word in name for word in words.beyond_measure):
            why = f"目标值却填“{line.target.text}”，这个百分数没有办法量"
        elif target.removesuffix("影响") in words.no_result:
            why = f"目标值填“{line.target.text}”，说的不是结果"
        else:
            continue
        cell = line.cell("target")
        yield flag(cell, f"“{line.name}”{why}。", "请写明怎样算达到，或换成量得出的结果。")
