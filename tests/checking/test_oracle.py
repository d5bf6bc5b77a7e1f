"""The oracle: LibreOffice works out 自检 of randomly filled forms, and every verdict must be the
checker's.

Each filling is typed twice: with xlsxwriter through the writer's own layout, and with openpyxl into
the blank form by titles. JIXIAO_ORACLE=200 in the environment makes 200 fillings instead of a few.
"""

from __future__ import annotations

import io
import os
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fills
import openpyxl
import pytest
from printed import as_printed

from jixiao_xlsx.checking.balance.interpretations import Interpretation, holds
from jixiao_xlsx.checking.balance.judging import judge
from jixiao_xlsx.checking.balance.verdicts import NO_TOTAL, Outcome, Verdict
from jixiao_xlsx.checking.rules.rates import rate_rules
from jixiao_xlsx.checking.run_rules import run_rules
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.form.repeated_sheets import named
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.output.xlsx.blank.book import write_workbook
from jixiao_xlsx.output.xlsx.blank.layout import Filling, TableFilling
from jixiao_xlsx.prose.evidence import ProseEvidence as Evidence
from jixiao_xlsx.reading import workbook
from jixiao_xlsx.values.amounts import Convention
from tests import office

FILLS = int(os.environ.get("JIXIAO_ORACLE", "6"))
CHUNK = 20
CHECK = "自检"
FORM = find_template()
# With totals that the form computes: where a formula was typed over, 自检 goes on to take the total
# for the sum of its parts. That it holds is common to both, the reason is not.
SUMS = {"BAL201", "BAL202", "BAL203", "REC101", "REC102", "REC103", "REC104", "REC105", "REC106"}
RELIEFS = {
    Outcome.TYPED_ZERO: "△ 填 0 的项不到一个末位，相符",
    Outcome.LAST_DIGIT: "△ 只差一个末位（尾差）",
    Outcome.COARSE: "△ 按百元取整相符",
    Outcome.BLANK_TOTAL: "△ 合计未填",
}


# --------------------------------------------------------------------------------- typing by titles


def type_by_titles(template: Template, filling: Filling) -> bytes:
    """The blank form with `filling` typed into it where its titles say, as a person would."""
    blank = io.BytesIO()
    write_workbook(template, blank)
    book = openpyxl.load_workbook(blank)
    for name, own in filling.items():
        spec = template.table[name]
        _type_table(book[spec.sheet], spec.heading if spec.caption else "", own)
    done = io.BytesIO()
    book.save(done)
    return done.getvalue()


def _type_table(sheet: Any, caption: str, own: TableFilling) -> None:
    titles = {title for row in (*own.rows.values(), *own.open_rows) for title in row}
    top = _row_of(sheet, {caption}, 1) if caption else 1
    if own.ticked:
        sheet.cell(_row_of(sheet, {"本单位无此项"}, top), 2).value = "√"
    if not titles:
        return
    head = _row_of(sheet, titles, top)
    columns = {sheet.cell(head, at).value: at for at in range(1, sheet.max_column + 1)}
    for title, row in own.rows.items():
        _type_row(sheet, _row_of(sheet, {title}, head + 1), columns, row)
    wanted = [columns[title] for row in own.open_rows for title in row]
    free = iter(
        [
            at
            for at in range(head + 1, sheet.max_row)
            if all(str(sheet.cell(at, column).value or "=")[0] == "=" for column in wanted)
        ]
    )
    for row in own.open_rows:
        _type_row(sheet, next(free), columns, row)


def _row_of(sheet: Any, wanted: set[str], first: int) -> int:
    """The first line from `first` on that holds all these texts."""
    for line in sheet.iter_rows(min_row=first):
        if wanted <= {cell.value for cell in line}:
            return int(line[0].row)
    raise AssertionError(wanted)


def _type_row(sheet: Any, line: int, columns: dict[str, int], row: Any) -> None:
    for title, value in row.items():
        sheet.cell(line, columns[title]).value = value


# ---------------------------------------------------------------------------------------- comparing


def check_states(book: Any) -> dict[tuple[str, str, str], str]:
    """What 自检 says, by code, sheet and cell."""
    rows = book[CHECK].iter_rows(min_row=5, values_only=True)
    return {(row[0], row[1], row[4]): row[5] for row in rows if row[0] and row[4]}


def disagreements(template: Template, data: bytes) -> Iterator[tuple[str, str]]:
    """(verdict's outcome, "" or what differs) for every line of 自检."""
    states = check_states(openpyxl.load_workbook(io.BytesIO(data), data_only=True))
    submission = workbook.read_bytes(data, "x.xlsx", template)
    placed: set[tuple[str, str, str]] = set()
    for verdict, printed in (
        pair for part in submission.parts for pair in as_printed(judge(part, template), template)
    ):
        code = printed.spec.code
        places = [(code, cell.sheet, cell.ref) for cell in printed.cells]
        key = next((place for place in places if place in states), None)
        if key is None or key in placed:
            continue
        placed.add(key)
        wanted = expected(verdict)
        right = states[key].startswith(wanted) if wanted.endswith("差 ") else states[key] == wanted
        if code in SUMS and verdict.outcome.value not in {"fails", "skipped", "blank total"}:
            right = states[key][0] in "✓△"
        yield (
            verdict.outcome.value,
            "" if right else f"{key}: 自检 {states[key]!r}，核对 {wanted!r}",
        )
    desks = [Evidence(part, template) for part in submission.parts]
    for rule in rate_rules(template):
        findings = {
            finding.place for evidence in desks for finding in run_rules(evidence, [rule]).findings
        }
        for key, state in states.items():
            if key[0] == rule.code:
                placed.add(key)
                wrong = any((place.sheet, place.cell) == key[1:] for place in findings)
                yield (
                    "rate",
                    ""
                    if wrong == state.startswith("✗")
                    else f"{key}: 自检 {state!r}，核对 {wrong}",
                )
    rest = {
        key: state
        for key, state in states.items()
        if key not in placed and state not in {"未填", "—"}
    }  # blank rows are no rows
    yield "lines", "" if not rest else f"没有比到：{rest}"


def expected(verdict: Verdict) -> str:
    """What 自检 must show for a verdict of the checker."""
    instance = verdict.instance
    if verdict.outcome is Outcome.FAILS:
        return "△ 差 " if instance.column in instance.spec.note_columns else "✗ 差 "
    if verdict.outcome is Outcome.SKIPPED:
        return "未填" if verdict.reason in {"未填", NO_TOTAL} else "非数字"
    if verdict.outcome in {Outcome.HOLDS, Outcome.OTHER_CONVENTION}:
        return (
            "✓"
            if holds(instance, Interpretation(Convention.ROUND))
            else "△ 按舍尾（不四舍五入）相符"
        )
    return RELIEFS[verdict.outcome]


def recalculated(folder: Path, books: dict[str, bytes]) -> dict[str, bytes]:
    """The same workbooks after LibreOffice has worked out every formula anew."""
    paths = [folder / f"{name}.xlsx" for name in books]
    for path, data in zip(paths, books.values(), strict=True):
        path.write_bytes(data)
    return {path.stem: path.read_bytes() for path in office.resaved(paths, folder / "out")}


# -------------------------------------------------------------------------------------------- tests


@office.office
@pytest.mark.parametrize("first", range(0, FILLS, CHUNK))
def test_selfcheck_says_what_the_checker_says(first: int, tmp_path: Path) -> None:
    books: dict[str, bytes] = {}
    for seed in range(first, min(first + CHUNK, FILLS)):
        filling = fills.random_filling(random.Random(seed))
        if seed % 2:
            books[f"titles{seed}"] = type_by_titles(FORM, filling)
        else:
            stream = io.BytesIO()
            write_workbook(FORM, stream, filling=filling)
            books[f"layout{seed}"] = stream.getvalue()
    outcomes: Counter[str] = Counter()
    wrong = []
    for name, data in recalculated(tmp_path, books).items():
        for outcome, problem in disagreements(FORM, data):
            outcomes[outcome] += 1
            wrong += [f"{name} {problem}"] if problem else []
    assert wrong == []
    assert outcomes["holds"] > 20 * len(books) and outcomes["rate"] >= 4 * len(books)


@office.office
def test_selfcheck_of_every_project_says_what_the_checker_says(tmp_path: Path) -> None:
    projects = find_template("xiangmu-zhichu")
    books: dict[str, bytes] = {}
    for seed in range(max(FILLS // 2, 4)):
        stream = io.BytesIO()
        write_workbook(projects, stream, filling=random_projects(random.Random(seed)))
        books[f"projects{seed}"] = stream.getvalue()
    outcomes: Counter[str] = Counter()
    wrong = []
    for name, data in recalculated(tmp_path, books).items():
        for outcome, problem in disagreements(projects, data):
            outcomes[outcome] += 1
            wrong += [f"{name} {problem}"] if problem else []
    assert wrong == []
    assert outcomes["holds"] > 2 * len(books) and outcomes["fails"] > len(books) // 2


def random_projects(dice: random.Random) -> Filling:
    """Some of the copies, each with funds that add up, or nearly, or not; the others blank."""
    filling: dict[str, TableFilling] = {}
    for sheet in dice.sample(["项目1", "项目2", "项目3", "项目4", "项目5"], dice.randint(1, 4)):
        parts = {
            row: dice.randint(1, 90_000) / 100
            for row in ("当年财政拨款", "上年结转资金", "其他资金")
            if dice.random() < 0.7
        }
        rows = {
            row: {"全年预算数": money, "全年执行数": round(money * dice.choice((1, 0.9, 1.2)), 2)}
            for row, money in parts.items()
        }
        off = dice.choice((0, 0, 0.01, 0.02, 5))
        total = {
            c: round(sum(row[c] for row in rows.values()) + off, 2)
            for c in ("全年预算数", "全年执行数")
        }
        scores = [dice.choice((5, 10, 12.5, "满分", None)) for _ in range(dice.randint(0, 4))]
        filling[named("项目资金", sheet)] = TableFilling(
            rows | {"年度资金总额": total} if dice.random() < 0.9 else rows
        )
        filling[named("项目概况", sheet)] = TableFilling(
            {"自评总分": {"填报内容": dice.choice((88, 99.5, 104))}}
        )
        filling[named("绩效指标", sheet)] = TableFilling(
            {}, [{"三级指标": f"指标{n}", "分值": 15, "得分": s} for n, s in enumerate(scores)]
        )
    return filling


@office.office
def test_both_ways_of_typing_give_the_same_workbook(tmp_path: Path) -> None:
    filling = fills.random_filling(random.Random(3))
    stream = io.BytesIO()
    write_workbook(FORM, stream, filling=filling)
    books = recalculated(
        tmp_path, {"layout": stream.getvalue(), "titles": type_by_titles(FORM, filling)}
    )
    values = [workbook.read_bytes(data, "x.xlsx", FORM) for data in books.values()]
    one, other = (
        {(c.sheet, c.ref): c.value for t in read.tables.values() for c in t.cells()}
        for read in values
    )
    assert one == other
