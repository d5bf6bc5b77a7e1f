"""A county's own form for tests: a blank of two sheets, its spec, and copies filled from it."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import Path

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.values.addresses import a1

FUNDS, SUBJECTS = "附件1 经费", "附件2 科目"
_PRINTED: Mapping[str, Mapping[str, object]] = {
    FUNDS: {
        "A1": "2023年度乡镇经费情况表",
        "A2": "填报单位：",
        "D2": "单位：万元",
        "A3": "经费类别", "B3": "2022年决算数", "C3": "2023年数",
        "C4": "预算", "D4": "决算",
        "A5": "合计", "A6": "1.办公费", "A7": "2.差旅费", "A8": "　其中：县外差旅",
        "A9": "制表人：　　　联系电话：",
    },
    SUBJECTS: {
        "A1": "2023年度支出明细表（按科目）",
        "A2": "填报单位：", "C2": "金额单位：万元",
        "A3": "科目编码", "B3": "科目名称", "C3": "支出数",
        "A4": "栏次", "C4": 1,
        "B5": "合计", "C5": "XX",
    },
}  # fmt: skip
_MERGES = {FUNDS: ("A1:D1", "A3:A4", "B3:B4", "C3:D3"), SUBJECTS: ("A1:C1",)}
FILLED: Mapping[str, Mapping[str, object]] = {
    FUNDS: {
        "A2": "填报单位：石桥乡人民政府",
        "B5": 30, "C5": 33.5, "D5": 31.25,
        "B6": 10, "C6": 12.5, "D6": 12.05,
        "B7": 20, "C7": 21, "D7": 19.2,
        "B8": 5, "C8": 6, "D8": 4.5,
        "A9": "制表人：王芳　　　联系电话：0936-1234567",
    },
    SUBJECTS: {
        "A2": "填报单位：石桥乡人民政府",
        "C5": 31.25,
        "A6": "201", "B6": "一般公共服务支出", "C6": 21.25,
        "A7": "20103", "B7": "政府办公厅事务", "C7": 21.25,
        "A8": "2010301", "B8": "行政运行", "C8": 20,
        "A9": "2010350", "B9": "事业运行", "C9": 1.25,
        "A10": "213", "B10": "农林水支出", "C10": 10,
        "A11": "21307", "B11": "农村综合改革", "C11": 10,
    },
}  # fmt: skip
SPEC = f"""
id = "xiangzhen-jingfei"
version = "1.0"
title = "乡镇经费情况表"
file_name = "乡镇经费情况表"
blank = "空白表.xlsx"
year = 2023
[[sheet]]
title = "{FUNDS}"
[[sheet]]
title = "{SUBJECTS}"
[[cell]]
name = "填报单位"
table = "经费封面"
sheet = "{FUNDS}"
at = "A2"
inside = ["填报单位：{{department}}"]
[[cell]]
name = "填报单位"
table = "科目封面"
sheet = "{SUBJECTS}"
at = "A2"
inside = ["填报单位：{{department}}"]
[[cell]]
name = "制表人"
table = "经费封面"
sheet = "{FUNDS}"
at = "A9"
inside = ["制表人：{{text}}"]
[[table]]
name = "经费"
sheet = "{FUNDS}"
shape = "fixed"
at = "A3:D8"
unit = "万元"
columns = [
  {{ path = ["{{year-1}}年决算数"], at = "B", type = "money" }},
  {{ path = ["{{year}}年数", "预算"], at = "C", type = "money" }},
  {{ path = ["{{year}}年数", "决算"], at = "D", type = "money" }},
]
rows = [
  {{ path = ["合计"], at = 5 }},
  {{ path = ["1.办公费"], at = 6 }},
  {{ path = ["2.差旅费"], at = 7 }},
  {{ path = ["2.差旅费", "其中：县外差旅"], at = 8 }},
]
[[table]]
name = "科目"
sheet = "{SUBJECTS}"
shape = "open"
at = "A3:C20"
unit = "万元"
lines = "6:20"
total = "合计"
total_at = 5
label = ["科目名称"]
codes = "科目编码"
columns = [
  {{ path = ["科目编码"], at = "A" }},
  {{ path = ["科目名称"], at = "B" }},
  {{ path = ["支出数"], at = "C", type = "money" }},
]
[[equation]]
code = "BAL901"
title = "合计与各类之和不符"
table = "经费"
scope = "column"
holds = "合计 = 「1.办公费」 + 「2.差旅费」"
basis = "表样"
[[equation]]
code = "BAL902"
title = "其中数大于差旅费"
severity = "warning"
table = "经费"
scope = "column"
holds = "「2.差旅费·其中：县外差旅」 ≤ 「2.差旅费」"
basis = "表样"
[[equation]]
code = "BAL903"
title = "合计与各行之和不符"
table = "科目"
scope = "column"
holds = "合计 = 各行"
basis = "表样"
[[equation]]
code = "BAL904"
title = "上级科目与下级之和不符"
table = "科目"
scope = "column"
holds = "上级科目 = 下级科目"
basis = "表样"
[[equation]]
code = "BAL905"
title = "合计与各类之和不符"
table = "科目"
scope = "column"
holds = "合计 = 各行[编码长=3]"
basis = "表样"
[[equation]]
code = "REC901"
title = "两张表的支出不符"
holds = "科目.合计.支出数 = 经费.合计.本年数·决算"
basis = "表样"
[[equation]]
code = "REC902"
title = "只是建议的关系"
holds = "科目.合计.支出数 = 经费.合计.上年决算数"
basis = "表样"
ticked = false
"""
Places = Callable[[str, int, int], tuple[int, int]]


def form(folder: Path) -> Template:
    """Write the form into a folder and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "空白表.xlsx").write_bytes(workbook({}))
    (folder / "spec.toml").write_text(SPEC, encoding="utf-8")
    return find_template(folder)


def workbook(
    filled: Mapping[str, Mapping[str, object]],
    *,
    names: Mapping[str, str] | None = None,
    moved: Places | None = None,
    later: int = 0,
) -> bytes:
    """Return a copy: the blank with `filled`, its sheets renamed, cells moved, years later."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, printed in _PRINTED.items():
        sheet = book.create_sheet((names or {}).get(title, title))
        for ref, value in {**printed, **filled.get(title, {})}.items():
            _put(sheet, title, ref, value, moved, later)
        for area in _MERGES[title]:
            first, last = (_moved(title, ref, moved) for ref in area.split(":"))
            sheet.merge_cells(f"{a1(*first)}:{a1(*last)}")
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _put(
    sheet: Worksheet, title: str, ref: str, value: object, moved: Places | None, later: int
) -> None:
    if later and isinstance(value, str):
        for year in (2023, 2022):
            value = value.replace(f"{year}年", f"{year + later}年")
    row, column = _moved(title, ref, moved)
    sheet.cell(row + 1, column + 1, value)


def _moved(title: str, ref: str, moved: Places | None) -> tuple[int, int]:
    from jixiao_xlsx.values.addresses import position

    row, column = position(ref)
    return moved(title, row, column) if moved else (row, column)
