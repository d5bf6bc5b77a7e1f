"""The sample inbox by every way it may arrive: the same findings, save those that a format
hides.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import Path

import openpyxl
import pytest
import xlsb
from office import converted, office
from parcels import letter, mbox, zipped

from jixiao_xlsx.batch.single_files import check_files
from jixiao_xlsx.examining.check import check
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.reading import workbook
from jixiao_xlsx.values.season import Entry

TEMPLATE = find_template()
SAMPLES = Path(__file__).parents[2] / "samples"
BOOKS = {path.name: path.read_bytes() for path in sorted((SAMPLES / "inbox").glob("*.xlsx"))}
Findings = Mapping[str, list[tuple[str, ...]]]


def findings(entries: tuple[Entry, ...]) -> Findings:
    """By department, which are as many as there are samples."""
    found = {entry.report.department: lines_of(entry) for entry in entries if entry.report}
    assert len(found) == len(BOOKS), [entry for entry in entries if not entry.report]
    return found


def lines_of(entry: Entry) -> list[tuple[str, ...]]:
    found = entry.report.findings if entry.report else ()
    return sorted(
        (f.code, f.place.sheet, f.place.cell, f.item, f.field, f.state.value) for f in found
    )


@pytest.fixture(scope="module")
def plain() -> Findings:
    return findings(check_files([SAMPLES / "inbox" / name for name in BOOKS], template=TEMPLATE))


def as_zip(folder: Path) -> None:
    (folder / "全县.zip").write_bytes(
        zipped({f"报送/{name}": data for name, data in BOOKS.items()})
    )


def as_old_zip(folder: Path) -> None:
    (folder / "全县.zip").write_bytes(
        zipped({f"报送/{name}": data for name, data in BOOKS.items()}, gbk=True)
    )


def as_letters(folder: Path) -> None:
    for number, (name, data) in enumerate(BOOKS.items()):
        inner = letter({name: data}, subject=f"转：{name}")
        (folder / f"{number}.eml").write_bytes(
            letter({}, forwarded=[inner]) if number % 3 == 0 else inner
        )


def as_mbox(folder: Path) -> None:
    (folder / "收件箱.mbox").write_bytes(
        mbox([letter({name: data}) for name, data in BOOKS.items()])
    )


@pytest.mark.parametrize("pack", [as_zip, as_old_zip, as_letters, as_mbox])
def test_the_same_findings_by_every_way(
    pack: Callable[[Path], None], plain: Findings, tmp_path: Path
) -> None:
    pack(tmp_path)
    assert findings(check_files([tmp_path], template=TEMPLATE)) == plain


CALCULATED = "AMT109"  # a formula that was never calculated: LibreOffice does so when it saves


@office
def test_the_same_findings_in_other_formats(plain: Findings, tmp_path: Path) -> None:
    books = sorted((SAMPLES / "inbox").glob("*.xlsx"))[::3]
    for suffix, kind, some in (("xls", "xls:MS Excel 97", books[::2]), ("ods", "ods", books[1::2])):
        converted(kind, some, tmp_path / suffix)
    for path in sorted((tmp_path / "xls").glob("*.xls"))[::3]:
        path.rename(path.with_suffix(".et"))
    for path in sorted((tmp_path / "xls").glob("*.xls"))[::3]:
        path.rename(path.with_suffix(".xlsx"))
    entries = check_files([tmp_path], template=TEMPLATE)
    assert len(entries) == len(books)
    for entry in entries:
        assert entry.report, entry.reason
        expected = [line for line in plain[entry.report.department] if line[0] != CALCULATED]
        old = not entry.file.endswith(".ods")
        found = lines_of(entry)
        # LibreOffice writes the empty result of a formula into an .xls as 0: said, not guessed.
        assert old or found == expected, entry.file
        assert ("另存为 .xlsx" in entry.reason) == old


# Errors, uncalculated and old formulas, merges, dates by their format: `xlsb` writes none of them.
UNSEEN = frozenset({"AMT108", "AMT109", "AMT111", "AMT114", "AMT115"})

RELIEVED = frozenset({"AMT101", "AMT102"})  # 截尾, 平尾差: both 提示


def test_what_a_format_hides_is_skipped_and_said() -> None:
    hidden = set()
    for name, data in BOOKS.items():
        plain = check(workbook.read_bytes(data, name, TEMPLATE), TEMPLATE)
        if UNSEEN & {finding.code for finding in plain.findings}:
            continue
        submission = workbook.read_bytes(xlsb.converted(data), name, TEMPLATE)
        report = check(submission, TEMPLATE)
        before, after = (
            {(f.code, f.place.sheet, f.place.cell, f.item, f.field) for f in r.findings}
            for r in (plain, report)
        )
        # A sum that may have been typed is the cell that is accused, or relieved; a formula is not.
        elsewhere = after - before
        for code, sheet, cell, *_ in elsewhere:
            assert code in {*RELIEVED, *(known for known, *_ in before)}, name
            assert openpyxl.load_workbook(io.BytesIO(data))[sheet][cell].data_type == "f", name
        missing = {code for code, *_ in before - after} - {code for code, *_ in elsewhere}
        assert missing <= {skipped.code for skipped in report.skipped}, name
        assert "不含公式信息" in submission.hides
        hidden |= missing
    assert hidden  # what formulas alone show
