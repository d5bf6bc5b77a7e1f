"""The annotated copy: the department's own workbook with every finding at its cell.

Only what is marked is changed, and what a bureau must not mail on is stopped; every other part of
the file is copied as it is. Other formats than .xlsx, and workbooks laid out in a way that cannot
be marked, come back as .xlsx with their values and merges.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.intake.file_kinds import WorkbookFormat, sniff
from jixiao_xlsx.output.text.notice_words import balance_codes
from jixiao_xlsx.output.xlsx.annotated.active_content import disarm
from jixiao_xlsx.output.xlsx.annotated.explanations import prefill_explanations
from jixiao_xlsx.output.xlsx.annotated.marks import marks_of, numbered_lines
from jixiao_xlsx.output.xlsx.annotated.opinion import opinion_sheet
from jixiao_xlsx.output.xlsx.annotated.write_marks import write_marks
from jixiao_xlsx.output.xlsx.patch.package import Package
from jixiao_xlsx.output.xlsx.patch.workbook import WorkbookPart
from jixiao_xlsx.reading.titles import OPINION_SHEET, title_key, titles_of
from jixiao_xlsx.values.cells import Submission
from jixiao_xlsx.values.findings import Report

_AS_VALUES = (
    "原件{}，本副本只保留数值、文字和合并单元格，公式已换成结果，格式、打印设置等没有带上。"
    "可在本副本上改正后直接报送。"
)
_UNUSUAL = _AS_VALUES.format("用了少见的写法")
_OTHER_FORMAT = _AS_VALUES.format("不是 .xlsx 格式")


def annotate(data: bytes, submission: Submission, report: Report, template: Template) -> bytes:
    """Return the annotated copy (.xlsx) of the submitted file `data`.

    The same input gives the same bytes. Raises what calamine and openpyxl raise where not even the
    values can be written.
    """
    kind = sniff(data)
    if kind is WorkbookFormat.OOXML:
        try:
            return _annotated(data, submission, report, template)
        except Exception:  # whatever is odd about foreign markup, its values can still go back
            titles = titles_of(template)
            values = _values(
                data, lambda name, hidden: titles.reads(name, hidden=hidden), submission
            )
            return _annotated(values, submission, report, template, [_UNUSUAL])
    empty = kind is WorkbookFormat.XLS
    values = _values(data, lambda name, hidden: True, submission, empty_results=empty)
    return _annotated(values, submission, report, template, [_OTHER_FORMAT])


def _values(
    data: bytes,
    is_read: Callable[[str, bool], bool],
    submission: Submission,
    *,
    empty_results: bool = False,
) -> bytes:
    # few files need it, and it is slow to import
    from jixiao_xlsx.output.xlsx.annotated.values_only import book_of_values

    return book_of_values(data, is_read, submission, empty_results=empty_results)


def _annotated(
    data: bytes,
    submission: Submission,
    report: Report,
    template: Template,
    notes: Sequence[str] = (),
) -> bytes:
    """Return the copy of an .xlsx. Raises Unpatchable."""
    package = Package(data)
    book = WorkbookPart(package)
    _remove_earlier_sheet(book)
    stopped = disarm(book)
    numbered = numbered_lines(report, submission.sheets, book.sheets)
    threads = write_marks(book, marks_of(numbered, balance_codes(template), book.sheets))
    findings = [one for one in report.findings if not one.state.is_out]
    left = prefill_explanations(book, submission, findings, template)
    told = (*notes, *stopped, *threads, *left)
    page = opinion_sheet(report, numbered, told, template, book.styles)
    book.add_first_sheet(OPINION_SHEET, page.xml, f"${page.head}:${page.head}")
    book.calculate_on_opening()
    return package.save()


def _remove_earlier_sheet(book: WorkbookPart) -> None:
    """Remove the 审核意见 that an earlier round left."""
    for name in list(book.sheets):
        if title_key(name) == title_key(OPINION_SHEET) and len(book.sheets) > 1:
            book.remove_sheet(name)
