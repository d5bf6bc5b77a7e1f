"""Run rules on a submission; count the cells checked and what was skipped, with the reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from jixiao_xlsx.checking.evidence import Evidence
from jixiao_xlsx.checking.explained import mark_explained
from jixiao_xlsx.checking.fingerprints import with_fingerprints
from jixiao_xlsx.checking.rule import Flag, Looked, Observation, Rule
from jixiao_xlsx.scoring.indicator_lines import NoColumn
from jixiao_xlsx.values.cells import Place, Submission
from jixiao_xlsx.values.findings import Finding, Report, Skipped, skipped_together
from jixiao_xlsx.values.program import error_text
from jixiao_xlsx.values.severity import Severity

CRASH = "INT101"
_NESTED = re.compile(r"“(“[^”]{0,200}”[^“”]{0,200})”")  # a quoted title that holds quotes itself
# These rest on formulas, errors and hidden rows, which not every file format lets us see.
_NEED_FLAGS = frozenset({"AMT108", "AMT109", "AMT114", "STR106"})


def run_rules(evidence: Evidence, rules: Iterable[Rule]) -> Report:
    """Return the report on a submission from the given rules.

    A rule that crashes becomes a 提示 and an entry in `faults`; the others run all the same.
    """
    findings: list[Finding] = []
    checked: dict[str, int] = {}
    skipped: list[Skipped] = []
    faults: list[str] = []
    by_code: dict[str, Rule] = {}
    for rule in rules:
        by_code[rule.code] = rule
        cells = 0
        try:
            for observation in _observations(rule, evidence):
                if isinstance(observation, Looked):
                    cells += observation.cells
                elif isinstance(observation, Flag):
                    findings.append(_signed(observation, rule))
                else:
                    skipped.append(replace(observation, code=rule.code))
        except Exception as error:
            findings.append(_crash(rule, evidence.submission))
            faults.append(f"{rule.code}: {error_text(error)}")
        checked[rule.code] = cells
    submission = evidence.submission
    if not submission.knows_formulas:
        for code in _NEED_FLAGS & by_code.keys():
            checked[code] = 0
            skipped.append(Skipped(submission.hides, code=code))
    kept = mark_explained(_without_yielding(findings, by_code), submission.remarks)
    kept.sort(key=by_severity_and_place(submission))
    return Report(
        file=submission.file,
        sha256=submission.sha256,
        department=submission.department,
        code=submission.code,
        year=submission.year,
        findings=tuple(with_fingerprints(kept, submission)),
        checked=checked,
        skipped=skipped_together(skipped),
        cells_read=submission.cells_read,
        cells_handled=submission.cells_handled,
        faults=tuple(faults),
    )


def _observations(rule: Rule, evidence: Evidence) -> Iterator[Observation]:
    """Yield what a rule observes in the workbook, then in the tables of its Word reports.

    Those may be partial, so what is skipped in them is not counted.
    """
    try:
        yield from rule.check(evidence)
    except NoColumn:  # which the finding on the table's headings tells
        yield Skipped("指标表缺少要核对的列")
    if rule.in_word:
        for table in evidence.word_tables:
            for observation in rule.check(table):
                if not isinstance(observation, Skipped):
                    yield observation


def _severity(flag: Flag, rule: Rule) -> Severity:
    """Return the flag's own severity, but never more than the form allows the rule."""
    if flag.severity is None or not rule.configured:
        return flag.severity or rule.severity
    return max(flag.severity, rule.severity, key=lambda severity: severity.rank)


def _signed(flag: Flag, rule: Rule) -> Finding:
    return Finding(
        code=rule.code,
        severity=_severity(flag, rule),
        place=flag.place,
        item=flag.item,
        field=flag.field,
        reported=flag.reported,
        problem=_NESTED.sub(r"「\1」", flag.problem),
        demand=_NESTED.sub(r"「\1」", flag.demand),
        expected=flag.expected,
        difference=flag.difference,
        hint=flag.hint,
        basis=flag.basis or rule.basis,
        related=tuple(dict.fromkeys(place for place in flag.related if place != flag.place))[:8],
        count=flag.count,
    )


def _crash(rule: Rule, submission: Submission) -> Finding:
    first = submission.sheets[0] if submission.sheets else ""
    text = f"“{rule.title}”（{rule.code}）这一项程序没有核对成，由财政部门人工核对，填报单位不用改；其余各项不受影响。"
    return Finding(
        CRASH,
        Severity.NOTE,
        Place(first, "A1"),
        rule.code,
        "",
        "",
        text,
        basis="程序出错，不是填报的错",
    )


def _without_yielding(findings: list[Finding], rules: Mapping[str, Rule]) -> list[Finding]:
    """Drop findings whose rule yields to another one on the same item of the same sheet."""
    present = {(f.code, f.place.sheet, f.item) for f in findings}
    return [
        f
        for f in findings
        if not any(
            (code, f.place.sheet, f.item) in present
            for code in (rules[f.code].yields_to if f.code in rules else ())
        )
    ]


def by_severity_and_place(submission: Submission) -> Callable[[Finding], tuple[object, ...]]:
    """Return the key that puts the findings of a submission in order."""
    names = (*submission.sheets, *(document.file for document in submission.documents))
    sheets = {name: number for number, name in enumerate(names)}

    def key(finding: Finding) -> tuple[object, ...]:
        place = finding.place
        return (finding.severity.rank, sheets.get(place.sheet, 999), *place.order, finding.code)

    return key
