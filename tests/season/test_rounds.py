"""Rounds: fingerprints survive what a clerk does to a workbook, and only what was not asked for
counts as another change.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from office import office, resaved
from openpyxl.formula.translate import Translator

from jixiao_xlsx.checking.fingerprints import with_fingerprints
from jixiao_xlsx.examining.check import check
from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.reading import workbook
from jixiao_xlsx.season.rounds.compare_rounds import compared as rounds_compared
from jixiao_xlsx.season.rounds.compare_rounds import differences, open_counts
from jixiao_xlsx.season.rounds.earlier_round import read_earlier_round
from jixiao_xlsx.season.rounds.records import record_of
from jixiao_xlsx.values.cells import Cell, Row, Submission, Table
from jixiao_xlsx.values.findings import Finding, FindingState, Report
from jixiao_xlsx.values.severity import Severity
from jixiao_xlsx.values.typed_numbers import State
from jixiao_xlsx.values.work import Record

INBOX = Path(__file__).parents[2] / "samples" / "inbox"
FORM = find_template()


def _faulty() -> list[Submission]:
    books = [workbook.read(path, FORM) for path in sorted(INBOX.glob("*.xlsx"))[2:12]]
    return [book for book in books if check(book, FORM).count(Severity.ERROR)]


BOOKS = _faulty()


def record(report: Report, submission: Submission) -> Record:
    return Record(**json.loads(record_of(report, submission, submission.department, (), FORM)))


def compared(before: Submission, after: Submission) -> Report:
    first = check(before, FORM)
    return rounds_compared(check(after, FORM), after, record(first, before), FORM)


def moved(submission: Submission, rng: random.Random) -> Submission:
    """Open rows in another order, blank ones put in between, every cell at another address."""
    return replace(
        submission,
        file="改名.xlsx",
        sha256="0" * 64,
        tables={name: _moved(table, rng) for name, table in submission.tables.items()},
    )


def _moved(table: Table, rng: random.Random) -> Table:
    rows = list(table.rows)
    opened = [at for at, row in enumerate(rows) if row.kind == "open"]
    if len({rows[at].title for at in opened}) == len(opened):
        shuffled = opened[:]
        rng.shuffle(shuffled)
        for at, row in zip(opened, [rows[number] for number in shuffled], strict=True):
            rows[at] = row
    down = rng.randint(0, 5)
    return replace(table, rows=tuple(_lowered(row, down) for row in rows))


def _lowered(row: Row, down: int) -> Row:
    return replace(row, cells={column: _lower(cell, down) for column, cell in row.cells.items()})


def _lower(cell: Cell, down: int) -> Cell:
    letters = "".join(c for c in cell.ref if c.isalpha())
    return cell._replace(ref=f"{letters}{int(cell.ref[len(letters) :]) + down}")


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.integers(0, len(BOOKS) - 1))
def test_moved_rows_and_renamed_files_change_no_state(seed: int, which: int) -> None:
    before = BOOKS[which]
    report = compared(before, moved(before, random.Random(seed)))
    assert report.round == 2
    assert {f.since for f in report.findings} <= {1}
    assert report.mended == () and report.changes == ()


# Rows that a clerk adds or takes out, by table: what is typed into them. Where a row is innocent it
# moves no total.
TASKS, BUDGET, SURVEY = "年度计划", "资金预算执行表", "满意度调查"
INNOCENT: Mapping[str, Mapping[str, str]] = {
    TASKS: {
        "完成情况": "完成",
        "预算数": "30",
        "其中：财政拨款（预算）": "30",
        "执行数": "20",
        "其中：财政拨款（执行）": "20",
    },
    BUDGET: {
        "资金来源": "县本级",
        "年初预算数": "0",
        "下达资金": "0",
        "项目支出": "0",
        "支出合计": "0",  # the result of the formula that stands there
    },
    SURVEY: {},
}
OVERSPENT_AT = "其中：财政拨款（执行）"
OVERSPENT = {**INNOCENT[TASKS], OVERSPENT_AT: "25"}  # more 财政拨款 than was spent in all
# the tasks come to more than the whole: told at the first of them, whichever that is now
SUM = "BAL301"
UNEVEN = "BAL303"  # 其中：财政拨款 is more than the whole: the one finding that such a row has
BEFORE, AFTER, BOTH = "删去", "插入", "保留"


def _row(table: str, like: Row, title: str, label: str, typed: Mapping[str, str]) -> Row:
    """A new row with the cells of `like`, at its addresses; `label` is the column that holds the
    title. What the form computes is a formula.
    """

    computed = FORM.table[table].computed[""] if table in FORM.table else ()

    def cell(old: Cell) -> Cell:
        text = title if old.column == label else typed.get(old.column)
        empty = old._replace(
            row=title, raw=None, value=None, state=State.BLANK, formula=None, note=""
        )
        if text is None:
            return empty
        if not text.isdigit():
            return empty._replace(raw=text, value=text, state=State.TEXT)
        return empty._replace(
            raw=float(text),
            value=Decimal(text),
            state=State.NUMBER if int(text) else State.ZERO,
            formula=(old.formula or "SUM()") if old.column in computed else None,
        )

    return Row(title, "open", {column: cell(old) for column, old in like.cells.items()})


def inserted(table: Table, title: str, typed: Mapping[str, str], place: int) -> Table:
    """With a new row as the open row number `place`; what stood there and below is one line
    lower.
    """
    opened = [at for at, row in enumerate(table.rows) if row.kind == "open"]
    at = [*opened, opened[-1] + 1][place % (len(opened) + 1)]
    like = table.rows[at] if at in opened else _lowered(table.rows[opened[-1]], 1)
    (label,) = (column for column, cell in like.cells.items() if cell.text == like.title)
    lower = (_lowered(row, 1) for row in table.rows[at:])
    return replace(
        table, rows=(*table.rows[:at], _row(table.name, like, title, label, typed), *lower)
    )


def deleted(table: Table, title: str) -> Table:
    """Without that open row; what stood below is one line higher."""
    at = next(at for at, row in enumerate(table.rows) if row.kind == "open" and row.title == title)
    return replace(
        table, rows=(*table.rows[:at], *(_lowered(row, -1) for row in table.rows[at + 1 :]))
    )


def _with(submission: Submission, table: Table) -> Submission:
    return replace(submission, tables={**submission.tables, table.name: table})


def _known_by(finding: Finding) -> tuple[str, str, str]:
    return finding.code, "" if finding.code == SUM else finding.item, finding.field


def _typing(table: str, title: str, innocent: bool) -> Mapping[str, str]:
    """What is typed into a row: a task has words of its own, so that it is not another task under a
    new name.
    """
    typed = INNOCENT[table] if innocent else OVERSPENT
    return {**typed, "完成情况": f"{title}完成"} if table == TASKS else typed


WHENS = (BEFORE, AFTER, BOTH)
CALM_ROWS = st.lists(
    st.tuples(st.sampled_from(list(INNOCENT)), st.sampled_from(WHENS), st.integers(0, 20)),
    max_size=4,
)


@settings(max_examples=25)
@given(CALM_ROWS, st.permutations(range(3)), st.integers(0, 10_000), st.integers(0, len(BOOKS) - 1))
def test_rows_put_in_and_taken_out_change_only_their_own_states(
    calm: list[tuple[str, str, int]], places: list[int], seed: int, which: int
) -> None:
    """Beside innocent rows there is always a faulty one that is taken out, one that is put in and
    one that stays.
    """
    book = BOOKS[which]
    drawn = [(table, True, when, place) for table, when, place in calm]
    drawn += [(TASKS, False, when, place) for when, place in zip(WHENS, places, strict=True)]
    rows = [
        (table, innocent, f"另加{number}号", when, place)
        for number, (table, innocent, when, place) in enumerate(drawn)
        if table in book.tables
    ]
    before = book
    for name, innocent, title, when, place in rows:
        if when != AFTER:
            before = _with(
                before, inserted(before[name], title, _typing(name, title, innocent), place)
            )
    after = before
    for name, innocent, title, when, place in rows:
        if when == AFTER:
            after = _with(
                after, inserted(after[name], title, _typing(name, title, innocent), place)
            )
        if when == BEFORE:
            after = _with(after, deleted(after[name], title))
    report = compared(before, moved(after, random.Random(seed)))

    faulty = {
        when: {title for _, innocent, title, at, _ in rows if not innocent and at == when}
        for when in (BEFORE, AFTER, BOTH)
    }
    own = sorted(_known_by(f) for f in check(book, FORM).findings)
    assert {(one.code, one.item) for one in report.mended} == {
        (UNEVEN, title) for title in faulty[BEFORE]
    }
    assert len(report.mended) == len(faulty[BEFORE]) and {one.until for one in report.mended} <= {2}
    fresh = [f for f in report.findings if f.since == 2]
    assert sorted((f.code, f.item) for f in fresh) == sorted(
        (UNEVEN, title) for title in faulty[AFTER]
    )
    kept = [(UNEVEN, title, OVERSPENT_AT) for title in faulty[BOTH]]
    assert sorted(_known_by(f) for f in report.findings if f.since == 1) == sorted([*own, *kept])
    # Nobody asked for an innocent row, nor for a faulty one to be put in: each is told, and nothing
    # else is. A table that a finding spoke of as a whole had to change anyhow.
    listed = {change.item for change in report.changes}
    moving = {
        (table, title)
        for table, innocent, title, when, _ in rows
        if when == AFTER or (when == BEFORE and innocent)
    }
    spoken_of = {f.place.sheet for f in check(book, FORM).findings}
    assert {title for table, title in moving if book[table].sheet not in spoken_of} <= listed
    assert listed <= {title for _, title in moving} | faulty[BEFORE]


ALIKE = "科学技术支出"
EQUALS = workbook.read(
    next(INBOX.glob("103-*.xlsx")), FORM
)  # several rows of this title, by where the money is from


def _at(table: Table, title: str) -> list[int]:
    return [at for at, row in enumerate(table.open_rows) if row.title == title]


@pytest.mark.parametrize("above", [0, 1, 2], ids=["首", "中", "尾"])
def test_a_row_put_in_among_equal_titles_leaves_the_others_alone(above: int) -> None:
    """Three rows of one title, told apart by where the money is from: the new one is told cell by
    cell, and no other cell is.
    """
    table = EQUALS[BUDGET]
    place = [*_at(table, ALIKE), _at(table, ALIKE)[-1] + 1][above]
    new = {
        "资金来源": "单位资金",
        "年初预算数": "0",
        "下达资金": "0",
        "项目支出": "0",
    }  # 支出合计 is a formula: nobody types it
    longer = inserted(table, ALIKE, new, place)
    there = longer.open_rows[place]
    put_in = list(differences(EQUALS, _with(EQUALS, longer)))
    assert {(c.place, c.field, c.before, c.after) for c in put_in} == {
        (there[column].place, column, "", text)
        for column, text in {**new, "支出功能分类科目": ALIKE}.items()
    }
    taken_out = list(differences(_with(EQUALS, longer), EQUALS))
    assert {(c.item, c.field, c.before, c.after) for c in taken_out} == {
        (c.item, c.field, c.after, c.before) for c in put_in
    }
    # One of the others is corrected at the same time: that cell is told, too, and no other.
    other = next(
        row for row in longer.open_rows if row.title == ALIKE and row["资金来源"].text == "上级下达"
    )
    typed = other["项目支出"]._replace(raw=1.23, value=Decimal("1.23"))
    rows = tuple(
        replace(row, cells={**row.cells, "项目支出": typed}) if row is other else row
        for row in longer.rows
    )
    both = list(differences(EQUALS, _with(EQUALS, replace(longer, rows=rows))))
    assert {c.place for c in both} == {c.place for c in put_in} | {typed.place}


def test_of_two_equal_rows_the_one_that_was_mended_is_mended() -> None:
    """Equal tasks with the same fault, the first of which is put right: the second is not taken for
    it, wherever it stands now.
    """
    clean = _with(
        EQUALS,
        inserted(EQUALS[TASKS], "维修", {**OVERSPENT, "完成情况": "东楼", OVERSPENT_AT: "15"}, 0),
    )
    mended = _with(clean, inserted(clean[TASKS], "维修", {**OVERSPENT, "完成情况": "西楼"}, 1))
    faulty = _with(EQUALS, inserted(EQUALS[TASKS], "维修", {**OVERSPENT, "完成情况": "东楼"}, 0))
    faulty = _with(faulty, inserted(faulty[TASKS], "维修", {**OVERSPENT, "完成情况": "西楼"}, 1))
    east, west = (row[OVERSPENT_AT].place for row in faulty[TASKS].open_rows[:2])
    report = compared(
        faulty,
        replace(
            _with(mended, inserted(mended[TASKS], "维修", INNOCENT[TASKS], 0)), sha256="7" * 64
        ),
    )
    assert [(one.sheet, one.cell) for one in report.mended if one.code == UNEVEN] == [
        (east.sheet, east.cell)
    ]
    kept = [f for f in report.findings if f.code == UNEVEN]
    assert [(f.since, f.place.cell) for f in kept] == [
        (1, f"{west.cell[0]}{int(west.cell[1:]) + 1}")
    ]


def test_where_one_equal_row_is_mended_and_another_spoilt_both_are_told() -> None:
    def with_tasks(east: str, west: str) -> Submission:
        one = _with(
            EQUALS,
            inserted(
                EQUALS[TASKS], "维修", {**OVERSPENT, "完成情况": "东楼", OVERSPENT_AT: east}, 0
            ),
        )
        return _with(
            one,
            inserted(one[TASKS], "维修", {**OVERSPENT, "完成情况": "西楼", OVERSPENT_AT: west}, 1),
        )

    report = compared(with_tasks("25", "15"), replace(with_tasks("15", "25"), sha256="8" * 64))
    assert len([one for one in report.mended if one.code == UNEVEN]) == 1
    assert [f.since for f in report.findings if f.code == UNEVEN] == [2]


def test_a_row_under_a_new_name_is_the_same_row() -> None:
    """Its fault is still not mended, and its name is the one thing that changed; a “#” in a name is
    part of it.
    """
    before = _with(
        EQUALS, inserted(EQUALS[TASKS], "3#楼维修", {**OVERSPENT, "完成情况": "完工"}, 1)
    )
    after = _with(EQUALS, inserted(EQUALS[TASKS], "4#楼维修", {**OVERSPENT, "完成情况": "完工"}, 1))
    report = compared(before, replace(after, sha256="9" * 64))
    assert [(c.item, c.field, c.before, c.after) for c in report.changes] == [
        ("4#楼维修", "工作任务名称", "3#楼维修", "4#楼维修")
    ]
    assert {f.since for f in report.findings} == {1} and report.mended == ()


@pytest.mark.parametrize(
    "before", [book for book in BOOKS if TASKS in book.tables], ids=lambda book: book.department
)
def test_a_task_without_finding_can_be_taken_out(before: Submission) -> None:
    """A line that was there from the start, between others: nothing is mended by it, and nothing is
    new.
    """
    found = {f.item for f in check(before, FORM).findings if f.place.sheet == before[TASKS].sheet}
    title = next(row.title for row in before[TASKS].open_rows[1:] if row.title not in found)
    report = compared(
        before, replace(_with(before, deleted(before[TASKS], title)), sha256="6" * 64)
    )
    assert report.round == 2 and report.mended == () and {f.since for f in report.findings} == {1}
    assert {change.item for change in report.changes} == {title}


def _one_down(sheet: object, first: int, last: int, row: Sequence[object]) -> None:
    """What a clerk does where rows cannot be put in: `row` is typed at `first`, what stood there to
    `last` one line lower.
    """
    cells = sheet.cell  # type: ignore[attr-defined]
    for at in range(last, first - 1, -1):
        for column in range(1, len(row) + 1):
            cells(at + 1, column).value = _copied(cells(at, column).value, down=1)
    for column, content in enumerate(row, 1):
        if not str(cells(first, column).value).startswith("="):  # locked in the form
            cells(first, column).value = content


def _copied(content: object, down: int) -> object:
    """What stands in a cell after it was copied `down` rows lower: formulas follow their row."""
    if isinstance(content, str) and content.startswith("="):
        return Translator(content, "A1").translate_formula(row_delta=down)
    return content


@office
def test_rows_put_in_and_taken_out_of_a_real_workbook(tmp_path: Path) -> None:
    """Two workbooks are edited as a clerk edits them, calculated and saved by LibreOffice under
    other names, and read.
    """
    roads, insurance = (
        INBOX / "县交通运输局-部门整体绩效评价.xlsx",
        INBOX / "县医保局绩效评价表（导出）.xlsx",
    )
    book = openpyxl.load_workbook(roads)
    budget, tasks = book[BUDGET], book[TASKS]
    _one_down(budget, 5, 10, ("县本级", "节能环保支出", 0, 0, None, None, None, 0, 0))
    budget["H10"] = 114.89  # mends 项目支出, and by formula 支出合计, now one line lower
    tasks.delete_rows(7)
    tasks.insert_rows(6)
    for column, content in enumerate(("新增任务", "完成", 300, 300, 200, 250), 1):
        tasks.cell(6, column).value = content
    book.save(tmp_path / "改名甲.xlsx")
    other = openpyxl.load_workbook(insurance)
    _one_down(other[BUDGET], 4, 10, ("县本级", "节能环保支出", 0, 0, None, None, None, 0, 0))
    other[TASKS].insert_rows(5)
    for column, content in enumerate(("新增任务", "完成", 300, 300, 200, 200), 1):
        other[TASKS].cell(5, column).value = content
    other[TASKS].delete_rows(8)
    other.save(tmp_path / "改名乙.xlsx")

    first, second = resaved(
        [tmp_path / "改名甲.xlsx", tmp_path / "改名乙.xlsx"], tmp_path / "saved"
    )
    report = compared(workbook.read(roads, FORM), workbook.read(first, FORM))
    assert sorted((one.code, one.item, one.field) for one in report.mended) == [
        ("BAL203", "合计", "支出合计"),
        ("BAL203", "合计", "项目支出"),
    ]
    # 合计 is right now: only now is it worth a 提示 that it was typed over its formula.
    assert sorted((f.code, f.item) for f in report.findings if f.since == 2) == [
        (UNEVEN, "新增任务"),
        ("STR109", "合计"),
    ]
    assert sorted((f.code, f.item) for f in report.findings if f.since == 1) == [
        ("BAL701", "办事群众"),
        ("BAL701", "合计"),
        ("STR107", "资金预算执行表"),
    ]
    calm = compared(workbook.read(insurance, FORM), workbook.read(second, FORM))
    assert {one.code for one in calm.mended} == {
        "AMT109"
    }  # formulas without results: saving has mended that
    assert {f.since for f in calm.findings} == {1} and len(calm.findings) == 6
    assert [f.item for f in calm.findings if f.code == "STR109"] == ["卫生健康支出"]
    assert {f.place.cell for f in calm.findings if f.code == "BAL202"} == {"I6"}
    assert {f.place.cell for f in calm.findings if f.code == SUM} == {"E5", "F5"}


def test_equal_findings_are_numbered_and_words_do_not_matter() -> None:
    submission = BOOKS[0]
    one = check(submission, FORM).findings[0]
    other = replace(one, problem="换一种说法", hint="")
    first, second = with_fingerprints([one, one], submission)
    assert first.fingerprint != second.fingerprint
    assert with_fingerprints([other, other], submission)[1].fingerprint == second.fingerprint


def test_the_same_file_again_is_no_new_round() -> None:
    submission = BOOKS[0]
    report = compared(submission, submission)
    assert report.round == 1 and report.changes == () and report.mended == ()


def _typed(submission: Submission, table: str, row: str, column: str, value: str) -> Submission:
    found = submission[table]
    rows = tuple(
        replace(
            r,
            cells={
                **r.cells,
                column: r.cells[column]._replace(value=Decimal(value), raw=float(value)),
            },
        )
        if r.title == row
        else r
        for r in found.rows
    )
    return replace(
        submission, sha256="1" * 64, tables={**submission.tables, table: replace(found, rows=rows)}
    )


def test_a_change_that_nobody_asked_for_is_told_and_an_asked_one_is_not() -> None:
    submission = BOOKS[0]
    first = check(submission, FORM)
    asked = {place for f in first.findings for place in (f.place, *f.related)}
    calm = [
        (table.name, row.title, column, cell)
        for table in submission.tables.values()
        for row in table.rows
        if row.kind == "fixed"
        for column, cell in row.cells.items()
        if cell.number
        and cell.formula is None
        and not any(f.place.sheet == cell.sheet for f in first.findings)
    ]
    table, row, column, cell = calm[0]
    report = compared(submission, _typed(submission, table, row, column, "123.45"))
    assert [(c.place, c.item, c.field, c.after) for c in report.changes] == [
        (cell.place, row, column, "123.45")
    ]
    for finding in first.findings:
        found = next(
            (
                c
                for t in submission.tables.values()
                for r in t.rows
                for c in r.cells.values()
                if c.place == finding.place
            ),
            None,
        )
        if found is not None and found.number is not None:
            where = next(
                (t.name, r.title)
                for t in submission.tables.values()
                for r in t.rows
                if found in r.cells.values()
            )
            assert (
                compared(submission, _typed(submission, *where, found.column, "7.77")).changes == ()
            )
    assert asked


def _judged(submission: Submission, row: str, **typed: str) -> Submission:
    """With other contents in a line of the indicators, by what its columns are for."""
    found = submission[FORM.indicator_table]
    new = {FORM.indicator_columns[name]: text for name, text in typed.items()}
    rows = tuple(
        replace(
            r,
            cells={
                **r.cells,
                **{
                    c: r.cells[c]._replace(raw=t, value=t, state=State.TEXT, formula=None)
                    for c, t in new.items()
                },
            },
        )
        if r.title == row
        else r
        for r in found.rows
    )
    return replace(submission, tables={**submission.tables, found.name: replace(found, rows=rows)})


def test_what_follows_from_a_correction_is_no_other_change() -> None:
    """A score was too high: the clerk lowers it and says why, and 自评总分 follows. The unit of that
    line was not asked for, nor the reason in the next line.
    """
    columns = FORM.indicator_columns
    book = workbook.read(INBOX / "机关事务服务中心2023年部门整体支出绩效自评.xlsx", FORM)
    findings = check(book, FORM).findings
    finding = next(f for f in findings if f.code == "IND104")
    other = next(
        row.title
        for row in book[FORM.indicator_table].open_rows
        if not any(f.item == row.title for f in findings)
    )
    after = _judged(book, finding.item, score="1", rate="10%", deviation="因故推迟。", unit="万元")
    total = FORM.roles["self_total"]
    found = after[total.table]
    rows = tuple(
        replace(
            r,
            cells={
                **r.cells,
                total.column: r.cells[total.column]._replace(
                    raw="1", value=Decimal(1), formula=None
                ),
            },
        )
        if r.title == total.row
        else r
        for r in found.rows
    )
    after = replace(
        after, sha256="a" * 64, tables={**after.tables, found.name: replace(found, rows=rows)}
    )
    listed = {(c.item, c.field) for c in compared(book, after).changes}
    assert listed == {(finding.item, columns["unit"])}
    listed = {
        (c.item, c.field)
        for c in compared(
            book, replace(_judged(book, other, deviation="无"), sha256="b" * 64)
        ).changes
    }
    assert listed == {(other, columns["deviation"])}


def test_a_total_that_a_finding_is_about_is_corrected_in_its_parts() -> None:
    """“三公经费”控制率 speaks of the total, which is a formula: a part typed anew is an answer, a figure
    of another line is not.
    """
    book = workbook.read(INBOX / "科技局2023整体支出绩效评价表.xlsx", FORM)
    total = book["三公经费"].cell("“三公经费”合计", "决算数")
    assert total and total.formula
    one = check(book, FORM).findings[0]
    about = replace(
        check(book, FORM),
        findings=(
            replace(
                one, place=total.place, related=(), problem="", demand="请核对。", hint="", count=1
            ),
        ),
    )
    for row, listed in (("公务接待费", False), ("会议费", True)):
        after = replace(_typed(book, "三公经费", row, "决算数", "4321"), sha256="c" * 64)
        report = rounds_compared(check(after, FORM), after, record(about, book), FORM)
        assert [(c.item, c.field) for c in report.changes] == [(row, "决算数")] * listed


def test_three_rounds_remember_the_first() -> None:
    submission = BOOKS[0]
    first = check(submission, FORM)
    second = compared(submission, replace(submission, sha256="2" * 64))
    half = replace(second, findings=second.findings[1:])
    third_file = replace(submission, sha256="3" * 64)
    third = rounds_compared(
        replace(first, sha256="3" * 64), third_file, record(half, submission), FORM
    )
    assert third.round == 3
    known = sum(f.severity is not Severity.NOTE for f in first.findings)
    assert known
    assert [f.since for f in third.findings] == [3, *[1] * (len(first.findings) - 1)]
    fourth = rounds_compared(
        replace(first, sha256="4" * 64, findings=()), third_file, record(third, third_file), FORM
    )
    assert len(fourth.mended) == len(first.findings) and {one.until for one in fourth.mended} == {4}
    assert open_counts(fourth) == (known, 0, 0)


def test_what_is_not_ours_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "轮次").mkdir()
    (tmp_path / "轮次" / "x.json").write_text('{"a": 1}', encoding="utf-8")
    (tmp_path / "轮次" / "y.json").write_text("[", encoding="utf-8")
    earlier = read_earlier_round(tmp_path)
    assert earlier.records == {} and earlier.unusable == ("x.json", "y.json")
    (tmp_path / "轮次" / "season.json").write_text('{"schema": 99}', encoding="utf-8")
    earlier = read_earlier_round(tmp_path)
    assert earlier.records == {} and earlier.unusable == ("season.json",)


def test_an_explained_finding_is_neither_mended_nor_open() -> None:
    submission = BOOKS[0]
    report = compared(submission, replace(submission, sha256="5" * 64))
    explained: list[Finding] = [replace(f, state=FindingState.EXPLAINED) for f in report.findings]
    assert open_counts(replace(report, findings=tuple(explained))) == (0, 0, 0)


@pytest.mark.parametrize("which", range(min(2, len(BOOKS))))
def test_two_equal_workbooks_do_not_differ(which: int) -> None:
    assert list(differences(BOOKS[which], BOOKS[which])) == []
