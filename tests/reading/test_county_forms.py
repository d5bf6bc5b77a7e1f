"""A county's own form: read from a copy of its blank, wherever the cells of that have gone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import openpyxl
import pytest

import jixiao_xlsx as jx
from jixiao_xlsx.form.find_template import find_template, templates_folder
from jixiao_xlsx.form.paths import name_of
from jixiao_xlsx.form.spec import Template
from jixiao_xlsx.output.xlsx.annotated.book import annotate
from jixiao_xlsx.output.xlsx.blank.stamped import stamped_blank
from jixiao_xlsx.reading.layout.align import completed, heaviest_chain
from jixiao_xlsx.reading.layout.inside import value_inside, with_values
from jixiao_xlsx.reading.workbook import Unreadable, read_bytes
from jixiao_xlsx.values.season import FileStatus
from jixiao_xlsx.values.severity import Severity
from tests import county
from tests.county import FILLED, FUNDS, SUBJECTS, workbook


@pytest.fixture(scope="module")
def form(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return county.form(tmp_path_factory.mktemp("county") / "经费")


def changed(sheet: str, ref: str, value: object) -> Mapping[str, Mapping[str, object]]:
    return {**FILLED, sheet: {**FILLED[sheet], ref: value}}


def findings(data: bytes, form: Template) -> dict[str, set[str]]:
    """Return the cells of errors and warnings by code."""
    report = jx.check(read_bytes(data, "报送.xlsx", form), form)
    found: dict[str, set[str]] = {}
    for one in report.findings:
        if one.severity is not Severity.NOTE:
            found.setdefault(one.code, set()).add(f"{one.place.sheet}!{one.place.cell}")
    assert not report.faults
    return found


# Where the cells of a copy stand: rows inserted above, within, between; columns; rows exchanged.
MOVES: Mapping[str, dict[str, Any]] = {
    "as handed out": {},
    "sheets renamed": {"names": {FUNDS: "Sheet1", SUBJECTS: "表二"}},
    "sheets exchange names": {"names": {FUNDS: SUBJECTS, SUBJECTS: FUNDS}},
    "two rows above": {"moved": lambda title, row, column: (row + 2, column)},
    "two rows within": {"moved": lambda title, row, column: (row + 2 * (row > 5), column)},
    "a row between the headings and the figures": {
        "moved": lambda title, row, column: (row + (row > 3), column)
    },
    "a column in front": {"moved": lambda title, row, column: (row, column + 1)},
    "a column within": {"moved": lambda title, row, column: (row, column + (column > 0))},
    "next year": {"later": 1},
    "two rows exchanged": {
        "moved": lambda title, row, column: (
            ({5: 6, 6: 5}.get(row, row) if title == FUNDS else row),
            column,
        )
    },
}


@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES)
def test_a_copy_reads_the_same_wherever_its_cells_went(form: Template, move: Any) -> None:
    submission = read_bytes(workbook(FILLED, **move), "报送.xlsx", form)
    assert submission.department == "石桥乡人民政府"
    assert submission.year == 2023 + move.get("later", 0)
    assert submission["经费"].frame.to_dict() == {
        "上年决算数": dict(zip(_ROWS, (30, 10, 20, 5), strict=True)),
        "本年数·预算": dict(zip(_ROWS, (33.5, 12.5, 21, 6), strict=True)),
        "本年数·决算": dict(zip(_ROWS, (31.25, 12.05, 19.2, 4.5), strict=True)),
    }
    assert [row.title for row in submission["科目"].rows] == [
        "一般公共服务支出", "政府办公厅事务", "行政运行", "事业运行", "农林水支出", "农村综合改革", "合计",
    ]  # fmt: skip
    assert submission["经费封面"].cell("制表人", "填报内容").value == "王芳"
    assert findings(workbook(FILLED, **move), form) == {}


_ROWS = ("合计", "1.办公费", "2.差旅费", "2.差旅费·其中：县外差旅")
FAULTS = {
    "a total": (FUNDS, "B5", 31, "BAL901", "B5"),
    "a part of a part": (FUNDS, "C8", 22, "BAL902", "C8"),
    "a subject above its parts": (SUBJECTS, "C7", 21.52, "BAL904", "C7"),
    "a last subject": (SUBJECTS, "C11", 11, "BAL903", "C5"),
    "between two sheets": (SUBJECTS, "C5", 31.52, "REC901", "C5"),
}


@pytest.mark.parametrize(("sheet", "ref", "value", "code", "cell"), FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("move", ["as handed out", "sheets renamed", "next year"])
def test_a_fault_is_found_at_its_cell(
    form: Template, move: str, sheet: str, ref: str, value: object, code: str, cell: str
) -> None:
    kept = MOVES[move]
    name = kept.get("names", {}).get(sheet, sheet)
    found = findings(workbook(changed(sheet, ref, value), **kept), form)
    assert f"{name}!{cell}" in found[code]
    assert "REC902" not in found  # nobody confirmed that one


def test_the_blank_itself_is_known_to_be_untouched(form: Template) -> None:
    data = (form.folder / form.blank).read_bytes()
    submission = read_bytes(data, "空白.xlsx", form)
    assert submission.untouched
    assert submission["科目"].cell("合计", "支出数").blank  # “XX” is to be overwritten
    assert not read_bytes(workbook(FILLED), "报送.xlsx", form).untouched


def test_another_workbook_with_some_of_the_titles_is_not_recognised(form: Template) -> None:
    book = openpyxl.Workbook()
    for ref, text in {"A1": "差旅费报销单", "A3": "合计", "A4": "2.差旅费", "B3": "预算"}.items():
        book.active[ref] = text
    with pytest.raises(Unreadable) as refused:
        read_bytes(county_bytes(book), "报销单.xlsx", form)
    assert refused.value.status is FileStatus.UNRECOGNISED


def county_bytes(book: openpyxl.Workbook) -> bytes:
    import io

    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_unit_that_somebody_changed_is_told(form: Template) -> None:
    found = findings(workbook(changed(FUNDS, "D2", "单位：元")), form)
    assert found == {"STR115": {f"{FUNDS}!D2"}}


def test_a_warning_is_explained_in_the_list_that_comes_with_the_copy(form: Template) -> None:
    data = workbook(changed(FUNDS, "C8", 22))
    submission = read_bytes(data, "报送.xlsx", form)
    copy = annotate(data, submission, jx.check(submission, form), form)
    import io

    book = openpyxl.load_workbook(io.BytesIO(copy))
    assert book.sheetnames[-1] == "核实说明"
    listed = book["核实说明"]
    head = next(row for row in listed.iter_rows() if row[0].value == "编号")[0].row
    assert listed.cell(head + 1, 1).value == "BAL902"
    listed.cell(head + 1, 5, "跨年报销")
    again = read_bytes(county_bytes(book), "改正.xlsx", form)
    states = {one.code: one.state.value for one in jx.check(again, form).findings}
    assert states["BAL902"] == "explained"


# --------------------------------------------------------------------------------------- stamping


def test_a_stamped_blank_differs_in_what_is_stamped_alone(form: Template) -> None:
    import io

    before = openpyxl.load_workbook(form.folder / form.blank)
    data = stamped_blank(form, year=2024, department="石桥乡人民政府", code="301")
    assert data == stamped_blank(form, year=2024, department="石桥乡人民政府", code="301")
    after = openpyxl.load_workbook(io.BytesIO(data))
    assert after.sheetnames == [*before.sheetnames, "_meta"]
    assert after["_meta"].sheet_state == "veryHidden"
    differing = {
        f"{sheet.title}!{cell.coordinate}": after[sheet.title][cell.coordinate].value
        for sheet in before
        for row in sheet.iter_rows()
        for cell in row
        if after[sheet.title][cell.coordinate].value != cell.value
    }
    assert differing == {
        f"{FUNDS}!A2": "填报单位：石桥乡人民政府",
        f"{SUBJECTS}!A2": "填报单位：石桥乡人民政府",
    }
    for sheet in before:
        assert after[sheet.title].merged_cells == sheet.merged_cells
        assert after[sheet.title].protection.sheet
    assert after[FUNDS]["A5"].protection.locked
    assert not after[FUNDS]["B5"].protection.locked
    read = read_bytes(data, "石桥乡.xlsx", form)
    assert (read.department, read.year, read.untouched) == ("石桥乡人民政府", 2024, True)


ADDED = {"xl/worksheets/sheetJ1.xml"}
MAY_CHANGE = {
    "[Content_Types].xml",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/styles.xml",
}


@pytest.mark.parametrize(
    "name", sorted(path.parent.name for path in templates_folder().glob("*/空白表.xlsx"))
)
def test_no_part_of_a_stamped_blank_differs_but_those_that_must(name: str) -> None:
    import io
    import zipfile

    shipped = find_template(name)
    before = (shipped.folder / shipped.blank).read_bytes()
    after = stamped_blank(shipped, year=2024, department="石桥乡人民政府", code="301")
    parts = [
        {one: archive.read(one) for one in archive.namelist()}
        for archive in (zipfile.ZipFile(io.BytesIO(before)), zipfile.ZipFile(io.BytesIO(after)))
    ]
    assert parts[1].keys() - parts[0].keys() == ADDED and parts[0].keys() <= parts[1].keys()
    changed = {one for one, content in parts[0].items() if content != parts[1][one]}
    own = {one for one in parts[0] if one.startswith("xl/worksheets/sheet")}
    assert changed <= MAY_CHANGE | own


# ----------------------------------------------------------------------------------------- pieces

INSIDE = [
    ("部门：县水务局", "部门：{department}", "department", "县水务局"),
    ("部门： 县水务局 ", "部门：{department}", "department", "县水务局"),
    ("部门:县水务局", "部门：{department}", "department", "县水务局"),
    ("部门：", "部门：{department}", "department", ""),
    ("219-县水务局", "{code}-{department}", "code", "219"),
    ("219-县水务局", "{code}-{department}", "department", "县水务局"),
    ("（2024年度）", "（{year}年度）", "year", "2024"),
    ("(2024 年度)", "（{year}年度）", "year", "2024"),
    ("按支出性质分：1952.67", "按支出性质分：{amount}", "amount", "1952.67"),
    ("按支出性质分：1,952.67万元", "按支出性质分：{amount}", "amount", "1,952.67万元"),
    ("填表人：李娟    填报日期：2024年3月15日", "填表人：{text}", "text", "李娟"),
    ("填表人：李娟    填报日期：2024年3月15日", "填报日期：{date}", "date", "2024年3月15日"),
    ("填表人：    填报日期：", "填报日期：{date}", "date", ""),
    ("县水务局", "部门：{department}", "department", None),
]


@pytest.mark.parametrize(("text", "pattern", "part", "value"), INSIDE)
def test_a_value_in_the_cell_of_its_label(
    text: str, pattern: str, part: str, value: str | None
) -> None:
    assert value_inside(text, (pattern,), part) == value


@pytest.mark.parametrize(
    ("text", "patterns", "wanted"),
    [
        ("部门：", ("部门：{department}",), "部门：县水务局"),
        ("部门：某局  日期：", ("部门：{department}",), "部门：县水务局  日期："),
        ("（2023年度）", ("（{year}年度）",), "（2024年度）"),
        ("", ("{code}-{department}",), "301-县水务局"),
        ("", ("{item}：{department}", "{department}"), "县水务局"),
        ("", ("{item}",), ""),
    ],
)
def test_a_label_is_stamped_and_keeps_its_words(
    text: str, patterns: tuple[str, ...], wanted: str
) -> None:
    values = {"department": "县水务局", "code": "301", "year": "2024"}
    assert with_values(text, patterns, values) == wanted


def test_names_of_paths() -> None:
    assert name_of(["支出", "{year-1}年决算数"]) == "支出·上年决算数"
    assert name_of(["{year}年度 预算"]) == "本年预算"
    assert name_of([]) == "金额"


def test_the_heaviest_chain_keeps_the_order_of_both() -> None:
    assert heaviest_chain([(0, 2, 1.0), (1, 0, 1.0), (2, 1, 1.0), (3, 3, 0.5)]) == {
        1: 0,
        2: 1,
        3: 3,
    }
    assert heaviest_chain([]) == {}
    assert heaviest_chain([(0, 5, 1.0), (0, 0, 1.0)]) == {0: 0}


def test_what_matched_nothing_stands_between_what_did() -> None:
    assert completed({0: 0, 2: 2}, [1], lambda item: True, 3)[1] == 1
    assert completed({0: 0, 2: 4}, [1], lambda item: item == 3, 5)[1] == 3
    assert completed({0: 1}, [1], lambda item: True, 5)[1] == 2
    assert 1 not in completed({0: 0, 2: 1}, [1], lambda item: True, 2)
