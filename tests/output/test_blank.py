"""The blank workbook: where things stand, what may be typed, what formulas say before and after a
recalculation.
"""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import office
import openpyxl
import pytest
from openpyxl.cell import MergedCell
from openpyxl.worksheet.cell_range import CellRange
from printed import as_printed

from jixiao_xlsx.checking.balance.judging import judge
from jixiao_xlsx.checking.balance.verdicts import Outcome
from jixiao_xlsx.examining.check import check
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.form.repeated_sheets import unrolled
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.output.xlsx.blank.book import write_workbook
from jixiao_xlsx.output.xlsx.blank.contents import contents
from jixiao_xlsx.output.xlsx.blank.form_styles import WRONG_FILL
from jixiao_xlsx.output.xlsx.blank.layout import Filling, TableFilling, lay_out
from jixiao_xlsx.reading import workbook
from jixiao_xlsx.values.people import Bureau

SHARED_FUNCTIONS = {
    *(
        "IF",
        "ABS",
        "ADDRESS",
        "COLUMN",
        "ROW",
        "AND",
        "OR",
        "NOT",
        "SUM",
        "COUNT",
        "ROUND",
        "MAX",
        "MIN",
        "N",
        "INT",
        "TEXT",
        "TRIM",
        "LEFT",
        "RIGHT",
        "MID",
    ),
    *("OFFSET", "ROWS", "MATCH", "COUNTIF"),
    *("SUMPRODUCT", "ISERROR", "ISTEXT", "ISNUMBER", "FIND", "IFERROR", "COUNTA", "INDEX", "LEN"),
}
CHECK, GUIDE = "自检", "填报说明"
MOST_NESTED = 7


@pytest.fixture(scope="module")
def template() -> Template:
    return find_template()


@pytest.fixture(scope="module", params=["bumen-zhengti", "xiangmu-zhichu"])
def form(request: pytest.FixtureRequest) -> Template:
    """Each form that is shipped."""
    return find_template(request.param)


def written(template: Template, filling: Filling | None = None, **options: Any) -> bytes:
    target = io.BytesIO()
    write_workbook(template, target, filling=filling or {}, **options)
    return target.getvalue()


def opened(data: bytes, *, values: bool = False) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data), data_only=values)


def full() -> dict[str, TableFilling]:
    """A workbook with something of everything, slips included."""
    money = {
        "一般公共预算财政拨款收入": 9548199.71,
        "其他收入": "954.81万元",
        "项目支出": 8241999.71,
        "经营支出": 0,
    }
    return {
        "基本信息": TableFilling(
            {
                "部门名称": {"填报内容": "=某县某局"},
                "评价年度": {"填报内容": 2023},
                "编制人数": {"填报内容": 6},
            }
        ),
        "收支总表": TableFilling(
            {title: {"决算数": value, "年初预算数": value} for title, value in money.items()}
            | {
                "其中：人员经费": {"决算数": 123700},
                "其中：公用经费": {"决算数": 1182500, "全年预算数": "—"},
            }
        ),
        "资金预算执行表": TableFilling(
            {
                "合计": {
                    "基本支出小计": 130.62,
                    "项目支出": 824.19,
                    "支出合计": 954.82,
                    "人员经费": 12.36,
                    "下达资金": None,
                }
            },
            [
                {
                    "支出功能分类科目": "一般公共服务支出",
                    "基本支出小计": 130.62,
                    "人员经费": 12.37,
                    "公用经费": 118.25,
                },
                {
                    "支出功能分类科目": "@卫生健康支出",
                    "基本支出小计": 6.87,
                    "人员经费": 6.8,
                    "下达资金": 1.5,
                },
                {
                    "支出功能分类科目": "住房保障支出",
                    "人员经费": 0,
                    "公用经费": "约3万",
                    "基本支出小计": None,
                },
            ],
            heading="2023年度另一个单位资金预算执行表",
            merges=[("下达资金", 1, 2)],
        ),
        "年度计划": TableFilling(
            {
                "部门总体预算": {
                    "预算数": 9548199.71,
                    "执行数": 9548199.71,
                    "其中：财政拨款（执行）": 9600000,
                }
            },
            [{"工作任务名称": "任务一", "预算数": 9548199.72, "执行数": 5}],
        ),
        "预算执行率": TableFilling(
            {
                "年度资金总额": {"分值": None, "得分": None},
                "当年财政拨款": {
                    "全年预算数": 9548199.71,
                    "全年执行数": 9000000,
                    "年初预算数": 100,
                },
                "上年结转资金": {"执行率": 0.5, "全年预算数": 100},
            },
            extras={"未达说明": "项目招标节约。" * 60},
        ),
        "绩效评价表": TableFilling(
            {
                "满意度": {"业绩值": 0.9565, "指标得分": 13.5},
                "工作完成情况": {"业绩值": "98%", "指标得分": "满分"},
            }
        ),
        "三公经费": TableFilling(ticked=True),
        "政府采购": TableFilling({"货物": {"预算数": 12.5, "执行数": 13}}),
        "满意度调查": TableFilling(
            {},
            [
                {
                    "调查对象": "群众",
                    "发放份数": 100,
                    "回收份数": 98,
                    "有效份数": 97,
                    "很满意": 90,
                    "满意": 4,
                    "一般": 3,
                    "不满意": 0,
                }
            ],
        ),
    }


@pytest.fixture(scope="module")
def filled(template: Template) -> Any:
    return opened(written(template, full()), values=True)


# ----------------------------------------------------------------------------------------- the file


def test_same_arguments_give_the_same_bytes(template: Template) -> None:
    assert written(template, full(), year=2023) == written(template, full(), year=2023)


def test_sheets_stand_in_the_order_of_the_form(form: Template) -> None:
    book = opened(written(form))
    assert book.sheetnames[: len(unrolled(form).sheets)] == [
        sheet.title for sheet in unrolled(form).sheets
    ]
    assert {sheet.title: sheet.sheet_state for sheet in book if sheet.sheet_state != "visible"} == {
        "_calc": "veryHidden",
        "_remarks": "veryHidden",
        "_meta": "veryHidden",
    }


def test_meta_says_what_the_file_is(template: Template) -> None:
    meta = opened(written(template, year=2024, department="某局", code="001"))["_meta"]
    texts = dict(meta.iter_rows(values_only=True))
    assert {key: value for key, value in texts.items() if "|" not in key} == {
        "template": template.id,
        "version": template.version,
        "year": "2024",
        "department": "某局",
        "code": "001",
    }


def test_only_inputs_are_unlocked(form: Template) -> None:
    layout = lay_out(unrolled(form))
    options = contents(layout, {})
    wanted = {
        layout.ref(*address)
        for address, content in options.items()
        if content.role == "input" or (content.role == "auto" and isinstance(address[1], int))
    }
    for table in layout.tables.values():
        wanted |= {layout.extra_ref(table.spec.name, title) for title in table.extras}
        wanted |= {layout.tick_ref(table.spec.name)} if table.tick else set()
    book = opened(written(form))
    cells = [c for s in book for row in s.iter_rows() for c in row if not isinstance(c, MergedCell)]
    unlocked = {(c.parent.title, c.coordinate) for c in cells if not c.protection.locked}
    remarks = {(sheet, cell) for sheet, cell in unlocked if sheet == CHECK}
    assert unlocked - remarks == wanted
    assert {cell[0] for _, cell in remarks} == {"G"}
    assert all(
        sheet.protection.sheet and not sheet.protection.password
        for sheet in book
        if sheet.sheet_state == "visible"
    )


def test_pages_are_a4_and_as_the_form_says(form: Template) -> None:
    book = opened(written(form))
    for spec in unrolled(form).sheets:
        sheet = book[spec.title]
        assert sheet.page_setup.paperSize == 9
        assert sheet.page_setup.orientation == spec.orientation
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert "&P" in (sheet.oddFooter.right.text or "")


def test_formulas_keep_to_what_every_office_program_has(form: Template) -> None:
    book = opened(written(form))
    formulas = [c.value for s in book for row in s.iter_rows() for c in row if c.data_type == "f"]
    formulas += [
        rule.formula[0]
        for s in book
        for area in s.conditional_formatting
        for rule in area.rules
        if rule.formula
    ]
    formulas += [
        v.formula1 for s in book for v in s.data_validations.dataValidation if v.type == "custom"
    ]
    bare = [re.sub(r'"[^"]*"', "", formula) for formula in formulas]
    assert {
        name for formula in bare for name in re.findall(r"([A-Z][A-Z0-9.]*)\(", formula)
    } <= SHARED_FUNCTIONS
    assert max(map(len, formulas)) < 8192
    # Excel 97–2003 (另存为 .xls) allows seven nested functions; without arguments, which only ROW and
    # COLUMN may be, a formula is none.
    assert max(map(nested, bare)) <= MOST_NESTED
    assert not [f for f in bare if re.search(r"(?<!ROW)(?<!COLUMN)\(\)", f)]


@pytest.mark.parametrize(
    ("formula", "depth"),
    [
        ("=A1", 0),
        ("=(A1+(B1))*2", 0),
        ("=IF(A1,SUM(B1),(C1))", 2),
        ("=IF(A1,1)+IF(B1,ABS(MAX(C1)))", 3),
    ],
)
def test_nested_functions_are_counted(formula: str, depth: int) -> None:
    assert nested(formula) == depth


def nested(formula: str) -> int:
    """How deep functions stand in one another; brackets alone do not count."""
    depth = most = 0
    opened_by: list[bool] = []
    for name, bracket in re.findall(r"([A-Za-z.]*)([()])", formula):
        if bracket == "(":
            opened_by.append(bool(name))
            depth += bool(name)
            most = max(most, depth)
        else:
            depth -= opened_by.pop()
    return most


def test_every_formula_has_a_value(form: Template) -> None:
    with zipfile.ZipFile(io.BytesIO(written(form))) as parts:
        sheets = [
            parts.read(name).decode()
            for name in parts.namelist()
            if name.startswith("xl/worksheets/sheet")
        ]
    cells = [
        cell for sheet in sheets for cell in re.findall(r"<c [^>]*>.*?</c>", sheet) if "<f>" in cell
    ]
    assert len(cells) > 500
    assert not [
        cell for cell in cells if "<v>" not in cell or ("<v></v>" in cell and 't="str"' not in cell)
    ]


def test_no_conditional_format_reaches_another_sheet_but_by_name(form: Template) -> None:
    """Older programs refuse a workbook in which one does."""
    book = opened(written(form))
    tests = [
        rule.formula[0]
        for s in book
        for area in s.conditional_formatting
        for rule in area.rules
        if rule.formula
    ]
    assert len(tests) > 50
    assert not [test for test in tests if "!" in test]
    assert book.defined_names["自检结果"].attr_text.startswith(f"'{CHECK}'!$F$5:$F$")


def test_every_input_for_numbers_stops_what_is_none_and_says_what_to_type(form: Template) -> None:
    book = opened(written(form))
    layout = lay_out(unrolled(form))
    for name, table in layout.tables.items():
        rules = {
            ref: rule
            for rule in book[table.spec.sheet].data_validations.dataValidation
            for ref in str(rule.sqref).split()
        }
        for row in table.rows:
            for column in table.spec.columns:
                numeric = table.spec.kind(row.title, column) in {
                    "money",
                    "count",
                    "score",
                    "percent",
                }
                if not numeric or contents(layout, {})[name, row.key, column.title].role != "input":
                    continue
                _, cell = layout.ref(name, row.key, column.title)
                rule = next(rule for area, rule in rules.items() if _within(cell, area))
                assert (
                    rule.type == "custom"
                    and rule.errorStyle in {None, "stop"}
                    and rule.showErrorMessage
                )
                assert "这里应填" in rule.error
                assert ("没有的填“—”" in rule.error) is (
                    table.spec.unit_of(row.title, column) != "年"
                )
                assert rule.prompt, (name, row.title, column.title)


def _within(cell: str, area: str) -> bool:
    found, wide = CellRange(cell), CellRange(area)
    return (
        wide.min_row <= found.min_row <= wide.max_row
        and wide.min_col <= found.min_col <= wide.max_col
    )


def test_units_are_offered_and_others_may_be_typed(template: Template) -> None:
    own = TableFilling({"工作完成情况": {"计量单位": "场", "业绩值": 12}})
    data = written(template, {"绩效评价表": own})
    rules = [
        rule
        for rule in opened(data)["绩效评价表"].data_validations.dataValidation
        if rule.type == "list"
    ]
    units, signs = (next(rule for rule in rules if word in rule.formula1) for word in ("公里", "≥"))
    assert not units.showErrorMessage and signs.showErrorMessage
    report = check(workbook.read_bytes(data, "x.xlsx", template), template)
    assert not [finding for finding in report.findings if finding.code == "STR105"]


def test_the_first_sheet_says_until_when_and_to_whom(template: Template) -> None:
    bureau = Bureau("青禾县财政局", "绩效管理股", "顾明月", "0900-5550280", "2024年3月15日")
    texts = "\n".join(
        str(row[1])
        for row in opened(written(template, bureau=bureau))[GUIDE].iter_rows(values_only=True)
    )
    assert "请于2024年3月15日前报青禾县财政局绩效管理股（联系人顾明月，电话0900-5550280）" in texts
    assert "请按通知的时限报财政部门" in "\n".join(
        str(r[1]) for r in opened(written(template))[GUIDE].iter_rows(values_only=True)
    )


# ----------------------------------------------------------------------------------- what is filled


def test_values_stand_where_the_layout_says(template: Template, filled: Any) -> None:
    filling = full()
    layout = lay_out(template, filling)
    book = filled
    for name, own in filling.items():
        by_name = (
            {one.name: number for number, one in enumerate(template.indicators)}
            if name == template.indicator_table
            else {}
        )
        lines = [(by_name.get(title, title), row) for title, row in own.rows.items()] + list(
            enumerate(own.open_rows)
        )
        for key, row in lines:
            for column, value in row.items():
                sheet, cell = layout.ref(name, key, column)
                assert book[sheet][cell].value == value, (name, key, column)
        for title, value in own.extras.items():
            sheet, cell = layout.extra_ref(name, title)
            assert book[sheet][cell].value == value
    sheet, cell = layout.heading_ref("资金预算执行表")
    assert book[sheet][cell].value == "2023年度另一个单位资金预算执行表"
    sheet, cell = layout.tick_ref("三公经费")
    assert book[sheet][cell].value == "√"
    sheet, cell = layout.column_ref("资金预算执行表", "下达资金")
    assert book[sheet][cell].value == "下达资金"
    assert "D5:D6" in {str(area) for area in book["资金预算执行表"].merged_cells.ranges}


def test_typed_text_never_becomes_a_formula(template: Template) -> None:
    book = opened(written(template, full()))
    sheet, cell = lay_out(template, full()).ref("基本信息", "部门名称", "填报内容")
    assert (book[sheet][cell].value, book[sheet][cell].data_type) == ("=某县某局", "s")


def test_unknown_rows_and_columns_are_refused(template: Template) -> None:
    with pytest.raises(KeyError, match="没有“未知”这一行"):
        written(template, {"收支总表": TableFilling({"未知": {"决算数": 1}})})
    with pytest.raises(KeyError, match="没有“未知”这一列"):
        written(template, {"收支总表": TableFilling({"项目支出": {"未知": 1}})})


@pytest.mark.parametrize(
    ("table", "row", "column", "calculated"),
    [
        ("收支总表", "本年收入合计", "决算数", 9548199.71),
        ("收支总表", "基本支出", "决算数", 1306200),
        ("收支总表", "本年收入合计", "全年预算数", None),
        ("预算执行率", "年度资金总额", "全年预算数", 9548299.71),
        ("预算执行率", "年度资金总额", "执行率", 0.9426),
        ("预算执行率", "年度资金总额", "分值", None),
        ("预算执行率", "年度资金总额", "得分", None),
        ("预算执行率", "上年结转资金", "执行率", 0.5),
        ("预算执行率", "其他资金", "执行率", None),
        ("绩效评价表", "合计", "权重", 90),
        ("绩效评价表", "合计", "指标得分", 13.5),
        ("满意度调查", "合计", "有效份数", 97),
        ("满意度调查", 0, "满意度", 0.9691),
    ],
)
def test_automatic_cells_show_what_follows(
    template: Template, filled: Any, table: str, row: str | int, column: str, calculated: object
) -> None:
    filling = full()
    sheet, cell = lay_out(template, filling).ref(table, row, column)
    assert (filled[sheet][cell].value or None) == calculated


def test_common_indicators_are_printed_and_own_ones_may_be_changed(template: Template) -> None:
    sheet = opened(written(template))[template.table[template.indicator_table].sheet]
    layout = lay_out(template)
    for number, one in enumerate(template.indicators):
        for part in ("name", "weight"):
            _, cell = layout.ref(template.indicator_table, number, template.indicator_columns[part])
            assert sheet[cell].protection.locked == one.common
    assert "A4:A13" in {str(area) for area in sheet.merged_cells.ranges}


def test_a_workbook_written_is_a_workbook_read(template: Template) -> None:
    filling = {name: own for name, own in full().items() if name not in {"基本信息"}}
    data = written(template, filling, year=2023, department="某县某局", code="001")
    submission = workbook.read_bytes(data, "某局.xlsx", template)
    assert (submission.department, submission.year, submission.code) == ("某县某局", 2023, "001")
    cell = submission.cell("资金预算执行表", "合计", "支出合计")
    assert cell is not None and cell.value == Decimal("954.82")
    assert not [
        note for note in submission.notes if note.kind.startswith(("unread", "stray", "hidden"))
    ]


# ----------------------------------------------------------------------------------------------- 自检


def states(book: Any) -> dict[tuple[str, str, str], str]:
    """What 自检 shows, by code, row or column, and cell."""
    rows = book[CHECK].iter_rows(min_row=5, values_only=True)
    return {(row[0] or row[3], row[2], row[4]): row[5] for row in rows if row[4]}


def test_selfcheck_tells_what_is_wrong_and_what_may_stand(filled: Any) -> None:
    texts = {key[:2]: state for key, state in states(filled).items()}
    assert (
        texts["BAL203", "基本支出小计"] == "未填"
    )  # the 小计 of a row was left blank: the total is not to blame
    assert texts["BAL201", "第 1 行"] == "✓"
    assert texts["BAL201", "第 2 行"] == "✗ 差 0.07 万元"
    assert texts["BAL201", "第 3 行"] == "非数字"
    assert texts["BAL203", "下达资金"] == "△ 合计未填"
    assert texts["BAL101", "决算数"] == "非数字"
    assert texts["BAL301", "预算数"] == "✗ 差 0.01 元"
    assert texts["REC105", "表间"] == "△ 按舍尾（不四舍五入）相符" or texts[
        "REC105", "表间"
    ].startswith(("✓", "✗"))
    assert texts["RAT101", "上年结转资金"] == "未填"
    assert texts["BAL501", "决算数"] == "✓"
    assert texts["编制人数", "必填"] == "✓"
    assert texts["单位性质", "必填"] == "未填"
    failing = sum(state.startswith("✗") for state in texts.values())
    assert filled[CHECK]["A2"].value == f"还有 {failing} 处不平"


def test_each_sheet_says_in_its_header_line_what_is_left_on_it(
    template: Template, filled: Any
) -> None:
    wrong = Counter(
        row[1]
        for row in filled[CHECK].iter_rows(min_row=5, values_only=True)
        if str(row[5]).startswith("✗")
    )
    texts = {sheet.title: [cell.value for cell in sheet[2]] for sheet in filled}
    assert len(wrong) > 2
    assert all(f"还有 {count} 处不平" in texts[title] for title, count in wrong.items())
    assert "必填未填 3 项" in texts["基本信息"]
    links = {
        cell.hyperlink.location
        for cell in opened(written(template))["收支总表"][2]
        if cell.hyperlink
    }
    assert links == {f"'{CHECK}'!A1"}


def test_what_a_sheet_says_of_itself_is_no_content(template: Template) -> None:
    """Nor where a copy that holds values only made text of it."""
    book = opened(written(template, full()), values=True)
    for sheet in ("_meta", "_calc", "_remarks", CHECK, GUIDE):
        del book[sheet]
    stream = io.BytesIO()
    book.save(stream)
    notes = workbook.read_bytes(stream.getvalue(), "x.xlsx", template).notes
    assert not [
        note
        for note in notes
        if "处不平" in note.item or "必填" in note.item or "相符" in note.item
    ]


def test_a_blank_form_accuses_nobody(form: Template) -> None:
    blank = opened(written(form), values=True)
    assert blank[CHECK]["A2"].value == "没有不平的地方"
    assert not [state for state in states(blank).values() if state.startswith("✗")]


def odd(dice: random.Random) -> Filling:
    """Figures that nearly add up: rounded, cut off, off by a little, blank, typed zeros, round
    sums.
    """
    titles = ("基本支出小计", "人员经费", "公用经费", "项目支出", "支出合计")
    coarse, cut = dice.random() < 0.3, dice.random() < 0.4
    rows, sums = [], dict.fromkeys(titles, 0)
    for _ in range(dice.randint(1, 4)):
        wages, office_, project = (
            dice.choice((0, 4_000, dice.randint(-(10**7), 10**9))) for _ in range(3)
        )
        wages, office_, project = (
            (x // 10_000 * 10_000 if coarse else x) for x in (wages, office_, project)
        )
        true = dict(
            zip(
                titles,
                (wages + office_, wages, office_, project, wages + office_ + project),
                strict=True,
            )
        )
        sums = {title: sums[title] + true[title] for title in titles}
        rows.append({title: wan(dice, value, cut) for title, value in true.items()})
    total = {title: wan(dice, value, cut) for title, value in sums.items()}
    spent = {
        "其中：人员经费": sums["人员经费"],
        "其中：公用经费": sums["公用经费"],
        "项目支出": sums["项目支出"],
    }
    exact = {title: {"决算数": yuan(dice, value)} for title, value in spent.items()}
    income = {
        "一般公共预算财政拨款收入": {"决算数": yuan(dice, sums["支出合计"])},
        "其中：财政拨款支出": {"决算数": sums["支出合计"] / 100},
    }
    overall = {
        "预算数": sums["支出合计"] / 100,
        "执行数": yuan(dice, sums["支出合计"]),
        "其中：财政拨款（执行）": sums["支出合计"] / 100,
    }
    return {
        "收支总表": TableFilling(exact | income),
        "资金预算执行表": TableFilling({"合计": total}, rows),
        "年度计划": TableFilling(
            {"部门总体预算": overall}, [{"预算数": 10, "执行数": dice.choice((5, "无", "5元"))}]
        ),
        "预算执行率": TableFilling(
            {
                "当年财政拨款": {
                    "全年预算数": yuan(dice, sums["支出合计"]),
                    "全年执行数": sums["支出合计"] / 100,
                }
            }
        ),
    }


def wan(dice: random.Random, fen: int, cut: bool) -> object:
    """分 as 万元 with two decimals, now and then slightly wrong."""
    size = abs(fen) // 10_000 if cut else (abs(fen) + 5_000) // 10_000
    slip = dice.choice((0,) * 12 + (1, -1, 2, 100))
    return (
        dice.choice((None, 0, "—"))
        if dice.random() < 0.06
        else ((-size if fen < 0 else size) + slip) / 100
    )


def yuan(dice: random.Random, fen: int) -> object:
    return (
        dice.choice((None, 0, fen / 100 + 0.01, fen / 100 + 0.005))
        if dice.random() < 0.12
        else fen / 100
    )


@pytest.mark.parametrize("seed", range(12))
def test_selfcheck_and_checker_mean_the_same(template: Template, seed: int) -> None:
    data = written(template, odd(random.Random(seed)))
    calculated = {
        (code, cell): state for (code, _, cell), state in states(opened(data, values=True)).items()
    }
    submission = workbook.read_bytes(data, "x.xlsx", template)
    compared = 0
    for verdict, instance in as_printed(judge(submission, template), template):
        if not instance.cells:
            continue
        places = [(instance.spec.code, cell.ref) for cell in instance.cells]
        state = next(calculated[place] for place in places if place in calculated)
        noted = instance.column in instance.spec.note_columns and state.startswith("△ 差")
        assert (verdict.outcome is Outcome.FAILS) == (state.startswith("✗") or noted), (
            places[0],
            state,
        )
        assert (verdict.outcome is Outcome.BLANK_TOTAL) == (state == "△ 合计未填")
        compared += 1
    assert compared > 60


# -------------------------------------------------------------------------------------- other forms


SMALL = """
id = "small"
version = "2"
title = "小表"
file_name = "小表"
[[sheet]]
title = "说明"
kind = "guide"
[[sheet]]
title = "主表"
[[sheet]]
title = "检查"
kind = "selfcheck"
[[table]]
name = "主表"
shape = "open"
heading = "主表"
unit = "万元"
decimals = 1
total = "总计"
total_auto = true
spare = 3
label = ["名目"]
columns = [
  { title = "名目" },
  { title = "甲", type = "money" },
  { title = "乙", type = "money" },
  { title = "差额", type = "money", auto = true },
]
[[equation]]
code = "X1"
title = "差额不符"
table = "主表"
scope = "row"
holds = "差额 = 甲 - 乙"
basis = "约定"
[[equation]]
code = "X2"
title = "总计不符"
table = "主表"
scope = "column"
holds = "总计 = 各行"
basis = "约定"
"""


def test_another_form_needs_nothing_but_its_data(tmp_path: Path) -> None:
    (tmp_path / "spec.toml").write_text(SMALL, encoding="utf-8")
    small = find_template(tmp_path)
    filling = {
        "主表": TableFilling({}, [{"名目": "一", "甲": 5.5, "乙": 2.2}, {"名目": "二", "甲": 1}])
    }
    data = written(small, filling)
    book = opened(data, values=True)
    assert [book["主表"][cell].value for cell in ("D4", "D5", "D8", "B8")] == [3.3, 1, 4.3, 6.5]
    calculated = opened(data, values=True)["检查"].iter_rows(min_row=5, values_only=True)
    assert {row[5] for row in calculated if row[4]} == {"✓", "未填"}


# ----------------------------------------------------------------------------- in an office program


@office.office
def test_a_wrong_cell_is_coloured_where_it_stands(template: Template, tmp_path: Path) -> None:
    """In the picture: the pink of a wrong cell shows on the sheet that has one, and on no other."""
    right = {"一般公共服务支出": {"基本支出小计": 2, "人员经费": 1, "公用经费": 1}}
    for name, wages in (("right", 1), ("wrong", 1.5)):
        row = (
            {"支出功能分类科目": "一般公共服务支出"}
            | right["一般公共服务支出"]
            | {"人员经费": wages}
        )
        write_workbook(
            template,
            tmp_path / f"{name}.xlsx",
            filling={"资金预算执行表": TableFilling({}, [row])},
            year=2023,
        )
        pink = [
            page
            for page in office.colours(tmp_path / f"{name}.xlsx", tmp_path)
            if bytes.fromhex(WRONG_FILL[1:]) in page
        ]
        assert len(pink) == (2 if name == "wrong" else 1)  # 填报说明 shows the colour


@office.office
def test_recalculation_changes_nothing(template: Template, tmp_path: Path) -> None:
    books = [
        ("blank.xlsx", {}),
        ("full.xlsx", full()),
        *((f"odd{seed}.xlsx", odd(random.Random(seed))) for seed in range(4)),
    ]
    paths = [tmp_path / name for name, _ in books]
    for path, (_, filling) in zip(paths, books, strict=True):
        write_workbook(template, path, filling=filling, year=2023)
    for path, calculated in office.recalculated(paths).items():
        assert list(office.differences(office.values(path), calculated)) == []


@office.office
def test_every_sheet_prints(template: Template, tmp_path: Path) -> None:
    path = tmp_path / "full.xlsx"
    write_workbook(template, path, filling=full(), year=2023)
    assert len(office.rendered(path, tmp_path, dpi=20)) >= len(template.sheets)
