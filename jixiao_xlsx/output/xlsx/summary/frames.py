"""A batch as pandas frames: results, ranking, the matrix of scores, rules. Scores in 分, rates as fractions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Protocol

import pandas as pd

from jixiao_xlsx.form.spec import IndicatorSpec, Template
from jixiao_xlsx.season.rounds import open_counts
from jixiao_xlsx.values.answers import Answer, Batch
from jixiao_xlsx.values.findings import FindingState, Report, Severity
from jixiao_xlsx.values.number_text import rounded
from jixiao_xlsx.values.scores import IndicatorScore, Method, Scorecard
from jixiao_xlsx.values.text import tidy

SELF, SCORE, GRADE, RANK, RESULT = "自评总分", "复算总分", "复算等级", "名次", "结果"
REVIEWED, FINAL, FINAL_GRADE = "财政复核总分", "评定总分", "评定等级"
NOT_RANKED = "暂不排名"
COMPARED = "与上次相比"


class CatalogueRule(Protocol):
    """What the summary says of a rule."""

    @property
    def code(self) -> str: ...  # noqa: D102
    @property
    def title(self) -> str: ...  # noqa: D102
    @property
    def severity(self) -> Severity: ...  # noqa: D102
    @property
    def basis(self) -> str: ...  # noqa: D102
    @property
    def relations(self) -> tuple[str, ...]: ...  # noqa: D102


def _two(value: Fraction | None) -> float | None:
    """A total, rounded once to two decimals."""
    return None if value is None else float(rounded(value, 2))


def results(batch: Batch) -> pd.DataFrame:
    """One line per department that counts, and per project where a workbook holds several, in the order of the roster, then of
    codes and names.
    """
    order = {department.name: at for at, department in enumerate(batch.roster)}
    codes = {department.name: department.code for department in batch.roster}
    lines = []
    for answer in batch.submitted:
        report = answer.report
        assert report is not None, "Batch.submitted has it"
        lines += [
            {
                "部门编码": codes.get(answer.department) or report.code,
                "部门名称": replace(card, department=answer.department).name,
                SELF: _two(card.self_total),
                SCORE: _two(card.total),
                "自评等级": card.self_grade,
                GRADE: card.grade,
                REVIEWED: _two(card.review.total if card.review else None),
                FINAL: _two(card.final[0]),
                FINAL_GRADE: card.final[1],
                "执行率": None if card.execution.rate is None else float(card.execution.rate),
                **{
                    severity.label: report.count(severity, _others(card, answer))
                    for severity in Severity
                },
                RESULT: report.result.value,
                "文件": answer.file,
                "评分表": answer.output,
                "说明": "；".join(
                    text for text in (_why_not_ranked(report, card, answer), answer.problem) if text
                ),
                COMPARED: _compared(report),
                "次序": order.get(answer.department, len(order)),
            }
            for card in answer.scorecards
        ]
    columns = [
        "部门编码",
        "部门名称",
        SELF,
        SCORE,
        "自评等级",
        GRADE,
        REVIEWED,
        FINAL,
        FINAL_GRADE,
        "执行率",
    ]
    columns += [severity.label for severity in Severity]
    frame = pd.DataFrame(
        lines, columns=[*columns, RESULT, "文件", "评分表", "说明", COMPARED, "次序"]
    )
    for column in (SELF, SCORE, REVIEWED, FINAL, "执行率"):
        frame[column] = frame[column].astype("float64")
    return frame.sort_values(["次序", "部门编码", "部门名称", "文件"]).reset_index(drop=True)


def _others(card: Scorecard, answer: Answer) -> set[str]:
    """The sheets of the other projects of a workbook."""
    return {other.sheet for other in answer.scorecards} - {card.sheet}


def _why_not_ranked(report: Report, card: Scorecard, answer: Answer) -> str:
    errors = report.count(Severity.ERROR, _others(card, answer))
    open_ = f"有 {errors} 条错误未了结，{NOT_RANKED}" if errors else ""
    without = (
        f"不能评出总分：{card.incomplete}"
        if card.final[0] is None and card.incomplete
        else card.incomplete
    )
    return "；".join(text for text in (open_, without) if text)


def _compared(report: Report) -> str:
    """What became of the round before; "" in the first."""
    if report.round <= 1:
        return ""
    mended, kept, fresh = open_counts(report)
    more = f"\n另有 {len(report.changes)} 处改动" if report.changes else ""
    return f"第 {report.round} 次：已改正 {mended}，未改正 {kept}，新出现 {fresh}{more}"


def ranking(frame: pd.DataFrame) -> pd.DataFrame:
    """`results` by the total that counts (财政复核 where given, else 复算), with 名次; departments with an open 错误 or without a total have none and come last."""
    ranked = frame.assign(差异=(frame[SELF] - frame[SCORE]).round(2))
    counts = (ranked[Severity.ERROR.label] == 0) & ranked[FINAL].notna()
    ranked[RANK] = ranked[FINAL].where(counts).rank(method="min", ascending=False)
    keys = [RANK, FINAL, "次序", "部门编码", "部门名称", "文件"]
    ascending = [True, False, True, True, True, True]
    return ranked.sort_values(keys, ascending=ascending, na_position="last").reset_index(drop=True)


# ------------------------------------------------------------------------------------------------------------- matrix


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of the matrix: a 共性 indicator, or the 个性 indicators of one 二级指标 together; full mark in 分."""

    level1: str
    level2: str
    name: str
    full: float


@dataclass(frozen=True)
class Matrix:
    """复算分 by department and heading; `unscored` has the words for what has no number."""

    headings: tuple[Heading, ...]
    scores: pd.DataFrame
    unscored: Mapping[tuple[int, int], str]


_Key = tuple[str, str, str]


def matrix(cards: Sequence[Scorecard], template: Template) -> Matrix:
    """The matrix of `cards`, line by line in their order."""
    known = {
        one.name: template.library.get(tidy(one.name)) for card in cards for one in card.indicators
    }

    def key(one: IndicatorScore) -> _Key:
        spec = known[one.name]
        if spec and spec.common:
            return spec.level1, spec.level2, spec.name
        return _own(spec or one, template)

    entries = [(line, key(one), one) for line, card in enumerate(cards) for one in card.indicators]
    headings = _headings(entries, template)
    at = {heading: column for column, heading in enumerate(headings)}
    long = pd.DataFrame(
        [
            (line, at[which], float(one.score))
            for line, which, one in entries
            if one.score is not None
        ],
        columns=["line", "column", "score"],
    )
    scores = (
        long.pivot_table(index="line", columns="column", values="score", aggfunc="sum")
        if len(long)
        else pd.DataFrame()
    )
    scores = scores.reindex(index=range(len(cards)), columns=range(len(headings)))
    words = {
        (line, at[which]): "不适用" if one.method is Method.NOT_APPLICABLE else "—"
        for line, which, one in entries
        if one.score is None
    }
    return Matrix(tuple(headings.values()), scores, words)


def _own(one: IndicatorScore | IndicatorSpec, template: Template) -> _Key:
    """The group of a 个性 indicator: the level whose weight the form fixes, since within it a department is free."""
    return one.level1, one.level2 if template.weights_by == "level2" else one.level1, ""


def _headings(
    entries: Sequence[tuple[int, _Key, IndicatorScore]], template: Template
) -> dict[_Key, Heading]:
    """The library's columns in its order, then those that only departments have."""
    full: dict[_Key, Fraction] = {}
    for spec in template.indicators:
        which = (spec.level1, spec.level2, spec.name) if spec.common else _own(spec, template)
        full[which] = full.get(which, Fraction(0)) + spec.weight
    typed: dict[_Key, dict[int, Fraction]] = {}
    names: dict[_Key, set[str]] = {}
    for line, which, one in entries:
        names.setdefault(which, set()).add(one.name)
        if which not in full:
            weights = typed.setdefault(which, {})
            weights[line] = weights.get(line, Fraction(0)) + one.weight
    for which in sorted(typed):
        full[which] = max(typed[which].values())
    return {
        which: Heading(
            which[0], which[1], which[2] or _called(names.get(which, set())), float(weight)
        )
        for which, weight in full.items()
    }


def _called(names: set[str]) -> str:
    """A group of 个性 indicators by its only name, where all departments use one."""
    return next(iter(names)) if len(names) == 1 else "个性指标合计"


def levels(cards: Iterable[Scorecard]) -> pd.DataFrame:
    """Average 得分率 (score ÷ weight) per 一级指标, 自评 beside 复算, over the indicators that have both."""
    lines = [
        (one.level1, float(one.weight), float(one.self_score), float(one.score))
        for card in cards
        for one in card.indicators
        if one.score is not None and one.self_score is not None
    ]
    frame = pd.DataFrame(lines, columns=["一级指标", "权重", "自评", "复算"])
    sums = frame.groupby("一级指标", sort=False).sum()
    sums = sums[sums["权重"] > 0]
    return pd.DataFrame({"自评": sums["自评"] / sums["权重"], "复算": sums["复算"] / sums["权重"]})


# -------------------------------------------------------------------------------------------------------------- rules


def rules(batch: Batch, catalogue: Sequence[CatalogueRule]) -> pd.DataFrame:
    """One line per rule: departments hit, findings, cells looked at, cells skipped; those most often hit first."""
    found = pd.DataFrame(
        [
            (finding.code, answer.department, finding.state is FindingState.OPEN)
            for answer in batch.submitted
            if answer.report
            for finding in answer.report.findings
        ],
        columns=["编号", "部门", "未了结"],
    )
    reports = [answer.report for answer in batch.submitted if answer.report]
    looked = pd.DataFrame(
        [(c, n) for report in reports for c, n in report.checked.items()],
        columns=["编号", "核对单元格"],
    )
    skipped = pd.DataFrame(
        [(s.code, s.count) for report in reports for s in report.skipped],
        columns=["编号", "未核对"],
    )
    by_code = found.groupby("编号")
    hits = pd.DataFrame(
        {
            "部门数": by_code["部门"].nunique(),
            "问题数": by_code.size(),
            "未了结": by_code["未了结"].sum(),
        }
    )
    frame = pd.DataFrame(
        _listed(catalogue, hits.index), columns=["编号", "规则", "级别", "勾稽关系", "级别序"]
    ).set_index("编号")
    frame = frame.join([hits, looked.groupby("编号").sum(), skipped.groupby("编号").sum()])
    counts = ["部门数", "问题数", "未了结", "核对单元格", "未核对"]
    frame[counts] = frame[counts].fillna(0).astype("int64")
    frame = frame.reset_index(names="编号")
    return frame.sort_values(
        ["部门数", "问题数", "级别序", "编号"], ascending=[False, False, True, True]
    ).reset_index(drop=True)


def _listed(
    catalogue: Sequence[CatalogueRule], hit: Iterable[object]
) -> list[tuple[str, str, str, str, int]]:
    """The catalogue, and what was found under a code that it hasn't."""
    lines = [
        (rule.code, rule.title, rule.severity.label, "、".join(rule.relations), rule.severity.rank)
        for rule in catalogue
    ]
    known = {rule.code for rule in catalogue}
    return lines + [(str(code), "", "", "", len(Severity)) for code in hit if code not in known]
