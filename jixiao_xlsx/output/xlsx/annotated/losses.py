"""What of a workbook its annotated copy cannot keep, found before the copy is made."""

from __future__ import annotations

import importlib.util
import re
import zipfile
from collections.abc import Mapping, Sequence

_STRINGS = "xl/sharedStrings.xml"
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_DRAWING = re.compile(r"xl/drawings/[^/]+\.xml")
# Parts that are not written again, by their folders.
_PARTS = (
    (re.compile(r"xl/(ctrlProps|activeX)/"), "按钮、复选框等控件"),
    (re.compile(r"xl/(threadedComments|persons)/"), "带回复的批注（只留普通批注）"),
    (re.compile(r"xl/(slicers|slicerCaches|timelines)/"), "切片器、日程表"),
    (re.compile(r"xl/embeddings/"), "嵌入的文件（OLE 对象）"),
    (re.compile(r"customXml/item\d+\.xml"), "自定义 XML 数据"),
    (re.compile(r"xl/metadata\.xml"), "动态数组公式的标记"),
    (re.compile(r"xl/richData/"), "单元格内的图片"),
    (re.compile(r"xl/vbaProject\.bin"), "宏"),
)
_IN_SHEETS = (
    (b"sparklineGroup", "迷你图"),
    (b"x14:conditionalFormatting", "新式数据条、图标集"),
    (b"x14:dataValidation", "引用别的工作表的下拉选项（Excel 2010 以后的写法）"),
    (b"<protectedRange", "“允许编辑区域”"),
    (b"<ignoredError", "“忽略错误”的标记"),
    (b"<picture ", "工作表背景图片"),
    (b"legacyDrawingHF", "页眉页脚中的图片"),
)
_SHAPE = re.compile(rb":(?:sp|grpSp)[ />]")
_DOCTYPE = tuple("<!DOCTYPE".encode(encoding) for encoding in ("ascii", "utf-16-le", "utf-16-be"))
_MOST_BYTES = 4 * 2**20  # of XML: five times a filled form


def lost_features(parts: Mapping[str, bytes]) -> tuple[str, ...]:
    """Return what the copy of the .xlsx made of these parts will lack, in a person's words."""
    lost = [text for pattern, text in _PARTS if any(pattern.match(name) for name in parts)]
    lost += _lost_in_sheets([_after_cells(parts[name]) for name in parts if _SHEET.fullmatch(name)])
    lost += _lost_drawings([parts[name] for name in parts if _DRAWING.fullmatch(name)])
    if b"<rPh" in parts.get(_STRINGS, b""):
        lost.append("拼音注音")
    return tuple(dict.fromkeys(lost))


def _lost_in_sheets(sheets: Sequence[bytes]) -> list[str]:
    return [text for mark, text in _IN_SHEETS if any(mark in sheet for sheet in sheets)]


def _lost_drawings(drawings: Sequence[bytes]) -> list[str]:
    lost = ["文本框、形状"] if any(_SHAPE.search(drawing) for drawing in drawings) else []
    if any(b":pic>" in drawing for drawing in drawings) and importlib.util.find_spec("PIL") is None:
        lost.append("图片")
    return lost


def _after_cells(sheet: bytes) -> bytes:
    """Return what follows the cells, where all marks are, or else the whole sheet."""
    return sheet[max(sheet.rfind(b"</sheetData>"), 0) :]


def too_large(archive: zipfile.ZipFile) -> bool:
    """Return whether loading every part would take too much time and memory for one letter.

    Empty formatted cells count as well.
    """
    size = sum(
        entry.file_size
        for entry in archive.infolist()
        if entry.filename.lower().endswith((".xml", ".vml"))
    )
    return size > _MOST_BYTES


def has_doctype(parts: Mapping[str, bytes]) -> bool:
    """Return whether some part declares entities.

    The guard checked only what is read, and openpyxl loads the other parts, too.
    """
    documents = (
        data for name, data in parts.items() if name.lower().endswith((".xml", ".rels", ".vml"))
    )
    return any(mark in data for data in documents for mark in _DOCTYPE)


def has_rich_text(parts: Mapping[str, bytes]) -> bool:
    """Return whether some text is partly bold or coloured."""
    return b"<r>" in parts.get(_STRINGS, b"")
