"""The bureau's small text files, CSV above all: decoded, split into lines, mistakes collected."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jixiao_xlsx.intake.file_kinds import OLE_MAGIC, Refused
from jixiao_xlsx.intake.os_errors import why
from jixiao_xlsx.values.text import tidy


class InputError(ValueError):
    """A file of the bureau that cannot be used; `mistakes` lists all, each with its place."""

    def __init__(self, source: str, mistakes: Sequence[str]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__(
            f"“{source}”有 {len(mistakes)} 处错误：\n" + "\n".join(f"  {m}" for m in mistakes)
        )


@dataclass(frozen=True, slots=True)
class TableLine:
    """A line of a CSV file: `cells` by column title, stripped, "" where there is no such column;
    `surplus` counts the cells beyond the header where one of them is filled.
    """

    number: int
    cells: Mapping[str, str]
    surplus: int

    @property
    def place(self) -> str:
        """Return the line as people name it: 第 3 行."""
        return f"第 {self.number} 行"


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A CSV file with its titles in the first line; blank lines are left out."""

    titles: tuple[str, ...]
    lines: tuple[TableLine, ...]


def read_table(path: Path, needed: Sequence[str], optional: Sequence[str] = ()) -> CsvTable:
    """Read a CSV file (UTF-8 or GBK) with these columns. Raises InputError where one is missing."""
    reader = csv.reader(io.StringIO(read_text(path), newline=""))
    titles = tuple(tidy(title) for title in next(reader, []))
    if missing := [title for title in needed if title not in titles]:
        columns = (
            f"缺少“{missing[0]}”一列"
            if len(needed) == 1
            else f"缺少列{'、'.join(f'“{title}”' for title in missing)}"
        )
        raise InputError(path.name, [f"第 1 行：{columns}（列名应在第一行）"])
    lines = []
    for values in reader:
        if any(value.strip() for value in values):
            typed = dict(zip(titles, (value.strip() for value in values), strict=False))
            cells = {title: typed.get(title, "") for title in (*needed, *optional)}
            beyond = any(value.strip() for value in values[len(titles) :])
            surplus = len(values) - len(titles) if beyond else 0
            lines.append(TableLine(reader.line_num, cells, surplus))
    return CsvTable(titles, tuple(lines))


@lru_cache(maxsize=1)
def _sheet_rows(data: bytes, number: int) -> tuple[str, Sequence[Sequence[Any]]]:
    """Return the name and all rows of a worksheet. Raises Refused. Cached: parts come in a row."""
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheet = book.get_sheet_by_index(number)
        return book.sheet_names[number], sheet.to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, python_calamine.ZipError, IndexError) as error:
        raise Refused("这份清单读不出来，文件可能已损坏。请在本机打开，重新保存后报送") from error


def rows_alone(data: bytes, number: int, rows: Sequence[int]) -> bytes:
    """Return a workbook (.xlsx) of some rows of a sheet, both counted from 0; values only.

    Raises Refused.
    """
    from openpyxl import Workbook

    name, lines = _sheet_rows(data, number)
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = name
    for row, at in enumerate(rows, 1):
        for column, value in enumerate(lines[at] if at < len(lines) else (), 1):
            if value != "":
                cell = sheet.cell(row, column)
                cell.value = value
                cell.data_type = "s" if isinstance(value, str) else cell.data_type  # no formula
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def sheet_alone(data: bytes, name: str) -> bytes:
    """Return a workbook (.xlsx) with one of its sheets, and those that are hidden. Raises Refused.

    Formulas lose their results.
    """
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(data))
    except Exception as error:  # whatever the library makes of a damaged part
        raise Refused("工作簿里的各张表分不开。请一个单位一个文件报送") from error
    for sheet in [one for one in book if one.title != name and one.sheet_state == "visible"]:
        book.remove(sheet)
    book.active = 0 if name not in book.sheetnames else book.sheetnames.index(name)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def read_text(path: Path) -> str:
    """Read a small text file, UTF-8 or GBK. Raises InputError."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(path.name, [f"无法打开：{why(error)}"]) from error
    if data.startswith((b"PK\x03\x04", OLE_MAGIC)):
        raise InputError(
            path.name, ["这是 Excel 工作簿。请打开后另存为“CSV（逗号分隔）”，再用另存的文件"]
        )
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError(path.name, ["文字编码读不懂，请另存为 UTF-8 或 GBK 编码"])
