"""Written report (.docx) → Document."""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath

from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.reading.titles import titles_of
from jixiao_xlsx.reading.word.docx import read_docx
from jixiao_xlsx.reading.word.docx_tables import form_tables
from jixiao_xlsx.values.cells import Document


def read_document(data: bytes, name: str, template: Template) -> Document:
    """Read a report from memory; findings call it by the last part of `name`. Raises fileformat.Refused."""
    word, file = read_docx(data), PurePosixPath(name).name
    tables, figures = form_tables(word, file, template, titles_of(template))
    return Document(
        file=file,
        sha256=hashlib.sha256(data).hexdigest(),
        paragraphs=word.paragraphs,
        tables=tables,
        tables_seen=sum(table.number > 0 for table in word.tables),
        margins=word.margins,
        figures=figures,
    )
