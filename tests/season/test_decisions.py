"""What a reviewer types into 问题清单 is applied by the next run, and nothing of it in silence."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import office
import openpyxl
import pytest

import jixiao_xlsx as jx
from jixiao_xlsx.examining.check import catalogue
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.output.xlsx.summary.book import write_summary
from jixiao_xlsx.output.xlsx.summary.rule_hits import RuleHits, rule_hits
from jixiao_xlsx.season.review.decisions import agreed, decided, idle_decisions
from jixiao_xlsx.season.review.read_decisions import read_decisions
from jixiao_xlsx.values.cells import Place
from jixiao_xlsx.values.findings import Finding, FindingState, Report, Result
from jixiao_xlsx.values.people import Action, Decision
from jixiao_xlsx.values.season import PastDecision, Season
from jixiao_xlsx.values.severity import Severity

FORM = find_template()
HAS_UNO = (
    bool(shutil.which("python3", path="/usr/bin"))
    and not subprocess.run(
        ["/usr/bin/python3", "-c", "import uno"], capture_output=True, check=False
    ).returncode
)
SAMPLES = Path(__file__).parents[2] / "samples"


def finding(severity: Severity = Severity.WARNING, mark: str = "a", reported: str = "2") -> Finding:
    place = Place("三公经费", "D9")
    return Finding("BAL503", severity, place, "会议费", "决算数", reported, "超", fingerprint=mark)


def decision(action: Action = Action.ACCEPT, **changes: object) -> Decision:
    one = Decision("教育局", "a", "2", action, "省里举办", "张三", "李局", source="甲.xlsx 第 4 行")
    return replace(one, **changes)  # type: ignore[arg-type]


def report(*findings: Finding) -> Report:
    return Report("a.xlsx", "", "教育局", "101", 2023, findings, {}, ())


@pytest.mark.parametrize(
    ("action", "severity", "state", "result"),
    [
        (Action.ACCEPT, Severity.WARNING, FindingState.ACCEPTED, Result.PASS),
        (Action.WAIVE, Severity.ERROR, FindingState.WAIVED, Result.PASS),
        (Action.STRIKE, Severity.ERROR, FindingState.STRUCK, Result.PASS),
        (Action.RETURN, Severity.WARNING, FindingState.OPEN, Result.RETURN),
        (Action.ACCEPT, Severity.ERROR, FindingState.OPEN, Result.RETURN),
    ],
)
def test_a_decision_settles_its_finding(
    action: Action, severity: Severity, state: FindingState, result: Result
) -> None:
    settled, used = decided([finding(severity)], [decision(action)])
    assert (settled[0].state, report(*settled).result) == (state, result)
    assert bool(used) == (settled[0].decision is not None)


@pytest.mark.parametrize(
    ("now", "code", "says"),
    [
        ([finding(reported="3")], "DEC103", "现填“3”，原意见作废"),
        ([finding(reported="")], "DEC103", "现在空着，原意见作废"),
        ([finding(mark="b")], "DEC103", "已经没有了"),
        ([finding(Severity.ERROR)], "DEC104", "错误不能“接受说明”"),
    ],
)
def test_a_decision_that_does_nothing_is_said(now: list[Finding], code: str, says: str) -> None:
    settled, used = decided(now, [decision()])
    assert settled == tuple(now) and not used
    (idle,) = idle_decisions([decision()], used, [("教育局", report(*settled))])
    assert idle.code == code and says in idle.message and "甲.xlsx 第 4 行" in idle.message


def test_where_reviewers_differ_neither_wins_and_both_are_named() -> None:
    other = decision(Action.STRIKE, source="乙.xlsx 第 9 行")
    kept, (conflict,) = agreed([decision(), other, decision(finding="b")])
    assert [one.finding for one in kept] == ["b"]
    assert conflict.code == "DEC102"
    assert "甲.xlsx 第 4 行" in conflict.message and "乙.xlsx 第 9 行" in conflict.message
    same, none = agreed([decision(), decision(source="乙.xlsx 第 9 行")])
    assert len(same) == 1 and not none


# ------------------------------------------------------------------------------ through real files


@pytest.fixture(scope="module")
def season_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("decisions")
    (folder / "in").mkdir()
    for path in sorted((SAMPLES / "inbox").rglob("*.xlsx")):
        if any(word in path.name for word in ("交通运输局", "教育局")):
            shutil.copy(path, folder / "in")
    run(folder, "first")
    return folder


def run(folder: Path, name: str, *decisions: Path, previous: Path | None = None) -> Season:
    return jx.run(
        folder / "in",
        folder / name,
        roster=SAMPLES / "departments.csv",
        decisions=decisions,
        previous=previous,
        jobs=1,
    )


def cells(source: Path, words: Mapping[str, str], code: str) -> dict[str, str]:
    """Return these words by the cells they belong in: the first row of this code in 问题清单."""
    sheet = openpyxl.load_workbook(source)["问题清单"]
    at = {cell.value: cell.column_letter for cell in sheet[3]}
    lines = (cell.row for cell in sheet[at["编号"]] if cell.value == code)
    row = next(lines)
    return {f"{at[title]}{row}": text for title, text in words.items()}


def typed(source: Path, target: Path, words: Mapping[str, str], code: str) -> Path:
    """Type these words there, and save the workbook as `target`."""
    book = openpyxl.load_workbook(source)
    for ref, text in cells(source, words, code).items():
        book["问题清单"][ref].value = text
    book.save(target)
    return target


def typed_in_office(source: Path, target: Path, words: Mapping[str, str], code: str) -> Path:
    """Type these words in LibreOffice, and save it there."""
    job = {
        "blank": str(source),
        "cells": [["问题清单", *cell] for cell in cells(source, words, code).items()],
        "targets": {str(target): "Calc MS Excel 2007 XML"},
        "profile": str(target.parent / "profile"),
    }
    place = target.with_suffix(".json")
    place.write_text(json.dumps(job), encoding="utf-8")
    script = Path(__file__).parents[1] / "uno_typist.py"
    command = ["/usr/bin/python3", script, place]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    return target


def codes(season: Season) -> list[str]:
    return [one.code for one in season.findings if one.code.startswith("DEC")]


def states(season: Season) -> dict[str, FindingState]:
    every = [f for entry in season.entries if entry.report for f in entry.report.findings]
    return {f.code: f.state for f in every if f.decision}


def an_error(season_folder: Path) -> str:
    reports = [entry.report for entry in run(season_folder, "first").entries if entry.report]
    return next(
        one.code for one in reports for one in one.findings if one.severity is Severity.ERROR
    )


def test_what_is_typed_in_the_list_is_applied_kept_and_applied_again(season_folder: Path) -> None:
    code = an_error(season_folder)
    words = {"处理意见": "误报", "理由": "口径不同", "经办人": "张三", "日期": "2024-03-20"}
    mine = typed(season_folder / "first" / "汇总.xlsx", season_folder / "甲.xlsx", words, code)
    second = run(season_folder, "second", mine)
    assert states(second) == {code: FindingState.STRUCK} and not codes(second)
    again = run(season_folder, "third", season_folder / "second" / "汇总.xlsx")
    assert states(again) == states(second) and not codes(again)


@office.office
@pytest.mark.skipif(not HAS_UNO, reason="本机没有 python3-uno")
def test_what_is_typed_in_libreoffice_is_applied(season_folder: Path) -> None:
    code, first = an_error(season_folder), season_folder / "first" / "汇总.xlsx"
    words = {"处理意见": "豁免", "理由": "批复有误", "批准人": "李局", "日期": "2024-03-20"}
    mine = typed_in_office(first, season_folder / "办公.xlsx", words, code)
    done = run(season_folder, "office", mine)
    assert states(done) == {code: FindingState.WAIVED} and not codes(done)


def test_what_was_decided_before_is_counted_once_and_proposes_only(season_folder: Path) -> None:
    code, first = an_error(season_folder), season_folder / "first" / "汇总.xlsx"
    words = {"处理意见": "误报", "理由": "口径不同"}
    mine = typed(first, season_folder / "丙.xlsx", words, code)
    run(season_folder, "struck", mine)
    later = run(season_folder, "later", mine, previous=season_folder / "struck")
    line = rule_line(later, code)
    assert line.decided == (0, 0, 1)  # accepted, waived, struck: the same decision, twice
    many = frozenset(PastDecision("局", str(at), code, FindingState.STRUCK) for at in range(9))
    book = io.BytesIO()
    write_summary(book, replace(later, past=many), catalogue(FORM), FORM)
    notes = [
        row[-1].value for row in openpyxl.load_workbook(book)["规则命中"] if row[0].value == code
    ]
    assert notes == ["判为误报 10 次：可考虑在表单的 [severity] 里改为提示"]
    assert rule_line(replace(later, past=many), code).severity == line.severity


def rule_line(season: Season, code: str) -> RuleHits:
    return next(line for line in rule_hits(season, catalogue(FORM)) if line.code == code)


def test_a_waiver_without_approval_and_a_conflict_change_nothing(season_folder: Path) -> None:
    code, first = an_error(season_folder), season_folder / "first" / "汇总.xlsx"
    waive = {"处理意见": "豁免", "理由": "批复有误"}
    alone = run(season_folder, "alone", typed(first, season_folder / "无批准.xlsx", waive, code))
    assert codes(alone) == ["DEC101"] and not states(alone)
    one = typed(first, season_folder / "甲2.xlsx", {**waive, "批准人": "李局"}, code)
    other = typed(first, season_folder / "乙2.xlsx", {"处理意见": "退回"}, code)
    torn = run(season_folder, "torn", one, other)
    assert codes(torn) == ["DEC102"] and not states(torn)


def test_another_workbook_holds_no_decisions_and_is_told() -> None:
    path = next(path for path in (SAMPLES / "inbox").rglob("*交通运输局*.xlsx"))
    decisions, (refused,) = read_decisions(path.read_bytes(), "别的.xlsx")
    assert not decisions and "没有本程序写出的“问题清单”" in refused.message
