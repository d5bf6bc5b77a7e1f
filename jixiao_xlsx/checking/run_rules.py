"""Runs the rules on a submission and counts what was looked at, what was skipped, and why."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain

from jixiao_xlsx.checking.evidence import Evidence
from jixiao_xlsx.checking.explained import explained
from jixiao_xlsx.checking.fingerprints import sealed
from jixiao_xlsx.checking.rule import Flag, Looked, Observation, Rule
from jixiao_xlsx.values.cells import Place, Submission
from jixiao_xlsx.values.findings import Finding, Report, Severity, Skipped
from jixiao_xlsx.values.program_errors import described

CRASH = "INT101"
_NESTED = re.compile(r"“(“[^”]*”[^“”]*)”")  # a quoted title that holds quotes itself


_BY_FLAGS = frozenset({"AMT108", "AMT109", "STR106"})


def run_rules(evidence: Evidence, rules: Iterable[Rule]) -> Report:
    """The same, with the given rules only."""
    findings: list[Finding] = []
    looked: dict[str, int] = {}
    skipped: Counter[tuple[str, str]] = Counter()
    faults: list[str] = []
    by_code: dict[str, Rule] = {}
    for rule in rules:
        by_code[rule.code] = rule
        cells = 0
        try:
            for saw in _seen(rule, evidence):
                if isinstance(saw, Looked):
                    cells += saw.cells
                elif isinstance(saw, Flag):
                    findings.append(_signed(saw, rule))
                else:
                    skipped[rule.code, saw.reason] += saw.count
        except Exception as error:  # a bug in one rule never stops the others
            findings.append(_crash(rule, evidence.submission))
            faults.append(f"{rule.code}: {described(error)}")
        looked[rule.code] = cells
    kept = explained(_without_explained(findings, by_code), evidence.submission.remarks)
    submission = evidence.submission
    if not submission.knows_formulas:  # these speak of flags that nobody saw
        for code in _BY_FLAGS & by_code.keys():
            looked[code] = 0
            skipped[code, submission.hides] += 1
    return Report(
        file=submission.file,
        sha256=submission.sha256,
        department=submission.department,
        code=submission.code,
        year=submission.year,
        findings=tuple(sealed(sorted(kept, key=by_severity_and_place(submission)), submission)),
        checked=looked,
        skipped=tuple(
            Skipped(reason, count, code) for (code, reason), count in sorted(skipped.items())
        ),
        cells_read=submission.cells_read,
        cells_handled=submission.cells_handled,
        faults=tuple(faults),
    )


def _seen(rule: Rule, evidence: Evidence) -> Iterator[Observation]:
    """What a rule sees of the workbook and, where it holds for them, of the tables in its reports, which may be partial."""
    seen = rule.check(evidence)
    if not rule.in_word or not evidence.word_tables:
        return seen
    return chain(
        seen,
        (
            saw
            for table in evidence.word_tables
            for saw in rule.check(table)
            if not isinstance(saw, Skipped)
        ),
    )


def _severity(flag: Flag, rule: Rule) -> Severity:
    """The flag's own severity, but never more than the county allows the rule."""
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
        message=_NESTED.sub(r"「\1」", flag.message),
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


def _without_explained(findings: list[Finding], rules: Mapping[str, Rule]) -> list[Finding]:
    """Drop what another finding on the same item of the same sheet explains."""
    spoken = {(f.code, f.place.sheet, f.item) for f in findings}
    return [
        f
        for f in findings
        if not any(
            (code, f.place.sheet, f.item) in spoken
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
