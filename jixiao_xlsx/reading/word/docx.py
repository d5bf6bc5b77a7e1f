"""One bounded streaming pass over a .docx: the guard, the paragraphs and the raw tables at once. No library sees the file.

The text is what a person sees with all changes accepted: what was deleted, hidden or is only a field's code is left out; text
boxes count as paragraphs of their own. Headers, footers and notes come after it, those that are shown.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import NamedTuple
from xml.parsers import expat

from jixiao_xlsx.intake.file_kinds import MAX_WORKBOOK_BYTES, Refused, open_zip
from jixiao_xlsx.values.cells import Paragraph

_OLD = "这是旧版 Word 文档（.doc），只是改了后缀；评价报告只读 .docx。"
SAVE_AS = "请用 WPS 或 Word 打开，另存为“Word 文档（.docx）”后重报"
_ENDLESS = f"Word 文档的样式或清单异常庞大，不是正常的报告，未读取。{SAVE_AS}"
MAX_XML = 40 * 2**20
MAX_TAGS = 1_000_000
MAX_LIST = 8 * 2**20
MAX_LISTED = 200_000
MAX_CELLS = 100_000
MAX_WIDTH = 256
MAX_SILENCE = 2 * 2**20
_CHUNK = 1 << 16
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OFF = frozenset({"0", "false", "off", "none"})
_BAD = (
    expat.ExpatError,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    LookupError,
    ValueError,
    OSError,
)
_HEADING = re.compile(
    r"\s*(?:第?[一二三四五六七八九十]{1,3}[、.．]|第[一二三四五六七八九十]{1,3}(?:部分|章|节)|[（(][一二三四五六七八九十]{1,3}[）)]"
    r"|\d{1,2}[、.．]|[（(]\d{1,2}[）)])"
)
_LONGEST_HEADING = 40

BROKEN = "Word 文档已损坏，不能完整解开（常见于传输中断）。请在本机确认能打开后重新报送"


class WordCell(NamedTuple):
    """A cell of a Word table: its text, how many grid columns it spans, and "restart" or "continue" of a vertical merge."""

    text: str
    span: int = 1
    merge: str = ""


@dataclass(frozen=True, slots=True)
class WordTable:
    """A table with its rows, each from the grid column where it begins; `after` counts the paragraphs before it.

    `number` counts the tables of the report that have more than one cell, from 1; 0 for a mere frame.
    """

    rows: tuple[tuple[int, tuple[WordCell, ...]], ...]
    after: int
    number: int = 0

    @property
    def framed(self) -> bool:
        """Whether it is a frame around text: one column."""
        return all(len(cells) == 1 for _, cells in self.rows)


@dataclass(frozen=True, slots=True)
class DocxContent:
    """What a .docx holds, in order."""

    paragraphs: tuple[Paragraph, ...]
    tables: tuple[WordTable, ...]
    margins: tuple[Paragraph, ...] = ()


def read_docx(data: bytes) -> DocxContent:
    """The paragraphs and tables of a .docx. Raises Refused for whatever is none, is encrypted, broken, or not to be trusted."""
    _look_at(data)
    with open_zip(data) as archive:
        names = {name.lower(): name for name in archive.namelist()}
        if any(name.endswith("vbaproject.bin") for name in names):
            raise Refused("Word 文档里有宏，出于安全未读取。" + SAVE_AS)
        try:
            main = _main_part(archive, names)
            if archive.getinfo(main).file_size > MAX_XML:
                raise Refused("Word 文档的文字部分过大，不是正常的报告，未读取。" + SAVE_AS)
            folder, _, file = main.rpartition("/")
            styles = names.get(f"{folder}/styles.xml".lower())
            scan = _read(archive, main, _styles(_short(archive, styles)) if styles else {})
            margins = _margins(archive, names, folder, file, scan)
            return DocxContent(
                tuple(scan.paragraphs), tuple(_numbered(scan.tables)), tuple(margins)
            )
        except _BAD as error:
            raise Refused(BROKEN) from error


def _look_at(data: bytes) -> None:
    if not data.strip(b"\0\r\n\t "):
        raise Refused("文件是空的（没有内容）。请在本机确认文件能打开后重新报送")
    if len(data) > MAX_WORKBOOK_BYTES:
        raise Refused(
            f"文件有 {len(data) / 2**20:.0f} MB，超过 {MAX_WORKBOOK_BYTES // 2**20} MB 的上限。请删去图片等无关内容后重报"
        )
    if data.startswith(_OLE):
        locked = any(
            stream.encode("utf-16-le") in data for stream in ("EncryptedPackage", "EncryptionInfo")
        )
        raise Refused(
            "Word 文档已加密，需要密码才能打开。请取消密码后重新保存并报送"
            if locked
            else _OLD + SAVE_AS
        )
    if not data.startswith(b"PK"):
        raise Refused(f"不是 Word 文档（.docx），只是用了它的文件名。{SAVE_AS}")


def _list(archive: zipfile.ZipFile, part: str) -> bytes:
    """A part that lists a few things: links, styles. Raises Refused where it is no such list."""
    return _listing(_short(archive, part))


def _short(archive: zipfile.ZipFile, part: str) -> bytes:
    if archive.getinfo(part).file_size > MAX_LIST:
        raise Refused(_ENDLESS)
    return archive.read(part)


def _listing(xml: bytes) -> bytes:
    if xml.count(b"<") > MAX_LISTED:
        raise Refused(_ENDLESS)
    return xml


def _main_part(archive: zipfile.ZipFile, names: dict[str, str]) -> str:
    """The name of the part that holds the text."""
    links = names.get("_rels/.rels")
    found: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "Relationship" and attributes.get("Type", "").endswith(
            "/officeDocument"
        ):
            found.append(posixpath.normpath(attributes.get("Target", "").lstrip("/")).lower())

    if links:
        _parse(_list(archive, links), start)
    main = names.get(found[0] if found else "word/document.xml")
    if main is None or not main.lower().startswith("word/"):
        raise Refused(f"不是 Word 文档（.docx），只是用了它的文件名。{SAVE_AS}")
    return main


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    return parser


def _refuse_doctype(*_: object) -> None:
    raise Refused("Word 文档内含 DOCTYPE 声明，正常的文档没有，出于安全未读取。" + SAVE_AS)


def _parse(xml: bytes, start: object) -> None:
    parser = _parser()
    parser.StartElementHandler = start  # type: ignore[assignment]
    parser.Parse(xml, True)


# ------------------------------------------------------------------------------------------------------------ styles


@dataclass(frozen=True, slots=True)
class _Style:
    """What a paragraph's style says of it."""

    heading: bool = False
    numbered: bool = False
    listed: bool = False
    base: str = ""


@lru_cache(maxsize=16)
def _styles(xml: bytes) -> dict[str, _Style]:
    """Paragraph styles by id, each with what it takes from the one it is based on. Cached: a season's files share styles."""
    own: dict[str, _Style] = {}
    current = ""

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal current
        tag, value = name.rpartition(":")[2], _value(attributes)
        if tag == "style":
            current = _attribute(attributes, "styleId")
            own[current] = _Style()
        elif current and tag == "name":
            words = value.lower()
            heading, listed = (
                words.startswith(("heading", "标题")),
                words.startswith(("toc", "目录")),
            )
            own[current] = replace(own[current], heading=heading, listed=listed)
        elif current and tag == "basedOn":
            own[current] = replace(own[current], base=value)
        elif current and tag == "numId":
            own[current] = replace(own[current], numbered=value != "0")
        elif current and tag == "outlineLvl":
            own[current] = replace(own[current], heading=value != "9")

    _parse(_listing(xml), start)
    return {name: _whole(name, own) for name in own}


def _whole(name: str, own: dict[str, _Style]) -> _Style:
    found, seen, at = own[name], {name}, own[name].base
    while at in own and at not in seen:
        seen.add(at)
        above = own[at]
        found = replace(
            found, heading=found.heading or above.heading, numbered=found.numbered or above.numbered
        )
        at = above.base
    return found


def _attribute(attributes: dict[str, str], name: str) -> str:
    found = attributes.get(f"w:{name}")
    return (
        found
        if found is not None
        else next((v for k, v in attributes.items() if k.rpartition(":")[2] == name), "")
    )


def _value(attributes: dict[str, str]) -> str:
    return _attribute(attributes, "val")


# ------------------------------------------------------------------------------------------------------------ the pass


def _read(archive: zipfile.ZipFile, part: str, styles: dict[str, _Style]) -> _Scan:
    scan = _Scan(styles)
    parser = _parser()
    parser.StartElementHandler = scan.start
    parser.EndElementHandler = scan.end
    parser.CharacterDataHandler = scan.words
    tags = silence = 0
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            tags += chunk.count(b"<")
            silence = 0 if b">" in chunk else silence + len(chunk)
            if silence > MAX_SILENCE or tags > MAX_TAGS:
                raise Refused("Word 文档的内容过多或写法异常，不是正常的报告，未读取。" + SAVE_AS)
            parser.Parse(chunk)
        parser.Parse(b"", True)
    return scan


_ASIDES = {"header": "页眉", "footer": "页脚", "footnotes": "脚注", "endnotes": "尾注"}
MAX_ASIDES = 30


def _margins(
    archive: zipfile.ZipFile, names: dict[str, str], folder: str, file: str, scan: _Scan
) -> Iterator[Paragraph]:
    """Headers and footers that a section shows, and notes: each text once, counted by kind."""
    links = names.get(f"{folder}/_rels/{file}.rels".lower())
    if links is None or not (scan.shown or scan.noted):
        return
    targets: list[tuple[str, str, str]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        kind = attributes.get("Type", "").rpartition("/")[2]
        if name.rpartition(":")[2] == "Relationship" and kind in _ASIDES:
            target = posixpath.normpath(
                posixpath.join(folder, attributes.get("Target", "").lstrip("/"))
            )
            targets.append((attributes.get("Id", ""), kind, target.lower()))

    _parse(_list(archive, links), start)
    shown = scan.ids_shown(_has_even_pages(archive, names, folder))
    seen: dict[tuple[str, str], None] = {}
    for link, kind, target in targets[:MAX_ASIDES]:
        part = names.get(target)
        wanted = link in shown if kind in {"header", "footer"} else kind in scan.noted
        if part is None or not wanted:
            continue
        if archive.getinfo(part).file_size > MAX_XML:
            raise Refused("Word 文档的页眉、页脚或脚注过大，不是正常的报告，未读取。" + SAVE_AS)
        for one in _read(archive, part, {}).paragraphs:
            seen.setdefault((_ASIDES[kind], one.text))
    counted: dict[str, int] = {}
    for aside, text in seen:
        counted[aside] = counted.get(aside, 0) + 1
        yield Paragraph(counted[aside], text, aside=aside)


def _has_even_pages(archive: zipfile.ZipFile, names: dict[str, str], folder: str) -> bool:
    """Whether even pages have headers of their own."""
    part = names.get(f"{folder}/settings.xml".lower())
    return part is not None and b"evenAndOddHeaders" in _list(archive, part)


def _numbered(tables: list[WordTable]) -> Iterator[WordTable]:
    number = 0
    for table in tables:
        number += not table.framed
        yield replace(table, number=0 if table.framed else number)


@dataclass(slots=True)
class _Text:
    """A paragraph under way."""

    pieces: list[str] = field(default_factory=list)
    style: str = ""
    numbered: bool | None = None
    outlined: bool = False


@dataclass(slots=True)
class _Cells:
    """A table under way: finished rows, the row and the cell that are open."""

    after: int
    at: int
    rows: list[tuple[int, tuple[WordCell, ...]]] = field(default_factory=list)
    row: list[WordCell] = field(default_factory=list)
    lead: int = 0
    width: int = 0
    texts: list[_Text] = field(default_factory=list)
    span: int = 1
    merge: str = ""


_Attributes = dict[str, str]
_Begin = Callable[[_Attributes], object]
_End = Callable[[], object]
_UNSEEN = frozenset(
    {"del", "moveFrom", "Fallback", "delText", "instrText"}
)  # the text in these is not shown, or shown twice


class _Scan:
    """The state of the pass: open paragraphs (a text box stands inside one), open tables, and what hides text."""

    def __init__(self, styles: dict[str, _Style]) -> None:
        self.styles = styles
        self.begins: dict[str, _Begin | None] = {}  # by the names met so far
        self.ends: dict[str, _End | None] = {}
        self.paragraphs: list[Paragraph] = []
        self.tables: list[WordTable] = []
        self.texts: list[_Text] = []
        self.open: list[_Cells] = []
        self.cells = 0
        self.unseen = 0
        self.contents: list[
            bool
        ] = []  # of each open content control, whether it is the table of contents
        self.in_run = self.hidden = self.listening = False
        self.shown: list[tuple[str, str]] = []  # headers and footers of the sections: type, link
        self.first_pages = False  # whether a section has a first page of its own
        self.noted: set[str] = set()

    def ids_shown(self, even_pages: bool) -> set[str]:
        """The links of the headers and footers that appear on a page."""
        kinds = {
            "default",
            *(["first"] if self.first_pages else []),
            *(["even"] if even_pages else []),
        }
        return {link for kind, link in self.shown if kind in kinds}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        try:
            begin = self.begins[name]
        except KeyError:
            begin = self.meet(name)
        if begin is not None:
            begin(attributes)

    def end(self, name: str) -> None:
        """An element ends."""
        finish = self.ends[name]
        if finish is not None:
            finish()

    def meet(self, name: str) -> _Begin | None:
        """What to do where elements of a name begin and end: nothing for most."""
        tag = _tag(name)
        self.begins[name] = self.begin_of(tag)
        self.ends[name] = self.end_of(tag)
        return self.begins[name]

    def begin_of(self, tag: str) -> _Begin | None:
        if tag in _UNSEEN:
            return self.hide
        if tag in _MARKS:
            return partial(self.mark, _MARKS[tag])
        if tag in _TRAITS:
            return partial(self.trait, tag)
        if tag in _MARGINS:
            return partial(self.margin, tag)
        starts: dict[str, _Begin] = {
            "t": self.start_of_text,
            "r": self.start_of_run,
            "p": self.start_of_paragraph,
            "sdt": self.start_of_content,
            "docPartGallery": self.gallery,
            "tbl": self.start_of_table,
            "tr": self.start_of_row,
            "tc": self.start_of_cell,
        }
        return starts.get(tag)

    def end_of(self, tag: str) -> _End | None:
        if tag in _UNSEEN:
            return self.unhide
        ends: dict[str, _End] = {
            "t": self.end_of_text,
            "r": self.end_of_run,
            "p": self.end_of_paragraph,
            "sdt": self.contents.pop,
            "tbl": self.table,
            "tr": self.row,
            "tc": self.cell,
        }
        return ends.get(tag)

    def hide(self, _: _Attributes) -> None:
        self.unseen += 1

    def unhide(self) -> None:
        self.unseen -= 1

    def start_of_text(self, _: _Attributes) -> None:
        self.listening = not self.unseen and not self.hidden

    def end_of_text(self) -> None:
        self.listening = False

    def start_of_run(self, _: _Attributes) -> None:
        self.in_run, self.hidden = True, False

    def end_of_run(self) -> None:
        self.in_run = self.hidden = False

    def words(self, text: str) -> None:
        if self.listening and self.texts:
            self.texts[-1].pieces.append(text)

    def mark(self, text: str, _: _Attributes) -> None:
        """A tab, a line break, a hyphen."""
        if self.texts and self.in_run and not self.unseen:
            self.texts[-1].pieces.append(text)

    def start_of_content(self, _: _Attributes) -> None:
        self.contents.append(False)

    def gallery(self, attributes: _Attributes) -> None:
        """What an open content control is for."""
        if self.contents:
            self.contents[-1] = _value(attributes) == "Table of Contents"

    def margin(self, tag: str, attributes: _Attributes) -> None:
        """What a section shows around its pages, and that there is a note."""
        if tag == "titlePg":
            self.first_pages = self.first_pages or _value(attributes) not in _OFF
        elif tag in _NOTES:
            self.noted.add(_NOTES[tag])
        else:
            self.shown.append(
                (_attribute(attributes, "type") or "default", _attribute(attributes, "id"))
            )

    def trait(self, tag: str, attributes: _Attributes) -> None:
        """A property of the paragraph, the run or the cell that is open."""
        value = _value(attributes)
        if tag == "pStyle" and self.texts:
            self.texts[-1].style = value
        elif tag == "numId" and self.texts:
            self.texts[-1].numbered = value != "0"
        elif tag == "outlineLvl" and self.texts:
            self.texts[-1].outlined = value != "9"
        elif tag == "vanish" and self.in_run:
            self.hidden = value not in _OFF
        elif tag == "gridSpan" and self.open:
            self.open[-1].span = min(max(int(value or 1), 1), MAX_WIDTH)
        elif tag == "gridBefore" and self.open:
            self.open[-1].lead = min(max(int(value or 0), 0), MAX_WIDTH)
        elif tag == "vMerge" and self.open:
            self.open[-1].merge = value or "continue"

    # -- tables

    def start_of_table(self, _: _Attributes) -> None:
        self.tables.append(WordTable((), 0))  # its place in the order is where it begins
        self.open.append(_Cells(len(self.paragraphs), len(self.tables) - 1))

    def start_of_row(self, _: _Attributes) -> None:
        if self.open:
            table = self.open[-1]
            table.row, table.lead, table.width = [], 0, 0

    def start_of_cell(self, _: _Attributes) -> None:
        if self.open:
            table = self.open[-1]
            table.texts, table.span, table.merge = [], 1, ""

    def cell(self) -> None:
        if not self.open:
            return
        table = self.open[-1]
        text = "\n".join(["".join(one.pieces).strip() for one in table.texts])
        table.row.append(WordCell(text.strip(), table.span, table.merge))
        table.width += table.span
        self.cells += 1
        if self.cells > MAX_CELLS or table.width > MAX_WIDTH:
            raise Refused("Word 文档里的表格过大，不是正常的报告，未读取。" + SAVE_AS)

    def row(self) -> None:
        if self.open:
            self.open[-1].rows.append((self.open[-1].lead, tuple(self.open[-1].row)))

    def table(self) -> None:
        if not self.open:
            return
        table = self.open.pop()
        done = WordTable(tuple(row for row in table.rows if row[1]), table.after)
        self.tables[table.at] = done
        if done.framed:  # text in a frame is text
            for _, cells in done.rows:
                for text in cells[0].text.split("\n"):
                    self.paragraph(_Text([text]))

    # -- paragraphs

    def start_of_paragraph(self, _: _Attributes) -> None:
        self.texts.append(_Text())

    def end_of_paragraph(self) -> None:
        self.paragraph(self.texts.pop())

    def paragraph(self, text: _Text) -> None:
        if self.open:
            self.open[-1].texts.append(text)
        else:
            self.add(text)

    def add(self, text: _Text) -> None:
        words = "".join(text.pieces).strip()
        if not words:
            return
        style = self.styles.get(text.style, _Style())
        numbered = style.numbered if text.numbered is None else text.numbered
        short = len(words) <= _LONGEST_HEADING and not words.endswith(("。", "；", "，"))
        heading = short and (
            style.heading or text.outlined or numbered or bool(_HEADING.match(words))
        )
        listed = style.listed or any(self.contents)
        self.paragraphs.append(
            Paragraph(len(self.paragraphs) + 1, words, heading and not listed, numbered, listed)
        )


_DRAWN = ("a:", "m:")  # words in pictures and formulas
_MARKS = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_TRAITS = frozenset({"pStyle", "numId", "outlineLvl", "vanish", "gridSpan", "gridBefore", "vMerge"})
_NOTES = {"footnoteReference": "footnotes", "endnoteReference": "endnotes"}
_MARGINS = frozenset({"headerReference", "footerReference", "titlePg", *_NOTES})
_KNOWN = frozenset(
    {
        *_MARGINS,
        "p",
        "r",
        "t",
        "sdt",
        "docPartGallery",
        "tbl",
        "tr",
        "tc",
        *_UNSEEN,
        *_MARKS,
        *_TRAITS,
    }
)


def _tag(name: str) -> str:
    """The local name of what matters here; "" for all else."""
    local = name.rpartition(":")[2]
    return local if local in _KNOWN and (local in _UNSEEN or not name.startswith(_DRAWN)) else ""
