"""IND108, 109: the direction of a target (≥, ≤, =) and how demanding it is."""

from __future__ import annotations

from collections.abc import Iterator

from jixiao_xlsx.checking.bases import INDICATOR_FRAMEWORK
from jixiao_xlsx.checking.evidence import Evidence
from jixiao_xlsx.checking.rule import Looked, Observation, flag, rule
from jixiao_xlsx.scoring.directions import direction_by_name
from jixiao_xlsx.scoring.indicator_lines import IndicatorLine
from jixiao_xlsx.scoring.measures import read_measure_text
from jixiao_xlsx.values.severity import Severity

_OPPOSITE = {("≥", "≤"), ("≤", "≥")}
_NOTHING = ("", "", "")


@rule(
    "IND108",
    "目标值方向相反",
    severity=Severity.ERROR,
    basis=INDICATOR_FRAMEWORK,
    relations=("C46",),
)
def opposite_direction(evidence: Evidence) -> Iterator[Observation]:
    """目标值的方向与指标性质相反：满意度、完成率、及时率应为 ≥，控制率、变动率应为 ≤。

    改法：把方向改过来。
    """
    for line in evidence.lines:
        wanted, typed = line.spec.direction if line.spec else "", line.typed_sign
        yield Looked(1)
        if (typed, wanted) in _OPPOSITE:
            words = f"“{line.name}”目标值方向填“{typed}”，应为“{wanted}”：方向反了，完成得越差得分越高。"
            yield flag(
                line.sign_cell,
                words,
                "请改正。",
                expected=wanted,
                related=(line.cell("target").place,),
            )


@rule(
    "IND109",
    "目标值方向不当或目标偏松",
    severity=Severity.WARNING,
    basis=INDICATOR_FRAMEWORK,
    relations=("C46",),
    yields_to=("IND108",),
)
def doubtful_direction(evidence: Evidence) -> Iterator[Observation]:
    """“=”与“≤”“≥”混用；目标比表样规定的宽；县里没有规定方向而填了方向；自设指标的方向与名称不合。

    改法：按表样改回方向和目标；自设指标确应如此的，附情况说明。
    """
    for line in evidence.lines:
        yield Looked(1)
        words, demand, expected = _doubt(line, evidence)
        if words:
            yield flag(
                line.sign_cell,
                words,
                demand,
                expected=expected,
                related=(line.cell("target").place,),
            )


def _doubt(line: IndicatorLine, evidence: Evidence) -> tuple[str, str, str]:
    """Return what is doubtful, what to do and what should be typed; _NOTHING where nothing is."""
    typed = line.typed_sign
    if line.target.sign and typed in {"≤", "≥", "="} and typed != line.target.sign:
        return (
            f"“{line.name}”指标方向填“{typed}”，目标值却写“{line.target.text}”，两处方向不一致。",
            "请改成一致。",
            line.target.sign,
        )
    if line.spec is None:
        wanted = direction_by_name(line.name, evidence.template.directions)
        words = f"“{line.name}”目标值方向填“{typed}”，从名称看应为“{wanted}”。"
        demand = "请核对；确应如此的，请附情况说明。"
        return (words, demand, wanted) if (typed, wanted) in _OPPOSITE else _NOTHING
    signed = typed in {"≤", "≥", "="}
    if line.spec.shape == "未定":
        words = f"“{line.name}”县里还没有规定方向和目标，填“{line.target.text}”无从评价。"
        demand = "请清空目标值，在业绩值里写明实际情况。"
        return (words, demand, "不填") if signed else _NOTHING
    wanted = line.spec.direction
    if signed and wanted in {"≤", "≥", "="} and typed != wanted:
        return f"“{line.name}”目标值方向填“{typed}”，应为“{wanted}”。", "请改正。", wanted
    return _too_lax(line) if line.spec.common else _NOTHING


def _too_lax(line: IndicatorLine) -> tuple[str, str, str]:
    assert line.spec is not None
    standard = read_measure_text(line.spec.target, line.spec.unit)
    if line.target.number is None or standard.number is None:
        return _NOTHING
    lax = (
        line.target.number > standard.number
        if line.spec.direction == "≤"
        else line.target.number < standard.number
    )
    wanted = f"{line.spec.direction}{standard}"
    return (
        (f"“{line.name}”目标值 {line.target} 比规定的 {wanted} 宽。", "请按规定填写。", wanted)
        if lax
        else _NOTHING
    )
