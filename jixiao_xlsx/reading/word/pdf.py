"""A written report as PDF: its text in paragraphs. Tables are left out: a PDF has none, only lines.

What a page shows is text where the file says which letters its shapes are; a scanned page and a
font without that say nothing, and are refused.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from jixiao_xlsx.intake.file_kinds import Refused
from jixiao_xlsx.reading.word.content import DocxContent
from jixiao_xlsx.reading.word.docx_styles import SAVE_AS_DOCX
from jixiao_xlsx.values.cells import Paragraph

_MOST_PAGES, _MOST_LETTERS = 200, 400_000
_FEWEST_LETTERS = 50  # of a report
_FEWEST_READABLE = 0.9  # of the letters: those of a broken font are private or strange,
_FEWEST_COMMON = 0.1  # or Chinese, but not what any report is full of
_COMMON = frozenset("的一是在和年元万度支出预算绩效评价部门单位项目资金收入情况工作，。、")
_FULL = 0.86  # of the widest line: a line as wide as that goes on in the next
_NOT_HERE = f"PDF 报告，这里没有读它的部件。{SAVE_AS_DOCX}"
_SCANNED = f"PDF 里没有文字，多半是扫描件，读不出来。{SAVE_AS_DOCX}"
_FONTS = f"PDF 的字体没有注明文字，读出来是乱码。{SAVE_AS_DOCX}"
_BROKEN = "PDF 已损坏，打不开（常见于传输中断）。请在本机确认能打开后重新报送"
_LOCKED = f"PDF 加了密码，打不开。{SAVE_AS_DOCX}"
_NUMBER = re.compile(r"[-+]?[\d,]+(?:\.\d+)?%?|[-—/]")
_GAP = re.compile(r"(?<=[\u3000-\uffef\d.,%]) +(?=[\u3000-\uffef])|(?<=[\u3000-\uffef]) +(?=\d)")
_OPENS = re.compile(
    r"[一二三四五六七八九十]+、|[（(][一二三四五六七八九十\d]+[）)]|\d+[.．、](?!\d)|第[一二三四五六七八九十]+[章节部]"
)
_PAGE_NUMBER = re.compile(r"[-—– ]*(?:第 ?)?\d{1,3}(?: ?页)?(?: ?/ ?\d{1,3})?[-—– ]*")


def read_pdf(data: bytes) -> DocxContent:
    """Return the text of a PDF. Raises Refused: scanned, locked, broken, or no library for it."""
    pages = _pages(data)
    letters = "".join("".join(page.split()) for page in pages)
    if len(letters) < _FEWEST_LETTERS:
        raise Refused(_SCANNED)
    readable = sum(map(_is_readable, letters))
    common = sum(letter in _COMMON for letter in letters)
    if readable < _FEWEST_READABLE * len(letters) or common < _FEWEST_COMMON * len(letters):
        raise Refused(_FONTS)
    texts = _paragraphs([line for page in pages for line in _lines(page)])
    return DocxContent(tuple(Paragraph(at, text) for at, text in enumerate(texts, 1)), ())


def _pages(data: bytes) -> list[str]:
    """Return the text of each page. Raises Refused."""
    pypdf = _library()
    found: list[str] = []
    try:
        reader = pypdf.PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise Refused(_LOCKED)
        if len(reader.pages) > _MOST_PAGES:
            raise Refused(
                f"PDF 有 {len(reader.pages)} 页，不是正常的评价报告，未读取。{SAVE_AS_DOCX}"
            )
        for page in reader.pages:
            found.append(page.extract_text())
            if sum(map(len, found)) > _MOST_LETTERS:
                raise Refused(f"PDF 的文字过多，不是正常的评价报告，未读取。{SAVE_AS_DOCX}")
    except (Refused, MemoryError):
        raise
    except Exception as error:  # the library raises anything on broken bytes
        raise Refused(_BROKEN) from error
    return found


def _library() -> Any:
    import logging

    try:
        import pypdf
    except ImportError as error:
        raise Refused(_NOT_HERE) from error
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it tells the terminal what it mends
    return pypdf


def _is_readable(letter: str) -> bool:
    """Return whether a letter is one that Chinese reports are written with."""
    return (letter.isascii() and letter.isprintable()) or (
        unicodedata.category(letter)[0] in "LNPS"
        and letter != "\ufffd"
        and ("\u2000" <= letter <= "\u9fff" or "\uf900" <= letter <= "\uffef" or letter in "·×±")
    )


def _lines(page: str) -> Iterator[str]:
    """Yield the lines of a page that are text; "" for a line of a table, which ends a paragraph."""
    for line in page.splitlines():
        text = unicodedata.normalize("NFC", line).strip()
        if text and not _PAGE_NUMBER.fullmatch(text):
            yield "" if _is_of_table(text) else _GAP.sub("", text)


def _is_of_table(line: str) -> bool:
    """Return whether a line is a row of a table: two figures that stand alone, or nothing else."""
    words = line.split()
    numbers = sum(bool(_NUMBER.fullmatch(word)) for word in words)
    return numbers >= 2 or (numbers == len(words) > 0)


def _paragraphs(lines: Sequence[str]) -> Iterator[str]:
    """Yield the paragraphs that lines make.

    A line goes on in the next where it is as wide as the page, or ends within a sentence.
    """
    widest = max(map(_width, lines), default=0)
    pieces: list[str] = []
    for line in (*lines, ""):
        if pieces and (not line or _OPENS.match(line) or not _goes_on(pieces[-1], widest)):
            yield "".join(pieces)
            pieces = []
        if line:
            pieces.append(line)


def _goes_on(line: str, widest: int) -> bool:
    return _width(line) >= _FULL * widest or ("，" in line and line[-1] not in "。！？")


def _width(line: str) -> int:
    """Return how wide a line is, in halves of a Chinese letter."""
    return sum(1 if letter.isascii() else 2 for letter in line)
