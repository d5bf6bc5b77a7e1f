"""XML Spreadsheet 2003 and pages with tables named .xls are read as what they were made from."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from texts import as_page, as_xml_2003

from jixiao_xlsx.examining.check import check
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.output.xlsx.annotated.book import annotate
from jixiao_xlsx.reading.workbook import Unreadable, read_bytes
from jixiao_xlsx.values.cells import Place, Submission
from jixiao_xlsx.values.severity import Severity

FORM = find_template()
INBOX = Path(__file__).parents[2] / "samples" / "inbox"
CLEAN = next(INBOX.glob("县图书馆*.xlsx")).read_bytes()
FAULTY = next(INBOX.glob("县交通运输局*.xlsx")).read_bytes()


def numbers(read: Submission) -> dict[tuple[str, str, str], object]:
    """Every number by its address, as it would be shown with two decimals."""
    return {
        (table.name, cell.row, cell.column): round(cell.number, 2)
        for table in read.tables.values()
        for cell in table.cells()
        if cell.number is not None and table.name != FORM.indicator_table
    }


def hard(read: Submission) -> set[tuple[str, Place]]:
    """Every 错误 and 警告 by code and cell."""
    found = check(read, FORM).findings
    return {(one.code, one.place) for one in found if one.severity is not Severity.NOTE}


@pytest.mark.parametrize("encoding", ["UTF-8", "gb18030", "utf-16"])
def test_xml_2003_is_read_as_the_workbook_it_was_made_from(encoding: str) -> None:
    data = CLEAN if encoding == "gb18030" else FAULTY
    written = as_xml_2003(data, encoding)
    read, whole = read_bytes(written, "表.xls", FORM), read_bytes(data, "表.xlsx", FORM)
    assert numbers(read) == numbers(whole)
    assert (read.department, read.year, read.meta) == (whole.department, whole.year, whole.meta)
    assert hard(read) == hard(whole)


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_a_page_is_read_as_the_workbook_it_was_made_from(encoding: str) -> None:
    data = CLEAN if encoding == "gbk" else FAULTY
    read, whole = (read_bytes(one, "表.xls", FORM) for one in (as_page(data, encoding), data))
    assert numbers(read) == numbers(whole)
    assert hard(read) == hard(whole)


@pytest.mark.parametrize("write", [as_xml_2003, as_page])
def test_the_annotated_copy_is_an_xlsx_with_the_values(write: object) -> None:
    data = write(FAULTY)  # type: ignore[operator]
    read = read_bytes(data, "表.xls", FORM)
    copy = openpyxl.load_workbook(io.BytesIO(annotate(data, read, check(read, FORM), FORM)))
    assert "审核意见" in copy.sheetnames
    cell = read["收支总表"].cell("基本支出", "决算数")
    assert cell is not None and copy["收支总表"][cell.ref].value == float(cell.number or 0)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<html><table><tr><td>1</td></tr></table></html>", "没有能读的表格"),
        (b"<html>" + b"<table><tr><td rowspan=9999999>1<td>2<tr><td>3<td>4</table>", "表格之外"),
        (as_xml_2003(CLEAN)[:50_000], "损坏"),
        (as_xml_2003(CLEAN).replace(b"<Workbook ", b"<!DOCTYPE x><Workbook ", 1), "DOCTYPE"),
        (as_xml_2003(CLEAN).replace(b'ss:Index="2"', b'ss:Index="9999999"'), "远在表格之外"),
        (as_xml_2003(CLEAN).replace(b'ss:Index="2"', b'ss:Index="x"'), "损坏"),
        (as_xml_2003(CLEAN).replace(b'ss:Index="2"', b'ss:Index="-5"'), "损坏"),
    ],
)
def test_what_is_broken_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        read_bytes(data, "表.xls", FORM)
    assert words in refusal.value.reason
