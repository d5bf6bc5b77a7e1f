"""A .docx as a person reads it: the guard of the file, its text and tables, and what stands in its
margins.

No library sees the file. The text is that with all changes accepted: what was deleted, hidden or is
only a field's code is left out; text boxes count as paragraphs of their own.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from jixiao_xlsx.intake.file_kinds import Refused, open_zip, refuse_too_large
from jixiao_xlsx.reading.guard import (
    UNREADABLE_PART,
    bounded_xml,
    local_name,
    parse_list,
    read_list,
)
from jixiao_xlsx.reading.word.content import DocxContent, WordTable
from jixiao_xlsx.reading.word.docx_pass import TextPass
from jixiao_xlsx.reading.word.docx_styles import (
    DOCX_BOUNDS,
    SAVE_AS_DOCX,
    ParagraphStyle,
    paragraph_styles,
)
from jixiao_xlsx.values.cells import Paragraph

_BROKEN = "Word 文档已损坏，不能完整解开（常见于传输中断）。请在本机确认能打开后重新报送"
_NO_DOCX = f"不是 Word 文档（.docx），只是用了它的文件名。{SAVE_AS_DOCX}"
_OLD = f"这是旧版 Word 文档（.doc），只是改了后缀；评价报告只读 .docx。{SAVE_AS_DOCX}"
_LOCKED = "Word 文档已加密，需要密码才能打开。请取消密码后重新保存并报送"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAX_TEXT = 40 * 2**20  # bytes of a part with text
_MAX_PARAGRAPH = 10_000  # letters; a long one of a real report has two thousand
_MAX_ASIDES = 30
_ASIDES = {"header": "页眉", "footer": "页脚", "footnotes": "脚注", "endnotes": "尾注"}


def read_docx(data: bytes) -> DocxContent:
    """Return the content of a .docx. Raises Refused: none, encrypted, broken, not to be trusted."""
    _check_container(data)
    with open_zip(data) as archive:
        names = {name.lower(): name for name in archive.namelist()}
        if any(name.endswith("vbaproject.bin") for name in names):
            raise Refused("Word 文档里有宏，出于安全未读取。" + SAVE_AS_DOCX)
        try:
            return _Package(archive, names).content()
        except UNREADABLE_PART as error:
            raise Refused(_BROKEN) from error


def _check_container(data: bytes) -> None:
    if not data.strip(b"\0\r\n\t "):
        raise Refused("文件是空的（没有内容）。请在本机确认文件能打开后重新报送")
    refuse_too_large(len(data))
    if data.startswith(_OLE):
        streams = ("EncryptedPackage", "EncryptionInfo")
        locked = any(stream.encode("utf-16-le") in data for stream in streams)
        raise Refused(_LOCKED if locked else _OLD)
    if not data.startswith(b"PK"):
        raise Refused(_NO_DOCX)


@dataclass(frozen=True, slots=True)
class _Package:
    """The parts of a .docx; `names` are their names by their lower-case spellings."""

    archive: zipfile.ZipFile
    names: Mapping[str, str]

    def content(self) -> DocxContent:
        """Return what the document holds."""
        main = self._main_part()
        folder, _, file = main.rpartition("/")
        if self.archive.getinfo(main).file_size > _MAX_TEXT:
            raise Refused("Word 文档的文字部分过大，不是正常的报告，未读取。" + SAVE_AS_DOCX)
        styles = self._list(f"{folder}/styles.xml")
        text = self._text(main, paragraph_styles(styles) if styles is not None else {})
        longest = max((len(one.text) for one in text.paragraphs), default=0)
        if longest > _MAX_PARAGRAPH:
            raise Refused(
                f"Word 文档里有一段长达 {longest} 字，不是正常的报告，未读取。请分段后重报"
            )
        margins = self._margins(folder, file, text)
        return DocxContent(tuple(text.paragraphs), tuple(_numbered(text.tables)), tuple(margins))

    def _list(self, part: str) -> bytes | None:
        name = self.names.get(part.lower())
        return None if name is None else read_list(self.archive, name, DOCX_BOUNDS)

    def _links(self, part: str) -> list[dict[str, str]]:
        """Return the attributes of every relationship that a part lists."""
        links: list[dict[str, str]] = []

        def start(name: str, attributes: dict[str, str]) -> None:
            if local_name(name) == "Relationship":
                links.append(attributes)

        xml = self._list(part)
        if xml is not None:
            parse_list(xml, start, DOCX_BOUNDS)
        return links

    def _main_part(self) -> str:
        """Return the name of the part that holds the text."""
        targets = [
            posixpath.normpath(link.get("Target", "").lstrip("/")).lower()
            for link in self._links("_rels/.rels")
            if link.get("Type", "").endswith("/officeDocument")
        ]
        main = self.names.get(targets[0] if targets else "word/document.xml")
        if main is None or not main.lower().startswith("word/"):
            raise Refused(_NO_DOCX)
        return main

    def _text(self, part: str, styles: Mapping[str, ParagraphStyle]) -> TextPass:
        text = TextPass(styles)
        bounded_xml(self.archive, part, text, DOCX_BOUNDS)
        return text

    def _margins(self, folder: str, file: str, text: TextPass) -> Iterator[Paragraph]:
        """Yield the headers and footers that a section shows, and notes.

        Each text once, counted by kind.
        """
        if not (text.references or text.notes):
            return
        links = [
            (link.get("Id", ""), kind, link.get("Target", "").lstrip("/"))
            for link in self._links(f"{folder}/_rels/{file}.rels")
            if (kind := link.get("Type", "").rpartition("/")[2]) in _ASIDES
        ]
        shown = text.shown_references(even_pages=self._has_even_pages(folder))
        texts: dict[tuple[str, str], None] = {}
        for link, kind, target in links[:_MAX_ASIDES]:
            part = self.names.get(posixpath.normpath(posixpath.join(folder, target)).lower())
            wanted = link in shown if kind in {"header", "footer"} else kind in text.notes
            if part is not None and wanted:
                paragraphs = self._aside(part)
                texts |= dict.fromkeys((_ASIDES[kind], one.text) for one in paragraphs)
        yield from _counted(texts)

    def _aside(self, part: str) -> list[Paragraph]:
        if self.archive.getinfo(part).file_size > _MAX_TEXT:
            raise Refused(
                "Word 文档的页眉、页脚或脚注过大，不是正常的报告，未读取。" + SAVE_AS_DOCX
            )
        return self._text(part, {}).paragraphs

    def _has_even_pages(self, folder: str) -> bool:
        """Return whether even pages have headers of their own."""
        settings = self._list(f"{folder}/settings.xml")
        return settings is not None and b"evenAndOddHeaders" in settings


def _counted(texts: Iterable[tuple[str, str]]) -> Iterator[Paragraph]:
    counts: dict[str, int] = {}
    for aside, text in texts:
        counts[aside] = counts.get(aside, 0) + 1
        yield Paragraph(counts[aside], text, aside=aside)


def _numbered(tables: list[WordTable]) -> Iterator[WordTable]:
    number = 0
    for table in tables:
        number += not table.framed
        yield replace(table, number=0 if table.framed else number)
