"""The faulty samples whose fault is known: which cell is named first, and what follows from it."""

from __future__ import annotations

from pathlib import Path

import pytest

import jixiao_xlsx
from jixiao_xlsx.values.severity import Severity

INBOX = Path(__file__).parents[2] / "samples" / "inbox"


@pytest.mark.parametrize(
    ("name", "kind", "cells", "codes"),
    [
        ("交通运输局", "unit_cell", ["资金预算执行表!H9"], {"BAL203"}),
        ("教育局", "digits_swapped", ["收支总表!D31"], {"BAL105", "BAL106"}),
        ("自然资源局", "row_twice", ["资金预算执行表!C11"], {"BAL203"}),
        ("党校", "score", ["绩效评价表!J11"], {"IND103", "IND118"}),
        ("民政局", "left_out", ["资金预算执行表!C24"], {"BAL203"}),
        ("林业和草原局", "old_total", ["收支总表!D26"], {"BAL104", "REC105"}),
        ("疾控中心", "given", ["绩效评价表!F8"], {"IND102"}),
        ("临泽县", "repeats_rest", ["资金预算执行表!F4"], {"BAL203", "PLA106"}),
    ],
)
def test_the_cell_that_was_spoilt_is_named(
    name: str, kind: str, cells: list[str], codes: set[str]
) -> None:
    (path,) = INBOX.glob(f"*{name}*.xlsx")
    report = jixiao_xlsx.check(jixiao_xlsx.read(path))
    cause = next(one for one in report.causes if one.kind == kind)
    assert [str(cell.place) for cell in cause.cells[:1]] == cells
    assert {f.code for f in report.findings if f.fingerprint in cause.explains} >= codes


def test_one_mistake_is_explained_once_and_a_clean_workbook_has_no_cause() -> None:
    for path in INBOX.glob("*.xlsx"):
        report = jixiao_xlsx.check(jixiao_xlsx.read(path))
        if all(one.severity is Severity.NOTE for one in report.findings):
            assert not report.causes
        likely = [one for one in report.causes if one.certainty != "可能"]
        first = [str(one.cells[0].place) + one.kind for one in likely]
        assert len(first) == len(set(first))


def test_no_total_above_its_full_mark_is_proposed() -> None:
    for path in INBOX.glob("*.xlsx"):
        for cause in jixiao_xlsx.check(jixiao_xlsx.read(path)).causes:
            for cell in cause.cells:
                if cell.probably and cell.probably.unit == "分":
                    assert float(cell.probably.value) <= 100
