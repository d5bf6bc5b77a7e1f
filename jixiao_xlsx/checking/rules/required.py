"""IND127, 128: an indicator needs a target, a result and a score, and they must be readable."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from jixiao_xlsx.checking.bases import EVALUATION_MEASURES
from jixiao_xlsx.checking.evidence import Evidence
from jixiao_xlsx.checking.rule import Looked, Observation, flag, rule
from jixiao_xlsx.scoring.indicator_lines import IndicatorLine
from jixiao_xlsx.scoring.score_formulas import tier_of
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import tidy

_WANTED: tuple[tuple[str, Callable[[IndicatorLine], bool]], ...] = (
    ("target", lambda line: line.spec is None or not line.spec.common),
    ("actual", lambda line: not _open(line)),
    ("score", lambda line: not line.not_applicable),
)


def _open(line: IndicatorLine) -> bool:
    """Return whether the county has not decided yet how this indicator is judged."""
    return bool(line.spec and line.spec.shape == "未定")


@rule("IND127", "指标没有填全", severity=Severity.ERROR, basis=EVALUATION_MEASURES)
def unfilled(evidence: Evidence) -> Iterator[Observation]:
    """每项指标都要有目标值、业绩值和得分，缺了就没法评。同一列缺的合成一条。共性指标的目标值是印好的，另行核对。

    改法：补填；没有这项工作的，业绩值填“不适用”并写明理由。
    """
    for role, wanted in _WANTED:
        title = evidence.template.indicator_columns[role]
        required = [line for line in evidence.lines if role in line.cells and wanted(line)]
        yield Looked(len(required))
        blank = [line for line in required if line.cell(role).blank]
        if blank:
            names = "、".join(f"“{line.name}”" for line in blank[:5]) + (
                f"等 {len(blank)} 项" if len(blank) > 5 else ""
            )
            places = tuple(line.cell(role).place for line in blank)
            text = f"{names}的“{title}”没有填。请补填。"
            yield flag(blank[0].cell(role), text, expected="必填", related=places, count=len(blank))


@rule(
    "IND128",
    "目标值、业绩值读不懂",
    severity=Severity.WARNING,
    basis=EVALUATION_MEASURES,
    relations=("C47",),
)
def unreadable(evidence: Evidence) -> Iterator[Observation]:
    """定量指标的目标值、业绩值要能读出一个数；定性指标的业绩值要看得出是三档中的哪一档。读不懂的没法复算，只能保留自评分；
    写了“制度健全”之类而没有写明档次的只作提示。

    改法：定量的填一个数；定性的填“达成”“部分达成”或“未达成”。
    """
    tiers = "、".join(tier.name for tier in evidence.template.tiers)
    for line in evidence.lines:
        if _open(line) or line.not_applicable:
            continue
        yield Looked(2)
        if line.direction == "定性":
            if (
                not line.cell("actual").blank
                and not line.actual.rate
                and tier_of(line.actual.text, evidence.template) is None
            ):
                text = f"“{line.name}”是定性指标，业绩值填“{line.actual.text}”，没有写明是哪一档。请从“{tiers}”中选填。"
                yield flag(
                    line.cell("actual"),
                    text,
                    expected=tiers,
                    severity=Severity.NOTE if _near_tier(line, evidence) else None,
                )
            continue
        for role, measure in (("target", line.target), ("actual", line.actual)):
            cell = line.cell(role)
            if not cell.blank and measure.number is None:
                text = (
                    f"“{line.name}”的“{cell.column}”填“{measure.text}”，读不出一个数，不能复算得分。"
                    "请填一个数，说明写到偏差原因里。"
                )
                yield flag(cell, text, expected="一个数")


def _near_tier(line: IndicatorLine, evidence: Evidence) -> bool:
    """Return whether what was typed contains a word of some tier, as “制度健全” does."""
    words = tidy(line.actual.text)
    return any(tidy(name) in words for tier in evidence.template.tiers for name in tier.words)
