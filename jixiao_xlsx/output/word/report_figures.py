"""What a report states of a submission: figures, rows of tables, the department's own text. Pure.

The vocabulary that checks a report against the tables (items.toml) also gives the figures it is
written with, in 万元 and under one convention, so that text and tables cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from jixiao_xlsx.examining.check import check
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.prose.evidence import ProseEvidence
from jixiao_xlsx.prose.language.clauses import Mention, Passage, passage, sentences
from jixiao_xlsx.prose.language.read_words import read_vocabulary
from jixiao_xlsx.prose.language.vocabulary import Vocabulary
from jixiao_xlsx.prose.read_statements import read_statements
from jixiao_xlsx.prose.report_passages import own_words
from jixiao_xlsx.prose.statements import ReportStatements
from jixiao_xlsx.prose.table_figures import TableFigure, TableFigures
from jixiao_xlsx.values.amounts import MONEY_UNITS, Convention, Interval, atoms_per, printable
from jixiao_xlsx.values.cells import Cell, Row, Submission, Table
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import percent, plain

_UNIT, _DECIMALS = "万元", 2


class ReportImpossible(Exception):
    """The form lacks what a written report needs; the text says what, in Chinese."""


@dataclass(frozen=True)
class ReportFigures:
    """The figures of one submission as text for a report.

    Amounts read “130.62万元”; what the tables leave blank reads "".
    """

    evidence: ProseEvidence
    vocabulary: Vocabulary

    @cached_property
    def convention(self) -> Convention:
        """截断 where a sheet of the workbook is proved to be truncated, so that the text agrees."""
        return (
            Convention.TRUNCATE
            if Convention.TRUNCATE in self.evidence.judged.conventions.values()
            else Convention.ROUND
        )

    @cached_property
    def table_figures(self) -> TableFigures:
        """The tables' figures by item and role."""
        return self.evidence.table_figures

    def figure(self, name: str, role: str) -> str:
        """Return the figure of an item, with its unit; "" where the tables leave it blank."""
        figure = self._table_figure(name, role)
        if figure is None:
            return ""
        return self.amount(figure.atoms) if figure.unit in MONEY_UNITS else figure.display_text

    def list_spent(self, *names: str) -> str:
        """Return “基本支出674.52万元、项目支出401.24万元”: those of the items that are not 0."""
        return "、".join(
            f"{name}{self.figure(name, 'execution')}" for name in names if self.spent(name)
        )

    def spent(self, name: str) -> bool:
        """Return whether the outcome of an item is filled and not 0."""
        figure = self._table_figure(name, "execution")
        return figure is not None and bool(figure.atoms)

    def share(self, part: str, whole: str) -> str:
        """Return “62.70%”: the share of one outcome in another."""
        one, all_ = self._table_figure(part, "execution"), self._table_figure(whole, "execution")
        return percent(one.atoms / all_.atoms) if one and all_ and all_.atoms > 0 else ""

    def done(self, name: str, role: str) -> str:
        """Return “98.40%”: the outcome of an item against a budget of its own."""
        one, plan = self._table_figure(name, "execution"), self._table_figure(name, role)
        return percent(one.atoms / plan.atoms) if one and plan and plan.atoms > 0 else ""

    def change(self, name: str) -> str:
        """Return “比上年减少1.26万元，下降15.04%”, without a percentage where last year was 0."""
        now, before = self._table_figure(name, "execution"), self._table_figure(name, "previous")
        if now is None or before is None:
            return ""
        gap = now.atoms - before.atoms
        if not gap:
            return "与上年持平"
        counted = now.unit not in MONEY_UNITS
        size = f"{plain(abs(gap))}{now.unit}" if counted else self.amount(abs(gap))
        more = (
            f"，{'增长' if gap > 0 else '下降'}{percent(abs(gap) / before.atoms)}"
            if before.atoms > 0 and not counted
            else ""
        )
        return f"比上年{'增加' if gap > 0 else '减少'}{size}{more}"

    def rate(self, name: str) -> str:
        """Return a rate of the form as the workbook shows it."""
        item = self.vocabulary.rates.get(name)
        cell = self.table_figures.cell(item.display_ref) if item and item.display_ref else None
        return percent(cell.number) if cell is not None and cell.number is not None else ""

    def _table_figure(self, name: str, role: str) -> TableFigure | None:
        """Return the first figure in the tables, or a 万元 figure of the same amount.

        The 万元 figure goes first since it may carry a 平尾差.
        """
        figures = self.table_figures.of(name, role)
        if not figures:
            return None
        first = figures[0]
        step = atoms_per(_UNIT) // 10**_DECIMALS
        printed = self._printed(first.atoms)
        same = (one for one in figures if one.unit == _UNIT and abs(one.atoms - printed) <= step)
        return next(same, first)

    def _printed(self, atoms: Decimal | int) -> Decimal:
        low, _ = printable(Interval(int(atoms), int(atoms)), self.convention, _UNIT, _DECIMALS)
        return low * atoms_per(_UNIT)

    def amount(self, atoms: Decimal | int) -> str:
        """Return an amount in 分 as “130.62万元”; one too small for that as “30.5元”."""
        printed = self._printed(atoms)
        if atoms and not printed:
            return f"{plain(Decimal(atoms) / atoms_per('元'))}元"
        return f"{plain(printed / atoms_per(_UNIT), _DECIMALS)}{_UNIT}" if printed else f"0{_UNIT}"

    @cached_property
    def subjects(self) -> list[dict[str, str]]:
        """支出功能分类科目 with spending: what was planned and spent."""
        return [
            {
                "名称": name,
                "决算": self.figure(name, "execution"),
                "年初预算": self.figure(name, "original"),
            }
            for name in self.table_figures.subjects
        ]

    @cached_property
    def paragraphs(self) -> Mapping[str, tuple[list[str], int]]:
        """By title: the paragraphs typed, and the number of sentences left out.

        A sentence is left out where it states a figure of the tables.
        """
        table = self.evidence.submission.get(self.vocabulary.table)
        rows = table.rows if table else ()
        return {
            row.title: self._without_figures(
                passage(cell.place, row.title, cell.text, self.vocabulary.lexicon)
            )
            for row in rows
            for cell in row.cells.values()
        }

    def notes(self) -> Iterator[str]:
        """Yield what a person should know before signing the report."""
        wrong = sum(
            f.severity is Severity.ERROR
            for f in check(self.evidence.submission, self.evidence.template).findings
        )
        if wrong:
            yield (
                f"这份表还有 {wrong} 处错误没有改正，报告里的数照表写。"
                "请先用 jixiao check 查看并改正，再重新生成报告。"
            )
        for title, (paragraphs, dropped) in self.paragraphs.items():
            if dropped:
                yield f"“{title}”里有 {dropped} 句写的是各表已有的数，没有抄进报告：数字一律取自各表。"
            if not paragraphs:
                yield f"“{title}”在报告里没有文字，请补写。"

    def _without_figures(self, source: Passage) -> tuple[list[str], int]:
        """Return the paragraphs of a text without the sentences that state figures of the tables.

        Return the number of these sentences, too.
        """
        submission = self.evidence.submission
        words = own_words(submission, self.vocabulary)
        statements = read_statements((source,), self.vocabulary, words, submission.year)
        starts = [mention.start for mention in _mentions(statements)]
        paragraphs: dict[int, str] = {}
        dropped = 0
        for start, text in sentences(source.folded):
            if any(start <= one < start + len(text) for one in starts):
                dropped += 1
                continue
            number = source.text.count("\n", 0, start)
            original = source.text[start : start + len(text)].strip()
            paragraphs[number] = paragraphs.get(number, "") + original
        return [text for text in paragraphs.values() if text], dropped


def _mentions(statements: ReportStatements) -> Iterator[Mention]:
    """Yield where a text states a figure of the tables."""
    for fact in statements.facts:
        if fact.items:
            yield fact.mention
    yield from (rate.mention for rate in statements.rates)
    yield from (share.mention for share in statements.shares)
    yield from (completion.mention for completion in statements.completions)
    for change in statements.changes:
        yield from (mention for mention in (change.amount, change.rate) if mention is not None)


def figures_for_report(submission: Submission, template: Template) -> ReportFigures:
    """Return what a report may state of `submission`.

    Raises ReportImpossible where the form has no vocabulary for reports.
    """
    words = read_vocabulary(template)
    if words is None:
        raise ReportImpossible(
            f"“{template.title}”没有写报告用的词语（items.toml），不能生成报告。"
        )
    return ReportFigures(ProseEvidence(submission, template), words)


def template_context(figures: ReportFigures) -> Mapping[str, object]:
    """Return what the Word template of a report may refer to, by its Chinese names."""
    submission, template = figures.evidence.submission, figures.evidence.template
    return {
        "部门": submission.department,
        "年度": submission.year or "",
        "决算": lambda name: figures.figure(name, "execution"),
        "年初预算": lambda name: figures.figure(name, "original"),
        "全年预算": lambda name: figures.figure(name, "budget"),
        "上年": lambda name: figures.figure(name, "previous"),
        "有": figures.spent,
        "列": figures.list_spent,
        "占比": figures.share,
        "完成年初预算": lambda name: figures.done(name, "original"),
        "完成全年预算": lambda name: figures.done(name, "budget"),
        "比上年": figures.change,
        "比率": figures.rate,
        "科目": figures.subjects,
        "格": lambda role: _role_text(figures.evidence, role),
        "表": {spec.name: _table(submission.get(spec.name)) for spec in template.tables},
        "正文": {title: paragraphs for title, (paragraphs, _) in figures.paragraphs.items()},
        "指标": list(_indicators(figures.evidence)),
        "满分": plain(template.full_mark + template.execution_weight),
    }


def _role_text(evidence: ProseEvidence, role: str) -> str:
    cell = evidence.role(role)
    return "" if cell is None else _printed_cell(cell)


def _table(table: Table | None) -> dict[str, object]:
    rows = table.rows if table else ()
    return {
        "各行": [
            _row(row)
            for row in rows
            if row.kind not in {"total", "subtotal"}
            and any(not c.blank for c in row.cells.values())
        ],
        "合计": _row(table.total) if table and table.total else {},
    }


def _row(row: Row) -> dict[str, str]:
    return {"行名": row.title} | {title: _printed_cell(cell) for title, cell in row.cells.items()}


def _printed_cell(cell: Cell) -> str:
    """Return a cell as the form prints it.

    Amounts have the decimals of their column, rates are percentages, the rest is as typed.
    """
    if cell.number is None:
        return cell.text
    if cell.unit in MONEY_UNITS:
        return plain(cell.number, cell.decimals)
    if cell.note == "%" or cell.unit == "%":
        return percent(cell.number)
    return plain(cell.number)


def _indicators(evidence: ProseEvidence) -> Iterator[dict[str, object]]:
    """Yield the indicator table line by line; a level is named on its first line only."""
    before: tuple[str, str] = ("", "")
    for one in evidence.card.indicators:
        lost = one.self_score is not None and one.self_score < one.weight
        yield {
            "一级指标": one.level1 if one.level1 != before[0] else "",
            "二级指标": one.level2 if (one.level1, one.level2) != before else "",
            "三级指标": one.name,
            "权重": plain(one.weight),
            "目标值": one.target_text,
            "业绩值": one.actual_text,
            "完成率": one.rate_text,
            "指标得分": "" if one.self_score is None else plain(one.self_score),
            "偏差": one.deviation_text.rstrip("。；;"),
            "失分": lost,
        }
        before = (one.level1, one.level2)
