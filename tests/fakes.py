"""Invented values of the model, to write books from without reading any file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from jixiao_xlsx.form.spec import TableSpec, Template
from jixiao_xlsx.values.cells import Cell, Place, Row, Submission, Table
from jixiao_xlsx.values.findings import Expected, Finding, FindingState, Report, Skipped
from jixiao_xlsx.values.people import Bureau, Department
from jixiao_xlsx.values.scores import Execution, IndicatorScore, Method, Scorecard
from jixiao_xlsx.values.season import Entry, FileStatus, Season
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.typed_numbers import State

F = Fraction
BASIS = "部门决算审核公式（基本平衡类）：收入合计等于各项收入之和"


# --------------------------------------------------------------------------------------- submission


def cell(spec: TableSpec, row: str, column: str, ref: str, typed: object) -> Cell:
    where = {
        "sheet": spec.sheet,
        "ref": ref,
        "row": row,
        "column": column,
        "unit": spec.unit_of(row, spec.column[column]),
    }
    if typed is None:
        return Cell(**where)
    if isinstance(typed, str):
        return Cell(**where, raw=typed, value=typed, state=State.TEXT)
    return Cell(**where, raw=float(typed), value=Decimal(str(typed)), state=State.NUMBER)


def table(spec: TableSpec, rows: Mapping[str, Mapping[str, object]], heading: str = "") -> Table:
    """`rows` by title; a fixed table's columns start at B, an open one's at A; the first row
    is 5.
    """
    start = ord("A") if spec.shape == "open" else ord("B")
    letters = {column.title: chr(start + at) for at, column in enumerate(spec.columns)}
    made = []
    for number, (title, typed) in enumerate(rows.items(), 5):
        kind = "total" if title == spec.total else "fixed" if title in spec.row else "open"
        cells = {
            name: cell(spec, title, name, f"{letters[name]}{number}", typed.get(name))
            for name, column in spec.column.items()
            if spec.exists(title, column)
        }
        made.append(Row(title, kind, cells))
    heads = {
        name: Cell(spec.sheet, f"{letter}4", "", name, name, name, State.TEXT)
        for name, letter in letters.items()
    }
    anchor = Cell(spec.sheet, "A2", "", "", heading, heading, State.TEXT)
    return Table(spec.name, spec.sheet, anchor, tuple(made), heads, heading=anchor)


FUNDS = {
    "一般公共服务支出": {"资金来源": "县本级", "下达资金": 954.81, "基本支出小计": 130.62, "人员经费": 12.37, "公用经费": 118.25,
                 "项目支出": 824.19},
    "社会保障和就业支出": {"资金来源": "县本级", "基本支出小计": 6.87, "人员经费": 6.87},
    "卫生健康支出": {"资金来源": "县本级", "基本支出小计": "二点三四", "人员经费": 2.34},
    "住房保障支出": {"资金来源": "县本级", "基本支出小计": 3.16, "人员经费": 3.16},
    "合计": {"基本支出小计": 130.62, "项目支出": 824.19, "支出合计": 954.81},
}  # fmt: skip
PLAN = {
    "部门总体预算": {"完成情况": "100%", "预算数": 9548199.71, "其中：财政拨款（预算）": 9548199.71, "执行数": 9548199.71,
               "其中：财政拨款（执行）": 9548199.71},
    "机关办公区综合保障及公务用车服务保障能力提升工作": {"完成情况": "全年完成 12 项任务，按计划推进并通过验收，服务单位 46 家", "预算数": 123456789,
                                  "执行数": 120000000.5},
}  # fmt: skip
EXECUTION = {
    "年度资金总额": {"年初预算数": 9000000, "预算调整数": 548199.71, "全年预算数": 9548199.71, "全年执行数": 9123456.78,
               "执行率": 0.9555, "分值": 10, "得分": 10},
    "当年财政拨款": {"全年预算数": 9548199.71, "全年执行数": 9123456.78, "执行率": 0.9555},
    "上年结转资金": {"全年预算数": 0, "全年执行数": 0},
    "其他资金": {},
}  # fmt: skip


def submission(
    template: Template,
    department: str = "云川县机关事务中心",
    file: str = "云川县机关事务中心2025.xlsx",
) -> Submission:
    specs = template.table
    plan = {title: {"工作任务名称": title, **typed} for title, typed in PLAN.items()}
    funds = {title: {"支出功能分类科目": title, **typed} for title, typed in FUNDS.items()}
    tables = {
        "资金预算执行表": table(
            specs["资金预算执行表"], funds, "2025年度县政府办公室资金预算执行表"
        ),
        "年度计划": table(specs["年度计划"], plan),
        "预算执行率": table(specs["预算执行率"], EXECUTION, "2025年度部门预算执行情况"),
    }
    sheets = ("基本信息", "收支总表", "资金预算执行表", "年度计划", "预算执行率", "绩效评价表")
    return Submission(
        file, "0" * 64, template.id, department, "110001", 2025, tables, sheets=sheets
    )


# ------------------------------------------------------------------------------------------- scores


def indicator(
    number: int, name: str, weight: str, method: Method, **more: object
) -> IndicatorScore:
    """One indicator in row 5 + number of the submitted sheet; rates as fractions."""
    row = 5 + number
    columns = {
        "name": "C",
        "direction": "D",
        "weight": "F",
        "target": "G",
        "actual": "H",
        "rate": "I",
        "score": "J",
        "deviation": "K",
    }
    given = {
        "level1": "部门管理",
        "level2": "资金投入",
        "kind": "共性",
        "direction": str(method.value),
        "self_score": F(weight),
        "score": F(weight),
        "arithmetic": f"达到目标，得 {weight}",
        "reason": "",
        "target_text": "100%",
        "actual_text": "100%",
        "rate_text": "100.00%",
        "deviation_text": "",
        "places": {key: Place("绩效评价表", f"{letter}{row}") for key, letter in columns.items()},
    }
    return IndicatorScore(name=name, weight=F(weight), method=method, **{**given, **more})


def indicators() -> tuple[IndicatorScore, ...]:
    """One of each method, with a long name, a long reason and a thing that looks like a formula."""
    effect = {"level1": "履职效果", "level2": "部门履职目标", "kind": "个性"}
    words = {"target_text": "健全", "actual_text": "95%", "rate_text": "95%"}
    return (
        indicator(
            0,
            "基本支出预算执行率",
            "2.7",
            Method.EQUAL,
            actual=F(91, 97),
            target=F(1),
            actual_text="93.81%",
            score=F("2.7") * F(91, 97),
            arithmetic="2.7 × 93.81% ÷ 100% = 2.5330",
            reason="按基础数据（基本支出决算数 91元，全年预算数 97元）",
        ),
        indicator(
            1,
            "“三公经费”控制率",
            "2.7",
            Method.LOWER,
            actual=F("1.2"),
            target=F(1),
            target_text="≤100%",
            actual_text="120%",
            score=F("2.25"),
            self_score=F("2.25"),
            arithmetic="2.7 × 100% ÷ 120% = 2.25",
        ),
        indicator(
            2,
            "结转结余变动率",
            "2.7",
            Method.CHANGE,
            actual=F("0.08"),
            target=F("0.05"),
            per_point=F("0.01"),
            target_text="<=5%",
            actual_text="8%",
            score=F("2.7") * F("0.97"),
            arithmetic="2.7 × (1 − 超出 3 个百分点 × 1%) = 2.619",
        ),
        indicator(
            3,
            "财务管理制度健全性",
            "2.7",
            Method.COEFFICIENT,
            level2="财务管理",
            actual=F("0.95"),
            target=F(1),
            **words,
            score=F("2.565"),
            arithmetic="2.7 × 95%（所填百分数作系数） = 2.565",
            reason="定性指标应按三档填写",
        ),
        indicator(
            4,
            "资金使用规范性",
            "2.7",
            Method.TIER,
            level2="财务管理",
            target_text="规范",
            actual_text="基本规范",
            rate_text="",
            low=F("0.6"),
            high=F("0.8"),
            score=F("2.16"),
            arithmetic="部分达成：2.7 × 60%–80%，即 1.62–2.16 分 = 2.16",
            deviation_text="内部控制手册尚未覆盖采购环节，已列入下一年度修订计划，由财务股牵头，六月底前完成并报备。"
            * 2,
        ),
        indicator(
            5,
            "政府采购规范性",
            "2.7",
            Method.NOT_APPLICABLE,
            level2="采购管理",
            score=None,
            self_score=None,
            target_text="规范",
            actual_text="不适用",
            rate_text="",
            arithmetic="不适用，不计分",
            reason="理由：全年没有采购",
            deviation_text="全年没有采购",
        ),
        indicator(
            6,
            "人员变动情况",
            "3",
            Method.KEPT,
            level1="能力建设",
            level2="人力资源建设",
            arithmetic="县里未定方向，不复算，保留自评分",
        ),
        indicator(
            7,
            "工作完成情况",
            "13.5",
            Method.HIGHER,
            **effect,
            actual=F("0.98"),
            target=F(1),
            target_text="<=100%",
            actual_text="98%",
            rate_text="98.00%",
            score=F("13.23"),
            arithmetic="13.5 × 98% ÷ 100% = 13.23",
        ),
        indicator(
            8,
            '=HYPERLINK("http://example.com","全县机关办公区节能改造和综合保障任务按期完成比例")',
            "13.5",
            Method.HIGHER,
            **effect,
            actual=F(12),
            target=F(12),
            target_text="12",
            actual_text="12",
        ),
    )


def card(template: Template, department: str = "云川县机关事务中心") -> Scorecard:
    """A scorecard that the house's own arithmetic agrees with: one indicator is 不适用, so the sum is
    scaled.
    """
    ones = indicators()
    got = sum((one.score for one in ones if one.score is not None), F(0))
    weight = sum((one.weight for one in ones if one.score is not None), F(0))
    score = got / weight * 90
    rate = F("9123456.78") / F("9548199.71")
    execution = Execution(
        F(10),
        Decimal("9548199.71"),
        Decimal("9123456.78"),
        rate,
        F(10),
        10 * rate,
        "10 × 9123456.78 ÷ 9548199.71 = 10 × 95.55% = 9.56",
    )
    total = score + execution.score
    return Scorecard(
        department, ones, F(90), F("46.95"), score, f"1 项不适用，{float(got):.4f} ÷ 适用权重 43.5 × 90 "
f"= {float(score):.2f}", execution,
        F("98.89"), "优", total, template.grade(total),
    )  # fmt: skip


# ----------------------------------------------------------------------------------------- findings


def finding(
    code: str,
    severity: Severity,
    sheet: str,
    ref: str,
    item: str,
    column: str,
    message: str,
    **more: object,
) -> Finding:
    given = {"reported": "130.62", "basis": BASIS}
    problem, asks, demand = message.partition("请")
    return Finding(
        code,
        severity,
        Place(sheet, ref),
        item,
        column,
        problem=problem,
        demand=asks + demand,
        **{**given, **more},  # type: ignore[arg-type]
    )


def findings() -> tuple[Finding, ...]:
    return (
        finding(
            "AMT112",
            Severity.NOTE,
            "资金预算执行表",
            "F9",
            "合计",
            "人员经费",
            "合计未填，分项之和 24.74 万元",
            reported="",
            count=2,
        ),
        finding(
            "REC101",
            Severity.ERROR,
            "资金预算执行表",
            "E9",
            "合计",
            "基本支出小计",
            "合计 130.62 万元，各行之和 142.99 万元，差 −12.37 万元",
            expected=Expected(Decimal("142.98"), Decimal("143.00"), "万元"),
            difference="-12.37 万元",
            hint="12.37 已在“人员经费”中，可能重复计算",
            related=(
                Place("资金预算执行表", "E5"),
                Place("资金预算执行表", "E6"),
                Place("收支总表", "D20"),
            ),
        ),
        finding(
            "IND104",
            Severity.ERROR,
            "绩效评价表",
            "J8",
            "财务管理制度健全性",
            "指标得分",
            "业绩值 95% 未达目标，仍得满分",
            reported="2.7",
            expected="不超过 2.565",
            difference="0.135 分",
            hint="按 95% 计分，并填写偏差原因",
        ),
        finding(
            "IND110",
            Severity.WARNING,
            "绩效评价表",
            "H8",
            "财务管理制度健全性",
            "业绩值",
            "定性指标不应填百分数，请按三档选填",
            reported="95%",
            expected="达成、部分达成、未达成",
        ),
        finding(
            "IND111",
            Severity.WARNING,
            "绩效评价表",
            "H12",
            "工作完成情况",
            "业绩值",
            "完成值偏离目标",
            reported="98%",
            state=FindingState.EXPLAINED,
            explanation="=1+1 年中追加任务，已报县政府批准",
        ),
        finding(
            "RAT106",
            Severity.ERROR,
            "预算执行率",
            "H5",
            "年度资金总额",
            "得分",
            "预算执行率得分填报 10，应为 9.56",
            reported="10",
            expected=Expected(Decimal("9.55"), Decimal("9.56"), "分"),
            difference="0.44 分",
        ),
        finding(
            "STR103",
            Severity.ERROR,
            "基本信息",
            "B6",
            "编制人数",
            "填报内容",
            "必填项未填：编制人数、年末在职人数（编内）",
            reported="",
            count=2,
        ),
    )


def report(
    department: str = "云川县机关事务中心", found: Sequence[Finding] | None = None, file: str = ""
) -> Report:
    checked = {
        "BAL101": 9,
        "BAL102": 3,
        "REC101": 12,
        "IND104": 17,
        "IND110": 7,
        "RAT106": 1,
        "AMT112": 40,
        "PLA105": 0,
    }
    skipped = (
        Skipped("收支总表未填", code="BAL103"),
        Skipped("收支总表未填", 3, code="BAL104"),
        Skipped("没有基础数据：三公经费表未填", code="IND116"),
    )
    given = findings() if found is None else tuple(found)
    return Report(
        file or f"{department}2025.xlsx",
        "0" * 64,
        department,
        "110001",
        2025,
        given,
        checked,
        skipped,
        400,
        380,
    )


# ------------------------------------------------------------------------------------------- season


def season(template: Template) -> Season:
    """Five in the roster: one returned, one passed, two tied, one missing; files that do not count;
    one name like a formula.
    """
    names = [
        "云川县机关事务中心",
        "云川县水务局",
        "云川县教育局",
        "云川县档案馆",
        "云川县文化体育广电和旅游局（县文物局）",
    ]
    roster = tuple(
        Department(
            f"1100{at:02d}",
            name,
            office="行政政法股" if at < 2 else "教科文股",
            contact=f"联系人{at}",
            phone=f"0936-555{at:04d}",
        )
        for at, name in enumerate(names)
    )
    full = card(template)
    entries = [
        answered(names[0], full, findings()),
        answered(names[1], scaled_to(full, template, F("93.5")), findings()[:1]),
        answered(names[2], scaled_to(full, template, F("93.5")), findings()[3:5]),
        answered(
            names[3],
            replace(full, score=None, exact_total=None, grade="", incomplete="没有读到指标"),
            (),
        ),
        Entry(
            "重复稿/云川县水务局（旧）.xlsx",
            FileStatus.DUPLICATE,
            "同一部门另有更新的文件",
            department=names[1],
            size=20480,
        ),
        Entry("=cmd|' /C calc'!A0.xlsx", FileStatus.UNREADABLE, "压缩包已损坏", size=512),
        Entry(
            "某镇.xlsx",
            FileStatus.NOT_IN_ROSTER,
            "名册中没有“某镇人民政府”",
            department="某镇人民政府",
            size=30000,
        ),
    ]
    bureau = Bureau(
        name="云川县财政局", office="绩效股", contact="王某", phone="0936-5550000", year=2025
    )
    return Season(template.id, template.version, 2025, bureau, roster, tuple(entries))


def scaled_to(full: Scorecard, template: Template, total: Fraction) -> Scorecard:
    return replace(
        full,
        score=total - F(9),
        exact_total=total,
        grade=template.grade(total),
        self_total=F(95),
        scaling="",
    )


def answered(name: str, scored: Scorecard, found: Sequence[Finding]) -> Entry:
    return Entry(
        f"{name}2025.xlsx",
        FileStatus.SUBMITTED,
        sha256="0" * 64,
        size=40000,
        department=name,
        report=report(name, found),
        scorecards=(replace(scored, department=name),),
        output=f"评分/{name}.xlsx",
    )
