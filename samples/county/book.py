"""From a department's true figures to the form its clerk fills: every sheet, all of one piece."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from county.accounts import CARRIED, FISCAL, OWN, Accounts
from county.form import Form
from county.judged import NA, Indicator, results
from county.money import NIL, Amounts, half_up, percent, vary, wan, yuan
from county.roster import Entry
from jixiao_xlsx.form.spec import IndicatorSpec, Template

MONEY = ("年初预算数", "全年预算数", "决算数")
LEADERS = (
    "高建民",
    "罗文华",
    "梁玉兰",
    "宋海平",
    "唐志刚",
    "邓秀梅",
    "冯永年",
    "曾庆云",
    "彭立新",
    "萧红军",
)
CLERKS = (
    "田小雨",
    "范静怡",
    "石磊磊",
    "姚佳宁",
    "钟雅琴",
    "谭思远",
    "廖春晓",
    "邹文静",
    "熊雪飞",
    "白若溪",
)


@dataclass(frozen=True)
class Task:
    """A task of the year with its share of the project money."""

    name: str
    done: str
    share: Fraction


@dataclass(frozen=True)
class Survey:
    """Questionnaires: sent, returned, valid, and the four answers."""

    audience: str
    sent: int
    returned: int
    answers: tuple[int, int, int, int]
    invalid: int = 0

    @property
    def valid(self) -> int:
        return sum(self.answers)


@dataclass(frozen=True)
class Belongings:
    """固定资产 (数量, 元), 车辆, 政府采购 (预算, 执行; 元): None ticks 本单位无此项."""

    assets: Mapping[str, tuple[int, int]]
    worn: str = "0.42"
    vehicles: Mapping[str, int] = field(default_factory=dict)
    purchases: Mapping[str, tuple[int, int]] | None = None


@dataclass(frozen=True)
class Book:
    """Everything that is true of a department in a year. 三公: (上年, 预算, 决算) in 元 by row, None:
    ticked.
    """

    entry: Entry
    file: str
    accounts: Accounts
    posts: int
    staff: int
    staff_before: int | None
    trips: Mapping[str, tuple[int, int, int]] | None
    belongings: Belongings
    surveys: Sequence[Survey]
    tasks: Sequence[Task]
    nature: str = "行政"
    scope: str = "单位本级"
    change: str = "无"
    why_low: str = ""
    cut: bool = False
    zeros: bool = False
    indicators: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    own: Sequence[Indicator] = ()
    scaled_total: bool = False

    # -- figures that several sheets share

    @property
    def key(self) -> str:
        return self.entry.name

    @property
    def budget(self) -> int:
        return self.accounts.all.budget

    @property
    def execution(self) -> Fraction:
        return Fraction(self.accounts.all.spent, self.budget)

    @property
    def execution_score(self) -> Fraction:
        return half_up(10 * self.execution, 2)

    def base(self, name: str) -> Fraction | None:
        """What other sheets say of an indicator; None where they say nothing, or nothing can be
        computed.
        """
        a = self.accounts
        pairs = {
            "基本支出预算执行率": (a.basic.spent, a.basic.budget),
            "项目支出预算执行率": (a.project.spent, a.project.budget),
            "“三公经费”控制率": self._trips(),
            "结转结余变动率": (a.carried_out - a.carried_in, a.carried_in),
            "在职人员控制率": (self.staff, self.posts),
            "满意度": (
                sum(s.answers[0] + s.answers[1] for s in self.surveys),
                sum(s.valid for s in self.surveys),
            ),
        }
        part, whole = pairs.get(name, (0, 0))
        return Fraction(part, whole) if whole else None

    def _trips(self) -> tuple[int, int]:
        three = (
            "因公出国（境）费",
            "其中：公务用车购置费",
            "其中：公务用车运行维护费",
            "公务接待费",
        )
        found = [self.trips[name] for name in three if name in self.trips] if self.trips else []
        return sum(one[2] for one in found), sum(one[1] for one in found)

    # -- the form

    def form(self, template: Template) -> Form:
        form = Form(self.file, template, self.entry.name, self.entry.code)
        self._accounts(form)
        self._funds(form)
        self._execution(form)
        self._plan(form)
        self._trip_sheet(form)
        self._belongings(form)
        self._surveys(form)
        self._indicators(form, template)
        self._particulars(form)
        self._narrative(form)
        return form

    def _money(self, fen: int) -> float | None:
        return yuan(fen) if fen or self.zeros else None

    def _wan(self, fen: int) -> float | None:
        return wan(fen, cut=self.cut) if fen or self.zeros else None

    def _accounts(self, form: Form) -> None:
        a = self.accounts
        spending = {
            "其中：人员经费": a.wages,
            "其中：公用经费": a.office,
            "项目支出": a.project,
            "上缴上级支出": NIL,
            "对附属单位补助支出": NIL,
            **dict.fromkeys(("经营支出",), NIL),
            **a.beside,
        }
        carried = a.sum(CARRIED)
        others = (
            "国有资本经营预算财政拨款收入",
            "上级补助收入",
            "事业收入",
            "经营收入",
            "附属单位上缴收入",
            "其他收入",
        )
        rows: dict[str, Amounts] = {
            **dict.fromkeys(others, NIL),
            **a.incomes(),
            "使用非财政拨款结余": Amounts(0, 0, a.surplus_used),
            "年初结转和结余": Amounts(carried.original, carried.budget, a.carried_in),
            "其中：财政拨款年初结转和结余": Amounts(
                carried.original, carried.budget, a.fiscal_carried_in
            ),
            **spending,
            "其中：财政拨款支出": Amounts(0, 0, a.fiscal_spent),
            "结余分配": Amounts(0, 0, a.distributed),
            "年末结转和结余": Amounts(0, 0, a.carried_out),
            "其中：财政拨款年末结转和结余": Amounts(0, 0, a.fiscal_carried_out),
        }
        for title, one in rows.items():
            for column, fen in zip(MONEY, (one.original, one.budget, one.spent), strict=True):
                form.put("收支总表", title, column, self._money(fen))

    def _funds(self, form: Form) -> None:
        for number, one in enumerate(self.accounts.lines):
            form.put("资金预算执行表", number, "资金来源", one.source)
            form.put("资金预算执行表", number, "支出功能分类科目", one.subject)
            self._fund_row(form, number, one.wages, one.office, one.project)
        lines = self.accounts.lines
        wages, office, project = (
            Amounts(
                *(
                    sum(v)
                    for v in zip(*((a.original, a.budget, a.spent) for a in parts), strict=True)
                )
            )
            for parts in (
                [o.wages for o in lines],
                [o.office for o in lines],
                [o.project for o in lines],
            )
        )
        self._fund_row(form, "合计", wages, office, project)

    def _fund_row(
        self, form: Form, row: int | str, wages: Amounts, office: Amounts, project: Amounts
    ) -> None:
        whole = wages + office + project
        figures = {
            "年初预算数": whole.original,
            "下达资金": whole.budget,
            "基本支出小计": wages.spent + office.spent,
            "人员经费": wages.spent,
            "公用经费": office.spent,
            "项目支出": project.spent,
            "支出合计": whole.spent,
        }
        for column, fen in figures.items():
            form.put("资金预算执行表", row, column, self._wan(fen))

    def _execution(self, form: Form) -> None:
        a = self.accounts
        for title, one in (
            ("当年财政拨款", a.sum(*FISCAL)),
            ("上年结转资金", a.sum(CARRIED)),
            ("其他资金", a.own),
        ):
            if not (one.budget or self.zeros):
                continue
            figures = (one.original, one.budget - one.original, one.budget, one.spent)
            for column, fen in zip(
                ("年初预算数", "预算调整数", "全年预算数", "全年执行数"), figures, strict=True
            ):
                form.put("预算执行率", title, column, yuan(fen))
        if self.why_low:
            form.extras["预算执行率"] = {"未达说明": self.why_low}

    def _plan(self, form: Form) -> None:
        a = self.accounts
        fiscal = a.sum(*FISCAL, CARRIED)
        overall = (a.all.budget, fiscal.budget, a.all.spent, fiscal.spent)
        self._plan_row(form, "部门总体预算", f"完成{percent(half_up(self.execution, 4))}", overall)
        budget = sum(one.project.budget for one in a.lines if one.source != OWN)
        spent = sum(one.project.spent for one in a.lines if one.source != OWN)
        for number, task in enumerate(self.tasks):
            given, used = int(budget * task.share), int(spent * task.share)
            form.put("年度计划", number, "工作任务名称", task.name)
            self._plan_row(form, number, task.done, (given, given, used, used))

    def _plan_row(
        self, form: Form, row: int | str, done: str, figures: tuple[int, int, int, int]
    ) -> None:
        form.put("年度计划", row, "完成情况", done)
        columns = ("预算数", "其中：财政拨款（预算）", "执行数", "其中：财政拨款（执行）")
        for column, fen in zip(columns, figures, strict=True):
            form.put("年度计划", row, column, self._money(fen))

    def _trip_sheet(self, form: Form) -> None:
        if self.trips is None:
            form.ticks.add("三公经费")
            return
        for title, figures in self.trips.items():
            for column, value in zip(
                ("上年决算数", "预算数（全年）", "决算数"), figures, strict=True
            ):
                form.put("三公经费", title, column, value if value or self.zeros else None)

    def _belongings(self, form: Form) -> None:
        own, worth = self.belongings, 0
        for title, (count, value) in own.assets.items():
            fen = value * 100 + vary(self.key + title, 0, 99)
            worth += fen
            form.put("固定资产", title, "数量", count)
            form.put("固定资产", title, "原值", yuan(fen))
        worn = int(worth * Fraction(own.worn))
        form.put("固定资产", "累计折旧", "原值", yuan(worn))
        form.put("固定资产", "净值", "原值", yuan(worth - worn))
        form.put("固定资产", "在用原值", "原值", yuan(int(worth * Fraction("0.97"))))
        for title, count in own.vehicles.items():
            form.put("车辆", title, "年末数量", count)
        if own.purchases is None:
            form.ticks.add("政府采购")
            return
        for title, (budget, spent) in own.purchases.items():
            form.put("政府采购", title, "预算数", budget)
            form.put("政府采购", title, "执行数", spent)

    def _surveys(self, form: Form) -> None:
        for number, one in enumerate(self.surveys):
            titles = ("发放份数", "回收份数", "有效份数", "很满意", "满意", "一般", "不满意")
            form.put("满意度调查", number, "调查对象", one.audience)
            for title, value in zip(
                titles, (one.sent, one.returned, one.valid, *one.answers), strict=True
            ):
                form.put("满意度调查", number, title, value)

    # -- indicators

    def _indicators(self, form: Form, template: Template) -> None:
        lines: list[Indicator] = []
        replaced = {one.level2 for one in self.own}
        for spec in template.indicators:
            if spec.level2 not in replaced:
                lines.append(self._indicator(spec))
            elif all(one.level2 != spec.level2 for one in lines):
                lines += [one for one in self.own if one.level2 == spec.level2]
        for number, one in enumerate(lines):
            for column, value in one.cells().items():
                form.put("绩效评价表", number, column, value)

    def _indicator(self, spec: IndicatorSpec) -> Indicator:
        exact = self.base(spec.name)
        actual = (
            percent(half_up(exact, 4))
            if exact is not None
            else results(self.key).get(spec.name, "")
        )
        made: dict[str, object] = {
            "level1": spec.level1,
            "level2": spec.level2,
            "name": spec.name,
            "direction": spec.direction,
            "weight": spec.weight,
            "target": spec.target,
            "unit": spec.unit,
            "actual": actual,
            "exact": exact,
            "per_point": spec.per_point,
        }
        if spec.name == "人员变动情况":
            made["score"] = 3.0
        if spec.name in {
            "重点工作管理制度健全性",
            "长效管理体制健全性",
        } and "score" not in self.indicators.get(spec.name, {}):
            chosen = ("重点工作管理制度健全性", "长效管理体制健全性")[vary(self.key + "扣分", 0, 1)]
            made["score"] = 2.5 if spec.name == chosen else None
        made |= self.indicators.get(spec.name, {})
        if made["actual"] == NA:
            made["score"] = made.get("score", None)
        return Indicator(**made)  # type: ignore[arg-type]

    # -- words

    def _particulars(self, form: Form) -> None:
        lead = vary(self.key + "负责人", 0, 9)
        cells = {
            "部门名称": self.entry.name,
            "部门编码": self.entry.code,
            "评价年度": 2023,
            "单位性质": self.nature,
            "填报口径": self.scope,
            "机构变动": self.change,
            "编制人数": self.posts,
            "年末在职人数（编内）": self.staff,
            "上年末在职人数（编内）": self.staff_before,
            "单位负责人": LEADERS[lead],
            "财务负责人": LEADERS[(lead + 3) % 10],
            "填报人": CLERKS[vary(self.key + "填报人", 0, 9)],
            "联系电话": self.entry.phone,
            "填报日期": f"2024年3月{vary(self.key + '日期', 1, 14)}日",
        }
        for title, value in cells.items():
            form.put("基本信息", title, "填报内容", value)
        total = float(self.execution_score)
        assert half_up(half_up(10 * self.execution, 2), 2) == half_up(10 * self.execution, 2)
        form.retotal(total)
        if self.scaled_total:
            plain = sum(form.scores())
            weights = sum(
                float(row["权重"])
                for row in form.open_rows("绩效评价表")
                if row["业绩值"] != NA  # type: ignore[arg-type]
            )
            form.put(
                "基本信息",
                "自评总分（满分100）",
                "填报内容",
                round(plain / weights * 90 + total, 2),
            )

    def _narrative(self, form: Form) -> None:
        a, name = self.accounts, self.entry.name
        spent, rate = wan(a.all.spent, cut=self.cut), percent(half_up(self.execution, 4))
        projects = (
            f"、项目支出{wan(a.project.spent, cut=self.cut):.2f}万元" if a.project.spent else ""
        )
        done = "；".join(f"{task.name}：{task.done}" for task in self.tasks)
        texts = {
            "一、部门概况": f"{name}核定编制{self.posts}人，年末在职{self.staff}人。"
            f"2023年支出{spent:.2f}万元，其中基本支出{wan(a.basic.spent, cut=self.cut):.2f}万元{projects}。",
            "二、评价工作开展": f"成立自评小组，核对账表和资料，按{len(form.open_rows('绩效评价表'))}项指标逐项打分。",
            "三、部门整体支出绩效评价分析": f"全年预算执行率{rate}。各项支出按规定审批，资产账实相符。",
            "四、履职完成情况": done + "。",
            "五、存在的问题": "绩效目标还不够细，部分项目支付集中在下半年。",
            "六、整改措施或建议": "细化绩效目标，按月通报支付进度。",
        }
        for title, text in texts.items():
            form.put("报告正文", title, "填报内容", text)
