"""What is not checked because a form says nothing of it."""

from __future__ import annotations

from functools import lru_cache

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.values.findings import Skipped

_REASON = "表单没有写这一节，用到它的核对没有做"


@lru_cache(maxsize=8)
def absent_sections(form: Template) -> tuple[Skipped, ...]:
    """Return the sections that a form leaves out, each as a check that could not be made."""
    sections = {
        "部门在哪一格（roles）": form.roles.get("department"),
        "指标表（indicators），不评分": form.indicator_table,
        "指标库（indicators.csv）": form.indicators or not form.indicator_table or form.blank,
        "预算执行率（execution）": form.execution_table,
        "年度任务（plan）": form.plan,
        "资金执行（funds）": form.funds,
        "批复数（reference）": form.references,
        "情况说明（remarks）": form.remarks,
        "界限（thresholds）": form.thresholds,
        "方向用词（directions）": form.directions,
        "等级（grade）": form.grades,
        "定性档次（tier）": form.tiers,
        "等式（equation）": form.equations,
        "比率（rate）": form.rates,
    }
    return tuple(Skipped(_REASON, subject=name) for name, there in sections.items() if not there)
