"""规则命中: for every rule the departments and findings it hit, and the cells it looked at."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.output.xlsx.cells import Styled
from jixiao_xlsx.output.xlsx.page import Column
from jixiao_xlsx.output.xlsx.styles import Styles
from jixiao_xlsx.output.xlsx.summary.list_sheet import ListRow, Printed, write_list_sheet
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


class RuleHits(NamedTuple):
    """What a season shows of one rule; a rule that the catalogue lacks has no title.

    `decided` are the decisions of reviewers, in earlier rounds and years too; `checked` are the
    cells it looked at, `skipped` the checks it could not make.
    """

    code: str
    title: str
    severity: str
    relations: str
    departments: int
    findings: int
    unsettled: int
    decided: tuple[int, ...]
    checked: int
    skipped: int

    @property
    def idle(self) -> bool:
        """Return whether there was nothing to be checked by it."""
        return not self.checked and not self.findings


def rule_hits(season: Season, catalogue: Sequence[CatalogueRule]) -> list[RuleHits]:
    """Return one line per rule, those that hit most departments first."""
    departments: dict[str, set[str]] = defaultdict(set)
    findings, unsettled, checked, skipped = (
        Counter[str](),
        Counter[str](),
        Counter[str](),
        Counter[str](),
    )
    for entry in season.submitted:
        assert entry.report is not None, "Season.submitted has it"
        for finding in entry.report.findings:
            departments[finding.code].add(entry.department)
            findings[finding.code] += 1
            unsettled[finding.code] += finding.state is FindingState.OPEN
        checked.update(entry.report.checked)
        for one in entry.report.skipped:
            skipped[one.code] += one.count
    decided = _decided(season)
    rules = {rule.code: rule for rule in catalogue}
    lines = []
    for code in {**rules, **dict.fromkeys(sorted(departments))}:
        rule = rules.get(code)
        rank = rule.severity.rank if rule else len(Severity)
        line = RuleHits(
            code,
            rule.title if rule else "",
            rule.severity.label if rule else "",
            "、".join(rule.relations) if rule else "",
            len(departments.get(code, ())),
            findings[code],
            unsettled[code],
            tuple(decided[code, state] for state in _DECIDED),
            checked[code],
            skipped[code],
        )
        lines.append(((-line.departments, -line.findings, rank, code), line))
    return [line for _, line in sorted(lines)]


def _decided(season: Season) -> Counter[tuple[str, FindingState]]:
    """Return how often reviewers accepted, waived and struck findings, by rule and decision."""
    now = {
        PastDecision(entry.department, finding.fingerprint, finding.code, finding.state)
        for entry in season.submitted
        if entry.report
        for finding in entry.report.findings
        if finding.state in _DECIDED
    }
    return Counter((one.code, one.state) for one in now | season.past)


def write_rule_hits(
    sheet: Any, styles: Styles, hits: Sequence[RuleHits], template: Template
) -> None:
    """Write the sheet 规则命中, with the rules that the county has switched off at the end."""
    idle = [line.code for line in hits if line.idle]
    remark = f"共 {len(hits)} 条规则。" + (
        f"这一批中有 {len(idle)} 条没有核对到任何单元格：{'、'.join(idle)}。"
        if idle
        else "每一条都核对到了单元格。"
    )
    rows = [_row(line) for line in hits]
    listed = {line.code for line in hits}
    rows += [
        [code, "（本县停用）", *[None] * 10, f"停用：{reason}"]
        for code, reason in sorted(template.disabled.items())
        if code not in listed
    ]
    found = sum(1 for line in hits if line.findings)
    printed = Printed(rows=max(found, 1), columns=7, portrait=True, on_a_page=60)
    remark += "打印时只印有问题的规则。"
    write_list_sheet(sheet, styles, RULE_HITS, remark, _COLUMNS, rows, frozen=2, printed=printed)


def _row(line: RuleHits) -> ListRow:
    return [
        line.code,
        line.title,
        line.severity,
        line.relations,
        Styled(line.departments, "cell int strong" if line.departments else "cell int"),
        line.findings,
        line.unsettled,
        *line.decided,
        line.checked,
        line.skipped,
        Styled("本批没有可核对的单元格", "cell note") if line.idle else _question(line),
    ]


def _question(line: RuleHits) -> str | None:
    """Return a proposal where a rule is struck often; nothing is changed by itself."""
    struck = line.decided[list(_DECIDED).index(FindingState.STRUCK)]
    if struck < _OFTEN or struck < _SHARE * max(line.findings, struck):
        return None
    return f"判为误报 {struck} 次：可考虑在表单的 [severity] 里改为提示"
