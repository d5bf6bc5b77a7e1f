"""The annotated copy: every finding at its cell, nothing else changed, and it reads like what was
sent in.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from alike import apart, merges_of, shown_by
from office import _convert, office, rendered, resaved

from jixiao_xlsx.checking.explained import mark_explained
from jixiao_xlsx.examining.check import check
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.output.xlsx.annotated.book import annotate
from jixiao_xlsx.output.xlsx.annotated.marks import SEVERITY_COLOURS
from jixiao_xlsx.output.xlsx.annotated.write_marks import AUTHOR
from jixiao_xlsx.reading import workbook
from jixiao_xlsx.reading.titles import OPINION_SHEET
from jixiao_xlsx.values.cells import Submission
from jixiao_xlsx.values.findings import Finding, FindingState, Report, Result
from jixiao_xlsx.values.severity import Severity

INBOX = Path(__file__).parents[2] / "samples" / "inbox"
FORM = find_template()


def examined(data: bytes, name: str = "报送.xlsx") -> tuple[Submission, Report]:
    submission = workbook.read_bytes(data, name, FORM)
    return submission, check(submission, FORM)


def returned() -> list[tuple[str, bytes, Submission, Report]]:
    books = [(path.name, path.read_bytes()) for path in sorted(INBOX.glob("*.xlsx"))]
    examples = [(name, data, *examined(data, name)) for name, data in books]
    return [one for one in examples if one[3].result is not Result.PASS]


FAULTY = returned()
FIRST = FAULTY[0]


def summary(report: Report) -> list[tuple[object, ...]]:
    return report.flatten(
        "code", "severity", "sheet", "cell", "item", "field", "reported", "message"
    )


@pytest.mark.parametrize(
    ("name", "data", "submission", "report"),
    FAULTY,
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_nothing_but_the_marks_differs(
    name: str, data: bytes, submission: Submission, report: Report
) -> None:
    assert differing(data, annotate(data, submission, report, FORM), submission, report) == []


def differing(data: bytes, copy: bytes, submission: Submission, report: Report) -> list[str]:
    culprits = (cell.place for cause in report.causes for cell in cause.cells)
    marked = {(p.sheet, p.cell) for p in (*culprits, *(f.place for f in report.findings))}
    remarks = submission.get(FORM.remarks["table"])
    return list(apart(data, copy, marked=marked, prefilled=remarks.sheet if remarks else ""))


@pytest.mark.parametrize(
    ("name", "data", "submission", "report"),
    FAULTY[::4],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_the_copy_reads_like_the_original(
    name: str, data: bytes, submission: Submission, report: Report
) -> None:
    copy = annotate(data, submission, report, FORM)
    assert copy == annotate(data, submission, report, FORM)
    again, same = examined(copy, name)
    assert summary(same) == summary(report)
    book = openpyxl.load_workbook(io.BytesIO(copy))
    sheet = book.worksheets[0]
    assert sheet.title == OPINION_SHEET and book.active is sheet
    assert book.calculation.fullCalcOnLoad
    links = {cell.hyperlink.location for row in sheet.iter_rows() for cell in row if cell.hyperlink}
    for name in {finding.place.sheet for finding in report.findings}:
        back = [
            c
            for row in book[name].iter_rows()
            for c in row
            if c.hyperlink and c.hyperlink.location == f"'{OPINION_SHEET}'!A1"
        ]
        assert len(back) == 1 and back[0].comment is None
    explained = {one for cause in same.causes for one in cause.explains}
    for finding in same.findings:
        cell = book[finding.place.sheet][finding.place.cell]
        assert f"'{finding.place.sheet}'!{finding.place.cell}" in links
        assert cell.comment.author.startswith(AUTHOR) and finding.problem in cell.comment.text
        if finding.fingerprint not in explained:
            assert finding.message in cell.comment.text
            assert cell.fill.fgColor.rgb[2:] in SEVERITY_COLOURS.values()
    # A second round over it leaves no colour and no line twice.
    calm = replace(same, findings=(), causes=())
    bare = openpyxl.load_workbook(io.BytesIO(annotate(copy, again, calm, FORM)))
    original = openpyxl.load_workbook(io.BytesIO(data))
    for finding in report.findings:
        cell, was = (
            bare[finding.place.sheet][finding.place.cell],
            original[finding.place.sheet][finding.place.cell],
        )
        assert cell.comment is None or not cell.comment.author.startswith(AUTHOR)
        assert (cell.fill.fill_type, cell.fill.fgColor.rgb) == (
            was.fill.fill_type,
            was.fill.fgColor.rgb,
        )


def test_every_warning_has_its_line_once() -> None:
    for _, data, submission, report in FAULTY[:2]:
        copy = annotate(data, submission, report, FORM)
        again, same = examined(copy)
        twice, _ = examined(annotate(copy, again, same, FORM))
        codes = [row[FORM.remarks["code"]].text for row in again[FORM.remarks["table"]].open_rows]
        warnings = [
            finding.code for finding in report.findings if finding.severity is Severity.WARNING
        ]
        assert sorted(codes) == sorted(warnings)
        assert [
            row[FORM.remarks["code"]].text for row in twice[FORM.remarks["table"]].open_rows
        ] == codes


def test_a_reason_in_the_prefilled_line_explains_its_warning() -> None:
    data, submission, report = next(
        one[1:] for one in FAULTY if any(f.severity is Severity.WARNING for f in one[3].findings)
    )
    book = openpyxl.load_workbook(io.BytesIO(annotate(data, submission, report, FORM)))
    sheet = book[submission[FORM.remarks["table"]].sheet]
    heading = submission[FORM.remarks["table"]].columns[FORM.remarks["text"]].ref
    column, row = re.fullmatch(r"([A-Z]+)(\d+)", heading).groups()  # type: ignore[union-attr]
    sheet[f"{column}{int(row) + 1}"] = "经核实，情况属实。"
    stream = io.BytesIO()
    book.save(stream)
    # The formulas of a workbook saved by openpyxl have no results; here only the remark matters.
    again = workbook.read_bytes(stream.getvalue(), "x.xlsx", FORM)
    (remark,) = again.remarks
    first = next(
        f for f in report.findings if f.severity is Severity.WARNING and f.code == remark.code
    )
    assert mark_explained([first], again.remarks)[0].state is FindingState.EXPLAINED


def _with(data: bytes, part: str, change: object) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(stream, "w") as target:
        for entry in source.infolist():
            content = source.read(entry)
            target.writestr(entry.filename, change(content) if entry.filename == part else content)
        if part not in source.NameToInfo:
            target.writestr(part, change(b""))  # type: ignore[operator]
    return stream.getvalue()


def test_rich_text_and_a_comment_of_the_department_stay() -> None:
    _, data, submission, report = FIRST
    place = next(f.place for f in report.findings if f.place.cell != "A1")
    book = openpyxl.load_workbook(io.BytesIO(data))
    book[place.sheet][place.cell].comment = openpyxl.comments.Comment("本单位备注", "王会计")
    stream = io.BytesIO()
    book.save(stream)
    copy = annotate(stream.getvalue(), submission, report, FORM)
    text = openpyxl.load_workbook(io.BytesIO(copy))[place.sheet][place.cell].comment.text
    assert "本单位备注" in text and "审核意见第" in text
    bare = annotate(copy, submission, replace(report, findings=()), FORM)
    assert (
        openpyxl.load_workbook(io.BytesIO(bare))[place.sheet][place.cell].comment.text
        == "本单位备注"
    )


def test_how_a_workbook_calculates_stays_as_it_was_set() -> None:
    """Iteration, manual calculation and “以显示精度为准” are the department's; the copy is only worked out
    anew on opening.
    """
    _, data, submission, report = FIRST
    own = (
        b'<calcPr calcId="124519" calcMode="manual" iterate="1" iterateCount="7" fullPrecision'
        b'="0"/>'
    )
    changed = _with(data, "xl/workbook.xml", lambda part: re.sub(rb"<calcPr[^>]*/>", own, part))
    kept = openpyxl.load_workbook(
        io.BytesIO(annotate(changed, submission, report, FORM))
    ).calculation
    assert (kept.calcMode, kept.iterate, kept.iterateCount, kept.fullPrecision) == (
        "manual",
        True,
        7,
        False,
    )
    assert kept.fullCalcOnLoad


def test_a_finding_without_a_cell_and_hostile_text_are_only_listed() -> None:
    _, data, submission, report = FIRST
    one = report.findings[0]
    odd: Finding = replace(
        one,
        place=one.place._replace(sheet="没有这张表"),
        item="=cmd|' /C calc'!A0",
        problem="=1+1\x07",
    )
    book = openpyxl.load_workbook(
        io.BytesIO(annotate(data, submission, replace(report, findings=(odd,)), FORM))
    )
    kinds = {cell.data_type for row in book[OPINION_SHEET].iter_rows() for cell in row}
    assert "f" not in kinds and "e" not in kinds


@office
def test_what_libreoffice_saved_as_xlsx_keeps_everything(tmp_path: Path) -> None:
    paths = [INBOX / name for name, *_ in FAULTY[::7]]
    for path in resaved(paths, tmp_path):
        data = path.read_bytes()
        submission, report = examined(data, path.name)
        assert (
            report.findings
            and differing(data, annotate(data, submission, report, FORM), submission, report) == []
        )


@office
@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_what_libreoffice_made_comes_back(kind: str, tmp_path: Path) -> None:
    _name, data, _, _ = FIRST
    (tmp_path / "原件.xlsx").write_bytes(data)
    filters = {"xls": "xls:MS Excel 97", "ods": "ods:calc8"}
    _convert(
        filters[kind],
        [tmp_path / "原件.xlsx"],
        tmp_path / "out",
        tmp_path / "profile",
        recalculate=True,
    )
    made = tmp_path / "out" / f"原件.{kind}"
    submission, report = examined(made.read_bytes(), made.name)
    assert report.findings
    copy = annotate(made.read_bytes(), submission, report, FORM)
    again, same = examined(copy)
    values = {
        t.name: [(r.title, [(c.ref, c.value) for c in r.cells.values()]) for r in t.rows]
        for t in submission.tables.values()
    }
    remarks = FORM.remarks["table"]
    for table in again.tables.values():
        if table.name != remarks:
            assert [
                (r.title, [(c.ref, c.value) for c in r.cells.values()]) for r in table.rows
            ] == values[table.name]
    # Every cell of every sheet, and every merge. A 0 that .xls keeps for a formula that shows
    # nothing is no value.
    before, after = shown_by(made.read_bytes()), shown_by(copy)
    prefilled = submission[remarks].sheet
    lost = [
        f"{sheet} {place}: {value!r} → {after[sheet].get(place)!r}"
        for sheet, cells in before.items()
        for place, value in cells.items()
        if after[sheet].get(place) != value and not (kind == "xls" and value == 0)
    ]
    assert lost == []
    assert {sheet for sheet in before if after[sheet].keys() - before[sheet].keys()} <= {prefilled}
    assert merges_of(copy).items() >= merges_of(made.read_bytes()).items()
    standing = [f.code for f in same.findings if f.severity is not Severity.NOTE]
    assert standing == [f.code for f in report.findings if f.severity is not Severity.NOTE]
    (tmp_path / "批注.xlsx").write_bytes(copy)
    assert rendered(tmp_path / "批注.xlsx", tmp_path)


@office
def test_libreoffice_opens_every_copy_and_shows_the_same(tmp_path: Path) -> None:
    from office import differences, recalculated, values

    paths = []
    for number, (_, data, submission, report) in enumerate(FAULTY[::11]):
        paths.append(tmp_path / f"{number}.xlsx")
        paths[-1].write_bytes(annotate(data, submission, report, FORM))
    calculated = recalculated(paths)
    for path in paths:
        apart = list(differences(values(path), calculated[path]))
        # A total that was never calculated before is calculated now; nothing that had a value
        # changes.
        assert [
            line for line in apart if ": None →" not in line and OPINION_SHEET not in line
        ] == []
