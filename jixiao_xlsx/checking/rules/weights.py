"""IND101, 102, 114, 123: the weights of the indicators, and the 共性 ones that are required."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction

from jixiao_xlsx.checking.bases import EVALUATION_MEASURES, INDICATOR_FRAMEWORK
from jixiao_xlsx.checking.evidence import Evidence
from jixiao_xlsx.checking.points import expected_points, points_text
from jixiao_xlsx.checking.rule import Flag, Looked, Observation, flag, rule
from jixiao_xlsx.scoring.indicator_lines import IndicatorLine
from jixiao_xlsx.values.cells import Cell
from jixiao_xlsx.values.digit_slips import slip_hint
from jixiao_xlsx.values.findings import Skipped
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import plain, tidy

_WEIGHT_BESIDE = re.compile(r"\((?:权重|分值)?:?(\d{1,3}(?:\.\d{1,4})?)[分%]?\)$")
_LEVELS = {"level1": "一级指标", "level2": "二级指标"}


@rule(
    "IND101",
    "权重合计不是满分",
    severity=Severity.ERROR,
    basis=EVALUATION_MEASURES,
    relations=("C35",),
)
def weights_total(evidence: Evidence) -> Iterator[Observation]:
    """各指标权重之和加上预算执行率的分值应为 100。

    改法：权重照表样填；预算执行率的分值填 10。
    """
    if not evidence.lines:
        yield Skipped("没有读到指标")
        return
    yield Looked(len(evidence.lines) + 1)
    total = sum((line.weight for line in evidence.lines), Fraction(0))
    row = evidence.execution("weight")
    extra = Fraction(row.number) if row is not None and row.number is not None else Fraction(0)
    whole = evidence.template.full_mark + evidence.template.execution_weight
    if total + extra != whole:
        yield _wrong_total(evidence, total, row, extra)


def _wrong_total(
    evidence: Evidence, total: Fraction, row: Cell | None, extra: Fraction
) -> Observation:
    """Return what is said of weights that make `total`, and `extra` in the row of 预算执行率."""
    template = evidence.template
    execution = template.execution_weight
    whole = template.full_mark + execution
    missing = bool(execution) and total == template.full_mark and not extra
    added = f"，加预算执行率分值 {plain(extra)}，共 {plain(total + extra)}" if execution else ""
    demand = "请核对各指标权重。"
    expected: object = expected_points(whole - (extra or execution))
    related = tuple(c.place for c in (row, *(line.cell("weight") for line in evidence.lines)) if c)
    if missing:
        demand = f"缺预算执行率 {plain(execution)} 分，请补填其分值。"
        expected = f"加预算执行率分值共 {points_text(whole)}"
        related = related[:1]
    return flag(
        evidence.total_anchor("weight") or evidence.lines[0].cell("weight"),
        f"指标权重合计 {plain(total)}{added}，应为 {plain(whole)}。",
        demand,
        expected=expected,
        difference=f"{plain(total + extra - whole)} 分",
        related=related,
    )


@rule(
    "IND102",
    "权重与表样不符",
    severity=Severity.ERROR,
    basis=INDICATOR_FRAMEWORK,
    relations=("C36",),
    yields_to=("IND123",),
)
def fixed_weights(evidence: Evidence) -> Iterator[Observation]:
    """共性指标的权重由表样规定；个性指标的权重在同一二级（或一级，看表样）指标内合计应等于表样规定。

    表上把各组的分值印在名称后面、合起来是满分的（如“产出指标（40分）”），以所印的为准。

    改法：共性指标改回表样的权重；自设指标调整到同组合计与表样一致。
    """
    groups: dict[str, list[IndicatorLine]] = defaultdict(list)
    for line in evidence.lines:
        if line.spec and line.spec.common:
            yield Looked(1)
            if line.weight != line.spec.weight:
                words = f"“{line.name}”权重填 {plain(line.weight)}，表样规定 {plain(line.spec.weight)}。"
                demand = "共性指标权重不得改动，请改回，得分按原权重重填。"
                cell, right = line.cell("weight"), expected_points(line.spec.weight)
                hint = slip_hint(cell.place, cell.text, right)
                yield flag(cell, words, demand, expected=right, hint=hint)
        else:
            groups[_group(line, evidence)].append(line)
    for group, weight in _own_groups(evidence).items():
        lines = groups.get(tidy(group), [])
        total = sum((line.weight for line in lines), Fraction(0))
        yield Looked(len(lines))
        if lines and total != weight:
            source = (
                "名称后面印的是" if _weight_beside(lines[0], evidence) == weight else "表样规定"
            )
            words = (
                f"{_LEVELS[evidence.template.weights_by]}“{group}”下各指标权重合计 {plain(total)}，"
                f"{source} {plain(weight)}。"
            )
            related = tuple(line.cell("weight").place for line in lines[1:])
            first, right = lines[0].cell("weight"), expected_points(weight)
            yield flag(
                first,
                words,
                "请调整，得分按新权重重填。",
                expected=right if len(lines) == 1 else f"同组合计 {plain(weight)} 分",
                hint=slip_hint(first.place, first.text, right) if len(lines) == 1 else "",
                difference=f"{plain(total - weight)} 分",
                related=related,
            )


def weight_sums(evidence: Evidence) -> Iterator[tuple[str, list[Cell], Fraction]]:
    """Yield (rule, weights, what they must add up to): of each own group, and of all."""
    groups: dict[str, list[Cell]] = defaultdict(list)
    for line in evidence.lines:
        cell = line.cells.get("weight")
        if cell is not None and not (line.spec and line.spec.common):
            groups[_group(line, evidence)].append(cell)
    for group, weight in _own_groups(evidence).items():
        if cells := groups.get(tidy(group)):
            yield "IND102", cells, weight
    every = [cell for line in evidence.lines if (cell := line.cells.get("weight")) is not None]
    share = evidence.execution("weight")
    if every and share is not None and share.number is not None:
        template = evidence.template
        yield "IND101", [*every, share], template.full_mark + template.execution_weight


def _own_groups(evidence: Evidence) -> dict[str, Fraction]:
    """Return the groups that a department fills itself, with the weight of each.

    Weights printed beside the names on the sheet, also of groups that the form has not
    (成本指标), count instead where they make up the full mark.
    """
    weights: dict[str, Fraction] = defaultdict(Fraction)
    for spec in evidence.template.indicators:
        if not spec.common:
            weights[getattr(spec, evidence.template.weights_by)] += spec.weight
    printed: dict[str, Fraction] = {}
    for line in evidence.lines:
        weight = _weight_beside(line, evidence)
        if weight is not None:
            printed[_group(line, evidence)] = weight
    if sum(printed.values()) != evidence.template.full_mark:
        return weights
    of_groups = {group: printed.pop(tidy(group), Fraction(0)) for group in weights}
    return of_groups | printed


def _weight_beside(line: IndicatorLine, evidence: Evidence) -> Fraction | None:
    """Return the weight printed after the name of a line's group: 产出指标（40分）."""
    beside = _WEIGHT_BESIDE.search(tidy(getattr(line, evidence.template.weights_by)))
    return Fraction(beside[1]) if beside else None


def _group(line: IndicatorLine, evidence: Evidence) -> str:
    """Return the group that the weight of a line counts in."""
    return _WEIGHT_BESIDE.sub("", tidy(getattr(line, evidence.template.weights_by)))


@rule(
    "IND114",
    "权重过于集中或缺指标类别",
    severity=Severity.WARNING,
    basis=EVALUATION_MEASURES,
    relations=("C50",),
)
def concentrated(evidence: Evidence) -> Iterator[Observation]:
    """单个指标权重不宜过大（默认 30 分）；表样规定由单位自设的各类指标都应有指标。

    改法：拆分权重过大的指标，补上缺的类别；确有需要的，附情况说明。
    """
    limit = evidence.template.thresholds.get("heavy_weight", Fraction(100))
    for line in evidence.lines:
        yield Looked(1)
        if line.weight > limit:
            yield flag(
                line.cell("weight"),
                f"“{line.name}”权重 {plain(line.weight)}，超过 {plain(limit)}，过于集中。",
                "请拆分；确有需要的，请附情况说明。",
                expected=f"不大于 {points_text(limit)}",
            )
    present = {_group(line, evidence) for line in evidence.lines}
    table, level = evidence.indicator_table, evidence.template.weights_by
    absent = [group for group in _own_groups(evidence) if tidy(group) not in present]
    if evidence.lines and table and absent:
        names = "、".join(f"“{name}”" for name in absent)
        heading = (
            table.columns.get(evidence.template.indicator_columns.get(level, "")) or table.anchor
        )
        text = f"缺少{_LEVELS[level]}{names}下的指标。"
        yield Flag(
            heading.place,
            absent[0],
            heading.column,
            "",
            text,
            demand="请补填；确实没有的，请附情况说明。",
            count=len(absent),
        )


@rule(
    "IND123", "缺少共性指标", severity=Severity.ERROR, basis=INDICATOR_FRAMEWORK, relations=("C50",)
)
def missing_common(evidence: Evidence) -> Iterator[Observation]:
    """表样规定的共性指标一个也不能少；不适用的填“不适用”并说明理由。

    改法：把删去或改名的共性指标恢复成表样的样子；不适用的填“不适用”。
    """
    table = evidence.indicator_table
    heading = (
        table.columns.get(evidence.template.indicator_columns.get("name", "")) if table else None
    )
    if heading is None or not evidence.lines:
        return
    there = {id(line.spec) for line in evidence.lines}
    common = [spec for spec in evidence.template.indicators if spec.common]
    yield Looked(len(common))
    absent = [spec.name for spec in common if id(spec) not in there]
    if absent:
        yield _absent_flag(absent, dict(_instead(evidence)), heading)


def _absent_flag(absent: list[str], instead: Mapping[str, IndicatorLine], heading: Cell) -> Flag:
    names = "、".join(
        f"“{name}”" + (f"（改成了“{instead[name].name}”）" if name in instead else "")
        for name in absent
    )
    gone = len(instead) < len(absent)
    places = [line.cell("name").place for line in instead.values()] or [heading.place]
    return Flag(
        places[0],
        absent[0],
        heading.column,
        "",
        f"缺少共性指标{names}{'（被删或改了名）' if gone else ''}。",
        demand="请恢复。" if gone else "请改回。",
        expected="有" + "、".join(f"“{name}”" for name in absent),
        related=tuple(places[1:]),
        count=len(absent),
    )


def _instead(evidence: Evidence) -> Iterator[tuple[str, IndicatorLine]]:
    """Yield the missing 共性 indicators, each with the renamed line in its place."""
    at = 0
    for spec in evidence.template.indicators:
        here = next(
            (number for number, line in enumerate(evidence.lines) if line.spec is spec), None
        )
        if here is not None:
            at = here + 1
        elif spec.common and at < len(evidence.lines):
            line = evidence.lines[at]
            if line.spec is None and tidy(line.level2) == tidy(spec.level2):
                yield spec.name, line
                at += 1
