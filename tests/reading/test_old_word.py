"""Reports of an old Word (.doc, .wps): read by way of LibreOffice, or told what to do."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import ole
import pytest
from office import as_doc, office

from jixiao_xlsx.batch.single_files import check_files
from jixiao_xlsx.examining.check import check
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.intake.file_kinds import Refused
from jixiao_xlsx.reading import workbook
from jixiao_xlsx.reading.word import old_word
from jixiao_xlsx.reading.word.document import read_document
from jixiao_xlsx.reading.word.old_word import docx_of

INBOX = Path(__file__).parents[2] / "samples" / "inbox"
BOOK = INBOX / "附件2：临泽县机关事务中心2023年部门整体支出绩效自评表（终稿）(1).xlsx"
REPORT = INBOX / "附件3：临泽县机关事务中心2023年部门整体支出绩效评价报告.docx"
FORM = find_template()


def found(data: bytes, name: str) -> list[tuple[str, str, str]]:
    documents = (read_document(data, name, FORM),)
    report = check(replace(workbook.read(BOOK, FORM), documents=documents), FORM)
    here = (one for one in report.findings if one.place.sheet == name)
    return sorted((one.code, one.place.cell, one.reported) for one in here)


@office
@pytest.mark.office
def test_an_old_document_says_what_the_docx_says(tmp_path: Path) -> None:
    old = as_doc(REPORT, tmp_path).read_bytes()
    wanted = {one[::2] for one in found(REPORT.read_bytes(), "报告.docx")}
    said = {one[::2] for one in found(old, "报告.doc")}
    assert said <= wanted and len(said) >= len(wanted) - 2  # what it was saved as loses a little
    assert found(old, "报告.wps")
    shutil.copy(BOOK, tmp_path / "表.xlsx")
    (tmp_path / "绩效评价报告.doc").write_bytes(old)
    for other in tmp_path.glob("附件3*"):
        other.unlink()
    entries = {one.file: one for one in check_files([tmp_path], template=FORM, jobs=1)}
    report = entries["表.xlsx"].report
    assert report and any(one.place.sheet == "绩效评价报告.doc" for one in report.findings)


@pytest.mark.parametrize(
    "data", [b"", b"{\\rtf1}", b"PK\x03\x04", ole.compound({"x": bytes(4096)})]
)
def test_what_is_no_old_document_is_told(data: bytes) -> None:
    with pytest.raises(Refused, match="旧版 Word"):
        docx_of(data)


@office
@pytest.mark.office
def test_a_broken_one_is_told() -> None:
    with pytest.raises(Refused, match="没有转成"):
        docx_of(ole.compound({"WordDocument": bytes(4096)}))


def test_without_libreoffice_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(old_word.shutil, "which", lambda name: None)
    with pytest.raises(Refused, match="没有打开它的 LibreOffice"):
        docx_of(ole.compound({"WordDocument": bytes(4096)}))
