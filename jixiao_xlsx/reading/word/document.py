"""Read a written report (.docx, .doc and .wps, or a PDF with text) into a Document."""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.reading.titles import titles_of
from jixiao_xlsx.reading.word.content import DocxContent
from jixiao_xlsx.reading.word.docx import read_docx
from jixiao_xlsx.reading.word.docx_tables import form_tables
from jixiao_xlsx.reading.word.old_word import OLD_WORD, docx_of
from jixiao_xlsx.values.cells import Document

_PDF_MAGIC = b"%PDF"


def read_document(data: bytes, name: str, template: Template) -> Document:
    """Read a report from memory; findings name it by the last part of `name`. Raises Refused."""
    file = PurePosixPath(name).name
    content = _content(data, file)
    tables, figures = form_tables(content, file, template, titles_of(template))
    return Document(
        file=file,
        sha256=hashlib.sha256(data).hexdigest(),
        paragraphs=content.paragraphs,
        tables=tables,
        tables_seen=sum(table.number > 0 for table in content.tables),
        margins=content.margins,
        figures=figures,
    )


def _content(data: bytes, file: str) -> DocxContent:
    if data.startswith(_PDF_MAGIC):
        from jixiao_xlsx.reading.word.pdf import read_pdf

        return read_pdf(data)
    return read_docx(docx_of(data) if file.lower().endswith(OLD_WORD) else data)
