"""汇总.xlsx: the whole season in one workbook for the reviewer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.output.text.wording import lone_columns
from jixiao_xlsx.output.xlsx.page import new_book
from jixiao_xlsx.output.xlsx.styles import Styles
from jixiao_xlsx.output.xlsx.summary.delivery import DELIVERY, write_delivery
from jixiao_xlsx.output.xlsx.summary.findings import FINDINGS, write_findings
from jixiao_xlsx.output.xlsx.summary.ledger import (
    CHANGES,
    LEDGER,
    change_rows,
    write_changes,
    write_ledger,
)
from jixiao_xlsx.output.xlsx.summary.matrix import MATRIX, score_matrix, write_matrix
from jixiao_xlsx.output.xlsx.summary.overview import level_averages, write_overview
from jixiao_xlsx.output.xlsx.summary.overview_charts import OVERVIEW
from jixiao_xlsx.output.xlsx.summary.projects import (
    COVERAGE,
    PROJECT_LIST,
    write_coverage,
    write_project_list,
)
from jixiao_xlsx.output.xlsx.summary.ranking import (
    RANKING,
    ResultLine,
    department_results,
    write_ranking,
)
from jixiao_xlsx.output.xlsx.summary.review_checks import (
    REVIEW_CHECKS,
    review_check_rows,
    write_review_checks,
)
from jixiao_xlsx.output.xlsx.summary.rule_hits import (
    RULE_HITS,
    CatalogueRule,
    rule_hits,
    write_rule_hits,
)
from jixiao_xlsx.output.xlsx.summary.targets import (
    TARGET_PAIRS,
    target_rows,
    write_target_pairs,
)
from jixiao_xlsx.output.xlsx.summary.today import TODAY, write_today
from jixiao_xlsx.values.season import Entry, Season


def write_summary(
    target: Path | BinaryIO, season: Season, catalogue: Sequence[CatalogueRule], template: Template
) -> None:
    """Write 汇总.xlsx: deterministic bytes, every formula with its value. Raises files.Blocked."""
    results = department_results(season)
    hits = rule_hits(season, catalogue)
    entries = _in_order(season, results)
    cards = [
        replace(card, department=entry.department) for entry in entries for card in entry.scorecards
    ]
    lone = lone_columns(template)
    changes = list(change_rows(entries))
    names = [TODAY, OVERVIEW, RANKING, FINDINGS, MATRIX, RULE_HITS, DELIVERY, LEDGER]
    names += [CHANGES] if changes else []
    targets = list(target_rows(entries))
    names += [TARGET_PAIRS] if targets else []
    names += [COVERAGE, PROJECT_LIST] if season.coverage else []
    checks = list(review_check_rows(season))
    names += [REVIEW_CHECKS] if checks else []
    # Not in memory: this is the one book that grows with the season.
    with new_book(target, f"{template.title}汇总", in_memory=False) as book:
        styles = Styles(book)
        sheets = {name: book.add_worksheet(name) for name in names}
        levels = level_averages(cards)
        write_today(sheets[TODAY], styles, season, entries, season.findings)
        write_overview(book, sheets[OVERVIEW], styles, season, results, levels, hits, template)
        write_ranking(sheets[RANKING], styles, results)
        write_findings(sheets[FINDINGS], styles, entries, lone, season.findings)
        write_matrix(sheets[MATRIX], styles, cards, score_matrix(cards, template))
        write_rule_hits(sheets[RULE_HITS], styles, hits, template)
        write_delivery(sheets[DELIVERY], styles, season)
        write_ledger(sheets[LEDGER], styles, season, entries, lone)
        if changes:
            write_changes(sheets[CHANGES], styles, changes)
        if targets:
            write_target_pairs(sheets[TARGET_PAIRS], styles, targets)
        if season.coverage:
            write_coverage(sheets[COVERAGE], styles, season.coverage)
            write_project_list(sheets[PROJECT_LIST], styles, season.coverage)
        if checks:
            write_review_checks(sheets[REVIEW_CHECKS], styles, checks)
        sheets[TODAY].activate()


def _in_order(season: Season, results: Sequence[ResultLine]) -> list[Entry]:
    """Return the entries that count, in the order of `results`."""
    by_file = {entry.file: entry for entry in season.submitted}
    return [by_file[file] for file in dict.fromkeys(line["文件"] for line in results)]
