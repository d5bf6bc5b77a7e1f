"""规则命中: for every rule the departments and findings it hit, and the cells it looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import pandas as pd

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.output.xlsx.cells import Styled
from jixiao_xlsx.output.xlsx.page import Column
from jixiao_xlsx.output.xlsx.styles import Styles
from jixiao_xlsx.output.xlsx.summary.list_sheet import ListRow, write_list_sheet
from jixiao_xlsx.values.findings import FindingState
from jixiao_xlsx.values.season import PastDecision, Season
from jixiao_xlsx.values.severity import Severity

RULE_HITS = "规则命中"
# What reviewers decided, this time and in earlier rounds and years.
_DECIDED = {
    FindingState.ACCEPTED: "接受说明",
    FindingState.WAIVED: "豁免",
    FindingState.STRUCK: "误报",
}
_OFTEN, _SHARE = 3, 0.2  # so many strikes, and such a share of what a rule found, ask a question
_COLUMNS = (
    Column("编号", 10, "cell center"),
    Column("规则", 46),
    Column("级别", 9, "cell center"),
    Column("勾稽关系", 16, "cell center"),
    Column("部门数", 11, "cell int"),
    Column("问题数", 11, "cell int"),
    Column("未了结", 11, "cell int"),
    *(Column(title, 10, "cell int") for title in _DECIDED.values()),
    Column("核对单元格", 12, "cell int"),
    Column("未核对（处）", 12, "cell int"),
    Column("说明", 26),
)


class CatalogueRule(Protocol):
    """What the summary states of a rule."""

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


def rule_hits(season: Season, catalogue: Sequence[CatalogueRule]) -> pd.DataFrame:
    """Return one line per rule, those that hit most departments first.

    It counts departments, findings, open findings, decisions (in earlier rounds and years too),
    cells looked at and checks skipped.
    """
    reports = [entry.report for entry in season.submitted if entry.report]
    found = pd.DataFrame(
        [
            (finding.code, entry.department, finding.state is FindingState.OPEN)
            for entry in season.submitted
            if entry.report
            for finding in entry.report.findings
        ],
        columns=["编号", "部门", "未了结"],
    ).groupby("编号")
    hits = pd.DataFrame(
        {"部门数": found["部门"].nunique(), "问题数": found.size(), "未了结": found["未了结"].sum()}
    )
    checked = [one for report in reports for one in report.checked.items()]
    skipped = [(one.code, one.count) for report in reports for one in report.skipped]
    frame = pd.DataFrame(
        _catalogue_lines(catalogue, hits.index),
        columns=["编号", "规则", "级别", "勾稽关系", "级别序"],
    ).set_index("编号")
    frame = frame.join(
        [hits, _decided(season), _sums(checked, "核对单元格"), _sums(skipped, "未核对")]
    )
    counts = ["部门数", "问题数", "未了结", *_DECIDED.values(), "核对单元格", "未核对"]
    frame[counts] = frame[counts].fillna(0).astype("int64")
    keys = ["部门数", "问题数", "级别序", "编号"]
    frame = frame.reset_index(names="编号")
    return frame.sort_values(keys, ascending=[False, False, True, True]).reset_index(drop=True)


def _decided(season: Season) -> pd.DataFrame:
    """Return how often reviewers accepted, waived and struck findings of each rule."""
    now = {
        PastDecision(entry.department, finding.fingerprint, finding.code, finding.state)
        for entry in season.submitted
        if entry.report
        for finding in entry.report.findings
        if finding.state in _DECIDED
    }
    every = Counter((one.code, _DECIDED[one.state]) for one in now | season.past)
    frame = pd.DataFrame(columns=[*_DECIDED.values()], dtype="int64")
    for (code, title), count in sorted(every.items()):
        frame.loc[code, title] = count
    return frame


def _sums(counts: Sequence[tuple[str, int]], title: str) -> pd.DataFrame:
    return pd.DataFrame(counts, columns=["编号", title]).groupby("编号").sum()


def _catalogue_lines(
    catalogue: Sequence[CatalogueRule], hit: Iterable[object]
) -> list[tuple[str, str, str, str, int]]:
    """Return the catalogue, then the codes in `hit` that it lacks."""
    lines = [
        (rule.code, rule.title, rule.severity.label, "、".join(rule.relations), rule.severity.rank)
        for rule in catalogue
    ]
    codes = {rule.code for rule in catalogue}
    return lines + [(str(code), "", "", "", len(Severity)) for code in hit if code not in codes]


def write_rule_hits(sheet: Any, styles: Styles, hits: pd.DataFrame, template: Template) -> None:
    """Write the sheet 规则命中, with the rules that the county has switched off at the end."""
    lines = hits.to_dict("records")
    idle = [line["编号"] for line in lines if _is_idle(line)]
    remark = f"共 {len(hits)} 条规则。" + (
        f"这一批中有 {len(idle)} 条没有核对到任何单元格：{'、'.join(idle)}。"
        if idle
        else "每一条都核对到了单元格。"
    )
    rows = [_row(line) for line in lines]
    listed = set(hits["编号"])
    rows += [
        [code, "（本县停用）", *[None] * 10, f"停用：{reason}"]
        for code, reason in sorted(template.disabled.items())
        if code not in listed
    ]
    write_list_sheet(sheet, styles, RULE_HITS, remark, _COLUMNS, rows, frozen=2)


def _is_idle(line: Mapping[Any, Any]) -> bool:
    return not line["核对单元格"] and not line["问题数"]


def _row(line: Mapping[Any, Any]) -> ListRow:
    return [
        line["编号"],
        line["规则"],
        line["级别"],
        line["勾稽关系"],
        Styled(line["部门数"], "cell int strong" if line["部门数"] else "cell int"),
        line["问题数"],
        line["未了结"],
        *(line[title] for title in _DECIDED.values()),
        line["核对单元格"],
        line["未核对"],
        Styled("本批没有可核对的单元格", "cell note") if _is_idle(line) else _question(line),
    ]


def _question(line: Mapping[Any, Any]) -> str | None:
    """Return a proposal where a rule is struck often; nothing is changed by itself."""
    struck = line[_DECIDED[FindingState.STRUCK]]
    if struck < _OFTEN or struck < _SHARE * max(line["问题数"], struck):
        return None
    return f"判为误报 {struck} 次：可考虑在表单的 [severity] 里改为提示"
