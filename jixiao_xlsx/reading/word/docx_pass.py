"""One pass over the text of a .docx: its paragraphs and tables, and which margins it refers to."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from xml.parsers import expat

from jixiao_xlsx.intake.file_kinds import Refused
from jixiao_xlsx.reading.guard import local_attribute, local_name
from jixiao_xlsx.reading.word.content import WordCell, WordTable
from jixiao_xlsx.reading.word.docx_styles import SAVE_AS_DOCX, ParagraphStyle
from jixiao_xlsx.values.cells import Paragraph

_MAX_CELLS = 100_000
_MAX_WIDTH = 256
_OFF = frozenset({"0", "false", "off", "none"})
_HEADING = re.compile(
    r"\s*(?:第?[一二三四五六七八九十]{1,3}[、.．]"
    r"|第[一二三四五六七八九十]{1,3}(?:部分|章|节)"
    r"|[（(][一二三四五六七八九十]{1,3}[）)]"
    r"|\d{1,2}[、.．]|[（(]\d{1,2}[）)])"
)
_LONGEST_HEADING = 40
_MARKS = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_NOTES = {"footnoteReference": "footnotes", "endnoteReference": "endnotes"}
_DRAWN = ("a:", "m:")  # prefixes of words in pictures and formulas
# The text in these is not shown, or is shown twice.
_UNSEEN = frozenset({"del", "moveFrom", "Fallback", "delText", "instrText"})

_Attributes = dict[str, str]
_Start = Callable[[_Attributes], object]
_End = Callable[[], object]
_Handlers = tuple[_Start | None, _End | None]


@dataclass(slots=True)
class _OpenParagraph:
    """A paragraph under way."""

    pieces: list[str] = field(default_factory=list)
    style: str = ""
    numbered: bool | None = None
    outlined: bool = False

    @property
    def text(self) -> str:
        return "".join(self.pieces).strip()


@dataclass(slots=True)
class _OpenTable:
    """A table under way: finished rows, the row and the cell that are open."""

    after: int
    index: int
    rows: list[tuple[int, tuple[WordCell, ...]]] = field(default_factory=list)
    row: list[WordCell] = field(default_factory=list)
    lead: int = 0
    width: int = 0
    paragraphs: list[_OpenParagraph] = field(default_factory=list)
    span: int = 1
    merge: str = ""


class TextPass:
    """The state of the pass: open paragraphs, open tables, and what hides text.

    Paragraphs are a stack, since a text box stands inside one; tables too.
    """

    def __init__(self, styles: Mapping[str, ParagraphStyle]) -> None:
        self.styles = styles
        self.paragraphs: list[Paragraph] = []
        self.tables: list[WordTable] = []
        self.references: list[tuple[str, str]] = []  # headers and footers: type, link
        self.notes: set[str] = set()
        self._first_pages = False  # whether a section has a first page of its own
        self._open_paragraphs: list[_OpenParagraph] = []
        self._open_tables: list[_OpenTable] = []
        self._contents: list[bool] = []  # of open content controls: is it a table of contents?
        self._cells = 0
        self._unseen = 0
        self._in_run = self._hidden = self._in_text = False
        self._of_tag = self._handlers()
        self._of_name: dict[str, _Handlers] = {}

    def attach(self, parser: expat.XMLParserType) -> None:
        """Set the handlers."""
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters

    def shown_references(self, *, even_pages: bool) -> set[str]:
        """Return the links of the headers and footers that appear on a page."""
        kinds = {"default"}
        if self._first_pages:
            kinds.add("first")
        if even_pages:
            kinds.add("even")
        return {link for kind, link in self.references if kind in kinds}

    def _handlers(self) -> Mapping[str, _Handlers]:
        """Return what to do where an element begins and ends, by its local name."""
        return {
            "p": (self._start_paragraph, self._end_paragraph),
            "r": (self._start_run, self._end_run),
            "t": (self._start_text, self._end_text),
            "sdt": (self._start_control, self._contents.pop),
            "docPartGallery": (self._control_gallery, None),
            "tbl": (self._start_table, self._end_table),
            "tr": (self._start_row, self._end_row),
            "tc": (self._start_cell, self._end_cell),
            "pStyle": (self._paragraph_style, None),
            "numId": (self._paragraph_number, None),
            "outlineLvl": (self._paragraph_level, None),
            "vanish": (self._hide_run, None),
            "gridSpan": (self._cell_span, None),
            "gridBefore": (self._row_lead, None),
            "vMerge": (self._cell_merge, None),
            "titlePg": (self._first_page, None),
            "headerReference": (self._reference, None),
            "footerReference": (self._reference, None),
            **{tag: (partial(self._note, kind), None) for tag, kind in _NOTES.items()},
            **{tag: (partial(self._mark, text), None) for tag, text in _MARKS.items()},
            **dict.fromkeys(_UNSEEN, (self._start_unseen, self._end_unseen)),
        }

    def _start(self, name: str, attributes: _Attributes) -> None:
        handlers = self._of_name.get(name)
        if handlers is None:
            handlers = self._of_name[name] = self._handlers_of(name)
        if handlers[0] is not None:
            handlers[0](attributes)

    def _end(self, name: str) -> None:
        finish = self._of_name[name][1]
        if finish is not None:
            finish()

    def _handlers_of(self, name: str) -> _Handlers:
        tag = local_name(name)
        if name.startswith(_DRAWN) and tag not in _UNSEEN:
            return None, None
        return self._of_tag.get(tag, (None, None))

    # -- text

    def _start_unseen(self, _: _Attributes) -> None:
        self._unseen += 1

    def _end_unseen(self) -> None:
        self._unseen -= 1

    def _start_text(self, _: _Attributes) -> None:
        self._in_text = not self._unseen and not self._hidden

    def _end_text(self) -> None:
        self._in_text = False

    def _start_run(self, _: _Attributes) -> None:
        self._in_run, self._hidden = True, False

    def _hide_run(self, attributes: _Attributes) -> None:
        if self._in_run:
            self._hidden = _value(attributes) not in _OFF

    def _end_run(self) -> None:
        self._in_run = self._hidden = False

    def _characters(self, text: str) -> None:
        if self._in_text and self._open_paragraphs:
            self._open_paragraphs[-1].pieces.append(text)

    def _mark(self, text: str, _: _Attributes) -> None:
        """Take a tab, a line break, a hyphen."""
        if self._open_paragraphs and self._in_run and not self._unseen:
            self._open_paragraphs[-1].pieces.append(text)

    def _start_control(self, _: _Attributes) -> None:
        self._contents.append(False)

    def _control_gallery(self, attributes: _Attributes) -> None:
        if self._contents:
            self._contents[-1] = _value(attributes) == "Table of Contents"

    # -- margins

    def _first_page(self, attributes: _Attributes) -> None:
        self._first_pages = self._first_pages or _value(attributes) not in _OFF

    def _note(self, kind: str, _: _Attributes) -> None:
        self.notes.add(kind)

    def _reference(self, attributes: _Attributes) -> None:
        kind = local_attribute(attributes, "type") or "default"
        self.references.append((kind, local_attribute(attributes, "id")))

    # -- tables

    def _start_table(self, _: _Attributes) -> None:
        self.tables.append(WordTable((), 0))  # its place in the order is where it begins
        self._open_tables.append(_OpenTable(len(self.paragraphs), len(self.tables) - 1))

    def _start_row(self, _: _Attributes) -> None:
        if self._open_tables:
            table = self._open_tables[-1]
            table.row, table.lead, table.width = [], 0, 0

    def _row_lead(self, attributes: _Attributes) -> None:
        if self._open_tables:
            self._open_tables[-1].lead = min(max(int(_value(attributes) or 0), 0), _MAX_WIDTH)

    def _start_cell(self, _: _Attributes) -> None:
        if self._open_tables:
            table = self._open_tables[-1]
            table.paragraphs, table.span, table.merge = [], 1, ""

    def _cell_span(self, attributes: _Attributes) -> None:
        if self._open_tables:
            self._open_tables[-1].span = min(max(int(_value(attributes) or 1), 1), _MAX_WIDTH)

    def _cell_merge(self, attributes: _Attributes) -> None:
        if self._open_tables:
            self._open_tables[-1].merge = _value(attributes) or "continue"

    def _end_cell(self) -> None:
        if not self._open_tables:
            return
        table = self._open_tables[-1]
        text = "\n".join([paragraph.text for paragraph in table.paragraphs])
        table.row.append(WordCell(text.strip(), table.span, table.merge))
        table.width += table.span
        self._cells += 1
        if self._cells > _MAX_CELLS or table.width > _MAX_WIDTH:
            raise Refused("Word 文档里的表格过大，不是正常的报告，未读取。" + SAVE_AS_DOCX)

    def _end_row(self) -> None:
        if self._open_tables:
            table = self._open_tables[-1]
            table.rows.append((table.lead, tuple(table.row)))

    def _end_table(self) -> None:
        if not self._open_tables:
            return
        table = self._open_tables.pop()
        done = WordTable(tuple(row for row in table.rows if row[1]), table.after)
        self.tables[table.index] = done
        if done.framed:  # text in a frame is text
            for _, cells in done.rows:
                for text in cells[0].text.split("\n"):
                    self._place_paragraph(_OpenParagraph([text]))

    # -- paragraphs

    def _start_paragraph(self, _: _Attributes) -> None:
        self._open_paragraphs.append(_OpenParagraph())

    def _paragraph_style(self, attributes: _Attributes) -> None:
        if self._open_paragraphs:
            self._open_paragraphs[-1].style = _value(attributes)

    def _paragraph_number(self, attributes: _Attributes) -> None:
        if self._open_paragraphs:
            self._open_paragraphs[-1].numbered = _value(attributes) != "0"

    def _paragraph_level(self, attributes: _Attributes) -> None:
        if self._open_paragraphs:
            self._open_paragraphs[-1].outlined = _value(attributes) != "9"

    def _end_paragraph(self) -> None:
        self._place_paragraph(self._open_paragraphs.pop())

    def _place_paragraph(self, paragraph: _OpenParagraph) -> None:
        """Put a paragraph into the open cell, or into the text unless it is blank."""
        if self._open_tables:
            self._open_tables[-1].paragraphs.append(paragraph)
        elif text := paragraph.text:
            self._add_paragraph(paragraph, text)

    def _add_paragraph(self, paragraph: _OpenParagraph, text: str) -> None:
        style = self.styles.get(paragraph.style, ParagraphStyle())
        numbered = style.numbered if paragraph.numbered is None else paragraph.numbered
        short = len(text) <= _LONGEST_HEADING and not text.endswith(("。", "；", "，"))
        marked = style.heading or paragraph.outlined or numbered or bool(_HEADING.match(text))
        listed = style.listed or any(self._contents)
        heading = short and marked and not listed
        self.paragraphs.append(Paragraph(len(self.paragraphs) + 1, text, heading, numbered, listed))


def _value(attributes: _Attributes) -> str:
    return local_attribute(attributes, "val")
