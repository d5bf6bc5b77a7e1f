"""A form filled inside LibreOffice and saved as .xlsx, .xls and .ods is read alike three times."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import fills
import pytest

from jixiao_xlsx.examining.check import check
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.output.xlsx.blank.book import write_workbook
from jixiao_xlsx.output.xlsx.blank.layout import Filling, TableFilling, lay_out
from jixiao_xlsx.reading import workbook
from jixiao_xlsx.values.cells import Submission
from jixiao_xlsx.values.typed_numbers import State
from tests import office

FORM = find_template()
FILTERS = {"xlsx": "Calc MS Excel 2007 XML", "xls": "MS Excel 97", "ods": "calc8"}
HAS_UNO = (
    bool(shutil.which("python3", path="/usr/bin"))
    and not subprocess.run(
        ["/usr/bin/python3", "-c", "import uno"], capture_output=True, check=False
    ).returncode
)


def cells(filling: Filling) -> Iterator[tuple[str, str, object]]:
    layout = lay_out(FORM)
    for name, own in filling.items():
        for key, row in [*own.rows.items(), *enumerate(own.open_rows)]:
            yield from (
                (*layout.ref(name, key, title), value)
                for title, value in row.items()
                if value is not None
            )
        if own.ticked:
            yield (*layout.tick_ref(name), "√")


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Submission]:
    folder = tmp_path_factory.mktemp("typed")
    filling = dict(fills.random_filling(random.Random(11)))
    facts = {
        "单位性质": "参公",
        "编制人数": 6,
        "年末在职人数（编内）": 7,
        "自评总分（满分100）": 95.5,
    }
    filling["基本信息"] = TableFilling(
        {title: {"填报内容": value} for title, value in facts.items()}
    )
    filling["政府采购"] = TableFilling(
        {"货物": {"预算数": 5, "执行数": 8}, "合计": {"预算数": 5, "执行数": 7}}
    )
    write_workbook(FORM, folder / "blank.xlsx", year=2023, department="青禾县水务局", code="312001")
    targets = {str(folder / f"filled.{suffix}"): kind for suffix, kind in FILTERS.items()}
    job = {
        "blank": str(folder / "blank.xlsx"),
        "cells": list(cells(filling)),
        "targets": targets,
        "profile": str(folder / "profile"),
    }
    (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
    script = Path(__file__).parents[1] / "uno_typist.py"
    subprocess.run(
        ["/usr/bin/python3", script, folder / "job.json"],
        check=True,
        capture_output=True,
        timeout=240,
    )
    return {suffix: workbook.read(folder / f"filled.{suffix}", FORM) for suffix in FILTERS}


@office.office
@pytest.mark.skipif(not HAS_UNO, reason="本机没有 python3-uno")
def test_the_same_cells_are_read_from_every_format(books: dict[str, Submission]) -> None:
    read = {
        suffix: {
            (c.sheet, c.ref): (c.state, c.value) for t in book.tables.values() for c in t.cells()
        }
        for suffix, book in books.items()
    }
    assert read["xlsx"] == read["ods"] and len(read["xlsx"]) > 400
    # LibreOffice keeps the number 0 in an .xls for a formula that shows nothing: read as it stands.
    zero, blank = (State.ZERO, 0), (State.BLANK, None)
    assert read["xls"].keys() == read["xlsx"].keys()
    assert all(
        cell == read["xlsx"][place] or (cell, read["xlsx"][place]) == (zero, blank)
        for place, cell in read["xls"].items()
    )
    assert [(b.department, b.code, b.year, dict(b.meta)) for b in books.values()].count(
        ("青禾县水务局", "312001", 2023, dict(books["xlsx"].meta))
    ) == 3


@office.office
@pytest.mark.skipif(not HAS_UNO, reason="本机没有 python3-uno")
def test_the_findings_are_equal_and_what_a_format_hides_is_listed(
    books: dict[str, Submission],
) -> None:
    found = {}
    for suffix, book in books.items():
        report = check(book, FORM)
        found[suffix] = [(f.code, f.place, f.reported, f.message) for f in report.findings]
    assert [bool(book.hides) for book in books.values()] == [False, True, False]
    assert found["xlsx"] == found["ods"]
    assert {"IND124", "BAL605"} <= {code for code, *_ in found["xlsx"]}
