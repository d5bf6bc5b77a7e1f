"""The reader of each kind of workbook that is text."""

from __future__ import annotations

from jixiao_xlsx.intake.file_kinds import WorkbookFormat
from jixiao_xlsx.reading.texts.html_tables import read_html_tables
from jixiao_xlsx.reading.texts.text_sheet import TextSheet
from jixiao_xlsx.reading.texts.xml_2003 import read_xml_2003


def read_texts(data: bytes, kind: WorkbookFormat) -> list[TextSheet]:
    """Return the worksheets of a workbook that is text. Raises Refused."""
    return read_xml_2003(data) if kind is WorkbookFormat.XML_2003 else read_html_tables(data)
