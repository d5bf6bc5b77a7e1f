"""What a worksheet's own bytes say about its cells beyond their values, in every format alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from jixiao_xlsx.intake.file_kinds import SAVE_AS, Refused, broken
from jixiao_xlsx.reading.guard import Bounds
from jixiao_xlsx.values.addresses import Area, Position, a1

MAX_ROWS = 20_000
MAX_COLUMNS = 512
MAX_AREA = 1_000_000
WORKBOOK_BOUNDS = Bounds(
    doctype="文件内含 DOCTYPE 声明，正常的工作簿没有，出于安全未读取。" + SAVE_AS,
    silence=broken().reason,
    endless_list=("工作簿的样式或清单异常庞大，不是正常的报表，未读取。请把内容填到空白表里重报"),
    max_list=32 * 2**20,
    max_listed=1_500_000,  # twice Excel's 65,490 cell formats, with their content
)


@dataclass(frozen=True, slots=True)
class SheetFlags:
    """What is known about the cells of one sheet, by position.

    A formula's text is without "="; "" where the format (.xls) keeps no text. The members of a
    shared formula carry the text of its first cell, which `origins` gives. `merges` are
    inclusive areas. `formats` are the codes of number formats, as `0.00"万亩"`, where a cell has one
    that the file spells out.
    `pictures`: something is drawn on the sheet.
    """

    formulas: Mapping[Position, str] = field(default_factory=dict)
    errors: Mapping[Position, str] = field(default_factory=dict)
    uncalculated: frozenset[Position] = frozenset()
    percents: frozenset[Position] = frozenset()
    hidden_rows: frozenset[int] = frozenset()
    merges: tuple[Area, ...] = ()
    formats: Mapping[Position, str] = field(default_factory=dict)
    hidden_columns: frozenset[int] = frozenset()
    origins: Mapping[Position, Position] = field(default_factory=dict)
    pictures: bool = False


def too_far(height: int, width: int) -> bool:
    """Return whether a sheet reaches so far out that filling it up would exhaust the memory."""
    return height > MAX_ROWS or width > MAX_COLUMNS or height * width > MAX_AREA


def far_cell(sheet: str, cell: Position) -> Refused:
    """Return the refusal of a sheet that holds a cell far out."""
    return Refused(
        f"工作表“{sheet}”的 {a1(*cell)} 有内容，远在表格之外，无法读取。"
        "请删去该单元格所在的整行整列，保存后重报"
    )
