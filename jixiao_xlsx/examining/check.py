"""Runs the rules on a submission and counts what was looked at, what was skipped, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from jixiao_xlsx.causes.find_causes import find_causes, with_causes_as_hints
from jixiao_xlsx.checking import quality as quality_rules
from jixiao_xlsx.checking import rules as table_rules
from jixiao_xlsx.checking.evidence import Evidence
from jixiao_xlsx.checking.fingerprints import with_fingerprints
from jixiao_xlsx.checking.rule import Rule, coded_rules
from jixiao_xlsx.checking.rules.equations import equation_rules
from jixiao_xlsx.checking.rules.rates import rate_rules
from jixiao_xlsx.checking.run_rules import by_severity_and_place, run_rules
from jixiao_xlsx.checking.target_pairs import held_targets
from jixiao_xlsx.examining.absent_sections import absent_sections
from jixiao_xlsx.form import hidden_mark
from jixiao_xlsx.form.spec import SpecError, Template
from jixiao_xlsx.prose import rules as prose_rules
from jixiao_xlsx.prose.evidence import ProseEvidence
from jixiao_xlsx.values.causes import Cause
from jixiao_xlsx.values.cells import Submission
from jixiao_xlsx.values.equations import Ref
from jixiao_xlsx.values.findings import Finding, Report, skipped_together
from jixiao_xlsx.values.people import ApprovedTarget, HeldTarget, ReferenceLine

_NOTHING: Mapping[Ref, Decimal] = {}


def catalogue(template: Template) -> tuple[Rule, ...]:
    """Return the rules of a form by code: those in code, its equations and its rates.

    The form's own severities replace the defaults; disabled rules are left out. Raises SpecError
    for a code that is none.
    """
    return _catalogue(template)


@lru_cache(maxsize=8)
def _catalogue(template: Template) -> tuple[Rule, ...]:
    rules = [
        *coded_rules(table_rules, quality_rules, prose_rules),
        *equation_rules(template),
        *rate_rules(template),
    ]
    known = {rule.code for rule in rules}
    unknown = [code for code in (*template.severities, *template.disabled) if code not in known]
    if unknown:
        raise SpecError(
            str(template.folder),
            [f"severity/disabled：没有编号为“{code}”的规则" for code in unknown],
        )
    wanted = [
        _as_configured(rule, template) for rule in rules if rule.code not in template.disabled
    ]
    return tuple(sorted(wanted, key=lambda rule: rule.code))


def _as_configured(rule: Rule, template: Template) -> Rule:
    severity = template.severities.get(rule.code)
    return replace(rule, severity=severity, configured=True) if severity else rule


def check(
    submission: Submission,
    template: Template,
    reference: tuple[ReferenceLine, ...] = (),
    opening: Mapping[Ref, Decimal] = _NOTHING,
    targets: tuple[ApprovedTarget, ...] = (),
) -> Report:
    """Return all findings, with what was checked (cells per rule) and what was skipped.

    `reference` holds the bureau's own figures for this department, `opening` those that last year's
    workbook closed with, `targets` the approved ones. A workbook of an earlier version is held to
    that.
    """
    form = hidden_mark.edition_of(submission.meta, template)
    reports = [
        _examined(ProseEvidence(part, form, reference, opening, targets), form)
        for part in submission.parts
    ]
    report = _together(reports, submission) if submission.copies else reports[0]
    return replace(
        report,
        findings=with_causes_as_hints(report.findings, report.causes),
        skipped=(*report.skipped, *absent_sections(form)),
    )


def _examined(evidence: ProseEvidence, form: Template) -> Report:
    """Run every rule of a form, then find the causes of what they found."""
    rules = catalogue(form)
    report = run_rules(evidence, rules)
    causes = find_causes(evidence, report.findings, rules)
    return replace(report, causes=causes.named, skipped=(*report.skipped, *causes.skipped))


def _together(reports: Sequence[Report], submission: Submission) -> Report:
    """Return the reports on all copies of a sheet as one, findings on shared sheets once."""
    found = dict.fromkeys(
        replace(finding, fingerprint="") for report in reports for finding in report.findings
    )
    looked: Counter[str] = Counter()
    for report in reports:
        looked.update(report.checked)
    findings = with_fingerprints(sorted(found, key=by_severity_and_place(submission)), submission)
    return replace(
        reports[0],
        findings=tuple(findings),
        causes=_causes_together(reports, findings),
        checked=dict(looked),
        skipped=skipped_together(one for report in reports for one in report.skipped),
        faults=tuple(dict.fromkeys(fault for report in reports for fault in report.faults)),
    )


def _causes_together(reports: Sequence[Report], findings: Sequence[Finding]) -> tuple[Cause, ...]:
    """Return the causes of all copies, each naming the findings by their fingerprints together."""
    known = {replace(one, fingerprint=""): one.fingerprint for one in findings}
    causes: dict[tuple[object, ...], Cause] = {}
    for report in reports:
        new = {one.fingerprint: known[replace(one, fingerprint="")] for one in report.findings}
        for cause in report.causes:
            explains = tuple(new[fingerprint] for fingerprint in cause.explains)
            key = (cause.kind, *(cell.place for cell in cause.cells))
            causes.setdefault(key, replace(cause, explains=explains))
    return tuple(sorted(causes.values(), key=lambda cause: cause.severity.rank))


def held_in(
    submission: Submission, template: Template, targets: tuple[ApprovedTarget, ...]
) -> tuple[HeldTarget, ...]:
    """Return the approved targets beside those of each part of a submission."""
    form = hidden_mark.edition_of(submission.meta, template)
    return tuple(
        one
        for part in submission.parts
        for one in held_targets(Evidence(part, form, targets=targets))
    )
