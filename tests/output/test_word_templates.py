"""Word templates prepared once: the same words as docxtpl gives, and parts that nobody fills keep
their bytes.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import docx
import pytest
from docxtpl import DocxTemplate
from jinja2 import Environment
from parts import changed_parts

from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.output.files import Blocked
from jixiao_xlsx.output.word.templates import filled

SHIPPED = sorted((find_template().folder / "word").glob("*通知.docx"))
CONTEXT = {
    "部门": "青禾县<甲>&局",
    "报表": "整体支出表",
    "名单": [{"名": "一"}, {"名": "二"}, {"名": "三"}],
}


def template(build: Any, folder: Path) -> Path:
    document = docx.Document()
    build(document)
    path = folder / "模板.docx"
    document.save(str(path))
    return path


def by_docxtpl(path: Path) -> Any:
    document = DocxTemplate(str(path))
    document.render(CONTEXT, Environment(), autoescape=True)
    stream = io.BytesIO()
    document.save(stream)
    return docx.Document(stream)


def split_and_looped(document: Any) -> None:
    """A field that Word has torn into runs, a loop of paragraphs, one of rows, one of columns."""
    paragraph = document.add_paragraph("送：")
    for piece in ("{", "{ 部", "门 }", "}。"):
        paragraph.add_run(piece)
    for text in ("{%p for 一项 in 名单 %}", "{{ 一项.名 }}、", "{%p endfor %}"):
        document.add_paragraph(text)
    table = document.add_table(rows=4, cols=1)
    for row, text in zip(
        table.rows,
        ("表头", "{%tr for 一项 in 名单 %}", "{{一项.名}}", "{%tr endfor %}"),
        strict=True,
    ):
        row.cells[0].text = text
    wide = document.add_table(rows=1, cols=3)
    for cell, text in zip(
        wide.rows[0].cells,
        ("{%tc for 一项 in 名单 %}", "{{一项.名}}", "{%tc endfor %}"),
        strict=True,
    ):
        cell.text = text


def with_header_and_footer(document: Any) -> None:
    document.add_paragraph("正文没有要填的")
    document.sections[0].header.paragraphs[0].text = "{{部门}}"
    document.sections[0].footer.paragraphs[0].text = "{% if 报表 %}{{报表}}{% endif %}"


@pytest.mark.parametrize("build", [split_and_looped, with_header_and_footer])
def test_the_same_as_docxtpl(build: Any, tmp_path: Path) -> None:
    path = template(build, tmp_path)
    ours, theirs = docx.Document(io.BytesIO(filled(path, CONTEXT))), by_docxtpl(path)
    assert ours.element.body.xml == theirs.element.body.xml
    assert "{" not in ours.element.body.xml
    for part in ("header", "footer"):
        one, other = (getattr(book.sections[0], part) for book in (ours, theirs))
        assert [p.text for p in one.paragraphs] == [p.text for p in other.paragraphs]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_what_is_not_filled_keeps_its_bytes(path: Path) -> None:
    data = path.read_bytes()
    assert changed_parts(data, filled(path, CONTEXT)) == {"word/document.xml"}


def test_a_template_is_read_anew_when_it_was_edited(tmp_path: Path) -> None:
    path = template(lambda document: document.add_paragraph("{{部门}}"), tmp_path)
    first = filled(path, CONTEXT)
    template(lambda document: document.add_paragraph("又：{{报表}}"), tmp_path)
    assert docx.Document(io.BytesIO(filled(path, CONTEXT))).paragraphs[-1].text == "又：整体支出表"
    assert docx.Document(io.BytesIO(first)).paragraphs[-1].text == CONTEXT["部门"]


@pytest.mark.parametrize("text", ["{% if %}", "{{ 部门", "{%tr for 一项 in 名单 %}"])
def test_a_mistake_in_a_template_is_said(text: str, tmp_path: Path) -> None:
    path = template(lambda document: document.add_paragraph(text), tmp_path)
    with pytest.raises(Blocked, match="模板"):
        filled(path, CONTEXT)


def test_a_document_that_is_no_word_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "模板.docx").write_bytes(b"PK")
    with pytest.raises(Blocked, match="模板"):
        filled(tmp_path / "模板.docx", CONTEXT)


def test_properties_are_filled_too(tmp_path: Path) -> None:
    def titled(document: Any) -> None:
        document.core_properties.title = "{{部门}}"
        document.add_paragraph("正文")

    made = filled(template(titled, tmp_path), CONTEXT)
    assert docx.Document(io.BytesIO(made)).core_properties.title == CONTEXT["部门"]
