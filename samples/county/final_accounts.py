"""The bureau's final accounts of some departments, as 决算 software exports them and as they are
published: most agree with what the departments report, some do not.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from county.form import Form
from county.money import half_up
from jixiao_xlsx.output.xlsx.blank import layout
from jixiao_xlsx.output.xlsx.page import new_book

KINDS = ("年初预算数", "全年预算数", "决算数")
INCOME = (
    "一般公共预算财政拨款收入",
    "政府性基金预算财政拨款收入",
    "国有资本经营预算财政拨款收入",
    "上级补助收入",
    "事业收入",
    "经营收入",
    "附属单位上缴收入",
    "其他收入",
)
FUNCTIONS = ("一般公共服务支出", "外交支出", "国防支出", "公共安全支出", "教育支出")
BESIDE = ("上缴上级支出", "经营支出", "对附属单位补助支出")
NUMERALS = "一二三四五六七八"
CARS = ("其中：公务用车购置费", "其中：公务用车运行维护费")
Change = tuple[str, str, float]  # table, row, by how much the accounts are higher (决算数, 元)


@dataclass(frozen=True)
class Told:
    """The accounts of one department, and where its workbook must be found to differ."""

    form: Form
    code: str = ""
    changes: Sequence[Change] = ()
    name: str = ""

    @property
    def called(self) -> str:
        return self.name or self.form.department

    def figure(self, table: str, row: str, column: str) -> float:
        """A figure in 元; sums are worked out, what is blank is 0."""
        moved = sum(
            by for t, r, by in self.changes if (t, r) == (table, row) and column == "决算数"
        )
        return round(self._true(table, row, column) + moved, 2)

    def main(self, row: str, column: str = "决算数") -> float:
        return self.figure("收支总表", row, column)

    def _true(self, table: str, row: str, column: str) -> float:
        parts = SUMS.get(row)
        if parts:
            return sum(self._true(table, part, column) for part in parts)
        value = self.form.rows.get(table, {}).get(row, {}).get(column)
        return value if isinstance(value, int | float) else 0.0

    def expected(self, code: str) -> Iterable[tuple[str, str, str, str]]:
        where = layout.lay_out(self.form.template, self.form.filling())
        for table, row, _ in self.changes:
            yield (self.form.file, code, *where.ref(table, row, "决算数"))


SUMS = {
    "本年收入合计": INCOME,
    "收入总计": ("本年收入合计", "使用非财政拨款结余", "年初结转和结余"),
    "基本支出": ("其中：人员经费", "其中：公用经费"),
    "本年支出合计": ("基本支出", "项目支出", *BESIDE),
    "支出总计": ("本年支出合计", "结余分配", "年末结转和结余"),
    "“三公经费”合计": ("因公出国（境）费", "公务用车购置及运行维护费", "公务接待费"),
    "公务用车购置及运行维护费": CARS,
}


@dataclass
class Sheets:
    """A workbook being written: values by sheet, line by line."""

    book: Any
    sheets: dict[str, Any] = field(default_factory=dict)

    def add(self, name: str, lines: Sequence[Sequence[object]], merges: Sequence[str] = ()) -> None:
        sheet = self.sheets[name] = self.book.add_worksheet(name)
        for row, line in enumerate(lines):
            for column, value in enumerate(line):
                if value is not None:
                    sheet.write(row, column, value)
        for area in merges:
            first = area.split(":")[0]
            column, row = first.rstrip("0123456789"), first.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
            value = lines[int(row) - 1][ord(column) - ord("A")]
            sheet.merge_range(area, value)


# ------------------------------------------------------------------------ what the software exports


def exported(told: Told, path: Path) -> None:
    """财决01, 财决04 and 机构运行信息表, in 元."""
    with new_book(path, "部门决算") as book:
        sheets = Sheets(book)
        lines, merges = _z01(told)
        sheets.add("Z01 收入支出决算总表(财决01表)", lines, merges)
        sheets.add("Z04 支出决算表(财决04表)", _z04(told, 1, "财决04表", "元"), ["A4:D4"])
        sheets.add("F03 机构运行信息表(财决附03表)", _f03(told))


def _head(title: str, number: str, told: Told, unit: str, width: int) -> list[list[object]]:
    coded = f"{told.code}-{told.called}" if told.code else told.called
    rest: list[object] = [None] * (width - 2)
    return [
        [title],
        [None, *rest, number],
        [f"编制单位：{coded}", *rest, f"金额单位：{unit}"],
    ]


def _z01(told: Told) -> tuple[list[list[object]], list[str]]:
    natures = (
        ("一、基本支出", "基本支出"), ("    人员经费", "其中：人员经费"),
        ("    公用经费", "其中：公用经费"), ("二、项目支出", "项目支出"),
        ("    其中：基本建设类项目", ""), ("三、上缴上级支出", "上缴上级支出"),
        ("四、经营支出", "经营支出"), ("五、对附属单位补助支出", "对附属单位补助支出"),
    )  # fmt: skip
    lines = _head("收入支出决算总表", "财决01表", told, "元", 15)
    lines.append(["收入", *[None] * 4, "支出"])
    block = ["行次", *KINDS]
    lines.append(
        ["项目", *block, "项目（按功能分类）", *block, "项目（按支出性质和经济分类）", *block]
    )
    lines.append(
        [
            *("栏次", None, 1, 2, 3, "栏次", None, 4, 5, 6, "栏次", None, 7, 8, 9),
        ]
    )
    for at, income in enumerate(INCOME):
        nature, row = natures[at]
        function = FUNCTIONS[at] if at < len(FUNCTIONS) else ""
        lines.append(
            [
                f"{NUMERALS[at]}、{income}", at + 1, *_kinds(told, income),
                f"{NUMERALS[at]}、{function}" if function else None, at + 31, None, None, None,
                nature, at + 57, *(_kinds(told, row) if row else (None, None, None)),
            ]
        )  # fmt: skip
    ends = (
        ("本年收入合计", "本年支出合计"), ("使用非财政拨款结余（含专用结余）", "结余分配"),
        ("年初结转和结余", "年末结转和结余"), ("总计", "总计"),
    )  # fmt: skip
    sides = (
        ("本年收入合计", "本年支出合计"), ("使用非财政拨款结余", "结余分配"),
        ("年初结转和结余", "年末结转和结余"), ("收入总计", "支出总计"),
    )  # fmt: skip
    merges = ["A4:E4", "F4:O4"]
    for at, (labels, rows) in enumerate(zip(ends, sides, strict=True)):
        lines.append(
            [labels[0], 27 + at, *_kinds(told, rows[0]), labels[1], *[None] * 5, 80 + at,
             *_kinds(told, rows[1])]
        )  # fmt: skip
        merges.append(f"F{len(lines)}:K{len(lines)}")
    return lines, merges


def _kinds(told: Told, row: str) -> tuple[object, ...]:
    figures = [told.main(row, kind) for kind in KINDS]
    return tuple(figures) if any(figures) else (None, None, None)


def _z04(told: Told, factor: float, number: str, unit: str) -> list[list[object]]:
    columns = ("本年支出合计", "基本支出", "项目支出", *BESIDE)
    figures = [printed(told.main(name), factor) for name in columns]
    return [
        *_head("支出决算表", number, told, unit, 10),
        ["项目", None, None, None, *columns],
        ["支出功能分类科目编码", None, None, "科目名称"],
        ["类", "款", "项", "栏次", 1, 2, 3, 4, 5, 6],
        [None, None, None, "合计", *figures],
    ]


def _f03(told: Told) -> list[list[object]]:
    rows = (
        ("（一）支出合计", "“三公经费”合计"), ("  1．因公出国（境）费", "因公出国（境）费"),
        ("  2．公务用车购置及运行维护费", "公务用车购置及运行维护费"),
        ("    （1）公务用车购置费", CARS[0]), ("    （2）公务用车运行维护费", CARS[1]),
        ("  3．公务接待费", "公务接待费"),
    )  # fmt: skip
    lines = _head("机构运行信息表", "财决附03表", told, "元", 7)
    lines.append(["项目", "行次", "预算数", "统计数", "项目", "行次", "统计数"])
    lines.append(["栏次", None, 1, 2, "栏次", None, 3])
    lines.append(["一、“三公”经费支出", 1, "—", "—", "二、机关运行经费", 22, None])
    for at, (label, row) in enumerate(rows, start=2):
        budget, spent = (told.figure("三公经费", row, c) for c in ("预算数（全年）", "决算数"))
        lines.append([label, at, budget, spent])
    return lines


# ---------------------------------------------------------------------------- what is published


def printed(amount: float, factor: float) -> float:
    """An amount in 元 or, with 10000, in 万元 with two decimals."""
    return amount if factor == 1 else float(half_up(Fraction(round(amount * 100), 1_000_000), 2))


def published(told: Told, path: Path) -> None:
    """公开01, 03 and 09表, in 万元."""
    with new_book(path, "部门决算公开") as book:
        sheets = Sheets(book)
        sheets.add("GK01 收入支出决算总表(公开01表)", _gk01(told), ["A4:C4", "D4:F4"])
        lines = _z04(told, 10_000, "公开03表", "万元")
        lines[2][0] = f"部门：{told.called}"
        sheets.add("GK03 支出决算表(公开03表)", lines, ["A4:D4"])
        merges = ["A4:F4", "G4:L4", "A5:A6", "B5:B6", "C5:E5", "F5:F6", "G5:G6", "H5:H6", "I5:K5"]
        sheets.add("GK09 三公经费支出决算表(公开09表)", _gk09(told), [*merges, "L5:L6"])


def _gk01(told: Told) -> list[list[object]]:
    def wan(row: str) -> float:
        return printed(told.main(row), 10_000)

    lines = [
        ["收入支出决算总表"],
        [*[None] * 5, "公开01表"],
        [f"部门：{told.called}", *[None] * 4, "金额单位：万元"],
        ["收入", None, None, "支出"],
        ["项目", "行次", "决算数", "项目（按功能分类）", "行次", "决算数"],
        ["栏次", None, 1, "栏次", None, 2],
    ]
    for at, income in enumerate(INCOME):
        function = FUNCTIONS[at] if at < len(FUNCTIONS) else ""
        lines.append(
            [
                f"{NUMERALS[at]}、{income}", at + 1, wan(income),
                f"{NUMERALS[at]}、{function}" if function else None, at + 31,
            ]
        )  # fmt: skip
    for at, (left, right) in enumerate(
        (
            ("本年收入合计", "本年支出合计"), ("使用非财政拨款结余", "结余分配"),
            ("年初结转和结余", "年末结转和结余"),
        )
    ):  # fmt: skip
        lines.append([left, 27 + at, wan(left), right, 57 + at, wan(right)])
    lines.append(["总计", 30, wan("收入总计"), "总计", 60, wan("支出总计")])
    lines.append(["注：本表反映部门本年度的总收支和年末结转结余情况。"])
    return lines


def _gk09(told: Told) -> list[list[object]]:
    items = ("“三公经费”合计", "因公出国（境）费", "公务用车购置及运行维护费", *CARS, "公务接待费")
    figures = [
        printed(told.figure("三公经费", item, column), 10_000)
        for column in ("预算数（全年）", "决算数")
        for item in items
    ]
    heads = ["合计", "因公出国（境）费", "公务用车购置及运行维护费", None, None, "公务接待费"]
    below = [None, None, "小计", "公务用车购置费", "公务用车运行维护费", None]
    return [
        ["财政拨款“三公”经费支出决算表"],
        [*[None] * 11, "公开09表"],
        [f"部门：{told.called}", *[None] * 10, "金额单位：万元"],
        ["预算数", *[None] * 5, "决算数"],
        [*heads, *heads],
        [*below, *below],
        list(range(1, 13)),
        figures,
    ]


def listed(all_told: Sequence[Told], path: Path) -> None:
    """Many departments in one sheet, a line each."""
    items = ("本年收入合计", "年初结转和结余", "基本支出", "项目支出", "本年支出合计")
    lines: list[list[object]] = [
        ["2023年度部门决算汇总表"],
        ["金额单位：元"],
        ["序号", "部门编码", "部门名称", *items],
    ]
    for number, told in enumerate(all_told, start=1):
        figures = [told.main(item) for item in items]
        lines.append([number, told.code or None, told.called, *figures])
    sums = [round(sum(told.main(item) for told in all_told), 2) for item in items]
    lines.append([None, None, "合计", *sums])
    with new_book(path, "部门决算汇总表") as book:
        Sheets(book).add("部门决算汇总表", lines)


# ------------------------------------------------------------------------------------- the folder


def write(folder: Path, forms: Mapping[str, Form]) -> None:
    """Write the accounts, by department, and what must be found; 来源.toml says what they are."""
    reported, approved = folder / "决算" / "上报", folder / "决算" / "批复"
    for one in (reported, approved):
        one.mkdir(parents=True, exist_ok=True)
    (reported / "来源.toml").write_text(
        '类别 = "上报"\n日期 = 2024-03-20\n', encoding="utf-8", newline="\n"
    )
    main = "收支总表"
    rows = ("项目支出", "本年支出合计", "支出总计", INCOME[0], "本年收入合计", "收入总计")
    more = [(main, row, 1500.0) for row in rows]
    market = Told(forms["青禾县市场监督管理局"], "103003", more)
    library = Told(forms["青禾县图书馆"], "103011", ((main, "基本支出", 800.0),))
    guests = (("三公经费", "公务接待费", 3000.0), ("三公经费", "“三公经费”合计", 3000.0))
    houses = Told(forms["青禾县住房和城乡建设局"], changes=guests)
    exported(Told(forms["青禾县人民政府办公室"], "101003"), reported / "101003县政府办.xlsx")
    exported(market, reported / "103003市场监管局.xlsx")
    exported(Told(forms["青禾县发展和改革局"], name="青禾县粮食局"), reported / "粮食局.xlsx")
    exported(Told(forms["青禾县审计局"], name="青禾县气象局"), reported / "气象局.xlsx")
    others = [Told(forms["青禾县信访局"], "101012"), Told(forms["青禾县审计局"])]
    listed([*others, library], reported / "汇总.xlsx")
    published(Told(forms["青禾县水务局"]), approved / "水务局公开表.xlsx")
    published(houses, approved / "住建局公开表.xlsx")
    published(Told(forms["青禾县农业农村局"]), folder / "决算" / "农业农村局.xlsx")
    findings = [
        *market.expected("REF105"),
        *library.expected("REF105"),
        *houses.expected("REF101"),
    ]
    write_expected(folder / "expected" / "决算.csv", findings)


def write_expected(path: Path, findings: Iterable[Sequence[str]]) -> None:
    """Write what must be found: file, code, sheet, cell."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(("file", "code", "sheet", "cell"))
    writer.writerows(sorted(findings))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(stream.getvalue(), encoding="utf-8", newline="\n")
