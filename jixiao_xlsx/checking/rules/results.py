"""IND110, 111, 115–117, 121, 122: the results (业绩值), their 完成率, and the figures behind them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import islice

from jixiao_xlsx.checking.bases import EVALUATION_MEASURES, INDICATOR_FRAMEWORK
from jixiao_xlsx.checking.evidence import Evidence
from jixiao_xlsx.checking.rule import Looked, Observation, flag, rule
from jixiao_xlsx.scoring.indicator_lines import Base, BaseState, IndicatorLine
from jixiao_xlsx.values.digit_slips import slip_hint, swaps
from jixiao_xlsx.values.scores import Method
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import decimals_of, percent, plain
from jixiao_xlsx.values.typed_numbers import State


@rule(
    "IND110",
    "定性指标填了百分数",
    severity=Severity.WARNING,
    basis=EVALUATION_MEASURES,
    relations=("C47",),
)
def percentage_on_words(evidence: Evidence) -> Iterator[Observation]:
    """定性指标的业绩值应在“达成、部分达成、未达成”三档中选填；填了百分数的，复算时作系数。

    改法：改填“达成”“部分达成”或“未达成”。
    """
    tiers = "、".join(tier.name for tier in evidence.template.tiers)
    for line in evidence.lines:
        if line.direction != "定性":
            continue
        yield Looked(1)
        if line.actual.rate:
            words = f"“{line.name}”是定性指标，业绩值填 {line.actual}。"
            yield flag(line.cell("actual"), words, f"请按三档选填：{tiers}。", expected=tiers)


@rule(
    "IND111",
    "完成值远超目标值",
    severity=Severity.WARNING,
    basis=EVALUATION_MEASURES,
    relations=("C48",),
)
def far_over(evidence: Evidence) -> Iterator[Observation]:
    """完成值超过目标值三成以上，可能目标定低了。

    改法：核对业绩值和目标值；都没有错的，附情况说明，写明目标是怎样定的。
    """
    limit = evidence.template.thresholds.get("over_target", Fraction(100))
    for line, item in evidence.scored_lines:
        if (
            item.method is not Method.HIGHER
            or item.actual is None
            or not item.target
            or item.target < 0
        ):
            continue
        yield Looked(2)
        if item.actual > item.target * limit:
            words = (
                f"“{line.name}”业绩值 {line.actual} 是目标值 {line.target} 的 "
                f"{percent(item.actual / item.target)}。"
            )
            yield flag(
                line.cell("actual"),
                words,
                "请核对；确属实情的，请附情况说明，写明目标值的设定依据。",
                related=(line.cell("target").place,),
            )


@rule(
    "IND115", "完成率不符", severity=Severity.ERROR, basis=EVALUATION_MEASURES, relations=("C41",)
)
def completion_rate(evidence: Evidence) -> Iterator[Observation]:
    """完成率 = 业绩值 ÷ 目标值；≤ 类指标写成目标值 ÷ 业绩值也算对，达标时写 100% 也算对。

    改法：按“业绩值 ÷ 目标值”改正完成率；业绩值或目标值填错的，改填错的一格。
    """
    for line in evidence.lines:
        cell, typed, actual, target = (
            line.cells.get("rate"),
            line.number("rate"),
            line.actual.number,
            line.target.number,
        )
        if (
            cell is None
            or typed is None
            or actual is None
            or target is None
            or line.direction in {"定性", ""}
        ):
            continue
        if target <= 0 or actual < 0 or line.obstacle or not _one_figure_each(line):
            continue
        yield Looked(3)
        step = Fraction(1, 10 ** max(decimals_of(cell.number or Decimal(0)), 2))
        if not any(abs(typed - value) < step for value in _completions(line, actual, target)):
            right = islice(_completions(line, actual, target), 2)
            expected = " 或 ".join(dict.fromkeys(map(percent, right)))
            words = (
                f"“{line.name}”完成率填 {percent(typed)}，"
                f"按业绩值 {line.actual}、目标值 {line.target} 应为 {expected}。"
            )
            hint = slip_hint(cell.place, cell.text, expected) or _measure_slip(
                line, actual, target, (typed, step)
            )
            yield flag(
                cell,
                words,
                "请改正。",
                expected=expected,
                hint=hint,
                related=(line.cell("actual").place, line.cell("target").place),
            )


def _one_figure_each(line: IndicatorLine) -> bool:
    """Return whether target and result are single figures, of which a ratio can be made."""
    return not any(one.date or one.high is not None for one in (line.target, line.actual))


def _measure_slip(
    line: IndicatorLine, actual: Fraction, target: Fraction, rate: tuple[Fraction, Fraction]
) -> str:
    """Return which of 业绩值 and 目标值 was mistyped, in words, where the 完成率 is right; else "".

    The 完成率 must be their quotient, not merely 100% for a target that was met. `rate` is the
    完成率 as typed, and its last digit.
    """
    typed, step = rate
    for role, measure, number in (("actual", line.actual, actual), ("target", line.target, target)):
        if measure.typed is None:
            continue
        scale = 100 if measure.rate else 1 / measure.factor
        in_last = decimals_of(Decimal(plain(measure.step * measure.factor * scale)))
        for value in swaps(plain(number * scale, in_last)):
            new = Fraction(value) / scale
            top, bottom = (new, target) if role == "actual" else (actual, new)
            if bottom > 0 and any(
                abs(typed - right) < step for right in _quotients(line, top, bottom)
            ):
                return (
                    f"{line.cell(role).place} 可能有两位数字填颠倒，"
                    f"若为 {plain(value)}{'%' if measure.rate else ''}，则相符"
                )
    return ""


def _quotients(line: IndicatorLine, actual: Fraction, target: Fraction) -> Iterator[Fraction]:
    yield actual / target
    if line.direction == "≤" and actual:
        yield target / actual


def _completions(line: IndicatorLine, actual: Fraction, target: Fraction) -> Iterator[Fraction]:
    yield from _quotients(line, actual, target)
    if actual <= target if line.direction == "≤" else actual >= target:
        yield Fraction(1)


@rule(
    "IND116",
    "业绩值与基础数据不符",
    severity=Severity.ERROR,
    basis=INDICATOR_FRAMEWORK,
    relations=("C51", "C53", "C74"),
)
def contradicts_base(evidence: Evidence) -> Iterator[Observation]:
    """能由其他表算出的指标，业绩值应与算出的一致。

    改法：业绩值填错的改业绩值，基础数据填错的改基础数据。
    """
    for line in evidence.lines:
        base = line.base
        if (
            base.state in {BaseState.NONE, BaseState.MISSING, BaseState.IMPOSSIBLE}
            or line.actual.number is None
        ):
            continue
        yield Looked(1 + len(base.cells))
        right = _admissible(base)
        if right and not any(line.actual.near(value) for value in right):
            expected = "" if _above_all(line, right[0]) else _expected(base, right[0])
            result = f"应为 {expected}" if expected else "会超过 100%，先核对基础数据"
            words = f"“{line.name}”业绩值填 {line.actual}，按基础数据（{base.text}）{result}。"
            hint = slip_hint(line.cell("actual").place, line.cell("actual").text, expected)
            yield flag(
                line.cell("actual"),
                words,
                "请核对，改正业绩值或基础数据。",
                expected=expected or None,
                hint=hint,
                related=tuple(cell.place for cell in base.cells),
            )


def _above_all(line: IndicatorLine, right: Fraction) -> bool:
    """Return whether base data give more than 100 % of what is wanted as high as possible."""
    return right > 1 and line.spec is not None and line.spec.direction == "≥"


def _expected(base: Base, right: Fraction) -> str:
    if base.state is BaseState.KNOWN:
        return percent(right)
    return "−100% 或“不适用”" if base.closing_zero else "0% 或“不适用”"


def _admissible(base: Base) -> list[Fraction]:
    """Return the results that agree with the base; [] where it decides none."""
    if base.rate is not None:
        return [base.rate]
    if base.closing_zero:
        return [Fraction(-1), Fraction(0)]
    return []


@rule("IND117", "缺少基础数据", severity=Severity.WARNING, basis=INDICATOR_FRAMEWORK)
def no_blank_source(evidence: Evidence) -> Iterator[Observation]:
    """指标填了业绩值，而支撑它的表空着，又没有勾选“本单位无此项”。

    改法：补填基础数据；确无此项的，勾选“本单位无此项”，业绩值填“不适用”并写明理由。
    """
    for line in evidence.lines:
        if (
            line.spec is None
            or not line.spec.evidence
            or line.cell("actual").blank
            or line.not_applicable
        ):
            continue
        yield Looked(1)
        where = _blank_source(line.spec.evidence, evidence)
        if where:
            words = f"“{line.name}”业绩值填 {line.actual}，但{where}没有填数，无从核对。"
            yield flag(line.cell("actual"), words, "请补填。", expected="有基础数据")


def _blank_source(address: str, evidence: Evidence) -> str:
    """Return which table or cell behind an indicator is blank, in words; else ""."""
    name, _, rest = address.partition(".")
    table = evidence.submission.get(name)
    if table is None or table.ticked:
        return ""
    if rest:
        row, _, column = rest.rpartition(".")
        cell = table.cell(row, column)
        return f"《{table.sheet}》“{row}”" if cell is not None and cell.blank else ""
    filled = any(cell.state is not State.BLANK and cell.unit for cell in table.cells())
    if filled:
        return ""
    return f"《{name}》" if name == table.sheet else f"《{table.sheet}》的“{name}”"


@rule("IND121", "不适用缺理由或不允许", severity=Severity.WARNING, basis=INDICATOR_FRAMEWORK)
def wrongly_not_applicable(evidence: Evidence) -> Iterator[Observation]:
    """只有表样允许的指标可填“不适用”，并须在偏差原因里写明理由；权重不变，按适用部分折算。

    改法：表样不允许的，据实填写业绩值；允许的，在偏差原因里写明理由。
    """
    for line in evidence.lines:
        if not line.not_applicable:
            continue
        yield Looked(1)
        allowed = line.spec is not None and line.spec.may_be_na
        if not allowed:
            yield flag(
                line.cell("actual"), f"“{line.name}”不允许填“不适用”。", "请据实填写业绩值。"
            )
        elif not line.deviation:
            yield flag(
                line.cell("actual"), f"“{line.name}”填“不适用”，未写理由。", "请在偏差原因里说明。"
            )


@rule(
    "IND122",
    "变动率不可计算",
    severity=Severity.NOTE,
    basis=INDICATOR_FRAMEWORK,
    relations=("C53",),
)
def impossible_rate(evidence: Evidence) -> Iterator[Observation]:
    """基数为 0 而实际大于 0，比率不可计算；保留自评分。

    改法：核对年初数；确为 0 的不用改。
    """
    for line in evidence.lines:
        if line.base.state is BaseState.IMPOSSIBLE:
            yield Looked(len(line.base.cells))
            words = f"“{line.name}”的基数为 0（{line.base.text}），不可计算，保留自评分。"
            yield flag(
                line.cell("actual"),
                words,
                "请核对基数；确为 0 的不用改。",
                related=tuple(cell.place for cell in line.base.cells),
            )
