"""Verdicts of the checker beside their equations as they are printed."""

from __future__ import annotations

from collections.abc import Iterator

from jixiao_xlsx.checking.balance.instances import Instance, find_instances
from jixiao_xlsx.checking.balance.verdicts import Judgement, Verdict
from jixiao_xlsx.form.spec import Template


def as_printed(judged: Judgement, template: Template) -> Iterator[tuple[Verdict, Instance]]:
    """Each verdict with its equation as it is printed: judging takes totals for their parts."""
    printed = [
        instance
        for spec in template.equations
        for instance in find_instances(spec, judged.submission, template)
    ]
    printed.sort(key=lambda instance: instance.spec.across)
    yield from zip(judged.verdicts, printed, strict=True)
