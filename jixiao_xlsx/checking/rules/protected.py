"""STR109–STR113, IND126: what the blank workbook fixed and a department changed.

They show accidents, never intent.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from jixiao_xlsx.checking.balance.verdicts import Outcome
from jixiao_xlsx.checking.bases import FORM_PRINTED, OWN_FORM, PREFILLED_FIGURES
from jixiao_xlsx.checking.evidence import Evidence
from jixiao_xlsx.checking.rule import Flag, Looked, Observation, cell_name, flag, rule
from jixiao_xlsx.checking.rules.rates import execution_score, rate_rules, zero_base
from jixiao_xlsx.form import hidden_mark
from jixiao_xlsx.form.spec import TableSpec
from jixiao_xlsx.scoring.indicator_lines import IndicatorLine
from jixiao_xlsx.scoring.measures import read_measure_text
from jixiao_xlsx.scoring.score_formulas import tier_of
from jixiao_xlsx.values.addresses import position
from jixiao_xlsx.values.cells import Cell, Place, Row, Submission, Table
from jixiao_xlsx.values.equations import Ref
from jixiao_xlsx.values.findings import Expected, Skipped
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.text import plain, tidy
from jixiao_xlsx.values.typed_numbers import read_number


@rule("STR109", "公式被覆盖或改动", severity=Severity.NOTE, basis=FORM_PRINTED)
def overwritten(evidence: Evidence) -> Iterator[Observation]:
    """空白表里自动计算的格，现在是直接填写的数，或换了别的公式。每张表只说一次；与分项不符的由相应的等式去说，这里不重复。

    改法：从空白表里把公式复制回来；不恢复的，每次改数后自行核对。
    """
    submission = evidence.submission
    if not submission.meta or not submission.knows_formulas:
        reason = (
            "文件格式不保存公式" if submission.meta else "不是用空白表填的，看不出哪些格原是公式"
        )
        yield Skipped(reason)
        return
    prefilled = {ref for ref, _ in hidden_mark.prefilled(submission.meta)}
    changed = []
    for name, table in submission.tables.items():
        computed = _computed(table)
        yield Looked(len(computed))
        form = evidence.template.table[name]
        typed = _typed_over(form, table, prefilled, _handed_out(submission, form))
        changed.append((table, list(typed), list(_rewritten(evidence, table, computed))))
    if not any(typed or rewritten for _, typed, rewritten in changed):
        return
    wrong = _wrong_elsewhere(evidence)
    for table, typed_cells, rewritten in changed:
        yield from _typed_flag(table, [c for c in typed_cells if c.place not in wrong], evidence)
        yield from _rewritten_flag(table, [c for c in rewritten if c.place not in wrong], evidence)


def _typed_flag(table: Table, cells: list[Cell], evidence: Evidence) -> Iterator[Flag]:
    if cells:
        text = (
            f"《{table.sheet}》{_three_names(cells, evidence)}原是公式，"
            "现在是直接填写的数；分项再改时它不会跟着变。"
        )
        yield flag(
            cells[0],
            text,
            "请恢复公式，或每次自行核对。",
            related=tuple(c.place for c in cells),
            count=len(cells),
        )


def _rewritten_flag(table: Table, cells: list[Cell], evidence: Evidence) -> Iterator[Flag]:
    if cells:
        text = (
            f"《{table.sheet}》{_three_names(cells, evidence)}的公式与空白表里的不同"
            f"（现为 ={cells[0].formula}）。"
        )
        yield flag(
            cells[0],
            text,
            "请恢复原公式，或自行核对。",
            related=tuple(c.place for c in cells),
            count=len(cells),
        )


def _three_names(cells: list[Cell], evidence: Evidence) -> str:
    more = f"等 {len(cells)} 格" if len(cells) > 3 else ""
    return "、".join(cell_name(cell, evidence.template) for cell in cells[:3]) + more


def _handed_out(submission: Submission, form: TableSpec) -> Collection[tuple[str, str]]:
    """Return the rows and columns that were formulas in the workbook that was handed out.

    An older one had fewer of them. Where it keeps no record, all that the form computes.
    """
    kept = hidden_mark.fixed_texts(submission.meta, hidden_mark.FORMULAS, form.name)
    if kept or any(key.startswith(hidden_mark.FORMULAS) for key in submission.meta):
        return kept.keys()
    return {(row, title) for row, titles in form.computed.items() for title in titles}


def _typed_over(
    form: TableSpec,
    table: Table,
    prefilled: Collection[Ref],
    formulas: Collection[tuple[str, str]],
) -> Iterator[Cell]:
    for row in table.rows:
        for title in form.computed.get(row.title, form.computed[""]):
            if ("" if row.kind == "open" else row.title, title) not in formulas:
                continue
            cell = row.get(title)
            if cell is None or cell.number is None or cell.raw is None or cell.formula is not None:
                continue
            if Ref(table.name, row.title, title) not in prefilled:
                yield cell


def _computed(table: Table) -> list[tuple[Row, str, Cell]]:
    """Return the formulas of a table, each with its row and column."""
    return [
        (row, column, cell)
        for row in table.rows
        for column, cell in row.cells.items()
        if cell.formula is not None
    ]


def _rewritten(
    evidence: Evidence, table: Table, computed: Iterable[tuple[Row, str, Cell]]
) -> Iterator[Cell]:
    """Yield cells whose formula does something else than that of the blank form.

    Where columns were moved or the text of the formula is unknown, that cannot be decided.
    """
    printed = hidden_mark.fixed_texts(evidence.submission.meta, hidden_mark.FORMULAS, table.name)
    if not printed or not _in_place(table):
        return
    for row, column, cell in computed:
        before = printed.get(("" if row.kind == "open" else row.title, column))
        now = hidden_mark.formula_shape(cell.formula, cell.ref) if cell.formula else None
        if before and now and now != before:
            yield cell


def _in_place(table: Table) -> bool:
    """Return whether the columns are side by side, as in the blank form."""
    numbers = [position(cell.ref)[1] for cell in table.columns.values()]
    return numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def _wrong_elsewhere(evidence: Evidence) -> frozenset[Place]:
    """Return the cells that other rules flag by the relation their formula came from."""
    places = {
        side[0].cell.place
        for verdict in evidence.judged.verdicts
        if verdict.outcome is Outcome.FAILS and verdict.instance.spec.table
        for side in verdict.instance.sides
        if len(side) == 1
    }
    rates = [rate_rule.check for rate_rule in rate_rules(evidence.template)]
    places |= {
        observation.place
        for check in (*rates, zero_base, execution_score)
        for observation in check(evidence)
        if isinstance(observation, Flag)
    }
    return frozenset(places)


@rule(
    "STR110",
    "预填数被改动",
    severity=Severity.WARNING,
    basis=PREFILLED_FIGURES,
)
def changed_prefill(evidence: Evidence) -> Iterator[Observation]:
    """财政部门按批复和上年报表预填的数，报来时不同了。两个数都列出；确有原因的附情况说明。

    改法：改回预填数；预填数有误的，附情况说明。
    """
    prefilled = dict(hidden_mark.prefilled(evidence.submission.meta))
    if not prefilled or any(isinstance(one, Flag) for one in borrowed(evidence)):
        yield Skipped("表是发给别的单位或别的年度的" if prefilled else "没有预填数")
        return
    for ref, value in prefilled.items():
        cell = evidence.submission.cell(ref.table, ref.row, ref.column)
        if cell is None:
            continue
        yield Looked(1)
        if cell.number != value:
            unit = f" {cell.unit}" if cell.unit else ""
            now = f"现填“{cell.text}”" if cell.text else "现在空着"
            difference = f"{plain(cell.number - value)}{unit}" if cell.number is not None else ""
            text = f"{cell_name(cell, evidence.template)}预填 {plain(value)}{unit}，{now}。"
            yield flag(
                cell,
                text,
                "请改回；预填的数有误的，附情况说明。",
                expected=Expected(value, value, cell.unit),
                difference=difference,
            )


@rule("STR111", "不是发给本单位、本年度的表", severity=Severity.WARNING, basis=OWN_FORM)
def borrowed(evidence: Evidence) -> Iterator[Observation]:
    """空白表记着发给哪个单位、哪个年度，与所填的不一致。借用别的单位的表、拿往年的表改、单位更名、财政部门发错，都会这样；
    只说明文件的来历，不说明有意为之。

    改法：换用发给本单位、本年度的空白表；更了名或财政部门发错的，附情况说明。
    """
    meta, submission = evidence.submission.meta, evidence.submission
    owner, code, year = (
        meta.get(key, "") for key in (hidden_mark.DEPARTMENT, hidden_mark.CODE, hidden_mark.YEAR)
    )
    if not owner and not code and not year:
        yield Skipped("文件没有记录发给哪个单位、哪个年度")
        return
    yield Looked(3)
    yield from _other_department(evidence, owner, code)
    cell = evidence.role("year")
    if cell and year and submission.year is not None and year != str(submission.year):
        text = f"这份表原是 {year} 年度的，现在填的是 {submission.year} 年度。可能是拿别的年度的表改的。"
        yield flag(cell, text, "请换用本年度的空白表；财政部门发错的，附情况说明。", expected=year)


def _other_department(evidence: Evidence, owner: str, code: str) -> Iterator[Flag]:
    """Yield a flag when the form was handed to a department of another name or code."""
    submission = evidence.submission
    name_differs = bool(owner and submission.department) and not _same_office(
        owner, submission.department
    )
    code_differs = bool(code and submission.code) and tidy(code) != tidy(submission.code)
    cell = evidence.role("department" if name_differs else "department_code")
    if cell is None or not (name_differs or code_differs):
        return
    now = submission.department if name_differs else submission.code
    text = (
        f"这份表记着的{'单位' if name_differs else '部门编码'}与现在填的“{now}”不一致。"
        "可能是借用了别的单位的表，或单位更了名。"
    )
    yield flag(cell, text, "请换用发给本单位的空白表；确已更名的，附情况说明。")


def _same_office(one: str, other: str) -> bool:
    """Return whether one name is the other, or the other with characters left out."""
    short, long = sorted((tidy(one), tidy(other)), key=len)
    letters = iter(long)
    return len(short) > 1 and all(letter in letters for letter in short)


@rule("STR112", "说明或自检工作表被删", severity=Severity.NOTE, basis=FORM_PRINTED)
def machine_sheet_gone(evidence: Evidence) -> Iterator[Observation]:
    """空白表里的说明、自检等工作表不在文件里了。不影响核对，但自检里写的情况说明会随之丢失。

    改法：下次请保留这些工作表。
    """
    submission = evidence.submission
    if not submission.meta or not submission.sheets:
        return
    there = {tidy(name) for name in submission.sheets}
    for sheet in evidence.template.sheets:
        if sheet.kind != "data":
            yield Looked(1)
            if not {tidy(name) for name in (sheet.title, *sheet.aliases)} & there:
                text = f"工作表“{sheet.title}”不在文件里（被删或改了名）。"
                yield Flag(
                    Place(submission.sheets[0], "A1"),
                    sheet.title,
                    "",
                    "",
                    text,
                    expected="有此工作表",
                    demand="不影响核对；下次请保留，填完先看自检。",
                )


@rule("STR113", "印好的内容被改动", severity=Severity.NOTE, basis=FORM_PRINTED)
def changed_print(evidence: Evidence) -> Iterator[Observation]:
    """空白表里印好的字和数（指标的级别和单位、分值等），现在不同了。权重、目标值、方向、名称另有规则去说；多是误删误改，不说明有意为之。

    改法：照空白表改回；表样印错的，告知财政部门。
    """
    meta = evidence.submission.meta
    if not meta:
        yield Skipped("不是用空白表填的，不知道原来印的是什么")
        return
    checked_elsewhere = {
        evidence.template.indicator_columns.get(part)
        for part in ("weight", "target", "direction", "name")
    }
    for name, table in evidence.submission.tables.items():
        skipped = checked_elsewhere if name == evidence.template.indicator_table else set()
        for (title, column), printed in hidden_mark.fixed_texts(
            meta, hidden_mark.PRINTED, name
        ).items():
            cell = None if column in skipped else table.cell(title, column)
            if cell is None:
                continue
            yield Looked(1)
            if not _same(cell, printed):
                now = f"现为“{cell.text}”" if cell.text else "现在空着"
                yield flag(
                    cell,
                    f"{cell_name(cell, evidence.template)}空白表印的是“{printed}”，{now}。",
                    "请改回。",
                    expected=printed,
                )


def _same(cell: Cell, printed: str) -> bool:
    if cell.raw == printed:
        return True
    number = read_number(printed).value
    return (
        cell.number == number
        if cell.number is not None and number is not None
        else tidy(cell.text) == tidy(printed)
    )


@rule(
    "IND126",
    "共性指标的目标值被改动",
    severity=Severity.NOTE,
    basis=FORM_PRINTED,
    yields_to=("IND108", "IND109"),
)
def changed_target(evidence: Evidence) -> Iterator[Observation]:
    """共性指标的目标值是表样印好的。改宽了的另作警告；改严、清空或换了说法的，在这里提示，评分按所填的目标值。

    改法：不是有意改的，改回表样印好的目标值。
    """
    for line in evidence.lines:
        if line.spec is None or not line.spec.common or not line.spec.target:
            continue
        yield Looked(1)
        if not _same_target(line, evidence):
            cell = line.cell("target")
            now = f"现填“{line.target}”" if cell.text else "现在空着"
            yield flag(
                cell,
                f"“{line.name}”的目标值表样印的是“{line.spec.target}”，{now}。",
                "不是有意改的，请改回。",
                expected=line.spec.target,
            )


def _same_target(line: IndicatorLine, evidence: Evidence) -> bool:
    assert line.spec is not None
    printed = read_measure_text(line.spec.target, line.spec.unit)
    if printed.number is not None:
        return line.target.number == printed.number
    words = line.target.words
    return tidy(words) == tidy(printed.words) or (
        bool(words)
        and tier_of(words, evidence.template) is not None
        and tier_of(words, evidence.template) == tier_of(printed.words, evidence.template)
    )
