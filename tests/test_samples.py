"""The two promises that never regress: no false alarm on a clean workbook, and every fault of the
samples at its cell.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from jixiao_xlsx.examining.check import check
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.reading import workbook
from jixiao_xlsx.values.severity import Severity

SAMPLES = Path(__file__).parent.parent / "samples"
INBOX = sorted((SAMPLES / "inbox").glob("*.xlsx"))


def expected(book: Path) -> set[tuple[str, str, str]]:
    with (SAMPLES / "expected" / f"{book.stem}.csv").open(encoding="utf-8", newline="") as stream:
        return {(line["code"], line["sheet"], line["cell"]) for line in csv.DictReader(stream)}


def test_inbox_is_whole() -> None:
    assert len(INBOX) == 40
    assert {f"{book.stem}.csv" for book in INBOX} == {
        path.name for path in (SAMPLES / "expected").glob("*.csv")
    }
    faulty = [book for book in INBOX if expected(book)]
    assert len(faulty) == 21


@pytest.mark.parametrize("book", INBOX, ids=lambda book: book.stem)
def test_every_finding_is_the_expected_one(book: Path) -> None:
    """All 错误 and 警告, by code and cell; 提示 count only where the list names them."""
    template = find_template()
    report = check(workbook.read(book, template), template)
    wanted = expected(book)
    named = {code for code, _, _ in wanted}
    found = {
        (finding.code, finding.place.sheet, finding.place.cell)
        for finding in report.findings
        if finding.severity is not Severity.NOTE or finding.code in named
    }
    assert found == wanted
