"""Figures as people type them: read as they are meant, or refused; never another value."""

from __future__ import annotations

import datetime as dt
import io
import random
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from jixiao_xlsx.form.find_template import find_template
from jixiao_xlsx.intake.mail_files import attachments
from jixiao_xlsx.reading.cell_value import cell_spec, read_cell
from jixiao_xlsx.reading.flags.number_formats import percent_format, telling_format
from jixiao_xlsx.reading.flags.sheet_flags import SheetFlags
from jixiao_xlsx.reading.formulas.formula_values import UnknownFormula, Value, formula_value
from jixiao_xlsx.reading.workbook import read_bytes
from jixiao_xlsx.reading.worksheet import Worksheet
from jixiao_xlsx.values.addresses import Area, a1
from jixiao_xlsx.values.cells import Cell, Submission
from jixiao_xlsx.values.typed_numbers import CALCULATED, OLD_RESULT, State, read_number

CLEAN = Path(__file__).parents[2] / "samples" / "inbox" / "青禾县信访局.xlsx"
FULL_WIDTH = str.maketrans("0123456789.,-", "０１２３４５６７８９．，－")
Writing = Callable[[Decimal, str], str]
PLAIN_WAYS: dict[str, Writing] = {
    "plain": lambda x, u: f"{x:.2f}",
    "thousands": lambda x, u: f"{x:,.2f}",
    "full width": lambda x, u: f"{x:,.2f}".translate(FULL_WIDTH),
    "spaces around": lambda x, u: f" \u3000{x:.2f}\u00a0",
    "direction marks": lambda x, u: f"\u202d{x:,.2f}\u202c",
    "soft hyphen": lambda x, u: f"\u00ad{x:.2f}\u2060",
    "a line after": lambda x, u: f"{x:.2f}\n",
    "its unit": lambda x, u: f"{x:,.2f} {u}",
    "元整": lambda x, u: f"{x:.2f}元整" if u == "元" else f"{x:.2f}",
    "the other unit": lambda x, u: f"{x / 10_000:.6f}万元" if u == "元" else f"{x * 10_000:.2f}元",
    "￥": lambda x, u: f"{'-' if x < 0 else ''}￥{abs(x):,.2f}",
    "人民币": lambda x, u: f"人民币{x:.2f}{u}",
    "brackets": lambda x, u: f"（{-x:,.2f}）" if x < 0 else f"{x:.2f}",
    "spaced thousands": lambda x, u: f"{x:,.2f}".replace(",", " "),
}
OTHER_WAYS: dict[str, Writing] = {
    "two on two lines": lambda x, u: f"{x:.2f}\n{x / 2:.2f}",
    "two in one line": lambda x, u: f"{x:.2f} {x / 2:.2f}",
    "broken within": lambda x, u: f"{x:.2f}".replace(".", ".\n"),
    "split anywhere": lambda x, u: f"{x:.2f}"[:-4] + " " + f"{x:.2f}"[-4:],
    "a range": lambda x, u: f"{x:.2f}-{abs(x) + 1:.2f}",
    "a fraction": lambda x, u: f"{x:.2f}/{abs(x) + 1:.2f}",
    "千元": lambda x, u: f"{x:.2f}千元",
    "about": lambda x, u: f"约{x:.2f}{u}",
    "letter": lambda x, u: f"{x:.2f}".replace("1", "l").replace("0", "O"),
    "a sum": lambda x, u: f"={x:.2f}+{abs(x):.2f}",
    "European": lambda x, u: f"{x:,.2f}".translate(str.maketrans(",.", ".,")),
    "groups of four": lambda x, u: f"{int(x) // 10_000},{int(x) % 10_000:04d}.00",
}


def test_an_amount_is_read_as_it_is_meant_or_refused() -> None:
    """Random amounts in every way of writing: 24,000 tries, no other value."""
    rng = random.Random(20231231)
    refused = 0
    for number in range(24_000):
        cents = rng.choice([1, 100, 10_000]) * rng.randint(-(10**7), 10**10)
        amount, unit = Decimal(cents) / 100, rng.choice(["元", "万元"])
        name, write = rng.choice([*PLAIN_WAYS.items(), *OTHER_WAYS.items()])
        typed = write(amount, unit)
        found = read_number(typed, unit)
        if found.state in {State.NUMBER, State.ZERO}:
            right = {amount, Decimal(int(amount))} if name == "groups of four" else {amount}
            assert found.value in right, (number, name, typed, found)
        else:
            refused += 1
            assert name in OTHER_WAYS and found.state is State.TEXT and found.note, (typed, found)
    assert refused > 5_000


COUNT_WAYS: dict[str, Callable[[Decimal], object]] = {
    "a number": float,
    "plain": lambda x: f"{x}",
    "its unit": lambda x: f"{x:,} 份",
    "full width": lambda x: f"{x}份".translate(FULL_WIDTH),
    "another unit": lambda x: f"{x}人",
    "万": lambda x: f"{x / 10_000}万份",
    "a percentage": lambda x: f"{x}%",
    "two": lambda x: f"{x}\n{x + 1}",
    "a sum": lambda x: f"{x}+1",
}
RATE_WAYS: dict[str, Callable[[Decimal], object]] = {
    "sign": lambda x: f"{x * 100:.2f}%",
    "full width": lambda x: f"{x * 100:.2f}%".translate(FULL_WIDTH).replace("%", "％"),
    "space": lambda x: f" {x * 100:.2f} % ",
    "per mille": lambda x: f"{x * 1000:.1f}‰",
    "a range": lambda x: f"{x * 100:.2f}%-{x * 100 + 1:.2f}%",
    "money": lambda x: f"{x * 100:.2f}元",
}


@pytest.mark.parametrize(
    ("table", "column", "ways", "most"),
    [
        ("满意度调查", "发放份数", COUNT_WAYS, 10**6),
        ("预算执行率", "执行率", RATE_WAYS, 15_000),
    ],
)
def test_a_count_or_a_rate_is_read_as_it_is_meant_or_refused(
    table: str, column: str, ways: dict[str, Callable[[Decimal], object]], most: int
) -> None:
    rng, spec = random.Random(column), find_template().table[table]
    kind, read = cell_spec(spec, "", spec.column[column]), 0
    for _ in range(6_000):
        number = Decimal(rng.randint(0, most)) / (1 if ways is COUNT_WAYS else 10_000)
        name = rng.choice([*ways])
        typed = ways[name](number)
        cell = read_cell(Worksheet("表", [[typed]], SheetFlags()), "行", kind, (0, 0))
        if cell.number is None:
            assert cell.state is State.TEXT and name not in {"a number", "plain", "sign"}, typed
        else:
            read += 1
            assert cell.number == number, (name, typed, cell.number)
    assert read > 2_000


@pytest.mark.parametrize(
    "typed",
    [
        "无",
        "—",
        "———",
        "－－",
        "——————",
        "/",
        "//",
        "\\",
        "无此项",
        "未发生",
        "不适用",
        "本单位无此项",
    ],
)
def test_nothing_is_said_in_many_words(typed: str) -> None:
    assert read_number(typed, "元").state is State.NA


@pytest.mark.parametrize("typed", ["零", "零元", "零元整", "0元", "０.00", "￥0"])
def test_nought_is_a_number(typed: str) -> None:
    assert read_number(typed, "元").value == 0


@pytest.mark.parametrize(
    ("typed", "year"),
    [
        ("2023年度", 2023),
        ("二〇二三年", 2023),
        ("二零二三年度", 2023),
        (dt.datetime(2023, 12, 31), 2023),
        (dt.date(1905, 7, 15), 2023),
        ("2022-2023", None),
        ("去年", None),
    ],
)
def test_a_year_is_read_from_words_and_dates(typed: object, year: int | None) -> None:
    found = read_number(typed, "年")
    assert found.value == year and found.note


@pytest.mark.parametrize(
    ("code", "stored", "shown"),
    [
        ("0!.0000", "103100", "10.3100"),
        ('0"."0000', "1495200", "149.5200"),
        ("0!.0,", "1234567", "123.5"),
        ("#,##0.00,", "1234567.8", "1,234.57"),
        ('0!.00,"万元";-0!.00,"万元"', "-149520", "-1.50万元"),
        ('0.00"%"', "99.79", "99.79%"),
        (r"0.00\%", "1.2", "1.20%"),
        (";;;", "5", ""),
    ],
)
def test_what_a_format_shows(code: str, stored: str, shown: str) -> None:
    style = telling_format(code)
    assert style is not None and style.shown(Decimal(stored)) == shown
    assert not percent_format(code)


@pytest.mark.parametrize(
    "code", ["General", "@", "0.00", "#,##0.00_ ", "0.00%", '0"人"', '#,##0.00;-#,##0.00;"-"', ""]
)
def test_other_formats_show_the_number(code: str) -> None:
    assert telling_format(code) is None


# -------------------------------------------------------------------------------------- formulas


def gives(text: str, **cells: Value) -> Value:
    """What a formula gives over these cells of its sheet."""

    def values(_: str, area: Area) -> list[Value]:
        top, left, bottom, right = area
        places = [(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)]
        return [cells.get(a1(*place)) for place in places]

    return formula_value(text, values, "表")


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("SUM(A1:A3)", 6.5),
        ("A1+A2*2-A3%", 4.965),
        ("-(A1-A2)/A3", 1 / 3.5),
        ("ROUND(A3/A2,1)", 1.8),
        ("ROUND(2.675,2)", 2.68),
        ("ROUND(-A3,0)", -4.0),
        ('IF(COUNT(A1:A3)=0,"",ROUND(SUM(A1:A3),2))', 6.5),
        ('IF(COUNT(B1:B3)=0,"",ROUND(SUM(B1:B3),2))', ""),
        ("MAX(A1:A3,4)", 4.0),
        ("MIN($A$1,A2)", 1.0),
        ('IF(OR(B1="",A1>5),A2,A3)', 2.0),
    ],
)
def test_a_formula_gives_what_its_cells_say(text: str, result: Value) -> None:
    found = gives(text, A1=1.0, A2=2.0, A3=3.5)
    assert found == (pytest.approx(result) if isinstance(result, float) else result)


@pytest.mark.parametrize(
    "text",
    ["VLOOKUP(A1,B1:C9,2)", "A1+", "SUM(A1:A3", "A1/A9", "SUM(A1:A4)", "A4+1", "[.A1]+[.A2]", ""],
)
def test_what_is_not_known_is_not_guessed(text: str) -> None:
    with pytest.raises(UnknownFormula):
        gives(text, A1=1.0, A2=2.0, A3=2.5, A4="见附表")


# ------------------------------------------------------------------------------------- workbooks


def edited(edit: Callable[[openpyxl.Workbook], None]) -> Submission:
    """The clean sample as read after `edit`; openpyxl leaves the results of formulas out."""
    book = openpyxl.load_workbook(CLEAN)
    edit(book)
    data = io.BytesIO()
    book.save(data)
    return read_bytes(data.getvalue(), "报表.xlsx")


def patched(part: str, before: str, after: str, *, separator: str = "/") -> bytes:
    """The clean sample with a text of one part replaced, its results kept."""
    written = io.BytesIO()
    with zipfile.ZipFile(CLEAN) as archive, zipfile.ZipFile(written, "w") as copy:
        for name in archive.namelist():
            text = archive.read(name)
            if name.endswith(part):
                assert before.encode() in text
                text = text.replace(before.encode(), after.encode())
            entry = zipfile.ZipInfo(name)
            entry.filename = name.replace("/", separator)
            copy.writestr(entry, text)
    return written.getvalue()


def spent(found: Submission, row: str) -> Cell:
    cell = found.cell("收支总表", row, "决算数")
    assert cell is not None
    return cell


def kinds(found: Submission) -> set[str]:
    return {note.kind for note in found.notes}


def test_formulas_without_results_are_calculated_and_marked() -> None:
    before = read_bytes(CLEAN.read_bytes(), "报表.xlsx")
    found = edited(lambda book: None)
    for name, table in before.tables.items():
        for cell in table.cells():
            other = next(c for c in found.tables[name].cells() if c.ref == cell.ref)
            assert (other.value, other.state) == (cell.value, cell.state), cell
    total = spent(found, "基本支出")
    assert total.formula and total.note == CALCULATED


def test_an_old_result_is_known_by_its_cells() -> None:
    data = CLEAN.read_bytes()
    stored = spent(read_bytes(data, "报表.xlsx"), "其中：公用经费")
    found = read_bytes(patched("sheet3.xml", f"<v>{stored.text}</v>", "<v>9.5</v>"), "报表.xlsx")
    total = spent(found, "基本支出")
    assert (total.state, total.value) == (State.UNCALCULATED, None)
    assert total.note.startswith(OLD_RESULT)
    assert spent(found, "其中：公用经费").value == Decimal("9.5")


def test_hidden_columns_figures_and_pictures_get_a_word() -> None:
    def hide(book: openpyxl.Workbook) -> None:
        sheet = book["收支总表"]
        sheet.column_dimensions["C"].hidden = True
        sheet["D21"].number_format = ";;;"

    notes = edited(hide).notes
    assert {note.kind: note.item for note in notes} == {
        "hidden_column": "C 列",
        "invisible_cell": "D21",
    }


def test_a_column_of_no_width_is_a_hidden_one() -> None:
    widths = '<col min="2" max="4" width="20.7109375" customWidth="1"/>'
    zero = (
        '<col min="2" max="2" width="20" customWidth="1"/>'
        '<col min="3" max="3" width="0" customWidth="1"/>'
        '<col min="4" max="4" width="20" customWidth="1"/>'
    )
    (note,) = read_bytes(patched("sheet3.xml", widths, zero), "报表.xlsx").notes
    assert (note.kind, note.item) == ("hidden_column", "C 列")


def test_a_figure_under_a_merge_is_used_and_told() -> None:
    def merge(book: openpyxl.Workbook) -> None:
        from openpyxl.worksheet.cell_range import CellRange

        sheet = book["收支总表"]
        sheet.merged_cells.add(CellRange("D20:D21"))

    found = edited(merge)
    told = [note for note in found.notes if note.kind == "merged_amount"]
    assert [note.place.cell for note in told] == ["D20", "D21"] and "D20:D21" in told[1].text
    assert spent(found, "其中：公用经费").value


@pytest.mark.parametrize("change", [None, 7.5])
def test_the_visible_copy_of_a_hidden_sheet_is_read(change: float | None) -> None:
    def copy(book: openpyxl.Workbook) -> None:
        sheet = book["收支总表"]
        other = book.copy_worksheet(sheet)
        other.title, sheet.sheet_state = "收支总表 (2)", "hidden"
        if change:
            other["D21"] = change

    found = edited(copy)
    assert found["收支总表"].sheet == "收支总表 (2)" and kinds(found) == {"hidden_original"}
    (note,) = found.notes
    assert bool(note.text) is bool(change) and note.place.sheet == "收支总表 (2)"


@pytest.mark.parametrize("on_top", [True, False])
def test_a_total_is_found_above_its_rows(on_top: bool) -> None:
    def move(book: openpyxl.Workbook) -> None:
        sheet = book["资金预算执行表"]
        total = next(row for row in range(4, 40) if sheet.cell(row, 1).value == "合计")
        if on_top:
            for area in [*sheet.merged_cells.ranges]:
                sheet.unmerge_cells(str(area))
            rows = [[sheet.cell(r, c).value for c in range(1, 10)] for r in range(4, total)]
            for line, values in enumerate([["合计", None, *[1.0] * 7], *rows], start=4):
                for column, value in enumerate(values, start=1):
                    sheet.cell(line, column).value = value

    found = edited(move)
    table = found["资金预算执行表"]
    assert len(table.open_rows) == 4 and table.total is not None
    assert table.stated_unit == "万元"
    assert (table.total.cells["支出合计"].ref[1:] == "4") is on_top


def test_a_subtotal_is_no_row_of_its_own() -> None:
    def add(book: openpyxl.Workbook) -> None:
        sheet = book["资金预算执行表"]
        sheet["A8"], sheet["B8"], sheet["I8"] = "县本级小计", None, 149.52

    rows = edited(add)["资金预算执行表"].rows
    assert [row.kind for row in rows] == ["open"] * 4 + ["subtotal", "total"]


@pytest.mark.parametrize("error", ["#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!", "Err:502"])
def test_an_error_of_a_newer_program_spoils_one_cell(error: str) -> None:
    stored = spent(read_bytes(CLEAN.read_bytes(), "报表.xlsx"), "其中：公用经费")
    before = f'<c r="{stored.ref}" '
    text = zipfile.ZipFile(CLEAN).read("xl/worksheets/sheet3.xml").decode()
    cell = text[text.index(before) : text.index("</c>", text.index(before)) + 4]
    wrong = f'<c r="{stored.ref}" t="e"><v>{error}</v></c>'
    found = read_bytes(patched("sheet3.xml", cell, wrong), "报表.xlsx")
    assert (spent(found, "其中：公用经费").state, spent(found, "其中：公用经费").note) == (
        State.ERROR,
        error,
    )
    assert spent(found, "其中：人员经费").value


def test_parts_named_with_backslashes_are_read() -> None:
    data = patched("workbook.xml", "<sheets>", "<sheets>", separator="\\")
    assert spent(read_bytes(data, "报表.xlsx"), "基本支出").value


def test_a_letter_forwarded_in_base64_gives_its_file() -> None:
    import base64
    from email.message import EmailMessage

    inner = EmailMessage()
    inner["From"], inner["Subject"] = "a@b.cn", "报表"
    inner.set_content("见附件")
    inner.add_attachment(b"PK", maintype="application", subtype="octet-stream", filename="表.xlsx")
    code = base64.encodebytes(inner.as_bytes()).decode()
    outer = (
        "From: c@d.cn\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n"
        "--x\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
        f"{code}\n--x--\n"
    )
    (found,) = attachments(outer.encode())
    assert (found.name, found.data, found.letter.sender) == ("表.xlsx", b"PK", "a@b.cn")
