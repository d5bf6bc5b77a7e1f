"""The reader against workbooks as they come back: moved, renamed, re-saved, merged, broken."""

from __future__ import annotations

import datetime as dt
import io
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.form.spec import ColumnSpec, TableSpec, Template
from jixiao_xlsx.output.xlsx.blank import book as blank
from jixiao_xlsx.output.xlsx.blank.layout import TableFilling
from jixiao_xlsx.reading import workbook
from jixiao_xlsx.reading.workbook import Unreadable
from jixiao_xlsx.values.cells import Submission
from jixiao_xlsx.values.season import FileStatus
from jixiao_xlsx.values.typed_numbers import CALCULATED, State

YEAR, DEPARTMENT, CODE = 2023, "清河县水务局", "103001"
View = Mapping[tuple[str, str, str], tuple[State, object]]


# --------------------------------------------------------------------------------- making workbooks


@pytest.fixture(scope="module")
def template() -> Template:
    return find_template()


def typed(table: TableSpec, row: str, column: ColumnSpec, number: int) -> object:
    """A plausible content for one cell, different from place to place."""
    kind = table.kind(row, column)
    if kind == "choice":
        spec = table.row.get(row)
        choices = (spec.choices if spec else ()) or column.choices
        return choices[number % len(choices)]
    if kind == "money":
        return Decimal(1234567 + 7919 * number) / 100
    return {
        "count": Decimal(
            {"评价年度": 2023}.get(row)
            or {"有效份数": 90, "很满意": 40, "满意": 30}.get(column.title)
            or number + 1
        ),
        "score": Decimal("2.7"),
        "percent": Decimal("0.9555"),
        "measure": ("≥95%", Decimal("0.95"), "健全", Decimal(12))[number % 4],
        "date": dt.date(2024, 3, 5),
    }.get(kind, f"{column.title}{number}")


def filling_of(template: Template) -> dict[str, TableFilling]:
    """Every table filled, computed cells left to their formulas."""
    filling = {}
    for table in template.tables:
        numbers = iter(range(10_000))
        rows = {
            row.title: {
                column.title: typed(table, row.title, column, next(numbers))
                for column in table.columns
                if table.exists(row.title, column)
                and not table.is_auto(row.title, column)
                and column.title not in table.label
            }
            for row in table.rows
        }
        if table.name == "基本信息":
            rows |= {"部门名称": {"填报内容": DEPARTMENT}, "部门编码": {"填报内容": CODE}}
        own = table.shape == "open" and not table.source and table.name != "核实说明"
        lines = [
            {
                c.title: typed(table, "", c, next(numbers))
                for c in table.columns
                if not table.is_auto("", c)
            }
            for _ in range(4)
        ]
        extras = {extra.title: "因上级资金年底下达" for extra in table.extras}
        filling[table.name] = TableFilling(rows=rows, open_rows=lines if own else (), extras=extras)
    return filling


@pytest.fixture(scope="module")
def filled(template: Template) -> bytes:
    stream = io.BytesIO()
    blank.write_workbook(
        template, stream, filling=filling_of(template), year=YEAR, department=DEPARTMENT, code=CODE
    )
    return stream.getvalue()


@pytest.fixture(scope="module")
def empty(template: Template) -> bytes:
    stream = io.BytesIO()
    blank.write_workbook(template, stream, year=YEAR, department=DEPARTMENT, code=CODE)
    return stream.getvalue()


@pytest.fixture(scope="module")
def original(filled: bytes, template: Template) -> Submission:
    return workbook.read_bytes(filled, "原件.xlsx", template)


def view(submission: Submission) -> View:
    """What was read, without where it stood."""
    found: dict[tuple[str, str, str], tuple[State, object]] = {}
    for table in submission.tables.values():
        for number, row in enumerate(table.rows):
            title = f"{number}·{row.title}" if row.kind == "open" else row.title
            found |= {
                (table.name, title, name): (cell.state, cell.value)
                for name, cell in row.cells.items()
            }
        found |= {
            (table.name, "", title): (cell.state, cell.value)
            for title, cell in table.extras.items()
        }
    return found


def edited(
    data: bytes, edit: Callable[[openpyxl.Workbook], None], *, formulas: bool = False
) -> bytes:
    """`data` after `edit`; without `formulas`, every formula is replaced by its cached value."""
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=not formulas)
    edit(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def moved(sheet: Worksheet, row: Callable[[int], int], column: Callable[[int], int]) -> None:
    """Rebuild a sheet with its rows and columns (from 1) elsewhere, merges and formats included."""
    cells = [
        (c.row, c.column, c.value, c.number_format)
        for line in sheet.iter_rows()
        for c in line
        if c.value is not None
    ]
    merges = [area.bounds for area in sheet.merged_cells.ranges]
    for area in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(area))
    for line in sheet.iter_rows():
        for cell in line:
            cell.value = None
            cell.number_format = "General"
    for old_row, old_column, value, fmt in cells:
        cell = sheet.cell(row(old_row), column(old_column), value)
        cell.number_format = fmt
    for left, top, right, bottom in merges:
        sheet.merge_cells(
            f"{get_column_letter(column(left))}{row(top)}:"
            f"{get_column_letter(column(right))}{row(bottom)}",
        )


def find(sheet: Worksheet, title: str, start: int = 1) -> Any:
    """The cell that shows `title`, looking from row `start` down."""
    return next(
        cell for line in sheet.iter_rows(min_row=start) for cell in line if cell.value == title
    )


def kinds(submission: Submission) -> set[str]:
    return {note.kind for note in submission.notes}


def read(data: bytes, template: Template, name: str = "报表.xlsx") -> Submission:
    return workbook.read_bytes(data, name, template)


# -------------------------------------------------------------------------------- the form as it is


def test_the_blank_form_reads_without_a_note(empty: bytes, template: Template) -> None:
    submission = read(empty, template)
    assert submission.notes == ()
    assert submission.cells_read == submission.cells_handled > 200
    assert list(submission.tables) == [table.name for table in template.tables]
    assert (submission.department, submission.code, submission.year) == (DEPARTMENT, CODE, YEAR)
    assert not any(table.absent for table in submission.tables.values())
    assert submission["资金预算执行表"].open_rows == ()
    assert submission["资金预算执行表"].heading.text == f"{YEAR}年度{DEPARTMENT}资金预算执行表"
    assert len(submission["绩效评价表"].open_rows) == len(template.indicators)


def test_everything_filled_in_is_read_back(original: Submission, template: Template) -> None:
    assert original.notes == ()
    assert original.cells_read == original.cells_handled
    for name, table in filling_of(template).items():
        spec = template.table[name]
        for title, row in table.rows.items():
            for column, value in row.items():
                cell = original.cell(name, title, column)
                assert cell is not None, (name, title, column)
                assert expected(value) == cell.value, cell
                assert cell.unit == spec.unit_of(title, spec.column[column])
        for line, values in zip(original[name].open_rows, table.open_rows, strict=False):
            assert {k: line[k].value for k in values} == {k: expected(v) for k, v in values.items()}
        for title, value in table.extras.items():
            assert original[name].extras[title].value == value


def expected(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.date) else value


def test_values_equal_those_of_openpyxl_cell_for_cell(filled: bytes, original: Submission) -> None:
    book = openpyxl.load_workbook(io.BytesIO(filled), data_only=True)
    formulas = openpyxl.load_workbook(io.BytesIO(filled))
    compared = 0
    for table in original.tables.values():
        inherited = {"一级指标", "二级指标"} if table.name == "绩效评价表" else set()
        for cell in table.cells():
            value = book[cell.sheet][cell.ref].value
            formula = formulas[cell.sheet][cell.ref].value
            if value == "=":
                continue
            assert (cell.formula is not None) == (
                isinstance(formula, str) and formula.startswith("=")
            )
            if cell.formula is not None:
                assert formula == f"={cell.formula}"
            if cell.column in inherited and value is None:
                continue
            compared += 1
            if isinstance(value, int | float):
                assert float(cell.raw) == value, cell  # type: ignore[arg-type]
            elif isinstance(value, dt.datetime):
                assert cell.value == value.date().isoformat()
            else:
                assert (cell.raw or None) == (value or None), cell
    assert compared > 450


def test_frames_carry_the_forms_titles_and_addresses(original: Submission) -> None:
    table = original["满意度调查"]
    assert list(table.frame.columns) == list(table.refs.columns)
    assert table.frame.loc["合计", "发放份数"] == float(table.cell("合计", "发放份数").value)
    assert table.refs.loc["合计", "发放份数"] == table.cell("合计", "发放份数").ref  # type: ignore[union-attr]


def test_inherited_cells_keep_their_own_address(original: Submission) -> None:
    rows = original["绩效评价表"].open_rows
    assert all(row["一级指标"].value and row["二级指标"].value for row in rows)
    assert len({row["一级指标"].ref for row in rows}) == len(rows)
    assert rows[1]["一级指标"].text == rows[0]["一级指标"].text


# ------------------------------------------------------------------------------ the same, elsewhere


def everywhere(edit: Callable[[Worksheet], None]) -> Callable[[openpyxl.Workbook], None]:
    def run(book: openpyxl.Workbook) -> None:
        for sheet in book.worksheets:
            if sheet.sheet_state == "visible" and sheet.title not in {"填报说明", "自检"}:
                edit(sheet)

    return run


def same_but_constants(found: Submission, original: Submission) -> None:
    assert view(found) == view(original)
    assert found.cells_read == found.cells_handled, found.notes


MOVES: dict[str, Callable[[openpyxl.Workbook], None]] = {
    "values only": lambda book: None,
    "rows above": everywhere(lambda s: moved(s, lambda r: r + 3, lambda c: c)),
    "columns before": everywhere(lambda s: moved(s, lambda r: r, lambda c: c + 2)),
    "blank rows inside": everywhere(
        lambda s: moved(s, lambda r: r + (r > 8) + (r > 9), lambda c: c)
    ),
    "a blank column inside": everywhere(lambda s: moved(s, lambda r: r, lambda c: c + (c > 2))),
    "a blank column after the first": everywhere(
        lambda s: moved(s, lambda r: r, lambda c: c + (c > 1))
    ),
    "sheets reversed": lambda book: book._sheets.reverse(),
    "an empty sheet more": lambda book: book.create_sheet("Sheet1", 0) and None,
    "titles spaced out": everywhere(lambda s: respelled(s)),
}


def respelled(sheet: Worksheet) -> None:
    """Spaces, line breaks and half-width brackets, as people retype titles."""
    for line in sheet.iter_rows():
        for cell in line:
            if isinstance(cell.value, str) and cell.value.endswith("数") and len(cell.value) > 3:
                cell.value = cell.value[:2] + "\n" + cell.value[2:] + " "
            elif isinstance(cell.value, str) and "（" in cell.value and len(cell.value) < 16:
                cell.value = cell.value.replace("（", "(").replace("）", ")")


@pytest.mark.parametrize("name", MOVES)
def test_position_does_not_matter(
    name: str, filled: bytes, original: Submission, template: Template
) -> None:
    found = read(edited(filled, MOVES[name]), template)
    same_but_constants(found, original)


def test_a_listed_alias_is_the_sheet(
    filled: bytes, original: Submission, template: Template
) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        book["资金预算执行表"].title = "预算执行表"
        find(
            book["资金预算执行表" if "资金预算执行表" in book else "预算执行表"], "项目支出"
        ).value = "项目支出（万元）"

    found = read(edited(filled, edit), template)
    assert view(found) == view(original)
    assert found["资金预算执行表"].sheet == "预算执行表"


def test_a_sheet_under_another_name_is_known_by_its_content(
    filled: bytes, original: Submission, template: Template
) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        for number, sheet in enumerate(book.worksheets):
            if sheet.sheet_state == "visible" and sheet.title not in {"填报说明", "自检"}:
                sheet.title = f"Sheet{number}"

    found = read(edited(filled, edit), template)
    assert view(found) == view(original)
    assert kinds(found) == {"renamed_sheet"}


def test_no_guess_between_two_candidates(filled: bytes, template: Template) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        book["三公经费"].title = "表一"
        book.copy_worksheet(book["表一"]).title = "表二"

    found = read(edited(filled, edit), template)
    assert "三公经费" not in found.tables
    assert kinds(found) == {"missing_sheet", "unread_sheet"}
    missing = next(note for note in found.notes if note.kind == "missing_sheet")
    assert (missing.place.sheet, missing.place.cell, missing.item) == (
        found.sheets[0],
        "A1",
        "三公经费",
    )


@pytest.mark.office
@pytest.mark.parametrize("suffix", ["xlsx", "xls", "ods"])
def test_files_saved_again_by_libreoffice(
    suffix: str, filled: bytes, original: Submission, template: Template, tmp_path: Path
) -> None:
    (tmp_path / "in.xlsx").write_bytes(filled)
    if not shutil.which("soffice"):
        pytest.skip("needs LibreOffice")
    target = {"xlsx": "xlsx:Calc MS Excel 2007 XML", "xls": "xls:MS Excel 97", "ods": "ods"}[suffix]
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [
        "soffice",
        "--headless",
        "--norestore",
        profile,
        "--convert-to",
        target,
        "--outdir",
        str(tmp_path / "out"),
    ]
    subprocess.run(
        [*command, str(tmp_path / "in.xlsx")], check=True, capture_output=True, timeout=120
    )
    found = workbook.read(tmp_path / "out" / f"in.{suffix}", template)
    assert view(found) == view(original)
    assert found.knows_formulas and bool(found.hides) == (suffix == "xls")
    assert found.cells_read == found.cells_handled, found.notes
    formulas = {
        (c.row, c.column)
        for t in original.tables.values()
        for c in t.cells()
        if c.formula is not None
    }
    assert {
        (c.row, c.column) for t in found.tables.values() for c in t.cells() if c.formula is not None
    } == formulas


# ---------------------------------------------------------------------------- filled by other hands


def test_a_blank_form_filled_by_titles_alone_reads_completely(
    empty: bytes, template: Template
) -> None:
    """An independent filler: it knows titles, looks for them with openpyxl, and types beside and
    beneath them.
    """
    wanted: dict[tuple[str, str, str], object] = {}

    def edit(book: openpyxl.Workbook) -> None:
        for table in template.tables:
            sheet = book[table.sheet]
            start = find(sheet, table.heading).row if table.caption else 1
            for row in table.rows:
                for number, column in enumerate(table.columns):
                    if (
                        not table.exists(row.title, column)
                        or table.is_auto(row.title, column)
                        or column.title in table.label
                    ):
                        continue
                    label = find(sheet, row.title, start)
                    if table.shape == "record":
                        cell = label.offset(0, 1)
                    else:
                        cell = sheet.cell(label.row, find(sheet, column.title, start).column)
                    value = typed(table, row.title, column, number + label.row)
                    cell.value = float(value) if isinstance(value, Decimal) else value
                    wanted[table.name, row.title, column.title] = expected(value)

    found = read(edited(empty, edit, formulas=True), template)
    got = {where: found.cell(*where) for where in wanted}
    assert {where: cell.value for where, cell in got.items() if cell} == wanted
    computed = found.cell("收支总表", "收入总计", "决算数")
    assert computed is not None and computed.note == CALCULATED and computed.formula
    assert found.notes == ()


# ---------------------------------------------------------------------------------------- odd cells


def change(template: Template, data: bytes, sheet: str, **cells: object) -> Submission:
    """Read `data` after typing into cells of one sheet."""

    def edit(book: openpyxl.Workbook) -> None:
        for ref, value in cells.items():
            book[sheet][ref] = value

    return read(edited(data, edit), template)


@pytest.mark.parametrize(
    ("typed_in", "state", "value"),
    [
        ("９５４．８１万元", State.NUMBER, Decimal(9548100)),
        ("1,234.50", State.NUMBER, Decimal("1234.50")),
        ("/", State.NA, None),
        ("约三万", State.TEXT, None),
        (0, State.ZERO, Decimal(0)),
        ("   ", State.BLANK, None),
        (dt.date(2023, 5, 1), State.TEXT, None),
        (True, State.TEXT, None),
        (0.1 + 0.2, State.NUMBER, Decimal("0.3")),
    ],
)
def test_amounts_are_read_or_refused(
    typed_in: object, state: State, value: object, filled: bytes, template: Template
) -> None:
    place = read(filled, template).cell("收支总表", "项目支出", "决算数")
    assert place is not None
    cell = change(template, filled, "收支总表", **{place.ref: typed_in}).cell(
        "收支总表", "项目支出", "决算数"
    )
    assert cell is not None
    assert (cell.state, cell.value, cell.ref) == (state, value, place.ref)
    assert cell.note or state in {State.NUMBER, State.ZERO, State.NA, State.BLANK}


def test_counts_may_carry_their_unit(filled: bytes, template: Template) -> None:
    found = change(
        template,
        filled,
        "基本信息",
        **{read(filled, template).cell("基本信息", "评价年度", "填报内容").ref: "2023年"},
    )  # type: ignore[union-attr]
    cell = found.cell("基本信息", "评价年度", "填报内容")
    assert cell is not None and cell.number == 2023 and cell.note == "文本型数字"
    assert found.year == 2023


def test_a_rate_knows_whether_its_cell_shows_percent(filled: bytes, template: Template) -> None:
    first = read(filled, template)["绩效评价表"].open_rows[0]["完成率"]

    def edit(book: openpyxl.Workbook) -> None:
        cell = book["绩效评价表"][first.ref]
        cell.value, cell.number_format = 1.2, "0.00%"
        below = cell.offset(1, 0)
        below.value, below.number_format = 95.5, "0.00"

    rows = read(edited(filled, edit), template)["绩效评价表"].open_rows
    assert [row["完成率"].value for row in rows[:2]] == [Decimal("1.2"), Decimal("0.955")]
    assert rows[1]["完成率"].note


def test_measures_are_numbers_or_words(filled: bytes, template: Template) -> None:
    first = read(filled, template)["绩效评价表"].open_rows[0]["业绩值"]

    def edit(book: openpyxl.Workbook) -> None:
        cells = [book["绩效评价表"][first.ref].offset(n, 0) for n in range(5)]
        for cell, (value, fmt) in zip(
            cells,
            [(0.95, "0%"), (12, "General"), (" 健全 ", "@"), ("不适用", "@"), ("≥95%", "@")],
            strict=True,
        ):
            cell.value, cell.number_format = value, fmt

    rows = read(edited(filled, edit), template)["绩效评价表"].open_rows[:5]
    cells = [row["业绩值"] for row in rows]
    assert [(c.state, c.value, c.note) for c in cells] == [
        (State.NUMBER, Decimal("0.95"), "%"),
        (State.NUMBER, Decimal(12), ""),
        (State.TEXT, "健全", ""),
        (State.NA, None, ""),
        (State.TEXT, "≥95%", ""),
    ]


def test_errors_and_uncalculated_formulas_are_told_apart(filled: bytes, template: Template) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        sheet = book["收支总表"]
        row = find(sheet, "项目支出").row
        column = find(sheet, "决算数").column
        sheet.cell(row, column).value = "#REF!"
        sheet.cell(row, column).data_type = "e"
        sheet.cell(row - 1, column).value = "=1+1"

    found = read(edited(filled, edit), template)
    wrong = found.cell("收支总表", "项目支出", "决算数")
    assert wrong is not None and (wrong.state, wrong.raw, wrong.value) == (
        State.ERROR,
        "#REF!",
        None,
    )
    waiting = found.cell("收支总表", "其中：公用经费", "决算数")
    assert waiting is not None and (waiting.state, waiting.formula) == (State.UNCALCULATED, "1+1")


@pytest.mark.parametrize("mark", ["√", "✓", "☑", "是", 1, "x", "本单位无此项"])
def test_a_tick_turns_blanks_into_zeros(mark: object, empty: bytes, template: Template) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        find(book["三公经费"], "本单位无此项").offset(0, 1).value = mark

    table = read(edited(empty, edit), template)["三公经费"]
    assert table.ticked
    assert {(c.state, c.value, c.note) for row in table.rows for c in row.cells.values()} == {
        (State.ZERO, Decimal(0), "本单位无此项")
    }


@pytest.mark.parametrize(
    "text", ["☑本单位无此项", "本单位无此项 √", "□本单位无此项", "本单位无此项"]
)
def test_a_tick_may_stand_in_its_label(text: str, empty: bytes, template: Template) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        find(book["满意度调查"], "本单位无此项").value = text

    found = read(edited(empty, edit), template)
    assert found["满意度调查"].ticked == ("☑" in text or "√" in text)
    assert found.notes == ()


def test_the_tick_of_one_table_is_not_anothers(empty: bytes, template: Template) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        find(book["资产与采购"], "本单位无此项").offset(0, 1).value = "√"

    found = read(edited(empty, edit), template)
    assert found["政府采购"].ticked and not found["车辆"].ticked
    assert all(
        cell.blank for row in found["车辆"].rows for cell in row.cells.values() if not cell.formula
    )


# ------------------------------------------------------------------------------------------- merges


def test_a_merged_amount_belongs_to_its_top_row(filled: bytes, template: Template) -> None:
    rows = read(filled, template)["资金预算执行表"].open_rows
    first = rows[0]["项目支出"]

    def edit(book: openpyxl.Workbook) -> None:
        sheet = book["资金预算执行表"]
        cell = sheet[first.ref]
        sheet.merge_cells(f"{first.ref}:{cell.offset(2, 0).coordinate}")

    found = read(edited(filled, edit), template)
    cells = [row["项目支出"] for row in found["资金预算执行表"].open_rows]
    assert [cell.state for cell in cells[:4]] == [
        State.NUMBER,
        State.BLANK,
        State.BLANK,
        State.NUMBER,
    ]
    notes = [note for note in found.notes if note.kind == "merged_amount"]
    assert [note.place.cell for note in notes] == [first.ref]


def test_words_merged_downward_hold_for_each_row(filled: bytes, template: Template) -> None:
    first = read(filled, template)["资金预算执行表"].open_rows[0]["资金来源"]

    def edit(book: openpyxl.Workbook) -> None:
        sheet = book["资金预算执行表"]
        sheet.merge_cells(f"{first.ref}:{sheet[first.ref].offset(2, 0).coordinate}")

    rows = read(edited(filled, edit), template)["资金预算执行表"].open_rows
    assert [row["资金来源"].value for row in rows[:3]] == [first.value] * 3
    assert len({row["资金来源"].ref for row in rows[:3]}) == 3


def test_headings_over_two_lines(filled: bytes, original: Submission, template: Template) -> None:
    """基本支出 over 小计, 人员经费, 公用经费, the other headings merged downward."""

    def edit(book: openpyxl.Workbook) -> None:
        sheet = book["资金预算执行表"]
        top = find(sheet, "项目支出").row
        moved(sheet, lambda r: r + (r > top), lambda c: c)
        group = [find(sheet, title) for title in ("基本支出小计", "人员经费", "公用经费")]
        for cell, title in zip(group, ("小计", "人员经费", "公用经费"), strict=True):
            cell.value = None
            cell.offset(1, 0).value = title
        group[0].value = "基本支出"
        sheet.merge_cells(
            start_row=top, end_row=top, start_column=group[0].column, end_column=group[2].column
        )
        for column in range(1, sheet.max_column + 1):
            if not group[0].column <= column <= group[2].column and sheet.cell(top, column).value:
                sheet.merge_cells(
                    start_row=top, end_row=top + 1, start_column=column, end_column=column
                )

    found = read(edited(filled, edit), template)
    same_but_constants(found, original)
    assert not found["资金预算执行表"].absent


# ------------------------------------------------------------------------------- nothing in silence


def test_what_is_missing_is_named(filled: bytes, template: Template) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        del book["三公经费"]
        find(book["收支总表"], "项目支出").value = None
        find(book["预算执行率"], "预算调整数").value = None
        for line in book["满意度调查"].iter_rows():
            for cell in line:
                if cell.value in {
                    "发放份数",
                    "回收份数",
                    "有效份数",
                    "很满意",
                    "满意",
                    "一般",
                    "不满意",
                }:
                    cell.value = f"{cell.value}？"

    found = read(edited(filled, edit), template)
    assert "三公经费" not in found.tables and "满意度调查" not in found.tables
    assert found["收支总表"].absent == ("项目支出",)
    assert found["预算执行率"].absent == ("预算调整数",)
    place = next(note.place for note in found.notes if note.kind == "missing_title")
    assert (place.sheet, place.cell) == ("满意度调查", "A1")
    assert kinds(found) == {"missing_sheet", "missing_title", "stray_cell", "unread_row"}


def test_unknown_rows_columns_cells_and_sheets_are_told(filled: bytes, template: Template) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        sheet = book["收支总表"]
        title = find(sheet, "决算数")
        title.offset(0, 1).value = "备注"
        title.offset(3, 1).value = "见附表"
        last = find(sheet, "支出总计")
        last.offset(1, 0).value = "专用结余"
        last.offset(1, 2).value = 7
        sheet.cell(last.row + 9, 12).value = "123"
        book.create_sheet("底稿")["B2"] = 5
        book.create_sheet("空表")

    found = read(edited(filled, edit), template)
    notes = {note.kind: (note.place.sheet, note.item) for note in found.notes}
    assert notes == {
        "unread_column": ("收支总表", "备注"),
        "unread_row": ("收支总表", "专用结余"),
        "stray_cell": ("收支总表", "123"),
        "unread_sheet": ("底稿", "底稿"),
    }
    assert found.cells_read - found.cells_handled == 2 + 2 + 1 + 1


def test_a_title_met_twice_is_told_and_the_first_counts(
    filled: bytes, original: Submission, template: Template
) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        sheet = book["收支总表"]
        last = find(sheet, "支出总计")
        last.offset(2, 0).value = "项目支出"
        last.offset(2, 3).value = 5

    found = read(edited(filled, edit), template)
    assert (
        found.cell("收支总表", "项目支出", "决算数").value
        == original.cell("收支总表", "项目支出", "决算数").value
    )  # type: ignore[union-attr]
    assert [note.kind for note in found.notes] == ["duplicate_title"]


def test_hidden_rows_and_sheets_are_read_and_told(
    filled: bytes, original: Submission, template: Template
) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        sheet = book["收支总表"]
        sheet.row_dimensions[find(sheet, "项目支出").row].hidden = True
        book["三公经费"].sheet_state = "hidden"
        book.create_sheet("底稿")["A1"] = 5
        book["底稿"].sheet_state = "hidden"

    found = read(edited(filled, edit), template)
    assert view(found) == view(original)
    assert sorted((note.kind, note.place.sheet) for note in found.notes) == [
        ("hidden_row", "收支总表"),
        ("hidden_sheet", "三公经费"),
        ("hidden_sheet", "底稿"),
    ]


def test_footers_are_no_rows(empty: bytes, template: Template) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        sheet = book["年度计划"]
        row = find(sheet, "部门总体预算").row + 3
        sheet.cell(row - 2, 1).value = "信息系统运维"
        sheet.cell(row, 1).value = "注：完成情况以考核结果为准。"
        sheet.cell(row + 1, 1).value = "填报人：张三"
        sheet.cell(row + 1, 4).value = "联系电话：0900-1234567"
        sheet.cell(row + 2, 1).value = "单位负责人（签字）："

    found = read(edited(empty, edit), template)
    assert [row.title for row in found["年度计划"].rows] == ["部门总体预算", "信息系统运维"]
    assert found.notes == ()


def test_aliases_with_the_year_and_without_qizhong(
    filled: bytes, original: Submission, template: Template
) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        find(book["年度计划"], "部门总体预算").value = "2023年度部门总体预算"
        find(book["收支总表"], "其中：人员经费").value = "1.人员经费"
        find(book["收支总表"], "项目支出").value = "其中：项目支出"

    found = read(edited(filled, edit), template)
    assert found["年度计划"].absent == () and found["收支总表"].absent == ()
    assert (
        found.cell("收支总表", "项目支出", "决算数").value
        == original.cell("收支总表", "项目支出", "决算数").value
    )  # type: ignore[union-attr]


def test_a_column_in_another_unit_of_money_is_read_and_its_unit_recorded(
    filled: bytes, template: Template
) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        find(book["收支总表"], "决算数").value = "决算数（万元）"

    found = read(edited(filled, edit), template)
    assert not found["收支总表"].absent and "unread_column" not in kinds(found)
    (stated,) = (one for one in found["收支总表"].stated_units if one.column)
    assert (stated.unit, stated.column) == ("万元", "决算数")


def test_a_column_in_a_unit_of_another_kind_is_another_column(
    filled: bytes, template: Template
) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        find(book["收支总表"], "决算数").value = "决算数（人）"

    found = read(edited(filled, edit), template)
    assert found["收支总表"].absent == ("决算数",)
    assert "unread_column" in kinds(found)


# ------------------------------------------------------------------------------------- another form


def test_a_second_form_runs_from_data_alone(tmp_path: Path) -> None:
    (tmp_path / "spec.toml").write_text(
        """
id = "demo"
version = "1"
title = "演示"
file_name = "演示"
[[sheet]]
title = "甲乙"
[[table]]
name = "甲"
sheet = "甲乙"
shape = "open"
heading = "甲表"
unit = "元"
label = ["名称"]
columns = [{ title = "名称" }, { title = "金额", type = "money" }]
[[table]]
name = "乙"
sheet = "甲乙"
shape = "fixed"
heading = "乙表"
unit = "元"
columns = [{ title = "金额", type = "money" }]
rows = [{ title = "子" }, { title = "丑" }]
""",
        encoding="utf-8",
    )
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "甲乙"
    for line in [
        ("名称", "金额"),
        ("一号", 1),
        ("二号", 2),
        (),
        ("项目", "金额"),
        ("子", 3),
        ("丑", 4),
    ]:
        sheet.append(line)
    stream = io.BytesIO()
    book.save(stream)
    found = workbook.read_bytes(stream.getvalue(), "演示.xlsx", find_template(tmp_path))
    assert [(row.title, row["金额"].value) for row in found["甲"].rows] == [
        ("一号", 1),
        ("二号", 2),
    ]
    assert [(row.title, row["金额"].value) for row in found["乙"].rows] == [("子", 3), ("丑", 4)]
    assert found.cells_read == found.cells_handled


# -------------------------------------------------------------------------------------- no workbook


def zipped(**parts: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def ole(stream: str) -> bytes:
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + stream.encode("utf-16-le") + bytes(600)
    )


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "空的"),
        (bytes(2048), "空的"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "网页"),
        ("部门,金额\n水务局,1".encode(), "文本文件"),
        ("部门,金额\n水务局,1".encode("gbk"), "文本文件"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"Rar!\x1a\x07\x00", "RAR"),
        (b"PK\x05\x06" + bytes(18), "损坏"),
        (zipped(**{"a.txt": b"x"}), "压缩包"),
        (zipped(**{"word/document.xml": b"x"}), "Word"),
        (zipped(**{"xl/workbook.bin": b"x"}), "损坏"),
        (ole("EncryptedPackage"), "加密"),
        (ole("WordDocument"), "Word"),
        (ole("Workbook"), "损坏"),
        (ole("Nothing"), "没有工作簿"),
        (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spread'
            b'sheet"/>',
            "一张工作表也没有",
        ),
        (b"\x01\x02\x03\x04garbage", "不认识"),
    ],
)
def test_other_files_are_refused_with_what_they_are(
    data: bytes, words: str, template: Template
) -> None:
    with pytest.raises(Unreadable) as refusal:
        read(data, template)
    assert words in refusal.value.reason
    assert refusal.value.status is FileStatus.UNREADABLE


def test_lock_files_and_unreachable_files(
    filled: bytes, template: Template, tmp_path: Path
) -> None:
    with pytest.raises(Unreadable, match="锁文件"):
        read(filled, template, "~$报表.xlsx")
    with pytest.raises(Unreadable, match="打不开"):
        workbook.read(tmp_path / "没有.xlsx", template)


def test_the_extension_does_not_matter(
    filled: bytes, original: Submission, template: Template
) -> None:
    assert view(read(filled, template, "报表.xls")) == view(original)


def test_every_truncation_is_refused_or_read(filled: bytes, template: Template) -> None:
    for size in range(0, len(filled), len(filled) // 40):
        with pytest.raises(Unreadable):
            read(filled[:size], template)


def test_a_workbook_of_something_else_is_not_recognised(template: Template) -> None:
    book = openpyxl.Workbook()
    stream = io.BytesIO()
    book.save(stream)
    with pytest.raises(Unreadable) as refusal:
        read(stream.getvalue(), template)
    assert refusal.value.status is FileStatus.UNRECOGNISED
    assert "基本信息" in refusal.value.reason


def flipped(data: bytes) -> Iterator[bytes]:
    for at in range(50, len(data), len(data) // 120):
        yield data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


def test_damage_never_escapes_as_another_error(filled: bytes, template: Template) -> None:
    for data in flipped(filled):
        try:
            read(data, template)
        except Unreadable as refusal:
            assert refusal.reason
